"""The charts of a report: verdict bands and judged measures over time, as SVG to stand in a page."""

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREY, INK, SOFT = "#0072B2", "#D55E00", "#8a8f98", "#1d2733", "#5b6673"
KINDS = {"valid": (BLUE, ""), "wrong": (ORANGE, "////"), "unseen": ("#b9bec6", "....")}
"""Colour (Okabe and Ito's, safe for colour blindness) and pattern of each kind of time."""
LINES = {"left": ("#0072B2", "-"), "right": ("#882255", "--")}
"""Colour and dash of each side, the same in every panel; a line without a side looks like the left."""
MOST_POINTS = 1500
WIDE_IN, NARROW_IN = 11.0, 4.6
BAND_IN, PANEL_IN, FOOT_IN, TOP_IN = 0.5, 1.35, 0.55, 0.12
LEFT, RIGHT = 0.07, 0.985
NARROW_LEFT = 0.13
SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "backstretch",
    "font.size": 9.5,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "hatch.linewidth": 1.2,
    "text.parse_math": False,
}
"""The hash salt makes the same data the same page, letter for letter."""
LONGEST_GAP_S = 1.5
"""A line is broken where nothing was looked at for longer."""


@dataclass(frozen=True)
class Panel:
    """One judged measure over time.

    Attributes:
        words: What it is called.
        unit: ``deg`` or ``ratio``.
        accept, good: Its ranges.
        lines: Name and (time, value) points of each line; NaN where it could not be seen.
        shaded: The times in which the ranges apply.
    """

    words: str
    unit: str
    accept: tuple[float, float]
    good: tuple[float, float]
    lines: Mapping[str, Sequence[tuple[float, float]]]
    shaded: Sequence[tuple[float, float]]


def timeline_svg(
    spans: Sequence[Mapping[str, Any]],
    panels: Sequence[Panel],
    ends_s: tuple[float, float],
    *,
    narrow: bool = False,
) -> str:
    """Bands and panels above one axis of time; the plot runs from `LEFT` to `RIGHT` of the width."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(SETTINGS):
        height = TOP_IN + BAND_IN + FOOT_IN + PANEL_IN * len(panels)
        figure = Figure(figsize=(NARROW_IN if narrow else WIDE_IN, height))
        rows = figure.subplots(
            1 + len(panels),
            sharex=True,
            squeeze=False,
            gridspec_kw={"height_ratios": [BAND_IN] + [PANEL_IN] * len(panels), "hspace": 0.32},
        )[:, 0]
        figure.subplots_adjust(
            left=NARROW_LEFT if narrow else LEFT,
            right=RIGHT,
            top=1.0 - TOP_IN / height,
            bottom=FOOT_IN / height,
        )
        _bands(rows[0], spans)
        for axes, panel in zip(rows[1:], panels, strict=True):
            _panel(axes, panel)
        rows[-1].set_xlim(ends_s)
        rows[-1].xaxis.set_major_formatter(lambda second, _: _clock(second))
        rows[-1].set_xlabel("time", color=SOFT)
        return _svg(figure)


def _bands(axes: "Axes", spans: Sequence[Mapping[str, Any]]) -> None:
    for span in spans:
        colour, pattern = KINDS[span["kind"]]
        length_s = span["end_s"] - span["start_s"]
        axes.broken_barh([(span["start_s"], length_s)], (0, 1), facecolor=colour, edgecolor="white",
                         hatch=pattern, linewidth=0)  # fmt: skip
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    axes.set_facecolor("#eef1f4")
    _plain(axes)


def _panel(axes: "Axes", panel: Panel) -> None:
    from matplotlib.ticker import MaxNLocator

    for low, high in panel.shaded:
        for (bottom, top), alpha in ((panel.accept, 0.10), (panel.good, 0.16)):
            axes.fill_between([low, high], bottom, top, color=BLUE, alpha=alpha, linewidth=0)
    for name, points in panel.lines.items():
        colour, dash = LINES.get(name, LINES["left"])
        thin = points[:: max(1, math.ceil(len(points) / MOST_POINTS))]
        broken = _broken(thin)
        axes.plot(
            [t for t, _ in broken], [v for _, v in broken], dash, color=colour, lw=1.4, label=name
        )
    if len(panel.lines) > 1:
        axes.legend(
            loc="lower right",
            bbox_to_anchor=(1.0, 1.0),
            borderaxespad=0.0,
            ncols=2,
            frameon=False,
            fontsize=8.5,
            labelcolor=INK,
        )
    unit = "°" if panel.unit == "deg" else ""
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}{unit}")
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.set_title(
        panel.words[:1].upper() + panel.words[1:], loc="left", fontsize=10, color=INK, pad=4
    )
    axes.grid(axis="y", color="#dfe3e8", linewidth=0.7)
    _plain(axes)


def _broken(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points with NaN in gaps."""
    found = list(points[:1])
    for (before_s, _), (time_s, value) in pairwise(points):
        if time_s - before_s > LONGEST_GAP_S:
            found.append((time_s, math.nan))
        found.append((time_s, value))
    return found


def _plain(axes: "Axes") -> None:
    for edge in ("top", "right", "left"):
        axes.spines[edge].set_visible(False)
    axes.spines["bottom"].set_color("#c5cbd3")
    axes.tick_params(colors=SOFT, length=0, labelcolor=SOFT)


def _clock(second: float) -> str:
    return f"{int(second) // 60}:{int(second) % 60:02d}"


def _svg(figure: "Figure") -> str:
    """The figure as an element of a page; a screen reader is given words beside it."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    element = text[text.index("<svg") :].strip()
    return element.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
