"""Small media files made by the tests, each with one oddity."""

import io
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import av  # noqa: TID253 - what is made here is video
import numpy as np
from numpy.typing import NDArray
from PIL import Image

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
    is_hlg: bool = False
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


def to_and_fro(pictures: list[Picture], seconds: float, fps: float) -> Iterator[Picture]:
    """So many seconds of these pictures, forwards and backwards, so that nothing jumps."""
    return islice(cycle(pictures + pictures[::-1]), round(seconds * fps))


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
    if making.is_hlg:
        stream.pix_fmt = "yuv420p10le"
        stream.codec_context.color_trc, stream.codec_context.color_primaries = 18, 9
        stream.codec_context.colorspace = 9
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


def tagged(path: Path, tags: dict[str, str], count: int = 50) -> Path:
    """An MP4 file of numbered pictures at 25 a second, with tags as telephones write them."""
    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as container:
        container.metadata.update(tags)
        stream = _stream(container, grey(0), Making())
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(grey(number), format="rgb24")
            frame.pts, frame.time_base = 40 * number, MS
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of an MP4, MOV, HEIC or AVIF file."""
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def tiled(
    path: Path, image: Picture, rows: int, columns: int, wh: tuple[int, int], *own: bytes
) -> Path:
    """A photograph in parts of equal size, as telephones store it, of which (w, h) pixels are shown.

    ``own`` are boxes of properties that the whole has, such as ``irot``.
    """
    tiles = [
        _jpeg(part)
        for row in np.split(image, rows, axis=0)
        for part in np.split(row, columns, axis=1)
    ]
    ids = range(1, len(tiles) + 1)
    whole = len(tiles) + 1
    size = struct.pack(">III", 0, image.shape[1] // columns, image.shape[0] // rows)
    properties = [box(b"ispe", size), box(b"ispe", struct.pack(">III", 0, *wh)), *own]
    links = [struct.pack(">HBB", item, 1, 1) for item in ids]
    own_links = range(2, len(properties) + 1)
    links.append(struct.pack(">HB", whole, len(own_links)) + bytes(own_links))
    kinds = [(item, b"jpeg") for item in ids] + [(whole, b"grid")]
    infos = [
        box(b"infe", struct.pack(">IHH4sB", 2 << 24, item, 0, kind, 0)) for item, kind in kinds
    ]
    head = box(b"ftyp", b"mif1", bytes(4), b"mif1heic")

    def meta(at: int) -> bytes:
        places = []
        for item, tile in zip(ids, tiles, strict=True):
            places.append(struct.pack(">HHHHII", item, 0, 0, 1, at, len(tile)))
            at += len(tile)
        places.append(struct.pack(">HHHHII", whole, 1, 0, 1, 0, 8))
        return box(
            b"meta",
            bytes(4),
            box(b"hdlr", bytes(8), b"pict", bytes(13)),
            box(b"pitm", struct.pack(">IH", 0, whole)),
            box(b"iinf", struct.pack(">IH", 0, len(kinds)), *infos),
            box(
                b"iref",
                bytes(4),
                box(b"dimg", struct.pack(f">HH{len(ids)}H", whole, len(ids), *ids)),
            ),
            box(
                b"iprp",
                box(b"ipco", *properties),
                box(b"ipma", struct.pack(">II", 0, len(links)), *links),
            ),
            box(b"idat", struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, *wh)),
            box(b"iloc", struct.pack(">IBBH", 1 << 24, 0x44, 0, len(places)), *places),
        )

    begin = len(head) + len(meta(0)) + 8
    path.write_bytes(head + meta(begin) + box(b"mdat", *tiles))
    return path


def _jpeg(image: Picture) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(image)).save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()
