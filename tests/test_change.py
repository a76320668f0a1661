"""When a change is told: simulated seasons with a known true change, and what must not be compared."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from backstretch.change import DAY_SD, SCALES, SEM, Reached, Verdict, change_of, minimal_change

START = datetime(2026, 1, 1, tzinfo=UTC)
SEASONS = 1500


def season(rng, true_change, scale, *, step):
    """Sessions of 1 to 5 holds with the errors of the research, and a change that may be of twice the MDC."""
    count = int(rng.integers(6, 61))
    holds = rng.integers(1, 6, count)
    way = (np.arange(count) >= count // 2) * 1.0 if step else np.arange(count) / (count - 1)
    size = SCALES[scale]
    noise = rng.normal(0, DAY_SD * size, count) + rng.normal(0, SEM * size / np.sqrt(holds))
    empty = [reached(n, 0.0, int(held)) for n, held in enumerate(holds)]
    asked = 2 * true_change * change_of(empty, scale).mdc
    return [reached(n, 80 * size + asked * way[n] + noise[n], int(h)) for n, h in enumerate(holds)]


def reached(day, value, holds=3, azimuth_deg=90.0):
    return Reached(START + timedelta(days=day), float(value), holds, azimuth_deg)


def verdicts(true_change, scale, *, step):
    rng = np.random.default_rng(7)
    return [
        change_of(season(rng, true_change, scale, step=step), scale).verdict for _ in range(SEASONS)
    ]


@pytest.mark.parametrize("step", [True, False], ids=["step", "slowly"])
@pytest.mark.parametrize("scale", ["deg", "ratio", "rough"])
class TestSeasons:
    def test_a_change_of_twice_the_detectable_one_is_told(self, scale, step):
        for direction, verdict in ((1, Verdict.LARGER), (-1, Verdict.SMALLER)):
            told = verdicts(direction, scale, step=step)
            assert told.count(verdict) / SEASONS >= 0.95

    def test_no_change_is_rarely_told_as_one(self, scale, step):
        told = verdicts(0, scale, step=step)
        assert told.count(Verdict.NONE) / SEASONS >= 0.95


def test_single_holds_need_ten_degrees_at_the_least_and_means_seven():
    one, three = [reached(0, 80, 1)], [reached(day, 80, 3) for day in range(3)]
    assert minimal_change(one, one, "deg") >= 10.0
    assert minimal_change(three, three, "deg") == 7.0
    assert minimal_change(three, three, "rough") == 14.0


def test_sessions_from_elsewhere_are_not_sold_as_progress():
    found = change_of([reached(0, 60, azimuth_deg=0.0), reached(1, 95), reached(2, 96)])
    assert found.verdict is Verdict.NONE
    assert [each.value for each in found.compared] == [95, 96]


def test_without_any_known_view_all_are_compared():
    found = change_of([reached(0, 60, azimuth_deg=None), reached(1, 95, azimuth_deg=None)])
    assert found.verdict is Verdict.LARGER


def test_the_order_is_that_of_time():
    assert change_of([reached(1, 60), reached(0, 95)]).verdict is Verdict.SMALLER


def test_one_session_tells_nothing():
    assert change_of([reached(0, 60)]).verdict is Verdict.TOO_LITTLE
    assert change_of([]).verdict is Verdict.TOO_LITTLE
