"""The neutral: a person's lengths, zero values and view, taken while they are at rest.

Bodies foreshorten in a pose, so lengths and the view are never taken from a body in a pose. The neutral is the
first still span of a take in which no pose is held, upright or not. It is replaced only by an upright one with
head, chest and hips square, and only if the old one is not upright, or the person has turned since or moved
nearer or further away. After a cut a new one is needed.

Where the hips are outside the picture, as before a desk, head and shoulders make the neutral.
"""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
from backstretch.kinematics.cuts import KNOWN_AFTER_S, CutWatch
from backstretch.kinematics.landmarks import INDEX, LONGEST_GAP_S, SIDES, Floats, Landmarks
from backstretch.kinematics.measures import VISIBLE, Body
from backstretch.kinematics.view import OBLIQUE_FROM_DEG, View

STILL_FOR_S = 1.0
"""Least length of a still span; shorter ones occur at the turning points of movements."""
STILL_WITHIN = 0.1
"""How far a landmark may move in a still span, over the trunk's length: three times the detector's jitter."""
HEAD_STILL_WITHIN = 0.05
"""The same for the head, which moves less than limbs do: its tilts and turns are counted from the neutral."""
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
    "head_pitch": 25.0,
}
"""An upright position beyond one of these is no neutral: the head or the chest is turned away from the rest.
Heads at rest read a pitch of -3 to 11 degrees off the camera's own, bowed ones 35 and more."""
NOSE_STRAIGHT_WITHIN, NOSE_BY_VIEW = 0.1, 0.3
"""How far aside the nose may be for the same reason, in shoulder widths: people at rest read up to 0.05 and a
turned head 0.15 and more, off what the view alone makes of it, which is about this times its sine."""
HEAD_SEEN_WITHIN_DEG = 45.0
"""How far off the front the picture still shows tilts and turns of the head."""
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
HEAD = [INDEX[name] for name in ("nose", "left_ear", "right_ear")]
"""Those that must stay stiller, as far as they are seen."""
HEAD_AND_SHOULDERS = [*HEAD, *CORE[:2]]
"""The landmarks of which most must be seen where the hips are not."""
NECK_OVER_SHOULDERS = 0.6
"""Height of the ears above the shoulders, over the shoulders' width, of a person who holds the head up."""
HEAD_UP_FROM = 0.3
"""Half of that is still upright; the head of somebody who lies or folds is beside or below the shoulders."""
MOST_OF = 0.5
"""Share of the landmarks that must be seen to tell that somebody is still."""
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
    relative = np.nan if zero is None else _turn(values - zero)
    return np.where(relative_columns(), relative, values)


@cache
def _by_camera() -> NDArray[np.bool_]:
    """(M,) which columns are those of `BY_CAMERA`."""
    return np.array([column.measure.name in BY_CAMERA for column in COLUMNS])


def _turn(degrees: Floats) -> Floats:
    return (degrees + 180.0) % 360.0 - 180.0


@dataclass(eq=False)
class Shot:
    """A part of a take without a cut.

    Attributes:
        start_s: Its first moment; minus infinity for the first part.
        neutrals: The neutrals that were found in it, each with the time at which it was, by time.
        has_moved: Whether it begins because the camera was moved; then no neutral of before holds after it, nor
            the other way round.
    """

    start_s: float
    neutrals: list[tuple[float, Neutral]] = field(default_factory=list)
    has_moved: bool = False


@dataclass(frozen=True, eq=False)
class _Moment:
    """A moment that may be part of a still span: places (33, 2), NaN where not seen, and rows of a `Body`."""

    time_s: float
    places: Floats
    values: Floats
    lengths: Floats
    camera: Floats
    careful_lengths: Floats | None = None

    @property
    def measures(self) -> tuple[Floats, Floats]:
        """Values and lengths."""
        return self.values, self.lengths


