"""The look at the face: only where it is seen, a few times a second, and without jumps."""

import math
from dataclasses import replace
from math import cos, radians, sin
from pathlib import Path

import numpy as np
import pytest

from backstretch.frame import Frame
from backstretch.kinematics.landmarks import INDEX
from backstretch.vision import face_landmarker
from backstretch.vision.detection import VideoLandmarker
from backstretch.vision.face_landmarker import (
    AT_REST_S,
    CHIN,
    EVERY_S,
    FADES_S,
    FOREHEAD,
    LEFT_EYE,
    RIGHT_EYE,
    FaceLandmarker,
    model_path,
    with_head_tilt,
)
from backstretch.vision.head_line import line_by_ears, slope_deg
from backstretch.vision.video_reader import VideoReader
from tests.figures import BACK, FRONT, RIGHT_SIDE, Figure, leftward
from tests.landmarkers import Blind
from tests.places import SAMPLES
from tests.truth import Clip

IMAGE = np.zeros((480, 640, 3), np.uint8)
READ_DEG, TRUE_DEG = 24.0, 40.0
HELD_S = 8.0
FROM_HORIZONTAL = {FOREHEAD: 90.0, CHIN: -90.0, LEFT_EYE: 0.0, RIGHT_EYE: 180.0}


def body(tilt_deg=READ_DEG, camera_deg=FRONT, **angles):
    """As BlazePose gives it, with its mouth below its eyes."""
    marks = Figure(tilt_deg=tilt_deg, **angles).seen(camera_deg)
    xy = marks.xy_px.copy()
    xy[[INDEX["mouth_left"], INDEX["mouth_right"]]] += (0.0, 20.0)
    return replace(marks, xy_px=xy, head_line_deg=float(line_by_ears(xy)))


class Replay(Blind):
    """A landmarker that finds a body which may be changed."""

    def __init__(self, marks):
        self.marks = marks

    def look(self, _frame):
        return self.marks

    def search(self, _frame):
        return self.marks

    def another(self, *, instead=False):  # noqa: ARG002
        return Replay(self.marks)


class Face:
    """Stands for the network: a face that is tilted in the picture, and is seen with a score."""

    def __init__(self):
        self.tilt_deg, self.eyes_off_deg, self.score, self.count = TRUE_DEG, 0.0, 1.0, 0

    def look(self, image, to_input):  # noqa: ARG002
        self.count += 1
        points = np.zeros((468, 2))
        for number, angle_deg in FROM_HORIZONTAL.items():
            off_deg = self.eyes_off_deg if number in {LEFT_EYE, RIGHT_EYE} else 0.0
            angle = radians(angle_deg + off_deg - self.tilt_deg)
            points[number] = to_input[:, :2] @ (cos(angle), -sin(angle)) + to_input[:, 2]
        return points, self.score


@pytest.fixture
def face(monkeypatch):
    face = Face()
    monkeypatch.setattr(face_landmarker, "_network", lambda _: face)
    return face


def tilts(landmarker, times_s, wh=(640, 480)):
    """The tilt to the left at each of these times."""
    image = np.zeros((wh[1], wh[0], 3), np.uint8)
    looks = [landmarker.look(Frame(n, time_s, image)) for n, time_s in enumerate(times_s)]
    return [-marks.head_line_deg for marks in looks]


def at_the_face(marks):
    return FaceLandmarker(Replay(marks), Path())


def test_the_tilt_is_that_of_the_face(face):
    assert tilts(at_the_face(body()), [0.0]) == pytest.approx([TRUE_DEG])
    face.tilt_deg = -TRUE_DEG
    assert tilts(at_the_face(body(-READ_DEG)), [0.0]) == pytest.approx([-TRUE_DEG])


def test_all_else_stays_as_the_model_sees_it(face):
    marks = body()
    seen = at_the_face(marks).look(Frame(0, 0.0, IMAGE))
    assert seen is not None
    assert face.count == 1
    assert replace(seen, head_line_deg=marks.head_line_deg).xy_px is marks.xy_px


@pytest.mark.parametrize(("score", "eyes_off_deg"), [(0.4, 0.0), (1.0, 10.0), (1.0, -10.0)])
def test_a_face_that_is_in_doubt_is_left_to_the_ears(face, score, eyes_off_deg):
    face.score, face.eyes_off_deg = score, eyes_off_deg
    assert tilts(at_the_face(body()), [0.0]) == pytest.approx([1.5 * READ_DEG])


