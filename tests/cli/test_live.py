"""Live coaching from outside: recordings stand for the camera, and are played in real time."""

import json
import os
import pty
import re
import signal
import stat
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import av  # noqa: TID253 - to cut a clip
import numpy as np
import pytest

from backstretch.formats.session_log import END, EVENT, HOLD, PAIN, SessionRecord, read_session
from backstretch.history.health import (
    FORMAT,
    QUESTIONS,
    VERSION,
    Answers,
    load_answers,
    save_answers,
)
from backstretch.history.history import History
from tests.live.test_window import close_button, window_on, xdotool, xvfb
from tests.media import write_video
from tests.places import SAMPLES, SOURCE
from tests.program import run_inside

SIDE_BEND = SAMPLES / "side_bend.mp4"
POSE = "standing_side_bend"
QUIET = ("--no-window", "--no-voice")
MID_HOLD_S = 7.0
"""The left side is held from 3.5 to 13.5 s."""
NO_CAMERA = ("--camera", "9", *QUIET)
"""Ends a run where the camera would be opened."""
TODAY = date(2026, 11, 23)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the data folder is Linux's")


class Home:
    """A person's data folder, and the program run with it."""

    def __init__(self, path, *unfit, asked=True):
        self.path = path
        self.data = path / "backstretch"
        self.answers = self.data / "health.json"
        if asked:
            said = dict.fromkeys(QUESTIONS, "skipped") | dict.fromkeys(unfit, "yes")
            answers = Answers(format=FORMAT, version=VERSION, asked_on=TODAY, answers=said)
            save_answers(self.answers, answers)

    def environment(self, display=""):
        names = {**os.environ, "XDG_DATA_HOME": str(self.path), "COLUMNS": "120"}
        names |= {"PYTHONUTF8": "1", "QT_QPA_PLATFORM": "xcb", "DISPLAY": display}
        path = os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")])
        return names | {"PYTHONPATH": path}

    def begin(self, *arguments, display="", stdin=subprocess.DEVNULL):
        command = [sys.executable, "-m", "backstretch", *map(str, arguments)]
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=self.environment(display),
        )

    def run(self, *arguments):
        with self.begin(*arguments) as process:
            return ended(process)

    def run_inside(self, *arguments):
        """The same in this process, which is quicker."""
        return run_inside(*arguments, XDG_DATA_HOME=self.path, DISPLAY="")

    def answering(self, typed, *arguments):
        """Run it at a terminal on which this is typed."""
        person, machine = pty.openpty()
        try:
            os.write(person, typed.encode())
            with self.begin(*arguments, stdin=machine) as process:
                return ended(process)
        finally:
            os.close(person)
            os.close(machine)

    @property
    def sessions(self):
        return sorted((self.data / "sessions").glob("*"))

    @property
    def session(self):
        (folder,) = self.sessions
        return folder

    @property
    def record(self):
        return read_session(self.session / "session.jsonl")

    def had(self, ago_s, *lines):
        """Put an earlier session there, so many seconds ago."""
        began = datetime.now().astimezone() - timedelta(seconds=ago_s)
        path = self.data / "sessions" / began.strftime("%Y-%m-%dT%H-%M-%S") / "session.jsonl"
        with SessionRecord(path, {"started": began.isoformat()}) as record:
            for kind, fields in lines:
                record.write(kind, **fields)
        assert not record.fault


def ended(process, timeout_s=90):
    printed, said = process.communicate(timeout=timeout_s)
    return subprocess.CompletedProcess(process.args, process.returncode, printed, said)


def ended_by_key(display, process, timeout_s=30.0):
    """Press a key until the summary in the window is left: it may not be shown yet when the record ends."""
    until_s = time.monotonic() + timeout_s
    while time.monotonic() < until_s:
        xdotool(display, "key", "x")
        with suppress(subprocess.TimeoutExpired):
            return ended(process, 0.5)
    raise TimeoutError


def complaint(done):
    """The one line that says what is wrong; nothing else was printed and nothing broke."""
    assert (done.returncode, done.stdout) == (2, ""), done
    (line,) = done.stderr.splitlines()
    assert line.startswith("backstretch: ")
    return line.removeprefix("backstretch: ")


