"""The ideal: a stretch as a stick figure of segment directions, for drawing and for checking pose files.

A pose file's ``[figure]`` gives each segment an angle from straight up towards where the person faces, and
for limbs a second one out to their own side. It is written for the left side and mirrored for the right;
entries that begin with ``other_`` stand for the side that is not worked, which is like the worked one without
them. Segment lengths are shares of stature (Drillis and Contini 1966, as tabulated by Winter).
"""

from collections.abc import Mapping
from math import cos, radians, sin

import numpy as np

from backstretch.kinematics.landmarks import COUNT, INDEX, MIRRORED, Floats, Landmarks

SEGMENTS = {
    "trunk": 1,
    "lean": 1,
    "twist": 1,
    "hip_roll": 1,
    "neck": 1,
    "neck_lean": 1,
    "face": 1,
    "turn": 1,
    "tilt": 1,
    "upper_arms": 2,
    "forearms": 2,
    "thighs": 2,
    "shanks": 2,
    "feet": 2,
    "other_upper_arm": 2,
    "other_forearm": 2,
    "other_thigh": 2,
    "other_shank": 2,
    "other_foot": 2,
}
"""Entries of a figure and how many numbers each has, in degrees. ``lean``, ``twist``, ``neck_lean``, ``turn``
and ``tilt`` (of the head) are + towards the worked side; ``face`` is where the nose points."""
DRAWN_SEGMENTS = {**SEGMENTS, "hands": 2, "other_hand": 2}
"""What a drawing may place otherwise than the figure; hands go on in the forearm's direction where left out."""
STANDING: Mapping[str, tuple[float, ...]] = {}
"""A figure that stands upright, arms hanging."""
TRUNK, SHOULDER, HIP, NECK, EAR, NOSE = 0.288, 0.115, 0.065, 0.127, 0.04, 0.062
UPPER_ARM, FOREARM, HAND, THIGH, SHANK, HEEL, TOES = 0.186, 0.146, 0.06, 0.245, 0.246, 0.03, 0.11
"""Lengths as shares of stature; shoulders, hips and ears from the middle, as the detector sees them."""
STATURE_M, PX_PER_M = 1.7, 200.0
WH = (960, 720)
_LIMBS = ("upper_arm", "forearm", "thigh", "shank", "foot")
_PLURAL = {"foot": "feet"}
_DEFAULTS: dict[str, tuple[float, float]] = {"foot": (90.0, 0.0)}
_HANGING = (180.0, 0.0)
_FACE = (("eye_inner", 0.3), ("eye", 0.5), ("eye_outer", 0.7))


def ideal_body(
    figure: Mapping[str, tuple[float, ...]], view: tuple[float, float], side: str = "left"
) -> Landmarks:
    """Landmarks of the figure as a far, level camera sees it.

    Args:
        figure: Entries as in `SEGMENTS`; what is left out stands upright or hangs.
        view: Azimuth and elevation of the camera in the body's own axes, see `view.View`.
        side: The worked side.

    Returns:
        Landmarks without noise, all visible, hips in the middle of the picture.
    """
    points = ideal_points(figure, side)
    camera = _camera(points, view)
    right = _unit(np.cross((0.0, 1.0, 0.0), camera))
    up = np.cross(camera, right)
    world = np.column_stack([points @ right, -points @ up, -points @ camera])
    xy = world[:, :2] * PX_PER_M + np.array(WH) / 2
    return Landmarks(xy, world, np.full(COUNT, 0.99), WH)


def ideal_points(figure: Mapping[str, tuple[float, ...]], side: str = "left") -> Floats:
    """The (33, 3) landmarks of the figure in the room: metres to its left, up and forward of its hips' middle.

    Args:
        figure: Entries as in `SEGMENTS` or `DRAWN_SEGMENTS`.
        side: The worked side.
    """
    at = _points(figure)
    points = np.array([at[name] for name in INDEX]) * STATURE_M
    if side == "right":
        points = points[MIRRORED] * (-1, 1, 1)
    return np.asarray(points - (points[INDEX["left_hip"]] + points[INDEX["right_hip"]]) / 2)


def _points(figure: Mapping[str, tuple[float, ...]]) -> dict[str, Floats]:
    """Every landmark in shares of stature: left, up, forward from the middle of the hips."""
    trunk = _direction(_number(figure, "trunk"), _number(figure, "lean"), 1)
    left = np.array([1.0, 0.0, 0.0])
    hips = _rotate(left, trunk, _number(figure, "hip_roll"))
    shoulders = _rotate(_unit(left - (left @ trunk) * trunk), trunk, _number(figure, "twist"))
    at = _head(figure, TRUNK * trunk)
    for side, sign in (("left", 1), ("right", -1)):
        shoulder = TRUNK * trunk + sign * SHOULDER * shoulders
        at |= _limb_points(figure, side, shoulder, sign * HIP * hips)
    return at


