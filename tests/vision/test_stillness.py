"""A picture that comes again and again stands still; a living one never does, however hard it is compressed."""

import numpy as np

from backstretch.kinematics.landmarks import LONGEST_GAP_S
from backstretch.vision.stillness import (
    LONGER_BY,
    SAME_WITHIN,
    STILL_FROM_S,
    Repeat,
    Repeats,
    StillWatch,
)

STEP_S = 0.08
RNG = np.random.default_rng(3)
ROOM = RNG.uniform(60, 190, (48, 64)).astype(np.float32)
FOREVER_S = 3 * STILL_FROM_S


def times(until_s, from_s=0.0):
    return np.arange(from_s, until_s, STEP_S)


def lit(time_s):
    """A picture that is like no other."""
    return ROOM + np.float32(50 * time_s)


def told(glances):
    """What is told of each of these glances: the time since which the picture stands still."""
    repeats, watch = Repeats(), StillWatch()
    answers = {}
    for time_s, glance in glances:
        repeats.push(time_s, glance)
        if glance.size:
            answers[float(time_s)] = watch.push(time_s, repeats.of(time_s))
    return answers


def still_times(glances):
    return [time_s for time_s, since_s in told(glances).items() if since_s is not None]


def runs(*lengths_s):
    """Pictures that come for these times, one after another."""
    ends_s = np.cumsum(lengths_s)
    return [(t, lit(np.searchsorted(ends_s, t, side="right"))) for t in times(ends_s[-1])]


def test_a_picture_that_comes_for_long_stands_still_since_its_first():
    glances = [(t, lit(min(t, 2.0))) for t in times(2.0 + FOREVER_S)]
    answers = told(glances)
    first_s = next(t for t in answers if t >= 2.0)
    assert {since_s for t, since_s in answers.items() if t < first_s + STILL_FROM_S} == {None}
    assert {since_s for t, since_s in answers.items() if t > first_s + STILL_FROM_S} == {first_s}


def test_pictures_that_change_never_stand_still():
    assert not still_times((t, lit(t)) for t in times(60.0))


def test_a_small_change_in_one_place_is_a_new_picture():
    def breathing(time_s):
        glance = ROOM.copy()
        glance[20, 30] += 2 * SAME_WITHIN * (time_s % 4.0 < 2.0)
        return glance

    assert not still_times((t, breathing(t)) for t in times(60.0))


def test_a_slow_camera_repeats_its_pictures_and_does_not_stand_still():
    assert not still_times((t, lit(t // 1.0)) for t in times(60.0))


def test_an_encoder_that_begins_afresh_changes_a_still_picture_a_little():
    pulse = RNG.uniform(-0.5, 0.5, ROOM.shape).astype(np.float32) * SAME_WITHIN
    glances = [(t, ROOM + pulse * (t // 1.0 % 3)) for t in times(FOREVER_S)]
    assert still_times(glances)[-1] == glances[-1][0]


def test_a_still_picture_that_is_encoded_afresh_every_second_stands_still():
    pulses = RNG.uniform(-2.0, 2.0, (20, *ROOM.shape)).astype(np.float32)
    glances = [(t, ROOM + pulses[int(t)]) for t in times(FOREVER_S)]
    assert still_times(glances)[-1] == glances[-1][0]


def test_what_an_encoder_refines_at_first_is_the_same_picture():
    is_rough = lambda t: t < 1.0 or 7.0 < t < 8.0  # noqa: E731
    glances = [(t, ROOM + 2 * SAME_WITHIN * is_rough(t)) for t in times(FOREVER_S)]
    assert {since_s for t, since_s in told(glances).items() if t > 1.1 + STILL_FROM_S} == {0.0}


def test_a_still_picture_that_is_encoded_anew_goes_on_to_stand_still():
    short_s = STILL_FROM_S / 2
    found = still_times(runs(FOREVER_S, 2 * STEP_S, short_s, 2 * STEP_S, short_s))
    assert found[-1] > FOREVER_S + 2 * short_s
    assert len(found) * STEP_S > FOREVER_S - STILL_FROM_S + 2 * (short_s - LONGEST_GAP_S) - 0.2


def test_a_hold_that_hardly_changes_in_a_hard_compressed_film_does_not_stand_still():
    first_s = 0.8 * STILL_FROM_S
    assert not still_times(runs(first_s, 0.3, 2.1 * first_s, 0.5, 3.0 * first_s))


def test_a_camera_that_stops_in_such_a_film_does():
    assert still_times(runs(0.5 * STILL_FROM_S, 0.3, LONGER_BY * STILL_FROM_S, 1.0))


def test_a_damaged_picture_is_passed_over():
    nothing = np.empty((0, 0), np.float32)
    glances = [(t, nothing if n % 7 == 3 else ROOM) for n, t in enumerate(times(FOREVER_S))]
    assert still_times(glances)[-1] > FOREVER_S - 0.2


def test_a_second_part_that_was_glanced_at_by_itself_goes_on():
    """Both halves of a recording are glanced at by themselves; the second knows its own pictures only."""
    watch = StillWatch()
    for time_s in times(10.0):
        watch.push(time_s, Repeat(0.0, 0.0))
    assert watch.push(10.08, Repeat(9.0, 9.0)) == 0.0


def test_pictures_of_different_shapes_are_not_the_same():
    black = np.zeros((48, 64), np.float32)
    assert not still_times((t, black if t % 2.0 < 1.0 else black[:36]) for t in times(30.0))
