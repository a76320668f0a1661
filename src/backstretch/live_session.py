"""A live session from the camera to the summary: opens what it needs, runs, closes, tells what came of it."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from backstretch.camera import Capture
from backstretch.errors import InputError
from backstretch.health import DAY_OFF
from backstretch.kept import Kept
from backstretch.lines import ENDED
from backstretch.live import Live
from backstretch.notices import Notice
from backstretch.outlets import Speaker
from backstretch.output_names import RESULT
from backstretch.practice import Practice
from backstretch.prompting import speaking_s
from backstretch.report import write_report
from backstretch.result import Result
from backstretch.scene import Phase
from backstretch.session_record import PAIN
from backstretch.shows import TerminalShow, WindowShow
from backstretch.stage import CLOSED, INTERRUPTED, Machine, staged, watch
from backstretch.take import too_slow

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


def run_live(setup: Setup, practice: Practice, notice: Callable[[str], object]) -> Outcome:
    """Run a session; ``notice`` is told what the person should know of the machine.

    Raises:
        InputError: The camera or the model cannot be used.
        SetupError: The machine lacks something.
    """
    with staged(setup.machine, notice) as stage:
        capture = stage.capture
        about = _about(practice, capture) | {"profile": setup.profile}
        with Kept(setup.sessions, about, track=setup.track, video=setup.video) as kept:
            for value in setup.soreness:
                kept.sore(value)
            outlets = [Speaker(stage.voice), *kept.outlets(practice)]
            live = Live(capture, stage.landmarker, practice, outlets)
            try:
                ended = watch(live, stage.show)
            except Exception:  # what was held is kept, whatever went wrong
                kept.finish(_result(live, practice, capture, setup.warnings), FAILED)
                raise
            is_pain = practice.coach.phase is Phase.PAIN
            why = PAIN if ended == CLOSED and is_pain else ended
            result = _result(live, practice, capture, setup.warnings)
            with _undisturbed():
                kept.finish(result, why, captured=capture.captured, dropped=capture.dropped)
                faults = _reported(kept)
            with suppress(KeyboardInterrupt):  # all is kept; the rest is courtesy
                _part(stage.show, result, why, is_heard=stage.is_heard)
            return Outcome(result, why, kept.folder, (*kept.faults, *faults))


def _reported(kept: Kept) -> tuple[str, ...]:
    """Write the session's report; what kept it from being written, in one line."""
    path = kept.folder / RESULT
    if not path.is_file():  # it is told already that nothing could be kept
        return ()
    try:
        write_report(path)
    except InputError as error:
        return tuple(error.faults)
    return ()


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


def _result(
    live: Live, practice: Practice, capture: Capture, warnings: tuple[Notice, ...]
) -> Result:
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
