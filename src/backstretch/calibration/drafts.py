"""Drafts: the words of a new pose, to be read over and put right by whoever made it."""

from dataclasses import dataclass, replace

from backstretch.calibration.check_selection import Choice
from backstretch.calibration.stills import Still
from backstretch.kinematics.columns import COLUMN_INDEX
from backstretch.kinematics.landmarks import SIDES
from backstretch.kinematics.view import VIEWS, View
from backstretch.poses.pose import Calibration, Check, Dose, Pose

SOURCE = "Measured when it was calibrated"
RETURN = "Come back to the position that you began with, as far as is easy."
CUES: dict[str, tuple[str, str]] = {
    "elbow": ("Open the elbow a little.", "Bend the elbow a little."),
    "shoulder_elev": ("Let the arm come up a little.", "Let the arm come down a little."),
    "hip": ("Come up a little at the hips.", "Fold a little at the hips, as far as is easy."),
    "knee": ("Open the knee a little.", "Bend the knee a little."),
    "trunk_incl": ("Incline the trunk a little, as far as is easy.", "Come up a little."),
    "trunk_lean_fwd": ("Lean forward a little, as far as is easy.", "Come up a little."),
    "trunk_lean_lat": ("Lean a little to that side, as far as is easy.", "Come up a little."),
    "thigh_incl": ("Let the knee come down a little.", "Let the knee come up a little."),
    "shank_incl": ("Let the foot come down a little.", "Let the foot come up a little."),
    "upper_arm_incl": ("Let the elbow come down a little.", "Let the elbow come up a little."),
    "forearm_incl": ("Let the hand come down a little.", "Let the hand come up a little."),
    "neck_trunk": ("Let the head come up a little.", "Let the head come down a little."),
    "head_roll_rel": ("Let the head tip a little to that side.", "Bring the head back a little."),
    "head_yaw_rel": ("Turn the head a little to that side.", "Turn the head back a little."),
    "head_pitch": ("Let the chin sink a little.", "Let the chin come up a little."),
    "nose_aside": ("Turn the head a little to that side.", "Turn the head back a little."),
    "nose_drop": ("Let the chin sink a little.", "Let the chin come up a little."),
    "shoulder_yaw_rel": ("Turn the chest a little to that side.", "Turn the chest back a little."),
    "twist": ("Turn the chest a little to that side.", "Turn the chest back a little."),
    "shoulder_tilt": ("Let one shoulder be lower.", "Bring the shoulders level."),
    "hip_tilt": ("Let one side of the hips be lower.", "Bring the hips level."),
    "knee_sep": ("Bring the knees apart a little.", "Bring the knees together a little."),
    "ankle_sep": ("Bring the feet apart a little.", "Bring the feet together a little."),
    "wrist_sep": ("Bring the hands apart a little.", "Bring the hands together a little."),
    "elbow_sep": ("Bring the elbows apart a little.", "Bring the elbows together a little."),
}
"""What to say when a measure is below or above its range; `RETURN` for all others."""
SIDE_RULES = {
    "trunk_lean_lat": "The side the trunk leans to.",
    "head_roll_rel": "The side the head tips to.",
    "nose_aside": "The side the head turns to.",
    "shoulder_yaw_rel": "The side the chest turns to.",
    "twist": "The side the chest turns to.",
    "thigh_roll": "The side the knees roll to.",
    "hip": "The side whose hip is bent more.",
    "knee": "The side whose knee is bent more.",
    "shoulder_elev": "The side whose arm is raised more.",
    "elbow": "The side whose elbow is bent more.",
}
ASKED_SIDE = "The side that was called so when it was calibrated."
SPACE_SHRINKS_DEG = 20.0
"""Straight limbs read 145 in space."""
UPRIGHT_BELOW_DEG, STRAIGHT_FROM_DEG, LEVEL_DEG = 50.0, 145.0, 60.0
"""Trunk from upright; a thigh or shank that hangs; a chest that faces up, or (180 less) down."""
HIGH = 0.5
"""Hips over the foot in trunk lengths: a chair is about a shank high, on the floor they are at 0 to 0.4."""
NEAREST = 3
"""At most this many look-alikes are named."""


