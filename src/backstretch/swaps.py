"""Left and right: a limb does not jump. Undoes the moments in which the detector swaps a pair of limbs.

Swaps last a frame or two (11 in 92 s of a man on hands and knees) and move two ankles by a metre at once,
while with the names exchanged hardly anything has moved. One that lasts is believed: then the detector was
wrong before.
"""

import numpy as np

from backstretch.landmarks import INDEX, Floats, Landmarks

JUMP_M = 0.15
"""Mean jump of a pair's landmarks from one frame to the next above which a swap is considered."""
BETTER = 0.5
"""With the names exchanged the jump must shrink to this share of itself."""
NEXT_WITHIN_S = 0.25
"""Over longer gaps people can move that much."""
BELIEVED_AFTER_S = 0.5
"""A swap that lasts this long is no swap."""

PAIRS = {
    "arms": ("elbow", "wrist", "pinky", "index", "thumb"),
    "legs": ("knee", "ankle", "heel", "foot_index"),
}
_LEFT = {name: [INDEX[f"left_{part}"] for part in parts] for name, parts in PAIRS.items()}
_RIGHT = {name: [INDEX[f"right_{part}"] for part in parts] for name, parts in PAIRS.items()}


class SwapVeto:
    """Takes moments in order of time and gives them back with swapped limbs put right."""

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
        left, right = _LEFT[name], _RIGHT[name]
        jump_m = _way(now, before, left, left) + _way(now, before, right, right)
        swapped_m = _way(now, before, left, right) + _way(now, before, right, left)
        if jump_m / 2 < JUMP_M or swapped_m > BETTER * jump_m:
            self._since_s.pop(name, None)
            return False
        since_s = self._since_s.setdefault(name, time_s)
        return time_s - since_s < BELIEVED_AFTER_S


def _way(now: Floats, before: Floats, here: list[int], there: list[int]) -> float:
    """Mean distance from some landmarks now to others before, in metres."""
    away = now[here] - before[there]
    return float(np.sqrt(np.einsum("ij,ij->i", away, away)).mean())


def _reordered(marks: Landmarks, order: np.ndarray) -> Landmarks:
    if (order == np.arange(len(order))).all():
        return marks
    parts = marks.xy_px[order], marks.world_m[order], marks.visibility[order]
    return Landmarks(*parts, marks.image_wh)
