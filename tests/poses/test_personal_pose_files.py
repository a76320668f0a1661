"""Personal references: what their files say, what is wrong with bad ones, and how they stand in for a pose."""

from dataclasses import replace

import pytest

from backstretch.errors import PoseFileError
from backstretch.judging.figures import lint
from backstretch.judging.matching import forms_of
from backstretch.poses.library import SETS, open_library
from backstretch.poses.pose import CALIBRATED_SIDES, Calibration, OwnRanges, Reach
from backstretch.poses.pose_file import load_pose
from backstretch.poses.pose_writer import pose_text
from tests.library import LIBRARY
from tests.places import POSE_FILES
from tests.pose_files import ON_EACH_SIDE, SET, STRETCH, changed, write

CALIBRATED = Calibration("2026-01-31", 2, 12.5, "each", (85.0, -5.0), 0.4, "of the take")
CALIBRATION = """\
[calibration]
date = 2026-01-31
takes = 2
seconds = 12.5
sides = "each"
view = [85, -5]
trunk_share = 0.4
neutral = "of the take"

"""
RIGHT = """
[check.right]
good = [35, 75]
accept = [25, 85]
median = 58
spread = 3
"""
PERSONAL = changed(
    STRETCH,
    ON_EACH_SIDE,
    ('name = "Desk fold"\n', 'name = "Desk fold"\nrefines = "desk_fold"\n'),
    ("[figure]", CALIBRATION + "[figure]"),
    ("accept = [30, 90]\n", "accept = [30, 90]\nmedian = 62\nspread = 2.5\n"),
    ('source = "A test"\n', 'source = "A test"\n' + RIGHT),
)
"""Somebody's own fold: calibrated on each side, the knee as in the library."""


def personal(folder, *changes):
    return load_pose(write(folder / "desk_fold.toml", PERSONAL, *changes))


def fault_of(folder, *changes):
    """The one thing that is told of a file, without its path."""
    path = write(folder / "desk_fold.toml", PERSONAL, *changes)
    with pytest.raises(PoseFileError) as caught:
        load_pose(path)
    (fault,) = caught.value.faults
    return fault.removeprefix(f"{path}: ")


# What a file says


class TestAPersonalFile:
    def test_says_which_pose_it_refines(self, tmp_path):
        assert personal(tmp_path).refines == "desk_fold"

    def test_says_how_it_was_calibrated(self, tmp_path):
        assert personal(tmp_path).calibration == CALIBRATED

    def test_says_what_somebody_was_measured_at(self, tmp_path):
        assert personal(tmp_path).checks[0].measured == Reach(62.0, 2.5)

    def test_says_what_the_right_side_has_of_its_own(self, tmp_path):
        own = OwnRanges((35.0, 75.0), (25.0, 85.0), Reach(58.0, 3.0))
        assert personal(tmp_path).checks[0].right == own

    def test_may_leave_a_check_as_it_is_in_the_library(self, tmp_path):
        knee = personal(tmp_path).checks[1]
        assert (knee.measured, knee.right) == (None, None)

    def test_judges_each_side_by_its_own_ranges(self, tmp_path):
        accepted = {
            form.side: next(iter(form.targets["left"])).for_side.accept
            for form in forms_of(personal(tmp_path))
        }
        assert accepted == {"left": (30.0, 90.0), "right": (25.0, 85.0)}

    @pytest.mark.parametrize("sides", CALIBRATED_SIDES)
    def test_says_which_sides_were_calibrated(self, tmp_path, sides):
        made = personal(tmp_path, ('12.5\nsides = "each"', f'12.5\nsides = "{sides}"'))
        assert made.calibration == replace(CALIBRATED, sides=sides)

    def test_need_not_say_what_was_neutral(self, tmp_path):
        made = personal(tmp_path, ('neutral = "of the take"\n', ""))
        assert made.calibration == replace(CALIBRATED, neutral="")


