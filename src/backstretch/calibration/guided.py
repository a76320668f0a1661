"""Guided takes as they are asked for, in the terminal or on the page, and the guide who leads through them."""

from collections.abc import Sequence
from dataclasses import dataclass

from backstretch.calibration.goals import Goal, NeutralGoal, NewGoal, PersonalGoal
from backstretch.calibration.guide import Guide
from backstretch.kinematics.landmarks import SIDES
from backstretch.poses.library import Library
from backstretch.poses.pose import Pose

TAKES = 3
"""How many takes of each side are usual."""


@dataclass(frozen=True)
class Making:
    """What guided takes are to make: a person's own ranges, a new stretch, or their neutral.

    Attributes:
        date: Today's, as year-month-day.
        pose: The library pose to fit to the person; None for a new one or a neutral.
        id_and_name: Of a new stretch; None otherwise.
        sides: The sides to record; of a stretch to fit all when empty, of a new one its one side.
        takes: How many takes of each side.
    """

    date: str
    pose: Pose | None = None
    id_and_name: tuple[str, str] | None = None
    sides: tuple[str, ...] = ()
    takes: int = TAKES

    def guide(self, library: Library, pain_advice: Sequence[str]) -> Guide:
        """Who leads through the takes; ``pain_advice`` is said when something hurts."""
        return Guide(self._goal(library), self._takes(), pain_advice=pain_advice)

    def _goal(self, library: Library) -> Goal:
        if self.pose is not None:
            return PersonalGoal(self.pose, library.recognised, self.date, self.sides)
        if self.id_and_name is not None:
            others = [pose for pose in library.poses.values() if pose.id != self.id_and_name[0]]
            return NewGoal(self.id_and_name, others, self.date, *(self.sides or (None,)))
        return NeutralGoal(self.date)

    def _takes(self) -> list[str | None]:
        """The side of each take, in turn."""
        if self.pose is not None and self.pose.sides == "each":
            return [side for side in self.sides or SIDES for _ in range(self.takes)]
        return [None] * (1 if self._is_neutral else self.takes)

    @property
    def _is_neutral(self) -> bool:
        return self.pose is None and self.id_and_name is None
