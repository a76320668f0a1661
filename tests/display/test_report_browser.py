"""The report in a real browser: nothing leaves, a click moves the video, and everybody can read it."""

import re
import shutil
from pathlib import Path

import pytest

from backstretch import analyze
from backstretch.display.html.report import write_report
from tests.browser import SIDEWAYS, serious_findings, watched
from tests.places import SAMPLES

LOADED = """new Promise(done => {
    const video = document.querySelector('video');
    if (video.readyState > 0) done(0);
    video.addEventListener('loadedmetadata', () => done(0));
})"""
A4 = {"width": 688, "height": 1016}
"""Of a page of paper within its margins, in CSS pixels."""
LABELS = """[...document.querySelectorAll('.plot text')].filter(each => each.getClientRects().length)
    .map(each => parseFloat(getComputedStyle(each).fontSize) * each.getScreenCTM().a)"""
"""Heights of the letters that are shown in charts, in pixels."""
MEETING = """[...document.querySelectorAll('.chart')].filter(each => each.checkVisibility()).flatMap(chart => {
    const boxes = [...chart.querySelectorAll('figcaption > span, .plot svg')]
        .map(each => each.getBoundingClientRect()).filter(box => box.width && box.height);
    return boxes.flatMap((a, n) => boxes.slice(n + 1).filter(b =>
        a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1));
})"""
"""Titles, legends and pictures of charts that lie over each other."""
HEADS = """[...document.querySelectorAll('.plot')].filter(each => each.checkVisibility()).map(plot => {
    const box = plot.getBoundingClientRect(), style = getComputedStyle(plot);
    const [left, right] = ['--left', '--right'].map(name => +style.getPropertyValue(name));
    const head = plot.querySelector('.head').getBoundingClientRect();
    return ((head.left + 1 - box.left) / box.width - left) / (right - left);
})"""
"""Where the line stands in each chart, from 0 at its begin to 1 at its end."""
FOLLOWED = """new Promise(done => {
    const video = document.querySelector('video'), timeline = document.querySelector('.timeline'), seen = [];
    const look = () => {
        seen.push(+timeline.style.getPropertyValue('--at'));
        if (video.currentTime < 1) requestAnimationFrame(look); else done(seen);
    };
    video.playbackRate = 0.5;
    video.play().then(look);
})"""
"""Where the line stood in the video's first second, picture by picture; at half speed, for busy machines."""
SOUGHT = """new Promise(done => {
    document.querySelector('video').addEventListener('seeked', () => setTimeout(done, 50));
    document.querySelector('.timeline').dispatchEvent(new KeyboardEvent('keydown', {key: 'End'}));
})"""
"""Waits until the video is where the End key sent it."""
pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def page_url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    analyze(SAMPLES / "side_bend.mp4", "standing_side_bend", out=folder, end_s=6.0)
    return (folder / "report.html").as_uri()


@pytest.fixture(params=[1440, 390])
def page(request, browser, page_url):
    with watched(browser, page_url, request.param) as opened:
        opened.evaluate(LOADED)
        yield opened


def test_it_opens_from_the_disk_without_a_fault_and_asks_nobody(page):
    assert page.told == []
    assert {url.split("/")[-1] for url in page.asked} == {"report.html", "annotated.mp4"}
    assert all(url.startswith("file://") for url in page.asked)


def test_it_fits_the_screen_and_nothing_scrolls_sideways(page):
    page.locator("summary").click()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == page.viewport_size["width"]
    assert page.evaluate(SIDEWAYS) == []


def test_labels_of_charts_can_be_read_and_no_words_meet(page):
    sizes = page.evaluate(LABELS)
    assert len(sizes) > 20
    assert min(sizes) >= 11.0
    assert page.evaluate(MEETING) == []


def test_a_hold_is_a_row_on_a_desk_and_a_card_on_a_telephone(page):
    cells = page.locator("tbody tr").first.locator("td")
    tops = {round(cells.nth(n).bounding_box()["y"]) for n in range(4)}
    assert len(tops) == (1 if page.viewport_size["width"] == 1440 else 4)
    label = page.evaluate("getComputedStyle(document.querySelector('td'), '::before').content")
    assert ("From" in label) == (page.viewport_size["width"] == 390)


