"""Attempts: whether a moment that is not right is near enough to a pose to be meant for it."""

import math

from backstretch.catalogue import Unit
from backstretch.matching import Reading, Verdict
from backstretch.neutral import Neutral

NEAR_SHARE = 0.5
SEEN_SHARE = 0.4
"""An attempt: of the required readings at least `SEEN_SHARE` are seen, of these at least `NEAR_SHARE` are
right, and the others are on average at least that share of the way from the neutral to their limit.
Without the last, standing would be an attempt at every standing stretch."""
REACH: dict[Unit, float] = {"deg": 30.0, "ratio": 0.35}
"""The way assumed for a reading that is right in the neutral, or not known there."""


def is_near(verdict: Verdict, neutral: Neutral | None) -> bool:
    """Whether the moment is close enough to the pose to be an attempt at it."""
    seen = [reading for reading in verdict.required if not reading.unseen]
    wrong = [reading for reading in seen if reading.slack < 0.0]
    few = len(seen) < SEEN_SHARE * len(verdict.required)
    if neutral is None or few or len(wrong) > NEAR_SHARE * len(seen):
        return False
    if not wrong or any(_rest_slack(r, neutral) < 0.0 for r in seen if r.slack >= 0.0):
        return True  # something that is right now was wrong in the neutral: done on purpose
    ways = [way(reading, neutral) for reading in wrong]
    return sum(ways) / len(ways) >= NEAR_SHARE


def way(reading: Reading, neutral: Neutral | None) -> float:
    """Share of the way from the neutral to its limit that a reading has gone; 1 where it is right.

    It is negative for what is further off than in the neutral.
    """
    if reading.slack >= 0.0:
        return 1.0
    start = _rest_slack(reading, neutral) if neutral is not None else math.nan
    return 1.0 + reading.slack / (-start if start < 0.0 else REACH[reading.check.measure.unit])


def _rest_slack(reading: Reading, neutral: Neutral) -> float:
    """How far inside the range the neutral is; NaN if it was not seen."""
    low, high = reading.target.for_side.accept
    relative = reading.check.measure.relative
    value = 0.0 if relative else float(neutral.values[reading.target.index])
    return min(value - low, high - value)
