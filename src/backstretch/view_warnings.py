"""What the camera's place makes uncertain."""

from collections.abc import Iterator

from backstretch.neutral import Neutral
from backstretch.notices import Notice, NoticeKind
from backstretch.poses import Check, Pose
from backstretch.views import DOUBTFUL_FROM_DEG, TILTED_FROM_DEG


def view_warnings(pose: Pose, neutral: Neutral | None) -> list[Notice]:
    """What is uncertain of a pose from where the camera stands.

    Args:
        pose: The pose that is judged.
        neutral: The neutral in use when it was held; None if there was none.
    """
    return list(_warnings(pose, neutral))


def _warnings(pose: Pose, neutral: Neutral | None) -> Iterator[Notice]:
    if neutral is None:
        yield Notice(NoticeKind.NO_NEUTRAL)
        return
    off_deg, wanted = min((neutral.view.off(view), view) for view in pose.views)
    doubtful = [c.measure for c in pose.checks if c.frame == "image" and _is_doubtful(c, neutral)]
    if off_deg > DOUBTFUL_FROM_DEG:
        doubtful = [check.measure for check in pose.checks if check.frame == "image"]
    if doubtful:
        yield Notice(
            NoticeKind.OFF_VIEW,
            {
                "azimuth_deg": neutral.view.azimuth_deg,
                "elevation_deg": neutral.view.elevation_deg,
                "off_deg": off_deg,
                "view": wanted,
                "measures": tuple(dict.fromkeys(measure.name for measure in doubtful)),
            },
        )
    if abs(neutral.roll_deg) > TILTED_FROM_DEG:
        yield Notice(NoticeKind.TILTED, {"roll_deg": neutral.roll_deg})


def _is_doubtful(check: Check, neutral: Neutral) -> bool:
    """Whether the picture cannot carry the check's measure from where the camera stands."""
    off = [neutral.view.off(view) for view in check.measure.views]
    return bool(off) and min(off) > DOUBTFUL_FROM_DEG
