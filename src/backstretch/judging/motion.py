"""Moving is not holding: speed, restlessness and bouncing of a pose's primary measure, and moving legs.

Research, section B, gives the reasoning and the anchors; the windows differ where its wording, taken
literally, would break plain holds (DESIGN, section 5).
"""

import math
from collections import deque

import numpy as np

from backstretch.judging.hold_clock import INSTANT_S, Kind, Span
from backstretch.judging.reasons import BOUNCING, RESTLESS, TOO_FAST
from backstretch.kinematics.catalogue import Reference, Unit
from backstretch.kinematics.columns import COLUMN_INDEX
from backstretch.kinematics.landmarks import SIDES, Floats

SPEED_WINDOW_S = 0.4
"""Speed is the slope of a line through this much time: jitter differentiates to 100°/s per frame."""
FAST: dict[Unit, float] = {"deg": 60.0, "ratio": 1.0}
FAST_FOR_S = 0.3
"""Faster than this per second, for this long, is movement; rising from a chair moves the hip by 46-69°/s."""
STILL_WINDOW_S = 3.0
STILL_AFTER_S = 1.0
SLOW: dict[Unit, float] = {"deg": 10.0, "ratio": 0.17}
"""The stillness window starts this long after the position was first right, and not before the movement
into it has slowed to this much per second; it is judged this long afterwards, if the position is still
right. So it reaches neither into the entry nor into the exit."""
RESTLESS_FROM: dict[Unit, float] = {"deg": 4.0, "ratio": 0.07}
"""Standard deviation inside the window above which the position is not being held."""
BOUNCE_DEG: dict[Reference, float] = {"image": 6.0, "world": 9.0}
BOUNCE_RATIO = 0.1
"""Peak to peak; breathing sways less than 3°. For angles it is half of what the camera can resolve, in the
picture and in space (`LEAST_HALF_WIDTH_DEG`): the detector guesses depth, and a twist that is held still strays
by 7° at 8 to 15 pictures a second."""
BOUNCE_REVERSALS = 3
BOUNCE_WITHIN_S = 3.0
"""This many reversals within this many seconds are bouncing: half a cycle a second and quicker. Breathing,
at most 0.35 cycles a second, cannot reach it. Only reversals inside the position count, and those on short
ways out of it: what somebody does after the position, or what a fading film shows, takes no hold back."""
MEDIAN_OF, DENSE_S, SPARSE_S = 3, 0.11, 0.22
"""The median of `MEDIAN_OF` moments is followed: a landmark that is wrong in a single picture would be two
reversals. If they span more than `DENSE_S`, where the median would hide a quick bounce, the last one is
followed instead; but not beyond `SPARSE_S`, where nothing has smoothed them."""
BOUNCE_LASTS_S = 1.2
"""Bouncing is over when no reversal has come for this long: one comes at least every second."""
LEGS_WINDOW_S = 1.0
LEGS_MOVE_DEG, LEG_ANGLES = 25.0, 2
"""Legs move when at least this number of their angles in space range over more than this within the window: a
leg that is moved changes two angles at least. Still legs range over 1 to 5 degrees, single hidden joints up to
18 and, of thighs that point at the camera, two at once; those of somebody who walks over 40."""
_LEGS = [
    COLUMN_INDEX[f"{measure}.{side}.world"]
    for measure in ("knee", "thigh_incl", "shank_incl")
    for side in SIDES
]


