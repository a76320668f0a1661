"""Judging a recording while it is looked at."""

import math
from collections.abc import Callable

from backstretch.landmarks import Landmarks
from backstretch.result import Wanted
from backstretch.session import Session
from backstretch.step import Step
from backstretch.take import Take

AT_ONCE, BEHIND_S = 16, 0.1
"""Moments judged together: the same numbers as one by one, with a fraction of the work. Sparse looking asks
what was judged, which then must not lie further behind."""


class Judge:
    """A take that is fed some moments at a time.

    Args:
        wanted: What was asked.
        write: Is given the steps that are settled.

    Attributes:
        take: What was judged so far.
        count: How many moments were taken.
    """

    def __init__(self, wanted: Wanted, write: Callable[[list[Step]], None]) -> None:
        self._mirrored = wanted.mirrored
        # Sides that were not asked for are judged too: to say so when they were held.
        self.take = Take(
            wanted, Session(wanted.poses, asked=wanted.asked, own_neutral=wanted.own_neutral)
        )
        self.count = 0
        self._behind_s = math.inf if wanted.every_frame else BEHIND_S
        self._write = write
        self._moments: list[tuple[float, Landmarks | None]] = []

    def push(self, time_s: float, marks: Landmarks | None) -> None:
        """Take a moment; what is settled may come with a later one."""
        self.count += 1
        turned = marks.mirrored() if marks is not None and self._mirrored else marks
        self._moments.append((time_s, turned))
        behind_s = time_s - self._moments[0][0]
        if len(self._moments) >= AT_ONCE or behind_s >= self._behind_s:
            self._write(self.take.push(self._moments))
            self._moments = []

    def is_busy(self) -> bool:
        """Whether some position is held, or may soon be."""
        return any(watch.busy or watch.is_close for watch in self.take.session.watches)

    def seeks_neutral(self) -> bool:
        """Whether there is no neutral yet, and the person may be at rest."""
        return self.take.session.seeks_neutral

    def finish(self) -> None:
        """Judge what is left and close what is open."""
        self._write(self.take.push(self._moments))
        self._write(self.take.finish())
