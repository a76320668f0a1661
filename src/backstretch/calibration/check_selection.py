"""A new pose: the checks that tell a position from rest and from the stretches that are known already.

Chosen are measures that were steady, that this view can see, and that lie far from other positions: one after
the other, each time the one that tells most of those apart that are not told apart twice yet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backstretch.calibration.personal import OWN_SHARE, SURE_TO
from backstretch.calibration.stills import Still
from backstretch.judging.figures import Contrast
from backstretch.kinematics.catalogue import (
    CATALOGUE,
    Measure,
    Range,
    Reference,
    Unit,
    least_half_width,
    safe_range,
)
from backstretch.kinematics.columns import (
    COLUMN_INDEX,
    COLUMNS,
    SIGNED_BY_SIDE,
    Column,
    landmark_index,
)
from backstretch.kinematics.landmarks import SIDES, Floats, Landmarks
from backstretch.kinematics.view import View, carries
from backstretch.poses.pose import Check, Of, Reach, Sides

WIDER: dict[Unit, float] = {"deg": 2.0, "ratio": 2.5}
"""A new pose's ranges over the narrowest that the camera can tell: they must do for other days and places."""
STEADY = 0.75
"""A measure whose spread is more than this share of its narrowest half-width is not steady."""
SEPARATING_CHECKS = 2
"""How many checks should separate each contrast from the pose: figures are ideals, and detectors err."""
MOST_CHECKS, FORM_CHECKS = 7, 2
WORTH_MORE = 1.0
"""Where all is told apart once, another check must be worth more than this: a contrast, or two halves."""
ASYMMETRIC = 2.0
"""Left and right differ by more than this many half-widths in a pose with sides."""
IN_SPACE_COUNTS, RATIO_COUNTS, ARM_COUNTS = 0.4, 0.4, 0.7
"""What a measure tells apart counts for less where it is rough: world landmarks are 8-20 deg off, ratios
differ with the build of a body, and arms are where they happen to be."""
ARMS = {"elbow", "shoulder_elev", "upper_arm_incl", "forearm_incl"}
BY_DIRECTION = ("trunk_lean_lat", "head_roll_rel", "shoulder_yaw_rel", "twist", "nose_aside")
"""Measures whose sign tells the worked side of somebody upright, most telling first."""
BY_LIMB = ("hip", "knee", "shoulder_elev", "elbow")
"""The limbs that tell it otherwise."""
UPRIGHT_BELOW_DEG, ON_BACK_BELOW_DEG = 60.0, 60.0
"""Trunk from upright, and chest from up, within which turns of trunk and legs mean anything."""
IN_PLANE = 0.7
"""A limb that shows less than this share of its length points at the camera: its angles are not to be seen."""
GUARDED_COUNTS = 0.6
"""A range that was cut short to keep out rest is taken where no wider one does."""
GUARDED_FROM = 1.25
"""Nearer to the take's own rest than this many half-widths, a measure does not separate it from rest."""
SAME = (
    {"trunk_incl", "trunk_lean_fwd", "trunk_lean_lat"},
    {"hip", "hip_arch"},
    {"thigh_incl", "thigh_fwd"},
    {"upper_arm_incl", "shoulder_elev"},
)
"""Measures that say about the same; one of them is enough where nothing hangs on it."""
FACING_WITHIN_DEG = {"hip_arch": 60.0, "thigh_fwd": 80.0, "trunk_lean_fwd": 45.0}
"""Beyond these, measures with a sign say what their plain twins say better."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A check that a new pose may have.

    Attributes:
        check: With its ranges.
        apart: (K,) how surely it tells each contrast apart: 0 not at all, 1 clearly.
    """

    check: Check
    apart: Floats


@dataclass(frozen=True)
class Choice:
    """What was chosen.

    Attributes:
        checks: Required ones first.
        side: The worked side where the pose has sides, else None.
        by: The measure that tells which side is worked; empty where there are none.
        alike: Contrasts that no check tells apart.
        nearest: Contrasts that few checks tell apart, nearest first.
    """

    checks: tuple[Check, ...]
    side: str | None
    by: str
    alike: tuple[Contrast, ...]
    nearest: tuple[Contrast, ...]

    @property
    def sides(self) -> Sides:
        """Whether sides are done in turn."""
        return "both" if self.side is None else "each"

    def difference(self, contrast: Contrast) -> str:
        """What tells a contrast apart most clearly, in words; empty where nothing does."""
        required = [check for check in self.checks if check.required]
        if not required:
            return ""
        apart = [float(_apart(check, [contrast], self.side)[0]) for check in required]
        check = required[int(np.argmax(apart))]
        if check.measured is None or max(apart) <= 0.0:
            return ""
        at = check.measured.median
        value = f"{at:.0f}°" if check.measure.unit == "deg" else f"{at:.2f}"
        return f"Here the {check.measure.label} is about {value}."


