"""Views: where the camera stands, in the body's own axes and in words."""

import math

import numpy as np
import pytest

from backstretch.kinematics.view import VIEWS, View
from tests.figures import Figure, forward, measured, pair, standing


@pytest.mark.parametrize(
    ("left_up_forward", "azimuth_deg", "elevation_deg"),
    [
        ((0, 0, 1), 0, 0),
        ((1, 0, 0), 90, 0),
        ((-1, 0, 0), -90, 0),
        ((0, 0, -1), 180, 0),
        ((1, 0, 1), 45, 0),
        ((0, 1, 1), 0, 45),
        ((0, -3, 0), 0, -90),
    ],
)
def test_a_view_is_told_from_the_direction_to_the_camera(
    left_up_forward, azimuth_deg, elevation_deg
):
    view = View.of(np.array(left_up_forward, float))
    assert (view.azimuth_deg, view.elevation_deg) == pytest.approx((azimuth_deg, elevation_deg))


@pytest.mark.parametrize("camera_deg", [-150.0, -90.0, -20.0, 0.0, 35.0, 90.0, 170.0])
def test_the_azimuth_is_the_cameras_for_a_standing_body(camera_deg):
    view = View.of(measured(standing().seen(camera_deg)).camera[0])
    assert view.azimuth_deg == pytest.approx(camera_deg)


def test_someone_on_their_back_is_seen_from_the_feet_and_the_side():
    supine = Figure(forward(-90.0), thighs=pair(forward(90.0)), shanks=pair(forward(90.0)))
    view = View.of(measured(supine.seen(55.0)).camera[0])
    assert (view.azimuth_deg, view.elevation_deg) == pytest.approx((90.0, -35.0))


@pytest.mark.parametrize(
    ("view", "name", "off_deg"),
    [
        (View(0, 0), "front", 0),
        (View(40, 0), "front", 40),
        (View(-70, 0), "side", 20),
        (View(110, 0), "side", 20),
        (View(0, 0), "side", 90),
        (View(-170, 0), "back", 10),
        (View(0, 30), "front", 30),
        (View(-45, 0), "front_45", 0),
        (View(-80, -35), "foot_side_45", 0),
        (View(0, 90), "front", 90),
    ],
)
def test_off_is_the_angle_to_the_nearest_allowed_direction(view, name, off_deg):
    assert view.off(name) == pytest.approx(off_deg, abs=1e-5)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_nothing_off_itself(name):
    assert [direction.off(name) for direction in VIEWS[name]] == pytest.approx(
        [0.0] * len(VIEWS[name]), abs=1e-5
    )


@pytest.mark.parametrize("name", VIEWS)
def test_named_views_do_not_prefer_a_side(name):
    mirrored = [View(-view.azimuth_deg, view.elevation_deg) for view in VIEWS[name]]
    assert [view.off(name) for view in mirrored] == pytest.approx([0.0] * len(mirrored), abs=1e-5)


def test_off_agrees_with_the_dot_product_of_directions():
    one, other = np.array((0.3, -0.5, 0.8)), np.array((0.0, 0.0, 1.0))
    expected = math.degrees(math.acos(one @ other / np.linalg.norm(one)))
    assert View.of(one).off("front") == pytest.approx(expected)


@pytest.mark.parametrize(
    ("azimuth_deg", "words"),
    [
        (0, "from the front"),
        (-25, "from the front"),
        (40, "from between the front and the left side, 40° off the front"),
        (-90, "from the right side"),
        (115, "from the left side"),
        (-130, "from behind the right side, 40° off the side"),
        (180, "from behind"),
    ],
)
def test_a_view_has_words(azimuth_deg, words):
    assert View(azimuth_deg, 0).words == words
