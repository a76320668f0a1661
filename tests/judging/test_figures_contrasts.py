"""Contrasts: positions of rest and the stretches of the library, as a camera at some place would see them."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from backstretch.calibration.references import rests_of
from backstretch.calibration.stills import Still
from backstretch.judging.figures import RESTS, contrasts_of, measure_figure, settle_figure
from backstretch.judging.hold_clock import State
from backstretch.judging.matching import forms_of
from backstretch.kinematics.columns import COLUMN_INDEX, relative_columns
from backstretch.kinematics.stick_figure import STANDING, ideal_body
from backstretch.kinematics.view import VIEWS, View
from backstretch.poses.pose_file import load_pose
from tests.figures import LEFT_SIDE, folded, standing
from tests.figures import measured as body_of
from tests.library import LIBRARY
from tests.pose_files import ON_EACH_SIDE, STRETCH, write

FIGURES = [pose for pose in LIBRARY.recognised if pose.figure]
FROM_THE_FRONT, FROM_THE_LEFT, FROM_THE_RIGHT = View(0.0, 0.0), View(90.0, 0.0), View(-90.0, 0.0)
ON_THE_FLOOR = ["hands and knees", "lying on the back", "lying face down"]


@pytest.fixture
def pose(tmp_path):
    """Seen from the side, the trunk 60 degrees forward from upright, legs straight."""
    return load_pose(write(tmp_path / "desk_fold.toml"))


def forms_in(poses, view):
    """The contrasts that are forms of poses."""
    return contrasts_of(poses, view)[len(at_rest(view)) :]


def only_form(pose, view):
    (contrast,) = forms_in([pose], view)
    return contrast


@cache
def at_rest(view):
    return contrasts_of([], view)


def seen_as(name, view):
    """A position of rest, from all sides that it is seen from."""
    return [contrast for contrast in at_rest(view) if contrast.name == name]


def value(contrast, key):
    return float(contrast.values[COLUMN_INDEX[key]])


def levels_deg(name, azimuth_deg):
    """The trunk of a position of rest from upright in space, from all sides that it is seen from."""
    contrasts = seen_as(name, View(azimuth_deg, 0.0))
    return [round(value(contrast, "trunk_incl.world")) for contrast in contrasts]


def still_at(start_s, trunk_deg):
    """A still of a fold, seen from the left side."""
    marks = folded(trunk_deg).seen(LEFT_SIDE)
    values = body_of(marks).values[0]
    spread = np.zeros(len(values))
    return Still(start_s, start_s + 5.0, values, spread, "left", None, marks)


class TestRest:
    @pytest.mark.parametrize("view", [FROM_THE_FRONT, FROM_THE_LEFT, View(180.0, 0.0)])
    def test_is_a_contrast_in_every_position_whatever_the_library_holds(self, view):
        assert {contrast.name for contrast in at_rest(view)} == set(RESTS)

    def test_is_no_pose_of_the_library(self):
        assert {contrast.pose for contrast in at_rest(FROM_THE_LEFT)} == {""}

    def test_was_not_seen_in_the_take(self):
        assert {contrast.is_rest for contrast in at_rest(FROM_THE_LEFT)} == {False}

    @pytest.mark.parametrize(
        ("name", "key", "deg"),
        [
            ("standing", "trunk_incl", 0),
            ("standing", "hip.left", 180),
            ("standing", "knee.left", 180),
            ("sitting on a chair", "thigh_incl.left", 90),
            ("sitting on a chair", "knee.left", 90),
            ("sitting on the floor, legs straight", "hip.left", 90),
            ("sitting on the floor, legs straight", "knee.left", 180),
            ("kneeling upright", "knee.left", 90),
            ("kneeling upright", "hip.left", 180),
            ("hands and knees", "trunk_incl", 90),
            ("hands and knees", "chest_up", 180),
            ("lying on the back", "chest_up", 0),
            ("lying on the back", "knee.left", 180),
            ("lying on the back, knees bent", "hip.left", 135),
            ("lying on the back, knees bent", "knee.left", 75),
            ("lying face down", "chest_up", 180),
            ("lying face down", "hip.left", 180),
        ],
    )
    def test_reads_what_it_is(self, name, key, deg):
        (contrast,) = seen_as(name, FROM_THE_LEFT)
        assert value(contrast, key) == pytest.approx(deg, abs=0.5)

    @pytest.mark.parametrize(
        ("azimuth_deg", "side"),
        [(0.0, "left"), (30.0, "left"), (90.0, "left"), (-30.0, "right"), (-90.0, "right")],
    )
    def test_is_seen_from_the_side_that_the_camera_is_nearer_to(self, azimuth_deg, side):
        """From there a seat is right-angled; from elsewhere it looks otherwise."""
        sitting = seen_as("sitting on a chair", View(azimuth_deg, 0.0))
        angles = [value(each, f"hip.{side}") for each in sitting if each.near == side]
        assert pytest.approx(90.0, abs=0.5) in angles

    def test_is_seen_from_where_the_camera_stands_as_well(self):
        """From between front and side a thigh that is level looks steeper."""
        sitting = seen_as("sitting on a chair", View(30.0, 0.0))
        assert max(value(each, "hip.left") for each in sitting) > 95.0

    def test_is_seen_once_by_a_camera_at_the_side(self):
        assert len(at_rest(FROM_THE_LEFT)) == len(RESTS)

    @pytest.mark.parametrize("name", ON_THE_FLOOR)
    @pytest.mark.parametrize("azimuth_deg", [0.0, 45.0, 90.0, 135.0, 180.0])
    def test_on_the_floor_has_its_trunk_level(self, name, azimuth_deg):
        """In the body's own axes 0 and 180 are straight above or below: no camera stands there."""
        assert set(levels_deg(name, azimuth_deg)) == {90}


