"""The guide's lines: short, calm and plain. Comfort comes before depth."""

from collections.abc import Collection, Sequence

from backstretch.landmarks import INDEX
from backstretch.poses import Pose
from backstretch.step import Step

COME_IN = "Come into the stretch slowly, then keep still."
STRAIGHT = "Sit or stand straight, and look ahead."
KEEP_STILL = "Keep still."
GOOD = "Good. Come out slowly."
ONCE_MORE = "Let us take that once more."
CHECK = "Last, a check. Come into the stretch once more, as before."
CHECK_SHOWN = "Come into the stretch once more."
SAVED = "That was all. Thank you."
FAILED = "That did not work. Nothing was saved."
LOST = "I lost sight of you"
MOVED = "you moved"
NOT_SEEN = "I did not see the stretch"
NOT_RECOGNISED = "in the check I did not recognise the stretch"
_NUMBERS = {3: "Keep still. Three.", 2: "Two.", 1: "One."}
OUT_SHARE = 0.5
"""A landmark that is outside of the picture in so many of the moments is named."""


def explaining(takes: int) -> tuple[str, ...]:
    """What is going to happen; 0 takes of a stretch for the neutral."""
    if takes == 0:
        return (STRAIGHT, "Let the arms hang. I count down by myself.")
    count = "One short take." if takes == 1 else f"{takes} short takes."
    return (
        count,
        "Come into the stretch slowly, only as far as is comfortable.",
        "Then keep still; I count down by myself.",
    )


def take_begins(done: int, sides: Sequence[str | None]) -> str:
    """Said when a take is due."""
    side = sides[min(done, len(sides) - 1)]
    number = f"Take {done + 1} of {len(sides)}." if len(sides) > 1 else "Now."
    if side is None:
        return f"{number} Come in slowly."
    is_new = done == 0 or sides[done - 1] != side
    return f"{number} {side.capitalize()} side." if is_new else f"{number} The same side again."


def progress(done: int, takes: int) -> str:
    """How far the takes are."""
    return f"Take {min(done + 1, takes)} of {takes}" if takes > 1 else ""


def counted(number: int) -> str:
    """Said before a take."""
    return _NUMBERS[number]


def hint(pose: Pose, refused: str) -> str:
    """Shown and said to somebody who has not been taken for a while."""
    return f"I do not see {pose.name} yet. {sentence(refused) if refused else COME_IN}"


def outside(steps: Sequence[Step], needed: Collection[str]) -> str:
    """Which part of the body was out of the picture, in words; empty for none."""
    for name in sorted(needed):
        count = sum(_is_out(step, INDEX[name]) for step in steps)
        if count > OUT_SHARE * len(steps):
            return f"your {name.replace('_', ' ')} was out of the picture"
    return ""


def _is_out(step: Step, index: int) -> bool:
    if step.landmarks is None:
        return False
    (x, y), (width, height) = step.landmarks.xy_px[index], step.landmarks.image_wh
    return not (0.0 <= x <= width and 0.0 <= y <= height)


def sentence(words: str) -> str:
    """Words as a sentence."""
    return f"{words[:1].upper()}{words[1:]}."
