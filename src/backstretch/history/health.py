"""Health: the note on stretching safely, the questions and answers, and what earlier days mean for today.

The words follow research, section E, and are general guidance; the answers stay in one private file. Days are
those of the place: each session counts for the calendar day of its own time and offset.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ValidationError, field_validator

from backstretch.errors import InputError
from backstretch.files import make_private, open_private
from backstretch.formats.session_log import SORENESS, PastSession, read_session
from backstretch.history.practice import PractisedSession
from backstretch.poses.library import PoseSet, Stretch
from backstretch.poses.pose import NOT_FOR, Pose

FORMAT: Final = "backstretch health answers"
VERSION: Final = 1
Answer = Literal["yes", "no", "skipped"]
PART, DAMAGED = ".part", ".damaged"
"""Endings of a file that is being written, and of one that was put aside."""
NOTE = (
    "This is general guidance. backstretch is not a medical device: it sees you through one "
    "camera, and can be wrong. Stretch to mild tension only; pain means stop. Ask a doctor or "
    "physiotherapist first after an injury or a recent operation, with a joint replacement or "
    "osteoporosis, in pregnancy, or if you are not sure."
)
RED_FLAGS_INTRO = "Stop, and get emergency help now, if you notice any of these:"
RED_FLAGS = (
    "new numbness or tingling between the legs: genitals, back passage, inner thigh",
    "new trouble passing, holding or feeling urine or stool",
    "new loss of sexual function",
    "new pain into both legs",
    "one or both legs weak, heavy or clumsy, if that is new or getting worse",
    "back or neck trouble after a bad fall or a crash",
    "chest pain, a sudden severe headache, or fainting",
    "a drooping face, slurred speech or double vision",
)
SEE_SOON_INTRO = "See a doctor or physiotherapist soon if:"
SEE_SOON = (
    "the pain is severe, is worse at night, or does not change with movement",
    "you have a fever or feel very unwell",
    "you lose weight without a known reason",
    "you have had cancer, take steroids for long, or have a weak immune system or osteoporosis",
    "it is your first back pain and you are over about 55 or under 20",
    "pain shoots below the knee or into an arm and does not settle",
    "it is no better after a few weeks",
)
STOP_ON_INTRO = "Come out of a stretch slowly, and stop, on:"
STOP_ON = (
    "sharp or shooting pain",
    "tingling or numbness",
    "pain that goes further down an arm or leg",
    "dizziness, changed sight or nausea",
    "a joint that pinches or locks",
    "holding your breath from the effort",
)
DAY_OFF = "Take a day off if it is worse or you are very sore."
PAIN_ADVICE = (
    "Come out of the stretch slowly, and rest.",
    (
        "Get emergency help for new numbness between the legs, bladder or bowel trouble, "
        "a weak leg, chest pain, fainting, slurred speech or a sudden severe headache."
    ),
    DAY_OFF,
)
"""Advice when the person reports pain; each item is spoken as one sentence."""
QUESTIONS = {
    "osteoporosis": "Do you have osteoporosis, or have you ever broken a bone of the spine?",
    "hip_replacement": "Have you had a hip replacement?",
    "stenosis": (
        "Have you been told that you have spinal stenosis or a slipped vertebra "
        "(spondylolisthesis)?"
    ),
    "leg_pain": "Do you have acute pain that shoots into a leg?",
    "head_down": (
        "Do you have glaucoma, vertigo, or high blood pressure that is not under control?"
    ),
    "late_pregnancy": "Are you in late pregnancy, or pregnant and not sure whether it is late?",
}
"""The yes-or-no question for each key of `NOT_FOR`."""
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
ASK_FIRST = "Ask a clinician before doing it."
ONE_DAY = timedelta(days=1)


class Answers(BaseModel, frozen=True, strict=True):
    """The person's answers to the health questions, as in their file, which is readable for people too.

    Attributes:
        asked_on: The day.
        answers: By the keys of `NOT_FOR`; a question that had not been asked yet counts as skipped.
    """

    format: Literal["backstretch health answers"]
    version: Literal[1]
    asked_on: date
    answers: dict[str, Answer]

    @field_validator("answers")
    @classmethod
    def _complete(cls, answers: dict[str, Answer]) -> dict[str, Answer]:
        if unknown := answers.keys() - NOT_FOR.keys():
            raise ValueError(f"{sorted(unknown)} are not asked")
        return {key: answers.get(key, "skipped") for key in NOT_FOR}

    @property
    def unfit(self) -> frozenset[str]:
        """What was answered with yes."""
        return frozenset(key for key, answer in self.answers.items() if answer == "yes")


def load_answers(path: Path) -> Answers | None:
    """Read the answers; None means that the person has to be asked.

    A damaged file is neither believed nor lost: it is put aside as ``health.json.damaged``.
    """
    try:
        return Answers.model_validate_json(path.read_bytes())
    except OSError:
        return None
    except ValidationError:
        with suppress(OSError):
            path.replace(path.with_name(path.name + DAMAGED))
        return None


def save_answers(path: Path, answers: Answers) -> None:
    """Write the answers, whole or not at all, for their owner's eyes only.

    Raises:
        InputError: The file cannot be written; an older one is left as it was.
    """
    part = path.with_name(path.name + PART)
    try:
        make_private(path.parent)
        part.unlink(missing_ok=True)
        with open(part, "xb", opener=open_private) as file:
            file.write(answers.model_dump_json(indent=2).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written ({error.strerror or error})") from error


def forget_answers(path: Path) -> None:
    """Delete the answers, and what is left of them under other names."""
    for each in (path, path.with_name(path.name + PART), path.with_name(path.name + DAMAGED)):
        each.unlink(missing_ok=True)


def unsuitable(pose: Pose, answers: Answers | None) -> tuple[str, ...]:
    """Why a stretch does not suit this person, in the words of `NOT_FOR`; empty if nothing is known."""
    unfit = answers.unfit if answers else frozenset()
    return tuple(NOT_FOR[key] for key in pose.not_for if key in unfit)


def fitting(
    chosen: PoseSet, poses: Mapping[str, Pose], answers: Answers | None
) -> tuple[PoseSet, tuple[str, ...]]:
    """The set without the stretches that do not suit this person, and a line for each of those.

    What the set names instead of one takes its place, if that suits the person and is not in the set anyway.

    Raises:
        InputError: None would be left.
    """
    asked = {each.pose for each in chosen.stretches}
    left: list[Stretch] = []
    lines = []
    for each in chosen.stretches:
        why = unsuitable(poses[each.pose], answers)
        other = each.instead
        if other and (other.pose in asked or unsuitable(poses[other.pose], answers)):
            other = None
        done = other if why else each
        left += [done] if done else []
        if why:
            after = f"{poses[other.pose].name} takes its place." if other else ASK_FIRST
            words = " and ".join(why)
            lines.append(f"{poses[each.pose].name} is left out: you said {words}. {after}")
    if not left:
        raise InputError(
            f"{chosen.name}: no stretch is left after what you said about your health; "
            "choose another set, or ask a clinician which stretches suit you"
        )
    return replace(chosen, stretches=tuple(left)), tuple(lines)


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
    has_line = any(line["type"] == SORENESS for line in session.lines)
    return has_line or session.soreness is not None


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


def rest_advice(today: date, sittings: Iterable[PractisedSession]) -> tuple[str, ...]:
    """What the last session means for today if it was recent; empty if nothing."""
    last = max(sittings, key=lambda each: each.began, default=None)
    if last is None or today - last.began.date() > PAIN_DAYS * ONE_DAY:
        return ()
    if last.pain:
        return (_after_pain(today - last.began.date()),)
    words = soreness_advice(last.soreness) if last.soreness is not None else ""
    return (words,) if words else ()


def past_sessions(
    folder: Path,
    limit: int = 50,
    *,
    now: datetime | None = None,
    is_own: Callable[[str, PastSession], bool] = lambda *_: True,
) -> list[PastSession]:
    """The sessions that `advice` needs, newest first; those that cannot be read are left out.

    Args:
        folder: Holds one folder a session; it may be missing.
        limit: Most to return.
        is_own: Whether a session, with the name of its folder, is this person's; those of others never count.
        now: The time, if it is not that of the machine's clock.
    """
    today = (now or datetime.now().astimezone()).date()
    try:
        names = sorted((each.name for each in folder.iterdir()), reverse=True)
    except OSError:
        return []
    sessions: list[PastSession] = []
    for name in names:
        if len(sessions) >= limit:
            break
        if _is_recent(name, today):
            past = _readable(folder / name / RECORD)
            sessions += [each for each in past if is_own(name, each)]
    return sessions


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
    count = sum(_counts(each) for each in earlier if each.began.date() == today)
    if count < ENOUGH_A_DAY:
        return ()
    which = count - ENOUGH_A_DAY
    ordinal = f"the {ORDINALS[which]} session" if which < len(ORDINALS) else f"session {count + 1}"
    return (f"This is {ordinal} today. Once or twice a day is enough; rest today.",)
