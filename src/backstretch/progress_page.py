"""Progress on the terminal: dose and days, and one stretch over time."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from backstretch.poses import Pose
from backstretch.progress import Dose, Trend, differences

PLOT_HEIGHT, WIDEST = 14, 100
BAND_POINTS = 2
DAY_S = 86400.0


def show_doses(found: Sequence[Dose], says: Sequence[str], console: Console) -> None:
    """Print what was held of each stretch this week."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Stretch")
    for name in ("Sessions", "Last 7 days", "One round"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in found:
        seconds = [f"{value:.0f} s" for value in (each.week_s, each.day_s)]
        table.add_row(each.pose.name, str(each.sessions), *seconds)
    console.print(table)
    for words in says:
        console.print(Text(words))
    console.print(
        Text("Once or twice a day is enough. backstretch progress POSE tells more.", "dim")
    )


def show_trends(pose: Pose, found: Sequence[Trend], console: Console) -> None:
    """Print one stretch over time: a chart for each measure and side, and what it comes to."""
    console.print(Text(f"{pose.name}: range of motion over time", style="bold"))
    if not any(each.change.compared for each in found):
        console.print(Text("Nothing of its range of motion was recorded yet."))
    for each in found:
        title = f"{each.side}: {each.words}" if each.side else each.words
        if len(each.change.compared) >= BAND_POINTS:
            chart = _chart(each, min(console.width, WIDEST))
            console.print(Text.from_ansi(chart))
        console.print(Text.assemble((title[:1].upper() + title[1:], "bold"), f": {each.says}"))
        console.print()
    for words in differences(found):
        console.print(Text(words))
    console.print(Text("A change within the band may be nothing but error.", style="dim"))


def _chart(trend: Trend, width: int) -> str:
    """Each session, and the band of minimal detectable change around the first ones."""
    import plotext

    compared = trend.change.compared
    start = compared[0].began
    days = [(each.began - start).total_seconds() / DAY_S for each in compared]
    low, high = (trend.change.first + sign * trend.change.mdc for sign in (-1, 1))
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(width, PLOT_HEIGHT)
    ends = [days[0], max(days[-1], days[0] + 1.0)]
    for limit, name in ((high, "no clear change below"), (low, "and above")):
        plotext.plot(ends, [limit, limit], marker="-", label=name)
    plotext.scatter(days, [each.value for each in compared], marker="●")
    plotext.xlabel(f"days since {start:%Y-%m-%d}")
    return str(plotext.build())
