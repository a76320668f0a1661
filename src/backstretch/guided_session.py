"""A guided calibration with a camera, from the first picture to what came of it."""

from collections.abc import Callable
from contextlib import suppress
from time import sleep
from typing import Protocol, TypeVar

from backstretch.errors import TakeError
from backstretch.led_session import Leader, LedSession
from backstretch.live import Live
from backstretch.neutral import OwnNeutral
from backstretch.poses import Pose
from backstretch.prompting import speaking_s
from backstretch.stage import CLOSED, INTERRUPTED, Machine, staged, watch
from backstretch.voice import Speaker


class Maker(Leader, Protocol):
    """A leader that makes something; see `guide.Guide`."""

    @property
    def made(self) -> Pose | OwnNeutral | None:
        """What it came to; None before that."""

    @property
    def refused(self) -> str:
        """Why nothing came of it."""


WHY = {
    CLOSED: "the pictures ended before all takes were made; nothing was written",
    "quit": "stopped before all takes were made; nothing was written",
    "pain": "stopped; nothing was written",
}
"""What is said when nothing came of it, by why it ended."""
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
    with staged(machine, notice) as stage:
        live = Live(stage.capture, stage.landmarker, session, [Speaker(stage.voice)])
        why = watch(live, stage.show)
        if why == INTERRUPTED:
            raise KeyboardInterrupt
        if stage.is_heard and leader.scene.line:
            with suppress(KeyboardInterrupt):  # the last words are courtesy
                sleep(speaking_s(leader.scene.line))
    if why == "done" and leader.made is not None:
        return leader.made
    raise TakeError(WHY.get(why) or f"{leader.refused}; nothing was written")
