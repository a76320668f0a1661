"""A canvas: type that fits, panels, lines and a few shapes, drawn with OpenCV on one picture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backstretch.files import write_whole
from backstretch.kinematics.landmarks import Floats

Picture = NDArray[np.uint8]
"""(H, W, 3), RGB."""
Colour = tuple[int, int, int]
BLUE: Colour = (86, 180, 233)
ORANGE: Colour = (230, 159, 0)
"""Of Okabe and Ito's palette: distinguishable with every kind of colour blindness."""
GREY: Colour = (200, 200, 200)
WHITE: Colour = (255, 255, 255)
DARK: Colour = (24, 26, 30)
TRACK: Colour = (92, 96, 102)
"""The part of a ring that is not filled."""
JPEG_QUALITY = 80
LEAST_TEXT_PX = 8
"""Smaller letters are smudges."""
LINE_HEIGHT = 1.22
CAPITAL = 0.74
"""Height of a line and of a capital letter, in letter sizes (OpenCV's built-in Rubik)."""
BOLD, MEDIUM = 700, 500
PANEL_KEEPS = 0.26
"""Share of the picture's light that a panel lets through."""
DASHES = 7
ARC_POINTS = 72
SUBPIXEL_BITS = 4


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

    def __init__(self) -> None:
        import cv2  # heavy; loaded only when something is drawn

        self._cv = cv2
        self.face = cv2.FontFace("sans")
        self.fit = lru_cache(maxsize=128)(self._fit)

    def width(self, text: str, size: int, weight: int = MEDIUM) -> int:
        """Width of a line in pixels."""
        box = self._cv.getTextSize((0, 0), text, (0, 0), self.face, size, weight)
        return int(box[2])

    def fit_line(self, text: str, size: float, width: int, weight: int = MEDIUM) -> tuple[int, str]:
        """Shrink one line to the width, at worst with an ellipsis; the letter size and the line."""
        fitted, lines = self.fit(text, size, width, 1, weight)
        return fitted, "".join(lines)

    def centred(
        self,
        text: str,
        middle: tuple[float, float],
        size: float,
        width: float,
        weight: int = MEDIUM,
    ) -> Line:
        """Centre a figure; one that does not fit is left out, for half of one would mislead."""
        fitted, words = self.fit_line(text, size, int(width), weight)
        words = words if words == text else ""
        x = middle[0] - self.width(words, fitted, weight) / 2
        return Line(words, round(x), baseline(middle[1], fitted), fitted, weight)

    def paragraph(
        self,
        text: str,
        left_top: tuple[int, int],
        room_wh: tuple[int, float],
        size: float,
        count: int,
        *,
        weight: int = MEDIUM,
    ) -> list[Line]:
        """Set text below a corner, in at most ``count`` lines, all of which begin inside the room."""
        count = min(count, int(room_wh[1] / (LINE_HEIGHT * LEAST_TEXT_PX)))
        if count < 1:
            return []
        fitted, lines = self.fit(text, size, room_wh[0], count, weight)
        left, top = left_top[0], left_top[1] + round(CAPITAL * fitted)
        return [
            Line(words, left, top + round(row * LINE_HEIGHT * fitted), fitted, weight)
            for row, words in enumerate(lines)
        ]

    def _fit(
        self, text: str, size: float, width: int, count: int, weight: int = MEDIUM
    ) -> tuple[int, list[str]]:
        """Shrink and wrap text into at most ``count`` lines; text that fits at no legible size is cut short.

        Returns:
            The letter size in pixels and the lines, of about equal length.
        """
        largest = max(LEAST_TEXT_PX, round(size))
        for smaller in range(largest, LEAST_TEXT_PX - 1, -1):
            lines = self._wrap(text, smaller, width, weight)
            if len(lines) <= count and self._widest(lines, smaller, weight) <= width:
                return smaller, self._balance(lines, smaller, width, weight)
        lines = self._wrap(text, LEAST_TEXT_PX, width, weight)
        fitting = [*lines[: count - 1], " ".join(lines[count - 1 :])]
        return LEAST_TEXT_PX, [self._cut(line, width, weight) for line in fitting if line]

    def _widest(self, lines: list[str], size: int, weight: int) -> int:
        return max((self.width(line, size, weight) for line in lines), default=0)

    def _balance(self, lines: list[str], size: int, width: int, weight: int) -> list[str]:
        """The same number of lines, as narrow as they come: no single word on the last."""
        narrower = lines
        while len(narrower) == len(lines) > 1 and self._widest(narrower, size, weight) <= width:
            lines = narrower
            width = self._widest(lines, size, weight) - 1
            narrower = self._wrap(" ".join(lines), size, width, weight)
        return lines

    def _wrap(self, text: str, size: int, width: int, weight: int) -> list[str]:
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
    """Draws on one picture, in place; places and sizes are pixels and may be fractions.

    Args:
        letters: The type to write in.
        picture: (H, W, 3) RGB, writable.
        unit: Pixels of a thin line; how strongly shapes are outlined.
    """

    def __init__(self, letters: Type, picture: Picture, unit: float) -> None:
        import cv2  # loaded with the type

        self._cv = cv2
        self._type = letters
        self._picture = picture
        self._unit = unit

    def panel(self, box: Box, radius: int) -> None:
        """Darken a box with round corners."""
        part = self._picture[box.y : box.y + box.h, box.x : box.x + box.w]
        self._cv.multiply(part, _panel_light(box.w, box.h, radius), dst=part, scale=1 / 255)

    def box(self, box: Box, colour: Colour) -> None:
        """Fill a box."""
        self._picture[box.y : box.y + box.h, box.x : box.x + box.w] = colour

    def lines(self, lines: Sequence[Floats], colour: Colour, width: float) -> None:
        """Draw lines, each (n, 2) pixels."""
        paths = [_fixed_point(line) for line in lines]
        args = (False, colour, max(1, round(width)), self._cv.LINE_AA, SUBPIXEL_BITS)
        self._cv.polylines(self._picture, paths, *args)

    def fill(self, corners: Floats, colour: Colour) -> None:
        """Fill a convex shape of (n, 2) corners."""
        args = (colour, self._cv.LINE_AA, SUBPIXEL_BITS)
        self._cv.fillConvexPoly(self._picture, _fixed_point(corners), *args)

    def disc(self, middle: Floats, radius: float, colour: Colour) -> None:
        """Fill a circle."""
        x, y = _fixed_point(middle).tolist()
        args = (round(radius * 2**SUBPIXEL_BITS), colour, -1, self._cv.LINE_AA, SUBPIXEL_BITS)
        self._cv.circle(self._picture, (x, y), *args)

    def write(self, line: Line) -> None:
        """Write one line of text."""
        place = (line.x, line.y)
        args = (line.colour, self._type.face, line.size, line.weight)
        self._cv.putText(self._picture, line.text, place, *args)

    def ring(self, middle: Floats, radius: float, width: float, share: float, fill: Colour) -> None:
        """Draw a ring that is filled to a share (0..1), clockwise from the top."""
        self.lines([_arc(middle, radius, 0.0, 1.0)], TRACK, width)
        if share > 0.0:
            self.lines([_arc(middle, radius, 0.0, share)], fill, width)

    def dot(self, middle: Floats, radius: float, colour: Colour) -> None:
        """Draw an outlined disc."""
        self.disc(middle, radius + 2 * self._unit, DARK)
        self.disc(middle, radius, colour)

    def diamond(self, middle: Floats, radius: float, colour: Colour) -> None:
        """Draw a diamond with ``!``, outlined in white and dark."""
        corners = np.array([(0, -1), (1, 0), (0, 1), (-1, 0)])
        for grow, layer in ((4.5, DARK), (2.0, WHITE), (-1.5, colour)):
            self.fill(middle + corners * (radius + grow * self._unit), layer)
        self._letter("!", middle, radius, DARK)

    def doubt(self, middle: Floats, radius: float, colour: Colour) -> None:
        """Draw a dashed ring with ``?`` on a dark disc."""
        self.disc(middle, radius + 3 * self._unit, DARK)
        dashes = [(dash - 0.3, dash + 0.3) for dash in range(DASHES)]
        arcs = [_arc(middle, radius, start / DASHES, end / DASHES) for start, end in dashes]
        self.lines(arcs, colour, 2.5 * self._unit)
        self._letter("?", middle, radius, colour)

    def _letter(self, letter: str, middle: Floats, radius: float, colour: Colour) -> None:
        size = round(1.3 * radius)
        x = round(middle[0] - self._type.width(letter, size, BOLD) / 2)
        self.write(Line(letter, x, baseline(middle[1], size), size, BOLD, colour))


