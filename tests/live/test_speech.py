"""The voice, with a small program in place of the speech command and of the audio output."""

import json
import stat
import sys
import threading
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from backstretch.coaching.scene import Earcon
from backstretch.judging.wording import describe_notice
from backstretch.live import sounds
from backstretch.live import speech as voice_module
from backstretch.live.sounds import tone
from backstretch.live.speech import SpeechCommand, Voice, speech_command

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a Unix script")

PROGRAM = """#!{python} -IS
import json, os, signal, sys, time

def note(**what):
    with open({log!r}, "a", encoding="utf-8") as log:
        log.write(json.dumps(what) + "\\n")

signal.signal(signal.SIGTERM, signal.SIG_IGN)
words = sys.stdin.buffer.read().decode() if {reads} else ""
note(words=words, args=sys.argv[1:], given=os.environ.get("BACKSTRETCH_WORDS"))
time.sleep({lasts_s})
note(ended=words)
sys.exit({code})
"""
IN_TIME_S = 20.0
HANGS_S = 60.0
"""Longer than anybody would wait."""


class Program:
    """A speech command that notes what it is given, lasts a while and reports success or not."""

    def __init__(self, folder):
        self.folder = folder
        self.log = folder / "log"

    def install(self, name="espeak-ng", *, lasts_s=0.15, code=0, reads=True):
        path = self.folder / name
        path.write_text(
            PROGRAM.format(
                python=sys.executable, log=str(self.log), lasts_s=lasts_s, code=code, reads=reads
            ),
            encoding="utf-8",
        )
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    @property
    def notes(self):
        if not self.log.exists():
            return []
        lines = self.log.read_text(encoding="utf-8").splitlines(keepends=True)
        return [
            json.loads(line) for line in lines if line.endswith("\n")
        ]  # the last is being written

    @property
    def begun(self):
        return [note["words"] for note in self.notes if "words" in note]

    @property
    def ended(self):
        return [note["ended"] for note in self.notes if "ended" in note]


class Output:
    """An audio output that plays when it is told to."""

    def __init__(self):
        self.opened = 0
        self.closed = 0
        self.active = False
        self.fill: Any = None

    def __call__(self, rate, *, channels, callback):
        assert (rate, channels) == (44_100, 1)
        self.opened += 1
        self.fill = callback
        return self

    def start(self):
        self.active = True

    def close(self):
        self.closed += 1

    @property
    def playing(self):
        """How many earcons sound."""
        return len(self.fill.__self__._tails) if self.active else 0

    def heard(self, count):
        out = np.full((count, 1), np.nan, np.float32)
        self.fill(out, count, None, None)
        return out[:, 0]


class NoOutput(Exception):  # noqa: N818  # stands for sounddevice.PortAudioError
    pass


def refused(*_, **__):
    raise NoOutput("Error querying device -1")


def said(voice):
    """Why there is no speech or no sound, in words."""
    return list(map(describe_notice, voice.notices))


def eventually(holds):
    limit_s = time.monotonic() + IN_TIME_S
    while not holds():
        assert time.monotonic() < limit_s, "it did not happen in time"
        time.sleep(0.005)


@pytest.fixture(autouse=True)
def linux(monkeypatch):
    monkeypatch.setattr(voice_module, "sys", SimpleNamespace(platform="linux"))


@pytest.fixture
def program(tmp_path, monkeypatch):
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return Program(folder)


@pytest.fixture
def output(monkeypatch):
    made = Output()
    library = SimpleNamespace(OutputStream=made, PortAudioError=NoOutput)
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    return made


@pytest.fixture
def speaker(program):
    """A voice that only speaks, through the program."""
    program.install()
    with Voice(sounds=False) as made:
        yield made


@pytest.fixture
def player(output):
    """A voice that only plays earcons, on the output."""
    assert output.opened == 0
    with Voice(speaks=False) as made:
        yield made


