"""Recordings dropped on the page: taken, analysed one after the other, saved, and nothing left behind."""

import http.client
import json
import multiprocessing
import shutil
import socket
import stat
import time
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest

from backstretch.analysis.pipeline import analyse_recording
from backstretch.history.history import History
from backstretch.history.profile import data_folder
from backstretch.judging.request import Assignment, Request
from backstretch.poses.library import builtin_poses, open_library
from backstretch.web import recordings
from backstretch.web.desk import Desk
from backstretch.web.recording_pages import RecordingPages
from backstretch.web.recordings import FOLDER, Stage, Uploads, Wish, shown_name
from backstretch.web.server import Server
from backstretch.web.site import Site
from backstretch.web.visit import Visit
from tests.cli.test_app import nobody
from tests.cli.test_calibrate import saved
from tests.cli.test_live import Home
from tests.figures import FRONT, side_bend, standing
from tests.places import SAMPLES
from tests.web.guests import IN_TIME_S, Guest, let_in
from tests.web.served import program

POSE = "standing_side_bend"
ANALYSED_S = 60.0
SECRET = b"nobody else's business"
CHANGED = {"changed": "1767261600000"}
"""On 1 January 2026, as a browser says it of a file."""


@pytest.fixture(scope="module")
def track(tmp_path_factory):
    """A track of somebody who stands, and then bends for four seconds."""
    figures = [standing()] * 10 + [side_bend(25.0)] * 40
    moments = [(n / 10, figure.seen(FRONT)) for n, figure in enumerate(figures)]
    return saved(tmp_path_factory.mktemp("track") / "track.npz", moments)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Ten seconds in which nobody is seen."""
    path = tmp_path_factory.mktemp("film") / "empty room.mp4"
    nobody(path, 240)
    return path


@pytest.fixture(scope="module", autouse=True)
def _data(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


class Occupied(Desk):
    """A desk at which a session goes on, or not."""

    def occupy(self):
        self._is_busy = True

    def leave(self):
        self._is_busy = False


class Page:
    """The page's side: what it sends and asks."""

    def __init__(self, guest, desk, uploads):
        self.guest, self.desk, self.uploads = guest, desk, uploads

    def put(self, body, name="film.mp4", **query):
        line = http.client.HTTPConnection("127.0.0.1", self.guest.port, timeout=IN_TIME_S)
        told = {"Cookie": self.guest.cookie, "Origin": self.guest.origin}
        path = f"/recordings?{urlencode({'name': name, **query}, errors='surrogatepass')}"
        line.request("PUT", path, body, told)
        got = line.getresponse()
        text = got.read().decode()
        line.close()
        return got.status, json.loads(text)["id"] if got.status == 201 else text

    def films(self, who=""):
        return json.loads(self.guest.ask(f"/recordings/list?{urlencode({'who': who})}").body)

    def film(self, name):
        return next(each for each in self.films() if each["id"] == name)

    def until(self, name, *stages):
        end_s = time.perf_counter() + ANALYSED_S
        while (found := self.film(name))["stage"] not in stages:
            assert time.perf_counter() < end_s, found
            time.sleep(0.05)
        return found

    def remove(self, name):
        return self.guest.ask(f"/recordings/{name}", "DELETE", Origin=self.guest.origin).status

    def save(self, name, day=""):
        path = f"/recordings/{name}/save?{urlencode({'day': day})}"
        answer = self.guest.ask(path, "POST", Origin=self.guest.origin, Content_Length="0")
        return answer.status, answer.body.decode()

    @property
    def files(self):
        """What there is of recordings on the disk."""
        folder = data_folder() / FOLDER
        return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def served():
    desk = Occupied()
    with (
        Uploads(desk) as uploads,
        Server(Site(Desk(), Visit(), RecordingPages(uploads).routes).app, 0) as server,
    ):
        yield Page(let_in(server), desk, uploads)
    assert not (data_folder() / FOLDER).exists()
    assert not multiprocessing.active_children()


