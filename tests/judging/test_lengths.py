"""Lengths in centimetres: what the picture and the person's height say, and nothing where it was not seen."""

import math
from dataclasses import replace

import numpy as np
import pytest

from backstretch.frame import Source
from backstretch.judging.collector import ResultCollector
from backstretch.judging.lengths import HAND_SHARE, LEG_SHARE, LENGTHS, length_cm
from backstretch.judging.request import Assignment
from backstretch.judging.session import Session
from backstretch.kinematics.landmarks import INDEX
from backstretch.poses.pose import LENGTH_NAMES
from backstretch.poses.pose_file import load_pose
from tests.figures import LEFT_SIDE, every, folded, moments, standing
from tests.places import POSE_FILES

FOLD = load_pose(POSE_FILES / "standing_forward_fold.toml")


def height_of(figure):
    """The height in cm of somebody with this figure's legs."""
    points = figure._points()
    parts = [points[INDEX[f"left_{part}"]] for part in ("hip", "knee", "ankle")]
    leg_m = np.linalg.norm(parts[0] - parts[1]) + np.linalg.norm(parts[1] - parts[2])
    return 100.0 * float(leg_m) / LEG_SHARE


def floor_cm(figure):
    """From the fingertips to the floor, by the figure's own points."""
    points, height_cm = figure._points(), height_of(figure)
    wrist, hand, foot = (points[INDEX[f"left_{part}"]] for part in ("wrist", "index", "foot_index"))
    tip = wrist + (hand - wrist) / np.linalg.norm(hand - wrist) * HAND_SHARE * height_cm / 100.0
    return max(0.0, 100.0 * float(tip[1] - foot[1]))


@pytest.mark.parametrize("trunk_deg", [0.0, 45.0, 90.0, 120.0, 150.0])
@pytest.mark.parametrize("size", [0.5, 1.0, 2.0])
def test_the_distance_to_the_floor_is_that_of_the_figure_however_near_the_camera(trunk_deg, size):
    figure = folded(trunk_deg)
    marks = figure.seen(LEFT_SIDE)
    marks = replace(marks, xy_px=size * (marks.xy_px - 300.0) + 300.0, image_wh=(2000, 2000))
    assert length_cm("fingertip_floor", marks, height_of(figure)) == pytest.approx(
        floor_cm(figure), abs=0.5
    )


def test_a_taller_person_reaches_less_far_by_the_same_picture():
    marks = folded(90.0).seen(LEFT_SIDE)
    short, tall = (length_cm("fingertip_floor", marks, height) for height in (150.0, 200.0))
    assert tall / short == pytest.approx(200.0 / 150.0)


@pytest.mark.parametrize("name", LENGTHS)
def test_what_was_not_seen_is_nan_and_one_side_is_enough(name):
    marks = folded(90.0).seen(LEFT_SIDE)
    one = folded(90.0).seen(LEFT_SIDE, hidden=["right_wrist"])
    none = folded(90.0).seen(LEFT_SIDE, hidden=["right_wrist", "left_heel"])
    assert length_cm(name, one, 170.0) == pytest.approx(length_cm(name, marks, 170.0), abs=3.0)
    assert math.isnan(length_cm(name, none, 170.0))


def test_every_length_that_a_pose_may_ask_for_can_be_estimated():
    assert tuple(LENGTHS) == LENGTH_NAMES


def result(height_cm):
    lengths = [(0.0, 0.0), (2.0, 0.0), (4.0, 120.0), (14.0, 120.0), (16.0, 0.0), (18.0, 0.0)]
    timeline = moments(lambda trunk: folded(trunk).seen(LEFT_SIDE), lengths, every(10, 18.0))
    assignment = Assignment((FOLD,), height_cm=height_cm)
    collector = ResultCollector(assignment, Session(assignment.poses))
    collector.push(timeline)
    collector.finish()
    return collector.result(Source("a.mp4", 18.0, 10.0, 180, 640, 480), ()).as_dict()


class TestOfAHold:
    def test_are_median_and_best_over_the_time_that_counts(self):
        document = result(height_of(standing()))
        (hold,) = document["holds"]
        length = hold["lengths"]["fingertip_floor"]
        assert length["median"] == pytest.approx(floor_cm(folded(120.0)), abs=1.0)
        assert length["best"] <= length["median"]
        assert (length["unit"], length["words"]) == ("cm", "fingertips to the floor")

    def test_are_left_out_where_the_height_is_not_known(self):
        document = result(None)
        assert "height_cm" not in document
        assert "lengths" not in document["holds"][0]
