"""The recorder of a live session: its log, steps and result always, landmarks and video only where asked."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from backstretch.coaching.scene import Event, Note
from backstretch.errors import InputError
from backstretch.files import free_path, open_private
from backstretch.formats.result_files import (
    REPORT,
    RESULT,
    STEPS,
    TRACK,
    VIDEO,
    ResultFile,
    StepsFile,
)
from backstretch.formats.session_log import END, EVENT, HOLD, SORENESS, SessionRecord
from backstretch.formats.sinks import InLiveBackground, Sink
from backstretch.formats.track_files import TrackFile
from backstretch.frame import Frame
from backstretch.history.health import RECORD
from backstretch.judging.hold_clock import Kind, total
from backstretch.judging.result import Result, hold_document
from backstretch.judging.step import Step
from backstretch.judging.wording import describe_reason
from backstretch.kinematics.landmarks import GrowingTrack, Landmarks
from backstretch.live.led_session import CoachedSession
from backstretch.vision.video_writer import AnnotatedVideo

FOLDER_NAME = "%Y-%m-%dT%H-%M-%S"
WAITING_PICTURES = 60
"""Two seconds of pictures may wait for a slow encoder; later ones are left out, and counted."""


@dataclass(frozen=True)
class Choice:
    """What a sink needs to know when it is made.

    Attributes:
        started: When the session began, as ISO 8601.
        track, video: Whether landmarks and pictures are saved.
        has_folder: Whether the folder could be made; if not, the log says why.
    """

    started: str
    track: bool
    video: bool
    has_folder: bool


def _steps(path: Path, choice: Choice) -> Sink:
    if not choice.has_folder:
        return Sink()
    return InLiveBackground(lambda: StepsFile(path), path, name="steps", takes={"steps"})


def _report(path: Path, _: Choice) -> Sink:
    """The report page; its libraries are loaded only for it."""
    from backstretch.display.html.report import ReportFile

    return ReportFile(path)


FORMATS: dict[str, Callable[[Path, Choice], Sink]] = {
    RESULT: lambda path, choice: ResultFile(path, choice.started, open_private),
    TRACK: lambda path, choice: LiveTrackFile(path) if choice.track else Sink(),
    STEPS: _steps,
    VIDEO: lambda path, choice: video_in_background(path) if choice.video else Sink(),
    REPORT: _report,
}
"""The sinks of a session's files beside its log, by file name; each may read the files before it."""


class SessionRecorder:
    """Records one session in a folder of its own; a context manager.

    Args:
        sessions: The folder of all sessions.
        about: The log's first line.
        track: Whether landmarks are saved.
        video: Whether pictures are saved.

    Attributes:
        folder: The session's folder.
    """

    def __init__(
        self, sessions: Path, about: dict[str, Any], *, track: bool = False, video: bool = False
    ) -> None:
        now = datetime.now().astimezone()
        self.folder = free_path(sessions / now.strftime(FOLDER_NAME))
        started = now.isoformat(timespec="seconds")
        self._record = SessionRecord(self.folder / RECORD, {"started": started} | about)
        self._choice = Choice(started, track, video, self.folder.is_dir())
        self._log: SessionLogSink | None = None
        self._sinks: dict[str, Sink] = {}
        self._faults: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for sink in self._sinks.values():
            with self._noting_faults():
                sink.close()
        self._record.close()

    @property
    def faults(self) -> tuple[str, ...]:
        """What could not be written, one line each."""
        faults = [self._record.fault]
        for sink in self._sinks.values():
            faults += sink.faults
        return tuple(dict.fromkeys(fault for fault in (*faults, *self._faults) if fault))

    def sore(self, value: int | None) -> None:
        """Log how sore the person is, 0 to 10; None for a question that was skipped."""
        self._record.write(SORENESS, value=value)

    def sinks(self, session: CoachedSession) -> list[Sink]:
        """Make the sinks that write the log and the files of a session."""
        self._log = SessionLogSink(self._record, session)
        sinks = {name: make(self.folder / name, self._choice) for name, make in FORMATS.items()}
        self._sinks = {RECORD: self._log, **sinks}
        return list(self._sinks.values())

    def finish(
        self,
        result: Result,
        why: str,
        figures: Mapping[str, int] | None = None,
        *,
        without: Collection[str] = (),
    ) -> None:
        """Finish the files: write the end of the log, and the result.

        Args:
            result: The session's result.
            why: Why it ended, such as ``done``.
            figures: How the machine kept up, such as the pictures that were dropped.
            without: Names of files that are not finished.
        """
        if self._log is not None:
            self._log.reason, self._log.figures = why, figures or {}
        for name, sink in self._sinks.items():
            if name not in without:
                with self._noting_faults():
                    sink.result(result)
        self._record.close()

    @contextmanager
    def _noting_faults(self) -> Iterator[None]:
        """Add errors of the disk to `faults`."""
        try:
            yield
        except InputError as error:
            self._faults += error.faults
        except OSError as error:
            reason = error.strerror or error
            self._faults.append(f"{self.folder}: cannot be written ({reason})")


