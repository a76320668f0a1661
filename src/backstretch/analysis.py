"""Analysing one recording: from a video or a landmark track to a result."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from backstretch.ahead import Ahead
from backstretch.crowd import Crowd
from backstretch.drawing import Drawing
from backstretch.errors import InputError
from backstretch.landmarker import Landmarker
from backstretch.landmarks import Landmarks, LandmarkTrack
from backstretch.looking import Looked, look_at_all, look_sparsely
from backstretch.recording import Recording, StepsFile
from backstretch.result import Result, Wanted
from backstretch.session import Session, Step
from backstretch.take import Take, too_slow
from backstretch.video import Picture, Source, VideoReader

AT_ONCE, AT_ONCE_SPARSELY = 16, 4
"""Moments judged together: the same numbers as one by one, with a fraction of the work. Sparse looking asks
what was judged, so that must not lie far behind."""
AHEAD = 8
"""Pictures that are decoded before they are wanted."""

Progress = Callable[[float], None]
"""Is told the source's time that has been reached, in seconds."""


class Outputs:
    """The files that are written while a recording is looked at; none without a folder. A context manager.

    Args:
        folder: Where to write, None for nowhere.
        wanted: What was asked.
        video: The recording to draw on, None for a landmark track.
        progress: Is told how far both the analysis and the drawing are.
    """

    def __init__(
        self, folder: Path | None, wanted: Wanted, video: Path | None, progress: Progress
    ) -> None:
        self._progress = progress
        self._steps: StepsFile | None = None
        self._drawing: Drawing | None = None
        if folder is not None:
            self._steps = StepsFile(folder / "steps.csv")
        if folder is not None and video is not None:
            self._drawing = Drawing(video, folder / "annotated.mp4", wanted)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with ExitStack() as stack:
            if self._steps is not None:
                stack.callback(self._steps.close)
            if self._drawing is not None:
                stack.callback(self._drawing.give_up)  # does nothing to one that is done
            if self._drawing is not None and error is None:
                self._drawing.finish(self._progress)

    def write(self, steps: Iterable[Step]) -> None:
        """Write what is known."""
        for step in steps:
            if self._steps is not None:
                self._steps.write(step)
            if self._drawing is not None:
                self._drawing.push(step)

    def reached(self, time_s: float) -> None:
        """Tell how far it is: where both the analysis and the drawing have been."""
        drawn_s = time_s if self._drawing is None else self._drawing.at_s
        self._progress(min(time_s, drawn_s))


def analyse_video(
    reader: VideoReader,
    landmarker: Landmarker,
    wanted: Wanted,
    folder: Path | None = None,
    progress: Progress = lambda _: None,
) -> tuple[Result, Recording]:
    """Analyse a video; write steps.csv and annotated.mp4 into ``folder`` if given."""
    moments: list[tuple[float, Landmarks | None]] = []
    crowd = Crowd(landmarker, is_picture=reader.source.frames == 1)
    look = partial(_look, landmarker, crowd, is_alone=reader.source.frames == 1)
    pictures = reader.pictures(wanted.start_s, wanted.end_s)
    with (
        Outputs(folder, wanted, reader.path, progress) as outputs,
        Ahead(pictures, AHEAD) as ahead,
    ):
        judge = _Judge(wanted, outputs)
        looked = look_at_all(ahead, look)
        if not wanted.every_frame:
            looked = look_sparsely(ahead, look, judge.is_busy)
        for each in looked:
            moment = each.picture.time_s, each.marks
            moments.append(moment)
            judge.push(*moment)
            outputs.reached(each.picture.time_s)
        if not moments:
            raise _nothing_there(reader.source, wanted)
        judge.finish()
    warnings = (*reader.warnings, *too_slow(reader.source), *crowd.warnings)
    recording = Recording(LandmarkTrack.of(moments, reader.wh), reader.source, warnings)
    return judge.take.result(recording.source, warnings), recording


def _look(
    landmarker: Landmarker, crowd: Crowd, picture: Picture, *, is_alone: bool
) -> Looked | None:
    """Look at a picture; not at one that is damaged, and harder at one that is alone."""
    frame = picture.frame()
    if frame is None:
        return None
    marks = landmarker.look(frame)
    if marks is None and is_alone:
        marks = landmarker.search(frame)
    crowd.look(frame, marks)
    return Looked(picture, marks)


def analyse_track(
    recording: Recording, wanted: Wanted, folder: Path | None = None
) -> tuple[Result, Recording]:
    """Replay a landmark track; the same numbers as the run that recorded it."""
    with Outputs(folder, wanted, None, lambda _: None) as outputs:
        judge = _Judge(wanted, outputs)
        for time_s, marks in _part(recording.track, wanted):
            judge.push(time_s, marks)
        if judge.count == 0:
            raise _nothing_there(recording.source, wanted)
        judge.finish()
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
    """A take with its outputs, fed some moments at a time."""

    def __init__(self, wanted: Wanted, outputs: Outputs) -> None:
        self._mirrored = wanted.mirrored
        # Sides that were not asked for are judged too: to say so when they were held.
        self.take = Take(wanted, Session(wanted.poses, asked=wanted.asked, own=wanted.own))
        self.count = 0
        self._at_once = AT_ONCE if wanted.every_frame else AT_ONCE_SPARSELY
        self._outputs = outputs
        self._moments: list[tuple[float, Landmarks | None]] = []

    def push(self, time_s: float, marks: Landmarks | None) -> None:
        self.count += 1
        turned = marks.mirrored() if marks is not None and self._mirrored else marks
        self._moments.append((time_s, turned))
        if len(self._moments) >= self._at_once:
            self._outputs.write(self.take.push(self._moments))
            self._moments = []

    def is_busy(self) -> bool:
        """Whether some position is held, or may be."""
        return any(watch.busy for watch in self.take.session.watches)

    def finish(self) -> None:
        self._outputs.write(self.take.push(self._moments))
        self._outputs.write(self.take.finish())
