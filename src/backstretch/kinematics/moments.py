"""Measured moments: landmarks are steadied and measured once, and may then be judged more than once."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backstretch.kinematics.filtering import LONGEST_HALF_S, Moment, Smoother, SwapVeto
from backstretch.kinematics.landmarks import NAMES, Floats, Landmarks
from backstretch.kinematics.measures import Body, measure_body, seen_landmarks


@dataclass(frozen=True, eq=False, slots=True)
class MeasuredMoment:
    """One moment with its measures, before they are related to a neutral.

    Attributes:
        time_s: The frame's own time.
        marks: Steadied landmarks; None with nobody in view.
        body: Measures of some moments; None with nobody in view.
        row: Where this moment stands among them.
        unseen: Names of the landmarks that are not seen; empty with nobody in view.
        still_since_s: The time since which the picture has stood still; None for a new picture.
        has_moved: Whether the camera has moved by then, so that relative measures need a new neutral.
        careful: The same moment as a careful look beside the usual one reads it; None without such looks.
    """

    time_s: float
    marks: Landmarks | None
    body: Body | None = None
    row: int = 0
    unseen: frozenset[str] = frozenset()
    still_since_s: float | None = None
    has_moved: bool = False
    careful: "MeasuredMoment | None" = None

    @property
    def lengths(self) -> Floats | None:
        """(6,) reference lengths; None with nobody in view."""
        return None if self.body is None else self.body.lengths[self.row]


class Measurer:
    """Steadies landmarks that come in order of time, and measures them.

    Args:
        steady: Whether to remove jitter and undo swaps; off for landmarks without noise.
    """

    def __init__(self, *, steady: bool = True) -> None:
        self._usual, self._careful = _Steadier(steady=steady), _CarefulSteadier(steady=steady)
        self._still_since_s: dict[float, float] = {}
        self._moved_s: set[float] = set()

    def mark_still(self, time_s: float, since_s: float | None) -> None:
        """Note, before a moment is pushed, that its picture repeats that of ``since_s``; None for a new one."""
        if since_s is not None:
            self._still_since_s[time_s] = since_s

    def mark_moved(self, time_s: float | None) -> None:
        """Note, before a moment is pushed, that the camera has moved by then; None: it has not."""
        if time_s is not None:
            self._moved_s.add(time_s)

    def push(self, moments: Iterable[tuple[float, Landmarks | None]]) -> list[MeasuredMoment]:
        """Take moments; return those whose smoothing is complete. Many at once are measured together."""
        moments = list(moments)
        self._careful.push(moments)
        return self._marked(_measured(self._usual.push(moments)))

    def finish(self) -> list[MeasuredMoment]:
        """Return the remaining moments."""
        self._careful.finish()
        return self._marked(_measured(self._usual.finish()))

    def _marked(self, moments: list[MeasuredMoment]) -> list[MeasuredMoment]:
        """The moments with what was noted of them."""
        moments = self._careful.beside(moments)
        if not self._still_since_s and not self._moved_s:
            return moments
        return [
            replace(
                each,
                still_since_s=self._still_since_s.pop(each.time_s, None),
                has_moved=each.time_s in self._moved_s,
            )
            for each in moments
        ]


class _Steadier:
    """Removes jitter and undoes swaps in moments that come in order of time, if it is to be ``steady``."""

    def __init__(self, *, steady: bool) -> None:
        self._smoother = Smoother() if steady else None
        self._swaps = SwapVeto()

    def push(self, moments: Iterable[Moment]) -> list[Moment]:
        """Take moments; return those that are steadied."""
        if self._smoother is None:
            return list(moments)
        smooth = []
        for time_s, marks in moments:
            smooth += self._smoother.push(time_s, self._swaps.put_right(time_s, marks))
        return smooth

    def finish(self) -> list[Moment]:
        """Return the remaining moments."""
        return self._smoother.finish() if self._smoother else []


class _CarefulSteadier:
    """Steadies moments as the careful look beside the usual one reads them, from its first look to its last.

    For moments in between without such a look, and for a second after the last, the usual look stands in.
    """

    def __init__(self, *, steady: bool) -> None:
        self._is_steady = steady
        self._steadier: _Steadier | None = None
        self._before: Moment | None = None
        self._until_s = -math.inf
        self._steadied: dict[float, Landmarks | None] = {}

    def push(self, moments: Iterable[Moment]) -> None:
        """Take moments."""
        for time_s, marks in moments:
            if marks is not None and marks.careful is not None:
                self._until_s = time_s + LONGEST_HALF_S
            if time_s <= self._until_s:
                self._follow(time_s, marks)
            else:
                self.finish()
            self._before = time_s, marks

    def finish(self) -> None:
        """Steady the remaining moments."""
        if self._steadier is not None:
            self._steadied |= dict(self._steadier.finish())
            self._steadier = None

    def beside(self, moments: list[MeasuredMoment]) -> list[MeasuredMoment]:
        """The moments, with those of careful looks beside them."""
        times_s = [each.time_s for each in moments if each.time_s in self._steadied]
        if not times_s:
            return moments
        careful = _measured([(time_s, self._steadied.pop(time_s)) for time_s in times_s])
        by_time = {each.time_s: each for each in careful}
        return [replace(each, careful=by_time.get(each.time_s)) for each in moments]

    def _follow(self, time_s: float, marks: Landmarks | None) -> None:
        if self._steadier is None:
            self._steadier = _Steadier(steady=self._is_steady)
            if self._before is not None:
                self._steadier.push([self._before])  # the gap before says how far to smooth
        careful = marks.careful if marks is not None and marks.careful is not None else marks
        self._steadied |= dict(self._steadier.push([(time_s, careful)]))


def _measured(moments: list[tuple[float, Landmarks | None]]) -> list[MeasuredMoment]:
    bodies = [marks for _, marks in moments if marks is not None]
    if not bodies:
        return [MeasuredMoment(time_s, None) for time_s, _ in moments]
    body, is_seen = _measure(bodies)
    rows = iter(range(len(bodies)))
    measured = []
    for time_s, marks in moments:
        if marks is None:
            measured.append(MeasuredMoment(time_s, None))
            continue
        row = next(rows)
        unseen = frozenset(n for n, seen in zip(NAMES, is_seen[row], strict=True) if not seen)
        measured.append(MeasuredMoment(time_s, marks, body, row, unseen))
    return measured


def _measure(bodies: list[Landmarks]) -> tuple[Body, NDArray[np.bool_]]:
    xy = np.array([body.xy_px for body in bodies])
    world = np.array([body.world_m for body in bodies])
    visibility = np.array([body.visibility for body in bodies])
    is_seen = seen_landmarks(xy, world, visibility, bodies[0].image_wh)
    head_line_deg = np.array([body.head_line_deg for body in bodies])
    return measure_body(xy, world, is_seen, head_line_deg), is_seen
