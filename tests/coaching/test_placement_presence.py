"""Presence and haste: who left the picture, and who moves into a stretch too fast."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.coaching.feedback import LED_IN_S, SHOWN_S, Haste
from backstretch.coaching.placement import AWAY_AFTER_S, BACK_AFTER_S, Presence
from backstretch.judging.hold_clock import State
from backstretch.judging.reasons import BOUNCING, RESTLESS, TOO_FAST
from backstretch.poses.pose import GRACE_UNSEEN_S
from tests.coached import FPS, step
from tests.library import LIBRARY

# Presence


def after(*spells):
    """Presence after spells of (seconds, is_there), 32 moments a second: those add up exactly."""
    presence = Presence()
    for seconds, is_there in spells:
        for _ in range(round(seconds * 32)):
            presence.push(1 / 32, is_there=is_there)
    return presence


def test_nobody_is_away_at_first():
    assert not Presence().away


@pytest.mark.parametrize(("seconds", "away"), [(AWAY_AFTER_S - 0.1, False), (AWAY_AFTER_S, True)])
def test_somebody_is_away_after_three_seconds_unseen(seconds, away):
    assert after((5.0, True), (seconds, False)).away is away


@pytest.mark.parametrize(("seconds", "away"), [(BACK_AFTER_S - 0.1, True), (BACK_AFTER_S, False)])
def test_somebody_is_back_after_one_second_in_view(seconds, away):
    assert after((4.0, False), (seconds, True)).away is away


def test_a_glimpse_in_between_is_no_coming_back():
    assert after((4.0, False), (0.9, True), (0.1, False), (0.9, True)).away


def test_short_absences_do_not_add_up():
    assert not after(*[(2.0, False), (0.1, True)] * 5).away


def test_a_moment_without_length_changes_nothing():
    presence = after((2.9, False))
    presence.push(0.0, is_there=False)
    assert not presence.away


def test_nobody_is_called_away_while_a_hold_survives_it():
    poses = LIBRARY.poses.values()
    assert max(GRACE_UNSEEN_S, *(pose.dose.grace_unseen_s for pose in poses)) < AWAY_AFTER_S


@given(st.lists(st.tuples(st.floats(0.0, 0.5), st.booleans())))
def test_who_was_there_for_the_last_second_is_never_away(moments):
    presence = Presence()
    for passed_s, is_there in [*moments, *[(0.125, True)] * 8]:
        presence.push(passed_s, is_there=is_there)
    assert not presence.away


# Haste


def hurried(*spells):
    """What haste says after spells of (seconds, what is told of the moments)."""
    haste, n, told = Haste(), 0, []
    for seconds, moment in spells:
        for _ in range(round(seconds * FPS)):
            told.append(haste.push(step(n / FPS, **moment)))
            n += 1
    return told


FAST_NEAR: dict[str, Any] = {"motion": TOO_FAST, "near_pose": True}
FAST_FAR: dict[str, Any] = {"motion": TOO_FAST}
IN: dict[str, Any] = {"state": State.IN}
STILL: dict[str, Any] = {}


def test_a_fast_movement_near_the_stretch_is_haste_at_once():
    assert hurried((1 / FPS, FAST_NEAR)) == [True]


def test_a_fast_movement_far_from_any_stretch_is_none():
    assert not any(hurried((1.0, FAST_FAR), (5.0, STILL)))


def test_a_fast_movement_that_ends_in_position_was_haste():
    assert hurried((1.0, FAST_FAR), (LED_IN_S / 2, STILL), (0.1, IN))[-1]


def test_a_fast_movement_long_before_the_position_was_none():
    assert not any(hurried((1.0, FAST_FAR), (LED_IN_S + 0.1, STILL), (5.0, IN)))


def test_haste_is_told_for_a_while_after_it_is_over():
    told = hurried((0.1, FAST_NEAR), (10.0, STILL))
    assert sum(told) / FPS == pytest.approx(SHOWN_S + 0.1, abs=0.05)


@pytest.mark.parametrize("motion", [BOUNCING, RESTLESS, None])
def test_other_movements_are_no_haste(motion):
    assert not any(hurried((1.0, {"motion": motion, "near_pose": True}), (1.0, IN)))


def test_a_calm_entry_is_no_haste():
    assert not any(hurried((2.0, STILL), (5.0, IN)))
