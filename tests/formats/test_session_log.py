"""Session records: nothing is lost but the last second, whatever happens, and no caller ever waits."""

import json
import math
import os
import shutil
import stat
import subprocess
import sys
import threading
import time
from datetime import datetime
from io import FileIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.errors import InputError
from backstretch.formats import session_log as session_record
from backstretch.formats.session_log import (
    END,
    EVENT,
    HOLD,
    MOMENT,
    PAIN,
    SORENESS,
    SessionRecord,
    read_session,
)
from backstretch.judging.hold_clock import State
from tests.places import ROOT, SOURCE

STARTED = "2026-11-23T10:15:00+01:00"
ABOUT = {"started": STARTED, "pose": "childs_pose", "targets": {"hold_s": 30.0}}
HELD = {"pose": "childs_pose", "side": None, "start_s": 3.0, "end_s": 34.0, "valid_s": 30.5}
RUNNING = {"state": "in", "pose": "cat_pose", "side": None, "wrong_s": 0.4, "unseen_s": 0.0}

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "sessions" / "2026-11-23T10-15-00" / "session.jsonl"


def recorded(path, *lines, about=ABOUT):
    """Record a session of lines, each (kind, fields), and read it."""
    with SessionRecord(path, about) as record:
        for kind, fields in lines:
            record.write(kind, **fields)
    assert record.fault == ""
    return read_session(path)


def running(t, valid_s):
    """A moment of a hold that is going on."""
    return (MOMENT, {"t": t, "valid_s": valid_s, **RUNNING})


def whole(path):
    """A session with a line of every kind, its file's bytes and how it reads."""
    lines = [running(1.0, 0.0), running(2.0, 0.9), (HOLD, HELD), (EVENT, {"t": 36.0, "what": PAIN})]
    lines += [(SORENESS, {"value": 6}), running(40.0, 2.5), (END, {"reason": "q", "totals": {}})]
    session = recorded(path, *lines)
    return path.read_bytes(), session


def without_nan(value):
    """What JSON makes of a value, in the slow and obvious way."""
    text = json.dumps(value)
    return json.loads(text, parse_constant=lambda _: None)


def said(path):
    with pytest.raises(InputError) as caught:
        read_session(path)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}: ")


def waited_for(happened, seconds=20.0):
    """Whether something happens in time."""
    end = time.monotonic() + seconds
    while not happened() and time.monotonic() < end:
        time.sleep(0.005)
    return bool(happened())


class TestRecord:
    @given(
        fields=st.dictionaries(st.text(), json_values),
        about=st.dictionaries(st.text(), json_values),
    )
    def test_gives_back_any_fields(self, tmp_path_factory, fields, about):
        path = tmp_path_factory.mktemp("sessions") / "session.jsonl"
        session = recorded(path, (EVENT, fields), about={**about, "started": STARTED})
        assert session.lines[1] == {**without_nan(fields), "type": EVENT}
        fixed = {"type", "format", "version"}
        wanted = {**without_nan(about), "started": STARTED}
        assert session.about == {name: wanted[name] for name in wanted if name not in fixed}

    def test_starts_with_what_it_is(self, path):
        recorded(path)
        first = json.loads(path.read_bytes().splitlines()[0])
        assert list(first)[:3] == ["type", "format", "version"]
        assert first == {"type": "start", "format": "backstretch session", "version": 1} | ABOUT

    def test_starts_now_unless_told_otherwise(self, path):
        before = datetime.now().astimezone().replace(microsecond=0)
        session = recorded(path, about={})
        assert before <= session.began <= datetime.now().astimezone()

    def test_is_not_mistaken_when_a_field_is_called_like_its_own(self, path):
        odd = {"type": "hold", "kind": "k", "self": "s"}
        session = recorded(path, (EVENT, odd), about={**ABOUT, "type": "x", "version": 7})
        assert session.lines[1] == {**odd, "type": EVENT}

    @pytest.mark.parametrize(
        ("value", "wanted"),
        [
            (math.nan, None),
            (-math.inf, None),
            (np.float32(0.5), 0.5),
            (np.int64(3), 3),
            (np.array([np.float64(1.0), np.nan]), [1.0, None]),
            ((1, 2), [1, 2]),
            (State.IN, "in"),
            ({None: {1: math.inf}}, {"None": {"1": None}}),
            (ROOT, str(ROOT)),
            ("snow ❄ \ud800", "snow ❄ \ud800"),
        ],
    )
    def test_keeps_what_the_middle_uses(self, path, value, wanted):
        assert recorded(path, (EVENT, {"value": value})).lines[1]["value"] == wanted

    def test_keeps_what_a_value_was_when_it_was_written(self, path):
        readings = {"knee": 1.0}
        with SessionRecord(path, ABOUT) as record:
            record.write(MOMENT, readings=readings)
            readings["knee"] = 2.0
        assert read_session(path).lines[1]["readings"] == {"knee": 1.0}

    @posix_only
    def test_is_for_its_owner_only(self, path):
        before = os.umask(0)
        try:
            recorded(path)
        finally:
            os.umask(before)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for folder in (path.parent, path.parent.parent):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_ignores_what_comes_after_it_was_closed(self, path):
        record = SessionRecord(path, ABOUT)
        record.close()
        record.write(EVENT, what="late")
        record.progress(1.0)
        assert record._lines.empty()
        record.close()
        assert len(read_session(path).lines) == 1

    def test_is_closed_when_the_session_breaks_off(self, path):
        def broken_off():
            with SessionRecord(path, ABOUT) as record:
                record.write(HOLD, **HELD)
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            broken_off()
        assert len(read_session(path).holds) == 1


