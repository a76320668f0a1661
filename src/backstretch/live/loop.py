"""The loop of a live session: finds and judges the person in the newest picture, in a thread of its own.

Sinks draw, speak and write: this thread only passes on steps, events and pictures.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from threading import Event as Flag
from threading import Thread
from time import perf_counter
from typing import Any, Protocol, Self

import numpy as np

from backstretch.coaching.placement import Surroundings
from backstretch.coaching.scene import Command, Event, Note, Phase, Say
from backstretch.coaching.speaking import CAMERA_LOST, CAMERA_MOVED, CAMERA_STILL, PORTRAIT
from backstretch.display.pictures.live_view import LiveState
from backstretch.display.pictures.summary_view import Ending
from backstretch.errors import Notice, NoticeKind
from backstretch.formats.sinks import Sink
from backstretch.frame import Frame, Source
from backstretch.judging.doubts import SLOW_BELOW_FPS
from backstretch.judging.result import Result
from backstretch.judging.step import Step
from backstretch.kinematics.landmarks import Landmarks
from backstretch.live.led_session import LedSession
from backstretch.vision.backdrop import backdrop_of
from backstretch.vision.detection import BystanderSearch, Detection, VideoLandmarker, look
from backstretch.vision.pictures import glance_at
from backstretch.vision.portraits import WithoutPortraits
from backstretch.vision.scene_watch import SceneWatch
from backstretch.vision.stillness import Repeats

WAIT_S = 0.1
"""How long to wait for a picture before keys are read again."""
SILENT_S = 0.6
"""Without a picture for this long, which is more than the hold clock bridges, nobody counts as in view."""
LIGHT_EVERY = 16
"""The step, in pixels across and down, at which the brightness of a picture is sampled."""
BUSY = {Phase.TAKING, Phase.HOLDING, Phase.EASING}
"""Phases without a search for others, which takes as long as finding the person, once that one has moved."""
STANDS_STILL = "the camera stands still: it gives the same picture again and again"
MOST_FIGURES = 20_000
"""How many pictures figures are kept of: about ten minutes at 30 a second."""
SLOW_AFTER = 30
"""Pictures from which is told how many a second are looked at."""
SLOW_NOTE_S, SLOW_ENDS_FPS = 4.0, 1.0
"""How long the words about it stay at least, and how many pictures a second more end them."""
SLOW_LOOK_S, SLOW_LOOKS = 0.45, 3
"""A careful look that takes longer leaves gaps which the hold clock may not bridge. After this number of them
in a row, the usual look is used, which takes a fifth: what they leave unseen does not yet end a hold."""
KEYS = {
    " ": Command.PAUSE,
    "n": Command.NEXT,
    "b": Command.BACK,
    "p": Command.PAIN,
    "q": Command.QUIT,
    "esc": Command.QUIT,
}
"""The command of each key, in a window and in a terminal."""


class Eye(Protocol):
    """Gives the newest picture; see `vision.capture.Capture`."""

    @property
    def ended(self) -> bool:
        """Whether no more pictures will come."""

    @property
    def lost(self) -> str:
        """Why no pictures come at the moment; empty while they do."""

    def newest(self, timeout_s: float) -> Frame | None:
        """The newest picture not taken yet; None when none came in time."""

    def now_s(self) -> float:
        """The time now, on the clock of the pictures."""


@dataclass
class Figures:
    """How the machine keeps up with the camera.

    Attributes:
        frames: How many pictures were judged.
        delay_s: Seconds from the capture of a picture to the verdict, for the last `MOST_FIGURES` pictures.
        own_s: The same without waiting and without the model.
    """

    frames: int = 0
    delay_s: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_FIGURES))
    own_s: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_FIGURES))


class SlowNote:
    """Tells how few pictures a second are looked at, in words that do not flicker.

    Attributes:
        words: What to show; empty where there are enough.
    """

    def __init__(self) -> None:
        self.words = ""
        self._times_s: deque[float] = deque(maxlen=SLOW_AFTER + 1)
        self._since_s = -float("inf")

    def push(self, time_s: float) -> str:
        """Take the time of a picture that is looked at; return the words. Gaps do not matter."""
        self._times_s.append(time_s)
        if len(self._times_s) > SLOW_AFTER and time_s - self._since_s >= SLOW_NOTE_S:
            fps = 1.0 / float(np.median(np.diff(self._times_s)))
            is_slow = fps < (SLOW_BELOW_FPS + SLOW_ENDS_FPS if self.words else SLOW_BELOW_FPS)
            words = f"Slow: {fps:.0f} pictures a second" if is_slow else ""
            if words != self.words:
                self.words, self._since_s = words, time_s
        return self.words


class CarefulPace:
    """Drops the careful look of a stretch where the machine is too slow for it.

    Attributes:
        notices: A notice once that was so.
    """

    def __init__(self) -> None:
        self.notices: tuple[Notice, ...] = ()
        self._asked: tuple[str, ...] = ()
        self._slow_count = 0

    def models(self, asked: tuple[str, ...]) -> tuple[str, ...]:
        """The models of the next look, of those that the present poses ask for."""
        if asked != self._asked:
            self._asked, self._slow_count = asked, 0
        return () if self._slow_count >= SLOW_LOOKS else asked

    def push(self, took_s: float) -> None:
        """Take the seconds that a look took by the models that were asked for."""
        self._slow_count = self._slow_count + 1 if took_s > SLOW_LOOK_S else 0
        if self._slow_count >= SLOW_LOOKS:
            self.notices = (Notice(NoticeKind.USUAL_LOOK),)


class Live:
    """Runs one session in a thread; a context manager.

    Args:
        eye: Where pictures come from.
        landmarker: Finds the person in them.
        session: Judges and leads the person.
        sinks: Take events, steps and pictures, and never keep this thread waiting.

    Attributes:
        state: What a front end shows now.
        figures: How the machine keeps up.
        last_s: The time of the last moment.
        wh: Width and height of the last picture; zeros before the first.
    """

    def __init__(
        self, eye: Eye, landmarker: VideoLandmarker, session: LedSession[Any], sinks: Sequence[Sink]
    ) -> None:
        self.session = session
        self.state = LiveState(None, None, None, session.leader.scene)
        self.figures = Figures()
        self.last_s = 0.0
        self.wh = (0, 0)
        self._eye, self._sinks = eye, sinks
        self._landmarker = WithoutPortraits(landmarker)
        self._bystanders = BystanderSearch(self._landmarker)
        self._repeats, self._watch = Repeats(), SceneWatch()
        self._commands: SimpleQueue[Command] = SimpleQueue()
        self._stop, self._over = Flag(), Flag()
        self._failure: BaseException | None = None
        self._is_first = True
        self._pace = CarefulPace()
        self._slow = SlowNote()
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
            Exception: Whatever went wrong in the thread.
        """
        if self._failure is not None:
            raise self._failure
        return self._over.is_set()

    def command(self, command: Command) -> None:
        """Pass on a key's command."""
        self._commands.put(command)

    def stop(self) -> None:
        """End the session, and wait until the thread has finished it."""
        self._stop.set()
        if self._thread.ident is not None:
            self._over.wait()

    def wait(self, timeout_s: float) -> None:
        """Wait until the session has ended, for ``timeout_s`` at most.

        Not by `Thread.join`: after Ctrl-C has interrupted it, it takes the thread for ended (Python 3.11).
        """
        self._over.wait(timeout_s)

    def source(self, name: str) -> Source:
        """The pictures that were judged, as a result describes them; ``name`` is that of the camera."""
        fps = self.figures.frames / self.last_s if self.last_s > 0.0 else 0.0
        return Source(
            path=name,
            duration_s=round(self.last_s, 3),
            fps=round(fps, 2),
            frames=self.figures.frames,
            width=self.wh[0],
            height=self.wh[1],
        )

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What makes it unsure who was judged, from where, and how exactly."""
        return (*self._watch.notices, *self._pace.notices)

    def _run(self) -> None:
        try:
            while not (self._stop.is_set() or self._eye.ended or self.session.leader.end_reason):
                self._turn()
        except BaseException as error:  # noqa: BLE001 - raised again where the session is watched
            self._failure = error
        try:
            self._tell(*self.session.finish(Surroundings()))
        except BaseException as error:  # noqa: BLE001 - as above; the first error counts
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
            return  # it came late: a later moment was judged as one without a picture
        self._is_first = False
        self.last_s, self.wh = frame.time_s, frame.wh
        detection = self._detect(frame)
        marks, seen = detection.marks, self._watch.push(detection)
        if seen.portrait is not None:
            marks = None
            self._leave_out(seen.portrait)
        lost = "" if seen.still_since_s is None else STANDS_STILL
        surroundings = replace(self._surroundings(frame), lost=bool(lost))
        began_s = perf_counter()
        since_s, moved_s = seen.still_since_s, seen.moved_s
        self._tell(*self.session.push(frame.time_s, marks, surroundings, since_s, moved_s))
        if moved_s is not None:
            self._tell([], [Note("camera moved", ""), Say(CAMERA_MOVED)])
        scene = self.session.leader.scene
        shown = *self._as_seen(frame, marks), self.session.step, scene
        self.state = LiveState(*shown, lost=lost, slow=self._slow.push(frame.time_s))
        self.figures.frames += 1
        self.figures.own_s.append(perf_counter() - began_s)
        self.figures.delay_s.append(self._eye.now_s() - frame.time_s)
        self._tell_lost(lost, CAMERA_STILL)
        for sink in self._sinks:
            sink.detection(frame.time_s, marks, frame, since_s)

    def _detect(self, frame: Frame) -> Detection:
        """Look at a picture for the person and, now and then while nothing is held, for others."""
        glance = glance_at(frame)
        self._repeats.push(frame.time_s, glance)
        marks = self._find(frame)
        is_busy = self.session.leader.phase in BUSY and self._watch.is_person
        others = None if is_busy else self._bystanders.search(frame, marks)
        repeat = self._repeats.of(frame.time_s)
        return Detection(frame.time_s, marks, others, repeat, backdrop_of(glance))

    def _leave_out(self, portrait: Landmarks) -> None:
        """Look for the person beside a portrait that was followed; nothing that was judged so far counts."""
        self._landmarker.add(portrait)
        self.session.disregard_until(self.last_s)
        self._tell([], [Note("portrait", ""), Say(PORTRAIT)])

    def _find(self, frame: Frame) -> Landmarks | None:
        """The person in a picture, looked at as the present stretch asks, if the machine is quick enough."""
        models = self._pace.models(self.session.careful_look)
        began_s = perf_counter()
        marks = look(self._landmarker, frame, models)
        if models:
            self._pace.push(perf_counter() - began_s)
        return marks

    def _as_seen(self, frame: Frame, marks: Landmarks | None) -> tuple[Frame, Landmarks | None]:
        """Picture and landmarks with the mirror undone, where the pictures are mirror images."""
        if not self.session.mirrored:
            return frame, marks
        image = np.ascontiguousarray(frame.image[:, ::-1])
        return Frame(frame.index, frame.time_s, image), marks and marks.mirrored()

    def _surroundings(self, frame: Frame) -> Surroundings:
        light = float(frame.image[::LIGHT_EVERY, ::LIGHT_EVERY].mean())
        return Surroundings(light, crowded=self._watch.is_crowded)

    def _miss(self) -> None:
        """Judge a moment with nobody in view, since no picture comes."""
        self.last_s = self._eye.now_s()
        self._tell(*self.session.push(self.last_s, None, Surroundings(lost=bool(self._eye.lost))))
        frame, scene = self.state.frame, self.session.leader.scene
        self.state = LiveState(frame, None, self.session.step, scene, lost=self._eye.lost)
        self._tell_lost(self._eye.lost, CAMERA_LOST)

    def _tell_lost(self, lost: str, line: str) -> None:
        """Say once, with this line, that the camera is gone, and log once that it is back."""
        if lost and not self._lost:
            self._tell([], [Note("camera lost", lost), Say(line, urgent=True)])
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

    def linger(self, state: LiveState, seconds: float) -> None:
        """Show one last state while its words are heard, for this long, or until the person closes it."""

    def summary(self, result: Result, ending: Ending) -> None:
        """Show the session's result until the person closes it."""


def _waiting(commands: "SimpleQueue[Command]") -> Iterator[Command]:
    while True:
        try:
            yield commands.get_nowait()
        except Empty:
            return
