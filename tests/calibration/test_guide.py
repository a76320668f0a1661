"""Guided takes without camera, window or clock: an actor does what the guide says, or something else."""

from dataclasses import replace
from functools import cache
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstretch.calibration import goals as lines
from backstretch.calibration.goals import CHECK_SHOWN
from backstretch.calibration.guide import (
    CHECK_PATIENCE_S,
    CHECK_S,
    COUNT_S,
    HINT_S,
    MOST_REFUSED,
    NUDGE_S,
    PATIENCE_S,
    TAKE_S,
)
from backstretch.coaching.placement import Surroundings
from backstretch.coaching.scene import Earcon, Phase, Status
from backstretch.coaching.speaking import BREATHE, COME_OUT
from backstretch.judging.figures import PUSHING
from backstretch.judging.matching import Form
from backstretch.kinematics.neutral import OwnNeutral
from backstretch.kinematics.view import View
from backstretch.live.loop import KEYS
from tests.figures import BACK, side_bend
from tests.guided_actor import (
    BEND,
    BEND_DEG,
    DATE,
    FPS,
    Deed,
    at,
    begun,
    bending,
)

STIFF_DEG, RIGHT_DEG = 9.0, 22.0
"""The library asks for 11 degrees; somebody's right side, where the left has 30."""
COUNTED = ["Keep still. Three.", "Two.", "One."]
BOTH = ("left", "left", "right", "right")
THRICE = ("left",) * 3
REST_SEEN = "the right upper arm angle from upright is "
REACH_SEEN = "this looks like Overhead reach"


def lean_of(actor):
    """The check of the lean in what was made."""
    return actor.guide.result.checks[0]


def titles(actor):
    """Whether what stands on the screen changes, and to what."""
    found = [scene.title for _, scene in actor.scenes]
    return [after for before, after in zip(["", *found], found, strict=False) if after != before]


@cache
def obedient():
    return begun(*THRICE).to_the_end()


@cache
def stiff():
    return bending(*BOTH, stretch=side_bend(STIFF_DEG)).to_the_end()


@cache
def uneven():
    return bending(*BOTH, right=side_bend(RIGHT_DEG).mirrored()).to_the_end()


@cache
def after_taking(deed):
    """Somebody who does this in the first take, and then as they are told."""
    return bending(takes=(deed, Deed.STRETCH)).to_the_end()


@cache
def restless():
    return bending(takes=(Deed.FIDGET,)).to_the_end()


@cache
def instead_of_coming(deed):
    return bending(waiting=deed).to_the_end()


@cache
def instead_of_leaving():
    person = at(Phase.EASING, "left", "left", easing=Deed.STRETCH)
    return person.act(3.5 * NUDGE_S)


@cache
def instead_of_the_check(deed):
    return at(Phase.EASING, checking=deed).to_the_end()


def late(actor, sizes):
    """The same session, whose guide gets its moments late: so many at once, by turns, all judged before."""
    lead, waiting, size = actor.session._lead, [], cycle(sizes)
    count = next(size)

    def lead_later(steps, surroundings):
        nonlocal count
        waiting.extend(steps)
        if len(waiting) < count:
            return [], []
        steps, count = list(waiting), next(size)
        waiting.clear()
        return lead(steps, surroundings)

    actor.session._lead = lead_later
    return actor


# The check


