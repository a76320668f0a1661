"""A visit: one page before its camera, and the session that it is led through.

The session outlives the page: one that is loaded again, or has lost its connection, goes on where it was, and
what lies between is unseen.
"""

import asyncio
from collections.abc import Callable
from threading import Lock
from time import perf_counter, sleep
from typing import Any

from backstretch.coaching.scene import Command
from backstretch.display.pictures.live_view import LiveState
from backstretch.display.pictures.summary_view import Ending
from backstretch.judging.result import Result
from backstretch.live.loop import Live
from backstretch.live.speech import Voice
from backstretch.vision.pushed_feed import PushedFeed
from backstretch.web.messages import VERSION, ended_of, look_of

LOOK_S = 0.005
"""How often it is looked for something new to show."""
ALONE_S = 60.0
"""A session without a page ends after this long; what was held is kept."""
Tell = Callable[[dict[str, Any]], None]


class Visit:
    """The pictures of a page and what it is told; the front end of a live session.

    Attributes:
        feed: The pictures of the session.
        name: The id of the stretch or set that the session is about; empty before the first.
    """

    def __init__(self) -> None:
        self.feed = PushedFeed()
        self.name = ""
        self._tells: Tell | None = None
        self._lock = Lock()
        self._live: Live | None = None
        self._voice: Voice | None = None
        self._tick: Callable[[], None] = lambda: None
        self._alone_since_s = perf_counter()
        self._is_left = False

    @property
    def has_page(self) -> bool:
        """Whether a page is connected."""
        return self._tells is not None

    def enter(self, tell: Tell) -> None:
        """A page is there, which is told by this function; an earlier one is told that it is not any more."""
        with self._lock:
            if self._tells not in {None, tell}:
                self._tells({"v": VERSION, "taken": True})
            self._tells = tell
            self.feed.connect()

    def begin(self, name: str) -> None:
        """A session begins, on the stretch or set of this id, with pictures of its own."""
        with self._lock:
            self.name, self.feed, self._is_left = name, PushedFeed(), False
            if self._tells is not None:
                self.feed.connect()

    def has(self, tell: Tell) -> bool:
        """Whether this is the page that is led."""
        return self._tells is tell

    def leave(self, tell: Tell) -> None:
        """The page is gone."""
        with self._lock:
            if self._tells is not tell:
                return
            self._tells, self._alone_since_s = None, perf_counter()
            self.feed.disconnect()

    def tell(self, message: dict[str, Any]) -> None:
        """Tell the page, if there is one."""
        with self._lock:
            if self._tells is not None:
                self._tells({"v": VERSION, **message})

    def command(self, command: Command) -> None:
        """Pass on what a button or key asks for."""
        if self._live is not None:
            self._live.command(command)

    def mute(self) -> None:
        """Switch the program's voice and sounds off, or on again."""
        if self._voice is not None:
            self._voice.muted = not self._voice.muted

    def end(self) -> None:
        """End the session; what was held is kept."""
        self._is_left = True

    def attach(self, voice: Voice, tick: Callable[[], None]) -> None:
        """Before a session: what the mute button mutes, and what is called at each look."""
        self._voice, self._tick = voice, tick

    def run(self, live: Live) -> None:
        """As `FrontEnd.run`."""
        self._live, shown = live, None
        while not (live.over or self._is_left or self._is_alone):
            state = live.state
            if state is not shown:
                shown = state
                self._show(state)
            self._tick()
            sleep(LOOK_S)
        self._live = None

    def linger(self, state: LiveState, seconds: float) -> None:
        """As `FrontEnd.linger`."""
        self._show(state)
        sleep(seconds)

    def summary(self, result: Result, ending: Ending) -> None:
        """As `FrontEnd.summary`; the page shows it for as long as the person wishes."""
        report = ending.report
        address = f"/reports/live/{report.parent.name}" if report is not None else ""
        self.tell(ended_of(result, ending, address))

    @property
    def _is_alone(self) -> bool:
        return not self.has_page and perf_counter() - self._alone_since_s > ALONE_S

    def _show(self, state: LiveState) -> None:
        number = self.feed.number_at(state.time_s)
        self.tell(look_of(state, number, muted=self._voice is not None and self._voice.muted))


def teller(loop: asyncio.AbstractEventLoop, waiting: "asyncio.Queue[dict[str, Any]]") -> Tell:
    """Put what is told into a queue of the page's event loop, from any thread."""

    def tell(message: dict[str, Any]) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(waiting.put_nowait, message)

    return tell
