"""A guided calibration from outside, with the real model: a recording is played as the camera."""

from itertools import islice

import av  # noqa: TID253 - to cut a clip
import pytest

from backstretch.poses.pose_file import load_pose
from tests.cli.test_live import QUIET, Home
from tests.media import write_video
from tests.places import SAMPLES

CLIP = SAMPLES / "childs_pose.mp4"
POSE = "childs_pose"
FPS = 24
AT_REST, STRETCH = (0.2, 1.8), (2.4, 16.0)
"""Parts of the clip, in seconds: hands and knees; into the stretch, which is held from 5 s on."""
LEAVING = (16.0, 19.2)
INTRODUCED_S, BETWEEN_S, MOST_HELD_S = 23.0, 3.0, 12.0
"""So long it is said what is going to happen; the pause between the take and the check."""

pytestmark = [pytest.mark.model, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def clip():
    with av.open(str(CLIP)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def part(clip, span):
    return clip[round(span[0] * FPS) : round(span[1] * FPS)]


def waiting(clip, seconds):
    """To and fro between the pictures at rest, so that nothing jumps."""
    rest = part(clip, AT_REST)
    there_and_back = rest + rest[::-1]
    count = round(seconds * FPS)
    return (there_and_back * (count // len(there_and_back) + 1))[:count]


def filmed(path, pictures):
    pictures = list(pictures)
    return write_video(path, pictures, (round(1000 * n / FPS) for n in range(len(pictures))))


def test_takes_a_stretch_checks_it_and_keeps_it(tmp_path, clip):
    stretch, leaving = part(clip, STRETCH), part(clip, LEAVING)
    film = [*waiting(clip, INTRODUCED_S), *stretch, *leaving, *waiting(clip, BETWEEN_S)]
    film += islice(stretch, round(MOST_HELD_S * FPS))
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
