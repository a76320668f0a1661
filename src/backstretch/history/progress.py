"""Progress: range of motion over time, and the overview of a history.

The overview holds weeks, doses, changes and advice. It is computed once, and shown in the terminal,
as a page and as JSON.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import fmean
from types import MappingProxyType
from typing import Any

from backstretch.history.change import ENOUGH, Change, SessionMean, Verdict, change_of
from backstretch.history.health import rest_advice
from backstretch.history.history import History
from backstretch.history.practice import (
    DAYS_A_WEEK,
    LEVELS_OFF_MIN,
    Dose,
    PractisedHold,
    PractisedSession,
    Week,
    days_words,
    doses,
    weeks,
)
from backstretch.history.profile import whose
from backstretch.poses.pose import Check, Pose, capitalised, measure_words

DOSE_WORDS = (
    f"Aim: a round, as last asked for or else as is usual, on {DAYS_A_WEEK} days a week or more, "
    "at most twice a day. "
    f"Studies find little further gain in range beyond about {LEVELS_OFF_MIN} minutes a week."
)
YAW_TO_DEG = 50.0
"""Turns of the head beyond this are not reported: the picture no longer shows them (research, section D)."""
DIFFERENCE = {"deg": 12.0, "neck": 12.0, "rough": 20.0, "ratio": 0.12}
"""A left-right difference that is worth mentioning, seen in two sessions (research, section D)."""
NECK = ("head_roll", "head_pitch", "neck_trunk")
"""Beginnings of the measures of tilt and nod of the head."""
ROUGH_STEP_DEG = 5
"""Resolution of values that are measured only roughly (our choice)."""
SCHEMA = 1
DIGITS = 3


@dataclass(frozen=True)
class Trend:
    """One measure of a stretch and side over time.

    Attributes:
        side: ``left``, ``right``, or None for both at once.
        label: The measure's name in the pose, as in results.
        words: The measure in plain words.
        unit: ``deg`` or ``ratio``.
        kind: How precisely it is measured: key of `change.PRECISIONS`.
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
        verdict = self.change.verdict
        if verdict is Verdict.TOO_LITTLE:
            return ""
        if verdict is Verdict.NONE:
            return str(verdict)
        return "more range" if (verdict is Verdict.LARGER) == self.is_larger_more else "less range"

    @property
    def says(self) -> str:
        """The change in a sentence's words."""
        change = self.change
        if change.verdict is Verdict.TOO_LITTLE:
            missing = ENOUGH - len(change.compared)
            more = "one more session" if missing == 1 else f"{missing} more sessions"
            return f"{more} from the same view, and a change can be told"
        numbers = f"{self.number(change.first)} to {self.number(change.last)}"
        if change.verdict is Verdict.NONE:
            return f"no clear change ({numbers}; less than {self.number(change.mdc)} may be error)"
        rough = ", seen only roughly" if self.kind == "rough" else ""
        return f"clearly {self.verdict} ({numbers}{rough})"

    def number(self, value: float) -> str:
        """A value with its unit, no finer than it is measured."""
        if self.unit != "deg":
            return f"{value:.2f}"
        if self.kind == "rough":
            return f"about {ROUGH_STEP_DEG * round(value / ROUGH_STEP_DEG)}°"
        return f"{value:.0f}°"


def elsewhere_words(trend: Trend) -> str:
    """How many sessions were left out."""
    count = len(trend.change.elsewhere)
    return f"{count} session{'' if count == 1 else 's'} from another view not compared"


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
    """The measure by which a stretch's range of motion is summed up in one word; empty where it has none."""
    candidates = [check for check in (pose.primary, *pose.checks) if check.more]
    return pose.label(candidates[0]) if candidates else ""


def _trend(pose: Pose, check: Check, side: str | None, holds: Sequence[PractisedHold]) -> Trend:
    kind = kind_of(check)
    change = change_of(series(pose, check, side, holds), kind)
    about = (pose.label(check), measure_words(check), check.measure.unit, kind)
    return Trend(side, *about, check.more == "larger", change)


def series(
    pose: Pose, check: Check, side: str | None, holds: Sequence[PractisedHold]
) -> list[SessionMean]:
    """The mean of each session, by time; what is no finite number is left out."""
    label = pose.label(check)
    by_session: dict[int, list[PractisedHold]] = {}
    for each in holds:
        if (each.pose, each.side) == (pose.id, side) and label in each.measures:
            by_session.setdefault(each.sitting, []).append(each)
    means = [_mean(label, ours) for ours in by_session.values()]
    most = YAW_TO_DEG if check.measure.name.startswith("head_yaw") else math.inf
    plausible = [each for each in means if math.isfinite(each.value) and abs(each.value) <= most]
    return sorted(plausible, key=lambda each: each.began)


def _mean(label: str, holds: Sequence[PractisedHold]) -> SessionMean:
    value = fmean(each.measures[label][0] for each in holds)
    return SessionMean(holds[0].began, value, len(holds), holds[0].view)


def kind_of(check: Check) -> str:
    """How precisely a check's measure is taken: key of `change.PRECISIONS`."""
    if check.measure.unit == "ratio":
        return "ratio"
    if check.frame == "world":
        return "rough"
    return "neck" if check.measure.name.startswith(NECK) else "deg"


def differences(trends: Sequence[Trend]) -> Iterator[str]:
    """Left-right differences that are worth mentioning, in words; they are ordinary."""
    for left in trends:
        right = next((e for e in trends if (e.side, e.label) == ("right", left.label)), None)
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


