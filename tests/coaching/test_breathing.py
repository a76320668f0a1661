"""The pace of breathing: a wave between empty and full that eases at both ends."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.coaching.scene import BREATHS_A_MINUTE, INHALING, LIMITS, breath_at

BREATH_S = 60.0 / BREATHS_A_MINUTE
seconds = st.floats(0.0, 3600.0)
rates = st.floats(*LIMITS)


def fullness(share, breaths_a_minute=BREATHS_A_MINUTE):
    """How full the lungs are that share of a breath after it began."""
    return breath_at(share * 60.0 / breaths_a_minute, breaths_a_minute).fullness


def test_a_breath_begins_empty_and_going_in():
    breath = breath_at(0.0)
    assert (breath.fullness, breath.inhaling) == (0.0, True)


def test_breathing_in_takes_four_parts_of_nine():
    turns_s = 4.0 / 9.0 * BREATH_S
    assert breath_at(turns_s - 1e-6).inhaling
    assert not breath_at(turns_s + 1e-6).inhaling


@pytest.mark.parametrize("rate", [LIMITS[0], BREATHS_A_MINUTE, LIMITS[1]])
def test_at_the_end_of_breathing_in_it_is_full(rate):
    assert fullness(INHALING, rate) == pytest.approx(1.0)


@given(rates, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_breathing_in_never_gets_emptier(rate, one, other):
    early, late = sorted((one * INHALING, other * INHALING))
    assert fullness(early, rate) <= fullness(late, rate) + 1e-9


@given(rates, st.floats(0.0, 0.999), st.floats(0.0, 0.999))
def test_breathing_out_never_gets_fuller(rate, one, other):
    early, late = sorted(INHALING + (1.0 - INHALING) * share for share in (one, other))
    assert fullness(early, rate) >= fullness(late, rate) - 1e-9


@given(seconds, rates, st.integers(1, 100))
def test_every_breath_is_like_the_first(time_s, rate, breaths):
    later = breath_at(time_s + breaths * 60.0 / rate, rate)
    assert later.fullness == pytest.approx(breath_at(time_s, rate).fullness, abs=1e-6)


@given(seconds, rates)
def test_it_stays_between_empty_and_full(time_s, rate):
    assert 0.0 <= breath_at(time_s, rate).fullness <= 1.0


@given(seconds, rates)
def test_it_never_jumps(time_s, rate):
    step_s = 0.001
    apart = breath_at(time_s + step_s, rate).fullness - breath_at(time_s, rate).fullness
    assert abs(apart) <= 3.6 / (60.0 / rate) * step_s + 1e-9


@pytest.mark.parametrize("share", [0.0, INHALING, 1.0])
def test_it_eases_where_it_turns(share):
    near = [fullness(abs(share - 0.001)), fullness(share + 0.001)]
    assert near == pytest.approx([fullness(share)] * 2, abs=1e-4)


@pytest.mark.parametrize("rate", [5.0, 6.5, 12.0])
def test_in_a_minute_there_are_as_many_breaths_as_asked_for(rate):
    times = [n / 100.0 for n in range(12000)]  # two minutes, where half breaths become whole
    goes_in = [breath_at(t, rate).inhaling for t in times]
    begun = goes_in[0] + sum(b and not a for a, b in pairwise(goes_in))
    assert begun == 2 * rate


def test_the_usual_pace_lies_within_what_can_be_asked_for():
    assert LIMITS[0] < BREATHS_A_MINUTE < LIMITS[1]
