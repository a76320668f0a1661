"""`backstretch health` from outside: the note, the questions, the answers, and how they are forgotten."""

import fcntl
import json
import os
import pty
import re
import signal
import stat
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from backstretch.cli.health import earlier_sessions
from backstretch.formats.session_log import END, EVENT, PAIN, SessionRecord
from backstretch.history.health import (
    NOTE,
    QUESTIONS,
    RED_FLAGS,
    RED_FLAGS_INTRO,
    SEE_SOON,
    STOP_ON,
    load_answers,
)
from backstretch.history.saving import open_history, rename_person
from tests.cli.test_live import Home, ended, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the data folder is Linux's")


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path, asked=False)


def words_of(panel):
    """The words of a panel, lines and frame undone."""
    return " ".join(panel.replace("│", " ").replace("•", " ").split())


@pytest.fixture
def hurt(tmp_path, monkeypatch):
    """A function that records a session of a person, which ended with pain, or did not, some hours ago."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    def record(profile, hours, *, pain):
        began = datetime.now().astimezone() - timedelta(hours=hours)
        name = began.strftime("%Y-%m-%dT%H-%M-%S")
        path = tmp_path / "backstretch" / "sessions" / name / "session.jsonl"
        about = {"started": began.isoformat(), "profile": profile}
        with SessionRecord(path, about) as writing:
            writing.write("hold", pose="childs_pose", valid_s=30.0)
            if pain:
                writing.write(EVENT, t=40.0, what=PAIN, words="")
            writing.write(END, reason="done")

    return record


def is_advised(profile):
    return any("You stopped with pain" in line for line in earlier_sessions(profile)[0])


class TestAdvice:
    def test_is_a_person_s_own_however_the_name_is_written(self, hurt):
        hurt("Ann", 5.0, pain=True)
        assert [is_advised(name) for name in ("ann", " ANN", "", "Ben")] == [
            True,
            True,
            False,
            False,
        ]

    def test_is_not_lost_among_the_sessions_of_others(self, hurt):
        hurt("Ann", 5.0, pain=True)
        for number in range(55):
            hurt("", 1.0 + number / 100, pain=False)
        assert is_advised("Ann")

    def test_goes_along_where_a_session_is_moved_or_a_person_renamed(self, hurt):
        hurt("", 5.0, pain=True)
        with open_history() as history:
            history.move([history.find("", 1)], "Ann")
        assert [is_advised(name) for name in ("Ann", "")] == [True, False]
        rename_person("Ann", "Eve")
        assert [is_advised(name) for name in ("Ann", "Eve")] == [False, True]


class TestShow:
    def test_prints_the_whole_note(self, home):
        done = home.run("health", "--show")
        assert (done.returncode, done.stderr) == (0, "")
        told = words_of(done.stdout)
        for words in (NOTE, *RED_FLAGS, *SEE_SOON, *STOP_ON):
            assert words in told

    def test_says_that_nothing_was_answered_yet(self, home):
        assert home.run_inside("health", "--show").stdout.splitlines()[-1] == (
            "There are no answers yet. To answer: backstretch health"
        )

    def test_stores_nothing(self, home):
        home.run_inside("health", "--show")
        assert not home.data.exists()

    def test_asks_nothing_at_a_terminal(self, home):
        assert "[y/n]" not in home.answering("y\n" * 6, "health", "--show").stderr

    def test_tells_each_answer(self, tmp_path):
        told = Home(tmp_path, "stenosis").run_inside("health", "--show").stdout.splitlines()
        for key, question in QUESTIONS.items():
            assert f"{question}  {'yes' if key == 'stenosis' else 'skipped'}" in told


SCREEN_WH = (80, 24)
"""Columns and lines of a usual terminal."""


def screen_of(home, *arguments):
    """The lines that such a terminal has shown at the end, or when a question waits there."""
    screen, terminal = pty.openpty()
    columns, lines = SCREEN_WH
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    environment = home.environment() | {"COLUMNS": str(columns), "LINES": str(lines)}
    command = [sys.executable, "-m", "backstretch", *arguments]
    with subprocess.Popen(
        command, env=environment, stdin=terminal, stdout=terminal, stderr=terminal
    ) as process:
        os.close(terminal)
        shown = b""
        with suppress(OSError):  # the terminal is closed
            while b"[y/n]" not in shown:
                shown += os.read(screen, 4096)
        process.kill()
    os.close(screen)
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode()).replace("\r", "")
    whole = text.removesuffix("\n").split("\n")
    return [
        line[at : at + columns] for line in whole for at in range(0, max(1, len(line)), columns)
    ]


class TestOnASmallScreen:
    @pytest.mark.parametrize(
        ("arguments", "after"),
        [(["--show"], "There are no answers yet"), ([], "[y/n]")],
        ids=["shown", "asked"],
    )
    def test_all_of_the_note_is_there_with_the_emergencies_last(self, home, arguments, after):
        lines = screen_of(home, "health", *arguments)
        with_prompt = len(lines) + (after != "[y/n]")
        assert with_prompt <= SCREEN_WH[1]
        told = words_of("\n".join(lines))
        for words in (NOTE, *RED_FLAGS, *SEE_SOON, *STOP_ON, after):
            assert words in told
        first_flag = min(told.index(flag) for flag in RED_FLAGS)
        assert first_flag > max(told.index(sign) for sign in (*SEE_SOON, *STOP_ON))

    def test_the_emergencies_are_still_there_with_the_answers(self, tmp_path):
        lines = screen_of(Home(tmp_path, "stenosis"), "health", "--show")
        told = words_of("\n".join(lines[1 - SCREEN_WH[1] :]))
        for words in (RED_FLAGS_INTRO, *RED_FLAGS):
            assert words in told


class TestAsking:
    def test_stores_what_is_answered(self, home):
        home.answering("y\nn\n\nY\nNo\nyes\n", "health")
        answers = load_answers(home.answers)
        assert answers is not None
        assert answers.unfit == {"osteoporosis", "leg_pain", "late_pregnancy"}
        assert answers.answers["stenosis"] == "skipped"

    def test_tells_the_answers_at_the_end(self, home):
        told = home.answering("y\nn\n\nn\nn\nn\n", "health").stdout.splitlines()[-6:]
        said = ["yes", "no", "skipped", "no", "no", "no"]
        assert told == [f"{q}  {s}" for q, s in zip(QUESTIONS.values(), said, strict=True)]

    def test_asks_on_stderr(self, home):
        done = home.answering("\n" * 6, "health")
        assert done.stderr.count("[y/n]") == 6
        assert "[y/n]" not in done.stdout

    def test_replaces_what_was_answered_before(self, tmp_path):
        home = Home(tmp_path, "osteoporosis")
        home.answering("n\n" * 6, "health")
        answers = load_answers(home.answers)
        assert answers is not None
        assert not answers.unfit

    def test_takes_the_end_of_the_input_as_skipping_the_rest(self, home):
        done = home.answering("y\n" + "\x04" * 5, "health")
        answers = load_answers(home.answers)
        assert done.returncode == 0
        assert answers is not None
        assert answers.unfit == {"osteoporosis"}
        assert list(answers.answers.values()).count("skipped") == 5

    def test_stores_for_the_owner_only(self, home):
        home.answering("\n" * 6, "health")
        assert stat.S_IMODE(home.answers.stat().st_mode) == 0o600
        assert stat.S_IMODE(home.data.stat().st_mode) == 0o700

    def test_stores_a_document_that_a_person_can_read(self, home):
        home.answering("y\n" + "\n" * 5, "health")
        told = json.loads(home.answers.read_text(encoding="utf-8"))
        assert told["answers"]["osteoporosis"] == "yes"
        assert set(told["answers"]) == set(QUESTIONS)

    def test_that_is_interrupted_leaves_the_answers_as_they_were(self, tmp_path):
        home = Home(tmp_path, "stenosis")
        before = home.answers.read_bytes()
        person, machine = pty.openpty()
        with home.begin("health", stdin=machine) as process:
            until(process.stderr, "[y/n]")
            process.send_signal(signal.SIGINT)
            done = ended(process)
        os.close(person)
        os.close(machine)
        assert done.returncode == 130
        assert home.answers.read_bytes() == before

    def test_does_not_happen_where_nobody_can_answer(self, home):
        done = home.run_inside("health")
        assert (done.returncode, done.stderr) == (0, "")
        assert "There are no answers yet" in done.stdout
        assert not home.answers.exists()

    def test_that_cannot_be_stored_is_one_line(self, home):
        home.path.joinpath("backstretch").touch()
        done = home.answering("\n" * 6, "health")
        assert done.returncode == 2
        assert f"backstretch: {home.answers}: cannot be written" in done.stderr
        assert "Traceback" not in done.stderr


class TestForget:
    def test_deletes_the_answers(self, tmp_path):
        home = Home(tmp_path, "osteoporosis")
        done = home.run_inside("health", "--forget")
        assert (done.returncode, done.stdout) == (0, "The answers are deleted.\n")
        assert not home.answers.exists()

    def test_of_nothing_is_no_fault(self, home):
        assert home.run_inside("health", "--forget").returncode == 0
        assert not home.data.exists()

    def test_leaves_sessions_alone(self, tmp_path):
        home = Home(tmp_path)
        home.had(100.0)
        home.run_inside("health", "--forget")
        assert len(home.sessions) == 1

    def test_deletes_answers_that_were_put_aside_as_well(self, tmp_path):
        home = Home(tmp_path)
        home.answers.write_text('{"answers": {"osteoporosis": "yes"')
        home.run_inside("health", "--show")
        home.run_inside("health", "--forget")
        assert not list(home.data.glob("health.json*"))

    def test_that_is_not_possible_is_one_line(self, home):
        home.answers.mkdir(parents=True)
        done = home.run_inside("health", "--forget")
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1


def test_answers_that_are_damaged_are_asked_for_again(tmp_path):
    home = Home(tmp_path)
    home.answers.write_text("no answers")
    done = home.run_inside("health", "--show")
    assert done.returncode == 0
    assert "There are no answers yet" in done.stdout
