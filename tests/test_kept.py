"""What is kept of a session: a folder of its own, and in it what was asked for and nothing else."""

import json
import re
import stat
import sys
from datetime import datetime

import numpy as np
import pytest

from backstretch.coach import Coach
from backstretch.frame import Frame
from backstretch.kept import FOLDER_NAME, Kept
from backstretch.live import Live
from backstretch.output_names import RESULT, STEPS, TRACK, VIDEO
from backstretch.practice import Practice
from backstretch.practice_days import RECORD
from backstretch.programme import Programme, part_of
from backstretch.recording import Recording
from backstretch.session_record import END, read_session
from backstretch.video import VideoReader
from tests.coached import BEND
from tests.figures import FRONT, every, moments, side_bend
from tests.media import grey
from tests.test_live import Known, Reel

KEYS = [(0, 0), (1.5, 0), (4, 30), (8, 30), (10, 0), (11, 0)]
TAKE = moments(lambda deg: side_bend(deg).seen(FRONT), KEYS, every(6.0, KEYS[-1][0]))
ABOUT = {"title": "Side bend"}


def pictures(take=TAKE):
    return [Frame(n, t, grey(n)) for n, (t, _) in enumerate(take)]


def session(kept, why="quit", items=None):
    """Run a whole session with what is kept of it; give its result."""
    programme = Programme("Test", (part_of(BEND, None, 30.0, 99),), 2.0)
    practice = Practice(programme, Coach(programme))
    known = Known([marks for _, marks in TAKE])
    with Live(Reel(items or pictures()), known, practice, [*kept.outlets(practice)]) as live:
        live.wait(60.0)
        assert live.over
    result = practice.result(live.source("camera 0"), live.warnings)
    kept.finish(result, why)
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
    with Kept(tmp_path / "sessions", ABOUT) as kept:
        started = datetime.strptime(kept.folder.name, FOLDER_NAME)  # noqa: DTZ007 - local time
    assert kept.folder.parent == tmp_path / "sessions"
    assert 0.0 <= (started - before).total_seconds() < 5.0


def test_the_name_of_the_folder_is_one_that_every_system_takes(tmp_path):
    with Kept(tmp_path, ABOUT) as kept:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d", kept.folder.name)


def test_sessions_that_begin_in_the_same_second_get_folders_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr("backstretch.kept.FOLDER_NAME", "then")
    with Kept(tmp_path, ABOUT) as one, Kept(tmp_path, ABOUT) as two, Kept(tmp_path, ABOUT) as three:
        names = [kept.folder.name for kept in (one, two, three)]
    assert names == ["then", "then-2", "then-3"]
    assert all(read_session(tmp_path / name / RECORD).about["title"] for name in names)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX")
def test_the_folder_is_for_its_owner_only(tmp_path):
    with Kept(tmp_path / "sessions", ABOUT, track=True, video=True) as kept:
        session(kept)
    assert stat.S_IMODE(kept.folder.stat().st_mode) == 0o700


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
    with Kept(tmp_path, ABOUT, **asked) as kept:
        session(kept)
    assert files(tmp_path) == sorted(expected)
    assert kept.faults == ()


def test_without_being_asked_to_no_file_holds_anything_like_a_picture(tmp_path):
    with Kept(tmp_path, ABOUT) as kept:
        session(kept)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.read_bytes().decode("ascii")
            assert path.stat().st_size < 100_000


def test_the_result_is_the_document_that_others_rely_on(tmp_path):
    with Kept(tmp_path, ABOUT) as kept:
        result = session(kept)
    kept_document = json.loads((kept.folder / RESULT).read_text(encoding="utf-8"))
    assert datetime.fromisoformat(kept_document.pop("recorded_at")).tzinfo
    assert kept_document == json.loads(json.dumps(result.as_dict()))
    assert kept_document["holds"]


def test_the_record_has_the_holds_and_totals_of_the_result_and_why_it_ended(tmp_path):
    with Kept(tmp_path, ABOUT) as kept:
        document = session(kept, why="pain").as_dict()
    read = read_session(kept.folder / RECORD)
    (end,) = [line for line in read.lines if line["type"] == END]
    assert list(read.holds) == document["holds"]
    assert (end["reason"], end["totals"]) == ("pain", document["totals"])
    assert (read.ended, read.pain) == (True, True)


