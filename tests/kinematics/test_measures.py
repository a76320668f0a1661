"""Measures: values known by construction, the catalogue's tables, and what must not matter."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.kinematics.catalogue import BY_NAME, CATALOGUE
from backstretch.kinematics.columns import COLUMN_INDEX, COLUMNS, LENGTHS, NEEDED, Column
from backstretch.kinematics.formulas import FORMULAS
from backstretch.kinematics.landmarks import COUNT, INDEX, NAMES, SIDES, Landmarks
from backstretch.kinematics.measures import lies, measure_body, seen_landmarks
from backstretch.kinematics.view import VIEWS
from backstretch.poses.pose import POSITIONS
from tests.figures import (
    BACK,
    DOWN,
    FRONT,
    HALF_WIDTH_M,
    LEFT_SIDE,
    PX_PER_M,
    RIGHT_SIDE,
    SHANK_M,
    TRUNK_M,
    UP,
    WH,
    Figure,
    figure_four,
    folded,
    forward,
    kneeling,
    leftward,
    long_sitting,
    measured,
    pair,
    reaching,
    side_bend,
    standing,
    turned,
    values_of,
)

SUPINE = forward(-90.0)
STEPPING = Figure(thighs=(forward(150.0), DOWN), shanks=(forward(150.0), DOWN))
CHORD = math.sin(math.radians(12.5))
KNOWN = [
    ("elbow.left", reaching(90.0, elbow_deg=120.0), FRONT, 120.0),
    ("elbow.left.world", reaching(90.0, elbow_deg=120.0), LEFT_SIDE, 120.0),
    ("shoulder_elev.right", reaching(170.0), FRONT, 10.0),
    ("shoulder_elev.left", reaching(40.0), FRONT, 140.0),
    ("hip.left", folded(100.0), LEFT_SIDE, 80.0),
    ("hip.right.world", folded(100.0), FRONT, 80.0),
    ("knee.right", standing(knee_deg=150.0), RIGHT_SIDE, 150.0),
    ("knee.left.world", standing(knee_deg=150.0), FRONT, 150.0),
    ("trunk_incl", folded(120.0), LEFT_SIDE, 120.0),
    ("trunk_incl.world", folded(120.0), FRONT, 120.0),
    ("thigh_incl.left", long_sitting(20.0), LEFT_SIDE, 90.0),
    ("shank_incl.left", standing(knee_deg=150.0), LEFT_SIDE, 165.0),
    ("upper_arm_incl.right", side_bend(20.0, arm_deg=35.0), FRONT, 35.0),
    ("upper_arm_incl.left", side_bend(20.0, arm_deg=35.0), FRONT, 180.0),
    ("forearm_incl.left", reaching(60.0), FRONT, 60.0),
    ("arm_incl.left", reaching(90.0, elbow_deg=90.0), FRONT, math.degrees(math.atan2(0.28, 0.25))),
    ("trunk_lean_fwd", folded(30.0), LEFT_SIDE, 30.0),
    ("trunk_lean_fwd", folded(30.0), RIGHT_SIDE, 30.0),
    ("trunk_lean_fwd", folded(-20.0), RIGHT_SIDE, -20.0),
    ("trunk_lean_lat.left", side_bend(25.0), FRONT, 25.0),
    ("trunk_lean_lat.right", side_bend(25.0), FRONT, -25.0),
    ("trunk_lean_lat.left", side_bend(25.0), BACK, 25.0),
    ("thigh_fwd.left", standing(knee_deg=120.0), LEFT_SIDE, 30.0),
    ("thigh_fwd.right", standing(knee_deg=120.0), RIGHT_SIDE, 30.0),
    ("neck_trunk", Figure(forward(60.0), forward(80.0)), LEFT_SIDE, -20.0),
    ("neck_trunk", Figure(forward(60.0), forward(50.0)), RIGHT_SIDE, 10.0),
    ("hip_arch.left", folded(30.0), LEFT_SIDE, -30.0),
    ("hip_arch.right", folded(-20.0), RIGHT_SIDE, 20.0),
    ("shoulder_tilt", side_bend(25.0), FRONT, 25.0),
    ("shoulder_tilt.world", side_bend(25.0), LEFT_SIDE, 25.0),
    ("hip_tilt", side_bend(25.0), FRONT, 0.0),
    ("shoulder_drop.left", side_bend(25.0), LEFT_SIDE, 25.0),
    ("shoulder_drop.right", side_bend(25.0), FRONT, -25.0),
    ("twist.left", Figure(twist_deg=40.0), FRONT, 40.0),
    ("twist.right", Figure(twist_deg=40.0), RIGHT_SIDE, -40.0),
    ("twist.right", Figure(forward(80.0), twist_deg=-40.0), LEFT_SIDE, 40.0),
    ("abs_twist", Figure(twist_deg=-40.0), FRONT, 40.0),
    ("chest_up", Figure(SUPINE), LEFT_SIDE, 0.0),
    ("chest_up", folded(90.0), LEFT_SIDE, 180.0),
    ("chest_up", standing(), FRONT, 90.0),
    ("thigh_roll.left", Figure(SUPINE, thighs=(leftward(30.0),) * 2), FRONT, 30.0),
    ("thigh_roll.right", Figure(SUPINE, thighs=(leftward(30.0),) * 2), LEFT_SIDE, -30.0),
    ("hip_heel.left", kneeling(knee_deg=25.0), LEFT_SIDE, 2 * CHORD),
    ("ankle_opp_knee.right", standing(), FRONT, math.hypot(2 * HALF_WIDTH_M, SHANK_M) / SHANK_M),
    ("wrist_ankle.left", standing(), LEFT_SIDE, 0.83 / TRUNK_M),
    ("wrist_knee.left.world", standing(), FRONT, 0.40 / TRUNK_M),
    ("wrist_hip.right", standing(), RIGHT_SIDE, 0.03 / TRUNK_M),
    ("wrist_ear.left", standing(), LEFT_SIDE, 0.73 / TRUNK_M),
    ("ear_shoulder.left", standing(), LEFT_SIDE, 0.2 / TRUNK_M),
    ("wrist_sep", standing(), FRONT, 1.0),
    ("elbow_sep", reaching(90.0), FRONT, 1.0 + 2 * 0.28 / 0.34),
    ("knee_sep", standing(), FRONT, 1.0),
    ("ankle_sep.world", standing(), LEFT_SIDE, 1.0),
    ("wrist_cross.left", standing(), FRONT, -0.5),
    ("wrist_cross.right", Figure(forearms=(DOWN, leftward(90.0))), FRONT, (0.25 - 0.17) / 0.34),
    ("elbow_cross.left", Figure(arms=(leftward(-90.0), DOWN)), FRONT, (0.28 - 0.17) / 0.34),
    ("wrist_above_head.left", reaching(0.0), FRONT, (0.53 - 0.2) / TRUNK_M),
    ("hip_above_ankle.left", standing(), LEFT_SIDE, 0.86 / TRUNK_M),
    ("hip_above_shoulder.left", folded(120.0), LEFT_SIDE, 0.5),
    ("ear_above_shoulder.right", folded(180.0), LEFT_SIDE, -0.2 / TRUNK_M),
    ("lead_foot.left", long_sitting(0.0), LEFT_SIDE, 0.86 / TRUNK_M),
    ("lead_foot.left", long_sitting(0.0), RIGHT_SIDE, 0.86 / TRUNK_M),
    ("stride.left", STEPPING, LEFT_SIDE, 0.43 / TRUNK_M),
    ("stride.right", STEPPING, RIGHT_SIDE, -0.43 / TRUNK_M),
]
RELATIVE = [
    ("head_roll_rel.left", Figure(tilt_deg=15.0), 15.0),
    ("head_roll_rel.right", Figure(tilt_deg=15.0), -15.0),
    ("head_yaw_rel.left", Figure(turn_deg=35.0), 35.0),
    ("head_yaw_rel.left", Figure(turn_deg=35.0, twist_deg=20.0), 15.0),
    ("head_yaw_rel.right", Figure(turn_deg=35.0), -35.0),
    ("head_pitch", Figure(nod_deg=25.0), 25.0),
    ("nose_aside.left", Figure(turn_deg=30.0), 0.1 * 0.5 * PX_PER_M),
    ("nose_aside.right", Figure(turn_deg=30.0), -0.1 * 0.5 * PX_PER_M),
    ("nose_drop", Figure(nod_deg=30.0), 0.1 * 0.5 * PX_PER_M),
    ("shoulder_yaw_rel.left", Figure(twist_deg=30.0), 30.0),
]
FIGURES = [side_bend(20.0), folded(70.0), kneeling(), reaching(35.0, 150.0), long_sitting(30.0)]
SEEDS = st.integers(0, 2**32 - 1)


def scattered(seed):
    """A body with its points anywhere in the picture: nothing lines up."""
    random = np.random.default_rng(seed)
    xy = random.uniform((0, 0), WH, (COUNT, 2))
    return Landmarks(xy, random.normal(0.0, 0.5, (COUNT, 3)), np.ones(COUNT), WH)


def of_all(*landmarks):
    """Measure with every landmark taken as is_seen."""
    xy = np.array([each.xy_px for each in landmarks])
    world = np.array([each.world_m for each in landmarks])
    return measure_body(xy, world, np.ones(xy.shape[:2], dtype=bool))


def columns_where(keep):
    return [index for index, column in enumerate(COLUMNS) if keep(column)]


def is_image_angle(column):
    return column.frame == "image" and column.measure.unit == "deg"


def other_side(column):
    sides = {"left": "right", "right": "left", None: None}
    return Column(column.measure, sides[column.side], column.frame).key


@pytest.mark.parametrize(("key", "figure", "camera_deg", "expected"), KNOWN)
def test_a_measure_of_a_built_figure_is_what_it_was_built_with(key, figure, camera_deg, expected):
    near = "right" if camera_deg == RIGHT_SIDE else "left"
    assert values_of(figure.seen(camera_deg), near)[key] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("is_seen", [True, False])
def test_a_better_line_across_the_head_is_taken_instead_of_the_ears_where_those_are_seen(is_seen):
    marks = Figure(tilt_deg=20.0).seen(FRONT)
    seen = np.ones((1, COUNT), bool)
    seen[0, INDEX["left_ear"]] = is_seen
    lines = {"ears": np.array([np.nan]), "face": np.array([-35.0])}
    by = {
        name: measure_body(marks.xy_px[None], marks.world_m[None], seen, line).values[0]
        for name, line in lines.items()
    }
    at = [COLUMN_INDEX[f"head_roll_rel.{side}"] for side in ("left", "right")]
    wanted = {"ears": (20.0, -20.0), "face": (35.0, -35.0)} if is_seen else {}
    for name, values in by.items():
        assert values[at] == pytest.approx(wanted.get(name, (np.nan, np.nan)), nan_ok=True)
    others = [index for index in range(len(COLUMNS)) if index not in at]
    assert by["face"][others] == pytest.approx(by["ears"][others], nan_ok=True)


@pytest.mark.parametrize(("key", "figure", "expected"), RELATIVE)
def test_a_relative_measure_starts_from_where_the_body_points(key, figure, expected):
    value = measured(figure.seen(FRONT)).values[0, COLUMN_INDEX[key]]
    assert value == pytest.approx(expected, abs=1e-6)


def test_every_measure_of_the_catalogue_has_a_known_value():
    keys = [entry[0] for entry in KNOWN] + [entry[0] for entry in RELATIVE]
    known = {key.split(".")[0] for key in keys}
    assert known == set(BY_NAME)


def test_reference_lengths_are_those_of_the_figure():
    lengths = measured(standing().seen(FRONT)).lengths[0]
    metres = np.array([TRUNK_M, 2 * HALF_WIDTH_M, SHANK_M])
    assert lengths == pytest.approx(np.concatenate([metres * PX_PER_M, metres]))


def test_the_longer_shank_is_the_reference():
    foreshortened = Figure(shanks=(DOWN, forward(120.0))).seen(FRONT)
    assert measured(foreshortened).lengths[0, 2] == pytest.approx(SHANK_M * PX_PER_M)


@pytest.mark.parametrize(("camera_deg", "sign"), [(LEFT_SIDE, 1), (RIGHT_SIDE, -1), (FRONT, 0)])
def test_the_side_nearer_to_the_camera_is_told_in_metres(camera_deg, sign):
    nearer = measured(standing().seen(camera_deg)).towards_camera[0]
    assert nearer == pytest.approx(sign * 2 * HALF_WIDTH_M)


@pytest.mark.parametrize(
    ("camera_deg", "expected"),
    [(FRONT, (0, 0, 1)), (LEFT_SIDE, (1, 0, 0)), (RIGHT_SIDE, (-1, 0, 0)), (BACK, (0, 0, -1))],
)
def test_the_camera_is_told_in_the_bodys_own_axes(camera_deg, expected):
    assert measured(standing().seen(camera_deg)).camera[0] == pytest.approx(expected, abs=1e-9)


def test_lying_on_the_back_shows_the_chest_to_a_camera_above():
    supine = Figure(SUPINE, thighs=pair(forward(90.0))).seen(FRONT)
    assert measured(supine).camera[0] == pytest.approx((0, -1, 0), abs=1e-9)  # from the feet


# Tables


def test_names_are_unique():
    assert len(BY_NAME) == len(CATALOGUE)


def test_column_keys_are_unique():
    assert len(COLUMN_INDEX) == len(COLUMNS)


@pytest.mark.parametrize("measure", CATALOGUE, ids=lambda measure: measure.name)
class TestCatalogue:
    def test_has_words_for_people(self, measure):
        assert measure.label
        assert measure.definition

    def test_names_views_that_exist(self, measure):
        assert set(measure.views) <= set(VIEWS)

    def test_signed_by_a_way_in_the_picture_names_the_views_that_show_it(self, measure):
        if measure.facing or measure.formula in {"trunk_sideways", "head_roll", "level"}:
            assert measure.views

    def test_names_a_formula_that_exists(self, measure):
        assert measure.formula in FORMULAS

    def test_has_a_reference_length_if_and_only_if_it_is_a_ratio(self, measure):
        assert (measure.over in LENGTHS) == (measure.unit == "ratio")

    def test_has_a_column_for_every_side_and_frame(self, measure):
        sides = set(SIDES) if measure.sided else {None}
        columns = {(c.side, c.frame) for c in COLUMNS if c.measure is measure}
        assert columns == {(side, frame) for side in sides for frame in measure.frames}

    def test_takes_parts_of_the_body(self, measure):
        parts = [part.removeprefix("~") for part in measure.parts]
        assert all(part in NAMES or f"left_{part}" in NAMES for part in parts)


def test_no_measure_is_called_like_a_position():
    assert not set(BY_NAME) & set(POSITIONS)


def whose_place_matters():
    """For each column the landmarks that change its value when they move."""
    still = scattered(7)
    moved = [still]
    for index in range(COUNT):
        xy, world = still.xy_px.copy(), still.world_m.copy()
        xy[index] += (31.0, 17.0)
        world[index] += (0.31, 0.17, 0.23)
        moved.append(replace(still, xy_px=xy, world_m=world))
    values = of_all(*moved).values
    changed = values[1:] != values[0]
    return {c.key: {NAMES[i] for i in np.flatnonzero(changed[:, n])} for n, c in enumerate(COLUMNS)}


MATTERS = whose_place_matters()


@pytest.mark.parametrize("measure", CATALOGUE, ids=lambda measure: measure.name)
def test_needed_are_the_landmarks_whose_place_matters(measure):
    keys = [column.key for column in COLUMNS if column.measure is measure]
    assert {key: set(NEEDED[key]) for key in keys} == {key: MATTERS[key] for key in keys}


# Sides and pictures


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("camera_deg", [10.0, 50.0, 80.0])
def test_mirroring_the_picture_and_swapping_sides_swaps_the_values(figure, camera_deg):
    landmarks = figure.seen(camera_deg)
    direct, mirror = values_of(landmarks, "left"), values_of(landmarks.mirrored(), "right")
    swapped = [mirror[other_side(column)] for column in COLUMNS]
    assert swapped == pytest.approx(list(direct.values()), abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("figure", FIGURES)
def test_a_mirrored_body_looks_like_a_mirrored_picture(figure):
    picture, body = figure.seen(30.0).mirrored(), figure.mirrored().seen(-30.0)
    assert picture.xy_px == pytest.approx(body.xy_px)
    assert picture.world_m == pytest.approx(body.world_m)


def test_one_moment_and_many_give_the_same_numbers():
    bodies = [figure.seen(40.0) for figure in FIGURES]
    alone = np.concatenate([measured(body).values for body in bodies])
    assert measured(*bodies).values == pytest.approx(alone, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("wh", [(640, 480), (480, 640), (1920, 1080)])
def test_the_shape_of_the_picture_does_not_matter(wh):
    landmarks = reaching(45.0).seen(FRONT, wh=wh)
    assert values_of(landmarks)["upper_arm_incl.left"] == pytest.approx(45.0)


@given(SEEDS, st.floats(-500, 500), st.floats(-500, 500), st.floats(0.2, 5.0))
def test_image_angles_do_not_change_under_shift_and_scale(seed, right_px, down_px, scale):
    body = scattered(seed)
    moved = replace(body, xy_px=body.xy_px * scale + (right_px, down_px))
    values = of_all(body, moved).values[:, columns_where(is_image_angle)]
    assert values[1] == pytest.approx(values[0], abs=1e-4)


@given(SEEDS, st.floats(-180, 180))
def test_joint_angles_do_not_change_when_the_picture_turns(seed, turn_deg):
    body = scattered(seed)
    joints = columns_where(lambda c: c.frame == "image" and c.measure.formula == "angle")
    values = of_all(body, turned(body, turn_deg)).values[:, joints]
    assert values[1] == pytest.approx(values[0], abs=1e-4)


@given(SEEDS, st.floats(0.2, 5.0))
def test_lengths_and_distances_scale_together(seed, scale):
    body = scattered(seed)
    bigger = replace(body, xy_px=body.xy_px * scale)
    ratios = columns_where(lambda c: c.frame == "image" and c.measure.unit == "ratio")
    both = of_all(body, bigger)
    assert both.values[1, ratios] == pytest.approx(both.values[0, ratios] * scale, abs=1e-6)
    assert both.lengths[1, :3] == pytest.approx(both.lengths[0, :3] * scale)


@given(SEEDS)
def test_mirroring_twice_changes_nothing(seed):
    body = scattered(seed)
    values = of_all(body, body.mirrored().mirrored()).values
    assert values[1] == pytest.approx(values[0], abs=1e-6)


def slow_joint_angle(points, column):
    """By the difference of two directions in the plane, by the law of cosines in space."""
    first, vertex, last = (points[INDEX[f"{column.side}_{part}"]] for part in column.measure.parts)
    if column.frame == "image":
        one = math.atan2(first[1] - vertex[1], first[0] - vertex[0])
        other = math.atan2(last[1] - vertex[1], last[0] - vertex[0])
        between = abs(math.degrees(one - other)) % 360.0
        return min(between, 360.0 - between)
    a, b, c = math.dist(vertex, first), math.dist(vertex, last), math.dist(first, last)
    return math.degrees(math.acos((a * a + b * b - c * c) / (2 * a * b)))


@given(SEEDS)
def test_joint_angles_agree_with_school_geometry(seed):
    body = scattered(seed)
    values = of_all(body).values[0]
    for index in columns_where(lambda c: c.measure.formula == "angle"):
        points = body.xy_px if COLUMNS[index].frame == "image" else body.world_m
        assert values[index] == pytest.approx(slow_joint_angle(points, COLUMNS[index]), abs=1e-4)


@given(SEEDS)
def test_angles_lie_within_half_a_turn(seed):
    degrees = of_all(scattered(seed)).values[0, columns_where(lambda c: c.measure.unit == "deg")]
    assert (np.abs(degrees) <= 180.0).all()


# Unseen


MIDLINES = {"trunk_from_up", "trunk_forward", "neck_bend", "thigh_roll"}
"""Trunk and neck are taken from one side where only that is is_seen."""


def gone_without(name):
    """Keys of the columns that are unknown when one landmark is not is_seen."""
    landmarks = scattered(3)
    is_seen = np.ones((1, COUNT), dtype=bool)
    is_seen[0, INDEX[name]] = False
    values = measure_body(landmarks.xy_px[None], landmarks.world_m[None], is_seen).values[0]
    return {column.key for column, value in zip(COLUMNS, values, strict=True) if np.isnan(value)}


@pytest.mark.parametrize("name", NAMES)
def test_an_unseen_landmark_leaves_only_measures_unknown_that_need_it(name):
    assert gone_without(name) <= {key for key, needed in MATTERS.items() if name in needed}


@pytest.mark.parametrize("name", NAMES)
def test_an_unseen_landmark_leaves_all_measures_unknown_that_name_it(name):
    middle = {column.key for column in COLUMNS if column.measure.formula in MIDLINES}
    assert gone_without(name) >= {key for key, needed in NEEDED.items() if name in needed} - middle


def test_the_trunk_is_measured_from_the_side_that_is_seen():
    hidden = folded(110.0).seen(LEFT_SIDE, hidden=["right_shoulder", "right_hip"])
    assert values_of(hidden)["trunk_incl"] == pytest.approx(110.0)


def test_the_trunk_is_unknown_when_no_side_is_whole():
    hidden = standing().seen(FRONT, hidden=["right_shoulder", "left_hip"])
    assert np.isnan(values_of(hidden)["trunk_incl"])


def test_nothing_seen_is_all_nan_and_no_error():
    assert np.isnan(measured(standing().seen(FRONT, hidden=NAMES)).values).all()


def test_all_points_in_one_place_are_no_error():
    heap = Landmarks(np.full((COUNT, 2), 9.0), np.zeros((COUNT, 3)), np.ones(COUNT), WH)
    assert np.isnan(of_all(heap).values[0, COLUMN_INDEX["knee.left"]])


def seen_names(landmarks):
    arrays = (landmarks.xy_px[None], landmarks.world_m[None], landmarks.visibility[None])
    return {
        n for n, s in zip(NAMES, seen_landmarks(*arrays, landmarks.image_wh)[0], strict=True) if s
    }


def test_all_of_a_whole_body_is_seen():
    assert seen_names(standing().seen(FRONT)) == set(NAMES)


def test_a_landmark_of_low_visibility_is_unseen():
    assert set(NAMES) - seen_names(standing().seen(FRONT, hidden=["left_wrist"])) == {"left_wrist"}


@pytest.mark.parametrize(("outside_px", "is_seen"), [(10.0, True), (16.0, False)])
def test_a_landmark_well_outside_the_picture_is_unseen(outside_px, is_seen):
    body = standing().seen(FRONT)
    xy = body.xy_px.copy()
    xy[INDEX["nose"]] = (-outside_px, 100.0)
    assert ("nose" in seen_names(replace(body, xy_px=xy))) == is_seen


@pytest.mark.parametrize(
    ("part", "length", "gone"),
    [
        ("knee", 0.3, {"left_knee", "left_ankle", "left_heel", "left_foot_index"}),
        ("ankle", 0.3, {"left_ankle", "left_heel", "left_foot_index"}),
        ("ankle", 1.6, {"left_ankle", "left_heel", "left_foot_index"}),
        ("ankle", 1.0, set()),
    ],
)
def test_a_leg_that_cannot_belong_to_the_trunk_is_unseen(part, length, gone):
    body = standing().seen(FRONT)
    world = body.world_m.copy()
    start = world[INDEX["left_hip" if part == "knee" else "left_knee"]].copy()
    shift = np.add(start, (0.0, length * TRUNK_M, 0.0)) - world[INDEX[f"left_{part}"]]
    for moved in ("knee", "ankle", "heel", "foot_index")[0 if part == "knee" else 1 :]:
        world[INDEX[f"left_{moved}"]] += shift
    assert set(NAMES) - seen_names(replace(body, world_m=world)) == gone


def shortened(figure, camera_deg):
    """A figure from a camera, its left shank 0.4 trunks long in space, as that of a crossed leg is read."""
    body = figure.seen(camera_deg)
    world = body.world_m.copy()
    knee, ankle = INDEX["left_knee"], INDEX["left_ankle"]
    shank = world[ankle] - world[knee]
    world[ankle] = world[knee] + shank * 0.4 * TRUNK_M / np.linalg.norm(shank)
    return replace(body, world_m=world)


LEFT_FOOT = {"left_ankle", "left_heel", "left_foot_index"}


def test_the_crossed_ankle_of_somebody_who_lies_is_seen_though_its_shank_reads_short():
    assert seen_names(shortened(figure_four(), LEFT_SIDE)) >= LEFT_FOOT


@pytest.mark.parametrize("body", [folded(90.0), kneeling(), standing()])
def test_a_short_shank_is_unseen_of_somebody_who_does_not_lie_on_the_back(body):
    assert not LEFT_FOOT & seen_names(shortened(body, LEFT_SIDE))


def test_a_short_shank_of_somebody_who_lies_is_unseen_near_the_edge_of_the_picture():
    lying = shortened(figure_four(), LEFT_SIDE)
    left_px = lying.xy_px[INDEX["left_ankle"], 0]
    near_edge = replace(lying, xy_px=lying.xy_px - (left_px - 0.05 * WH[0], 0.0))
    assert not LEFT_FOOT & seen_names(near_edge)


@pytest.mark.parametrize("figure", [Figure(SUPINE), figure_four(), Figure(SUPINE, twist_deg=60.0)])
@pytest.mark.parametrize("camera_deg", [FRONT, LEFT_SIDE, 45.0, RIGHT_SIDE])
def test_somebody_on_the_back_lies_for_every_camera(figure, camera_deg):
    assert lies(figure.seen(camera_deg).world_m[None]).tolist() == [True]


@pytest.mark.parametrize("figure", [*FIGURES, standing(), folded(90.0), Figure(forward(85.0))])
def test_nobody_lies_who_stands_sits_folds_or_faces_down(figure):
    assert lies(figure.seen(LEFT_SIDE).world_m[None]).tolist() == [False]


def test_nobody_in_view_lies_nowhere():
    assert lies(np.full((1, COUNT, 3), np.nan)).tolist() == [False]


def test_a_hidden_leg_does_not_touch_the_other():
    hidden = standing(knee_deg=160.0).seen(RIGHT_SIDE, hidden=["left_knee", "left_ankle"])
    assert values_of(hidden, "right")["knee.right"] == pytest.approx(160.0)


def test_up_is_the_pictures_up():
    assert values_of(Figure(UP).seen(FRONT))["trunk_incl"] == 0.0
