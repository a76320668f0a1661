"""Calibrating: what takes come to, and every reason why one cannot be used, in the words that are said."""

from math import sin

import pytest

from backstretch.calibration.references import (
    Take,
    neutral_reference,
    new_reference,
    personal_reference,
)
from backstretch.errors import Notice, NoticeKind, TakeError
from backstretch.judging.session import Session
from backstretch.kinematics.stick_figure import STANDING as STANDS
from backstretch.kinematics.stick_figure import ideal_body
from tests.figures import (
    FRONT,
    LEFT_SIDE,
    Figure,
    every,
    folded,
    kneeling,
    moments,
    reaching,
    side_bend,
    standing,
    trembling,
)
from tests.library import LIBRARY

FOLD = LIBRARY.poses["standing_forward_fold"]
BEND = LIBRARY.poses["standing_side_bend"]
NECK = LIBRARY.poses["neck_side_bend"]
TILT = LIBRARY.poses["pelvic_tilt"]
TODAY, EARLIER = "2026-01-31", "2026-01-30"
STIFF, SUPPLE = folded(85), folded(125)
"""Folds that stop before what the library asks for, 95 degrees, and that do not."""
TO_THE_LEFT = side_bend(25)
TILTED = Figure(tilt_deg=30.0)
STANDING, REST = (standing(), 3.0), (standing(), 2.0)


def keeping(*parts, camera_deg=LEFT_SIDE, seed=1, jitter_px=1.0, **seen):
    """Figures that keep still one after the other, each (figure, seconds)."""
    bodies = [
        body
        for figure, seconds in parts
        for body in [figure.seen(camera_deg, **seen)] * round(5 * seconds)
    ]
    return trembling([(n / 5, body) for n, body in enumerate(bodies)], jitter_px, seed)


def take_from(timeline, pose=None, own_neutral=None, **entries):
    """A take as it was measured."""
    session = Session((pose,) if pose else (), own_neutral=own_neutral)
    steps = [*session.push(timeline), *session.finish()]
    return Take("me.mp4", steps, timeline, **entries)


def photograph(figure, pose=None, camera_deg=LEFT_SIDE, own_neutral=None):
    return take_from([(0.0, figure.seen(camera_deg))], pose, own_neutral)


def nobody():
    return take_from([(t, None) for t in every(5, 3.0).tolist()])


def swaying(seconds):
    """Never still for a second."""
    trunks_deg = ((t, 60.0 + 60.0 * sin(4.0 * t)) for t in every(10, seconds).tolist())
    return take_from([(t, folded(deg).seen(LEFT_SIDE)) for t, deg in trunks_deg])


def settling_in(pose):
    """In the stretch from the beginning, a little less still in the first second and a half."""
    keys = [(0.0, 83.5), (1.5, 85.0), (8.0, 85.0)]
    return take_from(moments(lambda deg: folded(deg).seen(LEFT_SIDE), keys, every(5, 8.0)), pose)


def fold_take(figure=STIFF, hold_s=4.0, seed=1, **entries):
    return take_from(keeping(REST, (figure, hold_s), seed=seed), FOLD, **entries)


def bend_take(*figures, seed=1):
    parts = [part for figure in figures for part in (REST, (figure, 4.0))]
    return take_from(keeping(*parts, camera_deg=FRONT, seed=seed), BEND)


def personal(takes, pose=FOLD, **asked):
    return personal_reference(takes, pose, LIBRARY.recognised, TODAY, **asked)


def new(*takes, named=("my_stretch", ""), **asked):
    return new_reference(takes, named, (FOLD, BEND, NECK), TODAY, **asked)


def why_not(make, *args, **asked):
    """The reason that is told of the take."""
    with pytest.raises(TakeError, match=r"^me\.mp4: ") as caught:
        make(*args, **asked)
    return str(caught.value).removeprefix("me.mp4: ")


def check_of(pose, name):
    return next(check for check in pose.checks if check.measure.name == name)


def counted_s(pose, timeline, side=None):
    session = Session((pose,))
    session.push(timeline)
    session.finish()
    return sum(held.hold.valid_s for held in session.holds if held.form.side == side)


