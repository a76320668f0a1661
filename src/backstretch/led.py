"""One led session: landmarks go in, the leader's orders come out.

The same for a camera, a file played as one, and a replayed landmark track.
"""

from typing import Generic, Protocol, TypeVar

from backstretch.landmarks import Landmarks
from backstretch.orders import Command, Event, Judge
from backstretch.placement import Room
from backstretch.scene import Phase, Scene
from backstretch.session import Session
from backstretch.step import Step
from backstretch.take import Take


class Leader(Protocol):
    """Leads a person; see `coach.Coach` and `guide.Guide`."""

    phase: Phase
    scene: Scene
    ended: str

    def take(self, step: Step, room: Room) -> list[Event]:
        """Take the next moment; return what is to be done, in order."""

    def command(self, command: Command) -> list[Event]:
        """Take a key."""


SomeLeader = TypeVar("SomeLeader", bound=Leader)


class Led(Generic[SomeLeader]):
    """A session and who leads it.

    Args:
        leader: Who leads.
        session: Judges what the leader wants judged.
        take: Feeds the session and keeps what its result needs; None to feed it alone.
        mirrored: Whether the pictures are mirror images.

    Attributes:
        coach: As ``leader``.
        step: The last step; None before there is one.
        mirrored: As above.
    """

    def __init__(
        self,
        leader: SomeLeader,
        session: Session,
        take: Take | None = None,
        *,
        mirrored: bool = False,
    ) -> None:
        self.coach = leader
        self.step: Step | None = None
        self.mirrored = mirrored
        self._session = session
        self._fed = take or session

    def push(
        self, time_s: float, marks: Landmarks | None, room: Room
    ) -> tuple[list[Step], list[Event]]:
        """Take one moment; return the steps that are settled, and what is to be done."""
        if marks is not None and self.mirrored:
            marks = marks.mirrored()
        return self._led(self._fed.push([(time_s, marks)]), room)

    def command(self, command: Command) -> list[Event]:
        """Take a key."""
        return self._obeyed(self.coach.command(command))

    def finish(self, room: Room) -> tuple[list[Step], list[Event]]:
        """Take what is left, and close what is open."""
        return self._led(self._fed.finish(), room)

    def _led(self, steps: list[Step], room: Room) -> tuple[list[Step], list[Event]]:
        events: list[Event] = []
        for step in steps:
            self.step = step
            events += self._obeyed(self.coach.take(step, room))
        return steps, events

    def _obeyed(self, events: list[Event]) -> list[Event]:
        """Let the session judge what the leader wants judged; the rest is for others."""
        for event in events:
            if isinstance(event, Judge):
                self._session.turn_to(event.poses)
        return [event for event in events if not isinstance(event, Judge)]
