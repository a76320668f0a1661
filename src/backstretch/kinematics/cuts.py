"""Cuts: places in a take where an upright body is suddenly seen from elsewhere.

The film was cut, or the person's chair was turned. What was measured of the person at rest before does not hold
after it: a neutral of the view before would make a turn of the trunk out of the turn of the camera.
"""

from collections import deque
from itertools import pairwise

from backstretch.kinematics.view import View

WITHIN_S = 0.2
"""A cut takes no longer than this; the smoothing of the landmarks around it is part of that time."""
STEADY_FOR_S, STEADY_WITHIN_DEG = 0.5, 15.0
"""How long the view must have been steady on both sides of it, and how steady."""
CUT_FROM_DEG = 35.0
"""Change of the view that is a cut; real ones are 45 to 58 degrees and more. People who turn from rest to rest
within `WITHIN_S` reach half of it."""
KNOWN_AFTER_S = STEADY_FOR_S + WITHIN_S
"""A cut is noticed no later than this."""
LEAST_MOMENTS = 2
"""Fewest moments on both sides of a cut."""


class CutWatch:
    """Notices cuts in moments that come in order of time."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, View]] = deque()

    def push(self, time_s: float, view: View | None) -> float | None:
        """Take a moment; return the time of the first moment after a cut that is noticed now, else None.

        Args:
            time_s: The frame's own time.
            view: From where the camera sees the body; None where it is not seen upright.
        """
        recent = self._recent
        if view is None:
            recent.clear()
            return None
        recent.append((time_s, view))
        while time_s - recent[0][0] > STEADY_FOR_S + KNOWN_AFTER_S:
            recent.popleft()
        if view.apart(recent[0][1]) < CUT_FROM_DEG:
            return None
        return self._cut(time_s)

    def _cut(self, time_s: float) -> float | None:
        moments = list(self._recent)
        before = [view for at_s, view in moments if time_s - at_s >= KNOWN_AFTER_S]
        after = [view for at_s, view in moments if time_s - at_s <= STEADY_FOR_S]
        if not (_is_steady(before) and _is_steady(after)):
            return None
        between = moments[len(before) - 1 : len(moments) - len(after) + 1]
        steps = [(now.apart(then), at_s) for (_, then), (at_s, now) in pairwise(between)]
        self._recent.clear()
        return max(steps)[1]


def _is_steady(views: list[View]) -> bool:
    return len(views) >= LEAST_MOMENTS and all(
        view.apart(views[0]) <= STEADY_WITHIN_DEG for view in views
    )
