"""The live picture: the mirrored camera, the state in one big word, the ring, and one line to act on.

Read from two metres, so nothing stands on the camera's picture: words have a ground of their own whose
contrast is known. The state is shown three times, by word, by shape and by colour.
"""

from dataclasses import dataclass, replace

import numpy as np

from backstretch.coaching.scene import Phase, Scene, Status
from backstretch.display.pictures.canvas import (
    BLUE,
    BOLD,
    DARK,
    GREY,
    LINE_HEIGHT,
    MEDIUM,
    ORANGE,
    WHITE,
    Box,
    Brush,
    Colour,
    Line,
    Picture,
    Type,
    baseline,
    fit_into,
)
from backstretch.display.pictures.overlay import Mark, Sheet, unit_of
from backstretch.display.pictures.preview import Previews
from backstretch.frame import Frame
from backstretch.judging.step import Step
from backstretch.kinematics.landmarks import Landmarks

DESIGNED_FOR_WH = (1280, 720)
"""All sizes below are pixels in a window of this size."""
LEAST_WH = (320, 180)
COLUMN = 448
"""Width of the right column; the camera's picture has the rest, down to the band with the line."""
BAND, MOST_BAND = 252, 400
"""Height of the band: beside the column it leaves 16:9 for the picture; and with a long line."""
MARGIN, GAP = 24, 12
WORD_HEIGHT = 112
"""The block with the state."""
LEGIBLE = 45
"""Letters that must be read from 2.5 m: their capitals are 10 minutes of arc high, 7.3 mm, on a screen of
13 inches (16:9, 166 mm high) that the window fills."""
WORD, LINE = 56, 54
KEYS, KEYS_HEIGHT = 22, 96
"""Keys are for somebody who stands at the machine. The pace of breathing gives way to them."""
SHORT = 80
"""A line that is short enough stands alone, in this size."""
WAYS = ((LINE, 2), (LEGIBLE, 3))
"""Sizes and numbers of lines for longer ones; the larger letters win."""
LONG_LINES = 6
"""A line that needs more gets a higher band."""
ADVICE, ADVICE_LINES = 45, 6
RING, RING_WIDTH, NUMBER = 272, 22, 104
NAME_LINES = 3
"""Of the stretch with its side, below the ring."""
STRIP = 64
"""Height of a remark between the picture and the band."""
PAUSE_BAR = 52
BREATH_LEAST, BREATH_MOST = 9, 30
SYMBOL = 26
BAR = 12
"""Width of the coloured bar beside the line."""
STEP_DOT = 8
PREVIEW_WH = (352, 264)
"""What is shown of the stretch in the column, before it begins."""
INSET_WH, INSET_EDGE = (216, 162), 3
"""What is shown of it in the corner of the camera's picture, once it has begun; and the line around it."""
BAND_GROUND: Colour = (38, 41, 47)
QUIET: Colour = (178, 183, 190)
"""Small words; 7:1 and more on both grounds."""
PLAIN: Colour = (58, 63, 71)
"""Ground of a state that neither counts nor asks for anything."""
GROUNDS = {Status.IN: BLUE, Status.ADJUST: ORANGE, Status.UNSEEN: GREY, Status.CALM: PLAIN}
INKS = {Status.IN: DARK, Status.ADJUST: DARK, Status.UNSEEN: DARK, Status.CALM: WHITE}
MARKS = {Status.IN: Mark.FINE, Status.ADJUST: Mark.WRONG, Status.UNSEEN: Mark.UNKNOWN}
MUTE_HELP, FULL_HELP = "M mute", "F full screen"
KEYS_HELP = (
    ("Space or click: pause", "P pain: stop"),
    ("N next", "B back", MUTE_HELP),
    (FULL_HELP, "Q quit"),
)
"""Each key and what it does, in three lines."""
KEYS_LINES = tuple(" · ".join(keys) for keys in KEYS_HELP)
KEYS_AFTER: tuple[str, ...] = ("Q quit",)
KEYS_UNDO: tuple[str, ...] = ("P again: no pain", "Q quit")
"""While pain that was reported can be taken back."""
WITH_PREVIEW = {Phase.PLACING, Phase.READY}
"""In these the stretch is shown in the column."""
WITH_INSET = {Phase.TRYING, Phase.HOLDING}
"""In these it is shown beside the person: moving while it is tried, still while it is held."""
JUDGED = {Phase.TRYING, Phase.HOLDING, Phase.EASING}
"""In these the joints that are judged are marked."""


