"""Led sessions: take landmarks, give judged steps and the events that a leader decides on.

The same for a camera, a file played as one, and a replayed landmark track.
"""

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from backstretch.coaching.coach import Coach
from backstretch.coaching.placement import Surroundings
from backstretch.coaching.programme import Programme, aims_of
from backstretch.coaching.scene import Command, Decision, Event, Phase, Scene
from backstretch.errors import Notice
from backstretch.frame import Source
from backstretch.judging.collector import ResultCollector
from backstretch.judging.hold_clock import Span
from backstretch.judging.recognition import Held
from backstretch.judging.request import Assignment
from backstretch.judging.result import Result
from backstretch.judging.session import Session
from backstretch.judging.step import Step
from backstretch.kinematics.landmarks import Landmarks
from backstretch.kinematics.neutral import OwnNeutral


class Leader(Protocol):
    """What leads a person through a session; see `scripted_leader.ScriptedLeader`."""

    @property
    def phase(self) -> Phase:
        """Where in the session the person is."""

    @property
    def scene(self) -> Scene:
        """What is to be shown."""

    @property
    def end_reason(self) -> str:
        """Why the session is over, such as ``done``; empty while it goes on."""

    def take(self, step: Step, surroundings: Surroundings) -> Decision:
        """Take the next moment; return what is to be done."""

    def command(self, command: Command) -> Decision:
        """Take a key's command; return what is to be done."""


SomeLeader = TypeVar("SomeLeader", bound=Leader)


class LedSession(Generic[SomeLeader]):
    """A judging session and its leader.

    Args:
        leader: Who leads.
        session: Judges the poses that the leader asks for.
        collector: Passes moments to the session and collects its result; None for no result.
        mirrored: Whether the pictures are mirror images.

    Attributes:
        leader: As above.
        step: The last step; None before there is one.
        mirrored: As above.
    """

    def __init__(
        self,
        leader: SomeLeader,
        session: Session,
        collector: ResultCollector | None = None,
        *,
        mirrored: bool = False,
    ) -> None:
        self.leader = leader
        self.step: Step | None = None
        self.mirrored = mirrored
        self._session = session
        self._input = collector or session

    @property
    def careful_look(self) -> tuple[str, ...]:
        """Models of the careful look that the present poses ask for; see `Pose.careful_look`."""
        return self._session.careful_look

    def push(
        self,
        time_s: float,
        marks: Landmarks | None,
        surroundings: Surroundings,
        still_since_s: float | None = None,
        moved_s: float | None = None,
    ) -> tuple[list[Step], list[Event]]:
        """Take one moment; return the steps that are settled, and the events to carry out.

        ``still_since_s`` is the time since which the picture stands still, None where it does not;
        ``moved_s`` is the moment's time if the camera has just moved, else None.
        """
        self._input.mark_still(time_s, still_since_s)
        self._input.mark_moved(moved_s)
        if marks is not None and self.mirrored:
            marks = marks.mirrored()
        return self._lead(self._input.push([(time_s, marks)]), surroundings)

    def disregard_until(self, time_s: float) -> None:
        """As `ResultCollector.disregard_until`; what relative measures are counted from is sought anew."""
        if isinstance(self._input, ResultCollector):
            self._input.disregard_until(time_s)
        self._input.mark_moved(time_s)

    def command(self, command: Command) -> list[Event]:
        """Take a key's command; return the events to carry out."""
        return self._carry_out(self.leader.command(command))

    def finish(self, surroundings: Surroundings) -> tuple[list[Step], list[Event]]:
        """Judge the moments that wait, and end an open hold; returns the same as `push`."""
        return self._lead(self._input.finish(), surroundings)

    def _lead(
        self, steps: list[Step], surroundings: Surroundings
    ) -> tuple[list[Step], list[Event]]:
        events: list[Event] = []
        for step in steps:
            self.step = step
            events += self._carry_out(self.leader.take(step, surroundings))
        return steps, events

    def _carry_out(self, decision: Decision) -> list[Event]:
        """Have the poses judged that the leader asks for; the caller carries out the events."""
        if decision.judge is not None:
            self._session.turn_to(decision.judge)
        return list(decision.events)


class CoachedSession(LedSession[Coach]):
    """A session led by a coach, with a result at the end.

    Args:
        programme: The stretches to do.
        coach: Coaches through the same programme.
        sides: Sides that were asked for; both when empty.
        mirrored: Whether the pictures are mirror images.
        own_neutral: The person's own neutral, from another day; None without one.
        is_upright: Whether somebody says that the pictures are upright.
    """

    def __init__(
        self,
        programme: Programme,
        coach: Coach,
        *,
        sides: Sequence[str] = (),
        mirrored: bool = False,
        own_neutral: OwnNeutral | None = None,
        is_upright: bool = False,
    ) -> None:
        assignment = Assignment(
            poses=programme.poses,
            sides=tuple(sides),
            title=programme.name,
            aims=aims_of(programme),
        )
        first = programme.parts[0].pose
        # Sides that were not asked for are judged too, for the notice that they were held.
        session = Session((first,), own_neutral=own_neutral)
        self._collector = ResultCollector(assignment, session, is_upright=is_upright)
        super().__init__(coach, session, self._collector, mirrored=mirrored)

    @property
    def assignment(self) -> Assignment:
        """What is asked for."""
        return self._collector.assignment

    @property
    def holds(self) -> tuple[Held, ...]:
        """The holds that are over, of the sides that were asked for, by time."""
        return self._collector.holds

    @property
    def current_spans(self) -> tuple[Span, ...]:
        """The spans of the current hold; empty when there is none."""
        return self._session.going_on

    def result(self, source: Source, notices: tuple[Notice, ...]) -> Result:
        """The session's result."""
        return self._collector.result(source, notices)
