"""Left and right: swapped limbs are put right, people who move quickly are not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.kinematics.filtering import JUMP_M, LONGEST_SWAP_S, NEXT_WITHIN_S, SwapVeto
from backstretch.kinematics.landmarks import INDEX
from tests.figures import (
    DOWN,
    FRONT,
    LEFT_SIDE,
    Figure,
    every,
    forward,
    kneeling,
    leftward,
    pair,
    standing,
)

FPS = 15.0
SIDES = ("left", "right")
LIMBS = {
    "arms": ("elbow", "wrist", "pinky", "index", "thumb"),
    "legs": ("knee", "ankle", "heel", "foot_index"),
}
"""What the detector exchanges; shoulders and hips stay where they are."""
BODY = replace(standing().seen(FRONT), visibility=np.linspace(0.4, 0.99, len(INDEX)))
"""Hands and feet 34 cm apart, and every landmark seen a little better than the one before."""


def limb(name):
    """Indices of a pair's left and right landmarks."""
    return [[INDEX[f"{side}_{part}"] for part in LIMBS[name]] for side in SIDES]


def swapped(marks, *names):
    """The same with left and right exchanged for these pairs of limbs."""
    order = np.arange(len(INDEX))
    for name in names:
        left, right = limb(name)
        order[left], order[right] = right, left
    parts = marks.xy_px[order], marks.world_m[order], marks.visibility[order]
    return type(marks)(*parts, marks.image_wh)


def put_right(timeline):
    """The bodies that come out."""
    veto = SwapVeto()
    return [veto.put_right(time_s, marks) for time_s, marks in timeline]


def still(count, *, swapped_at=(), names=("legs",), body=BODY):
    """A body at rest, with pairs of limbs swapped at these frames."""
    return [(n / FPS, swapped(body, *names) if n in swapped_at else body) for n in range(1 + count)]


def is_same(one, other):
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("xy_px", "world_m", "visibility")
    )


def untouched(timeline):
    """Whether the very bodies that went in come out."""
    return [after is marks for after, (_, marks) in zip(put_right(timeline), timeline, strict=True)]


# What is undone


@pytest.mark.parametrize("name", LIMBS)
@pytest.mark.parametrize("values", ["xy_px", "world_m", "visibility"])
def test_a_swap_for_one_frame_is_undone(name, values):
    after = put_right(still(2, swapped_at=[1], names=[name]))[1]
    assert getattr(after, values) == pytest.approx(getattr(BODY, values))


def test_both_pairs_swapped_at_once_are_undone():
    assert is_same(put_right(still(2, swapped_at=[1], names=list(LIMBS)))[1], BODY)


@pytest.mark.parametrize(("name", "other"), [("arms", "legs"), ("legs", "arms")])
def test_a_swap_of_one_pair_leaves_the_other_alone(name, other):
    """The other pair is really swapped from the first frame on: it must stay as it is."""
    body = swapped(BODY, other)
    assert is_same(put_right(still(2, swapped_at=[1], names=[name], body=body))[1], body)


def test_a_swap_within_a_movement_is_undone():
    bodies = [Figure(thighs=pair(forward(180.0 - 4 * n))).seen(FRONT) for n in range(8)]
    timeline = [(n / FPS, swapped(b, "legs") if n == 5 else b) for n, b in enumerate(bodies)]
    assert is_same(put_right(timeline)[5], bodies[5])


def test_swaps_of_hands_and_knees_seen_from_the_side_are_undone():
    """From the side the exchanged limbs hardly move in the picture, only in space."""
    body = kneeling(trunk_deg=90.0, knee_deg=90.0).seen(LEFT_SIDE)
    assert is_same(put_right(still(2, swapped_at=[1], body=body))[1], body)


STRETCHES = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 7)), max_size=6)
"""How many frames are right and how many after them swapped: less than `LONGEST_SWAP_S`."""


@given(STRETCHES, st.sampled_from([("arms",), ("legs",), ("arms", "legs")]))
def test_short_swaps_leave_no_trace_however_many_they_are(stretches, names):
    bad = [is_bad for good, wrong in stretches for is_bad in [False] * good + [True] * wrong]
    timeline = still(len(bad), swapped_at=np.flatnonzero(bad), names=names)
    assert all(is_same(after, BODY) for after in put_right(timeline))


