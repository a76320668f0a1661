"""Recordings are judged with the neutrals of the whole take; a live session only with those of the past."""

from dataclasses import replace

import numpy as np
import pytest

from backstretch.analysis.pipeline import analyse_track
from backstretch.errors import NoticeKind
from backstretch.formats.track_files import Recording
from backstretch.frame import Source
from backstretch.judging.hold_clock import Kind, State
from backstretch.judging.reasons import Reason, ReasonKind
from backstretch.judging.recorded_session import RecordedSession
from backstretch.judging.request import Assignment, Request
from backstretch.judging.session import Session
from backstretch.judging.wording import cue_of
from backstretch.kinematics.landmarks import LandmarkTrack
from backstretch.poses.library import open_library
from tests.figures import FRONT, LEFT_SIDE, WH, Figure, every, forward, moments, pair
from tests.places import POSE_FILES

LIBRARY = open_library(POSE_FILES)
TILT, TURN, NOD, FOLD, TWIST, LEVATOR, FLOOR_TWIST = (
    LIBRARY.poses[name]
    for name in (
        "neck_side_bend",
        "neck_rotation",
        "neck_flexion",
        "standing_forward_fold",
        "chair_spinal_twist",
        "levator_scapulae_stretch",
        "seated_spinal_twist",
    )
)
SEATED = Figure(thighs=pair(forward(90.0)))
REST_LAST = [(0.0, 30.0), (5.0, 30.0), (6.0, 0.0), (8.0, 0.0)]
"""Degrees of a head that is tilted from the beginning, and held straight at the end."""
REST_FIRST = [(8.0 - time_s, deg) for time_s, deg in reversed(REST_LAST)]
NO_REST = [(0.0, 30.0), (5.0, 30.0)]
FPS = 8.0


def tilting(keys, camera_deg=FRONT, of=lambda body: body):
    """Moments of somebody whose head tilts to the left."""
    return moments(
        lambda deg: of(Figure(tilt_deg=deg).seen(camera_deg)), keys, every(FPS, keys[-1][0])
    )


def at_a_desk(body):
    """The body as a webcam on a desk sees it: the hips and elbows are below the picture."""
    return replace(body, xy_px=body.xy_px + np.array((0.0, 310.0)))


def still(body, from_s, until_s):
    """Moments of somebody who keeps still, up to but not including the end."""
    return [(float(t), body) for t in every(FPS, until_s, from_s) if t < until_s]


def held_s(session_type, timeline, *poses, asked=True):
    session = session_type(poses, asked=asked)
    session.push(timeline)
    session.finish()
    return {each.form.side or each.form.pose.id: each.hold.valid_s for each in session.holds}


def result_of(timeline, *poses, asked=True):
    track = LandmarkTrack.of(timeline, WH)
    source = Source("take.npz", timeline[-1][0], FPS, len(timeline), *WH)
    return analyse_track(Recording(track, source), Request(Assignment(poses, asked=asked)))[0]


def kinds(result):
    return {notice.kind for notice in result.notices}


class TestNeutralAtTheEnd:
    def test_counts_as_one_at_the_beginning_does(self):
        first = held_s(RecordedSession, tilting(REST_FIRST), TILT)
        assert held_s(RecordedSession, tilting(REST_LAST), TILT) == pytest.approx(first, abs=0.2)
        assert first["left"] >= 5.0

    def test_is_too_late_for_a_live_session_which_says_that_it_could_not_tell(self):
        session = Session((TILT,))
        steps = session.push(tilting(REST_LAST)) + session.finish()
        before = [step for step in steps if step.time_s < 5.0]
        assert session.holds == []
        assert {step.state for step in before} == {State.UNSEEN}
        assert {step.reason for step in before} == {Reason(ReasonKind.NO_NEUTRAL, "head_roll_rel")}
        assert (
            cue_of(before[0]) == "Sit or stand straight, look ahead, and keep still for a moment."
        )

    def test_is_too_late_for_a_live_session_whose_seconds_are_unseen(self):
        session = Session((TILT,))
        session.push(tilting(REST_LAST))
        session.finish()
        spans = [span for watch in session.watches for span in watch.clock.attempts]
        assert {span.kind for span in spans} == {Kind.UNSEEN}
        assert max(span.end_s for span in spans) >= 5.0

    def test_of_another_view_does_not_count(self):
        from_aside = still(Figure().seen(LEFT_SIDE), 5.5, 8.0)
        result = result_of([*tilting(NO_REST), *from_aside], TILT)
        assert result.holds[0].hold.moments[0].readings[0] == pytest.approx(30.0)


def test_moments_may_come_one_at_a_time_or_all_at_once():
    timeline = tilting(REST_LAST)
    slow, quick = RecordedSession((TILT,)), RecordedSession((TILT,))
    one_by_one = [step for moment in timeline for step in slow.push([moment])] + slow.finish()
    at_once = quick.push(timeline) + quick.finish()
    assert [(s.time_s, s.state, s.valid_s) for s in one_by_one] == [
        (s.time_s, s.state, s.valid_s) for s in at_once
    ]


