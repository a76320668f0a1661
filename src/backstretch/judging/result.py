"""Results: what one recording showed, and the JSON document that others rely on."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from backstretch.errors import Notice
from backstretch.frame import Source
from backstretch.judging.hold_clock import Kind, Moment, Span, State, merge_spans, total
from backstretch.judging.matching import Form, Reading, forms_of
from backstretch.judging.obstacles import Obstacle
from backstretch.judging.recognition import Held, Likeness, PictureFit
from backstretch.judging.request import Assignment
from backstretch.judging.step import Snapshots, Step
from backstretch.judging.wording import describe_notice, describe_reason, space_label
from backstretch.kinematics.neutral import Neutral
from backstretch.poses.pose import Check, Pose, measure_words

SCHEMA = 1
SCORE_STEP = 5
"""Scores are in steps of 5: finer would be noise (research, section D)."""
WORTH_SAYING_S = 0.05
"""Shortest loss that is listed; less rounds to 0.0 s."""


@dataclass(frozen=True)
class Result:
    """What one recording showed.

    Attributes:
        source: Where it came from.
        assignment: What the person was to hold.
        holds: Holds of the sides asked for, by time.
        attempts: Time near the pose that never became a hold.
        notices: What makes the figures uncertain, and other remarks.
        neutral: The neutral that was used, None if there was none.
        seen: Share of the moments in which somebody was in view.
        unseen: Time outside holds and attempts that could not be told: without pictures, or in a picture that
            may be turned.
        looks_like: For a photograph, the poses it passes for, best first.
        fit: For a photograph, how it fulfils the checks of the one stretch that was asked for; None without
            one, or with nobody in view.
        angles: For a photograph, the main angles in degrees by column of steps.csv; NaN where not seen.
        snapshots: The moments that are worth a picture.
        obstacle: What was in the way most where one stretch was asked for and nothing was held; else None.
        lengths: Of each hold what was estimated in centimetres, by its name; empty without the person's height.
    """

    source: Source
    assignment: Assignment
    holds: tuple[Held, ...]
    attempts: tuple[Span, ...]
    notices: tuple[Notice, ...]
    neutral: Neutral | None
    seen: float
    unseen: tuple[Span, ...] = ()
    looks_like: tuple[Likeness, ...] | None = None
    fit: PictureFit | None = None
    angles: Mapping[str, float] = field(default_factory=dict)
    snapshots: Snapshots = field(default_factory=Snapshots)
    obstacle: Obstacle | None = None
    lengths: tuple[Mapping[str, Mapping[str, float | str]], ...] = ()

    @property
    def is_photograph(self) -> bool:
        """Whether the source is a single picture."""
        return self.source.frames == 1

    @property
    def could_be_told(self) -> bool:
        """Whether it was seen if anything was held."""
        return self.obstacle is None or self.obstacle.could_be_told

    @property
    def warnings(self) -> tuple[str, ...]:
        """The notices in plain words."""
        return tuple(map(describe_notice, self.notices))

    def seconds(self, kind: Kind) -> float:
        """Seconds of one kind; wrong and unseen ones include attempts, and unseen ones `unseen`."""
        if kind is Kind.VALID:
            return sum(each.hold.valid_s for each in self.holds)
        lapses_s = sum(total(each.hold.spans, kind) for each in self.holds)
        return lapses_s + total((*self.attempts, *self.unseen), kind)

    def complete(self, held: Held) -> bool:
        """Whether a hold makes one repetition."""
        return self.assignment.completes(held)

    def as_dict(self) -> dict[str, Any]:
        """The JSON document that others rely on (schema 1)."""
        pose = self.assignment.pose
        by_side = dict.fromkeys(("left", "right", "both"), 0.0)
        for held in self.holds:
            by_side[held.form.side or "both"] += held.hold.valid_s
        likeness = self.looks_like
        source = dict(vars(self.source))
        recorded_at = source.pop("recorded_at")
        return {
            "schema": SCHEMA,
            "source": source,
            **({"recorded_at": recorded_at} if recorded_at else {}),
            **({"person": self.assignment.person} if self.assignment.person else {}),
            **({"height_cm": self.assignment.height_cm} if self.assignment.height_cm else {}),
            "pose": pose.id if pose else None,
            "title": pose.name if pose else self.assignment.title,
            "holds": [self._hold(index) for index in range(len(self.holds))],
            "attempts": [_span(span) for span in self.attempts],
            "unseen": [_span(span) for span in self.unseen],
            "stretches": [_stretch(each, self) for each in tallies(self)],
            "snapshots": {name: _snapshot(step) for name, step in self.snapshots.steps.items()},
            "totals": {
                **{f"{kind}_s": round(self.seconds(kind), 2) for kind in Kind},
                "by_side": {side: round(seconds, 2) for side, seconds in by_side.items()},
            },
            "seen": round(self.seen, 3),
            "view": self._view(),
            "neutral": self._neutral(),
            "calibrated": self.calibrated,
            "warnings": list(self.warnings),
            **({} if likeness is None else {"looks_like": [_likeness(each) for each in likeness]}),
            **({"angles": _angles(self.angles)} if self.angles else {}),
            **({} if self.fit is None else {"photograph": _fit(self.fit)}),
            **({} if self.obstacle is None else {"obstacle": _obstacle(self.obstacle)}),
        }

    def _hold(self, index: int) -> dict[str, Any]:
        document = hold_document(self.holds[index], self.assignment)
        lengths = self.lengths[index] if index < len(self.lengths) else {}
        return {**document, **({"lengths": dict(lengths)} if lengths else {})}

    @property
    def calibrated(self) -> dict[str, str]:
        """The day of calibration, by id, of the poses asked for or held that were calibrated."""
        poses = [each.form.pose for each in self.holds]
        poses += [self.assignment.pose] if self.assignment.pose else []
        return {pose.id: pose.calibration.date for pose in poses if pose.calibration}

    def _neutral(self) -> dict[str, Any] | None:
        """What relative measures were counted from; ``own`` is the day of the person's own neutral."""
        if self.neutral is None:
            return None
        span = {"start_s": self.neutral.start_s, "end_s": self.neutral.end_s}
        return {name: round(value, 2) for name, value in span.items()} | {
            "own": self.neutral.own_neutral_date or None
        }

    def _view(self) -> dict[str, Any] | None:
        if self.neutral is None:
            return None
        view, roll_deg = self.neutral.view, self.neutral.roll_deg
        return {
            "azimuth_deg": round(view.azimuth_deg),
            "elevation_deg": round(view.elevation_deg),
            "roll_deg": None if math.isnan(roll_deg) else round(roll_deg, 1),
            "words": view.words,
        }


