"""The page on one machine with its browser: ``pytest -m benchmark -s -n 0 benchmarks/test_page_benchmark.py``.

A film plays as Chromium's camera, at 30 pictures a second of 640 x 480, and the whole coach runs.
"""

import os
import re
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import Any, Literal

import av  # noqa: TID253 - the camera's film is made into a recording
import numpy as np
import pytest

from backstretch.api import analyze
from backstretch.frame import Frame
from backstretch.web.desk import Desk
from backstretch.web.server import Server
from backstretch.web.site import Site
from backstretch.web.visit import Visit
from tests.browser import watched
from tests.cli.test_live import Home
from tests.media import write_video
from tests.places import SAMPLES
from tests.web.served import CAMERA_FPS, as_camera, browser, program

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(sys.platform != "linux", reason="the figures are read from Linux's /proc"),
]
MINUTES = float(os.environ.get("BACKSTRETCH_MINUTES", "10"))
MEASURED_S, SETTLED_S, EVERY_S = 25.0, 60.0, 30.0
LEAD_S = 12.0
"""Before a film begins: time for the browser and the model to start."""
TICKS = os.sysconf("SC_CLK_TCK")
CLIPS: dict[str, tuple[str, Literal["left", "right", "both"]]] = {
    "chair_twist": ("chair_spinal_twist", "left"),
    "side_bend": ("standing_side_bend", "left"),
    "childs_pose": ("childs_pose", "both"),
}
"""Sample -> its stretch and the side that is done in it."""
WAYS = ("WebSocket", "requests", "the program's own camera")
NO_SOCKET = "delete window.WebSocket;"
AGES = """
const taken = new Map();
window.ages = [];
async function sent(body) {
  if (!(body instanceof Blob)) return;
  const head = new DataView(await body.slice(0, 16).arrayBuffer());
  taken.set(head.getUint32(0, true), head.getFloat64(8, true));
}
function told(what) {
  const at = taken.get(what.look);
  taken.delete(what.look);
  if (at !== undefined) setTimeout(() => window.ages.push(performance.now() - at));
}
const { fetch } = window;
window.fetch = async (...asked) => {
  sent(asked[1]?.body);
  const answer = await fetch(...asked);
  if (String(asked[0]).endsWith("/told")) (await answer.clone().json()).forEach(told);
  return answer;
};
window.WebSocket = class extends WebSocket {
  constructor(...asked) {
    super(...asked);
    this.addEventListener("message", ({ data }) => typeof data === "string" && told(JSON.parse(data)));
  }
  send(body) {
    sent(body);
    super.send(body);
  }
};
"""
"""How old each picture is when its answer has been drawn, in the page's own clock."""


class NotedVisit(Visit):
    """Notes how old the program's own pictures are when the page has shown them."""

    def __init__(self, camera: str) -> None:
        super().__init__(camera)
        self.taken_s: dict[int, float] = {}
        self.ages_ms: list[float] = []

    def now_s(self) -> float:
        live: Any = self._live
        return float(live._eye.now_s()) if live else 0.0

    def _send(self, frame: Frame) -> int | None:
        number = super()._send(frame)
        if number is not None:
            self.taken_s[number] = frame.time_s
        return number

    def shown(self, number: int) -> None:
        self.ages_ms.append(1000.0 * (self.now_s() - self.taken_s.pop(number)))
        super().shown(number)

    @property
    def frames(self) -> int:
        live: Any = self._live
        return int(live.figures.frames) if live else 0


@dataclass
class Figures:
    """What was measured in one session."""

    fps: float = 0.0
    ages_ms: list[float] = field(default_factory=list)
    program_cores: float = 0.0
    browser_cores: float = 0.0
    memory_mb: list[float] = field(default_factory=list)


def browser_s():
    """Processor time of all of Chromium's processes."""
    total = 0
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = each.read_text().partition(" ")[2].rpartition(")")
        except OSError:
            continue
        if "chrom" in name:
            total += sum(map(int, rest.split()[11:13]))
    return total / TICKS


def own_s():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def memory_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def watch(page, visit, seconds):
    """Measure a session that goes on."""
    figures = Figures()
    page.evaluate("window.ages = []")
    visit.ages_ms.clear()
    before = perf_counter(), own_s(), browser_s(), visit.frames
    for _ in range(max(1, round(seconds / EVERY_S))):
        page.wait_for_timeout(1000.0 * min(seconds, EVERY_S))
        figures.memory_mb.append(memory_mb())
    length_s = perf_counter() - before[0]
    figures.fps = (visit.frames - before[3]) / length_s
    figures.program_cores = (own_s() - before[1]) / length_s
    figures.browser_cores = (browser_s() - before[2]) / length_s
    figures.ages_ms = visit.ages_ms or page.evaluate("window.ages")
    return figures


