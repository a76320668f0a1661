"""After a camera has moved, nothing is counted from the neutral of before."""

import numpy as np

from backstretch.judging.session import Session
from backstretch.kinematics.columns import COLUMN_INDEX
from backstretch.poses.pose_file import load_pose
from tests.figures import FRONT, every, moments, side_bend, standing, turned
from tests.places import POSE_FILES

NECK = load_pose(POSE_FILES / "neck_side_bend.toml")
BEND = load_pose(POSE_FILES / "standing_side_bend.toml")
KNOCKED_S = 4.0
STANDS = standing().seen(FRONT)


def stepped(pose, given, *, is_marked=True):
    session = Session((pose,))
    steps = []
    for time_s, marks in given:
        session.mark_moved(time_s if is_marked and abs(time_s - KNOCKED_S) < 1e-6 else None)
        steps += session.push([(time_s, marks)])
    return [*steps, *session.finish()], session


def knocked(deg=12.0):
    """Somebody who stands still, in pictures that are turned from a time on."""
    after = turned(STANDS, deg)
    return [(t, STANDS if t < KNOCKED_S else after) for t in every(10, 10)]


def test_the_neutral_is_taken_anew():
    steps, session = stepped(NECK, knocked())
    assert session.neutral.start_s >= KNOCKED_S - 0.2
    waiting = [step.neutral for step in steps if KNOCKED_S <= step.time_s < KNOCKED_S + 0.8]
    assert waiting == [None] * len(waiting)


def test_what_is_counted_from_it_is_unknown_until_then_and_zero_afterwards():
    steps, _ = stepped(NECK, knocked())
    column = COLUMN_INDEX["head_roll_rel.left"]
    values = {round(s.time_s, 1): s.values[column] for s in steps}
    assert np.isnan(values[4.5])
    assert abs(values[8.0]) < 1.0


def test_a_hold_of_what_needs_no_neutral_goes_on():
    keys = [(0, 0), (1.5, 0), (3, 30), (9, 30), (10, 0)]
    given = moments(lambda deg: side_bend(deg).seen(FRONT), keys, every(10, 10))
    whole = stepped(BEND, given, is_marked=False)[1].holds
    assert [each.hold for each in stepped(BEND, given)[1].holds] == [each.hold for each in whole]
    assert whole
