"""Pictures of video files: upright, converted or made small where asked for, and read ahead in a thread."""

import io
import math
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any, Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from backstretch.errors import InputError
from backstretch.frame import Frame
from backstretch.kinematics.landmarks import Landmarks

_Item = TypeVar("_Item")
PATIENCE_S = 0.1
"""How often a waiting thread checks whether its items are still wanted."""
LONGEST_SIDE_PX = 1280
"""Larger pictures are scaled down to this: the model looks at 256 x 256 pixels of a person."""
GLANCE_PX, GLANCE_POINTS = 64, 4
"""Least width of the small grey copy, and how many points each way one of its pixels is the mean of."""
MASK_MARGIN = 0.1
"""How far beyond a person's landmarks, as a share of their extent, the person is painted over."""
EXIF_ORIENTATIONS = {
    1: (0, False),
    2: (0, True),
    3: (2, False),
    4: (2, True),
    5: (1, True),
    6: (3, False),
    7: (3, True),
    8: (1, False),
}
"""`Orientation.turns` and `is_mirrored` by the value of the tag (EXIF 2.32, 4.6.4)."""
EXIF_ORIENTATION = 0x0112
"""The number of the EXIF tag."""
PLANAR = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray"}
"""Pixel formats whose first plane is the brightness, one byte a pixel."""


class _Ended:
    """The last item of a queue, with the error that ended the iteration, if any."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class ReadAhead(Generic[_Item]):
    """Iterates over items that are made ahead of time in a thread; a context manager.

    Args:
        items: Iterated over in the thread; an error there is raised in place of the next item.
        count: How many items may wait to be taken; 0 for any number.
    """

    def __init__(self, items: Iterable[_Item], count: int) -> None:
        self._items = items
        self._waiting: Queue[_Item | _Ended] = Queue(count)
        self._unwanted = Event()
        self._thread = Thread(target=self._run, name="ahead", daemon=True)

    def __iter__(self) -> Iterator[_Item]:
        while True:
            item = self._waiting.get()
            if not isinstance(item, _Ended):
                yield item
                continue
            if item.error is not None:
                raise item.error
            return

    def __enter__(self) -> "ReadAhead[_Item]":
        try:
            self._thread.start()
        except BaseException:
            self._unwanted.set()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._unwanted.set()
        while self._thread.is_alive():
            with suppress(Empty):
                self._waiting.get(timeout=PATIENCE_S)

    def _run(self) -> None:
        end = _Ended()
        try:
            for item in self._items:
                if not self._put(item):
                    return
        except BaseException as error:  # noqa: BLE001 - it is raised where the items are wanted
            end = _Ended(error)
        finally:
            if isinstance(self._items, Generator):
                self._items.close()
        self._put(end)

    def _put(self, item: _Item | _Ended) -> bool:
        """Wait until there is room; False where the item is not wanted any more."""
        while not self._unwanted.is_set():
            with suppress(Full):
                self._waiting.put(item, timeout=PATIENCE_S)
                return True
        return False


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture of a file, not converted yet: most are never looked at.

    Attributes:
        index, time_s: As those of its `Frame`.
        convert: Gives the upright RGB image; None for a picture too damaged to be converted.
        shrink: Gives a small grey copy, upright, 0 to 255.
    """

    index: int
    time_s: float
    convert: Callable[[], NDArray[np.uint8] | None]
    shrink: Callable[[], NDArray[np.float32]]

    @cached_property
    def glance(self) -> NDArray[np.float32]:
        """(h, w) the small grey copy, about `GLANCE_PX` wide."""
        return self.shrink()

    def frame(self) -> Frame | None:
        """The converted picture; None for one that is damaged."""
        image = self.convert()
        return None if image is None else Frame(self.index, self.time_s, image)


