"""Goals of guided takes: a person's own ranges, a new stretch, or their own neutral; and the guide's lines.

The lines are short, calm and plain. Comfort comes before depth.
"""

from collections.abc import Collection, Sequence
from typing import Protocol

from backstretch.calibration.personal import best_match, match_still, reach_of
from backstretch.calibration.references import (
    Take,
    is_upright,
    neutral_reference,
    new_reference,
    personal_reference,
    wrong_view,
)
from backstretch.calibration.stills import Still, is_alike
from backstretch.judging.hold_clock import State
from backstretch.judging.matching import forms_of, needed_landmarks
from backstretch.judging.step import Step
from backstretch.kinematics.landmarks import INDEX, NAMES, SIDES
from backstretch.kinematics.neutral import OwnNeutral
from backstretch.kinematics.view import VIEWS
from backstretch.poses.pose import Dose, Pose

NO_REST = "I have not seen you at rest before it"
AT_REST = "you are still at rest"
CAMERA = "Level, and where it sees all of you and the bend best."
NEUTRAL_CAMERA = "Facing you, at chin height."
COME_IN = "Come into the stretch slowly, then keep still."
STRAIGHT = "Sit or stand straight, and look ahead."
KEEP_STILL = "Keep still."
GOOD = "Good. Come out slowly."
ONCE_MORE = "Let us take that once more."
CHECK = "Last, a check. Come into the stretch once more, as before."
CHECK_SHOWN = "Come into the stretch once more."
THANKS = "That was all. Thank you."
FAILED = "That did not work. Nothing was saved."
LOST = "I lost sight of you"
MOVED = "you moved"
NOT_SEEN = "I did not see the stretch"
NOT_RECOGNISED = "in the check I did not recognise the stretch"
_NUMBERS = {3: "Keep still. Three.", 2: "Two.", 1: "One."}
OUT_SHARE = 0.5
"""A landmark outside of the picture in more than this share of the moments is named."""
TRUNK = frozenset(f"{side}_{part}" for part in ("shoulder", "hip") for side in SIDES)
UPPER = frozenset({*TRUNK, "nose", "left_ear", "right_ear"})


class Goal(Protocol):
    """What guided takes are for.

    Attributes:
        pose: What is placed, named and judged meanwhile.
        checked: Whether it is a stretch, which is repeated at the end, to be recognised.
        needed: Names of the landmarks that must keep still.
        shown: Names of those that must be in the picture.
    """

    pose: Pose
    checked: bool
    needed: frozenset[str]
    shown: frozenset[str]

    def refusal(self, still: Still, side: str | None, rest: Still | None) -> str:
        """Why a still is not one to be taken, after this rest; empty where it is."""

    def describe_take(self, still: Still, side: str | None) -> str:
        """What was measured in a take that was kept, in words; may be empty."""

    def make(self, takes: Sequence[Take]) -> "Pose | OwnNeutral":
        """What the takes come to.

        Raises:
            TakeError: Nothing can be made of them.
        """


class PersonalGoal:
    """Somebody's own ranges for a library pose; ``others`` are what it must not be mistaken for."""

    checked = True

    def __init__(self, pose: Pose, others: Sequence[Pose], date: str, sides: Sequence[str]) -> None:
        self.pose = pose
        self.needed = frozenset().union(*(needed_landmarks(form) for form in forms_of(pose)))
        self.shown = self.needed
        self._forms = {form.side: form for form in forms_of(pose)}
        self._others = [other for other in others if other.id != pose.id]
        self._other_forms = [form for other in self._others for form in forms_of(other)]
        self._date, self._sides = date, sides

    def refusal(self, still: Still, side: str | None, rest: Still | None) -> str:  # noqa: ARG002
        """As `Goal.refusal`."""
        match = match_still(still, self._forms[side])
        is_in = match.verdict.state is State.IN
        look_alike = None if is_in else best_match(still, self._other_forms)
        if look_alike is not None:
            return f"this looks like {look_alike.pose.name}"
        if not is_in and still.neutral is None:
            return NO_REST
        return match.refusal or wrong_view(self.pose, still)

    def describe_take(self, still: Still, side: str | None) -> str:
        """As `Goal.describe_take`."""
        check = self.pose.primary
        reach = reach_of(check, [match_still(still, self._forms[side])])
        if reach is None:
            return ""
        value = f"{reach.median:.0f}°" if check.measure.unit == "deg" else f"{reach.median:.2f}"
        return f"I saw: {check.measure.label} {value}"

    def make(self, takes: Sequence[Take]) -> Pose:
        """As `Goal.make`."""
        return personal_reference(takes, self.pose, self._others, self._date, sides=self._sides)


