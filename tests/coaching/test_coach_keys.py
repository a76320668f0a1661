"""The coach when it is stopped: pauses, keys, pain, and stretches that it only guides."""

import pytest

from backstretch.coaching import speaking as lines
from backstretch.coaching.coach import PAIN_SHOWN_S, Coach
from backstretch.coaching.programme import Programme
from backstretch.coaching.scene import PAIN_TAKEN_BACK, Command, Note, Phase, Say
from backstretch.coaching.scripted_leader import UNDO_S
from backstretch.coaching.speaking import TAKEN_BACK
from tests.coached import (
    ADVICE,
    BEND,
    FOLD,
    GONE,
    TILT,
    at,
    bends,
    coached,
    folds,
    tilts,
)

GUIDED = {Phase.TAKING}
"""Phases of the guide, which the coach never comes to."""
LIVELY = tuple(phase for phase in Phase if phase not in {Phase.PAIN, Phase.DONE, *GUIDED})


# Pauses


@pytest.mark.parametrize("phase", [phase for phase in LIVELY if phase is not Phase.PAUSED])
class TestAPauseByKey:
    def test_stops_the_judging(self, phase):
        person = at(phase).key(Command.PAUSE)
        assert (person.judged[-1], person.notes) == ((), [("pause", "by key")])

    def test_is_silent(self, phase):
        person = at(phase).key(Command.PAUSE).forget().stand(120.0).hold(5.0).leave(60.0)
        assert (person.said, person.sounds, person.coach.phase) == ([], [], Phase.PAUSED)

    def test_ends_by_the_same_key(self, phase):
        person = at(phase).key(Command.PAUSE).stand(20.0).forget().key(Command.PAUSE)
        assert (person.said, person.judged) == ([lines.GOING_ON], [(BEND,)])


@pytest.mark.parametrize(
    ("phase", "then"),
    [
        (Phase.PLACING, Phase.PLACING),
        (Phase.READY, Phase.PLACING),
        (Phase.TRYING, Phase.TRYING),
        (Phase.HOLDING, Phase.TRYING),
        (Phase.EASING, Phase.RESTING),
        (Phase.RESTING, Phase.RESTING),
    ],
)
def test_after_a_pause_it_goes_on_where_it_was(phase, then):
    person = at(phase).key(Command.PAUSE).stand(20.0).key(Command.PAUSE).stand()
    assert person.coach.phase is then


def test_a_pause_freezes_the_rest():
    person = at(Phase.RESTING).stand(2.0)
    left_s = person.scene.left_s
    person.key(Command.PAUSE).stand(20.0).key(Command.PAUSE).stand()
    assert person.scene.left_s == pytest.approx(left_s, abs=0.05)


def test_a_rest_between_guided_repetitions_stays_one_after_a_pause():
    person = at(Phase.TRYING, tilts()).hold(5.0)
    person.key(Command.PAUSE).stand(3.0).key(Command.PAUSE)
    assert person.judged[-1] == ()


@pytest.mark.parametrize("phase", [Phase.READY, Phase.TRYING, Phase.RESTING])
class TestLeavingThePicture:
    def test_for_three_seconds_is_a_pause(self, phase):
        person = at(phase).leave(2.9)
        before = person.coach.phase
        assert (before, person.leave(0.2).coach.phase) == (phase, Phase.PAUSED)

    def test_is_told_urgently(self, phase):
        person = at(phase).leave(3.2)
        assert person.said_urgently == [lines.PAUSED_AWAY]
        assert person.notes == [("pause", "nobody in view")]

    def test_ends_when_somebody_is_back_for_a_second(self, phase):
        person = at(phase).leave(30.0).stand(0.9)
        before = person.coach.phase
        assert (before, person.stand(0.2).notes[-1]) == (Phase.PAUSED, ("resume", ""))


def test_leaving_the_picture_does_not_stop_the_judging():
    assert at(Phase.TRYING).leave(10.0).stand(2.0).judged == []


def test_while_the_camera_is_being_set_up_nobody_need_be_there():
    assert at(Phase.PLACING).leave(60.0).notes == []