# What is believed


def test_a_swap_that_lasts_is_believed():
    timeline = still(40, swapped_at=range(5, 41))
    after = put_right(timeline)
    believed_s = [t for (t, marks), body in zip(timeline, after, strict=True) if body is marks]
    assert believed_s[5:] == [t for t, _ in timeline if t >= 5 / FPS + LONGEST_SWAP_S - 1e-9]


def test_a_swap_that_was_believed_is_the_truth_from_then_on():
    truth = swapped(BODY, "legs")
    timeline = [(n / FPS, BODY if n in {0, 25} else truth) for n in range(30)]
    assert is_same(put_right(timeline)[25], truth)


def test_each_pair_is_believed_in_its_own_time():
    """The arms are swapped from frame 1 on, the legs from frame 6 on."""
    arms, both = swapped(BODY, "arms"), swapped(BODY, "arms", "legs")
    bodies = [BODY] + 5 * [arms] + 10 * [both]
    after = put_right([(n / FPS, body) for n, body in enumerate(bodies)])
    assert is_same(after[11], arms)
    assert is_same(after[15], both)


# What is left alone


def test_the_first_moment_is_left_alone():
    assert untouched([(0.0, swapped(BODY, "legs"))]) == [True]


def test_nobody_in_view_stays_nobody():
    assert put_right([(0.0, BODY), (0.1, None)])[1] is None


def test_a_body_after_nobody_was_in_view_is_left_alone():
    assert untouched([(0.0, BODY), (0.1, None), (0.2, swapped(BODY, "legs"))]) == [True] * 3


@pytest.mark.parametrize(("gap_s", "is_left"), [(0.24, False), (0.26, True), (5.0, True)])
def test_a_body_after_a_long_gap_is_left_alone(gap_s, is_left):
    assert (gap_s > NEXT_WITHIN_S) is is_left
    assert untouched([(0.0, BODY), (gap_s, swapped(BODY, "legs"))])[1] is is_left


def test_a_gap_ends_a_swap_that_was_being_put_right():
    bad = swapped(BODY, "legs")
    assert untouched([(0.0, BODY), (0.1, bad), (0.6, bad), (0.7, bad)]) == [True, False, True, True]


def test_a_swap_before_a_gap_does_not_make_one_after_it_believed():
    bad = swapped(BODY, "legs")
    assert untouched([(0.0, BODY), (0.1, bad), (0.6, BODY), (0.7, bad)])[3] is False


def waving(hands_deg):
    """Both arms swept to the person's left."""
    arms = leftward(hands_deg), leftward(hands_deg)
    return Figure(arms=arms, forearms=arms).seen(FRONT)


def kicking(knee_deg):
    """The left leg thrown forwards."""
    legs = forward(knee_deg), DOWN
    return Figure(thighs=legs, shanks=legs).seen(LEFT_SIDE)


def crossing(legs_deg):
    """Both legs swung inwards past each other."""
    return Figure(thighs=pair(leftward(legs_deg)), shanks=pair(leftward(legs_deg))).seen(FRONT)


@pytest.mark.parametrize(("shape", "name"), [(waving, "arms"), (kicking, "legs")])
def test_a_quick_movement_is_left_alone(shape, name):
    """Straight limbs swung by 90 deg in a fifth of a second, further than `JUMP_M` from frame to frame."""
    timeline = [(float(t), shape(180.0 - 450.0 * t)) for t in every(FPS, 0.2)]
    way = timeline[1][1].world_m - timeline[0][1].world_m
    assert np.linalg.norm(way[np.concatenate(limb(name))], axis=1).mean() > JUMP_M
    assert all(untouched(timeline))


def test_a_quick_jump_of_both_hands_is_left_alone():
    """Both hands are thrown up by more than a metre from one frame to the next."""
    assert untouched([(0.0, waving(180.0)), (1 / FPS, waving(0.0))]) == [True, True]


@pytest.mark.parametrize("fps", [10.0, 30.0])
def test_feet_that_really_cross_are_left_alone(fps):
    timeline = [(float(t), crossing(160.0 + 40.0 * t)) for t in every(fps, 1.0)]
    assert all(untouched(timeline))
