"""What a batch decides: which recordings are meant, what their folders are called, what is kept."""

import csv
import io
import json
import os
import sys
from ctypes import c_byte
from dataclasses import fields, replace
from multiprocessing import Pipe
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from backstretch.analysis.batch import (
    BatchOutcome,
    BatchRow,
    BatchSummary,
    Item,
    Status,
    assign_names,
    left_out,
    real,
    recordings_in,
    summary_of,
)
from backstretch.analysis.batch_resume import (
    Origin,
    begin,
    finish,
    finished_result,
    known_names,
    names_in_use,
    origin_of,
    settings_hash,
    sweep,
)
from backstretch.analysis.batch_summary import HEAD, summary_sheet
from backstretch.analysis.batch_workers import ShareSender
from backstretch.analysis.pipeline import Progress
from backstretch.cli.batch import line_of, show_table
from backstretch.errors import InputError
from backstretch.files import harmless
from backstretch.formats.spreadsheets import csv_text
from backstretch.judging.request import Assignment, Part, Request
from backstretch.kinematics.catalogue import Measure
from backstretch.kinematics.neutral import OwnNeutral
from backstretch.kinematics.view import View
from backstretch.poses.library import builtin_poses, open_library
from backstretch.poses.pose import Calibration, Check, Dose, OwnRanges, Pose, Reach

DOCUMENT = {
    "source": {"path": "clip.mp4"},
    "holds": [
        {
            "pose": "side_bend",
            "side": "left",
            "wrong_s": 1.0,
            "unseen_s": 0.5,
            "valid_s": 21.0,
            "score": 90,
            "measures": {"lean": {"median": 20.0, "best": 24.0, "unit": "deg"}},
        },
        {
            "pose": "side_bend",
            "side": "left",
            "wrong_s": 0.25,
            "unseen_s": 0.0,
            "valid_s": 10.5,
            "score": 75,
            "measures": {
                "lean": {"median": 23.0, "best": 31.0, "unit": "deg"},
                "knee_sep": {"median": 0.5, "unit": "ratio"},
            },
        },
        {"pose": "side_bend", "side": "right", "wrong_s": 7.0, "unseen_s": 0.0},
    ],
    "stretches": [
        {
            "pose": "side_bend",
            "name": "Side bend",
            "side": "left",
            "held_s": 31.5,
            "done": 1,
            "asked": 3,
            "asked_s": 20.0,
            "checks": [
                {"label": "lean", "words": "sideways lean", "unit": "deg", "more": "larger"},
                {"label": "knee_sep", "words": "knee spacing", "unit": "ratio", "more": ""},
            ],
        },
        {
            "pose": "cat",
            "name": "Cat",
            "side": None,
            "held_s": 0.0,
            "done": 0,
            "asked": 5,
            "asked_s": 5.0,
            "checks": [],
        },
    ],
    "totals": {"valid_s": 31.5, "wrong_s": 9.25, "unseen_s": 0.5},
    "warnings": ["it was dark"],
}
LIBRARY = open_library(builtin_poses())
ANYTHING = Assignment(poses=LIBRARY.recognised, asked=False)
REQUEST = Request(ANYTHING)
NEUTRAL = OwnNeutral("2026-01-31", View(10.0, 0.0), {"nose_drop.left": 0.06})
CALIBRATED_POSE = replace(
    LIBRARY.find("standing_side_bend"),
    calibration=Calibration("2026-01-31", 2, 20.0, "each", (10.0, 0.0), 0.3, "of the take"),
    checks=tuple(
        replace(check, measured=Reach(1.0, 0.5), right=OwnRanges((1, 2), (0, 3), Reach(1.5, 0.5)))
        for check in LIBRARY.find("standing_side_bend").checks
    ),
)
CHECK = CALIBRATED_POSE.checks[0]


def asking_for(**changes):
    """What is asked of a batch, of one pose with something changed."""
    return Request(Assignment((replace(CALIBRATED_POSE, **changes),)))


def checking(**changes):
    return asking_for(checks=(replace(CHECK, **changes), *CALIBRATED_POSE.checks[1:]))


