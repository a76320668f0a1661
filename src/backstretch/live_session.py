"""A live session from the camera to the summary: opens what it needs, runs, closes, tells what came of it."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from rich.console import Console

from backstretch.camera import Capture, open_capture
from backstretch.health import DAY_OFF
from backstretch.kept import Kept
from backstretch.landmarker import MediaPipeLandmarker
from backstretch.lines import ENDED
from backstretch.live import Live
from backstretch.outlets import Speaker
from backstretch.practice import Practice
from backstretch.prompting import speaking_s
from backstretch.result import Result
from backstretch.scene import Phase
from backstretch.session_record import PAIN
from backstretch.shows import TerminalShow, WindowShow
from backstretch.take import too_slow
from backstretch.voice import Voice
from backstretch.window import Window, has_screen

INTERRUPTED = "interrupted"
"""Why a session ended that was ended from the keyboard of the terminal."""
FAILED = "failed"
"""Why one ended in which the program itself went wrong."""
CLOSED = "closed"
"""Why one ended whose window was closed, or whose recording was over."""
ONCE_OR_TWICE = "Once or twice a day is enough."


@dataclass(frozen=True)
class Setup:
    """What a session runs on.

    Attributes:
        camera: A camera's number, a stream's URL or a video file.
        sessions: The folder of all sessions.
        model: Another pose model; None for the one inside the package.
        windowless: Whether to tell the session in the terminal.
        silent: Whether nothing is to be heard.
        track, video: Whether landmarks and pictures are kept.
        soreness: What the person said before, 0 to 10, None if that was skipped; empty if not asked.
        warnings: What was said beforehand and belongs into the result.
        terminal: Where a session without a window is told.
    """

    camera: str
    sessions: Path
    model: Path | None
    windowless: bool
    silent: bool
    track: bool
    video: bool
    soreness: tuple[int | None, ...]
    warnings: tuple[str, ...]
    terminal: Console


@dataclass(frozen=True)
class Outcome:
    """What came of a session.

    Attributes:
        result: As that of a recording.
        why: Why it ended: ``done``, ``pain``, ``quit``, or one of the above.
        folder: Where it is kept.
        faults: What could not be kept.
    """

    result: Result
    why: str
    folder: Path
    faults: tuple[str, ...]


def run_live(setup: Setup, practice: Practice, notice: Callable[[str], object]) -> Outcome:
    """Run a session; ``notice`` is told what the person should know of the machine.

    Raises:
        InputError: The camera or the model cannot be used.
        SetupError: The machine lacks something.
    """
    with ExitStack() as stack:
        # The model comes first: a camera, or a file that is played as one, does not wait for it.
        landmarker = stack.enter_context(MediaPipeLandmarker(setup.model))
        is_heard = not setup.silent
        voice = stack.enter_context(Voice(speaks=is_heard, sounds=is_heard))
        windowless = setup.windowless
        if not (windowless or has_screen()):
            notice("there is no screen to open a window on: coaching by voice and in the terminal")
            windowless = True
        capture = stack.enter_context(open_capture(setup.camera))
        kept = Kept(setup.sessions, _about(practice, capture), track=setup.track, video=setup.video)
        stack.enter_context(kept)
        for value in setup.soreness:
            kept.sore(value)
        window = None if windowless else stack.enter_context(Window())
        tick = _Notices(voice, notice).tell
        show = WindowShow(window, voice, tick) if window else TerminalShow(setup.terminal, tick)
        live = Live(capture, landmarker, practice, [Speaker(voice), *kept.outlets(practice)])
        try:
            why = _watch(live, show)
        except Exception:  # what was held is kept, whatever went wrong
            result = _result(live, practice, capture, setup.warnings)
            kept.finish(result, FAILED)
            raise
        result = _result(live, practice, capture, setup.warnings)
        with _undisturbed():
            kept.finish(result, why, captured=capture.captured, dropped=capture.dropped)
        with suppress(KeyboardInterrupt):  # all is kept; the rest is courtesy
            _part(show, result, why, is_heard=is_heard and not _is_mute(voice))
        return Outcome(result, why, kept.folder, kept.faults)


class _Notices:
    """Tells why there is no voice or sound, each once and as soon as it is known."""

    def __init__(self, voice: Voice, notice: Callable[[str], object]) -> None:
        self._voice, self._notice = voice, notice
        self._told: set[str] = set()

    def tell(self) -> None:
        for words in self._voice.notices:
            if words not in self._told:
                self._told.add(words)
                self._notice(words)


def _is_mute(voice: Voice) -> bool:
    return any(notice.startswith("no voice") for notice in voice.notices)


def _watch(live: Live, show: WindowShow | TerminalShow) -> str:
    """Show a session until its end; return why it ended."""
    try:
        with live:
            show.run(live)
    except KeyboardInterrupt:
        live.stop()
        return INTERRUPTED
    coach = live.practice.coach
    return coach.ended or (PAIN if coach.phase is Phase.PAIN else CLOSED)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """An impatient Ctrl-C waits until all is kept."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _about(practice: Practice, capture: Capture) -> dict[str, object]:
    wanted = practice.wanted
    return {
        "title": wanted.title,
        "camera": capture.name,
        "sides": list(wanted.sides),
        "mirrored": wanted.mirrored,
        "aims": {
            pose: {"hold_s": hold_s, "repetitions": repetitions}
            for pose, (hold_s, repetitions) in wanted.aims.items()
        },
    }


def _result(live: Live, practice: Practice, capture: Capture, warnings: tuple[str, ...]) -> Result:
    source = live.source(capture.name)
    found = (*warnings, *capture.warnings, *too_slow(source), *live.warnings)
    return practice.result(source, found)


def _part(show: WindowShow | TerminalShow, result: Result, why: str, *, is_heard: bool) -> None:
    """Show the summary in a window, or let the last words be heard."""
    if why == INTERRUPTED:
        return
    if isinstance(show, WindowShow):
        show.summary(result, (DAY_OFF,) if why == PAIN else (ONCE_OR_TWICE,))
    elif why in ENDED and is_heard:
        sleep(speaking_s(ENDED[why]))