class TestAPersonalReference:
    def test_stands_in_for_the_pose_of_the_library(self):
        made = personal([fold_take()])
        assert (made.id, made.refines, made.name) == (FOLD.id, FOLD.id, FOLD.name)

    def test_counts_what_the_library_does_not(self):
        timeline = keeping(REST, (STIFF, 4.0), seed=5)
        assert counted_s(FOLD, timeline) == 0.0
        assert counted_s(personal([fold_take()]), timeline) == pytest.approx(4.0, abs=0.5)

    def test_does_not_count_rest(self):
        assert counted_s(personal([fold_take()]), keeping((standing(), 6.0))) == 0.0

    def test_says_when_and_from_what_it_was_made(self):
        record = personal([fold_take()]).calibration
        assert (record.date, record.takes, record.sides) == (TODAY, 1, "both")
        assert record.seconds == pytest.approx(4.0, abs=0.4)
        assert (record.view, record.neutral) == ((90, 0), "of the take, 0.0 to 1.0 s")

    def test_may_be_counted_from_somebodys_own_neutral(self):
        own = neutral_reference(take_from(keeping(STANDING, camera_deg=FRONT)), EARLIER)
        timeline = keeping(REST, (TILTED, 4.0), camera_deg=FRONT)
        record = personal([take_from(timeline, NECK, own)], NECK).calibration
        assert record.neutral.endswith(f"of {EARLIER}")

    def test_may_be_made_of_a_photograph(self):
        record = personal([photograph(STIFF, FOLD)]).calibration
        assert (record.takes, record.seconds, record.neutral) == (1, 0.0, "none")


class TestSeveralTakes:
    def test_are_pooled(self):
        made = personal([fold_take(folded(84)), fold_take(folded(88), seed=2)])
        trunk = check_of(made, "trunk_incl").measured
        assert made.calibration.takes == 2
        assert trunk.median == pytest.approx(86.0, abs=0.5)
        assert trunk.spread == pytest.approx(4.0 / 2.0**0.5, abs=0.5)

    def test_that_hold_one_position_twice_are_two(self):
        timeline = keeping(REST, (STIFF, 3.0), REST, (STIFF, 3.0))
        assert personal([take_from(timeline, FOLD)]).calibration.takes == 2

    def test_must_all_be_good(self):
        assert why_not(personal, [fold_take(), nobody()]).startswith("nobody is seen")

    def test_may_be_videos_and_photographs(self):
        assert personal([fold_take(), photograph(STIFF, FOLD)]).calibration.takes == 2


class TestSides:
    def test_have_each_their_own_ranges(self):
        made = personal([bend_take(side_bend(20), side_bend(30).mirrored())], BEND)
        lean = check_of(made, "trunk_lean_lat")
        assert made.calibration.sides == "each"
        assert lean.measured.median == pytest.approx(20.0, abs=1.0)
        assert lean.right.measured.median == pytest.approx(30.0, abs=1.0)

    def test_may_be_shown_in_a_take_each(self):
        takes = [bend_take(side_bend(20)), bend_take(side_bend(30).mirrored())]
        assert personal(takes, BEND).calibration.sides == "each"

    @pytest.mark.parametrize(
        ("figure", "side"), [(TO_THE_LEFT, "left"), (TO_THE_LEFT.mirrored(), "right")]
    )
    def test_are_mirrored_where_one_is_shown(self, figure, side):
        made = personal([bend_take(figure)], BEND)
        lean = check_of(made, "trunk_lean_lat")
        assert (made.calibration.sides, lean.right) == (side, None)
        assert lean.measured.median == pytest.approx(25.0, abs=1.0)

    @pytest.mark.parametrize(("side", "deg"), [("left", 20.0), ("right", 30.0)])
    def test_are_mirrored_where_one_is_asked_for(self, side, deg):
        take = bend_take(side_bend(20), side_bend(30).mirrored())
        made = personal([take], BEND, sides=(side,))
        assert made.calibration.sides == side
        assert check_of(made, "trunk_lean_lat").measured.median == pytest.approx(deg, abs=1.0)

    def test_that_are_mirrored_count(self):
        made = personal([bend_take(TO_THE_LEFT)], BEND)
        other = keeping(REST, (TO_THE_LEFT.mirrored(), 4.0), camera_deg=FRONT)
        assert counted_s(made, other, "right") == pytest.approx(4.0, abs=0.5)


