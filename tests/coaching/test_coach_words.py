"""What the coach says and when: corrections, haste, placement, steps."""

import re
from dataclasses import replace
from typing import Any

import pytest

from backstretch.coaching import placement
from backstretch.coaching import speaking as lines
from backstretch.coaching.feedback import HINT_S, IDLE_S
from backstretch.coaching.placement import (
    LENIENT_AFTER_S,
    ON_THE_FLOOR,
    WORDS,
    Fault,
    Surroundings,
)
from backstretch.coaching.scene import Earcon, Phase, Say, Status
from backstretch.coaching.speaking import SILENCE_S
from backstretch.history import health
from backstretch.judging import wording
from backstretch.judging.hold_clock import State
from backstretch.judging.reasons import RESTLESS
from backstretch.kinematics.view import View
from tests.coached import (
    BEND,
    BOUNCED,
    FAST,
    FPS,
    HELD,
    HIDDEN,
    NEUTRAL,
    WRONG,
    at,
    bends,
    broken,
    coached,
    folds,
    gaps_s,
    tilts,
)
from tests.library import LIBRARY

TOLD = {
    Status.ADJUST: "Let both knees be straight.",
    Status.UNSEEN: "I cannot see your left knee.",
}
"""The cue and the reason of a lapse that looks like this."""


# Lapses and corrections


def test_a_flicker_in_a_hold_is_not_shown():
    person = at(Phase.HOLDING).feed(0.3, **WRONG).hold(1.0)
    assert {scene.status for scene in person.shown} == {Status.IN}


@pytest.mark.parametrize(
    ("lapse", "status", "earcon"),
    [(WRONG, Status.ADJUST, Earcon.OUT), (HIDDEN, Status.UNSEEN, Earcon.UNSEEN)],
)
class TestALapseThatLasts:
    def test_is_heard(self, lapse, status, earcon):  # noqa: ARG002 - the class's parameters
        assert at(Phase.HOLDING).feed(0.7, **lapse).sounds == [earcon]

    def test_is_shown_with_its_cue(self, lapse, status, earcon):  # noqa: ARG002
        scene = at(Phase.HOLDING).feed(0.7, **lapse).scene
        assert (scene.status, scene.line) == (status, TOLD[status])

    def test_says_that_time_does_not_count(self, lapse, status, earcon):  # noqa: ARG002
        assert at(Phase.HOLDING).feed(0.7, **lapse).scene.note == lines.NOT_COUNTING

    def test_ends_with_the_earcon_of_the_hold(self, lapse, status, earcon):  # noqa: ARG002
        assert at(Phase.HOLDING).feed(1.0, **lapse).hold(1.0).sounds == [earcon, Earcon.IN]


def test_the_ring_keeps_its_seconds_in_a_lapse():
    assert at(Phase.HOLDING).feed(0.9, **WRONG).scene.valid_s == 2.0


def test_the_same_cue_is_said_three_times_and_then_no_more_for_a_good_while():
    person = at(Phase.TRYING).feed(60.0, **WRONG)
    times = person.times_of(TOLD[Status.ADJUST])
    assert gaps_s(times) == pytest.approx([10.0, 20.0], abs=0.1)


def test_who_does_something_else_is_not_corrected():
    person = at(Phase.TRYING).feed(IDLE_S - 1.0, **{**WRONG, "near_pose": False})
    assert (person.said, person.scene.status, person.scene.line) == ([], Status.CALM, lines.BEGIN)


def test_who_does_not_begin_hears_the_steps_again_one_by_one():
    person = at(Phase.TRYING).stand(10.0)
    first, second, *_ = BEND.steps
    assert (person.said, person.scene.line) == ([first], first)
    assert person.scene.status is Status.CALM
    assert person.stand(HINT_S).said == [first, second]


def test_a_hint_ends_when_the_position_is_near():
    person = at(Phase.TRYING).stand(10.0).feed(3.0, **WRONG)
    assert person.scene.status is Status.ADJUST
    assert person.scene.line not in BEND.steps


