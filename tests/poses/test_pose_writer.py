"""Writing pose files: read again they are equal, laid out for people, and whole or not there at all."""

import os
import subprocess
import sys
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.errors import InputError
from backstretch.files import save_text
from backstretch.poses.pose import CALIBRATED_SIDES, Calibration, OwnRanges, Reach
from backstretch.poses.pose_file import load_pose
from backstretch.poses.pose_writer import LONG, pose_text
from tests.places import POSE_FILES, SOURCE
from tests.pose_files import ON_EACH_SIDE, STRETCH, write

BUILT_IN = sorted(POSE_FILES.glob("*.toml"))
SIDED = [pose for pose in map(load_pose, BUILT_IN) if pose.sides == "each"]
SMALL_DISK = """
import resource, sys
sys.dont_write_bytecode = True  # the limit cuts compiled files as well, without a word
from pathlib import Path
from backstretch.errors import InputError
from backstretch.files import save_text

resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
try:
    save_text("x" * 10_000, Path(sys.argv[1]), force=True)
except InputError as error:
    print(error)
"""
"""Writing more than the disk will take; what was said of it is printed."""
CALIBRATION = Calibration("2026-01-31", 2, 12.5, "each", (85.0, -5.0), 0.4, "of the take")
TOO_LONG = "x" * 300
"""No file can be called that: everything goes well until the file gets its name."""
posix = pytest.mark.skipif(os.name != "posix", reason="a matter of POSIX")


@pytest.fixture(scope="module")
def pose(tmp_path_factory):
    """A pose with sides: trunk angle within 30 to 90, the near knee within 150 to 180."""
    return load_pose(write(tmp_path_factory.mktemp("a") / "desk_fold.toml", STRETCH, ON_EACH_SIDE))


def read_again(pose, folder):
    return load_pose(write(folder / f"{pose.id}.toml", pose_text(pose)))


def with_check(pose, **entries):
    """The pose with its first check changed."""
    return replace(pose, checks=(replace(pose.checks[0], **entries), *pose.checks[1:]))


def lines_of(pose):
    return pose_text(pose).splitlines()


def beginning(pose, *starts):
    """The lines that begin with any of these."""
    return [line for line in lines_of(pose) if line.startswith(starts)]


# Read again


@pytest.mark.parametrize("path", BUILT_IN, ids=lambda path: path.stem)
class TestABuiltInPose:
    def test_written_and_read_again_is_equal(self, path, tmp_path):
        pose = load_pose(path)
        assert read_again(pose, tmp_path) == pose

    def test_written_twice_is_the_same_text(self, path, tmp_path):
        text = pose_text(load_pose(path))
        assert pose_text(read_again(load_pose(path), tmp_path)) == text


@pytest.mark.parametrize("sided", SIDED, ids=lambda pose: pose.id)
def test_a_built_in_pose_with_ranges_of_both_sides_is_not_too_long_to_be_read(sided, tmp_path):
    reach = Reach(12.3, 4.5)
    checks = [
        replace(check, measured=reach, right=OwnRanges(check.good, check.accept, reach))
        for check in sided.checks
    ]
    made = replace(sided, checks=tuple(checks), refines=sided.id, calibration=CALIBRATION)
    assert read_again(made, tmp_path) == made


numbers = st.floats(-9e5, 9e5)
reaches = st.builds(Reach, numbers, st.floats(0.0, 90.0))


@st.composite
def spans(draw, measure):
    """The good and the accepted range of a measure, one within the other."""
    ends = st.floats(*measure.limits)
    low, good_low, good_high, high = sorted(draw(st.tuples(ends, ends, ends, ends)))
    return (good_low, good_high), (low, high)


@st.composite
def calibrated(draw, check):
    """The check with somebody's ranges, and for the right side perhaps with ranges of its own."""
    good, accept = draw(spans(check.measure))
    right = None
    if draw(st.booleans()):
        of_right = draw(spans(check.measure))
        right = OwnRanges(of_right[0], of_right[1], draw(reaches))
    measured = draw(st.none() | reaches)
    return replace(check, good=good, accept=accept, measured=measured, right=right)


