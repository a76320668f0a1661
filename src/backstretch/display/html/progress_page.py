"""The page of progress: one HTML file without network and without script.

Its charts show minutes by week, and one measure over time with the band that may be measuring error.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from backstretch.display.html.page import BLUE, INK, RULE, SOFT, drawing, html_page, plain, svg_of
from backstretch.history.change import SessionMean
from backstretch.history.practice import MINUTE_S, Dose, Week, amount
from backstretch.history.progress import (
    DOSE_WORDS,
    Overview,
    Trend,
    differences,
    elsewhere_words,
    main_change,
)
from backstretch.poses.pose import capitalised

if TYPE_CHECKING:
    from matplotlib.axes import Axes


SHORT_WEEKS = 4
TREND_IN = (3.8, 2.2)
WEEKS_WIDE_IN, WEEKS_NARROW_IN = (9.6, 1.9), (3.7, 1.9)
MOST_LABELS = {True: 4, False: 13}
"""How many weeks have a label at most, by whether the chart is narrow."""
ROOM = 0.08
"""Empty share above and below what is drawn."""
LEAST_MIN = 1.0
"""The axis of minutes shows this much at the least."""


@dataclass(frozen=True)
class WeeksChart:
    """Minutes of each week, drawn for wide screens and for narrow ones."""

    weeks: Sequence[Week]
    wide: Markup
    narrow: Markup


@dataclass(frozen=True)
class TrendChart:
    """One measure and side over time.

    Attributes:
        trend: The measure.
        svg: Its chart.
        verdict: Its change, as a sentence.
        elsewhere: What was not compared, in words; empty for nothing.
    """

    trend: Trend
    svg: Markup
    verdict: str
    elsewhere: str


@dataclass(frozen=True)
class StretchProgress:
    """One stretch.

    Attributes:
        dose: What was held of it.
        change: The change of its main measure; empty if nothing can be said yet.
        recent_s: Seconds held in the last weeks.
        recent_weeks: How many weeks these are.
        rows: Charts that stand beside each other.
        differences: Between left and right, in sentences.
    """

    dose: Dose
    change: str
    recent_s: float
    recent_weeks: int
    rows: Sequence[Sequence[TrendChart]]
    differences: Sequence[str]


def progress_html(overview: Overview) -> str:
    """The page of an overview; the same one gives the same page, letter for letter."""
    about, today = overview.query.about, overview.today
    days, *rest = overview.says
    return html_page(
        "progress_template.html",
        title=overview.title,
        when=f"Up to {today.day} {today:%B %Y}",
        days=days,
        rest=rest,
        weeks=None if about else _weeks(overview.weeks),
        stretches=[_stretch(dose, overview.trends[dose.pose.id]) for dose in overview.doses],
        dose_words=DOSE_WORDS,
        amount=amount,
    )


def _weeks(weeks: Sequence[Week]) -> WeeksChart:
    return WeeksChart(weeks, weeks_svg(weeks, narrow=False), weeks_svg(weeks, narrow=True))


def _stretch(dose: Dose, trends: Sequence[Trend]) -> StretchProgress:
    charted = [each for each in trends if each.change.compared]
    return StretchProgress(
        dose=dose,
        change=main_change(dose.pose, trends),
        recent_s=sum(dose.weeks_s[-SHORT_WEEKS:]),
        recent_weeks=min(SHORT_WEEKS, len(dose.weeks_s)),
        rows=[_charts(row) for row in _rows(charted)],
        differences=[capitalised(each) for each in differences(charted)],
    )


def _rows(trends: Sequence[Trend]) -> Iterator[list[Trend]]:
    """What stands beside each other: the sides of a measure, or all measures where there are no sides."""
    for _, row in groupby(trends, key=lambda each: each.label if each.side else ""):
        yield list(row)


def _charts(row: Sequence[Trend]) -> list[TrendChart]:
    """Charts beside each other; those of one measure to one scale, so that sides can be compared."""
    limits = {each.label: limits_of([e for e in row if e.label == each.label]) for each in row}
    return [_chart(each, limits[each.label]) for each in row]


def _chart(trend: Trend, limits: tuple[float, float]) -> TrendChart:
    return TrendChart(
        trend=trend,
        svg=trend_svg(trend, limits),
        verdict=capitalised(trend.says),
        elsewhere=elsewhere_words(trend) if trend.change.elsewhere else "",
    )


def weeks_svg(weeks: Sequence[Week], *, narrow: bool) -> Markup:
    """Minutes held in each week."""
    with drawing(*(WEEKS_NARROW_IN if narrow else WEEKS_WIDE_IN)) as figure:
        axes = figure.subplots()
        minutes = [each.valid_s / MINUTE_S for each in weeks]
        axes.bar(range(len(weeks)), minutes, width=0.62, color=BLUE)
        labelled = range(len(weeks) - 1, -1, -_every(len(weeks), MOST_LABELS[narrow]))
        axes.set_xticks(list(labelled), [_monday(weeks[at]) for at in labelled])
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


def _all(trend: Trend) -> tuple[SessionMean, ...]:
    return trend.change.compared + trend.change.elsewhere


def _dots(axes: "Axes", sessions: Sequence[SessionMean], **look: Any) -> None:
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
    """The step between labelled weeks, so that at most ``most`` of ``count`` are labelled."""
    return -(-count // most)


def _monday(week: Week) -> str:
    return f"{week.monday.day} {week.monday:%b}"


def _place_time(mean: SessionMean) -> datetime:
    """When it was at the place of the session."""
    return mean.began.replace(tzinfo=None)
