"""Reading video files: upright RGB pictures, each with the container's own time.

PyAV is the library here: it gives real timestamps, rotation, and decodes in threads.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from backstretch.errors import InputError
from backstretch.frame import Frame

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

LONGEST_SIDE_PX = 1280
"""Larger pictures are scaled down to this: the model looks at 256 x 256 pixels of a person."""
CLOCK_PACKETS = 60
"""How many packets are read to see whether the container's clock can be trusted."""
FALLBACK_FPS = 25.0
"""Assumed for a file that has neither timestamps nor a frame rate."""
EARLY_END_S = 1.0
"""A file that stops this long before its stated end is said to be cut short."""


@dataclass(frozen=True)
class Source:
    """What a result says about where it came from.

    Attributes:
        path: As the user gave it.
        duration_s, fps: As the container states them.
        frames: Pictures decoded; an estimate before reading.
        width, height: Of the upright picture as recorded.
    """

    path: str
    duration_s: float
    fps: float
    frames: int
    width: int
    height: int


class VideoReader:
    """One video file; a context manager.

    Attributes:
        source: What the file says of itself; ``frames`` is an estimate until it was read.
        warnings: What was found wrong with it, in words; complete once it was read.
    """

    def __init__(self, path: Path) -> None:
        import av

        self.path = path
        self.warnings: list[str] = []
        self._errors: type[Exception] = av.error.FFmpegError
        self._container: InputContainer = self._open()
        self._stream: VideoStream = self._video_stream()
        self._stream.thread_type = "AUTO"
        self._fps = float(self._stream.average_rate or self._stream.guessed_rate or FALLBACK_FPS)
        self._has_clock = self._clock_works()
        self._first = self._first_frame()
        self._turn = _quarter_turns(self._first)
        self._decoded = 0
        self._left_out = 0
        self._broken = 0
        self._last_s = -1.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._container.close()

    @property
    def source(self) -> Source:
        """What is known of the file."""
        width, height = self._first.width, self._first.height
        if self._turn % 2:
            width, height = height, width
        duration_s = self._stated_duration_s or max(self._last_s, 0.0) + 1.0 / self._fps
        frames = self._decoded or self._stream.frames or round(duration_s * self._fps)
        return Source(str(self.path), round(duration_s, 3), round(self._fps, 3), frames, width, height)

    @property
    def wh(self) -> tuple[int, int]:
        """Width and height of the pictures that are given out."""
        scale = min(1.0, LONGEST_SIDE_PX / max(self.source.width, self.source.height))
        return max(1, round(self.source.width * scale)), max(1, round(self.source.height * scale))

    def frames(self, start_s: float = 0.0, end_s: float | None = None) -> Iterator[Frame]:
        """Give the pictures from ``start_s`` up to ``end_s``, by the file's own time."""
        self._seek(start_s)
        for index, (time_s, picture) in enumerate(self._timed()):
            if end_s is not None and time_s > end_s:
                break
            if time_s >= start_s:
                yield Frame(index, time_s, self._upright(picture))
        self._conclude(whole=start_s <= 0.0 and end_s is None)

    def _open(self) -> "InputContainer":
        import av

        if self.path.is_dir():
            raise InputError(f"{self.path}: is a folder; give a video file")
        if not self.path.exists():
            raise InputError(f"{self.path}: there is no such file")
        if self.path.stat().st_size == 0:
            raise InputError(f"{self.path}: the file is empty")
        try:
            return av.open(str(self.path), metadata_errors="replace")
        except (self._errors, OSError) as error:
            raise InputError(f"{self.path}: cannot be read as a video ({_said(error)})") from error

    def _video_stream(self) -> "VideoStream":
        for stream in self._container.streams.video:
            if "attached_pic" not in stream.disposition.name.lower():
                return stream
        what = "only sound" if self._container.streams.audio else "nothing"
        raise InputError(f"{self.path}: holds no pictures, {what}; give a video file")

    @property
    def _start_s(self) -> float:
        base = self._stream.time_base or Fraction(1, 1000)
        return float((self._stream.start_time or 0) * base)

    @property
    def _stated_duration_s(self) -> float:
        if self._stream.duration and self._stream.time_base:
            return float(self._stream.duration * self._stream.time_base)
        return self._container.duration / 1_000_000 if self._container.duration else 0.0

    def _clock_works(self) -> bool:
        """Whether the packets carry usable times; otherwise the stated frame rate is the clock."""
        stamps = [p.pts for p in itertools.islice(self._demux(), CLOCK_PACKETS) if p.size]
        self._rewind()
        if len(stamps) < 2 or len(set(stamps) - {None}) > len(stamps) / 2:
            return True
        words = f"the file has no usable times; {self._fps:g} pictures a second are assumed"
        self.warnings.append(words)
        return False

    def _first_frame(self) -> "VideoFrame":
        first = next(self._pictures(), None)
        self._rewind()
        self._broken = 0
        if first is None:
            raise InputError(f"{self.path}: holds no picture that can be read")
        return first

    def _rewind(self) -> None:
        self._container.close()
        self._container = self._open()
        self._stream = self._video_stream()
        self._stream.thread_type = "AUTO"

    def _seek(self, start_s: float) -> None:
        self._decoded = self._left_out = self._broken = 0
        self._last_s = -1.0
        if start_s > 0.0 and self._has_clock and self._stream.time_base:
            target = int((start_s + self._start_s) / self._stream.time_base)
            self._container.seek(target, stream=self._stream)

    def _demux(self) -> Iterator[Any]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                yield next(packets)
            except StopIteration:
                return
            except self._errors:
                self._broken += 1
                return

    def _pictures(self) -> Iterator["VideoFrame"]:
        for packet in self._demux():
            try:
                yield from packet.decode()
            except self._errors:
                self._broken += 1

    def _timed(self) -> Iterator[tuple[float, "VideoFrame"]]:
        """Pictures with strictly increasing times; one without a usable time is left out."""
        for picture in self._pictures():
            time_s = self._time_of(picture)
            self._decoded += 1
            if time_s is None or time_s <= self._last_s:
                self._left_out += 1
                continue
            self._last_s = time_s
            yield time_s, picture

    def _time_of(self, picture: "VideoFrame") -> float | None:
        if not self._has_clock:
            return self._decoded / self._fps
        return None if picture.time is None else max(0.0, picture.time - self._start_s)

    def _upright(self, picture: "VideoFrame") -> Any:
        width, height = self.wh if self._turn % 2 == 0 else self.wh[::-1]
        image = picture.to_ndarray(format="rgb24", width=width, height=height)
        return np.ascontiguousarray(np.rot90(image, self._turn))

    def _conclude(self, *, whole: bool) -> None:
        if self._left_out:
            words = f"{self._left_out} pictures without a usable time were left out"
            self.warnings.append(words)
        if self._broken:
            self.warnings.append(f"the file is damaged in {self._broken} places")
        stated_s = self._stated_duration_s
        if whole and self._has_clock and stated_s - self._last_s > EARLY_END_S:
            words = f"the file ends early: {self._last_s:.1f} of {stated_s:.1f} s could be read"
            self.warnings.append(words)


def _quarter_turns(picture: "VideoFrame") -> int:
    """Quarter turns anticlockwise that make the picture upright."""
    return round(picture.rotation / 90) % 4


def _said(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).split("\n", maxsplit=1)[0]
