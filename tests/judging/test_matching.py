"""Matching: which columns a check reads, when it is broken, and how close it is."""

import math
from dataclasses import replace

import numpy as np
import pytest

from backstretch.judging.hold_clock import State
from backstretch.judging.matching import Form, forms_of
from backstretch.kinematics.catalogue import BY_NAME, HYSTERESIS
from backstretch.kinematics.columns import COLUMN_INDEX, COLUMNS
from backstretch.poses.pose import Check, Dose, Pose
from backstretch.poses.pose_file import load_pose
from tests.places import POSE_FILES

NAN = math.nan


def check(name="knee", of="near", *, accept=(100.0, 140.0), good=(110.0, 130.0), need="always"):
    measure = BY_NAME[name]
    return Check(measure, of, measure.frames[0], good, accept, need, "", "", "", "A test")


def pose_of(*checks, sides="each"):
    return Pose(
        id="t",
        name="T",
        also=(),
        regions=(),
        tags=(),
        positions=(),
        views=("side",),
        camera="",
        limits="",
        equipment=(),
        sides=sides,
        side_rule="",
        guided="",
        steps=(),
        safety="",
        not_for=(),
        look_alikes={},
        sources=(),
        dose=Dose((10.0, 30.0), 20.0, (1, 3), 2, "A test"),
        figure={},
        checks=checks,
    )


def judge(form, values, *, near="left", inside=False):
    """Judge a moment in which only the named columns are known."""
    known = np.full(len(COLUMNS), NAN)
    for key, value in values.items():
        known[COLUMN_INDEX[key]] = value
    return form.judge(known, near, inside=inside)


def knee(value, *, inside=False):
    return judge(Form(pose_of(check()), "left"), {"knee.left": value}, inside=inside)


# Which columns


@pytest.mark.parametrize(
    ("of", "near", "side", "keys"),
    [
        ("near", "left", "right", ["knee.left"]),
        ("near", "right", "left", ["knee.right"]),
        ("far", "left", "left", ["knee.right"]),
        ("far", "right", None, ["knee.left"]),
        ("work", "right", "left", ["knee.left"]),
        ("work", "left", "right", ["knee.right"]),
        ("other", "left", "left", ["knee.right"]),
        ("other", "left", "right", ["knee.left"]),
        ("both", "right", "left", ["knee.left", "knee.right"]),
        ("both", "left", None, ["knee.left", "knee.right"]),
    ],
)
def test_a_check_reads_the_side_it_speaks_of(of, near, side, keys):
    form = Form(pose_of(check(of=of)), side)
    assert [target.column.key for target in form.targets[near]] == keys


def test_a_midline_check_reads_the_one_column():
    form = Form(pose_of(check("trunk_incl", "")), None)
    assert [target.column.key for target in form.targets["right"]] == ["trunk_incl"]


def test_a_check_in_space_reads_the_column_in_space():
    spatial = replace(check(of="work"), frame="world")
    assert Form(pose_of(spatial), "left").targets["left"][0].column.key == "knee.left.world"


def test_a_reading_holds_the_value_of_its_own_column():
    form = Form(pose_of(check(of="both")), None)
    verdict = judge(form, {"knee.left": 111.0, "knee.right": 122.0})
    assert [reading.value for reading in verdict.readings] == [111.0, 122.0]


@pytest.mark.parametrize(("sides", "forms"), [("both", [None]), ("each", ["left", "right"])])
def test_a_pose_with_sides_has_two_forms(sides, forms):
    assert [form.side for form in forms_of(pose_of(check(), sides=sides))] == forms


def test_every_built_in_pose_can_be_judged_from_either_side():
    forms = [form for path in POSE_FILES.glob("*.toml") for form in forms_of(load_pose(path))]
    states = {judge(form, {}, near=near).state for form in forms for near in ("left", "right")}
    assert states == {State.UNSEEN}


# In, out and unseen


@pytest.mark.parametrize(
    ("value", "inside", "state"),
    [
        (120.0, False, State.IN),
        (100.0, False, State.IN),
        (140.0, False, State.IN),
        (99.9, False, State.OUT),
        (140.1, False, State.OUT),
        (99.9, True, State.IN),
        (95.0, True, State.IN),
        (145.0, True, State.IN),
        (94.9, True, State.OUT),
        (145.1, True, State.OUT),
        (NAN, False, State.UNSEEN),
        (NAN, True, State.UNSEEN),
    ],
)
def test_leaving_needs_five_degrees_more_than_entering(value, inside, state):
    assert knee(value, inside=inside).state is state


