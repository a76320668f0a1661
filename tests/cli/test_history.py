"""The command ``backstretch history`` from outside, and what all commands do where it cannot be used."""

import csv
import io
import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import load_workbook

from backstretch.errors import InputError
from backstretch.formats.session_log import SessionRecord
from backstretch.formats.track_files import Recording
from backstretch.frame import Source
from backstretch.history.database import newest
from backstretch.history.history import History
from backstretch.history.rows import ANALYZED, LIVE, Entry
from backstretch.history.saving import with_history
from backstretch.kinematics.landmarks import LandmarkTrack
from tests.figures import every, moments, side_bend
from tests.history.test_database import hashes, spoil_table, without_rights
from tests.places import POSE_FILES
from tests.program import run_inside

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the data folder is Linux's")
LEANS = [(0.0, 0.0), (2.0, 0.0), (4.0, 25.0), (9.0, 25.0), (10.0, 0.0), (12.0, 0.0)]
NOW = datetime.now().astimezone()
LABEL = "trunk_lean_lat"


@pytest.fixture(scope="module")
def track(tmp_path_factory):
    """A landmark track of a side bend to the left, held for some five seconds."""
    found = moments(lambda lean: side_bend(lean).seen(0.0), LEANS, every(15.0, 12.0))
    track = LandmarkTrack.of(found, side_bend(0.0).seen(0.0).image_wh)
    path = tmp_path_factory.mktemp("track") / "bend.npz"
    Recording(track, Source("bend.mp4", 12.0, 15.0, len(found), 640, 480)).save(path)
    return path


@pytest.fixture
def path(tmp_path):
    """Where the history is, or will be."""
    return tmp_path / "backstretch" / "history.db"


def command(*arguments):
    return [sys.executable, "-m", "backstretch", *map(str, arguments)]


def environment(tmp_path):
    return {**os.environ, "XDG_DATA_HOME": str(tmp_path), "COLUMNS": "120"}


def run(tmp_path, *arguments):
    return run_inside(*arguments, XDG_DATA_HOME=tmp_path)


def keep(path, *days_ago, profile="", title="Side bend", **said):
    """A session for each number of days."""
    with History(path, NOW) as history:
        for day in days_ago:
            hold = {"pose": "standing_side_bend", "side": "left", "valid_s": 21.0, "complete": True}
            hold["measures"] = {LABEL: {"median": 20.0, "best": 20.0, "unit": "deg"}}
            document = {"holds": [hold], "totals": {"valid_s": 21.0}, "stretches": [], **said}
            history.add(Entry(document, NOW - timedelta(days=day), ANALYZED, profile, title))


def refused(done):
    """The one line that a command says which cannot do what it was asked to do.

    An analysis is shown all the same: only keeping it is refused.
    """
    assert done.returncode == 2
    assert bool(done.stdout) == ("analyze" in done.args)
    (line,) = done.stderr.splitlines()
    assert line.startswith("backstretch: ")
    return line


