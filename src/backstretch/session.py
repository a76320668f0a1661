"""The middle of the program: moments with landmarks go in, steps come out.

Live, recorded and replayed runs all pass through here, so the same landmarks give the same verdicts and
the same seconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from backstretch.catalogue import COLUMNS
from backstretch.cues import NOBODY, cue_of, reason_of
from backstretch.hold import HoldClock, Limit, Moment, State
from backstretch.landmarks import NAMES, Floats, Landmarks
from backstretch.matching import Form, Reading, Verdict, forms_of
from backstretch.measures import Body, measure_body, seen_landmarks
from backstretch.motion import MotionWatch
from backstretch.neutral import Neutral, NeutralFinder, settle
from backstretch.poses import Check, Pose
from backstretch.smoothing import Smoother

NEAR_SIDE_LASTS_S = 1.0
"""Time constant of the vote for the side nearer to the camera; depths of single frames flicker."""
NEAR_SIDE_MARGIN_M = 0.05
"""How clear the vote must be to change sides."""
NEAR_SHARE = 0.5
SEEN_SHARE = 0.4
"""An attempt: of the required readings at least `SEEN_SHARE` are seen, of these at least `NEAR_SHARE` are
right, and the others are on average at least that share of the way from the neutral to their limit.
Without the last, standing would be an attempt at every standing stretch."""
REACH = {"deg": 30.0, "ratio": 0.35}
"""The way assumed for a reading that is right in the neutral, or not known there."""


@dataclass(frozen=True, eq=False)
class Step:
    """Everything known about one moment.

    Attributes:
        time_s: The frame's own time.
        landmarks: Steadied landmarks, None with nobody in view.
        values: (M,) value of each of `measures.COLUMNS`, NaN where it cannot be measured.
        neutral: The neutral in use, None before one was found.
        near: The side nearer to the camera.
        side: The side of the form that the moment is judged by.
        verdict: Its verdict, None with nobody in view.
        state: IN, OUT or UNSEEN, motion included.
        reason: Why it is not IN, in words.
        cue: What to tell the person.
        valid_s: Valid seconds of the hold that is going on.
        total_s: Valid seconds of the whole take so far.
        holds: Holds that are over.
    """

    time_s: float
    landmarks: Landmarks | None
    values: Floats
    neutral: Neutral | None
    near: str
    side: str | None
    verdict: Verdict | None
    state: State
    reason: str
    cue: str
    valid_s: float
    total_s: float
    holds: int


@dataclass(eq=False)
class FormWatch:
    """One form of the pose with its clock."""

    form: Form
    clock: HoldClock = field(init=False)
    motion: MotionWatch = field(init=False)
    inside: bool = False

    def __post_init__(self) -> None:
        dose = self.form.pose.dose
        self.clock = HoldClock(dose.longest_s, dose.grace_wrong_s, dose.grace_unseen_s)
        self.motion = MotionWatch(self.form.pose.primary.measure.unit)


@dataclass(frozen=True, eq=False)
class Judged:
    """One form's view of one moment."""

    watch: FormWatch
    verdict: Verdict | None
    moment: Moment

    @property
    def rank(self) -> tuple[bool, bool, float]:
        """How much the moment speaks for this form."""
        closeness = self.verdict.closeness if self.verdict else 0.0
        return self.watch.clock.settled, self.moment.state is State.IN, closeness


