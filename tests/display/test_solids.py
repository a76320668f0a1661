"""Solid shapes on a sheet: the nearer hides the farther, round ones look round, and edges are outlined."""

import numpy as np
import pytest

from backstretch.display.pictures.solids import FINER, NOTHING, SolidSheet

WH = (120, 80)
FAR_ONE, NEAR_ONE = 1, 2
GROUND, RED, BLUE = (200, 200, 200), (200, 0, 0), (0, 0, 200)
MIDDLE = np.array([60.0, 40.0, 0.0])
BEHIND = np.array([0.0, 0.0, 50.0])


def ball(radius):
    return radius * np.eye(3)


@pytest.fixture
def sheet():
    return SolidSheet(WH)


def shown(sheet, width=1):
    return sheet.picture({FAR_ONE: RED, NEAR_ONE: BLUE}, GROUND, sheet.outlines(width))


@pytest.mark.parametrize("order", [(FAR_ONE, NEAR_ONE), (NEAR_ONE, FAR_ONE)])
def test_the_nearer_of_two_is_seen_whichever_comes_first(sheet, order):
    for part in order:
        sheet.ellipsoid(MIDDLE + (BEHIND if part == FAR_ONE else 0.0), ball(10.0), part)
    assert sheet.parts[40, 60] == NEAR_ONE
    assert not (sheet.parts == FAR_ONE).any()


def test_two_that_cross_are_each_seen_where_they_are_nearer(sheet):
    lies = np.array([[20.0, 40.0, -20.0], [100.0, 40.0, 20.0]])
    leans = np.array([[20.0, 40.0, 20.0], [100.0, 40.0, -20.0]])
    for part, points in ((FAR_ONE, lies), (NEAR_ONE, leans)):
        sheet.limb(points, np.array([8.0, 8.0]), part)
    assert (sheet.parts[40, 30], sheet.parts[40, 90]) == (FAR_ONE, NEAR_ONE)


def test_an_ellipsoid_covers_its_ellipse(sheet):
    sheet.ellipsoid(MIDDLE, np.diag((30.0, 10.0, 5.0)), NEAR_ONE)
    y, x = np.nonzero(sheet.parts)
    assert (x.min(), x.max(), y.min(), y.max()) == pytest.approx((31, 89, 31, 49), abs=1)
    assert y.size == pytest.approx(np.pi * 30 * 10, rel=0.02)


@pytest.mark.parametrize("depth", [0.0, 20.0, 60.0, 400.0])
def test_a_limb_has_its_width_all_along_however_it_points(sheet, depth):
    points = np.array([[30.0, 40.0, 0.0], [90.0, 40.0, depth]])
    sheet.limb(points, np.array([12.0, 6.0]), NEAR_ONE)
    widths = (sheet.parts[:, 30:91:10] != NOTHING).sum(axis=0)
    assert np.allclose(widths, np.linspace(24, 12, 7), atol=3)
    assert (np.diff(widths) <= 0).all()


def test_a_limb_that_points_at_the_camera_is_a_disc(sheet):
    sheet.limb(MIDDLE + np.array([[0, 0, 0], [0, 0, 40.0]]), np.array([10.0, 10.0]), NEAR_ONE)
    assert (sheet.parts != NOTHING).sum() == pytest.approx(np.pi * 100, rel=0.05)


def test_a_face_covers_its_corners_and_nothing_seen_from_its_edge(sheet):
    corner = np.array([20.0, 20.0, 0.0])
    sheet.face(corner, np.array([50.0, 0, 9]), np.array([0, 30.0, 5]), FAR_ONE)
    assert (sheet.parts != NOTHING).sum() == pytest.approx(50 * 30, rel=0.1)
    sheet.face(corner, np.array([50.0, 0, 0]), np.array([0, 0, 30.0]), NEAR_ONE)
    assert not (sheet.parts == NEAR_ONE).any()


@pytest.mark.parametrize("kind", ["ball", "limb"])
def test_what_is_round_is_lighter_above_than_below(sheet, kind):
    if kind == "ball":
        sheet.ellipsoid(MIDDLE, ball(24.0), NEAR_ONE)
    else:
        points = MIDDLE + np.array([[-40.0, 0, 0], [40.0, 0, 0]])
        sheet.limb(points, np.array([24.0, 24.0]), NEAR_ONE)
    blue = shown(sheet)[:, :, 2].astype(int)
    x, y = WH[0] // 2 // FINER, WH[1] // 2 // FINER
    assert blue[y - 8, x] > blue[y + 8, x] + 20


def test_an_outline_is_drawn_where_a_shape_ends(sheet):
    sheet.ellipsoid(MIDDLE, ball(20.0), NEAR_ONE)
    outlines = sheet.outlines(2)
    assert outlines[40, 38:43].any()
    assert not outlines[36:45, 56:65].any()


def test_no_outline_is_drawn_within_a_slope(sheet):
    sheet.face(np.array([10.0, 10, 0]), np.array([100.0, 0, 0]), np.array([0, 60.0, 900]), FAR_ONE)
    assert not sheet.outlines(1)[20:60, 20:100].any()


def test_shade_falls_on_its_part_only(sheet):
    sheet.ellipsoid(MIDDLE, ball(10.0), NEAR_ONE)
    before = shown(sheet).astype(int)
    sheet.shade(NOTHING, np.zeros(2), np.diag(WH).astype(float), np.full((4, 4), 0.5))
    after = shown(sheet).astype(int)
    assert after[2, 2] == pytest.approx(before[2, 2] / 2, abs=1)
    assert np.array_equal(after[20, 30], before[20, 30])


def test_shapes_beyond_the_sheet_are_cut_off(sheet):
    sheet.ellipsoid(np.array([0.0, 0.0, 0.0]), ball(15.0), NEAR_ONE)
    sheet.ellipsoid(np.array([500.0, 500.0, 0.0]), ball(15.0), FAR_ONE)
    assert sheet.parts[5, 5] == NEAR_ONE
    assert not (sheet.parts == FAR_ONE).any()


def test_the_middle_of_a_part_lies_on_it(sheet):
    sheet.limb(
        np.array([[30.0, 70, 0], [60.0, 10, 0], [90.0, 70, 0]]), np.full(3, 4.0), NEAR_ONE
    )  # like a roof: the middle of all of it lies on nothing
    x, y = np.round(sheet.middle_of(NEAR_ONE)).astype(int)
    assert sheet.parts[y, x] == NEAR_ONE
    assert sheet.middle_of(FAR_ONE) is None
