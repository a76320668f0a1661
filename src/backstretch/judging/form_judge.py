"""One form of a pose with its clock: how it judges each moment."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from backstretch.judging.hold_clock import HoldClock, Limit, Moment, State
from backstretch.judging.matching import Form, Verdict, is_near
from backstretch.judging.motion import MotionWatch
from backstretch.judging.reasons import NOBODY
from backstretch.kinematics.landmarks import Floats
from backstretch.kinematics.neutral import Neutral
from backstretch.poses.pose import Check


@dataclass(frozen=True, eq=False)
class SettledMoment:
    """One moment as the forms see it.

    Attributes:
        time_s: The frame's own time.
        values: (M,) value of each of `columns.COLUMNS`, NaN unseen; None with nobody in view.
        near_side: The side nearer to the camera.
        unseen: Names of the landmarks that are not seen.
    """

    time_s: float
    values: Floats | None
    near_side: str
    unseen: frozenset[str]


@dataclass(eq=False)
class FormWatch:
    """One form of a pose with its clock.

    Attributes:
        form: The pose and its side.
        keeps_attempts: Whether time near the pose is noted.
        clock: Counts its holds.
        motion: Follows its primary measure.
        inside: Whether the last seen moment was right.
        is_close: Whether the last moment was, or nearly: no reading further out than one hysteresis.
        until_s: The last moment it was given.
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
        self.clock = HoldClock(
            dose.longest_s,
            dose.grace_wrong_s,
            dose.grace_unseen_s,
            keeps_attempts=self.keeps_attempts,
        )
        unit = self.form.pose.primary.measure.unit
        self.motion = MotionWatch(unit, grace_wrong_s=dose.grace_wrong_s)

    @property
    def busy(self) -> bool:
        """Whether it must go on watching, whatever the moment looks like."""
        return self.inside or not self.clock.idle

    def judge(self, moment: SettledMoment, neutral: Neutral | None) -> "Judged":
        """Judge the next moment; the clock is left to whoever knows what the other forms say of it."""
        self.until_s = moment.time_s
        if moment.values is None:
            self.motion.push(moment.time_s, math.nan, inside=False)
            self.is_close = False
            return Judged(self, None, Moment(moment.time_s, State.UNSEEN, reason=NOBODY))
        verdict = self.form.judge(moment.values, moment.near_side, inside=self.inside)
        if verdict.state is not State.UNSEEN:
            self.inside = verdict.state is State.IN
        primary = _mean(verdict, self.form.pose.primary)
        limits = tuple(Limit(each.slack, each.target.hysteresis) for each in verdict.required)
        self.is_close = all(limit.slack >= -limit.hysteresis for limit in limits)
        judged = Moment(
            moment.time_s,
            verdict.state,
            limits=limits,
            reason=verdict.reason(moment.unseen),
            near_pose=self.keeps_attempts and is_near(verdict, neutral),
            withheld=self.motion.push(moment.time_s, primary, inside=self.inside),
            closeness=verdict.closeness,
            readings=tuple(_mean(verdict, check) for check in self.form.pose.checks),
        )
        return Judged(self, verdict, judged)

    def catch_up(self, recent: Iterable[SettledMoment], neutral: Neutral | None) -> None:
        """Take what was missed of the last moments, so that the clock knows the way in."""
        for missed in recent:
            if missed.time_s > self.until_s:
                self.clock.push(self.judge(missed, neutral).moment)


@dataclass(frozen=True, eq=False)
class Judged:
    """One form's view of one moment."""

    watch: FormWatch
    verdict: Verdict | None
    moment: Moment

    @property
    def rank(self) -> tuple[bool, bool, float]:
        """How much the moment speaks for this form."""
        closeness = self.verdict.closeness if self.verdict else 0.0
        return self.watch.clock.settled, self.moment.state is State.IN, closeness


def _mean(verdict: Verdict, check: Check) -> float:
    """The check's value, the mean of both sides for checks of both; NaN where one is unseen."""
    values = [reading.value for reading in verdict.readings if reading.check is check]
    return sum(values) / len(values)
