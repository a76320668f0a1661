"""What is written of a live session while it goes on: its log, its landmarks, its pictures."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from backstretch.annotated import AnnotatedVideo
from backstretch.frame import Frame
from backstretch.hold import Kind, total
from backstretch.landmarks import GrowingTrack, Landmarks
from backstretch.led_session import CoachedSession
from backstretch.orders import Event, Note
from backstretch.recording import TrackFile
from backstretch.result import Result, hold_document
from backstretch.session_record import END, EVENT, HOLD, SessionRecord
from backstretch.sinks import InLiveBackground, Sink
from backstretch.step import Step
from backstretch.wording import describe_reason

WAITING_PICTURES = 60
"""Two seconds of pictures may wait for a slow encoder; later ones are left out, and counted."""


class SessionLogSink(Sink):
    """Logs each second's moment, each hold, each note, and the end.

    Attributes:
        reason, figures: Why the session ended, and how the machine kept up; to be set before the result comes.
    """

    def __init__(self, record: SessionRecord, session: CoachedSession) -> None:
        self.reason = ""
        self.figures: Mapping[str, int] = {}
        self._record = record
        self._session = session
        self._holds = 0

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
        held = self._session.held
        for each in held[self._holds :]:
            self._record.write(HOLD, **hold_document(each, self._session.assignment))
        self._holds = len(held)

    def _moment(self, step: Step) -> dict[str, object]:
        spans = self._session.going_on
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
    """A landmark track of what a camera gave, without any picture; written at the end."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._growing = GrowingTrack()
        self._wh = (0, 0)

    def detection(self, time_s: float, marks: Landmarks | None, frame: Frame | None = None) -> None:
        """As `Sink.detection`."""
        self._growing.push(time_s, marks)
        if frame is not None:
            self._wh = frame.wh

    def result(self, result: Result) -> None:
        """As `Sink.result`."""
        self.track(self._growing.track(self._wh), result.source, result.notices)


class PictureVideo(Sink):
    """A video of the pictures that were looked at; no file without any."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._video: AnnotatedVideo | None = None

    def detection(self, time_s: float, marks: Landmarks | None, frame: Frame | None = None) -> None:  # noqa: ARG002
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
    """A `PictureVideo` that keeps nobody waiting."""
    return InLiveBackground(
        lambda: PictureVideo(path),
        path,
        name="video",
        takes={"detection"},
        most_waiting=WAITING_PICTURES,
    )
