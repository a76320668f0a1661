"""Which cameras there are."""

from dataclasses import dataclass
from pathlib import Path

from backstretch.camera import DEVICES, CameraFeed, camera_api
from backstretch.errors import InputError

NODES = Path("/sys/class/video4linux")
"""Where Linux numbers the nodes of each camera."""


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
    from cv2_enumerate_cameras import enumerate_cameras

    names = {each.index: each.name for each in enumerate_cameras(camera_api())}
    listed = [_looked_at(index, names[index], devices) for index in sorted(names)]
    # Nodes that may not be read are listed all, also those that carry a camera's metadata only.
    return [each for each in listed if not (each.fault and _is_further(nodes, each.index))]


def _looked_at(index: int, name: str, devices: Path) -> CameraInfo:
    feed = CameraFeed(index, devices)
    try:
        feed.reopen()
        return CameraInfo(index, name, feed.wh, feed.fps, "")
    except InputError as error:
        return CameraInfo(index, name, (0, 0), 0.0, str(error))
    finally:
        feed.close()


def _is_further(nodes: Path, index: int) -> bool:
    """Whether a camera has a node before this one; False where the system has no nodes."""
    order = nodes / f"video{index}" / "index"
    return order.exists() and order.read_text(encoding="utf-8").strip() != "0"