def _head(figure: Mapping[str, tuple[float, ...]], start: Floats) -> dict[str, Floats]:
    neck_deg = _number(figure, "neck", _number(figure, "trunk"))
    neck = _direction(neck_deg, _number(figure, "neck_lean"), 1)
    face = _direction(_number(figure, "face", neck_deg + 90.0), 0.0, 1)
    ears = np.array([1.0, 0.0, 0.0])
    turn_deg = _number(figure, "turn") + _number(figure, "twist")
    forward = face.copy()
    face, ears = (_rotate(each, neck, turn_deg) for each in (face, ears))
    face, ears = (_rotate(each, forward, -_number(figure, "tilt")) for each in (face, ears))
    middle = start + NECK * neck
    at = {"nose": middle + NOSE * face}
    for side, sign in (("left", 1), ("right", -1)):
        at[f"{side}_ear"] = middle + sign * EAR * ears
        for name, share in _FACE:
            eye = middle + sign * share * EAR * ears + 0.8 * NOSE * face
            at[f"{side}_{name}"] = eye + 0.3 * NOSE * np.cross(face, ears)
        mouth = middle + sign * 0.4 * EAR * ears + 0.8 * NOSE * face
        at[f"mouth_{side}"] = mouth - 0.4 * NOSE * np.cross(face, ears)
    return at


def _limb_points(
    figure: Mapping[str, tuple[float, ...]], side: str, shoulder: Floats, hip: Floats
) -> dict[str, Floats]:
    arm, forearm, thigh, shank, foot = (_limb(figure, part, side) for part in _LIMBS)
    elbow, knee = shoulder + UPPER_ARM * arm, hip + THIGH * thigh
    wrist, ankle = elbow + FOREARM * forearm, knee + SHANK * shank
    at = {"shoulder": shoulder, "elbow": elbow, "wrist": wrist, "hip": hip, "knee": knee}
    names = {"hands", "other_hand"} if side == "right" else {"hands"}
    fingers = wrist + HAND * (_limb(figure, "hand", side) if names & figure.keys() else forearm)
    at |= dict.fromkeys(("pinky", "index", "thumb"), fingers)
    at |= {"ankle": ankle, "heel": ankle - HEEL * foot, "foot_index": ankle + TOES * foot}
    return {f"{side}_{name}": point for name, point in at.items()}


def _limb(figure: Mapping[str, tuple[float, ...]], part: str, side: str) -> Floats:
    """Direction of a limb's segment; the left side is the worked one."""
    both = figure.get(_PLURAL.get(part, f"{part}s"), _DEFAULTS.get(part, _HANGING))
    forward, aside = figure.get(f"other_{part}", both) if side == "right" else both
    return _direction(forward, aside, 1 if side == "left" else -1)


def _number(figure: Mapping[str, tuple[float, ...]], name: str, default: float = 0.0) -> float:
    return figure.get(name, (default,))[0]


def _direction(forward_deg: float, aside_deg: float, sign: int) -> Floats:
    """Unit vector (left, up, forward): turned from up towards the front, then out to a side."""
    forward, aside = radians(forward_deg), radians(aside_deg)
    return np.array([sign * sin(aside), cos(aside) * cos(forward), cos(aside) * sin(forward)])


def _rotate(vector: Floats, axis: Floats, deg: float) -> Floats:
    """The vector turned about a unit axis (Rodrigues)."""
    turn = radians(deg)
    along = (vector @ axis) * axis * (1.0 - cos(turn))
    return vector * cos(turn) + np.cross(axis, vector) * sin(turn) + along


def _camera(points: Floats, view: tuple[float, float]) -> Floats:
    """Unit vector to the camera in the room, from a view in the body's own axes."""
    up = _unit(points[INDEX["left_shoulder"]] + points[INDEX["right_shoulder"]])
    left = _unit(np.array([1.0, 0.0, 0.0]) - up[0] * up)
    azimuth, elevation = map(radians, view)
    aside, ahead = cos(elevation) * sin(azimuth), cos(elevation) * cos(azimuth)
    return aside * left + sin(elevation) * up + ahead * np.cross(left, up)


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector))
