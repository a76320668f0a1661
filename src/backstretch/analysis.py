"""Analysing one recording: from a video or a landmark track to a result."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from backstretch.annotated import AnnotatedVideo
from backstretch.errors import InputError
from backstretch.frame import Frame
from backstretch.hold import Hold
from backstretch.landmarker import Landmarker
from backstretch.landmarks import Landmarks, LandmarkTrack
from backstretch.neutral import Neutral
from backstretch.overlay import Overlay
from backstretch.poses import Check, Pose
from backstretch.recording import Recording, StepsFile
from backstretch.result import Result, Wanted
from backstretch.session import Session, Step
from backstretch.video import Source, VideoReader
from backstretch.views import DOUBTFUL_FROM_DEG

AT_ONCE = 16
"""Moments judged together: the same numbers as one by one, with a fraction of the work."""
PEOPLE_EVERY_S = 2.0
"""How often the picture is searched for a second person, apart from following the first."""
SURE_AFTER = 2
"""Sightings before it is said: a single one may be a coat on a chair."""
SLOW_BELOW_FPS = 12.0
"""Below this the model's tracker can lose a quick movement: the next picture is too far from the last."""
TILTED_FROM_DEG = 5.0
"""A camera turned by this much shifts every angle against gravity by as much (research, section 1)."""
MOST_LABELS = 3
"""So many measures are named in a warning; the others are counted."""

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
            self._overlay = Overlay(self.wanted.pose, self.wanted.hold_s)
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
    crowd = _Crowd(landmarker)
    outputs.begin(reader.wh)
    try:
        for frame in reader.frames(wanted.start_s, wanted.end_s):
            marks = landmarker.look(frame)
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
    warnings = (*reader.warnings, *_slow(reader.source), *crowd.warnings)
    recording = Recording(LandmarkTrack.of(moments, reader.wh), reader.source, warnings)
    return judge.result(recording.source, warnings), recording


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
    return judge.result(recording.source, recording.warnings), recording


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
    """A session with its outputs, fed `AT_ONCE` moments at a time."""

    def __init__(self, wanted: Wanted, outputs: Outputs) -> None:
        self.wanted = wanted
        self.count = 0
        self._seen = 0
        # Sides that were not asked for are judged too: to say so when they were held.
        self._session = Session(wanted.pose)
        self._outputs = outputs
        self._moments: list[tuple[float, Landmarks | None]] = []

    def push(self, time_s: float, marks: Landmarks | None) -> None:
        self.count += 1
        self._seen += marks is not None
        turned = marks.mirrored() if marks is not None and self.wanted.mirrored else marks
        self._moments.append((time_s, turned))
        if len(self._moments) >= AT_ONCE:
            self._outputs.steps(self._session.push(self._moments))
            self._moments = []

    def finish(self) -> None:
        self._outputs.steps(self._session.push(self._moments))
        self._outputs.steps(self._session.finish())

    def result(self, source: Source, warnings: tuple[str, ...]) -> Result:
        asked = {*(self.wanted.sides or ("left", "right")), None}
        watches = self._session.watches
        holds = [(w.form.side, hold) for w in watches for hold in w.clock.holds]
        holds.sort(key=lambda entry: entry[1].start_s)
        ours = tuple(entry for entry in holds if entry[0] in asked)
        attempts = [s for w in watches if w.form.side in asked for s in w.clock.attempts]
        neutral = self._session.neutral
        said = [*warnings, *_view_warnings(self.wanted.pose, neutral), *_capped(ours)]
        other_s = sum(hold.valid_s for side, hold in holds if side not in asked)
        if other_s > 0.0:
            said.append(f"the other side was held for {other_s:.1f} s; it was not asked for")
        if self.count == 1:
            said = [*warnings, "it is a single picture: nothing can be held in it"]
        if self._seen == 0:
            said = [*warnings, "nobody was seen in the recording"]
        return Result(
            source=source,
            wanted=self.wanted,
            holds=ours,
            attempts=tuple(sorted(attempts, key=lambda span: span.start_s)),
            warnings=tuple(said),
            neutral=neutral,
            seen=self._seen / self.count,
        )


class _Crowd:
    """Looks for a second person now and then."""

    def __init__(self, landmarker: Landmarker) -> None:
        self._landmarker = landmarker
        self._next_s = 0.0
        self._times: list[float] = []

    def look(self, frame: Frame, marks: Landmarks | None) -> None:
        if marks is None or frame.time_s < self._next_s:
            return
        self._next_s = frame.time_s + PEOPLE_EVERY_S
        if self._landmarker.sees_another(frame, marks):
            self._times.append(frame.time_s)

    @property
    def warnings(self) -> tuple[str, ...]:
        if len(self._times) < SURE_AFTER:
            return ()
        when = f"between {self._times[0]:.0f} and {self._times[-1]:.0f} s"
        return (f"another person is in the picture {when}; only the one found first is judged",)


def _slow(source: Source) -> Iterator[str]:
    if source.frames > 1 and source.fps < SLOW_BELOW_FPS:
        yield f"only {source.fps:g} pictures a second: quick movements can be lost"


def _view_warnings(pose: Pose, neutral: Neutral | None) -> Iterator[str]:
    if neutral is None:
        yield (
            "no still moment before the stretch: lengths are taken from the stretch itself, "
            "and the view cannot be told"
        )
        return
    off_deg, wanted = min((neutral.view.off(view), view) for view in pose.views)
    doubtful = [c.measure for c in pose.checks if c.frame == "image" and _is_doubtful(c, neutral)]
    if off_deg > DOUBTFUL_FROM_DEG:
        doubtful = [check.measure for check in pose.checks if check.frame == "image"]
    if doubtful:
        labels = list(dict.fromkeys(measure.label for measure in doubtful))
        yield (
            f"the camera sees you {neutral.view.words}, {off_deg:.0f}° off the"
            f" {wanted.replace('_', ' ')} view this stretch wants: {_listed(labels)} uncertain"
        )
    if abs(neutral.roll_deg) > TILTED_FROM_DEG:
        yield f"the camera seems tilted by {abs(neutral.roll_deg):.0f}°; set it level"


def _is_doubtful(check: Check, neutral: Neutral) -> bool:
    """Whether the picture cannot carry the check's measure from where the camera stands."""
    off = [neutral.view.off(view) for view in check.measure.views]
    return bool(off) and min(off) > DOUBTFUL_FROM_DEG


def _listed(labels: list[str]) -> str:
    """``hip angle, knee angle and 2 more are``, or ``hip angle is``."""
    if len(labels) == 1:
        return f"{labels[0]} is"
    more = len(labels) - MOST_LABELS
    if more > 0:
        return f"{', '.join(labels[:MOST_LABELS])} and {more} more are"
    return f"{', '.join(labels[:-1])} and {labels[-1]} are"


def _capped(holds: tuple[tuple[str | None, Hold], ...]) -> Iterator[str]:
    for _, hold in holds:
        if hold.held_s > hold.longest_s:
            yield (
                f"the hold at {hold.start_s:.0f} s went on for {hold.held_s:.0f} s; "
                f"{hold.longest_s:.0f} s are enough for this stretch and are what counts"
            )
