"""Careful looks beside the usual ones: each stretch is judged by the look that its file asks for."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from backstretch.judging.session import Session
from backstretch.kinematics.landmarks import INDEX, Landmarks
from backstretch.kinematics.stick_figure import ideal_body
from backstretch.kinematics.view import VIEWS
from tests.figures import every
from tests.library import LIBRARY

FIGURE_FOUR, KNEE = "figure_four_supine", "single_knee_to_chest"
SECONDS, HELD_S, FPS = 12.0, (3.0, 9.0), 10.0


@cache
def body(pose):
    """Somebody in a position, seen from the best place for figure four."""
    view = VIEWS[LIBRARY.poses[FIGURE_FOUR].views[0]][0]
    return ideal_body(LIBRARY.poses[pose].figure, (view.azimuth_deg, view.elevation_deg), "left")


def resting():
    return body("pelvic_tilt")


def with_the_crossed_foot_on_the_other(marks):
    """Figure four as the usual look reads it."""
    xy, world = marks.xy_px.copy(), marks.world_m.copy()
    for part in ("ankle", "heel", "foot_index"):
        left, right = INDEX[f"left_{part}"], INDEX[f"right_{part}"]
        xy[left], world[left] = xy[right], world[right]
    return Landmarks(xy, world, marks.visibility.copy(), marks.image_wh)


def shrunk(marks):
    """The body at a fifth of its size, as a look that errs reads it."""
    return Landmarks(
        marks.xy_px / 5.0, marks.world_m / 5.0, marks.visibility.copy(), marks.image_wh
    )


def take(usual, careful, *, lies=(0.0, SECONDS)):
    """Moments of two looks at a position that is held between rests; careful ones while somebody ``lies``."""
    moments = []
    for time_s in map(float, every(FPS, SECONDS)):
        is_held = HELD_S[0] <= time_s < HELD_S[1]
        one, other = (usual, careful) if is_held else (resting(), resting())
        is_lying = lies[0] <= time_s <= lies[1]
        moments.append((time_s, replace(one, careful=other if is_lying else None)))
    return moments


def judged(moments, poses=LIBRARY.recognised, *, asked=False):
    session = Session(poses, asked=asked)
    steps = session.push(moments) + session.finish()
    return session, steps


def named(session):
    return [(each.form.pose.id, each.form.side) for each in session.holds]


@cache
def seen_by_the_careful_look_alone():
    four = body(FIGURE_FOUR)
    return judged(take(with_the_crossed_foot_on_the_other(four), four))


def test_what_only_the_careful_look_sees_crossed_is_named_and_counts_as_when_it_is_asked_for():
    session, _ = seen_by_the_careful_look_alone()
    alone = [
        (time_s, marks.careful) for time_s, marks in take(body(FIGURE_FOUR), body(FIGURE_FOUR))
    ]
    asked, _ = judged(alone, (LIBRARY.poses[FIGURE_FOUR],), asked=True)
    assert named(session) == [(FIGURE_FOUR, "left")] == named(asked)
    assert session.holds[0].hold.valid_s == pytest.approx(asked.holds[0].hold.valid_s, abs=0.01)
    assert session.holds[0].hold.valid_s > 5.0


def test_without_the_careful_look_it_is_not_named():
    four = body(FIGURE_FOUR)
    session, _ = judged(take(with_the_crossed_foot_on_the_other(four), four, lies=(-2.0, -1.0)))
    assert named(session) == []


def test_steps_show_the_look_by_which_they_are_judged():
    _, steps = seen_by_the_careful_look_alone()
    ankle, other = INDEX["left_ankle"], INDEX["right_ankle"]
    (step,) = (step for step in steps if step.time_s == pytest.approx(6.0))
    four = step.landmarks
    assert step.pose is LIBRARY.poses[FIGURE_FOUR]
    assert np.linalg.norm(four.xy_px[ankle] - body(FIGURE_FOUR).xy_px[ankle]) < 1.0
    assert np.linalg.norm(four.xy_px[ankle] - four.xy_px[other]) > 10.0


def test_stretches_that_do_not_ask_for_it_are_judged_by_the_usual_look():
    usual = body(KNEE)
    session, _ = judged(take(usual, resting()))
    without, _ = judged(take(usual, resting(), lies=(-2.0, -1.0)))
    assert named(session) == named(without) == [(KNEE, "left")]
    assert session.holds[0].hold.valid_s == pytest.approx(without.holds[0].hold.valid_s)


def test_the_careful_look_names_no_stretch_that_does_not_ask_for_it():
    assert named(judged(take(resting(), body(KNEE)))[0]) == []


def test_lengths_are_those_that_the_same_look_read_at_rest():
    four = body(FIGURE_FOUR)
    moments = [
        (time_s, replace(shrunk(marks), careful=marks.careful))
        for time_s, marks in take(with_the_crossed_foot_on_the_other(four), four)
    ]
    session, _ = judged(moments)
    (held,), (whole,) = session.holds, seen_by_the_careful_look_alone()[0].holds
    assert held.hold.valid_s == pytest.approx(whole.hold.valid_s)


def test_a_stretch_is_over_once_somebody_gets_up():
    four = body(FIGURE_FOUR)
    usual = with_the_crossed_foot_on_the_other(four)
    session, _ = judged(take(usual, four, lies=(0.0, 6.0)))
    (held,) = session.holds
    assert held.hold.end_s == pytest.approx(6.0, abs=0.2)
    assert not session.is_busy


@pytest.mark.parametrize("lies", [(2.0, 8.0), (4.0, 4.5)])
def test_one_moment_at_a_time_and_all_at_once_give_the_same(lies):
    four = body(FIGURE_FOUR)
    moments = take(with_the_crossed_foot_on_the_other(four), four, lies=lies)
    whole, steps = judged(moments)
    session = Session(LIBRARY.recognised, asked=False)
    by_one = [step for moment in moments for step in session.push([moment])] + session.finish()
    assert [step.time_s for step in by_one] == [time_s for time_s, _ in moments]
    assert [(step.state, step.total_s) for step in by_one] == [
        (step.state, step.total_s) for step in steps
    ]
    assert session.holds == whole.holds
