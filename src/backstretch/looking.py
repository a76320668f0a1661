"""Looking: which pictures of a recording the model is shown, so that the counted seconds stay the same.

The model costs some 20 ms a picture, all else together a few. While glances at a small grey copy, `CHANGING_S`
apart, tell that the picture stays as it is, a look every `QUIET_S` tells as much as looking at all; while it
changes, one every `CHANGING_S`. Every picture is looked at while a neutral is sought, from which much else is
counted; where somebody moves in or near a position, entries and exits among it; where a body moves so quickly
that the tracker may lose it; and where the landmarks move and the picture does not: they are in doubt, and only
many of them together steady a body that is hard to see. Where that is so for much of a recording, what is seen
would depend on which pictures are looked at: then all of them are, from the beginning on.

What it costs: a lapse shorter than `QUIET_S` is missed where the picture hardly changes with it, and the
ends of a hold lie between two looks, not two pictures. docs/speed.md says by how much the seconds differ.
"""

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from backstretch.hold import INSTANT_S
from backstretch.landmarks import LONGEST_GAP_S, Floats, Landmarks, size_px
from backstretch.measures import VISIBLE
from backstretch.neutral import CORE
from backstretch.picture import Picture

QUIET_S = 0.4
"""Between two looks while the picture stays as it is; the clock bridges no more than 0.5 s."""
CHANGING_S = 0.08
"""Between two looks while it changes: the tracker follows 12 pictures a second, and bounces are told. While it
stays, a picture is looked at when one so much later has been glanced at: what was just before a movement tells
how quickly it began."""
CHANGED_PARTS, CHANGED_BY, CHANGED_LEAST = 5, 0.45, 3.0
"""A picture has changed when so many of its parts differ from when it was last looked at, by that share of
their contrast, and at least so many of 255. In holds they differ by half of it, in entries by twice as much."""
CHANGES_FOR_S = 0.3
"""A change is over when there was none for so long: movements slow down before they end."""
DOUBT, DOUBTED = 0.05, 2
"""So many landmarks that stray by more of the body's size in a picture that stays as it is are in doubt: three
times what the detector does on a still body that it sees well. Its size is the largest so far: a body that is
bent together looks small."""
DOUBTED_FOR_S = 1.0
HARD_S, HARD_SHARE, HARD_OF_ALL = 4.0, 0.4, 0.1
"""A body is hard to see where it is in doubt for so many seconds, that share of the time up to now, and that
share of the whole recording. On the clips that are it is so for 37 to 75 %, else for less than 16 %."""
MOVING_PER_S, MOVING_FOR_S = 0.15, 0.6
"""Body sizes a second from which somebody moves, and for how long every picture is looked at then: slower than
a head turns. Where the picture does not change with it, it is the landmarks' jitter."""
LOST_PER_S, LOST = 1.5, 2
"""Body sizes a second. Where so many landmarks move faster, the tracker may lose the body between looks; then
every picture is looked at for a while, whatever is held."""
BOX_MARGIN = 0.1
"""How far around the landmarks, as a share of their extent, a person is looked for changes."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What was seen in one picture.

    Attributes:
        time_s: The picture's own time.
        marks: The person; None with nobody in view.
        another: Whether there was somebody beside; None where that was not looked for.
    """

    time_s: float
    marks: Landmarks | None
    another: bool | None = None


@dataclass(frozen=True, eq=False)
class Looked:
    """What is kept of a picture that was looked at: what was seen, and its glance; no megabytes."""

    seen: Seen
    glance: NDArray[np.float32]

    @cached_property
    def where(self) -> tuple[slice, slice]:
        """The rows and columns of the glance in which the person is; all with nobody in view."""
        marks = self.seen.marks
        if marks is None:
            return slice(None), slice(None)
        low, high = marks.xy_px.min(axis=0), marks.xy_px.max(axis=0)
        margin_px = BOX_MARGIN * float((high - low).max())
        scale = self.glance.shape[1] / marks.image_wh[0]
        left, top = (np.maximum(low - margin_px, 0.0) * scale).astype(int)
        right, bottom = np.ceil(np.maximum(high + margin_px, 0.0) * scale).astype(int)
        return slice(top, bottom), slice(left, right)

    @cached_property
    def around(self) -> NDArray[np.float32]:
        """That part of the glance."""
        return self.glance[self.where]

    @cached_property
    def contrast(self) -> float:
        """By how much a point of it must differ to have changed, of 255."""
        return max(CHANGED_LEAST, CHANGED_BY * float(self.around.std()))


