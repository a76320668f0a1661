"""Haste: whether the person moves too fast into a position."""

import math

from backstretch.hold import State
from backstretch.reasons import TOO_FAST
from backstretch.step import Step

SHOWN_S = 2.5
"""How long it is told; the movement itself is over by then."""
LED_IN_S = 1.0
"""A movement that ended so shortly before the position was right led into it."""


class Haste:
    """Follows the movement into a stretch. How fast is too fast, the hold clock's own watch says."""

    def __init__(self) -> None:
        self._fast_s = self._until_s = -math.inf

    def push(self, step: Step) -> bool:
        """Take the next moment; return whether there is, or was just now, haste."""
        if step.motion == TOO_FAST:
            self._fast_s = step.time_s
        led_in = step.state is State.IN and step.time_s - self._fast_s <= LED_IN_S
        if led_in or (step.motion == TOO_FAST and step.near_pose):
            self._until_s = step.time_s + SHOWN_S
        return step.time_s < self._until_s
