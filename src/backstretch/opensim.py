"""TRC and MOT, the files of OpenSim and Sports2D: a landmark track as markers, and its angles.

Markers are in metres with the origin between the hips: X as in the picture (to its right), Y up, Z towards
the camera. From the camera's axes (x right, y down, z away from the camera) that is X = x, Y = -y, Z = -z, a
half turn about x, so that the axes stay right-handed and left stays left. The track is written as it was
found, not steadied. A frame with nobody in view has empty cells in TRC and ``nan`` in MOT; so has, in MOT, an
angle of landmarks that are not seen.
"""

import math
from collections.abc import Iterable

import numpy as np

from backstretch.columns import COLUMNS, Column
from backstretch.landmarks import NAMES, Floats, LandmarkTrack
from backstretch.measures import measure_body, seen_landmarks

SIDED_MARKERS = {
    "eye_inner": "EyeInner",
    "eye": "Eye",
    "eye_outer": "EyeOuter",
    "ear": "Ear",
    "mouth": "Mouth",
    "shoulder": "Shoulder",
    "elbow": "Elbow",
    "wrist": "Wrist",
    "pinky": "Pinky",
    "index": "Index",
    "thumb": "Thumb",
    "hip": "Hip",
    "knee": "Knee",
    "ankle": "Ankle",
    "heel": "Heel",
    "foot_index": "BigToe",
}
"""What Sports2D's BLAZEPOSE and HALPE_26 models call a landmark, after R or L."""


def _marker(name: str) -> str:
    if name == "nose":
        return "Nose"
    side = "left" if "left" in name else "right"
    part = name.removeprefix("mouth_") if name.startswith("mouth") else ""
    part = "mouth" if part else name.removeprefix(f"{side}_")
    return side[0].upper() + SIDED_MARKERS[part]


MARKERS = {name: _marker(name) for name in NAMES}
"""The marker's name by the landmark's, in the order of landmarks."""
ANGLES = tuple(
    column
    for column in COLUMNS
    if column.measure.unit == "deg" and not (column.measure.relative or column.measure.facing)
)
"""Columns of the MOT file: angles that need no neutral, and no vote on which way the person faces."""
CAMERA_TO_OPENSIM = (1.0, -1.0, -1.0)


def trc_text(track: LandmarkTrack, name: str) -> str:
    """The markers of a track as a TRC file called ``name``."""
    count, rate = len(track), f"{rate_hz(track.time_s):.6g}"
    axes = [f"{axis}{number}" for number in range(1, len(NAMES) + 1) for axis in "XYZ"]
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{_one_word(name)}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{count}\t{len(NAMES)}\tm\t{rate}\t1\t{count}",
        "Frame#\tTime\t" + "\t\t\t".join(MARKERS.values()) + "\t\t",
        "\t\t" + "\t".join(axes),
        "",
    ]
    places = (track.world_m * CAMERA_TO_OPENSIM + 0.0).reshape(count, -1)
    for number, (time_s, row) in enumerate(zip(track.time_s, places, strict=True), start=1):
        lines.append(_row([str(number), f"{time_s:.6f}"], row, ""))
    return "\n".join(lines) + "\n"


def mot_text(track: LandmarkTrack, name: str) -> str:
    """The angles of a track in degrees as a MOT file called ``name``."""
    values = angles_deg(track)
    lines = [
        _one_word(name),
        "version=1",
        f"nRows={len(track)}",
        f"nColumns={len(ANGLES) + 1}",
        "inDegrees=yes",
        "endheader",
        "\t".join(["time", *map(mot_name, ANGLES)]),
    ]
    for time_s, row in zip(track.time_s, values, strict=True):
        lines.append(_row([f"{time_s:.6f}"], row, "nan"))
    return "\n".join(lines) + "\n"


def mot_name(column: Column) -> str:
    """A column's name in the MOT file: as in steps.csv, with ``_`` for its dots."""
    return column.key.replace(".", "_")


def angles_deg(track: LandmarkTrack) -> Floats:
    """(T, len(ANGLES)) degrees; NaN where a landmark that it needs is not seen."""
    nobody = np.isnan(track.xy_px[:, 0, 0])
    found = np.full((len(track), len(ANGLES)), np.nan)
    if nobody.all():
        return found
    xy, world, visibility = (
        values[~nobody] for values in (track.xy_px, track.world_m, track.visibility)
    )
    seen = seen_landmarks(xy, world, visibility, track.image_wh)
    chosen = [index for index, column in enumerate(COLUMNS) if column in ANGLES]
    found[~nobody] = measure_body(xy, world, seen).values[:, chosen]
    return found


def rate_hz(time_s: Floats) -> float:
    """Frames a second, by the median step; 1 where there are no two frames."""
    return 1.0 / float(np.median(np.diff(time_s))) if len(time_s) > 1 else 1.0


def _one_word(name: str) -> str:
    """A file's name without what would end its field."""
    return "_".join(name.split())


def _row(begin: list[str], values: Iterable[float], missing: str) -> str:
    told = [missing if math.isnan(value) else f"{value:.6f}" for value in values]
    return "\t".join([*begin, *told])