def choose(
    still: Still, spread: Floats, view: View, contrasts: Sequence[Contrast], side: str | None = None
) -> Choice:
    """Choose the checks of a new pose.

    Args:
        still: The position.
        spread: (M,) standard deviations of all columns, within and between takes.
        view: From where the camera sees the person.
        contrasts: What it must be told from.
        side: The worked side, where that is known.
    """
    apparent_side, by = worked_side(still, view)
    by = by if side in {apparent_side, None} else ""
    side = side or apparent_side
    candidates = list(_candidates(still, spread, view, contrasts, side))
    required = _cover(candidates, len(contrasts))
    rest = [each for each in candidates if not any(_same(each, other) for other in required)]
    form = sorted(rest, key=lambda each: -float(each.apart.mean()))[:FORM_CHECKS]
    separated = (
        np.sum([each.apart > 0.0 for each in required], axis=0)
        if required
        else np.zeros(len(contrasts))
    )
    sure = np.sum([each.apart for each in required], axis=0) if required else separated
    order = np.argsort(sure, kind="stable")
    return Choice(
        checks=(*(each.check for each in required), *(_of_form(each.check) for each in form)),
        side=side,
        by=by if side else "",
        alike=tuple(contrasts[n] for n in order if separated[n] == 0),
        nearest=tuple(contrasts[n] for n in order if separated[n] > 0),
    )


def _is_again(one: Candidate, other: Candidate) -> bool:
    """Whether two checks are of the same measure."""
    return one.check.measure is other.check.measure and one.check.of == other.check.of


def _same(one: Candidate, other: Candidate) -> bool:
    """Whether two checks say about the same."""
    names = {one.check.measure.name, other.check.measure.name}
    return one.check.of == other.check.of and (
        len(names) == 1 or any(names <= same for same in SAME)
    )


def worked_side(still: Still, view: View) -> tuple[str | None, str]:
    """The side that a position is done on and the measure that tells it; None where both are alike."""
    directions: list[str] = []
    if _value(still.values, "trunk_incl", None) < UPRIGHT_BELOW_DEG:
        directions += BY_DIRECTION
    if _value(still.values, "chest_up", None) < ON_BACK_BELOW_DEG:
        directions.append("thigh_roll")
    for name in directions:
        value = _value(still.values, name, "left")
        if carries(_measure(name), view) and abs(value) > ASYMMETRIC * _half(name):
            return ("left" if value > 0 else "right"), name
    for name in BY_LIMB:
        measure = _measure(name)
        columns = [Column(measure, side, measure.frames[0]) for side in SIDES]
        if any(foreshortened(column, still.landmarks) for column in columns):
            continue
        left, right = (_value(still.values, name, side) for side in SIDES)
        if abs(left - right) > ASYMMETRIC * 2.0 * _half(name):
            bent = left < right if name != "shoulder_elev" else left > right
            return ("left" if bent else "right"), name
    return None, ""


def _measure(name: str) -> Measure:
    return next(measure for measure in CATALOGUE if measure.name == name)


def _half(name: str) -> float:
    measure = _measure(name)
    return least_half_width(measure, measure.frames[0])


def _value(values: Floats, name: str, side: str | None) -> float:
    measure = _measure(name)
    return float(values[COLUMN_INDEX[Column(measure, side, measure.frames[0]).key]])


def _candidates(
    still: Still, spread: Floats, view: View, contrasts: Sequence[Contrast], side: str | None
) -> Iterator[Candidate]:
    for measure in CATALOGUE:
        frame = measure.frames[0]
        if not carries(measure, view):
            continue
        for of in _whose(measure, view, side):
            indices = _indices(measure, of, frame, still.near, side)
            at, strays = still.values[indices], spread[indices]
            least = least_half_width(measure, frame)
            if np.isnan(at).any() or strays.max() > STEADY * least or np.ptp(at) > 2.0 * least:
                continue
            if not _means_something(measure, still, float(at.mean())):
                continue
            if any(foreshortened(COLUMNS[index], still.landmarks) for index in indices):
                continue
            reach = Reach(float(at.mean()), float(strays.max() + np.ptp(at) / 2.0))
            rests = [
                _rest_value(measure, each.values[indices]) for each in contrasts if each.is_rest
            ]
            wide = _check(measure, of, frame, reach)
            yield Candidate(wide, _apart(wide, contrasts, side))
            guarded = _guarded(wide, reach, rests)
            if guarded != wide:
                yield Candidate(guarded, GUARDED_COUNTS * _apart(guarded, contrasts, side))


def _means_something(measure: Measure, still: Still, at: float) -> bool:
    """Whether a measure says something of a body that is placed like this."""
    low, high = safe_range(measure)
    if not low <= at <= high:
        return False  # misread, or nothing to be asked of anybody
    if measure.name in FACING_WITHIN_DEG:
        return abs(at) < FACING_WITHIN_DEG[measure.name]
    if measure.relative:  # turns of head and shoulders mean something only upright
        return _value(still.values, "trunk_incl", None) < UPRIGHT_BELOW_DEG
    if measure.name == "thigh_roll":
        return _value(still.values, "chest_up", None) < ON_BACK_BELOW_DEG
    return True


