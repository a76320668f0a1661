"""The history on the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from backstretch.health_page import WIDEST
from backstretch.history_rows import TOTALS, finite, holds_in
from backstretch.pose_pages import lines
from backstretch.practised import Sitting
from backstretch.summary import clock

TIME = "%Y-%m-%d %H:%M"
UNKNOWN = "-"
"""Stands for what the session does not tell."""


def show_list(
    found: Sequence[Sitting], holds: Mapping[int, tuple[int, int]], count: int, console: Console
) -> None:
    """Print sessions, newest first.

    Args:
        found: The sessions.
        holds: How many holds were complete, and how many there were, by the session's number.
        count: How many sessions there are in all.
        console: Where to.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("No.", justify="right", no_wrap=True)
    table.add_column("When", no_wrap=True)
    who = any(each.profile for each in found)
    if who:
        table.add_column("Who")
    table.add_column("What")
    table.add_column("Held", justify="right", no_wrap=True)
    table.add_column("Holds", no_wrap=True)
    table.add_column("Noted")
    for each in found:
        cells = [str(each.id), f"{each.began:{TIME}}", *([_plain(each.profile)] if who else [])]
        what = _plain(each.title) or "Nothing that is known"
        done = _done(*holds.get(each.id, (0, 0)))
        table.add_row(*cells, what, clock(each.valid_s), done, ", ".join(_noted(each)))
    console.print(table)
    if count > len(found):
        console.print(f"{count - len(found)} older ones; --limit {count} lists all.", style="dim")


def _done(complete: int, count: int) -> str:
    return f"{complete} of {count} complete" if count else "none"


def show_sitting(sitting: Sitting, document: Mapping[str, Any], console: Console) -> None:
    """Print one session."""
    parts: list[RenderableType] = [Text(f"{sitting.began:{TIME}}, {sitting.kind}")]
    if sitting.profile:
        parts.append(Text(f"Of {_plain(sitting.profile)}"))
    parts += [Text(), _holds(document), Text()]
    parts.append(Text(", ".join(_totals(sitting))))
    parts += [Text(each) for each in _noted(sitting)]
    said = [_plain(str(each)) for each in _list(document, "warnings")]
    if said:
        parts += [Text(), Text("Please note", style="bold"), *lines(said)]
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
    table.add_column("Lost to")
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
    found = document.get(name)
    return found if isinstance(found, list) else []


def _totals(sitting: Sitting) -> Iterator[str]:
    yield f"{sitting.valid_s:.1f} s valid"
    yield f"{sitting.wrong_s:.1f} s wrong"
    yield f"{sitting.unseen_s:.1f} s unseen"


def _noted(sitting: Sitting) -> Iterator[str]:
    if sitting.pain:
        yield "stopped with pain"
    if sitting.soreness is not None:
        yield f"soreness {sitting.soreness} of 10"


def _plain(text: str) -> str:
    """Text in one line."""
    return " ".join(text.split())
