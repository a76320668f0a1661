"""One coached session without camera, clock or window: landmarks in, orders and a result out."""

from functools import cache

import pytest

from backstretch.analysis.pipeline import analyse_track
from backstretch.coaching.coach import Coach
from backstretch.coaching.placement import Surroundings
from backstretch.coaching.programme import Programme, part_of
from backstretch.coaching.scene import Command, Phase
from backstretch.formats.track_files import Recording
from backstretch.frame import Source
from backstretch.judging.hold_clock import Kind
from backstretch.judging.request import Assignment, Request
from backstretch.judging.result import tallies
from backstretch.kinematics.filtering import HALF_WIDTH_S
from backstretch.kinematics.landmarks import LandmarkTrack
from backstretch.live.led_session import CoachedSession
from tests.coached import BEND, FOLD, REACH
from tests.figures import (
    FRONT,
    LEFT_SIDE,
    WH,
    every,
    folded,
    moments,
    reaching,
    side_bend,
    trembling,
)

FPS = 6.0
SOURCE = Source("camera 0", 60.0, FPS, 600, *WH)
LIGHT = Surroundings(light=120.0)


def swing(end, hold_s=6.0, start=0.0):
    """Stand, move in within three seconds, hold, move out, stand."""
    times = (0.0, 1.5, 4.5, 4.5 + hold_s, 7.5 + hold_s, 9.0 + hold_s)
    return list(zip(times, (start, start, end, end, start, start), strict=True))


def shown(shape, keys):
    return moments(shape, keys, every(FPS, keys[-1][0]))


def bent(hold_s=6.0, side="left"):
    """A side bend, seen from the front."""
    there = shown(lambda deg: side_bend(deg).seen(FRONT), swing(30.0, hold_s))
    return there if side == "left" else [(t, marks.mirrored()) for t, marks in there]


def fold(hold_s=6.0):
    """A forward fold, seen from the side."""
    return shown(lambda deg: folded(deg).seen(LEFT_SIDE), swing(130.0, hold_s))


def reach(hold_s=6.0):
    """Both hands overhead, seen from the front."""
    return shown(lambda deg: reaching(deg).seen(FRONT), swing(10.0, hold_s, start=180.0))


def after_one_another(*takes):
    """All of them on one clock, a moment apart."""
    found, start_s = [], 0.0
    for take in takes:
        found += [(start_s + t, marks) for t, marks in take]
        start_s = found[-1][0] + 1.0 / FPS
    return found


def practising(*parts, rest_s=2.0, **options):
    programme = Programme("Test", parts, rest_s)
    return CoachedSession(programme, Coach(programme), **options)


def push(session, take, keys=()):
    """Feed moments; press keys, each (time, command), before the first moment that is not earlier."""
    waiting, events = sorted(keys), []
    for time_s, marks in take:
        while waiting and waiting[0][0] <= time_s:
            events += session.command(waiting.pop(0)[1])
        events += session.push(time_s, marks, LIGHT)[1]
    return events


def practised(take, *parts, keys=(), **options):
    """The result of a whole session, with the session."""
    session = practising(*parts, **options)
    push(session, take, keys)
    session.finish(LIGHT)
    return session.result(SOURCE, ()), session


def named(result):
    return [(held.form.pose.id, held.form.side) for held in result.holds]


def figures_of(result):
    return [
        (held.form.pose.id, held.form.side, held.hold.start_s, held.hold.end_s, held.hold.valid_s)
        for held in result.holds
    ]


# Several stretches


SET = (
    part_of(BEND, "left", 5.0, 1),
    part_of(REACH, None, 8.0, 1),
    part_of(FOLD, None, 4.0, 1),
)
DAY = after_one_another(bent(), reach(hold_s=10.0), fold())
LONGER = (*SET[:2], part_of(FOLD, None, 15.0, 1))
"""The same with a fold that nobody holds for so long."""


@cache
def day():
    return practised(DAY, *LONGER)


def test_all_holds_of_several_stretches_are_in_the_result():
    assert named(day()[0]) == [(BEND.id, "left"), (REACH.id, None), (FOLD.id, None)]


