"""Deeper is never wrong: moving on in the direction of more range of motion never leaves a position."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.judging.figures import ideal_verdict, measure_figure, settle_figure
from backstretch.judging.hold_clock import State
from backstretch.judging.matching import Form, forms_of
from backstretch.kinematics.catalogue import deepest
from backstretch.kinematics.stick_figure import ideal_body
from backstretch.kinematics.view import VIEWS
from backstretch.poses.library import open_library
from tests.places import POSE_FILES

POSES = open_library(POSE_FILES).poses
FORMS = [form for pose in POSES.values() for form in forms_of(pose)]
WAYS = {
    "cat_pose": {"neck": (148, 190)},
    "chair_forward_fold": {"trunk": (62, 120), "neck": (92, 140)},
    "chair_side_bend": {"lean": (22, 58)},
    "chair_spinal_twist": {"twist": (38, 78)},
    "childs_pose": {"trunk": (98, 112)},
    "levator_scapulae_stretch": {"turn": (40, 75)},
    "low_lunge_hip_flexor": {"thighs": (196, 250)},
    "neck_flexion": {"neck": (32, 60), "face": (132, 158)},
    "neck_rotation": {"turn": (60, 88)},
    "neck_side_bend": {"tilt": (35, 62)},
    "puppy_pose": {"trunk": (118, 150)},
    "seated_forward_fold": {"trunk": (38, 95), "neck": (40, 110), "face": (125, 190)},
    "seated_spinal_twist": {"twist": (38, 78)},
    "single_knee_to_chest": {"thighs": (325, 290)},
    "standing_forward_fold": {"trunk": (128, 172), "neck": (140, 175)},
    "standing_hamstring": {"trunk": (42, 125), "neck": (44, 130), "face": (128, 215)},
    "standing_side_bend": {"lean": (26, 58)},
    "upper_back_round_reach": {"neck": (34, 80)},
    "upper_trapezius_stretch": {"tilt": (38, 62)},
}
"""How a body moves on from the ideal of its pose to the end of its range, in degrees of its segments."""


def ideal_values(form):
    """The measures of a pose's own figure, and the side nearer to its camera."""
    direction = VIEWS[form.pose.views[0]][0]
    view = direction.azimuth_deg, direction.elevation_deg
    body = measure_figure(ideal_body(form.pose.figure, view, form.side or "left"))
    near = "left" if body.towards_camera[0] > 0 else "right"
    return settle_figure(body, near, view[0]), near


@given(st.sampled_from(FORMS), st.floats(0.0, 1.0))
def test_a_held_value_moved_on_along_more_stays_in_and_keeps_its_score(form, share):
    values, near = ideal_values(form)
    before = form.judge(values, near, inside=False)
    for target, reading in zip(form.targets[near], before.readings, strict=True):
        check = target.check
        if check.more and not check.limit_reason:
            deeper = values.copy()
            limit = deepest(check.measure, check.more)
            deeper[target.index] += share * (limit - reading.value)
            after = form.judge(deeper, near, inside=False)
            assert after.state is State.IN
            assert after.closeness >= before.closeness


@pytest.mark.parametrize("pose_id", WAYS)
def test_a_body_that_moves_on_from_its_pose_to_the_end_of_its_range_stays_in(pose_id):
    pose = POSES[pose_id]
    for share in np.linspace(0.0, 1.0, 6):
        moved = {
            name: (start + share * (end - start), *pose.figure.get(name, (0.0,))[1:])
            for name, (start, end) in WAYS[pose_id].items()
        }
        form = Form(
            replace(pose, figure={**pose.figure, **moved}), "left" if pose.sides == "each" else None
        )
        outside = [r.target.column.key for r in ideal_verdict(form, form).required if r.outside]
        assert outside == [], f"{share:.1f} of the way"


@pytest.mark.parametrize("hip_deg", [6.0, 9.0, 12.0, 15.0])
def test_a_supple_persons_seated_fold_is_in(hip_deg):
    form = Form(POSES["seated_forward_fold"], None)
    values, near = ideal_values(form)
    hip = next(t.index for t in form.targets[near] if t.check.measure.name == "hip")
    values[hip] = hip_deg
    assert form.judge(values, near, inside=False).state is State.IN
