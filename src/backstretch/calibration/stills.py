"""Stills: the stretches of time in which a person kept still, and what was measured there.

`StillWatch` follows the still that is going on; positions say which stills are of one position, and which of a
take is the one that is meant.
"""

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from backstretch.judging.hold_clock import INSTANT_S
from backstretch.judging.step import Step
from backstretch.kinematics.catalogue import least_half_width
from backstretch.kinematics.columns import COLUMNS, Column, relative_columns
from backstretch.kinematics.landmarks import LONGEST_GAP_S, NAMES, Floats, Landmarks
from backstretch.kinematics.measures import VISIBLE, measure_body, seen_landmarks
from backstretch.kinematics.neutral import Neutral
from backstretch.kinematics.neutral_finder import (
    CORE,
    HEAD,
    HEAD_STILL_WITHIN,
    STILL_FOR_S,
    STILL_WITHIN,
)
from backstretch.kinematics.view import View, carries

LONGEST_S = 5.0
"""At most this much of a still is measured, where it is stillest; more would take in what is around it."""
SEEN_SHARE = 0.8
"""A measure that is seen in fewer of the moments is not seen."""
TRIED_EVERY_S = 0.25
ITSELF_WITHIN_DEG = 12.0
"""What differs by less the camera cannot tell (research, section D)."""
SINKS_WITHIN = 2.0
"""How far a body may have strayed since a still began, in the same limits: settling in is no movement."""
LEAST_SEEN = 4
"""At least this many of the landmarks that are followed must be seen: a shoulder, a hip, and what moves."""
LOOK_BACK_S = 1.5
LOOK_EVERY_S = 0.25
"""Over how long stillness is judged, and how often."""
ALIKE_WITHIN = 2.0
"""Two stills are of one position where no angle differs by more than this many half-widths."""


@dataclass(frozen=True, eq=False)
class Still:
    """A stretch of time without movement.

    Attributes:
        start_s, end_s: What was measured; one time for a photograph.
        values: (M,) median of every column, NaN where it is not seen.
        spread: (M,) standard deviation of every column.
        near: The side nearer to the camera.
        neutral: What relative measures are counted from; None if there was none before.
        landmarks: Those of the moment in the middle.
        own_neutral_date: The day of the person's own neutral, where relative measures are counted from that.
    """

    start_s: float
    end_s: float
    values: Floats
    spread: Floats
    near: str
    neutral: Neutral | None
    landmarks: Landmarks
    own_neutral_date: str = ""

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end_s - self.start_s


def view_of(still: Still) -> View:
    """From where the camera saw the person: before the stretch, or else in it."""
    if still.neutral is not None:
        return still.neutral.view
    marks = still.landmarks
    xy, world, visibility = marks.xy_px[None], marks.world_m[None], marks.visibility[None]
    body = measure_body(xy, world, seen_landmarks(xy, world, visibility, marks.image_wh))
    return View.of(body.camera[0])


FOLLOWED = [*CORE, *HEAD]
_LIMITS = np.array([STILL_WITHIN] * len(CORE) + [HEAD_STILL_WITHIN] * len(HEAD))


def stills_of(steps: Sequence[Step], needed: Collection[str] = NAMES) -> list[Still]:
    """Every still of a take that lasts `STILL_FOR_S` or more, by time; a single picture is one.

    Args:
        steps: The take.
        needed: Names of the landmarks that matter; the others may move, or be guessed at.
    """
    if len(steps) == 1 and steps[0].landmarks is not None:
        return [_still(steps)]
    readings = _TakeReadings.of(steps)
    readings.places[:, [NAMES[index] not in needed for index in FOLLOWED]] = np.nan
    return [_still(steps[slice(*readings.stillest(*run))]) for run in readings.runs()]


