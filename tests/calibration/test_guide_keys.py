"""The guide and the keys: pauses, pain, back, on, and the end."""

import pytest

from backstretch.calibration import goals as lines
from backstretch.calibration.guide import COUNT_S, PATIENCE_S
from backstretch.coaching.scene import Command, Phase
from backstretch.coaching.speaking import PAUSED, STOPPED
from tests.guided_actor import ADVICE, Deed, at

THRICE = ("left",) * 3
EVERY = (
    Phase.PLACING,
    Phase.READY,
    Phase.TRYING,
    Phase.TAKING,
    Phase.EASING,
    Phase.HOLDING,
)
each_phase = pytest.mark.parametrize("phase", EVERY)


@each_phase
class TestTheQuitKey:
    def test_ends_it_at_once(self, phase):
        assert at(phase).press(Command.QUIT).guide.end_reason == "quit"


@each_phase
class TestThePainKey:
    def test_stops_and_reads_the_advice(self, phase):
        actor = at(phase).press(Command.PAIN)
        now = actor.guide.phase
        assert (now, actor.to_the_end().guide.end_reason) == (Phase.PAIN, "pain")
        assert actor.said[-3:] == [STOPPED, *ADVICE]


def test_the_advice_is_shown():
    assert at(Phase.TAKING).press(Command.PAIN).guide.scene.line.splitlines() == list(ADVICE)


def test_the_advice_can_be_cut_short():
    assert at(Phase.TAKING).press(Command.PAIN, Command.QUIT).guide.end_reason == "pain"


class TestTheBackKey:
    def test_takes_the_last_take_back(self):
        actor = at(Phase.EASING, *THRICE).press(Command.BACK)
        assert (actor.said[-1], actor.guide.scene.progress) == (
            lines.take_begins(0, THRICE),
            "Take 1 of 3",
        )

    def test_in_the_check_goes_back_to_the_last_take(self):
        actor = at(Phase.HOLDING, "left", "left").press(Command.BACK)
        assert (actor.guide.result, actor.guide.scene.progress) == (None, "Take 2 of 2")

    def test_lets_the_take_be_made_again(self):
        actor = at(Phase.HOLDING, "left", "left").press(Command.BACK).to_the_end()
        assert (actor.guide.end_reason, len(actor.judged)) == ("done", 3)
        assert actor.record.takes == 2

    def test_where_there_is_none_begins_the_first(self):
        actor = at(Phase.READY).press(Command.BACK)
        assert (actor.guide.phase, actor.to_the_end().guide.end_reason) == (Phase.TRYING, "done")


class TestTheNextKey:
    def test_makes_do_with_the_takes_there_are(self):
        actor = at(Phase.EASING, *THRICE).press(Command.NEXT).to_the_end()
        assert (actor.guide.end_reason, actor.judged) == ("done", ["good"])
        assert actor.record.takes == 1

    @pytest.mark.parametrize("phase", [Phase.READY, Phase.TRYING, Phase.TAKING])
    def test_does_nothing_where_there_are_none(self, phase):
        actor = at(phase).press(Command.NEXT)
        assert (actor.guide.phase, actor.guide.result) == (phase, None)

    def test_does_not_skip_the_check(self):
        actor = at(Phase.HOLDING).press(Command.NEXT)
        assert (actor.guide.phase, actor.guide.end_reason) == (Phase.HOLDING, "")


@each_phase
class TestThePauseKey:
    def test_keeps_everything_as_it_is(self, phase):
        actor = at(phase).press(Command.PAUSE).act(20.0)
        assert (actor.guide.phase, actor.said[-1]) == (phase, PAUSED)

    def test_is_shown(self, phase):
        scene = at(phase).press(Command.PAUSE).act(1.0).guide.scene
        assert (scene.phase, scene.title) == (Phase.PAUSED, "Paused")

    def test_pressed_again_goes_on_to_the_end(self, phase):
        actor = at(phase).press(Command.PAUSE).act(5.0).press(Command.PAUSE)
        actor.to_the_end()
        assert actor.guide.end_reason == "done"


class TestAPause:
    def test_in_a_take_lets_it_begin_again(self):
        actor = at(Phase.TAKING).act(COUNT_S + 1.0).press(Command.PAUSE, Command.PAUSE)
        assert (actor.guide.phase, actor.to_the_end().judged) == (Phase.TRYING, ["good"])

    def test_does_not_cost_patience(self):
        actor = at(Phase.TRYING, waiting=Deed.REST).press(Command.PAUSE)
        actor.act(PATIENCE_S + 5.0).press(Command.PAUSE).act(10.0)
        assert (actor.guide.phase, actor.guide.end_reason) == (Phase.TRYING, "")

    @pytest.mark.parametrize("phase", [Phase.TRYING, Phase.EASING])
    def test_that_is_over_is_not_shown_any_more(self, phase):
        actor = at(phase, "left", "left", waiting=Deed.REST, easing=Deed.STRETCH)
        assert actor.press(Command.PAUSE, Command.PAUSE).act(1.0).guide.scene.title != "Paused"

    def test_ends_with_the_key_that_goes_back(self):
        actor = at(Phase.EASING).press(Command.PAUSE, Command.BACK)
        assert actor.act(40.0).guide.end_reason == "done"

    def test_ends_with_the_key_that_goes_on(self):
        actor = at(Phase.EASING, "left", "left").press(Command.PAUSE, Command.NEXT)
        assert actor.act(40.0).guide.end_reason == "done"

    def test_in_the_check_counts_for_nothing(self):
        actor = at(Phase.HOLDING).press(Command.PAUSE).act(5.0).press(Command.PAUSE)
        assert not actor.act(0.5).guide.end_reason
