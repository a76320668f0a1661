"""Guided takes of what the library does not have: a new stretch, and the own neutral."""

from functools import cache

import pytest

from backstretch.calibration import goals as lines
from backstretch.calibration.goals import AT_REST, NeutralGoal, NewGoal
from backstretch.calibration.guide import Guide
from backstretch.judging.figures import PUSHING
from backstretch.judging.session import Session
from backstretch.kinematics.neutral import OwnNeutral
from backstretch.kinematics.view import View
from backstretch.live.led_session import LedSession
from tests.figures import FRONT, LEFT_SIDE, Figure, folded, side_bend, standing
from tests.guided_actor import BEND, BEND_DEG, DATE, Actor
from tests.library import LIBRARY


def inventing(stretch, camera_deg, pose_id, *, side=None, known="", takes=2, **habits):
    """Somebody who is led through takes of a stretch that is new; ``known`` is left out of the library."""
    library = [pose for pose in LIBRARY.poses.values() if pose.id != known]
    guide = Guide(NewGoal((pose_id, ""), library, DATE, side), [side] * takes)
    return Actor(LedSession(guide, Session(())), stretch, camera_deg=camera_deg, **habits)


def upright(stretch=None, **habits):
    """Somebody who is led through the take of their own neutral."""
    session = LedSession(Guide(NeutralGoal(DATE), [None]), Session(()))
    return Actor(session, stretch or standing(), **habits)


@cache
def neutral():
    return upright().to_the_end()


# New stretches


@cache
def invented():
    return inventing(
        folded(120.0), LEFT_SIDE, "my_fold", known="standing_forward_fold"
    ).to_the_end()


class TestANewStretch:
    def test_is_recognised_in_the_check(self):
        assert (invented().guide.end_reason, invented().judged) == ("done", ["good", "good"])

    def test_has_the_id_and_the_ranges_of_what_was_shown(self):
        made = invented().guide.result
        trunk = next(check for check in made.checks if check.measure.name == "trunk_incl")
        assert (made.id, made.name, made.refines) == ("my_fold", "My fold", "")
        assert trunk.measured.median == pytest.approx(120.0, abs=1.0)

    def test_is_of_the_side_that_was_asked_for(self):
        actor = inventing(
            side_bend(BEND_DEG), FRONT, "my_bend", side="left", known=BEND.id, takes=1
        )
        made = actor.to_the_end().guide.result
        assert (made.sides, made.calibration.sides) == ("each", "left")

    def test_is_not_rest(self):
        guide = inventing(standing(), FRONT, "my_rest").to_the_end().guide
        assert (guide.end_reason, guide.refusal, guide.result) == ("failed", AT_REST, None)

    def test_is_not_rest_seen_from_the_side(self):
        guide = inventing(standing(), LEFT_SIDE, "my_rest").to_the_end().guide
        assert (guide.end_reason, guide.refusal) == ("failed", AT_REST)


# The neutral


class TestTheNeutral:
    def test_is_one_take_without_a_check(self):
        assert (neutral().guide.end_reason, neutral().judged) == ("done", ["good"])
        assert lines.CHECK not in neutral().said

    def test_is_made_of_the_day_and_the_view(self):
        made = neutral().guide.result
        assert isinstance(made, OwnNeutral)
        assert (made.date, made.view) == (DATE, View(0.0, 0.0))

    def test_is_what_head_and_shoulders_read(self):
        tilted = Figure(tilt_deg=8.0)
        values = upright(tilted, rest=tilted).to_the_end().guide.result.values
        assert abs(values["head_roll_rel.left"]) == pytest.approx(8.0, abs=3.0)

    def test_is_that_of_the_take_and_not_of_the_time_before(self):
        values = upright(standing(), rest=Figure(tilt_deg=10.0)).to_the_end().guide.result.values
        assert values["head_roll_rel.left"] == pytest.approx(0.0, abs=3.0)

    def test_is_not_taken_of_somebody_who_leans(self):
        guide = upright(side_bend(60.0)).to_the_end().guide
        assert (guide.end_reason, guide.refusal) == ("failed", "you do not sit or stand upright")


@pytest.mark.parametrize("run", [invented, neutral])
def test_no_line_pushes_anyone(run):
    told = {*run().said, *run().shown}
    assert [line for line in told if PUSHING.search(line)] == []
