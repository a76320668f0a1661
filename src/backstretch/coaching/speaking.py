"""What the coach says, and when: steady on the screen, rare in the ear.

The verdict of a moment may change thirty times a second; a person on the floor must not hear that. The lines
are short, calm and plain, and never say "further" or "deeper".
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from backstretch.coaching.programme import Agenda, CameraPlace, Part, Programme
from backstretch.coaching.scene import Status
from backstretch.judging.matching import Form
from backstretch.judging.reasons import TOO_FAST
from backstretch.judging.wording import describe_cue
from backstretch.poses.pose import Pose

DISPLAY_DELAY_S = 0.6
"""A line must last this long before it replaces the one on the screen; shorter ones are flicker."""
SPEECH_DELAY_S = 1.2
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
TITLES = {Status.IN: "Hold", Status.ADJUST: "Adjust", Status.UNSEEN: "Not seen"}
STAY = "Good. Stay there for a moment."
LENIENT = "I will go on, though I may not see everything."
BY_ITSELF = "The clock starts by itself when the position is right."
BEGIN = "Move in slowly. The clock starts by itself."
BREATHE = "Breathe easily."
SLOWLY = describe_cue(TOO_FAST)
RELAX = "Relax. Come out slowly."
COME_OUT = "Come out slowly."
ENOUGH = "That is enough. Come out slowly."
GO_ON = "Let us leave it at that."
HURRIED = "Take your time. If it does not suit you now, I will go on in half a minute."
LEFT_OUT = "We leave this one out."
PAUSED = "Paused."
PAUSED_AWAY = "I wait for you."
AWAY = "I wait until you are back in the picture."
GOING_ON = "Let us go on."
STOPPED = "Stopped."
TAKEN_BACK = "No pain, then. Paused."
NOT_COUNTING = "The clock waits."
GO_ON_BY_KEY = "Click, or press the space bar, to go on."
ENDED = {"done": "That was all. Well done.", "pain": "", "quit": ""}
"""Said at the end, by why it came."""
CAMERA_LOST = "The camera does not answer. I go on when it is back."
CAMERA_MOVED = "The camera has moved. When you can, rest for a moment and keep still."
CAMERA_STILL = "The camera's picture stands still. I go on when it moves again."
PORTRAIT = "There is a picture of somebody in the room. I look at you from now on."
CLEAR_FLOOR = "Clear the floor around you, and wear clothes that do not hide your joints."
FACING = {
    "side": "Turn one side to the camera.",
    "front": "Face the camera.",
    "back": "Turn your back to the camera.",
    "front_45": "Face the camera, turned a little to one side.",
    "foot_side_45": "Turn a side to the camera, the feet a little nearer.",
    "foot": "Point your feet to the camera.",
    "head_side_45": "Turn a side to the camera, the head a little nearer.",
}
"""How to turn to the camera for each view of `view.VIEWS`."""
CALLED = {10.0: "Ten seconds.", 5.0: "Five."}


def speaking_s(words: str) -> float:
    """How long it takes to say something calmly, with the pause after it."""
    return len(re.findall(r"\S+", words)) / WORDS_A_SECOND + PAUSE_S


@dataclass
class Prompter:
    """Makes steady lines out of a flickering one.

    Attributes:
        shown: What stands on the screen.
        speech_ends_s: When the last spoken line ends.
    """

    shown: str = ""
    speech_ends_s: float = -math.inf
    _waiting: str = ""
    _since_s: float = -math.inf
    _speech_starts_s: float = -math.inf
    _history: dict[str, tuple[float, int]] = field(default_factory=dict)

    def push(self, time_s: float, line: str, *, at_once: bool = False) -> str:
        """Take the line of this moment; return what is to be spoken, mostly an empty string.

        Args:
            time_s: The moment.
            line: The line in words; empty when there is nothing to tell.
            at_once: Whether to show and say it without waiting whether it lasts.
        """
        if line != self._waiting:
            self._waiting, self._since_s = line, time_s
        lasted_s = math.inf if at_once else time_s - self._since_s
        if lasted_s >= DISPLAY_DELAY_S:
            self.shown = line
        free_s = (
            self._speech_starts_s + SAFETY_SILENCE_S if at_once else self.speech_ends_s + SILENCE_S
        )
        is_free = time_s >= free_s and lasted_s >= SPEECH_DELAY_S
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
        """Hold back corrections while something is spoken from ``start_s`` to ``end_s``."""
        self._speech_starts_s, self.speech_ends_s = start_s, end_s

    def clear(self) -> None:
        """Begin with an empty line; what was said is not forgotten."""
        self.shown, self._waiting, self._since_s = "", "", -math.inf


@dataclass
class SteadyStatus:
    """Keeps the status of a scene until another one has lasted; what comes first is taken at once."""

    shown: Status | None = None
    _waiting: Status | None = None
    _since_s: float = -math.inf

    def push(self, time_s: float, status: Status) -> Status:
        """Take the moment's status; return what is to be shown."""
        if status is not self._waiting:
            self._waiting, self._since_s = status, time_s
        if self.shown is None or time_s - self._since_s >= STATUS_AFTER_S:
            self.shown = status
        return self.shown


