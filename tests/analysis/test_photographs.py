"""A photograph: which check of a stretch it fails and by how much, in words, in the files and on the page."""

import io
import json
import re

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from backstretch.analysis.batch import recordings_in
from backstretch.analysis.pipeline import analyse_video
from backstretch.display.terminal.summary import show
from backstretch.judging.request import Assignment, Request
from backstretch.vision.video_reader import VideoReader
from tests.figures import side_bend
from tests.judging.test_result_schema import BEND, faults
from tests.landmarkers import Blind

LEAST_DEG = 11.0
"""The least lean that counts as the side bend."""


class Seeing(Blind):
    """Sees the same body in each picture."""

    def __init__(self, marks):
        self.marks = marks

    def look(self, frame):  # noqa: ARG002
        return self.marks


def photograph(folder, marks):
    path = folder / "photo.png"
    width, height = marks.image_wh
    Image.fromarray(np.full((height, width, 3), 90, np.uint8)).save(path)
    return path


@pytest.fixture
def analysed(tmp_path):
    """Analyses a picture of somebody who leans to the left by some degrees; gives the result."""

    def analyse(lean_deg, *, asked=True, seen=True, hidden=()):
        marks = side_bend(lean_deg).seen(0.0, hidden=hidden)
        request = Request(Assignment((BEND,), asked=asked, sides=("left",) if asked else ()))
        landmarker = Seeing(marks) if seen else Blind()
        out = tmp_path / "out"
        out.mkdir()
        with VideoReader(photograph(tmp_path, marks)) as reader:
            return analyse_video(reader, landmarker, request, out, recognised=(BEND,))[0]

    return analyse


def text_of(result):
    file = io.StringIO()
    show(result, Console(file=file, width=100))
    return " ".join(file.getvalue().replace("│", " ").split())


def page_of(folder):
    text = (folder / "out" / "report.html").read_text("utf-8")
    return " ".join(re.sub(r"<[^>]*>", " ", text.split("<body>")[1].split("<script")[0]).split())


def lean_check(result):
    (check,) = [
        c for c in result.as_dict()["photograph"]["checks"] if c["measure"] == "trunk_lean_lat"
    ]
    return check


def test_one_that_fails_says_which_check_and_by_how_much(analysed, tmp_path):
    result = analysed(4.0)
    check = lean_check(result)
    assert check["value"] == pytest.approx(4.0, abs=0.5)
    assert check["off"] == pytest.approx(check["value"] - LEAST_DEG, abs=0.11)
    assert result.as_dict()["photograph"]["fits"] is False
    for text in (text_of(result), page_of(tmp_path)):
        assert re.search(r"Sideways lean 4° 11° to 60° 7° too small", text)
        assert "not fit" in text


def test_one_that_fails_by_next_to_nothing_still_fails(analysed, tmp_path):
    result = analysed(LEAST_DEG - 0.02)
    assert result.as_dict()["photograph"]["fits"] is False
    assert lean_check(result)["off"] == -0.1
    for text in (text_of(result), page_of(tmp_path)):
        assert "under 1° too small" in text
        assert "1 of" in text


def test_one_that_fits_says_so(analysed, tmp_path):
    result = analysed(25.0)
    assert result.as_dict()["photograph"]["fits"] is True
    assert "It fits Standing side bend, left side" in text_of(result)
    assert "It fits" in page_of(tmp_path)


def test_what_was_not_seen_is_never_said_not_to_fit(analysed, tmp_path):
    result = analysed(25.0, hidden=("left_shoulder", "right_shoulder"))
    assert (lean_check(result)["value"], lean_check(result)["off"]) == (None, 0.0)
    assert result.as_dict()["photograph"]["fits"] is None
    for text in (text_of(result), page_of(tmp_path)):
        assert "Sideways lean not seen" in text
        assert "ould not be told" in text
        assert "not fit" not in text


@pytest.mark.parametrize("asked", [True, False])
def test_it_is_called_a_photograph_and_has_no_seconds(analysed, tmp_path, asked):
    text, page = text_of(analysed(4.0, asked=asked)), page_of(tmp_path)
    assert "Photograph" in text
    for words in (text, page):
        assert "pictures a second" not in words
        assert "0:00" not in words
        assert " s held" not in words
        assert "holds done" not in words


def test_its_picture_is_a_png_on_the_page(analysed, tmp_path):
    analysed(4.0)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["annotated.png", "landmarks.npz", "report.html", "result.json", "steps.csv"]
    drawn = np.asarray(Image.open(tmp_path / "out" / "annotated.png").convert("RGB"))
    assert drawn.shape[:2] == side_bend(4.0).seen(0.0).image_wh[::-1]
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 3
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert 'src="annotated.png"' in page
    assert "img-src data: 'self' file:" in page


def test_that_picture_is_no_recording_of_a_batch(analysed, tmp_path):
    analysed(4.0)
    assert [item.path.name for item in recordings_in([tmp_path], None)] == ["photo.png"]


def test_nobody_in_it_is_said(analysed, tmp_path):
    text = text_of(analysed(4.0, seen=False))
    assert "Nobody was seen" in text
    assert "not fit" not in text
    assert "Nobody was seen" in page_of(tmp_path)


def test_unasked_it_says_the_stretch_by_its_name(analysed, tmp_path):
    assert "Standing side bend, left" in text_of(analysed(25.0, asked=False))
    assert "Standing side bend, left side" in page_of(tmp_path)


def test_unasked_it_gives_the_angles_whatever_it_shows(analysed, tmp_path):
    result = analysed(4.0, asked=False)
    angles = result.as_dict()["angles"]
    assert angles["trunk_lean_lat.left"] == pytest.approx(4.0, abs=0.5)
    assert angles["knee.left"] == pytest.approx(180.0, abs=2.0)
    for text in (text_of(result), page_of(tmp_path)):
        assert "looks like none of the stretches" in text
        assert "Knee angle 180° 180°" in text
        assert "Sideways lean, + to the left 4°" in text


def test_an_angle_that_was_not_seen_is_not_made_up(analysed):
    result = analysed(4.0, asked=False, hidden=("left_ankle",))
    assert result.as_dict()["angles"]["knee.left"] is None
    assert "Knee angle not seen 180°" in text_of(result)


def test_its_document_is_as_the_schema_says(analysed):
    document = json.loads(json.dumps(analysed(4.0).as_dict()))
    assert document["photograph"]["checks"]
    assert faults(document) == []


def test_a_page_without_the_picture_shows_the_checks_alone(analysed, tmp_path):
    analysed(4.0)
    from backstretch.display.html.report import write_report

    (tmp_path / "out" / "annotated.png").unlink()
    page = write_report(tmp_path / "out").read_text("utf-8")
    assert "<img" not in page
    assert "7° too small" in page
