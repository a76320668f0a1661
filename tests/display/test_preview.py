"""What is shown of a stretch beforehand: moving, or drawn, as a mirror shows it, and without waiting for it."""

from dataclasses import replace
from functools import partial
from threading import Event

import numpy as np
import pytest

from backstretch.display.pictures.canvas import DARK, Box, fit_into
from backstretch.display.pictures.demonstration import HELD_AT_S, load_demonstration
from backstretch.display.pictures.preview import Previews, Shelf
from backstretch.judging.matching import Form
from tests.library import LIBRARY

POSE = LIBRARY.poses["standing_side_bend"]
OWN = replace(POSE, id="my_own")
BOX = Box(10, 20, 240, 180)


def sheet():
    return np.full((220, 280, 3), DARK, np.uint8)


def cut(picture):
    return picture[BOX.y : BOX.y + BOX.h, BOX.x : BOX.x + BOX.w]


@pytest.fixture(scope="module")
def previews():
    """Previews that have all been made."""
    made = Previews()
    for pose in (POSE, OWN):
        for side in ("left", "right"):
            made.show_moving(Form(pose, side), 0.0, sheet(), BOX)
            made.wait()
            made.show_still(Form(pose, side), sheet(), BOX)
            made.show_moving(Form(pose, side), 0.0, sheet(), BOX)
    made.wait()
    return made


def moving(previews, form, time_s=HELD_AT_S):
    picture = sheet()
    previews.show_moving(form, time_s, picture, BOX)
    return picture


def still(previews, form):
    picture = sheet()
    previews.show_still(form, picture, BOX)
    return picture


class TestMoving:
    def test_of_the_right_side_is_the_mirror_image(self, previews):
        left, right = (cut(moving(previews, Form(POSE, side))) for side in ("left", "right"))
        assert np.abs(left[:, ::-1].astype(int) - right).mean() < 2
        assert np.abs(left.astype(int) - right).mean() > 5

    def test_of_the_left_side_is_what_a_mirror_shows(self, previews):
        expected, demonstration = sheet(), load_demonstration(POSE)
        assert demonstration is not None
        fit_into(demonstration.at(HELD_AT_S), BOX, expected, mirrored=True)
        assert np.array_equal(moving(previews, Form(POSE, "left")), expected)

    def test_moves_with_the_time(self, previews):
        rest, held = (moving(previews, Form(POSE, "left"), t) for t in (0.0, HELD_AT_S))
        assert (rest != held).any(axis=2).mean() > 0.05

    def test_without_a_demonstration_is_the_drawing(self, previews):
        form = Form(OWN, "left")
        assert np.array_equal(moving(previews, form), still(previews, form))
        assert (moving(previews, form) != sheet()).any()

    def test_without_a_figure_either_is_nothing(self):
        form = Form(replace(OWN, figure={}), "left")
        previews = Previews()
        for _ in range(2):
            picture = sheet()
            assert previews.show_moving(form, 0.0, picture, BOX) is None
            assert previews.show_still(form, picture, BOX) is None
            assert np.array_equal(picture, sheet())
            previews.wait()


class TestStill:
    def test_stays_within_its_box(self, previews):
        picture = still(previews, Form(POSE, "left"))
        cut(picture)[:] = DARK
        assert np.array_equal(picture, sheet())

    def test_has_the_worked_side_where_a_mirror_shows_it(self, previews):
        tags = []
        for side in ("left", "right"):
            picture = cut(still(previews, Form(POSE, side))).astype(int)
            orange = picture[:, :, 0] - picture[:, :, 2] > 120
            tags.append(np.nonzero(orange)[1].mean())
        assert tags[0] < BOX.w / 2 < tags[1]


class TestShelf:
    def test_never_waits_for_what_is_being_made(self):
        shelf: Shelf[bool] = Shelf(2)
        may_end = Event()
        assert shelf.get("a", lambda: may_end.wait(5.0)) is None
        assert shelf.get("a", lambda: pytest.fail("made twice")) is None
        may_end.set()
        shelf.wait()
        assert shelf.get("a", lambda: pytest.fail("made twice")) is True

    def test_forgets_what_was_not_asked_for_longest(self):
        shelf: Shelf[None] = Shelf(2)
        made: list[str] = []
        for key in ("a", "b", "a", "c", "a", "b"):
            shelf.get(key, partial(made.append, key))
            shelf.wait()
        assert made == ["a", "b", "c", "b"]
