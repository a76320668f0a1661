"""The newest picture of a camera, a stream, or a file played in real time."""

import os
import platform
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from time import perf_counter, sleep  # time.monotonic ticks at 16 ms on Windows before Python 3.13
from typing import TYPE_CHECKING, Protocol, Self, cast

import numpy as np
from numpy.typing import NDArray

from backstretch.errors import InputError
from backstretch.frame import Frame
from backstretch.notices import Notice
from backstretch.video import VideoReader

if TYPE_CHECKING:
    import cv2

Image = NDArray[np.uint8]

FIRST_PICTURE_S = 8.0
"""A camera may take seconds to wake up, and a stream has five to answer."""
STALLED_S = 1.0
"""Without a picture for so long a camera is said not to answer; the slowest give several."""
REOPEN_S = 0.5
"""Between two attempts to open a camera that has gone; bad pictures in between are waited out."""
GLITCH_S = 0.02
"""Between two reads that fail, so that a camera that fails at once does not keep a core busy."""
CLOSE_S = 1.0
"""So long a read may take to end; after that its thread is left behind."""
NETWORK_TIMEOUT_MS = 5000
"""For a stream to answer, and for its next picture; the library's own is 30 s."""
CAMERA_WH = (1280, 720)
"""Asked of cameras: what recordings are scaled to. More only costs time."""
CAMERA_FPS = 30
LEAST_STEP_S = 1e-6
"""Two pictures of one tick of the clock are told apart by this."""
DEVICES = Path("/dev")
"""Where Linux keeps its cameras, as video0, video1, ..."""
RGB = 3
SILENT = "the camera does not answer; is it unplugged?"


class Feed(Protocol):
    """Where pictures come from. All is called from one thread, the one that may wait for them.

    Attributes:
        fps: As the source says; 0.0 where it does not.
        patience_s: So long it may well be without a picture; longer means that it is lost.
    """

    fps: float
    patience_s: float

    @property
    def warnings(self) -> list[Notice]:
        """What was found wrong with it so far."""

    def read(self) -> tuple[float, Image] | None:
        """Wait for the next picture; its time since the first one, and RGB, BGRA or grey.

        None when there is none just now.

        Raises:
            EOFError: There will never be one again.
        """

    def reopen(self) -> None:
        """Open it, be it for the first time or anew.

        Raises:
            InputError: It cannot be opened; says why.
        """

    def close(self) -> None:
        """Let go of it."""


class CameraFeed:
    """A camera by its index, or a stream by its URL, through OpenCV."""

    def __init__(self, where: int | str, devices: Path = DEVICES) -> None:
        import cv2  # here and not in the thread: two threads must not import it at once

        self.fps = 0.0
        self.patience_s = STALLED_S
        self.warnings: list[Notice] = []
        self._where = where
        self._devices = devices
        self._cv = cv2
        self._device: cv2.VideoCapture | None = None
        self._first_s: float | None = None
        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # what fails is said by us, once
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

    @property
    def wh(self) -> tuple[int, int]:
        """Width and height that the camera says it will deliver; 0 while it is closed."""
        if self._device is None:
            return 0, 0
        width = self._device.get(self._cv.CAP_PROP_FRAME_WIDTH)
        return round(width), round(self._device.get(self._cv.CAP_PROP_FRAME_HEIGHT))

    def read(self) -> tuple[float, Image] | None:
        """The time is that at which the picture came, before it was decompressed."""
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
        """Why it cannot be opened, as far as that can be told."""
        if isinstance(self._where, str):
            return f"{shown(self._where)} does not answer; check the address, and that it is on"
        name, node = f"camera {self._where}", self._devices / f"video{self._where}"
        if platform.system() != "Linux":
            reasons = "not there, in use by another program, or not permitted"
            return f"{name} cannot be opened: {reasons}; backstretch cameras lists what is there"
        if not node.exists():
            return f"{name} is not there; backstretch cameras lists what is"
        if not os.access(node, os.R_OK | os.W_OK):
            return f"{name} cannot be opened: {node} is not permitted; join the group video"
        return f"{name} cannot be opened: it may be in use by another program"


