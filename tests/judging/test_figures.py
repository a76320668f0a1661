"""Lint: the built-in poses have none, and each rule tells what it is for and nothing else."""

from dataclasses import replace

import pytest

from backstretch.judging.figures import ideal_passes, ideal_verdict, lint
from backstretch.judging.hold_clock import State
from backstretch.judging.matching import forms_of
from backstretch.kinematics.catalogue import BY_NAME, LEAST_HALF_WIDTH_DEG
from backstretch.poses.pose_file import load_pose
from tests.library import LIBRARY
from tests.pose_files import ON_EACH_SIDE, STRETCH, write

LEAST_DEG = {frame: 2 * half for frame, half in LEAST_HALF_WIDTH_DEG.items()}


@pytest.fixture
def pose(tmp_path):
    """Sound: trunk angle within 30 to 90 and the near knee within 150 to 180, seen from the side."""
    return load_pose(write(tmp_path / "desk_fold.toml"))


def with_check(pose, number, **entries):
    """The pose with one check changed; the first is number 1."""
    checks = list(pose.checks)
    checks[number - 1] = replace(checks[number - 1], **entries)
    return replace(pose, checks=tuple(checks))


def with_figure(pose, **entries):
    return replace(pose, figure={**pose.figure, **entries})


def beside(pose, *others):
    """All poses by id, as lint takes them."""
    return {each.id: each for each in (pose, *others)}


def faults_of(pose, *others):
    return lint(pose, beside(pose, *others))


@pytest.mark.parametrize("built_in", LIBRARY.poses.values(), ids=LIBRARY.poses)
def test_a_built_in_pose_has_no_lint(built_in):
    assert lint(built_in, LIBRARY.poses) == []


def test_a_sound_pose_has_no_lint(pose):
    assert faults_of(pose) == []


def test_all_of_a_poses_lint_is_told_at_once(pose):
    bad = with_check(pose, 1, below="Fold deeper.", accept=(58.0, 62.0))
    bad = with_check(bad, 2, below="", above="")
    assert [words.split(":", maxsplit=1)[0] for words in faults_of(bad)] == [
        "check 1 (trunk_incl)",
        "check 1 (trunk_incl)",
        "check 2 (knee)",
    ]


class TestACue:
    def test_that_is_missing_is_told(self, pose):
        (words,) = faults_of(with_check(pose, 2, below="", above=""))
        assert words.startswith("check 2 (knee): has no cue")

    @pytest.mark.parametrize("way", ["below", "above"])
    def test_on_one_side_is_enough(self, pose, way):
        assert (
            faults_of(with_check(pose, 2, **{"below": "", "above": "", way: "Stand tall."})) == []
        )

    @pytest.mark.parametrize("need", ["form", "if seen"])
    def test_is_not_asked_of_a_check_that_the_clock_can_do_without(self, pose, need):
        assert faults_of(with_check(pose, 2, below="", above="", need=need)) == []

    @pytest.mark.parametrize("entry", ["below", "above"])
    @pytest.mark.parametrize(
        "word", ["further", "farther", "deeper", "harder", "push more", "push through", "Further"]
    )
    def test_that_pushes_is_told_with_the_word(self, pose, entry, word):
        (words,) = faults_of(with_check(pose, 1, **{entry: f"Now {word}."}))
        assert words.startswith(f"check 1 (trunk_incl): the cue '{entry}' pushes ('{word}')")

    def test_that_pushes_is_told_of_a_check_of_form_too(self, pose):
        (words,) = faults_of(with_check(pose, 2, below="Straighten the knees harder.", need="form"))
        assert "harder" in words

    @pytest.mark.parametrize("cue", ["Push the floor away.", "Furthermore, breathe."])
    def test_that_only_sounds_like_it_is_not_told(self, pose, cue):
        assert faults_of(with_check(pose, 1, below=cue)) == []


