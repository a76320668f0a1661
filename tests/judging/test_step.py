"""Snapshots: which moments of a take a report shows, and which are none of the hold's."""

import json

import pytest

from backstretch.frame import Source
from backstretch.judging.collector import ResultCollector
from backstretch.judging.request import Assignment
from backstretch.judging.session import Session
from tests.figures import FRONT, every, moments, side_bend
from tests.judging.test_session import BEND

PLAIN = [(0, 0), (2, 0), (4, 30), (14, 30), (16, 0), (18, 0)]
LAPSING = [
    (0, 0),
    (2, 0),
    (4, 30),
    (8, 30),
    (8.3, 2),
    (8.8, 2),
    (9.1, 30),
    (15, 30),
    (17, 0),
    (19, 0),
]
SHALLOW = [(0, 0), (2, 0), (4, 9), (12, 9), (14, 0), (16, 0)]


def document(keys, sides=()):
    assignment = Assignment(poses=(BEND,), sides=sides)
    collector = ResultCollector(assignment, Session(assignment.poses))
    timeline = moments(lambda lean: side_bend(lean).seen(FRONT), keys, every(15, keys[-1][0]))
    collector.push(timeline)
    collector.finish()
    return json.loads(
        json.dumps(collector.result(Source("a.mp4", 20.0, 15.0, 300, 640, 480), ()).as_dict())
    )


def test_the_best_moment_lies_in_the_hold():
    best = document(PLAIN)["snapshots"]["best"]
    assert 3.0 < best["time_s"] < 15.0
    assert best["state"] == "in"
    assert best["closeness"] > 0.9


def test_a_snapshot_holds_all_landmarks_in_pixels():
    best = document(PLAIN)["snapshots"]["best"]
    assert len(best["xy_px"]) == 33
    assert all(len(point) == 2 for point in best["xy_px"])


def test_a_lapse_that_the_hold_survives_is_its_worst_moment():
    worst = document(LAPSING)["snapshots"]["worst"]
    assert worst["state"] == "out"
    assert 8.0 < worst["time_s"] < 9.2


def test_getting_up_at_the_end_is_not_the_worst_moment():
    worst = document(PLAIN)["snapshots"]["worst"]
    assert worst["state"] == "in"


def test_an_attempt_that_was_never_held_shows_its_nearest_moment_only():
    snapshots = document(SHALLOW)["snapshots"]
    assert list(snapshots) == ["best"]
    assert snapshots["best"]["state"] == "out"


def test_a_stretch_tells_what_was_asked_and_what_it_was_judged_by():
    left, right = document(PLAIN)["stretches"]
    assert (left["side"], right["side"]) == ("left", "right")
    lean = left["checks"][0]
    assert lean["columns"] == ["trunk_lean_lat.left"]
    assert lean["accept"] == [11, 60]
    assert lean["more"] == "larger"
    assert left["asked_s"] == BEND.dose.default_s


def test_spans_of_a_hold_add_up_to_its_seconds():
    (hold,) = document(LAPSING)["holds"]
    lengths = dict.fromkeys(("valid", "wrong", "unseen"), 0.0)
    for span in hold["spans"]:
        lengths[span["kind"]] += span["end_s"] - span["start_s"]
    assert lengths["valid"] == pytest.approx(hold["valid_s"], abs=0.03)
    assert lengths["wrong"] == pytest.approx(hold["wrong_s"], abs=0.03)
