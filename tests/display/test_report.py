"""The report: made from two files alone, escaped everywhere, and honest about odd ones."""

import copy
import json
import math
import re
from typing import Any

import numpy as np
import pytest

from backstretch.display.html import report_panels
from backstretch.display.html.report import write_report
from backstretch.display.html.report_angles import angle_tables, kind_of
from backstretch.display.html.report_charts import broken, thinned, time_step_s, within
from backstretch.errors import InputError, Notice, NoticeKind
from backstretch.formats.result_documents import CheckDocument, ResultDocument, Steps
from backstretch.formats.result_files import StepsFile
from backstretch.formats.session_log import SessionRecord
from backstretch.frame import Source
from backstretch.judging.collector import ResultCollector
from backstretch.judging.request import Assignment
from backstretch.judging.session import Session
from tests.figures import FRONT, every, moments, side_bend
from tests.judging.test_session import BEND
from tests.judging.test_step import LAPSING

ODD = '<script>alert(1)</script> "O\'Neil"\n🧘 $title'


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A result and its steps, as a run writes them."""
    folder = tmp_path_factory.mktemp("result")
    assignment = Assignment(poses=(BEND,))
    collector = ResultCollector(assignment, Session(assignment.poses))
    timeline = moments(lambda lean: side_bend(lean).seen(FRONT), LAPSING, every(15, LAPSING[-1][0]))
    file = StepsFile(folder / "steps.csv")
    file.steps([*collector.push(timeline), *collector.finish()])
    file.close()
    document = collector.result(
        Source("a.mp4", 19.0, 15.0, 286, 640, 480),
        (Notice(NoticeKind.AS_WRITTEN, {"words": "move the lamp"}),),
    ).as_dict()
    return json.loads(json.dumps(document)), (folder / "steps.csv").read_text()


@pytest.fixture
def made(kept, tmp_path):
    """Writes a result, changed if need be, makes its page and gives the page's text."""

    def make(change=None, *, steps=kept[1]):
        document = copy.deepcopy(kept[0])
        if change:
            change(document)
        (tmp_path / "result.json").write_text(json.dumps(document))
        if steps:
            (tmp_path / "steps.csv").write_text(steps)
        return write_report(tmp_path).read_text("utf-8")

    return make


