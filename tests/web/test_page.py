"""The page in a real browser, served by the program in its own process."""

import sys
from dataclasses import replace

import pytest

from backstretch.files import save_text
from backstretch.poses.library import builtin_poses, open_library
from backstretch.poses.pose_writer import pose_text
from tests.browser import SIDEWAYS, serious_findings, watched
from tests.cli.test_live import HELD, HURT
from tests.web.served import browser, program

POSE = "childs_pose"
PAGES = (
    "/",
    "/health",
    "/history",
    "/recordings",
    f"/live?stretch={POSE}",
    "/live?set=lower_back",
    "/calibrate",
    "/phone-setup",
    f"/calibrate/takes?makes=own&stretch={POSE}",
    "/calibrate/takes?makes=neutral",
    "/words?stretch=bow",
)
WIDTHS = (1440, pytest.param(1024, marks=pytest.mark.exhaustive), 390)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the data folder is Linux's")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with program(tmp_path_factory.mktemp("home")) as running:
        bow = replace(open_library(builtin_poses()).poses[POSE], id="bow", name="Bow")
        save_text(pose_text(bow), running.home.data / "poses" / "bow.toml")
        yield running


@pytest.fixture(scope="module")
def opened():
    with browser() as it:
        yield it


@pytest.fixture(scope="module")
def let_in(opened, served):
    """A browser that has come in."""
    context = opened.new_context()
    context.new_page().goto(served.invitation)
    return context


class TestPages:
    @pytest.mark.parametrize("width", WIDTHS)
    @pytest.mark.parametrize("path", PAGES)
    def test_fits_asks_for_nothing_elsewhere_and_says_nothing_odd(
        self, let_in, served, path, width
    ):
        with watched(let_in, served.origin + path, width) as page:
            page.wait_for_load_state("networkidle")
            assert page.told == []
            assert page.evaluate(SIDEWAYS) == []
            assert {url for url in page.asked if not url.startswith(served.origin)} == set()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("path", PAGES)
    def test_bars_nobody(self, let_in, served, path, scheme):
        with watched(let_in, served.origin + path, 1024) as page:
            page.emulate_media(color_scheme=scheme)
            assert serious_findings(page) == []

    def test_without_a_cookie_says_how_to_come_in(self, opened, served):
        with watched(opened, served.origin + "/", 1024) as page:
            assert "backstretch app" in page.inner_text("body")


class TestChoosing:
    def test_shows_what_fits(self, let_in, served):
        with watched(let_in, served.origin + "/", 1024) as page:
            page.select_option("[name=region]", "neck")
            page.check("[name=gentle]")
            names = page.locator("#shown .card:visible .name").all_inner_texts()
            assert "Neck side bend" in names
            assert "Child's pose" not in names
            assert page.inner_text("output") == f"{len(names)} stretches"

    def test_every_card_can_be_reached_with_the_keyboard(self, let_in, served):
        with watched(let_in, served.origin + "/", 1024) as page:
            page.locator(".card a").first.focus()
            page.keyboard.press("Enter")
            page.wait_for_url("**/live?set=*")


def test_after_pain_its_advice_is_shown_and_it_is_asked_how_sore_one_is(tmp_path, opened):
    with program(tmp_path) as running:
        running.home.had(100.0, HELD, HURT)
        with watched(opened, running.invitation, 1024) as page:
            page.goto(f"{running.origin}/live?stretch={POSE}")
            assert "You stopped with pain" in page.inner_text(".advice >> nth=0")
            assert page.locator("#sore option").count() == 12


def test_the_health_questions_come_first_and_once(tmp_path, opened):
    with program(tmp_path, asked=False) as running:
        with watched(opened, running.invitation, 1024) as page:
            page.wait_for_url("**/health")
            page.check("[name=osteoporosis][value=yes]")
            page.click("button.main")
            page.wait_for_url(running.origin + "/")
            assert page.locator(".warning").count() > 0
            page.reload()
            assert page.url == running.origin + "/"
        assert '"osteoporosis": "yes"' in running.home.answers.read_text("utf-8")
