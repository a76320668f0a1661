"""The phone's page and the computer's, in a real browser: let in, looked at, spoken by local voices only."""

import io
import sys
from contextlib import contextmanager

import cv2  # noqa: TID253 - reads the code as a phone does
import numpy as np
import pytest
from PIL import Image

from backstretch.web.home_network import home_addresses
from tests.browser import SIDEWAYS, chromium, serious_findings, watched
from tests.web.served import CAMERA_FLAGS, program

PHONE = {"ignore_https_errors": True, "viewport": {"width": 390, "height": 844}}
"""Playwright's switch stands for a person who presses on at the warning."""
WIDTHS = [1440, 1024, 390]
VOICES = """async (voices) => {
    const { localVoice } = await import("/static/voice.js");
    return localVoice(voices)?.name ?? null;
}"""
STUB = """(() => {
    window.spoken = [];
    window.voices = [];
    window.SpeechSynthesisUtterance = class { constructor(words) { this.text = words; } };
    const speak = (line) => { window.spoken.push([line.text, line.voice?.name]); line.onend?.(); };
    const value = { getVoices: () => window.voices, speak, cancel() {}, addEventListener() {} };
    Object.defineProperty(window, "speechSynthesis", { value });
})()"""
"""In place of the browser's speech: headless browsers have no voices."""
SAY = """async (voices) => {
    window.voices = voices;
    const { Speaker } = await import("/static/voice.js");
    const speaker = new Speaker();
    speaker.unlock();
    speaker.say({ words: "Hold", urgent: false });
    speaker.isOn = false;
    speaker.say({ words: "Not this", urgent: true });
    return window.spoken.splice(0);
}"""

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the data folder is Linux's"),
    pytest.mark.skipif(not home_addresses(), reason="this machine is in no home network"),
]


def voice(name, *, local, lang="en-US", default=False):
    return {"name": name, "lang": lang, "localService": local, "default": default}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with program(tmp_path_factory.mktemp("home"), "--phone") as running:
        yield running


@pytest.fixture(scope="module")
def opened():
    with chromium(*CAMERA_FLAGS) as it:
        yield it


@pytest.fixture(scope="module")
def computer(opened, served):
    """The computer's page, on which the phone is let in."""
    context = opened.new_context()
    with watched(context, served.invitation, 1024) as page:
        page.goto(f"{served.origin}/phone-setup")
        yield page
    context.close()


@contextmanager
def scanned(opened, computer):
    """A phone that has scanned the code, which a page shows a moment after the last one was used."""
    state = computer.evaluate("fetch('/phone-setup/state').then((answer) => answer.json())")
    context = opened.new_context(**PHONE)
    context.add_init_script(STUB)
    with watched(context, state["address"], 390) as page:
        page.wait_for_url("**/phone")
        yield page
    context.close()


@pytest.fixture
def phone(opened, computer):
    with scanned(opened, computer) as page:
        yield page
    computer.locator("#none:not([hidden])").wait_for()


@pytest.fixture(scope="module")
def speaking(opened, computer):
    with scanned(opened, computer) as page:
        yield page


def test_a_phone_is_let_in_by_the_number_and_sent_away_by_a_button(computer, phone):
    assert phone.evaluate("isSecureContext")
    assert serious_findings(phone) == []
    phone.click("#open")
    phone.locator("#waits:not([hidden])").wait_for()
    assert serious_findings(phone) == []
    computer.locator("#waits:not([hidden])").wait_for()
    assert computer.inner_text("#number") == phone.inner_text("#number")
    assert serious_findings(computer) == []
    computer.focus("#yes")
    computer.keyboard.press("Enter")
    phone.locator("#waits").wait_for(state="hidden")
    assert phone.locator("#camera").evaluate("video => video.videoWidth") == 640
    assert serious_findings(phone) == []
    assert phone.evaluate(SIDEWAYS) == []
    computer.locator("#end").click()
    phone.locator("text=The computer has ended this.").wait_for()
    assert not phone.locator("#open").is_visible()
    assert phone.evaluate("document.querySelector('#camera').srcObject?.active ?? false") is False
    home = phone.url.rpartition("/")[0]
    assert {url for url in phone.asked if not url.startswith(home)} == set()
    assert [words for words in phone.told if "404" not in words] == []  # it asks for an icon


def test_the_code_is_the_address(computer):
    computer.set_viewport_size({"width": 1024, "height": 900})
    computer.locator("#code[src]").wait_for()
    picture = Image.open(io.BytesIO(computer.locator("#code").screenshot())).convert("L")
    read, *_ = cv2.QRCodeDetector().detectAndDecode(np.array(picture))
    assert read == computer.locator("#address").text_content()


def test_a_phone_that_is_sent_away_at_its_number_is_not_let_in(computer, phone):
    phone.click("#open")
    computer.locator("#waits:not([hidden])").wait_for()
    computer.click("#no")
    phone.locator("text=The computer has ended this.").wait_for()


def test_a_phone_whose_page_was_not_let_in_anew_says_what_to_do(computer, phone):
    phone.click("#open")
    computer.locator("#waits:not([hidden])").wait_for()
    computer.click("#no")
    phone.locator("#start .problem:not(:empty)").wait_for()
    phone.reload()
    assert "Scan the one that the computer shows now" in phone.inner_text("body")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_computers_page_fits_and_bars_nobody(computer, width, scheme):
    computer.set_viewport_size({"width": width, "height": 900})
    computer.emulate_media(color_scheme=scheme)
    computer.locator("#code[src]").wait_for()
    assert computer.evaluate(SIDEWAYS) == []
    assert serious_findings(computer) == []
    assert computer.told == []


class TestVoice:
    @pytest.mark.parametrize(
        ("voices", "name"),
        [
            ([], None),
            ([voice("Google US English", local=False, default=True)], None),
            ([voice("Google", local=False), voice("Own", local=True)], "Own"),
            ([voice("First", local=True), voice("Usual", local=True, default=True)], "Usual"),
            ([voice("Anna", local=True, lang="de-DE", default=True)], None),
            ([voice("Daniel", local=True, lang="en-GB")], "Daniel"),
            ([{"name": "Untold", "lang": "en-US"}], None),
            ([voice("Odd", local="true")], None),
        ],
    )
    def test_is_a_local_one_or_none(self, speaking, voices, name):
        assert speaking.evaluate(VOICES, voices) == name

    def test_that_is_not_local_never_speaks(self, speaking):
        remote = voice("Google US English", local=False, default=True)
        assert speaking.evaluate(SAY, [remote]) == []
        own = voice("Own", local=True)
        assert speaking.evaluate(SAY, [remote, own]) == [[" ", "Own"], ["Hold", "Own"]]

    def test_is_said_to_be_missing_where_there_is_none(self, speaking):
        assert speaking.locator("#voiceless").is_visible()
