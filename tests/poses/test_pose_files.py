"""Pose files: the built-in ones, what a reader is told about a bad one, and both sides alike."""

import pytest

from backstretch.errors import InputError, PoseFileError
from backstretch.judging.hold_clock import State
from backstretch.judging.matching import forms_of
from backstretch.kinematics.columns import COLUMN_INDEX
from backstretch.kinematics.neutral import settle
from backstretch.poses.pose import LONGEST_HOLD_S
from backstretch.poses.pose_file import load_pose
from tests.figures import (
    FRONT,
    LEFT_SIDE,
    figure_four,
    folded,
    kneeling,
    long_sitting,
    measured,
    reaching,
    side_bend,
    standing,
)
from tests.places import POSE_FILES
from tests.pose_files import STRETCH, write

BUILT_IN = sorted(POSE_FILES.glob("*.toml"))
WHOLE = """\
name = "Test bend"
regions = ["lower_back"]
positions = ["standing"]
views = ["side"]
sides = "both"
steps = ["Bend."]
safety = "Be careful."
sources = ["A test"]

[hold]
seconds = [10, 30]
default_s = 20
repetitions = [1, 3]
default_repetitions = 2
source = "A test"

[[check]]
measure = "trunk_incl"
good = [40, 80]
accept = [30, 90]
more = "larger"
source = "A test"

[[check]]
measure = "knee"
of = "near"
good = [160, 180]
accept = [150, 180]
required = false
source = "A test"
"""
IN_POSE = [
    ("childs_pose", kneeling(), LEFT_SIDE),
    ("figure_four_supine", figure_four(), 55.0),
    ("overhead_reach", reaching(10.0), FRONT),
    ("seated_forward_fold", long_sitting(40.0), LEFT_SIDE),
    ("standing_forward_fold", folded(130.0), LEFT_SIDE),
    ("standing_side_bend", side_bend(25.0), FRONT),
]


def written(folder, *changes, text=WHOLE):
    """A pose file with changes, each (what stands there, what stands there instead)."""
    for old, new in changes:
        assert text.count(old), f"{old!r} is not in the file"
        text = text.replace(old, new, 1)
    path = folder / "test_bend.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(folder, *changes):
    path = written(folder, *changes)
    with pytest.raises(PoseFileError) as caught:
        load_pose(path)
    return [fault.removeprefix(f"{path}: ") for fault in caught.value.faults]


def states(pose, figure, camera_deg):
    near = "left" if camera_deg >= 0 else "right"
    values = settle(measured(figure.seen(camera_deg)), 0, None, near)
    return {form.side: form.judge(values, near, inside=False).state for form in forms_of(pose)}


# The built-in poses


@pytest.mark.parametrize("path", BUILT_IN, ids=lambda path: path.stem)
class TestBuiltInPose:
    def test_loads_and_is_called_like_its_file(self, path):
        assert load_pose(path).id == path.stem

    def test_can_be_held_within_what_is_allowed(self, path):
        assert (
            0 < load_pose(path).dose.default_s <= load_pose(path).dose.longest_s <= LONGEST_HOLD_S
        )

    def test_has_labels_that_tell_its_checks_apart(self, path):
        pose = load_pose(path)
        assert len({pose.label(check) for check in pose.checks}) == len(pose.checks)

    def test_trusts_its_image_measures_in_its_best_view(self, path):
        pose = load_pose(path)
        view = {"foot_side_45": "side", "front_45": "front", "head_side_45": "front"}.get(
            pose.views[0], pose.views[0]
        )
        doubtful = [
            c.measure.name
            for c in pose.checks
            if c.frame == "image" and c.measure.views and view not in c.measure.views
        ]
        assert doubtful == []

    def test_never_says_further_or_deeper(self, path):
        cues = " ".join(check.below + check.above for check in load_pose(path).checks).lower()
        assert not any(word in cues for word in ("further", "deeper", "harder", "push through"))

    def test_can_say_what_to_change_for_each_required_check(self, path):
        checks = [check for check in load_pose(path).checks if check.required]
        assert all(check.below or check.above for check in checks)

    def test_gives_a_source_for_every_check(self, path):
        assert all(check.source for check in load_pose(path).checks)

    def test_is_not_fulfilled_by_standing(self, path):
        assert State.IN not in states(load_pose(path), standing(), FRONT).values()


def test_a_built_figure_of_every_built_in_pose_is_tried():
    assert {name for name, *_ in IN_POSE} <= {path.stem for path in BUILT_IN}


