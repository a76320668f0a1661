"""Sets: the built-in ones keep to the doses, a bad file tells all its faults, and the seconds add up."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.coaching.programme import Programme, part_of
from backstretch.errors import InputError, PoseFileError
from backstretch.poses.library import REST_LIMITS_S, PoseSet, Stretch, load_set
from backstretch.poses.pose_file import load_pose
from tests.library import LIBRARY
from tests.pose_files import ON_EACH_SIDE, SET, STRETCH, changed, write

ONE_SIDED: tuple[str | None, ...] = (None,)
TWO_SIDED: tuple[str | None, ...] = ("left", "right")


@pytest.fixture
def poses(tmp_path):
    """A pose that is done once for both sides, and one that is done on each side."""
    paths = (
        write(tmp_path / "desk_fold.toml"),
        write(tmp_path / "desk_lean.toml", STRETCH, ON_EACH_SIDE),
    )
    return {path.stem: load_pose(path) for path in paths}


def set_of(folder, poses, *changes):
    return load_set(write(folder / "at_the_desk.toml", SET, *changes), poses)


def faults_of(folder, poses, *changes):
    """What is told of a set with changes, without the path."""
    path = write(folder / "at_the_desk.toml", SET, *changes)
    with pytest.raises(PoseFileError) as caught:
        load_set(path, poses)
    return [fault.removeprefix(f"{path}: ") for fault in caught.value.faults]


def made(*stretches, rest_s=0.0):
    return PoseSet("made", "Made", "", "", rest_s, stretches)


# The built-in sets


@pytest.mark.parametrize("each", LIBRARY.sets.values(), ids=LIBRARY.sets)
class TestBuiltInSet:
    def test_holds_within_the_doses_of_its_poses(self, each):
        doses = {stretch.pose: LIBRARY.poses[stretch.pose].dose for stretch in each.stretches}
        outside = [
            stretch
            for stretch in each.stretches
            if not doses[stretch.pose].seconds[0] <= stretch.hold_s <= doses[stretch.pose].longest_s
        ]
        assert outside == []

    def test_repeats_within_the_doses_of_its_poses(self, each):
        doses = {stretch.pose: LIBRARY.poses[stretch.pose].dose for stretch in each.stretches}
        outside = [
            stretch
            for stretch in each.stretches
            if stretch.repetitions
            not in range(doses[stretch.pose].repetitions[0], doses[stretch.pose].repetitions[1] + 1)
        ]
        assert outside == []

    def test_does_both_sides_of_the_poses_that_have_sides(self, each):
        for stretch in each.stretches:
            has_sides = LIBRARY.poses[stretch.pose].sides == "each"
            assert stretch.sides == (TWO_SIDED if has_sides else ONE_SIDED)

    def test_names_no_pose_twice(self, each):
        names = [stretch.pose for stretch in each.stretches]
        assert sorted(set(names)) == sorted(names)

    def test_says_what_it_is_for_and_where_it_comes_from(self, each):
        assert all(text.strip() for text in (each.name, each.about, each.source))

    def test_takes_five_to_fifteen_minutes(self, each):
        assert 5 * 60 <= each.seconds <= 15 * 60


def programme_of(chosen):
    parts = [
        part_of(LIBRARY.poses[each.pose], None, each.hold_s, each.repetitions)
        for each in chosen.stretches
    ]
    return Programme(chosen.name, tuple(parts), chosen.rest_s)


@pytest.mark.parametrize("each", LIBRARY.sets.values(), ids=LIBRARY.sets)
def test_in_no_set_the_camera_moves_more_than_once(each):
    places = programme_of(each).places
    assert None not in places
    assert sum(before != after for before, after in pairwise(places)) <= 1


def test_the_lower_back_needs_one_place_of_the_camera_and_its_seven_are_seven():
    programme = programme_of(LIBRARY.sets["lower_back"])
    assert len(set(programme.places)) == 1
    assert programme.numbers == [1, 2, 3, 4, 4, 5, 6, 7]


def test_no_set_has_the_figure_four_on_the_back_that_is_not_seen_reliably():
    poses = {stretch.pose for each in LIBRARY.sets.values() for stretch in each.stretches}
    assert "figure_four_supine" not in poses


@pytest.mark.parametrize("tag", ["after_workout", "back_pain", "chair", "gentle", "men", "static"])
def test_a_set_that_is_called_like_a_tag_has_only_poses_with_it(tag):
    poses = [LIBRARY.poses[stretch.pose] for stretch in LIBRARY.sets[tag].stretches]
    assert [pose.id for pose in poses if tag not in pose.tags] == []


# Reading a file


def test_a_set_says_what_its_file_says(tmp_path, poses):
    found = set_of(tmp_path, poses)
    assert (found.id, found.name, found.rest_s) == ("at_the_desk", "At the desk", 10.0)
    assert found.stretches == (Stretch("desk_fold", 15.0, 3, ONE_SIDED),)


def test_a_hold_that_is_left_out_is_the_poses_own(tmp_path, poses):
    (stretch,) = set_of(tmp_path, poses, ("hold_s = 15\n", "")).stretches
    assert stretch.hold_s == poses["desk_fold"].dose.default_s


def test_repetitions_that_are_left_out_are_the_poses_own(tmp_path, poses):
    (stretch,) = set_of(tmp_path, poses, ("repetitions = 3\n", "")).stretches
    assert stretch.repetitions == poses["desk_fold"].dose.default_repetitions


def test_a_rest_that_is_left_out_is_none(tmp_path, poses):
    assert set_of(tmp_path, poses, ("rest_s = 10\n", "")).rest_s == 0.0


def test_a_pose_with_sides_is_done_on_the_left_and_then_on_the_right(tmp_path, poses):
    (stretch,) = set_of(tmp_path, poses, ("desk_fold", "desk_lean")).stretches
    assert stretch.sides == ("left", "right")


def test_stretches_keep_the_order_of_the_file(tmp_path, poses):
    more = SET + '\n[[stretch]]\npose = "desk_lean"\n\n[[stretch]]\npose = "desk_fold"\n'
    found = load_set(write(tmp_path / "at_the_desk.toml", more), poses)
    assert [stretch.pose for stretch in found.stretches] == ["desk_fold", "desk_lean", "desk_fold"]


@pytest.mark.parametrize(
    "change",
    [
        ("hold_s = 15", "hold_s = 10"),
        ("hold_s = 15", "hold_s = 30"),
        ("hold_s = 15", "hold_s = 12.5"),
        ("repetitions = 3", "repetitions = 1"),
        *(("rest_s = 10", f"rest_s = {rest_s:g}") for rest_s in REST_LIMITS_S),
    ],
)
def test_the_limits_of_a_dose_belong_to_it(tmp_path, poses, change):
    assert len(set_of(tmp_path, poses, change).stretches) == 1


@pytest.mark.parametrize(
    ("change", "dose", "remark"),
    [
        (
            ("hold_s = 15", "hold_s = 5"),
            (5.0, 3),
            "holds of 5 s are asked for (10 to 30 s are usual)",
        ),
        (
            ("repetitions = 3", "repetitions = 8"),
            (15.0, 8),
            "8 holds are asked for (1 to 3 are usual)",
        ),
        (("hold_s = 15", "hold_s = 90"), (30.0, 3), "so 30 s complete it"),
        (("hold_s = 15", "hold_s = 12"), (12.0, 3), ""),
    ],
)
def test_the_dose_of_a_set_stands_and_is_remarked_on_where_it_is_not_usual(
    tmp_path, poses, change, dose, remark
):
    found = set_of(tmp_path, poses, change)
    (stretch,) = found.stretches
    assert (stretch.hold_s, stretch.repetitions) == dose
    assert [remark in words for words in found.remarks] == ([True] if remark else [])


# Faults


def test_all_faults_of_a_set_are_told_at_once(tmp_path, poses):
    path = write(
        tmp_path / "bad.toml",
        'nmae = "Bad"\nabout = 7\nsource = "A test"\nrest_s = "ten"\n'
        '[[stretch]]\npose = "desk_folt"\n'
        '[[stretch]]\npose = "desk_fold"\nhold_s = 450\nrepetitions = 2.5\nseconds = 20\n'
        "[[stretch]]\nhold_s = 15\n",
    )
    with pytest.raises(PoseFileError) as caught:
        load_set(path, poses)
    expected = [
        "'nmae'",
        "name is missing",
        "about",
        "rest_s = 'ten'",
        "stretch 1: there is no pose 'desk_folt'",
        "stretch 2: unknown entry 'seconds'",
        "stretch 2: hold_s = 450",
        "stretch 2: repetitions must be a whole number",
        "stretch 3: pose is missing",
    ]
    pairs = zip(expected, caught.value.faults, strict=True)
    assert [(words, fault) for words, fault in pairs if words not in fault] == []


FAULTS = [
    ("no name", ('name = "At the desk"\n', ""), ["name is missing", "text"]),
    ("no source", ('source = "A choice made for tests"\n', ""), ["source is missing", "text"]),
    ("unknown entry", ("rest_s", "rest"), ["unknown entry 'rest'"]),
    ("rest too long", ("rest_s = 10", "rest_s = 121"), ["rest_s = 121", "0 to 120"]),
    ("rest below none", ("rest_s = 10", "rest_s = -1"), ["rest_s = -1", "0 to 120"]),
    ("rest that is no number", ("rest_s = 10", "rest_s = nan"), ["rest_s = nan", "0 to 120"]),
    ("rest that is a flag", ("rest_s = 10", "rest_s = true"), ["rest_s = True", "0 to 120"]),
    ("unknown pose", ("desk_fold", "desk_folt"), ["stretch 1", "no pose 'desk_folt'"]),
    ("no pose", ('pose = "desk_fold"\n', ""), ["stretch 1", "pose is missing"]),
    ("pose that is no text", ('"desk_fold"', "[1]"), ["stretch 1", "pose", "id"]),
    ("unknown in stretch", ("repetitions", "times"), ["stretch 1", "unknown entry 'times'"]),
    ("hold too short", ("hold_s = 15", "hold_s = 0.9"), ["stretch 1", "hold_s = 0.9", "1 to 120"]),
    ("hold too long", ("hold_s = 15", "hold_s = 121"), ["stretch 1", "hold_s = 121", "1 to 120"]),
    ("hold in words", ("hold_s = 15", 'hold_s = "15"'), ["stretch 1", "hold_s = '15'"]),
    ("endless hold", ("hold_s = 15", "hold_s = inf"), ["stretch 1", "hold_s = inf", "1 to 120"]),
    ("no hold", ("hold_s = 15", "hold_s = nan"), ["stretch 1", "hold_s = nan", "1 to 120"]),
    ("too often", ("repetitions = 3", "repetitions = 51"), ["stretch 1", "= 51", "1 to 50"]),
    ("never", ("repetitions = 3", "repetitions = 0"), ["stretch 1", "= 0", "1 to 50"]),
    ("half", ("repetitions = 3", "repetitions = 2.5"), ["stretch 1", "whole number"]),
    ("flag", ("repetitions = 3", "repetitions = true"), ["stretch 1", "True", "1 to 50"]),
    ("no list", ("[[stretch]]", "[stretch]"), ["[[stretch]]"]),
]


ODD_VALUES = {
    "nested keys": "rest_s." + "a." * 2000 + "b = 1",
    "a number of 400 digits": f"rest_s = 1{'0' * 400}",
    "a number of 5000 digits": f"rest_s = 1{'0' * 5000}",
    "a number of 5000 digits in hex": f"rest_s = 0x1{'0' * 5000}",
}


@pytest.mark.parametrize("name", ODD_VALUES)
def test_an_odd_value_is_told_as_one_fault_in_few_words(tmp_path, poses, name):
    (fault,) = faults_of(tmp_path, poses, ("rest_s = 10", ODD_VALUES[name]))
    assert len(fault) < 200


@pytest.mark.parametrize(("change", "words"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
class TestAFaultOfASet:
    def test_names_the_place_the_value_and_what_would_be_right(
        self, tmp_path, poses, change, words
    ):
        told = "\n".join(faults_of(tmp_path, poses, change))
        assert [word for word in words if word not in told] == []

    def test_is_told_once(self, tmp_path, poses, change, words):
        assert len(faults_of(tmp_path, poses, change)) == 1, words


def test_a_set_without_stretches_is_refused(tmp_path, poses):
    path = write(tmp_path / "empty.toml", SET.split("[[stretch]]", maxsplit=1)[0])
    with pytest.raises(PoseFileError, match=r"empty\.toml: write a \[\[stretch\]\] table"):
        load_set(path, poses)


def test_stretches_that_are_no_tables_are_told_one_by_one(tmp_path, poses):
    text = changed(SET.split("[[stretch]]", maxsplit=1)[0] + 'stretch = [1, "desk_fold"]\n')
    with pytest.raises(PoseFileError) as caught:
        load_set(write(tmp_path / "list.toml", text), poses)
    assert ["stretch 1" in caught.value.faults[0], "stretch 2" in caught.value.faults[1]] == [
        True,
        True,
    ]


def test_each_fault_names_the_file(tmp_path, poses):
    path = write(tmp_path / "at_the_desk.toml", SET, ("rest_s", "rest"), ("= 15", "= 999"))
    with pytest.raises(PoseFileError) as caught:
        load_set(path, poses)
    assert [fault.startswith(f"{path}: ") for fault in caught.value.faults] == [True, True]


def test_a_file_that_is_not_there_is_an_input_error(tmp_path, poses):
    with pytest.raises(InputError, match=r"none\.toml: cannot be read"):
        load_set(tmp_path / "none.toml", poses)


def test_a_stretch_of_an_unknown_pose_tells_its_other_faults_too(tmp_path, poses):
    changes = ("desk_fold", "desk_folt"), ("repetitions = 3", "times = 3")
    assert len(faults_of(tmp_path, poses, *changes)) == 2


# Seconds


def test_a_stretch_is_held_as_often_as_it_is_repeated():
    assert Stretch("", 15.0, 3, ONE_SIDED).seconds == 45.0


def test_a_stretch_with_sides_is_held_as_often_on_each():
    assert Stretch("", 15.0, 3, TWO_SIDED).seconds == 90.0


def test_a_set_of_one_hold_has_no_rest():
    assert made(Stretch("", 20.0, 1, ONE_SIDED), rest_s=10.0).seconds == 20.0


def test_a_set_rests_between_two_holds():
    assert made(Stretch("", 20.0, 2, ONE_SIDED), rest_s=10.0).seconds == 20.0 + 10.0 + 20.0


def test_a_set_rests_between_two_sides():
    assert made(Stretch("", 20.0, 1, TWO_SIDED), rest_s=10.0).seconds == 20.0 + 10.0 + 20.0


def test_a_set_rests_between_two_stretches():
    one, two = Stretch("", 20.0, 1, ONE_SIDED), Stretch("", 5.0, 1, ONE_SIDED)
    assert made(one, two, rest_s=10.0).seconds == 20.0 + 10.0 + 5.0


@given(
    st.lists(
        st.builds(
            Stretch,
            pose=st.just(""),
            hold_s=st.floats(1.0, 120.0),
            repetitions=st.integers(1, 10),
            sides=st.sampled_from([ONE_SIDED, TWO_SIDED]),
        ),
        min_size=1,
        max_size=8,
    ),
    st.floats(0.0, 120.0),
)
def test_the_seconds_of_a_set_are_those_of_doing_it_hold_by_hold(stretches, rest_s):
    now_s = -rest_s
    for stretch in stretches:
        for _side in stretch.sides:
            for _repetition in range(stretch.repetitions):
                now_s += rest_s + stretch.hold_s
    assert made(*stretches, rest_s=rest_s).seconds == pytest.approx(now_s)
