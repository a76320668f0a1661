"""Running a live session: opens camera, model, voice and window, coaches or calibrates, and closes them."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from typing import Protocol, TypeVar

from rich.console import Console

from backstretch.coaching.scene import Phase
from backstretch.coaching.speaking import ENDED, speaking_s
from backstretch.errors import Notice, TakeError
from backstretch.formats.result_files import REPORT
from backstretch.formats.session_log import PAIN
from backstretch.history.health import DAY_OFF
from backstretch.judging.collector import too_slow
from backstretch.judging.result import Result
from backstretch.judging.wording import describe_notice
from backstretch.kinematics.neutral import OwnNeutral
from backstretch.live.led_session import CoachedSession, Leader, LedSession
from backstretch.live.loop import FrontEnd, Live
from backstretch.live.recorder import SessionRecorder
from backstretch.live.speech import Speaker, Voice
from backstretch.live.terminal import TerminalShow
from backstretch.live.window import Window, WindowShow, has_screen
from backstretch.poses.pose import Pose
from backstretch.vision.capture import Capture, open_capture
from backstretch.vision.detection import Landmarker, open_landmarker

FAILED = "failed"
"""Why a session ended in which the program itself went wrong."""
ONCE_OR_TWICE = "Once or twice a day is enough."
INTERRUPTED = "interrupted"
"""Why a session ended that was ended from the keyboard of the terminal."""
CLOSED = "closed"
"""Why one ended whose window was closed, or whose recording was over."""
WHY = {
    CLOSED: "the pictures ended before all takes were made; nothing was written",
    "quit": "stopped before all takes were made; nothing was written",
    "pain": "stopped; nothing was written",
}
"""What is said when nothing came of it, by why it ended."""


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


@dataclass(frozen=True)
class Setup:
    """What a session runs on.

    Attributes:
        machine: Camera, model, window and voice.
        sessions: The folder of all sessions.
        track, video: Whether landmarks and pictures are kept.
        soreness: What the person said before, 0 to 10, None if that was skipped; empty if not asked.
        notices: Those of the time before the session; the result has them too.
        profile: Whose session it is; empty for the one person who never said a name.
    """

    machine: Machine
    sessions: Path
    track: bool
    video: bool
    soreness: tuple[int | None, ...]
    notices: tuple[Notice, ...]
    profile: str = ""


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


def run_live(setup: Setup, session: CoachedSession, notice: Callable[[str], object]) -> Outcome:
    """Run a session; ``notice`` is told what the person should know of the machine.

    Raises:
        InputError: The camera or the model cannot be used.
        SetupError: The machine lacks something.
    """
    with open_stage(setup.machine, notice) as stage:
        capture = stage.capture
        about = _about(session, capture) | {"profile": setup.profile}
        with SessionRecorder(
            setup.sessions, about, track=setup.track, video=setup.video
        ) as recorder:
            for value in setup.soreness:
                recorder.sore(value)
            sinks = [Speaker(stage.voice), *recorder.sinks(session)]
            live = Live(capture, stage.landmarker, session, sinks)
            try:
                ended = watch(live, stage.show)
            except Exception:  # what was held is kept, whatever went wrong
                result = _result(live, session, capture, setup.notices)
                recorder.finish(result, FAILED, without={REPORT})
                raise
            is_pain = session.leader.phase is Phase.PAIN
            why = PAIN if ended == CLOSED and is_pain else ended
            result = _result(live, session, capture, setup.notices)
            with _undisturbed():
                figures = {"captured": capture.captured, "dropped": capture.dropped}
                recorder.finish(result, why, figures)
            with suppress(KeyboardInterrupt):  # all is kept; the rest is courtesy
                _part(stage.show, result, why, is_heard=stage.is_heard)
            return Outcome(result, why, recorder.folder, recorder.faults)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """An impatient Ctrl-C waits until all is kept."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _about(session: CoachedSession, capture: Capture) -> dict[str, object]:
    assignment = session.assignment
    return {
        "title": assignment.title,
        "camera": capture.name,
        "sides": list(assignment.sides),
        "mirrored": session.mirrored,
        "aims": {
            pose: {"hold_s": hold_s, "repetitions": repetitions}
            for pose, (hold_s, repetitions) in assignment.aims.items()
        },
    }


def _result(
    live: Live, session: CoachedSession, capture: Capture, notices: tuple[Notice, ...]
) -> Result:
    source = live.source(capture.name)
    all_notices = (*notices, *capture.notices, *too_slow(source), *live.notices)
    return session.result(source, all_notices)


def _part(show: FrontEnd, result: Result, why: str, *, is_heard: bool) -> None:
    """Show the summary, and let the last words be heard."""
    if why == INTERRUPTED:
        return
    began_s = perf_counter()
    show.summary(result, (DAY_OFF,) if why == PAIN else (ONCE_OR_TWICE,))
    if why in ENDED and is_heard:
        sleep(max(0.0, began_s + speaking_s(ENDED[why]) - perf_counter()))


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
def open_stage(machine: Machine, notice: Callable[[str], object]) -> Iterator[Stage]:
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
        self._announced: set[Notice] = set()

    def tell(self) -> None:
        for notice in self._voice.notices:
            if notice not in self._announced:
                self._announced.add(notice)
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


class Maker(Leader, Protocol):
    """A leader that makes something; see `guide.Guide`."""

    @property
    def result(self) -> Pose | OwnNeutral | None:
        """What it came to; None before that."""

    @property
    def refused(self) -> str:
        """Why nothing came of it."""


SomeMaker = TypeVar("SomeMaker", bound=Maker)


def run_guided(
    machine: Machine, session: LedSession[SomeMaker], notice: Callable[[str], object]
) -> Pose | OwnNeutral:
    """Lead somebody through their takes; return what they came to.

    Raises:
        InputError: The camera or the model cannot be used.
        KeyboardInterrupt: It was ended from the keyboard of the terminal.
        SetupError: The machine lacks something.
        TakeError: Nothing came of it; the message says why.
    """
    leader = session.leader
    with open_stage(machine, notice) as stage:
        live = Live(stage.capture, stage.landmarker, session, [Speaker(stage.voice)])
        why = watch(live, stage.show)
        if why == INTERRUPTED:
            raise KeyboardInterrupt
        if stage.is_heard and leader.scene.line:
            with suppress(KeyboardInterrupt):  # the last words are courtesy
                sleep(speaking_s(leader.scene.line))
    if why == "done" and leader.result is not None:
        return leader.result
    raise TakeError(WHY.get(why) or f"{leader.refused}; nothing was written")