def data_of(page):
    (text,) = re.findall(r'id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


def test_the_page_says_what_was_held_and_what_cost_the_rest(made, kept):
    page, (hold,) = made(), kept[0]["holds"]
    assert f"{hold['valid_s']:.1f} s held" in page
    assert f">{hold['reasons'][0]}</td>" in page
    assert "<li>move the lamp</li>" in page
    assert "The moment furthest from it" in page


def test_the_timeline_has_each_span_and_the_ends_of_the_recording(made):
    data = data_of(made())
    assert data["ends"] == [0.0, 19.0]
    assert [span["kind"] for span in data["spans"]] == ["valid", "wrong", "valid"]


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

    page = made(change, steps="")
    assert [span["kind"] for span in data_of(page)["spans"]] == ["valid"]


def test_null_is_the_same_as_missing_where_a_field_may_be_missing(made):
    def nulled(document):
        document.update(attempts=None, recorded_at=None, view=None, warnings=None)
        document["holds"][0].update(score=None, reasons=None, complete=None)
        document["snapshots"].update(best=None)

    def removed(document):
        for name in ("attempts", "view", "warnings"):
            del document[name]
        for name in ("score", "reasons", "complete"):
            del document["holds"][0][name]
        del document["snapshots"]["best"]

    assert made(nulled) == made(removed)


def test_a_report_asks_for_no_more_than_it_reads(made):
    def change(document):
        del document["source"]["fps"], document["totals"]["by_side"], document["pose"]
        document["holds"][0]["score"] = 62.5

    assert ">62.5</td>" in made(change)


def test_a_name_that_is_no_unicode_is_read(made):
    assert made(lambda document: document.update(title="a \udcff b")).count("a \\udcff b") == 2


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
    ("change", "words"),
    [
        (lambda d: d.pop("totals"), "totals is missing"),
        (lambda d: d.update(holds=3), "holds is 3, not a list"),
        (lambda d: d.update(source=["a"]), 'source is ["a"], not an object'),
        (lambda d: d["holds"][0].pop("start_s"), "holds[0].start_s is missing"),
        (
            lambda d: d["holds"][0].update(valid_s="abc"),
            'holds[0].valid_s is "abc", not a number',
        ),
        (lambda d: d["holds"][0].update(end_s=True), "holds[0].end_s is true, not a number"),
        (lambda d: d["holds"][0].update(end_s=None), "holds[0].end_s is null, not a number"),
        (lambda d: d["totals"].update(valid_s=10**400), "totals.valid_s is 1000"),
        (
            lambda d: d["holds"][0]["spans"][1].update(kind="odd"),
            'holds[0].spans[1].kind is "odd", not valid, wrong or unseen',
        ),
        (lambda d: d["holds"][0]["spans"][1].update(kind=[]), "spans[1].kind is [], not valid"),
        (
            lambda d: d["stretches"][1]["checks"][0].update(accept=[1]),
            "stretches[1].checks[0].accept[1] is missing",
        ),
        (
            lambda d: d["stretches"][1]["checks"][0].update(accept=[1, 2, 3]),
            "stretches[1].checks[0].accept is [1, 2, 3], not a list of two numbers",
        ),
        (
            lambda d: d["stretches"][1]["checks"][0].update(accept=["1", 2]),
            'stretches[1].checks[0].accept[0] is "1", not a number',
        ),
        (
            lambda d: d["stretches"][1]["checks"][0].update(accept={}),
            "stretches[1].checks[0].accept is {}, not a list of two numbers",
        ),
        (lambda d: d["stretches"][0].update(held_s=1e9), "held_s is 1000000000.0, not a number"),
        (lambda d: d["stretches"][0].update(asked=-(10**9)), "asked is -1000000000, not a number"),
        (
            lambda d: d["stretches"][0]["checks"][0].update(unit="rad"),
            'unit is "rad", not deg or ratio',
        ),
        (
            lambda d: d["stretches"][0]["checks"][0].update(required=1),
            "required is 1, not true or false",
        ),
        (
            lambda d: d["snapshots"]["best"].update(xy_px=[[1, 2]]),
            "snapshots.best.xy_px is [[1, 2]], not a list of 33 points",
        ),
        (
            lambda d: d["snapshots"]["best"].update(xy_px=[None] * 33),
            "not a list of 33 points of the body",
        ),
        (lambda d: d.update(warnings="abc"), 'warnings is "abc", not a list'),
        (lambda d: d.update(warnings=["abc", 2]), "warnings[1] is 2, not text"),
        (lambda d: d.update(title="two\nlines" * 99) or d.update(pose=7), "pose is 7, not text"),
        (lambda d: d.update(holds="two\nlines" * 99), 'holds is "two\\nlines'),
        (lambda d: d["holds"][0]["spans"][0].update(end_s=math.nan), "holds NaN"),
        (lambda d: d.update(schema=2), "schema 1"),
    ],
)
def test_a_result_that_was_changed_by_hand_is_told_by_its_field(made, tmp_path, change, words):
    with pytest.raises(InputError) as told:
        made(change)
    assert str(told.value).startswith(f"{tmp_path / 'result.json'}: ")
    assert words in str(told.value)
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 300
    assert not (tmp_path / "report.html").exists()


def cell(text, line, column, value):
    """The text of steps.csv with another value in a line, counted from 1 as editors do."""
    lines = text.splitlines()
    cells = lines[line - 1].split(",")
    cells[lines[0].split(",").index(column)] = value
    lines[line - 1] = ",".join(cells)
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("time_s", "soon", 'line 9: time_s is "soon", not a number'),
        ("time_s", "", "line 9: time_s is missing"),
        ("time_s", "0.1", "line 9: time_s is 0.1, before 0.4 of the row above"),
        ("time_s", "1e99", 'line 9: time_s is "1e99", not a number'),
        ("trunk_lean_lat.left", "inf", 'line 9: trunk_lean_lat.left is "inf", not a number'),
    ],
)
def test_steps_that_were_changed_by_hand_are_told_by_their_line(
    made, kept, tmp_path, column, value, words
):
    with pytest.raises(InputError) as told:
        made(steps=cell(kept[1], 9, column, value))
    assert str(told.value) == f"{tmp_path / 'steps.csv'}: {words}"


def test_steps_without_times_are_told(made):
    with pytest.raises(InputError, match=r"steps\.csv: has no column time_s"):
        made(steps="a,b\n1,2\n")


def test_a_row_of_steps_that_is_cut_is_not_seen(made, kept):
    cut = "\n".join([*kept[1].splitlines()[:-1], "19.0,out"])
    assert data_of(made(steps=cut))["ends"] == [0.0, 19.0]


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


