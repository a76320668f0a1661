"""Drawing one step on one picture, to be read from two metres, also by those who see few colours.

What is right, wrong or not to be seen differs in shape as well as in colour: a blue disc or line,
an orange diamond with ``!``, a dashed grey ring with ``?``. The same shapes stand beside the words.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstretch.landmarks import INDEX, SIDES, Floats, Landmarks
from backstretch.matching import Reading, State, Verdict
from backstretch.measures import NEEDED, Column, seen_landmarks
from backstretch.poses import Pose
from backstretch.session import Step

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]
Spot = tuple[tuple[int, ...], ...]
"""One point (a joint) or two (a segment), each the mean of some landmarks, by index."""

BLUE: Colour = (86, 180, 233)
ORANGE: Colour = (230, 159, 0)
"""Of Okabe and Ito's palette: told apart with every kind of colour blindness."""
GREY: Colour = (200, 200, 200)
WHITE: Colour = (255, 255, 255)
BONE: Colour = (236, 236, 232)
DARK: Colour = (24, 26, 30)
TRACK: Colour = (92, 96, 102)

DESIGNED_FOR_PX = 480
"""All sizes below are pixels in a picture whose shorter edge has this length."""
LEAST_UNIT = 0.4
"""Smaller pictures shrink no further than this, as long as the panels fit."""
PANELS_FIT_WH = (320, 240)
"""The panels fit side by side and below each other in a picture of this size at unit 1."""
LEAST_TEXT_PX = 8
"""Smaller letters are smudges."""
MARGIN, PADDING, CORNER = 12, 14, 14
TITLE, CUE, LABEL = 40, 24, 18
ICON, GAP = 18, 12
RING, RING_WIDTH, CLOCK = 120, 10, 37
DISC, DIAMOND, DOUBT = 7, 15, 11
BONE_WIDTH, SEGMENT_WIDTH, DOT = 2, 5, 3
STATUS_SHARE = 0.46
"""Share of a wide picture's width that the words may take; the middle is the person's."""
STATUS_LEAST = 300
"""In a narrow picture they may take this much."""
STATUS_LINES = 3
STATUS_HEIGHT = 0.6
"""Share of the picture's height below which no line of the cue begins."""
PANEL_KEEPS = 0.26
"""Share of the picture's light that a panel lets through."""
LINE_HEIGHT = 1.22
CAPITAL = 0.74
"""Height of a line and of a capital letter, in letter sizes (OpenCV's built-in Rubik)."""
BOLD, MEDIUM = 700, 500
DASHES = 7
ARC_POINTS = 72
SUBPIXEL_BITS = 4

ACROSS = {"level", "width", "shoulder_yaw"}
MIDLINE = {
    "trunk_from_up", "trunk_forward", "trunk_sideways", "twist", "thigh_roll", "neck_bend",
    "head_roll", "head_yaw", "head_pitch",
}  # fmt: skip
SEGMENT = {"from_up", "swing_forward"}
"""Formulas shown by the line across a pair, along the body's middle, or of one limb segment; all
others are shown by one joint."""

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
    """How a judged place is drawn; of several at one place the highest is."""

    FINE = 0
    UNKNOWN = 1
    WRONG = 2


SIZES = {Mark.FINE: DISC, Mark.UNKNOWN: DOUBT, Mark.WRONG: DIAMOND}
COLOURS = {Mark.FINE: BLUE, Mark.UNKNOWN: GREY, Mark.WRONG: ORANGE}
TITLES = {State.IN: "Hold", State.OUT: "Adjust", State.UNSEEN: "Out of sight"}
DONE = "Done"
STATE_MARKS = {State.IN: Mark.FINE, State.OUT: Mark.WRONG, State.UNSEEN: Mark.UNKNOWN}