def test_a_pause_by_key_is_not_ended_by_walking_in():
    person = at(Phase.TRYING).key(Command.PAUSE).leave(10.0).stand(10.0)
    assert person.coach.phase is Phase.PAUSED


def test_a_short_absence_in_a_hold_is_left_to_the_clock():
    person = at(Phase.HOLDING).feed(1.9, **GONE).hold(1.0)
    assert (person.coach.phase, person.notes) == (Phase.HOLDING, [])


@pytest.mark.parametrize("how", ["key", "away"])
def test_a_pause_after_the_last_whole_hold_ends_the_session(how):
    person = at(Phase.EASING, folds())
    person = person.key(Command.PAUSE) if how == "key" else person.feed(3.2, **GONE)
    assert (person.coach.end_reason, person.coach.phase) == ("done", Phase.DONE)


# Next, back, quit


@pytest.mark.parametrize("phase", [each for each in LIVELY if each is not Phase.RESTING])
def test_next_asks_for_the_next_hold(phase):
    parts = bends(repetitions=2), folds()
    due = at(phase, *parts).coach.agenda.hold
    person = at(phase, *parts).key(Command.NEXT)
    assert (person.coach.agenda.hold, person.judged[-1]) == (due + 1, (BEND,))


def test_next_in_a_rest_only_ends_the_rest():
    person = at(Phase.RESTING, bends(repetitions=2))
    due = person.coach.agenda.hold
    person = person.key(Command.NEXT)
    assert (person.coach.agenda.hold, person.coach.phase) == (due, Phase.TRYING)


def test_next_in_a_pause_of_a_rest_only_ends_the_rest():
    person = at(Phase.RESTING, bends(repetitions=2))
    due = person.coach.agenda.hold
    person = person.key(Command.PAUSE).key(Command.NEXT)
    assert (person.coach.agenda.hold, person.coach.phase) == (due, Phase.TRYING)


def test_back_after_a_whole_hold_asks_for_that_hold_again():
    person = at(Phase.EASING, bends(repetitions=2)).key(Command.BACK)
    assert (person.coach.agenda.hold, person.coach.agenda.side) == (1, "left")


def test_a_pause_by_key_in_a_hold_is_no_failed_try():
    person = at(Phase.HOLDING, bends(repetitions=2)).key(Command.PAUSE)
    assert person.said[-1] == "Paused."
    assert not any("That was" in words for words in person.said)


@pytest.mark.parametrize("phase", LIVELY)
def test_next_names_what_comes_urgently(phase):
    person = at(phase, bends(repetitions=2)).key(Command.NEXT)
    side = person.coach.agenda.side
    assert person.said_urgently == [f"Standing side bend, {side} side."]


def test_next_after_the_last_one_ends_the_session():
    person = at(Phase.TRYING, folds()).key(Command.NEXT)
    assert (person.coach.end_reason, person.said) == ("done", ["That was all. Well done."])


def test_next_in_a_pause_ends_the_pause():
    assert at(Phase.PAUSED).key(Command.NEXT).stand().coach.phase is Phase.TRYING


def test_back_asks_for_the_last_hold_again():
    person = at(Phase.RESTING).key(Command.BACK)
    assert (person.coach.agenda.hold, person.coach.agenda.side) == (1, "left")


def test_back_reaches_into_the_stretch_before():
    person = at(Phase.TRYING, folds(), bends()).key(Command.NEXT).stand(2.0).key(Command.BACK)
    assert (person.coach.agenda.part.pose, person.judged[-1]) == (FOLD, (FOLD,))


def test_back_at_the_very_beginning_begins_anew():
    person = at(Phase.TRYING).key(Command.BACK)
    assert (person.coach.phase, person.coach.agenda.hold) == (Phase.PLACING, 1)


def test_next_and_back_are_noted_with_what_was_due():
    person = at(Phase.TRYING).key(Command.NEXT).stand().key(Command.BACK)
    assert person.notes == [
        ("next", "Standing side bend, left side"),
        ("back", "Standing side bend, right side"),
    ]