class TestList:
    def test_an_empty_history_says_how_to_begin(self, tmp_path):
        for profile in ([], ["--profile", "Ann"]):
            done = run(tmp_path, "history", *profile)
            assert (done.returncode, done.stderr) == (0, "")
            assert "backstretch live childs_pose" in done.stdout

    def test_somebody_who_is_not_known_is_told_the_names(self, tmp_path, path):
        keep(path, 1, profile="Ben")
        keep(path, 1, profile="A\nnn")
        keep(path, 1)
        done = run(tmp_path, "history", "--profile", "Nobody")
        text = "There are no sessions of Nobody; there are sessions of A nn, Ben"
        assert done.stdout == f"{text} (add --profile NAME, or --everyone)\n"

    def test_who_asks_for_a_name_where_there_is_none_is_told_so(self, tmp_path, path):
        keep(path, 1)
        done = run(tmp_path, "history", "--profile", "Nobody")
        assert done.stdout == "There are no sessions of Nobody; all were saved without a name\n"

    def test_the_holds_are_told(self, tmp_path, path):
        keep(path, 3)
        keep(path, 2, holds=[])
        hold = {"pose": "childs_pose", "valid_s": 3.0}
        keep(path, 1, holds=[hold, hold | {"complete": True}, hold])
        lines = run(tmp_path, "history").stdout.splitlines()
        assert [re.split(r"\s{2,}", line.strip()) for line in lines[2:3] + lines[4:7]] == [
            ["No.", "When", "What", "Held", "Complete"],
            [
                "3",
                f"{NOW - timedelta(days=1):%Y-%m-%d %H:%M}",
                "Side bend",
                "0:21.0",
                "1 of 3",
            ],
            ["2", f"{NOW - timedelta(days=2):%Y-%m-%d %H:%M}", "Side bend", "0:21.0", "none"],
            [
                "1",
                f"{NOW - timedelta(days=3):%Y-%m-%d %H:%M}",
                "Side bend",
                "0:21.0",
                "1 of 1",
            ],
        ]

    def test_an_odd_profile_is_one_line(self, tmp_path):
        assert "cannot be displayed" in refused(run(tmp_path, "history", "--profile", "a\nb"))

    def test_sessions_of_the_future_come_first(self, tmp_path, path):
        keep(path, 0, -400, 1)
        lines = run(tmp_path, "history").stdout.splitlines()[4:7]
        assert [line.split()[0] for line in lines] == ["2", "1", "3"]

    def test_both_hours_of_the_night_in_which_summer_time_ends_are_told_apart(self, tmp_path, path):
        keep(path)
        with History(path, NOW) as history:
            for time in ("2026-10-25T02:30:00+02:00", "2026-10-25T02:10:00+01:00"):
                holds = {"holds": [{"pose": "childs_pose", "valid_s": 3.0}]}
                history.add(Entry(holds, datetime.fromisoformat(time), LIVE))
        table = csv.DictReader(io.StringIO(run(tmp_path, "history", "export").stdout))
        assert [row["began"] for row in table] == [
            "2026-10-25T02:30:00+02:00",
            "2026-10-25T02:10:00+01:00",
        ]


def test_the_history_is_listed_shown_exported_and_deleted(tmp_path, path):
    keep(path, 1, profile="=Ann", title="<b>Bend</b> 🧘")
    own = ("--profile", "=Ann")
    assert "<b>Bend</b> 🧘" in run(tmp_path, "history", *own).stdout
    assert "21.0 s valid" in run(tmp_path, "history", "show", "1", *own).stdout
    rows = run(tmp_path, "history", "export", *own).stdout.splitlines()
    assert rows[0].startswith("person,date,time,session,number")
    assert ",'=Ann," in rows[1]
    assert '"result"' in run(tmp_path, "history", "export", "--format", "json", *own).stdout
    assert "add --yes" in refused(run(tmp_path, "history", "delete", "1", *own))
    done = run(tmp_path, "history", "delete", "1", "--yes", *own)
    assert done.stdout.startswith("Session 1 of =Ann, ")
    assert "there is no session 1" in refused(run(tmp_path, "history", "show", "1", *own))


