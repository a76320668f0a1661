"""Pictures of several people, and a landmarker that finds the first of them that is not painted over."""

import numpy as np

from backstretch.frame import Frame
from backstretch.kinematics.landmarks import Landmarks
from tests.figures import WH
from tests.landmarkers import Blind

DOTS = (
    np.random.default_rng(5)
    .choice(np.array([0, 255], np.uint8), (WH[1], WH[0], 1))
    .repeat(3, axis=2)
)


def beside(marks, by_px):
    """The same body further to the right, or to the left where that is negative."""
    return Landmarks(
        marks.xy_px + np.array([by_px, 0.0]), marks.world_m, marks.visibility, marks.image_wh
    )


def picture(time_s, index=0):
    """One of pictures that differ from the one before."""
    return Frame(index, time_s, np.roll(DOTS, index, axis=1))


class Gallery(Blind):
    """Finds people in pictures of `picture`.

    Args:
        people: Gives those who are in a picture at a time, the most conspicuous first.
    """

    def __init__(self, people):
        self._people = people
        self._followed = None
        self.restarts = 0

    def look(self, frame):
        there = self._visible(frame)
        if self._followed is None or self._followed >= len(self._people(frame.time_s)):
            self._followed = there[0] if there else None
        return None if self._followed is None else self._people(frame.time_s)[self._followed]

    def find_another(self, frame, marks):
        people = self._people(frame.time_s)
        others = [
            people[n]
            for n in self._visible(frame)
            if not np.array_equal(people[n].xy_px, marks.xy_px)
        ]
        return others[0] if others else None

    def search(self, frame):
        return self.look(frame)

    def restart(self):
        self.restarts += 1
        self._followed = None

    def _visible(self, frame):
        """Numbers of those whose trunk is not painted over."""
        middles = [body.xy_px.mean(axis=0).astype(int) for body in self._people(frame.time_s)]
        return [n for n, (x, y) in enumerate(middles) if frame.image[y, x, 0] in {0, 255}]
