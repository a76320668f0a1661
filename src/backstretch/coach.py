"""The coach: a state machine over steps that says what is shown, spoken and judged next.

It knows neither camera, window, sound nor clock: time is that of the steps. It never stops the hold clock;
whoever is in the right position is counted, whatever the coach is saying meanwhile.
"""

from collections.abc import Sequence
from dataclasses import replace

from backstretch import lines
from backstretch.advice import Adviser
from backstretch.agenda import Agenda
from backstretch.breathing import BREATHS_A_MINUTE
from backstretch.earcons import Earcon
from backstretch.hold import State
from backstretch.hold_talk import HoldTalk
from backstretch.landmarks import LONGEST_GAP_S
from backstretch.orders import Command, Event, Judge, Note, Say, Sound
from backstretch.patience import PATIENCE_S, Patience
from backstretch.placement import Room
from backstretch.presence import Presence
from backstretch.programme import Part, Programme
from backstretch.prompting import Script, speaking_s
from backstretch.scene import Look, Phase, Scene
from backstretch.setting_up import SettingUp
from backstretch.step import Step

REMIND_EVERY_S = 15.0
"""How often somebody who stays in position after a whole hold is told that it is enough."""
PAIN_SHOWN_S = 45.0
"""How long the advice stays before the session ends by itself."""

_HOLDING = {Phase.HOLDING, Phase.EASING}
_OVER = {Phase.PAIN, Phase.DONE}


