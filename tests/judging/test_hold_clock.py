"""The hold clock: what counts, what does not, and that the frame rate does not matter."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstretch.judging.hold_clock import HoldClock, Kind, Limit, Moment, Span, State, split
from backstretch.judging.reasons import BOUNCING, TOO_BRIEF, TOO_FAST, Reason, ReasonKind
from backstretch.poses.pose import GRACE_UNSEEN_S, GRACE_WRONG_S
from tests.figures import crossings, every, jittered

LEAVE = 5.0
"""How far outside a value must be to leave, as `Limit.hysteresis`."""
TRAPEZE = [(0, -60), (1, -60), (3, 20), (10, 20), (12, -60), (13, -60)]
"""Slack of a plain hold: in at 2.5 s, out (5 below the limit) at 10.625 s."""


SMALL = Reason(ReasonKind.TOO_SMALL, "knee", "left")
HIDDEN = Reason(ReasonKind.UNSEEN, landmark="left_knee")


def plain(time_s, state=State.IN, slack=10.0, **options):
    return Moment(time_s, state, (Limit(slack, LEAVE),), **options)


def timeline(keys, times, *, unseen=lambda _: False, **options):
    """Moments of one check whose slack runs from key to key, judged with hysteresis."""
    at, values = zip(*keys, strict=True)
    inside, moments = False, []
    for t in map(float, times):
        slack = math.nan if unseen(t) else float(np.interp(t, at, values))
        if not math.isnan(slack):
            inside = slack >= (-LEAVE if inside else 0.0)
        state = State.UNSEEN if math.isnan(slack) else State.IN if inside else State.OUT
        reason = {State.IN: None, State.OUT: SMALL, State.UNSEEN: HIDDEN}[state]
        moments.append(plain(t, state, slack, reason=reason, **options))
    return moments


def counted(moments, longest_s=120.0, **graces):
    clock = HoldClock(longest_s, **graces)
    for moment in moments:
        clock.push(moment)
    clock.finish()
    return clock


def only_hold(moments, longest_s=120.0):
    (hold,) = counted(moments, longest_s).holds
    return hold


def with_lapse(kind, lapse_s, times=None):
    """In from 0 s, a lapse from 5 s, in again until 15 s."""
    is_in_lapse = lambda t: 5.0 < t < 5.0 + lapse_s  # noqa: E731
    state = {"wrong": State.OUT, "unseen": State.UNSEEN}[kind]
    times = every(20, 15.0) if times is None else times
    return [
        plain(t, state, -90.0, reason=SMALL)
        if is_in_lapse(t) and state is State.OUT
        else plain(t, state, math.nan, reason=HIDDEN)
        if is_in_lapse(t)
        else plain(t, slack=90.0)
        for t in map(float, times)
    ]


# Between two moments


def kinds(spans):
    return [(span.kind.value, span.start_s, span.end_s) for span in spans]


def test_time_between_two_right_moments_is_valid():
    assert kinds(split(plain(1.0), plain(1.2))) == [("valid", 1.0, 1.2)]


def test_time_between_two_wrong_moments_is_wrong():
    wrong = plain(1.2, State.OUT, -9.0, reason=SMALL)
    assert kinds(split(plain(1.0, State.OUT, -9.0), wrong)) == [("wrong", 1.0, 1.2)]


@pytest.mark.parametrize("other", list(State))
@pytest.mark.parametrize("unseen_first", [True, False])
def test_time_with_an_unseen_end_is_unseen(other, unseen_first):
    ends = [plain(1.0, State.UNSEEN, math.nan), plain(1.0, other)]
    before, after = ends if unseen_first else reversed(ends)
    moved = Moment(1.2, after.state, after.limits)
    assert kinds(split(before, moved)) == [("unseen", 1.0, 1.2)]


@pytest.mark.parametrize("states", [(a, b) for a in State for b in State])
def test_a_longer_gap_is_unseen_whatever_its_ends(states):
    before, after = plain(1.0, states[0]), plain(1.51, states[1])
    assert kinds(split(before, after)) == [("unseen", 1.0, 1.51)]


def test_a_gap_of_half_a_second_still_counts():
    assert kinds(split(plain(1.0), plain(1.5))) == [("valid", 1.0, 1.5)]


def test_entering_is_split_where_the_enter_limit_is_crossed():
    spans = split(plain(1.0, State.OUT, -30.0), plain(1.4, slack=10.0))
    assert kinds(spans) == [("wrong", 1.0, pytest.approx(1.3)), ("valid", pytest.approx(1.3), 1.4)]


def test_leaving_is_split_where_the_leave_limit_is_crossed():
    spans = split(plain(1.0, slack=15.0), plain(1.4, State.OUT, -25.0))
    assert kinds(spans) == [("valid", 1.0, pytest.approx(1.2)), ("wrong", pytest.approx(1.2), 1.4)]


def two_limits(time_s, state, first, second):
    return Moment(time_s, state, (Limit(first, LEAVE), Limit(second, LEAVE)))


def test_the_last_check_to_come_right_limits_the_entry():
    before, after = two_limits(0.0, State.OUT, -10.0, -30.0), two_limits(0.4, State.IN, 30.0, 10.0)
    assert split(before, after)[0].end_s == pytest.approx(0.3)


def test_the_first_check_to_go_wrong_limits_the_exit():
    before, after = two_limits(0.0, State.IN, 35.0, 5.0), two_limits(0.4, State.OUT, -15.0, -35.0)
    assert split(before, after)[0].end_s == pytest.approx(0.1)


def test_a_check_that_was_not_seen_does_not_limit_the_entry():
    before, after = (
        two_limits(0.0, State.OUT, -10.0, math.nan),
        two_limits(0.4, State.IN, 30.0, 10.0),
    )
    assert split(before, after)[0].end_s == pytest.approx(0.1)


def test_without_a_crossing_the_middle_is_taken():
    assert split(plain(0.0, State.OUT), plain(0.4))[0].end_s == pytest.approx(0.2)


def test_a_wrong_span_says_why():
    before, after = (
        plain(0.0, slack=1.0),
        plain(0.4, State.OUT, -9.0, reason=SMALL),
    )
    assert [span.reason for span in split(before, after)] == [None, SMALL]


@given(
    st.sampled_from(list(State)),
    st.sampled_from(list(State)),
    st.floats(0.01, 2.0),
    st.floats(-50, 50),
)
def test_the_spans_between_two_moments_fill_the_time_between_them(before, after, gap_s, slack):
    spans = split(plain(3.0, before, slack), plain(3.0 + gap_s, after, -slack))
    assert sum(span.seconds for span in spans) == pytest.approx(gap_s)


# Opening


def test_a_hold_is_credited_from_its_first_crossing():
    assert only_hold(timeline(TRAPEZE, every(30, 13.0))).start_s == pytest.approx(2.5)


def test_a_position_that_is_right_from_the_start_is_held_from_the_start():
    assert only_hold(plain(t) for t in every(10, 3.0)).start_s == 0.0


@pytest.mark.parametrize(("seconds", "holds"), [(0.4, 0), (0.5, 1), (0.6, 1)])
def test_a_hold_opens_after_half_a_second(seconds, holds):
    assert len(counted(plain(t) for t in every(20, seconds)).holds) == holds


def test_before_it_has_settled_nothing_is_shown_as_held():
    clock = HoldClock(120.0)
    seconds = []
    for t in every(10, 0.8):
        clock.push(plain(t))
        seconds.append(clock.valid_s)
    assert seconds == pytest.approx([0, 0, 0, 0, 0, 0.5, 0.6, 0.7, 0.8])


@pytest.mark.parametrize("lapse", [State.OUT, State.UNSEEN])
def test_settling_starts_anew_after_a_lapse(lapse):
    states = [State.IN] * 4 + [lapse] + [State.IN] * 4
    assert counted(plain(n / 10, state) for n, state in enumerate(states)).holds == []


def test_one_moment_is_no_hold():
    assert counted([plain(0.0)]).holds == []


def test_nothing_is_no_hold():
    assert counted([]).holds == []


# Lapses


@pytest.mark.parametrize(
    ("kind", "lapse_s", "holds"),
    [
        ("wrong", 0.4, 1),
        ("wrong", GRACE_WRONG_S - 0.1, 1),
        ("wrong", GRACE_WRONG_S + 0.2, 2),
        ("unseen", 1.5, 1),
        ("unseen", GRACE_UNSEEN_S - 0.1, 1),
        ("unseen", GRACE_UNSEEN_S + 0.2, 2),
    ],
)
def test_a_hold_survives_lapses_up_to_the_grace(kind, lapse_s, holds):
    assert len(counted(with_lapse(kind, lapse_s)).holds) == holds


@pytest.mark.parametrize("kind", ["wrong", "unseen"])
def test_a_pose_may_set_its_own_grace(kind):
    lapse = with_lapse(kind, 3.0)
    assert len(counted(lapse).holds) == 2
    lapse = with_lapse(kind, 3.0)
    assert len(counted(lapse, **{f"grace_{kind}_s": 4.0}).holds) == 1


@pytest.mark.parametrize("kind", ["wrong", "unseen"])
def test_a_lapse_is_counted_as_what_it_was_and_never_as_valid(kind):
    hold = only_hold(with_lapse(kind, 0.8))
    other = {"wrong": hold.unseen_s, "unseen": hold.wrong_s}[kind]
    assert (hold.valid_s, getattr(hold, f"{kind}_s"), other) == pytest.approx(
        (14.2, 0.8, 0), abs=0.06
    )


def test_wrong_and_unseen_have_graces_of_their_own():
    lapse = [plain(5.0 + n / 10, State.OUT, -90.0) for n in range(8)]
    lapse += [plain(5.8 + n / 10, State.UNSEEN, math.nan) for n in range(17)]
    steady = [plain(n / 10, slack=90.0) for n in range(50)]
    assert len(counted([*steady, *lapse, *[plain(7.5 + n / 10) for n in range(20)]]).holds) == 1


def test_a_hold_ends_at_its_last_crossing_out():
    hold = only_hold(timeline(TRAPEZE, every(30, 13.0)))
    assert hold.end_s == pytest.approx(10.625)


def test_a_hold_that_the_source_cuts_off_ends_with_it():
    assert only_hold(plain(t) for t in every(10, 3.0)).end_s == 3.0


def test_the_lapse_that_ends_a_hold_belongs_to_no_hold():
    hold = only_hold(timeline(TRAPEZE, every(30, 13.0)))
    assert (hold.wrong_s, hold.unseen_s) == (0.0, 0.0)


def test_a_gap_in_a_hold_is_unseen_time_of_the_hold():
    hold = only_hold(plain(t) for t in [*every(10, 4.0), *every(10, 8.0, from_s=5.0)])
    assert (hold.valid_s, hold.unseen_s) == pytest.approx((7.0, 1.0))


def test_a_gap_longer_than_the_grace_ends_the_hold():
    holds = counted(plain(t) for t in [*every(10, 4.0), *every(10, 9.0, from_s=6.5)]).holds
    assert [hold.valid_s for hold in holds] == pytest.approx([4.0, 2.5])


def test_coming_back_after_the_grace_is_a_second_hold():
    first, second = counted(with_lapse("wrong", 3.0)).holds
    assert first.end_s < second.start_s


def test_each_lapse_keeps_its_reason():
    hold = only_hold(with_lapse("unseen", 0.8))
    assert [(span.kind, span.reason) for span in hold.spans if span.reason] == [
        (Kind.UNSEEN, HIDDEN)
    ]


# Moving is not holding


def bounced(reason, start_s, end_s, *, until_s=8.0):
    span = Span(start_s, end_s, Kind.WRONG, reason)
    times = every(10, until_s)
    return [plain(t, withheld=(span,) if abs(t - end_s) < 0.01 else ()) for t in times]


def test_only_the_fast_time_is_withheld():
    hold = only_hold(bounced(TOO_FAST, 3.0, 3.5))
    assert (hold.valid_s, hold.wrong_s) == pytest.approx((7.5, 0.5))


def test_withheld_time_keeps_its_reason():
    wrong = [
        span for span in only_hold(bounced(TOO_FAST, 3.0, 3.5)).spans if span.kind is Kind.WRONG
    ]
    assert wrong == [Span(3.0, 3.5, Kind.WRONG, TOO_FAST)]


def test_a_stretch_that_was_bounced_from_the_start_counts_nothing():
    clock = counted(bounced(BOUNCING, 0.8, 8.0))
    assert sum(hold.valid_s for hold in clock.holds) == 0.0


def test_bouncing_later_on_leaves_what_was_held_before():
    assert only_hold(bounced(BOUNCING, 5.0, 8.0)).valid_s == pytest.approx(5.0)


def test_withholding_never_touches_unseen_time():
    span = Span(4.8, 6.3, Kind.WRONG, TOO_FAST)
    moments = with_lapse("unseen", 1.0)
    moments[140] = plain(7.0, withheld=(span,))
    assert only_hold(moments).unseen_s == pytest.approx(1.0, abs=0.06)


def test_withholding_when_nothing_is_held_changes_nothing():
    span = Span(0.0, 1.0, Kind.WRONG, TOO_FAST)
    moments = [plain(t, State.OUT, -9.0, withheld=(span,)) for t in every(10, 2.0)]
    assert counted(moments).holds == []


# What a hold tells


def test_a_single_hold_is_capped():
    hold = only_hold((plain(t) for t in every(10, 40.0)), longest_s=30.0)
    assert (hold.valid_s, hold.held_s) == pytest.approx((30.0, 40.0))


def test_the_running_hold_is_capped_too():
    clock = HoldClock(5.0)
    for t in every(10, 9.0):
        clock.push(plain(t))
    assert clock.valid_s == 5.0


def test_the_cap_is_for_each_hold():
    clock = counted(with_lapse("wrong", 3.0), longest_s=4.0)
    assert clock.done_s == pytest.approx(8.0)


@pytest.mark.parametrize("closeness", [0.0, 0.35, 1.0])
def test_the_score_is_the_mean_closeness(closeness):
    hold = only_hold(plain(t, closeness=closeness) for t in every(10, 3.0))
    assert hold.score == pytest.approx(100 * closeness)


def test_the_score_weighs_moments_by_their_time():
    times = [*every(30, 2.0), *every(5, 4.0, from_s=2.2)]
    hold = only_hold(plain(t, closeness=1.0 if t <= 2.1 else 0.0) for t in times)
    assert hold.score == pytest.approx(50.0, abs=4.0)


def test_the_score_leaves_lapses_out():
    moments = with_lapse("wrong", 0.8)
    moments = [
        Moment(m.time_s, m.state, m.limits, closeness=float(m.state is State.IN)) for m in moments
    ]
    assert only_hold(moments).score == pytest.approx(100.0)


def test_a_hold_keeps_only_moments_of_its_valid_time():
    moments = only_hold(with_lapse("wrong", 0.8)).moments
    assert {moment.state for moment in moments} == {State.IN}
    assert not any(5.05 < moment.time_s < 5.75 for moment in moments)


def test_done_seconds_are_those_of_the_closed_holds():
    clock = counted(with_lapse("wrong", 3.0))
    assert clock.done_s == pytest.approx(sum(hold.valid_s for hold in clock.holds))


def test_nothing_goes_on_after_the_end():
    clock = counted(plain(t) for t in every(10, 3.0))
    assert (clock.is_holding, clock.valid_s) == (False, 0.0)


# Attempts


def attempted(moments):
    return sum(span.seconds for span in counted(moments).attempts)


def near(from_s, until_s, *, state=State.OUT):
    return [
        plain(t, state, -8.0, near_pose=from_s <= t <= until_s, reason=SMALL)
        for t in every(10, 10.0)
    ]


def test_time_near_the_pose_that_never_became_a_hold_is_an_attempt():
    assert attempted(near(3.0, 7.0)) == pytest.approx(4.0, abs=0.25)


def test_time_far_from_the_pose_is_no_attempt():
    assert attempted(near(20.0, 21.0)) == 0.0


def test_unseen_time_near_the_pose_is_an_unseen_attempt():
    spans = counted(near(3.0, 7.0, state=State.UNSEEN)).attempts
    assert {span.kind for span in spans} == {Kind.UNSEEN}


def test_an_attempt_that_goes_on_to_the_end_counts():
    assert attempted(near(6.0, 10.0)) == pytest.approx(4.0, abs=0.25)


def test_a_position_held_too_briefly_is_an_attempt_with_a_reason():
    moments = timeline([(0, -60), (1, 20), (1.2, -60)], every(30, 3.0))
    spans = counted(moments).attempts
    assert TOO_BRIEF in {span.reason for span in spans}
    assert {span.kind for span in spans} == {Kind.WRONG}


@pytest.mark.parametrize("fps", [10.0, 30.0])
def test_the_movement_into_and_out_of_a_hold_is_no_attempt(fps):
    keys = [(0, -60), (1, -60), (1.8, 20), (6, 20), (6.8, -60), (9, -60)]
    moments = [
        Moment(m.time_s, m.state, m.limits, near_pose=m.limits[0].slack > -30.0)
        for m in timeline(keys, every(fps, 9.0))
    ]
    assert attempted(moments) == 0.0


def test_lingering_before_a_hold_is_an_attempt_less_the_entry():
    keys = [(0, -8), (5, -8), (5.1, 20), (10, 20)]
    moments = [
        Moment(m.time_s, m.state, m.limits, near_pose=True) for m in timeline(keys, every(20, 10.0))
    ]
    assert attempted(moments) == pytest.approx(4.0, abs=0.1)


def test_lingering_after_a_hold_is_an_attempt_less_the_exit():
    keys = [(0, 20), (5, 20), (5.1, -8), (10, -8)]
    moments = [
        Moment(m.time_s, m.state, m.limits, near_pose=True) for m in timeline(keys, every(20, 10.0))
    ]
    assert attempted(moments) == pytest.approx(3.9, abs=0.1)


# Whatever the frame rate


@settings(max_examples=60)
@given(st.floats(5.0, 60.0), st.integers(0, 9999))
def test_valid_hold_time_does_not_depend_on_the_frame_rate(fps, seed):
    times = jittered(fps, 13.0, seed) if seed % 2 else every(fps, 13.0)
    assert only_hold(timeline(TRAPEZE, times)).valid_s == pytest.approx(8.125, abs=0.05)


@settings(max_examples=40)
@given(st.floats(6.0, 60.0), st.integers(0, 9999), st.floats(1.0, 3.0), st.floats(1.0, 3.0))
def test_a_lapse_costs_as_much_at_every_frame_rate(fps, seed, down_s, up_s):
    """A dip to 45 below the limit and back, far over the grace: two holds."""
    keys = [(0, 40), (4, 40), (4 + down_s, -45), (8, -45), (8 + up_s, 40), (15, 40)]
    leave_s, enter_s = crossings(keys, -LEAVE)[0], crossings(keys, 0.0)[1]
    holds = counted(timeline(keys, jittered(fps, 15.0, seed))).holds
    assert [holds[0].end_s, holds[1].start_s] == pytest.approx([leave_s, enter_s], abs=0.05)


@settings(max_examples=40)
@given(st.floats(5.0, 60.0), st.floats(0.51, 1.9), st.floats(1.0, 8.0))
def test_a_hold_never_counts_a_gap(fps, gap_s, gap_from_s):
    times = [t for t in every(fps, 12.0) if not gap_from_s < t < gap_from_s + gap_s]
    gaps_s = sum(gap for gap in np.diff(times) if gap > 0.5)
    assert only_hold(map(plain, map(float, times))).valid_s == pytest.approx(times[-1] - gaps_s)


STRETCH = st.lists(st.tuples(st.sampled_from(list(State)), st.integers(1, 40)), max_size=12)
"""States with how many moments each lasts."""


def walk(stretches, step_s=0.1):
    slack = {State.IN: 20.0, State.OUT: -20.0, State.UNSEEN: math.nan}
    states = [state for state, count in stretches for _ in range(count)]
    return [plain(n * step_s, s, slack[s], near_pose=True) for n, s in enumerate(states)]


@given(STRETCH)
def test_valid_wrong_and_unseen_make_up_the_hold(stretches):
    for hold in counted(walk(stretches)).holds:
        parts = hold.held_s + hold.wrong_s + hold.unseen_s
        assert parts == pytest.approx(hold.end_s - hold.start_s)


@given(STRETCH)
def test_holds_follow_each_other_and_begin_and_end_with_valid_time(stretches):
    holds = counted(walk(stretches)).holds
    assert all(hold.spans[0].kind is hold.spans[-1].kind is Kind.VALID for hold in holds)
    assert all(a.end_s < b.start_s for a, b in pairwise(holds))


@given(STRETCH)
def test_no_time_is_both_held_and_attempted(stretches):
    clock = counted(walk(stretches))
    for attempt in clock.attempts:
        assert not any(
            h.start_s < attempt.end_s - 1e-6 and attempt.start_s + 1e-6 < h.end_s
            for h in clock.holds
        )


@given(STRETCH)
def test_unseen_moments_alone_are_never_wrong(stretches):
    moments = [m for m in walk(stretches) if m.state is not State.OUT]
    clock = counted(moments)
    assert sum(hold.wrong_s for hold in clock.holds) == 0.0


@given(STRETCH)
def test_valid_time_is_never_more_than_the_time_seen_to_be_right(stretches):
    moments = walk(stretches)
    right = sum(State.IN in {a.state, b.state} for a, b in pairwise(moments))
    assert counted(moments).done_s <= right * 0.1 + 1e-6


@given(STRETCH, STRETCH)
def test_a_fresh_clock_is_a_new_one(before, stretches):
    alone = counted(walk(stretches)).holds
    counted(walk(before))
    assert counted(walk(stretches)).holds == alone
