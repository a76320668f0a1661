"""Obstacles: what was in the way most where a stretch was asked for and nothing of it counts."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from backstretch.judging.hold_clock import Kind, Span, State, merge_spans, total
from backstretch.judging.reasons import Reason
from backstretch.judging.step import Step
from backstretch.kinematics.landmarks import LONGEST_GAP_S

LEAST_S = 0.5
"""What lasts less in all is passed through, and no obstacle."""


@dataclass(frozen=True)
class Obstacle:
    """The reason that cost most.

    Attributes:
        reason: Why the time does not count.
        seconds: How long it was in the way.
        could_be_told: Whether the position was seen to be wrong; else it may have been held unseen.
    """

    reason: Reason
    seconds: float
    could_be_told: bool


class ObstacleWatch:
    """Follows what keeps the moments of a take from counting, and how many checks at once do."""

    def __init__(self) -> None:
        self._spans: dict[float, list[Span]] = defaultdict(list)
        self._last_s: float | None = None

    def push(self, step: Step) -> None:
        """Take the next step."""
        last_s, self._last_s = self._last_s, step.time_s
        if last_s is None or step.reason is None or step.state is State.IN:
            return
        count = math.inf  # nobody in view
        if step.verdict is not None:
            count = sum(reading.outside or reading.lacking for reading in step.verdict.required)
        kind = Kind.UNSEEN if step.state is State.UNSEEN else Kind.WRONG
        start_s = max(last_s, step.time_s - LONGEST_GAP_S)
        spans = self._spans[count]
        spans[-1:] = merge_spans([*spans[-1:], Span(start_s, step.time_s, kind, step.reason)])

    @property
    def nearest(self) -> list[Span]:
        """The time in which the fewest checks were in the way: when the person was nearest to the stretch."""
        by_count = (self._spans[count] for count in sorted(self._spans))
        return next((s for s in by_count if sum(span.seconds for span in s) >= LEAST_S), [])


def main_obstacle(spans: Iterable[Span]) -> Obstacle | None:
    """What was in the way for most of the time of some spans; None without time that does not count."""
    by_reason: dict[Reason, list[Span]] = defaultdict(list)
    for span in spans:
        if span.reason is not None:
            by_reason[span.reason].append(span)
    if not by_reason:
        return None
    reason, most = max(by_reason.items(), key=lambda each: sum(span.seconds for span in each[1]))
    wrong_s, unseen_s = total(most, Kind.WRONG), total(most, Kind.UNSEEN)
    return Obstacle(reason, wrong_s + unseen_s, could_be_told=wrong_s >= unseen_s)