class TestOtherPeople:
    """One forgotten --profile must show, count and change nobody else's sessions."""

    def test_are_not_in_the_list(self, tmp_path, path):
        keep(path, 1, profile="Ann", title="Frog")
        keep(path, 2, title="Side bend")
        text = run(tmp_path, "history").stdout
        assert text.startswith("Your sessions\n")
        assert "Frog" not in text
        assert "there are others of Ann (add --profile NAME, or --everyone)" in text
        assert "Sessions of Ann\n" in run(tmp_path, "history", "--profile", "ann").stdout

    def test_are_listed_one_by_one_for_everyone(self, tmp_path, path):
        keep(path, 1, 2, profile="Ann", title="Frog")
        keep(path, 3, title="Side bend")
        own, of_ann = run(tmp_path, "history", "--everyone").stdout.split("Sessions of Ann")
        assert (own.count("Side bend"), own.count("Frog")) == (1, 0)
        assert (of_ann.count("Side bend"), of_ann.count("Frog")) == (0, 2)

    def test_are_not_exported_without_a_word(self, tmp_path, path):
        keep(path, 1, profile="Ann")
        keep(path, 2)
        done = run(tmp_path, "history", "export")
        assert len(done.stdout.splitlines()) == 2
        assert "there are others of Ann" in done.stderr
        everyone = run(tmp_path, "history", "export", "--everyone").stdout
        assert [row["profile"] for row in csv.DictReader(io.StringIO(everyone))] == ["", "Ann"]

    @pytest.mark.parametrize(
        "words",
        [("show", "2"), ("delete", "2", "--yes"), ("note", "2", "x"), ("move", "2", "--to", "Ben")],
    )
    def test_are_never_meant_by_a_number(self, tmp_path, path, words):
        keep(path, 1)
        keep(path, 1, 2, profile="Ann Lee")
        line = refused(run(tmp_path, "history", *words))
        assert "there is no session 2 among your sessions" in line
        assert "Ann Lee has one: --profile 'Ann Lee'" in line
        with History(path, NOW) as history:
            assert [history.count(name) for name in ("", "Ann Lee", "Ben")] == [1, 2, 0]

    def test_are_not_meant_by_a_name_before_the_command(self, tmp_path, path):
        keep(path, 1)
        keep(path, 1, profile="Ann")
        done = run(tmp_path, "history", "--profile", "Ann", "delete", "1", "--yes")
        assert "after the command: backstretch history delete" in refused(done)
        with History(path, NOW) as history:
            assert history.count() == 2

    def test_can_be_reached_by_the_number_in_the_database(self, tmp_path, path):
        keep(path, 1)
        keep(path, 1, profile="Ann", title="Frog")
        assert "Frog" in run(tmp_path, "history", "show", "2", "--id").stdout
        assert run(tmp_path, "history", "delete", "2", "--id", "--yes").returncode == 0
        with History(path, NOW) as history:
            assert [each.profile for each in history.people()] == [""]

    def test_stand_side_by_side_in_progress_and_are_never_put_together(self, tmp_path, path):
        keep(path, 0, 0, profile="Ann")
        keep(path, 0)
        own = json.loads(run(tmp_path, "progress", "--json").stdout)
        assert (own["profile"], own["whose"]) == (None, "you")
        assert own["weeks"][-1]["valid_s"] == 21.0
        everyone = json.loads(run(tmp_path, "progress", "--everyone", "--json").stdout)["people"]
        assert [(each["whose"], each["weeks"][-1]["valid_s"]) for each in everyone] == [
            ("you", 21.0),
            ("Ann", 42.0),
        ]
        rows = run(tmp_path, "progress", "standing_side_bend", "--everyone").stdout.splitlines()
        assert [row.split()[:5] for row in rows if "21 s" in row or "42 s" in row] == [
            ["you", "1", "21", "s", "0"],
            ["Ann", "1", "42", "s", "0"],
        ]

    def test_need_not_have_a_stretch_of_your_own(self, tmp_path, path):
        poses = tmp_path / "backstretch" / "poses"
        poses.mkdir(parents=True)
        text = (POSE_FILES / "standing_side_bend.toml").read_text()
        (poses / "my_bend.toml").write_text(text)
        keep(path, 0, profile="Ann")
        done = run(tmp_path, "progress", "my_bend", "--everyone")
        assert (done.returncode, "Ann" in done.stdout) == (0, True)

    def test_are_refused_beside_one_name(self, tmp_path, path):
        keep(path, 1)
        for words in (["history"], ["history", "export"], ["progress"]):
            done = run(tmp_path, *words, "--everyone", "--profile", "Ann")
            assert "leave out --everyone" in refused(done)
        done = run(tmp_path, "progress", "--everyone", "--html", tmp_path / "page.html")
        assert "one person's page" in refused(done)


