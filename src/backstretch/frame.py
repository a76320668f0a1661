"""One picture with its time, and the recording that it is from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Frame:
    """One upright picture of a source.

    Attributes:
        index: Position in the source, from 0, counting every decoded picture.
        time_s: The source's own time in seconds (container timestamp or capture clock);
            strictly increasing within a source.
        image: (H, W, 3) uint8, RGB, upright, read-only.
    """

    index: int
    time_s: float
    image: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if self.image.dtype != np.uint8 or self.image.shape[2:] != (3,):
            raise ValueError(f"image must be (H, W, 3) uint8, is {self.image.shape}")
        if not np.isfinite(self.time_s):
            raise ValueError(f"time_s must be finite, is {self.time_s}")
        self.image.flags.writeable = False

    @property
    def wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.shape[1], self.image.shape[0]


@dataclass(frozen=True)
class Source:
    """The recording that a result is from.

    Attributes:
        path: As the user gave it.
        duration_s, fps: As the container states them; counted where it does not.
        frames: Pictures in the file; an estimate until all of it was read.
        width, height: Of the upright picture as recorded, in square pixels.
        recorded_at: When it was recorded, as ISO 8601 with an offset; empty where it does not state that.
    """

    path: str
    duration_s: float
    fps: float
    frames: int
    width: int
    height: int
    recorded_at: str = ""


@dataclass(frozen=True)
class Correction:
    """What somebody says of a recording that the file does not state, or states wrongly.

    Attributes:
        speed: Seconds that really passed in one second of the recording, such as 0.25 for slow motion of four
            times the length; None for what the file states.
        turn_deg: How far its pictures must be turned clockwise to be upright, 0, 90, 180 or 270, after what the
            file states; None where nobody says whether they are.
    """

    speed: float | None = None
    turn_deg: int | None = None


AS_STATED = Correction()
"""Nobody says anything of the recording."""
