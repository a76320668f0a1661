"""What is said about a recording: warnings in plain words, and only where they help."""

from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.frame import Source
from backstretch.judging.collector import ResultCollector, outside
from backstretch.judging.doubts import too_slow, view_warnings
from backstretch.judging.hold_clock import Kind, Span
from backstretch.judging.reasons import BOUNCING, TOO_BRIEF, Reason, ReasonKind
from backstretch.judging.request import Assignment, Request
from backstretch.judging.result import losses, merge_by_wording, score
from backstretch.judging.wording import describe_notice
from backstretch.kinematics.columns import COLUMNS
from backstretch.kinematics.neutral import Neutral
from backstretch.kinematics.view import View
from backstretch.poses.pose_file import load_pose
from tests.figures import every, folded, moments
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


class TestTimeWithoutPictures:
    """A standing forward fold at 5 pictures a second, without those of some time."""

    FOLD = load_pose(POSE_FILES / "standing_forward_fold.toml")
    ANGLES: ClassVar = [
        (0.0, 0.0),
        (2.0, 0.0),
        (4.0, 120.0),
        (14.0, 120.0),
        (16.0, 0.0),
        (20.0, 0.0),
    ]

    def result(self, *missing, asked=True):
        assignment = Assignment((self.FOLD,), asked=asked)
        collector = ResultCollector.of_recording(Request(assignment))
        for time_s, marks in moments(
            lambda deg: folded(deg).seen(90.0), self.ANGLES, every(5.0, 20.0)
        ):
            if not any(first_s < time_s < last_s for first_s, last_s in missing):
                collector.push([(time_s, marks)])
        collector.finish()
        return collector.result(source(10.0), ())

    @pytest.mark.parametrize("asked", [True, False])
    def test_is_unseen_also_where_nothing_is_done(self, asked):
        before, after = self.result(asked=asked), self.result((17.0, 19.0), asked=asked)
        assert after.seconds(Kind.VALID) == before.seconds(Kind.VALID) > 9.0
        assert after.seconds(Kind.UNSEEN) == pytest.approx(before.seconds(Kind.UNSEEN) + 2.0)
        (span,) = after.as_dict()["unseen"]
        assert span == {
            "start_s": 17.0,
            "end_s": 19.0,
            "kind": "unseen",
            "reason": "nothing was seen for a while",
            "reason_code": "gap",
        }
        assert (
            "there are no pictures from 17.0 to 19.0 s; these 2.0 s count as unseen"
            in after.warnings
        )

    def test_in_a_hold_is_counted_once(self):
        after = self.result((7.0, 8.4))
        assert after.unseen == ()
        assert after.seconds(Kind.UNSEEN) == pytest.approx(1.4)

    def test_across_the_end_of_a_hold_is_counted_once(self):
        after = self.result((12.0, 18.0))
        assert after.seconds(Kind.UNSEEN) == pytest.approx(6.0)

    def test_of_less_than_a_second_needs_no_words(self):
        assert not any("no pictures" in words for words in self.result((17.0, 17.7)).warnings)


@given(spans=st.lists(st.tuples(st.floats(0.0, 9.0), st.floats(0.1, 3.0)), max_size=6))
def test_what_lies_outside_of_spans_is_in_none_of_them_and_complete(spans):
    others = [Span(start_s, start_s + length_s, Kind.WRONG) for start_s, length_s in spans]
    parts = list(outside(Span(2.0, 8.0, Kind.UNSEEN), others))
    for time_s in np.arange(2.005, 8.0, 0.01):
        is_in_other = any(each.start_s < time_s < each.end_s for each in others)
        assert any(each.start_s < time_s < each.end_s for each in parts) != is_in_other


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
