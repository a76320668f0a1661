"""The coach's lines: short, calm and plain. Never "further", never "deeper"."""

from collections.abc import Iterator

from backstretch.agenda import Agenda
from backstretch.matching import Form
from backstretch.poses import Pose
from backstretch.programme import Part
from backstretch.prompting import Entry
from backstretch.reasons import TOO_FAST
from backstretch.scene import Status
from backstretch.step import Step
from backstretch.wording import describe_cue, describe_reason

TITLES = {Status.IN: "Hold", Status.ADJUST: "Adjust", Status.UNSEEN: "Not seen"}
STAY = "Good. Stay there for a moment."
LENIENT = "I will go on, though I may not see everything."
BY_ITSELF = "The clock starts by itself when the position is right."
BEGIN = "Move in slowly. The clock starts by itself."
BREATHE = "Breathe easily."
SLOWLY = describe_cue(TOO_FAST)
RELAX = "Relax. Come out slowly."
COME_OUT = "Come out slowly."
ENOUGH = "That is enough. Come out slowly."
GO_ON = "Let us leave it at that."
HURRIED = "Take your time. If it does not suit you now, I will go on in half a minute."
LEFT_OUT = "We leave this one out."
PAUSED = "Paused."
PAUSED_AWAY = "I wait for you."
AWAY = "I wait until you are back in the picture."
GOING_ON = "Let us go on."
STOPPED = "Stopped."
GO_ON_BY_KEY = "Press the space bar to go on."
ENDED = {"done": "That was all. Well done.", "pain": "", "quit": ""}
"""Said at the end, by why it came."""
CAMERA_LOST = "The camera does not answer. I go on when it is back."
CLEAR_FLOOR = "Clear the floor around you, and wear clothes that do not hide your joints."
CALLED = {10.0: "Ten seconds.", 5.0: "Five."}


def placing(pose: Pose) -> tuple[str, ...]:
    """What is said before the placement check of a stretch."""
    return (f"{pose.name}.", f"Camera: {_lower(pose.camera)}")


def explaining(part: Part, side: str | None) -> tuple[Entry, ...]:
    """A stretch in words, step by step; the last step stays on the screen."""
    steps = part.pose.steps
    shown = (Entry(text, step) for step, text in enumerate(steps))
    return (Entry(named(part, side)), *shown, Entry(BY_ITSELF, len(steps) - 1))


def named(part: Part, side: str | None) -> str:
    """The stretch and its side."""
    return f"{Form(part.pose, side).name}."


def hold_begins(*, first: bool) -> str:
    """Said when a hold begins."""
    return f"Hold. {BREATHE}" if first else "Hold."


def too_short(valid_s: float, asked_s: float) -> str:
    """Said when a hold ends early."""
    return f"That was {int(valid_s)} of {asked_s:.0f} seconds. Again when you are ready."


def other_side(side: str | None) -> str:
    """Said to somebody who holds a side that is not due."""
    return f"Now the {side} side, please."


def again(agenda: Agenda) -> str:
    """Said before the next hold of the same stretch."""
    if agenda.switches:
        return f"Now the {agenda.side} side, when you are ready."
    return "Again, when you are ready."


def coming(agenda: Agenda) -> str:
    """What comes after the rest."""
    if agenda.hold > 1:
        return f"Then the {agenda.side} side." if agenda.switches else "Then once more."
    return f"Next: {named(agenda.part, agenda.side)}"


def resting(agenda: Agenda) -> str:
    """Said when a rest begins."""
    if agenda.switches:
        return f"Switch sides. {coming(agenda)}"
    return f"Rest. {coming(agenda)}"


def progress(agenda: Agenda) -> str:
    """How far the programme is; empty when it is over."""
    return "" if agenda.over else " · ".join(_progress(agenda))


def _progress(agenda: Agenda) -> Iterator[str]:
    if len(agenda.programme.parts) > 1:
        yield f"Stretch {agenda.stretch} of {len(agenda.programme.parts)}"
    if agenda.part.holds > 1:
        yield f"hold {agenda.hold} of {agenda.part.holds}"


def not_counting(step: Step) -> str:
    """Why time is not counting."""
    return f"Not counting: {describe_reason(step.reason)}" if step.reason else ""


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
