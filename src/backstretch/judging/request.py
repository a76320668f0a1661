"""Requests: what the person was to hold, and how the recording is to be analysed."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field

from backstretch.frame import AS_STATED, Correction
from backstretch.judging.recognition import Held
from backstretch.kinematics.neutral import OwnNeutral
from backstretch.poses.pose import Pose, careful_look_of


@dataclass(frozen=True)
class Part:
    """Which part of a recording, by its own time; ``end_s`` is None for its end."""

    start_s: float = 0.0
    end_s: float | None = None

    def __contains__(self, time_s: float) -> bool:
        """Whether a time lies in it."""
        return self.start_s <= time_s and (self.end_s is None or time_s <= self.end_s)

    def end_in(self, length_s: float) -> float:
        """Where it ends in a recording of this length, in seconds."""
        return length_s if self.end_s is None else min(self.end_s, length_s)

    def __str__(self) -> str:
        return f"from {self.start_s:g} s" + ("" if self.end_s is None else f" to {self.end_s:g} s")


@dataclass(frozen=True)
class Assignment:
    """What the person was to hold, and what completes it.

    Attributes:
        poses: The stretches that were asked for, or all that may be recognised.
        asked: Whether stretches were asked for.
        sides: Sides that count; both when empty.
        hold_s: Seconds that make one repetition complete; each pose's own when None.
        times: Repetitions a side; each pose's own when None.
        title: A name for several stretches together.
        person: Whose recording it is; empty where no name was given.
        height_cm: The person's height, for `lengths`; None where it is not known.
        aims: Seconds of a hold and repetitions a side by the pose's id, where they differ from its dose.
    """

    poses: tuple[Pose, ...]
    asked: bool = True
    sides: tuple[str, ...] = ()
    hold_s: float | None = None
    times: int | None = None
    title: str = ""
    person: str = ""
    height_cm: float | None = None
    aims: Mapping[str, tuple[float, int]] = field(default_factory=dict)

    @property
    def pose(self) -> Pose | None:
        """The one stretch that was asked for."""
        return self.poses[0] if self.asked and len(self.poses) == 1 else None

    @property
    def has_plan(self) -> bool:
        """Whether it is known what was to be done, also where the stretches of a set are recognised."""
        return self.asked or bool(self.aims)

    @property
    def careful_look(self) -> tuple[str, ...]:
        """Models of the careful look, where some stretches ask for it; see `Pose.careful_look`."""
        return careful_look_of(pose for pose in self.poses if pose.careful_look)

    @property
    def is_careful_beside(self) -> bool:
        """Whether the careful look comes beside the usual one, since other stretches do not ask for it."""
        return not all(pose.careful_look for pose in self.poses)

    @property
    def reads_head_tilt(self) -> bool:
        """Whether a stretch asks for the tilt of the head; so does an unknown one, of which there are none."""
        checks = [check for pose in self.poses for check in pose.checks]
        return not checks or any(check.measure.formula == "head_roll" for check in checks)

    def counts(self, side: str | None) -> bool:
        """Whether holds of a side count; the side is None for poses done on both sides at once."""
        return side is None or not self.sides or side in self.sides

    def asked_s(self, pose: Pose) -> float:
        """Seconds that make one repetition of a pose complete; no more than a single hold can count."""
        if pose.id in self.aims:
            return self.aims[pose.id][0]
        asked_s = pose.dose.default_s if self.hold_s is None else self.hold_s
        return min(asked_s, pose.dose.longest_s)

    def completes(self, held: Held) -> bool:
        """Whether a hold makes one repetition."""
        return held.hold.valid_s >= self.asked_s(held.form.pose)

    def repetitions(self, pose: Pose) -> int:
        """How many repetitions of a pose are asked for on each side."""
        if pose.id in self.aims:
            return self.aims[pose.id][1]
        return pose.dose.default_repetitions if self.times is None else self.times


@dataclass(frozen=True)
class Request:
    """What is asked of one analysis.

    Attributes:
        assignment: What the person was to hold.
        part: The part of the recording that is analysed.
        every_frame: Whether to analyse every frame, instead of sampling sparsely where nothing changes.
        mirrored: Whether the recording is a mirror image.
        own_neutral: The person's own neutral, from another day.
        correction: What somebody says of the recording that it does not state itself.
        blur_face: Whether the face is made unrecognisable in the annotated video.
    """

    assignment: Assignment
    part: Part = Part()
    _: KW_ONLY
    every_frame: bool = False
    mirrored: bool = False
    own_neutral: OwnNeutral | None = None
    correction: Correction = AS_STATED
    blur_face: bool = False
