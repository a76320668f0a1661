"""What was read of a file, by one reader or by several that share it, and which faults it has."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from backstretch.errors import Notice, NoticeKind

EARLY_END_S = 1.0
"""A file that stops this long before its stated end is reported as ending early."""


@dataclass
class Part:
    """The part of a file that one reader reads, and its counts.

    Attributes:
        from_s, until_s: Its limits; another reader counts what lies outside.
        pictures: Number of pictures with a usable time.
        left_out: Number of pictures without one.
        broken: Number of damaged places.
        last_s: The time of the last picture, -1 before the first.
        is_at_end: Whether the end of the file was reached.
        restarts_s: Times at which the file's clock began again.
        strays_s: Times of single pictures that were too late, and therefore left out.
    """

    from_s: float = -math.inf
    until_s: float = math.inf
    pictures: int = 0
    left_out: int = 0
    broken: int = 0
    last_s: float = -1.0
    is_at_end: bool = False
    restarts_s: list[float] = field(default_factory=list)
    strays_s: list[float] = field(default_factory=list)

    @property
    def is_here(self) -> bool:
        """Whether the last picture lies in this part."""
        return self.from_s <= self.last_s < self.until_s

    def reset(self) -> None:
        """Set all counts to zero."""
        self.pictures = self.left_out = self.broken = 0
        self.restarts_s, self.strays_s = [], []
        self.last_s, self.is_at_end = -1.0, False


@dataclass
class Counts:
    """The counts of all parts of a file.

    Attributes:
        parts: One for each reader.
        has_begun_at_start: Whether the first reader reads from the beginning on.
    """

    parts: list[Part]
    has_begun_at_start: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether the file was read from its beginning to its end, by whichever readers."""
        return self.has_begun_at_start and any(part.is_at_end for part in self.parts)

    @property
    def pictures(self) -> int:
        """Number of pictures, with a usable time or without."""
        return sum(part.pictures + part.left_out for part in self.parts)

    @property
    def last_s(self) -> float:
        """The time of the last picture."""
        return max(part.last_s for part in self.parts)

    def length_s(self, stated_s: float, step_s: float) -> float:
        """The length: the stated one, unless the clock began again or the last stated time is a stray.

        Args:
            stated_s: The stated length.
            step_s: The usual time from one picture to the next.
        """
        has_restarted = any(part.restarts_s for part in self.parts)
        strays_s = [time_s for part in self.parts for time_s in part.strays_s]
        is_stray = max(strays_s, default=-math.inf) >= stated_s - EARLY_END_S
        is_at_end = any(part.is_at_end for part in self.parts)
        return self.last_s + step_s if is_at_end and (has_restarted or is_stray) else stated_s

    def notices(self, stated_s: float, step_s: float) -> Iterator[Notice]:
        """Faults of the file; the arguments are those of `length_s`."""
        left_out = sum(part.left_out for part in self.parts)
        if left_out:
            yield Notice(NoticeKind.UNTIMED_PICTURES, {"count": left_out})
        broken = sum(part.broken for part in self.parts)
        if broken:
            yield Notice(NoticeKind.DAMAGED, {"count": broken})
        restarts_s = [time_s for part in self.parts for time_s in part.restarts_s]
        if restarts_s:
            yield Notice(NoticeKind.CLOCK_RESTARTS, {"first_s": min(restarts_s)})
        length_s = self.length_s(stated_s, step_s)
        if self.is_whole and length_s - self.last_s > EARLY_END_S + step_s:
            yield Notice(NoticeKind.ENDS_EARLY, {"read_s": self.last_s, "of_s": length_s})
