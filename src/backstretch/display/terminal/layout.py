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

BETWEEN = "   "
"""Stands between two signs in one line."""
NOTE_TITLE = "Before you stretch"
WIDEST = 100
"""A page in the terminal is at most this many columns wide."""
LINES_AFTER_NOTE = 12
"""Lines for what follows the health note: questions or answers, and the prompt."""


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
    """Print the note: when to stop, when to see a doctor, and last what is an emergency.

    On a small terminal it is set close, so that the emergencies are still on the screen with what follows.
    """
    roomy = _roomy_note(min(console.width, WIDEST))
    if console.is_terminal and len(console.render_lines(roomy)) + LINES_AFTER_NOTE > console.height:
        console.print(_close_note(console.width))
    else:
        console.print(roomy)


def _roomy_note(width: int) -> Panel:
    """The note in a frame, each sign in a line of its own."""
    parts: list[RenderableType] = [Text(NOTE)]
    for intro, flags in (
        (STOP_ON_INTRO, STOP_ON),
        (SEE_SOON_INTRO, SEE_SOON),
        (RED_FLAGS_INTRO, RED_FLAGS),
    ):
        parts += [Text(), Text(intro, style="bold"), *lines(flags)]
    title = Text(NOTE_TITLE, style="bold")
    return Panel(Group(*parts), title=title, title_align="left", padding=(1, 2), width=width)


def _close_note(width: int) -> Group:
    """The note without a frame: the emergencies one or two in a line, the rest in paragraphs."""
    paragraphs = [
        Text.assemble((f"{intro} ", "bold"), words)
        for intro, words in (
            (f"{NOTE_TITLE}.", NOTE),
            (STOP_ON_INTRO, f"{'; '.join(STOP_ON)}."),
            (SEE_SOON_INTRO, f"{'; '.join(SEE_SOON)}."),
        )
    ]
    flags = [f"• {flag}" for flag in RED_FLAGS]
    return Group(
        *paragraphs, Text(RED_FLAGS_INTRO, style="bold"), *map(Text, _packed(flags, width))
    )


def _packed(words: Iterable[str], width: int) -> list[str]:
    """Lines of these words, two in one where both fit."""
    packed: list[str] = []
    has_room = False
    for each in words:
        has_room = has_room and len(packed[-1]) + len(BETWEEN) + len(each) <= width
        if has_room:
            packed[-1] += BETWEEN + each
        else:
            packed.append(each)
        has_room = not has_room
    return packed
