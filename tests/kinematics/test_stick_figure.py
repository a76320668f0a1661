"""The ideal: a figure is what its angles say, alike on both sides, and every pose's passes for it alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstretch.judging.figures import ideal_verdict, verdict_of
from backstretch.judging.hold_clock import State
from backstretch.judging.matching import forms_of
from backstretch.kinematics.columns import COLUMNS
from backstretch.kinematics.landmarks import COUNT, INDEX, MIRRORED, Landmarks
from backstretch.kinematics.measures import measure_body
from backstretch.kinematics.stick_figure import (
    HAND,
    PX_PER_M,
    SEGMENTS,
    SHANK,
    STANDING,
    STATURE_M,
    THIGH,
    TRUNK,
    WH,
    ideal_body,
    ideal_points,
)
from backstretch.kinematics.view import VIEWS
from tests.library import LIBRARY

FRONT, LEFT_SIDE, RIGHT_SIDE = (0.0, 0.0), (90.0, 0.0), (-90.0, 0.0)
NOISE_M = 0.006
"""Standard deviation of each landmark on each axis: jitter of a detector, without its bias."""
POSES = LIBRARY.poses.values()
FORMS = [form for pose in POSES for form in forms_of(pose)]
FORM_IDS = [f"{form.pose.id} {form.side or 'both'}" for form in FORMS]
SIDED_IDS = [f"{form.pose.id} {form.side}" for form in FORMS if form.side]
SEEN = [(form, view) for form in FORMS for view in form.pose.views]
SEEN_IDS = [f"{form.pose.id} {form.side or 'both'} from {view}" for form, view in SEEN]
LOOK_ALIKES = {
    pose.id: [
        form
        for name in pose.look_alikes
        if name in LIBRARY.poses
        for form in forms_of(LIBRARY.poses[name])
    ]
    for pose in POSES
}
"""The forms of the library that a pose names as alike."""
angles = st.floats(-180.0, 180.0)
asides = st.floats(-80.0, 80.0)
ASIDE = {"lean", "neck_lean"}
FIGURES = st.fixed_dictionaries(
    {},
    optional={
        name: st.tuples(asides if name in ASIDE else angles, asides)
        if count == 2
        else st.tuples(asides if name in ASIDE else angles)
        for name, count in SEGMENTS.items()
    },
)
VIEWS_OF_IT = st.tuples(angles, st.floats(-60.0, 60.0))


def values(marks):
    """The values of all columns by key, as they are before a neutral is known."""
    body = measure_body(marks.xy_px[None], marks.world_m[None], np.ones((1, COUNT), bool))
    return dict(zip([column.key for column in COLUMNS], body.values[0], strict=True))


def length_m(marks, start, end):
    return float(np.linalg.norm(marks.world_m[INDEX[start]] - marks.world_m[INDEX[end]]))


def middle_m(marks, part):
    return (marks.world_m[INDEX[f"left_{part}"]] + marks.world_m[INDEX[f"right_{part}"]]) / 2


def view_of(pose):
    """The direction of a pose's best view."""
    direction = VIEWS[pose.views[0]][0]
    return direction.azimuth_deg, direction.elevation_deg


def other_side(text):
    swap = {"left": "right", "right": "left"}
    return ".".join(swap.get(part, part) for part in text.split("."))


def apart_deg(one, other):
    """Degrees between two angles, the short way round."""
    return abs((one - other + 180.0) % 360.0 - 180.0)


def noisy(form, seed):
    """The ideal of a form in its best view, each landmark off by noise."""
    marks = ideal_body(form.pose.figure, view_of(form.pose), form.side or "left")
    noise_m = np.random.default_rng(seed).normal(0.0, NOISE_M, (COUNT, 3))
    return Landmarks(
        marks.xy_px + noise_m[:, :2] * PX_PER_M,
        marks.world_m + noise_m,
        marks.visibility,
        marks.image_wh,
    )


def lost(marks, form):
    """The required checks that a form would lose its hold over, once held."""
    readings = verdict_of(marks, form, view_of(form.pose)[0]).required
    return [
        f"{reading.target.column.key} {reading.value:.3g}"
        for reading in readings
        if reading.lacking or reading.slack < -reading.target.hysteresis
    ]