class TestARequiredRange:
    @pytest.mark.parametrize("frame", ["image", "world"])
    def test_that_the_camera_cannot_tell_is_told(self, pose, frame):
        accept = 60.0 - LEAST_DEG[frame] / 2, 59.0 + LEAST_DEG[frame] / 2
        (words,) = faults_of(with_check(pose, 1, accept=accept, frame=frame))
        assert words.startswith(f"check 1 (trunk_incl): accept {accept[0]:g} to {accept[1]:g}")
        assert f"{LEAST_DEG[frame] - 1:g} deg wide" in words

    @pytest.mark.parametrize("frame", ["image", "world"])
    def test_that_the_camera_can_just_tell_is_not_told(self, pose, frame):
        accept = 60.0 - LEAST_DEG[frame] / 2, 60.0 + LEAST_DEG[frame] / 2
        assert faults_of(with_check(pose, 1, accept=accept, frame=frame)) == []

    def test_may_be_half_as_wide_at_the_end_of_what_the_measure_can_be(self, pose):
        assert faults_of(with_check(pose, 2, accept=(168.0, 180.0))) == []
        assert len(faults_of(with_check(pose, 2, accept=(169.0, 180.0)))) == 1

    @pytest.mark.parametrize("need", ["form", "if seen"])
    def test_may_be_narrow_where_the_clock_can_do_without(self, pose, need):
        assert faults_of(with_check(pose, 1, accept=(58.0, 62.0), need=need)) == []

    def test_of_a_ratio_may_be_narrow(self, pose):
        narrow = with_check(pose, 1, measure=BY_NAME["ankle_sep"], frame="world", accept=(0.5, 0.6))
        assert [words for words in faults_of(narrow) if "deg wide" in words] == []


class TestMoreRangeOfMotion:
    @pytest.mark.parametrize(
        ("more", "accept", "words"),
        [
            ("larger", (30.0, 150.0), "accept ends at 150 although larger is more range of motion"),
            ("smaller", (15.0, 90.0), "accept ends at 15 although smaller is more range of motion"),
        ],
    )
    def test_that_ends_before_anatomy_does_is_told(self, pose, more, accept, words):
        (told,) = faults_of(with_check(pose, 1, more=more, accept=accept, limit_reason=""))
        assert words in told

    @pytest.mark.parametrize(
        "entries",
        [
            {"accept": (30.0, 180.0), "limit_reason": ""},
            {"accept": (0.0, 90.0), "more": "smaller", "limit_reason": ""},
            {"more": "", "limit_reason": ""},
            {"limit_reason": "Safety: a reason"},
            {"limit_reason": "", "need": "form"},
        ],
        ids=["open above", "open below", "no range of motion", "a reason", "a matter of form"],
    )
    def test_that_is_open_or_has_a_reason_is_not_told(self, pose, entries):
        assert faults_of(with_check(pose, 1, **entries)) == []


class TestAMeasure:
    def test_that_no_view_of_the_pose_carries_is_told(self, pose):
        (words,) = faults_of(
            with_check(pose, 1, measure=BY_NAME["shoulder_tilt"], accept=(0.0, 90.0))
        )
        assert words.startswith("check 1 (shoulder_tilt): cannot be seen from side; it needs front")

    @pytest.mark.parametrize("view", ["front", "front_45"])
    def test_that_any_view_of_the_pose_carries_is_not_told(self, pose, view):
        tilted = with_check(pose, 1, measure=BY_NAME["shoulder_tilt"], accept=(0.0, 90.0))
        assert faults_of(replace(tilted, views=("side", view))) == []

    def test_that_is_taken_in_space_can_be_seen_from_anywhere(self, pose):
        tilted = with_check(
            pose, 1, measure=BY_NAME["shoulder_tilt"], accept=(0.0, 90.0), frame="world"
        )
        assert faults_of(tilted) == []

    def test_that_no_view_is_named_for_can_be_seen_from_anywhere(self, pose):
        assert faults_of(replace(pose, views=("back",), figure={})) == []


