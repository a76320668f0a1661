"""Practice days: what earlier sessions mean for today's.

Days are those of the place: each session counts for the calendar day of its own time and offset.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from backstretch.errors import InputError
from backstretch.health import DAY_OFF
from backstretch.practised import Sitting
from backstretch.session_record import SORENESS, PastSession, read_session

RECORD = "session.jsonl"
"""A session's file; its folder is named by the start: ``2026-11-23T10-15-00``."""
ENOUGH_A_DAY = 2
"""Sessions (article on back stretches: once or twice a day)."""
SESSION_S = 60.0
"""A session this long counts even if nothing was held; a shorter one was a try-out (our choice)."""
PAIN_DAYS = 3
"""How many days pain is remembered (our choice: a day off and a weekend)."""
SORE_FROM, VERY_SORE_FROM = 4, 7
"""Answers from 0 to 10 (the usual bands of such scales: 4 moderate, 7 severe; recalled)."""
ORDINALS = ("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Advice:
    """What to say before a session.

    Attributes:
        lines: Sentences to show, most important first; empty if there is nothing to say.
        asks_soreness: Whether to ask how sore the person is, 0 to 10.
    """

    lines: tuple[str, ...]
    asks_soreness: bool


def advice(now: datetime, past: Iterable[PastSession]) -> Advice:
    """What earlier sessions mean for one that starts now.

    Args:
        now: With its offset.
        past: In any order; sessions that start later than now (a clock was put back) are ignored.
    """
    earlier = sorted((each for each in past if each.began <= now), key=lambda each: each.began)
    pain = _last_pain(now.date(), earlier)
    lines = () if pain is None else (_after_pain(now.date() - pain.began.date()),)
    asks = pain is not None and not any(
        _was_asked(each) for each in earlier if each.began > pain.began
    )
    return Advice(lines + _often_enough(now.date(), earlier), asks)


def _was_asked(session: PastSession) -> bool:
    """Whether the person was asked how sore they are, answered or not."""
    is_told = any(line["type"] == SORENESS for line in session.lines)
    return is_told or session.soreness is not None


def soreness_advice(value: int) -> str:
    """What an answer from 0 to 10 means for today; empty if nothing."""
    if value >= VERY_SORE_FROM:
        return (
            "You are very sore: take a day off. "
            "Ask a clinician if it gets worse or does not ease in a few days."
        )
    if value >= SORE_FROM:
        return "Go gently today: fewer stretches, shorter holds, and stop if it hurts."
    return ""


def rest_advice(today: date, sittings: Iterable[Sitting]) -> tuple[str, ...]:
    """What the last session, if it was lately, means for today; empty if nothing."""
    last = max(sittings, key=lambda each: each.began, default=None)
    if last is None or today - last.began.date() > PAIN_DAYS * ONE_DAY:
        return ()
    if last.pain:
        return (_after_pain(today - last.began.date()),)
    words = soreness_advice(last.soreness) if last.soreness is not None else ""
    return (words,) if words else ()


def past_sessions(
    folder: Path, limit: int = 50, *, now: datetime | None = None
) -> list[PastSession]:
    """The sessions that `advice` needs, newest first; those that cannot be read are left out.

    Args:
        folder: Holds one folder a session; it may be missing.
        limit: Most to read.
        now: The time, if it is not that of the machine's clock.
    """
    today = (now or datetime.now().astimezone()).date()
    try:
        names = sorted((each.name for each in folder.iterdir()), reverse=True)
    except OSError:
        return []
    found: list[PastSession] = []
    for name in names:
        if len(found) >= limit:
            break
        if _is_recent(name, today):
            found += _readable(folder / name / RECORD)
    return found


def _is_recent(name: str, today: date) -> bool:
    """Whether a folder's name is of the last days; a day more on either side for other time zones."""
    try:
        day = date.fromisoformat(name[: len("2026-11-23")])
    except ValueError:
        return False
    return -ONE_DAY <= today - day <= (PAIN_DAYS + 1) * ONE_DAY


def _readable(path: Path) -> list[PastSession]:
    try:
        return [read_session(path)]
    except InputError:
        return []


def _counts(session: PastSession) -> bool:
    return session.seconds_valid > 0.0 or session.lasted_s >= SESSION_S


def _last_pain(today: date, earlier: list[PastSession]) -> PastSession | None:
    """The last session with pain, if it is of the last day with sessions, and not long ago."""
    real = [each for each in earlier if each.pain or _counts(each)]
    if not real or today - real[-1].began.date() > PAIN_DAYS * ONE_DAY:
        return None
    last_day = [each for each in real if each.began.date() == real[-1].began.date()]
    return next((each for each in reversed(last_day) if each.pain), None)


def _after_pain(ago: timedelta) -> str:
    """``ago`` in whole days; not above 0 if it was today."""
    days = max(0, ago.days)
    when = ("earlier today", "yesterday")[days] if days <= 1 else f"{days} days ago"
    return f"You stopped with pain {when}. {DAY_OFF}"


def _often_enough(today: date, earlier: list[PastSession]) -> tuple[str, ...]:
    done = sum(_counts(each) for each in earlier if each.began.date() == today)
    if done < ENOUGH_A_DAY:
        return ()
    which = done - ENOUGH_A_DAY
    told = f"the {ORDINALS[which]} session" if which < len(ORDINALS) else f"session {done + 1}"
    return (f"This is {told} today. Once or twice a day is enough; rest today.",)