def passed_by(marks, form, others):
    """The forms whose required checks a figure passes, seen as the form is."""
    verdicts = ((other, verdict_of(marks, other, view_of(form.pose)[0])) for other in others)
    return [
        f"{other.pose.id} {other.side}"
        for other, verdict in verdicts
        if not any(reading.outside or reading.lacking for reading in verdict.required)
    ]


# A standing figure


@pytest.mark.parametrize("view", [FRONT, LEFT_SIDE, RIGHT_SIDE, (45.0, 0.0), (180.0, 0.0)])
class TestAStandingFigure:
    @pytest.mark.parametrize("key", ["trunk_incl", "trunk_incl.world", "trunk_lean_lat.left"])
    def test_is_upright(self, view, key):
        assert values(ideal_body(STANDING, view))[key] == pytest.approx(0.0, abs=1e-6)

    @pytest.mark.parametrize("joint", ["knee", "elbow"])
    @pytest.mark.parametrize("side", ["left", "right", "left.world", "right.world"])
    def test_has_straight_limbs(self, view, joint, side):
        measures = values(ideal_body(STANDING, view))
        assert measures[f"{joint}.{side}"] == pytest.approx(180.0, abs=1e-4)

    @pytest.mark.parametrize("limb", ["upper_arm", "forearm", "thigh", "shank"])
    @pytest.mark.parametrize("side", ["left", "right", "left.world", "right.world"])
    def test_has_hanging_limbs(self, view, limb, side):
        measures = values(ideal_body(STANDING, view))
        assert measures[f"{limb}_incl.{side}"] == pytest.approx(180.0, abs=1e-4)

    @pytest.mark.parametrize("part", ["hip", "shoulder"])
    def test_is_level(self, view, part):
        measures = values(ideal_body(STANDING, view))
        assert measures[f"{part}_tilt.world"] == pytest.approx(0.0, abs=1e-6)

    def test_is_square(self, view):
        assert values(ideal_body(STANDING, view))["abs_twist"] == pytest.approx(0.0, abs=1e-6)


# Angles are what they say


@given(angles)
def test_the_trunk_leans_by_its_angle(trunk_deg):
    measures = values(ideal_body({"trunk": (trunk_deg,)}, LEFT_SIDE))
    assert measures["trunk_incl"] == pytest.approx(abs(trunk_deg), abs=1e-4)


@given(angles, angles)
def test_a_knee_bends_by_what_thigh_and_shank_differ(thigh_deg, shank_deg):
    measures = values(
        ideal_body({"thighs": (thigh_deg, 0.0), "shanks": (shank_deg, 0.0)}, LEFT_SIDE)
    )
    straight_less = 180.0 - apart_deg(thigh_deg, shank_deg)
    assert measures["knee.left"] == pytest.approx(straight_less, abs=1e-4)
    assert measures["knee.right"] == pytest.approx(straight_less, abs=1e-4)


@pytest.mark.parametrize(
    ("entry", "measure"),
    [
        ("lean", "trunk_lean_lat"),
        ("twist", "twist"),
        ("tilt", "head_roll_rel"),
        ("turn", "head_yaw_rel"),
    ],
)
@pytest.mark.parametrize("side", ["left", "right"])
def test_what_is_positive_goes_towards_the_worked_side(entry, measure, side):
    measures = values(ideal_body({entry: (25.0,)}, FRONT, side))
    assert measures[f"{measure}.{side}"] == pytest.approx(25.0)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_limbs_second_angle_goes_out_to_its_own_side(side):
    marks = ideal_body({"upper_arms": (180.0, 60.0)}, FRONT)
    outwards_m = marks.world_m[INDEX[f"{side}_elbow"]] - marks.world_m[INDEX[f"{side}_shoulder"]]
    in_the_picture = 1.0 if side == "left" else -1.0
    assert outwards_m[0] * in_the_picture > 0.0
    assert values(marks)[f"upper_arm_incl.{side}"] == pytest.approx(120.0)


