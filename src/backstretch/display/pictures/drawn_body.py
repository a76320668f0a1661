"""The body of a drawn stretch: solid shapes around the landmarks of its figure, and what it sits or lies on.

Lengths are shares of stature; places are to the body's left, up, and forward of the middle of its hips.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from backstretch.kinematics.landmarks import INDEX, SIDES, Floats
from backstretch.kinematics.stick_figure import STATURE_M, ideal_points
from backstretch.poses.pose import Pose


class Part(IntEnum):
    """What a shape shows."""

    MAT = 1
    CHAIR = 2
    FRAME = 3
    SKIN = 4
    HAIR = 5
    EYE = 6
    SHIRT = 7
    TROUSERS = 8
    FAR_SKIN = 9
    FAR_SLEEVE = 10
    FAR_LEG = 11
    MARKED = 12


@dataclass(frozen=True, eq=False)
class Ellipsoid:
    """A middle, three half axes as the rows of (3, 3), and of a slice the limb's direction."""

    middle: Floats
    axes: Floats
    part: Part
    along: Floats | None = None


@dataclass(frozen=True, eq=False)
class Limb:
    """(n, 3) points and the (n,) radii there."""

    points: Floats
    radii: Floats
    part: Part


@dataclass(frozen=True, eq=False)
class Face:
    """A corner and the two sides of a parallelogram that meet in it."""

    corner: Floats
    along: Floats
    across: Floats
    part: Part


Shape = Ellipsoid | Limb | Face
# Radii along limbs, from their beginning to their end.
THIGH, CALF, FOOT = (0.049, 0.043, 0.033), (0.033, 0.035, 0.021), (0.019, 0.017, 0.013)
UPPER_ARM, FOREARM, PALM = (0.034, 0.029, 0.024), (0.025, 0.022, 0.017), (0.023, 0.016)
NECK, SHOULDER = (0.03, 0.028), 0.032
SECTIONS = (
    (-0.10, 0.086, 0.060),
    (0.08, 0.098, 0.070),
    (0.30, 0.084, 0.062),
    (0.50, 0.080, 0.060),
    (0.75, 0.094, 0.070),
    (0.92, 0.088, 0.058),
    (1.02, 0.055, 0.042),
)
"""The trunk: how far from the hips to the shoulders, half its width and half its depth there."""
BELT = 0.22
"""Up to here the trunk wears trousers."""
SLICES, SLICE = 40, 0.032
"""Ellipsoids that make the trunk, and half their height."""
SEATED_WITHIN_DEG = 40.0
"""Thighs that are no further from level sit on the chair, where the stretch may be done on one."""
SKULL = (0.049, 0.070, 0.060)
"""Half the head's width, height and depth."""
# A chair: its seat's width and depth, how far that is below the hips, the back's height, the bars' width.
SEAT_WH, SEAT_BELOW, CHAIR_BACK, BAR = (0.27, 0.26), 0.055, 0.30, 0.022
MAT_WIDTH, MAT_BEYOND = 0.4, 0.09
"""How wide a mat is, and how far it goes on beyond the body."""
ALIKE_WITHIN = 0.1
"""With less between the depths of two limbs neither is the far one."""


def shapes_of(pose: Pose, camera: Floats) -> list[Shape]:
    """The body of a pose with its left side worked, and its support.

    Args:
        pose: It must have a figure.
        camera: (3,) unit vector to the camera.
    """
    drawing = pose.drawing
    points = ideal_points({**pose.figure, **drawing.segments}) / STATURE_M
    at = {name: points[number] for name, number in INDEX.items()}
    body = [*_trunk(at, drawing.curve), *_head(at)]
    for side in SIDES:
        body += _limbs(at, side, camera, marked_part(pose) if side == "left" else "")
    return [*body, *_supports(pose, at, lowest(body))]


def marked_part(pose: Pose) -> str:
    """What of the worked side is marked, see `MARKED`; empty for stretches of both sides at once."""
    if pose.sides == "both":
        return ""
    if pose.drawing.marked:
        return pose.drawing.marked
    limbs = {name.removeprefix("other_") for name in pose.figure if name.startswith("other_")}
    if limbs & {"thigh", "shank", "foot"}:
        return "leg"
    return "arm" if limbs else "shoulder"


def lowest(shapes: list[Shape]) -> float:
    """How high the lowest point of the shapes is: where the floor must be."""
    return min(float(low[1]) for low, _ in map(extent, shapes))


