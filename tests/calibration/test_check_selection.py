"""New poses: the checks that are chosen count the position, and neither rest nor anything else."""

import re
from dataclasses import replace
from functools import cache

import pytest

from backstretch.calibration.check_selection import (
    FORM_CHECKS,
    MOST_CHECKS,
    Choice,
    choose,
    worked_side,
)
from backstretch.calibration.references import rests_of
from backstretch.calibration.stills import stills_of, view_of
from backstretch.judging.figures import contrasts_of
from backstretch.judging.session import Session
from backstretch.kinematics.catalogue import safe_range
from backstretch.kinematics.columns import COLUMN_INDEX, NEEDED, Column
from backstretch.kinematics.stick_figure import ideal_body
from backstretch.kinematics.view import View
from tests.figures import (
    DOWN,
    FRONT,
    LEFT_SIDE,
    Figure,
    every,
    folded,
    forward,
    kneeling,
    leftward,
    long_sitting,
    pair,
    reaching,
    side_bend,
    standing,
    trembling,
)
from tests.library import LIBRARY

REST_S, HOLD_S = 2.5, 6.0
LUNGE = Figure(thighs=(forward(100), DOWN))
ON_THE_BACK = Figure(trunk=forward(270), neck=forward(270), thighs=pair(forward(90)))
KNEE_TO_CHEST = replace(
    ON_THE_BACK, thighs=(forward(300), forward(90)), shanks=(forward(60), forward(90))
)
REACHING_AT_THE_CAMERA = Figure(arms=(forward(90), DOWN), forearms=(forward(90), DOWN))
"""The left arm straight ahead, level."""
POSITIONS = {
    "fold": (folded(110), LEFT_SIDE, folded(50)),
    "squat": (standing(100), LEFT_SIDE, folded(60)),
    "reach": (reaching(20), FRONT, reaching(90)),
    "side bend": (side_bend(30), FRONT, reaching(20)),
    "lunge": (LUNGE, LEFT_SIDE, standing(100)),
    "long sitting": (long_sitting(40), LEFT_SIDE, long_sitting(-10)),
    "kneeling": (kneeling(), LEFT_SIDE, kneeling(0.0, 90.0)),
    "knee to chest": (KNEE_TO_CHEST, LEFT_SIDE, ON_THE_BACK),
}
"""Each: the position, from where it is seen, and one that is clearly another."""
SIDED = ["side bend", "lunge", "knee to chest"]
WORKED = {
    "a lean": (side_bend(30), FRONT, "trunk_lean_lat"),
    "a tilt": (Figure(tilt_deg=35.0), FRONT, "head_roll_rel"),
    "a turn": (Figure(turn_deg=50.0), FRONT, "nose_aside"),
    "a twist": (Figure(twist_deg=50.0), LEFT_SIDE, "shoulder_yaw_rel"),
    "a lunge": (LUNGE, LEFT_SIDE, "hip"),
    "a knee drawn in": (KNEE_TO_CHEST, LEFT_SIDE, "hip"),
    "a heel at the seat": (Figure(shanks=(forward(290), DOWN)), LEFT_SIDE, "knee"),
    "an arm up": (Figure(arms=(leftward(40), DOWN)), FRONT, "shoulder_elev"),
    "a bent elbow": (Figure(forearms=(leftward(80), DOWN)), FRONT, "elbow"),
}
"""Positions of the left side, from where they are seen, and what tells the side."""
each_position = pytest.mark.parametrize("name", POSITIONS)


def take(posed, camera_deg, seed=1, **seen):
    """Standing, and then the position."""
    rest, held = (figure.seen(camera_deg, **seen) for figure in (standing(), posed))
    moments = [(t, rest if t < REST_S else held) for t in every(5, REST_S + HOLD_S).tolist()]
    return trembling(moments, 1.0, seed)


def shown(name, seed=1):
    """The take that shows a position."""
    figure, camera_deg, _ = POSITIONS[name]
    return take(figure, camera_deg, seed)


def other_than(name):
    """A take of the same view that shows another position."""
    _, camera_deg, other = POSITIONS[name]
    return take(other, camera_deg)


