"""A recording in which no stretch is known: its joint and segment angles, on the page and in the terminal."""

import csv
import io
import json
import re

import numpy as np
import pytest
from rich.console import Console

from backstretch.analysis.pipeline import analyse_track
from backstretch.display.terminal.summary import show
from backstretch.formats.track_files import Recording
from backstretch.frame import Source
from backstretch.judging.angles import ANGLE_COLUMNS, picture_angles
from backstretch.judging.request import Assignment, Request
from backstretch.kinematics.landmarks import LandmarkTrack
from tests.figures import LEFT_SIDE, standing
from tests.judging.test_result_schema import BEND, CHILD

FPS, LENGTH_S = 10.0, 6.0


def knee_deg(time_s):
    """A knee that bends and straightens; no stretch."""
    return 150.0 + 30.0 * np.cos(2.0 * np.pi * time_s / 3.0)


def analyse(folder, seen, *, asked=False):
    """Analyse what ``seen`` gives of each moment, with files in a folder if there is one; gives the result."""
    moments = [(n / FPS, seen(n / FPS)) for n in range(round(FPS * LENGTH_S))]
    wh = standing().seen(0.0).image_wh
    track = LandmarkTrack.of(moments, wh)
    source = Source("walk.mp4", LENGTH_S, FPS, len(moments), *wh)
    poses = (BEND,) if asked else (BEND, CHILD)
    request = Request(Assignment(poses, asked=asked))
    return analyse_track(Recording(track, source), request, folder)[0]


def squatting(time_s):
    return standing(knee_deg(time_s)).seen(LEFT_SIDE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("angles")
    assert analyse(folder, squatting).holds == ()
    return folder


def page_of(folder):
    return (folder / "report.html").read_text("utf-8")


def found(pattern, text):
    """What a pattern's groups are in a text."""
    match = re.search(pattern, text, re.DOTALL)
    assert match
    return match.groups()


def text_of(page):
    return " ".join(re.sub(r"<[^>]*>", " ", page.split("<body>")[1].split("<script")[0]).split())


def test_the_page_has_the_knee_over_time(folder):
    text = text_of(page_of(folder))
    assert "Angles over time" in text
    least, most = found(r"Knee angle, left: between (\d+)° and (\d+)°", text)
    assert (int(least), int(most)) == pytest.approx((120, 180), abs=3)


def test_the_page_says_that_no_stretch_is_known_instead_of_seconds(folder):
    text = text_of(page_of(folder))
    assert "No known stretch" in text
    assert "0.0 s held" not in text
    assert "used only for the score" not in text


def test_each_moment_of_the_page_has_its_knee(folder):
    data = json.loads(*found(r'id="data">(.*?)</script>', page_of(folder)))
    names = [name for name, _ in data["moments"]["forms"][0]]
    at = 1 + names.index("left knee angle")
    knees = [row[at] for row in data["moments"]["rows"]]
    assert knees == pytest.approx([knee_deg(t) for t in data["moments"]["times"]], abs=6)


def test_steps_have_the_angles_of_every_moment(folder):
    with (folder / "steps.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == FPS * LENGTH_S
    assert all(row[name] for row in rows for name in ("knee.left", "hip.left", "trunk_incl"))
    assert set(ANGLE_COLUMNS) <= set(rows[0])


def test_the_angle_that_moves_most_is_drawn_large_and_segments_are_folded_away(folder):
    before, after = page_of(folder).split("further angles</summary>")
    assert "<span>Knee angle</span>" in before
    assert "<span>Shank angle from upright</span>" in after


def test_sideways_angles_are_left_out_from_the_side(folder):
    text = text_of(page_of(folder))
    assert "sideways lean, + to the left" in text.split("Could not be measured from here:")[1]
    marks = squatting(0.0)
    assert np.isnan(picture_angles(marks)["trunk_lean_lat.left"])
    assert not np.isnan(picture_angles(standing().seen(0.0))["trunk_lean_lat.left"])


def test_nobody_in_view_leaves_no_chart(tmp_path):
    analyse(tmp_path, lambda _: None)
    assert "None of the angles could be seen" in page_of(tmp_path)


def test_a_stretch_that_was_asked_for_has_its_checks_instead(tmp_path):
    analyse(tmp_path, squatting, asked=True)
    page = page_of(tmp_path)
    assert "Angles over time" not in page
    assert "Sideways lean" in page


@pytest.mark.parametrize(("written", "words"), [("out", "steps.csv have"), ("", "--out FOLDER")])
def test_the_terminal_says_where_the_angles_are(written, words):
    result = analyse(None, squatting)
    file = io.StringIO()
    show(result, Console(file=file, width=96), written)
    assert words in file.getvalue()
