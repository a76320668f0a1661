"""Recognition: which poses a moment may show, and which of several holds at one time counts.

With many poses in question, a shortlist selects the forms that a moment may show; only those are judged fully.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from backstretch.judging.hold_clock import Hold, Kind, Span, State, score_of
from backstretch.judging.matching import Form, Verdict, forms_of
from backstretch.kinematics.columns import COLUMN_INDEX, COLUMNS
from backstretch.kinematics.landmarks import SIDES, Floats, Landmarks
from backstretch.kinematics.measures import Body, measure_body, seen_landmarks
from backstretch.kinematics.neutral import settle
from backstretch.poses.pose import Check, Pose

LEAST_S = 2.5
"""Shortest hold of a stretch that is recognised without being asked for: a position may be passed through, and
the shortest doses are 3 s."""
LEAST_IN_TURN_S, IN_TURN_WITHIN_S = 1.5, 3.0
"""The same next to a hold of the pose that it alternates with, and how near that must be: somebody who goes
from cat to cow is not passing through. With the breath both last 2 to 3 s, and 1 to 2 s lie between."""
LEAST_OF_NECK_S = 4.0
"""The same for stretches of the neck: people look down, aside and round for 2 to 3 s at whatever they do."""
PICTURE_ZERO = {"head_roll_rel": 0.0, "head_yaw_rel": 0.0, "nose_aside": 0.0, "nose_drop": 0.06}
"""The neutral of relative measures that is assumed for a single picture: a head carried straight. Level
ears and nose read 0.04 to 0.08 on photographs. Nods and turns of the head from the side differ too much between
people, so ``head_pitch`` stays unknown."""
PICTURE_INSTEAD = ("shoulder_yaw_rel", "twist")
"""In a single picture the first is taken from the second: the shoulder line against the hip line."""
USUAL_WITHIN = {"head_roll_rel": 15.0, "nose_aside": 0.06, "shoulder_yaw_rel": 25.0}
"""How far people at rest may be from these usual values. On real recordings without a neutral, heads that were
just turned a little read 0.05, and trunks that were not twisted up to 22 degrees."""
MARGIN = 2.0
"""How far outside its range a reading of a listed form may be, in hysteresis widths: enough to include the
moment before the crossing, whose distance to the limit the hold clock needs."""
SEEN_SHARE = 0.5
"""A form is listed only if at least this share of the readings is seen that the clock needs, or would use."""
_Indices = NDArray[np.intp]
_Table = tuple[_Indices, Floats, Floats, NDArray[np.bool_], _Indices]
"""Columns, lowest and highest values of all readings, whether the clock needs them; where each form's begin."""


@dataclass(frozen=True)
class Likeness:
    """A pose whose required checks all pass.

    Attributes:
        pose: Its id.
        side: ``left`` or ``right`` for poses with sides, else None.
        closeness: 0..1 to the good ranges.
        name: Its name.
    """

    pose: str
    side: str | None
    closeness: float
    name: str = ""


@dataclass(frozen=True)
class PictureFit:
    """How a single picture fulfils the checks of a stretch: IN where all required ones pass."""

    form: Form
    verdict: Verdict


@dataclass(frozen=True)
class Held:
    """A hold and the form that was held."""

    form: Form
    hold: Hold


def looks_like(marks: Landmarks, poses: Iterable[Pose]) -> tuple[Likeness, ...]:
    """The poses that one person's landmarks pass for, best first.

    There is no neutral in a single picture: ratios are taken over its own lengths, relative measures
    from usual values, see `PICTURE_ZERO`.
    """
    values, near = picture_values(marks)
    likenesses = []
    for form in (form for pose in poses for form in forms_of(pose)):
        verdict = form.judge(values, near, inside=False)
        if verdict.state is State.IN:
            likeness = Likeness(form.pose.id, form.side, verdict.closeness, form.pose.name)
            likenesses.append(likeness)
    return tuple(sorted(likenesses, key=lambda likeness: -likeness.closeness))