def test_the_readout_tells_state_and_values_of_the_moment(page):
    page.locator(".timeline").press("End")
    words = page.locator(".timeline").get_attribute("aria-valuetext")
    assert re.fullmatch(
        r"0:0[56]\.\d held · left sideways lean 2\d° · .*knee angle 1\d\d°.*", words
    )
    shown = page.locator(".readout").inner_text()
    assert "left sideways lean" in shown
    assert re.match(r"0:0[56]\.\d held", shown)


def test_a_click_on_a_measure_moves_the_line_in_every_chart(page):
    plot = page.locator("figure.chart .plot:visible").nth(1)
    box = plot.bounding_box()
    plot.click(position={"x": box["width"] / 2, "y": 20})
    page.keyboard.press("ArrowRight")
    assert 3.4 < page.evaluate("document.querySelector('video').currentTime") < 4.6
    places = page.evaluate(HEADS)
    assert len(places) >= 5
    assert max(places) - min(places) < 0.02


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
    expect = pytest.importorskip("playwright.sync_api").expect
    expect(page.locator(".timeline")).to_have_attribute("aria-valuenow", "5.0")
    assert page.locator(".readout").inner_text().startswith("0:05.0")


def test_the_line_follows_the_playing_video_smoothly(browser, page_url):
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    opened.goto(page_url)
    opened.evaluate(LOADED)
    places = opened.evaluate(FOLLOWED)
    opened.close()
    assert len(set(places)) > 12  # the browser itself tells the time eight times meanwhile
    assert places == sorted(places)


def test_print_has_all_charts_and_no_video(browser, page_url):
    opened = browser.new_page(viewport=A4)
    opened.goto(page_url)
    opened.evaluate("addEventListener('beforeprint', () => window.were = isOpen())")
    opened.evaluate("window.isOpen = () => document.querySelector('details').open")
    opened.pdf(prefer_css_page_size=True)
    assert opened.evaluate("[window.were, isOpen()]") == [True, False]
    opened.emulate_media(media="print")
    assert opened.locator("video").is_hidden()
    assert opened.evaluate("document.documentElement.scrollWidth") <= A4["width"]
    box = opened.locator("figure.chart").first.bounding_box()
    assert box["y"] + box["height"] < A4["height"]
    assert min(opened.evaluate(LABELS)) >= 11.0
    opened.close()


def test_a_video_that_ends_early_leaves_the_line_where_it_was_put(browser, page_url, tmp_path):
    folder = Path(page_url.removeprefix("file://")).parent
    for name in ("annotated.mp4", "result.json", "steps.csv"):
        shutil.copy(folder / name, tmp_path)
    with (tmp_path / "steps.csv").open("a", encoding="utf-8") as file:
        file.write("9.0,unseen\n")
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    opened.goto(write_report(tmp_path).as_uri())
    opened.evaluate(LOADED)
    opened.evaluate(SOUGHT)
    assert opened.locator(".timeline").get_attribute("aria-valuenow") == "9.0"
    opened.close()


def test_a_part_of_a_recording_has_its_own_video(browser, tmp_path):
    sample = SAMPLES / "side_bend.mp4"
    analyze(sample, "standing_side_bend", out=tmp_path, start_s=4.0, end_s=7.0)
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    opened.goto((tmp_path / "report.html").as_uri())
    opened.evaluate(LOADED)
    opened.locator(".timeline").press("Home")
    opened.keyboard.press("ArrowRight")
    assert opened.evaluate("document.querySelector('video').currentTime") == pytest.approx(
        1.0, abs=0.05
    )
    expect = pytest.importorskip("playwright.sync_api").expect
    expect(opened.locator(".timeline")).to_have_attribute("aria-valuenow", "5.0")
    opened.close()


def test_nothing_serious_bars_those_who_read_otherwise(page):
    assert serious_findings(page) == []
