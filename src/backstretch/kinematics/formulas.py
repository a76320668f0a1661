"""The formulas of the measures, each over T moments and all its columns at once.

Points are given with y up: pixels in the picture, or metres in space (x right, y up, z to the camera).
What cannot be measured is NaN.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from backstretch.kinematics.columns import Column, landmark_index
from backstretch.kinematics.landmarks import INDEX, Floats, wrap_deg

_YZX, _ZXY = [1, 2, 0], [2, 0, 1]


@dataclass(frozen=True, eq=False)
class Points:
    """Landmarks of T moments in one frame of reference, y up, unseen ones NaN.

    Attributes:
        at: (T, 33, D) the landmarks.
        trunk: (T, D) from the hips to the shoulders.
        neck: (T, D) from the shoulders to the ears.
        head_line_deg: (T,) as in `Landmarks`.
    """

    at: Floats
    trunk: Floats
    neck: Floats
    head_line_deg: Floats

    def pair(self, part: str) -> tuple[Floats, Floats]:
        """The part's left and right points, (T, D) each."""
        return self.at[:, INDEX[f"left_{part}"]], self.at[:, INDEX[f"right_{part}"]]

    def line(self, part: str) -> Floats:
        """From the part's right to its left point, (T, D)."""
        left, right = self.pair(part)
        return left - right

    def middle(self, part: str) -> Floats:
        """Half-way between the part's left and right point, (T, D)."""
        left, right = self.pair(part)
        return (left + right) / 2


def points_of(
    xyz: Floats, is_seen: NDArray[np.bool_], head_line_deg: Floats | None = None
) -> Points:
    """Landmarks (T, 33, D), y up, as `Points`; ``is_seen`` is (T, 33), ``head_line_deg`` (T,)."""
    at = np.where(is_seen[..., None], xyz, np.nan)
    line_deg = np.full(len(at), np.nan) if head_line_deg is None else head_line_deg
    return Points(at, _midline(at, "hip", "shoulder"), _midline(at, "shoulder", "ear"), line_deg)


def _midline(at: Floats, start: str, end: str) -> Floats:
    """From the middle of one pair to that of another, (T, D); one side alone where only it is seen."""
    left = at[:, INDEX[f"left_{end}"]] - at[:, INDEX[f"left_{start}"]]
    right = at[:, INDEX[f"right_{end}"]] - at[:, INDEX[f"right_{start}"]]
    both = (left + right) / 2
    both = np.where(np.isnan(both), left, both)
    return np.where(np.isnan(both), right, both)


@cache
def _indices(columns: tuple[Column, ...], position: int) -> NDArray[np.intp]:
    """Landmark index of each column's part at this position of its formula."""
    return np.array(
        [landmark_index(column.measure.parts[position], column.side) for column in columns]
    )


def _gather(points: Points, columns: tuple[Column, ...]) -> list[Floats]:
    """The points each column's formula takes, one (T, n, D) array per position."""
    count = len(columns[0].measure.parts)
    return [points.at[:, _indices(columns, position)] for position in range(count)]


def length(vectors: Floats) -> Floats:
    """Length along the last axis."""
    squares: Floats = np.vecdot(vectors, vectors)
    return np.sqrt(squares)


def cross(one: Floats, other: Floats) -> Floats:
    """The vector product of arrays (..., 3), in less time than `numpy.cross` takes."""
    product: Floats = one[..., _YZX] * other[..., _ZXY] - one[..., _ZXY] * other[..., _YZX]
    return product


def unit(vectors: Floats) -> Floats:
    """The vectors at length 1."""
    return vectors / length(vectors)[..., None]


def along(vectors: Floats, axis: Floats) -> Floats:
    """The part of the vectors that lies along a unit axis."""
    share: Floats = np.vecdot(vectors, axis)
    return share[..., None] * axis


def _degrees_between(first: Floats, second: Floats) -> Floats:
    cosine = np.vecdot(first, second) / (length(first) * length(second))
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))


