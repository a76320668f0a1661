"""First steps of a person before the real window, with the real model: films are played as the camera."""

import sys
from itertools import groupby, pairwise

import pytest

from backstretch.vision.video_reader import VideoReader
from tests.live.walks import walk
from tests.media import to_and_fro, write_video
from tests.places import MEDIA, SAMPLES

FRONT = MEDIA / "grid" / "g_childs_pose_front.mp4"
FRONT_FPS, FPS = 8, 12
POSE = "childs_pose"
ASTRAY_S = 20.0
"""How long somebody kneels with the face to the camera before they turn."""
IDLE_S = 35.0
PATIENCE_S = 10.0
"""Nobody waits longer for something new to do."""

pytestmark = [
    pytest.mark.model,
    pytest.mark.realtime,
    pytest.mark.timeout(150),
    pytest.mark.skipif(sys.platform != "linux", reason="a matter of Linux"),
]


def pictures(path, start_s=0.0, end_s=None, every=1):
    with VideoReader(path) as reader:
        return [frame.image for frame in reader.frames(start_s, end_s)][::every]


def film(path, *parts):
    """Parts one after the other, each its pictures and how many of them make a second."""
    images, times_ms, now_s = [], [], 0.0
    for part, fps in parts:
        for image in part:
            images.append(image)
            times_ms.append(round(1000 * now_s))
            now_s += 1.0 / fps
    return write_video(path, images, times_ms)


def options(camera):
    return ("--camera", camera, "--repetitions", 1, "--hold", 10)


@pytest.mark.skipif(not MEDIA.is_dir(), reason="the rendered clips are not here")
def test_whoever_kneels_facing_the_camera_is_told_to_turn_and_then_holds(tmp_path):
    there = pictures(FRONT, 2.0, 5.5)  # coming into the stretch and staying
    camera = film(
        tmp_path / "camera.mp4",
        (pictures(FRONT, 0.0, 2.0), FRONT_FPS),
        (to_and_fro(there, ASTRAY_S, FRONT_FPS), FRONT_FPS),
        (pictures(SAMPLES / "childs_pose.mp4", every=2), FPS),
    )
    walked = walk(tmp_path, POSE, *options(camera))
    assert walked.first_s("Turn so that") < 8.0
    assert walked.first_s("somebody else") is None
    (hold,) = walked.record.holds
    assert hold["complete"]
    assert 12.0 <= hold["valid_s"] <= 15.5


def test_whoever_stands_idle_before_a_set_is_told_one_place_of_the_camera_and_what_to_do(tmp_path):
    idle = pictures(SAMPLES / "side_bend.mp4", 0.2, 1.8, every=2)
    camera = film(tmp_path / "camera.mp4", (to_and_fro(idle, IDLE_S, FPS), FPS))
    walked = walk(tmp_path, "--set", "lower_back", *options(camera))
    assert walked.first_s("Camera: ") < PATIENCE_S
    assert walked.first_s("It stays there.") < 15.0
    assert walked.first_s("Kneel with the big toes close") < IDLE_S
    times_s = [
        next(group)["time_s"] for _, group in groupby(walked.shown, lambda each: each["words"])
    ]
    assert max(b - a for a, b in pairwise([*times_s, IDLE_S])) < PATIENCE_S


def test_a_machine_that_does_not_keep_up_is_told_on_the_screen(tmp_path):
    idle = pictures(SAMPLES / "side_bend.mp4", 0.2, 1.8, every=2)
    camera = film(tmp_path / "camera.mp4", (to_and_fro(idle, 10.0, FPS), FPS))
    walked = walk(tmp_path, POSE, *options(camera), slow_s=0.16)
    assert {each["slow"] for each in walked.shown} == {"", "Slow: 6 pictures a second"}