class NewGoal:
    """A new stretch of this id and name."""

    checked, needed, shown = True, frozenset(NAMES), TRUNK

    def __init__(
        self, id_and_name: tuple[str, str], library: Sequence[Pose], date: str, side: str | None
    ) -> None:
        self.pose = unknown_pose(*id_and_name)
        self._id_and_name, self._library, self._date, self._side = id_and_name, library, date, side

    def refusal(self, still: Still, side: str | None, rest: Still | None) -> str:  # noqa: ARG002
        """As `Goal.refusal`."""
        return AT_REST if rest is not None and is_alike(still, rest) else ""

    def describe_take(self, still: Still, side: str | None) -> str:  # noqa: ARG002
        """As `Goal.describe_take`."""
        return ""

    def make(self, takes: Sequence[Take]) -> Pose:
        """As `Goal.make`."""
        pose, _ = new_reference(
            takes, self._id_and_name, self._library, self._date, side=self._side
        )
        return pose


class NeutralGoal:
    """Somebody's own neutral."""

    checked, needed, shown = False, UPPER, UPPER

    def __init__(self, date: str) -> None:
        self.pose = unknown_pose("neutral", "Your neutral", NEUTRAL_CAMERA)
        self._date = date

    def refusal(self, still: Still, side: str | None, rest: Still | None) -> str:  # noqa: ARG002
        """As `Goal.refusal`."""
        return "" if is_upright(still) else "you do not sit or stand upright"

    def describe_take(self, still: Still, side: str | None) -> str:  # noqa: ARG002
        """As `Goal.describe_take`."""
        return ""

    def make(self, takes: Sequence[Take]) -> OwnNeutral:
        """As `Goal.make`."""
        return neutral_reference(takes[-1], self._date)


def unknown_pose(pose_id: str, name: str, camera: str = CAMERA) -> Pose:
    """A placeholder pose: only its name and camera position are known."""
    return Pose(
        id=pose_id,
        name=name or pose_id.replace("_", " ").capitalize(),
        also=(),
        regions=(),
        tags=(),
        positions=("floor",),
        views=tuple(VIEWS),
        camera=camera,
        limits="",
        equipment=(),
        sides="both",
        side_rule="",
        guided="",
        steps=(),
        safety="",
        not_for=(),
        look_alikes={},
        sources=(),
        dose=Dose((15.0, 30.0), 20.0, (2, 5), 3, ""),
        figure={},
        checks=(),
    )


def explaining(takes: int) -> tuple[str, ...]:
    """What is going to happen; 0 takes of a stretch for the neutral."""
    if takes == 0:
        return (STRAIGHT, "Let the arms hang. I count down by myself.")
    count = "One short take." if takes == 1 else f"{takes} short takes."
    return (
        count,
        "Come into the stretch slowly, only as far as is comfortable.",
        "Then keep still; I count down by myself.",
    )


def take_begins(done: int, sides: Sequence[str | None]) -> str:
    """Said when a take is due."""
    side = sides[min(done, len(sides) - 1)]
    number = f"Take {done + 1} of {len(sides)}." if len(sides) > 1 else "Now."
    if side is None:
        return f"{number} Come in slowly."
    is_new = done == 0 or sides[done - 1] != side
    return f"{number} {side.capitalize()} side." if is_new else f"{number} The same side again."


def progress(done: int, takes: int) -> str:
    """How far the takes are."""
    return f"Take {min(done + 1, takes)} of {takes}" if takes > 1 else ""


def countdown(number: int) -> str:
    """Said before a take."""
    return _NUMBERS[number]


def hint(pose: Pose, refusal: str) -> str:
    """Shown and said to somebody who has not been taken for a while."""
    return f"I do not see {pose.name} yet. {sentence(refusal) if refusal else COME_IN}"


def outside(steps: Sequence[Step], needed: Collection[str]) -> str:
    """Which part of the body was out of the picture, in words; empty for none."""
    for name in sorted(needed):
        count = sum(_is_out(step, INDEX[name]) for step in steps)
        if count > OUT_SHARE * len(steps):
            return f"your {name.replace('_', ' ')} was out of the picture"
    return ""


def _is_out(step: Step, index: int) -> bool:
    if step.landmarks is None:
        return False
    (x, y), (width, height) = step.landmarks.xy_px[index], step.landmarks.image_wh
    return not (0.0 <= x <= width and 0.0 <= y <= height)


def sentence(words: str) -> str:
    """Words as a sentence."""
    return f"{words[:1].upper()}{words[1:]}."
