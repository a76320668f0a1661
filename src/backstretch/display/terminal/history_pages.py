"""The history and progress in the terminal: sessions, doses and days, and one stretch over time."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from backstretch.display.terminal.layout import WIDEST, lines
from backstretch.history.practice import MINUTE_S, PractisedSession, Week, amount
from backstretch.history.progress import (
    DOSE_WORDS,
    Overview,
    Trend,
    differences,
    elsewhere_words,
    main_change,
)
from backstretch.history.rows import TOTALS, finite, holds_in
from backstretch.judging.wording import clock
from backstretch.poses.pose import Pose

TIME = "%Y-%m-%d %H:%M"
UNKNOWN = "-"
"""Stands for a value that the session does not have."""
PLOT_HEIGHT, BARS_HEIGHT = 14, 9
LEAST_DRAWN = 2
DAY_S = 86400.0
BAND_WORDS = "A change that stays between the lines may be measurement error."


def show_list(
    sessions: Sequence[PractisedSession],
    holds: Mapping[int, tuple[int, int]],
    count: int,
    console: Console,
) -> None:
    """Print sessions, newest first.

    Args:
        sessions: The sessions.
        holds: How many holds were complete, and how many there were, by the session's number.
        count: How many sessions there are in all.
        console: Where to.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("No.", justify="right", no_wrap=True)
    table.add_column("When", no_wrap=True)
    has_names = any(each.profile for each in sessions)
    if has_names:
        table.add_column("Who")
    table.add_column("What")
    table.add_column("Held", justify="right", no_wrap=True)
    table.add_column("Holds", no_wrap=True)
    table.add_column("Noted")
    for each in sessions:
        cells = [
            str(each.id),
            f"{each.began:{TIME}}",
            *([_plain(each.profile)] if has_names else []),
        ]
        what = _plain(each.title) or "No known stretch"
        completed = _completed(*holds.get(each.id, (0, 0)))
        table.add_row(*cells, what, clock(each.valid_s), completed, ", ".join(_notes(each)))
    console.print(table)
    if count > len(sessions):
        console.print(
            f"{count - len(sessions)} older sessions; to list all, add --limit {count}", style="dim"
        )


def _completed(complete: int, count: int) -> str:
    return f"{complete} of {count} complete" if count else "none"


def show_sitting(sitting: PractisedSession, document: Mapping[str, Any], console: Console) -> None:
    """Print one session."""
    parts: list[RenderableType] = [Text(f"{sitting.began:{TIME}}, {sitting.kind}")]
    if sitting.profile:
        parts.append(Text(f"Profile: {_plain(sitting.profile)}"))
    parts += [Text(), _holds(document), Text()]
    parts.append(Text(", ".join(_totals(sitting))))
    parts += [Text(each) for each in _notes(sitting)]
    warnings = [_plain(str(each)) for each in _list(document, "warnings")]
    if warnings:
        parts += [Text(), Text("Please note", style="bold"), *lines(warnings)]
    title = Text(f"{sitting.id}  {_plain(sitting.title)}", style="bold")
    width = min(console.width, WIDEST)
    console.print(
        Panel(Group(*parts), title=title, title_align="left", padding=(1, 2), width=width)
    )


