"""Collecting a result: gives moments to a session, and collects what its result needs.

The result's notices are made here as well: what the camera's place makes uncertain, and when a calibration
should be made again because the camera stands elsewhere or the stretch no longer matches.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

from backstretch.errors import Figure, Notice, NoticeKind
from backstretch.frame import Source
from backstretch.judging.hold_clock import INSTANT_S, Kind, Span, total
from backstretch.judging.reasons import STILL
from backstretch.judging.recognition import Held
from backstretch.judging.request import Assignment, Request
from backstretch.judging.result import Result, merge_by_wording
from backstretch.judging.session import Session
from backstretch.judging.step import Snapshots, Step
from backstretch.kinematics.landmarks import LONGEST_GAP_S, Landmarks
from backstretch.kinematics.neutral import Neutral
from backstretch.kinematics.view import DOUBTFUL_FROM_DEG, TILTED_FROM_DEG, View
from backstretch.poses.pose import Calibration, Check, Pose

TOGETHER, WITHIN_S = 16, 0.1
"""How many moments of a recording are judged together, and how far apart at most: the numbers are the same as
one by one, with a fraction of the work. Sparse sampling uses the judgements, which must not lag further."""
SLOW_BELOW_FPS = 12.0
"""Below this the model's tracker can lose a quick movement: the next picture is too far from the last."""
ELSEWHERE_FROM = 1.5
"""A person who looks larger or smaller than at the calibration by more than this factor stands elsewhere."""
FAILED_ATTEMPTS = 3
"""This many attempts since the last hold mean that the stretch no longer matches its calibration."""
APART_S, LEAST_S = 1.0, 1.0
"""Attempts less than `APART_S` apart count as one; those shorter than `LEAST_S` do not count."""


@dataclass(frozen=True)
class Attention:
    """What matters in the moments to come.

    Attributes:
        is_busy: Whether some position is held, or may soon be: only then movements matter.
        seeks_neutral: Whether a neutral is needed, and the person may be at rest.
    """

    is_busy: bool = False
    seeks_neutral: bool = False


