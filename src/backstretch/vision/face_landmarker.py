"""A landmarker that also looks at the face, which shows the tilt of the head to 1 to 3 degrees.

The ears of BlazePose show two thirds of it, see `head_line`. The face is seen by a network of its own
(MediaPipe's face mesh), if it looks towards the camera. One look is enough: the line from chin to forehead
hardly depends on the angle at which the region was cut out.

The face of a tilted head is looked at a dozen times a second, that of a straight one twice. In between, and for
a while after the face has turned away, the difference to the estimate by the ears is carried on: the tilt does
not jump when the face comes and goes.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstretch.frame import Frame
from backstretch.kinematics.landmarks import INDEX, Floats, Landmarks, wrap_deg
from backstretch.kinematics.measures import VISIBLE
from backstretch.vision.detection import VideoLandmarker
from backstretch.vision.head_line import slope_deg

EVERY_S, AT_REST_S, TILTED_FROM_DEG = 0.075, 0.5, 10.0
"""Time from one look at the face to the next, which takes 5 ms: of a head that is tilted by more than this, by
the estimate, and of one that is not. The ears jitter by several degrees from one picture to the next, and the
estimate by half as much again: with 0.2 s in between, that passed for bouncing at 12 pictures a second."""
FADES_S = 1.0
"""How long it takes until the difference to the estimate is forgotten, once the face is no longer seen."""
SURE = 0.5
"""Least score of the network, its own guess that it sees a face. Faces in side bends have 1.0; those turned
away by 65 degrees have 0.0 to 1.0, those that look down and aside 0.0 to 0.7."""
AGREE_WITHIN_DEG = 8.0
"""How far the line from chin to forehead and the line through the eyes may be from a right angle. In side bends
they are within 5 degrees; in heads that are turned and nod as well, of which neither shows the tilt, 8 to
15."""
SHOULDERS_WITHIN_DEG, TRUNK_WITHIN_DEG = 45.0, 25.0
"""Slope of the shoulders and lean of the trunk in the picture up to which the face is looked at; no stretch
that asks for the tilt of the head allows more."""
NOSE_WITHIN = 0.5
"""How far from the middle of the ears the nose may be, over the distance of the ears: 0.0 to 0.3 in side bends,
0.5 to 0.7 in heads that look down and aside, more in those that are turned by 45 degrees."""
SMALLEST_PX = 24.0
"""Least size of the region in the picture: of smaller faces the network sees nothing."""
SIZE_PX = 192
"""Size of the network's input."""
REGION_OVER_HEIGHT, REGION_OVER_WIDTH = 3.9, 1.9
"""Size of the region over the distance of the mouth from the eyes, and over that of the ears; the larger is
taken. The network was trained on regions 1.5 times as large as the face."""
POINTS, SCORE = "conv2d_21", "conv2d_31"
"""The network's outputs: 468 points (x, y, z, in pixels of its input), and the score before its logistic
function."""
CHIN, FOREHEAD, RIGHT_EYE, LEFT_EYE = 152, 10, 33, 263
"""Points of the face mesh; the eyes' outer corners, left and right the person's own."""
_FACE = [INDEX[name] for name in ("nose", "left_eye", "right_eye", "left_ear", "right_ear")]


def with_head_tilt(landmarker: VideoLandmarker, *, is_needed: bool) -> VideoLandmarker:
    """The landmarker, with the tilt of the head read from the face where that is needed and can be."""
    model = model_path()
    return FaceLandmarker(landmarker, model) if is_needed and model.exists() else landmarker


def model_path() -> Path:
    """The network for faces inside the package; it may not be there."""
    return Path(str(resources.files("backstretch") / "models" / "face_landmark.tflite"))


