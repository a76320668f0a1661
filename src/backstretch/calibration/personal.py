"""A personal reference: a library pose with the ranges of one person, from stills in which they held it.

What is a matter of range of motion (``more``) is centred on what the person reached: it counts from as far
before that as the camera can tell and the library allows for, but never from less than `OWN_SHARE` of their
own way, which keeps rest and half-way stops out. All else keeps the library's limits, which tell the stretch
from others; a limit that the person lies at or beyond moves out to them.

A stiff person is outside of the ranges that the library has for everyone. What tells their stretch from rest,
and from something else, is how much of the way from rest to those ranges they have gone, and that all that is
not a matter of range of motion is about right.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from backstretch.calibration.stills import Still, view_of
from backstretch.judging.hold_clock import State
from backstretch.judging.matching import Form, Reading, Verdict, forms_of, share_of_way
from backstretch.judging.wording import measure_label
from backstretch.kinematics.catalogue import Range, least_half_width, safe_range
from backstretch.kinematics.landmarks import INDEX, SIDES
from backstretch.poses.pose import CalibratedSides, Calibration, Check, OwnRanges, Pose, Reach

PICTURE_WIDER = 1.5
"""A single picture says nothing of the spread; its ranges are wider by this factor."""
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
class StillMatch:
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


def personal_pose(pose: Pose, matches: Sequence[StillMatch], date: str) -> Pose:
    """The pose with the ranges of whoever is seen in some stills.

    Args:
        pose: The library pose.
        matches: Stills that show it, one or more; of both sides for each its own ranges, of one side the
            other is mirrored from it.
        date: The day, as 2026-01-31.
    """
    by_side = {
        side: [each for each in matches if each.form.side == side] for side in (*SIDES, None)
    }
    first = by_side["left"] or by_side["right"] or by_side[None]
    right = by_side["right"] if by_side["left"] else []
    checks = tuple(_own(check, first, right) for check in pose.checks)
    sides = "each" if right else first[0].form.side or "both"
    stills = [each.still for each in matches]
    return replace(
        pose, checks=checks, refines=pose.id, calibration=calibration_of(stills, sides, date)
    )


def _own(check: Check, first: Sequence[StillMatch], right: Sequence[StillMatch]) -> Check:
    """The check with ranges of the person's own; as it was where it was never seen."""
    ranges = _ranges_of(check, first)
    of_right = _ranges_of(check, right)
    own = (
        replace(check, good=ranges.good, accept=ranges.accept, measured=ranges.measured)
        if ranges
        else check
    )
    return replace(own, right=of_right)


def _ranges_of(check: Check, matches: Sequence[StillMatch]) -> OwnRanges | None:
    reach = reach_of(check, matches)
    if reach is None:
        return None
    is_picture = all(each.still.seconds == 0.0 for each in matches)
    good, accept = own_ranges(check, reach, rest_of(check, matches), is_picture=is_picture)
    return OwnRanges(
        good, accept, Reach(*(rounded(check, value) for value in (reach.median, reach.spread)))
    )


def own_ranges(
    check: Check, reach: Reach, rest: float, *, is_picture: bool = False
) -> tuple[Range, Range]:
    """The good and the accepted range of a check for somebody who reached this.

    Args:
        check: As the library has it.
        reach: What was measured.
        rest: What was measured before the stretch; NaN where that is not known.
        is_picture: Whether it was measured in a single picture.

    Returns:
        Both rounded to whole degrees or hundredths, within `safe_range` or the library's own range.
    """
    half = max(least_half_width(check.measure, check.frame), SURE_TO * reach.spread)
    half *= PICTURE_WIDER if is_picture else 1.0
    least, most = safe_range(check.measure)
    at = min(max(reach.median, least), most)
    low, high = _accept(check, replace(reach, median=at), rest, half)
    low = _floor(check, max(low, min(least, check.accept[0])))
    high = _ceil(check, min(high, max(most, check.accept[1])))
    good = max(_floor(check, at - half), low), min(_ceil(check, at + half), high)
    return good, (low, high)