@pytest.mark.parametrize(("worked", "other"), [("left", "right"), ("right", "left")])
def test_the_other_side_may_differ(worked, other):
    figure = {"thighs": (90.0, 0.0), "other_thigh": (150.0, 0.0)}
    measures = values(ideal_body(figure, LEFT_SIDE, worked))
    assert measures[f"thigh_incl.{worked}"] == pytest.approx(90.0)
    assert measures[f"thigh_incl.{other}"] == pytest.approx(150.0)


# A body and its picture


@given(FIGURES, VIEWS_OF_IT)
def test_segments_keep_their_lengths(figure, view):
    marks = ideal_body(figure, view)
    measures = {
        "thigh": length_m(marks, "left_hip", "left_knee"),
        "shank": length_m(marks, "right_knee", "right_ankle"),
        "trunk": float(np.linalg.norm(middle_m(marks, "shoulder") - middle_m(marks, "hip"))),
    }
    lengths = {"thigh": THIGH, "shank": SHANK, "trunk": TRUNK}
    assert measures == pytest.approx({part: share * STATURE_M for part, share in lengths.items()})


@given(FIGURES, VIEWS_OF_IT)
def test_the_picture_is_the_body_seen_from_far_away(figure, view):
    marks = ideal_body(figure, view)
    middle_px = np.array(WH) / 2
    assert np.allclose((marks.xy_px - middle_px) / PX_PER_M, marks.world_m[:, :2])


@given(FIGURES, VIEWS_OF_IT)
def test_the_middle_of_the_hips_is_the_middle(figure, view):
    assert np.allclose(middle_m(ideal_body(figure, view), "hip"), 0.0)


@given(FIGURES, VIEWS_OF_IT, VIEWS_OF_IT)
def test_another_view_shows_the_same_body(figure, view, other):
    one, two = ideal_body(figure, view).world_m, ideal_body(figure, other).world_m
    assert np.allclose(one @ one.T, two @ two.T)


@pytest.mark.parametrize(("view", "side"), [(LEFT_SIDE, "left"), (RIGHT_SIDE, "right")])
def test_the_side_that_is_seen_is_nearer_to_the_camera(view, side):
    depth_m = ideal_body(STANDING, view).world_m[:, 2]
    assert depth_m[INDEX[f"{side}_hip"]] < 0.0


def test_seen_from_the_front_the_left_is_on_the_right_of_the_picture():
    xy = ideal_body(STANDING, FRONT).xy_px
    assert xy[INDEX["left_shoulder"]][0] > xy[INDEX["right_shoulder"]][0]


# Both sides alike


@given(FIGURES, VIEWS_OF_IT)
def test_a_figure_of_the_right_is_the_mirror_image_of_that_of_the_left(figure, view):
    azimuth_deg, elevation_deg = view
    left = ideal_body(figure, (azimuth_deg, elevation_deg), "left").mirrored()
    right = ideal_body(figure, (-azimuth_deg, elevation_deg), "right")
    assert np.allclose(left.world_m, right.world_m)
    assert np.allclose(left.xy_px, right.xy_px)


@pytest.mark.parametrize("pose", POSES, ids=LIBRARY.poses)
def test_the_values_of_the_right_are_those_of_the_left_exchanged(pose):
    azimuth_deg, elevation_deg = view_of(pose)
    left = values(ideal_body(pose.figure, (azimuth_deg, elevation_deg), "left"))
    right = values(ideal_body(pose.figure, (-azimuth_deg, elevation_deg), "right"))
    facing = {column.key: column.measure.facing for column in COLUMNS}
    different = [
        key
        for key, value in left.items()
        if np.isnan(value) != np.isnan(right[other_side(key)])
        or apart_deg(value, -right[other_side(key)] if facing[key] else right[other_side(key)])
        > 1e-4
    ]
    assert different == []


# Every pose's ideal


@pytest.mark.parametrize("form", FORMS, ids=FORM_IDS)
def test_an_ideal_passes_its_own_checks(form):
    assert ideal_verdict(form, form).limiting is None


@pytest.mark.parametrize("form", FORMS, ids=FORM_IDS)
def test_an_ideal_passes_the_checks_of_no_look_alike(form):
    marks = ideal_body(form.pose.figure, view_of(form.pose), form.side or "left")
    assert passed_by(marks, form, LOOK_ALIKES[form.pose.id]) == []


