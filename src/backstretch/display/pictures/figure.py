"""A stretch's drawing: in letters for the terminal, as a picture with the worked side marked, and as a PNG."""

import math
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backstretch.display.pictures.canvas import (
    BOLD,
    CAPITAL,
    DARK,
    MEDIUM,
    WHITE,
    Box,
    Brush,
    Colour,
    Line,
    Picture,
    Type,
    baseline,
    fit_into,
    save_png,
)
from backstretch.display.pictures.demonstration import (
    HELD_AT_S,
    MOVE_S,
    REST_S,
    Demonstration,
    load_demonstration,
)
from backstretch.display.pictures.drawn_pose import GROUND, drawn_pose
from backstretch.judging.matching import Form
from backstretch.kinematics.landmarks import SIDES, Floats
from backstretch.poses.pose import Pose

Covered = NDArray[np.bool_]
"""(H, W), where something is drawn."""
CELLS_WH = (44, 16)
"""Letters that a terminal drawing takes at most; each holds 2 by 4 dots."""
DOTS_WH = (2, 4)
FINER = 2
"""Pixels of the drawing for one dot, each way: its lines stay whole."""
BRAILLE = 0x2800
DOT_BITS = np.array(((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80)))
"""Unicode's braille patterns: the bit of the dot in each row and column."""
PICTURE_W, MARGIN = 960, 28
FIGURE_H, STRIP_H = 470, 210
TITLE, CAPTION = 36, 22
LONG = 2.2
"""A body that is so many times as long as it is high has its two sides one below the other."""
QUIET: Colour = (84, 90, 98)
STRIP = (
    ("Start", 0.0),
    ("On the way", REST_S + 0.4 * MOVE_S),
    ("Hold", HELD_AT_S),
)
"""Moments of the demonstration that a PNG shows."""
TAG, LEAST_TAG = 0.06, 10
"""Size of the letters on a tag, as a share of the picture's width and height; and the least, in pixels."""
TAG_AWAY = (1.2, 1.8, 2.6, 3.6)
"""How far a tag may be from what it marks, in its own heights; the first free place wins."""


def figure_text(pose: Pose) -> list[str]:
    """The outlines of the drawing in lines of braille; empty where the pose has no figure."""
    if not pose.figure:
        return []
    (columns, rows), (across, down) = CELLS_WH, DOTS_WH
    fine = drawn_pose(pose, (FINER * columns * across, FINER * rows * down)).outlines
    dots = fine.reshape(rows * down, FINER, columns * across, FINER).any(axis=(1, 3))
    cells = dots.reshape(rows, down, columns, across).swapaxes(1, 2)
    bits = (cells * DOT_BITS).sum(axis=(2, 3))
    columns_used = np.flatnonzero(bits.any(axis=0))
    bits = bits[:, columns_used[0] : columns_used[-1] + 1]
    return ["".join(chr(BRAILLE + int(bit)) for bit in row) for row in bits if row.any()]


@lru_cache(maxsize=16)
def figure_image(form: Form, wh: tuple[int, int], *, mirrored: bool = False) -> Picture:
    """Draw a pose that has a figure, with its worked side marked, as (H, W, 3) RGB; to be read only.

    Args:
        form: The pose and its side; the left is drawn where it has none.
        wh: Width and height in pixels.
        mirrored: As a mirror shows it, not as a camera sees it.
    """
    drawn = drawn_pose(form.pose, wh)
    is_turned = (form.side == "right") != mirrored
    step = -1 if is_turned else 1
    picture = drawn.picture[:, ::step].copy()
    if form.side and drawn.marked is not None:
        marked = (
            np.array([wh[0] - 1 - drawn.marked[0], drawn.marked[1]]) if is_turned else drawn.marked
        )
        letters = Type()
        unit = wh[1] / 360.0
        _tag(Brush(letters, picture, unit), letters, form.side, marked, drawn.covered[:, ::step])
    picture.flags.writeable = False
    return picture


