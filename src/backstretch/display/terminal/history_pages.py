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
from backstretch.history.people import Person
from backstretch.history.practice import MINUTE_S, PractisedSession, Week, amount
from backstretch.history.profile import YOU, sessions_of, whose
from backstretch.history.progress import (
    DOSE_WORDS,
    Overview,
    Trend,
    differences,
    elsewhere_words,
    main_change,
)
from backstretch.history.rows import ANALYZED, LIVE, TOTALS, finite, holds_in
from backstretch.judging.wording import clock
from backstretch.poses.pose import Pose, capitalised

TIME = "%Y-%m-%d %H:%M"
KINDS = {LIVE: "live session", ANALYZED: "recording"}
UNKNOWN = "-"
"""Stands for a value that the session does not have."""
PLOT_HEIGHT, BARS_HEIGHT = 14, 9
LEAST_DRAWN = 2
DAY_S = 86400.0
BAND_WORDS = "A change that stays between the lines may be measurement error."


def show_list(
    profile: str,
    sessions: Sequence[PractisedSession],
    holds: Mapping[int, tuple[int, int]],
    count: int,
    console: Console,
) -> None:
    """Print one person's sessions, newest first, each in one line.

    Args:
        profile: Whose they are.
        sessions: The sessions.
        holds: How many holds were complete, and how many there were, by the session's number in the database.
        count: How many sessions this person has in all.
        console: Where to.
    """
    console.print(Text(capitalised(sessions_of(profile)), style="bold"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("No.", justify="right", no_wrap=True)
    table.add_column("When", no_wrap=True)
    table.add_column("What")
    table.add_column("Held", justify="right", no_wrap=True)
    table.add_column("Complete", no_wrap=True)
    noted = [", ".join(_notes(each)) for each in sessions]
    if any(noted):
        table.add_column("Noted")
    for each, note in zip(sessions, noted, strict=True):
        what = _plain(each.title) or "No known stretch"
        when, completed = f"{each.began:{TIME}}", _completed(*holds.get(each.id, (0, 0)))
        cells: list[RenderableType] = [str(each.number), when, _one_line(what)]
        cells += [clock(each.valid_s), completed]
        table.add_row(*cells, *([_one_line(note)] if any(noted) else []))
    console.print(table, width=min(console.width, WIDEST))
    if count > len(sessions):
        words = f"{count - len(sessions)} older sessions; to list all, add --limit {count}"
        console.print(words, style="dim", highlight=False)


def _one_line(text: str) -> Text:
    """Text that is cut where its column is too narrow.

    Other than in a column without wrapping, which would make all other columns narrower too.
    """
    return Text(text, no_wrap=True, overflow="ellipsis")


def show_people(people: Sequence[Person], console: Console) -> None:
    """Print of whom there are sessions, one in a line."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Who")
    for name in ("Sessions", "Held", "Last session"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in people:
        last = f"{each.last:{TIME}}" if each.last else UNKNOWN
        who = _one_line(_plain(whose(each.profile)))
        table.add_row(who, str(each.sessions), amount(each.valid_s), last)
    console.print(table)
    console.print(Text(f"{capitalised(YOU)} are whoever gives no name with --profile.", "dim"))


def _completed(complete: int, count: int) -> str:
    return f"{complete} of {count}" if count else "none"


def show_sitting(sitting: PractisedSession, document: Mapping[str, Any], console: Console) -> None:
    """Print one session."""
    parts: list[RenderableType] = [
        Text(f"{sitting.began:{TIME}}, {KINDS.get(sitting.kind, sitting.kind)}"),
        Text(capitalised(_plain(whose(sitting.profile)))),
    ]
    parts += [Text(), _holds(document)]
    parts.append(Text(", ".join(_totals(sitting))))
    parts += [Text(each) for each in _notes(sitting)]
    warnings = [_plain(str(each)) for each in _list(document, "warnings")]
    if warnings:
        parts += [Text(), Text("Please note", style="bold"), *lines(warnings)]
    title = Text(f"{sitting.number}  {_plain(sitting.title)}", style="bold")
    width = min(console.width, WIDEST)
    console.print(
        Panel(Group(*parts), title=title, title_align="left", padding=(1, 2), width=width)
    )


def _holds(document: Mapping[str, Any]) -> RenderableType:
    holds = holds_in(document)
    if not holds:
        return Text("Nothing was held.\n", style="bold")
    stretches = [each for each in _list(document, "stretches") if isinstance(each, dict)]
    names = {str(each.get("pose")): each.get("name") for each in stretches}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Stretch")
    for name in ("From", "Valid", "Wrong", "Unseen", "Score"):
        table.add_column(name, justify="right", no_wrap=True)
    reasons = []
    for hold in holds:
        table.add_row(*_cells(hold, names))
        words = "; ".join(_plain(str(each)) for each in _list(hold, "reasons"))
        if words:
            reasons.append(f"{_from(hold)}: {words}")
    if not reasons:
        return table
    title = Text("Time that did not count, by the hold's beginning", style="bold")
    return Group(table, title, *lines(reasons), Text())


def _cells(hold: Mapping[str, Any], names: Mapping[str, Any]) -> Iterator[str]:
    pose = str(hold.get("pose"))
    side = f", {hold['side']}" if hold.get("side") else ""
    yield _plain(f"{names.get(pose) or pose}{side}")
    yield _from(hold)
    for name in TOTALS:
        seconds = finite(hold.get(name))
        yield UNKNOWN if seconds is None else f"{seconds:.1f} s"
    score = finite(hold.get("score"))
    yield UNKNOWN if score is None else f"{score:.0f}"


def _from(hold: Mapping[str, Any]) -> str:
    start_s = finite(hold.get("start_s"))
    return UNKNOWN if start_s is None else clock(start_s)


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
    if sitting.note:
        yield _plain(sitting.note)


def _plain(text: str) -> str:
    """Text in one line."""
    return " ".join(text.split())


def show_overview(summary: Overview, console: Console) -> None:
    """Print the weeks, what was held of each stretch, and what has become of its main measure."""
    console.print(Text(summary.title, style="bold"))
    for words in summary.says:
        console.print(Text(words))
    console.print()
    console.print(Text.from_ansi(_bars(summary.weeks, min(console.width, WIDEST))))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Stretch")
    for name in ("Sessions", "This week", "Last week", "Aim a week"):
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


def show_everyone(summaries: Sequence[Overview], console: Console) -> None:
    """Print people side by side, one in a line; their figures are never put together.

    Args:
        summaries: One for each person, all about the same.
        console: Where to.
    """
    about = summaries[0].query.about
    console.print(Text(f"{about.name}, by person" if about else "Progress, by person", "bold"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Who")
    for name in ("Days", "This week", "Last week"):
        table.add_column(name, justify="right", no_wrap=True)
    if about:
        table.add_column("Range of motion")
    for each in summaries:
        table.add_row(*_person(each))
    console.print(table, width=min(console.width, WIDEST))
    console.print(
        Text(
            "Days: with a hold, this week. For one person: backstretch progress --profile NAME",
            "dim",
        )
    )


def _person(summary: Overview) -> Iterator[RenderableType]:
    """A person's cells: who, the days of this week, and the seconds and change of all or of one stretch."""
    about = summary.query.about
    yield _one_line(_plain(whose(summary.query.whose)))
    yield str(summary.weeks[-1].days)
    weeks_s: Sequence[float] = [each.valid_s for each in summary.weeks]
    if about:
        weeks_s = summary.doses[0].weeks_s if summary.doses else [0.0] * len(weeks_s)
    last, this = [0.0, *weeks_s][-2:]
    yield from map(amount, (this, last))
    if about:
        yield main_change(about, summary.trends.get(about.id, ())) or "too few sessions to tell"


def show_stretch(pose: Pose, summary: Overview, console: Console) -> None:
    """Print one stretch over time: its dose, a chart for each measure and side, and its change in words."""
    console.print(Text(summary.title, style="bold"))
    for dose in summary.doses:
        this, last = map(amount, dose.last_two)
        aim = f"aim {amount(dose.recommended_s)} a week"
        console.print(Text(f"{dose.sittings} sessions; this week {this}, last week {last}, {aim}"))
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