calibrations = st.builds(
    Calibration,
    date=st.dates().map(lambda day: day.isoformat()),
    takes=st.integers(1, 20),
    seconds=st.floats(0.0, 600.0),
    sides=st.sampled_from(CALIBRATED_SIDES),
    view=st.tuples(st.floats(-180.0, 180.0), st.floats(-90.0, 90.0)),
    trunk_share=st.floats(0.0, 2.0),
    neutral=st.text(max_size=60),
)


@given(data=st.data())
def test_a_calibrated_pose_written_and_read_again_is_equal(pose, tmp_path_factory, data):
    made = replace(
        pose,
        checks=tuple(data.draw(calibrated(check)) for check in pose.checks),
        refines=data.draw(st.sampled_from(["", "desk_fold", "childs_pose"])),
        calibration=data.draw(st.none() | calibrations),
    )
    assert read_again(made, tmp_path_factory.mktemp("poses")) == made


@given(words=st.text(min_size=1).filter(str.strip))
def test_any_words_written_and_read_again_are_equal(pose, tmp_path_factory, words):
    made = replace(pose, name=words, also=(words, words), look_alikes={words: words})
    made = with_check(made, below=words)
    assert read_again(made, tmp_path_factory.mktemp("poses")) == made


@pytest.mark.parametrize("need", ["always", "if seen", "form"])
def test_whether_the_clock_needs_a_check_is_kept(pose, tmp_path, need):
    made = replace(pose, checks=(pose.checks[0], replace(pose.checks[1], need=need)))
    assert read_again(made, tmp_path).checks[1].need == need


@pytest.mark.parametrize(
    "changes", [{"grace_wrong_s": 2.5}, {"grace_unseen_s": 0.0}, {"motion": "knee"}], ids=str
)
def test_what_a_dose_has_besides_the_usual_is_kept(pose, tmp_path, changes):
    made = replace(pose, dose=replace(pose.dose, **changes))
    assert read_again(made, tmp_path).dose == made.dose


# Layout