class Session:
    """Judges one person's take against one pose.

    Args:
        pose: The pose asked for.
        sides: Sides to judge, for poses with sides; both when empty.
        neutral: A neutral known beforehand; otherwise the take's own is looked for.
        steady: Whether to smooth the landmarks; off for landmarks without noise.
    """

    def __init__(
        self,
        pose: Pose,
        sides: tuple[str, ...] = (),
        *,
        neutral: Neutral | None = None,
        steady: bool = True,
    ) -> None:
        self.pose = pose
        forms = [form for form in forms_of(pose) if not sides or form.side in {*sides, None}]
        self.watches = [FormWatch(form) for form in forms]
        self.neutral = neutral
        self._finder = NeutralFinder()
        self._smoother = Smoother() if steady else None
        self._near = "left"
        self._near_vote = 0.0
        self._last_s: float | None = None

    def push(self, moments: Iterable[tuple[float, Landmarks | None]]) -> list[Step]:
        """Take moments in order of time; return the steps that are settled.

        One at a time and many at once give the same steps; many at once are measured together.
        """
        if self._smoother is None:
            return self._judge(list(moments))
        return self._judge(
            [s for time_s, marks in moments for s in self._smoother.push(time_s, marks)]
        )

    def finish(self) -> list[Step]:
        """Return the remaining steps and close what is open."""
        steps = self._judge(self._smoother.finish() if self._smoother else [])
        for watch in self.watches:
            watch.clock.finish()
        return steps

    def _judge(self, moments: list[tuple[float, Landmarks | None]]) -> list[Step]:
        bodies = [marks for _, marks in moments if marks is not None]
        measured = iter(range(len(bodies)))
        body, seen = _measure(bodies) if bodies else (None, None)
        steps = []
        for time_s, marks in moments:
            if marks is None or body is None or seen is None:
                steps.append(self._nobody(time_s))
            else:
                row = next(measured)
                steps.append(self._step(time_s, marks, body, row, seen[row]))
        return steps

    def _nobody(self, time_s: float) -> Step:
        self._last_s = time_s
        judged = []
        for watch in self.watches:
            watch.motion.push(time_s, float("nan"), inside=False)
            judged.append(Judged(watch, None, Moment(time_s, State.UNSEEN, reason=NOBODY)))
        return self._told(None, np.full(len(COLUMNS), np.nan), judged)

    def _step(
        self, time_s: float, marks: Landmarks, body: Body, row: int, seen: NDArray[np.bool_]
    ) -> Step:
        self._vote(time_s, float(body.towards_camera[row]))
        values = settle(body, row, self.neutral, self._near)
        unseen = frozenset(name for name, is_seen in zip(NAMES, seen, strict=True) if not is_seen)
        judged = [self._judged(watch, time_s, values, unseen) for watch in self.watches]
        if self.neutral is None:
            posed = any(each.watch.inside for each in judged)
            self._finder.push(time_s, marks, body, row, posed=posed)
            self.neutral = self._finder.found
        return self._told(marks, values, judged)

    def _vote(self, time_s: float, left_nearer_m: float) -> None:
        """Follow which side is nearer to the camera, slowly."""
        passed_s = NEAR_SIDE_LASTS_S if self._last_s is None else time_s - self._last_s
        share = min(1.0, passed_s / NEAR_SIDE_LASTS_S)
        self._near_vote += share * (left_nearer_m - self._near_vote)
        if self._last_s is None or abs(self._near_vote) > NEAR_SIDE_MARGIN_M:
            self._near = "left" if self._near_vote > 0 else "right"
        self._last_s = time_s

    def _judged(
        self, watch: FormWatch, time_s: float, values: Floats, unseen: frozenset[str]
    ) -> Judged:
        verdict = watch.form.judge(values, self._near, inside=watch.inside)
        if verdict.state is not State.UNSEEN:
            watch.inside = verdict.state is State.IN
        primary = _mean(verdict, self.pose.primary)
        moment = Moment(
            time_s,
            verdict.state,
            limits=tuple(Limit(each.slack, each.target.hysteresis) for each in verdict.required),
            reason=reason_of(verdict, unseen),
            near_pose=self._near_pose(verdict),
            withheld=watch.motion.push(time_s, primary, inside=watch.inside),
            closeness=verdict.closeness,
            readings=tuple(_mean(verdict, check) for check in self.pose.checks),
        )
        return Judged(watch, verdict, moment)

    def _near_pose(self, verdict: Verdict) -> bool:
        seen = [reading for reading in verdict.required if not reading.unseen]
        wrong = [reading for reading in seen if reading.slack < 0.0]
        few = len(seen) < SEEN_SHARE * len(verdict.required)
        if self.neutral is None or few or len(wrong) > NEAR_SHARE * len(seen):
            return False
        if not wrong or any(self._was_wrong(each) for each in seen if each.slack >= 0.0):
            return True
        ways = [self._way(reading) for reading in wrong]
        return sum(ways) / len(ways) >= NEAR_SHARE

    def _way(self, reading: Reading) -> float:
        """Share of the way from the neutral to the limit that a failing reading has gone."""
        start = self._neutral_slack(reading)
        return 1.0 + reading.slack / (-start if start < 0.0 else REACH[reading.check.measure.unit])

    def _was_wrong(self, reading: Reading) -> bool:
        """Whether the reading is outside its range in the neutral: the person did something for it."""
        return self._neutral_slack(reading) < 0.0

    def _neutral_slack(self, reading: Reading) -> float:
        """How far inside the range the neutral is; NaN if it was not seen."""
        assert self.neutral is not None
        low, high = reading.check.accept
        relative = reading.check.measure.relative
        neutral = 0.0 if relative else float(self.neutral.values[reading.target.index])
        return min(neutral - low, high - neutral)

    def _told(self, marks: Landmarks | None, values: Floats, judged: list[Judged]) -> Step:
        best = max(judged, key=lambda each: each.rank)
        for each in judged:
            # An attempt is one at the form that the moment is most like, and not beside a hold.
            is_other = each is not best and each.moment.near_pose
            each.watch.clock.push(
                replace(each.moment, near_pose=False) if is_other else each.moment
            )
        moment, verdict = best.moment, best.verdict
        moving = moment.withheld[0].reason if moment.withheld else ""
        return Step(
            time_s=moment.time_s,
            landmarks=marks,
            values=values,
            neutral=self.neutral,
            near=self._near,
            side=best.watch.form.side,
            verdict=verdict,
            state=State.OUT if moving and moment.state is State.IN else moment.state,
            reason=moment.reason or moving,
            cue=cue_of(self.pose, verdict, moment.reason or moving),
            valid_s=best.watch.clock.valid_s,
            total_s=sum(watch.clock.done_s + watch.clock.valid_s for watch in self.watches),
            holds=sum(len(watch.clock.holds) for watch in self.watches),
        )


def _measure(bodies: list[Landmarks]) -> tuple[Body, NDArray[np.bool_]]:
    xy = np.array([body.xy_px for body in bodies])
    world = np.array([body.world_m for body in bodies])
    visibility = np.array([body.visibility for body in bodies])
    seen = seen_landmarks(xy, world, visibility, bodies[0].image_wh)
    return measure_body(xy, world, seen), seen


def _mean(verdict: Verdict, check: Check) -> float:
    """The check's value, the mean of both sides for checks of both; NaN where one is unseen."""
    values = [reading.value for reading in verdict.readings if reading.check is check]
    return sum(values) / len(values)
