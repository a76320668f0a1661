"""The shortlist: no form that a moment may be is ever missing from it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.judging.hold_clock import State
from backstretch.judging.matching import forms_of
from backstretch.judging.recognition import MARGIN, SEEN_SHARE, Shortlist
from backstretch.kinematics.columns import COLUMN_INDEX, COLUMNS
from backstretch.kinematics.landmarks import SIDES
from backstretch.kinematics.neutral import neutral_of, settle
from backstretch.kinematics.stick_figure import STANDING, ideal_body
from backstretch.kinematics.view import View
from tests.figures import BACK, FRONT, LEFT_SIDE, RIGHT_SIDE, measured
from tests.library import LIBRARY

FORMS = [form for pose in LIBRARY.recognised for form in forms_of(pose)]
SHORTLIST = Shortlist(FORMS)
BEND = next(form for form in FORMS if (form.pose.id, form.side) == ("standing_side_bend", "left"))

SEEDS = st.integers(0, 2**32 - 1)
NEAR = st.sampled_from(SIDES)


def required(form, near):
    """The columns and checks that may stop a form's clock."""
    return [target for target in form.targets[near] if target.check.required]


def near_a_form(seed, near, *, hidden=0.3, beyond=1.5):
    """Random values, some unseen, of which those that one form needs lie in or just outside range.

    ``beyond`` says how far outside, in hysteresis widths.
    """
    random = np.random.default_rng(seed)
    limits = np.array([column.measure.limits for column in COLUMNS])
    values = random.uniform(*limits.T)
    form = FORMS[random.integers(len(FORMS))]
    for target in required(form, near):
        (low, high), away = target.check.accept, random.choice([0.0, beyond]) * target.hysteresis
        values[target.index] = random.uniform(low - away, high + away)
    values[random.random(len(values)) < random.uniform(0.0, hidden)] = np.nan
    return values


def good_values(form, near="left"):
    """Values that lie in the middle of all of a form's ranges, the others unseen."""
    values = np.full(len(COLUMNS), np.nan)
    for target in required(form, near):
        values[target.index] = sum(target.check.good) / 2
    return values


def listed(values, near="left", forms=FORMS):
    """The forms on the list."""
    return [forms[index] for index in Shortlist(forms).of(values, near)]


def share_seen(verdict):
    """Of the readings that the clock needs, or has."""
    seen = sum(not reading.unseen for reading in verdict.required)
    return seen / (seen + sum(reading.lacking for reading in verdict.required))


def may_be(form, values, near):
    """Whether the full judgement lets it be."""
    verdict = form.judge(values, near, inside=True)
    return verdict.state is not State.OUT and share_seen(verdict) >= 0.5


# Against the full judgement


@given(SEEDS, NEAR)
def test_a_form_that_the_full_judgement_allows_is_on_the_list(seed, near):
    values = near_a_form(seed, near)
    on_list = set(SHORTLIST.of(values, near))
    assert {n for n, form in enumerate(FORMS) if may_be(form, values, near)} <= on_list


@given(SEEDS, NEAR)
def test_random_moments_are_allowed_by_some_form(seed, near):
    """Else the test before this one would say nothing."""
    values = near_a_form(seed, near, hidden=0.0, beyond=0.9)
    assert any(may_be(form, values, near) for form in FORMS)


@given(SEEDS, NEAR)
def test_the_list_is_what_reading_by_reading_gives(seed, near):
    values = near_a_form(seed, near, beyond=3.0)

    def is_like(form):
        verdict = form.judge(values, near, inside=True)
        far = any(r.slack < -MARGIN * r.target.hysteresis for r in verdict.required)
        return share_seen(verdict) >= SEEN_SHARE and not far

    assert listed(values, near) == [form for form in FORMS if is_like(form)]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.pose.id} {form.side}")
@pytest.mark.parametrize("near", SIDES)
def test_a_form_whose_readings_are_all_good_is_on_the_list(form, near):
    """Where checks of one measure share a column, the last one's middle must suit the others."""
    assert form in listed(good_values(form, near), near)


# Its limits


@pytest.mark.parametrize(("widths", "is_on"), [(0.0, True), (1.9, True), (2.1, False)])
def test_a_reading_may_lie_two_hysteresis_widths_outside(widths, is_on):
    values = good_values(BEND)
    target = required(BEND, "left")[0]
    values[target.index] = target.check.accept[0] - widths * target.hysteresis
    assert (BEND in listed(values)) is is_on


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.pose.id} {form.side}")
def test_half_of_the_readings_that_the_clock_needs_must_be_seen(form):
    targets = required(form, "left")
    needed = [target.index for target in targets if target.check.need == "always"]
    others = [target.index for target in targets if target.check.need != "always"]
    enough = math.ceil(len(needed) / 2)
    half, fewer = good_values(form), good_values(form)
    half[[*others, *needed[enough:]]] = np.nan
    fewer[[*others, *needed[enough - 1 :]]] = np.nan
    assert (form in listed(half), form in listed(fewer)) == (True, False)


def test_a_check_of_form_keeps_nothing_off_the_list():
    values = good_values(BEND)
    values[COLUMN_INDEX["hip_tilt"]] = 60.0
    assert BEND in listed(values)


def test_a_check_follows_the_near_side():
    form = next(form for form in FORMS if form.pose.id == "standing_forward_fold")
    values = good_values(form, "left")
    assert [form in listed(values, near) for near in SIDES] == [True, False]


@given(SEEDS)
def test_the_order_of_the_forms_does_not_matter(seed):
    values = near_a_form(seed, "left")
    assert listed(values, forms=FORMS[::-1]) == listed(values)[::-1]


# People who do nothing


@pytest.mark.parametrize("near", SIDES)
def test_nothing_seen_is_like_no_form(near):
    assert listed(np.full(len(COLUMNS), math.nan), near) == []


def standing_values(azimuth_deg, near):
    """A body at rest, measured from itself as the neutral."""
    body = measured(ideal_body(STANDING, (azimuth_deg, 0.0)))
    neutral = neutral_of(body.values[0], body.lengths[0], View(azimuth_deg, 0.0))
    return settle(body, 0, neutral, near)


@pytest.mark.parametrize("near", SIDES)
@pytest.mark.parametrize("azimuth_deg", [FRONT, 45.0, -45.0, BACK])
def test_standing_with_hanging_arms_is_like_no_form(azimuth_deg, near):
    assert listed(standing_values(azimuth_deg, near), near) == []


@pytest.mark.parametrize(("azimuth_deg", "near"), [(LEFT_SIDE, "left"), (RIGHT_SIDE, "right")])
def test_standing_seen_from_the_side_is_like_a_few_stretches_of_the_neck(azimuth_deg, near):
    """Turns of the head hardly show from there."""
    forms = listed(standing_values(azimuth_deg, near), near)
    assert len(forms) <= 4
    assert {form.pose.regions[0] for form in forms} <= {"neck"}
