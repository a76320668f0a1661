"""Shows: a live session in a window, or as lines in a terminal."""

from collections.abc import Callable
from time import perf_counter, sleep

from rich.console import Console
from rich.live import Live as Screen
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from backstretch.keys import TerminalKeys
from backstretch.live import Live
from backstretch.live_view import KEYS_HELP, MUTE_HELP, LiveView
from backstretch.orders import Command
from backstretch.result import Result
from backstretch.scene import Look, Scene
from backstretch.summary import clock
from backstretch.summary_view import draw_summary
from backstretch.voice import Voice
from backstretch.window import Window

KEYS = {
    " ": Command.PAUSE,
    "n": Command.NEXT,
    "b": Command.BACK,
    "p": Command.PAIN,
    "q": Command.QUIT,
    "esc": Command.QUIT,
}
MUTE, FULL = "m", "f"
LEAST_BETWEEN_S = 1.0 / 30.0
"""The window is drawn this often at most; the model needs the machine more."""
SUMMARY_S = 30.0
"""How long the summary stays if nobody closes it."""
SUMMARY_EVERY_S = 0.05
LOOK_EVERY_S = 0.1
"""How often the terminal is looked after."""
STYLES = {
    Look.IN: "black on bright_blue",
    Look.ADJUST: "black on yellow",
    Look.UNSEEN: "black on white",
    Look.CALM: "bold",
}


class WindowShow:
    """Shows a session in a window, and takes its keys.

    Args:
        window: Where it is shown.
        voice: What the mute key mutes.
        tick: Called again and again meanwhile.
    """

    def __init__(self, window: Window, voice: Voice, tick: Callable[[], None]) -> None:
        self._window, self._voice, self._tick = window, voice, tick
        self._view = LiveView()

    def run(self, live: Live) -> None:
        """Show until the session is over or the window was closed."""
        while not live.over:
            began_s = perf_counter()
            picture = self._view.draw(live.sight, self._window.wh, muted=self._voice.muted)
            key = self._window.show(picture)
            if self._window.closed:
                return
            if key in KEYS:
                live.command(KEYS[key])
            elif key == MUTE:
                self._voice.muted = not self._voice.muted
            elif key == FULL:
                self._window.toggle_full()
            self._tick()
            live.wait(max(0.0, LEAST_BETWEEN_S - (perf_counter() - began_s)))

    def summary(self, result: Result, lines: tuple[str, ...]) -> None:
        """Show what the session came to, until a key or for `SUMMARY_S`."""
        began_s = perf_counter()
        while not self._window.closed and perf_counter() - began_s < SUMMARY_S:
            picture = draw_summary(result, self._window.wh, lines)
            if self._window.show(picture):
                return
            sleep(SUMMARY_EVERY_S)


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

    def _follow(self, live: Live, tell: Callable[[Scene, float], None]) -> None:
        with TerminalKeys() as keys:
            while not live.over:
                tell(live.sight.shown, live.last_s)
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
    grid.add_row(Text(f" {scene.title} ", style=STYLES[scene.look]))
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