class Interest(Protocol):
    """Where every picture matters, by what was seen so far."""

    def is_busy(self) -> bool:
        """Whether some position is held, or may soon be: only then movements matter."""

    def seeks_neutral(self) -> bool:
        """Whether there is no neutral yet, and the person may be at rest."""


class HardToSeeError(Exception):
    """The body is so hard to see that every picture should be looked at, from the beginning on."""


Look = Callable[[Picture], Seen | None]
"""Looks at a picture; None where it is so damaged that it cannot be looked at."""


def look_at_all(pictures: Iterable[Picture], look: Look) -> Iterator[Seen]:
    """Look at every picture."""
    for picture in pictures:
        seen = look(picture)
        if seen is not None:
            yield seen


def look_sparsely(
    pictures: Iterable[Picture],
    look: Look,
    interest: Interest,
    length_s: float,
    size_px: float = 0.0,
) -> Iterator[Seen]:
    """Look at the pictures, in order of time, where that may tell something new; at the first and the last.

    When a change begins, what has passed since the last look is looked at as well: it may have begun there.

    Args:
        pictures: In order of time.
        look: Looks at one.
        interest: Tells where every one matters.
        length_s: How long they are all together.
        size_px: How large the body is known to be; it may have begun bent together.

    Raises:
        HardToSeeError: Looking sparsely does not do.
    """
    watch, passed = _Watch(interest, length_s, size_px), list[Picture]()
    for picture in pictures:
        passed.append(picture)
        due = list(watch.due(passed))
        for each in due:
            seen = look(each)
            if seen is not None:
                watch.take(Looked(seen, each.glance))
                yield seen
        if due:
            passed = passed[passed.index(due[-1]) + 1 :]
        elif watch.last is not None:  # an unscaled picture takes megabytes; only these may be due
            passed = [*_spread(passed[:-2], watch.last.seen.time_s), *passed[-2:]]
    for each in _in_time(passed, watch.last_s) if passed else ():
        seen = look(each)
        if seen is not None:
            yield seen


