"""The backdrop: what the camera sees around the person, which moves only if the camera does, or the film cuts.

A camera that was steady and then sees other things was knocked or moved. One that is held in a hand is never
steady; nothing is said of it.
"""

from collections.abc import Iterable
from typing import cast

import numpy as np
from numpy.typing import NDArray

from backstretch.errors import Notice, NoticeKind
from backstretch.kinematics.landmarks import Floats, Landmarks

BACKDROP_HW = (24, 32)
TILE = 4
"""Height and width of a backdrop in points, and how many points a tile is high and wide."""
PLAIN_BELOW = 3.0
"""Standard deviation, of 255, of a tile with nothing in it that could be seen to move."""
ALIKE_FROM = 0.7
"""Least correlation of a tile with the same one before; light, shadow and compression leave it higher."""
MOVED_SHARE, LEAST_TILES = 0.7, 8
"""Share of the tiles around the person that change when a camera moves, and the number that it takes to tell.
Camera turns by 8° change 74 % of them and more, people who walk through 65 % at the most."""
STEADY_S = 1.0
"""How long the camera must have been steady before."""
AROUND = 0.1
"""How far around the landmarks the person reaches, as a share of their extent."""
Tiles = Floats
"""(rows of tiles, columns of tiles, points of a tile)."""


def backdrop_of(glance: NDArray[np.float32]) -> NDArray[np.uint8] | None:
    """A glance made still smaller, of `BACKDROP_HW`; None where the picture is smaller than that."""
    (rows, columns), (height, width) = BACKDROP_HW, glance.shape
    if height < rows or width < columns:
        return None
    tops = np.linspace(0, height, rows, endpoint=False).astype(int)
    lefts = np.linspace(0, width, columns, endpoint=False).astype(int)
    sums = np.add.reduceat(np.add.reduceat(glance, tops, axis=0), lefts, axis=1)
    sizes = np.outer(np.diff(tops, append=height), np.diff(lefts, append=width))
    backdrop: NDArray[np.uint8] = (sums / sizes).astype(np.uint8)
    return backdrop


class CameraWatch:
    """Notices when a steady camera has moved, from backdrops in order of time.

    Attributes:
        moved_s: When it did.
    """

    def __init__(self) -> None:
        self.moved_s: list[float] = []
        self._steady: tuple[float, Tiles, NDArray[np.bool_]] | None = None

    def push(
        self, time_s: float, backdrop: NDArray[np.uint8] | None, marks: Landmarks | None
    ) -> float | None:
        """Take the next picture's backdrop and person; return its time if the camera has moved by then.

        Pictures with nobody in view are passed over.
        """
        if backdrop is None or marks is None:  # where the person is would count as backdrop
            return None
        tiles, is_person = _tiles(backdrop), _person(marks)
        if self._steady is None:
            self._steady = time_s, tiles, is_person
            return None
        since_s, before, was_person = self._steady
        if not _is_other(before, tiles, ~(is_person | was_person)):
            return None
        self._steady = time_s, tiles, is_person
        if time_s - since_s < STEADY_S:
            return None
        self.moved_s.append(time_s)
        return time_s

    @property
    def notices(self) -> tuple[Notice, ...]:
        """When the camera moved, if it did."""
        if not self.moved_s:
            return ()
        return (Notice(NoticeKind.CAMERA_MOVED, {"times_s": tuple(self.moved_s)}),)


def moves_s(notices: Iterable[Notice]) -> set[float]:
    """When the camera moved, by the notices of a recording."""
    times_s: set[float] = set()
    for notice in notices:
        if notice.kind is NoticeKind.CAMERA_MOVED:
            times_s.update(cast("tuple[float, ...]", notice.figures["times_s"]))
    return times_s


def _tiles(backdrop: NDArray[np.uint8]) -> Tiles:
    """The tiles of a backdrop, each less its mean brightness."""
    rows, columns = (size // TILE for size in BACKDROP_HW)
    tiles = backdrop.astype(np.float64).reshape(rows, TILE, columns, TILE).swapaxes(1, 2)
    flat = tiles.reshape(rows, columns, TILE * TILE)
    without_mean: Tiles = flat - flat.mean(axis=2, keepdims=True)
    return without_mean


def _is_other(before: Tiles, now: Tiles, is_backdrop: NDArray[np.bool_]) -> bool:
    """Whether most tiles show something else."""
    sizes = np.linalg.norm(before, axis=2), np.linalg.norm(now, axis=2)
    can_tell = is_backdrop & (np.maximum(*sizes) > PLAIN_BELOW * TILE)
    if np.count_nonzero(can_tell) < LEAST_TILES:
        return False
    alike = (before * now).sum(axis=2)[can_tell] / np.maximum(sizes[0] * sizes[1], 1.0)[can_tell]
    return bool((alike < ALIKE_FROM).mean() >= MOVED_SHARE)


def _person(marks: Landmarks) -> NDArray[np.bool_]:
    """(rows, columns) the tiles in which the person is."""
    rows, columns = (size // TILE for size in BACKDROP_HW)
    is_person = np.zeros((rows, columns), np.bool_)
    low, high = marks.xy_px.min(axis=0), marks.xy_px.max(axis=0)
    around_px = AROUND * float((high - low).max())
    scale = np.array([columns, rows]) / marks.image_wh
    left, top = np.maximum((low - around_px) * scale, 0.0).astype(int)
    right, bottom = np.ceil(np.maximum((high + around_px) * scale, 0.0)).astype(int)
    is_person[top:bottom, left:right] = True
    return is_person
