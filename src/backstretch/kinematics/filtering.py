"""Filtering landmarks: swapped limbs are put right, and jitter is removed in real time units.

`Smoother` is the one stage that looks ahead. MediaPipe's own smoothing lags by a frame whatever the frame rate
and nearly freezes a still body, which hides bouncing; it must not feed the clock. This one is a bilateral
filter (Tomasi and Manduchi 1998) in real time units: it weighs the moments around each moment by a triangle of
fixed width in seconds, and each landmark by how near it lies to where it is now. So it neither lags nor leads,
quick movements keep their edges, and it acts alike at every frame rate; where moments are sparse, five a second
and fewer, it is wider. The price is that a moment is known `HALF_WIDTH_S` late, live and replayed alike; sparse
ones later still.

`SwapVeto` undoes the moments in which the detector swaps a pair of limbs: a limb does not jump. Swaps last a
frame or two (11 in 92 s of a man on hands and knees) and move two ankles by a metre at once, while with the
names exchanged hardly anything has moved. A swap that lasts is believed: then the detector was wrong before.
"""

import math
from collections import deque
from dataclasses import replace
from itertools import pairwise

import numpy as np

from backstretch.kinematics.landmarks import INDEX, Floats, Landmarks, size_px, wrap_deg

HALF_WIDTH_S = 0.2
"""Half the triangle's base. 0.2 s takes the detector's jitter (1-3 px) below a pixel and is shorter than
any voluntary movement that counts; wider would round off the entries of quick folds."""
JITTER = 0.06
"""How far a landmark may stray by jitter, as a share of the body's size in the picture: about three times the
detector's jitter on a still body."""
SPARSE_FROM_S, SPARSE_TO_S = 0.19, 0.5
"""Gaps between moments that were sampled sparsely, while nothing changed: the triangle then reaches twice the
gap to either side, or it would contain no other moment."""
LONGEST_HALF_S = 2.0 * SPARSE_TO_S
Moment = tuple[float, Landmarks | None]
JUMP_M = 0.15
"""Mean jump of a pair's landmarks from one frame to the next above which a swap is considered."""
SWAP_SHRINKS_TO = 0.5
"""A swap is assumed only if the jump shrinks to this share of itself with the names exchanged."""
NEXT_WITHIN_S = 0.25
"""Longest gap over which a swap is considered; over longer ones people can move that much."""
LONGEST_SWAP_S = 0.5
"""What lasts longer is no swap; the detector was wrong before it."""
PAIRS = {
    "arms": ("elbow", "wrist", "pinky", "index", "thumb"),
    "legs": ("knee", "ankle", "heel", "foot_index"),
}


class Smoother:
    """Smooths moments in order of time; returns each `HALF_WIDTH_S` later, sparse ones later still."""

    def __init__(self) -> None:
        self._moments: deque[tuple[float, Landmarks | None, Floats]] = deque()
        self._next = 0

    def push(self, time_s: float, landmarks: Landmarks | None) -> list[Moment]:
        """Take one moment; return those whose smoothing is complete, oldest first."""
        nothing = np.empty((0, 6))
        self._moments.append((time_s, landmarks, _columns(landmarks) if landmarks else nothing))
        return self._settle(time_s)

    def finish(self) -> list[Moment]:
        """Return the remaining moments; the source has ended."""
        return self._settle(np.inf)

    def _settle(self, now_s: float) -> list[Moment]:
        settled = []
        while self._next < len(self._moments):
            half_s = self._half_width_s(self._next)
            if self._moments[self._next][0] + half_s > now_s:
                break
            settled.append(self._smooth(self._next, half_s))
            self._next += 1
            self._forget(settled[-1][0] - LONGEST_HALF_S)
        return settled

    def _half_width_s(self, index: int) -> float:
        """Half the triangle's base for a moment; wider where the next ones are far away."""
        times = [self._moments[at][0] for at in (index - 1, index, index + 1)
                 if 0 <= at < len(self._moments)]  # fmt: skip
        gap_s = max((later - earlier for earlier, later in pairwise(times)), default=0.0)
        if not SPARSE_FROM_S <= gap_s <= SPARSE_TO_S:
            return HALF_WIDTH_S
        return 2.0 * gap_s

    def _forget(self, before_s: float) -> None:
        while self._moments[0][0] <= before_s:
            self._moments.popleft()
            self._next -= 1

    def _smooth(self, index: int, half_s: float) -> Moment:
        time_s, landmarks, now = self._moments[index]
        if landmarks is None:
            return time_s, None
        around = [(1.0 - abs(t - time_s) / half_s, body) for t, _, body in self._moments]
        neighbours = [(weight, body) for weight, body in around if weight > 0.0 and len(body)]
        bodies = np.array([body for _, body in neighbours])
        away = bodies[:, :, :2] - now[:, :2]
        stray = JITTER * size_px(landmarks)
        nearness = np.exp(np.einsum("tli,tli->tl", away, away) * (-0.5 / max(stray, 1.0) ** 2))
        weights = nearness * np.array([weight for weight, _ in neighbours])[:, None]
        mean = np.einsum("tl,tlc->lc", weights, bodies) / weights.sum(axis=0)[:, None]
        xy, world, visibility = mean[:, :2].copy(), mean[:, 2:5].copy(), mean[:, 5].copy()
        line_deg = self._head_line_deg(time_s, landmarks.head_line_deg, half_s)
        return time_s, Landmarks(xy, world, visibility, landmarks.image_wh, head_line_deg=line_deg)

    def _head_line_deg(self, time_s: float, now_deg: float, half_s: float) -> float:
        """The line across the head, smoothed in time alone; NaN where it is not known now."""
        if math.isnan(now_deg):
            return now_deg
        weights = away_deg = 0.0
        for moment_s, marks, _ in self._moments:
            weight = 1.0 - abs(moment_s - time_s) / half_s
            if weight > 0.0 and marks is not None and not math.isnan(marks.head_line_deg):
                weights += weight
                away_deg += weight * wrap_deg(marks.head_line_deg - now_deg)
        return wrap_deg(now_deg + away_deg / weights)


