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
"""How often a thread that waits looks whether anybody still wants what it has."""
GLANCE_PX, GLANCE_POINTS = 64, 4
"""How wide a small copy is at the least, and how many points a part of it is the mean of, each way."""
PLANAR = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray"}
"""Formats whose first plane is a byte of brightness a pixel."""


class _Ended:
    """Comes last; with the error that ended it, if any."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class Ahead(Generic[_Item]):
    """An iterator over what another one gives, which runs in a thread; a context manager.

    Args:
        items: Are made in the thread; an error among them is raised where it would have come.
        count: At most so many wait to be taken; 0 for as many as there are.
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

    def __enter__(self) -> "Ahead[_Item]":
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
        """Wait until there is room; False where nobody wants it any more."""
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
        convert: Gives the upright RGB image; None for one so damaged that its colours cannot be told.
        shrink: Gives a small grey copy, upright.
    """

    index: int
    time_s: float
    convert: Callable[[], NDArray[np.uint8] | None]
    shrink: Callable[[], NDArray[np.float32]]

    @cached_property
    def glance(self) -> NDArray[np.float32]:
        """(h, w) the small grey copy, some `GLANCE_PX` wide."""
        return self.shrink()

    def frame(self) -> Frame | None:
        """The converted picture; None for one that is damaged."""
        image = self.convert()
        return None if image is None else Frame(self.index, self.time_s, image)


def upright(picture: Any, wh: tuple[int, int], turn: int) -> NDArray[np.uint8]:
    """(h, w, 3) RGB of a size, of PyAV's picture, after so many quarter turns anticlockwise."""
    width, height = wh if turn % 2 == 0 else wh[::-1]
    image = picture.to_ndarray(format="rgb24", width=width, height=height)
    return np.ascontiguousarray(np.rot90(image, turn)).astype(np.uint8, copy=False)


def glance(picture: Any, turn: int) -> NDArray[np.float32]:
    """The mean of points in each part of PyAV's picture; several times as quick as scaling it."""
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
