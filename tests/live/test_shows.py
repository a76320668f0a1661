"""Shows: what of a session is told in a window or in a terminal, and what keys do."""

import os
import re
import subprocess
import sys
import webbrowser
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from backstretch.cli import live as cli_live
from backstretch.coaching.scene import Command, Phase, Scene, Status
from backstretch.coaching.speaking import ENDED, speaking_s
from backstretch.display.pictures.live_view import LiveState
from backstretch.display.pictures.summary_view import Ending
from backstretch.frame import Source
from backstretch.history import health
from backstretch.judging.matching import Form
from backstretch.judging.request import Assignment
from backstretch.judging.result import Result
from backstretch.live import run as live_session
from backstretch.live import terminal as keys
from backstretch.live import window
from backstretch.live.run import Outcome
from backstretch.live.terminal import TerminalShow
from backstretch.live.window import WindowShow
from tests.library import LIBRARY
from tests.places import SOURCE

POSE = LIBRARY.poses["standing_side_bend"]
NAME = "Standing side bend, left side"
HELD = Scene(
    phase=Phase.HOLDING,
    status=Status.IN,
    title="Hold",
    line="Breathe easily.",
    form=Form(POSE, "left"),
    progress="hold 1 of 2",
    asked_s=20.0,
    valid_s=5.0,
)


def named(name):
    """A scene of a stretch of this name."""
    return replace(HELD, form=Form(replace(POSE, name=name), "left"))


ADJUSTED = replace(HELD, status=Status.ADJUST, title="Adjust", line="Let both knees be straight.")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
RESULT = Result(
    Source("camera 0", 60.0, 30.0, 1800, 1280, 720), Assignment((POSE,)), (), (), (), None, 1.0
)


class Played:
    """Stands for a live session: gives one scene after the other, a tenth of a second each."""

    def __init__(self, *scenes, ends_with=None):
        self._scenes, self._ends_with = scenes, ends_with
        self.at, self.commands, self.waits_s = 0, [], []

    @property
    def over(self):
        if self.at < len(self._scenes):
            return False
        if self._ends_with is not None:
            raise self._ends_with
        return True

    @property
    def state(self):
        return LiveState(None, None, None, self._scenes[self.at])

    @property
    def last_s(self):
        return 0.1 * self.at

    def command(self, command):
        self.commands.append(command)

    def wait(self, timeout_s):
        self.waits_s.append(timeout_s)
        self.at += 1


class Pane:
    """Stands for a window in which these keys are pressed, one a picture, and which then may close."""

    def __init__(self, *keys, wh=(640, 360), closes=False):
        self._keys, self._closes = list(keys), closes
        self.wh, self.pictures, self.toggled, self.left = wh, [], 0, 0

    @property
    def closed(self):
        return self._closes and not self._keys

    def show(self, picture):
        self.pictures.append(picture)
        return self._keys.pop(0) if self._keys else ""

    def toggle_full(self):
        self.toggled += 1

    def leave_full(self):
        self.left += 1


REPORT = Path("sessions/report.html").absolute()


class Mouth:
    """Stands for a voice."""

    muted = False


def told(*scenes, terminal=False, tick=lambda: None, **options):
    """What a terminal, or a file, is told."""
    file = StringIO()
    console = Console(
        file=file, force_terminal=terminal, width=80, markup=False, emoji=False, **options
    )
    session: Any = Played(*scenes)
    TerminalShow(console, tick).run(session)
    return file.getvalue()


class TestFile:
    def test_is_told_a_line_for_each_change(self):
        lines = told(HELD, HELD, ADJUSTED, ADJUSTED, HELD).splitlines()
        assert [line.split(": ", 1)[1] for line in lines] == [
            f"Breathe easily.  ({NAME})",
            f"Let both knees be straight.  ({NAME})",
            f"Breathe easily.  ({NAME})",
        ]

    def test_is_told_when_and_how_much_was_held(self):
        first, second = told(HELD, replace(ADJUSTED, valid_s=6.4)).splitlines()
        assert first.startswith("0:00.0  Hold, 5 of 20 s: ")
        assert second.startswith("0:00.1  Adjust, 6 of 20 s: ")

    def test_is_told_no_seconds_where_none_are_held(self):
        (line,) = told(replace(ADJUSTED, valid_s=0.0)).splitlines()
        assert line.startswith("0:00.0  Adjust: ")

    def test_is_told_nothing_new_of_every_second(self):
        counting = [replace(HELD, valid_s=float(second)) for second in range(5, 20)]
        assert len(told(*counting).splitlines()) == 1

    def test_gets_no_control_codes(self):
        assert not CONTROL.search(told(HELD, ADJUSTED, replace(HELD, phase=Phase.PAUSED)))

    def test_gets_long_lines_in_one_piece(self):
        words = "word " * 50
        assert len(told(replace(HELD, line=words)).splitlines()) == 1

    def test_gets_names_with_brackets_as_they_are(self):
        assert "Neck [easy] [/b]" in told(named("Neck [easy] [/b]"))

    def test_gets_nothing_of_a_session_that_is_over_at_once(self):
        assert not told()


