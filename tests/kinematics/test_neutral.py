"""The neutral: the first still span of a take, and what is measured from it."""

import math
from dataclasses import replace

import numpy as np
import pytest

from backstretch.kinematics.columns import COLUMN_INDEX, LENGTHS
from backstretch.kinematics.neutral_finder import STILL_FOR_S, NeutralFinder
from tests.figures import (
    BACK,
    FRONT,
    HALF_WIDTH_M,
    LEFT_SIDE,
    PX_PER_M,
    RIGHT_SIDE,
    SHANK_M,
    TRUNK_M,
    Figure,
    every,
    folded,
    kneeling,
    long_sitting,
    measured,
    moments,
    side_bend,
    standing,
    trembling,
    turned,
    values_of,
)


def still(body, until_s=2.0, fps=10.0, from_s=0.0):
    return [(t, body) for t in every(fps, until_s, from_s)]


def neutral_of(timeline, in_pose=lambda _: False):
    finder = NeutralFinder()
    for time_s, body in timeline:
        row = measured(body or standing().seen(FRONT))
        finder.push(time_s, body, row, 0, in_pose=in_pose(time_s))
    return finder.neutral


STANDING = neutral_of(still(standing().seen(FRONT)))


def test_the_neutral_is_found_after_a_second_of_stillness():
    assert (STANDING.start_s, STANDING.end_s) == pytest.approx((0.0, STILL_FOR_S))


def test_no_neutral_is_found_in_less_than_a_second():
    assert neutral_of(still(standing().seen(FRONT), until_s=0.9)) is None


def test_an_empty_take_has_no_neutral():
    assert NeutralFinder().neutral is None


def test_moving_is_not_neutral():
    timeline = moments(lambda v: folded(v).seen(LEFT_SIDE), [(0, 0), (4, 120)], every(10, 4.0))
    assert neutral_of(timeline) is None


def test_the_neutral_is_the_first_still_span_after_moving():
    keys = [(0, 0), (2, 60), (2.0001, 0), (5, 0)]
    timeline = moments(lambda v: folded(v).seen(LEFT_SIDE), keys, every(10, 5.0))
    assert neutral_of(timeline).start_s == pytest.approx(2.1, abs=0.05)


def test_a_held_pose_is_not_neutral():
    assert neutral_of(still(folded(120.0).seen(LEFT_SIDE)), in_pose=lambda _: True) is None


def test_a_pose_in_between_starts_the_second_anew():
    neutral = neutral_of(still(standing().seen(FRONT)), in_pose=lambda t: t == pytest.approx(0.5))
    assert neutral.start_s == pytest.approx(0.6)


def test_nobody_in_between_starts_the_second_anew():
    timeline = [
        (t, None if n == 5 else body) for n, (t, body) in enumerate(still(standing().seen(FRONT)))
    ]
    assert neutral_of(timeline).start_s == pytest.approx(0.6)


def test_a_gap_in_between_starts_the_second_anew():
    body = standing().seen(FRONT)
    assert neutral_of([*still(body, 0.8), *still(body, 3.0, from_s=1.5)]).start_s == pytest.approx(
        1.5
    )


def test_the_detectors_jitter_is_stillness():
    assert neutral_of(trembling(still(standing().seen(FRONT)), jitter_px=1.0)) is not None


def test_the_first_neutral_is_kept():
    upright, seated = standing().seen(FRONT), long_sitting(0.0).seen(FRONT)
    assert neutral_of([*still(upright), *still(seated, 6.0, from_s=2.1)]).start_s == 0.0


def test_too_few_joints_seen_are_no_neutral():
    hidden = [
        f"{side}_{part}"
        for side in ("left", "right")
        for part in ("elbow", "wrist", "knee", "ankle")
    ]
    assert neutral_of(still(standing().seen(FRONT, hidden=hidden))) is None


def test_joints_that_flicker_out_of_sight_are_left_out():
    body, hidden = standing().seen(FRONT), standing().seen(FRONT, hidden=["left_wrist"])
    timeline = [(t, hidden if n % 2 else body) for n, (t, body) in enumerate(still(body))]
    assert neutral_of(timeline) is not None


# What it holds


def test_the_neutral_keeps_the_reference_lengths():
    metres = np.array([TRUNK_M, 2 * HALF_WIDTH_M, SHANK_M])
    assert STANDING.lengths == pytest.approx(np.concatenate([metres * PX_PER_M, metres]))


def test_lengths_are_named_in_order():
    assert LENGTHS == ("trunk", "shoulders", "shank")


@pytest.mark.parametrize("camera_deg", [FRONT, 35.0, LEFT_SIDE, RIGHT_SIDE, BACK])
def test_the_neutral_keeps_the_view(camera_deg):
    assert neutral_of(still(standing().seen(camera_deg))).view.azimuth_deg == pytest.approx(
        camera_deg
    )


