"""A voice: speaks lines through the platform's own command and plays earcons, in its own threads."""

import os
import re
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Thread
from time import monotonic
from types import TracebackType
from typing import Self

from backstretch.coaching.scene import Earcon, Event, Say, Sound
from backstretch.errors import Notice, NoticeKind
from backstretch.formats.sinks import Sink
from backstretch.live.sounds import _Sounds

STALE_S = 4.0
"""A line that waited longer for its turn is dropped: late advice is wrong advice."""
WORDS_PER_MINUTE = 150
"""Calm; espeak's and macOS's own 175 is a reader's haste."""
LEAST_S_PER_LETTER = 0.01
"""Speech takes six times this. A command that is done sooner found no audio output: espeak-ng then
ends at once and reports success."""
FAILURES = 2
"""Speech is given up after this many failures in a row; one alone may be chance."""
STOP_S = 0.3
"""How long a speech server may take to fall silent."""
CLOSE_S = 0.45
"""How long `close` waits for each of two threads: together less than a second."""
WORDS = "BACKSTRETCH_WORDS"
"""The environment variable that hands a line to PowerShell."""
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-zA-Z0-9]{2,8})*")
MARKUP = re.compile(r"\0|\[(?=\[)|(?<=!)-(?=!)")
"""What a speech program takes for commands: ``[[`` begins phonemes in espeak and settings in
macOS's voices, ``!-!`` a command to spd-say's server, and a null ends a variable."""
SPEAK_ON_WINDOWS = (
    "$ErrorActionPreference = 'Stop'; Add-Type -AssemblyName System.Speech; "
    "$speech = New-Object System.Speech.Synthesis.SpeechSynthesizer; "
    "$voices = $speech.GetInstalledVoices() | Where-Object Enabled | ForEach-Object VoiceInfo; "
    "$voice = $voices | Where-Object {{ $_.Culture.TwoLetterISOLanguageName -eq '{language}' }}; "
    "if ($voice) {{ $speech.SelectVoice(@($voice)[0].Name) }}; "
    "$speech.Rate = {rate}; $speech.Speak($env:{words})"
)
WINDOWS_RATE, SPD_RATE = -2, -15
"""About `WORDS_PER_MINUTE`, on scales of -10..10 and -100..100 whose 0 is the voice's own rate."""
MUTE = {NoticeKind.NO_SPEECH_PROGRAM, NoticeKind.SPEECH_FAILS}
"""The notices which mean that no line can be spoken."""


@dataclass(frozen=True)
class SpeechCommand:
    """A command that speaks a line.

    Args:
        args: The program and its options; the line is never among them.
        by_stdin: The line goes to standard input; else to the environment variable `WORDS`.
        stop: What silences a speech server, which speaks on when `args` is killed; empty for none.
    """

    args: tuple[str, ...]
    by_stdin: bool = True
    stop: tuple[str, ...] = ()


def speech_command(
    platform: str, which: Callable[[str], str | None], language: str = "en"
) -> SpeechCommand | None:
    """The speech command of a platform, or None if there is none.

    Args:
        platform: As in `sys.platform`.
        which: Finds a program's path by its name; None if it is not installed.
        language: Such as ``en`` or ``en-gb``; macOS speaks in the voice that its owner chose.

    Raises:
        ValueError: The language is not of that form.
    """
    if not LANGUAGE.fullmatch(language):
        raise ValueError(f"language {language!r}: must be such as 'en' or 'en-gb'")
    if platform == "darwin":
        say = which("say")
        return SpeechCommand((say, "-r", str(WORDS_PER_MINUTE), "-f", "-")) if say else None
    if platform == "win32":
        shell = which("powershell")
        return _windows_command(shell, language) if shell else None
    if espeak := which("espeak-ng") or which("espeak"):
        return SpeechCommand((espeak, "--stdin", "-v", language, "-s", str(WORDS_PER_MINUTE)))
    if spd := which("spd-say"):
        # By pipe: older versions take a line that is an argument for a printf format.
        args = (spd, "--wait", "--pipe-mode", "-l", language, "-r", str(SPD_RATE))
        return SpeechCommand(args, stop=(spd, "--stop"))
    return None


def _windows_command(shell: str, language: str) -> SpeechCommand:
    code = language.split("-", maxsplit=1)[0]
    script = SPEAK_ON_WINDOWS.format(language=code, rate=WINDOWS_RATE, words=WORDS)
    args = (shell, "-NoProfile", "-NonInteractive", "-Command", script)
    return SpeechCommand(args, by_stdin=False)