class TestTerminal:
    @pytest.mark.parametrize(
        "words",
        ["Hold", "Breathe easily.", NAME, "5 of 20 s", "hold 1 of 2", "P pain: stop"],
    )
    def test_shows_a_panel_with(self, words):
        shown = told(HELD, terminal=True, color_system=None)
        assert words in shown
        assert "╭" in shown

    def test_shows_what_is_left_of_a_rest_in_place_of_what_is_held(self):
        resting = replace(HELD, phase=Phase.RESTING, left_s=7.0, rest_s=10.0)
        shown = told(resting, terminal=True, color_system=None)
        assert "7 s of rest left" in shown
        assert "5 of 20 s" not in shown

    def test_shows_why_time_does_not_count_in_place_of_the_progress(self):
        shown = told(replace(ADJUSTED, note="Not counting: arm"), terminal=True, color_system=None)
        assert "Not counting: arm" in shown
        assert "hold 1 of 2" not in shown

    def test_keeps_one_panel_and_clears_it_at_the_end(self):
        shown = told(HELD, ADJUSTED, terminal=True)
        assert "\x1b[1A" in shown
        assert shown.rstrip("\n").endswith(("\x1b[2K", "\x1b[?25h"))

    def test_shows_the_cursor_again_when_something_goes_wrong(self):
        file = StringIO()
        console = Console(file=file, force_terminal=True, width=80)
        session: Any = Played(HELD, ends_with=RuntimeError("model"))
        with pytest.raises(RuntimeError, match="model"):
            TerminalShow(console, lambda: None).run(session)
        assert file.getvalue().rindex("\x1b[?25h") > file.getvalue().rindex("\x1b[?25l")

    def test_takes_each_status(self):
        for status in Status:
            assert "Hold" in told(replace(HELD, status=status), terminal=True)

    @pytest.mark.parametrize("name", ["Neck [easy]", "Neck [/b]", "Neck [red]turn"])
    def test_shows_names_with_brackets_as_they_are(self, name):
        assert name in told(named(name), terminal=True, color_system=None)


class TestWaiting:
    def test_looks_after_the_machine_again_and_again(self):
        ticks = []
        told(HELD, HELD, HELD, tick=lambda: ticks.append(1))
        assert len(ticks) == 3

    def test_leaves_the_machine_to_the_model_meanwhile(self):
        session: Any = Played(HELD, HELD)
        TerminalShow(Console(file=StringIO()), lambda: None).run(session)
        assert session.waits_s == [keys.UPDATE_EVERY_S] * 2

    def test_draws_the_window_no_more_often_than_needed(self):
        session, _, _ = shown_in(Pane(), HELD, HELD)
        assert all(0.0 <= each <= window.LEAST_BETWEEN_S for each in session.waits_s)


def shown_in(pane, *scenes, tick=lambda: None):
    session: Any = Played(*scenes)
    voice: Any = Mouth()
    WindowShow(pane, voice, tick).run(session)
    return session, pane, voice


class TestWindow:
    def test_shows_a_picture_of_its_size_for_each_look(self):
        _, pane, _ = shown_in(Pane(wh=(700, 400)), HELD, ADJUSTED)
        assert [picture.shape for picture in pane.pictures] == [(400, 700, 3)] * 2

    @pytest.mark.parametrize(
        ("key", "command"),
        [
            (" ", Command.PAUSE),
            ("n", Command.NEXT),
            ("b", Command.BACK),
            ("p", Command.PAIN),
            ("q", Command.QUIT),
            ("esc", Command.QUIT),
        ],
    )
    def test_passes_on_keys(self, key, command):
        assert shown_in(Pane(key), HELD)[0].commands == [command]

    @pytest.mark.parametrize("key", ["", "x", "1", "\r", "\t"])
    def test_passes_on_no_other_key(self, key):
        assert shown_in(Pane(key), HELD)[0].commands == []

    def test_mutes_and_unmutes(self):
        assert shown_in(Pane("m"), HELD)[2].muted
        assert not shown_in(Pane("m", "m"), HELD, HELD)[2].muted

    def test_says_that_the_sound_is_off(self):
        _, pane, _ = shown_in(Pane("m"), HELD, HELD)
        before, after = pane.pictures
        assert (before != after).any()

    def test_fills_the_screen(self):
        _, pane, _ = shown_in(Pane("f"), HELD)
        assert pane.toggled == 1

    def test_ends_when_it_is_closed(self):
        session, pane, _ = shown_in(Pane("q", closes=True), HELD, HELD, HELD)
        assert len(pane.pictures) == 1
        assert not session.commands

    def test_looks_after_the_machine_with_each_picture(self):
        ticks = []
        shown_in(Pane(), HELD, HELD, HELD, tick=lambda: ticks.append(1))
        assert len(ticks) == 3


