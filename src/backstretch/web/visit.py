"""A visit: one page before its camera, and the session that it is led through.

The session outlives the page: one that is loaded again, or has lost its connection, goes on where it was, and
what lies between is unseen. Its pictures may come from elsewhere, and are then sent on to the page.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from threading import Lock
from time import perf_counter, sleep
from typing import Any

from backstretch.coaching.scene import Command, Event
from backstretch.display.pictures.canvas import jpeg_of
from backstretch.display.pictures.live_view import LiveState
from backstretch.display.pictures.summary_view import Ending
from backstretch.formats.sinks import Sink
from backstretch.frame import Frame
from backstretch.judging.result import Result
from backstretch.live.loop import Live
from backstretch.live.speech import Voice
from backstretch.vision.pushed_feed import PushedFeed
from backstretch.web.lines import Tell
from backstretch.web.messages import HEAD, VERSION, Picture, ended_of, heard_of, look_of

LOOK_S = 0.005
"""How often it is looked for something new to show."""
ALONE_S = 60.0
"""A session without a page ends after this long; what was held is kept."""
SHOWN_PX = 960
"""Longest side of the pictures that are sent to the page."""
MOST_ON_THE_WAY = 2
"""Pictures sent to the page that it has not shown yet; further ones are left out."""


class Eye(StrEnum):
    """Whose camera gives the pictures of a session."""

    PAGE = "page"
    PROGRAM = "program"
    PHONE = "phone"


class Visit:
    """The pictures of a session and what its page is told; the front end of a live session.

    Args:
        camera: The program's own camera: a number, a stream's URL or a video file; empty for none.

    Attributes:
        camera: As given.
        feed: The pictures of the session; not used for those of the program's own camera.
        name: The id of the stretch or set that the session is about; empty before the first.
        eye: Whose camera gives the pictures.
    """

    def __init__(self, camera: str = "") -> None:
        self.camera = camera
        self.feed = PushedFeed()
        self.name, self.eye = "", Eye.PAGE
        self._guests: dict[Eye, Tell] = {}
        self._lock = Lock()
        self._live: Live | None = None
        self._voice: Voice | None = None
        self._tick: Callable[[], None] = lambda: None
        self._alone_since_s = perf_counter()
        self._sent = self._shown = 0

    @property
    def eyes(self) -> dict[str, str]:
        """The cameras that can be chosen, in words; the first one is the usual."""
        eyes: dict[str, str] = {}
        if self.camera:
            eyes[Eye.PROGRAM] = f"the program's camera ({self.camera})"
        return {**eyes, Eye.PAGE: "this browser's camera"}

    @property
    def has_page(self) -> bool:
        """Whether a page is connected."""
        return Eye.PAGE in self._guests

    @property
    def has_phone(self) -> bool:
        """Whether a phone is connected."""
        return Eye.PHONE in self._guests

    @property
    def own_feed(self) -> PushedFeed | None:
        """The pictures that are sent here; None where the program's own camera gives them."""
        return None if self.eye is Eye.PROGRAM else self.feed

    @property
    def sink(self) -> Sink:
        """Passes on to a phone what is to be heard."""
        return _Heard(self)

    def enter(self, tell: Tell, role: Eye = Eye.PAGE) -> None:
        """A page or phone is there, which is told by this function; an earlier one is told that it is not."""
        with self._lock:
            before = self._guests.get(role)
            if before not in {None, tell}:
                before({"v": VERSION, "taken": True})
            self._guests[role] = tell
            if role is Eye.PAGE:
                self._sent = self._shown = 0
            if role is self.eye:
                self.feed.connect()

    def begin(self, name: str, eye: Eye = Eye.PAGE) -> None:
        """A session begins, on the stretch or set of this id, with pictures of its own."""
        with self._lock:
            self.name, self.eye = name, eye
            self.feed = PushedFeed()
            if eye in self._guests:
                self.feed.connect()

    def has(self, tell: Tell, role: Eye = Eye.PAGE) -> bool:
        """Whether this is the page that is led, or the phone that is let in."""
        return self._guests.get(role) is tell

    def leave(self, tell: Tell) -> None:
        """The page or phone is gone."""
        with self._lock:
            for role in [role for role, each in self._guests.items() if each is tell]:
                del self._guests[role]
                if role is Eye.PAGE:
                    self._alone_since_s = perf_counter()
                if role is self.eye:
                    self.feed.disconnect()

    def push(self, tell: Tell, picture: Picture) -> None:
        """Take a picture of whoever gives those of the session; those of others are left out.

        Raises:
            InputError: It is too large, or no JPEG.
        """
        if self.has(tell, self.eye):
            self.feed.push(picture.number, picture.time_ms, picture.jpeg)

    def tell(self, message: dict[str, Any]) -> None:
        """Tell the page, if there is one."""
        with self._lock:
            self._tell(Eye.PAGE, message)

    def tell_phone(self, message: dict[str, Any]) -> None:
        """Tell the phone, if there is one."""
        with self._lock:
            self._tell(Eye.PHONE, message)

    def shown(self, number: int) -> None:
        """The page has shown the picture of this number."""
        self._shown = max(self._shown, number)

    def command(self, command: Command) -> None:
        """Pass on what a button or key asks for."""
        if self._live is not None:
            self._live.command(command)

    def mute(self) -> None:
        """Switch the program's voice and sounds off, or on again."""
        if self._voice is not None:
            self._voice.muted = not self._voice.muted

    def attach(self, voice: Voice, tick: Callable[[], None]) -> None:
        """Before a session: what the mute button mutes, and what is called at each look."""
        self._voice, self._tick = voice, tick

    def run(self, live: Live) -> None:
        """As `FrontEnd.run`."""
        self._live, shown = live, None
        while not (live.over or self._is_alone):
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
        self.finish(ended_of(result, ending, address))

    def finish(self, ended: dict[str, Any]) -> None:
        """Tell page and phone what a session came to."""
        self.tell(ended)
        self.tell_phone({"over": True})

    @property
    def _is_alone(self) -> bool:
        return not self.has_page and perf_counter() - self._alone_since_s > ALONE_S

    def _tell(self, role: Eye, message: dict[str, Any] | bytes) -> None:
        tell = self._guests.get(role)
        if tell is not None:
            tell(message if isinstance(message, bytes) else {"v": VERSION, **message})

    def _show(self, state: LiveState) -> None:
        is_muted = self._voice is not None and self._voice.muted
        number = self.feed.number_at(state.time_s)
        if self.eye is Eye.PHONE:
            self.tell_phone(look_of(state, self.eye, number, muted=is_muted))
        if self.eye is not Eye.PAGE:
            number = None if state.frame is None else self._send(state.frame)
        self.tell(look_of(state, self.eye, number, muted=is_muted))

    def _send(self, frame: Frame) -> int | None:
        """Send a picture to the page; its number, or None where too many are on the way."""
        with self._lock:
            if self._sent - self._shown >= MOST_ON_THE_WAY:
                return None
            self._sent += 1
            picture = HEAD.pack(self._sent, 1000.0 * frame.time_s) + jpeg_of(frame.image, SHOWN_PX)
            self._tell(Eye.PAGE, picture)
            return self._sent


class _Heard(Sink):
    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    def events(self, time_s: float, events: Sequence[Event]) -> None:  # noqa: ARG002
        """As `Sink.events`."""
        if self._visit.has_phone and (heard := heard_of(events)):
            self._visit.tell_phone({"heard": heard})
