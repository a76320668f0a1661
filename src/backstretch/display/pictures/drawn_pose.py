"""A stretch as a picture: the body with volume, its support and its shadow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from backstretch.display.pictures.canvas import Colour, Picture
from backstretch.display.pictures.drawn_body import (
    Ellipsoid,
    Face,
    Limb,
    Part,
    Shape,
    extent,
    shapes_of,
)
from backstretch.display.pictures.solids import FINER, NOTHING, SolidSheet
from backstretch.kinematics.landmarks import Floats
from backstretch.poses.pose import Pose

GROUND: Colour = (226, 229, 233)
COLOURS: dict[int, Colour] = {
    Part.MAT: (150, 196, 178),
    Part.CHAIR: (176, 138, 98),
    Part.FRAME: (196, 201, 208),
    Part.SKIN: (226, 184, 152),
    Part.HAIR: (92, 70, 60),
    Part.EYE: (56, 44, 40),
    Part.SHIRT: (104, 150, 196),
    Part.TROUSERS: (74, 84, 110),
    Part.FAR_SKIN: (168, 134, 112),
    Part.FAR_SLEEVE: (70, 104, 140),
    Part.FAR_LEG: (48, 54, 72),
    Part.MARKED: (240, 150, 20),
}
MARGIN = 0.06
OUTLINE = 0.0045
"""Width of outlines as a share of the picture's height."""
HEIGHT_DEG = 14.0
AZIMUTHS_DEG = {
    "front": 14.0,
    "back": 166.0,
    "side": 72.0,
    "front_45": 42.0,
    "foot_side_45": 52.0,
    "foot": 14.0,
    "head_side_45": 118.0,
}
"""Where a pose is drawn from if its file does not say: a little beside its first view, which shows depth."""
CLOSE_UP_FROM = -0.1
"""A close-up shows the shapes that reach no further below the hips, in shares of stature."""
PLACES = {"points", "middle", "axes", "along", "across", "corner"}
"""What of the shapes is in the room's axes."""
SHADOW_BEYOND = 0.2
"""How far shadows reach beyond the body, in shares of stature."""
SHADOW_CELLS = 72
SHADOW_FADES = 0.09
"""A part this high above the floor, in shares of stature, casts 1 / e of a shadow."""
DARKEST_SHADOW = 0.45
SHADOW_SPREADS, SHADOW_SOFT = 2.2, 1.6
"""How far a shadow reaches around a ball, in its radii, and how steeply it ends."""


@dataclass(frozen=True, eq=False)
class DrawnPose:
    """A picture of a pose with its left side worked.

    Attributes:
        picture: (H, W, 3) RGB.
        covered: (H, W), where the body or its support is drawn.
        outlines: (H, W), where an outline is drawn.
        marked: The pixel of what is marked of the worked side; None where nothing is.
    """

    picture: Picture
    covered: NDArray[np.bool_]
    outlines: NDArray[np.bool_]
    marked: Floats | None


@lru_cache(maxsize=8)
def drawn_pose(pose: Pose, wh: tuple[int, int]) -> DrawnPose:
    """Draw a pose that has a figure."""
    axes = _camera_axes(*(pose.drawing.view or (AZIMUTHS_DEG[pose.views[0]], HEIGHT_DEG)))
    shapes = shapes_of(pose, -axes[2])
    body = body_of(shapes)
    sheet = SolidSheet((FINER * wh[0], FINER * wh[1]))
    framed = [each for each in body if extent(each)[0][1] > CLOSE_UP_FROM]
    scale, shift = _fit((pose.drawing.close_up and framed) or shapes, axes, sheet.wh)
    for shape in shapes:
        _draw(sheet, _turned(shape, axes), scale, shift)
    _shade_floor(sheet, body, scale * axes, shift)
    outlines = sheet.outlines(max(1, round(OUTLINE * sheet.wh[1])))
    marked = sheet.middle_of(Part.MARKED)
    return DrawnPose(
        picture=sheet.picture(COLOURS, GROUND, outlines),
        covered=sheet.parts[::FINER, ::FINER] != NOTHING,
        outlines=outlines[::FINER, ::FINER] | outlines[1::FINER, 1::FINER],
        marked=None if marked is None else marked / FINER,
    )


def body_of(shapes: list[Shape]) -> list[Ellipsoid | Limb]:
    """The shapes that are not a support."""
    return [shape for shape in shapes if not isinstance(shape, Face)]


