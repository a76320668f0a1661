"""Wording: the one place where reasons and corrections become English. Never "further", never "deeper"."""

from backstretch.catalogue import BY_NAME
from backstretch.matching import Reading
from backstretch.reasons import Reason, ReasonKind
from backstretch.step import Step

_REASONS = {
    ReasonKind.NOBODY: "nobody in view",
    ReasonKind.GAP: "nothing was seen for a while",
    ReasonKind.UNSEEN: "{what} unseen",
    ReasonKind.TOO_SMALL: "{what} too small",
    ReasonKind.TOO_LARGE: "{what} too large",
    ReasonKind.TOO_FAST: "moving too fast",
    ReasonKind.RESTLESS: "not keeping still",
    ReasonKind.BOUNCING: "bouncing",
    ReasonKind.TOO_BRIEF: "not held long enough to count",
}
_CUES = {
    ReasonKind.NOBODY: "I cannot see you.",
    ReasonKind.UNSEEN: "I cannot see your {what}.",
    ReasonKind.TOO_FAST: "Move slowly.",
    ReasonKind.RESTLESS: "Settle, and keep still.",
    ReasonKind.BOUNCING: "Please do not bounce. Keep still.",
}


def describe_reason(reason: Reason | None) -> str:
    """Why time does not count, such as ``left hip unseen``; empty where it does."""
    return "" if reason is None else _REASONS[reason.kind].format(what=_subject(reason))


def describe_cue(reason: Reason) -> str:
    """What to say of somebody who is not seen, or moves; empty where the pose's own cues say it."""
    return _CUES.get(reason.kind, "").format(what=_subject(reason))


def cue_of(step: Step) -> str:
    """What to say of a moment, most important first: motion, what is not seen, checks in the file's order."""
    cue = describe_cue(step.reason) if step.reason else ""
    if cue or step.pose is None or step.verdict is None:
        return cue
    limiting = step.verdict.limiting
    if limiting is not None:
        return _advice(limiting) or f"Come back to {step.pose.name.lower()}."
    return next((_advice(each) for each in step.verdict.readings if each.outside), "")


def measure_label(reading: Reading) -> str:
    """The measure that a reading is of, and its side: ``left knee angle``, ``trunk lean``."""
    column = reading.target.column
    return _labelled(column.measure.name, column.limb_side)


def _subject(reason: Reason) -> str:
    """The part of the body, or the measure, that a reason speaks of."""
    if reason.landmark is not None:
        return reason.landmark.replace("_", " ")
    return _labelled(reason.measure, reason.side) if reason.measure else ""


def _labelled(measure: str, side: str | None) -> str:
    label = BY_NAME[measure].label
    return f"{side} {label}" if side else label


def _advice(reading: Reading) -> str:
    return reading.check.below if reading.below else reading.check.above
