"""The history: what is kept stays kept, whoever writes beside and whatever ends it."""

import json
import math
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.errors import InputError
from backstretch.formats.session_log import SessionRecord
from backstretch.history.history import History
from backstretch.history.rows import LIVE
from backstretch.kinematics.view import View
from tests.histories import NOW, document, entry, filled

KEYS = st.sampled_from(
    ["pose", "side", "valid_s", "complete", "measures", "knee", "best", "unit", "azimuth_deg"]
)
ODD_VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(st.characters(exclude_categories=[]), max_size=5)
)
ODD = '<b>Ann</b> "O\'Neil"; DROP TABLE sitting; 🧘'
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from backstretch.history.rows import ANALYZED, Entry
from backstretch.history.history import History
with History(Path(sys.argv[1]), datetime.now(UTC)) as history:
    for number in range(int(sys.argv[2])):
        document = {"holds": [{"pose": "childs_pose", "valid_s": number}]}
        print(history.add(Entry(document, datetime.now(UTC), ANALYZED)), flush=True)
"""
BEGINNER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from backstretch.history.history import History
for path in sys.argv[1:]:
    with History(Path(path), datetime.now(UTC)):
        pass
"""


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
    assert (hold.pose, hold.valid_s, hold.complete) == ("childs_pose", 20, True)
    assert hold.view == View(90, 5)


def test_holds_can_be_asked_of_one_pose_and_one_person(history):
    history.add(entry(profile="Ann"))
    history.add(entry(profile="Ben", document=document(pose="frog_stretch", best=9.0)))
    assert [hold.pose for hold in history.holds("Ben")] == ["frog_stretch"]
    assert [hold.measures["knee"][0] for hold in history.holds("Ben", "frog_stretch")] == [9.0]
    assert history.holds("Ann", "frog_stretch") == []
    assert [each.profile for each in history.people()] == ["Ann", "Ben"]


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


class TestUnusable:
    def test_a_locked_one_is_said(self, path, monkeypatch):
        with History(path, NOW):
            pass
        monkeypatch.setattr("backstretch.history.database.WAIT_S", 0.1)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with History(path, NOW) as history, pytest.raises(InputError, match="in use by another"):
            history.add(entry())
        other.execute("ROLLBACK")
        other.close()

    def test_live_sessions_wait_where_another_writes_and_the_list_does_not(
        self, path, tmp_path, monkeypatch
    ):
        for name in ("one", "two"):
            TestTakingIn().record(tmp_path / "s", name, ended=True)
        with History(path, NOW) as history:
            history.add(entry())
        monkeypatch.setattr("backstretch.history.database.WAIT_S", 0.1)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with History(path, NOW) as history:
            history.take_in(tmp_path / "s")
            (notice,) = history.notices
            assert "missing live sessions are added later" in notice
            assert len(history.sittings()) == 1
            other.execute("ROLLBACK")
            history.take_in(tmp_path / "s")
            assert len(history.sittings()) == 3
        other.close()

    def test_one_that_may_not_be_written_can_be_read(self, path, monkeypatch):
        with History(path, NOW) as history:
            history.add(entry())

        def refused(_name, _flags):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("backstretch.history.database.open_private", refused)
        with History(path, NOW) as history:
            assert len(history.sittings()) == 1
            with pytest.raises(InputError, match="cannot be written to"):
                history.add(entry())

    def test_a_folder_in_its_place_is_one_line(self, path):
        path.mkdir(parents=True)
        with pytest.raises(InputError, match="cannot be used"):
            History(path, NOW)


