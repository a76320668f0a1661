"""A live session in a terminal: a panel or lines, and keys typed one at a time and without Enter."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live as Screen
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from backstretch.coaching.scene import Scene, Status
from backstretch.display.pictures.live_view import KEYS_HELP, MUTE_HELP
from backstretch.judging.result import Result
from backstretch.judging.wording import clock
from backstretch.live.loop import KEYS, Live

ESCAPE = "\x1b"
LOOK_EVERY_S = 0.1
"""How often the terminal is looked after."""
STYLES = {
    Status.IN: "black on bright_blue",
    Status.ADJUST: "black on yellow",
    Status.UNSEEN: "black on white",
    Status.CALM: "bold",
}


class TerminalShow:
    """Tells a session in a terminal: one steady panel, or a line for each change where it is none.

    Args:
        console: The terminal, or a file.
        tick: Called again and again meanwhile.
    """

    def __init__(self, console: Console, tick: Callable[[], None]) -> None:
        self._console, self._tick = console, tick

    def run(self, live: Live) -> None:
        """Tell until the session is over."""
        if not self._console.is_terminal:
            self._follow(live, self._line())
            return
        with Screen(console=self._console, auto_refresh=False, transient=True) as screen:
            self._follow(live, lambda scene, _: screen.update(_panel(scene), refresh=True))

    def summary(self, result: Result, lines: tuple[str, ...]) -> None:
        """Nothing: the command prints it, where it stays."""

    def _follow(self, live: Live, tell: Callable[[Scene, float], None]) -> None:
        with TerminalKeys() as keys:
            while not live.over:
                tell(live.state.visible_scene, live.last_s)
                self._tick()
                command = KEYS.get(keys.read())
                if command is not None:
                    live.command(command)
                live.wait(LOOK_EVERY_S)

    def _line(self) -> Callable[[Scene, float], None]:
        told: tuple[str, ...] = ()

        def tell(scene: Scene, time_s: float) -> None:
            nonlocal told
            words = (scene.title, scene.words, scene.name)
            if words != told:
                told = words
                held = f", {scene.valid_s:.0f} of {scene.asked_s:.0f} s" if scene.valid_s else ""
                line = f"{clock(time_s)}  {scene.title}{held}: {scene.words}  ({scene.name})"
                self._console.print(line, soft_wrap=True)

        return tell


def _panel(scene: Scene) -> Panel:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(Text(f" {scene.title} ", style=STYLES[scene.status]))
    grid.add_row(Text(scene.words or " ", style="bold"))
    bar = ProgressBar(total=scene.asked_s, completed=min(scene.valid_s, scene.asked_s), width=40)
    grid.add_row(bar)
    left = f"{scene.left_s:.0f} s of rest left" if scene.left_s is not None else ""
    held = f"{scene.valid_s:.0f} of {scene.asked_s:.0f} s"
    grid.add_row(Text(left or held))
    grid.add_row(Text(scene.note or scene.progress or " ", style="dim"))
    keys = [" · ".join(key for key in line if key != MUTE_HELP) for line in KEYS_HELP]
    grid.add_row(Text("\n".join(keys), style="dim"))
    title = Text(scene.name)  # a name may hold brackets, which Rich would take for its own
    return Panel(grid, title=title, title_align="left", padding=(1, 2), width=72)


class TerminalKeys:
    """Reads keys without waiting for any; a context manager. Where nobody types, there are none."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._is_open = False

    def __enter__(self) -> Self:
        self._is_open = sys.stdin is not None and sys.stdin.isatty()
        if self._is_open and sys.platform != "win32":
            import termios
            import tty

            number = sys.stdin.fileno()
            before = termios.tcgetattr(number)
            self._stack.callback(termios.tcsetattr, number, termios.TCSADRAIN, before)
            tty.setcbreak(number)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_open = False
        self._stack.close()

    def read(self) -> str:
        """The key that was typed, ``esc``, or nothing. Arrows and the like are nothing."""
        if not self._is_open:
            return ""
        typed = _typed()
        if typed == ESCAPE:
            return "esc"
        return typed.lower() if len(typed) == 1 else ""


def _typed() -> str:
    """All that waits to be read."""
    if sys.platform == "win32":
        import msvcrt

        return "".join(iter(lambda: msvcrt.getwch() if msvcrt.kbhit() else "", ""))
    import os
    import select

    ready, _, _ = select.select([sys.stdin], [], [], 0.0)
    return os.read(sys.stdin.fileno(), 64).decode(errors="replace") if ready else ""