@dataclass(frozen=True)
class Tally:
    """The holds of one stretch and side, compared with what was asked for.

    Attributes:
        form: The stretch and side.
        held_s: Valid seconds.
        done, asked: Complete holds, and how many were asked for.
        asked_s: Seconds that make a hold complete.
    """

    form: Form
    held_s: float
    done: int
    asked: int
    asked_s: float


def tallies(result: Result) -> list[Tally]:
    """A tally for every stretch and side of the plan, or for all that were recognised, in order."""
    assignment = result.assignment
    if assignment.has_plan:
        forms = [form for pose in assignment.poses for form in forms_of(pose)]
        forms = [form for form in forms if assignment.counts(form.side)]
    else:
        forms = list(dict.fromkeys(each.form for each in result.holds))
    return [_tally(form, result) for form in forms]


def _tally(form: Form, result: Result) -> Tally:
    holds = [each for each in result.holds if each.form == form]
    return Tally(
        form=form,
        held_s=sum(each.hold.valid_s for each in holds),
        done=sum(map(result.complete, holds)),
        asked=result.assignment.repetitions(form.pose),
        asked_s=result.assignment.asked_s(form.pose),
    )


def hold_document(held: Held, assignment: Assignment) -> dict[str, Any]:
    """One hold of the JSON document."""
    form, hold = held.form, held.hold
    return {
        "pose": form.pose.id,
        "side": form.side,
        "start_s": round(hold.start_s, 2),
        "end_s": round(hold.end_s, 2),
        "valid_s": round(hold.valid_s, 2),
        "wrong_s": round(hold.wrong_s, 2),
        "unseen_s": round(hold.unseen_s, 2),
        "held_s": round(hold.held_s, 2),
        "complete": assignment.completes(held),
        "score": score(hold.score),
        "measures": measures_of(form.pose, hold.moments),
        "reasons": [f"{seconds:.1f} s {reason}" for reason, seconds in losses(hold.spans)],
        "spans": [_span(span) for span in merge_by_wording(hold.spans)],
    }


def _span(span: Span) -> dict[str, Any]:
    """A span of time of the JSON document."""
    return {
        "start_s": round(span.start_s, 2),
        "end_s": round(span.end_s, 2),
        "kind": str(span.kind),
        "reason": describe_reason(span.reason),
        "reason_code": span.reason.code if span.reason else "",
    }


def _stretch(tally: Tally, result: Result) -> dict[str, Any]:
    """A stretch and side of the JSON document: what was asked of it, and what it was judged by."""
    form = tally.form
    targets = form.targets[result.snapshots.near(form)]
    return {
        "pose": form.pose.id,
        "name": form.pose.name,
        "side": form.side,
        "held_s": round(tally.held_s, 2),
        "done": tally.done,
        "asked": tally.asked,
        "asked_s": tally.asked_s,
        "checks": [
            _check(form, check, [each.column.key for each in targets if each.check is check])
            for check in form.pose.checks
        ],
    }


