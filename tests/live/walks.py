"""Sessions in the real window, of which a test sees what a person would."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from backstretch.formats.session_log import PastSession
from tests.cli.test_live import Home, await_end, ended_by_key
from tests.live.test_window import window_on, xdotool, xvfb
from tests.places import ROOT


@dataclass(frozen=True)
class Walk:
    """What a person met: what the window showed, what was printed, and the record of the session."""

    shown: list[dict[str, Any]]
    done: subprocess.CompletedProcess[str]
    record: PastSession

    def first_s(self, words):
        """When the window first showed these words; None for never."""
        return next((each["time_s"] for each in self.shown if words in each["words"]), None)


def walk(folder, *arguments, slow_s=0.0, within_s=100.0):
    """A whole session in the real window, to its end or that of the film that is its camera."""
    home, notes = Home(folder), folder / "notes.jsonl"
    command = [
        sys.executable,
        "-m",
        "tests.live.watched",
        notes,
        slow_s,
        "live",
        *arguments,
        "--no-voice",
    ]
    with xvfb() as display:
        environment = home.environment(display)
        environment["PYTHONPATH"] += os.pathsep + str(ROOT)
        with subprocess.Popen(
            list(map(str, command)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=environment,
        ) as process:
            try:
                xdotool(display, "windowfocus", "--sync", window_on(display))
                await_end(process, home, within_s)
                done = ended_by_key(display, process)
            finally:
                process.kill()
    assert (done.returncode, done.stderr) == (0, ""), (done.returncode, done.stderr[-500:])
    shown = [json.loads(line) for line in notes.read_text(encoding="utf-8").splitlines()]
    return Walk(shown, done, home.record)