def extent(shape: Shape) -> tuple[Floats, Floats]:
    """The corners of the box around a shape, the lower and the higher one."""
    if isinstance(shape, Ellipsoid):
        reach = np.sqrt((shape.axes**2).sum(axis=0))
        return shape.middle - reach, shape.middle + reach
    if isinstance(shape, Limb):
        radii = shape.radii[:, None]
        return (shape.points - radii).min(axis=0), (shape.points + radii).max(axis=0)
    corners = shape.corner + np.array(
        [0.0 * shape.along, shape.along, shape.across, shape.along + shape.across]
    )
    return corners.min(axis=0), corners.max(axis=0)


def _trunk(at: Mapping[str, Floats], curve_deg: float) -> Iterator[Shape]:
    """Slices from the seat to the neck along the bent back, and the slopes of the shoulders."""
    places, widths, depths = np.array(SECTIONS).T
    for share in np.linspace(places[0], places[-1], SLICES):
        middle, frame = _vertebra(at, float(share), curve_deg)
        size = np.interp(share, places, widths), SLICE, np.interp(share, places, depths)
        part = Part.TROUSERS if share < BELT else Part.SHIRT
        yield Ellipsoid(middle, np.diag(size) @ frame, part, along=frame[1])
    neck = _vertebra(at, SECTIONS[-1][0] + 0.06, 0.0)[0]
    for side in SIDES:
        slope = np.array([neck, at[f"{side}_shoulder"]])
        yield Limb(slope, np.array([NECK[0], SHOULDER]), Part.SHIRT)


def _vertebra(at: Mapping[str, Floats], share: float, curve_deg: float) -> tuple[Floats, Floats]:
    """A place on the back (0 hips, 1 shoulders): its middle, and rows to the left, up and ahead."""
    hips = _between(at, "hip")
    spine = _between(at, "shoulder") - hips
    low, high = (_unit(at[f"left_{part}"] - at[f"right_{part}"]) for part in ("hip", "shoulder"))
    turned = np.clip(share, 0.0, 1.0)
    across = _unit((1.0 - turned) * low + turned * high)
    bulge = np.linalg.norm(spine) / 2.0 * np.tan(np.radians(curve_deg) / 4.0)
    bulge = 4.0 * bulge * _unit(np.cross(spine, across))
    middle = hips + share * spine + share * (1.0 - share) * bulge
    up = _unit(spine + (1.0 - 2.0 * share) * bulge)
    ahead = _unit(np.cross(across, up))
    return middle, np.array([np.cross(up, ahead), up, ahead])


def _head(at: Mapping[str, Floats]) -> Iterator[Shape]:
    ears = _between(at, "ear")
    across = _unit(at["left_ear"] - at["right_ear"])
    face = _unit(at["nose"] - ears)
    up = np.cross(face, across)
    frame = np.array([across, up, face])
    middle = ears + 0.012 * up
    skull = np.diag(SKULL) @ frame
    yield Ellipsoid(middle, skull, Part.SKIN)
    yield Ellipsoid(middle + 0.014 * up - 0.013 * face, 1.04 * skull, Part.HAIR)
    features = [((0.0, -0.012, 0.058), (0.009, 0.014, 0.018), Part.SKIN)]
    features += [((x, 0.003, 0.053), (0.007, 0.007, 0.007), Part.EYE) for x in (-0.02, 0.02)]
    features += [((x, -0.008, 0.0), (0.008, 0.015, 0.011), Part.SKIN) for x in (-0.049, 0.049)]
    features += [((0.0, -0.037, 0.048), (0.015, 0.003, 0.006), Part.EYE)]
    for place, size, part in features:
        yield Ellipsoid(middle + np.array(place) @ frame, np.diag(size) @ frame, part)
    neck = np.array([_between(at, "shoulder"), ears - 0.02 * up])
    yield Limb(neck, np.array(NECK), Part.SKIN)


