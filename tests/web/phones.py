"""A phone as the server in the home network sees it: what it asks, and what it sends."""

import asyncio
import http.client
import json
import socket
import ssl
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from threading import Thread
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


def over_tls(port):
    """A socket whose other end is encrypted on its way to a port.

    The client of WebSockets reads and writes in two threads, for which Python's TLS is not made: once in some
    hundred times nothing of what was written went out, and the reading never ended.
    """
    ours, its = socket.socketpair()
    Thread(target=lambda: asyncio.run(relay(port, its)), daemon=True).start()
    return ours


async def relay(port, its):
    secure_in, secure_out = await asyncio.open_connection(HERE, port, ssl=trusting())
    plain_in, plain_out = await asyncio.open_connection(sock=its)
    await asyncio.gather(pump(plain_in, secure_out), pump(secure_in, plain_out))


async def pump(source, sink):
    with suppress(OSError):
        while data := await source.read(1 << 16):
            sink.write(data)
            await sink.drain()
    sink.close()
    with suppress(OSError):
        await sink.wait_closed()


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
            f"ws://{HERE}:{self.port}/eye",
            sock=over_tls(self.port),
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
