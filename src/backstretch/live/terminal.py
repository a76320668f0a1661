"""A live session in a terminal: a panel or lines, and single keys that need no Enter."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from time import sleep
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live as Screen
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from backstretch.coaching.scene import Scene, Status
from backstretch.display.pictures.live_view import FULL_HELP, KEYS_HELP, MUTE_HELP, LiveState
from backstretch.display.pictures.summary_view import Ending
from backstretch.judging.result import Result
from backstretch.judging.wording import clock
from backstretch.live.loop import KEYS, Live

ESCAPE = "\x1b"
UPDATE_EVERY_S = 0.1
"""How often the terminal is updated and the keyboard read."""
STYLES = {
    Status.IN: "black on bright_blue",
    Status.ADJUST: "black on yellow",
    Status.UNSEEN: "black on white",
    Status.CALM: "bold",
}


class TerminalShow:
    """Shows a live session: a panel in a terminal, or a line for each change in a file.

    Args:
        console: The terminal, or a file.
        tick: Called at each update.
    """

    def __init__(self, console: Console, tick: Callable[[], None]) -> None:
        self._console, self._tick = console, tick

    def run(self, live: Live) -> None:
        """Show until the session is over."""
        if not self._console.is_terminal:
            self._follow(live, self._line())
            return
        with Screen(console=self._console, auto_refresh=False, transient=True) as screen:
            self._follow(live, lambda scene, _: screen.update(_panel(scene), refresh=True))

    def linger(self, state: LiveState, seconds: float) -> None:
        """Show one last state for this long."""
        if self._console.is_terminal:
            self._console.print(_panel(state.scene))
        else:
            self._line()(state.scene, state.step.time_s if state.step else 0.0)
        sleep(seconds)

    def summary(self, result: Result, ending: Ending) -> None:
        """Do nothing: the command prints the summary."""

    def _follow(self, live: Live, show: Callable[[Scene, float], None]) -> None:
        with TerminalKeys() as keys:
            while not live.over:
                show(live.state.visible_scene, live.last_s)
                self._tick()
                command = KEYS.get(keys.read())
                if command is not None:
                    live.command(command)
                live.wait(UPDATE_EVERY_S)

    def _line(self) -> Callable[[Scene, float], None]:
        last_words: tuple[str, ...] = ()

        def print_change(scene: Scene, time_s: float) -> None:
            nonlocal last_words
            words = (scene.title, scene.words, scene.name)
            if words != last_words:
                last_words = words
                seconds = f", {scene.valid_s:.0f} of {scene.asked_s:.0f} s" if scene.valid_s else ""
                line = f"{clock(time_s)}  {scene.title}{seconds}: {scene.words}  ({scene.name})"
                self._console.print(line, soft_wrap=True)

        return print_change


def _panel(scene: Scene) -> Panel:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(Text(f" {scene.title} ", style=STYLES[scene.status]))
    grid.add_row(Text(scene.words or " ", style="bold"))
    bar = ProgressBar(total=scene.asked_s, completed=min(scene.valid_s, scene.asked_s), width=40)
    grid.add_row(bar)
    rest_left = f"{scene.left_s:.0f} s of rest left" if scene.left_s is not None else ""
    grid.add_row(Text(rest_left or f"{scene.valid_s:.0f} of {scene.asked_s:.0f} s"))
    grid.add_row(Text(scene.note or scene.progress or " ", style="dim"))
    of_window = {MUTE_HELP, FULL_HELP}
    keys = [" · ".join(key for key in line if key not in of_window) for line in KEYS_HELP]
    grid.add_row(Text("\n".join(keys), style="dim"))
    title = Text(scene.name)  # a name may hold brackets, which Rich would take for its own
    return Panel(grid, title=title, title_align="left", padding=(1, 2), width=72)


class TerminalKeys:
    """Reads keys without waiting; a context manager. Gives none where stdin is no terminal."""

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
        """The key that was pressed, or ``esc``; empty for none, several, or a key such as an arrow."""
        if not self._is_open:
            return ""
        text = _pending_input()
        if text == ESCAPE:
            return "esc"
        return text.lower() if len(text) == 1 else ""


def _pending_input() -> str:
    """The characters that were typed since the last call."""
    if sys.platform == "win32":
        import msvcrt

        return "".join(iter(lambda: msvcrt.getwch() if msvcrt.kbhit() else "", ""))
    import os
    import select

    ready, _, _ = select.select([sys.stdin], [], [], 0.0)
    return os.read(sys.stdin.fileno(), 64).decode(errors="replace") if ready else ""
