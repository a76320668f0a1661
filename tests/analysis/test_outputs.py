"""Drawing beside the analysis: every picture of the source, each with what is known of its time."""

from dataclasses import replace
from itertools import pairwise

import av  # noqa: TID253 - to read what was drawn
import numpy as np
import pytest

from backstretch.analysis.outputs import DrawnRecording, between
from backstretch.frame import Source
from backstretch.judging.hold_clock import State
from backstretch.judging.request import Assignment, Part, Request
from backstretch.judging.result import Result
from backstretch.judging.session import Session
from backstretch.kinematics.landmarks import LONGEST_GAP_S
from backstretch.poses.pose_file import load_pose
from tests.figures import FRONT, side_bend, standing
from tests.media import numbered
from tests.places import POSE_FILES

BEND = load_pose(POSE_FILES / "standing_side_bend.toml")
FPS = 25
RESULT = Result(
    Source("in.mp4", 5.0, 25.0, 125, 64, 48), Assignment((BEND,)), (), (), (), None, 1.0
)


@pytest.fixture(scope="module")
def steps():
    session = Session((BEND,), steady=False)
    moments = [(n / 5, standing().seen(FRONT)) for n in range(10)]
    moments += [(2.0 + n / 5, side_bend(25.0).seen(FRONT)) for n in range(15)]
    return session.push(moments) + session.finish()


@pytest.fixture
def video(tmp_path):
    return numbered(tmp_path / "in.mp4", 5 * FPS)


def drawn(path):
    with av.open(str(path)) as container:
        return [float(frame.time) for frame in container.decode(video=0)]


def draw(video, steps, **said):
    target = video.with_name("out.mp4")
    request = Request(Assignment((BEND,)), Part(**said))
    drawing = DrawnRecording(video, target, request)
    drawing.steps(steps)
    drawing.result(RESULT)
    return target


def test_every_picture_up_to_the_last_step_is_drawn_in_its_own_time(video, steps):
    last_s = steps[-1].time_s
    expected = np.arange(0.0, last_s + 1e-6, 1 / FPS)
    assert np.allclose(drawn(draw(video, steps)), expected, atol=1e-3)


def test_a_part_of_the_source_is_drawn_alone(video, steps):
    inside = [step for step in steps if 1.0 <= step.time_s <= 3.0]
    target = draw(video, inside, start_s=1.0, end_s=3.0)
    assert len(drawn(target)) == pytest.approx(2.0 * FPS + 1, abs=1)


def test_nothing_is_drawn_before_it_is_known_what_it_means(video, steps):
    target = video.with_name("out.mp4")
    drawing = DrawnRecording(video, target, Request(Assignment((BEND,))))
    drawing.steps(steps[:6])
    drawing.close()
    assert max(drawn(target)) < steps[5].time_s


def test_an_error_of_the_disk_is_raised(video, steps):
    drawing = DrawnRecording(
        video, video.parent / "missing" / "out.mp4", Request(Assignment((BEND,)))
    )
    with pytest.raises(OSError, match="No such file"):
        drawing.steps(steps)
    drawing.close()


def test_a_face_is_blurred_in_every_picture_where_that_is_asked(video, steps, monkeypatch):
    at = []

    def blur(picture, time_s, before, after):
        at.append((before.time_s if before else None, time_s, after.time_s))
        return picture

    monkeypatch.setattr("backstretch.analysis.outputs.blur_face", blur)
    count = len(drawn(draw(video, steps)))
    assert at == []
    drawing = DrawnRecording(
        video, video.with_name("out.mp4"), Request(Assignment((BEND,)), blur_face=True)
    )
    drawing.steps(steps)
    drawing.result(RESULT)
    assert len(at) == count
    assert all(before is None or before <= now for before, now, _ in at[1:])
    assert all(now <= after for _, now, after in at)


class TestBetween:
    def test_seconds_and_landmarks_are_on_their_way(self, steps):
        before, after = next(
            (one, two)
            for one, two in pairwise(steps)
            if one.valid_s > 0.0 and two.state is one.state
        )
        found = between(before, after, (before.time_s + after.time_s) / 2)
        assert found is not None
        assert found.valid_s == pytest.approx((before.valid_s + after.valid_s) / 2)
        assert found.landmarks is not None
        assert before.landmarks is not None
        assert after.landmarks is not None
        middle = (before.landmarks.xy_px + after.landmarks.xy_px) / 2
        assert np.allclose(found.landmarks.xy_px, middle)

    def test_nothing_is_made_up_across_a_gap_or_a_change(self, steps):
        before = steps[0]
        for after in (
            replace(steps[1], state=State.UNSEEN),
            replace(steps[1], time_s=before.time_s + LONGEST_GAP_S + 0.1),
        ):
            assert between(before, after, before.time_s + 0.05) is before

    def test_before_the_first_step_there_is_only_that_one(self, steps):
        assert between(None, steps[0], 0.0) is steps[0]
