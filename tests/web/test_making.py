"""Making ranges, stretches and a neutral of one's own on the page: what is asked, saved and deleted."""

from dataclasses import replace

import pytest

from backstretch.errors import InputError
from backstretch.history.profile import own_poses
from backstretch.poses.library import builtin_poses, open_library
from backstretch.poses.pose_writer import pose_text
from backstretch.web.desk import Desk
from backstretch.web.making import MakingAsked, begin_making, id_of
from backstretch.web.order import library_of
from backstretch.web.server import Server
from backstretch.web.site import Site
from backstretch.web.visit import Visit
from tests.cli.test_live import Home
from tests.web.guests import let_in

STRETCH = "chair_spinal_twist"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return Home(tmp_path, "osteoporosis")


@pytest.fixture
def guest(home):  # noqa: ARG001
    with Server(Site(Desk(), Visit()).app, 0) as server:
        yield let_in(server)


@pytest.fixture
def library():
    return open_library(builtin_poses())


def asked(**changed):
    return MakingAsked.of({"makes": "own", "name": STRETCH, "region": "neck", **changed})


def own(library, pose_id, who="", **changed):
    """Save a pose of somebody's own."""
    folder = own_poses(who)
    folder.mkdir(parents=True, exist_ok=True)
    pose = replace(library.poses[STRETCH], id=pose_id, **changed)
    (folder / f"{pose_id}.toml").write_text(pose_text(pose), "utf-8")


class TestAsked:
    @pytest.mark.parametrize(
        "value",
        [
            [],
            {"makes": "a fuss"},
            {"makes": "own", "side": "top"},
            {"makes": "own", "camera": "x"},
            {"makes": "new", "name": " ", "region": "neck"},
            {"makes": "new", "name": "x" * 61, "region": "neck"},
            {"makes": "new", "name": "a\x00b", "region": "neck"},
            {"makes": "new", "name": "Bow", "region": "knee"},
        ],
    )
    def test_that_cannot_be_is_refused(self, value):
        with pytest.raises(InputError):
            MakingAsked.of(value)

    @pytest.mark.parametrize("name", ["no_such", "../" + STRETCH])
    def test_for_a_stretch_that_is_not_there_is_refused(self, home, name):  # noqa: ARG002
        with pytest.raises(InputError, match="no such stretch"):
            begin_making(asked(name=name), Visit())

    def test_asks_back_before_something_is_replaced(self, home, library):  # noqa: ARG002
        assert "replaced" not in str(begin_making(asked(), Visit()))
        own(library, STRETCH, refines=STRETCH)
        assert "replaced" in str(begin_making(asked(), Visit()))
        assert callable(begin_making(asked(anyway=True), Visit()))

    def test_asks_back_where_a_stretch_is_not_advised(self, home):  # noqa: ARG002
        assert "not advised with" in str(begin_making(asked(), Visit()))


class TestId:
    @pytest.mark.parametrize(
        ("name", "made"),
        [
            ("My twist & turn", "my_twist_turn"),
            ("Über-Dehnung 2", "uber_dehnung_2"),
            ("3 bows", "bows"),
            ("伸展", "my_stretch"),
            ("Child's pose", "child_s_pose"),
            ("Cat pose", "cat_pose_2"),
        ],
    )
    def test_is_made_of_the_name_and_is_no_id_of_the_library(self, library, name, made):
        assert id_of(name, library) == made

    def test_of_a_stretch_of_ones_own_is_kept(self, home, library):  # noqa: ARG002
        own(library, "bow")
        assert id_of("Bow", library_of("")) == "bow"


class TestPages:
    def test_list_what_is_the_persons_own_and_delete_it(self, guest, library):
        own(library, STRETCH, refines=STRETCH)
        own(library, "bow", name="Bow")
        page = guest.ask("/calibrate").body.decode()
        assert f'data-delete="{STRETCH}"' in page
        assert 'data-delete="bow"' in page
        for name in (STRETCH, "bow"):
            assert guest.give(f"/calibrate/{name}", b"", FORM, "DELETE").status == 204
        assert "data-delete" not in guest.ask("/calibrate").body.decode()
        assert list(own_poses("").iterdir()) == []

    @pytest.mark.parametrize(
        "name", ["childs_pose", "nothing", "..%2Fhealth", "%2e%2e%2fposes%2fbow"]
    )
    def test_delete_nothing_else(self, guest, library, name):
        own(library, "bow")
        assert guest.give(f"/calibrate/{name}", b"", FORM, "DELETE").status == 404
        assert library_of("").own_ids == {"bow"}

    def test_do_not_delete_what_is_somebody_elses(self, guest, library):
        own(library, "bow")
        assert guest.give("/calibrate/bow?who=Ann", b"", FORM, "DELETE").status == 404

    def test_change_the_words_of_a_stretch(self, guest, library):
        own(library, "bow", name="Bow")
        at, cue = next((n, c) for n, c in enumerate(library.poses[STRETCH].checks) if c.below)
        assert cue.below in guest.ask("/words?stretch=bow").body.decode().replace("&#39;", "'")
        form = f"stretch=bow&name=Low+bow&region=hips&{at}.below=Turn+a+little.&side_rule="
        assert guest.post("/words", form).status == 303
        pose = library_of("").poses["bow"]
        assert (pose.name, pose.regions, pose.checks[at].below) == (
            "Low bow",
            ("hips",),
            "Turn a little.",
        )
        assert pose.side_rule == library.poses[STRETCH].side_rule

    @pytest.mark.parametrize("words", ["name=" + "x" * 201, "name=a%00b"])
    def test_keep_the_words_that_were_there_where_new_ones_cannot_be(self, guest, library, words):
        own(library, "bow", name="Bow")
        assert guest.post("/words", f"stretch=bow&region=hips&{words}").status == 400
        assert library_of("").poses["bow"].name == "Bow"

    def test_of_takes_say_what_is_going_to_happen(self, guest):
        page = guest.ask(f"/calibrate/takes?makes=own&stretch={STRETCH}&side=left").body.decode()
        assert "3 short takes, each" in page
        page = guest.ask(f"/calibrate/takes?makes=own&stretch={STRETCH}&side=both").body.decode()
        assert "3 short takes of each side" in page
        assert guest.ask("/calibrate/takes?makes=own&stretch=none").status == 404
        assert guest.ask("/calibrate/takes?makes=new&name=&region=neck").status == 400