def document(done):
    """The one JSON document on stdout."""
    assert done.returncode == 0, done
    (line,) = done.stdout.splitlines()
    return json.loads(line)


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A second of an empty room."""
    image = np.full((240, 320, 3), 180, np.uint8)
    image[160:] = (120, 90, 60)
    path = tmp_path_factory.mktemp("room") / "room.mp4"
    return write_video(path, [image] * 25, range(0, 1000, 40))


@pytest.fixture(scope="module")
def brief(room):
    """Options of a session that asks its questions, and then lacks its model: nothing is watched."""
    return ("--camera", room, "--model", "none.task", *QUIET)


@pytest.fixture(scope="module")
def mid_hold(tmp_path_factory):
    """The clip of the side bend, cut in the middle of its first hold."""
    path = tmp_path_factory.mktemp("cut") / "mid_hold.mp4"
    with av.open(str(SIDE_BEND)) as source, av.open(str(path), "w") as copy:
        stream = copy.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.pts is not None and packet.pts * packet.time_base < MID_HOLD_S:
                packet.stream = stream
                copy.mux(packet)
    return path


class TestWrongUse:
    def test_neither_a_stretch_nor_a_set(self, home):
        assert complaint(home.run_inside("live")).startswith("say which stretch or which set")

    def test_both_a_stretch_and_a_set(self, home):
        said = complaint(home.run_inside("live", POSE, "--set", "lower_back"))
        assert said.startswith("say which stretch or which set")

    def test_an_unknown_stretch_brings_the_nearest_names(self, home):
        said = complaint(home.run_inside("live", "side-bends"))
        assert said.startswith("no pose is called 'side-bends'; did you mean")

    def test_an_unknown_set_brings_the_nearest_names(self, home):
        said = complaint(home.run_inside("live", "--set", "lower-bak"))
        assert said.startswith("no set is called 'lower-bak'; did you mean lower_back")

    def test_a_camera_that_is_not_there(self, home):
        said = complaint(home.run("live", POSE, *NO_CAMERA))
        assert said == "camera 9 is not there; backstretch cameras lists all cameras"

    def test_a_missing_camera_is_told_before_the_health_note(self, tmp_path):
        said = complaint(Home(tmp_path, asked=False).run("live", "Child's pose", *NO_CAMERA))
        assert said == "camera 9 is not there; backstretch cameras lists all cameras"

    def test_a_camera_that_is_a_text(self, home, tmp_path):
        path = tmp_path / "text.mp4"
        path.write_text("Dear diary, today I stretched.\n" * 99)
        said = complaint(home.run_inside("live", POSE, "--camera", path, *QUIET))
        assert said.startswith(f"{path}: cannot be read as a video")

    def test_a_camera_that_is_no_file(self, home, tmp_path):
        path = tmp_path / "none.mp4"
        said = complaint(home.run_inside("live", POSE, "--camera", path, *QUIET))
        assert said == f"{path}: there is no such file"

    def test_a_side_of_a_set(self, home):
        said = complaint(home.run_inside("live", "--set", "lower_back", "--side", "left"))
        assert said == "--side is for one stretch; a set is done on both sides"

    def test_a_side_of_a_stretch_without_sides(self, home):
        said = complaint(home.run_inside("live", "childs_pose", "--side", "left"))
        assert said == "childs_pose is done on both sides at once; leave out --side"

    @pytest.mark.parametrize(
        ("option", "value"),
        [("--hold", "200"), ("--hold", "0"), ("--repetitions", "0"), ("--breaths", "60")],
    )
    def test_a_wish_that_is_out_of_range(self, home, option, value):
        assert option in complaint(home.run_inside("live", POSE, option, value))

    def test_leaves_no_session(self, home, tmp_path):
        home.run_inside("live", POSE, "--camera", tmp_path / "none.mp4", *QUIET)
        assert not home.sessions


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The whole clip, left and then right, with its landmarks kept."""
    home = Home(tmp_path_factory.mktemp("played"))
    wish = ("--hold", "8", "--repetitions", "1", "--record", "--json")
    return home.run("live", POSE, "--camera", SIDE_BEND, *QUIET, *wish), home