@pytest.mark.parametrize(("name", "figure", "camera_deg"), IN_POSE)
def test_a_figure_in_the_pose_is_in(name, figure, camera_deg):
    pose = load_pose(POSE_FILES / f"{name}.toml")
    found = states(pose, figure, camera_deg)
    assert found[None if pose.sides == "both" else "left"] is State.IN


@pytest.mark.parametrize(("name", "figure", "camera_deg"), IN_POSE)
def test_the_left_form_of_a_figure_is_the_right_form_of_the_mirrored_one(name, figure, camera_deg):
    pose = load_pose(POSE_FILES / f"{name}.toml")
    left, right = states(pose, figure, camera_deg), states(pose, figure.mirrored(), -camera_deg)
    swapped = {"left": "right", "right": "left", None: None}
    assert right == {swapped[side]: state for side, state in left.items()}


@pytest.mark.parametrize(("name", "figure", "camera_deg"), IN_POSE)
def test_the_other_side_of_a_pose_with_sides_is_out(name, figure, camera_deg):
    assert states(load_pose(POSE_FILES / f"{name}.toml"), figure, camera_deg).get("right") in {
        State.OUT,
        None,
    }


@pytest.mark.parametrize(("name", "figure", "camera_deg"), IN_POSE)
def test_a_figure_of_one_pose_is_in_no_other(name, figure, camera_deg):
    others = [load_pose(path) for path in BUILT_IN if path.stem != name]
    found = {pose.id for pose in others if State.IN in states(pose, figure, camera_deg).values()}
    assert found == set()


# Reading a file


def test_a_file_says_what_it_says(tmp_path):
    pose = load_pose(written(tmp_path))
    trunk, knee = pose.checks
    assert (trunk.measure.name, trunk.of, trunk.frame, trunk.accept) == (
        "trunk_incl",
        "",
        "image",
        (30, 90),
    )
    assert (knee.of, knee.required, knee.more) == ("near", False, "")
    assert (pose.id, pose.dose.seconds, pose.dose.default_repetitions) == ("test_bend", (10, 30), 2)


def test_the_first_required_check_with_more_tells_moving_from_holding(tmp_path):
    assert load_pose(written(tmp_path)).primary.measure.name == "trunk_incl"


def test_without_more_the_first_required_check_tells_moving_from_holding(tmp_path):
    path = written(tmp_path, ('more = "larger"\n', ""), ("required = false", 'more = "larger"'))
    assert load_pose(path).primary.measure.name == "knee"


def test_a_check_of_form_never_tells_moving_from_holding(tmp_path):
    path = written(
        tmp_path,
        ('more = "larger"\n', ""),
        ("required = false", 'required = false\nmore = "larger"'),
    )
    assert load_pose(path).primary.measure.name == "trunk_incl"


def test_a_hold_is_capped_at_the_most_that_the_pose_names(tmp_path):
    assert load_pose(written(tmp_path)).dose.longest_s == 30


@pytest.mark.parametrize(
    ("more", "label"),
    [
        ('measure = "knee"\nof = "far"', "knee_near"),
        ('measure = "knee"\nof = "near"\nframe = "world"', "knee_image"),
        ('measure = "hip"\nof = "far"', "knee"),
    ],
)
def test_a_label_names_what_tells_a_check_from_its_like(tmp_path, more, label):
    twin = f'[[check]]\n{more}\ngood = [160, 180]\naccept = [150, 180]\nsource = "A test"\n'
    pose = load_pose(written(tmp_path, text=WHOLE + twin))
    assert pose.label(pose.checks[1]) == label


@pytest.mark.parametrize(("of", "words"), [("near", "knee (near side)"), ("both", "knee")])
def test_a_check_has_words(tmp_path, of, words):
    path = written(tmp_path, ('of = "near"', f'of = "{of}"'))
    assert load_pose(path).checks[1].words == words


# Faults


def test_all_faults_of_a_file_are_told_at_once(tmp_path):
    faults = faults_of(
        tmp_path,
        ('regions = ["lower_back"]', 'regions = ["belly"]'),
        ('safety = "Be careful."\n', ""),
        ("default_s = 20", "default_s = 45"),
        ("accept = [30, 90]", "accept = [90, 30]"),
        ('measure = "knee"', 'measure = "kneee"'),
    )
    told = "\n".join(faults)
    words = ("belly", "safety is missing", "45 is outside", "low 90 exceeds", "no measure 'kneee'")
    assert [word for word in words if word not in told] == []


