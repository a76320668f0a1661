"""Ideal figures of poses: they show weak pose files, and what sets a new pose apart from others and from rest.

`lint` finds what is formally sound and still does not make a good pose: it looks at a pose against the body,
the camera and the other poses. (The faults of a file itself are reported when it is read.)
`Contrast` holds the measures of another position: a position of rest or a stretch of the library, as an ideal
figure seen from the side that suits it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backstretch.judging.hold_clock import State
from backstretch.judging.matching import Form, Verdict, forms_of
from backstretch.kinematics.catalogue import deepest, least_half_width
from backstretch.kinematics.landmarks import COUNT, Floats, Landmarks
from backstretch.kinematics.measures import Body, measure_body
from backstretch.kinematics.neutral import Neutral, neutral_of, settle
from backstretch.kinematics.stick_figure import STANDING, ideal_body
from backstretch.kinematics.view import DOUBTFUL_FROM_DEG, VIEWS, View
from backstretch.poses.pose import Check, Pose
from backstretch.poses.pose_file import ID

PUSHING = re.compile(r"\b(further|farther|deeper|harder|push (?:more|through))\b", re.IGNORECASE)
"""Words that push somebody on, which a cue must not contain."""
HALF_SEEN_DEG = 2 * DOUBTFUL_FROM_DEG
"""From further off than this a picture does not show a measure at all."""
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
    """The weaknesses of a pose, one line each, with its place.

    Args:
        pose: The pose.
        others: All poses by id, for its look-alikes; it may be among them.
    """
    faults = [
        f"check {number} ({check.measure.name}): {words}"
        for number, check in enumerate(pose.checks, start=1)
        for words in (*_cues(check), *_ranges(check), *_depth(check), *_sight(check, pose))
    ]
    if pose.refines and pose.refines not in others:
        faults.append(f"refines: there is no pose {pose.refines!r}")
    if pose.alternates_with and pose.alternates_with not in others:
        faults.append(f"alternates_with: there is no pose {pose.alternates_with!r}")
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
    narrowest = least_half_width(check.measure, check.frame) * sides
    if high - low < narrowest:
        yield (
            f"accept {low:g} to {high:g} is {high - low:g} deg wide; the camera needs at least "
            f"{narrowest:g}"
        )


def _depth(check: Check) -> Iterator[str]:
    """Whether a deeper stretch would be called wrong without a reason."""
    if not check.more or not check.required or check.limit_reason:
        return
    end, limit = check.accept[check.more == "larger"], deepest(check.measure, check.more)
    if (end < limit) if check.more == "larger" else (end > limit):
        yield (
            f"accept ends at {end:g} although {check.more} is more range of motion: open it to {limit:g}, or "
            "say in limit_reason which look-alike or what safety needs that end"
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
            ideal_passes(figure, form)
            for figure in forms_of(others[name])
            for form in forms_of(pose)
        ):
            yield f"look_alikes: the figure of {name} passes all required checks of this pose"


def ideal_passes(figure: Form, form: Form) -> bool:
    """Whether the ideal figure of one form passes the required checks of another."""
    return ideal_verdict(figure, form).state is State.IN


def ideal_verdict(figure: Form, form: Form) -> Verdict:
    """The verdict of ``form`` on the ideal figure of another form, seen in the best view of the latter."""
    direction = VIEWS[figure.pose.views[0]][0]
    view = direction.azimuth_deg, direction.elevation_deg
    return verdict_of(ideal_body(figure.pose.figure, view, figure.side or "left"), form, view[0])


def verdict_of(marks: Landmarks, form: Form, azimuth_deg: float) -> Verdict:
    """The verdict of a form on a figure, with a standing figure as its neutral."""
    body = measure_figure(marks)
    near = "left" if body.towards_camera[0] > 0 else "right"
    return form.judge(settle_figure(body, near, azimuth_deg), near, inside=False)


@dataclass(frozen=True, eq=False)
class Contrast:
    """The measures of another position than that of the pose in question.

    Attributes:
        name: What the position is called.
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

    People turn to suit a pose, so each is seen from the one of its views that is nearest to the given one.
    Positions of rest are seen from the side, and those with an upright trunk from the given view too.
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
            nearest = min(directions, key=view.apart)
            place = nearest.azimuth_deg, nearest.elevation_deg
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
    body = measure_figure(ideal_body(figure, view, side or "left"))
    near = "left" if body.towards_camera[0] > 0 else "right"
    return Contrast(name, pose, settle_figure(body, near, view[0]), near)


def settle_figure(body: Body, near: str, azimuth_deg: float) -> Floats:
    """(M,) values of a figure, with a standing figure as its neutral."""
    return settle(body, 0, _standing(azimuth_deg), near)


@lru_cache(maxsize=64)
def _standing(azimuth_deg: float) -> Neutral:
    rest = measure_figure(ideal_body(STANDING, (azimuth_deg, 0.0)))
    return neutral_of(rest.values[0], rest.lengths[0], View(azimuth_deg, 0.0))


def measure_figure(marks: Landmarks) -> Body:
    """Measures of a figure, with all landmarks taken as seen."""
    return measure_body(marks.xy_px[None], marks.world_m[None], np.ones((1, COUNT), bool))