@pytest.fixture
def page(served):
    """The page with nothing on it, before and after."""
    yield served
    served.desk.leave()
    for each in served.films() + served.films("Ann"):
        served.remove(each["id"])
    end_s = time.perf_counter() + IN_TIME_S
    while served.files:
        assert time.perf_counter() < end_s, served.files
        time.sleep(0.05)


class TestAnalysis:
    def test_gives_what_the_command_line_gives_and_keeps_no_copy(self, page, track):
        status, name = page.put(track.read_bytes(), "my track.npz", stretch=POSE)
        assert status == 201
        found = page.until(name, Stage.DONE, Stage.FAILED)
        assert found["held_s"] > 2.0
        assert [each["name"] for each in found["found"] if each["held_s"]] == [
            "Standing side bend, left"
        ]
        library = open_library(builtin_poses())
        request = Request(Assignment((library.poses[POSE],)))
        asked = analyse_recording(track, request, recognised=library.recognised).as_dict()
        asked["source"]["path"] = "my track.npz"
        assert page.uploads.find(name).document == json.loads(json.dumps(asked))
        assert {path.suffix for path in page.files} == {".json", ".csv"}
        report = page.guest.ask(f"/recordings/{name}/report")
        assert "my track.npz" in report.body.decode()
        (policy,) = report.headers.get_all("Content-Security-Policy")
        assert "default-src 'none'" in policy

    @pytest.mark.parametrize(
        ("side", "mirrored", "held"),
        [("left", "no", True), ("right", "yes", True)],
    )
    def test_is_of_the_side_and_the_mirror_image_that_somebody_says(
        self, page, track, side, mirrored, held
    ):
        _, name = page.put(track.read_bytes(), "a.npz", stretch=POSE, side=side, mirrored=mirrored)
        assert (page.until(name, Stage.DONE)["held_s"] > 2.0) is held

    def test_of_what_is_no_film_fails_in_one_sentence_and_the_next_goes_on(self, page, track):
        _, bad = page.put(b"PK\x03\x04 and then nothing", "letter.docx")
        _, good = page.put(track.read_bytes(), "a.npz", stretch=POSE)
        words = page.until(bad, Stage.FAILED)["words"]
        assert words.startswith("Cannot be read as a video")
        assert "/" not in words
        assert page.until(good, Stage.DONE)["held_s"] > 2.0

    @pytest.mark.model
    @pytest.mark.realtime
    def test_of_a_sample_gives_exactly_the_result_of_the_command(self, page):
        sample = SAMPLES / "chair_twist.mp4"
        _, name = page.put(sample.read_bytes(), sample.name)
        home = Home(data_folder().parent, asked=False)
        asked = json.loads(home.run_inside("analyze", sample, "--json").stdout)
        asked["source"]["path"] = sample.name
        assert page.until(name, Stage.DONE)["held_s"] > 10.0
        (path,) = [each for each in page.files if each.name == "result.json"]
        assert json.loads(path.read_text("utf-8")) == asked

    @pytest.mark.model
    def test_whose_process_is_killed_fails_in_one_sentence_and_the_next_goes_on(
        self, page, film, track
    ):
        _, bad = page.put(film.read_bytes())
        _, good = page.put(track.read_bytes(), "a.npz", stretch=POSE)
        while page.film(bad)["stage"] != Stage.FAILED:
            if page.film(bad)["stage"] == Stage.ANALYSING:
                for child in multiprocessing.active_children():
                    child.kill()
            time.sleep(0.02)
        assert page.film(bad)["words"] == recordings.KILLED
        assert page.until(good, Stage.DONE)["held_s"] > 2.0

    @pytest.mark.model
    def test_stands_still_while_somebody_is_coached_and_goes_on_afterwards(self, page, film):
        page.desk.occupy()
        _, name = page.put(film.read_bytes())
        page.until(name, Stage.RESTING)
        assert not multiprocessing.active_children()
        page.desk.leave()
        end_s = time.perf_counter() + ANALYSED_S
        while not 0.0 < page.film(name)["share"] < 0.6:
            assert time.perf_counter() < end_s
            time.sleep(0.02)
        page.desk.occupy()
        page.until(name, Stage.RESTING)
        time.sleep(0.5)  # what it was about to say
        share = page.film(name)["share"]
        time.sleep(1.0)
        assert page.film(name)["share"] == share
        page.desk.leave()
        assert page.until(name, Stage.DONE)["held_s"] == 0.0

    @pytest.mark.model
    def test_that_is_cancelled_ends_its_process_and_leaves_nothing(self, page, film):
        _, name = page.put(film.read_bytes())
        page.until(name, Stage.ANALYSING)
        assert page.remove(name) == 204
        end_s = time.perf_counter() + IN_TIME_S
        while page.files or multiprocessing.active_children():
            assert time.perf_counter() < end_s
            time.sleep(0.05)


