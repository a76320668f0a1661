"""The charts of progress: minutes by week, and one measure over time with what may be error."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from backstretch.change import Reached
from backstretch.practice_weeks import MINUTE_S, Week
from backstretch.progress import Trend
from backstretch.svg_charts import BLUE, INK, RULE, SOFT, drawing, plain, svg_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TREND_IN = (3.8, 2.2)
WEEKS_WIDE_IN, WEEKS_NARROW_IN = (9.6, 1.9), (3.7, 1.9)
MOST_NAMED = {True: 4, False: 13}
"""How many weeks are named on narrow charts and on wide ones."""
ROOM = 0.08
"""Empty share above and below what is drawn."""
LEAST_MIN = 1.0
"""The axis of minutes shows this much at the least."""


def weeks_svg(weeks: Sequence[Week], *, narrow: bool) -> Markup:
    """Minutes held in each week."""
    with drawing(*(WEEKS_NARROW_IN if narrow else WEEKS_WIDE_IN)) as figure:
        axes = figure.subplots()
        minutes = [each.valid_s / MINUTE_S for each in weeks]
        axes.bar(range(len(weeks)), minutes, width=0.62, color=BLUE)
        named = range(len(weeks) - 1, -1, -_every(len(weeks), MOST_NAMED[narrow]))
        axes.set_xticks(list(named), [_monday(weeks[at]) for at in named])
        axes.set_ylim(0.0, max(LEAST_MIN, *minutes) * (1.0 + ROOM))
        axes.set_ylabel("minutes", color=SOFT)
        _few_lines(axes)
        figure.tight_layout(pad=0.4)
        return svg_of(figure)


def limits_of(trends: Sequence[Trend]) -> tuple[float, float]:
    """One range for the charts of a measure's sides, so that they can be compared by eye."""
    values = [each.value for trend in trends for each in _all(trend)]
    for trend in trends:
        if trend.verdict:
            values += [trend.change.first + sign * trend.change.mdc for sign in (-1.0, 1.0)]
    room = ROOM * (max(values) - min(values)) or 1.0
    return min(values) - room, max(values) + room


def trend_svg(trend: Trend, limits: tuple[float, float]) -> Markup:
    """Each session as a dot, hollow where it was seen from elsewhere, and the band around the first ones."""
    with drawing(*TREND_IN) as figure:
        axes = figure.subplots()
        change = trend.change
        if trend.verdict:
            band = change.first - change.mdc, change.first + change.mdc
            axes.axhspan(*band, color=BLUE, alpha=0.13, linewidth=0)
            axes.axhline(change.first, color=BLUE, alpha=0.45, lw=1.0)
        _dots(axes, change.elsewhere, facecolors="none", edgecolors=SOFT, linewidths=1.1, s=20)
        _dots(axes, change.compared, color=INK, s=22, zorder=3)
        axes.set_ylim(limits)
        unit = "°" if trend.unit == "deg" else ""
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}{unit}")
        _dates(axes, [_place_time(each) for each in _all(trend)])
        _few_lines(axes)
        figure.tight_layout(pad=0.4)
        return svg_of(figure)


def _all(trend: Trend) -> tuple[Reached, ...]:
    return trend.change.compared + trend.change.elsewhere


def _dots(axes: "Axes", sessions: Sequence[Reached], **look: Any) -> None:
    days: Any = [_place_time(each) for each in sessions]
    axes.scatter(days, [each.value for each in sessions], **look)


def _dates(axes: "Axes", days: Sequence[datetime]) -> None:
    """A few dates, and room where there is one only."""
    from matplotlib import dates

    untyped: Any = dates
    numbers: list[float] = [float(untyped.date2num(each)) for each in days]
    room = max(0.5, ROOM * (max(numbers) - min(numbers)) / 2)
    axes.set_xlim(min(numbers) - room, max(numbers) + room)
    locator = untyped.AutoDateLocator(minticks=2, maxticks=5)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(untyped.ConciseDateFormatter(locator, show_offset=False))


def _few_lines(axes: "Axes") -> None:
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=RULE, linewidth=0.7)
    plain(axes)


def _every(count: int, most: int) -> int:
    """Which of so many are named, counted from the last."""
    return -(-count // most)


def _monday(week: Week) -> str:
    return f"{week.monday.day} {week.monday:%b}"


def _place_time(reached: Reached) -> datetime:
    """When it was at the place of the session."""
    return reached.began.replace(tzinfo=None)
