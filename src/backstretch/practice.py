"""One coached session: a session led by a coach, and a result at the end."""

from collections.abc import Sequence

from backstretch.coach import Coach
from backstretch.hold import Span
from backstretch.led import Led
from backstretch.neutral import OwnNeutral
from backstretch.notices import Notice
from backstretch.programme import Programme, aims_of
from backstretch.recognition import Held
from backstretch.result import Result, Wanted
from backstretch.session import Session
from backstretch.take import Take
from backstretch.video import Source


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
        wanted = Wanted(
            poses=programme.poses,
            sides=tuple(sides),
            mirrored=mirrored,
            title=programme.name,
            aims=aims_of(programme),
            own_neutral=own_neutral,
        )
        first = programme.parts[0].pose
        # Sides that were not asked for are judged too: to say so when they were held.
        session = Session((first,), own_neutral=own_neutral)
        self._take = Take(wanted, session)
        super().__init__(coach, session, self._take, mirrored=mirrored)

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

    def result(self, source: Source, warnings: tuple[Notice, ...]) -> Result:
        """What the session came to."""
        return self._take.result(source, warnings)
