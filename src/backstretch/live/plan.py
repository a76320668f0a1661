"""What is going to be done in a session: a stretch or a set as a programme, fitted to the person's health."""

from collections.abc import Mapping
from dataclasses import dataclass

from backstretch.coaching.programme import Programme, dose_warnings, part_of
from backstretch.errors import Notice
from backstretch.history.health import ASK_FIRST, Answers, fitting, unsuitable
from backstretch.poses.library import PoseSet
from backstretch.poses.pose import Pose


@dataclass(frozen=True)
class Wish:
    """What a person asks for besides the stretch or set.

    Attributes:
        sides: The side to do of one stretch; both when empty.
        hold_s: Seconds of each hold; None for those of the stretch or set.
        repetitions: Holds on each side; None for those of the stretch or set.
    """

    sides: tuple[str, ...] = ()
    hold_s: float | None = None
    repetitions: int | None = None


@dataclass(frozen=True)
class Plan:
    """What is going to be done.

    Attributes:
        programme: The stretches, in order.
        warnings: Of their dose.
        unsuited: Why the one stretch that was asked for is not advised with what the person said of their
            health, in the words of `health.NOT_FOR`; empty where nothing speaks against it.
        left_out: What is left out of a set because of the person's health, a sentence each. It is shown, and
            neither spoken nor saved.
        remarks: Where a set asks for another dose than is usual, a sentence each.
    """

    programme: Programme
    warnings: tuple[Notice, ...]
    unsuited: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def objection(self) -> str:
        """Why the stretch is not advised, in one line; empty where nothing speaks against it."""
        if not self.unsuited:
            return ""
        return (
            f"{self.programme.name} is not advised with {' or '.join(self.unsuited)}. {ASK_FIRST}"
        )


def plan_of(
    chosen: Pose | PoseSet, poses: Mapping[str, Pose], wish: Wish, answers: Answers | None
) -> Plan:
    """Plan a stretch or a set; see `plan_stretch` and `plan_set`."""
    if isinstance(chosen, Pose):
        return plan_stretch(chosen, wish, answers)
    return plan_set(chosen, poses, wish, answers)


def plan_stretch(pose: Pose, wish: Wish, answers: Answers | None) -> Plan:
    """Plan one stretch; what the person said of their health is told, and left to them."""
    part = part_of(pose, wish.sides[0] if wish.sides else None, wish.hold_s, wish.repetitions)
    return Plan(
        Programme(pose.name, (part,)),
        tuple(dose_warnings(pose, wish.hold_s, wish.repetitions)),
        unsuitable(pose, answers),
    )


def plan_set(
    chosen: PoseSet, poses: Mapping[str, Pose], wish: Wish, answers: Answers | None
) -> Plan:
    """Plan a set without the stretches that do not suit the person; a set is done on both sides.

    Raises:
        InputError: No stretch would be left.
    """
    fitted, left_out = fitting(chosen, poses, answers)
    warnings: list[Notice] = []
    parts = []
    for each in fitted.stretches:
        pose = poses[each.pose]
        warnings += dose_warnings(pose, wish.hold_s, wish.repetitions)
        hold_s, repetitions = wish.hold_s or each.hold_s, wish.repetitions or each.repetitions
        parts.append(part_of(pose, None, hold_s, repetitions))
    programme = Programme(fitted.name, tuple(parts), fitted.rest_s)
    return Plan(programme, tuple(warnings), (), left_out, fitted.remarks)
