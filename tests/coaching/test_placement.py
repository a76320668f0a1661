"""Placement: one instruction at a time, to somebody of whom a stick figure stands before the camera."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.coaching.placement import (
    DARK_BELOW,
    LEAST_TRUNK_PX,
    LENIENT_AFTER_S,
    ON_THE_FLOOR,
    STRAIGHT,
    WELL_FOR_S,
    WORDS,
    Fault,
    Instruction,
    PlacementCheck,
    Surroundings,
    extent_of,
    instruction,
    wrong_view,
)
from backstretch.judging.matching import Form, forms_of, needed_landmarks
from backstretch.judging.session import Session
from backstretch.kinematics.landmarks import INDEX
from backstretch.kinematics.stick_figure import STANDING, ideal_body
from backstretch.kinematics.view import VIEWS
from tests.figures import (
    BACK,
    FRONT,
    LEFT_SIDE,
    RIGHT_SIDE,
    every,
    figure_four,
    kneeling,
    long_sitting,
    standing,
    turned,
)
from tests.library import LIBRARY

FORMS = [form for pose in LIBRARY.poses.values() for form in forms_of(pose)]
WH = (1280, 720)
TRUNK_PX = 100.0
each_form = pytest.mark.parametrize("form", FORMS, ids=lambda f: f"{f.pose.id} {f.side}")


def form_of(name, side=None):
    pose = LIBRARY.poses[name]
    return Form(pose, side or ("left" if pose.sides == "each" else None))


BEND, FOLD, REACH = map(form_of, ("standing_side_bend", "standing_forward_fold", "overhead_reach"))
HAMSTRING = form_of("standing_hamstring")
SITTING = form_of("seated_forward_fold")
NECK = form_of("neck_side_bend")


def placed(marks, hips=(0.5, 0.5), trunk_px=TRUNK_PX, wh=WH):
    """The same body with its hips there in the picture, as shares of it, and a trunk of that length."""
    hip = marks.xy_px[[INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=0)
    shoulder = marks.xy_px[[INDEX["left_shoulder"], INDEX["right_shoulder"]]].mean(axis=0)
    scale = trunk_px / np.hypot(*(shoulder - hip))
    xy = (marks.xy_px - hip) * scale + np.array(hips) * wh
    return replace(marks, xy_px=xy, image_wh=wh)


def upright(camera_deg=FRONT, **where):
    return placed(standing().seen(camera_deg), **where)


def last(marks, form, seconds=1.5):
    """The step after somebody has been there for so long."""
    session = Session((form.pose,), steady=False)
    return session.push((t, marks) for t in every(10, seconds))[-1]


def told(marks, form, surroundings=Surroundings(), seconds=1.5):  # noqa: B008 - it is frozen
    return instruction(last(marks, form, seconds), form, surroundings)


def fault_of(marks, form, surroundings=Surroundings(), seconds=1.5):  # noqa: B008 - it is frozen
    found = told(marks, form, surroundings, seconds)
    return found and found.fault


# What is in the way


def test_nobody_is_asked_to_step_into_the_picture():
    assert told(None, BEND) == Instruction(Fault.NOBODY, WORDS[Fault.NOBODY])


@pytest.mark.parametrize("marks", [None, upright()], ids=["nobody", "somebody"])
def test_a_second_person_is_told_of_before_everything_else(marks):
    assert fault_of(marks, BEND, Surroundings(light=0.0, crowded=True)) is Fault.CROWD


def test_darkness_is_told_of_before_that_nobody_is_seen():
    assert fault_of(None, BEND, Surroundings(light=DARK_BELOW - 1.0)) is Fault.DARK


@pytest.mark.parametrize("light", [None, DARK_BELOW, 200.0])
def test_light_that_is_enough_or_unknown_is_not_spoken_of(light):
    assert told(upright(), BEND, Surroundings(light)) is None


def test_the_neck_may_be_stretched_with_the_hips_below_the_picture():
    at_a_desk = upright(hips=(0.5, 1.05))
    assert fault_of(at_a_desk, NECK) is None
    assert fault_of(at_a_desk, BEND) is Fault.NEAR


def test_who_stands_too_far_away_is_called_nearer():
    assert fault_of(upright(trunk_px=LEAST_TRUNK_PX - 1.0), BEND) is Fault.FAR


def test_who_stands_where_the_whole_stretch_does_not_fit_is_sent_back():
    assert fault_of(upright(hips=(0.5, 0.7), trunk_px=340.0), REACH) is Fault.NEAR


def test_who_is_so_near_that_the_hips_are_outside_the_picture_is_sent_back():
    assert fault_of(upright(hips=(0.5, 1.1), trunk_px=500.0), BEND) is Fault.NEAR


def test_a_stretch_on_the_floor_must_fit_into_the_width():
    marks = upright(LEFT_SIDE, hips=(0.5, 0.85), trunk_px=380.0)
    assert (fault_of(marks, SITTING), fault_of(marks, form_of("neck_flexion"))) == (
        Fault.NEAR,
        None,
    )


@pytest.mark.parametrize("x", [0.04, 0.96])
def test_who_stands_at_the_edge_is_called_to_the_middle(x):
    assert fault_of(upright(hips=(x, 0.5)), BEND) is Fault.ASIDE


def test_hands_that_will_leave_the_picture_above_ask_for_the_camera_to_be_tilted_up():
    found = told(upright(hips=(0.5, 0.28)), REACH)
    assert (found.fault, found.words) == (Fault.HIGH, "Tilt the camera up a little, or move back.")


def test_the_same_place_is_well_where_no_hand_is_raised():
    assert told(upright(LEFT_SIDE, hips=(0.5, 0.28)), FOLD) is None


def test_feet_that_leave_the_picture_below_ask_for_the_camera_to_be_tilted_down():
    found = told(upright(LEFT_SIDE, hips=(0.5, 0.78)), FOLD)
    assert (found.fault, found.words) == (Fault.LOW, "Tilt the camera down a little, or move back.")


def test_feet_that_the_clock_does_not_need_may_leave_the_picture():
    assert not needed_landmarks(REACH) & {"left_ankle", "right_ankle", "left_knee", "right_knee"}
    assert told(upright(hips=(0.5, 0.78)), REACH) is None


def test_where_to_stand_for_a_stretch_on_the_floor_is_not_told():
    assert told(upright(LEFT_SIDE, hips=(0.05, 0.5)), SITTING) is None


def test_somebody_who_has_not_been_still_yet_is_asked_to_be():
    assert told(upright(LEFT_SIDE), FOLD, seconds=0.5) == Instruction(
        Fault.RESTLESS, WORDS[Fault.RESTLESS]
    )


def test_where_angles_count_from_rest_a_straight_rest_is_asked_for():
    found = told(upright(), form_of("neck_rotation"), seconds=0.5)
    assert found == Instruction(Fault.RESTLESS, STRAIGHT)


def test_a_hidden_hip_leaves_the_place_unjudged():
    hidden = placed(standing().seen(FRONT), hips=(0.04, 0.5))
    visibility = hidden.visibility.copy()
    visibility[INDEX["left_hip"]] = 0.1
    found = told(replace(hidden, visibility=visibility), BEND)
    assert found is None or found.fault not in {Fault.FAR, Fault.NEAR, Fault.ASIDE}


# The view


@pytest.mark.parametrize("camera_deg", [LEFT_SIDE, RIGHT_SIDE, BACK])
def test_a_side_bend_asks_for_the_face(camera_deg):
    found = told(upright(camera_deg), BEND)
    assert found == Instruction(Fault.VIEW, "Turn your face to the camera.")


@pytest.mark.parametrize(("camera_deg", "side"), [(20.0, "left"), (-20.0, "right")])
def test_a_fold_asks_for_the_side_that_is_nearer(camera_deg, side):
    found = told(upright(camera_deg), FOLD)
    assert found == Instruction(Fault.VIEW, f"Turn so that your {side} side faces the camera.")


@pytest.mark.parametrize("camera_deg", [20.0, -20.0, BACK])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_hamstring_stretch_asks_for_the_side_that_works(camera_deg, side):
    found = told(upright(camera_deg), form_of("standing_hamstring", side))
    assert found == Instruction(Fault.VIEW, f"Turn so that your {side} side faces the camera.")


@pytest.mark.parametrize(
    ("camera_deg", "fault"), [(25.0, None), (-25.0, None), (40.0, Fault.VIEW), (-40.0, Fault.VIEW)]
)
def test_a_view_is_doubted_from_30_degrees_on(camera_deg, fault):
    assert fault_of(upright(camera_deg), BEND) is fault


@pytest.mark.parametrize("camera_deg", [FRONT, LEFT_SIDE, BACK])
@pytest.mark.parametrize(
    "form",
    [f for f in FORMS if f.pose.positions[0] not in {"standing", "chair"} and f.side != "right"],
    ids=lambda f: f.pose.id,
)
def test_a_stretch_on_the_floor_asks_for_no_view_while_the_person_stands(form, camera_deg):
    assert told(upright(camera_deg, trunk_px=80.0), form) is None


ON_KNEES = {
    "upright": kneeling(5.0, 90.0),
    "sitting back": kneeling(60.0, 30.0),
    "down": kneeling(),
}
FROM_A_SIDE = [
    form_of(name)
    for name in (
        "childs_pose",
        "cat_pose",
        "low_lunge_hip_flexor",
        "single_knee_to_chest",
        "pelvic_tilt",
    )
]


@pytest.mark.parametrize("camera_deg", [FRONT, BACK, 15.0])
@pytest.mark.parametrize("body", ON_KNEES.values(), ids=ON_KNEES)
@pytest.mark.parametrize("form", FROM_A_SIDE, ids=lambda f: f.pose.id)
def test_who_kneels_before_the_camera_is_told_to_turn_a_side_to_it(form, body, camera_deg):
    found = told(placed(body.seen(camera_deg)), form)
    assert found is not None
    assert found.fault is Fault.VIEW
    assert re.fullmatch(r"Turn so that your (left|right) side faces the camera\.", found.words)


@pytest.mark.parametrize("camera_deg", [LEFT_SIDE, RIGHT_SIDE, 60.0, -70.0])
@pytest.mark.parametrize("body", ON_KNEES.values(), ids=ON_KNEES)
def test_who_kneels_with_a_side_to_the_camera_is_seen_right(body, camera_deg):
    assert fault_of(placed(body.seen(camera_deg)), FROM_A_SIDE[0]) is not Fault.VIEW


@pytest.mark.parametrize("form", FROM_A_SIDE, ids=lambda f: f.pose.id)
def test_who_is_not_seen_on_the_floor_is_told_that_a_side_is_seen_best(form):
    assert told(None, form) == Instruction(Fault.NOBODY, ON_THE_FLOOR)


@pytest.mark.parametrize(
    "form", [f for f in FORMS if f.pose.positions[0] not in {"standing", "chair"}]
)
def test_in_every_stretch_on_the_floor_its_own_view_is_right(form):
    marks = placed(ideal_body(form.pose.figure, direction(form), form.side or "left"))
    assert wrong_view(last(marks, form), form) is None


@pytest.mark.parametrize(("roll_deg", "fault"), [(4.0, None), (-4.0, None), (8.0, Fault.TILT)])
def test_a_camera_that_is_turned_about_its_axis_is_to_be_set_level(roll_deg, fault):
    assert fault_of(turned(upright(), roll_deg), BEND) is fault


# Who lies or sits


@pytest.mark.parametrize("hips", [(0.5, 0.5), (0.03, 0.95)])
@pytest.mark.parametrize("form", FORMS[::5], ids=lambda f: f.pose.id)
def test_who_lies_is_told_nothing_about_the_place(form, hips):
    lying = placed(figure_four().seen(LEFT_SIDE), hips, trunk_px=LEAST_TRUNK_PX / 2)
    found = fault_of(lying, form)
    assert found not in {Fault.FAR, Fault.NEAR, Fault.ASIDE, Fault.HIGH, Fault.LOW}


def test_who_lies_with_the_feet_towards_the_camera_is_told_nothing_about_the_place():
    form = form_of("supine_twist")
    lying = ideal_body(form.pose.figure, direction(form))
    assert fault_of(lying, form) not in {Fault.FAR, Fault.NEAR}


def test_who_sits_on_the_floor_and_leans_back_a_little_is_well_placed():
    assert told(placed(long_sitting(-10.0).seen(LEFT_SIDE)), SITTING) is None


# Every stretch


def direction(form):
    view = VIEWS[form.pose.views[0]][0]
    return view.azimuth_deg, view.elevation_deg


def test_the_library_has_32_stretches():
    assert len(LIBRARY.poses) == 32


@each_form
def test_who_stands_in_the_middle_of_the_best_view_has_nothing_to_change(form):
    marks = ideal_body(STANDING, (direction(form)[0], 0.0), form.side or "left")
    assert told(marks, form, Surroundings(120.0)) is None


@each_form
def test_who_is_already_in_the_stretch_in_the_middle_of_its_best_view_is_not_moved(form):
    view = VIEWS[form.pose.views[0]][0]
    at_rest = ideal_body(STANDING, (view.azimuth_deg, 0.0))
    neutral = last(at_rest, form).neutral
    marks = placed(ideal_body(form.pose.figure, direction(form), form.side or "left"))
    session = Session((form.pose,), steady=False, neutral=neutral)
    (step,) = session.push([(0.0, marks)])
    assert instruction(step, form, Surroundings()) is None


@each_form
def test_the_room_that_a_stretch_takes_is_finite_and_positive(form):
    extent = extent_of(form)
    assert np.isfinite(extent).all()
    assert (extent >= 0.0).all()
    assert extent[0] > 0.0
    assert extent[1] + extent[2] > 0.0
    assert extent.max() < 3.0


@pytest.mark.parametrize(
    "pose", [form.pose for form in FORMS if form.side == "left"], ids=lambda p: p.id
)
def test_both_sides_seen_from_opposite_directions_look_alike(pose):
    (azimuth_deg, elevation_deg), figure = direction(Form(pose, "left")), pose.figure
    left = ideal_body(figure, (azimuth_deg, elevation_deg))
    right = ideal_body(figure, (-azimuth_deg, elevation_deg), "right")
    assert left.mirrored().xy_px == pytest.approx(right.xy_px)


@pytest.mark.parametrize(
    "pose",
    [pytest.param(pose, id=pose.id) for pose in LIBRARY.poses.values() if pose.sides == "each"],
)
def test_both_sides_of_a_stretch_take_the_same_room(pose):
    assert extent_of(Form(pose, "left")) == pytest.approx(extent_of(Form(pose, "right")))


@each_form
def test_every_stretch_needs_the_hips_or_shoulders_that_it_is_placed_by(form):
    assert needed_landmarks(form)
    assert needed_landmarks(form) <= set(INDEX)


def test_room_is_counted_in_lengths_of_the_trunk():
    arms_up = extent_of(REACH)[1]
    body = ideal_body(REACH.pose.figure, (0.0, 0.0))
    shoulder, wrist = (body.xy_px[INDEX[f"left_{part}"], 1] for part in ("shoulder", "wrist"))
    hip = body.xy_px[INDEX["left_hip"], 1]
    assert arms_up == pytest.approx((hip - wrist) / (hip - shoulder), rel=0.01)


@cache
def step_of(camera_deg):
    return last(upright(camera_deg), BEND)


@given(
    st.sampled_from([FRONT, 50.0, LEFT_SIDE]),
    st.sampled_from([BEND, FOLD, REACH, HAMSTRING, SITTING]),
    st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)),
    st.floats(LEAST_TRUNK_PX + 1.0, 600.0),
    st.integers(2, 5),
)
def test_a_larger_picture_of_the_same_scene_asks_for_the_same(camera_deg, form, at, trunk, scale):
    step = step_of(camera_deg)
    here = placed(step.landmarks, at, trunk)
    larger = replace(here, xy_px=scale * here.xy_px, image_wh=(scale * WH[0], scale * WH[1]))
    one, other = (
        instruction(replace(step, landmarks=marks), form, Surroundings())
        for marks in (here, larger)
    )
    assert one == other


# Over time


STEP = step_of(FRONT)
GONE = replace(STEP, landmarks=None)


def check_for(seconds, step=STEP, form=BEND, check=None, every_s=0.1):
    check = check or PlacementCheck()
    for _ in range(round(seconds / every_s)):
        check.push(step, form, Surroundings(), every_s)
    return check


def test_a_second_of_being_well_placed_is_enough():
    assert not check_for(WELL_FOR_S - 0.1).is_over
    assert check_for(WELL_FOR_S + 0.1).is_over


def test_a_lapse_begins_the_second_anew():
    check = check_for(0.7)
    check_for(0.1, form=FOLD, check=check)
    assert not check_for(0.7, check=check).is_over
    assert check_for(0.4, check=check).is_over


def test_who_cannot_do_as_told_is_let_through_after_a_while():
    assert not check_for(LENIENT_AFTER_S - 0.5, form=FOLD).is_over
    assert check_for(LENIENT_AFTER_S + 0.5, form=FOLD).is_over


def test_nobody_is_let_through_however_long_it_takes():
    assert not check_for(3 * LENIENT_AFTER_S, GONE).is_over


def test_who_comes_late_is_still_told_what_to_change():
    check = check_for(LENIENT_AFTER_S + 0.5, GONE)
    assert not check_for(0.1, form=FOLD, check=check).is_over


def test_time_that_does_not_pass_proves_nothing():
    check = PlacementCheck()
    for _ in range(100):
        check.push(STEP, BEND, Surroundings(), 0.0)
    assert not check.is_over


def test_the_check_tells_what_is_to_be_changed():
    assert PlacementCheck().push(GONE, BEND, Surroundings(), 0.1) == instruction(
        GONE, BEND, Surroundings()
    )
