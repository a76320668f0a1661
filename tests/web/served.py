"""The page as a person has it: the program in its own process, and a browser with a film for a camera."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import av  # noqa: TID253 - what is made here is video
import numpy as np
from filelock import FileLock

from backstretch.errors import InputError
from backstretch.vision.video_reader import VideoReader
from tests.browser import chromium
from tests.cli.test_live import Home
from tests.media import to_and_fro

CAMERA_FPS = 30
"""At which Chromium plays a film of JPEG pictures as its camera, over and over."""
IMPATIENT = """import sys
from backstretch.cli.app import main
from backstretch.web import visit
visit.ALONE_S = float(sys.argv.pop(1))
main()
"""
SMALL = 640
"""Width of a page in pixels on which a camera's picture is drawn with less of the processor."""
CAMERA_FLAGS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@dataclass(frozen=True)
class Program:
    """``backstretch app``, running.

    Attributes:
        home: Whose data it has.
        invitation: The address that lets one browser in.
        process: Its process.
    """

    home: Home
    invitation: str
    process: subprocess.Popen[str]

    @property
    def origin(self) -> str:
        return self.invitation.partition("/enter")[0]

    def await_hold(self, number: int, least_s: float = 0.0, timeout_s: float = 90.0) -> None:
        """Wait until the record has this hold, counted from 1: over, or with so many valid seconds.

        What is written is waited for, since what the page shows may be from before it was loaded again.
        """
        until_s = time.monotonic() + timeout_s
        while time.monotonic() < until_s:
            with suppress(InputError):  # its first line has not been written yet
                if self._has_hold(number, least_s):
                    return
            time.sleep(0.1)
        raise TimeoutError

    def _has_hold(self, number: int, least_s: float) -> bool:
        holds = self.home.record.holds[number - 1 :] if self.home.sessions else ()
        return any(not each.get("cut_off") or each["valid_s"] >= least_s > 0.0 for each in holds)


@contextmanager
def program(folder: Path, *options: str, asked: bool = True, alone_s: float | None = None):
    """The program with these options.

    Args:
        folder: Whose data it has.
        options: Further ones of ``app``.
        asked: Whether the health questions have been answered.
        alone_s: How long it waits for a page that is gone, where that is not the usual time.
    """
    home = Home(folder, asked=asked)
    start = ["-m", "backstretch"] if alone_s is None else ["-c", IMPATIENT, str(alone_s)]
    with subprocess.Popen(
        [sys.executable, *start, "app", "--no-browser", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=home.environment(),
    ) as process:
        try:
            assert process.stdout is not None
            yield Program(home, process.stdout.readline().split()[-1], process)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                _, said = process.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
    assert (process.returncode, said) == (0, ""), (process.returncode, said[-900:])


@contextmanager
def whole_machine():
    """One of these at a time: a browser with a camera and the model take two cores, and with less are slow.

    It comes before the program, whose invitation does not wait.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    with FileLock(Path(gettempdir(), f"backstretch-{run}.lock")):
        yield


@contextmanager
def browser(film: Path | None = None, *more: str):
    """A browser whose camera is a film of `as_camera`, with further flags."""
    flags = [] if film is None else [*CAMERA_FLAGS, f"--use-file-for-fake-video-capture={film}"]
    with chromium(*flags, *more) as opened:
        yield opened


def as_camera(path: Path, clip: Path, lead_s: float = 0.0) -> Path:
    """A clip as JPEG pictures at `CAMERA_FPS`, so that it lasts as long as it does.

    Before it come so many seconds of its first one, to and fro, in which the model can start.
    """
    with VideoReader(clip) as reader:
        taken = [(frame.time_s, frame.image) for frame in reader.frames()]
    times_s = np.array([time_s for time_s, _ in taken])
    with av.open(str(path), "w", format="mjpeg") as container:
        stream: Any = container.add_stream("mjpeg", rate=CAMERA_FPS, options={"q": "3"})
        stream.height, stream.width = taken[0][1].shape[:2]
        stream.pix_fmt = "yuvj420p"
        at_s = np.arange(0.0, times_s[-1], 1.0 / CAMERA_FPS)
        shown = [taken[each - 1][1] for each in np.searchsorted(times_s, at_s, side="right")]
        for image in (*to_and_fro(shown[:CAMERA_FPS], lead_s, CAMERA_FPS), *shown):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    return path
