"""Sinks: outputs of a run, recorded or live, such as a file, a picture or a voice.

To add an output, write a `Sink` and add it to a table: `analysis.outputs.FORMATS` for recordings,
`live.recorder.FORMATS` for live sessions.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import closing, suppress
from functools import partial
from math import inf
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event as Flag
from threading import Thread
from typing import Literal

from backstretch.coaching.scene import Event
from backstretch.errors import Notice
from backstretch.frame import Frame, Source
from backstretch.judging.result import Result
from backstretch.judging.step import Step
from backstretch.kinematics.landmarks import Landmarks, LandmarkTrack

MOST_WAITING = 2000
"""Most calls that wait for a sink; then the analysis waits too: an hour of calls would fill the memory."""
PATIENCE_S = 0.1
"""How often a waiting thread checks whether it still has to wait."""
CLOSE_S = 10.0
"""How long a live session waits at its end for a slow disk."""
Kind = Literal["detection", "steps", "events", "track"]
ALL: frozenset[Kind] = frozenset({"detection", "steps", "events", "track"})
"""All kinds of data that a run gives before its result."""


class Sink:
    """Receives the data of a run and does nothing with it; the base class of all outputs.

    Detections, steps and events come as they happen. A run that went well then gives its track, if it was
    recorded, and its result, with which the sink is to finish its work. `close` comes last, whatever happened.

    Errors of the disk are raised as OSError.

    Attributes:
        done_s: The time in seconds up to which all data is processed; infinity for a sink that is never behind.
    """

    done_s: float = inf

    @property
    def faults(self) -> tuple[str, ...]:
        """What could not be done and was not raised, one line each."""
        return ()

    def detection(
        self,
        time_s: float,
        marks: Landmarks | None,
        frame: Frame | None = None,
        still_since_s: float | None = None,
    ) -> None:
        """A picture was looked at: its landmarks, None with nobody in view, and the picture where available.

        ``still_since_s`` is the time since which the picture stands still; None where it does not.
        """

    def steps(self, steps: Sequence[Step]) -> None:
        """Moments were judged, in order of time."""

    def events(self, time_s: float, events: Sequence[Event]) -> None:
        """Something is to be spoken, sounded or noted."""

    def track(self, track: LandmarkTrack, source: Source, notices: tuple[Notice, ...]) -> None:
        """All landmarks of a recording, with its source and notices."""

    def result(self, result: Result) -> None:
        """The result of the run; only `close` follows."""

    def close(self) -> None:
        """Release everything; an output that has had no result may stay unfinished."""


class InBackground(Sink):
    """Passes all calls on to another sink in a thread; a caller that is too quick has to wait.

    An error of that sink is raised at the next call.

    Args:
        make: Opens the sink, in the thread.
        name: Name of the thread.
        takes: The kinds of data that the sink uses; others are not passed on.
        start_s: The time at which the run begins.
        while_finishing: Called repeatedly while the sink finishes its work.
        most_waiting: Number of calls that may wait; then the caller waits.
    """

    def __init__(
        self,
        make: Callable[[], Sink],
        *,
        name: str,
        takes: Collection[Kind] = ALL,
        start_s: float = 0.0,
        while_finishing: Callable[[], None] = lambda: None,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self.done_s = start_s if "steps" in takes else inf
        self._takes = takes
        self._make = make
        self._while_finishing = while_finishing
        self._error: BaseException | None = None
        self._result: Result | None = None
        self._is_given_up = Flag()
        self._calls: Queue[Callable[[Sink], object] | None] = Queue(most_waiting)
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def detection(
        self,
        time_s: float,
        marks: Landmarks | None,
        frame: Frame | None = None,
        still_since_s: float | None = None,
    ) -> None:
        """As `Sink.detection`."""
        if "detection" in self._takes:
            self._put(lambda sink: sink.detection(time_s, marks, frame, still_since_s))

    def steps(self, steps: Sequence[Step]) -> None:
        """As `Sink.steps`."""
        for step in steps if "steps" in self._takes else ():
            self._put(partial(self._pass_on, step))

    def events(self, time_s: float, events: Sequence[Event]) -> None:
        """As `Sink.events`."""
        if "events" in self._takes:
            self._put(lambda sink: sink.events(time_s, events))

    def track(self, track: LandmarkTrack, source: Source, notices: tuple[Notice, ...]) -> None:
        """As `Sink.track`."""
        if "track" in self._takes:
            self._put(lambda sink: sink.track(track, source, notices))

    def result(self, result: Result) -> None:
        """As `Sink.result`; returns when all is done."""
        self._result = result
        self._put(None)
        while self._thread.is_alive():
            self._while_finishing()
            self._thread.join(PATIENCE_S)
        self._raise()

    def close(self) -> None:
        """As `Sink.close`; calls that wait are dropped."""
        self._is_given_up.set()
        while self._thread.is_alive():
            self._thread.join(PATIENCE_S)

    def _put(self, call: Callable[[Sink], object] | None) -> None:
        """Queue a call for the thread; None for the end."""
        while True:
            self._raise()
            with suppress(Full):
                self._calls.put(call, timeout=PATIENCE_S)
                return

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _pass_on(self, step: Step, sink: Sink) -> None:
        sink.steps((step,))
        self.done_s = step.time_s

    def _run(self) -> None:
        try:
            with closing(self._make()) as sink:
                self._feed(sink)
        except BaseException as error:  # noqa: BLE001 - it is raised at the next call
            self._error = self._error or error

    def _feed(self, sink: Sink) -> None:
        try:
            while (call := self._next()) is not None:
                call(sink)
            if self._result is not None:
                sink.result(self._result)
        except BaseException as error:
            self._error = error  # before an error of closing, which often follows from it
            raise

    def _next(self) -> Callable[[Sink], object] | None:
        """The next call; None at the end."""
        while not self._is_given_up.is_set():
            with suppress(Empty):
                return self._calls.get(timeout=PATIENCE_S)
        return None


class InLiveBackground(InBackground):
    """As `InBackground`, for a live session: never makes its caller wait, and raises nothing.

    Args:
        make: As that of `InBackground`.
        path: The file, as it is named in faults.
        name, takes: As those of `InBackground`.
        most_waiting: Number of calls that may wait, 0 for any; further ones are left out and counted.

    Attributes:
        left_out: Number of calls that were left out.
    """

    def __init__(
        self,
        make: Callable[[], Sink],
        path: Path,
        *,
        name: str,
        takes: Collection[Kind] = ALL,
        most_waiting: int = 0,
    ) -> None:
        self.left_out = 0
        self._path = path
        self._is_late = False
        super().__init__(make, name=name, takes=takes, most_waiting=most_waiting)

    @property
    def faults(self) -> tuple[str, ...]:
        """As `Sink.faults`."""
        if self._error is not None:  # other faults do not matter then
            reason = getattr(self._error, "strerror", None) or self._error
            return (f"{self._path}: cannot be written ({reason})",)
        faults = []
        if self._is_late:
            faults.append(f"{self._path}: the disk is too slow; the end is missing")
        if self.left_out:
            faults.append(
                f"the {self._thread.name} lacks {self.left_out} pictures: it was too slow"
            )
        return tuple(faults)

    def result(self, result: Result) -> None:
        """As `Sink.result`; to take longer than `CLOSE_S` is a fault."""
        self._result = result
        self.close()

    def close(self) -> None:
        """As `Sink.close`; calls that wait are made first, unless they take longer than `CLOSE_S`."""
        if self._thread.is_alive():
            with suppress(Full):
                self._calls.put(None, timeout=CLOSE_S)
            self._thread.join(CLOSE_S)
            self._is_late = self._thread.is_alive()

    def _put(self, call: Callable[[Sink], object] | None) -> None:
        if self._error is not None:
            return
        try:
            self._calls.put_nowait(call)
        except Full:
            self.left_out += 1
