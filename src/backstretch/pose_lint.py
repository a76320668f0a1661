"""Lint for pose files: what is formally sound and still does not make a good pose.

A file's own faults are told when it is read; this looks at the pose against the body, the camera and the
other poses.
"""

import re
from collections.abc import Iterator, Mapping

from backstretch.catalogue import least_half_width
from backstretch.contrasts import measured, settled
from backstretch.hold import State
from backstretch.ideal import ideal_body
from backstretch.landmarks import Landmarks
from backstretch.matching import Form, Verdict, forms_of
from backstretch.pose_file import ID
from backstretch.poses import Check, Pose
from backstretch.views import DOUBTFUL_FROM_DEG, VIEWS

PUSHING = re.compile(r"\b(further|farther|deeper|harder|push (?:more|through))\b", re.IGNORECASE)
"""Words that push somebody on; a cue speaks of position and ease."""
HALF_SEEN_DEG = 2 * DOUBTFUL_FROM_DEG
"""From further off than this a picture does not carry a measure at all."""


def lint(pose: Pose, others: Mapping[str, Pose]) -> list[str]:
    """What is wrong with a pose, one line each, with its place; empty where nothing is.

    Args:
        pose: The pose.
        others: All poses by id, for its look-alikes; it may be among them.
    """
    found = [
        f"check {number} ({check.measure.name}): {words}"
        for number, check in enumerate(pose.checks, start=1)
        for words in (*_cues(check), *_ranges(check), *_sight(check, pose))
    ]
    if pose.refines and pose.refines not in others:
        found.append(f"refines: there is no pose {pose.refines!r}")
    return [*found, *_own_figure(pose), *_look_alikes(pose, others)]


def _cues(check: Check) -> Iterator[str]:
    if check.need == "always" and not check.below and not check.above:
        yield "has no cue: write below, above or both, or nothing can be said when it is wrong"
    for name, cue in (("below", check.below), ("above", check.above)):
        if found := PUSHING.search(cue):
            yield f"the cue {name!r} pushes ({found[0]!r}); speak of position and ease"


def _ranges(check: Check) -> Iterator[str]:
    yield from _range(check)
    if check.right is not None:
        yield from (f"right: {words}" for words in _range(check.on("right")))


def _range(check: Check) -> Iterator[str]:
    if check.need != "always" or check.measure.unit != "deg" or check.measure.steady_within:
        return
    (low, high), (least, most) = check.accept, check.measure.limits
    sides = (low > least) + (high < most)
    wanted = least_half_width(check.measure, check.frame) * sides
    if high - low < wanted:
        yield (
            f"accept {low:g} to {high:g} is {high - low:g} deg wide; the camera cannot tell less "
            f"than {wanted:g}"
        )


def _sight(check: Check, pose: Pose) -> Iterator[str]:
    """Whether some view of the pose is near one that carries the measure in the picture."""
    needed = check.measure.views
    if check.frame == "world" or not needed:
        return
    directions = [direction for view in pose.views for direction in VIEWS[view]]
    if min(direction.off(view) for direction in directions for view in needed) > HALF_SEEN_DEG:
        yield (
            f"cannot be seen from {' or '.join(pose.views)}; it needs {' or '.join(needed)}, or "
            "another measure"
        )


def _own_figure(pose: Pose) -> Iterator[str]:
    """The pose's figure must pass its own checks."""
    if pose.calibration is not None:
        return  # the figure is the library's, the ranges are somebody's own
    for form in forms_of(pose) if pose.figure else ():
        for reading in ideal_verdict(form, form).required:
            if reading.outside or reading.lacking:
                (low, high), key = reading.target.for_side.accept, reading.target.column.key
                yield f"figure: {key} is {reading.value:.3g}, outside {low:g} to {high:g}"


def _look_alikes(pose: Pose, others: Mapping[str, Pose]) -> Iterator[str]:
    """Look-alikes must exist, and their figures must not pass for this pose."""
    for name in pose.look_alikes:
        if name not in others:
            if ID.fullmatch(name) and "_" in name:
                yield f"look_alikes: there is no pose {name!r}"
        elif others[name].figure and any(
            is_taken_for(shown, form) for shown in forms_of(others[name]) for form in forms_of(pose)
        ):
            yield f"look_alikes: no check tells the figure of {name} from this pose"


def is_taken_for(shown: Form, judged: Form) -> bool:
    """Whether the ideal of one form passes the required checks of another."""
    return ideal_verdict(shown, judged).state is State.IN


def ideal_verdict(shown: Form, judged: Form) -> Verdict:
    """What the checks of one form say of the ideal of another, in the latter's own best view."""
    direction = VIEWS[shown.pose.views[0]][0]
    view = direction.azimuth_deg, direction.elevation_deg
    return verdict_of(ideal_body(shown.pose.figure, view, shown.side or "left"), judged, view[0])


def verdict_of(marks: Landmarks, judged: Form, azimuth_deg: float) -> Verdict:
    """What the checks of a form say of a figure, after it stood before the camera."""
    body = measured(marks)
    near = "left" if body.towards_camera[0] > 0 else "right"
    return judged.judge(settled(body, near, azimuth_deg), near, inside=False)
