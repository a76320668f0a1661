"""A live session from the camera to the summary: opens what it needs, runs, closes, tells what came of it."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

from backstretch.camera import Capture
from backstretch.collector import too_slow
from backstretch.health import DAY_OFF
from backstretch.kept import SessionRecorder
from backstretch.led_session import CoachedSession
from backstretch.lines import ENDED
from backstretch.live import FrontEnd, Live
from backstretch.notices import Notice
from backstretch.output_names import REPORT
from backstretch.prompting import speaking_s
from backstretch.result import Result
from backstretch.scene import Phase
from backstretch.session_record import PAIN
from backstretch.stage import CLOSED, INTERRUPTED, Machine, staged, watch
from backstretch.voice import Speaker

FAILED = "failed"
"""Why a session ended in which the program itself went wrong."""
ONCE_OR_TWICE = "Once or twice a day is enough."


@dataclass(frozen=True)
class Setup:
    """What a session runs on.

    Attributes:
        machine: Camera, model, window and voice.
        sessions: The folder of all sessions.
        track, video: Whether landmarks and pictures are kept.
        soreness: What the person said before, 0 to 10, None if that was skipped; empty if not asked.
        warnings: What was said beforehand and belongs into the result.
        profile: Whose session it is; empty for the one person who never said a name.
    """

    machine: Machine
    sessions: Path
    track: bool
    video: bool
    soreness: tuple[int | None, ...]
    warnings: tuple[Notice, ...]
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
    with staged(setup.machine, notice) as stage:
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
                result = _result(live, session, capture, setup.warnings)
                recorder.finish(result, FAILED, without={REPORT})
                raise
            is_pain = session.leader.phase is Phase.PAIN
            why = PAIN if ended == CLOSED and is_pain else ended
            result = _result(live, session, capture, setup.warnings)
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
    live: Live, session: CoachedSession, capture: Capture, warnings: tuple[Notice, ...]
) -> Result:
    source = live.source(capture.name)
    found = (*warnings, *capture.warnings, *too_slow(source), *live.notices)
    return session.result(source, found)


def _part(show: FrontEnd, result: Result, why: str, *, is_heard: bool) -> None:
    """Show the summary, and let the last words be heard."""
    if why == INTERRUPTED:
        return
    began_s = perf_counter()
    show.summary(result, (DAY_OFF,) if why == PAIN else (ONCE_OR_TWICE,))
    if why in ENDED and is_heard:
        sleep(max(0.0, began_s + speaking_s(ENDED[why]) - perf_counter()))
