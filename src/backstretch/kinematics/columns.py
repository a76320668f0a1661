"""The columns that measures are computed in.

Each measure is taken for the sides it has and in the frames of reference it allows; one such combination is a
`Column`, e.g. ``knee.left`` or ``hip.right.world``.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from backstretch.kinematics.catalogue import CATALOGUE, Measure, Reference
from backstretch.kinematics.landmarks import INDEX, NAMES, SIDES


@dataclass(frozen=True)
class Column:
    """One measure of one side in one frame of reference."""

    measure: Measure
    side: str | None
    frame: Reference

    @property
    def limb_side(self) -> str | None:
        """The side of the limb that is measured; None for the midline, and where the side is a direction."""
        return None if self.measure.formula in SIGNED_BY_SIDE else self.side

    @property
    def key(self) -> str:
        """Name in tables, e.g. ``knee.left`` or ``hip.right.world``."""
        parts = [self.measure.name]
        if self.side:
            parts.append(self.side)
        if self.frame != self.measure.frames[0]:
            parts.append(self.frame)
        return ".".join(parts)


SIGNED_BY_SIDE = (
    "trunk_sideways",
    "head_roll",
    "head_yaw",
    "nose_sideways",
    "shoulder_yaw",
    "lower_side",
    "twist",
    "thigh_roll",
)
"""Formulas whose side is a direction, not a limb: they take both sides of their parts."""
BY_SHOULDERS = ("past_middle", "thigh_roll")
"""Formulas that take the shoulders besides their parts."""


def _columns() -> tuple[Column, ...]:
    """All columns, those of one formula and frame side by side so that they compute at once."""
    columns = [
        Column(measure, side, frame)
        for measure in CATALOGUE
        for frame in measure.frames
        for side in (SIDES if measure.sided else (None,))
    ]
    return tuple(sorted(columns, key=lambda column: (column.measure.formula, column.frame)))


def landmark_index(part: str, side: str | None) -> int:
    """Index of a part's landmark on a side; ``~`` takes the other side, midline parts have no side."""
    if part.startswith("~"):
        part, side = part[1:], "right" if side == "left" else "left"
    return INDEX[part] if part in INDEX else INDEX[f"{side or 'left'}_{part}"]


def _needed_landmarks(column: Column) -> tuple[str, ...]:
    """Names of the landmarks a column needs; midline measures name both sides."""
    measure = column.measure
    sides = (column.limb_side,) if column.limb_side else SIDES
    names = [NAMES[landmark_index(part, side)] for part in measure.parts for side in sides]
    if measure.formula in BY_SHOULDERS:
        names += [f"{side}_shoulder" for side in SIDES]
    return tuple(dict.fromkeys(names))


COLUMNS = _columns()
COLUMN_INDEX = {column.key: index for index, column in enumerate(COLUMNS)}
LENGTHS = ("trunk", "shoulders", "shank")
"""Reference lengths; the columns of `Body.lengths` are these in pixels, then these in metres."""
NEEDED = {column.key: _needed_landmarks(column) for column in COLUMNS}
"""The landmarks each column needs, by its key."""


@cache
def reference_lengths() -> NDArray[np.intp]:
    """For each column the index of its length in `Body.lengths`; 6 stands for 1 (angles)."""
    lengths = []
    for column in COLUMNS:
        offset = 0 if column.frame == "image" else len(LENGTHS)
        over = column.measure.over
        lengths.append(LENGTHS.index(over) + offset if over else 2 * len(LENGTHS))
    return np.array(lengths)


@cache
def facing_columns() -> NDArray[np.bool_]:
    """Which columns change sign with the way the person faces."""
    return np.array([column.measure.facing for column in COLUMNS])


@cache
def relative_columns() -> NDArray[np.bool_]:
    """Which columns are differences from the neutral."""
    return np.array([column.measure.relative for column in COLUMNS])