def baseline(middle: float, size: int) -> int:
    """Where capitals stand that are centred on a height."""
    return round(middle + CAPITAL * size / 2)


def _arc(middle: Floats, radius: float, start: float, end: float) -> Floats:
    """(n, 2) points clockwise around the middle; start and end are in rounds from the top."""
    rounds = np.linspace(start, end, max(3, math.ceil((end - start) * ARC_POINTS)))
    around = np.stack([np.sin(2 * np.pi * rounds), -np.cos(2 * np.pi * rounds)], axis=1)
    return middle + radius * around


def _fixed_point(points: Floats) -> NDArray[np.int32]:
    fixed: NDArray[np.int32] = np.round(points * 2.0**SUBPIXEL_BITS).astype(np.int32)
    return fixed


@lru_cache(maxsize=32)
def _panel_light(width: int, height: int, radius: int) -> Picture:
    """(H, W, 3) share of light, of 255, that a panel with soft round corners lets through."""
    x = np.abs(np.arange(width) + 0.5 - width / 2) - (width / 2 - radius)
    y = np.abs(np.arange(height) + 0.5 - height / 2) - (height / 2 - radius)
    away = np.hypot(np.maximum(x, 0.0)[None, :], np.maximum(y, 0.0)[:, None]) - radius
    cover = np.clip(0.5 - away, 0.0, 1.0) * (1.0 - PANEL_KEEPS)
    return np.repeat(np.round(255 * (1.0 - cover)).astype(np.uint8)[..., None], 3, axis=2)