@pytest.mark.parametrize(
    ("figure", "upright"),
    [
        (standing(), True),
        (long_sitting(10.0), True),
        (kneeling(60.0), False),
        (folded(110.0), False),
    ],
)
def test_the_neutral_says_whether_it_is_upright(figure, upright):
    assert neutral_of(still(figure.seen(LEFT_SIDE))).upright is upright


@pytest.mark.parametrize("camera_deg", [FRONT, 15.0, BACK])
@pytest.mark.parametrize("clockwise_deg", [0.0, 8.0, -8.0])
def test_a_turned_camera_is_told_from_a_straight_body(camera_deg, clockwise_deg):
    body = turned(standing().seen(camera_deg), clockwise_deg)
    assert neutral_of(still(body)).roll_deg == pytest.approx(clockwise_deg)


@pytest.mark.parametrize(
    "body",
    [
        standing().seen(LEFT_SIDE),
        folded(50.0).seen(FRONT),
        replace(side_bend(20.0), tilt_deg=20.0).seen(FRONT),
    ],
    ids=["from the side", "not upright", "leaning"],
)
def test_a_body_that_cannot_tell_gives_no_camera_roll(body):
    assert math.isnan(neutral_of(still(body)).roll_deg)


@pytest.mark.parametrize("camera_deg", [LEFT_SIDE, RIGHT_SIDE])
def test_its_values_follow_the_way_the_person_faces(camera_deg):
    neutral = neutral_of(still(folded(20.0).seen(camera_deg)))
    assert neutral.values[COLUMN_INDEX["trunk_lean_fwd"]] == pytest.approx(20.0)


def test_its_ratios_are_over_its_lengths():
    assert STANDING.values[COLUMN_INDEX["wrist_sep"]] == pytest.approx(1.0)


# What is measured from it


@pytest.mark.parametrize(
    "key", ["head_roll_rel.left", "head_yaw_rel.right", "head_pitch", "shoulder_yaw_rel.left"]
)
class TestRelativeMeasure:
    def test_is_zero_in_the_neutral(self, key):
        body = Figure(turn_deg=10.0, tilt_deg=5.0, nod_deg=12.0, twist_deg=7.0).seen(FRONT)
        assert values_of(body, neutral=neutral_of(still(body)))[key] == pytest.approx(0.0, abs=1e-6)

    def test_is_unknown_without_a_neutral(self, key):
        assert math.isnan(values_of(standing().seen(FRONT))[key])


@pytest.mark.parametrize(
    ("key", "rest", "figure", "expected"),
    [
        ("head_roll_rel.left", Figure(tilt_deg=10.0), Figure(tilt_deg=30.0), 20.0),
        ("head_yaw_rel.right", Figure(turn_deg=10.0), Figure(turn_deg=-30.0), 40.0),
        ("head_pitch", Figure(nod_deg=10.0), Figure(nod_deg=-20.0), -30.0),
        ("shoulder_yaw_rel.left", Figure(twist_deg=10.0), Figure(twist_deg=-25.0), -35.0),
    ],
)
def test_relative_measures_count_from_the_neutral(key, rest, figure, expected):
    neutral = neutral_of(still(rest.seen(FRONT)))
    assert values_of(figure.seen(FRONT), neutral=neutral)[key] == pytest.approx(expected)


def test_a_shoulder_turn_past_the_back_of_the_circle_stays_small():
    rest = neutral_of(still(standing().seen(BACK)))
    yaw_deg = values_of(Figure(twist_deg=10.0).seen(BACK), neutral=rest)["shoulder_yaw_rel.left"]
    assert yaw_deg == pytest.approx(10.0)


def test_ratios_use_the_neutrals_lengths_when_the_body_foreshortens():
    turned_away = Figure(twist_deg=60.0).seen(FRONT)
    assert values_of(turned_away)["knee_sep"] == pytest.approx(2.0)
    assert values_of(turned_away, neutral=STANDING)["knee_sep"] == pytest.approx(1.0)


def test_a_length_the_neutral_lacks_is_taken_from_the_moment():
    rest = replace(STANDING, lengths=np.full(6, np.nan))
    assert values_of(standing().seen(FRONT), neutral=rest)["wrist_sep"] == pytest.approx(1.0)


def test_a_neutral_without_legs_in_the_picture_has_no_shank():
    legs = [f"{s}_{p}" for s in ("left", "right") for p in ("knee", "ankle")]
    neutral = neutral_of(still(standing().seen(FRONT, hidden=legs)))
    assert np.isnan(neutral.lengths).tolist() == [False, False, True] * 2


def test_a_ratio_over_a_length_of_nothing_is_unknown():
    body = standing().seen(FRONT)
    xy = body.xy_px.copy()
    xy[:, 0] = 300.0
    assert math.isnan(values_of(replace(body, xy_px=xy))["wrist_sep"])
