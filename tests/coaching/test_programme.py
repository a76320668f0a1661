"""Programmes: doses, sides, totals, and what of a wish is too much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.coaching.programme import REST_S, Programme, aims_of, dose_warnings, part_of
from backstretch.judging.wording import describe_notice
from tests.library import LIBRARY

POSES = LIBRARY.poses
BEND, FOLD = POSES["standing_side_bend"], POSES["standing_forward_fold"]
poses = st.sampled_from(list(POSES.values()))


@pytest.mark.parametrize("pose", POSES.values(), ids=lambda pose: pose.id)
def test_what_is_not_asked_for_is_taken_from_the_dose(pose):
    part, dose = part_of(pose), pose.dose
    assert (part.pose, part.hold_s, part.repetitions) == (
        pose,
        dose.default_s,
        dose.default_repetitions,
    )


@pytest.mark.parametrize("pose", POSES.values(), ids=lambda pose: pose.id)
def test_a_usual_dose_is_not_warned_of(pose):
    part = part_of(pose)
    assert dose_warnings(pose, part.hold_s, part.repetitions) == []


def test_a_wish_goes_before_the_dose():
    part = part_of(BEND, None, 16.0, 4)
    assert (part.hold_s, part.repetitions) == (16.0, 4)


def test_a_hold_shorter_than_the_dose_is_left_as_it_was_asked_for():
    assert part_of(BEND, hold_s=2.0).hold_s == 2.0


@given(poses, st.floats(0.1, 1000.0))
def test_no_hold_is_longer_than_the_clock_credits(pose, hold_s):
    assert part_of(pose, hold_s=hold_s).hold_s == min(hold_s, pose.dose.longest_s)


def test_sides_take_turns_left_first():
    assert part_of(BEND).sides == ("left", "right")


def test_one_side_is_done_alone_where_it_is_asked_for():
    assert part_of(BEND, "right").sides == ("right",)


def test_a_stretch_without_sides_is_done_once_for_both():
    assert part_of(FOLD).sides == (None,)


def test_each_side_gets_its_repetitions():
    assert (part_of(BEND, repetitions=3).holds, part_of(FOLD, repetitions=3).holds) == (6, 3)


# Totals


def test_a_single_hold_has_no_rest():
    assert Programme("One", (part_of(FOLD, None, 20.0, 1),), rest_s=10.0).seconds == 20.0


def test_there_is_a_rest_between_all_holds_also_of_different_stretches():
    parts = part_of(BEND, None, 15.0, 2), part_of(FOLD, None, 20.0, 1)
    assert Programme("Two", parts, rest_s=7.0).seconds == 4 * 15.0 + 20.0 + 4 * 7.0


def test_a_rest_takes_ten_seconds_where_nothing_else_is_said():
    parts = (part_of(FOLD, None, 20.0, 2),)
    assert Programme("Fold", parts).seconds == 40.0 + REST_S == 50.0


def test_a_pose_that_is_done_twice_is_one_pose_in_the_order_of_its_first():
    programme = Programme("Three", (part_of(FOLD), part_of(BEND), part_of(FOLD)))
    assert programme.poses == (FOLD, BEND)


# Aims


def test_the_aims_are_the_seconds_and_repetitions_of_each_pose():
    programme = Programme("Two", (part_of(BEND, None, 16.0, 2), part_of(FOLD, None, 20.0, 1)))
    assert aims_of(programme) == {BEND.id: (16.0, 2), FOLD.id: (20.0, 1)}


def test_of_a_pose_done_twice_the_repetitions_add_up_and_the_longer_hold_counts():
    parts = part_of(BEND, None, 16.0, 2), part_of(FOLD), part_of(BEND, None, 20.0, 3)
    assert aims_of(Programme("Three", parts))[BEND.id] == (20.0, 5)


# Warnings


def test_without_a_wish_nothing_is_warned_of():
    assert dose_warnings(BEND, None, None) == []


@given(poses, st.floats(0.1, 300.0), st.integers(1, 30))
def test_only_what_lies_beyond_the_dose_is_warned_of(pose, hold_s, repetitions):
    expected = (hold_s > pose.dose.longest_s) + (repetitions > pose.dose.repetitions[1])
    assert len(dose_warnings(pose, hold_s, repetitions)) == expected


def test_a_hold_at_the_limit_is_not_warned_of():
    assert dose_warnings(BEND, BEND.dose.longest_s, BEND.dose.repetitions[1]) == []


def said(*wish):
    return list(map(describe_notice, dose_warnings(*wish)))


def test_too_long_a_hold_is_warned_of_with_what_was_asked_for_and_what_counts():
    (words,) = said(BEND, 45.0, None)
    assert words.startswith("Standing side bend: 30 s are enough")
    assert "45 s were asked for" in words
    assert words.endswith("30 s are what counts")


def test_too_many_repetitions_are_warned_of_with_both_numbers():
    (words,) = said(BEND, None, 9)
    assert words.startswith("Standing side bend: 5 repetitions a side are enough, 9 were asked for")


def test_of_a_stretch_without_sides_no_side_is_spoken_of():
    (words,) = said(FOLD, None, 9)
    assert "a side" not in words