def _check(form: Form, check: Check, columns: list[str]) -> dict[str, Any]:
    """A check of the JSON document; ``columns`` are those of steps.csv that it was read from."""
    own = check.on(form.side)
    return {
        "label": form.pose.label(check),
        "words": measure_words(check),
        "columns": columns,
        "unit": check.measure.unit,
        "good": list(own.good),
        "accept": list(own.accept),
        "required": check.required,
        "more": check.more,
    }


def score(percent: float) -> int:
    """A score in steps of `SCORE_STEP`."""
    return SCORE_STEP * round(percent / SCORE_STEP)


def _obstacle(obstacle: Obstacle) -> dict[str, Any]:
    return {
        "reason": describe_reason(obstacle.reason),
        "reason_code": obstacle.reason.code,
        "seconds": round(obstacle.seconds, 2),
        "could_be_told": obstacle.could_be_told,
    }


def _likeness(likeness: Likeness) -> dict[str, Any]:
    percent = score(100.0 * likeness.closeness)
    named = {"name": likeness.name} if likeness.name else {}
    return {"pose": likeness.pose, **named, "side": likeness.side, "score": percent}


def _angles(angles: Mapping[str, float]) -> dict[str, float | None]:
    """Angles for the JSON document; null where one was not seen."""
    return {name: None if math.isnan(deg) else round(deg, 1) for name, deg in angles.items()}


FITS = {State.IN: True, State.OUT: False, State.UNSEEN: None}
"""Whether a photograph shows a stretch: None where that could not be told."""


def _fit(fit: PictureFit) -> dict[str, Any]:
    """How a photograph fulfils the checks of a stretch, for the JSON document."""
    pose, verdict = fit.form.pose, fit.verdict
    return {
        "pose": pose.id,
        "name": pose.name,
        "side": fit.form.side,
        "fits": FITS[verdict.state],
        "score": score(100.0 * verdict.closeness),
        "checks": [_reading(each) for each in verdict.readings],
    }


def _reading(reading: Reading) -> dict[str, Any]:
    """One check of a photograph: what was measured, what counts, and how far off it is."""
    check, column = reading.target.for_side, reading.target.column
    digits = 1 if column.measure.unit == "deg" else 2
    return {
        "words": space_label(reading),
        "measure": column.measure.name,
        "column": column.key,
        "unit": column.measure.unit,
        "value": None if reading.unseen else round(reading.value, digits),
        "accept": list(check.accept),
        "required": check.required,
        "off": _rounded_off(reading.off, digits),
    }


def _rounded_off(off: float, digits: int) -> float:
    """How far a check is off, rounded, but never to 0 unless it is not off."""
    return math.copysign(max(round(abs(off), digits), 10.0**-digits), off) if off else 0.0


def merge_by_wording(spans: Iterable[Span]) -> list[Span]:
    """Join neighbouring spans whose reasons read the same: two measures may share a label."""
    return merge_spans(spans, lambda span: describe_reason(span.reason))


def losses(spans: Iterable[Span]) -> list[tuple[str, float]]:
    """Reasons why seconds were lost, in words, with the seconds; most first."""
    lost_s: dict[str, float] = {}
    for span in spans:
        if span.kind is not Kind.VALID:
            reason = describe_reason(span.reason)
            lost_s[reason] = lost_s.get(reason, 0.0) + span.seconds
    most_first = sorted(lost_s.items(), key=lambda each: -each[1])
    return [(reason, seconds) for reason, seconds in most_first if seconds >= WORTH_SAYING_S]


def _snapshot(step: Step) -> dict[str, Any]:
    """One snapshot of the JSON document: landmarks in pixels, null where they are not seen."""
    marks = step.landmarks
    assert marks is not None
    assert step.verdict is not None
    return {
        "time_s": round(step.time_s, 3),
        "pose": step.pose.id if step.pose else None,
        "side": step.side,
        "state": str(step.state),
        "reason": describe_reason(step.reason),
        "closeness": round(step.verdict.closeness, 3),
        "image_wh": list(marks.image_wh),
        "xy_px": [[round(x, 1), round(y, 1)] for x, y in marks.xy_px.tolist()],
    }


def measures_of(pose: Pose, moments: tuple[Moment, ...]) -> dict[str, dict[str, Any]]:
    """Median and best value of each of the pose's measures over a hold."""
    measures = {}
    for index, check in enumerate(pose.checks):
        readings = [moment.readings[index] for moment in moments]
        values = [value for value in readings if not math.isnan(value)]
        if values:
            measures[pose.label(check)] = _figures(check, values)
    return measures


def _figures(check: Check, values: list[float]) -> dict[str, Any]:
    digits = 1 if check.measure.unit == "deg" else 2
    figures: dict[str, Any] = {"median": round(median(values), digits)}
    if check.more:
        best = max(values) if check.more == "larger" else min(values)
        figures["best"] = round(best, digits)
    return {**figures, "unit": check.measure.unit}
