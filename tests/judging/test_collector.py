"""What is said about a recording: warnings in plain words, and only where they help."""

import numpy as np
import pytest

from backstretch.frame import Source
from backstretch.judging.collector import too_slow, view_warnings
from backstretch.judging.hold_clock import Kind, Span
from backstretch.judging.reasons import BOUNCING, TOO_BRIEF, Reason, ReasonKind
from backstretch.judging.result import losses, merge_by_wording, score
from backstretch.judging.wording import describe_notice
from backstretch.kinematics.columns import COLUMNS
from backstretch.kinematics.neutral import Neutral
from backstretch.kinematics.view import View
from backstretch.poses.pose_file import load_pose
from tests.places import POSE_FILES

CHILD = load_pose(POSE_FILES / "childs_pose.toml")


def neutral(azimuth_deg, roll_deg=float("nan")):
    lengths, values = np.ones(6), np.zeros(len(COLUMNS))
    view = View(azimuth_deg, 0.0)
    return Neutral(0.0, 1.0, lengths, values, view, upright=True, roll_deg=roll_deg)


def source(fps, frames=100):
    return Source("a.mp4", 20.0, fps, frames, 640, 480)


def warnings_of(pose, neutral):
    return list(map(describe_notice, view_warnings(pose, neutral)))


def test_a_good_view_needs_no_words():
    assert warnings_of(CHILD, neutral(95.0)) == []


def test_a_view_off_the_side_names_the_measures_it_makes_uncertain():
    (words,) = warnings_of(CHILD, neutral(45.0))
    assert "45° off the side view" in words
    assert "hip angle, knee angle, hip to heel distance and 4 more are uncertain" in words


def test_a_tilted_camera_is_said():
    assert warnings_of(CHILD, neutral(90.0, roll_deg=-7.2)) == [
        "the camera seems tilted by 7°; set it level"
    ]


def test_without_a_neutral_it_is_said_what_is_missing():
    (words,) = warnings_of(CHILD, None)
    assert words.startswith("no still moment was found")


@pytest.mark.parametrize(("fps", "frames", "count"), [(8.0, 100, 1), (24.0, 100, 0), (8.0, 1, 0)])
def test_few_pictures_a_second_are_said_of_videos(fps, frames, count):
    assert len(list(too_slow(source(fps, frames)))) == count


def test_reasons_are_summed_and_sorted_by_what_they_cost():
    spans = (
        Span(0.0, 1.0, Kind.WRONG, BOUNCING),
        Span(1.0, 9.0, Kind.VALID),
        Span(9.0, 12.6, Kind.UNSEEN, Reason(ReasonKind.UNSEEN, landmark="left_hip")),
        Span(12.6, 13.0, Kind.WRONG, BOUNCING),
        Span(13.0, 13.01, Kind.WRONG, TOO_BRIEF),
    )
    assert [(reason, round(seconds, 2)) for reason, seconds in losses(spans)] == [
        ("left hip unseen", 3.6),
        ("bouncing", 1.4),
    ]


def test_two_measures_of_one_name_are_one_loss_and_one_span():
    """A head turn is taken from the head's yaw and from the nose."""
    turns = [Reason(ReasonKind.TOO_SMALL, name) for name in ("head_yaw_rel", "nose_aside")]
    spans = [Span(n, n + 1.0, Kind.WRONG, reason) for n, reason in enumerate(turns)]
    assert losses(spans) == [("head turn too small", 2.0)]
    assert merge_by_wording(spans) == [Span(0, 2.0, Kind.WRONG, turns[0])]


def test_scores_come_in_steps_of_five():
    assert [score(percent) for percent in (92.4, 92.6, 100.0, 0.0)] == [90, 95, 100, 0]
