"""Portraits: pictures of people, on a chart or a screen, which must not be taken for the person.

What never moves while somebody else in the same picture does is a portrait. It is not told by what it looks
like: who holds still without anybody else in view is a person.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from backstretch.errors import Notice, NoticeKind
from backstretch.frame import Frame
from backstretch.kinematics.landmarks import Floats, Landmarks
from backstretch.kinematics.measures import VISIBLE
from backstretch.vision.detection import JUMP_WITHIN_S, Detection, VideoLandmarker
from backstretch.vision.pictures import painted_over
from backstretch.vision.tracking import has_jumped

NEVER_MOVES_S, STOOD_BESIDE_S = 6.0, 2.0
"""How long something must be followed without a movement to be a portrait; and how long where it stood beside
somebody who was followed before."""
WINDOW_S = 1.0
"""The median of the looks in this time is without their jitter. In the first, the tracker settles."""
MOST = 75.0
"""Percentage of the visible landmarks that must lie still: a stretch of the neck moves a third of all."""
STILL_WITHIN = 0.035
"""How far they stray from where they were, as a share of the body's size: less on charts, be the picture noisy,
and more on people who hold still (6 % and more in 48 of 50 recordings)."""
MOVED_BY = 0.2
"""The same from which somebody has surely moved. Looks without a past differ by less on the same body."""
PLACES = 16
"""How many sightings of others are remembered."""


class PortraitWatch:
    """Tells portraits that are followed from people, by what is found in pictures in order of time."""

    def __init__(self) -> None:
        self._followed: _Followed | None = None
        self._beside_person: deque[Landmarks] = deque(maxlen=PLACES)

    @property
    def is_person(self) -> bool:
        """Whether what is followed has moved, and thus is no portrait for sure."""
        return self._followed is not None and self._followed.has_moved

    def push(self, detection: Detection) -> Landmarks | None:
        """Take the next picture; return what is followed there if it turns out to be a portrait."""
        if detection.marks is None:
            return None
        if self._followed is None or self._followed.is_over(detection.time_s, detection.marks):
            self._followed = _Followed(detection.time_s, detection.marks)
        followed = self._followed
        followed.push(detection.time_s, detection.marks)
        followed.others.extend(detection.others or ())
        if followed.has_moved:
            self._beside_person.extend(followed.others)
            followed.others.clear()
            return None
        is_portrait = followed.is_still_for(NEVER_MOVES_S) and followed.does_other_move
        if not is_portrait and followed.is_still_for(STOOD_BESIDE_S):
            is_portrait = any(_is_same(other, detection.marks) for other in self._beside_person)
        return detection.marks if is_portrait else None


def portrait_notice(until_s: float | None = None) -> Notice:
    """The notice that there is a portrait, which was judged before ``until_s``; None if it never was."""
    return Notice(NoticeKind.PORTRAIT, {} if until_s is None else {"until_s": until_s})


def portrait_until_s(notices: Iterable[Notice]) -> float | None:
    """The time before which a portrait was judged, by the notices of a recording; None where none was."""
    times_s = (each.figures.get("until_s") for each in notices if each.kind is NoticeKind.PORTRAIT)
    return next((float(str(time_s)) for time_s in times_s if time_s is not None), None)


def _apart(one_px: Floats, other_px: Floats) -> float:
    """How far `MOST` of the same landmarks of two bodies, (N, 2), lie apart, as a share of the bodies' size."""
    apart_px = np.linalg.norm(one_px - other_px, axis=1)
    sizes_px = [float(np.linalg.norm(each.std(axis=0))) for each in (one_px, other_px)]
    return float(np.percentile(apart_px, MOST)) / max(*sizes_px, 1.0)


def _is_same(one: Landmarks, other: Landmarks) -> bool:
    is_visible = (one.visibility >= VISIBLE) & (other.visibility >= VISIBLE)
    if not is_visible.any():
        return False
    return _apart(one.xy_px[is_visible], other.xy_px[is_visible]) < MOVED_BY


