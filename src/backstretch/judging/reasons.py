"""Reasons: why a moment does not count, as values without words, to compare, group and store."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from backstretch.kinematics.landmarks import INDEX


class ReasonKind(StrEnum):
    """What keeps a moment, or a span of time, from counting."""

    NOBODY = "nobody"
    GAP = "gap"
    TURNED = "turned"
    STILL = "still"
    PORTRAIT = "portrait"
    UNSEEN = "unseen"
    NO_NEUTRAL = "no_neutral"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    TOO_FAST = "too_fast"
    RESTLESS = "restless"
    BOUNCING = "bouncing"
    TOO_BRIEF = "too_brief"


@dataclass(frozen=True)
class Reason:
    """Why time does not count.

    Attributes:
        kind: What keeps the time from counting.
        measure: Name of the measure that is too small, too large, unseen, or lacks its neutral.
        side: The measured limb's own side; None for midline measures and where the side is a direction.
        landmark: Name of the landmark that is unseen, such as ``left_hip``; then there is no measure.
    """

    kind: ReasonKind
    measure: str | None = None
    side: str | None = None
    landmark: str | None = None

    @property
    def code(self) -> str:
        """The reason for machines; `from_code` reads it again.

        >>> Reason(ReasonKind.TOO_LARGE, "knee", "left").code
        'too_large:knee.left'
        >>> Reason(ReasonKind.UNSEEN, landmark="left_hip").code
        'unseen:left_hip'
        """
        if self.landmark is not None:
            return f"{self.kind}:{self.landmark}"
        if self.measure is None:
            return str(self.kind)
        return (
            f"{self.kind}:{self.measure}.{self.side}"
            if self.side
            else f"{self.kind}:{self.measure}"
        )

    @classmethod
    def from_code(cls, code: str) -> Self:
        """The reason that a code stands for.

        Raises:
            ValueError: It is of no known kind.
        """
        kind, _, what = code.partition(":")
        if what in INDEX:
            return cls(ReasonKind(kind), landmark=what)
        measure, _, side = what.partition(".")
        return cls(ReasonKind(kind), measure or None, side or None)


NOBODY = Reason(ReasonKind.NOBODY)
GAP = Reason(ReasonKind.GAP)
"""No frame was sampled for longer than the clock bridges."""
TURNED = Reason(ReasonKind.TURNED)
PORTRAIT = Reason(ReasonKind.PORTRAIT)
"""The picture may lie on its side, and show another stretch."""
STILL = Reason(ReasonKind.STILL)
"""The picture repeats an earlier one, as from a frozen camera: it shows nothing of its own time."""
TOO_FAST = Reason(ReasonKind.TOO_FAST)
RESTLESS = Reason(ReasonKind.RESTLESS)
BOUNCING = Reason(ReasonKind.BOUNCING)
"""Time in the right position that was still not held."""
TOO_BRIEF = Reason(ReasonKind.TOO_BRIEF)
"""The position was right, but for less than it takes to settle."""
