"""Writing the annotated video: H.264 that plays in a browser, with the source's own timing."""

from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream


TICKS_PER_S = 90_000
"""Times are kept in 1/90000 s, as MPEG does; the frame rates in use are whole numbers of these."""
USUAL_FPS = 30
"""Only for the encoder's guesses, and for how long a video of a single picture lasts."""
ENCODER = {
    "preset": "veryfast",
    "crf": "23",
    "bf": "0",  # no picture refers to a later one, so decoding and showing times agree
}
BT601, LIMITED = 6, 1
"""How colours become luma and chroma, as H.273 numbers it. Stated in the file, since browsers guess
another way for large pictures."""
FASTSTART = {"movflags": "+faststart"}
"""The index comes first in the file, so that a browser can start before it has all of it."""


class AnnotatedVideo:
    """One H.264 file being written; a context manager.

    Errors of the disk are OSError and come from `write` or `close` as they were raised; after one
    the file stays unfinished. Without any picture there is no file.

    Args:
        path: Where to write; the name ends in ``.mp4``.
        wh: Width and height of the pictures in pixels; odd ones are padded to even.
    """

    def __init__(self, path: Path, wh: tuple[int, int]) -> None:
        import av  # heavy; loaded only when a video is written

        self._from_ndarray = av.VideoFrame.from_ndarray
        self._container = av.open(str(path), "w", format="mp4", options=FASTSTART)
        self._stream = self._container.add_stream("libx264", rate=USUAL_FPS, options=ENCODER)
        self._stream.width, self._stream.height = (size + size % 2 for size in wh)
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.colorspace = BT601
        self._stream.codec_context.color_range = LIMITED
        self._stream.codec_context.time_base = Fraction(1, TICKS_PER_S)
        self._padding = ((0, wh[1] % 2), (0, wh[0] % 2), (0, 0))
        self._first_s: float | None = None
        self._ticks = -1
        self._duration_ticks = TICKS_PER_S // USUAL_FPS
        self._is_open = True

    def write(self, image: NDArray[np.uint8], time_s: float) -> None:
        """Add one picture.

        Args:
            image: (H, W, 3) RGB of the size given.
            time_s: The source's own time, later than that of the picture before.
        """
        if self._first_s is None:
            self._first_s = time_s
        ticks = round((time_s - self._first_s) * TICKS_PER_S)
        if self._ticks >= 0:
            ticks = max(ticks, self._ticks + 1)
            self._duration_ticks = ticks - self._ticks
        self._ticks = ticks
        frame = self._from_ndarray(np.pad(image, self._padding, mode="edge"), format="rgb24")
        frame.pts, frame.time_base = ticks, Fraction(1, TICKS_PER_S)
        self._mux(self._stream.encode(frame))

    def close(self) -> None:
        """Finish the file; the last picture lasts as long as the one before it."""
        if not self._is_open:
            return
        if self._first_s is not None:
            self._mux(self._stream.encode())
        self._is_open = False
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
            return
        with suppress(OSError):  # the first error is the one to report
            self.close()

    def _mux(self, packets: "list[Packet[VideoStream]]") -> None:
        try:
            for packet in packets:
                packet.duration = self._duration_ticks
                self._container.mux(packet)
        except OSError:
            self._is_open = False  # touched again after a failed write, FFmpeg crashes
            raise
