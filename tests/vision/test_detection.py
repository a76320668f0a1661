"""One person is followed; what makes that unsure is said."""

import numpy as np
import pytest

from backstretch.frame import Frame
from backstretch.judging.wording import describe_notice
from backstretch.kinematics.landmarks import Landmarks
from backstretch.vision.detection import SURE_AFTER, BystanderSearch, Detection, IdentityWatch
from tests.figures import FRONT, standing

BODY = standing().seen(FRONT)


class Others:
    """A landmarker that sees a body in the first so many pictures it searches."""

    def __init__(self, sightings=0, body=None):
        self.left, self.body = sightings, body

    def look(self, frame):
        raise NotImplementedError

    def look_beside(self, frame, models):
        raise NotImplementedError

    def look_carefully(self, frame, models):
        raise NotImplementedError

    def search(self, frame):
        raise NotImplementedError

    def restart(self):
        raise NotImplementedError

    def find_another(self, frame, marks):  # noqa: ARG002
        self.left -= 1
        return self.body if self.left >= 0 else None


def frame(time_s):
    return Frame(round(time_s * 10), time_s, np.zeros((480, 640, 3), np.uint8))


def moved(by_px):
    return Landmarks(np.add(BODY.xy_px, (by_px, 0.0)), BODY.world_m, BODY.visibility, BODY.image_wh)


def smaller(body, share, visibility=1.0):
    middle = body.xy_px.mean(axis=0)
    xy_px = middle + share * (body.xy_px - middle)
    return Landmarks(xy_px, body.world_m, visibility * body.visibility, body.image_wh)


def said(places, sightings=0, other=None, *, is_picture=False):
    bystanders = BystanderSearch(Others(sightings, other or moved(400.0)))
    identity = IdentityWatch(is_picture=is_picture)
    for time_s, body in places:
        others = bystanders.search(frame(time_s), body)
        identity.push(Detection(time_s, body, others))
    return tuple(map(describe_notice, identity.notices))


ALONE = [(t, BODY) for t in np.arange(0.0, 10.0, 0.5)]


def test_of_one_person_alone_nothing_is_said():
    assert said(ALONE) == ()


def test_another_person_who_is_seen_twice_is_said():
    (words,) = said(ALONE, SURE_AFTER)
    assert words.startswith("another person is in the picture between 0 and 2 s")


def test_one_sighting_may_be_a_coat_on_a_chair():
    assert said(ALONE, SURE_AFTER - 1) == ()


def test_in_a_photograph_one_sighting_is_enough():
    (words,) = said(ALONE[:1], 1, is_picture=True)
    assert words.startswith("another person is in the picture;")


@pytest.mark.parametrize(
    "part",
    [smaller(BODY, 0.3), smaller(BODY, 5.0), moved(20.0), smaller(moved(400.0), 0.5, 0.6)],
    ids=["a leg", "the whole of it", "the same again", "hardly seen"],
)
def test_a_part_of_the_same_body_is_not_another_person(part):
    assert said(ALONE, 10, part) == ()


def test_a_body_that_jumps_across_the_picture_may_be_somebody_else():
    (words,) = said([(0.0, BODY), (0.5, BODY), (0.6, moved(300.0)), (0.7, moved(300.0))])
    assert words.startswith("at 0.6 s what is followed jumps")


@pytest.mark.parametrize(
    "places",
    [
        [(t, moved(150.0 * t)) for t in np.arange(0.0, 3.0, 0.1)],
        [(0.0, BODY), (5.0, moved(300.0))],
        [(0.0, BODY), (0.1, None), (0.2, BODY)],
    ],
    ids=["walks", "comes back elsewhere", "is lost for a moment"],
)
def test_who_does_not_jump_is_the_same(places):
    assert said(places) == ()
