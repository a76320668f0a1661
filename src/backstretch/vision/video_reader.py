"""Reading video files: upright RGB pictures, each with the container's own time.

PyAV is the library here: it gives real timestamps and the display matrix, and decodes in threads.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from backstretch.errors import InputError, Notice, NoticeKind
from backstretch.files import Growth
from backstretch.frame import Frame, Source
from backstretch.vision.clock import RecordingClock
from backstretch.vision.pictures import (
    Picture,
    fitted_wh,
    glance,
    orientation_of,
    padded,
    small_copy,
    upright,
)

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream


LONGEST_SIDE_PX = 1280
"""Larger pictures are scaled down to this: the model looks at 256 x 256 pixels of a person."""
CLOCK_PICTURES = 30
"""How many pictures are read to see whether the container's times can be used."""
CLOCK_SHARE = 0.6
"""Share of these that must be later than all before them."""
FALLBACK_FPS = 25.0
"""Assumed for a file that has neither timestamps nor a frame rate."""
EARLY_END_S = 1.0
"""A file that stops this long before its stated end is reported as ending early."""
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
READING = {"protocol_whitelist": "file", "pattern_type": "none"}
"""A playlist must not make the library open a network connection, and a name with ``%`` is a name."""


@dataclass
class _Part:
    """The part of a file that one reader reads, and its counts.

    Attributes:
        from_s, until_s: Its limits; another reader counts what lies outside.
        pictures: Number of pictures with a usable time.
        left_out: Number of pictures without one.
        broken: Number of damaged places.
        last_s: The time of the last picture, -1 before the first.
        is_at_end: Whether the end of the file was reached.
        restarts_s: Times at which the file's clock began again.
    """

    from_s: float = -math.inf
    until_s: float = math.inf
    pictures: int = 0
    left_out: int = 0
    broken: int = 0
    last_s: float = -1.0
    is_at_end: bool = False
    restarts_s: list[float] = field(default_factory=list)

    @property
    def is_here(self) -> bool:
        """Whether the last picture lies in this part."""
        return self.from_s <= self.last_s < self.until_s

    def reset(self) -> None:
        """Set all counts to zero."""
        self.pictures = self.left_out = self.broken = 0
        self.restarts_s = []
        self.last_s, self.is_at_end = -1.0, False


