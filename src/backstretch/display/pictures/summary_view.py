"""The last picture of a session: seconds and repetitions of each stretch against the goal, large type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backstretch.display.pictures.canvas import (
    BLUE,
    BOLD,
    MEDIUM,
    TRACK,
    WHITE,
    Box,
    Brush,
    Colour,
    Line,
    Picture,
    Type,
    baseline,
)
from backstretch.display.pictures.live_view import QUIET, empty_page
from backstretch.judging.matching import Form
from backstretch.judging.result import Result, Tally, tallies

MARGIN = 48
TITLE, ROW, FOOT = 60, 45, 36
ROW_HEIGHT = 66
NAME_SHARE, BAR_SHARE = 0.4, 0.28
"""Of the width; the figures have the rest."""
BAR_HEIGHT = 22
TICK = 12
IN_THE_WAY = "Mostly in the way:"
CLOSE, CLOSING = "Press any key to close.", "R opens the report. Any other key closes this."
Style = tuple[int, Colour]
STRONG, PLAIN, SOFT = (BOLD, WHITE), (MEDIUM, WHITE), (MEDIUM, QUIET)


@dataclass(frozen=True)
class Ending:
    """What is shown at the end of a session beside its result.

    Attributes:
        advice: Sentences below, such as advice after pain.
        troubles: What was in the way of a stretch and side for longest, in words.
        report: The page of the session; None where it could not be written.
        faults: What could not be saved, one line each; the terminal tells it as well.
    """

    advice: tuple[str, ...] = ()
    troubles: Mapping[Form, str] = field(default_factory=dict)
    report: Path | None = None
    faults: tuple[str, ...] = ()


def draw_summary(result: Result, wh: tuple[int, int], ending: Ending) -> Picture:
    """Draw what a session came to, in a new (H, W, 3) RGB picture; ``wh`` is its size, at least `LEAST_WH`."""
    picture, unit = empty_page(wh)
    _Page(picture, unit).draw(result, ending)
    return picture


class _Page:
    def __init__(self, picture: Picture, unit: float) -> None:
        self._type = Type()
        self._brush = Brush(self._type, picture, unit)
        self._unit = unit
        self._h, self._w = picture.shape[:2]

    def _px(self, size: float) -> int:
        return max(1, round(size * self._unit))

    def draw(self, result: Result, ending: Ending) -> None:
        margin = self._px(MARGIN)
        inner = self._w - 2 * margin
        self._write(title_of(result), (margin, margin + self._px(TITLE / 2)), TITLE, STRONG, inner)
        name = result.assignment.pose.name if result.assignment.pose else result.assignment.title
        top = margin + self._px(TITLE * 1.5)
        self._write(name, (margin, top), FOOT, SOFT, inner)
        foot = [*ending.advice, *_report(ending.report), CLOSING if ending.report else CLOSE]
        top += self._px(FOOT)
        bottom = self._h - margin - self._px(1.4 * FOOT) * len(foot)
        self._rows(result, ending.troubles, Box(margin, top, inner, bottom - top))
        for at, words in enumerate(foot):
            y = bottom + self._px(1.4 * FOOT) * (at + 0.7)
            self._write(words, (margin, y), FOOT, SOFT, inner)

    def _rows(self, result: Result, troubles: Mapping[Form, str], box: Box) -> None:
        """A row for each stretch and side, with what was in the way below those that are not done."""
        rows: list[Tally | str] = []
        for tally in tallies(result):
            trouble = "" if tally.done >= tally.asked else troubles.get(tally.form, "")
            rows += [tally, f"{IN_THE_WAY} {trouble}"] if trouble else [tally]
        height = min(self._px(ROW_HEIGHT), box.h / max(1, len(rows)))
        for at, row in enumerate(rows):
            place = Box(box.x, round(box.y + at * height), box.w, round(height))
            if isinstance(row, Tally):
                self._row(row, place)
            else:
                size = min(FOOT, 0.62 * place.h / self._unit)
                middle = (place.x + self._px(MARGIN), place.y + 0.4 * place.h)
                self._write(row, middle, size, SOFT, place.w - self._px(MARGIN))

    def _row(self, tally: Tally, box: Box) -> None:
        """One stretch and side: its name, a bar, and the same in figures."""
        middle = box.y + box.h / 2
        size = min(ROW, 0.62 * box.h / self._unit)
        name = (
            f"{tally.form.pose.name}, {tally.form.side}"
            if tally.form.side
            else tally.form.pose.name
        )
        room = NAME_SHARE * box.w - self._px(TICK)
        self._write(name, (box.x, middle), size, PLAIN, room)
        height = min(self._px(BAR_HEIGHT), round(0.6 * box.h))
        bar = Box(
            x=round(box.x + NAME_SHARE * box.w),
            y=round(middle - height / 2),
            w=round(BAR_SHARE * box.w),
            h=height,
        )
        share = min(1.0, tally.held_s / (tally.asked * tally.asked_s))
        self._brush.box(bar, TRACK)
        filled = Box(bar.x, bar.y, round(share * bar.w), bar.h)
        self._brush.box(filled, BLUE)
        left = bar.x + bar.w + self._px(2 * TICK)
        holds = "hold" if tally.asked == 1 else "holds"
        words = (
            f"{tally.held_s:.0f} s · {tally.done} of {tally.asked} {holds} of {tally.asked_s:g} s"
        )
        words = f"{words}  ✓" if tally.done >= tally.asked else words
        self._write(words, (left, middle), size, PLAIN, box.x + box.w - left)

    def _write(
        self, words: str, at: tuple[int, float], size: float, style: Style, width: float
    ) -> None:
        """Write a line from its left end on, centred on a height."""
        weight, colour = style
        fitted, words = self._type.fit_line(words, size * self._unit, int(width), weight)
        line = Line(words, at[0], baseline(at[1], fitted), fitted, weight, colour)
        self._brush.write(line)


def title_of(result: Result) -> str:
    """What a session came to, in one line."""
    if not result.could_be_told:
        return "It could not be told what was held"
    held_s = sum(each.held_s for each in tallies(result))
    return f"{held_s:.0f} s held" if held_s else "Nothing was held this time"


def _report(page: Path | None) -> list[str]:
    return [] if page is None else [f"Report: {page}"]