@pytest.mark.parametrize(
    ("value", "inside", "state"),
    [(0.51, False, State.OUT), (0.55, True, State.IN), (0.57, True, State.OUT)],
)
def test_leaving_a_ratio_needs_six_hundredths_more(value, inside, state):
    form = Form(pose_of(check("hip_heel", good=(0.0, 0.3), accept=(0.0, 0.5))), None)
    assert judge(form, {"hip_heel.left": value}, inside=inside).state is state


def test_one_broken_check_is_enough_to_be_out():
    form = Form(pose_of(check(), check("hip")), None)
    assert judge(form, {"knee.left": 120.0, "hip.left": 90.0}).state is State.OUT


def test_one_unseen_check_is_enough_to_be_unseen():
    form = Form(pose_of(check(), check("hip")), None)
    assert judge(form, {"knee.left": 120.0}).state is State.UNSEEN


def test_seen_to_be_wrong_weighs_more_than_unseen():
    form = Form(pose_of(check(), check("hip")), None)
    assert judge(form, {"hip.left": 90.0}).state is State.OUT


@pytest.mark.parametrize("value", [90.0, NAN])
def test_a_check_of_form_neither_stops_nor_blinds_the_clock(value):
    form = Form(pose_of(check(), check("hip", need="form")), None)
    assert judge(form, {"knee.left": 120.0, "hip.left": value}).state is State.IN


def test_both_sides_must_be_right():
    form = Form(pose_of(check(of="both")), None)
    assert judge(form, {"knee.left": 120.0, "knee.right": 90.0}).state is State.OUT


def test_an_unseen_reading_is_not_outside():
    assert not knee(NAN).readings[0].outside


# What a verdict tells


@pytest.mark.parametrize(
    ("value", "slack"), [(120.0, 20.0), (105.0, 5.0), (138.0, 2.0), (90.0, -10.0), (150.0, -10.0)]
)
def test_slack_is_how_far_inside_the_accepted_range(value, slack):
    assert knee(value).readings[0].slack == slack


@pytest.mark.parametrize(("value", "below"), [(90.0, True), (150.0, False)])
def test_a_reading_knows_which_way_it_is_wrong(value, below):
    assert knee(value).readings[0].below is below


@pytest.mark.parametrize(
    ("value", "closeness"),
    [
        (110.0, 1.0),
        (120.0, 1.0),
        (105.0, 0.5),
        (100.0, 0.0),
        (137.5, 0.25),
        (80.0, 0.0),
        (170.0, 0.0),
    ],
)
def test_closeness_falls_from_the_good_range_to_the_limit(value, closeness):
    assert knee(value).closeness == pytest.approx(closeness)


def test_closeness_at_a_limit_without_a_margin_is_all_or_nothing():
    form = Form(pose_of(check(good=(100.0, 140.0))), None)
    assert [judge(form, {"knee.left": v}).closeness for v in (99.9, 100.0, 140.0, 140.1)] == [
        0,
        1,
        1,
        0,
    ]


def test_closeness_is_the_mean_of_what_is_seen():
    form = Form(pose_of(check(), check("hip"), check("elbow")), None)
    assert judge(form, {"knee.left": 120.0, "hip.left": 105.0}).closeness == pytest.approx(0.75)


def test_nothing_seen_is_not_close():
    assert knee(NAN).closeness == 0.0


def test_the_limiting_reading_is_the_first_broken_one():
    form = Form(pose_of(check(), check("hip"), check("elbow")), None)
    verdict = judge(form, {"hip.left": 90.0, "elbow.left": 90.0})
    assert verdict.limiting.check.measure.name == "hip"


def test_the_limiting_reading_is_the_first_unseen_one_when_nothing_is_broken():
    form = Form(pose_of(check(), check("hip"), check("elbow")), None)
    assert judge(form, {"knee.left": 120.0}).limiting.check.measure.name == "hip"


def test_nothing_limits_a_moment_that_is_in():
    assert knee(120.0).limiting is None


def test_a_check_of_form_limits_nothing():
    form = Form(pose_of(check("hip", need="form"), check()), None)
    verdict = judge(form, {"hip.left": 20.0, "knee.left": 120.0})
    assert (verdict.limiting, len(verdict.required), len(verdict.readings)) == (None, 1, 2)


def test_every_unit_has_a_hysteresis():
    assert {measure.unit for measure in BY_NAME.values()} == set(HYSTERESIS)


def test_a_check_that_counts_only_if_seen_may_be_out_of_sight():
    form = Form(pose_of(check(), check("hip", need="if seen")), "left")
    assert judge(form, {"knee.left": 120.0}).state is State.IN
    assert judge(form, {"knee.left": 120.0, "hip.left": 90.0}).state is State.OUT
    assert judge(form, {"hip.left": 120.0}).state is State.UNSEEN