def _accept(check: Check, reach: Reach, rest: float, half: float) -> Range:
    (low, high), (good_low, good_high) = check.accept, check.good
    at = reach.median
    if check.more == "larger":
        return _shallow(check, low, at - half - (good_low - low), at, rest), max(high, at + half)
    if check.more == "smaller":
        shallow = at + half + (high - good_high)
        return min(low, at - half), -_shallow(check, -high, -shallow, -at, -rest)
    room = max(check.measure.hysteresis, SURE_TO * reach.spread)
    return _outward(low, at, rest, (room, half)), -_outward(-high, -at, -rest, (room, half))


def _outward(limit: float, at: float, rest: float, widths: Range) -> float:
    """A lower limit that is no matter of range of motion: moved out where the person is at it or beyond."""
    room, half = widths
    if at - limit >= room:
        return limit
    own_limit = at - (room if at >= limit else half)
    return max(own_limit, _least(limit, at, rest)) if rest < limit else own_limit


def _shallow(check: Check, limit: float, wanted: float, at: float, rest: float) -> float:
    """From where a measure that grows with the stretch counts.

    What is measured in space is rough, and is never asked for more strictly than the library does.
    """
    shallow = max(wanted, _least(limit, at, rest))
    return min(limit, shallow) if check.frame == "world" else shallow


def _least(limit: float, at: float, rest: float) -> float:
    """From where a measure that grows with the stretch may count at the earliest."""
    if math.isnan(rest) or rest >= at:
        return limit if at > limit else -math.inf
    return min(limit, rest + OWN_SHARE * (at - rest))


def _step(check: Check) -> float:
    return 1.0 if check.measure.unit == "deg" else 0.01


def rounded(check: Check, value: float) -> float:
    """A value of the check, rounded as it is written: to a tenth of a degree, or a thousandth of a ratio."""
    return round(value, 1 if check.measure.unit == "deg" else 3)


def _floor(check: Check, value: float) -> float:
    """The next lower whole step, or the library's limit where that lies in between."""
    whole = round(math.floor(value / _step(check) + 1e-9) * _step(check), 2)
    limit = check.accept[0]
    return limit if whole <= limit <= value else whole


def _ceil(check: Check, value: float) -> float:
    return -_floor(replace(check, accept=(-check.accept[1], -check.accept[0])), -value)


def calibration_of(stills: Sequence[Still], sides: str, date: str) -> Calibration:
    """The record of a calibration from these stills."""
    view = view_of(stills[0])
    return Calibration(
        date=date,
        takes=len(stills),
        seconds=round(sum(still.seconds for still in stills), 1),
        sides=cast("CalibratedSides", sides),
        view=(round(view.azimuth_deg), round(view.elevation_deg)),
        trunk_share=round(float(np.median([trunk_share(still) for still in stills])), 3),
        neutral="",
    )


def trunk_share(still: Still) -> float:
    """Length of the trunk over the picture's height: how near the person was."""
    if still.neutral is not None and still.neutral.lengths[0] > 0.0:
        return float(still.neutral.lengths[0]) / still.landmarks.image_wh[1]
    shoulders, hips = (
        still.landmarks.xy_px[[INDEX[f"{side}_{part}"] for side in SIDES]].mean(axis=0)
        for part in ("shoulder", "hip")
    )
    return float(np.hypot(*(shoulders - hips))) / still.landmarks.image_wh[1]


def match_still(still: Still, form: Form) -> StillMatch:
    """What a still shows of a form."""
    verdict = form.judge(still.values, still.near, inside=False)
    visible = [reading for reading in verdict.required if not reading.unseen]
    telling = [reading for reading in visible if reading.check.more] or visible
    fit, likeness = (_mean_way(readings, still) for readings in (telling, visible))
    return StillMatch(form, still, verdict, fit, likeness, _refusal(verdict, still))


