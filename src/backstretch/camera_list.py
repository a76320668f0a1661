"""Which cameras there are."""

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backstretch.camera import DEVICES, CameraFeed
from backstretch.errors import InputError

NODES = Path("/sys/class/video4linux")
"""Where Linux lists its cameras, each with its name."""
MOST_CAMERAS = 6
"""So many are tried where the system lists none; few people own as many."""
MOST_MISSES = 2
"""So many in a row are not there before the search ends; indices can have a gap."""


@dataclass(frozen=True)
class CameraInfo:
    """One camera.

    Attributes:
        index: By which it is opened.
        name: As the system calls it.
        wh: Width and height of its pictures; 0 where it cannot be opened.
        fps: Pictures a second, as it says; 0.0 where it does not.
        fault: Why it cannot be opened; empty where it can.
    """

    index: int
    name: str
    wh: tuple[int, int]
    fps: float
    fault: str


def cameras(nodes: Path = NODES, devices: Path = DEVICES) -> list[CameraInfo]:
    """The cameras that can be opened, and those that are there and cannot; opens each for it."""
    if platform.system() == "Linux":
        return list(_listed(nodes, devices))
    return list(_tried(devices))


def _listed(nodes: Path, devices: Path) -> Iterator[CameraInfo]:
    for index in sorted(int(node.name[5:]) for node in nodes.glob("video*")):
        node = nodes / f"video{index}"
        camera = _looked_at(index, _read(node / "name") or f"camera {index}", devices)
        is_there = (devices / node.name).exists()
        # A camera's further nodes (index 1, ...) carry its metadata, and cannot be opened.
        if not camera.fault or (is_there and _read(node / "index") in {"", "0"}):
            yield camera


def _tried(devices: Path) -> Iterator[CameraInfo]:
    misses = 0
    for index in range(MOST_CAMERAS):
        camera = _looked_at(index, f"camera {index}", devices)
        misses = misses + 1 if camera.fault else 0
        if not camera.fault:
            yield camera
        if misses == MOST_MISSES:
            return


def _looked_at(index: int, name: str, devices: Path) -> CameraInfo:
    feed = CameraFeed(index, devices)
    try:
        feed.reopen()
        return CameraInfo(index, name, feed.wh, feed.fps, "")
    except InputError as error:
        return CameraInfo(index, name, (0, 0), 0.0, str(error))
    finally:
        feed.close()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
