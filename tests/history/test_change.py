"""When a change is told: simulated seasons with known true change, and what must not be compared.

The errors that are simulated are the research's own (section D), not the program's: `ERRORS` and `LEAST`
stand here a second time on purpose.
"""

from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import pytest

from backstretch.history.change import PRECISIONS, SessionMean, Verdict, change_of, minimal_change
from backstretch.kinematics.view import View

START = datetime(2026, 1, 1, tzinfo=UTC)
FRONT, SIDE = View(0.0, 0.0), View(90.0, 0.0)
SEASONS = 1000
ERRORS = {"deg": (4.0, 2.0), "neck": (4.0, 2.0), "rough": (8.0, 4.0), "ratio": (0.048, 0.024)}
LEAST = {"deg": (10.0, 7.0), "neck": (10.0, 8.0), "rough": (20.0, 20.0), "ratio": (0.12, 0.12)}
"""Published least changes of single holds, and of means of three and more."""


def season(rng, kind, count, change=0.0, *, step=False):
    """Sessions of 1 to 5 holds with the errors of the research, and a change on the way."""
    hold_sd, day_sd = ERRORS[kind]
    holds = rng.integers(1, 6, count)
    way = (np.arange(count) >= count // 2) * 1.0 if step else np.arange(count) / (count - 1)
    noise = rng.normal(0, day_sd, count) + rng.normal(0, hold_sd / np.sqrt(holds))
    return [reached(n, 80 + change * way[n] + noise[n], int(held)) for n, held in enumerate(holds)]


def reached(day, value, holds=3, view=SIDE):
    return SessionMean(START + timedelta(days=day), float(value), holds, view)


@cache
def told(kind, times, *, step, least=6, most=60):
    """Shares of the verdicts at the end of seasons with so many times the published least change of means."""
    rng = np.random.default_rng(7)
    change = times * LEAST[kind][1]
    counts = rng.integers(least, most + 1, SEASONS)
    found = [
        change_of(season(rng, kind, count, change, step=step), kind).verdict for count in counts
    ]
    return {verdict: found.count(verdict) / SEASONS for verdict in Verdict}


@pytest.mark.parametrize("step", [True, False], ids=["step", "slowly"])
@pytest.mark.parametrize("kind", PRECISIONS)
@pytest.mark.exhaustive
class TestSeasons:
    @pytest.mark.parametrize(
        ("sign", "verdict"), [(2, Verdict.LARGER), (-2, Verdict.SMALLER)], ids=["more", "less"]
    )
    def test_a_change_of_twice_the_published_one_is_told(self, kind, step, sign, verdict):
        assert told(kind, sign, step=step)[verdict] >= 0.95

    def test_no_change_is_rarely_told_as_one(self, kind, step):
        assert told(kind, 0, step=step)[Verdict.NONE] >= 0.95

    def test_a_change_is_never_told_the_wrong_way(self, kind, step):
        assert told(kind, 2, step=step)[Verdict.SMALLER] == 0.0


def own_mdc(kind, series):
    return change_of(series, kind).mdc


@pytest.mark.parametrize("step", [True, False], ids=["step", "slowly"])
def test_a_short_season_tells_twice_the_change_that_it_says_it_can_detect(step):
    rng = np.random.default_rng(3)
    found = []
    for count in rng.integers(6, 15, SEASONS):
        series = season(rng, "deg", count)
        change = 2 * own_mdc("deg", series)
        way = [n >= count // 2 if step else n / (count - 1) for n in range(count)]
        changed = [
            reached(n, each.value + change * way[n], each.holds) for n, each in enumerate(series)
        ]
        found.append(change_of(changed).verdict)
    assert found.count(Verdict.LARGER) / SEASONS >= 0.95


@pytest.mark.parametrize("kind", ["deg", "ratio"])
def test_looking_after_every_session_tells_no_more_than_one_false_change_in_twenty_seasons(kind):
    rng = np.random.default_rng(11)
    seasons, wrong = 400, 0
    for count in rng.integers(6, 61, seasons):
        series = season(rng, kind, count)
        looks = (change_of(series[:upto], kind).verdict for upto in range(1, count + 1))
        wrong += any(verdict in {Verdict.LARGER, Verdict.SMALLER} for verdict in looks)
    assert wrong / seasons <= 0.05


@pytest.mark.parametrize("kind", PRECISIONS)
def test_no_change_below_the_published_one_is_told(kind):
    one, many = [reached(0, 80, 1)], [reached(day, 80, 50) for day in range(50)]
    precision = PRECISIONS[kind]
    single, means = LEAST[kind]
    assert minimal_change(one, one, precision) >= single
    assert minimal_change(many, many, precision) == means


def test_a_day_s_holds_share_that_day():
    apart, together = [reached(day, 80, 1) for day in range(4)], [reached(0, 80, 4)]
    precision = PRECISIONS["deg"]
    assert minimal_change(apart, apart, precision) < minimal_change(together, together, precision)


def test_one_good_day_is_no_change():
    ordinary = [reached(day, 80, 4) for day in range(7)]
    assert change_of([*ordinary, reached(7, 110, 4)]).verdict is Verdict.NONE
    twice = [*ordinary, reached(7, 110, 4), reached(8, 110, 4)]
    assert change_of(twice).verdict is Verdict.LARGER


def steady(days, value, view):
    return [reached(day, value, view=view) for day in days]


class TestViews:
    def test_sessions_from_elsewhere_are_not_sold_as_progress(self):
        found = change_of(steady(range(4), 60, FRONT) + steady(range(4, 8), 95, SIDE))
        assert found.verdict is Verdict.NONE
        assert {each.value for each in found.compared} == {95}
        assert {each.value for each in found.elsewhere} == {60}

    def test_a_new_place_does_not_hide_what_was_seen_from_the_old_one(self):
        old = steady(range(3), 60, SIDE) + steady(range(3, 6), 95, SIDE)
        found = change_of([*old, *steady(range(6, 9), 20, FRONT)])
        assert found.verdict is Verdict.LARGER
        assert [each.value for each in found.elsewhere] == [20] * 3

    def test_a_camera_that_looks_down_is_elsewhere(self):
        above = View(90.0, 50.0)
        found = change_of(steady(range(4), 60, above) + steady(range(4, 8), 95, SIDE))
        assert found.verdict is Verdict.NONE

    def test_without_any_known_view_all_are_compared(self):
        found = change_of(steady(range(4), 60, None) + steady(range(4, 8), 95, None))
        assert found.verdict is Verdict.LARGER

    def test_an_unknown_view_is_not_compared_with_a_known_one(self):
        found = change_of(steady(range(4), 60, None) + steady(range(4, 8), 95, SIDE))
        assert found.verdict is Verdict.NONE


def test_the_order_is_that_of_time():
    falling = [reached(day, 95 - 10 * day) for day in range(6)]
    assert change_of(falling[::-1]).verdict is Verdict.SMALLER


def test_three_sessions_tell_nothing():
    for count in range(4):
        found = change_of([reached(day, 60 + 30 * day) for day in range(count)])
        assert found.verdict is Verdict.TOO_LITTLE
        assert len(found.compared) == count
