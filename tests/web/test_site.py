"""The site behind its gate: odd addresses find nothing, odd forms are refused, pages say what they may."""

import json
from threading import Event, Thread

import numpy as np
import pytest

from backstretch.formats.result_files import REPORT
from backstretch.history.health import QUESTIONS
from backstretch.history.profile import SESSIONS, answers_path, data_folder
from backstretch.judging.matching import Form
from backstretch.poses.library import builtin_poses, open_library
from backstretch.web.desk import Desk
from backstretch.web.drawings import Drawings
from backstretch.web.gate import HEADERS, POLICY
from backstretch.web.server import Server
from backstretch.web.site import MOST_FORM, Site
from backstretch.web.visit import Visit
from tests.web.guests import Guest, let_in

SECRET = b"nobody else's business"
FOLDER = "2026-11-23T10-15-00"
ODD_NAMES = [
    "..",
    ".",
    "%2e%2e",
    "%2e%2e%2f",
    "..%2f..%2fsecret.html",
    "%2e%2e/%2e%2e/secret.html",
    "../../secret.html",
    "..%5c..%5csecret.html",
    f"{FOLDER}%2f..",
    f"{FOLDER}%2freport.html",
    f"{FOLDER}/",
    f"{FOLDER}/report.html",
    f"{FOLDER}%00",
    f"%00{FOLDER}",
    "%00",
    "%ff%fe",
    "none",
    "loose.html",
    "without-report",
    "a" * 5000,
    "%2fetc%2fpasswd",
    "~",
    "C:%5c",
]


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    """A person's data: a session with its report, one without, and files that no address may give."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        sessions = data_folder() / SESSIONS
        (sessions / FOLDER).mkdir(parents=True)
        (sessions / FOLDER / REPORT).write_text("<!doctype html><p>the report</p>", "utf-8")
        (sessions / "without-report").mkdir()
        for place in (sessions, data_folder(), data_folder().parent):
            (place / "secret.html").write_bytes(SECRET)
            (place / REPORT).write_bytes(SECRET)
        (sessions / "loose.html").write_bytes(SECRET)
        yield data_folder()


@pytest.fixture(scope="module")
def guest():
    with Server(Site(Desk(), Visit()).app, 0) as server:
        yield let_in(server)


class TestReport:
    def test_of_a_session_is_given_with_a_policy_of_its_own(self, guest):
        answer = guest.ask(f"/reports/live/{FOLDER}")
        assert (answer.status, b"the report" in answer.body) == (200, True)
        (policy,) = answer.headers.get_all("Content-Security-Policy")
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy

    @pytest.mark.parametrize("name", ODD_NAMES)
    def test_of_an_odd_name_is_not_found(self, guest, name):
        answer = guest.ask(f"/reports/live/{name}")
        assert answer.status in {404, 307}  # to the same without its last slash
        assert SECRET not in answer.body
        assert answer.headers.get_all("Content-Security-Policy") == [POLICY]

    @pytest.mark.parametrize("number", ["7", "0", "-1", "x", "1.5", "9" * 30, "%00"])
    def test_of_a_number_that_is_not_in_the_history_is_not_found(self, guest, number):
        assert guest.ask(f"/reports/{number}").status == 404

    def test_of_a_number_of_thousands_of_digits_is_not_found(self, guest):
        assert guest.ask(f"/reports/{'9' * 5000}").status == 404


class TestFiles:
    @pytest.mark.parametrize("name", ["standing_side_bend/left.png", "standing_side_bend.mp4"])
    def test_of_a_pose_are_given(self, guest, name):
        answer = guest.ask(f"/poses/{name}")
        assert answer.status in {200, 404} if name.endswith("mp4") else answer.status == 200

    @pytest.mark.parametrize("name", ODD_NAMES)
    def test_of_an_odd_name_are_not_found(self, guest, name):
        answer = guest.ask(f"/static/{name}")
        assert (answer.status, SECRET in answer.body) == (404, False)

    @pytest.mark.parametrize("name", ["..", "%2e%2e%2fsecret", "%00", "none"])
    def test_of_a_pose_that_is_none_are_not_found(self, guest, name):
        assert guest.ask(f"/poses/{name}.mp4").status == 404
        assert guest.ask(f"/poses/{name}/left.png").status == 404

    @pytest.mark.parametrize("side", ["both", "..", "%00", ""])
    def test_of_a_side_that_a_pose_does_not_have_are_not_found(self, guest, side):
        assert guest.ask(f"/poses/standing_side_bend/{side}.png").status == 404

    def test_of_the_page_are_closed_to_strangers_and_say_what_they_may(self, guest):
        assert Guest(guest.port).ask("/static/live.js").status == 401
        answer = guest.ask("/static/live.js")
        assert answer.status == 200
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS


class TestPage:
    @pytest.mark.parametrize("path", ["/health", "/live?stretch=standing_side_bend", "/history"])
    def test_says_what_it_may(self, guest, path):
        answer = guest.ask(path)
        assert answer.status == 200
        assert answer.headers.get_all("Content-Security-Policy") == [POLICY]
        assert b"<style" not in answer.body
        assert b" style=" not in answer.body

    @pytest.mark.parametrize("path", ["/live", "/live?stretch=none", "/live?set=..%2F..", "/none"])
    def test_of_nothing_is_not_found(self, guest, path):
        assert guest.ask(path).status == 404

    @pytest.mark.parametrize("who", ["%00", "%0A", "%20", "a" * 5000])
    @pytest.mark.parametrize("path", ["/", "/health", "/history"])
    def test_of_a_person_who_cannot_be_is_refused(self, guest, path, who):
        answer = guest.ask(f"{path}?who={who}")
        assert answer.status == 400
        assert answer.headers.get_content_type() == "text/plain"

    @pytest.mark.parametrize("who", ["..%2F..%2F..", "%3Cscript%3E%22'%3E", "%ff", "%0D%0AX-Odd:1"])
    def test_of_an_odd_person_is_plain_text_and_reads_nothing_elsewhere(self, guest, who):
        for path in ("/health?who=", "/history?who=", "/live?stretch=standing_side_bend&who="):
            answer = guest.ask(path + who)
            assert answer.status in {200, 400}
            assert answer.headers["X-Odd"] is None
            assert SECRET not in answer.body
            assert answer.status == 400 or b'<script>"' not in answer.body


class TestHealthForm:
    def test_is_saved_for_the_person_and_leads_on(self, guest):
        answer = guest.post("/health", "who=ann&hip_replacement=yes&stenosis=no")
        assert (answer.status, answer.headers["Location"]) == (303, "/?who=ann")
        saved = json.loads(answers_path("ann").read_text("utf-8"))["answers"]
        assert saved["hip_replacement"] == "yes"
        assert saved["stenosis"] == "no"
        assert {saved[key] for key in QUESTIONS} == {"yes", "no", "skipped"}

    @pytest.mark.parametrize(
        ("form", "status"),
        [
            ("stenosis=perhaps", 400),
            ("who=%00", 400),
            ("stenosis=%00", 400),
            ("a=" + "b" * MOST_FORM, 413),
        ],
    )
    def test_that_cannot_be_read_is_refused_and_nothing_is_saved(self, guest, form, status):
        assert guest.post("/health", form).status == status
        assert not answers_path("").exists()


def test_drawings_end_before_the_program_does(monkeypatch):
    """One that is being made is waited for, and those that wait are not begun."""
    begun, go_on, made = Event(), Event(), []

    def slowly(form, _wh):
        begun.set()
        go_on.wait(5.0)
        made.append(form.pose.id)
        return np.zeros((1, 1, 3), np.uint8)

    monkeypatch.setattr("backstretch.web.drawings.figure_image", slowly)
    drawings, poses = Drawings(), open_library(builtin_poses()).poses
    told = []

    def ask(name):
        told.append(drawings.png(Form(poses[name], None)))

    asking = [Thread(target=ask, args=(name,)) for name in ("childs_pose", "cat_pose")]
    asking[0].start()
    assert begun.wait(5.0)
    asking[1].start()
    ending = Thread(target=drawings.end)
    ending.start()
    ending.join(0.1)
    assert ending.is_alive()
    go_on.set()
    for each in (*asking, ending):
        each.join(5.0)
    assert made == ["childs_pose"]
    assert told[1] is None
