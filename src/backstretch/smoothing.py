"""The one stage that looks ahead: steadying landmarks, in real time units.

MediaPipe's own smoothing lags by a frame whatever the frame rate and nearly freezes a still body, which
hides bouncing; it must not feed the clock. This one is a bilateral filter (Tomasi and Manduchi 1998) in real
time units: it weighs the moments around each moment by a triangle of fixed width in seconds, and each
landmark by how near it lies to where it is now. So it neither lags nor leads, quick movements keep their
edges, and it acts alike at every frame rate; where moments are sparse, five a second and fewer, it is wider.
The price is that a moment is told `HALF_WIDTH_S` late, live and replayed alike; sparse ones later still.
"""

from collections import deque
from itertools import pairwise

import numpy as np

from backstretch.landmarks import Floats, Landmarks, size_px

HALF_WIDTH_S = 0.2
"""Half the triangle's base. 0.2 s takes the detector's jitter (1-3 px) below a pixel and is shorter than
any voluntary movement that counts; wider would round off the entries of quick folds."""
JITTER = 0.06
"""How far a landmark may stray by jitter, as a share of the body's size in the picture; about three times
what the detector does on a still body."""

SPARSE_FROM_S, SPARSE_TO_S = 0.19, 0.5
"""Moments with such gaps beside them were looked at sparsely, while nothing changed: the triangle is then twice
the gap on either side, or there would be nothing in it to steady them by."""
LONGEST_HALF_S = 2.0 * SPARSE_TO_S

Moment = tuple[float, Landmarks | None]


class Smoother:
    """Takes moments in order and gives them back steadied, `HALF_WIDTH_S` later; sparse ones later still."""

    def __init__(self) -> None:
        self._moments: deque[tuple[float, Landmarks | None, Floats]] = deque()
        self._next = 0

    def push(self, time_s: float, landmarks: Landmarks | None) -> list[Moment]:
        """Take one moment; return those that are now settled, oldest first."""
        nothing = np.empty((0, 6))
        self._moments.append((time_s, landmarks, _columns(landmarks) if landmarks else nothing))
        return self._settled(time_s)

    def finish(self) -> list[Moment]:
        """Return the moments still waiting; the source has ended."""
        return self._settled(np.inf)

    def _settled(self, now_s: float) -> list[Moment]:
        settled = []
        while self._next < len(self._moments):
            half_s = self._half_width_s(self._next)
            if self._moments[self._next][0] + half_s > now_s:
                break
            settled.append(self._steadied(self._next, half_s))
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

    def _steadied(self, index: int, half_s: float) -> Moment:
        time_s, landmarks, now = self._moments[index]
        if landmarks is None:
            return time_s, None
        around = [(1.0 - abs(t - time_s) / half_s, body) for t, _, body in self._moments]
        seen = [(weight, body) for weight, body in around if weight > 0.0 and len(body)]
        bodies = np.array([body for _, body in seen])
        away = bodies[:, :, :2] - now[:, :2]
        stray = JITTER * size_px(landmarks)
        nearness = np.exp(np.einsum("tli,tli->tl", away, away) * (-0.5 / max(stray, 1.0) ** 2))
        weights = nearness * np.array([weight for weight, _ in seen])[:, None]
        mean = np.einsum("tl,tlc->lc", weights, bodies) / weights.sum(axis=0)[:, None]
        xy, world, visibility = mean[:, :2].copy(), mean[:, 2:5].copy(), mean[:, 5].copy()
        return time_s, Landmarks(xy, world, visibility, landmarks.image_wh)


def _columns(landmarks: Landmarks) -> Floats:
    """All of a body in one (33, 6) table: x, y, world x, y, z, visibility."""
    return np.column_stack([landmarks.xy_px, landmarks.world_m, landmarks.visibility])
