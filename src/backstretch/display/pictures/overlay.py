"""The overlay: draws a step on its picture: the body, a mark for each judged place, the clock and the cue."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from backstretch.display.pictures.canvas import (
    BLUE,
    BOLD,
    DARK,
    GREY,
    ORANGE,
    Box,
    Brush,
    Card,
    Colour,
    Line,
    Picture,
    Type,
    baseline,
)
from backstretch.judging.hold_clock import State
from backstretch.judging.matching import Reading, Verdict
from backstretch.judging.step import Step
from backstretch.judging.wording import cue_of
from backstretch.kinematics.columns import NEEDED, Column
from backstretch.kinematics.landmarks import INDEX, SIDES, Floats, Landmarks
from backstretch.kinematics.measures import seen_landmarks
from backstretch.poses.pose import Pose

Spot = tuple[tuple[int, ...], ...]
"""One point (a joint) or two (a segment), each the mean of some landmarks, by index."""
BONE: Colour = (236, 236, 232)
DESIGNED_FOR_PX = 480
"""All sizes below are pixels in a picture whose shorter edge has this length."""
LEAST_UNIT = 0.4
"""Smaller pictures shrink no further than this, as long as the panels fit."""
PANELS_FIT_WH = (320, 240)
"""The panels fit side by side and below each other in a picture of this size at unit 1."""
MARGIN, PADDING, CORNER = 12, 14, 14
TITLE, CUE, LABEL = 40, 24, 18
ICON, GAP = 18, 12
RING, RING_WIDTH, CLOCK = 120, 10, 37
DISC, DOUBT, SMALL_DIAMOND, DIAMOND = 7, 11, 9, 15
BONE_WIDTH, SEGMENT_WIDTH, DOT = 2, 5, 3
STATUS_SHARE = 0.46
"""Share of a wide picture's width that the words may take; the middle is the person's."""
STATUS_LEAST = 300
"""In a narrow picture they may take this much."""
STATUS_LINES = 3
STATUS_HEIGHT = 0.6
"""Share of the picture's height below which no line of the cue begins."""
ACROSS = {"level", "lower_side", "width", "shoulder_yaw"}
MIDLINE = {
    "trunk_from_up", "trunk_forward", "trunk_sideways", "twist", "unsigned_twist", "chest_from_up",
    "thigh_roll", "neck_bend", "head_roll", "head_yaw", "head_pitch", "nose_sideways", "nose_below",
}  # fmt: skip
SEGMENT = {"from_up", "swing_forward"}
VERTEX = {"angle", "hip_bend"}
"""Formulas shown by the line across a pair, along the body's middle, of one limb segment, or at the middle
one of three joints; all others are shown by their first joint."""
LIMBS = (
    ("left_wrist", "left_elbow", "left_shoulder", "right_shoulder", "right_elbow", "right_wrist"),
    ("left_shoulder", "left_hip", "right_hip", "right_shoulder"),
    ("left_hip", "left_knee", "left_ankle", "left_heel", "left_foot_index", "left_ankle"),
    ("right_hip", "right_knee", "right_ankle", "right_heel", "right_foot_index", "right_ankle"),
    ("left_wrist", "left_index"),
    ("right_wrist", "right_index"),
)
BONES = tuple((INDEX[start], INDEX[end]) for limb in LIMBS for start, end in pairwise(limb))
JOINTS = tuple(sorted({index for bone in BONES for index in bone}))


class Mark(IntEnum):
    """How a judged place is drawn; of several at one place the highest is.

    Marks differ in shape as well as in colour, for those who see few colours: a blue disc or line,
    a dashed grey ring with ``?``, an orange diamond with ``!``, small where the clock goes on.
    """

    FINE = 0
    UNKNOWN = 1
    SLIGHT = 2
    WRONG = 3


