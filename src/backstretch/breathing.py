"""A quiet pace for breathing: four parts in, five parts out, no holding of the breath.

Resting adults breathe 12 to 20 times a minute; slow breathing is 4 to 10, usually 6 (research, section B).
"""

import math
from dataclasses import dataclass

BREATHS_A_MINUTE = 6.5
LIMITS = (5.0, 12.0)
"""The usual pace, and what can be asked for."""
INHALING = 4.0 / 9.0
"""Share of a breath that is breathing in: 4 s in and 5 to 6 s out."""


@dataclass(frozen=True)
class Breath:
    """One moment of a breath.

    Attributes:
        fullness: 0 all out, 1 all in.
        inhaling: Whether it is going in.
    """

    fullness: float
    inhaling: bool


def breath_at(seconds: float, breaths_a_minute: float = BREATHS_A_MINUTE) -> Breath:
    """The breath so many seconds after one began; it eases at both ends."""
    share = (seconds * breaths_a_minute / 60.0) % 1.0
    inhaling = share < INHALING
    way = share / INHALING if inhaling else (1.0 - share) / (1.0 - INHALING)
    return Breath((1.0 - math.cos(math.pi * way)) / 2.0, inhaling)
