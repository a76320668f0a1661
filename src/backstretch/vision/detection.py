"""Detection: the person found in a picture, by any model, and doubts whether it is always the same person.

To add another model, write a module with a `VideoLandmarker` and open it in `open_landmarker`.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from backstretch.errors import Notice, NoticeKind
from backstretch.frame import Frame
from backstretch.kinematics.landmarks import INDEX, SIDES, Landmarks
from backstretch.vision.stillness import Repeat
from backstretch.vision.tracking import has_jumped

SEARCH_EVERY_S = 2.0
"""How often the picture is searched for a second person, apart from following the first."""
SURE_AFTER = 2
"""Sightings of another person before they are reported: a single one may be a coat on a chair."""
JUMP_WITHIN_S = 1.0
"""Longest time between two detections that are compared for a jump."""
CLEARLY_SEEN = 0.75
"""Mean visibility from which what is found beside the person is somebody: others who come into the picture have
0.78 to 0.94; an arm or a shadow that is left beside a person on the floor has 0.48 to 0.73."""
MARGIN = 0.1
"""Widens the box around a body, as a share of its longer side."""
_TRUNK = [INDEX[f"{side}_{part}"] for part in ("shoulder", "hip") for side in SIDES]


@dataclass(frozen=True, eq=False)
class Detection:
    """What was found in one picture.

    Attributes:
        time_s: The picture's own time.
        marks: The person; None with nobody in view.
        others: Others in it, of whom one at the most is searched; None where there was no search.
        repeat: Since when its picture has come; None if that is not known, as for a new picture.
        backdrop: The picture made very small; see `vision.backdrop`.
    """

    time_s: float
    marks: Landmarks | None
    others: tuple[Landmarks, ...] | None = None
    repeat: Repeat | None = None
    backdrop: NDArray[np.uint8] | None = None


class Landmarker(Protocol):
    """Finds one person's landmarks in pictures given in order of time."""

    def look(self, frame: Frame) -> Landmarks | None:
        """Return the person's raw landmarks, or None with nobody in view."""

    def look_carefully(self, frame: Frame, models: Sequence[str]) -> Landmarks | None:
        """As `look`, but several times while somebody lies; see `careful_look`.

        ``models`` are those of `Pose.careful_look`; the first that is there is used.
        """

    def look_beside(self, frame: Frame, models: Sequence[str]) -> Landmarks | None:
        """As `look`, with what `look_carefully` would see as `Landmarks.careful` while somebody lies."""

    def restart(self) -> None:
        """Find the person afresh at the next look, wherever they were before."""

    def find_another(self, frame: Frame, marks: Landmarks) -> Landmarks | None:
        """Find somebody beside the person with these landmarks; apart from `look`."""

    def search(self, frame: Frame) -> Landmarks | None:
        """Look harder for somebody in a single picture in which `look` saw nobody; takes long."""


class VideoLandmarker(Landmarker, Protocol):
    """A landmarker for recordings, of which several can work at the same time."""

    def another(self, *, instead: bool = False) -> AbstractContextManager["VideoLandmarker"]:
        """Return a new landmarker of the same model, to be used at the same time or ``instead`` of this one."""


def open_landmarker(
    model: Path | None = None, careful_models: Sequence[str] = ()
) -> AbstractContextManager[VideoLandmarker]:
    """Return the landmarker for a model's file; the one inside the package when None.

    ``careful_models`` are those of a careful look that must not keep anybody waiting; see `Landmarker`.

    Raises:
        InputError: ``model`` is not a pose model.
        SetupError: The machine lacks a system library, or the package its model.
    """
    from backstretch.vision.mediapipe_landmarker import MediaPipeLandmarker  # noqa: PLC0415 - only what is used is loaded

    landmarker = MediaPipeLandmarker(model)
    if careful_models:
        landmarker.prepare(careful_models)
    return landmarker


