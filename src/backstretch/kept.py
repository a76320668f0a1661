"""The recorder of a live session: its log, steps and result always, landmarks and video only where asked."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from backstretch.errors import InputError
from backstretch.led_session import CoachedSession
from backstretch.outlets import LiveTrackFile, SessionLogSink, video_in_background
from backstretch.output_names import REPORT, RESULT, STEPS, TRACK, VIDEO
from backstretch.practice_days import RECORD
from backstretch.result import Result
from backstretch.result_files import ResultFile, StepsFile
from backstretch.session_record import SORENESS, SessionRecord
from backstretch.sinks import InLiveBackground, Sink
from backstretch.whole_file import free_path, open_private

FOLDER_NAME = "%Y-%m-%dT%H-%M-%S"


@dataclass(frozen=True)
class Choice:
    """What a sink may need to know beforehand.

    Attributes:
        started: When the session began, as ISO 8601.
        track, video: Whether landmarks and pictures are to be kept.
        has_folder: Whether there is a folder; if not, the log tells why.
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
    """The page of the result, whose libraries nothing else needs."""
    from backstretch.report import ReportFile

    return ReportFile(path)


FORMATS: dict[str, Callable[[Path, Choice], Sink]] = {
    RESULT: lambda path, choice: ResultFile(path, choice.started, open_private),
    TRACK: lambda path, choice: LiveTrackFile(path) if choice.track else Sink(),
    STEPS: _steps,
    VIDEO: lambda path, choice: video_in_background(path) if choice.video else Sink(),
    REPORT: _report,
}
"""What is written of each session beside its log, by the file's name; each may read those before it."""


class SessionRecorder:
    """Records one session in a folder of its own; a context manager.

    Args:
        sessions: The folder of all sessions.
        about: What the log's first line says.
        track: Whether landmarks are kept.
        video: Whether pictures are kept.

    Attributes:
        folder: Where everything goes.
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
        """What takes all that the session gives."""
        self._log = SessionLogSink(self._record, session)
        made = {name: make(self.folder / name, self._choice) for name, make in FORMATS.items()}
        self._sinks = {RECORD: self._log, **made}
        return list(self._sinks.values())

    def finish(
        self,
        result: Result,
        why: str,
        figures: Mapping[str, int] | None = None,
        *,
        without: Collection[str] = (),
    ) -> None:
        """Write the end: why it came, the totals, and the result with all that belongs to it.

        Args:
            result: What the session came to.
            why: Why it ended.
            figures: How the machine kept up, such as the pictures that were dropped.
            without: Files that are not to be finished.
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
        """Keep errors of the disk, to be told at the end."""
        try:
            yield
        except InputError as error:
            self._faults += error.faults
        except OSError as error:
            reason = error.strerror or error
            self._faults.append(f"{self.folder}: cannot be written ({reason})")
