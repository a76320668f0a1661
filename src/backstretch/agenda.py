"""The agenda: what of a programme is due, which side, and what comes after it."""

from collections import Counter

from backstretch.matching import Form
from backstretch.programme import Part, Programme


class Agenda:
    """Follows a programme hold by hold; sides take turns, in whatever order they are done.

    Attributes:
        side: The side that is due; None for poses done on both at once.
    """

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self._at = 0
        self._spent: list[tuple[int, str | None]] = []
        self.side = self._most_due()

    @property
    def over(self) -> bool:
        """Whether nothing is due any more."""
        return self._at >= len(self.programme.parts)

    @property
    def part(self) -> Part:
        """The stretch that is due; the last one when all is over."""
        return self.programme.parts[min(self._at, len(self.programme.parts) - 1)]

    @property
    def form(self) -> Form:
        """The stretch that is due, with its side."""
        return Form(self.part.pose, self.side)

    @property
    def stretch(self) -> int:
        """The number of the stretch that is due, from 1."""
        return min(self._at, len(self.programme.parts) - 1) + 1

    @property
    def hold(self) -> int:
        """The number of the hold that is due in its stretch, from 1."""
        done = sum(at == self._at for at, _ in self._spent)
        return min(done + 1, self.part.holds)

    @property
    def switches(self) -> bool:
        """Whether the side that is due is not the one that was done last in this stretch."""
        return bool(self._spent) and self._spent[-1] == (self._at, _other(self.side))

    def adopt(self, side: str | None) -> bool:
        """The person does this side; tell whether it is due, and if so make it the one that is asked for."""
        is_due = self._left()[side] > 0
        if is_due:
            self.side = side
        return is_due

    def spend(self) -> None:
        """The hold that was due is done, or left out."""
        if self.over:
            return
        self._spent.append((self._at, self.side))
        if not self._left().total():
            self._at += 1
        self.side = self._most_due()

    def leave(self) -> None:
        """All but one of the holds that are left in this stretch are left out."""
        for side in list(self._left().elements())[1:]:
            self._spent.append((self._at, side))
        self.side = next(self._left().elements())

    def back(self) -> None:
        """Make the last hold due again; the first stays what it is."""
        if self._spent:
            self._at, self.side = self._spent.pop()

    def _left(self) -> Counter[str | None]:
        """Holds that are left in this stretch, by side."""
        spent = Counter(side for at, side in self._spent if at == self._at)
        whole = Counter(dict.fromkeys(self.part.sides, self.part.repetitions))
        return whole - spent

    def _most_due(self) -> str | None:
        left = self._left()
        return max(self.part.sides, key=lambda side: left[side])


def _other(side: str | None) -> str | None:
    return {"left": "right", "right": "left"}.get(side or "", "neither")
