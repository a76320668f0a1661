"""Motion: bouncing, speed and restlessness are found; breathing, entries and exits are not."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstretch.judging.form_judge import FormWatch
from backstretch.judging.hold_clock import Kind, Span
from backstretch.judging.matching import forms_of
from backstretch.judging.motion import LegWatch, MotionWatch
from backstretch.judging.reasons import BOUNCING, RESTLESS, TOO_FAST
from backstretch.kinematics.columns import COLUMN_INDEX, COLUMNS
from backstretch.poses.library import builtin_poses
from backstretch.poses.pose import GRACE_WRONG_S
from backstretch.poses.pose_file import load_pose
from tests.figures import every, jittered

BEND = load_pose(builtin_poses() / "standing_side_bend.toml")


def sway(hz, peak_to_peak, around=120.0):
    return lambda t: around + peak_to_peak / 2 * math.sin(2 * math.pi * hz * t)


def along(*keys):
    """A value that runs straight from key to key."""
    at, values = zip(*keys, strict=True)
    return lambda t: float(np.interp(t, at, values))


def after_entry(value, from_s=3.0):
    """The same after a calm entry, which ends where the value starts."""
    return lambda t: value(max(t, from_s) - from_s) - 30.0 * max(0.0, from_s - 1.0 - t)


def spans_of(value, times, *, inside=lambda _: True, unit="deg", frame="image"):
    watch = MotionWatch(unit, frame, grace_wrong_s=GRACE_WRONG_S)
    return [span for t in times for span in watch.push(float(t), value(t), inside=inside(t))]


def withheld(reason, value, times, **options):
    """The time withheld for a reason, as separate (start, end)."""
    times_s = sorted(
        (s.start_s, s.end_s) for s in spans_of(value, times, **options) if s.reason == reason
    )
    joined: list[tuple[float, float]] = []
    for start_s, end_s in times_s:
        if joined and start_s <= joined[-1][1] + 1e-6:
            joined[-1] = joined[-1][0], max(end_s, joined[-1][1])
        else:
            joined.append((start_s, end_s))
    return joined


def reasons(value, times, **options):
    return {span.reason for span in spans_of(value, times, **options)}


# Bouncing


@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
@pytest.mark.parametrize(
    ("hz", "height_deg"), [(0.5, 7.0), (0.7, 7.0), (1.0, 8.0), (2.0, 8.0), (3.0, 9.0)]
)
def test_bouncing_is_found_from_the_first_cycle_to_the_end(hz, height_deg, fps):
    value = after_entry(sway(hz, height_deg))
    ((start_s, end_s),) = withheld(BOUNCING, value, every(fps, 15.0))
    assert start_s < 3.0 + 1.5 / hz
    assert end_s > 15.0 - 1.0 / hz


@pytest.mark.parametrize(("hz", "height_deg"), [(0.5, 7.0), (1.0, 8.0), (2.0, 11.0)])
def test_bouncing_that_goes_on_when_the_take_starts_is_found(hz, height_deg):
    assert withheld(BOUNCING, sway(hz, height_deg), every(30, 12.0))


@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0])
def test_a_joint_that_is_guessed_wrong_in_single_pictures_does_not_bounce(fps):
    wrong = {round(time_s * fps) for time_s in (8.0, 8.6, 9.2)}
    value = after_entry(lambda time_s: 12.0 * (round(time_s * fps) in wrong))
    assert withheld(BOUNCING, value, every(fps, 15.0)) == []


@pytest.mark.parametrize(("hz", "height"), [(0.5, 0.12), (1.0, 0.15), (2.0, 0.15)])
def test_bouncing_of_a_ratio_is_found(hz, height):
    value = after_entry(sway(hz, height, around=0.5))
    assert withheld(BOUNCING, value, every(30, 13.0), unit="ratio")


@pytest.mark.parametrize(("frame", "height_deg"), [("image", 8.0), ("world", 11.0)])
def test_an_angle_in_space_bounces_from_a_greater_height_on(frame, height_deg):
    assert withheld(BOUNCING, after_entry(sway(1.0, height_deg)), every(30, 15.0), frame=frame)
    lower = after_entry(sway(1.0, height_deg - 3.0))
    assert withheld(BOUNCING, lower, every(30, 15.0), frame=frame) == []


def test_a_twist_that_is_held_still_before_a_slow_camera_is_not_bouncing():
    """The turn of the shoulders in clip 50 as a camera of 9 pictures a second sees it: times and degrees."""
    text = """
        20.38 29.2 20.46 38.7 20.58 44.6 20.75 46.8 20.83 49.6 20.92 50.4 21.04 50.8 21.12 52.4
        21.25 53.5 21.33 53.3 21.5 54.5 21.71 56.0 21.75 56.5 21.92 56.5 22.0 54.9 22.12 53.6 22.29
        56.3 22.42 57.7 22.58 58.0 22.67 57.4 22.75 57.5 22.88 59.1 23.0 58.2 23.17 59.3 23.29 57.1
        23.42 53.9 23.5 53.9 23.62 56.8 23.75 58.1 23.88 58.9 24.04 58.0 24.21 56.0 24.29 55.0 24.42
        55.5 24.54 55.4 24.62 54.5 24.75 54.9 24.88 55.4 24.96 55.2 25.08 55.2 25.21 57.6 25.29 58.6
        25.46 56.4 25.58 53.5 25.67 54.1 25.83 52.0 25.88 52.1 26.0 53.0 26.08 53.0 26.17 54.4 26.33
        58.8 26.46 59.0 26.62 58.6 26.71 58.1 26.79 57.6 26.88 57.4 27.0 56.9 27.08 56.4 27.17 56.2
        27.29 56.3 27.38 55.9 27.54 53.5 27.58 53.1 27.71 52.4 27.83 55.0 27.92 55.6 28.04 53.2
        28.21 54.1 28.33 51.1 28.42 52.0 28.5 52.7 28.58 55.0 28.75 55.9 28.83 55.1
    """
    numbers = np.array(text.split(), float).reshape(-1, 2)
    turn_deg = along(*numbers.tolist())
    options = {"inside": lambda time_s: turn_deg(time_s) > 20.0}
    assert withheld(BOUNCING, turn_deg, numbers[:, 0], frame="image", **options)
    assert withheld(BOUNCING, turn_deg, numbers[:, 0], frame="world", **options) == []


@pytest.mark.parametrize("hz", [0.1, 0.2, 0.35])
@pytest.mark.parametrize("height_deg", [1.0, 2.9])
def test_breathing_is_not_movement(hz, height_deg):
    assert reasons(sway(hz, height_deg), every(30, 30.0)) == set()


@pytest.mark.parametrize("hz", [0.5, 1.0, 2.0])
def test_a_tremble_of_less_than_a_bounce_is_not_bouncing(hz):
    assert withheld(BOUNCING, after_entry(sway(hz, 5.0)), every(30, 15.0)) == []


@pytest.mark.parametrize("seed", range(3))
def test_the_detectors_jitter_is_not_movement(seed):
    noise = iter(np.random.default_rng(seed).normal(0.0, 0.7, 1000))
    assert reasons(lambda _: 120.0 + next(noise), every(30, 30.0)) == set()


def test_bouncing_ends_when_the_bouncing_ends():
    bounces = after_entry(sway(1.0, 10.0))
    ((_, end_s),) = withheld(BOUNCING, lambda t: bounces(min(t, 7.0)), every(30, 15.0))
    assert end_s == pytest.approx(7.0, abs=1.3)


def test_bouncing_before_the_position_is_entered_does_not_count():
    bounces = after_entry(sway(1.0, 10.0))
    inside = {"inside": lambda t: t >= 8.0}
    assert withheld(BOUNCING, lambda t: bounces(min(t, 8.0)), every(30, 15.0), **inside) == []


def test_bouncing_across_the_limit_of_the_position_is_bouncing():
    bounces = sway(1.0, 20.0)
    across = {"inside": lambda t: bounces(t) > 115.0}
    assert withheld(BOUNCING, bounces, every(30, 8.0), **across)


def test_what_follows_the_position_takes_nothing_back():
    bounces = sway(1.0, 20.0)
    held_first = {"inside": lambda t: t < 6.0}
    assert (
        withheld(BOUNCING, lambda t: bounces(max(t, 5.9) - 5.9), every(30, 10.0), **held_first)
        == []
    )


def test_two_reversals_are_not_bouncing():
    once = along((0, 120), (3, 120), (3.5, 130), (4, 120), (10, 120))
    assert withheld(BOUNCING, once, every(30, 10.0)) == []


def test_reversals_far_apart_are_not_bouncing():
    assert withheld(BOUNCING, after_entry(sway(0.2, 10.0)), every(30, 30.0)) == []


# Speed


@pytest.mark.parametrize("fps", [10.0, 30.0, 60.0])
def test_only_the_fast_moments_are_withheld(fps):
    value = along((0, 0), (2, 0), (3, 90), (6, 90))
    ((start_s, end_s),) = withheld(TOO_FAST, value, every(fps, 6.0))
    assert (start_s, end_s) == pytest.approx((2.0, 3.0), abs=0.15)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (along((0, 0), (1, 0), (3, 100), (6, 100)), "50 deg a second"),
        (along((0, 0), (2, 0), (2.15, 15), (6, 15)), "for 0.15 s"),
        (along((0, 0), (6, 0)), "still"),
    ],
)
def test_ordinary_movement_is_not_too_fast(value, why):
    assert withheld(TOO_FAST, value, every(30, 6.0)) == [], why


@pytest.mark.parametrize(("per_s", "is_fast"), [(0.7, False), (1.4, True)])
def test_a_ratio_is_fast_from_one_a_second(per_s, is_fast):
    value = along((0, 0), (1, 0), (2, per_s), (4, per_s))
    assert bool(withheld(TOO_FAST, value, every(30, 4.0), unit="ratio")) is is_fast


def test_downwards_is_as_fast_as_upwards():
    ups, downs = along((0, 0), (1, 0), (2, 90), (4, 90)), along((0, 0), (1, 0), (2, -90), (4, -90))
    times = every(30, 4.0)
    assert withheld(TOO_FAST, ups, times) == withheld(TOO_FAST, downs, times)


def test_two_fast_runs_are_two():
    value = along((0, 0), (1, 0), (2, 90), (5, 90), (6, 0), (8, 0))
    (_, first_end_s), (second_start_s, _) = withheld(TOO_FAST, value, every(30, 8.0))
    assert first_end_s < 2.5
    assert second_start_s > 4.5


def test_a_fast_run_after_an_unseen_while_does_not_reach_back_to_the_one_before():
    value = along((0, 0), (1, 90), (10.6, 90), (11.6, 0), (13, 0))
    hidden = lambda t: math.nan if 10.0 < t < 10.6 else value(t)  # noqa: E731
    late = [span for span in spans_of(hidden, every(30, 13.0)) if span.end_s > 5.0]
    assert min(span.start_s for span in late) > 9.0


def test_an_unknown_speed_is_not_fast():
    value = along((0, 0), (1, 0), (2, 90), (9, 90))
    hidden = lambda t: math.nan if t > 1.9 else value(t)  # noqa: E731
    ((_, end_s),) = withheld(TOO_FAST, hidden, every(30, 5.0))
    assert end_s <= 1.95


# Restlessness


def test_wandering_about_is_restless():
    ((start_s, end_s),) = withheld(RESTLESS, sway(0.25, 24.0), every(30, 20.0))
    assert start_s < 5.0
    assert end_s == pytest.approx(19.0, abs=0.2)


@pytest.mark.parametrize("entry_s", [0.5, 2.0, 4.0])
def test_the_entry_is_not_restless(entry_s):
    value = along((0, 0), (1, 0), (1 + entry_s, 120), (15, 120))
    inside = {"inside": lambda t: value(t) >= 90.0}
    assert withheld(RESTLESS, value, every(30, 15.0), **inside) == []


def test_sinking_on_after_the_entry_is_not_restless():
    value = along((0, 0), (1, 0), (7, 170), (15, 170))
    inside = {"inside": lambda t: value(t) >= 90.0}
    assert withheld(RESTLESS, value, every(30, 15.0), **inside) == []


@pytest.mark.parametrize("exit_s", [0.5, 2.0, 4.0])
def test_the_exit_is_not_restless(exit_s):
    value = along((0, 120), (8, 120), (8 + exit_s, 0), (15, 0))
    inside = {"inside": lambda t: value(t) >= 90.0}
    assert withheld(RESTLESS, value, every(30, 15.0), **inside) == []


def test_sinking_slowly_deeper_is_not_restless():
    assert withheld(RESTLESS, along((0, 100), (20, 140)), every(30, 20.0)) == []


def test_moving_outside_the_position_is_not_restless():
    assert withheld(RESTLESS, sway(0.2, 30.0), every(30, 20.0), inside=lambda _: False) == []


def test_restlessness_is_told_a_second_later():
    watch = MotionWatch("deg", "image", grace_wrong_s=GRACE_WRONG_S)
    value = sway(0.2, 16.0)
    pairs = [(t, s.end_s) for t in every(30, 12.0) for s in watch.push(t, value(t), inside=True)]
    assert all(t - end_s == pytest.approx(1.0) for t, end_s in pairs)


# Lapses


@pytest.mark.parametrize(("grace_s", "is_found"), [(1.0, False), (2.0, True)])
def test_bouncing_goes_on_through_lapses_within_the_grace_of_the_pose(grace_s, is_found):
    dose = replace(BEND.dose, grace_wrong_s=grace_s)
    watch = FormWatch(forms_of(replace(BEND, dose=dose))[0]).motion
    value = sway(0.345, 16.0)
    spans = [
        span
        for t in every(30, 12.0)  # each time 1.2 s below the limit, less than a bounce's height
        for span in watch.push(float(t), value(t), inside=value(t) >= 112.0 + 5.5)
    ]
    assert any(span.reason == BOUNCING for span in spans) is is_found


# Always


def test_whatever_is_withheld_is_wrong_and_not_unseen():
    assert {span.kind for span in spans_of(sway(1.0, 20.0), every(30, 6.0))} == {Kind.WRONG}


def test_nothing_seen_is_no_movement():
    assert spans_of(lambda _: math.nan, every(30, 5.0), inside=lambda _: False) == []


@settings(max_examples=20)
@given(
    st.integers(0, 999),
    st.sampled_from([5.0, 12.0, 30.0]),
    st.floats(0.1, 3.0),
    st.floats(0.0, 30.0),
)
def test_what_is_withheld_has_already_been(seed, fps, hz, height_deg):
    watch = MotionWatch("deg", "image", grace_wrong_s=GRACE_WRONG_S)
    value = sway(hz, height_deg)
    for t in jittered(fps, 6.0, seed):
        spans = watch.push(float(t), value(t), inside=True)
        assert all(span.start_s <= span.end_s <= t + 1e-9 for span in spans)


# Legs


def legs_over(motions, seconds=3.0):
    """Time withheld while angles of the legs follow these, by column."""
    watch = LegWatch()
    withheld: list[Span] = []
    for time_s in every(10.0, seconds):
        values = np.full(len(COLUMNS), np.nan)
        for key, motion in motions.items():
            values[COLUMN_INDEX[key]] = motion(time_s)
        withheld += watch.push(time_s, values)
    return withheld


def test_legs_that_move_withhold_time():
    stepping = {key: sway(0.5, 40.0) for key in ("knee.left.world", "thigh_incl.left.world")}
    assert legs_over(stepping)
    assert {span.reason for span in legs_over(stepping)} == {RESTLESS}


@pytest.mark.parametrize(
    "motions",
    [
        {},
        {"knee.left.world": sway(0.5, 40.0)},
        {key: sway(0.5, 8.0) for key in ("knee.left.world", "knee.right.world")},
        {key: sway(0.02, 40.0) for key in ("knee.left.world", "shank_incl.left.world")},
    ],
    ids=["unseen", "one joint guessed wrong", "jitter", "a slow shift"],
)
def test_legs_that_do_not_move_withhold_none(motions):
    assert legs_over(motions) == []
