"""Reading video files: upright RGB pictures, each with the container's own time.

PyAV is the library here: it gives real timestamps and the display matrix, and decodes in threads.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from backstretch.errors import InputError, Notice, NoticeKind
from backstretch.files import Growth
from backstretch.frame import AS_STATED, Correction, Frame, Source
from backstretch.vision import container as stated
from backstretch.vision.boxes import Tiles, is_retimed, tiles_of
from backstretch.vision.clock import RecordingClock
from backstretch.vision.counts import Counts, Part
from backstretch.vision.pictures import Conversion, Picture, joined, orientation_of

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream


CLOCK_PICTURES = 30
"""How many pictures are read to see whether the container's times can be used."""
CLOCK_SHARE = 0.6
"""Share of these that must be later than all before them."""
FALLBACK_FPS = 25.0
"""Assumed for a file that has neither timestamps nor a frame rate."""
SEEK_MARGIN_S = 1.0
"""How far before a time to seek: indices are in decoding order, a few pictures ahead of the shown order."""
MOST_BROKEN = 1000
"""A file that fails this often is given up: some damage makes the library fail without end."""
LARGE_PX, DECODERS = 1920 * 1080, 4
"""Only larger pictures are decoded by several threads: each thread holds some of them, of megabytes, and
reading goes on beside the model anyway."""
Decode = Callable[[], "VideoFrame | None"]
"""Gives a picture; None for a damaged one."""
RESTARTING = {"mpegts", "flv"}
"""Formats of streams, whose clock may begin again: to find a time in them, all before it is read."""
BOXED = "mov"
"""Format of MP4, MOV, HEIC and AVIF."""
HDR = {16, 18}
"""Transfer characteristics of high dynamic range, PQ and HLG, as H.273 numbers them."""
SDR, BT709 = 13, 1
"""Transfer characteristics and primaries of ordinary pictures (sRGB), as H.273 numbers them."""
READING = {"protocol_whitelist": "file", "pattern_type": "none"}
"""A playlist must not make the library open a network connection, and a name with ``%`` is a name."""


