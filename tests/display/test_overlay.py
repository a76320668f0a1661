from backstretch.judging.hold_clock import State

"""The overlay: what is drawn where, in which colour and shape, on pictures of any size."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from backstretch.display.pictures.canvas import BLUE, GREY, ORANGE, WHITE, Colour, Picture, Type
from backstretch.display.pictures.overlay import BONE, TITLES, Mark, Overlay, marks_of, spot_of
from backstretch.judging.matching import Form, Reading, Verdict
from backstretch.judging.reasons import Reason, ReasonKind
from backstretch.judging.session import Session
from backstretch.judging.step import Step
from backstretch.kinematics.columns import COLUMNS
from backstretch.kinematics.landmarks import INDEX, Landmarks
from backstretch.poses.pose import Need
from backstretch.poses.pose_file import load_pose
from tests.figures import FRONT, WH, Figure, side_bend
from tests.places import POSE_FILES

POSE = load_pose(POSE_FILES / "standing_side_bend.toml")
ASKED_S = 20.0
SIZES = [(640, 480), (1280, 720), (480, 854), (160, 120), (161, 121), (333, 77), (64, 48), (16, 16)]
LONG_CUE = "Stay between two panes of glass; no twisting, and keep both feet heavy on the floor."
BENT = Figure(
    thighs=((0.5, -0.866, 0.0), (0.0, -1.0, 0.0)), shanks=((-0.5, -0.866, 0.0), (0.0, -1.0, 0.0))
)
"""Standing, only the left knee bent, outwards, as seen from the front."""
REACH_PX = 6
"""Every symbol is larger than this in pictures of `WH`."""


def step_of(landmarks: Landmarks | None, **changed: Any) -> Step:
    (step,) = Session((POSE,), ("left",), steady=False).push([(0.0, landmarks)])
    return replace(step, **changed)


def advised(landmarks: Landmarks | None, cue: str, **changed: Any) -> Step:
    """The step of somebody whose left knee is to be put right with these words."""
    (knee,) = (t for t in Form(POSE, "left").targets["left"] if t.column.key == "knee.left")
    target = replace(knee, check=replace(knee.check, below=cue))
    verdict = Verdict(State.OUT, (Reading(target, 90.0, -60.0, outside=True),))
    reason = Reason(ReasonKind.TOO_SMALL, "knee", "left")
    return step_of(landmarks, verdict=verdict, reason=reason, **changed)


def wall(wh: tuple[int, int] = WH, light: int = 128) -> Picture:
    return np.full((wh[1], wh[0], 3), light, np.uint8)


def drawn(step: Step, wh: tuple[int, int] = WH, light: int = 128) -> Picture:
    return Overlay(lambda _: ASKED_S).draw(wall(wh, light), step)


def is_colour(picture: Picture, colour: Colour) -> np.ndarray:
    return np.asarray((picture == colour).all(axis=-1))


def around(picture: Picture, xy: np.ndarray, reach: int = REACH_PX) -> Picture:
    x, y = np.round(xy).astype(int)
    return picture[y - reach : y + reach + 1, x - reach : x + reach + 1]


def shows(picture: Picture, xy: np.ndarray, colour: Colour) -> bool:
    return bool(is_colour(around(picture, xy), colour).any())


def middle_of(landmarks: Landmarks, *names: str) -> np.ndarray:
    return np.asarray(np.mean([landmarks.xy_px[INDEX[name]] for name in names], axis=0))


def test_the_joint_out_of_range_is_drawn_in_the_warning_colour_at_its_pixel():
    body = BENT.seen(FRONT)
    picture = drawn(step_of(body))
    assert shows(picture, body.xy_px[INDEX["left_knee"]], ORANGE)
    assert not shows(picture, body.xy_px[INDEX["left_knee"]], BLUE)


def test_the_joint_in_range_is_drawn_blue():
    body = BENT.seen(FRONT)
    picture = drawn(step_of(body))
    assert shows(picture, body.xy_px[INDEX["right_knee"]], BLUE)
    assert not shows(picture, body.xy_px[INDEX["right_knee"]], ORANGE)


def with_knee(landmarks: Landmarks, need: Need) -> Step:
    """The step with its readings of the knees made required or a matter of form."""
    step = step_of(landmarks)
    assert step.verdict is not None
    readings = tuple(
        replace(
            reading,
            target=replace(reading.target, check=replace(reading.check, need=need)),
        )
        for reading in step.verdict.readings
        if "knee" in reading.target.column.key
    )
    return replace(step, verdict=replace(step.verdict, readings=readings))


def test_a_fault_of_form_is_drawn_smaller_than_one_that_stops_the_clock():
    body = BENT.seen(FRONT)
    slight, wrong = (
        is_colour(
            around(drawn(with_knee(body, need)), body.xy_px[INDEX["left_knee"]], 25),
            ORANGE,
        ).sum()
        for need in ("form", "always")
    )
    assert 0 < slight < 0.6 * wrong


def test_an_unseen_joint_is_not_drawn_as_wrong():
    body = BENT.seen(FRONT, hidden=["left_knee"])
    picture = drawn(step_of(body))
    assert not shows(picture, body.xy_px[INDEX["left_knee"]], ORANGE)
    assert shows(picture, body.xy_px[INDEX["left_knee"]], GREY)


def test_wrong_right_and_unseen_differ_without_colour():
    bodies = [Figure().seen(FRONT), BENT.seen(FRONT), Figure().seen(FRONT, hidden=["left_knee"])]
    shapes = []
    for body in bodies:
        picture = drawn(step_of(body))
        grey = around(picture, body.xy_px[INDEX["left_knee"]], 20).mean(axis=-1)
        shapes.append(grey < 60)
    sizes = [int(shape.sum()) for shape in shapes]
    assert all(abs(a - b) > 0.2 * max(a, b) for a, b in pairwise(sizes))


def test_a_wrong_segment_is_drawn_along_its_length():
    body = side_bend(20.0, arm_deg=150.0).seen(FRONT)
    picture = drawn(step_of(body))
    shoulder, elbow = (body.xy_px[INDEX[f"right_{part}"]] for part in ("shoulder", "elbow"))
    for share in (0.2, 0.8):
        assert shows(picture, shoulder + share * (elbow - shoulder), ORANGE)


def test_a_trunk_measure_colours_the_trunk_line():
    body = side_bend(0.0).seen(FRONT)
    hips = middle_of(body, "left_hip", "right_hip")
    shoulders = middle_of(body, "left_shoulder", "right_shoulder")
    assert shows(drawn(step_of(body)), hips + 0.75 * (shoulders - hips), ORANGE)


def test_bones_that_are_seen_are_drawn_and_others_are_not():
    for hidden, expected in (([], True), (["left_ankle", "left_heel", "left_foot_index"], False)):
        body = Figure().seen(FRONT, hidden=hidden)
        shank = middle_of(body, "left_knee", "left_ankle")
        assert shows(drawn(step_of(body)), shank, BONE) is expected


def test_a_joint_outside_the_picture_is_asked_for_at_the_edge():
    body = Figure().seen(FRONT)
    sunk = replace(body, xy_px=np.add(body.xy_px, (0.0, 100.0)))
    picture = drawn(step_of(sunk))
    ankle = sunk.xy_px[INDEX["left_ankle"]]
    assert ankle[1] > WH[1]
    assert is_colour(picture[-25:, int(ankle[0]) - 15 : int(ankle[0]) + 15], GREY).any()


def test_a_fault_under_a_panel_is_not_hidden():
    body = BENT.seen(FRONT)
    to_panel = np.array((60.0, 40.0)) - body.xy_px[INDEX["left_knee"]]
    step = step_of(body)
    picture = drawn(replace(step, landmarks=replace(body, xy_px=body.xy_px + to_panel)))
    bare = drawn(replace(step, landmarks=None))
    assert is_colour(picture[:90], ORANGE).sum() > is_colour(bare[:90], ORANGE).sum()


def test_a_smaller_copy_of_the_picture_has_the_body_in_its_place():
    body = BENT.seen(FRONT)
    picture = drawn(step_of(body), (320, 240))
    assert shows(picture, body.xy_px[INDEX["left_knee"]] / 2, ORANGE)


@pytest.mark.parametrize(
    ("lean_deg", "twist_deg", "worst"),
    [(20.0, 0.0, Mark.FINE), (20.0, 60.0, Mark.SLIGHT), (0.0, 60.0, Mark.WRONG)],
)
def test_the_worst_of_two_checks_at_one_place_is_shown(lean_deg, twist_deg, worst):
    body = replace(side_bend(lean_deg), twist_deg=twist_deg).seen(FRONT)
    verdict = step_of(body).verdict
    assert verdict is not None
    marks = marks_of(verdict, np.ones(len(INDEX), bool))
    (trunk,) = (spot for spot in marks if len(spot[0]) > 1)
    assert marks[trunk] is worst


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
def test_every_measure_has_a_place_among_its_own_landmarks(column):
    spot = spot_of(column, np.ones(len(INDEX), bool))
    names = {name for name, index in INDEX.items() if any(index in point for point in spot)}
    parts = {part.lstrip("~") for part in column.measure.parts}
    assert len(spot) in {1, 2}
    assert {name.removeprefix("left_").removeprefix("right_") for name in names} <= parts
    if column.side and len(spot) == 1:
        assert all(name.startswith(column.side) for name in names)


def test_the_midline_is_drawn_on_the_side_that_is_seen():
    (trunk,) = (column for column in COLUMNS if column.key == "trunk_incl")
    seen = np.ones(len(INDEX), bool)
    seen[INDEX["right_hip"]] = False
    assert set(spot_of(trunk, seen)) == {(INDEX["left_hip"],), (INDEX["left_shoulder"],)}


@pytest.mark.parametrize("wh", SIZES)
@pytest.mark.parametrize("state", State)
def test_words_never_leave_the_picture(wh, state):
    picture = drawn(advised(None, LONG_CUE, state=state, valid_s=104.2, total_s=1234.5), wh)
    edge = np.ones(picture.shape[:2], bool)
    edge[1:-1, 1:-1] = False
    assert picture.shape == (wh[1], wh[0], 3)
    assert (picture[edge] == 128).all()


@pytest.mark.parametrize("wh", SIZES)
def test_a_body_is_drawn_on_a_picture_of_any_size(wh):
    body = BENT.seen(FRONT)
    assert drawn(advised(body, LONG_CUE), wh).shape == (wh[1], wh[0], 3)


@pytest.mark.parametrize("wh", [(640, 480), (480, 854), (160, 120)])
@pytest.mark.parametrize("light", [0, 255])
def test_the_words_stand_out_from_any_picture(wh, light):
    picture = drawn(advised(None, LONG_CUE), wh, light)
    panel = picture[: wh[1] // 6, 5 : wh[0] // 3]
    dark = np.percentile(panel.max(axis=-1), 20)
    assert dark < 80
    assert is_colour(panel, WHITE).sum() > 0.005 * panel.shape[0] * panel.shape[1]


@pytest.mark.parametrize("width", [20, 60, 133, 400])
@pytest.mark.parametrize(
    "text", ["Hold", LONG_CUE, "Unbreakablewordsarecutshort", "", "Don\u2019t 5\u00b0"]
)
def test_fitted_text_is_within_its_width_and_lines(text, width):
    letters = Type()
    size, lines = letters.fit(text, 24, width, 3)
    assert len(lines) <= 3
    assert all(letters.width(line, size) <= width for line in lines)


def test_text_that_fits_is_complete_and_leaves_no_word_alone():
    size, lines = Type().fit("Fold forward over the thighs, only as far as is easy.", 24, 272, 3)
    assert size == 24
    assert " ".join(lines) == "Fold forward over the thighs, only as far as is easy."
    assert min(len(line) for line in lines) > 10


@pytest.mark.parametrize("character", ["\u00b0", "\u2019", "\u00b7", "\u2026", "\u00e9"])
def test_the_font_has_the_character(character):
    import cv2

    pictures = []
    for text in (character, "?"):
        pictures.append(wall((60, 60), 0))
        cv2.putText(pictures[-1], text, (10, 40), WHITE, Type().face, 30, 500)
    assert pictures[0].any()
    assert not np.array_equal(pictures[0], pictures[1])


def ring_blue(valid_s: float, state: State = State.IN) -> np.ndarray:
    picture = drawn(step_of(None, state=state, valid_s=valid_s))
    return is_colour(picture[:, WH[0] // 2 :], BLUE)


def test_the_ring_fills_with_the_seconds_held():
    filled = [ring_blue(valid_s).sum() for valid_s in (0.0, 5.0, 10.0, 20.0, 30.0)]
    assert filled[0] == 0
    assert filled[2] == pytest.approx(2 * filled[1], rel=0.1)
    assert filled[3] == pytest.approx(4 * filled[1], rel=0.1)
    assert filled[4] == filled[3]


def test_the_ring_is_grey_while_the_time_does_not_count():
    assert not ring_blue(10.0, State.OUT).any()
    assert not ring_blue(10.0, State.UNSEEN).any()


def test_each_state_has_its_own_word_and_symbol():
    pictures = [
        drawn(step_of(None, state=state, reason=None))[:76, : WH[0] // 2].tobytes()
        for state in State
    ]
    assert len(set(pictures)) == len(set(TITLES.values())) == len(State)


def test_a_hold_that_is_long_enough_is_told():
    before, after = (
        drawn(step_of(None, state=State.IN, reason=None, valid_s=valid_s))[:76, : WH[0] // 2]
        for valid_s in (ASKED_S - 0.1, ASKED_S)
    )
    assert not np.array_equal(before, after)


def test_the_side_of_the_stretch_is_told():
    left, right = (
        drawn(step_of(None, form=Form(POSE, side)))[-60:, :320] for side in ("left", "right")
    )
    assert not np.array_equal(left, right)


def test_with_nobody_in_view_no_bone_is_drawn():
    assert not is_colour(drawn(step_of(None)), BONE).any()


def test_the_given_picture_is_left_as_it_is():
    image = wall()
    image.flags.writeable = False
    picture = Overlay(lambda _: ASKED_S).draw(image, step_of(BENT.seen(FRONT)))
    assert (image == 128).all()
    assert picture.flags.writeable


def test_the_middle_of_the_picture_is_left_to_the_person():
    picture = drawn(advised(None, LONG_CUE))
    assert (picture[:, 320:480] == 128).all()
    assert (picture[200:420] == 128).all()
