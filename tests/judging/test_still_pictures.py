"""Time in which the picture stands still is unseen: in holds, in totals and outside of both."""

from functools import cache

import pytest

from backstretch.errors import NoticeKind
from backstretch.frame import Source
from backstretch.judging.collector import ResultCollector
from backstretch.judging.hold_clock import Kind, State, total
from backstretch.judging.reasons import STILL
from backstretch.judging.request import Assignment, Request
from backstretch.poses.pose_file import load_pose
from tests.figures import FRONT, every, moments, side_bend
from tests.places import POSE_FILES

BEND = load_pose(POSE_FILES / "standing_side_bend.toml")
HELD = [(0, 0), (2, 0), (4, 30), (24, 30), (26, 0), (28, 0)]
"""A side bend of 20 s; the lean that every moment has."""
FROM_S, KNOWN_S, UNTIL_S = 10.0, 14.0, 18.0
"""When the picture stops, when that is certain, and when it goes on."""
SOURCE = Source("a.mp4", 28.0, 10.0, 280, 640, 480)


@cache
def collected(*, stops=True, asked=True, known_s=KNOWN_S, until_s=UNTIL_S):
    """The steps and the result of the hold, in which the picture may stop."""
    collector = ResultCollector.of_recording(Request(Assignment((BEND,), asked=asked)))
    steps = []
    for time_s, marks in moments(lambda deg: side_bend(deg).seen(FRONT), HELD, every(10, 28)):
        is_still = stops and known_s <= time_s <= until_s
        collector.mark_still(time_s, FROM_S if is_still else None)
        steps += collector.push([(time_s, marks)])
    return [*steps, *collector.finish()], collector.result(SOURCE, ())


@pytest.mark.parametrize("asked", [True, pytest.param(False, marks=pytest.mark.exhaustive)])
def test_seconds_are_taken_back_to_where_the_picture_stopped(asked):
    whole, cut = (collected(stops=stops, asked=asked)[1] for stops in (False, True))
    lost_s = whole.seconds(Kind.VALID) - cut.seconds(Kind.VALID)
    assert lost_s == pytest.approx(UNTIL_S + 0.1 - FROM_S, abs=0.01)
    assert cut.holds[0].hold.end_s == pytest.approx(FROM_S)
    assert cut.holds[1].hold.start_s == pytest.approx(UNTIL_S + 0.1)


@pytest.mark.parametrize("asked", [True, pytest.param(False, marks=pytest.mark.exhaustive)])
def test_that_time_is_unseen_once_with_its_reason(asked):
    _, result = collected(asked=asked)
    (span,) = result.unseen
    assert (span.start_s, span.end_s) == pytest.approx((FROM_S, UNTIL_S + 0.1))
    assert span.reason == STILL
    assert result.seconds(Kind.UNSEEN) == pytest.approx(UNTIL_S + 0.1 - FROM_S)
    assert total(result.attempts, Kind.UNSEEN) == 0.0


def test_it_stands_in_the_document():
    document = collected()[1].as_dict()
    assert document["unseen"] == [
        {
            "start_s": 10.0,
            "end_s": 18.1,
            "kind": "unseen",
            "reason": "the picture stood still",
            "reason_code": "still",
        }
    ]
    assert document["totals"]["unseen_s"] == 8.1
    assert "8.1 s" in next(each for each in document["warnings"] if "same picture" in each)


def test_it_is_noted_with_its_seconds():
    notices = {each.kind: each.figures for each in collected()[1].notices}
    assert notices[NoticeKind.STANDS_STILL] == pytest.approx({"first_s": 10.0, "still_s": 8.1})
    assert NoticeKind.STANDS_STILL not in {each.kind for each in collected(stops=False)[1].notices}


def test_steps_say_it_and_show_the_body_that_is_in_the_picture():
    steps, _ = collected()
    during = [step for step in steps if KNOWN_S <= step.time_s <= UNTIL_S]
    assert {(step.state, step.reason) for step in during} == {(State.UNSEEN, STILL)}
    assert all(step.landmarks is not None for step in during)
    assert {step.state for step in steps if step.time_s > UNTIL_S + 0.5} != {State.UNSEEN}


def test_a_picture_that_never_moves_again_leaves_nothing_of_its_time():
    whole, cut = collected(stops=False)[1], collected(until_s=28.0)[1]
    lost_s = whole.seconds(Kind.VALID) - cut.seconds(Kind.VALID)
    assert lost_s == pytest.approx(whole.holds[0].hold.end_s - FROM_S, abs=0.01)
    assert cut.unseen[-1].end_s == pytest.approx(27.9, abs=0.11)


def test_short_breaks_between_still_pictures_are_no_breaks():
    collector = ResultCollector.of_recording(Request(Assignment((BEND,))))
    body = side_bend(30).seen(FRONT)
    for time_s, since_s in ((8.0, 4.0), (8.1, None), (8.7, 8.2), (8.8, None)):
        collector.mark_still(time_s, since_s)
        collector.push([(time_s, body)])
    collector.finish()
    (span,) = collector.result(SOURCE, ()).unseen
    assert (span.start_s, span.end_s) == pytest.approx((4.0, 8.8))
