"""The careful look: somebody who lies is looked at in the picture and in its mirror image.

The model errs where limbs of somebody on the back cross or hide each other, and not in the same way in a mirror
image. The average of both looks is nearer to the truth than either, above all with a larger model; what one
of them sees is seen. It costs
several times as much as a look, and is worse for some stretches: each pose's file says whether it is used.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from backstretch.frame import Frame
from backstretch.kinematics.landmarks import Floats, Landmarks
from backstretch.kinematics.measures import lies
from backstretch.vision.tracking import Tracker

LYING_TRUNK_DEG = (45.0, 135.0)
"""Angles of the trunk from straight up in space at which somebody is looked at carefully. Of somebody who lies
with the feet towards the camera the usual model reads 47 to 55. It does no harm to those who only lean back."""

EVERY_S = 0.079
"""Least time between two careful looks beside the usual ones: a dozen a second stand for every picture."""


class MirroredPair:
    """Two trackers, one of them for mirror images, that look at each picture at the same time; a `Tracker`.

    Args:
        plain: Looks at the pictures.
        mirrored: Looks at their mirror images.
    """

    def __init__(self, plain: Tracker, mirrored: Tracker) -> None:
        self._plain, self._mirrored = plain, mirrored
        self._thread = ThreadPoolExecutor(1, "mirrored look")

    def look(self, frame: Frame) -> Landmarks | None:
        """Return the average of both looks; one of them where the other finds nobody."""
        image = np.ascontiguousarray(frame.image[:, ::-1])
        look = self._thread.submit(self._mirrored.look, Frame(frame.index, frame.time_s, image))
        plain, mirrored = self._plain.look(frame), look.result()
        if mirrored is None:
            return plain
        return mean(plain, mirrored.mirrored()) if plain else mirrored.mirrored()

    def restart(self) -> None:
        """Find the person afresh at the next look."""
        self._plain.restart()
        self._mirrored.restart()

    def close(self) -> None:
        """End the second thread."""
        self._thread.shutdown()


class CarefulLook:
    """Looks carefully while somebody lies, instead of the usual look or beside it, and as usual otherwise.

    Args:
        usual: The usual tracker. It rests while somebody is looked at carefully instead.
        open_careful: Opens the careful one, when it is needed for the first time.
    """

    def __init__(self, usual: Tracker, open_careful: Callable[[], Tracker]) -> None:
        self._usual, self._open_careful = usual, open_careful
        self._careful: Tracker | None = None
        self._is_lying = False
        self._seen: tuple[float, Landmarks | None] = (-np.inf, None)

    def look(self, frame: Frame) -> Landmarks | None:
        """Return the person's raw landmarks, or None with nobody in view."""
        if not self._is_lying:
            marks = self._usual.look(frame)
            if marks is None or not _lies(marks):
                return marks
        marks = self._look_carefully(frame)
        self._usual.restart()
        return marks or self._usual.look(frame)

    def look_beside(self, frame: Frame) -> Landmarks | None:
        """Return what the usual tracker sees; while somebody lies with what the careful one sees beside it.

        Pictures less than `EVERY_S` after a careful look share it.
        """
        marks = self._usual.look(frame)
        if not self._is_lying and (marks is None or not _lies(marks)):
            return marks
        if not self._is_lying or frame.time_s - self._seen[0] >= EVERY_S:
            self._seen = (frame.time_s, self._look_carefully(frame))
        return marks and replace(marks, careful=self._seen[1])

    def _look_carefully(self, frame: Frame) -> Landmarks | None:
        """Look at somebody who lies, or has just got up."""
        self._careful = self._careful or self._open_careful()
        if not self._is_lying:
            self._careful.restart()
        marks = self._careful.look(frame)
        self._is_lying = marks is not None and _lies(marks)
        return marks

    def leave(self) -> None:
        """Note that pictures follow which are looked at as usual."""
        self._is_lying = False

    def prepare(self, frame: Frame) -> None:
        """Open the careful tracker, and have it look at somebody: its first look takes a second."""
        self._careful = self._careful or self._open_careful()
        self._careful.look(frame)


def mean(one: Landmarks, other: Landmarks) -> Landmarks:
    """The average of the landmarks of one person in one picture; what one of them shows as visible is visible.

    A knee behind the crossed leg is half sure in both. With the average of their visibilities it went in and
    out of view, and the seconds hung on which pictures were looked at.
    """
    return Landmarks(
        _stored((one.xy_px + other.xy_px) / 2.0),
        _stored((one.world_m + other.world_m) / 2.0),
        _stored(np.maximum(one.visibility, other.visibility)),
        one.image_wh,
    )


def _stored(values: Floats) -> Floats:
    """Values rounded to what float32 holds, as a landmark track stores them."""
    return values.astype(np.float32).astype(np.float64)


def _lies(marks: Landmarks) -> bool:
    return bool(lies(marks.world_m[None], LYING_TRUNK_DEG)[0])
