"""The face in the annotated video: unrecognisable where it is known, and everything where it is not."""

from dataclasses import replace

import numpy as np
import pytest

from backstretch.display.pictures.face_blur import BLOCKS, blur_face, head_of
from tests.display.test_overlay import step_of
from tests.figures import FRONT, LEFT_SIDE, standing

WH = standing().seen(FRONT).image_wh
FACE = ("nose", "left_eye", "right_ear", "mouth_left")


def noise():
    """A picture in which every pixel differs from its neighbours."""
    return np.random.default_rng(7).integers(0, 256, (WH[1], WH[0], 3), dtype=np.uint8)


def step_at(time_s, marks):
    return (
        replace(step_of(marks), time_s=time_s)
        if marks
        else replace(step_of(standing().seen(FRONT)), time_s=time_s, landmarks=None)
    )


def moved(marks, by_px):
    return replace(marks, xy_px=marks.xy_px + by_px)


def is_blurred(picture, xy):
    """Whether a place and those around it have the colour of one block."""
    x, y = np.round(xy).astype(int)
    return len(np.unique(picture[y - 1 : y + 1, x - 1 : x + 1].reshape(-1, 3), axis=0)) <= 2


def share_changed(before, after):
    return float((before != after).any(axis=2).mean())


@pytest.mark.parametrize("view", [FRONT, LEFT_SIDE])
class TestFace:
    def test_is_made_of_a_few_blocks(self, view):
        marks, picture = standing().seen(view), noise()
        blurred = blur_face(picture, 1.0, step_at(1.0, marks), step_at(1.0, marks))
        head = head_of(marks)
        x, y, r = (*np.round(head.middle_px).astype(int), int(head.radius_px * 0.7))
        inside = blurred[y - r : y + r, x - r : x + r].reshape(-1, 3)
        assert len(np.unique(inside, axis=0)) <= (BLOCKS + 1) ** 2
        assert all(is_blurred(blurred, xy) for xy in marks.xy_px[:11])

    def test_alone_is_changed(self, view):
        marks, picture = standing().seen(view), noise()
        blurred = blur_face(picture, 1.0, step_at(1.0, marks), step_at(1.0, marks))
        assert share_changed(picture, blurred) < 0.08
        assert (picture == noise()).all()


class TestMovingFace:
    def test_is_covered_on_its_whole_way(self):
        here, picture = standing().seen(FRONT), noise()
        there = moved(here, (60.0, 25.0))
        blurred = blur_face(picture, 1.2, step_at(1.0, here), step_at(1.4, there))
        middle = (head_of(here).middle_px + head_of(there).middle_px) / 2
        for place in (head_of(here).middle_px, middle, head_of(there).middle_px):
            assert is_blurred(blurred, place)
        assert share_changed(picture, blurred) < 0.2

    def test_at_the_rim_is_no_fault(self):
        marks = moved(standing().seen(FRONT), (-WH[0] / 2, -WH[1]))
        blur_face(noise(), 1.0, step_at(1.0, marks), step_at(1.0, marks))


class TestUnknownFace:
    @pytest.mark.parametrize(
        ("before", "after"),
        [((1.0, False), (1.2, True)), ((1.0, True), (1.2, False)), ((1.0, True), (2.5, True))],
        ids=["nobody before", "nobody after", "too long"],
    )
    def test_makes_the_whole_picture_unrecognisable(self, before, after):
        marks, picture = standing().seen(FRONT), noise()
        steps = [step_at(time_s, marks if is_seen else None) for time_s, is_seen in (before, after)]
        blurred = blur_face(picture, 1.1, *steps)
        assert share_changed(picture, blurred) > 0.95

    def test_before_the_first_look_is_anywhere(self):
        picture = noise()
        blurred = blur_face(picture, 0.0, None, step_at(0.4, standing().seen(FRONT)))
        assert share_changed(picture, blurred) > 0.95
