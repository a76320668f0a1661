"""Leading by scripts: what coach and guide share, from the first word to the last.

Whoever leads reads out lines one after the other, sees to it that the camera sees what it needs, pauses, stops
when something hurts, and ends once. What happens in between is the subclass's.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from backstretch.coaching.placement import Placed, SettingUp, Surroundings
from backstretch.coaching.scene import (
    PAIN_TAKEN_BACK,
    Command,
    Decision,
    Earcon,
    Event,
    Note,
    Phase,
    Say,
    Scene,
    Sound,
    Status,
)
from backstretch.coaching.speaking import (
    ENDED,
    STOPPED,
    TAKEN_BACK,
    Entry,
    Prompter,
    Script,
    entries_of,
    speaking_s,
)
from backstretch.judging.matching import Form
from backstretch.judging.step import Step
from backstretch.poses.pose import Pose

OVER = {Phase.PAIN, Phase.DONE}
UNDO_S = 5.0
"""How long pain that was reported by mistake can be taken back."""


class ScriptedLeader(ABC):
    """Leads one person through a session, as a state machine over steps.

    It knows neither camera, window, sound nor clock: time is that of the steps.

    Args:
        script: What is read out first.
        pain_advice: Sentences said when something hurts.

    Attributes:
        phase: Where in the session the person is.
        scene: What is to be shown.
        end_reason: Why the session is over, such as ``done``, ``pain`` or ``quit``; empty while it goes on.
    """

    last_words: ClassVar[Mapping[str, str]] = ENDED
    """Said at the end, by why it came."""
    last_words_are_urgent: ClassVar[bool] = False
    pain_shown_s: ClassVar[float] = 0.0
    """How long the advice on pain stays at least before the session ends by itself."""

    scene: Scene

    def __init__(self, script: Sequence[str], pain_advice: Sequence[str]) -> None:
        self.phase = Phase.PLACING
        self.end_reason = ""
        self._pain_advice = tuple(pain_advice)
        self._prompter = Prompter()
        self._script = Script(entries_of(script))
        self._setting_up = SettingUp(self._prompter)
        self._has_begun = False
        self._time_s = self._since_s = 0.0
        self._events: list[Event] = []
        self._judge: tuple[Pose, ...] | None = None

    def take(self, step: Step, surroundings: Surroundings) -> Decision:
        """Take the next moment."""
        passed_s = step.time_s - self._time_s if self._has_begun else 0.0
        self._has_begun, self._time_s = True, step.time_s
        if self.phase in OVER:
            self._linger()
        else:
            self._go_on(step, surroundings, passed_s)
        return self._decision()

    def command(self, command: Command) -> Decision:
        """Take a key."""
        if self.phase in OVER:
            self._command_at_end(command)
        elif command is Command.PAIN:
            self._stop_for_pain()
        elif command is Command.QUIT:
            self._end("quit")
        elif command is not Command.PAUSE:
            self._skip(command)
        elif self._is_paused:
            self._resume()
        else:
            self._pause()
        return self._decision()

    def _command_at_end(self, command: Command) -> None:
        """Take a key after pain, or after the end."""
        if self.end_reason:
            return
        if command is Command.QUIT:
            self._end("pain")
        elif command in {Command.PAIN, Command.PAUSE} and self._undo_left_s > 0.0:
            self._note(PAIN_TAKEN_BACK, "")
            self._say(TAKEN_BACK, urgent=True)
            self._pause_after_pain()

    @property
    def _undo_left_s(self) -> float:
        """Seconds in which pain that was reported can still be taken back."""
        return UNDO_S - (self._time_s - self._since_s)

    @property
    @abstractmethod
    def _is_paused(self) -> bool:
        """Whether the session waits for a key."""

    @abstractmethod
    def _go_on(self, step: Step, surroundings: Surroundings, passed_s: float) -> None:
        """Handle a moment, ``passed_s`` after the last one, while the session is not over."""

    @abstractmethod
    def _skip(self, command: Command) -> None:
        """Go on to what comes next, or back to what came last."""

    @abstractmethod
    def _pause(self) -> None:
        """Wait until a key is pressed."""

    @abstractmethod
    def _resume(self) -> None:
        """Go on after a pause."""

    @abstractmethod
    def _pause_after_pain(self) -> None:
        """Be paused where the session was when pain was reported, which was a mistake."""

    @abstractmethod
    def _plain(self, status: Status, title: str, line: str) -> Scene:
        """A scene of what is due, with nothing but this on it."""

    def _decision(self) -> Decision:
        """What was decided since the last time."""
        decision = Decision(self.scene, tuple(self._events), self._judge)
        self._events, self._judge = [], None
        return decision

    def _say(self, text: str, *, urgent: bool = False) -> None:
        self._emit(Say(text, urgent))

    def _sound(self, earcon: Earcon) -> None:
        self._emit(Sound(earcon))

    def _note(self, what: str, text: str) -> None:
        self._emit(Note(what, text))

    def _emit(self, event: Event) -> None:
        """Let something be done; while words are spoken, nothing is corrected."""
        self._events.append(event)
        if isinstance(event, Say):
            now_s = self._time_s
            start_s = now_s if event.urgent else max(now_s, self._prompter.speech_ends_s)
            self._prompter.quiet(now_s, start_s + speaking_s(event.words))

    def _turn_to(self, *poses: Pose) -> None:
        """Have these poses judged from now on; none for a pause."""
        self._judge = poses

    def _enter(self, phase: Phase, script: Sequence[Entry] = ()) -> None:
        self.phase, self._since_s = phase, self._time_s
        self._script = Script(tuple(script), starts_s=self._prompter.speech_ends_s)
        self._prompter.clear()

    def _read_out(self) -> None:
        """Say the line of the script whose time has come, if any."""
        for entry in self._script.due(self._time_s):
            if not entry.silent:
                self._say(entry.text)

    def _set_up(
        self, step: Step, form: Form, surroundings: Surroundings, passed_s: float
    ) -> Placed:
        """One instruction at a time until the camera sees what it needs."""
        placed = self._setting_up.push(step, form, surroundings, passed_s, self._script)
        if placed.speech:
            self._say(placed.speech)
        self.scene = self._plain(placed.status, "Set up", placed.line)
        return placed

    def _stop_for_pain(self) -> None:
        self._say(STOPPED, urgent=True)
        self._enter(Phase.PAIN, entries_of(self._pain_advice))
        scene = self._plain(Status.CALM, "Stopped", "\n".join(self._pain_advice))
        self.scene = replace(scene, left_s=UNDO_S, rest_s=UNDO_S)

    def _linger(self) -> None:
        """After pain: read out the advice, and end by itself."""
        if self.phase is not Phase.PAIN:
            return
        self._read_out()
        left_s = self._undo_left_s
        self.scene = replace(self.scene, left_s=left_s if left_s > 0.0 else None)
        is_shown = self._time_s - self._since_s >= self.pain_shown_s
        if is_shown and self._script.over(self._time_s):
            self._end("pain")

    def _end(self, why: str) -> None:
        self._enter(Phase.DONE)
        self.end_reason = why
        text = self.last_words.get(why, "")
        if text:
            self._say(text, urgent=self.last_words_are_urgent)
        self.scene = self._plain(Status.CALM, "Done", text)
