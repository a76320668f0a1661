"""Feeds: pictures of cameras, streams and files played in real time; also the list of cameras."""

import os
import platform
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from backstretch.errors import InputError, Notice
from backstretch.frame import Frame
from backstretch.vision.video_reader import VideoReader

if TYPE_CHECKING:
    import cv2


Image = NDArray[np.uint8]
STALLED_S = 1.0
"""A camera without a picture for this long is reported as lost; even slow ones give several in it."""
NETWORK_TIMEOUT_MS = 5000
"""Longest wait for a stream to answer, and for its next picture; the library's own limit is 30 s."""
CAMERA_WH = (1280, 720)
"""Picture size requested of cameras: recordings are scaled to it as well. More only costs time."""
CAMERA_FPS = 30
DEVICES = Path("/dev")
"""Where Linux keeps its cameras, as video0, video1, ..."""
RGB = 3


class Feed(Protocol):
    """A source of pictures in real time. All methods are called from one thread, which may block.

    Attributes:
        fps: Pictures a second, as the source states; 0.0 where it does not.
        patience_s: Longest usual wait for a picture; after that the source counts as lost.
    """

    fps: float
    patience_s: float

    @property
    def notices(self) -> list[Notice]:
        """Faults of the source found so far."""

    def read(self) -> tuple[float, Image] | None:
        """Wait for the next picture: seconds since the first one, and an RGB, BGRA or grey image.

        None when there is none just now.

        Raises:
            EOFError: There are no more pictures.
        """

    def reopen(self) -> None:
        """Open the source; if it is open already, close it first.

        Raises:
            InputError: It cannot be opened; the message says why.
        """

    def close(self) -> None:
        """Release the source."""


class CameraFeed:
    """A camera by its index, or a stream by its URL, through OpenCV."""

    def __init__(self, where: int | str, devices: Path = DEVICES) -> None:
        import cv2  # here and not in the thread: two threads must not import it at once

        self.fps = 0.0
        self.patience_s = STALLED_S
        self.notices: list[Notice] = []
        self._where = where
        self._devices = devices
        self._cv = cv2
        self._device: cv2.VideoCapture | None = None
        self._first_s: float | None = None
        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # failures are reported here, once
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

    @property
    def wh(self) -> tuple[int, int]:
        """Width and height in pixels, as the camera states them; 0 while it is closed."""
        if self._device is None:
            return 0, 0
        width = self._device.get(self._cv.CAP_PROP_FRAME_WIDTH)
        return round(width), round(self._device.get(self._cv.CAP_PROP_FRAME_HEIGHT))

    def read(self) -> tuple[float, Image] | None:
        """As `Feed.read`; the time is when the picture arrived, before it was decompressed."""
        if self._device is None:
            return None
        try:
            has_come = self._device.grab()
            now_s = perf_counter()
            is_whole, image = self._device.retrieve() if has_come else (False, None)
        except self._cv.error:
            return None
        if not is_whole or image is None:
            return None
        if image.shape[2:] == (RGB,):  # it is BGR; grey and BGRA are left to the capture
            image = self._cv.cvtColor(image, self._cv.COLOR_BGR2RGB)
        self._first_s = now_s if self._first_s is None else self._first_s
        return now_s - self._first_s, cast("Image", image)

    def reopen(self) -> None:
        """As `Feed.reopen`."""
        self.close()
        where = self._where
        try:
            device = self._stream(where) if isinstance(where, str) else self._camera(where)
        except self._cv.error as error:  # a number beyond all cameras
            raise InputError(self._refusal()) from error
        if not device.isOpened():
            raise InputError(self._refusal())
        self._device = device
        fps = device.get(self._cv.CAP_PROP_FPS)
        self.fps = fps if np.isfinite(fps) and fps > 0.0 else 0.0

    def close(self) -> None:
        """As `Feed.close`."""
        if self._device is not None:
            self._device.release()
        self._device = None

    def _stream(self, url: str) -> "cv2.VideoCapture":
        cv = self._cv
        settings = [cv.CAP_PROP_OPEN_TIMEOUT_MSEC, NETWORK_TIMEOUT_MS]
        settings += [cv.CAP_PROP_READ_TIMEOUT_MSEC, NETWORK_TIMEOUT_MS]
        device: cv2.VideoCapture = cv.VideoCapture(url, cv.CAP_FFMPEG, settings)
        return device

    def _camera(self, index: int) -> "cv2.VideoCapture":
        cv = self._cv
        device: cv2.VideoCapture = cv.VideoCapture(index, camera_api())
        # MJPG first: uncompressed, USB carries 720p at 10 pictures a second
        device.set(cv.CAP_PROP_FOURCC, cv.VideoWriter.fourcc(*"MJPG"))
        device.set(cv.CAP_PROP_FRAME_WIDTH, CAMERA_WH[0])
        device.set(cv.CAP_PROP_FRAME_HEIGHT, CAMERA_WH[1])
        device.set(cv.CAP_PROP_FPS, CAMERA_FPS)
        device.set(cv.CAP_PROP_BUFFERSIZE, 1)
        return device

    def _refusal(self) -> str:
        """Why it cannot be opened, as far as that can be found out."""
        if isinstance(self._where, str):
            return f"{redacted(self._where)} does not answer; check the address, and that it is on"
        name, node = f"camera {self._where}", self._devices / f"video{self._where}"
        if platform.system() != "Linux":
            reasons = "not there, in use by another program, or not permitted"
            return f"{name} cannot be opened: {reasons}; backstretch cameras lists all cameras"
        if not node.exists():
            return f"{name} is not there; backstretch cameras lists all cameras"
        if not os.access(node, os.R_OK | os.W_OK):
            return f"{name} cannot be opened: no permission for {node}; join the group video"
        return f"{name} cannot be opened: it may be in use by another program"