@pytest.mark.parametrize("phase", LIVELY)
def test_quitting_ends_the_session_without_a_word(phase):
    person = at(phase).key(Command.QUIT)
    assert (person.coach.end_reason, person.coach.phase, person.said) == ("quit", Phase.DONE, [])


# Pain


@pytest.mark.parametrize("phase", LIVELY)
class TestPain:
    def test_stops_everything_at_once(self, phase):
        person = at(phase)
        due = Note("pain", person.scene.name)
        events = [event for _, event in person.key(Command.PAIN).events]
        assert events == [Say(lines.STOPPED, urgent=True), due]
        assert person.judged == [()]

    def test_reads_out_the_advice_one_sentence_after_the_other(self, phase):
        person = at(phase).key(Command.PAIN).forget().stand(PAIN_SHOWN_S - 1.0)
        assert person.said == list(ADVICE)

    def test_ends_by_itself(self, phase):
        person = at(phase).key(Command.PAIN).stand(PAIN_SHOWN_S - 1.0)
        before = person.coach.end_reason
        assert (before, person.stand(2.0).coach.end_reason) == ("", "pain")

    def test_ends_at_once_by_key(self, phase):
        assert at(phase).key(Command.PAIN, Command.QUIT).coach.end_reason == "pain"


def test_after_pain_the_advice_stays_on_the_screen():
    scene = at(Phase.PAIN).stand(30.0).scene
    assert (scene.title, scene.line.split()) == ("Stopped", " ".join(ADVICE).split())


@pytest.mark.parametrize("command", [Command.PAUSE, Command.NEXT, Command.BACK, Command.PAIN])
def test_after_pain_no_key_but_quit_does_anything(command):
    assert at(Phase.PAIN).stand(UNDO_S).forget().key(command).events == []


@pytest.mark.parametrize("command", [Command.PAIN, Command.PAUSE])
@pytest.mark.parametrize("phase", LIVELY)
def test_pain_that_was_a_mistake_can_be_taken_back_soon(phase, command):
    person = at(phase).key(Command.PAIN).stand(UNDO_S - 1.0).forget().key(command)
    assert person.notes[0] == (PAIN_TAKEN_BACK, "")
    assert TAKEN_BACK in person.said
    assert person.coach.phase is Phase.PAUSED
    assert person.key(Command.PAUSE).coach.phase not in {Phase.PAUSED, Phase.PAIN, Phase.DONE}


def test_how_long_pain_can_be_taken_back_is_shown():
    person = at(Phase.HOLDING).key(Command.PAIN).stand(2.0)
    assert person.scene.left_s == pytest.approx(UNDO_S - 2.0, abs=0.1)
    assert person.stand(UNDO_S).scene.left_s is None


def test_after_pain_no_hold_begins_and_nobody_is_called_back():
    person = at(Phase.PAIN).stand(10.0).forget().hold(10.0).leave(10.0)
    assert (person.sounds, person.said) == ([], [])


def test_the_session_does_not_end_before_the_advice_was_said():
    person = coached(folds())
    person.coach = Coach(Programme("Test", (folds(),)), pain_advice=["word " * 60] * 3)
    person.stand().key(Command.PAIN).stand(PAIN_SHOWN_S + 10.0)
    assert person.coach.end_reason == ""


# Guided stretches


def test_a_guided_repetition_is_whole_though_the_position_is_never_left():
    person = at(Phase.TRYING, tilts(), rest_s=3.0).hold(5.0)
    assert (person.coach.phase, person.coach.agenda.hold, person.judged) == (
        Phase.RESTING, 2, [()],
    )  # fmt: skip


def test_after_its_rest_a_guided_stretch_is_judged_again():
    person = at(Phase.TRYING, tilts(), rest_s=3.0).hold(5.0).stand(3.2)
    assert person.judged == [(), (TILT,)]


def test_guided_repetitions_end_like_all_others():
    person = at(Phase.TRYING, tilts(2)).hold(5.0).until(Phase.TRYING).hold(5.0)
    assert person.coach.end_reason == "done"
