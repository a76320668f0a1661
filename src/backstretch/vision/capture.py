"""The newest picture of a camera, a stream, or a file played in real time."""

import platform
import threading
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Self

import numpy as np

from backstretch.errors import InputError, Notice
from backstretch.frame import Frame
from backstretch.vision.feeds import DEVICES, RGB, CameraFeed, Feed, FileFeed, Image, redacted
from backstretch.vision.pictures import Orientation, fitted_wh, padded

FIRST_PICTURE_S = 8.0
"""Longest wait for the first picture: a camera may take seconds to wake up, and a stream has five to answer."""
REOPEN_S = 0.5
"""After reads have failed for this long, a camera is opened again; also the wait between two attempts."""
GLITCH_S = 0.02
"""Wait after a failed read, so that a camera that fails at once does not keep a core busy."""
CLOSE_S = 1.0
"""How long closing waits for a running read; after that its thread is left behind."""
LEAST_STEP_S = 1e-6
"""Least difference between the times of two pictures, also of two in one tick of the clock."""
SILENT = "the camera does not answer; is it unplugged?"


class Capture:
    """Keeps the newest picture of a feed; a context manager, whose thread reads from enter to exit.

    A picture that is not taken before the next one comes is dropped. A camera that goes
    away is opened again until it comes back; its time runs on meanwhile.

    Args:
        feed: Gives the pictures.
        name: As the attribute.
        turn_deg: How far they must be turned clockwise to be upright: 0, 90, 180 or 270.

    Attributes:
        name: The camera, stream or file, as shown to the user.
        wh: Width and height of all pictures in pixels: those of the first one.
        captured: Number of pictures read from the feed.
        dropped: Number of those that a newer one replaced before they were taken.
    """

    def __init__(self, feed: Feed, name: str, turn_deg: int = 0) -> None:
        self.name = name
        self.wh = (0, 0)
        self.captured = 0
        self.dropped = 0
        self._feed = feed
        self._orientation = Orientation().turned(-turn_deg // 90)
        self._slot: Frame | None = None
        self._news = threading.Condition()
        self._closing = threading.Event()
        self._is_over = False
        self._is_played = False
        self._failure: Exception | None = None
        self._is_failing = False
        self._last_s = -LEAST_STEP_S
        self._captured_at_s = 0.0  # by perf_counter, as the two below
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
        """Pictures a second, as the source states; 0.0 where it does not."""
        return self._feed.fps

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Faults of the source found so far."""
        return tuple(self._feed.notices)

    @property
    def ended(self) -> bool:
        """Whether there are no more pictures: a file was played, and its last picture taken."""
        return self._is_played and self._slot is None

    @property
    def lost(self) -> str:
        """Why there is no picture just now, as a message; empty while pictures come."""
        if self._is_over or not self.captured:
            return ""
        is_stalled = perf_counter() - self._captured_at_s > self._feed.patience_s
        return SILENT if is_stalled or self._is_failing else ""

    def now_s(self) -> float:
        """The capture clock: the time that a picture would have if it came now, in seconds."""
        return perf_counter() - self._zero_s if self.captured else 0.0

    def newest(self, timeout_s: float) -> Frame | None:
        """Wait up to ``timeout_s`` for a picture newer than the last one taken; None if none came.

        Raises:
            Exception: What ended the thread, once there is no picture left.
        """
        with self._news:
            self._news.wait_for(lambda: self._slot is not None or self._is_over, timeout_s)
            frame, self._slot = self._slot, None
        if frame is None and self._failure is not None:
            raise self._failure
        return frame

    def close(self) -> None:
        """End the thread; one that hangs in a read is left behind, and closes its camera afterwards."""
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
        picture = self._feed.read()
        if picture is not None:
            self._put(*picture)
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
        """Make this the newest picture: later than the last one, and of the first one's size."""
        image = self._orientation.apply(as_rgb(image))
        if not self.captured:
            self.wh = (image.shape[1], image.shape[0])
        self._last_s = max(time_s, self._last_s + LEAST_STEP_S)
        frame = Frame(self.captured, self._last_s, fitted(image, self.wh))
        now_s = perf_counter()
        with self._news:
            self.dropped += self._slot is not None
            self._slot = frame
            self._is_failing = False
            self._captured_at_s = self._alive_at_s = now_s
            self._zero_s = min(self._zero_s, now_s - self._last_s)  # by the least delayed picture
            self.captured += 1
            self._news.notify_all()


def open_capture(where: str, turn_deg: int = 0) -> Capture:
    """A capture of a camera by its number or device, a stream by its URL, or a file by its path.

    ``turn_deg`` is that of `Capture`.
    """
    feed, name = _feed_of(where)
    if isinstance(feed, CameraFeed) and platform.system() == "Darwin" and "://" not in where:
        feed.reopen()  # asks for permission, on the main thread only
    return Capture(feed, name, turn_deg)


def check_source(where: str) -> None:
    """Open a source and close it again; ``where`` is that of `open_capture`.

    Raises:
        InputError: It cannot be opened; the message says why.
    """
    feed, _ = _feed_of(where)
    try:
        feed.reopen()
    finally:
        feed.close()


def _feed_of(where: str) -> tuple[Feed, str]:
    """What gives the pictures, and its name."""
    if "://" in where:
        return CameraFeed(where), redacted(where)
    number = where.removeprefix(f"{DEVICES}/video")
    if number.isascii() and number.isdecimal():
        return CameraFeed(int(number)), f"camera {int(number)}"
    return FileFeed(Path(where)), where


def as_rgb(image: Image) -> Image:
    """A picture as (H, W, 3) RGB; it may be that already, or grey (H, W), or BGRA."""
    colours = np.atleast_3d(image)
    if colours.shape[2] == 1:
        return np.repeat(colours, 3, axis=2)
    return colours if colours.shape[2] == RGB else np.ascontiguousarray(colours[..., 2::-1])


def fitted(image: Image, wh: tuple[int, int]) -> Image:
    """A picture scaled to fit a size, contiguous; the rest is black where the aspect differs."""
    height, width = image.shape[:2]
    if (width, height) == wh:
        return np.ascontiguousarray(image)
    import cv2

    inner_wh = fitted_wh((width, height), wh)
    return padded(cv2.resize(image, inner_wh, interpolation=cv2.INTER_AREA).astype(np.uint8), wh)
