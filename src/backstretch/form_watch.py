"""One form of a pose with its clock, and how it sees one moment."""

import math
from dataclasses import dataclass, field

from backstretch.hold import HoldClock, Moment, State
from backstretch.landmarks import Floats
from backstretch.matching import Form, Verdict
from backstretch.motion import MotionWatch


@dataclass(eq=False)
class FormWatch:
    """One form of a pose with its clock.

    Attributes:
        form: The pose and its side.
        keeps_attempts: Whether time near the pose is noted.
        clock: Counts its holds.
        motion: Follows its primary measure.
        inside: Whether the last seen moment was right.
        near: Whether the last moment was, or nearly: no reading further out than one hysteresis.
        until_s: The last moment it was given.
    """

    form: Form
    keeps_attempts: bool = True
    clock: HoldClock = field(init=False)
    motion: MotionWatch = field(init=False)
    inside: bool = False
    near: bool = False
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


@dataclass(frozen=True, eq=False)
class Look:
    """One moment as the forms see it; ``values`` is None with nobody in view."""

    time_s: float
    values: Floats | None
    near: str
    unseen: frozenset[str]
