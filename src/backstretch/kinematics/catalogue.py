"""The catalogue of measures: named geometric quantities, and how far each can safely go.

A measure is a joint angle, a segment's angle against gravity, a distance over a body length, or a rotation.

A personal range never reaches beyond the anatomical limits that stand here. They are normal ranges of motion of
adults (research, section C) with room for supple people and for the detector's error; landmark angles are not
clinical angles, so the room is wide. What is not listed is bounded by geometry alone, see `Measure.limits`.
"""

from dataclasses import dataclass
from typing import Literal

Reference = Literal["image", "world"]
Unit = Literal["deg", "ratio"]
Range = tuple[float, float]
"""Low and high, in a measure's unit."""
HYSTERESIS: dict[Unit, float] = {"deg": 5.0, "ratio": 0.06}
"""How far outside its range a value that was inside must go before it counts as outside."""
NOSE_STEADY_WITHIN = 0.015
"""The hysteresis of the nose, in shoulder widths: it moves a tenth as far as limbs, and jitters by 0.005."""
LEAST_HALF_WIDTH_DEG: dict[Reference, float] = {"image": 12.0, "world": 18.0}
LEAST_HALF_WIDTH = 0.12
"""Half the width of the narrowest range that the camera can resolve: of angles by frame of reference, and of
ratios (research, section D)."""
HEAD_HALF_WIDTHS = 3.0
"""The same for measures with a `steady_within` of their own, as a multiple of it."""
_LIMITS = {
    **dict.fromkeys(
        ("angle", "from_up", "trunk_from_up", "unsigned_twist", "chest_from_up"), (0.0, 180.0)
    ),
    "level": (0.0, 90.0),
    "distance": (0.0, 10.0),
    "width": (0.0, 10.0),
}
_SIGNED_LIMITS: dict[Unit, tuple[float, float]] = {"deg": (-180.0, 180.0), "ratio": (-5.0, 10.0)}
ROOM_DEG = 15.0
"""Margin around a normal range, for supple people and the detector's error (research, D: 6 to 9 deg)."""
NORMAL_DEG: dict[str, Range] = {
    "head_roll_rel": (-50.0, 50.0),
    "head_yaw_rel": (-80.0, 80.0),
    "head_pitch": (-75.0, 53.0),
    "shoulder_yaw_rel": (-65.0, 65.0),
    "twist": (-65.0, 65.0),
    "trunk_lean_lat": (-45.0, 45.0),
    "hip_arch": (-165.0, 47.0),
    "neck_trunk": (-90.0, 75.0),
}
"""Normal ranges of motion in degrees.

Cervical: lateral flexion 45 (50 with a hand on the head), rotation 80, flexion 45-53, extension 75 (AAOS, AMA).
Seated turning of the trunk: 45, with 10 of the shoulder blades and 10 of the hips. Lateral lean of the trunk's
chord: 25 lumbar with hips and chest. Arch at the hip: 30 hip extension (AMA) with part of 25 lumbar extension.
Neck against trunk: neck and upper back together, as cat and cow read it on clips.
"""


DEEPEST: dict[str, Range] = {
    "trunk_lean_fwd": (-70.0, 180.0),
    "thigh_fwd": (-75.0, 150.0),
    "nose_aside": (-0.6, 0.6),
    "nose_drop": (-0.6, 0.6),
    "elbow_cross": (-0.8, 0.8),
}
"""How far people can go in measures that have no normal range, where it is a matter of range of motion.

Leaning back: 25 lumbar extension with 30 of the hips. Thigh: 30 hip extension (AMA) with as much tilt of the
pelvis; forwards 120 to 134 flexion (AMA, CDC). Both with `ROOM_DEG`. The nose stands 0.3 to 0.45 shoulder
widths before the ears. The upper arm is 0.8 shoulder widths long (Drillis and Contini) and begins half a width
aside.
"""


