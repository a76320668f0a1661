"""Recognition: holds share no second, and a picture is named for what it shows."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.judging.hold_clock import Hold, Kind, Moment, Span, State
from backstretch.judging.matching import forms_of
from backstretch.judging.reasons import Reason, ReasonKind
from backstretch.judging.recognition import LEAST_S, Held, looks_like, without_overlaps
from backstretch.kinematics.stick_figure import STANDING, ideal_body
from backstretch.kinematics.view import VIEWS
from tests.figures import BACK, FRONT, LEFT_SIDE, RIGHT_SIDE
from tests.library import LIBRARY

SMALL = Reason(ReasonKind.TOO_SMALL, "knee", "left")
FORMS = [form for pose in LIBRARY.recognised for form in forms_of(pose)]
SHOWN = [form for form in FORMS if form.pose.figure]
BEND, REACH, FOLD, TWIST = (
    forms_of(LIBRARY.poses[name])[0]
    for name in (
        "standing_side_bend",
        "overhead_reach",
        "standing_forward_fold",
        "chair_spinal_twist",
    )
)


def spans_of(start_s, *seconds):
    """Valid time and lapses in turn, of these lengths."""
    ends = start_s + np.cumsum([0.0, *seconds])
    kinds = [Kind.VALID, Kind.WRONG] * len(seconds)
    return tuple(
        Span(float(a), float(b), kind, None if kind is Kind.VALID else SMALL)
        for (a, b), kind in zip(pairwise(ends), kinds, strict=False)
    )


def held(form, start_s, *seconds, score=100.0):
    """A hold of valid time and lapses in turn, of these lengths, with a moment every half second."""
    spans = spans_of(start_s, *seconds)
    times = np.arange(2 * start_s, 2 * spans[-1].end_s + 1) / 2
    moments = tuple(
        Moment(float(t), State.IN, closeness=score / 100.0)
        for t in times
        if any(span.kind is Kind.VALID and span.start_s <= t <= span.end_s for span in spans)
    )
    return Held(form, Hold(start_s, spans[-1].end_s, spans, 120.0, score, moments))


def times_of(*each, least_s=0.0):
    """What is left: (pose, start, end)."""
    holds = without_overlaps(each, least_s=least_s)
    return [(h.form.pose.id, h.hold.start_s, h.hold.end_s) for h in holds]


def only(form, *each):
    """What is left of one form's hold."""
    (hold,) = [h.hold for h in without_overlaps(each) if h.form is form]
    return hold


# Two holds


def test_no_holds_are_no_holds():
    assert without_overlaps([]) == []


def test_a_hold_alone_stays_as_it_is():
    one = held(BEND, 3.0, 5.0, 0.5, 4.0)
    assert without_overlaps([one]) == [one]


def test_holds_at_different_times_stay_as_they_are():
    one, other = held(BEND, 3.0, 5.0), held(REACH, 8.0, 5.0)
    assert without_overlaps([one, other]) == [one, other]


def test_of_two_holds_at_one_time_the_longer_stays():
    assert times_of(held(BEND, 3.0, 6.0), held(REACH, 3.5, 5.0)) == [(BEND.pose.id, 3.0, 9.0)]


def test_of_two_holds_of_one_length_the_closer_stays():
    both = held(BEND, 3.0, 6.0, score=60.0), held(REACH, 3.0, 6.0, score=90.0)
    assert times_of(*both) == [(REACH.pose.id, 3.0, 9.0)]


@pytest.mark.parametrize(("seconds", "winner"), [(8.0, REACH), (4.0, BEND)])
def test_length_is_weighed_by_closeness(seconds, winner):
    """Ten seconds half as close are worth five."""
    both = held(BEND, 3.0, 10.0, score=50.0), held(REACH, 4.0, seconds, score=100.0)
    assert only(winner, *both).held_s == {REACH: seconds, BEND: 10.0}[winner]


def test_lapses_do_not_weigh():
    """Ten seconds of which three are valid."""
    both = held(BEND, 3.0, 2.0, 7.0, 1.0), held(REACH, 3.0, 4.0)
    assert only(REACH, *both).held_s == 4.0


def test_both_sides_of_one_stretch_are_two_forms():
    """Eagle arms pass for both."""
    left, right = forms_of(LIBRARY.poses["eagle_arms"])
    assert len(without_overlaps([held(left, 3.0, 6.0), held(right, 3.0, 6.0)])) == 1


