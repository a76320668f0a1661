"""Progress: what the history says of range of motion, dose and days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from backstretch.change import Change, Reached, Verdict, change_of
from backstretch.poses import Check, Pose, measure_words
from backstretch.practised import PractisedHold, Sitting

WEEK = timedelta(days=7)
YAW_TO_DEG = 50.0
"""Turns of the head beyond this are not told of: the picture no longer shows them (research, section D)."""
DIFFERENCE = {"deg": 12.0, "ratio": 0.12, "rough": 20.0}
"""A left-right difference that is worth mentioning, seen in two sessions (research, section D)."""
ROUGH = ("twist", "shoulder_yaw")
"""Beginnings of measures that turn towards the camera."""


@dataclass(frozen=True)
class Trend:
    """One measure of a stretch and side over time.

    Attributes:
        side: ``left``, ``right``, or None for both at once.
        words: The measure in plain words.
        unit, scale: Its unit, and how surely it is measured, as in `change.SCALES`.
        is_larger_more: Whether a larger number is more range of motion.
        change: What has become of it.
    """

    side: str | None
    words: str
    unit: str
    scale: str
    is_larger_more: bool
    change: Change

    @property
    def says(self) -> str:
        """The change in plain words."""
        told = self.change
        if told.verdict is Verdict.TOO_LITTLE:
            return "two sessions from the same view are needed before a change can be told"
        numbers = f"{self.number(told.first)} to {self.number(told.last)}"
        if told.verdict is Verdict.NONE:
            return f"no clear change ({numbers}; less than {self.number(told.mdc)} is error)"
        is_more = (told.verdict is Verdict.LARGER) == self.is_larger_more
        rough = ", only roughly seen" if self.scale == "rough" else ""
        return f"clearly {'more' if is_more else 'less'} range ({numbers}{rough})"

    def number(self, value: float) -> str:
        """A value with its unit."""
        return f"{value:.0f}°" if self.unit == "deg" else f"{value:.2f}"


def trends(pose: Pose, holds: Sequence[PractisedHold]) -> list[Trend]:
    """What has become of each measure of a stretch whose direction means range of motion, side by side."""
    sides = sorted({each.side for each in holds if each.pose == pose.id}, key=str)
    return [
        Trend(side, measure_words(check), check.measure.unit, scale_of(check), check.more == "larger",
              change_of(series(pose, check, side, holds), scale_of(check)))
        for check in pose.checks
        if check.more
        for side in sides
    ]  # fmt: skip


def series(
    pose: Pose, check: Check, side: str | None, holds: Sequence[PractisedHold]
) -> list[Reached]:
    """The mean of each session, by time."""
    label = pose.label(check)
    found: dict[int, list[PractisedHold]] = {}
    for each in holds:
        if (each.pose, each.side) == (pose.id, side) and label in each.measures:
            found.setdefault(each.sitting, []).append(each)
    is_yaw = check.measure.name.startswith(("head_yaw", "nose_sideways"))
    means = [
        Reached(
            ours[0].began,
            fmean(each.measures[label][0] for each in ours),
            len(ours),
            ours[0].azimuth_deg,
        )
        for ours in found.values()
    ]
    kept = [each for each in means if not (is_yaw and abs(each.value) > YAW_TO_DEG)]
    return sorted(kept, key=lambda each: each.began)


def scale_of(check: Check) -> str:
    """How surely a check's measure is seen: key of `change.SCALES`."""
    if check.frame == "world" or check.measure.name.startswith(ROUGH):
        return "rough"
    return check.measure.unit


def differences(found: Sequence[Trend]) -> Iterator[str]:
    """Left-right differences that are worth mentioning, in words; they are ordinary."""
    for left in found:
        right = next((e for e in found if (e.side, e.words) == ("right", left.words)), None)
        if left.side != "left" or right is None:
            continue
        pairs = [one.change.compared[-2:] for one in (left, right)]
        if min(map(len, pairs)) < len(pairs):
            continue
        apart = [one.value - other.value for one, other in zip(*pairs, strict=True)]
        least = DIFFERENCE[left.scale]
        if all(each >= least for each in apart) or all(each <= -least for each in apart):
            values = [
                each.number(pair[-1].value) for each, pair in zip((left, right), pairs, strict=True)
            ]
            yield f"{left.words}: left {values[0]}, right {values[1]}; sides differ, and so do days"


@dataclass(frozen=True)
class Dose:
    """What was held of a stretch in the seven days up to today, against what is recommended.

    Attributes:
        pose: Its id.
        sessions: In how many of the recorded sessions it was held, ever.
        week_s: Valid seconds of the last seven days.
        day_s: What one round of it takes: hold, repetitions and sides.
    """

    pose: Pose
    sessions: int
    week_s: float
    day_s: float


def doses(poses: Sequence[Pose], holds: Sequence[PractisedHold], today: date) -> list[Dose]:
    """Of each stretch that was ever held, most held this week first."""
    by_pose: dict[str, list[PractisedHold]] = {}
    for each in holds:
        by_pose.setdefault(each.pose, []).append(each)
    found = [
        Dose(
            pose,
            len({each.sitting for each in by_pose[pose.id]}),
            sum(each.valid_s for each in by_pose[pose.id] if _is_within(each.began.date(), today)),
            pose.dose.default_s * pose.dose.default_repetitions * (1 + (pose.sides == "each")),
        )
        for pose in poses
        if pose.id in by_pose
    ]
    return sorted(found, key=lambda each: (-each.week_s, each.pose.name))


def days_words(sittings: Sequence[Sitting], today: date) -> str:
    """How many days were practised of late; a day off is part of it."""
    days = {each.began.date() for each in sittings if each.valid_s > 0.0}
    week = sum(_is_within(day, today) for day in days)
    weeks = _weeks_running(days, today)
    running = f", and in each of the last {weeks} weeks" if weeks > 1 else ""
    return f"You practised on {week} of the last 7 days{running}. A day off is part of it."


def _weeks_running(days: set[date], today: date) -> int:
    """Spans of seven days up to today, without a gap, in which something was held."""
    weeks = 0
    while any(_is_within(day, today - weeks * WEEK) for day in days):
        weeks += 1
    return weeks


def _is_within(day: date, today: date) -> bool:
    """Whether a day is of the seven up to today."""
    return timedelta(0) <= today - day < WEEK