class TestTaking:
    def test_writes_a_file_of_our_name_that_only_its_owner_may_read(self, page):
        page.desk.occupy()
        _, name = page.put(b"x" * 3_000_000, "../../x.mp4")
        (path,) = page.files
        assert path == page.uploads.find(name).path
        assert path.parent.parent == data_folder() / FOLDER
        assert path.name == "recording.mp4"
        assert (path.stat().st_size, stat.S_IMODE(path.stat().st_mode)) == (3_000_000, 0o600)
        for folder in (path.parent, path.parent.parent):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("../../x", "../../x"),
            ("<script>alert(1)</script>", "<script>alert(1)</script>"),
            ("a\x00b\r\nX-Odd: 1\x1b[2J", "a b X-Odd: 1 [2J"),
            ("\u202egpj.exe", "gpj.exe"),
            ("x" * 300, "x" * 119 + "…"),
            ("", "recording"),
            ("\x07", "recording"),
        ],
    )
    def test_shows_a_hostile_name_as_text(self, page, name, shown):
        page.desk.occupy()
        status, found = page.put(b"x", name)
        assert (status, page.film(found)["name"]) == (201, shown)
        (path,) = page.files
        assert path.name == "recording"

    def test_refuses_an_empty_file(self, page):
        assert page.put(b"") == (400, recordings.EMPTY)
        assert (page.films(), page.files) == ([], [])

    @pytest.mark.parametrize("is_announced", [True, False])
    def test_refuses_a_file_that_is_too_large(self, page, monkeypatch, is_announced):
        monkeypatch.setattr(recordings, "MOST_BYTES", 100_000)
        parts = [b"x" * 50_000] * 3
        body = b"".join(parts) if is_announced else iter(parts)  # the latter goes in chunks
        assert page.put(body) == (413, recordings.TOO_LARGE)
        assert (page.films(), page.files) == ([], [])

    @pytest.mark.parametrize("free", [400_000_000, 500_000_500])
    def test_refuses_a_file_for_which_the_disk_has_no_room(self, page, monkeypatch, free):
        usage = shutil.disk_usage(data_folder())._replace(free=free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
        assert page.put(b"x" * 1000) == (507, recordings.FULL)
        assert (page.films(), page.files) == ([], [])

    def test_says_that_the_disk_was_full_half_way(self, page, monkeypatch):
        limit = [2]

        def check(*_):
            limit[0] -= 1
            if limit[0] < 0:
                raise OSError(28, "No space left on device")

        monkeypatch.setattr(Uploads, "check_room", check)
        assert page.put(b"x" * 5_000_000) == (507, recordings.FULL)
        assert (page.films(), page.files) == ([], [])

    def test_leaves_nothing_of_a_file_that_is_cut_off(self, page):
        head = (
            f"PUT /recordings?name=a.mp4 HTTP/1.1\r\nHost: 127.0.0.1:{page.guest.port}\r\n"
            f"Cookie: {page.guest.cookie}\r\nOrigin: {page.guest.origin}\r\nContent-Length: 9000000\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", page.guest.port)) as line:
            line.sendall(head.encode() + b"x" * 4_500_000)
            end_s = time.perf_counter() + IN_TIME_S
            while not page.films() or page.films()[0]["share"] < 0.4:
                assert time.perf_counter() < end_s
                time.sleep(0.02)
            assert page.films()[0]["stage"] == Stage.ARRIVING
            assert page.files
        while page.films() or page.files:
            assert time.perf_counter() < end_s
            time.sleep(0.02)

    @pytest.mark.parametrize(
        "query", [{"stretch": "none"}, {"stretch": "../x"}, {"side": "up"}, {"who": "\x00"}]
    )
    def test_refuses_what_is_not_there_to_be_asked_for(self, page, query):
        status, words = page.put(b"x", **query)
        assert status == 400
        assert len(words.splitlines()) == 1
        assert (page.films(), page.files) == ([], [])

    def test_ends_where_the_list_is_full(self, page, monkeypatch):
        monkeypatch.setattr(recordings, "MOST_UPLOADS", 0)
        assert page.put(b"x") == (400, recordings.MANY)

    def test_needs_the_page_itself(self, page):
        for told in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {}):
            for method in ("PUT", "DELETE"):
                assert page.guest.ask("/recordings?name=a", method, **told).status == 403
        assert Guest(page.guest.port).ask("/recordings/list").status == 401


