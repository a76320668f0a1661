"""How the machine keeps up with a camera: ``pytest -m benchmark -s benchmarks/test_live_benchmark.py``."""

import os
import statistics
import threading
from pathlib import Path
from time import perf_counter, sleep

import numpy as np
import pytest

from backstretch.coaching.coach import Coach
from backstretch.coaching.programme import Programme, part_of
from backstretch.display.pictures.live_view import LiveView
from backstretch.kinematics.filtering import HALF_WIDTH_S
from backstretch.live.led_session import CoachedSession
from backstretch.live.loop import Live
from backstretch.poses.library import open_library
from backstretch.vision.capture import Capture, fitted
from backstretch.vision.mediapipe_landmarker import MediaPipeLandmarker
from backstretch.vision.video_reader import VideoReader
from tests.places import POSE_FILES, SAMPLES

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1200)]
WH = (1280, 720)
FPS = 30.0
MINUTES = float(os.environ.get("BACKSTRETCH_MINUTES", "10"))
SETTLED_S = 60.0
"""Memory is compared from here on: the model's own buffers are there by then."""


class Loop:
    """A feed as of a camera with 30 pictures a second at 720p: one recording, again and again."""

    fps = FPS
    patience_s = 1.0

    def __init__(self, path):
        self.notices = []
        self.path = path
        self.reopen()

    def reopen(self):
        self.pictures, self.count, self.start_s = self.round_and_round(), 0, perf_counter()

    def round_and_round(self):
        while True:
            with VideoReader(self.path) as reader:
                for frame in reader.frames():
                    yield fitted(frame.image, WH)

    def read(self):
        picture, time_s = next(self.pictures), self.count / FPS
        self.count += 1
        sleep(max(0.0, self.start_s + time_s - perf_counter()))
        return time_s, picture

    def close(self):
        self.pictures.close()


def memory_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.fixture(scope="module")
def session():
    """Ten minutes of coaching, drawn as a window would be, with the memory each half minute."""
    pose = open_library(POSE_FILES).find("standing_side_bend")
    programme = Programme(pose.name, (part_of(pose, None, 30.0, 20),))
    session = CoachedSession(programme, Coach(programme))
    memory: list[tuple[float, float]] = []
    draws = []
    with (
        MediaPipeLandmarker() as landmarker,
        Capture(Loop(SAMPLES / "side_bend.mp4"), "loop") as capture,
        Live(capture, landmarker, session, []) as live,
    ):
        view, began_s = LiveView(), perf_counter()
        while not live.over and perf_counter() - began_s < 60.0 * MINUTES:
            at_s = perf_counter()
            view.draw(live.state, WH)
            draws.append(perf_counter() - at_s)
            if at_s - began_s >= 30.0 * (len(memory) + 1):
                memory.append((at_s - began_s, memory_mb()))
            live.wait(max(0.0, 1.0 / FPS - (perf_counter() - at_s)))
        live.stop()
        yield live, capture, memory, draws


def quantiles(values):
    ms = 1000.0 * np.array(values)
    return f"median {np.median(ms):.1f} ms, p95 {np.quantile(ms, 0.95):.1f} ms"


def test_the_machine_keeps_up_with_a_camera(session):
    live, capture, memory, draws = session
    figures = live.figures
    fps = figures.frames / live.last_s
    print(
        f"\n{live.last_s:.0f} s of 720p at 30 a second, drawn at 720p as well, {os.cpu_count()} cores"
    )
    print(f"looked at {fps:.1f} pictures a second; {capture.dropped} of {capture.captured} dropped")
    print(f"from capture to the look's end: {quantiles(figures.delay_s)}")
    print(
        f"the verdict of that very picture comes {HALF_WIDTH_S:g} s later: the filter looks ahead"
    )
    print(f"own work beside the model: {quantiles(figures.own_s)}")
    print(f"drawing, in another thread: {quantiles(draws)}")
    print("memory, MB: " + ", ".join(f"{mb:.0f}" for _, mb in memory))
    assert statistics.median(figures.own_s) < 0.005
    assert fps > 12.0


def test_memory_stays_flat(session):
    _, _, memory, _ = session
    settled = [mb for at_s, mb in memory if at_s >= SETTLED_S]
    if len(settled) < 4:
        pytest.skip("too short to tell")
    assert max(settled) - settled[0] < 20.0
    assert threading.active_count() < 20
