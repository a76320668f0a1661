"""Drafts: the words of a new pose, sound enough to be used as they are and easy to put right."""

from dataclasses import replace
from functools import cache

import pytest

from backstretch.calibration.check_selection import BY_DIRECTION, BY_LIMB
from backstretch.calibration.drafts import (
    ASKED_SIDE,
    CUES,
    NEAREST,
    RETURN,
    SIDE_RULES,
    position_of,
    view_name,
)
from backstretch.calibration.references import Take, new_reference
from backstretch.calibration.stills import stills_of
from backstretch.judging.figures import PUSHING, RESTS, lint
from backstretch.judging.session import Session
from backstretch.kinematics.catalogue import BY_NAME
from backstretch.kinematics.stick_figure import ideal_body
from backstretch.kinematics.view import VIEWS, View
from backstretch.poses.pose import Dose
from backstretch.poses.pose_file import load_pose
from backstretch.poses.pose_writer import pose_text
from tests.figures import (
    DOWN,
    FRONT,
    LEFT_SIDE,
    Figure,
    every,
    folded,
    forward,
    kneeling,
    long_sitting,
    reaching,
    side_bend,
    standing,
    trembling,
)
from tests.library import LIBRARY

POSITIONS = {
    "fold": (folded(110), LEFT_SIDE),
    "squat": (standing(100), LEFT_SIDE),
    "reach": (reaching(20), FRONT),
    "side bend": (side_bend(30), FRONT),
    "lunge": (Figure(thighs=(forward(100), DOWN)), LEFT_SIDE),
    "long sitting": (long_sitting(40), LEFT_SIDE),
    "kneeling": (kneeling(), LEFT_SIDE),
}
"""Positions and from where they are seen."""
PLACES = {
    "standing": "standing",
    "sitting on a chair": "chair",
    "sitting on the floor, legs straight": "floor",
    "kneeling upright": "kneeling",
    "hands and knees": "quadruped",
    "lying on the back": "supine",
    "lying on the back, knees bent": "supine",
    "lying face down": "prone",
}
FIGURES = [pose for pose in LIBRARY.recognised if pose.figure]
each_position = pytest.mark.parametrize("name", POSITIONS)


@cache
def made(name, called="", side=None):
    """The draft, and what was chosen, of a take in which somebody stands and then keeps a position."""
    figure, camera_deg = POSITIONS[name]
    rest, held = (each.seen(camera_deg) for each in (standing(), figure))
    moments = trembling([(t, rest if t < 2.5 else held) for t in every(5, 8.5).tolist()], 1.0)
    session = Session(())
    take = Take("me.mp4", [*session.push(moments), *session.finish()], moments)
    poses = LIBRARY.poses.values()
    return new_reference([take], ("my_stretch", called), poses, "2026-01-31", side=side)


def draft(name, called="", side=None):
    return made(name, called, side)[0]


def words_of(pose):
    """All that a draft says to people."""
    checks = [text for check in pose.checks for text in (check.below, check.above, check.source)]
    told = [pose.name, pose.camera, pose.limits, pose.side_rule, pose.safety]
    return [*told, *pose.steps, *pose.sources, *pose.look_alikes.values(), *checks]


def ideal_still(figure, azimuth_deg, elevation_deg=0.0):
    marks = ideal_body(figure, (azimuth_deg, elevation_deg))
    session = Session((), steady=False)
    return stills_of(session.push([(0.0, marks)]))[0]


class TestADraft:
    @each_position
    def test_has_no_lint(self, name):
        pose = draft(name)
        assert lint(pose, {**LIBRARY.poses, pose.id: pose}) == []

    @each_position
    def test_is_the_same_when_it_was_written_and_read(self, name, tmp_path):
        path = tmp_path / "my_stretch.toml"
        path.write_text(pose_text(draft(name)), encoding="utf-8")
        assert load_pose(path) == draft(name)

    @each_position
    def test_pushes_nobody(self, name):
        assert [text for text in words_of(draft(name)) if PUSHING.search(text)] == []

    @each_position
    def test_leaves_nothing_of_its_checks_out(self, name):
        pose, choice = made(name, "", None)
        bare = [replace(check, below="", above="", source="") for check in pose.checks]
        assert bare == list(choice.checks)

    def test_keeps_its_id(self):
        assert draft("fold").id == "my_stretch"

    def test_is_called_what_it_is_said_to_be_called(self):
        assert draft("fold", "Half fold").name == "Half fold"

    def test_is_called_by_its_id_where_nothing_is_said(self):
        assert draft("fold").name == "My stretch"

    def test_says_how_it_was_calibrated(self):
        record = draft("fold").calibration
        assert (record.date, record.takes, record.sides) == ("2026-01-31", 1, "both")

    def test_says_where_the_camera_stood(self):
        assert draft("fold").camera == "As it stood when this was calibrated: from the left side."

    @pytest.mark.parametrize(("name", "view"), [("fold", "side"), ("side bend", "front")])
    def test_is_seen_from_where_it_was_seen(self, name, view):
        assert draft(name).views == (view,)

    @pytest.mark.parametrize(
        ("name", "position"),
        [("fold", "standing"), ("long sitting", "floor"), ("kneeling", "kneeling")],
    )
    def test_is_done_as_it_was_done(self, name, position):
        assert draft(name).positions == (position,)

    def test_has_the_dose_of_the_article(self):
        assert draft("fold").dose == Dose(
            (15.0, 30.0), 20.0, (2, 5), 3, "Article on back stretches"
        )

    def test_stands_for_no_pose_of_the_library(self):
        assert (draft("fold").refines, draft("fold").guided) == ("", "")