class NeutralFinder:
    """Finds the neutral in the moments of a take.

    Args:
        known: A neutral known beforehand; it is not replaced.
        own_neutral: The person's own zero values of relative measures. They replace those of the take's
            neutral where the camera stands about as it did then.
        has_cuts: Whether the take may have been cut. What a camera sees now is not, and a quick twist that is
            seen rarely can look like a cut.

    Attributes:
        neutral: None until one is found.
        stale: Whether relative measures are unknown until a new one is found.
        seeks: Whether a neutral is needed, and the last moment may be part of one; True before the first moment
            unless one is known.
        shots: The parts of the take between its cuts, by time.
    """

    def __init__(
        self,
        known: Neutral | None = None,
        own_neutral: "OwnNeutral | None" = None,
        *,
        has_cuts: bool = False,
    ) -> None:
        self.neutral = known
        self.stale = False
        self.seeks = known is None
        self._own_neutral = own_neutral
        self._is_given = known is not None
        self._next_s = -math.inf
        self._moments: deque[_Moment] = deque()
        self._cuts = CutWatch() if has_cuts else None
        self.shots = [Shot(-math.inf, [(-math.inf, known)] if known else [])]

    def known_until(self, now_s: float) -> float:
        """Before when it is known, ``now_s`` into the take, with which neutral a moment is to be judged."""
        lacking = (shot.start_s for shot in self.shots if not shot.neutrals)
        return next(lacking, now_s - KNOWN_AFTER_S)

    @property
    def usual(self) -> Floats | None:
        """(M,) zero values of relative measures before a neutral is found; None if they are not known."""
        return self._own_neutral.zeros() if self._own_neutral else None

    @property
    def usual_date(self) -> str:
        """The day of the own neutral that ``usual`` is from; empty without one."""
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

    def note_moved(self, time_s: float) -> None:
        """Begin a new shot, and ask for a new neutral: the camera has moved by this time."""
        self.renew()
        if not self._is_given:
            self.shots.append(Shot(time_s, has_moved=True))

    def push(
        self,
        time_s: float,
        landmarks: Landmarks | None,
        body: Body,
        row: int,
        *,
        in_pose: bool,
        careful_lengths: Floats | None = None,
    ) -> None:
        """Take one moment, whose measures are one row of a `Body`.

        Args:
            time_s: The frame's own time.
            landmarks: None with nobody in view.
            body: Measures of some moments.
            row: Where this one stands among them.
            in_pose: Whether the person is in some pose.
            careful_lengths: (6,) lengths by a careful look beside the usual one; None without one.
        """
        if self._is_given:
            return
        self._cut(time_s, body, row)
        self.seeks = False
        if landmarks is None or in_pose:
            self._moments.clear()
            return
        if self._moments and time_s - self._moments[-1].time_s > LONGEST_GAP_S:
            self._moments.clear()
        places = landmarks.xy_px.copy()
        places[landmarks.visibility < VISIBLE] = np.nan
        rows = (body.values[row], body.lengths[row], body.camera[row])
        self._moments.append(_Moment(time_s, places, *rows, careful_lengths))
        while time_s - self._moments[1 if len(self._moments) > 1 else 0].time_s >= STILL_FOR_S:
            self._moments.popleft()
        long_enough = time_s - self._moments[0].time_s >= STILL_FOR_S
        if long_enough and time_s >= self._next_s and self._is_still():
            self._consider(self._median_neutral())
            self._next_s = time_s + REPLACE_EVERY_S
        self.seeks = self.neutral is None or self.stale

    def _cut(self, time_s: float, body: Body, row: int) -> None:
        """Begin a new shot, and ask for a new neutral, where the film was cut."""
        if self._cuts is None:
            return
        is_upright = stands_upright(body.values[row], body.lengths[row])
        view = View.of(body.camera[row]) if is_upright else None
        cut_s = self._cuts.push(time_s, view)
        if cut_s is not None:
            since = [moment for moment in self._moments if moment.time_s >= cut_s]
            self.renew()
            self._moments.extend(since)
            self.shots.append(Shot(cut_s))

    def _consider(self, new: Neutral) -> None:
        if new.upright and not is_square(new):
            return
        old = self.neutral
        is_needed = old is None
        if old is not None and new.upright:
            turned = new.view.apart(old.view) > TURNED_FROM_DEG
            is_needed = self.stale or not old.upright or _has_moved(old, new) or turned
        if is_needed:
            self.neutral, self.stale = self._with_own(new), False
            self.shots[-1].neutrals.append((new.end_s, self.neutral))

    def _is_still(self) -> bool:
        parts, trunk_px = CORE, _median([moment.lengths[0] for moment in self._moments])
        if not trunk_px > 0.0:
            parts = HEAD_AND_SHOULDERS
            shoulders_px = _median([_shoulders_px(*moment.measures) for moment in self._moments])
            trunk_px = shoulders_px / SHOULDERS_OVER_TRUNK
        places = np.array([moment.places for moment in self._moments])
        extents = (places.max(axis=0) - places.min(axis=0)).max(axis=1)
        is_seen = ~np.isnan(extents[parts])
        if is_seen.sum() < MOST_OF * len(parts) or not trunk_px > 0.0:
            return False
        strays, head_strays = extents[parts][is_seen].max(), np.nan_to_num(extents[HEAD]).max()
        return bool(
            strays <= STILL_WITHIN * trunk_px and head_strays <= HEAD_STILL_WITHIN * trunk_px
        )

    def _median_neutral(self) -> Neutral:
        moments = self._moments
        values, lengths = zip(*(moment.measures for moment in moments), strict=True)
        view = View.of(np.mean([moment.camera for moment in moments], axis=0))
        span = moments[0].time_s, moments[-1].time_s
        neutral = neutral_of(np.median(values, axis=0), np.median(lengths, axis=0), view, span)
        careful = [m.careful_lengths for m in moments if m.careful_lengths is not None]
        if not careful:
            return neutral
        return replace(neutral, careful_lengths=np.median(careful, axis=0))


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
        size_px = _shoulders_px(values, lengths)
        return bool(is_level and _neck_px(values) > HEAD_UP_FROM * size_px)
    is_upright_in_space = not values[COLUMN_INDEX["trunk_incl.world"]] > UPRIGHT_IN_SPACE_BELOW_DEG
    return bool(trunk_deg < UPRIGHT_BELOW_DEG and is_upright_in_space)


def _neck_px(values: Floats) -> float:
    """How far the ears are above the shoulders; NaN where neither is seen."""
    left, right = (float(values[COLUMN_INDEX[f"ear_above_shoulder.{side}"]]) for side in SIDES)
    return float(np.fmax(left, right))


def _shoulders_px(values: Floats, lengths: Floats) -> float:
    """Width of the shoulders as the camera would see it from the front: from the side the neck tells it."""
    return float(np.fmax(lengths[1], _neck_px(values) / NECK_OVER_SHOULDERS))


def _has_moved(old: Neutral, new: Neutral) -> bool:
    """Whether somebody has come nearer or gone further away, by the trunk, else by the shoulders."""
    changes = new.lengths[:2] / old.lengths[:2]
    change = changes[1] if np.isnan(changes[0]) else changes[0]
    return bool(change > NEARER_FROM or change < 1.0 / NEARER_FROM)


def _median(numbers: list[float]) -> float:
    return float(np.median(numbers))


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