def test_each_hold_is_complete_against_the_seconds_of_its_own_stretch():
    result, _ = day()
    assert [result.complete(held) for held in result.holds] == [True, True, False]


def test_what_was_asked_for_is_told_of_each_stretch():
    told = {each.form.pose.id: (each.asked, each.asked_s) for each in tallies(day()[0])}
    assert told == {BEND.id: (1, 5.0), REACH.id: (1, 8.0), FOLD.id: (1, 15.0)}


def test_the_coach_goes_on_from_stretch_to_stretch_and_ends_when_all_is_done():
    session = practising(*SET)
    judged = []
    for time_s, marks in DAY:
        session.push(time_s, marks, LIGHT)
        judged += [session.step.pose.id] if session.step else []
    assert list(dict.fromkeys(judged)) == [BEND.id, REACH.id, FOLD.id]
    assert session.leader.end_reason == "done"


@pytest.mark.parametrize("command", [Command.NEXT, Command.BACK])
def test_a_key_that_goes_to_another_stretch_changes_what_is_judged(command):
    session = practising(*SET)
    push(session, bent()[:3])
    session.command(command)
    push(session, [(t + 1.0, marks) for t, marks in bent()[:3]])
    assert session.step.pose == (REACH if command is Command.NEXT else BEND)


def test_the_next_stretch_is_not_counted_before_its_turn():
    result, _ = practised(after_one_another(fold(), bent()), part_of(BEND, "left"), part_of(FOLD))
    assert named(result) == [(BEND.id, "left")]


def test_what_the_session_is_called_is_told_with_the_wish():
    assignment = practising(*SET).assignment
    assert (assignment.title, assignment.poses) == ("Test", (BEND, REACH, FOLD))


# Pauses


PAUSED = ((7.0, Command.PAUSE), (12.0, Command.PAUSE))
LATE_S = HALF_WIDTH_S + 2.0 / FPS
"""So old is the last moment that was judged when a key is pressed."""
LONG = part_of(BEND, "left", 30.0, 5)


@cache
def paused():
    return practised(bent(15.0), LONG, keys=PAUSED)[0]


def test_a_pause_leaves_its_seconds_out():
    whole, result = practised(bent(15.0), LONG)[0], paused()
    lost_s = whole.seconds(Kind.VALID) - result.seconds(Kind.VALID)
    assert lost_s == pytest.approx(5.0, abs=LATE_S)


def test_nothing_of_a_pause_is_an_attempt_or_unseen():
    result = paused()
    assert result.seconds(Kind.WRONG) == pytest.approx(0.0, abs=0.3)
    assert result.seconds(Kind.UNSEEN) == 0.0


def test_a_pause_makes_two_holds_of_one():
    result = paused()
    first, second = (held.hold for held in result.holds)
    assert first.end_s == pytest.approx(7.0, abs=LATE_S)
    assert second.start_s == pytest.approx(12.0, abs=LATE_S)


def test_nothing_is_going_on_in_a_pause():
    session = practising(LONG)
    take = bent(15.0)
    push(session, [(t, marks) for t, marks in take if t < 9.0], PAUSED)
    assert (session.leader.phase, session.current_spans) == (Phase.PAUSED, ())


def test_pauses_do_not_cost_the_hold_in_which_they_are_made():
    session = practising(part_of(BEND, None, 30.0, 2))
    keys = [(at_s, Command.PAUSE) for at_s in (7.0, 8.0, 11.0, 12.0, 15.0, 16.0)]
    push(session, [(t, marks) for t, marks in bent(20.0) if t < 18.0], keys)
    assert session.leader.agenda.hold == 1


def test_who_presses_pain_stops_the_count_at_once():
    result, session = practised(bent(15.0), LONG, keys=[(9.0, Command.PAIN)])
    assert session.leader.phase is Phase.PAIN
    assert max(held.hold.end_s for held in result.holds) <= 9.0


# The same


SHAKEN = trembling(bent(8.0), jitter_px=1.5)
OFTEN = part_of(BEND, None, 30.0, 99)


def test_the_same_moments_give_the_same_result():
    once, again = (practised(SHAKEN, LONG)[0].as_dict() for _ in range(2))
    assert once == again
    assert once["holds"]