class TestSummary:
    def shown(self, pane):
        voice: Any = Mouth()
        WindowShow(pane, voice, lambda: None).summary(RESULT, Ending(("Rest.",), report=REPORT))
        return len(pane.pictures)

    def test_stays_until_a_key_is_pressed(self):
        assert self.shown(Pane("", "", "x", "")) == 3

    def test_goes_when_the_window_is_closed(self):
        assert self.shown(Pane("", "", closes=True)) == 2

    def test_is_not_shown_where_the_window_is_closed_already(self):
        assert self.shown(Pane(closes=True)) == 0

    def test_opens_the_report_and_stays(self, monkeypatch):
        opened: list[str] = []
        monkeypatch.setattr(webbrowser, "open", opened.append)
        pane = Pane("", "r", "", "x")
        assert self.shown(pane) == 4
        assert (opened, pane.left) == ([REPORT.as_uri()], 1)

    def test_fills_the_screen_or_not(self):
        pane = Pane("f", "x")
        assert (self.shown(pane), pane.toggled) == (2, 1)


class TestLinger:
    def lingered(self, pane, seconds=60.0):
        voice: Any = Mouth()
        WindowShow(pane, voice, lambda: None).linger(LiveState(None, None, None, HELD), seconds)
        return len(pane.pictures)

    def test_shows_the_last_state_until_a_key_is_pressed(self):
        assert self.lingered(Pane("", "", "x", "")) == 3

    def test_goes_by_itself_after_a_while(self, monkeypatch):
        monkeypatch.setattr(window, "LAST_S", 0.1)
        assert self.lingered(Pane(), 0.1) >= 1


class TestParting:
    @pytest.fixture
    def slept(self, monkeypatch):
        """How long is waited, while no other time passes."""
        waits: list[float] = []
        monkeypatch.setattr(live_session, "sleep", waits.append)
        monkeypatch.setattr(live_session, "perf_counter", lambda: 0.0)
        return waits

    def part(self, why, *, is_heard=True):
        """How often any front end is asked for the summary."""

        class Front:
            asked: tuple[str, ...] = ()

            def summary(self, result, ending):
                assert result is RESULT
                self.asked += ending.advice

            def linger(self, state, seconds):
                raise NotImplementedError

            def run(self, live):
                raise NotImplementedError

        front = Front()
        live_session._take_leave(front, RESULT, why, Ending(("Rest.",)), is_heard=is_heard)
        return front.asked

    def test_shows_the_summary(self, slept):  # noqa: ARG002
        assert self.part("done") == ("Rest.",)

    def test_lets_the_last_words_be_heard(self, slept):
        self.part("done")
        assert slept == [speaking_s(ENDED["done"])]

    @pytest.mark.parametrize(("why", "is_heard"), [("closed", True), ("done", False)])
    def test_waits_for_no_words_that_nobody_hears(self, slept, why, is_heard):
        self.part(why, is_heard=is_heard)
        assert slept == []

    def test_is_brief_when_it_was_interrupted(self, slept):
        assert (self.part("interrupted"), slept) == ((), [])


def test_keys_typed_into_a_terminal_are_read_one_at_a_time():
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    script = (
        "import sys, time\n"
        "from backstretch.live.terminal import TerminalKeys\n"
        "with TerminalKeys() as keys:\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(1.0)\n"
        "    print('key:', keys.read(), flush=True)\n"
        "    print('none:', keys.read(), flush=True)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=theirs, stdout=subprocess.PIPE, env=environment
    )
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    os.write(ours, b"P")
    told, _ = process.communicate(timeout=30)
    os.close(ours)
    os.close(theirs)
    assert told == b"key: p\nnone: \n"


def test_after_pain_the_advice_stays_in_the_terminal(tmp_path, capsys):
    cli_live._print_outcome(Outcome(RESULT, "pain", tmp_path, ()), Console(), as_json=True)
    assert health.DAY_OFF in capsys.readouterr().err