@dataclass(frozen=True)
class Box:
    """A rectangle in whole pixels."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True)
class Line:
    """One line of text: its left end on the baseline, in whole pixels."""

    text: str
    x: int
    y: int
    size: int
    weight: int = MEDIUM
    colour: Colour = WHITE


@dataclass(frozen=True)
class Card:
    """A panel with its lines."""

    box: Box
    lines: tuple[Line, ...]


class Type:
    """Measures and breaks text in OpenCV's built-in font; remembers what it fitted."""

    def __init__(self, cv: ModuleType) -> None:
        self._cv = cv
        self.face = cv.FontFace("sans")
        self.fit = lru_cache(maxsize=128)(self._fit)

    def width(self, text: str, size: int, weight: int = MEDIUM) -> int:
        """Width of a line in pixels."""
        box = self._cv.getTextSize((0, 0), text, (0, 0), self.face, size, weight)
        return int(box[2])

    def fit_line(self, text: str, size: float, width: int, weight: int = MEDIUM) -> tuple[int, str]:
        """Shrink one line to the width, at worst with an ellipsis; the letter size and the line."""
        fitted, lines = self.fit(text, size, width, 1, weight)
        return fitted, "".join(lines)

    def _fit(
        self, text: str, size: float, width: int, count: int, weight: int = MEDIUM
    ) -> tuple[int, list[str]]:
        """Shrink and break text into so many lines; what fits at no legible size is cut short.

        Returns:
            The letter size in pixels and the lines, of about equal length.
        """
        largest = max(LEAST_TEXT_PX, round(size))
        for smaller in range(largest, LEAST_TEXT_PX - 1, -1):
            lines = self._broken(text, smaller, width, weight)
            if len(lines) <= count and self._widest(lines, smaller, weight) <= width:
                return smaller, self._balanced(lines, smaller, width, weight)
        lines = self._broken(text, LEAST_TEXT_PX, width, weight)
        kept = [*lines[: count - 1], " ".join(lines[count - 1 :])]
        return LEAST_TEXT_PX, [self._cut(line, width, weight) for line in kept if line]

    def _widest(self, lines: list[str], size: int, weight: int) -> int:
        return max((self.width(line, size, weight) for line in lines), default=0)

    def _balanced(self, lines: list[str], size: int, width: int, weight: int) -> list[str]:
        """The same number of lines, as narrow as they come: no single word on the last."""
        narrower = lines
        while len(narrower) == len(lines) > 1 and self._widest(narrower, size, weight) <= width:
            lines = narrower
            width = self._widest(lines, size, weight) - 1
            narrower = self._broken(" ".join(lines), size, width, weight)
        return lines

    def _broken(self, text: str, size: int, width: int, weight: int) -> list[str]:
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width(longer, size, weight) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def _cut(self, line: str, width: int, weight: int) -> str:
        if self.width(line, LEAST_TEXT_PX, weight) <= width:
            return line
        while line and self.width(f"{line}…", LEAST_TEXT_PX, weight) > width:
            line = line[:-1]
        return f"{line}…" if line else ""


class Brush:
    """Draws on one picture, in place; places and sizes are pixels and may be fractions."""

    def __init__(self, cv: ModuleType, picture: Picture, face: Any) -> None:
        self._cv = cv
        self._picture = picture
        self._face = face

    def panel(self, box: Box, radius: int) -> None:
        """Darken a box with round corners."""
        part = self._picture[box.y : box.y + box.h, box.x : box.x + box.w]
        self._cv.multiply(part, _kept_light(box.w, box.h, radius), dst=part, scale=1 / 255)

    def lines(self, lines: Sequence[Floats], colour: Colour, width: float) -> None:
        """Draw lines, each (n, 2) pixels."""
        paths = [_fixed(line) for line in lines]
        args = (False, colour, max(1, round(width)), self._cv.LINE_AA, SUBPIXEL_BITS)
        self._cv.polylines(self._picture, paths, *args)

    def fill(self, corners: Floats, colour: Colour) -> None:
        """Fill a convex shape of (n, 2) corners."""
        args = (colour, self._cv.LINE_AA, SUBPIXEL_BITS)
        self._cv.fillConvexPoly(self._picture, _fixed(corners), *args)

    def disc(self, middle: Floats, radius: float, colour: Colour) -> None:
        """Fill a circle."""
        x, y = _fixed(middle).tolist()
        args = (round(radius * 2**SUBPIXEL_BITS), colour, -1, self._cv.LINE_AA, SUBPIXEL_BITS)
        self._cv.circle(self._picture, (x, y), *args)

    def write(self, line: Line) -> None:
        """Write one line of text."""
        place = (line.x, line.y)
        args = (line.colour, self._face, line.size, line.weight)
        self._cv.putText(self._picture, line.text, place, *args)