@pytest.mark.parametrize(
    "marks",
    [
        body(camera_deg=BACK),
        body(camera_deg=RIGHT_SIDE),
        body(0.0, turn_deg=60.0),
        body(trunk=leftward(35.0)),
        replace(body(), visibility=np.full(33, 0.2)),
    ],
    ids=["from behind", "from the side", "turned", "leaning", "hidden"],
)
def test_a_face_that_does_not_look_at_the_camera_is_not_looked_at(face, marks):
    assert tilts(at_the_face(marks), [0.0]) == pytest.approx([-marks.head_line_deg])
    assert face.count == 0


@pytest.mark.parametrize(("tilt_deg", "most"), [(READ_DEG, 14), (0.0, 3)])
def test_it_is_looked_at_a_few_times_a_second(face, tilt_deg, most):
    face.tilt_deg = tilt_deg
    tilts(at_the_face(body(tilt_deg)), np.arange(0.0, 1.0, 1 / 60))
    assert 2 <= face.count <= most


def test_between_two_looks_the_tilt_does_not_jitter_with_the_ears(face):
    replay = Replay(body())
    landmarker = FaceLandmarker(replay, Path())
    first = tilts(landmarker, [0.0])
    replay.marks = body(READ_DEG + 3.0)
    assert tilts(landmarker, [EVERY_S / 2]) == first
    assert face.count == 1


def test_a_head_at_rest_is_followed_by_its_ears_from_where_the_face_was(face):
    face.tilt_deg = 3.0
    replay = Replay(body(0.0))
    landmarker = FaceLandmarker(replay, Path())
    assert tilts(landmarker, [0.0]) == pytest.approx([3.0])
    replay.marks = body(4.0)
    assert tilts(landmarker, [0.2]) == pytest.approx([3.0 + 6.0])
    assert face.count == 1


def test_where_the_face_is_lost_the_tilt_goes_back_to_the_estimate_without_a_jump(face):
    landmarker = at_the_face(body())
    assert tilts(landmarker, [0.0]) == pytest.approx([TRUE_DEG])
    face.score = 0.0
    after = [TRUE_DEG, *tilts(landmarker, np.arange(0.1, AT_REST_S + FADES_S + 0.2, 0.1))]
    assert np.abs(np.diff(after)).max() < 0.1 * abs(TRUE_DEG - 1.5 * READ_DEG) / FADES_S + 1e-3
    assert after[-1] == pytest.approx(1.5 * READ_DEG)


def test_a_second_landmarker_looks_at_the_face_too(face):
    with at_the_face(body()).another() as other:
        assert tilts(other, [0.0]) == pytest.approx([TRUE_DEG])
    assert face.count == 1


def test_nobody_has_no_face(face):
    assert at_the_face(None).look(Frame(0, 0.0, IMAGE)) is None
    assert face.count == 0


def test_where_it_is_not_needed_or_not_there_the_landmarker_stays_as_it_is(monkeypatch, tmp_path):
    replay: VideoLandmarker = Replay(None)
    assert with_head_tilt(replay, is_needed=False) is replay
    monkeypatch.setattr(face_landmarker, "model_path", lambda: tmp_path / "none.tflite")
    assert with_head_tilt(replay, is_needed=True) is replay


def test_a_network_that_cannot_be_opened_leaves_the_tilt_to_the_ears(tmp_path):
    model = tmp_path / "face.tflite"
    model.write_bytes(b"no network")
    assert tilts(FaceLandmarker(Replay(body()), model), [0.0]) == pytest.approx([1.5 * READ_DEG])


@pytest.mark.skipif(not model_path().exists(), reason="this build could not have the face model")
def test_the_network_reads_the_line_of_a_head_that_is_tilted_in_the_picture():
    video = SAMPLES / "upper_trapezius.mp4"
    with VideoReader(video) as reader:
        frame = next(iter(reader.frames(HELD_S)))
    moments = iter(Clip(video).true_track())
    truth = next(marks for time_s, marks in moments if time_s >= HELD_S)
    assert truth is not None
    upright = replace(truth, visibility=np.ones(33))
    true_deg = float(slope_deg(upright.xy_px, "ear"))
    assert true_deg < -30.0

    def line_deg(marks, image):
        seen = FaceLandmarker(Replay(marks), model_path()).look(Frame(0, 0.0, image))
        assert seen is not None
        return seen.head_line_deg

    assert line_deg(upright, frame.image) == pytest.approx(true_deg, abs=4.0)
    mirrored = np.ascontiguousarray(frame.image[:, ::-1])
    assert line_deg(upright.mirrored(), mirrored) == pytest.approx(-true_deg, abs=4.0)
    assert math.isnan(line_deg(upright, np.zeros_like(frame.image)))
