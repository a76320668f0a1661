"""What is said about a recording: warnings in plain words, and only where they help."""

import numpy as np
import pytest

from backstretch.collector import too_slow
from backstretch.columns import COLUMNS
from backstretch.frame import Source
from backstretch.hold import Kind, Span
from backstretch.neutral import Neutral
from backstretch.pose_file import load_pose
from backstretch.result import reasons, score
from backstretch.view_warnings import view_warnings
from backstretch.views import View
from tests.places import POSE_FILES

CHILD = load_pose(POSE_FILES / "childs_pose.toml")


def neutral(azimuth_deg, roll_deg=float("nan")):
    lengths, values = np.ones(6), np.zeros(len(COLUMNS))
    view = View(azimuth_deg, 0.0)
    return Neutral(0.0, 1.0, lengths, values, view, upright=True, roll_deg=roll_deg)


def source(fps, frames=100):
    return Source("a.mp4", 20.0, fps, frames, 640, 480)


def test_a_good_view_needs_no_words():
    assert view_warnings(CHILD, neutral(95.0)) == []


def test_a_view_off_the_side_names_the_measures_it_makes_uncertain():
    (words,) = view_warnings(CHILD, neutral(45.0))
    assert "45° off the side view" in words
    assert "hip angle, knee angle, hip to heel distance and 4 more are uncertain" in words


def test_a_tilted_camera_is_said():
    assert view_warnings(CHILD, neutral(90.0, roll_deg=-7.2)) == [
        "the camera seems tilted by 7°; set it level"
    ]


def test_without_a_neutral_it_is_said_what_is_missing():
    (words,) = view_warnings(CHILD, None)
    assert words.startswith("no still moment before the stretch")


@pytest.mark.parametrize(("fps", "frames", "said"), [(8.0, 100, 1), (24.0, 100, 0), (8.0, 1, 0)])
def test_few_pictures_a_second_are_said_of_videos(fps, frames, said):
    assert len(list(too_slow(source(fps, frames)))) == said


def test_reasons_are_summed_and_sorted_by_what_they_cost():
    spans = (
        Span(0.0, 1.0, Kind.WRONG, "bouncing"),
        Span(1.0, 9.0, Kind.VALID),
        Span(9.0, 12.6, Kind.UNSEEN, "left hip unseen"),
        Span(12.6, 13.0, Kind.WRONG, "bouncing"),
        Span(13.0, 13.01, Kind.WRONG, "too short to say"),
    )
    assert reasons(spans) == ["3.6 s left hip unseen", "1.4 s bouncing"]


def test_scores_come_in_steps_of_five():
    assert [score(percent) for percent in (92.4, 92.6, 100.0, 0.0)] == [90, 95, 100, 0]