class TestSpeaking:
    def test_lines_are_spoken_one_after_the_other_in_the_order_given(self, speaker, program):
        for words in ("one", "two", "three"):
            speaker.say(words)
        eventually(lambda: len(program.ended) == 3)
        said = [note.get("words", note.get("ended")) for note in program.notes]
        assert said == ["one", "one", "two", "two", "three", "three"]

    def test_who_says_a_line_does_not_wait_for_it(self, program):
        program.install(lasts_s=HANGS_S)
        with Voice(sounds=False) as speaker:
            for number in range(5):
                speaker.say(f"line {number}")
            eventually(lambda: program.begun)
            speaker.say("urgent", urgent=True)
            assert program.ended == []

    @pytest.mark.parametrize(
        "words",
        [
            "-v",
            "--help me up",
            'it\'s "quoted" and $(echo code) `so` ; | & < > \\ %s %n {x} $HOME',
            "two\nlines\r\nand\ta tab",
            "sit tall 🧘 für dich — 深呼吸",
        ],
    )
    def test_words_arrive_as_they_are(self, speaker, program, words):
        speaker.say(words)
        eventually(lambda: program.begun)
        assert program.begun == [words]

    def test_words_are_never_among_the_arguments(self, speaker, program):
        speaker.say("--version")
        eventually(lambda: program.begun)
        assert program.notes[0]["args"] == ["--stdin", "-v", "en", "-s", "150"]

    @pytest.mark.parametrize(
        ("words", "spoken"),
        [("[[rate 900]] now", "[ [rate 900]] now"), ("!-!QUIT", "!- !QUIT"), ("a\0b", "a b")],
    )
    def test_what_a_speech_program_takes_for_a_command_is_broken_up(
        self, speaker, program, words, spoken
    ):
        speaker.say(words)
        eventually(lambda: program.begun)
        assert program.begun == [spoken]

    def test_half_a_character_does_no_harm(self, speaker, program):
        speaker.say("half \ud83d")
        eventually(lambda: program.ended)
        assert program.ended == ["half ?"]

    def test_an_empty_line_is_not_spoken(self, speaker, program):
        speaker.say(" \n")
        speaker.say("next")
        eventually(lambda: program.ended)
        assert program.begun == ["next"]

    def test_on_windows_the_words_come_in_the_environment(self, program, monkeypatch):
        monkeypatch.setattr(voice_module, "sys", SimpleNamespace(platform="win32"))
        program.install("powershell")
        with Voice(sounds=False) as speaker:
            speaker.say('it\'s -100 % "right"\n$(now) 🧘')
            eventually(lambda: program.ended)
        assert program.notes[0]["given"] == 'it\'s -100 % "right"\n$(now) 🧘'


class TestUrgency:
    def test_an_urgent_line_stops_what_is_being_said(self, program):
        program.install(lasts_s=1.0)
        with Voice(sounds=False) as speaker:
            speaker.say("long")
            eventually(lambda: program.begun)
            program.install(lasts_s=0.1)
            speaker.say("stop", urgent=True)
            eventually(lambda: program.ended)
        assert (program.begun, program.ended) == (["long", "stop"], ["stop"])

    def test_an_urgent_line_drops_what_is_waiting(self, speaker, program):
        for words in ("one", "two", "three"):
            speaker.say(words)
        eventually(lambda: program.begun)
        speaker.say("stop", urgent=True)
        speaker.say("after")
        eventually(lambda: "after" in program.ended)
        assert program.begun == ["one", "stop", "after"]

    def test_a_line_that_is_just_starting_is_stopped_too(self, program, monkeypatch):
        starting, cut = threading.Event(), threading.Event()
        start = voice_module._start

        def slow(command, words):
            starting.set()
            assert cut.wait(IN_TIME_S)
            return start(command, words)

        program.install(lasts_s=30.0)
        monkeypatch.setattr(voice_module, "_start", slow)
        with Voice(sounds=False) as speaker:
            speaker.say("long")
            assert starting.wait(IN_TIME_S)
            program.install()
            speaker.say("stop", urgent=True)
            cut.set()
            eventually(lambda: program.ended)
        assert program.ended == ["stop"]

    def test_lines_cut_short_are_no_failures(self, speaker, program):
        for n in range(5):
            speaker.say(f"line {n}", urgent=True)
            eventually(lambda n=n: f"line {n}" in program.begun)
        assert speaker.notices == ()

    def test_a_speech_server_is_told_to_stop(self, program):
        program.install("spd-say", lasts_s=1.0)
        with Voice(sounds=False) as speaker:
            speaker.say("long")
            eventually(lambda: program.begun)
            speaker.muted = True
            eventually(lambda: len(program.begun) == 2)
        assert program.notes[1]["args"] == ["--stop"]

    def test_a_line_that_waited_too_long_is_dropped(self, program, monkeypatch):
        monkeypatch.setattr(voice_module, "STALE_S", 0.3)
        program.install(lasts_s=0.6)
        with Voice(sounds=False) as speaker:
            speaker.say("first")
            speaker.say("late")
            eventually(lambda: program.begun)
            time.sleep(0.45)
            speaker.say("fresh")
            eventually(lambda: "fresh" in program.begun)
        assert program.begun == ["first", "fresh"]

    def test_a_line_waits_four_seconds_at_most(self):
        assert voice_module.STALE_S == 4.0