class TestNothingIsMadeUnchecked:
    @settings(max_examples=5, deadline=None)
    @given(
        sizes=st.lists(st.integers(1, 60), min_size=1, max_size=4),
        keys=st.lists(st.sampled_from(["", "", " ", "n"]), max_size=4),
        fps=st.sampled_from([1.0, 2.5, FPS]),
    )
    def test_however_late_moments_come(self, sizes, keys, fps):
        actor = late(at(Phase.EASING, "left", easing=Deed.STRETCH, fps=fps), sizes)
        for key in keys:
            actor.act(7.0)
            actor.press(*([KEYS[key]] if key else []))
        actor.easing = Deed.REST
        actor.act(200.0, until=lambda: bool(actor.guide.end_reason))
        check_s = [t for t, scene in actor.scenes if scene.line == CHECK_SHOWN]
        if actor.guide.result is not None:
            assert actor.guide.end_reason == "done"
            assert actor.time_s - check_s[0] >= CHECK_S

    def test_though_a_moment_of_an_old_hold_comes_after_the_check_began(self):
        actor = at(Phase.EASING, "left")
        actor.until(lambda: actor.guide.scene.line == CHECK_SHOWN)
        made, last = actor.guide._unchecked, actor.session.step
        assert made is not None
        assert last is not None
        old = replace(last, form=Form(made, "left"), valid_s=9.0)
        for _ in range(20):
            old = replace(old, time_s=old.time_s + 0.1)
            actor.guide.take(old, actor.surroundings)
        assert (actor.guide.end_reason, actor.guide.result) == ("", None)
        assert actor.guide.scene.title == "Check"

    def test_after_a_long_time_without_pictures_the_position_has_not_been_left(self):
        actor = at(Phase.EASING, "left", easing=Deed.STRETCH)
        last = actor.session.step
        assert last is not None
        actor.guide.take(
            replace(last, time_s=last.time_s + 30.0, landmarks=None), actor.surroundings
        )
        assert actor.guide.phase is Phase.EASING


# Takes that are good


class TestThreeGoodTakesAndACheck:
    def test_come_to_an_end(self):
        assert (obedient().guide.end_reason, obedient().judged) == ("done", ["good"] * 3)

    def test_make_the_stretch_with_the_persons_own_ranges(self):
        made = obedient().guide.result
        assert (made.id, made.refines) == (BEND.id, BEND.id)
        assert lean_of(obedient()).measured.median == pytest.approx(BEND_DEG, abs=1.0)

    def test_are_on_record(self):
        record = obedient().record
        assert (record.date, record.takes, record.sides) == (DATE, 3, "left")
        assert record.seconds == pytest.approx(3 * TAKE_S, abs=0.5)

    def test_are_each_counted_down_to(self):
        assert [words for words in obedient().said if words in COUNTED] == COUNTED * 3

    def test_are_counted_down_to_second_by_second(self):
        three, two, one = (obedient().times_of(words)[0] for words in COUNTED)
        assert (two - three, one - two) == pytest.approx((1.0, 1.0), abs=0.25)

    def test_are_heard_to_begin_and_to_end(self):
        assert obedient().sounds == [*[Earcon.IN, Earcon.DONE] * 3, Earcon.DONE]

    def test_are_announced_one_by_one(self):
        begins = [lines.take_begins(done, THRICE) for done in range(3)]
        assert [words for words in obedient().said if words in begins] == begins

    def test_are_shown_one_by_one(self):
        assert titles(obedient()) == [
            "Set up", "Get ready", *["Begin", "Keep still", "Relax"] * 3, "Check", "Hold", "Done",
        ]  # fmt: skip

    def test_show_the_seconds_that_are_left_before_them(self):
        left_s = [scene.left_s for _, scene in obedient().scenes if scene.left_s is not None]
        assert (max(left_s), min(left_s)) == pytest.approx((COUNT_S, 0.0), abs=0.25)

    def test_show_their_own_seconds(self):
        taken = [scene for _, scene in obedient().scenes if scene.line == BREATHE]
        assert {(scene.status, scene.asked_s) for scene in taken} == {(Status.IN, TAKE_S)}
        assert max(scene.valid_s for scene in taken) == pytest.approx(TAKE_S, abs=0.25)

    def test_tell_what_was_seen_after_each(self):
        assert at(Phase.EASING).guide.scene.note == "I saw: sideways lean 30°"

    def test_end_with_words_of_thanks(self):
        assert obedient().said[-2:] == [lines.CHECK, lines.THANKS]

    @pytest.mark.parametrize("fps", [10.0, 20.0])
    def test_do_not_depend_on_how_often_is_looked(self, fps):
        actor = bending(fps=fps).to_the_end()
        assert (actor.guide.end_reason, actor.judged) == ("done", ["good"])