class TestATakeIsRefused:
    def test_where_nobody_is_seen(self):
        words = "nobody is seen in it; step into the picture, in good light"
        assert why_not(personal, [nobody()]) == words
        assert why_not(new, nobody()) == words

    def test_where_it_is_not_sure_who_is_seen(self):
        take = fold_take(crowd=Notice(NoticeKind.ANOTHER_PERSON, {"first_s": 2.0, "last_s": 8.0}))
        words = "another person is in the picture between 2 and 8 s; be alone in the picture"
        assert why_not(personal, [take]) == words
        assert why_not(new, take) == words

    def test_where_nobody_keeps_still(self):
        words = "you keep still for less than one second; 1 s are needed"
        assert why_not(personal, [swaying(4.0)]) == words
        assert why_not(new, swaying(4.0)) == words

    def test_where_it_is_too_short_for_anybody_to_keep_still(self):
        words = "is 0.7 s long; you must keep still for 1 s"
        assert why_not(personal, [swaying(0.7)]) == words

    @pytest.mark.parametrize(
        ("least_s", "words"),
        [
            (4.0, "you keep still for 2.8 s at most; 4 s are needed"),
            (5.0, "is 4.8 s long; you must keep still for 5 s"),
        ],
    )
    def test_where_somebody_keeps_still_for_less_than_is_asked_for(self, least_s, words):
        take = fold_take(hold_s=3.0)
        assert why_not(personal, [take], least_s=least_s) == words
        assert why_not(new, take, least_s=least_s) == words

    def test_where_the_camera_stands_wrong(self):
        take = take_from(keeping(REST, (SUPPLE, 4.0), camera_deg=FRONT), FOLD)
        words = "the camera sees you from the front; Standing forward fold wants the side view"
        assert why_not(personal, [take]) == words

    def test_where_it_shows_another_pose(self):
        pose = LIBRARY.poses["chair_forward_fold"]
        words = "this looks like Standing forward fold, not Chair forward fold"
        assert why_not(personal, [take_from(keeping(REST, (SUPPLE, 4.0)), pose)], pose) == words

    def test_where_it_shows_another_pose_and_only_somebody_stiff_might_mean_this_one(self):
        """A side bend that would be taken for a stiff stretch of the trapezius if there were no others."""
        pose = LIBRARY.poses["upper_trapezius_stretch"]
        figures = ((t, STANDS if t < 2.0 else BEND.figure) for t in every(5, 6.0).tolist())
        take = take_from([(t, ideal_body(figure, (FRONT, 0.0))) for t, figure in figures], pose)
        assert personal_reference([take], pose, [], TODAY).refines == pose.id
        words = "this looks like Standing side bend, not Upper trapezius stretch"
        assert why_not(personal, [take], pose) == words

    def test_where_it_shows_the_other_side_than_is_asked_for(self):
        words = "shows Standing side bend on the other side, not on the one that you asked for"
        assert why_not(personal, [bend_take(TO_THE_LEFT)], BEND, sides=("right",)) == words

    def test_where_a_photograph_cannot_show_what_is_counted_from_rest(self):
        said = why_not(personal, [photograph(TILTED, NECK, FRONT)], NECK)
        words = "is a single picture, but the head tilt is measured from rest; use a video that"
        assert said == f"{words} begins with you upright"

    def test_where_a_photograph_cannot_show_movement(self):
        words = "is a single picture, but Pelvic tilt is recognised by its movement; use a video"
        assert why_not(personal, [photograph(standing(), TILT)], TILT) == words

    def test_where_it_begins_in_a_stretch_that_is_stiff(self):
        take = take_from(keeping((STIFF, 3.0), STANDING), FOLD)
        words = "it begins in the stretch; begin sitting, standing or lying at rest, so that I know"
        assert why_not(personal, [take]) == f"{words} where you start"

    def test_where_the_stretch_is_not_in_it(self):
        said = why_not(personal, [fold_take(folded(30))])
        words = "the trunk angle from upright is 30°, and this stretch asks for 95 to 180°"
        assert said == f"Standing forward fold is not seen in it: {words}"


class TestATakeThatIsAllStretch:
    def test_is_taken_where_the_library_takes_it(self):
        assert personal([take_from(keeping((SUPPLE, 8.0)), FOLD)]).calibration.neutral == "none"

    def test_is_taken_of_somebody_stiff_where_it_is_short(self):
        assert personal([take_from(keeping((STIFF, 3.0)), FOLD)]).calibration.neutral == "none"

    def test_is_taken_of_somebody_stiff_where_it_is_long(self):
        assert personal([settling_in(FOLD)]).calibration.neutral == "none"

    def test_is_taken_wherever_in_the_picture_it_is(self):
        take = keeping((SUPPLE, 4.0), wh=(960, 540))
        assert personal([take_from(take, FOLD)]).calibration.takes == 1