class FaceLandmarker:
    """A landmarker that also looks at the face; a `VideoLandmarker`.

    Args:
        landmarker: Finds the person.
        model: The network for faces.
    """

    def __init__(self, landmarker: VideoLandmarker, model: Path) -> None:
        self._landmarker, self._model = landmarker, model
        self._looked_s = self._seen_s = -math.inf
        self._line_deg = self._difference_deg = 0.0

    def look(self, frame: Frame) -> Landmarks | None:
        """As `Landmarker.look`."""
        return self._with_line(frame, self._landmarker.look(frame))

    def look_carefully(self, frame: Frame, models: Sequence[str]) -> Landmarks | None:
        """As `Landmarker.look_carefully`."""
        return self._with_line(frame, self._landmarker.look_carefully(frame, models))

    def look_beside(self, frame: Frame, models: Sequence[str]) -> Landmarks | None:
        """As `Landmarker.look_beside`."""
        return self._with_line(frame, self._landmarker.look_beside(frame, models))

    def restart(self) -> None:
        """As `Landmarker.restart`."""
        self._seen_s = -math.inf
        self._landmarker.restart()

    def find_another(self, frame: Frame, marks: Landmarks) -> Landmarks | None:
        """As `Landmarker.find_another`."""
        return self._landmarker.find_another(frame, marks)

    def search(self, frame: Frame) -> Landmarks | None:
        """As `Landmarker.search`."""
        return self._with_line(frame, self._landmarker.search(frame))

    @contextmanager
    def another(self, *, instead: bool = False) -> Iterator[VideoLandmarker]:
        """As `VideoLandmarker.another`."""
        with self._landmarker.another(instead=instead) as landmarker:
            yield FaceLandmarker(landmarker, self._model)

    def _with_line(self, frame: Frame, marks: Landmarks | None) -> Landmarks | None:
        if marks is None:
            return None
        estimate_deg = marks.head_line_deg
        if math.isnan(estimate_deg):
            estimate_deg = float(slope_deg(marks.xy_px, "ear"))
        if abs(frame.time_s - self._looked_s) >= self._every_s(marks, estimate_deg):
            self._looked_s = frame.time_s
            line_deg = self._face_line_deg(frame, marks)
            if line_deg is not None:
                self._seen_s, self._line_deg = frame.time_s, line_deg
                self._difference_deg = wrap_deg(line_deg - estimate_deg)
        ago_s = abs(frame.time_s - self._seen_s)
        if ago_s >= AT_REST_S + FADES_S:
            return marks
        line_deg = self._line_after(ago_s, estimate_deg)
        return replace(marks, head_line_deg=float(np.float32(line_deg)))

    def _line_after(self, ago_s: float, estimate_deg: float) -> float:
        """The line now, some time after the face was seen."""
        if ago_s < EVERY_S:
            return self._line_deg
        share = min(1.0, 1.0 + (AT_REST_S - ago_s) / FADES_S)
        return wrap_deg(estimate_deg + share * self._difference_deg)

    @staticmethod
    def _every_s(marks: Landmarks, estimate_deg: float) -> float:
        tilt_deg = wrap_deg(estimate_deg - float(slope_deg(marks.xy_px, "shoulder")))
        return EVERY_S if abs(tilt_deg) > TILTED_FROM_DEG else AT_REST_S

    def _face_line_deg(self, frame: Frame, marks: Landmarks) -> float | None:
        """The line across the face; None where it does not look towards the camera."""
        if not _faces_camera(marks):
            return None
        to_input, network = _region(marks.xy_px), _network(self._model)
        if network is None or SIZE_PX / np.linalg.norm(to_input[0, :2]) < SMALLEST_PX:
            return None
        points, score = network.look(frame.image, to_input)
        # The network sees the picture turned: what it sees is turned back.
        turned_deg = math.degrees(math.atan2(to_input[0, 1], to_input[0, 0]))
        up_deg = _direction_deg(points[FOREHEAD] - points[CHIN])
        eyes_deg = _direction_deg(points[LEFT_EYE] - points[RIGHT_EYE])
        across_deg = up_deg - 90.0
        if score < SURE or abs(wrap_deg(across_deg - eyes_deg)) > AGREE_WITHIN_DEG:
            return None
        return wrap_deg(across_deg - turned_deg)


