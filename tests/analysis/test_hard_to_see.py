"""Recordings in which a body is hard to see, and those of few pictures, are looked at picture by picture."""

import csv
import os
import sys
from dataclasses import replace

import numpy as np
import pytest

from backstretch.analysis.pipeline import Activity, Progress, analyse_video
from backstretch.analysis.sampling import DOUBT, QUIET_S
from backstretch.judging.request import Assignment, Request
from backstretch.kinematics.landmarks import Landmarks, size_px
from backstretch.vision.video_reader import VideoReader
from tests.figures import FRONT, standing
from tests.landmarkers import Blind
from tests.library import LIBRARY
from tests.media import Making, grey, write_video
from tests.terminals import at_a_terminal

BODY = standing().seen(FRONT)
FPS = 20
REQUEST = Request(Assignment(LIBRARY.recognised[:2], asked=False))


class Doubtful(Blind):
    """Sees a body whose wrists are now here, now there, between two times.

    Attributes:
        logs: The times at which each of those looked that began, in turn.
    """

    def __init__(self, from_s=0.0, until_s=np.inf, logs=None):
        self.from_s, self.until_s = from_s, until_s
        self.logs = [] if logs is None else logs
        self.logs.append([])
        self.log = self.logs[-1]

    def another(self, *, instead=False):  # noqa: ARG002
        return Doubtful(self.from_s, self.until_s, self.logs)

    def look(self, frame):
        self.log.append(frame.time_s)
        xy = BODY.xy_px.copy()
        if self.from_s < frame.time_s < self.until_s and round(frame.time_s * FPS) % 5 > 1:
            xy[15:17, 0] += 2 * DOUBT * size_px(BODY)
        return Landmarks(xy, BODY.world_m, BODY.visibility, BODY.image_wh)


