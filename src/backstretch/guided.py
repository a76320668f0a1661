"""One guided calibration: landmarks go in, the guide's orders come out."""

from backstretch.guide import Guide
from backstretch.landmarks import Landmarks
from backstretch.neutral import OwnNeutral
from backstretch.orders import Command, Event, Judge
from backstretch.placement import Room
from backstretch.poses import Pose
from backstretch.session import Session, Step


class Guided:
    """A session and its guide; what `Live` runs, as it does a practice.

    Args:
        guide: Leads through the takes.
        judged: What is judged meanwhile; None for nothing.
        mirrored: Whether the pictures are mirror images.
        own: The person's own neutral.

    Attributes:
        coach: The guide.
        step: The last step; None before there is one.
        mirrored: As above.
    """

    def __init__(
        self,
        guide: Guide,
        judged: Pose | None,
        *,
        mirrored: bool = False,
        own: OwnNeutral | None = None,
    ) -> None:
        self.coach = guide
        self.step: Step | None = None
        self.mirrored = mirrored
        self._session = Session((judged,) if judged else (), own=own)

    def push(
        self, time_s: float, marks: Landmarks | None, room: Room
    ) -> tuple[list[Step], list[Event]]:
        """Take one moment; return the steps that are settled, and what is to be done."""
        if marks is not None and self.mirrored:
            marks = marks.mirrored()
        return self._guided(self._session.push([(time_s, marks)]), room)

    def command(self, command: Command) -> list[Event]:
        """Take a key."""
        return self._obeyed(self.coach.command(command))

    def finish(self, room: Room) -> tuple[list[Step], list[Event]]:
        """Take what is left."""
        return self._guided(self._session.finish(), room)

    def _guided(self, steps: list[Step], room: Room) -> tuple[list[Step], list[Event]]:
        events: list[Event] = []
        for step in steps:
            self.step = step
            events += self._obeyed(self.coach.take(step, room))
        return steps, events

    def _obeyed(self, events: list[Event]) -> list[Event]:
        for event in events:
            if isinstance(event, Judge):
                self._session.turn_to(event.poses)
        return [event for event in events if not isinstance(event, Judge)]