def test_a_file_of_the_library_is_neither_calibrated_nor_refines_anything(tmp_path):
    pose = load_pose(write(tmp_path / "desk_fold.toml"))
    assert (pose.refines, pose.calibration) == ("", None)
    assert {(check.measured, check.right) for check in pose.checks} == {(None, None)}


# Faults

IN_CALIBRATION = [
    ("date as text", ("= 2026-01-31", '= "2026-01-31"'), ["date = '2026-01-31'", "a date, like"]),
    ("date and time", ("= 2026-01-31", "= 2026-01-31T10:00:00"), ["datetime", "a date, like"]),
    ("date as number", ("= 2026-01-31", "= 2026"), ["date = 2026", "2026-01-31"]),
    ("half a take", ("takes = 2", "takes = 1.5"), ["takes = 1.5", "whole number"]),
    ("takes as flag", ("takes = 2", "takes = true"), ["takes = True", "whole number"]),
    ("seconds as text", ("= 12.5", '= "12.5"'), ["seconds = '12.5'", "a number"]),
    ("seconds not finite", ("= 12.5", "= nan"), ["seconds = nan", "a number"]),
    (
        "sides",
        ('12.5\nsides = "each"', '12.5\nsides = "all"'),
        ["sides = 'all'", "both, left, right, each"],
    ),
    ("half a view", ("[85, -5]", "[85]"), ["view = [85]", "2 numbers"]),
    ("too much of a view", ("[85, -5]", "[85, -5, 3]"), ["view = [85, -5, 3]", "2 numbers"]),
    ("view in words", ("[85, -5]", '"side"'), ["view = 'side'", "2 numbers"]),
    ("view not finite", ("[85, -5]", "[inf, -5]"), ["view = [inf, -5]", "2 numbers"]),
    ("share as text", ("= 0.4", '= "near"'), ["trunk_share = 'near'", "a number"]),
    ("neutral", ('"of the take"', "3"), ["neutral = 3", "a text"]),
    ("unknown", ("takes = 2", "takes = 2\ntakers = 2"), ["unknown entry 'takers'"]),
]
MISSING = ["date", "takes", "seconds", "sides", "view", "trunk_share"]
NAMED = [line for line in CALIBRATION.splitlines() if line.split(" ")[0] in MISSING]


class TestAFaultOfTheCalibration:
    @pytest.mark.parametrize(
        ("change", "words"),
        [case[1:] for case in IN_CALIBRATION],
        ids=[case[0] for case in IN_CALIBRATION],
    )
    def test_names_the_value_and_what_would_be_right(self, tmp_path, change, words):
        fault = fault_of(tmp_path, change)
        assert fault.startswith("calibration: ")
        assert [word for word in words if word not in fault] == []

    @pytest.mark.parametrize("line", NAMED, ids=MISSING)
    def test_names_an_entry_that_is_missing(self, tmp_path, line):
        calibration = changed(CALIBRATION, (line + "\n", ""))
        fault = fault_of(tmp_path, (CALIBRATION, calibration))
        assert fault.startswith(f"calibration: {line.split(' ')[0]} is missing; it must be ")

    def test_tells_that_it_is_no_table(self, tmp_path):
        changes = (
            (CALIBRATION, ""),
            ('refines = "desk_fold"', 'refines = "desk_fold"\ncalibration = 5'),
        )
        assert fault_of(tmp_path, *changes) == "calibration = 5; write a [calibration] table"

    def test_names_all_that_is_missing_where_it_is_empty(self, tmp_path):
        path = write(tmp_path / "desk_fold.toml", PERSONAL, (CALIBRATION, "[calibration]\n\n"))
        with pytest.raises(PoseFileError) as caught:
            load_pose(path)
        assert len(caught.value.faults) == len(MISSING)


