"""Snapshots: the moments of a take that are worth a picture, kept as landmarks and never as photographs."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from backstretch.hold import State
from backstretch.matching import Form
from backstretch.session import Step

BEST, WORST = "best", "worst"


@dataclass(eq=False)
class Snapshots:
    """Looks at a take's steps; keeps the closest and the furthest moment, and the side that was nearer.

    A lapse is a moment of the hold only if the hold goes on after it: getting up at the end is no mistake.
    """

    _best: Step | None = None
    _tried: Step | None = None
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
                self._tried = _closer(self._tried, step)
            return
        self._near.setdefault(step.form, Counter())[step.near] += 1
        if step.state is State.IN:
            self._lapse, self._open = _further(self._lapse, self._open), None
            self._best, self._edge = _closer(self._best, step), _further(self._edge, step)
        elif step.state is State.OUT:
            self._open = _further(self._open, step)

    @property
    def found(self) -> dict[str, Step]:
        """The ``best`` and the ``worst`` step; where nothing was held, the nearest to it is the best."""
        kept = {BEST: self._best or self._tried, WORST: self._lapse or self._edge}
        return {name: step for name, step in kept.items() if step is not None}

    def near(self, form: Form) -> str:
        """The side that was nearer to the camera while a form was held, mostly."""
        seen = self._near.get(form)
        return seen.most_common(1)[0][0] if seen else form.side or "left"


def snapshot_document(step: Step) -> dict[str, Any]:
    """One snapshot of the JSON document: landmarks in pixels, null where they are not seen."""
    marks = step.landmarks
    assert marks is not None
    assert step.verdict is not None
    return {
        "time_s": round(step.time_s, 3),
        "pose": step.pose.id if step.pose else None,
        "side": step.side,
        "state": str(step.state),
        "reason": step.reason,
        "closeness": round(step.verdict.closeness, 3),
        "image_wh": list(marks.image_wh),
        "xy_px": [[round(x, 1), round(y, 1)] for x, y in marks.xy_px.tolist()],
    }


def _closeness(step: Step) -> float:
    return step.verdict.closeness if step.verdict else 0.0


def _closer(one: Step | None, other: Step) -> Step:
    return other if one is None or _closeness(other) > _closeness(one) else one


def _further(one: Step | None, other: Step | None) -> Step | None:
    if one is None or other is None:
        return one or other
    return other if _closeness(other) < _closeness(one) else one