class TestAFigure:
    def test_that_is_outside_its_own_range_is_told_with_value_and_range(self, pose):
        assert faults_of(with_figure(pose, trunk=(20.0,))) == [
            "figure: trunk_incl is 20, outside 30 to 90"
        ]

    def test_that_is_outside_is_told_for_each_side(self, tmp_path):
        sided = load_pose(write(tmp_path / "desk_lean.toml", STRETCH, ON_EACH_SIDE))
        sided = with_check(sided, 2, of="work")
        words = faults_of(with_figure(sided, shanks=(140.0, 0.0)))
        assert [line.split(" is ", maxsplit=1)[0] for line in words] == [
            "figure: knee.left",
            "figure: knee.right",
        ]

    def test_that_is_left_out_is_not_told(self, pose):
        assert faults_of(replace(pose, figure={})) == []

    def test_may_break_a_check_of_form(self, pose):
        assert faults_of(with_check(with_figure(pose, trunk=(20.0,)), 1, need="form")) == []

    def test_that_breaks_a_check_that_is_needed_if_seen_is_told(self, pose):
        bent = with_check(with_figure(pose, shanks=(140.0, 0.0)), 2, need="if seen")
        (form,) = forms_of(bent)
        assert ideal_verdict(form, form).state is State.OUT
        assert len(faults_of(bent)) == 1


class TestALookAlike:
    def test_that_does_not_exist_is_told(self, pose):
        assert faults_of(replace(pose, look_alikes={"desk_folt": "Told apart."})) == [
            "look_alikes: there is no pose 'desk_folt'"
        ]

    @pytest.mark.parametrize("name", ["bridge", "washing hands"])
    def test_outside_the_library_may_have_any_name_that_is_no_id(self, pose, name):
        assert faults_of(replace(pose, look_alikes={name: "Told apart."})) == []

    def test_that_passes_for_the_pose_is_told(self, pose):
        twin = with_figure(replace(pose, id="desk_bow"), trunk=(70.0,))
        assert faults_of(replace(pose, look_alikes={"desk_bow": "Told apart."}), twin) == [
            "look_alikes: the figure of desk_bow passes all required checks of this pose"
        ]

    def test_that_is_outside_the_ranges_is_not_told(self, pose):
        other = with_figure(replace(pose, id="desk_bow"), trunk=(20.0,))
        assert faults_of(replace(pose, look_alikes={"desk_bow": "Less of a fold."}), other) == []

    def test_that_only_a_check_of_form_tells_apart_is_told(self, pose):
        loose = with_check(pose, 1, need="form")
        other = with_figure(replace(pose, id="desk_bow"), trunk=(20.0,))
        assert len(faults_of(replace(loose, look_alikes={"desk_bow": "Less."}), other)) == 1

    def test_that_passes_on_one_side_only_is_told(self, tmp_path):
        sided = load_pose(write(tmp_path / "desk_lean.toml", STRETCH, ON_EACH_SIDE))
        sided = with_check(sided, 2, of="work")
        other = replace(sided, id="desk_bow", figure={**sided.figure, "other_shank": (140.0, 0.0)})
        assert len(faults_of(replace(sided, look_alikes={"desk_bow": "Alike."}), other)) == 1

    def test_without_a_figure_cannot_be_told(self, pose):
        twin = replace(pose, id="desk_bow", figure={})
        assert faults_of(replace(pose, look_alikes={"desk_bow": "Told apart."}), twin) == []


def test_a_figure_is_taken_for_the_pose_whose_ranges_it_is_in(pose):
    (figure,), (form,) = forms_of(with_figure(pose, trunk=(89.0,))), forms_of(pose)
    assert ideal_passes(figure, form)


def test_a_figure_is_not_taken_for_a_pose_whose_measure_its_view_cannot_tell(pose):
    """From the front nobody can say which way is forward."""
    seen_from_the_front = replace(pose, views=("front",))
    (form,) = forms_of(with_check(pose, 1, measure=BY_NAME["trunk_lean_fwd"]))
    (from_the_front,), (from_the_side,) = forms_of(seen_from_the_front), forms_of(pose)
    assert ideal_passes(from_the_side, form)
    assert not ideal_passes(from_the_front, form)
