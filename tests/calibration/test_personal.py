"""Personal references: the ranges of one person, within what anatomy and the library allow."""

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backstretch.calibration.personal import (
    OWN_SHARE,
    SURE_TO,
    own_ranges,
    personal_pose,
    stretches,
)
from backstretch.calibration.stills import stills_of
from backstretch.judging.matching import forms_of, needed_landmarks
from backstretch.judging.session import Session
from backstretch.kinematics.catalogue import BY_NAME, CATALOGUE, NORMAL_DEG, ROOM_DEG, safe_range
from backstretch.kinematics.stick_figure import STANDING, ideal_body
from backstretch.kinematics.view import VIEWS
from backstretch.poses.pose import Check, Reach
from tests.figures import FRONT, LEFT_SIDE, every, folded, side_bend, standing, trembling
from tests.library import LIBRARY

BEND = LIBRARY.poses["standing_side_bend"]
FOLD = LIBRARY.poses["standing_forward_fold"]
DEGREES = [measure for measure in CATALOGUE if measure.unit == "deg"]
UPRIGHT = standing().seen(FRONT)
DATE = "2026-01-31"
ANY = ("larger", "smaller", "")
TRUNK_SHARE = pytest.approx(100 / 480, abs=1e-3)
NAN = math.nan


# One range


def check_of(name, good, accept, more="", frame="image", of=""):
    return Check(BY_NAME[name], of, frame, good, accept, "always", more, "", "", "A test")


LEAN = check_of("trunk_lean_lat", (17.0, 42.0), (11.0, 50.0), "larger")
HIP = check_of("hip", (60.0, 100.0), (50.0, 120.0), "smaller")
KNEE = check_of("knee", (165.0, 180.0), (155.0, 180.0))
TWIST = check_of("twist", (30.0, 60.0), (20.0, 70.0), "larger", "world")


def good_of(check, median, spread=0.0):
    return own_ranges(check, Reach(median, spread), 0.0)[0]


def accepted(check, median, spread=0.0, rest=0.0):
    return own_ranges(check, Reach(median, spread), rest)[1]


class TestReach:
    def test_is_the_middle_of_the_good_range(self):
        assert [good_of(LEAN, deg) for deg in (23.0, 45.0)] == [(11.0, 35.0), (33.0, 57.0)]

    @pytest.mark.parametrize(
        ("check", "median", "rest", "accept"),
        [
            pytest.param(LEAN, 45.0, 0.0, (27.0, 57.0), id="somebody supple"),
            pytest.param(LEAN, 30.0, 0.0, (30.0 - 12.0 - 6.0, 50.0), id="the usual"),
            pytest.param(LEAN, 9.0, 0.0, (5.0, 50.0), id="somebody stiff"),
            pytest.param(LEAN, 10.0, 5.0, (8.0, 50.0), id="three fifths of the way"),
            pytest.param(HIP, 60.0, 180.0, (48.0, 92.0), id="a range that grows downwards"),
            pytest.param(HIP, 130.0, 180.0, (50.0, 150.0), id="somebody stiff, downwards"),
            pytest.param(LEAN, 15.0, NAN, (11.0, 50.0), id="right without a known rest"),
            pytest.param(LEAN, 9.0, NAN, (-9.0, 50.0), id="stiff without a known rest"),
            pytest.param(TWIST, 65.0, 0.0, (20.0, 80.0), id="no stricter in space"),
            pytest.param(KNEE, 160.0, 175.0, (155.0, 180.0), id="technique well inside"),
            pytest.param(KNEE, 157.0, 175.0, (152.0, 180.0), id="technique at a limit"),
            pytest.param(KNEE, 150.0, 175.0, (138.0, 180.0), id="technique beyond a limit"),
            pytest.param(KNEE, 150.0, 130.0, (142.0, 180.0), id="technique unlike rest"),
        ],
    )
    def test_is_what_the_accepted_range_follows(self, check, median, rest, accept):
        assert accepted(check, median, rest=rest) == accept


class TestWidth:
    def test_of_technique_allows_for_noise(self):
        assert accepted(KNEE, 165.0, spread=5.0)[0] == math.floor(165.0 - 5.0 * SURE_TO)

    def test_of_an_unsteady_hold_is_what_is_sure_to_have_changed(self):
        half = 6.0 * SURE_TO
        assert good_of(LEAN, 30.0, 6.0) == (math.floor(30.0 - half), math.ceil(30.0 + half))

    def test_is_told_in_whole_degrees_and_in_hundredths(self):
        apart = check_of("hip_heel", (0.1, 0.5), (0.0, 0.8))
        assert (good_of(LEAN, 30.4), good_of(apart, 0.333)) == ((18.0, 43.0), (0.21, 0.46))


