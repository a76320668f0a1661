"""The coach: a state machine over steps that says what is shown, spoken and judged next.

It knows neither camera, window, sound nor clock: time is that of the steps. It never stops the hold clock;
whoever is in the right position is counted, whatever the coach is saying meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from backstretch.coaching.feedback import Adviser, Hints, HoldTalk, Troubles
from backstretch.coaching.placement import (
    ASTRAY_FROM_DEG,
    ON_THE_FLOOR,
    Presence,
    SettingUp,
    Surroundings,
    is_upright,
    nobody,
    wrong_view,
)
from backstretch.coaching.programme import (
    PATIENCE_S,
    Agenda,
    CameraPlace,
    Part,
    Patience,
    Programme,
)
from backstretch.coaching.scene import BREATHS_A_MINUTE, Command, Earcon, Phase, Scene, Status
from backstretch.coaching.scripted_leader import ScriptedLeader
from backstretch.coaching.speaking import (
    AWAY,
    BEGIN,
    BREATHE,
    BY_ITSELF,
    COME_OUT,
    ENOUGH,
    GO_ON,
    GO_ON_BY_KEY,
    GOING_ON,
    HURRIED,
    LEFT_OUT,
    LENIENT,
    PAUSED,
    PAUSED_AWAY,
    RELAX,
    Entry,
    Script,
    again,
    coming,
    entries_of,
    explaining,
    facing,
    form_name,
    hold_begins,
    last_try,
    place_words,
    placing,
    placing_set,
    progress,
    resting,
    too_short,
)
from backstretch.judging.hold_clock import State
from backstretch.judging.matching import Form
from backstretch.judging.step import Step
from backstretch.kinematics.landmarks import LONGEST_GAP_S

REMIND_EVERY_S = 15.0
"""How often somebody who stays in position after a whole hold is told that it is enough."""
MOST_REMINDERS = 3
"""How often somebody who is not seen on the floor is told again how to be seen: they may have left."""
PAIN_SHOWN_S = 45.0
"""How long the advice stays before the session ends by itself."""
_HOLDING = {Phase.HOLDING, Phase.EASING}


class Coach(ScriptedLeader):
    """Coaches one person through a programme.

    Args:
        programme: What is to be done.
        welcome: Sentences said before everything else.
        remarks: Sentences only shown before that, as those on health, which others need not hear.
        pain_advice: Sentences said when something hurts.
        breaths_a_minute: The pace that is shown in holds.
        breath_sounds: Whether it is heard as well.

    Attributes:
        agenda: What is due.
    """

    pain_shown_s: ClassVar[float] = PAIN_SHOWN_S

    def __init__(
        self,
        programme: Programme,
        *,
        welcome: Sequence[str] = (),
        remarks: Sequence[str] = (),
        pain_advice: Sequence[str] = (),
        breaths_a_minute: float = BREATHS_A_MINUTE,
        breath_sounds: bool = False,
    ) -> None:
        self.agenda = Agenda(programme)
        place = placing_set(programme) if len(programme.parts) > 1 else placing(self._part.pose)
        super().__init__((*welcome, *place), pain_advice)
        shown = tuple(Entry(text, silent=True) for text in remarks)
        self._script = Script((*shown, *self._script.entries))
        self._breathing = breaths_a_minute, breath_sounds
        self._adviser = Adviser(self._prompter)
        self._last_place = self.agenda.place, facing(self._part.pose)
        self._presence = Presence()
        self._before_pause = self.phase
        self._paused_away = False
        self._talk = HoldTalk()
        self._hints, self._troubles = Hints(), Troubles()
        self._last_try = ""
        self._reminders_left = 0
        self._rest_left_s = self._passed_s = 0.0
        self._patience = Patience()
        self.scene = self._plain(Status.CALM, "Set up", "")

    @property
    def troubles(self) -> Mapping[Form, str]:
        """What was in the way of each stretch and side for longest, in words, where anything was."""
        return self._troubles.main

    @property
    def _part(self) -> Part:
        return self.agenda.part

    @property
    def _is_paused(self) -> bool:
        return self.phase is Phase.PAUSED

    def _enter(self, phase: Phase, script: Sequence[Entry] = ()) -> None:
        super()._enter(phase, script)
        self._adviser.clear()

    def _go_on(self, step: Step, surroundings: Surroundings, passed_s: float) -> None:
        passed_s = self._passed_s = min(passed_s, LONGEST_GAP_S)
        if surroundings.lost:
            return
        self._presence.push(passed_s, is_there=step.landmarks is not None)
        if not self._waits():
            self._follow(step, surroundings, passed_s)

    def _follow(self, step: Step, surroundings: Surroundings, passed_s: float) -> None:
        """What a moment means, by what is being held and by the phase."""
        self._adviser.watch(step)
        if self._is_ours(step) and self._may_hold(step):
            self._hold(step)
            return
        if self.phase in _HOLDING:
            self._let_go()
        self._read_out()
        if self.phase is Phase.PLACING:
            self._place(step, surroundings, passed_s)
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

    def _place(self, step: Step, surroundings: Surroundings, passed_s: float) -> None:
        """Before a stretch: the camera must see what it needs."""
        placed = self._set_up(step, self.agenda.form, surroundings, passed_s)
        if not placed.over:
            return
        if placed.instruction is not None:
            self._say(LENIENT)
            self._note("placement", placed.instruction.words)
        self._enter(Phase.READY, explaining(self._part, self.agenda.side))

    def _explain(self) -> None:
        """The steps are shown and spoken, one after the other."""
        scene = self._plain(Status.CALM, "Get ready", BY_ITSELF)
        self.scene = replace(scene, steps=self._part.pose.steps, step_at=self._script.step)
        if self._script.over(self._time_s):
            self._await_hold()

    def _await_hold(self, words: str = "") -> None:
        self._enter(Phase.TRYING)
        self._hints = Hints()
        if words:
            self._say(words)

    def _try(self, step: Step, passed_s: float) -> None:
        """The position is awaited: the clock starts by itself."""
        self._patience.wait(passed_s)
        if self._patience.hurries:
            self._say(HURRIED)
        if self._patience.over:
            self._note("left out", f"no hold in {PATIENCE_S:g} s")
            self._say(LEFT_OUT)
            self.agenda.leave()
            self._rest()
        else:
            hint = self._hints.push(step, self._part.pose.steps, passed_s)
            self._advise(step, "Begin", BEGIN, hint)

    def _advise(self, step: Step, title: str, line: str, hint: str = "") -> None:
        """Show and say what is to be changed; ``title`` and ``line`` where nothing is."""
        form = self.agenda.form
        # Before the hold more is let pass than at set-up: what the checks find must be told as well.
        seen = wrong_view(step, form, ASTRAY_FROM_DEG)
        turn = nobody(form) if step.landmarks is None else seen
        advice = self._adviser.push(step, form.side, turn.words if turn else "", hint)
        if advice.speech:
            self._say(advice.speech, urgent=advice.urgent)
        is_lacking = advice.status in {Status.ADJUST, Status.UNSEEN}
        self._troubles.push(form, advice.line if is_lacking else "", self._passed_s)
        scene = self._plain(advice.status, advice.title or title, advice.line or line)
        held_s = step.valid_s if step.side == self.agenda.side else 0.0
        self.scene = replace(scene, note=advice.note or self._last_try, valid_s=held_s)

    def _hold(self, step: Step) -> None:
        """A hold of what is due is going on."""
        if self.phase is Phase.EASING:
            self._ease(step)
            return
        if self.phase is not Phase.HOLDING:
            self._begin_hold()
        for event in self._talk.push(step):
            self._emit(event)
        self._advise(step, "Hold", BREATHE)
        if step.state is State.IN:
            self.scene = replace(self.scene, breath=self._talk.breath(step.time_s))
        if self._talk.complete:
            self._complete(step)

    def _begin_hold(self) -> None:
        self._enter(Phase.HOLDING)
        self._last_try = ""
        self._talk = HoldTalk(self._time_s, self._part.hold_s, *self._breathing)
        self._sound(Earcon.IN)
        self._say(hold_begins(first=self.agenda.hold == 1), urgent=True)

    def _complete(self, step: Step) -> None:
        self._enter(Phase.EASING)
        self._sound(Earcon.DONE)
        self._say(RELAX, urgent=True)
        self._ease(step)
        if self._part.pose.guided:  # its position is also that of rest, so it would never be left
            self._let_go()

    def _ease(self, step: Step) -> None:
        """The hold is whole, but the position not left yet."""
        if self._time_s - self._since_s >= REMIND_EVERY_S:
            self._since_s = self._time_s
            self._say(ENOUGH)
        self.scene = replace(self._plain(Status.IN, "Relax", COME_OUT), valid_s=step.valid_s)

    def _let_go(self) -> None:
        """The hold is over."""
        if self.phase is Phase.EASING:
            self._rest()
            return
        held_s = self._talk.valid_s
        is_try = self._patience.fail(self.agenda.side, held_s)
        if self._patience.over:
            self._say(GO_ON)
            self._rest()
        else:
            self._await_failed(held_s if is_try else 0.0)

    def _await_failed(self, held_s: float) -> None:
        """Wait again after a hold that was too short; one of 0 seconds was finding the position."""
        asked_s, left = self._part.hold_s, self._part.holds - self.agenda.hold + 1
        self._await_hold(too_short(held_s, asked_s, left) if held_s else "")
        self._last_try = last_try(held_s, asked_s) if held_s else self._last_try

    def _rest(self) -> None:
        """What was due is done or left out: the next side, the next stretch, or the end."""
        self.agenda.spend()
        self._patience, self._last_try = Patience(), ""
        if self.agenda.over:
            self._end("done")
            return
        self._enter(Phase.RESTING)
        self._rest_left_s = self.agenda.programme.rest_s
        pose = self._part.pose
        if pose.guided or self.agenda.hold == 1:
            self._turn_to(*(() if pose.guided else (pose,)))
        self._say(resting(self.agenda))
        self._show_rest()

    def _rest_on(self, passed_s: float) -> None:
        self._rest_left_s -= passed_s
        self._show_rest()
        if self._rest_left_s <= 0.0:
            if self._part.pose.guided:
                self._turn_to(self._part.pose)
            self._turn(again(self.agenda))

    def _show_rest(self) -> None:
        title = "Switch" if self.agenda.switches else "Rest"
        scene = self._plain(Status.CALM, title, coming(self.agenda))
        rest_s = self.agenda.programme.rest_s
        self.scene = replace(scene, left_s=max(0.0, self._rest_left_s), rest_s=rest_s)

    def _turn(self, words: str) -> None:
        """Begin what is due: with placement where it is a new stretch, else with these words."""
        pose = self._part.pose
        if self.agenda.hold > 1:
            self._await_hold(words)
            return
        before, self._last_place = self._last_place, (self.agenda.place, facing(pose))
        self._begin_setting_up(entries_of(self._moving(before)))

    def _moving(self, before: tuple[CameraPlace | None, str]) -> Sequence[str]:
        """What is said of the camera before a stretch: nothing where it stays and sees the same side."""
        place, turn = self._last_place
        if place is None:
            return placing(self._part.pose)
        moves = () if place == before[0] else (place_words(place),)
        return (*moves, *(() if turn == before[1] and not moves else (turn,)))

    def _begin_setting_up(self, script: Sequence[Entry] = ()) -> None:
        self._enter(Phase.PLACING, script)
        self._setting_up = SettingUp(self._prompter)
        self.scene = self._plain(Status.CALM, "Set up", "")

    @property
    def _is_resting(self) -> bool:
        phase = self._before_pause if self.phase is Phase.PAUSED else self.phase
        return phase is Phase.RESTING

    def _waits(self) -> bool:
        """Whether the session is paused; it pauses by itself when nobody is there."""
        if self.phase is Phase.PAUSED:
            if self._paused_away:
                self._wait_for_person()
        elif self._presence.away and self.phase is not Phase.PLACING:
            self._pause(away=True)
        return self.phase in {Phase.PAUSED, Phase.DONE}

    def _pause(self, *, away: bool = False) -> None:
        """Wait for a key, or for somebody who is away."""
        if self.phase is Phase.EASING:
            self._rest()
        if self.phase is Phase.DONE:
            return
        self._before_pause, self._paused_away = self.phase, away
        self._enter(Phase.PAUSED)
        self._note("pause", "nobody in view" if away else "by key")
        is_hidden = away and not is_upright(self._part.pose)
        self._reminders_left = MOST_REMINDERS if is_hidden else 0
        self._say(ON_THE_FLOOR if is_hidden else PAUSED_AWAY if away else PAUSED, urgent=True)
        if not away:
            self._turn_to()
        status, line = (Status.UNSEEN, AWAY) if away else (Status.CALM, GO_ON_BY_KEY)
        self.scene = self._plain(status, "Paused", ON_THE_FLOOR if is_hidden else line)

    def _wait_for_person(self) -> None:
        """Go on when somebody is there; on the floor they may be so unseen, and are told how to be seen."""
        if not self._presence.away:
            self._resume()
        elif self._reminders_left and self._time_s - self._since_s >= REMIND_EVERY_S:
            self._since_s = self._time_s
            self._reminders_left -= 1
            self._say(ON_THE_FLOOR)

    def _resume(self) -> None:
        """Go on after a pause."""
        self._note("resume", "")
        is_resting = self._before_pause is Phase.RESTING
        if not self._paused_away:
            rests = is_resting and self._part.pose.guided
            self._turn_to(*(() if rests else (self._part.pose,)))
        self._say(GOING_ON)
        if is_resting:
            self._enter(Phase.RESTING)
        elif self._before_pause in {Phase.TRYING, Phase.HOLDING}:
            self._await_hold()
        else:
            self._begin_setting_up()

    def _skip(self, command: Command) -> None:
        """Go to the next hold, or back to the last one."""
        self._note(command.value, self.scene.name)
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
        self._turn_to(self._part.pose)
        self._say(form_name(self._part, self.agenda.side), urgent=True)
        self._turn("")

    def _stop_for_pain(self) -> None:
        name = self.scene.name
        if self.phase is not Phase.PAUSED:
            self._before_pause = self.phase
        super()._stop_for_pain()
        self._turn_to()
        self._note("pain", name)

    def _pause_after_pain(self) -> None:
        if self._before_pause is Phase.EASING:
            self._rest()
            self._before_pause = self.phase
        if self.phase is not Phase.DONE:
            self._paused_away = False
            self._enter(Phase.PAUSED)
            self.scene = self._plain(Status.CALM, "Paused", GO_ON_BY_KEY)

    def _plain(self, status: Status, title: str, line: str) -> Scene:
        return Scene(
            phase=self.phase,
            status=status,
            title=title,
            line=line,
            form=self.agenda.form,
            progress=progress(self.agenda),
            asked_s=self._part.hold_s,
        )
