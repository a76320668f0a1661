"""The coach from end to end, and whatever happens."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstretch.coaching import speaking as lines
from backstretch.coaching.coach import Coach
from backstretch.coaching.placement import Surroundings
from backstretch.coaching.programme import Programme, part_of
from backstretch.coaching.scene import Command, Phase, Say
from backstretch.judging.hold_clock import State
from backstretch.live.led_session import CoachedSession
from tests.coached import (
    BOUNCED,
    FAST,
    FOLD,
    FPS,
    GONE,
    HELD,
    HIDDEN,
    WRONG,
    at,
    bends,
    coached,
    folds,
    tilts,
)
from tests.figures import (
    DOWN,
    FRONT,
    LEFT_SIDE,
    Figure,
    every,
    forward,
    kneeling,
    leftward,
    moments,
    pair,
)
from tests.library import LIBRARY

CHILD = LIBRARY.poses["childs_pose"]

# With a session


def bent(lean_deg):
    """Leaning so far to the left, or to the right where it is negative; the arm goes up with it."""
    lean, arm = leftward(abs(lean_deg)), leftward(180.0 - 170.0 * abs(lean_deg) / 30.0)
    figure = Figure(trunk=lean, neck=lean, arms=(DOWN, arm), forearms=(DOWN, arm))
    return (figure if lean_deg >= 0.0 else figure.mirrored()).seen(FRONT)


def lying(_):
    """On the back, knees bent, feet flat."""
    trunk = forward(-90.0)
    thighs, shanks = pair(forward(45.0)), pair(forward(135.0))
    return Figure(trunk, trunk, arms=(DOWN, DOWN), thighs=thighs, shanks=shanks).seen(LEFT_SIDE)


def practised(timeline, part, rest_s=2.0):
    """A session after these moments, and all that was said."""
    programme = Programme("Test", (part,), rest_s)
    session = CoachedSession(programme, Coach(programme))
    events = []
    for time_s, marks in timeline:
        if not session.leader.end_reason:
            events += session.push(time_s, marks, Surroundings())[1]
    events += session.finish(Surroundings())[1]
    return session, [event.words for event in events if isinstance(event, Say)]


TO_BOTH_SIDES = [
    (0, 0), (2, 0), (4, 30), (14, 30), (16, 0), (20, 0), (22, -30), (32, -30), (34, 0), (38, 0),
]  # fmt: skip


def test_two_bends_before_the_camera_are_two_whole_holds():
    session, said = practised(moments(bent, TO_BOTH_SIDES, every(15, 38.0)), bends(8.0))
    held = [(each.form.side, each.hold.valid_s >= 8.0) for each in session.holds]
    assert (held, session.leader.end_reason) == ([("left", True), ("right", True)], "done")
    assert said.count(lines.RELAX) == 2


def test_who_waits_for_the_words_is_led_through_all_phases():
    session, said = practised(moments(bent, [(0, 0), (50, 0)], every(10, 50.0)), bends(8.0))
    explained = [each for each in lines.explaining(bends(), "left") if each.text in said]
    assert (session.leader.phase, len(explained)) == (Phase.TRYING, 6)


def test_guided_repetitions_of_somebody_who_lies_still_are_holds_of_their_own():
    session, _ = practised(moments(lying, [(0, 0), (25, 0)], every(10, 25.0)), tilts(2))
    assert session.leader.end_reason == "done"
    assert [each.hold.valid_s for each in session.holds] == pytest.approx([5.0, 5.0], abs=0.3)


def on_knees(camera_deg):
    """Kneeling upright at 0, in child's pose at 100, seen from there."""
    return lambda depth: kneeling(depth, 90.0 - 0.65 * depth).seen(camera_deg)


def test_who_kneels_for_a_childs_pose_facing_the_camera_is_told_to_turn_and_then_held():
    down = [(0, 0), (2, 0), (5, 100), (20, 100), (22, 0), (23, 0)]
    again = [(0, 0), (2, 0), (5, 100), (25, 100)]
    facing = list(moments(on_knees(FRONT), down, every(10, 23.0)))
    turned = [(23.0 + t, m) for t, m in moments(on_knees(LEFT_SIDE), again, every(10, 25.0))]
    session, said = practised(facing + turned, part_of(CHILD, None, 10.0, 1))
    assert any(words.startswith("Turn so that your") for words in said)
    assert [each.hold.valid_s >= 10.0 for each in session.holds] == [True]
    assert session.holds[0].hold.start_s > 23.0