@dataclass(frozen=True)
class Query:
    """What an overview is about.

    Attributes:
        whose: The profile; empty for the one person who gives no name.
        about: The one stretch; None for all.
        weeks: How many, with the one that is going on.
    """

    whose: str = ""
    about: Pose | None = None
    weeks: int = 12


@dataclass(frozen=True)
class Overview:
    """What a history says up to a day.

    Attributes:
        query: What it is about.
        today: The day.
        weeks: Of all stretches, oldest first; the last one is going on.
        doses: Of each stretch that was held, most held in these weeks first.
        trends: By pose id.
        says: Sentences on days, and on rest where there is something to say.
    """

    query: Query
    today: date
    weeks: Sequence[Week]
    doses: Sequence[Dose]
    trends: Mapping[str, Sequence[Trend]]
    says: Sequence[str]

    @property
    def title(self) -> str:
        """What it is about, and whose it is: ``Your progress``, ``Child's pose: progress of Ann``."""
        profile, about = self.query.whose, self.query.about
        words = f"progress of {whose(profile)}" if profile.strip() else "your progress"
        return f"{about.name}: {words}" if about else capitalised(words)


def overview(
    query: Query,
    today: date,
    practised: tuple[Sequence[PractisedSession], Sequence[PractisedHold]],
    poses: Iterable[Pose],
    asked: Mapping[str, tuple[float, int]] = MappingProxyType({}),
) -> Overview:
    """Gather what was practised.

    Args:
        query: What it is about.
        today: The day it is.
        practised: The sessions, and the holds to report, with the measures to report.
        poses: The stretches that are known.
        asked: What was last asked for, by the pose's id; see `practice.Dose.asked`.
    """
    sittings, holds = practised
    by_pose: dict[str, list[PractisedHold]] = {}
    for each in holds:
        by_pose.setdefault(each.pose, []).append(each)
    held = [pose for pose in poses if pose.id in by_pose]
    doses_held = doses(held, holds, today, query.weeks, asked)
    return Overview(
        query,
        today,
        weeks(sittings, today, query.weeks),
        doses_held,
        {each.pose.id: trends(each.pose, by_pose[each.pose.id]) for each in doses_held},
        (days_words(sittings, today), *rest_advice(today, sittings)),
    )


def overview_of(
    history: History,
    query: Query,
    today: date,
    poses: Collection[Pose],
    labels: Collection[str] | None = None,
) -> Overview:
    """Gather what one person of a history has practised.

    Args:
        history: Where it is saved.
        query: What it is about.
        today: The day it is.
        poses: The stretches that are known.
        labels: The measures to report; None for all.
    """
    profile, about = query.whose, query.about
    sittings = history.sittings(profile)
    holds = history.holds(profile, about.id if about else None, labels)
    asked = history.asked(profile, {each.pose for each in holds})
    spelled = replace(query, whose=history.spelling(profile))
    return overview(spelled, today, (sittings, holds), poses, asked)


def main_change(pose: Pose, trends: Sequence[Trend]) -> str:
    """What has become of a stretch's main measure, in a few words; empty if nothing can be said yet."""
    label = main_label(pose)
    verdicts = {each.side: each.verdict for each in trends if each.label == label and each.verdict}
    if len(set(verdicts.values())) == 1 and len(verdicts) != 1:
        return f"both sides: {next(iter(verdicts.values()))}"
    return ", ".join(
        f"{side}: {verdict}" if side else verdict for side, verdict in verdicts.items()
    )


def as_document(summary: Overview) -> dict[str, Any]:
    """The overview for other programs: plain JSON values, None for what is not known."""
    return {
        "schema": SCHEMA,
        "profile": summary.query.whose or None,
        "whose": whose(summary.query.whose),
        "today": summary.today.isoformat(),
        "weeks": [
            {
                "monday": each.monday.isoformat(),
                "days": each.days,
                "valid_s": _round(each.valid_s),
            }
            for each in summary.weeks
        ],
        "says": list(summary.says),
        "stretches": [_stretch(each, summary.trends[each.pose.id]) for each in summary.doses],
    }


def _stretch(dose: Dose, trends: Sequence[Trend]) -> dict[str, Any]:
    return {
        "pose": dose.pose.id,
        "name": dose.pose.name,
        "sessions": dose.sittings,
        "weeks_valid_s": [_round(each) for each in dose.weeks_s],
        "round_s": dose.round_s,
        "asked": {"hold_s": dose.asked[0], "repetitions": dose.asked[1]} if dose.asked else None,
        "recommended_week_s": dose.recommended_s,
        "measures": [_measure(each) for each in trends],
        "differences": list(differences(trends)),
    }


def _measure(trend: Trend) -> dict[str, Any]:
    change = trend.change
    numbers = {"first": change.first, "last": change.last, "minimal_detectable_change": change.mdc}
    return {
        "measure": trend.label,
        "words": trend.words,
        "side": trend.side,
        "unit": trend.unit,
        "verdict": trend.verdict or None,
        "says": trend.says,
        **{name: _round(value) if trend.verdict else None for name, value in numbers.items()},
        "sessions": [_session(each) for each in change.compared],
        "elsewhere": [_session(each) for each in change.elsewhere],
    }


def _session(mean: SessionMean) -> dict[str, Any]:
    return {
        "began": mean.began.isoformat(),
        "value": _round(mean.value),
        "holds": mean.holds,
        "view": mean.view.words if mean.view else None,
    }


def _round(value: float) -> float:
    return round(value, DIGITS)
