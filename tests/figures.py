"""Stick figures made from angles, so that what is measured on them is known by construction.

Directions are (left, up, forward) of a person who faces forward. Shoulders are as wide as hips and
heels are where ankles are, so that angles and distances follow from the directions by arithmetic.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import cos, radians, sin
from typing import Self

import numpy as np

from backstretch.kinematics.columns import COLUMN_INDEX
from backstretch.kinematics.landmarks import COUNT, INDEX, Floats, Landmarks
from backstretch.kinematics.measures import Body, measure_body, seen_landmarks
from backstretch.kinematics.neutral import Neutral, settle

Direction = tuple[float, float, float]
Pair = tuple[Direction, Direction]
Moments = list[tuple[float, Landmarks | None]]
Keys = Sequence[tuple[float, float]]

TRUNK_M, HALF_WIDTH_M, NECK_M, HALF_HEAD_M = 0.5, 0.17, 0.2, 0.08
UPPER_ARM_M, FOREARM_M, THIGH_M, SHANK_M, FOOT_M = 0.28, 0.25, 0.43, 0.43, 0.15
PX_PER_M = 200.0
WH = (640, 480)
FRONT, LEFT_SIDE, RIGHT_SIDE, BACK = 0.0, 90.0, -90.0, 180.0
"""Azimuths of the camera: 0 sees the chest, +90 the left side."""


def forward(deg: float) -> Direction:
    """So far from up, forwards; 180 is down."""
    return 0.0, cos(radians(deg)), sin(radians(deg))


def leftward(deg: float) -> Direction:
    """So far from up, to the person's left; 180 is down."""
    return sin(radians(deg)), cos(radians(deg)), 0.0


UP, DOWN = leftward(0.0), leftward(180.0)


def flipped(direction: Direction) -> Direction:
    """The same direction of the other side."""
    return -direction[0], direction[1], direction[2]


def pair(left: Direction) -> Pair:
    """The left limb's direction and its mirror image for the right limb."""
    return left, flipped(left)


def swapped(limbs: Pair) -> Pair:
    """Both limbs as in a mirror."""
    left, right = limbs
    return flipped(right), flipped(left)


