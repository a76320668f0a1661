"""Outlets: what becomes of a session's words, steps and pictures."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from backstretch import outlets
from backstretch.analysis import analyse_track
from backstretch.coach import Coach
from backstretch.earcons import Earcon
from backstretch.frame import Frame
from backstretch.ideal import STANDING, ideal_body
from backstretch.landmarks import Landmarks
from backstretch.live import Live
from backstretch.orders import Event, Note, Say, Sound
from backstretch.outlets import Keeper, Outlet, Speaker, TrackKeeper, VideoKeeper
from backstretch.placement import Room
from backstretch.pose_file import load_pose
from backstretch.practice import Practice
from backstretch.programme import Programme, part_of
from backstretch.recording import Recording
from backstretch.result import Wanted
from backstretch.session_record import MOMENT, SessionRecord, read_session
from backstretch.video import Source, VideoReader
from backstretch.voice import Voice
from tests.coached import BEND
from tests.figures import FRONT, WH, every, jittered, moments, side_bend, trembling
from tests.media import grey, number_of
from tests.places import POSE_FILES
from tests.test_live import Known, Reel, lapse, pictures

SOURCE = Source("camera 0", 60.0, 10.0, 600, *WH)
KEYS = [(0, 0), (1.5, 0), (4, 30), (9, 30), (11, 0), (12, 0)]


def bending(times=None):
    times = every(6.0, KEYS[-1][0]) if times is None else times
    return moments(lambda deg: side_bend(deg).seen(FRONT), KEYS, times)


def practising(pose=BEND, **options):
    programme = Programme("Test", (part_of(pose, None, pose.dose.longest_s, 99),), 2.0)
    return Practice(programme, Coach(programme), **options)


# Words and sounds


class Heard(Voice):
    """A voice that writes down what it is given instead of starting a program for it."""

    def __init__(self) -> None:
        super().__init__(speaks=False, sounds=False)
        self.log: list[object] = []

    def say(self, words: str, *, urgent: bool = False) -> None:
        self.log.append((words, urgent))

    def sound(self, earcon: Earcon) -> None:
        self.log.append(earcon)


def test_words_and_earcons_are_passed_to_the_voice_in_their_order():
    voice = Heard()
    said: list[Event] = [Say("Hold.", urgent=True), Sound(Earcon.IN), Say("Breathe easily.")]
    Speaker(voice).events(1.0, said)
    assert voice.log == [("Hold.", True), Earcon.IN, ("Breathe easily.", False)]


def test_what_is_for_the_record_is_not_spoken():
    voice = Heard()
    Speaker(voice).events(1.0, [Note("pause", "by key")])
    assert voice.log == []


def test_pictures_and_steps_are_nothing_to_a_speaker():
    voice = Heard()
    speaker = Speaker(voice)
    speaker.looked(Frame(0, 0.0, grey(1)), None)
    speaker.steps([], practising().coach.scene)
    assert voice.log == []


def test_an_outlet_does_nothing_by_itself():
    outlet, picture = Outlet(), grey(1)
    said: list[Event] = [Say("Hold.")]
    outlet.looked(Frame(0, 0.0, picture), None)
    outlet.steps([], practising().coach.scene)
    outlet.events(0.0, said)
    assert (vars(outlet), said) == ({}, [Say("Hold.")])
    assert np.array_equal(picture, grey(1))


# The record


def recorded(path, take, practice=None):
    """Practise a take with a record beside it; give the practice and what the record says."""
    practice = practice or practising()
    with SessionRecord(path / "session.jsonl", {}) as record:
        keeper = Keeper(record, practice)
        for time_s, marks in take:
            steps, events = practice.push(time_s, marks, Room(120.0))
            keeper.steps(steps, practice.coach.scene)
            keeper.events(time_s, events)
        keeper.steps(practice.finish(Room())[0], practice.coach.scene)
        assert not record.fault
    return practice, read_session(record.path)


def twice():
    """A bend to the left and one to the right."""
    left = bending()
    return left + [(t + 12.2, marks.mirrored()) for t, marks in left]


def holds_of(practice):
    return practice.result(SOURCE, ()).as_dict()["holds"]


def test_the_holds_of_the_record_are_those_of_the_result(tmp_path):
    practice, read = recorded(tmp_path, trembling(twice(), 1.5))
    assert list(read.holds) == holds_of(practice)
    assert len(read.holds) == 2


def test_the_holds_of_the_record_are_those_of_the_result_when_one_side_was_asked_for(tmp_path):
    practice, read = recorded(tmp_path, twice(), practising(sides=("left",)))
    assert list(read.holds) == holds_of(practice)


def test_a_hold_is_kept_as_soon_as_it_is_over(tmp_path):
    practice = practising()
    with SessionRecord(tmp_path / "session.jsonl", {}) as record:
        keeper = Keeper(record, practice)
        for time_s, marks in bending():
            keeper.steps(practice.push(time_s, marks, Room())[0], practice.coach.scene)
    assert [hold["pose"] for hold in read_session(record.path).holds] == [BEND.id]
    assert len(practice.held) == 1


def test_no_hold_is_kept_twice(tmp_path):
    practice = practising()
    _, read = recorded(tmp_path, bending(), practice)
    with SessionRecord(tmp_path / "again" / "session.jsonl", {}) as record:
        keeper = Keeper(record, practice)
        keeper.keep_holds()
        keeper.keep_holds()
    assert len(read_session(record.path).holds) == len(read.holds) == 1


def test_one_moment_a_second_is_kept(tmp_path):
    _, read = recorded(tmp_path, bending())
    times = [line["t"] for line in read.lines if line["type"] == MOMENT]
    assert times == pytest.approx([float(n) for n in range(13)], abs=1e-9)


def test_a_moment_tells_what_is_held_and_measured(tmp_path):
    _, read = recorded(tmp_path, bending())
    moment = next(line for line in read.lines if line["type"] == MOMENT and line["t"] == 8.0)
    assert (moment["state"], moment["pose"], moment["side"]) == ("in", BEND.id, "left")
    assert moment["valid_s"] == pytest.approx(moment["total_s"])
    assert moment["readings"]["trunk_lean_lat.left"] == pytest.approx(30.0, abs=0.5)


def test_lapses_of_the_hold_that_goes_on_are_told_in_its_moments(tmp_path):
    take = [(t, None if 7.0 < t < 8.0 else marks) for t, marks in bending()]
    _, read = recorded(tmp_path, take)
    moment = next(line for line in read.lines if line["type"] == MOMENT and line["t"] == 9.0)
    assert moment["unseen_s"] == pytest.approx(1.0, abs=0.2)


def test_events_are_kept_with_their_time_and_words_are_not(tmp_path):
    with SessionRecord(tmp_path / "session.jsonl", {}) as record:
        keeper = Keeper(record, practising())
        keeper.events(3.5, [Say("Paused."), Note("pause", "by key"), Sound(Earcon.OUT)])
    (line,) = [line for line in read_session(record.path).lines if line["type"] == "event"]
    assert line == {"type": "event", "t": 3.5, "what": "pause", "words": "by key"}


def test_a_session_that_is_cut_off_keeps_the_hold_that_went_on(tmp_path):
    practice = practising()
    record = SessionRecord(tmp_path / "session.jsonl", {})
    keeper = Keeper(record, practice)
    for time_s, marks in bending():
        if time_s < 9.0:
            keeper.steps(practice.push(time_s, marks, Room())[0], practice.coach.scene)
    record.close()
    (hold,) = read_session(record.path).holds
    assert hold["cut_off"]
    assert hold["valid_s"] == pytest.approx(practice.step.valid_s, abs=1.0)


def test_a_stretch_that_passes_for_both_sides_is_kept_as_the_result_tells_it(tmp_path):
    eagle = load_pose(POSE_FILES / "eagle_arms.toml")
    body, rest = (ideal_body(figure, (0.0, 0.0)) for figure in (eagle.figure, STANDING))
    take = [(t, body if 2.0 <= t < 6.0 else rest) for t in every(10.0, 8.0)]
    practice, read = recorded(tmp_path, take, practising(eagle))
    assert list(read.holds) == holds_of(practice) != []


# The landmark track


def rounded(take):
    """As a landmarker rounds them, so that a file loses nothing."""

    def as_kept(values):
        return np.asarray(values, np.float32).astype(np.float64)

    return [
        (
            t,
            marks
            and Landmarks(
                as_kept(marks.xy_px), as_kept(marks.world_m), as_kept(marks.visibility), WH
            ),
        )
        for t, marks in take
    ]


def replayed(path, items, take, *, mirrored=False):
    """The result of a live session and that of the track it kept."""
    keeper, practice = TrackKeeper(), practising(mirrored=mirrored)
    with Live(Reel(items), Known([marks for _, marks in take]), practice, [keeper]) as live:
        live.wait(60.0)
        assert live.over
    keeper.save(path / "landmarks.npz", SOURCE, ())
    wanted = Wanted((BEND,), mirrored=mirrored)
    replay, _ = analyse_track(Recording.load(path / "landmarks.npz"), wanted)
    return practice.result(SOURCE, ()), replay


def exactly(result):
    return [
        (held.form, held.hold.start_s, held.hold.end_s, held.hold.valid_s) for held in result.holds
    ]


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_track_replays_to_the_last_digit(tmp_path, mirrored):
    take = rounded(trembling(bending(jittered(12.0, 12.0, seed=3)), 1.5))
    live, replay = replayed(tmp_path, pictures(take), take, mirrored=mirrored)
    assert exactly(live) == exactly(replay) != []
    assert live.as_dict()["holds"] == replay.as_dict()["holds"]


def test_a_track_in_which_nobody_was_seen_for_a_while_replays_to_the_last_digit(tmp_path):
    take = rounded(trembling(bending(), 1.5))
    take = [(t, None if 7.0 < t < 8.2 else marks) for t, marks in take]
    live, replay = replayed(tmp_path, pictures(take), take)
    assert exactly(live) == exactly(replay) != []


@pytest.mark.parametrize("to_s", [6.9, 7.5, 9.0])
def test_a_track_of_a_camera_that_was_lost_replays_to_the_last_digit(tmp_path, to_s):
    take = rounded(trembling(bending(), 1.5))
    live, replay = replayed(tmp_path, lapse(take, 6.0, to_s, "unplugged"), take)
    assert exactly(live) == exactly(replay) != []


def test_a_track_holds_no_picture_and_nothing_but_its_numbers(tmp_path):
    take = rounded(bending()[:5])
    replayed(tmp_path, pictures(take), take)
    with np.load(tmp_path / "landmarks.npz") as arrays:
        assert set(arrays.files) == {"time_s", "xy_px", "world_m", "visibility", "about"}


def test_a_track_of_no_picture_can_be_saved(tmp_path):
    TrackKeeper().save(tmp_path / "landmarks.npz", SOURCE, ())
    assert len(Recording.load(tmp_path / "landmarks.npz").track) == 0


# The video


def filmed(path, times, wh=(64, 48)):
    keeper = VideoKeeper(path)
    for number, time_s in enumerate(times):
        keeper.looked(Frame(number, float(time_s), grey(number, wh)), None)
    keeper.close()
    return keeper


def seen_in(path):
    with VideoReader(path) as reader:
        return [(frame.time_s, number_of(frame.image)) for frame in reader.frames()]


def test_a_video_has_the_pictures_at_their_own_times(tmp_path):
    times = [0.0, 0.033, 0.1, 0.25, 0.27, 0.5]
    keeper = filmed(tmp_path / "video.mp4", times)
    found = seen_in(tmp_path / "video.mp4")
    assert [time_s for time_s, _ in found] == pytest.approx(times, abs=1e-3)
    assert [number for _, number in found] == list(range(6))
    assert (keeper.fault, keeper.left_out) == ("", 0)


def test_a_video_begins_with_its_first_picture(tmp_path):
    filmed(tmp_path / "video.mp4", [5.0, 5.1, 5.3])
    times = [time_s for time_s, _ in seen_in(tmp_path / "video.mp4")]
    assert times == pytest.approx([0.0, 0.1, 0.3], abs=1e-3)


def test_closing_without_any_picture_leaves_no_file(tmp_path):
    keeper = filmed(tmp_path / "video.mp4", [])
    assert (keeper.fault, list(tmp_path.iterdir())) == ("", [])


def test_closing_twice_is_fine(tmp_path):
    keeper = filmed(tmp_path / "video.mp4", [0.0, 0.1])
    before = (tmp_path / "video.mp4").read_bytes()
    keeper.close()
    assert (keeper.fault, (tmp_path / "video.mp4").read_bytes()) == ("", before)


def test_pictures_beyond_those_that_may_wait_are_counted_as_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(outlets, "WAITING_PICTURES", 5)
    keeper = filmed(tmp_path / "video.mp4", np.arange(100) / 30.0, (1280, 720))
    kept = seen_in(tmp_path / "video.mp4")
    assert keeper.left_out > 0
    assert len(kept) + keeper.left_out == 100


def test_a_folder_that_is_not_there_is_a_fault_that_is_told(tmp_path):
    keeper = filmed(tmp_path / "none" / "video.mp4", np.arange(100) / 30.0)
    assert keeper.fault.startswith(f"{tmp_path / 'none' / 'video.mp4'}: cannot be written (No such")


def full_disk(tmp_path):
    path = tmp_path / "video.mp4"
    path.symlink_to("/dev/full")
    return path


@pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="only Linux has a disk that is always full"
)
@pytest.mark.parametrize("count", [3, 300])
def test_a_full_disk_is_a_fault_that_is_told_and_nobody_waits(tmp_path, count, monkeypatch):
    monkeypatch.setattr(outlets, "CLOSE_S", 30.0)
    dice = np.random.default_rng(1)
    keeper = VideoKeeper(full_disk(tmp_path))
    noise = dice.integers(0, 255, (240, 320, 3), dtype=np.uint8)
    for number in range(count):
        keeper.looked(Frame(number, number / 30.0, np.roll(noise, number * 7, axis=1)), None)
        time.sleep(0.001)
    keeper.close()
    assert not keeper._thread.is_alive()
    keeper.close()
    assert "No space left" in keeper.fault


class Stuck:
    """A stand-in for a file on a disk that has fallen asleep."""

    let_go, written = threading.Event(), 0

    def __init__(self, path, wh):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def write(self, image, time_s):  # noqa: ARG002
        assert self.let_go.wait(60.0)
        Stuck.written += 1


@pytest.fixture
def asleep(tmp_path, monkeypatch):
    monkeypatch.setattr(outlets, "AnnotatedVideo", Stuck)
    monkeypatch.setattr(outlets, "CLOSE_S", 0.2)
    monkeypatch.setattr(Stuck, "let_go", threading.Event())
    monkeypatch.setattr(Stuck, "written", 0)
    keeper = VideoKeeper(tmp_path / "video.mp4")
    yield keeper
    Stuck.let_go.set()
    keeper.close()


def test_a_disk_that_is_asleep_is_waited_for_neither_by_pictures_nor_at_the_end(asleep):
    for number in range(100):
        asleep.looked(Frame(number, number / 30.0, grey(number)), None)
    asleep.close()
    assert Stuck.written == 0
    assert asleep.left_out >= 100 - outlets.WAITING_PICTURES - 1


def test_a_disk_that_is_asleep_at_the_end_is_a_fault_that_is_told(asleep):
    asleep.looked(Frame(0, 0.0, grey(1)), None)
    asleep.close()
    assert asleep.fault