def test_each_hold_has_its_number_its_times_and_its_completeness_in_words(made):
    def change(document):
        document["holds"] += [document["holds"][0] | {"complete": True, "start_s": 15.5}]

    page = made(change)
    row = r'<th scope="row"><b>(\d)</b> ([^<]*)</th>(.*?)</tr>'
    rows = re.findall(row, page, re.DOTALL)
    cells = [re.findall(r'data-label="([^"]*)"[^>]*>([^<]*)<', row[2]) for row in rows]
    assert [row[:2] for row in rows] == [(str(n), "Standing side bend, left") for n in (1, 2)]
    assert [dict(row)["Complete"] for row in cells] == ["not complete", "complete"]
    assert dict(cells[0])["From"].startswith("0:02.")
    assert dict(cells[0])["To"].startswith("0:16.")
    assert dict(cells[1])["From"] == "0:15.5"


@pytest.mark.parametrize(
    ("done", "lost_s", "words"),
    [
        (1, 0.0, "Held once; 1 of 6 holds done."),
        (3, 0.0, "Held once; 6 of 6 holds done; nothing was lost."),
        (1, 1.23, "Held once; 1 of 6 holds done; 1.2 s were not right."),
    ],
)
def test_the_sentence_is_honest_about_the_dose(made, done, lost_s, words):
    def change(document):
        document["totals"].update(wrong_s=lost_s, unseen_s=0.0)
        for each in document["stretches"]:
            each["done"] = done if done == 3 or each["side"] == "left" else 0

    assert f'<p class="say">{words}</p>' in made(change)


def test_what_was_recognised_is_compared_with_no_dose(made):
    def change(document):
        document.update(pose=None, title="")
        document["totals"].update(wrong_s=0.0)

    page = made(change)
    assert "Held once; nothing was lost." in page
    assert " of 120 s" not in page
    assert "usually asks for" in page


def test_the_page_knows_what_was_measured_at_each_moment(made):
    moments_ = data_of(made())["moments"]
    form = moments_["forms"][0]
    assert form[0] == ["left sideways lean", "\u00b0"]
    values = dict(zip(moments_["times"], moments_["rows"], strict=True))
    assert values[12.0][:2] == [0, 30]
    assert {len(row) for row in values.values()} == {1 + len(form)}


def test_what_was_not_seen_is_null_and_a_long_recording_is_thinned(made, kept):
    head, first, *_ = kept[1].splitlines()
    cells = first.split(",")
    cells[head.split(",").index("trunk_lean_lat.left")] = ""
    rows = [",".join([f"{n / 30:.6f}", *cells[1:]]) for n in range(9000)]
    moments_ = data_of(made(steps="\n".join([head, *rows])))["moments"]
    assert len(moments_["times"]) == 1500
    assert moments_["rows"][7][1] is None


def test_panels_and_bands_are_told_in_words(made):
    told = re.findall(r'<(?:p|ul) class="visually-hidden">(.*?)</(?:p|ul)>', made())
    assert told[0].startswith("<li>Held: 13.2 s, 0:02.7 to 0:08.2, 0:08.9 to 0:16.6.<")
    assert "<li>Not right: 0.7 s, 0:08.2 to 0:08.9 (sideways lean too small).<" in told[0]
    assert told[0].endswith("<li>Not seen: never.</li>")
    lean = told[1]
    assert re.match(
        r"Sideways lean \(worked side\), left: between -?\d+° and 30°; in range 12.\d s of 13.\d s\.",
        lean,
    )
    assert "right: between -30° and" in lean


def test_two_charts_never_share_an_id(made):
    ids = re.findall(r' id="([^"]*)"', made())
    assert len(ids) == len(set(ids))


def test_every_reference_in_a_chart_is_there(made):
    page = made()
    wanted = set(re.findall(r'(?:url\(|href=")#([^)"]+)', page))
    assert wanted
    assert wanted <= set(re.findall(r' id="([^"]*)"', page))


def several(document, count):
    """Makes a result of many stretches of the one."""
    forms, hold = document["stretches"], document["holds"][0]
    document.update(pose=None, title="", holds=[], stretches=[])
    for n in range(count):
        pose = f"pose_{n}"
        document["stretches"] += [form | {"pose": pose, "name": f"Stretch {n}"} for form in forms]
        ends_s = {"start_s": 2.0 * n, "end_s": 2.0 * n + 1.0}
        document["holds"].append(hold | {"pose": pose, "spans": [], **ends_s})


def test_every_stretch_of_many_is_drawn_on_its_own_time(made):
    page = made(lambda document: several(document, 5))
    groups = page.split('<div class="group" ')[1:]
    assert [re.findall(r"<h3>([^<]*) <", group) for group in groups] == [
        [f"Stretch {n}"] for n in range(5)
    ]
    assert all(group.count("<figure") >= 4 for group in groups)
    assert groups[4].startswith('data-from="5.000" data-to="12.000"')
    assert "<h1>Stretch 0, Stretch 1 and 3 more</h1>" in page


