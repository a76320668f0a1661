"""Joints that the body hides: guessed wrong, or not seen at all, by the nature of the position."""

import numpy as np
import pytest

from backstretch.judging.figures import settle_figure
from backstretch.judging.hold_clock import State
from backstretch.judging.matching import Form
from backstretch.kinematics.landmarks import COUNT, INDEX, Landmarks
from backstretch.kinematics.measures import measure_body
from backstretch.kinematics.stick_figure import ideal_body
from backstretch.kinematics.view import VIEWS
from backstretch.poses.library import open_library
from tests.places import POSE_FILES

POSES = open_library(POSE_FILES).poses


def body_of(pose_id, **figure):
    """The ideal of a pose, left side worked, as its best view sees it."""
    pose = POSES[pose_id]
    direction = VIEWS[pose.views[0]][0]
    view = direction.azimuth_deg, direction.elevation_deg
    return ideal_body({**pose.figure, **figure}, view)


def state_of(pose_id, marks, hidden=()):
    """The state of a pose's left form, with some landmarks unseen."""
    pose = POSES[pose_id]
    is_seen = np.ones((1, COUNT), bool)
    is_seen[0, [INDEX[name] for name in hidden]] = False
    body = measure_body(marks.xy_px[None], marks.world_m[None], is_seen)
    near = "left" if body.towards_camera[0] > 0 else "right"
    values = settle_figure(body, near, VIEWS[pose.views[0]][0].azimuth_deg)
    form = Form(pose, "left" if pose.sides == "each" else None)
    return form.judge(values, near, inside=False).state


def with_elbow_lower(marks, share):
    """The left elbow half-way between shoulder and wrist, lowered by a share of the shoulder width."""
    xy = marks.xy_px.copy()
    shoulder, elbow, wrist = (INDEX[f"left_{part}"] for part in ("shoulder", "elbow", "wrist"))
    width = np.linalg.norm(xy[shoulder] - xy[INDEX["right_shoulder"]])
    xy[elbow] = (xy[shoulder] + xy[wrist]) / 2 + (0.0, share * width)
    return Landmarks(xy, marks.world_m, marks.visibility, marks.image_wh)


class TestAnArmDrawnAcross:
    def test_counts_with_its_elbow_put_low_behind_the_other_forearm(self):
        marks = with_elbow_lower(body_of("cross_body_shoulder"), 0.45)
        assert state_of("cross_body_shoulder", marks) is State.IN

    @pytest.mark.parametrize("slope_deg", [40.0, 150.0])
    def test_does_not_count_where_the_line_to_the_wrist_is_not_level(self, slope_deg):
        marks = body_of(
            "cross_body_shoulder", upper_arms=(slope_deg, -48), forearms=(slope_deg, -58)
        )
        assert state_of("cross_body_shoulder", marks) is State.OUT

    def test_does_not_count_with_the_hand_on_the_other_shoulder(self):
        marks = with_elbow_lower(body_of("cross_body_shoulder"), 0.8)
        assert state_of("cross_body_shoulder", marks) is State.OUT


FEET = [f"{side}_{part}" for side in ("left", "right") for part in ("ankle", "heel", "foot_index")]


class TestAChildsPose:
    def test_counts_with_the_feet_hidden_below_the_body(self):
        assert state_of("childs_pose", body_of("childs_pose"), FEET) is State.IN

    def test_is_not_a_deep_seated_fold_with_the_feet_unseen(self):
        fold = body_of("seated_forward_fold", trunk=(85,), neck=(90,))
        assert state_of("childs_pose", fold, FEET) is State.OUT

    def test_does_not_count_with_the_feet_seen_apart_from_the_seat(self):
        up = body_of("childs_pose", thighs=(150, 0), shanks=(240, 0), trunk=(105,))
        assert state_of("childs_pose", up) is State.OUT


LEVEL = {
    "trunk": (100,),
    "thighs": (160, 2),
    "shanks": (172, 0),
    "other_thigh": (160, 2),
    "other_shank": (172, 0),
}
"""Standing on level feet with the hips moved back, as people do who fold."""


class TestAStandingHamstringStretch:
    def test_counts_with_one_foot_ahead(self):
        assert state_of("standing_hamstring", body_of("standing_hamstring")) is State.IN

    def test_is_not_a_flat_backed_fold_with_the_feet_level(self):
        fold = body_of("standing_hamstring", **LEVEL)
        assert state_of("standing_hamstring", fold) is State.OUT

    def test_is_not_told_with_the_other_foot_unseen(self):
        fold = body_of("standing_hamstring", **LEVEL)
        far = [name for name in FEET if name.startswith("right")]
        assert state_of("standing_hamstring", fold, far) is State.UNSEEN


@pytest.mark.parametrize("pose_id", ["chair_spinal_twist", "seated_spinal_twist"])
def test_a_person_who_turns_as_a_whole_does_not_twist(pose_id):
    """The shoulder line turns away from the neutral, and the hip line with it."""
    pose = POSES[pose_id]
    marks = body_of(pose_id, twist=(0.0,))
    turn = np.radians(45.0)
    x, _, z = marks.world_m.T
    world = marks.world_m.copy()
    world[:, 0] = x * np.cos(turn) - z * np.sin(turn)
    world[:, 2] = x * np.sin(turn) + z * np.cos(turn)
    turned = Landmarks(marks.xy_px, world, marks.visibility, marks.image_wh)
    form = Form(pose, "left")
    body = measure_body(turned.xy_px[None], turned.world_m[None], np.ones((1, COUNT), bool))
    values = settle_figure(body, "left", VIEWS[pose.views[0]][0].azimuth_deg)
    verdict = form.judge(values, "left", inside=False)
    yaw = next(r for r in verdict.readings if r.target.column.key == "shoulder_yaw_rel.left")
    assert not yaw.outside, yaw.value
    assert verdict.state is State.OUT