@dataclass(frozen=True, eq=False)
class LiveState:
    """What can be shown: a picture, the landmarks found in it, and the last step and scene.

    Attributes:
        frame: None before the first picture.
        marks: Raw landmarks of this very picture, None with nobody in view.
        step: The last judged moment, a little older than the picture; None before one.
        scene: What the coach shows.
        lost: Why no pictures come; empty while they do.
        slow: That the machine does not keep up, in words; empty while it does.
    """

    frame: Frame | None
    marks: Landmarks | None
    step: Step | None
    scene: Scene
    lost: str = ""
    slow: str = ""

    @property
    def time_s(self) -> float:
        """The picture's time; 0 before the first."""
        return 0.0 if self.frame is None else self.frame.time_s

    @property
    def visible_scene(self) -> Scene:
        """The scene; while no pictures come, one that says so."""
        if not self.lost:
            return self.scene
        line = f"{self.lost[:1].upper()}{self.lost[1:]}"
        return replace(
            self.scene, status=Status.UNSEEN, title="Waiting", line=line, steps=(), note=""
        )


class LiveView:
    """Draws live states in any size; remembers what it fitted."""

    def __init__(self) -> None:
        self._type = Type()
        self.previews = Previews()

    def draw(self, state: LiveState, wh: tuple[int, int], *, muted: bool = False) -> Picture:
        """A new (H, W, 3) RGB picture of the size ``wh``, or of `LEAST_WH` where that is larger."""
        picture, unit = empty_page(wh)
        brush = Brush(self._type, picture, unit)
        page = _Page(brush, self._type, picture, unit, self.previews)
        page.draw(state, muted=muted)
        return picture


def empty_page(wh: tuple[int, int]) -> tuple[Picture, float]:
    """A dark (H, W, 3) picture of at least `LEAST_WH`, and the size of everything on it."""
    width, height = (max(size, least) for size, least in zip(wh, LEAST_WH, strict=True))
    fits = (size / full for size, full in zip((width, height), DESIGNED_FOR_WH, strict=True))
    return np.full((height, width, 3), DARK, np.uint8), min(fits)


