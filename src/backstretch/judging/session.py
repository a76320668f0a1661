"""Sessions: landmarks over time go in, judged steps come out.

Live, recorded and replayed runs all pass through here, so the same landmarks give the same verdicts and
the same seconds.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from backstretch.judging.form_judge import FormWatch, Judgement, SettledMoment
from backstretch.judging.hold_clock import Kind, Span
from backstretch.judging.matching import forms_of
from backstretch.judging.recognition import LEAST_S, Held, Shortlist, without_overlaps
from backstretch.judging.step import Step
from backstretch.kinematics.columns import relative_columns
from backstretch.kinematics.filtering import Smoother, SwapVeto
from backstretch.kinematics.landmarks import NAMES, Landmarks
from backstretch.kinematics.measures import Body, measure_body, seen_landmarks
from backstretch.kinematics.neutral import Neutral, NeutralFinder, OwnNeutral, settle
from backstretch.poses.pose import Pose

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

    Attributes:
        watches: The forms that were judged so far, in order.
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
    ) -> None:
        self.watches: list[FormWatch] = []
        self._asked = asked
        self._finder = NeutralFinder(neutral, own_neutral)
        self.turn_to(poses, sides)
        self._smoother = Smoother() if steady else None
        self._swaps = SwapVeto()
        self._near_side = "left"
        self._near_vote = 0.0
        self._last_s: float | None = None
        self._still_since_s: dict[float, float] = {}
        self._moved_s: set[float] = set()
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
            self._finder.renew()
        forms = [form for pose in poses for form in forms_of(pose)]
        forms = [form for form in forms if not sides or form.side in {*sides, None}]
        self._judging = [FormWatch(form, keeps_attempts=self._asked) for form in forms]
        self.watches += self._judging
        self._shortlist = Shortlist(forms)
        self._recent: deque[SettledMoment] = deque()
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
        return self._finder.neutral

    @property
    def seeks_neutral(self) -> bool:
        """Whether a neutral is needed, and the last moment may be part of one; see `NeutralFinder.seeks`."""
        return self._finder.seeks

    def mark_still(self, time_s: float, since_s: float | None) -> None:
        """Note, before a moment is pushed, that its picture repeats that of ``since_s``; None for a new one."""
        if since_s is not None:
            self._still_since_s[time_s] = since_s

    def mark_moved(self, time_s: float | None) -> None:
        """Note, before a moment is pushed, that the camera has moved by then; None: it has not.

        From that moment on relative measures need a new neutral.
        """
        if time_s is not None:
            self._moved_s.add(time_s)

    def push(self, moments: Iterable[tuple[float, Landmarks | None]]) -> list[Step]:
        """Take moments in order of time; return the steps that are settled.

        One at a time and many at once give the same steps; many at once are measured together.
        """
        if self._smoother is None:
            return self._judge(list(moments))
        smooth = []
        for time_s, marks in moments:
            smooth += self._smoother.push(time_s, self._swaps.put_right(time_s, marks))
        return self._judge(smooth)

    def finish(self) -> list[Step]:
        """Return the remaining steps and close what is open."""
        steps = self._judge(self._smoother.finish() if self._smoother else [])
        for watch in self.watches:
            watch.clock.finish()
        return steps

    def _judge(self, moments: list[tuple[float, Landmarks | None]]) -> list[Step]:
        bodies = [marks for _, marks in moments if marks is not None]
        rows = iter(range(len(bodies)))
        body, is_seen = _measure(bodies) if bodies else (None, None)
        steps = []
        for time_s, marks in moments:
            if time_s in self._moved_s:
                self._finder.renew()
            row = -1 if marks is None else next(rows)
            since_s = self._still_since_s.pop(time_s, None)
            if marks is None or body is None or is_seen is None or since_s is not None:
                steps.append(self._unseen(time_s, marks, since_s))
            else:
                steps.append(self._step(time_s, marks, body, row, is_seen[row]))
        return steps

    def _unseen(self, time_s: float, marks: Landmarks | None, since_s: float | None) -> Step:
        """A moment with nobody in view, or without a new picture."""
        self._last_s = time_s
        moment = SettledMoment(time_s, None, self._near_side, frozenset(), since_s)
        return self._advance(marks, moment, self._judgements(moment))

    def _step(
        self, time_s: float, marks: Landmarks, body: Body, row: int, is_seen: NDArray[np.bool_]
    ) -> Step:
        self._vote(time_s, float(body.towards_camera[row]))
        values = settle(body, row, self.neutral, self._near_side, self._finder.usual)
        if self._finder.stale:
            values = np.where(relative_columns(), np.nan, values)
        unseen = frozenset(
            name for name, visible in zip(NAMES, is_seen, strict=True) if not visible
        )
        moment = SettledMoment(time_s, values, self._near_side, unseen)
        judgements = self._judgements(moment)
        in_pose = any(each.watch.inside for each in judgements)
        self._finder.push(time_s, marks, body, row, in_pose=in_pose)
        return self._advance(marks, moment, judgements)

    def _vote(self, time_s: float, left_nearer_m: float) -> None:
        """Update the side nearer to the camera, slowly."""
        passed_s = NEAR_SIDE_LASTS_S if self._last_s is None else time_s - self._last_s
        share = min(1.0, passed_s / NEAR_SIDE_LASTS_S)
        self._near_vote += share * (left_nearer_m - self._near_vote)
        if self._last_s is None or abs(self._near_vote) > NEAR_SIDE_MARGIN_M:
            self._near_side = "left" if self._near_vote > 0 else "right"
        self._last_s = time_s

    def _judgements(self, moment: SettledMoment) -> list[Judgement]:
        """The judgements of the moment by every form in question."""
        if self._asked:
            return [watch.judge(moment, self.neutral) for watch in self._judging]
        may_be: set[np.intp] = set()
        if moment.values is not None:
            may_be = set(self._shortlist.of(moment.values, moment.near_side))
        judgements = []
        for index, watch in enumerate(self._judging):
            if index in may_be or watch.busy:
                watch.catch_up(self._recent, self.neutral)
                judgements.append(watch.judge(moment, self.neutral))
            else:
                watch.is_close = False
        self._recent.append(moment)
        while moment.time_s - self._recent[0].time_s > RECENT_S:
            self._recent.popleft()
        return judgements

    def _advance(
        self, marks: Landmarks | None, settled: SettledMoment, judgements: list[Judgement]
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
        step = Step.unjudged(
            settled,
            landmarks=marks,
            neutral=None if self._finder.stale else self.neutral,
            total_s=self._total_s(holds),
            holds=len(holds),
            own_neutral_date=self._finder.own_neutral_date,
        )
        has_form = best is not None and (self._asked or best.watch.clock.is_holding)
        return step.judged_by(best) if best and has_form else step

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

    def _total_s(self, holds: list[Held]) -> float:
        """Valid seconds so far, each counted once, of the holds that are over and the one going on."""
        intervals = [(each.hold.start_s, each.hold.end_s) for each in holds]
        going_s = [
            min(_seconds_outside(watch.clock.going_on, intervals), watch.clock.longest_s)
            for watch in self.watches
            if watch.clock.is_holding
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


def _measure(bodies: list[Landmarks]) -> tuple[Body, NDArray[np.bool_]]:
    xy = np.array([body.xy_px for body in bodies])
    world = np.array([body.world_m for body in bodies])
    visibility = np.array([body.visibility for body in bodies])
    is_seen = seen_landmarks(xy, world, visibility, bodies[0].image_wh)
    return measure_body(xy, world, is_seen), is_seen
