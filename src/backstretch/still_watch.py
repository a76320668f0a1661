"""Watching for stillness as it happens: the still that is going on, if any."""

from collections import deque
from collections.abc import Collection

from backstretch.step import Step
from backstretch.stills import Still, stills_of

LOOK_BACK_S = 1.5
LOOK_EVERY_S = 0.25
"""Over how long stillness is told, and how often."""


class StillWatch:
    """Takes steps as they come.

    Args:
        needed: Names of the landmarks that must keep still.

    Attributes:
        recent: The steps of the last `LOOK_BACK_S`.
    """

    def __init__(self, needed: Collection[str]) -> None:
        self.recent: deque[Step] = deque()
        self._needed = needed
        self._looked_s = 0.0

    def push(self, step: Step) -> None:
        """Take the next step."""
        self.recent.append(step)
        while step.time_s - self.recent[0].time_s > LOOK_BACK_S:
            self.recent.popleft()

    def still(self) -> Still | None:
        """The still that is going on; looked for now and then, and None in between."""
        now_s = self.recent[-1].time_s
        if now_s - self._looked_s < LOOK_EVERY_S:
            return None
        self._looked_s = now_s
        stills = stills_of(list(self.recent), self._needed)
        return stills[-1] if stills and stills[-1].end_s >= now_s - LOOK_EVERY_S else None
