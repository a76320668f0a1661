"""When to show and when to say something: steady on the screen, rare in the ear.

The verdict of a moment may change thirty times a second; a person on the floor must not hear that.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from backstretch.scene import Status

SHOWN_AFTER_S = 0.6
"""A line must last this long before it replaces the one on the screen; shorter ones are flicker."""
SAID_AFTER_S = 1.2
"""And this long before it is spoken: by then the person has not put it right by themselves."""
SILENCE_S = 2.5
"""Nothing is corrected sooner than this after something was said to its end."""
SAFETY_SILENCE_S = 1.5
"""What concerns safety interrupts, but not sooner than this after something began to be said."""
STATUS_AFTER_S = 0.35
"""A moment's state must last this long to change what is seen from afar."""
AGAIN_S = (10.0, 20.0)
"""The same line is said again after these times, and then no more for a good while."""
FORGOTTEN_AFTER_S = 45.0
"""Not said for this long, a line counts as new."""

WORDS_A_SECOND = 2.4
"""A calm voice, about 150 words a minute."""
PAUSE_S = 0.8
"""Between two sentences."""


def speaking_s(words: str) -> float:
    """How long it takes to say something calmly, with the pause after it."""
    return len(words.split()) / WORDS_A_SECOND + PAUSE_S


@dataclass
class Prompter:
    """Makes steady lines out of a flickering one.

    Attributes:
        shown: What stands on the screen.
        said_until_s: When what was said last will have been said to its end.
    """

    shown: str = ""
    said_until_s: float = -math.inf
    _wanted: str = ""
    _since_s: float = -math.inf
    _said_s: float = -math.inf
    _history: dict[str, tuple[float, int]] = field(default_factory=dict)

    def push(self, time_s: float, line: str, *, at_once: bool = False) -> str:
        """Take what should be told now; return what is to be spoken, mostly nothing.

        Args:
            time_s: The moment.
            line: The line in words; empty when there is nothing to tell.
            at_once: Whether to show and say it without waiting whether it lasts.
        """
        if line != self._wanted:
            self._wanted, self._since_s = line, time_s
        lasted_s = math.inf if at_once else time_s - self._since_s
        if lasted_s >= SHOWN_AFTER_S:
            self.shown = line
        free_s = self._said_s + SAFETY_SILENCE_S if at_once else self.said_until_s + SILENCE_S
        is_free = time_s >= free_s and lasted_s >= SAID_AFTER_S
        if not (line and is_free and self._is_news(time_s, line)):
            return ""
        last_s, count = self._history.get(line, (-math.inf, 0))
        is_old = time_s - last_s <= FORGOTTEN_AFTER_S
        self._history[line] = time_s, count + 1 if is_old else 1
        self.quiet(time_s, time_s + speaking_s(line))
        return line

    def _is_news(self, time_s: float, line: str) -> bool:
        """Whether a line was not said lately, nor too often."""
        last_s, count = self._history.get(line, (-math.inf, 0))
        if time_s - last_s > FORGOTTEN_AFTER_S:
            return True
        return count <= len(AGAIN_S) and time_s - last_s >= AGAIN_S[count - 1]

    def quiet(self, start_s: float, end_s: float) -> None:
        """Something is said from then to then: corrections wait."""
        self._said_s, self.said_until_s = start_s, end_s

    def clear(self) -> None:
        """Begin with an empty line; what was said is not forgotten."""
        self.shown, self._wanted, self._since_s = "", "", -math.inf


@dataclass
class SteadyStatus:
    """Keeps the status of a scene until another one has lasted; what comes first is taken at once."""

    shown: Status | None = None
    _wanted: Status | None = None
    _since_s: float = -math.inf

    def push(self, time_s: float, status: Status) -> Status:
        """Take the moment's status; return what is to be shown."""
        if status is not self._wanted:
            self._wanted, self._since_s = status, time_s
        if self.shown is None or time_s - self._since_s >= STATUS_AFTER_S:
            self.shown = status
        return self.shown


@dataclass(frozen=True)
class Entry:
    """A line of a script.

    Attributes:
        text: What is read out.
        step: Which step of a stretch is shown meanwhile, from 0; -1 for none.
    """

    text: str
    step: int = -1


def entries_of(texts: Iterable[str]) -> tuple[Entry, ...]:
    """Lines during which no step is shown."""
    return tuple(Entry(text) for text in texts)


@dataclass
class Script:
    """Lines that are read out one after the other, each when the one before has been said.

    Attributes:
        entries: What is read out.
        starts_s: When the next may begin.
        at: How many have been begun.
    """

    entries: tuple[Entry, ...]
    starts_s: float = -math.inf
    at: int = 0

    def due(self, time_s: float) -> Iterator[Entry]:
        """The line whose time has come, if any."""
        if self.at < len(self.entries) and time_s >= self.starts_s:
            entry = self.entries[self.at]
            self.starts_s = time_s + speaking_s(entry.text)
            self.at += 1
            yield entry

    @property
    def step(self) -> int:
        """The step that goes with the line that was begun last; -1 for none."""
        return self.entries[self.at - 1].step if self.at else -1

    def reading(self, time_s: float) -> str:
        """The line that is being read out; empty when none is."""
        return self.entries[self.at - 1].text if self.at and time_s < self.starts_s else ""

    def over(self, time_s: float) -> bool:
        """Whether all has been said."""
        return self.at >= len(self.entries) and time_s >= self.starts_s