class _Network:
    """The network for faces; all threads share one.

    Args:
        cv2: OpenCV.
        net: The network, opened.
    """

    def __init__(self, cv2: Any, net: Any) -> None:
        self._cv2, self._net = cv2, net
        self._lock = Lock()

    def look(self, image: NDArray[np.uint8], to_input: Floats) -> tuple[Floats, float]:
        """Look at a part of a picture.

        Args:
            image: (H, W, 3) RGB.
            to_input: (2, 3) from the picture's pixels to those of the network's input.

        Returns:
            (468, 2) points in the input's pixels, and the score, 0 to 1.
        """
        part = self._cv2.warpAffine(image, to_input, (SIZE_PX, SIZE_PX))
        with self._lock:
            self._net.setInput(self._cv2.dnn.blobFromImage(part, 1.0 / 255.0))
            points, score = self._net.forward([POINTS, SCORE])
        return points.reshape(-1, 3)[:, :2].astype(float), (1.0 + math.tanh(score.item() / 2)) / 2


@cache
def _network(model: Path) -> _Network | None:
    """The network in a file; None where OpenCV cannot open it, as by some paths that are not ASCII."""
    import cv2

    try:
        # Its new engine gives one of two outputs, and it takes that engine for anything but a path.
        return _Network(cv2, cv2.dnn.readNetFromTFLite(str(model), cv2.dnn.ENGINE_CLASSIC))
    except cv2.error:
        return None


def _faces_camera(marks: Landmarks) -> bool:
    """Whether somebody is upright, and chest and face look towards the camera, as far as BlazePose shows it."""
    left, right = (marks.xy_px[INDEX[f"{side}_ear"]] for side in ("left", "right"))
    ears_px, middle = np.linalg.norm(left - right), (left + right) / 2.0
    nose_px = np.linalg.norm(marks.xy_px[INDEX["nose"]] - middle)
    shoulders = _middle(marks.xy_px, "shoulder")
    trunk = shoulders - _middle(marks.xy_px, "hip")
    return bool(
        marks.visibility[_FACE].min() >= VISIBLE
        and nose_px <= NOSE_WITHIN * ears_px
        and abs(slope_deg(marks.xy_px, "shoulder")) <= SHOULDERS_WITHIN_DEG
        and abs(math.degrees(math.atan2(trunk[0], -trunk[1]))) <= TRUNK_WITHIN_DEG
        and middle[1] < shoulders[1]
    )


def _region(xy_px: Floats) -> Floats:
    """(2, 3) from the picture's pixels to those of the network's input: the face, upright and in the middle."""
    eyes = _middle(xy_px, "eye")
    mouth = (xy_px[INDEX["mouth_left"]] + xy_px[INDEX["mouth_right"]]) / 2.0
    ears = xy_px[INDEX["left_ear"]] - xy_px[INDEX["right_ear"]]
    height, width = float(np.linalg.norm(mouth - eyes)), float(np.linalg.norm(ears))
    scale = SIZE_PX / max(REGION_OVER_HEIGHT * height, REGION_OVER_WIDTH * width, 1.0)
    turn = math.radians(float(slope_deg(xy_px, "eye_outer")))
    rotation = scale * np.array(
        [[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]
    )
    centre = (eyes + mouth) / 2
    return np.column_stack([rotation, SIZE_PX / 2 - rotation @ centre])


def _middle(xy_px: Floats, part: str) -> Floats:
    middle: Floats = (xy_px[INDEX[f"left_{part}"]] + xy_px[INDEX[f"right_{part}"]]) / 2.0
    return middle


def _direction_deg(vector: Floats) -> float:
    """Angle of a vector in pixels from the horizontal, + anticlockwise."""
    return math.degrees(math.atan2(-vector[1], vector[0]))