@pytest.mark.model
class TestPlayed:
    def test_gives_one_document_and_nothing_else(self, played):
        assert document(played[0])["schema"] == 1

    def test_has_two_holds_left_and_right(self, played):
        holds = document(played[0])["holds"]
        assert [hold["side"] for hold in holds] == ["left", "right"]
        assert all(hold["complete"] for hold in holds)
        assert all(9.0 < hold["valid_s"] < 11.0 for hold in holds)

    def test_says_on_stderr_what_is_going_on(self, played):
        said = played[0].stderr
        for words in ("Set up: ", "Hold, ", "Switch: ", "Relax, "):
            assert words in said

    def test_writes_no_control_codes_where_there_is_no_terminal(self, played):
        assert "\x1b" not in played[0].stdout + played[0].stderr

    def test_ends_by_itself_when_all_is_done(self, played):
        _, home = played
        (line,) = (each for each in home.record.lines if each["type"] == END)
        assert line["reason"] == "done"

    def test_keeps_the_result_that_it_printed(self, played):
        done, home = played
        kept = json.loads((home.session / "result.json").read_text(encoding="utf-8"))
        assert kept.pop("recorded_at") == home.record.started
        assert kept == document(done)

    def test_keeps_each_hold_as_the_result_gives_it(self, played):
        done, home = played
        lines = [each for each in home.record.lines if each["type"] == HOLD]
        told = [{name: v for name, v in line.items() if name != "type"} for line in lines]
        assert told == document(done)["holds"]

    def test_keeps_landmarks_and_no_picture_when_asked_for_landmarks(self, played):
        names = ["landmarks.npz", "report.html", "result.json", "session.jsonl", "steps.csv"]
        assert sorted(path.name for path in played[1].session.iterdir()) == names

    def test_keeps_it_for_its_owner_only(self, played):
        _, home = played
        assert stat.S_IMODE(home.session.stat().st_mode) == 0o700
        assert stat.S_IMODE((home.session / "session.jsonl").stat().st_mode) == 0o600

    def test_has_the_same_holds_when_its_landmarks_are_analysed(self, played):
        done, home = played
        track = home.session / "landmarks.npz"
        again = document(home.run("analyze", track, "--pose", POSE, "--hold", "8", "--json"))
        assert holds_of(again) == holds_of(document(done))


def holds_of(told):
    names = ("pose", "side", "start_s", "end_s", "valid_s", "complete", "score")
    return [{name: hold[name] for name in names} for hold in told["holds"]]


@pytest.fixture(scope="module")
def cut_short(tmp_path_factory, mid_hold):
    """A recording that ends in the middle of a hold, with nothing to be kept of it."""
    home = Home(tmp_path_factory.mktemp("cut_short"))
    return home.run("live", POSE, "--camera", mid_hold, *QUIET), home


@pytest.mark.model
class TestRecordingThatEndsInAHold:
    def test_keeps_the_hold(self, cut_short):
        (hold,) = cut_short[1].record.holds
        assert hold["side"] == "left"
        assert 2.5 < hold["valid_s"] < MID_HOLD_S - 3.0

    def test_is_a_success_with_a_summary(self, cut_short):
        done, home = cut_short
        assert (done.returncode, done.stderr) == (0, "")
        assert "Standing side bend" in done.stdout
        assert f"Writtento{home.session}" in unwrapped(done.stdout)

    def test_keeps_neither_pictures_nor_landmarks_unasked(self, cut_short):
        names = {path.name for path in cut_short[1].path.rglob("*") if path.is_file()}
        assert names == {
            "health.json",
            "history.db",
            "report.html",
            "result.json",
            "session.jsonl",
            "steps.csv",
        }

    def test_is_in_the_history(self, cut_short):
        now = datetime.now(UTC)
        with History(cut_short[1].path / "backstretch" / "history.db", now) as history:
            (sitting,) = history.sittings()
        assert sitting.title == "Standing side bend"
        assert 2.5 < sitting.valid_s < MID_HOLD_S - 3.0

    def test_says_that_it_was_closed(self, cut_short):
        assert cut_short[1].record.lines[-1]["reason"] == "closed"


def unwrapped(panel):
    """The words of a panel without any space, since it breaks long paths."""
    return re.sub(r"[\s│]", "", panel)


def valid_s(home):
    """Valid seconds of the hold that is going on, as the record says so far."""
    for folder in home.sessions:
        if (folder / "session.jsonl").is_file() and (folder / "session.jsonl").stat().st_size:
            return read_session(folder / "session.jsonl").seconds_valid
    return 0.0


def await_hold(process, home, seconds=1.0):
    """Wait until so much has been held and kept."""
    for _ in range(600):
        if valid_s(home) >= seconds:
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    raise TimeoutError


@contextmanager
def begun(home, *arguments, **options):
    """A session that is going on, and is ended at the latest with the test."""
    with home.begin("live", POSE, "--camera", SIDE_BEND, *arguments, **options) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


