"""The command ``backstretch poses`` from outside: list, show, check, sets."""

import os
import subprocess
import sys
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from backstretch.display.terminal.pose_pages import show_pose
from backstretch.poses.library import SETS
from backstretch.poses.pose import NOT_FOR
from tests.library import LIBRARY
from tests.places import POSE_FILES, SOURCE, TESTS
from tests.pose_files import SET, STRETCH, write
from tests.program import run_inside

NOWHERE = TESTS / "no_such_folder"
"""Where a user without poses of their own keeps them."""
BRAILLE = {chr(code) for code in range(0x2801, 0x2900)}
SMALL_DISK = """
import resource, runpy, sys
sys.dont_write_bytecode = True  # the limit cuts compiled files as well, without a word
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
runpy.run_module("backstretch", run_name="__main__", alter_sys=True)
"""
REVERSED = ("[10, 30]", "[30, 10]")
linux = pytest.mark.skipif(sys.platform != "linux", reason="a matter of Linux")
posix = pytest.mark.skipif(os.name != "posix", reason="a matter of POSIX")


def environment(data):
    """The program as installed, or as it lies in the source tree; a user with this data folder."""
    path = os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")])
    more = {"PYTHONPATH": path, "PYTHONUTF8": "1", "COLUMNS": "120", "XDG_DATA_HOME": str(data)}
    return {**os.environ, **more}


def poses(*arguments, data=NOWHERE, program=()):
    """Run ``backstretch poses`` to its end; a program is run in a process of its own."""
    if not program:
        return run_inside("poses", *arguments, XDG_DATA_HOME=data)
    command = [sys.executable, *program, "poses", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", env=environment(data), check=False
    )


def printed(done):
    """What a run without any complaint printed."""
    assert done.returncode == 0, done
    assert not done.stderr
    return done.stdout


def complaint(done):
    """The one line that says what is wrong; nothing else was printed and nothing broke."""
    assert done.returncode == 2, done
    assert not done.stdout
    (line,) = done.stderr.splitlines()
    return line.removeprefix("backstretch: ")


def in_one_line(text):
    """The words of a page without its frame and its line breaks."""
    return " ".join(word for word in text.split() if word not in {"│", "╭─", "─╮"})


def listed(*arguments, **options):
    """The ids in a list of poses."""
    lines = printed(poses("list", *arguments, **options)).splitlines()
    known = {*LIBRARY.poses, "desk_fold"}
    return [word for line in lines for word in line.split() if word in known]


def own(folder, *changes, name="desk_fold"):
    """A folder of the user's own with one pose."""
    write(folder / f"{name}.toml", STRETCH, *changes)
    return folder


def pixels(path):
    import cv2

    picture = cv2.imread(str(path))
    assert picture is not None
    return picture


def drawn(path):
    """Where a picture differs from its background."""
    picture = pixels(path)
    return (picture != picture[0, 0]).any(axis=2)


# List


class TestList:
    def test_names_every_pose(self):
        assert listed(program=("-m", "backstretch")) == list(LIBRARY.poses)

    def test_says_how_many_there_are(self):
        assert "32 stretches" in printed(poses("list"))

    @pytest.mark.parametrize(
        ("option", "value", "entry"),
        [
            ("--region", "neck", "regions"),
            ("--region", "lower_back", "regions"),
            ("--position", "chair", "positions"),
            ("--position", "prone", "positions"),
            ("--tag", "gentle", "tags"),
            ("--tag", "seven", "tags"),
        ],
    )
    def test_is_narrowed_by(self, option, value, entry):
        wanted = [pose.id for pose in LIBRARY.poses.values() if value in getattr(pose, entry)]
        assert listed(option, value) == wanted
        assert 0 < len(wanted) < len(LIBRARY.poses)

    def test_is_narrowed_by_all_filters_together(self):
        wanted = [
            pose.id
            for pose in LIBRARY.poses.values()
            if "lower_back" in pose.regions and "chair" in pose.positions and "men" in pose.tags
        ]
        asked = ("--region", "lower_back", "--position", "chair", "--tag", "men")
        assert listed(*asked) == wanted
        assert wanted

    def test_says_that_no_pose_is_like_that(self):
        said = printed(poses("list", "--region", "neck", "--position", "prone"))
        assert said.startswith("No stretch matches.")

    def test_speaks_of_one_stretch_as_one(self):
        assert "1 stretch." in printed(poses("list", "--position", "prone"))

    @pytest.mark.parametrize(
        ("option", "known"),
        [("--region", "upper_back"), ("--position", "quadruped"), ("--tag", "after_workout")],
    )
    def test_of_something_unknown_names_what_is_known(self, option, known):
        said = complaint(poses("list", option, "belly"))
        assert said.startswith(f"{option} 'belly' is unknown; choose one of ")
        assert known in said