@dataclass(frozen=True)
class Orientation:
    """How a stored picture becomes upright; cameras store it as their sensor lies.

    Attributes:
        turns: Quarter turns anticlockwise, 0 to 3, after mirroring.
        is_mirrored: Whether left and right are exchanged.
    """

    turns: int = 0
    is_mirrored: bool = False

    @classmethod
    def from_matrix(cls, a: float, b: float, c: float, d: float) -> Self:
        """The orientation of a display matrix, which shows the point (x, y) at (ax + cy, bx + dy), y downwards.

        Other angles than quarter turns are rounded to the nearest one.
        """
        is_mirrored = a * d - b * c < 0.0
        flip = -1.0 if is_mirrored else 1.0
        return cls(round(math.atan2(-b * flip, a * flip) / (math.pi / 2.0)) % 4, is_mirrored)

    @classmethod
    def from_exif(cls, number: int) -> Self:
        """The orientation of an EXIF tag, 1 to 8; other numbers mean nothing and count as upright."""
        turns, is_mirrored = EXIF_ORIENTATIONS.get(number, (0, False))
        return cls(turns, is_mirrored)

    def turned(self, turns: int) -> Self:
        """The orientation of a picture that needs more quarter turns anticlockwise."""
        return replace(self, turns=(self.turns + turns) % 4)

    def apply(self, image: NDArray[Any]) -> NDArray[Any]:
        """A view of an (h, w) or (h, w, 3) image that is upright."""
        return np.rot90(image[:, ::-1] if self.is_mirrored else image, self.turns)

    def wh(self, width: int, height: int) -> tuple[int, int]:
        """Width and height of the upright picture."""
        return (height, width) if self.turns % 2 else (width, height)


def fitted_wh(wh: tuple[int, int], into_wh: tuple[int, int]) -> tuple[int, int]:
    """Width and height of a picture, scaled to the largest that fits.

    >>> fitted_wh((360, 640), (640, 480))
    (270, 480)
    """
    scale = min(into_wh[0] / wh[0], into_wh[1] / wh[1])
    return max(1, round(wh[0] * scale)), max(1, round(wh[1] * scale))


def padded(image: NDArray[np.uint8], wh: tuple[int, int]) -> NDArray[np.uint8]:
    """An (h, w, 3) image in the middle of a black one of a size that is as large or larger."""
    height, width = image.shape[:2]
    left, top = (wh[0] - width) // 2, (wh[1] - height) // 2
    whole = np.zeros((wh[1], wh[0], 3), np.uint8)
    whole[top : top + height, left : left + width] = image
    return whole