class TestPeople:
    def test_are_listed_by_name_with_you_first(self, tmp_path, path):
        keep(path, 1, 2, profile="Ben")
        keep(path, 3, profile="Ann")
        keep(path, 4)
        rows = run(tmp_path, "history", "people").stdout.splitlines()[3:6]
        assert [row.split()[:2] for row in rows] == [["you", "1"], ["Ann", "1"], ["Ben", "2"]]

    def test_get_sessions_that_were_saved_without_their_name(self, tmp_path, path):
        keep(path, 3, 2, title="Frog")
        keep(path, 1, profile="Ann")
        done = run(tmp_path, "history", "move", "2", "--to", "ann")
        when = f"{NOW - timedelta(days=2):%Y-%m-%d %H:%M}"
        assert done.stdout == f"Session 2 of you, {when}, Frog is now session 2 of ann\n"
        assert "Frog" in run(tmp_path, "history", "show", "2", "--profile", "Ann").stdout
        keep(path, 1)
        with History(path, NOW) as history:
            assert [each.number for each in history.sittings("")] == [3, 1]

    def test_are_given_another_name_with_all_that_is_theirs(self, tmp_path, path):
        keep(path, 1, 2, profile="Ann")
        done = run(tmp_path, "history", "rename", "ann", "Ann Lee")
        assert done.stdout == "ann is now Ann Lee; 2 sessions\n"
        assert "Sessions of Ann Lee" in run(tmp_path, "history", "--profile", "ann lee").stdout
        assert "nothing is known of Ann" in refused(run(tmp_path, "history", "rename", "Ann", "Bo"))
        assert "you cannot be renamed" in refused(run(tmp_path, "history", "rename", "you", "Bo"))

    def test_have_notes_on_their_sessions(self, tmp_path, path):
        keep(path, 1, profile="Ann")
        own = ("--profile", "Ann")
        run(tmp_path, "history", "note", "1", "with a\nstrap", *own)
        for words in ((), ("show", "1"), ("export",)):
            assert "with a strap" in run(tmp_path, "history", *words, *own).stdout
        assert "is gone" in run(tmp_path, "history", "note", "1", "", *own).stdout
        assert "with a strap" not in run(tmp_path, "history", *own).stdout


def odd():
    """A document that somebody has changed by hand."""
    hold = {"pose": 3, "valid_s": "x", "wrong_s": None, "start_s": [], "score": "y", "reasons": 4}
    return {
        "holds": [hold | {"reasons": [None, "3 s knee"]}, hold | {"side": ["\ud800"]}],
        "stretches": [{"pose": 3}, "frog", {}],
        "warnings": "none",
        "view": float("inf"),
    }


class TestOddSession:
    def test_is_shown_without_what_it_does_not_tell(self, tmp_path, path):
        keep(path, 1, **odd())
        done = run(tmp_path, "history", "show", 1)
        assert (done.returncode, done.stderr) == (0, "")
        assert re.search(r"3\s+-\s+-\s+-\s+-\s+-\s", done.stdout)
        assert "-: None; 3 s knee" in done.stdout
        assert "Please note" not in done.stdout

    @pytest.mark.parametrize("file_format", ["csv", "json"])
    def test_is_exported(self, tmp_path, path, file_format):
        keep(path, 1, **odd())
        out = tmp_path / "out"
        done = run(tmp_path, "history", "export", "--format", file_format, "--out", out)
        assert (done.returncode, done.stderr) == (0, "")
        text = out.read_text()
        assert run(tmp_path, "history", "export", "--format", file_format).stdout == text
        if file_format == "json":
            ((session,), infinite) = (json.loads(text), re.search("Infinity|NaN", text))
            assert session["result"]["holds"][1]["side"] == ["\ud800"]
            assert infinite is None


