"""The clock of a recording: stray times cost one picture, and a clock that begins again goes on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.vision.clock import BACK_S, LEAP_S, RecordingClock

STEP_S = 0.04


def clocked(*stated_s):
    """The times that the clock gives, and when it began again."""
    clock = RecordingClock(((time_s, n) for n, time_s in enumerate(stated_s)), STEP_S)
    given_back = list(clock)
    assert [n for _, n in given_back] == list(range(len(stated_s)))
    return [time_s for time_s, _ in given_back], clock.restarts_s


@given(st.lists(st.floats(0.0, LEAP_S), max_size=50))
def test_times_that_only_grow_stay_as_they_are(steps_s):
    times_s = [sum(steps_s[: n + 1]) for n in range(len(steps_s))]
    assert clocked(*times_s) == (pytest.approx(times_s), [])


def test_one_that_is_far_too_late_cannot_be_used():
    assert clocked(0.0, 0.04, 600.0, 0.08, 0.12) == ([0.0, 0.04, None, 0.08, 0.12], [])


def test_a_gap_without_pictures_is_a_gap():
    times_s = [0.0, 0.04, 9.0, 9.04, 30.0]
    assert clocked(*times_s) == (times_s, [])


def test_pictures_far_apart_are_no_strays():
    times_s = [n * 2.0 * LEAP_S for n in range(10)]
    assert clocked(*times_s) == (times_s, [])


def test_a_clock_that_begins_again_goes_on_a_step_later():
    times_s, restarts_s = clocked(0.0, 1.0, 2.0, 3.0, 0.0, 1.0, 2.0, 0.5, 1.5)
    assert times_s == pytest.approx([0.0, 1.0, 2.0, 3.0, 3.04, 4.04, 5.04, 5.08, 6.08])
    assert restarts_s == pytest.approx([3.04, 5.08])


def test_a_single_one_that_is_far_too_early_cannot_be_used():
    assert clocked(10.0, 10.04, 2.0, 10.08, 10.12, 1.0)[0] == [
        10.0,
        10.04,
        None,
        10.08,
        10.12,
        None,
    ]


def test_a_small_step_back_is_left_to_the_reader():
    assert clocked(0.0, 2.0, 2.0 - BACK_S / 2, 2.04)[0] == [0.0, 2.0, 2.0 - BACK_S / 2, 2.04]


def test_pictures_without_a_time_have_none():
    assert clocked(0.0, None, 0.08, None) == ([0.0, None, 0.08, None], [])


@given(st.lists(st.none() | st.floats(-1e6, 1e6), max_size=30))
def test_whatever_is_stated_no_time_is_far_before_the_latest(stated_s):
    latest_s = 0.0
    for time_s in clocked(*stated_s)[0]:
        if time_s is not None:
            assert time_s >= latest_s - BACK_S - 1e-6
            latest_s = max(latest_s, time_s)