class SessionLogSink(Sink):
    """Logs a moment each second, each hold, each note, and the end.

    Attributes:
        reason, figures: Why the session ended, and how the machine kept up; set before `result` is called.
    """

    def __init__(self, record: SessionRecord, session: CoachedSession) -> None:
        self.reason = ""
        self.figures: Mapping[str, int] = {}
        self._record = record
        self._session = session
        self._logged_count = 0

    @property
    def faults(self) -> tuple[str, ...]:
        """As `Sink.faults`."""
        return (self._record.fault,) if self._record.fault else ()

    def steps(self, steps: Sequence[Step]) -> None:
        """As `Sink.steps`."""
        for step in steps:
            self._record.progress(step.time_s, **self._moment(step))
        self._log_holds()

    def events(self, time_s: float, events: Sequence[Event]) -> None:
        """As `Sink.events`."""
        for event in events:
            if isinstance(event, Note):
                self._record.write(EVENT, t=time_s, what=event.what, words=event.words)

    def result(self, result: Result) -> None:
        """As `Sink.result`."""
        self._log_holds()
        document = result.as_dict()
        self._record.write(
            END,
            reason=self.reason,
            totals=document["totals"],
            warnings=document["warnings"],
            **self.figures,
        )

    def close(self) -> None:
        """As `Sink.close`."""
        self._record.close()

    def _log_holds(self) -> None:
        """Log the holds that are over and were not logged yet."""
        holds = self._session.holds
        for each in holds[self._logged_count :]:
            self._record.write(HOLD, **hold_document(each, self._session.assignment))
        self._logged_count = len(holds)

    def _moment(self, step: Step) -> dict[str, object]:
        spans = self._session.current_spans
        readings = step.verdict.readings if step.verdict else ()
        return {
            "state": step.state,
            "pose": step.pose.id if step.pose else None,
            "side": step.side,
            "reason": describe_reason(step.reason),
            "valid_s": round(step.valid_s, 2),
            "wrong_s": round(total(spans, Kind.WRONG), 2),
            "unseen_s": round(total(spans, Kind.UNSEEN), 2),
            "total_s": round(step.total_s, 2),
            "readings": {each.target.column.key: round(each.value, 2) for each in readings},
        }


class LiveTrackFile(TrackFile):
    """A landmark track of a live session, without any picture; written at the end."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._growing = GrowingTrack()
        self._wh = (0, 0)

    def detection(
        self,
        time_s: float,
        marks: Landmarks | None,
        frame: Frame | None = None,
        still_since_s: float | None = None,
    ) -> None:
        """As `Sink.detection`."""
        self._growing.push(time_s, marks, still_since_s)
        if frame is not None:
            self._wh = frame.wh

    def result(self, result: Result) -> None:
        """As `Sink.result`."""
        self.track(self._growing.track(self._wh), result.source, result.notices)


class PictureVideo(Sink):
    """A video of the pictures that were judged; without any, there is no file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._video: AnnotatedVideo | None = None

    def detection(
        self,
        time_s: float,
        marks: Landmarks | None,  # noqa: ARG002
        frame: Frame | None = None,
        still_since_s: float | None = None,  # noqa: ARG002
    ) -> None:
        """As `Sink.detection`."""
        if frame is None:
            return
        if self._video is None:
            self._video = AnnotatedVideo(self._path, frame.wh)
        self._video.write(frame.image, time_s)

    def close(self) -> None:
        """As `Sink.close`."""
        if self._video is not None:
            self._video.close()


def video_in_background(path: Path) -> InLiveBackground:
    """A `PictureVideo` that never delays the session."""
    return InLiveBackground(
        lambda: PictureVideo(path),
        path,
        name="video",
        takes={"detection"},
        most_waiting=WAITING_PICTURES,
    )
