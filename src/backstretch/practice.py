"""One coached session: a session led by a coach, and a result at the end."""

from collections.abc import Sequence

from backstretch.coach import Coach
from backstretch.collector import ResultCollector
from backstretch.frame import Source
from backstretch.hold import Span
from backstretch.led import Led
from backstretch.neutral import OwnNeutral
from backstretch.programme import Programme, aims_of
from backstretch.recognition import Held
from backstretch.request import Assignment
from backstretch.result import Result
from backstretch.session import Session


class Practice(Led[Coach]):
    """A session and its coach.

    Args:
        programme: What is to be done.
        coach: Coaches through the same programme.
        sides: Sides that were asked for; both when empty.
        mirrored: Whether the pictures are mirror images.
        own_neutral: The person's own neutral, from another day.
    """

    def __init__(
        self,
        programme: Programme,
        coach: Coach,
        *,
        sides: Sequence[str] = (),
        mirrored: bool = False,
        own_neutral: OwnNeutral | None = None,
    ) -> None:
        assignment = Assignment(
            poses=programme.poses,
            sides=tuple(sides),
            title=programme.name,
            aims=aims_of(programme),
        )
        first = programme.parts[0].pose
        # Sides that were not asked for are judged too: to say so when they were held.
        session = Session((first,), own_neutral=own_neutral)
        self._collector = ResultCollector(assignment, session)
        super().__init__(coach, session, self._collector, mirrored=mirrored)

    @property
    def assignment(self) -> Assignment:
        """What is asked for."""
        return self._collector.assignment

    @property
    def held(self) -> tuple[Held, ...]:
        """The holds that are over, of the sides that were asked for, by time."""
        return self._collector.holds

    @property
    def going_on(self) -> tuple[Span, ...]:
        """The spans of the hold that is going on; empty when there is none."""
        return self._collector.session.going_on

    def result(self, source: Source, warnings: tuple[str, ...]) -> Result:
        """What the session came to."""
        return self._collector.result(source, warnings)