class Coach:
    """Coaches one person through a programme.

    Args:
        programme: What is to be done.
        welcome: Sentences said before everything else.
        pain_advice: Sentences said when something hurts.
        breaths_a_minute: The pace that is shown in holds.
        breath_sounds: Whether it is heard as well.

    Attributes:
        phase: Where in the session the person is.
        scene: What is to be shown.
        ended: Why the session is over: ``done``, ``pain`` or ``quit``; empty while it goes on.
    """

    def __init__(
        self,
        programme: Programme,
        *,
        welcome: Sequence[str] = (),
        pain_advice: Sequence[str] = (),
        breaths_a_minute: float = BREATHS_A_MINUTE,
        breath_sounds: bool = False,
    ) -> None:
        self.agenda = Agenda(programme)
        self.phase = Phase.PLACING
        self.ended = ""
        self._pain_advice = tuple(pain_advice)
        self._breathing = breaths_a_minute, breath_sounds
        self._out: list[Event] = []
        self._adviser = Adviser()
        self._camera_told = self._part.pose.camera
        self._script = Script((*welcome, *lines.placing(self._part.pose)))
        self._placing = SettingUp(self._adviser.prompter)
        self._presence = Presence()
        self._before_pause = self.phase
        self._paused_away = False
        self._talk = HoldTalk()
        self._has_begun = False
        self._time_s = self._since_s = 0.0
        self._rest_left_s = 0.0
        self._patience = Patience()
        self.scene = self._plain(Look.CALM, "Set up", "")

    @property
    def _part(self) -> Part:
        return self.agenda.part

    def take(self, step: Step, room: Room) -> list[Event]:
        """Take the next moment; return what is to be done, in order."""
        passed_s = min(step.time_s - self._time_s, LONGEST_GAP_S) if self._has_begun else 0.0
        self._has_begun, self._time_s = True, step.time_s
        if room.lost and self.phase is not Phase.PAIN:
            return []
        self._presence.push(passed_s, is_there=step.landmarks is not None)
        if self.phase in _OVER:
            self._linger()
        elif not self._waits():
            self._go_on(step, room, passed_s)
        return self._given()

    def command(self, command: Command) -> list[Event]:
        """Take a key."""
        if self.phase in _OVER:
            if command is Command.QUIT and not self.ended:
                self._end("pain")
        elif command is Command.PAIN:
            self._stop_for_pain()
        elif command is Command.QUIT:
            self._end("quit")
        elif command is not Command.PAUSE:
            self._skip(command)
        elif self.phase is Phase.PAUSED:
            self._go_back()
        else:
            self._pause()
        return self._given()

    def _given(self) -> list[Event]:
        given, self._out = self._out, []
        return given

    def _say(self, words: str, *, urgent: bool = False) -> None:
        self._emit(Say(words, urgent))

    def _emit(self, event: Event) -> None:
        self._out.append(event)
        if isinstance(event, Say):
            prompter, now_s = self._adviser.prompter, self._time_s
            start_s = now_s if event.urgent else max(now_s, prompter.said_until_s)
            prompter.quiet(now_s, start_s + speaking_s(event.words))

    def _enter(self, phase: Phase, script: Sequence[str] = ()) -> None:
        self.phase, self._since_s = phase, self._time_s
        self._script = Script(tuple(script), starts_s=self._adviser.prompter.said_until_s)
        self._adviser.clear()

    def _go_on(self, step: Step, room: Room, passed_s: float) -> None:
        """What a moment means, by what is being held and by the phase."""
        self._adviser.watch(step)
        if self._is_ours(step) and self._may_hold(step):
            self._hold(step)
            return
        if self.phase in _HOLDING:
            self._let_go()
        for line in self._script.due(self._time_s):
            self._say(line)
        if self.phase is Phase.PLACING:
            self._place(step, room, passed_s)
        elif self.phase is Phase.READY:
            self._explain()
        elif self.phase is Phase.TRYING:
            self._try(step, passed_s)
        elif self.phase is Phase.RESTING:
            self._rest_on(passed_s)

    def _is_ours(self, step: Step) -> bool:
        """Whether a hold of the stretch that is due is going on."""
        is_due = step.pose is not None and step.pose.id == self._part.pose.id
        return is_due and step.valid_s > 0.0 and not self.agenda.over

    def _may_hold(self, step: Step) -> bool:
        """Whether the hold that is going on is one that is due; a side that is due is adopted."""
        if step.side == self.agenda.side:
            return True
        if self.phase in _HOLDING:
            self._let_go()
        return self._is_ours(step) and self.agenda.adopt(step.side)

    def _place(self, step: Step, room: Room, passed_s: float) -> None:
        """Before a stretch: one instruction at a time until the camera sees what it needs."""
        placed = self._placing.push(step, self.agenda.form, room, passed_s, self._script)
        if placed.said:
            self._say(placed.said)
        self.scene = self._plain(placed.look, "Set up", placed.line)
        if not placed.over:
            return
        if placed.told is not None:
            self._say(lines.LENIENT)
            self._out.append(Note("placement", placed.told.words))
        self._enter(Phase.READY, lines.explaining(self._part, self.agenda.side))

    def _explain(self) -> None:
        """The steps are shown and spoken, one after the other."""
        steps = self._part.pose.steps
        at = min(self._script.at - 2, len(steps) - 1)
        scene = self._plain(Look.CALM, "Get ready", lines.BY_ITSELF)
        self.scene = replace(scene, steps=steps, step_at=max(-1, at))
        if self._script.over(self._time_s):
            self._await_hold()

    def _await_hold(self, words: str = "") -> None:
        self._enter(Phase.TRYING)
        if words:
            self._say(words)

    def _try(self, step: Step, passed_s: float) -> None:
        """The position is awaited: the clock starts by itself."""
        self._patience.wait(passed_s)
        if self._patience.hurries:
            self._say(lines.HURRIED)
        if self._patience.over:
            self._out.append(Note("left out", f"no hold in {PATIENCE_S:g} s"))
            self._say(lines.LEFT_OUT)
            self.agenda.leave()
            self._rest()
        else:
            self._advise(step, "Begin", lines.BEGIN)

    def _advise(self, step: Step, title: str, line: str) -> None:
        """Show and say what is to be changed; ``title`` and ``line`` where nothing is."""
        advice = self._adviser.push(step, self.agenda.side)
        if advice.said:
            self._say(advice.said, urgent=advice.urgent)
        scene = self._plain(advice.look, advice.title or title, advice.line or line)
        held_s = step.valid_s if step.side == self.agenda.side else 0.0
        self.scene = replace(scene, note=advice.note, valid_s=held_s)

    def _hold(self, step: Step) -> None:
        """A hold of what is due is going on."""
        if self.phase is Phase.EASING:
            self._ease(step)
            return
        if self.phase is not Phase.HOLDING:
            self._begin_hold()
        for event in self._talk.push(step):
            self._emit(event)
        self._advise(step, "Hold", lines.BREATHE)
        if step.state is State.IN:
            self.scene = replace(self.scene, breath=self._talk.breath(step.time_s))
        if self._talk.complete:
            self._complete(step)

    def _begin_hold(self) -> None:
        self._enter(Phase.HOLDING)
        self._talk = HoldTalk(self._time_s, self._part.hold_s, *self._breathing)
        self._out.append(Sound(Earcon.IN))
        self._say(lines.hold_begins(first=self.agenda.hold == 1), urgent=True)

    def _complete(self, step: Step) -> None:
        self._enter(Phase.EASING)
        self._out.append(Sound(Earcon.DONE))
        self._say(lines.RELAX, urgent=True)
        self._ease(step)
        if self._part.pose.guided:  # its position is also that of rest, so it would never be left
            self._let_go()

    def _ease(self, step: Step) -> None:
        """The hold is whole, but the position not left yet."""
        if self._time_s - self._since_s >= REMIND_EVERY_S:
            self._since_s = self._time_s
            self._say(lines.ENOUGH)
        self.scene = replace(self._plain(Look.IN, "Relax", lines.COME_OUT), valid_s=step.valid_s)

    def _let_go(self) -> None:
        """The hold is over."""
        if self.phase is Phase.EASING:
            self._rest()
            return
        held_s = self._talk.valid_s
        is_try = self._patience.fail(self.agenda.side, held_s)
        if self._patience.over:
            self._say(lines.GO_ON)
            self._rest()
        else:
            self._await_hold(lines.too_short(held_s, self._part.hold_s) if is_try else "")

    def _rest(self) -> None:
        """What was due is done or left out: the next side, the next stretch, or the end."""
        self.agenda.spend()
        self._patience = Patience()
        if self.agenda.over:
            self._end("done")
            return
        self._enter(Phase.RESTING)
        self._rest_left_s = self.agenda.programme.rest_s
        pose = self._part.pose
        if pose.guided or self.agenda.hold == 1:
            self._out.append(Judge(() if pose.guided else (pose,)))
        self._say(lines.resting(self.agenda))
        self._show_rest()

    def _rest_on(self, passed_s: float) -> None:
        self._rest_left_s -= passed_s
        self._show_rest()
        if self._rest_left_s <= 0.0:
            if self._part.pose.guided:
                self._out.append(Judge((self._part.pose,)))
            self._turn(lines.again(self.agenda))

    def _show_rest(self) -> None:
        title = "Switch" if self.agenda.switches else "Rest"
        scene = self._plain(Look.CALM, title, lines.coming(self.agenda))
        rest_s = self.agenda.programme.rest_s
        self.scene = replace(scene, left_s=max(0.0, self._rest_left_s), rest_s=rest_s)

    def _turn(self, words: str) -> None:
        """Begin what is due: with placement where it is a new stretch, else with these words."""
        pose = self._part.pose
        if self.agenda.hold > 1:
            self._await_hold(words)
            return
        is_new, self._camera_told = pose.camera != self._camera_told, pose.camera
        self._set_up(lines.placing(pose) if is_new else ())

    def _set_up(self, script: Sequence[str] = ()) -> None:
        self._enter(Phase.PLACING, script)
        self._placing = SettingUp(self._adviser.prompter)
        self.scene = self._plain(Look.CALM, "Set up", "")

    @property
    def _is_resting(self) -> bool:
        phase = self._before_pause if self.phase is Phase.PAUSED else self.phase
        return phase is Phase.RESTING

    def _waits(self) -> bool:
        """Whether the session is paused; it pauses by itself when nobody is there."""
        if self.phase is Phase.PAUSED:
            if self._paused_away and not self._presence.away:
                self._go_back()
        elif self._presence.away and self.phase is not Phase.PLACING:
            self._pause(away=True)
        return self.phase in {Phase.PAUSED, Phase.DONE}

    def _pause(self, *, away: bool = False) -> None:
        if self.phase is Phase.EASING:
            self._rest()
        if self.phase is Phase.DONE:
            return
        self._before_pause, self._paused_away = self.phase, away
        self._enter(Phase.PAUSED)
        self._out.append(Note("pause", "nobody in view" if away else "by key"))
        self._say(lines.PAUSED_AWAY if away else lines.PAUSED, urgent=True)
        if not away:
            self._out.append(Judge(()))
        look, line = (Look.UNSEEN, lines.AWAY) if away else (Look.CALM, lines.GO_ON_BY_KEY)
        self.scene = self._plain(look, "Paused", line)

    def _go_back(self) -> None:
        """Go on after a pause."""
        self._out.append(Note("resume", ""))
        is_resting = self._before_pause is Phase.RESTING
        if not self._paused_away:
            rests = is_resting and self._part.pose.guided
            self._out.append(Judge(() if rests else (self._part.pose,)))
        self._say(lines.GOING_ON)
        if is_resting:
            self._enter(Phase.RESTING)
        elif self._before_pause in {Phase.TRYING, Phase.HOLDING}:
            self._await_hold()
        else:
            self._set_up()

    def _skip(self, command: Command) -> None:
        """Go to the next hold, or back to the last one."""
        self._out.append(Note(command.value, self.scene.name))
        if command is Command.BACK:
            if self.phase is Phase.EASING:  # what was just done is what to go back to
                self.agenda.spend()
            self.agenda.back()
        elif not self._is_resting:  # in a rest, next ends the rest
            self.agenda.spend()
        self._patience = Patience()
        if self.agenda.over:
            self._end("done")
            return
        self._out.append(Judge((self._part.pose,)))
        self._say(lines.named(self._part, self.agenda.side), urgent=True)
        self._turn("")

    def _stop_for_pain(self) -> None:
        self._say(lines.STOPPED, urgent=True)
        self._enter(Phase.PAIN, self._pain_advice)
        self._out += [Judge(()), Note("pain", self.scene.name)]
        self.scene = self._plain(Look.CALM, "Stopped", "\n".join(self._pain_advice))

    def _linger(self) -> None:
        """After pain: read out the advice, and end by itself."""
        if self.phase is not Phase.PAIN:
            return
        for line in self._script.due(self._time_s):
            self._say(line)
        if self._time_s - self._since_s >= PAIN_SHOWN_S and self._script.over(self._time_s):
            self._end("pain")

    def _end(self, why: str) -> None:
        self._enter(Phase.DONE)
        self.ended = why
        if lines.ENDED[why]:
            self._say(lines.ENDED[why])
        self.scene = self._plain(Look.CALM, "Done", lines.ENDED[why])

    def _plain(self, look: Look, title: str, line: str) -> Scene:
        return Scene(
            phase=self.phase,
            look=look,
            title=title,
            line=line,
            form=self.agenda.form,
            progress=lines.progress(self.agenda),
            asked_s=self._part.hold_s,
        )
