"""A browser as the server sees it: what it asks, with exactly the headers that a test wants."""

import http.client
import io
from dataclasses import dataclass
from email.message import Message
from typing import Any

from PIL import Image
from websockets.sync.client import ClientConnection, connect

from backstretch.web.messages import HEAD
from backstretch.web.server import Server

IN_TIME_S = 20.0


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Guest:
    """Somebody who asks a server; one that was let in has its cookie."""

    port: int
    cookie: str = ""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Ask with the usual host and cookie, and these headers: ``Sec_Fetch_Site="none"``."""
        told = {"Host": f"127.0.0.1:{self.port}", "Cookie": self.cookie}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask_with(path, [(name, value) for name, value in told.items() if value], method)

    def ask_with(self, path: str, headers: list[tuple[str, str]], method: str = "GET") -> Answer:
        """Ask with these headers and no others."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=IN_TIME_S)
        line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            line.putheader(name, value)
        line.endheaders()
        got = line.getresponse()
        answer = Answer(got.status, got.headers, got.read())
        line.close()
        return answer

    def post(self, path: str, body: str) -> Answer:
        """Send a form as the page itself does."""
        return self.give(path, body.encode(), "application/x-www-form-urlencoded")

    def give(self, path: str, body: bytes, kind: str, method: str = "POST") -> Answer:
        """Send something of this content type as the page itself does."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=IN_TIME_S)
        headers = {"Cookie": self.cookie, "Origin": self.origin, "Content-Type": kind}
        line.request(method, path, body, headers)
        got = line.getresponse()
        answer = Answer(got.status, got.headers, got.read())
        line.close()
        return answer

    def talk(self, path: str = "/eye", **changed: Any) -> ClientConnection:
        """A WebSocket, with the page's own origin and the cookie unless something else is said."""
        cookie = changed.get("cookie", self.cookie)
        return connect(
            f"ws://{changed.get('host', '127.0.0.1')}:{self.port}{path}",
            address=("127.0.0.1", self.port),
            origin=changed.get("origin", self.origin),
            additional_headers={"Cookie": cookie} if cookie else {},
            proxy=None,
            open_timeout=IN_TIME_S,
            close_timeout=1.0,
        )


def let_in(server: Server) -> Guest:
    """Somebody who came through the door."""
    path = "/" + server.invitation().partition(server.url)[2]
    answer = Guest(server.port).ask(path)
    return Guest(server.port, answer.headers["Set-Cookie"].partition(";")[0])


def jpeg(wh: tuple[int, int] = (64, 48), grey: int = 90) -> bytes:
    """A picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", wh, (grey, grey, grey)).save(file, "JPEG")
    return file.getvalue()


def claiming(wh: tuple[int, int]) -> bytes:
    """A small picture whose head says that it has another size."""
    picture = jpeg()
    at = picture.index(b"\xff\xc0") + 5
    size = wh[1].to_bytes(2, "big") + wh[0].to_bytes(2, "big")
    return picture[:at] + size + picture[at + 4 :]


def sent(number: int, time_ms: float, picture: bytes) -> bytes:
    """A picture as a page sends it."""
    return HEAD.pack(number, time_ms) + picture
