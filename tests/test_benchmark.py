"""The published figures: ``pytest -m benchmark -s`` prints the tables and holds the program to them."""

from statistics import median

import pytest

from tests import accuracy, recognition
from tests.truth import MEDIA

pytestmark = [pytest.mark.benchmark, pytest.mark.model, pytest.mark.timeout(3600)]

media_is_there = MEDIA.is_dir()
needs_media = pytest.mark.skipif(not media_is_there, reason="../shared/media is not there")
KNOWN_FAR = {
    # The detector follows the legs of a person on their back, but not which foot lies on which thigh.
    "figure_four_supine",
}
KNOWN_DIM = "35_childs_pose_dim"
"""In the dark the tracker sticks to the last position and then jumps: up to a second."""


@pytest.fixture(scope="module")
def watched(capsys_disabled):
    rows, seen = accuracy.accuracy_rows()
    with capsys_disabled():
        accuracy.print_accuracy(rows)
        accuracy.print_measures(rows)
        accuracy.print_work(rows)
        recognition.print_recognition(seen)
        if media_is_there:
            recognition.draw_confusion(seen, recognition.PICTURE)
    return rows, seen


@pytest.fixture
def rows(watched):
    return watched[0]


@pytest.fixture
def seen(watched):
    return watched[1]


@pytest.fixture(scope="module")
def capsys_disabled(request):
    manager = request.config.pluginmanager.getplugin("capturemanager")
    return manager.global_and_fixture_disabled


def judged(rows):
    return [row for row in rows if row.own and row.pose not in KNOWN_FAR]


def test_hold_seconds_are_as_close_as_published(rows):
    assert median(abs(row.error_s) for row in judged(rows)) <= 0.15
    over = [r.clip for r in judged(rows) if abs(r.error_s) > r.bound_s and r.clip != KNOWN_DIM]
    assert over == []


def test_nothing_is_credited_in_wrong_or_absent_phases(rows):
    assert [row.clip for row in rows if row.forbidden_s > 0.0] == []


def test_next_to_nothing_is_credited_outside_the_true_holds(rows):
    assert [row.clip for row in rows if row.own and row.outside_s > 0.2] == []


def test_other_stretches_and_ordinary_movement_are_refused(rows):
    assert [(row.clip, row.pose) for row in rows if not row.own and row.valid_s > 0.0] == []


def test_own_work_is_small_beside_the_model(rows):
    assert median(row.work for row in rows) < 0.05


def test_the_same_seconds_at_every_rate(capsys_disabled):
    table = accuracy.timing_table()
    with capsys_disabled():
        accuracy.print_timing(table)
    for clip, ways in table.items():
        quick = [s for way, s in ways.items() if way not in {"fps 8", "fps 5"}]
        if "figure4" not in clip and "figure_four" not in clip:
            # Below 12 pictures a second the model's tracker can lose a quick fold: published, not held.
            assert max(quick) - min(quick) <= 0.3, clip


def test_the_right_pose_and_side_are_named(seen):
    true_s, right_s, _, _ = recognition.totals(seen)
    assert right_s >= 0.95 * true_s


def test_hardly_anything_is_named_outside_the_true_holds(seen):
    _, _, outside_s, length_s = recognition.totals(seen)
    assert outside_s <= 0.01 * length_s


def test_ordinary_movement_is_named_nothing(seen):
    for each in seen:
        if "ordinary" in each.clip:
            assert sum(each.outside_s.values()) == 0.0


def test_own_work_stays_small_with_all_poses_in_play(seen):
    assert median(each.work for each in seen) < 0.05


@needs_media
def test_each_photograph_is_named_right_or_not_at_all(capsys_disabled):
    with capsys_disabled():
        right, named, must = recognition.print_stills(recognition.stills())
    assert right == 62
    assert named >= must - 1


@needs_media
def test_no_camera_makes_one_stretch_another(capsys_disabled):
    with capsys_disabled():
        shares = recognition.print_grid(accuracy.JOBS)
    side_on = [share for (_, camera), share in shares.items() if camera == "left"]
    assert len(side_on) > 0
