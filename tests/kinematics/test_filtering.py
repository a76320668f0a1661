"""Smoothing: no lag, less jitter, edges kept, and the same as a slow obvious form."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstretch.kinematics.filtering import HALF_WIDTH_S, JITTER, Smoother
from backstretch.kinematics.landmarks import COUNT, INDEX
from tests.figures import FRONT, LEFT_SIDE, every, folded, jittered, moments, standing, trembling

STILL = standing().seen(FRONT)
WRIST = INDEX["left_wrist"]


def steadied(timeline):
    smoother = Smoother()
    settled = [moment for time_s, body in timeline for moment in smoother.push(time_s, body)]
    return settled + smoother.finish()


def shifted(right_px):
    return replace(STILL, xy_px=np.add(STILL.xy_px, (right_px, 0.0)))


def wrist_x(timeline):
    return np.array([body.xy_px[WRIST, 0] for _, body in timeline])


def inner(timeline):
    """The moments with a whole window around them."""
    last_s = timeline[-1][0]
    return [m for m in timeline if HALF_WIDTH_S <= m[0] <= last_s - HALF_WIDTH_S]


def test_times_stay_as_they_were():
    timeline = moments(shifted, [(0, 0), (2, 50)], jittered(25, 2.0, seed=4))
    assert [time_s for time_s, _ in steadied(timeline)] == [time_s for time_s, _ in timeline]


def test_a_still_body_stays_where_it_is():
    timeline = moments(lambda _: STILL, [(0, 0)], every(30, 1.0))
    bodies = [body.xy_px for _, body in steadied(timeline) if body is not None]
    assert bodies == [pytest.approx(STILL.xy_px)] * len(timeline)


@pytest.mark.parametrize("px_per_s", [20.0, 300.0, -2000.0])
def test_a_ramp_stays_a_ramp(px_per_s):
    timeline = moments(shifted, [(0, 0), (2, 2 * px_per_s)], every(30, 2.0))
    assert wrist_x(inner(steadied(timeline))) == pytest.approx(wrist_x(inner(timeline)))


def test_jitter_shrinks_to_less_than_half():
    timeline = trembling(moments(lambda _: STILL, [(0, 0)], every(30, 4.0)), jitter_px=2.0)
    assert wrist_x(inner(steadied(timeline))).std() < 0.5 * wrist_x(inner(timeline)).std()


def test_a_quick_step_keeps_its_edge():
    timeline = moments(shifted, [(0, 0), (0.99, 0), (0.999, 100), (2, 100)], every(30, 2.0))
    assert wrist_x(steadied(timeline)) == pytest.approx(wrist_x(timeline), abs=0.5)


def test_a_slow_swing_keeps_its_height():
    timeline = [(t, shifted(40.0 * math.sin(2 * math.pi * 0.3 * t))) for t in every(30, 8.0)]
    assert np.ptp(wrist_x(steadied(timeline))) > 0.97 * np.ptp(wrist_x(timeline))


def lines_deg(timeline):
    return [body.head_line_deg for _, body in timeline]


def test_the_line_across_the_head_is_smoothed_without_lag():
    dice = np.random.default_rng(3)
    clean = [(t, 40.0 * t) for t in every(30, 2.0)]
    noisy = [(t, replace(STILL, head_line_deg=deg + dice.normal(0.0, 2.0))) for t, deg in clean]
    off = np.subtract(lines_deg(inner(steadied(noisy))), [deg for _, deg in inner(clean)])
    assert abs(off.mean()) < 0.3
    assert off.std() < 1.0


def test_the_line_is_smoothed_across_half_a_turn():
    lines = [178.0, -178.0] * 15
    timeline = [
        (n / 30, replace(STILL, head_line_deg=line_deg)) for n, line_deg in enumerate(lines)
    ]
    assert min(map(abs, lines_deg(steadied(timeline)))) > 177.0


def test_a_line_that_is_not_known_stays_so_and_does_not_blur_the_others():
    timeline = [
        (n / 30, replace(STILL, head_line_deg=10.0 if n % 2 else math.nan)) for n in range(9)
    ]
    wanted = [10.0 if n % 2 else math.nan for n in range(9)]
    assert lines_deg(steadied(timeline)) == pytest.approx(wanted, nan_ok=True)


def test_nobody_stays_nobody():
    timeline = [(t, None if 0.5 < t < 0.8 else STILL) for t in every(30, 1.5)]
    assert [body is None for _, body in steadied(timeline)] == [b is None for _, b in timeline]


def test_those_around_nobody_are_still_steadied():
    timeline = [(0.0, STILL), (0.1, None), (0.2, shifted(1.0)), (0.3, STILL)]
    assert 0.0 < wrist_x([steadied(timeline)[2]])[0] - STILL.xy_px[WRIST, 0] < 1.0


@pytest.mark.parametrize("fps", [5.0, 2.5])
def test_sparse_moments_are_steadied_by_their_neighbours(fps):
    timeline = trembling(moments(lambda _: STILL, [(0, 0)], every(fps, 40.0)), jitter_px=2.0)
    assert np.std(wrist_x(steadied(timeline))) < 0.75 * np.std(wrist_x(timeline))


def test_a_sparse_step_keeps_its_edge():
    timeline = [(t, shifted(100.0 * (t > 2.0))) for t in every(2.5, 6.0)]
    assert wrist_x(steadied(timeline)) == pytest.approx(wrist_x(timeline), abs=0.5)


def test_moments_too_far_apart_have_nothing_to_do_with_each_other():
    timeline = trembling(moments(lambda _: STILL, [(0, 0)], every(1.0, 4.0)), jitter_px=2.0)
    assert wrist_x(steadied(timeline)) == pytest.approx(wrist_x(timeline))


def test_a_moment_is_told_a_fifth_of_a_second_later():
    smoother = Smoother()
    settled_s = [(t, [s for s, _ in smoother.push(t, STILL)]) for t in every(20, 1.0)]
    assert all(
        now - t == pytest.approx(HALF_WIDTH_S, abs=0.051) for now, ts in settled_s for t in ts
    )


def test_finish_tells_the_moments_still_waiting():
    smoother = Smoother()
    waiting = [moment for t in every(20, 0.15) for moment in smoother.push(t, STILL)]
    assert waiting == []
    assert len(smoother.finish()) == 4


def test_finish_without_moments_tells_nothing():
    assert Smoother().finish() == []


def test_visibility_and_depth_are_steadied_too():
    dim = replace(STILL, visibility=STILL.visibility * 0.5, world_m=STILL.world_m + 0.1)
    timeline = [(0.0, STILL), (0.1, dim), (0.2, STILL)]
    _, middle = steadied(timeline)[1]
    assert middle.visibility[0] == pytest.approx((0.5 * 0.99 + 2 * 0.5 * 0.99) / 2, rel=0.01)
    assert middle.world_m[0] == pytest.approx(STILL.world_m[0] + 0.05, abs=0.001)


def slow_point(timeline, time_s, n, here, stray):
    """One point of one moment, weighed against the same point of every other moment."""
    weights, places = [], []
    for other_s, other in timeline:
        near = 1.0 - abs(other_s - time_s) / HALF_WIDTH_S
        if other is not None and near > 0.0:
            away = math.dist(other.xy_px[n], here)
            weights.append(near * math.exp(-0.5 * (away / stray) ** 2))
            places.append(other.xy_px[n])
    return np.average(places, axis=0, weights=weights)


def slow(time_s, body, timeline):
    """The bilateral filter in loops."""
    middle, points = body.xy_px.mean(axis=0), body.xy_px
    size = math.sqrt(sum(math.dist(point, middle) ** 2 for point in points) / COUNT)
    stray = max(1.0, JITTER * size)
    return np.array([slow_point(timeline, time_s, n, points[n], stray) for n in range(COUNT)])


@settings(max_examples=6)
@given(st.integers(0, 999), st.sampled_from([8.0, 15.0, 24.0]), st.integers(0, 12))
def test_pushing_one_by_one_equals_the_slow_obvious_form(seed, fps, nobody_at):
    bend = moments(lambda v: folded(v).seen(LEFT_SIDE), [(0, 0), (1, 80)], jittered(fps, 1.0, seed))
    timeline = trembling(bend, jitter_px=3.0, seed=seed)
    timeline = [(t, None if n == nobody_at else b) for n, (t, b) in enumerate(timeline)]
    for (time_s, body), (_, marks) in zip(steadied(timeline), timeline, strict=True):
        if marks is not None:
            assert body.xy_px == pytest.approx(slow(time_s, marks, timeline), abs=1e-6)


@settings(max_examples=10)
@given(st.integers(0, 999))
def test_what_is_steadied_lies_between_what_was_seen(seed):
    timeline = trembling(moments(lambda _: STILL, [(0, 0)], jittered(20, 1.0, seed)), 5.0, seed)
    before, after = wrist_x(timeline), wrist_x(steadied(timeline))
    assert before.min() <= after.min() <= after.max() <= before.max()
