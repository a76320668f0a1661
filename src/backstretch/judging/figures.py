"""Ideal figures of poses: they find weak pose files, and tell a new pose from rest and from other stretches.

`lint` finds what is formally sound and still does not make a good pose: it looks at a pose against the body,
the camera and the other poses. (The faults of a file itself are reported when it is read.)
`Contrast` is what another position measures: a position of rest or a stretch of the library, as an ideal
figure seen from the side that suits it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backstretch.judging.hold_clock import State
from backstretch.judging.matching import Form, Verdict, forms_of
from backstretch.kinematics.catalogue import least_half_width
from backstretch.kinematics.landmarks import COUNT, Floats, Landmarks
from backstretch.kinematics.measures import Body, measure_body
from backstretch.kinematics.neutral import Neutral, neutral_of, settle
from backstretch.kinematics.stick_figure import STANDING, ideal_body
from backstretch.kinematics.view import DOUBTFUL_FROM_DEG, VIEWS, View
from backstretch.poses.pose import Check, Pose
from backstretch.poses.pose_file import ID

PUSHING = re.compile(r"\b(further|farther|deeper|harder|push (?:more|through))\b", re.IGNORECASE)
"""Words that push somebody on; a cue speaks of position and ease."""
HALF_SEEN_DEG = 2 * DOUBTFUL_FROM_DEG
"""From further off than this a picture does not carry a measure at all."""
RESTS: Mapping[str, Mapping[str, tuple[float, ...]]] = {
    "standing": STANDING,
    "sitting on a chair": {"thighs": (90, 5), "shanks": (180, 0)},
    "sitting on the floor, legs straight": {"thighs": (90, 5), "shanks": (90, 0)},
    "kneeling upright": {"shanks": (270, 0), "feet": (270, 0)},
    "hands and knees": {"trunk": (90,), "neck": (90,), "face": (180,), "shanks": (270, 0)},
    "lying on the back": {
        "trunk": (270,),
        "face": (0,),
        "upper_arms": (90, 20),
        "forearms": (90, 20),
        "thighs": (90, 5),
        "shanks": (90, 5),
    },
    "lying on the back, knees bent": {
        "trunk": (270,),
        "face": (0,),
        "upper_arms": (90, 20),
        "forearms": (90, 20),
        "thighs": (45, 5),
        "shanks": (150, 0),
    },
    "lying face down": {
        "trunk": (90,),
        "face": (180,),
        "upper_arms": (270, 20),
        "forearms": (270, 20),
        "thighs": (270, 5),
        "shanks": (270, 5),
    },
}
"""Positions of rest by name, as figures."""


def lint(pose: Pose, others: Mapping[str, Pose]) -> list[str]:
    """What is wrong with a pose, one line each, with its place; empty where nothing is.

    Args:
        pose: The pose.
        others: All poses by id, for its look-alikes; it may be among them.
    """
    faults = [
        f"check {number} ({check.measure.name}): {words}"
        for number, check in enumerate(pose.checks, start=1)
        for words in (*_cues(check), *_ranges(check), *_sight(check, pose))
    ]
    if pose.refines and pose.refines not in others:
        faults.append(f"refines: there is no pose {pose.refines!r}")
    return [*faults, *_own_figure(pose), *_look_alikes(pose, others)]


def _cues(check: Check) -> Iterator[str]:
    if check.need == "always" and not check.below and not check.above:
        yield "has no cue: write below, above or both, or nothing can be said when it is wrong"
    for name, cue in (("below", check.below), ("above", check.above)):
        if match := PUSHING.search(cue):
            yield f"the cue {name!r} pushes ({match[0]!r}); speak of position and ease"


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
            is_taken_for(figure, form)
            for figure in forms_of(others[name])
            for form in forms_of(pose)
        ):
            yield f"look_alikes: no check tells the figure of {name} from this pose"


def is_taken_for(figure: Form, judged: Form) -> bool:
    """Whether the ideal of one form passes the required checks of another."""
    return ideal_verdict(figure, judged).state is State.IN


def ideal_verdict(figure: Form, judged: Form) -> Verdict:
    """What the checks of one form say of the ideal of another, in the latter's own best view."""
    direction = VIEWS[figure.pose.views[0]][0]
    view = direction.azimuth_deg, direction.elevation_deg
    return verdict_of(ideal_body(figure.pose.figure, view, figure.side or "left"), judged, view[0])


def verdict_of(marks: Landmarks, judged: Form, azimuth_deg: float) -> Verdict:
    """What the checks of a form say of a figure, after it stood before the camera."""
    body = measured(marks)
    near = "left" if body.towards_camera[0] > 0 else "right"
    return judged.judge(settled(body, near, azimuth_deg), near, inside=False)


@dataclass(frozen=True, eq=False)
class Contrast:
    """Another position.

    Attributes:
        name: What it is.
        pose: The id of the library pose that it is; empty for positions of rest.
        values: (M,) settled values of all columns, NaN where they cannot be measured.
        near: The side nearer to the camera.
        is_rest: Whether it was seen in the take itself.
    """

    name: str
    pose: str
    values: Floats
    near: str
    is_rest: bool = False


def contrasts_of(poses: Iterable[Pose], view: View) -> list[Contrast]:
    """Positions of rest, and every form of some poses, as a camera at this place may see them.

    Whoever lies or kneels turns as the stretch wants, so poses are seen from the view that suits them and
    that is nearest to the given one, and those who lie from their side.
    """
    aside = 90.0 if view.azimuth_deg >= 0.0 else -90.0
    contrasts = [
        _contrast(name, "", figure, (azimuth_deg, 0.0), None)
        for name, figure in RESTS.items()
        for azimuth_deg in ({aside} if "trunk" in figure else {view.azimuth_deg, aside})
    ]
    for pose in poses:
        if pose.figure and not pose.guided:
            directions = [direction for name in pose.views for direction in VIEWS[name]]
            seen = min(directions, key=view.apart)
            place = seen.azimuth_deg, seen.elevation_deg
            contrasts += [
                _contrast(pose.name, pose.id, pose.figure, place, form.side)
                for form in forms_of(pose)
            ]
    return contrasts


def _contrast(
    name: str,
    pose: str,
    figure: Mapping[str, tuple[float, ...]],
    view: tuple[float, float],
    side: str | None,
) -> Contrast:
    body = measured(ideal_body(figure, view, side or "left"))
    near = "left" if body.towards_camera[0] > 0 else "right"
    return Contrast(name, pose, settled(body, near, view[0]), near)


def settled(body: Body, near: str, azimuth_deg: float) -> Floats:
    """(M,) values of a figure that stood before the camera before."""
    return settle(body, 0, _standing(azimuth_deg), near)


@lru_cache(maxsize=64)
def _standing(azimuth_deg: float) -> Neutral:
    rest = measured(ideal_body(STANDING, (azimuth_deg, 0.0)))
    return neutral_of(rest.values[0], rest.lengths[0], View(azimuth_deg, 0.0))


def measured(marks: Landmarks) -> Body:
    """A figure measured, all of it seen."""
    return measure_body(marks.xy_px[None], marks.world_m[None], np.ones((1, COUNT), bool))