class TestANewReference:
    def test_is_a_pose_of_its_own(self):
        made, _ = new(fold_take())
        assert (made.id, made.name, made.refines) == ("my_stretch", "My stretch", "")

    def test_counts_what_was_held_longest(self):
        timeline = keeping(REST, (kneeling(), 2.0), (STIFF, 4.0))
        made, _ = new(take_from(timeline))
        assert counted_s(made, timeline) == pytest.approx(4.0, abs=0.5)

    def test_is_told_from_all_else_that_was_held(self):
        _, choice = new(take_from(keeping(REST, (kneeling(), 2.0), (STIFF, 4.0))))
        told = [contrast.name for contrast in choice.nearest if contrast.is_rest]
        assert sorted(told) == ["what was held at 0 s", "what was held at 2 s"]

    def test_may_be_made_of_a_photograph(self):
        made, _ = new(photograph(STIFF))
        assert made.calibration.seconds == 0.0
        assert counted_s(made, keeping(REST, (STIFF, 4.0))) == pytest.approx(4.0, abs=0.5)

    def test_pools_takes(self):
        takes = [
            take_from(keeping(REST, (reaching(20), 4.0), camera_deg=FRONT, seed=n)) for n in (1, 2)
        ]
        assert new(*takes)[0].calibration.takes == 2

    def test_pools_takes_from_the_side(self):
        assert new(fold_take(), fold_take(seed=2))[0].calibration.takes == 2

    def test_is_of_the_side_that_is_seen(self):
        made, choice = new(bend_take(TO_THE_LEFT.mirrored()))
        assert (made.sides, choice.side, made.calibration.sides) == ("each", "right", "right")

    def test_is_none_of_somebody_who_only_stands(self):
        said = why_not(new, take_from(keeping((standing(), 6.0))))
        assert said == "the position cannot be told from standing"

    def test_of_the_head_is_told_from_rest(self):
        timeline = keeping(REST, (Figure(turn_deg=50.0), 4.0), camera_deg=FRONT)
        made, _ = new(take_from(timeline))
        assert counted_s(made, timeline, "left") == pytest.approx(4.0, abs=0.5)

    def test_is_not_made_of_takes_of_different_positions(self):
        said = why_not(new, fold_take(), take_from(keeping(STANDING, (kneeling(), 4.0))))
        assert said == "shows another position than the other takes"


class TestANeutralReference:
    def test_keeps_how_the_head_is_held(self):
        tilted = take_from(keeping((Figure(tilt_deg=8.0), 3.0), camera_deg=FRONT))
        straight = take_from(keeping(STANDING, camera_deg=FRONT))
        one, other = (neutral_reference(each, TODAY).values for each in (tilted, straight))
        key = "head_roll_rel.left"
        assert one[key] - other[key] == pytest.approx(8.0, abs=2.0)

    def test_says_when_and_from_where_it_was_taken(self):
        own = neutral_reference(take_from(keeping(STANDING, camera_deg=FRONT)), TODAY)
        assert (own.date, own.view.words) == (TODAY, "from the front")

    def test_is_taken_before_a_stretch(self):
        take = take_from(keeping(STANDING, (TILTED, 4.0), camera_deg=FRONT))
        rest = take_from(keeping(STANDING, camera_deg=FRONT))
        assert neutral_reference(take, TODAY).values == neutral_reference(rest, TODAY).values

    @pytest.mark.parametrize(
        "figure", [STIFF, Figure(turn_deg=50.0), TILTED], ids=["folded", "turned", "tilted"]
    )
    def test_is_none_of_somebody_who_does_not_look_ahead_upright(self, figure):
        take = take_from(keeping((figure, 3.0), camera_deg=FRONT, jitter_px=0.0))
        assert why_not(neutral_reference, take, TODAY) == (
            "there is no moment of sitting or standing upright, looking straight ahead and keeping still"
        )

    @pytest.mark.parametrize(
        ("take", "why"),
        [
            (photograph(standing(), camera_deg=FRONT), "keeping still"),
            (nobody(), "nobody is seen in it; step into the picture, in good light"),
            (
                take_from(keeping(STANDING), crowd=Notice(NoticeKind.ANOTHER_PERSON)),
                "another person is in the picture; be alone in the picture",
            ),
        ],
        ids=["a photograph", "nobody", "two people"],
    )
    def test_is_none_of(self, take, why):
        assert why_not(neutral_reference, take, TODAY).endswith(why)

    def test_needs_as_long_as_is_asked_for(self):
        take = take_from(keeping(STANDING, camera_deg=FRONT))
        said = why_not(neutral_reference, take, TODAY, least_s=5.0)
        assert said == "is 2.8 s long; you must keep still for 5 s"
