"""The hold clock: how long a position was really held, by the frames' own time.

Between two moments the time is valid, wrong or unseen; where the position is entered or left in between,
the time is split where the limiting check crosses its limit. A hold opens when the position has been right
for the settle time, survives short lapses without counting them, and ends where it was last left.
"""

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

from backstretch.judging.reasons import BOUNCING, GAP, TOO_BRIEF, Reason
from backstretch.kinematics.landmarks import LONGEST_GAP_S
from backstretch.poses.pose import GRACE_UNSEEN_S, GRACE_WRONG_S

INSTANT_S = 1e-6
"""Times nearer than this are the same time: rounding."""
SETTLE_S = 0.5
"""How long the position must be right before a hold opens (field notes, section 4: 0.3-0.5 s)."""
ENTRY_S = 1.0
"""A movement into or out of the position may take this long before it is called an attempt."""
EARLY_BOUNCE_S = 2.0
"""Bouncing that begins this soon takes all time of the hold with it: the entry alone takes 2 to 5 s (research,
section B), so the first reversal was the end of the entry."""


class State(StrEnum):
    """Whether a moment is in the position, out of it, or unseen."""

    IN = "in"
    OUT = "out"
    UNSEEN = "unseen"


class Kind(StrEnum):
    """How a span of time counts."""

    VALID = "valid"
    WRONG = "wrong"
    UNSEEN = "unseen"