class _Watch:
    """Tells when to look again."""

    def __init__(self, interest: Interest, length_s: float, size_px: float) -> None:
        self._interest = interest
        self._length_s = length_s
        self.last: Looked | None = None
        self._recent: deque[Looked] = deque()
        self._has_changed = self._is_changing = False
        self._changing_until_s = self._glanced_s = -math.inf
        self._all_until_s = -math.inf
        self._size_px = max(size_px, 1.0)
        self._doubted_s, self._doubted_until_s = 0.0, -math.inf
        self._begins_s = 0.0

    def due(self, passed: list[Picture]) -> Iterator[Picture]:
        """Which of the pictures since the last look to look at, the newest last."""
        now, last = passed[-1], self.last
        if last is None:
            yield now
            return
        earlier = [each for each in passed if now.time_s - each.time_s >= CHANGING_S - INSTANT_S]
        is_due = bool(earlier) and earlier[-1].time_s - last.seen.time_s >= QUIET_S - INSTANT_S
        is_all = now.time_s <= self._all_until_s
        if is_all or is_due or now.time_s - self._glanced_s >= CHANGING_S - INSTANT_S:
            self._glance(now)
        self._is_changing = now.time_s <= self._changing_until_s
        is_resting = last.seen.marks is not None and not self._is_changing
        if is_all or (is_resting and self._interest.seeks_neutral()):
            yield from passed
        elif self._is_changing:
            yield from _spread(passed, last.seen.time_s)
        elif is_due:
            yield from _in_time(earlier, last.seen.time_s)

    def _glance(self, now: Picture) -> None:
        """See whether the picture changes; not at each, which may not even have been decoded yet."""
        self._glanced_s = now.time_s
        self._has_changed = has_changed(self._some_time_before(now), now)
        if self._has_changed:
            self._changing_until_s = now.time_s + CHANGES_FOR_S

    @property
    def last_s(self) -> float:
        """When it was looked at last, minus infinity for never."""
        return self.last.seen.time_s if self.last else -math.inf

    def take(self, now: Looked) -> None:
        """Take what was found in a picture that was due."""
        last, self.last = self.last, now
        self._recent.append(now)
        if last is None:
            self._begins_s = now.seen.time_s
            return
        self._size_px = max(self._size_px, size_px(now.seen.marks))
        time_s = now.seen.time_s
        strayed = strays_px(last.seen.marks, now.seen.marks) / self._size_px
        if not self._has_changed and np.count_nonzero(strayed > DOUBT) >= DOUBTED:
            self._doubt(time_s)
        elif self._is_moving(strayed, time_s - last.seen.time_s):
            self._all_until_s = max(self._all_until_s, time_s + MOVING_FOR_S)

    def _doubt(self, time_s: float) -> None:
        """Look at every picture for a while; give up where that was so for too long."""
        until_s = time_s + DOUBTED_FOR_S
        self._doubted_s += until_s - max(time_s, self._doubted_until_s)
        self._all_until_s = self._doubted_until_s = until_s
        so_far_s = time_s - self._begins_s
        if self._doubted_s >= max(HARD_S, HARD_SHARE * so_far_s, HARD_OF_ALL * self._length_s):
            raise HardToSeeError

    def _is_moving(self, strayed: Floats, within_s: float) -> bool:
        """Whether a movement needs every picture: for the tracker, or to judge a position."""
        if np.count_nonzero(strayed > LOST_PER_S * min(within_s, CHANGING_S)) >= LOST:
            return True
        is_moving = bool((strayed > MOVING_PER_S * within_s).any())
        return self._is_changing and is_moving and self._interest.is_busy()

    def _some_time_before(self, now: Picture) -> Looked:
        """What was looked at `CHANGING_S` before: pictures in a row differ little, even in movements."""
        recent = self._recent
        while len(recent) > 1 and now.time_s - recent[1].seen.time_s >= CHANGING_S - INSTANT_S:
            recent.popleft()
        return recent[0]


def _spread(pictures: list[Picture], last_s: float) -> Iterator[Picture]:
    """The pictures that are `CHANGING_S` apart."""
    for picture in pictures:
        if picture.time_s - last_s >= CHANGING_S - INSTANT_S:
            last_s = picture.time_s
            yield picture


def _in_time(pictures: list[Picture], last_s: float) -> Iterator[Picture]:
    """The newest picture, and those before it without which the clock would not bridge the gaps."""
    for before, after in pairwise(pictures):
        if after.time_s - last_s > LONGEST_GAP_S:
            yield before
            last_s = before.time_s
    yield pictures[-1]


def has_changed(then: Looked, now: Picture) -> bool:
    """Whether a picture differs from one that was looked at, where the person was."""
    before, after = then.around, now.glance[then.where]
    if before.size < CHANGED_PARTS or before.shape != after.shape:
        return True
    return int(np.count_nonzero(np.abs(after - before) > then.contrast)) >= CHANGED_PARTS


def strays_px(before: Landmarks | None, now: Landmarks | None) -> Floats:
    """How far each landmark that is seen both times has gone.

    Infinite where somebody has come or gone; nothing where nobody is there.
    """
    if before is None or now is None:
        return np.full(0 if before is now else len(CORE), math.inf)
    seen = (before.visibility[CORE] >= VISIBLE) & (now.visibility[CORE] >= VISIBLE)
    strayed_px: Floats = np.linalg.norm(now.xy_px[CORE] - before.xy_px[CORE], axis=1)[seen]
    return strayed_px
