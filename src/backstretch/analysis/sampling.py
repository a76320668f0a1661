"""Sampling: which pictures of a recording the model is shown, so that the counted seconds stay the same.

The model costs some 20 ms a picture, all else together a few. While glances at a small grey copy, `CHANGING_S`
apart, tell that the picture stays as it is, a look every `QUIET_S` tells as much as looking at all; while it
changes, one every `CHANGING_S`. Every picture is looked at while a neutral is sought, from which much else is
counted; where somebody moves in or near a position, entries and exits among it; where a body moves so quickly
that the tracker may lose it; and where the landmarks move and the picture does not: they are in doubt, and only
many of them together steady a body that is hard to see. Where that is so for much of a recording, what is seen
would depend on which pictures are looked at: then all of them are, from the beginning on.

What it costs: a lapse shorter than `QUIET_S` is missed where the picture hardly changes with it, and the
ends of a hold lie between two looks, not two pictures. docs/speed.md says by how much the seconds differ.

Pictures are read ahead in a thread, and one landmarker looks at them.
"""

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from backstretch.judging.collector import Attention
from backstretch.judging.hold_clock import INSTANT_S
from backstretch.judging.request import Part
from backstretch.kinematics.landmarks import LONGEST_GAP_S, Floats, Landmarks, size_px
from backstretch.kinematics.measures import VISIBLE
from backstretch.kinematics.neutral import CORE
from backstretch.vision.detection import BystanderSearch, Detection, Landmarker
from backstretch.vision.pictures import Picture, ReadAhead
from backstretch.vision.video_reader import VideoReader

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
Detect = Callable[[Picture], Detection | None]
"""Looks at a picture; None where it is so damaged that it cannot be looked at."""
AHEAD = 3
"""Pictures that are decoded before they are wanted; of 1920 x 1080 each takes 3 MB."""


@dataclass(frozen=True, eq=False)
class Sampled:
    """What is kept of a picture that was looked at: what was found, and its glance; no megabytes."""

    detection: Detection
    glance: NDArray[np.float32]

    @cached_property
    def where(self) -> tuple[slice, slice]:
        """The rows and columns of the glance in which the person is; all with nobody in view."""
        marks = self.detection.marks
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


@dataclass(frozen=True)
class Restart:
    """Comes in place of a detection: sampling does not do.

    The body is so hard to see that every picture should be looked at, from the beginning on.
    """


class Sampler(Protocol):
    """Looks at some pictures of a recording, in order of time."""

    @property
    def reached_s(self) -> float:
        """The time of the recording up to which it is done."""

    def next(self, attention: Attention, /) -> Detection | Restart | None:
        """Look at the next picture; None at the end.

        ``attention`` is what the detections so far make of those that follow.
        """


class EveryPicture:
    """Looks at every picture; a `Sampler`."""

    def __init__(self, pictures: Iterable[Picture], detect: Detect) -> None:
        self._detections = filter(None, map(detect, pictures))
        self.reached_s = 0.0

    def next(self, _attention: Attention) -> Detection | None:
        """Look at the next picture that is not damaged."""
        detection = next(self._detections, None)
        self.reached_s = detection.time_s if detection else self.reached_s
        return detection


class SparseSampler:
    """Looks where that may tell something new, and at the first and the last picture; a `Sampler`.

    When a change begins, what has passed since the last look is looked at as well: it may have begun there.

    Args:
        pictures: In order of time.
        detect: Looks at one.
        length_s: How long they are all together.
        size_px: How large the body is known to be; it may have begun bent together.
    """

    def __init__(
        self,
        pictures: Iterable[Picture],
        detect: Detect,
        length_s: float,
        size_px: float = 0.0,
    ) -> None:
        self._pictures, self._detect = iter(pictures), detect
        self._schedule = _Schedule(length_s, size_px)
        self._passed: list[Picture] = []
        self._due: deque[Picture] = deque()
        self._is_at_end = False
        self.reached_s = 0.0

    def next(self, attention: Attention) -> Detection | Restart | None:
        """Look at the next picture that is due."""
        while (picture := self._next_due(attention)) is not None:
            detection = self._detect(picture)
            if detection is None:
                continue
            self.reached_s = detection.time_s
            if not self._is_at_end:
                self._schedule.push(Sampled(detection, picture.glance), attention)
            return Restart() if self._schedule.is_given_up else detection
        return None

    def _next_due(self, attention: Attention) -> Picture | None:
        while not self._due and not self._is_at_end:
            picture = next(self._pictures, None)
            if picture is None:
                self._is_at_end = True
                self._due.extend(_in_time(self._passed, self._schedule.last_s))
            else:
                self._pass(picture, attention)
        return self._due.popleft() if self._due else None

    def _pass(self, picture: Picture, attention: Attention) -> None:
        """Let a picture pass; it, or some that have passed before, may now be due."""
        self._passed.append(picture)
        self._due.extend(self._schedule.due(self._passed, attention))
        if self._due:
            self._passed = self._passed[self._passed.index(self._due[-1]) + 1 :]
        elif self._schedule.last is not None:
            # An unscaled picture takes megabytes; only these may be due.
            spread = _spread(self._passed[:-2], self._schedule.last_s)
            self._passed = [*spread, *self._passed[-2:]]


