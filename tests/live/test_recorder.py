"""What is kept of a session: a folder of its own, and in it what was asked for and nothing else."""

import json
import re
import stat
import sys
from contextlib import ExitStack
from datetime import datetime

import numpy as np
import pytest

from backstretch.coaching.coach import Coach
from backstretch.coaching.programme import Programme, part_of
from backstretch.formats.result_files import REPORT, RESULT, STEPS, TRACK, VIDEO
from backstretch.formats.session_log import END, read_session
from backstretch.formats.sinks import Sink
from backstretch.formats.track_files import Recording
from backstretch.frame import Frame
from backstretch.history.health import RECORD
from backstretch.live.led_session import CoachedSession
from backstretch.live.loop import Live
from backstretch.live.recorder import FOLDER_NAME, FORMATS, SessionRecorder
from backstretch.vision.video_reader import VideoReader
from tests.coached import BEND
from tests.figures import FRONT, every, moments, side_bend
from tests.live.test_loop import Known, Reel
from tests.media import grey

KEYS = [(0, 0), (1.5, 0), (4, 30), (8, 30), (10, 0), (11, 0)]
TAKE = moments(lambda deg: side_bend(deg).seen(FRONT), KEYS, every(6.0, KEYS[-1][0]))
MAKE_REPORT = FORMATS[REPORT]
ABOUT = {"title": "Side bend"}


