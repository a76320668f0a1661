"""Pictures of video files: upright, converted or made small where asked for, and read ahead in a thread."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from backstretch.frame import Frame

_Item = TypeVar("_Item")
PATIENCE_S = 0.1
"""How often a waiting thread checks whether its items are still wanted."""
GLANCE_PX, GLANCE_POINTS = 64, 4
"""Least width of the small grey copy, and how many points each way one of its pixels is the mean of."""
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


def upright(picture: Any, wh: tuple[int, int], turn: int) -> NDArray[np.uint8]:
    """PyAV's picture as (h, w, 3) RGB of a size, after ``turn`` quarter turns anticlockwise."""
    width, height = wh if turn % 2 == 0 else wh[::-1]
    image = picture.to_ndarray(format="rgb24", width=width, height=height)
    return np.ascontiguousarray(np.rot90(image, turn)).astype(np.uint8, copy=False)


def glance(picture: Any, turn: int) -> NDArray[np.float32]:
    """(h, w) small grey copy of PyAV's picture: the means of points; several times as quick as scaling."""
    if picture.format.name in PLANAR:
        plane = picture.planes[0]
        light = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        light = light[: picture.height, : picture.width]
    else:
        light = np.asarray(picture.to_ndarray(format="gray"), np.uint8)
    side = GLANCE_POINTS
    step = max(1, light.shape[1] // (side * GLANCE_PX))
    points = light[::step, ::step]
    height, width = (size // side for size in points.shape)
    points = points[: height * side, : width * side]
    rows = points.reshape(height, side, width * side).sum(axis=1, dtype=np.uint16)
    parts = rows.reshape(height, width, side).sum(axis=2, dtype=np.uint16)
    return np.rot90(parts.astype(np.float32) / side**2, turn)
