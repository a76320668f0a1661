"""Recordings in which a body is hard to see, and those of few pictures, are looked at picture by picture."""

import csv
import os
import pty
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from backstretch.analysis import analyse_video
from backstretch.landmarker import MediaPipeLandmarker
from backstretch.landmarks import Landmarks, size_px
from backstretch.library import open_library
from backstretch.looking import DOUBT, QUIET_S
from backstretch.result import Wanted
from backstretch.video import VideoReader
from tests.figures import FRONT, standing
from tests.media import grey, write_video
from tests.test_batch_command import read_all
from tests.truth import ROOT, SAMPLES

BODY = standing().seen(FRONT)
FPS = 20
WANTED = Wanted(open_library(ROOT / "poses").recognised, asked=False)


class Doubtful:
    """Sees a body whose wrists are now here, now there, between two times.

    Attributes:
        logs: The times at which each of those looked that began, in turn.
    """

    def __init__(self, from_s=0.0, until_s=np.inf, logs=None):
        self.from_s, self.until_s = from_s, until_s
        self.logs = [] if logs is None else logs
        self.logs.append([])
        self.log = self.logs[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def another(self):
        return Doubtful(self.from_s, self.until_s, self.logs)

    def look(self, frame):
        self.log.append(frame.time_s)
        xy = BODY.xy_px.copy()
        if self.from_s < frame.time_s < self.until_s and round(frame.time_s * FPS) % 5 > 1:
            xy[15:17, 0] += 2 * DOUBT * size_px(BODY)
        return Landmarks(xy, BODY.world_m, BODY.visibility, BODY.image_wh)

    def sees_another(self, *_):
        return False

    def search(self, frame):
        raise NotImplementedError


def still(folder, seconds, fps=FPS):
    times = range(round(seconds * fps))
    return write_video(folder / "a.mp4", (grey(0) for _ in times), (n * 1000 // fps for n in times))


@pytest.mark.parametrize("seconds", [15.0, 30.0])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_body_that_is_hard_to_see_is_looked_at_in_every_picture(tmp_path, seconds, at_once):
    landmarker = Doubtful()
    with VideoReader(still(tmp_path, seconds)) as reader:
        result, found = analyse_video(reader, landmarker, WANTED, tmp_path, at_once=at_once)
        _, wholly = analyse_video(reader, Doubtful(), replace(WANTED, every_frame=True))
    assert landmarker.logs[-1] == found.track.time_s.tolist()
    assert np.array_equal(found.track.time_s, wholly.track.time_s)
    assert len(found.track) == found.source.frames == seconds * FPS
    assert result.warnings == ()
    with (tmp_path / "steps.csv").open(encoding="utf-8") as file:
        assert [float(row["time_s"]) for row in csv.DictReader(file)] == [
            round(time_s, 6) for time_s in found.track.time_s
        ]


@pytest.mark.parametrize("at_once", [True, False])
def test_one_that_is_hard_to_see_in_the_second_half_as_well(tmp_path, at_once):
    landmarker = Doubtful(from_s=17.0)
    with VideoReader(still(tmp_path, 30.0)) as reader:
        _, found = analyse_video(reader, landmarker, WANTED, at_once=at_once)
    assert landmarker.logs[-1] == found.track.time_s.tolist()
    assert len(found.track) == 30 * FPS


def test_one_that_is_seen_well_is_looked_at_once_and_sparsely(tmp_path):
    landmarker = Doubtful(until_s=0.0)
    with VideoReader(still(tmp_path, 15.0)) as reader:
        _, found = analyse_video(reader, landmarker, WANTED)
    assert len(landmarker.logs) == 1
    assert len(found.track) < 15.0 / QUIET_S + 1.5 * FPS


def test_of_few_pictures_none_is_left_out(tmp_path):
    landmarker = Doubtful(until_s=0.0)
    with VideoReader(still(tmp_path, 30.0, fps=10)) as reader:
        _, found = analyse_video(reader, landmarker, WANTED)
    assert len(landmarker.logs) == 1
    assert len(found.track) == 300


def test_at_a_terminal_it_is_told_why_the_bar_begins_again():
    code = (
        "from backstretch.cli_options import watching\n"
        "with watching(5.0, 15.0) as reached:\n"
        "    for time_s in ({}):\n"
        "        reached(time_s)"
    )
    shown = {}
    for times in ("5.0, 9.0, 8.5, 15.0", "5.0, 9.0, 5.1, 15.0"):
        screen, terminal = pty.openpty()
        command = [sys.executable, "-c", code.format(times)]
        subprocess.run(command, stderr=terminal, check=True, env={**os.environ, "COLUMNS": "100"})
        os.close(terminal)
        shown[times] = read_all(screen)
    first, again = shown.values()
    assert "Watching" in first
    assert "every picture" not in first
    assert "Hard to see: watching every picture" in again


@pytest.mark.model
def test_the_real_model_sees_a_figure_four_as_in_every_picture():
    def looked(*, every_frame):
        wanted = replace(WANTED, every_frame=every_frame)
        with (
            VideoReader(SAMPLES / "figure_four.mp4") as reader,
            MediaPipeLandmarker() as landmarker,
        ):
            return analyse_video(reader, landmarker, wanted)

    (result, found), (wholly, found_wholly) = looked(every_frame=False), looked(every_frame=True)
    assert np.array_equal(found.track.xy_px, found_wholly.track.xy_px, equal_nan=True)
    assert result.as_dict() == wholly.as_dict()
