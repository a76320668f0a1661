"""The neutral: a person's lengths, zero values and view, taken before they stretch.

Bodies foreshorten in a pose, so lengths and the view are never taken from a body in a pose. The neutral is the
first still span of a take in which no pose is held, upright or not. It is replaced only by an upright one with
head, chest and hips square, and only if the old one is not upright, or the person has turned since or moved
nearer or further away.
"""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from backstretch.kinematics.columns import (
    COLUMN_INDEX,
    COLUMNS,
    facing_columns,
    reference_lengths,
    relative_columns,
)
from backstretch.kinematics.landmarks import INDEX, LONGEST_GAP_S, Floats, Landmarks
from backstretch.kinematics.measures import VISIBLE, Body
from backstretch.kinematics.view import OBLIQUE_FROM_DEG, View

STILL_FOR_S = 1.0
"""Least length of a still span; shorter ones occur at the turning points of movements."""
STILL_WITHIN = 0.1
"""How far a landmark may move in a still span, over the trunk's length: three times the detector's jitter."""
UPRIGHT_BELOW_DEG = 35.0
"""Trunk angle from vertical up to which sitting or standing counts as upright."""
UPRIGHT_IN_SPACE_BELOW_DEG = 45.0
"""The same in space, where a lean towards the camera shows and a camera that looks down adds its own angle."""
FACING_FROM = 0.34
"""Share of the way to the camera that lies along the body's left or right: sin 20°. Below it the camera sees
chest or back, and which way the person faces in the picture is unknown."""
STRAIGHT_BELOW_DEG = 12.0
"""Camera roll is estimated only from a trunk that leans less than this; more is posture."""
SQUARE_WITHIN_DEG = {
    "abs_twist": 20.0,
    "head_yaw_rel.left": 25.0,
    "head_roll_rel.left": 12.0,
}
"""An upright position beyond one of these is no neutral: the head or the chest is turned away from the rest."""
ROLL_SEEN_WITHIN_DEG = 45.0
"""How far off the front the picture still shows the tilt of the head."""
TURNED_FROM_DEG = 30.0
NEARER_FROM = 1.2
"""A new neutral replaces one whose view differs by this angle, or whose trunk's length by this factor."""
BY_CAMERA = {"nose_aside", "shoulder_yaw_rel"}
"""Relative measures whose zero depends on where the camera stands: the person's own neutral of another day
serves only until the take has one."""
OWN_WITHIN_DEG = 20.0
"""Largest angle between the view now and that of the person's own neutral; turns of the head and shoulders in
space err by 8 to 20 degrees anyway."""
REPLACE_EVERY_S = 1.0
"""Least time between two still spans that are considered as the neutral."""
CORE = [
    INDEX[f"{side}_{part}"]
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    for side in ("left", "right")
]
"""The landmarks that must stay still."""


@dataclass(frozen=True, eq=False)
class Neutral:
    """A person at rest before the camera.

    Attributes:
        start_s, end_s: The still span it was taken from.
        lengths: (6,) reference lengths, see `columns.LENGTHS`; NaN where not seen.
        values: (M,) settled values of all columns, relative ones absolute.
        view: From where the camera sees the person.
        upright: Whether the trunk was upright.
        roll_deg: How far the camera is turned about its own axis, + the picture turned clockwise;
            NaN where it cannot be estimated.
        own_neutral_date: The day of the person's own neutral that its relative values come from; empty if they
            are those of the span.
    """

    start_s: float
    end_s: float
    lengths: Floats
    values: Floats
    view: View
    upright: bool
    roll_deg: float
    own_neutral_date: str = ""


def settle(
    body: Body, row: int, neutral: Neutral | None, near: str, usual: Floats | None = None
) -> Floats:
    """Turn one row of `Body` into final values: ratios over lengths, relative ones from neutral.

    Without a neutral, ratios fall back on the lengths of the moment itself and relative measures
    are NaN, or counted from ``usual`` (M,) values. ``near`` is the side nearer to the camera; it shows
    which way the person faces. Seen from the front or from behind, measures whose sign follows that
    way are NaN.
    """
    lengths = body.lengths[row]
    if neutral is not None:
        lengths = np.where(np.isnan(neutral.lengths), lengths, neutral.lengths)
    values = body.values[row] / np.append(lengths, 1.0)[reference_lengths()]
    facing = -1.0 if near == "left" else 1.0
    if not abs(body.camera[row, 0]) >= FACING_FROM:
        facing = np.nan
    values = np.where(facing_columns(), facing * values, values)
    zero = usual if neutral is None else neutral.values
    relative = np.nan if zero is None else _turn(values - zero)
    return np.where(relative_columns(), relative, values)