def figure_picture(pose: Pose, path: Path) -> None:
    """Save a PNG: the figure, of both sides where they are done in turn, and moments of the demonstration.

    Raises:
        OSError: The file cannot be written.
    """
    demonstration = load_demonstration(pose)
    top = MARGIN + TITLE + MARGIN
    below = CAPTION + STRIP_H + 2 * MARGIN if demonstration else MARGIN
    picture = np.full((top + FIGURE_H + below, PICTURE_W, 3), GROUND, np.uint8)
    letters = Type()
    brush = Brush(letters, picture, 1.0)
    size, name = letters.fit_line(pose.name, TITLE, PICTURE_W - 2 * MARGIN, BOLD)
    brush.write(Line(name, MARGIN, MARGIN + round(CAPITAL * TITLE), size, BOLD, DARK))
    for side, box in _boxes(pose, top).items():
        image = figure_image(Form(pose, side), (box.w, box.h))
        picture[box.y : box.y + box.h, box.x : box.x + box.w] = image
    if demonstration:
        _show_moments(demonstration, brush, picture, top + FIGURE_H + CAPTION)
    save_png(path, picture)


def _boxes(pose: Pose, top: int) -> dict[str | None, Box]:
    """Where each side is drawn: side by side, or one below the other where the body is long."""
    if pose.sides == "both":
        return {None: Box(0, top, PICTURE_W, FIGURE_H)}
    width, height = PICTURE_W // 2, FIGURE_H // 2
    y, x = np.nonzero(drawn_pose(pose, (width, height)).covered)
    if np.ptp(x) < LONG * np.ptp(y):
        return {side: Box(at * width, top, width, FIGURE_H) for at, side in enumerate(SIDES)}
    return {side: Box(0, top + at * height, PICTURE_W, height) for at, side in enumerate(SIDES)}


def _show_moments(demonstration: Demonstration, brush: Brush, picture: Picture, top: int) -> None:
    """Put moments of a demonstration side by side, with a word below each."""
    width = (PICTURE_W - 2 * MARGIN - (len(STRIP) - 1) * CAPTION) // len(STRIP)
    for at, (words, time_s) in enumerate(STRIP):
        box = Box(MARGIN + at * (width + CAPTION), top, width, STRIP_H)
        part = fit_into(demonstration.at(time_s), box, picture, mirrored=False)
        foot = part.y + part.h + CAPTION
        brush.write(Line(words, part.x, foot, CAPTION, MEDIUM, QUIET))


def _tag(brush: Brush, letters: Type, words: str, marked: Floats, covered: Covered) -> None:
    """Write the side on a tag beside the body, with a line to what it marks."""
    size = max(LEAST_TAG, round(TAG * math.sqrt(covered.size)))
    wh = letters.width(words, size, BOLD) + size, round(1.5 * size)
    middle = _free_place(wh, marked, covered)
    brush.lines([np.array([marked, middle])], DARK, max(2, size / 9))
    brush.dot(marked, size / 4, WHITE)
    left, top = np.round(middle - np.array(wh) / 2.0).astype(int)
    brush.box(Box(left, top, *wh), DARK)
    x = left + (wh[0] - letters.width(words, size, BOLD)) // 2
    brush.write(Line(words, x, baseline(middle[1], size), size, BOLD, WHITE))


def _free_place(wh: tuple[int, int], marked: Floats, covered: Covered) -> Floats:
    """The middle of the nearest place for a tag that hides least of what is drawn."""
    (width, height), turns = wh, np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
    ways = np.column_stack([np.cos(turns), np.sin(turns)])
    reach = np.abs(ways[:, :1]) * width / 2.0
    places = np.concatenate([marked + (away * height + reach) * ways for away in TAG_AWAY])
    corners = np.round(places - np.array(wh) / 2.0).astype(int)
    is_within = (corners >= 0) & (corners + wh <= np.array(covered.shape[::-1]))
    hidden = [
        covered[top : top + height, left : left + width].mean() if inside.all() else np.inf
        for (left, top), inside in zip(corners, is_within, strict=True)
    ]
    return np.asarray(places[int(np.argmin(hidden))])
