"""Lengths in centimetres, such as from the fingertips to the floor: estimates, by the person's height.

The picture gives lengths in pixels. How many pixels a centimetre has is taken from the leg at that moment:
thigh and shank together are 0.491 of the height (Drillis and Contini 1966, in Winter, Biomechanics and Motor
Control of Human Movement). So the camera's distance does not matter, but people's proportions do.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from backstretch.judging.hold_clock import Hold, Kind
from backstretch.judging.step import Step
from backstretch.kinematics.landmarks import INDEX, SIDES, Floats, Landmarks
from backstretch.kinematics.measures import seen_landmarks

LEG_SHARE, HAND_SHARE = 0.491, 0.108
"""Of the height: thigh and shank, and the hand from the wrist to the fingertips (Drillis and Contini)."""
NEEDED = ("wrist", "index", "hip", "knee", "ankle", "heel", "foot_index")
UNIT = "cm"
SURE_TO_CM = 8
"""How far estimates are off on rendered clips (95 % of the moments of folds, standing and seated)."""
Points = Callable[[str], Floats]
"""Gives the place of a part of one side in pixels: (2,), y downwards."""


def _fingertip(points: Points, height_px: float) -> Floats:
    """The fingertip: the hand's length from the wrist, towards the knuckle that the model finds."""
    hand = points("index") - points("wrist")
    return points("wrist") + hand / max(float(np.linalg.norm(hand)), 1e-9) * HAND_SHARE * height_px


def _fingertip_floor(points: Points, height_px: float) -> float:
    floor_px = max(points("heel")[1], points("foot_index")[1])
    return max(0.0, float(floor_px - _fingertip(points, height_px)[1]))


def _fingertip_toes(points: Points, height_px: float) -> float:
    return float(np.linalg.norm(points("foot_index") - _fingertip(points, height_px)))


@dataclass(frozen=True)
class Length:
    """A length that can be estimated; the shorter, the more range.

    Attributes:
        words: What it is.
        of: Its formula: from points of one side and the height in pixels to pixels.
    """

    words: str
    of: Callable[[Points, float], float]


LENGTHS = {
    "fingertip_floor": Length("fingertips to the floor", _fingertip_floor),
    "fingertip_toes": Length("fingertips to the toes", _fingertip_toes),
}


def length_cm(name: str, landmarks: Landmarks, height_cm: float) -> float:
    """An estimate, the mean of the body's sides that are seen; NaN where none is.

    Args:
        name: Key of `LENGTHS`.
        landmarks: Of one moment, in an upright picture.
        height_cm: The person's height.
    """
    arrays = (landmarks.xy_px[None], landmarks.world_m[None], landmarks.visibility[None])
    seen = seen_landmarks(*arrays, landmarks.image_wh)[0]
    values = []
    for side in SIDES:
        places = {part: INDEX[f"{side}_{part}"] for part in NEEDED}
        if not seen[list(places.values())].all():
            continue

        def points(part: str, places: Mapping[str, int] = places) -> Floats:
            return np.asarray(landmarks.xy_px[places[part]])

        thigh, shank = points("hip") - points("knee"), points("knee") - points("ankle")
        leg_px = float(np.linalg.norm(thigh) + np.linalg.norm(shank))
        height_px = max(leg_px, 1.0) / LEG_SHARE
        values.append(LENGTHS[name].of(points, height_px) * height_cm / height_px)
    return math.fsum(values) / len(values) if values else math.nan


@dataclass
class LengthWatch:
    """Notes the lengths that the stretches of a recording ask for, moment by moment.

    Attributes:
        height_cm: The person's height; None where it is not known: then nothing is estimated.
    """

    height_cm: float | None
    _moments: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def push(self, step: Step) -> None:
        """Take the next moment."""
        if self.height_cm is None or step.landmarks is None or step.pose is None:
            return
        for name in step.pose.lengths:
            value = length_cm(name, step.landmarks, self.height_cm)
            if not math.isnan(value):
                self._moments.setdefault(name, []).append((step.time_s, value))

    def of(self, names: Sequence[str], hold: Hold) -> dict[str, dict[str, float | str]]:
        """Median and best of lengths over the time of a hold that counts; without those that were not seen."""
        spans = [span for span in hold.spans if span.kind is Kind.VALID]
        estimates: dict[str, dict[str, float | str]] = {}
        for name in names:
            values = [
                value
                for time_s, value in self._moments.get(name, ())
                if any(span.start_s <= time_s <= span.end_s for span in spans)
            ]
            if values:
                figures = {"median": round(median(values)), "best": round(min(values))}
                estimates[name] = {**figures, "unit": UNIT, "words": LENGTHS[name].words}
        return estimates
