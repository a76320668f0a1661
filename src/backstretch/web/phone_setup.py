"""The computer's side of a phone's coming: the code that leads it here, the number to compare, and its end."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from backstretch.display.html.app_pages import phone_setup_page
from backstretch.web.gate import TOKEN_S
from backstretch.web.phone import Phone, Standing

AT = "/phone-setup"
FRESH_S = TOKEN_S / 2.0
"""A code is shown for this long, so that whoever scans it has the other half of its time to come."""
QUIET_ZONE = 4
"""Of white around a code, in its own squares, as ISO/IEC 18004 asks for."""


@dataclass(frozen=True)
class _Invitation:
    """An address that lets one phone come.

    Attributes:
        number: It counts up, so that a browser asks for the new code.
        made_s: When it was made.
    """

    number: int = 0
    address: str = ""
    made_s: float = 0.0

    @property
    def token(self) -> str:
        return self.address.rpartition("=")[2]


class PhoneSetup:
    """Answers what the computer's page asks for on which a phone is let in.

    Args:
        phone: The phone; None where the program was started without.
        invite: Makes an address with a token of the phone's.
    """

    def __init__(self, phone: Phone | None = None, invite: Callable[[], str] = lambda: "") -> None:
        self.phone = phone
        self._invite = invite
        self._lock = Lock()
        self._invitation = _Invitation()

    @property
    def routes(self) -> list[Route]:
        """What belongs to it."""
        return [
            Route(AT, self._page),
            Route(f"{AT}/state", self._state),
            Route(f"{AT}/code.svg", self._code),
            Route(f"{AT}/let-in/{{number}}", self._let_in, methods=["POST"]),
            Route(f"{AT}/end", self._end, methods=["POST"]),
        ]

    def _page(self, _request: Request) -> Response:
        return HTMLResponse(phone_setup_page(is_open=self.phone is not None))

    def _state(self, _request: Request) -> Response:
        """How the phone stands; the address and number of the code only while none is there."""
        phone = self._open()
        standing = phone.standing
        state = {"standing": standing, "is_connected": phone.is_connected, "number": phone.number}
        if standing is Standing.NONE:
            invitation = self._fresh(phone)
            state |= {"address": invitation.address, "code": invitation.number}
        return JSONResponse(state)

    def _code(self, _request: Request) -> Response:
        """The address as a QR code."""
        import segno  # noqa: PLC0415 - waits for a code

        self._open()
        if not self._invitation.address:
            raise HTTPException(404)
        picture = io.BytesIO()
        code = segno.make(self._invitation.address, micro=False)
        code.save(picture, kind="svg", border=QUIET_ZONE, light="#fff", omitsize=True)
        return Response(picture.getvalue(), media_type="image/svg+xml")

    def _let_in(self, request: Request) -> Response:
        is_in = self._open().let_in(request.path_params["number"])
        return Response(status_code=204 if is_in else 409)

    def _end(self, _request: Request) -> Response:
        self._open().end()
        return Response(status_code=204)

    def _open(self) -> Phone:
        """The phone.

        Raises:
            HTTPException: The program was started without.
        """
        if self.phone is None:
            raise HTTPException(404)
        return self.phone

    def _fresh(self, phone: Phone) -> _Invitation:
        """The address that is shown now; a new one where that is used, or soon late."""
        with self._lock:
            shown = self._invitation
            if monotonic() - shown.made_s > FRESH_S or not phone.is_good(shown.token):
                self._invitation = _Invitation(shown.number + 1, self._invite(), monotonic())
            return self._invitation
