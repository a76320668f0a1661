"""The careful look: two looks are averaged, only while somebody lies; no tracker goes on from long ago."""

from dataclasses import replace

import numpy as np
import pytest

from backstretch.frame import Frame
from backstretch.kinematics.landmarks import INDEX
from backstretch.vision.careful_look import CarefulLook, MirroredPair, mean
from tests.figures import LEFT_SIDE, WH, Figure, figure_four, forward, standing

LYING, STANDING = figure_four().seen(LEFT_SIDE), standing().seen(LEFT_SIDE)
ANKLE = INDEX["left_ankle"]


def picture(number=0):
    image = np.zeros((WH[1], WH[0], 3), np.uint8)
    image[:, : WH[0] // 2] = 255
    return Frame(number, number / 10.0, image)


class Following:
    """A tracker that sees given bodies, one after the other, the last one for good."""

    def __init__(self, *bodies):
        self.bodies = list(bodies)
        self.log = []
        self.left_is_bright = []

    def look(self, frame):
        self.log.append("look")
        self.left_is_bright.append(bool(frame.image[0, 0, 0]))
        return self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]

    def restart(self):
        self.log.append("restart")


def shifts_px(seen):
    """How far the careful look beside each usual one is shifted; None without one."""
    return [
        None
        if marks.careful is None
        else round(float((marks.careful.xy_px - LYING.xy_px)[ANKLE, 0]))
        for marks in seen
    ]


def shifted(marks, x_px):
    return replace(marks, xy_px=marks.xy_px + np.array([x_px, 0.0]))


@pytest.fixture
def pair():
    pairs = []

    def make(plain, mirrored):
        pairs.append(MirroredPair(plain, mirrored))
        return pairs[-1]

    yield make
    for each in pairs:
        each.close()


class TestPair:
    def test_averages_a_look_with_one_at_the_mirror_image(self, pair):
        plain, mirrored = Following(LYING), Following(shifted(LYING, 20.0).mirrored())
        seen = pair(plain, mirrored).look(picture())
        assert seen.xy_px == pytest.approx(shifted(LYING, 10.0).xy_px, abs=1e-3)
        assert seen.world_m == pytest.approx(LYING.world_m, abs=1e-6)
        assert (plain.left_is_bright, mirrored.left_is_bright) == ([True], [False])

    @pytest.mark.parametrize("bodies", [(LYING, None), (None, LYING.mirrored())])
    def test_takes_one_look_where_the_other_finds_nobody(self, pair, bodies):
        seen = pair(*map(Following, bodies)).look(picture())
        assert seen is not None
        assert np.array_equal(seen.xy_px, LYING.xy_px)

    def test_sees_nobody_where_neither_does(self, pair):
        assert pair(Following(None), Following(None)).look(picture()) is None

    def test_restarts_both(self, pair):
        trackers = Following(LYING), Following(LYING)
        pair(*trackers).restart()
        assert [each.log for each in trackers] == [["restart"], ["restart"]]


def test_what_one_look_sees_is_seen():
    half = LYING.visibility.copy()
    half[ANKLE] = 0.1
    seen, hidden = LYING, replace(LYING, visibility=half)
    for one, other in ((seen, hidden), (hidden, seen)):
        assert mean(one, other).visibility == pytest.approx(LYING.visibility)


def test_the_mean_is_what_a_landmark_track_can_store():
    for values in vars(mean(LYING, shifted(LYING, 1.0 / 3.0))).values():
        if isinstance(values, np.ndarray):
            assert np.array_equal(values, values.astype(np.float32))