class TestIds:
    @pytest.mark.parametrize("name", ["..", "%2e%2e", "..%2f..", "none", "%00", "a" * 3000])
    def test_that_are_odd_find_nothing(self, page, name):
        (data_folder() / "report").write_bytes(SECRET)
        answer = page.guest.ask(f"/recordings/{name}/report")
        assert (answer.status, SECRET in answer.body) == (404, False)
        assert page.remove(name) in {404, 405}
        assert page.save(name)[0] == 404

    def test_are_listed_for_their_person_only(self, page):
        page.desk.occupy()
        page.put(b"x", "hers.mp4", who="Ann")
        assert page.films() == []
        assert [each["name"] for each in page.films("Ann")] == ["hers.mp4"]

    def test_of_what_has_no_result_give_none(self, page):
        page.desk.occupy()
        _, name = page.put(b"x")
        assert page.guest.ask(f"/recordings/{name}/report").status == 404
        assert page.save(name, "2026-01-01")[0] == 400


class TestSaving:
    @pytest.fixture
    def found(self, page, track):
        """A recording of Ann's that is analysed."""
        _, name = page.put(track.read_bytes(), "a.npz", stretch=POSE, who="Ann", **CHANGED)
        upload = page.uploads.find(name)
        end_s = time.perf_counter() + ANALYSED_S
        while upload.stage is not Stage.DONE:
            assert time.perf_counter() < end_s
            time.sleep(0.05)
        yield name
        with self.history() as history:
            for each in history.sittings():
                history.delete(each.id)

    @staticmethod
    def history():
        return History(data_folder() / "history.db", datetime.now().astimezone())

    def test_is_under_the_date_of_the_file_unless_somebody_says_another(self, page, found):
        assert page.films("Ann")[0]["day"] == "2026-01-01"
        assert page.save(found)[0] == 200
        assert page.save(found, "2025-12-24") == (200, '{"number":1}')
        with self.history() as history:
            (sitting,) = history.sittings("Ann")
        assert (sitting.began.date(), sitting.kind) == (date(2025, 12, 24), "analyze")
        assert sitting.valid_s == page.films("Ann")[0]["held_s"]
        assert page.films("Ann")[0]["saved"] == 1

    @pytest.mark.parametrize("day", ["2090-01-01", "1970-01-01", "9999-12-31", "0001-01-01", "x"])
    def test_refuses_a_day_that_cannot_be(self, page, found, day):
        assert page.save(found, day) == (400, f"{recordings.NO_SUCH_DAY}\n")
        with self.history() as history:
            assert history.count() == 0

    def test_makes_a_session_whose_report_opens_and_that_can_be_deleted(self, page, found):
        page.save(found)
        with self.history() as history:
            (sitting,) = history.sittings("Ann")
        assert b"a.npz" in page.guest.ask(f"/reports/{sitting.id}").body
        assert str(sitting.id).encode() in page.guest.ask("/history?who=Ann").body
        answer = page.guest.ask(f"/history/{sitting.id}", "DELETE", Origin=page.guest.origin)
        assert answer.status == 204
        assert page.guest.ask(f"/reports/{sitting.id}").status == 404

    @pytest.mark.parametrize("ending", ["csv", "json"])
    def test_is_in_the_export_which_is_that_of_the_command(self, page, found, ending):
        page.save(found)
        answer = page.guest.ask(f"/history/backstretch-history.{ending}?who=Ann")
        assert (
            answer.headers["Content-Disposition"]
            == f'attachment; filename="backstretch-history.{ending}"'
        )
        home = Home(data_folder().parent, asked=False)
        printed = home.run_inside("history", "export", "--profile", "Ann", "--format", ending)
        assert answer.body.decode() == printed.stdout
        assert "standing_side_bend" in printed.stdout

    def test_is_in_a_workbook(self, page, found):
        page.save(found)
        answer = page.guest.ask("/history/backstretch-history.xlsx?who=Ann")
        assert (answer.status, answer.body[:2]) == (200, b"PK")
        for other in ("x.csv", "backstretch-history.exe", "backstretch-history", "..%2fa.csv"):
            assert page.guest.ask(f"/history/{other}").status in {404, 405}


