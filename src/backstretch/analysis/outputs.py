"""The files that an analysis of a recording writes, and its progress.

The annotated video is drawn beside the analysis from a second reading of the file. Most pictures are never
looked at, and their state is known only when the next sampled one is. To keep them until then would take
hundreds of megabytes; to decode them again takes a tenth of drawing and encoding.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from backstretch.display.pictures.canvas import Brush, Type, save_png
from backstretch.display.pictures.face_blur import blur_face
from backstretch.display.pictures.overlay import Overlay, Sheet, unit_of
from backstretch.formats.result_files import (
    ANNOTATED,
    ANNOTATED_PICTURE,
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
    """What a sink may need when it is made.

    Attributes:
        request: The request of the analysis.
        video: The recording; None for a landmark track.
        while_finishing: Called repeatedly while a sink finishes its work in the background.
        is_picture: Whether the recording is a photograph.
    """

    request: Request
    video: Path | None
    while_finishing: Callable[[], None]
    is_picture: bool = False


def _annotated(path: Path, run: Run) -> Sink:
    """The sink of the annotated video; one that does nothing for a photograph and for a landmark track."""
    video = run.video
    if video is None or run.is_picture:
        return Sink()
    return InBackground(
        lambda: DrawnRecording(video, path, run.request),
        name="drawing",
        takes={"steps"},
        start_s=run.request.part.start_s,
        while_finishing=run.while_finishing,
    )


def _annotated_picture(path: Path, run: Run) -> Sink:
    """The sink of the annotated photograph; one that does nothing for all others."""
    if run.video is None or not run.is_picture:
        return Sink()
    return DrawnPhotograph(run.video, path, run.request)


def _report(path: Path, _: Run) -> Sink:
    """The sink of the report, imported here since nothing else needs its libraries."""
    from backstretch.display.html.report import ReportFile

    return ReportFile(path)


class DrawnRecording(Sink):
    """Draws the annotated video of one recording; slow, and therefore run in the background.

    Args:
        source: The recording.
        target: The annotated video.
        request: The request of the analysis.
    """

    def __init__(self, source: Path, target: Path, request: Request) -> None:
        with ExitStack() as stack:
            reader = stack.enter_context(VideoReader(source, correction=request.correction))
            self._video = stack.enter_context(AnnotatedVideo(target, reader.wh))
            self._stack = stack.pop_all()
        self._is_mirrored, self._blurs_face = request.mirrored, request.blur_face
        self._overlay = Overlay(request.assignment.asked_s)
        self._pictures = reader.pictures(request.part.start_s, request.part.end_s)
        self._picture = next(self._pictures, None)
        self._step: Step | None = None

    def steps(self, steps: Sequence[Step]) -> None:
        """Draw the pictures before each step: their state is known now."""
        for step in steps:
            while self._picture is not None and self._picture.time_s < step.time_s:
                time_s = self._picture.time_s
                self._draw(self._picture, between(self._step, step, time_s), step)
            self._step = step

    def result(self, result: Result) -> None:  # noqa: ARG002
        """Draw the last picture; later ones were added to the file after the analysis read it."""
        last = self._step
        while (
            last is not None and self._picture is not None and self._picture.time_s <= last.time_s
        ):
            self._draw(self._picture, last, last)
        self.close()

    def close(self) -> None:
        """As `Sink.close`."""
        self._stack.close()

    def _draw(self, picture: Picture, step: Step, after: Step) -> None:
        """Draw a step on a picture; ``after`` is the next one."""
        image = picture.convert()
        if image is not None:
            image = image[:, ::-1] if self._is_mirrored else image
            if self._blurs_face:
                image = blur_face(image, picture.time_s, self._step, after)
            self._video.write(self._overlay.draw(image, step), picture.time_s)
        self._picture = next(self._pictures, None)


class DrawnPhotograph(Sink):
    """Draws the body on a photograph, with a mark for each check of the stretch that was asked for.

    Without the panels of a video: a photograph has no seconds. The arguments are those of `DrawnRecording`.
    """

    def __init__(self, source: Path, target: Path, request: Request) -> None:
        self._source, self._target, self._request = source, target, request
        self._step: Step | None = None

    def steps(self, steps: Sequence[Step]) -> None:
        """As `Sink.steps`; a photograph has one."""
        self._step = steps[-1] if steps else self._step

    def result(self, result: Result) -> None:
        """As `Sink.result`; draws the picture, since only now its verdict is known."""
        with VideoReader(self._source, correction=self._request.correction) as reader:
            picture = next(reader.pictures(0.0, None), None)
            image = picture.convert() if picture else None
        if image is None:
            return
        image = (image[:, ::-1] if self._request.mirrored else image).copy()
        wh, letters = (image.shape[1], image.shape[0]), Type()
        unit = unit_of(wh)
        if self._step is not None and self._step.landmarks is not None:
            verdict = result.fit.verdict if result.fit else None
            sheet = Sheet(Brush(letters, image, unit), letters, wh, unit)
            sheet.person(self._step.landmarks, verdict)
        save_png(self._target, image)


FORMATS: Mapping[str, Callable[[Path, Run], Sink]] = {
    STEPS: lambda path, _: StepsFile(path),
    ANNOTATED: _annotated,
    ANNOTATED_PICTURE: _annotated_picture,
    TRACK: lambda path, _: TrackFile(path),
    RESULT: lambda path, _: ResultFile(path),
    REPORT: _report,
}
"""Makes the sink of each file that is written of a recording, by its name; a sink may read earlier files."""


class Outputs:
    """The files that are written of a recording; none without a folder.

    A context manager: files that are not finished at its end are given up.

    Args:
        folder: Where to write; None for nowhere.
        request: The request of the analysis.
        video: The recording to draw on; None for a landmark track.
        progress: Called with the recording's time in seconds that is reached: the mean of what the analysis and
            the sinks in the background have reached.
        is_picture: Whether the recording is a photograph.
        files: Names of `FORMATS` that are written.
    """

    def __init__(
        self,
        folder: Path | None,
        request: Request,
        video: Path | None,
        progress: Callable[[float], None],
        *,
        is_picture: bool = False,
        files: Collection[str] = FORMATS.keys(),
    ) -> None:
        self._progress = progress
        self._analysed_s = request.part.start_s
        self._sinks: list[Sink] = []
        self._stack = ExitStack()
        run = Run(request, video, self._report_progress, is_picture)
        with ExitStack() as stack:
            if folder is not None:
                for name in (name for name in FORMATS if name in files):
                    sink = FORMATS[name](folder / name, run)
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
        """Pass the landmarks of a picture on to all sinks."""
        for sink in self._sinks:
            sink.detection(time_s, marks)

    def write(self, steps: Sequence[Step]) -> None:
        """Pass judged moments on to all sinks."""
        for sink in self._sinks:
            sink.steps(steps)

    def reached(self, time_s: float) -> None:
        """Take the time that the analysis has reached, and report the progress."""
        self._analysed_s = time_s
        self._report_progress()

    def finish(self, recording: Recording, result: Result) -> None:
        """Finish all files.

        Raises:
            InputError: A file that was written has a fault.
            OSError: A file cannot be written.
        """
        for sink in self._sinks:
            sink.track(recording.track, recording.source, recording.notices)
            sink.result(result)

    def _report_progress(self) -> None:
        done_s = min((sink.done_s for sink in self._sinks), default=self._analysed_s)
        self._progress((self._analysed_s + min(done_s, self._analysed_s)) / 2.0)


def between(before: Step | None, after: Step, time_s: float) -> Step:
    """The step to draw at a time between two: interpolated, or the first where they do not belong together.

    They do not where their form or state differs, or the gap is longer than `LONGEST_GAP_S`.
    """
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
