"""Practice days: enough is enough, pain is remembered for some days and asked about once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.formats.session_log import (
    END,
    EVENT,
    HOLD,
    MOMENT,
    PAIN,
    SORENESS,
    PastSession,
    SessionRecord,
)
from backstretch.history import health as practice_days
from backstretch.history.health import DAY_OFF, Advice, advice, past_sessions, soreness_advice

CET = timezone(timedelta(hours=1))
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=CET)
NOTHING = Advice((), asks_soreness=False)
THIRD = "This is the third session today. Once or twice a day is enough; rest today."


def session(began, valid_s=90.0, *, lasted_s=0.0, pain=False, soreness=None):
    """An earlier session; ``began`` in hours before `NOW`, or as a time."""
    if isinstance(began, int | float):
        began = NOW - timedelta(hours=began)
    moments = tuple({"type": MOMENT, "t": t} for t in (5.0, 5.0 + lasted_s))
    started = began.isoformat()
    return PastSession(
        path=Path("session.jsonl"),
        started=started,
        about={"started": started},
        holds=(),
        pain=pain,
        ended=True,
        soreness=soreness,
        seconds_valid=valid_s,
        damaged=0,
        lines=moments,
    )


def written(folder, began, *lines):
    """Record a session in the folder that its start names."""
    path = folder / began.strftime("%Y-%m-%dT%H-%M-%S") / "session.jsonl"
    with SessionRecord(path, {"started": began.isoformat()}) as record:
        for kind, fields in lines:
            record.write(kind, **fields)
    return path


times = st.floats(-48.0, 130.0).map(lambda hours: NOW - timedelta(hours=hours))
sessions = st.lists(
    st.builds(
        session,
        times,
        st.sampled_from([0.0, 60.0]),
        lasted_s=st.sampled_from([0.0, 59.0, 60.0]),
        pain=st.booleans(),
        soreness=st.none() | st.integers(0, 10),
    ),
    max_size=6,
)


class TestOftenEnough:
    @pytest.mark.parametrize("past", [[], [session(3)], [session(20), session(3)]])
    def test_nothing_is_said_of_the_first_two(self, past):
        assert advice(NOW, past) == NOTHING

    def test_the_third_of_a_day_is_one_too_many(self):
        assert advice(NOW, [session(9), session(3)]) == Advice((THIRD,), asks_soreness=False)

    @pytest.mark.parametrize(
        ("done", "told"), [(3, "the fourth session"), (9, "the tenth session"), (10, "session 11")]
    )
    def test_each_is_counted(self, done, told):
        (line,) = advice(NOW, [session(1 + n) for n in range(done)]).lines
        assert line.startswith(f"This is {told} today.")

    @pytest.mark.parametrize(
        ("valid_s", "lasted_s", "counts"), [(0.0, 59.0, False), (0.0, 60.0, True), (1.0, 5.0, True)]
    )
    def test_a_try_out_does_not_count(self, valid_s, lasted_s, counts):
        past = [session(9), session(3, valid_s, lasted_s=lasted_s)]
        assert advice(NOW, past).lines == ((THIRD,) if counts else ())

    def test_yesterday_does_not_count_even_minutes_ago(self):
        after_midnight = NOW.replace(hour=0, minute=10)
        late = [session(after_midnight - timedelta(minutes=n)) for n in (20, 40)]
        assert advice(after_midnight, late) == NOTHING

    def test_the_day_is_that_of_the_place_and_not_of_greenwich(self):
        auckland = timezone(timedelta(hours=13))
        now = datetime(2026, 11, 23, 9, 0, tzinfo=auckland)
        early = [session(now.replace(hour=hour)) for hour in (6, 8)]
        assert {each.began.astimezone(UTC).date() for each in early} == {date(2026, 11, 22)}
        assert advice(now, early).lines == (THIRD,)

    def test_a_day_of_25_hours_is_one_day(self):
        now = datetime(2026, 10, 25, 23, 50, tzinfo=CET)
        summer = now.replace(hour=0, minute=10, tzinfo=timezone(timedelta(hours=2)))
        assert now - summer > timedelta(hours=24)
        assert advice(now, [session(summer), session(now.replace(hour=2))]).lines == (THIRD,)

    def test_sessions_of_the_future_are_ignored(self):
        assert advice(NOW, [session(3), session(-1), session(-30, pain=True)]) == NOTHING


class TestPain:
    @pytest.mark.parametrize(
        ("hours", "when"),
        [
            *((2, "earlier today"), (18.5, "yesterday"), (40, "yesterday")),
            *((44, "2 days ago"), (80, "3 days ago")),
        ],
    )
    def test_is_remembered_and_asked_about(self, hours, when):
        found = advice(NOW, [session(100), session(hours, pain=True)])
        assert found.lines == (f"You stopped with pain {when}. {DAY_OFF}",)
        assert found.asks_soreness

    def test_is_forgotten_after_three_days(self):
        assert advice(NOW, [session(24 * 4, pain=True)]) == NOTHING

    def test_counts_whether_or_not_anything_was_held(self):
        assert advice(NOW, [session(26), session(25, 0.0, pain=True)]).asks_soreness

    def test_is_over_once_there_was_a_later_day_without(self):
        assert advice(NOW, [session(50, pain=True), session(26)]) == NOTHING

    def test_is_not_over_for_a_try_out_on_a_later_day(self):
        past = [session(26, pain=True), session(1, 0.0)]
        assert advice(NOW, past) == advice(NOW, past[:1])

    def test_is_not_over_for_a_later_session_of_the_same_day(self):
        assert advice(NOW, [session(30, pain=True), session(26)]).asks_soreness

    @pytest.mark.parametrize("value", [0, 8])
    def test_is_asked_about_once_only(self, value):
        past = [session(26, pain=True), session(1, 0.0, soreness=value)]
        found = advice(NOW, past)
        assert found.lines == advice(NOW, past[:1]).lines
        assert not found.asks_soreness

    def test_is_asked_about_again_when_it_came_again(self):
        past = [session(50, pain=True), session(26, pain=True, soreness=3)]
        assert advice(NOW, past).asks_soreness

    def test_comes_before_the_count(self):
        lines = advice(NOW, [session(9), session(3, pain=True)]).lines
        assert [line.split()[0] for line in lines] == ["You", "This"]

    def test_in_a_place_whose_day_is_further_on_was_earlier_today(self):
        further_on = (NOW - timedelta(hours=2)).astimezone(timezone(timedelta(hours=13)))
        assert further_on.date() > NOW.date()
        (line,) = advice(NOW, [session(further_on, pain=True)]).lines
        assert "earlier today" in line


class TestAdvice:
    @given(past=sessions, data=st.data())
    def test_does_not_depend_on_the_order(self, past, data):
        assert advice(NOW, data.draw(st.permutations(past))) == advice(NOW, past)

    @given(past=sessions)
    def test_asks_only_after_pain_of_the_last_days(self, past):
        recent = [e for e in past if e.pain and e.began <= NOW and e.began.day >= NOW.day - 3]
        found = advice(NOW, past)
        assert recent or not found.asks_soreness
        assert found.lines or not found.asks_soreness

    @given(past=sessions)
    def test_is_the_same_without_what_is_still_to_come(self, past):
        assert advice(NOW, past) == advice(NOW, [each for each in past if each.began <= NOW])

    @pytest.mark.parametrize(
        "odd", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-11-23T10:15:00Z"]
    )
    def test_takes_any_time(self, odd):
        past = [replace(session(3), started=odd), session(5, pain=True)]
        assert advice(NOW, past).asks_soreness


class TestSoreness:
    @pytest.mark.parametrize("value", range(4))
    def test_that_is_slight_needs_no_words(self, value):
        assert soreness_advice(value) == ""

    @pytest.mark.parametrize("value", range(4, 7))
    def test_that_is_moderate_asks_for_less(self, value):
        assert "gently" in soreness_advice(value)
        assert "shorter" in soreness_advice(value)

    @pytest.mark.parametrize("value", range(7, 11))
    def test_that_is_strong_asks_for_a_day_off(self, value):
        assert "take a day off" in soreness_advice(value)

    @pytest.mark.parametrize("value", range(11))
    def test_is_never_met_with_effort(self, value):
        assert "push" not in soreness_advice(value).lower()


class TestPastSessions:
    def test_are_read_newest_first(self, tmp_path):
        hours = (1, 80, 30, 5)
        for each in hours:
            written(tmp_path, NOW - timedelta(hours=each), (HOLD, {"valid_s": float(each)}))
        found = past_sessions(tmp_path, now=NOW)
        assert [each.seconds_valid for each in found] == sorted(hours)

    def test_of_other_days_are_not_even_opened(self, tmp_path, monkeypatch):
        for days in (-400, -2, -1, 0, 3, 4, 5, 400):
            written(tmp_path, NOW - timedelta(days=days))
        opened = []

        def read(path):
            opened.append(path.parent.name[:10])
            return session(1)

        monkeypatch.setattr(practice_days, "read_session", read)
        past_sessions(tmp_path, now=NOW)
        assert opened == [f"2026-11-{day}" for day in (24, 23, 20, 19)]

    def test_that_cannot_be_read_are_left_out(self, tmp_path):
        written(tmp_path, NOW)
        written(tmp_path, NOW - timedelta(hours=1)).write_bytes(b"no session")
        written(tmp_path, NOW - timedelta(hours=2)).unlink()
        for odd in ("notes", "2026-13-45", "2026-11-23T09-00-00"):
            (tmp_path / odd).mkdir()
        (tmp_path / "2026-11-23T08-00-00").write_text("a file where a folder should be")
        assert len(past_sessions(tmp_path, now=NOW)) == 1

    def test_are_no_more_than_asked_for(self, tmp_path):
        for minutes in range(5):
            written(tmp_path, NOW - timedelta(minutes=minutes))
        found = past_sessions(tmp_path, limit=2, now=NOW)
        assert [each.began for each in found] == [NOW, NOW - timedelta(minutes=1)]

    def test_are_none_where_there_is_no_folder(self, tmp_path):
        assert past_sessions(tmp_path / "none") == []

    def test_are_those_of_the_machine_s_own_days(self, tmp_path):
        now = datetime.now().astimezone().replace(microsecond=0)
        written(tmp_path, now)
        assert [each.began for each in past_sessions(tmp_path)] == [now]

    def test_lead_to_advice(self, tmp_path):
        yesterday = NOW - timedelta(days=1)
        pain = [
            (HOLD, {"valid_s": 20.0}),
            (EVENT, {"t": 70.0, "what": PAIN}),
            (END, {"reason": ""}),
        ]
        written(tmp_path, yesterday, *pain)
        assert advice(NOW, past_sessions(tmp_path, now=NOW)).asks_soreness
        written(tmp_path, NOW - timedelta(hours=1), (SORENESS, {"value": 2}))
        assert not advice(NOW, past_sessions(tmp_path, now=NOW)).asks_soreness
