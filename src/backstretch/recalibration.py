"""When a calibration should be made again: the camera stands elsewhere, or the stretch stops matching."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from backstretch.hold import Kind, Span
from backstretch.neutral import Neutral
from backstretch.notices import Figure, Notice, NoticeKind
from backstretch.poses import Calibration, Pose
from backstretch.views import DOUBTFUL_FROM_DEG, View

ELSEWHERE_FROM = 1.5
"""A person who looks larger or smaller than then by more than this factor stands elsewhere."""
RUNNING = 3
"""So many attempts after the last hold and the stretch does not match any more."""
APART_S, LEAST_S = 1.0, 1.0
"""Attempts nearer than this are one; shorter ones are none."""


def recalibration(
    pose: Pose,
    neutral: Neutral | None,
    height_px: int,
    attempts: Sequence[Span],
    last_hold_s: float | None,
) -> Iterator[Notice]:
    """Why a calibrated pose should be calibrated again; nothing for poses that were not.

    Args:
        pose: The pose that was judged.
        neutral: The neutral in use; None if there was none.
        height_px: Height of the pictures.
        attempts: Time near the pose that never became a hold.
        last_hold_s: When the last hold ended; None if nothing was held.
    """
    calibration = pose.calibration
    if calibration is None:
        return
    who: dict[str, Figure] = {"name": pose.name, "id": pose.id}
    if neutral is not None:
        if _turned(calibration, neutral.view):
            now = neutral.view
            views = {"then_deg": calibration.view, "now_deg": (now.azimuth_deg, now.elevation_deg)}
            yield Notice(NoticeKind.CALIBRATED_ELSEWHERE, {**who, **views})
        elif moved := _moved(calibration, neutral, height_px):
            yield Notice(moved, who)
    if _tries(attempts, last_hold_s) >= RUNNING:
        yield Notice(NoticeKind.CALIBRATION_FAILS, who)


def _turned(calibration: Calibration, view: View) -> bool:
    """Whether the camera sees another side; left and right are the same, since the nearer one is judged."""
    then = View(*calibration.view)
    mirrored = replace(then, azimuth_deg=-then.azimuth_deg)
    return min(view.apart(then), view.apart(mirrored)) > DOUBTFUL_FROM_DEG


def _moved(calibration: Calibration, neutral: Neutral, height_px: int) -> NoticeKind | None:
    """Whether the person was nearer or further away then; None if not."""
    change = float(neutral.lengths[0]) / max(1, height_px) / calibration.trunk_share
    if change > ELSEWHERE_FROM:
        return NoticeKind.CALIBRATED_FURTHER
    return NoticeKind.CALIBRATED_NEARER if change < 1.0 / ELSEWHERE_FROM else None


def _tries(attempts: Sequence[Span], last_hold_s: float | None) -> int:
    """How often a pose was tried in vain since it was held."""
    count, until_s = 0, float("-inf")
    for span in sorted(attempts, key=lambda each: each.start_s):
        is_after = last_hold_s is None or span.start_s > last_hold_s
        if span.kind is Kind.WRONG and span.seconds >= LEAST_S and is_after:
            count += span.start_s - until_s > APART_S
            until_s = span.end_s
    return count