def test_a_wrong_view_is_told_before_what_the_checks_find():
    aside = replace(NEUTRAL, view=View(90.0, 0.0))
    person = at(Phase.TRYING).feed(5.0, **WRONG, neutral=aside)
    assert person.said == ["Turn your face to the camera."]
    assert person.scene.status is Status.ADJUST


def test_a_doubtful_view_does_not_hide_what_the_checks_find():
    aside = replace(NEUTRAL, view=View(40.0, 0.0))
    person = at(Phase.TRYING).feed(5.0, **WRONG, neutral=aside)
    assert person.said == [TOLD[Status.ADJUST]]


def test_a_wrong_view_is_not_told_in_a_hold():
    aside = replace(NEUTRAL, view=View(90.0, 0.0))
    person = at(Phase.HOLDING).hold(5.0, neutral=aside)
    assert not any("Turn" in words for words in person.said)


def test_who_is_not_seen_on_the_floor_is_told_how_to_be_seen_and_told_again():
    person = at(Phase.TRYING, tilts()).leave(5.0)
    assert person.coach.phase is Phase.PAUSED
    assert (person.scene.line, person.said[-1:]) == (ON_THE_FLOOR, [ON_THE_FLOOR])
    person.forget().leave(120.0)
    assert person.said == 3 * [ON_THE_FLOOR]


def test_a_correction_waits_until_the_last_words_are_over():
    person = at(Phase.PLACING).hold(0.1).feed(8.0, **WRONG)
    held_s, corrected_s = (t for t, event in person.events if isinstance(event, Say))
    assert corrected_s - held_s >= SILENCE_S


def test_a_correction_waits_after_the_last_seconds_were_called():
    tilted = broken("hip_tilt", State.IN, above=True)
    person = at(Phase.HOLDING).hold(7.0).hold(9.0, verdict=tilted)
    (called_s,) = person.times_of("Ten seconds.")
    assert person.times_of("Keep both feet heavy and the hips level.")[0] - called_s >= SILENCE_S


# Haste and bouncing


def test_moving_too_fast_into_position_is_told_at_once():
    person = at(Phase.TRYING).feed(1 / FPS, **FAST)
    assert (person.scene.title, person.said_urgently) == ("Slowly", [lines.SLOWLY])


@pytest.mark.parametrize("phase", [Phase.PLACING, Phase.READY, Phase.RESTING])
def test_haste_is_told_whatever_the_phase_it_comes_from(phase):
    person = at(phase).feed(0.5, **FAST).feed(0.5, **HELD).hold(2.5)
    assert lines.SLOWLY in person.said_urgently


def test_bouncing_in_a_hold_is_told_at_once():
    person = at(Phase.HOLDING).feed(1 / FPS, **BOUNCED)
    assert person.said_urgently == ["Please do not bounce. Keep still."]


def test_restlessness_is_told_without_urgency():
    person = at(Phase.HOLDING).feed(5.0, **{**WRONG, "reason": RESTLESS})
    assert (person.said, person.said_urgently) == (["Settle, and keep still."], [])


# Words


def texts(thing):
    """All texts in a constant."""
    if isinstance(thing, dict):
        return [text for value in thing.values() for text in texts(value)]
    if isinstance(thing, (tuple, list, set, frozenset)):
        return [text for each in thing for text in texts(each)]
    return [thing] if isinstance(thing, str) else []


def constants(module):
    return [t for name, value in vars(module).items() if name.isupper() for t in texts(value)]


MORE = re.compile(r"\b(further|deeper|harder|push\w*)\b", re.IGNORECASE)


@pytest.mark.parametrize("module", [lines, wording, health, placement], ids=lambda m: m.__name__)
def test_no_words_ask_for_more(module):
    others = ("pain that goes further down an arm or leg", "further from the camera")
    texts_left = constants(module)
    for each in others:
        texts_left = [text.replace(each, "") for text in texts_left]
    assert [text for text in texts_left if MORE.search(text)] == []
    assert texts_left


def test_no_step_or_cue_of_any_stretch_asks_for_more():
    hands_off = "Push the hands away"  # from the chest, which is what rounds the upper back
    for pose in LIBRARY.poses.values():
        cued = [words for check in pose.checks for words in (check.below, check.above)]
        for text in (*pose.steps, *cued):
            assert not MORE.search(text.replace(hands_off, "")), f"{pose.id}: {text}"


