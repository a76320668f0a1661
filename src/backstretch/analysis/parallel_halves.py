"""Halves: a long recording is looked at from its beginning and from its middle at the same time.

The model uses one core. The first half goes on into the second, until both trackers have found the body in the
same place `AGREED_LOOKS` times in a row; from there on the detections of the second half are used. So a hold
across the middle has no seam, and where the trackers never agree, the recording is as if it had been looked at
in one go. The detections are the same whether the halves are looked at together or one after the other.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace

import numpy as np

from backstretch.analysis.sampling import DOUBT, Restart, Sampler, open_sampler, strays_px
from backstretch.judging.collector import Attention, ResultCollector
from backstretch.judging.request import Part, Request
from backstretch.kinematics.landmarks import Landmarks, size_px
from backstretch.kinematics.neutral_finder import CORE
from backstretch.vision.detection import Detection, Landmarker, VideoLandmarker
from backstretch.vision.pictures import ReadAhead
from backstretch.vision.video_reader import VideoReader

SHORTEST_S = 20.0
"""Shorter recordings are looked at in one go: a second landmarker takes half a second to begin."""
AGREED_LOOKS = 5
"""Looks in a row that must agree: 0.3 to 2 s; a tracker that has just begun takes one or two to settle."""
AGREED_WITHIN_M = 0.1
"""Median distance of agreeing landmarks at the most: half of a pelvis. Swapped left and right sides are further
apart in metres, even where they are not in the picture."""


@contextmanager
def open_halves(
    reader: VideoReader,
    landmarker: VideoLandmarker,
    request: Request,
    middle_s: float,
    *,
    report: Callable[[float], None],
    at_once: bool,
) -> Iterator[Sampler]:
    """Open the sampler of both halves of a recording.

    Args:
        reader: Reads the first half; it gives another reader for the second.
        landmarker: Looks at the first half; it gives another landmarker for the second.
        request: The request of the analysis.
        middle_s: Where the second half begins.
        report: Called with the time in seconds that is reached, while only the second half is looked at.
        at_once: Whether both are looked at at the same time; the detections are the same without.
    """
    with (
        ExitStack() as stack,
        _open_sampler(reader, landmarker, request, request.part) as first,
    ):

        def begin(size_px: float) -> SecondHalf:
            half = SecondHalf(reader, landmarker, request, middle_s, size_px)
            if at_once:
                half.detections = iter(stack.enter_context(ReadAhead(half.detections, 0)))
            else:
                half.look_now(report)
            return half

        yield HalvesSampler(first, begin, middle_s)


def _open_sampler(
    reader: VideoReader,
    landmarker: Landmarker,
    request: Request,
    part: Part,
    size_px: float = 0.0,
) -> AbstractContextManager[Sampler]:
    """Open the sampler of one half; the arguments are those of `open_sampler`."""
    return open_sampler(
        reader,
        landmarker,
        part,
        every_frame=False,
        size_px=size_px,
        careful_models=request.assignment.careful_look,
        is_careful_beside=request.assignment.is_careful_beside,
    )


class SecondHalf:
    """The second half of a recording.

    Args:
        reader: The first half's; it gives another reader for this half.
        landmarker: The first half's; it gives another landmarker for this half.
        request: The request of the analysis.
        from_s: Where the half begins.
        size_px: Size of the body at the beginning of the first half.

    Attributes:
        detections: Those of this half; a `Restart` comes last.
        done_s: Seconds of it that have been looked at.
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

    def look_now(self, report: Callable[[float], None]) -> None:
        """Look at all of it, and report the time that is reached."""
        items: list[Detection | Restart] = []
        for item in self.detections:
            if isinstance(item, Restart):
                items = []  # the detections before it are of no use
            items.append(item)
            report(self._request.part.start_s + self.done_s)
        self.detections = iter(items)

    def _look(self) -> Iterator[Detection | Restart]:
        """Look at it; it is also judged apart from the first half, since that guides the sampling."""
        collector = ResultCollector.of_recording(self._request)
        with (
            self._reader as reader,
            self._landmarker.another() as landmarker,
            _open_sampler(reader, landmarker, self._request, self._part, self._size_px) as sampler,
        ):
            while isinstance(
                item := sampler.next(_without_neutral(collector.attention)), Detection
            ):
                collector.push([(item.time_s, item.marks)])
                self.done_s = item.time_s - self._part.start_s
                yield item
            if item is not None:
                yield item


def _without_neutral(attention: Attention) -> Attention:
    """The attention in the second half: it seeks no neutral, since the half may begin amidst a hold.

    The neutral of the first half is used.
    """
    return replace(attention, seeks_neutral=False)


def middle_of(reader: VideoReader, part: Part) -> float | None:
    """Where the second half of a part begins; None where it is looked at in one go."""
    end_s = part.end_in(reader.source.duration_s)
    if not reader.can_seek or end_s - part.start_s < SHORTEST_S:
        return None
    return (part.start_s + end_s) / 2.0


class HalvesSampler:
    """Gives the first half's detections until the second half agrees, then the second's; a `Sampler`.

    Args:
        first: Looks from the beginning on, to the end of the recording if the halves never agree.
        begin: Begins the second half; called with the size of the body in pixels, once that is known.
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
        """The first half's time, plus the seconds of the second half that are done already."""
        done_s = self._second.done_s if self._second else 0.0
        return min(self._time_s, self._middle_s) + done_s

    def next(self, attention: Attention) -> Detection | Restart | None:
        """Give the next detection of the half that is used now; a `Restart` of either half."""
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
        """Give the second half's next detection, and fetch the one after it."""
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
