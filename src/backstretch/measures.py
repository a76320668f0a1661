"""The catalogue of measures, and their values for one frame or ten thousand.

A measure is a named geometric quantity: a joint angle, a segment's angle against gravity, a distance
over a body length, a rotation. Each is measured for the sides it has and in the frames of reference it
allows; one such combination is a `Column`, e.g. ``knee.left`` or ``hip.right.world``.

Image measures use pixels with y turned up, world measures metres (x right, y up, z to the camera).
Gravity is the picture's vertical: a tilted camera tilts every angle against gravity by as much.
What cannot be measured is NaN.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from backstretch.landmarks import INDEX, NAMES, SIDES, Floats

Reference = Literal["image", "world"]
Unit = Literal["deg", "ratio"]

VISIBLE = 0.5
"""Lowest visibility at which a landmark is taken as seen (research, section 1, rule 6)."""
PICTURE_MARGIN = 0.02
"""How far outside the picture, as a share of its size, a landmark may lie and still be believed."""

LIMB_OVER_TRUNK = (0.5, 1.4)
"""Thigh and shank over trunk in space; both are some 0.85 in people (Drillis and Contini), and the detector
keeps them within 0.6 to 1.1 while it sees them."""
_FOOT = ("ankle", "heel", "foot_index")


@dataclass(frozen=True)
class Measure:
    """One entry of the catalogue.

    Attributes:
        name: The name used in pose files.
        unit: ``deg`` or ``ratio``.
        formula: The key of the formula in `FORMULAS`.
        parts: Body parts the formula takes, in its order; ``~`` marks the other side's.
        label: What to call it when talking to people.
        definition: What it is, in words, with sign and neutral value where they matter.
        sided: Whether it has a left and a right value; midline measures have one.
        frames: Frames of reference it exists in, the default first.
        views: Views in which the image value can be trusted.
        over: The reference length a ratio is divided by; ``""`` for angles.
        facing: Whether the sign follows the way the person faces (side views).
        relative: Whether it is the difference from the person's neutral.
    """

    name: str
    unit: Unit
    formula: str
    parts: tuple[str, ...]
    label: str
    definition: str
    sided: bool = True
    frames: tuple[Reference, ...] = ("image", "world")
    views: tuple[str, ...] = ("front", "side")
    over: str = ""
    facing: bool = False
    relative: bool = False


@dataclass(frozen=True)
class Column:
    """One measure of one side in one frame of reference."""

    measure: Measure
    side: str | None
    frame: Reference

    @property
    def key(self) -> str:
        """Name in tables, e.g. ``knee.left`` or ``hip.right.world``."""
        parts = [self.measure.name]
        if self.side:
            parts.append(self.side)
        if self.frame != self.measure.frames[0]:
            parts.append(self.frame)
        return ".".join(parts)


def _angle(name: str, parts: tuple[str, str, str], label: str, definition: str) -> Measure:
    return Measure(name, "deg", "angle", parts, label, definition)


def _from_up(name: str, parts: tuple[str, str], label: str, definition: str) -> Measure:
    return Measure(name, "deg", "from_up", parts, label, definition)


def _apart(name: str, parts: tuple[str, str], over: str) -> Measure:
    label = f"{parts[0]} to {parts[1].replace('~', 'other ')} distance"
    definition = f"distance from {parts[0]} to {parts[1].replace('~', 'other ')} / {over} length"
    return Measure(name, "ratio", "distance", parts, label, definition, over=over)


def _between(name: str, part: str) -> Measure:
    words = f"distance between the {part}s / shoulder width"
    return Measure(
        name, "ratio", "width", (part,), f"{part} spacing", words, sided=False, views=("front",), over="shoulders"
    )


def _height(name: str, parts: tuple[str, str]) -> Measure:
    label = f"{parts[0]} height over the {parts[1]}"
    definition = f"{parts[0]} above {parts[1]} / trunk length"
    return Measure(
        name, "ratio", "height", parts, label, definition, over="trunk", frames=("image",)
    )


CATALOGUE = (
    _angle("elbow", ("shoulder", "elbow", "wrist"), "elbow angle", "angle at the elbow; 180 straight"),
    _angle(
        "shoulder_elev",
        ("hip", "shoulder", "elbow"),
        "shoulder angle",
        "angle between trunk and upper arm; 0 along the trunk, 180 overhead",
    ),
    _angle(
        "hip",
        ("shoulder", "hip", "knee"),
        "hip angle",
        "angle at the hip; 180 straight, 90 seated; holds lumbar bending, so not clinical flexion",
    ),
    _angle("knee", ("hip", "knee", "ankle"), "knee angle", "angle at the knee; 180 straight"),
    Measure(
        "trunk_incl",
        "deg",
        "trunk_from_up",
        ("hip", "shoulder"),
        "trunk angle from upright",
        "trunk (hips to shoulders) from upright; 0 upright, 90 level, 180 upside down",
        sided=False,
    ),
    _from_up("thigh_incl", ("hip", "knee"), "thigh angle from upright", "thigh (hip to knee) from up; 180 standing, 90 seated"),
    _from_up("shank_incl", ("knee", "ankle"), "shank angle from upright", "shank (knee to ankle) from up; 180 foot below knee"),
    _from_up(
        "upper_arm_incl",
        ("shoulder", "elbow"),
        "upper arm angle from upright",
        "upper arm from up; 180 hanging, 90 level, 0 overhead",
    ),
    _from_up("forearm_incl", ("elbow", "wrist"), "forearm angle from upright", "forearm (elbow to wrist) from up; 180 hanging"),
    Measure(
        "trunk_lean_fwd",
        "deg",
        "trunk_forward",
        ("hip", "shoulder"),
        "forward lean",
        "trunk from upright, + the way the person faces; 0 upright",
        sided=False,
        frames=("image",),
        views=("side",),
        facing=True,
    ),
    Measure(
        "trunk_lean_lat",
        "deg",
        "trunk_sideways",
        ("hip", "shoulder"),
        "sideways lean",
        "trunk from upright, + towards the named side; 0 upright",
        frames=("image",),
        views=("front",),
    ),
    Measure(
        "thigh_fwd",
        "deg",
        "swing_forward",
        ("hip", "knee"),
        "thigh swing",
        "thigh from hanging, + the way the person faces; 0 standing, negative behind the hip",
        frames=("image",),
        views=("side",),
        facing=True,
    ),
    Measure(
        "neck_trunk",
        "deg",
        "neck_bend",
        ("hip", "shoulder", "ear"),
        "neck angle",
        "neck (shoulders to ears) against trunk, + towards the back, - towards the chest; about 0",
        sided=False,
        frames=("image",),
        views=("side",),
        facing=True,
    ),
    Measure(
        "shoulder_tilt",
        "deg",
        "level",
        ("shoulder",),
        "shoulder tilt",
        "shoulder line from the horizontal, without sign; 0 level",
        sided=False,
        frames=("image",),
        views=("front",),
    ),
    Measure(
        "hip_tilt",
        "deg",
        "level",
        ("hip",),
        "hip tilt",
        "hip line from the horizontal, without sign; 0 level",
        sided=False,
        frames=("image",),
        views=("front",),
    ),
    Measure(
        "head_roll_rel",
        "deg",
        "head_roll",
        ("ear", "shoulder"),
        "head tilt",
        "ear line against shoulder line minus neutral, + towards the named side",
        frames=("image",),
        views=("front",),
        relative=True,
    ),
    Measure(
        "head_yaw_rel",
        "deg",
        "head_yaw",
        ("ear", "shoulder"),
        "head turn",
        "horizontal angle of ear line against shoulder line minus neutral, + towards the named side",
        frames=("world",),
        relative=True,
    ),
    Measure(
        "head_pitch",
        "deg",
        "head_pitch",
        ("ear", "nose"),
        "head nod",
        "line from ears to nose below the horizontal minus neutral, + chin down",
        sided=False,
        frames=("world",),
        relative=True,
    ),
    Measure(
        "shoulder_yaw_rel",
        "deg",
        "shoulder_yaw",
        ("shoulder",),
        "shoulder turn",
        "horizontal turn of the shoulder line from neutral, + towards the named side",
        frames=("world",),
        relative=True,
    ),
    Measure(
        "twist",
        "deg",
        "twist",
        ("shoulder", "hip"),
        "trunk twist",
        "shoulder line against hip line about the trunk, + towards the named side; 0 square",
        frames=("world",),
    ),
    Measure(
        "thigh_roll",
        "deg",
        "thigh_roll",
        ("hip", "knee"),
        "knee roll",
        "lying: line from hips to knees from up, across the trunk, + towards the named side",
        frames=("world",),
    ),
    _apart("hip_heel", ("hip", "heel"), "shank"),
    _apart("ankle_opp_knee", ("ankle", "~knee"), "shank"),
    _apart("wrist_ankle", ("wrist", "ankle"), "trunk"),
    _apart("wrist_knee", ("wrist", "knee"), "trunk"),
    _apart("wrist_hip", ("wrist", "hip"), "trunk"),
    _apart("wrist_ear", ("wrist", "~ear"), "trunk"),
    _apart("ear_shoulder", ("ear", "shoulder"), "trunk"),
    _between("wrist_sep", "wrist"),
    _between("elbow_sep", "elbow"),
    _between("knee_sep", "knee"),
    _between("ankle_sep", "ankle"),
    Measure(
        "wrist_cross",
        "ratio",
        "past_middle",
        ("wrist",),
        "wrist past the middle",
        "wrist past the middle of the shoulders towards the other shoulder / shoulder width",
        views=("front",),
        over="shoulders",
    ),
    Measure(
        "elbow_cross",
        "ratio",
        "past_middle",
        ("elbow",),
        "elbow past the middle",
        "elbow past the middle of the shoulders towards the other shoulder / shoulder width",
        views=("front",),
        over="shoulders",
    ),
    _height("wrist_above_head", ("wrist", "ear")),
    _height("hip_above_ankle", ("hip", "ankle")),
    _height("hip_above_shoulder", ("hip", "shoulder")),
    _height("ear_above_shoulder", ("ear", "shoulder")),
    Measure(
        "lead_foot",
        "ratio",
        "ahead",
        ("ankle", "hip"),
        "front foot distance",
        "ankle ahead of the hip, + the way the person faces / trunk length",
        frames=("image",),
        views=("side",),
        over="trunk",
        facing=True,
    ),
)
BY_NAME = {measure.name: measure for measure in CATALOGUE}


SIGNED_BY_SIDE = ("trunk_sideways", "head_roll", "head_yaw", "shoulder_yaw", "twist", "thigh_roll")
"""Formulas whose side is a direction, not a limb: they take both sides of their parts."""
BY_SHOULDERS = ("past_middle", "thigh_roll")
"""Formulas that take the shoulders besides their parts."""


def _columns() -> tuple[Column, ...]:
    """All columns, those of one formula and frame side by side so that they compute at once."""
    columns = [
        Column(measure, side, frame)
        for measure in CATALOGUE
        for frame in measure.frames
        for side in (SIDES if measure.sided else (None,))
    ]
    return tuple(sorted(columns, key=lambda column: (column.measure.formula, column.frame)))


def _needed(column: Column) -> tuple[str, ...]:
    """Names of the landmarks a column needs; midline measures name both sides."""
    measure = column.measure
    sides = (column.side,) if column.side and measure.formula not in SIGNED_BY_SIDE else SIDES
    needed = [NAMES[_index(part, side)] for part in measure.parts for side in sides]
    if measure.formula in BY_SHOULDERS:
        needed += [f"{side}_shoulder" for side in SIDES]
    return tuple(dict.fromkeys(needed))


COLUMNS = _columns()
COLUMN_INDEX = {column.key: index for index, column in enumerate(COLUMNS)}
LENGTHS = ("trunk", "shoulders", "shank")
"""Reference lengths; the columns of `Body.lengths` are these in pixels, then these in metres."""


@dataclass(frozen=True, eq=False)
class Body:
    """What the landmarks of T moments say before the neutral is known.

    Attributes:
        values: (T, len(COLUMNS)); ratios are still lengths (px or m), relative measures absolute,
            facing measures as if the person faced the picture's right.
        lengths: (T, 6) reference lengths, see `LENGTHS`.
        towards_camera: (T,) how far the left side is nearer than the right, in metres.
        camera: (T, 3) unit vector to the camera along the body's left, up and forward.
    """

    values: Floats
    lengths: Floats
    towards_camera: Floats
    camera: Floats


@dataclass(frozen=True, eq=False)
class _Points:
    """Landmarks of T moments in one frame of reference, y up, unseen ones NaN."""

    at: Floats
    trunk: Floats
    neck: Floats

    def pair(self, part: str) -> tuple[Floats, Floats]:
        """The part's left and right points, (T, D) each."""
        return self.at[:, INDEX[f"left_{part}"]], self.at[:, INDEX[f"right_{part}"]]

    def line(self, part: str) -> Floats:
        """From the part's right to its left point, (T, D)."""
        left, right = self.pair(part)
        return left - right

    def middle(self, part: str) -> Floats:
        """Half-way between the part's left and right point, (T, D)."""
        left, right = self.pair(part)
        return (left + right) / 2