def session(folder, way, film, seconds):
    """A session of this length on the page; the program runs in this process."""
    camera = str(SAMPLES / "side_bend.mp4") if way == WAYS[2] else ""
    desk, visit = Desk(), NotedVisit(camera)
    figures: list[Figures] = []

    def visiting():
        with browser(film) as opened:
            context = opened.new_context(viewport={"width": 1280, "height": 720})
            page = context.new_page()
            page.add_init_script(AGES + (NO_SOCKET if way == WAYS[1] else ""))
            page.goto(server.invitation())
            page.goto(f"{server.url}live?stretch=standing_side_bend")
            page.click("summary")
            page.fill("#hold", "120")
            page.fill("#times", "20")
            page.click("#begin")
            page.locator("#start").wait_for(state="hidden", timeout=60_000)
            page.wait_for_timeout(3000)
            figures.append(watch(page, visit, seconds))
            page.keyboard.press("q")
            page.locator("#ended h1").wait_for()
            context.close()

    Home(folder)
    with pytest.MonkeyPatch.context() as patch, Server(Site(desk, visit).app, 0) as server:
        patch.setenv("XDG_DATA_HOME", str(folder))
        work(desk, visiting)
    return figures[0]


def work(desk, visiting: Callable[[], None]):
    """Carry out the desk's orders until the visit is over."""

    class OverError(Exception):
        pass

    def stop():
        raise OverError

    def whole():
        try:
            visiting()
        finally:
            while not desk.take(stop):
                pass

    thread = Thread(target=whole)
    thread.start()
    with pytest.raises(OverError):
        desk.run()
    thread.join()


def as_recording(path, camera):
    """The film of a camera as a recording, picture by picture."""
    with av.open(str(camera)) as container:
        decoded: Any = container.decode(video=0)
        images = [frame.to_ndarray(format="rgb24") for frame in decoded]
    return write_video(path, images, [round(1000 * n / CAMERA_FPS) for n in range(len(images))])


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    folder = tmp_path_factory.mktemp("films")
    return {
        name: as_camera(folder / f"{name}.mjpeg", SAMPLES / f"{name}.mp4", LEAD_S) for name in CLIPS
    }


@pytest.mark.parametrize("way", WAYS)
def test_how_quick_the_page_is(tmp_path, films, way):
    figures = session(tmp_path, way, films["side_bend"], MEASURED_S)
    ages = np.array(figures.ages_ms)
    print(
        f"\n{way}, {os.cpu_count()} cores: {figures.fps:.1f} pictures a second; from capture to drawn answer: "
        f"median {np.median(ages):.0f} ms, 95 % {np.quantile(ages, 0.95):.0f} ms, of {len(ages)}; "
        f"program {figures.program_cores:.2f} cores, browser {figures.browser_cores:.2f}"
    )
    assert figures.fps > 12.0


def test_memory_stays_flat(tmp_path, films):
    figures = session(tmp_path, WAYS[0], films["side_bend"], 60.0 * MINUTES)
    memory = figures.memory_mb[round(SETTLED_S / EVERY_S) :]
    print("\nmemory, MB: " + ", ".join(f"{mb:.0f}" for mb in memory))
    if len(memory) < 4:
        pytest.skip("too short to tell")
    assert max(memory) - memory[0] < 20.0


@pytest.mark.parametrize("way", WAYS[:2])
@pytest.mark.parametrize("name", CLIPS)
def test_the_seconds_are_those_of_the_recording(tmp_path, films, name, way):
    pose, side = CLIPS[name]
    recorded = analyze(as_recording(tmp_path / "recording.mp4", films[name]), pose, side=side)
    expected_s = max(held.hold.valid_s for held in recorded.holds)
    with program(tmp_path) as running, browser(films[name]) as opened:
        with watched(opened, running.invitation, 1280) as page:
            if way == WAYS[1]:
                page.add_init_script(NO_SOCKET)
            page.goto(f"{running.origin}/live?stretch={pose}")
            page.click("summary")
            page.fill("#hold", "120")
            if side != "both":
                page.select_option("#side", side)
            page.click("#begin")
            page.locator(".number", has_text=re.compile("^[5-9]$")).wait_for(timeout=90_000)
            page.locator(".word:not([data-status=in])").wait_for(timeout=90_000)
            page.locator(".number", has_text=re.compile("^[0-4]$")).wait_for(timeout=90_000)
            page.keyboard.press("q")
            page.locator("#ended h1").wait_for()
        holds = running.home.record.holds
    of_side = [hold["valid_s"] for hold in holds if side in {"both", hold["side"]}]
    print(f"\n{name}, {way}: {of_side}, analyze {expected_s:.2f}")
    assert min(abs(held_s - expected_s) for held_s in of_side) < 0.1
