"""The neutral over a whole take: kept while the person only stretches, replaced when they come anew."""

from dataclasses import replace

import numpy as np
import pytest

from backstretch.kinematics.neutral_finder import (
    NEARER_FROM,
    STILL_FOR_S,
    TURNED_FROM_DEG,
    NeutralFinder,
)
from tests.figures import (
    BACK,
    FRONT,
    LEFT_SIDE,
    RIGHT_SIDE,
    TRUNK_M,
    Figure,
    every,
    folded,
    forward,
    kneeling,
    leftward,
    long_sitting,
    measured,
    moments,
    pair,
    reaching,
    standing,
)

FPS = 10.0
TRUNK_PX = 100.0
FIRST = standing().seen(FRONT)
AHEAD = pair(forward(90.0))
SUPINE = Figure(
    trunk=forward(-80.0),
    neck=forward(-80.0),
    arms=AHEAD,
    forearms=AHEAD,
    thighs=AHEAD,
    shanks=AHEAD,
)
"""On the back, the shoulders a little raised, legs straight; seen from the front, from the feet's end."""


def nearer(body, factor):
    """The body as the camera sees it from so much nearer."""
    middle = np.array(body.image_wh) / 2
    return replace(body, xy_px=(body.xy_px - middle) * factor + middle)


def never(_):
    return False


def then(*bodies, seconds=3.0):
    """Each body held still for this long, one after the other."""
    count = round(seconds * FPS)
    return [(n / FPS, body) for n, body in enumerate(b for b in bodies for _ in range(count))]


def neutrals_of(timeline, *, known=None, in_pose=never):
    """The neutrals in use, one after the other."""
    finder = NeutralFinder(known)
    used = []
    for time_s, body in timeline:
        finder.push(time_s, body, measured(body or FIRST), 0, in_pose=in_pose(time_s))
        if finder.neutral is not None and finder.neutral not in used:
            used.append(finder.neutral)
    return used


def is_replaced(*bodies, **options):
    """Whether the first neutral does not see the end."""
    return len(neutrals_of(then(*bodies), **options)) > 1


# Kept


@pytest.mark.parametrize(
    "body",
    [
        FIRST,
        standing().seen(TURNED_FROM_DEG - 5.0),
        standing().seen(5.0 - TURNED_FROM_DEG),
        nearer(FIRST, NEARER_FROM - 0.05),
        nearer(FIRST, 1.0 / (NEARER_FROM - 0.05)),
        long_sitting(0.0).seen(FRONT),
        standing(knee_deg=120.0).seen(FRONT),
        reaching(20.0).seen(FRONT),
    ],
    ids=["same", "25 left", "25 right", "nearer", "further", "sitting", "knees bent", "arms up"],
)
def test_the_neutral_is_kept_through_small_changes(body):
    assert not is_replaced(FIRST, body)


def test_the_neutral_is_kept_while_nobody_is_in_view():
    assert not is_replaced(FIRST, None, FIRST)


# Replaced


@pytest.mark.parametrize("camera_deg", [45.0, LEFT_SIDE, RIGHT_SIDE, BACK])
def test_a_person_who_has_turned_gets_a_new_neutral(camera_deg):
    assert neutrals_of(then(FIRST, standing().seen(camera_deg)))[
        -1
    ].view.azimuth_deg == pytest.approx(camera_deg, abs=5.0)


@pytest.mark.parametrize("factor", [1.5, 1 / 1.5])
def test_a_person_who_has_come_nearer_or_gone_away_gets_a_new_neutral(factor):
    new = neutrals_of(then(FIRST, nearer(FIRST, factor)))[-1]
    assert new.lengths[0] == pytest.approx(factor * TRUNK_PX)


def test_the_new_neutral_is_a_still_second_of_its_own():
    first, new = neutrals_of(then(FIRST, standing().seen(LEFT_SIDE)))
    assert first.end_s < new.start_s
    assert new.end_s - new.start_s == pytest.approx(STILL_FOR_S, abs=1 / FPS)


def test_a_new_neutral_waits_for_a_second_of_stillness():
    side = standing().seen(LEFT_SIDE)
    short = [*then(FIRST), *[(3.0 + n / FPS, side) for n in range(10)]]
    assert len(neutrals_of(short)) == 1
    assert len(neutrals_of([*short, (4.0, side)])) == 2


def test_a_person_who_walks_up_gets_no_new_neutral_on_the_way():
    keys = [(0, 1), (2, 1), (6, 3)]
    timeline = moments(lambda factor: nearer(FIRST, factor), keys, every(FPS, 6.0))
    assert len(neutrals_of(timeline)) == 1


def test_a_person_who_turns_and_turns_back_gets_three_neutrals():
    azimuths = [
        new.view.azimuth_deg for new in neutrals_of(then(FIRST, standing().seen(90.0), FIRST))
    ]
    assert azimuths == pytest.approx([0.0, 90.0, 0.0])


