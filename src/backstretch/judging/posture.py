"""How a body lies in the picture: signs that the picture is turned, or squeezed to another width."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from backstretch.errors import Notice, NoticeKind
from backstretch.judging.recognition import Held
from backstretch.kinematics.landmarks import INDEX, LONGEST_GAP_S, SIDES, Floats, Landmarks
from backstretch.kinematics.measures import VISIBLE

STRAIGHT_WITHIN_DEG = 25.0
"""Largest angle between trunk and legs of a straight body, and between it and the picture's axes."""
UPRIGHT_WITHIN_DEG = 45.0
"""Largest angle of the trunk from vertical of somebody who stands, sits or kneels."""
FACING = 0.7
"""Share of the way to the camera that lies in front of the body or behind it: within 45° of front or back."""
LEAST_S = 1.0
"""How long a sign must be seen, and how long somebody must be upright for it to be none. In the recordings at
hand nobody lies level and faces the camera, or is upside down, for any time."""
SOON_S = 5.0
"""A seated or standing stretch that begins this soon after lying straight is one in a turned picture, or comes
from rolling up: which of them cannot be told."""
LYING = {"supine", "prone", "quadruped", "kneeling"}
"""Positions of stretches that people come to from lying."""
NARROW, NARROW_OF_MODEL, WIDE = 0.56, 0.87, 1.1
"""Width of the shoulders over the length of the trunk, seen from the front: the least in the picture, the least
as a share of that of the model's body, and the most in the picture. It is 0.58 to 0.92, and 0.92 to 1.07 of the
model's; of most people who are squeezed to half their width less of both, and 1.12 or more of those who are
stretched to twice the width."""
LEFT, RIGHT, UPSIDE_DOWN = 90, 270, 180
"""How far a picture must be turned clockwise that shows the head at the left, at the right, or below."""
_SHOULDERS, _HIPS, _ANKLES = (
    [INDEX[f"{side}_{part}"] for side in SIDES] for part in ("shoulder", "hip", "ankle")
)


@dataclass(frozen=True)
class _Trunk:
    """Where the trunk points.

    Attributes:
        turned_deg: Clockwise from upright, -180 to 180.
        faces: 0..1, how squarely chest or back is turned to the camera.
        widths: Width of the shoulders over the trunk's length, in the picture and of the model's body.
    """

    turned_deg: float
    faces: float
    widths: tuple[float, float]


class PostureWatch:
    """Watches how a body lies in the picture, in the pictures as they are shown."""

    def __init__(self) -> None:
        self._last_s = math.nan
        self._upright_s = self._facing_s = self._inverted_s = 0.0
        self._level: list[tuple[float, float, int]] = []
        self._widths: list[tuple[float, float]] = []

    def push(self, time_s: float, marks: Landmarks | None) -> None:
        """Take the next moment."""
        passed_s, self._last_s = time_s - self._last_s, time_s
        if marks is None or not passed_s <= LONGEST_GAP_S:
            return
        trunk = _trunk(marks)
        off_deg = abs(trunk.turned_deg)
        if off_deg <= UPRIGHT_WITHIN_DEG:
            self._upright_s += passed_s
        if off_deg <= STRAIGHT_WITHIN_DEG and trunk.faces >= FACING:
            self._widths.append(trunk.widths)
        if not _is_straight(marks, trunk.turned_deg):
            return
        if off_deg >= 180.0 - STRAIGHT_WITHIN_DEG:
            self._inverted_s += passed_s
        elif abs(off_deg - 90.0) <= STRAIGHT_WITHIN_DEG:
            self._level.append((time_s, passed_s, RIGHT if trunk.turned_deg > 0.0 else LEFT))
            self._facing_s += passed_s if trunk.faces >= FACING else 0.0

    def is_doubtful(self, held: Held) -> bool:
        """Whether a hold may be of another stretch, in a picture that lies on its side."""
        start_s = held.hold.start_s
        level_s = sum(s for time_s, s, _ in self._level if start_s - SOON_S <= time_s <= start_s)
        return not LYING & set(held.form.pose.positions) and level_s >= LEAST_S

    def notices(self, *, is_doubtful: bool) -> Iterator[Notice]:
        """What the body says of the picture; ``is_doubtful`` says whether a hold is."""
        is_upright = self._upright_s >= LEAST_S
        if self._inverted_s >= LEAST_S and not is_upright:
            yield Notice(NoticeKind.TURNED, {"turn_deg": UPSIDE_DOWN})
        elif is_doubtful or (self._facing_s >= LEAST_S and not is_upright):
            turns = [turn_deg for _, _, turn_deg in self._level]
            yield Notice(NoticeKind.TURNED, {"turn_deg": max(LEFT, RIGHT, key=turns.count)})
        if is_upright and self._widths:
            width, of_model = np.median(self._widths, axis=0).tolist()
            if width > WIDE or (width < NARROW and width < NARROW_OF_MODEL * of_model):
                yield Notice(NoticeKind.SQUEEZED, {"width": width})


def _trunk(marks: Landmarks) -> _Trunk:
    x, y = _middle(marks.xy_px, _SHOULDERS) - _middle(marks.xy_px, _HIPS)
    world = marks.world_m
    up = _middle(world, _SHOULDERS) - _middle(world, _HIPS)
    across = world[_SHOULDERS[0]] - world[_SHOULDERS[1]]
    forward = np.cross(across + world[_HIPS[0]] - world[_HIPS[1]], up)
    shoulders_px = math.dist(*marks.xy_px[_SHOULDERS].tolist())
    widths = (
        shoulders_px / max(math.hypot(x, y), 1.0),
        math.hypot(*across[:2]) / max(math.hypot(*up[:2]), 1e-3),
    )
    faces = abs(float(forward[2])) / max(float(np.linalg.norm(forward)), 1e-9)
    return _Trunk(math.degrees(math.atan2(x, -y)), faces, widths)


def _middle(points: Floats, indices: list[int]) -> Floats:
    return np.asarray(points[indices].mean(axis=0), np.float64)


def _is_straight(marks: Landmarks, trunk_deg: float) -> bool:
    """Whether the legs are seen to go on where the trunk ends."""
    x, y = _middle(marks.xy_px, _HIPS) - _middle(marks.xy_px, _ANKLES)
    bent_deg = abs((math.degrees(math.atan2(x, -y)) - trunk_deg + 180.0) % 360.0 - 180.0)
    return bent_deg <= STRAIGHT_WITHIN_DEG and bool(marks.visibility[_ANKLES].max() >= VISIBLE)