def test_nothing_that_is_said_in_a_whole_session_asks_for_more():
    person = coached(bends(8.0), folds(8.0)).until(Phase.TRYING).hold(3.0).stand(100.0)
    while not person.coach.end_reason:
        person.whole()
    assert [words for words in person.said if MORE.search(words)] == []


# Placement and steps


def test_a_new_session_welcomes_and_says_where_the_camera_goes():
    person = coached(welcome=("Welcome.",)).stand(10.0)
    assert person.said == ["Welcome.", *lines.placing(BEND)]


def test_who_stands_well_is_let_through_after_the_words_and_a_second():
    person = coached().stand(11.5)
    before = person.coach.phase
    assert (before, person.stand(1.2).coach.phase) == (Phase.PLACING, Phase.READY)


PLACED_WRONG: dict[Fault, tuple[Surroundings, dict[str, Any]]] = {
    Fault.CROWD: (Surroundings(crowded=True), {}),
    Fault.DARK: (Surroundings(light=10.0), {}),
    Fault.RESTLESS: (Surroundings(), {"neutral": None}),
    Fault.TILT: (Surroundings(), {"neutral": replace(NEUTRAL, roll_deg=9.0)}),
}


@pytest.mark.parametrize("fault", PLACED_WRONG)
class TestAFaultOfPlacement:
    def test_is_shown_alone(self, fault):
        person = coached()
        person.surroundings, told = PLACED_WRONG[fault]
        scene = person.stand(2.0, **told).scene
        assert (scene.line, scene.status) == (WORDS[fault], Status.ADJUST)

    def test_is_spoken(self, fault):
        person = coached()
        person.surroundings, told = PLACED_WRONG[fault]
        assert WORDS[fault] in person.stand(15.0, **told).said

    def test_is_let_be_after_a_while(self, fault):
        person = coached()
        person.surroundings, told = PLACED_WRONG[fault]
        person.stand(12.0 + LENIENT_AFTER_S, **told)
        assert (person.notes, person.said.count(lines.LENIENT)) == (
            [("placement", WORDS[fault])], 1,
        )  # fmt: skip


def test_a_fault_is_let_be_only_so_long_after_the_words_are_over():
    """The welcome alone takes longer than that."""
    person = coached(welcome=["word " * 60])
    person.stand(36.5 + LENIENT_AFTER_S - 1.0, neutral=None)
    before = person.coach.phase
    assert (before, person.stand(2.0, neutral=None).coach.phase) == (Phase.PLACING, Phase.READY)


def test_who_looks_away_from_the_camera_is_told_what_to_turn():
    aside = replace(NEUTRAL, view=View(90.0, 0.0))
    assert coached().stand(2.0, neutral=aside).scene.line == "Turn your face to the camera."


def test_nobody_is_never_let_through():
    person = coached().leave(120.0)
    assert (person.coach.phase, person.scene.status) == (Phase.PLACING, Status.UNSEEN)


def test_steps_are_read_out_one_after_the_other():
    person = coached().until(Phase.READY).forget().until(Phase.TRYING)
    assert person.said == [each.text for each in lines.explaining(bends(), "left")]


def test_the_step_that_is_read_out_is_the_one_that_is_marked():
    person = at(Phase.READY).until(Phase.TRYING)
    marked = {t: scene.step_at for t, scene in person.scenes}
    told = [marked[person.times_of(words)[0]] for words in BEND.steps]
    assert told == list(range(len(BEND.steps)))


def test_after_the_steps_the_position_is_awaited():
    person = at(Phase.READY).until(Phase.TRYING).stand()
    assert (person.scene.title, person.scene.line) == ("Begin", lines.BEGIN)


@pytest.mark.parametrize("phase", [Phase.PLACING, Phase.TRYING, Phase.HOLDING, Phase.RESTING])
def test_a_camera_that_is_gone_is_not_blamed_on_the_person(phase):
    person = at(phase).forget()
    before = person.coach.phase
    person.surroundings = Surroundings(lost=True)
    person = person.feed(20.0, landmarks=None)
    assert (person.said, person.coach.phase) == ([], before)
