"""Video files as cameras, phones, browsers and accidents make them."""

import itertools
import random
import struct
from contextlib import suppress
from fractions import Fraction
from typing import ClassVar

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from backstretch.analysis.sampling import SparseSampler
from backstretch.errors import InputError
from backstretch.files import Growth
from backstretch.frame import Correction
from backstretch.judging.wording import describe_notice
from backstretch.vision.detection import Detection
from backstretch.vision.pictures import LONGEST_SIDE_PX
from backstretch.vision.video_reader import VideoReader
from tests.analysis.test_sampling import sampled
from tests.media import (
    WH,
    Making,
    box,
    corners,
    grey,
    number_of,
    numbered,
    quartered,
    song_with_cover,
    stamped,
    tagged,
    tiled,
    tone,
    with_tracks,
    write_video,
)

CONTAINERS = {
    "mp4": Making(),
    "mov": Making(),
    "mkv": Making(),
    "webm": Making(codec="libvpx"),
    "ts": Making(),
    "frag.mp4": Making(container={"movflags": "frag_keyframe+empty_moov+default_base_moof"}),
}
UPRIGHT = {  # a phone that was turned: (a, b, c, d) of the track header, and where the quarters go
    "turned right": ((0, 1, -1, 0), ["blue", "red", "white", "green"]),
    "upside down": ((-1, 0, 0, -1), ["white", "blue", "green", "red"]),
    "turned left": ((0, -1, 1, 0), ["green", "white", "red", "blue"]),
    "mirrored": ((-1, 0, 0, 1), ["green", "red", "white", "blue"]),
    "mirrored and upside down": ((1, 0, 0, -1), ["blue", "white", "red", "green"]),
    "mirrored and turned left": ((0, 1, 1, 0), ["red", "blue", "green", "white"]),
    "mirrored and turned right": ((0, -1, -1, 0), ["white", "green", "blue", "red"]),
}


def said(reader):
    """What was found wrong with the file, in words."""
    return list(map(describe_notice, reader.notices))


def read(path, start_s=0.0, end_s=None):
    """Times and numbers of the pictures, and what was said."""
    with VideoReader(path) as reader:
        seen = [(f.time_s, number_of(f.image)) for f in reader.frames(start_s, end_s)]
        return seen, said(reader), reader.source


def times(path, **part):
    return [time_s for time_s, _ in read(path, **part)[0]]


def with_matrix(data, matrix):
    """Put a display matrix into the track header of an MP4 file (ISO 14496-12, 8.3.2)."""
    at = data.index(b"tkhd") + 4 + 4 + 5 * 4 + 8 + 4 * 2
    a, b, c, d = (65536 * value for value in matrix)
    numbers = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    return data[:at] + numbers + data[at + len(numbers) :]