class TestExport:
    def test_is_a_workbook_where_the_file_s_name_says_so(self, tmp_path, path):
        keep(path, 2, 1, profile="Ann")
        out = tmp_path / "ann.xlsx"
        done = run(tmp_path, "history", "export", "--profile", "Ann", "--out", out)
        assert done.stdout == f"Written to {out}\n"
        head, *rows = load_workbook(out)["Holds"].iter_rows(values_only=True)
        table = [dict(zip(head, row, strict=True)) for row in rows]
        assert [(each["person"], each["number"]) for each in table] == [("Ann", 1), ("Ann", 2)]
        assert {each[f"{LABEL}_best_deg"] for each in table} == {20.0}
        assert table[0]["date"].date() == (NOW - timedelta(days=2)).date()

    def test_of_a_workbook_needs_a_file(self, tmp_path, path):
        keep(path, 1)
        assert "name its file with --out" in refused(
            run(tmp_path, "history", "export", "--format", "xlsx")
        )

    @pytest.mark.parametrize("what", ["no folder", "a folder", "a file as folder", "a circle"])
    def test_to_where_nothing_can_be_written_is_one_line(self, tmp_path, path, what):
        keep(path, 1)
        (tmp_path / "file").write_text("stays")
        (tmp_path / "circle").symlink_to(tmp_path / "circle")
        places = {"no folder": "none/out.csv", "a folder": ".", "a file as folder": "file/out.csv"}
        out = tmp_path / places.get(what, "circle")
        assert "cannot be written" in refused(run(tmp_path, "history", "export", "--out", out))
        assert (tmp_path / "file").read_text() == "stays"

    def test_to_a_folder_that_may_not_be_written_is_one_line(self, tmp_path, path):
        keep(path, 1)
        folder = tmp_path / "folder"
        folder.mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
        words = command("history", "export", "--out", folder / "out.csv")
        done = without_rights(*words, env=environment(tmp_path))
        assert "cannot be written (Permission denied)" in refused(done)

    def test_to_a_full_disk_is_one_line(self, tmp_path, path):
        keep(path, 1)
        done = run(tmp_path, "history", "export", "--out", "/dev/full")
        assert "cannot be written (No space left on device)" in refused(done)


class TestDelete:
    def test_tells_of_damaged_ones_that_were_put_aside(self, tmp_path, path):
        path.parent.mkdir()
        path.write_bytes(b"damaged" * 100)
        keep(path, 1)
        done = run(tmp_path, "history", "delete", "1", "--yes")
        assert "history.db.damaged-" in done.stdout
        assert "may still hold them" in done.stdout

    def test_of_one_that_is_not_there_deletes_none(self, tmp_path, path):
        keep(path, 1)
        for number in (2, 10**30):
            done = run(tmp_path, "history", "delete", "1", number, "--yes")
            assert f"there is no session {number}" in refused(done)
        assert run(tmp_path, "history", "show", "1").returncode == 0


def commands(track):
    """Every command that uses the history, by whether it writes."""
    return {
        ("history",): False,
        ("history", "show", "1"): False,
        ("history", "export"): False,
        ("progress",): False,
        ("history", "delete", "1", "--yes"): True,
        ("analyze", str(track), "--pose", "standing_side_bend", "--save"): True,
    }


def run_outside(tmp_path, *arguments):
    """The same in a process of its own."""
    env = environment(tmp_path)
    return subprocess.run(command(*arguments), env=env, capture_output=True, text=True, check=False)


def run_all(tmp_path, track):
    """What each command does; all at once, as some wait for others."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda words: run_outside(tmp_path, *words), commands(track)))


@contextmanager
def locked(path):
    """Another process has the history for itself."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    db.execute("BEGIN EXCLUSIVE")
    yield
    db.execute("ROLLBACK")
    db.close()


