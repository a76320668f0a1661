"""The guide: leads somebody through the takes of a calibration, step by step, and through a last check.

Like the coach it is a state machine over steps, without camera, window, sound or clock. Nothing is written
here; what the takes came to is `Guide.made`, once all went well.
"""

from collections.abc import Sequence
from dataclasses import replace

from backstretch import guide_lines as lines
from backstretch.calibrating import Shot
from backstretch.earcons import Earcon
from backstretch.errors import TakeError
from backstretch.goals import Goal
from backstretch.lines import (
    BREATHE,
    COME_OUT,
    ENDED,
    GOING_ON,
    PAUSED,
    STOPPED,
    placing,
)
from backstretch.matching import Form
from backstretch.neutral import OwnNeutral
from backstretch.orders import Command, Event, Judge, Note, Say, Sound
from backstretch.placement import Room
from backstretch.poses import Pose
from backstretch.prompting import Prompter, Script, speaking_s
from backstretch.reasons import ReasonKind
from backstretch.scene import Look, Phase, Scene
from backstretch.setting_up import SettingUp
from backstretch.step import Step
from backstretch.still_watch import StillWatch
from backstretch.stills import Still, stills_of
from backstretch.wording import cue_of, describe_reason

COUNT_S, TAKE_S, LEAST_STILL_S = 3.0, 3.0, 2.0
"""Counted down before a take; taken; and so much of that must be without movement."""
OUT_S, NUDGE_S = 1.0, 15.0
"""How long somebody must have left the position before the next take, and how often they are told to."""
HINT_S, PATIENCE_S = 20.0, 90.0
"""How long the position is waited for before a hint, and before it is given up."""
MOST_REFUSED = 5
CHECK_S, CHECK_PATIENCE_S = 2.0, 60.0
"""Valid seconds that make the stretch recognised, and how long that is waited for."""
LEAST_SEEN = 0.8
UNSEEN = {ReasonKind.NOBODY, ReasonKind.UNSEEN}
_OVER = {Phase.PAIN, Phase.DONE}


