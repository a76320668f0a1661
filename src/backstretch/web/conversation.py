"""A page's side of a session: takes its pictures and wishes, and tells it what comes of them."""

import asyncio
from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import Any

from backstretch.coaching.scene import Command
from backstretch.errors import BackstretchError, InputError
from backstretch.web.desk import Desk
from backstretch.web.lines import Tell
from backstretch.web.making import MakingAsked, begin_making
from backstretch.web.messages import VERSION, picture_of, request_of
from backstretch.web.order import Asked, begin
from backstretch.web.visit import Visit

MOST_A_SECOND = 60
"""Pictures of one page; more are no camera's."""


class Rate:
    """Counts pictures, and refuses those of something that is no camera."""

    def __init__(self) -> None:
        self._arrived_s: deque[float] = deque(maxlen=MOST_A_SECOND)

    def count(self) -> None:
        """A picture has come.

        Raises:
            InputError: More than `MOST_A_SECOND` came within the last second.
        """
        now_s = perf_counter()
        is_full = len(self._arrived_s) == MOST_A_SECOND
        if is_full and now_s - self._arrived_s[0] < 1.0:
            raise InputError("there are too many pictures")
        self._arrived_s.append(now_s)


class Conversation:
    """One connection of a page, from its beginning to its end; a partner of `lines`.

    Args:
        tell: Tells the page something.
        desk: Where sessions are asked for.
        visit: The session's side of it.
    """

    def __init__(self, tell: Tell, desk: Desk, visit: Visit) -> None:
        self._tell, self._desk, self._visit = tell, desk, visit
        self._rate = Rate()

    async def take(self, message: str | bytes) -> None:
        """As `lines.Partner.take`."""
        if isinstance(message, bytes):
            self._rate.count()
            if self._visit.has(self._tell):
                self._visit.push(self._tell, picture_of(message))
        else:
            await self._take_request(request_of(message))

    def leave(self) -> None:
        """As `lines.Partner.leave`."""
        self._visit.leave(self._tell)

    async def _take_request(self, request: dict[str, Any]) -> None:
        ((kind, value),) = request.items()
        if kind == "begin":
            await asyncio.to_thread(self._begin, value)
        elif kind == "go_on":
            self._go_on()
        elif kind == "take_over":
            self._enter()
        elif not self._visit.has(self._tell):
            raise InputError("there is no session yet")
        else:
            self._take_wish(kind, value)

    def _take_wish(self, kind: str, value: Any) -> None:
        """Take what the page of a session asks for."""
        if kind == "command" and value in list(Command):
            self._visit.command(Command(value))
        elif kind == "shown" and isinstance(value, int):
            self._visit.shown(value)
        elif kind == "mute":
            self._visit.mute()
        else:
            raise InputError("the page said something that is not known here")

    def _enter(self) -> None:
        self._visit.enter(self._tell)

    def _begin(self, value: Any) -> None:
        """Ask for a session, or go on with one whose page is gone; the page is told where neither can be."""
        if self._desk.is_busy:
            self._go_on()
            return
        try:
            order = _order(value, self._visit)
        except BackstretchError as error:
            self._tell({"v": VERSION, "refused": str(error)})
            return
        if isinstance(order, str):
            self._tell({"v": VERSION, "question": order})
        elif self._desk.take(order):
            self._enter()
        else:
            self._go_on()

    def _go_on(self) -> None:
        """Go on with the session whose page is gone."""
        if not self._desk.is_busy:
            self._tell({"v": VERSION, "refused": "The session has ended. Press Start for another."})
        elif self._visit.has_page:
            self._tell({"v": VERSION, "busy": True})
        else:
            self._enter()


def _order(value: Any, visit: Visit) -> Callable[[], None] | str:
    """The order for the desk, or a question to ask back.

    Raises:
        BackstretchError: What is asked for cannot be.
    """
    if isinstance(value, dict) and "makes" in value:
        return begin_making(MakingAsked.of(value), visit)
    return begin(Asked.of(value), visit)
