"""The guide: leads somebody through the takes of a calibration, step by step, and through a last check.

Like the coach it is a state machine over steps, without camera, window, sound or clock. Nothing is written
here; what the takes came to is `Guide.result`, once all went well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from backstretch.calibration.goals import (
    CHECK,
    CHECK_SHOWN,
    COME_IN,
    FAILED,
    GOOD,
    KEEP_STILL,
    LOST,
    MOVED,
    NOT_RECOGNISED,
    NOT_SEEN,
    ONCE_MORE,
    STRAIGHT,
    THANKS,
    Goal,
    countdown,
    explaining,
    hint,
    outside,
    progress,
    sentence,
    take_begins,
)
from backstretch.calibration.references import Take
from backstretch.calibration.stills import Still, StillWatch, stills_of
from backstretch.coaching.placement import Surroundings
from backstretch.coaching.scene import Command, Earcon, Phase, Say, Scene, Status
from backstretch.coaching.scripted_leader import ScriptedLeader
from backstretch.coaching.speaking import (
    BREATHE,
    COME_OUT,
    ENDED,
    GOING_ON,
    PAUSED,
    entries_of,
    placing,
)
from backstretch.errors import TakeError
from backstretch.judging.matching import Form
from backstretch.judging.reasons import ReasonKind
from backstretch.judging.step import Step
from backstretch.judging.wording import cue_of, describe_reason
from backstretch.kinematics.landmarks import LONGEST_GAP_S
from backstretch.kinematics.neutral import OwnNeutral
from backstretch.poses.pose import Pose

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


class Guide(ScriptedLeader):
    """Leads one person through the takes.

    Args:
        goal: What they are for.
        sides: The side of each take, in turn; None where there are none.
        pain_advice: Sentences said when something hurts.

    Attributes:
        refusal: Why the last take was not good; after ``failed`` why nothing was made.
        result: What the takes came to; None before that, for a stretch before it was recognised in the check.
    """

    last_words: ClassVar[Mapping[str, str]] = ENDED | {"done": THANKS, "failed": FAILED}
    last_words_are_urgent: ClassVar[bool] = True

    def __init__(
        self, goal: Goal, sides: Sequence[str | None], *, pain_advice: Sequence[str] = ()
    ) -> None:
        super().__init__(placing(goal.pose), pain_advice)
        self.refusal = ""
        self.result: Pose | OwnNeutral | None = None
        self._unchecked: Pose | None = None
        self._goal, self._sides = goal, tuple(sides)
        self._forms = {side: Form(goal.pose, side) for side in self._sides}
        self._takes: list[Take] = []
        self._watch = StillWatch(goal.needed)
        self._rest: list[Step] = []
        self._take_steps: list[Step] = []
        self._refusals = 0
        self._out_s = 0.0
        self._called_s = 0
        self._take_note = ""
        self._hint_status = Status.CALM
        self._checking = self._paused = False
        self._is_check_fresh = False
        self.scene = self._before_pause = self._plain(Status.CALM, "Set up", "")

    @property
    def _side(self) -> str | None:
        return self._sides[min(len(self._takes), len(self._sides) - 1)]

    @property
    def _is_paused(self) -> bool:
        return self._paused

    def _go_on(self, step: Step, surroundings: Surroundings, passed_s: float) -> None:
        if self._paused or surroundings.lost:
            self._since_s += passed_s
            return
        self._watch.push(step)
        if self.phase is Phase.PLACING:
            self._place(step, surroundings, passed_s)
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

    def _skip(self, command: Command) -> None:
        """Make what the takes so far allow, or take the last one again."""
        if command is Command.BACK:
            self._again()
        elif self._takes and not self._checking:
            self._make()

    def _place(self, step: Step, surroundings: Surroundings, passed_s: float) -> None:
        """Before the takes: the camera must see what it needs."""
        self._read_out()
        if self._set_up(step, self._forms[self._side], surroundings, passed_s).over:
            self._rest = list(self._watch.recent)
            takes = len(self._sides) if self._goal.checked else 0
            self._enter(Phase.READY, entries_of(explaining(takes)))

    def _explain(self) -> None:
        self._read_out()
        self.scene = self._plain(Status.CALM, "Get ready", self._script.reading(self._time_s))
        if self._script.over(self._time_s):
            self._begin()

    def _begin(self) -> None:
        """Wait for the position of the take that is due."""
        self._enter(Phase.TRYING)
        begins = take_begins(len(self._takes), self._sides)
        self._say(begins if self._goal.checked else KEEP_STILL)
        self._show_waiting()

    def _show_waiting(self, hint: str = "") -> None:
        status = self._hint_status if hint else Status.CALM
        line = COME_IN if self._goal.checked else STRAIGHT
        self.scene = self._plain(status, "Begin", hint or line)

    def _await(self, step: Step) -> None:
        """The position is awaited; it is taken as soon as it is kept still."""
        waited_s = self._time_s - self._since_s
        if step.landmarks is None:
            self.refusal = ""
        still = self._watch.still()
        if still is not None and self._time_s >= self._prompter.speech_ends_s:
            self.refusal = self._goal.refusal(still, self._side, self._rest_still())
            if not self.refusal:
                self._enter(Phase.TAKING)
                self._take_steps, self._called_s = [], 0
                self._count(0.0)
                return
        if waited_s > PATIENCE_S:
            self._fail(self.refusal or NOT_SEEN)
        elif waited_s > HINT_S:
            self._hint(step)

    def _hint(self, step: Step) -> None:
        unseen = step.reason is not None and step.reason.kind in UNSEEN
        words = cue_of(step) if unseen else hint(self._goal.pose, self.refusal)
        speech = self._prompter.push(self._time_s, words)
        if self._prompter.shown == words:
            self._hint_status = Status.UNSEEN if unseen else Status.CALM
        if speech:
            self._say(speech)
        self._show_waiting(self._prompter.shown)

    def _rest_still(self) -> Still | None:
        stills = stills_of(self._rest, self._goal.needed)
        return stills[-1] if stills else None

    def _count(self, passed_s: float) -> None:
        """Count down, aloud and on the screen."""
        left_s = COUNT_S - passed_s
        if self._called_s < COUNT_S and passed_s >= self._called_s:
            # Not by `_say`: nothing has to wait for the countdown.
            self._events.append(Say(countdown(round(COUNT_S) - self._called_s), urgent=True))
            self._called_s += 1
        scene = self._plain(Status.CALM, "Keep still", KEEP_STILL)
        self.scene = replace(scene, left_s=max(0.0, left_s), rest_s=COUNT_S)

    def _record(self, step: Step) -> None:
        passed_s = self._time_s - self._since_s
        if passed_s < COUNT_S:
            self._count(passed_s)
            return
        if not self._take_steps:
            self._sound(Earcon.IN)
        self._take_steps.append(step)
        scene = self._plain(Status.IN, "Keep still", BREATHE)
        self.scene = replace(scene, valid_s=passed_s - COUNT_S, asked_s=TAKE_S)
        if passed_s >= COUNT_S + TAKE_S:
            self._judge_take()

    def _judge_take(self) -> None:
        """Keep the take, or say why it is taken again."""
        self.refusal = self._fault()
        self._note("take", self.refusal or "good")
        if self.refusal:
            self._refusals += 1
            if self._refusals >= MOST_REFUSED:
                self._fail(self.refusal)
                return
            self._enter(Phase.TRYING)
            self._say(f"{sentence(self.refusal)} {ONCE_MORE}", urgent=True)
            self._show_waiting()
            return
        self._refusals = 0
        stills = stills_of(self._take_steps, self._goal.needed)
        self._take_note = self._goal.describe_take(stills[-1], self._side)
        steps = [*self._rest, *self._take_steps]
        self._takes.append(Take(f"take {len(self._takes) + 1}", steps))
        self._sound(Earcon.DONE)
        if len(self._takes) == len(self._sides):
            self._make()
        else:
            self._come_out()

    def _come_out(self) -> None:
        self._enter(Phase.EASING)
        self._out_s = 0.0
        self._say(GOOD, urgent=True)
        self.scene = replace(self._plain(Status.CALM, "Relax", COME_OUT), note=self._take_note)

    def _fault(self) -> str:
        """Why what was just taken cannot be used; empty where it can."""
        visible = [step for step in self._take_steps if step.landmarks is not None]
        if len(visible) < LEAST_SEEN * len(self._take_steps):
            return LOST
        if hidden := outside(visible, self._goal.shown):
            return hidden
        stills = [
            s for s in stills_of(self._take_steps, self._goal.needed) if s.seconds >= LEAST_STILL_S
        ]
        if not stills:
            return MOVED
        return self._goal.refusal(stills[-1], self._side, self._rest_still())

    def _ease(self, passed_s: float) -> None:
        """Wait until the position is left."""
        still = self._watch.still() if self._goal.checked else None
        if still is not None:
            is_out = bool(self._goal.refusal(still, self._side_before, self._rest_still()))
            self._out_s = self._out_s if is_out else 0.0
        self._out_s += min(
            passed_s, LONGEST_GAP_S
        )  # of a longer time without pictures nothing is known
        if self._time_s - self._since_s > NUDGE_S:
            self._since_s = self._time_s
            self._say(COME_OUT)
        if self._out_s >= OUT_S and self._time_s >= self._prompter.speech_ends_s:
            if self._unchecked is None:
                self._begin()
            else:
                self._begin_check()

    @property
    def _side_before(self) -> str | None:
        return self._sides[max(0, min(len(self._takes), len(self._sides)) - 1)]

    def _make(self) -> None:
        """Make what the takes were for."""
        self._paused = False
        try:
            made = self._goal.make(self._takes)
        except TakeError as error:
            self._fail(str(error))
            return
        if isinstance(made, Pose):
            self._unchecked = made
            self._judge_unchecked()
            self._come_out()
        else:
            self.result = made
            self._end("done")

    def _judge_unchecked(self) -> None:
        """Have what was made judged; moments that were judged before may still come, and are no check."""
        self._is_check_fresh = False
        if self._unchecked is not None:
            self._turn_to(self._unchecked)

    def _begin_check(self) -> None:
        self._enter(Phase.TRYING)
        self._checking = True
        self._judge_unchecked()
        self._say(CHECK)
        self.scene = self._plain(Status.CALM, "Check", CHECK_SHOWN)

    def _check(self, step: Step) -> None:
        """The stretch is repeated, and must be recognised, in a hold that began after the check did."""
        held_s = step.valid_s if step.pose is self._unchecked else 0.0
        self._is_check_fresh |= held_s == 0.0
        held_s = held_s if self._is_check_fresh else 0.0
        status = Status.IN if held_s > 0.0 else Status.CALM
        self.phase = Phase.HOLDING if held_s > 0.0 else Phase.TRYING
        scene = self._plain(status, "Hold" if held_s else "Check", CHECK_SHOWN)
        self.scene = replace(scene, valid_s=held_s, asked_s=CHECK_S)
        if held_s >= CHECK_S:
            self.result = self._unchecked
            self._sound(Earcon.DONE)
            self._end("done")
        elif self._time_s - self._since_s > CHECK_PATIENCE_S:
            why = f": {describe_reason(step.reason)}" if step.reason else ""
            self._fail(f"{NOT_RECOGNISED}{why}")

    def _again(self) -> None:
        """Go back to the last take, whatever became of it."""
        if self._takes:
            self._takes.pop()
        if self._unchecked is not None:
            self._turn_to(*((self._goal.pose,) if self._goal.pose.checks else ()))
        self._unchecked, self._checking, self._paused = None, False, False
        if self.phase is not Phase.PLACING:
            self._begin()

    def _pause(self) -> None:
        self._paused = True
        self._say(PAUSED, urgent=True)
        self._before_pause = self.scene
        self.scene = replace(
            self.scene, phase=Phase.PAUSED, status=Status.CALM, title="Paused", line=""
        )
        if self._checking:
            self._turn_to()

    def _stop_for_pain(self) -> None:
        if not self._paused:
            self._before_pause = self.scene
        super()._stop_for_pain()

    def _pause_after_pain(self) -> None:
        self.phase, self.scene = self._before_pause.phase, self._before_pause
        self._paused = False
        self._pause()

    def _resume(self) -> None:
        self._paused = False
        if self.phase is Phase.TAKING:
            self._begin()
            return
        self.scene = self._before_pause
        self._say(GOING_ON)
        if self._checking:
            self._judge_unchecked()

    def _fail(self, why: str) -> None:
        self.refusal = why
        self._end("failed")

    def _plain(self, status: Status, title: str, line: str) -> Scene:
        return Scene(
            phase=self.phase,
            status=status,
            title=title,
            line=line,
            form=self._forms[self._side],
            progress=progress(len(self._takes), len(self._sides)),
            asked_s=TAKE_S,
        )