class TestProgress:
    @given(
        start_s=st.floats(0, 5),
        fps=st.sampled_from([0.7, 5, 12.5, 29.97, 60]),
        count=st.integers(1, 200),
    )
    def test_keeps_one_moment_a_second_and_loses_less_than_one(
        self, tmp_path_factory, start_s, fps, count
    ):
        path = tmp_path_factory.mktemp("sessions") / "session.jsonl"
        times_s = [start_s + n / fps for n in range(count)]
        with SessionRecord(path, ABOUT) as record:
            for time_s in times_s:
                record.progress(time_s, state="in")
        kept = [line["t"] for line in read_session(path).lines[1:]]
        assert kept[0] == times_s[0]
        assert times_s[-1] - kept[-1] < 1.0
        seconds = [math.floor(time_s) for time_s in times_s]
        assert [math.floor(t) for t in kept] == sorted(set(seconds))

    @pytest.mark.parametrize("odd", [math.nan, math.inf, -1.0])
    def test_takes_odd_times(self, path, odd):
        with SessionRecord(path, ABOUT) as record:
            record.progress(5.0)
            record.progress(odd)
            record.progress(6.0)
        assert [line["t"] for line in read_session(path).lines[1:]] == [
            5.0,
            odd if math.isfinite(odd) else None,
            6.0,
        ]


SESSION = """
import sys, time
from pathlib import Path
from backstretch.formats.session_log import SessionRecord

with SessionRecord(Path(sys.argv[1]), {"pose": "cat_pose"}) as record:
    started = time.monotonic()
    for n in range(100):
        time.sleep(max(0.0, started + n / 5 - time.monotonic()))
        record.progress(n / 5, state="in", pose="cat_pose", side=None, valid_s=n / 5)
        print(n / 5, flush=True)
"""


class TestKilledSession:
    def test_loses_a_second_at_most(self, tmp_path):
        children = {}
        for at_s in (0.4, 1.8, 2.0, 3.4):
            path = tmp_path / f"{at_s}" / "session.jsonl"
            command = [sys.executable, "-c", SESSION, str(path)]
            environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
            child = subprocess.Popen(
                command, stdout=subprocess.PIPE, text=True, env=environment, bufsize=1
            )
            children[at_s, path] = child
        for (at_s, path), child in children.items():
            with child:
                said_s = map(float, child.stdout or ())
                last_s = next(t for t in said_s if t >= at_s)
                child.kill()
                rest = list(said_s)
            last_s = max([last_s, *rest])
            session = read_session(path)
            assert not session.ended
            assert session.damaged == 0
            assert 0.0 <= last_s - session.lines[-1]["t"] <= 1.0
            assert last_s - session.seconds_valid <= 1.0

    def test_that_was_never_closed_still_ends(self, path):
        script = SESSION.partition("with")[0] + "kept = SessionRecord(Path(sys.argv[1]), {})"
        environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
        command = [sys.executable, "-c", script, str(path)]
        assert subprocess.run(command, env=environment, timeout=20, check=False).returncode == 0

    def test_has_the_hold_that_was_going_on(self, path):
        session = recorded(path, (HOLD, HELD), running(36.0, 0.0), running(47.0, 9.6))
        cut = {"pose": "cat_pose", "side": None, "start_s": 37.0, "end_s": 47.0}
        cut |= {"valid_s": 9.6, "wrong_s": 0.4, "unseen_s": 0.0, "cut_off": True}
        assert session.holds == (HELD, cut)
        assert session.seconds_valid == pytest.approx(40.1)

    @pytest.mark.parametrize(
        "after",
        [
            [(HOLD, {**HELD, "start_s": 37.0, "end_s": 46.6})],
            [(END, {"reason": "done"})],
            [running(48.0, 0.0)],
            [(MOMENT, {"t": 48.0, "valid_s": None})],
        ],
    )
    def test_has_no_such_hold_once_it_was_over(self, path, after):
        session = recorded(path, running(47.0, 9.6), *after)
        assert not any("cut_off" in hold for hold in session.holds)

    def test_has_it_also_when_something_else_was_written_since(self, path):
        session = recorded(path, running(47.0, 9.6), (EVENT, {"t": 47.2, "what": PAIN}))
        assert [hold["valid_s"] for hold in session.holds] == [9.6]


