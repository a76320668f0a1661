"""The clock of a recording: what a container states of its pictures' times, made into seconds that go on.

Files are joined, repaired and streamed: a single time may be far too late, or the clock may begin again. The
next picture's time tells such faults from a gap in which there were no pictures.
"""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

_Item = TypeVar("_Item")
LEAP_S = 5.0
"""A time this long after the one before is used only if the next one is no earlier: else it is a stray that
would put all pictures after it in the past."""
BACK_S = 1.0
"""A time this long before the latest one, from which the next ones go on, is that of a clock that begins again.
Smaller steps back are single pictures out of order."""


class RecordingClock(Generic[_Item]):
    """Gives items with times that go on; a time that cannot be used is None.

    Args:
        items: Each with its time in seconds since the first one, as the container states it, or None.
        step_s: The usual time from one picture to the next, which passes where the clock begins again.

    Attributes:
        restarts_s: When the clock began again, in the seconds that it gives.
        strays_s: Times behind those of the next items, which single items had; these items have none.
    """

    def __init__(self, items: Iterable[tuple[float | None, _Item]], step_s: float) -> None:
        self.restarts_s: list[float] = []
        self.strays_s: list[float] = []
        self._items, self._step_s = items, step_s
        self._offset_s = 0.0
        self._latest_s = 0.0

    def __iter__(self) -> Iterator[tuple[float | None, _Item]]:
        waiting: tuple[float, _Item] | None = None
        for stated_s, item in self._items:
            if waiting is not None:
                yield self._decide(waiting[0], stated_s), waiting[1]
                waiting = None
            if stated_s is None:
                yield None, item
            elif self._is_plain(stated_s):
                yield self._accept(stated_s), item
            else:
                waiting = stated_s, item
        if waiting is not None:
            yield self._decide(waiting[0], None), waiting[1]

    def _is_plain(self, stated_s: float) -> bool:
        passed_s = stated_s + self._offset_s - self._latest_s
        return -BACK_S <= passed_s <= LEAP_S

    def _accept(self, stated_s: float) -> float:
        time_s = stated_s + self._offset_s
        self._latest_s = max(self._latest_s, time_s)
        return time_s

    def _decide(self, stated_s: float, next_s: float | None) -> float | None:
        """The time of an item whose stated time leaps, by the one that follows; None follows the last item."""
        is_gap = stated_s + self._offset_s > self._latest_s
        if is_gap and (next_s is None or next_s >= stated_s):
            return self._accept(stated_s)
        if is_gap:
            self.strays_s.append(stated_s + self._offset_s)
            return None
        if next_s is None or not stated_s <= next_s <= stated_s + LEAP_S:
            return None
        time_s = self._latest_s + self._step_s
        self._offset_s = time_s - stated_s
        self.restarts_s.append(time_s)
        return self._accept(stated_s)