class TestWhileSomebodyLies:
    def test_somebody_who_stands_is_looked_at_as_usual(self):
        usual = Following(STANDING)
        careful = CarefulLook(usual, pytest.fail)
        assert [careful.look(picture(n)) for n in range(3)] == [STANDING] * 3
        assert usual.log == ["look"] * 3

    def test_from_lying_down_to_getting_up_the_careful_tracker_looks(self):
        usual = Following(STANDING, LYING, STANDING)
        by_pair = Following(shifted(LYING, 5.0), shifted(LYING, 6.0), STANDING)
        careful = CarefulLook(usual, lambda: by_pair)
        seen = [careful.look(picture(n)) for n in range(5)]
        lying = [marks.xy_px - LYING.xy_px for marks in seen[1:3] if marks]
        assert [float(moved_px[ANKLE, 0]) for moved_px in lying] == [5, 6]
        assert (seen[0], seen[3], seen[4]) == (STANDING, STANDING, STANDING)
        assert by_pair.log == ["restart", "look", "look", "look"]
        assert usual.log == ["look", "look", "restart", "restart", "restart", "look"]

    @pytest.mark.parametrize(
        ("trunk_deg", "looks"), [(-30.0, 0), (-50.0, 1), (-90.0, 1), (100.0, 0)]
    )
    def test_lying_reads_less_flat_from_the_feet_and_face_down_is_not_lying(self, trunk_deg, looks):
        by_pair = Following(LYING)
        body = Figure(forward(trunk_deg)).seen(LEFT_SIDE)
        CarefulLook(Following(body), lambda: by_pair).look(picture())
        assert by_pair.log.count("look") == looks

    def test_it_can_be_opened_beforehand_and_then_looks_afresh(self):
        by_pair = Following(STANDING, LYING)
        careful = CarefulLook(Following(LYING), lambda: by_pair)
        careful.prepare(picture(0))
        assert careful.look(picture(1)) is LYING
        assert by_pair.log == ["look", "restart", "look"]

    def test_what_the_careful_tracker_does_not_find_is_looked_for_as_usual(self):
        careful = CarefulLook(Following(LYING), lambda: Following(None))
        assert careful.look(picture()) is LYING

    def test_after_pictures_of_another_stretch_it_starts_afresh(self):
        by_pair = Following(LYING)
        careful = CarefulLook(Following(LYING), lambda: by_pair)
        careful.look(picture(0))
        careful.leave()
        careful.look(picture(1))
        assert by_pair.log == ["restart", "look"] * 2


class TestBesideTheUsualLook:
    def test_the_usual_tracker_looks_at_every_picture_and_the_careful_one_while_somebody_lies(self):
        usual = Following(STANDING, LYING, LYING, LYING, STANDING, STANDING)
        by_pair = Following(shifted(LYING, 5.0), shifted(LYING, 6.0), LYING, STANDING)
        careful = CarefulLook(usual, lambda: by_pair)
        seen = [careful.look_beside(picture(n)) for n in range(6)]
        assert [marks and marks.xy_px.tolist() for marks in seen] == [
            marks.xy_px.tolist() for marks in (STANDING, LYING, LYING, LYING, STANDING, STANDING)
        ]
        assert shifts_px([*seen[:4], seen[5]]) == [None, 5, 6, 0, None]
        assert usual.log == ["look"] * 6
        assert by_pair.log == ["restart", *["look"] * 4]

    def test_it_goes_on_where_only_the_careful_look_sees_somebody_lying(self):
        careful = CarefulLook(Following(LYING, STANDING), lambda: Following(LYING))
        assert shifts_px(careful.look_beside(picture(n)) for n in range(3)) == [0, 0, 0]

    def test_pictures_that_follow_quickly_share_a_careful_look(self):
        by_pair = Following(LYING)
        careful = CarefulLook(Following(LYING), lambda: by_pair)
        times_s = [0.0, 1 / 24, 2 / 24, 3 / 24, 4 / 24]
        image = picture().image
        seen = [careful.look_beside(Frame(n, t, image)) for n, t in enumerate(times_s)]
        assert shifts_px(seen) == [0] * 5
        assert by_pair.log.count("look") == 3

    def test_nobody_is_nobody(self):
        assert CarefulLook(Following(None), pytest.fail).look_beside(picture()) is None
