"""Body landmarks: of one person in one frame, and of one person over time.

Landmarks follow MediaPipe's order of 33. Left and right are the person's own. A point's place in
the picture is in pixels (x right, y down); its place in space in metres, origin between the hips,
camera axes (x right, y down, z away from the camera).
"""

import math
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Degrees = TypeVar("Degrees", float, Floats)
NAMES = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye",
    "right_eye_outer", "left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_pinky",
    "right_pinky", "left_index", "right_index", "left_thumb", "right_thumb", "left_hip",
    "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel", "right_heel",
    "left_foot_index", "right_foot_index",
)  # fmt: skip
COUNT = len(NAMES)
INDEX = {name: index for index, name in enumerate(NAMES)}
SIDES = ("left", "right")
LONGEST_GAP_S = 0.5
"""Longest time between two moments that is bridged; what lies between moments further apart is unseen."""


def _other_side(name: str) -> str:
    if "left" in name:
        return name.replace("left", "right")
    return name.replace("right", "left")


MIRRORED = np.array([INDEX[_other_side(name)] for name in NAMES])
"""Index of each landmark's twin on the other side; the nose is its own."""


@dataclass(frozen=True, eq=False)
class Landmarks:
    """The landmarks of one person in one frame.

    Attributes:
        xy_px: (33, 2) pixels in the upright picture; may lie outside it.
        world_m: (33, 3) metres, origin between the hips, camera axes.
        visibility: (33,) 0..1, the model's own guess that a point is seen.
        image_wh: Width and height of the picture in pixels.
        head_line_deg: Angle of the line across the head, from its right to its left, from the picture's
            horizontal, + anticlockwise; NaN where nothing better is known than the line through the ears.
        careful: What a careful look beside the usual one reads in the same picture; None without one.
    """

    xy_px: Floats
    world_m: Floats
    visibility: Floats
    image_wh: tuple[int, int]
    head_line_deg: float = math.nan
    careful: "Landmarks | None" = None

    def __post_init__(self) -> None:
        shapes = (self.xy_px.shape, self.world_m.shape, self.visibility.shape)
        if shapes != ((COUNT, 2), (COUNT, 3), (COUNT,)):
            raise ValueError(f"landmarks must be (33, 2), (33, 3), (33,), are {shapes}")
        for values in (self.xy_px, self.world_m, self.visibility):
            if not np.isfinite(values).all():
                raise ValueError("landmarks must be finite; nobody in view is None")
            values.flags.writeable = False
        if math.isinf(self.head_line_deg):
            raise ValueError("head_line_deg must be finite, or NaN where it is not known")

    def mirrored(self) -> Self:
        """Undo a mirrored picture: flip x and exchange left and right."""
        width = self.image_wh[0]
        xy = self.xy_px[MIRRORED] * (-1, 1) + (width, 0)
        world = self.world_m[MIRRORED] * (-1, 1, 1)
        visibility = self.visibility[MIRRORED]
        line_deg = -self.head_line_deg
        careful = self.careful and self.careful.mirrored()
        return type(self)(xy, world, visibility, self.image_wh, line_deg, careful)