def _columns(landmarks: Landmarks) -> Floats:
    """A body as one (33, 6) table: x, y, world x, y, z, visibility."""
    return np.column_stack([landmarks.xy_px, landmarks.world_m, landmarks.visibility])


_LEFT = {name: [INDEX[f"left_{part}"] for part in parts] for name, parts in PAIRS.items()}
_RIGHT = {name: [INDEX[f"right_{part}"] for part in parts] for name, parts in PAIRS.items()}
_HERE = {name: np.array([_LEFT[name], _RIGHT[name]] * 2) for name in PAIRS}
_THERE = {name: np.array([_LEFT[name], _RIGHT[name], _RIGHT[name], _LEFT[name]]) for name in PAIRS}
"""Where landmarks are now, and where they were before: either side on its own, and then crossed."""


class SwapVeto:
    """Exchanges the names of limbs that the detector swapped, in moments that come in order of time."""

    def __init__(self) -> None:
        self._before: tuple[float, Floats] | None = None
        self._since_s: dict[str, float] = {}

    def put_right(self, time_s: float, marks: Landmarks | None) -> Landmarks | None:
        """Return the moment's landmarks, with swapped pairs exchanged."""
        before = self._before
        if marks is None or before is None or time_s - before[0] > NEXT_WITHIN_S:
            self._since_s.clear()
        else:
            order = np.arange(len(INDEX))
            for name in PAIRS:
                if self._is_swapped(name, time_s, marks.world_m, before[1]):
                    order[_LEFT[name]], order[_RIGHT[name]] = _RIGHT[name], _LEFT[name]
            marks = _reordered(marks, order)
        self._before = None if marks is None else (time_s, marks.world_m)
        return marks

    def _is_swapped(self, name: str, time_s: float, now: Floats, before: Floats) -> bool:
        here, there = _HERE[name], _THERE[name]
        away = now[here] - before[there]
        left_m, right_m, *crossed_m = np.sqrt(np.vecdot(away, away)).mean(axis=1).tolist()
        jump_m, swapped_m = left_m + right_m, sum(crossed_m)
        if jump_m / 2 < JUMP_M or swapped_m > SWAP_SHRINKS_TO * jump_m:
            self._since_s.pop(name, None)
            return False
        since_s = self._since_s.setdefault(name, time_s)
        return time_s - since_s < LONGEST_SWAP_S


def _reordered(marks: Landmarks, order: np.ndarray) -> Landmarks:
    if (order == np.arange(len(order))).all():
        return marks
    xy, world, visibility = marks.xy_px[order], marks.world_m[order], marks.visibility[order]
    return replace(marks, xy_px=xy, world_m=world, visibility=visibility)
