"""The published figures, and their tables: ``pytest -m benchmark -s benchmarks/test_benchmark.py``."""

from statistics import median

import pytest

from benchmarks import accuracy, recognition
from tests.places import MEDIA

pytestmark = [pytest.mark.benchmark, pytest.mark.model, pytest.mark.timeout(3600)]

media_is_there = MEDIA.is_dir()
needs_media = pytest.mark.skipif(not media_is_there, reason="../shared/media is not there")
KNOWN_FAR = {
    "13_figure4_L_fl45": "the crossed foot is laid on the other foot",
    "36_figure4_LR_low": "the same",
    "35_childs_pose_dim": "in the dark the tracker sticks to the last position and then jumps",
    "34_side_bend_cropped": "legs that are cut off are squeezed into the picture",
    "54_figure4_chair_LR_front": "leaves half a second late",
    "55_low_lunge_L_left": "half-kneeling is nearly the stretch: it opens early",
    "61_thread_wrong_side_first": "the way in and out of the other side is not in its intervals",
    "56_supine_twist_R_side": "knees to the side are read 20 deg too far",
}
KNOWN_PASSING = {
    # asked for by name, a position that the other stretch passes through or begins with
    "pelvic_tilt",
    ("10_cobra_left", "sphinx_pose"),
    ("14_bridge_left", "supine_twist"),
    ("32_bridge_webcam", "supine_twist"),
    ("12_knee_chest_LR_left", "supine_twist"),
    ("42_levator_LR_front", "neck_flexion"),
    ("47_thread_needle_L_fl45", "cat_pose"),
    ("50_floor_twist_LR_fl30", "cross_body_shoulder"),
    ("58_chair_fold_shallow_then_right", "neck_flexion"),
    ("60_ordinary_movement", "neck_flexion"),
    ("60_ordinary_movement", "neck_rotation"),
    ("61_thread_wrong_side_first", "puppy_pose"),
    ("62_upper_trap_lookalike_nohand", "neck_side_bend"),
}


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
    return [r for r in rows if r.own and r.clip not in KNOWN_FAR and r.pose not in accuracy.AS_READ]


def test_hold_seconds_are_as_close_as_published(rows):
    assert median(abs(row.error_s) for row in judged(rows)) <= 0.15
    assert [row.clip for row in judged(rows) if abs(row.error_s) > row.bound_s] == []


def test_hold_seconds_lie_between_the_inner_and_the_outer_truth(rows):
    held = [r for r in rows if r.own and r.inner_s > 0.0 and accuracy.plain_outer(r)]
    assert [r.clip for r in held if not r.between and r.clip not in KNOWN_FAR] == []


def test_nothing_is_credited_in_wrong_or_absent_phases(rows):
    assert [row.clip for row in rows if row.forbidden_s > 0.0] == []


def test_next_to_nothing_is_credited_outside_the_true_holds(rows):
    asked = [row for row in rows if row.own and row.pose != "pelvic_tilt"]
    assert [r.clip for r in asked if r.outside_s > 0.35 and r.clip not in KNOWN_FAR] == []


def test_other_stretches_and_ordinary_movement_are_refused(rows):
    credited = {(row.clip, row.pose) for row in rows if not row.own and row.valid_s > 0.0}
    assert {pair for pair in credited if pair[1] not in KNOWN_PASSING} <= KNOWN_PASSING


def test_own_work_is_small_beside_the_model(rows):
    assert median(row.work for row in rows if row.own) < 0.05


def test_the_same_seconds_at_every_rate(capsys_disabled):
    table = accuracy.timing_table()
    with capsys_disabled():
        accuracy.print_timing(table)
    for clip, ways in table.items():
        quick = [s for way, s in ways.items() if way not in {"fps 8", "fps 5"}]
        if "figure4" not in clip and "figure_four" not in clip:
            # Below 12 pictures a second the model's tracker can lose a quick fold: published, not held.
            assert max(quick) - min(quick) <= 0.3, clip


@needs_media
def test_a_slow_machine_counts_nearly_the_same(rows, capsys_disabled):
    full = {(row.clip, row.pose): row.valid_s for row in rows if row.own}
    slow = accuracy.slow_seconds()
    apart = {clip: seconds - full[clip, pose] for (clip, pose), seconds in slow.items()}
    with capsys_disabled():
        accuracy.print_slow(apart)
    assert median(map(abs, apart.values())) <= 0.15
    assert sum(abs(seconds) <= 0.3 for seconds in apart.values()) >= 0.75 * len(apart)


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