def test_what_a_file_refines_must_be_a_text(tmp_path):
    fault = fault_of(tmp_path, ('refines = "desk_fold"', 'refines = ["desk_fold"]'))
    assert fault == "refines = ['desk_fold']; it must be a text"


class TestAFaultOfWhatWasMeasured:
    @pytest.mark.parametrize("name", ["median", "spread"])
    def test_names_which_half_is_missing(self, tmp_path, name):
        line = {"median": "median = 62\n", "spread": "spread = 2.5\n"}[name]
        words = f"check 1 (trunk_incl): {name} is missing; it must be a number"
        assert fault_of(tmp_path, (line, "")) == words

    @pytest.mark.parametrize("value", ['"much"', "[62]", "true", "nan", "1e9"])
    def test_names_a_value_that_is_no_number(self, tmp_path, value):
        fault = fault_of(tmp_path, ("median = 62", f"median = {value}"))
        assert fault.startswith("check 1 (trunk_incl): median = ")
        assert fault.endswith("it must be a number")


OF_THE_RIGHT = [
    ("median", ("median = 58\n", ""), "median is missing; it must be a number"),
    ("spread", ("spread = 3\n", ""), "spread is missing; it must be a number"),
    (
        "good",
        ("good = [35, 75]\n", ""),
        "good is missing; it must be [low, high] within 0 to 180",
    ),
    ("text", ("median = 58", 'median = "58"'), "median = '58'; it must be a number"),
    ("unknown", ("spread = 3", "spread = 3\nspred = 3"), "unknown entry 'spred'"),
    ("reversed", ("accept = [25, 85]", "accept = [85, 25]"), "accept: low 85 exceeds high 25"),
    (
        "beyond anatomy",
        ("accept = [25, 85]", "accept = [25, 285]"),
        "accept = [25, 285]; it must be [low, high] within 0 to 180",
    ),
]


class TestAFaultOfTheRightSide:
    @pytest.mark.parametrize(
        ("change", "words"), [c[1:] for c in OF_THE_RIGHT], ids=[c[0] for c in OF_THE_RIGHT]
    )
    def test_names_the_check_the_side_and_what_would_be_right(self, tmp_path, change, words):
        assert fault_of(tmp_path, change) == f"check 1 (trunk_incl): right: {words}"

    def test_tells_a_good_range_that_reaches_outside_the_accepted_one(self, tmp_path):
        fault = fault_of(tmp_path, ("good = [35, 75]", "good = [20, 75]"))
        assert fault.startswith("check 1 (trunk_incl): ")
        assert "good 20 to 75 reaches outside accept 25 to 85" in fault

    def test_names_the_side_of_a_good_range_that_reaches_outside(self, tmp_path):
        assert "right: " in fault_of(tmp_path, ("good = [35, 75]", "good = [20, 75]"))

    def test_tells_that_the_pose_has_no_sides(self, tmp_path):
        changes = (
            'sides = "each"\nside_rule = "The side that leans on the desk."',
            'sides = "both"',
        )
        fault = fault_of(tmp_path, changes)
        assert fault == "ranges of the right side need a pose with sides = 'each'"

    def test_tells_that_it_is_no_table(self, tmp_path):
        fault = fault_of(tmp_path, (RIGHT, "right = 5\n"))
        assert fault.startswith("check 1 (trunk_incl): right = 5; ")


def test_a_good_range_outside_the_accepted_one_is_told_once(tmp_path):
    fault = fault_of(tmp_path, (RIGHT, ""), ("good = [40, 80]", "good = [20, 80]"))
    assert "good 20 to 80 reaches outside accept 30 to 90" in fault


def test_faults_of_both_sides_are_told_at_once(tmp_path):
    changes = ("spread = 3\n", ""), ("spread = 2.5\n", ""), ("takes = 2", "takes = 0.5")
    path = write(tmp_path / "desk_fold.toml", PERSONAL, *changes)
    with pytest.raises(PoseFileError) as caught:
        load_pose(path)
    assert len(caught.value.faults) == 3