def _limbs(at: Mapping[str, Floats], side: str, camera: Floats, marked: str) -> Iterator[Shape]:
    """The arm and the leg of one side, darker where the other side's hide them."""
    other = "right" if side == "left" else "left"

    def is_far(*parts: str) -> bool:
        behind = [(at[f"{other}_{part}"] - at[f"{side}_{part}"]) @ camera for part in parts]
        return float(np.mean(behind)) > ALIKE_WITHIN

    def limb(joints: tuple[str, ...], radii: tuple[float, ...], part: Part) -> Limb:
        points = np.array([at[f"{side}_{joint}"] for joint in joints])
        places = np.linspace(0.0, 1.0, len(radii))[:, None]
        if len(joints) < len(radii):
            points = points[0] + places * (points[1] - points[0])
        return Limb(points, np.array(radii), part)

    sleeve, skin = (
        (Part.FAR_SLEEVE, Part.FAR_SKIN) if is_far("shoulder", "elbow") else (Part.SHIRT, Part.SKIN)
    )
    upper = Part.MARKED if marked in {"arm", "shoulder"} else sleeve
    yield limb(("shoulder", "elbow"), UPPER_ARM, upper)
    yield limb(("elbow", "wrist"), FOREARM, Part.MARKED if marked == "arm" else skin)
    yield limb(("wrist", "index"), (0.9 * FOREARM[-1], *PALM), skin)
    trousers, skin = (
        (Part.FAR_LEG, Part.FAR_SKIN) if is_far("hip", "knee") else (Part.TROUSERS, Part.SKIN)
    )
    leg = Part.MARKED if marked == "leg" else trousers
    yield limb(("hip", "knee"), THIGH, leg)
    yield limb(("knee", "ankle"), CALF, leg)
    yield limb(("ankle", "heel"), (0.9 * CALF[-1], FOOT[0]), skin)
    yield limb(("heel", "foot_index"), FOOT, skin)


def _supports(pose: Pose, at: Mapping[str, Floats], floor: float) -> Iterator[Shape]:
    """What is drawn under and around the body, on a floor of this height."""
    names = pose.drawing.on or _usual_supports(pose)
    if "mat" in names:
        forward = [point[2] for point in at.values()]
        near, length = min(forward) - MAT_BEYOND, np.ptp(forward) + 2.0 * MAT_BEYOND
        corner = np.array([-MAT_WIDTH / 2.0, floor, near])
        sides = np.diag((MAT_WIDTH, 0.0, length))
        yield Face(corner, sides[0], sides[2], Part.MAT)
    if "chair" in names:
        yield from _chair(floor)
    if "doorway" in names:
        yield from _doorway(at, floor)


def _usual_supports(pose: Pose) -> tuple[str, ...]:
    thigh_deg = pose.figure.get("other_thigh", pose.figure.get("thighs", (180.0, 0.0)))[0]
    if "chair" in pose.positions and abs(thigh_deg - 90.0) < SEATED_WITHIN_DEG:
        return ("chair",)
    return () if pose.positions[0] in {"standing", "chair"} else ("mat",)


def _chair(floor: float) -> Iterator[Shape]:
    wide, deep = SEAT_WH
    front, back = 0.5 * deep, -0.5 * deep
    seat = -SEAT_BELOW
    yield from _block((-wide / 2, seat - BAR, back), (wide / 2, seat, front), Part.CHAIR)
    for x in (-wide / 2, wide / 2 - BAR):
        yield from _block((x, floor, front - BAR), (x + BAR, seat - BAR, front), Part.CHAIR)
        yield from _block((x, floor, back), (x + BAR, seat + CHAIR_BACK, back + BAR), Part.CHAIR)
    top = seat + CHAIR_BACK
    for low in (top - 0.06, top - 0.17):
        yield from _block((-wide / 2, low, back), (wide / 2, low + 0.06, back + BAR), Part.CHAIR)


def _doorway(at: Mapping[str, Floats], floor: float) -> Iterator[Shape]:
    """Two posts that the forearms lean on, and the lintel."""
    z = (at["left_wrist"] + at["left_elbow"])[2] / 2.0 - 0.03
    x = at["left_wrist"][0] + FOREARM[0]
    top = at["left_index"][1] + 0.16
    for side in (-1, 1):
        low, high = sorted((side * x, side * (x + 0.1)))
        yield from _block((low, floor, z), (high, top, z + 0.05), Part.FRAME)
    yield from _block((-x - 0.1, top, z), (x + 0.1, top + 0.1, z + 0.05), Part.FRAME)


def _block(low: tuple[float, ...], high: tuple[float, ...], part: Part) -> Iterator[Shape]:
    """The six faces of a block."""
    corner, size = np.array(low), np.subtract(high, low)
    sides = np.diag(size)
    for axis in range(3):
        along, across = sides[(axis + 1) % 3], sides[(axis + 2) % 3]
        yield Face(corner, along, across, part)
        yield Face(corner + sides[axis], along, across, part)


def _between(at: Mapping[str, Floats], part: str) -> Floats:
    return np.asarray((at[f"left_{part}"] + at[f"right_{part}"]) / 2.0)


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9))