@dataclass(frozen=True)
class Span:
    """Time of one kind, with the reason where it is not valid."""

    start_s: float
    end_s: float
    kind: Kind
    reason: Reason | None = None

    @property
    def seconds(self) -> float:
        """Its length in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Limit:
    """One required reading as the clock sees it.

    Attributes:
        slack: How far inside the limit for entering; negative outside, NaN unseen.
        hysteresis: How much further out the limit for leaving is.
    """

    slack: float
    hysteresis: float


@dataclass(frozen=True)
class Moment:
    """One moment as the clock takes it.

    Attributes:
        time_s: The frame's own time.
        state: IN, OUT or UNSEEN.
        limits: The required readings, always in the same order.
        reason: Why it is not IN; None when it is.
        near_pose: Whether it is close enough to the pose to be an attempt at it.
        withheld: Time up to this moment that does not count after all: the person moved, or the picture stood
            still.
        closeness: 0..1 to the good ranges, for the score.
        readings: Value of each of the pose's measures, NaN where unseen, for the hold's figures.
    """

    time_s: float
    state: State
    limits: tuple[Limit, ...] = ()
    reason: Reason | None = None
    near_pose: bool = False
    withheld: tuple[Span, ...] = ()
    closeness: float = 1.0
    readings: tuple[float, ...] = ()


@dataclass(frozen=True)
class Hold:
    """One hold: from the first crossing in to the last crossing out.

    Attributes:
        start_s, end_s: In the source's time.
        spans: Its valid time and lapses, in order.
        longest_s: Most seconds that the pose lets a single hold count.
        score: Time-weighted mean closeness of the checks to their good ranges, 0..100.
        moments: The moments inside the valid spans, for the figures.
    """

    start_s: float
    end_s: float
    spans: tuple[Span, ...] = field(repr=False)
    longest_s: float
    score: float
    moments: tuple[Moment, ...] = field(repr=False, default=())

    def after(self, time_s: float) -> "Hold | None":
        """The part of it after a time; None where nothing valid is left. The score is that of the whole."""
        spans = [span for span in self.spans if span.end_s > time_s]
        if not any(span.kind is Kind.VALID for span in spans):
            return None
        start_s = max(self.start_s, time_s)
        spans[0] = replace(spans[0], start_s=max(spans[0].start_s, time_s))
        moments = tuple(moment for moment in self.moments if moment.time_s >= time_s)
        return replace(self, start_s=start_s, spans=tuple(spans), moments=moments)

    @property
    def held_s(self) -> float:
        """Valid seconds before the cap."""
        return total(self.spans, Kind.VALID)

    @property
    def valid_s(self) -> float:
        """Valid seconds that count, at most what the pose allows."""
        return min(self.held_s, self.longest_s)

    @property
    def wrong_s(self) -> float:
        """Seconds of its lapses in which the position was seen to be wrong."""
        return total(self.spans, Kind.WRONG)

    @property
    def unseen_s(self) -> float:
        """Seconds of its lapses in which the camera could not see enough."""
        return total(self.spans, Kind.UNSEEN)


def total(spans: Iterable[Span], kind: Kind) -> float:
    """Seconds of the spans of one kind."""
    return sum(span.seconds for span in spans if span.kind is kind)


def split(before: Moment, after: Moment) -> list[Span]:
    """Divide the time between two moments into spans by how it counts."""
    start_s, end_s = before.time_s, after.time_s
    if end_s - start_s > LONGEST_GAP_S + INSTANT_S:
        return [Span(start_s, end_s, Kind.UNSEEN, GAP)]
    if State.UNSEEN in {before.state, after.state}:
        return [Span(start_s, end_s, Kind.UNSEEN, before.reason or after.reason)]
    if before.state is after.state:
        kind = Kind.VALID if after.state is State.IN else Kind.WRONG
        return [Span(start_s, end_s, kind, after.reason)]
    crossing_s = start_s + (end_s - start_s) * _crossing(before, after)
    if after.state is State.IN:
        spans = [
            Span(start_s, crossing_s, Kind.WRONG, before.reason),
            Span(crossing_s, end_s, Kind.VALID),
        ]
    else:
        spans = [
            Span(start_s, crossing_s, Kind.VALID),
            Span(crossing_s, end_s, Kind.WRONG, after.reason),
        ]
    return [span for span in spans if span.seconds > 0.0]


def _crossing(before: Moment, after: Moment) -> float:
    """Where between the moments the position was entered (last limit) or left (first limit), 0..1."""
    entering = after.state is State.IN
    shares = []
    for start, end in zip(before.limits, after.limits, strict=False):
        margin = 0.0 if entering else start.hysteresis
        first, last = start.slack + margin, end.slack + margin
        if (first < 0.0 <= last) if entering else (last < 0.0 <= first):
            shares.append(first / (first - last))
    if not shares:
        return 0.5
    return max(shares) if entering else min(shares)


class HoldClock:
    """Counts the holds of one form of a pose from its moments.

    Args:
        longest_s: Most seconds that a single hold counts.
        grace_wrong_s, grace_unseen_s: How long a lapse may last before the hold is over.
        keeps_attempts: Whether attempts are recorded.

    Attributes:
        holds: The closed holds.
        attempts: Time near the pose that never became a hold.
    """

    def __init__(
        self,
        longest_s: float,
        grace_wrong_s: float = GRACE_WRONG_S,
        grace_unseen_s: float = GRACE_UNSEEN_S,
        *,
        keeps_attempts: bool = True,
    ) -> None:
        self.longest_s = longest_s
        self._keeps_attempts = keeps_attempts
        self._grace_wrong_s = grace_wrong_s
        self._grace_unseen_s = grace_unseen_s
        self.holds: list[Hold] = []
        self.attempts: list[Span] = []
        self._before: Moment | None = None
        self._open: list[Span] = []
        self._settled = False
        self._moments: list[Moment] = []
        self._near: list[Span] = []
        self._near_follows_hold = False
        self._near_until_s = -math.inf

    @property
    def done_s(self) -> float:
        """Valid seconds of the closed holds."""
        return sum(hold.valid_s for hold in self.holds)

    @property
    def is_holding(self) -> bool:
        """Whether a hold is going on."""
        return self._settled

    @property
    def idle(self) -> bool:
        """Whether nothing is going on that may become a hold or an attempt."""
        return not self._open and not self._near

    @property
    def going_on(self) -> tuple[Span, ...]:
        """The spans of the hold that is going on, lapses included; empty when there is none."""
        return tuple(self._open) if self._settled else ()

    @property
    def valid_s(self) -> float:
        """Valid seconds of the hold that is going on; 0 when there is none."""
        return min(total(self._open, Kind.VALID), self.longest_s) if self._settled else 0.0

    def push(self, moment: Moment) -> None:
        """Take the next moment."""
        before, self._before = self._before, moment
        if moment.state is State.IN:
            # A hold's figures need no limits; with them ten minutes would take 20 MB.
            self._moments.append(replace(moment, limits=(), withheld=()))
        for span in split(before, moment) if before else []:
            is_near = moment.near_pose or (before is not None and before.near_pose)
            self._near_until_s = span.end_s if is_near else self._near_until_s
            if span.kind is Kind.VALID or self._open:
                self._open = merge_spans([*self._open, span])
            elif is_near:
                self._near.append(span)
            else:
                self._end_attempt(before_hold=False)
        for withheld in moment.withheld:
            self._withhold(withheld)
        self._review()

    def finish(self) -> None:
        """Close what is open; the source has ended."""
        self._close()
        self._end_attempt(before_hold=False)

    def _withhold(self, withheld: Span) -> None:
        """Turn valid time into time of another kind, from the start of the hold if bouncing begins early."""
        if not self._open:
            return
        is_early = withheld.start_s - self._open[0].start_s <= EARLY_BOUNCE_S
        if withheld.reason == BOUNCING and is_early:
            withheld = replace(withheld, start_s=self._open[0].start_s)
        self._open = merge_spans([part for span in self._open for part in _without(span, withheld)])

    def _review(self) -> None:
        """Open the hold once it has settled, close it when a lapse outlasts the grace."""
        first = next((n for n, s in enumerate(self._open) if s.kind is Kind.VALID), len(self._open))
        self._near += self._open[:first]
        self._open = self._open[first:]
        lapse = _lapse(self._open)
        if not self._open:
            self._settled = False
        elif self._settled:
            too_wrong = total(lapse, Kind.WRONG) > self._grace_wrong_s
            if too_wrong or total(lapse, Kind.UNSEEN) > self._grace_unseen_s:
                self._close()
        elif lapse:
            self._drop()
        elif total(self._open, Kind.VALID) >= SETTLE_S - INSTANT_S:
            self._settled = True
            self._end_attempt(before_hold=True)

    def _drop(self) -> None:
        """Turn the open spans into an attempt: the position was not right for long enough."""
        for span in self._open:
            is_valid = span.kind is Kind.VALID
            self._near.append(
                replace(span, kind=Kind.WRONG, reason=TOO_BRIEF) if is_valid else span
            )
        self._open, self._moments = [], []

    def _close(self) -> None:
        """End the open hold at its last crossing out; the lapse after it belongs to no hold."""
        lapse = _lapse(self._open)
        spans = self._open[: len(self._open) - len(lapse)]
        if self._settled and spans:
            start_s, end_s = spans[0].start_s, spans[-1].end_s
            inside = tuple(m for m in self._moments if _is_valid_at(m.time_s, spans))
            longest_s, score = self.longest_s, score_of(inside)
            self.holds.append(Hold(start_s, end_s, tuple(spans), longest_s, score, inside))
            until_s = self._near_until_s
            near = [replace(s, end_s=min(s.end_s, until_s)) for s in lapse if s.start_s < until_s]
            self._near, self._near_follows_hold = near, True
        elif self._open:
            self._drop()
        self._open, self._moments, self._settled = [], [], False

    def _end_attempt(self, *, before_hold: bool) -> None:
        """Record the time near the pose that was not just a movement into or out of a hold."""
        near, self._near = self._near, []
        follows, self._near_follows_hold = self._near_follows_hold, before_hold
        if not near or not self._keeps_attempts:
            return
        start_s = near[0].start_s + (ENTRY_S if follows else 0.0)
        end_s = near[-1].end_s - (ENTRY_S if before_hold else 0.0)
        for span in near:
            cut = replace(span, start_s=max(span.start_s, start_s), end_s=min(span.end_s, end_s))
            if cut.seconds > INSTANT_S:
                self.attempts = merge_spans([*self.attempts, cut])


def _lapse(spans: list[Span]) -> list[Span]:
    """The spans after the last valid one."""
    last = max((n for n, span in enumerate(spans) if span.kind is Kind.VALID), default=-1)
    return spans[last + 1 :]


def merge_spans(
    spans: Iterable[Span], key: Callable[[Span], Hashable] = lambda span: span.reason
) -> list[Span]:
    """Join neighbouring spans of one kind and equal ``key``, which is the reason unless given."""
    merged: list[Span] = []
    for span in spans:
        joins = bool(merged) and abs(merged[-1].end_s - span.start_s) < INSTANT_S
        if joins and (merged[-1].kind, key(merged[-1])) == (span.kind, key(span)):
            merged[-1] = replace(merged[-1], end_s=span.end_s)
        else:
            merged.append(span)
    return merged


def _without(span: Span, withheld: Span) -> list[Span]:
    """The span with its valid time inside ``withheld`` made of that kind."""
    start_s, end_s = max(span.start_s, withheld.start_s), min(span.end_s, withheld.end_s)
    if span.kind is not Kind.VALID or start_s >= end_s:
        return [span]
    parts = [
        replace(span, end_s=start_s),
        replace(withheld, start_s=start_s, end_s=end_s),
        replace(span, start_s=end_s),
    ]
    return [part for part in parts if part.seconds > 0.0]


def score_of(moments: Sequence[Moment]) -> float:
    """Mean closeness, 0..100, each moment weighted by the time it stands for; 0 without moments."""
    if len(moments) <= 1:
        return 100.0 * moments[0].closeness if moments else 0.0
    gaps = [min(b.time_s - a.time_s, LONGEST_GAP_S) for a, b in pairwise(moments)]
    weights = [(a + b) / 2 for a, b in pairwise([0.0, *gaps, 0.0])]
    total_closeness = sum(w * moment.closeness for w, moment in zip(weights, moments, strict=True))
    return 100.0 * total_closeness / sum(weights)


def _is_valid_at(time_s: float, spans: list[Span]) -> bool:
    return any(s.kind is Kind.VALID and s.start_s <= time_s <= s.end_s for s in spans)
