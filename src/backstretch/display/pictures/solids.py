"""Solid shapes on a sheet: ellipsoids and flat faces that hide each other as in space, softly lit and outlined.

Painting whole limbs from far to near fails where limbs cross, and stretches are made of such places. So each
pixel remembers how near its surface is, and the nearer surface wins. Shapes are given as a far camera sees
them: x to the right, y down and z away from the camera, all in pixels of the sheet.
"""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from backstretch.display.pictures.canvas import Colour, Picture
from backstretch.kinematics.landmarks import Floats

NOTHING = 0
"""The part that a pixel shows where there is no shape."""
FINER = 2
"""Pixels of the sheet for one of the picture, each way, for smooth outlines."""
TO_THE_LIGHT = np.array([-0.35, -0.75, -0.56])
"""From above, a little from the left, and from the camera's side."""
LEAST_LIGHT = 0.68
"""Share of its colour that a surface keeps which faces away from the light."""
OUTLINE = 0.42
"""Share of the colour that an outline keeps."""
BALLS, FORESHORTENED = 16, 0.7
"""With less of its length to be seen, a limb points at the camera and is drawn as a row of balls."""
FAR = 1e6
"""Depth of what is behind everything."""
Patch = tuple[slice, slice]
"""Rows and columns of a sheet."""