SIZES = {Mark.FINE: DISC, Mark.UNKNOWN: DOUBT, Mark.SLIGHT: SMALL_DIAMOND, Mark.WRONG: DIAMOND}
COLOURS = {Mark.FINE: BLUE, Mark.UNKNOWN: GREY, Mark.SLIGHT: ORANGE, Mark.WRONG: ORANGE}
TITLES = {State.IN: "Hold", State.OUT: "Adjust", State.UNSEEN: "Out of sight"}
DONE, WATCHING = "Done", "Watching"
STATE_MARKS = {State.IN: Mark.FINE, State.OUT: Mark.WRONG, State.UNSEEN: Mark.UNKNOWN}


def marks_of(verdict: Verdict, visible: NDArray[np.bool_]) -> dict[Spot, Mark]:
    """Where on the body each reading is shown, and how.

    Args:
        verdict: The moment's verdict.
        visible: (33,) which landmarks are visible.
    """
    marks: dict[Spot, Mark] = {}
    for reading in verdict.readings:
        mark = _mark(reading)
        for spot in _spots(reading, visible):
            marks[spot] = max(mark, marks.get(spot, Mark.FINE))
    return marks


def _mark(reading: Reading) -> Mark:
    if reading.unseen:
        return Mark.UNKNOWN
    if not reading.outside:
        return Mark.FINE
    return Mark.WRONG if reading.check.required else Mark.SLIGHT


def _spots(reading: Reading, visible: NDArray[np.bool_]) -> list[Spot]:
    """The reading's own spot, or the landmarks that it lacks."""
    column = reading.target.column
    missing = [INDEX[name] for name in NEEDED[column.key] if not visible[INDEX[name]]]
    if reading.unseen and missing:
        return [((index,),) for index in missing]
    return [spot_of(column, visible)]


def spot_of(column: Column, visible: NDArray[np.bool_]) -> Spot:
    """Where a measure is shown: the joint or segment that it is the measure of."""
    formula, parts = column.measure.formula, column.measure.parts
    if formula in MIDLINE:
        return _midline(parts[-2:], visible)
    if formula in ACROSS:
        return tuple((INDEX[f"{side}_{parts[0]}"],) for side in SIDES)
    limb = [(INDEX[f"{column.side}_{part}"],) for part in parts if not part.startswith("~")]
    if formula in SEGMENT:
        return tuple(limb)
    return (limb[1],) if formula in VERTEX else (limb[0],)


def _midline(parts: tuple[str, ...], visible: NDArray[np.bool_]) -> Spot:
    """Between the middles of two pairs; one side alone where only that is seen."""
    both = [
        tuple(INDEX[part] if part in INDEX else INDEX[f"{side}_{part}"] for part in parts)
        for side in SIDES
    ]
    whole = [side for side in both if visible[list(side)].all()] or both
    return tuple(sorted(zip(*whole, strict=True)))


class Overlay:
    """Draws steps on pictures of any size.

    Args:
        asked_s: Seconds that a hold of a pose is asked to last; the pose's own when None.
    """

    def __init__(self, asked_s: Callable[[Pose], float] | None = None) -> None:
        self._type = Type()
        self._asked_s = asked_s or (lambda pose: pose.dose.default_s)

    def draw(self, image: Picture, step: Step) -> Picture:
        """Return a new picture with the step drawn on it.

        Args:
            image: (H, W, 3) RGB; left as it is.
            step: The moment that the picture shows.
        """
        picture = image.copy()
        wh = (picture.shape[1], picture.shape[0])
        unit = unit_of(wh)
        sheet = Sheet(Brush(self._type, picture, unit), self._type, wh, unit)
        asked_s = self._asked_s(step.pose) if step.pose else 0.0
        sheet.draw(_name(step), asked_s, step)
        return picture


def unit_of(wh: tuple[int, int]) -> float:
    """Size of everything drawn, 1 in a picture with a shorter edge of `DESIGNED_FOR_PX`."""
    fits = min(size / least for size, least in zip(wh, PANELS_FIT_WH, strict=True))
    return min(max(LEAST_UNIT, min(wh) / DESIGNED_FOR_PX), fits)