class Guide:
    """Leads one person through the takes.

    Args:
        goal: What they are for.
        sides: The side of each take, in turn; None where there are none.
        pain_advice: Sentences said when something hurts.

    Attributes:
        phase, scene: As those of a coach.
        ended: Why it is over: ``done``, ``failed``, ``pain`` or ``quit``; empty while it goes on.
        refused: Why the last take was not good; after ``failed`` why nothing came of it.
        made: What the takes came to; None before that.
    """

    def __init__(
        self, goal: Goal, sides: Sequence[str | None], *, pain_advice: Sequence[str] = ()
    ) -> None:
        self.phase = Phase.PLACING
        self.ended = self.refused = ""
        self.made: Pose | OwnNeutral | None = None
        self._goal, self._sides = goal, tuple(sides)
        self._pain_advice = tuple(pain_advice)
        self._prompter = Prompter()
        self._placing = SettingUp(self._prompter)
        self._script = Script(placing(goal.pose))
        self._shots: list[Shot] = []
        self._watch = StillWatch(goal.needed)
        self._rest: list[Step] = []
        self._taken: list[Step] = []
        self._out: list[Event] = []
        self._refusals = 0
        self._time_s = self._since_s = self._out_s = 0.0
        self._counted = 0
        self._seen = ""
        self._hint_look = Look.CALM
        self._checking = self._paused = self._has_begun = False
        self.scene = self._before_pause = self._plain(Look.CALM, "Set up", "")

    @property
    def _side(self) -> str | None:
        return self._sides[min(len(self._shots), len(self._sides) - 1)]

    def take(self, step: Step, room: Room) -> list[Event]:
        """Take the next moment; return what is to be done, in order."""
        passed_s = step.time_s - self._time_s if self._has_begun else 0.0
        self._has_begun, self._time_s = True, step.time_s
        if self._paused or self.phase in _OVER or room.lost:
            self._since_s += passed_s
            self._linger()
            return self._given()
        self._watch.push(step)
        if self.phase is Phase.PLACING:
            self._place(step, room, passed_s)
        elif self.phase is Phase.READY:
            self._explain()
        elif self.phase is Phase.TAKING:
            self._record(step)
        elif self._checking:
            self._check(step)
        elif self.phase is Phase.EASING:
            self._ease(passed_s)
        else:
            self._await(step)
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
        elif command is Command.PAUSE:
            self._pause()
        elif command is Command.BACK:
            self._again()
        elif self._shots and not self._checking:
            self._make()
        return self._given()

    def _given(self) -> list[Event]:
        given, self._out = self._out, []
        return given

    def _say(self, words: str, *, urgent: bool = False) -> None:
        self._out.append(Say(words, urgent))
        start_s = self._time_s if urgent else max(self._time_s, self._prompter.said_until_s)
        self._prompter.quiet(self._time_s, start_s + speaking_s(words))

    def _enter(self, phase: Phase) -> None:
        self.phase, self._since_s = phase, self._time_s
        self._prompter.clear()

    def _place(self, step: Step, room: Room, passed_s: float) -> None:
        """One instruction at a time until the camera sees what it needs."""
        for line in self._script.due(self._time_s):
            self._say(line)
        form = Form(self._goal.pose, self._side)
        placed = self._placing.push(step, form, room, passed_s, self._script)
        if placed.said:
            self._say(placed.said)
        self.scene = self._plain(placed.look, "Set up", placed.line)
        if placed.over:
            self._rest = list(self._watch.recent)
            self._enter(Phase.READY)
            said_until_s = self._prompter.said_until_s
            takes = len(self._sides) if self._goal.checked else 0
            self._script = Script(lines.explaining(takes), said_until_s)

    def _explain(self) -> None:
        for line in self._script.due(self._time_s):
            self._say(line)
        self.scene = self._plain(Look.CALM, "Get ready", self._script.reading(self._time_s))
        if self._script.over(self._time_s):
            self._begin()

    def _begin(self) -> None:
        """Wait for the position of the take that is due."""
        self._enter(Phase.TRYING)
        begins = lines.take_begins(len(self._shots), self._sides)
        self._say(begins if self._goal.checked else lines.KEEP_STILL)
        self._show_waiting()

    def _show_waiting(self, hint: str = "") -> None:
        look = self._hint_look if hint else Look.CALM
        line = lines.COME_IN if self._goal.checked else lines.STRAIGHT
        self.scene = self._plain(look, "Begin", hint or line)

    def _await(self, step: Step) -> None:
        """The position is awaited; it is taken as soon as it is kept still."""
        waited_s = self._time_s - self._since_s
        if step.landmarks is None:
            self.refused = ""
        still = self._watch.still()
        if still is not None and self._time_s >= self._prompter.said_until_s:
            self.refused = self._goal.refusal(still, self._side, self._rest_still())
            if not self.refused:
                self._enter(Phase.TAKING)
                self._taken, self._counted = [], 0
                self._count(0.0)
                return
        if waited_s > PATIENCE_S:
            self._fail(self.refused or lines.NOT_SEEN)
        elif waited_s > HINT_S:
            self._hint(step)

    def _hint(self, step: Step) -> None:
        unseen = step.reason is not None and step.reason.kind in UNSEEN
        words = cue_of(step) if unseen else lines.hint(self._goal.pose, self.refused)
        said = self._prompter.push(self._time_s, words)
        if self._prompter.shown == words:
            self._hint_look = Look.UNSEEN if unseen else Look.CALM
        if said:
            self._say(said)
        self._show_waiting(self._prompter.shown)

    def _rest_still(self) -> Still | None:
        stills = stills_of(self._rest, self._goal.needed)
        return stills[-1] if stills else None

    def _count(self, passed_s: float) -> None:
        """Count down, aloud and on the screen."""
        left = COUNT_S - passed_s
        if self._counted < COUNT_S and passed_s >= self._counted:
            self._out.append(Say(lines.counted(round(COUNT_S) - self._counted), urgent=True))
            self._counted += 1
        scene = self._plain(Look.CALM, "Keep still", lines.KEEP_STILL)
        self.scene = replace(scene, left_s=max(0.0, left), rest_s=COUNT_S)

    def _record(self, step: Step) -> None:
        passed_s = self._time_s - self._since_s
        if passed_s < COUNT_S:
            self._count(passed_s)
            return
        if not self._taken:
            self._out.append(Sound(Earcon.IN))
        self._taken.append(step)
        scene = self._plain(Look.IN, "Keep still", BREATHE)
        self.scene = replace(scene, valid_s=passed_s - COUNT_S, asked_s=TAKE_S)
        if passed_s >= COUNT_S + TAKE_S:
            self._judge_take()

    def _judge_take(self) -> None:
        """Keep the take, or say why it is taken again."""
        self.refused = self._fault()
        self._out.append(Note("take", self.refused or "good"))
        if self.refused:
            self._refusals += 1
            if self._refusals >= MOST_REFUSED:
                self._fail(self.refused)
                return
            self._enter(Phase.TRYING)
            self._say(f"{lines.sentence(self.refused)} {lines.ONCE_MORE}", urgent=True)
            self._show_waiting()
            return
        self._refusals = 0
        stills = stills_of(self._taken, self._goal.needed)
        self._seen = self._goal.seen(stills[-1], self._side)
        steps = [*self._rest, *self._taken]
        self._shots.append(Shot(f"take {len(self._shots) + 1}", steps))
        self._out.append(Sound(Earcon.DONE))
        if len(self._shots) == len(self._sides):
            self._make()
        else:
            self._come_out()

    def _come_out(self) -> None:
        self._enter(Phase.EASING)
        self._out_s = 0.0
        self._say(lines.GOOD, urgent=True)
        self.scene = replace(self._plain(Look.CALM, "Relax", COME_OUT), note=self._seen)

    def _fault(self) -> str:
        """Why what was just taken cannot be used; empty where it can."""
        seen = [step for step in self._taken if step.landmarks is not None]
        if len(seen) < LEAST_SEEN * len(self._taken):
            return lines.LOST
        if hidden := lines.outside(seen, self._goal.shown):
            return hidden
        stills = [
            s for s in stills_of(self._taken, self._goal.needed) if s.seconds >= LEAST_STILL_S
        ]
        if not stills:
            return lines.MOVED
        return self._goal.refusal(stills[-1], self._side, self._rest_still())

    def _ease(self, passed_s: float) -> None:
        """Wait until the position is left."""
        still = self._watch.still() if self._goal.checked else None
        if still is not None:
            is_out = bool(self._goal.refusal(still, self._side_before, self._rest_still()))
            self._out_s = self._out_s if is_out else 0.0
        self._out_s += passed_s
        if self._time_s - self._since_s > NUDGE_S:
            self._since_s = self._time_s
            self._say(COME_OUT)
        if self._out_s >= OUT_S and self._time_s >= self._prompter.said_until_s:
            if self.made is None:
                self._begin()
            else:
                self._begin_check()

    @property
    def _side_before(self) -> str | None:
        return self._sides[max(0, min(len(self._shots), len(self._sides)) - 1)]

    def _make(self) -> None:
        """Make what the takes were for."""
        self._paused = False
        try:
            self.made = self._goal.make(self._shots)
        except TakeError as error:
            self._fail(str(error))
            return
        if isinstance(self.made, Pose):
            self._judge_made()
            self._come_out()
        else:
            self._end("done")

    def _judge_made(self) -> None:
        if isinstance(self.made, Pose):
            self._out.append(Judge((self.made,)))

    def _begin_check(self) -> None:
        self._enter(Phase.TRYING)
        self._checking = True
        self._judge_made()  # what was held since it was made is not the check
        self._say(lines.CHECK)
        self.scene = self._plain(Look.CALM, "Check", lines.CHECK_SHOWN)

    def _check(self, step: Step) -> None:
        """The stretch is repeated, and must be recognised."""
        is_it = (
            isinstance(self.made, Pose) and step.pose is not None and step.pose.id == self.made.id
        )
        held_s = step.valid_s if is_it else 0.0
        look = Look.IN if held_s > 0.0 else Look.CALM
        self.phase = Phase.HOLDING if held_s > 0.0 else Phase.TRYING
        scene = self._plain(look, "Hold" if held_s else "Check", lines.CHECK_SHOWN)
        self.scene = replace(scene, valid_s=held_s, asked_s=CHECK_S)
        if held_s >= CHECK_S:
            self._out.append(Sound(Earcon.DONE))
            self._end("done")
        elif self._time_s - self._since_s > CHECK_PATIENCE_S:
            why = f": {describe_reason(step.reason)}" if step.reason else ""
            self._fail(f"{lines.NOT_RECOGNISED}{why}")

    def _again(self) -> None:
        """Go back to the last take, whatever became of it."""
        if self._shots:
            self._shots.pop()
        if self.made is not None:
            self._out.append(Judge((self._goal.pose,) if self._goal.pose.checks else ()))
        self.made, self._checking, self._paused = None, False, False
        if self.phase is not Phase.PLACING:
            self._begin()

    def _pause(self) -> None:
        self._paused = not self._paused
        if self._paused:
            self._say(PAUSED, urgent=True)
            self._before_pause = self.scene
            self.scene = replace(
                self.scene, phase=Phase.PAUSED, look=Look.CALM, title="Paused", line=""
            )
            self._out += [Judge(())] if self._checking else []
        elif self.phase is Phase.TAKING:
            self._begin()
        else:
            self.scene = self._before_pause
            self._say(GOING_ON)
            if self._checking:
                self._judge_made()

    def _stop_for_pain(self) -> None:
        self._say(STOPPED, urgent=True)
        self._enter(Phase.PAIN)
        self._script = Script(self._pain_advice, self._prompter.said_until_s)
        self.scene = self._plain(Look.CALM, "Stopped", "\n".join(self._pain_advice))

    def _linger(self) -> None:
        """After pain: read out the advice, and end by itself."""
        if self.phase is Phase.PAIN and not self.ended:
            for line in self._script.due(self._time_s):
                self._say(line)
            if self._script.over(self._time_s):
                self._end("pain")

    def _fail(self, why: str) -> None:
        self.made, self.refused = None, why
        self._end("failed")

    def _end(self, why: str) -> None:
        self._enter(Phase.DONE)
        self.ended = why
        words = {"done": lines.SAVED, "failed": lines.FAILED}.get(why, ENDED.get(why, ""))
        if words:
            self._say(words, urgent=True)
        self.scene = self._plain(Look.CALM, "Done", words)

    def _plain(self, look: Look, title: str, line: str) -> Scene:
        return Scene(
            phase=self.phase,
            look=look,
            title=title,
            line=line,
            form=Form(self._goal.pose, self._side),
            progress=lines.progress(len(self._shots), len(self._sides)),
            asked_s=TAKE_S,
        )