def draft_pose(
    pose_id: str, name: str, choice: Choice, still: Still, calibration: Calibration
) -> Pose:
    """A new pose with drafts of all its words.

    Args:
        pose_id: Its id.
        name: What it is called; made of the id where it is empty.
        choice: Its checks.
        still: The position.
        calibration: How it was taken.
    """
    side = choice.side
    view = view_name(View(*calibration.view))
    return Pose(
        id=pose_id,
        name=name or pose_id.replace("_", " ").capitalize(),
        also=(),
        regions=("lower_back",),
        tags=("static",),
        positions=(position_of(still),),
        views=(view,),
        camera=f"As it stood when this was calibrated: {View(*calibration.view).words}.",
        limits=_limits(choice),
        equipment=(),
        sides=choice.sides,
        side_rule=SIDE_RULES.get(choice.by, ASKED_SIDE) if side else "",
        guided="",
        steps=(
            "Come into the position slowly.",
            "Keep still and breathe smoothly; it should feel like mild tension, never pain.",
            "Come back slowly" + (" and change sides." if side else "."),
        ),
        safety="Stay within what is comfortable. Pain means stop.",
        not_for=(),
        look_alikes=_look_alikes(choice),
        sources=("Made from a recording; add where the stretch comes from",),
        dose=Dose((15.0, 30.0), 20.0, (2, 5), 3, "Article on back stretches"),
        figure={},
        checks=tuple(_with_cues(check) for check in choice.checks),
        calibration=calibration,
    )


def _with_cues(check: Check) -> Check:
    below, above = CUES.get(check.measure.name, (RETURN, RETURN))
    low, high = check.measure.limits
    return replace(
        check,
        below=below if check.accept[0] > low else "",
        above=above if check.accept[1] < high else "",
        source=SOURCE,
    )


def _limits(choice: Choice) -> str:
    """What the checks cannot tell apart, in words."""
    names = list(dict.fromkeys(contrast.name for contrast in choice.alike))
    return f"Cannot be told from {', '.join(names)}." if names else ""


def _look_alikes(choice: Choice) -> dict[str, str]:
    """The library poses that are nearest, and what tells them apart."""
    look_alikes: dict[str, str] = {}
    alike = {contrast.pose for contrast in choice.alike}
    for contrast in choice.nearest:
        if (
            contrast.pose
            and contrast.pose not in {*look_alikes, *alike}
            and len(look_alikes) < NEAREST
        ):
            look_alikes[contrast.pose] = choice.difference(contrast)
    return look_alikes


def view_name(view: View) -> str:
    """The named view that is nearest."""
    return min(VIEWS, key=view.off)


def position_of(still: Still) -> str:
    """How the body is placed, see `poses.POSITIONS`."""
    trunk, chest = _value(still, "trunk_incl"), _value(still, "chest_up")
    if max(trunk, _value(still, "trunk_incl.world")) >= UPRIGHT_BELOW_DEG and chest < LEVEL_DEG:
        return "supine"
    legs = [_leg(still, side) for side in SIDES]
    if any(leg.hangs and leg.stands for leg in legs):
        return "standing"
    kneels, sits = any(leg.hangs for leg in legs), any(leg.stands and leg.is_high for leg in legs)
    hip_deg = min(leg.hip_deg for leg in legs)
    if trunk < UPRIGHT_BELOW_DEG:
        return "kneeling" if kneels else ("chair" if sits else "floor")
    if sits and hip_deg < 2.0 * LEVEL_DEG:
        return "chair"
    return _face_down(kneels=kneels, hip_deg=hip_deg) if chest > 180.0 - LEVEL_DEG else "floor"


def _face_down(*, kneels: bool, hip_deg: float) -> str:
    if kneels:
        return "quadruped"
    return "kneeling" if hip_deg < LEVEL_DEG else "prone"


@dataclass(frozen=True)
class _Leg:
    """How a leg is placed: whether its thigh hangs, its shank stands, and the hip is high above the foot."""

    hangs: bool
    stands: bool
    is_high: bool
    hip_deg: float


def _leg(still: Still, side: str) -> _Leg:
    thighs = _value(still, f"thigh_incl.{side}"), _value(still, f"thigh_incl.{side}.world")
    hangs = min(thighs) > STRAIGHT_FROM_DEG - SPACE_SHRINKS_DEG and max(thighs) > STRAIGHT_FROM_DEG
    stands = _value(still, f"shank_incl.{side}") > STRAIGHT_FROM_DEG
    is_high = _value(still, f"hip_above_ankle.{side}") > HIGH
    return _Leg(hangs, stands, is_high, _value(still, f"hip.{side}"))


def _value(still: Still, key: str) -> float:
    return float(still.values[COLUMN_INDEX[key]])
