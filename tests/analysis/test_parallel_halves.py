"""Halves: looked at side by side, and joined where both trackers find the same body."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backstretch.analysis.parallel_halves import (
    AGREED_LOOKS,
    AGREED_WITHIN_M,
    SHORTEST_S,
    HalvesSampler,
    agree,
    middle_of,
)
from backstretch.analysis.pipeline import Activity, Progress, analyse_video
from backstretch.analysis.sampling import Restart
from backstretch.judging.request import Assignment, Part, Request
from backstretch.kinematics.landmarks import MIRRORED, Landmarks, size_px
from backstretch.vision.detection import Detection
from backstretch.vision.mediapipe_landmarker import MediaPipeLandmarker
from backstretch.vision.video_reader import VideoReader
from tests.analysis.test_sampling import sampled
from tests.figures import FRONT, LEFT_SIDE, standing
from tests.landmarkers import Blind
from tests.library import LIBRARY
from tests.media import grey, write_video
from tests.places import SAMPLES

BODY = standing().seen(FRONT)
STEP_S, MIDDLE_S, END_S = 0.1, 5.0, 10.0
FPS = 20
REQUEST = Request(Assignment(LIBRARY.recognised, asked=False))


def moved(by_px, marks=BODY):
    return Landmarks(
        np.add(marks.xy_px, (by_px, 0.0)), marks.world_m, marks.visibility, marks.image_wh
    )


ELSEWHERE = moved(300.0)


def first(marks_at=lambda _: BODY):
    for n in range(round(END_S / STEP_S)):
        time_s = n * STEP_S
        yield Detection(time_s, marks_at(time_s))


def second(marks_at=lambda _: BODY, step_s=0.25, until_s=END_S):
    return [
        Detection(t, marks_at(t), others=(ELSEWHERE,)) for t in np.arange(MIDDLE_S, until_s, step_s)
    ]


class Given:
    """A sampler that gives what it was given; the second half as well."""

    def __init__(self, items):
        self.detections = iter(items)
        self.done_s = self.reached_s = 0.0

    def next(self, _attention):
        return next(self.detections, None)


def joined(first, second, middle_s=MIDDLE_S):
    """What comes of two halves, to the end."""
    begin: Any = lambda _: Given(second)  # noqa: E731
    return sampled(HalvesSampler(Given(first), begin, middle_s))


def is_second(seen):
    return seen.others is not None


class TestJoined:
    def test_the_second_half_stands_once_both_agree(self):
        found = joined(first(), second())
        ends_s = max(seen.time_s for seen in found if not is_second(seen))
        assert ends_s == pytest.approx(MIDDLE_S + (AGREED_LOOKS - 1) * STEP_S)
        assert [s.time_s for s in found if is_second(s)] == [
            t for t in np.arange(MIDDLE_S, END_S, 0.25) if t > ends_s
        ]

    def test_nothing_is_joined_while_a_new_tracker_settles(self):
        found = joined(first(), second(lambda t: BODY if t > 6.0 else ELSEWHERE))
        assert 6.0 < min(seen.time_s for seen in found if is_second(seen)) < 7.0

    def test_one_look_that_agrees_by_chance_is_not_enough(self):
        marks = lambda t: BODY if abs(t - 6.0) < 0.1 or t > 8.0 else ELSEWHERE  # noqa: E731
        found = joined(first(), second(marks))
        assert min(seen.time_s for seen in found if is_second(seen)) > 8.0

    def test_where_they_never_agree_the_first_goes_on_to_the_end(self):
        found = joined(first(), second(lambda _: ELSEWHERE))
        assert [seen.time_s for seen in found] == [seen.time_s for seen in first()]
        assert not any(is_second(seen) for seen in found)

    def test_a_second_half_that_cannot_be_read_to_the_end_does_not_cut_the_recording(self):
        found = joined(first(), second(until_s=5.2))
        assert found[-1].time_s == pytest.approx(END_S - STEP_S)

    def test_nothing_in_the_second_half(self):
        assert len(joined(first(), [])) == round(END_S / STEP_S)

    def test_times_only_grow(self):
        times = [seen.time_s for seen in joined(first(), second())]
        assert (np.diff(times) > 0.0).all()

    def test_once_the_second_half_stands_the_recording_ends_with_it(self):
        found = joined(first(), second(until_s=8.0))
        assert found[-1].time_s == pytest.approx(7.75)

    def test_that_either_half_is_hard_to_see_is_passed_on(self):
        both = [*second(until_s=7.0), Restart()]
        assert joined(first(), both)[-1] == Restart()
        assert joined(first(lambda _: ELSEWHERE), both)[-1] == Restart()
        assert joined([*first(), Restart()], second(lambda _: ELSEWHERE))[-1] == Restart()

    def test_how_large_the_body_is_at_the_beginning_is_told_to_the_second_half(self):
        sizes_px = []

        def begin(size_px) -> Any:
            sizes_px.append(size_px)
            return Given(second())

        sampled(HalvesSampler(Given(first()), begin, MIDDLE_S))
        assert sizes_px == [size_px(BODY)]

    def test_where_nobody_is_in_view_nobody_is_agreed_on(self):
        found = joined(first(lambda _: None), second(lambda _: None))
        assert is_second(found[-1])


class TestAgree:
    def test_the_same_body(self):
        assert agree(BODY, moved(2.0))

    def test_a_body_elsewhere(self):
        assert not agree(BODY, ELSEWHERE)

    def test_somebody_and_nobody(self):
        assert not agree(BODY, None)
        assert not agree(None, BODY)

    def test_left_for_right_seen_from_the_side(self):
        body = standing().seen(LEFT_SIDE)
        taken = Landmarks(body.xy_px, body.world_m[MIRRORED], body.visibility, body.image_wh)
        apart_m = np.linalg.norm(taken.world_m - body.world_m, axis=1)
        assert np.median(apart_m) > AGREED_WITHIN_M
        assert not agree(body, taken)

    def test_a_body_of_which_nothing_is_seen_by_both(self):
        unseen = Landmarks(BODY.xy_px, BODY.world_m, np.zeros(33), BODY.image_wh)
        assert not agree(BODY, unseen)


def recording(folder, seconds):
    times = range(round(seconds * FPS))
    return write_video(folder / "a.mp4", map(grey, times), (n * 1000 // FPS for n in times))


@pytest.mark.parametrize(
    ("part", "middle_s"),
    [
        (Part(), 15.0),
        (Part(4.0), 17.0),
        (Part(4.0, 28.0), 16.0),
        (Part(end_s=99.0), 15.0),
        (Part(end_s=SHORTEST_S - 0.1), None),
    ],
)
def test_what_is_long_enough_is_halved(tmp_path, part, middle_s):
    with VideoReader(recording(tmp_path, 30.0)) as reader:
        found = middle_of(reader, part)
    assert found == (middle_s if middle_s is None else pytest.approx(middle_s, abs=0.2))


class Nobody(Blind):
    """Sees nobody; the one that helps may fail."""

    def __init__(self, fails_at_s=np.inf, log=None):
        self.fails_at_s, self.log = fails_at_s, [] if log is None else log

    def look(self, frame):
        self.log.append(frame.time_s)

    def another(self, *, instead=False):  # noqa: ARG002
        return Helper(self)


class Helper(Nobody):
    def __init__(self, of):
        super().__init__(of.fails_at_s)

    def look(self, frame):
        if frame.time_s >= self.fails_at_s:
            raise ZeroDivisionError


@pytest.mark.parametrize("at_once", [True, False])
def test_a_fault_in_the_second_half_is_not_lost(tmp_path, at_once):
    with (
        VideoReader(recording(tmp_path, 30.0)) as reader,
        pytest.raises(ZeroDivisionError),
    ):
        analyse_video(reader, Nobody(fails_at_s=20.0), REQUEST, at_once=at_once)


@pytest.mark.parametrize("at_once", [True, False])
def test_progress_grows_and_reaches_the_end(tmp_path, at_once):
    told: list[Progress] = []
    with VideoReader(recording(tmp_path, 30.0)) as reader:
        analyse_video(reader, Nobody(), REQUEST, on_progress=told.append, at_once=at_once)
    reached_s = [progress.reached_s for progress in told]
    assert (np.diff(reached_s) >= 0.0).all()
    assert reached_s[-1] == pytest.approx(30.0 - 1 / FPS)
    assert told[-1].share == pytest.approx(1.0, abs=0.01)
    assert {progress.activity for progress in told} == {Activity.LOOKING}


def test_the_first_half_stops_where_the_second_begins(tmp_path):
    landmarker = Nobody()
    with VideoReader(recording(tmp_path, 30.0)) as reader:
        _, found = analyse_video(reader, landmarker, REQUEST)
        assert reader.source.frames == 30 * FPS
    assert max(landmarker.log) < 18.0
    assert found.track.time_s[-1] == pytest.approx(30.0 - 1 / FPS)


def test_of_which_every_picture_is_looked_at_is_looked_at_in_one_go(tmp_path):
    landmarker = Nobody()
    with VideoReader(recording(tmp_path, SHORTEST_S + 1.0)) as reader:
        _, found = analyse_video(reader, landmarker, replace(REQUEST, every_frame=True))
    assert landmarker.log == found.track.time_s.tolist()
    assert len(landmarker.log) == (SHORTEST_S + 1.0) * FPS


class NobodyCarefully(Nobody):
    """Writes down by which models it was to look."""

    def __init__(self):
        super().__init__()
        self.models = set()

    def look_carefully(self, frame, models):
        self.models.add(models)
        return self.look(frame)

    def look_beside(self, frame, models):
        self.models.add(("beside", *models))
        return self.look(frame)


def test_a_stretch_that_asks_for_careful_looks_gets_them_in_one_go(tmp_path):
    pose = replace(REQUEST.assignment.poses[0], careful_look=("heavy",))
    landmarker = NobodyCarefully()
    with VideoReader(recording(tmp_path, SHORTEST_S + 1.0)) as reader:
        _, found = analyse_video(reader, landmarker, Request(Assignment((pose,))))
    assert landmarker.models == {("heavy",)}
    assert landmarker.log == found.track.time_s.tolist()


def test_careful_looks_are_a_dozen_a_second_where_every_picture_is_asked_for(tmp_path):
    pose = replace(REQUEST.assignment.poses[0], careful_look=("heavy",))
    with VideoReader(recording(tmp_path, 3.0)) as reader:
        request = Request(Assignment((pose,)), every_frame=True)
        _, found = analyse_video(reader, NobodyCarefully(), request)
    assert np.diff(found.track.time_s) == pytest.approx(2 / FPS)


def test_where_only_some_stretches_ask_for_them_they_come_beside_the_usual_ones_in_both_halves(
    tmp_path,
):
    pose = REQUEST.assignment.poses[0]
    poses = (pose, replace(pose, id="other", careful_look=("heavy",)))
    landmarker = NobodyCarefully()
    with VideoReader(recording(tmp_path, SHORTEST_S + 1.0)) as reader:
        analyse_video(reader, landmarker, Request(Assignment(poses, asked=False)), at_once=False)
    assert landmarker.models == {("beside", "heavy")}
    assert max(landmarker.log) < SHORTEST_S - 2.0


def test_a_single_picture_gets_no_careful_look_beside_the_usual_one(tmp_path):
    pose = REQUEST.assignment.poses[0]
    poses = (pose, replace(pose, id="other", careful_look=("heavy",)))
    landmarker = NobodyCarefully()
    with VideoReader(recording(tmp_path, 1.0 / FPS)) as reader:
        analyse_video(reader, landmarker, Request(Assignment(poses, asked=False)))
    assert (landmarker.models, len(landmarker.log)) == (set(), 1)


@pytest.mark.exhaustive
@pytest.mark.model
def test_both_halves_at_once_and_one_after_the_other_give_the_same():
    request = replace(REQUEST, part=Part(end_s=SHORTEST_S))

    def track(*, at_once):
        with (
            VideoReader(SAMPLES / "side_bend.mp4") as reader,
            MediaPipeLandmarker() as landmarker,
        ):
            return analyse_video(reader, landmarker, request, at_once=at_once)

    (result, found), (again, found_again) = track(at_once=True), track(at_once=False)
    assert np.array_equal(found.track.time_s, found_again.track.time_s)
    assert np.array_equal(found.track.xy_px, found_again.track.xy_px, equal_nan=True)
    assert result.as_dict() == again.as_dict()
