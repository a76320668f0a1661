"""Words: why a moment does not count, and what to say to the person. Never "further", never "deeper"."""

from backstretch.columns import NEEDED, SIGNED_BY_SIDE
from backstretch.hold import BOUNCING, RESTLESS, TOO_FAST
from backstretch.matching import Reading, Verdict
from backstretch.poses import Pose

NOBODY = "nobody in view"
ABSENT = "I cannot see you."
MOTION_CUES = {
    TOO_FAST: "Move slowly.",
    RESTLESS: "Settle, and keep still.",
    BOUNCING: "Please do not bounce. Keep still.",
}


def reason_of(verdict: Verdict, unseen: frozenset[str]) -> str:
    """Why a moment is not IN, e.g. ``trunk lean lat 6° too small`` or ``left hip unseen``.

    Args:
        verdict: The moment's verdict.
        unseen: Names of the landmarks that are not seen, such as ``left_hip``.
    """
    reading = verdict.limiting
    if reading is None:
        return ""
    if reading.unseen:
        return f"{missing(reading, unseen)} unseen"
    return f"{label(reading)} too {'small' if reading.below else 'large'}"


def label(reading: Reading) -> str:
    """The measure and its side in words: ``left knee angle``, ``trunk lean``."""
    column = reading.target.column
    leans = column.measure.formula in SIGNED_BY_SIDE
    return (
        f"{column.side} {column.measure.label}"
        if column.side and not leans
        else column.measure.label
    )


def missing(reading: Reading, unseen: frozenset[str]) -> str:
    """The first unseen landmark that a reading needs, in words."""
    column = reading.target.column
    needed = NEEDED[column.key]
    gone = next((name for name in needed if name in unseen), None)
    return gone.replace("_", " ") if gone else label(reading)


def cue_of(pose: Pose, verdict: Verdict | None, reason: str) -> str:
    """What to say now, most important first: motion, what is not seen, checks in the file's order."""
    if reason in MOTION_CUES:
        return MOTION_CUES[reason]
    if verdict is None:
        return ABSENT
    reading = verdict.limiting
    if reading is None:
        return next((_advice(each) for each in verdict.readings if each.outside), "")
    if reading.unseen:
        return f"I cannot see your {reason.removesuffix(' unseen')}."
    return _advice(reading) or f"Come back to {pose.name.lower()}."


def _advice(reading: Reading) -> str:
    return reading.check.below if reading.below else reading.check.above
