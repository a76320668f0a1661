"""The report in a real browser: nothing leaves, a click moves the video, and everybody can read it."""

import shutil
from pathlib import Path

import pytest

from backstretch import analyze
from tests.truth import ROOT

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
LOADED = """new Promise(done => {
    const video = document.querySelector('video');
    if (video.readyState > 0) done(0);
    video.addEventListener('loadedmetadata', () => done(0));
})"""
pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def page_url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    analyze(ROOT / "samples" / "side_bend.mp4", "standing_side_bend", out=folder, end_s=6.0)
    return (folder / "report.html").as_uri()


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(params=[1440, 390])
def page(request, browser, page_url):
    opened = browser.new_page(viewport={"width": request.param, "height": 900})
    opened.told = []
    opened.on("console", lambda message: opened.told.append(message.text))
    opened.on("pageerror", lambda error: opened.told.append(str(error)))
    opened.asked = []
    opened.on("request", lambda wanted: opened.asked.append(wanted.url))
    opened.goto(page_url)
    opened.evaluate(LOADED)
    yield opened
    opened.close()


def test_it_opens_from_the_disk_without_a_fault_and_asks_nobody(page):
    assert page.told == []
    assert {url.split("/")[-1] for url in page.asked} == {"report.html", "annotated.mp4"}
    assert all(url.startswith("file://") for url in page.asked)


def test_it_fits_the_screen(page):
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == page.viewport_size["width"]


def test_a_click_on_the_timeline_moves_the_video(page):
    box = page.locator(".timeline").bounding_box()
    page.locator(".timeline").click(position={"x": box["width"] / 2, "y": 20})
    now = page.evaluate("document.querySelector('video').currentTime")
    assert 2.5 < now < 3.6
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.querySelector('video').currentTime") == pytest.approx(
        now + 1, abs=0.05
    )


def test_the_video_moves_the_timeline(page):
    page.evaluate("document.querySelector('video').currentTime = 5")
    sync_api.expect(page.locator(".timeline")).to_have_attribute("aria-valuenow", "5.0")
    assert page.locator(".readout").inner_text().startswith("0:05.0")


def test_a_part_of_a_recording_has_its_own_video(browser, tmp_path):
    sample = ROOT / "samples" / "side_bend.mp4"
    analyze(sample, "standing_side_bend", out=tmp_path, start_s=4.0, end_s=7.0)
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    opened.goto((tmp_path / "report.html").as_uri())
    opened.evaluate(LOADED)
    opened.locator(".timeline").press("Home")
    opened.keyboard.press("ArrowRight")
    assert opened.evaluate("document.querySelector('video').currentTime") == pytest.approx(
        1.0, abs=0.05
    )
    sync_api.expect(opened.locator(".timeline")).to_have_attribute("aria-valuenow", "5.0")
    opened.close()


def test_nothing_serious_bars_those_who_read_otherwise(page):
    axe = pytest.importorskip("axe_playwright_python")
    script = next(Path(axe.__file__).parent.glob("**/axe.min.js")).read_text("utf-8")
    page.evaluate(script)
    found = page.evaluate("axe.run()")["violations"]
    serious = [each["id"] for each in found if each["impact"] in {"serious", "critical"}]
    assert serious == []