class TestUnusable:
    def test_one_that_is_in_use_is_said_by_every_command(self, tmp_path, path, track):
        keep(path, 1)
        with locked(path):
            done = run_all(tmp_path, track)
        for each in done:
            assert "is in use by another" in refused(each)
        assert "Side bend" in run(tmp_path, "history").stdout

    def test_one_of_a_newer_version_is_said_and_not_touched(self, tmp_path, path, track):
        keep(path, 1)
        db = sqlite3.connect(path)
        db.execute(f"PRAGMA user_version = {newest() + 1}")
        db.close()
        before = hashes(path.parent)
        for words in commands(track):
            assert "newer backstretch" in refused(run(tmp_path, *words))
        assert hashes(path.parent) == before

    def test_a_folder_in_its_place_is_said(self, tmp_path, path, track):
        path.mkdir(parents=True)
        for words in commands(track):
            assert "cannot be used (Is a directory)" in refused(run(tmp_path, *words))
        assert list(path.parent.iterdir()) == [path]

    def test_one_that_may_not_be_written_is_read(self, tmp_path, path, track):
        keep(path, 1)
        before = hashes(path.parent)
        path.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
        for words, writes in commands(track).items():
            done = without_rights(*command(*words), env=environment(tmp_path))
            first, *more = done.stderr.splitlines()
            assert "the latest sessions may be missing" in first
            assert done.returncode == (2 if writes else 0)
            assert len(more) == writes
            assert all("nothing can be saved" in line for line in more)
        path.parent.chmod(stat.S_IRWXU)
        assert hashes(path.parent) == before

    def test_what_is_no_database_is_kept_and_a_new_one_begins(self, tmp_path, path, track):
        path.parent.mkdir()
        path.write_bytes(b"no database at all" * 100)
        done = run(tmp_path, *list(commands(track))[-1])
        assert done.returncode == 0
        said, saved = done.stderr.splitlines()
        (aside,) = path.parent.glob("history.db.damaged-*")
        assert f"is damaged; it is kept as {aside.name}" in said
        assert saved.startswith("Saved as session 1")
        assert aside.read_bytes() == b"no database at all" * 100

    @pytest.mark.parametrize("number", range(6))
    def test_damage_within_is_one_line_and_the_next_command_goes_on(
        self, tmp_path, path, track, number
    ):
        words = list(commands(track))[number]
        keep(path, 1, 2, 3)
        table = {"progress": "hold", "analyze": "hold"}.get(words[0], "sitting")
        spoil_table(path, table)
        damaged = path.read_bytes()
        done = run(tmp_path, *words)
        (aside,) = path.parent.glob("history.db.damaged-*[0-9]")
        line, *more = done.stderr.splitlines()
        assert f"is damaged; it is kept as {aside.name}" in line
        assert aside.read_bytes() == damaged
        if words[0] == "analyze":  # what took minutes is not asked for again
            assert done.returncode == 0
            assert more[0].startswith("Saved as session 4")
        else:
            assert (done.returncode, more) == (2, [])
            assert line.endswith("run the same command again")
        assert run(tmp_path, "history").returncode == 0

    def test_damage_costs_no_live_session(self, tmp_path, path):
        keep(path)
        about = {"started": datetime(2026, 11, 29, 10, tzinfo=UTC).isoformat(), "title": "Frog"}
        record = tmp_path / "backstretch" / "sessions" / "one" / "session.jsonl"
        with SessionRecord(record, about) as writing:
            writing.write("end", reason="done")
        assert "Frog" in run(tmp_path, "history").stdout
        shutil.copy(path, tmp_path / "copy.db")
        spoil_table(path, "sitting")
        assert refused(run(tmp_path, "history")).endswith("run the same command again")
        assert "Frog" in run(tmp_path, "history").stdout


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """Where this process keeps what is the user's."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


@pytest.mark.usefixtures("at_home")
class TestSaving:
    def test_prints_nothing_and_hands_back_what_there_is_to_say(self, path, capfd):
        path.parent.mkdir()
        path.write_bytes(b"no database at all" * 100)
        _, notices = with_history(lambda history: history.count())
        assert ["is damaged; it is kept as" in line for line in notices] == [True]
        assert capfd.readouterr() == ("", "")

    def test_goes_on_in_a_new_history_where_damage_shows(self, path):
        keep(path, 1, 2, 3)
        spoil_table(path, "hold")
        count, (line,) = with_history(lambda history: len(history.holds()))
        assert count == 3
        assert "is damaged; it is kept as" in line
        assert not line.endswith("run the same command again")

    def test_that_fails_says_first_what_was_to_be_said(self, path):
        def fail(_):
            raise InputError("the disk is full")

        path.parent.mkdir()
        path.write_bytes(b"no database at all" * 100)
        with pytest.raises(InputError) as failure:
            with_history(fail)
        first, last = failure.value.faults
        assert "is damaged; it is kept as" in first
        assert last == "the disk is full"


PLAN = """name = "Plan of Ann"
about = "Written by hand."
source = "Her physiotherapist"
rest_s = 10

[[stretch]]
pose = "standing_side_bend"
hold_s = 4
repetitions = 8

