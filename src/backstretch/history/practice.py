"""Practice: the sessions and holds of a history, and how much was held in each week.

Weeks begin on Monday (ISO 8601); days are those of the place where each session was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from backstretch.kinematics.view import View
from backstretch.poses.pose import Pose

WEEK = timedelta(days=7)
MINUTE_S = 60.0
SECONDS_TO = 90.0
DAYS_A_WEEK = 3
"""A round on this many days is the usual minimum (ACSM, GETP 11: two to three days a week, daily is best)."""
LEVELS_OFF_MIN = 10
"""Minutes a week of stretching from which studies see little more range (Ingram 2025, 189 studies)."""


@dataclass(frozen=True)
class Week:
    """One week of practice.

    Attributes:
        monday: Its first day.
        days: On how many days something was held.
        valid_s: Seconds held.
    """

    monday: date
    days: int
    valid_s: float


@dataclass(frozen=True)
class Dose:
    """What was held of a stretch, week by week, against what is recommended.

    Attributes:
        pose: The stretch.
        sittings: In how many recorded sessions it was held, ever.
        weeks_s: Valid seconds of each week, oldest first; the last one is going on.
        round_s: What one round of it takes: hold, repetitions and sides, as they were last asked for, or else
            as is usual.
        asked: Seconds of a hold and holds a side that were last asked for; None where nothing was.
    """

    pose: Pose
    sittings: int
    weeks_s: tuple[float, ...]
    round_s: float
    asked: tuple[float, int] | None = None

    @property
    def recommended_s(self) -> float:
        """What a week comes to with a round on the usual least of days."""
        return DAYS_A_WEEK * self.round_s

    @property
    def last_two(self) -> tuple[float, float]:
        """Valid seconds of the week that is going on, and of the one before."""
        last, this = (0.0, *self.weeks_s)[-2:]
        return this, last


@dataclass(frozen=True)
class PractisedSession:
    """One recorded session.

    Attributes:
        id: Its number in the database, among everybody's sessions.
        profile: Whose it is; empty for the one person who never said a name.
        began: When, with the offset of the place: days are those of the place.
        kind: ``live`` or ``analyze``.
        title: What was done, in words.
        valid_s, wrong_s, unseen_s: Its totals.
        pain: Whether the person reported pain.
        soreness: How sore they said they were, 0 to 10; None if that was not asked or skipped.
        number: Its number among this person's sessions, which are counted from 1; never given twice.
        note: What somebody wrote about it; empty for nothing.
    """

    id: int
    profile: str
    began: datetime
    kind: str
    title: str
    valid_s: float
    wrong_s: float
    unseen_s: float
    pain: bool
    soreness: int | None
    number: int = 0
    note: str = ""


def weeks(sittings: Sequence[PractisedSession], today: date, count: int) -> list[Week]:
    """The last weeks, oldest first; the last one is going on."""
    held = [(each.began.date(), each.valid_s) for each in sittings if each.valid_s > 0.0]
    days: dict[date, set[date]] = {monday: set() for monday in mondays(today, count)}
    seconds = dict.fromkeys(days, 0.0)
    for day, valid_s in held:
        if (monday := monday_of(day)) in days:
            days[monday].add(day)
            seconds[monday] += valid_s
    return [Week(monday, len(days[monday]), seconds[monday]) for monday in days]


class PractisedHold(NamedTuple):
    """One hold of a recorded session; a tuple, since there may be many.

    Attributes:
        sitting: Number of its session.
        began: When its session began.
        pose: Id of the pose.
        side: ``left`` or ``right`` for poses with sides, else None.
        valid_s: Seconds that counted.
        complete: Whether it made one repetition.
        view: From where the camera saw the person; None if unknown.
        measures: The value of each measure whose direction means range of motion (the best of the
            hold), by the label of the pose's check: (value, unit ``deg`` or ``ratio``).
    """

    sitting: int
    began: datetime
    pose: str
    side: str | None
    valid_s: float
    complete: bool
    view: View | None
    measures: Mapping[str, tuple[float, str]] = MappingProxyType({})


def doses(
    poses: Iterable[Pose],
    holds: Iterable[PractisedHold],
    today: date,
    count: int,
    asked: Mapping[str, tuple[float, int]] = MappingProxyType({}),
) -> list[Dose]:
    """The dose of each stretch that was ever held; the one held most in these weeks comes first.

    Args:
        poses: The stretches.
        holds: Of any stretches.
        today: The day it is.
        count: How many weeks.
        asked: By the pose's id, what was last asked for; see `Dose.asked`.
    """
    by_pose: dict[str, list[PractisedHold]] = {}
    for each in holds:
        by_pose.setdefault(each.pose, []).append(each)
    doses_of_poses = [
        _dose(pose, by_pose[pose.id], mondays(today, count), asked.get(pose.id))
        for pose in poses
        if pose.id in by_pose
    ]
    return sorted(doses_of_poses, key=lambda each: (-sum(each.weeks_s), each.pose.name))


def _dose(
    pose: Pose,
    holds: Sequence[PractisedHold],
    weeks: Sequence[date],
    asked: tuple[float, int] | None,
) -> Dose:
    seconds = dict.fromkeys(weeks, 0.0)
    for each in holds:
        if (monday := monday_of(each.began.date())) in seconds:
            seconds[monday] += each.valid_s
    hold_s, repetitions = asked or (pose.dose.default_s, pose.dose.default_repetitions)
    round_s = hold_s * repetitions * (1 + (pose.sides == "each"))
    sittings = len({each.sitting for each in holds})
    return Dose(pose, sittings, tuple(seconds.values()), round_s, asked)


def days_words(sittings: Sequence[PractisedSession], today: date) -> str:
    """A sentence on how many days were practised recently."""
    days = {
        each.began.date() for each in sittings if each.valid_s > 0.0 and each.began.date() <= today
    }
    month, season = (sum(today - day < count * WEEK for day in days) for count in (4, 12))
    this = sum(monday_of(day) == monday_of(today) for day in days)
    weeks_running = _weeks_running({monday_of(day) for day in days}, today)
    running = f" Something in each of the last {weeks_running} weeks." if weeks_running > 1 else ""
    days_this = f"{this} day{'' if this == 1 else 's'} this week"
    return (
        f"You practised on {days_this}, {month} of the last 28 days and {season} of the last 84."
        f"{running} A day off is part of it."
    )


def _weeks_running(practised: set[date], today: date) -> int:
    """Number of consecutive weeks with a hold; the current week breaks nothing if it has none yet."""
    monday = monday_of(today)
    if monday not in practised:
        monday -= WEEK
    count = 0
    while monday in practised:
        count, monday = count + 1, monday - WEEK
    return count


def amount(seconds: float) -> str:
    """An amount of time in words: ``45 s``, ``3.5 min``."""
    if seconds < SECONDS_TO:
        return f"{seconds:.0f} s"
    return f"{seconds / MINUTE_S:.1f}".removesuffix(".0") + " min"


def mondays(today: date, count: int) -> list[date]:
    """The first days of the last weeks, oldest first."""
    return [monday_of(today) - back * WEEK for back in reversed(range(count))]


def monday_of(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())
