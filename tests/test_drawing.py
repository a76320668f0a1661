"""Drawing beside the analysis: every picture of the source, each with what is known of its time."""

from dataclasses import replace
from itertools import pairwise

import av  # noqa: TID253 - to read what was drawn
import numpy as np
import pytest

from backstretch.drawing import Drawing, between
from backstretch.hold import State
from backstretch.landmarks import LONGEST_GAP_S
from backstretch.pose_file import load_pose
from backstretch.result import Wanted
from backstretch.session import Session
from tests.figures import FRONT, side_bend, standing
from tests.media import numbered
from tests.truth import ROOT

BEND = load_pose(ROOT / "poses" / "standing_side_bend.toml")
FPS = 25


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
    drawing = Drawing(video, target, Wanted((BEND,), **said))
    for step in steps:
        drawing.push(step)
    told: list[float] = []
    drawing.finish(told.append)
    return target, drawing, told


def test_every_picture_up_to_the_last_step_is_drawn_in_its_own_time(video, steps):
    target, drawing, _ = draw(video, steps)
    last_s = steps[-1].time_s
    assert np.allclose(drawn(target), np.arange(0.0, last_s + 1e-6, 1 / FPS), atol=1e-3)
    assert drawing.at_s == pytest.approx(last_s)


def test_a_part_of_the_source_is_drawn_alone(video, steps):
    inside = [step for step in steps if 1.0 <= step.time_s <= 3.0]
    target, _, _ = draw(video, inside, start_s=1.0, end_s=3.0)
    assert len(drawn(target)) == pytest.approx(2.0 * FPS + 1, abs=1)


def test_an_error_of_the_disk_is_raised(video, steps):
    drawing = Drawing(video, video.parent / "missing" / "out.mp4", Wanted((BEND,)))

    def draw_all():
        for step in steps * 50:
            drawing.push(step)
        drawing.finish(lambda _: None)

    with pytest.raises(OSError, match="No such file"):
        draw_all()


def test_it_can_be_given_up(video, steps):
    drawing = Drawing(video, video.with_name("out.mp4"), Wanted((BEND,)))
    drawing.push(steps[0])
    drawing.give_up()
    assert drawing.at_s <= steps[1].time_s


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

    def test_at_the_ends_there_is_one_step_only(self, steps):
        assert between(None, steps[0], 0.0) is steps[0]
        assert between(steps[-1], None, 9.0) is steps[-1]
        assert between(None, None, 0.0) is None