# Stretches done in turn


CAT, COW = (forms_of(LIBRARY.poses[name])[0] for name in ("cat_pose", "cow_pose"))


def test_a_short_cat_and_a_short_cow_next_to_each_other_are_kept():
    both = held(CAT, 3.0, 1.6), held(COW, 6.0, 1.5)
    assert [name for name, *_ in times_of(*both, least_s=LEAST_S)] == ["cat_pose", "cow_pose"]


def test_a_short_cow_next_to_a_long_cat_is_kept():
    both = held(CAT, 3.0, 5.0), held(COW, 9.0, 1.5)
    assert len(times_of(*both, least_s=LEAST_S)) == 2


@pytest.mark.parametrize(
    "others",
    [
        [],
        [held(CAT, 6.0, 1.6)],
        [held(COW, 9.0, 1.6)],
        [held(COW, 6.0, 1.4)],
        [held(BEND, 6.0, 5.0)],
    ],
    ids=["alone", "another cat", "far from a cow", "a briefer cow", "another stretch"],
)
def test_a_short_cat_that_is_not_done_in_turn_is_left_out(others):
    kept = times_of(held(CAT, 3.0, 1.6), *others, least_s=LEAST_S)
    assert "cat_pose" not in {name for name, *_ in kept}


# Stretches of the neck


NOD = forms_of(LIBRARY.poses["neck_flexion"])[0]


def test_a_stretch_of_the_neck_must_last_longer():
    both = held(NOD, 3.0, 3.9), held(NOD, 9.0, 4.1)
    assert times_of(*both, least_s=LEAST_S) == [("neck_flexion", 9.0, 13.1)]


def test_a_stretch_of_the_neck_that_was_asked_for_may_be_short():
    assert len(times_of(held(NOD, 3.0, 1.0))) == 1


# What is left of the other


def test_what_lies_after_the_longer_hold_is_kept():
    both = held(BEND, 3.0, 6.0), held(REACH, 5.0, 5.5)
    assert times_of(*both) == [(BEND.pose.id, 3.0, 9.0), (REACH.pose.id, 9.0, 10.5)]


def test_what_lies_before_the_longer_hold_is_kept():
    both = held(BEND, 3.0, 6.0), held(REACH, 1.0, 5.0)
    assert times_of(*both) == [(REACH.pose.id, 1.0, 3.0), (BEND.pose.id, 3.0, 9.0)]


@pytest.mark.parametrize(("from_s", "left"), [(0.0, (0.0, 4.0)), (2.0, (10.0, 14.0))])
def test_of_what_lies_before_and_after_the_more_is_kept(from_s, left):
    """The shorter hold, from 4 to 10 s, is much closer."""
    winner = held(BEND, 4.0, 6.0)
    hold = only(REACH, winner, held(REACH, from_s, 12.0, score=20.0))
    assert (hold.start_s, hold.end_s) == left


def test_the_seconds_of_what_is_left_are_its_own():
    assert only(REACH, held(BEND, 3.0, 6.0), held(REACH, 5.0, 5.5)).held_s == pytest.approx(1.5)


def test_the_lapse_that_a_cut_leaves_at_the_start_is_trimmed():
    """Valid until 8.5 s, wrong until 10 s, valid until 13 s; the other keeps all until 9 s."""
    hold = only(REACH, held(BEND, 3.0, 6.0), held(REACH, 5.0, 3.5, 1.5, 3.0, score=50.0))
    assert (hold.start_s, hold.end_s, hold.wrong_s) == (10.0, 13.0, 0.0)


def test_the_lapse_that_a_cut_leaves_at_the_end_is_trimmed():
    """Valid until 3 s, wrong until 4.5 s, valid until 8 s; the other keeps all from 4 s on."""
    hold = only(REACH, held(BEND, 4.0, 9.0), held(REACH, 0.0, 3.0, 1.5, 3.5))
    assert (hold.start_s, hold.end_s, hold.wrong_s) == (0.0, 3.0, 0.0)


def test_lapses_within_what_is_left_stay():
    hold = only(REACH, held(BEND, 3.0, 6.0), held(REACH, 5.0, 6.0, 0.5, 2.0, score=50.0))
    assert [span.kind for span in hold.spans] == [Kind.VALID, Kind.WRONG, Kind.VALID]
    assert hold.wrong_s == 0.5