# Lint


class TestLintOfAPersonalFile:
    def test_is_none_where_it_is_sound(self, tmp_path):
        pose = personal(tmp_path)
        assert lint(pose, {pose.id: pose}) == []

    def test_tells_that_it_refines_a_pose_that_does_not_exist(self, tmp_path):
        pose = personal(tmp_path, ('refines = "desk_fold"', 'refines = "desk_folt"'))
        assert lint(pose, {pose.id: pose}) == ["refines: there is no pose 'desk_folt'"]

    def test_does_not_hold_the_librarys_figure_against_somebodys_own_ranges(self, tmp_path):
        pose = personal(tmp_path, ("trunk = 60", "trunk = 20"))
        assert lint(pose, {pose.id: pose}) == []

    def test_holds_the_figure_against_a_pose_that_is_not_calibrated(self, tmp_path):
        pose = replace(personal(tmp_path, ("trunk = 60", "trunk = 20")), calibration=None)
        assert [words.split(":")[0] for words in lint(pose, {pose.id: pose})] == ["figure"] * 2

    def test_tells_its_cues_like_those_of_any_other(self, tmp_path):
        pose = personal(tmp_path, ("Fold from the hips.", "Fold a bit."), ("Come up a", "Deeper a"))
        assert lint(pose, {pose.id: pose})[0].startswith("check 1 (trunk_incl): the cue 'above'")

    def test_tells_a_range_of_the_right_side_that_the_camera_cannot_tell(self, tmp_path):
        narrow = ("good = [35, 75]\naccept = [25, 85]", "good = [58, 60]\naccept = [57, 61]")
        pose = personal(tmp_path, narrow)
        assert "4 deg wide" in "".join(lint(pose, {pose.id: pose}))


# The library


def own_form(pose_id, folder, **changes):
    """A personal reference for a library pose, in a folder of the user's own; the path."""
    pose = LIBRARY.poses[pose_id]
    made = replace(pose, **{"refines": pose_id, "calibration": CALIBRATED, **changes})
    return write(folder / f"{pose_id}.toml", pose_text(made))


class TestAPersonalReference:
    def test_stands_in_for_the_library_pose(self, tmp_path):
        path = own_form("childs_pose", tmp_path, name="My child's pose")
        library = open_library(POSE_FILES, [tmp_path])
        assert library.faults == ()
        assert library.find("childs_pose") == load_pose(path)
        assert library.poses.keys() == LIBRARY.poses.keys()

    def test_leaves_the_library_pose_to_be_had(self, tmp_path):
        own_form("childs_pose", tmp_path)
        refined = open_library(POSE_FILES, [tmp_path]).refined
        assert refined == {"childs_pose": LIBRARY.poses["childs_pose"]}

    def test_is_the_users_own(self, tmp_path):
        path = own_form("childs_pose", tmp_path)
        library = open_library(POSE_FILES, [tmp_path])
        assert library.own_ids == {"childs_pose"}
        assert library.paths["childs_pose"] == path

    def test_is_recognised_instead_of_the_library_pose(self, tmp_path):
        own_form("childs_pose", tmp_path)
        recognised = open_library(POSE_FILES, [tmp_path]).recognised
        assert [p.calibration for p in recognised if p.id == "childs_pose"] == [CALIBRATED]

    def test_leaves_the_order_of_ids(self, tmp_path):
        own_form("childs_pose", tmp_path)
        assert list(open_library(POSE_FILES, [tmp_path]).poses) == list(LIBRARY.poses)

    def test_can_be_left_out(self, tmp_path):
        own_form("childs_pose", tmp_path)
        assert open_library(POSE_FILES, [tmp_path], personal=False) == LIBRARY

    def test_that_is_left_out_leaves_other_poses_of_the_users_own(self, tmp_path):
        own_form("childs_pose", tmp_path)
        write(tmp_path / "desk_fold.toml")
        assert open_library(POSE_FILES, [tmp_path], personal=False).own_ids == {"desk_fold"}

    def test_is_what_sets_use(self, tmp_path):
        own_form("childs_pose", tmp_path)
        write(tmp_path / SETS / "at_the_desk.toml", SET, ("desk_fold", "childs_pose"))
        library = open_library(POSE_FILES, [tmp_path])
        (stretch,) = library.sets["at_the_desk"].stretches
        assert library.find(stretch.pose).calibration == CALIBRATED
        assert library.sets.keys() == {*LIBRARY.sets, "at_the_desk"}

    def test_may_be_made_for_several_poses(self, tmp_path):
        for name in ("childs_pose", "sphinx_pose"):
            own_form(name, tmp_path)
        library = open_library(POSE_FILES, [tmp_path])
        assert (library.faults, set(library.refined)) == ((), {"childs_pose", "sphinx_pose"})

    def test_that_is_broken_leaves_the_library_pose(self, tmp_path):
        path = own_form("childs_pose", tmp_path)
        write(path, path.read_text(encoding="utf-8"), ("takes = 2", "takes = 0.5"))
        library = open_library(POSE_FILES, [tmp_path])
        assert (library.poses, library.refined) == (LIBRARY.poses, {})
        assert [fault.startswith(f"{path}: calibration: takes") for fault in library.faults] == [
            True
        ]


