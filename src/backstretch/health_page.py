"""The health note on the terminal."""

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from backstretch.health import (
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