class TestMuting:
    def test_muting_stops_what_is_being_said_and_what_waits(self, program):
        program.install(lasts_s=0.5)
        with Voice(sounds=False) as speaker:
            speaker.say("long")
            speaker.say("waiting")
            eventually(lambda: program.begun)
            speaker.muted = True
            time.sleep(0.7)
        assert (program.begun, program.ended) == (["long"], [])

    def test_what_is_said_to_a_muted_voice_is_lost(self, speaker, program):
        speaker.muted = True
        speaker.say("lost")
        speaker.muted = False
        speaker.say("heard")
        eventually(lambda: program.ended)
        assert program.begun == ["heard"]

    def test_muting_stops_an_earcon(self, player, output):
        player.sound(Earcon.DONE)
        eventually(lambda: output.playing)
        player.muted = True
        assert not np.any(output.heard(1000))

    def test_an_earcon_for_a_muted_voice_is_lost(self, player, output):
        player.muted = True
        player.sound(Earcon.DONE)
        player.muted = False
        player.sound(Earcon.UNSEEN)
        eventually(lambda: output.playing)
        np.testing.assert_array_equal(output.heard(4000), tone(Earcon.UNSEEN)[:4000])

    def test_muting_drops_an_earcon_that_waits_for_the_output(self, player, output, monkeypatch):
        opening, start = threading.Event(), output.start
        monkeypatch.setattr(output, "start", lambda: (opening.wait(IN_TIME_S), start()))
        player.sound(Earcon.DONE)
        eventually(lambda: output.opened)
        player.muted = True
        player.muted = False
        player.sound(Earcon.UNSEEN)
        opening.set()
        eventually(lambda: output.playing)
        np.testing.assert_array_equal(output.heard(4000), tone(Earcon.UNSEEN)[:4000])


class TestClosing:
    @pytest.mark.parametrize("reads", [True, False])
    def test_closing_does_not_wait_for_a_program_that_hangs(self, program, reads):
        program.install(lasts_s=HANGS_S, reads=reads)
        speaker = Voice(sounds=False)
        speaker.say("long " * 100_000)
        eventually(lambda: program.begun)
        speaker.close()
        assert program.ended == []

    def test_closing_ends_the_threads(self, program, output):
        program.install(lasts_s=60.0)
        before = set(threading.enumerate())
        with Voice() as voice:
            voice.say("long")
            voice.sound(Earcon.IN)
            eventually(lambda: program.begun and output.active)
            assert len(set(threading.enumerate()) - before) == 2
        assert set(threading.enumerate()) <= before
        assert output.closed == 1

    def test_closing_does_not_wait_for_an_output_that_hangs(self, output, monkeypatch):
        released, over = threading.Event(), []
        monkeypatch.setattr(output, "start", lambda: over.append(released.wait(HANGS_S)))
        player = Voice(speaks=False)
        player.sound(Earcon.IN)
        eventually(lambda: output.opened)
        player.close()
        assert over == []
        released.set()

    def test_a_closed_voice_is_silent_and_may_be_closed_again(self, program, output):
        program.install()
        voice = Voice()
        voice.close()
        voice.say("late")
        voice.sound(Earcon.IN)
        voice.close()
        assert (program.begun, output.opened) == ([], 0)


