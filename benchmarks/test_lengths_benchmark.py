"""Lengths against the truth: ``pytest -m benchmark -s -n 0 benchmarks/test_lengths_benchmark.py``.

The fingertip of the truth is, as in the estimate, the hand's length from the wrist; it is not below the floor.
"""

import math

import numpy as np
import pytest

from backstretch import load_track
from backstretch.api import analyze
from backstretch.judging.lengths import HAND_SHARE, SURE_TO_CM, length_cm
from backstretch.kinematics.landmarks import INDEX, SIDES
from tests.places import MEDIA
from tests.truth import Clip

CLIPS = {
    "02_forward_fold_left": "fingertip_floor",
    "21_forward_fold_shallow_then_right": "fingertip_floor",
    "24_forward_fold_fast_60fps": "fingertip_floor",
    "31_forward_fold_dim": "fingertip_floor",
    "16_seated_fold_left": "fingertip_toes",
}


def true_cm(points_m, name, height_cm):
    """The mean of both sides; ``points_m`` is (33, 3), y upwards."""
    values = []
    for side in SIDES:
        wrist, hand, heel, toes = (
            points_m[INDEX[f"{side}_{part}"]] for part in ("wrist", "index", "heel", "foot_index")
        )
        tip = wrist + (hand - wrist) / np.linalg.norm(hand - wrist) * HAND_SHARE * height_cm / 100.0
        floor_cm = 100.0 * max(0.0, tip[1] - min(heel[1], toes[1]))
        values.append(floor_cm if name == "fingertip_floor" else 100.0 * np.linalg.norm(toes - tip))
    return float(np.mean(values))


@pytest.mark.benchmark
@pytest.mark.skipif(not MEDIA.is_dir(), reason="the test media are not here")
def test_lengths_are_near_the_truth(tmp_path):
    all_errors = []
    for name, length in CLIPS.items():
        clip = Clip(MEDIA / f"{name}.mp4")
        analyze(clip.video, out=tmp_path / name)
        frames, height_cm = clip.truth["frames_data"], 100.0 * clip.truth["height_m"]
        times_s, points_m = np.array(frames["t"]), np.array(frames["xyz"], float)
        errors = []
        for time_s, marks in load_track(tmp_path / name / "landmarks.npz").track:
            value = length_cm(length, marks, height_cm) if marks else math.nan
            if not math.isnan(value):
                at = int(np.argmin(abs(times_s - time_s)))
                errors.append(value - true_cm(points_m[at], length, height_cm))
        all_errors += errors
        far = np.percentile(np.abs(errors), 95)
        print(f"{name:36} mean {np.mean(errors):5.1f} cm, 95 % within {far:4.1f} cm")
    assert np.percentile(np.abs(all_errors), 95) <= SURE_TO_CM
