"""The moving demonstration of a stretch: somebody goes from rest into the position and back."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from backstretch.display.pictures.canvas import Picture
from backstretch.errors import BackstretchError
from backstretch.kinematics.landmarks import Floats
from backstretch.poses.pose import Pose
from backstretch.vision.video_reader import VideoReader

FOLDER = Path(__file__).parents[2] / "demonstrations"
REST_S, MOVE_S, HOLD_S = 0.4, 1.6, 1.4
"""How long each file stays at rest, moves into the position, holds it, and moves back for as long."""
HELD_AT_S = REST_S + MOVE_S + HOLD_S / 2


@dataclass(frozen=True, eq=False)
class Demonstration:
    """The pictures of a demonstration, with the left side worked, as a camera sees it.

    Attributes:
        times_s: (n,), when each is shown, from 0 on.
        pictures: (H, W, 3) RGB each.
        length_s: When the first is shown again.
    """

    times_s: Floats
    pictures: tuple[Picture, ...]
    length_s: float

    def at(self, time_s: float) -> Picture:
        """The picture of a moment of the endless loop."""
        number = int(np.searchsorted(self.times_s, time_s % self.length_s, side="right")) - 1
        return self.pictures[max(0, number)]


def demonstration_file(pose: Pose) -> Path:
    """Where the demonstration of a pose lies, or would lie: a personal reference has the library pose's."""
    return FOLDER / f"{pose.refines or pose.id}.mp4"


def has_demonstration(pose: Pose) -> bool:
    """Whether there is a demonstration of a pose; asked with every picture of a session."""
    return demonstration_file(pose).name in _shipped()


@cache
def _shipped() -> frozenset[str]:
    return frozenset(path.name for path in FOLDER.glob("*.mp4"))


def load_demonstration(pose: Pose) -> Demonstration | None:
    """Read the demonstration of a pose; None where there is none, or none that can be read."""
    if not has_demonstration(pose):
        return None
    try:
        with VideoReader(demonstration_file(pose)) as reader:
            frames = list(reader.frames())
            step_s = 1.0 / reader.source.fps
    except BackstretchError:
        return None
    if not frames:
        return None
    times_s = np.array([frame.time_s for frame in frames])
    times_s -= times_s[0]
    return Demonstration(times_s, tuple(frame.image for frame in frames), times_s[-1] + step_s)