def test_a_hold_of_which_only_a_lapse_is_left_is_gone():
    both = held(BEND, 3.0, 6.0), held(REACH, 5.0, 3.0, 3.0, 0.5, score=50.0)
    cover = held(FOLD, 11.0, 4.0)
    assert [name for name, *_ in times_of(*both, cover)] == [BEND.pose.id, FOLD.pose.id]


def test_only_moments_of_what_is_left_are_kept():
    times = [m.time_s for m in only(REACH, held(BEND, 3.0, 6.0), held(REACH, 5.0, 5.5)).moments]
    assert times == [9.0, 9.5, 10.0, 10.5]


def test_a_hold_between_two_longer_ones_keeps_what_is_between():
    cut = held(REACH, 7.0, 8.0, score=50.0)
    assert times_of(cut, held(BEND, 3.0, 6.0), held(FOLD, 12.0, 6.0)) == [
        (BEND.pose.id, 3.0, 9.0),
        (REACH.pose.id, 9.0, 12.0),
        (FOLD.pose.id, 12.0, 18.0),
    ]


def test_holds_come_in_order_of_time():
    mixed = held(FOLD, 20.0, 3.0), held(BEND, 3.0, 6.0), held(REACH, 12.0, 9.0)
    assert [start_s for _, start_s, _ in times_of(*mixed)] == [3.0, 12.0, 21.0]


# Too short


@pytest.mark.parametrize(("least_s", "count"), [(0.0, 1), (2.5, 1), (2.6, 0)])
def test_holds_with_fewer_seconds_are_left_out(least_s, count):
    assert len(times_of(held(BEND, 3.0, 1.0, 5.0, 1.5), least_s=least_s)) == count


def test_what_a_cut_makes_too_short_is_left_out():
    both = held(BEND, 3.0, 6.0), held(REACH, 5.0, 5.5)
    assert times_of(*both, least_s=2.0) == [(BEND.pose.id, 3.0, 9.0)]


def test_what_was_left_out_takes_no_seconds_from_others():
    """The reach would be 1.5 s long and end at 10.5 s; the fold keeps its own start."""
    holds = held(BEND, 3.0, 6.0), held(REACH, 5.0, 5.5), held(FOLD, 9.5, 4.0)
    assert times_of(*holds, least_s=2.0)[1:] == [(FOLD.pose.id, 9.5, 13.5)]


def test_no_stretch_is_done_for_less_than_what_is_named():
    assert min(pose.dose.seconds[0] for pose in LIBRARY.recognised) > LEAST_S


# Whatever the holds


@st.composite
def holds(draw):
    """Up to six holds of any forms, with lapses, at times that overlap."""
    count = draw(st.integers(0, 6))
    return [
        held(
            draw(st.sampled_from(FORMS)),
            draw(st.integers(0, 40)) / 2,
            *draw(lengths().map(lambda counts: [each / 4 for each in counts])),
            score=float(draw(st.integers(1, 100))),
        )
        for _ in range(count)
    ]


def lengths():
    """One, three or five lengths in quarters of a second: valid time with lapses between."""
    return st.integers(0, 2).flatmap(
        lambda lapses: st.lists(
            st.integers(1, 30), min_size=2 * lapses + 1, max_size=2 * lapses + 1
        )
    )


def valid_spans(holds):
    return [span for each in holds for span in each.hold.spans if span.kind is Kind.VALID]


def union_s(spans):
    """Seconds that at least one span covers, on a grid finer than any of them."""
    grid = {n for span in spans for n in range(round(8 * span.start_s), round(8 * span.end_s))}
    return len(grid) / 8


@given(holds())
def test_no_second_counts_twice(each):
    holds = without_overlaps(each)
    assert sum(h.hold.held_s for h in holds) == pytest.approx(union_s(valid_spans(holds)))


@given(holds())
def test_whole_holds_lie_side_by_side(each):
    holds = [h.hold for h in without_overlaps(each)]
    assert all(a.end_s <= b.start_s for a, b in pairwise(holds))


@given(holds())
def test_nothing_is_added(each):
    spans = valid_spans(each)
    assert union_s([*spans, *valid_spans(without_overlaps(each))]) == union_s(spans)


