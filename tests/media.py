"""Small media files made by the tests, each with one oddity."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av  # noqa: TID253 - what is made here is video
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
WH = (64, 48)
MS = Fraction(1, 1000)
GREY_STEP = 12


@dataclass(frozen=True)
class Making:
    """How a video file is made; by default a plain one."""

    codec: str = "libx264"
    rate: Fraction | int = 25
    time_base: Fraction = MS
    rotation: float | None = None
    aspect: Fraction | None = None
    coding: dict[str, str] = field(default_factory=lambda: {"g": "25"})
    container: dict[str, str] = field(default_factory=dict)


def grey(number: int, wh: tuple[int, int] = WH) -> Picture:
    """A picture that tells its number by its brightness."""
    return np.full((wh[1], wh[0], 3), 20 + GREY_STEP * (number % 18), np.uint8)


def number_of(image: Picture) -> int:
    """The number that a grey picture tells."""
    return round((float(image.mean()) - 20) / GREY_STEP)


def quartered(wh: tuple[int, int]) -> Picture:
    """Red top left, green top right, blue bottom left, white bottom right."""
    image = np.full((wh[1], wh[0], 3), 255, np.uint8)
    half_w, half_h = wh[0] // 2, wh[1] // 2
    image[:half_h, :half_w] = (255, 0, 0)
    image[:half_h, half_w:] = (0, 255, 0)
    image[half_h:, :half_w] = (0, 0, 255)
    return image


def corners(image: Picture) -> list[str]:
    """The colours of the four quarters: top left, top right, bottom left, bottom right."""
    names = {(1, 0, 0): "red", (0, 1, 0): "green", (0, 0, 1): "blue", (1, 1, 1): "white"}
    height, width = image.shape[:2]
    spots = [(y, x) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    return [
        names[r > 127, g > 127, b > 127] for r, g, b in (image[spot].tolist() for spot in spots)
    ]


def write_video(
    path: Path, pictures: Iterable[Picture], pts: Iterable[int], making: Making | None = None
) -> Path:
    """Encode pictures at the given times, in units of the time base."""
    making = making or Making()
    with av.open(str(path), "w", options=making.container) as container:
        stream = None
        for image, ticks in zip(pictures, pts, strict=True):
            stream = stream or _stream(container, image, making)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = ticks, making.time_base
            container.mux(stream.encode(frame))
        assert stream is not None
        container.mux(stream.encode())
    return path


def _stream(container: Any, image: Picture, making: Making) -> Any:
    stream = container.add_stream(making.codec, rate=making.rate, options=dict(making.coding))
    stream.height, stream.width = image.shape[:2]
    stream.pix_fmt = "yuv444p" if stream.width % 2 or stream.height % 2 else "yuv420p"
    stream.codec_context.time_base = making.time_base
    if making.rotation is not None:
        stream.set_display_rotation(making.rotation)
    if making.aspect is not None:
        stream.codec_context.sample_aspect_ratio = making.aspect
    return stream


def numbered(path: Path, count: int = 50, making: Making | None = None) -> Path:
    """A video of ``count`` numbered pictures at 25 pictures a second."""
    return write_video(path, map(grey, range(count)), range(0, 40 * count, 40), making)


def stamped(path: Path, stamps: list[int]) -> Path:
    """A Matroska file of numbered pictures with these times in milliseconds, sensible or not."""
    with av.open(str(path), "w", format="matroska") as container:
        stream: Any = container.add_stream("mjpeg", rate=25)
        stream.width, stream.height = WH
        stream.pix_fmt = "yuvj420p"
        for number, stamp in enumerate(stamps):
            frame = av.VideoFrame.from_ndarray(grey(number), format="rgb24")
            frame.pts = number
            for packet in stream.encode(frame):
                packet.time_base, packet.pts, packet.dts = MS, stamp, 0
                container.mux(packet)
    return path


def tone(path: Path, seconds: float = 1.0) -> Path:
    """A file with sound and nothing else."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("aac", rate=16000)
        _sound(container, stream, seconds)
    return path


def _sound(container: Any, stream: Any, seconds: float) -> None:
    for start in range(0, int(16000 * seconds), 1024):
        samples = np.zeros((1, 1024), np.float32)
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 16000, start
        container.mux(stream.encode(frame))
    container.mux(stream.encode())


def with_tracks(path: Path, *tracks: tuple[Picture, int, bool]) -> Path:
    """An MP4 file with several video tracks: each a picture, how often it comes, and whether it is default."""
    with av.open(str(path), "w") as container:
        streams = [_stream(container, image, Making()) for image, _, _ in tracks]
        for stream, (_, _, is_default) in zip(streams, tracks, strict=True):
            default = av.stream.Disposition.default
            stream.disposition = default if is_default else av.stream.Disposition(0)
        for stream, (image, count, _) in zip(streams, tracks, strict=True):
            for number in range(count):
                frame = av.VideoFrame.from_ndarray(image, format="rgb24")
                frame.pts, frame.time_base = 40 * number, MS
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
    return path


def song_with_cover(path: Path) -> Path:
    """An MP4 file with sound and a cover picture, as music shops sell them."""
    with av.open(str(path), "w") as container:
        sound: Any = container.add_stream("aac", rate=16000)
        cover: Any = container.add_stream("mjpeg", rate=1)
        cover.height, cover.width = WH[1], WH[0]
        cover.pix_fmt = "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        frame = av.VideoFrame.from_ndarray(grey(1), format="rgb24")
        frame.pts = 0
        container.mux(cover.encode(frame))
        container.mux(cover.encode())
        _sound(container, sound, 1.0)
    return path
