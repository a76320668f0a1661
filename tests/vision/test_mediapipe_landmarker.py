"""The one door to MediaPipe: what comes through it is raw, in pixels, and nobody is None."""

import signal
import subprocess
import sys
from threading import Thread

import numpy as np
import pytest

from backstretch.errors import InputError, SetupError
from backstretch.frame import Frame
from backstretch.kinematics.landmarks import INDEX, Landmarks
from backstretch.vision.mannequin import mannequin
from backstretch.vision.mediapipe_landmarker import (
    MediaPipeLandmarker,
    _missing,
    _uninterrupted,
    model_path,
)
from backstretch.vision.video_reader import VideoReader
from tests.places import SAMPLES

LOOKED_AT = 40
FEET = [INDEX[f"{side}_{part}"] for side in ("left", "right") for part in ("ankle", "foot_index")]


def pictures(name, count=LOOKED_AT, start_s=0.0):
    with VideoReader(SAMPLES / f"{name}.mp4") as reader:
        return [frame for frame, _ in zip(reader.frames(start_s), range(count), strict=False)]


def without_feet(frame):
    image = frame.image.copy()
    image[330:] = 0
    return Frame(frame.index, frame.time_s, image)


def empty(frame):
    return Frame(frame.index, frame.time_s, np.full_like(frame.image, 128))


def library(people):
    """MediaPipe by its own manual: video mode, real timestamps."""
    from mediapipe.tasks.python import BaseOptions, vision

    return vision.PoseLandmarker.create_from_options(
        vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model_path())),
            running_mode=vision.RunningMode.VIDEO,
            num_poses=people,
        )
    )


def by_the_manual(frames, people):
    """Places in pixels (T, 33, 2) and visibilities (T, 33)."""
    from mediapipe import Image, ImageFormat

    xy, visibility = [], []
    with library(people) as landmarker:
        for frame in frames:
            picture = Image(image_format=ImageFormat.SRGB, data=frame.image)
            found = landmarker.detect_for_video(picture, round(frame.time_s * 1000))
            points = found.pose_landmarks[0]
            xy.append([(p.x * frame.wh[0], p.y * frame.wh[1]) for p in points])
            visibility.append([p.visibility for p in points])
    return np.array(xy), np.array(visibility)


def seen(landmarker: MediaPipeLandmarker, frame: Frame) -> Landmarks:
    marks = landmarker.look(frame)
    assert marks is not None
    return marks


def looked(frames):
    with MediaPipeLandmarker() as landmarker:
        marks = [seen(landmarker, frame) for frame in frames]
    return np.array([each.xy_px for each in marks]), np.array([each.visibility for each in marks])


def jitter(xy):
    return np.abs(np.diff(xy, axis=0)).mean()


@pytest.fixture(scope="module")
def frames():
    return pictures("side_bend")


@pytest.fixture(scope="module")
def ours(frames):
    return looked(frames)


@pytest.mark.model
class TestRaw:
    def test_places_jitter_as_unsmoothed_ones_do(self, frames, ours):
        smoothed, _ = by_the_manual(frames, people=1)
        assert jitter(ours[0]) > 3 * jitter(smoothed)

    def test_places_are_those_of_the_body(self, frames, ours):
        unsmoothed, _ = by_the_manual(frames, people=2)
        assert np.median(np.abs(ours[0] - unsmoothed)) < 1.0

    def test_visibility_is_that_of_the_unsmoothed_mode(self, frames, ours):
        _, unsmoothed = by_the_manual(frames, people=2)
        assert np.median(np.abs(ours[1] - unsmoothed)) < 0.01

    def test_visibility_of_what_vanishes_is_gone_at_once(self, frames):
        taken = [*frames[:6], *map(without_feet, frames[6:10])]
        _, ours = looked(taken)
        _, smoothed = by_the_manual(taken, people=1)
        assert (ours[5, FEET] > 0.9).all()
        assert (ours[6:, FEET] < 0.3).all()
        assert (smoothed[6, FEET] > 0.8).all()

    def test_visibility_after_nobody_was_in_view_has_forgotten_the_time_before(self, frames):
        away = [*frames[:4], *map(empty, frames[4:7])]
        back = [without_feet(frame) for frame in frames[7:10]]
        with MediaPipeLandmarker() as landmarker:
            assert [landmarker.look(frame) for frame in away][4:] == [None] * 3
            again = [seen(landmarker, frame).visibility for frame in back]
        _, afresh = looked(back)
        assert np.array(again) == pytest.approx(afresh, abs=1e-5)

    def test_values_are_what_float32_keeps(self, frames):
        with MediaPipeLandmarker() as landmarker:
            marks = seen(landmarker, frames[0])
        for values in (marks.xy_px, marks.world_m, marks.visibility):
            assert (values.astype(np.float32).astype(np.float64) == values).all()
        assert marks.image_wh == frames[0].wh