@dataclass(frozen=True, eq=False)
class LandmarkTrack:
    """One person's landmarks over time; a row of NaN is a moment with nobody in view.

    Attributes:
        time_s: (T,) seconds, strictly increasing.
        xy_px: (T, 33, 2), world_m: (T, 33, 3), visibility: (T, 33): as in `Landmarks`.
        image_wh: Width and height of the pictures in pixels.
        still_since_s: (T,) the time of the picture that a moment's picture repeats, NaN where it is none of a
            series of repeats; None where there is no such series.
        head_line_deg: (T,) as in `Landmarks`; None where it is NaN throughout.
        careful: The track of the careful looks beside the usual ones, of the same moments; None without any.
    """

    time_s: Floats
    xy_px: Floats
    world_m: Floats
    visibility: Floats
    image_wh: tuple[int, int]
    still_since_s: Floats | None = None
    head_line_deg: Floats | None = None
    careful: "LandmarkTrack | None" = None

    def __post_init__(self) -> None:
        count = len(self.time_s)
        for name in ("still_since_s", "head_line_deg"):
            column = getattr(self, name)
            if column is not None and column.shape != (count,):
                raise ValueError(f"{name} must be ({count},), is {column.shape}")
        if self.careful is not None and len(self.careful) != count:
            raise ValueError(f"careful looks at {len(self.careful)} of {count} moments")
        shapes = (self.xy_px.shape, self.world_m.shape, self.visibility.shape)
        if shapes != ((count, COUNT, 2), (count, COUNT, 3), (count, COUNT)):
            raise ValueError(f"a track of {count} moments cannot have arrays of {shapes}")
        if not (np.isfinite(self.time_s).all() and (np.diff(self.time_s) > 0).all()):
            raise ValueError("times must be finite and strictly increasing")

    @staticmethod
    def of(
        moments: Iterable[tuple[float, Landmarks | None]], wh: tuple[int, int]
    ) -> "LandmarkTrack":
        """Stack moments (time in seconds, landmarks or None) into a track."""
        growing = GrowingTrack()
        for time_s, landmarks in moments:
            growing.push(time_s, landmarks)
        return growing.track(wh)

    def __len__(self) -> int:
        return len(self.time_s)

    def __getitem__(self, index: int) -> Landmarks | None:
        if np.isnan(self.xy_px[index, 0, 0]):
            return None
        return Landmarks(
            self.xy_px[index].copy(),
            self.world_m[index].copy(),
            self.visibility[index].copy(),
            self.image_wh,
            head_line_deg=math.nan
            if self.head_line_deg is None
            else float(self.head_line_deg[index]),
            careful=None if self.careful is None else self.careful[index],
        )

    def still_since(self, index: int) -> float | None:
        """The time of the picture that a moment's picture repeats; None where it is no such repeat."""
        if self.still_since_s is None or math.isnan(self.still_since_s[index]):
            return None
        return float(self.still_since_s[index])

    def __iter__(self) -> Iterator[tuple[float, Landmarks | None]]:
        return ((float(time), self[index]) for index, time in enumerate(self.time_s))


class GrowingTrack:
    """Collects moments for a track, which takes over their memory without a copy."""

    def __init__(self) -> None:
        self._times_s = array("d")
        self._rows = array("d")
        self._still_since_s = array("d")
        self._head_lines_deg = array("d")
        self._careful: dict[int, Landmarks] = {}

    def __len__(self) -> int:
        return len(self._times_s)

    def push(
        self, time_s: float, landmarks: Landmarks | None, still_since_s: float | None = None
    ) -> None:
        """Add a moment; landmarks are None with nobody in view, the rest is as in the track."""
        self._times_s.append(time_s)
        self._still_since_s.append(math.nan if still_since_s is None else still_since_s)
        self._head_lines_deg.append(landmarks.head_line_deg if landmarks else math.nan)
        if landmarks is None:
            self._rows.extend([math.nan] * (6 * COUNT))
            return
        if landmarks.careful is not None:
            self._careful[len(self) - 1] = landmarks.careful
        for part in (landmarks.xy_px, landmarks.world_m, landmarks.visibility):
            self._rows.frombytes(np.asarray(part, np.float64).tobytes())

    def track(self, wh: tuple[int, int]) -> LandmarkTrack:
        """The track of all moments; nothing can be added afterwards."""
        rows = np.frombuffer(self._rows).reshape(-1, 6 * COUNT)
        xy, world, visibility = np.split(rows, [2 * COUNT, 5 * COUNT], axis=1)
        shaped = xy.reshape(-1, COUNT, 2), world.reshape(-1, COUNT, 3), visibility
        times_s = np.frombuffer(self._times_s)
        careful = None
        if self._careful:
            looks = ((float(time), self._careful.get(n)) for n, time in enumerate(times_s))
            careful = LandmarkTrack.of(looks, wh)
        return LandmarkTrack(
            times_s,
            *shaped,
            wh,
            still_since_s=_unless_nan(self._still_since_s),
            head_line_deg=_unless_nan(self._head_lines_deg),
            careful=careful,
        )


def _unless_nan(numbers: "array[float]") -> Floats | None:
    values = np.frombuffer(numbers)
    return None if np.isnan(values).all() else values


def wrap_deg(degrees: Degrees) -> Degrees:
    """An angle, or angles, as -180 up to 180."""
    return (degrees + 180.0) % 360.0 - 180.0


def size_px(marks: Landmarks | None) -> float:
    """Size of a body in the picture: root mean square distance of its landmarks from their mean; 0 for None."""
    return math.sqrt(float(np.var(marks.xy_px, axis=0).sum())) if marks else 0.0
