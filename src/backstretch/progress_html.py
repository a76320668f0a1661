"""Progress as a page: one file without network and without script."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from backstretch.html_page import html_page
from backstretch.overview import Overview, main_change
from backstretch.poses import capitalised
from backstretch.practice_weeks import Dose, Week, amount
from backstretch.progress import Trend, differences
from backstretch.progress_charts import limits_of, trend_svg, weeks_svg
from backstretch.progress_page import DOSE_WORDS, elsewhere_words

SHORT_WEEKS = 4
NOTHING = "<section><p>Nothing was held yet.</p></section>"
NOT_MEASURED = "<p>No measure of its range of motion was recorded.</p>"


def progress_html(found: Overview) -> str:
    """The page of an overview; the same one gives the same page, letter for letter."""
    about = found.asked.about
    days, *rest = found.says
    overall = () if about else (_weeks(found.weeks), _doses(found))
    stretches = [_stretch(dose, found) for dose in found.doses] or [NOTHING]
    whose = f"{found.asked.whose}, " if found.asked.whose else ""
    title = f"{about.name}: progress" if about else "Progress"
    return html_page(
        "progress_template.html",
        when=escape(f"{whose}up to {_day(found)}"),
        title=escape(title),
        says=escape(days),
        overall="\n".join((_rest(rest), *overall)),
        stretches="\n".join(stretches),
    )


def _day(found: Overview) -> str:
    return f"{found.today.day} {found.today:%B %Y}"


def _rest(says: Sequence[str]) -> str:
    lines = "".join(f"<p>{escape(words)}</p>" for words in says)
    return f'<section class="rest">{lines}</section>' if lines else ""


def _weeks(weeks: Sequence[Week]) -> str:
    rows = [(f"{each.monday}", amount(each.valid_s), f"{each.days}") for each in weeks]
    numbers = _numbers(("Week from", "Held", "Days"), rows)
    wide, narrow = (weeks_svg(weeks, narrow=narrow) for narrow in (False, True))
    return (
        f'<section class="weeks"><h2>Minutes held, week by week</h2><div class="wide">{wide}</div>'
        f'<div class="narrow">{narrow}</div>{numbers}</section>'
    )


def _doses(found: Overview) -> str:
    rows = "".join(_dose_row(each, found) for each in found.doses)
    if not rows:
        return ""
    names = ("This week", "Last week", "Usual a week")
    numbers = "".join(f'<th scope="col" class="n">{name}</th>' for name in names)
    heads = f'<th scope="col">Stretch</th>{numbers}<th scope="col">Range of motion</th>'
    return (
        f'<section><h2>Stretches</h2><table class="stack"><caption>{escape(DOSE_WORDS)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>"
    )


def _dose_row(dose: Dose, found: Overview) -> str:
    this, last = dose.last_two
    told = main_change(dose.pose, found.trends[dose.pose.id]) or "too few sessions to tell"
    numbers = "".join(
        f'<td class="n" data-label="{name}">{amount(seconds)}</td>'
        for name, seconds in (
            ("This week", this),
            ("Last week", last),
            ("Usual a week", dose.recommended_s),
        )
    )
    change = f'<td data-label="Range of motion">{escape(told)}</td>'
    return f'<tr><th scope="row">{escape(dose.pose.name)}</th>{numbers}{change}</tr>'


def _stretch(dose: Dose, found: Overview) -> str:
    drawn = [each for each in found.trends[dose.pose.id] if each.change.compared]
    charts = "".join(map(_charts, _rows(drawn))) or NOT_MEASURED
    differ = "".join(
        f'<p class="differ">{escape(capitalised(each))}</p>' for each in differences(drawn)
    )
    sittings = "1 session" if dose.sittings == 1 else f"{dose.sittings} sessions"
    recent = sum(dose.weeks_s[-SHORT_WEEKS:])
    weeks = min(SHORT_WEEKS, len(dose.weeks_s))
    told = f"{sittings}; {amount(recent)} held in the last {weeks} weeks"
    return f'<section><h2>{escape(dose.pose.name)}</h2><p class="dose">{told}</p>{charts}{differ}</section>'


def _rows(trends: Sequence[Trend]) -> Iterator[list[Trend]]:
    """What stands beside each other: the sides of a measure, or all measures where there are no sides."""
    for _, row in groupby(trends, key=lambda each: each.label if each.side else ""):
        yield list(row)


def _charts(row: Sequence[Trend]) -> str:
    """Charts beside each other; those of one measure to one scale, so that sides can be compared."""
    limits = {each.label: limits_of([e for e in row if e.label == each.label]) for each in row}
    return f'<div class="charts">{"".join(_trend(each, limits[each.label]) for each in row)}</div>'


def _trend(trend: Trend, limits: tuple[float, float]) -> str:
    elsewhere = f'<p class="soft">{elsewhere_words(trend)}</p>' if trend.change.elsewhere else ""
    says = capitalised(trend.says)
    rows = [
        (f"{each.began:%Y-%m-%d %H:%M}", trend.number(each.value), f"{each.holds}")
        for each in trend.change.compared
    ]
    numbers = _numbers(("Session", "Mean", "Holds"), rows)
    return (
        f'<div class="trend"><h3>{escape(trend.title)}</h3>{trend_svg(trend, limits)}'
        f'<p class="verdict">{escape(says)}</p>{elsewhere}{numbers}</div>'
    )


def _numbers(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A chart as a table, folded away; the first column names its row."""
    first, *others = heads
    head = f'<th scope="col">{first}</th>{_cells("th", others)}'
    body = "".join(f'<tr><th scope="row">{row[0]}</th>{_cells("td", row[1:])}</tr>' for row in rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<details><summary>Numbers</summary>{table}</details>"


def _cells(tag: str, words: Sequence[str]) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    return "".join(f'<{tag}{scope} class="n">{each}</{tag}>' for each in words)
