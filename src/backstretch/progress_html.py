"""Progress as a page: one file without network and without script."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from backstretch.html_page import html_page
from backstretch.overview import Overview, main_change
from backstretch.poses import capitalised
from backstretch.practice_weeks import Dose, Week, amount
from backstretch.progress import Trend, differences
from backstretch.progress_charts import limits_of, trend_svg, weeks_svg
from backstretch.progress_page import DOSE_WORDS, elsewhere_words

SHORT_WEEKS = 4


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
        verdict: What has become of it, as a sentence.
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
        change: What has become of its main measure; empty where nothing can be said yet.
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
    about, whose, today = overview.asked.about, overview.asked.whose, overview.today
    days, *rest = overview.says
    return html_page(
        "progress_template.html",
        title=f"{about.name}: progress" if about else "Progress",
        when=f"{f'{whose}, ' if whose else ''}up to {today.day} {today:%B %Y}",
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
    drawn = [each for each in trends if each.change.compared]
    return StretchProgress(
        dose=dose,
        change=main_change(dose.pose, trends),
        recent_s=sum(dose.weeks_s[-SHORT_WEEKS:]),
        recent_weeks=min(SHORT_WEEKS, len(dose.weeks_s)),
        rows=[_charts(row) for row in _rows(drawn)],
        differences=[capitalised(each) for each in differences(drawn)],
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
