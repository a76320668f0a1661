"""Tracking: a tracker that has lost the person is noticed, and a good one is never given up."""

from dataclasses import replace

import numpy as np
import pytest

from backstretch.frame import Frame
from backstretch.vision.tracking import AGAIN_S, CLEAR, CLEARER_BY, LONGEST_AGAIN_S, WatchedTracker
from tests.figures import LEFT_SIDE, WH, folded, standing
from tests.vision.test_careful_look import Following

EVERY_S = 0.2


def seen(visibility, figure=folded(100.0), x_px=0.0):  # noqa: B008 - figures never change
    marks = figure.seen(LEFT_SIDE)
    places = marks.xy_px + np.array([x_px, 0.0])
    return replace(marks, xy_px=places, visibility=np.full(33, visibility))


def looks(tracker, find, count):
    watched = WatchedTracker(tracker, find)
    image = np.zeros((WH[1], WH[0], 3), np.uint8)
    return [watched.look(Frame(n, n * EVERY_S, image)) for n in range(count)]


CLEARLY, LOST, FRESH = seen(0.78, standing()), seen(0.45), seen(0.8)


def test_a_look_afresh_replaces_a_tracker_that_sees_badly_and_the_tracker_starts_anew():
    tracker = Following(CLEARLY, LOST, FRESH)
    assert looks(tracker, lambda _: FRESH, 3) == [CLEARLY, FRESH, FRESH]
    assert tracker.log == ["look", "look", "restart", "look"]


@pytest.mark.parametrize("fresh", [None, seen(0.45 + CLEARER_BY / 2)])
def test_the_tracker_goes_on_where_a_look_afresh_sees_no_better(fresh):
    tracker = Following(CLEARLY, LOST)
    assert looks(tracker, lambda _: fresh, 4) == [CLEARLY, LOST, LOST, LOST]
    assert "restart" not in tracker.log


def test_nobody_looks_afresh_while_the_tracker_sees_clearly():
    tracked = seen(CLEAR)
    assert looks(Following(tracked), pytest.fail, 20) == [tracked] * 20


def test_somebody_elsewhere_in_the_picture_is_not_taken_for_the_person():
    bystander = seen(0.9, standing(), x_px=250.0)
    assert looks(Following(CLEARLY, LOST), lambda _: bystander, 3) == [CLEARLY, LOST, LOST]


def test_lasting_doubt_costs_ever_fewer_looks():
    times_s = []

    def find(frame):
        times_s.append(frame.time_s)

    looks(Following(CLEARLY, LOST), find, 200)
    apart_s = np.diff(times_s)
    assert apart_s[0] == pytest.approx(AGAIN_S, abs=EVERY_S)
    assert apart_s[-1] == pytest.approx(LONGEST_AGAIN_S, abs=EVERY_S)
    assert len(times_s) < 200 * EVERY_S / LONGEST_AGAIN_S + 5


def test_nobody_in_view_is_nobody():
    assert looks(Following(CLEARLY, None), pytest.fail, 3) == [CLEARLY, None, None]