FAULTS = [
    ("name", ('name = "Test bend"', "name = 7"), ["name = 7", "text"]),
    ("missing", ('name = "Test bend"\n', ""), ["name is missing"]),
    ("unknown", ('name = "Test bend"', 'name = "T"\nnaem = "T"'), ["'naem'"]),
    ("region", ('["lower_back"]', '["belly"]'), ["belly", "lower_back"]),
    ("view", ('["side"]', '["above"]'), ["above", "front"]),
    ("sides", ('sides = "both"', 'sides = "all"'), ["'all'", "both, each"]),
    ("no rule", ('sides = "both"', 'sides = "each"'), ["side_rule", "missing"]),
    ("no hold", ("[hold]", "[holds]"), ["hold is missing", "'holds'"]),
    ("in hold", ("default_s = 20", 'default_s = "20"'), ["hold", "'20'", "number"]),
    ("default", ("default_s = 20", "default_s = 45"), ["hold", "45", "10 to 30"]),
    ("grace", ("default_s = 20", "default_s = 20\ngrace_wrong_s = 60"), ["grace_wrong_s 60", "10"]),
    ("too long", ("seconds = [10, 30]", "seconds = [10, 300]"), ["hold", "300", "1 to 120"]),
    ("measure", ('"trunk_incl"', '"trunk_inkl"'), ["check 1", "'trunk_inkl'", "trunk_incl"]),
    ("kind", ('"trunk_incl"', '["trunk_incl"]'), ["check 1", "measure = ['trunk_incl']", "text"]),
    (
        "side of a midline",
        ('"trunk_incl"\n', '"trunk_incl"\nof = "near"\n'),
        ["check 1 (trunk_incl)", "no sides"],
    ),
    ("no side", ('of = "near"\n', ""), ["check 2 (knee)", "of is missing", "near"]),
    ("work of both", ('of = "near"', 'of = "work"'), ["check 2 (knee)", "'work'", "each"]),
    ("reversed", ("accept = [30, 90]", "accept = [90, 30]"), ["check 1 (trunk_incl)", "90", "30"]),
    (
        "not a range",
        ("accept = [30, 90]", "accept = 30"),
        ["check 1 (trunk_incl)", "accept = 30", "[low, high]"],
    ),
    (
        "beyond anatomy",
        ("accept = [150, 180]", "accept = [150, 270]"),
        ["check 2 (knee)", "270", "180"],
    ),
    (
        "good outside",
        ("good = [40, 80]", "good = [20, 80]"),
        ["check 1 (trunk_incl)", "20 to 80", "30 to 90"],
    ),
    (
        "frame",
        ('of = "near"', 'of = "near"\nframe = "mask"'),
        ["check 2 (knee)", "'mask'", "image, world"],
    ),
    ("flag", ("required = false", 'required = "no"'), ["check 2 (knee)", "'no'", "true, false or"]),
    ("more", ('"larger"', '"bigger"'), ["check 1 (trunk_incl)", "'bigger'", "larger, smaller"]),
    (
        "a reason without more",
        ('more = "larger"', 'limit_reason = "A test"'),
        ["check 1 (trunk_incl)", "limit_reason needs more"],
    ),
    ("none required", ('more = "larger"', "required = false"), ["no check is required"]),
    ("not finite", ("accept = [30, 90]", "accept = [nan, 90]"), ["check 1 (trunk_incl)", "nan"]),
    ("infinite", ("default_repetitions = 2", "default_repetitions = inf"), ["hold", "inf"]),
    ("half", ("default_repetitions = 2", "default_repetitions = 1.5"), ["hold", "1.5"]),
    ("no views", ('views = ["side"]', "views = []"), ["views"]),
    ("no steps", ('steps = ["Bend."]', "steps = []"), ["steps"]),
]


