"""Setting up before a stretch: what is said and shown until the camera sees what it needs."""

from dataclasses import dataclass

from backstretch.lines import STAY
from backstretch.matching import Form
from backstretch.placement import Fault, Instruction, PlacementCheck, Surroundings
from backstretch.prompting import Prompter, Script
from backstretch.scene import Status
from backstretch.step import Step


@dataclass(frozen=True)
class Placed:
    """One moment of setting up.

    Attributes:
        told: What is to be changed first; None when all is well.
        said: What is to be spoken; mostly nothing.
        line, status: What is to be shown.
        over: Whether the stretch can begin.
    """

    told: Instruction | None
    said: str
    line: str
    status: Status
    over: bool


class SettingUp:
    """Gives one instruction at a time, after a script has been read out; ``prompter`` keeps them rare."""

    def __init__(self, prompter: Prompter) -> None:
        self._prompter = prompter
        self._check = PlacementCheck()

    def push(
        self, step: Step, form: Form, surroundings: Surroundings, passed_s: float, script: Script
    ) -> Placed:
        """Take the next moment, so long after the last one."""
        has_said = script.over(step.time_s)
        told = self._check.push(step, form, surroundings, passed_s if has_said else 0.0)
        said = self._prompter.push(step.time_s, told.words if told else "")
        line = script.reading(step.time_s) or STAY
        if told is not None:
            line = self._prompter.shown or told.words
        status = Status.ADJUST if told else Status.CALM
        status = Status.UNSEEN if told and told.fault is Fault.NOBODY else status
        return Placed(told, said, line, status, over=has_said and self._check.passed)
