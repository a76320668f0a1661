"""Recorded sessions: a recording is judged with the neutrals of the whole of it.

Live, a neutral serves from when it is found. In a recording it may come at any time. So a recording is judged
twice: a scout judges each moment at once, as a live session does, and finds the neutrals; a second session
follows with the moments whose neutral is known by then. Mostly that is less than a second later, and in a
recording without any still moment at its end.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import islice
from operator import attrgetter

from backstretch.judging.form_judge import FormWatch
from backstretch.judging.recognition import Held
from backstretch.judging.session import Session
from backstretch.judging.step import Step
from backstretch.kinematics.landmarks import Landmarks
from backstretch.kinematics.moments import MeasuredMoment, Measurer
from backstretch.kinematics.neutral import Neutral, OwnNeutral
from backstretch.kinematics.neutral_timeline import NeutralTimeline
from backstretch.poses.pose import Pose


class RecordedSession:
    """Judges one person's recorded take; takes moments and gives steps as a `Session` does, only later.

    Args:
        poses, sides, asked, own_neutral, steady: As those of `Session`.
    """

    def __init__(
        self,
        poses: Sequence[Pose],
        sides: tuple[str, ...] = (),
        *,
        asked: bool = True,
        own_neutral: OwnNeutral | None = None,
        steady: bool = True,
    ) -> None:
        self._measurer = Measurer(steady=steady)
        self._scout = Session(poses, sides, asked=asked, own_neutral=own_neutral, has_cuts=True)
        self._follower = Session(poses, sides, asked=asked, own_neutral=own_neutral)
        self._timeline = NeutralTimeline(self._scout.finder)
        self._waiting: list[MeasuredMoment] = []

    @property
    def watches(self) -> list[FormWatch]:
        """The forms that were judged so far, in order."""
        return self._follower.watches

    @property
    def holds(self) -> list[Held]:
        """The holds that are over, each second for one stretch only, by time."""
        return self._follower.holds

    @property
    def neutral(self) -> Neutral | None:
        """The neutral in use at the end; None where the recording has none."""
        return self._scout.neutral

    @property
    def is_busy(self) -> bool:
        """Whether some position is held, or may soon be, as far as the moments so far tell."""
        return self._scout.is_busy

    @property
    def seeks_neutral(self) -> bool:
        """As `Session.seeks_neutral`."""
        return self._scout.seeks_neutral

    def mark_still(self, time_s: float, since_s: float | None) -> None:
        """As `Session.mark_still`."""
        self._measurer.mark_still(time_s, since_s)

    def mark_moved(self, time_s: float | None) -> None:
        """As `Session.mark_moved`."""
        self._measurer.mark_moved(time_s)

    def push(self, moments: Iterable[tuple[float, Landmarks | None]]) -> list[Step]:
        """Take moments in order of time; return the steps that are settled.

        One at a time and many at once give the same steps.
        """
        self._look_ahead(self._measurer.push(moments))
        if not self._waiting:
            return []
        known_s = self._scout.finder.known_until(self._waiting[-1].time_s)
        return self._follow(bisect_left(self._waiting, known_s, key=attrgetter("time_s")))

    def finish(self) -> list[Step]:
        """Return the remaining steps and close what is open."""
        self._look_ahead(self._measurer.finish())
        steps = self._follow(len(self._waiting))
        self._follower.close()
        return steps

    def _look_ahead(self, moments: list[MeasuredMoment]) -> None:
        self._scout.judge(moments)
        self._waiting += moments

    def _follow(self, count: int) -> list[Step]:
        """Judge the first of the moments that wait."""
        zeros = list(self._timeline.zeros_of(self._waiting, count))
        steps = []
        for moment, zero in zip(islice(self._waiting, count), zeros, strict=True):
            steps += self._follower.judge([moment], zero)
        del self._waiting[:count]
        return steps
