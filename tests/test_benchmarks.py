"""What the benchmarks stand on: the slower camera that they play."""

from itertools import pairwise

from backstretch.analysis.pipeline import analyse_video
from backstretch.judging.request import Assignment, Request
from benchmarks.accuracy import Decimated, every
from tests.landmarkers import Blind
from tests.library import LIBRARY
from tests.places import SAMPLES


def test_a_slower_camera_gives_fewer_pictures():
    request = Request(Assignment((LIBRARY.poses["standing_side_bend"],)), every_frame=True)
    with Decimated(SAMPLES / "side_bend.mp4", every(24.0, 5.0)) as reader:
        _, recording = analyse_video(reader, Blind(), request)
    gaps_s = [b - a for a, b in pairwise(recording.track.time_s)]
    assert min(gaps_s) > 0.16
    assert max(gaps_s) < 0.25