def fit_into(picture: Picture, box: Box, sheet: Picture, *, mirrored: bool) -> Box:
    """Scale a picture into a box of a sheet, whole and in the middle, as a mirror shows it if asked.

    Returns:
        The part of the sheet that it fills.
    """
    import cv2

    height, width = picture.shape[:2]
    scale = min(box.w / width, box.h / height)
    wh = max(1, round(width * scale)), max(1, round(height * scale))
    way = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
    scaled = cv2.resize(picture, wh, interpolation=way)
    part = Box(box.x + (box.w - wh[0]) // 2, box.y + (box.h - wh[1]) // 2, *wh)
    target = sheet[part.y : part.y + part.h, part.x : part.x + part.w]
    target[:] = cv2.flip(scaled, 1) if mirrored else scaled
    return part


def save_png(path: Path, picture: Picture) -> None:
    """Write a picture as a PNG, or nothing.

    Raises:
        OSError: The file cannot be written.
    """
    write_whole(path, png_of(picture))


def png_of(picture: Picture) -> bytes:
    """A picture as a PNG."""
    import cv2

    _, data = cv2.imencode(".png", np.ascontiguousarray(picture[:, :, ::-1]))
    return data.tobytes()


def jpeg_of(picture: Picture, most_px: int) -> bytes:
    """A picture as a JPEG, made smaller where its longest side is more than ``most_px``."""
    import cv2

    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    share = most_px / max(picture.shape[:2])
    if share < 1.0:
        bgr = cv2.resize(bgr, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return data.tobytes()