@given(holds())
def test_what_is_left_begins_and_ends_with_valid_time(each):
    for hold in (h.hold for h in without_overlaps(each)):
        assert hold.spans[0].kind is hold.spans[-1].kind is Kind.VALID
        assert (hold.start_s, hold.end_s) == (hold.spans[0].start_s, hold.spans[-1].end_s)


@given(holds())
def test_the_heaviest_hold_stays_whole(each):
    best = max(each, key=lambda h: h.hold.held_s * h.hold.score, default=None)
    assert best is None or best.hold in [h.hold for h in without_overlaps(each)]


@given(holds(), st.integers(0, 20))
def test_nothing_shorter_than_asked_is_left(each, quarters):
    assert all(h.hold.held_s >= quarters / 4 for h in without_overlaps(each, least_s=quarters / 4))


@given(holds())
def test_telling_apart_again_changes_nothing(each):
    holds = without_overlaps(each)
    assert without_overlaps(holds) == holds


# Pictures


def best_view(form):
    """Azimuth and elevation of a form's best view, mirrored for the right side."""
    view = VIEWS[form.pose.views[0]][0]
    return view.azimuth_deg * (-1 if form.side == "right" else 1), view.elevation_deg


def picture(form):
    return ideal_body(form.pose.figure, best_view(form), form.side or "left")


def named(marks):
    return [(each.pose, each.side) for each in looks_like(marks, LIBRARY.recognised)]


NO_NEUTRAL = {"neck_flexion"}
"""How far a head nods can be told from the person's own neutral only."""
SIDES_ALIKE = {"eagle_arms"}
"""Poses whose figure passes for both sides."""


@pytest.mark.parametrize(
    "form",
    [form for form in SHOWN if form.pose.id not in NO_NEUTRAL | SIDES_ALIKE],
    ids=lambda form: f"{form.pose.id} {form.side}",
)
def test_a_picture_of_an_ideal_is_named_first_with_its_side(form):
    assert named(picture(form))[:1] == [(form.pose.id, form.side)]


@pytest.mark.parametrize("form", forms_of(LIBRARY.poses["eagle_arms"]), ids=lambda f: str(f.side))
def test_eagle_arms_are_named_for_either_side(form):
    assert sorted(map(str, named(picture(form)))) == sorted(
        str((form.pose.id, side)) for side in ("left", "right")
    )


@pytest.mark.parametrize("name", NO_NEUTRAL)
def test_a_nod_cannot_be_told_from_a_single_picture(name):
    (form,) = forms_of(LIBRARY.poses[name])
    assert named(picture(form)) == []


@pytest.mark.parametrize("azimuth_deg", [FRONT, 10.0, LEFT_SIDE, RIGHT_SIDE, BACK])
def test_a_picture_of_somebody_standing_is_like_nothing(azimuth_deg):
    assert looks_like(ideal_body(STANDING, (azimuth_deg, 0.0)), LIBRARY.recognised) == ()


@pytest.mark.parametrize("azimuth_deg", [45.0, -45.0, 135.0, -135.0])
def test_a_picture_of_somebody_standing_half_turned_is_like_nothing(azimuth_deg):
    assert looks_like(ideal_body(STANDING, (azimuth_deg, 0.0)), LIBRARY.recognised) == ()


def test_a_picture_in_which_nothing_is_seen_is_like_nothing():
    body = ideal_body(BEND.pose.figure, best_view(BEND))
    hidden = replace(body, visibility=np.zeros_like(body.visibility))
    assert looks_like(hidden, LIBRARY.recognised) == ()


def test_only_the_poses_in_question_are_named():
    assert looks_like(picture(BEND), [REACH.pose, FOLD.pose]) == ()


@pytest.mark.parametrize("is_first", [True, False])
def test_the_closest_pose_comes_first(is_first):
    """A second side bend that wants more lean than the figure has."""
    checks = [
        replace(check, good=(40.0, 45.0)) if check.measure.name == "trunk_lean_lat" else check
        for check in BEND.pose.checks
    ]
    deeper = replace(BEND.pose, id="deeper_bend", checks=tuple(checks))
    poses = [deeper, BEND.pose] if is_first else [BEND.pose, deeper]
    likenesses = looks_like(picture(BEND), poses)
    assert [each.pose for each in likenesses] == [BEND.pose.id, "deeper_bend"]
    assert 1.0 >= likenesses[0].closeness > likenesses[1].closeness > 0.0