class TestLeftOvers:
    @pytest.fixture
    def elsewhere(self, tmp_path, monkeypatch):
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
        return data_folder() / FOLDER

    def test_of_a_killed_program_are_removed_at_the_next_start(self, elsewhere):
        (elsewhere / "dead").mkdir(parents=True)
        (elsewhere / "dead" / "recording.mp4").write_bytes(SECRET)
        with Uploads(Desk()):
            assert list(elsewhere.iterdir()) == []
        assert not elsewhere.exists()

    def test_at_the_end_are_none_of_what_waits(self, elsewhere):
        desk = Occupied()
        desk.occupy()
        with Uploads(desk) as uploads:
            upload = uploads.expect(Wish("a.mp4"), 1)
            upload.folder.mkdir()
            upload.path.write_bytes(SECRET)
        assert not elsewhere.exists()

    @pytest.mark.model
    def test_of_an_analysis_are_none_after_ctrl_c(self, tmp_path, film):
        with program(tmp_path) as running:
            guest = Guest(int(running.origin.rpartition(":")[2]))
            answer = guest.ask(running.invitation.removeprefix(running.origin))
            cookie = answer.headers["Set-Cookie"].partition(";")[0]
            page = Page(Guest(guest.port, cookie), None, None)
            _, name = page.put(film.read_bytes())
            page.until(name, Stage.ANALYSING)
            uploads = running.home.data / FOLDER
            assert list(uploads.iterdir())
            workers = children_of(running.process.pid)
            assert workers
        assert not uploads.exists()
        end_s = time.perf_counter() + IN_TIME_S
        while any(map(runs, workers)):
            assert time.perf_counter() < end_s
            time.sleep(0.05)


def children_of(pid):
    """The processes that a process has started."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if each.read_text().rpartition(")")[2].split()[1] == str(pid):
                found.append(each.parent.name)
    return found


def runs(pid):
    """Whether a process has not ended; one that nobody has waited for has no command any more."""
    with suppress(OSError):
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    return False


def test_a_name_is_not_changed_without_need():
    assert shown_name("Rücken, Übung 3 (1).MP4") == "Rücken, Übung 3 (1).MP4"
    assert shown_name("x" * 300 + ".npz") == "x" * 115 + "….npz"