# The user's own poses


@pytest.fixture(scope="module")
def with_own(tmp_path_factory):
    """A folder of the user's own, and what is listed and shown of it."""
    folder = own(tmp_path_factory.mktemp("own"))
    runs = (poses(*command, "--poses", folder) for command in (["list"], ["show", "desk_fold"]))
    return (folder, *map(printed, runs))


@pytest.fixture(scope="module", params=["childs_pose", "broken"])
def with_unusable(tmp_path_factory, request):
    """A pose that clashes or is broken, and a list with it."""
    changes = (REVERSED,) if request.param == "broken" else ()
    folder = own(tmp_path_factory.mktemp("unusable"), *changes, name=request.param)
    return folder / f"{request.param}.toml", poses("list", "--poses", folder)


class TestPosesOfTheUsersOwn:
    def test_are_listed_and_marked_beside_the_others(self, with_own):
        _, listing, _ = with_own
        assert "33 stretches" in listing
        assert listing.count("(yours)") == 1
        assert "desk_fold (yours)" in listing

    def test_are_shown_with_their_place(self, with_own):
        folder, _, page = with_own
        assert "Desk fold" in page
        assert f"(yours:{folder}" in "".join(in_one_line(page).split())

    def test_are_added_from_several_folders(self, tmp_path):
        one, two = own(tmp_path / "one"), own(tmp_path / "two", name="desk_bow")
        said = printed(poses("list", "--poses", one, "--poses", two))
        assert "desk_fold (yours)" in said
        assert "desk_bow (yours)" in said

    @linux
    def test_are_added_from_the_users_data(self, tmp_path):
        own(tmp_path / "backstretch" / "poses")
        assert listed(data=tmp_path) == sorted([*LIBRARY.poses, "desk_fold"])

    def test_make_sets_of_the_users_own(self, tmp_path):
        write(own(tmp_path) / SETS / "at_the_desk.toml", SET)
        assert "Desk fold" in printed(poses("sets", "at_the_desk", "--poses", tmp_path))

    @pytest.mark.parametrize("name", ["none", "file"])
    def test_of_a_folder_that_is_none_are_refused(self, tmp_path, name):
        (tmp_path / "file").touch()
        said = complaint(poses("list", "--poses", tmp_path / name))
        assert said == f"{tmp_path / name}: there is no such folder"

    def test_that_cannot_be_used_are_told_on_stderr(self, with_unusable):
        path, done = with_unusable
        fault, after = done.stderr.splitlines()
        assert fault.startswith(f"backstretch: {path}: ")
        assert after.startswith("backstretch: the other poses are used")

    def test_that_cannot_be_used_leave_the_others_listed(self, with_unusable):
        _, done = with_unusable
        assert done.returncode == 0
        assert "32 stretches" in done.stdout
        assert "(yours)" not in done.stdout

    def test_that_clash_are_told_with_both_places(self, tmp_path):
        done = poses("list", "--poses", own(tmp_path, name="childs_pose"))
        words = f"is taken by {POSE_FILES / 'childs_pose.toml'}; rename this file"
        assert words in done.stderr


# Show


@pytest.fixture(scope="module")
def desk_fold(tmp_path_factory):
    """What is shown of a pose file whose every entry is known."""
    path = write(tmp_path_factory.mktemp("shown") / "desk_fold.toml")
    return printed(poses("show", path))


