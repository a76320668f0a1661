"""The line across the head, estimated from ears that show two thirds of a tilt."""

import numpy as np
import pytest

from backstretch.kinematics.landmarks import Floats
from backstretch.vision.head_line import line_by_ears
from tests.figures import BACK, FRONT, Figure


def line_deg(tilt_deg: float, camera_deg: float = FRONT) -> float:
    return float(line_by_ears(Figure(tilt_deg=tilt_deg).seen(camera_deg).xy_px))


@pytest.mark.parametrize("read_deg", [-24.0, 0.0, 10.0, 24.0])
def test_a_tilt_is_half_as_much_again_as_the_ears_show(read_deg):
    assert line_deg(read_deg) == pytest.approx(-1.5 * read_deg)


def test_it_is_counted_from_the_shoulders():
    level = Figure(tilt_deg=20.0).seen(FRONT).xy_px
    turn = np.radians(10.0)
    turned = level @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    assert float(line_by_ears(turned)) == pytest.approx(-30.0 - 10.0)


def test_from_behind_the_head_tilts_to_the_same_side_of_the_body():
    assert abs(line_deg(20.0, BACK)) == pytest.approx(180.0 - 30.0)


def test_many_moments_are_estimated_at_once_and_nobody_has_no_line():
    body = Figure(tilt_deg=20.0).seen(FRONT).xy_px
    lines: Floats = line_by_ears(np.stack([body, np.full_like(body, np.nan)]))
    assert lines == pytest.approx([-30.0, np.nan], nan_ok=True)
