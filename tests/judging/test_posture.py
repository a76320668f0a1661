"""Pictures that lie on their side or are squeezed, told by the body in them."""

from dataclasses import replace
from typing import ClassVar

import pytest

from backstretch.errors import NoticeKind
from backstretch.frame import Correction, Source
from backstretch.judging.collector import ResultCollector
from backstretch.judging.hold_clock import Kind
from backstretch.judging.posture import PostureWatch
from backstretch.judging.request import Assignment, Request
from backstretch.kinematics.landmarks import Landmarks
from backstretch.poses.pose_file import load_pose
from tests.figures import every, folded, long_sitting, moments, standing, turned
from tests.places import POSE_FILES

SEATED, STANDING = (
    load_pose(POSE_FILES / f"{name}_forward_fold.toml") for name in ("seated", "standing")
)
SOURCE = Source("a.mp4", 20.0, 10.0, 200, 640, 480)


def notices_of(landmarks, seconds=3.0, then=None):
    """What is noticed of a body that keeps still, and of another after it."""
    watch = PostureWatch()
    for time_s in every(10.0, seconds):
        watch.push(time_s, landmarks)
    for time_s in every(10.0, seconds) if then is not None else ():
        watch.push(seconds + time_s, then)
    notices = watch.notices(is_doubtful=False)
    return [(notice.kind, notice.figures.get("turn_deg")) for notice in notices]


def widened(landmarks, factor, of_model=1.0):
    """The body in a picture of another width; the model takes over a part of it."""
    xy, world = landmarks.xy_px * (factor, 1.0), landmarks.world_m * (of_model, 1.0, 1.0)
    return Landmarks(xy, world, landmarks.visibility.copy(), landmarks.image_wh)


@pytest.mark.parametrize("azimuth_deg", [0.0, 180.0])
@pytest.mark.parametrize(("clockwise_deg", "turn_deg"), [(90.0, 270), (-90.0, 90), (180.0, 180)])
def test_a_standing_body_in_a_turned_picture_is_noticed(azimuth_deg, clockwise_deg, turn_deg):
    landmarks = turned(standing().seen(azimuth_deg), clockwise_deg)
    assert notices_of(landmarks) == [(NoticeKind.TURNED, turn_deg)]


@pytest.mark.parametrize(
    "landmarks",
    [
        standing().seen(0.0),
        turned(standing().seen(0.0), 20.0),
        turned(standing().seen(90.0), 90.0),
        long_sitting(0.0).seen(90.0),
        folded(120.0).seen(90.0),
    ],
    ids=["standing", "tilted", "lying, from the side", "sitting", "folded"],
)
def test_nothing_is_noticed_of_what_people_do(landmarks):
    assert notices_of(landmarks) == []


def test_somebody_who_stands_and_lies_down_is_in_no_turned_picture():
    assert notices_of(turned(standing().seen(0.0), 90.0), then=standing().seen(0.0)) == []


@pytest.mark.parametrize(
    ("factor", "of_model", "is_squeezed"),
    [(0.5, 0.6, True), (2.0, 1.6, True), (0.85, 0.9, False), (1.1, 1.0, False)],
)
def test_a_body_that_is_squeezed_by_half_is_noticed(factor, of_model, is_squeezed):
    kinds = [kind for kind, _ in notices_of(widened(standing().seen(0.0), factor, of_model))]
    assert kinds == [NoticeKind.SQUEEZED] * is_squeezed


class TestFoldInAPictureThatLiesOnItsSide:
    """A standing forward fold, which then looks like a seated one after lying."""

    ANGLES: ClassVar = [
        (0.0, 0.0),
        (2.0, 0.0),
        (4.0, 150.0),
        (14.0, 150.0),
        (16.0, 0.0),
        (20.0, 0.0),
    ]

    def result(self, *, asked=False, clockwise_deg=90.0, correction=None):
        timeline = moments(
            lambda deg: turned(folded(deg).seen(90.0), clockwise_deg),
            self.ANGLES,
            every(10.0, 20.0),
        )
        request = Request(Assignment((SEATED,) if asked else (SEATED, STANDING), asked=asked))
        if correction is not None:
            request = replace(request, correction=correction)
        collector = ResultCollector.of_recording(request)
        collector.push(timeline)
        collector.finish()
        return collector.result(SOURCE, ())

    def test_is_not_credited_and_said(self):
        result = self.result()
        assert result.seconds(Kind.VALID) == 0.0
        assert result.seconds(Kind.UNSEEN) > 9.0
        (span,) = result.as_dict()["unseen"]
        assert span["reason_code"] == "turned"
        assert result.warnings[0].startswith("the picture may lie on its side")

    @pytest.mark.parametrize("way", [{"asked": True}, {"correction": Correction(turn_deg=0)}])
    def test_is_credited_to_whom_says_what_it_is(self, way):
        result = self.result(**way)
        assert result.seconds(Kind.VALID) > 9.0
        assert result.unseen == ()

    def test_is_a_standing_one_in_an_upright_picture(self):
        result = self.result(clockwise_deg=0.0)
        assert {each.form.pose.id for each in result.holds} == {STANDING.id}
        assert result.seconds(Kind.VALID) > 9.0