# Any range


@st.composite
def cases(draw, more=ANY, measures=CATALOGUE):
    """A check within safe anatomy, with whole degrees or hundredths; a reach, and a rest if known."""
    measure = draw(st.sampled_from(measures))
    size = 1 if measure.unit == "deg" else 100
    lowest, highest = safe_range(measure)
    if measure.unit == "ratio":
        lowest, highest = max(lowest, -2.0), min(highest, 3.0)
    whole = st.integers(round(lowest * size), round(highest * size))
    ends = sorted(draw(st.lists(whole, min_size=4, max_size=4, unique=True)))
    least, good_low, good_high, most = (value / size for value in ends)
    frame = draw(st.sampled_from(measure.frames))
    way = draw(st.sampled_from(more))
    check = check_of(measure.name, (good_low, good_high), (least, most), way, frame)
    values = st.floats(lowest, highest)
    reach = Reach(draw(values), draw(st.floats(0.0, 40.0 / size)))
    return check, reach, draw(st.one_of(st.just(NAN), values))


def contains(outer, inner):
    return outer[0] <= inner[0] <= inner[1] <= outer[1]


def negated(span):
    return -span[1], -span[0]


@pytest.mark.parametrize("more", ANY)
class TestAnyRange:
    @given(data=st.data(), more_noise=st.floats(0.0, 1.0))
    def test_is_never_narrower_for_more_noise(self, more, data, more_noise):
        check, reach, rest = data.draw(cases([more]))
        spread = reach.spread + more_noise * (40.0 if check.measure.unit == "deg" else 0.4)
        noisier = own_ranges(check, replace(reach, spread=spread), rest)
        assert all(map(contains, noisier, own_ranges(check, reach, rest)))

    @given(data=st.data())
    def test_accepts_what_is_good_and_what_was_reached(self, more, data):
        check, reach, rest = data.draw(cases([more]))
        good, accept = own_ranges(check, reach, rest)
        assert contains(accept, good)
        assert contains(good, (reach.median, reach.median))

    @given(data=st.data(), away=st.floats(-100.0, 100.0))
    def test_never_leaves_safe_anatomy_and_the_librarys_own(self, more, data, away):
        """However far off the detector was."""
        check, reach, rest = data.draw(cases([more]))
        low, high = accepted(check, reach.median + away, reach.spread, rest)
        least, most = safe_range(check.measure)
        assert min(least, check.accept[0]) <= low
        assert high <= max(most, check.accept[1])

    @given(data=st.data())
    def test_of_a_picture_is_no_narrower_than_that_of_a_hold(self, more, data):
        check, reach, rest = data.draw(cases([more]))
        picture = own_ranges(check, reach, rest, is_picture=True)
        assert all(map(contains, picture, own_ranges(check, reach, rest)))

    @given(data=st.data())
    def test_of_the_other_direction_is_its_mirror_image(self, more, data):
        signed = [each for each in CATALOGUE if safe_range(each) == negated(safe_range(each))]
        check, reach, rest = data.draw(cases([more], signed))
        way = {"larger": "smaller", "smaller": "larger", "": ""}[more]
        ends = {"good": negated(check.good), "accept": negated(check.accept)}
        other = replace(check, more=way, **ends)
        good, accept = own_ranges(other, replace(reach, median=-reach.median), -rest)
        assert (negated(good), negated(accept)) == own_ranges(check, reach, rest)


@given(cases(["larger"], DEGREES), st.floats(0.01, 1.0), st.floats(0.01, 1.0))
def test_a_reach_never_counts_from_less_than_a_share_of_the_own_way(case, before, way):
    check, reach, _ = case
    rest = check.accept[0] - before * 60.0
    median = rest + way * 120.0
    least = min(check.accept[0], rest + OWN_SHARE * (median - rest))
    assume(least >= safe_range(check.measure)[0])
    assert accepted(check, median, reach.spread, rest)[0] > least - 1.0


@given(cases([""]))
def test_technique_well_inside_keeps_the_librarys_limits(case):
    check, reach, rest = case
    room = max(check.measure.hysteresis, SURE_TO * reach.spread)
    assume(check.accept[0] + room <= reach.median <= check.accept[1] - room)
    assert accepted(check, reach.median, reach.spread, rest) == check.accept