# Whatever happens


SPELLS = st.tuples(
    st.sampled_from([HELD, WRONG, HIDDEN, GONE, FAST, BOUNCED, {}, {"pose": FOLD}]),
    st.sampled_from(["left", "right", None]),
    st.sampled_from([0.0, 0.0, 0.5, 3.0, 8.0, 30.0]),
    st.sampled_from([1, 1, 1, 10, 100, 1000]),
    st.integers(1, 100),
)
"""Moments: what is told of them, side, valid seconds, frames from one to the next, and how many."""
ACTS = st.lists(SPELLS | st.sampled_from(Command), max_size=25)
PARTS = (bends(8.0), tilts(2), folds(8.0))


def acted(acts, watch=lambda _person, _act: None):
    """Somebody who does all this; ``watch`` looks after every moment and every key."""
    person = coached(*PARTS)
    for act in acts:
        if isinstance(act, Command):
            person.key(act)
            watch(person, act)
            continue
        told, side, person.valid_s, gap, count = act
        for _ in range(count):
            person.take(side=side, **told)
            person.count += gap - 1
            watch(person, act)
    return person


@given(ACTS)
def test_the_same_moments_and_keys_give_the_same_events(acts):
    assert acted(acts).events == acted(acts).events


@given(ACTS)
def test_the_programme_goes_back_only_by_key(acts):
    places = []

    def watch(person, act):
        it = person.coach.agenda
        places.append((act, (it.over, it.stretch, it.hold)))

    acted(acts, watch)
    for (_, before), (act, after) in pairwise(places):
        assert after >= before or act is Command.BACK


@given(ACTS)
def test_no_more_seconds_are_shown_than_the_clock_has_counted(acts):
    acted(acts, lambda person, _: check_scene(person))


def check_scene(person):
    scene = person.scene
    assert scene.valid_s in {0.0, person.valid_s} or scene.phase in {Phase.PAUSED, Phase.DONE}
    assert scene.left_s is None or 0.0 <= scene.left_s <= scene.rest_s
    assert scene.title
    assert -1 <= scene.step_at < max(1, len(scene.steps))


@given(ACTS)
def test_no_more_is_said_at_once_than_can_be_heard(acts):
    person = acted(acts)
    said = Counter((t, event) for t, event in person.events if isinstance(event, Say))
    calm = Counter(t for t, event in said.elements() if not event.urgent)
    keys = sum(isinstance(act, Command) for act in acts)
    assert max(calm.values(), default=0) <= 2 + keys


@given(ACTS)
def test_a_session_ends_once_and_stays_ended(acts):
    ends = []
    acted(acts, lambda person, _: ends.append(person.coach.end_reason))
    changes = [end for before, end in pairwise(["", *ends]) if end != before]
    assert len(changes) <= 1


@given(ACTS)
@settings(max_examples=20)
def test_after_the_end_no_moment_does_anything(acts):
    person = acted([*acts, Command.PAIN, Command.QUIT]).forget()
    person.hold(3.0).stand(3.0).leave(5.0).stand(100.0)
    assert (person.events, person.coach.phase) == ([], Phase.DONE)


def test_quitting_what_is_over_says_nothing_again():
    assert coached(folds()).whole().forget().key(Command.QUIT).said == []


@pytest.mark.parametrize("command", [c for c in Command if c is not Command.QUIT])
def test_when_all_is_over_no_key_does_anything(command):
    assert coached(folds()).whole().forget().key(command).events == []


def test_a_gap_in_time_is_not_counted_as_rest_or_patience():
    person = at(Phase.RESTING)
    before_s = person.scene.left_s
    person.count += 600 * FPS
    assert person.stand().scene.left_s == pytest.approx(before_s, abs=0.6)


def test_keys_before_the_first_picture_do_no_harm():
    person = coached().key(Command.PAUSE, Command.PAUSE, Command.NEXT, Command.BACK).stand(1.0)
    assert person.coach.phase is Phase.PLACING


def test_it_says_nothing_of_a_state_that_is_not_told():
    assert at(Phase.TRYING).feed(20.0, state=State.UNSEEN).said == []
