"""A phone as the server in the home network sees it: what it asks, and what it sends."""

import http.client
import json
import ssl
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from backstretch.web.desk import Desk
from backstretch.web.phone import Phone
from backstretch.web.phone_setup import AT, PhoneSetup
from backstretch.web.phone_site import phone_server
from backstretch.web.server import Server
from backstretch.web.site import Site
from backstretch.web.visit import Visit
from tests.web.guests import IN_TIME_S, Answer, let_in

HERE = "127.0.0.1"
"""Stands for the address in the home network, which a machine that runs tests may not have."""


def trusting() -> ssl.SSLContext:
    """A phone whose owner has pressed on at the warning."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@dataclass(frozen=True)
class Caller:
    """Somebody in the home network; one with a token that was good has a cookie."""

    port: int
    cookie: str = ""

    @property
    def origin(self) -> str:
        return f"https://{HERE}:{self.port}"

    def ask(self, path, method="GET", body=None, **headers):
        """Ask as the phone's page does, with these headers besides: ``Host="..."``."""
        told = {"Cookie": self.cookie}
        told |= {} if method == "GET" else {"Origin": self.origin}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        line = http.client.HTTPSConnection(HERE, self.port, timeout=IN_TIME_S, context=trusting())
        line.request(method, path, body, {name: value for name, value in told.items() if value})
        got = line.getresponse()
        answer = Answer(got.status, got.headers, got.read())
        line.close()
        return answer

    def talk(self, **changed):
        cookie = changed.get("cookie", self.cookie)
        return connect(
            f"wss://{HERE}:{self.port}/eye",
            ssl=trusting(),
            origin=changed.get("origin", self.origin),
            additional_headers={"Cookie": cookie} if cookie else {},
            proxy=None,
            open_timeout=IN_TIME_S,
            close_timeout=1.0,
        )


class House:
    """A computer with its page, and the page of the phone's camera."""

    def __init__(self, phone, visit, server, guest):
        self.phone, self.visit, self.server, self.guest = phone, visit, server, guest

    @property
    def stranger(self):
        return Caller(self.server.port)

    def state(self):
        """What the computer's page shows of the phone."""
        answer = self.guest.ask(f"{AT}/state")
        assert answer.status == 200
        return json.loads(answer.body)

    def scan(self):
        """A phone that has come with the code that is shown."""
        return self.come(self.state()["address"])

    def phone_address(self):
        """An address that lets a phone come, whatever is shown."""
        return self.server.invitation()

    def come(self, address):
        parts = urlsplit(address)
        answer = self.stranger.ask(f"{parts.path}?{parts.query}")
        assert answer.status == 200
        return Caller(self.server.port, answer.headers["Set-Cookie"].partition(";")[0])

    def press(self, what):
        return self.guest.post(f"{AT}/{what}", "").status

    @contextmanager
    def phone_let_in(self):
        """A phone that is let in, with its connection."""
        caller = self.scan()
        with caller.talk() as line:
            number = hear(line)["phone"]["number"]
            assert self.press(f"let-in/{number}") == 204
            assert hear(line)["phone"]["is_in"]
            wait_until(lambda: self.visit.has_phone)  # which is told a moment later
            yield caller, line


@contextmanager
def house(folder):
    """A house whose desk is never run."""
    visit = Visit()
    phone = Phone(visit)
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr("backstretch.web.server.PHONE_PORT", 0)  # other tests run beside this one
        server = stack.enter_context(phone_server(phone, folder, [HERE]))
        site = Site(Desk(), visit, PhoneSetup(phone, server.invitation).routes)
        own = stack.enter_context(Server(site.app, 0))
        yield House(phone, visit, server, let_in(own))
        phone.end()


def hear(line):
    return json.loads(line.recv(timeout=IN_TIME_S))


def end_of(line):
    """All that a phone is told before its connection ends."""
    heard = []
    try:
        while True:
            heard.append(hear(line))
    except ConnectionClosed:
        return heard


def wait_until(condition):
    end_s = time.perf_counter() + IN_TIME_S
    while not condition():
        assert time.perf_counter() < end_s, "it did not happen"
        time.sleep(0.005)