class TestAPoseOfTheLibrary:
    def test_is_a_contrast_by_name_and_id(self, pose):
        contrast = only_form(pose, FROM_THE_LEFT)
        assert (contrast.name, contrast.pose) == ("Desk fold", "desk_fold")

    def test_that_is_done_on_both_sides_at_once_is_one_contrast(self, pose):
        assert len(forms_in([pose], FROM_THE_LEFT)) == 1

    def test_with_sides_is_a_contrast_on_each(self, tmp_path):
        sided = load_pose(write(tmp_path / "desk_lean.toml", STRETCH, ON_EACH_SIDE))
        sided = replace(sided, views=("front",), figure={"lean": (20.0,)})
        leans = [value(each, "trunk_lean_lat.left") for each in forms_in([sided], FROM_THE_FRONT)]
        assert leans == pytest.approx([20.0, -20.0], abs=0.5)

    def test_without_a_figure_is_none(self, pose):
        assert forms_in([replace(pose, figure={})], FROM_THE_LEFT) == []

    def test_that_is_told_by_its_movement_is_none(self, pose):
        assert forms_in([replace(pose, guided="The movement is small.")], FROM_THE_LEFT) == []

    def test_reads_what_its_figure_is(self, pose):
        contrast = only_form(pose, FROM_THE_LEFT)
        assert value(contrast, "trunk_incl") == pytest.approx(60.0, abs=0.5)

    @pytest.mark.parametrize(
        ("view", "near"),
        [(FROM_THE_LEFT, "left"), (FROM_THE_RIGHT, "right"), (View(-40.0, 0.0), "right")],
    )
    def test_is_seen_from_the_side_that_the_camera_is_nearer_to(self, pose, view, near):
        assert only_form(pose, view).near == near

    def test_is_seen_from_its_own_view_however_the_camera_stands(self, pose):
        """Whoever does it turns as the stretch wants: from the front no lean forward is to be seen."""
        contrast = only_form(pose, FROM_THE_FRONT)
        assert value(contrast, "trunk_lean_fwd") == pytest.approx(60.0, abs=0.5)

    def test_is_seen_from_the_nearest_of_its_views(self, pose):
        contrast = only_form(replace(pose, views=("side", "front")), FROM_THE_FRONT)
        assert np.isnan(value(contrast, "trunk_lean_fwd"))

    @pytest.mark.parametrize("built_in", FIGURES, ids=[pose.id for pose in FIGURES])
    def test_passes_for_itself(self, built_in):
        contrasts = forms_in([built_in], VIEWS[built_in.views[0]][0])
        states = [
            form.judge(contrast.values, contrast.near, inside=False).state
            for form, contrast in zip(forms_of(built_in), contrasts, strict=True)
        ]
        assert set(states) == {State.IN}


class TestWhatWasHeldInTheTake:
    def test_is_a_contrast_by_its_time(self):
        (contrast,) = rests_of([still_at(3.4, 40.0)])
        assert (contrast.name, contrast.pose, contrast.is_rest) == (
            "what was held at 3 s",
            "",
            True,
        )

    def test_reads_what_was_measured(self):
        (contrast,) = rests_of([still_at(3.0, 40.0)])
        assert (contrast.near, value(contrast, "trunk_incl")) == ("left", pytest.approx(40.0))

    def test_is_a_contrast_each_time(self):
        contrasts = rests_of([still_at(0.0, 0.0), still_at(8.0, 40.0)])
        assert [value(contrast, "trunk_incl") for contrast in contrasts] == pytest.approx(
            [0.0, 40.0]
        )

    def test_is_nothing_where_nothing_was_held(self):
        assert rests_of([]) == []


class TestAFigure:
    def test_is_measured_with_all_of_it_seen(self):
        body = measure_figure(ideal_body({"thighs": (60.0, 10.0)}, (40.0, 20.0)))
        assert not np.isnan(body.values).any()

    @pytest.mark.parametrize("azimuth_deg", [0.0, 90.0, -90.0])
    def test_that_stands_is_at_rest(self, azimuth_deg):
        body = measure_figure(ideal_body(STANDING, (azimuth_deg, 0.0)))
        values = settle_figure(body, "left", azimuth_deg)
        assert np.nanmax(np.abs(values[relative_columns()])) == pytest.approx(0.0, abs=1e-6)

    def test_that_turns_the_head_is_counted_from_standing(self):
        turned = measure_figure(ideal_body({"turn": (40.0,)}, (0.0, 0.0)))
        values = settle_figure(turned, "left", 0.0)
        assert values[COLUMN_INDEX["head_yaw_rel.left"]] == pytest.approx(40.0, abs=0.5)

    def test_that_looks_shorter_is_as_long_as_it_was_when_it_stood(self):
        """From 60 degrees above everything is half as high, and is measured in trunks of before."""
        level, above = (
            settle_figure(measure_figure(ideal_body(STANDING, (0.0, elevation_deg))), "left", 0.0)
            for elevation_deg in (0.0, 60.0)
        )
        at = COLUMN_INDEX["hip_above_ankle.left"]
        assert above[at] == pytest.approx(level[at] / 2)

    def test_of_the_tests_own_reads_the_same(self):
        """Two builders of figures, one measure."""
        ours = body_of(standing().seen(LEFT_SIDE)).values[0]
        theirs = measure_figure(ideal_body(STANDING, (90.0, 0.0))).values[0]
        for key in ("trunk_incl", "hip.left", "knee.left", "upper_arm_incl.left"):
            at = COLUMN_INDEX[key]
            assert ours[at] == pytest.approx(theirs[at], abs=0.01)
