"""The moving demonstrations: one of each stretch, small, of five seconds, and none where there is none."""

from dataclasses import replace

import numpy as np
import pytest

from backstretch.display.pictures import demonstration
from backstretch.display.pictures.demonstration import (
    FOLDER,
    HELD_AT_S,
    REST_S,
    Demonstration,
    demonstration_file,
    load_demonstration,
)
from backstretch.vision.video_reader import VideoReader
from tests.library import LIBRARY

POSES = LIBRARY.poses
MOST_BYTES = 6_000_000
COW = POSES["cow_pose"]


@pytest.fixture(scope="module")
def cow():
    return load_demonstration(COW)


@pytest.mark.parametrize("pose", POSES.values(), ids=list(POSES))
def test_a_stretch_of_the_library_has_one_of_four_to_six_seconds(pose):
    with VideoReader(demonstration_file(pose)) as reader:
        source = reader.source
        first = next(reader.frames())
    assert 4.0 <= source.duration_s <= 6.0
    assert source.width % 2 == source.height % 2 == 0
    assert first.image.std() > 10


def test_all_together_are_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST_BYTES


def test_there_is_none_of_a_stretch_that_is_not_in_the_library():
    assert {path.stem for path in FOLDER.glob("*.mp4")} == set(POSES)


def test_it_goes_into_the_position_and_back(cow):
    rest, held = cow.at(0.0).astype(int), cow.at(HELD_AT_S).astype(int)
    moved = [np.abs(each - rest).mean() for each in cow.pictures]
    assert max(moved) == pytest.approx(np.abs(held - rest).mean(), rel=0.1)
    assert moved[-1] < 0.3 * max(moved)


def test_it_stays_still_at_rest_and_in_the_position(cow):
    for from_s, to_s in ((0.0, REST_S - 0.1), (HELD_AT_S - 0.4, HELD_AT_S + 0.4)):
        assert np.abs(cow.at(from_s).astype(int) - cow.at(to_s)).mean() < 1.0


class TestALoop:
    pictures = tuple(np.full((2, 2, 3), number, np.uint8) for number in range(3))
    loop = Demonstration(np.array([0.0, 1.0, 1.5]), pictures, 2.0)

    @pytest.mark.parametrize(
        ("time_s", "number"),
        [(0.0, 0), (0.99, 0), (1.0, 1), (1.49, 1), (1.99, 2), (2.0, 0), (1003.2, 1), (-0.4, 2)],
    )
    def test_shows_the_picture_of_the_moment(self, time_s, number):
        assert self.loop.at(time_s)[0, 0, 0] == number


class TestMissing:
    def test_is_none(self):
        assert load_demonstration(replace(COW, id="my_own")) is None

    def test_of_a_personal_reference_is_that_of_the_library(self):
        own = replace(COW, id="my_cow", refines="cow_pose")
        assert demonstration_file(own) == demonstration_file(COW)

    @pytest.mark.parametrize("content", [b"", b"no video at all"])
    def test_is_what_cannot_be_read(self, content, tmp_path, monkeypatch):
        monkeypatch.setattr(demonstration, "FOLDER", tmp_path)
        (tmp_path / "cow_pose.mp4").write_bytes(content)
        assert load_demonstration(COW) is None