@contextmanager
def holding(home, *arguments, **options):
    """A session in the middle of a hold."""
    with begun(home, *arguments, **options) as process:
        await_hold(process, home)
        yield process


STOPS = {"ctrl-c": signal.SIGINT, "sigterm": signal.SIGTERM}


@pytest.fixture(scope="module")
def all_stopped(tmp_path_factory):
    """Two sessions at the same time, since each has to get into its hold, stopped in both ways."""
    homes = {name: Home(tmp_path_factory.mktemp("stopped")) for name in STOPS}
    with ExitStack() as stack:
        processes = {name: stack.enter_context(begun(home, *QUIET)) for name, home in homes.items()}
        for name, process in processes.items():
            await_hold(process, homes[name])
            process.send_signal(STOPS[name])
        done = {name: ended(process) for name, process in processes.items()}
    return {name: (done[name], homes[name]) for name in STOPS}


@pytest.fixture(params=STOPS)
def stopped(request, all_stopped):
    return all_stopped[request.param]


@pytest.mark.model
class TestStopping:
    def test_has_the_code_of_an_interruption(self, stopped):
        assert stopped[0].returncode == 130

    def test_still_prints_the_summary(self, stopped):
        done, home = stopped
        assert f"Writtento{home.session}" in unwrapped(done.stdout)
        assert "Standing side bend" in done.stdout

    def test_keeps_the_end(self, stopped):
        line = stopped[1].record.lines[-1]
        assert (line["type"], line["reason"]) == (END, "interrupted")

    def test_keeps_the_hold(self, stopped):
        holds = stopped[1].record.holds
        assert [hold["side"] for hold in holds] == ["left"]
        assert holds[0]["valid_s"] >= 1.0
        assert "cut_off" not in holds[0]

    def test_has_the_hold_in_its_result(self, stopped):
        told = json.loads((stopped[1].session / "result.json").read_text(encoding="utf-8"))
        assert len(told["holds"]) == 1

    def test_has_the_hold_in_its_summary(self, stopped):
        assert "No hold was found" not in stopped[0].stdout

    def test_does_not_say_that_nothing_was_written(self, stopped):
        assert "nothing was saved" not in stopped[0].stderr


@pytest.mark.model
@pytest.mark.realtime
def test_a_session_that_is_killed_loses_a_second_at_most(tmp_path):
    home = Home(tmp_path)
    with holding(home, *QUIET) as process:
        before_s = valid_s(home)
        time.sleep(2.0)
        process.kill()
        process.wait(timeout=20)
    record = home.record
    (hold,) = record.holds
    assert (hold["pose"], hold["side"], hold["cut_off"]) == (POSE, "left", True)
    settle_s = 0.3
    assert hold["valid_s"] >= before_s + 2.0 - 1.0 - settle_s
    assert not record.ended


@pytest.mark.model
class TestWindow:
    def test_q_ends_the_session_with_a_summary(self, tmp_path):
        home = Home(tmp_path)
        with xvfb() as display, holding(home, "--no-voice", display=display) as process:
            xdotool(display, "windowfocus", "--sync", window_on(display))
            xdotool(display, "key", "q")
            await_end(process, home)
            time.sleep(0.5)
            assert process.poll() is None  # the summary stays until a key is pressed
            done = ended_by_key(display, process)
        assert (done.returncode, done.stderr) == (0, "")
        assert "Standing side bend" in done.stdout
        assert home.record.lines[-1]["reason"] == "quit"
        assert len(home.record.holds) == 1

    @pytest.mark.realtime
    def test_closing_it_ends_the_session_with_a_summary(self, tmp_path):
        home = Home(tmp_path)
        with xvfb() as display, begun(home, "--no-voice", display=display) as process:
            close_button(display, window_on(display))
            done = ended(process, 30)
        assert (done.returncode, done.stderr) == (0, "")
        assert "Standing side bend" in done.stdout
        assert home.record.lines[-1]["reason"] == "closed"


def await_end(process, home, timeout_s=30.0):
    until_s = time.monotonic() + timeout_s
    while time.monotonic() < until_s:
        if home.sessions and home.record.ended:
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    raise TimeoutError


@pytest.fixture(scope="module")
def first(tmp_path_factory, room):
    """The very first run, without a terminal and without a screen; nobody is there."""
    home = Home(tmp_path_factory.mktemp("first"), asked=False)
    return home.run("live", POSE, "--camera", room, "--no-voice", "--hold", "60"), home