class TestSomebodyStiff:
    def test_is_outside_of_the_librarys_range(self):
        assert BEND.checks[0].accept[0] > STIFF_DEG

    def test_gets_a_reference_that_is_recognised(self):
        assert stiff().guide.end_reason == "done"

    def test_is_counted_from_less_than_they_reached(self):
        left, right = lean_of(stiff()), lean_of(stiff()).right
        reached = [each.measured.median for each in (left, right)]
        assert reached == pytest.approx([STIFF_DEG] * 2, abs=1.0)
        assert max(left.accept[0], right.accept[0]) < STIFF_DEG


class TestBothSides:
    def test_are_taken_one_after_the_other(self):
        begins = [lines.take_begins(done, BOTH) for done in range(4)]
        assert [words for words in uneven().said if words in begins] == begins
        assert ["Left side" in begins[0], "Right side" in begins[2]] == [True, True]

    def test_have_their_own_ranges(self):
        left, right = lean_of(uneven()).measured, lean_of(uneven()).right.measured
        assert (left.median, right.median) == pytest.approx((BEND_DEG, RIGHT_DEG), abs=1.0)

    def test_are_on_record(self):
        assert uneven().record.sides == "each"

    def test_are_not_mistaken_in_a_mirror_image(self):
        actor = begun("left", stretch=side_bend(BEND_DEG).mirrored(), mirrored=True).to_the_end()
        assert (actor.guide.end_reason, actor.record.sides) == ("done", "left")


def test_takes_are_measured_from_the_persons_own_neutral_where_there_is_one():
    own = OwnNeutral("2026-01-01", View(0.0, 0.0), {"head_roll_rel.left": 1.5})
    record = begun("left", own_neutral=own).to_the_end().record
    assert record.neutral == "your own neutral, of 2026-01-01"


# Takes that are not


REFUSED = {
    Deed.FIDGET: lines.MOVED,
    Deed.LEAVE: lines.LOST,
    Deed.HALF_OUT: "your left elbow was out of the picture",
    Deed.OTHER: REACH_SEEN,
    Deed.REST: REST_SEEN,
    Deed.TURN_AWAY: "",
}
"""What is done in a take, and how the reason begins."""


class TestATakeThatIsNotGood:
    @pytest.mark.parametrize(("deed", "why"), REFUSED.items(), ids=[deed.name for deed in REFUSED])
    def test_is_refused_with_the_reason_and_taken_again(self, deed, why):
        actor = after_taking(deed)
        refused, again = actor.judged
        assert (refused.startswith(why), refused == "good", again) == (True, False, "good")
        assert f"{lines.sentence(refused)} {lines.ONCE_MORE}" in actor.said
        assert actor.guide.end_reason == "done"

    def test_is_counted_down_to_again(self):
        said = after_taking(Deed.FIDGET).said
        assert [words for words in said if words in COUNTED] == COUNTED * 2

    def test_is_not_among_those_that_the_reference_is_made_of(self):
        assert after_taking(Deed.FIDGET).record.takes == 1

    def test_five_times_running_ends_it(self):
        assert restless().judged == [lines.MOVED] * MOST_REFUSED
        assert (restless().guide.end_reason, restless().guide.refusal) == ("failed", lines.MOVED)

    def test_five_times_running_leaves_nothing_made(self):
        assert restless().guide.result is None
        assert restless().said[-1] == lines.FAILED

    def test_is_forgotten_after_a_good_one(self):
        moved = [Deed.FIDGET] * (MOST_REFUSED - 1)
        actor = bending("left", "left", takes=(*moved, Deed.STRETCH) * 2)
        actor.to_the_end()
        assert (actor.guide.end_reason, len(actor.judged)) == ("done", 2 * MOST_REFUSED)


# Nobody in the stretch


