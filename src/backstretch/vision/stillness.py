"""Stillness: a picture that comes again and again, as from a frozen camera, or a photograph made into a film.

A sensor never gives the same picture twice, and nobody keeps still to a pixel. Only compression makes pictures
of a living person alike for a while: the harder, the longer, and again and again.
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstretch.kinematics.landmarks import LONGEST_GAP_S

SAME_WITHIN = 1.25
"""Largest difference of two glances at the same picture, of 255, at any point: encoders that begin afresh every
second change a picture by up to 1. Glances at people who breathe differ by 3 and more within half a second."""
ALIKE_WITHIN = 3.0
"""The same where an encoder begins afresh or refines its first picture. What is alike just before and after a
picture that stands still is that picture too; living ones are alike for less than half a second."""
AFRESH_WITHIN, AFRESH_FROM, AFRESH_SHARE = 4.0, 0.3, 0.1
"""An encoder that begins afresh changes the same picture by up to this much, and at least this share of its
points by more than a trace. What moves changes a few points, and by more."""
STILL_FROM_S = 4.0
"""How long the same picture must come to be called still. Slow cameras repeat theirs for less, editors make a
hold longer by a second or two, and of films compressed to the limit the first such time is 3.5 s."""
LONGER_BY = 3.0
"""It must also come for longer, by this factor, than any picture before that was not called still: in films
compressed so hard that holds hardly change, such a time is up to 2.1 times as long as any before it."""


@dataclass(frozen=True)
class Repeat:
    """Since when a picture has come.

    Attributes:
        since_s: The time of the first of the pictures that are the same.
        alike_since_s: The time of the first of those that are nearly the same, without another in between;
            `since_s` where that is less than half a second before it, as it may be in life.
    """

    since_s: float
    alike_since_s: float


class Repeats:
    """Follows in glances, given in order of time, since when the picture has been the same."""

    def __init__(self) -> None:
        self._first: tuple[float, NDArray[np.float32]] | None = None
        self._alike: tuple[float, NDArray[np.float32]] | None = None
        self._runs: deque[tuple[Repeat, float]] = deque(maxlen=16)
        self._begins_s = math.inf

    def push(self, time_s: float, glance: NDArray[np.float32]) -> None:
        """Take the next glance; an empty one, of a damaged picture, is passed over."""
        if glance.size == 0:
            return
        self._begins_s = min(self._begins_s, time_s)
        if self._alike is None or not _is_within(ALIKE_WITHIN, self._alike[1], glance):
            self._alike = time_s, glance
        if self._first is not None and _is_within(SAME_WITHIN, self._first[1], glance):
            self._runs[-1] = self._runs[-1][0], time_s
        elif self._first is not None and self._is_afresh(glance):
            self._first = self._first[0], glance
            self._runs[-1] = self._runs[-1][0], time_s
        else:
            self._first = time_s, glance
            is_living = self._begins_s < self._alike[0] > time_s - LONGEST_GAP_S
            self._runs.append((Repeat(time_s, time_s if is_living else self._alike[0]), time_s))

    def _is_afresh(self, glance: NDArray[np.float32]) -> bool:
        """Whether the same picture is only encoded anew after a while: it changes little, but all over."""
        (repeat, last_s), (_, first) = self._runs[-1], self._first or (0.0, glance)
        if last_s - repeat.since_s < LONGEST_GAP_S or not _is_within(AFRESH_WITHIN, first, glance):
            return False
        return float((np.abs(glance - first) > AFRESH_FROM).mean()) >= AFRESH_SHARE

    def of(self, time_s: float) -> Repeat | None:
        """Since when the picture of a recent time has come; None where there was no glance at it."""
        for repeat, last_s in self._runs:
            if repeat.since_s <= time_s <= last_s:
                return repeat
        return None


class StillWatch:
    """Decides which pictures stand still, from the pictures that were looked at, in order of time."""

    def __init__(self) -> None:
        self._first_s = self._alike_s = self._last_s = -math.inf
        self._still_until_s = -math.inf
        self._longest_s = 0.0

    def push(self, time_s: float, repeat: Repeat | None) -> float | None:
        """Take the next picture.

        Args:
            time_s: Its time.
            repeat: Since when it has come; None if that is not known, as for a new picture.

        Returns:
            The time since which the picture stands still; None where it does not.
        """
        now = repeat or Repeat(time_s, time_s)
        if now.since_s > self._last_s:
            self._end_run()
            self._first_s = self._alike_s = now.since_s
        self._alike_s = min(self._alike_s, now.alike_since_s)
        self._last_s = time_s
        if time_s - self._first_s < self._needed_s:
            return None
        self._still_until_s = time_s
        return self._alike_s

    def _end_run(self) -> None:
        """Another picture comes: note how long the last one lasted, unless it stood still."""
        if self._last_s > self._still_until_s:
            self._longest_s = max(self._longest_s, self._last_s - self._first_s)

    @property
    def _needed_s(self) -> float:
        """How long a picture must come; less after a still one, which an encoder may just have begun afresh."""
        if self._alike_s <= self._still_until_s:
            return 0.0
        if self._first_s - self._still_until_s <= LONGEST_GAP_S:
            return LONGEST_GAP_S
        return max(STILL_FROM_S, LONGER_BY * self._longest_s)


def _is_within(most: float, one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    return one.shape == other.shape and float(np.abs(one - other).max()) <= most
