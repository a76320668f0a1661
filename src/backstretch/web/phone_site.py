"""What a phone finds in the home network: the page of the camera, and nothing else.

It cannot begin a session, command one, or read or delete anything: there is no address for that here, and its
pages say nothing that could.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from backstretch.coaching.scene import Earcon
from backstretch.display.html.app_pages import phone_page
from backstretch.display.html.page import style_of
from backstretch.errors import SetupError
from backstretch.web.gate import Place
from backstretch.web.home_network import certificate_file, home_addresses, home_name
from backstretch.web.lines import Requests, Tell, talk
from backstretch.web.phone import Phone, PhoneTalk
from backstretch.web.server import PhoneServer

MODULES = ("phone.js", "camera.js", "link.js", "voice.js")
"""The only modules that are given here."""
STYLES = ("page_style.css", "app_style.css")
START = "/phone"
COOKIE = "backstretch-camera"
OUTSIDE = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>backstretch</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<h1>This code does not let you in</h1>
<p>A code works once, and for two minutes. Scan the one that the computer shows now, on its page
&ldquo;Phone as camera&rdquo;. If another phone is the camera, end that first.</p></html>"""


class PhoneSite:
    """Answers what a phone asks for.

    Args:
        phone: The phone.
    """

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        requests = Requests(self._meet)
        self.app = Starlette(
            routes=[
                Route(START, _page),
                Route("/style.css", _style),
                *(Route(f"/static/{name}", _module) for name in MODULES),
                *(Route(f"/sounds/{earcon}.wav", _sound) for earcon in Earcon),
                WebSocketRoute("/eye", self._eye),
                Route("/eye/{line}", requests.say, methods=["POST"]),
                Route("/eye/{line}/told", requests.told, methods=["POST"]),
            ]
        )
        self.app.router.redirect_slashes = False

    async def _eye(self, socket: WebSocket) -> None:
        await talk(socket, partial(self._meet, cookie=socket.cookies.get(COOKIE, "")))

    def _meet(self, tell: Tell, cookie: str | None = None) -> PhoneTalk:
        return PhoneTalk(tell, self._phone, cookie)


@contextmanager
def phone_server(
    phone: Phone, folder: Path, addresses: Sequence[str] | None = None
) -> Iterator[PhoneServer]:
    """Serve the phone's page in the home network.

    Args:
        phone: The phone.
        folder: Where the certificate is kept.
        addresses: Those of this machine; None to look for those in a private network.

    Raises:
        SetupError: This machine is in no home network, or has no port for it.
    """
    found = home_addresses() if addresses is None else list(addresses)
    if not found:
        raise SetupError(
            "--phone: this computer is in no home network; connect it to the one that the phone is in"
        )
    name = home_name()
    certificate = certificate_file(folder, found, name)

    def place(port: int) -> Place:
        hosts = frozenset(f"{host}:{port}" for host in (*found, name))
        return Place(hosts, COOKIE, START, OUTSIDE, is_secure=True)

    with PhoneServer(PhoneSite(phone).app, phone, found, certificate, place) as server:
        yield server


def _page(_request: Request) -> Response:
    return HTMLResponse(phone_page())


def _style(_request: Request) -> Response:
    return Response(style_of(*STYLES), media_type="text/css")


def _module(request: Request) -> Response:
    return _file(resources.files(__package__) / "static", request)


def _sound(request: Request) -> Response:
    return _file(resources.files("backstretch") / "sounds", request)


def _file(folder: Traversable, request: Request) -> Response:
    """The file of a folder that the address ends with; there is an address for no other."""
    return FileResponse(str(folder / request.url.path.rpartition("/")[2]))
