"""Sessions: landmarks over time go in, judged steps come out.

Live, recorded and replayed runs all pass through here, so the same landmarks give the same verdicts and
the same seconds.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from backstretch.judging.form_judge import FormWatch, Judgement, Readings, SettledMoment
from backstretch.judging.hold_clock import Kind, Span
from backstretch.judging.matching import forms_of
from backstretch.judging.recognition import (
    LEAST_S,
    Held,
    Shortlist,
    is_clear_of_usual,
    settle_by_usual,
    without_overlaps,
)
from backstretch.judging.step import Step
from backstretch.kinematics.columns import relative_columns
from backstretch.kinematics.landmarks import Floats, Landmarks
from backstretch.kinematics.measures import Body
from backstretch.kinematics.moments import MeasuredMoment, Measurer
from backstretch.kinematics.neutral import Neutral, OwnNeutral, settle
from backstretch.kinematics.neutral_finder import NeutralFinder
from backstretch.kinematics.neutral_timeline import Zero
from backstretch.poses.pose import Pose, careful_look_of

NEAR_SIDE_LASTS_S = 1.0
"""Time constant of the vote for the side nearer to the camera; depths of single frames flicker."""
NEAR_SIDE_MARGIN_M = 0.05
"""How clear the vote must be to change sides."""
SWITCH_MARGIN = 0.05
"""How much closer to its pose (0..1) another form must be to replace the best form so far."""
RECENT_S = 1.0
"""How long moments are kept, for a form that comes into question to be judged on the way in too."""


class Session:
    """Judges one person's take against the poses in question.

    Args:
        poses: The pose asked for, or all that may be recognised.
        sides: Sides to judge, for poses with sides; both when empty.
        asked: Whether the poses were asked for. Then every moment is judged by each of their forms,
            and time near a pose counts as an attempt; otherwise only by forms that it may show.
        neutral: A neutral known beforehand; otherwise the take's own is looked for.
        own_neutral: The person's own zero values of relative measures, from another day.
        steady: Whether to steady the landmarks and undo swaps; off for landmarks without noise.
        has_cuts: As that of `NeutralFinder`.

    Attributes:
        watches: The forms that were judged so far, in order.
        careful_look: Models of the careful look that all present poses ask for.
        finder: Finds the neutrals.
    """

    def __init__(
        self,
        poses: Sequence[Pose],
        sides: tuple[str, ...] = (),
        *,
        asked: bool = True,
        neutral: Neutral | None = None,
        own_neutral: OwnNeutral | None = None,
        steady: bool = True,
        has_cuts: bool = False,
    ) -> None:
        self.watches: list[FormWatch] = []
        self._asked = asked
        self.finder = NeutralFinder(neutral, own_neutral, has_cuts=has_cuts)
        self.turn_to(poses, sides)
        self._measurer = Measurer(steady=steady)
        self._near_side = "left"
        self._near_vote = 0.0
        self._last_s: float | None = None
        self._done: tuple[int, list[Held]] = (0, [])

    def turn_to(self, poses: Sequence[Pose], sides: tuple[str, ...] = ()) -> None:
        """Judge these poses of the same person from now on; close open holds and attempts.

        Without poses nothing is judged: a pause. New poses with relative measures need a new neutral: the
        person may have turned meanwhile without it being seen.
        """
        for watch in self.watches:
            watch.clock.finish()
        is_new = bool(self.watches) and not set(poses) <= {self.watches[-1].form.pose}
        if is_new and any(check.measure.relative for pose in poses for check in pose.checks):
            self.finder.renew()
        self.careful_look = careful_look_of(poses)
        forms = [form for pose in poses for form in forms_of(pose)]
        forms = [form for form in forms if not sides or form.side in {*sides, None}]
        self._judging = [FormWatch(form, keeps_attempts=self._asked) for form in forms]
        self._is_clear = [is_clear_of_usual(form) for form in forms]
        self.watches += self._judging
        self._shortlist = Shortlist(forms)
        self._judged: set[int] = set()
        self._recent: deque[Readings] = deque()
        self._best: FormWatch | None = None

    @property
    def holds(self) -> list[Held]:
        """The holds that are over, each second for one stretch only, by time."""
        holds = [Held(watch.form, hold) for watch in self.watches for hold in watch.clock.holds]
        return without_overlaps(holds, least_s=0.0 if self._asked else LEAST_S)

    @property
    def going_on(self) -> tuple[Span, ...]:
        """The spans of the hold that is going on, lapses included; empty when there is none."""
        return self._best.clock.going_on if self._best else ()

    @property
    def neutral(self) -> Neutral | None:
        """The neutral in use."""
        return self.finder.neutral

    @property
    def seeks_neutral(self) -> bool:
        """Whether a neutral is needed, and the last moment may be part of one; see `NeutralFinder.seeks`."""
        return self.finder.seeks

    @property
    def is_busy(self) -> bool:
        """Whether some position is held, or may soon be."""
        return any(watch.busy or watch.is_close for watch in self.watches)

    def mark_still(self, time_s: float, since_s: float | None) -> None:
        """As `Measurer.mark_still`: a moment whose picture stands still is unseen."""
        self._measurer.mark_still(time_s, since_s)

    def mark_moved(self, time_s: float | None) -> None:
        """As `Measurer.mark_moved`: from that moment on relative measures need a new neutral."""
        self._measurer.mark_moved(time_s)

    def push(self, moments: Iterable[tuple[float, Landmarks | None]]) -> list[Step]:
        """Take moments in order of time; return the steps that are settled.

        One at a time and many at once give the same steps; many at once are measured together.
        """
        return self.judge(self._measurer.push(moments))

    def finish(self) -> list[Step]:
        """Return the remaining steps and close what is open."""
        steps = self.judge(self._measurer.finish())
        self.close()
        return steps

    def judge(self, moments: Iterable[MeasuredMoment], zero: Zero | None = None) -> list[Step]:
        """Judge measured moments in order of time.

        Args:
            moments: The moments.
            zero: What they are counted from; None for the neutral that has been found in the moments before.
        """
        return [self._step(moment, zero) for moment in moments]

    def close(self) -> None:
        """Close open holds and attempts; the take is over."""
        for watch in self.watches:
            watch.clock.finish()

    def _step(self, measured: MeasuredMoment, given: Zero | None) -> Step:
        time_s, body, row = measured.time_s, measured.body, measured.row
        if measured.has_moved:
            self.finder.note_moved(time_s)
        zero = given or Zero(self.neutral, is_stale=self.finder.stale)
        if body is None or measured.still_since_s is not None:
            self._last_s = time_s
            since_s = measured.still_since_s
            unseen = SettledMoment(time_s, None, self._near_side, frozenset(), since_s)
            moment = Readings(unseen)
            return self._advance(measured, moment, self._judgements(moment, zero), zero)
        self._vote(time_s, float(body.towards_camera[row]))
        values = self._settle(body, row, zero)
        usual = SettledMoment(time_s, values, self._near_side, measured.unseen)
        moment = Readings(usual, self._careful(measured, zero))
        judgements = self._judgements(moment, zero)
        if given is None:
            in_pose = any(each.watch.inside for each in judgements)
            careful = measured.careful
            lengths = careful.lengths if careful else None
            self.finder.push(
                time_s, measured.marks, body, row, in_pose=in_pose, careful_lengths=lengths
            )
            zero = Zero(self.neutral, is_stale=self.finder.stale)
        return self._advance(measured, moment, judgements, zero)

    def _careful(self, measured: MeasuredMoment, zero: Zero) -> SettledMoment | None:
        """The moment as a careful look beside the usual one sees it; None without one."""
        careful = measured.careful
        if careful is None or careful.body is None:
            return None
        if zero.neutral is not None:
            zero = replace(zero, neutral=zero.neutral.of_careful_looks)
        values = self._settle(careful.body, careful.row, zero)
        return SettledMoment(measured.time_s, values, self._near_side, careful.unseen)

    def _settle(self, body: Body, row: int, zero: Zero) -> Floats:
        """(M,) final values of one moment."""
        usual = self.finder.usual
        if zero.is_assumed:
            return settle_by_usual(body, row, self._near_side, usual)
        values = settle(body, row, zero.neutral, self._near_side, usual)
        return np.where(relative_columns(), np.nan, values) if zero.is_stale else values

    def _vote(self, time_s: float, left_nearer_m: float) -> None:
        """Update the side nearer to the camera, slowly."""
        passed_s = NEAR_SIDE_LASTS_S if self._last_s is None else time_s - self._last_s
        share = min(1.0, passed_s / NEAR_SIDE_LASTS_S)
        self._near_vote += share * (left_nearer_m - self._near_vote)
        if self._last_s is None or abs(self._near_vote) > NEAR_SIDE_MARGIN_M:
            self._near_side = "left" if self._near_vote > 0 else "right"
        self._last_s = time_s

    def _judgements(self, moment: Readings, zero: Zero) -> list[Judgement]:
        """The judgements of the moment by every form in question."""
        neutral = zero.neutral
        if self._asked:
            return [watch.judge(moment.of(watch.form), neutral) for watch in self._judging]
        may_be = self._may_be(moment)
        if zero.is_assumed:
            may_be = {index for index in may_be if self._is_clear[index]}
        judgements = []
        for watch in self._watches_of(may_be):
            watch.catch_up([each.of(watch.form) for each in self._recent], neutral)
            judgements.append(watch.judge(moment.of(watch.form), neutral))
        self._recent.append(moment)
        while moment.usual.time_s - self._recent[0].usual.time_s > RECENT_S:
            self._recent.popleft()
        return judgements

    def _watches_of(self, may_be: set[int]) -> Iterator[FormWatch]:
        """The watches of forms that the moment may show, and those that cannot leave it out, by number."""
        before, self._judged = self._judged, set(may_be)
        for index in sorted(before | self._judged):
            watch = self._judging[index]
            if index in self._judged or watch.busy:
                self._judged.add(index)
                yield watch
            else:
                watch.is_close = False

    def _may_be(self, moment: Readings) -> set[int]:
        """Indices of the forms that the moment may show, each as it is read for that form."""
        return {
            int(index)
            for reading in moment
            if reading.values is not None
            for index in self._shortlist.of(reading.values, reading.near_side)
            if moment.of(self._judging[index].form) is reading
        }

    def _advance(
        self,
        measured: MeasuredMoment,
        readings: Readings,
        judgements: list[Judgement],
        zero: Zero,
    ) -> Step:
        """Pass the judgements to the clocks; return the step as judged by the form that fits best."""
        best = max(judgements, key=self._rank, default=None)
        self._best = best.watch if best else None
        for each in judgements:
            # An attempt is one at the form that the moment is most like, and not beside a hold.
            is_other = each is not best and each.moment.near_pose
            moment = replace(each.moment, near_pose=False) if is_other else each.moment
            each.watch.clock.push(moment)
        holds = self._closed_holds()
        has_form = best is not None and (self._asked or best.watch.clock.is_holding)
        settled = readings.of(best.watch.form) if best and has_form else readings.usual
        looked = measured if settled is readings.usual else measured.careful or measured
        step = Step.unjudged(
            settled,
            landmarks=looked.marks,
            neutral=None if zero.is_stale else zero.neutral,
            total_s=self._total_s(holds, judgements),
            holds=len(holds),
            own_neutral_date=self._own_neutral_date(zero),
        )
        return step.judged_by(best) if best and has_form else step

    def _own_neutral_date(self, zero: Zero) -> str:
        return zero.neutral.own_neutral_date if zero.neutral else self.finder.usual_date

    def _rank(self, judgement: Judgement) -> tuple[bool, bool, float]:
        """How well a form fits the moment; the best form so far has an advantage."""
        is_holding, is_in, closeness = judgement.rank
        advantage = SWITCH_MARGIN if judgement.watch is self._best else 0.0
        return is_holding, is_in, closeness + advantage

    def _closed_holds(self) -> list[Held]:
        """The same as `holds`, computed again only when a hold has ended."""
        count = sum(len(watch.clock.holds) for watch in self.watches)
        if count != self._done[0]:
            self._done = count, self.holds
        return self._done[1]

    def _total_s(self, holds: list[Held], judgements: list[Judgement]) -> float:
        """Valid seconds so far, each counted once, of the holds that are over and the one going on."""
        intervals = [(each.hold.start_s, each.hold.end_s) for each in holds]
        going_s = [
            min(_seconds_outside(clock.going_on, intervals), clock.longest_s)
            for clock in (each.watch.clock for each in judgements)
            if clock.is_holding
        ]
        return sum(each.hold.valid_s for each in holds) + max(going_s, default=0.0)


def _seconds_outside(spans: Iterable[Span], intervals: list[tuple[float, float]]) -> float:
    """Valid seconds of spans that lie in none of the intervals, which do not overlap."""
    valid = [span for span in spans if span.kind is Kind.VALID]
    shared_s = sum(
        max(0.0, min(span.end_s, end_s) - max(span.start_s, start_s))
        for span in valid
        for start_s, end_s in intervals
    )
    return sum(span.seconds for span in valid) - shared_s