class TestLayout:
    def test_has_the_name_first_and_the_checks_last(self, pose):
        heads = beginning(replace(pose, calibration=CALIBRATION), "[")
        assert lines_of(pose)[0] == 'name = "Desk fold"'
        assert heads == [
            "[hold]",
            "[calibration]",
            "[look_alikes]",
            "[figure]",
            "[[check]]",
            "[[check]]",
        ]

    def test_has_the_right_side_below_its_check(self, pose):
        right = OwnRanges((40.0, 80.0), (30.0, 90.0), Reach(60.0, 2.0))
        heads = beginning(with_check(pose, right=right), "[[check", "[check")
        assert heads == ["[[check]]", "[check.right]", "[[check]]"]

    def test_has_a_short_list_on_one_line(self, pose):
        steps = 'steps = ["Stand before a desk.", "Fold from the hips.", "Come up slowly."]'
        assert beginning(pose, "steps") == [steps]

    def test_has_a_long_list_one_entry_a_line(self, pose):
        long = replace(pose, steps=("Stand tall before a desk.",) * 4)
        assert lines_of(long).count('    "Stand tall before a desk.",') == 4
        assert beginning(long, "steps") == ["steps = ["]

    @pytest.mark.parametrize(("length", "lines"), [(LONG, 1), (LONG + 1, 3)])
    def test_calls_a_list_long_that_would_make_a_longer_line_than_that(self, pose, length, lines):
        entry = "x" * (length - len('also = [""]'))
        more = len(lines_of(replace(pose, also=(entry,)))) - len(lines_of(pose))
        assert more == lines

    def test_keeps_ranges_on_one_line(self, pose):
        assert beginning(pose, "good", "accept")[:2] == ["good = [40, 80]", "accept = [30, 90]"]

    @pytest.mark.parametrize(
        ("value", "written"),
        [(72.0, "72"), (72.5, "72.5"), (-3.0, "-3"), (-0.0, "0"), (0.12, "0.12")],
    )
    def test_writes_numbers_without_a_needless_point(self, pose, value, written):
        made = with_check(pose, measured=Reach(value, 2.0))
        assert beginning(made, "median", "spread") == [f"median = {written}", "spread = 2"]

    def test_writes_one_number_of_the_figure_without_a_list(self, pose):
        made = replace(pose, figure={"trunk": (60.0,), "thighs": (90.0, 5.5)})
        assert beginning(made, "trunk =", "thighs") == ["trunk = 60", "thighs = [90, 5.5]"]

    def test_writes_the_view_of_a_calibration_without_a_needless_point(self, pose):
        made = replace(pose, calibration=CALIBRATION)
        assert beginning(made, "view =") == ["view = [85, -5]"]

    @pytest.mark.parametrize("entry", ["seconds = 12", "grace_wrong_s = 2", "grace_unseen_s = 3"])
    def test_writes_whole_seconds_without_a_needless_point(self, pose, entry):
        dose = replace(pose.dose, grace_wrong_s=2.0, grace_unseen_s=3.0)
        made = replace(pose, dose=dose, calibration=replace(CALIBRATION, seconds=12.0))
        assert entry in lines_of(made)

    def test_writes_the_day_of_a_calibration_as_a_date(self, pose):
        assert beginning(replace(pose, calibration=CALIBRATION), "date") == ["date = 2026-01-31"]

    @pytest.mark.parametrize(
        "entry",
        [
            "refines",
            "equipment",
            "limits",
            "guided",
            "alternates_with",
            "frame",
            "required",
            "grace",
            "motion",
        ],
    )
    def test_leaves_out_what_is_empty_or_as_usual(self, pose, entry):
        assert beginning(pose, entry) == []

    @pytest.mark.parametrize("name", ["calibration", "figure", "look_alikes"])
    def test_leaves_out_tables_that_are_empty(self, pose, name):
        made = replace(pose, figure={}, look_alikes={})
        assert name not in tomllib.loads(pose_text(made))


# Saving


class TestSaving:
    def test_writes_the_text_as_it_is(self, tmp_path):
        save_text("eine Dehnübung\nzwei\n", tmp_path / "new.toml")
        assert (tmp_path / "new.toml").read_bytes() == "eine Dehnübung\nzwei\n".encode()

    def test_makes_the_folders_above(self, tmp_path):
        save_text("new", tmp_path / "a" / "b" / "new.toml")
        assert (tmp_path / "a" / "b" / "new.toml").read_text() == "new"

    def test_leaves_nothing_else_beside_it(self, tmp_path):
        save_text("new", tmp_path / "new.toml")
        assert [each.name for each in tmp_path.iterdir()] == ["new.toml"]

    @posix
    def test_makes_a_file_that_others_may_read_like_any_other(self, tmp_path):
        save_text("new", tmp_path / "new.toml")
        assert (tmp_path / "new.toml").stat().st_mode & 0o777 == 0o644

    def test_does_not_write_over_a_file(self, tmp_path):
        path = write(tmp_path / "old.toml", "old")
        with pytest.raises(InputError, match=r"old\.toml: is there already; --force writes over"):
            save_text("new", path)
        assert path.read_text() == "old"

    def test_leaves_nothing_beside_a_file_that_it_does_not_write_over(self, tmp_path):
        path = write(tmp_path / "old.toml", "old")
        with pytest.raises(InputError):
            save_text("new", path)
        assert list(tmp_path.iterdir()) == [path]

    def test_writes_over_a_file_by_force(self, tmp_path):
        path = write(tmp_path / "old.toml", "something much longer")
        save_text("new", path, force=True)
        assert path.read_text() == "new"
        assert list(tmp_path.iterdir()) == [path]

    def test_by_force_writes_where_nothing_is(self, tmp_path):
        save_text("new", tmp_path / "new.toml", force=True)
        assert (tmp_path / "new.toml").read_text() == "new"

    @posix
    def test_takes_a_link_to_nothing_for_a_file(self, tmp_path):
        path = tmp_path / "link.toml"
        path.symlink_to(tmp_path / "nothing")
        with pytest.raises(InputError, match=r"link\.toml: is there already"):
            save_text("new", path)
        assert list(tmp_path.iterdir()) == [path]
        assert path.is_symlink()

    @posix
    def test_by_force_replaces_a_link_and_not_what_it_leads_to(self, tmp_path):
        path, other = tmp_path / "link.toml", write(tmp_path / "other.toml", "other")
        path.symlink_to(other)
        save_text("new", path, force=True)
        assert (path.is_symlink(), path.read_text(), other.read_text()) == (False, "new", "other")


