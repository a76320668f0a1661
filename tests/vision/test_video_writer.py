"""The annotated video, read back with PyAV."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backstretch.vision.video_writer import AnnotatedVideo

UNEVEN_S = [5.0, 5.04, 5.1, 5.3333, 5.35, 5.9, 6.0, 7.001, 7.002]
WH = (96, 64)
FULL = Path("/dev/full")


@dataclass
class Read:
    """What a player finds in the file."""

    times_s: list[float]
    pictures: list[np.ndarray]
    duration_s: float
    codec: str
    pixels: str
    wh: tuple[int, int]


def read(path: Path) -> Read:
    import av

    with av.open(str(path)) as file:
        stream: Any = file.streams.video[0]
        frames: list[Any] = list(file.decode(stream))
        return Read(
            [frame.time for frame in frames],
            [frame.to_ndarray(format="rgb24") for frame in frames],
            float(stream.duration * stream.time_base),
            stream.codec_context.name,
            stream.codec_context.pix_fmt,
            (stream.width, stream.height),
        )


def picture(light: int = 0, wh: tuple[int, int] = WH) -> np.ndarray:
    return np.full((wh[1], wh[0], 3), light, np.uint8)


def write(path: Path, times_s: Iterable[float], wh: tuple[int, int] = WH) -> Read:
    with AnnotatedVideo(path, wh) as video:
        for number, time_s in enumerate(times_s):
            video.write(picture(20 * (number % 10), wh), time_s)
    return read(path)


@pytest.mark.parametrize(
    "times_s",
    [UNEVEN_S, np.arange(90) / 29.97, 100.0 + np.arange(40) / 60, np.arange(8) / 5, [3.0]],
    ids=["uneven", "29.97", "60", "5", "one"],
)
def test_the_video_keeps_the_times_of_the_source(tmp_path, times_s):
    found = write(tmp_path / "annotated.mp4", times_s)
    assert found.times_s == pytest.approx(np.asarray(times_s) - times_s[0], abs=1e-3)


def test_every_picture_is_at_its_own_time(tmp_path):
    found = write(tmp_path / "annotated.mp4", UNEVEN_S)
    assert [image.mean() for image in found.pictures] == pytest.approx(
        [20 * number for number in range(len(UNEVEN_S))], abs=3
    )


def test_it_is_h264_that_browsers_play(tmp_path):
    found = write(tmp_path / "annotated.mp4", UNEVEN_S)
    assert (found.codec, found.pixels) == ("h264", "yuv420p")


def test_it_can_start_to_play_before_all_of_it_has_come(tmp_path):
    path = tmp_path / "annotated.mp4"
    write(path, UNEVEN_S)
    assert 0 < path.read_bytes().find(b"moov") < path.read_bytes().find(b"mdat")


@pytest.mark.parametrize("wh", [(97, 64), (96, 65), (97, 65)])
def test_odd_sizes_are_padded_to_even(tmp_path, wh):
    found = write(tmp_path / "annotated.mp4", [0.0, 0.1], wh)
    assert found.wh == (wh[0] + wh[0] % 2, wh[1] + wh[1] % 2)


def test_the_padding_is_at_the_right_and_below(tmp_path):
    path = tmp_path / "annotated.mp4"
    image = picture(40, (97, 65))
    image[:32, :48] = 220
    with AnnotatedVideo(path, (97, 65)) as video:
        video.write(image, 0.0)
    (shown,) = read(path).pictures
    assert np.abs(shown[:65, :97].astype(int) - image).mean() < 3


def test_colours_are_kept(tmp_path):
    path = tmp_path / "annotated.mp4"
    with AnnotatedVideo(path, WH) as video:
        video.write(np.full((WH[1], WH[0], 3), (230, 159, 0), np.uint8), 0.0)
    (shown,) = read(path).pictures
    assert np.abs(shown.mean(axis=(0, 1)) - (230, 159, 0)).max() < 6


def test_the_last_picture_lasts_as_long_as_the_one_before(tmp_path):
    found = write(tmp_path / "annotated.mp4", [0.0, 0.5, 1.0, 1.25])
    assert found.duration_s == pytest.approx(1.5, abs=1e-3)


def test_a_video_of_one_picture_can_be_seen(tmp_path):
    assert 0.02 < write(tmp_path / "annotated.mp4", [3.0]).duration_s < 0.1


def test_times_nearer_than_the_clock_can_tell_still_follow_each_other(tmp_path):
    found = write(tmp_path / "annotated.mp4", [0.0, 1e-6, 2e-6, 0.1])
    assert len(found.pictures) == 4
    assert found.times_s == sorted(set(found.times_s))


def test_a_read_only_picture_can_be_written(tmp_path):
    path = tmp_path / "annotated.mp4"
    image = picture()
    image.flags.writeable = False
    with AnnotatedVideo(path, WH) as video:
        video.write(image, 0.0)
    assert len(read(path).pictures) == 1


def test_an_interrupted_video_keeps_what_was_written(tmp_path):
    path = tmp_path / "annotated.mp4"

    def interrupted() -> None:
        with AnnotatedVideo(path, WH) as video:
            video.write(picture(), 0.0)
            video.write(picture(), 0.1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(read(path).pictures) == 2


def test_closing_twice_is_closing_once(tmp_path):
    path = tmp_path / "annotated.mp4"
    with AnnotatedVideo(path, WH) as video:
        video.write(picture(), 0.0)
        video.close()
    assert len(read(path).pictures) == 1


def test_without_a_picture_there_is_no_file(tmp_path):
    path = tmp_path / "annotated.mp4"
    AnnotatedVideo(path, WH).close()
    assert not path.exists()


def test_a_folder_that_is_missing_is_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "gone" / "annotated.mp4", [0.0])


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("pictures", [1, 100])
def test_a_full_disk_is_told_as_it_is(tmp_path, pictures):
    path = tmp_path / "annotated.mp4"
    path.symlink_to(FULL)
    with pytest.raises(OSError, match="No space left"):
        write(path, np.arange(pictures) / 30)


def test_after_a_failed_write_closing_is_safe(tmp_path):
    video = AnnotatedVideo(tmp_path / "gone" / "annotated.mp4", WH)
    video.write(picture(), 0.0)
    with pytest.raises(FileNotFoundError):
        video.close()
    video.close()