class _Schedule:
    """Tells when to look again.

    Attributes:
        last: What was looked at last; None before the first.
        is_given_up: Whether the body is so hard to see that every picture should be looked at.
    """

    def __init__(self, length_s: float, size_px: float) -> None:
        self.last: Sampled | None = None
        self.is_given_up = False
        self._length_s = length_s
        self._recent: deque[Sampled] = deque()
        self._has_changed = self._is_changing = False
        self._changing_until_s = self._glanced_s = -math.inf
        self._all_until_s = -math.inf
        self._size_px = max(size_px, 1.0)
        self._doubted_s, self._doubted_until_s = 0.0, -math.inf
        self._begins_s = 0.0

    def due(self, passed: list[Picture], attention: Attention) -> Iterator[Picture]:
        """Which of the pictures since the last look to look at, the newest last."""
        now, last = passed[-1], self.last
        if last is None:
            yield now
            return
        earlier = [each for each in passed if now.time_s - each.time_s >= CHANGING_S - INSTANT_S]
        is_due = bool(earlier) and earlier[-1].time_s - last.detection.time_s >= QUIET_S - INSTANT_S
        is_all = now.time_s <= self._all_until_s
        if is_all or is_due or now.time_s - self._glanced_s >= CHANGING_S - INSTANT_S:
            self._glance(now)
        self._is_changing = now.time_s <= self._changing_until_s
        is_resting = last.detection.marks is not None and not self._is_changing
        if is_all or (is_resting and attention.seeks_neutral):
            yield from passed
        elif self._is_changing:
            yield from _spread(passed, last.detection.time_s)
        elif is_due:
            yield from _in_time(earlier, last.detection.time_s)

    def _glance(self, now: Picture) -> None:
        """See whether the picture changes; not at each, which may not even have been decoded yet."""
        self._glanced_s = now.time_s
        self._has_changed = has_changed(self._some_time_before(now), now)
        if self._has_changed:
            self._changing_until_s = now.time_s + CHANGES_FOR_S

    @property
    def last_s(self) -> float:
        """When it was looked at last, minus infinity for never."""
        return self.last.detection.time_s if self.last else -math.inf

    def push(self, now: Sampled, attention: Attention) -> None:
        """Take what was found in a picture that was due."""
        last, self.last = self.last, now
        self._recent.append(now)
        if last is None:
            self._begins_s = now.detection.time_s
            return
        self._size_px = max(self._size_px, size_px(now.detection.marks))
        time_s = now.detection.time_s
        strayed = strays_px(last.detection.marks, now.detection.marks) / self._size_px
        if not self._has_changed and np.count_nonzero(strayed > DOUBT) >= DOUBTED:
            self._doubt(time_s)
        elif self._is_moving(strayed, time_s - last.detection.time_s, attention):
            self._all_until_s = max(self._all_until_s, time_s + MOVING_FOR_S)

    def _doubt(self, time_s: float) -> None:
        """Look at every picture for a while; give up where that was so for too long."""
        until_s = time_s + DOUBTED_FOR_S
        self._doubted_s += until_s - max(time_s, self._doubted_until_s)
        self._all_until_s = self._doubted_until_s = until_s
        so_far_s = time_s - self._begins_s
        hard_s = max(HARD_S, HARD_SHARE * so_far_s, HARD_OF_ALL * self._length_s)
        self.is_given_up = self._doubted_s >= hard_s

    def _is_moving(self, strayed: Floats, within_s: float, attention: Attention) -> bool:
        """Whether a movement needs every picture: for the tracker, or to judge a position."""
        if np.count_nonzero(strayed > LOST_PER_S * min(within_s, CHANGING_S)) >= LOST:
            return True
        is_moving = bool((strayed > MOVING_PER_S * within_s).any())
        return self._is_changing and is_moving and attention.is_busy

    def _some_time_before(self, now: Picture) -> Sampled:
        """What was looked at `CHANGING_S` before: pictures in a row differ little, even in movements."""
        recent = self._recent
        while len(recent) > 1 and now.time_s - recent[1].detection.time_s >= CHANGING_S - INSTANT_S:
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
    yield from pictures[-1:]


def has_changed(then: Sampled, now: Picture) -> bool:
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


@contextmanager
def open_sampler(
    reader: VideoReader,
    landmarker: Landmarker,
    part: Part,
    *,
    every_frame: bool,
    size_px: float = 0.0,
) -> Iterator[Sampler]:
    """Begin to look at a part of a recording, and for other people.

    Args:
        reader: Reads it.
        landmarker: Looks at its pictures.
        part: The part of the recording.
        every_frame: Whether to look at every picture, not only where it matters.
        size_px: How large the body is known to be, as for `SparseSampler`.
    """
    is_alone = reader.source.frames == 1
    end_s = reader.source.duration_s if part.end_s is None else part.end_s
    detect = partial(_detect, landmarker, BystanderSearch(landmarker), is_alone=is_alone)
    with ReadAhead(reader.pictures(part.start_s, part.end_s), AHEAD) as pictures:
        if every_frame:
            yield EveryPicture(pictures, detect)
        else:
            yield SparseSampler(pictures, detect, end_s - part.start_s, size_px)


def _detect(
    landmarker: Landmarker, bystanders: BystanderSearch, picture: Picture, *, is_alone: bool
) -> Detection | None:
    """Look at a picture; not at one that is damaged, and harder at one that is alone."""
    frame = picture.frame()
    if frame is None:
        return None
    marks = landmarker.look(frame)
    if marks is None and is_alone:
        marks = landmarker.search(frame)
    return Detection(picture.time_s, marks, bystanders.search(frame, marks))
