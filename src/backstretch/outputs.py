"""The files that an analysis of a recording writes, and how far it is."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from backstretch.drawing import DrawnRecording
from backstretch.landmarks import Landmarks
from backstretch.output_names import ANNOTATED, REPORT, RESULT, STEPS, TRACK
from backstretch.recording import Recording, TrackFile
from backstretch.request import Request
from backstretch.result import Result
from backstretch.result_files import ResultFile, StepsFile
from backstretch.sinks import InBackground, Sink
from backstretch.step import Step


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
    from backstretch.report import ReportFile

    return ReportFile(path)


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
