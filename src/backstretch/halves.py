"""Halves: a long recording is looked at from its beginning and from its middle at the same time.

The model uses one core. The first half is looked at on into the second, until for a while both trackers have
found the body in the same place; from there on the second one's looks stand. So a hold across the middle has
no seam, and where the trackers never agree, the recording is as if it had been looked at in one go. The same
looks come of it whether the halves are looked at side by side or one after the other.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain

import numpy as np

from backstretch.ahead import Ahead
from backstretch.judge import Judge
from backstretch.landmarker import VideoLandmarker
from backstretch.landmarks import Landmarks, size_px
from backstretch.looker import looks
from backstretch.looking import DOUBT, Seen, strays_px
from backstretch.neutral import CORE
from backstretch.outputs import Progress
from backstretch.result import Wanted
from backstretch.video import VideoReader

SHORTEST_S = 20.0
"""What is shorter is looked at in one go: another landmarker takes half a second to begin."""
AGREED_LOOKS = 5
"""So many looks in a row must agree: 0.3 to 2 s; a tracker that has just begun takes one or two to settle."""
AGREED_WITHIN_M = 0.1
"""Half of a pelvis. Left and right taken for each other are further apart; the picture may not show it."""


class _Later(Judge):
    """The judge of a later part: the neutral is that of the beginning, and not sought for."""

    def seeks_neutral(self) -> bool:
        """Never: it may begin amidst a hold, which cannot be told without a neutral."""
        return False


class SecondHalf:
    """The second half of a recording.

    Args:
        reader: Reads the recording; another one for this half is taken from it.
        landmarker: Another one like it looks at this half.
        wanted: What was asked.
        from_s: Where it begins.
        size_px: How large the body is at the beginning of the first.

    Attributes:
        done_s: How many seconds of it have been looked at.
    """

    def __init__(
        self,
        reader: VideoReader,
        landmarker: VideoLandmarker,
        wanted: Wanted,
        from_s: float,
        size_px: float,
    ) -> None:
        self._reader = reader.again(from_s)
        self._landmarker = landmarker
        self._wanted = replace(wanted, start_s=from_s)
        self._begins_s = wanted.start_s
        self._size_px = size_px
        self.done_s = 0.0

    @contextmanager
    def begun(self, progress: Progress, *, at_once: bool) -> Iterator[Iterable[Seen]]:
        """Look at it in a thread, ``at_once`` with the first half; else now, and tell how far that is."""
        if at_once:
            with Ahead(self._seen(), 0) as ahead:
                yield ahead
            return
        seen = []
        for each in self._seen():
            seen.append(each)
            progress(self._begins_s + self.done_s)
        yield seen

    def _seen(self) -> Iterator[Seen]:
        """Look at it, with a judge of its own to tell what matters."""
        judge = _Later(self._wanted, lambda _: None)
        with self._reader as reader, self._landmarker.another() as landmarker:
            for each in looks(reader, landmarker, self._wanted, judge, self._size_px):
                judge.push(each.time_s, each.marks)
                self.done_s = each.time_s - self._wanted.start_s
                yield each


def middle_of(reader: VideoReader, wanted: Wanted) -> float | None:
    """Where the second half of what is wanted begins; None where it is looked at in one go."""
    end_s = reader.source.duration_s
    if wanted.end_s is not None:
        end_s = min(end_s, wanted.end_s)
    if wanted.every_frame or not reader.has_clock or end_s - wanted.start_s < SHORTEST_S:
        return None
    return (wanted.start_s + end_s) / 2.0


def joined(first: Iterable[Seen], second: Iterable[Seen], middle_s: float) -> Iterator[Seen]:
    """Give the looks of the first half up to where the second one agrees, then those of the second.

    Args:
        first: Looks from the beginning on, to the very end if they are wanted.
        second: Looks from ``middle_s`` on.
        middle_s: Where the second half begins.
    """
    others = iter(second)
    before, after = None, next(others, None)
    agreed = 0
    for now in first:
        yield now
        if now.time_s < middle_s:
            continue
        while after is not None and after.time_s <= now.time_s:
            before, after = after, next(others, None)
        near = [each for each in (before, after) if each is not None]
        nearest = min(near, key=lambda each: abs(each.time_s - now.time_s), default=None)
        agreed = agreed + 1 if nearest is not None and agree(now.marks, nearest.marks) else 0
        if agreed >= AGREED_LOOKS and after is not None:
            yield from chain((after,), others)
            return


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
