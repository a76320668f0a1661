"""A chart on the wall that is seen first, and somebody who comes in and stretches beside it."""

from itertools import islice

import numpy as np
import pytest

from backstretch.analysis.pipeline import Activity, analyse_video
from backstretch.errors import NoticeKind
from backstretch.judging.request import Assignment, Request
from backstretch.vision.mediapipe_landmarker import MediaPipeLandmarker
from backstretch.vision.video_reader import VideoReader
from tests.media import write_video
from tests.places import SAMPLES
from tests.truth import pose

MIDDLE = slice(106, 534)
"""The columns of a sample in which the person is."""
EVERY, COMES_IN = 2, 1.0
"""Every second picture; when the person is there."""
LAST_S = 13.0
ENTERED_S = 3.5
"""When the overhead reach is entered, where it is the whole picture."""


def frames(name, start_s=0.0):
    with VideoReader(SAMPLES / f"{name}.mp4") as reader:
        yield from reader.frames(start_s)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """The side bend as a chart to the left, and the overhead reach from `COMES_IN` on to the right."""
    path = tmp_path_factory.mktemp("film") / "beside_chart.mp4"
    chart = next(frames("side_bend", 8.0)).image[:, MIDDLE]
    nobody = np.full_like(chart, 128)
    taken = list(islice(frames("overhead_reach"), 0, round(24 * LAST_S), EVERY))
    people = [each.image[:, MIDDLE] if each.time_s >= COMES_IN else nobody for each in taken]
    images = [np.hstack([chart, person]) for person in people]
    return write_video(path, images, [round(1000 * each.time_s) for each in taken])


@pytest.mark.model
def test_the_person_is_judged_and_the_chart_is_told(film):
    told = []
    request = Request(Assignment((pose("overhead_reach"), pose("standing_side_bend"))))
    with VideoReader(film) as reader, MediaPipeLandmarker() as landmarker:
        result, recording = analyse_video(
            reader, landmarker, request, on_progress=lambda each: told.append(each.activity)
        )
    (held,) = result.holds
    assert held.form.pose.id == "overhead_reach"
    assert held.hold.start_s == pytest.approx(ENTERED_S, abs=0.15)
    assert NoticeKind.PORTRAIT in {each.kind for each in result.notices}
    assert recording.track[0] is None
    assert told[0] is Activity.LOOKING
    assert told[-1] is Activity.LOOKING_ELSEWHERE
