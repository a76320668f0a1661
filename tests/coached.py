"""Moments made from a few keywords, and a coach that is fed with them: no camera, no clock, no session."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from typing import Any, Self

import numpy as np

from backstretch.coaching.coach import Coach
from backstretch.coaching.placement import Surroundings
from backstretch.coaching.programme import Part, Programme, part_of
from backstretch.coaching.scene import (
    Command,
    Decision,
    Earcon,
    Event,
    Note,
    Phase,
    Say,
    Scene,
    Sound,
)
from backstretch.judging.hold_clock import State
from backstretch.judging.matching import Form, Reading, Verdict
from backstretch.judging.reasons import BOUNCING, NOBODY, TOO_FAST, Reason, ReasonKind
from backstretch.judging.step import Step
from backstretch.kinematics.neutral import Neutral, settle
from backstretch.kinematics.view import View
from backstretch.poses.pose import Pose
from backstretch.poses.pose_file import load_pose
from tests.figures import FRONT, measured, standing
from tests.places import POSE_FILES

FPS = 30
BEND = load_pose(POSE_FILES / "standing_side_bend.toml")
FOLD = load_pose(POSE_FILES / "standing_forward_fold.toml")
REACH = load_pose(POSE_FILES / "overhead_reach.toml")
TILT = load_pose(POSE_FILES / "pelvic_tilt.toml")
"""A guided pose: its position is also that of rest."""
ADVICE = ("Rest now.", "See a doctor.")
"""What is said of pain here."""
TOO_LONG_S = 300.0
"""No phase is awaited longer than this."""

_BODY = standing().seen(FRONT)
_VALUES = settle(measured(_BODY), 0, None, "left")
NEUTRAL = Neutral(
    start_s=0.0,
    end_s=1.0,
    lengths=np.full(6, np.nan),
    values=_VALUES,
    view=View(0.0, 0.0),
    upright=True,
    roll_deg=0.0,
)
"""Of somebody who stands upright and faces a level camera."""
STANDING = Step(
    time_s=0.0,
    landmarks=_BODY,
    values=_VALUES,
    neutral=NEUTRAL,
    near_side="left",
    form=None,
    verdict=None,
    state=State.OUT,
    reason=None,
    motion=None,
    near_pose=False,
    valid_s=0.0,
    total_s=0.0,
    holds=0,
)
"""A moment of somebody who stands well before the camera and does nothing."""


def broken(column: str, state: State, *, above: bool = False) -> Verdict:
    """The verdict of a side bend to the left of which one column is out of its range."""
    (target,) = (t for t in Form(BEND, "left").targets["left"] if t.column.key == column)
    low, high = target.for_side.accept
    value = high + 10.0 if above else low - 10.0
    return Verdict(state, (Reading(target, value, -10.0, outside=True),))


HELD: dict[str, Any] = {"state": State.IN, "near_pose": True}
WRONG: dict[str, Any] = {
    "state": State.OUT,
    "verdict": broken("knee.left", State.OUT),
    "reason": Reason(ReasonKind.TOO_SMALL, "knee", "left"),
    "near_pose": True,
}
HIDDEN: dict[str, Any] = {
    "state": State.UNSEEN,
    "reason": Reason(ReasonKind.UNSEEN, landmark="left_knee"),
}
GONE: dict[str, Any] = {"landmarks": None, "state": State.UNSEEN, "reason": NOBODY}
FAST: dict[str, Any] = {"motion": TOO_FAST, "reason": TOO_FAST, "near_pose": True}
BOUNCED: dict[str, Any] = {"motion": BOUNCING, "reason": BOUNCING, "near_pose": True}


@cache
def _form(pose: Pose, side: str | None) -> Form:
    return Form(pose, side)


def step(time_s: float = 0.0, pose: Pose = BEND, side: str | None = None, **told: Any) -> Step:
    """A moment judged by this form; whatever else is not told is that of somebody standing there."""
    return replace(STANDING, time_s=time_s, form=_form(pose, side), **told)


def bends(hold_s: float = 20.0, repetitions: int = 1, side: str | None = None) -> Part:
    """A side bend to both sides in turn, or to one."""
    return part_of(BEND, side, hold_s, repetitions)


def folds(hold_s: float = 20.0, repetitions: int = 1) -> Part:
    """A forward fold, done on both sides at once."""
    return part_of(FOLD, None, hold_s, repetitions)


def tilts(repetitions: int = 2) -> Part:
    """Pelvic tilts of 5 s, guided."""
    return part_of(TILT, None, 5.0, repetitions)


@dataclass
class Coached:
    """Somebody who is coached, 30 moments a second; keeps what the coach did, each with its time.

    Attributes:
        surroundings: What the coach is told of the surroundings.
        valid_s: What the hold clock says.
        judged: What the session was asked to judge.
    """

    coach: Coach
    surroundings: Surroundings = field(default_factory=Surroundings)
    valid_s: float = 0.0

    def __post_init__(self) -> None:
        self.count = 0
        self.forget()

    @property
    def time_s(self) -> float:
        """The time of the next moment."""
        return self.count / FPS

    def forget(self) -> Self:
        """Keep only what comes from now on."""
        self.events: list[tuple[float, Event]] = []
        self.scenes: list[tuple[float, Scene]] = []
        self.judged: list[tuple[Pose, ...]] = []
        return self

    def feed(self, seconds: float, **told: Any) -> Self:
        """Moments of the stretch that is due, of the side that is due when none is told."""
        for _ in range(round(seconds * FPS)):
            self.take(**told)
        return self

    def take(self, **told: Any) -> None:
        """One such moment."""
        agenda = self.coach.agenda
        form = {"pose": agenda.part.pose, "side": agenda.side, "valid_s": self.valid_s}
        moment = step(self.time_s, **{**form, **told})
        self._keep(self.coach.take(moment, self.surroundings))
        self.scenes.append((self.time_s, self.coach.scene))
        self.count += 1

    def hold(self, seconds: float, **told: Any) -> Self:
        """Be in position, the clock counting; on the same side throughout."""
        side = told.pop("side", self.coach.agenda.side)
        for _ in range(round(seconds * FPS)):
            self.valid_s = round(self.valid_s * FPS + 1.0) / FPS
            self.take(side=side, **{**HELD, **told})
        return self

    def whole(self) -> Self:
        """Hold what is due as long as is asked, and come out."""
        return self.stand().hold(self.coach.agenda.part.hold_s).stand()

    def stand(self, seconds: float = 1 / FPS, **told: Any) -> Self:
        """Be out of position, no hold going on."""
        self.valid_s = 0.0
        return self.feed(seconds, **told)

    def leave(self, seconds: float) -> Self:
        """Be out of the picture."""
        self.valid_s = 0.0
        return self.feed(seconds, **GONE)

    def until(self, phase: Phase, *, stride: int = 1) -> Self:
        """Stand there until this phase has come; a longer stride takes fewer moments a second."""
        end_s = self.time_s + TOO_LONG_S
        while self.coach.phase is not phase:
            assert self.time_s < end_s, f"{phase} never came"
            self.stand()
            self.count += stride - 1
        self.count -= stride - 1
        return self

    def key(self, *commands: Command) -> Self:
        """Press keys."""
        for command in commands:
            self._keep(self.coach.command(command))
        return self

    def _keep(self, decision: Decision) -> None:
        assert decision.scene == self.coach.scene
        self.events += [(self.time_s, event) for event in decision.events]
        if decision.judge is not None:
            self.judged.append(decision.judge)

    @property
    def scene(self) -> Scene:
        """What is shown."""
        return self.coach.scene

    @property
    def said(self) -> list[str]:
        """All words."""
        return [event.words for _, event in self.events if isinstance(event, Say)]

    @property
    def said_urgently(self) -> list[str]:
        """The urgent ones."""
        return [event.words for _, event in self.events if isinstance(event, Say) and event.urgent]

    @property
    def sounds(self) -> list[Earcon]:
        """All earcons."""
        return [event.earcon for _, event in self.events if isinstance(event, Sound)]

    @property
    def notes(self) -> list[tuple[str, str]]:
        """What and words of each note."""
        return [(event.what, event.words) for _, event in self.events if isinstance(event, Note)]

    def times_of(self, words: str) -> list[float]:
        """When this was said."""
        return [t for t, event in self.events if isinstance(event, Say) and event.words == words]

    @property
    def shown(self) -> list[Scene]:
        """All scenes."""
        return [scene for _, scene in self.scenes]


def coached(*parts: Part, rest_s: float = 5.0, **options: Any) -> Coached:
    """Somebody at the beginning of a programme, of side bends when nothing is told."""
    programme = Programme("Test", parts or (bends(),), rest_s)
    return Coached(Coach(programme, pain_advice=ADVICE, **options))


def at(phase: Phase, *parts: Part, **options: Any) -> Coached:
    """Somebody in this phase of the first hold, everything before it forgotten."""
    person = coached(*parts, **options).stand()
    held_s = {Phase.HOLDING: 2.0, Phase.EASING: 20.0, Phase.RESTING: 20.0}.get(phase)
    if held_s is not None:
        person.hold(held_s)
    if phase is Phase.PAUSED:
        person.key(Command.PAUSE)
    elif phase is Phase.PAIN:
        person.key(Command.PAIN)
    elif phase is Phase.DONE:
        person.key(Command.QUIT)
    elif held_s is None or phase is Phase.RESTING:
        person.until(phase, stride=6)
    assert person.coach.phase is phase
    return person.forget()


def gaps_s(times: Sequence[float]) -> list[float]:
    """Seconds between neighbours."""
    return [later - earlier for earlier, later in pairwise(times)]
