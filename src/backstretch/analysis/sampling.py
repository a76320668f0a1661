"""Sampling: which pictures of a recording the model looks at, so that the counted seconds stay the same.

A look, the model's work on one picture, takes some 20 ms, all else together a few. A glance at a small grey
copy, every `CHANGING_S`, shows whether the picture changes. There is a look every `QUIET_S` while it does not,
every `CHANGING_S` while it does, and at every picture

- while a neutral is sought, since other measures are counted from it;
- while somebody moves in or near a position, as at entries and exits;
- while a body moves so quickly that the tracker may lose it;
- while the landmarks move and the picture does not: they are in doubt, and only many looks together steady a
  body that is hard to see. If that is so for much of a recording, the result would depend on the choice of
  pictures: then the analysis begins again with every picture.

What it costs: a lapse shorter than `QUIET_S` is missed where the picture hardly changes with it, and the
ends of a hold lie between two looks, not two pictures. docs/speed.md says by how much the seconds differ.

Pictures are read ahead in a thread, and one landmarker looks at them.
"""

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
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
from backstretch.kinematics.neutral_finder import CORE
from backstretch.vision.backdrop import backdrop_of
from backstretch.vision.detection import BystanderSearch, Detection, Landmarker, look
from backstretch.vision.pictures import Picture, ReadAhead
from backstretch.vision.stillness import Repeats
from backstretch.vision.video_reader import VideoReader

QUIET_S = 0.4
"""Time between two looks while the picture does not change; the clock bridges no more than 0.5 s."""
CHANGING_S = 0.08
"""Time between two looks while the picture changes: the tracker follows 12 pictures a second, and bounces are
noticed. While it does not change, looks stay this far behind the glances: the picture just before a movement
shows how quickly it began."""
CHANGED_PARTS, CHANGED_BY, CHANGED_LEAST = 5, 0.45, 3.0
"""A picture has changed when at least this number of its parts differ from an earlier one by more than this
share of their contrast and this much of 255. In holds it is half of that share, in entries twice as much."""
CHANGES_FOR_S = 0.3
"""How long a change goes on after the last sign of it: movements slow down before they end."""
DOUBT, DOUBTED = 0.05, 2
"""Share of the body's size, and a number of landmarks: where this number stray further while the picture does
not change, they are in doubt. The share is three times what the detector does on a still body that it sees
well. The body's size is the largest so far: a body that is bent together looks small."""
DOUBTED_FOR_S = 1.0
"""How long every picture is looked at after a doubt."""
HARD_S, HARD_SHARE, HARD_OF_ALL = 4.0, 0.4, 0.1
"""A body is hard to see when the time in doubt reaches these seconds, this share of the time so far, and this
share of the whole recording. On clips with such a body the share is 37 to 75 %, on others less than 16 %."""
MOVING_PER_S, MOVING_FOR_S = 0.15, 0.6
"""Speed in body sizes a second from which somebody moves, slower than a head turns, and how long every picture
is looked at then. Where the picture does not change with it, it is the landmarks' jitter."""
LOST_PER_S, LOST = 1.5, 2
"""Speed in body sizes a second, and a number of landmarks: where this number move faster, the tracker may lose
the body between looks; then every picture is looked at for a while, whatever is held."""
BOX_MARGIN = 0.1
"""How far around the landmarks, as a share of their extent, changes of the picture are looked for."""
Detect = Callable[[Picture], Detection | None]
"""Looks at a picture; None for one that is too damaged."""
MANY_FPS, LEAST_APART_S = 47.0, 0.025
"""Of recordings with so many pictures a second those that are nearer to the one before are passed over, unless
every picture is asked for: of 60 a second every other one. The last one is kept, and of fewer a second all."""
AHEAD = 3
"""Number of pictures that are decoded ahead; each of 1920 x 1080 takes 3 MB."""


@dataclass(frozen=True, eq=False)
class Sampled:
    """A picture that was looked at: its detection and its glance, without the megabytes of the picture."""

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
        """The part of the glance in which the person is."""
        return self.glance[self.where]

    @cached_property
    def contrast(self) -> float:
        """How much one of its pixels must differ to have changed, of 255."""
        return max(CHANGED_LEAST, CHANGED_BY * float(self.around.std()))