@dataclass(frozen=True)
class _Page:
    """One picture being drawn."""

    brush: Brush
    type: Type
    picture: Picture
    unit: float
    previews: Previews

    @property
    def _wh(self) -> tuple[int, int]:
        return self.picture.shape[1], self.picture.shape[0]

    def _px(self, size: float) -> int:
        return max(1, round(size * self.unit))

    def draw(self, state: LiveState, *, muted: bool) -> None:
        scene = state.visible_scene
        width, height = self._wh
        column = Box(width - self._px(COLUMN), 0, self._px(COLUMN), height)
        band_height = self._band_height(scene, column.x)
        band = Box(0, height - band_height, column.x, band_height)
        strip = Box(0, band.y - self._px(STRIP), column.x, self._px(STRIP) if state.slow else 0)
        camera = Box(0, 0, column.x, strip.y if state.slow else band.y)
        self._camera(state, camera)
        if scene.phase in WITH_INSET:
            self._inset(state, camera)
        if state.slow:
            self._strip(state.slow, strip)
        # After pain there is more to read than to see.
        self._band(scene, Box(0, 0, column.x, height) if scene.phase is Phase.PAIN else band)
        self._column(state, column, muted=muted)

    def _camera(self, state: LiveState, box: Box) -> None:
        """The camera's picture as a mirror shows it, with the body drawn on it."""
        if state.frame is None:
            return
        part = fit_into(state.frame.image, box, self.picture, mirrored=True)
        area = self.picture[part.y : part.y + part.h, part.x : part.x + part.w]
        if state.scene.phase in {Phase.PAUSED, Phase.PAIN, Phase.DONE} or state.lost:
            area[:] = area // 3
            return
        if state.marks is None:
            return
        unit = unit_of((part.w, part.h))
        sheet = Sheet(Brush(self.type, area, unit), self.type, (part.w, part.h), unit)
        step = state.step
        is_judged = state.scene.phase in JUDGED and state.scene.status is not Status.CALM
        sheet.person(_mirror(state.marks), step.verdict if step and is_judged else None)

    def _strip(self, words: str, box: Box) -> None:
        """A remark between picture and band."""
        self.brush.box(box, PLAIN)
        left, inner = self._px(BAR + MARGIN), box.w - self._px(BAR + 2 * MARGIN)
        size_px, fitted = self.type.fit_line(words, LEGIBLE * self.unit, inner)
        base = baseline(box.y + box.h / 2, size_px)
        self.brush.write(Line(fitted, left, base, size_px, MEDIUM, WHITE))

    def _band_height(self, scene: Scene, width: int) -> int:
        """Height of the band, in pixels: more where a line would not be legible in the usual one."""
        inner = width - self._px(BAR + 2 * MARGIN)
        size, lines = self.type.fit(scene.words, LEGIBLE * self.unit, inner, LONG_LINES, BOLD)
        note = LEGIBLE + GAP if scene.note or scene.progress else 0
        needed = len(lines) * LINE_HEIGHT * size + self._px(2 * MARGIN + note)
        return round(min(max(self._px(BAND), needed), self._px(MOST_BAND)))

    def _preview(self, state: LiveState, room: Box) -> None:
        """The demonstration of the stretch that is due, in the column."""
        width, height = (self._px(size) for size in PREVIEW_WH)
        left, top = room.x + (room.w - width) // 2, room.y + (room.h - height) // 2
        box = Box(left, top, width, height)
        self.previews.show_moving(state.scene.form, state.time_s, self.picture, box)

    def _inset(self, state: LiveState, camera: Box) -> None:
        """The stretch in a corner of the camera's picture: moving while it is tried, still while it is held."""
        width, height = (self._px(size) for size in INSET_WH)
        form, box = state.scene.form, Box(camera.x + camera.w - width, camera.y, width, height)
        if state.scene.phase is Phase.TRYING:
            part = self.previews.show_moving(form, state.time_s, self.picture, box)
        else:
            part = self.previews.show_still(form, self.picture, box)
        if part is not None:
            edge = self._px(INSET_EDGE)
            self.brush.box(Box(part.x - edge, part.y, edge, part.h + edge), DARK)
            self.brush.box(Box(part.x, part.y + part.h, part.w, edge), DARK)

    def _band(self, scene: Scene, box: Box) -> None:
        """One line to act on, that time is not counting, or where in the programme this is."""
        self.brush.box(box, BAND_GROUND)
        self.brush.box(Box(box.x, box.y, self._px(BAR), box.h), GROUNDS[scene.status])
        left = box.x + self._px(BAR + MARGIN)
        inner = box.w - self._px(BAR + 2 * MARGIN)
        top, bottom = box.y + self._px(MARGIN), box.y + box.h - self._px(MARGIN)
        text = "" if scene.phase is Phase.PAIN else scene.note or scene.progress
        if text:
            bottom -= self._px(LEGIBLE)
            size_px, fitted = self.type.fit_line(_sentence(text), LEGIBLE * self.unit, inner)
            base = baseline(bottom + self._px(LEGIBLE) / 2, size_px)
            self.brush.write(Line(fitted, left, base, size_px, MEDIUM, QUIET))
            bottom -= self._px(GAP)
        for line in self._words(scene, Box(left, top, inner, bottom - top)):
            self.brush.write(line)

    def _words(self, scene: Scene, box: Box) -> list[Line]:
        """The line to act on: large where it is short, and in the middle of its room."""
        line, short = scene.words, SHORT * self.unit
        if scene.phase is Phase.PAIN:
            return self._advice(line.splitlines(), box)
        is_short = self.type.width(line, round(short), BOLD) <= box.w
        ways = ((SHORT, 1),) if is_short else (*WAYS, (LEGIBLE, LONG_LINES))
        blocks = [self._block(line, box, size * self.unit, count) for size, count in ways]
        blocks = [each for each in blocks if each and each[-1].y <= box.y + box.h] or blocks[-1:]
        largest = max(blocks, key=lambda block: block[0].size if block else 0)
        left_over = box.y + box.h - largest[-1].y if largest else 0
        return [replace(each, y=each.y + max(0, left_over // 2)) for each in largest]

    def _advice(self, paragraphs: list[str], box: Box) -> list[Line]:
        """After pain there is more to read, and time to read it: a paragraph a sentence."""
        lines: list[Line] = []
        top = box.y + self._px(MARGIN)
        for words in paragraphs:
            room = Box(box.x, top, box.w, max(1, box.y + box.h - top))
            lines += self._block(words, room, ADVICE * self.unit, ADVICE_LINES)
            top = (lines[-1].y if lines else top) + self._px(1.2 * ADVICE)
        return lines

    def _block(self, words: str, box: Box, size: float, count: int) -> list[Line]:
        room = (box.w, float(box.h))
        return self.type.paragraph(words, (box.x, box.y), room, size, count, weight=BOLD)

    def _column(self, state: LiveState, box: Box, *, muted: bool) -> None:
        scene = state.visible_scene
        self._word(scene, Box(box.x, box.y, box.w, self._px(WORD_HEIGHT)))
        top = box.y + self._px(WORD_HEIGHT + MARGIN)
        room = Box(box.x + self._px(MARGIN), top, box.w - self._px(2 * MARGIN), self._px(RING))
        if scene.phase is Phase.PAUSED:
            self._bars(room)
        elif scene.phase in WITH_PREVIEW:
            self._preview(state, room)
        elif scene.phase is not Phase.PAIN:
            self._ring(scene, room)
        top = self._name(scene, box, top + self._px(RING + GAP)) + self._px(GAP)
        has_room = top + self._px(2 * BREATH_MOST + GAP) < box.y + box.h - self._px(KEYS_HEIGHT)
        if scene.breath is not None and scene.status is Status.IN and has_room:
            self._breath(scene, box, top)
        elif scene.steps:
            self._steps(scene, box, top)
        keys = KEYS_AFTER if scene.phase in {Phase.PAIN, Phase.DONE} else KEYS_LINES
        keys = KEYS_UNDO if scene.phase is Phase.PAIN and scene.left_s is not None else keys
        keys = ("Sound is off", *keys) if muted else keys
        for row, words in enumerate(reversed(keys)):
            y = box.y + box.h - self._px(MARGIN) - self._px(1.35 * KEYS) * row
            self._centred(words, (box.x + box.w / 2, y), KEYS, box.w - self._px(GAP), QUIET)

    def _word(self, scene: Scene, box: Box) -> None:
        """The state: a coloured block with its shape and its word."""
        ground, ink = GROUNDS[scene.status], INKS[scene.status]
        self.brush.box(box, ground)
        middle = np.array([box.x + self._px(MARGIN + SYMBOL), box.y + box.h / 2])
        left = self._px(MARGIN)
        mark = MARKS.get(scene.status)
        if mark is not None:
            self.brush.disc(middle, self._px(SYMBOL + 12), DARK)
            sheet = Sheet(self.brush, self.type, self._wh, self.unit)
            sheet.symbol(mark, middle, SYMBOL - 2 if mark is Mark.FINE else SYMBOL)
            left = self._px(MARGIN + 2 * SYMBOL + 12 + GAP)
        inner = box.w - left - self._px(GAP)
        size, words = self.type.fit_line(scene.title, WORD * self.unit, inner, BOLD)
        base = baseline(box.y + box.h / 2, size)
        self.brush.write(Line(words, box.x + left, base, size, BOLD, ink))

    def _ring(self, scene: Scene, box: Box) -> None:
        """Valid seconds of the hold, or those that are left of a rest."""
        middle = np.array([box.x + box.w / 2, box.y + box.h / 2])
        width = RING_WIDTH * self.unit
        radius = RING * self.unit / 2 - width / 2
        if scene.left_s is None:
            share = min(1.0, scene.valid_s / scene.asked_s)
            colour = BLUE if scene.status is Status.IN else GREY
            number, unit = f"{scene.valid_s:.0f}", f"of {scene.asked_s:.0f} s"
        else:
            share, colour = min(1.0, scene.left_s / max(scene.rest_s, 1.0)), GREY
            number, unit = f"{np.ceil(scene.left_s):.0f}", "seconds"
        self.brush.ring(middle, radius, width, share, colour)
        x, y = middle
        inner = 2 * radius - 2 * width
        self.brush.write(
            self.type.centred(number, (x, y - self._px(24)), NUMBER * self.unit, inner, BOLD)
        )
        self._centred(unit, (x, y + self._px(54)), LEGIBLE, 0.8 * inner, WHITE)

    def _bars(self, box: Box) -> None:
        """The two bars of a pause."""
        for side in (-1, 1):
            middle = box.x + box.w / 2 + side * self._px(PAUSE_BAR)
            left, top = round(middle - self._px(PAUSE_BAR) / 2), box.y + self._px(PAUSE_BAR)
            bar = Box(left, top, self._px(PAUSE_BAR), box.h - 2 * self._px(PAUSE_BAR))
            self.brush.box(bar, GREY)

    def _name(self, scene: Scene, box: Box, top: int) -> int:
        """The stretch and its side; returns where they end."""
        inner = box.w - self._px(GAP)
        form = scene.form
        name = f"{form.pose.name}, {form.side}" if form.side else form.pose.name
        size, lines = self.type.fit(name, LEGIBLE * self.unit, inner, NAME_LINES)
        for row, words in enumerate(lines):
            y = top + LINE_HEIGHT * size * (row + 0.5)
            left = round(box.x + (box.w - self.type.width(words, size)) / 2)
            self.brush.write(Line(words, left, baseline(y, size), size, MEDIUM, WHITE))
        return top + round(LINE_HEIGHT * size * len(lines))

    def _breath(self, scene: Scene, box: Box, top: int) -> None:
        """A disc that grows and shrinks with the breath."""
        breath = scene.breath
        if breath is None:
            return
        radius = BREATH_LEAST + breath.fullness * (BREATH_MOST - BREATH_LEAST)
        middle = np.array([box.x + box.w * 0.22, top + self._px(BREATH_MOST)])
        self.brush.disc(middle, self._px(BREATH_MOST + 3), PLAIN)
        self.brush.disc(middle, self._px(radius), QUIET)
        words = "breathe in" if breath.inhaling else "breathe out"
        left = round(middle[0]) + self._px(BREATH_MOST + GAP)
        size, words = self.type.fit_line(words, LEGIBLE * self.unit, box.x + box.w - left)
        self.brush.write(Line(words, left, baseline(middle[1], size), size, MEDIUM, QUIET))

    def _steps(self, scene: Scene, box: Box, top: int) -> None:
        """A dot for each step; the one that is being read out is filled."""
        space = self._px(4 * STEP_DOT)
        x = box.x + box.w / 2 - space * (len(scene.steps) - 1) / 2
        for at in range(len(scene.steps)):
            middle = np.array([x + at * space, top + self._px(BREATH_LEAST)])
            colour = BLUE if at == scene.step_at else PLAIN
            radius = STEP_DOT if at == scene.step_at else STEP_DOT - 2
            self.brush.disc(middle, self._px(radius), colour)

    def _centred(
        self, words: str, middle: tuple[float, float], size: int, width: float, colour: Colour
    ) -> None:
        fitted, words = self.type.fit_line(words, size * self.unit, int(width))
        left = round(middle[0] - self.type.width(words, fitted) / 2)
        self.brush.write(Line(words, left, baseline(middle[1], fitted), fitted, MEDIUM, colour))


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _mirror(marks: Landmarks) -> Landmarks:
    """The landmarks where a mirror shows them; left stays the person's left."""
    xy = marks.xy_px * (-1, 1) + (marks.image_wh[0], 0)
    return replace(marks, xy_px=xy)
