"""The line across the head, estimated from the ears where nothing better is known.

BlazePose shrinks tilts of the head to two thirds: in the stretches of the neck its ears read 18 to 33 degrees
for a true 35 to 50. The estimate makes up for that, to within 10 degrees; the face shows more, see
`face_landmarker`.

It is `Landmarks.head_line_deg`, and the ears stay where BlazePose put them. So other measures of the head stay
as they are, a stored track has all that its replay needs, and landmarks that are exact, as those of a stick
figure, need no line: `kinematics` then takes their ears.
"""

import numpy as np

from backstretch.kinematics.landmarks import INDEX, Floats, wrap_deg

SHRUNK_TO = 2.0 / 3.0
"""What BlazePose makes of a tilt of the head: 0.55 to 0.75 of the truth on rendered people, 0.6 to 0.7 of what
the face shows on recordings of real ones."""


def line_by_ears(xy_px: Floats) -> Floats:
    """The line across the head as BlazePose's ears and shoulders let it be estimated.

    Args:
        xy_px: (..., 33, 2) pixels, y down.

    Returns:
        (...) degrees, as `Landmarks.head_line_deg`; NaN with nobody in view.
    """
    shoulders_deg = slope_deg(xy_px, "shoulder")
    tilt_deg = wrap_deg(slope_deg(xy_px, "ear") - shoulders_deg) / SHRUNK_TO
    return wrap_deg(shoulders_deg + np.clip(tilt_deg, -180.0, 180.0))


def slope_deg(xy_px: Floats, part: str) -> Floats:
    """Angle of the line from a part's right to its left from the picture's horizontal, + anticlockwise."""
    line = xy_px[..., INDEX[f"left_{part}"], :] - xy_px[..., INDEX[f"right_{part}"], :]
    slope: Floats = np.degrees(np.arctan2(-line[..., 1], line[..., 0]))
    return slope
