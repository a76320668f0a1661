"""Finding the neutral: the still spans of a take in which somebody is at rest, and which of them serves."""

import math
from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np

from backstretch.kinematics.cuts import KNOWN_AFTER_S, CutWatch
from backstretch.kinematics.landmarks import INDEX, LONGEST_GAP_S, Floats, Landmarks
from backstretch.kinematics.measures import VISIBLE, Body
from backstretch.kinematics.neutral import (
    SHOULDERS_OVER_TRUNK,
    Neutral,
    OwnNeutral,
    by_camera,
    is_square,
    neutral_of,
    shoulders_px,
    stands_upright,
)
from backstretch.kinematics.view import View

STILL_FOR_S = 1.0
"""Least length of a still span; shorter ones occur at the turning points of movements."""
STILL_WITHIN = 0.1
"""How far a landmark may move in a still span, over the trunk's length: three times the detector's jitter."""
HEAD_STILL_WITHIN = 0.05
"""The same for the head, which moves less than limbs do: its tilts and turns are counted from the neutral."""
TURNED_FROM_DEG = 30.0
NEARER_FROM = 1.2
"""A new neutral replaces one whose view differs by this angle, or whose trunk's length by this factor."""
REPLACE_EVERY_S = 1.0
"""Least time between two still spans that are considered as the neutral."""
CORE = [
    INDEX[f"{side}_{part}"]
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    for side in ("left", "right")
]
"""The landmarks that must stay still."""
HEAD = [INDEX[name] for name in ("nose", "left_ear", "right_ear")]
"""Those that must stay stiller, as far as they are seen."""
HEAD_AND_SHOULDERS = [*HEAD, *CORE[:2]]
"""The landmarks of which most must be seen where the hips are not."""
MOST_OF = 0.5
"""Share of the landmarks that must be seen to tell that somebody is still."""


@dataclass(eq=False)
class Shot:
    """A part of a take without a cut.

    Attributes:
        start_s: Its first moment; minus infinity for the first part.
        neutrals: The neutrals that were found in it, each with the time at which it was, by time.
        has_moved: Whether it begins because the camera was moved; then no neutral of before holds after it, nor
            the other way round.
    """

    start_s: float
    neutrals: list[tuple[float, Neutral]] = field(default_factory=list)
    has_moved: bool = False


@dataclass(frozen=True, eq=False)
class _Moment:
    """A moment that may be part of a still span: places (33, 2), NaN where not seen, and rows of a `Body`."""

    time_s: float
    places: Floats
    values: Floats
    lengths: Floats
    camera: Floats
    careful_lengths: Floats | None = None

    @property
    def measures(self) -> tuple[Floats, Floats]:
        """Values and lengths."""
        return self.values, self.lengths


