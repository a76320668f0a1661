"""The history: what is kept stays kept, whoever writes beside and whatever ends it."""

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backstretch.errors import InputError
from backstretch.history import ANALYZED, LIVE, Entry, History
from backstretch.history_schema import VERSION
from backstretch.session_record import SessionRecord

NOW = datetime(2026, 11, 29, 10, 0, tzinfo=UTC)
ODD = '<b>Ann</b> "O\'Neil"; DROP TABLE sitting; 🧘'
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from backstretch.history import ANALYZED, Entry, History
with History(Path(sys.argv[1]), datetime.now(UTC)) as history:
    for number in range(int(sys.argv[2])):
        document = {"holds": [{"pose": "childs_pose", "valid_s": number}]}
        print(history.add(Entry(document, datetime.now(UTC), ANALYZED)), flush=True)
"""
BEGINNER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from backstretch.history import History
for path in sys.argv[1:]:
    with History(Path(path), datetime.now(UTC)):
        pass
"""


def document(valid_s=20.0, pose="childs_pose", best=30.0):
    hold = {"pose": pose, "side": None, "valid_s": valid_s, "complete": True, "score": 90}
    hold["measures"] = {
        "knee": {"median": 31.0, "best": best, "unit": "deg"},
        "trunk": {"median": 5.0, "unit": "deg"},
    }
    totals = {"valid_s": valid_s, "wrong_s": 1.0, "unseen_s": 0.5}
    return {"schema": 1, "holds": [hold], "totals": totals, "view": {"azimuth_deg": 90}}


def entry(began=NOW, **said):
    return Entry(said.pop("document", document()), began, ANALYZED, **said)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "history.db"


@pytest.fixture
def history(path):
    with History(path, NOW) as opened:
        yield opened


