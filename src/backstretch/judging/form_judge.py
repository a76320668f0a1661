"""One form of a pose with its clock: how it judges each moment."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from backstretch.judging.hold_clock import HoldClock, Kind, Limit, Moment, Span, State
from backstretch.judging.matching import Form, Verdict, is_near
from backstretch.judging.motion import LegWatch, MotionWatch
from backstretch.judging.reasons import NOBODY, STILL, Reason
from backstretch.kinematics.landmarks import Floats
from backstretch.kinematics.neutral import Neutral


@dataclass(frozen=True, eq=False)
class SettledMoment:
    """One moment with its final values, before the forms judge it.

    Attributes:
        time_s: The frame's own time.
        values: (M,) value of each of `columns.COLUMNS`, NaN unseen; None with nobody in view, or where the
            picture is no new one.
        near_side: The side nearer to the camera.
        unseen: Names of the landmarks that are not seen.
        still_since_s: The time of the picture that its picture repeats; None where it is a new one.
    """

    time_s: float
    values: Floats | None
    near_side: str
    unseen: frozenset[str]
    still_since_s: float | None = None

    @property
    def reason(self) -> Reason | None:
        """Why nothing could be measured; None where it could."""
        if self.values is not None:
            return None
        return NOBODY if self.still_since_s is None else STILL

    @property
    def withheld(self) -> tuple[Span, ...]:
        """Time up to this moment that turns out to be unseen."""
        if self.still_since_s is None:
            return ()
        return (Span(self.still_since_s, self.time_s, Kind.UNSEEN, STILL),)


@dataclass(frozen=True, eq=False)
class Readings:
    """One moment as one look reads it, or two.

    Attributes:
        usual: By the usual look.
        careful: By the careful look beside it; None without one.
    """

    usual: SettledMoment
    careful: SettledMoment | None = None

    def __iter__(self) -> Iterator[SettledMoment]:
        """The readings that there are."""
        yield self.usual
        if self.careful is not None:
            yield self.careful

    def of(self, form: Form) -> SettledMoment:
        """The reading by which a form is judged."""
        return self.careful if self.careful and form.pose.careful_look else self.usual


@dataclass(eq=False)
class FormWatch:
    """One form of a pose with its clock.

    Attributes:
        form: The pose and its side.
        keeps_attempts: Whether attempts are recorded, as for a pose that was asked for. Without it a stretch of
            the neck counts over still legs only.
        clock: Counts its holds.
        motion: Follows its primary measure.
        inside: Whether the last seen moment was right.
        is_close: Whether the last moment was right or nearly so: no reading further out than its hysteresis.
        until_s: Time of the last moment it judged.
    """

    form: Form
    keeps_attempts: bool = True
    clock: HoldClock = field(init=False)
    motion: MotionWatch = field(init=False)
    inside: bool = False
    is_close: bool = False
    until_s: float = -math.inf

    def __post_init__(self) -> None:
        dose = self.form.pose.dose
        is_unasked_neck = self.form.pose.is_of_the_neck and not self.keeps_attempts
        self._legs = LegWatch() if is_unasked_neck else None
        self.clock = HoldClock(
            dose.longest_s,
            dose.grace_wrong_s,
            dose.grace_unseen_s,
            keeps_attempts=self.keeps_attempts,
        )
        primary = self.form.pose.primary
        self._primary = [check is primary for check in self.form.pose.checks].index(True)
        self.motion = MotionWatch(
            primary.measure.unit, primary.frame, grace_wrong_s=dose.grace_wrong_s
        )

    @property
    def busy(self) -> bool:
        """Whether it must judge the next moment, even one that is not like its form."""
        return self.inside or not self.clock.idle

    def judge(self, moment: SettledMoment, neutral: Neutral | None) -> "Judgement":
        """Judge the next moment; the caller passes it to the clock, since that depends on the other forms."""
        self.until_s = moment.time_s
        if moment.values is None:
            self.motion.push(moment.time_s, math.nan, inside=False)
            self.is_close = False
            unseen_moment = Moment(
                moment.time_s, State.UNSEEN, reason=moment.reason, withheld=moment.withheld
            )
            return Judgement(self, None, unseen_moment)
        verdict = self.form.judge(moment.values, moment.near_side, inside=self.inside)
        if verdict.state is not State.UNSEEN:
            self.inside = verdict.state is State.IN
        limits = tuple(Limit(each.slack, each.target.hysteresis) for each in verdict.required)
        self.is_close = all(limit.slack >= -limit.hysteresis for limit in limits)
        withheld = self.motion.push(
            moment.time_s, verdict.values[self._primary], inside=self.inside
        )
        if self._legs is not None:
            withheld += self._legs.push(moment.time_s, moment.values)
        judged_moment = Moment(
            moment.time_s,
            verdict.state,
            limits=limits,
            reason=verdict.reason(moment.unseen),
            near_pose=self.keeps_attempts and is_near(verdict, neutral),
            withheld=withheld,
            closeness=verdict.closeness,
            readings=verdict.values,
        )
        return Judgement(self, verdict, judged_moment)

    def catch_up(self, recent: Iterable[SettledMoment], neutral: Neutral | None) -> None:
        """Judge the recent moments that were skipped, so that the clock knows the way in."""
        for moment in recent:
            if moment.time_s > self.until_s:
                self.clock.push(self.judge(moment, neutral).moment)


@dataclass(frozen=True, eq=False)
class Judgement:
    """One form's judgement of one moment; the verdict is None with nobody in view."""

    watch: FormWatch
    verdict: Verdict | None
    moment: Moment

    @property
    def rank(self) -> tuple[bool, bool, float]:
        """How well the form fits the moment: larger is better."""
        closeness = self.verdict.closeness if self.verdict else 0.0
        return self.watch.clock.is_holding, self.moment.state is State.IN, closeness