class TestShow:
    def test_names_the_pose(self, desk_fold):
        assert "Desk fold" in desk_fold.splitlines()[0]

    def test_numbers_the_steps(self, desk_fold):
        steps = "1. Stand before a desk. 2. Fold from the hips. 3. Come up slowly."
        assert steps in in_one_line(desk_fold)

    def test_draws_the_figure_in_braille(self, desk_fold):
        lines = [line for line in desk_fold.splitlines() if BRAILLE & set(line)]
        assert len(lines) > 8
        assert sum(letter in BRAILLE for letter in desk_fold) > 30

    def test_says_from_where_the_figure_is_seen(self, desk_fold):
        assert "seen from the side" in desk_fold

    @pytest.mark.parametrize(
        ("measure", "ranges", "needed"),
        [
            ("trunk angle", ["40-80°", "30-90°"], "yes"),
            ("knee angle", ["160-180°", "150-180°"], "yes"),
        ],
    )
    def test_tells_the_ranges_of_a_check(self, desk_fold, measure, ranges, needed):
        (line,) = (line for line in desk_fold.splitlines() if measure in line)
        assert [word for word in line.split() if "°" in word] == ranges
        assert needed in line.split()

    def test_tells_what_is_said_if_a_check_fails(self, desk_fold):
        assert "Fold from the hips. /" in in_one_line(desk_fold)

    def test_tells_the_dose_with_its_source(self, desk_fold):
        words = "hold 10-30 s (20 s), 1-3 times; A dose made for tests"
        assert words in in_one_line(desk_fold)

    def test_tells_when_not_to(self, desk_fold):
        words = f"Be careful on a slippery floor. Not with {NOT_FOR['head_down']}, unless"
        assert words in in_one_line(desk_fold)

    def test_tells_what_it_is_told_apart_from(self, desk_fold):
        assert "washing hands: Here the trunk is nearly level." in in_one_line(desk_fold)

    def test_tells_the_sources(self, desk_fold):
        assert "Sources A leaflet made for tests" in in_one_line(desk_fold)

    def test_says_why_a_guided_pose_is_not_recognised(self):
        said = in_one_line(printed(poses("show", "pelvic_tilt")))
        assert LIBRARY.poses["pelvic_tilt"].guided in said

    def test_draws_nothing_if_the_file_has_no_figure(self, tmp_path):
        path = write(tmp_path / "desk_fold.toml", STRETCH, ("[figure]\ntrunk = 60\n", ""))
        said = printed(poses("show", path))
        assert not BRAILLE & set(said)
        assert "seen from" not in said

    def test_fits_a_narrow_terminal(self):
        wide = Console(file=StringIO(), width=60)
        show_pose(LIBRARY.poses["childs_pose"], LIBRARY, wide)
        lines = wide.file.getvalue().splitlines()  # type: ignore[attr-defined]
        assert max(map(len, lines)) == 60

    def test_of_an_unknown_pose_names_the_nearest(self):
        said = complaint(poses("show", "child-pose"))
        assert said.startswith("no pose is called 'child-pose'; did you mean childs_pose")

    def test_of_a_file_with_faults_tells_them_all(self, tmp_path):
        path = write(tmp_path / "desk_fold.toml", STRETCH, REVERSED, ("[30, 90]", "[90, 30]"))
        done = poses("show", path)
        assert (done.returncode, done.stdout) == (2, "")
        faults = done.stderr.splitlines()
        assert [fault.startswith(f"backstretch: {path}: ") for fault in faults] == [True, True]

    @pytest.mark.parametrize("words", ["From the [left] side.", "From the side [/b]."])
    def test_keeps_what_stands_in_brackets(self, tmp_path, words):
        path = write(tmp_path / "desk_fold.toml", STRETCH, ("From your side.", words))
        assert words in in_one_line(printed(poses("show", path)))


@pytest.mark.parametrize("pose", LIBRARY.poses.values(), ids=LIBRARY.poses)
def test_the_page_of_a_built_in_pose_tells_all_that_its_file_says(pose):
    console = Console(file=StringIO(), width=100)
    show_pose(pose, LIBRARY, console)
    page = in_one_line(console.file.getvalue())  # type: ignore[attr-defined]
    texts = [pose.id, pose.name, pose.camera, pose.side_rule, pose.limits, pose.guided, pose.safety]
    texts += [*pose.steps, *pose.sources, *pose.look_alikes.values(), pose.dose.source]
    assert [text for text in texts if in_one_line(text) not in page] == []
    assert BRAILLE & set(page)


# Show, as a picture


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    """The path of a saved drawing."""
    path = tmp_path_factory.mktemp("picture") / "child's pose.png"
    assert printed(poses("show", "childs_pose", "--png", path)) == f"Written to {path}\n"
    return path


