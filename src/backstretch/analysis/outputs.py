"""The files that an analysis of a recording writes, and how far it is.

The annotated video is drawn beside the analysis from a second reading of the file. Most pictures are never
looked at, and what they mean is known only when the next one has been. To keep them until then would take
hundreds of megabytes; to decode them again takes a tenth of drawing and encoding.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from backstretch.display.pictures.overlay import Overlay
from backstretch.formats.result_files import (
    ANNOTATED,
    REPORT,
    RESULT,
    STEPS,
    TRACK,
    ResultFile,
    StepsFile,
)
from backstretch.formats.sinks import InBackground, Sink
from backstretch.formats.track_files import Recording, TrackFile
from backstretch.judging.request import Request
from backstretch.judging.result import Result
from backstretch.judging.step import Step
from backstretch.kinematics.landmarks import LONGEST_GAP_S, Landmarks
from backstretch.vision.pictures import Picture
from backstretch.vision.video_reader import VideoReader
from backstretch.vision.video_writer import AnnotatedVideo


@dataclass(frozen=True)
class Run:
    """What a sink may need to know beforehand.

    Attributes:
        request: What was asked.
        video: The recording, None for a landmark track.
        while_finishing: To be called again and again while the end of the work is waited for.
    """

    request: Request
    video: Path | None
    while_finishing: Callable[[], None]


def _annotated(path: Path, run: Run) -> Sink:
    """The pictures with what was judged; none of a landmark track."""
    video = run.video
    if video is None:
        return Sink()
    return InBackground(
        lambda: DrawnRecording(video, path, run.request),
        name="drawing",
        takes={"steps"},
        start_s=run.request.part.start_s,
        while_finishing=run.while_finishing,
    )


def _report(path: Path, _: Run) -> Sink:
    """The page of the result, whose libraries nothing else needs."""
    from backstretch.display.html.report import ReportFile

    return ReportFile(path)


class DrawnRecording(Sink):
    """The annotated video of one recording; takes long, and therefore belongs into the background.

    Args:
        source: The recording.
        target: The video.
        request: What was asked.
    """

    def __init__(self, source: Path, target: Path, request: Request) -> None:
        with ExitStack() as stack:
            reader = stack.enter_context(VideoReader(source))
            self._video = stack.enter_context(AnnotatedVideo(target, reader.wh))
            self._stack = stack.pop_all()
        self._is_mirrored = request.mirrored
        self._overlay = Overlay(request.assignment.hold_s)
        self._pictures = reader.pictures(request.part.start_s, request.part.end_s)
        self._picture = next(self._pictures, None)
        self._step: Step | None = None

    def steps(self, steps: Sequence[Step]) -> None:
        """Draw what lies before each step: what it means is known now."""
        for step in steps:
            while self._picture is not None and self._picture.time_s < step.time_s:
                self._draw(self._picture, between(self._step, step, self._picture.time_s))
            self._step = step

    def result(self, result: Result) -> None:  # noqa: ARG002
        """Draw the last picture; later ones have been added to the file since it was looked at."""
        last = self._step
        while (
            last is not None and self._picture is not None and self._picture.time_s <= last.time_s
        ):
            self._draw(self._picture, last)
        self.close()

    def close(self) -> None:
        """As `Sink.close`."""
        self._stack.close()

    def _draw(self, picture: Picture, step: Step) -> None:
        image = picture.convert()
        if image is not None:
            image = image[:, ::-1] if self._is_mirrored else image
            self._video.write(self._overlay.draw(image, step), picture.time_s)
        self._picture = next(self._pictures, None)


FORMATS: Mapping[str, Callable[[Path, Run], Sink]] = {
    STEPS: lambda path, _: StepsFile(path),
    ANNOTATED: _annotated,
    TRACK: lambda path, _: TrackFile(path),
    RESULT: lambda path, _: ResultFile(path),
    REPORT: _report,
}
"""What is written of each recording, by the file's name; each may read those before it."""


class Outputs:
    """The files that are written of a recording; none without a folder.

    A context manager: what is not finished when it is left is given up.

    Args:
        folder: Where to write, None for nowhere.
        request: What was asked.
        video: The recording to draw on, None for a landmark track.
        progress: Is told the source's time that both the analysis and the drawing have reached, in seconds.
    """

    def __init__(
        self,
        folder: Path | None,
        request: Request,
        video: Path | None,
        progress: Callable[[float], None],
    ) -> None:
        self._progress = progress
        self._looked_s = request.part.start_s
        self._sinks: list[Sink] = []
        self._stack = ExitStack()
        run = Run(request, video, self._tell)
        with ExitStack() as stack:
            if folder is not None:
                for name, make in FORMATS.items():
                    sink = make(folder / name, run)
                    stack.callback(sink.close)
                    self._sinks.append(sink)
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def detection(self, time_s: float, marks: Landmarks | None) -> None:
        """Hand on what was seen in a picture."""
        for sink in self._sinks:
            sink.detection(time_s, marks)

    def write(self, steps: Sequence[Step]) -> None:
        """Hand on what is settled."""
        for sink in self._sinks:
            sink.steps(steps)

    def reached(self, time_s: float) -> None:
        """Tell how far it is: half of the way is looking, and half what is done in the background."""
        self._looked_s = time_s
        self._tell()

    def finish(self, recording: Recording, result: Result) -> None:
        """Finish all files.

        Raises:
            InputError: There is a fault in what was written.
            OSError: A file cannot be written.
        """
        for sink in self._sinks:
            sink.track(recording.track, recording.source, recording.notices)
            sink.result(result)

    def _tell(self) -> None:
        done_s = min((sink.done_s for sink in self._sinks), default=self._looked_s)
        self._progress((self._looked_s + min(done_s, self._looked_s)) / 2.0)


def between(before: Step | None, after: Step, time_s: float) -> Step:
    """What to draw at a time between two steps: the first, on its way to the second."""
    if before is None:
        return after
    gap_s = after.time_s - before.time_s
    if gap_s > LONGEST_GAP_S or before.form is not after.form or before.state is not after.state:
        return before
    share = (time_s - before.time_s) / gap_s
    return replace(
        before,
        landmarks=_between(before.landmarks, after.landmarks, share),
        valid_s=before.valid_s + share * (after.valid_s - before.valid_s),
        total_s=before.total_s + share * (after.total_s - before.total_s),
    )


def _between(before: Landmarks | None, after: Landmarks | None, share: float) -> Landmarks | None:
    if before is None or after is None:
        return before
    parts = [
        first + share * (second - first)
        for first, second in (
            (before.xy_px, after.xy_px),
            (before.world_m, after.world_m),
            (before.visibility, after.visibility),
        )
    ]
    return Landmarks(parts[0], parts[1], parts[2], before.image_wh)
