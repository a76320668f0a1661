"""Sparse looking: few looks while nothing changes, all of them where it matters, and the same seconds."""

from functools import partial

import numpy as np
import pytest

from backstretch.analysis.sampling import (
    CHANGES_FOR_S,
    CHANGING_S,
    DOUBT,
    DOUBTED_FOR_S,
    HARD_OF_ALL,
    HARD_S,
    HARD_SHARE,
    LOST_PER_S,
    MOVING_PER_S,
    QUIET_S,
    EveryPicture,
    Restart,
    Sampled,
    SparseSampler,
    has_changed,
    strays_px,
)
from backstretch.judging.collector import Attention
from backstretch.kinematics.landmarks import LONGEST_GAP_S, Landmarks, size_px
from backstretch.vision.detection import Detection
from backstretch.vision.pictures import Picture
from tests.figures import FRONT, standing

FPS = 30
LONG_S = 1000.0
BODY = standing().seen(FRONT)
LENGTH_PX = float(np.sqrt(np.var(BODY.xy_px, axis=0).sum()))
WIDTH, HEIGHT = BODY.image_wh
RNG = np.random.default_rng(5)
ROOM = RNG.uniform(60, 190, (HEIGHT // 10, WIDTH // 10)).astype(np.float32)


BUSY, IDLE = Attention(is_busy=True), Attention()
SEEKING = Attention(is_busy=True, seeks_neutral=True)


def shifted(share):
    """The body with its wrists moved by a share of its size."""
    xy = BODY.xy_px.copy()
    xy[15:17, 0] += share * LENGTH_PX
    return Landmarks(xy, BODY.world_m, BODY.visibility, BODY.image_wh)


def picture(time_s, glance=ROOM):
    return Picture(round(time_s * FPS), time_s, lambda: None, lambda: glance)


def pictures(seconds, glance_at=lambda _: ROOM, fps=FPS):
    return [picture(n / fps, glance_at(n / fps)) for n in range(round(seconds * fps))]


def sampled(sampler, attention=BUSY):
    """What a sampler gives, to the end."""
    return list(iter(partial(sampler.next, attention), None))


def times(given, marks_at=lambda _: BODY, attention=BUSY, **options):
    """When was looked."""
    detect = lambda p: Detection(p.time_s, marks_at(p.time_s))  # noqa: E731
    sampler = SparseSampler(given, detect, **{"length_s": LONG_S, **options})
    return [each.time_s for each in sampled(sampler, attention)]


def moving(time_s):
    """A room in which somebody moves from the second second to the fourth."""
    return np.roll(ROOM, int(20 * min(max(time_s - 2.0, 0.0), 2.0)), axis=1)


def gaps(found, low_s=0.0, high_s=np.inf):
    inside = [time_s for time_s in found if low_s <= time_s <= high_s]
    return np.diff(inside)


def test_a_still_picture_is_looked_at_now_and_then():
    found = times(pictures(10.0))
    assert np.allclose(gaps(found)[:-1], QUIET_S, atol=1 / FPS)
    assert len(found) < 10.0 / QUIET_S + 2


def test_somebody_at_rest_is_looked_at_wholly_while_a_neutral_is_sought():
    assert np.allclose(gaps(times(pictures(3.0), attention=SEEKING)), 1 / FPS)


def test_it_is_no_more_once_there_is_one():
    sampler = SparseSampler(pictures(6.0), lambda p: Detection(p.time_s, BODY), LONG_S)
    attention, found = SEEKING, []
    while isinstance(item := sampler.next(attention), Detection):
        found.append(item.time_s)
        attention = SEEKING if item.time_s < 3.0 else IDLE
    assert np.allclose(gaps(found, 0.0, 3.0), 1 / FPS)
    assert gaps(found, 3.1, 5.5).min() >= QUIET_S - 1e-6


def test_an_empty_room_is_not():
    found = times(pictures(3.0), lambda _: None, SEEKING)
    assert gaps(found)[:-1].min() >= QUIET_S - 1e-6


@pytest.mark.parametrize(("size_px", "doubted"), [(0.0, True), (3.0 * LENGTH_PX, False)])
def test_how_large_the_body_is_may_be_known_beforehand(size_px, doubted):
    found = times(pictures(6.0), lambda t: shifted(1.5 * DOUBT * (t > 3.0)), size_px=size_px)
    assert bool(gaps(found, 3.3, 5.5).min() < QUIET_S / 2) is doubted


def test_the_first_and_the_last_picture_are_looked_at():
    given = pictures(3.1)
    found = times(given)
    assert (found[0], found[-1]) == (given[0].time_s, given[-1].time_s)


def test_a_changing_picture_is_looked_at_more_often():
    found = times(pictures(8.0, moving))
    assert gaps(found, 2.1, 4.0).max() <= CHANGING_S + 1 / FPS
    assert gaps(found, 4.0 + CHANGES_FOR_S + 0.1, 7.5).min() >= QUIET_S - 1e-6


def test_what_passed_before_a_change_was_seen_is_looked_at_as_well():
    jump = 2.37
    found = times(pictures(5.0, lambda t: np.roll(ROOM, 30 * (t > jump), axis=1)))
    before = [time_s for time_s in found if jump - QUIET_S < time_s <= jump]
    assert len(before) >= 3


def test_what_was_just_before_a_movement_is_looked_at():
    for jump in np.arange(2.0, 2.5, 1 / FPS):
        found = times(pictures(5.0, lambda t, at=jump: np.roll(ROOM, 30 * (t > at), axis=1)))
        before = [time_s for time_s in found if jump - 0.3 < time_s <= jump]
        assert len(before) >= 2


def test_no_more_is_missed_than_the_clock_bridges_whatever_the_pictures_times():
    steps = RNG.uniform(0.02, 0.24, 200)
    given = [picture(time_s) for time_s in np.cumsum(steps)]
    assert gaps(times(given)).max() <= LONGEST_GAP_S


def test_landmarks_that_move_in_a_still_picture_are_in_doubt():
    marks = lambda t: shifted(2 * DOUBT * (t > 3.0))  # noqa: E731
    found = times(pictures(8.0), marks)
    assert np.allclose(gaps(found, 3.4, 3.0 + DOUBTED_FOR_S), 1 / FPS)
    assert gaps(found, 5.0, 7.5).min() >= QUIET_S - 1e-6


def doubtful(from_s, until_s):
    """A body whose wrists are seen now here, now there, between two times."""

    def marks(time_s):
        return shifted(2 * DOUBT * (round(time_s * FPS) % 5 > 1) * (from_s < time_s < until_s))

    return marks


def test_a_recording_in_which_a_body_is_in_doubt_for_long_is_given_up():
    marks = doubtful(4.0, 30.0)
    sampler = SparseSampler(
        pictures(30.0), lambda p: Detection(p.time_s, marks(p.time_s)), length_s=30.0
    )
    while isinstance(item := sampler.next(IDLE), Detection):
        pass
    assert item == Restart()
    assert sampler.reached_s == pytest.approx(4.0 + HARD_S - DOUBTED_FOR_S, abs=0.5)


@pytest.mark.parametrize(
    ("seconds", "from_s", "until_s"),
    [
        (30.0, 4.0, 4.0 + HARD_S - 1.5),
        (60.0, 20.0, 20.0 + HARD_SHARE * 20.0),
        (60.0, 0.0, HARD_OF_ALL * 60.0 - 1.5),
    ],
)
def test_some_doubt_is_looked_at_wholly_and_no_more(seconds, from_s, until_s):
    found = times(pictures(seconds), doubtful(from_s, until_s), length_s=seconds)
    assert np.allclose(gaps(found, from_s + 1.5 * QUIET_S, until_s), 1 / FPS)
    assert len(found) < seconds * FPS / 2


@pytest.mark.parametrize("attention", [BUSY, IDLE])
def test_a_movement_is_looked_at_wholly_where_it_matters(attention):
    def marks(time_s):
        return shifted(2 * MOVING_PER_S * min(max(time_s - 2.0, 0.0), 2.0))

    found = times(pictures(8.0, moving), marks, attention)
    is_whole = np.allclose(gaps(found, 2.4, 3.9), 1 / FPS)
    assert is_whole is attention.is_busy


def test_a_body_that_goes_far_between_two_looks_is_looked_at_wholly_whatever_is_held():
    def marks(time_s):
        away_px = 2 * LOST_PER_S * LENGTH_PX * min(max(time_s - 2.0, 0.0), 2.0)
        xy = np.add(BODY.xy_px, (away_px, 0.0))
        return Landmarks(xy, BODY.world_m, BODY.visibility, BODY.image_wh)

    found = times(pictures(8.0, moving), marks, IDLE)
    assert np.allclose(gaps(found, 2.4, 3.9), 1 / FPS)


def test_landmarks_that_jitter_after_a_movement_do_not_look_like_one():
    def marks(time_s):
        jitter = 0.8 * DOUBT * RNG.uniform()
        return shifted(2 * MOVING_PER_S * min(max(time_s - 2.0, 0.0), 2.0) + jitter)

    found = times(pictures(12.0, moving), marks)
    assert np.allclose(gaps(found, 2.4, 3.9), 1 / FPS)
    assert gaps(found, 5.5, 11.5).min() >= QUIET_S - 1e-6


def test_somebody_who_comes_or_goes_is_looked_at():
    found = times(pictures(8.0), lambda t: BODY if t > 3.0 else None)
    assert np.allclose(gaps(found, 3.5, 4.0), 1 / FPS)


def test_a_damaged_picture_is_passed_over():
    given = pictures(2.0)
    detect = lambda p: None if p.time_s < 0.5 else Detection(p.time_s, BODY)  # noqa: E731
    for sampler in (SparseSampler(given, detect, LONG_S), EveryPicture(given, detect)):
        assert isinstance(found := sampler.next(BUSY), Detection)
        assert found.time_s == sampler.reached_s == 0.5


def test_slow_recordings_are_looked_at_picture_by_picture_while_they_change():
    given = pictures(8.0, moving, fps=5)
    found = times(given)
    assert set(gaps(found, 2.2, 4.0).round(3)) == {0.2}


def test_every_picture_can_be_asked_for():
    given = pictures(1.0)
    found = sampled(EveryPicture(given, lambda p: Detection(p.time_s, BODY)), IDLE)
    assert [each.time_s for each in found] == [each.time_s for each in given]


class TestChanged:
    def of(self, after, marks=BODY):
        return has_changed(Sampled(Detection(0.0, marks), ROOM), picture(0.1, after))

    def test_noise_is_no_change(self):
        assert not self.of(ROOM + RNG.normal(0, 2.0, ROOM.shape).astype(np.float32))

    def test_an_arm_is_one(self):
        after = ROOM.copy()
        rows, columns = (BODY.xy_px[15, ::-1] / 10).astype(int)
        after[rows - 3 : rows + 3, columns - 1 : columns + 2] += 120.0
        assert self.of(after)

    def test_what_moves_beside_the_person_is_none(self):
        after = ROOM.copy()
        after[:, :3] += 100.0
        assert not self.of(after)
        assert self.of(after, None)

    def test_a_dim_picture_changes_by_less(self):
        dim = 20.0 + ROOM / 20.0
        after = np.roll(dim, 2, axis=1)
        assert has_changed(Sampled(Detection(0.0, BODY), dim), picture(0.1, after + 0.0))

    def test_a_person_out_of_the_picture_is_a_change(self):
        away = Landmarks(BODY.xy_px + 10_000.0, BODY.world_m, BODY.visibility, BODY.image_wh)
        assert self.of(ROOM, away)


def test_how_far_landmarks_stray_is_told_of_what_is_seen():
    assert strays_px(BODY, shifted(0.5)).max() == pytest.approx(0.5 * LENGTH_PX)
    hidden = Landmarks(BODY.xy_px, BODY.world_m, np.zeros(33), BODY.image_wh)
    assert len(strays_px(BODY, hidden)) == 0
    assert (strays_px(None, BODY) == np.inf).all()
    assert len(strays_px(None, None)) == 0


def test_a_body_is_as_large_as_its_landmarks_lie_apart():
    assert size_px(BODY) == pytest.approx(LENGTH_PX)
    assert size_px(None) == 0.0


def test_a_body_that_bends_together_is_not_in_doubt_for_looking_small():
    def small(time_s, away_px):
        xy = BODY.xy_px.mean(axis=0) + (BODY.xy_px - BODY.xy_px.mean(axis=0)) / 4
        xy[15:17, 0] += away_px * (round(time_s * FPS) % 2)
        return Landmarks(xy, BODY.world_m, BODY.visibility, BODY.image_wh)

    away_px = 0.8 * DOUBT * LENGTH_PX
    marks = lambda t: BODY if t < 2.0 else small(t, away_px)  # noqa: E731
    found = times(pictures(12.0), marks, IDLE)
    assert gaps(found, 5.0, 11.0).min() >= QUIET_S - 1e-6