[[stretch]]
pose = "pelvic_tilt"
"""


@pytest.fixture
def planned(tmp_path):
    """Somebody with a set of their own, for whom the side bend is 8 holds of 4 s a side."""
    sets = tmp_path / "backstretch" / "poses" / "sets"
    sets.mkdir(parents=True)
    (sets / "plan.toml").write_text(PLAN)
    return tmp_path


class TestPlan:
    """What a practitioner asks for stands, and everything is judged by it."""

    def test_is_no_fault_and_is_remarked_on_where_it_is_checked(self, planned):
        done = run(
            planned, "poses", "check", planned / "backstretch" / "poses" / "sets" / "plan.toml"
        )
        assert (done.returncode, done.stdout) == (0, "1 file checked, no fault.\n")
        assert "8 holds a side are asked for" in done.stderr

    def test_is_shown_with_a_remark(self, planned):
        text = " ".join(run(planned, "poses", "sets", "plan").stdout.split())
        assert "holds of 4 s are asked for (15 to 30 s are usual)" in text
        assert "8 holds a side are asked for" in text

    def test_judges_a_recording(self, planned, track):
        done = run(planned, "analyze", track, "--set", "plan", "--json")
        document = json.loads(done.stdout)
        (hold,) = document["holds"]
        assert (hold["pose"], hold["side"], hold["complete"]) == (
            "standing_side_bend",
            "left",
            True,
        )
        assert [
            (each["side"], each["asked_s"], each["asked"]) for each in document["stretches"]
        ] == [
            ("left", 4.0, 8),
            ("right", 4.0, 8),
        ]
        assert (document["title"], document["pose"]) == ("Plan of Ann", None)
        assert "Pelvic tilt is judged only where it is asked for by name" in done.stderr

    def test_is_what_progress_measures_by_from_then_on(self, planned, track):
        run(planned, "analyze", track, "--set", "plan", "--save")
        run(
            planned, "analyze", track, "--save", "--start", "1"
        )  # recognised: nothing was asked for
        (stretch,) = json.loads(run(planned, "progress", "--json").stdout)["stretches"]
        assert stretch["asked"] == {"hold_s": 4.0, "repetitions": 8}
        assert (stretch["round_s"], stretch["recommended_week_s"]) == (64.0, 192.0)
        text = run(planned, "progress").stdout
        assert re.search(r"Standing side bend.* 3\.2 min", text)

    def test_is_that_of_the_person_alone(self, planned, track):
        run(planned, "analyze", track, "--set", "plan", "--save")
        run(planned, "analyze", track, "--save", "--profile", "Ann")
        done = run(planned, "progress", "--json", "--profile", "Ann")
        (stretch,) = json.loads(done.stdout)["stretches"]
        assert stretch["asked"] is None

    def test_is_taken_from_the_options_too(self, planned, track):
        asked = ("--pose", "standing_side_bend", "--hold", "4", "--repetitions", "2")
        done = run(planned, "analyze", track, *asked, "--json")
        document = json.loads(done.stdout)
        assert [(each["asked_s"], each["asked"]) for each in document["stretches"]] == [
            (4.0, 2)
        ] * 2
        assert "holds of 4 s are asked for" in done.stderr

    def test_that_asks_for_more_than_one_hold_counts_can_be_fulfilled(self, planned, track):
        asked = ("--pose", "standing_side_bend", "--hold", "90")
        done = run(planned, "analyze", track, *asked, "--json")
        assert {each["asked_s"] for each in json.loads(done.stdout)["stretches"]} == {30.0}
        assert "so 30 s complete it" in done.stderr

    def test_says_which_stretches_and_sides(self, planned, track):
        for option in (("--pose", "childs_pose"), ("--side", "left")):
            line = run(planned, "analyze", track, "--set", "plan", *option).stderr
            assert "leave out --pose and --side" in line


def test_a_face_is_blurred_only_where_a_video_is_written(tmp_path, track):
    line = run(tmp_path, "analyze", track, "--blur-face").stderr
    assert line == "backstretch: --blur-face is about annotated.mp4; add --out FOLDER\n"


class TestWhere:
    def test_names_the_folders_and_says_what_is_not_there(self, planned):
        lines = run(planned, "where").stdout.splitlines()
        places = {line.split("  ")[0]: line for line in lines}
        assert places["Own sets (.toml)"].endswith(str(planned / "backstretch" / "poses" / "sets"))
        assert places["Health answers"].endswith("health.json  (not there yet)")

    def test_is_another_place_for_another_person(self, planned):
        text = run(planned, "where", "--profile", "Ann").stdout
        assert "Folder of Ann" in text
        assert str(planned / "backstretch" / "profiles" / "ann-") in text
