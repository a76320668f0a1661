"""The scene watch: what is noticed over time beside the person, live and in recordings."""

from collections.abc import Sequence
from dataclasses import dataclass

from backstretch.errors import Notice
from backstretch.kinematics.landmarks import Landmarks
from backstretch.vision.backdrop import CameraWatch
from backstretch.vision.detection import Detection, IdentityWatch
from backstretch.vision.portraits import PortraitWatch, portrait_notice
from backstretch.vision.stillness import StillWatch


@dataclass(frozen=True, eq=False)
class Observation:
    """What is noticed at one picture.

    Attributes:
        still_since_s: Since when the picture stands still; None where it does not.
        moved_s: The picture's time if the camera has moved by then; else None.
        portrait: What is followed, if it turns out to be a picture of somebody; else None.
    """

    still_since_s: float | None
    moved_s: float | None
    portrait: Landmarks | None


class SceneWatch:
    """Watches detections, given in order of time.

    Args:
        is_picture: Whether it is a single picture.
        portraits: The portraits that are known, and not judged.
    """

    def __init__(self, *, is_picture: bool = False, portraits: Sequence[Landmarks] = ()) -> None:
        self._still, self._camera = StillWatch(), CameraWatch()
        self._identity = IdentityWatch(is_picture=is_picture)
        self._portraits = PortraitWatch()
        self._portrait_notices = (portrait_notice(),) if portraits else ()

    def push(self, detection: Detection) -> Observation:
        """Take the detection of the next picture."""
        time_s = detection.time_s
        self._identity.push(detection)
        portrait = self._portraits.push(detection)
        if portrait is not None:
            self._portrait_notices = (portrait_notice(time_s),)
        return Observation(
            self._still.push(time_s, detection.repeat),
            self._camera.push(time_s, detection.backdrop, detection.marks),
            portrait,
        )

    @property
    def is_person(self) -> bool:
        """As `PortraitWatch.is_person`."""
        return self._portraits.is_person

    @property
    def is_crowded(self) -> bool:
        """As `IdentityWatch.is_crowded`."""
        return self._identity.is_crowded

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What makes it unsure who was judged, and from where."""
        return (*self._identity.notices, *self._camera.notices, *self._portrait_notices)
