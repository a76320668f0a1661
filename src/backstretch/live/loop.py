"""Live coaching: the newest picture of a camera is looked at, judged and coached, in a thread of its own.

Drawing, speech and disk are for others: this thread hands over what there is and looks at the next picture.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event as Flag
from threading import Thread
from time import perf_counter
from typing import Any, Protocol, Self

import numpy as np

from backstretch.coaching.placement import Surroundings
from backstretch.coaching.scene import Command, Event, Note, Phase, Say
from backstretch.coaching.speaking import CAMERA_LOST
from backstretch.display.pictures.live_view import LiveState
from backstretch.errors import Notice
from backstretch.formats.sinks import Sink
from backstretch.frame import Frame, Source
from backstretch.judging.result import Result
from backstretch.judging.step import Step
from backstretch.kinematics.landmarks import Landmarks
from backstretch.live.led_session import LedSession
from backstretch.vision.detection import BystanderSearch, Detection, IdentityWatch, Landmarker

WAIT_S = 0.1
"""How long to wait for a picture before keys are looked at again."""
SILENT_S = 0.6
"""Without a picture for longer than the clock bridges, the moment is told as one with nobody in view."""
LIGHT_EVERY = 16
"""Of each so many pixels across and down one is enough to tell how light a picture is."""
BUSY = {Phase.TAKING, Phase.HOLDING, Phase.EASING}
"""While a hold goes on nobody else is looked for: it takes as long as a look."""
KEPT = 20_000
"""Figures of so many pictures are kept, those of ten minutes at 30 a second."""
KEYS = {
    " ": Command.PAUSE,
    "n": Command.NEXT,
    "b": Command.BACK,
    "p": Command.PAIN,
    "q": Command.QUIT,
    "esc": Command.QUIT,
}
"""What each key asks for, whoever reads it."""


class Eye(Protocol):
    """Gives the newest picture; see `vision.capture.Capture`."""

    @property
    def ended(self) -> bool:
        """Whether there will be none any more."""

    @property
    def lost(self) -> str:
        """Why there is none just now; empty while they come."""

    def newest(self, timeout_s: float) -> Frame | None:
        """The newest picture not taken yet; None when none came in time."""

    def now_s(self) -> float:
        """The capture clock."""


@dataclass
class Figures:
    """How the machine keeps up.

    Attributes:
        looked: Pictures that were looked at.
        delay_s: From the capture of a picture to the verdict that the session gave then.
        own_s: Of that, everything but the model.
    """

    looked: int = 0
    delay_s: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    own_s: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))


class Live:
    """Runs one session in a thread; a context manager.

    Args:
        eye: Where pictures come from.
        landmarker: Finds the person in them.
        session: What is judged, and who leads.
        sinks: What takes words, steps and pictures, without keeping its caller waiting.

    Attributes:
        state: What can be shown now.
        figures: How the machine keeps up.
        last_s: The time of the last moment.
    """

    def __init__(
        self, eye: Eye, landmarker: Landmarker, session: LedSession[Any], sinks: Sequence[Sink]
    ) -> None:
        self.session = session
        self.state = LiveState(None, None, None, session.leader.scene)
        self.figures = Figures()
        self.last_s = 0.0
        self.wh = (0, 0)
        self._eye, self._landmarker, self._sinks = eye, landmarker, sinks
        self._bystanders = BystanderSearch(landmarker)
        self._identity = IdentityWatch()
        self._commands: SimpleQueue[Command] = SimpleQueue()
        self._stop, self._over = Flag(), Flag()
        self._failure: BaseException | None = None
        self._is_first = True
        self._lost = ""
        self._thread = Thread(target=self._run, name="look", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def over(self) -> bool:
        """Whether the session has ended.

        Raises:
            Exception: What went wrong while looking.
        """
        if self._failure is not None:
            raise self._failure
        return self._over.is_set()

    def command(self, command: Command) -> None:
        """Pass on a key."""
        self._commands.put(command)

    def stop(self) -> None:
        """End the session and wait until what is open is closed."""
        self._stop.set()
        if self._thread.ident is not None:
            self._over.wait()

    def wait(self, timeout_s: float) -> None:
        """Wait until the session has ended, at most so long.

        Not by the thread's own `join`: one that Ctrl-C interrupts takes the thread for ended (Python 3.11).
        """
        self._over.wait(timeout_s)

    def source(self, name: str) -> Source:
        """What was looked at, as a result names it."""
        fps = self.figures.looked / self.last_s if self.last_s > 0.0 else 0.0
        return Source(
            path=name,
            duration_s=round(self.last_s, 3),
            fps=round(fps, 2),
            frames=self.figures.looked,
            width=self.wh[0],
            height=self.wh[1],
        )

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What makes it unsure who was judged."""
        return self._identity.notices

    def _run(self) -> None:
        try:
            while not (self._stop.is_set() or self._eye.ended or self.session.leader.ended):
                self._turn()
        except BaseException as error:  # noqa: BLE001 - raised again where the session is watched
            self._failure = error
        try:
            self._tell(*self.session.finish(Surroundings()))
        except BaseException as error:  # noqa: BLE001 - as above; the first one is the one to tell
            self._failure = self._failure or error
        finally:
            self._over.set()

    def _turn(self) -> None:
        for command in _waiting(self._commands):
            self._tell([], self.session.command(command))
        frame = self._eye.newest(WAIT_S)
        if frame is not None:
            self._look(frame)
        elif not self._is_first and self._eye.now_s() - self.last_s > SILENT_S:
            self._miss()

    def _look(self, frame: Frame) -> None:
        if not self._is_first and frame.time_s <= self.last_s:
            return  # it was on its way while the moment was told as one without a picture
        self._is_first = False
        self.last_s, self.wh = frame.time_s, frame.wh
        marks = self._landmarker.look(frame)
        surroundings = self._surroundings(frame, marks)
        began_s = perf_counter()
        self._tell(*self.session.push(frame.time_s, marks, surroundings))
        scene = self.session.leader.scene
        self.state = LiveState(*self._as_seen(frame, marks), self.session.step, scene)
        self.figures.looked += 1
        self.figures.own_s.append(perf_counter() - began_s)
        self.figures.delay_s.append(self._eye.now_s() - frame.time_s)
        self._tell_lost("")
        for sink in self._sinks:
            sink.detection(frame.time_s, marks, frame)

    def _as_seen(self, frame: Frame, marks: Landmarks | None) -> tuple[Frame, Landmarks | None]:
        """Picture and landmarks with the mirror undone, where the pictures are mirror images."""
        if not self.session.mirrored:
            return frame, marks
        image = np.ascontiguousarray(frame.image[:, ::-1])
        return Frame(frame.index, frame.time_s, image), marks and marks.mirrored()

    def _surroundings(self, frame: Frame, marks: Landmarks | None) -> Surroundings:
        light = float(frame.image[::LIGHT_EVERY, ::LIGHT_EVERY].mean())
        is_busy = self.session.leader.phase in BUSY
        another = None if is_busy else self._bystanders.search(frame, marks)
        self._identity.push(Detection(frame.time_s, marks, another))
        return Surroundings(light, crowded=self._identity.is_crowded)

    def _miss(self) -> None:
        """No picture comes: nobody can be seen, and that is told."""
        self.last_s = self._eye.now_s()
        self._tell(*self.session.push(self.last_s, None, Surroundings(lost=bool(self._eye.lost))))
        frame, scene = self.state.frame, self.session.leader.scene
        self.state = LiveState(frame, None, self.session.step, scene, lost=self._eye.lost)
        self._tell_lost(self._eye.lost)

    def _tell_lost(self, lost: str) -> None:
        """Tell once that the camera is gone, and once that it is back."""
        if lost and not self._lost:
            self._tell([], [Note("camera lost", lost), Say(CAMERA_LOST, urgent=True)])
        elif self._lost and not lost:
            self._tell([], [Note("camera back", "")])
        self._lost = lost

    def _tell(self, steps: list[Step], events: list[Event]) -> None:
        for sink in self._sinks:
            if steps:
                sink.steps(steps)
            if events:
                sink.events(self.last_s, events)


class FrontEnd(Protocol):
    """Shows a live session and passes on keys; see `WindowShow` and `TerminalShow`."""

    def run(self, live: Live) -> None:
        """Show `Live.state` until `Live.over`, or until the person closes it."""

    def summary(self, result: Result, lines: tuple[str, ...]) -> None:
        """Show what the session came to, as long as the person looks at it."""


def _waiting(commands: "SimpleQueue[Command]") -> Iterator[Command]:
    while True:
        try:
            yield commands.get_nowait()
        except Empty:
            return
