"""Recognition: which poses a picture shows, and which of several holds at one time is the true one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backstretch.catalogue import COLUMN_INDEX, COLUMNS
from backstretch.hold import Hold, Kind, Span, State
from backstretch.landmarks import SIDES, Floats, Landmarks
from backstretch.matching import Form, forms_of
from backstretch.measures import measure_body, seen_landmarks
from backstretch.neutral import settle
from backstretch.poses import Pose

LEAST_S = 2.5
"""A stretch that nobody asked for is named from this long on: a position may be passed through, and the
shortest doses are 3 s."""
PICTURE_ZERO = {"head_roll_rel": 0.0, "head_yaw_rel": 0.0, "nose_aside": 0.0, "nose_drop": 0.06}
"""What a single picture takes for the neutral of relative measures: a head carried straight; ears and nose
level read 0.04 to 0.08 on photographs. Nods and turns of the head from the side differ too much from one
person to the next, so ``head_pitch`` stays unknown."""
PICTURE_INSTEAD = ("shoulder_yaw_rel", "twist")
"""In a single picture the first is taken from the second: the shoulder line against the hip line."""


@dataclass(frozen=True)
class Likeness:
    """A pose whose required checks all pass.

    Attributes:
        pose: Its id.
        side: ``left`` or ``right`` for poses with sides, else None.
        closeness: 0..1 to the good ranges.
    """

    pose: str
    side: str | None
    closeness: float


@dataclass(frozen=True)
class Held:
    """A hold and what was held."""

    form: Form
    hold: Hold


def looks_like(marks: Landmarks, poses: Iterable[Pose]) -> tuple[Likeness, ...]:
    """The poses that one person's landmarks pass for, best first.

    There is no neutral in a single picture: ratios are taken over its own lengths, relative measures
    from what is usual, see `PICTURE_ZERO`.
    """
    values, near = picture_values(marks)
    found = []
    for form in (form for pose in poses for form in forms_of(pose)):
        verdict = form.judge(values, near, inside=False)
        if verdict.state is State.IN:
            found.append(Likeness(form.pose.id, form.side, verdict.closeness))
    return tuple(sorted(found, key=lambda likeness: -likeness.closeness))


def picture_values(marks: Landmarks) -> tuple[Floats, str]:
    """The (M,) values of all columns in a single picture, and the side nearer to the camera."""
    xy, world, visibility = marks.xy_px[None], marks.world_m[None], marks.visibility[None]
    body = measure_body(xy, world, seen_landmarks(xy, world, visibility, marks.image_wh))
    near = "left" if np.nan_to_num(body.towards_camera[0]) > 0 else "right"
    usual = np.full(len(COLUMNS), np.nan)
    for index, column in enumerate(COLUMNS):
        usual[index] = PICTURE_ZERO.get(column.measure.name, np.nan)
    values = settle(body, 0, None, near, usual)
    for side in SIDES:
        turned, instead = (COLUMN_INDEX[f"{name}.{side}"] for name in PICTURE_INSTEAD)
        values[turned] = values[instead]
    return values, near


def told_apart(held: Sequence[Held], *, least_s: float = 0.0) -> list[Held]:
    """Let each second count for one stretch only, by time.

    Where holds overlap, the one with more seconds, weighed by how close it was, keeps them; the other
    keeps what is left.

    Args:
        held: Holds of any forms, in any order.
        least_s: Holds with fewer valid seconds are left out.
    """
    kept: list[Held] = []
    for each in sorted(held, key=lambda h: -h.hold.held_s * h.hold.score):
        hold: Hold | None = each.hold
        for other in kept:
            hold = hold and _outside(hold, other.hold)
        if hold and hold.held_s >= least_s:
            kept.append(replace(each, hold=hold))
    return sorted(kept, key=lambda h: h.hold.start_s)


def _outside(hold: Hold, other: Hold) -> Hold | None:
    """What of a hold lies before or after another, whichever is more; None where that is nothing."""
    if hold.end_s <= other.start_s or hold.start_s >= other.end_s:
        return hold
    before, after = other.start_s - hold.start_s, hold.end_s - other.end_s
    if max(before, after) <= 0.0:
        return None
    low, high = (hold.start_s, other.start_s) if before >= after else (other.end_s, hold.end_s)
    spans = [_cut(span, low, high) for span in hold.spans]
    inside = tuple(span for span in spans if span.seconds > 0.0)
    while inside and inside[0].kind is not Kind.VALID:
        inside = inside[1:]
    while inside and inside[-1].kind is not Kind.VALID:
        inside = inside[:-1]
    if not inside:
        return None
    moments = tuple(m for m in hold.moments if low <= m.time_s <= high)
    start_s, end_s = inside[0].start_s, inside[-1].end_s
    return replace(hold, start_s=start_s, end_s=end_s, spans=inside, moments=moments)


def _cut(span: Span, low_s: float, high_s: float) -> Span:
    return replace(span, start_s=max(span.start_s, low_s), end_s=min(span.end_s, high_s))
