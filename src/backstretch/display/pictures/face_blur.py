"""Makes the face of the person who is followed unrecognisable; where it is not known, the whole picture.

Faces of other people are not found, and stay as they are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstretch.judging.step import Step
from backstretch.kinematics.landmarks import INDEX, NAMES, Landmarks

FACE = [INDEX[name] for name in NAMES if {"nose", "mouth", "eye", "ear"} & set(name.split("_"))]
"""The points of the face: nose, eyes, ears and mouth."""
BLOCKS, BLOCKS_OF_PICTURE = 5, 12
"""Blocks across a face, and across the shorter edge of a picture that is made unrecognisable as a whole."""
LEAST_RADIUS_PX = 12.0
OF_SPREAD, OF_TRUNK, OF_SHOULDERS = 1.9, 0.3, 0.4
"""Radius of a head: of the distance from its middle to the points of the face, of the length of the trunk and
of the width of the shoulders; the largest counts, since each is short from somewhere (our choice)."""
OF_WAY = 0.3
"""A head that moves is covered this share of its way to all sides: it does not go straight."""
LONGEST_WAY_S = 1.1
"""Between looks further apart than this it is not known where the head is."""

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Head:
    """Where a head is: its middle and its radius, in pixels."""

    middle_px: NDArray[np.float64]
    radius_px: float


def head_of(landmarks: Landmarks) -> Head:
    """The head; points of a face that is turned away are the model's estimate."""
    points = landmarks.xy_px
    face = points[FACE]
    middle = face.mean(axis=0)
    left, right = points[INDEX["left_shoulder"]], points[INDEX["right_shoulder"]]
    hips = (points[INDEX["left_hip"]] + points[INDEX["right_hip"]]) / 2.0
    sizes = (
        OF_SPREAD * _length(face - middle),
        OF_TRUNK * _length((left + right) / 2.0 - hips),
        OF_SHOULDERS * _length(left - right),
        LEAST_RADIUS_PX,
    )
    return Head(middle, max(sizes))


def _length(vectors: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(np.atleast_2d(vectors), axis=1).max())


def blur_face(picture: Picture, time_s: float, before: Step | None, after: Step) -> Picture:
    """A new picture without the face, or (where it is not known where that is) all of it in coarse blocks.

    Args:
        picture: (H, W, 3) RGB.
        time_s: Its time.
        before: The last step before it; None for none.
        after: The next step, or one at its very time.
    """
    if before is None or after.time_s <= time_s:
        before = after
    is_far = after.time_s - before.time_s > LONGEST_WAY_S or before.time_s > time_s
    if is_far or before.landmarks is None or after.landmarks is None:
        return _in_blocks(picture, max(1, min(picture.shape[:2]) // BLOCKS_OF_PICTURE))
    first, last = head_of(before.landmarks), head_of(after.landmarks)
    radius_px = max(first.radius_px, last.radius_px)
    radius_px += OF_WAY * _length(last.middle_px - first.middle_px)
    return _without(picture, first.middle_px, last.middle_px, radius_px)


def _without(
    picture: Picture, start_px: NDArray[np.float64], end_px: NDArray[np.float64], radius_px: float
) -> Picture:
    """A new picture with blocks wherever it is nearer than this to the line between two points."""
    height, width = picture.shape[:2]
    low = np.floor(np.minimum(start_px, end_px) - radius_px).astype(int)
    high = np.ceil(np.maximum(start_px, end_px) + radius_px).astype(int) + 1
    (left, right), (top, bottom) = (
        np.clip((low[axis], high[axis]), 0, size) for axis, size in ((0, width), (1, height))
    )
    changed = picture.copy()
    part = changed[top:bottom, left:right]
    if part.size:
        is_near = _distance(start_px, end_px, (left, top), part.shape[:2]) <= radius_px
        blocks = _in_blocks(part, max(2, round(2.0 * radius_px / BLOCKS)))
        changed[top:bottom, left:right] = np.where(is_near[:, :, None], blocks, part)
    return changed


def _distance(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    corner: tuple[int, int],
    hw: tuple[int, ...],
) -> NDArray[np.float64]:
    """(H, W) how far each pixel of a part of the picture is from the line between two points."""
    y, x = np.mgrid[: hw[0], : hw[1]]
    points = np.stack([x, y], axis=2) + corner - start
    way = end - start
    share = points @ way / max(float(way @ way), 1e-9)
    nearest = np.clip(share, 0.0, 1.0)[:, :, None] * way
    return np.asarray(np.linalg.norm(points - nearest, axis=2))


def _in_blocks(picture: Picture, size: int) -> Picture:
    """The picture in square blocks of one colour each, their mean."""
    height, width = picture.shape[:2]
    rows, columns = np.arange(0, height, size), np.arange(0, width, size)
    sums = np.add.reduceat(
        np.add.reduceat(picture.astype(np.uint32), rows, axis=0), columns, axis=1
    )
    counts = np.outer(np.diff([*rows, height]), np.diff([*columns, width]))[:, :, None]
    means = (sums // counts).astype(np.uint8)
    return np.asarray(means.repeat(size, axis=0).repeat(size, axis=1)[:height, :width])