SETTINGS = {
    Request: (lambda request: request, asking_for()),
    Part: (lambda part: Request(ANYTHING, part), Part()),
    Assignment: (Request, ANYTHING),
    Pose: (lambda pose: Request(Assignment((pose,))), CALIBRATED_POSE),
    Dose: (lambda dose: asking_for(dose=dose), CALIBRATED_POSE.dose),
    Calibration: (
        lambda calibration: asking_for(calibration=calibration),
        CALIBRATED_POSE.calibration,
    ),
    Check: (lambda check: asking_for(checks=(check,)), CHECK),
    Measure: (lambda measure: checking(measure=measure), CHECK.measure),
    Reach: (lambda measured: checking(measured=measured), CHECK.measured),
    OwnRanges: (lambda right: checking(right=right), CHECK.right),
    OwnNeutral: (lambda own: Request(Assignment((CALIBRATED_POSE,)), own_neutral=own), NEUTRAL),
}
"""What a result depends on: how each is handed in, and one of it."""

posix = pytest.mark.skipif(os.name != "posix", reason="a matter of POSIX")


def made(folder, *names):
    """Empty files, with the folders that they are in."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def found(folder, *paths, out=None):
    """The recordings that are meant by paths below a folder, told from there."""
    items = recordings_in([folder / path for path in paths], out)
    return [item.path.relative_to(folder).as_posix() for item in items]


def names(*paths, known=None, taken=()):
    items = [Item(Path(path)) for path in paths]
    before = {real(Path(path)): name for path, name in (known or {}).items()}
    return [item.name for item in assign_names(items, before, taken)]


def now(path, settings):
    """What a result of a file would be made from now."""
    origin = origin_of(path, settings)
    assert origin
    return origin


def outcome(summary=None, error="", path="a/clip.mp4", status=Status.DONE):
    status = Status.FAILED if error else status
    return BatchOutcome(Item(Path(path), "clip"), status, summary or summary_of(DOCUMENT), error)


def rows_of(*outcomes):
    return list(csv.DictReader(io.StringIO(csv_text(summary_sheet(outcomes)))))


class TestRecordings:
    def test_of_a_folder_come_by_name_those_of_its_folders_last(self, tmp_path):
        made(tmp_path, "b.MP4", "a.npz", "c.txt", "sub/a.jpg", "other/z.webm")
        assert found(tmp_path, ".") == ["a.npz", "b.MP4", "other/z.webm", "sub/a.jpg"]

    def test_are_not_hidden_ones(self, tmp_path):
        made(tmp_path, ".a.mp4", ".trash/b.mp4", "c.mp4")
        assert found(tmp_path, ".") == ["c.mp4"]

    def test_that_are_named_need_no_ending_and_may_be_hidden(self, tmp_path):
        made(tmp_path, ".a", "b.txt")
        assert found(tmp_path, "b.txt", ".a", "none.mp4") == ["b.txt", ".a", "none.mp4"]

    def test_are_taken_once_however_they_are_named(self, tmp_path):
        made(tmp_path, "in/a.mp4", "in/b.mp4")
        assert found(tmp_path, "in/b.mp4", "in", "in/../in/b.mp4") == ["in/b.mp4", "in/a.mp4"]

    def test_are_not_what_lies_in_the_output_folder(self, tmp_path):
        made(tmp_path, "a.mp4", "out/x.mp4")
        assert found(tmp_path, ".", out=tmp_path / "out") == ["a.mp4"]

    def test_are_not_the_files_of_another_result(self, tmp_path):
        files = ("result.json", "annotated.mp4", "landmarks.npz")
        made(tmp_path, "annotated.mp4", "a.mp4", *(f"old/clip/{name}" for name in files))
        assert found(tmp_path, ".") == ["a.mp4", "annotated.mp4"]

    def test_an_output_folder_that_is_searched_itself_is_searched(self, tmp_path):
        made(tmp_path, "a.mp4")
        assert found(tmp_path, ".", out=tmp_path) == ["a.mp4"]

    def test_are_of_all_kinds_that_telephones_and_cameras_write(self, tmp_path):
        endings = "3g2 3gp avif avi HEIC heif jfif JPG m2ts mov mp4 mts png qt tiff ts webm webp"
        names = sorted(f"a.{ending}" for ending in endings.split())
        made(tmp_path, *names, "a.txt", "a.wav")
        assert found(tmp_path, ".") == names

    def test_what_is_left_out_of_a_folder_is_named(self, tmp_path):
        made(
            tmp_path,
            "a.mp4",
            "b.txt",
            ".c",
            "Thumbs.db",
            "deep/d.odd",
            "deep/e",
            "deep/f",
            "deep/g",
        )
        made(tmp_path, "summary.csv", "old/result.json", "old/steps.csv", "out/x.txt")
        lines = left_out([tmp_path, tmp_path / "a.mp4"], tmp_path / "out")
        assert [line.removeprefix(str(tmp_path)) for line in lines] == [
            ": left out, as no recordings by their names: b.txt",
            "/deep: left out, as no recordings by their names: d.odd, e, f and 1 more",
        ]

    def test_a_folder_without_any_stands_for_itself(self, tmp_path):
        made(tmp_path, "empty/readme.txt", "a.mp4")
        assert found(tmp_path, "empty", "a.mp4") == ["empty", "a.mp4"]

    @posix
    def test_a_link_that_leads_nowhere_is_told_and_a_pipe_is_left_alone(self, tmp_path):
        (tmp_path / "gone.mp4").symlink_to(tmp_path / "none.mp4")
        os.mkfifo(tmp_path / "pipe.mp4")
        assert found(tmp_path, ".") == ["gone.mp4"]

    @posix
    def test_a_pipe_that_is_named_is_not_waited_for(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.mp4")
        (item,) = recordings_in([tmp_path / "pipe.mp4"], None)
        assert item.fault == f"{tmp_path / 'pipe.mp4'}: is not a file"

    @posix
    def test_a_folder_that_leads_to_itself_ends(self, tmp_path):
        made(tmp_path, "a.mp4")
        (tmp_path / "round").symlink_to(tmp_path)
        assert found(tmp_path, ".") == ["a.mp4"]


class TestNames:
    def test_are_those_of_the_files(self):
        assert names("a/one.mp4", "b/two.mp4") == ["one", "two"]

    def test_of_files_of_one_name_tell_their_folders(self):
        assert names("a/one.mp4", "b/One.mp4", "b/two.mp4") == ["a-one", "b-One", "two"]

    def test_of_files_of_one_name_and_folder_tell_their_endings(self):
        assert names("a/one.mp4", "a/one.npz") == ["a-one-mp4", "a-one-npz"]

    def test_get_a_number_at_last(self):
        assert names("x/a/one.mp4", "y/a/one.mp4") == ["a-one-mp4", "a-one-mp4-2"]

    def test_stay_as_they_were_whatever_is_added(self):
        assert names("a/one.mp4", "b/one.mp4", known={"b/one.mp4": "one"}) == ["a-one", "one"]

    def test_leave_alone_what_is_there(self):
        assert names("a/one.mp4", taken=["ONE"]) == ["a-one"]

    def test_leave_alone_what_another_recording_has(self):
        assert names("a/one.mp4", known={"b/one.mp4": "one"}) == ["a-one"]

    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("a/summary.csv.mp4", "a-summary.csv"),
            ("a/...mp4", "recording"),
            ("a/con.mp4", "con_"),
            ("a/wh:at?.mp4", "wh_at_"),
            ("a/ .mp4", "recording"),
            ("a/Übung 伸展.mp4", "Übung 伸展"),
        ],
    )
    def test_suit_every_system(self, path, name):
        assert names(path) == [name]

    @given(
        st.lists(st.text(min_size=1, max_size=90).filter(lambda t: "\0" not in t and "/" not in t))
    )
    def test_differ_and_lead_nowhere(self, stems):
        given_names = names(*dict.fromkeys(f"in/{stem}.mp4" for stem in stems))
        assert len({name.casefold() for name in given_names}) == len(given_names)
        for name in given_names:
            assert PureWindowsPath(name).name == name
            assert not name.startswith(".")
            assert len(os.fsencode(name)) < 255 - len(".annotated.mp4.part")


class TestToldOfAResult:
    def test_are_its_stretches_with_what_was_lost_in_their_own_holds(self):
        together = {
            "lean": {"median": 21.5, "best": 31.0, "unit": "deg"},
            "knee_sep": {"median": 0.5, "unit": "ratio"},
        }
        words = {"lean": "sideways lean", "knee_sep": "knee spacing"}
        held = BatchRow("side_bend", "Side bend", "left", 31.5, 1.25, 0.5, 2, 1)
        assert summary_of(DOCUMENT).rows == (
            replace(held, asked=3, asked_s=20.0, score=85.0, measures=together, words=words),
            BatchRow("cat", "Cat", "", 0.0, 0.0, 0.0, 0, 0, 5, 5.0),
        )

    def test_are_the_seconds_of_all(self):
        assert summary_of(DOCUMENT).seconds == (31.5, 9.25, 0.5)

    def test_is_what_a_photograph_looks_like_best(self):
        alike = [{"pose": "cat"}, {"pose": "cow"}]
        assert summary_of({**DOCUMENT, "looks_like": alike}).likeness == "cat"
        assert not summary_of({**DOCUMENT, "looks_like": []}).likeness


class TestSummaryFile:
    def test_has_a_row_for_each_stretch_and_side(self):
        first, second = rows_of(outcome())
        assert first == {
            "file": str(Path("a/clip.mp4")),
            "status": "done",
            "pose": "side_bend",
            "side": "left",
            "held_s": "31.5",
            "wrong_s": "1.25",
            "unseen_s": "0.5",
            "holds": "2",
            "complete": "1",
            "warnings": "it was dark",
            "error": "",
            "folder": "clip",
            "stretch": "Side bend",
            "person": "",
            "recorded_at": "",
            "asked": "3",
            "asked_s": "20.0",
            "score": "85.0",
            "knee_sep_median_ratio": "0.5",
            "lean_median_deg": "21.5",
            "lean_best_deg": "31.0",
        }
        assert (second["lean_best_deg"], second["score"]) == ("", "")
        assert (second["pose"], second["holds"]) == ("cat", "0")

    def test_has_a_row_for_a_recording_in_which_nothing_was_held(self):
        (row,) = rows_of(outcome(BatchSummary(seconds=(0.0, 2.0, 3.0))))
        assert (row["pose"], row["wrong_s"], row["unseen_s"]) == ("", "2.0", "3.0")

    def test_has_a_row_for_one_that_failed(self):
        (row,) = rows_of(outcome(error="clip.mp4: is empty"))
        assert (row["status"], row["error"]) == ("failed", "clip.mp4: is empty")
        assert not row["folder"] + row["held_s"]

    def test_is_harmless_to_spreadsheets(self):
        (row, _) = rows_of(outcome(path="=cmd|' /C calc'!A0.mp4"))
        assert row["file"].startswith("'=")
        assert [harmless(cell) for cell in ("-1", -1, "a", "")] == ["'-1", -1, "a", ""]

    def test_is_a_table_of_as_many_columns_in_each_row(self):
        outcomes = outcome(), outcome(BatchSummary()), outcome(error="no")
        sheet = summary_sheet(outcomes)
        assert {len(row) for row in sheet.rows} == {len(sheet.headings)}

    def test_says_whose_and_of_when_a_recording_is(self):
        summary = summary_of(
            {**DOCUMENT, "person": "Ann", "recorded_at": "2026-11-28T07:31:05+00:00"}
        )
        row, _ = rows_of(outcome(summary))
        assert (row["person"], row["recorded_at"]) == ("Ann", "2026-11-28T07:31:05+00:00")

    def test_begins_as_that_of_earlier_versions(self):
        head = "file,status,pose,side,held_s,wrong_s,unseen_s,holds,complete,warnings,error,folder"
        assert ",".join(HEAD) == head
        assert csv_text(summary_sheet([])).startswith(head)


class TestTable:
    @staticmethod
    def shown(*outcomes):
        file = io.StringIO()
        console = Console(file=file, width=120, markup=False)
        show_table(list(outcomes), console)
        return file.getvalue()

    def test_has_a_line_for_each_recording(self):
        text = self.shown(outcome())
        (line,) = [line for line in text.splitlines() if "clip.mp4" in line]
        assert " ".join(line.split()) == "clip.mp4 Side bend 31.5 s 9.2 s 0.5 s 1 of 2 1 note"

    def test_tells_what_was_kept(self):
        assert "done before, 1 note" in self.shown(outcome(status=Status.KEPT))

    def test_lists_what_failed_with_the_reason(self):
        text = self.shown(outcome(), outcome(path="bad.mp4", error="bad.mp4: the file is empty"))
        assert text.splitlines()[-2:] == ["Failed", "bad.mp4: the file is empty"]

    def test_tells_files_of_one_name_apart(self):
        text = self.shown(outcome(path="a/clip.mp4"), outcome(path="b/clip.mp4"))
        assert str(Path("a/clip.mp4")) in text
        assert str(Path("b/clip.mp4")) in text

    def test_tells_what_a_photograph_looks_like(self):
        assert "looks like cat" in self.shown(outcome(BatchSummary(likeness="cat")))

    def test_takes_no_name_for_markup(self):
        assert "[red]a.mp4" in self.shown(outcome(path="[red]a.mp4"))


def test_a_line_tells_what_became_of_a_recording():
    assert line_of(outcome(error="a.mp4: is empty")) == "failed: a.mp4: is empty"
    assert line_of(outcome(path="a.mp4")) == "a.mp4: done; 31.5 s valid; it was dark"


class TestKept:
    @pytest.fixture
    def recording(self, tmp_path):
        path = tmp_path / "clip.mp4"
        path.write_bytes(b"moving")
        return path

    @pytest.fixture
    def folder(self, tmp_path, recording):
        """A folder with a result of the recording."""
        folder = made(tmp_path / "out" / "clip", "steps.csv")
        (folder / "result.json").write_text(json.dumps(DOCUMENT))
        finish(folder, now(recording, "settings"))
        return folder

    def test_is_what_was_made_of_the_same(self, folder, recording):
        assert finished_result(folder, now(recording, "settings")) == DOCUMENT

    def test_is_nothing_of_other_settings(self, folder, recording):
        assert finished_result(folder, now(recording, "others")) is None

    def test_is_nothing_of_a_recording_that_was_changed(self, folder, recording):
        recording.write_bytes(b"moving on")
        assert finished_result(folder, now(recording, "settings")) is None

    def test_is_nothing_of_a_recording_that_was_changed_to_the_same_size(self, folder, recording):
        about = recording.stat()
        os.utime(recording, ns=(about.st_atime_ns, about.st_mtime_ns + 10**9))
        assert finished_result(folder, now(recording, "settings")) is None

    @pytest.mark.parametrize("name", ["steps.csv", "result.json", "batch.json"])
    def test_is_nothing_where_a_file_is_gone(self, folder, recording, name):
        (folder / name).unlink()
        assert finished_result(folder, now(recording, "settings")) is None

    @pytest.mark.parametrize("name", ["result.json", "batch.json"])
    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"made_from": 1, "files": 2}', "\udcff"])
    def test_is_nothing_where_a_file_is_damaged(self, folder, recording, name, text):
        (folder / name).write_bytes(text.encode(errors="surrogateescape"))
        assert finished_result(folder, now(recording, "settings")) is None

    def test_is_nothing_that_is_being_made_again(self, folder, recording):
        begin(folder, now(recording, "others"))
        assert finished_result(folder, now(recording, "settings")) is None
        assert finished_result(folder, now(recording, "others")) is None
        assert known_names(folder.parent) == {real(recording): "clip"}

    def test_a_recording_that_is_gone_has_no_origin(self, tmp_path):
        assert origin_of(tmp_path / "none.mp4", "settings") is None

    def test_names_are_known_by_what_they_were_made_from(self, folder, recording):
        assert known_names(folder.parent) == {real(recording): "clip"}
        assert known_names(folder.parent / "none") == {}

    def test_names_are_known_where_the_program_was_killed_in_the_end(self, folder):
        (folder / "batch.json").unlink()
        assert known_names(folder.parent) == {real(Path("clip.mp4")): "clip"}

    def test_names_are_taken_by_all_but_empty_folders(self, folder):
        out = made(folder.parent, "file", "full/x", "half/.backstretch-1/steps.csv")
        (out / "empty").mkdir()
        assert names_in_use(out) == ["clip", "file", "full"]

    def test_sweeping_removes_what_was_left_and_nothing_else(self, folder):
        made(folder, ".backstretch-1/steps.csv", ".git/x")
        half = made(folder.parent, "half/.backstretch-1/steps.csv") / "half"
        sweep(folder)
        sweep(half)
        assert not half.exists()
        assert sorted(path.name for path in folder.iterdir()) == [
            ".git",
            "batch.json",
            "result.json",
            "steps.csv",
        ]


class TestSettings:
    def test_are_the_same_for_the_same(self):
        again = Assignment(poses=open_library(builtin_poses()).recognised, asked=False)
        first = settings_hash(REQUEST, LIBRARY.recognised, None)
        assert first == settings_hash(Request(again), LIBRARY.recognised, None)

    def test_differ_with_every_option_and_the_poses(self, tmp_path):
        model = tmp_path / "model.task"
        model.write_bytes(b"one")
        hashes = {
            settings_hash(Request(assignment), LIBRARY.recognised[:count], path)
            for assignment in (
                ANYTHING,
                Assignment(ANYTHING.poses),
                Assignment(ANYTHING.poses[1:], asked=False),
            )
            for count in (1, None)
            for path in (None, model)
        }
        model.write_bytes(b"two")
        assert len(hashes | {settings_hash(REQUEST, LIBRARY.recognised, model)}) == 13

    @pytest.mark.parametrize("sort", SETTINGS, ids=lambda sort: sort.__name__)
    def test_differ_with_every_field(self, sort):
        make, value = SETTINGS[sort]
        values = [value, *(replace(value, **{each.name: "another"}) for each in fields(value))]
        hashes = {settings_hash(make(each), LIBRARY.recognised, None) for each in values}
        assert len(hashes) == len(values)

    def test_cannot_be_told_of_a_model_that_is_not_there(self, tmp_path):
        with pytest.raises(InputError, match=r"none\.task: cannot be read"):
            settings_hash(REQUEST, LIBRARY.recognised, tmp_path / "none.task")


@pytest.mark.skipif(sys.platform != "linux", reason="a matter of Linux")
def test_an_origin_may_have_a_name_that_is_no_text(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.mp4"))
    path.touch()
    folder = made(tmp_path / "out", "result.json")
    finish(folder, now(path, "s"))
    about = json.loads((folder / "batch.json").read_text())
    assert Origin(**about["made_from"]).path == str(path)


class TestShares:
    @pytest.fixture
    def pipe(self):
        ours, its = Pipe()
        with ours, its:
            yield ours, its

    @staticmethod
    def send(pipe, *times_s):
        send = ShareSender(pipe[1], c_byte(0))
        for time_s in times_s:
            send(Progress(time_s, 10.0, 20.0))
        pipe[1].close()

    def test_are_told_in_steps(self, pipe):
        self.send(pipe, 10.0, 10.05, 15.0, 15.05, 21.0)
        assert (pipe[0].recv(), pipe[0].recv()) == (0.5, 1.0)
        with pytest.raises(EOFError):
            pipe[0].recv()

    def test_tell_that_it_begins_again(self, pipe):
        self.send(pipe, 16.0, 10.1, 15.0)
        assert [pipe[0].recv() for _ in range(3)] == pytest.approx([0.6, 0.01, 0.5])
