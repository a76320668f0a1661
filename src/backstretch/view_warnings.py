"""What the camera's place makes uncertain, in words."""

from collections.abc import Iterator

from backstretch.neutral import Neutral
from backstretch.poses import Check, Pose
from backstretch.views import DOUBTFUL_FROM_DEG, TILTED_FROM_DEG

MOST_LABELS = 3
"""So many measures are named in a warning; the others are counted."""


def view_warnings(pose: Pose, neutral: Neutral | None) -> list[str]:
    """What is uncertain of a pose from where the camera stands.

    Args:
        pose: The pose that is judged.
        neutral: The neutral in use when it was held; None if there was none.
    """
    return list(_warnings(pose, neutral))


def _warnings(pose: Pose, neutral: Neutral | None) -> Iterator[str]:
    if neutral is None:
        yield (
            "no still moment before the stretch: lengths are taken from the stretch itself, "
            "and the view cannot be told"
        )
        return
    off_deg, wanted = min((neutral.view.off(view), view) for view in pose.views)
    doubtful = [c.measure for c in pose.checks if c.frame == "image" and _is_doubtful(c, neutral)]
    if off_deg > DOUBTFUL_FROM_DEG:
        doubtful = [check.measure for check in pose.checks if check.frame == "image"]
    if doubtful:
        labels = list(dict.fromkeys(measure.label for measure in doubtful))
        yield (
            f"the camera sees you {neutral.view.words}, {off_deg:.0f}° off the"
            f" {wanted.replace('_', ' ')} view this stretch wants: {_listed(labels)} uncertain"
        )
    if abs(neutral.roll_deg) > TILTED_FROM_DEG:
        yield f"the camera seems tilted by {abs(neutral.roll_deg):.0f}°; set it level"


def _is_doubtful(check: Check, neutral: Neutral) -> bool:
    """Whether the picture cannot carry the check's measure from where the camera stands."""
    off = [neutral.view.off(view) for view in check.measure.views]
    return bool(off) and min(off) > DOUBTFUL_FROM_DEG


def _listed(labels: list[str]) -> str:
    """``hip angle, knee angle and 2 more are``, or ``hip angle is``."""
    if len(labels) == 1:
        return f"{labels[0]} is"
    more = len(labels) - MOST_LABELS
    if more > 0:
        return f"{', '.join(labels[:MOST_LABELS])} and {more} more are"
    return f"{', '.join(labels[:-1])} and {labels[-1]} are"
