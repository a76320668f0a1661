"""Health: what is said about stretching safely, the questions, and the person's answers.

The words follow research, section E, and are general guidance; the answers stay in one private file.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Self

from backstretch.errors import InputError
from backstretch.pose_sets import PoseSet
from backstretch.poses import NOT_FOR, Pose
from backstretch.whole_file import make_private, open_private

FORMAT = "backstretch health answers"
VERSION = 1
PART, DAMAGED = ".part", ".damaged"
"""Endings of a file that is being written, and of one that was put aside."""

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


@dataclass(frozen=True)
class Answers:
    """What the person said; all keys are those of `NOT_FOR`.

    Attributes:
        unfit: What was answered with yes.
        skipped: What was not answered, or had not been asked yet.
        asked_on: The day, as ISO date.
    """

    unfit: frozenset[str]
    skipped: frozenset[str]
    asked_on: str

    def __post_init__(self) -> None:
        unknown = (self.unfit | self.skipped) - NOT_FOR.keys()
        if unknown or self.unfit & self.skipped:
            raise ValueError(f"{sorted(self.unfit)} and {sorted(self.skipped)} are no answers")
        date.fromisoformat(self.asked_on)

    @classmethod
    def of(cls, document: Any) -> Self:
        """Read them from the file's document; a question that it does not know yet was skipped.

        Raises:
            ValueError, TypeError, KeyError, AttributeError: It is no such document.
        """
        if document["format"] != FORMAT or document["version"] != VERSION:
            raise ValueError(document["format"])
        said = dict.fromkeys(NOT_FOR, "skipped") | document["answers"]
        if not set(said.values()) <= {"yes", "no", "skipped"}:
            raise ValueError(said)
        keys = {word: frozenset(k for k in said if said[k] == word) for word in ("yes", "skipped")}
        if said.keys() != NOT_FOR.keys():
            raise ValueError(said)
        return cls(keys["yes"], keys["skipped"], document["asked_on"])

    def as_dict(self) -> dict[str, Any]:
        """The file's document, to be read by a person too."""
        said = {key: self._said(key) for key in NOT_FOR}
        return {"format": FORMAT, "version": VERSION, "asked_on": self.asked_on, "answers": said}

    def _said(self, key: str) -> str:
        if key in self.unfit:
            return "yes"
        return "skipped" if key in self.skipped else "no"


def load_answers(path: Path) -> Answers | None:
    """Read the answers; None means that the person has to be asked.

    A damaged file is neither believed nor lost: it is put aside as ``health.json.damaged``.
    """
    try:
        return Answers.of(json.loads(path.read_bytes()))
    except OSError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
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
            file.write(json.dumps(answers.as_dict(), indent=2).encode() + b"\n")
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