def _holds(document: Mapping[str, Any]) -> RenderableType:
    holds = holds_in(document)
    if not holds:
        return Text("Nothing was held.", style="bold")
    stretches = [each for each in _list(document, "stretches") if isinstance(each, dict)]
    names = {str(each.get("pose")): each.get("name") for each in stretches}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Stretch")
    for name in ("From", "Valid", "Wrong", "Unseen", "Score"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Reason")
    for hold in holds:
        table.add_row(*_cells(hold, names))
    return table


def _cells(hold: Mapping[str, Any], names: Mapping[str, Any]) -> Iterator[str]:
    pose = str(hold.get("pose"))
    side = f", {hold['side']}" if hold.get("side") else ""
    yield _plain(f"{names.get(pose) or pose}{side}")
    start_s = finite(hold.get("start_s"))
    yield UNKNOWN if start_s is None else clock(start_s)
    for name in TOTALS:
        seconds = finite(hold.get(name))
        yield UNKNOWN if seconds is None else f"{seconds:.1f} s"
    score = finite(hold.get("score"))
    yield UNKNOWN if score is None else f"{score:.0f}"
    yield "; ".join(_plain(str(each)) for each in _list(hold, "reasons"))


def _list(document: Mapping[str, Any], name: str) -> list[Any]:
    """A list in a document; empty where there is none."""
    entries = document.get(name)
    return entries if isinstance(entries, list) else []


def _totals(sitting: PractisedSession) -> Iterator[str]:
    yield f"{sitting.valid_s:.1f} s valid"
    yield f"{sitting.wrong_s:.1f} s wrong"
    yield f"{sitting.unseen_s:.1f} s unseen"


def _notes(sitting: PractisedSession) -> Iterator[str]:
    if sitting.pain:
        yield "stopped with pain"
    if sitting.soreness is not None:
        yield f"soreness {sitting.soreness} of 10"


def _plain(text: str) -> str:
    """Text in one line."""
    return " ".join(text.split())


def show_overview(summary: Overview, console: Console) -> None:
    """Print the weeks, what was held of each stretch, and what has become of its main measure."""
    for words in summary.says:
        console.print(Text(words))
    console.print()
    console.print(Text.from_ansi(_bars(summary.weeks, min(console.width, WIDEST))))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Stretch")
    for name in ("Sessions", "This week", "Last week", "Usual a week"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Range of motion")
    for each in summary.doses:
        seconds = [amount(value) for value in (*each.last_two, each.recommended_s)]
        change = main_change(each.pose, summary.trends[each.pose.id])
        table.add_row(each.pose.name, str(each.sittings), *seconds, change)
    console.print(table)
    console.print(Text(DOSE_WORDS, "dim"))
    console.print(
        Text(
            "For charts: backstretch progress POSE, or backstretch progress --html FILE",
            "dim",
        )
    )


def show_stretch(pose: Pose, summary: Overview, console: Console) -> None:
    """Print one stretch over time: its dose, a chart for each measure and side, and its change in words."""
    console.print(Text(f"{pose.name}: range of motion over time", style="bold"))
    for dose in summary.doses:
        this, last = map(amount, dose.last_two)
        usual = f"usual {amount(dose.recommended_s)} a week"
        console.print(
            Text(f"{dose.sittings} sessions; this week {this}, last week {last}, {usual}")
        )
    trends = [each for each in summary.trends.get(pose.id, ()) if each.change.compared]
    if not trends:
        console.print(Text("Its range of motion has not been recorded yet."))
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


def _bars(weeks: Sequence[Week], width: int) -> str:
    """Minutes of each week."""
    import plotext

    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(width, BARS_HEIGHT)
    names = [f"{each.monday.day} {each.monday:%b}" for each in weeks]
    minutes = [each.valid_s / MINUTE_S for each in weeks]
    plotext.bar(names, minutes, width=0.6)
    most = max(1, math.ceil(max(minutes)))
    plotext.ylim(0, most)
    plotext.yticks([0, most])
    plotext.title("Minutes held, by week from")
    return str(plotext.build())


def _chart(trend: Trend, width: int) -> str:
    """Each session, and the band of minimal detectable change around the first ones."""
    import plotext

    compared, change = trend.change.compared, trend.change
    start = compared[0].began
    days = [(each.began - start).total_seconds() / DAY_S for each in compared]
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(width, PLOT_HEIGHT)
    ends = [days[0], max(days[-1], days[0] + 1.0)]
    if trend.verdict:
        for limit in (change.first + change.mdc, change.first - change.mdc):
            plotext.plot(ends, [limit, limit], marker="-")
    plotext.scatter(days, [each.value for each in compared], marker="●")
    ticks = [ends[0] + share * (ends[1] - ends[0]) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    plotext.xticks(ticks, [_day(start + timedelta(days=day)) for day in ticks])
    return str(plotext.build())


def _day(when: datetime) -> str:
    return f"{when.day} {when:%b}"
