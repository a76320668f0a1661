"""Parts that terminal pages share, lists of facts and of lines, and the health note."""

from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from backstretch.history.health import (
    NOTE,
    RED_FLAGS,
    RED_FLAGS_INTRO,
    SEE_SOON,
    SEE_SOON_INTRO,
    STOP_ON,
    STOP_ON_INTRO,
)

WIDEST = 100
"""A page in the terminal is at most this many columns wide."""


def facts(rows: Iterable[tuple[str, str]]) -> Table:
    """Names and values side by side; those without a value are left out."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    for name, value in rows:
        if value:
            grid.add_row(name, value)
    return grid


def lines(words: Iterable[str]) -> list[RenderableType]:
    """Each in a line of its own, with a dot before it."""
    return [Padding(Text(f"• {line}"), (0, 0, 0, 1)) for line in words]


def show_note(console: Console) -> None:
    """Print the note, the red flags, and when to stop."""
    parts: list[RenderableType] = [Text(NOTE)]
    for intro, flags in (
        (RED_FLAGS_INTRO, RED_FLAGS),
        (SEE_SOON_INTRO, SEE_SOON),
        (STOP_ON_INTRO, STOP_ON),
    ):
        parts += [Text(), Text(intro, style="bold")]
        parts += [Padding(Text(f"• {flag}"), (0, 0, 0, 1)) for flag in flags]
    title = Text("Before you stretch", style="bold")
    width = min(console.width, WIDEST)
    console.print(
        Panel(Group(*parts), title=title, title_align="left", padding=(1, 2), width=width)
    )
