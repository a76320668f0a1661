"""The coach through holds: begun, whole, too short, of either side."""

from collections import Counter
from dataclasses import replace

import pytest

from backstretch.coaching import speaking as lines
from backstretch.coaching.coach import REMIND_EVERY_S
from backstretch.coaching.programme import HURRIED_AFTER_S, MOST_TRIES, PATIENCE_S, part_of
from backstretch.coaching.scene import Command, Earcon, Phase, Status
from tests.coached import (
    BEND,
    FOLD,
    FPS,
    GONE,
    TILT,
    WRONG,
    at,
    bends,
    coached,
    folds,
    gaps_s,
    tilts,
)
from tests.library import LIBRARY

STARTS = (Phase.PLACING, Phase.READY, Phase.TRYING, Phase.RESTING)
"""Phases in which a hold may begin."""
LEFT_ONLY = bends(side="left")


# A hold begins


@pytest.mark.parametrize("phase", STARTS)
class TestAHoldFromAnyPhase:
    def test_starts_by_itself(self, phase):
        assert at(phase).hold(0.1).coach.phase is Phase.HOLDING

    def test_is_told_by_an_earcon_and_an_urgent_word(self, phase):
        person = at(phase).hold(0.1)
        assert (person.sounds, person.said_urgently[0][:5]) == ([Earcon.IN], "Hold.")

    def test_is_shown_with_its_seconds(self, phase):
        scene = at(phase).hold(3.0).scene
        assert (scene.title, scene.status, scene.valid_s, scene.asked_s) == (
            "Hold", Status.IN, 3.0, 20.0,
        )  # fmt: skip

    def test_stops_what_is_being_read_out(self, phase):
        person = at(phase).hold(9.0)
        assert len(person.said) == 1


def test_a_hold_looks_like_one_from_its_first_moment():
    scene = at(Phase.TRYING).feed(2.0, **WRONG).hold(1 / FPS).scene
    assert (scene.status, scene.line) == (Status.IN, lines.BREATHE)


def test_the_breath_is_shown_only_while_time_counts():
    person = at(Phase.HOLDING)
    breath = person.scene.breath
    assert (breath is not None, person.feed(0.1, **WRONG).scene.breath) == (True, None)


def test_the_breath_is_heard_where_that_was_asked_for():
    person = at(Phase.TRYING, breath_sounds=True, breaths_a_minute=12.0).hold(4.9)
    assert person.sounds == [Earcon.IN, Earcon.BREATHE_IN, Earcon.BREATHE_OUT]


def test_only_the_first_hold_of_a_stretch_reminds_of_the_breath():
    person = coached().whole().whole()
    assert [words for words in person.said_urgently if "Hold" in words] == [
        "Hold. Breathe easily.",
        "Hold.",
    ]


def test_a_hold_of_another_stretch_does_not_count():
    assert at(Phase.TRYING).hold(5.0, pose=FOLD, side=None).coach.phase is Phase.TRYING


# A hold is whole


def test_the_last_seconds_are_called_once_each():
    said = at(Phase.TRYING).hold(20.0).said_urgently
    assert Counter(said)["Ten seconds."] == Counter(said)["Five."] == 1


def test_a_whole_hold_is_told_by_an_earcon_and_an_urgent_word():
    person = at(Phase.TRYING, bends(8.0)).hold(7.9).forget().hold(0.2)
    assert (person.sounds, person.said_urgently) == ([Earcon.DONE], [lines.RELAX])


def test_the_coach_waits_until_the_position_is_left():
    person = at(Phase.EASING).hold(60.0)
    assert (person.coach.phase, person.scene.title) == (Phase.EASING, "Relax")


def test_who_stays_in_position_is_reminded_now_and_then():
    person = at(Phase.EASING).hold(3 * REMIND_EVERY_S + 1.0)
    assert gaps_s(person.times_of(lines.ENOUGH)) == pytest.approx([REMIND_EVERY_S] * 2, abs=0.05)


def test_a_lapse_after_a_whole_hold_is_nobodys_business():
    person = at(Phase.EASING).feed(3.0, **WRONG)
    assert (person.sounds, person.said, person.scene.title) == ([], [], "Relax")