class TestOddDocument:
    """What somebody changed by hand: what is odd is left out, and is never 0."""

    @pytest.mark.parametrize("best", ["30", None, [30], True, float("nan"), float("inf"), 10**400])
    def test_a_measure_that_is_no_number_is_left_out(self, history, best):
        history.add(entry(document=document(best=best)))
        (hold,) = history.holds()
        assert hold.measures == {}

    @pytest.mark.parametrize("measures", [None, [], "knee", {"knee": 30}, {"knee": {"best": 3.0}}])
    def test_measures_that_are_none_are_left_out(self, history, measures):
        said = document()
        said["holds"][0]["measures"] = measures
        history.add(entry(document=said))
        (hold,) = history.holds()
        assert hold.measures == {}

    @pytest.mark.parametrize("valid_s", ["20", None, True, float("nan"), -3.0, 10**400])
    def test_a_hold_of_unknown_length_is_left_out(self, history, valid_s):
        history.add(entry(document=document(valid_s=valid_s)))
        assert history.holds() == []

    @pytest.mark.parametrize("pose", [None, 3, ["childs_pose"]])
    def test_a_hold_of_no_pose_is_left_out(self, history, pose):
        history.add(entry(document=document(pose=pose)))
        assert history.holds() == []

    @pytest.mark.parametrize("view", [None, "side", [90], {}, {"azimuth_deg": "90"}])
    def test_a_view_that_is_none_is_unknown(self, history, view):
        history.add(entry(document={**document(), "view": view}))
        (hold,) = history.holds()
        assert hold.view is None

    @pytest.mark.parametrize("totals", [None, "20", {}, {"valid_s": "20"}, {"valid_s": -1}])
    def test_totals_that_are_not_told_are_those_of_the_holds(self, history, totals):
        number = history.add(entry(document={**document(), "totals": totals}))
        assert history.sitting(number).valid_s == 20.0

    def test_only_what_is_said_to_be_complete_is(self, history):
        said = document()
        said["holds"][0]["complete"] = "false"
        history.add(entry(document=said))
        assert [hold.complete for hold in history.holds()] == [False]

    def test_halves_of_characters_are_kept_as_they_can_be(self, history):
        said = document(pose="a\ud800")
        said["holds"][0] |= {
            "side": "\udfff",
            "measures": {"\ud800": {"best": 1, "unit": "\ud800"}},
        }
        number = history.add(entry(title="\udcff", profile="\udcff", document=said))
        assert history.sitting(number).title == "\\udcff"
        assert [hold.pose for hold in history.holds()] == ["a\\ud800"]

    @given(st.recursive(ODD_VALUES, lambda each: st.lists(each) | st.dictionaries(KEYS, each)))
    def test_no_document_breaks_the_history(self, value):
        with TemporaryDirectory() as folder, History(Path(folder) / "a.db", NOW) as history:
            for said in ({"holds": [value]}, {"holds": value, "view": value, "totals": value}):
                number = history.add(entry(document=said))
                assert isinstance(history.document(number), dict)
            assert all(math.isfinite(each.valid_s) for each in history.sittings())
            assert all(math.isfinite(hold.valid_s) for hold in history.holds())

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("began", "yesterday"),
            ("began", "2026-11-29T10:00:00"),
            ("valid_s", "many"),
            ("began", 3),
        ],
    )
    def test_a_row_that_cannot_be_understood_is_named_and_can_be_deleted(
        self, history, column, value
    ):
        number = history.add(entry())
        history._db.execute(f"UPDATE sitting SET {column} = ?", (value,))
        with pytest.raises(
            InputError, match=f"to delete it: backstretch history delete --id {number}"
        ):
            history.sittings()
        history.delete(number)
        assert history.sittings() == []

    @pytest.mark.parametrize("text", ["", "{", "[]", "3", "[" * 9999], ids=lambda text: text[:9])
    def test_a_document_that_is_none_is_said(self, history, text):
        number = history.add(entry())
        history._db.execute("UPDATE sitting SET document = ?", (text,))
        with pytest.raises(InputError, match=f"session {number} .* cannot be read"):
            history.document(number)


def test_holds_are_counted_session_by_session(history):
    two = document()
    two["holds"] = [*two["holds"], {"pose": "frog_stretch", "valid_s": 3.0, "complete": False}]
    first = history.add(entry(NOW - timedelta(days=1), document=two))
    history.add(entry(NOW - timedelta(hours=1), document={"holds": []}))
    last = history.add(entry(profile="Ann"))
    assert history.hold_counts() == {first: (1, 2), last: (1, 1)}
    assert history.hold_counts("Ann") == history.hold_counts(limit=2) == {last: (1, 1)}


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

    @pytest.mark.parametrize(
        "text",
        ['{"holds": [3]}', '{"holds": ""}', "[]", "3", "{", "[" * 9999],
        ids=lambda text: text[:15],
    )
    def test_where_a_result_is_none_the_record_tells_the_session(self, history, tmp_path, text):
        self.record(tmp_path / "s", "odd", ended=True)
        (tmp_path / "s" / "odd" / "result.json").write_text(text)
        history.take_in(tmp_path / "s")
        (hold,) = history.holds()
        assert (hold.pose, hold.valid_s) == ("childs_pose", 20.0)

    def test_a_result_that_is_nested_too_deeply_stops_no_other(self, history, tmp_path):
        for depth in range(850, 1000, 2):
            self.record(tmp_path / "s", f"{depth}", ended=True)
            result = '{"holds": [], "x": ' + "[" * depth + "]" * depth + "}"
            (tmp_path / "s" / f"{depth}" / "result.json").write_text(result)
        self.record(tmp_path / "s", "good", ended=True)
        history.take_in(tmp_path / "s")
        assert history.sittings()[0].valid_s == 20.0

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems want names in Unicode")
    def test_a_folder_whose_name_is_not_unicode_is_taken_in_once(self, history, tmp_path):
        name = os.fsdecode(b"Fr\xfchling")
        self.record(tmp_path / "s", name, ended=True)
        for _ in range(2):
            history.take_in(tmp_path / "s")
        (sitting,) = history.sittings()
        history.delete(sitting.id)
        history.take_in(tmp_path / "s")
        assert history.sittings() == []

    @pytest.mark.parametrize(("hours", "count"), [(5, 0), (7, 1)])
    def test_one_without_an_end_that_began_in_the_future_is_over_in_time(
        self, history, tmp_path, hours, count
    ):
        self.record(tmp_path / "s", "one", ended=False, began=NOW + timedelta(hours=hours))
        history.take_in(tmp_path / "s")
        assert len(history.sittings()) == count

    def test_what_is_no_session_is_left_out(self, history, tmp_path):
        (tmp_path / "s" / "odd").mkdir(parents=True)
        (tmp_path / "s" / "file").write_text("")
        history.take_in(tmp_path / "s")
        history.take_in(tmp_path / "nowhere")
        assert history.sittings() == []


def test_the_latest_of_many_sessions_are_listed(tmp_path):
    filled(tmp_path / "backstretch" / "history.db", 1_000)
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "backstretch", "history"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "980 older sessions" in told.stdout
