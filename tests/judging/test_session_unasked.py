"""Recognition from end to end: nobody says which stretch comes, and each is named and counted."""

from functools import cache

import numpy as np
import pytest

from backstretch.judging.hold_clock import SETTLE_S, Kind, State
from backstretch.judging.matching import forms_of
from backstretch.judging.recognition import LEAST_S
from backstretch.judging.session import Session
from backstretch.kinematics.landmarks import Landmarks
from backstretch.kinematics.neutral import neutral_of, settle
from backstretch.kinematics.stick_figure import STANDING, ideal_body
from backstretch.kinematics.view import VIEWS, View
from tests.figures import crossings, every, measured, value_at
from tests.library import LIBRARY

POSES, POSES_BY_ID = LIBRARY.recognised, LIBRARY.poses
FORMS = {(form.pose.id, form.side): form for pose in POSES for form in forms_of(pose)}
STRETCHING = ((0, 0), (2, 0), (4, 1), (10, 1), (12, 0), (14, 0))
"""Share of the way from standing to the ideal: stand, move, hold for six seconds, move back, stand."""
BRIEFLY = ((0, 0), (2, 0), (3.5, 1), (3.7, 1), (5.2, 0), (7, 0))
"""The same for someone who only passes through."""
QUICKLY = ((0, 0), (2, 0), (2.5, 1), (8.5, 1), (9, 0), (11, 0))
"""The same for someone who hurries."""
SHORT = ((0, 0), (2, 0), (3, 0.35), (9, 0.35), (10, 0), (12, 0))
"""The same for someone who stops well before the ideal."""
FPS = 10.0
HANDFUL = [
    ("standing_side_bend", "left"),
    ("standing_side_bend", "right"),
    ("overhead_reach", None),
    ("doorway_chest_opener", None),
    ("chair_spinal_twist", "left"),
    ("chair_spinal_twist", "right"),
    ("standing_back_extension", None),
    ("cross_body_shoulder", "left"),
    ("cross_body_shoulder", "right"),
]
each_of_a_handful = pytest.mark.parametrize(
    "asked", HANDFUL, ids=lambda asked: " ".join(map(str, asked))
)


def best_view(form):
    """Azimuth and elevation of a form's best view, mirrored for the right side."""
    view = VIEWS[form.pose.views[0]][0]
    return view.azimuth_deg * (-1 if form.side == "right" else 1), view.elevation_deg


def ideal(form, view):
    return ideal_body(form.pose.figure, view, form.side or "left")


def between(start, end, share):
    """Every landmark so far on its way from one body to another."""
    xy = start.xy_px + share * (end.xy_px - start.xy_px)
    world = start.world_m + share * (end.world_m - start.world_m)
    return Landmarks(xy, world, start.visibility.copy(), start.image_wh)


@cache
def ends(asked):
    """Somebody standing and the ideal, from the stretch's best view."""
    form = FORMS[asked]
    view = best_view(form)
    return ideal_body(STANDING, view), ideal(form, view)


def stretched(asked, keys=STRETCHING, fps=FPS):
    """Moments of a stretch."""
    start, end = ends(asked)
    times = [float(t) for t in every(fps, keys[-1][0])]
    return [(t, between(start, end, value_at(keys, t))) for t in times]


def one_after_the_other(*asked):
    """Moments of standing, each stretch for six seconds, and standing, two seconds in between."""
    view = best_view(FORMS[asked[0]])
    bodies = [ideal_body(STANDING, view)]
    bodies += [ideal(FORMS[each], view) for each in asked]
    bodies.append(bodies[0])
    keys = [(0, 0), (2, 0)]
    for n in range(1, len(bodies)):
        keys += [(keys[-1][0] + 2, n), (keys[-1][0] + (8 if n < len(bodies) - 1 else 4), n)]
    places = [(t, value_at(keys, t)) for t in map(float, every(FPS, keys[-1][0]))]
    return [
        (t, between(bodies[int(at)], bodies[min(int(at) + 1, len(bodies) - 1)], at % 1))
        for t, at in places
    ]