def test_leaving_the_position_begins_the_rest():
    assert at(Phase.EASING).stand().coach.phase is Phase.RESTING


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([bends()], "Switch sides. Then the right side."),
        ([folds(repetitions=2)], "Rest. Then once more."),
        ([LEFT_ONLY, folds()], "Rest. Next: Standing forward fold."),
        ([folds(), bends()], "Rest. Next: Standing side bend, left side."),
    ],
)
def test_the_rest_says_what_comes(parts, words):
    assert at(Phase.EASING, *parts).stand().said == [words]


def test_the_title_tells_to_switch_sides():
    assert at(Phase.RESTING).scene.title == "Switch"


def test_the_rest_counts_down_to_the_next_hold():
    person = at(Phase.EASING).until(Phase.TRYING)
    left = [scene.left_s for scene in person.shown if scene.left_s is not None]
    assert left == sorted(left, reverse=True)
    assert [left[0], left[-1]] == pytest.approx([5.0, 0.0], abs=0.1)


def test_the_next_stretch_is_judged_from_the_rest_on():
    assert at(Phase.EASING, folds(), bends()).stand().judged == [(BEND,)]


def test_the_other_side_of_a_stretch_needs_no_new_judging():
    assert at(Phase.EASING).stand(10.0).judged == []


def test_after_the_rest_the_other_side_is_asked_for_without_placement():
    person = at(Phase.RESTING).until(Phase.TRYING)
    assert person.said == ["Now the right side, when you are ready."]


def test_after_the_rest_a_new_stretch_is_placed_first():
    assert at(Phase.RESTING, folds(), bends()).until(Phase.PLACING).said == []


def test_the_place_of_the_camera_is_told_once_for_stretches_that_share_it():
    person = coached(LEFT_ONLY, bends(side="right")).until(Phase.TRYING).whole()
    assert person.until(Phase.TRYING).coach.agenda.stretch == 2
    assert sum("Camera" in words for words in person.said) == 1


HAMSTRING = LIBRARY.poses["standing_hamstring"]


def test_before_a_set_the_place_of_the_camera_is_told_once():
    person = coached(LEFT_ONLY, folds()).until(Phase.READY)
    assert person.said[:3] == [
        "Camera: 0.8 to 1.2 m high, 2.5 to 3.2 m away.", "It stays there.", "Face the camera.",
    ]  # fmt: skip


def test_a_stretch_from_another_side_is_told_how_to_turn():
    person = coached(LEFT_ONLY, folds()).whole().forget().until(Phase.READY)
    assert lines.FACING["side"] in person.said
    assert not any("Camera" in words for words in person.said)


def test_a_stretch_from_the_same_side_is_not_told_again():
    person = coached(folds(), part_of(HAMSTRING, "left", 8.0, 1)).whole().forget()
    assert not {*lines.FACING.values()} & {*person.until(Phase.READY).said}


def test_a_stretch_from_another_place_is_told_where_the_camera_goes():
    person = coached(LEFT_ONLY, tilts(1))
    assert "It stays there." in person.until(Phase.READY).said
    far = replace(TILT, camera_height_m=(0.1, 0.3))
    person = coached(LEFT_ONLY, part_of(far, None, 5.0, 1))
    assert "It moves once, before Pelvic tilt." in person.until(Phase.READY).said
    assert "Camera: 0.1 to 0.3 m high, 2 to 2.5 m away." in person.whole().until(Phase.READY).said


def test_what_is_left_out_is_shown_and_not_said():
    words = "Sphinx is left out: you said something."
    person = coached(remarks=[words]).stand(2.0)
    assert person.scene.line == words
    assert words not in person.until(Phase.READY).said


def test_sides_take_turns_through_the_programme():
    person, asked = coached(bends(8.0, 2)), []
    while not person.coach.end_reason:
        asked.append(person.coach.agenda.side)
        person.whole()
    assert asked == ["left", "right", "left", "right"]


def test_after_the_last_hold_all_is_done():
    person = coached(folds()).whole()
    assert (person.coach.end_reason, person.coach.phase, person.said[-1]) == (
        "done", Phase.DONE, "That was all. Well done.",
    )  # fmt: skip


# Sides


def test_a_side_that_is_due_but_not_the_one_asked_for_is_adopted():
    person = at(Phase.TRYING).hold(3.0, side="right")
    assert person.scene.name == "Standing side bend, right side"


