"""Running a live session: opens camera, model, voice and window, coaches or calibrates, and closes them."""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter, sleep
from typing import Protocol, TypeVar

from rich.console import Console

from backstretch.coaching.scene import Phase, Status
from backstretch.coaching.speaking import ENDED, speaking_s
from backstretch.display.pictures.summary_view import Ending
from backstretch.errors import Notice, TakeError
from backstretch.formats.result_files import REPORT
from backstretch.formats.session_log import PAIN
from backstretch.formats.sinks import Sink
from backstretch.history.health import DAY_OFF
from backstretch.judging.doubts import too_slow
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
from backstretch.vision.detection import VideoLandmarker, open_landmarker
from backstretch.vision.face_landmarker import with_head_tilt
from backstretch.vision.feeds import Feed

FAILED = "failed"
"""End reason: the program itself failed."""
ONCE_OR_TWICE = "Once or twice a day is enough."
INTERRUPTED = "interrupted"
"""End reason: Ctrl-C in the terminal."""
CLOSED = "closed"
"""End reason: the window was closed, or the recording was over."""
NOTHING_SAVED = {
    CLOSED: "the window was closed or the video ended before all takes were done; nothing was saved",
    "quit": "stopped before all takes were done; nothing was saved",
    "pain": "stopped; nothing was saved",
}
"""Messages where guided takes were not finished, by end reason."""


@dataclass(frozen=True)
class Machine:
    """The camera, model, display and sound of a session.

    Attributes:
        camera: A camera's number, a stream's URL or a video file; the name of the page's camera with a page.
        model: Another pose model; None for the one inside the package.
        windowless: Whether the session is shown in the terminal, without a window.
        silent: Whether there is no speech and no sound.
        terminal: Shows a session without a window.
        turn_deg: How far its pictures must be turned clockwise to be upright.
        page: Gives the pictures and shows the session, in place of camera, window and terminal.
    """

    camera: str
    model: Path | None
    windowless: bool
    silent: bool
    terminal: Console
    turn_deg: int = 0
    page: "Page | None" = None


class Page(FrontEnd, Protocol):
    """A front end that has a camera of its own; see `web.visit.Visit`."""

    @property
    def own_feed(self) -> Feed | None:
        """Its pictures; None where it shows those of the machine's camera."""

    @property
    def sink(self) -> Sink:
        """Receives the data of its session besides."""

    def attach(self, voice: Voice, tick: Callable[[], None]) -> None:
        """Before a session: what is muted, and what is to be called now and then."""


@dataclass(frozen=True)
class Setup:
    """Settings of a coached session.

    Attributes:
        machine: Camera, model, display and sound.
        sessions: The folder of all sessions.
        track, video: Whether landmarks and pictures are saved.
        soreness: How sore the person is, 0 to 10, None if they skipped the question; empty if not asked.
        notices: Notices from before the session that belong in the result.
        profile: The person's profile name; empty if they gave none.
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
    """How a session went.

    Attributes:
        result: Its result.
        why: Why it ended: ``done``, ``pain``, ``quit``, or one of the end reasons above.
        folder: Where it is saved.
        faults: What could not be saved, one line each.
    """

    result: Result
    why: str
    folder: Path
    faults: tuple[str, ...]


def run_live(setup: Setup, session: CoachedSession, notice: Callable[[str], object]) -> Outcome:
    """Run a session; ``notice`` is called with each line that the person should read.

    Raises:
        InputError: The camera or the model cannot be used.
        SetupError: The machine lacks something.
    """
    with open_stage(setup.machine, notice, session.assignment.careful_look) as stage:
        capture = stage.capture
        about = _about(session, capture) | {"profile": setup.profile}
        with SessionRecorder(
            setup.sessions, about, track=setup.track, video=setup.video
        ) as recorder:
            for value in setup.soreness:
                recorder.sore(value)
            sinks = [*stage.sinks, *recorder.sinks(session)]
            is_needed = session.assignment.reads_head_tilt
            landmarker = with_head_tilt(stage.landmarker, is_needed=is_needed)
            live = Live(capture, landmarker, session, sinks)
            try:
                why = watch(live, stage.show)
            except Exception:  # what was held is saved, whatever went wrong
                result = _result(live, session, capture, setup.notices)
                recorder.finish(result, FAILED, without={REPORT})
                raise
            if why == CLOSED and session.leader.phase is Phase.PAIN:
                why = PAIN
            result = _result(live, session, capture, setup.notices)
            with _undisturbed():
                figures = {"captured": capture.captured, "dropped": capture.dropped}
                recorder.finish(result, why, figures)
            with suppress(KeyboardInterrupt):  # all is saved; the rest may be cut short
                page = recorder.folder / REPORT
                ending = Ending(
                    advice=(DAY_OFF,) if why == PAIN else (ONCE_OR_TWICE,),
                    troubles=session.leader.troubles,
                    report=page if page.is_file() else None,
                    faults=recorder.faults,
                )
                _take_leave(stage.show, result, why, ending, is_heard=stage.is_heard)
            return Outcome(result, why, recorder.folder, recorder.faults)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ignore Ctrl-C until all is saved."""
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


