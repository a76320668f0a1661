"""Sessions on the page as they go at home: to the end, in pain, hidden, cut off, twice, and left.

A film of somebody who reaches up for twelve of its eighteen seconds is the browser's camera, over and over. The
browser's connections go through a relay that can be cut; it takes it for the program.
"""

import json
import re
import shutil
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from backstretch.formats.session_log import read_session
from backstretch.history.health import PAIN_ADVICE
from tests.browser import FLAGS, watched
from tests.places import SAMPLES, SOURCE
from tests.web.relay import Relay
from tests.web.served import CAMERA_FLAGS, SMALL, as_camera, browser, program, whole_machine

POSE, AGAIN = "overhead_reach", "reach_again"
HOSTILE = "<img src=x onerror=globalThis.ran=1>"
HOLD_S = 4
ALONE_S = 3.0
AWAY_S = 4.0
SET = f"""name = "Two reaches {HOSTILE}"
about = "Made for a test."
source = "A test"
rest_s = 2
[[stretch]]
pose = "{POSE}"
hold_s = {HOLD_S}
repetitions = 1
[[stretch]]
pose = "{AGAIN}"
hold_s = {HOLD_S}
repetitions = 1
"""
"""Two stretches that the film shows: one of the library, and the same under another name."""

pytestmark = [
    pytest.mark.model,
    pytest.mark.realtime,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != "linux", reason="the data folder is Linux's"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    poses = folder / "backstretch" / "poses"
    (poses / "sets").mkdir(parents=True)
    (poses / "sets" / "two.toml").write_text(SET, "utf-8")
    text = (Path(SOURCE).parent / "poses" / f"{POSE}.toml").read_text("utf-8")
    named = re.sub(
        r"^name = .*$", f"name = {json.dumps(f'Again {HOSTILE}')}", text, flags=re.MULTILINE
    )
    (poses / f"{AGAIN}.toml").write_text(named, "utf-8")
    with whole_machine(), program(folder, alone_s=ALONE_S) as running:
        yield running


@pytest.fixture(scope="module")
def relay(served):
    with Relay(int(served.origin.rpartition(":")[2])) as it:
        yield it


@pytest.fixture(scope="module")
def opened(served, relay, tmp_path_factory):
    """A browser for which the relay is the program."""
    film = as_camera(
        tmp_path_factory.mktemp("film") / "camera.mjpeg", SAMPLES / "overhead_reach.mp4"
    )
    port = served.origin.rpartition(":")[2]
    way = f"--host-resolver-rules=MAP localhost:{port} 127.0.0.1:{relay.port}"
    with browser(film, way) as it:
        yield it


@pytest.fixture(scope="module")
def origin(served):
    return served.origin.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def let_in(opened, served, origin):
    context = opened.new_context()
    context.new_page().goto(served.invitation.replace(served.origin, origin))
    return context


@contextmanager
def session(let_in, origin, what):
    """A page on which a session has been started."""
    with watched(let_in, f"{origin}/live?{what}", SMALL) as page:
        page.click("#begin")
        page.locator("#start").wait_for(state="hidden", timeout=60_000)
        yield page


def holding(page):
    """Wait until some seconds are counted."""
    page.locator(".word[data-status=in]").wait_for()
    page.locator(".number", has_text=re.compile("^([2-9]|1[0-9])$")).wait_for()


def end(page):
    page.keyboard.press("q")
    page.locator("#ended h1").wait_for()


def until(holds, what):
    end_s = time.perf_counter() + 20.0
    while not holds():
        assert time.perf_counter() < end_s, what
        time.sleep(0.05)


def last(served):
    """The log of the last session."""
    return read_session(served.home.sessions[-1] / "session.jsonl")


def held_s(record):
    return [hold["valid_s"] for hold in record.holds]


def test_a_set_of_two_stretches_goes_to_its_end(let_in, served, origin):
    with session(let_in, origin, "set=two") as page:
        page.locator("#ended h1").wait_for(timeout=100_000)
        rows = page.locator("#ended tr").all_inner_texts()
        assert page.evaluate("globalThis.ran === undefined")
        assert page.told == []
    assert len(rows) == 2
    assert all("1 of 1 hold of 4 s" in row for row in rows)
    assert f"Again {HOSTILE}" in rows[1]  # as it is
    assert [each >= HOLD_S for each in held_s(last(served))] == [True, True]


def test_pain_ends_it_with_advice_that_is_shown_and_saved(let_in, served, origin):
    with session(let_in, origin, f"stretch={POSE}") as page:
        holding(page)
        page.click(".pain")
        page.locator("body[data-phase=pain]").wait_for()
        page.locator("#words", has_text=PAIN_ADVICE[0]).wait_for()
        end(page)
        assert PAIN_ADVICE[-1] in page.inner_text("#ended")
    record = last(served)
    assert record.pain
    assert held_s(record)[0] >= 2.0
    with watched(let_in, f"{origin}/live?stretch={POSE}", SMALL) as page:
        assert "You stopped with pain" in page.inner_text(".advice >> nth=0")


def test_what_is_hidden_or_cut_off_is_unseen_and_one_page_at_a_time_is_led(
    let_in, served, origin, relay
):
    with session(let_in, origin, f"stretch={POSE}") as page:
        holding(page)
        before = int(page.text_content(".number"))
        hide(page, is_hidden=True)
        page.locator(".word[data-status=unseen]").wait_for()
        page.wait_for_timeout(1000 * AWAY_S)
        assert int(page.text_content(".number")) <= before + 1  # a fraction of a second is bridged
        hide(page, is_hidden=False)
        page.locator(".word:not([data-status=unseen])").wait_for()

        holding(page)
        relay.cut()
        page.locator("#title", has_text="Waiting").wait_for()
        assert "does not answer" in page.inner_text("#words")
        relay.mend()
        page.locator("#title:not(:text-is('Waiting'))").wait_for()

        with watched(let_in, f"{origin}/live?stretch={POSE}", SMALL) as second:
            second.locator("#problem", has_text="Another page is being led").wait_for()
            assert page.locator("#start").is_hidden()
            second.click("text=Take over here")
            second.locator("#start").wait_for(state="hidden")
            page.locator("#problem", has_text="Another page has taken over.").wait_for()
            assert page.locator("#start").is_visible()
            holding(second)
            end(second)
    result = json.loads((served.home.sessions[-1] / "result.json").read_text("utf-8"))
    assert sum(each["end_s"] - each["start_s"] for each in result["unseen"]) > AWAY_S - 1.0
    for hold in result["holds"]:  # none reaches into what was hidden
        assert all(
            hold["end_s"] <= each["start_s"] or hold["start_s"] >= each["end_s"]
            for each in result["unseen"]
        )
    assert any("count as unseen" in words for words in result["warnings"])


def hide(page, *, is_hidden):
    """As the browser does where another tab is before this one."""
    page.evaluate(
        "is => { Object.defineProperty(document, 'hidden', { get: () => is, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        is_hidden,
    )


def test_a_page_that_is_closed_leaves_what_was_held(let_in, served, origin):
    count = len(served.home.sessions)
    with session(let_in, origin, f"stretch={POSE}") as page:
        holding(page)
    until(lambda: len(served.home.sessions) > count and last(served).ended, "it did not end")
    assert held_s(last(served))[0] >= 2.0
    with watched(let_in, f"{origin}/history", 1280) as page:
        assert page.locator("tbody tr").count() == len(served.home.sessions)


def test_a_camera_that_is_refused_is_told_in_one_sentence(opened, served):
    path, flags = shutil.which("chromium"), [*FLAGS, CAMERA_FLAGS[0]]  # and nobody who allows it
    refusing = opened.browser_type.launch(executable_path=path, args=flags)
    with watched(refusing, entered_again(served), 1280) as page:
        page.goto(f"{served.origin}/live?stretch={POSE}")
        page.click("#begin")
        page.locator("#problem", has_text="The browser does not allow the camera.").wait_for()
        assert page.locator("#begin").is_enabled()
    refusing.close()


def entered_again(served):
    """An address that lets another browser in: the program is started once more, and finds the first."""
    done = served.home.run("app", "--no-browser")
    assert done.returncode == 0, done
    return next(word for word in done.stdout.split() if "/enter?" in word)
