"""Patience: how long a hold is waited for, and how often it is tried."""

from collections import Counter

PATIENCE_S = 90.0
"""A stretch that is tried for so long without a hold is left out, since nobody may be able to press a key."""
HURRIED_AFTER_S = 60.0
"""When that is announced."""
MOST_TRIES, TRY_FROM_S = 3, 2.0
"""So many holds that were too short, and the next one is asked for; shorter ones were finding the position."""


class Patience:
    """Follows the tries at one hold.

    Attributes:
        hurries: Whether it is time to say that it will not be waited for much longer; true for one moment.
        over: Whether it has been waited for long enough.
    """

    def __init__(self) -> None:
        self.hurries = self.over = False
        self._tries: Counter[str | None] = Counter()
        self._waited_s = 0.0

    def wait(self, passed_s: float) -> None:
        """Nothing is held, so much longer."""
        before_s, self._waited_s = self._waited_s, self._waited_s + passed_s
        self.hurries = before_s < HURRIED_AFTER_S <= self._waited_s
        self.over = self._waited_s >= PATIENCE_S

    def fail(self, side: str | None, held_s: float) -> bool:
        """A hold of a side was too short; return whether that was a try, and not just finding the position."""
        is_try = held_s >= TRY_FROM_S
        self._tries[side] += is_try
        self.over = self._tries[side] >= MOST_TRIES
        if is_try:
            self._waited_s = 0.0
        return is_try