def run(timeline, poses=POSES, sides=(), *, asked=False):
    session = Session(poses, sides, asked=asked)
    steps = session.push(timeline) + session.finish()
    return session, steps


@cache
def unasked(asked):
    """The session and steps of a stretch that nobody asked for."""
    return run(stretched(asked))


def named(session):
    return [(each.form.pose.id, each.form.side) for each in session.holds]


def only_hold(session):
    (held,) = session.holds
    return held.hold


def limit(asked, *, inside):
    """The share of the way at which a stretch is entered or, from inside, left."""
    start, end = ends(asked)
    rest = measured(start)
    neutral = neutral_of(rest.values[0], rest.lengths[0], View.of(rest.camera[0]))
    out, held = 0.0, 1.0
    for _ in range(20):
        middle = (out + held) / 2
        values = settle(measured(between(start, end, middle)), 0, neutral, "left")
        state = FORMS[asked].judge(values, "left", inside=inside).state
        out, held = (out, middle) if state is State.IN else (middle, held)
    return held


def true_s(asked, keys=STRETCHING):
    """Seconds from the crossing in to the crossing out, by arithmetic."""
    enter, leave = (limit(asked, inside=inside) for inside in (False, True))
    return crossings(keys, leave)[-1] - crossings(keys, enter)[0]


# What is named


@each_of_a_handful
def test_a_stretch_that_nobody_asked_for_is_named_once_with_its_side(asked):
    assert named(unasked(asked)[0]) == [asked]


@pytest.mark.parametrize("asked", FORMS, ids=lambda asked: " ".join(map(str, asked)))
@pytest.mark.exhaustive
def test_every_stretch_is_told_from_all_others(asked):
    """The wrapped arms of eagle arms pass for both sides."""
    names = named(unasked(asked)[0])
    if asked[0] == "eagle_arms":
        names = [(name, asked[1]) for name, _ in names]
    assert names == [asked]


def test_standing_about_is_no_stretch():
    session, steps = run([(t, ends(HANDFUL[0])[0]) for t in map(float, every(FPS, 10.0))])
    assert (named(session), steps[-1].total_s) == ([], 0.0)


def test_nobody_in_view_is_no_stretch():
    session, steps = run([(t, None) for t in map(float, every(FPS, 5.0))])
    assert (named(session), {step.state for step in steps}) == ([], {State.UNSEEN})


@each_of_a_handful
def test_a_position_that_is_passed_through_is_not_named(asked):
    session, _ = run(stretched(asked, BRIEFLY))
    passed = [hold for watch in session.watches for hold in watch.clock.holds]
    assert passed
    assert max(hold.held_s for hold in passed) < LEAST_S
    assert named(session) == []


def test_stopping_short_of_a_stretch_that_nobody_asked_for_is_no_attempt():
    asked = HANDFUL[0]
    form, timeline = FORMS[asked], stretched(asked, SHORT)
    attempts = [
        [span for watch in session.watches for span in watch.clock.attempts]
        for session, _ in (run(timeline, (form.pose,), asked=True), run(timeline))
    ]
    assert attempts[0]
    assert attempts[1] == []


def test_a_stretch_that_another_one_passes_through_is_no_attempt():
    """The arm of the bend on a chair comes down as in the standing one, while the hold still counts."""
    session, _ = unasked(("chair_side_bend", "left"))
    assert [watch.clock.attempts for watch in session.watches if watch.clock.attempts] == []


@pytest.mark.parametrize(
    "asked",
    [
        [("standing_side_bend", "left"), ("standing_side_bend", "right")],
        [("overhead_reach", None), ("doorway_chest_opener", None)],
        [("neck_rotation", "left"), ("upper_trapezius_stretch", "right")],
        [("cat_pose", None), ("cow_pose", None), ("cat_pose", None)],
    ],
    ids=str,
)
def test_stretches_one_after_the_other_are_named_in_turn(asked):
    assert named(run(one_after_the_other(*asked))[0]) == asked