@dataclass(frozen=True)
class Entry:
    """A line of a script.

    Attributes:
        text: What is read out.
        step: Which step of a stretch is shown meanwhile, from 0; -1 for none.
        silent: Whether it is only shown, for as long as it would be read out.
    """

    text: str
    step: int = -1
    silent: bool = False


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


def placing(pose: Pose) -> tuple[str, ...]:
    """What is said before the placement check of a stretch, a sentence each."""
    return (f"{pose.name}.", *re.findall(r"\S.*?\.(?= [A-Z]|$)", f"Camera: {_lower(pose.camera)}"))


def placing_set(programme: Programme) -> tuple[str, ...]:
    """What is said before a set of several stretches: where the camera stands, and when it moves."""
    first = programme.places[0]
    if first is None:
        return placing(programme.parts[0].pose)
    moves = [
        part.pose.name
        for part, before, now in zip(
            programme.parts[1:], programme.places, programme.places[1:], strict=False
        )
        if now != before
    ]
    stay = "It stays there."
    if moves:
        stay = f"It moves once, before {moves[0]}." if len(moves) == 1 else "It moves on the way."
    return (place_words(first), stay, facing(programme.parts[0].pose))


def place_words(place: CameraPlace) -> str:
    """Where the camera stands."""
    return f"Camera: {_metres(place.height_m)} high, {_metres(place.distance_m)} away."


def facing(pose: Pose) -> str:
    """How the person turns to a camera that stays where it is."""
    views = [view for view in pose.views if view != "foot"]  # for which the camera looks down
    return FACING[views[0] if views else "foot"]


def _metres(span: tuple[float, float]) -> str:
    low, high = span
    return f"{low:g} m" if low == high else f"{low:g} to {high:g} m"


def explaining(part: Part, side: str | None) -> tuple[Entry, ...]:
    """A stretch in words, step by step; the last step stays on the screen."""
    steps = part.pose.steps
    entries = (Entry(text, step) for step, text in enumerate(steps))
    return (Entry(form_name(part, side)), *entries, Entry(BY_ITSELF, len(steps) - 1))


def form_name(part: Part, side: str | None) -> str:
    """The stretch and its side."""
    return f"{Form(part.pose, side).name}."


def hold_begins(*, first: bool) -> str:
    """Said when a hold begins."""
    return f"Hold. {BREATHE}" if first else "Hold."


def too_short(valid_s: float, asked_s: float, left: int) -> str:
    """Said when a hold ends early: what it was worth, and how many holds of the stretch are left with it."""
    holds = "One hold is" if left == 1 else f"{left} holds are"
    return f"That was {int(valid_s)} of {asked_s:.0f} seconds. {holds} left, when you are ready."


def last_try(valid_s: float, asked_s: float) -> str:
    """Shown after a hold that ended early."""
    return f"Last try: {int(valid_s)} of {asked_s:.0f} s"


def other_side(side: str | None) -> str:
    """Said to somebody who holds a side that is not due."""
    return f"Now the {side} side, please."


def again(agenda: Agenda) -> str:
    """Said before the next hold of the same stretch."""
    if agenda.switches:
        return f"Now the {agenda.side} side, when you are ready."
    return "Again, when you are ready."


def coming(agenda: Agenda) -> str:
    """What comes after the rest."""
    if agenda.hold > 1:
        return f"Then the {agenda.side} side." if agenda.switches else "Then once more."
    return f"Next: {form_name(agenda.part, agenda.side)}"


def resting(agenda: Agenda) -> str:
    """Said when a rest begins."""
    if agenda.switches:
        return f"Switch sides. {coming(agenda)}"
    return f"Rest. {coming(agenda)}"


def progress(agenda: Agenda) -> str:
    """How far the programme is; empty when it is over."""
    return "" if agenda.over else " · ".join(_progress(agenda))


def _progress(agenda: Agenda) -> Iterator[str]:
    count = agenda.programme.numbers[-1]
    if count > 1:
        yield f"Stretch {agenda.stretch} of {count}"
    if agenda.part.holds > 1:
        yield f"hold {agenda.hold} of {agenda.part.holds}"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
