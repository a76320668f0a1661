"""One guided calibration: a session led by a guide."""

from backstretch.guide import Guide
from backstretch.led import Led
from backstretch.neutral import OwnNeutral
from backstretch.poses import Pose
from backstretch.session import Session


class Guided(Led[Guide]):
    """A session and its guide.

    Args:
        guide: Leads through the takes.
        judged: What is judged meanwhile; None for nothing.
        mirrored: Whether the pictures are mirror images.
        own_neutral: The person's own neutral.
    """

    def __init__(
        self,
        guide: Guide,
        judged: Pose | None,
        *,
        mirrored: bool = False,
        own_neutral: OwnNeutral | None = None,
    ) -> None:
        super().__init__(
            guide, Session((judged,) if judged else (), own_neutral=own_neutral), mirrored=mirrored
        )