def test_a_person_who_drifts_nearer_never_outgrows_the_neutral():
    """To twice the size in 20 s, slowly enough to count as standing still."""
    factors = 2.0 ** (every(FPS, 20.0) / 20.0)
    timeline = [(n / FPS, nearer(FIRST, factor)) for n, factor in enumerate(factors)]
    last = neutrals_of(timeline)[-1].lengths[0] / TRUNK_PX
    assert 2.0 / NEARER_FROM**1.5 <= last <= 2.0


def test_turned_and_bent_knees_are_upright_enough():
    assert is_replaced(FIRST, standing(knee_deg=100.0).seen(LEFT_SIDE))


# Not by every body


def test_a_pose_that_is_held_is_no_new_neutral():
    assert not is_replaced(FIRST, standing().seen(LEFT_SIDE), in_pose=lambda time_s: time_s > 2.95)


def test_a_pose_in_between_starts_the_second_anew():
    held_s = 3.75
    timeline = then(FIRST, standing().seen(LEFT_SIDE))
    new = neutrals_of(timeline, in_pose=lambda time_s: abs(time_s - held_s) < 0.06)[-1]
    assert new.start_s == pytest.approx(3.9)


@pytest.mark.parametrize(
    "figure",
    [
        Figure(turn_deg=40.0),
        Figure(turn_deg=-40.0),
        Figure(tilt_deg=20.0),
        Figure(twist_deg=35.0, turn_deg=35.0),
        Figure(twist_deg=-35.0, turn_deg=-35.0),
    ],
    ids=["head left", "head right", "head tilted", "head and chest left", "head and chest right"],
)
@pytest.mark.parametrize("factor", [1.5, 1 / 1.5])
def test_a_body_that_looks_away_is_no_new_neutral(figure, factor):
    assert not is_replaced(FIRST, nearer(figure.seen(FRONT), factor))


def test_a_body_that_looks_ahead_again_is():
    away = nearer(Figure(turn_deg=40.0).seen(FRONT), 1.5)
    assert neutrals_of(then(FIRST, away, nearer(FIRST, 1.5)))[-1].start_s == pytest.approx(
        6.0, abs=0.2
    )


def test_a_head_that_is_not_seen_does_not_count_as_turned_away():
    ears = ["left_ear", "right_ear"]
    body = Figure(turn_deg=40.0).seen(FRONT, hidden=ears)
    assert is_replaced(FIRST, nearer(body, 1.5))


@pytest.mark.parametrize(
    "figure",
    [kneeling(), folded(100.0), SUPINE, Figure(trunk=leftward(90.0), neck=leftward(90.0))],
    ids=["kneeling", "folded", "supine", "on a side"],
)
def test_a_body_that_is_not_upright_replaces_no_upright_one(figure):
    camera_deg = FRONT if figure.trunk[0] else LEFT_SIDE
    assert not is_replaced(FIRST, nearer(figure.seen(camera_deg), 1.5))


@pytest.mark.parametrize("figure", [folded(60.0), SUPINE], ids=["folded", "supine"])
def test_a_body_that_leans_or_lies_along_the_line_of_sight_replaces_no_upright_one(figure):
    assert not is_replaced(FIRST, figure.seen(FRONT))


# After a start that was not upright


@pytest.mark.parametrize("figure", [kneeling(), SUPINE], ids=["kneeling", "supine"])
def test_a_neutral_that_lies_is_replaced_by_one_that_stands(figure):
    used = neutrals_of(then(figure.seen(LEFT_SIDE), standing().seen(LEFT_SIDE)))
    assert [neutral.upright for neutral in used] == [False, True]


@pytest.mark.parametrize(
    "body",
    [
        kneeling().seen(RIGHT_SIDE),
        nearer(SUPINE.seen(LEFT_SIDE), 1.5),
        folded(90.0).seen(LEFT_SIDE),
    ],
    ids=["kneeling", "nearer", "folded"],
)
def test_a_neutral_that_lies_is_kept_while_nobody_is_upright(body):
    assert not is_replaced(SUPINE.seen(LEFT_SIDE), body)


def test_a_neutral_that_lies_is_not_replaced_by_a_body_that_looks_away():
    away = Figure(twist_deg=35.0).seen(LEFT_SIDE)
    assert not is_replaced(SUPINE.seen(LEFT_SIDE), away)


# Given beforehand


@pytest.mark.parametrize(
    "body",
    [standing().seen(LEFT_SIDE), nearer(FIRST, 1.5), FIRST],
    ids=["turned", "nearer", "same"],
)
def test_a_neutral_given_beforehand_is_never_replaced(body):
    (known,) = neutrals_of(then(FIRST))
    assert neutrals_of(then(body), known=known) == [known]


def test_a_neutral_given_beforehand_is_kept_even_if_it_lies():
    (known,) = neutrals_of(then(SUPINE.seen(LEFT_SIDE)))
    assert neutrals_of(then(FIRST), known=known) == [known]


def test_its_trunk_is_the_figures_own():
    assert neutrals_of(then(FIRST))[0].lengths[[0, 3]] == pytest.approx([TRUNK_PX, TRUNK_M])
