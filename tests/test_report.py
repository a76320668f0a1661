"""The report: made from two files alone, escaped everywhere, and honest about odd ones."""

import copy
import json
import math
import re

import pytest

from backstretch.errors import InputError
from backstretch.recording import StepsFile
from backstretch.report import write_report
from backstretch.result import Wanted
from backstretch.session import Session
from backstretch.take import Take
from backstretch.video import Source
from tests.figures import FRONT, every, moments, side_bend
from tests.test_session import BEND
from tests.test_snapshots import LAPSING

ODD = '<script>alert(1)</script> "O\'Neil"\n🧘 $title'


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A result and its steps, as a run writes them."""
    folder = tmp_path_factory.mktemp("result")
    wanted = Wanted(poses=(BEND,))
    take = Take(wanted, Session(wanted.poses))
    timeline = moments(lambda lean: side_bend(lean).seen(FRONT), LAPSING, every(15, LAPSING[-1][0]))
    file = StepsFile(folder / "steps.csv")
    for step in [*take.push(timeline), *take.finish()]:
        file.write(step)
    file.close()
    document = take.result(Source("a.mp4", 19.0, 15.0, 286, 640, 480), ("move the lamp",)).as_dict()
    return json.loads(json.dumps(document)), (folder / "steps.csv").read_text()


@pytest.fixture
def made(kept, tmp_path):
    """Writes a result, changed if need be, makes its page and gives the page's text."""

    def make(change=None, *, steps=True):
        document = copy.deepcopy(kept[0])
        if change:
            change(document)
        (tmp_path / "result.json").write_text(json.dumps(document))
        if steps:
            (tmp_path / "steps.csv").write_text(kept[1])
        return write_report(tmp_path).read_text("utf-8")

    return make


def data_of(page):
    (text,) = re.findall(r'id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


def test_the_page_says_what_was_held_and_what_cost_the_rest(made, kept):
    page, (hold,) = made(), kept[0]["holds"]
    assert f"{hold['valid_s']:.1f} s held" in page
    assert f"<td>{hold['reasons'][0]}</td>" in page
    assert "<li>move the lamp</li>" in page
    assert "The moment furthest from it" in page


def test_the_timeline_has_each_span_and_the_ends_of_the_recording(made):
    data = data_of(made())
    assert data["ends"] == [0.0, 19.0]
    assert [span["kind"] for span in data["spans"]] == ["valid", "wrong", "valid"]


def test_charts_are_drawn_wide_and_narrow(made):
    assert made().count("<svg aria-hidden") == 2


def test_the_same_files_make_the_same_page(made):
    assert made() == made()


def test_nothing_is_loaded_from_elsewhere(made):
    page = made()
    links = set(re.findall(r'(?:src|href|action)="([^"]*)"', page)) | set(
        re.findall(r"url\(([^)]*)\)", page)
    )
    assert {link for link in links if not link.startswith("#")} == set()
    assert "default-src 'none'" in page


def test_names_are_escaped_everywhere(made):
    def change(document):
        document["title"] = ODD
        document["source"]["path"] = f"/tmp/{ODD}"
        document["warnings"] = [ODD]
        document["holds"][0]["reasons"] = [ODD]
        document["holds"][0]["spans"][1]["reason"] = ODD
        for each in document["stretches"]:
            each["name"] = ODD
        for shot in document["snapshots"].values():
            shot["reason"] = ODD

    page = made(change)
    assert "<script>alert" not in page
    assert data_of(page)["spans"][1]["reason"] == ODD


def test_a_result_from_before_there_were_reports_is_shown(made):
    def change(document):
        for name in ("title", "attempts", "stretches", "snapshots"):
            del document[name]
        del document["holds"][0]["spans"]

    page = made(change, steps=False)
    assert [span["kind"] for span in data_of(page)["spans"]] == ["valid"]


def test_a_photograph_has_no_timeline(made):
    def change(document):
        document["source"]["frames"], document["holds"], document["attempts"] = 1, [], []

    page = made(change)
    assert 'role="slider"' not in page
    assert "Nothing was held" in page


def test_a_landmark_that_was_not_seen_leaves_a_gap(made):
    def change(document):
        document["snapshots"]["best"]["xy_px"][15] = None

    assert made(change).count("<figure>") == 2


def test_a_video_beside_it_is_shown(made, tmp_path):
    (tmp_path / "annotated.mp4").write_bytes(b"")
    assert '<video src="annotated.mp4"' in made()


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("totals"),
        lambda d: d.update(holds=3),
        lambda d: d["holds"][0].update(start_s="soon"),
        lambda d: d["snapshots"]["best"].update(xy_px=[[1, 2]]),
        lambda d: d.update(schema=2),
        lambda d: d["holds"][0]["spans"][0].update(end_s=math.nan),
        lambda d: d["holds"][0].update(spans=[{"kind": "odd", "start_s": 0, "end_s": 1}]),
    ],
    ids=["no totals", "no list", "no time", "no body", "newer", "not a number", "no kind"],
)
def test_a_result_that_was_changed_by_hand_is_one_line(made, tmp_path, change):
    with pytest.raises(InputError, match=r"result\.json"):
        made(change)
    assert not (tmp_path / "report.html").exists()


def test_what_is_no_result_is_one_line(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        write_report(tmp_path)
    (tmp_path / "result.json").write_text("[1, 2")
    with pytest.raises(InputError, match="damaged"):
        write_report(tmp_path)


def test_a_page_that_cannot_be_written_is_one_line(made, tmp_path):
    made()
    with pytest.raises(InputError, match="cannot be written"):
        write_report(tmp_path, tmp_path / "nowhere" / "a.html")