class TestPicture:
    def test_is_a_png(self, picture):
        assert picture.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
        assert pixels(picture).shape == (850, 960, 3)

    def test_is_not_empty(self, picture):
        assert 0.05 < drawn(picture).mean() < 0.6

    def test_shows_the_whole_figure(self, picture):
        rows, columns = np.nonzero(drawn(picture)[:560])
        assert 20 < columns.min() < columns.max() < 940
        assert rows.min() > 20

    def test_replaces_one_that_was_there(self, tmp_path, picture):
        path = write(tmp_path / "picture.png", "from yesterday")
        printed(poses("show", "childs_pose", "--png", path))
        assert path.read_bytes() == picture.read_bytes()

    def test_of_another_pose_is_another(self, tmp_path, picture):
        printed(poses("show", "sphinx_pose", "--png", tmp_path / "picture.png"))
        assert (pixels(tmp_path / "picture.png") != pixels(picture)).any()

    @posix
    def test_may_be_read_by_whom_any_new_file_may_be_read(self, tmp_path, picture):
        assert picture.stat().st_mode == write(tmp_path / "new", "").stat().st_mode

    @pytest.mark.parametrize("place", ["none/picture.png", "file/picture.png", "folder"])
    def test_that_cannot_be_written_is_told_and_leaves_nothing(self, tmp_path, place):
        (tmp_path / "file").touch()
        (tmp_path / "folder").mkdir()
        before = sorted(tmp_path.rglob("*"))
        said = complaint(poses("show", "childs_pose", "--png", tmp_path / place))
        assert said.startswith(f"{tmp_path / place}: cannot be written (")
        assert sorted(tmp_path.rglob("*")) == before

    @posix
    def test_that_does_not_fit_is_told(self, tmp_path):
        path = tmp_path / "picture.png"
        done = poses("show", "childs_pose", "--png", path, program=("-c", SMALL_DISK))
        assert complaint(done) == f"{path}: cannot be written (File too large)"

    @posix
    def test_that_does_not_fit_leaves_nothing(self, tmp_path):
        path = tmp_path / "picture.png"
        poses("show", "childs_pose", "--png", path, program=("-c", SMALL_DISK))
        assert not list(tmp_path.iterdir())

    @posix
    def test_that_does_not_fit_leaves_what_was_there(self, tmp_path):
        path = write(tmp_path / "picture.png", "from yesterday")
        poses("show", "childs_pose", "--png", path, program=("-c", SMALL_DISK))
        assert path.read_bytes() == b"from yesterday"

    def test_of_a_pose_without_figure_is_refused(self, tmp_path):
        path = write(tmp_path / "desk_fold.toml", STRETCH, ("[figure]\ntrunk = 60\n", ""))
        said = complaint(poses("show", path, "--png", tmp_path / "picture.png"))
        assert said == "desk_fold has no drawing: there is no [figure] in its pose file"
        assert not (tmp_path / "picture.png").exists()


# Check


def bad_files(folder):
    """A sound file, one with two faults, one with lint, one that is no TOML and one that is not there."""
    names = ("sound", "two_faults", "pushing", "no_toml", "missing")
    paths = {name: folder / f"{name}.toml" for name in names}
    write(paths["sound"])
    write(paths["two_faults"], STRETCH, REVERSED, ("[30, 90]", "[90, 30]"))
    write(paths["pushing"], STRETCH, ("Come up a little.", "Fold deeper."))
    write(paths["no_toml"], "name = Desk fold")
    return paths


@pytest.fixture(scope="class")
def checked(tmp_path_factory):
    """A check of several files, and their paths by name."""
    paths = bad_files(tmp_path_factory.mktemp("checked"))
    return poses("check", *paths.values()), paths


