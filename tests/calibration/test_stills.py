"""Stills: the stretches of time in which somebody kept still, and what was measured there."""

import math
from dataclasses import replace

import pytest

from backstretch.calibration.stills import LONGEST_S, SEEN_SHARE, stills_of
from backstretch.judging.hold_clock import INSTANT_S
from backstretch.judging.session import Session
from backstretch.kinematics.columns import COLUMN_INDEX, NEEDED
from backstretch.kinematics.landmarks import NAMES
from backstretch.kinematics.neutral import OwnNeutral
from backstretch.kinematics.neutral_finder import STILL_FOR_S
from backstretch.poses.pose_file import load_pose
from tests.figures import (
    DOWN,
    FRONT,
    LEFT_SIDE,
    RIGHT_SIDE,
    Figure,
    every,
    leftward,
    moments,
    side_bend,
    standing,
    trembling,
)
from tests.places import POSE_FILES

BEND = load_pose(POSE_FILES / "standing_side_bend.toml")
TILT = load_pose(POSE_FILES / "upper_trapezius_stretch.toml")
STANDING = standing().seen(FRONT)
BENT = side_bend(30.0).seen(FRONT)
HEAD = {name for name in NAMES if "shoulder" not in name and NAMES.index(name) <= 10}
BODY = set(NAMES) - HEAD
LEAN, TILTED, ROLL = "trunk_lean_lat.left", "hip_tilt", "head_roll_rel.left"


def steps_of(timeline, poses=(BEND,), **options):
    session = Session(poses, **options)
    return session.push(timeline) + session.finish()


def kept(body, until_s, from_s=0.0, fps=10.0):
    """Somebody who does not move at all."""
    return [(float(t), body) for t in every(fps, until_s, from_s)]


def bending(keys, fps=10.0):
    """Somebody who leans as the keys say, the arm overhead before the first moment."""
    return moments(lambda deg: side_bend(deg).seen(FRONT), keys, every(fps, keys[-1][0]))


def stretching(rest=STANDING, body=BENT, rest_s=2.0, held_s=4.0, fps=10.0):
    """At rest first, then in a stretch, without any way between."""
    until_s = rest_s + held_s
    return [*kept(rest, rest_s, fps=fps), *kept(body, until_s, rest_s + 1.0 / fps, fps)]


def spans(timeline, needed=NAMES, **options):
    found = stills_of(steps_of(timeline, **options), needed)
    return [(float(still.start_s), float(still.end_s)) for still in found]


def last(timeline, needed=NAMES, **options):
    return stills_of(steps_of(timeline, **options), needed)[-1]


def value(still, key):
    return float(still.values[COLUMN_INDEX[key]])


def spread(still, key):
    return float(still.spread[COLUMN_INDEX[key]])


def swinging(figure, moved, from_s=2.0, until_s=3.0):
    """Four seconds before the camera, moved there and back all the while in between."""

    def at(t):
        return moved if from_s < t < until_s and round(t * 10) % 2 else figure

    return [(float(t), at(t).seen(FRONT)) for t in every(10, 5.0)]


class TestKeepingStill:
    def test_throughout_is_one_still(self):
        assert spans(kept(STANDING, 3.0)) == [(0.0, pytest.approx(3.0))]

    def test_for_a_second_is_enough(self):
        assert spans(kept(STANDING, STILL_FOR_S)) == [(0.0, pytest.approx(STILL_FOR_S))]

    def test_for_less_than_a_second_is_none(self):
        assert spans(kept(STANDING, 0.9)) == []

    def test_is_told_without_anything_being_judged(self):
        assert len(spans(stretching(), poses=())) == 2

    @pytest.mark.parametrize("fps", [5.0, 10.0, 30.0])
    def test_before_and_in_a_stretch_are_two_stills_at_any_frame_rate(self, fps):
        keys = [(0, 0), (2, 0), (4, 30), (8, 30)]
        rest, stretch = spans(bending(keys, fps))
        assert rest == (pytest.approx(0.0), pytest.approx(2.0, abs=0.35))
        assert stretch == (pytest.approx(4.0, abs=0.35), pytest.approx(8.0))

    def test_is_not_what_somebody_does_who_moves_throughout(self):
        assert spans(bending([(0, 0), (4, 60)])) == []

    def test_ends_with_a_twitch(self):
        timeline = [(t, BENT if 2.95 < t < 3.25 else body) for t, body in kept(STANDING, 6.0)]
        assert len(spans(timeline, steady=False)) == 2

    def test_goes_on_under_the_detectors_jitter(self):
        assert len(spans(trembling(stretching(), jitter_px=1.0))) == 2

    def test_goes_on_while_somebody_settles_in(self):
        assert len(spans(bending([(0, 30), (10, 33)]))) == 1

    def test_ends_where_a_slow_drift_has_led_elsewhere(self):
        assert len(spans(bending([(0, 0), (20, 30)]))) > 1

    def test_after_a_slow_drift_is_a_still_from_a_second_on(self):
        timeline = bending([(0, 0), (3.1, 6.2), (3.3, 66.2)])
        lengths_s = [end_s - start_s for start_s, end_s in spans(timeline)]
        assert min(lengths_s) >= STILL_FOR_S - INSTANT_S

    def test_is_the_same_anywhere_in_the_picture(self):
        near = trembling(kept(BENT, 6.0, fps=15.0), jitter_px=1.0)

        def shifted(by_px):
            return [
                (t, replace(m, xy_px=m.xy_px + by_px, image_wh=(1280, 720))) for t, m in near if m
            ]

        assert spans(shifted((600.0, 200.0))) == spans(shifted((-200.0, -100.0)))