@dataclass(frozen=True)
class Restart:
    """Comes in place of a detection where the recording should be looked at from the beginning again.

    Attributes:
        portrait: A picture of somebody that was taken for the person; None where the body is so hard to see
            that every picture should be looked at.
    """

    portrait: Landmarks | None = None


class Sampler(Protocol):
    """Looks at some pictures of a recording, in order of time."""

    @property
    def reached_s(self) -> float:
        """The time of the recording up to which it is done."""

    def next(self, attention: Attention, /) -> Detection | Restart | None:
        """Look at the next picture; None at the end.

        ``attention`` says what matters in the next pictures, by the detections so far.
        """


class EveryPicture:
    """Looks at every picture; a `Sampler`."""

    def __init__(self, pictures: Iterable[Picture], detect: Detect) -> None:
        self._pictures, self._detect = iter(pictures), detect
        self._repeats = Repeats()
        self.reached_s = 0.0

    def next(self, _attention: Attention) -> Detection | None:
        """Look at the next picture that is not damaged."""
        for picture in self._pictures:
            detection = self._detect(picture)
            if detection is not None:
                self._repeats.push(picture.time_s, picture.glance)
                self.reached_s = picture.time_s
                return _marked(detection, picture, self._repeats)
        return None


class SparseSampler:
    """Looks at pictures that may show something new, and at the first and the last; a `Sampler`.

    When a change begins, pictures since the last look are looked at as well: it may have begun there.

    Args:
        pictures: The pictures, in order of time.
        detect: Looks at a picture.
        length_s: The time that all pictures span.
        size_px: Size of the body if known, else 0; at the beginning it may be bent together.
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
            detection = _marked(detection, picture, self._schedule.repeats)
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
            # A picture takes megabytes; only those that may still be due are kept.
            spread = _spread(self._passed[:-2], CHANGING_S, self._schedule.last_s)
            self._passed = [*spread, *self._passed[-2:]]


class _Schedule:
    """Decides which pictures to look at.

    Attributes:
        last: The last picture that was looked at; None before the first.
        is_given_up: Whether the body is so hard to see that every picture should be looked at.
        repeats: Follows since when the picture has been the same.
    """

    def __init__(self, length_s: float, size_px: float) -> None:
        self.last: Sampled | None = None
        self.repeats = Repeats()
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
        """The pictures to look at of those since the last look, the newest last."""
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
            yield from _spread(passed, CHANGING_S, last.detection.time_s)
        elif is_due:
            yield from _in_time(earlier, last.detection.time_s)

    def _glance(self, now: Picture) -> None:
        """See whether the picture changes; not called for each, which may not even be decoded yet."""
        self._glanced_s = now.time_s
        self.repeats.push(now.time_s, now.glance)
        self._has_changed = has_changed(self._some_time_before(now), now)
        if self._has_changed:
            self._changing_until_s = now.time_s + CHANGES_FOR_S

    @property
    def last_s(self) -> float:
        """The time of the last look; minus infinity before the first."""
        return self.last.detection.time_s if self.last else -math.inf

    def push(self, now: Sampled, attention: Attention) -> None:
        """Take a picture that was looked at."""
        last, self.last = self.last, now
        self._recent.append(now)
        if last is None:
            self._begins_s = now.detection.time_s
            self.repeats.push(now.detection.time_s, now.glance)
            return
        self._size_px = max(self._size_px, size_px(now.detection.marks))
        time_s = now.detection.time_s
        strayed = strays_px(last.detection.marks, now.detection.marks) / self._size_px
        if not self._has_changed and np.count_nonzero(strayed > DOUBT) >= DOUBTED:
            self._doubt(time_s)
        elif self._is_moving(strayed, time_s - last.detection.time_s, attention):
            self._all_until_s = max(self._all_until_s, time_s + MOVING_FOR_S)

    def _doubt(self, time_s: float) -> None:
        """Have every picture looked at for a while; give up where the body is hard to see."""
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
        """The picture looked at `CHANGING_S` before: pictures in a row differ little, even in movements."""
        recent = self._recent
        while len(recent) > 1 and now.time_s - recent[1].detection.time_s >= CHANGING_S - INSTANT_S:
            recent.popleft()
        return recent[0]


def _marked(detection: Detection, picture: Picture, repeats: Repeats) -> Detection:
    """The detection with the time since which its picture has come, and with its backdrop."""
    backdrop = backdrop_of(picture.glance)
    return replace(detection, repeat=repeats.of(picture.time_s), backdrop=backdrop)


def _spread(
    pictures: Iterable[Picture],
    apart_s: float,
    last_s: float = -math.inf,
    *,
    with_last: bool = False,
) -> Iterator[Picture]:
    """The pictures that are so far apart, and the last one if that is asked for."""
    passed = None
    for picture in pictures:
        passed = picture
        if picture.time_s - last_s >= apart_s - INSTANT_S:
            passed, last_s = None, picture.time_s
            yield picture
    if with_last and passed is not None:
        yield passed


def _in_time(pictures: list[Picture], last_s: float) -> Iterator[Picture]:
    """The newest picture, and earlier ones where the clock could not bridge the gap without them."""
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
    """How far each landmark that is visible both times has moved, in pixels.

    All are infinite where the person was there only once; none with nobody in view both times.
    """
    if before is None or now is None:
        return np.full(0 if before is now else len(CORE), math.inf)
    is_visible = (before.visibility[CORE] >= VISIBLE) & (now.visibility[CORE] >= VISIBLE)
    strayed_px: Floats = np.linalg.norm(now.xy_px[CORE] - before.xy_px[CORE], axis=1)[is_visible]
    return strayed_px


@contextmanager
def open_sampler(
    reader: VideoReader,
    landmarker: Landmarker,
    part: Part,
    *,
    every_frame: bool,
    least_apart_s: float = LEAST_APART_S,
    size_px: float = 0.0,
    careful_models: Sequence[str] = (),
    is_careful_beside: bool = False,
) -> Iterator[Sampler]:
    """Open the sampler of a part of a recording; it searches for other people too.

    Args:
        reader: Reads the recording.
        landmarker: Looks at its pictures.
        part: The part of the recording.
        every_frame: Whether to look at every picture, not only where it matters.
        least_apart_s: Of very many pictures a second those that are nearer to the one before are passed over.
        size_px: As that of `SparseSampler`.
        careful_models: Models of a careful look, see `detection.look`. It takes long: a dozen looks a second
            then stand for every picture.
        is_careful_beside: Whether the careful look comes beside the usual one.
    """
    is_single = reader.source.frames == 1
    if is_single and is_careful_beside:
        careful_models = ()  # nothing is held in it, and the model takes seconds to load
    end_s = reader.source.duration_s if part.end_s is None else part.end_s
    detect = partial(
        _detect,
        landmarker,
        BystanderSearch(landmarker),
        is_single=is_single,
        careful_models=careful_models,
        is_careful_beside=is_careful_beside,
    )
    pictures = reader.pictures(part.start_s, part.end_s)
    if every_frame and careful_models and not is_careful_beside:
        pictures = _spread(pictures, CHANGING_S)
    elif reader.source.fps >= MANY_FPS:
        pictures = _spread(pictures, least_apart_s, with_last=True)
    with ReadAhead(pictures, AHEAD) as ahead:
        if every_frame:
            yield EveryPicture(ahead, detect)
        else:
            yield SparseSampler(ahead, detect, end_s - part.start_s, size_px)


def _detect(
    landmarker: Landmarker,
    bystanders: BystanderSearch,
    picture: Picture,
    *,
    is_single: bool,
    careful_models: Sequence[str],
    is_careful_beside: bool,
) -> Detection | None:
    """Look at a picture, and harder at a recording's single one; None for a damaged picture."""
    frame = picture.frame()
    if frame is None:
        return None
    marks = look(landmarker, frame, careful_models, is_beside=is_careful_beside)
    if marks is None and is_single:
        marks = landmarker.search(frame)
    return Detection(picture.time_s, marks, bystanders.search(frame, marks))