class FileFeed:
    """A video file played in real time: each picture is given at its own time."""

    def __init__(self, path: Path) -> None:
        # Before the library that reads video files: loaded after it, OpenCV never opens its window (Qt, Linux).
        import cv2  # noqa: F401

        self.fps = 0.0
        self.patience_s = float("inf")  # a file may be slow; it ends, and is never lost
        self._reader: VideoReader | None = None
        self._path = path
        self._open = ExitStack()
        self._frames: Iterator[Frame] = iter(())
        self._start_s: float | None = None

    @property
    def notices(self) -> list[Notice]:
        """Faults of the file found so far."""
        return [] if self._reader is None else self._reader.notices

    def read(self) -> tuple[float, Image] | None:
        """As `Feed.read`; the time is the file's own."""
        frame = next(self._frames, None)
        if frame is None:
            raise EOFError
        if self._start_s is None:
            self._start_s = perf_counter() - frame.time_s
        sleep(max(0.0, self._start_s + frame.time_s - perf_counter()))
        return frame.time_s, frame.image

    def reopen(self) -> None:
        """As `Feed.reopen`."""
        self.close()
        reader = self._open.enter_context(VideoReader(self._path))
        if reader.source.frames == 1:
            raise InputError(f"{self._path}: is a single picture; give a video")
        self.fps, self._reader = reader.source.fps, reader
        self._frames = reader.frames()

    def close(self) -> None:
        """As `Feed.close`."""
        self._open.close()


def camera_api() -> int:
    """OpenCV's number of the system's own camera interface; cameras are numbered in its order."""
    import cv2

    by_system = {"Linux": cv2.CAP_V4L2, "Darwin": cv2.CAP_AVFOUNDATION, "Windows": cv2.CAP_DSHOW}
    return by_system.get(platform.system(), cv2.CAP_ANY)


def redacted(url: str) -> str:
    """A URL without what may be secret in it: user, password and query.

    >>> redacted("rtsp://ann:pa@ss@10.0.0.7:554/stream?token=3")
    'rtsp://10.0.0.7:554/stream'
    """
    scheme, _, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    place = authority.rpartition("@")[2] + slash + path
    is_plain = "@" not in place  # else a password holds a slash, and part of it would be shown
    return f"{scheme}://{place.partition('?')[0].partition('#')[0]}" if is_plain else f"{scheme}://"


NODES = Path("/sys/class/video4linux")
"""Where Linux numbers the device nodes of each camera."""


@dataclass(frozen=True)
class CameraInfo:
    """One camera.

    Attributes:
        index: The number by which it is opened.
        name: As the system calls it.
        wh: Width and height of its pictures in pixels; 0 where it cannot be opened.
        fps: Pictures a second, as it states; 0.0 where it does not.
        fault: Why it cannot be opened; empty where it can.
    """

    index: int
    name: str
    wh: tuple[int, int]
    fps: float
    fault: str


def cameras(nodes: Path = NODES, devices: Path = DEVICES) -> list[CameraInfo]:
    """All cameras of the machine; each is opened once, and those that cannot be have a fault."""
    from cv2_enumerate_cameras import enumerate_cameras

    names = {each.index: each.name for each in enumerate_cameras(camera_api())}
    infos = [_camera_info(index, names[index], devices) for index in sorted(names)]
    # A camera may have further nodes for its metadata; where they may not be read, they are listed too.
    return [each for each in infos if not (each.fault and _is_further_node(nodes, each.index))]


def _camera_info(index: int, name: str, devices: Path) -> CameraInfo:
    feed = CameraFeed(index, devices)
    try:
        feed.reopen()
        return CameraInfo(index, name, feed.wh, feed.fps, "")
    except InputError as error:
        return CameraInfo(index, name, (0, 0), 0.0, str(error))
    finally:
        feed.close()


def _is_further_node(nodes: Path, index: int) -> bool:
    """Whether a camera has a node before this one; False where the system has no nodes."""
    order = nodes / f"video{index}" / "index"
    return order.exists() and order.read_text(encoding="utf-8").strip() != "0"
