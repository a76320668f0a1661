"""Views: from where the camera sees the person, and how far that is from the view that a pose asks for."""

import math
from dataclasses import dataclass
from typing import Self

from backstretch.kinematics.catalogue import Measure
from backstretch.kinematics.landmarks import Floats


@dataclass(frozen=True)
class View:
    """The direction from which the camera sees the body, in the body's own axes.

    Attributes:
        azimuth_deg: 0 sees the chest, +90 the left side, -90 the right side, 180 the back.
        elevation_deg: + sees from the head's end, - from the feet's.
    """

    azimuth_deg: float
    elevation_deg: float

    @classmethod
    def of(cls, camera: Floats) -> Self:
        """The view from a (3,) vector to the camera along the body's left, up and forward."""
        left, up, forward = (float(x) for x in camera)
        size = math.hypot(left, up, forward)
        return cls(
            azimuth_deg=math.degrees(math.atan2(left, forward)),
            elevation_deg=math.degrees(math.asin(up / size)),
        )

    def off(self, name: str) -> float:
        """Degrees between this view and the nearest direction of the named view, see `VIEWS`."""
        return min(_angle(self, direction) for direction in VIEWS[name])

    def apart(self, other: "View") -> float:
        """Degrees between this view and another."""
        return _angle(self, other)

    @property
    def across_deg(self) -> float:
        """Angle between the line of sight and the body's left-right line: 0 from a side, 90 from the front."""
        azimuth, elevation = math.radians(self.azimuth_deg), math.radians(self.elevation_deg)
        return math.degrees(math.acos(min(1.0, abs(math.sin(azimuth)) * math.cos(elevation))))

    @property
    def words(self) -> str:
        """``from the front``, ``from the left side, a little from the front`` and the like."""
        side = "left" if self.azimuth_deg > 0 else "right"
        away = abs(self.azimuth_deg)
        if away <= OBLIQUE_FROM_DEG:
            return "from the front"
        if away < 90.0 - OBLIQUE_FROM_DEG:
            return f"from between the front and the {side} side, {away:.0f}° off the front"
        if away <= 90.0 + OBLIQUE_FROM_DEG:
            return f"from the {side} side"
        if away < 180.0 - OBLIQUE_FROM_DEG:
            return f"from behind the {side} side, {away - 90:.0f}° off the side"
        return "from behind"


OBLIQUE_FROM_DEG = 25.0
"""Nearer than this to front or side and the view is called that (research, section F: 26 and 35)."""
DOUBTFUL_FROM_DEG = 30.0
"""Further than this from every view a pose asks for, its picture angles are called uncertain: at 30° off,
a limb angle of 90° in the plane is foreshortened by some 8°, as much as the detector's own error."""
TILTED_FROM_DEG = 5.0
"""A camera turned by this much shifts every angle against gravity by as much (research, section 1)."""
VIEWS = {
    "front": (View(0.0, 0.0),),
    "back": (View(180.0, 0.0),),
    "side": (View(90.0, 0.0), View(-90.0, 0.0)),
    "front_45": (View(45.0, 0.0), View(-45.0, 0.0)),
    "foot_side_45": (View(80.0, -35.0), View(-80.0, -35.0)),
    "foot": (View(0.0, -60.0),),
    "head_side_45": (View(105.0, 40.0), View(-105.0, 40.0)),
}
"""Named views and the directions they allow."""


def carries(measure: Measure, view: View) -> bool:
    """Whether a view shows a measure; from the side the shoulder width is no reference length."""
    if measure.frames[0] == "world":
        return True
    if measure.over == "shoulders" and view.off("side") <= DOUBTFUL_FROM_DEG:
        return False
    return not measure.views or min(view.off(name) for name in measure.views) <= DOUBTFUL_FROM_DEG


def _angle(one: View, other: View) -> float:
    first, second = _direction(one), _direction(other)
    cosine = sum(a * b for a, b in zip(first, second, strict=True))
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def _direction(view: View) -> tuple[float, float, float]:
    azimuth, elevation = math.radians(view.azimuth_deg), math.radians(view.elevation_deg)
    flat = math.cos(elevation)
    return flat * math.sin(azimuth), math.sin(elevation), flat * math.cos(azimuth)
