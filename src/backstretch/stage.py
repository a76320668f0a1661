"""The stage: what a session with a person needs of the machine, opened in the right order and closed again."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from backstretch.camera import Capture, open_capture
from backstretch.detection import Landmarker, open_landmarker
from backstretch.keys import TerminalShow
from backstretch.live import FrontEnd, Live
from backstretch.notices import Notice
from backstretch.voice import Voice
from backstretch.window import Window, WindowShow, has_screen
from backstretch.wording import describe_notice

INTERRUPTED = "interrupted"
"""Why a session ended that was ended from the keyboard of the terminal."""
CLOSED = "closed"
"""Why one ended whose window was closed, or whose recording was over."""


@dataclass(frozen=True)
class Machine:
    """What a session runs on.

    Attributes:
        camera: A camera's number, a stream's URL or a video file.
        model: Another pose model; None for the one inside the package.
        windowless: Whether to tell the session in the terminal.
        silent: Whether nothing is to be heard.
        terminal: Where a session without a window is told.
    """

    camera: str
    model: Path | None
    windowless: bool
    silent: bool
    terminal: Console


@dataclass(frozen=True, eq=False)
class Stage:
    """What was opened.

    Attributes:
        landmarker, voice, capture, show: Each where a session takes it from.
        silent: Whether nothing was to be heard.
    """

    landmarker: Landmarker
    voice: Voice
    capture: Capture
    show: FrontEnd
    silent: bool

    @property
    def is_heard(self) -> bool:
        """Whether what is said is heard."""
        return not (self.silent or self.voice.is_mute)


@contextmanager
def staged(machine: Machine, notice: Callable[[str], object]) -> Iterator[Stage]:
    """Open the stage; ``notice`` is told what the person should know of the machine.

    Raises:
        InputError: The camera or the model cannot be used.
        SetupError: The machine lacks something.
    """
    with ExitStack() as stack:
        # The model comes first: a camera, or a file that is played as one, does not wait for it.
        landmarker = stack.enter_context(open_landmarker(machine.model))
        is_heard = not machine.silent
        voice = stack.enter_context(Voice(speaks=is_heard, sounds=is_heard))
        windowless = machine.windowless
        if not (windowless or has_screen()):
            notice("there is no screen to open a window on: coaching by voice and in the terminal")
            windowless = True
        capture = stack.enter_context(open_capture(machine.camera))
        window = None if windowless else stack.enter_context(Window())
        tick = _Notices(voice, notice).tell
        show: FrontEnd = TerminalShow(machine.terminal, tick)
        if window is not None:
            show = WindowShow(window, voice, tick)
        yield Stage(landmarker, voice, capture, show, machine.silent)


class _Notices:
    """Tells why there is no voice or sound, each once and as soon as it is known."""

    def __init__(self, voice: Voice, notice: Callable[[str], object]) -> None:
        self._voice, self._notice = voice, notice
        self._told: set[Notice] = set()

    def tell(self) -> None:
        for notice in self._voice.notices:
            if notice not in self._told:
                self._told.add(notice)
                self._notice(describe_notice(notice))


def watch(live: Live, show: FrontEnd) -> str:
    """Show a session until its end; return why it ended."""
    try:
        with live:
            show.run(live)
    except KeyboardInterrupt:
        live.stop()
        return INTERRUPTED
    return live.session.leader.ended or CLOSED
