"""Whatever is wrong with a file, it is read as far as it goes or refused in one line."""

import os
import subprocess
import sys
from fractions import Fraction

import pytest
from PIL import Image

from tests.cli.test_calibrate import saved
from tests.figures import FRONT, side_bend, standing
from tests.media import Making, numbered, quartered
from tests.places import POSE_FILES, ROOT, SOURCE

COPIES = 50
"""Of each file; its name and the number of the copy make the same copy again."""
MOST_MEMORY_KB = 1_000_000

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is counted as Linux does")


def video(path, making=None):
    return numbered(path, 20, making)


def picture(path):
    Image.fromarray(quartered((64, 48))).save(path)
    return path


def track(path):
    figures = [standing()] * 10 + [side_bend(25.0)] * 20
    return saved(path, [(n / 10, figure.seen(FRONT)) for n, figure in enumerate(figures)])


def pose_file(path):
    path.write_bytes((POSE_FILES / "standing_side_bend.toml").read_bytes())
    return path


MAKERS = {
    "phone.mp4": video,
    "index_first.mov": lambda path: video(path, Making(container={"movflags": "faststart"})),
    "stream.ts": video,
    "web.mkv": video,
    "turned.mp4": lambda path: video(path, Making(rotation=90.0)),
    "old.avi": lambda path: video(path, Making("mpeg4", time_base=Fraction(1, 1000))),
    "photograph.jpg": picture,
    "drawing.png": picture,
    "track.npz": track,
    "pose.toml": pose_file,
}


def test_damaged_copies_are_read_or_refused_in_one_line(tmp_path):
    files = [make(tmp_path / name) for name, make in MAKERS.items()]
    command = [sys.executable, "-m", "tests.damage", str(COPIES), *map(str, files)]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{SOURCE}"}
    done = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    *faults, totals = done.stdout.splitlines()
    assert faults == []
    count, most_kb = map(int, totals.split())
    assert COPIES < count < COPIES * len(files)
    assert most_kb < MOST_MEMORY_KB
