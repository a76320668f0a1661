"""One coached session: landmarks go in, the coach's orders come out, and a result at the end.

The same for a camera, a file played as one, and a replayed landmark track.
"""

from collections.abc import Sequence

from backstretch.coach import Coach
from backstretch.hold import Span
from backstretch.landmarks import Landmarks
from backstretch.neutral import OwnNeutral
from backstretch.orders import Command, Event, Judge
from backstretch.placement import Room
from backstretch.programme import Programme, aims_of
from backstretch.recognition import Held
from backstretch.result import Result, Wanted
from backstretch.session import Session, Step
from backstretch.take import Take
from backstretch.video import Source


class Practice:
    """A session and its coach.

    Args:
        programme: What is to be done.
        coach: Coaches through the same programme.
        sides: Sides that were asked for; both when empty.
        mirrored: Whether the pictures are mirror images.
        own: The person's own neutral, from another day.

    Attributes:
        coach: What it was given.
        step: The last step; None before there is one.
    """

    def __init__(
        self,
        programme: Programme,
        coach: Coach,
        *,
        sides: Sequence[str] = (),
        mirrored: bool = False,
        own: OwnNeutral | None = None,
    ) -> None:
        self.coach = coach
        self.step: Step | None = None
        wanted = Wanted(
            poses=programme.poses,
            sides=tuple(sides),
            mirrored=mirrored,
            title=programme.name,
            aims=aims_of(programme),
            own=own,
        )
        first = programme.parts[0].pose
        # Sides that were not asked for are judged too: to say so when they were held.
        self._take = Take(wanted, Session((first,), own=own))

    def push(
        self, time_s: float, marks: Landmarks | None, room: Room
    ) -> tuple[list[Step], list[Event]]:
        """Take one moment; return the steps that are settled, and what is to be done."""
        if marks is not None and self._take.wanted.mirrored:
            marks = marks.mirrored()
        return self._coached(self._take.push([(time_s, marks)]), room)

    def command(self, command: Command) -> list[Event]:
        """Take a key."""
        return self._obeyed(self.coach.command(command))

    def finish(self, room: Room) -> tuple[list[Step], list[Event]]:
        """Take what is left, and close what is open."""
        return self._coached(self._take.finish(), room)

    @property
    def mirrored(self) -> bool:
        """Whether the pictures are mirror images."""
        return self.wanted.mirrored

    @property
    def wanted(self) -> Wanted:
        """What is asked for."""
        return self._take.wanted

    @property
    def held(self) -> tuple[Held, ...]:
        """The holds that are over, of the sides that were asked for, by time."""
        return self._take.ours

    @property
    def going_on(self) -> tuple[Span, ...]:
        """The spans of the hold that is going on; empty when there is none."""
        return self._take.session.going_on

    def result(self, source: Source, warnings: tuple[str, ...]) -> Result:
        """What the session came to."""
        return self._take.result(source, warnings)

    def _coached(self, steps: list[Step], room: Room) -> tuple[list[Step], list[Event]]:
        events: list[Event] = []
        for step in steps:
            self.step = step
            events += self._obeyed(self.coach.take(step, room))
        return steps, events

    def _obeyed(self, events: list[Event]) -> list[Event]:
        """Let the session judge what the coach wants judged; the rest is for others."""
        for event in events:
            if isinstance(event, Judge):
                self._take.session.turn_to(event.poses)
        return [event for event in events if not isinstance(event, Judge)]
