"""Reach: which stills of a take show a stretch that somebody meant to do, and how far they came in it.

Somebody who is stiff is outside of the ranges that the library has for everyone. What tells their stretch
from rest, and from something else, is how much of the way from rest to those ranges they have gone, and that
all that is not a matter of range of motion is about right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from backstretch.anatomy import safe_range
from backstretch.attempts import way
from backstretch.catalogue import least_half_width
from backstretch.hold import State
from backstretch.matching import Form, Reading, Verdict, forms_of
from backstretch.poses import Check, Pose, Reach
from backstretch.stills import Still
from backstretch.wording import measure_label

SURE_TO = 2.77
"""Half-width of a range over the spread: what differs by more has changed (MDC95, research, section D)."""
OWN_SHARE = 0.6
"""Of the way from rest to what was reached, from where a position counts at the earliest; half-way stops on
clips lie at 0.4 to 0.5 of it."""
FAR_ENOUGH = 0.4
"""Share of the way from rest to the library's range from which a position is meant for a stretch; shallow
ones on clips have gone 0.5 to 0.7, rest 0.1 at most."""
EACH_FAR_ENOUGH = 0.25
OFF_BY = 2.0
"""How far beyond its range, in half-widths, what is no matter of range of motion may lie."""
AS_GOOD = 0.1
"""Stills that are worse than the best by more are left out: a half-way stop is not the stretch."""


@dataclass(frozen=True)
class Shown:
    """What one still shows of one form.

    Attributes:
        form, still: The two.
        verdict: What the checks say of it.
        fit: 1 where all that is range of motion (or all, where nothing is) is within its range, less by how
            much of the way from rest is missing.
        likeness: The same of all that is required.
        refusal: Why it is not taken for the stretch; empty where it is.
    """

    form: Form
    still: Still
    verdict: Verdict
    fit: float
    likeness: float
    refusal: str


def shown_in(still: Still, form: Form) -> Shown:
    """What a still shows of a form."""
    verdict = form.judge(still.values, still.near, inside=False)
    seen = [reading for reading in verdict.required if not reading.unseen]
    telling = [reading for reading in seen if reading.check.more] or seen
    fit, likeness = (_mean_way(readings, still) for readings in (telling, seen))
    return Shown(form, still, verdict, fit, likeness, _refusal(verdict, still))


def _mean_way(readings: Sequence[Reading], still: Still) -> float:
    """Mean share of the way from rest that readings have gone, -1 to 1; -1 without any."""
    ways = [float(np.clip(_way(reading, still), -1.0, 1.0)) for reading in readings]
    return sum(ways) / len(ways) if ways else -1.0


def _refusal(verdict: Verdict, still: Still) -> str:
    """Why a still is not the stretch that its verdict speaks of."""
    lacking = [measure_label(each) for each in verdict.required if each.lacking]
    if lacking:
        return f"I cannot see the {' and the '.join(dict.fromkeys(lacking))}"
    seen = [reading for reading in verdict.required if not reading.unseen]
    for reading in seen:
        check = reading.check
        if not check.more and reading.slack < -OFF_BY * least_half_width(
            check.measure, check.frame
        ):
            return _far_off(reading)
    deep = [reading for reading in seen if reading.check.more]
    ways = [_way(reading, still) for reading in deep]
    if not ways or (min(ways) >= EACH_FAR_ENOUGH and sum(ways) >= FAR_ENOUGH * len(ways)):
        return ""
    return _far_off(deep[int(np.argmin(ways))])


def _way(reading: Reading, still: Still) -> float:
    """Share of the way from rest that a reading has gone; going beyond the range is going all of it."""
    check, (low, high) = reading.check, reading.target.for_side.accept
    least, most = safe_range(check.measure)
    is_beyond = check.more == "larger" and high < reading.value <= most
    is_beyond |= check.more == "smaller" and least <= reading.value < low
    return 1.0 if is_beyond else way(reading, still.neutral)


def _far_off(reading: Reading) -> str:
    low, high = reading.target.for_side.accept
    told, unit = f"{reading.value:.2f}", ""
    if reading.check.measure.unit == "deg":
        told, unit = f"{reading.value:.0f}°", "°"
    return f"the {measure_label(reading)} is {told}, and this stretch asks for {low:g} to {high:g}{unit}"


def stretches(stills: Iterable[Still], pose: Pose, sides: Sequence[str] = ()) -> list[Shown]:
    """The stills of a take that show a pose, each for the side that it shows best.

    Args:
        stills: All of them.
        pose: What was meant.
        sides: Sides that are asked for; both when empty.

    Returns:
        Those as good as the best of their side, by time: where the library takes some, only these.
        Empty where none shows it.
    """
    stills = list(stills)
    forms = [form for form in forms_of(pose) if not sides or form.side in {*sides, None}]
    found = [
        max((shown_in(still, form) for form in forms_of(pose)), key=lambda e: _rank(e, forms))
        for still in stills
    ]
    good = [each for each in found if each.form in forms and _counts(each, alone=len(stills) == 1)]
    best = {form: max((e.fit for e in good if e.form == form), default=0.0) for form in forms}
    return [
        each for each in good if each.fit >= best[each.form] - AS_GOOD * (best[each.form] < 1.0)
    ]


def _counts(shown: Shown, *, alone: bool) -> bool:
    """Whether a still shows its form; without a known rest only what the library takes, or all there is."""
    known = alone or shown.still.neutral is not None or shown.verdict.state is State.IN
    return known and not shown.refusal


def best_try(stills: Iterable[Still], pose: Pose, sides: Sequence[str] = ()) -> Shown | None:
    """What comes nearest to a pose, right or not; None without a still."""
    forms = [form for form in forms_of(pose) if not sides or form.side in {*sides, None}]
    found = [shown_in(still, form) for still in stills for form in forms]
    return max(found, key=lambda each: each.likeness, default=None)


def _rank(shown: Shown, asked: Sequence[Form]) -> tuple[bool, float, float, bool]:
    return not shown.refusal, shown.likeness, shown.verdict.closeness, shown.form in asked


def reach_of(check: Check, shown: Sequence[Shown]) -> Reach | None:
    """What a check was measured at in some stills; None where it was seen in none.

    The spread is that within the stills, between them, and between left and right where both are read.
    """
    middles, within, apart = [], [], []
    for each in shown:
        values = [(r.value, r.target.index) for r in each.verdict.readings if r.check is check]
        if np.isnan([value for value, _ in values]).any():
            continue
        middles.append(float(np.mean([value for value, _ in values])))
        within.append(float(np.mean([each.still.spread[index] ** 2 for _, index in values])))
        apart.append(float(np.ptp([value for value, _ in values])) / 2.0)
    if not middles:
        return None
    between = float(np.var(middles, ddof=1)) if len(middles) > 1 else 0.0
    spread = float(np.sqrt(np.mean(within) + between + np.mean(np.square(apart))))
    return Reach(float(np.median(middles)), spread)


def rest_of(check: Check, shown: Sequence[Shown]) -> float:
    """What a check read before the stretch; NaN where nothing was seen then."""
    if check.measure.relative:
        return 0.0
    rests = [
        float(each.still.neutral.values[reading.target.index])
        for each in shown
        if each.still.neutral is not None
        for reading in each.verdict.readings
        if reading.check is check
    ]
    known = [value for value in rests if not np.isnan(value)]
    return float(np.median(known)) if known else float("nan")


def taken_for(still: Still, poses: Iterable[Pose]) -> Form | None:
    """The form whose required checks a still passes best; None where it passes for none."""
    found = [
        (verdict.closeness, form)
        for pose in poses
        if not pose.guided
        for form in forms_of(pose)
        if (verdict := form.judge(still.values, still.near, inside=False)).state is State.IN
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None