class TestWithoutSpeech:
    def test_a_missing_program_is_told_with_what_to_install(self, program):
        assert program.begun == []
        with Voice(sounds=False) as speaker:
            speaker.say("unheard")
            (notice,) = said(speaker)
        assert notice == "no voice: install espeak-ng (sudo apt install espeak-ng)"

    @pytest.mark.parametrize(("platform", "name"), [("darwin", "say"), ("win32", "PowerShell")])
    @pytest.mark.usefixtures("program")
    def test_elsewhere_the_missing_part_of_the_system_is_named(self, platform, name, monkeypatch):
        monkeypatch.setattr(voice_module, "sys", SimpleNamespace(platform=platform))
        with Voice(sounds=False) as speaker:
            assert f" {name}," in said(speaker)[0]

    def test_two_failures_in_a_row_end_speech(self, program):
        program.install(code=1, lasts_s=0.0)
        with Voice(sounds=False) as speaker:
            for n in range(4):
                speaker.say(str(n))
            eventually(lambda: speaker.notices)
            speaker.say("unheard")
            assert "espeak-ng does not speak" in said(speaker)[0]
        assert program.begun == ["0", "1"]

    def test_one_failure_does_not_end_speech(self, program):
        program.install()
        with Voice(sounds=False) as speaker:
            for nth, code in enumerate((1, 0, 1, 0), start=1):
                program.install(code=code)
                speaker.say(str(nth))
                eventually(lambda nth=nth: len(program.ended) == nth)
            assert speaker.notices == ()

    def test_a_program_that_is_done_too_soon_has_not_spoken(self, program):
        program.install(lasts_s=0.0)
        with Voice(sounds=False) as speaker:
            speaker.say("breathe out slowly " * 10)
            speaker.say("and let your back become long " * 10)
            eventually(lambda: speaker.notices)
            assert "is there an audio output?" in said(speaker)[0]

    def test_a_program_that_cannot_be_started_is_a_failure(self, program):
        program.install()
        with Voice(sounds=False) as speaker:
            (program.folder / "espeak-ng").unlink()
            speaker.say("one")
            speaker.say("two")
            eventually(lambda: speaker.notices)

    @pytest.mark.usefixtures("program")
    def test_speech_that_is_switched_off_is_not_missed(self):
        with Voice(speaks=False, sounds=False) as silent:
            silent.say("unheard", urgent=True)
            silent.sound(Earcon.IN)
            silent.muted = True
            assert (silent.notices, silent.muted) == ((), True)


class TestEarcons:
    def test_an_earcon_is_heard_from_its_first_sample_to_its_last(self, player, output):
        player.sound(Earcon.IN)
        eventually(lambda: output.playing)
        whole = np.concatenate([output.heard(512) for _ in range(200)])
        count = len(tone(Earcon.IN))
        np.testing.assert_array_equal(whole[:count], tone(Earcon.IN))
        assert not np.any(whole[count:])

    def test_two_earcons_mix(self, player, output):
        player.sound(Earcon.OUT)
        player.sound(Earcon.UNSEEN)
        eventually(lambda: output.playing == 2)
        both = tone(Earcon.OUT)[:4000] + tone(Earcon.UNSEEN)[:4000]
        np.testing.assert_allclose(output.heard(4000), both, atol=1e-6)

    def test_many_earcons_at_once_stay_within_range(self, player, output):
        for _ in range(9):
            player.sound(Earcon.IN)
        eventually(lambda: output.playing == 9)
        assert np.abs(output.heard(20_000)).max() == 1.0

    def test_the_output_is_opened_with_the_first_earcon_and_only_once(self, player, output):
        assert output.opened == 0
        for _ in range(3):
            player.sound(Earcon.IN)
        eventually(lambda: output.playing == 3)
        assert output.opened == 1

    def test_an_output_that_went_away_is_opened_again(self, player, output):
        player.sound(Earcon.IN)
        eventually(lambda: output.active)
        output.active = False
        player.sound(Earcon.IN)
        eventually(lambda: output.opened == 2)

    def test_an_earcon_that_comes_too_late_is_not_played(self, player, output, monkeypatch):
        monkeypatch.setattr(sounds, "LATE_SOUND_S", 0.1)
        start = output.start
        opening = threading.Event()
        monkeypatch.setattr(output, "start", lambda: (opening.wait(0.2), start()))
        player.sound(Earcon.IN)
        eventually(lambda: output.active)
        player.sound(Earcon.UNSEEN)
        eventually(lambda: output.playing)
        np.testing.assert_array_equal(output.heard(4000), tone(Earcon.UNSEEN)[:4000])

    def test_who_plays_an_earcon_does_not_wait_for_the_output(self, player, output, monkeypatch):
        opening, over = threading.Event(), []
        monkeypatch.setattr(output, "start", lambda: over.append(opening.wait(HANGS_S)))
        for _ in range(3):
            player.sound(Earcon.IN)
        assert over == []
        opening.set()