def _from_vertical(vectors: Floats) -> Floats:
    return np.degrees(np.arccos(np.clip(vectors[..., 1] / length(vectors), -1.0, 1.0)))


def _signed(towards_left: Floats, columns: tuple[Column, ...]) -> Floats:
    """Spread a value that is + towards the person's left over left and right columns."""
    signs = np.array([1.0 if column.side == "left" else -1.0 for column in columns])
    return towards_left[:, None] * signs


def angle(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Angle at the second of three points."""
    first, vertex, last = _gather(points, columns)
    return _degrees_between(first - vertex, last - vertex)


def from_up(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of a segment from straight up."""
    start, end = _gather(points, columns)
    return _from_vertical(end - start)


def trunk_from_up(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of the trunk from straight up."""
    del columns
    return _from_vertical(points.trunk)[:, None]


def trunk_forward(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of the trunk from straight up, + to the picture's right."""
    del columns
    return np.degrees(np.arctan2(points.trunk[:, 0], points.trunk[:, 1]))[:, None]


def trunk_sideways(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of the trunk from straight up, + towards each column's side."""
    line = points.line("shoulder") + points.line("hip")
    lean = np.degrees(np.arctan2(points.trunk[:, 0] * np.sign(line[:, 0]), points.trunk[:, 1]))
    return _signed(lean, columns)


def swing_forward(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of a segment from straight down, + to the picture's right."""
    start, end = _gather(points, columns)
    segment = end - start
    return np.degrees(np.arctan2(segment[..., 0], -segment[..., 1]))


def neck_bend(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Angle from trunk to neck, + anticlockwise (backwards if facing the picture's right)."""
    del columns
    return _bend(points.trunk, points.neck)[:, None]


def hip_bend(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Angle from the thigh's line to the trunk, with the sign of `neck_bend`."""
    knee, hip, shoulder = _gather(points, columns)
    return _bend(hip - knee, shoulder - hip)


def _bend(before: Floats, after: Floats) -> Floats:
    """Angle from one segment to the next in the picture, + anticlockwise."""
    cross = before[..., 0] * after[..., 1] - before[..., 1] * after[..., 0]
    return np.degrees(np.arctan2(cross, np.vecdot(before, after)))


def level(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of the line through a pair from the horizontal, 0..90."""
    lines = np.stack([points.line(column.measure.parts[0]) for column in columns], axis=1)
    flat = length(np.delete(lines, 1, axis=-1))
    return np.degrees(np.arctan2(np.abs(lines[..., 1]), flat))


def lower_side(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of the line through a pair from the horizontal, + each column's side lower."""
    line = points.line(columns[0].measure.parts[0])
    flat = length(np.delete(line, 1, axis=-1))
    return _signed(np.degrees(np.arctan2(-line[:, 1], flat)), columns)


def head_roll(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of the line across the head against the shoulder line, + the head towards the column's side."""
    ears_deg, shoulders_deg = _slope_deg(points.line("ear")), _slope_deg(points.line("shoulder"))
    # Where the ears are not seen, nothing is known of the head.
    is_better = ~np.isnan(points.head_line_deg) & ~np.isnan(ears_deg)
    head_deg = np.where(is_better, points.head_line_deg, ears_deg)
    return _signed(wrap_deg(shoulders_deg - head_deg), columns)


def _slope_deg(line: Floats) -> Floats:
    """Angle of a line from the picture's horizontal, + anticlockwise."""
    return np.degrees(np.arctan2(line[:, 1], line[:, 0]))


def head_yaw(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Turn of the ear line against the shoulder line about the vertical."""
    return _signed(wrap_deg(_yaw(points.line("ear")) - _yaw(points.line("shoulder"))), columns)


def shoulder_yaw(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Turn of the shoulder line about the vertical."""
    return _signed(_yaw(points.line("shoulder")), columns)


def _yaw(line: Floats) -> Floats:
    """Turn of a right-to-left line about the vertical, + towards the person's left."""
    return np.degrees(np.arctan2(line[:, 2], line[:, 0])) * -1.0


def head_pitch(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of the line from ears to nose below the horizontal."""
    del columns
    look = points.at[:, INDEX["nose"]] - points.middle("ear")
    return np.degrees(np.arctan2(-look[:, 1], np.hypot(look[:, 0], look[:, 2])))[:, None]


def nose_sideways(points: Points, columns: tuple[Column, ...]) -> Floats:
    """How far the nose is from the middle of the ears along the shoulder line."""
    away = points.at[:, INDEX["nose"]] - points.middle("ear")
    across = unit(points.line("shoulder"))
    return _signed(np.vecdot(away, across), columns)


def nose_below(points: Points, columns: tuple[Column, ...]) -> Floats:
    """How far the nose is below the middle of the ears."""
    del columns
    return (points.middle("ear") - points.at[:, INDEX["nose"]])[:, 1:2]


def twist(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Turn of the shoulder line against the hip line about the trunk."""
    return _signed(_twist(points), columns)


def unsigned_twist(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Turn of the shoulder line against the hip line about the trunk, without sign."""
    del columns
    return np.abs(_twist(points))[:, None]


def _twist(points: Points) -> Floats:
    axis = unit(points.trunk)
    hips = points.line("hip")
    shoulders = points.line("shoulder")
    hips, shoulders = hips - along(hips, axis), shoulders - along(shoulders, axis)
    sine = np.vecdot(cross(hips, shoulders), axis)
    return np.degrees(np.arctan2(sine, np.vecdot(hips, shoulders)))


def chest_from_up(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of the chest's normal from straight up."""
    del columns
    forward = cross(points.line("shoulder") + points.line("hip"), points.trunk)
    return _from_vertical(forward)[:, None]


def thigh_roll(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Angle about the trunk from straight up to the line from hips to knees, + towards each column's side."""
    axis = unit(points.trunk)
    thighs = points.middle("knee") - points.middle("hip")
    across = thighs - along(thighs, axis)
    up = np.array([0.0, 1.0, 0.0]) - axis * axis[:, 1:2]
    left = points.line("hip")
    left -= along(left, axis)
    sign = np.sign(np.vecdot(across, left))
    return _signed(sign * _degrees_between(across, up), columns)


def distance(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Distance between two points."""
    start, end = _gather(points, columns)
    return length(end - start)


def width(points: Points, columns: tuple[Column, ...]) -> Floats:
    """Distance between the left and the right point of a pair."""
    return np.stack([length(points.line(column.measure.parts[0])) for column in columns], axis=1)


def height(points: Points, columns: tuple[Column, ...]) -> Floats:
    """How far the first point is above the second."""
    upper, lower = _gather(points, columns)
    return upper[..., 1] - lower[..., 1]


def ahead(points: Points, columns: tuple[Column, ...]) -> Floats:
    """How far the first point is to the picture's right of the second."""
    first, second = _gather(points, columns)
    return first[..., 0] - second[..., 0]


def past_middle(points: Points, columns: tuple[Column, ...]) -> Floats:
    """How far a point is past the middle of the shoulders, towards the other shoulder."""
    (part,) = _gather(points, columns)
    across = unit(points.line("shoulder"))
    towards_left = np.einsum("tni,ti->tn", part - points.middle("shoulder")[:, None], across)
    return towards_left * [-1.0 if column.side == "left" else 1.0 for column in columns]


FORMULAS: dict[str, Callable[[Points, tuple[Column, ...]], Floats]] = {
    formula.__name__: formula
    for formula in (
        angle, from_up, trunk_from_up, trunk_forward, trunk_sideways, swing_forward, neck_bend,
        hip_bend, level, lower_side, head_roll, head_yaw, shoulder_yaw, head_pitch, nose_sideways,
        nose_below, twist, unsigned_twist, chest_from_up, thigh_roll, distance, width, height, ahead,
        past_middle,
    )
}  # fmt: skip