def _arc(middle: Floats, radius: float, start: float, end: float) -> Floats:
    """(n, 2) points clockwise around the middle; start and end are in rounds from the top."""
    rounds = np.linspace(start, end, max(3, math.ceil((end - start) * ARC_POINTS)))
    around = np.stack([np.sin(2 * np.pi * rounds), -np.cos(2 * np.pi * rounds)], axis=1)
    return middle + radius * around


def _fixed(points: Floats) -> NDArray[np.int32]:
    fixed: NDArray[np.int32] = np.round(points * 2.0**SUBPIXEL_BITS).astype(np.int32)
    return fixed


@lru_cache(maxsize=32)
def _kept_light(width: int, height: int, radius: int) -> Picture:
    """(H, W, 3) share of light, of 255, that a panel with soft round corners lets through."""
    x = np.abs(np.arange(width) + 0.5 - width / 2) - (width / 2 - radius)
    y = np.abs(np.arange(height) + 0.5 - height / 2) - (height / 2 - radius)
    away = np.hypot(np.maximum(x, 0.0)[None, :], np.maximum(y, 0.0)[:, None]) - radius
    cover = np.clip(0.5 - away, 0.0, 1.0) * (1.0 - PANEL_KEEPS)
    return np.repeat(np.round(255 * (1.0 - cover)).astype(np.uint8)[..., None], 3, axis=2)


def marks_of(verdict: Verdict, seen: NDArray[np.bool_]) -> dict[Spot, Mark]:
    """Where on the body each reading is shown, and how.

    Args:
        verdict: The moment's verdict.
        seen: (33,) which landmarks are seen.
    """
    marks: dict[Spot, Mark] = {}
    for reading in verdict.readings:
        mark = _mark(reading)
        for spot in _spots(reading, seen):
            marks[spot] = max(mark, marks.get(spot, Mark.FINE))
    return marks


def _mark(reading: Reading) -> Mark:
    if reading.unseen:
        return Mark.UNKNOWN
    return Mark.WRONG if reading.outside else Mark.FINE


def _spots(reading: Reading, seen: NDArray[np.bool_]) -> list[Spot]:
    """The reading's own spot, or the landmarks that it lacks."""
    column = reading.target.column
    missing = [INDEX[name] for name in NEEDED[column.key] if not seen[INDEX[name]]]
    if reading.unseen and missing:
        return [((index,),) for index in missing]
    return [spot_of(column, seen)]


def spot_of(column: Column, seen: NDArray[np.bool_]) -> Spot:
    """Where a measure is shown: the joint or segment that it is the measure of."""
    formula, parts = column.measure.formula, column.measure.parts
    if formula in MIDLINE:
        return _midline(parts[-2:], seen)
    if formula in ACROSS:
        return tuple((INDEX[f"{side}_{parts[0]}"],) for side in SIDES)
    limb = [(INDEX[f"{column.side}_{part}"],) for part in parts if not part.startswith("~")]
    if formula in SEGMENT:
        return tuple(limb)
    return (limb[1],) if formula == "angle" else (limb[0],)


def _midline(parts: tuple[str, ...], seen: NDArray[np.bool_]) -> Spot:
    """Between the middles of two pairs; one side alone where only that is seen."""
    both = [
        tuple(INDEX[part] if part in INDEX else INDEX[f"{side}_{part}"] for part in parts)
        for side in SIDES
    ]
    whole = [side for side in both if seen[list(side)].all()] or both
    return tuple(sorted(zip(*whole, strict=True)))


class Overlay:
    """Draws steps of one pose on pictures of any size.

    Args:
        pose: The pose that the steps are of.
        asked_s: Seconds that a hold is asked to last.
    """

    def __init__(self, pose: Pose, asked_s: float) -> None:
        import cv2  # heavy; loaded only when something is drawn

        self._cv = cv2
        self._type = Type(cv2)
        self._pose = pose
        self._asked_s = asked_s

    def draw(self, image: Picture, step: Step) -> Picture:
        """Return a new picture with the step drawn on it.

        Args:
            image: (H, W, 3) RGB; left as it is.
            step: The moment that the picture shows.
        """
        picture = image.copy()
        brush = Brush(self._cv, picture, self._type.face)
        unit = _unit((picture.shape[1], picture.shape[0]))
        sheet = Sheet(brush, self._type, (picture.shape[1], picture.shape[0]), unit)
        sheet.draw(_name(self._pose, step.side), self._asked_s, step)
        return picture