def test_a_frog_stretch_after_a_puppy_pose_is_named():
    asked = [("puppy_pose", None), ("frog_stretch", None)]
    assert named(run(one_after_the_other(*asked))[0]) == asked


# Seconds


@each_of_a_handful
def test_an_unasked_hold_counts_its_true_seconds(asked):
    assert only_hold(unasked(asked)[0]).valid_s == pytest.approx(true_s(asked), abs=0.15)


@each_of_a_handful
def test_the_six_seconds_in_the_ideal_count_whole(asked):
    hold = only_hold(unasked(asked)[0])
    inside = [span for span in hold.spans if span.start_s <= 4.0 and span.end_s >= 10.0]
    assert [span.kind for span in inside] == [Kind.VALID]


@pytest.mark.exhaustive
@each_of_a_handful
def test_it_does_not_matter_to_the_seconds_whether_a_stretch_was_asked_for(asked):
    form = FORMS[asked]
    session, _ = run(stretched(asked), (form.pose,), (form.side,) if form.side else (), asked=True)
    requested, recognised = only_hold(session), only_hold(unasked(asked)[0])
    assert (recognised.start_s, recognised.end_s, recognised.valid_s) == pytest.approx(
        (requested.start_s, requested.end_s, requested.valid_s), abs=0.05
    )


@pytest.mark.parametrize("fps", [5.0, 8.0])
@each_of_a_handful
@pytest.mark.exhaustive
def test_a_stretch_that_comes_into_question_late_has_seen_the_way_in(asked, fps):
    """At few frames a second a quick way in has only one moment near the limit, or none."""
    form, timeline = FORMS[asked], stretched(asked, QUICKLY, fps)
    session, _ = run(timeline, (form.pose,), (form.side,) if form.side else (), asked=True)
    requested, recognised = only_hold(session), only_hold(run(timeline)[0])
    assert (recognised.start_s, recognised.end_s) == pytest.approx(
        (requested.start_s, requested.end_s)
    )
    assert recognised.valid_s == pytest.approx(requested.valid_s, abs=0.05)


@pytest.mark.parametrize("fps", [5.0, 10.0, 30.0])
@pytest.mark.parametrize("asked", [HANDFUL[0], HANDFUL[2], HANDFUL[4]], ids=str)
@pytest.mark.exhaustive
def test_the_unasked_seconds_do_not_depend_on_the_frame_rate(asked, fps):
    hold = only_hold(run(stretched(asked, fps=fps))[0])
    assert hold.valid_s == pytest.approx(only_hold(unasked(asked)[0]).valid_s, abs=0.1)


def test_a_stretch_after_a_minute_of_standing_counts_as_much():
    """What came into question late has not seen what was before."""
    asked = HANDFUL[0]
    later = [(0, 0), *((t + 60.0, share) for t, share in STRETCHING[1:])]
    hold = only_hold(run(stretched(asked, later))[0])
    assert hold.valid_s == pytest.approx(only_hold(unasked(asked)[0]).valid_s, abs=0.05)


# Pushing


@each_of_a_handful
@pytest.mark.exhaustive
def test_one_moment_at_a_time_and_all_at_once_give_the_same_holds(asked):
    session = Session(POSES, asked=False)
    for moment in stretched(asked):
        session.push([moment])
    session.finish()
    one, many = session, unasked(asked)[0]
    assert named(one) == named(many)
    assert only_hold(one).start_s == pytest.approx(only_hold(many).start_s)
    assert only_hold(one).end_s == pytest.approx(only_hold(many).end_s)


def test_every_moment_becomes_one_step():
    steps = unasked(HANDFUL[0])[1]
    assert [step.time_s for step in steps] == [t for t, _ in stretched(HANDFUL[0])]


# Steps


@each_of_a_handful
def test_steps_carry_pose_and_side_while_a_hold_goes_on(asked):
    session, steps = unasked(asked)
    hold = only_hold(session)
    named_forms = [
        (step.pose and step.pose.id, step.side)
        for step in steps
        if hold.start_s + SETTLE_S + 1 / FPS <= step.time_s <= hold.end_s
    ]
    assert set(named_forms) == {asked}