class VideoReader:
    """One video file; a context manager.

    Args:
        path: The file.
        part: Where it counts; `reader_from` makes another for a second reader of the file.
        growth: Ends a file that grows where it ended when it was opened; None to read on.

    Attributes:
        has_clock: Whether its times can be used; if not, they follow from the frame rate.
    """

    def __init__(
        self, path: Path, part: _Part | None = None, *, growth: Growth | None = None
    ) -> None:
        import av

        self.path = path
        self._growth = growth
        self._part = part or _Part()
        self._parts = [self._part]
        self._is_whole = False
        self._count = self._broken = 0
        self._errors: type[Exception] = av.error.FFmpegError
        self._container: InputContainer = self._open()
        self._stream: VideoStream = self._video_stream()
        first, self.has_clock = self._look_ahead()
        self._first_wh = first.width, first.height
        self._aspect = float(self._stream.sample_aspect_ratio or 1)
        self._fps = self._frame_rate()
        self._start_s = _stamp(first) or 0.0
        self._orientation = orientation_of(first, path)
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
        self._parts.append(_Part(from_s))
        return VideoReader(self.path, self._parts[-1], growth=self._growth)

    @property
    def notices(self) -> list[Notice]:
        """Faults found in the file; complete once it was read."""
        notices = []
        if not self.has_clock:
            notices.append(Notice(NoticeKind.NO_TIMES, {"fps": self._fps}))
        left_out = sum(part.left_out for part in self._parts)
        if left_out:
            notices.append(Notice(NoticeKind.UNTIMED_PICTURES, {"count": left_out}))
        broken = sum(part.broken for part in self._parts)
        if broken:
            notices.append(Notice(NoticeKind.DAMAGED, {"count": broken}))
        restarts_s = [time_s for part in self._parts for time_s in part.restarts_s]
        if restarts_s:
            notices.append(Notice(NoticeKind.CLOCK_RESTARTS, {"first_s": min(restarts_s)}))
        last_s = max(part.last_s for part in self._parts)
        if self._was_read_whole and self._duration_s - last_s > EARLY_END_S + 1.0 / self._fps:
            ends_s = {"read_s": last_s, "of_s": self._duration_s}
            notices.append(Notice(NoticeKind.ENDS_EARLY, ends_s))
        return notices

    @property
    def can_seek(self) -> bool:
        """Whether a time in the file can be found without reading all before it."""
        return self.has_clock and self._container.format.name not in RESTARTING

    @property
    def source(self) -> Source:
        """What is known of the file."""
        width, height = self._wh
        duration_s, fps = round(self._duration_s, 3), round(self._fps, 3)
        frames = self._frames
        if self._was_read_whole:
            read_s = max(part.last_s for part in self._parts) + 1.0 / self._fps
            has_restarted = any(part.restarts_s for part in self._parts)
            duration_s = round(read_s, 3) if has_restarted else duration_s
            frames = sum(part.pictures + part.left_out for part in self._parts)
        return Source(str(self.path), duration_s, fps, frames, width, height)

    @property
    def _was_read_whole(self) -> bool:
        """Whether it was read from its beginning to its end, by whichever readers."""
        return self._is_whole and any(part.is_at_end for part in self._parts)

    @property
    def wh(self) -> tuple[int, int]:
        """Width and height in pixels of the pictures that are given."""
        side_px = min(LONGEST_SIDE_PX, max(self._wh))
        return fitted_wh(self._wh, (side_px, side_px))

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
        self._is_whole = start_s <= 0.0 and end_s is None
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
            return av.open(name, options=READING, metadata_errors="replace")
        except (self._errors, OSError) as error:
            raise InputError(
                f"{self.path}: cannot be read as a video ({_reason(error)})"
            ) from error

    def _video_stream(self) -> "VideoStream":
        streams = [
            stream
            for stream in self._container.streams.video
            if not stream.disposition & stream.disposition.attached_pic
        ]
        if not streams:
            sound = ", only sound" if self._container.streams.audio else ""
            raise InputError(f"{self.path}: holds no pictures{sound}; give a video file")
        parts = [each for each in streams if each.disposition & each.disposition.dependent]
        if parts and all(each.frames <= 1 for each in streams):  # what is no part is a thumbnail
            raise InputError(
                f"{self.path}: is a photograph in {len(parts)} parts, which cannot be joined yet; "
                "save it as JPEG"
            )
        stream = max(streams, key=_rank)  # the first one of equals
        stream.thread_type = "AUTO"
        codec: VideoCodecContext | None = stream.codec_context  # None where it is unknown
        if codec is not None:
            is_large = codec.width * codec.height > LARGE_PX
            is_many = is_large and not codec.codec.intra_only
            codec.thread_count = DECODERS if is_many else 1
        return stream

    def _unreadable(self) -> str:
        with self.path.open("rb") as file:
            head = file.read(12)
        if head[:4] == b"RIFF" and head[8:] == b"WEBP":
            return "is an animated WebP, which cannot be read; save it as MP4 or GIF"
        return "holds no picture that can be read"

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
            raise InputError(f"{self.path}: {self._unreadable()}")
        return first, later >= CLOCK_SHARE * count

    def _frame_rate(self) -> float:
        rates = [self._stream.average_rate, self._stream.guessed_rate]
        if not self.has_clock:
            rates.reverse()  # the average is taken from the very times that cannot be used
        return float(rates[0] or rates[1] or FALLBACK_FPS)

    def _length(self) -> tuple[float, int]:
        """Seconds and pictures, as stated; counted in a file that does not state a length."""
        stated_s = self._stated_s
        if self.has_clock and stated_s > 0.0:
            return stated_s, self._stream.frames or round(stated_s * self._fps)
        self._broken = 0
        packets = [packet for packet in self._demux() if packet.size]
        self._rewind()
        times = [float(p.pts * p.time_base) for p in packets if p.pts is not None]
        if self.has_clock and times:
            return max(times) - self._start_s + 1.0 / self._fps, len(packets)
        return len(packets) / self._fps, len(packets)

    @property
    def _stated_s(self) -> float:
        """The stated length in seconds, 0 where there is none."""
        if self._stream.duration and self._stream.time_base:
            return float(self._stream.duration * self._stream.time_base)
        return self._container.duration / 1_000_000 if self._container.duration else 0.0

    @property
    def _wh(self) -> tuple[int, int]:
        """Width and height of the upright picture in square pixels."""
        return self._square_wh(*self._first_wh)

    def _square_wh(self, width: int, height: int) -> tuple[int, int]:
        """Width and height in square pixels, upright, of a picture of this file."""
        return self._orientation.wh(max(1, round(width * self._aspect)), height)

    def _seek(self, start_s: float) -> None:
        """Go to a key picture before ``start_s``; to the beginning where that cannot be done."""
        if self._count:  # it was read before
            self._rewind()
            self._parts, self._part.until_s = [self._part], math.inf
        self._part.reset()
        self._count = self._broken = 0
        base = self._stream.time_base
        if start_s <= SEEK_MARGIN_S or not self.can_seek or base is None:
            return
        target = int((start_s - SEEK_MARGIN_S + self._start_s) / base)
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
        for packet in self._demux():
            try:
                for picture in packet.decode():
                    self._note_damage(picture.is_corrupt)
                    yield picture
            except self._errors:
                self._note_damage()

    def _undecoded(self) -> Iterator[tuple[float | None, Decode]]:
        """Pictures with the container's times; decoded on demand where the codec allows it."""
        codec: VideoCodecContext | None = self._stream.codec_context
        if codec is None or not codec.codec.intra_only:
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
        self._part.restarts_s = clock.restarts_s
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
                yield None if stamp_s is None else stamp_s - self._start_s, decode

    def _upright(self, decode: Decode) -> NDArray[np.uint8] | None:
        """The RGB image; None for a picture too damaged to be converted."""
        picture = decode()
        try:
            return None if picture is None else self._converted(picture)
        except self._errors:
            self._note_damage()
            return None

    def _glance(self, decode: Decode) -> NDArray[np.float32]:
        picture = decode()
        if picture is None:
            return np.empty((0, 0), np.float32)
        if self._is_like_first(picture):
            return glance(picture, self._orientation)
        return small_copy(self._converted(picture).mean(axis=2).astype(np.uint8))

    def _converted(self, picture: "VideoFrame") -> NDArray[np.uint8]:
        """The RGB image in the size of the first picture; with black edges if its shape is another."""
        if self._is_like_first(picture):
            return upright(picture, self.wh, self._orientation)
        wh = fitted_wh(self._square_wh(picture.width, picture.height), self.wh)
        return padded(upright(picture, wh, self._orientation), self.wh)

    def _is_like_first(self, picture: "VideoFrame") -> bool:
        """Whether a picture has the first one's size; a stream may change it."""
        return (picture.width, picture.height) == self._first_wh


def _rank(stream: "VideoStream") -> tuple[bool, int, float]:
    """How likely a track is the film: the default one, then the largest, then the longest."""
    codec: VideoCodecContext | None = stream.codec_context
    size_px = codec.width * codec.height if codec is not None else 0
    is_default = bool(stream.disposition & stream.disposition.default)
    length_s = float((stream.duration or 0) * (stream.time_base or 0))
    return is_default, size_px, length_s


def _itself(picture: "VideoFrame") -> "VideoFrame":
    return picture


def _stamp(picture: "VideoFrame") -> float | None:
    """The container's time; None where it gives none, whatever the library's types say."""
    return picture.time


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).split("\n", maxsplit=1)[0]
