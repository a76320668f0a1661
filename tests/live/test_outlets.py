"""Outlets: what becomes of a session's words, steps and pictures."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backstretch.analysis.pipeline import analyse_track
from backstretch.coaching.coach import Coach
from backstretch.coaching.placement import Surroundings
from backstretch.coaching.programme import Programme, part_of
from backstretch.coaching.scene import Earcon, Event, Note, Say, Sound
from backstretch.formats import sinks
from backstretch.formats.session_log import MOMENT, SessionRecord, read_session
from backstretch.formats.track_files import Recording
from backstretch.frame import Frame, Source
from backstretch.judging.request import Assignment, Request
from backstretch.kinematics.landmarks import Landmarks
from backstretch.kinematics.stick_figure import STANDING, ideal_body
from backstretch.live import recorder as outlets
from backstretch.live.led_session import CoachedSession
from backstretch.live.loop import Live
from backstretch.live.recorder import LiveTrackFile, SessionLogSink, video_in_background
from backstretch.live.speech import Speaker, Voice
from backstretch.poses.pose_file import load_pose
from backstretch.vision.video_reader import VideoReader
from tests.coached import BEND
from tests.coached import STANDING as STEP
from tests.figures import FRONT, WH, every, jittered, moments, side_bend, trembling
from tests.live.test_loop import Known, Reel, lapse, pictures
from tests.media import grey, number_of
from tests.places import POSE_FILES

SOURCE = Source("camera 0", 60.0, 10.0, 600, *WH)
KEYS = [(0, 0), (1.5, 0), (4, 30), (9, 30), (11, 0), (12, 0)]


def bending(times=None):
    times = every(6.0, KEYS[-1][0]) if times is None else times
    return moments(lambda deg: side_bend(deg).seen(FRONT), KEYS, times)


def practising(pose=BEND, **options):
    programme = Programme("Test", (part_of(pose, None, pose.dose.longest_s, 99),), 2.0)
    return CoachedSession(programme, Coach(programme), **options)


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
    speaker.detection(0.0, None, Frame(0, 0.0, grey(1)))
    speaker.steps([])
    assert voice.log == []


# The record


def recorded(path, take, session=None):
    """Practise a take with a record beside it; give the session and what the record says."""
    session = session or practising()
    with SessionRecord(path / "session.jsonl", {}) as record:
        log = SessionLogSink(record, session)
        for time_s, marks in take:
            steps, events = session.push(time_s, marks, Surroundings(120.0))
            log.steps(steps)
            log.events(time_s, events)
        log.steps(session.finish(Surroundings())[0])
        assert not record.fault
    return session, read_session(record.path)


def twice():
    """A bend to the left and one to the right."""
    left = bending()
    return left + [(t + 12.2, marks.mirrored()) for t, marks in left]


def holds_of(session):
    return session.result(SOURCE, ()).as_dict()["holds"]


def test_the_holds_of_the_record_are_those_of_the_result(tmp_path):
    session, read = recorded(tmp_path, trembling(twice(), 1.5))
    assert list(read.holds) == holds_of(session)
    assert len(read.holds) == 2


def test_the_holds_of_the_record_are_those_of_the_result_when_one_side_was_asked_for(tmp_path):
    session, read = recorded(tmp_path, twice(), practising(sides=("left",)))
    assert list(read.holds) == holds_of(session)


def test_a_hold_is_kept_as_soon_as_it_is_over(tmp_path):
    session = practising()
    with SessionRecord(tmp_path / "session.jsonl", {}) as record:
        log = SessionLogSink(record, session)
        for time_s, marks in bending():
            log.steps(session.push(time_s, marks, Surroundings())[0])
    assert [hold["pose"] for hold in read_session(record.path).holds] == [BEND.id]
    assert len(session.holds) == 1


def test_no_hold_is_kept_twice(tmp_path):
    session = practising()
    _, read = recorded(tmp_path, bending(), session)
    with SessionRecord(tmp_path / "again" / "session.jsonl", {}) as record:
        log = SessionLogSink(record, session)
        log.steps([])
        log.steps([])
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
        log = SessionLogSink(record, practising())
        log.events(3.5, [Say("Paused."), Note("pause", "by key"), Sound(Earcon.OUT)])
    (line,) = [line for line in read_session(record.path).lines if line["type"] == "event"]
    assert line == {"type": "event", "t": 3.5, "what": "pause", "words": "by key"}


def test_a_session_that_is_cut_off_keeps_the_hold_that_went_on(tmp_path):
    session = practising()
    record = SessionRecord(tmp_path / "session.jsonl", {})
    log = SessionLogSink(record, session)
    for time_s, marks in bending():
        if time_s < 9.0:
            log.steps(session.push(time_s, marks, Surroundings())[0])
    record.close()
    (hold,) = read_session(record.path).holds
    assert hold["cut_off"]
    assert hold["valid_s"] == pytest.approx(session.step.valid_s, abs=1.0)


def test_a_stretch_that_passes_for_both_sides_is_kept_as_the_result_tells_it(tmp_path):
    eagle = load_pose(POSE_FILES / "eagle_arms.toml")
    body, rest = (ideal_body(figure, (0.0, 0.0)) for figure in (eagle.figure, STANDING))
    take = [(t, body if 2.0 <= t < 6.0 else rest) for t in every(10.0, 8.0)]
    session, read = recorded(tmp_path, take, practising(eagle))
    assert list(read.holds) == holds_of(session) != []


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
    sink, session = LiveTrackFile(path / "landmarks.npz"), practising(mirrored=mirrored)
    with Live(Reel(items), Known([marks for _, marks in take]), session, [sink]) as live:
        live.wait(60.0)
        assert live.over
    sink.result(replace(session.result(SOURCE, ()), notices=()))
    request = Request(Assignment((BEND,)), mirrored=mirrored)
    replay, _ = analyse_track(Recording.load(path / "landmarks.npz"), request)
    return session.result(SOURCE, ()), replay


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
        numbers = {"time_s", "xy_px", "world_m", "visibility", "head_line_deg"}
        assert set(arrays.files) == {*numbers, "about"}


def test_a_track_of_no_picture_can_be_saved(tmp_path):
    LiveTrackFile(tmp_path / "landmarks.npz").result(practising().result(SOURCE, ()))
    assert len(Recording.load(tmp_path / "landmarks.npz").track) == 0


# The video


def filmed(path, times, wh=(64, 48)):
    video = video_in_background(path)
    for number, time_s in enumerate(times):
        video.detection(float(time_s), None, Frame(number, float(time_s), grey(number, wh)))
    video.close()
    return video


def seen_in(path):
    with VideoReader(path) as reader:
        return [(frame.time_s, number_of(frame.image)) for frame in reader.frames()]


def test_a_video_has_the_pictures_at_their_own_times(tmp_path):
    times = [0.0, 0.033, 0.1, 0.25, 0.27, 0.5]
    video = filmed(tmp_path / "video.mp4", times)
    found = seen_in(tmp_path / "video.mp4")
    assert [time_s for time_s, _ in found] == pytest.approx(times, abs=1e-3)
    assert [number for _, number in found] == list(range(6))
    assert (video.faults, video.left_out) == ((), 0)


def test_a_video_begins_with_its_first_picture(tmp_path):
    filmed(tmp_path / "video.mp4", [5.0, 5.1, 5.3])
    times = [time_s for time_s, _ in seen_in(tmp_path / "video.mp4")]
    assert times == pytest.approx([0.0, 0.1, 0.3], abs=1e-3)


def test_closing_without_any_picture_leaves_no_file(tmp_path):
    video = filmed(tmp_path / "video.mp4", [])
    assert (video.faults, list(tmp_path.iterdir())) == ((), [])


def test_closing_twice_is_fine(tmp_path):
    video = filmed(tmp_path / "video.mp4", [0.0, 0.1])
    before = (tmp_path / "video.mp4").read_bytes()
    video.close()
    assert (video.faults, (tmp_path / "video.mp4").read_bytes()) == ((), before)


def test_pictures_beyond_those_that_may_wait_are_counted_as_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(outlets, "WAITING_PICTURES", 5)
    video = filmed(tmp_path / "video.mp4", np.arange(100) / 30.0, (1280, 720))
    kept = seen_in(tmp_path / "video.mp4")
    assert video.left_out > 0
    assert len(kept) + video.left_out == 100


def test_judged_moments_take_no_room_from_the_pictures(tmp_path, monkeypatch):
    monkeypatch.setattr(outlets, "WAITING_PICTURES", 5)
    video = video_in_background(tmp_path / "video.mp4")
    for _ in range(100):
        video.steps([STEP])
    video.close()
    assert video.left_out == 0


def test_a_folder_that_is_not_there_is_a_fault_that_is_told(tmp_path):
    video = filmed(tmp_path / "none" / "video.mp4", np.arange(100) / 30.0)
    (fault,) = video.faults
    assert fault.startswith(f"{tmp_path / 'none' / 'video.mp4'}: cannot be written (No such")


def full_disk(tmp_path):
    path = tmp_path / "video.mp4"
    path.symlink_to("/dev/full")
    return path


@pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="only Linux has a disk that is always full"
)
@pytest.mark.parametrize("count", [3, 300])
def test_a_full_disk_is_a_fault_that_is_told_and_nobody_waits(tmp_path, count, monkeypatch):
    monkeypatch.setattr(sinks, "CLOSE_S", 30.0)
    dice = np.random.default_rng(1)
    video = video_in_background(full_disk(tmp_path))
    noise = dice.integers(0, 255, (240, 320, 3), dtype=np.uint8)
    for number in range(count):
        picture = Frame(number, number / 30.0, np.roll(noise, number * 7, axis=1))
        video.detection(picture.time_s, None, picture)
        time.sleep(0.001)
    video.close()
    assert not video._thread.is_alive()
    video.close()
    (fault,) = video.faults
    assert "No space left" in fault


class Stuck:
    """A stand-in for a file on a disk that has fallen asleep."""

    let_go, written = threading.Event(), 0

    def __init__(self, path, wh):
        pass

    def close(self):
        pass

    def write(self, image, time_s):  # noqa: ARG002
        assert self.let_go.wait(60.0)
        Stuck.written += 1


@pytest.fixture
def asleep(tmp_path, monkeypatch):
    monkeypatch.setattr(outlets, "AnnotatedVideo", Stuck)
    monkeypatch.setattr(sinks, "CLOSE_S", 0.2)
    monkeypatch.setattr(Stuck, "let_go", threading.Event())
    monkeypatch.setattr(Stuck, "written", 0)
    video = video_in_background(tmp_path / "video.mp4")
    yield video
    Stuck.let_go.set()
    video.close()


def test_a_disk_that_is_asleep_is_waited_for_neither_by_pictures_nor_at_the_end(asleep):
    for number in range(100):
        asleep.detection(number / 30.0, None, Frame(number, number / 30.0, grey(number)))
    asleep.close()
    assert Stuck.written == 0
    assert asleep.left_out >= 100 - outlets.WAITING_PICTURES - 1


def test_a_disk_that_is_asleep_at_the_end_is_a_fault_that_is_told(asleep):
    asleep.detection(0.0, None, Frame(0, 0.0, grey(1)))
    asleep.close()
    assert asleep.faults
