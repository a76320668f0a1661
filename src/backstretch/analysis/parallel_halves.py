"""Halves: a long recording is looked at from its beginning and from its middle at the same time.

The model uses one core. The first half is looked at on into the second, until for a while both trackers have
found the body in the same place; from there on the second one's looks stand. So a hold across the middle has
no seam, and where the trackers never agree, the recording is as if it had been looked at in one go. The same
looks come of it whether the halves are looked at side by side or one after the other.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import numpy as np

from backstretch.analysis.sampling import DOUBT, Restart, Sampler, open_sampler, strays_px
from backstretch.judging.collector import Attention, ResultCollector
from backstretch.judging.request import Part, Request
from backstretch.kinematics.landmarks import Landmarks, size_px
from backstretch.kinematics.neutral import CORE
from backstretch.vision.detection import Detection, VideoLandmarker
from backstretch.vision.pictures import ReadAhead
from backstretch.vision.video_reader import VideoReader

SHORTEST_S = 20.0
"""What is shorter is looked at in one go: another landmarker takes half a second to begin."""
AGREED_LOOKS = 5
"""So many looks in a row must agree: 0.3 to 2 s; a tracker that has just begun takes one or two to settle."""
AGREED_WITHIN_M = 0.1
"""Half of a pelvis. Left and right taken for each other are further apart; the picture may not show it."""


@contextmanager
def open_halves(
    reader: VideoReader,
    landmarker: VideoLandmarker,
    request: Request,
    middle_s: float,
    *,
    on_reached: Callable[[float], None],
    at_once: bool,
) -> Iterator[Sampler]:
    """Begin to look at both halves of a recording.

    Args:
        reader: Reads the recording; another one for the second half is taken from it.
        landmarker: Looks at the first half; another one like it at the second.
        request: What was asked.
        middle_s: Where the second half begins.
        on_reached: Is told the time that was reached while only the second half is looked at.
        at_once: Whether both are looked at at the same time; the detections are the same without.
    """
    with (
        ExitStack() as stack,
        open_sampler(reader, landmarker, request.part, every_frame=False) as first,
    ):

        def begin(size_px: float) -> SecondHalf:
            half = SecondHalf(reader, landmarker, request, middle_s, size_px)
            if at_once:
                half.detections = iter(stack.enter_context(ReadAhead(half.detections, 0)))
            else:
                half.look_now(on_reached)
            return half

        yield HalvesSampler(first, begin, middle_s)


class SecondHalf:
    """The second half of a recording.

    Args:
        reader: Reads the recording; another one for this half is taken from it.
        landmarker: Another one like it looks at this half.
        request: What was asked.
        from_s: Where it begins.
        size_px: How large the body is at the beginning of the first.

    Attributes:
        detections: What is found in it; a `Restart` comes last.
        done_s: How many seconds of it have been looked at.
    """

    def __init__(
        self,
        reader: VideoReader,
        landmarker: VideoLandmarker,
        request: Request,
        from_s: float,
        size_px: float,
    ) -> None:
        self._reader = reader.reader_from(from_s)
        self._landmarker = landmarker
        self._request = request
        self._part = replace(request.part, start_s=from_s)
        self._size_px = size_px
        self.detections: Iterator[Detection | Restart] = self._look()
        self.done_s = 0.0

    def look_now(self, on_reached: Callable[[float], None]) -> None:
        """Look at all of it, and tell how far that is."""
        items: list[Detection | Restart] = []
        for item in self.detections:
            if isinstance(item, Restart):
                items = []  # what was found before it is of no use
            items.append(item)
            on_reached(self._request.part.start_s + self.done_s)
        self.detections = iter(items)

    def _look(self) -> Iterator[Detection | Restart]:
        """Look at it, and judge it apart from the first half, to know what matters."""
        collector = ResultCollector.of_recording(self._request)
        with (
            self._reader as reader,
            self._landmarker.another() as landmarker,
            open_sampler(
                reader, landmarker, self._part, every_frame=False, size_px=self._size_px
            ) as sampler,
        ):
            while isinstance(item := sampler.next(_later(collector.attention)), Detection):
                collector.push([(item.time_s, item.marks)])
                self.done_s = item.time_s - self._part.start_s
                yield item
            if item is not None:
                yield item


def _later(attention: Attention) -> Attention:
    """That of a later part, in which no neutral is sought: it may begin amidst a hold.

    A hold cannot be told without a neutral; that of the beginning is used.
    """
    return replace(attention, seeks_neutral=False)


def middle_of(reader: VideoReader, part: Part) -> float | None:
    """Where the second half of a part begins; None where it is looked at in one go."""
    end_s = part.end_in(reader.source.duration_s)
    if not reader.has_clock or end_s - part.start_s < SHORTEST_S:
        return None
    return (part.start_s + end_s) / 2.0


class HalvesSampler:
    """Gives the detections of the first half up to where the second one agrees, then its; a `Sampler`.

    Args:
        first: Looks from the beginning on, to the very end if need be.
        begin: Begins with the second half, once it is known how large the body is, in pixels.
        middle_s: Where the second half begins.
    """

    def __init__(
        self, first: Sampler, begin: Callable[[float], SecondHalf], middle_s: float
    ) -> None:
        self._first, self._begin, self._middle_s = first, begin, middle_s
        self._second: SecondHalf | None = None
        self._before: Detection | None = None
        self._after: Detection | Restart | None = None
        self._agreed = 0
        self._is_second = False
        self._time_s = 0.0

    @property
    def reached_s(self) -> float:
        """The time up to which both halves are done, as if the second one followed the first."""
        done_s = self._second.done_s if self._second else 0.0
        return min(self._time_s, self._middle_s) + done_s

    def next(self, attention: Attention) -> Detection | Restart | None:
        """Give the next detection of the half that stands; a `Restart` of either."""
        item = self._take_after() if self._is_second else self._first_next(attention)
        if isinstance(item, Detection):
            self._time_s = item.time_s
        return item

    def _first_next(self, attention: Attention) -> Detection | Restart | None:
        now = self._first.next(attention)
        if not isinstance(now, Detection):
            return now
        if self._second is None:
            self._second = self._begin(size_px(now.marks))
            self._take_after()
        if now.time_s >= self._middle_s:
            self._compare(now)
        return self._after if isinstance(self._after, Restart) else now

    def _compare(self, now: Detection) -> None:
        """Count how often in a row the nearest detection of the second half agrees."""
        while isinstance(self._after, Detection) and self._after.time_s <= now.time_s:
            self._before = self._after
            self._take_after()
        both = [each for each in (self._before, self._after) if isinstance(each, Detection)]
        nearest = min(both, key=lambda each: abs(each.time_s - now.time_s), default=None)
        does_agree = nearest is not None and agree(now.marks, nearest.marks)
        self._agreed = self._agreed + 1 if does_agree else 0
        self._is_second = self._agreed >= AGREED_LOOKS and self._after is not None

    def _take_after(self) -> Detection | Restart | None:
        """Give the detection of the second half that comes next, and get the one after it."""
        assert self._second is not None
        after, self._after = self._after, next(self._second.detections, None)
        return after


def agree(one: Landmarks | None, other: Landmarks | None) -> bool:
    """Whether two trackers have found the same body in the same place, or both nobody."""
    if one is None or other is None:
        return one is other
    strayed_px = strays_px(one, other)
    strayed_m = np.linalg.norm(one.world_m[CORE] - other.world_m[CORE], axis=1)
    return (
        len(strayed_px) > 0
        and float(np.median(strayed_px)) <= DOUBT * max(size_px(one), size_px(other))
        and float(np.median(strayed_m)) <= AGREED_WITHIN_M
    )