class TestNotBeingSeen:
    def test_an_empty_take_has_no_still(self):
        assert spans([]) == []

    def test_nobody_in_view_is_no_still(self):
        assert spans(kept(None, 3.0)) == []

    def test_nobody_in_between_parts_a_still(self):
        timeline = [(t, None if 2.95 < t < 3.15 else body) for t, body in kept(STANDING, 6.0)]
        assert spans(timeline) == [
            (0.0, pytest.approx(2.9)),
            (pytest.approx(3.2), pytest.approx(6.0)),
        ]

    def test_a_gap_parts_a_still(self):
        assert spans([*kept(STANDING, 2.0), *kept(STANDING, 5.0, 3.0)]) == [
            (0.0, pytest.approx(2.0)),
            (pytest.approx(3.0), pytest.approx(5.0)),
        ]

    def test_moments_far_apart_are_no_still(self):
        assert spans(kept(STANDING, 10.0, fps=1.0)) == []

    def test_an_arm_that_is_not_seen_may_move(self):
        raised = replace(standing(), arms=(leftward(20.0), DOWN))
        unseen = standing().seen(FRONT, hidden=["left_elbow", "left_wrist"])
        timeline = swinging(standing(), raised)
        hidden = [(t, replace(m, visibility=unseen.visibility.copy())) for t, m in timeline]
        assert len(spans(hidden)) == 1

    def test_too_few_landmarks_that_matter_are_no_still(self):
        assert spans(kept(STANDING, 3.0), ["left_shoulder", "right_shoulder", "left_hip"]) == []

    def test_four_landmarks_that_matter_are_enough(self):
        assert len(spans(kept(STANDING, 3.0), NEEDED[LEAN])) == 1


class TestTheHead:
    """A turn of 20 degrees moves the nose by 0.07 of the trunk's length."""

    turning = swinging(standing(), Figure(turn_deg=20.0))

    def test_that_turns_parts_a_still(self):
        assert len(spans(self.turning, steady=False)) == 2

    def test_may_turn_where_it_does_not_matter(self):
        assert len(spans(self.turning, BODY, steady=False)) == 1

    def test_must_keep_stiller_than_the_limbs(self):
        arm = leftward(176.0)
        swaying = swinging(standing(), replace(standing(), arms=(arm, DOWN), forearms=(arm, DOWN)))
        assert len(spans(swaying, steady=False)) == 1


class TestASinglePicture:
    def test_is_a_still_without_length(self):
        (still,) = stills_of(steps_of([(0.0, BENT)]))
        assert (still.seconds, value(still, LEAN)) == (0.0, pytest.approx(30.0))

    def test_of_nobody_is_none(self):
        assert stills_of(steps_of([(0.0, None)])) == []

    def test_says_nothing_of_the_spread(self):
        assert spread(last([(0.0, BENT)]), LEAN) == 0.0


