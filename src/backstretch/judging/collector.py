"""Collecting a result: gives moments to a session, and collects what its result needs.

Its notices of what was not judged are made here as well; for others see `doubts`.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

from backstretch.errors import Notice, NoticeKind
from backstretch.frame import Source
from backstretch.judging.doubts import recalibration, view_warnings
from backstretch.judging.hold_clock import INSTANT_S, Kind, Span, merge_spans, total
from backstretch.judging.lengths import LengthWatch
from backstretch.judging.obstacles import Obstacle, ObstacleWatch, main_obstacle
from backstretch.judging.posture import PostureWatch
from backstretch.judging.reasons import GAP, PORTRAIT, STILL, TURNED
from backstretch.judging.recognition import Held
from backstretch.judging.recorded_session import RecordedSession
from backstretch.judging.request import Assignment, Request
from backstretch.judging.result import Result, merge_by_wording
from backstretch.judging.session import Session
from backstretch.judging.step import Snapshots, Step
from backstretch.kinematics.landmarks import LONGEST_GAP_S, Landmarks
from backstretch.kinematics.neutral import Neutral
from backstretch.poses.pose import Pose

TOGETHER, WITHIN_S = 16, 0.1
"""How many moments of a recording are judged together, and how far apart at most: the numbers are the same as
one by one, with a fraction of the work. Sparse sampling uses the judgements, which must not lag further."""
GAPS_FROM_S = 1.0
"""Time without pictures is reported from this length on, all of it together."""


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
        is_upright: Whether somebody says that the pictures are upright.

    Attributes:
        count: How many moments were taken.
    """

    def __init__(
        self,
        assignment: Assignment,
        session: Session | RecordedSession,
        *,
        mirrored: bool = False,
        together: int = 1,
        within_s: float = math.inf,
        is_upright: bool = False,
    ) -> None:
        self.assignment = assignment
        self.session = session
        self.count = 0
        self._mirrored = mirrored
        self._together, self._within_s = together, within_s
        self._waiting: list[tuple[float, Landmarks | None]] = []
        self._seen_count = 0
        self._gaps: list[Span] = []
        self._posture = None if is_upright else PostureWatch()
        self._last_s: float | None = None
        self._neutrals: dict[str, Neutral | None] = {}
        self._snapshots = Snapshots()
        self._obstacles = ObstacleWatch()
        self._lengths = LengthWatch(assignment.height_cm)
        self._still: list[Span] = []
        self._is_still = False
        self._of_portrait: list[Span] = []

    @classmethod
    def of_recording(cls, request: Request) -> Self:
        """A collector for a recording, whose moments are judged several at a time."""
        assignment = request.assignment
        # Sides that were not asked for are judged too: to say so when they were held.
        session = RecordedSession(
            assignment.poses, asked=assignment.asked, own_neutral=request.own_neutral
        )
        return cls(
            assignment,
            session,
            mirrored=request.mirrored,
            together=TOGETHER,
            within_s=math.inf if request.every_frame else WITHIN_S,
            is_upright=request.correction.turn_deg is not None,
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

    def disregard_until(self, time_s: float) -> None:
        """Let nothing count that was judged before this time: it was of a portrait."""
        self._of_portrait = [Span(0.0, time_s, Kind.UNSEEN, PORTRAIT)]

    def push(self, moments: Sequence[tuple[float, Landmarks | None]]) -> list[Step]:
        """Take moments in order of time; return the steps that are settled, which may come later."""
        self.count += len(moments)
        self._seen_count += sum(marks is not None for _, marks in moments)
        for time_s, marks in moments:
            self._note_gap(time_s)
            if self._posture is not None:
                self._posture.push(time_s, marks)
        self._waiting += moments
        apart_s = self._waiting[-1][0] - self._waiting[0][0] if self._waiting else 0.0
        if len(self._waiting) < self._together and apart_s < self._within_s:
            return []
        return self._judge_waiting()

    def _note_gap(self, time_s: float) -> None:
        """Note the time since the moment before if it is too long to be bridged."""
        last_s, self._last_s = self._last_s, time_s
        if last_s is not None and time_s - last_s > LONGEST_GAP_S + INSTANT_S:
            self._gaps = merge_spans([*self._gaps, Span(last_s, time_s, Kind.UNSEEN, GAP)])

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
            self._lengths.push(step)
            if self.assignment.pose is not None:
                self._obstacles.push(step)
            if step.pose is not None and step.valid_s > 0.0:
                self._neutrals.setdefault(step.pose.id, step.neutral)
        return steps

    @property
    def has_seen_somebody(self) -> bool:
        """Whether somebody was in view at any time."""
        return self._seen_count > 0

    @property
    def attention(self) -> Attention:
        """What matters in the moments to come, by what was judged so far."""
        return Attention(self.session.is_busy, self.session.seeks_neutral)

    @property
    def holds(self) -> tuple[Held, ...]:
        """The holds that are over, of the sides that were asked for."""
        return tuple(each for each in self._all_holds if self.assignment.counts(each.form.side))

    @property
    def _all_holds(self) -> list[Held]:
        """The holds that are over, without recognised ones that a turned picture may have made."""
        return [each for each in self._of_person if not self._may_be_turned(each)]

    @property
    def _doubtful(self) -> list[Held]:
        return [each for each in self._of_person if self._may_be_turned(each)]

    @property
    def _of_person(self) -> list[Held]:
        """The holds that are over, as far as they are not of a portrait."""
        if not self._of_portrait:
            return self.session.holds
        after = [(each, each.hold.after(self._of_portrait[0].end_s)) for each in self.session.holds]
        return [replace(each, hold=hold) for each, hold in after if hold]

    def _may_be_turned(self, held: Held) -> bool:
        """Whether a recognised hold may be of another stretch, in a picture that lies on its side."""
        if self._posture is None or self.assignment.asked:
            return False
        return self._posture.is_doubtful(held)

    @property
    def _unjudged(self) -> list[Span]:
        """Time in which what was found was not the person, or did not change."""
        return [*self._still, *self._of_portrait]

    @property
    def _attempts(self) -> tuple[Span, ...]:
        """Time near the pose that never became a hold; if there is none, time in which it cannot be told."""
        watches = [w for w in self.session.watches if self.assignment.counts(w.form.side)]
        spans = [span for watch in watches for span in merge_by_wording(watch.clock.attempts)]
        spans = [part for span in spans for part in outside(span, self._unjudged)]
        if not spans and not self.session.holds:
            spans = [span for span in self._obstacles.nearest if span.kind is Kind.UNSEEN]
            spans = [part for span in spans for part in outside(span, self._unjudged)]
        return tuple(sorted(spans, key=lambda span: span.start_s))

    @property
    def _obstacle(self) -> Obstacle | None:
        """What was in the way most; None where something was held, or several stretches were asked for."""
        if self.assignment.pose is None or self.session.holds or self.count == 1:
            return None
        return main_obstacle(self._attempts or self._obstacles.nearest)

    def result(self, source: Source, notices: tuple[Notice, ...]) -> Result:
        """The result of all moments; ``notices`` are those of their source."""
        holds, attempts = self.holds, self._attempts
        counted = [*attempts, *(span for each in holds for span in each.hold.spans)]
        return Result(
            source=source,
            assignment=self.assignment,
            holds=holds,
            attempts=attempts,
            unseen=tuple(part for span in self._unseen for part in outside(span, counted)),
            notices=(*notices, *self._notices(source)),
            neutral=next(iter(self._neutrals.values()), self.session.neutral),
            seen=self._seen_count / max(1, self.count),
            snapshots=self._snapshots,
            obstacle=self._obstacle,
            lengths=tuple(self._lengths.of(each.form.pose.lengths, each.hold) for each in holds),
        )

    @property
    def _unseen(self) -> list[Span]:
        """Time without pictures or with the same one, and that of holds that a turned picture may have made."""
        holds = [each.hold for each in self._doubtful]
        unseen = [Span(hold.start_s, hold.end_s, Kind.UNSEEN, TURNED) for hold in holds]
        for span in (*self._of_portrait, *self._still, *self._gaps):
            unseen += list(outside(span, unseen))
        return sorted(unseen, key=lambda span: span.start_s)

    def _notices(self, source: Source) -> list[Notice]:
        """What makes the figures uncertain; where nothing could be held, that alone."""
        if not self.has_seen_somebody:
            return [Notice(NoticeKind.NOBODY_SEEN)]
        if self.count == 1:
            return [Notice(NoticeKind.SINGLE_PICTURE)]
        holds = self.holds
        notices = [*_stands_still(self._still), *_without_pictures(self._gaps)]
        notices += [*_obstacles(self._obstacle), *self._view_warnings(holds), *_capped(holds)]
        if self._posture is not None:
            notices += self._posture.notices(is_doubtful=bool(self._doubtful))
        notices += self._recalibrations(source, self._attempts)
        other_s = sum(each.hold.valid_s for each in self._all_holds)
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
            return self._warnings_of(pose)
        if self.session.neutral is None and not holds and not self.assignment.asked:
            return [Notice(NoticeKind.NOTHING_TO_NAME)]
        poses = {each.form.pose.id: each.form.pose for each in holds}
        return [
            replace(notice, pose=pose.name)
            for pose in poses.values()
            for notice in self._warnings_of(pose)
        ]

    def _warnings_of(self, pose: Pose) -> list[Notice]:
        neutral = self._neutrals.get(pose.id, self.session.neutral)
        notices = view_warnings(pose, neutral)
        if neutral is None and isinstance(self.session, RecordedSession):
            notices += _usual_zero(pose)
        return notices


def _obstacles(obstacle: Obstacle | None) -> Iterator[Notice]:
    if obstacle is not None:
        kind = NoticeKind.NOT_HELD if obstacle.could_be_told else NoticeKind.NOT_TOLD
        yield Notice(kind, {"reason": obstacle.reason.code, "seconds": obstacle.seconds})


def _usual_zero(pose: Pose) -> Iterator[Notice]:
    """A notice of the measures that are counted from usual values."""
    checks = [check for check in pose.checks if check.required and check.measure.relative]
    if checks:
        names = tuple(dict.fromkeys(check.measure.name for check in checks))
        yield Notice(NoticeKind.USUAL_ZERO, {"measures": names})


def outside(span: Span, others: Sequence[Span]) -> Iterator[Span]:
    """The parts of a span that lie in none of the others."""
    start_s = span.start_s
    for other in sorted(others, key=lambda each: each.start_s):
        if other.end_s > start_s:
            if other.start_s > start_s:
                yield replace(span, start_s=start_s, end_s=min(other.start_s, span.end_s))
            start_s = other.end_s
        if start_s >= span.end_s:
            return
    yield replace(span, start_s=start_s)


def _without_pictures(gaps: Sequence[Span]) -> Iterator[Notice]:
    if sum(gap.seconds for gap in gaps) >= GAPS_FROM_S:
        starts_s, ends_s = (
            tuple(times) for times in zip(*((g.start_s, g.end_s) for g in gaps), strict=True)
        )
        yield Notice(NoticeKind.NO_PICTURES, {"starts_s": starts_s, "ends_s": ends_s})


def _stands_still(spans: Sequence[Span]) -> Iterator[Notice]:
    if spans:
        still_s = total(spans, Kind.UNSEEN)
        yield Notice(NoticeKind.STANDS_STILL, {"first_s": spans[0].start_s, "still_s": still_s})


def _capped(holds: tuple[Held, ...]) -> Iterator[Notice]:
    for hold in (each.hold for each in holds):
        if hold.held_s > hold.longest_s:
            times_s = {"start_s": hold.start_s, "held_s": hold.held_s, "longest_s": hold.longest_s}
            yield Notice(NoticeKind.CAPPED, times_s)
