"""Feedback on a moment: what to correct, whether the movement is too fast, and what is heard during a hold."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backstretch.coaching.scene import Breath, Earcon, Event, Say, Sound, Status, breath_at
from backstretch.coaching.speaking import (
    CALLED,
    NOT_COUNTING,
    SLOWLY,
    TITLES,
    Prompter,
    SteadyStatus,
    other_side,
)
from backstretch.judging.hold_clock import State
from backstretch.judging.matching import Form
from backstretch.judging.reasons import BOUNCING, TOO_FAST
from backstretch.judging.step import Step
from backstretch.judging.wording import cue_of

UNSAFE = {TOO_FAST, BOUNCING}
"""What is shown and said without waiting whether it lasts."""
_STATUSES = {State.IN: Status.IN, State.OUT: Status.ADJUST, State.UNSEEN: Status.UNSEEN}
SHOWN_S = 2.5
"""How long the warning is shown; the movement itself is over by then."""
LED_IN_S = 1.0
"""A movement that ended so shortly before the position was right led into it."""
HEARD_AFTER_S = 0.6
"""A change must last this long to be heard; shorter lapses the clock knows about, but nobody else need."""
IDLE_S, HINT_S = 5.0, 15.0
"""After how long away from the position somebody is told what to do, and how long each hint stays."""
CALLS: tuple[tuple[float, float], ...] = ((10.0, 15.0), (5.0, 10.0))
"""Seconds left that are called out, and how long a hold must be asked to last for it."""
EARCONS = {State.IN: Earcon.IN, State.OUT: Earcon.OUT, State.UNSEEN: Earcon.UNSEEN}


@dataclass(frozen=True)
class Advice:
    """What to show and say of one moment.

    Attributes:
        status: What the moment is.
        title: One word for the status; empty where there is none.
        line: What to change; empty where nothing is.
        note: That time is not counting; empty while it is, or where nobody is stretching.
        speech: What to say now; mostly nothing.
        urgent: Whether that comes before all else.
    """

    status: Status
    title: str
    line: str
    note: str
    speech: str
    urgent: bool


class Adviser:
    """Makes advice of steps; ``prompter`` keeps what is shown steady and what is said rare."""

    def __init__(self, prompter: Prompter) -> None:
        self._prompter = prompter
        self._status = SteadyStatus()
        self._haste = Haste()
        self._is_hasty = False

    def watch(self, step: Step) -> None:
        """Follow the movement; every step is to be shown here, whatever else is made of it."""
        self._is_hasty = self._haste.push(step)

    def clear(self) -> None:
        """Begin anew with an empty screen."""
        self._prompter.clear()
        self._status = SteadyStatus()

    def push(self, step: Step, side: str | None, turn: str = "", hint: str = "") -> Advice:
        """The advice of a moment.

        Args:
            step: The moment.
            side: The side that is due.
            turn: How to turn, or come into view, to be seen; empty where the view is right. Outside of holds it
                comes before what the checks find.
            hint: What to do for somebody who is not near the position; may be empty.
        """
        is_other = step.valid_s > 0.0 and step.side != side
        is_meant = step.near_pose or step.state is State.UNSEEN or step.valid_s > 0.0
        is_astray = bool(turn) and step.valid_s == 0.0
        cue = other_side(side) if is_other else cue_of(step) if is_meant else hint
        cue = turn if is_astray else cue
        cue = SLOWLY if self._is_hasty else cue
        is_unsafe = step.reason in UNSAFE and is_meant and not (is_other or is_astray)
        is_urgent = self._is_hasty or is_unsafe
        speech = self._prompter.push(step.time_s, cue, at_once=is_urgent)
        now = _STATUSES[step.state] if is_meant else Status.CALM
        now = Status.ADJUST if is_other or (is_astray and step.landmarks is not None) else now
        status = Status.ADJUST if self._is_hasty else self._status.push(step.time_s, now)
        is_lacking = status in {Status.ADJUST, Status.UNSEEN}
        return Advice(
            status=status,
            title="Slowly" if self._is_hasty else TITLES.get(status, ""),
            line=self._prompter.shown or (cue if is_lacking else ""),
            note=NOT_COUNTING if is_lacking else "",
            speech=speech,
            urgent=is_urgent,
        )


class Troubles:
    """Keeps what was in the way of each stretch for longest, in the words in which it was shown."""

    def __init__(self) -> None:
        self._seconds: dict[Form, dict[str, float]] = defaultdict(lambda: defaultdict(float))

    def push(self, form: Form, line: str, passed_s: float) -> None:
        """Take what is in the way at a moment; an empty line is nothing."""
        if line:
            self._seconds[form][line] += passed_s

    @property
    def main(self) -> dict[Form, str]:
        """What was in the way for longest, for each stretch and side with anything."""
        return {form: max(lines, key=lines.__getitem__) for form, lines in self._seconds.items()}


class Hints:
    """What to do, for somebody who is not near the position: its steps again, one after the other."""

    def __init__(self) -> None:
        self._idle_s = 0.0

    def push(self, step: Step, steps: Sequence[str], passed_s: float) -> str:
        """Take the next moment, ``passed_s`` after the last one; return the hint, mostly empty."""
        is_idle = not (step.near_pose or step.valid_s > 0.0)
        self._idle_s = self._idle_s + passed_s if is_idle else 0.0
        if self._idle_s < IDLE_S or not steps:
            return ""
        return steps[int((self._idle_s - IDLE_S) / HINT_S) % len(steps)]


class Haste:
    """Follows the movement into a stretch. How fast is too fast, the hold clock's own watch says."""

    def __init__(self) -> None:
        self._fast_s = self._until_s = -math.inf

    def push(self, step: Step) -> bool:
        """Take the next moment; return whether there is, or was just now, haste."""
        if step.motion == TOO_FAST:
            self._fast_s = step.time_s
        is_entry = step.state is State.IN and step.time_s - self._fast_s <= LED_IN_S
        if is_entry or (step.motion == TOO_FAST and step.near_pose):
            self._until_s = step.time_s + SHOWN_S
        return step.time_s < self._until_s


class HoldTalk:
    """Follows one hold.

    Args:
        start_s: When it was first reported to the coach.
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
        self._last_signal = State.IN
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
                yield Say(CALLED[call_s], urgent=True)
                return

    def _signal(self, step: Step) -> Iterator[Event]:
        if step.state is not self._state:
            self._state, self._changed_s = step.state, step.time_s
        if self._last_signal is not self._state and step.time_s - self._changed_s >= HEARD_AFTER_S:
            self._last_signal = self._state
            yield Sound(EARCONS[self._state])

    def _breathe(self, time_s: float) -> Iterator[Event]:
        inhaling = self.breath(time_s).inhaling
        if inhaling is not self._inhaling:
            self._inhaling = inhaling
            yield Sound(Earcon.BREATHE_IN if inhaling else Earcon.BREATHE_OUT)