@dataclass(frozen=True)
class Figure:
    """A body as directions of its segments, each away from the trunk; pairs are (left, right)."""

    trunk: Direction = UP
    neck: Direction = UP
    arms: Pair = (DOWN, DOWN)
    forearms: Pair = (DOWN, DOWN)
    thighs: Pair = (DOWN, DOWN)
    shanks: Pair = (DOWN, DOWN)
    twist_deg: float = 0.0
    turn_deg: float = 0.0
    tilt_deg: float = 0.0
    nod_deg: float = 0.0

    def mirrored(self) -> Self:
        """The same with left and right exchanged."""
        return replace(
            self,
            trunk=flipped(self.trunk),
            neck=flipped(self.neck),
            arms=swapped(self.arms),
            forearms=swapped(self.forearms),
            thighs=swapped(self.thighs),
            shanks=swapped(self.shanks),
            twist_deg=-self.twist_deg,
            turn_deg=-self.turn_deg,
            tilt_deg=-self.tilt_deg,
        )

    def seen(
        self, camera_deg: float, *, hidden: Iterable[str] = (), wh: tuple[int, int] = WH
    ) -> Landmarks:
        """The figure from a far camera at this azimuth, hips in the middle of the picture."""
        points = self._points()
        turn = radians(camera_deg)
        right = points @ (cos(turn), 0.0, -sin(turn))
        away = points @ (-sin(turn), 0.0, -cos(turn))
        world = np.column_stack([right, -points[:, 1], away])
        visibility = np.full(COUNT, 0.99)
        visibility[[INDEX[name] for name in hidden]] = 0.1
        return Landmarks(world[:, :2] * PX_PER_M + np.array(wh) / 2, world, visibility, wh)

    def _points(self) -> Floats:
        """(33, 3) metres, left, up, forward, from the middle of the hips."""
        at = self._head()
        for side, sign, n in (("left", 1, 0), ("right", -1, 1)):
            at |= {f"{side}_{part}": point for part, point in self._side(sign, n).items()}
        return np.array([at[name] for name in INDEX])

    def _head(self) -> dict[str, Floats]:
        turn, tilt, nod = map(radians, (self.turn_deg, self.tilt_deg, self.nod_deg))
        look = np.array((sin(turn) * cos(nod), -sin(nod), cos(turn) * cos(nod)))
        ears = np.array((cos(turn) * cos(tilt), -sin(tilt), -sin(turn) * cos(tilt)))
        head = np.array(self.trunk) * TRUNK_M + np.array(self.neck) * NECK_M
        at = {"nose": head + 0.1 * look}
        for side, sign in (("left", 1), ("right", -1)):
            ear = head + sign * HALF_HEAD_M * ears
            at |= {f"{side}_ear": ear, f"mouth_{side}": at["nose"]}
            at |= {f"{side}_eye{part}": (ear + at["nose"]) / 2 for part in ("", "_inner", "_outer")}
        return at

    def _side(self, sign: int, n: int) -> dict[str, Floats]:
        hip = np.array((sign * HALF_WIDTH_M, 0.0, 0.0))
        knee = hip + THIGH_M * np.array(self.thighs[n])
        ankle = knee + SHANK_M * np.array(self.shanks[n])
        foot = np.add(ankle, (0.0, 0.0, FOOT_M))
        line = sign * HALF_WIDTH_M * self._shoulder_line()
        shoulder = np.array(self.trunk) * TRUNK_M + line
        elbow = shoulder + UPPER_ARM_M * np.array(self.arms[n])
        wrist = elbow + FOREARM_M * np.array(self.forearms[n])
        hand = wrist + 0.08 * np.array(self.forearms[n])
        at = {"hip": hip, "knee": knee, "ankle": ankle, "heel": ankle, "foot_index": foot}
        at |= {"shoulder": shoulder, "elbow": elbow, "wrist": wrist}
        return at | dict.fromkeys(("pinky", "index", "thumb"), hand)

    def _shoulder_line(self) -> Floats:
        """Unit vector from right to left shoulder: square to the trunk, turned about it."""
        trunk = np.array(self.trunk)
        square = np.array((1.0, 0.0, 0.0)) - trunk[0] * trunk
        square /= np.linalg.norm(square)
        turn = radians(self.twist_deg)
        return np.asarray(cos(turn) * square + sin(turn) * np.cross(trunk, square))


def standing(knee_deg: float = 180.0) -> Figure:
    """Upright, arms hanging, both knees bent to this angle."""
    bend = (180.0 - knee_deg) / 2
    return Figure(thighs=pair(forward(180.0 - bend)), shanks=pair(forward(180.0 + bend)))


def folded(trunk_deg: float, knee_deg: float = 180.0) -> Figure:
    """Standing, the trunk so far forward from upright, arms and head hanging."""
    trunk = forward(trunk_deg)
    return replace(standing(knee_deg), trunk=trunk, neck=trunk)


def side_bend(lean_deg: float, arm_deg: float = 10.0) -> Figure:
    """Leaning to the left, the right arm overhead, so far from up."""
    trunk, arm = leftward(lean_deg), leftward(arm_deg)
    return Figure(trunk=trunk, neck=trunk, arms=(DOWN, arm), forearms=(DOWN, arm))


def reaching(arm_deg: float, elbow_deg: float = 180.0) -> Figure:
    """Standing, the upper arms so far from up, the elbows bent inwards to this angle."""
    forearms = pair(leftward(arm_deg - (180.0 - elbow_deg)))
    return Figure(arms=pair(leftward(arm_deg)), forearms=forearms)


def long_sitting(trunk_deg: float) -> Figure:
    """On the floor, legs straight ahead, the trunk so far forward from upright."""
    trunk, legs = forward(trunk_deg), pair(forward(90.0))
    arms = pair(forward(trunk_deg + 60.0))
    return Figure(trunk, trunk, arms=arms, forearms=arms, thighs=legs, shanks=legs)