@each_of_a_handful
def test_steps_carry_no_pose_while_no_hold_goes_on(asked):
    session, steps = unasked(asked)
    hold = only_hold(session)
    over_s = hold.end_s + FORMS[asked].pose.dose.grace_wrong_s + 2 / FPS
    rest = [step for step in steps if not hold.start_s + SETTLE_S <= step.time_s <= over_s]
    assert {(step.form, step.verdict, step.valid_s, step.reason) for step in rest} == {
        (None, None, 0.0, None)
    }


def test_a_hold_that_was_just_left_is_shown_until_another_one_begins():
    """On the way back from the round and reach the head is bent as in neck flexion."""
    session, steps = unasked(("upper_back_round_reach", None))
    end_s = only_hold(session).end_s
    after = [step for step in steps if end_s < step.time_s < end_s + SETTLE_S - 1 / FPS]
    assert {step.pose and step.pose.id for step in after} == {"upper_back_round_reach"}


@each_of_a_handful
def test_standing_before_and_after_is_out_and_not_unseen(asked):
    _, steps = unasked(asked)
    assert {step.state for step in steps if not 1.9 < step.time_s < 12.1} == {State.OUT}


@each_of_a_handful
def test_the_seconds_of_the_steps_end_at_those_of_the_hold(asked):
    session, steps = unasked(asked)
    assert steps[-1].total_s == pytest.approx(only_hold(session).valid_s)


def test_seconds_that_pass_for_both_sides_count_once():
    session, steps = unasked(("eagle_arms", "left"))
    both = [watch.clock.done_s for watch in session.watches if watch.clock.holds]
    assert len(both) == 2
    assert max(step.total_s for step in steps) == pytest.approx(max(both))


def test_the_side_that_is_shown_stays_the_same_within_a_hold():
    _, steps = unasked(("eagle_arms", "left"))
    assert len({step.side for step in steps if step.pose}) == 1


def test_the_total_keeps_the_seconds_of_a_hold_that_has_just_been_left():
    """On the way back from the round and reach the head is bent as in neck flexion."""
    session, steps = unasked(("upper_back_round_reach", None))
    hold = only_hold(session)
    after = [step.total_s for step in steps if step.time_s > hold.end_s]
    assert min(after) >= hold.valid_s - 0.1


def test_the_total_is_never_more_than_what_was_held():
    """The frog passes for a weak puppy pose too, which is over before the frog is."""
    session, steps = run(
        one_after_the_other(("standing_forward_fold", None), ("frog_stretch", None))
    )
    held_s = sum(each.hold.valid_s for each in session.holds)
    assert max(step.total_s for step in steps) <= held_s + 0.5


# Over moving legs


def nodding(*, stepping):
    """Eight seconds with the head down, seen from the side; the legs still, or stepping on the spot."""
    view = best_view(FORMS["neck_flexion", None])
    rest, down = POSES_BY_ID["neck_flexion"].figure | {"neck": (5,), "face": (95,)}, 8.0
    moments = []
    for time_s in map(float, every(FPS, 4.0 + down)):
        figure = dict(rest if time_s < 2.0 else POSES_BY_ID["neck_flexion"].figure)
        if stepping and time_s >= 2.0:
            lift = 20.0 * (1.0 - np.cos(2.0 * np.pi * time_s))
            figure |= {"thighs": (180.0 - lift, 5.0), "shanks": (180.0 + lift, 0.0)}
        moments.append((time_s, ideal_body(figure, view)))
    return moments


def test_a_nod_over_still_legs_is_recognised():
    assert named(run(nodding(stepping=False))[0]) == [("neck_flexion", None)]


def test_looking_down_at_moving_legs_is_no_stretch_of_the_neck():
    assert named(run(nodding(stepping=True))[0]) == []


def test_a_nod_that_was_asked_for_counts_over_moving_legs_too():
    nod = POSES_BY_ID["neck_flexion"]
    assert named(run(nodding(stepping=True), (nod,), asked=True)[0]) == [("neck_flexion", None)]