def interrupted(take):
    """Nobody is seen for a second in the midst of it."""
    return [(t, None if 8.0 < t < 9.0 else marks) for t, marks in take]


@pytest.mark.parametrize(
    ("pose", "take"),
    [
        pytest.param(
            BEND,
            after_one_another(bent(5.0), bent(4.0, "right"), bent(3.0)),
            marks=pytest.mark.exhaustive,
        ),
        (BEND, trembling(after_one_another(bent(5.0), bent(4.0, "right")), 1.5)),
        pytest.param(FOLD, after_one_another(fold(8.0), fold(4.0)), marks=pytest.mark.exhaustive),
        (FOLD, interrupted(trembling(fold(8.0), 1.5))),
        (REACH, [moment for n, moment in enumerate(reach(8.0)) if n % 7]),
    ],
    ids=["sides", "sides, jitter", "no sides", "no sides, jitter, nobody for a second", "drops"],
)
def test_a_session_counts_what_a_recording_of_it_counts(pose, take):
    result, session = practised(take, part_of(pose, None, pose.dose.longest_s, 99))
    recording = Recording(LandmarkTrack.of(take, WH), SOURCE)
    recorded, _ = analyse_track(recording, Request(Assignment((pose,))))
    assert not session.leader.end_reason
    assert named(result) == named(recorded) != []
    for live, file in zip(figures_of(result), figures_of(recorded), strict=True):
        assert live[2:] == pytest.approx(file[2:], abs=1e-6)
    for kind in Kind:
        assert result.seconds(kind) == pytest.approx(recorded.seconds(kind), abs=1e-6)


def test_mirrored_pictures_count_for_the_persons_own_side():
    seen = [(t, marks.mirrored()) for t, marks in bent()]
    result, _ = practised(seen, part_of(BEND, None, 5.0, 3), mirrored=True)
    assert named(result) == [(BEND.id, "left")]


# Sides


def test_the_side_that_was_not_asked_for_does_not_count_and_is_told():
    take = after_one_another(bent(6.0, "right"), bent(8.0))
    result, _ = practised(take, part_of(BEND, "left", 5.0, 3), sides=("left",))
    assert named(result) == [(BEND.id, "left")]
    (words,) = [words for words in result.warnings if "the other side" in words]
    assert words.endswith("it was not asked for")


def test_a_side_that_was_not_done_is_not_spoken_of():
    result, _ = practised(bent(8.0), part_of(BEND, "left", 5.0, 3), sides=("left",))
    assert not any("the other side" in words for words in result.warnings)


def test_without_sides_asked_for_both_count():
    result, _ = practised(after_one_another(bent(), bent(6.0, "right")), OFTEN)
    assert named(result) == [(BEND.id, "left"), (BEND.id, "right")]


# Ends


def test_a_hold_that_goes_on_at_the_end_is_closed_and_counts():
    take = [(t, marks) for t, marks in bent(15.0) if t < 12.0]
    session = practising(LONG)
    push(session, take)
    before = session.holds
    session.finish(LIGHT)
    (held,) = session.result(SOURCE, ()).holds
    assert before == ()
    assert held.hold.end_s == pytest.approx(take[-1][0])


def test_what_is_going_on_is_told_until_it_is_over():
    session = practising(LONG)
    take = bent(6.0)
    push(session, take[:45])
    assert sum(span.seconds for span in session.current_spans) > 2.0
    push(session, take[45:])
    assert (session.current_spans, len(session.holds)) == ((), 1)


def test_a_session_in_which_nobody_came_holds_nothing_and_says_so():
    result, _ = practised([(t, None) for t in every(FPS, 3.0)], LONG)
    assert (result.holds, result.warnings) == ((), ("nobody was seen in the recording",))


def test_a_session_without_any_moment_has_a_result():
    result, session = practised([], LONG)
    assert (result.holds, session.step) == ((), None)


def test_every_moment_becomes_one_step_in_the_end():
    session = practising(LONG)
    take = bent()
    steps = [step for t, marks in take for step in session.push(t, marks, LIGHT)[0]]
    steps += session.finish(LIGHT)[0]
    assert [step.time_s for step in steps] == [t for t, _ in take]
