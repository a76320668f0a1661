"""The agenda: every hold of a programme comes due once, sides take turns, nothing is lost or done twice."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.coaching.programme import Agenda, Programme, part_of
from tests.coached import BEND, FOLD, TILT, bends, folds, tilts

sides = st.sampled_from(["left", "right"])
parts = st.builds(
    part_of,
    st.sampled_from([BEND, FOLD, TILT]),
    hold_s=st.just(5.0),
    repetitions=st.integers(1, 4),
)
programmes = st.builds(Programme, st.just("Test"), st.lists(parts, min_size=1, max_size=4))


def agenda(*parts):
    return Agenda(Programme("Test", parts))


def place(it):
    """How far it is, in order."""
    return it.over, it.stretch, it.hold


def spent_in_turn(it):
    """Spend everything; the sides in turn."""
    asked = []
    while not it.over:
        asked.append(it.side)
        it.spend()
    return asked


def test_sides_take_turns():
    assert spent_in_turn(agenda(bends(repetitions=2))) == ["left", "right", "left", "right"]


def test_a_pose_of_both_sides_is_asked_for_without_a_side():
    assert spent_in_turn(agenda(folds(repetitions=2))) == [None, None]


def test_only_the_side_that_was_asked_for_is_due():
    assert spent_in_turn(agenda(bends(repetitions=2, side="right"))) == ["right", "right"]


def test_stretches_come_in_the_order_of_the_programme():
    it = agenda(folds(), bends(), tilts(1))
    asked = []
    while not it.over:
        asked.append(it.part.pose.id)
        it.spend()
    assert asked == [FOLD.id, BEND.id, BEND.id, TILT.id]


def test_it_says_which_hold_of_which_stretch_is_due():
    it = agenda(folds(), bends())
    seen = []
    while not it.over:
        seen.append((it.stretch, it.hold))
        it.spend()
    assert seen == [(1, 1), (2, 1), (2, 2)]


def test_the_form_is_the_stretch_and_its_side():
    it = agenda(bends())
    assert (it.form.pose, it.form.side) == (BEND, "left")


def test_a_side_that_is_due_is_adopted():
    it = agenda(bends())
    assert (it.adopt("right"), it.side) == (True, "right")


def test_after_an_adopted_side_the_other_one_is_due():
    it = agenda(bends())
    it.adopt("right")
    it.spend()
    assert it.side == "left"


def test_a_side_that_is_done_is_not_adopted():
    it = agenda(bends())
    it.spend()
    assert (it.adopt("left"), it.side) == (False, "right")


@pytest.mark.parametrize("side", ["right", None])
def test_a_side_that_nobody_asked_for_is_not_adopted(side):
    it = agenda(bends(side="left"))
    assert (it.adopt(side), it.side) == (False, "left")


def test_one_side_may_be_done_twice_before_the_other():
    it = agenda(bends(repetitions=2))
    for _ in range(2):
        assert it.adopt("left")
        it.spend()
    assert spent_in_turn(it) == ["right", "right"]


def test_going_back_makes_the_last_hold_due_with_its_side():
    it = agenda(bends(), folds())
    it.adopt("right")
    it.spend()
    it.back()
    assert (place(it), it.side) == ((False, 1, 1), "right")


def test_going_back_reaches_into_the_stretch_before():
    it = agenda(folds(), bends())
    it.spend()
    it.back()
    assert it.part.pose is FOLD


def test_at_the_very_beginning_there_is_nothing_to_go_back_to():
    it = agenda(bends())
    it.back()
    assert (place(it), it.side) == ((False, 1, 1), "left")


def test_when_all_is_over_the_last_stretch_stands():
    it = agenda(bends(), folds())
    spent_in_turn(it)
    assert (it.over, it.part.pose, it.stretch) == (True, FOLD, 2)


def test_spending_more_than_all_changes_nothing():
    it = agenda(folds())
    it.spend()
    it.spend()
    it.back()
    assert place(it) == (False, 1, 1)


@given(programmes, st.lists(sides))
def test_all_turns_spent_in_any_order_end_it(programme, wishes):
    it = Agenda(programme)
    for wish in [*wishes, *["left"] * 99]:
        if not it.over:
            it.adopt(wish)
            it.spend()
    assert it.over


@given(programmes, st.lists(sides, min_size=40, max_size=40))
def test_whatever_the_order_each_side_is_spent_as_often_as_asked(programme, wishes):
    it = Agenda(programme)
    spent: Counter[tuple[int, str | None]] = Counter()
    for wish in wishes:
        if not it.over:
            it.adopt(wish)
            spent[it.stretch, it.side] += 1
            it.spend()
    asked: Counter[tuple[int, str | None]] = Counter()
    for at, part in enumerate(programme.parts, start=1):
        asked |= Counter({(at, side): part.repetitions for side in part.sides})
    assert spent == asked


@given(programmes)
def test_each_turn_goes_on_by_one_and_going_back_undoes_it(programme):
    it = Agenda(programme)
    while not it.over:
        before = place(it), it.side
        it.spend()
        after = place(it)
        it.back()
        assert (place(it), it.side) == before < (after, "")
        it.spend()
