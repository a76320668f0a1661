"""Prompting: steady on the screen, rare in the ear; no sentence is begun before the last one is over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.coaching.scene import Status
from backstretch.coaching.speaking import (
    AGAIN_S,
    DISPLAY_DELAY_S,
    FORGOTTEN_AFTER_S,
    PAUSE_S,
    SAFETY_SILENCE_S,
    SILENCE_S,
    SPEECH_DELAY_S,
    STATUS_AFTER_S,
    WORDS_A_SECOND,
    Entry,
    Prompter,
    Script,
    SteadyStatus,
    entries_of,
    speaking_s,
)
from tests.coached import FPS, gaps_s

CUE, OTHER = "Lean a little to the side.", "Let both knees be straight."
MOMENT_S = 1 / FPS
statuses = st.sampled_from(Status)
lines = st.lists(st.tuples(st.sampled_from(["", CUE, OTHER]), st.integers(1, 400)), max_size=12)


def told(prompter, line, from_s, until_s, **options):
    """Push a line from moment to moment; when it was said, and what then stood on the screen."""
    times = [n / FPS for n in range(round(from_s * FPS), round(until_s * FPS))]
    return [(t, prompter.shown) for t in times if prompter.push(t, line, **options)]


def said_at(prompter, line, from_s, until_s, **options):
    return [t for t, _ in told(prompter, line, from_s, until_s, **options)]


# The prompter


def test_a_line_is_shown_once_it_has_lasted():
    prompter = Prompter()
    told(prompter, CUE, 0.0, DISPLAY_DELAY_S - 2 * MOMENT_S)
    before = prompter.shown
    told(prompter, CUE, DISPLAY_DELAY_S - MOMENT_S, DISPLAY_DELAY_S + 2 * MOMENT_S)
    assert (before, prompter.shown) == ("", CUE)


def test_a_line_is_said_once_it_has_lasted_longer():
    assert said_at(Prompter(), CUE, 0.0, 5.0) == pytest.approx([SPEECH_DELAY_S], abs=1.5 * MOMENT_S)


def test_a_line_that_flickers_is_neither_shown_nor_said():
    prompter = Prompter()
    spoken = [prompter.push(n / FPS, CUE if n % 15 else "") for n in range(300)]
    assert (set(spoken), prompter.shown) == ({""}, "")


def test_a_flicker_does_not_wipe_what_is_shown():
    prompter = Prompter()
    told(prompter, CUE, 0.0, 2.0)
    told(prompter, "", 2.0, 2.5)
    assert prompter.shown == CUE


def test_what_is_put_right_disappears():
    prompter = Prompter()
    told(prompter, CUE, 0.0, 2.0)
    told(prompter, "", 2.0, 3.0)
    assert prompter.shown == ""


def test_nothing_to_tell_is_never_said():
    assert said_at(Prompter(), "", 0.0, 20.0) == []


def test_the_same_line_is_repeated_twice_and_then_no_more_for_a_good_while():
    times = said_at(Prompter(), CUE, 0.0, 70.0)
    assert gaps_s(times) == pytest.approx(AGAIN_S, abs=2 * MOMENT_S)


def test_a_forgotten_line_is_news_again():
    gaps = gaps_s(said_at(Prompter(), CUE, 0.0, 100.0))
    assert gaps[2:] == pytest.approx([FORGOTTEN_AFTER_S, AGAIN_S[0]], abs=3 * MOMENT_S)


def test_repeats_are_counted_over_the_times_at_which_all_was_well():
    prompter = Prompter()
    for start_s in (0.0, 11.0, 32.0):
        told(prompter, CUE, start_s, start_s + 3.0)
        told(prompter, "", start_s + 3.0, start_s + 5.0)
    assert said_at(prompter, CUE, 53.0, 60.0) == []


def test_another_line_waits_for_the_silence_after_the_last():
    prompter = Prompter()
    (first,) = said_at(prompter, CUE, 0.0, 1.5)
    (second,) = said_at(prompter, OTHER, 1.5, 10.0)
    assert second - first == pytest.approx(speaking_s(CUE) + SILENCE_S, abs=2 * MOMENT_S)


def test_a_line_waits_after_something_else_was_said():
    prompter = Prompter()
    prompter.quiet(0.0, 2.0)
    assert said_at(prompter, CUE, 0.0, 9.0) == pytest.approx([2.0 + SILENCE_S], abs=1.5 * MOMENT_S)


def test_safety_is_shown_and_said_at_once():
    assert told(Prompter(), CUE, 0.0, 1.0, at_once=True) == [(0.0, CUE)]


def test_safety_waits_only_for_a_short_silence():
    prompter = Prompter()
    prompter.quiet(0.0, 9.0)
    times = said_at(prompter, CUE, 0.0, 3.0, at_once=True)
    assert times == pytest.approx([SAFETY_SILENCE_S], abs=1.5 * MOMENT_S)


def test_safety_is_not_repeated_like_an_alarm():
    times = said_at(Prompter(), CUE, 0.0, 70.0, at_once=True)
    assert gaps_s(times) == pytest.approx(AGAIN_S, abs=2 * MOMENT_S)


def test_clearing_empties_the_screen():
    prompter = Prompter()
    told(prompter, CUE, 0.0, 2.0)
    prompter.clear()
    assert prompter.shown == ""


def test_clearing_does_not_forget_what_was_said():
    prompter = Prompter()
    (first,) = said_at(prompter, CUE, 0.0, 2.0)
    prompter.clear()
    (second,) = said_at(prompter, CUE, 2.0, 15.0)
    assert second - first == pytest.approx(AGAIN_S[0], abs=2 * MOMENT_S)


@given(lines)
def test_whatever_flickers_nothing_is_said_within_the_silence(spells):
    prompter, time_s, times = Prompter(), 0.0, []
    for line, count in spells:
        times += said_at(prompter, line, time_s, time_s + count / FPS)
        time_s += count / FPS
    assert all(gap >= SILENCE_S - 1e-9 for gap in gaps_s(times))


@given(lines)
def test_only_what_is_wanted_now_is_said(spells):
    prompter, n = Prompter(), 0
    for line, count in spells:
        for _ in range(count):
            assert prompter.push(n / FPS, line) in {line, ""}
            n += 1


# The status


def test_the_first_look_is_taken_at_once():
    assert SteadyStatus().push(5.0, Status.ADJUST) is Status.ADJUST


def test_a_flicker_does_not_change_the_look():
    status = SteadyStatus()
    status.push(0.0, Status.IN)
    flicker = [status.push(n / 100, Status.ADJUST) for n in range(1, round(STATUS_AFTER_S * 100))]
    assert set(flicker) == {Status.IN}


def test_a_look_that_lasts_is_shown():
    status = SteadyStatus()
    status.push(0.0, Status.IN)
    status.push(1.0, Status.UNSEEN)
    assert status.push(1.0 + STATUS_AFTER_S, Status.UNSEEN) is Status.UNSEEN


def test_looks_that_take_turns_quickly_change_nothing():
    status = SteadyStatus()
    status.push(0.0, Status.IN)
    turns = [Status.ADJUST, Status.UNSEEN] * 20
    assert {status.push(0.1 * n, turn) for n, turn in enumerate(turns, start=1)} == {Status.IN}


@given(st.lists(st.tuples(statuses, st.floats(0.01, 2.0)), min_size=1))
def test_what_is_shown_has_been_seen(pushed):
    status, time_s, seen = SteadyStatus(), 0.0, set()
    for each, passed_s in pushed:
        time_s += passed_s
        seen.add(each)
        assert status.push(time_s, each) in seen


# The script


def read_out(script, until_s=60.0):
    moments = range(round(until_s * FPS))
    return [(n / FPS, entry.text) for n in moments for entry in script.due(n / FPS)]


def test_a_script_is_read_in_order():
    assert [line for _, line in read_out(Script(entries_of(("One.", "Two.", "Three."))))] == [
        "One.",
        "Two.",
        "Three.",
    ]


def test_each_line_waits_until_the_one_before_has_been_said():
    times = [t for t, _ in read_out(Script(entries_of((CUE, OTHER, "End."))))]
    assert gaps_s(times) == pytest.approx([speaking_s(CUE), speaking_s(OTHER)], abs=2 * MOMENT_S)


def test_the_first_line_is_due_at_once_whenever_that_is():
    assert list(Script(entries_of((CUE,))).due(1234.5)) == [Entry(CUE)]


def test_a_script_tells_how_many_lines_were_begun():
    script = Script(entries_of((CUE, OTHER)))
    list(script.due(0.0))
    assert script.at == 1


def test_a_script_shows_the_step_of_the_line_that_was_begun_last():
    script = Script((Entry("Sit."), Entry("Lean.", 0), Entry("The clock starts.", 0)))
    shown = [script.step]
    for time_s in (0.0, 10.0, 20.0):
        list(script.due(time_s))
        shown.append(script.step)
    assert shown == [-1, -1, 0, 0]


def test_a_script_is_over_when_the_last_line_has_been_said():
    script = Script(entries_of((CUE,)))
    list(script.due(0.0))
    end_s = speaking_s(CUE)
    assert (script.over(end_s - 0.01), script.over(end_s)) == (False, True)


def test_a_script_that_has_not_begun_is_not_over():
    assert not Script(entries_of((CUE,))).over(100.0)


def test_an_empty_script_is_over():
    assert Script(()).over(0.0)


def test_after_a_gap_in_time_lines_are_still_read_one_by_one():
    script = Script(entries_of((CUE, OTHER, "End.")))
    list(script.due(0.0))
    assert [*script.due(600.0), *script.due(600.1)] == [Entry(OTHER)]


def test_speaking_takes_the_time_of_its_words_and_a_pause():
    assert speaking_s("Lean a little.") == 3 / WORDS_A_SECOND + PAUSE_S
