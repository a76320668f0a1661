"""Drawing a stretch's ideal as a stick figure: in letters for the terminal, and as a picture."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from backstretch.display.pictures.canvas import (
    BLUE,
    DARK,
    GREY,
    WHITE,
    Box,
    Brush,
    Line,
    Type,
    save_png,
)
from backstretch.judging.matching import Form
from backstretch.kinematics.landmarks import INDEX, SIDES, Floats
from backstretch.kinematics.stick_figure import PX_PER_M, STATURE_M, ideal_body
from backstretch.kinematics.view import VIEWS
from backstretch.poses.pose import Pose

CELLS_WH = (44, 16)
"""Letters that a terminal drawing takes at most; each holds 2 by 4 dots."""
DOTS_WH = (2, 4)
BRAILLE = 0x2800
DOT_BITS = np.array(((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80)))
"""Unicode's braille patterns: the bit of the dot in each row and column."""
PICTURE_WH = (960, 720)
MARGIN = 0.14
"""Room around the figure in a picture, as a share of it."""
HEAD_PX = 0.06 * STATURE_M * PX_PER_M
"""Radius of the head in the ideal's own picture."""
ALIKE_WITHIN_M = 0.1
"""Seen from the front neither side is the far one."""
WIDTH, CAPTION = 8.0, 26
"""Of lines and letters in a picture, in pixels."""
CIRCLE = np.column_stack([f(np.linspace(0.0, 2.0 * np.pi, 40)) for f in (np.cos, np.sin)])
LIMBS = (("hip", "knee", "ankle", "heel", "foot_index"), ("shoulder", "elbow", "wrist"))


@dataclass(frozen=True)
class Drawing:
    """A figure fitted into a drawing, in its pixels; the nose's line is among the near ones."""

    far: list[Floats]
    near: list[Floats]
    head: Floats
    radius: float


def figure_text(pose: Pose) -> list[str]:
    """The figure in lines of braille; empty where the pose has none."""
    if not pose.figure:
        return []
    (columns, rows), (across, down) = CELLS_WH, DOTS_WH
    width, height = columns * across, rows * down
    drawing = _fit(pose, (width, height), 0.0)
    dots = np.zeros((height, width), bool)
    for line in (*drawing.far, *drawing.near, drawing.head + drawing.radius * CIRCLE):
        for start, end in pairwise(line):
            steps = int(np.abs(end - start).max() * 2) + 2
            xy = np.round(start + np.linspace(0.0, 1.0, steps)[:, None] * (end - start))
            x, y = np.clip(xy, 0, (width - 1, height - 1)).astype(int).T
            dots[y, x] = True
    cells = dots.reshape(rows, down, columns, across).swapaxes(1, 2)
    bits = (cells * DOT_BITS).sum(axis=(2, 3))
    bits = bits[:, np.flatnonzero(bits.any(axis=0))[0] :]
    return ["".join(chr(BRAILLE + int(bit)) for bit in row) for row in bits if row.any()]


def figure_picture(pose: Pose, path: Path) -> None:
    """Save the figure as a PNG.

    Raises:
        OSError: The file cannot be written.
    """
    picture = np.full((PICTURE_WH[1], PICTURE_WH[0], 3), DARK, np.uint8)
    brush = Brush(Type(), picture, 1.0)
    draw_figure(brush, Form(pose, "left"), Box(0, 0, *PICTURE_WH), WIDTH)
    words = f"{pose.name}, seen from the {pose.views[0].replace('_', ' ')}"
    brush.write(Line(words, CAPTION, PICTURE_WH[1] - CAPTION, CAPTION))
    save_png(path, picture)


def draw_figure(
    brush: Brush, form: Form, box: Box, width: float, *, mirrored: bool = False
) -> None:
    """Draw a pose that has a figure into a box, as the camera sees it, or as a mirror shows it."""
    drawing = _fit(form.pose, (box.w, box.h), MARGIN, form.side or "left")
    turn, start = (-1.0, 1.0) if mirrored else (1.0, 1.0), (box.w if mirrored else 0, 0)
    shift = np.add((box.x, box.y), start)
    brush.lines([line * turn + shift for line in drawing.far], GREY, width)
    brush.lines([line * turn + shift for line in drawing.near], BLUE, width)
    brush.disc(drawing.head * turn + shift, drawing.radius, WHITE)


def _fit(pose: Pose, wh: tuple[int, int], margin: float, side: str = "left") -> Drawing:
    far, near, head = _body(pose, side)
    whole = np.vstack([*far, *near, head + HEAD_PX, head - HEAD_PX])
    low, high = whole.min(axis=0), whole.max(axis=0)
    room = np.array(wh) * (1.0 - 2.0 * margin) - 1.0
    scale = float((room / np.maximum(high - low, 1.0)).min())
    shift = (np.array(wh) - 1.0) / 2 - scale * (low + high) / 2
    return Drawing(
        far=[scale * line + shift for line in far],
        near=[scale * line + shift for line in near],
        head=scale * head + shift,
        radius=scale * HEAD_PX,
    )


def _body(pose: Pose, side: str) -> tuple[list[Floats], list[Floats], Floats]:
    """Lines of the far and of the near side, in the ideal's own pixels, and the head's middle."""
    direction = VIEWS[pose.views[0]][0 if side == "left" else -1]
    marks = ideal_body(pose.figure, (direction.azimuth_deg, direction.elevation_deg), side)
    xy, depth_m = marks.xy_px, marks.world_m[:, 2]
    limbs = {
        side: [xy[[INDEX[f"{side}_{part}"] for part in limb]] for limb in LIMBS] for side in SIDES
    }
    ears, shoulders, hips = (
        xy[[INDEX[f"{side}_{part}"] for side in SIDES]] for part in ("ear", "shoulder", "hip")
    )
    head = ears.mean(axis=0)
    nose = xy[INDEX["nose"]] - head
    beyond = 1.0 + HEAD_PX / max(float(np.hypot(*nose)), HEAD_PX)
    spine = np.array([hips.mean(axis=0), shoulders.mean(axis=0), head])
    middle = [shoulders, hips, spine, np.array([head, head + beyond * nose])]
    near, far = sorted(SIDES, key=lambda side: depth_m[INDEX[f"{side}_hip"]])
    if depth_m[INDEX[f"{far}_hip"]] - depth_m[INDEX[f"{near}_hip"]] < ALIKE_WITHIN_M:
        return [], [*middle, *limbs[far], *limbs[near]], head
    return limbs[far], [*middle, *limbs[near]], head