class TestRangesOddlyPlaced:
    @pytest.mark.parametrize(
        ("pose", "name", "median"),
        [("sphinx_pose", "hip_arch", 14.7), ("neck_side_bend", "nose_drop", 0.006)],
    )
    def test_the_good_range_lies_within_a_limit_of_broken_steps(self, pose, name, median):
        check = next(each for each in LIBRARY.poses[pose].checks if each.measure.name == name)
        good, accept = own_ranges(check, Reach(median, 0.0), 0.0)
        assert contains(accept, good)

    def test_noise_does_not_narrow_to_a_limit_of_broken_steps(self):
        check = replace(LEAN, accept=(10.5, 50.0))
        assert accepted(check, 29.3, 6.0)[0] <= accepted(check, 29.3)[0]

    def test_a_reach_beyond_anatomy_has_a_range_all_the_same(self):
        good, accept = own_ranges(replace(TWIST, more=""), Reach(100.0, 0.0), 0.0)
        assert contains(accept, good)


# A pose


def take(*bodies, rest=UPRIGHT, pose=BEND, jitter_px=0.0, mirrored=False):
    """The steps of two and a half seconds at rest, then as much in each position."""
    held = (rest, *bodies)
    times = every(10, 2.5 * len(held) - 0.1)
    timeline = trembling([(float(t), held[int(t // 2.5)]) for t in times], jitter_px)
    if mirrored:
        timeline = [(t, marks and marks.mirrored()) for t, marks in timeline]
    session = Session((pose,))
    return session.push(timeline) + session.finish()


def personal(steps, pose=BEND):
    needed = frozenset().union(*(needed_landmarks(form) for form in forms_of(pose)))
    return personal_pose(pose, stretches(stills_of(steps, needed), pose), DATE)


def bend(lean_deg, **seen):
    return side_bend(lean_deg).seen(FRONT, **seen)


def bend_right(lean_deg):
    return side_bend(lean_deg).mirrored().seen(FRONT)


def held_s(pose, body):
    """Valid seconds of five in which somebody stands like this, after a rest."""
    timeline = [(float(t), UPRIGHT if t < 2.0 else body) for t in every(10, 7.0)]
    session = Session((pose,))
    session.push(timeline)
    session.finish()
    return sum(held.hold.valid_s for held in session.holds)


def roles(check):
    return replace(check, good=(0.0, 0.0), accept=(0.0, 0.0), measured=None, right=None)


STIFF = personal(take(bend(9.0)))
SUPPLE = personal(take(bend(45.0)))
EACH = personal(take(bend(30.0), bend_right(20.0)))


class TestSomebodyStiff:
    def test_is_refused_by_the_library(self):
        assert held_s(BEND, bend(9.0)) == 0.0

    def test_is_counted_by_their_own_reference_on_both_sides(self):
        counted = [held_s(STIFF, body) for body in (bend(9.0), bend_right(9.0))]
        assert counted == pytest.approx([5.0, 5.0], abs=0.5)

    def test_is_not_counted_at_rest(self):
        assert held_s(STIFF, UPRIGHT) == 0.0

    def test_is_not_counted_half_way(self):
        assert held_s(STIFF, bend(4.5)) == 0.0


class TestSomebodySupple:
    def test_has_a_good_range_about_their_reach(self):
        assert SUPPLE.checks[0].good == (33.0, 57.0)

    def test_is_asked_for_more_than_by_the_library(self):
        assert (held_s(BEND, bend(20.0)) > 4.0, held_s(SUPPLE, bend(20.0))) == (True, 0.0)


class TestAPersonalPose:
    def test_keeps_the_roles_of_its_checks(self):
        assert [roles(check) for check in STIFF.checks] == [roles(check) for check in BEND.checks]

    def test_keeps_all_that_is_no_matter_of_ranges(self):
        same = replace(STIFF, checks=BEND.checks, calibration=None)
        assert same == replace(BEND, refines=BEND.id)

    def test_keeps_the_librarys_limits_of_technique(self):
        own, library = ([each.accept for each in made.checks[1:]] for made in (STIFF, BEND))
        assert own == library

    def test_keeps_the_ranges_of_what_was_not_seen(self):
        made = personal(take(bend(30.0, hidden=["left_ankle"])))
        pairs = zip(made.checks, BEND.checks, strict=True)
        assert [own.measure.name for own, before in pairs if own == before] == ["knee"]

    def test_of_several_stills_takes_their_middle(self):
        made = personal(take(bend(30.0), UPRIGHT, bend(24.0)))
        assert made.checks[0].measured.median == 27.0

    def test_of_one_side_has_no_ranges_for_the_other(self):
        assert {check.right for check in STIFF.checks} == {None}


class TestEachSideByItself:
    def test_has_its_own_ranges(self):
        reached = [EACH.checks[0].on(side).measured.median for side in ("left", "right")]
        assert reached == [30.0, 20.0]

    def test_has_those_that_it_would_have_alone(self):
        alone = personal(take(bend_right(20.0))).checks
        own = [check.on("right") for check in EACH.checks]
        assert [(c.good, c.accept) for c in own] == [(c.good, c.accept) for c in alone]


class TestTheRecord:
    def test_tells_day_takes_sides_length_and_distance(self):
        told = EACH.calibration
        assert (told.date, told.takes, told.sides) == (DATE, 2, "each")
        assert (told.seconds, told.trunk_share) == (pytest.approx(4.4, abs=0.3), TRUNK_SHARE)

    def test_of_a_pose_without_sides_says_both(self):
        rest, body = (folded(deg).seen(LEFT_SIDE) for deg in (0.0, 130.0))
        assert personal(take(body, rest=rest, pose=FOLD), FOLD).calibration.sides == "both"

    def test_tells_the_view_before_the_stretch(self):
        rest, body = (figure.seen(20.0) for figure in (standing(), side_bend(30.0)))
        assert personal(take(body, rest=rest)).calibration.view == (20, 0)


class TestAPicture:
    session = Session((BEND,))
    made = personal(session.push([(0.0, bend(30.0))]) + session.finish())

    def test_has_ranges_half_as_wide_again(self):
        assert self.made.checks[0].good == (30.0 - 18.0, 30.0 + 18.0)

    def test_is_recorded_without_seconds_and_without_a_rest(self):
        told = self.made.calibration
        assert (told.seconds, told.view, told.trunk_share) == (0.0, (0, 0), TRUNK_SHARE)


# The library


def ideal_take(pose, *, mirrored=False):
    """The pose's ideal after standing, a little from the side that is worked."""
    view = VIEWS[pose.views[0]][0]
    azimuth_deg = view.azimuth_deg or 15.0
    rest = ideal_body(STANDING, (azimuth_deg, 0.0))
    body = ideal_body(pose.figure, (azimuth_deg, view.elevation_deg))
    return take(body, rest=rest, pose=pose, jitter_px=0.5, mirrored=mirrored)


@pytest.mark.parametrize(
    "name", [name for name, pose in LIBRARY.poses.items() if pose.sides == "each"]
)
def test_left_calibrated_and_mirrored_is_right_calibrated(name):
    pose = LIBRARY.poses[name]
    left = personal(ideal_take(pose), pose)
    right = personal(ideal_take(pose, mirrored=True), pose)
    assert left.checks == right.checks


@pytest.mark.parametrize("lean_deg", [9.0, 30.0])
def test_a_side_bend_to_the_left_and_its_mirror_image_have_the_same_ranges(lean_deg):
    left = personal(take(bend(lean_deg), jitter_px=1.0))
    right = personal(take(bend(lean_deg), jitter_px=1.0, mirrored=True))
    assert (left.calibration.sides, right.calibration.sides) == ("left", "right")
    assert left.checks == right.checks


@pytest.mark.parametrize("pose", LIBRARY.poses.values(), ids=lambda pose: pose.id)
def test_the_ideal_of_a_library_pose_has_ranges_that_hold_it(pose):
    made = personal(ideal_take(pose), pose)
    assert all(contains(each.accept, (each.measured.median,) * 2) for each in made.checks)


@pytest.mark.parametrize("pose", LIBRARY.poses.values(), ids=lambda pose: pose.id)
def test_a_library_pose_accepts_nothing_beyond_safe_anatomy(pose):
    beyond = [c for c in pose.checks if not contains(safe_range(c.measure), c.accept)]
    assert beyond == []


DEEPER = [
    (pose, check)
    for pose in LIBRARY.poses.values()
    for check in pose.checks
    if check.more and check.required
]


@pytest.mark.parametrize(("pose", "check"), DEEPER, ids=[f"{p.id}-{p.label(c)}" for p, c in DEEPER])
def test_somebodys_own_range_is_as_open_as_the_librarys(pose, check):
    at = sum(check.good) / 2
    _, accept = own_ranges(check, Reach(at, 0.0), at)
    deep = check.more == "larger"
    assert accept[deep] == check.accept[deep], pose.id


# Anatomy


@pytest.mark.parametrize("name", NORMAL_DEG)
def test_a_safe_range_has_room_for_supple_people_within_geometry(name):
    low, high = NORMAL_DEG[name]
    least, most = BY_NAME[name].limits
    assert safe_range(BY_NAME[name]) == (max(least, low - ROOM_DEG), min(most, high + ROOM_DEG))


@pytest.mark.parametrize("name", ["knee", "hip_tilt", "wrist_ear", "lead_foot"])
def test_what_is_not_listed_is_bounded_by_geometry(name):
    assert safe_range(BY_NAME[name]) == BY_NAME[name].limits
