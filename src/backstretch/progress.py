"""Progress: what the history says of range of motion, side by side."""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from backstretch.change import ENOUGH, Change, Reached, Verdict, change_of
from backstretch.poses import Check, Pose, capitalised, measure_words
from backstretch.practised import PractisedHold

YAW_TO_DEG = 50.0
"""Turns of the head beyond this are not told of: the picture no longer shows them (research, section D)."""
DIFFERENCE = {"deg": 12.0, "neck": 12.0, "rough": 20.0, "ratio": 0.12}
"""A left-right difference that is worth mentioning, seen in two sessions (research, section D)."""
NECK = ("head_roll", "head_pitch", "neck_trunk")
"""Beginnings of the measures of tilt and nod of the head."""
ROUGH_STEP_DEG = 5
"""What is seen only roughly is told no more finely than this (our choice)."""


@dataclass(frozen=True)
class Trend:
    """One measure of a stretch and side over time.

    Attributes:
        side: ``left``, ``right``, or None for both at once.
        label: The measure's name in the pose, as in results.
        words: The measure in plain words.
        unit: ``deg`` or ``ratio``.
        kind: How surely it is measured: key of `change.PRECISIONS`.
        is_larger_more: Whether a larger number is more range of motion.
        change: What has become of it.
    """

    side: str | None
    label: str
    words: str
    unit: str
    kind: str
    is_larger_more: bool
    change: Change

    @property
    def title(self) -> str:
        """The measure and its side, as a heading."""
        words = f"{self.side}: {self.words}" if self.side else self.words
        return capitalised(words)

    @property
    def verdict(self) -> str:
        """``more range``, ``less range``, ``no clear change``; empty with too few sessions."""
        told = self.change.verdict
        if told is Verdict.TOO_LITTLE:
            return ""
        if told is Verdict.NONE:
            return str(told)
        return "more range" if (told is Verdict.LARGER) == self.is_larger_more else "less range"

    @property
    def says(self) -> str:
        """The change in a sentence's words."""
        told = self.change
        if told.verdict is Verdict.TOO_LITTLE:
            missing = ENOUGH - len(told.compared)
            more = "one more session" if missing == 1 else f"{missing} more sessions"
            return f"{more} from the same view, and a change can be told"
        numbers = f"{self.number(told.first)} to {self.number(told.last)}"
        if told.verdict is Verdict.NONE:
            return f"no clear change ({numbers}; less than {self.number(told.mdc)} may be error)"
        rough = ", seen only roughly" if self.kind == "rough" else ""
        return f"clearly {self.verdict} ({numbers}{rough})"

    def number(self, value: float) -> str:
        """A value with its unit, no finer than it is measured."""
        if self.unit != "deg":
            return f"{value:.2f}"
        if self.kind == "rough":
            return f"about {ROUGH_STEP_DEG * round(value / ROUGH_STEP_DEG)}°"
        return f"{value:.0f}°"


def trends(
    pose: Pose, holds: Sequence[PractisedHold], labels: Collection[str] | None = None
) -> list[Trend]:
    """What has become of each measure of a stretch whose direction means range of motion, side by side.

    Args:
        pose: The stretch.
        holds: Of any stretches.
        labels: Of these measures only; of all where left out.
    """
    ours = [each for each in holds if each.pose == pose.id]
    sides = sorted({each.side for each in ours}, key=str)
    return [
        _trend(pose, check, side, ours)
        for check in pose.checks
        if check.more and (labels is None or pose.label(check) in labels)
        for side in sides
    ]


def main_label(pose: Pose) -> str:
    """The measure by which a stretch's range of motion is told in one word; empty where it has none."""
    found = [check for check in (pose.primary, *pose.checks) if check.more]
    return pose.label(found[0]) if found else ""


def _trend(pose: Pose, check: Check, side: str | None, holds: Sequence[PractisedHold]) -> Trend:
    kind = kind_of(check)
    change = change_of(series(pose, check, side, holds), kind)
    about = (pose.label(check), measure_words(check), check.measure.unit, kind)
    return Trend(side, *about, check.more == "larger", change)


def series(
    pose: Pose, check: Check, side: str | None, holds: Sequence[PractisedHold]
) -> list[Reached]:
    """The mean of each session, by time; what is no finite number is left out."""
    label = pose.label(check)
    found: dict[int, list[PractisedHold]] = {}
    for each in holds:
        if (each.pose, each.side) == (pose.id, side) and label in each.measures:
            found.setdefault(each.sitting, []).append(each)
    means = [_mean(label, ours) for ours in found.values()]
    most = YAW_TO_DEG if check.measure.name.startswith("head_yaw") else math.inf
    kept = [each for each in means if math.isfinite(each.value) and abs(each.value) <= most]
    return sorted(kept, key=lambda each: each.began)


def _mean(label: str, holds: Sequence[PractisedHold]) -> Reached:
    value = fmean(each.measures[label][0] for each in holds)
    return Reached(holds[0].began, value, len(holds), holds[0].view)


def kind_of(check: Check) -> str:
    """How surely a check's measure is seen: key of `change.PRECISIONS`."""
    if check.measure.unit == "ratio":
        return "ratio"
    if check.frame == "world":
        return "rough"
    return "neck" if check.measure.name.startswith(NECK) else "deg"


def differences(found: Sequence[Trend]) -> Iterator[str]:
    """Left-right differences that are worth mentioning, in words; they are ordinary."""
    for left in found:
        right = next((e for e in found if (e.side, e.label) == ("right", left.label)), None)
        if left.side != "left" or right is None:
            continue
        pairs = [one.change.compared[-2:] for one in (left, right)]
        if min(map(len, pairs)) < len(pairs):
            continue
        apart = [one.value - other.value for one, other in zip(*pairs, strict=True)]
        least = DIFFERENCE[left.kind]
        if all(each >= least for each in apart) or all(each <= -least for each in apart):
            values = [
                each.number(pair[-1].value) for each, pair in zip((left, right), pairs, strict=True)
            ]
            yield f"{left.words}: left {values[0]}, right {values[1]}; sides differ, and so do days"
