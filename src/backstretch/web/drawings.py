"""Drawings of stretches for the page: one is made at a time, so that a session keeps the processor."""

from threading import Lock

from backstretch.display.pictures.canvas import png_of
from backstretch.display.pictures.figure import figure_image
from backstretch.judging.matching import Form

PICTURE_WH = (320, 240)


class Drawings:
    """Makes the drawings, which take some tenths of a second each, and keeps them."""

    def __init__(self) -> None:
        self._made: dict[Form, bytes] = {}
        self._lock = Lock()
        self._is_over = False

    def png(self, form: Form) -> bytes | None:
        """The drawing as a PNG; None once `end` was called."""
        with self._lock:
            if self._is_over:
                return None
            if form not in self._made:
                self._made[form] = png_of(figure_image(form, PICTURE_WH))
            return self._made[form]

    def end(self) -> None:
        """Wait for the one that is being made: a thread that draws while Python ends may crash it."""
        self._is_over = True
        with self._lock:
            pass
