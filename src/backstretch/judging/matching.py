"""Matching: whether one moment fulfils the checks of a pose, and whether it is at least an attempt at it."""

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, groupby, pairwise

from backstretch.judging.hold_clock import State
from backstretch.judging.reasons import Reason, ReasonKind
from backstretch.kinematics.catalogue import Unit
from backstretch.kinematics.columns import COLUMN_INDEX, COLUMNS, NEEDED, Column
from backstretch.kinematics.landmarks import SIDES, Floats
from backstretch.kinematics.neutral import Neutral
from backstretch.poses.pose import Check, Pose

NEAR_SHARE = 0.5
SEEN_SHARE = 0.4
"""An attempt: of the readings that the clock needs at least `SEEN_SHARE` are seen, of these at least
`NEAR_SHARE` are right, and the others are on average at least that share of the way from the neutral to their
limit.
Without the last, standing would be an attempt at every standing stretch."""
REACH: dict[Unit, float] = {"deg": 30.0, "ratio": 0.35}
"""The distance from the neutral to the limit that is assumed for a reading right or unknown in the neutral."""


@dataclass(frozen=True)
class Target:
    """One check applied to one column of measures.

    Attributes:
        check: The check as in the pose file.
        for_side: The same with the ranges of the form's side.
        column, index: The column that is read, and where it stands among `columns.COLUMNS`.
    """

    check: Check
    for_side: Check
    column: Column
    index: int

    @property
    def hysteresis(self) -> float:
        """How far outside its range a value that was inside must go before it counts as outside."""
        return self.check.measure.hysteresis


@dataclass(frozen=True)
class Reading:
    """One check at one moment.

    Attributes:
        target: The check and the column it reads.
        value: In the measure's unit; NaN where it cannot be seen.
        slack: How far inside ``accept`` (negative: outside); NaN where it cannot be seen.
        outside: Whether the value breaks the check, hysteresis included; False where unseen.
    """

    target: Target
    value: float
    slack: float
    outside: bool

    @property
    def check(self) -> Check:
        """The check that was read."""
        return self.target.check

    @property
    def unseen(self) -> bool:
        """Whether the value cannot be seen."""
        return math.isnan(self.value)

    @property
    def lacking(self) -> bool:
        """Whether the value cannot be seen although the clock needs it."""
        return self.target.check.need == "always" and math.isnan(self.value)

    @property
    def closeness(self) -> float:
        """1 within the good range, falling to 0 at the limit of what is accepted."""
        check = self.target.for_side
        (low, high), (good_low, good_high) = check.accept, check.good
        if self.value < good_low:
            return max(0.0, (self.value - low) / (good_low - low)) if good_low > low else 0.0
        if self.value > good_high:
            return max(0.0, (high - self.value) / (high - good_high)) if high > good_high else 0.0
        return 1.0

    @property
    def below(self) -> bool:
        """Whether the value lies on the low side of the accepted range."""
        return self.value < self.target.for_side.accept[0]

    @property
    def off(self) -> float:
        """How far the value breaks the check, in the measure's unit, negative below; 0 where it does not."""
        if not self.outside:
            return 0.0
        return self.slack if self.below else -self.slack


@dataclass(frozen=True)
class Verdict:
    """How one moment fulfils the checks of one form of a pose.

    Attributes:
        state: IN, OUT or UNSEEN.
        readings: One for each check and side, required ones and those of form, in the file's order.
        values: The value of each check of the pose, the mean of both sides for checks of both; NaN where one is
            unseen.
    """

    state: State
    readings: tuple[Reading, ...]
    values: tuple[float, ...] = ()

    @cached_property
    def required(self) -> tuple[Reading, ...]:
        """The readings that the clock needs."""
        return tuple(reading for reading in self.readings if reading.target.check.required)

    @property
    def limiting(self) -> Reading | None:
        """The first reading that keeps the moment from being IN, seen ones before unseen ones; None when IN."""
        for reading in self.required:
            if reading.outside:
                return reading
        return next((reading for reading in self.required if reading.lacking), None)

    def reason(self, unseen: frozenset[str]) -> Reason | None:
        """Why the moment is not IN; ``unseen`` names the landmarks that are not seen."""
        limiting = self.limiting
        return _reason(limiting, unseen) if limiting else None

    @cached_property
    def closeness(self) -> float:
        """Mean closeness of the seen readings, 0..1; 0 when nothing is seen."""
        values = [reading.closeness for reading in self.readings if not reading.unseen]
        return sum(values) / len(values) if values else 0.0