class TestDiskThatFails:
    def test_never_delays_the_caller(self, path, monkeypatch):
        freed = threading.Event()
        monkeypatch.setattr(os, "fsync", lambda _: freed.wait())  # whoever waits for it hangs
        monkeypatch.setattr(session_record, "CLOSE_S", 0.2)
        record = SessionRecord(path, ABOUT)
        for n in range(2000):
            record.write(MOMENT, t=n / 30)
        record.close()
        assert "the disk is too slow" in record.fault
        freed.set()
        assert record._thread is not None
        record._thread.join()
        assert len(read_session(path).lines) == 2001

    def test_gets_each_line_at_once_and_syncs_once_a_second(self, path, monkeypatch):
        synced = []
        monkeypatch.setattr(os, "fsync", lambda _: synced.append(time.monotonic()))
        with SessionRecord(path, ABOUT) as record:
            for n in range(12):
                record.write(EVENT, n=n)
                mark = f'"n":{n}}}\n'.encode()
                assert waited_for(lambda mark=mark: mark in path.read_bytes())
                time.sleep(0.1)
            assert waited_for(lambda: len(synced) >= 2)
        assert min(after_s - before_s for before_s, after_s in pairwise(synced[:-1])) >= 0.99

    def test_that_takes_a_few_bytes_at_a_time_gets_all(self, path, monkeypatch):
        class Slow(FileIO):
            def write(self, data):
                return super().write(bytes(data)[:7])

        monkeypatch.setattr(session_record, "FileIO", Slow)
        assert recorded(path, (HOLD, HELD)).holds == (HELD,)

    def test_that_fills_up_is_told_and_what_fits_is_kept(self, path):
        script = (
            "import resource, sys, time\n"
            "sys.dont_write_bytecode = True\n"  # the limit cuts compiled files as well
            "from pathlib import Path\n"
            "from backstretch.formats.session_log import SessionRecord\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
            "with SessionRecord(Path(sys.argv[1]), {}) as record:\n"
            "    for n in range(100):\n"
            "        record.write('moment', t=float(n), words='x' * 50)\n"
            "print(record.fault)\n"
        )
        pytest.importorskip("resource")
        child = subprocess.run(
            [sys.executable, "-c", script, str(path)],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
        )
        assert child.stderr == ""
        assert child.stdout.strip() == (
            f"{path}: cannot be written (File too large); nothing more of this session is kept"
        )
        session = read_session(path)
        assert path.stat().st_size == 2000
        assert [line["t"] for line in session.lines[1:]] == list(range(len(session.lines) - 1))
        assert len(session.lines) > 15
        assert session.damaged == 0

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
    def test_that_is_full_is_told(self, path, monkeypatch):
        def full(name, *_, **__):
            name.symlink_to("/dev/full")
            return FileIO(name, "w")

        monkeypatch.setattr(session_record, "FileIO", full)
        with SessionRecord(path, ABOUT) as record:
            assert waited_for(lambda: record.fault)
            record.write(HOLD, **HELD)
        assert "No space left on device" in record.fault
        assert "\n" not in record.fault

    @posix_only
    def test_whose_folder_vanishes_is_told(self, path):
        with SessionRecord(path, ABOUT) as record:
            assert waited_for(lambda: path.stat().st_size)
            shutil.rmtree(path.parent)
            record.write(EVENT, what=PAIN)
            assert waited_for(lambda: record.fault)
        assert "No such file or directory" in record.fault

    def test_that_takes_no_file_is_told(self, tmp_path):
        (tmp_path / "sessions").write_text("a file where the folder should be")
        with SessionRecord(tmp_path / "sessions" / "now" / "session.jsonl", ABOUT) as record:
            record.write(HOLD, **HELD)
            record.progress(1.0)
            assert record._lines.empty()
        assert "cannot be written" in record.fault

    def test_never_costs_an_older_session(self, path):
        data, _ = whole(path)
        with SessionRecord(path, ABOUT) as record:
            record.write(HOLD, **HELD)
        assert "File exists" in record.fault
        assert path.read_bytes() == data


