"""A picture of somebody on the wall loses against the person, and nobody else is taken for one."""

import numpy as np
import pytest

from backstretch.errors import Notice, NoticeKind
from backstretch.kinematics.landmarks import Landmarks
from backstretch.vision.detection import BystanderSearch, Detection
from backstretch.vision.portraits import (
    PortraitWatch,
    WithoutPortraits,
    portrait_notice,
    portrait_until_s,
)
from tests.figures import FRONT, side_bend, standing
from tests.gallery import Gallery, beside, picture

EVERY_S = 0.1
CHART = beside(side_bend(30).seen(FRONT), -180.0)


def person(time_s):
    """Comes in, stands, and bends from 4 s on."""
    lean_deg = min(max(0.0, 15.0 * (time_s - 4.0)), 30.0)
    return beside((side_bend(lean_deg) if lean_deg else standing()).seen(FRONT), 150.0)


def sitting(_):
    """Somebody else who never moves."""
    return beside(standing().seen(FRONT), 150.0)


def chart(time_s, jitter_px):
    """The chart as a noisy picture at this time shows it."""
    jitter = np.random.default_rng(round(time_s * 100)).normal(0.0, jitter_px, CHART.xy_px.shape)
    return Landmarks(CHART.xy_px + jitter, CHART.world_m, CHART.visibility, CHART.image_wh)


def found(people, until_s=12.0, landmarker=None):
    """What is followed, and when it turns out to be a portrait."""
    landmarker = landmarker or Gallery(people)
    bystanders, watch = BystanderSearch(landmarker), PortraitWatch()
    for index in range(round(until_s / EVERY_S)):
        frame = picture(index * EVERY_S, index)
        marks = landmarker.look(frame)
        detection = Detection(frame.time_s, marks, bystanders.search(frame, marks))
        portrait = watch.push(detection)
        if portrait is not None:
            yield frame.time_s, portrait


class TestWatch:
    @pytest.mark.parametrize("jitter_px", [0.0, 1.0, 4.0])
    def test_a_chart_beside_somebody_who_moves_is_a_portrait(self, jitter_px):
        at_s, portrait = next(found(lambda t: [chart(t, jitter_px), person(t)]))
        assert 6.0 <= at_s <= 8.5
        assert np.abs(portrait.xy_px - CHART.xy_px).max() < 6.0 * jitter_px + 0.1

    def test_a_chart_alone_is_not_told_from_somebody_who_holds_still(self):
        assert not list(found(lambda _: [CHART]))

    def test_nor_is_somebody_beside_one_who_does_not_move_either(self):
        assert not list(found(lambda t: [CHART, sitting(t)]))

    def test_who_has_moved_is_none_whoever_moves_beside_them(self):
        assert not list(found(lambda t: [person(t), beside(person(t), -330.0)], 30.0))

    def test_a_chart_that_is_followed_when_the_person_has_left_is_one(self):
        def people(time_s):
            return [person(time_s), CHART] if time_s < 9.0 else [CHART]

        at_s, _ = next(found(people, 14.0))
        assert 12.0 <= at_s <= 13.0

    def test_who_comes_in_after_the_person_is_none(self):
        def people(time_s):
            return [person(time_s)] if time_s < 9.0 else [CHART]

        assert not list(found(people, 14.0))


class TestWithout:
    def test_the_person_is_found_beside_it(self):
        without = WithoutPortraits(Gallery(lambda t: [CHART, person(t)]), [CHART])
        for frame in [picture(n * EVERY_S, n) for n in range(3)]:
            seen = without.look(frame)
            assert seen is not None
            assert np.array_equal(seen.xy_px, person(frame.time_s).xy_px)

    def test_what_is_followed_is_left_for_the_person_as_soon_as_it_is_known(self):
        gallery = Gallery(lambda t: [CHART, person(t)])
        without = WithoutPortraits(gallery)
        assert [without.look(picture(0.0))] == [CHART]
        without.add(CHART)
        seen = without.look(picture(EVERY_S, 1))
        assert seen is not None
        assert np.array_equal(seen.xy_px, person(EVERY_S).xy_px)
        assert gallery.restarts == 1

    def test_alone_it_is_nobody(self):
        without = WithoutPortraits(Gallery(lambda _: [CHART]), [CHART])
        assert without.look(picture(0.0)) is None
        assert without.search(picture(0.0)) is None

    def test_it_is_no_other_person(self):
        gallery = Gallery(lambda t: [person(t), CHART])
        body = gallery.look(picture(0.0))
        assert gallery.find_another(picture(0.0), body) is not None
        assert WithoutPortraits(gallery, [CHART]).find_another(picture(0.0), body) is None


def test_a_notice_tells_until_when_it_was_judged():
    others = Notice(NoticeKind.JUMPS, {"times_s": (1.0,)})
    assert portrait_until_s([others, portrait_notice(7.5)]) == 7.5
    assert portrait_until_s([others, portrait_notice()]) is None
    assert portrait_until_s([]) is None