def still(folder, seconds, fps=FPS):
    """A film of two greys in turn, since a camera never gives the same picture twice."""
    times = range(round(seconds * fps))
    greys = (grey(0) + np.uint8(2 * (n % 2)) for n in times)
    fine = Making(coding={"g": "25", "crf": "5"})
    return write_video(folder / "a.mp4", greys, (n * 1000 // fps for n in times), fine)


@pytest.mark.parametrize(
    ("seconds", "at_once"),
    [(10.0, True), (22.0, True), pytest.param(22.0, False, marks=pytest.mark.exhaustive)],
)
def test_a_body_that_is_hard_to_see_is_looked_at_in_every_picture(tmp_path, seconds, at_once):
    landmarker = Doubtful()
    with VideoReader(still(tmp_path, seconds)) as reader:
        result, found = analyse_video(reader, landmarker, REQUEST, tmp_path, at_once=at_once)
        _, wholly = analyse_video(reader, Doubtful(), replace(REQUEST, every_frame=True))
    assert landmarker.logs[-1] == found.track.time_s.tolist()
    assert np.array_equal(found.track.time_s, wholly.track.time_s)
    assert len(found.track) == found.source.frames == seconds * FPS
    assert result.warnings == ()
    with (tmp_path / "steps.csv").open(encoding="utf-8") as file:
        assert [float(row["time_s"]) for row in csv.DictReader(file)] == [
            round(time_s, 6) for time_s in found.track.time_s
        ]


@pytest.mark.parametrize("at_once", [True, pytest.param(False, marks=pytest.mark.exhaustive)])
def test_one_that_is_hard_to_see_in_the_second_half_as_well(tmp_path, at_once):
    landmarker = Doubtful(from_s=14.0)
    with VideoReader(still(tmp_path, 24.0)) as reader:
        _, found = analyse_video(reader, landmarker, REQUEST, at_once=at_once)
    assert landmarker.logs[-1] == found.track.time_s.tolist()
    assert len(found.track) == 24 * FPS


def test_one_that_is_seen_well_is_looked_at_once_and_sparsely(tmp_path):
    landmarker = Doubtful(until_s=0.0)
    with VideoReader(still(tmp_path, 15.0)) as reader:
        _, found = analyse_video(reader, landmarker, REQUEST)
    assert len(landmarker.logs) == 1
    assert len(found.track) < 15.0 / QUIET_S + 1.5 * FPS


def test_of_few_pictures_none_is_left_out(tmp_path):
    landmarker = Doubtful(until_s=0.0)
    with VideoReader(still(tmp_path, 21.0, fps=10)) as reader:
        _, found = analyse_video(reader, landmarker, REQUEST)
    assert len(landmarker.logs) == 1
    assert len(found.track) == 210


@pytest.mark.parametrize(("fps", "kept"), [(30, 30), (50, 25), (60, 30), (120, 40)])
def test_of_very_many_pictures_a_second_some_are_passed_over_unless_all_are_asked_for(
    tmp_path, fps, kept
):
    rates = []
    for every_frame in (False, True):
        landmarker = Doubtful()
        with VideoReader(still(tmp_path, 3.0, fps)) as reader:
            analyse_video(reader, landmarker, replace(REQUEST, every_frame=every_frame))
        rates.append(sum(time_s >= 1.0 for time_s in landmarker.log) / 2.0)
        assert landmarker.log[-1] == pytest.approx(3.0 - 1 / fps, abs=0.002)  # the last one is kept
    assert rates == pytest.approx([kept, fps], abs=1)


def test_of_thirty_a_second_none_is_passed_over_however_unevenly_they_come(tmp_path):
    times_ms = np.cumsum([13, 54] * 45)
    greys = (grey(0) + np.uint8(2 * (n % 2)) for n in range(len(times_ms)))
    path = write_video(tmp_path / "a.mp4", greys, times_ms.tolist())
    landmarker = Doubtful()
    with VideoReader(path) as reader:
        analyse_video(reader, landmarker, REQUEST)
    assert sum(time_s >= 1.0 for time_s in landmarker.log) == pytest.approx(60, abs=2)


@pytest.mark.parametrize("at_once", [True, pytest.param(False, marks=pytest.mark.exhaustive)])
def test_it_is_told_that_it_begins_again(tmp_path, at_once):
    told: list[Progress] = []
    with VideoReader(still(tmp_path, 24.0)) as reader:
        analyse_video(reader, Doubtful(), REQUEST, on_progress=told.append, at_once=at_once)
    before = [each.reached_s for each in told if each.activity is Activity.LOOKING]
    again = [each.reached_s for each in told if each.activity is Activity.LOOKING_CLOSER]
    assert before + again == [each.reached_s for each in told]
    assert again[0] < 1.0 < before[-1] < 20.0
    assert again[-1] == pytest.approx(24.0 - 1 / FPS)


def test_at_a_terminal_it_is_told_why_the_bar_begins_again():
    code = (
        "from backstretch.analysis.pipeline import Activity, Progress\n"
        "from backstretch.cli.options import progress_bar\n"
        "with progress_bar() as show:\n"
        "    for time_s, activity in ({}):\n"
        "        show(Progress(time_s, 5.0, 15.0, Activity[activity]))"
    )
    at_first, then = '(5.0, "LOOKING"), (9.0, "LOOKING")', '(5.1, "LOOKING_CLOSER")'
    shown = []
    for progress in (f"{at_first}, ", f"{at_first}, {then}"):
        command = [sys.executable, "-c", code.format(progress)]
        done, text = at_a_terminal(command, {**os.environ, "COLUMNS": "100"})
        assert done.returncode == 0
        shown.append(text)
    first, again = shown
    assert "Watching" in first
    assert "every picture" not in first
    assert "Hard to see: watching every picture" in again


def test_of_what_tells_nothing_no_bar_is_shown():
    code = "from backstretch.cli.options import progress_bar\nwith progress_bar(): pass"
    done, text = at_a_terminal([sys.executable, "-c", code], None)
    assert (done.returncode, text) == (0, "")
