"""Stills: the stretches of time in which somebody kept still, and what was measured there."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from backstretch.columns import relative_columns
from backstretch.hold import INSTANT_S, LONGEST_GAP_S
from backstretch.landmarks import INDEX, NAMES, Floats, Landmarks
from backstretch.measures import VISIBLE
from backstretch.neutral import CORE, STILL_FOR_S, STILL_WITHIN, Neutral
from backstretch.session import Step

LONGEST_S = 5.0
"""So much of a still is measured, where it is stillest; more would take in what comes before and after."""
SEEN_SHARE = 0.8
"""A measure that is seen in fewer of the moments is not seen."""
TRIED_EVERY_S = 0.25
HEAD_STILL_WITHIN = 0.05
"""How far the head may stray in `STILL_FOR_S`, over the trunk's length; it moves less than limbs do."""
SINKS_WITHIN = 2.0
"""How far a body may have strayed since a still began, in the same limits: settling in is no movement."""
HEAD = [INDEX[name] for name in ("nose", "left_ear", "right_ear")]
FOLLOWED = [*CORE, *HEAD]
_LIMITS = np.array([STILL_WITHIN] * len(CORE) + [HEAD_STILL_WITHIN] * len(HEAD))
LEAST_SEEN = 4
"""Of the landmarks that are followed so many must be seen: a shoulder, a hip, and what moves."""


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
        own: The day of the person's own neutral, where relative measures are counted from that.
    """

    start_s: float
    end_s: float
    values: Floats
    spread: Floats
    near: str
    neutral: Neutral | None
    landmarks: Landmarks
    own: str = ""

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end_s - self.start_s


def stills_of(steps: Sequence[Step], needed: Collection[str] = NAMES) -> list[Still]:
    """Every still of a take that lasts `STILL_FOR_S` or more, by time; a single picture is one.

    Args:
        steps: The take.
        needed: Names of the landmarks that matter; the others may move, or be guessed at.
    """
    if len(steps) == 1 and steps[0].landmarks is not None:
        return [_still(steps)]
    times, places = _followed(steps)
    places[:, [NAMES[index] not in needed for index in FOLLOWED]] = np.nan
    return [
        _still(steps[slice(*_stillest(times, places, start, stop))])
        for start, stop in _runs(times, places)
    ]


def _followed(steps: Sequence[Step]) -> tuple[Floats, Floats]:
    """(T,) times and (T, 15, 2) places of `FOLLOWED` in trunk lengths, NaN where not seen."""
    places = np.full((len(steps), len(FOLLOWED), 2), np.nan)
    for place, step in zip(places, steps, strict=True):
        marks = step.landmarks
        if marks is not None:
            place[:] = marks.xy_px[FOLLOWED] / _trunk_px(step, marks)
            place[marks.visibility[FOLLOWED] < VISIBLE] = np.nan
    return np.array([step.time_s for step in steps]), places


def _trunk_px(step: Step, marks: Landmarks) -> float:
    """Length of the trunk as it was before the stretch, or else as it is."""
    if step.neutral is not None and step.neutral.lengths[0] > 0.0:
        return float(step.neutral.lengths[0])
    shoulders, hips = (marks.xy_px[CORE[at : at + 2]].mean(axis=0) for at in (0, 6))
    return max(1.0, float(np.hypot(*(shoulders - hips))))


def _runs(times: Floats, places: Floats) -> Iterator[tuple[int, int]]:
    """Where in a take the body keeps still: (start, stop) of each stretch of moments."""
    start, stop = 0, 0
    for end in range(1, len(times) + 1):
        begin = int(np.searchsorted(times, times[end - 1] - STILL_FOR_S + INSTANT_S, "right")) - 1
        if begin < 0 or not _is_still(times[begin:end], places[begin:end]):
            continue
        first = places[start : start + end - begin]
        if begin >= stop or not _is_near(first, places[begin:end]):
            if stop > start:
                yield start, stop
            start = max(begin, stop)
        stop = end
    if stop > start:
        yield start, stop


def _is_still(times: Floats, places: Floats) -> bool:
    """Whether nothing that is seen strays in between, and nothing is missing."""
    if (np.diff(times) > LONGEST_GAP_S).any() or np.isnan(places).all(axis=(1, 2)).any():
        return False
    strayed = (places.max(axis=0) - places.min(axis=0)).max(axis=1)
    seen = ~np.isnan(strayed)
    return bool(seen.sum() >= LEAST_SEEN and (strayed[seen] <= _LIMITS[seen]).all())


def _is_near(first: Floats, now: Floats) -> bool:
    """Whether a body is still about where it was."""
    away = np.abs(np.median(now, axis=0) - np.median(first, axis=0)).max(axis=1)
    return not bool((away > SINKS_WITHIN * _LIMITS).any())  # what is not seen is NaN and not away


def _stillest(times: Floats, places: Floats, start: int, stop: int) -> tuple[int, int]:
    """The part of a still in which least moves, `LONGEST_S` long where there is so much."""
    length_s = min(LONGEST_S, float(times[stop - 1] - times[start]))
    seen = ~np.isnan(places[start:stop]).any(axis=(0, 2))
    best, least = (start, stop), np.inf
    for begin_s in np.arange(times[start], times[stop - 1] - length_s + INSTANT_S, TRIED_EVERY_S):
        ends = begin_s - INSTANT_S, begin_s + length_s + INSTANT_S
        begin, end = (int(at) for at in np.searchsorted(times, ends))
        moved = float(places[begin:end, seen].std(axis=0).mean())
        if moved < least:
            best, least = (begin, end), moved
    return best


def _still(steps: Sequence[Step]) -> Still:
    values = np.array([step.values for step in steps])
    seen = ~np.isnan(values)
    enough = seen.mean(axis=0) >= SEEN_SHARE
    middle, spread = np.full(values.shape[1], np.nan), np.full(values.shape[1], np.nan)
    middle[enough] = np.nanmedian(values[:, enough], axis=0)
    spread[enough] = np.nanstd(values[:, enough], axis=0)
    between = steps[len(steps) // 2]
    if between.landmarks is None:
        raise ValueError("a still has somebody in every moment")
    neutral = between.neutral
    is_before = neutral is not None and neutral.end_s <= steps[0].time_s
    if neutral is not None and not (is_before or neutral.own):
        middle[relative_columns()] = np.nan  # counted from the position itself
    return Still(
        start_s=steps[0].time_s,
        end_s=steps[-1].time_s,
        values=middle,
        spread=spread,
        near=between.near,
        neutral=neutral if is_before else None,
        landmarks=between.landmarks,
        own=neutral.own if neutral else "",
    )