@pytest.mark.parametrize("pose", POSES, ids=LIBRARY.poses)
@pytest.mark.exhaustive
def test_an_ideal_passes_the_checks_of_no_other_pose(pose):
    form = forms_of(pose)[0]
    marks = ideal_body(pose.figure, view_of(pose), "left")
    assert passed_by(marks, form, [other for other in FORMS if other.pose is not pose]) == []


@pytest.mark.parametrize("form", [form for form in FORMS if form.side], ids=SIDED_IDS)
def test_an_ideal_of_one_side_is_not_taken_for_the_other(form, request):
    if form.pose.id == "eagle_arms":
        reason = "its required checks are the same on both sides"
        request.applymarker(pytest.mark.xfail(raises=AssertionError, reason=reason))
    (other,) = (each for each in forms_of(form.pose) if each.side != form.side)
    marks = ideal_body(form.pose.figure, view_of(form.pose), form.side)
    assert passed_by(marks, form, [other]) == []


@pytest.mark.parametrize(("form", "view"), SEEN, ids=SEEN_IDS)
def test_an_ideal_passes_its_own_checks_from_every_view_that_its_pose_names(form, view):
    directions = [(each.azimuth_deg, each.elevation_deg) for each in VIEWS[view]]
    verdicts = [
        verdict_of(ideal_body(form.pose.figure, each, form.side or "left"), form, each[0])
        for each in directions
    ]
    assert State.IN in {verdict.state for verdict in verdicts}


@pytest.mark.parametrize("form", FORMS, ids=FORM_IDS)
@settings(max_examples=8)
@given(seed=st.integers(0, 2**32 - 1))
@pytest.mark.exhaustive
def test_an_ideal_with_noise_passes_its_own_checks(form, seed):
    assert lost(noisy(form, seed), form) == []


@pytest.mark.parametrize("form", FORMS, ids=FORM_IDS)
@settings(max_examples=6)
@given(seed=st.integers(0, 2**32 - 1))
@pytest.mark.exhaustive
def test_an_ideal_with_noise_passes_the_checks_of_no_look_alike(form, seed):
    assert passed_by(noisy(form, seed), form, LOOK_ALIKES[form.pose.id]) == []


# Not as it should be yet


@pytest.mark.xfail(raises=AssertionError, reason="0.7 % of 2000 draws fail; these are some")
@pytest.mark.parametrize("seed", [20, 192, 205])
def test_turning_the_neck_is_not_taken_for_turning_and_nodding_with_this_noise_either(seed):
    """They differ in the nod alone: 0 and 0.045 shoulder widths, where noise makes 0.02."""
    form = FORMS[FORM_IDS.index("neck_rotation left")]
    assert passed_by(noisy(form, seed), form, LOOK_ALIKES[form.pose.id]) == []


class TestHands:
    def hand(self, figure, side):
        points = ideal_points(figure)
        return points[INDEX[f"{side}_index"]] - points[INDEX[f"{side}_wrist"]]

    def test_go_on_as_the_forearms_do(self):
        assert np.allclose(self.hand(STANDING, "left")[[0, 2]], 0.0)

    def test_may_lie_flat_while_the_forearms_are_upright(self):
        for side in ("left", "right"):
            down, ahead = self.hand({"hands": (90.0, 0.0)}, side)[1:]
            assert (down, ahead) == (pytest.approx(0.0), pytest.approx(HAND * STATURE_M))

    def test_of_the_other_side_may_differ(self):
        figure = {"other_hand": (90.0, 0.0)}
        assert self.hand(figure, "right")[2] == pytest.approx(HAND * STATURE_M)
        assert self.hand(figure, "left")[2] == pytest.approx(0.0)


def test_the_ideal_in_the_room_is_mirrored_for_the_right():
    figure = {"lean": (20.0,), "turn": (30.0,)}
    left, right = ideal_points(figure), ideal_points(figure, "right")
    assert np.allclose(left[MIRRORED] * (-1, 1, 1), right)
