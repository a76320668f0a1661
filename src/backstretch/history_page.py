"""The history on the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from backstretch.pose_pages import lines
from backstretch.practised import Sitting
from backstretch.summary import clock

WIDEST = 96
TIME = "%Y-%m-%d %H:%M"


def show_list(found: Sequence[Sitting], count: int, console: Console) -> None:
    """Print sessions, newest first; ``count`` is how many there are in all."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("No.", justify="right", no_wrap=True)
    table.add_column("When", no_wrap=True)
    who = any(each.profile for each in found)
    if who:
        table.add_column("Who")
    table.add_column("What")
    table.add_column("Held", justify="right", no_wrap=True)
    table.add_column("Noted")
    for each in found:
        cells = [str(each.id), f"{each.began:{TIME}}", *([_plain(each.profile)] if who else [])]
        what = _plain(each.title) or "Nothing that is known"
        table.add_row(*cells, what, clock(each.valid_s), ", ".join(_noted(each)))
    console.print(table)
    if count > len(found):
        console.print(f"{count - len(found)} older ones; --limit {count} lists all.", style="dim")


def show_sitting(sitting: Sitting, document: Mapping[str, Any], console: Console) -> None:
    """Print one session."""
    parts: list[RenderableType] = [Text(f"{sitting.began:{TIME}}, {sitting.kind}")]
    if sitting.profile:
        parts.append(Text(f"Of {_plain(sitting.profile)}"))
    parts += [Text(), _holds(document), Text()]
    parts.append(Text(", ".join(_totals(sitting))))
    parts += [Text(each) for each in _noted(sitting)]
    said = [_plain(str(each)) for each in document.get("warnings") or []]
    if said:
        parts += [Text(), Text("Please note", style="bold"), *lines(said)]
    title = Text(f"{sitting.id}  {_plain(sitting.title)}", style="bold")
    width = min(console.width, WIDEST)
    console.print(
        Panel(Group(*parts), title=title, title_align="left", padding=(1, 2), width=width)
    )


def _holds(document: Mapping[str, Any]) -> RenderableType:
    holds = document.get("holds") or []
    if not holds:
        return Text("Nothing was held.", style="bold")
    names = {each["pose"]: each["name"] for each in document.get("stretches") or []}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Stretch")
    for name in ("From", "Valid", "Wrong", "Unseen", "Score"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Lost to")
    for hold in holds:
        what = names.get(hold.get("pose"), hold.get("pose"))
        side = f", {hold['side']}" if hold.get("side") else ""
        seconds = [f"{hold.get(each, 0):.1f} s" for each in ("valid_s", "wrong_s", "unseen_s")]
        lost = "; ".join(hold.get("reasons") or [])
        score = str(hold.get("score", "-"))
        table.add_row(f"{what}{side}", clock(hold.get("start_s", 0)), *seconds, score, lost)
    return table


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
