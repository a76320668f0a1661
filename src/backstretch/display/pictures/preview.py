"""What the live picture shows of a stretch beforehand: its demonstration in a loop, and its drawing.

Reading and drawing take some tenths of a second, so they are done in the background, and drawing a live
picture never waits for them.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock, Thread
from typing import Generic, TypeVar

from backstretch.display.pictures.canvas import Box, Picture, fit_into
from backstretch.display.pictures.demonstration import Demonstration, load_demonstration
from backstretch.display.pictures.figure import figure_image
from backstretch.judging.matching import Form

DRAWN_WH = (480, 360)
"""Size in which a drawing is made, to be scaled to where it is shown."""
Value = TypeVar("Value")


class Shelf(Generic[Value]):
    """Values that are made once each, in the background.

    Args:
        most: How many are kept; the one that was not asked for longest goes first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._threads: dict[Hashable, Thread] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value | None:
        """The value of a key; None until it is made, which the first call begins."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            if key not in self._threads:
                thread = Thread(target=self._make, args=(key, make))
                self._threads[key] = thread
                thread.start()
            return None

    def wait(self) -> None:
        """Wait until all that was asked for is made."""
        for thread in list(self._threads.values()):
            thread.join()

    def _make(self, key: Hashable, make: Callable[[], Value]) -> None:
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)
            del self._threads[key]


class Previews:
    """Shows demonstrations and drawings as a mirror would, for the side that is due."""

    def __init__(self) -> None:
        self._demonstrations: Shelf[tuple[Demonstration | None]] = Shelf(2)
        self._figures: Shelf[Picture] = Shelf(8)

    def show_moving(self, form: Form, time_s: float, sheet: Picture, box: Box) -> Box | None:
        """Put the moment of the demonstration into a box of a sheet; without one, the drawing.

        Returns:
            The part of the sheet that it fills; None where there is nothing to show, or nothing yet.
        """
        pose = form.pose
        made = self._demonstrations.get(pose, lambda: (load_demonstration(pose),))
        if made is None:
            return None
        self._figure(form)  # is made before the hold begins
        if made[0] is None:
            return self.show_still(form, sheet, box)
        return fit_into(made[0].at(time_s), box, sheet, mirrored=form.side != "right")

    def show_still(self, form: Form, sheet: Picture, box: Box) -> Box | None:
        """Put the drawing into a box of a sheet; what is returned is as in `show_moving`."""
        image = self._figure(form)
        return None if image is None else fit_into(image, box, sheet, mirrored=False)

    def _figure(self, form: Form) -> Picture | None:
        if not form.pose.figure:
            return None
        return self._figures.get(form, lambda: figure_image(form, DRAWN_WH, mirrored=True))

    def wait(self) -> None:
        """Wait until all that was asked for can be shown."""
        self._demonstrations.wait()
        self._figures.wait()