def mirrored(moments):
    return [(time_s, marks.mirrored()) for time_s, marks in moments]


def stills_in(moments):
    session = Session(())
    return stills_of([*session.push(moments), *session.finish()])


@cache
def in_the_library(azimuth_deg):
    return contrasts_of(LIBRARY.poses.values(), View(azimuth_deg, 0.0))


def chosen_from(moments, side=None, spread=None):
    """What is chosen of a take in which somebody first rests and then keeps a position."""
    *rests, still = stills_in(moments)
    view = view_of(still)
    contrasts = [*rests_of(rests), *in_the_library(round(view.azimuth_deg))]
    return choose(still, still.spread if spread is None else spread, view, contrasts, side)


@cache
def chosen(name):
    return chosen_from(shown(name))


def side_of(figure, camera_deg):
    still = stills_in(take(figure, camera_deg))[-1]
    return worked_side(still, view_of(still))


def pose_of(choice):
    """A pose of these checks and nothing else."""
    plain = LIBRARY.poses["standing_forward_fold"]
    return replace(plain, id="mine", figure={}, sides=choice.sides, checks=choice.checks)


def counted(choice, moments):
    """Valid seconds of each side, by the chosen checks alone."""
    session = Session((pose_of(choice),))
    session.push(moments)
    session.finish()
    return {
        side: sum(held.hold.valid_s for held in session.holds if held.form.side == side)
        for side in {held.form.side for held in session.holds}
    }


def names(choice):
    return {check.measure.name for check in choice.checks}


def columns_of(choice, side="left"):
    """Keys of all columns that some checks read; a midline measure has one."""
    far = "right" if side == "left" else "left"
    sides = {"": (None,), "both": (side, far), "near": (side,), "work": (side,), "other": (far,)}
    return {
        Column(check.measure, each, check.frame).key
        for check in choice.checks
        for each in sides[check.of]
    }


def alike(choice):
    return {contrast.name for contrast in choice.alike}


class TestTheChosenChecks:
    @each_position
    def test_count_the_position(self, name):
        choice = chosen(name)
        assert counted(choice, shown(name)) == {choice.side: pytest.approx(HOLD_S, abs=0.5)}

    @each_position
    def test_count_the_position_in_another_take(self, name):
        again = counted(chosen(name), shown(name, seed=7))
        assert again == {chosen(name).side: pytest.approx(HOLD_S, abs=0.5)}

    @each_position
    def test_do_not_count_rest(self, name):
        _, camera_deg, _ = POSITIONS[name]
        assert counted(chosen(name), take(standing(), camera_deg)) == {}

    @each_position
    def test_do_not_count_another_position(self, name):
        assert counted(chosen(name), other_than(name)) == {}

    @each_position
    def test_accept_what_was_measured_within_what_is_safe(self, name):
        for check in chosen(name).checks:
            (low, high), (least, most) = check.accept, safe_range(check.measure)
            assert least <= low <= check.good[0] <= check.measured.median
            assert check.measured.median <= check.good[1] <= high <= most

    @each_position
    def test_are_few_and_those_that_are_required_come_first(self, name):
        needs = [check.need for check in chosen(name).checks]
        assert needs == sorted(needs)
        assert 0 < needs.count("always") <= MOST_CHECKS
        assert needs.count("form") <= FORM_CHECKS

    @each_position
    def test_ask_nothing_twice(self, name):
        asked = [(check.measure.name, check.of) for check in chosen(name).checks]
        assert len(asked) == len(set(asked))

    def test_end_before_the_takes_own_rest(self):
        """A range that is as wide as usual would reach to 6 degrees; 0.6 of 30 are 18."""
        ranges = {check.measure.name: check.accept for check in chosen("side bend").checks}
        assert ranges["trunk_lean_lat"] == (18.0, 54.0)

    @pytest.mark.parametrize("lean_deg", [62.0, 75.0])
    def test_count_a_position_beyond_what_is_safe_for_most(self, lean_deg):
        """A triangle leans by 60 to 80 degrees, at the hips."""
        moments = take(side_bend(lean_deg), FRONT)
        choice = chosen_from(moments)
        assert counted(choice, moments) == {choice.side: pytest.approx(HOLD_S, abs=0.5)}