class NeutralFinder:
    """Finds the neutral in the moments of a take.

    Args:
        known: A neutral known beforehand; it is not replaced.
        own_neutral: The person's own zero values of relative measures. They replace those of the take's
            neutral where the camera stands about as it did then.
        has_cuts: Whether the take may have been cut. What a camera sees now is not, and a quick twist that is
            seen rarely can look like a cut.

    Attributes:
        neutral: None until one is found.
        stale: Whether relative measures are unknown until a new one is found.
        seeks: Whether a neutral is needed, and the last moment may be part of one; True before the first moment
            unless one is known.
        shots: The parts of the take between its cuts, by time.
    """

    def __init__(
        self,
        known: Neutral | None = None,
        own_neutral: "OwnNeutral | None" = None,
        *,
        has_cuts: bool = False,
    ) -> None:
        self.neutral = known
        self.stale = False
        self.seeks = known is None
        self._own_neutral = own_neutral
        self._is_given = known is not None
        self._next_s = -math.inf
        self._moments: deque[_Moment] = deque()
        self._cuts = CutWatch() if has_cuts else None
        self.shots = [Shot(-math.inf, [(-math.inf, known)] if known else [])]

    def known_until(self, now_s: float) -> float:
        """Before when it is known, ``now_s`` into the take, with which neutral a moment is to be judged."""
        lacking = (shot.start_s for shot in self.shots if not shot.neutrals)
        return next(lacking, now_s - KNOWN_AFTER_S)

    @property
    def usual(self) -> Floats | None:
        """(M,) zero values of relative measures before a neutral is found; None if they are not known."""
        return self._own_neutral.zeros() if self._own_neutral else None

    @property
    def usual_date(self) -> str:
        """The day of the own neutral that ``usual`` is from; empty without one."""
        return self._own_neutral.date if self._own_neutral else ""

    def _with_own(self, neutral: Neutral) -> Neutral:
        if self._own_neutral is None or not self._own_neutral.suits(neutral.view):
            return neutral
        zeros = self._own_neutral.zeros()
        values = np.where(np.isnan(zeros) | by_camera(), neutral.values, zeros)
        return replace(neutral, values=values, own_neutral_date=self._own_neutral.date)

    def renew(self) -> None:
        """Ask for a new upright neutral; lengths and view are those of the old one until then."""
        self.stale = self.neutral is not None and not self._is_given
        self.seeks = not self._is_given
        self._moments.clear()
        self._next_s = -math.inf

    def note_moved(self, time_s: float) -> None:
        """Begin a new shot, and ask for a new neutral: the camera has moved by this time."""
        self.renew()
        if not self._is_given:
            self.shots.append(Shot(time_s, has_moved=True))

    def push(
        self,
        time_s: float,
        landmarks: Landmarks | None,
        body: Body,
        row: int,
        *,
        in_pose: bool,
        careful_lengths: Floats | None = None,
    ) -> None:
        """Take one moment, whose measures are one row of a `Body`.

        Args:
            time_s: The frame's own time.
            landmarks: None with nobody in view.
            body: Measures of some moments.
            row: Where this one stands among them.
            in_pose: Whether the person is in some pose.
            careful_lengths: (6,) lengths by a careful look beside the usual one; None without one.
        """
        if self._is_given:
            return
        self._cut(time_s, body, row)
        self.seeks = False
        if landmarks is None or in_pose:
            self._moments.clear()
            return
        if self._moments and time_s - self._moments[-1].time_s > LONGEST_GAP_S:
            self._moments.clear()
        places = landmarks.xy_px.copy()
        places[landmarks.visibility < VISIBLE] = np.nan
        rows = (body.values[row], body.lengths[row], body.camera[row])
        self._moments.append(_Moment(time_s, places, *rows, careful_lengths))
        while time_s - self._moments[1 if len(self._moments) > 1 else 0].time_s >= STILL_FOR_S:
            self._moments.popleft()
        long_enough = time_s - self._moments[0].time_s >= STILL_FOR_S
        if long_enough and time_s >= self._next_s and self._is_still():
            self._consider(self._median_neutral())
            self._next_s = time_s + REPLACE_EVERY_S
        self.seeks = self.neutral is None or self.stale

    def _cut(self, time_s: float, body: Body, row: int) -> None:
        """Begin a new shot, and ask for a new neutral, where the film was cut."""
        if self._cuts is None:
            return
        is_upright = stands_upright(body.values[row], body.lengths[row])
        view = View.of(body.camera[row]) if is_upright else None
        cut_s = self._cuts.push(time_s, view)
        if cut_s is not None:
            since = [moment for moment in self._moments if moment.time_s >= cut_s]
            self.renew()
            self._moments.extend(since)
            self.shots.append(Shot(cut_s))

    def _consider(self, new: Neutral) -> None:
        if new.upright and not is_square(new):
            return
        old = self.neutral
        is_needed = old is None
        if old is not None and new.upright:
            turned = new.view.apart(old.view) > TURNED_FROM_DEG
            is_needed = self.stale or not old.upright or _has_moved(old, new) or turned
        if is_needed:
            self.neutral, self.stale = self._with_own(new), False
            self.shots[-1].neutrals.append((new.end_s, self.neutral))

    def _is_still(self) -> bool:
        parts, trunk_px = CORE, _median([moment.lengths[0] for moment in self._moments])
        if not trunk_px > 0.0:
            parts = HEAD_AND_SHOULDERS
            widths_px = [shoulders_px(*moment.measures) for moment in self._moments]
            trunk_px = _median(widths_px) / SHOULDERS_OVER_TRUNK
        places = np.array([moment.places for moment in self._moments])
        extents = (places.max(axis=0) - places.min(axis=0)).max(axis=1)
        is_seen = ~np.isnan(extents[parts])
        if is_seen.sum() < MOST_OF * len(parts) or not trunk_px > 0.0:
            return False
        strays, head_strays = extents[parts][is_seen].max(), np.nan_to_num(extents[HEAD]).max()
        return bool(
            strays <= STILL_WITHIN * trunk_px and head_strays <= HEAD_STILL_WITHIN * trunk_px
        )

    def _median_neutral(self) -> Neutral:
        moments = self._moments
        values, lengths = zip(*(moment.measures for moment in moments), strict=True)
        view = View.of(np.mean([moment.camera for moment in moments], axis=0))
        span = moments[0].time_s, moments[-1].time_s
        neutral = neutral_of(np.median(values, axis=0), np.median(lengths, axis=0), view, span)
        careful = [m.careful_lengths for m in moments if m.careful_lengths is not None]
        if not careful:
            return neutral
        return replace(neutral, careful_lengths=np.median(careful, axis=0))


def _has_moved(old: Neutral, new: Neutral) -> bool:
    """Whether somebody has come nearer or gone further away, by the trunk, else by the shoulders."""
    changes = new.lengths[:2] / old.lengths[:2]
    change = changes[1] if np.isnan(changes[0]) else changes[0]
    return bool(change > NEARER_FROM or change < 1.0 / NEARER_FROM)


def _median(numbers: list[float]) -> float:
    return float(np.median(numbers))