def measure_body(xy_px: Floats, world_m: Floats, seen: NDArray[np.bool_]) -> Body:
    """Measure T moments at once.

    Args:
        xy_px: (T, 33, 2) pixels, y down.
        world_m: (T, 33, 3) metres, camera axes.
        seen: (T, 33); see `seen_landmarks`.

    Returns:
        The values of every column, with NaN where a needed landmark is not seen.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        image = _points(xy_px * (1, -1), seen)
        world = _points(world_m * (1, -1, -1), seen)
        blocks = []
        for formula, frame, start, stop in _blocks():
            points = image if frame == "image" else world
            blocks.append(FORMULAS[formula](points, COLUMNS[start:stop]))
        whole = _points(world_m * (1, -1, -1), ~np.isnan(world_m[..., 0]))
        return Body(
            values=np.concatenate(blocks, axis=1),
            lengths=np.concatenate([_lengths(image), _lengths(world)], axis=1),
            towards_camera=_towards_camera(whole),
            camera=_camera(whole),
        )


def seen_landmarks(
    xy_px: Floats, world_m: Floats, visibility: Floats, image_wh: tuple[int, int]
) -> NDArray[np.bool_]:
    """Tell which landmarks are seen: visible enough, inside the picture, and of a possible body.

    The model squeezes legs that are cut off into the picture and calls them visible; in space they
    are then too short for their trunk.

    Returns:
        (T, 33) booleans.
    """
    margin = PICTURE_MARGIN * max(image_wh)
    inside = (xy_px >= -margin) & (xy_px <= np.asarray(image_wh, float) + margin)
    seen = (visibility >= VISIBLE) & inside.all(axis=-1)
    for side in SIDES:
        hip, knee = INDEX[f"{side}_hip"], INDEX[f"{side}_knee"]
        trunk = _length(world_m[:, INDEX[f"{side}_shoulder"]] - world_m[:, hip])
        thigh = _length(world_m[:, knee] - world_m[:, hip])
        shank = _length(world_m[:, INDEX[f"{side}_ankle"]] - world_m[:, knee])
        seen[:, knee] &= _possible(thigh, trunk)
        seen[:, [INDEX[f"{side}_{part}"] for part in _FOOT]] &= (
            _possible(shank, trunk) & _possible(thigh, trunk)
        )[:, None]
    return seen


def _possible(limb: Floats, trunk: Floats) -> NDArray[np.bool_]:
    low, high = LIMB_OVER_TRUNK
    return (limb >= low * trunk) & (limb <= high * trunk)


def _points(xyz: Floats, seen: NDArray[np.bool_]) -> _Points:
    at = np.where(seen[..., None], xyz, np.nan)
    return _Points(at, _midline(at, "hip", "shoulder"), _midline(at, "shoulder", "ear"))


def _midline(at: Floats, start: str, end: str) -> Floats:
    """From the middle of one pair to that of another, (T, D); one side alone where only it is seen."""
    left = at[:, INDEX[f"left_{end}"]] - at[:, INDEX[f"left_{start}"]]
    right = at[:, INDEX[f"right_{end}"]] - at[:, INDEX[f"right_{start}"]]
    both = (left + right) / 2
    both = np.where(np.isnan(both), left, both)
    return np.where(np.isnan(both), right, both)


def _towards_camera(points: _Points) -> Floats:
    depths = [points.line(part)[:, 2] for part in ("shoulder", "hip", "knee")]
    return np.mean(depths, axis=0)


def _camera(points: _Points) -> Floats:
    up = _unit(points.trunk)
    left = points.line("shoulder") + points.line("hip")
    left = _unit(left - _along(left, up))
    forward = np.cross(left, up)
    return np.stack([left[:, 2], up[:, 2], forward[:, 2]], axis=1)


def _lengths(points: _Points) -> Floats:
    shanks = [
        _length(points.at[:, INDEX[f"{s}_knee"]] - points.at[:, INDEX[f"{s}_ankle"]]) for s in SIDES
    ]
    shank = np.where(np.isnan(shanks[1]), shanks[0], np.fmax(shanks[0], shanks[1]))
    lengths = np.stack([_length(points.trunk), _length(points.line("shoulder")), shank], axis=1)
    return np.where(lengths > 0.0, lengths, np.nan)


@cache
def _blocks() -> tuple[tuple[str, Reference, int, int], ...]:
    """Runs of columns with one formula and frame: (formula, frame, start, stop)."""
    runs: list[tuple[str, Reference, int, int]] = []
    for index, column in enumerate(COLUMNS):
        formula, frame = column.measure.formula, column.frame
        if runs and runs[-1][:2] == (formula, frame):
            runs[-1] = (formula, frame, runs[-1][2], index + 1)
        else:
            runs.append((formula, frame, index, index + 1))
    return tuple(runs)


@cache
def _indices(columns: tuple[Column, ...], position: int) -> NDArray[np.intp]:
    """Landmark index of each column's part at this position of its formula."""
    return np.array([_index(column.measure.parts[position], column.side) for column in columns])