def _camera_axes(azimuth_deg: float, height_deg: float) -> Floats:
    """Rows: to the right of the picture, down in it, and away from the camera, in the room."""
    azimuth, height = np.radians((azimuth_deg, height_deg))
    flat = np.cos(height)
    camera = np.array([flat * np.sin(azimuth), np.sin(height), flat * np.cos(azimuth)])
    right = np.cross((0.0, 1.0, 0.0), camera)
    right /= np.linalg.norm(right)
    return np.array([right, -np.cross(camera, right), -camera])


def _turned(shape: Shape, axes: Floats) -> Shape:
    """The shape in the camera's axes."""
    places = {name: value for name, value in vars(shape).items() if name in PLACES}
    turned = {name: value @ axes.T for name, value in places.items() if value is not None}
    return replace(shape, **turned)


def _fit(shapes: Sequence[Shape], axes: Floats, wh: tuple[int, int]) -> tuple[float, Floats]:
    """Scale and shift that put the shapes into the middle of a sheet."""
    corners = np.array([extent(_turned(shape, axes)) for shape in shapes])
    low, high = corners[:, 0].min(axis=0)[:2], corners[:, 1].max(axis=0)[:2]
    scale = float((np.array(wh) * (1.0 - 2.0 * MARGIN) / (high - low)).min())
    shift = np.array(wh) / 2.0 - scale * (low + high) / 2.0
    return scale, np.array([*shift, 0.0])


def _draw(sheet: SolidSheet, shape: Shape, scale: float, shift: Floats) -> None:
    if isinstance(shape, Ellipsoid):
        sheet.ellipsoid(scale * shape.middle + shift, scale * shape.axes, shape.part, shape.along)
    elif isinstance(shape, Limb):
        sheet.limb(scale * shape.points + shift, scale * shape.radii, shape.part)
    else:
        corner = scale * shape.corner + shift
        sheet.face(corner, scale * shape.along, scale * shape.across, shape.part)


def _shade_floor(
    sheet: SolidSheet, body: list[Ellipsoid | Limb], axes: Floats, shift: Floats
) -> None:
    """Shade the floor and the mat below the body, whose room's axes are given in pixels."""
    corners = np.array([extent(shape) for shape in body])
    low, high = corners[:, 0].min(axis=0) - SHADOW_BEYOND, corners[:, 1].max(axis=0) + SHADOW_BEYOND
    low[1] += SHADOW_BEYOND
    light = _floor_light(body, low, high)
    corner = axes @ low + shift
    sides = ((high - low)[[0, 2], None] * axes.T[[0, 2]])[:, :2]
    for part in (NOTHING, Part.MAT):
        sheet.shade(part, corner[:2], sides, light)


def _floor_light(body: list[Ellipsoid | Limb], low: Floats, high: Floats) -> Floats:
    """Light on the floor between two corners, (left, forward), in the shadow of a body."""
    x, _, z = np.linspace(low, high, SHADOW_CELLS).T
    dark = np.zeros((SHADOW_CELLS, SHADOW_CELLS))
    for middle, radius in (ball for shape in body for ball in _balls(shape)):
        reach = np.array([-1.0, 1.0]) * SHADOW_SPREADS * radius
        rows, columns = (
            slice(*np.searchsorted(grid, place + reach))
            for grid, place in ((x, middle[0]), (z, middle[2]))
        )
        away = np.hypot(x[rows, None] - middle[0], z[None, columns] - middle[2]) / reach[1]
        near = np.exp(-max(0.0, middle[1] - radius - low[1]) / SHADOW_FADES)
        part = dark[rows, columns]
        np.maximum(part, near * np.clip(SHADOW_SOFT * (1.0 - away), 0.0, 1.0), out=part)
    return np.asarray(1.0 - DARKEST_SHADOW * dark)


def _balls(shape: Ellipsoid | Limb) -> list[tuple[Floats, float]]:
    if isinstance(shape, Ellipsoid):
        return [(shape.middle, float(np.sqrt((shape.axes**2).sum(axis=1)).max()))]
    shares = np.linspace(0.0, 1.0, 5)
    places = np.linspace(0.0, 1.0, len(shape.radii))
    middles = np.column_stack([np.interp(shares, places, each) for each in shape.points.T])
    return list(zip(middles, np.interp(shares, places, shape.radii), strict=True))