@cache
def _by_camera() -> NDArray[np.bool_]:
    """(M,) which columns are those of `BY_CAMERA`."""
    return np.array([column.measure.name in BY_CAMERA for column in COLUMNS])


def _turn(degrees: Floats) -> Floats:
    return (degrees + 180.0) % 360.0 - 180.0


class NeutralFinder:
    """Finds the neutral in the moments of a take.

    Args:
        known: A neutral known beforehand; it is not replaced.
        own_neutral: The person's own zero values of relative measures. They replace those of the take's
            neutral where the camera stands about as it did then.

    Attributes:
        neutral: None until one is found.
        stale: Whether relative measures are unknown until a new one is found.
        seeks: Whether a neutral is needed, and the last moment may be part of one; True before the first moment
            unless one is known.
    """

    def __init__(
        self, known: Neutral | None = None, own_neutral: "OwnNeutral | None" = None
    ) -> None:
        self.neutral = known
        self.stale = False
        self.seeks = known is None
        self._own_neutral = own_neutral
        self._is_given = known is not None
        self._next_s = -math.inf
        self._moments: deque[tuple[float, Floats, Floats, Floats, Floats]] = deque()

    @property
    def usual(self) -> Floats | None:
        """(M,) zero values of relative measures before a neutral is found; None if they are not known."""
        return self._own_neutral.zeros() if self._own_neutral else None

    @property
    def own_neutral_date(self) -> str:
        """The day of the own neutral that is in use; empty where none is."""
        if self.neutral is not None:
            return self.neutral.own_neutral_date
        return self._own_neutral.date if self._own_neutral else ""

    def _with_own(self, neutral: Neutral) -> Neutral:
        if self._own_neutral is None or not self._own_neutral.suits(neutral.view):
            return neutral
        zeros = self._own_neutral.zeros()
        values = np.where(np.isnan(zeros) | _by_camera(), neutral.values, zeros)
        return replace(neutral, values=values, own_neutral_date=self._own_neutral.date)

    def renew(self) -> None:
        """Ask for a new upright neutral; lengths and view are those of the old one until then."""
        self.stale = self.neutral is not None and not self._is_given
        self.seeks = not self._is_given
        self._moments.clear()
        self._next_s = -math.inf

    def push(
        self, time_s: float, landmarks: Landmarks | None, body: Body, row: int, *, in_pose: bool
    ) -> None:
        """Take one moment, whose measures are one row of a `Body`.

        Args:
            time_s: The frame's own time.
            landmarks: None with nobody in view.
            body: Measures of some moments.
            row: Where this one stands among them.
            in_pose: Whether the person is in some pose.
        """
        if self._is_given:
            return
        self.seeks = False
        if landmarks is None or in_pose:
            self._moments.clear()
            return
        if self._moments and time_s - self._moments[-1][0] > LONGEST_GAP_S:
            self._moments.clear()
        core = landmarks.xy_px[CORE].copy()
        core[landmarks.visibility[CORE] < VISIBLE] = np.nan
        rows = (body.values[row], body.lengths[row], body.camera[row])
        self._moments.append((time_s, core, *rows))
        while time_s - self._moments[1 if len(self._moments) > 1 else 0][0] >= STILL_FOR_S:
            self._moments.popleft()
        long_enough = time_s - self._moments[0][0] >= STILL_FOR_S
        if long_enough and time_s >= self._next_s and self._is_still():
            self._consider(self._median_neutral())
            self._next_s = time_s + REPLACE_EVERY_S
        self.seeks = self.neutral is None or self.stale

    def _consider(self, new: Neutral) -> None:
        if new.upright and not is_square(new):
            return
        old = self.neutral
        if old is None:
            self.neutral = self._with_own(new)
        elif new.upright:
            change = new.lengths[0] / old.lengths[0]
            moved = not 1.0 / NEARER_FROM <= change <= NEARER_FROM
            turned = new.view.apart(old.view) > TURNED_FROM_DEG
            if self.stale or not old.upright or moved or turned:
                self.neutral, self.stale = self._with_own(new), False

    def _is_still(self) -> bool:
        cores = np.array([moment[1] for moment in self._moments])
        is_seen = ~np.isnan(cores).any(axis=(0, 2))
        trunk = np.median([moment[3][0] for moment in self._moments])
        if is_seen.sum() < len(CORE) // 2 or not trunk > 0:
            return False
        extent = cores[:, is_seen].max(axis=0) - cores[:, is_seen].min(axis=0)
        return bool(extent.max() <= STILL_WITHIN * trunk)

    def _median_neutral(self) -> Neutral:
        times, _, values, lengths, cameras = zip(*self._moments, strict=True)
        view = View.of(np.mean(cameras, axis=0))
        span = times[0], times[-1]
        return neutral_of(np.median(values, axis=0), np.median(lengths, axis=0), view, span)