def kneeling(trunk_deg: float = 100.0, knee_deg: float = 25.0) -> Figure:
    """Kneeling, shanks on the floor; the defaults are a child's pose."""
    trunk, arms = forward(trunk_deg), pair(forward(90.0))
    thighs, shanks = pair(forward(90.0 + knee_deg)), pair(forward(270.0))
    return Figure(trunk, trunk, arms=arms, forearms=arms, thighs=thighs, shanks=shanks)


def figure_four(hip_deg: float = 80.0) -> Figure:
    """On the back, left ankle on the right knee, the right thigh drawn in to this hip angle."""
    trunk, support = forward(-90.0), forward(hip_deg - 90.0)
    along = np.add(support, (-0.6, 0.0, 0.1))  # from the left hip to beside the right knee
    out = np.array((1.0, 0.0, 0.0)) - along[0] / (along @ along) * along
    out *= np.sqrt(1.0 - (along @ along) / 4) / np.linalg.norm(out)
    thigh, shank = tuple(along / 2 + out), tuple(along / 2 - out)
    thighs, shanks = (thigh, support), (shank, forward(90.0))
    return Figure(trunk, trunk, arms=(trunk, trunk), thighs=thighs, shanks=shanks)


def turned(landmarks: Landmarks, clockwise_deg: float) -> Landmarks:
    """The picture turned clockwise about its middle."""
    turn = radians(clockwise_deg)
    middle = np.array(landmarks.image_wh) / 2
    spin = np.array(((cos(turn), sin(turn)), (-sin(turn), cos(turn))))
    return replace(landmarks, xy_px=(landmarks.xy_px - middle) @ spin + middle)


def trembling(moments: Moments, jitter_px: float, seed: int = 1) -> Moments:
    """The same moments with every point off by normal noise."""
    random = np.random.default_rng(seed)

    def shaken(landmarks: Landmarks) -> Landmarks:
        noise = random.normal(0.0, jitter_px, (COUNT, 2))
        return replace(landmarks, xy_px=landmarks.xy_px + noise)

    return [(time_s, landmarks and shaken(landmarks)) for time_s, landmarks in moments]


def every(fps: float, until_s: float, from_s: float = 0.0) -> Floats:
    """Times of a constant frame rate."""
    return from_s + np.arange(round((until_s - from_s) * fps) + 1) / fps


def jittered(fps: float, until_s: float, seed: int) -> Floats:
    """Times of a frame rate that wanders between two thirds and twice the given one."""
    steps = np.random.default_rng(seed).uniform(0.5, 1.5, round(until_s * fps * 2)) / fps
    times = np.concatenate([[0.0], np.cumsum(steps)])
    return times[times <= until_s]


def value_at(keys: Keys, time_s: float) -> float:
    """The value that runs straight from key to key, each (time, value)."""
    return float(np.interp(time_s, [at for at, _ in keys], [value for _, value in keys]))


def moments(
    shape: Callable[[float], Landmarks | None], keys: Keys, times: Iterable[float]
) -> Moments:
    """A timeline: ``shape`` of a value that runs from key to key."""
    return [(float(time_s), shape(value_at(keys, time_s))) for time_s in times]


def crossings(keys: Keys, level: float) -> list[float]:
    """When the value that runs from key to key crosses a level."""
    return [
        t + (level - a) / (b - a) * (u - t)
        for (t, a), (u, b) in pairwise(keys)
        if (a < level) != (b < level)
    ]


def measured(*landmarks: Landmarks) -> Body:
    """What `measure_body` says of these, one row each."""
    xy, world, visibility = (
        np.array([getattr(each, name) for each in landmarks])
        for name in ("xy_px", "world_m", "visibility")
    )
    seen = seen_landmarks(xy, world, visibility, landmarks[0].image_wh)
    return measure_body(xy, world, seen)


def values_of(
    landmarks: Landmarks, near: str = "left", neutral: Neutral | None = None
) -> dict[str, float]:
    """Settled value of every column, by key."""
    values = settle(measured(landmarks), 0, neutral, near)
    return {key: float(values[index]) for key, index in COLUMN_INDEX.items()}
