"""A scene: everything that is to be shown at one moment, in the coach's own words."""

from dataclasses import dataclass
from enum import StrEnum

from backstretch.breathing import Breath
from backstretch.matching import Form


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
    """What counts of a moment, told by shape and colour: counting, to be put right, unseen, or neither."""

    IN = "in"
    ADJUST = "adjust"
    UNSEEN = "unseen"
    CALM = "calm"


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
        left_s, rest_s: Seconds of a rest that are left, None outside of rests; and those of all of it.
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