@pytest.fixture(scope="module")
def lying():
    (frame,) = pictures("figure_four", count=1, start_s=9.0)
    return frame


@pytest.mark.model
class TestCareful:
    def test_the_drawn_person_is_seen_so_that_the_first_look_is_a_whole_one(self):
        with MediaPipeLandmarker() as landmarker:
            marks = seen(landmarker, mannequin())
        assert marks.visibility.mean() > 0.5

    def test_a_model_that_was_prepared_sees_what_another_sees(self, lying):
        with MediaPipeLandmarker() as prepared, MediaPipeLandmarker() as new:
            prepared.prepare(("full",))
            looks = [each.look_carefully(lying, ("full",)) for each in (prepared, new)]
        assert looks[0] is not None
        assert looks[1] is not None
        assert np.abs(looks[0].xy_px - looks[1].xy_px).max() < 1.0

    def test_somebody_who_lies_is_seen_otherwise_than_by_one_look(self, lying):
        with MediaPipeLandmarker() as landmarker:
            usual, careful = seen(landmarker, lying), landmarker.look_carefully(lying, ("full",))
        assert careful is not None
        strayed_px = np.linalg.norm(careful.xy_px - usual.xy_px, axis=1)
        assert 1.0 < strayed_px.max() < 100.0

    def test_somebody_who_stands_is_seen_as_by_one_look(self, frames):
        with MediaPipeLandmarker() as usual, MediaPipeLandmarker() as careful:
            marks = [careful.look_carefully(frame, ("heavy", "full")) for frame in frames[:3]]
            assert [each and each.xy_px.tolist() for each in marks] == [
                seen(usual, frame).xy_px.tolist() for frame in frames[:3]
            ]

    def test_a_model_that_the_build_lacks_is_passed_over(self, lying):
        with MediaPipeLandmarker() as landmarker, MediaPipeLandmarker() as other:
            lacking = landmarker.look_carefully(lying, ("none", "full"))
            full = other.look_carefully(lying, ("full",))
        assert lacking is not None
        assert full is not None
        assert np.array_equal(lacking.xy_px, full.xy_px)

    def test_a_model_of_the_users_own_looks_alone(self, lying):
        with MediaPipeLandmarker(model_path()) as own, MediaPipeLandmarker() as usual:
            careful = own.look_carefully(lying, ("heavy", "full"))
            assert careful is not None
            assert np.array_equal(careful.xy_px, seen(usual, lying).xy_px)

    def test_a_tracker_that_starts_again_sees_what_a_new_one_sees(self, frames, lying):
        with MediaPipeLandmarker() as landmarker, MediaPipeLandmarker() as new:
            seen(landmarker, lying)
            landmarker._tracker.restart()
            again, afresh = seen(landmarker, frames[0]), seen(new, frames[0])
        assert np.abs(again.xy_px - afresh.xy_px).max() < 1.0


