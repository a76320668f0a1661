"""Analysing one recording: from a video or a landmark track to a result."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from backstretch.annotated import AnnotatedVideo
from backstretch.crowd import Crowd
from backstretch.errors import InputError
from backstretch.frame import Frame
from backstretch.landmarker import Landmarker
from backstretch.landmarks import Landmarks, LandmarkTrack
from backstretch.overlay import Overlay
from backstretch.recording import Recording, StepsFile
from backstretch.result import Result, Wanted
from backstretch.session import Session, Step
from backstretch.take import Take, too_slow
from backstretch.video import Source, VideoReader

AT_ONCE = 16
"""Moments judged together: the same numbers as one by one, with a fraction of the work."""

Progress = Callable[[float], None]
"""Is told the source's time that has been reached, in seconds."""


@dataclass(eq=False)
class Outputs:
    """The files that are written while a recording is looked at; none without a folder.

    Attributes:
        folder: Where to write, None for nowhere.
        wanted: What was asked, for the overlay.
    """

    folder: Path | None
    wanted: Wanted
    _waiting: deque[Frame] = field(default_factory=deque)
    _steps: StepsFile | None = None
    _video: AnnotatedVideo | None = None
    _overlay: Overlay | None = None

    def begin(self, wh: tuple[int, int] | None) -> None:
        """Open the files; ``wh`` is the size of the pictures, None where there are none."""
        if self.folder is None:
            return
        self._steps = StepsFile(self.folder / "steps.csv")
        if wh is not None:
            self._overlay = Overlay(self.wanted.hold_s)
            self._video = AnnotatedVideo(self.folder / "annotated.mp4", wh)

    def picture(self, frame: Frame) -> None:
        """Keep a picture until its step is known."""
        if self._video is not None:
            self._waiting.append(frame)

    def steps(self, steps: list[Step]) -> None:
        """Write what is known."""
        for step in steps:
            if self._steps is not None:
                self._steps.write(step)
            if self._video is not None and self._overlay is not None:
                frame = self._waiting.popleft()
                image = frame.image[:, ::-1] if self.wanted.mirrored else frame.image
                self._video.write(self._overlay.draw(image, step), frame.time_s)

    def close(self) -> None:
        """Close the files, each even where another one fails."""
        with ExitStack() as stack:
            for file in (self._steps, self._video):
                if file is not None:
                    stack.callback(file.close)


def analyse_video(
    reader: VideoReader,
    landmarker: Landmarker,
    wanted: Wanted,
    folder: Path | None = None,
    progress: Progress = lambda _: None,
) -> tuple[Result, Recording]:
    """Analyse a video; write steps.csv and annotated.mp4 into ``folder`` if given."""
    outputs = Outputs(folder, wanted)
    moments: list[tuple[float, Landmarks | None]] = []
    judge = _Judge(wanted, outputs)
    crowd = Crowd(landmarker, is_picture=reader.source.frames == 1)
    outputs.begin(reader.wh)
    try:
        for frame in reader.frames(wanted.start_s, wanted.end_s):
            marks = landmarker.look(frame)
            if marks is None and reader.source.frames == 1:
                marks = landmarker.search(frame)
            crowd.look(frame, marks)
            moments.append((frame.time_s, marks))
            outputs.picture(frame)
            judge.push(frame.time_s, marks)
            progress(frame.time_s)
        if not moments:
            raise _nothing_there(reader.source, wanted)
        judge.finish()
    finally:
        outputs.close()
    warnings = (*reader.warnings, *too_slow(reader.source), *crowd.warnings)
    recording = Recording(LandmarkTrack.of(moments, reader.wh), reader.source, warnings)
    return judge.take.result(recording.source, warnings), recording


def analyse_track(
    recording: Recording, wanted: Wanted, folder: Path | None = None
) -> tuple[Result, Recording]:
    """Replay a landmark track; the same numbers as the run that recorded it."""
    outputs = Outputs(folder, wanted)
    judge = _Judge(wanted, outputs)
    outputs.begin(None)
    try:
        for time_s, marks in _part(recording.track, wanted):
            judge.push(time_s, marks)
        if judge.count == 0:
            raise _nothing_there(recording.source, wanted)
        judge.finish()
    finally:
        outputs.close()
    return judge.take.result(recording.source, recording.warnings), recording


def _part(track: LandmarkTrack, wanted: Wanted) -> Iterator[tuple[float, Landmarks | None]]:
    end_s = float("inf") if wanted.end_s is None else wanted.end_s
    return ((t, marks) for t, marks in track if wanted.start_s <= t <= end_s)


def _nothing_there(source: Source, wanted: Wanted) -> InputError:
    part = f"from {wanted.start_s:g} s" + (
        "" if wanted.end_s is None else f" to {wanted.end_s:g} s"
    )
    words = f"{source.path}: there is nothing {part}; it is {source.duration_s:g} s long"
    return InputError(words)


class _Judge:
    """A take with its outputs, fed `AT_ONCE` moments at a time."""

    def __init__(self, wanted: Wanted, outputs: Outputs) -> None:
        self._mirrored = wanted.mirrored
        # Sides that were not asked for are judged too: to say so when they were held.
        self.take = Take(wanted, Session(wanted.poses, asked=wanted.asked, own=wanted.own))
        self.count = 0
        self._outputs = outputs
        self._moments: list[tuple[float, Landmarks | None]] = []

    def push(self, time_s: float, marks: Landmarks | None) -> None:
        self.count += 1
        turned = marks.mirrored() if marks is not None and self._mirrored else marks
        self._moments.append((time_s, turned))
        if len(self._moments) >= AT_ONCE:
            self._outputs.steps(self.take.push(self._moments))
            self._moments = []

    def finish(self) -> None:
        self._outputs.steps(self.take.push(self._moments))
        self._outputs.steps(self.take.finish())
