"""Recognition: which poses a single picture shows."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from backstretch.hold import State
from backstretch.landmarks import Landmarks
from backstretch.matching import forms_of
from backstretch.measures import measure_body, seen_landmarks
from backstretch.neutral import settle
from backstretch.poses import Pose


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


def looks_like(marks: Landmarks, poses: Iterable[Pose]) -> tuple[Likeness, ...]:
    """The poses that one person's landmarks pass for, best first.

    There is no neutral in a single picture: ratios are taken over its own lengths, and a pose that
    needs measures relative to a neutral is never among them.
    """
    xy, world, visibility = marks.xy_px[None], marks.world_m[None], marks.visibility[None]
    body = measure_body(xy, world, seen_landmarks(xy, world, visibility, marks.image_wh))
    near = "left" if np.nan_to_num(body.towards_camera[0]) > 0 else "right"
    values = settle(body, 0, None, near)
    found = []
    for form in (form for pose in poses for form in forms_of(pose)):
        verdict = form.judge(values, near, inside=False)
        if verdict.state is State.IN:
            found.append(Likeness(form.pose.id, form.side, verdict.closeness))
    return tuple(sorted(found, key=lambda likeness: -likeness.closeness))
