"""The neutral: a person's lengths, zero values and view, taken before they stretch.

Bodies foreshorten in a pose, so lengths and the view are never judged from the posed body. The neutral is
the first still span of a take in which no pose is held; upright if it starts upright, else as it starts.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from backstretch.catalogue import (
    COLUMN_INDEX,
    facing_columns,
    reference_lengths,
    relative_columns,
)
from backstretch.landmarks import INDEX, Floats, Landmarks
from backstretch.measures import VISIBLE, Body
from backstretch.views import OBLIQUE_FROM_DEG, View

STILL_FOR_S = 1.0
"""How long the body must stay put. Shorter spans occur at the turning points of movements."""
STILL_WITHIN = 0.1
"""How far a joint may stray meanwhile, over the trunk's length: three times the detector's jitter."""
UPRIGHT_BELOW_DEG = 35.0
"""Trunk angle from vertical up to which sitting or standing counts as upright."""
LONGEST_GAP_S = 0.5
"""Moments further apart than this do not make one still span."""
STRAIGHT_BELOW_DEG = 12.0
"""Camera roll is told only from a body that stands or sits this straight; more is posture."""

_CORE = [
    INDEX[f"{side}_{part}"]
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    for side in ("left", "right")
]


@dataclass(frozen=True, eq=False)
class Neutral:
    """A person at rest before the camera.

    Attributes:
        start_s, end_s: The still span it was taken from.
        lengths: (6,) reference lengths, see `measures.LENGTHS`; NaN where not seen.
        values: (M,) settled values of all columns, relative ones absolute.
        view: From where the camera sees the person.
        upright: Whether the trunk was upright.
        roll_deg: How far the camera is turned about its own axis, + the picture turned clockwise;
            NaN where the body cannot tell.
    """

    start_s: float
    end_s: float
    lengths: Floats
    values: Floats
    view: View
    upright: bool
    roll_deg: float


def settle(body: Body, row: int, neutral: Neutral | None, near: str) -> Floats:
    """Turn one row of `Body` into final values: ratios over lengths, relative ones from neutral.

    Without a neutral, ratios fall back on the lengths of the moment itself and relative measures
    are NaN. ``near`` is the side nearer to the camera; it tells which way the person faces.
    """
    lengths = body.lengths[row]
    if neutral is not None:
        lengths = np.where(np.isnan(neutral.lengths), lengths, neutral.lengths)
    values = body.values[row] / np.append(lengths, 1.0)[reference_lengths()]
    if near == "left":
        values = np.where(facing_columns(), -values, values)
    zero = np.nan if neutral is None else neutral.values
    return np.where(relative_columns(), _turn(values - zero), values)


def _turn(degrees: Floats) -> Floats:
    return (degrees + 180.0) % 360.0 - 180.0


class NeutralFinder:
    """Looks for the first still span; `found` stays None until there is one."""

    def __init__(self) -> None:
        self.found: Neutral | None = None
        self._moments: deque[tuple[float, Floats, Floats, Floats, Floats]] = deque()

    def push(
        self, time_s: float, landmarks: Landmarks | None, body: Body, row: int, *, posed: bool
    ) -> None:
        """Take one moment; ``posed`` says that some pose is held in it."""
        if self.found is not None:
            return
        if landmarks is None or posed:
            self._moments.clear()
            return
        if self._moments and time_s - self._moments[-1][0] > LONGEST_GAP_S:
            self._moments.clear()
        core = landmarks.xy_px[_CORE].copy()
        core[landmarks.visibility[_CORE] < VISIBLE] = np.nan
        rows = (body.values[row], body.lengths[row], body.camera[row])
        self._moments.append((time_s, core, *rows))
        while time_s - self._moments[1 if len(self._moments) > 1 else 0][0] >= STILL_FOR_S:
            self._moments.popleft()
        if time_s - self._moments[0][0] >= STILL_FOR_S and self._still():
            self.found = self._neutral()

    def _still(self) -> bool:
        cores = np.array([moment[1] for moment in self._moments])
        seen = ~np.isnan(cores).any(axis=(0, 2))
        trunk = np.median([moment[3][0] for moment in self._moments])
        if seen.sum() < len(_CORE) // 2 or not trunk > 0:
            return False
        strayed = cores[:, seen].max(axis=0) - cores[:, seen].min(axis=0)
        return bool(strayed.max() <= STILL_WITHIN * trunk)

    def _neutral(self) -> Neutral:
        times, _, values, lengths, cameras = zip(*self._moments, strict=True)
        middle, length = np.median(values, axis=0), np.median(lengths, axis=0)
        view = View.of(np.mean(cameras, axis=0))
        ratios = middle / np.append(length, 1.0)[reference_lengths()]
        facing_left = view.azimuth_deg > 0
        settled = np.where(facing_columns() & facing_left, -ratios, ratios)
        upright = bool(middle[COLUMN_INDEX["trunk_incl"]] < UPRIGHT_BELOW_DEG)
        roll = _roll(middle, view) if upright else np.nan
        return Neutral(times[0], times[-1], length, settled, view, upright, roll)


def _roll(values: Floats, view: View) -> float:
    """Camera roll from a straight body seen from the front: the lean of the trunk.

    From the side the trunk's lean is posture, and nothing is told.
    """
    lean = float(values[COLUMN_INDEX["trunk_lean_lat.left"]])
    off_front = min(view.off("front"), view.off("back"))
    if off_front > OBLIQUE_FROM_DEG or not abs(lean) < STRAIGHT_BELOW_DEG:
        return float("nan")
    return lean if view.off("front") < view.off("back") else -lean
