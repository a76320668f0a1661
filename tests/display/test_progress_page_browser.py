"""The page of progress in a real browser: it fits, asks nobody, and everybody can read it."""

import pytest

from backstretch.display.html.progress_page import progress_html
from backstretch.history.progress import Query
from tests.browser import SIDEWAYS, serious_findings, watched
from tests.display.test_progress_page import ODD, SIDE, found, held

LETTERS = """[...document.querySelectorAll('svg text')].filter(each => each.checkVisibility()).map(each => {
    const {a, b} = each.getScreenCTM();
    return parseFloat(getComputedStyle(each).fontSize) * Math.hypot(a, b);
})"""
"""Heights of the letters that are shown in charts, in pixels."""


@pytest.fixture(scope="module")
def page_url(tmp_path_factory):
    path = tmp_path_factory.mktemp("progress") / "progress.html"
    others = [held(number, 20 + number, "right") for number in range(6)]
    others.append(held(2, 30, view=SIDE))
    overview = found(15, 15, 20, 24, 33, 33, asked=Query(whose=ODD), holds=others, pain=True)
    path.write_text(progress_html(overview), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(params=[1440, 768, 390])
def page(request, browser, page_url):
    with watched(browser, page_url, request.param) as opened:
        yield opened


def test_it_opens_from_the_disk_without_a_fault_and_asks_nobody(page, page_url):
    assert (page.told, page.asked) == ([], [page_url])


def test_it_fits_the_screen_and_nothing_scrolls_sideways(page):
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]
    assert page.evaluate(SIDEWAYS) == []


def test_labels_of_charts_can_be_read(page):
    assert min(page.evaluate(LETTERS)) >= 11.0


def test_numbers_unfold(page):
    rows = page.locator(".trend table tbody tr")
    assert not rows.first.is_visible()
    page.locator(".trend summary").first.click()
    assert rows.first.is_visible()


def test_nothing_serious_bars_those_who_read_otherwise(page):
    assert serious_findings(page) == []