def test_what_is_left_out_is_said(made, monkeypatch):
    monkeypatch.setattr(report_panels, "MOST_FURTHER", 3)
    page = made(lambda document: several(document, 2))
    assert page.count("</details>") == 2
    assert page.count("Also measured, but not drawn: ") == 1
    assert "not drawn: trunk twist (worked side, in space).</p>" in page


def test_what_was_never_seen_is_said(made, kept):
    text = kept[1].replace("hip_tilt,", "other,", 1)
    assert "Never seen: hip tilt." in made(steps=text)


def test_left_and_right_have_their_own_ranges(made):
    def change(document):
        document["holds"] += [document["holds"][0] | {"side": "right", "spans": []}]
        document["stretches"][1]["checks"][0]["accept"] = [-60, -40]

    told = re.findall(r'class="visually-hidden">(Sideways[^<]*)<', made(change))[0]
    left, right = re.findall(r"in range (\S+) s", told)
    assert float(left) > 11
    assert float(right) == 0


def test_a_photographs_page_or_one_without_steps_has_no_panels(made):
    page = made(steps="")
    assert "<figure class" not in page
    assert "seen here" not in page  # nothing is known of what was seen
    assert "Never seen" not in page


def test_an_odd_field_that_is_not_shown_never_reaches_the_page(made):
    def change(document):
        document["holds"][0]["spans"][0]["more"] = "later"

    assert "later" not in json.dumps(data_of(made(change))["spans"])


def test_a_line_is_broken_where_nothing_was_looked_at_and_nowhere_else():
    points = [(0.0, 1.0), (1.0, 1.0), (9.0, 1.0), (10.0, 1.0)]
    assert [math.isnan(value) for _, value in broken(points)] == [False, False, True, False, False]
    even = [(n / 10, 1.0) for n in range(6000)]
    assert not any(math.isnan(value) for _, value in thinned(broken(even), 300))


def test_a_thinned_line_keeps_its_shortest_lapse_and_its_gaps():
    points = [(n / 30, 60.0) for n in range(9000)]
    points[4000] = (4000 / 30, 12.0)
    points[7000] = (7000 / 30, math.nan)
    thin = thinned(points, 450)
    assert len(thin) <= 450
    assert min(value for _, value in thin) == 12.0
    assert [time_s for time_s, value in thin if math.isnan(value)] == [7000 / 30]
    assert [time_s for time_s, _ in thin] == sorted(time_s for time_s, _ in thin)


def test_a_line_reaches_the_edges_of_its_chart():
    points = [(float(n), 1.0) for n in range(10)]
    assert [time_s for time_s, _ in within(points, (2.5, 5.5))] == [2.0, 3.0, 4.0, 5.0, 6.0]
    assert within(points, (20.0, 30.0)) == []


@pytest.mark.parametrize(
    ("lasts_s", "step_s"), [(3, 1), (30, 5), (143, 15), (620, 60), (90000, 7500)]
)
def test_times_are_written_in_steps_that_clocks_know(lasts_s, step_s):
    assert time_step_s((0.0, lasts_s), 12) == step_s


class TestHead:
    def test_names_the_person_and_the_day_and_leaves_a_line_for_notes(self, made):
        def change(document):
            document.update(person="Ann Lee", recorded_at="2026-11-28T07:31:05+00:00")

        page = made(change, steps="")
        assert "<span>Person</span><b>Ann Lee</b>" in page
        assert "<span>Date</span><b>28 November 2026</b>" in page
        assert '<span id="notes">Notes</span>' in page
        assert "Score: how close what is checked was to its good ranges" in page

    def test_leaves_empty_what_is_not_known_and_takes_the_person_from_a_session_s_log(
        self, made, tmp_path
    ):
        page = made(steps="")
        assert "<span>Person</span><b></b>" in page
        assert "<span>Date</span><b></b>" in page
        about = {"started": "2026-11-28T07:31:05+00:00", "profile": "Ben"}
        with SessionRecord(tmp_path / "session.jsonl", about) as log:
            log.write("end", reason="done")
        assert "<span>Person</span><b>Ben</b>" in made(steps="")


def angles(document, steps=None):
    return angle_tables(ResultDocument.model_validate(document), steps or Steps(np.zeros(0)))


def sided(document, left, right):
    """The document with holds of both sides that reached these values of the side bend's lean."""
    (hold,) = document["holds"]
    label = "trunk_lean_lat"
    document["holds"] = [
        {
            **hold,
            "side": side,
            "measures": {label: {"median": value - 3, "best": value, "unit": "deg"}},
        }
        for side, values in (("left", left), ("right", right))
        for value in values
    ]
    return document