def fit_picture(marks: Landmarks, forms: Iterable[Form]) -> PictureFit | None:
    """Whichever of some forms fits one person's landmarks best, and how well; None for no forms.

    Values are those of `looks_like`. The fewer required checks are off the better; then the fewer are unseen.
    """
    values, near = picture_values(marks)
    fits = [PictureFit(form, form.judge(values, near, inside=False)) for form in forms]
    return min(fits, key=_distance, default=None)


def _distance(fit: PictureFit) -> tuple[int, int, float]:
    """How far a picture is from a form, to compare it with others."""
    required = fit.verdict.required
    off, lacking = (sum(r.outside for r in required), sum(r.lacking for r in required))
    return off, lacking, -fit.verdict.closeness


def picture_values(marks: Landmarks) -> tuple[Floats, str]:
    """The (M,) values of all columns in a single picture, and the side nearer to the camera."""
    xy, world, visibility = marks.xy_px[None], marks.world_m[None], marks.visibility[None]
    is_seen = seen_landmarks(xy, world, visibility, marks.image_wh)
    body = measure_body(xy, world, is_seen, np.array([marks.head_line_deg]))
    near = "left" if np.nan_to_num(body.towards_camera[0]) > 0 else "right"
    return settle_by_usual(body, 0, near), near


def settle_by_usual(body: Body, row: int, near: str, own: Floats | None = None) -> Floats:
    """The (M,) final values of one row of `Body` where there is no neutral, see `PICTURE_ZERO`.

    Args:
        body: Measures of some moments.
        row: Where this one stands among them.
        near: The side nearer to the camera.
        own: (M,) the person's own zero values, which replace the usual ones where they are known.
    """
    zero = _usual_zero() if own is None else np.where(np.isnan(own), _usual_zero(), own)
    values = settle(body, row, None, near, zero)
    for side in SIDES:
        turned, instead = (COLUMN_INDEX[f"{name}.{side}"] for name in PICTURE_INSTEAD)
        if np.isnan(zero[turned]):
            values[turned] = values[instead]
    return values


@cache
def _usual_zero() -> Floats:
    return np.array([PICTURE_ZERO.get(column.measure.name, np.nan) for column in COLUMNS])


def is_clear_of_usual(form: Form) -> bool:
    """Whether no movement that a form needs is so small that a person at rest may show it."""
    checks = [check.on(form.side) for check in form.pose.checks if check.required]
    return all(_is_clear(check) for check in checks if check.measure.name in USUAL_WITHIN)


def _is_clear(check: Check) -> bool:
    low, high = check.accept
    least = USUAL_WITHIN[check.measure.name]
    return low <= 0.0 <= high or low >= least or high <= -least


def without_overlaps(holds: Sequence[Held], *, least_s: float = 0.0) -> list[Held]:
    """The holds in order of time, cut so that each second counts for one stretch only.

    Where two holds overlap, the shared time goes to the one with the larger product of its closeness in that
    time and all its valid seconds; the other keeps its part before or after, whichever is longer.

    Args:
        holds: Holds of any forms, in any order.
        least_s: Holds with fewer valid seconds are left out; see also `LEAST_IN_TURN_S` and `LEAST_OF_NECK_S`.
    """
    waiting = sorted(holds, key=lambda each: each.hold.start_s)
    chosen: list[Held] = []
    while waiting:
        now = waiting.pop(0)
        rival = next((each for each in chosen if _overlaps(now.hold, each.hold)), None)
        if rival is None:
            chosen.append(now)
            continue
        winner, loser = now, rival
        if _claim(rival.hold, now.hold) > _claim(now.hold, rival.hold):
            winner, loser = rival, now
        chosen.remove(rival)
        rest = _outside(loser.hold, winner.hold)
        waiting = [winner, *([replace(loser, hold=rest)] if rest else []), *waiting]
    chosen = [each for each in chosen if _is_long_enough(each, chosen, least_s)]
    return sorted(chosen, key=lambda each: each.hold.start_s)