@dataclass(frozen=True)
class Sheet:
    """One picture being drawn.

    Bones lie below the panels so that words stay readable; what is judged lies above, so that no
    fault is hidden.
    """

    brush: Brush
    type: Type
    wh: tuple[int, int]
    unit: float

    def draw(self, name: str, asked_s: float, step: Step) -> None:
        """Draw everything."""
        clock = self._clock(step, asked_s)
        status = self._status(_title(step, asked_s), cue_of(step), clock.box)
        cards = (clock, status, self._name(name, clock.box))
        symbols = self._body(step.landmarks, step.verdict) if step.landmarks else []
        for card in cards:
            self.brush.panel(card.box, min(self._px(CORNER), card.box.w // 2, card.box.h // 2))
        for mark, middle in symbols:
            self.symbol(mark, middle, SIZES[mark])
        self._ring(clock.box, step, asked_s)
        icon = np.add((status.box.x, status.box.y), self._px(PADDING) + self._px(ICON))
        is_watching = step.form is None and step.state is State.OUT
        self.symbol(Mark.FINE if is_watching else STATE_MARKS[step.state], icon, ICON)
        for line in (line for card in cards for line in card.lines):
            self.brush.write(line)

    def person(self, landmarks: Landmarks, verdict: Verdict | None) -> None:
        """Draw only the body, with what is judged of it."""
        for mark, middle in self._body(landmarks, verdict):
            self.symbol(mark, middle, SIZES[mark])

    def _px(self, size: float) -> int:
        return max(1, round(size * self.unit))

    def _clock(self, step: Step, asked_s: float) -> Card:
        """The seconds of this hold, inside the ring, and of the whole take; top right."""
        padding, ring = self._px(PADDING), self._px(RING)
        inside = ring - 2 * self._px(RING_WIDTH)
        box = Box(
            x=self.wh[0] - self._px(MARGIN) - ring - 2 * padding,
            y=self._px(MARGIN),
            w=ring + 2 * padding,
            h=ring + 3 * padding + self._px(LABEL),
        )
        x, y = box.x + box.w / 2, box.y + padding + ring / 2
        bottom = box.y + box.h - padding - self._px(LABEL) / 2
        centred, clock, label = self.type.centred, CLOCK * self.unit, LABEL * self.unit
        target = f"of {asked_s:g} s" if asked_s else "seconds"
        lines = (
            centred(f"{step.valid_s:.1f}", (x, y - 0.08 * ring), clock, 0.92 * inside, BOLD),
            centred(target, (x, y + 0.24 * ring), label, 0.75 * inside),
            centred(f"total {step.total_s:.1f} s", (x, bottom), label, ring),
        )
        return Card(box, lines)

    def _status(self, title: str, cue: str, clock: Box) -> Card:
        """The state and the cue, top left; the lower part of the picture is left free."""
        margin, padding, icon = self._px(MARGIN), self._px(PADDING), self._px(ICON)
        widest = max(STATUS_LEAST * self.unit, STATUS_SHARE * self.wh[0])
        inner = int(min(clock.x - 2 * margin, widest)) - 2 * padding
        left, bottom = margin + padding, margin + padding + 2 * icon
        indent = 2 * icon + self._px(GAP)
        size, words = self.type.fit_line(title, TITLE * self.unit, inner - indent, BOLD)
        lines = [Line(words, left + indent, baseline(bottom - icon, size), size, BOLD)]
        top = bottom + self._px(GAP)
        room_wh = (inner, STATUS_HEIGHT * self.wh[1] - top)
        lines += self.type.paragraph(cue, (left, top), room_wh, CUE * self.unit, STATUS_LINES)
        right = max(line.x + self.type.width(line.text, line.size, line.weight) for line in lines)
        bottom = max(bottom, lines[-1].y) + padding
        return Card(Box(margin, margin, right + padding - margin, bottom - margin), tuple(lines))

    def _name(self, name: str, clock: Box) -> Card:
        """The stretch and its side, bottom left."""
        margin, padding = self._px(MARGIN), self._px(PADDING)
        width = clock.x - 2 * margin - 2 * padding
        size, words = self.type.fit_line(name, LABEL * self.unit, width)
        height = size + padding
        top = self.wh[1] - margin - height
        line = Line(words, margin + padding, baseline(top + height / 2, size), size)
        return Card(Box(margin, top, self.type.width(words, size) + 2 * padding, height), (line,))

    def _ring(self, clock: Box, step: Step, asked_s: float) -> None:
        """A ring that fills with the held seconds; blue while they count, else grey."""
        width = self._px(RING_WIDTH)
        middle = np.array([clock.x + clock.w / 2, clock.y + self._px(PADDING) + self._px(RING) / 2])
        radius = (self._px(RING) - width) / 2
        colour = BLUE if step.state is State.IN else GREY
        share = min(1.0, step.valid_s / asked_s) if asked_s else 0.0
        self.brush.ring(middle, radius, width, share, colour)

    def _body(self, landmarks: Landmarks, verdict: Verdict | None) -> list[tuple[Mark, Floats]]:
        """Draw the bones that are seen and the judged segments; return the symbols to come."""
        xy = landmarks.xy_px * np.divide(self.wh, landmarks.image_wh)
        visible = _visible(landmarks)
        self._bones(xy, visible)
        marks = marks_of(verdict, visible) if verdict else {}
        judged = [
            (mark, np.array([xy[list(point)].mean(axis=0) for point in spot]))
            for spot, mark in sorted(marks.items(), key=lambda entry: entry[1])
        ]
        for mark, points in judged:
            if len(points) > 1 and mark is not Mark.UNKNOWN:
                self._segment(points, COLOURS[mark])
        return self._symbols(judged)

    def _segment(self, points: Floats, colour: Colour) -> None:
        self.brush.lines([points], DARK, (SEGMENT_WIDTH + 3) * self.unit)
        self.brush.lines([points], colour, SEGMENT_WIDTH * self.unit)

    def _symbols(self, judged: list[tuple[Mark, Floats]]) -> list[tuple[Mark, Floats]]:
        """Where symbols go: inside the picture, and no ``?`` on top of another symbol."""
        symbols: list[tuple[Mark, Floats]] = []
        for mark, points in reversed(judged):
            edge = SIZES[mark] * self.unit
            middle = np.clip(points.mean(axis=0), edge, np.subtract(self.wh, edge))
            near = any(np.hypot(*(middle - other)) < 2 * edge for _, other in symbols)
            plain = mark is Mark.FINE and len(points) > 1
            if not plain and not (near and mark is Mark.UNKNOWN):
                symbols.append((mark, middle))
        return symbols[::-1]

    def _bones(self, xy: Floats, visible: NDArray[np.bool_]) -> None:
        bones = [xy[list(bone)] for bone in BONES if visible[list(bone)].all()]
        for colour, width in ((DARK, BONE_WIDTH + 2), (BONE, BONE_WIDTH)):
            self.brush.lines(bones, colour, width * self.unit)
            for joint in JOINTS:
                if visible[joint]:
                    self.brush.disc(xy[joint], (DOT + width - BONE_WIDTH) * self.unit / 2, colour)

    def symbol(self, mark: Mark, middle: Floats, size: float) -> None:
        """The shape of a mark, ``size`` the radius."""
        shapes = {Mark.FINE: self.brush.dot, Mark.UNKNOWN: self.brush.doubt}
        shapes.get(mark, self.brush.diamond)(middle, size * self.unit, COLOURS[mark])


def _visible(landmarks: Landmarks) -> NDArray[np.bool_]:
    """(33,) which landmarks are visible, as the session judges it."""
    arrays = (landmarks.xy_px[None], landmarks.world_m[None], landmarks.visibility[None])
    return np.asarray(seen_landmarks(*arrays, landmarks.image_wh)[0])


def _name(step: Step) -> str:
    if step.pose is None:
        return "Looking for a stretch"
    return f"{step.pose.name} · {step.side}" if step.side else step.pose.name


def _title(step: Step, asked_s: float) -> str:
    if step.form is None and step.state is State.OUT:
        return WATCHING
    is_done = step.state is State.IN and step.valid_s >= asked_s
    return DONE if is_done else TITLES[step.state]
