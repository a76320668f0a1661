"""Pictures that somebody else takes and sends, such as a page in a browser."""

import math
from collections import deque
from threading import Condition
from time import perf_counter

from backstretch.errors import InputError, Notice
from backstretch.vision.capture import LEAST_STEP_S
from backstretch.vision.feeds import STALLED_S, Image
from backstretch.vision.pictures import decoded_jpeg, jpeg_wh

WAIT_S = 0.1
"""How long a read waits for a picture before it says that there is none."""
AHEAD_S = 1.0
"""A picture that claims to be from further ahead of now than this is refused: a sender cannot make seconds."""
MOST_BYTES, MOST_PX = 4 * 1024 * 1024, 1920
"""Largest picture that is taken: its bytes, and its width and height."""
REMEMBERED = 300
"""How many pictures' numbers are remembered: ten seconds of them."""


class PushedFeed:
    """A `Feed` of JPEG pictures, each with the sender's own time; the newest counts.

    Only differences of the sender's times are used. A sender that comes back begins a new count, at the time
    it is then.
    """

    def __init__(self) -> None:
        self.fps = 0.0
        self.patience_s = STALLED_S
        self.notices: list[Notice] = []
        self._news = Condition()
        self._newest: tuple[float, bytes] | None = None
        self._numbers: deque[tuple[float, int]] = deque(maxlen=REMEMBERED)
        self._is_connected = self._is_new = self._has_begun = False
        self._zero_s: float | None = None  # of the clock here, by perf_counter
        self._offset_s, self._last_s = 0.0, -math.inf
        self._taken_at_s = 0.0

    def connect(self) -> None:
        """A sender has come; its clock begins anew, and what an earlier one sent counts no more."""
        with self._news:
            self._is_connected = self._is_new = True
            self._newest = None
            self._numbers.clear()

    def disconnect(self) -> None:
        """The sender has gone."""
        with self._news:
            self._is_connected = False

    def push(self, number: int, time_ms: float, jpeg: bytes) -> bool:
        """Take a picture.

        Args:
            number: The sender's number of it.
            time_ms: When it was taken, by the sender's clock.
            jpeg: The picture.

        Returns:
            Whether it was taken; False for one that is not later than the last one, or from the future.

        Raises:
            InputError: It is too large, or no JPEG.
        """
        if len(jpeg) > MOST_BYTES or max(jpeg_wh(jpeg)) > MOST_PX:
            raise InputError(f"a picture is too large; {MOST_PX} pixels are the most")
        with self._news:
            now_s = perf_counter()
            self._zero_s = now_s if self._zero_s is None else self._zero_s
            now_s -= self._zero_s
            if self._is_new:
                begin_s = max(now_s, self._last_s + LEAST_STEP_S)  # an earlier sender may be ahead
                self._offset_s, self._is_new = begin_s - time_ms / 1000.0, False
            time_s = time_ms / 1000.0 + self._offset_s
            if not self._last_s < time_s <= now_s + AHEAD_S:
                is_ahead = time_s > now_s + AHEAD_S
                # Where all have been ahead for a while, the first one came late: the count begins anew.
                self._is_new = is_ahead and now_s - self._taken_at_s > AHEAD_S
                return False
            self._last_s, self._has_begun, self._taken_at_s = time_s, True, now_s
            self._numbers.append((time_s, number))
            self._newest = (time_s, jpeg)
            self._news.notify_all()
            return True

    def number_at(self, time_s: float) -> int | None:
        """The number of the picture of a time; None for one that is forgotten, or of an earlier sender."""
        with self._news:
            return next(
                (number for at_s, number in reversed(self._numbers) if at_s == time_s), None
            )

    def read(self) -> tuple[float, Image] | None:
        """As `Feed.read`."""
        with self._news:
            self._news.wait_for(lambda: self._newest is not None, WAIT_S)
            newest, self._newest = self._newest, None
        if newest is None:
            return None
        time_s, jpeg = newest
        image = decoded_jpeg(jpeg)
        return None if image is None else (time_s, image)

    def reopen(self) -> None:
        """As `Feed.reopen`; the first picture is waited for."""
        if self._has_begun and not self._is_connected:
            raise InputError("no page is connected")

    def close(self) -> None:
        """As `Feed.close`."""
