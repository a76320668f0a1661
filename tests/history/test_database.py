"""The history's file: whatever its state, nothing in it is lost, and what is deleted is gone."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backstretch.errors import InputError
from backstretch.formats.session_log import SessionRecord
from backstretch.history import database as history_schema
from backstretch.history.database import (
    MIGRATIONS,
    _connect_untouched,
    migrate,
    newest,
    version_of,
)
from backstretch.history.history import DamagedHistoryError, History
from backstretch.history.rows import LIVE, _take_over, keep, salvage
from tests.histories import NOW, document, entry

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX")
STEPS = ("keep", "undo", "empty the log", "leave open", "spill")
ASIDE = "history.db.damaged-2026-11-29T10-00-00"
DELETER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from backstretch.history.history import History
with History(Path(sys.argv[1]), datetime.now(UTC)) as history:
    for number in sys.argv[2:]:
        history.delete(int(number))
"""
READER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from backstretch.history.history import History
with History(Path(sys.argv[1]), datetime.now(UTC)) as history:
    print(len(history.sittings()), *history.notices, sep="\\n")
    history.delete(1)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "history.db"


def kept(path, count):
    """A history of some sessions, a day apart."""
    with History(path, NOW) as history, history._writing() as db:
        for number in range(count):
            began = NOW - timedelta(days=number)
            keep(db, entry(began, title=f"Session {number + 1}"))
    return path


def hashes(folder):
    return {each.name: sha256(each.read_bytes()).hexdigest() for each in folder.iterdir()}


def left_over(path, to, *statements):
    """The files that a process leaves that dies after these statements."""
    to.parent.mkdir(exist_ok=True)
    with History(path, NOW) as history:
        for statement in statements:
            history._db.execute(statement)
        for ending in ("", "-wal", "-shm"):
            shutil.copy(f"{path}{ending}", f"{to}{ending}")
    return to


def without_rights(*command, env=None):
    """A command that may do no more than any user: the owner of all files may else write everywhere."""
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("setpriv is not installed")
        command = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", *command)
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def spoil(path, first=0.4, last=0.6):
    """Overwrite a part of a database in the middle of it."""
    data = bytearray(path.read_bytes())
    part = slice(int(len(data) * first), int(len(data) * last))
    data[part] = b"\xff" * len(data[part])
    path.write_bytes(data)
    return bytes(data)


