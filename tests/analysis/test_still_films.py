"""Films of one picture: nothing is held in them, in whichever way their pictures are looked at."""

from dataclasses import replace

import numpy as np
import pytest

from backstretch.analysis.pipeline import analyse_track, analyse_video
from backstretch.formats.track_files import Recording
from backstretch.judging.hold_clock import Kind
from backstretch.judging.request import Assignment, Request
from backstretch.kinematics.landmarks import Landmarks
from backstretch.poses.pose_file import load_pose
from backstretch.vision.video_reader import VideoReader
from tests.figures import FRONT, side_bend
from tests.media import write_video
from tests.places import POSE_FILES

BEND = load_pose(POSE_FILES / "standing_side_bend.toml")
WH = (160, 120)
REQUEST = Request(Assignment((BEND,)))
FPS = 20
TILES = np.random.default_rng(2).integers(60, 190, (6, 8, 3)).astype(np.uint8)
ROOM = TILES.repeat(20, axis=0).repeat(20, axis=1)


def body():
    """A side bend in pictures of this size, rounded as a track stores it."""
    marks = side_bend(30).seen(FRONT)
    scaled = marks.xy_px * (WH[0] / marks.image_wh[0])
    parts = (scaled, marks.world_m, marks.visibility)
    xy, world, visibility = (each.astype(np.float32).astype(np.float64) for each in parts)
    return Landmarks(xy, world, visibility, WH)


class Bent:
    """Sees the same side bend in every picture."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def another(self, *, instead=False):  # noqa: ARG002
        return Bent()

    def look(self, _frame):
        return body()

    def sees_another(self, *_):
        return False

    def look_beside(self, frame, models):  # noqa: ARG002
        return self.look(frame)

    def look_carefully(self, frame, _models):
        return self.look(frame)

    def search(self, frame):
        raise NotImplementedError


def film(folder, seconds, moves_until_s=0.0):
    """A film whose pictures change until a time, and then no more."""
    count = round(seconds * FPS)
    moving = round(moves_until_s * FPS)
    pictures = (np.roll(ROOM, min(n, moving), axis=1) for n in range(count))
    return write_video(folder / "a.mp4", pictures, (n * 1000 // FPS for n in range(count)))


@pytest.mark.parametrize("every_frame", [True, False])
def test_nothing_is_held_in_a_photograph_that_was_made_a_film(tmp_path, every_frame):
    with VideoReader(film(tmp_path, 8.0)) as reader:
        result, _ = analyse_video(reader, Bent(), replace(REQUEST, every_frame=every_frame))
    assert result.holds == ()
    assert result.seconds(Kind.UNSEEN) == pytest.approx(8.0, abs=0.2)


@pytest.mark.parametrize("moves_until_s", [5.0, 9.0])
def test_a_film_that_stops_before_its_middle_is_held_until_then(tmp_path, moves_until_s):
    """A film of 20 s is looked at from its middle as well."""
    with VideoReader(film(tmp_path, 20.0, moves_until_s)) as reader:
        result, _ = analyse_video(reader, Bent(), REQUEST)
    assert result.seconds(Kind.VALID) == pytest.approx(moves_until_s, abs=0.1)
    assert result.seconds(Kind.UNSEEN) == pytest.approx(20.0 - moves_until_s, abs=0.2)


def test_its_track_gives_the_same_seconds(tmp_path):
    with VideoReader(film(tmp_path, 12.0, 5.0)) as reader:
        result, recording = analyse_video(reader, Bent(), REQUEST)
    recording.save(tmp_path / "a.npz")
    replayed, _ = analyse_track(Recording.load(tmp_path / "a.npz"), REQUEST)
    assert replayed.as_dict() == {**result.as_dict(), "source": replayed.as_dict()["source"]}
