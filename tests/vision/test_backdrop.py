"""A camera that moves is noticed by what it sees around the person, and by nothing that the person does."""

import numpy as np
import pytest

from backstretch.errors import NoticeKind
from backstretch.kinematics.landmarks import Landmarks
from backstretch.vision.backdrop import (
    BACKDROP_HW,
    STEADY_S,
    TILE,
    CameraWatch,
    backdrop_of,
    moves_s,
)
from tests.figures import FRONT, standing

STEP_S = 0.1
RNG = np.random.default_rng(4)
WIDE = RNG.uniform(60, 190, (40, 60)).astype(np.float32)
BODY = standing().seen(FRONT)


def seen_from(left):
    """What a camera sees that has been turned by a number of points."""
    rows, columns = BACKDROP_HW
    return WIDE[8 : 8 + rows, left : left + columns]


def moved_s(views, marks=BODY):
    """When the camera is found to have moved, with a picture every `STEP_S`."""
    watch = CameraWatch()
    for number, view in enumerate(views):
        watch.push(number * STEP_S, backdrop_of(view), marks)
    return watch.moved_s


def test_a_camera_that_is_knocked_is_noticed_at_once_and_once():
    assert moved_s([seen_from(0)] * 30 + [seen_from(5)] * 30) == pytest.approx([3.0])


def test_each_time():
    views = [*[seen_from(0)] * 30, *[seen_from(5)] * 30, *[seen_from(0)] * 30]
    assert moved_s(views) == pytest.approx([3.0, 6.0])


def test_one_that_is_held_in_a_hand_is_never_steady():
    often = round(STEADY_S / STEP_S) - 2
    assert moved_s([seen_from(5 * (n // often % 2)) for n in range(100)]) == []


def test_light_that_changes_is_no_movement():
    assert moved_s([seen_from(0)] * 30 + [0.5 * seen_from(0) + 20] * 30) == []


def test_somebody_who_hides_half_of_the_room_is_none():
    hidden = seen_from(0).copy()
    hidden[:, :16] = RNG.uniform(60, 190, (24, 16))
    assert moved_s([seen_from(0)] * 30 + [hidden] * 30) == []


def test_what_happens_where_the_person_is_is_none():
    views = [seen_from(0)] * 30 + [RNG.uniform(60, 190, BACKDROP_HW)] * 30
    everywhere = np.array([[0, 0], [640, 480]] + [[320, 240]] * 31, float)
    whole = Landmarks(everywhere, BODY.world_m, BODY.visibility, (640, 480))
    assert moved_s(views, whole) == []
    assert moved_s(views)


def test_pictures_with_nobody_in_view_are_passed_over():
    watch = CameraWatch()
    for number in range(90):
        view, marks = (seen_from(0), BODY) if number < 30 else (seen_from(5), None)
        watch.push(number * STEP_S, backdrop_of(view), BODY if number >= 60 else marks)
    assert watch.moved_s == pytest.approx([6.0])


def test_before_a_plain_wall_nothing_can_be_told():
    plain = np.full(BACKDROP_HW, 120.0)
    plain[:TILE, : 2 * TILE] = seen_from(0)[:TILE, : 2 * TILE]
    assert moved_s([plain] * 30 + [np.roll(plain, 6, axis=1)] * 30) == []


def test_a_picture_that_is_too_small_or_damaged_is_passed_over():
    nothing = np.empty((0, 0), np.float32)
    assert moved_s([seen_from(0)] * 30 + [nothing] * 5 + [seen_from(0)] * 30) == []


def test_a_backdrop_is_the_mean_of_its_parts():
    glance = np.kron(seen_from(0), np.ones((2, 2))).astype(np.float32)
    backdrop = backdrop_of(glance)
    assert backdrop is not None
    assert np.array_equal(backdrop, seen_from(0).astype(np.uint8))


def test_it_is_noted_when():
    watch = CameraWatch()
    for number in range(60):
        watch.push(number * STEP_S, backdrop_of(seen_from(0 if number < 30 else 5)), BODY)
    (notice,) = watch.notices
    assert notice.kind is NoticeKind.CAMERA_MOVED
    assert moves_s(watch.notices) == set(watch.moved_s)
    assert CameraWatch().notices == ()