@dataclass(frozen=True, eq=False)
class _TakeReadings:
    """Where the body was in each moment of a take.

    Attributes:
        times: (T,) seconds.
        places: (T, 15, 2) pixels of `FOLLOWED`, NaN where not seen.
        trunks: (T,) length of the trunk in pixels, before the stretch where that is known.
    """

    times: Floats
    places: Floats
    trunks: Floats

    @classmethod
    def of(cls, steps: Sequence[Step]) -> Self:
        places = np.full((len(steps), len(FOLLOWED), 2), np.nan)
        trunks = np.full(len(steps), np.nan)
        for at, step in enumerate(steps):
            marks = step.landmarks
            if marks is not None:
                places[at] = marks.xy_px[FOLLOWED]
                places[at, marks.visibility[FOLLOWED] < VISIBLE] = np.nan
                trunks[at] = _trunk_px(step, marks)
        return cls(np.array([step.time_s for step in steps]), places, trunks)

    def runs(self) -> Iterator[tuple[int, int]]:
        """Where the body keeps still: (start, stop) of each stretch of moments."""
        start, stop = 0, 0
        for end in range(1, len(self.times) + 1):
            begin = self._second_before(end - 1)
            if begin < 0 or not self._is_still(begin, end):
                continue
            if begin >= stop or not self._is_near(start, begin, end):
                yield from self._long(start, stop)
                start = max(begin, stop)
            stop = end
        yield from self._long(start, stop)

    def _second_before(self, at: int) -> int:
        """Index of the last moment that is `STILL_FOR_S` before another one, or -1."""
        from_s = self.times[at] - STILL_FOR_S + INSTANT_S
        return int(np.searchsorted(self.times, from_s, "right")) - 1

    def _long(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        if stop > start and self.times[stop - 1] - self.times[start] >= STILL_FOR_S - INSTANT_S:
            yield start, stop

    def _is_still(self, begin: int, end: int) -> bool:
        """Whether nothing that is seen strays in between, and nothing is missing."""
        places = self.places[begin:end]
        if (np.diff(self.times[begin:end]) > LONGEST_GAP_S).any():
            return False
        if np.isnan(places).all(axis=(1, 2)).any():
            return False
        movement = (places.max(axis=0) - places.min(axis=0)).max(axis=1)
        visible = ~np.isnan(movement)
        limits = _LIMITS * self._trunk(begin, end)
        return bool(visible.sum() >= LEAST_SEEN and (movement[visible] <= limits[visible]).all())

    def _is_near(self, start: int, begin: int, end: int) -> bool:
        """Whether a body is still about where it was; what is not seen is not away."""
        first, now = self.places[start : start + end - begin], self.places[begin:end]
        away = np.abs(np.median(now, axis=0) - np.median(first, axis=0)).max(axis=1)
        return not bool((away > SINKS_WITHIN * _LIMITS * self._trunk(begin, end)).any())

    def _trunk(self, begin: int, end: int) -> float:
        return float(np.nanmedian(self.trunks[begin:end]))

    def stillest(self, start: int, stop: int) -> tuple[int, int]:
        """The part of a still in which least moves, `LONGEST_S` long where there is so much."""
        times = self.times
        length_s = min(LONGEST_S, float(times[stop - 1] - times[start]))
        best, least = (start, stop), np.inf
        last_s = times[stop - 1] - length_s + INSTANT_S
        for begin_s in np.arange(times[start], last_s, TRIED_EVERY_S):
            ends = begin_s - INSTANT_S, begin_s + length_s + INSTANT_S
            begin, end = (int(at) for at in np.searchsorted(times, ends))
            strays = self.places[begin:end].std(axis=0)
            if not np.isnan(strays).all() and np.nanmean(strays) < least:
                best, least = (begin, end), float(np.nanmean(strays))
        return best


def _trunk_px(step: Step, marks: Landmarks) -> float:
    """Length of the trunk as it was before the stretch, or else as it is."""
    if step.neutral is not None and step.neutral.lengths[0] > 0.0:
        return float(step.neutral.lengths[0])
    shoulders, hips = (marks.xy_px[CORE[at : at + 2]].mean(axis=0) for at in (0, 6))
    return max(1.0, float(np.hypot(*(shoulders - hips))))


def _is_itself(neutral: Neutral | None, values: Floats) -> bool:
    """Whether a neutral that is not upright was taken from the very position that a still is of."""
    if neutral is None or neutral.upright:
        return False
    away = np.abs(values - neutral.values)[_angles()]
    return not bool((away > ITSELF_WITHIN_DEG).any())


@cache
def _angles() -> NDArray[np.bool_]:
    """(M,) which columns are angles in the picture that every view shows."""
    return np.array(
        [c.frame == "image" and c.measure.unit == "deg" and not c.measure.views for c in COLUMNS]
    )


def _still(steps: Sequence[Step]) -> Still:
    values = np.array([step.values for step in steps])
    visible = ~np.isnan(values)
    enough = visible.mean(axis=0) >= SEEN_SHARE
    middle, spread = np.full(values.shape[1], np.nan), np.full(values.shape[1], np.nan)
    middle[enough] = np.nanmedian(values[:, enough], axis=0)
    spread[enough] = np.nanstd(values[:, enough], axis=0)
    between = steps[len(steps) // 2]
    if between.landmarks is None:
        raise ValueError("a still has somebody in every moment")
    neutral = between.neutral
    is_before = neutral is not None and neutral.end_s <= steps[0].time_s
    is_before = is_before and not _is_itself(neutral, middle)
    if neutral is not None and not (is_before or between.own_neutral_date):
        middle[relative_columns()] = np.nan  # counted from the position itself
    return Still(
        start_s=steps[0].time_s,
        end_s=steps[-1].time_s,
        values=middle,
        spread=spread,
        near=between.near_side,
        neutral=neutral if is_before else None,
        landmarks=between.landmarks,
        own_neutral_date=between.own_neutral_date,
    )


class StillWatch:
    """Takes steps as they come.

    Args:
        needed: Names of the landmarks that must keep still.

    Attributes:
        recent: The steps of the last `LOOK_BACK_S`.
    """

    def __init__(self, needed: Collection[str]) -> None:
        self.recent: deque[Step] = deque()
        self._needed = needed
        self._last_look_s = 0.0

    def push(self, step: Step) -> None:
        """Take the next step."""
        self.recent.append(step)
        while step.time_s - self.recent[0].time_s > LOOK_BACK_S:
            self.recent.popleft()

    def still(self) -> Still | None:
        """The still that is going on; looked for now and then, and None in between."""
        now_s = self.recent[-1].time_s
        if now_s - self._last_look_s < LOOK_EVERY_S:
            return None
        self._last_look_s = now_s
        stills = stills_of(list(self.recent), self._needed)
        return stills[-1] if stills and stills[-1].end_s >= now_s - LOOK_EVERY_S else None


def longest_position(stills: Sequence[Still]) -> list[Still]:
    """The stills of the position that was held longest, apart from that of the beginning."""
    groups: list[list[Still]] = []
    for still in stills:
        group = next((each for each in groups if is_alike(still, each[0])), None)
        if group is None:
            groups.append([still])
        else:
            group.append(still)
    candidates = groups[1:] if len(groups) > 1 else groups
    return max(candidates, key=lambda group: sum(still.seconds for still in group))


def is_alike(one: Still, other: Still) -> bool:
    """Whether two stills are of one position, as far as angles in the picture tell."""
    away = np.abs(_at_rest(one) - _at_rest(other)) / _half_widths(one)
    return not bool((away > ALIKE_WITHIN).any())  # what is not seen is NaN and not away


def _at_rest(still: Still) -> Floats:
    """The values of a still; what is counted from rest is nothing in the rest itself."""
    if still.neutral is not None or still.own_neutral_date:
        return still.values
    return np.where(relative_columns() & np.isnan(still.values), 0.0, still.values)


def _half_widths(still: Still) -> Floats:
    """(M,) narrowest half-widths of the columns that are judged; infinite for all others."""
    view = view_of(still)
    is_side = view.off("side") < min(view.off("front"), view.off("back"))

    def width(column: Column) -> float:
        measure = column.measure
        is_far = is_side and column.side not in {still.near, None}
        is_angle = measure.unit == "deg" or measure.steady_within > 0.0
        if column.frame == "world" or is_far or not is_angle or not carries(measure, view):
            return float("inf")
        return least_half_width(measure, column.frame)

    return np.array([width(column) for column in COLUMNS])
