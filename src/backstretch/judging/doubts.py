"""Doubts: what makes a result uncertain because of the camera or an old calibration."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from backstretch.errors import Figure, Notice, NoticeKind
from backstretch.frame import Source
from backstretch.judging.hold_clock import Kind, Span
from backstretch.kinematics.neutral import Neutral
from backstretch.kinematics.view import DOUBTFUL_FROM_DEG, TILTED_FROM_DEG, View
from backstretch.poses.pose import Calibration, Check, Pose

SLOW_BELOW_FPS = 12.0
"""Below this the model's tracker can lose a quick movement: the next picture is too far from the last."""
ELSEWHERE_FROM = 1.5
"""A person who looks larger or smaller than at the calibration by more than this factor stands elsewhere."""
FAILED_ATTEMPTS = 3
"""This many attempts since the last hold mean that the stretch no longer matches its calibration."""
APART_S, LEAST_S = 1.0, 1.0
"""Attempts less than `APART_S` apart count as one; those shorter than `LEAST_S` do not count."""


def too_slow(source: Source) -> Iterator[Notice]:
    """A notice where the recording has few pictures a second."""
    if source.frames > 1 and source.fps < SLOW_BELOW_FPS:
        yield Notice(NoticeKind.FEW_PICTURES, {"fps": source.fps})


def view_warnings(pose: Pose, neutral: Neutral | None) -> list[Notice]:
    """Notices of what is uncertain in a pose because of where the camera stands.

    Args:
        pose: The pose that is judged.
        neutral: The neutral in use when it was held; None if there was none.
    """
    return list(_warnings(pose, neutral))


def _warnings(pose: Pose, neutral: Neutral | None) -> Iterator[Notice]:
    if neutral is None:
        yield Notice(NoticeKind.NO_NEUTRAL)
        return
    off_deg, nearest = min((neutral.view.off(view), view) for view in pose.views)
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
                "view": nearest,
                "measures": tuple(dict.fromkeys(measure.name for measure in doubtful)),
            },
        )
    if abs(neutral.roll_deg) > TILTED_FROM_DEG:
        yield Notice(NoticeKind.TILTED, {"roll_deg": neutral.roll_deg})


def _is_doubtful(check: Check, neutral: Neutral) -> bool:
    """Whether the picture cannot carry the check's measure from where the camera stands."""
    off = [neutral.view.off(view) for view in check.measure.views]
    return bool(off) and min(off) > DOUBTFUL_FROM_DEG


def recalibration(
    pose: Pose,
    neutral: Neutral | None,
    height_px: int,
    attempts: Sequence[Span],
    last_hold_s: float | None,
) -> Iterator[Notice]:
    """Notices of why a calibrated pose should be calibrated again; none for other poses.

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
        elif kind := _moved(calibration, neutral, height_px):
            yield Notice(kind, who)
    if _count_attempts(attempts, last_hold_s) >= FAILED_ATTEMPTS:
        yield Notice(NoticeKind.CALIBRATION_FAILS, who)


def _turned(calibration: Calibration, view: View) -> bool:
    """Whether the camera sees another side than at the calibration; left and right are taken as the same."""
    then = View(*calibration.view)
    mirrored = replace(then, azimuth_deg=-then.azimuth_deg)
    return min(view.apart(then), view.apart(mirrored)) > DOUBTFUL_FROM_DEG


def _moved(calibration: Calibration, neutral: Neutral, height_px: int) -> NoticeKind | None:
    """The kind of notice if the person was nearer or further away at the calibration; else None."""
    change = float(neutral.lengths[0]) / max(1, height_px) / calibration.trunk_share
    if change > ELSEWHERE_FROM:
        return NoticeKind.CALIBRATED_FURTHER
    return NoticeKind.CALIBRATED_NEARER if change < 1.0 / ELSEWHERE_FROM else None


def _count_attempts(attempts: Sequence[Span], last_hold_s: float | None) -> int:
    """Number of attempts at a pose since it was last held."""
    count, until_s = 0, float("-inf")
    for span in sorted(attempts, key=lambda each: each.start_s):
        is_after = last_hold_s is None or span.start_s > last_hold_s
        if span.kind is Kind.WRONG and span.seconds >= LEAST_S and is_after:
            count += span.start_s - until_s > APART_S
            until_s = span.end_s
    return count
