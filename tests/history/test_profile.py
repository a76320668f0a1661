"""Several people on one machine: answers, references and neutral of one are not those of another."""

import sys
from hashlib import sha256

import pytest

from backstretch.history.health import load_answers
from backstretch.history.profile import HASH_DIGITS, own_folder
from tests.cli.test_calibrate import HELD_S, STIFF_DEG, Person, filmed, printed, seconds_of
from tests.cli.test_live import QUIET, Home, complaint
from tests.figures import side_bend
from tests.guided_actor import BEND
from tests.media import grey, write_video

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the data folder is Linux's")
ODD = ("../../etc", "a/b", "CON", ".", "🧘", "x" * 64, "Ann", "-", "a\\b:c")


@pytest.fixture(scope="module")
def ann(tmp_path_factory):
    """Ann, who is stiff and has calibrated their side bend, and their take."""
    person = Person(tmp_path_factory.mktemp("ann"))
    take = filmed(person.takes / "stiff.npz", side_bend(STIFF_DEG))
    printed(person.calibrate(BEND.id, "--from", take, "--profile", "Ann"))
    printed(person.calibrate("--neutral", "--from", take, "--profile", "Ann"))
    return person, take


def held_s(ann, *arguments):
    person, take = ann
    return seconds_of(person.run("analyze", take, "--pose", BEND.id, "--json", *arguments))


def test_a_reference_is_used_for_whom_it_was_made(ann):
    assert held_s(ann, "--profile", "Ann") > HELD_S - 0.5
    assert held_s(ann) == 0.0
    assert held_s(ann, "--profile", "Ben") == 0.0


def test_a_reference_is_listed_and_shown_for_whom_it_was_made(ann):
    person, _ = ann
    theirs = person.run("poses", "show", BEND.id, "--profile", "Ann").stdout
    assert theirs != person.run("poses", "show", BEND.id).stdout
    assert (
        person.run("poses", "list", "--profile", "Ann").stdout != person.run("poses", "list").stdout
    )


def test_all_that_is_somebodys_own_lies_in_their_folder(ann):
    person, _ = ann
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(person.path))
        folder = own_folder("Ann")
    kept = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert kept == {f"poses/{BEND.id}.toml", "neutral.toml"}
    assert sorted(kept) == sorted(
        f.relative_to(folder).as_posix() for f in person.path.rglob("*.toml")
    )


def test_health_answers_are_asked_of_each_and_kept_apart(tmp_path):
    home = Home(tmp_path, asked=False)
    home.answering("y\nn\nn\nn\nn\nn\n", "health", "--profile", "Ann")
    assert not home.answers.exists()
    (answers,) = home.data.rglob("health.json")
    told = load_answers(answers)
    assert told is not None
    assert told.unfit == {"osteoporosis"}
    assert "osteoporosis" in home.run_inside("health", "--show", "--profile", "Ann").stdout
    assert "There are no answers yet" in home.run_inside("health", "--show").stdout
    assert (
        "There are no answers yet" in home.run_inside("health", "--show", "--profile", "Ben").stdout
    )
    home.run_inside("health", "--forget", "--profile", "Ann")
    assert not answers.exists()


def test_a_stretch_is_warned_of_only_to_whom_it_concerns(tmp_path):
    film = write_video(tmp_path / "room.mp4", [grey(1)] * 3, range(0, 120, 40))
    brief = ("--camera", film, "--model", "none.task", *QUIET)  # asks its questions, and ends
    home = Home(tmp_path, "osteoporosis")
    assert "is not advised" in home.run_inside("live", "childs_pose", *brief).stderr
    ben = home.run_inside("live", "childs_pose", "--profile", "Ben", *brief).stderr
    assert "is not advised" not in ben
    assert "none.task: cannot be read" in ben


@pytest.mark.parametrize("name", ODD)
def test_no_name_leads_out_of_the_data_folder(name, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = own_folder(name)
    assert folder.parent == own_folder("") / "profiles"
    assert len(folder.name) <= 64
    assert folder.name.isascii()
    assert set(folder.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_no_two_names_share_a_folder():
    assert len({own_folder(name).name for name in ODD}) == len(ODD)


SPELLINGS = ("Zoé", "ZOÉ", " zoé", "Zoe\N{COMBINING ACUTE ACCENT}")


def test_spellings_of_a_name_share_a_folder():
    assert len({own_folder(name) for name in SPELLINGS}) == 1
    assert own_folder("Ann  Lee") == own_folder("ann lee") != own_folder("annlee")


def test_a_folder_of_an_earlier_version_is_used_on(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    exact = sha256(b"Ann").hexdigest()[:HASH_DIGITS]
    folder = own_folder("Ann").parent / f"ann-{exact}"
    folder.mkdir(parents=True)
    assert own_folder("Ann") == own_folder("ann") == folder


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 65])
def test_an_odd_name_is_one_line(tmp_path, name):
    for command in (("health", "--show"), ("poses", "list"), ("progress",), ("history",)):
        done = Person(tmp_path).run(*command, "--profile", name)
        if name:
            assert "--profile" in complaint(done)
        else:
            assert done.returncode == 0
