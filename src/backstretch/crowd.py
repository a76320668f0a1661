"""One person: noticing when there is another, or when the one who is followed changes."""

import numpy as np

from backstretch.frame import Frame
from backstretch.landmarker import Landmarker
from backstretch.landmarks import INDEX, SIDES, Floats, Landmarks
from backstretch.looking import Seen
from backstretch.notices import Notice, NoticeKind

LOOK_EVERY_S = 2.0
"""How often the picture is searched for a second person, apart from following the first."""
SURE_AFTER = 2
"""Sightings before it is said: a single one may be a coat on a chair."""
JUMP = 0.7
"""A trunk that moves by this much of the body's size at once belongs to somebody else, or to nobody: on
clips and recordings of one person it moves by less than half, unless the detector lost them."""
JUMP_WITHIN_S = 1.0
_TRUNK = [INDEX[f"{side}_{part}"] for part in ("shoulder", "hip") for side in SIDES]


class Crowd:
    """Watches for others while one person is followed.

    Args:
        landmarker: Looks for somebody beside the one who is followed.
        is_picture: Whether there is a single picture; then one sighting is enough.
    """

    def __init__(self, landmarker: Landmarker, *, is_picture: bool = False) -> None:
        self._landmarker = landmarker
        self._sure_after = 1 if is_picture else SURE_AFTER
        self._next_s = 0.0
        self._times: list[float] = []
        self._jumps: list[float] = []
        self._before: tuple[float, Floats] | None = None
        self._in_a_row = 0

    @property
    def is_crowded(self) -> bool:
        """Whether somebody else was there the last times that were looked at."""
        return self._in_a_row >= self._sure_after

    def look(self, frame: Frame, marks: Landmarks | None, *, searches: bool = True) -> None:
        """Take one picture and the person who was found in it.

        ``searches`` allows to look for others, which takes as long as looking for the one.
        """
        another = self.search(frame, marks) if searches else None
        self.take(Seen(frame.time_s, marks, another))

    def search(self, frame: Frame, marks: Landmarks | None) -> bool | None:
        """Whether there is somebody beside a person; None where it is not time to look for that."""
        if marks is None or frame.time_s < self._next_s:
            return None
        self._next_s = frame.time_s + LOOK_EVERY_S
        return self._landmarker.sees_another(frame, marks)

    def take(self, seen: Seen) -> None:
        """Take who was seen in one picture."""
        if seen.marks is not None:
            self._follow(seen.time_s, seen.marks)
        if seen.another:
            self._times.append(seen.time_s)
            self._in_a_row += 1
        elif seen.another is not None:
            self._in_a_row = 0

    def _follow(self, time_s: float, marks: Landmarks) -> None:
        trunk = marks.xy_px[_TRUNK].mean(axis=0)
        size_px = float(np.linalg.norm(np.ptp(marks.xy_px, axis=0)))
        before, self._before = self._before, (time_s, trunk)
        if before is None or time_s - before[0] > JUMP_WITHIN_S:
            return
        if np.linalg.norm(trunk - before[1]) > JUMP * size_px:
            self._jumps.append(time_s)

    @property
    def warnings(self) -> tuple[Notice, ...]:
        """What makes it unsure who was judged."""
        said = []
        if len(self._times) >= self._sure_after:
            ends_s = {"first_s": self._times[0], "last_s": self._times[-1]}
            said.append(Notice(NoticeKind.ANOTHER_PERSON, {} if self._sure_after == 1 else ends_s))
        if self._jumps:
            said.append(Notice(NoticeKind.JUMPS, {"times_s": tuple(self._jumps)}))
        return tuple(said)
