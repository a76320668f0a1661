"""What was asked, in parts."""

from dataclasses import replace

import pytest

from backstretch.judging.request import Assignment, Part
from tests.coached import BEND as POSE
from tests.library import LIBRARY


@pytest.mark.parametrize(
    ("part", "inside", "outside"),
    [
        (Part(), (0.0, 1e9), (-1.0,)),
        (Part(2.0), (2.0, 3.0), (1.99,)),
        (Part(2.0, 4.0), (2.0, 4.0), (1.99, 4.01)),
    ],
)
def test_a_part_holds_the_times_from_its_start_to_its_end(part, inside, outside):
    assert all(time_s in part for time_s in inside)
    assert not any(time_s in part for time_s in outside)


@pytest.mark.parametrize(("end_s", "ends_s"), [(None, 10.0), (4.0, 4.0), (99.0, 10.0), (0.0, 0.0)])
def test_a_part_ends_with_the_recording_at_the_latest(end_s, ends_s):
    assert Part(0.0, end_s).end_in(10.0) == ends_s


def test_a_part_is_said_in_words():
    assert [str(part) for part in (Part(1.5), Part(0.0, 2.0))] == ["from 1.5 s", "from 0 s to 2 s"]


@pytest.mark.parametrize(
    ("sides", "counted"),
    [
        ((), ("left", "right", None)),
        (("left",), ("left", None)),
        (("left", "right"), ("left", "right", None)),
    ],
)
def test_the_sides_asked_for_count_and_poses_without_sides_always(sides, counted):
    assignment = Assignment((), sides=sides)
    assert tuple(side for side in ("left", "right", None) if assignment.counts(side)) == counted


@pytest.mark.parametrize(
    ("poses", "reads"),
    [
        (["neck_side_bend"], True),
        (["childs_pose", "upper_trapezius_stretch"], True),
        (["levator_scapulae_stretch", "standing_side_bend"], False),
        ([], True),
    ],
)
def test_the_tilt_of_the_head_is_read_where_a_stretch_asks_for_it_or_may(poses, reads):
    assert Assignment(tuple(LIBRARY.poses[each] for each in poses)).reads_head_tilt is reads


@pytest.mark.parametrize(
    ("asked", "models"),
    [
        ([], ()),
        ([("heavy", "full")], ("heavy", "full")),
        ([("heavy", "full"), ("heavy",)], ("heavy",)),
        ([("heavy",), ()], ("heavy",)),
        ([()], ()),
    ],
)
def test_looks_are_as_careful_as_its_stretches_ask_for(asked, models):
    poses = tuple(replace(POSE, careful_look=each) for each in asked)
    assert Assignment(poses).careful_look == models


@pytest.mark.parametrize(
    ("asked", "is_beside"),
    [([("heavy",)], False), ([("heavy",), ("heavy", "full")], False), ([("heavy",), ()], True)],
)
def test_the_careful_look_comes_beside_the_usual_one_for_stretches_that_do_not_ask_for_it(
    asked, is_beside
):
    poses = tuple(replace(POSE, careful_look=each) for each in asked)
    assert Assignment(poses).is_careful_beside == is_beside
