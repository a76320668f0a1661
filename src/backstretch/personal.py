"""A personal reference: a library pose with the ranges of one person, from stills in which they held it.

What is a matter of range of motion (``more``) is centred on what the person reached: it counts from as far
before that as the camera can tell and the library allows for, but never from less than `OWN_SHARE` of their
own way, which keeps rest and half-way stops out. All else keeps the library's limits, which tell the stretch
from others; a limit that the person lies at or beyond moves out to them.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from backstretch.anatomy import safe_range
from backstretch.catalogue import Range, least_half_width
from backstretch.landmarks import INDEX, SIDES
from backstretch.measures import measure_body, seen_landmarks
from backstretch.poses import CalibratedSides, Calibration, Check, OwnRanges, Pose, Reach
from backstretch.reach import OWN_SHARE, SURE_TO, Shown, reach_of, rest_of
from backstretch.stills import Still
from backstretch.views import View

PICTURE_WIDER = 1.5
"""A single picture says nothing of the spread; its ranges are wider by this factor."""


def personal_pose(pose: Pose, shown: Sequence[Shown], date: str) -> Pose:
    """The pose with the ranges of whoever is seen in some stills.

    Args:
        pose: The library pose.
        shown: Stills that show it, one or more; of both sides for each its own ranges, of one side the
            other is mirrored from it.
        date: The day, as 2026-01-31.
    """
    by_side = {side: [each for each in shown if each.form.side == side] for side in (*SIDES, None)}
    first = by_side["left"] or by_side["right"] or by_side[None]
    right = by_side["right"] if by_side["left"] else []
    checks = tuple(_own(check, first, right) for check in pose.checks)
    sides = "each" if right else first[0].form.side or "both"
    stills = [each.still for each in shown]
    return replace(
        pose, checks=checks, refines=pose.id, calibration=calibration_of(stills, sides, date)
    )


def _own(check: Check, first: Sequence[Shown], right: Sequence[Shown]) -> Check:
    """The check with ranges of the person's own; as it was where it was never seen."""
    ranges = _ranges_of(check, first)
    of_right = _ranges_of(check, right)
    own = (
        replace(check, good=ranges.good, accept=ranges.accept, measured=ranges.measured)
        if ranges
        else check
    )
    return replace(own, right=of_right)


def _ranges_of(check: Check, shown: Sequence[Shown]) -> OwnRanges | None:
    reach = reach_of(check, shown)
    if reach is None:
        return None
    is_picture = all(each.still.seconds == 0.0 for each in shown)
    good, accept = own_ranges(check, reach, rest_of(check, shown), is_picture=is_picture)
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
    wanted = at - (room if at >= limit else half)
    return max(wanted, _least(limit, at, rest)) if rest < limit else wanted


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
    """A value of the check as it is told: to a tenth of a degree, or a thousandth of a ratio."""
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


def view_of(still: Still) -> View:
    """From where the camera saw the person: before the stretch, or else in it."""
    if still.neutral is not None:
        return still.neutral.view
    marks = still.landmarks
    xy, world, visibility = marks.xy_px[None], marks.world_m[None], marks.visibility[None]
    body = measure_body(xy, world, seen_landmarks(xy, world, visibility, marks.image_wh))
    return View.of(body.camera[0])


def trunk_share(still: Still) -> float:
    """Length of the trunk over the picture's height: how near the person was."""
    if still.neutral is not None and still.neutral.lengths[0] > 0.0:
        return float(still.neutral.lengths[0]) / still.landmarks.image_wh[1]
    shoulders, hips = (
        still.landmarks.xy_px[[INDEX[f"{side}_{part}"] for side in SIDES]].mean(axis=0)
        for part in ("shoulder", "hip")
    )
    return float(np.hypot(*(shoulders - hips))) / still.landmarks.image_wh[1]
