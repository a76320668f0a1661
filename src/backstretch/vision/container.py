"""What a video file states about itself: its best track, how quickly it shows things, and when it was made.

Containers and streams are PyAV's, which `video_reader` opens.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from backstretch.errors import InputError

CAPTURE_RATE = "com.android.capture.fps"
"""Android's tag with the pictures a second that were taken; the film may show them more slowly or quickly."""
LIKE, SURE, HIGH_FPS = 1.9, 2.9, 100.0
"""Where the taken and the shown rate differ by less than the factor `LIKE`, the film is ordinary. It shows
another speed from `SURE` on, or where `HIGH_FPS` or more were taken. In between it can be either: in a dark
room a telephone takes half the pictures that it states."""
CREATION_TIMES = ("com.apple.quicktime.creationdate", "creation_time", "date")
"""Tags with the time of recording, the best first: the first has the offset of the place."""


@dataclass(frozen=True)
class Speed:
    """How quickly a film shows things.

    Attributes:
        factor: Seconds that really passed in one second of the film: 0.25 for slow motion of four times the
            length, 1 for an ordinary film, 8 for a time lapse.
        is_sure: Whether the film surely means it.
        is_stated: Whether the film states anything about it.
    """

    factor: float = 1.0
    is_sure: bool = True
    is_stated: bool = False

    @property
    def applied(self) -> float:
        """What times are multiplied by; 1 where the film may mean another speed, but not surely."""
        return self.factor if self.is_sure else 1.0


def best_track(container: Any, path: Path) -> Any:
    """The video track that is the film.

    Raises:
        InputError: There is none, or it is a photograph in parts.
    """
    tracks = [
        each
        for each in container.streams.video
        if not each.disposition & each.disposition.attached_pic
    ]
    if not tracks:
        sound = ", only sound" if container.streams.audio else ""
        raise InputError(f"{path}: holds no pictures{sound}; give a video file")
    parts = [each for each in tracks if each.disposition & each.disposition.dependent]
    if parts and all(each.frames <= 1 for each in tracks):  # what is no part is a thumbnail
        raise InputError(
            f"{path}: is a photograph in {len(parts)} parts, which cannot be joined; save it as JPEG"
        )
    return max(tracks, key=_rank)  # the first one of equals


def _rank(track: Any) -> tuple[bool, int, float]:
    """How likely a track is the film: the default one, then the largest, then the longest."""
    codec = track.codec_context
    size_px = codec.width * codec.height if codec is not None else 0
    is_default = bool(track.disposition & track.disposition.default)
    length_s = float((track.duration or 0) * (track.time_base or 0))
    return is_default, size_px, length_s


def speed_of(metadata: Mapping[str, str], shown_fps: float) -> Speed:
    """The speed that a film states.

    Args:
        metadata: The container's tags.
        shown_fps: Pictures a second of the film.

    >>> speed_of({"com.android.capture.fps": "240"}, 30.0)
    Speed(factor=0.125, is_sure=True, is_stated=True)
    """
    try:
        taken_fps = float(metadata[CAPTURE_RATE])
        factor = shown_fps / taken_fps
    except (KeyError, ValueError, ZeroDivisionError):
        return Speed()
    times = max(factor, 1.0 / factor) if 0.0 < factor < float("inf") else 1.0
    if times < LIKE:
        return Speed()
    return Speed(factor, is_sure=times >= SURE or taken_fps >= HIGH_FPS, is_stated=True)


def recorded_at(metadata: Mapping[str, str]) -> str:
    """When a film was recorded, as ISO 8601 with an offset; empty where it does not state that."""
    for tag in CREATION_TIMES:
        try:
            time = datetime.fromisoformat(metadata[tag])
        except (KeyError, ValueError):
            continue
        if time.tzinfo is not None:
            return time.isoformat(timespec="seconds")
    return ""


def unreadable(path: Path) -> str:
    """Why a file without any picture that can be read cannot be used."""
    with path.open("rb") as file:
        head = file.read(12)
    if head[:4] == b"RIFF" and head[8:] == b"WEBP":
        return "is an animated WebP, which cannot be read; save it as MP4 or GIF"
    return "holds no picture that can be read"


def reason_of(error: Exception) -> str:
    """What the library says is wrong, on one line."""
    return str(getattr(error, "strerror", None) or error).split("\n", maxsplit=1)[0]
