"""A slow machine counts the seconds that a recording counts: clips played as a camera, with the real model."""

import time
from functools import cache

import pytest

from backstretch.analysis.pipeline import analyse_video
from backstretch.coaching.programme import part_of
from backstretch.judging.request import Assignment, Request
from backstretch.live.loop import Live
from backstretch.poses.pose_file import load_pose
from backstretch.vision.capture import open_capture
from backstretch.vision.mediapipe_landmarker import MediaPipeLandmarker
from benchmarks.accuracy import Decimated
from tests.landmarkers import Blind
from tests.live.test_loop import frame, practising, result_of
from tests.places import POSE_FILES, SAMPLES

SLOW_S = 0.15
"""A look on a machine of ten years: 6 to 7 pictures a second."""
CLIPS = {
    "side_bend": "standing_side_bend",
    "chair_twist": "chair_spinal_twist",
    "figure_four": "figure_four_supine",
}
"""Child's pose is left at the very speed that no longer counts; there 0.5 s hang on which pictures are seen."""
SAME_S = 0.02
"""Between a session and a recording of the same pictures: the session's tracker has seen a picture more."""


class Slowed(Blind):
    """A landmarker of which every look takes at least so long; it notes the times of what it looks at."""

    def __init__(self, landmarker, least_s):
        self._landmarker, self._least_s = landmarker, least_s
        self.times_s = set()
        landmarker.look(frame(0.0))  # the first look takes longer than any other
        landmarker.prepare(["heavy"])

    def look(self, frame):
        return self._slowly(self._landmarker.look, frame)

    def look_carefully(self, frame, models):
        return self._slowly(self._landmarker.look_carefully, frame, models)

    def _slowly(self, look, *args):
        began_s = time.perf_counter()
        self.times_s.add(args[0].time_s)
        marks = look(*args)
        time.sleep(max(0.0, began_s + self._least_s - time.perf_counter()))
        return marks


def holds_live(name, landmarker):
    """What is held in a clip that is played as a camera, and how many pictures a second were looked at."""
    part = part_of(load_pose(POSE_FILES / f"{CLIPS[name]}.toml"), None, 30.0, 99)
    with (
        open_capture(str(SAMPLES / f"{name}.mp4")) as capture,
        Live(capture, landmarker, practising(part), []) as live,
    ):
        live.wait(100.0)
        assert live.over
    return figures_of(result_of(live)), live.source(name).fps


def holds_recorded(name, keep=lambda _: True):
    """What is held in a clip of which every picture is looked at that is kept."""
    pose = load_pose(POSE_FILES / f"{CLIPS[name]}.toml")
    request = Request(Assignment((pose,)), every_frame=True)
    with (
        MediaPipeLandmarker() as landmarker,
        Decimated(SAMPLES / f"{name}.mp4", keep) as reader,
    ):
        return figures_of(analyse_video(reader, landmarker, request)[0])


def figures_of(result):
    return [(held.form.side, held.hold.valid_s) for held in result.holds]


def apart_s(found, others):
    """How far the seconds of the same holds are apart."""
    assert [side for side, _ in found] == [side for side, _ in others] != []
    return [round(a - b, 3) for (_, a), (_, b) in zip(found, others, strict=True)]


recorded = cache(holds_recorded)


@pytest.mark.model
@pytest.mark.parametrize(
    ("name", "least_s"),
    [
        pytest.param("chair_twist", SLOW_S, marks=pytest.mark.realtime),
        pytest.param("figure_four", 0.0, marks=pytest.mark.exhaustive),
        pytest.param("side_bend", SLOW_S, marks=pytest.mark.exhaustive),
        pytest.param("chair_twist", 0.0, marks=pytest.mark.exhaustive),
    ],
)
def test_a_session_counts_the_seconds_that_a_recording_counts(name, least_s):
    with MediaPipeLandmarker() as landmarker:
        slowed = Slowed(landmarker, least_s)
        found, fps = holds_live(name, slowed)
    seen = apart_s(found, holds_recorded(name, lambda picture: picture.time_s in slowed.times_s))
    print(f"{name} at {fps:g} pictures a second: {found}; apart from a recording of them: {seen}")
    assert max(map(abs, seen)) < SAME_S
    if least_s == SLOW_S:  # else it depends on the machine how many are left out
        whole = apart_s(found, recorded(name))
        print(f"apart from a recording of all pictures: {whole}")
        assert max(map(abs, whole)) < 0.3