class TestAStretchThatDoesNotCome:
    @pytest.mark.parametrize(
        ("deed", "why"),
        [(Deed.REST, REST_SEEN), (Deed.OTHER, REACH_SEEN), (Deed.LEAVE, lines.NOT_SEEN)],
    )
    @pytest.mark.exhaustive
    def test_is_given_up_with_what_was_seen_last(self, deed, why):
        guide = instead_of_coming(deed).guide
        assert (guide.end_reason, guide.result, guide.refusal.startswith(why)) == (
            "failed",
            None,
            True,
        )

    def test_is_waited_for_with_patience(self):
        waited_s = instead_of_coming(Deed.REST).time_s - bending().time_s
        assert waited_s == pytest.approx(PATIENCE_S, abs=1.0)

    def test_is_given_up_however_seldom_is_looked(self):
        actor = bending(waiting=Deed.OTHER, fps=3.0).act(PATIENCE_S + 5.0)
        assert actor.guide.end_reason == "failed"

    def test_is_hinted_at_after_a_while(self):
        actor = bending(waiting=Deed.OTHER).act(HINT_S + 5.0)
        hint = lines.hint(BEND, REACH_SEEN)
        assert (actor.said[-1], actor.guide.scene.line) == (hint, hint)

    def test_of_somebody_who_is_not_seen_is_told_to_them(self):
        actor = bending(waiting=Deed.LEAVE).act(HINT_S + 5.0)
        assert (actor.said[-1], actor.guide.scene.status) == ("I cannot see you.", Status.UNSEEN)

    def test_after_a_take_that_was_refused_is_given_up_with_what_was_seen_since(self):
        actor = bending(takes=(Deed.FIDGET,)).to_the(Phase.TAKING).to_the(Phase.TRYING)
        gone = actor.once_more(waiting=Deed.LEAVE).to_the_end()
        assert gone.guide.refusal == lines.NOT_SEEN

    def test_is_waited_for_as_long_as_the_camera_gives_no_pictures(self):
        actor = bending(waiting=Deed.LEAVE, surroundings=Surroundings(lost=True))
        assert not actor.act(PATIENCE_S + 10.0).guide.end_reason

    def test_from_behind_is_told_to_turn(self):
        actor = begun("left", camera_deg=BACK).to_the_end()
        assert "Turn your face to the camera." in actor.said
        assert (actor.guide.end_reason, "from behind" in actor.guide.refusal) == ("failed", True)

    def test_is_not_taken_of_somebody_who_has_turned_to_the_side(self):
        assert bending(waiting=Deed.TURN_AWAY).act(HINT_S).tried == 0


class TestSomebodyWhoDoesNotComeOut:
    def test_is_told_so_now_and_then(self):
        began_s = at(Phase.EASING, "left", "left").time_s
        times = instead_of_leaving().times_of(COME_OUT)
        assert [t - began_s for t in times] == pytest.approx([15.0, 30.0, 45.0], abs=1.5)

    def test_is_not_led_on(self):
        assert instead_of_leaving().guide.phase is Phase.EASING


class TestACheckThatDoesNotSucceed:
    @pytest.mark.parametrize("deed", [Deed.REST, Deed.OTHER, Deed.TURN_AWAY, Deed.LEAVE])
    def test_ends_with_nothing_made(self, deed):
        guide = instead_of_the_check(deed).guide
        assert (guide.end_reason, guide.result) == ("failed", None)
        assert guide.refusal.startswith(lines.NOT_RECOGNISED)

    def test_is_told(self):
        assert instead_of_the_check(Deed.REST).said[-2:] == [lines.CHECK, lines.FAILED]

    def test_is_given_time(self):
        actor = instead_of_the_check(Deed.REST)
        checked_s = actor.time_s - actor.times_of(lines.CHECK)[0]
        assert checked_s == pytest.approx(CHECK_PATIENCE_S, abs=1.0)


# Words


RUNS = {
    "obedient": obedient,
    "restless": restless,
    "half out": lambda: after_taking(Deed.HALF_OUT),
    "at rest": lambda: instead_of_coming(Deed.REST),
    "another": lambda: instead_of_coming(Deed.OTHER),
    "staying": instead_of_leaving,
    "no check": lambda: instead_of_the_check(Deed.REST),
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
@pytest.mark.exhaustive
def test_no_line_pushes_anyone(run):
    told = {*run().said, *run().shown}
    assert [line for line in told if PUSHING.search(line)] == []