class TestWithoutSounds:
    def test_a_missing_output_is_told(self, monkeypatch):
        library = SimpleNamespace(OutputStream=refused, PortAudioError=NoOutput)
        monkeypatch.setitem(sys.modules, "sounddevice", library)
        with Voice(speaks=False) as player:
            player.sound(Earcon.IN)
            eventually(lambda: player.notices)
            player.sound(Earcon.IN)
            assert said(player)[0].startswith("no sounds: there is no audio output")

    def test_a_missing_portaudio_is_told_with_what_to_install(self, tmp_path, monkeypatch):
        library = tmp_path / "sounddevice.py"
        library.write_text("raise OSError('PortAudio library not found')", encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
        with Voice(speaks=False) as player:
            player.sound(Earcon.IN)
            eventually(lambda: player.notices)
            assert "sudo apt install libportaudio2" in said(player)[0]

    def test_a_missing_library_is_told(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "sounddevice", None)
        with Voice(speaks=False) as player:
            player.sound(Earcon.IN)
            eventually(lambda: player.notices)
            assert "sounddevice" in said(player)[0]

    def test_speech_goes_on(self, program, monkeypatch):
        monkeypatch.setitem(sys.modules, "sounddevice", None)
        program.install()
        with Voice() as voice:
            voice.sound(Earcon.IN)
            voice.say("heard")
            eventually(lambda: program.ended and voice.notices)
            assert program.ended == ["heard"]


def command_of(platform, *installed, language="en"):
    """The command of a platform on which these programs are found."""
    found = speech_command(platform, lambda n: f"/bin/{n}" if n in installed else None, language)
    assert found is not None
    return found


class TestSpeechCommand:
    def test_linux_takes_espeak_ng_before_the_others(self):
        command = command_of("linux", "spd-say", "espeak", "espeak-ng")
        assert command == SpeechCommand(("/bin/espeak-ng", "--stdin", "-v", "en", "-s", "150"))

    def test_linux_takes_espeak_before_the_speech_server(self):
        command = command_of("linux", "spd-say", "espeak", language="en-gb")
        assert command == SpeechCommand(("/bin/espeak", "--stdin", "-v", "en-gb", "-s", "150"))

    def test_the_speech_server_is_waited_for_and_can_be_stopped(self):
        command = command_of("linux", "spd-say")
        assert command.args[:3] == ("/bin/spd-say", "--wait", "--pipe-mode")
        assert command.stop == ("/bin/spd-say", "--stop")

    def test_macos_speaks_what_it_reads(self):
        command = command_of("darwin", "say", "espeak-ng")
        assert command == SpeechCommand(("/bin/say", "-r", "150", "-f", "-"))

    def test_windows_speaks_a_variable_in_a_voice_of_the_language(self):
        *options, script = command_of("win32", "powershell", language="de-at").args
        assert options == ["/bin/powershell", "-NoProfile", "-NonInteractive", "-Command"]
        assert script.endswith("$speech.Speak($env:BACKSTRETCH_WORDS)")
        assert "{ $_.Culture.TwoLetterISOLanguageName -eq 'de' }" in script

    @pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
    def test_without_a_program_there_is_no_command(self, platform):
        assert speech_command(platform, lambda _: None) is None

    @pytest.mark.parametrize("language", ["", "-en", "en'; exit", "English", "en_GB"])
    def test_a_language_that_is_none_is_refused(self, language):
        with pytest.raises(ValueError, match="must be such as 'en'"):
            command_of("linux", "espeak-ng", language=language)