class ResultCollector:
    """Gives moments to a session, and collects what the result needs.

    Args:
        assignment: What the person was to hold.
        session: Judges the poses in question.
        mirrored: Whether the moments are of a mirror image; that is undone before they are judged.
        together: Moments that are judged together.
        within_s: Seconds that they lie apart at the most.

    Attributes:
        count: How many moments were taken.
    """

    def __init__(
        self,
        assignment: Assignment,
        session: Session,
        *,
        mirrored: bool = False,
        together: int = 1,
        within_s: float = math.inf,
    ) -> None:
        self.assignment = assignment
        self.session = session
        self.count = 0
        self._mirrored = mirrored
        self._together, self._within_s = together, within_s
        self._waiting: list[tuple[float, Landmarks | None]] = []
        self._seen_count = 0
        self._neutrals: dict[str, Neutral | None] = {}
        self._snapshots = Snapshots()
        self._still: list[Span] = []
        self._is_still = False

    @classmethod
    def of_recording(cls, request: Request) -> Self:
        """A collector for a recording, whose moments are judged several at a time."""
        assignment = request.assignment
        # Sides that were not asked for are judged too: to say so when they were held.
        session = Session(assignment.poses, asked=assignment.asked, own_neutral=request.own_neutral)
        return cls(
            assignment,
            session,
            mirrored=request.mirrored,
            together=TOGETHER,
            within_s=math.inf if request.every_frame else WITHIN_S,
        )

    def mark_still(self, time_s: float, since_s: float | None) -> None:
        """As `Session.mark_still`."""
        self.session.mark_still(time_s, since_s)
        was_still, self._is_still = self._is_still, since_s is not None
        if since_s is None and not was_still:
            return
        start_s = self._still[-1].end_s if since_s is None else since_s
        if self._still and start_s - self._still[-1].end_s <= LONGEST_GAP_S:
            start_s = self._still.pop().start_s
        self._still.append(Span(start_s, time_s, Kind.UNSEEN, STILL))

    def mark_moved(self, time_s: float | None) -> None:
        """As `Session.mark_moved`."""
        self.session.mark_moved(time_s)

    def push(self, moments: Sequence[tuple[float, Landmarks | None]]) -> list[Step]:
        """Take moments in order of time; return the steps that are settled, which may come later."""
        self.count += len(moments)
        self._seen_count += sum(marks is not None for _, marks in moments)
        self._waiting += moments
        apart_s = self._waiting[-1][0] - self._waiting[0][0] if self._waiting else 0.0
        if len(self._waiting) < self._together and apart_s < self._within_s:
            return []
        return self._judge_waiting()

    def finish(self) -> list[Step]:
        """Return the remaining steps and close what is open."""
        return self._judge_waiting() + self._note(self.session.finish())

    def _judge_waiting(self) -> list[Step]:
        moments, self._waiting = self._waiting, []
        if self._mirrored:
            moments = [(time_s, marks and marks.mirrored()) for time_s, marks in moments]
        return self._note(self.session.push(moments))

    def _note(self, steps: list[Step]) -> list[Step]:
        for step in steps:
            self._snapshots.push(step)
            if step.pose is not None and step.valid_s > 0.0:
                self._neutrals.setdefault(step.pose.id, step.neutral)
        return steps

    @property
    def attention(self) -> Attention:
        """What matters in the moments to come, by what was judged so far."""
        is_busy = any(watch.busy or watch.is_close for watch in self.session.watches)
        return Attention(is_busy, self.session.seeks_neutral)

    @property
    def holds(self) -> tuple[Held, ...]:
        """The holds that are over, of the sides that were asked for."""
        counts = self.assignment.counts
        return tuple(each for each in self.session.holds if counts(each.form.side))

    @property
    def _attempts(self) -> tuple[Span, ...]:
        watches = [w for w in self.session.watches if self.assignment.counts(w.form.side)]
        spans = [span for watch in watches for span in merge_by_wording(watch.clock.attempts)]
        spans = [part for span in spans for part in _outside(span, self._still)]
        return tuple(sorted(spans, key=lambda span: span.start_s))

    @property
    def _unseen(self) -> tuple[Span, ...]:
        """Time outside of holds in which the picture stood still."""
        holds = [Span(each.hold.start_s, each.hold.end_s, Kind.VALID) for each in self.holds]
        return tuple(part for span in self._still for part in _outside(span, holds))

    def result(self, source: Source, notices: tuple[Notice, ...]) -> Result:
        """The result of all moments; ``notices`` are those of their source."""
        return Result(
            source=source,
            assignment=self.assignment,
            holds=self.holds,
            attempts=self._attempts,
            notices=(*notices, *self._notices(source)),
            neutral=next(iter(self._neutrals.values()), self.session.neutral),
            seen=self._seen_count / max(1, self.count),
            snapshots=self._snapshots,
            unseen=self._unseen,
        )

    def _notices(self, source: Source) -> list[Notice]:
        """What makes the figures uncertain; where nothing could be held, that alone."""
        if self._seen_count == 0:
            return [Notice(NoticeKind.NOBODY_SEEN)]
        if self.count == 1:
            return [Notice(NoticeKind.SINGLE_PICTURE)]
        holds = self.holds
        notices = [*_stands_still(self._still), *self._view_warnings(holds), *_capped(holds)]
        notices += self._recalibrations(source, self._attempts)
        other_s = sum(each.hold.valid_s for each in self.session.holds)
        other_s -= sum(each.hold.valid_s for each in holds)
        if other_s > 0.0:
            notices.append(Notice(NoticeKind.OTHER_SIDE, {"held_s": other_s}))
        return notices

    def _recalibrations(self, source: Source, attempts: Sequence[Span]) -> Iterator[Notice]:
        """Which calibrations should be made again, of the poses that were asked for or held."""
        holds = self.holds
        poses = {each.form.pose.id: each.form.pose for each in holds}
        if self.assignment.pose is not None:
            poses[self.assignment.pose.id] = self.assignment.pose
        for pose in poses.values():
            ends_s = [each.hold.end_s for each in holds if each.form.pose.id == pose.id]
            neutral = self._neutrals.get(pose.id, self.session.neutral)
            own = attempts if self.assignment.pose is not None else ()
            yield from recalibration(pose, neutral, source.height, own, max(ends_s, default=None))

    def _view_warnings(self, holds: tuple[Held, ...]) -> list[Notice]:
        """What the camera's place makes uncertain, for each pose that was asked for or recognised."""
        if self.assignment.pose is not None:
            pose = self.assignment.pose
            return view_warnings(pose, self._neutrals.get(pose.id, self.session.neutral))
        if self.session.neutral is None and not holds:
            return []
        poses = {each.form.pose.id: each.form.pose for each in holds}
        return [
            replace(notice, pose=pose.name)
            for pose_id, pose in poses.items()
            for notice in view_warnings(pose, self._neutrals.get(pose_id, self.session.neutral))
        ]


def _outside(span: Span, others: Sequence[Span]) -> list[Span]:
    """The parts of a span that lie in none of the others."""
    parts = [span]
    for other in others:
        before = [replace(each, end_s=min(each.end_s, other.start_s)) for each in parts]
        after = [replace(each, start_s=max(each.start_s, other.end_s)) for each in parts]
        parts = [each for each in (*before, *after) if each.seconds > INSTANT_S]
    return parts


def _stands_still(spans: Sequence[Span]) -> Iterator[Notice]:
    if spans:
        still_s = total(spans, Kind.UNSEEN)
        yield Notice(NoticeKind.STANDS_STILL, {"first_s": spans[0].start_s, "still_s": still_s})


