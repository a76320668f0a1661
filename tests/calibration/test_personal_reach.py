"""Reach: which stills show a stretch that somebody meant to do, and how far they came in it."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.calibration.personal import (
    best_match,
    best_try,
    match_still,
    reach_of,
    rest_of,
    stretches,
)
from backstretch.calibration.stills import Still, stills_of
from backstretch.judging.matching import forms_of
from backstretch.judging.session import Session
from backstretch.kinematics.catalogue import BY_NAME, least_half_width
from backstretch.kinematics.columns import COLUMN_INDEX, COLUMNS
from backstretch.kinematics.neutral import Neutral
from backstretch.kinematics.view import View
from backstretch.poses.pose import Check
from tests.figures import FRONT, every, side_bend, standing
from tests.library import LIBRARY

BEND = LIBRARY.poses["standing_side_bend"]
BODY = standing().seen(FRONT)
LEAN, KNEES = "trunk_lean_lat.left", ("knee.left", "knee.right")
NAN = math.nan
INSIDE = {"knee.left": 170.0}
"""What passes for the check of the knee below."""


def check(name, of="near", *, accept, more="", need="always", frame="image"):
    return Check(BY_NAME[name], of, frame, accept, accept, need, more, "", "", "A test")


KNEE = check("knee", accept=(160.0, 180.0))
FOLD = check("trunk_incl", "", accept=(50.0, 180.0), more="larger")
HIP = check("hip", accept=(0.0, 80.0), more="smaller")
BOTH_KNEES = replace(KNEE, of="both")


def form_of(*checks):
    return forms_of(replace(BEND, checks=checks, sides="both"))[0]


def row(values, unknown=NAN):
    """A value for every column, of which only some are known."""
    found = np.full(len(COLUMNS), unknown)
    for key, value in values.items():
        found[COLUMN_INDEX[key]] = value
    return found


def still(values, rest=None, spread=None, near="left"):
    """A still of which only the named columns are known, after a rest of which the same holds."""
    before = None
    if rest is not None:
        before = Neutral(0.0, 1.0, np.ones(6), row(rest), View(0.0, 0.0), upright=True, roll_deg=0)
    return Still(4.0, 8.0, row(values), row(spread or {}, 0.0), near, before, BODY)


def shown(checks, values, rest=None, spread=None):
    return match_still(still(values, rest, spread), form_of(*checks))


def reached(checked, found):
    """The median and the spread of what was measured."""
    reach = reach_of(checked, found)
    return reach and (reach.median, reach.spread)


def folding(deg, *, rest=0.0):
    """A fold by so much, of which 50 degrees are asked for."""
    return shown([FOLD], {"trunk_incl": deg}, {"trunk_incl": rest})


def take(*held, rest_s=2.0):
    """At rest first, then in one position after the other, each for 3 s: its stills."""
    bodies = [standing(), *held]
    starts = [0.0, *(rest_s + 3.0 * n for n in range(len(bodies)))]
    timeline = [
        (float(t), body.seen(FRONT))
        for body, from_s, until_s in zip(bodies, starts, starts[1:], strict=False)
        for t in every(10, until_s - 0.1, from_s)
    ]
    session = Session((BEND,))
    return stills_of(session.push(timeline) + session.finish())


def leans(found):
    """How far each still leans, and which side it shows."""
    return [
        (each.form.side, round(abs(each.still.values[COLUMN_INDEX[LEAN]]), 3)) for each in found
    ]


@pytest.mark.parametrize(
    ("name", "frame", "width"),
    [("knee", "image", 12.0), ("knee", "world", 18.0), ("hip_heel", "image", 0.12)],
)
def test_the_narrowest_range_follows_the_cameras_error(name, frame, width):
    assert least_half_width(BY_NAME[name], frame) == width


def test_the_narrowest_range_of_the_nose_follows_its_own_steadiness():
    assert least_half_width(BY_NAME["nose_drop"], "image") == pytest.approx(0.045)


class TestFit:
    def test_is_whole_inside_of_all_ranges(self):
        assert shown([KNEE, FOLD], INSIDE | {"trunk_incl": 60.0}).fit == 1.0

    @pytest.mark.parametrize(
        ("deg", "fit"), [(0.0, 0.0), (20.0, 0.4), (45.0, 0.9), (50.0, 1.0), (90.0, 1.0)]
    )
    def test_is_the_share_of_the_way_from_rest(self, deg, fit):
        assert folding(deg).fit == pytest.approx(fit)

    def test_counts_the_way_from_the_rest_of_the_take(self):
        assert folding(35.0, rest=20.0).fit == pytest.approx(0.5)

    def test_counts_a_usual_way_where_rest_is_not_known(self):
        assert shown([FOLD], {"trunk_incl": 35.0}).fit == pytest.approx(0.5)

    def test_is_of_what_is_range_of_motion_where_there_is_any(self):
        assert shown([KNEE, FOLD, HIP], INSIDE | {"trunk_incl": 35.0}).fit == pytest.approx(0.5)

    def test_leaves_form_out(self):
        form = check("elbow", accept=(0.0, 10.0), need="form")
        assert shown([KNEE, form], INSIDE | {"elbow.left": 180.0}).fit == 1.0

    def test_of_one_that_went_far_the_wrong_way_is_bounded(self):
        assert shown([KNEE], {"knee.left": 10.0}).fit == -1.0

    def test_of_nothing_seen_is_the_least(self):
        assert shown([KNEE], {}).fit == -1.0


class TestRefusal:
    def test_is_empty_for_what_the_library_takes(self):
        assert shown([KNEE, FOLD], INSIDE | {"trunk_incl": 60.0}).refusal == ""

    def test_names_what_is_not_seen_once(self):
        twice = replace(KNEE, accept=(0.0, 180.0))
        words = shown([KNEE, twice, FOLD], {}).refusal
        assert words == "I cannot see the left knee angle and the trunk angle from upright"

    def test_says_what_is_read_and_what_is_asked_for(self):
        words = folding(2.0).refusal
        assert words == "the trunk angle from upright is 2°, and this stretch asks for 50 to 180°"

    def test_says_ratios_without_a_unit(self):
        found = shown([check("hip_heel", accept=(1.0, 2.0))], {"hip_heel.left": 0.5})
        assert found.refusal.endswith("is 0.50, and this stretch asks for 1 to 2")

    def test_speaks_of_what_is_furthest_from_it(self):
        found = shown([FOLD, HIP], {"trunk_incl": 25.0, "hip.left": 180.0}, {"hip.left": 180.0})
        assert "hip angle" in found.refusal

    @pytest.mark.parametrize("need", ["if seen", "form"])
    def test_is_not_for_what_may_be_out_of_sight(self, need):
        assert shown([FOLD, replace(KNEE, need=need)], {"trunk_incl": 60.0}).refusal == ""

    def test_is_not_for_form(self):
        found = shown([FOLD, replace(KNEE, need="form")], {"trunk_incl": 60.0, "knee.left": 20.0})
        assert found.refusal == ""

    @pytest.mark.parametrize(
        ("checked", "key", "least"),
        [
            (KNEE, "knee.left", 136.0),
            (replace(KNEE, frame="world"), "knee.left.world", 124.0),
            (check("hip_heel", accept=(1.0, 2.0)), "hip_heel.left", 0.76),
        ],
    )
    def test_of_technique_begins_two_half_widths_beyond_its_range(self, checked, key, least):
        refusals = [shown([checked], {key: least + by}).refusal for by in (0.001, -0.001)]
        assert [bool(words) for words in refusals] == [False, True]

    @pytest.mark.parametrize(("deg", "refused"), [(0.0, True), (19.9, True), (20.1, False)])
    def test_of_one_reach_begins_before_two_fifths_of_the_way(self, deg, refused):
        assert bool(folding(deg).refusal) is refused

    @pytest.mark.parametrize(
        ("fold_deg", "hip_deg", "refused"),
        [(15.0, 140.0, True), (20.0, 130.0, False), (50.0, 160.0, True), (50.0, 154.0, False)],
    )
    def test_of_two_reaches_looks_at_their_mean_and_at_each(self, fold_deg, hip_deg, refused):
        """From 0 to 50, and from 180 to 80."""
        values = {"trunk_incl": fold_deg, "hip.left": hip_deg}
        found = shown([FOLD, HIP], values, {"trunk_incl": 0.0, "hip.left": 180.0})
        assert bool(found.refusal) is refused

    def test_is_not_for_one_who_reaches_beyond_the_library(self):
        _, supple = take(side_bend(58.0))
        assert match_still(supple, forms_of(BEND)[0]).refusal == ""


class TestStretches:
    def test_are_not_at_rest(self):
        assert stretches(take(), BEND) == []

    @pytest.mark.parametrize(
        ("figure", "side"), [(side_bend(30.0), "left"), (side_bend(30.0).mirrored(), "right")]
    )
    def test_are_of_the_side_that_they_show(self, figure, side):
        assert leans(stretches(take(figure), BEND)) == [(side, 30.0)]

    def test_of_somebody_stiff_are_taken(self):
        assert leans(stretches(take(side_bend(9.0)), BEND)) == [("left", 9.0)]

    def test_of_too_small_a_way_are_not_taken(self):
        assert stretches(take(side_bend(4.0)), BEND) == []

    def test_of_the_other_side_than_asked_for_are_not_taken(self):
        assert stretches(take(side_bend(30.0)), BEND, ("right",)) == []

    def test_that_look_alike_on_both_sides_are_of_the_side_that_is_asked_for(self):
        pose = replace(BEND, checks=(FOLD,))
        found = stretches([still({"trunk_incl": 60.0})], pose, ("right",))
        assert [each.form.side for each in found] == ["right"]

    def test_of_both_sides_are_taken_by_time(self):
        found = stretches(take(side_bend(30.0).mirrored(), side_bend(25.0)), BEND)
        assert leans(found) == [("right", 30.0), ("left", 25.0)]

    def test_of_both_sides_may_be_of_different_merit(self):
        found = stretches(take(side_bend(30.0), side_bend(9.0).mirrored()), BEND)
        assert leans(found) == [("left", 30.0), ("right", 9.0)]

    def test_that_are_repeated_are_all_taken(self):
        found = stretches(take(side_bend(30.0), standing(), side_bend(24.0)), BEND)
        assert leans(found) == [("left", 30.0), ("left", 24.0)]

    def test_are_only_those_in_range_where_there_are_some(self):
        assert leans(stretches(take(side_bend(9.5), side_bend(20.0)), BEND)) == [("left", 20.0)]

    def test_of_somebody_stiff_that_are_alike_are_all_taken(self):
        assert leans(stretches(take(side_bend(8.0), standing(), side_bend(9.0)), BEND)) == [
            ("left", 8.0),
            ("left", 9.0),
        ]

    def test_of_somebody_stiff_are_not_where_they_stop_half_way(self):
        assert leans(stretches(take(side_bend(5.0), side_bend(10.0)), BEND)) == [("left", 10.0)]

    def test_are_found_in_any_iterable_of_stills(self):
        assert len(stretches(iter(take(side_bend(30.0))), BEND)) == 1


class TestWithoutARest:
    pose = replace(BEND, checks=(FOLD,), sides="both")
    stiff, right = still({"trunk_incl": 40.0}), still({"trunk_incl": 60.0})

    def test_a_position_that_the_library_takes_is_the_stretch(self):
        assert len(stretches([self.right, still({"trunk_incl": 0.0})], self.pose)) == 1

    def test_one_of_several_positions_out_of_range_is_not(self):
        assert stretches([self.stiff, still({"trunk_incl": 0.0})], self.pose) == []

    def test_the_only_position_of_a_take_is_the_stretch(self):
        assert len(stretches([self.stiff], self.pose)) == 1


class TestBestTry:
    def test_is_none_without_a_still(self):
        assert best_try([], BEND) is None

    def test_is_what_comes_nearest_though_it_is_refused(self):
        found = best_try(take(side_bend(-4.0), side_bend(4.0)), BEND)
        assert leans([found]) == [("left", 4.0)]

    def test_is_of_a_side_that_is_asked_for(self):
        found = best_try(take(side_bend(-30.0)), BEND, ("right",))
        assert found is not None
        assert found.form.side == "right"


class TestReach:
    def test_is_what_a_still_measures(self):
        found = shown([KNEE], {"knee.left": 170.0}, spread={"knee.left": 2.0})
        assert reached(KNEE, [found]) == (170.0, pytest.approx(2.0))

    def test_is_the_median_of_several_stills(self):
        found = [shown([KNEE], {"knee.left": deg}) for deg in (160.0, 178.0, 162.0)]
        assert reached(KNEE, found)[0] == 162.0

    def test_spreads_between_stills(self):
        found = [shown([KNEE], {"knee.left": deg}) for deg in (160.0, 170.0)]
        assert reached(KNEE, found)[1] == pytest.approx(math.sqrt(50.0))

    def test_is_the_mean_of_both_sides_and_spreads_between_them(self):
        found = shown([BOTH_KNEES], dict(zip(KNEES, (160.0, 170.0), strict=True)))
        assert reached(BOTH_KNEES, [found]) == (165.0, pytest.approx(5.0))

    @given(st.lists(st.tuples(st.floats(0.0, 180.0), st.floats(0.0, 20.0)), min_size=1, max_size=5))
    def test_spreads_within_and_between_as_variances_add(self, measured):
        found = [
            shown([KNEE], {"knee.left": deg}, spread={"knee.left": sd}) for deg, sd in measured
        ]
        degs = [deg for deg, _ in measured]
        between = sum((deg - sum(degs) / len(degs)) ** 2 for deg in degs) / max(1, len(degs) - 1)
        within = sum(sd**2 for _, sd in measured) / len(measured)
        expected = math.sqrt(between + within)
        assert reached(KNEE, found)[1] == pytest.approx(expected, abs=1e-6)

    def test_is_none_where_nothing_was_seen(self):
        assert reached(KNEE, [shown([KNEE], {})]) is None

    def test_is_none_without_stills(self):
        assert reached(KNEE, []) is None

    def test_leaves_out_a_still_that_does_not_see_it(self):
        found = [shown([KNEE], values) for values in ({}, {"knee.left": 170.0})]
        assert reached(KNEE, found) == (170.0, 0.0)

    def test_leaves_out_a_still_that_sees_one_side_of_two(self):
        assert reached(BOTH_KNEES, [shown([BOTH_KNEES], INSIDE)]) is None

    def test_is_of_the_check_alone(self):
        found = shown([FOLD, KNEE], INSIDE | {"trunk_incl": 60.0})
        assert reached(FOLD, [found]) == (60.0, 0.0)


class TestRest:
    def test_is_what_was_measured_before(self):
        assert rest_of(FOLD, [folding(60.0, rest=4.0)]) == 4.0

    def test_is_the_median_of_several_takes(self):
        assert rest_of(FOLD, [folding(60.0, rest=deg) for deg in (4.0, 1.0, 5.0)]) == 4.0

    def test_is_that_of_both_sides_for_a_check_of_both(self):
        rest = dict(zip(KNEES, (150.0, 160.0), strict=True))
        assert rest_of(BOTH_KNEES, [shown([BOTH_KNEES], INSIDE, rest)]) == 155.0

    def test_leaves_out_what_was_not_seen(self):
        found = [folding(60.0, rest=NAN), folding(60.0, rest=4.0)]
        assert rest_of(FOLD, found) == 4.0

    def test_is_zero_for_what_is_counted_from_rest(self):
        tilt = check("head_roll_rel", accept=(10.0, 40.0))
        key = "head_roll_rel.left"
        assert rest_of(tilt, [shown([tilt], {key: 20.0}, {key: 3.0})]) == 0.0

    @pytest.mark.parametrize("rest", [None, {}])
    def test_is_unknown_where_nothing_was_seen_before(self, rest):
        assert math.isnan(rest_of(FOLD, [shown([FOLD], {"trunk_incl": 60.0}, rest)]))


class TestTakenFor:
    def test_is_the_form_that_a_still_passes_for(self):
        _, bent = take(side_bend(30.0).mirrored())
        assert best_match(bent, forms_of(BEND)) == forms_of(BEND)[1]

    def test_is_the_closest_of_several(self):
        near = replace(BEND, id="near", sides="both", checks=(replace(FOLD, good=(55.0, 180.0)),))
        nearer = replace(near, id="nearer", checks=(FOLD,))
        folded = still({"trunk_incl": 52.0})
        assert best_match(folded, [*forms_of(near), *forms_of(nearer)]) == forms_of(nearer)[0]

    def test_is_none_at_rest(self):
        (rest,) = take()
        assert (
            best_match(rest, [form for pose in LIBRARY.poses.values() for form in forms_of(pose)])
            is None
        )

    def test_is_never_one_that_cannot_be_told_from_rest(self):
        guided = replace(BEND, guided="It looks like standing.")
        _, bent = take(side_bend(30.0))
        assert best_match(bent, forms_of(guided)) is None

    def test_is_none_where_something_needed_is_not_seen(self):
        assert best_match(still({}), forms_of(BEND)) is None
