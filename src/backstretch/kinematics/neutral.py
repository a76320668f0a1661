"""The neutral: a person's lengths, zero values and view, taken while they are at rest.

Bodies foreshorten in a pose, so lengths and the view are never taken from a body in a pose. The neutral is the
first still span of a take in which no pose is held, upright or not. It is replaced only by an upright one with
head, chest and hips square, and only if the old one is not upright, or the person has turned since or moved
nearer or further away. After a cut a new one is needed.

Where the hips are outside the picture, as before a desk, head and shoulders make the neutral.
"""

import math
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
from backstretch.kinematics.landmarks import (
    SIDES,
    Floats,
    wrap_deg,
)
from backstretch.kinematics.measures import Body
from backstretch.kinematics.view import OBLIQUE_FROM_DEG, View

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
    "head_roll_rel.left": 18.0,
    "head_pitch": 25.0,
}
"""An upright position beyond one of these is no neutral: the head or the chest is turned away from the rest.
Heads at rest read a pitch of -3 to 11 degrees off the camera's own, bowed ones 35 and more."""
NOSE_STRAIGHT_WITHIN, NOSE_BY_VIEW = 0.1, 0.3
"""How far aside the nose may be for the same reason, in shoulder widths: people at rest read up to 0.05 and a
turned head 0.15 and more, off what the view alone makes of it, which is about this times its sine."""
HEAD_SEEN_WITHIN_DEG = 45.0
"""How far off the front the picture still shows tilts and turns of the head."""
BY_CAMERA = {"nose_aside", "shoulder_yaw_rel"}
"""Relative measures whose zero depends on where the camera stands: the person's own neutral of another day
serves only until the take has one."""
OWN_WITHIN_DEG = 20.0
"""Largest angle between the view now and that of the person's own neutral; turns of the head and shoulders in
space err by 8 to 20 degrees anyway."""
NECK_OVER_SHOULDERS = 0.6
"""Height of the ears above the shoulders, over the shoulders' width, of a person who holds the head up."""
HEAD_UP_FROM = 0.3
"""Half of that is still upright; the head of somebody who lies or folds is beside or below the shoulders."""
SHOULDERS_OVER_TRUNK = 0.71
"""Width of the shoulders over the length of the trunk, of the rendered people; for a trunk that is not seen."""
LEVEL_BELOW_DEG = 20.0
"""Tilt of the shoulder line up to which it counts as upright where the hips are not seen."""


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
        careful_lengths: (6,) lengths as a careful look beside the usual one reads them in the same span; None
            without such looks.
    """

    start_s: float
    end_s: float
    lengths: Floats
    values: Floats
    view: View
    upright: bool
    roll_deg: float
    own_neutral_date: str = ""
    careful_lengths: Floats | None = None

    @property
    def of_careful_looks(self) -> Self:
        """The same with the lengths of careful looks, where there are any."""
        if self.careful_lengths is None:
            return self
        return replace(self, lengths=self.careful_lengths)


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
    relative = np.nan if zero is None else wrap_deg(values - zero)
    return np.where(relative_columns(), relative, values)


@cache
def by_camera() -> NDArray[np.bool_]:
    """(M,) which columns are those of `BY_CAMERA`."""
    return np.array([column.measure.name in BY_CAMERA for column in COLUMNS])


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
    if np.isnan(lengths[0]) and view.off("front") <= OBLIQUE_FROM_DEG:
        trunks = lengths[[1, 4]] / SHOULDERS_OVER_TRUNK
        lengths = np.array([trunks[0], *lengths[1:3], trunks[1], *lengths[4:]])
    ratios = values / np.append(lengths, 1.0)[reference_lengths()]
    settled = np.where(facing_columns() & (view.azimuth_deg > 0), -ratios, ratios)
    upright = stands_upright(values, lengths)
    roll = _roll(values, view) if upright else np.nan
    return Neutral(*span, lengths, settled, view, upright, roll)


def stands_upright(values: Floats, lengths: Floats) -> bool:
    """Whether the trunk is upright; where the hips are not seen, the shoulders level and the head above them.

    ``values`` and ``lengths`` are a row of those of `Body`.
    """
    trunk_deg = values[COLUMN_INDEX["trunk_incl"]]
    if np.isnan(trunk_deg):
        is_level = values[COLUMN_INDEX["shoulder_tilt"]] < LEVEL_BELOW_DEG
        size_px = shoulders_px(values, lengths)
        return bool(is_level and _neck_px(values) > HEAD_UP_FROM * size_px)
    is_upright_in_space = not values[COLUMN_INDEX["trunk_incl.world"]] > UPRIGHT_IN_SPACE_BELOW_DEG
    return bool(trunk_deg < UPRIGHT_BELOW_DEG and is_upright_in_space)


def _neck_px(values: Floats) -> float:
    """How far the ears are above the shoulders; NaN where neither is seen."""
    left, right = (float(values[COLUMN_INDEX[f"ear_above_shoulder.{side}"]]) for side in SIDES)
    return float(np.fmax(left, right))


def shoulders_px(values: Floats, lengths: Floats) -> float:
    """Width of the shoulders as the camera would see it from the front: from the side the neck tells it."""
    return float(np.fmax(lengths[1], _neck_px(values) / NECK_OVER_SHOULDERS))


def is_square(neutral: Neutral) -> bool:
    """Whether head, chest and hips face the same way; what is unseen is taken as square."""
    away = {key: abs(neutral.values[COLUMN_INDEX[key]]) for key in SQUARE_WITHIN_DEG}
    camera_pitch_deg = neutral.view.elevation_deg * math.cos(math.radians(neutral.view.azimuth_deg))
    away["head_pitch"] = abs(neutral.values[COLUMN_INDEX["head_pitch"]] - camera_pitch_deg)
    is_straight = True
    if neutral.view.off("front") > HEAD_SEEN_WITHIN_DEG:
        del away["head_roll_rel.left"]  # from the side the ears lie over each other
    else:
        by_view = -NOSE_BY_VIEW * math.sin(math.radians(neutral.view.azimuth_deg))
        aside = neutral.values[COLUMN_INDEX["nose_aside.left"]] - by_view
        is_straight = not abs(aside) > NOSE_STRAIGHT_WITHIN
    return is_straight and not any(off > SQUARE_WITHIN_DEG[key] for key, off in away.items())


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