class TestACue:
    @pytest.mark.parametrize("cues", [*CUES.values(), (RETURN, RETURN)])
    def test_pushes_nobody(self, cues):
        assert not any(PUSHING.search(cue) for cue in cues)

    @pytest.mark.parametrize("measure", CUES)
    def test_is_written_for_a_measure_that_there_is(self, measure):
        assert measure in BY_NAME

    def test_is_that_of_the_measure(self):
        (trunk,) = (c for c in draft("fold").checks if c.measure.name == "trunk_incl")
        assert (trunk.below, trunk.above) == CUES["trunk_incl"]

    @each_position
    def test_is_missing_only_where_nothing_can_be_wrong(self, name):
        for check in draft(name).checks:
            low, high = check.measure.limits
            assert bool(check.below) is (check.accept[0] > low)
            assert bool(check.above) is (check.accept[1] < high)

    def test_leads_back_where_none_is_written_for_the_measure(self):
        (wrist,) = (c for c in draft("fold").checks if c.measure.name == "wrist_ankle")
        assert (wrist.below, wrist.above) == (RETURN, RETURN)


class TestSides:
    @pytest.mark.parametrize(
        ("name", "rule"),
        [
            ("side bend", "The side the trunk leans to."),
            ("lunge", "The side whose hip is bent more."),
            ("fold", ""),
        ],
    )
    def test_are_told_by_what_told_them(self, name, rule):
        assert draft(name).side_rule == rule

    def test_are_told_by_what_was_asked_for_where_nothing_else_tells_them(self):
        assert draft("fold", side="right").side_rule == ASKED_SIDE

    def test_are_told_by_what_was_asked_for_against_what_is_seen(self):
        """The trunk leans to the left, and that is to be the right."""
        assert draft("side bend", side="right").side_rule == ASKED_SIDE

    @pytest.mark.parametrize("measure", [*BY_DIRECTION, *BY_LIMB, "thigh_roll"])
    def test_have_a_rule_for_whatever_may_tell_them(self, measure):
        assert measure in SIDE_RULES

    @pytest.mark.parametrize(("name", "words"), [("side bend", True), ("fold", False)])
    def test_are_changed_where_there_are_any(self, name, words):
        assert ("change sides" in draft(name).steps[-1]) is words


class TestLookAlikes:
    def test_that_cannot_be_told_apart_are_its_limits(self):
        assert draft("kneeling").limits == "Cannot be told from Child's pose."

    def test_that_cannot_be_told_apart_are_said_to_differ_nowhere(self):
        assert "childs_pose" not in draft("kneeling").look_alikes

    def test_are_no_limits_where_all_is_told_apart(self):
        assert draft("fold").limits == ""

    @each_position
    def test_are_few_and_of_the_library(self, name):
        named = draft(name).look_alikes
        assert set(named) <= set(LIBRARY.poses)
        assert len(named) <= NEAREST

    @each_position
    def test_are_told_apart_in_words(self, name):
        assert all(words.startswith("Here the ") for words in draft(name).look_alikes.values())

    def test_begin_with_the_nearest(self):
        assert next(iter(draft("fold").look_alikes)) == "standing_forward_fold"


class TestThePosition:
    @pytest.mark.parametrize("rest", RESTS)
    @pytest.mark.parametrize("azimuth_deg", [90.0, -90.0])
    def test_is_how_the_body_is_placed(self, rest, azimuth_deg):
        assert position_of(ideal_still(RESTS[rest], azimuth_deg)) == PLACES[rest]

    def test_is_standing_in_a_fold(self):
        assert position_of(ideal_still({"trunk": (110.0,)}, 90.0)) == "standing"

    @pytest.mark.parametrize("azimuth_deg", [0.0, 45.0, 90.0])
    def test_is_a_chair_from_all_sides(self, azimuth_deg):
        """From the front a thigh that points at the camera shows in space alone."""
        assert position_of(ideal_still(RESTS["sitting on a chair"], azimuth_deg)) == "chair"

    @pytest.mark.parametrize("pose", FIGURES, ids=[pose.id for pose in FIGURES])
    def test_is_that_of_the_library(self, pose):
        direction = VIEWS[pose.views[0]][0]
        still = ideal_still(pose.figure, direction.azimuth_deg, direction.elevation_deg)
        assert position_of(still) in pose.positions


class TestTheView:
    @pytest.mark.parametrize("name", VIEWS)
    def test_is_called_by_its_name(self, name):
        assert {view_name(direction) for direction in VIEWS[name]} == {name}

    @pytest.mark.parametrize(
        ("azimuth_deg", "name"),
        [(10.0, "front"), (-75.0, "side"), (50.0, "front_45"), (170.0, "back")],
    )
    def test_is_called_by_the_nearest_name(self, azimuth_deg, name):
        assert view_name(View(azimuth_deg, 0.0)) == name