@pytest.mark.model
class TestFirstRunWithoutATerminal:
    def test_shows_the_note_on_stderr(self, first):
        assert "Before you stretch" in first[0].stderr
        assert "not a medical" in first[0].stderr

    def test_asks_nothing_and_stores_nothing(self, first):
        done, home = first
        assert "[y/n]" not in done.stderr
        assert not home.answers.exists()

    def test_says_that_there_is_no_screen_and_goes_on(self, first):
        done, _ = first
        assert "there is no screen for a window" in done.stderr
        assert done.returncode == 0
        assert "Nobody was seen." in done.stdout

    def test_says_that_a_hold_beyond_the_dose_is_cut(self, first):
        assert (
            "backstretch: Standing side bend: 30 s are enough for one hold; 60 s were asked for"
            in first[0].stderr
        )

    def test_cuts_a_hold_beyond_the_dose(self, first):
        assert first[1].record.about["aims"][POSE]["hold_s"] == 30.0

    def test_keeps_the_warning_in_the_result(self, first):
        told = json.loads((first[1].session / "result.json").read_text(encoding="utf-8"))
        assert any("30 s are enough" in words for words in told["warnings"])


@pytest.fixture(scope="module")
def asked(tmp_path_factory, brief):
    """Answers y, n, Enter, something unclear and then n, n, y; and one more run."""
    home = Home(tmp_path_factory.mktemp("terminal"), asked=False)
    typed = "y\nn\n\nmaybe\nn\nn\ny\n"
    return [home.answering(typed, "live", POSE, *brief) for _ in range(2)], home


class TestFirstRunAtATerminal:
    def test_asks_all_questions(self, asked):
        (first, _), _ = asked
        assert len(QUESTIONS) == 6
        for question in QUESTIONS.values():
            assert f"{question} [y/n]" in first.stderr

    def test_asks_again_what_it_did_not_understand(self, asked):
        (first, _), _ = asked
        assert first.stderr.count("I did not understand that.") == 1
        assert first.stderr.count("[y/n]") == 7

    def test_stores_the_answers(self, asked):
        answers = load_answers(asked[1].answers)
        assert answers is not None
        assert answers.unfit == {"osteoporosis", "late_pregnancy"}
        assert answers.answers["stenosis"] == "skipped"

    def test_stores_them_for_the_owner_only(self, asked):
        assert stat.S_IMODE(asked[1].answers.stat().st_mode) == 0o600

    def test_asks_only_once(self, asked):
        (_, second), _ = asked
        assert "[y/n]" not in second.stderr
        assert "Before you stretch" not in second.stderr

    def test_that_is_interrupted_stores_nothing(self, tmp_path, brief):
        home = Home(tmp_path, asked=False)
        person, machine = pty.openpty()
        with home.begin("live", POSE, *brief, stdin=machine) as process:
            assert process.stderr is not None
            until(process.stderr, "[y/n]")
            process.send_signal(signal.SIGINT)
            done = ended(process)
        os.close(person)
        os.close(machine)
        assert done.returncode == 130
        assert not home.answers.exists()


def until(stream, words):
    """Read on until these words."""
    seen = ""
    while words not in seen:
        letter = stream.read(1)
        assert letter, seen
        seen += letter