def _is_long_enough(held: Held, others: Sequence[Held], least_s: float) -> bool:
    """Whether a hold has enough valid seconds, of the neck or in turn with another."""
    if held.form.pose.is_of_the_neck and least_s > 0.0:
        least_s = max(least_s, LEAST_OF_NECK_S)
    if held.hold.held_s >= least_s:
        return True
    return held.hold.held_s >= LEAST_IN_TURN_S and any(
        other.form.pose.alternates_with == held.form.pose.id
        and other.hold.held_s >= LEAST_IN_TURN_S
        and _apart_s(held.hold, other.hold) <= IN_TURN_WITHIN_S
        for other in others
    )


def _apart_s(one: Hold, other: Hold) -> float:
    """Seconds between two holds that do not overlap."""
    return max(one.start_s, other.start_s) - min(one.end_s, other.end_s)


def _overlaps(one: Hold, other: Hold) -> bool:
    """Whether two holds share any time."""
    return min(one.end_s, other.end_s) > max(one.start_s, other.start_s)


def _claim(hold: Hold, other: Hold) -> float:
    """A hold's claim to the time it shares with another: its closeness there times all its valid seconds."""
    low_s, high_s = max(hold.start_s, other.start_s), min(hold.end_s, other.end_s)
    there = [moment for moment in hold.moments if low_s <= moment.time_s <= high_s]
    return hold.held_s * (score_of(there) if there else hold.score) / 100.0


def _outside(hold: Hold, other: Hold) -> Hold | None:
    """The part of a hold before or after another, whichever has more valid seconds; None if neither has any."""
    parts = [_part(hold, hold.start_s, other.start_s), _part(hold, other.end_s, hold.end_s)]
    return max((p for p in parts if p), key=lambda part: part.held_s, default=None)


def _part(hold: Hold, low_s: float, high_s: float) -> Hold | None:
    """A hold's valid time between two times with the lapses inside; None where there is none."""
    spans = [_cut(span, low_s, high_s) for span in hold.spans]
    inside = [span for span in spans if span.seconds > 0.0]
    valid = [n for n, span in enumerate(inside) if span.kind is Kind.VALID]
    if not valid:
        return None
    between = tuple(inside[valid[0] : valid[-1] + 1])
    start_s, end_s = between[0].start_s, between[-1].end_s
    moments = tuple(m for m in hold.moments if start_s <= m.time_s <= end_s)
    score = score_of(moments) if moments else hold.score
    return Hold(start_s, end_s, between, hold.longest_s, score, moments)


def _cut(span: Span, low_s: float, high_s: float) -> Span:
    return replace(span, start_s=max(span.start_s, low_s), end_s=min(span.end_s, high_s))


class Shortlist:
    """Selects the forms that a moment may show, from flat tables of required ranges, one for each near side."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self._forms = forms

    def of(self, values: Floats, near: str) -> NDArray[np.intp]:
        """Indices of the forms that the moment may show.

        Args:
            values: (M,) settled values of all columns.
            near: The side nearer to the camera.
        """
        if not self._forms:
            return np.empty(0, np.intp)
        index, low, high, is_needed, starts = self._tables[near]
        readings = values[index]
        with np.errstate(invalid="ignore"):
            wrong = (readings < low) | (readings > high)
        is_seen = ~np.isnan(readings)
        seen_counts = np.add.reduceat(is_seen, starts)
        counts = np.add.reduceat(is_seen | is_needed, starts)
        return np.flatnonzero(
            (np.add.reduceat(wrong, starts) == 0) & (seen_counts >= SEEN_SHARE * counts)
        )

    @cached_property
    def _tables(self) -> dict[str, _Table]:
        return {near: self._table(near) for near in SIDES}

    def _table(self, near: str) -> _Table:
        required = [
            [target for target in form.targets[near] if target.check.required]
            for form in self._forms
        ]
        targets = [target for targets in required for target in targets]
        wider = np.array([MARGIN * target.hysteresis for target in targets])
        counts = np.array([len(targets) for targets in required], np.intp)
        return (
            np.array([target.index for target in targets]),
            np.array([target.for_side.accept[0] for target in targets]) - wider,
            np.array([target.for_side.accept[1] for target in targets]) + wider,
            np.array([target.check.need == "always" for target in targets]),
            np.cumsum(counts) - counts,
        )
