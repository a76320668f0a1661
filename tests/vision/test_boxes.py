"""Boxes of MP4 and HEIC files, whole and damaged."""

import random

import pytest

from backstretch.vision.boxes import is_retimed, tiles_of
from tests.media import box, quartered, tiled


@pytest.fixture
def photograph(tmp_path):
    """A photograph of two rows of four parts, turned to the left."""
    image = quartered((256, 128))
    return tiled(tmp_path / "a.heic", image, 2, 4, (250, 120), box(b"irot", b"\1"))


def test_the_parts_of_a_photograph_are_told_in_their_order(photograph):
    tiles = tiles_of(photograph)
    assert tiles is not None
    assert (tiles.ids, tiles.columns, tiles.wh) == ((1, 2, 3, 4, 5, 6, 7, 8), 4, (250, 120))
    assert (tiles.orientation.turns, tiles.orientation.is_mirrored) == (1, False)
    assert not is_retimed(photograph)


def test_a_photograph_in_one_piece_has_none(photograph):
    data = photograph.read_bytes()
    photograph.write_bytes(data.replace(b"grid", b"hvc1"))
    assert tiles_of(photograph) is None


def test_damage_anywhere_is_survived(photograph):
    data, dice = photograph.read_bytes(), random.Random(1)
    for _ in range(300):
        damaged = bytearray(data)
        for _ in range(3):
            damaged[dice.randrange(900)] = dice.choice([0, 255, dice.randrange(256)])
        photograph.write_bytes(damaged[: dice.randrange(40, len(data))])
        tiles = tiles_of(photograph)
        assert tiles is None or len(tiles.ids) <= 256
        assert is_retimed(photograph) in {True, False}
