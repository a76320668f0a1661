"""Pages of paper: text, tables and charts that flow from page to page of a PDF.

Drawn by matplotlib, which charts need anyway: no browser and no further library.
"""

import io
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from backstretch.display.html.page import INK, RULE, SETTINGS, SOFT

if TYPE_CHECKING:
    from matplotlib.axes import Axes


A4_IN = 8.27, 11.69
MARGIN_IN, FOOT_IN = 0.6, 0.75
INSIDE_IN = A4_IN[0] - 2 * MARGIN_IN
POINTS_AN_INCH = 72.0
LEADING = 1.4
"""Height of a line over the size of its letters."""
PADDING_IN = 0.12
"""Between two columns of a table."""
BODY_PT, SMALL_PT = 9.0, 8.0


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, its share of the width, and whether it holds numbers."""

    name: str
    share: float
    is_number: bool = True


class Paper:
    """A PDF being written, from top to bottom; call `bytes_of` at its end.

    Args:
        foot: What stands at the foot of each page, before its number.
    """

    def __init__(self, foot: str) -> None:
        from matplotlib.backends.backend_pdf import PdfPages

        self._file = io.BytesIO()
        self._pages: Any = PdfPages(
            self._file, metadata={"CreationDate": None, "Title": printable(foot)}
        )
        self._foot, self._number = foot, 0
        self._figure: Any = None
        self._y_in = 0.0
        self.turn()

    def bytes_of(self) -> bytes:
        """The finished PDF."""
        self._put_away()
        self._pages.close()
        return self._file.getvalue()

    def turn(self) -> None:
        """Begin a new page."""
        from matplotlib.figure import Figure

        self._put_away()
        self._figure, self._number = Figure(figsize=A4_IN), self._number + 1
        self._y_in = A4_IN[1] - MARGIN_IN
        foot = f"{self._foot} · page {self._number}"
        self._write(fitting(foot, SMALL_PT, INSIDE_IN)[0], MARGIN_IN, 0.4, SMALL_PT, SOFT)

    def _put_away(self) -> None:
        if self._figure is not None:
            self._pages.savefig(self._figure)

    def need(self, height_in: float) -> None:
        """Turn the page where less than this is left of it."""
        if self._y_in - height_in < FOOT_IN:
            self.turn()

    def gap(self, height_in: float) -> None:
        """Leave some room."""
        self._y_in -= height_in

    def text(
        self, words: str, size_pt: float = BODY_PT, colour: str = INK, *, bold: bool = False
    ) -> None:
        """A paragraph."""
        for line in fitting(words, size_pt, INSIDE_IN, bold=bold):
            height_in = LEADING * size_pt / POINTS_AN_INCH
            self.need(height_in)
            self._y_in -= height_in
            self._write(line, MARGIN_IN, self._y_in, size_pt, colour, bold=bold)

    def heading(self, words: str) -> None:
        """A heading, which never stands at the foot of a page."""
        self.need(1.3)
        self.gap(0.2)
        self.text(words, 12.0, bold=True)
        self.gap(0.06)

    def rule(self, colour: str = RULE, left_in: float = MARGIN_IN) -> None:
        """A line from the left to the right margin."""
        from matplotlib.lines import Line2D

        xs = left_in / A4_IN[0], (A4_IN[0] - MARGIN_IN) / A4_IN[0]
        y = self._y_in / A4_IN[1]
        self._figure.add_artist(Line2D(xs, (y, y), color=colour, linewidth=0.7))

    def fields(self, pairs: Sequence[tuple[str, str]], ruled: int) -> None:
        """Names with values on a line each to be written on, the last with so many empty lines."""
        for name, value in pairs:
            self.gap(0.24)
            self._write(name, MARGIN_IN, self._y_in + 0.05, BODY_PT, SOFT)
            words = fitting(value, BODY_PT, INSIDE_IN - 1.0)[0] if value else ""
            self._write(words, MARGIN_IN + 1.0, self._y_in + 0.05, BODY_PT)
            self.rule(SOFT)
        for _ in range(ruled):
            self.gap(0.28)
            self.rule(SOFT)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """A table; its head stands on every page that it is on."""
        self.need(1.0)
        self._row(columns, [column.name for column in columns], SOFT)
        for row in rows:
            if self._y_in - self._height_in(columns, row) < FOOT_IN:
                self.turn()
                self._row(columns, [column.name for column in columns], SOFT)
            self._row(columns, row, INK)
        self.gap(0.1)

    def _row(self, columns: Sequence[Column], cells: Sequence[str], colour: str) -> None:
        top_in = self._y_in
        left_in, line_in = MARGIN_IN, LEADING * SMALL_PT / POINTS_AN_INCH
        for column, cell in zip(columns, cells, strict=True):
            width_in = column.share * INSIDE_IN
            at_in = left_in + width_in - PADDING_IN if column.is_number else left_in
            for number, line in enumerate(fitting(cell, SMALL_PT, width_in - PADDING_IN), start=1):
                y_in = top_in - number * line_in
                side = "right" if column.is_number else "left"
                self._write(line, at_in, y_in, SMALL_PT, colour, align=side)
            left_in += width_in
        self._y_in = top_in - self._height_in(columns, cells)
        self.rule()

    @staticmethod
    def _height_in(columns: Sequence[Column], cells: Sequence[str]) -> float:
        counts = [
            len(fitting(cell, SMALL_PT, column.share * INSIDE_IN - PADDING_IN))
            for column, cell in zip(columns, cells, strict=True)
        ]
        return max(counts) * LEADING * SMALL_PT / POINTS_AN_INCH + 0.06

    def charts(
        self, draw: Sequence[tuple[str, Callable[["Axes"], None]]], height_in: float, beside: int
    ) -> None:
        """Charts with a title each, so many beside each other."""
        width_in = INSIDE_IN / beside
        for start in range(0, len(draw), beside):
            self.need(height_in + 0.62)
            self.gap(0.24)
            for at, (title, fill) in enumerate(draw[start : start + beside]):
                left_in = MARGIN_IN + at * width_in
                words = fitting(title, SMALL_PT, width_in - 0.2)[0]
                self._write(words, left_in, self._y_in, SMALL_PT)
                box = (left_in + 0.4, self._y_in - height_in - 0.06, width_in - 0.6, height_in)
                shares = [size / A4_IN[axis % 2] for axis, size in enumerate(box)]
                fill(self._figure.add_axes(shares))
            self.gap(height_in + 0.36)

    def _write(
        self, words: str, x_in: float, y_in: float, size_pt: float, colour: str = INK, *,
        bold: bool = False, align: str = "left",
    ) -> None:  # fmt: skip
        place = x_in / A4_IN[0], y_in / A4_IN[1]
        look = {"fontsize": size_pt, "color": colour, "weight": "bold" if bold else "normal"}
        self._figure.text(*place, words, ha=align, va="baseline", **look)


@contextmanager
def on_paper() -> Iterator[None]:
    """The look of all charts, and letters that can be searched; what the font lacks is a box, no warning."""
    import matplotlib as mpl

    with (
        mpl.rc_context(SETTINGS | {"font.size": SMALL_PT, "pdf.fonttype": 42}),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        yield


def printable(words: str) -> str:
    """Text in one line, without what cannot be printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def fitting(words: str, size_pt: float, width_in: float, *, bold: bool = False) -> list[str]:
    """The words in lines of at most this width; a word that is too long is cut into parts."""
    space_in = _width_in("n n", size_pt, bold=bold) - _width_in("nn", size_pt, bold=bold)
    lines, line, reached_in = [], "", 0.0
    for word in _parts(printable(words), size_pt, width_in, bold=bold):
        long_in = _width_in(word, size_pt, bold=bold)
        if line and reached_in + space_in + long_in > width_in:
            lines.append(line)
            line, reached_in = word, long_in
        else:
            line, reached_in = f"{line} {word}" if line else word, reached_in + space_in + long_in
    return [*lines, line]


def _parts(words: str, size_pt: float, width_in: float, *, bold: bool) -> Iterator[str]:
    """The words, those that are too long for a line in parts."""
    for word in words.split():
        rest = word
        while len(rest) > 1 and _width_in(rest, size_pt, bold=bold) > width_in:
            count = max(1, int(len(rest) * width_in / _width_in(rest, size_pt, bold=bold)) - 1)
            yield rest[:count]
            rest = rest[count:]
        yield rest


@lru_cache(4096)
def _width_in(words: str, size_pt: float, *, bold: bool) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=size_pt, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(words, font, ismath=False)
    return float(width) / POINTS_AN_INCH