class FileFeed:
    """A video file, each picture given when its moment has come."""

    def __init__(self, path: Path) -> None:
        self.fps = 0.0
        self.patience_s = float("inf")  # a file may be slow; it ends, and is never lost
        self._reader: VideoReader | None = None
        self._path = path
        self._open = ExitStack()
        self._frames: Iterator[Frame] = iter(())
        self._start_s: float | None = None

    @property
    def warnings(self) -> list[Notice]:
        """What was found wrong with the file so far."""
        return [] if self._reader is None else self._reader.warnings

    def read(self) -> tuple[float, Image] | None:
        """The time is the file's own."""
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
            raise InputError(f"{self._path}: is a single picture; a camera needs a video")
        self.fps, self._reader = reader.source.fps, reader
        self._frames = reader.frames()

    def close(self) -> None:
        """As `Feed.close`."""
        self._open.close()


class Capture:
    """The newest picture of a feed; a context manager, whose thread runs from enter to exit.

    A picture that is not taken before the next one comes is dropped. A camera that goes
    away is opened again until it comes back; its time runs on meanwhile.

    Attributes:
        name: What is shown of where the pictures come from.
        wh: Width and height of all pictures; of the first as it came.
        captured: Pictures that came.
        dropped: Those of them that a newer one replaced before they were taken.
    """

    def __init__(self, feed: Feed, name: str) -> None:
        self.name = name
        self.wh = (0, 0)
        self.captured = 0
        self.dropped = 0
        self._feed = feed
        self._slot: Frame | None = None
        self._news = threading.Condition()
        self._closing = threading.Event()
        self._is_over = False
        self._is_played = False
        self._failure: Exception | None = None
        self._is_failing = False
        self._last_s = -LEAST_STEP_S
        self._came_at_s = 0.0  # by perf_counter, as the two below
        self._alive_at_s = 0.0
        self._zero_s = float("inf")
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)

    def __enter__(self) -> Self:
        """Wait for the first picture.

        Raises:
            InputError: It cannot be opened, or gives no picture.
        """
        self._thread.start()
        with self._news:
            self._news.wait_for(lambda: self.captured or self._is_over, FIRST_PICTURE_S)
        if self.captured:
            return self
        self.close()
        raise self._failure or InputError(
            f"{self.name}: gives no picture; it may be in use by another program"
        )

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def fps(self) -> float:
        """Pictures a second, as the source says; 0.0 where it does not."""
        return self._feed.fps

    @property
    def warnings(self) -> tuple[Notice, ...]:
        """What was found wrong with the source so far."""
        return tuple(self._feed.warnings)

    @property
    def ended(self) -> bool:
        """Whether there will be no picture any more: a file was played, and its last one taken."""
        return self._is_played and self._slot is None

    @property
    def lost(self) -> str:
        """Why there is no picture just now, in words; empty while pictures come."""
        if self._is_over or not self.captured:
            return ""
        is_stalled = perf_counter() - self._came_at_s > self._feed.patience_s
        return SILENT if is_stalled or self._is_failing else ""

    def now_s(self) -> float:
        """The capture clock: what the time of a picture would be that came now."""
        return perf_counter() - self._zero_s if self.captured else 0.0

    def newest(self, timeout_s: float) -> Frame | None:
        """Wait at most so long for a picture newer than the last one taken; None if none came."""
        with self._news:
            self._news.wait_for(lambda: self._slot is not None or self._is_over, timeout_s)
            frame, self._slot = self._slot, None
        if frame is None and self._failure is not None:
            raise self._failure
        return frame

    def close(self) -> None:
        """End the thread; one that hangs in a read is left to let go of its camera itself."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)

    def _run(self) -> None:
        try:
            self._feed.reopen()
            self._alive_at_s = perf_counter()
            while not self._closing.is_set():
                self._step()
        except EOFError:
            self._is_played = True
        except Exception as error:  # noqa: BLE001 - raised in the thread that asks for pictures
            self._failure = error
        finally:
            with self._news:
                self._is_over = True
                self._news.notify_all()
            self._feed.close()

    def _step(self) -> None:
        came = self._feed.read()
        if came is not None:
            self._put(*came)
        elif perf_counter() - self._alive_at_s < REOPEN_S:
            self._closing.wait(GLITCH_S)
        else:
            self._is_failing = True
            self._revive()

    def _revive(self) -> None:
        while not self._closing.is_set():
            with suppress(InputError):
                self._feed.reopen()
                self._alive_at_s = perf_counter()
                return
            self._closing.wait(REOPEN_S)

    def _put(self, time_s: float, image: Image) -> None:
        """Make it the newest picture, unlike the last in time and like the first in size."""
        image = as_rgb(image)
        if not self.captured:
            self.wh = (image.shape[1], image.shape[0])
        self._last_s = max(time_s, self._last_s + LEAST_STEP_S)
        frame = Frame(self.captured, self._last_s, fitted(image, self.wh))
        now_s = perf_counter()
        with self._news:
            self.dropped += self._slot is not None
            self._slot = frame
            self._is_failing = False
            self._came_at_s = self._alive_at_s = now_s
            self._zero_s = min(self._zero_s, now_s - self._last_s)  # the promptest sets the clock
            self.captured += 1
            self._news.notify_all()


def open_capture(where: str) -> Capture:
    """A capture of a camera by its number, a stream by its URL, or a file by its path."""
    if "://" in where:
        return Capture(CameraFeed(where), shown(where))
    if where.isascii() and where.isdecimal():
        feed = CameraFeed(int(where))
        if platform.system() == "Darwin":  # asks for permission, on the main thread only
            feed.reopen()
        return Capture(feed, f"camera {int(where)}")
    return Capture(FileFeed(Path(where)), where)


def camera_api() -> int:
    """OpenCV's number for the system's own interface, whose order numbers the cameras."""
    import cv2

    by_system = {"Linux": cv2.CAP_V4L2, "Darwin": cv2.CAP_AVFOUNDATION, "Windows": cv2.CAP_DSHOW}
    return by_system.get(platform.system(), cv2.CAP_ANY)


def shown(url: str) -> str:
    """A URL without what may be secret in it.

    >>> shown("rtsp://ann:pa@ss@10.0.0.7:554/stream?token=3")
    'rtsp://10.0.0.7:554/stream'
    """
    scheme, _, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    place = authority.rpartition("@")[2] + slash + path
    is_plain = "@" not in place  # a password with a slash in it is no place to show
    return f"{scheme}://{place.partition('?')[0].partition('#')[0]}" if is_plain else f"{scheme}://"


def as_rgb(image: Image) -> Image:
    """(H, W, 3) RGB, of a picture that is that already, or grey (H, W), or BGRA."""
    colours = np.atleast_3d(image)
    if colours.shape[2] == 1:
        return np.repeat(colours, 3, axis=2)
    return colours if colours.shape[2] == RGB else np.ascontiguousarray(colours[..., 2::-1])


def fitted(image: Image, wh: tuple[int, int]) -> Image:
    """A contiguous picture of this size; black at the sides where the aspect is another."""
    height, width = image.shape[:2]
    if (width, height) == wh:
        return np.ascontiguousarray(image)
    import cv2

    scale = min(wh[0] / width, wh[1] / height)
    inner_w, inner_h = max(1, round(width * scale)), max(1, round(height * scale))
    inner = cv2.resize(image, (inner_w, inner_h), interpolation=cv2.INTER_AREA)
    left, top = (wh[0] - inner_w) // 2, (wh[1] - inner_h) // 2
    picture = np.zeros((wh[1], wh[0], 3), np.uint8)
    picture[top : top + inner_h, left : left + inner_w] = inner
    return picture