class Voice:
    """Speaks and plays earcons in its own threads, and never delays the caller; a context manager.

    Without a speech program or a loudspeaker it stays silent, and `notices` say why.

    Args:
        speaks: Whether lines are spoken.
        sounds: Whether earcons are played.
        language: Of the lines, such as ``en``.
    """

    def __init__(self, *, speaks: bool = True, sounds: bool = True, language: str = "en") -> None:
        self._speech = _Speech(language) if speaks else None
        self._sounds = _Sounds() if sounds else None
        self._parts = [part for part in (self._speech, self._sounds) if part]
        self._muted = False

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Why there is no speech or no sound; known at the latest after the first line or earcon."""
        return tuple(part.notice for part in self._parts if part.notice)

    @property
    def is_mute(self) -> bool:
        """Whether it is known that no line can be spoken."""
        return any(notice.kind in MUTE for notice in self.notices)

    @property
    def muted(self) -> bool:
        """Whether voice and sounds are off; to set it stops the current line and drops the next."""
        return self._muted

    @muted.setter
    def muted(self, muted: bool) -> None:
        self._muted = muted
        for part in self._parts if muted else ():
            part.stop()

    def say(self, words: str, *, urgent: bool = False) -> None:
        """Have a line spoken after those that wait; returns at once.

        Args:
            words: The line.
            urgent: Stop the current line and drop those that wait.
        """
        if self._speech and not self._muted and words.strip():
            self._speech.say(words, urgent=urgent)

    def sound(self, earcon: Earcon) -> None:
        """Play an earcon now, beside speech and other earcons; returns at once."""
        if self._sounds and not self._muted:
            self._sounds.play(earcon)

    def close(self) -> None:
        """Fall silent and end, within a second even if the speech program hangs."""
        for part in self._parts:
            part.end()
        for part in self._parts:
            part.thread.join(CLOSE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Speaker(Sink):
    """A sink that speaks the lines and plays the earcons among the events."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    def events(self, time_s: float, events: Sequence[Event]) -> None:  # noqa: ARG002
        """As `Sink.events`."""
        for event in events:
            if isinstance(event, Say):
                self._voice.say(event.words, urgent=event.urgent)
            elif isinstance(event, Sound):
                self._voice.sound(event.earcon)


@dataclass(frozen=True)
class _Line:
    """A line to speak now; it is cut when `_Speech` has gone on to another turn."""

    words: str
    turn: int


class _Speech:
    """Speaks one line after the other.

    One thread starts the speech command and waits for it; others kill it to cut a line short. All
    state is guarded by `_changed`, which no thread holds while a program starts or runs.
    """

    def __init__(self, language: str) -> None:
        self.notice: Notice | None = None
        self._command = speech_command(sys.platform, shutil.which, language)
        self._waiting: deque[tuple[float, str]] = deque()
        self._changed = Condition()
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = 0
        self._failures = 0
        self._is_over = False
        self.thread = Thread(target=self._run, name="speech", daemon=True)
        if self._command is None:
            self.notice = Notice(NoticeKind.NO_SPEECH_PROGRAM, {"platform": sys.platform})
            self._is_over = True
        self.thread.start()

    def say(self, words: str, *, urgent: bool) -> None:
        with self._changed:
            if self._is_over:
                return
            if urgent:
                self._cut()
            self._waiting.append((monotonic(), words))
            self._changed.notify()

    def stop(self) -> None:
        with self._changed:
            self._cut()

    def end(self) -> None:
        with self._changed:
            self._cut()
            self._is_over = True
            self._changed.notify()

    def _cut(self) -> None:
        """Stop the current line and drop those that wait; the caller holds `_changed`."""
        self._turn += 1
        self._waiting.clear()
        if self._process:
            self._process.kill()

    def _run(self) -> None:
        while self._command and (line := self._next()):
            began_s = monotonic()
            is_success = self._speak(self._command, line)
            too_soon = monotonic() - began_s < _least_s(line.words)
            self._count(line, failed=not is_success or too_soon)
            if line.turn != self._turn:
                _silence(self._command)

    def _next(self) -> _Line | None:
        """Wait for a line that is not stale; None at the end."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._waiting or self._is_over)
                if self._is_over:
                    return None
                queued_s, words = self._waiting.popleft()
                if monotonic() - queued_s <= STALE_S:
                    return _Line(words, self._turn)

    def _speak(self, command: SpeechCommand, line: _Line) -> bool:
        """Speak a line to its end, or until it is cut; return whether the command succeeded."""
        try:
            process = _start(command, line.words)
        except OSError:
            return False
        with self._changed:
            self._process = process
            if line.turn != self._turn:
                process.kill()
        text = _plain(line.words) if command.by_stdin else ""
        process.communicate(text.encode(errors="replace"))
        with self._changed:
            self._process = None
        return process.returncode == 0

    def _count(self, line: _Line, *, failed: bool) -> None:
        """Give up after several failures in a row; a line that was cut is none."""
        with self._changed:
            if line.turn != self._turn or self._command is None:
                return
            self._failures = self._failures + 1 if failed else 0
            if self._failures == FAILURES:
                name = Path(self._command.args[0]).stem
                self.notice = Notice(NoticeKind.SPEECH_FAILS, {"program": name})
                self._is_over = True


def _least_s(words: str) -> float:
    return LEAST_S_PER_LETTER * sum(map(str.isalpha, words))


def _plain(words: str) -> str:
    """The words without what a speech program would take for commands."""
    return MARKUP.sub(lambda match: match[0].strip("\0") + " ", words)


def _start(command: SpeechCommand, words: str) -> subprocess.Popen[bytes]:
    """Start the command; it waits for its standard input."""
    variables = {} if command.by_stdin else {WORDS: _plain(words)}
    return subprocess.Popen(  # noqa: S603  # the line is not among the arguments
        command.args,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **variables},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _silence(command: SpeechCommand) -> None:
    """Have a speech server, if there is one, drop the lines of its killed client."""
    if command.stop:
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run(command.stop, capture_output=True, timeout=STOP_S, check=True)  # noqa: S603