class TestUnsuitable:
    @pytest.mark.parametrize("typed", ["n\n", "\n", "what\n"])
    def test_stretch_is_not_begun_without_a_yes(self, tmp_path, typed, brief):
        home = Home(tmp_path, "osteoporosis")
        done = home.answering(typed, "live", "childs_pose", *brief)
        assert (done.returncode, done.stdout) == (0, "")
        assert "Go on all the same? [y/N]" in done.stderr
        assert "none.task" not in done.stderr
        assert not home.sessions

    def test_stretch_is_warned_of_in_one_line(self, tmp_path, brief):
        home = Home(tmp_path, "osteoporosis")
        done = home.answering("n\n", "live", "childs_pose", *brief)
        assert done.stderr.splitlines()[0] == (
            "backstretch: Child's pose is not advised with osteoporosis or a vertebral fracture. "
            "Ask a clinician before doing it."
        )

    def test_stretch_is_begun_after_a_yes(self, tmp_path, brief):
        home = Home(tmp_path, "osteoporosis")
        done = home.answering("y\n", "live", "childs_pose", *brief)
        assert "none.task: cannot be read" in done.stderr

    def test_stretch_is_warned_of_where_nobody_can_be_asked(self, tmp_path, brief):
        done = Home(tmp_path, "osteoporosis").run("live", "childs_pose", *brief)
        assert "is not advised with osteoporosis" in done.stderr
        assert "none.task: cannot be read" in done.stderr

    @pytest.mark.model
    def test_stretches_are_left_out_of_a_set_with_the_reason(self, tmp_path, room):
        home = Home(tmp_path, "hip_replacement")
        done = home.run("live", "--set", "gentle", "--camera", room, *QUIET, "--json")
        assert done.stderr.count("is left out: you said a hip replacement.") == 2
        assert "hip replacement" not in done.stdout  # health is not part of a result
        poses = set(home.record.about["aims"])
        assert poses == {"neck_flexion", "chair_side_bend", "pelvic_tilt", "supine_twist"}

    def test_stretches_may_leave_nothing_of_a_set(self, tmp_path, brief):
        home = Home(tmp_path, *QUESTIONS)
        own = home.data / "poses" / "sets"
        own.mkdir(parents=True)
        (own / "folds.toml").write_text(
            'name = "Folds"\nabout = "Folds."\nsource = "me"\nrest_s = 10\n'
            '[[stretch]]\npose = "childs_pose"\nhold_s = 30\nrepetitions = 2\n'
        )
        said = complaint(home.run("live", "--set", "folds", *brief))
        assert said.startswith("Folds: no stretch is left after what you said about your health")


HELD = (HOLD, {"pose": POSE, "side": "left", "start_s": 3.0, "end_s": 34.0, "valid_s": 30.0})
HURT = (EVENT, {"t": 40.0, "what": PAIN, "words": ""})


@pytest.fixture(scope="module")
def sore(tmp_path_factory, room):
    """Two runs after a session that ended with pain, and what is kept of the first."""
    home = Home(tmp_path_factory.mktemp("pain"))
    home.had(100.0, HELD, HURT)
    command = ("live", POSE, "--camera", room, *QUIET)
    first = home.answering("12\n8\n", *command)
    record = read_session(home.sessions[-1] / "session.jsonl")
    return first, home.answering("8\n", *command), record


@pytest.mark.model
class TestAfterPain:
    def test_it_is_asked_how_sore_one_is(self, sore):
        assert "How sore are you now" in sore[0].stderr
        assert "You stopped with pain" in sore[0].stderr

    def test_a_number_that_is_none_is_asked_again(self, sore):
        assert sore[0].stderr.count("I did not understand that.") == 1

    def test_the_answer_is_kept_and_brings_advice(self, sore):
        assert sore[2].soreness == 8
        assert "You are very sore: take a day off." in sore[0].stderr

    def test_it_is_asked_only_once(self, sore):
        assert "How sore are you now" not in sore[1].stderr

    def test_it_is_not_asked_where_nobody_can_answer(self, tmp_path, brief):
        home = Home(tmp_path)
        home.had(100.0, HELD, HURT)
        done = home.run("live", POSE, *brief)
        assert "You stopped with pain" in done.stderr
        assert "How sore are you now" not in done.stderr


class TestOften:
    @pytest.mark.parametrize(("earlier", "is_told"), [(0, False), (1, False), (2, True)])
    def test_the_third_session_of_a_day_is_advised_against(self, home, earlier, is_told, brief):
        for number in range(earlier):
            home.had(10.0 * (1 + number), HELD)
        said = home.run_inside("live", POSE, *brief).stderr
        assert ("This is the third session today." in said) is is_told


class TestCameras:
    def test_where_there_is_none_it_says_how_to_use_a_file(self, home):
        if list(Path("/dev").glob("video*")):
            pytest.skip("there is a camera")
        done = home.run_inside("cameras")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == (
            "No camera was found. You can use a video instead: backstretch live POSE --camera FILE\n"
        )


def test_help_names_the_commands_and_the_options(home):
    told = home.run_inside("--help").stdout
    assert all(name in told for name in ("live", "cameras", "health"))
    told = home.run_inside("live", "--help").stdout
    options = "set camera side hold repetitions mirrored no-window no-voice breaths breath-sound"
    for option in [*options.split(), "record", "record-video", "json", "model", "poses"]:
        assert f"--{option}" in told
