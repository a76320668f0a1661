"""Contrasts: what other positions measure, so that a new pose can be told from them.

Positions of rest and the stretches of the library, as ideal figures seen from the side that suits each.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backstretch.ideal import STANDING, ideal_body
from backstretch.landmarks import COUNT, Floats, Landmarks
from backstretch.matching import forms_of
from backstretch.measures import Body, measure_body
from backstretch.neutral import Neutral, neutral_of, settle
from backstretch.poses import Pose
from backstretch.stills import Still
from backstretch.views import VIEWS, View

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
    found = [
        _contrast(name, "", figure, (azimuth_deg, 0.0), None)
        for name, figure in RESTS.items()
        for azimuth_deg in ({aside} if "trunk" in figure else {view.azimuth_deg, aside})
    ]
    for pose in poses:
        if pose.figure and not pose.guided:
            directions = [direction for name in pose.views for direction in VIEWS[name]]
            seen = min(directions, key=view.apart)
            place = seen.azimuth_deg, seen.elevation_deg
            found += [
                _contrast(pose.name, pose.id, pose.figure, place, form.side)
                for form in forms_of(pose)
            ]
    return found


def rests_of(stills: Iterable[Still]) -> list[Contrast]:
    """Stills of the take itself that are not the new pose."""
    return [
        Contrast(
            f"what was held at {still.start_s:.0f} s", "", still.values, still.near, is_rest=True
        )
        for still in stills
    ]


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
