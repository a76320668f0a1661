"""A programme: which stretches, in which order, how long and how often each side.

The agenda says which hold is due, on which side, and what comes after it; patience says how long a hold is
waited for and how often it is tried.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from backstretch.errors import Notice, NoticeKind
from backstretch.judging.matching import Form
from backstretch.poses.pose import Pose

REST_S = 10.0
"""Rest between two holds of a single stretch, as in the ready-made sets."""
PATIENCE_S = 90.0
"""A stretch tried for this long without a hold is left out, since nobody may be able to press a key."""
HURRIED_AFTER_S = 60.0
"""When that is announced."""
MOST_TRIES, TRY_FROM_S = 3, 2.0
"""After this many holds that were too short the next is due; shorter ones were finding the position."""


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
class CameraPlace:
    """Where the camera stands for some stretches of a programme.

    Attributes:
        height_m, distance_m: Least and most height above the floor, and distance, that suits all of them.
    """

    height_m: tuple[float, float]
    distance_m: tuple[float, float]

    def shared_with(self, other: "CameraPlace") -> "CameraPlace | None":
        """What suits both; None where nothing does."""
        height_m = _shared(self.height_m, other.height_m)
        distance_m = _shared(self.distance_m, other.distance_m)
        return CameraPlace(height_m, distance_m) if height_m and distance_m else None


def camera_places(parts: Sequence[Part]) -> list[CameraPlace | None]:
    """The place of the camera for each part, moved as late as possible; None where a pose names none."""
    runs: list[tuple[CameraPlace | None, int]] = []
    for part in parts:
        own, before = _place_of(part.pose), runs[-1][0] if runs else None
        shared = before.shared_with(own) if own and before else None
        if shared is not None:
            runs[-1] = shared, runs[-1][1] + 1
        else:
            runs.append((own, 1))
    return [place for place, count in runs for _ in range(count)]


def _place_of(pose: Pose) -> CameraPlace | None:
    height_m, distance_m = pose.camera_height_m, pose.camera_distance_m
    return CameraPlace(height_m, distance_m) if height_m and distance_m else None


def _shared(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float] | None:
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return (low, high) if low <= high else None


@dataclass(frozen=True)
class Programme:
    """The stretches of a session in order, with the rest between holds.

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

    @cached_property
    def places(self) -> list[CameraPlace | None]:
        """Where the camera stands for each part."""
        return camera_places(self.parts)

    @cached_property
    def numbers(self) -> list[int]:
        """The number of the stretch that each part is, from 1: two that alternate, as cat and cow, are one."""
        numbers: list[int] = []
        for at, part in enumerate(self.parts):
            is_same = at > 0 and self.parts[at - 1].pose.alternates_with == part.pose.id
            numbers.append(numbers[-1] + (not is_same) if numbers else 1)
        return numbers

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
    """Warnings where the requested hold or repetitions exceed the pose's dose."""
    notices = []
    dose = pose.dose
    if hold_s is not None and hold_s > dose.longest_s:
        lengths = {"longest_s": dose.longest_s, "asked_s": hold_s}
        notices.append(Notice(NoticeKind.LONG_HOLD, lengths, pose.name))
    most = dose.repetitions[1]
    if repetitions is not None and repetitions > most:
        counts = {"most": most, "asked": repetitions, "sides": pose.sides}
        notices.append(Notice(NoticeKind.MANY_REPETITIONS, counts, pose.name))
    return notices


def aims_of(programme: Programme) -> Mapping[str, tuple[float, int]]:
    """Seconds of a hold and repetitions a side for each pose's id; of a pose done twice, both together."""
    aims: dict[str, tuple[float, int]] = {}
    for part in programme.parts:
        hold_s, repetitions = aims.get(part.pose.id, (0.0, 0))
        aims[part.pose.id] = max(hold_s, part.hold_s), repetitions + part.repetitions
    return aims


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
        return self.programme.parts[self._index]

    @property
    def form(self) -> Form:
        """The stretch that is due, with its side."""
        return Form(self.part.pose, self.side)

    @property
    def stretch(self) -> int:
        """The number of the stretch that is due, from 1; see `Programme.numbers`."""
        return self.programme.numbers[self._index]

    @property
    def place(self) -> CameraPlace | None:
        """Where the camera stands for the stretch that is due."""
        return self.programme.places[self._index]

    @property
    def _index(self) -> int:
        return min(self._at, len(self.programme.parts) - 1)

    @property
    def hold(self) -> int:
        """The number of the hold that is due in its stretch, from 1."""
        count = sum(at == self._at for at, _ in self._spent)
        return min(count + 1, self.part.holds)

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


class Patience:
    """Follows the tries at one hold.

    Attributes:
        hurries: Whether it is time to say that it will not be waited for much longer; true for one moment.
        over: Whether it has been waited for long enough.
    """

    def __init__(self) -> None:
        self.hurries = self.over = False
        self._tries: Counter[str | None] = Counter()
        self._waited_s = 0.0

    def wait(self, passed_s: float) -> None:
        """Count time during which nothing is held."""
        before_s, self._waited_s = self._waited_s, self._waited_s + passed_s
        self.hurries = before_s < HURRIED_AFTER_S <= self._waited_s
        self.over = self._waited_s >= PATIENCE_S

    def fail(self, side: str | None, held_s: float) -> bool:
        """A hold of a side was too short; return whether that was a try, and not just finding the position."""
        is_try = held_s >= TRY_FROM_S
        self._tries[side] += is_try
        self.over = self._tries[side] >= MOST_TRIES
        if is_try:
            self._waited_s = 0.0
        return is_try
