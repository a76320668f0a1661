"""Placement: whether the camera sees what a stretch needs, and whether the person is there at all.

One instruction at a time, before the clock, to a person who stands, sits or lies as they are. Nothing here
stops a hold: a person who is already in position is counted, and one who cannot follow the instruction is let
through after a while.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from backstretch.coaching.scene import Status
from backstretch.coaching.speaking import STAY, Prompter, Script
from backstretch.judging.matching import Form, needed_landmarks
from backstretch.judging.step import Step
from backstretch.kinematics.columns import COLUMN_INDEX
from backstretch.kinematics.landmarks import INDEX, SIDES, Floats, Landmarks
from backstretch.kinematics.measures import VISIBLE
from backstretch.kinematics.neutral import UPRIGHT_BELOW_DEG, UPRIGHT_IN_SPACE_BELOW_DEG
from backstretch.kinematics.stick_figure import ideal_body
from backstretch.kinematics.view import DOUBTFUL_FROM_DEG, TILTED_FROM_DEG, VIEWS
from backstretch.poses.pose import Pose

DARK_BELOW = 40.0
"""Mean brightness of the picture, of 255, below which the model begins to lose people (dim clips: 25 to 35)."""
LEAST_TRUNK_PX = 60.0
"""Shorter segments double the rate of angle errors beyond 15 degrees (field notes, section 4)."""
MARGIN = 0.03
"""Room that must stay free at each edge, as a share of the picture: the model needs a little around a hand."""
WELL_FOR_S = 1.0
LENIENT_AFTER_S = 25.0
"""How long all must be well; and after how long a person who cannot follow is let through: no one should
have to get up again and again for the camera's sake."""
UPRIGHT = ("trunk_incl", "trunk_incl.world")
UPRIGHT_POSITIONS = {"standing", "chair"}
"""Positions in which the hips stay about where they are when the stretch begins."""
STRAIGHT = "Sit or stand straight, look ahead, and keep still."
"""Where the stretch is measured from the upright body."""
ASTRAY_FROM_DEG = 45.0
"""From how far off a view is wrong, and not only doubtful: most stretches from the front still count at 45.
On the floor the body's left-right line tells it, which the model reads 10 to 20 degrees off at most on 90 clips
in all positions, but for bridge and figure four from the feet, which read as if seen from a side."""
STANDS_FROM = 1.2
"""Height of the hips above the ankles of somebody who stands, in trunk lengths; kneeling or sitting has 0.9."""
AWAY_AFTER_S = 3.0
"""Longer than the clock's grace for unseen time, so that no hold goes on meanwhile."""
BACK_AFTER_S = 1.0


class Fault(StrEnum):
    """What is in the way, most important first."""

    NOBODY = "nobody"
    CROWD = "crowd"
    DARK = "dark"
    FAR = "far"
    NEAR = "near"
    ASIDE = "aside"
    HIGH = "high"
    LOW = "low"
    RESTLESS = "restless"
    VIEW = "view"
    TILT = "tilt"


@dataclass(frozen=True)
class Surroundings:
    """What is known of a moment beside the person's landmarks.

    Attributes:
        light: Mean brightness of the picture, 0..255; None if unknown.
        crowded: Whether somebody else is in the picture.
        lost: Whether the camera gives no pictures: that nobody is seen then says nothing.
    """

    light: float | None = None
    crowded: bool = False
    lost: bool = False


@dataclass(frozen=True)
class Instruction:
    """One thing to change."""

    fault: Fault
    words: str


ON_THE_FLOOR = "I cannot see you. If you are on the mat, turn so that one side faces the camera."
"""Said for stretches on the floor that are seen from a side: head or feet towards the camera are not found."""
WORDS = {
    Fault.NOBODY: "I cannot see you. Step into the picture, with your face showing.",
    Fault.CROWD: "I see somebody else. Please be alone in the picture.",
    Fault.DARK: "It is dark. Please switch on a light.",
    Fault.FAR: "Come a little nearer.",
    Fault.NEAR: "Move back a little, so that the whole stretch fits.",
    Fault.ASIDE: "Come to the middle of the picture.",
    Fault.HIGH: "Tilt the camera up a little, or move back.",
    Fault.LOW: "Tilt the camera down a little, or move back.",
    Fault.RESTLESS: "Keep still for a moment.",
    Fault.TILT: "The camera is tilted. Please set it level.",
}


