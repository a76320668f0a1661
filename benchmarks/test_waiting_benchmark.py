"""How long somebody waits: ``pytest -m benchmark -s benchmarks/test_waiting_benchmark.py``."""

import os
import subprocess
import sys
import time

import pytest

from backstretch.errors import InputError
from backstretch.vision.capture import open_capture
from tests.histories import filled
from tests.places import SOURCE

pytestmark = pytest.mark.benchmark
SESSIONS = 10_000
"""Of five years, six a day."""


def least_s(call, clock=time.perf_counter):
    """Seconds of the quickest of three calls: the machine may be busy with other things."""
    took_s = []
    for _ in range(3):
        began_s = clock()
        call()
        took_s.append(clock() - began_s)
    return min(took_s)


def children_s():
    """Seconds of the processor that programs run from here have taken."""
    return os.times().children_user


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """The program with a long history."""
    folder = tmp_path_factory.mktemp("long")
    filled(folder / "backstretch" / "history.db", SESSIONS)
    environment = {**os.environ, "XDG_DATA_HOME": str(folder), "PYTHONPATH": str(SOURCE)}

    def run(*arguments):
        command = [sys.executable, "-m", "backstretch", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize(
    ("command", "words"), [("history", f"{SESSIONS - 20} older ones"), ("progress", str(SESSIONS))]
)
def test_ten_thousand_sessions_are_told_within_a_second(program, command, words):
    assert words in program(command).stdout
    seconds = least_s(lambda: program(command), children_s)
    print(f"\nbackstretch {command} with {SESSIONS} sessions: {seconds:.2f} s")
    assert seconds < 1.0


def refused(where):
    with pytest.raises(InputError), open_capture(where):
        pass


@pytest.mark.parametrize("where", ["93", "http://127.0.0.1:9/x", "rtsp://127.0.0.1:9/x", "no://x"])
def test_a_camera_that_is_not_there_is_told_at_once(where):
    seconds = least_s(lambda: refused(where))
    print(f"\n{where} is refused after {seconds:.2f} s")
    assert seconds < 2.0


def test_a_session_without_a_camera_ends_soon(program):
    command = ("live", "standing_side_bend", "--camera", "9", "--no-window", "--no-voice")
    seconds = least_s(lambda: program(*command))
    print(f"\nbackstretch live without a camera: {seconds:.2f} s")
    assert seconds < 8.0
