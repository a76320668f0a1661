"""The main joint and segment angles, which are given whether a stretch is known or not."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backstretch.judging.recognition import picture_values
from backstretch.judging.wording import value_words
from backstretch.kinematics.catalogue import BY_NAME, Measure
from backstretch.kinematics.columns import COLUMN_INDEX, SIGNED_BY_SIDE
from backstretch.kinematics.landmarks import SIDES, Landmarks
from backstretch.poses.pose import capitalised

JOINTS = ("knee", "hip", "trunk_incl", "trunk_lean_fwd", "trunk_lean_lat", "shoulder_elev", "elbow",
          "neck_trunk", "head_roll_rel")  # fmt: skip
SEGMENTS = ("thigh_incl", "shank_incl", "upper_arm_incl", "forearm_incl")
"""Measures in the order in which they are listed: of joints, trunk and head, and of the limbs' segments."""
FORWARD = "trunk_lean_fwd"
"""Is known where somebody is seen from the side; then measures that a front view needs mean nothing."""


@dataclass(frozen=True)
class Angle:
    """One of the angles.

    Attributes:
        measure: The measure.
        words: Its name, with the meaning of its sign.
        columns: Its columns by side; an empty side for one value. Of an angle whose side is a direction only
            the left one, since the right one is its negative.
    """

    measure: Measure
    words: str
    columns: Mapping[str, str]

    @property
    def is_of_segment(self) -> bool:
        """Whether it is that of a limb's segment."""
        return self.measure.name in SEGMENTS

    @property
    def needs_front(self) -> bool:
        """Whether it means nothing from the side."""
        return self.measure.views == ("front",)


def _angle(measure: Measure) -> Angle:
    if measure.formula in SIGNED_BY_SIDE:
        return Angle(measure, f"{measure.label}, + to the left", {"": f"{measure.name}.left"})
    if not measure.sided:
        return Angle(measure, measure.label, {"": measure.name})
    return Angle(measure, measure.label, {side: f"{measure.name}.{side}" for side in SIDES})


ANGLES = tuple(_angle(BY_NAME[name]) for name in (*JOINTS, *SEGMENTS))
ANGLE_COLUMNS = tuple(column for angle in ANGLES for column in angle.columns.values())
"""The columns of steps.csv with these angles, in degrees."""


def picture_angles(marks: Landmarks) -> dict[str, float]:
    """The angles in a single picture, by column; NaN where one was not seen, or is not seen from there."""
    values, _ = picture_values(marks)
    is_from_side = not math.isnan(values[COLUMN_INDEX[FORWARD]])
    return {
        column: math.nan
        if angle.needs_front and is_from_side
        else float(values[COLUMN_INDEX[column]])
        for angle in ANGLES
        for column in angle.columns.values()
    }


def angle_rows(angles: Mapping[str, float | None]) -> Iterator[tuple[str, str, str, str]]:
    """The angles in words: name, left, right, and the value of one without sides.

    Those that were not seen at all are left out.
    """
    for angle in ANGLES:
        values = {side: angles.get(column) for side, column in angle.columns.items()}
        if any(value is not None and not math.isnan(value) for value in values.values()):
            words = {side: value_words(angle.measure, value) for side, value in values.items()}
            left, right, body = (words.get(side, "") for side in (*SIDES, ""))
            yield capitalised(angle.words), left, right, body