def writer(path, count):
    command = [sys.executable, "-c", WRITER, str(path), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_session_is_read_as_it_was_kept(history):
    number = history.add(entry(title="Child's pose", profile=ODD, pain=True, soreness=3))
    sitting = history.sitting(number)
    assert (sitting.began, sitting.profile, sitting.title) == (NOW, ODD, "Child's pose")
    assert (sitting.valid_s, sitting.wrong_s, sitting.unseen_s) == (20.0, 1.0, 0.5)
    assert (sitting.pain, sitting.soreness) == (True, 3)
    assert history.document(number) == document()


def test_holds_tell_range_of_motion_only_where_more_means_something(history):
    history.add(entry())
    (hold,) = history.holds()
    assert hold.measures == {"knee": (30.0, "deg")}
    assert (hold.pose, hold.valid_s, hold.complete, hold.azimuth_deg) == (
        "childs_pose",
        20,
        True,
        90,
    )


def test_holds_can_be_asked_of_one_pose_and_one_person(history):
    history.add(entry(profile="Ann"))
    history.add(entry(profile="Ben", document=document(pose="frog_stretch", best=9.0)))
    assert [hold.pose for hold in history.holds("Ben")] == ["frog_stretch"]
    assert [hold.measures["knee"][0] for hold in history.holds("Ben", "frog_stretch")] == [9.0]
    assert history.holds("Ann", "frog_stretch") == []
    assert history.profiles() == ["Ann", "Ben"]


def test_sessions_are_in_the_order_of_time_wherever_and_whenever_they_were(history):
    summer = datetime.fromisoformat("2026-10-25T02:30:00+02:00")
    winter = datetime.fromisoformat("2026-10-25T02:10:00+01:00")
    ids = [history.add(entry(began)) for began in (winter, summer)]
    assert [each.id for each in history.sittings()] == ids
    assert [each.began.isoformat() for each in history.sittings()] == [
        winter.isoformat(),
        summer.isoformat(),
    ]


def test_a_deleted_session_is_gone_with_its_holds(history):
    number = history.add(entry())
    history.delete(number)
    assert (history.sittings(), history.holds()) == ([], [])
    with pytest.raises(InputError, match="there is no session"):
        history.delete(number)


def test_the_files_are_for_their_owner_only(history, path):
    history.add(entry())
    modes = {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert len(list(path.parent.iterdir())) == 3
    assert modes == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_two_processes_that_write_at_once_lose_nothing(path):
    both = [writer(path, 60), writer(path, 60)]
    told = [int(line) for each in both for line in each.communicate(timeout=60)[0].split()]
    with History(path, NOW) as history:
        assert sorted(told) == sorted(each.id for each in history.sittings())
    assert len(told) == 120


def test_many_processes_that_begin_a_history_at_once_all_get_it(tmp_path):
    command = [sys.executable, "-c", BEGINNER, *(str(tmp_path / f"{n}.db") for n in range(100))]
    many = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [each.communicate(timeout=60)[1] for each in many] == [""] * 4


def test_a_killed_writer_loses_nothing_that_was_finished(path):
    process = writer(path, 100_000)
    told = [int(process.stdout.readline()) for _ in range(40)]
    process.send_signal(signal.SIGKILL)
    told += [int(line) for line in process.communicate()[0].split("\n")[:-1]]
    with History(path, NOW) as history:
        kept = {each.id for each in history.sittings()}
        assert set(told) <= kept
        assert len(history.holds()) == len(kept)


class TestBadDatabase:
    def test_a_newer_one_is_said_and_not_touched(self, path):
        path.parent.mkdir()
        with sqlite3.connect(path) as db:
            db.execute(f"PRAGMA user_version = {VERSION + 1}")
        db.close()
        before = path.read_bytes()
        with pytest.raises(InputError, match="newer backstretch"):
            History(path, NOW)
        assert path.read_bytes() == before

    def test_a_damaged_one_is_put_aside_and_said(self, path):
        path.parent.mkdir()
        path.write_bytes(b"no database at all" * 100)
        with History(path, NOW) as history:
            (notice,) = history.notices
            history.add(entry())
        aside = path.with_name("history.db.damaged-2026-11-29T10-00-00")
        assert aside.read_bytes() == b"no database at all" * 100
        assert aside.name in notice

    def test_two_damaged_ones_are_both_kept(self, path):
        path.parent.mkdir()
        for number in (1, 2):
            path.write_bytes(f"damaged {number}".encode() * 100)
            with History(path, NOW) as history:
                assert history.notices
        assert len(list(path.parent.glob("*.damaged-*"))) == 2

    def test_a_locked_one_is_said(self, path, monkeypatch):
        with History(path, NOW):
            pass
        monkeypatch.setattr("backstretch.history.WAIT_S", 0.1)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with History(path, NOW) as history, pytest.raises(InputError, match="in use by another"):
            history.add(entry())
        other.execute("ROLLBACK")
        other.close()

    def test_one_that_may_not_be_written_can_be_read(self, path, monkeypatch):
        with History(path, NOW) as history:
            history.add(entry())

        def refused(_name, _flags):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("backstretch.history.open_private", refused)
        with History(path, NOW) as history:
            assert len(history.sittings()) == 1
            with pytest.raises(InputError, match="may not be written"):
                history.add(entry())

    def test_a_folder_in_its_place_is_one_line(self, path):
        path.mkdir(parents=True)
        with pytest.raises(InputError, match="cannot be used"):
            History(path, NOW)


class TestTakingIn:
    def record(self, sessions: Path, name: str, *, ended: bool, began=NOW):
        about = {"started": began.isoformat(), "title": "Frog", "profile": "Ann"}
        with SessionRecord(sessions / name / "session.jsonl", about) as record:
            record.write("hold", **document()["holds"][0])
            if ended:
                record.write("soreness", value=2)
                record.write("end", reason="pain")

    def test_a_finished_session_is_taken_in_once(self, history, tmp_path):
        self.record(tmp_path / "s", "one", ended=True)
        (tmp_path / "s" / "one" / "result.json").write_text(json.dumps(document(33.0)))
        for _ in range(2):
            history.take_in(tmp_path / "s")
        (sitting,) = history.sittings()
        assert (sitting.kind, sitting.title, sitting.profile) == (LIVE, "Frog", "Ann")
        assert (sitting.valid_s, sitting.pain, sitting.soreness) == (33.0, True, 2)

    def test_a_session_that_may_be_going_on_is_left_until_later(self, history, tmp_path):
        self.record(tmp_path / "s", "one", ended=False)
        history.take_in(tmp_path / "s")
        assert history.sittings() == []

    def test_what_a_crash_left_is_taken_in(self, history, tmp_path):
        self.record(tmp_path / "s", "one", ended=False, began=NOW - timedelta(hours=7))
        history.take_in(tmp_path / "s")
        assert [each.valid_s for each in history.sittings()] == [20.0]

    def test_a_deleted_session_does_not_come_back(self, history, tmp_path):
        self.record(tmp_path / "s", "one", ended=True)
        history.take_in(tmp_path / "s")
        history.delete(history.sittings()[0].id)
        history.take_in(tmp_path / "s")
        assert history.sittings() == []

    def test_a_result_that_was_changed_by_hand_is_left_out(self, history, tmp_path):
        self.record(tmp_path / "s", "odd", ended=True)
        (tmp_path / "s" / "odd" / "result.json").write_text('{"holds": [3], "view": "side"}')
        self.record(tmp_path / "s", "good", ended=True)
        history.take_in(tmp_path / "s")
        assert len(history.sittings()) == 1

    def test_what_is_no_session_is_left_out(self, history, tmp_path):
        (tmp_path / "s" / "odd").mkdir(parents=True)
        (tmp_path / "s" / "file").write_text("")
        history.take_in(tmp_path / "s")
        history.take_in(tmp_path / "nowhere")
        assert history.sittings() == []


def filled(path, count):
    """A history of five years, written at once; five holds a session, four measures a hold."""
    with History(path, NOW):
        pass
    text = json.dumps(document())
    db = sqlite3.connect(path)
    days = [NOW - timedelta(hours=4.38 * number) for number in range(count)]
    rows = [
        (
            n + 1,
            "",
            at.isoformat(),
            at.timestamp(),
            LIVE,
            "Set",
            f"r{n}",
            100.0,
            1.0,
            1.0,
            0,
            None,
            text,
        )
        for n, at in enumerate(days)
    ]
    db.executemany(f"INSERT INTO sitting VALUES ({','.join('?' * 13)})", rows)
    holds = [
        (5 * n + k + 1, n + 1, f"pose{k}" if k else "childs_pose", None, 20.0, 1, 90.0)
        for n in range(count)
        for k in range(5)
    ]
    db.executemany("INSERT INTO hold VALUES (?,?,?,?,?,?,?)", holds)
    reach = [(hold[0], f"m{k}", 30.0, "deg") for hold in holds for k in range(4)]
    db.executemany("INSERT INTO reach VALUES (?,?,?,?)", reach)
    db.commit()
    db.close()


def test_ten_thousand_sessions_are_listed_within_a_second(tmp_path):
    filled(tmp_path / "backstretch" / "history.db", 10_000)
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "backstretch", "history"]
    took_s = []
    for _ in range(3):  # the machine may be busy with other things
        before = time.perf_counter()
        told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        took_s.append(time.perf_counter() - before)
        assert "9980 older ones" in told.stdout
    assert min(took_s) < 1.0