# What cannot be written


def refusal(path, **options):
    """What is said of a file that cannot be written."""
    with pytest.raises(InputError) as caught:
        save_text("new", path, **options)
    return str(caught.value).removeprefix(f"{path}: ")


class TestSavingThatFails:
    @pytest.mark.parametrize("below", ["new.toml", "a/b/new.toml"])
    @pytest.mark.parametrize("force", [False, True])
    def test_is_said_where_a_file_stands_for_a_folder(self, tmp_path, below, force):
        file = write(tmp_path / "file", "old")
        said = refusal(file / below, force=force)
        assert said == "cannot be written (Not a directory); nothing was left there"
        assert (file.read_text(), list(tmp_path.iterdir())) == ("old", [file])

    def test_is_said_where_a_folder_stands_for_the_file(self, tmp_path):
        (tmp_path / "new.toml").mkdir()
        assert refusal(tmp_path / "new.toml", force=True).startswith("cannot be written (")
        assert list(tmp_path.rglob("*")) == [tmp_path / "new.toml"]

    @posix
    @pytest.mark.parametrize("force", [False, True])
    def test_removes_the_folders_that_it_made(self, tmp_path, force):
        said = refusal(tmp_path / "a" / "b" / TOO_LONG, force=force)
        assert said.startswith("cannot be written (")
        assert list(tmp_path.iterdir()) == []

    @posix
    def test_keeps_the_folders_that_were_there(self, tmp_path):
        write(tmp_path / "a" / "other.toml", "other")
        refusal(tmp_path / "a" / "b" / TOO_LONG)
        assert [each.name for each in tmp_path.rglob("*")] == ["a", "other.toml"]

    @posix
    @pytest.mark.parametrize("force", [False, True])
    def test_is_not_blamed_on_the_file_where_a_link_to_nothing_stands_for_a_folder(
        self, tmp_path, force
    ):
        (tmp_path / "link").symlink_to(tmp_path / "nothing")
        assert "--force" not in refusal(tmp_path / "link" / "new.toml", force=force)


def said_by_a_full_disk(path):
    done = subprocess.run(
        [sys.executable, "-c", SMALL_DISK, str(path)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        check=True,
    )
    return done.stdout.strip().removeprefix(f"{path}: ")


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """What a full disk said, of an old file and of a new one in new folders; and the folder."""
    folder = tmp_path_factory.mktemp("full")
    paths = write(folder / "old.toml", "old"), folder / "a" / "b" / "new.toml"
    return [said_by_a_full_disk(path) for path in paths], folder


@posix
class TestAFullDisk:
    def test_is_said(self, full):
        said = "cannot be written (File too large); nothing was left there"
        assert full[0] == [said, said]

    def test_leaves_the_old_file_whole(self, full):
        assert (full[1] / "old.toml").read_text() == "old"

    def test_leaves_no_other_file_and_no_folder(self, full):
        assert [each.name for each in full[1].rglob("*")] == ["old.toml"]