def _index(part: str, side: str | None) -> int:
    if part.startswith("~"):
        part, side = part[1:], "right" if side == "left" else "left"
    return INDEX[part] if part in INDEX else INDEX[f"{side or 'left'}_{part}"]


def _gather(points: _Points, columns: tuple[Column, ...]) -> list[Floats]:
    """The points each column's formula takes, one (T, n, D) array per position."""
    count = len(columns[0].measure.parts)
    return [points.at[:, _indices(columns, position)] for position in range(count)]


def _length(vectors: Floats) -> Floats:
    return np.sqrt(np.einsum("...i,...i->...", vectors, vectors))


def _unit(vectors: Floats) -> Floats:
    return vectors / _length(vectors)[..., None]


def _along(vectors: Floats, axis: Floats) -> Floats:
    """The part of the vectors that lies along a unit axis."""
    return np.einsum("...i,...i->...", vectors, axis)[..., None] * axis


def _degrees_between(first: Floats, second: Floats) -> Floats:
    cosine = np.einsum("...i,...i->...", first, second) / (_length(first) * _length(second))
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))


def _from_vertical(vectors: Floats) -> Floats:
    return np.degrees(np.arccos(np.clip(vectors[..., 1] / _length(vectors), -1.0, 1.0)))


def _wrap(degrees: Floats) -> Floats:
    """Into -180..180."""
    return (degrees + 180.0) % 360.0 - 180.0


