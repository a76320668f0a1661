"""The overview of a history: weeks, doses, changes and advice, gathered once for every way to show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backstretch.change import Reached
from backstretch.poses import Pose
from backstretch.practice_days import rest_advice
from backstretch.practice_weeks import Dose, Week, days_words, doses, weeks
from backstretch.practised import PractisedHold, Sitting
from backstretch.progress import Trend, differences, main_label, trends

SCHEMA = 1
DIGITS = 3


@dataclass(frozen=True)
class Asked:
    """What was asked.

    Attributes:
        whose: The profile; empty for everybody's sessions.
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
        asked: What was asked.
        today: The day.
        weeks: Of all stretches, oldest first; the last one is going on.
        doses: Of each stretch that was held, most held in these weeks first.
        trends: By pose id.
        says: Sentences on days, and on rest where there is something to say.
    """

    asked: Asked
    today: date
    weeks: Sequence[Week]
    doses: Sequence[Dose]
    trends: Mapping[str, Sequence[Trend]]
    says: Sequence[str]


def overview(
    asked: Asked,
    today: date,
    practised: tuple[Sequence[Sitting], Sequence[PractisedHold]],
    poses: Iterable[Pose],
) -> Overview:
    """Gather what was practised.

    Args:
        asked: What is wanted.
        today: The day it is.
        practised: The sessions, and the holds that are told of with the measures that are.
        poses: The stretches that are known.
    """
    sittings, holds = practised
    by_pose: dict[str, list[PractisedHold]] = {}
    for each in holds:
        by_pose.setdefault(each.pose, []).append(each)
    found = doses([pose for pose in poses if pose.id in by_pose], holds, today, asked.weeks)
    return Overview(
        asked,
        today,
        weeks(sittings, today, asked.weeks),
        found,
        {each.pose.id: trends(each.pose, by_pose[each.pose.id]) for each in found},
        (days_words(sittings, today), *rest_advice(today, sittings)),
    )


def main_change(pose: Pose, found: Sequence[Trend]) -> str:
    """What has become of a stretch's main measure, in a few words; empty where nothing can be told yet."""
    label = main_label(pose)
    told = {each.side: each.verdict for each in found if each.label == label and each.verdict}
    if len(set(told.values())) == 1 and len(told) != 1:
        return f"both sides: {next(iter(told.values()))}"
    return ", ".join(f"{side}: {verdict}" if side else verdict for side, verdict in told.items())


def as_document(found: Overview) -> dict[str, Any]:
    """The overview for other programs: plain JSON values, None for what is not known."""
    return {
        "schema": SCHEMA,
        "profile": found.asked.whose or None,
        "today": found.today.isoformat(),
        "weeks": [
            {
                "monday": each.monday.isoformat(),
                "days": each.days,
                "valid_s": _rounded(each.valid_s),
            }
            for each in found.weeks
        ],
        "says": list(found.says),
        "stretches": [_stretch(each, found.trends[each.pose.id]) for each in found.doses],
    }


def _stretch(dose: Dose, found: Sequence[Trend]) -> dict[str, Any]:
    return {
        "pose": dose.pose.id,
        "name": dose.pose.name,
        "sessions": dose.sittings,
        "weeks_valid_s": [_rounded(each) for each in dose.weeks_s],
        "round_s": dose.round_s,
        "recommended_week_s": dose.recommended_s,
        "measures": [_measure(each) for each in found],
        "differences": list(differences(found)),
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
        **{name: _rounded(value) if trend.verdict else None for name, value in numbers.items()},
        "sessions": [_session(each) for each in change.compared],
        "elsewhere": [_session(each) for each in change.elsewhere],
    }


def _session(reached: Reached) -> dict[str, Any]:
    return {
        "began": reached.began.isoformat(),
        "value": _rounded(reached.value),
        "holds": reached.holds,
        "view": reached.view.words if reached.view else None,
    }


def _rounded(value: float) -> float:
    return round(value, DIGITS)
