"""The summary on the terminal: what was seen, each hold, and the totals against the goal."""

from collections.abc import Iterator

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from backstretch.display.terminal.layout import lines
from backstretch.display.terminal.photograph import photograph_parts
from backstretch.judging.hold_clock import Hold, Kind, Span
from backstretch.judging.matching import Form
from backstretch.judging.result import WORTH_SAYING_S, Result, losses, score, tallies
from backstretch.judging.wording import clock
from backstretch.kinematics.neutral import neutral_words
from backstretch.poses.pose import capitalised

DONE, NOTHING = "✓", "-"
BAR_CELLS = 24
"""Width of the bar that shows held seconds against those asked for."""
SHORTEST_ATTEMPT_S = 0.5
MOST_REASONS = 4
"""Shorter attempts and further reasons are left to the files; here they would only be noise."""

ANGLES_WRITTEN = "report.html and steps.csv have the angles of the body over time."
ANGLES_TO_WRITE = (
    "With --out FOLDER you get the angles of the body over time, as charts and as a table."
)


def show(result: Result, console: Console, written: str = "") -> None:
    """Print the summary; ``written`` names the folder of the files, if any were written."""
    parts: list[RenderableType] = [_recording_facts(result)]
    if result.looks_like is not None:
        parts += [Text(), *photograph_parts(result)]
    elif result.holds:
        holds = _holds if result.assignment.pose else _stretches
        parts += [Text(), holds(result), Text(), _totals(result)]
    else:
        parts += [Text(), _none(result)]
        if not result.assignment.asked and result.seen > 0.0:
            parts.append(Text(ANGLES_WRITTEN if written else ANGLES_TO_WRITE))
    near = [span for span in result.attempts if span.seconds >= SHORTEST_ATTEMPT_S]
    if near:
        lost = [f"{seconds:.1f} s {reason}" for reason, seconds in losses(near)[:MOST_REASONS]]
        head = (
            "Near the stretch, but not held" if result.could_be_told else "What could not be told"
        )
        parts += [Text(), Text(head, style="bold"), *lines(lost)]
    if result.warnings:
        parts += [Text(), Text("Please note", style="bold"), *lines(result.warnings)]
    if written:
        parts += [Text(), Text(f"Written to {written}")]
    untitled = "What the photograph shows" if result.is_photograph else "What was stretched"
    pose, name = result.assignment.pose, result.assignment.title or untitled
    title = Text(pose.name if pose else name, style="bold")
    console.print(
        Panel(Group(*parts), title=title, title_align="left", padding=(1, 2), width=_width(console))
    )


def _width(console: Console) -> int:
    return min(console.width, 96)


def _recording_facts(result: Result) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    source = result.source
    if result.is_photograph:
        grid.add_row("Photograph", source.path)
        grid.add_row("", f"{source.width} x {source.height}")
        return grid
    size = f"{source.width} x {source.height}, {source.fps:g} pictures a second"
    grid.add_row("Recording", source.path)
    grid.add_row("", f"{clock(source.duration_s)} long, {size}")
    if result.neutral is not None:
        grid.add_row("Camera", f"sees you {result.neutral.view.words}")
        grid.add_row("Rest", neutral_words(result.neutral))
    if result.calibrated:
        words = ", ".join(f"{name} of {day}" for name, day in result.calibrated.items())
        grid.add_row("Reference", f"your own: {words}")
    grid.add_row(
        "In view",
        f"{result.seen:.0%} of the time",
    )
    return grid


def _holds(result: Result) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Hold")
    has_sides = any(each.form.side for each in result.holds)
    if has_sides:
        table.add_column("Side")
    for name in ("From", "To", "Valid", "Wrong", "Unseen", "Score"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Reason" if any(losses(each.hold.spans) for each in result.holds) else "")
    for number, held in enumerate(result.holds, start=1):
        sides = [held.form.side or ""] if has_sides else []
        mark = f"{number} {DONE}" if result.complete(held) else f"{number}"
        table.add_row(mark, *sides, *_figures(held.hold), _main_reason(held.hold.spans))
    return table


def _stretches(result: Result) -> Table:
    """A table of the recognised stretches, in order."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("From", justify="right", no_wrap=True)
    table.add_column("Stretch")
    for name in ("Valid", "Wrong", "Unseen", "Score"):
        table.add_column(name, justify="right", no_wrap=True)
    for held in result.holds:
        start, _, *figures = _figures(held.hold)
        table.add_row(start, _name(held.form, result), *figures)
    return table


def _figures(hold: Hold) -> list[str]:
    lengths = [
        f"{s:.1f} s" if s >= WORTH_SAYING_S else NOTHING for s in (hold.wrong_s, hold.unseen_s)
    ]
    return [
        clock(hold.start_s),
        clock(hold.end_s),
        f"{hold.valid_s:.1f} s",
        *lengths,
        f"{score(hold.score)}",
    ]


def _main_reason(spans: tuple[Span, ...]) -> str:
    return next((reason for reason, _ in losses(spans)), "")


def _totals(result: Result) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    is_one = result.assignment.pose is not None
    cells, valid = (BAR_CELLS, " valid") if is_one else (BAR_CELLS // 2, "")
    for tally in tallies(result):
        share = min(1.0, tally.held_s / (tally.asked * tally.asked_s))
        bar = "█" * round(share * cells) + "░" * (cells - round(share * cells))
        words = f"{tally.held_s:.1f} s{valid}; {tally.done} of {tally.asked} holds of {tally.asked_s:g} s"
        name = Text(_name(tally.form, result), style="bold")
        grid.add_row(*((name, bar, words) if result.assignment.has_plan else (name, words)))
    lost = [f"{result.seconds(kind):.1f} s {kind}" for kind in (Kind.WRONG, Kind.UNSEEN)]
    return Group(
        grid, *_lengths(result), Text(f"Time that did not count: {', '.join(lost)}", style="dim")
    )


def _lengths(result: Result) -> Iterator[Text]:
    """What was estimated in centimetres, hold by hold."""
    reached: dict[str, list[str]] = {}
    for lengths in result.lengths:
        for each in lengths.values():
            reached.setdefault(str(each["words"]), []).append(f"{each['median']} cm")
    for words, values in reached.items():
        yield Text(f"{capitalised(words)}: about {', '.join(values)} (estimate)")


def _name(form: Form, result: Result) -> str:
    if result.assignment.pose is not None:
        return form.side.capitalize() if form.side else "Held"
    return f"{form.pose.name}, {form.side}" if form.side else form.pose.name


def _none(result: Result) -> Text:
    if result.seen == 0.0:
        return Text("Nobody was seen.", style="bold")
    if not result.could_be_told:
        return Text("Whether it was held could not be told.", style="bold")
    unseen_s, wrong_s = result.seconds(Kind.UNSEEN), result.seconds(Kind.WRONG)
    words = "No hold was found." if result.assignment.has_plan else "No known stretch was held."
    if unseen_s > wrong_s and unseen_s >= 1.0:
        words = "No hold could be counted: the camera did not see enough of you."
    return Text(words, style="bold")
