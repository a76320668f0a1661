"""The phone that is the camera: one at a time, and only after somebody at the computer has let it in.

A phone comes with a token of the code that the computer shows. Both show the same number then; whoever says on
the computer that it is the same lets the phone in.
"""

import secrets
from enum import StrEnum
from threading import RLock, Timer
from time import monotonic

from backstretch.errors import InputError
from backstretch.web.conversation import Rate
from backstretch.web.gate import TOKEN_BYTES, Keys
from backstretch.web.lines import Tell
from backstretch.web.messages import VERSION, picture_of
from backstretch.web.visit import Eye, Visit

SILENT_S = 600.0
"""A phone from which no picture has come for this long has to come anew."""
DIGITS = 4
"""Of the number that is compared."""
ENDED = "The computer has ended this."
SILENT = "No picture was asked of this phone for ten minutes."
OTHER = "Another phone has taken the code."
AGAIN = "This page was opened a second time."


class Standing(StrEnum):
    """How a phone stands."""

    NONE = "none"
    """None is there."""
    WAITS = "waits"
    """One is there, and waits to be let in."""
    IN = "in"
    """One is let in."""


class Phone(Keys):
    """The one phone that may be the camera, and the keys of its gate.

    Each token that is taken makes a new cookie, so the phone that came last is the only one there is.

    Args:
        visit: Whose camera it may be.
    """

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self._visit = visit
        self._lock = RLock()
        self._number = ""
        self._is_in = False
        self._heard_s = 0.0
        self._timer: Timer | None = None
        self._tells: Tell | None = None

    @property
    def standing(self) -> Standing:
        """How the phone stands now."""
        if self._is_in:
            return Standing.IN
        return Standing.WAITS if self._tells else Standing.NONE

    @property
    def is_connected(self) -> bool:
        """Whether its page is open."""
        return self._tells is not None

    @property
    def number(self) -> str:
        """The digits that phone and computer show; empty without a phone."""
        return self._number

    def takes(self, token: str) -> bool:
        """As `Keys.takes`; no token is good while a phone is let in."""
        with self._lock:
            if not super().takes(token) or self._is_in:
                return False
            self.end(OTHER)
            self._number = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
            self._heard_s = monotonic()
            self._await_silence(SILENT_S)
            return True

    def let_in(self, number: str) -> bool:
        """Let the phone in that shows this number; False if there is none."""
        with self._lock:
            if self.standing is not Standing.WAITS or number != self._number:
                return False
            self._is_in, self._heard_s = True, monotonic()
            self._welcome()
            return True

    def end(self, why: str = ENDED) -> None:
        """Have no phone any more; the one that was there is told why, and its cookie is worth nothing."""
        with self._lock:
            self.cookie = secrets.token_urlsafe(TOKEN_BYTES)
            self._number, self._is_in = "", False
            if self._timer is not None:
                self._timer.cancel()
            self._part(why)

    def enter(self, tell: Tell, cookie: str | None = None) -> None:
        """Its page is open, which is told by this function; an earlier page of it is closed.

        Args:
            tell: Tells the page something.
            cookie: With which it came; None where it has come through the gate just now.
        """
        with self._lock:
            if not self._number or (cookie is not None and not self.has(cookie)):
                tell({"v": VERSION, "closed": OTHER})  # since it came through the gate
                return
            self._part(AGAIN)
            self._tells = tell
            self._welcome()

    def leave(self, tell: Tell) -> None:
        """Its page is gone."""
        with self._lock:
            if self._tells is tell:
                self._tells = None
                self._visit.leave(tell)

    def take(self, tell: Tell, message: bytes) -> None:
        """Hand a picture on; nothing is done with those of a phone that is not let in.

        Raises:
            InputError: It is no picture, too large, or of a phone that is none any more.
        """
        with self._lock:
            if self._tells is not tell:
                raise InputError(OTHER)
            if not self._is_in:
                return
            self._heard_s = monotonic()
        self._visit.push(tell, picture_of(message))

    def _welcome(self) -> None:
        """Tell its page the number and whether it is let in, and the session that it is there."""
        if self._tells is None:
            return
        self._tells({"v": VERSION, "phone": {"number": self._number, "is_in": self._is_in}})
        if self._is_in:
            self._visit.enter(self._tells, Eye.PHONE)

    def _part(self, why: str) -> None:
        """Close its page."""
        tell, self._tells = self._tells, None
        if tell is not None:
            self._visit.leave(tell)
            tell({"v": VERSION, "closed": why})

    def _await_silence(self, after_s: float) -> None:
        self._timer = Timer(after_s, self._end_if_silent)
        self._timer.daemon = True
        self._timer.start()

    def _end_if_silent(self) -> None:
        with self._lock:
            left_s = SILENT_S - (monotonic() - self._heard_s)
            if left_s > 0.0:
                self._await_silence(left_s)
            elif self._number:
                self.end(SILENT)


class PhoneTalk:
    """One connection of a phone's page; a partner of `lines`.

    Args:
        tell: Tells the page something.
        phone: The phone.
        cookie: With which it came; None where it has come through the gate just now.
    """

    def __init__(self, tell: Tell, phone: Phone, cookie: str | None = None) -> None:
        self._tell, self._phone = tell, phone
        self._rate = Rate()
        phone.enter(tell, cookie)

    async def take(self, message: str | bytes) -> None:
        """As `lines.Partner.take`; a phone sends pictures, and asks for nothing."""
        if isinstance(message, str):
            raise InputError("a phone sends pictures, and nothing else")
        self._rate.count()
        self._phone.take(self._tell, message)

    def leave(self) -> None:
        """As `lines.Partner.leave`."""
        self._phone.leave(self._tell)
