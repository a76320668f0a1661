"""Poses: the values that a pose file defines; `pose_file` reads them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from backstretch.kinematics.catalogue import Measure, Range, Reference

Of = Literal["near", "far", "work", "other", "both", ""]
Sides = Literal["both", "each"]
Need = Literal["always", "if seen", "form"]
SIDED: tuple[Of, ...] = ("near", "far", "work", "other", "both")
POSITIONS = ("standing", "chair", "floor", "kneeling", "quadruped", "supine", "prone")
REGIONS = ("neck", "upper_back", "middle_back", "lower_back", "hips", "hamstrings")
LENGTH_NAMES = ("fingertip_floor", "fingertip_toes")
"""Lengths that a pose can ask for; `judging.lengths` estimates them."""
TAGS = (
    "seven",
    "static",
    "gentle",
    "back_pain",
    "standing",
    "chair",
    "floor",
    "after_workout",
    "men",
)
"""Tags that group poses; ``seven``: the usual list of seven for the lower back."""
NOT_FOR = {
    "osteoporosis": "osteoporosis or a vertebral fracture",
    "hip_replacement": "a hip replacement",
    "stenosis": "spinal stenosis or a slipped vertebra (spondylolisthesis)",
    "leg_pain": "acute pain that shoots into a leg",
    "head_down": "glaucoma, uncontrolled blood pressure or vertigo",
    "late_pregnancy": "late pregnancy",
}
"""What makes a stretch unsuitable until a clinician has cleared it (research, section E)."""
GRACE_WRONG_S = 1.0
GRACE_UNSEEN_S = 2.0
"""How long a lapse may last before the hold is over, where the pose file says nothing else; a lapse is
never counted as valid."""
MARKED = ("arm", "leg", "shoulder")
"""What of the worked side a drawing may mark."""
SUPPORTS = ("mat", "chair", "doorway")
"""What a drawing may put under or around the body."""
CAREFUL_MODELS = ("heavy", "full")
"""Models of the careful look, the larger first; a build may lack the larger."""
SHORTEST_HOLD_S, LONGEST_HOLD_S = 1.0, 120.0
"""Most seconds that a single hold counts (research, section A: cap a single hold at 120 s)."""
CalibratedSides = Literal["both", "left", "right", "each"]
CALIBRATED_SIDES: tuple[CalibratedSides, ...] = ("both", "left", "right", "each")


@dataclass(frozen=True)
class Reach:
    """What a check measured while the person held the position.

    Attributes:
        median: In the measure's unit.
        spread: Standard deviation within and between takes; 0 where there was one picture only.
    """

    median: float
    spread: float


@dataclass(frozen=True)
class OwnRanges:
    """The ranges of one check for the right side, where it was calibrated by itself.

    Attributes:
        good, accept: As in `Check`.
        measured: The person's measured values.
    """

    good: Range
    accept: Range
    measured: Reach


@dataclass(frozen=True)
class Check:
    """One requirement of a pose: a measure, of which side, and its ranges.

    Attributes:
        measure: Entry of the catalogue of measures.
        of: ``near``/``far`` from the camera, ``work``/``other`` side of the stretch, ``both``, or
            ``""`` for midline measures.
        frame: Frame of reference the value is taken in.
        good: Range of the good position, in the measure's unit.
        accept: Range that counts as held.
        need: ``always``: the clock needs it; ``if seen``: it stops the clock where it is seen to be
            wrong, but may be out of sight; ``form``: it is a matter of form and only cues.
        more: Which values mean more range of motion, ``""`` where neither larger nor smaller ones do. In that
            direction the range is open to the anatomical limit.
        below, above: The cue for a value below or above the range; may be empty.
        source: Where the ranges come from.
        measured: The person's measured values, where the ranges were calibrated; else None.
        right: The ranges of the right side; None where they are those of the left.
        limit_reason: Why the range ends before the anatomical limit in the direction of ``more``: a look-alike,
            or safety. Empty where it does not.
    """

    measure: Measure
    of: Of
    frame: Reference
    good: Range
    accept: Range
    need: Need
    more: Literal["larger", "smaller", ""]
    below: str
    above: str
    source: str
    measured: Reach | None = None
    right: OwnRanges | None = None
    limit_reason: str = ""

    def on(self, side: str | None) -> "Check":
        """The check with the ranges of this side; those of the left where the right has none."""
        own = self.right if side == "right" else None
        if own is None:
            return self
        return replace(self, good=own.good, accept=own.accept, measured=own.measured, right=None)

    @property
    def required(self) -> bool:
        """Whether it can stop the clock."""
        return self.need != "form"

    @property
    def words(self) -> str:
        """The measure in plain words, with the side: ``knee (near side)``."""
        name = self.measure.name.replace("_", " ")
        return f"{name} ({self.of} side)" if self.of in {"near", "far", "work", "other"} else name


@dataclass(frozen=True)
class Dose:
    """How long and how often a pose is held.

    Attributes:
        seconds: Least and most seconds of a hold.
        default_s: Seconds that make a hold complete, unless others are asked for.
        repetitions: Least and most repetitions.
        default_repetitions: Repetitions to do, unless others are asked for.
        source: Where the dose comes from.
        grace_wrong_s, grace_unseen_s: How long a lapse may last before the hold is over.
        motion: The measure that distinguishes moving from holding; empty for the first required check that
            has a ``more``, or else the first.
    """

    seconds: tuple[float, float]
    default_s: float
    repetitions: tuple[int, int]
    default_repetitions: int
    source: str
    grace_wrong_s: float = GRACE_WRONG_S
    grace_unseen_s: float = GRACE_UNSEEN_S
    motion: str = ""

    @property
    def longest_s(self) -> float:
        """Most seconds that a single hold counts."""
        return min(self.seconds[1], LONGEST_HOLD_S)


@dataclass(frozen=True)
class Calibration:
    """When, from what and how ranges were calibrated.

    Attributes:
        date: The day, as 2026-01-31.
        takes: Number of still spans that were measured.
        seconds: Their total length; 0 for a photograph.
        sides: ``both`` at once, ``left`` or ``right`` and the other side mirrored from it, or ``each``.
        view: From where the camera saw the person, as (azimuth, elevation) in degrees.
        trunk_share: Length of the trunk as a share of the picture's height: how near the person was.
        neutral: The neutral that relative measures were counted from, in words.
    """

    date: str
    takes: int
    seconds: float
    sides: CalibratedSides
    view: tuple[float, float]
    trunk_share: float
    neutral: str


@dataclass(frozen=True)
class Drawing:
    """How a pose is drawn, where that needs more than its figure says. Nothing of it is judged.

    Attributes:
        segments: Segment directions that replace those of the figure, see `stick_figure.DRAWN_SEGMENTS`.
        curve: How far the back is bent, in degrees between its two ends: + rounded, - hollow.
        view: Azimuth from the person's front towards their left, and elevation above the floor, of the
            direction that it is drawn from, in degrees; None for the first of the pose's views.
        marked: What of the worked side is marked, see `MARKED`; empty where the figure decides.
        on: What the body sits, lies or leans on, see `SUPPORTS`; empty where the figure decides.
        close_up: Whether the upper body fills the picture, for stretches that the legs have no part in.
    """

    segments: dict[str, tuple[float, ...]] = field(default_factory=dict, hash=False)
    curve: float = 0.0
    view: tuple[float, float] | None = None
    marked: str = ""
    on: tuple[str, ...] = ()
    close_up: bool = False


@dataclass(frozen=True)
class Pose:
    """A stretch as its file defines it; written for the left, mirrored for the right.

    Attributes:
        id: Its file's name.
        name, also: What it is called.
        regions, tags: What it is for and which sets it suits; see `REGIONS` and `TAGS`.
        positions: How the body is placed; see `POSITIONS`.
        views: From where the camera may see the person, best first; see `view.VIEWS`.
        camera: Where to put the camera, in words.
        camera_height_m, camera_distance_m: How high above the floor, and how far away, it may stand; None where
            the file says nothing.
        limits: What the camera cannot see of this stretch, in words; may be empty.
        careful_look: Models of which a careful look reads this stretch better than the usual look, best first;
            see `CAREFUL_MODELS`. Empty for most.
        equipment: What is needed besides floor and clothes.
        sides, side_rule: Whether sides are done in turn, and which side counts as left.
        guided: Why it cannot be distinguished from rest; such a pose is judged only when it is asked for by
            name. Empty for all others.
        alternates_with: Id of the pose that is done in turn with this one, as cow with cat; may be empty.
        steps, safety: What to do, and when not to.
        not_for: Keys of `NOT_FOR`.
        look_alikes: Pose ids, or names of things outside the library, and how they differ.
        sources: Where the stretch and its dose come from.
        figure: Its ideal as segment directions, see `stick_figure`; empty where the file has none.
        drawing: What its drawing adds to the figure.
        lengths: What is estimated in centimetres where the person's height is given; see `LENGTH_NAMES`.
        refines: Id of the library pose that a personal reference adapts to somebody; empty for all others.
        calibration: How its ranges were calibrated; None where they were not.
    """

    id: str
    name: str
    also: tuple[str, ...]
    regions: tuple[str, ...]
    tags: tuple[str, ...]
    positions: tuple[str, ...]
    views: tuple[str, ...]
    camera: str
    limits: str
    equipment: tuple[str, ...]
    sides: Sides
    side_rule: str
    guided: str
    steps: tuple[str, ...]
    safety: str
    not_for: tuple[str, ...]
    look_alikes: dict[str, str] = field(hash=False)
    sources: tuple[str, ...]
    dose: Dose
    figure: dict[str, tuple[float, ...]] = field(repr=False, hash=False)
    checks: tuple[Check, ...] = field(repr=False)
    drawing: Drawing = field(default=Drawing(), repr=False)
    camera_height_m: tuple[float, float] | None = None
    camera_distance_m: tuple[float, float] | None = None
    careful_look: tuple[str, ...] = ()
    lengths: tuple[str, ...] = ()
    refines: str = ""
    calibration: Calibration | None = None
    alternates_with: str = ""

    @property
    def primary(self) -> Check:
        """The check whose measure distinguishes moving from holding."""
        required = [check for check in self.checks if check.required]
        if self.dose.motion:
            return next(c for c in self.checks if c.measure.name == self.dose.motion)
        return next((check for check in required if check.more), required[0])

    @property
    def is_of_the_neck(self) -> bool:
        """Whether it stretches the neck first of all."""
        return self.regions[:1] == ("neck",)

    def label(self, check: Check) -> str:
        """A name for the check that no other check of the pose has."""
        same = [other for other in self.checks if other.measure is check.measure]
        parts = [check.measure.name]
        if len({other.of for other in same}) > 1 and check.of:
            parts.append(check.of)
        if len({other.frame for other in same}) > 1:
            parts.append(check.frame)
        return "_".join(parts)


def careful_look_of(poses: Iterable[Pose]) -> tuple[str, ...]:
    """Models of the careful look that all these poses ask for; empty for no poses."""
    asked = [pose.careful_look for pose in poses]
    return tuple(
        model for model in CAREFUL_MODELS if asked and all(model in each for each in asked)
    )


def measure_words(check: Check) -> str:
    """The measure in words, with its side if it has one, and ``in space`` if it is not taken in the picture."""
    of = {"work": "worked side", "both": "both sides", "": ""}.get(check.of, f"{check.of} side")
    more = [words for words in (of, "in space" if check.frame == "world" else "") if words]
    return f"{check.measure.label} ({', '.join(more)})" if more else check.measure.label


def capitalised(words: str) -> str:
    """The words with a capital first letter."""
    return words[:1].upper() + words[1:]