class TestAPoseWithSides:
    @pytest.mark.parametrize("name", SIDED)
    def test_is_done_on_each_side(self, name):
        assert (chosen(name).side, chosen(name).sides) == ("left", "each")

    @pytest.mark.parametrize("name", [name for name in POSITIONS if name not in SIDED])
    def test_is_none_whose_sides_are_alike(self, name):
        assert (chosen(name).side, chosen(name).sides, chosen(name).by) == (None, "both", "")

    @pytest.mark.parametrize("name", SIDED)
    def test_counts_the_other_side_in_a_mirror(self, name):
        found = counted(chosen(name), mirrored(shown(name)))
        assert found == {"right": pytest.approx(HOLD_S, abs=0.5)}

    @pytest.mark.parametrize("name", SIDED)
    def test_may_be_made_of_the_right_as_well(self, name):
        choice = chosen_from(mirrored(shown(name)))
        assert choice.side == "right"
        assert counted(choice, shown(name)) == {"left": pytest.approx(HOLD_S, abs=0.5)}

    def test_is_one_where_somebody_says_so(self):
        choice = chosen_from(shown("fold"), side="right")
        assert (choice.side, choice.sides, choice.by) == ("right", "each", "")

    def test_takes_the_side_that_is_said(self):
        choice = chosen_from(shown("side bend"), side="right")
        assert counted(choice, shown("side bend")) == {"right": pytest.approx(HOLD_S, abs=0.5)}

    def test_is_not_told_by_a_measure_that_says_the_other_side(self):
        assert chosen_from(shown("side bend"), side="right").by == ""


class TestTheWorkedSide:
    @pytest.mark.parametrize(("figure", "camera_deg", "by"), WORKED.values(), ids=WORKED)
    def test_is_the_one_that_leans_turns_or_bends_more(self, figure, camera_deg, by):
        assert side_of(figure, camera_deg) == ("left", by)
        assert side_of(figure.mirrored(), -camera_deg) == ("right", by)

    @pytest.mark.parametrize("side", ["left", "right"])
    def test_is_the_one_that_the_knees_roll_to_of_somebody_on_the_back(self, side):
        figure, of_the_foot = LIBRARY.poses["supine_twist"].figure, (0.0, -60.0)
        lying = [(t, ideal_body(figure, of_the_foot, side)) for t in every(10, 3.0)]
        still = stills_in(lying)[-1]
        assert worked_side(still, view_of(still)) == (side, "thigh_roll")

    @pytest.mark.parametrize("figure", [standing(), folded(110), reaching(20), kneeling()])
    def test_is_none_where_both_are_alike(self, figure):
        assert side_of(figure, LEFT_SIDE) == (None, "")

    @pytest.mark.parametrize("figure", [side_bend(15), Figure(tilt_deg=15.0)])
    def test_is_none_where_they_hardly_differ(self, figure):
        plain = replace(figure, arms=(DOWN, DOWN), forearms=(DOWN, DOWN))
        assert side_of(plain, FRONT) == (None, "")

    def test_is_not_told_by_a_lean_that_the_view_does_not_show(self):
        leaning = replace(side_bend(30), arms=(DOWN, DOWN), forearms=(DOWN, DOWN))
        assert side_of(leaning, LEFT_SIDE) == (None, "")

    def test_is_not_told_by_legs_that_point_at_the_camera(self):
        """Sitting before the camera, one knee a little higher."""
        assert side_of(Figure(thighs=(forward(85), forward(95))), FRONT) == (None, "")


