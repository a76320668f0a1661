"""Cuts: an upright body that is seen from elsewhere all at once."""

import pytest

from backstretch.kinematics.cuts import CUT_FROM_DEG, KNOWN_AFTER_S, CutWatch
from backstretch.kinematics.view import View
from tests.figures import every, value_at


def cuts_of(azimuth_deg, times):
    """(when it is noticed, when it was) of each cut; an azimuth of None is no upright body."""
    watch = CutWatch()
    found = []
    for time_s in map(float, times):
        azimuth = azimuth_deg(time_s)
        cut_s = watch.push(time_s, None if azimuth is None else View(azimuth, 5.0))
        if cut_s is not None:
            found.append((time_s, cut_s))
    return found


@pytest.mark.parametrize("fps", [5.0, 12.0, 30.0])
@pytest.mark.parametrize("to_deg", [45.0, -90.0, 180.0])
def test_a_sudden_change_of_the_view_is_a_cut(fps, to_deg):
    ((noticed_s, cut_s),) = cuts_of(lambda t: 0.0 if t < 3.0 else to_deg, every(fps, 6.0))
    assert cut_s == pytest.approx(3.0, abs=1.0 / fps)
    assert noticed_s - cut_s <= KNOWN_AFTER_S


def test_every_cut_is_found():
    found = cuts_of(lambda t: 60.0 * (int(t / 2.0) % 2), every(25.0, 7.0))
    assert [cut_s for _, cut_s in found] == pytest.approx([2.0, 4.0, 6.0])


@pytest.mark.parametrize("fps", [10.0, 30.0])
def test_somebody_who_turns_is_not_cut(fps):
    keys = [(0.0, 0.0), (2.0, 0.0), (2.6, 90.0), (5.0, 90.0)]
    assert cuts_of(lambda t: value_at(keys, t), every(fps, 5.0)) == []


def test_a_small_change_is_no_cut():
    deg = CUT_FROM_DEG - 1.0
    assert cuts_of(lambda t: 0.0 if t < 3.0 else deg, every(25.0, 6.0)) == []


def test_a_view_that_jumps_for_a_moment_is_no_cut():
    assert cuts_of(lambda t: 120.0 if 3.0 <= t < 3.2 else 0.0, every(25.0, 6.0)) == []


def test_a_body_that_was_not_upright_in_between_is_not_cut():
    def azimuth_deg(t):
        return None if 3.0 <= t < 3.5 else 90.0 * (t >= 3.5)

    assert cuts_of(azimuth_deg, every(25.0, 6.0)) == []