@pytest.mark.parametrize(("change", "words"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_fault_names_the_place_the_value_and_what_would_be_right(tmp_path, change, words):
    told = "\n".join(faults_of(tmp_path, change))
    assert [word for word in words if word not in told] == []


@pytest.mark.parametrize(
    "change",
    [
        ('"trunk_incl"', '"trunk_inkl"'),
        ('measure = "trunk_incl"\n', ""),
        ("good = [40, 80]\n", ""),
        ("accept = [30, 90]", "accept = [90, 30]"),
        ("default_s = 20\n", ""),
        ("seconds = [10, 30]", "seconds = [30, 10]"),
    ],
    ids=lambda change: change[0].strip() + " -> " + change[1].strip(),
)
def test_one_mistake_is_told_as_one_fault(tmp_path, change):
    assert len(faults_of(tmp_path, change)) == 1


def test_two_mistakes_in_one_table_are_told_as_two(tmp_path):
    changes = ("default_s = 20", "default_s = 45"), ("repetitions = 2", "repetitions = 7")
    assert len(faults_of(tmp_path, *changes)) == 2


DRAWING = """
[drawing]
trunk = 70
hands = [92, 0]
curve = 40
view = [60, 15]
marked = "leg"
on = ["mat"]
close_up = true

[[check]]"""


def test_a_drawing_says_what_it_says(tmp_path):
    drawing = load_pose(
        write(tmp_path / "desk_fold.toml", STRETCH, ("\n[[check]]", DRAWING))
    ).drawing
    assert drawing.segments == {"trunk": (70.0,), "hands": (92.0, 0.0)}
    assert (drawing.curve, drawing.view, drawing.close_up) == (40.0, (60.0, 15.0), True)
    assert (drawing.marked, drawing.on) == ("leg", ("mat",))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("curve = 40", "curve = 200"), "curve 200; it must be within ±150"),
        (("view = [60, 15]", "view = [60, 90]"), "height of view 90; it must be within ±80"),
        (("view = [60, 15]", "view = 60"), "view = 60; it must be a list of 2 numbers"),
        (('"leg"', '"head"'), "marked = 'head'; it must be one of arm, leg, shoulder"),
        (('["mat"]', '["sofa"]'), "on = ['sofa']; it must be a list of mat, chair, doorway"),
        (("close_up = true", "close_up = 1"), "close_up = 1; it must be true or false"),
        (("hands = [92, 0]", "hands = 92"), "hands = 92; it must be a list of 2 numbers"),
        (("curve = 40", "bend = 40"), "unknown entry 'bend'"),
    ],
)
def test_a_fault_of_a_drawing_names_what_would_be_right(tmp_path, change, words):
    path = write(tmp_path / "desk_fold.toml", STRETCH, ("\n[[check]]", DRAWING), change)
    with pytest.raises(PoseFileError) as caught:
        load_pose(path)
    assert caught.value.faults == [f"{path}: drawing: {words}"]


def test_a_drawing_changes_nothing_that_is_judged(tmp_path):
    plain = load_pose(write(tmp_path / "desk_fold.toml"))
    drawn = load_pose(write(tmp_path / "desk_fold.toml", STRETCH, ("\n[[check]]", DRAWING)))
    assert (drawn.figure, drawn.checks, drawn.dose) == (plain.figure, plain.checks, plain.dose)


def test_a_file_without_checks_is_refused(tmp_path):
    path = written(tmp_path, text=WHOLE.split("[[check]]", maxsplit=1)[0])
    with pytest.raises(PoseFileError, match="check is missing"):
        load_pose(path)


def test_each_fault_names_the_file(tmp_path):
    path = written(tmp_path, ('sides = "both"', "sides = 1"), ("default_s = 20", "default_s = 2"))
    with pytest.raises(PoseFileError) as caught:
        load_pose(path)
    assert all(fault.startswith(f"{path}: ") for fault in caught.value.faults)


def test_a_file_that_is_not_utf8_says_where(tmp_path):
    path = tmp_path / "latin.toml"
    path.write_bytes("name = 'Dehnübung'".encode("latin-1"))
    with pytest.raises(PoseFileError, match=r"latin\.toml: is not UTF-8 text \(byte 12\)"):
        load_pose(path)


def test_a_file_that_is_not_toml_says_where(tmp_path):
    with pytest.raises(PoseFileError, match=r"is not valid TOML: .*line 1"):
        load_pose(written(tmp_path, ('name = "Test bend"', "name = Test bend")))


@pytest.mark.parametrize("name", ["missing.toml", "folder.toml"])
def test_a_file_that_cannot_be_read_is_an_input_error(tmp_path, name):
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(InputError, match=f"{name}: (cannot be read|is not a file)"):
        load_pose(tmp_path / name)


def test_every_measure_that_a_pose_reads_has_a_column():
    poses = [load_pose(path) for path in BUILT_IN]
    targets = [t for pose in poses for form in forms_of(pose) for t in form.targets["left"]]
    assert all(COLUMN_INDEX[target.column.key] == target.index for target in targets)


def test_grace_times_are_the_clock_s_own_unless_the_file_sets_them(tmp_path):
    assert load_pose(written(tmp_path)).dose.grace_unseen_s == 2.0
    path = written(tmp_path, ("default_s = 20", "default_s = 20\ngrace_unseen_s = 4"))
    assert load_pose(path).dose.grace_unseen_s == 4.0