@pytest.fixture
def reported(quick, monkeypatch):  # noqa: ARG001 - it comes first
    """The report is written as well."""
    monkeypatch.setitem(FORMATS, REPORT, MAKE_REPORT)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Most of this is about other files, and a report takes a second."""
    monkeypatch.delitem(FORMATS, REPORT)


def pictures(take=TAKE):
    return [Frame(n, t, grey(n)) for n, (t, _) in enumerate(take)]


def practised(recorder, why="quit", items=None, **options):
    """Run a whole session with what is kept of it; give its result."""
    programme = Programme("Test", (part_of(BEND, None, 30.0, 99),), 2.0)
    session = CoachedSession(programme, Coach(programme))
    known = Known([marks for _, marks in TAKE])
    with Live(Reel(items or pictures()), known, session, [*recorder.sinks(session)]) as live:
        live.wait(60.0)
        assert live.over
    result = session.result(live.source("camera 0"), live.notices)
    recorder.finish(result, why, **options)
    return result


def files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def in_the_way(tmp_path):
    """A folder for sessions that cannot be made: a file has its name."""
    (tmp_path / "sessions").write_text("not a folder")
    return tmp_path / "sessions"


# The folder


def test_the_folder_is_called_by_when_the_session_began(tmp_path):
    before = datetime.now().astimezone().replace(microsecond=0, tzinfo=None)
    with SessionRecorder(tmp_path / "sessions", ABOUT) as recorder:
        started = datetime.strptime(recorder.folder.name, FOLDER_NAME)  # noqa: DTZ007 - local time
    assert recorder.folder.parent == tmp_path / "sessions"
    assert 0.0 <= (started - before).total_seconds() < 5.0


def test_the_name_of_the_folder_is_one_that_every_system_takes(tmp_path):
    with SessionRecorder(tmp_path, ABOUT) as recorder:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d", recorder.folder.name)


def test_sessions_that_begin_in_the_same_second_get_folders_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr("backstretch.live.recorder.FOLDER_NAME", "then")
    with ExitStack() as stack:
        recorders = [stack.enter_context(SessionRecorder(tmp_path, ABOUT)) for _ in range(3)]
        names = [recorder.folder.name for recorder in recorders]
    assert names == ["then", "then-2", "then-3"]
    assert all(read_session(tmp_path / name / RECORD).about["title"] for name in names)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX")
def test_the_folder_is_for_its_owner_only(tmp_path):
    with SessionRecorder(tmp_path / "sessions", ABOUT, track=True, video=True) as recorder:
        practised(recorder)
    assert stat.S_IMODE(recorder.folder.stat().st_mode) == 0o700


# What is in it


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [RECORD, RESULT, STEPS]),
        ({"track": True}, [RECORD, RESULT, STEPS, TRACK]),
        ({"video": True}, [RECORD, RESULT, STEPS, VIDEO]),
        ({"track": True, "video": True}, [RECORD, RESULT, STEPS, TRACK, VIDEO]),
    ],
    ids=["nothing", "track", "video", "both"],
)
def test_there_is_what_was_asked_for_and_nothing_else(tmp_path, asked, expected):
    with SessionRecorder(tmp_path, ABOUT, **asked) as recorder:
        practised(recorder)
    assert files(tmp_path) == sorted(expected)
    assert recorder.faults == ()


def test_without_being_asked_to_no_file_holds_anything_like_a_picture(tmp_path):
    with SessionRecorder(tmp_path, ABOUT) as recorder:
        practised(recorder)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.read_bytes().decode("ascii")
            assert path.stat().st_size < 100_000


def test_the_result_is_the_document_that_others_rely_on(tmp_path):
    with SessionRecorder(tmp_path, ABOUT) as recorder:
        result = practised(recorder)
    kept_document = json.loads((recorder.folder / RESULT).read_text(encoding="utf-8"))
    assert datetime.fromisoformat(kept_document.pop("recorded_at")).tzinfo
    assert kept_document == json.loads(json.dumps(result.as_dict()))
    assert kept_document["holds"]


def test_the_record_has_the_holds_and_totals_of_the_result_and_why_it_ended(tmp_path):
    with SessionRecorder(tmp_path, ABOUT) as recorder:
        document = practised(recorder, why="pain").as_dict()
    read = read_session(recorder.folder / RECORD)
    (end,) = [line for line in read.lines if line["type"] == END]
    assert list(read.holds) == document["holds"]
    assert (end["reason"], end["totals"]) == ("pain", document["totals"])
    assert (read.ended, read.pain) == (True, True)


def test_a_hold_that_went_on_at_the_end_is_in_the_record_too(tmp_path):
    with SessionRecorder(tmp_path, ABOUT) as recorder:
        document = practised(recorder, items=pictures(TAKE[:42])).as_dict()
    assert len(document["holds"]) == 1
    assert list(read_session(recorder.folder / RECORD).holds) == document["holds"]


@pytest.mark.usefixtures("reported")
def test_a_session_has_a_report(tmp_path):
    with SessionRecorder(tmp_path, ABOUT) as recorder:
        practised(recorder)
    assert "<html" in (recorder.folder / REPORT).read_text(encoding="utf-8")
    assert recorder.faults == ()


@pytest.mark.usefixtures("reported")
def test_a_file_can_be_left_out_at_the_end(tmp_path):
    with SessionRecorder(tmp_path, ABOUT) as recorder:
        practised(recorder, without={REPORT})
    assert files(tmp_path) == sorted([RECORD, RESULT, STEPS])


@pytest.mark.usefixtures("reported")
def test_a_report_that_cannot_be_written_is_told(tmp_path):
    with SessionRecorder(tmp_path, ABOUT) as recorder:
        (recorder.folder / REPORT).mkdir()
        practised(recorder)
    (fault,) = recorder.faults
    assert fault.startswith(f"{recorder.folder / REPORT}: cannot be written")


class Counted(Sink):
    """A format of somebody else: how many moments were judged."""

    def __init__(self, path):
        self._path, self._count = path, 0

    def steps(self, steps):
        self._count += len(steps)

    def result(self, result):  # noqa: ARG002
        self._path.write_text(str(self._count))


def test_a_new_format_is_one_class_and_one_line(tmp_path, monkeypatch):
    monkeypatch.setitem(FORMATS, "count.txt", lambda path, _: Counted(path))
    with SessionRecorder(tmp_path, ABOUT) as recorder:
        practised(recorder)
    assert (recorder.folder / "count.txt").read_text() == str(len(TAKE))


def test_the_soreness_is_kept(tmp_path):
    with SessionRecorder(tmp_path, ABOUT) as recorder:
        recorder.sore(3)
    assert read_session(recorder.folder / RECORD).soreness == 3


def test_the_track_has_every_picture_that_was_looked_at(tmp_path):
    with SessionRecorder(tmp_path, ABOUT, track=True) as recorder:
        practised(recorder)
    track = Recording.load(recorder.folder / TRACK).track
    assert track.time_s == pytest.approx(np.array([t for t, _ in TAKE]))


def test_the_video_has_every_picture_that_was_looked_at(tmp_path):
    with SessionRecorder(tmp_path, ABOUT, video=True) as recorder:
        practised(recorder, items=pictures(TAKE[:40]))
    with VideoReader(recorder.folder / VIDEO) as reader:
        times = [frame.time_s for frame in reader.frames()]
    assert times == pytest.approx([t for t, _ in TAKE[:40]], abs=1e-3)


def test_a_session_that_breaks_off_keeps_its_record_without_an_end(tmp_path):
    with (
        pytest.raises(ZeroDivisionError),
        SessionRecorder(tmp_path, ABOUT, track=True, video=True) as recorder,
    ):
        raise ZeroDivisionError
    assert files(tmp_path) == [RECORD]
    assert not read_session(recorder.folder / RECORD).ended


def test_a_session_without_any_picture_is_kept(tmp_path):
    programme = Programme("Test", (part_of(BEND),))
    session = CoachedSession(programme, Coach(programme))
    with SessionRecorder(tmp_path, ABOUT, track=True, video=True) as recorder:
        live = Live(Reel([]), Known([None]), session, [*recorder.sinks(session)])
        recorder.finish(session.result(live.source("camera 0"), ()), "quit")
    assert files(tmp_path) == sorted([RECORD, RESULT, STEPS, TRACK])
    assert recorder.faults == ()


# What cannot be kept


@pytest.mark.parametrize("asked", [{}, {"track": True, "video": True}], ids=["nothing", "both"])
def test_a_folder_that_cannot_be_made_is_told_and_the_session_goes_on(tmp_path, asked):
    with SessionRecorder(in_the_way(tmp_path), ABOUT, **asked) as recorder:
        result = practised(recorder)
    assert result.holds
    assert all("cannot be written" in fault for fault in recorder.faults)
    assert len(recorder.faults) == (3 if asked else 2)


def test_each_fault_is_one_line_that_names_its_file(tmp_path):
    with SessionRecorder(in_the_way(tmp_path), ABOUT, video=True) as recorder:
        practised(recorder)
    assert [fault.split(": ")[0] for fault in recorder.faults] == [
        str(recorder.folder / RECORD),
        str(recorder.folder / VIDEO),
        str(recorder.folder),
    ]
    assert not any("\n" in fault for fault in recorder.faults)


def test_a_result_that_cannot_be_written_is_told_and_the_record_is_there(tmp_path):
    with SessionRecorder(tmp_path, ABOUT) as recorder:
        (recorder.folder / RESULT).mkdir()
        practised(recorder)
    (fault,) = recorder.faults
    assert fault.startswith(f"{recorder.folder}: cannot be written")
    assert read_session(recorder.folder / RECORD).ended


def test_a_track_that_cannot_be_written_does_not_cost_the_result(tmp_path):
    with SessionRecorder(tmp_path, ABOUT, track=True) as recorder:
        (recorder.folder / TRACK).mkdir()
        practised(recorder)
    assert (recorder.folder / RESULT).exists()


def test_pictures_that_were_left_out_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr("backstretch.live.recorder.WAITING_PICTURES", 1)
    take = [(n / 30.0, TAKE[0][1]) for n in range(40)]
    large = [Frame(n, t, grey(n, (1280, 720))) for n, (t, _) in enumerate(take)]
    with SessionRecorder(tmp_path, ABOUT, video=True) as recorder:
        practised(recorder, items=large)
    (fault,) = recorder.faults
    assert re.fullmatch(r"the video lacks \d+ pictures: it was too slow", fault)