class MotionWatch:
    """Follows the primary measure of one pose and finds the time that was movement, not hold.

    Args:
        unit: The measure's.
        frame: The frame of reference it is taken in.
        grace_wrong_s: How long the position may be wrong; after longer it is entered anew.
    """

    def __init__(self, unit: Unit, frame: Reference, *, grace_wrong_s: float) -> None:
        self._unit = unit
        self._bounce = BOUNCE_DEG[frame] if unit == "deg" else BOUNCE_RATIO
        self._grace_s = grace_wrong_s
        self._recent: deque[tuple[float, float]] = deque()
        self._speed_before: tuple[float, float] | None = None
        self._fast_from_s: float | None = None
        self._inside_from_s: float | None = None
        self._still_from_s: float | None = None
        self._before_s: float | None = None
        self._inside_last_s = -math.inf
        self._entered_s = math.inf
        self._reversals: deque[float] = deque()
        self._extreme: tuple[float, float] | None = None
        self._rising: bool | None = None

    def push(self, time_s: float, value: float, *, inside: bool) -> tuple[Span, ...]:
        """Take one moment.

        Args:
            time_s: The frame's own time.
            value: The primary measure, NaN if unseen.
            inside: Whether the position is right.

        Returns:
            Time up to this moment that is withheld, with the reason.
        """
        before_s, self._before_s = self._before_s, time_s
        while self._recent and time_s - self._recent[0][0] > STILL_WINDOW_S + STILL_AFTER_S:
            self._recent.popleft()
        if inside:
            if time_s - self._inside_last_s > self._grace_s:
                self._entered_s = time_s
            self._inside_last_s = time_s
        if not math.isnan(value):
            self._recent.append((time_s, value))
            self._follow(*self._steady_value())
        middle_s, speed = self._speed(time_s)
        self._enter(time_s, speed, inside=inside)
        withheld = [self._fast(middle_s, speed), self._bounced(time_s)]
        if before_s is not None and self._restless(time_s - STILL_AFTER_S):
            start_s, end_s = before_s - STILL_AFTER_S, time_s - STILL_AFTER_S
            withheld.append(Span(start_s, end_s, Kind.WRONG, RESTLESS))
        return tuple(span for span in withheld if span)

    def _steady_value(self) -> tuple[float, float]:
        """The last moment, or the middle one of the last three without its jitter."""
        if len(self._recent) < MEDIAN_OF:
            return self._recent[-1]
        last = [self._recent[-back] for back in range(1, MEDIAN_OF + 1)]
        if DENSE_S < last[0][0] - last[-1][0] <= SPARSE_S:
            return last[0]
        return last[1][0], sorted(value for _, value in last)[1]

    def _speed(self, time_s: float) -> tuple[float, float]:
        """Middle of the speed window and the speed there, NaN if unknown."""
        recent = [
            moment for moment in self._recent if time_s - moment[0] <= SPEED_WINDOW_S + INSTANT_S
        ]
        if not recent or recent[-1][0] - recent[0][0] < SPEED_WINDOW_S / 2:
            return time_s, math.nan
        middle_s = sum(moment[0] for moment in recent) / len(recent)
        mean = sum(moment[1] for moment in recent) / len(recent)
        spread = sum((t - middle_s) ** 2 for t, _ in recent)
        slope = sum((t - middle_s) * (value - mean) for t, value in recent) / spread
        return middle_s, abs(slope)

    def _fast(self, middle_s: float, speed: float) -> Span | None:
        """The run of time above the speed limit that goes on, once it has lasted long enough."""
        before, self._speed_before = self._speed_before, (middle_s, speed)
        limit = FAST[self._unit]
        if before is None or math.isnan(before[1] + speed) or max(before[1], speed) <= limit:
            self._fast_from_s = None
            return None
        if middle_s <= before[0]:
            return None
        start_s, end_s = before[0], middle_s
        if min(before[1], speed) <= limit:
            crossing_s = start_s + (limit - before[1]) / (speed - before[1]) * (end_s - start_s)
            start_s, end_s = (crossing_s, end_s) if speed > limit else (start_s, crossing_s)
        if before[1] <= limit or self._fast_from_s is None:
            self._fast_from_s = start_s
        if end_s - self._fast_from_s < FAST_FOR_S:
            return None
        return Span(self._fast_from_s, end_s, Kind.WRONG, TOO_FAST)

    def _enter(self, time_s: float, speed: float, *, inside: bool) -> None:
        """Note when the position became right, and when the movement into it was over."""
        if not inside:
            self._inside_from_s = self._still_from_s = None
        elif self._inside_from_s is None:
            self._inside_from_s = time_s
        elif self._still_from_s is None and time_s - self._inside_from_s >= STILL_AFTER_S:
            self._still_from_s = time_s if speed <= SLOW[self._unit] else None

    def _restless(self, until_s: float) -> bool:
        """Whether the value wandered in the stillness window that ends at ``until_s``."""
        start_s = self._still_from_s
        if start_s is None or until_s - start_s < STILL_AFTER_S:
            return False
        start_s = max(start_s, until_s - STILL_WINDOW_S)
        values = [value for moment_s, value in self._recent if start_s <= moment_s <= until_s]
        return len(values) > 1 and float(np.std(values)) > RESTLESS_FROM[self._unit]

    def _follow(self, time_s: float, value: float) -> None:
        """Note a reversal when the value has come back from its last extreme by a bounce's height."""
        bounce = self._bounce
        extreme_s, extreme = self._extreme or (time_s, value)
        change = value - extreme
        if self._rising is None:
            self._rising = change > 0 if change else None
            extreme_s, extreme = (time_s, value)
        elif (change > 0) == self._rising:
            extreme_s, extreme = time_s, value
        elif abs(change) < bounce / 4:
            extreme_s = time_s
        elif abs(change) >= bounce:
            self._reversals.append(extreme_s)
            self._rising, extreme_s, extreme = not self._rising, time_s, value
        self._extreme = extreme_s, extreme

    def _bounced(self, time_s: float) -> Span | None:
        while self._reversals and time_s - self._reversals[0] > BOUNCE_WITHIN_S + BOUNCE_LASTS_S:
            self._reversals.popleft()
        # Where the position was left, it is not known yet whether it is for long.
        inside = [
            at_s for at_s in self._reversals if self._entered_s <= at_s <= self._inside_last_s
        ]
        if len(inside) < BOUNCE_REVERSALS:
            return None
        first_s, last_s = inside[-BOUNCE_REVERSALS], inside[-1]
        if last_s - first_s > BOUNCE_WITHIN_S or time_s - last_s > BOUNCE_LASTS_S:
            return None
        return Span(first_s, time_s, Kind.WRONG, BOUNCING)


class LegWatch:
    """Finds the time in which the legs move.

    Whoever looks down at their moving legs does not stretch the neck.
    """

    def __init__(self) -> None:
        self._recent: deque[tuple[float, Floats]] = deque()

    def push(self, time_s: float, values: Floats) -> tuple[Span, ...]:
        """Take one moment's (M,) values of all columns; return the time up to it that is withheld.

        Legs that are not seen do not move.
        """
        self._recent.append((time_s, values[_LEGS]))
        while time_s - self._recent[0][0] > LEGS_WINDOW_S + INSTANT_S:
            self._recent.popleft()
        angles = np.array([each for _, each in self._recent])
        with np.errstate(invalid="ignore"):
            extent = np.fmax.reduce(angles) - np.fmin.reduce(angles)
            is_moving = np.count_nonzero(extent > LEGS_MOVE_DEG) >= LEG_ANGLES
        start_s = self._recent[0][0]
        return (Span(start_s, time_s, Kind.WRONG, RESTLESS),) if is_moving else ()
