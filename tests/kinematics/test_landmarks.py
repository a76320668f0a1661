"""Landmarks: what they refuse, mirroring, and tracks with moments of nobody."""

from dataclasses import replace

import numpy as np
import pytest

from backstretch.frame import Frame
from backstretch.kinematics.landmarks import COUNT, INDEX, MIRRORED, NAMES, Landmarks, LandmarkTrack
from tests.figures import FRONT, WH, side_bend, standing


def arrays():
    return np.zeros((COUNT, 2)), np.zeros((COUNT, 3)), np.ones(COUNT)


def track(*moments):
    return LandmarkTrack.of(list(moments), WH)


def test_there_are_33_landmarks_with_names_of_their_own():
    assert len(set(NAMES)) == COUNT == 33


def test_every_side_has_its_twin():
    assert (MIRRORED[MIRRORED] == np.arange(COUNT)).all()


@pytest.mark.parametrize(
    ("name", "twin"),
    [("left_hip", "right_hip"), ("mouth_left", "mouth_right"), ("nose", "nose")],
)
def test_twins_have_the_same_name_but_for_the_side(name, twin):
    assert NAMES[MIRRORED[INDEX[name]]] == twin


@pytest.mark.parametrize("which", [0, 1, 2])
def test_landmarks_of_the_wrong_shape_are_refused(which):
    xy, world, visibility = (a[:-1] if n == which else a for n, a in enumerate(arrays()))
    with pytest.raises(ValueError, match=r"\(33, 2\), \(33, 3\), \(33,\)"):
        Landmarks(xy, world, visibility, WH)


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_landmarks_that_are_not_finite_are_refused(which, bad):
    xy, world, visibility = values = arrays()
    values[which].flat[5] = bad
    with pytest.raises(ValueError, match="nobody in view is None"):
        Landmarks(xy, world, visibility, WH)


@pytest.mark.parametrize("name", ["xy_px", "world_m", "visibility"])
def test_landmarks_cannot_be_written_to(name):
    with pytest.raises(ValueError, match="read-only"):
        getattr(standing().seen(FRONT), name)[0] = 1.0


def test_mirroring_puts_the_left_wrist_where_the_right_one_was_seen():
    body = side_bend(20.0).seen(FRONT)
    mirror = body.mirrored()
    x, y = body.xy_px[INDEX["right_wrist"]]
    assert mirror.xy_px[INDEX["left_wrist"]] == pytest.approx((WH[0] - x, y))


def test_mirroring_keeps_up_and_depth():
    body = side_bend(20.0).seen(50.0)
    assert body.mirrored().world_m[MIRRORED][:, 1:] == pytest.approx(body.world_m[:, 1:])


def test_mirroring_takes_the_visibility_along():
    mirror = standing().seen(FRONT, hidden=["left_ankle"]).mirrored()
    assert mirror.visibility[INDEX["right_ankle"]] < 0.5 < mirror.visibility[INDEX["left_ankle"]]


def test_mirroring_tilts_the_head_to_the_other_side():
    assert replace(standing().seen(FRONT), head_line_deg=-30.0).mirrored().head_line_deg == 30.0


def test_mirroring_takes_the_careful_look_along():
    body = standing().seen(FRONT)
    both = replace(body, careful=side_bend(20.0).seen(FRONT)).mirrored()
    assert both.careful is not None
    assert np.array_equal(both.careful.xy_px, side_bend(20.0).seen(FRONT).mirrored().xy_px)


def test_a_track_keeps_careful_looks_beside_the_usual_ones():
    body, other = standing().seen(FRONT), side_bend(20.0).seen(FRONT)
    looks = track((0.0, body), (0.1, replace(body, careful=other)), (0.2, None))
    careful = [marks.careful if marks else None for _, marks in looks]
    assert [each and each.world_m.tolist() for each in careful] == [
        None,
        other.world_m.tolist(),
        None,
    ]
    assert track((0.0, body)).careful is None


def test_mirroring_twice_gives_the_same():
    body = side_bend(20.0).seen(30.0)
    assert body.mirrored().mirrored().xy_px == pytest.approx(body.xy_px)


def test_a_track_gives_back_what_it_was_made_of():
    body = standing().seen(FRONT)
    times, bodies = zip(*track((0.0, body), (0.5, body)), strict=True)
    assert times == (0.0, 0.5)
    assert all((each.world_m == body.world_m).all() for each in bodies)


def test_a_moment_with_nobody_stays_nobody():
    moments = list(track((0.0, standing().seen(FRONT)), (0.1, None)))
    assert moments[1] == (0.1, None)


def test_nobody_is_a_row_of_nan():
    assert np.isnan(track((0.0, None)).world_m).all()


def test_a_track_of_nobody_at_all_is_a_track():
    assert [body for _, body in track((0.0, None), (1.0, None))] == [None, None]


def test_an_empty_track_has_no_moments():
    assert list(track()) == []


@pytest.mark.parametrize("times", [(0.0, 0.0), (1.0, 0.5), (0.0, np.nan), (0.0, np.inf)])
def test_times_that_do_not_increase_are_refused(times):
    with pytest.raises(ValueError, match="strictly increasing"):
        track(*((time_s, None) for time_s in times))


def test_a_track_with_arrays_of_other_lengths_is_refused():
    whole = track((0.0, None), (1.0, None))
    with pytest.raises(ValueError, match="a track of 1 moments"):
        LandmarkTrack(whole.time_s[:1], whole.xy_px, whole.world_m, whole.visibility, WH)


def test_a_frame_knows_its_width_and_height():
    assert Frame(0, 0.0, np.zeros((48, 64, 3), np.uint8)).wh == (64, 48)


@pytest.mark.parametrize(
    "image",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3))],
    ids=["grey", "with alpha", "floats"],
)
def test_a_frame_takes_only_rgb_bytes(image):
    with pytest.raises(ValueError, match="uint8"):
        Frame(0, 0.0, image)


def test_a_frame_without_a_time_is_refused():
    with pytest.raises(ValueError, match="time_s"):
        Frame(0, float("nan"), np.zeros((4, 4, 3), np.uint8))


def test_a_frame_cannot_be_written_to():
    frame = Frame(0, 0.0, np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(ValueError, match="read-only"):
        frame.image[0, 0] = 255