def neutral_of(
    values: Floats, lengths: Floats, view: View, span: tuple[float, float] = (0.0, 0.0)
) -> Neutral:
    """The neutral of a body at rest.

    Args:
        values: (M,) as in `Body.values`.
        lengths: (6,) as in `Body.lengths`.
        view: From where the camera sees it.
        span: Start and end of the still span, in seconds.
    """
    ratios = values / np.append(lengths, 1.0)[reference_lengths()]
    settled = np.where(facing_columns() & (view.azimuth_deg > 0), -ratios, ratios)
    upright = bool(
        values[COLUMN_INDEX["trunk_incl"]] < UPRIGHT_BELOW_DEG
        and not values[COLUMN_INDEX["trunk_incl.world"]] > UPRIGHT_IN_SPACE_BELOW_DEG
    )
    roll = _roll(values, view) if upright else np.nan
    return Neutral(*span, lengths, settled, view, upright, roll)


def is_square(neutral: Neutral) -> bool:
    """Whether head, chest and hips face the same way; what is unseen is taken as square."""
    away = {key: abs(neutral.values[COLUMN_INDEX[key]]) for key in SQUARE_WITHIN_DEG}
    if neutral.view.off("front") > ROLL_SEEN_WITHIN_DEG:
        del away["head_roll_rel.left"]  # from the side the ears lie over each other
    return not any(off > SQUARE_WITHIN_DEG[key] for key, off in away.items())


def _roll(values: Floats, view: View) -> float:
    """Camera roll from a straight body seen from the front: the lean of the trunk.

    NaN from the side, where the trunk's lean is posture.
    """
    lean = float(values[COLUMN_INDEX["trunk_lean_lat.left"]])
    off_front = min(view.off("front"), view.off("back"))
    if off_front > OBLIQUE_FROM_DEG or not abs(lean) < STRAIGHT_BELOW_DEG:
        return float("nan")
    return lean if view.off("front") < view.off("back") else -lean


@dataclass(frozen=True, eq=False)
class OwnNeutral:
    """Somebody's own zero values of relative measures, taken beforehand.

    Attributes:
        date: The day, as 2026-01-31.
        view: From where the camera saw them.
        values: Absolute value by column key, of relative measures that were seen.
    """

    date: str
    view: View
    values: Mapping[str, float]

    @classmethod
    def of(cls, neutral: Neutral, date: str) -> Self:
        """The zero values of a neutral, for use on other days."""
        values = {
            key: float(neutral.values[index])
            for key, index in COLUMN_INDEX.items()
            if relative_columns()[index] and not np.isnan(neutral.values[index])
        }
        return cls(date, neutral.view, values)

    def suits(self, view: View) -> bool:
        """Whether a view is about the one it was taken from."""
        return self.view.apart(view) <= OWN_WITHIN_DEG

    def zeros(self) -> Floats:
        """(M,) zero values of relative measures; NaN for all other columns."""
        zeros = np.full(len(relative_columns()), np.nan)
        for key, value in self.values.items():
            zeros[COLUMN_INDEX[key]] = value
        return zeros


def neutral_words(neutral: Neutral) -> str:
    """Where a neutral is from, in words."""
    if neutral.own_neutral_date:
        return f"your own neutral, of {neutral.own_neutral_date}"
    return f"of the take, {neutral.start_s:.1f} to {neutral.end_s:.1f} s"
