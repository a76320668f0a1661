"""Names and words from pose files, profiles and file names reach every page as text: nothing of them runs."""

import json
import shutil
import sys
from urllib.parse import quote

import pytest

from tests.browser import watched
from tests.cli.test_calibrate import saved
from tests.figures import FRONT, standing
from tests.pose_files import STRETCH
from tests.web.served import browser, program

RUN = "globalThis.ran=1"
IMAGE = f"<img src=x onerror={RUN}>"
SCRIPT = f"</script><script>{RUN}</script>"
WHO = IMAGE
POSE = "odd_fold"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the data folder is Linux's")


def pose_file():
    """A stretch whose every word would run."""
    return (
        STRETCH.replace('"Desk fold"', json.dumps(f"Fold {IMAGE}"))
        .replace('"From your side."', json.dumps(f"From {IMAGE} {SCRIPT}"))
        .replace('"Stand before a desk."', json.dumps(f"Stand {IMAGE}"))
        .replace('"Be careful on a slippery floor."', json.dumps(f"Careful {SCRIPT}"))
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A program with such a stretch and a set of it, for everybody."""
    folder = tmp_path_factory.mktemp("home")
    poses = folder / "backstretch" / "poses"
    (poses / "sets").mkdir(parents=True)
    (poses / f"{POSE}.toml").write_text(pose_file(), "utf-8")
    words = f"name = {json.dumps(f'Set {IMAGE}')}\nabout = {json.dumps(f'About {SCRIPT}')}\n"
    one = f'source = "A test"\nrest_s = 5\n[[stretch]]\npose = "{POSE}"\nhold_s = 10\nrepetitions = 1\n'
    (poses / "sets" / "odd.toml").write_text(words + one, "utf-8")
    with program(folder) as running:
        yield running


@pytest.fixture(scope="module")
def let_in(served):
    """A browser that has come in, where the one whose name would run has answered the health questions."""
    with browser() as opened:
        context = opened.new_context()
        page = context.new_page()
        page.goto(served.invitation)
        page.goto(f"{served.origin}/health?who={quote(WHO)}")
        page.click("button.main")
        page.wait_for_url("**/?who=*")
        yield context


def is_text(page, *texts):
    """That these are read, and nothing ran, loaded or was said to the console."""
    page.wait_for_load_state("networkidle")
    words = page.evaluate(
        "document.body.textContent + [...document.querySelectorAll('input, [aria-label]')]"
        ".map(each => each.value + each.ariaLabel)"
    )
    assert [text for text in texts if text not in words] == []
    assert page.evaluate("globalThis.ran === undefined")
    assert page.locator("img[src=x]").count() == 0
    assert [line for line in page.told if "404" not in line] == []  # a stretch without a film
    assert [url for url in page.asked if url.endswith("/x")] == []


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("/", (f"Fold {IMAGE}", f"Set {IMAGE}", f"About {SCRIPT}", WHO)),
        (f"/live?stretch={POSE}", (f"Fold {IMAGE}", f"From {IMAGE} {SCRIPT}")),
        ("/live?set=odd", (f"Set {IMAGE}",)),
        ("/recordings", (f"Fold {IMAGE}", WHO)),
        ("/history", (WHO,)),
        ("/health", (WHO,)),
        ("/progress", (WHO,)),
    ],
)
def test_is_text_on_each_page(let_in, served, path, texts):
    joint = "&" if "?" in path else "?"
    with watched(let_in, f"{served.origin}{path}{joint}who={quote(WHO)}", 1024) as page:
        is_text(page, *texts)


def test_is_text_from_a_files_name_to_its_report_and_the_history(let_in, served, tmp_path):
    track = saved(tmp_path / "track.npz", [(n / 10, standing().seen(FRONT)) for n in range(20)])
    film = tmp_path / f"{IMAGE}.npz"
    shutil.copy(track, film)
    letter = tmp_path / f"{IMAGE}.docx"
    letter.write_bytes(b"no film")
    with watched(let_in, f"{served.origin}/recordings?who={quote(WHO)}", 1024) as page:
        page.select_option("[name=stretch]", POSE)
        page.set_input_files("#files", [letter, film])
        page.locator(".held").wait_for()
        page.locator("li .problem").wait_for()
        is_text(page, film.name, letter.name)
        page.click("text=Save to your sessions")
        page.click("text=Saved as session 1")
        page.locator("tbody tr").wait_for()
        is_text(page, f"Fold {IMAGE}", WHO)
        page.click("text=Report")
        page.locator("h1").wait_for()
        is_text(page, film.name, f"Fold {IMAGE}")
        page.go_back()
        page.click("text=Delete")
        page.click("#sure >> text=Delete >> nth=-1")
        page.locator("tbody tr").wait_for(state="detached")