def foreshortened(column: Column, marks: Landmarks) -> bool:
    """Whether a limb that an angle in the picture is taken from points at the camera."""
    if column.frame == "world" or column.measure.formula not in {"angle", "from_up"}:
        return False
    parts = [landmark_index(part, column.side) for part in column.measure.parts]
    limbs = np.diff(marks.world_m[parts], axis=0)
    return bool(
        (np.hypot(limbs[:, 0], limbs[:, 1]) < IN_PLANE * np.linalg.norm(limbs, axis=1)).any()
    )


def _whose(measure: Measure, view: View, side: str | None) -> tuple[Of, ...]:
    """Whose values a check of a new pose may take."""
    if not measure.sided:
        return ("",)
    is_front = min(view.off("front"), view.off("back")) < view.off("side")
    if measure.formula in SIGNED_BY_SIDE:
        return ("work",) if side else ("near",)
    if side:
        return "work", "other"
    return ("both",) if is_front else ("near",)


def _indices(measure: Measure, of: Of, frame: Reference, near: str, side: str | None) -> list[int]:
    sides: dict[Of, tuple[str | None, ...]] = {
        "": (None,),
        "both": SIDES,
        "near": (near,),
        "work": (side,),
        "other": ("right" if side == "left" else "left",),
    }
    return [COLUMN_INDEX[Column(measure, each, frame).key] for each in sides[of]]


def _rest_value(measure: Measure, values: Floats) -> float:
    """What a position of rest reads; what is counted from rest is nothing there."""
    return 0.0 if measure.relative and np.isnan(values).any() else float(values.mean())


def _guarded(check: Check, reach: Reach, rests: Sequence[float]) -> Check:
    """The check with ranges that keep out the take's own rest, where that lies near."""
    least = least_half_width(check.measure, check.frame)
    (low, high), at = check.accept, reach.median
    for rest in rests:
        edge = rest + OWN_SHARE * (at - rest)
        if abs(at - rest) >= GUARDED_FROM * max(least, SURE_TO * reach.spread):
            low, high = (max(low, edge), high) if rest < at else (low, min(high, edge))
    good = max(check.good[0], low), min(check.good[1], high)
    accept = _within(check.measure, (low, high))
    return replace(check, good=_within(check.measure, good), accept=accept)


def _check(measure: Measure, of: Of, frame: Reference, reach: Reach) -> Check:
    least = least_half_width(measure, frame)
    half = max(WIDER[measure.unit] * least, SURE_TO * reach.spread)
    at = reach.median
    return Check(
        measure=measure,
        of=of,
        frame=frame,
        good=_within(measure, (at - least, at + least)),
        accept=_within(measure, (at - half, at + half)),
        need="always",
        more="",
        below="",
        above="",
        source="",
        measured=reach,
    )


def _within(measure: Measure, span: Range) -> Range:
    """A range in whole steps, within what is safe."""
    (low, high), digits = safe_range(measure), 0 if measure.unit == "deg" else 2
    return round(max(span[0], low), digits), round(min(span[1], high), digits)


def _apart(check: Check, contrasts: Sequence[Contrast], side: str | None) -> Floats:
    """(K,) how surely a check tells each contrast apart."""
    (low, high), measure = check.accept, check.measure
    counts = _counts(check)
    distances = np.zeros(len(contrasts))
    for number, contrast in enumerate(contrasts):
        indices = _indices(measure, check.of, check.frame, contrast.near, side)
        values = contrast.values[indices]
        if contrast.is_rest:
            values = np.array([_rest_value(measure, values)])
        out = np.maximum(low - values, values - high) - measure.hysteresis
        if not np.isnan(out).all():
            distances[number] = counts * np.clip(
                np.nanmax(out) / least_half_width(measure, check.frame), 0.0, 1.0
            )
    return distances


def _counts(check: Check) -> float:
    """How much it counts that a check tells something apart."""
    counts = IN_SPACE_COUNTS if check.frame == "world" else 1.0
    counts *= (
        RATIO_COUNTS if check.measure.unit == "ratio" and not check.measure.steady_within else 1.0
    )
    return counts * (ARM_COUNTS if check.measure.name in ARMS else 1.0)


def _gain(candidate: Candidate, separated: Floats) -> float:
    """What a check adds: separating a new contrast counts twice as much as separating one again."""
    first = np.minimum(candidate.apart, np.clip(1.0 - separated, 0.0, 1.0))
    again = np.minimum(candidate.apart, np.clip(SEPARATING_CHECKS - separated, 0.0, 1.0))
    return float((first + again).sum())


def _cover(candidates: Sequence[Candidate], count: int) -> list[Candidate]:
    """Few checks that tell every contrast apart, each by `SEPARATING_CHECKS` where that can be had."""
    chosen: list[Candidate] = []
    covered = np.zeros(count)
    while len(chosen) < MOST_CHECKS:
        left = [c for c in candidates if not any(_is_again(c, each) for each in chosen)]
        gains = [_gain(each, covered) for each in left]
        if not gains or max(gains) <= (WORTH_MORE if covered.min(initial=1.0) > 0.0 else 0.0):
            break
        best = left[int(np.argmax(gains))]
        chosen.append(best)
        covered += best.apart
    return chosen


def _of_form(check: Check) -> Check:
    return replace(check, need="form")