def look(
    landmarker: Landmarker,
    frame: Frame,
    careful_models: Sequence[str] = (),
    *,
    is_beside: bool = False,
) -> Landmarks | None:
    """Look at the next picture, carefully where the poses in play ask for it; see `Landmarker`.

    Args:
        landmarker: Looks at it.
        frame: The picture.
        careful_models: Models of the careful look; empty for the usual look.
        is_beside: Whether the careful look comes beside the usual one.
    """
    if careful_models and is_beside:
        return landmarker.look_beside(frame, careful_models)
    if careful_models:
        return landmarker.look_carefully(frame, careful_models)
    return landmarker.look(frame)


class BystanderSearch:
    """Searches every `SEARCH_EVERY_S` for another person, which takes as long as finding the first.

    Args:
        landmarker: Searches the pictures.
    """

    def __init__(self, landmarker: Landmarker) -> None:
        self._landmarker = landmarker
        self._next_s = 0.0

    def search(self, frame: Frame, marks: Landmarks | None) -> tuple[Landmarks, ...] | None:
        """Find another person; None where nobody was found before or no search is due."""
        if marks is None or frame.time_s < self._next_s:
            return None
        self._next_s = frame.time_s + SEARCH_EVERY_S
        another = self._landmarker.find_another(frame, marks)
        return (another,) if another is not None and is_somebody_else(another, marks) else ()


def is_somebody_else(another: Landmarks, marks: Landmarks) -> bool:
    """Whether what was found beside a person is another one, and not a part of the same.

    Of somebody on hands and knees before the camera, or with the feet towards it, a part is taken for a body of
    its own: then the middle of one trunk lies within the other body.
    """
    if another.visibility.mean() < CLEARLY_SEEN:
        return False
    return not (_is_within(another, marks) or _is_within(marks, another))


def _is_within(body: Landmarks, other: Landmarks) -> bool:
    """Whether the middle of a body's trunk lies in the box around the other body."""
    middle = body.xy_px[_TRUNK].mean(axis=0)
    low, high = other.xy_px.min(axis=0), other.xy_px.max(axis=0)
    margin = MARGIN * (high - low).max()
    return bool(((middle > low - margin) & (middle < high + margin)).all())


class IdentityWatch:
    """Watches a stream of detections for signs that not always the same person is followed.

    Args:
        is_picture: Whether it is a single picture; then one sighting of another person is enough.
    """

    def __init__(self, *, is_picture: bool = False) -> None:
        self._sure_after = 1 if is_picture else SURE_AFTER
        self._times: list[float] = []
        self._jumps: list[float] = []
        self._before: tuple[float, Landmarks] | None = None
        self._in_a_row = 0

    @property
    def is_crowded(self) -> bool:
        """Whether another person was seen in each of the last `SURE_AFTER` searches (one of a picture)."""
        return self._in_a_row >= self._sure_after

    def push(self, detection: Detection) -> None:
        """Take the detection of the next picture."""
        if detection.marks is not None:
            self._follow(detection.time_s, detection.marks)
        if detection.others:
            self._times.append(detection.time_s)
            self._in_a_row += 1
        elif detection.others is not None:
            self._in_a_row = 0

    def _follow(self, time_s: float, marks: Landmarks) -> None:
        before, self._before = self._before, (time_s, marks)
        if before is None or time_s - before[0] > JUMP_WITHIN_S:
            return
        if has_jumped(before[1], marks):
            self._jumps.append(time_s)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Reasons to doubt who was judged: another person, jumps."""
        notices = []
        if len(self._times) >= self._sure_after:
            ends_s = {"first_s": self._times[0], "last_s": self._times[-1]}
            is_picture = self._sure_after == 1
            notices.append(Notice(NoticeKind.ANOTHER_PERSON, {} if is_picture else ends_s))
        if self._jumps:
            notices.append(Notice(NoticeKind.JUMPS, {"times_s": tuple(self._jumps)}))
        return tuple(notices)