class TestWhatIsMeasured:
    def test_is_no_more_than_five_seconds(self):
        assert last(kept(STANDING, 9.0)).seconds == pytest.approx(LONGEST_S, abs=0.11)

    def test_is_all_of_what_is_shorter(self):
        assert last(kept(STANDING, 4.0)).seconds == pytest.approx(4.0)

    def test_is_where_somebody_is_stillest(self):
        restless = trembling(kept(BENT, 4.0), jitter_px=1.0)
        timeline = [*kept(STANDING, 2.0, -2.1), *restless, *kept(BENT, 10.0, 4.1)]
        assert 4.0 < last(timeline).start_s <= 5.0

    def test_is_five_seconds_too_where_landmarks_flicker_one_after_the_other(self):
        names = list(NAMES)

        def flickering(t):
            return standing().seen(FRONT, hidden=names[int(t * 4) :][:1])

        timeline = [(float(t), flickering(t)) for t in every(10, 9.0)]
        assert last(timeline).seconds == pytest.approx(LONGEST_S, abs=0.11)

    def test_is_the_median_of_each_measure(self):
        leans = [30.0] * 5 + [30.4, 31.0]
        timeline = [(n / 5.0, side_bend(lean).seen(FRONT)) for n, lean in enumerate(leans)]
        assert value(last(timeline, steady=False), LEAN) == pytest.approx(30.0)

    def test_spreads_as_the_body_does(self):
        timeline = [
            (t, side_bend(29.5 if n % 2 else 30.5).seen(FRONT))
            for n, (t, _) in enumerate(kept(BENT, 1.9))
        ]
        assert spread(last(timeline, steady=False), LEAN) == pytest.approx(0.5)

    def test_does_not_spread_without_movement(self):
        assert spread(last(stretching()), LEAN) == pytest.approx(0.0, abs=1e-9)

    def test_spreads_more_the_more_there_is_noise(self):
        jitters = (0.1, 0.3, 1.0)
        found = [
            spread(last(trembling(stretching(), jitter_px=px), steady=False), LEAN)
            for px in jitters
        ]
        assert found == sorted(found)
        assert found[0] > 0.0

    @pytest.mark.parametrize(("camera_deg", "near"), [(LEFT_SIDE, "left"), (RIGHT_SIDE, "right")])
    def test_knows_the_side_that_is_nearer(self, camera_deg, near):
        assert last(kept(standing().seen(camera_deg), 2.0)).near == near

    def test_keeps_the_landmarks_of_the_middle(self):
        steps = steps_of(kept(STANDING, 2.0))
        assert stills_of(steps)[0].landmarks is steps[10].landmarks

    @pytest.mark.parametrize(("unseen_in", "is_seen"), [(2, True), (3, False)])
    def test_is_nothing_where_it_is_seen_too_seldom(self, unseen_in, is_seen):
        """Of 11 moments."""
        hidden = standing().seen(FRONT, hidden=["left_ankle"])
        timeline = [
            (t, hidden if n % 4 == 0 and n < 4 * unseen_in else body)
            for n, (t, body) in enumerate(kept(STANDING, 1.0))
        ]
        still = last(timeline, steady=False)
        assert (1.0 - unseen_in / 11.0 >= SEEN_SHARE) is is_seen
        assert math.isnan(value(still, "knee.left")) is not is_seen
        assert math.isnan(spread(still, "knee.left")) is not is_seen


class TestTheNeutral:
    def test_of_a_stretch_is_the_rest_before(self):
        steps = steps_of(stretching())
        assert stills_of(steps)[-1].neutral is steps[-1].neutral

    def test_of_the_rest_itself_is_none(self):
        assert last(kept(STANDING, 3.0)).neutral is None

    def test_is_none_in_a_take_that_begins_in_the_pose(self):
        assert last(kept(BENT, 3.0)).neutral is None

    def test_before_the_stretch_is_what_relative_measures_count_from(self):
        tilted = Figure(tilt_deg=25.0).seen(FRONT)
        still = last(stretching(Figure(tilt_deg=5.0).seen(FRONT), tilted), poses=(TILT,))
        assert value(still, ROLL) == pytest.approx(20.0)

    def test_from_the_still_itself_leaves_relative_measures_unknown(self):
        assert math.isnan(value(last(kept(STANDING, 3.0)), ROLL))

    def test_from_the_still_itself_leaves_all_else_known(self):
        assert value(last(kept(STANDING, 3.0)), TILTED) == pytest.approx(0.0)


class TestAnOwnNeutral:
    own = OwnNeutral.of(steps_of(kept(STANDING, 2.0))[-1].neutral, "2026-01-31")
    tilted = Figure(tilt_deg=10.0).seen(FRONT)
    askew = Figure(tilt_deg=30.0).seen(FRONT)
    """Not square, so that no neutral is found."""

    def test_serves_relative_measures_without_a_rest_before(self):
        assert value(last(kept(self.tilted, 3.0), own_neutral=self.own), ROLL) == pytest.approx(
            10.0
        )

    def test_is_told_by_its_day(self):
        assert last(kept(self.tilted, 3.0), own_neutral=self.own).own_neutral_date == "2026-01-31"

    def test_that_does_not_suit_the_view_leaves_them_unknown(self):
        aside = Figure(tilt_deg=10.0).seen(LEFT_SIDE)
        still = last(kept(aside, 3.0), own_neutral=self.own)
        assert (still.own_neutral_date, math.isnan(value(still, "head_pitch"))) == ("", True)

    def test_serves_relative_measures_where_no_neutral_is_found(self):
        assert value(last(kept(self.askew, 3.0), own_neutral=self.own), ROLL) == pytest.approx(30.0)

    def test_is_told_by_its_day_where_no_neutral_is_found(self):
        assert last(kept(self.askew, 3.0), own_neutral=self.own).own_neutral_date == "2026-01-31"