@dataclass(frozen=True)
class Measure:
    """One entry of the catalogue.

    Attributes:
        name: The name used in pose files.
        unit: ``deg`` or ``ratio``.
        formula: The key of the formula in `FORMULAS`.
        parts: Body parts the formula takes, in its order; ``~`` marks the other side's.
        label: Its name in texts for people.
        definition: What it is, in words, with sign and neutral value where they matter.
        sided: Whether it has a left and a right value; midline measures have one.
        frames: Frames of reference it exists in, the default first.
        views: Views in which the image value can be trusted; empty where that depends on the pose: a
            limb's angle is right wherever the limb moves in the plane of the picture.
        over: The reference length a ratio is divided by; ``""`` for angles.
        facing: Whether the sign follows the way the person faces (side views).
        relative: Whether it is the difference from the person's neutral.
        steady_within: Its own hysteresis; 0 for that of its unit, see `HYSTERESIS`.
    """

    name: str
    unit: Unit
    formula: str
    parts: tuple[str, ...]
    label: str
    definition: str
    sided: bool = True
    frames: tuple[Reference, ...] = ("image", "world")
    views: tuple[str, ...] = ()
    over: str = ""
    facing: bool = False
    relative: bool = False
    steady_within: float = 0.0

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def hysteresis(self) -> float:
        """How far outside its range a value that was inside must go before it counts as outside."""
        return self.steady_within or HYSTERESIS[self.unit]

    @property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest possible value; ratios have a margin for unusual proportions."""
        return _LIMITS.get(self.formula, _SIGNED_LIMITS[self.unit])


def least_half_width(measure: Measure, frame: Reference) -> float:
    """Half the width of the narrowest range of a measure that a camera can resolve, in its unit."""
    if measure.steady_within:
        return HEAD_HALF_WIDTHS * measure.steady_within
    return LEAST_HALF_WIDTH_DEG[frame] if measure.unit == "deg" else LEAST_HALF_WIDTH


def _angle(name: str, parts: tuple[str, str, str], label: str, definition: str) -> Measure:
    return Measure(name, "deg", "angle", parts, label, definition)


def _from_up(name: str, parts: tuple[str, str], label: str, definition: str) -> Measure:
    return Measure(name, "deg", "from_up", parts, label, definition)


def _apart(name: str, parts: tuple[str, str], over: str) -> Measure:
    label = f"{parts[0]} to {parts[1].replace('~', 'other ')} distance"
    definition = f"distance from {parts[0]} to {parts[1].replace('~', 'other ')} / {over} length"
    return Measure(name, "ratio", "distance", parts, label, definition, over=over)


def _between(name: str, part: str) -> Measure:
    words = f"distance between the {part}s / shoulder width"
    return Measure(
        name,
        "ratio",
        "width",
        (part,),
        f"{part} spacing",
        words,
        sided=False,
        views=("front",),
        over="shoulders",
    )


def _tilt(part: str) -> Measure:
    words = f"{part} line from the horizontal, without sign; 0 level"
    label, views = f"{part} tilt", ("front",)
    return Measure(
        f"{part}_tilt",
        "deg",
        "level",
        (part,),
        label,
        words,
        sided=False,
        views=views,
    )


def _cross(part: str) -> Measure:
    words = f"{part} past the middle of the shoulders towards the other shoulder / shoulder width"
    label, views = f"{part} past the middle", ("front", "head_side_45")
    return Measure(
        f"{part}_cross",
        "ratio",
        "past_middle",
        (part,),
        label,
        words,
        views=views,
        over="shoulders",
    )


def _height(name: str, parts: tuple[str, str]) -> Measure:
    label = f"{parts[0]} height over the {parts[1]}"
    definition = f"{parts[0]} above {parts[1]} / trunk length"
    return Measure(
        name, "ratio", "height", parts, label, definition, over="trunk", frames=("image",)
    )


CATALOGUE = (
    _angle(
        "elbow", ("shoulder", "elbow", "wrist"), "elbow angle", "angle at the elbow; 180 straight"
    ),
    _angle(
        "shoulder_elev",
        ("hip", "shoulder", "elbow"),
        "shoulder angle",
        "angle between trunk and upper arm; 0 along the trunk, 180 overhead",
    ),
    _angle(
        "hip",
        ("shoulder", "hip", "knee"),
        "hip angle",
        "angle at the hip; 180 straight, 90 seated; includes lumbar bending, so not clinical flexion",
    ),
    _angle("knee", ("hip", "knee", "ankle"), "knee angle", "angle at the knee; 180 straight"),
    Measure(
        "trunk_incl",
        "deg",
        "trunk_from_up",
        ("hip", "shoulder"),
        "trunk angle from upright",
        "trunk (hips to shoulders) from upright; 0 upright, 90 level, 180 upside down",
        sided=False,
    ),
    _from_up(
        "thigh_incl",
        ("hip", "knee"),
        "thigh angle from upright",
        "thigh (hip to knee) from up; 180 standing, 90 seated",
    ),
    _from_up(
        "shank_incl",
        ("knee", "ankle"),
        "shank angle from upright",
        "shank (knee to ankle) from up; 180 foot below knee",
    ),
    _from_up(
        "upper_arm_incl",
        ("shoulder", "elbow"),
        "upper arm angle from upright",
        "upper arm from up; 180 hanging, 90 level, 0 overhead",
    ),
    _from_up(
        "forearm_incl",
        ("elbow", "wrist"),
        "forearm angle from upright",
        "forearm (elbow to wrist) from up; 180 hanging",
    ),
    _from_up(
        "arm_incl",
        ("shoulder", "wrist"),
        "arm angle from upright",
        "line from shoulder to wrist from up; 180 hanging, 90 level, wherever the elbow is",
    ),
    Measure(
        "trunk_lean_fwd",
        "deg",
        "trunk_forward",
        ("hip", "shoulder"),
        "forward lean",
        "trunk from upright, + the way the person faces; 0 upright",
        sided=False,
        frames=("image",),
        views=("side",),
        facing=True,
    ),
    Measure(
        "trunk_lean_lat",
        "deg",
        "trunk_sideways",
        ("hip", "shoulder"),
        "sideways lean",
        "trunk from upright, + towards the named side; 0 upright",
        frames=("image",),
        views=("front",),
    ),
    Measure(
        "thigh_fwd",
        "deg",
        "swing_forward",
        ("hip", "knee"),
        "thigh swing",
        "thigh from hanging, + the way the person faces; 0 standing, negative behind the hip",
        frames=("image",),
        views=("side",),
        facing=True,
    ),
    Measure(
        "neck_trunk",
        "deg",
        "neck_bend",
        ("hip", "shoulder", "ear"),
        "neck angle",
        "neck (shoulders to ears) against trunk, + towards the back, - towards the chest; about 0",
        sided=False,
        frames=("image",),
        views=("side",),
        facing=True,
    ),
    Measure(
        "hip_arch",
        "deg",
        "hip_bend",
        ("knee", "hip", "shoulder"),
        "hip arch",
        "trunk against the line of the thigh, + bent backwards, - folded; about 0 straight, from any view",
        frames=("image",),
        views=("side",),
        facing=True,
    ),
    _tilt("shoulder"),
    _tilt("hip"),
    Measure(
        "shoulder_drop",
        "deg",
        "lower_side",
        ("shoulder",),
        "shoulder drop",
        "shoulder line from the horizontal, + the named side lower; 0 level",
        frames=("world",),
    ),
    Measure(
        "head_roll_rel",
        "deg",
        "head_roll",
        ("ear", "shoulder"),
        "head tilt",
        "line across the head (by the face or the ears) against shoulder line minus neutral, + towards the "
        "named side",
        frames=("image",),
        views=("front",),
        relative=True,
    ),
    Measure(
        "head_yaw_rel",
        "deg",
        "head_yaw",
        ("ear", "shoulder"),
        "head turn",
        "horizontal angle of ear line against shoulder line minus neutral, + towards the named side",
        frames=("world",),
        relative=True,
    ),
    Measure(
        "head_pitch",
        "deg",
        "head_pitch",
        ("ear", "nose"),
        "head nod",
        "line from ears to nose below the horizontal minus neutral, + chin down",
        sided=False,
        frames=("world",),
        relative=True,
    ),
    Measure(
        "nose_aside",
        "ratio",
        "nose_sideways",
        ("nose", "ear", "shoulder"),
        "head turn",
        "nose from the middle of the ears along the shoulder line / shoulder width minus neutral, + "
        "towards the named side; about 0.3 times the sine of the turn",
        frames=("image",),
        views=("front",),
        over="shoulders",
        relative=True,
        steady_within=NOSE_STEADY_WITHIN,
    ),
    Measure(
        "nose_drop",
        "ratio",
        "nose_below",
        ("nose", "ear"),
        "head nod",
        "nose below the middle of the ears / shoulder width minus neutral, + chin down",
        sided=False,
        frames=("image",),
        over="shoulders",
        relative=True,
        steady_within=NOSE_STEADY_WITHIN,
    ),
    Measure(
        "shoulder_yaw_rel",
        "deg",
        "shoulder_yaw",
        ("shoulder",),
        "shoulder turn",
        "horizontal turn of the shoulder line from neutral, + towards the named side",
        frames=("world",),
        relative=True,
    ),
    Measure(
        "twist",
        "deg",
        "twist",
        ("shoulder", "hip"),
        "trunk twist",
        "shoulder line against hip line about the trunk, + towards the named side; 0 square",
        frames=("world",),
    ),
    Measure(
        "thigh_roll",
        "deg",
        "thigh_roll",
        ("hip", "knee"),
        "knee roll",
        "lying: line from hips to knees from up, across the trunk, + towards the named side",
        frames=("world",),
    ),
    Measure(
        "abs_twist",
        "deg",
        "unsigned_twist",
        ("shoulder", "hip"),
        "trunk twist",
        "shoulder line against hip line about the trunk, without sign; 0 square",
        sided=False,
        frames=("world",),
    ),
    Measure(
        "chest_up",
        "deg",
        "chest_from_up",
        ("shoulder", "hip"),
        "chest direction",
        "where the chest faces, from up; 0 lying on the back, 90 upright or on a side, 180 face down",
        sided=False,
        frames=("world",),
    ),
    _apart("hip_heel", ("hip", "heel"), "shank"),
    _apart("ankle_opp_knee", ("ankle", "~knee"), "shank"),
    _apart("wrist_ankle", ("wrist", "ankle"), "trunk"),
    _apart("wrist_knee", ("wrist", "knee"), "trunk"),
    _apart("wrist_hip", ("wrist", "hip"), "trunk"),
    _apart("wrist_ear", ("wrist", "~ear"), "trunk"),
    _apart("ear_shoulder", ("ear", "shoulder"), "trunk"),
    _between("wrist_sep", "wrist"),
    _between("elbow_sep", "elbow"),
    _between("knee_sep", "knee"),
    _between("ankle_sep", "ankle"),
    _cross("wrist"),
    _cross("elbow"),
    _height("wrist_above_head", ("wrist", "ear")),
    _height("hip_above_ankle", ("hip", "ankle")),
    _height("hip_above_shoulder", ("hip", "shoulder")),
    _height("ear_above_shoulder", ("ear", "shoulder")),
    Measure(
        "lead_foot",
        "ratio",
        "ahead",
        ("ankle", "hip"),
        "front foot distance",
        "ankle ahead of the hip, + the way the person faces / trunk length",
        frames=("image",),
        views=("side",),
        over="trunk",
        facing=True,
    ),
    Measure(
        "stride",
        "ratio",
        "ahead",
        ("ankle", "~ankle"),
        "stride",
        "ankle ahead of the other ankle, + the way the person faces / trunk length; 0 feet level",
        frames=("image",),
        views=("side",),
        over="trunk",
        facing=True,
    ),
)
BY_NAME = {measure.name: measure for measure in CATALOGUE}


def deepest(measure: Measure, more: Literal["larger", "smaller"]) -> float:
    """The anatomical limit of a measure in the direction of more range of motion."""
    return DEEPEST.get(measure.name, safe_range(measure))[more == "larger"]


def safe_range(measure: Measure) -> Range:
    """Lowest and highest value that a personal range may reach."""
    low, high = measure.limits
    if measure.name not in NORMAL_DEG:
        return low, high
    least, most = NORMAL_DEG[measure.name]
    return max(low, least - ROOM_DEG), min(high, most + ROOM_DEG)
