"""Change: whether range of motion has clearly changed, or no more than measuring it again would show."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backstretch.kinematics.view import View

CERTAINTY = 2.9
"""Standard errors that a change must be above.

1.96 would do for one look at the end; people look after every session, and then call every fifth season
without a change a clear one. With 2.9 it is one season in 25 (tests/history/test_change.py).
"""
MEANS_FROM = 3
"""Number of holds from which a mean counts as one (research, section D)."""
SAME_VIEW_DEG = 30.0
"""Sessions seen from further apart than this are not compared."""
AVERAGED = ((24, 5), (12, 3), (4, 2))
"""(Least number of sessions, how many at either end are averaged): more would include the change itself."""
ENOUGH = AVERAGED[-1][0]
LATEST, SHARE = 2, 0.4
"""The number of latest sessions that must each show this share of the detectable change, so that one good
day is not taken for a change."""


@dataclass(frozen=True)
class Precision:
    """How precisely a measure can be taken.

    Attributes:
        sem: Random error of one hold.
        day_sd: How much somebody differs from day to day.
        single, means: Least change that may be reported for single holds, and for means of three and more.
    """

    sem: float
    day_sd: float
    single: float
    means: float


PRECISIONS = {
    "deg": Precision(4.0, 2.0, 10.0, 7.0),
    "neck": Precision(4.0, 2.0, 10.0, 8.0),
    "rough": Precision(8.0, 4.0, 20.0, 20.0),
    "ratio": Precision(0.048, 0.024, 0.12, 0.12),
}
"""Joint angles and inclinations, tilt and nod of the head, whatever turns towards the camera, and ratios
(research, section D: error of a hold 3.5 to 4.5 deg and the least changes; days are our estimate, and what
is rough or a ratio is taken to err in proportion)."""


class Verdict(StrEnum):
    """The possible outcomes of a comparison."""

    LARGER = "larger"
    SMALLER = "smaller"
    NONE = "no clear change"
    TOO_LITTLE = "too few sessions"


@dataclass(frozen=True)
class SessionMean:
    """One session's mean of a measure.

    Attributes:
        began: When, with its offset.
        value: In the measure's unit; finite.
        holds: How many were averaged.
        view: From where the camera saw the person; None if unknown.
    """

    began: datetime
    value: float
    holds: int
    view: View | None


@dataclass(frozen=True)
class Change:
    """How a measure changed between the first and the last sessions.

    Attributes:
        verdict: The direction in which the number changed, if clearly.
        first, last: Means of the first and the last sessions that are compared; NaN with too few.
        mdc: The minimal detectable change between them; NaN with too few.
        compared: The sessions of one view that were compared, by time.
        elsewhere: The others, by time.
    """

    verdict: Verdict
    first: float
    last: float
    mdc: float
    compared: tuple[SessionMean, ...]
    elsewhere: tuple[SessionMean, ...] = ()


def change_of(series: Sequence[SessionMean], kind: str = "deg") -> Change:
    """Compare the first with the last sessions, among those seen from the same place.

    That is the place of the latest session with enough others from there.

    Args:
        series: In any order.
        kind: Key of `PRECISIONS`.
    """
    compared, elsewhere = _one_view(sorted(series, key=lambda each: each.began))
    count = next((few for least, few in AVERAGED if len(compared) >= least), 0)
    if not count:
        return Change(Verdict.TOO_LITTLE, math.nan, math.nan, math.nan, compared, elsewhere)
    first, last = compared[:count], compared[-count:]
    before, after = _mean(first), _mean(last)
    mdc = minimal_change(first, last, PRECISIONS[kind])
    rise = after - before
    latest = [each.value - before for each in compared[-LATEST:]]
    is_clear = abs(rise) >= mdc and all(
        math.copysign(1.0, rise) * each >= SHARE * mdc for each in latest
    )
    verdict = Verdict.NONE
    if is_clear:
        verdict = Verdict.LARGER if rise > 0.0 else Verdict.SMALLER
    return Change(verdict, before, after, mdc, compared, elsewhere)


def minimal_change(
    first: Sequence[SessionMean], last: Sequence[SessionMean], precision: Precision
) -> float:
    """The least difference between two groups of sessions that is more than error, in the measure's unit."""
    variance = sum(_variance(group, precision) for group in (first, last))
    few = min(sum(each.holds for each in group) for group in (first, last))
    least = precision.means if few >= MEANS_FROM else precision.single
    return max(least, CERTAINTY * math.sqrt(variance))


def _variance(group: Sequence[SessionMean], precision: Precision) -> float:
    """Variance of `_mean`: each hold has its own error, holds of one day share the error of that day."""
    holds = [each.holds for each in group]
    days = sum(each**2 for each in holds) / sum(holds) ** 2
    return precision.sem**2 / sum(holds) + precision.day_sd**2 * days


def _mean(group: Sequence[SessionMean]) -> float:
    """Mean over all holds of a group of sessions."""
    return sum(each.value * each.holds for each in group) / sum(each.holds for each in group)


def _one_view(
    series: Sequence[SessionMean],
) -> tuple[tuple[SessionMean, ...], tuple[SessionMean, ...]]:
    """The sessions that can be compared, and the others."""
    if not series:
        return (), ()
    counts = Counter(each.view for each in reversed(series))
    beside = ({other for other in counts if _is_same(view, other)} for view in counts)
    enough = (views for views in beside if sum(counts[view] for view in views) >= ENOUGH)
    ours = next(enough, None) or {v for v in counts if _is_same(series[-1].view, v)}
    compared = tuple(each for each in series if each.view in ours)
    return compared, tuple(each for each in series if each.view not in ours)


def _is_same(one: View | None, other: View | None) -> bool:
    """Whether two sessions were seen from the same place; unknown places are one of their own."""
    if one is None or other is None:
        return one is other
    return one.apart(other) <= SAME_VIEW_DEG
