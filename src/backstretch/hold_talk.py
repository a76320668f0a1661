"""What is heard during one hold: earcons when it is lost or found, the last seconds, the breath."""

import math
from collections.abc import Iterator

from backstretch import lines
from backstretch.breathing import Breath, breath_at
from backstretch.earcons import Earcon
from backstretch.hold import State
from backstretch.orders import Event, Say, Sound
from backstretch.step import Step

HEARD_AFTER_S = 0.6
"""A change must last this long to be heard; shorter lapses the clock knows about, but nobody else need."""
CALLS: tuple[tuple[float, float], ...] = ((10.0, 15.0), (5.0, 10.0))
"""Seconds left that are called out, and how long a hold must be asked to last for it."""
EARCONS = {State.IN: Earcon.IN, State.OUT: Earcon.OUT, State.UNSEEN: Earcon.UNSEEN}


class HoldTalk:
    """Follows one hold.

    Args:
        start_s: When it was first told.
        asked_s: Valid seconds that make it complete.
        breaths_a_minute: The pace of breathing.
        breath_sounds: Whether the pace is heard.

    Attributes:
        valid_s: Its valid seconds so far.
    """

    def __init__(
        self,
        start_s: float = 0.0,
        asked_s: float = 0.0,
        breaths_a_minute: float = 1.0,
        breath_sounds: bool = False,  # noqa: FBT001, FBT002 - as the coach was asked
    ) -> None:
        self.valid_s = 0.0
        self._start_s, self._asked_s = start_s, asked_s
        self._pace, self._breath_sounds = breaths_a_minute, breath_sounds
        self._called_s = math.inf
        self._state, self._changed_s = State.IN, start_s
        self._heard = State.IN
        self._inhaling = False

    @property
    def complete(self) -> bool:
        """Whether it has lasted as long as was asked."""
        return self.valid_s >= self._asked_s

    def breath(self, time_s: float) -> Breath:
        """The breath at a moment; the first begins with the hold."""
        return breath_at(time_s - self._start_s, self._pace)

    def push(self, step: Step) -> Iterator[Event]:
        """Take the next moment; give what is to be heard."""
        self.valid_s = step.valid_s
        yield from self._call()
        yield from self._signal(step)
        if step.state is State.IN and self._breath_sounds:
            yield from self._breathe(step.time_s)

    def _call(self) -> Iterator[Event]:
        left_s = self._asked_s - self.valid_s
        for call_s, least_s in reversed(CALLS):
            if left_s <= call_s < self._called_s and self._asked_s >= least_s:
                self._called_s = call_s
                yield Say(lines.CALLED[call_s], urgent=True)
                return

    def _signal(self, step: Step) -> Iterator[Event]:
        if step.state is not self._state:
            self._state, self._changed_s = step.state, step.time_s
        if self._heard is not self._state and step.time_s - self._changed_s >= HEARD_AFTER_S:
            self._heard = self._state
            yield Sound(EARCONS[self._state])

    def _breathe(self, time_s: float) -> Iterator[Event]:
        inhaling = self.breath(time_s).inhaling
        if inhaling is not self._inhaling:
            self._inhaling = inhaling
            yield Sound(Earcon.BREATHE_IN if inhaling else Earcon.BREATHE_OUT)