def test_after_an_adopted_side_the_first_one_is_asked_for():
    person = at(Phase.TRYING).hold(20.0, side="right").stand()
    assert person.said[-1] == "Switch sides. Then the left side."


def test_a_side_that_is_done_is_not_counted_again():
    person = at(Phase.RESTING).hold(3.0, side="left")
    assert (person.coach.phase, person.sounds) == (Phase.RESTING, [])


def test_a_side_that_nobody_asked_for_is_not_counted():
    person = at(Phase.TRYING, LEFT_ONLY).hold(25.0, side="right")
    assert (person.coach.phase, person.sounds) == (Phase.TRYING, [])


def test_a_side_that_is_not_counted_does_not_look_as_if_it_were():
    scene = at(Phase.TRYING, LEFT_ONLY).hold(5.0, side="right").scene
    assert (scene.title, scene.status is Status.IN, scene.valid_s) != ("Hold", True, 5.0)


def test_the_other_side_is_counted_though_the_clock_never_stood_at_zero_in_between():
    """A quick change of legs, unseen for a second: the session goes from one hold to the next."""
    person = at(Phase.EASING).feed(1.0, **GONE)
    person.valid_s = 0.5
    person.hold(3.0, side="right")
    assert (person.coach.phase, person.coach.agenda.side) == (Phase.HOLDING, "right")


def test_a_hold_that_changes_sides_midway_is_not_one_hold():
    person = at(Phase.HOLDING).feed(1.0, **GONE)
    person.valid_s = 0.5
    person.hold(19.0, side="right")
    assert (person.coach.agenda.hold, person.scene.name[-10:]) == (1, "right side")


# Short holds and patience


def test_a_short_hold_is_told_with_its_seconds_and_tried_again():
    person = at(Phase.TRYING, bends(8.0)).hold(6.2).stand()
    assert person.said[-1] == "That was 6 of 8 seconds. 2 holds are left, when you are ready."
    assert person.stand(1.0).scene.note == "Last try: 6 of 8 s"
    assert person.coach.phase is Phase.TRYING


def test_a_short_hold_is_never_told_as_a_whole_one():
    person = at(Phase.TRYING, bends(8.0)).hold(7.8).stand()
    assert "8 of 8" not in person.said[-1]


def test_after_three_short_holds_the_next_one_is_asked_for():
    person = at(Phase.TRYING, bends(8.0))
    for _ in range(MOST_TRIES):
        person.hold(2.0).stand(0.5)
    assert person.said[-2:] == [lines.GO_ON, "Switch sides. Then the right side."]


def test_tries_are_counted_anew_for_each_hold():
    person = at(Phase.TRYING, bends(8.0))
    for held_s in (2.0, 2.0, 8.0, 2.0, 2.0):
        person.hold(held_s).stand(0.5)
    assert (person.coach.agenda.side, person.coach.phase) == ("right", Phase.TRYING)


def test_tries_are_counted_anew_after_next():
    person = at(Phase.TRYING).hold(2.0).stand().hold(2.0).stand().key(Command.NEXT)
    assert person.hold(2.0).stand().coach.phase is Phase.TRYING


def test_who_does_not_begin_is_told_that_it_will_go_on():
    person = at(Phase.TRYING).stand(HURRIED_AFTER_S - 1.0)
    assert lines.HURRIED not in person.said
    assert lines.HURRIED in person.stand(2.0).said


def test_a_stretch_that_is_not_begun_is_left_out():
    person = at(Phase.TRYING, bends(repetitions=2), folds()).stand(PATIENCE_S + 1.0)
    assert person.notes == [("left out", "no hold in 90 s")]
    assert (person.coach.phase, person.coach.agenda.part.pose) == (Phase.RESTING, FOLD)


def test_each_try_has_its_own_patience():
    person = at(Phase.TRYING).stand(PATIENCE_S - 5.0).hold(2.0).stand(PATIENCE_S - 5.0)
    assert person.coach.phase is Phase.TRYING


def test_a_stretch_that_is_left_out_at_the_end_ends_the_session():
    assert at(Phase.TRYING, folds()).stand(PATIENCE_S + 1.0).coach.end_reason == "done"
