"""Change: whether range of motion has clearly changed, or no more than measuring it twice would show."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backstretch.views import View

SEM = 4.0
"""Random error of one hold in degrees (research, section D: 3.5 to 4.5)."""
DAY_SD = 2.0
"""How much somebody differs from day to day, in degrees (our estimate)."""
CERTAINTY = 1.96
"""Of a normal distribution: 5 % of differences without a cause are larger."""
SINGLE, MEANS, MEANS_FROM = 10.0, 7.0, 3
"""Least change that may be told of single holds, and of means of so many holds (research, section D)."""
SCALES = {"deg": 1.0, "ratio": 0.012, "rough": 2.0}
"""What a degree of the above is in ratios, and in quantities that turn towards the camera (0.12 and 20 deg)."""
SAME_VIEW_DEG = 30.0
"""Sessions seen from further apart than this are not compared."""
MORE_SESSIONS = ((30, 3), (15, 2), (2, 1))
"""From how many sessions on how many at either end are averaged: more would take in the change itself."""


class Verdict(StrEnum):
    """What can be said of a change."""

    LARGER = "larger"
    SMALLER = "smaller"
    NONE = "no clear change"
    TOO_LITTLE = "too few sessions"


@dataclass(frozen=True)
class Reached:
    """One session's mean of a measure.

    Attributes:
        began: When, with its offset.
        value: In the measure's unit.
        holds: How many were averaged.
        azimuth_deg: From where the camera saw the person; None if unknown.
    """

    began: datetime
    value: float
    holds: int
    azimuth_deg: float | None


@dataclass(frozen=True)
class Change:
    """What has become of a measure.

    Attributes:
        verdict: In which direction the number went, if clearly.
        first, last: Means of the first and the last sessions that are compared; NaN with too few.
        mdc: The minimal detectable change between them; NaN with too few.
        compared: The sessions of one view that were compared, by time.
    """

    verdict: Verdict
    first: float
    last: float
    mdc: float
    compared: tuple[Reached, ...]


def change_of(series: Sequence[Reached], scale: str = "deg") -> Change:
    """Compare the first sessions with the last ones.

    Args:
        series: In any order; only those seen from where the last one was seen are compared.
        scale: Key of `SCALES`.
    """
    compared = _same_view(sorted(series, key=lambda each: each.began))
    count = next((few for least, few in MORE_SESSIONS if len(compared) >= least), 0)
    if not count:
        return Change(Verdict.TOO_LITTLE, math.nan, math.nan, math.nan, compared)
    first, last = compared[:count], compared[-count:]
    before, after, mdc = _mean(first), _mean(last), minimal_change(first, last, scale)
    verdict = Verdict.LARGER if after > before else Verdict.SMALLER
    if abs(after - before) < mdc:
        verdict = Verdict.NONE
    return Change(verdict, before, after, mdc, compared)


def minimal_change(first: Sequence[Reached], last: Sequence[Reached], scale: str) -> float:
    """The least difference between two groups of sessions that is more than error, in the measure's unit."""
    variance = sum(
        SEM**2 / sum(each.holds for each in group) + DAY_SD**2 / len(group)
        for group in (first, last)
    )
    few = min(sum(each.holds for each in group) for group in (first, last))
    least = MEANS if few >= MEANS_FROM else SINGLE
    return SCALES[scale] * max(least, CERTAINTY * math.sqrt(variance))


def _same_view(series: Sequence[Reached]) -> tuple[Reached, ...]:
    """The sessions seen from where the last one with a known view was seen; all where none is known."""
    known = [each.azimuth_deg for each in series if each.azimuth_deg is not None]
    if not known:
        return tuple(series)
    last = View(known[-1], 0.0)
    return tuple(
        each
        for each in series
        if each.azimuth_deg is not None and last.apart(View(each.azimuth_deg, 0.0)) <= SAME_VIEW_DEG
    )


def _mean(group: Sequence[Reached]) -> float:
    """Mean over all holds of a group of sessions."""
    return sum(each.value * each.holds for each in group) / sum(each.holds for each in group)