def _name(pose: Pose, side: str | None) -> str:
    return f"{pose.name} · {side}" if side else pose.name


def _unit(wh: tuple[int, int]) -> float:
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
        status = self._status(_title(step, asked_s), step.cue, clock.box)
        cards = (clock, status, self._name(name, clock.box))
        symbols = self._body(step.landmarks, step.verdict) if step.landmarks else []
        for card in cards:
            self.brush.panel(card.box, min(self._px(CORNER), card.box.w // 2, card.box.h // 2))
        for mark, middle in symbols:
            self._symbol(mark, middle, SIZES[mark])
        self._ring(clock.box, step, asked_s)
        icon = np.add((status.box.x, status.box.y), self._px(PADDING) + self._px(ICON))
        self._symbol(STATE_MARKS[step.state], icon, ICON)
        for line in (line for card in cards for line in card.lines):
            self.brush.write(line)

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
        lines = (
            self._figure(f"{step.valid_s:.1f}", (x, y - 0.08 * ring), 0.92 * inside, CLOCK, BOLD),
            self._figure(f"of {asked_s:g} s", (x, y + 0.24 * ring), 0.75 * inside, LABEL),
            self._figure(f"total {step.total_s:.1f} s", (x, bottom), ring, LABEL),
        )
        return Card(box, lines)

    def _status(self, title: str, cue: str, clock: Box) -> Card:
        """The state and the cue, top left."""
        margin, padding, icon = self._px(MARGIN), self._px(PADDING), self._px(ICON)
        widest = max(STATUS_LEAST * self.unit, STATUS_SHARE * self.wh[0])
        inner = int(min(clock.x - 2 * margin, widest)) - 2 * padding
        left, bottom = margin + padding, margin + padding + 2 * icon
        indent = 2 * icon + self._px(GAP)
        size, words = self.type.fit_line(title, TITLE * self.unit, inner - indent, BOLD)
        lines = [Line(words, left + indent, _baseline(bottom - icon, size), size, BOLD)]
        lines += self._cue(cue, (left, bottom + self._px(GAP)), inner)
        right = max(line.x + self.type.width(line.text, line.size, line.weight) for line in lines)
        bottom = max(bottom, lines[-1].y) + padding
        return Card(Box(margin, margin, right + padding - margin, bottom - margin), tuple(lines))

    def _cue(self, cue: str, left_top: tuple[int, int], width: int) -> list[Line]:
        """As many lines as leave the lower part of the picture free."""
        left, top = left_top
        room = int((STATUS_HEIGHT * self.wh[1] - top) / (LINE_HEIGHT * LEAST_TEXT_PX))
        if room < 1:
            return []
        size, lines = self.type.fit(cue, CUE * self.unit, width, min(room, STATUS_LINES))
        top += round(CAPITAL * size)
        return [
            Line(text, left, top + round(row * LINE_HEIGHT * size), size)
            for row, text in enumerate(lines)
        ]

    def _name(self, name: str, clock: Box) -> Card:
        """The stretch and its side, bottom left."""
        margin, padding = self._px(MARGIN), self._px(PADDING)
        width = clock.x - 2 * margin - 2 * padding
        size, words = self.type.fit_line(name, LABEL * self.unit, width)
        height = size + padding
        top = self.wh[1] - margin - height
        line = Line(words, margin + padding, _baseline(top + height / 2, size), size)
        return Card(Box(margin, top, self.type.width(words, size) + 2 * padding, height), (line,))

    def _figure(
        self, text: str, middle: tuple[float, float], width: float, size: int, weight: int = MEDIUM
    ) -> Line:
        """A centred line; a figure that does not fit is left out, for half of one would mislead."""
        size, words = self.type.fit_line(text, size * self.unit, int(width), weight)
        words = words if words == text else ""
        x = middle[0] - self.type.width(words, size, weight) / 2
        return Line(words, round(x), _baseline(middle[1], size), size, weight)

    def _ring(self, clock: Box, step: Step, asked_s: float) -> None:
        """A ring that fills with the held seconds; blue while they count, else grey."""
        width = self._px(RING_WIDTH)
        middle = np.array([clock.x + clock.w / 2, clock.y + self._px(PADDING) + self._px(RING) / 2])
        radius = (self._px(RING) - width) / 2
        self.brush.lines([_arc(middle, radius, 0.0, 1.0)], TRACK, width)
        share = min(1.0, step.valid_s / asked_s)
        if share > 0.0:
            colour = BLUE if step.state is State.IN else GREY
            self.brush.lines([_arc(middle, radius, 0.0, share)], colour, width)

    def _body(self, landmarks: Landmarks, verdict: Verdict | None) -> list[tuple[Mark, Floats]]:
        """Draw the bones that are seen and the judged segments; return the symbols to come."""
        xy = landmarks.xy_px * np.divide(self.wh, landmarks.image_wh)
        seen = _seen(landmarks)
        self._bones(xy, seen)
        marks = marks_of(verdict, seen) if verdict else {}
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
        found: list[tuple[Mark, Floats]] = []
        for mark, points in reversed(judged):
            edge = SIZES[mark] * self.unit
            middle = np.clip(points.mean(axis=0), edge, np.subtract(self.wh, edge))
            near = any(np.hypot(*(middle - other)) < 2 * edge for _, other in found)
            plain = mark is Mark.FINE and len(points) > 1
            if not plain and not (near and mark is Mark.UNKNOWN):
                found.append((mark, middle))
        return found[::-1]

    def _bones(self, xy: Floats, seen: NDArray[np.bool_]) -> None:
        bones = [xy[list(bone)] for bone in BONES if seen[list(bone)].all()]
        for colour, width in ((DARK, BONE_WIDTH + 2), (BONE, BONE_WIDTH)):
            self.brush.lines(bones, colour, width * self.unit)
            for joint in JOINTS:
                if seen[joint]:
                    self.brush.disc(xy[joint], (DOT + width - BONE_WIDTH) * self.unit / 2, colour)

    def _symbol(self, mark: Mark, middle: Floats, size: float) -> None:
        """The shape of a mark, ``size`` the radius."""
        {Mark.FINE: self._fine, Mark.UNKNOWN: self._unknown, Mark.WRONG: self._wrong}[mark](
            middle, size * self.unit
        )

    def _fine(self, middle: Floats, radius: float) -> None:
        self.brush.disc(middle, radius + 2 * self.unit, DARK)
        self.brush.disc(middle, radius, BLUE)

    def _wrong(self, middle: Floats, radius: float) -> None:
        corners = np.array([(0, -1), (1, 0), (0, 1), (-1, 0)])
        for grow, colour in ((4.5, DARK), (2.0, WHITE), (-1.5, ORANGE)):
            self.brush.fill(middle + corners * (radius + grow * self.unit), colour)
        self._letter("!", middle, radius, DARK)

    def _unknown(self, middle: Floats, radius: float) -> None:
        self.brush.disc(middle, radius + 3 * self.unit, DARK)
        dashes = [(dash - 0.3, dash + 0.3) for dash in range(DASHES)]
        arcs = [_arc(middle, radius, start / DASHES, end / DASHES) for start, end in dashes]
        self.brush.lines(arcs, GREY, 2.5 * self.unit)
        self._letter("?", middle, radius, GREY)

    def _letter(self, letter: str, middle: Floats, radius: float, colour: Colour) -> None:
        size = round(1.3 * radius)
        x = round(middle[0] - self.type.width(letter, size, BOLD) / 2)
        self.brush.write(Line(letter, x, _baseline(middle[1], size), size, BOLD, colour))


def _seen(landmarks: Landmarks) -> NDArray[np.bool_]:
    """(33,) which landmarks are seen, as the session judges it."""
    arrays = (landmarks.xy_px, landmarks.world_m, landmarks.visibility)
    xy, world, visibility = (values[None] for values in arrays)
    (seen,) = seen_landmarks(xy, world, visibility, landmarks.image_wh)
    return np.asarray(seen)


def _baseline(middle: float, size: int) -> int:
    """Where capitals stand that are centred on a height."""
    return round(middle + CAPITAL * size / 2)


def _title(step: Step, asked_s: float) -> str:
    done = step.state is State.IN and step.valid_s >= asked_s
    return DONE if done else TITLES[step.state]