def quarters(image):
    """The brightness in the middle of the four quarters."""
    height, width = image.shape
    rows, columns = (height // 4, 3 * height // 4), (width // 4, 3 * width // 4)
    return [float(image[row, column]) for row in rows for column in columns]


def damaged(data, share, length):
    """Overwrite a stretch of bytes with noise."""
    at = int(len(data) * share)
    return data[:at] + random.Random(1).randbytes(length) + data[at + length :]


def noisy(path, count=100, making=None):
    """A video that does not compress well, so that bytes are pictures."""
    dice = np.random.default_rng(1)
    base = dice.integers(0, 255, (120, 160, 3), dtype=np.uint8)
    pictures = (np.roll(base, number, axis=1) for number in range(count))
    index_first = {"movflags": "faststart"} if path.suffix == ".mp4" else {}
    making = making or Making(container=index_first)
    return write_video(path, pictures, range(0, 40 * count, 40), making)


class TestTime:
    @pytest.mark.parametrize("ending", CONTAINERS)
    def test_is_the_containers_own_in_every_container(self, tmp_path, ending):
        path = numbered(tmp_path / f"a.{ending}", 50, CONTAINERS[ending])
        seen, warnings, source = read(path)
        assert [number for _, number in seen] == [number % 18 for number in range(50)]
        assert [time_s for time_s, _ in seen] == pytest.approx([n / 25 for n in range(50)])
        assert not warnings
        assert (source.duration_s, source.fps, source.frames) == (pytest.approx(2.0), 25.0, 50)

    def test_follows_a_variable_frame_rate(self, tmp_path):
        stamps = [0, 33, 67, 300, 310, 700, 1900, 1933]
        path = write_video(tmp_path / "a.mp4", map(grey, range(8)), stamps)
        assert times(path) == pytest.approx([stamp / 1000 for stamp in stamps])

    def test_of_29_97_pictures_a_second_does_not_drift(self, tmp_path):
        making = Making(rate=Fraction(30000, 1001), time_base=Fraction(1001, 30000))
        path = write_video(tmp_path / "a.mp4", map(grey, range(300)), range(300), making)
        with VideoReader(path) as reader:
            last = [frame.time_s for frame in reader.frames()][-1]
            assert last == pytest.approx(299 * 1001 / 30000, abs=1e-4)
            assert reader.source.fps == 29.97

    def test_starts_at_zero_whatever_the_container_starts_at(self, tmp_path):
        stamps = range(5000, 7000, 40)
        path = write_video(tmp_path / "a.ts", map(grey, range(50)), stamps)
        assert times(path)[:2] == pytest.approx([0.0, 0.04])

    @pytest.mark.parametrize(
        ("stamps_ms", "expected_ms"),
        [
            ([0, 40, 80, 600_000, 120, 160], [0, 40, 80, 120, 160]),
            ([0, 40, 600_000, 80, 600_040, 120], [0, 40, 80, 120]),
            ([0, 40, 80, 9000, 9040], [0, 40, 80, 9000, 9040]),
            ([0, 40, 80, 9000], [0, 40, 80, 9000]),
        ],
        ids=["stray", "two strays", "gap", "gap at the end"],
    )
    def test_a_stray_one_costs_one_picture_and_a_gap_none(self, tmp_path, stamps_ms, expected_ms):
        seen, warnings, _ = read(stamped(tmp_path / "a.mkv", stamps_ms))
        assert [1000 * time_s for time_s, _ in seen] == pytest.approx(expected_ms)
        assert any("no usable time" in each or "left out" in each for each in warnings) == (
            len(expected_ms) < len(stamps_ms)
        )

    def test_a_stray_one_that_is_the_stated_end_is_no_length(self, tmp_path):
        _, warnings, source = read(stamped(tmp_path / "a.mkv", [0, 40, 80, 600_000, 120, 160]))
        assert source.duration_s == pytest.approx(0.2, abs=0.01)
        assert warnings == ["pictures without a usable time were left out: 1"]

    def test_goes_on_where_the_clock_of_joined_streams_begins_again(self, tmp_path):
        one = numbered(tmp_path / "one.ts", 50, CONTAINERS["ts"])
        both = tmp_path / "both.ts"
        both.write_bytes(one.read_bytes() * 2)
        seen, warnings, source = read(both)
        numbers = [number for _, number in seen]
        assert len(numbers) > 95  # some are lost where the streams are joined
        assert [time_s for time_s, _ in seen] == sorted(time_s for time_s, _ in seen)
        assert seen[-1][0] == pytest.approx(4.0, abs=0.1)
        assert numbers[-1] == 49 % 18
        assert source.duration_s == pytest.approx(seen[-1][0] + 0.04, abs=0.01)
        assert any("begins again at 2.0 s" in each for each in warnings)

    def test_strictly_increases_and_repeated_or_backward_ones_are_left_out(self, tmp_path):
        path = stamped(tmp_path / "a.mkv", [0, 40, 80, 80, 120, 60, 160, 200])
        seen, warnings, _ = read(path)
        assert seen == [(0.0, 0), (0.04, 1), (0.08, 2), (0.12, 4), (0.16, 6), (0.2, 7)]
        assert warnings == ["pictures without a usable time were left out: 2"]

    @pytest.mark.parametrize("stamps", [[0] * 10, list(range(1000, 0, -100))])
    def test_that_is_no_clock_gives_way_to_the_frame_rate_and_that_is_said(self, tmp_path, stamps):
        seen, warnings, source = read(stamped(tmp_path / "a.mkv", stamps))
        assert seen == [(pytest.approx(number / 25), number) for number in range(10)]
        assert warnings == ["the file has no usable times; 25 pictures a second are assumed"]
        assert source.duration_s == pytest.approx(0.4)

    def test_of_a_raw_stream_is_its_frame_rate(self, tmp_path):
        seen, warnings, source = read(numbered(tmp_path / "a.h264"))
        assert len(seen) == source.frames == 50
        assert "no usable times" in warnings[0]

    def test_of_an_avi_with_reordered_pictures_is_its_frame_rate(self, tmp_path):
        making = Making(time_base=Fraction(1, 25))  # AVI keeps decoding times only
        path = write_video(tmp_path / "a.avi", map(grey, range(50)), range(50), making)
        assert times(path) == pytest.approx([number / 25 for number in range(50)])

    def test_of_a_browsers_recording_without_a_stated_length_has_one(self, tmp_path):
        live = Making(codec="libvpx", container={"live": "1"})
        path = numbered(tmp_path / "a.webm", 50, live)
        assert read(path)[2].duration_s == pytest.approx(2.0, abs=0.05)


class TestSpeed:
    TAGS: ClassVar = {"com.android.capture.fps": "100.0"}

    def test_that_the_film_states_makes_all_times_real(self, tmp_path):
        with VideoReader(tagged(tmp_path / "a.mp4", self.TAGS)) as reader:
            times_s = [frame.time_s for frame in reader.frames()]
            source = reader.source
        assert times_s == pytest.approx([n / 100 for n in range(50)])
        assert source.duration_s == pytest.approx(0.5)
        assert source.fps == pytest.approx(100.0)
        assert said(reader) == [
            "the recording states that it is 4 times slow motion; all times here are real seconds"
        ]

    def test_that_somebody_gives_comes_first(self, tmp_path):
        correction = Correction(speed=2.0)
        with VideoReader(tagged(tmp_path / "a.mp4", self.TAGS), correction=correction) as reader:
            assert [f.time_s for f in reader.frames()][-1] == pytest.approx(49 / 25 * 2.0)
            assert reader.source.duration_s == pytest.approx(4.0)
            assert said(reader) == []

    @pytest.mark.parametrize("speed", [0.25, 4.0])
    def test_a_part_is_found_by_real_seconds(self, tmp_path, speed):
        path = numbered(tmp_path / "a.mp4", 400)
        with VideoReader(path, correction=Correction(speed=speed)) as reader:
            whole = [(f.time_s, number_of(f.image)) for f in reader.frames()]
        with VideoReader(path, correction=Correction(speed=speed)) as reader:
            part = [(f.time_s, number_of(f.image)) for f in reader.frames(8.0 * speed, 9.0 * speed)]
        assert part == [each for each in whole if 8.0 * speed <= each[0] <= 9.0 * speed]
        assert len(part) > 20

    def test_a_list_of_edits_that_plays_more_slowly_changes_nothing(self, tmp_path):
        path = numbered(tmp_path / "a.mp4")
        plain = times(path)
        data = path.read_bytes()
        at = data.index(b"elst") + 12  # ISO 14496-12, 8.6.6: length, start in the media, rate
        edit = struct.pack(">IiI", 8000, *struct.unpack(">i", data[at + 4 : at + 8]), 0x4000)
        path.write_bytes(data[:at] + edit + data[at + 12 :])
        with VideoReader(path) as reader:
            assert [frame.time_s for frame in reader.frames()] == pytest.approx(plain)
            assert reader.source.duration_s == pytest.approx(2.0, abs=0.1)
            assert said(reader) == [
                "the recording states that it is played at other speeds; all times here are real seconds"
            ]


class TestPart:
    @pytest.mark.parametrize("ending", CONTAINERS)
    @pytest.mark.parametrize(
        ("start_s", "end_s"), [(0.5, None), (3.0, 3.2), (2.999, None), (5.9, 99)]
    )
    @pytest.mark.exhaustive
    def test_has_the_same_pictures_and_times_as_the_whole(self, tmp_path, ending, start_s, end_s):
        path = numbered(tmp_path / f"a.{ending}", 150, CONTAINERS[ending])
        whole = read(path)[0]
        latest = np.inf if end_s is None else end_s
        wanted = [(time_s, n) for time_s, n in whole if start_s <= time_s <= latest]
        part, warnings, source = read(path, start_s, end_s)
        assert part == wanted
        assert not warnings
        assert source.frames == pytest.approx(150, abs=1)

    def test_of_a_file_that_cannot_be_searched_is_found_by_reading(self, tmp_path):
        assert times(numbered(tmp_path / "a.h264", 100), start_s=2.0)[0] == pytest.approx(2.0)

    def test_that_begins_with_a_key_picture_has_those_shown_before_it_in_time(self, tmp_path):
        path = numbered(tmp_path / "a.mp4", 100, Making(coding={"g": "10", "bf": "3"}))
        for number in range(26, 75, 3):
            assert times(path, start_s=number / 25 - 0.01)[0] == pytest.approx(number / 25)


class TestPicture:
    @pytest.mark.parametrize("turned", UPRIGHT)
    def test_is_upright(self, tmp_path, turned):
        matrix, expected = UPRIGHT[turned]
        path = write_video(tmp_path / "a.mp4", [quartered(WH)] * 5, range(0, 200, 40))
        path.write_bytes(with_matrix(path.read_bytes(), matrix))
        with VideoReader(path) as reader:
            frame = next(reader.frames())
            assert corners(frame.image) == expected
            wh = WH[::-1] if "turned" in turned else WH
            assert frame.wh == reader.wh == (reader.source.width, reader.source.height) == wh

    @pytest.mark.parametrize("number", range(1, 9))
    @pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
    def test_of_a_photograph_is_upright(self, tmp_path, ending, number):
        """Pillow's own way to turn photographs is the oracle."""
        photograph = Image.fromarray(quartered((96, 64)))
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = number
        photograph.save(tmp_path / f"a.{ending}", exif=exif, quality=95)
        with Image.open(tmp_path / f"a.{ending}") as stored:
            expected = np.asarray(ImageOps.exif_transpose(stored).convert("RGB"))
        with VideoReader(tmp_path / f"a.{ending}") as reader:
            frame = next(reader.frames())
            assert corners(frame.image) == corners(expected)
            assert frame.wh == reader.wh == expected.shape[1::-1]

    @pytest.mark.parametrize("turned", UPRIGHT)
    def test_has_a_small_copy_that_is_upright_as_well(self, tmp_path, turned):
        path = write_video(tmp_path / "a.mp4", [quartered((320, 240))] * 3, range(0, 120, 40))
        path.write_bytes(with_matrix(path.read_bytes(), UPRIGHT[turned][0]))
        with VideoReader(path) as reader:
            small = next(reader.pictures()).glance
            image = next(reader.frames()).image
        grey_image = image @ np.array([0.299, 0.587, 0.114])
        assert quarters(small) == pytest.approx(quarters(grey_image), abs=20.0)

    @pytest.mark.parametrize("turned_wh", [(48, 64), (128, 96), (32, 24)])
    def test_of_another_size_is_fitted_and_not_stretched(self, tmp_path, turned_wh):
        paths = [tmp_path / "1.ts", tmp_path / "2.ts"]
        write_video(paths[0], [quartered(WH)] * 10, range(0, 400, 40))
        write_video(paths[1], [quartered(turned_wh)] * 10, range(400, 800, 40))
        both = tmp_path / "both.ts"
        both.write_bytes(b"".join(path.read_bytes() for path in paths))
        with VideoReader(both) as reader:
            pictures = list(reader.pictures())
            frame = pictures[-1].frame()
            small_shapes = [picture.glance.shape for picture in pictures]
        assert len(pictures) > 15  # two are lost where they are joined
        scale = min(WH[0] / turned_wh[0], WH[1] / turned_wh[1])
        width, height = (round(side * scale) for side in turned_wh)
        assert frame is not None
        image = frame.image
        assert image.shape == (WH[1], WH[0], 3)
        left, top = (WH[0] - width) // 2, (WH[1] - height) // 2
        inner = image[top : top + height, left : left + width]
        assert corners(inner) == ["red", "green", "blue", "white"]
        outside = np.ones(image.shape[:2], bool)
        outside[top : top + height, left : left + width] = False
        assert not image[outside].any()
        assert len(set(small_shapes)) == 1

    def test_is_left_alone_without_a_display_matrix(self, tmp_path):
        path = write_video(tmp_path / "a.mp4", [quartered(WH)] * 5, range(0, 200, 40))
        with VideoReader(path) as reader:
            assert corners(next(reader.frames()).image) == ["red", "green", "blue", "white"]

    def test_may_have_odd_sides(self, tmp_path):
        path = write_video(tmp_path / "a.mp4", [quartered((63, 47))] * 3, range(0, 120, 40))
        with VideoReader(path) as reader:
            assert [frame.wh for frame in reader.frames()] == [(63, 47)] * 3

    @pytest.mark.parametrize(
        ("rotation", "wh"), [(None, (LONGEST_SIDE_PX, 720)), (90, (720, LONGEST_SIDE_PX))]
    )
    def test_of_4k_is_scaled_down(self, tmp_path, rotation, wh):
        making = Making(rotation=rotation, coding={"preset": "ultrafast"})
        path = write_video(tmp_path / "a.mp4", [quartered((3840, 2160))] * 2, (0, 40), making)
        with VideoReader(path) as reader:
            assert next(reader.frames()).wh == reader.wh == wh
            assert max(reader.source.width, reader.source.height) == 3840

    def test_with_oblong_pixels_is_made_square(self, tmp_path):
        making = Making(aspect=Fraction(16, 11))
        path = write_video(tmp_path / "a.mp4", [quartered((704, 576))] * 2, (0, 40), making)
        with VideoReader(path) as reader:
            assert next(reader.frames()).wh == reader.wh == (1024, 576)

    @pytest.mark.parametrize(
        ("small", "film"),
        [
            ((grey(1, (160, 120)), 10, False), (grey(9), 10, True)),
            ((grey(1, (32, 24)), 10, True), (grey(9), 10, True)),
            ((grey(1), 5, True), (grey(9), 10, True)),
        ],
        ids=["not the default", "smaller", "shorter"],
    )
    def test_is_of_the_track_that_is_the_film(self, tmp_path, small, film):
        for name, tracks in (("first", (film, small)), ("second", (small, film))):
            seen, warnings, _ = read(with_tracks(tmp_path / f"{name}.mp4", *tracks))
            assert {number for _, number in seen} == {9}
            assert (len(seen), warnings) == (10, [])

    @pytest.mark.parametrize("turn_deg", [90, 180, 270])
    def test_is_turned_clockwise_as_somebody_says(self, tmp_path, turn_deg):
        path = write_video(tmp_path / "a.mp4", [quartered((96, 64))] * 2, [0, 40])
        turned = {90: ["blue", "red", "white", "green"], 180: ["white", "blue", "green", "red"]}
        turned[270] = ["green", "white", "red", "blue"]
        with VideoReader(path, correction=Correction(turn_deg=turn_deg)) as reader:
            assert corners(next(reader.frames()).image) == turned[turn_deg]
            assert reader.wh == ((96, 64) if turn_deg == 180 else (64, 96))

    def test_of_high_dynamic_range_has_the_colours_of_an_ordinary_one(self, tmp_path):
        skin = np.full((48, 64, 3), (150, 100, 90), np.uint8)
        making = Making(codec="libx265", coding={"x265-params": "log-level=none"}, is_hlg=True)
        with VideoReader(write_video(tmp_path / "a.mov", [skin] * 2, [0, 40], making)) as reader:
            red, _, blue = next(reader.frames()).image.mean(axis=(0, 1)).tolist()
        assert red - blue > 1.2 * (
            150 - 90
        )  # wider primaries hold the same colour in less of a difference

    @pytest.mark.parametrize(
        ("own", "expected"),
        [
            ([], ["red", "green", "blue", "white"]),
            ([box(b"irot", b"\1")], ["green", "white", "red", "blue"]),
            ([box(b"irot", b"\2")], ["white", "blue", "green", "red"]),
            ([box(b"imir", b"\1")], ["green", "red", "white", "blue"]),
            ([box(b"imir", b"\0")], ["blue", "white", "red", "green"]),
            ([box(b"irot", b"\1"), box(b"imir", b"\1")], ["white", "green", "blue", "red"]),
            ([box(b"imir", b"\1"), box(b"irot", b"\1")], ["red", "blue", "green", "white"]),
        ],
        ids=[
            "upright",
            "left",
            "half",
            "mirrored",
            "upside down",
            "left, mirrored",
            "mirrored, left",
        ],
    )
    def test_in_parts_is_joined(self, tmp_path, own, expected):
        path = tiled(tmp_path / "a.heic", quartered((256, 128)), 2, 4, (250, 120), *own)
        with VideoReader(path) as reader:
            (frame,) = reader.frames()
            assert corners(frame.image) == expected
            assert sorted(frame.wh) == [120, 250]
            assert said(reader) == []

    @pytest.mark.parametrize("kind", [b"pitm", b"iinf", b"iref", b"iprp", b"idat", b"iloc"])
    def test_in_parts_that_do_not_fit_together_is_refused(self, tmp_path, kind):
        path = tiled(tmp_path / "a.heic", quartered((128, 64)), 2, 2, (128, 64))
        path.write_bytes(path.read_bytes().replace(kind, b"free", 1))
        with suppress(InputError), VideoReader(path) as reader:
            list(reader.frames())

    def test_may_have_a_name_that_looks_like_a_pattern(self, tmp_path):
        for name, number in (("IMG_%04d.png", 5), ("IMG_0001.png", 1), ("IMG_0002.png", 2)):
            Image.fromarray(grey(number)).save(tmp_path / name)
        assert [number for _, number in read(tmp_path / "IMG_%04d.png")[0]] == [5]

    def test_alone_is_a_recording_too(self, tmp_path):
        seen, warnings, source = read(numbered(tmp_path / "a.mp4", 1))
        assert seen == [(0.0, 0)]
        assert not warnings
        assert source.frames == 1

    def test_counts_from_the_first(self, tmp_path):
        with VideoReader(stamped(tmp_path / "a.mkv", [0, 40, 40, 80, 120])) as reader:
            assert [frame.index for frame in reader.frames()] == [0, 1, 3, 4]


class TestDamage:
    def test_of_a_file_cut_short_is_said(self, tmp_path):
        path = noisy(tmp_path / "a.mp4")
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        seen, warnings, source = read(path)
        assert 30 < len(seen) < 70
        last_s = seen[-1][0]
        assert warnings[-1] == f"the file ends early: {last_s:.1f} of 4.0 s could be read"
        assert (source.duration_s, source.frames) == (4.0, len(seen))

    def test_of_a_file_whose_index_is_gone_is_an_error(self, tmp_path):
        path = numbered(tmp_path / "a.mp4", 100)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with pytest.raises(InputError, match=r"a\.mp4: cannot be read as a video"):
            read(path)

    @pytest.mark.parametrize("ending", ["mp4", "mkv", "ts"])
    @pytest.mark.parametrize("length", [200, 3000, 20000])
    def test_in_the_middle_costs_the_middle(self, tmp_path, ending, length):
        path = noisy(tmp_path / f"a.{ending}")
        path.write_bytes(damaged(path.read_bytes(), 0.45, length))
        seen, warnings, _ = read(path)
        stamps = [time_s for time_s, _ in seen]
        assert (np.diff(stamps) > 0).all()
        assert len(seen) > 60
        assert stamps[-1] == pytest.approx(3.96, abs=0.05)
        assert any("damaged" in warning for warning in warnings)

    @pytest.mark.parametrize("ending", ["mp4", "mkv", "ts", "avi"])
    @pytest.mark.exhaustive
    def test_anywhere_is_survived_or_told_in_one_line(self, tmp_path, ending):
        making = Making(codec="mpeg4", time_base=Fraction(1, 25)) if ending == "avi" else Making()
        stamps = range(50) if ending == "avi" else range(0, 2000, 40)
        whole = write_video(tmp_path / f"a.{ending}", map(grey, range(50)), stamps, making)
        data = whole.read_bytes()
        for share in np.linspace(0.0, 0.99, 40):
            whole.write_bytes(damaged(data, share, 64))
            with suppress(InputError):
                assert (np.diff(times(whole)) > 0).all()

    def test_is_not_seen_in_a_slow_recording(self, tmp_path):
        path = write_video(tmp_path / "a.mp4", map(grey, range(5)), range(0, 10000, 2000))
        assert not read(path)[1]


class TestUndecoded:
    """Where each picture stands for itself, only those that are asked for are decoded."""

    MJPEG = Making(codec="mjpeg", coding={"strict": "unofficial"})

    def decoded(self, monkeypatch):
        count: list[object] = []
        whole = VideoReader._decoded_from

        def decoded_from(reader, packet):
            count.append(packet)
            return whole(reader, packet)

        monkeypatch.setattr(VideoReader, "_decoded_from", decoded_from)
        return count

    @pytest.mark.parametrize("ending", ["mkv", "mov"])
    def test_pictures_are_the_same_in_any_order(self, tmp_path, ending):
        path = numbered(tmp_path / f"a.{ending}", 50, self.MJPEG)
        with VideoReader(path) as reader:
            pictures = list(reader.pictures())
            assert [p.time_s for p in pictures] == pytest.approx([n / 25 for n in range(50)])
            for number in (40, 3, 17):
                frame = pictures[number].frame()
                assert frame is not None
                assert number_of(frame.image) == number % 18
                assert pictures[number].glance.mean() == pytest.approx(
                    20 + 12 * (number % 18), abs=20
                )

    def test_a_picture_that_is_not_asked_for_costs_nothing(self, tmp_path, monkeypatch):
        path = numbered(tmp_path / "a.mkv", 50, self.MJPEG)
        count = self.decoded(monkeypatch)
        with VideoReader(path) as reader:
            pictures = list(reader.pictures())
            assert not count
            for picture in pictures[::10]:
                assert picture.glance.size
                assert picture.frame()
        assert len(count) == 5

    def test_most_of_a_still_recording_is_never_decoded(self, tmp_path, monkeypatch):
        still = itertools.repeat(quartered((160, 120)), 300)
        path = write_video(tmp_path / "a.mkv", still, range(0, 12000, 40), self.MJPEG)
        count = self.decoded(monkeypatch)
        with VideoReader(path) as reader:
            detect = lambda p: Detection(p.time_s, None)  # noqa: E731
            sampler = SparseSampler(reader.pictures(), detect, 12.0)
            assert len(sampled(sampler)) < 40
        assert len(count) < 200

    def test_a_damaged_one_is_told_and_passed_over(self, tmp_path):
        path = noisy(tmp_path / "a.mkv", making=self.MJPEG)
        path.write_bytes(damaged(path.read_bytes(), 0.45, 60000))
        seen, warnings, _ = read(path)
        assert 80 < len(seen) < 100
        assert any("damaged" in warning for warning in warnings)


@pytest.mark.parametrize("taken", [10, 50])
def test_a_recording_can_be_read_once_more(tmp_path, taken):
    with VideoReader(numbered(tmp_path / "a.mp4")) as reader:
        seen = lambda frame: (frame.index, round(frame.time_s, 3), number_of(frame.image))  # noqa: E731
        first = [seen(frame) for frame in itertools.islice(reader.frames(), taken)]
        once_more = [seen(frame) for frame in reader.frames()]
        assert len(once_more) == 50
        assert once_more[:taken] == first
        assert reader.source.frames == 50
        assert reader.notices == []


class TestAgain:
    """Two readers share a file; what they find is told once, by the first."""

    def read(self, path, from_s, *, overlap_s):
        with VideoReader(path) as reader:
            second_reader = reader.reader_from(from_s)
            ours = []
            for frame in reader.frames():
                ours.append(frame.time_s)
                if frame.time_s > from_s + overlap_s:
                    break
            with second_reader:
                theirs = [frame.time_s for frame in second_reader.frames(from_s)]
            return ours, theirs, said(reader), reader.source

    @pytest.mark.parametrize("overlap_s", [0.0, 0.3])
    def test_each_picture_is_counted_once(self, tmp_path, overlap_s):
        path = numbered(tmp_path / "a.mp4", 100)
        ours, theirs, warnings, source = self.read(path, 2.0, overlap_s=overlap_s)
        assert sorted({*ours, *theirs}) == pytest.approx([n / 25 for n in range(100)])
        assert theirs[0] == pytest.approx(2.0)
        assert (source.frames, warnings) == (100, [])

    @pytest.mark.parametrize("share", [0.3, 0.45, 0.55, 0.7])
    def test_damage_is_told_as_by_one(self, tmp_path, share):
        path = noisy(tmp_path / "a.mkv")
        path.write_bytes(damaged(path.read_bytes(), share, 3000))
        assert self.read(path, 2.0, overlap_s=0.2)[2] == read(path)[1] != []

    def test_pictures_without_a_time_are_told_as_by_one(self, tmp_path):
        stamps = [*range(0, 1000, 40), 500, 500, *range(1000, 4000, 40), 2000]
        path = stamped(tmp_path / "a.mkv", stamps)
        assert self.read(path, 2.0, overlap_s=0.2)[2] == read(path)[1] != []

    @pytest.mark.parametrize("kept", [0.3, 0.8])
    def test_a_file_cut_short_is_told_as_by_one(self, tmp_path, kept):
        path = noisy(tmp_path / "a.mp4")
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
        with VideoReader(path) as reader, reader.reader_from(2.0) as second_reader:
            list(reader.frames())  # to its end: where there is no second half, nothing is agreed on
            list(second_reader.frames(2.0))
            assert (said(reader), reader.source) == read(path)[1:]


class TestNoVideo:
    def test_only_sound(self, tmp_path):
        with pytest.raises(InputError, match=r"a\.mp4: holds no pictures, only sound"):
            read(tone(tmp_path / "a.mp4"))

    def test_only_a_cover_picture(self, tmp_path):
        with pytest.raises(InputError, match=r"a\.mp4: holds no pictures, only sound"):
            read(song_with_cover(tmp_path / "a.mp4"))

    @pytest.mark.parametrize("data", [b"Dear diary, today I stretched.\n" * 99, bytes(9999)])
    def test_something_else_by_the_name_of_a_video(self, tmp_path, data):
        path = tmp_path / "a.mp4"
        path.write_bytes(data)
        with pytest.raises(InputError, match=r"a\.mp4: cannot be read as a video"):
            read(path)

    def test_nothing_at_all(self, tmp_path):
        (tmp_path / "empty.mp4").touch()
        for name, said in [("empty.mp4", "empty"), ("none.mp4", "no such file"), ("", "a folder")]:
            with pytest.raises(InputError, match=said):
                read(tmp_path / name)

    def test_a_playlist_of_something_on_the_network_is_not_fetched(self, tmp_path):
        path = tmp_path / "a.m3u8"
        head = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n"
        path.write_text(f"{head}http://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")
        with pytest.raises(InputError):
            read(path)


def test_a_name_with_a_colon_is_a_file_and_not_an_address(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    numbered(tmp_path / "a.mp4", 3).rename("10:30.mp4")
    assert len(read(type(tmp_path)("10:30.mp4"))[0]) == 3


class TestGrowth:
    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "grows.ts"
        path.write_bytes(b"some")
        return path

    @staticmethod
    def of(path, end_s=20.0):
        growth = Growth(path)
        growth.end_s = end_s
        return growth

    def test_what_comes_after_the_end_of_a_file_that_grows_is_cut(self, path):
        growth = self.of(path)
        path.write_bytes(b"some more")
        assert [growth.cuts(time_s) for time_s in (19.9, 20.0, 20.1, 30.0)] == [False] * 2 + [
            True
        ] * 2
        assert growth.cut_s == 20.0

    def test_a_stated_end_may_be_wrong(self, path):
        growth = self.of(path)
        assert not growth.cuts(30.0)
        assert growth.cut_s is None

    def test_a_file_that_has_gone_does_not_grow(self, path):
        growth = self.of(path)
        path.unlink()
        assert not growth.cuts(20.1)

    def test_a_reader_gives_what_was_there_when_it_was_opened(self, tmp_path):
        path = numbered(tmp_path / "grows.ts", 50)
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        growth = Growth(path)
        with VideoReader(path, growth=growth) as reader:
            path.write_bytes(whole)
            with reader.reader_from(0.5) as later:
                assert later.source.duration_s > growth.end_s
                times = [frame.time_s for frame in later.frames()]
        assert 0.0 <= growth.end_s - times[-1] < 0.1
        assert growth.cut_s == growth.end_s == pytest.approx(reader.source.duration_s, abs=1e-3)
