"""The charts of a report: verdict bands and judged measures over time, as SVG to stand in a page.

Titles and legends are the page's own words; a chart draws lines, ranges and the labels of its axes.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from markupsafe import Markup

from backstretch.display.html.page import BLUE, ORANGE, RULE, drawing, plain, svg_of
from backstretch.formats.result_documents import SpanDocument

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


KINDS = {"valid": (BLUE, ""), "wrong": (ORANGE, "////"), "unseen": ("#b9bec6", "....")}
"""Colour and pattern of each kind of time."""
LINES = {"left": (BLUE, "-"), "right": ("#882255", "--")}
"""Colour and dash of each side, the same in every panel; a line without a side looks like the left."""
BAND_IN, PANEL_IN, FOOT_IN, RIM_IN = 0.34, 1.15, 0.26, 0.08
LONGEST_GAP_S = 1.5
"""A line is broken where no moment was judged for longer."""
Point = tuple[float, float]


@dataclass(frozen=True)
class Size:
    """How large a chart is drawn.

    Attributes:
        name: As the pages' style calls it.
        width_in: Width in inches of 72 points.
        left, right: Where the plot begins and ends, as a share of the width.
        font_pt: Size of the labels.
        most_points: Most points of a line.
        times: Most labels of the time axis.
    """

    name: str
    width_in: float
    left: float
    right: float
    font_pt: float
    most_points: int
    times: int


WIDE = Size("wide", 11.0, 0.055, 0.98, 9.5, 1200, 12)
MIDDLE = Size("middle", 7.2, 0.08, 0.97, 9.5, 1200, 8)
NARROW = Size("narrow", 3.6, 0.145, 0.955, 9.5, 450, 5)
"""For a desk, for paper, and for a telephone: shown at 330 pixels, its labels are 12 pixels high."""
TIME_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600)
"""What may lie between two labels of the axis of time."""


@dataclass(frozen=True)
class Shade:
    """The ranges of a check, and the time in which they apply.

    Attributes:
        start_s, end_s: The time.
        accept, good: Least and most that counts, and that is good.
    """

    start_s: float
    end_s: float
    accept: tuple[float, float]
    good: tuple[float, float]


@dataclass(frozen=True)
class Line:
    """One measure over time.

    Attributes:
        points: Time and value; NaN where it could not be seen.
        judged: When it was judged, and by what.
    """

    points: Sequence[Point]
    judged: Sequence[Shade]


@dataclass(frozen=True)
class Panel:
    """One check over time.

    Attributes:
        words: What is measured.
        unit: ``deg`` or ``ratio``.
        lines: By side; an empty name for a measure without sides.
    """

    words: str
    unit: str
    lines: Mapping[str, Line]

    @property
    def shaded(self) -> tuple[Shade, ...]:
        """When any of its lines was judged."""
        return tuple(dict.fromkeys(each for line in self.lines.values() for each in line.judged))


def bands_svg(spans: Sequence[SpanDocument], ends_s: Point, size: Size) -> Markup:
    """Valid, wrong and unseen time between the ends, above an axis of time."""
    with _plot(size, BAND_IN, is_timed=True) as (figure, axes):
        draw_bands(axes, spans, ends_s, size)
        return svg_of(figure)


def draw_bands(axes: "Axes", spans: Sequence[SpanDocument], ends_s: Point, size: Size) -> None:
    """The same on axes."""
    for span in spans:
        colour, pattern = KINDS[span.kind]
        lasts_s = span.end_s - span.start_s
        axes.broken_barh([(span.start_s, lasts_s)], (0, 1), facecolor=colour,
                         edgecolor="white", hatch=pattern, linewidth=0)  # fmt: skip
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    axes.set_facecolor("#eef1f4")
    _time_axis(axes, ends_s, size)


def panel_svg(panel: Panel, ends_s: Point, size: Size, *, is_timed: bool) -> Markup:
    """A check between the ends; ``is_timed`` writes the times under it."""
    with _plot(size, PANEL_IN, is_timed=is_timed) as (figure, axes):
        draw_panel(axes, panel, ends_s, size)
        return svg_of(figure)


def draw_panel(axes: "Axes", panel: Panel, ends_s: Point, size: Size) -> None:
    """The same on axes."""
    for each in panel.shaded:
        for (bottom, top), alpha in ((each.accept, 0.10), (each.good, 0.16)):
            axes.fill_between(
                [each.start_s, each.end_s], bottom, top, color=BLUE, alpha=alpha, linewidth=0
            )
    for name, line in panel.lines.items():
        colour, dash = LINES.get(name, LINES["left"])
        points = thinned(broken(within(line.points, ends_s)), size.most_points)
        axes.plot([t for t, _ in points], [v for _, v in points], dash, color=colour, lw=1.4)
    _scale(axes, panel.unit)
    _time_axis(axes, ends_s, size)


@contextmanager
def _plot(size: Size, plot_in: float, *, is_timed: bool) -> "Iterator[tuple[Figure, Axes]]":
    foot_in = FOOT_IN if is_timed else RIM_IN
    height_in = RIM_IN + plot_in + foot_in
    with drawing(size.width_in, height_in, size.font_pt) as figure:
        edges = {"left": size.left, "right": size.right}
        figure.subplots_adjust(**edges, top=1.0 - RIM_IN / height_in, bottom=foot_in / height_in)
        axes = figure.subplots()
        plain(axes)
        axes.tick_params(labelbottom=is_timed, pad=3)
        yield figure, axes


def _scale(axes: "Axes", unit: str) -> None:
    from matplotlib.ticker import MaxNLocator

    mark = "°" if unit == "deg" else ""
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}{mark}".replace("-", "\u2212"))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.grid(axis="y", color=RULE, linewidth=0.7)


def _time_axis(axes: "Axes", ends_s: Point, size: Size) -> None:
    from matplotlib.ticker import MultipleLocator

    axes.set_xlim(ends_s)
    axes.xaxis.set_major_formatter(lambda second, _: _clock(second))
    axes.xaxis.set_major_locator(MultipleLocator(time_step_s(ends_s, size.times)))


def time_step_s(ends_s: Point, most: int) -> float:
    """Seconds between two labels of an axis that has at most ``most``."""
    least_s = (ends_s[1] - ends_s[0]) / most
    return next((step_s for step_s in TIME_STEPS_S if step_s >= least_s), least_s)


def within(points: Sequence[Point], ends_s: Point) -> list[Point]:
    """The points between the ends, and one more on each side, so that a line reaches the edge."""
    inside = [at for at, (time_s, _) in enumerate(points) if ends_s[0] <= time_s <= ends_s[1]]
    if not inside:
        return []
    return list(points[max(0, inside[0] - 1) : inside[-1] + 2])


def thinned(points: Sequence[Point], most: int) -> list[Point]:
    """At most ``most`` points: of each part of the line the least, the most, and whether it has a gap.

    Short lapses stay visible, which taking every n-th point would lose.
    """
    if len(points) <= most:
        return list(points)
    size = math.ceil(3 * len(points) / most)
    parts = (points[at : at + size] for at in range(0, len(points), size))
    return [point for part in parts for point in _extremes(part)]


def _extremes(part: Sequence[Point]) -> list[Point]:
    visible = sorted(
        (point for point in part if not math.isnan(point[1])), key=lambda point: point[1]
    )
    unseen = [point for point in part if math.isnan(point[1])]
    return sorted(
        dict.fromkeys((*visible[:1], *visible[-1:], *unseen[:1])), key=lambda point: point[0]
    )


def broken(points: Sequence[Point]) -> list[Point]:
    """The points with NaN in gaps."""
    pieces = list(points[:1])
    for (before_s, _), (time_s, value) in pairwise(points):
        if time_s - before_s > LONGEST_GAP_S:
            pieces.append((time_s, math.nan))
        pieces.append((time_s, value))
    return pieces


def _clock(second: float) -> str:
    return f"{int(second) // 60}:{int(second) % 60:02d}"
