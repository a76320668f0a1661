"""Steps: everything known about one moment, and the few of a take that are worth a picture."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from backstretch.judging.form_judge import Judgement, SettledMoment
from backstretch.judging.hold_clock import Kind, State
from backstretch.judging.matching import Form, Verdict
from backstretch.judging.reasons import Reason
from backstretch.kinematics.columns import COLUMNS
from backstretch.kinematics.landmarks import Floats, Landmarks
from backstretch.kinematics.neutral import Neutral
from backstretch.poses.pose import Pose

BEST, WORST = "best", "worst"


@dataclass(frozen=True, eq=False)
class Step:
    """Everything known about one moment.

    Attributes:
        time_s: The frame's own time.
        landmarks: Steadied landmarks, None with nobody in view.
        values: (M,) value of each of `columns.COLUMNS`, NaN where it cannot be measured.
        neutral: The neutral in use; None before there is one, or while a new one is needed.
        near_side: The side nearer to the camera.
        form: The pose and side that the moment is judged by; None where many are in question and it fits none.
        verdict: Its verdict, None with nobody in view, no new picture, or without a form.
        state: IN, OUT or UNSEEN, motion included.
        reason: Why it is not IN; None where it is, or where nothing is judged.
        motion: Why time up to now is withheld (too fast, bouncing, restless); None when it is not.
        near_pose: Whether the position is close enough to the pose to be an attempt at it.
        valid_s: Valid seconds of the hold that is going on.
        total_s: Valid seconds of the whole take so far.
        holds: Holds that are over.
        own_neutral_date: The day of the person's own neutral that relative measures are counted from; empty
            where they are counted from the take.
    """

    time_s: float
    landmarks: Landmarks | None
    values: Floats
    neutral: Neutral | None
    near_side: str
    form: Form | None
    verdict: Verdict | None
    state: State
    reason: Reason | None
    motion: Reason | None
    near_pose: bool
    valid_s: float
    total_s: float
    holds: int
    own_neutral_date: str = ""

    @classmethod
    def unjudged(
        cls,
        moment: SettledMoment,
        *,
        landmarks: Landmarks | None,
        neutral: Neutral | None,
        total_s: float,
        holds: int,
        own_neutral_date: str = "",
    ) -> Self:
        """The step of a moment that is judged by no form; the arguments are the attributes."""
        return cls(
            time_s=moment.time_s,
            landmarks=landmarks,
            values=np.full(len(COLUMNS), np.nan) if moment.values is None else moment.values,
            neutral=neutral,
            near_side=moment.near_side,
            form=None,
            verdict=None,
            state=State.OUT if moment.reason is None else State.UNSEEN,
            reason=moment.reason,
            motion=None,
            near_pose=False,
            valid_s=0.0,
            total_s=total_s,
            holds=holds,
            own_neutral_date=own_neutral_date,
        )

    def judged_by(self, judgement: Judgement) -> Self:
        """The step of the same moment as one form judges it."""
        moment = judgement.moment
        moved = [span for span in moment.withheld if span.kind is Kind.WRONG]
        motion = moved[0].reason if moved else None
        return replace(
            self,
            form=judgement.watch.form,
            verdict=judgement.verdict,
            state=State.OUT if motion and moment.state is State.IN else moment.state,
            reason=moment.reason or motion,
            motion=motion,
            near_pose=moment.near_pose,
            valid_s=judgement.watch.clock.valid_s,
        )

    @property
    def pose(self) -> Pose | None:
        """The pose that the moment is judged by."""
        return self.form.pose if self.form else None

    @property
    def side(self) -> str | None:
        """The side that the moment is judged by; None for poses done on both at once."""
        return self.form.side if self.form else None


@dataclass(eq=False)
class Snapshots:
    """Selects the steps of a take that are closest to and furthest from its pose, and the side that was nearer.

    A lapse counts only if the hold goes on after it: getting up at the end is no mistake.
    """

    _best: Step | None = None
    _attempt: Step | None = None
    _edge: Step | None = None
    _lapse: Step | None = None
    _open: Step | None = None
    _near: dict[Form, Counter[str]] = field(default_factory=dict)

    def push(self, step: Step) -> None:
        """Take the next step."""
        if step.form is None or step.landmarks is None or step.verdict is None:
            return
        if step.valid_s <= 0.0:
            self._open = None
            if step.near_pose:
                self._attempt = _closer(self._attempt, step)
            return
        self._near.setdefault(step.form, Counter())[step.near_side] += 1
        if step.state is State.IN:
            self._lapse, self._open = _further(self._lapse, self._open), None
            self._best, self._edge = _closer(self._best, step), _further(self._edge, step)
        elif step.state is State.OUT:
            self._open = _further(self._open, step)

    @property
    def steps(self) -> dict[str, Step]:
        """The ``best`` and the ``worst`` step; where nothing was held, the best one is an attempt."""
        moments = {BEST: self._best or self._attempt, WORST: self._lapse or self._edge}
        return {name: step for name, step in moments.items() if step is not None}

    def near(self, form: Form) -> str:
        """The side that was mostly nearer to the camera while a form was held."""
        counts = self._near.get(form)
        return counts.most_common(1)[0][0] if counts else form.side or "left"


def _closeness(step: Step) -> float:
    return step.verdict.closeness if step.verdict else 0.0


def _closer(one: Step | None, other: Step) -> Step:
    return other if one is None or _closeness(other) > _closeness(one) else one


def _further(one: Step | None, other: Step | None) -> Step | None:
    if one is None or other is None:
        return one or other
    return other if _closeness(other) < _closeness(one) else one