class TestCheck:
    def test_of_a_sound_file_finds_no_fault(self, tmp_path):
        path = write(tmp_path / "desk_fold.toml")
        assert printed(poses("check", path)) == "1 file checked, no fault.\n"

    def test_of_the_built_in_poses_finds_no_fault(self):
        assert printed(poses("check", POSE_FILES)) == "32 files checked, no fault.\n"

    @pytest.mark.parametrize(
        ("name", "places"),
        [
            ("sound", []),
            ("two_faults", ["hold: seconds", "check 1 (trunk_incl): accept"]),
            ("pushing", ["check 1 (trunk_incl): the cue 'above' pushes"]),
            ("no_toml", ["is not valid TOML"]),
            ("missing", ["cannot be read"]),
        ],
    )
    def test_tells_the_faults_of_all_files_at_once(self, checked, name, places):
        done, paths = checked
        begins = f"{paths[name]}: "
        told = [line.removeprefix(begins) for line in done.stdout.splitlines() if begins in line]
        assert [line.startswith(place) for place, line in zip(places, told, strict=True)] == [
            True
        ] * len(places)

    def test_counts_files_and_faults(self, checked):
        assert checked[0].stdout.splitlines()[-1] == "5 files checked, 5 faults."

    def test_prints_nothing_but_its_findings(self, checked):
        done, _ = checked
        assert not done.stderr
        assert len(done.stdout.splitlines()) == 6

    def test_with_faults_is_a_failure(self, checked):
        assert checked[0].returncode == 2

    @pytest.mark.parametrize("name", ["two_faults", "pushing", "missing"])
    def test_of_one_bad_file_is_a_failure(self, tmp_path, name):
        assert poses("check", bad_files(tmp_path)[name]).returncode == 2

    def test_of_a_folder_is_that_of_its_files(self, tmp_path):
        paths = bad_files(tmp_path)
        done = poses("check", tmp_path)
        assert done.stdout.splitlines()[-1] == "4 files checked, 4 faults."
        assert str(paths["pushing"]) in done.stdout

    def test_of_a_folder_without_poses_is_told(self, tmp_path):
        first, _ = poses("check", tmp_path).stdout.splitlines()
        assert first == f"{tmp_path}: there are no pose files (.toml) in it"

    def test_knows_the_built_in_look_alikes(self, tmp_path):
        changes = ('"washing hands"', "standing_side_bend")
        path = write(tmp_path / "desk_fold.toml", STRETCH, changes)
        assert printed(poses("check", path)) == "1 file checked, no fault.\n"

    def test_knows_the_look_alikes_of_the_folder_that_is_named(self, tmp_path):
        own(tmp_path, ("trunk = 60", "trunk = 20"), ("30, 90", "10, 26"), ("40, 80", "15, 25"))
        changes = ('"washing hands"', "desk_fold")
        path = write(tmp_path / "more" / "desk_bow.toml", STRETCH, changes)
        assert "there is no pose 'desk_fold'" in poses("check", path).stdout
        said = printed(poses("check", path, "--poses", tmp_path))
        assert said == "1 file checked, no fault.\n"

    def test_asks_for_a_file(self):
        assert complaint(poses("check")).startswith("Missing argument 'files'")


# Sets


def rows(text):
    """(stretch, sides, seconds, times) of the tables of sets."""
    words = [line.split() for line in text.splitlines() if line.rstrip()[-1:].isdigit()]
    return [
        (
            " ".join(line[:-3]).removesuffix(" left, right"),
            "left, right" in " ".join(line),
            float(line[-3]),
            int(line[-1]),
        )
        for line in words
        if line[-2] == "s"
    ]


class TestSets:
    def test_are_all_shown(self):
        said = printed(poses("sets"))
        assert [
            each.id for each in LIBRARY.sets.values() if f"  {each.id}, about" not in said
        ] == []

    @pytest.mark.parametrize("name", ["lower_back", "neck_at_desk", "back_pain"])
    def test_tell_sides_holds_and_repetitions_of_each_stretch(self, name):
        wanted = [
            (LIBRARY.poses[each.pose].name, len(each.sides) == 2, each.hold_s, each.repetitions)
            for each in LIBRARY.sets[name].stretches
        ]
        assert rows(printed(poses("sets", name))) == wanted

    def test_tell_how_long_they_take(self):
        minutes = round(LIBRARY.sets["lower_back"].seconds / 60)
        said = printed(poses("sets", "lower_back"))
        assert f"lower_back, about {minutes} min" in said

    def test_tell_what_they_are_for_and_where_they_come_from(self):
        found = LIBRARY.sets["back_pain"]
        said = in_one_line(printed(poses("sets", "back_pain")))
        assert found.about in said
        assert f"Rest {found.rest_s:g} s. {found.source}." in said

    def test_can_be_shown_one_by_one(self):
        assert "neck_at_desk" not in printed(poses("sets", "lower_back"))

    def test_that_are_unknown_bring_the_nearest(self):
        said = complaint(poses("sets", "lower-bak"))
        assert said.startswith("no set is called 'lower-bak'; did you mean lower_back")


# The command itself


def test_help_lists_the_commands():
    said = printed(poses("--help"))
    assert [name for name in ("list", "show", "check", "sets") if f" {name} " not in said] == []


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("list", ["--region", "--position", "--tag", "--poses"]),
        ("show", ["--png", "--poses"]),
        ("check", ["--poses"]),
        ("sets", ["--poses"]),
    ],
)
def test_help_of_a_command_lists_its_options_and_an_example(command, options):
    said = printed(poses(command, "--help"))
    assert [option for option in options if option not in said] == []
    assert f"Example: backstretch poses {command}" in said


@pytest.mark.parametrize(
    ("arguments", "command"),
    [(["show"], "poses show"), (["check"], "poses check"), (["list", "--further"], "poses list")],
)
def test_wrong_use_names_the_help_of_the_command_that_was_meant(arguments, command):
    assert complaint(poses(*arguments)).endswith(f"backstretch {command} --help")