class SolidSheet:
    """A sheet on which shapes stand in space.

    Attributes:
        wh: Width and height in pixels.
        parts: (H, W), the part that each pixel shows.
    """

    def __init__(self, wh: tuple[int, int]) -> None:
        self.wh = wh
        shape = wh[1], wh[0]
        self._depth = np.full(shape, np.inf, np.float32)
        self._light = np.ones(shape, np.float32)
        self.parts = np.full(shape, NOTHING, np.uint8)

    def ellipsoid(
        self, middle: Floats, axes: Floats, part: int, along: Floats | None = None
    ) -> None:
        """Add an ellipsoid: its (3,) middle, and its half axes as the rows of (3, 3).

        With the direction of a limb, of which it is one of many slices, it is lit as if the limb went on.
        """
        inverse = np.linalg.inv(axes)
        form = inverse @ inverse.T
        reach = np.sqrt((axes**2).sum(axis=0))[:2]
        patch = self._patch(middle[:2] - reach, middle[:2] + reach)
        x, y = _pixels(patch, middle)
        half = form[0, 2] * x + form[1, 2] * y
        rest = form[0, 0] * x * x + 2.0 * form[0, 1] * x * y + form[1, 1] * y * y - 1.0
        root = half * half - form[2, 2] * rest
        z = -(half + np.sqrt(np.maximum(root, 0.0))) / form[2, 2]
        if along is not None:
            form = form @ (np.eye(3) - np.outer(along, along))
        lit = _lit(*(row[0] * x + row[1] * y + row[2] * z for row in form.T))
        self._place(patch, (root > 0.0, z + middle[2]), lit, part)

    def limb(self, points: Floats, radii: Floats, part: int) -> None:
        """Add balls of the (n,) radii at the (n, 3) points, and the cones that join them."""
        for point, radius in zip(points, radii, strict=True):
            self.ellipsoid(point, radius * np.eye(3), part)
        for (start, end), (first, last) in zip(pairwise(points), pairwise(radii), strict=True):
            axis, gain = end - start, last - first
            if np.hypot(*axis[:2]) > FORESHORTENED * np.linalg.norm(axis):
                self._cone(start, axis, (first, gain), part)
                continue
            along = axis / (np.linalg.norm(axis) + 1e-9)
            for share in np.linspace(0.0, 1.0, BALLS):
                ball = (first + share * gain) * np.eye(3)
                self.ellipsoid(start + share * axis, ball, part, along)

    def _cone(self, start: Floats, axis: Floats, radii: tuple[float, float], part: int) -> None:
        """Add the side of a cone that is nearly a cylinder: its radius at the start, and what it gains."""
        flat, length = float(np.hypot(*axis[:2])), float(np.linalg.norm(axis))
        ends, reach = np.array([start, start + axis])[:, :2], max(radii[0], sum(radii))
        patch = self._patch(ends.min(axis=0) - reach, ends.max(axis=0) + reach)
        x, y = _pixels(patch, start)
        share, off = (x * axis[0] + y * axis[1]) / flat**2, (x * axis[1] - y * axis[0]) / flat
        radius = radii[0] + radii[1] * np.clip(share, 0.0, 1.0)
        rise = np.sqrt(np.maximum(radius**2 - off**2, 0.0))
        z = share * axis[2] - rise * length / flat
        share -= rise * axis[2] / (flat * length)
        inside = (rise > 0.0) & (share >= 0.0) & (share <= 1.0)
        lit = _lit(x - share * axis[0], y - share * axis[1], z - share * axis[2])
        self._place(patch, (inside, z + start[2]), lit, part)

    def face(self, corner: Floats, along: Floats, across: Floats, part: int) -> None:
        """Add a flat parallelogram: a (3,) corner, and the two (3,) sides that meet in it."""
        sides = np.array([along[:2], across[:2]])
        if abs(np.linalg.det(sides)) < 1.0:
            return  # it is seen from its edge
        corners = np.array([corner, corner + along, corner + across, corner + along + across])
        patch = self._patch(corners[:, :2].min(axis=0), corners[:, :2].max(axis=0))
        x, y = _pixels(patch, corner)
        (a, b), (c, d) = np.linalg.inv(sides)
        s, t = x * a + y * c, x * b + y * d
        inside = (s >= 0.0) & (s <= 1.0) & (t >= 0.0) & (t <= 1.0)
        normal = np.cross(along, across)
        lit = -np.sign(normal[2]) * (normal @ TO_THE_LIGHT) / np.linalg.norm(normal)
        depth = corner[2] + s * along[2] + t * across[2]
        self._place(patch, (inside, depth), np.full(s.shape, lit), part)

    def shade(self, part: int, corner: Floats, sides: Floats, light: Floats) -> None:
        """Shade a flat part by an (n, m) map of light that spans the (2, 2) sides from a (2,) corner."""
        corners = np.array(
            [corner, corner + sides[0], corner + sides[1], corner + sides.sum(axis=0)]
        )
        rows, columns = self._patch(corners.min(axis=0), corners.max(axis=0))
        y, x = np.nonzero(self.parts[rows, columns] == part)
        y, x = y + rows.start, x + columns.start
        at = (np.column_stack([x, y]) - corner) @ np.linalg.inv(sides)
        within = ((at >= 0.0) & (at <= 1.0)).all(axis=1)
        places = at[within] * (np.array(light.shape) - 1.001)
        (row, column), (down, right) = places.T.astype(int), (places % 1.0).T
        upper = (1.0 - right) * light[row, column] + right * light[row, column + 1]
        lower = (1.0 - right) * light[row + 1, column] + right * light[row + 1, column + 1]
        self._light[y[within], x[within]] *= ((1.0 - down) * upper + down * lower).astype(
            np.float32
        )

    def picture(
        self, colours: Mapping[int, Colour], ground: Colour, outlines: NDArray[np.bool_]
    ) -> Picture:
        """The sheet as (H, W, 3) RGB, `FINER` times smaller, with (H, W) outlines."""
        table = np.zeros((max(colours) + 1, 3), np.float32)
        for part, colour in {**colours, NOTHING: ground}.items():
            table[part] = colour
        light = np.where(outlines, np.float32(OUTLINE), self._light)
        fine = table[self.parts] * light[..., None]
        height, across = fine.shape[0] // FINER, fine.shape[1] // FINER
        mean = fine.reshape(height, FINER, across, FINER, 3).mean(axis=(1, 3))
        return np.asarray(np.clip(mean, 0, 255), np.uint8)

    def middle_of(self, part: int) -> Floats | None:
        """The (2,) pixel of a part that is nearest to its middle; None where nothing of it is seen."""
        y, x = np.nonzero(self.parts == part)
        if not x.size:
            return None
        places = np.column_stack([x, y]).astype(float)
        nearest = np.abs(places - np.median(places, axis=0)).sum(axis=1).argmin()
        return np.asarray(places[nearest])

    def _patch(self, low: Floats, high: Floats) -> Patch:
        height, width = self.parts.shape
        left, top = np.clip(np.floor(low), 0, (width, height)).astype(int)
        right, foot = np.clip(np.ceil(high) + 1, 0, (width, height)).astype(int)
        return slice(top, foot), slice(left, right)

    def _place(
        self,
        patch: Patch,
        surface: tuple[NDArray[np.bool_], Floats],
        lit: Floats,
        part: int,
    ) -> None:
        inside, depth = surface
        nearer = inside & (depth < self._depth[patch])
        self._depth[patch][nearer] = depth[nearer]
        shade = LEAST_LIGHT + (1.0 - LEAST_LIGHT) * np.clip(0.25 + 0.9 * lit, 0.0, 1.0)
        self._light[patch][nearer] = shade[nearer]
        self.parts[patch][nearer] = part

    def outlines(self, width: int) -> NDArray[np.bool_]:
        """Where a shape ends, or stands clearly before what is behind it."""
        depth = np.where(np.isinf(self._depth), np.float32(FAR), self._depth)
        edges = np.zeros(depth.shape, bool)
        edges[:, 1:] |= _jumps(depth, 4.0 * width)
        edges[1:] |= _jumps(depth.T, 4.0 * width).T
        for _ in range(width - 1):
            edges[:, :-1] |= edges[:, 1:]
            edges[:-1] |= edges[1:]
        return edges


def _pixels(patch: Patch, origin: Floats) -> tuple[Floats, Floats]:
    """The x of each column and the y of each row, from an origin."""
    rows, columns = patch
    x = np.arange(columns.start, columns.stop) - origin[0]
    y = np.arange(rows.start, rows.stop) - origin[1]
    return x[None, :], y[:, None]


def _lit(x: Floats, y: Floats, z: Floats) -> Floats:
    """How much surfaces with these outward directions look at the light, -1..1."""
    towards = x * TO_THE_LIGHT[0] + y * TO_THE_LIGHT[1] + z * TO_THE_LIGHT[2]
    return np.asarray(towards / (np.sqrt(x * x + y * y + z * z) + 1e-9))


def _jumps(depth: NDArray[np.float32], least: float) -> NDArray[np.bool_]:
    """Where depth changes along rows by more than ``least``, and not as a slope does that goes on."""
    steps = np.abs(np.diff(depth, axis=1))
    slope = np.zeros_like(steps)
    slope[:, 1:-1] = np.minimum(steps[:, :-2], steps[:, 2:])
    return np.asarray(steps > least + 2.0 * slope)
