"""How a body lies in the picture: signs that the picture is turned, or squeezed to another width."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from backstretch.errors import Notice, NoticeKind
from backstretch.judging.recognition import Held
from backstretch.kinematics.landmarks import INDEX, LONGEST_GAP_S, SIDES, Landmarks
from backstretch.kinematics.measures import VISIBLE

STRAIGHT_WITHIN_DEG = 25.0
"""Largest angle between trunk and legs of a straight body, and between it and the picture's axes."""
UPRIGHT_WITHIN_DEG = 45.0
"""Largest angle of the trunk from vertical of somebody who stands, sits or kneels."""
FACING = 0.9
"""Share of the way to the camera that lies in front of the body or behind it: within 25° of front or back. It
is 0.94 and more of people who stand before a camera, and 0.8 of one who lies, seen from beside and above."""
LEAST_S = 1.0
"""How long a sign must be seen, and how long somebody must be upright for it to be none. In the recordings at
hand nobody lies level and faces the camera, or is upside down, for half of it."""
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
LEAST = 1e-6
"""Lengths below it are none."""
_TRUNK, _LEGS = (
    [INDEX[f"{side}_{part}"] for part in parts for side in SIDES]
    for parts in (("shoulder", "hip"), ("hip", "ankle"))
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
    (x, y), (shoulders_x, shoulders_y) = _lines(marks.xy_px[_TRUNK].tolist())
    (up_x, up_y, _), (across_x, across_y, _) = _lines(marks.world_m[_TRUNK].tolist())
    return _Trunk(
        turned_deg=math.degrees(math.atan2(x, -y)),
        faces=_faces(marks),
        widths=(
            math.hypot(shoulders_x, shoulders_y) / max(math.hypot(x, y), LEAST),
            math.hypot(across_x, across_y) / max(math.hypot(up_x, up_y), LEAST),
        ),
    )


def _lines(points: list[list[float]]) -> tuple[list[float], list[float]]:
    """From the middle of the hips to that of the shoulders, and from the right shoulder to the left."""
    up = [(a + b - c - d) / 2.0 for a, b, c, d in zip(*points, strict=True)]
    return up, [a - b for a, b in zip(*points[:2], strict=True)]


def _faces(marks: Landmarks) -> float:
    """How squarely chest or back is turned to the camera, 0..1."""
    points = marks.world_m[_TRUNK].tolist()
    (x, y, z), _ = _lines(points)
    a, b, c = (left - right + hip - other for left, right, hip, other in zip(*points, strict=True))
    forward = b * z - c * y, c * x - a * z, a * y - b * x
    return float(abs(forward[2]) / max(math.hypot(*forward), LEAST))


def _is_straight(marks: Landmarks, trunk_deg: float) -> bool:
    """Whether the legs are seen to go on where the trunk ends."""
    x, y = (a + b - c - d for a, b, c, d in zip(*marks.xy_px[_LEGS].tolist(), strict=True))
    bent_deg = abs((math.degrees(math.atan2(x, -y)) - trunk_deg + 180.0) % 360.0 - 180.0)
    return bent_deg <= STRAIGHT_WITHIN_DEG and bool(marks.visibility[_LEGS[2:]].max() >= VISIBLE)