class TestAngles:
    def test_are_median_and_best_of_each_hold_and_what_can_be_detected(self, kept):
        (table,) = angles(sided(copy.deepcopy(kept[0]), [20.4], [28.0]))
        assert table.holds == ["1, left", "2, right"]
        (row,) = table.rows
        assert [(cell.median, cell.best) for cell in row.cells] == [("17°", "20°"), ("25°", "28°")]
        assert row.detectable == "10°"

    @pytest.mark.parametrize(
        ("left", "right", "says"),
        [
            ([20], [29], "within measuring error"),
            ([20], [31], "clear difference"),
            ([20, 20, 20], [28, 28, 28], "clear difference"),  # a mean of three errs less
            ([20, 20, 20], [26, 26, 26], "within measuring error"),
        ],
    )
    def test_are_compared_left_against_right(self, kept, left, right, says):
        (table,) = angles(sided(copy.deepcopy(kept[0]), left, right))
        (row,) = table.sides
        assert (row.left, row.right, row.says) == ("20°", f"{right[0]}°", says)
        assert row.difference == f"{right[0] - 20}°"

    def test_of_one_side_alone_are_compared_with_nothing(self, kept):
        (table,) = angles(sided(copy.deepcopy(kept[0]), [20], []))
        assert table.sides == []

    def test_of_many_holds_stand_in_several_tables(self, kept):
        first, second = angles(sided(copy.deepcopy(kept[0]), [20] * 5, [20] * 3))
        assert (len(first.holds), len(second.holds)) == (6, 2)
        assert (len(first.sides), len(second.sides)) == (1, 0)

    def test_that_were_not_measured_are_unknown(self, kept):
        document = sided(copy.deepcopy(kept[0]), [20], [20])
        document["holds"][1]["measures"] = {"knee": {"median": 178.0, "unit": "deg"}}
        (table,) = angles(document)
        assert [
            [cell.median for cell in row.cells] for row in table.rows if "lean" in row.words
        ] == [["17°", "-"]]

    def test_stand_beside_lengths_that_are_said_to_be_estimates(self, kept, made):
        length = {"median": 12, "best": 10, "unit": "cm", "words": "fingertips to the floor"}

        def change(document):
            document["height_cm"] = 172.0
            document["holds"][0]["lengths"] = {"fingertip_floor": length}

        document = copy.deepcopy(kept[0])
        change(document)
        (table,) = angles(document)
        assert table.rows[-1].words == "Fingertips to the floor (estimate)"
        assert table.rows[-1].cells[0].median == "12 cm"
        page = made(change, steps="")
        assert "estimates by a height of 172 cm: up to about 8 cm off" in page
        assert "Centimetres are estimates" not in made(steps="")

    def test_in_space_are_known_only_roughly(self):
        check: dict[str, Any] = {
            "label": "x",
            "words": "x",
            "unit": "deg",
            "good": [0, 1],
            "accept": [0, 1],
            "required": True,
        }
        kinds = {
            columns: kind_of(CheckDocument(**check, columns=[columns]))
            for columns in ("chest_up", "knee.left.world", "knee.left", "head_pitch", "neck_trunk")
        }
        assert kinds == {
            "chest_up": "rough",
            "knee.left.world": "rough",
            "knee.left": "deg",
            "head_pitch": "rough",
            "neck_trunk": "neck",
        }

    def test_of_both_sides_of_the_body_are_given_for_each(self, kept):
        document = copy.deepcopy(kept[0])
        (hold,), form = document["holds"], document["stretches"][0]
        hold["side"], hold["spans"] = (
            form["side"],
            [{"start_s": 1.0, "end_s": 3.0, "kind": "valid"}],
        )
        both = ["knee.left", "knee.right"]
        form["checks"] = [{**form["checks"][0], "label": "knee", "unit": "deg", "columns": both}]
        hold["measures"] = {"knee": {"median": 165.0, "unit": "deg"}}
        times_s = np.arange(5.0)
        right = np.array([0, 160, np.nan, 160, 0])
        columns = {"knee.left": np.array([0, 170, 171, 172, 0.0]), "knee.right": right}
        (table,) = angles(document, Steps(times_s, [("", "")] * 5, columns))
        assert [cell.sides for cell in table.rows[0].cells] == ["L 171°, R 160°"]
        columns["knee.right"][:] = np.nan
        (table,) = angles(document, Steps(times_s, [("", "")] * 5, columns))
        assert [cell.sides for cell in table.rows[0].cells] == [""]
