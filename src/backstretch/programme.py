"""A programme: which stretches, in which order, how long and how often each side."""

from collections.abc import Mapping
from dataclasses import dataclass

from backstretch.notices import Notice, NoticeKind
from backstretch.poses import Pose

REST_S = 10.0
"""Rest between two holds of a single stretch, as in the ready-made sets."""


@dataclass(frozen=True)
class Part:
    """One stretch of a programme; its sides take turns, repetition by repetition.

    Attributes:
        pose: What to do.
        sides: Sides in the order in which they are asked for; ``(None,)`` for both at once.
        hold_s: Valid seconds that make a hold complete.
        repetitions: Holds on each side.
    """

    pose: Pose
    sides: tuple[str | None, ...]
    hold_s: float
    repetitions: int

    @property
    def holds(self) -> int:
        """How many holds it asks for."""
        return self.repetitions * len(self.sides)


@dataclass(frozen=True)
class Programme:
    """What is to be done in a session.

    Attributes:
        name: What it is called.
        parts: In the order in which they are done; at least one.
        rest_s: Rest between two holds.
    """

    name: str
    parts: tuple[Part, ...]
    rest_s: float = REST_S

    @property
    def seconds(self) -> float:
        """Seconds of all holds and of the rests between them."""
        held_s = sum(part.hold_s * part.holds for part in self.parts)
        return held_s + self.rest_s * (sum(part.holds for part in self.parts) - 1)

    @property
    def poses(self) -> tuple[Pose, ...]:
        """The poses, each once."""
        return tuple({part.pose.id: part.pose for part in self.parts}.values())


def part_of(
    pose: Pose,
    side: str | None = None,
    hold_s: float | None = None,
    repetitions: int | None = None,
) -> Part:
    """One stretch with the dose that is asked for, the pose's own where nothing is.

    A hold longer than the clock credits could never be complete; it is cut to that.
    """
    both: tuple[str | None, ...] = ("left", "right") if pose.sides == "each" else (None,)
    dose = pose.dose
    return Part(
        pose=pose,
        sides=(side,) if side else both,
        hold_s=min(dose.default_s if hold_s is None else hold_s, dose.longest_s),
        repetitions=dose.default_repetitions if repetitions is None else repetitions,
    )


def dose_warnings(pose: Pose, hold_s: float | None, repetitions: int | None) -> list[Notice]:
    """What of a wish lies beyond the pose's dose."""
    said = []
    dose = pose.dose
    if hold_s is not None and hold_s > dose.longest_s:
        lengths = {"longest_s": dose.longest_s, "asked_s": hold_s}
        said.append(Notice(NoticeKind.LONG_HOLD, lengths, pose.name))
    most = dose.repetitions[1]
    if repetitions is not None and repetitions > most:
        counts = {"most": most, "asked": repetitions, "sides": pose.sides}
        said.append(Notice(NoticeKind.MANY_REPETITIONS, counts, pose.name))
    return said


def aims_of(programme: Programme) -> Mapping[str, tuple[float, int]]:
    """Seconds of a hold and repetitions a side for each pose's id; of a pose done twice, both together."""
    aims: dict[str, tuple[float, int]] = {}
    for part in programme.parts:
        hold_s, repetitions = aims.get(part.pose.id, (0.0, 0))
        aims[part.pose.id] = max(hold_s, part.hold_s), repetitions + part.repetitions
    return aims
