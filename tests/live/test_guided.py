"""A guided calibration from outside, with the real model: a recording is played as the camera."""

import av  # noqa: TID253 - to cut a clip
import pytest

from backstretch.poses.pose_file import load_pose
from tests.cli.test_live import QUIET, Home
from tests.media import to_and_fro, write_video
from tests.places import SAMPLES

CLIP = SAMPLES / "childs_pose.mp4"
POSE = "childs_pose"
CLIP_FPS, FPS = 24, 12
AT_REST, COMING, HELD, LEAVING = (0.2, 1.8), (2.4, 5.0), (5.0, 16.0), (16.0, 19.2)
"""Parts of the clip, in seconds: hands and knees; into the stretch; in it; back."""
INTRODUCED_S, TAKEN_S, BETWEEN_S, CHECKED_S = 26.0, 18.0, 4.0, 45.0
"""What is going to happen is explained for 22 s; a take needs 9 s of the stretch, the check 5 s. The rest is
for a machine that is late: whoever waits or stays longer loses nothing, and the film ends with the session."""

pytestmark = [pytest.mark.model, pytest.mark.realtime, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def clip():
    """Every second picture."""
    with av.open(str(CLIP)) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    return pictures[:: CLIP_FPS // FPS]


def part(clip, span):
    return clip[round(span[0] * FPS) : round(span[1] * FPS)]


def staying(clip, span, seconds):
    """To and fro between the pictures of a part, so that nothing jumps."""
    return to_and_fro(part(clip, span), seconds, FPS)


def filmed(path, pictures):
    pictures = list(pictures)
    return write_video(path, pictures, (round(1000 * n / FPS) for n in range(len(pictures))))


def test_takes_a_stretch_checks_it_and_keeps_it(tmp_path, clip):
    film = [*staying(clip, AT_REST, INTRODUCED_S)]
    film += [*part(clip, COMING), *staying(clip, HELD, TAKEN_S), *part(clip, LEAVING)]
    film += staying(clip, AT_REST, BETWEEN_S)
    film += [*part(clip, COMING), *staying(clip, HELD, CHECKED_S)]
    camera = filmed(tmp_path / "camera.mp4", film)
    home = Home(tmp_path)
    command = ("calibrate", POSE, "--from", "camera", "--camera", camera, "--takes", "1", *QUIET)
    done = home.run(*command)
    assert done.returncode == 0, done
    made = load_pose(home.data / "poses" / f"{POSE}.toml")
    assert made.calibration is not None
    assert (made.refines, made.calibration.takes) == (POSE, 1)
    assert made.checks[0].measured is not None
    assert made.checks[0].measured.median == pytest.approx(27.0, abs=6.0)
    assert "Come into the stretch slowly, then keep still." in done.stdout