class TestAMeasure:
    def test_that_is_not_steady_is_not_chosen(self):
        *_, still = stills_in(shown("fold"))
        spread = still.spread.copy()
        spread[COLUMN_INDEX["trunk_incl"]] = 10.0
        assert "trunk_incl" in names(chosen_from(shown("fold")))
        assert "trunk_incl" not in names(chosen_from(shown("fold"), spread=spread))

    def test_that_is_not_seen_is_not_chosen(self):
        hidden = {"left_knee", "left_elbow"}
        choice = chosen_from(take(folded(110), LEFT_SIDE, hidden=hidden))
        needed = {name for key in columns_of(choice) for name in NEEDED[key]}
        assert choice.checks
        assert not needed & hidden

    def test_that_the_view_does_not_carry_is_not_chosen(self):
        for check in chosen("fold").checks:
            assert check.frame == "world" or check.measure.views in {(), ("side",)}

    @pytest.mark.parametrize("name", ["fold", "kneeling", "knee to chest"])
    def test_that_is_told_of_somebody_upright_is_chosen_of_nobody_else(self, name):
        assert not any(check.measure.relative for check in chosen(name).checks)

    def test_of_the_head_is_chosen_where_the_head_alone_has_moved(self):
        choice = chosen_from(take(Figure(turn_deg=50.0), FRONT))
        assert {"nose_aside", "head_yaw_rel"} <= names(choice)

    @pytest.mark.parametrize(("camera_deg", "shows"), [(FRONT, False), (60.0, True)])
    def test_of_a_limb_is_chosen_where_the_picture_shows_the_limb(self, camera_deg, shows):
        choice = chosen_from(take(REACHING_AT_THE_CAMERA, camera_deg))
        of_the_arm = {
            "shoulder_elev.left",
            "upper_arm_incl.left",
            "elbow.left",
            "forearm_incl.left",
        }
        assert bool(columns_of(choice) & of_the_arm) is shows

    def test_of_legs_that_point_at_the_camera_is_not_chosen(self):
        seated = Figure(thighs=pair(forward(90)))
        assert not {"hip", "knee", "thigh_incl"} & names(chosen_from(take(seated, FRONT)))

    def test_of_a_limb_is_asked_of_both_sides_where_both_are_seen(self):
        assert {check.of for check in chosen("reach").checks} == {"both", ""}

    def test_of_a_limb_is_asked_of_the_near_side_where_one_hides_the_other(self):
        assert {check.of for check in chosen("fold").checks} == {"near", ""}


class TestWhatCannotBeToldApart:
    @pytest.mark.parametrize(
        ("name", "called"), [("long sitting", "Seated forward fold"), ("kneeling", "Child's pose")]
    )
    def test_is_named(self, name, called):
        assert alike(chosen(name)) == {called}

    def test_is_rest_where_somebody_only_stands(self):
        assert "standing" in alike(chosen_from(take(standing(), LEFT_SIDE)))

    @pytest.mark.parametrize("name", ["fold", "squat", "side bend", "lunge", "knee to chest"])
    def test_is_nothing_where_all_is_told_apart(self, name):
        assert alike(chosen(name)) == set()

    def test_is_nothing_on_the_floor_for_somebody_who_stands(self):
        assert alike(chosen("reach")) == set()


class TestWhatTellsAContrastApart:
    def test_is_said_in_degrees(self):
        (rest,) = (contrast for contrast in chosen("fold").nearest if contrast.is_rest)
        assert chosen("fold").difference(rest) == "Here the trunk angle from upright is about 110°."

    def test_is_said_of_ratios_in_hundredths(self):
        choice = chosen("fold")
        apart = replace(choice, checks=tuple(c for c in choice.checks if c.measure.unit == "ratio"))
        (rest,) = (contrast for contrast in choice.nearest if contrast.is_rest)
        words = r"Here the wrist to ankle distance is about \d\.\d\d\."
        assert re.fullmatch(words, apart.difference(rest))

    def test_is_nothing_for_what_cannot_be_told_apart(self):
        (child,) = chosen("kneeling").alike
        assert chosen("kneeling").difference(child) == ""

    def test_is_no_matter_of_form(self):
        choice = chosen("fold")
        (trunk, *others) = choice.checks
        form = tuple(replace(check, need="form") for check in others)
        said = {replace(choice, checks=(trunk, *form)).difference(c) for c in choice.nearest}
        assert said == {"", "Here the trunk angle from upright is about 110°."}

    def test_is_nothing_where_nothing_is_required(self):
        (contrast, *_) = in_the_library(LEFT_SIDE)
        assert Choice((), None, "", (), ()).difference(contrast) == ""


def test_the_nearest_comes_first():
    """Nearest to a fold that does not go all the way is the fold of the library."""
    assert chosen("fold").nearest[0].name == "Standing forward fold"