class _Followed:
    """A body that is followed without a jump.

    Attributes:
        others: Who was seen beside it, in order of time.
        strayed: How far it has strayed so far, as a share of its size.
    """

    def __init__(self, time_s: float, marks: Landmarks) -> None:
        self.others: deque[Landmarks] = deque(maxlen=PLACES)
        self.strayed = 0.0
        self._first_s = self._last_s = self._window_s = time_s
        self._last = marks
        self._is_visible = marks.visibility >= VISIBLE
        self._window: list[Floats] = []
        self._settled: Floats | None = None

    def is_over(self, time_s: float, marks: Landmarks) -> bool:
        """Whether what is found now may be another body."""
        return time_s - self._last_s > JUMP_WITHIN_S or has_jumped(self._last, marks)

    def push(self, time_s: float, marks: Landmarks) -> None:
        """Take where it is in the next picture."""
        self._last_s, self._last = time_s, marks
        if time_s - self._window_s >= WINDOW_S:
            self._end_window()
            self._window_s = time_s
        self._window.append(marks.xy_px)

    def _end_window(self) -> None:
        """See how far it has strayed since the first window after the tracker had settled."""
        place, self._window = np.median(self._window, axis=0), []
        if self._window_s > self._first_s:
            self._settled = place if self._settled is None else self._settled
            visible = np.flatnonzero(self._is_visible)
            self.strayed = max(self.strayed, _apart(self._settled[visible], place[visible]))

    @property
    def has_moved(self) -> bool:
        """Whether it is surely a person."""
        return self.strayed >= MOVED_BY

    def is_still_for(self, seconds: float) -> bool:
        """Whether it has been followed for this long, after it had settled, and has never moved."""
        is_long = self._window_s - self._first_s - WINDOW_S >= seconds
        return is_long and self.strayed <= STILL_WITHIN

    @property
    def does_other_move(self) -> bool:
        """Whether somebody beside it has moved."""
        return any(not _is_same(self.others[0], other) for other in self.others)


class WithoutPortraits:
    """A landmarker that takes known portraits for nobody; a `VideoLandmarker`.

    While nobody is followed, portraits are painted over, so that somebody else is found. Pictures in which
    somebody is followed are left as they are: the person may stand before the portrait.

    Args:
        landmarker: Finds people, and portraits.
        portraits: The known portraits; more can be added.
    """

    def __init__(self, landmarker: VideoLandmarker, portraits: Sequence[Landmarks] = ()) -> None:
        self._landmarker = landmarker
        self._portraits = list(portraits)
        self._is_following = False

    def add(self, portrait: Landmarks) -> None:
        """Take this for nobody from now on."""
        self._portraits.append(portrait)

    def look(self, frame: Frame) -> Landmarks | None:
        """As `Landmarker.look`."""
        return self._beside_portraits(frame, self._landmarker.look)

    def look_carefully(self, frame: Frame, models: Sequence[str]) -> Landmarks | None:
        """As `Landmarker.look_carefully`."""
        return self._beside_portraits(
            frame, lambda each: self._landmarker.look_carefully(each, models)
        )

    def look_beside(self, frame: Frame, models: Sequence[str]) -> Landmarks | None:
        """As `Landmarker.look_beside`."""
        return self._beside_portraits(
            frame, lambda each: self._landmarker.look_beside(each, models)
        )

    def find_another(self, frame: Frame, marks: Landmarks) -> Landmarks | None:
        """As `Landmarker.find_another`."""
        return self._person(self._landmarker.find_another(self._painted(frame), marks))

    def search(self, frame: Frame) -> Landmarks | None:
        """As `Landmarker.search`."""
        return self._person(self._landmarker.search(self._painted(frame)))

    def restart(self) -> None:
        """As `Landmarker.restart`."""
        self._is_following = False
        self._landmarker.restart()

    @contextmanager
    def another(self, *, instead: bool = False) -> Iterator["WithoutPortraits"]:
        """As `VideoLandmarker.another`; with the same portraits."""
        with self._landmarker.another(instead=instead) as landmarker:
            yield WithoutPortraits(landmarker, self._portraits)

    def _beside_portraits(
        self, frame: Frame, look: Callable[[Frame], Landmarks | None]
    ) -> Landmarks | None:
        marks = look(frame if self._is_following else self._painted(frame))
        person = self._person(marks)
        if marks is not None and person is None:
            self._landmarker.restart()
            person = self._person(look(self._painted(frame)))
        self._is_following = person is not None
        return person

    def _person(self, marks: Landmarks | None) -> Landmarks | None:
        """What was found; None if it is a known portrait."""
        if marks is None or any(_is_same(each, marks) for each in self._portraits):
            return None
        return marks

    def _painted(self, frame: Frame) -> Frame:
        """The picture with the portraits painted over."""
        image = frame.image
        for portrait in self._portraits:
            image = painted_over(image, portrait)
        return Frame(frame.index, frame.time_s, image)