class VideoReader:
    """One video file; a context manager.

    Args:
        path: The file.
        part: Where it counts; `reader_from` makes another for a second reader of the file.
        growth: Ends a file that grows where it ended when it was opened; None to read on.
        correction: What somebody says of the file. Where it shows things more slowly or quickly than they were,
            all times are those that really passed.

    Attributes:
        has_clock: Whether its times can be used; if not, they follow from the frame rate.
    """

    def __init__(
        self,
        path: Path,
        part: Part | None = None,
        *,
        growth: Growth | None = None,
        correction: Correction = AS_STATED,
    ) -> None:
        import av

        self.path = path
        self._growth, self._correction = growth, correction
        self._part = part or Part()
        self._counts = Counts([self._part])
        self._count = self._broken = 0
        self._errors: type[Exception] = av.error.FFmpegError
        self._is_retimed = False
        self._container: InputContainer = self._open()
        if self._is_boxed and is_retimed(path):  # the library would show some of its pictures twice
            self._container.close()
            self._is_retimed = True
            self._container = self._open()
        self._tiles = tiles_of(path) if self._is_boxed else None
        self._stream: VideoStream = self._video_stream()
        first, self.has_clock = self._look_ahead()
        self._start_s = _stamp(first) or 0.0
        self._speed, self._fps = self._rates()
        self._conversion = self._conversion_of(first)
        self._duration_s, self._frames = self._length()
        if growth is not None:
            growth.end_s = min(growth.end_s, self._duration_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._container.close()

    def reader_from(self, from_s: float) -> "VideoReader":
        """Return a second reader of the same file, for the part from ``from_s`` on; both can read at once.

        It has to be closed by itself. Its counts are part of this reader's `notices` and `source`.
        """
        self._part.until_s = from_s
        part = Part(from_s)
        self._counts.parts.append(part)
        second = VideoReader(self.path, part, growth=self._growth, correction=self._correction)
        second._conversion = self._conversion  # the tones of HDR take seconds to work out
        return second

    @property
    def notices(self) -> list[Notice]:
        """Faults found in the file; complete once it was read."""
        notices = []
        if not self.has_clock:
            notices.append(Notice(NoticeKind.NO_TIMES, {"fps": self._fps}))
        if self._is_retimed and self._correction.speed is None:
            notices.append(Notice(NoticeKind.OTHER_SPEEDS))
        if self._speed.is_stated:
            kind = NoticeKind.OTHER_SPEED if self._speed.is_sure else NoticeKind.PERHAPS_OTHER_SPEED
            notices.append(Notice(kind, {"factor": self._speed.factor}))
        return [*notices, *self._counts.notices(self._duration_s, 1.0 / self._fps)]

    @property
    def can_seek(self) -> bool:
        """Whether a time in the file can be found without reading all before it."""
        return self.has_clock and self._container.format.name not in RESTARTING

    @property
    def source(self) -> Source:
        """What is known of the file."""
        width, height = self._conversion.recorded_wh
        duration_s = self._counts.length_s(self._duration_s, 1.0 / self._fps)
        return Source(
            path=str(self.path),
            duration_s=round(duration_s, 3),
            fps=round(self._fps, 3),
            frames=self._counts.pictures if self._counts.is_whole else self._frames,
            width=width,
            height=height,
            recorded_at=stated.recorded_at(self._container.metadata),
        )

    @property
    def wh(self) -> tuple[int, int]:
        """Width and height in pixels of the pictures that are given."""
        return self._conversion.wh

    def frames(self, start_s: float = 0.0, end_s: float | None = None) -> Iterator[Frame]:
        """Give the `pictures` converted, without damaged ones."""
        for picture in self.pictures(start_s, end_s):
            frame = picture.frame()
            if frame is not None:
                yield frame

    def pictures(self, start_s: float = 0.0, end_s: float | None = None) -> Iterator[Picture]:
        """Give the pictures from ``start_s`` up to ``end_s``, by the file's own time.

        Their index counts from the first picture that had to be decoded.
        """
        self._seek(start_s)
        growth = self._growth
        self._counts.has_begun_at_start = start_s <= 0.0 and end_s is None
        for time_s, decode in self._timed():
            if (end_s is not None and time_s > end_s) or (growth and growth.cuts(time_s)):
                return
            if time_s >= start_s:
                ways = partial(self._upright, decode), partial(self._glance, decode)
                yield Picture(self._count - 1, time_s, *ways)
        self._part.is_at_end = True

    def _open(self) -> "InputContainer":
        import av

        if self.path.is_dir():
            raise InputError(f"{self.path}: is a folder; give a video file")
        if not self.path.exists():
            raise InputError(f"{self.path}: there is no such file")
        if self.path.stat().st_size == 0:
            raise InputError(f"{self.path}: the file is empty")
        name = str(self.path.absolute())  # a relative one with a colon would be taken for a URL
        try:
            options = {**READING, "ignore_editlist": "1"} if self._is_retimed else READING
            return av.open(name, options=options, metadata_errors="replace")
        except (self._errors, OSError) as error:
            reason = stated.reason_of(error)
            raise InputError(f"{self.path}: cannot be read as a video ({reason})") from error

    @property
    def _is_boxed(self) -> bool:
        return self._container.format.name.startswith(BOXED)

    def _video_stream(self) -> "VideoStream":
        if self._tiles:
            return self._container.streams.video[0]  # any: they are read together
        stream: VideoStream = stated.best_track(self._container, self.path)
        stream.thread_type = "AUTO"
        codec: VideoCodecContext | None = stream.codec_context  # None where it is unknown
        if codec is not None:
            is_large = codec.width * codec.height > LARGE_PX
            is_many = is_large and not codec.codec.intra_only
            codec.thread_count = DECODERS if is_many else 1
        return stream

    def _rewind(self) -> None:
        self._container.close()
        self._container = self._open()
        self._stream = self._video_stream()

    def _look_ahead(self) -> tuple["VideoFrame", bool]:
        """The first picture, and whether the container's times can be used."""
        self._broken = 0
        first, count, later, last_s = None, 0, 0, float("-inf")
        for picture in itertools.islice(self._pictures(), CLOCK_PICTURES):
            first = first or picture
            count += 1
            time_s = _stamp(picture)
            if time_s is not None and time_s > last_s:
                later += 1
                last_s = time_s
        self._rewind()
        if first is None:
            raise InputError(f"{self.path}: {stated.unreadable(self.path)}")
        return first, later >= CLOCK_SHARE * count

    def _rates(self) -> tuple[stated.Speed, float]:
        """The speed of the film, and the pictures a second that were really taken."""
        rates = [self._stream.average_rate, self._stream.guessed_rate]
        if not self.has_clock:
            rates.reverse()  # the average is taken from the very times that cannot be used
        fps = float(rates[0] or rates[1] or FALLBACK_FPS)
        speed = stated.speed_of(self._container.metadata, fps)
        if self._correction.speed is not None:
            speed = stated.Speed(self._correction.speed)
        return speed, fps / speed.applied

    def _conversion_of(self, first: "VideoFrame") -> Conversion:
        """How its pictures are made upright and of one size."""
        orientation = self._tiles.orientation if self._tiles else orientation_of(first, self.path)
        return Conversion(
            (first.width, first.height),
            float(self._stream.sample_aspect_ratio or 1),
            orientation.turned(-(self._correction.turn_deg or 0) // 90),
            _tone_mapper() if first.color_trc in HDR else None,
        )

    def _length(self) -> tuple[float, int]:
        """Seconds and pictures, as stated; counted in a file that does not state a length."""
        stated_s = self._stated_s * self._speed.applied
        if self.has_clock and stated_s > 0.0:
            return stated_s, self._stream.frames or round(stated_s * self._fps)
        self._broken = 0
        packets = [packet for packet in self._demux() if packet.size]
        self._rewind()
        times = [float(p.pts * p.time_base) for p in packets if p.pts is not None]
        if self.has_clock and times:
            length_s = (max(times) - self._start_s) * self._speed.applied
            return length_s + 1.0 / self._fps, len(packets)
        return len(packets) / self._fps, len(packets)

    @property
    def _stated_s(self) -> float:
        """The stated length in seconds, 0 where there is none."""
        if self._stream.duration and self._stream.time_base:
            return float(self._stream.duration * self._stream.time_base)
        return self._container.duration / 1_000_000 if self._container.duration else 0.0

    def _seek(self, start_s: float) -> None:
        """Go to a key picture before ``start_s``; to the beginning where that cannot be done."""
        if self._count:  # it was read before
            self._rewind()
            self._counts.parts, self._part.until_s = [self._part], math.inf
        self._part.reset()
        self._count = self._broken = 0
        base = self._stream.time_base
        if start_s <= SEEK_MARGIN_S or not self.can_seek or base is None:
            return
        target = int(((start_s - SEEK_MARGIN_S) / self._speed.applied + self._start_s) / base)
        try:
            self._container.seek(target, stream=self._stream)
            packet = next(self._container.demux(self._stream))
            self._container.seek(target, stream=self._stream)
        except (self._errors, StopIteration):
            self._rewind()
            return
        if not packet.is_keyframe or packet.pts is None or packet.pts > target:
            self._rewind()

    def _demux(self) -> Iterator[Any]:
        """Packets; after a damaged place, those that follow it."""
        packets = self._container.demux(self._stream)
        while self._broken < MOST_BROKEN:
            try:
                yield next(packets)
            except StopIteration:
                return
            except self._errors:
                self._note_damage()
                packets = self._container.demux(self._stream)

    def _pictures(self) -> Iterator["VideoFrame"]:
        if self._tiles is not None:
            yield self._joined(self._tiles)
            return
        for packet in self._demux():
            try:
                for picture in packet.decode():
                    self._note_damage(picture.is_corrupt)
                    yield picture
            except self._errors:
                self._note_damage()

    def _joined(self, tiles: Tiles) -> "VideoFrame":
        """The whole photograph; parts that cannot be decoded stay black.

        Raises:
            InputError: There is not one part that can be decoded.
        """
        import av

        tracks = [each for each in self._container.streams.video if each.id in tiles.ids]
        parts: dict[int, Any] = {}
        for packet in self._container.demux(tracks):
            with suppress(self._errors):
                for picture in packet.decode():
                    parts[packet.stream.id] = picture
        self._note_damage(len(tiles.ids) - len(parts))
        if not parts:
            raise InputError(f"{self.path}: {stated.unreadable(self.path)}")
        images = {item: np.asarray(part.to_ndarray(format="rgb24")) for item, part in parts.items()}
        width, height = tiles.wh
        image = np.ascontiguousarray(joined(images, tiles.ids, tiles.columns)[:height, :width])
        whole = av.VideoFrame.from_ndarray(image, format="rgb24")
        whole.pts, whole.time_base = 0, Fraction(1)
        return whole

    def _undecoded(self) -> Iterator[tuple[float | None, Decode]]:
        """Pictures with the container's times; decoded on demand where the codec allows it."""
        codec: VideoCodecContext | None = self._stream.codec_context
        if codec is None or self._tiles or not codec.codec.intra_only:
            for picture in self._pictures():
                yield _stamp(picture), partial(_itself, picture)
            return
        for packet in self._demux():
            ticks = packet.dts if packet.pts is None else packet.pts
            if packet.size:
                time_s = None if ticks is None else float(ticks * packet.time_base)
                yield time_s, cache(partial(self._decoded_from, packet))

    def _decoded_from(self, packet: Any) -> "VideoFrame | None":
        """The picture of a packet that needs no other packet; None for a damaged one."""
        try:
            picture = next(iter(packet.decode()), None)
        except self._errors:
            picture = None
        self._note_damage(picture is None or picture.is_corrupt)
        return picture

    def _note_damage(self, count: int = 1) -> None:
        self._broken += count
        if self._part.is_here:
            self._part.broken += count

    def _timed(self) -> Iterator[tuple[float, Decode]]:
        """Pictures with strictly increasing times; one without a usable time is left out."""
        clock = RecordingClock(self._stated(), 1.0 / self._fps)
        self._part.restarts_s, self._part.strays_s = clock.restarts_s, clock.strays_s
        for time_s, decode in clock:
            self._count += 1
            if time_s is None or time_s <= self._part.last_s:
                self._part.left_out += self._part.is_here
                continue
            self._part.last_s = time_s
            self._part.pictures += self._part.is_here
            yield time_s, decode

    def _stated(self) -> Iterator[tuple[float | None, Decode]]:
        """Pictures with the stated times since the first one; None for one that has none."""
        for count, (stamp_s, decode) in enumerate(self._undecoded()):
            if not self.has_clock:
                yield count / self._fps, decode
            else:
                passed_s = None if stamp_s is None else stamp_s - self._start_s
                yield None if passed_s is None else passed_s * self._speed.applied, decode

    def _upright(self, decode: Decode) -> NDArray[np.uint8] | None:
        """The RGB image; None for a picture too damaged to be converted."""
        picture = decode()
        try:
            return None if picture is None else self._conversion.image(picture)
        except self._errors:
            self._note_damage()
            return None

    def _glance(self, decode: Decode) -> NDArray[np.float32]:
        picture = decode()
        if picture is None:
            return np.empty((0, 0), np.float32)
        return self._conversion.glance(picture)


def _itself(picture: "VideoFrame") -> "VideoFrame":
    return picture


def _stamp(picture: "VideoFrame") -> float | None:
    """The container's time; None where it gives none, whatever the library's types say."""
    return picture.time


def _tone_mapper() -> Callable[..., "VideoFrame"]:
    """Makes ordinary RGB of HDR pictures; readers of the same file share it.

    Working out the tones takes the library four seconds, once for each object of its class.
    """
    from av.video.reformatter import VideoReformatter

    reformatter, lock = VideoReformatter(), Lock()

    def convert(picture: "VideoFrame", wh: tuple[int, int]) -> "VideoFrame":
        small = picture.reformat(
            *wh
        )  # the tones of the large one would take longer than to look at it
        with lock:
            return reformatter.reformat(
                small, format="rgb24", dst_color_trc=SDR, dst_color_primaries=BT709
            )

    return convert