def small_copy(light: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The means of points of an (H, W) grey image, about `GLANCE_PX` wide."""
    side = GLANCE_POINTS
    step = max(1, light.shape[1] // (side * GLANCE_PX))
    points = light[::step, ::step]
    height, width = (size // side for size in points.shape)
    points = points[: height * side, : width * side]
    rows = points.reshape(height, side, width * side).sum(axis=1, dtype=np.uint16)
    parts = rows.reshape(height, width, side).sum(axis=2, dtype=np.uint16)
    means: NDArray[np.float32] = parts.astype(np.float32) / side**2
    return means


def glance_at(frame: Frame) -> NDArray[np.float32]:
    """(h, w) small grey copy of a converted picture: its green, which carries most of the brightness."""
    return small_copy(frame.image[..., 1])


def painted_over(image: NDArray[np.uint8], marks: Landmarks) -> NDArray[np.uint8]:
    """A picture with a person painted over in about its mean colour."""
    low, high = marks.xy_px.min(axis=0), marks.xy_px.max(axis=0)
    margin_px = MASK_MARGIN * (high - low).max()
    left, top = np.maximum(low - margin_px, 0).astype(int)
    right, bottom = np.maximum(high + margin_px, 0).astype(int)
    rest = image.copy()
    rest[top:bottom, left:right] = image[::8, ::8].mean(axis=(0, 1))
    return rest


@dataclass(frozen=True, eq=False)
class Conversion:
    """How PyAV's pictures of one file are made upright, with square pixels, and all of one size.

    Attributes:
        first_wh: Width and height of the first picture as it is stored; a stream may change them.
        aspect: Width over height of a pixel.
        orientation: How they become upright.
        mapped: Makes RGB of a size, not upright, from a picture of high dynamic range; None for ordinary ones.
    """

    first_wh: tuple[int, int]
    aspect: float
    orientation: Orientation
    mapped: Callable[[Any, tuple[int, int]], Any] | None = None

    @property
    def recorded_wh(self) -> tuple[int, int]:
        """Width and height of the upright picture as recorded, in square pixels."""
        return self._square_wh(*self.first_wh)

    @property
    def wh(self) -> tuple[int, int]:
        """Width and height in pixels of the pictures that are made."""
        side_px = min(LONGEST_SIDE_PX, max(self.recorded_wh))
        return fitted_wh(self.recorded_wh, (side_px, side_px))

    def image(self, picture: Any) -> NDArray[np.uint8]:
        """The (h, w, 3) RGB image; with black edges if its shape is not that of the first picture."""
        if self._is_like_first(picture):
            return self._upright(picture, self.wh)
        wh = fitted_wh(self._square_wh(picture.width, picture.height), self.wh)
        return padded(self._upright(picture, wh), self.wh)

    def glance(self, picture: Any) -> NDArray[np.float32]:
        """(h, w) small grey copy, upright; several times as quick as scaling."""
        if not self._is_like_first(picture):
            return small_copy(self.image(picture).mean(axis=2).astype(np.uint8))
        if picture.format.name in PLANAR:
            plane = picture.planes[0]
            light = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
            light = light[: picture.height, : picture.width]
        else:
            light = np.asarray(picture.to_ndarray(format="gray"), np.uint8)
        return self.orientation.apply(small_copy(light))

    def _is_like_first(self, picture: Any) -> bool:
        return (picture.width, picture.height) == self.first_wh

    def _square_wh(self, width: int, height: int) -> tuple[int, int]:
        return self.orientation.wh(max(1, round(width * self.aspect)), height)

    def _upright(self, picture: Any, wh: tuple[int, int]) -> NDArray[np.uint8]:
        width, height = self.orientation.wh(*wh)
        if self.mapped is None:
            image = picture.to_ndarray(format="rgb24", width=width, height=height)
        else:
            image = self.mapped(picture, (width, height)).to_ndarray()
        return np.ascontiguousarray(self.orientation.apply(image)).astype(np.uint8, copy=False)


def joined(
    parts: Mapping[int, NDArray[np.uint8]], ids: Sequence[int], columns: int
) -> NDArray[np.uint8]:
    """An image of (h, w, 3) parts of one size, row by row from the top left; those that are missing are black.

    Args:
        parts: Those that there are, by their numbers.
        ids: The numbers of all.
        columns: How many parts stand side by side.
    """
    black = np.zeros_like(next(iter(parts.values())))
    fitting = [
        part if (part := parts.get(number, black)).shape == black.shape else black for number in ids
    ]
    rows = [np.hstack(fitting[at : at + columns]) for at in range(0, len(ids), columns)]
    return np.vstack(rows)


def orientation_of(picture: Any, path: Path) -> Orientation:
    """The orientation that a recording's first picture, PyAV's, states: a display matrix, or EXIF."""
    try:
        matrix: Any = picture.side_data.get("DISPLAYMATRIX")
    except ValueError:  # PyAV does not know EXIF, and then gives no data at all
        return _exif_orientation(path)
    if matrix is None:
        return Orientation()
    a, b, _, c, d = np.frombuffer(matrix, np.int32)[:5].tolist()
    return Orientation.from_matrix(a, b, c, d)


def _exif_orientation(path: Path) -> Orientation:
    from PIL import Image

    try:
        with Image.open(path) as photograph:
            return Orientation.from_exif(photograph.getexif().get(EXIF_ORIENTATION, 1))
    except (OSError, ValueError, SyntaxError):
        return Orientation()


def jpeg_wh(jpeg: bytes) -> tuple[int, int]:
    """Width and height that a JPEG picture states, without decoding it.

    Raises:
        InputError: It is no JPEG picture.
    """
    from PIL import Image

    bombs = (Image.DecompressionBombError, Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
            return picture.size
    except bombs as error:
        raise InputError("a picture is too large") from error
    except (OSError, ValueError) as error:
        raise InputError("what was sent is no JPEG picture") from error


def decoded_jpeg(jpeg: bytes) -> NDArray[np.uint8] | None:
    """A JPEG picture as (H, W, 3) RGB; None for one that is damaged."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
            return np.asarray(picture.convert("RGB"))
    except (OSError, ValueError, SyntaxError):
        return None
