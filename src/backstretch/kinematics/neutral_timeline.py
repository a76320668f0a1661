"""The neutrals of a recording: which one each moment is judged with, wherever in the take it was found."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice
from operator import itemgetter

import numpy as np

from backstretch.kinematics.landmarks import Floats
from backstretch.kinematics.moments import MeasuredMoment
from backstretch.kinematics.neutral import Neutral
from backstretch.kinematics.neutral_finder import TURNED_FROM_DEG, NeutralFinder
from backstretch.kinematics.view import View

SAME_SHOT_WITHIN_DEG = 45.0
"""How far off its view a neutral that comes later may be, without a cut in between: a twist of 60 degrees turns
what is measured of the view by nearly as much."""
VIEW_WITHIN_S = 1.0
"""The view of a moment is the mean of the views this long before and after: a single one jitters."""


@dataclass(frozen=True, eq=False)
class Zero:
    """What the measures of a moment are counted from.

    Attributes:
        neutral: The neutral; None without one.
        is_stale: Whether only its lengths and its view are of use, and relative measures are unknown.
        is_assumed: Whether relative measures are counted from usual values, since there is no neutral.
    """

    neutral: Neutral | None
    is_stale: bool = False
    is_assumed: bool = False


ASSUMED = Zero(None, is_assumed=True)


class NeutralTimeline:
    """Chooses the neutral of each moment of a recording.

    In each shot the neutrals count from when they were found, as they do live; the first one that fits the view
    also counts before. A shot without any takes one of another shot that was seen from the same side, the
    nearest in time. Where the camera was moved in between, only lengths and view are taken from it.

    Args:
        finder: Finds the neutrals, ahead of the moments that are asked for.
    """

    def __init__(self, finder: NeutralFinder) -> None:
        self._shots = finder.shots

    def zeros_of(self, moments: Sequence[MeasuredMoment], count: int) -> Iterator[Zero]:
        """What the first ``count`` of some consecutive moments are counted from.

        Those are the moments of which `NeutralFinder.known_until` says that it is known. The moments reach back
        to the beginning of a shot, unless it had a neutral before them, and on to when the next one was found.
        """
        views = _Views(moments)
        for moment in islice(moments, count):
            yield self._zero_at(moment.time_s, views)

    def _zero_at(self, time_s: float, views: "_Views") -> Zero:
        number = max(n for n, shot in enumerate(self._shots) if shot.start_s <= time_s)
        shot = self._shots[number]
        earlier = [neutral for found_s, neutral in shot.neutrals if found_s < time_s]
        if earlier:
            return Zero(earlier[-1])
        following = [found_s for found_s, _ in shot.neutrals]
        following += [each.start_s for each in self._shots[number + 1 :]]
        view = views.around(time_s, shot.start_s, min(following, default=math.inf))
        if view is None:
            return ASSUMED
        for _, neutral in shot.neutrals:
            if neutral.view.apart(view) <= SAME_SHOT_WITHIN_DEG:
                return Zero(neutral)
        return self._of_other_shots(number, time_s, view)

    def _of_other_shots(self, number: int, time_s: float, view: View) -> Zero:
        places = list(accumulate(shot.has_moved for shot in self._shots))
        others = sorted(
            (
                (place != places[number], abs(neutral.end_s - time_s), neutral)
                for place, shot in zip(places, self._shots, strict=True)
                for _, neutral in shot.neutrals
                if place != places[number] or neutral.view.apart(view) <= TURNED_FROM_DEG
            ),
            key=itemgetter(0, 1),
        )
        if not others:
            return ASSUMED
        is_elsewhere, _, nearest = others[0]
        return Zero(nearest, is_stale=is_elsewhere)


class _Views:
    """From where the camera sees the person in some moments, each with those around it."""

    def __init__(self, moments: Sequence[MeasuredMoment]) -> None:
        self._moments = moments

    def around(self, time_s: float, from_s: float, before_s: float) -> View | None:
        """The mean view around a time, within two others; None with nobody in view."""
        times, sums = self._sums
        first = np.searchsorted(times, max(from_s, time_s - VIEW_WITHIN_S))
        last = np.searchsorted(times, min(before_s, time_s + VIEW_WITHIN_S))
        camera = sums[last] - sums[first]
        return View.of(camera) if camera.any() else None

    @cached_property
    def _sums(self) -> tuple[Floats, Floats]:
        """(T,) times of the moments with somebody in view, and the (T + 1, 3) sums of their vectors."""
        seen = [(each, each.body.camera[each.row]) for each in self._moments if each.body]
        seen = [(each, camera) for each, camera in seen if not np.isnan(camera).any()]
        times = np.array([moment.time_s for moment, _ in seen])
        cameras = np.array([camera for _, camera in seen]).reshape(-1, 3)
        return times, np.concatenate([np.zeros((1, 3)), np.cumsum(cameras, axis=0)])
