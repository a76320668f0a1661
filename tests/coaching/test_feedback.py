"""What is heard during one hold: the last seconds, what is lost and found, the breath."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.coaching.feedback import HEARD_AFTER_S, HoldTalk
from backstretch.coaching.scene import Earcon, Say, Sound, breath_at
from backstretch.judging.hold_clock import State
from tests.coached import FPS, step

PACE = 6.0
"""Breaths a minute: one in ten seconds."""


class Holder:
    """Feeds a talk with a hold, 30 moments a second."""

    def __init__(self, asked_s=20.0, start_s=0.0, **options):
        self.talk = HoldTalk(start_s, asked_s, PACE, **options)
        self.start_s, self.count, self.counted = start_s, 0, 0
        self.heard = []

    def be(self, seconds, state=State.IN):
        for _ in range(round(seconds * FPS)):
            self.counted += state is State.IN
            self.push(self.start_s + self.count / FPS, self.counted / FPS, state)
            self.count += 1
        return self

    def push(self, time_s, valid_s, state=State.IN):
        moment = step(time_s, state=state, valid_s=valid_s)
        self.heard += [(valid_s, event) for event in self.talk.push(moment)]

    @property
    def called(self):
        """Words, each with the valid seconds at which they were called."""
        return [(valid_s, event.words) for valid_s, event in self.heard if isinstance(event, Say)]

    @property
    def sounds(self):
        return [event.earcon for _, event in self.heard if isinstance(event, Sound)]


# The last seconds


def test_ten_and_five_seconds_are_called_once_each():
    assert Holder(20.0).be(25.0).called == [(10.0, "Ten seconds."), (15.0, "Five.")]


def test_the_calls_are_urgent():
    assert all(e.urgent for _, e in Holder(20.0).be(20.0).heard if isinstance(e, Say))


@pytest.mark.parametrize(
    ("asked_s", "calls"),
    [
        (5.0, []),
        (9.9, []),
        (10.0, ["Five."]),
        (14.9, ["Five."]),
        (15.0, ["Ten seconds.", "Five."]),
        (60.0, ["Ten seconds.", "Five."]),
    ],
)
def test_only_holds_that_are_long_enough_are_called(asked_s, calls):
    assert [words for _, words in Holder(asked_s).be(asked_s).called] == calls


def test_the_calls_follow_the_seconds_that_count_and_not_those_that_pass():
    holder = Holder(20.0).be(9.0).be(1.5, State.OUT).be(1.1)
    assert holder.called == [(10.0, "Ten seconds.")]


def test_a_lapse_at_the_call_does_not_repeat_it():
    holder = Holder(20.0).be(10.1).be(1.0, State.OUT).be(1.0)
    assert [words for _, words in holder.called] == ["Ten seconds."]


def test_a_hold_that_is_told_late_calls_only_what_is_left():
    holder = Holder(20.0)
    holder.push(0.0, 16.0)
    holder.push(0.1, 16.1)
    assert [words for _, words in holder.called] == ["Five."]


@given(st.floats(5.0, 120.0), st.lists(st.tuples(st.floats(0.1, 9.0), st.sampled_from(State))))
def test_no_call_comes_twice_whatever_happens(asked_s, spells):
    holder = Holder(asked_s)
    for seconds, state in spells:
        holder.be(seconds, state)
    words = [words for _, words in holder.called]
    assert len(words) == len(set(words))


def test_it_is_complete_at_the_asked_seconds_and_not_before():
    holder = Holder(8.0).be(8.0 - 1 / FPS)
    before = holder.talk.complete
    assert (before, holder.be(1 / FPS).talk.complete) == (False, True)


def test_it_tells_the_seconds_so_far():
    assert Holder(8.0).be(3.0).be(1.0, State.OUT).talk.valid_s == pytest.approx(3.0)


# Lost and found


def test_a_hold_that_goes_well_is_silent_until_the_calls():
    assert Holder(20.0).be(9.9).heard == []


@pytest.mark.parametrize(
    ("state", "earcon"), [(State.OUT, Earcon.OUT), (State.UNSEEN, Earcon.UNSEEN)]
)
def test_a_lapse_that_lasts_is_heard_once(state, earcon):
    assert Holder().be(1.0).be(3.0, state).sounds == [earcon]


def test_a_lapse_is_heard_no_sooner_than_it_has_lasted():
    holder = Holder().be(1.0).be(HEARD_AFTER_S, State.OUT)
    before = list(holder.sounds)
    assert (before, holder.be(2 / FPS, State.OUT).sounds) == ([], [Earcon.OUT])


def test_coming_back_is_heard():
    assert Holder().be(1.0).be(1.0, State.OUT).be(1.0).sounds == [Earcon.OUT, Earcon.IN]


def test_a_short_way_back_is_not_heard():
    holder = Holder().be(1.0).be(1.0, State.OUT).be(0.4).be(1.0, State.OUT)
    assert holder.sounds == [Earcon.OUT]


def test_from_wrong_to_unseen_both_are_heard():
    holder = Holder().be(1.0).be(1.0, State.OUT).be(1.0, State.UNSEEN)
    assert holder.sounds == [Earcon.OUT, Earcon.UNSEEN]


@given(st.lists(st.tuples(st.floats(0.1, 3.0), st.sampled_from(State)), max_size=20))
def test_no_earcon_comes_twice_in_a_row(spells):
    holder = Holder(120.0)
    for seconds, state in spells:
        holder.be(seconds, state)
    assert all(one is not other for one, other in pairwise(holder.sounds))


# The breath


def test_the_first_breath_begins_with_the_hold():
    assert HoldTalk(100.0, 20.0, PACE).breath(100.0) == breath_at(0.0, PACE)


def test_the_breath_is_silent_unless_asked_for():
    assert Holder(60.0).be(30.0).sounds == []


def test_the_breath_is_heard_at_each_turn():
    assert Holder(60.0, breath_sounds=True).be(14.5).sounds == [
        Earcon.BREATHE_IN,
        Earcon.BREATHE_OUT,
        Earcon.BREATHE_IN,
        Earcon.BREATHE_OUT,
    ]


def test_out_of_position_no_breath_is_heard():
    holder = Holder(60.0, start_s=7.0, breath_sounds=True).be(1.0).be(12.0, State.OUT)
    assert holder.sounds == [Earcon.BREATHE_IN, Earcon.OUT]
