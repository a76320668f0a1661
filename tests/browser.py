"""Pages in a real browser: opened, watched, and checked for those who read otherwise."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
SIDEWAYS = """[...document.querySelectorAll('main *')]
    .filter(each => !each.matches('.told, .told *, thead, thead *') && each.getClientRects().length)
    .filter(each => each.getBoundingClientRect().right > innerWidth || each.getBoundingClientRect().left < 0)
    .map(each => each.outerHTML.slice(0, 80))"""
"""What is cut off at the sides, whoever would scroll it."""


@contextmanager
def chromium(*flags: str) -> Iterator[Any]:
    """The system's browser, with further flags; the test is skipped where it or its driver is missing."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=program, args=[*FLAGS, *flags])
        yield opened
        opened.close()


@contextmanager
def watched(browser: Any, url: str, width: int) -> Iterator[Any]:
    """A page of a width; ``told`` is what its console says, ``asked`` what it requests."""
    opened = browser.new_page()
    opened.set_viewport_size({"width": width, "height": 900})
    opened.told, opened.asked = [], []
    opened.on("console", lambda message: opened.told.append(message.text))
    opened.on("pageerror", lambda error: opened.told.append(str(error)))
    opened.on("request", lambda wanted: opened.asked.append(wanted.url))
    opened.goto(url)
    yield opened
    opened.close()


def serious_findings(page: Any) -> list[str]:
    """What axe finds that would bar somebody, by name."""
    axe = pytest.importorskip("axe_playwright_python")
    script = next(Path(axe.__file__).parent.glob("**/axe.min.js")).read_text("utf-8")
    page.evaluate(script)
    found = page.evaluate("axe.run()")["violations"]
    return [each["id"] for each in found if each["impact"] in {"serious", "critical"}]
