"""Advice: what of a moment is to be put right, steady on the screen and rare in the ear."""

from dataclasses import dataclass

from backstretch import lines
from backstretch.haste import Haste
from backstretch.hold import State
from backstretch.prompting import Prompter, SteadyStatus
from backstretch.reasons import BOUNCING, TOO_FAST
from backstretch.scene import Status
from backstretch.step import Step
from backstretch.wording import cue_of

UNSAFE = {TOO_FAST, BOUNCING}
"""What is shown and said without waiting whether it lasts."""
_STATUSES = {State.IN: Status.IN, State.OUT: Status.ADJUST, State.UNSEEN: Status.UNSEEN}


@dataclass(frozen=True)
class Advice:
    """What to show and say of one moment.

    Attributes:
        status: What the moment is.
        title: Its word; empty where nothing is to be told.
        line: What to change; empty where nothing is.
        note: Why time is not counting; empty while it is, or where nobody is stretching.
        said: What to say now; mostly nothing.
        urgent: Whether that comes before all else.
    """

    status: Status
    title: str
    line: str
    note: str
    said: str
    urgent: bool


class Adviser:
    """Makes advice of steps; ``prompter`` keeps what is shown steady and what is said rare."""

    def __init__(self, prompter: Prompter) -> None:
        self._prompter = prompter
        self._status = SteadyStatus()
        self._haste = Haste()
        self._is_hasty = False

    def watch(self, step: Step) -> None:
        """Follow the movement; every step is to be shown here, whatever else is made of it."""
        self._is_hasty = self._haste.push(step)

    def clear(self) -> None:
        """Begin anew with an empty screen."""
        self._prompter.clear()
        self._status = SteadyStatus()

    def push(self, step: Step, side: str | None) -> Advice:
        """The advice of a moment to somebody of whom this side is asked."""
        is_other = step.valid_s > 0.0 and step.side != side
        is_meant = step.near_pose or step.state is State.UNSEEN or step.valid_s > 0.0
        cue = lines.other_side(side) if is_other else cue_of(step) if is_meant else ""
        cue = lines.SLOWLY if self._is_hasty else cue
        is_unsafe = step.reason in UNSAFE and is_meant and not is_other
        is_urgent = self._is_hasty or is_unsafe
        said = self._prompter.push(step.time_s, cue, at_once=is_urgent)
        now = Status.ADJUST if is_other else _STATUSES[step.state] if is_meant else Status.CALM
        status = Status.ADJUST if self._is_hasty else self._status.push(step.time_s, now)
        is_lacking = status in {Status.ADJUST, Status.UNSEEN}
        return Advice(
            status=status,
            title="Slowly" if self._is_hasty else lines.TITLES.get(status, ""),
            line=self._prompter.shown or (cue if is_lacking else ""),
            note=lines.not_counting(step) if is_lacking else "",
            said=said,
            urgent=is_urgent,
        )