class TestAClash:
    @pytest.mark.parametrize("refines", ["", "sphinx_pose"])
    def test_is_a_file_of_the_same_id_that_does_not_refine_it(self, tmp_path, refines):
        path = own_form("childs_pose", tmp_path, refines=refines)
        library = open_library(POSE_FILES, [tmp_path])
        assert (library.poses, library.refined) == (LIBRARY.poses, {})
        assert [
            fault.startswith(f"{path}: the id 'childs_pose' is") for fault in library.faults
        ] == [True]

    def test_is_a_second_personal_reference(self, tmp_path):
        one, two = (own_form("childs_pose", tmp_path / name) for name in ("one", "two"))
        library = open_library(POSE_FILES, [tmp_path / "one", tmp_path / "two"])
        (fault,) = library.faults
        assert fault == f"{two}: the id 'childs_pose' is taken by {one}; rename this file"
        assert library.paths["childs_pose"] == one

    def test_leaves_the_library_pose_refined_once(self, tmp_path):
        for name in ("one", "two"):
            own_form("childs_pose", tmp_path / name)
        library = open_library(POSE_FILES, [tmp_path / "one", tmp_path / "two"])
        assert library.refined == {"childs_pose": LIBRARY.poses["childs_pose"]}

    def test_is_not_a_form_of_the_users_own_under_another_id(self, tmp_path):
        pose = replace(LIBRARY.poses["childs_pose"], refines="childs_pose")
        write(tmp_path / "my_childs_pose.toml", pose_text(pose))
        library = open_library(POSE_FILES, [tmp_path])
        assert library.own_ids == {"my_childs_pose"}
        assert (library.faults, library.refined) == ((), {})


def test_a_reference_to_a_pose_of_the_users_own_is_a_clash(tmp_path):
    """It stands in for poses of the library only."""
    write(tmp_path / "one" / "desk_fold.toml")
    write(tmp_path / "two" / "desk_fold.toml", PERSONAL)
    library = open_library(POSE_FILES, [tmp_path / "one", tmp_path / "two"])
    assert (len(library.faults), library.refined) == (1, {})


def test_a_pose_that_refines_itself_and_is_not_in_the_library_is_one_of_the_users_own(tmp_path):
    write(tmp_path / "desk_fold.toml", PERSONAL)
    library = open_library(POSE_FILES, [tmp_path])
    assert library.own_ids == {"desk_fold"}
    assert (library.faults, library.refined) == ((), {})