@dataclass(frozen=True)
class Form:
    """A pose done on one side; ``side`` is None for poses done on both at once."""

    pose: Pose
    side: str | None

    @property
    def name(self) -> str:
        """The pose and its side: ``Standing side bend, left side``."""
        return f"{self.pose.name}, {self.side} side" if self.side else self.pose.name

    @cached_property
    def targets(self) -> dict[str, tuple[Target, ...]]:
        """The columns the form reads, by the side that is nearer to the camera."""
        return {side: _targets(self, side) for side in SIDES}

    @cached_property
    def _indices(self) -> dict[str, list[int]]:
        return {side: [t.index for t in targets] for side, targets in self.targets.items()}

    def judge(self, values: Floats, near_side: str, *, inside: bool) -> Verdict:
        """Judge one moment.

        Args:
            values: (M,) settled values of all columns.
            near_side: The side nearer to the camera.
            inside: Whether the moment before was IN, so that leaving needs the hysteresis.
        """
        row = values[self._indices[near_side]].tolist()
        readings = tuple(
            _reading(target, value, inside=inside)
            for target, value in zip(self.targets[near_side], row, strict=True)
        )
        required = [reading for reading in readings if reading.target.check.required]
        if any(reading.outside for reading in required):
            state = State.OUT
        elif any(reading.lacking for reading in required):
            state = State.UNSEEN
        else:
            state = State.IN
        means = tuple([sum(row[part]) / (part.stop - part.start) for part in self._parts])
        return Verdict(state, readings, means)

    @cached_property
    def _parts(self) -> tuple[slice, ...]:
        """Which of the targets are those of each check; the same for either side nearer to the camera."""
        groups = groupby(self.targets[SIDES[0]], key=lambda target: id(target.check))
        ends = accumulate(len(list(group)) for _, group in groups)
        return tuple(slice(start, end) for start, end in pairwise((0, *ends)))


def forms_of(pose: Pose) -> tuple[Form, ...]:
    """The left and the right form of a pose with sides, else its only one."""
    if pose.sides == "both":
        return (Form(pose, None),)
    return Form(pose, "left"), Form(pose, "right")


def _reason(reading: Reading, unseen: frozenset[str]) -> Reason:
    """Why a reading is not right: the first landmark that it lacks, or which side of its range it is on.

    What is seen and yet cannot be measured lacks the neutral that it is counted from.
    """
    column = reading.target.column
    kind = ReasonKind.TOO_SMALL if reading.below else ReasonKind.TOO_LARGE
    if reading.unseen:
        kind = ReasonKind.UNSEEN
        for landmark in NEEDED[column.key]:
            if landmark in unseen:
                return Reason(kind, landmark=landmark)
        kind = ReasonKind.NO_NEUTRAL if column.measure.relative else kind
    return Reason(kind, column.measure.name, column.limb_side)


def needed_landmarks(form: Form) -> frozenset[str]:
    """The landmarks that the clock needs, for either side nearer to the camera."""
    return frozenset(
        name
        for near in SIDES
        for target in form.targets[near]
        if target.check.need == "always"
        for name in NEEDED[target.column.key]
    )


def _reading(target: Target, value: float, *, inside: bool) -> Reading:
    low, high = target.for_side.accept
    slack = min(value - low, high - value)
    allowed = -target.hysteresis if inside else 0.0
    return Reading(target, value, slack, outside=slack < allowed)


def _targets(form: Form, near_side: str) -> tuple[Target, ...]:
    return tuple(
        _target(check, check.on(form.side), side)
        for check in form.pose.checks
        for side in _sides(check, form, near_side)
    )


def _target(check: Check, for_side: Check, side: str | None) -> Target:
    key = Column(check.measure, side, check.frame).key
    return Target(check, for_side, COLUMNS[COLUMN_INDEX[key]], COLUMN_INDEX[key])


def _sides(check: Check, form: Form, near_side: str) -> tuple[str | None, ...]:
    """The person's own sides that a check refers to."""
    work = form.side or near_side
    sides: dict[str, tuple[str | None, ...]] = {
        "": (None,),
        "both": ("left", "right"),
        "near": (near_side,),
        "far": (_other(near_side),),
        "work": (work,),
        "other": (_other(work),),
    }
    return sides[check.of]


def _other(side: str) -> str:
    return "right" if side == "left" else "left"


def is_near(verdict: Verdict, neutral: Neutral | None) -> bool:
    """Whether the moment is close enough to the pose to be an attempt at it."""
    visible = [reading for reading in verdict.required if not reading.unseen]
    wrong = [reading for reading in visible if reading.slack < 0.0]
    lacking = sum(reading.lacking for reading in verdict.required)
    is_hidden = len(visible) < SEEN_SHARE * (len(visible) + lacking)
    if is_hidden or len(wrong) > NEAR_SHARE * len(visible):
        return False
    if neutral is None:
        return verdict.state is State.UNSEEN  # nothing that is seen is wrong
    if not wrong or any(_rest_slack(r, neutral) < 0.0 for r in visible if r.slack >= 0.0):
        return True  # something that is right now was wrong in the neutral: done on purpose
    shares = [share_of_way(reading, neutral) for reading in wrong]
    return sum(shares) / len(shares) >= NEAR_SHARE


def share_of_way(reading: Reading, neutral: Neutral | None) -> float:
    """Share of the way from the neutral to its limit that a reading has gone; 1 where it is right.

    It is negative for what is further off than in the neutral.
    """
    if reading.slack >= 0.0:
        return 1.0
    start = _rest_slack(reading, neutral) if neutral is not None else math.nan
    return 1.0 + reading.slack / (-start if start < 0.0 else REACH[reading.check.measure.unit])


def _rest_slack(reading: Reading, neutral: Neutral) -> float:
    """How far inside the range the neutral is; NaN if it was not seen."""
    low, high = reading.target.for_side.accept
    relative = reading.check.measure.relative
    value = 0.0 if relative else float(neutral.values[reading.target.index])
    return min(value - low, high - value)
