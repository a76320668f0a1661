"""Tracking: following one person from picture to picture, and noticing that they were lost.

The model looks where the body was. After a quick movement between distant pictures it may see the body badly,
and yet go on from there for seconds. Then visibility falls: to 0.3 to 0.65 in most pictures of a lost fold,
where looks without a past give 0.75 to 0.8. A body that is followed well in the dark, where the detector alone
finds nothing, stays above 0.8.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from backstretch.frame import Frame
from backstretch.kinematics.landmarks import INDEX, SIDES, Floats, Landmarks

CLEAR = 0.65
"""Mean visibility of a body's landmarks from which it is not in doubt that the tracker follows it."""
CLEARER_BY = 0.1
"""How much clearer a look afresh must be to replace that of the tracker."""
AGAIN_S, LONGEST_AGAIN_S = 0.5, 4.0
"""Time from one look afresh to the next while the tracker is in doubt; it doubles from the first to the second,
since a body that is half in the picture is in doubt all the time."""
JUMP = 0.7
"""A trunk that moves by this much of the body's size at once belongs to somebody else, or to nobody: on
clips and recordings of one person it moves by less than half, unless the detector lost them."""
_TRUNK = [INDEX[f"{side}_{part}"] for part in ("shoulder", "hip") for side in SIDES]


class Tracker(Protocol):
    """Follows one person through pictures."""

    def look(self, frame: Frame) -> Landmarks | None:
        """Return the person's raw landmarks, or None with nobody in view."""

    def restart(self) -> None:
        """Find the person afresh at the next look, wherever they were before."""


class WatchedTracker:
    """A tracker that is given up for a look afresh where that sees the same person more clearly; a `Tracker`.

    Args:
        tracker: Follows the person.
        find: Finds somebody in a single picture.
    """

    def __init__(self, tracker: Tracker, find: Callable[[Frame], Landmarks | None]) -> None:
        self._tracker, self._find = tracker, find
        self._clear: Landmarks | None = None
        self._next_s, self._wait_s = -np.inf, AGAIN_S

    def look(self, frame: Frame) -> Landmarks | None:
        """Return the person's raw landmarks, or None with nobody in view."""
        marks = self._tracker.look(frame)
        if marks is None or _clearness(marks) >= CLEAR:
            self._clear = marks or self._clear
            self._next_s, self._wait_s = -np.inf, AGAIN_S
            return marks
        if frame.time_s < self._next_s:
            return marks
        self._next_s = frame.time_s + self._wait_s
        self._wait_s = min(2.0 * self._wait_s, LONGEST_AGAIN_S)
        fresh = self._find(frame)
        if fresh is None or _clearness(fresh) < _clearness(marks) + CLEARER_BY:
            return marks
        if has_jumped(self._clear or marks, fresh):
            return marks
        self.restart()
        return fresh

    def restart(self) -> None:
        """Find the person afresh at the next look."""
        self._tracker.restart()


def has_jumped(before: Landmarks, now: Landmarks) -> bool:
    """Whether the trunk is too far from where it was to be the same person's."""
    return bool(np.linalg.norm(_trunk(now) - _trunk(before)) > JUMP * _extent_px(now))


def _extent_px(marks: Landmarks) -> float:
    """Diagonal of the box around a body's landmarks."""
    return float(np.linalg.norm(np.ptp(marks.xy_px, axis=0)))


def _trunk(marks: Landmarks) -> Floats:
    trunk: Floats = marks.xy_px[_TRUNK].mean(axis=0)
    return trunk


def _clearness(marks: Landmarks) -> float:
    return float(marks.visibility.mean())