def _mean_way(readings: Sequence[Reading], still: Still) -> float:
    """Mean share of the way from rest that readings have gone, -1 to 1; -1 without any."""
    ways = [float(np.clip(_way(reading, still), -1.0, 1.0)) for reading in readings]
    return sum(ways) / len(ways) if ways else -1.0


def _refusal(verdict: Verdict, still: Still) -> str:
    """Why a still is not the stretch that its verdict speaks of."""
    lacking = [measure_label(each) for each in verdict.required if each.lacking]
    if lacking:
        return f"I cannot see the {' and the '.join(dict.fromkeys(lacking))}"
    visible = [reading for reading in verdict.required if not reading.unseen]
    for reading in visible:
        check = reading.check
        if not check.more and reading.slack < -OFF_BY * least_half_width(
            check.measure, check.frame
        ):
            return _far_off(reading)
    deep = [reading for reading in visible if reading.check.more]
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
    return 1.0 if is_beyond else share_of_way(reading, still.neutral)


def _far_off(reading: Reading) -> str:
    low, high = reading.target.for_side.accept
    value, unit = f"{reading.value:.2f}", ""
    if reading.check.measure.unit == "deg":
        value, unit = f"{reading.value:.0f}°", "°"
    return f"the {measure_label(reading)} is {value}, and this stretch asks for {low:g} to {high:g}{unit}"


def stretches(stills: Iterable[Still], pose: Pose, sides: Sequence[str] = ()) -> list[StillMatch]:
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
    matches = [
        max((match_still(still, form) for form in forms_of(pose)), key=lambda e: _rank(e, forms))
        for still in stills
    ]
    good = [
        each for each in matches if each.form in forms and _counts(each, alone=len(stills) == 1)
    ]
    best = {form: max((e.fit for e in good if e.form == form), default=0.0) for form in forms}
    return [
        each for each in good if each.fit >= best[each.form] - AS_GOOD * (best[each.form] < 1.0)
    ]


def _counts(match: StillMatch, *, alone: bool) -> bool:
    """Whether a still shows its form; without a known rest only what the library takes, or all there is."""
    is_usable = alone or match.still.neutral is not None or match.verdict.state is State.IN
    return is_usable and not match.refusal


def best_try(stills: Iterable[Still], pose: Pose, sides: Sequence[str] = ()) -> StillMatch | None:
    """What comes nearest to a pose, right or not; None without a still."""
    forms = [form for form in forms_of(pose) if not sides or form.side in {*sides, None}]
    matches = [match_still(still, form) for still in stills for form in forms]
    return max(matches, key=lambda each: each.likeness, default=None)


def _rank(match: StillMatch, asked: Sequence[Form]) -> tuple[bool, float, float, bool]:
    return not match.refusal, match.likeness, match.verdict.closeness, match.form in asked


def reach_of(check: Check, matches: Sequence[StillMatch]) -> Reach | None:
    """What a check was measured at in some stills; None where it was seen in none.

    The spread is that within the stills, between them, and between left and right where both are read.
    """
    middles, within, apart = [], [], []
    for each in matches:
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


def rest_of(check: Check, matches: Sequence[StillMatch]) -> float:
    """What a check read before the stretch; NaN where nothing was seen then."""
    if check.measure.relative:
        return 0.0
    rests = [
        float(each.still.neutral.values[reading.target.index])
        for each in matches
        if each.still.neutral is not None
        for reading in each.verdict.readings
        if reading.check is check
    ]
    values = [value for value in rests if not np.isnan(value)]
    return float(np.median(values)) if values else float("nan")


def best_match(still: Still, forms: Iterable[Form]) -> Form | None:
    """The form whose required checks a still passes best; None where it passes for none."""
    candidates = [
        (verdict.closeness, form)
        for form in forms
        if not form.pose.guided
        if (verdict := form.judge(still.values, still.near, inside=False)).state is State.IN
    ]
    return max(candidates, key=lambda pair: pair[0])[1] if candidates else None
