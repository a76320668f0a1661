"""What a leader gives: a scene to show, words and sounds, and the poses to judge; and what a key asks for.

The pace of breathing is quiet: four parts in, five parts out, no holding of the breath. Resting adults breathe
12 to 20 times a minute; slow breathing is 4 to 10, usually 6 (research, section B).
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from backstretch.judging.matching import Form
from backstretch.poses.pose import Pose

BREATHS_A_MINUTE = 6.5
LIMITS = (5.0, 12.0)
"""The usual pace, and what can be asked for."""
INHALING = 4.0 / 9.0
"""Share of a breath that is breathing in: 4 s in and 5 to 6 s out."""


class Earcon(StrEnum):
    """What a sound says."""

    IN = "in"
    """The pose is right: the hold counts."""
    OUT = "out"
    """The pose is left: the hold pauses."""
    UNSEEN = "unseen"
    """The camera does not see enough."""
    DONE = "done"
    """A hold or a stretch is complete."""
    BREATHE_IN = "breathe_in"
    BREATHE_OUT = "breathe_out"


class Phase(StrEnum):
    """Where in a session the person is."""

    PLACING = "placing"
    READY = "ready"
    TRYING = "trying"
    TAKING = "taking"
    HOLDING = "holding"
    EASING = "easing"
    RESTING = "resting"
    PAUSED = "paused"
    PAIN = "pain"
    DONE = "done"


class Status(StrEnum):
    """The state of a moment, shown by shape and colour: counting, to be corrected, unseen, or neither."""

    IN = "in"
    ADJUST = "adjust"
    UNSEEN = "unseen"
    CALM = "calm"


@dataclass(frozen=True)
class Breath:
    """One moment of a breath.

    Attributes:
        fullness: 0 all out, 1 all in.
        inhaling: Whether it is going in.
    """

    fullness: float
    inhaling: bool


@dataclass(frozen=True)
class Scene:
    """What is shown.

    Attributes:
        phase, status: Where the session is, and what of it counts.
        title: One or two words that can be read from afar: ``Hold``.
        line: One instruction or cue; may be empty.
        form: The stretch and side that are due.
        progress: ``Stretch 3 of 8 · hold 1 of 2``.
        asked_s: Valid seconds that make a hold complete.
        valid_s: Those of the hold that is going on.
        note: Why time is not counting; empty while it is.
        left_s, rest_s: Seconds of a rest that are left, None outside of rests; and those of all of it. After
            pain was reported, ``left_s`` are those in which it can be taken back.
        breath: The pace of breathing; None where none is shown.
        steps: How the stretch is done, while it is being explained.
        step_at: Which of the steps is being read out, from 0; -1 for none.
    """

    phase: Phase
    status: Status
    title: str
    line: str
    form: Form
    progress: str
    asked_s: float
    valid_s: float = 0.0
    note: str = ""
    left_s: float | None = None
    rest_s: float = 0.0
    breath: Breath | None = None
    steps: tuple[str, ...] = ()
    step_at: int = -1

    @property
    def name(self) -> str:
        """The stretch and side that are due, in words."""
        return self.form.name

    @property
    def words(self) -> str:
        """The step that is being read out, or else the line."""
        return self.steps[self.step_at] if self.steps and self.step_at >= 0 else self.line


PAIN_TAKEN_BACK = "pain taken back"
"""What a note says of pain that was reported by mistake."""


class Command(StrEnum):
    """What a key asks for."""

    PAUSE = "pause"
    NEXT = "next"
    BACK = "back"
    PAIN = "pain"
    QUIT = "quit"


@dataclass(frozen=True)
class Say:
    """Words to speak; urgent ones come before all others."""

    words: str
    urgent: bool = False


@dataclass(frozen=True)
class Sound:
    """An earcon to play."""

    earcon: Earcon


@dataclass(frozen=True)
class Note:
    """Something for the session record."""

    what: str
    words: str


Event = Say | Sound | Note


@dataclass(frozen=True)
class Decision:
    """What a leader makes of one moment, or of a key.

    Attributes:
        scene: What is to be shown.
        events: What is to be heard and noted, in order.
        judge: The poses to judge from now on, none for a pause; what is open closes. None for no change.
    """

    scene: Scene
    events: tuple[Event, ...] = ()
    judge: tuple[Pose, ...] | None = None


def breath_at(seconds: float, breaths_a_minute: float = BREATHS_A_MINUTE) -> Breath:
    """The breath at a time in seconds after one began; it eases at both ends."""
    share = (seconds * breaths_a_minute / 60.0) % 1.0
    inhaling = share < INHALING
    way = share / INHALING if inhaling else (1.0 - share) / (1.0 - INHALING)
    return Breath((1.0 - math.cos(math.pi * way)) / 2.0, inhaling)