def _capped(holds: tuple[Held, ...]) -> Iterator[Notice]:
    for hold in (each.hold for each in holds):
        if hold.held_s > hold.longest_s:
            times_s = {"start_s": hold.start_s, "held_s": hold.held_s, "longest_s": hold.longest_s}
            yield Notice(NoticeKind.CAPPED, times_s)


def too_slow(source: Source) -> Iterator[Notice]:
    """A notice where the recording has few pictures a second."""
    if source.frames > 1 and source.fps < SLOW_BELOW_FPS:
        yield Notice(NoticeKind.FEW_PICTURES, {"fps": source.fps})


def view_warnings(pose: Pose, neutral: Neutral | None) -> list[Notice]:
    """Notices of what is uncertain in a pose because of where the camera stands.

    Args:
        pose: The pose that is judged.
        neutral: The neutral in use when it was held; None if there was none.
    """
    return list(_warnings(pose, neutral))


def _warnings(pose: Pose, neutral: Neutral | None) -> Iterator[Notice]:
    if neutral is None:
        yield Notice(NoticeKind.NO_NEUTRAL)
        return
    off_deg, nearest = min((neutral.view.off(view), view) for view in pose.views)
    doubtful = [c.measure for c in pose.checks if c.frame == "image" and _is_doubtful(c, neutral)]
    if off_deg > DOUBTFUL_FROM_DEG:
        doubtful = [check.measure for check in pose.checks if check.frame == "image"]
    if doubtful:
        yield Notice(
            NoticeKind.OFF_VIEW,
            {
                "azimuth_deg": neutral.view.azimuth_deg,
                "elevation_deg": neutral.view.elevation_deg,
                "off_deg": off_deg,
                "view": nearest,
                "measures": tuple(dict.fromkeys(measure.name for measure in doubtful)),
            },
        )
    if abs(neutral.roll_deg) > TILTED_FROM_DEG:
        yield Notice(NoticeKind.TILTED, {"roll_deg": neutral.roll_deg})


def _is_doubtful(check: Check, neutral: Neutral) -> bool:
    """Whether the picture cannot carry the check's measure from where the camera stands."""
    off = [neutral.view.off(view) for view in check.measure.views]
    return bool(off) and min(off) > DOUBTFUL_FROM_DEG


def recalibration(
    pose: Pose,
    neutral: Neutral | None,
    height_px: int,
    attempts: Sequence[Span],
    last_hold_s: float | None,
) -> Iterator[Notice]:
    """Notices of why a calibrated pose should be calibrated again; none for other poses.

    Args:
        pose: The pose that was judged.
        neutral: The neutral in use; None if there was none.
        height_px: Height of the pictures.
        attempts: Time near the pose that never became a hold.
        last_hold_s: When the last hold ended; None if nothing was held.
    """
    calibration = pose.calibration
    if calibration is None:
        return
    who: dict[str, Figure] = {"name": pose.name, "id": pose.id}
    if neutral is not None:
        if _turned(calibration, neutral.view):
            now = neutral.view
            views = {"then_deg": calibration.view, "now_deg": (now.azimuth_deg, now.elevation_deg)}
            yield Notice(NoticeKind.CALIBRATED_ELSEWHERE, {**who, **views})
        elif kind := _moved(calibration, neutral, height_px):
            yield Notice(kind, who)
    if _count_attempts(attempts, last_hold_s) >= FAILED_ATTEMPTS:
        yield Notice(NoticeKind.CALIBRATION_FAILS, who)


def _turned(calibration: Calibration, view: View) -> bool:
    """Whether the camera sees another side than at the calibration; left and right are taken as the same."""
    then = View(*calibration.view)
    mirrored = replace(then, azimuth_deg=-then.azimuth_deg)
    return min(view.apart(then), view.apart(mirrored)) > DOUBTFUL_FROM_DEG


def _moved(calibration: Calibration, neutral: Neutral, height_px: int) -> NoticeKind | None:
    """The kind of notice if the person was nearer or further away at the calibration; else None."""
    change = float(neutral.lengths[0]) / max(1, height_px) / calibration.trunk_share
    if change > ELSEWHERE_FROM:
        return NoticeKind.CALIBRATED_FURTHER
    return NoticeKind.CALIBRATED_NEARER if change < 1.0 / ELSEWHERE_FROM else None


def _count_attempts(attempts: Sequence[Span], last_hold_s: float | None) -> int:
    """Number of attempts at a pose since it was last held."""
    count, until_s = 0, float("-inf")
    for span in sorted(attempts, key=lambda each: each.start_s):
        is_after = last_hold_s is None or span.start_s > last_hold_s
        if span.kind is Kind.WRONG and span.seconds >= LEAST_S and is_after:
            count += span.start_s - until_s > APART_S
            until_s = span.end_s
    return count