def _signed(towards_left: Floats, columns: tuple[Column, ...]) -> Floats:
    """Spread a value that is + towards the person's left over left and right columns."""
    signs = np.array([1.0 if column.side == "left" else -1.0 for column in columns])
    return towards_left[:, None] * signs


def angle(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """Angle at the second of three points."""
    first, vertex, last = _gather(points, columns)
    return _degrees_between(first - vertex, last - vertex)


def from_up(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of a segment from straight up."""
    start, end = _gather(points, columns)
    return _from_vertical(end - start)


def trunk_from_up(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of the trunk from straight up."""
    del columns
    return _from_vertical(points.trunk)[:, None]


def trunk_forward(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of the trunk from straight up, + to the picture's right."""
    del columns
    return np.degrees(np.arctan2(points.trunk[:, 0], points.trunk[:, 1]))[:, None]


def trunk_sideways(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of the trunk from straight up, + towards each column's side."""
    line = points.line("shoulder") + points.line("hip")
    lean = np.degrees(np.arctan2(points.trunk[:, 0] * np.sign(line[:, 0]), points.trunk[:, 1]))
    return _signed(lean, columns)


def swing_forward(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of a segment from straight down, + to the picture's right."""
    start, end = _gather(points, columns)
    segment = end - start
    return np.degrees(np.arctan2(segment[..., 0], -segment[..., 1]))


def neck_bend(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """Angle from trunk to neck, + anticlockwise (backwards if facing the picture's right)."""
    del columns
    trunk, neck = points.trunk, points.neck
    cross = trunk[:, 0] * neck[:, 1] - trunk[:, 1] * neck[:, 0]
    dot = np.einsum("...i,...i->...", trunk, neck)
    return np.degrees(np.arctan2(cross, dot))[:, None]


def level(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of the line through a pair from the horizontal, 0..90."""
    lines = np.stack([points.line(column.measure.parts[0]) for column in columns], axis=1)
    return np.degrees(np.arctan2(np.abs(lines[..., 1]), np.abs(lines[..., 0])))


def head_roll(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of the ear line against the shoulder line, + the head towards the column's side."""
    ears, shoulders = points.line("ear"), points.line("shoulder")
    turn = np.arctan2(shoulders[:, 1], shoulders[:, 0]) - np.arctan2(ears[:, 1], ears[:, 0])
    return _signed(_wrap(np.degrees(turn)), columns)


def head_yaw(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """Turn of the ear line against the shoulder line about the vertical."""
    return _signed(_wrap(_yaw(points.line("ear")) - _yaw(points.line("shoulder"))), columns)


def shoulder_yaw(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """Turn of the shoulder line about the vertical."""
    return _signed(_yaw(points.line("shoulder")), columns)


def _yaw(line: Floats) -> Floats:
    """Turn of a right-to-left line about the vertical, + towards the person's left."""
    return np.degrees(np.arctan2(line[:, 2], line[:, 0])) * -1.0


def head_pitch(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """Angle of the line from ears to nose below the horizontal."""
    del columns
    look = points.at[:, INDEX["nose"]] - points.middle("ear")
    return np.degrees(np.arctan2(-look[:, 1], np.hypot(look[:, 0], look[:, 2])))[:, None]


def twist(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """Turn of the shoulder line against the hip line about the trunk."""
    axis = _unit(points.trunk)
    hips = points.line("hip")
    shoulders = points.line("shoulder")
    hips, shoulders = hips - _along(hips, axis), shoulders - _along(shoulders, axis)
    sine = np.einsum("...i,...i->...", np.cross(hips, shoulders), axis)
    turn = np.degrees(np.arctan2(sine, np.einsum("...i,...i->...", hips, shoulders)))
    return _signed(turn, columns)


def thigh_roll(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """Turn of the line from hips to knees from up, about the trunk."""
    axis = _unit(points.trunk)
    thighs = points.middle("knee") - points.middle("hip")
    across = thighs - _along(thighs, axis)
    up = np.array([0.0, 1.0, 0.0]) - axis * axis[:, 1:2]
    left = points.line("hip")
    left -= _along(left, axis)
    sign = np.sign(np.einsum("...i,...i->...", across, left))
    return _signed(sign * _degrees_between(across, up), columns)


def distance(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """Distance between two points."""
    start, end = _gather(points, columns)
    return _length(end - start)


def width(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """Distance between the left and the right point of a pair."""
    return np.stack([_length(points.line(column.measure.parts[0])) for column in columns], axis=1)


def height(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """How far the first point is above the second."""
    upper, lower = _gather(points, columns)
    return upper[..., 1] - lower[..., 1]


def ahead(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """How far the first point is to the picture's right of the second."""
    first, second = _gather(points, columns)
    return first[..., 0] - second[..., 0]


def past_middle(points: _Points, columns: tuple[Column, ...]) -> Floats:
    """How far a point is past the middle of the shoulders, towards the other shoulder."""
    (part,) = _gather(points, columns)
    across = _unit(points.line("shoulder"))
    towards_left = np.einsum("tni,ti->tn", part - points.middle("shoulder")[:, None], across)
    return towards_left * [-1.0 if column.side == "left" else 1.0 for column in columns]


FORMULAS: dict[str, Callable[[_Points, tuple[Column, ...]], Floats]] = {
    formula.__name__: formula
    for formula in (
        angle, from_up, trunk_from_up, trunk_forward, trunk_sideways, swing_forward, neck_bend,
        level, head_roll, head_yaw, shoulder_yaw, head_pitch, twist, thigh_roll, distance, width,
        height, ahead, past_middle,
    )
}  # fmt: skip


NEEDED = {column.key: _needed(column) for column in COLUMNS}
"""The landmarks each column needs, by its key."""


@cache
def reference_lengths() -> NDArray[np.intp]:
    """For each column the index of its length in `Body.lengths`; 6 stands for 1 (angles)."""
    found = []
    for column in COLUMNS:
        offset = 0 if column.frame == "image" else len(LENGTHS)
        over = column.measure.over
        found.append(LENGTHS.index(over) + offset if over else 2 * len(LENGTHS))
    return np.array(found)


@cache
def facing_columns() -> NDArray[np.bool_]:
    """Which columns change sign with the way the person faces."""
    return np.array([column.measure.facing for column in COLUMNS])


@cache
def relative_columns() -> NDArray[np.bool_]:
    """Which columns are differences from the neutral."""
    return np.array([column.measure.relative for column in COLUMNS])