@pytest.mark.model
class TestAnother:
    def test_is_not_seen_beside_somebody_alone(self):
        with MediaPipeLandmarker() as landmarker:
            for name in ("side_bend", "childs_pose", "seated_forward_fold"):
                for frame in pictures(name, count=1, start_s=5.0):
                    assert landmarker.find_another(frame, seen(landmarker, frame)) is None

    def test_is_seen_beside_the_first(self):
        names = ("side_bend", "overhead_reach"), ("childs_pose", "seated_forward_fold")
        with MediaPipeLandmarker() as landmarker:
            for pair in names:
                images = [pictures(name, count=1, start_s=1.0)[0].image for name in pair]
                frame = Frame(0, 0.0, np.hstack([image[:, 106:534] for image in images]))
                assert landmarker.find_another(frame, seen(landmarker, frame))


@pytest.mark.model
class TestModel:
    def test_that_is_not_there_is_said(self, tmp_path):
        path = tmp_path / "none.task"
        with pytest.raises(InputError, match=r"none\.task: cannot be read \(No such file"):
            MediaPipeLandmarker(path)

    @pytest.mark.parametrize("data", [b"", b"no model", b"PK\x05\x06" + bytes(18)])
    def test_that_is_none_is_said(self, tmp_path, data):
        path = tmp_path / "other.task"
        path.write_bytes(data)
        with pytest.raises(InputError, match=r"other\.task: is not a pose landmarker model"):
            MediaPipeLandmarker(path)

    def test_may_be_given_by_its_path(self):
        with MediaPipeLandmarker(model_path()) as landmarker:
            assert landmarker.look(pictures("side_bend", count=1)[0]) is not None

    def test_that_the_package_lacks_is_said(self, monkeypatch, tmp_path):
        monkeypatch.setattr(
            "backstretch.vision.mediapipe_landmarker.model_path", lambda: tmp_path / "none.task"
        )
        with pytest.raises(SetupError, match="install backstretch again"):
            MediaPipeLandmarker()


class TestMissingLibrary:
    @pytest.mark.parametrize(
        ("library", "package"),
        [("libEGL.so.1", "libegl1"), ("libGLESv2.so.2", "libgles2"), ("libGL.so.1", "libgl1")],
    )
    def test_is_told_by_the_package_that_brings_it(self, library, package):
        said = _missing(f"{library}: cannot open shared object file: No such file or directory")
        assert f"package {package};" in said
        assert "sudo apt install" in said
        assert "\n" not in said

    def test_that_is_not_known_is_told_as_it_is(self):
        assert _missing("libodd.so.3: no such file") == (
            "MediaPipe cannot be loaded: libodd.so.3: no such file"
        )


class TestInterrupted:
    """Ctrl-C while MediaPipe begins a thread would leave a program that never ends."""

    def test_waits_until_it_has_started(self):
        done = []

        def start():
            with _uninterrupted():
                signal.raise_signal(signal.SIGINT)
                done.append("started")

        before = signal.getsignal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            start()
        assert done == ["started"]
        assert signal.getsignal(signal.SIGINT) is before

    def test_is_no_matter_of_another_thread(self):
        before = signal.getsignal(signal.SIGINT)
        seen = []

        def start():
            with _uninterrupted():
                seen.append(signal.getsignal(signal.SIGINT))

        thread = Thread(target=start)
        thread.start()
        thread.join()
        assert seen == [before]


NOBODY_FIRST = """
import sys
import numpy as np
from pathlib import Path
from backstretch.frame import Frame
from backstretch.vision.detection import open_landmarker
from backstretch.vision.video_reader import VideoReader

with open_landmarker() as landmarker, VideoReader(Path(sys.argv[1])) as film:
    landmarker.look(Frame(0, 0.0, np.zeros((480, 640, 3), np.uint8)))
    print(any(landmarker.look(frame) for frame in film.frames(0.0, 0.3)))
"""


def test_nothing_is_printed_when_somebody_comes_after_a_picture_of_nobody():
    done = subprocess.run(
        [sys.executable, "-c", NOBODY_FIRST, str(SAMPLES / "side_bend.mp4")],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("True\n", "")