def test_steps_follow_soon_once_there_is_a_neutral():
    session = RecordedSession((TILT,))
    times_s = [step.time_s for step in session.push(tilting(REST_FIRST)[:48])]
    assert times_s[0] == 0.0
    assert times_s[-1] >= 4.8


class TestWithoutANeutral:
    def test_a_stretch_asked_for_is_counted_from_a_straight_head(self):
        result = result_of(tilting(NO_REST), TILT)
        assert result.seconds(Kind.VALID) == pytest.approx(5.0, abs=0.1)
        assert {NoticeKind.NO_NEUTRAL, NoticeKind.USUAL_ZERO} <= kinds(result)

    def test_a_large_tilt_is_recognised(self):
        assert held_s(RecordedSession, tilting(NO_REST), TILT, asked=False) == {
            "left": pytest.approx(5.0)
        }

    @pytest.mark.parametrize("pose", [LEVATOR, TWIST, FLOOR_TWIST])
    def test_what_people_at_rest_may_show_is_not_recognised(self, pose):
        view = {"front": 0.0}.get(pose.views[0], 45.0)
        body = Figure(thighs=SEATED.thighs, twist_deg=45.0, turn_deg=25.0, nod_deg=40.0)
        result = result_of(still(body.seen(view), 0.0, 4.0), pose, asked=False)
        assert result.holds == ()
        assert kinds(result) >= {NoticeKind.NOTHING_TO_NAME}

    def test_a_nod_is_told_as_what_cannot_be_told(self):
        nodding = still(Figure(nod_deg=35.0).seen(LEFT_SIDE), 0.0, 4.0)
        result = result_of(nodding, NOD)
        document = result.as_dict()
        assert not result.could_be_told
        assert document["totals"]["unseen_s"] == pytest.approx(3.9, abs=0.2)
        assert document["totals"]["wrong_s"] == 0.0
        assert document["obstacle"]["reason_code"] == "no_neutral:head_pitch"
        assert result.warnings[0].startswith("whether it was held could not be told: ")


def test_the_reason_that_cost_most_is_given_where_nothing_is_near_the_stretch():
    result = result_of(still(Figure().seen(LEFT_SIDE), 0.0, 6.0), FOLD)
    assert result.attempts == ()
    assert result.obstacle.could_be_told
    assert result.as_dict()["obstacle"]["reason_code"].startswith("too_")
    assert NoticeKind.NOT_HELD in kinds(result)


def test_a_stretch_that_was_held_has_no_obstacle():
    result = result_of(tilting(REST_FIRST), TILT)
    assert result.obstacle is None
    assert "obstacle" not in result.as_dict()


class TestCut:
    FROM_THE_FRONT, FROM_ASIDE = (SEATED.seen(camera_deg) for camera_deg in (FRONT, 50.0))

    CUT = (*still(FROM_THE_FRONT, 0.0, 3.0), *still(FROM_ASIDE, 3.0, 9.0))

    def test_does_not_turn_somebody_at_rest(self):
        assert held_s(RecordedSession, self.CUT, replace_twist_check(TWIST)) == {}

    def test_is_not_taken_from_a_quick_twist_before_a_camera(self):
        live, recorded = Session((TWIST,)), Session((TWIST,), has_cuts=True)
        for session in (live, recorded):
            session.push([moment for moment in self.CUT if moment[0] < 4.0])
        assert (live.finder.stale, recorded.finder.stale) == (False, True)

    def test_before_the_stretch_leaves_the_neutral_of_its_own_view(self):
        cut = [
            *still(SEATED.seen(50.0), 0.0, 3.0),
            *[(3.0 + t, body) for t, body in tilting(REST_LAST)],
        ]
        assert held_s(RecordedSession, cut, TILT)["left"] >= 5.0

    def test_back_to_the_first_view_finds_its_neutral_again(self):
        cut = [
            *still(Figure().seen(FRONT), 0.0, 3.0),
            *still(Figure().seen(90.0), 3.0, 6.0),
            *[(6.0 + t, body) for t, body in tilting(NO_REST)],
        ]
        result = result_of(cut, TILT)
        assert result.seconds(Kind.VALID) == pytest.approx(5.0, abs=0.3)
        assert NoticeKind.USUAL_ZERO not in kinds(result)


def replace_twist_check(pose):
    """The pose without the check of the twist: what the neutral alone says."""
    return replace(pose, checks=tuple(c for c in pose.checks if c.measure.name != "twist"))


class TestAtADesk:
    @pytest.mark.parametrize("session_type", [Session, RecordedSession])
    @pytest.mark.parametrize("asked", [True, False])
    def test_a_neck_stretch_counts_without_the_hips(self, session_type, asked):
        timeline = tilting(REST_FIRST, of=at_a_desk)
        assert held_s(session_type, timeline, TILT, asked=asked)["left"] >= 5.0

    def test_the_neutral_may_come_last(self):
        timeline = tilting(REST_LAST, of=at_a_desk)
        result = result_of(timeline, TILT)
        assert result.seconds(Kind.VALID) >= 5.0
        assert result.neutral.start_s >= 5.5
