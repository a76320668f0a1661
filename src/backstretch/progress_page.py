"""Progress on the terminal: dose and days, and one stretch over time."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from backstretch.health_page import WIDEST
from backstretch.overview import Overview, main_change
from backstretch.poses import Pose
from backstretch.practice_weeks import DAYS_A_WEEK, LEVELS_OFF_MIN, MINUTE_S, Week, amount
from backstretch.progress import Trend, differences

PLOT_HEIGHT, BARS_HEIGHT = 14, 9
LEAST_DRAWN = 2
DAY_S = 86400.0
DOSE_WORDS = (
    f"Usual: a round on {DAYS_A_WEEK} days a week or more, at most twice a day. "
    f"Studies see little more range from about {LEVELS_OFF_MIN} minutes a week on."
)
BAND_WORDS = "Between the lines a change may be nothing but error."


def show_overview(found: Overview, console: Console) -> None:
    """Print the weeks, what was held of each stretch, and what has become of its main measure."""
    for words in found.says:
        console.print(Text(words))
    console.print()
    console.print(Text.from_ansi(_bars(found.weeks, min(console.width, WIDEST))))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Stretch")
    for name in ("Sessions", "This week", "Last week", "Usual a week"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Range of motion")
    for each in found.doses:
        seconds = [amount(value) for value in (*each.last_two, each.recommended_s)]
        change = main_change(each.pose, found.trends[each.pose.id])
        table.add_row(each.pose.name, str(each.sittings), *seconds, change)
    console.print(table)
    console.print(Text(DOSE_WORDS, "dim"))
    console.print(Text("backstretch progress POSE draws one stretch; --html FILE all.", "dim"))


def show_stretch(pose: Pose, found: Overview, console: Console) -> None:
    """Print one stretch over time: its dose, a chart for each measure and side, and what it comes to."""
    console.print(Text(f"{pose.name}: range of motion over time", style="bold"))
    for dose in found.doses:
        this, last = map(amount, dose.last_two)
        usual = f"usual {amount(dose.recommended_s)} a week"
        console.print(
            Text(f"{dose.sittings} sessions; this week {this}, last week {last}, {usual}")
        )
    trends = [each for each in found.trends.get(pose.id, ()) if each.change.compared]
    if not trends:
        console.print(Text("Nothing of its range of motion was recorded yet."))
        return
    for each in trends:
        _show_trend(each, console)
    for words in differences(trends):
        console.print(Text(words))
    console.print(Text(BAND_WORDS, style="dim"))


def _show_trend(trend: Trend, console: Console) -> None:
    console.print()
    if len(trend.change.compared) >= LEAST_DRAWN:
        console.print(Text.from_ansi(_chart(trend, min(console.width, WIDEST))))
    console.print(Text.assemble((trend.title, "bold"), f": {trend.says}"))
    if trend.change.elsewhere:
        console.print(Text(elsewhere_words(trend), style="dim"))


def elsewhere_words(trend: Trend) -> str:
    """How many sessions were left out."""
    count = len(trend.change.elsewhere)
    return f"{count} session{'' if count == 1 else 's'} from another view not compared"


def _bars(practised: Sequence[Week], width: int) -> str:
    """Minutes of each week."""
    import plotext

    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(width, BARS_HEIGHT)
    names = [f"{each.monday.day} {each.monday:%b}" for each in practised]
    minutes = [each.valid_s / MINUTE_S for each in practised]
    plotext.bar(names, minutes, width=0.6)
    most = max(1, math.ceil(max(minutes)))
    plotext.ylim(0, most)
    plotext.yticks([0, most])
    plotext.title("Minutes held, by week from")
    return str(plotext.build())


def _chart(trend: Trend, width: int) -> str:
    """Each session, and the band of minimal detectable change around the first ones."""
    import plotext

    compared, told = trend.change.compared, trend.change
    start = compared[0].began
    days = [(each.began - start).total_seconds() / DAY_S for each in compared]
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(width, PLOT_HEIGHT)
    ends = [days[0], max(days[-1], days[0] + 1.0)]
    if trend.verdict:
        for limit in (told.first + told.mdc, told.first - told.mdc):
            plotext.plot(ends, [limit, limit], marker="-")
    plotext.scatter(days, [each.value for each in compared], marker="●")
    named = [ends[0] + share * (ends[1] - ends[0]) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    plotext.xticks(named, [_day(start + timedelta(days=day)) for day in named])
    return str(plotext.build())


def _day(when: datetime) -> str:
    return f"{when.day} {when:%b}"