def spoil_table(path, table):
    """Overwrite the page that a table begins with."""
    db = sqlite3.connect(path)
    (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    (size,) = db.execute("PRAGMA page_size").fetchone()
    db.close()
    data = bytearray(path.read_bytes())
    data[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(data)


class TestNewer:
    def test_one_is_not_touched(self, path):
        kept(path, 1)
        db = sqlite3.connect(path)
        db.execute(f"PRAGMA user_version = {newest() + 1}")
        db.close()
        before = hashes(path.parent)
        with pytest.raises(InputError, match="newer backstretch"):
            History(path, NOW)
        assert hashes(path.parent) == before

    @pytest.mark.parametrize("ending", ["", "-shm"], ids=["all", "without the index of the log"])
    def test_one_whose_writer_died_is_not_touched_with_its_log(self, path, tmp_path, ending):
        kept(path, 1)
        statement = f"PRAGMA user_version = {newest() + 1}"
        other = left_over(path, tmp_path / "other" / "history.db", statement)
        if ending:
            other.with_name(f"history.db{ending}").unlink()
        before = hashes(other.parent)
        with pytest.raises(InputError, match="newer backstretch"):
            History(other, NOW)
        after = hashes(other.parent)
        for name in ("history.db", "history.db-wal"):  # the index is made from the log
            assert after[name] == before[name]
        assert other.with_name("history.db-wal").stat().st_size > 0

    @given(st.lists(st.sampled_from(STEPS), max_size=8), st.integers(0, 30_000))
    @example(["keep", "keep", "keep", "empty the log", "keep"], 0)
    @example(["keep", "spill", "keep"], 100)
    def test_looking_for_the_version_finds_it_and_touches_neither_file_nor_log(
        self, tmp_path_factory, steps, cut
    ):
        folder = tmp_path_factory.mktemp("versions")
        path, copy = folder / "a.db", folder / "b.db"
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA cache_size = 1")
        db.execute("CREATE TABLE t (x)")
        db.execute("PRAGMA wal_checkpoint(RESTART)")
        for number, step in enumerate(steps, 1):
            _take(db, step, number)
        for ending in ("", "-wal"):
            shutil.copy(f"{path}{ending}", f"{copy}{ending}")
        db.close()
        log = copy.with_name("b.db-wal")
        os.truncate(log, max(0, log.stat().st_size - cut))
        before = copy.read_bytes(), log.read_bytes()
        with closing(_connect_untouched(copy)) as untouching:
            version = version_of(untouching)
        assert (copy.read_bytes(), log.read_bytes()) == before
        with closing(sqlite3.connect(copy)) as oracle:
            assert version == version_of(oracle)


def _take(db, step, number):
    if step == "empty the log":
        if not db.in_transaction:
            db.execute("PRAGMA wal_checkpoint(RESTART)")
        return
    if not db.in_transaction:
        db.execute("BEGIN")
    db.execute(f"PRAGMA user_version = {number}")
    if step == "spill":  # more than is held in memory goes to the log before it is finished
        db.executemany("INSERT INTO t VALUES (?)", [("x" * 3000,)] * 40)
    if step in {"keep", "undo"}:
        db.execute("COMMIT" if step == "keep" else "ROLLBACK")


class TestDamaged:
    def test_one_that_is_no_database_is_put_aside_and_said(self, path):
        path.parent.mkdir()
        path.write_bytes(b"no database at all" * 100)
        with History(path, NOW) as history:
            (notice,) = history.notices
            history.add(entry())
        assert path.with_name(ASIDE).read_bytes() == b"no database at all" * 100
        assert f"is kept as {ASIDE}, and a new history begins with no sessions" in notice

    def test_two_are_both_kept(self, path):
        path.parent.mkdir()
        for number in (1, 2):
            path.write_bytes(f"damaged {number}".encode() * 100)
            with History(path, NOW) as history:
                assert history.notices
        assert len(list(path.parent.glob("*.damaged-*"))) == 2

    def test_what_can_still_be_read_is_in_the_new_one(self, path):
        spoiled = spoil(kept(path, 400))
        with History(path, NOW) as history:
            with pytest.raises(DamagedHistoryError, match="is damaged; it is kept as") as told:
                history.sittings()
            found = history.sittings()
            assert f"{len(found)} sessions that could still be read" in str(told.value)
            assert [hold.sitting for hold in history.holds()] == [each.id for each in found][::-1]
        assert 100 < len(found) < 400
        assert {each.id for each in found} >= {1, 400}
        assert {each.title for each in found} == {f"Session {each.id}" for each in found}
        assert path.with_name(ASIDE).read_bytes() == spoiled

    def test_what_is_left_of_one_that_was_cut_short_is_in_the_new_one(self, path):
        kept(path, 400)
        os.truncate(path, path.stat().st_size // 2)
        with History(path, NOW) as history:
            (notice,) = history.notices
            found = history.sittings()
        assert f"{len(found)} sessions that could still be read" in notice
        assert len(found) > 50

    def test_nothing_has_changed_where_that_is_broken_off(self, path, monkeypatch):
        def broken_off(_session, _number):
            raise KeyboardInterrupt

        spoil_table(kept(path, 5), "reach")
        before = hashes(path.parent)
        monkeypatch.setattr("backstretch.history.rows.document_of", broken_off)
        with History(path, NOW) as history, pytest.raises(KeyboardInterrupt):
            history.holds()
        assert hashes(path.parent) == before
        monkeypatch.undo()
        with History(path, NOW) as history:
            with pytest.raises(DamagedHistoryError):
                history.holds()
            assert len(history.holds()) == 5

    def test_damage_that_shows_when_live_sessions_are_taken_in_costs_none(self, path, tmp_path):
        record = tmp_path / "sessions" / "one" / "session.jsonl"
        with SessionRecord(record, {"started": NOW.isoformat()}) as writing:
            writing.write("hold", **document()["holds"][0])
            writing.write("end", reason="done")
        spoil_table(kept(path, 5), "reach")
        with History(path, NOW) as history:
            with pytest.raises(DamagedHistoryError):
                history.take_in(tmp_path / "sessions")
            history.take_in(tmp_path / "sessions")
            assert len(history.holds()) == 6

    def test_a_session_that_is_met_twice_is_take_over_once(self, path):
        row = (7, "{}", NOW.isoformat(), "", LIVE, "twice", None, 0, None)
        with History(path, NOW) as history:
            with history._writing() as db:
                assert list(_take_over([row, row], db)) == [7]
            assert [each.id for each in history.sittings()] == [7]

    @posix
    def test_both_are_for_their_owner_only(self, path):
        spoil_table(kept(path, 5), "reach")
        with History(path, NOW) as history, pytest.raises(DamagedHistoryError):
            history.holds()
        assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}
        assert [each.name for each in sorted(path.parent.iterdir())] == [path.name, ASIDE]

    def test_one_that_shows_when_it_is_written_is_put_aside_too(self, path):
        spoil_table(kept(path, 5), "reach")
        with History(path, NOW) as history:
            assert len(history.sittings()) == 5
            with pytest.raises(DamagedHistoryError, match="run the same command again"):
                history.add(entry())
            number = history.add(entry())
            assert number == 6
            assert len(history.holds()) == 6
            assert {hold.measures["knee"][0] for hold in history.holds()} == {30.0}
        assert path.with_name(ASIDE).exists()

    def test_deleted_sessions_do_not_come_back(self, path):
        with History(path, NOW) as history:
            history.delete(history.add(entry(record="one")))
            history.add(entry(record="two"))
        spoil_table(path, "reach")
        with History(path, NOW) as history:
            with pytest.raises(DamagedHistoryError):
                history.holds()
            known = history._db.execute("SELECT record FROM forgotten").fetchall()
        assert known == [("one",)]

    def test_what_one_process_begins_anew_the_other_does_not_put_aside(self, path):
        spoil_table(kept(path, 5), "reach")
        with History(path, NOW) as first, History(path, NOW) as second:
            with pytest.raises(DamagedHistoryError):
                first.holds()
            first.add(entry(title="new"))
            with pytest.raises(DamagedHistoryError, match="another backstretch"):
                second.holds()
            assert [each.title for each in second.sittings()].count("new") == 1
            assert len(second.holds()) == 6
        with History(path, NOW) as history:
            assert len(history.sittings()) == 6
        assert len(list(path.parent.glob("*.damaged-*[0-9]"))) == 1

    def test_what_is_kept_after_another_process_put_it_aside_is_in_the_new_one(self, path):
        spoil_table(kept(path, 5), "reach")
        with History(path, NOW) as first, History(path, NOW) as second:
            with pytest.raises(DamagedHistoryError):
                first.holds()
            second.add(entry(title="new"))
        with History(path, NOW) as history:
            assert [each.title for each in history.sittings()].count("new") == 1

    def test_text_that_is_none_is_damage(self, path):
        kept(path, 2)
        db = sqlite3.connect(path)
        db.execute("UPDATE sitting SET title = CAST(x'ff41' AS TEXT) WHERE id = 1")
        db.commit()
        db.close()
        with History(path, NOW) as history:
            with pytest.raises(DamagedHistoryError):
                history.sittings()
            assert [each.title for each in history.sittings()] == ["\ufffdA", "Session 2"]


class TestUnwritable:
    @pytest.fixture
    def folder(self, path):
        kept(path, 3)
        yield path.parent
        path.parent.chmod(stat.S_IRWXU)

    def read(self, folder):
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
        return without_rights(sys.executable, "-c", READER, str(folder / "history.db"))

    @posix
    def test_a_folder_can_be_read_as_it_stands(self, folder):
        before = hashes(folder)
        done = self.read(folder)
        count, notice = done.stdout.splitlines()
        assert count == "3"
        assert "the latest sessions may be missing" in notice
        assert "cannot be written to; make it writable" in done.stderr.splitlines()[-1]
        assert hashes(folder) == before

    @posix
    def test_a_folder_with_a_left_over_log_can_be_read(self, folder, tmp_path):
        other = tmp_path / "other" / "history.db"
        left_over(folder / "history.db", other, "DELETE FROM sitting WHERE id = 3")
        done = self.read(other.parent)
        other.parent.chmod(stat.S_IRWXU)
        assert done.stdout.splitlines()[0] == "2"

    @posix
    def test_a_folder_with_half_a_left_over_log_can_be_read_as_it_stands(self, folder, tmp_path):
        other = tmp_path / "other" / "history.db"
        left_over(folder / "history.db", other, "DELETE FROM sitting WHERE id = 3")
        other.with_name("history.db-shm").unlink()
        before = hashes(other.parent)
        done = self.read(other.parent)
        other.parent.chmod(stat.S_IRWXU)
        assert done.stdout.splitlines()[0] == "3"
        assert hashes(other.parent) == before

    @posix
    def test_a_file_can_be_read(self, path):
        kept(path, 3).chmod(stat.S_IRUSR)
        done = without_rights(sys.executable, "-c", READER, str(path))
        assert done.stdout.splitlines()[0] == "3"

    @posix
    def test_a_folder_without_a_history_is_one_line(self, path):
        path.parent.mkdir()
        path.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
        done = without_rights(sys.executable, "-c", READER, str(path))
        assert done.stderr.splitlines()[-1].endswith("cannot be used (Permission denied)")

    @posix
    def test_an_older_one_is_said(self, folder):
        db = sqlite3.connect(folder / "history.db")
        db.execute("PRAGMA user_version = 0")
        db.close()
        assert "older backstretch" in self.read(folder).stderr.splitlines()[-1]

    @posix
    def test_a_damaged_one_is_said_and_stays(self, folder):
        spoil(folder / "history.db", 0.0, 0.01)
        before = hashes(folder)
        assert "damaged and cannot be put aside" in self.read(folder).stderr.splitlines()[-1]
        assert hashes(folder) == before


@contextmanager
def older(path, version, monkeypatch):
    """A history as an older version made it."""
    path.parent.mkdir(exist_ok=True)
    with monkeypatch.context() as patched, closing(sqlite3.connect(path)) as db, db:
        db.isolation_level = None
        patched.setattr(history_schema, "MIGRATIONS", MIGRATIONS[:version])
        migrate(db)
        yield db


def put(db, profile="", title="", document="{}"):
    """A session, as older versions kept it."""
    columns = "profile, began, epoch_s, kind, title, valid_s, wrong_s, unseen_s, pain, document"
    values = (profile, NOW.isoformat(), 0, "live", title, 1, 0, 0, 0, document)
    db.execute(f"INSERT INTO sitting ({columns}) VALUES ({','.join('?' * 10)})", values)


class TestMigrating:
    SECOND = """
        CREATE TABLE mood (sitting INTEGER NOT NULL REFERENCES sitting (id), value INTEGER);
        INSERT INTO mood SELECT id, 5 FROM sitting
    """
    ANEW = """
        CREATE TABLE other AS SELECT * FROM sitting;
        DROP TABLE sitting;
        CREATE TABLE sitting (
            id INTEGER PRIMARY KEY AUTOINCREMENT, profile TEXT, began TEXT, epoch_s REAL, kind TEXT, title TEXT,
            record TEXT UNIQUE, valid_s REAL, wrong_s REAL, unseen_s REAL, pain INTEGER, soreness INTEGER,
            document TEXT, number INTEGER, note TEXT
        );
        INSERT INTO sitting SELECT * FROM other;
        DROP TABLE other
    """

    def newer(self, monkeypatch, *more):
        monkeypatch.setattr(history_schema, "MIGRATIONS", (*MIGRATIONS, *more))

    def test_an_older_history_keeps_its_sessions(self, path, monkeypatch):
        kept(path, 3)
        self.newer(monkeypatch, self.SECOND)
        with History(path, NOW) as history:
            assert [each.title for each in history.sittings()] == [
                f"Session {n}" for n in (1, 2, 3)
            ]
            assert history._db.execute("SELECT count(*) FROM mood").fetchone() == (3,)
            assert version_of(history._db) == len(MIGRATIONS) + 1

    def test_the_first_version_is_brought_to_this_one(self, path, monkeypatch):
        with older(path, 1, monkeypatch) as db:
            put(db, title="old")
        with History(path, NOW) as history:
            assert [each.title for each in history.sittings()] == ["old"]
            assert history.add(entry()) == 2
            assert len(history.holds()) == 1

    def test_older_tilts_of_the_head_become_the_true_ones(self, path, monkeypatch):
        with older(path, 2, monkeypatch) as db:
            put(db)
            db.execute(
                "INSERT INTO hold (id, sitting, pose, valid_s, complete) VALUES (7, 1, 'a', 1, 1)"
            )
            for label in ("head_roll_rel", "head_pitch"):
                db.execute("INSERT INTO reach VALUES (7, ?, 24.0, 'deg')", (label,))
        with History(path, NOW) as history:
            values = dict(history._db.execute("SELECT label, value FROM reach"))
        assert values == {"head_pitch": 24.0, "head_roll_rel": 36.0}

    def test_a_table_that_is_made_anew_keeps_what_refers_to_it(self, path, monkeypatch):
        kept(path, 3)
        self.newer(monkeypatch, self.ANEW)
        with History(path, NOW) as history:
            assert len(history.holds()) == 3

    def test_who_was_alone_keeps_the_numbers_that_were_printed(self, path, monkeypatch):
        with older(path, 3, monkeypatch) as db:
            for _ in range(3):
                put(db)
            db.execute("DELETE FROM sitting WHERE id = 2")
        with History(path, NOW) as history:
            assert [each.number for each in history.sittings("")] == [3, 1]
            assert history.sitting(history.add(entry())).number == 4

    def test_the_sessions_of_each_person_are_counted_from_one(self, path, monkeypatch):
        with older(path, 3, monkeypatch) as db:
            for name in ("", "Ann", " ANN", "", "Ben"):
                put(db, name)
        with History(path, NOW) as history:
            numbers = [(each.id, each.number) for each in history.sittings()[::-1]]
            assert numbers == [(1, 1), (2, 1), (3, 2), (4, 2), (5, 1)]
            assert history.sitting(history.add(entry(profile="ann"))).number == 3

    def test_a_damaged_older_history_is_taken_over_with_numbers(self, path, monkeypatch):
        with older(path, 3, monkeypatch) as db:
            for name in ("Ann", "Ben", "Ann"):
                put(db, name)
        with closing(sqlite3.connect(path.with_name("new.db"), isolation_level=None)) as new:
            migrate(new)
            assert salvage(path, new) == 3
            rows = new.execute("SELECT profile, number FROM sitting ORDER BY id").fetchall()
        assert rows == [("Ann", 1), ("Ben", 1), ("Ann", 2)]

    @pytest.mark.parametrize("fails", ["nonsense", "SELECT abs(-9223372036854775808)"])
    def test_a_step_that_fails_in_its_middle_changes_nothing(self, path, monkeypatch, fails):
        kept(path, 3)
        self.newer(monkeypatch, self.SECOND, f"DELETE FROM hold; DROP TABLE mood; {fails}")
        with pytest.raises(InputError, match="nothing was overwritten"):
            History(path, NOW)
        self.newer(monkeypatch, self.SECOND)
        with History(path, NOW) as history:
            assert len(history.holds()) == 3
            assert history._db.execute("SELECT count(*) FROM mood").fetchone() == (3,)

    def test_many_processes_migrate_at_once(self, path, monkeypatch):
        with older(path, 1, monkeypatch):
            pass
        command = [sys.executable, "-c", READER, str(path)]
        pipe = subprocess.PIPE
        many = [subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) for _ in range(4)]
        assert [each.communicate(timeout=60)[0] for each in many] == ["0\n"] * 4


class TestDeleted:
    WORDS = ("Sciatica", "Annabel", "deltoid")

    def put(self, history, number):
        said = document(pose=f"deltoid_{number}")
        return history.add(entry(title=f"Sciatica {number}", profile="Annabel", document=said))

    def test_a_session_is_gone_from_the_bytes_of_all_files(self, path):
        with History(path, NOW) as history:
            numbers = []
            for number in range(60):
                numbers.append(self.put(history, number))
                history.add(entry(title="Other", profile="Ben"))
        assert all(word in path.read_bytes().decode("latin-1") for word in self.WORDS)
        subprocess.run(
            [sys.executable, "-c", DELETER, str(path), *map(str, numbers)], check=True, timeout=60
        )
        data = b"".join(each.read_bytes() for each in path.parent.iterdir()).decode("latin-1")
        assert [word for word in self.WORDS if word in data] == []
        with History(path, NOW) as history:
            assert len(history.sittings()) == 60

    def test_it_is_gone_at_once_where_another_process_has_the_history_open(self, path):
        with History(path, NOW) as history, History(path, NOW) as other:
            number = self.put(history, 1)
            assert len(other.sittings()) == 1
            history.delete(number)
            data = b"".join(each.read_bytes() for each in path.parent.iterdir()).decode("latin-1")
            assert [word for word in self.WORDS if word in data] == []


class TestClock:
    def test_sessions_of_a_clock_that_went_back_are_in_the_order_of_its_times(self, path):
        late = NOW + timedelta(days=400)
        with History(path, late) as history:
            history.add(entry(late, title="late"))
        with History(path, NOW) as history:
            history.add(entry(NOW, title="now"))
            assert [each.title for each in history.sittings()] == ["late", "now"]
            assert [hold.began for hold in history.holds()] == [NOW, late]

    def test_two_damaged_ones_of_one_time_are_both_kept(self, path):
        path.parent.mkdir()
        for _ in range(2):
            path.write_bytes(b"damaged" * 100)
            with History(path, datetime(2026, 11, 29, 10, tzinfo=UTC)):
                pass
        assert len(list(path.parent.glob("*.damaged-*"))) == 2
