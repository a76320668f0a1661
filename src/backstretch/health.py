"""Health: what is said about stretching safely, the questions, and the person's answers.

The words follow research, section E, and are general guidance; the answers stay in one private file.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ValidationError, field_validator

from backstretch.errors import InputError
from backstretch.pose_sets import PoseSet
from backstretch.poses import NOT_FOR, Pose

FORMAT: Final = "backstretch health answers"
VERSION: Final = 1
Answer = Literal["yes", "no", "skipped"]
PART, DAMAGED = ".part", ".damaged"
"""Endings of a file that is being written, and of one that was put aside."""
OWNER_FILE, OWNER_FOLDER = 0o600, 0o700
"""Modes of what only its owner may read."""

NOTE = (
    "This is general guidance on stretching. backstretch is not a medical device: it does not "
    "examine you, it only sees you through a camera, and it can be wrong. Stretch to mild tension "
    "only; pain means stop. Ask a doctor or physiotherapist before you start if you have an injury, "
    "a recent operation, a joint replacement or osteoporosis, if you are pregnant, or if you are "
    "not sure."
)
RED_FLAGS_INTRO = "Stop, and get emergency help now, if you notice any of these:"
RED_FLAGS = (
    "new numbness or tingling between the legs: genitals, back passage or inner thighs",
    "new trouble passing, holding or feeling urine or stool",
    "new loss of sexual function",
    "one or both legs weak, heavy or clumsy, if that is new or getting worse",
    "new pain into both legs",
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
    "pain that spreads further down an arm or a leg",
    "dizziness, changed sight or nausea",
    "a joint that pinches or locks",
    "holding your breath because it is hard",
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
"""What is said when the person tells of pain; each is spoken as one sentence."""

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
"""For each key of `NOT_FOR` what is asked, to be answered with yes or no."""


class Answers(BaseModel, frozen=True, strict=True):
    """What the person said, as it stands in their file, to be read by a person too.

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


def make_private(folder: Path) -> None:
    """Make a folder with its parents; those that were not there are for their owner only."""
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=OWNER_FOLDER, exist_ok=True)


def open_private(name: str, flags: int) -> int:
    """An opener for `open` that makes files which only their owner may read."""
    return os.open(name, flags, OWNER_FILE)


def unsuitable(pose: Pose, answers: Answers | None) -> tuple[str, ...]:
    """Why a stretch does not suit this person, in the words of `NOT_FOR`; empty if nothing is known."""
    unfit = answers.unfit if answers else frozenset()
    return tuple(NOT_FOR[key] for key in pose.not_for if key in unfit)


def fitting(
    chosen: PoseSet, poses: Mapping[str, Pose], answers: Answers | None
) -> tuple[PoseSet, tuple[str, ...]]:
    """The set without the stretches that do not suit this person, and a line for each of those.

    Raises:
        InputError: None would be left.
    """
    reasons = {each.pose: unsuitable(poses[each.pose], answers) for each in chosen.stretches}
    left = tuple(each for each in chosen.stretches if not reasons[each.pose])
    if not left:
        raise InputError(
            f"{chosen.name}: no stretch is left after what you said about your health; "
            "choose another set, or ask a clinician which stretches suit you"
        )
    lines = tuple(
        f"{poses[pose].name} is left out: you said {' and '.join(why)}. "
        "Ask a clinician before doing it."
        for pose, why in reasons.items()
        if why
    )
    return replace(chosen, stretches=left), lines