class TestPastSession:
    def test_tells_what_happened(self, path):
        _, session = whole(path)
        assert (session.path, session.started, session.about) == (path, STARTED, ABOUT)
        assert session.holds == (HELD,)
        assert (session.pain, session.ended, session.soreness) == (True, True, 6)
        assert (session.seconds_valid, session.lasted_s, session.damaged) == (30.5, 39.0, 0)
        assert [line["type"] for line in session.lines] == [
            *("start", "moment", "moment", "hold", "event", "soreness", "moment", "end")
        ]

    def test_of_nothing_but_a_start_is_empty(self, path):
        session = recorded(path)
        assert (session.holds, session.pain, session.ended, session.soreness) == ((), 0, 0, None)
        assert (session.seconds_valid, session.lasted_s) == (0.0, 0.0)

    @pytest.mark.parametrize(
        ("kind", "fields", "wanted"),
        [
            (EVENT, {"what": "pause"}, False),
            (EVENT, {"what": PAIN}, True),
            (END, {"reason": "done"}, False),
            (END, {"reason": PAIN}, True),
            (HOLD, {"what": PAIN}, False),
        ],
    )
    def test_knows_pain_from_events_and_from_its_end(self, path, kind, fields, wanted):
        assert recorded(path, (kind, fields)).pain is wanted

    @pytest.mark.parametrize("value", [None, -1, 11, 5.5, True, "5", [5]])
    def test_believes_no_soreness_off_the_scale(self, path, value):
        lines = [(SORENESS, {"value": 2}), (SORENESS, {"value": value})]
        assert recorded(path, *lines).soreness == 2

    @pytest.mark.parametrize("odd", [None, "long", True, [1], {}, 10**400])
    def test_counts_no_seconds_that_are_no_number(self, path, odd):
        session = recorded(path, (HOLD, {"valid_s": odd}), running(odd, odd))
        assert session.seconds_valid == 0.0


class TestDamagedFile:
    def test_cut_at_any_byte_reads_up_to_there(self, path):
        data, session = whole(path)
        first = data.index(b"\n")
        for length in range(len(data)):
            path.write_bytes(data[:length])
            if length < first:
                assert "not a session" in said(path)
                continue
            found = read_session(path)
            complete = data[: length + 1].count(b"\n")  # a line that lacks only its end is whole
            assert found.lines == session.lines[:complete]
            assert found.damaged == 0

    def test_with_damaged_lines_reads_the_others_and_counts(self, path):
        data, session = whole(path)
        first, *rest = data.splitlines(keepends=True)
        odd = [b"no JSON\n", b"[1]\n", b'{"no": "type"}\n', b'{"type": 3}\n', b"\x00\xff\n"]
        odd += [b"[" * 100_000 + b"\n", b"\n"]
        path.write_bytes(first + b"".join(odd) + b"".join(rest) + b'{"type":"mom')
        found = read_session(path)
        assert found.lines == session.lines
        assert found.damaged == 6

    @given(at=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
    def test_with_a_changed_byte_reads_or_is_said(self, tmp_path_factory, at, byte):
        path = tmp_path_factory.mktemp("sessions") / "session.jsonl"
        data, session = whole(path)
        where = int(at * len(data))
        path.write_bytes(data[:where] + bytes([byte]) + data[where + 1 :])
        try:
            found = read_session(path)
        except InputError:
            assert where <= data.index(b"\n")
        else:
            assert len(session.lines) - 2 <= len(found.lines) <= len(session.lines)

    @given(data=st.binary())
    def test_of_any_bytes_is_said(self, tmp_path_factory, data):
        path = tmp_path_factory.mktemp("sessions") / "session.jsonl"
        path.write_bytes(data)
        assert said(path) == "is not a session's record, or a damaged one"

    @pytest.mark.parametrize(
        "change",
        [
            {"type": "moment"},
            {"format": "backstretch landmark track"},
            {"version": "1"},
            {"version": None},
            {"started": "yesterday"},
            {"started": "2026-11-23T10:15:00"},
            {"started": None},
            {"started": 3},
        ],
    )
    def test_with_a_start_that_makes_no_sense_is_said(self, path, change):
        recorded(path)
        path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
        assert said(path) == "is not a session's record, or a damaged one"

    def test_of_a_newer_version_is_told_apart(self, path):
        recorded(path)
        path.write_text(path.read_text().replace('"version":1', '"version":2'))
        assert said(path) == (
            "was written by a newer backstretch (session version 2); update this one"
        )

    def test_that_is_not_there_is_said(self, path):
        assert said(path) == "cannot be read (No such file or directory)"