def _take_leave(
    show: FrontEnd, result: Result, why: str, ending: Ending, *, is_heard: bool
) -> None:
    """Show the summary, and let the last words be heard."""
    if why == INTERRUPTED:
        return
    began_s = perf_counter()
    show.summary(result, ending)
    if why in ENDED and is_heard:
        sleep(max(0.0, began_s + speaking_s(ENDED[why]) - perf_counter()))


@dataclass(frozen=True, eq=False)
class Stage:
    """The devices of a session, opened.

    Attributes:
        landmarker: Finds the person in pictures.
        voice: Speaks and plays sounds.
        capture: Gives the pictures.
        show: Shows the session in a window or the terminal.
        silent: Whether there is no speech and no sound.
        also: Receives what is spoken besides.
    """

    landmarker: VideoLandmarker
    voice: Voice
    capture: Capture
    show: FrontEnd
    silent: bool
    also: Sink | None = None

    @property
    def sinks(self) -> list[Sink]:
        """What speaks, and passes on what is spoken."""
        return [Speaker(self.voice), *filter(None, [self.also])]

    @property
    def is_heard(self) -> bool:
        """Whether lines are spoken."""
        return not (self.silent or self.voice.is_mute)


@contextmanager
def open_stage(
    machine: Machine, notice: Callable[[str], object], careful_models: Sequence[str] = ()
) -> Iterator[Stage]:
    """Open the devices of a session; ``notice`` is called with each line that the person should read.

    ``careful_models`` are those of the careful look that some of its stretches ask for.

    Raises:
        InputError: The camera or the model cannot be used.
        SetupError: The machine lacks something.
    """
    with ExitStack() as stack:
        # The model comes first: a camera, or a file that is played as one, does not wait for it.
        landmarker = stack.enter_context(open_landmarker(machine.model, careful_models))
        is_heard = not machine.silent
        voice = stack.enter_context(Voice(speaks=is_heard, sounds=is_heard))
        tick = _Notices(voice, notice).tell
        if machine.page is not None:
            machine.page.attach(voice, tick)
            feed = machine.page.own_feed
            capture = stack.enter_context(
                open_capture(machine.camera, machine.turn_deg)
                if feed is None
                else Capture(feed, machine.camera)
            )
            yield Stage(landmarker, voice, capture, machine.page, machine.silent, machine.page.sink)
            return
        windowless = machine.windowless
        if not (windowless or has_screen()):
            notice("there is no screen for a window; the session is shown in this terminal")
            windowless = True
        capture = stack.enter_context(open_capture(machine.camera, machine.turn_deg))
        window = None if windowless else stack.enter_context(Window())
        show: FrontEnd = TerminalShow(machine.terminal, tick)
        if window is not None:
            show = WindowShow(window, voice, tick)
        yield Stage(landmarker, voice, capture, show, machine.silent)


class _Notices:
    """Passes on why there is no voice or sound, each notice once and as soon as it is known."""

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
    return live.session.leader.end_reason or CLOSED


class Maker(Leader, Protocol):
    """A leader that makes a pose or a neutral; see `guide.Guide`."""

    @property
    def result(self) -> Pose | OwnNeutral | None:
        """What was made; None before that."""

    @property
    def refusal(self) -> str:
        """Why nothing was made."""


SomeMaker = TypeVar("SomeMaker", bound=Maker)


def run_guided(
    machine: Machine,
    session: LedSession[SomeMaker],
    notice: Callable[[str], object],
    save: Callable[[Pose | OwnNeutral], str],
) -> Pose | OwnNeutral:
    """Lead a person through takes; return the pose or neutral that they give.

    ``save`` saves it while the session is still shown, and returns what to say then.

    Raises:
        InputError: The camera or the model cannot be used.
        KeyboardInterrupt: Ctrl-C was pressed in the terminal.
        SetupError: The machine lacks something.
        TakeError: Nothing was made; the message says why.
    """
    leader = session.leader
    with open_stage(machine, notice, session.careful_look) as stage:
        # A neutral and a new stretch may be for any stretch.
        landmarker = with_head_tilt(stage.landmarker, is_needed=True)
        live = Live(stage.capture, landmarker, session, stage.sinks)
        why = watch(live, stage.show)
        if why == INTERRUPTED:
            raise KeyboardInterrupt
        made = leader.result if why == "done" else None
        scene = leader.scene
        if made is not None:
            scene = replace(scene, title="Done", status=Status.IN, line=save(made))
            stage.voice.say(scene.line)
        with suppress(KeyboardInterrupt):  # all is saved; the last words may be cut short
            heard_s = speaking_s(scene.line) if stage.is_heard else 0.0
            if why != CLOSED:
                stage.show.linger(replace(live.state, scene=scene), heard_s)
    if made is not None:
        return made
    raise TakeError(NOTHING_SAVED.get(why) or f"{leader.refusal}; nothing was saved")
