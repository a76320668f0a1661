"""Practice weeks: what was held in each week of the calendar, and on how many days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backstretch.history.practice import (
    DAYS_A_WEEK,
    PractisedHold,
    PractisedSession,
    amount,
    days_words,
    doses,
    monday_of,
    weeks,
)
from backstretch.poses.pose_file import load_pose
from tests.places import POSE_FILES

BEND = load_pose(POSE_FILES / "standing_side_bend.toml")
CHILD = load_pose(POSE_FILES / "childs_pose.toml")
WEDNESDAY = date(2026, 11, 25)


def on(day, hour=12):
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def sitting(day, valid_s=20.0, began=None):
    return PractisedSession(1, "", began or on(day), "live", "Bend", valid_s, 0.0, 0.0, False, None)  # noqa: FBT003


def held(day, number=1, pose=BEND, valid_s=20.0):
    return PractisedHold(number, on(day), pose.id, "left", valid_s, True, None)  # noqa: FBT003


def ago(days):
    return WEDNESDAY - timedelta(days=days)


def test_a_week_begins_on_monday():
    sunday, monday = date(2026, 11, 22), date(2026, 11, 23)
    found = weeks([sitting(sunday), sitting(monday), sitting(WEDNESDAY)], WEDNESDAY, 2)
    assert [(each.monday, each.days) for each in found] == [(date(2026, 11, 16), 1), (monday, 2)]
    assert monday_of(sunday) == date(2026, 11, 16)


def test_two_sessions_on_a_day_are_one_day_and_both_count():
    (found,) = weeks([sitting(WEDNESDAY), sitting(WEDNESDAY, 10.0)], WEDNESDAY, 1)
    assert (found.days, found.valid_s) == (1, 30.0)


def test_a_session_counts_for_the_day_of_its_own_place():
    late = datetime.fromisoformat("2026-11-22T23:30:00-08:00")
    first, last = weeks([sitting(None, began=late)], WEDNESDAY, 2)
    assert (first.days, last.days) == (1, 0)


def test_a_session_in_which_nothing_was_held_is_no_practice():
    (found,) = weeks([sitting(WEDNESDAY, 0.0)], WEDNESDAY, 1)
    assert (found.days, found.valid_s) == (0, 0.0)


def test_the_dose_is_told_week_by_week_against_the_usual_least():
    holds = [held(ago(0)), held(ago(2)), held(ago(3), 2), held(ago(90), 3)]
    (found,) = doses([BEND, CHILD], holds, WEDNESDAY, 3)
    assert (found.weeks_s, found.sittings) == ((0.0, 20.0, 40.0), 3)
    assert found.last_two == (40.0, 20.0)
    one_round = 2 * BEND.dose.default_s * BEND.dose.default_repetitions
    assert (found.round_s, found.recommended_s) == (one_round, DAYS_A_WEEK * one_round)


def test_one_week_alone_has_none_before_it():
    (found,) = doses([BEND], [held(WEDNESDAY)], WEDNESDAY, 1)
    assert found.last_two == (20.0, 0.0)


def test_most_held_comes_first():
    holds = [held(WEDNESDAY), held(WEDNESDAY, pose=CHILD, valid_s=50.0)]
    assert [each.pose.id for each in doses([BEND, CHILD], holds, WEDNESDAY, 4)] == [
        CHILD.id,
        BEND.id,
    ]


def test_days_are_told_of_this_week_of_four_and_of_twelve():
    told = days_words([sitting(ago(days)) for days in (0, 0, 2, 3, 27, 28, 83, 84)], WEDNESDAY)
    assert "on 2 days this week, 4 of the last 28 days and 6 of the last 84." in told


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((0, 7, 14), "each of the last 3 weeks"),
        ((7, 14), "each of the last 2 weeks"),
        ((0, 14), ""),
        ((14, 21), ""),
    ],
    ids=["running", "this week is not over", "a gap", "long ago"],
)
def test_weeks_in_a_row_are_told_gently(days, said):
    told = days_words([sitting(ago(each)) for each in days], WEDNESDAY)
    assert said in told
    assert ("in each of" in told) == bool(said)
    assert told.endswith("A day off is part of it.")


def test_a_clock_that_went_back_adds_no_day_before_its_time():
    assert "0 days this week, 0 of" in days_words(
        [sitting(WEDNESDAY + timedelta(days=9))], WEDNESDAY
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0, "0 s"), (45.4, "45 s"), (90.0, "1.5 min"), (120.0, "2 min"), (3600.0, "60 min")],
)
def test_an_amount_reads_at_a_glance(seconds, words):
    assert amount(seconds) == words
