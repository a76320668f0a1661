"""The drawing of a stretch: its body, what it is on, its worked side, and both sides alike."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstretch.display.pictures.drawn_body import Part, marked_part
from backstretch.display.pictures.drawn_pose import COLOURS, GROUND, drawn_pose
from backstretch.display.pictures.figure import figure_image, figure_picture, figure_text
from backstretch.judging.matching import Form
from backstretch.kinematics.stick_figure import SEGMENTS
from backstretch.poses.pose import Drawing
from backstretch.poses.pose_file import load_pose
from tests.library import LIBRARY
from tests.pose_files import STRETCH, write

WH = (140, 105)
POSES = LIBRARY.poses
SIDED = [name for name, pose in POSES.items() if pose.sides == "each"]
ON_A_CHAIR = {name for name in POSES if "chair" in name} | {
    "levator_scapulae_stretch",
    "neck_flexion",
    "neck_rotation",
    "neck_side_bend",
    "upper_back_round_reach",
    "upper_trapezius_stretch",
}
BRAILLE_BLANK = chr(0x2800)


@cache
def drawn(name):
    return drawn_pose(POSES[name], WH)


def hue_share(picture, part):
    """Share of the pixels whose hue is that of a part, in whatever light."""
    colours = picture.astype(float) / (picture.sum(axis=2, keepdims=True) + 1.0)
    wanted = np.array(COLOURS[part]) / sum(COLOURS[part])
    return (np.abs(colours - wanted).max(axis=2) < 0.02).mean()


def read(path):
    """The picture of a PNG, (H, W, 3) RGB."""
    import cv2

    picture = cv2.imread(str(path))
    assert picture is not None
    return picture[:, :, ::-1]


@pytest.mark.parametrize("name", POSES)
class TestAPoseOfTheLibrary:
    def test_is_drawn_whole_with_room_around_it(self, name):
        covered = drawn(name).covered
        assert 0.05 < covered.mean() < 0.75
        if not POSES[name].drawing.close_up:
            assert not covered[[0, -1]].any()
            assert not covered[:, [0, -1]].any()

    def test_shows_its_face_or_its_hair(self, name):
        picture = drawn(name).picture
        assert hue_share(picture, Part.HAIR) + hue_share(picture, Part.SKIN) > 0.005

    def test_has_its_worked_side_marked_if_it_has_sides(self, name):
        is_marked = drawn(name).marked is not None
        assert is_marked == (POSES[name].sides == "each") == bool(marked_part(POSES[name]))

    def test_is_on_a_chair_or_a_mat_where_it_is_done_on_one(self, name):
        picture = drawn(name).picture
        is_on_floor = POSES[name].positions[0] not in {"standing", "chair"}
        assert (hue_share(picture, Part.CHAIR) > 0.01) == (name in ON_A_CHAIR)
        assert (hue_share(picture, Part.MAT) > 0.02) == is_on_floor


def test_cat_and_cow_differ_at_first_glance():
    cat, cow = (drawn(name).covered for name in ("cat_pose", "cow_pose"))
    assert (cat != cow).mean() > 0.1


def test_a_back_is_drawn_round_or_hollow():
    pose = POSES["cat_pose"]
    curves = [replace(pose, drawing=replace(pose.drawing, curve=curve)) for curve in (90, 0, -90)]
    backs = [drawn_pose(each, WH).covered[:, 45 * WH[0] // 100].argmax() for each in curves]
    assert backs[0] + 2 < backs[1] < backs[2] - 2


def test_the_doorway_is_drawn():
    assert hue_share(drawn("doorway_chest_opener").picture, Part.FRAME) > 0.02


@pytest.mark.parametrize("name", ["childs_pose", "low_lunge_hip_flexor", "standing_forward_fold"])
def test_the_far_limbs_are_darker_from_the_side(name):
    shares = [hue_share(drawn(name).picture, part) for part in (Part.TROUSERS, Part.FAR_LEG)]
    assert COLOURS[Part.FAR_LEG] < COLOURS[Part.TROUSERS]
    assert min(shares) > 0.001


class TestASide:
    @pytest.mark.parametrize("name", SIDED[::3])
    def test_is_drawn_otherwise_than_the_other(self, name):
        left, right = (figure_image(Form(POSES[name], side), WH) for side in ("left", "right"))
        assert (left != right).any(axis=2).mean() > 0.05

    @pytest.mark.parametrize("side", ["left", "right"])
    @pytest.mark.parametrize("mirrored", [False, True])
    def test_is_on_its_side_of_the_picture_seen_from_the_front(self, side, mirrored):
        picture = figure_image(Form(POSES["neck_rotation"], side), WH, mirrored=mirrored)
        orange = (np.abs(picture.astype(int) - COLOURS[Part.MARKED]) < 60).all(axis=2)
        x = np.nonzero(orange)[1].mean()
        # The camera sees the person's left on its right; a mirror shows it on the left.
        assert (x > WH[0] / 2) == ((side == "left") != mirrored)

    @pytest.mark.parametrize("name", SIDED)
    def test_is_marked_at_its_limb(self, name):
        x, y = np.round(drawn(name).marked).astype(int)
        near = drawn(name).picture[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3).astype(int)
        assert (near[:, 0] > near[:, 2] + 60).any()  # orange, in light or in shade

    def test_is_named_on_a_tag_that_hides_nothing(self):
        for name in SIDED[::4]:
            shown = figure_image(Form(POSES[name], "left"), WH)
            bare = drawn_pose(POSES[name], WH)
            dark = (shown.max(axis=2) < 40) & (bare.picture.max(axis=2) > 100)
            assert dark.sum() > 50, name
            assert (dark & bare.covered).sum() < 0.4 * dark.sum(), name

    def test_leaves_the_drawing_of_the_other_as_it_was(self):
        form = Form(POSES["standing_side_bend"], "left")
        before = drawn_pose(form.pose, WH).picture.copy()
        figure_image(form, WH)
        assert np.array_equal(drawn_pose(form.pose, WH).picture, before)


class TestAPoseOfOnesOwn:
    def test_is_drawn_from_its_figure_alone(self, tmp_path):
        pose = load_pose(write(tmp_path / "desk_fold.toml"))
        assert pose.drawing == Drawing()
        assert drawn_pose(pose, WH).covered.mean() > 0.03

    @pytest.mark.parametrize("name", ["neck_flexion", "figure_four_chair", "overhead_reach"])
    def test_sits_on_a_chair_if_its_figure_does(self, name):
        pose = replace(POSES[name], drawing=Drawing())
        picture = drawn_pose(pose, WH).picture
        assert (hue_share(picture, Part.CHAIR) > 0.01) == (name in ON_A_CHAIR)

    def test_without_a_figure_has_no_letters(self, tmp_path):
        path = write(tmp_path / "desk_fold.toml", STRETCH, ("[figure]\ntrunk = 60\n", ""))
        assert figure_text(load_pose(path)) == []

    @settings(max_examples=6)
    @given(data=st.data())
    def test_may_have_any_angles(self, data):
        angle = st.integers(-80, 80).map(float)
        figure = {
            name: data.draw(st.tuples(*[angle] * count), label=name)
            for name, count in SEGMENTS.items()
        }
        pose = replace(POSES["thread_the_needle"], figure=figure, drawing=Drawing())
        image = figure_image(Form(pose, "right"), (60, 45))
        assert (image != GROUND).any()


class TestLetters:
    @pytest.mark.parametrize("name", ["cat_pose", "childs_pose", "supine_twist"])
    def test_show_outlines_without_empty_edges(self, name):
        lines = figure_text(POSES[name])
        assert 4 < len(lines) <= 16
        assert len({len(line) for line in lines}) == 1
        for at in (0, -1):
            assert any(line[at] != BRAILLE_BLANK for line in lines)
        filled = [letter == chr(0x28FF) for line in lines for letter in line]
        assert np.mean(filled) < 0.05  # lines, no areas


class TestPng:
    def test_has_moments_of_the_demonstration_below_the_drawing(self, tmp_path):
        figure_picture(POSES["childs_pose"], tmp_path / "with.png")
        own = replace(POSES["childs_pose"], id="my_own", drawing=Drawing())
        figure_picture(own, tmp_path / "without.png")
        heights = [read(tmp_path / f"{name}.png").shape[0] for name in ("with", "without")]
        assert heights[0] > heights[1] + 150

    @pytest.mark.parametrize(
        ("name", "axis"), [("standing_side_bend", 1), ("single_knee_to_chest", 0)]
    )
    def test_shows_both_sides_beside_or_below_each_other(self, name, axis, tmp_path):
        figure_picture(POSES[name], tmp_path / "picture.png")
        halves = np.array_split(read(tmp_path / "picture.png")[92:562], 2, axis=axis)
        assert all(hue_share(each, Part.MARKED) > 0.002 for each in halves)