class PlacementCheck:
    """Checks the placement before one stretch.

    Attributes:
        is_over: Whether nothing was in the way for `WELL_FOR_S`, or somebody was in view for `LENIENT_AFTER_S`.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._well_s = self._present_s = 0.0

    def push(
        self, step: Step, form: Form, surroundings: Surroundings, passed_s: float
    ) -> Instruction | None:
        """Take the next moment, ``passed_s`` after the last one; return what is to be changed first."""
        change = instruction(step, form, surroundings)
        self._well_s = 0.0 if change else self._well_s + passed_s
        is_there = change is None or change.fault is not Fault.NOBODY
        self._present_s += passed_s if is_there else 0.0
        is_long = self._present_s >= LENIENT_AFTER_S
        self.is_over = self._well_s >= WELL_FOR_S or (is_long and is_there)
        return change


def instruction(step: Step, form: Form, surroundings: Surroundings) -> Instruction | None:
    """The first thing to change before a stretch, None when all is well.

    Args:
        step: The moment.
        form: What is going to be done.
        surroundings: What else is known.
    """
    if surroundings.crowded:
        return _instruct(Fault.CROWD)
    if surroundings.light is not None and surroundings.light < DARK_BELOW:
        return _instruct(Fault.DARK)
    if step.landmarks is None:
        return nobody(form)
    fault = _place(step.landmarks, step, form)
    return _instruct(fault) if fault else wrong_view(step, form) or _neutral(step, form)


def _neutral(step: Step, form: Form) -> Instruction | None:
    """Whether there is a neutral, of a level camera."""
    if step.neutral is not None:
        return _instruct(Fault.TILT) if abs(step.neutral.roll_deg) > TILTED_FROM_DEG else None
    is_relative = any(check.measure.relative for check in form.pose.checks)
    return Instruction(Fault.RESTLESS, STRAIGHT if is_relative else WORDS[Fault.RESTLESS])


def _instruct(fault: Fault) -> Instruction:
    return Instruction(fault, WORDS[fault])


def _place(marks: Landmarks, step: Step, form: Form) -> Fault | None:
    """Whether the person stands where the stretch fits into the picture."""
    if _hips(marks)[1] > marks.image_wh[1]:  # as before a desk, which is enough for the neck
        return Fault.NEAR if _needs_hips(form) else None
    trunk_px = _trunk(marks)
    if trunk_px is None or not _has_trunk_upright(step):  # a person lying down is not asked to move
        return None
    if trunk_px < LEAST_TRUNK_PX:
        return Fault.FAR
    return _room_for(marks, trunk_px, form) if form.pose.figure else None


def _has_trunk_upright(step: Step) -> bool:
    in_picture, in_space = (step.values[COLUMN_INDEX[key]] for key in UPRIGHT)
    return bool(in_picture < UPRIGHT_BELOW_DEG and not in_space > UPRIGHT_IN_SPACE_BELOW_DEG)


def _room_for(marks: Landmarks, trunk_px: float, form: Form) -> Fault | None:
    """Whether the whole stretch fits, as far as an upright body shows it."""
    extent = trunk_px * extent_of(form)
    width, height = np.array(marks.image_wh) * (1.0 - 2.0 * MARGIN)
    if 2.0 * extent[0] > width or extent[1] + extent[2] > height:
        return Fault.NEAR
    return _overflow(marks, extent) if is_upright(form.pose) else None


def _overflow(marks: Landmarks, extent: Floats) -> Fault | None:
    """On which side of the picture the stretch would stick out."""
    (x, y), (width, height) = _hips(marks), marks.image_wh
    half, up, down = extent
    margin_x, margin_y = MARGIN * width, MARGIN * height
    if x - half < margin_x or x + half > width - margin_x:
        return Fault.ASIDE
    if y - up < margin_y:
        return Fault.HIGH
    return Fault.LOW if y + down > height - margin_y else None


@lru_cache(maxsize=64)
def extent_of(form: Form) -> Floats:
    """Room that a stretch takes about the middle of the hips, in trunk lengths.

    Returns:
        (3,) half of its width, to either side, since which way the person will face is not known; above;
        and below. Of the landmarks that the clock needs, in the pose's ideal.
    """
    view = VIEWS[form.pose.views[0]][-1 if form.side == "right" else 0]
    body = ideal_body(form.pose.figure, (view.azimuth_deg, view.elevation_deg), form.side or "left")
    needed = [INDEX[name] for name in needed_landmarks(form)]
    trunk_px = _trunk(body)
    away = (body.xy_px[needed] - _hips(body)) / (trunk_px or 1.0)
    return np.array([np.abs(away[:, 0]).max(), -away[:, 1].min(), away[:, 1].max()]).clip(min=0.0)


@lru_cache(maxsize=64)
def _needs_hips(form: Form) -> bool:
    return not needed_landmarks(form).isdisjoint({"left_hip", "right_hip"})


def _hips(marks: Landmarks) -> Floats:
    middle: Floats = marks.xy_px[[INDEX[f"{side}_hip"] for side in SIDES]].mean(axis=0)
    return middle


def _trunk(marks: Landmarks) -> float | None:
    """Length of the trunk in pixels; None where it is not seen."""
    parts = [INDEX[f"{side}_{part}"] for part in ("shoulder", "hip") for side in SIDES]
    if (marks.visibility[parts] < VISIBLE).any():
        return None
    shoulders = marks.xy_px[parts[:2]].mean(axis=0)
    return float(np.hypot(*(shoulders - _hips(marks))))


def nobody(form: Form) -> Instruction:
    """What to change where nobody is seen."""
    is_seen_aside = not (is_upright(form.pose) or any(map(_is_frontal, form.pose.views)))
    return Instruction(Fault.NOBODY, ON_THE_FLOOR if is_seen_aside else WORDS[Fault.NOBODY])


def wrong_view(step: Step, form: Form, limit_deg: float = DOUBTFUL_FROM_DEG) -> Instruction | None:
    """How to turn, where the camera sees the person from another direction than the stretch needs.

    For stretches that are done sitting or standing the neutral tells it. On the floor, where the neutral may be
    of another position, the body's left-right line does, once the person has come down.

    Args:
        step: The moment.
        form: What is going to be done.
        limit_deg: How far off the view of somebody who sits or stands may be.
    """
    pose = form.pose
    if is_upright(pose):
        neutral = step.neutral
        if neutral is None or not neutral.upright:
            return None
        off_deg = min(neutral.view.off(view) for view in pose.views)
        nearer = "left" if neutral.view.azimuth_deg > 0 else "right"
        return _turn(pose, form.side or nearer) if off_deg > limit_deg else None
    if step.landmarks is None or _stands(step.landmarks, step):
        return None
    across_deg = _across_deg(step.landmarks)
    seen_deg = [view.across_deg for name in pose.views for view in VIEWS[name]]
    if not min(abs(across_deg - each_deg) for each_deg in seen_deg) > ASTRAY_FROM_DEG:
        return None
    is_one_side = pose.views[0] != "side"
    return _turn(pose, (form.side if is_one_side else None) or step.near_side)


def is_upright(pose: Pose) -> bool:
    """Whether a stretch is done standing or on a chair."""
    return pose.positions[0] in UPRIGHT_POSITIONS


def _is_frontal(view: str) -> bool:
    return view.startswith(("front", "back"))


def _turn(pose: Pose, side: str) -> Instruction:
    """What of the body the camera should see: the face, or this side."""
    view = pose.views[0]
    if _is_frontal(view):
        half = "" if view == "front" else " half"
        return Instruction(Fault.VIEW, f"Turn your face{half} to the camera.")
    return Instruction(Fault.VIEW, f"Turn so that your {side} side faces the camera.")


def _across_deg(marks: Landmarks) -> float:
    """Angle between the line of sight and the line through both shoulders and hips; see `View.across_deg`."""
    left, right = ([INDEX[f"{side}_{part}"] for part in ("shoulder", "hip")] for side in SIDES)
    across = (marks.world_m[left] - marks.world_m[right]).sum(axis=0)
    return float(np.degrees(np.arccos(min(1.0, abs(across[2]) / np.linalg.norm(across)))))


def _stands(marks: Landmarks, step: Step) -> bool:
    """Whether somebody stands, as far as the picture shows it."""
    trunk_px = _trunk(marks)
    if trunk_px is None or not _has_trunk_upright(step):
        return False
    ankles_y = marks.xy_px[[INDEX[f"{side}_ankle"] for side in SIDES], 1].max()
    return bool(ankles_y - _hips(marks)[1] > STANDS_FROM * trunk_px)


@dataclass(frozen=True)
class Placed:
    """One moment of setting up.

    Attributes:
        instruction: What is to be changed first; None when all is well.
        speech: What is to be spoken; mostly nothing.
        line, status: What is to be shown.
        over: Whether the stretch can begin.
    """

    instruction: Instruction | None
    speech: str
    line: str
    status: Status
    over: bool


class SettingUp:
    """Gives one instruction at a time, after a script has been read out; ``prompter`` keeps them rare."""

    def __init__(self, prompter: Prompter) -> None:
        self._prompter = prompter
        self._check = PlacementCheck()

    def push(
        self, step: Step, form: Form, surroundings: Surroundings, passed_s: float, script: Script
    ) -> Placed:
        """Take the next moment, ``passed_s`` after the last one."""
        is_read_out = script.over(step.time_s)
        change = self._check.push(step, form, surroundings, passed_s if is_read_out else 0.0)
        speech = self._prompter.push(step.time_s, change.words if change else "")
        line = script.reading(step.time_s) or STAY
        if change is not None:
            line = self._prompter.shown or change.words
        status = Status.ADJUST if change else Status.CALM
        status = Status.UNSEEN if change and change.fault is Fault.NOBODY else status
        return Placed(change, speech, line, status, over=is_read_out and self._check.is_over)


class Presence:
    """Follows whether somebody is in the picture.

    Attributes:
        away: True once nobody was there for `AWAY_AFTER_S`, until somebody was for `BACK_AFTER_S`.
    """

    def __init__(self) -> None:
        self.away = False
        self._absent_s = self._present_s = 0.0

    def push(self, passed_s: float, *, is_there: bool) -> None:
        """Take the next moment, ``passed_s`` after the last one."""
        self._absent_s = 0.0 if is_there else self._absent_s + passed_s
        self._present_s = self._present_s + passed_s if is_there else 0.0
        if self._absent_s >= AWAY_AFTER_S:
            self.away = True
        elif self._present_s >= BACK_AFTER_S:
            self.away = False
