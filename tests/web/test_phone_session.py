"""A session with the phone for a camera, with the real model: the film is the phone's camera, in real time."""

import re
import sys
from contextlib import ExitStack, contextmanager

import pytest

from backstretch.web.home_network import home_addresses
from tests.browser import watched
from tests.places import SAMPLES
from tests.web.served import SMALL, as_camera, browser, program, whole_machine
from tests.web.test_phone_page import PHONE
from tests.web.test_session import HELD_S, POSE

WEBSOCKETS_FAIL = """window.WebSocket = class extends EventTarget {
    constructor() { super(); setTimeout(() => this.dispatchEvent(new Event("close"))); }
    close() {}
}"""
"""As in Safari, which opens none over a certificate that nobody has signed."""

pytestmark = [
    pytest.mark.model,
    pytest.mark.realtime,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != "linux", reason="the data folder is Linux's"),
    pytest.mark.skipif(not home_addresses(), reason="this machine is in no home network"),
]


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    folder = tmp_path_factory.mktemp("film")
    return as_camera(folder / "camera.mjpeg", SAMPLES / "chair_twist.mp4")


@contextmanager
def led(folder, film, script=""):
    """Somebody is led before the phone: the program, the computer's page, and the phone's."""
    with ExitStack() as stack:
        stack.enter_context(whole_machine())
        running = stack.enter_context(program(folder, "--phone"))
        opened = stack.enter_context(browser(film))
        page = stack.enter_context(watched(opened, running.invitation, SMALL))
        page.goto(f"{running.origin}/phone-setup")
        page.locator("#code[src]").wait_for()
        context = opened.new_context(**PHONE)
        context.add_init_script(script)
        address = page.locator("#address").text_content()
        phone = stack.enter_context(watched(context, address, 390))
        phone.click("#open")
        page.click("#yes")
        phone.locator("#waits").wait_for(state="hidden")
        page.goto(f"{running.origin}/live?stretch={POSE}")
        assert page.input_value("#eye") == "phone"
        page.click("summary")
        page.select_option("#side", "left")
        page.click("#begin")
        yield running, page, phone


def end(running, page, phone):
    """End the session; the valid seconds of its holds."""
    page.keyboard.press("q")
    page.locator("#ended h1").wait_for()
    phone.locator("#words", has_text="The computer shows what you did").wait_for()
    assert page.told == []
    seconds = [hold["valid_s"] for hold in running.home.record.holds]
    print(seconds)
    return seconds


def test_a_session_through_the_phone_counts_what_the_program_counts(tmp_path, film):
    with led(tmp_path, film) as (running, page, phone):
        running.await_hold(2)  # the film begins anew; the model came late for the first
        _, second, *_ = end(running, page, phone)
    # A machine under load plays the camera's film more slowly; how near it is on a quiet one is a benchmark.
    assert second == pytest.approx(HELD_S, rel=0.1)


def test_a_session_through_the_phone_counts_where_no_websocket_opens(tmp_path, film):
    with led(tmp_path, film, WEBSOCKETS_FAIL) as (running, page, phone):
        phone.locator(".number", has_text=re.compile("^[3-9]$")).wait_for()
        assert page.locator(".word").get_attribute("data-status") == "in"
        assert not phone.locator(".word", has_text="Waiting").is_visible()
        (*_, last) = end(running, page, phone)
    assert 3.0 <= last <= HELD_S * 1.1
