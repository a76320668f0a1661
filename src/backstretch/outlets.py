"""Outlets: what becomes of a live session's words, steps and pictures, beside the window."""

from contextlib import closing, suppress
from pathlib import Path
from queue import Full, Queue, SimpleQueue
from threading import Thread

from backstretch.annotated import AnnotatedVideo
from backstretch.frame import Frame
from backstretch.hold import Kind, total
from backstretch.landmarks import GrowingTrack, Landmarks
from backstretch.notices import Notice
from backstretch.orders import Event, Note, Say, Sound
from backstretch.practice import Practice
from backstretch.recording import Recording, StepsFile
from backstretch.result import hold_document
from backstretch.scene import Scene
from backstretch.session_record import EVENT, HOLD, SessionRecord
from backstretch.step import Step
from backstretch.video import Source
from backstretch.voice import Voice
from backstretch.wording import describe_reason

WAITING_PICTURES = 60
"""Two seconds of pictures may wait for a slow encoder; later ones are left out, and counted."""
CLOSE_S = 10.0


class Outlet:
    """Takes what a session gives, and by itself does nothing with it; see `live.Outlet`."""

    def looked(self, frame: Frame, marks: Landmarks | None) -> None:
        """A picture was looked at."""

    def steps(self, steps: list[Step], scene: Scene) -> None:
        """Moments were judged."""

    def events(self, time_s: float, events: list[Event]) -> None:
        """Something is to be done."""


class Speaker(Outlet):
    """Says and sounds what the coach wants heard."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    def events(self, time_s: float, events: list[Event]) -> None:  # noqa: ARG002
        """As `Outlet.events`."""
        for event in events:
            if isinstance(event, Say):
                self._voice.say(event.words, urgent=event.urgent)
            elif isinstance(event, Sound):
                self._voice.sound(event.earcon)


class Keeper(Outlet):
    """Keeps a session record: each second's moment, each hold, each event."""

    def __init__(self, record: SessionRecord, practice: Practice) -> None:
        self._record = record
        self._practice = practice
        self._holds = 0

    def steps(self, steps: list[Step], scene: Scene) -> None:  # noqa: ARG002
        """As `Outlet.steps`."""
        for step in steps:
            self._record.progress(step.time_s, **self._moment(step))
        self.keep_holds()

    def events(self, time_s: float, events: list[Event]) -> None:
        """As `Outlet.events`."""
        for event in events:
            if isinstance(event, Note):
                self._record.write(EVENT, t=time_s, what=event.what, words=event.words)

    def keep_holds(self) -> None:
        """Keep the holds that are over and were not kept yet."""
        held = self._practice.held
        for each in held[self._holds :]:
            self._record.write(HOLD, **hold_document(each, self._practice.wanted))
        self._holds = len(held)

    def _moment(self, step: Step) -> dict[str, object]:
        spans = self._practice.going_on
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


class StepsKeeper(Outlet):
    """Writes steps.csv, in a thread: no disk delays the next look.

    Attributes:
        fault: Why it is not whole, in one line; empty while all is well.
    """

    def __init__(self, path: Path) -> None:
        self.fault = ""
        self._path = path
        self._steps: SimpleQueue[Step | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="steps", daemon=True)
        self._thread.start()

    def steps(self, steps: list[Step], scene: Scene) -> None:  # noqa: ARG002
        """As `Outlet.steps`."""
        for step in steps:
            self._steps.put(step)

    def close(self) -> None:
        """Finish the file; one that takes too long is told of."""
        self._steps.put(None)
        self._thread.join(CLOSE_S)
        if self._thread.is_alive() and not self.fault:
            self.fault = f"{self._path}: the disk is too slow; the end is missing"

    def _run(self) -> None:
        try:
            with closing(StepsFile(self._path)) as file:
                for step in iter(self._steps.get, None):
                    file.write(step)
        except OSError as error:
            self.fault = f"{self._path}: cannot be written ({error.strerror or error})"


class TrackKeeper(Outlet):
    """Keeps the landmarks, as the camera gave them and without any picture, to be written at the end."""

    def __init__(self) -> None:
        self._growing = GrowingTrack()
        self._wh = (0, 0)

    def looked(self, frame: Frame, marks: Landmarks | None) -> None:
        """As `Outlet.looked`."""
        self._growing.push(frame.time_s, marks)
        self._wh = frame.wh

    def save(self, path: Path, source: Source, notices: tuple[Notice, ...]) -> None:
        """Write the landmark track."""
        Recording(self._growing.track(self._wh), source, notices).save(path)


class VideoKeeper(Outlet):
    """Writes the pictures that were looked at to a video, in a thread.

    Attributes:
        fault: Why nothing more is written, in one line; empty while all is well.
        left_out: Pictures that the encoder was too slow for.
    """

    def __init__(self, path: Path) -> None:
        self.fault = ""
        self.left_out = 0
        self._path = path
        self._pictures: Queue[Frame | None] = Queue(WAITING_PICTURES)
        self._thread = Thread(target=self._run, name="video", daemon=True)
        self._thread.start()

    def looked(self, frame: Frame, marks: Landmarks | None) -> None:  # noqa: ARG002
        """As `Outlet.looked`."""
        try:
            self._pictures.put_nowait(frame)
        except Full:
            self.left_out += 1

    def close(self) -> None:
        """Finish the file; one that takes too long is told of."""
        with suppress(Full):
            self._pictures.put(None, timeout=CLOSE_S)
        self._thread.join(CLOSE_S)
        if self._thread.is_alive() and not self.fault:
            self.fault = f"{self._path}: the disk is too slow; the end is missing"

    def _run(self) -> None:
        pictures = iter(self._pictures.get, None)
        first = next(pictures, None)
        if first is None:
            return
        try:
            with AnnotatedVideo(self._path, first.wh) as video:
                video.write(first.image, first.time_s)
                for frame in pictures:
                    video.write(frame.image, frame.time_s)
        except Exception as error:  # noqa: BLE001 - an encoder's fault ends the video, not the session
            reason = getattr(error, "strerror", None) or error
            self.fault = f"{self._path}: cannot be written ({reason})"
            for _ in (
                pictures
            ):  # so that nobody waits for room; it ends with the end, even one taken before
                pass