def test_a_hold_that_went_on_at_the_end_is_in_the_record_too(tmp_path):
    with Kept(tmp_path, ABOUT) as kept:
        document = session(kept, items=pictures(TAKE[:42])).as_dict()
    assert len(document["holds"]) == 1
    assert list(read_session(kept.folder / RECORD).holds) == document["holds"]


def test_the_soreness_is_kept(tmp_path):
    with Kept(tmp_path, ABOUT) as kept:
        kept.sore(3)
    assert read_session(kept.folder / RECORD).soreness == 3


def test_the_track_has_every_picture_that_was_looked_at(tmp_path):
    with Kept(tmp_path, ABOUT, track=True) as kept:
        session(kept)
    track = Recording.load(kept.folder / TRACK).track
    assert track.time_s == pytest.approx(np.array([t for t, _ in TAKE]))


def test_the_video_has_every_picture_that_was_looked_at(tmp_path):
    with Kept(tmp_path, ABOUT, video=True) as kept:
        session(kept, items=pictures(TAKE[:40]))
    with VideoReader(kept.folder / VIDEO) as reader:
        times = [frame.time_s for frame in reader.frames()]
    assert times == pytest.approx([t for t, _ in TAKE[:40]], abs=1e-3)


def test_a_session_that_breaks_off_keeps_its_record_without_an_end(tmp_path):
    with pytest.raises(ZeroDivisionError), Kept(tmp_path, ABOUT, track=True, video=True) as kept:
        raise ZeroDivisionError
    assert files(tmp_path) == [RECORD]
    assert not read_session(kept.folder / RECORD).ended


def test_a_session_without_any_picture_is_kept(tmp_path):
    programme = Programme("Test", (part_of(BEND),))
    practice = Practice(programme, Coach(programme))
    with Kept(tmp_path, ABOUT, track=True, video=True) as kept:
        live = Live(Reel([]), Known([None]), practice, [*kept.outlets(practice)])
        kept.finish(practice.result(live.source("camera 0"), ()), "quit")
    assert files(tmp_path) == sorted([RECORD, RESULT, STEPS, TRACK])
    assert kept.faults == ()


# What cannot be kept


@pytest.mark.parametrize("asked", [{}, {"track": True, "video": True}], ids=["nothing", "both"])
def test_a_folder_that_cannot_be_made_is_told_and_the_session_goes_on(tmp_path, asked):
    with Kept(in_the_way(tmp_path), ABOUT, **asked) as kept:
        result = session(kept)
    assert result.holds
    assert all("cannot be written" in fault for fault in kept.faults)
    assert len(kept.faults) == (3 if asked else 2)


def test_each_fault_is_one_line_that_names_its_file(tmp_path):
    with Kept(in_the_way(tmp_path), ABOUT, video=True) as kept:
        session(kept)
    assert [fault.split(": ")[0] for fault in kept.faults] == [
        str(kept.folder / RECORD),
        str(kept.folder / VIDEO),
        str(kept.folder),
    ]
    assert not any("\n" in fault for fault in kept.faults)


def test_a_result_that_cannot_be_written_is_told_and_the_record_is_there(tmp_path):
    with Kept(tmp_path, ABOUT) as kept:
        (kept.folder / RESULT).mkdir()
        session(kept)
    (fault,) = kept.faults
    assert fault.startswith(f"{kept.folder}: cannot be written")
    assert read_session(kept.folder / RECORD).ended


def test_a_track_that_cannot_be_written_does_not_cost_the_result(tmp_path):
    with Kept(tmp_path, ABOUT, track=True) as kept:
        (kept.folder / TRACK).mkdir()
        session(kept)
    assert (kept.folder / RESULT).exists()


def test_pictures_that_were_left_out_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr("backstretch.outlets.WAITING_PICTURES", 1)
    take = [(n / 30.0, TAKE[0][1]) for n in range(40)]
    large = [Frame(n, t, grey(n, (1280, 720))) for n, (t, _) in enumerate(take)]
    with Kept(tmp_path, ABOUT, video=True) as kept:
        session(kept, items=large)
    (fault,) = kept.faults
    assert re.fullmatch(r"the video lacks \d+ pictures: it was too slow", fault)
