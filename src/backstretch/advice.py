"""Advice: what of a moment is to be put right, steady on the screen and rare in the ear."""

from dataclasses import dataclass

from backstretch import lines
from backstretch.haste import Haste
from backstretch.hold import State
from backstretch.prompting import Prompter, SteadyLook
from backstretch.reasons import BOUNCING, TOO_FAST
from backstretch.scene import Look
from backstretch.step import Step
from backstretch.wording import cue_of

UNSAFE = {TOO_FAST, BOUNCING}
"""What is shown and said without waiting whether it lasts."""
_LOOKS = {State.IN: Look.IN, State.OUT: Look.ADJUST, State.UNSEEN: Look.UNSEEN}


@dataclass(frozen=True)
class Advice:
    """What to show and say of one moment.

    Attributes:
        look: What the moment is.
        title: Its word; empty where nothing is to be told.
        line: What to change; empty where nothing is.
        note: Why time is not counting; empty while it is, or where nobody is stretching.
        said: What to say now; mostly nothing.
        urgent: Whether that comes before all else.
    """

    look: Look
    title: str
    line: str
    note: str
    said: str
    urgent: bool


class Adviser:
    """Makes advice of steps.

    Attributes:
        prompter: Keeps what is shown steady and what is said rare.
    """

    def __init__(self) -> None:
        self.prompter = Prompter()
        self._look = SteadyLook()
        self._haste = Haste()
        self._is_hasty = False

    def watch(self, step: Step) -> None:
        """Follow the movement; every step is to be shown here, whatever else is made of it."""
        self._is_hasty = self._haste.push(step)

    def clear(self) -> None:
        """Begin anew with an empty screen."""
        self.prompter.clear()
        self._look = SteadyLook()

    def push(self, step: Step, side: str | None) -> Advice:
        """The advice of a moment to somebody of whom this side is asked."""
        is_other = step.valid_s > 0.0 and step.side != side
        is_meant = step.near_pose or step.state is State.UNSEEN or step.valid_s > 0.0
        cue = lines.other_side(side) if is_other else cue_of(step) if is_meant else ""
        cue = lines.SLOWLY if self._is_hasty else cue
        is_unsafe = step.reason in UNSAFE and is_meant and not is_other
        is_urgent = self._is_hasty or is_unsafe
        said = self.prompter.push(step.time_s, cue, at_once=is_urgent)
        now = Look.ADJUST if is_other else _LOOKS[step.state] if is_meant else Look.CALM
        look = Look.ADJUST if self._is_hasty else self._look.push(step.time_s, now)
        is_lacking = look in {Look.ADJUST, Look.UNSEEN}
        return Advice(
            look=look,
            title="Slowly" if self._is_hasty else lines.TITLES.get(look, ""),
            line=self.prompter.shown or (cue if is_lacking else ""),
            note=lines.not_counting(step) if is_lacking else "",
            said=said,
            urgent=is_urgent,
        )
