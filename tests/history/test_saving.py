"""What is saved of recordings: once, under the right date."""

import os
import sys
from datetime import UTC, datetime, timedelta

import pytest

from backstretch.errors import InputError
from backstretch.history.history import History
from backstretch.history.saving import Saving, began_at, check_when, save_result
from backstretch.judging.request import Part

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the data folder is Linux's")
DAY = datetime(2026, 5, 1, 10, tzinfo=UTC)


@pytest.fixture
def film(tmp_path, monkeypatch):
    """A file of some megabytes, last modified on a day, and an empty history."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = tmp_path / "film.mp4"
    path.write_bytes(os.urandom(3_000_000))
    os.utime(path, (DAY.timestamp(), DAY.timestamp()))
    return path


def document(valid_s=10.0, path="film.mp4", **more):
    totals = {"valid_s": valid_s, "wrong_s": 0.0, "unseen_s": 0.0}
    return {"title": "Fold", "stretches": [], "holds": [], "totals": totals, "source": path, **more}


def saved(film, result, profile="", part=Part(), when=None):  # noqa: B008 - never changed
    return save_result(result, film, Saving(when, profile, part)).text.split(", of")[0]


def test_a_recording_is_saved_once_also_under_another_name(film, tmp_path):
    assert saved(film, document()) == "saved as session 1"
    copy = tmp_path / "film (1).mp4"
    copy.write_bytes(film.read_bytes())
    assert saved(copy, document(path=copy.name)) == "is in the history already, as session 1"


def test_another_result_of_it_takes_the_place_of_the_first(film, tmp_path):
    saved(film, document(valid_s=0.0))
    assert saved(film, document(valid_s=12.0)) == "saved in place of session 1"
    with History(tmp_path / "backstretch" / "history.db", DAY) as history:
        assert [each.valid_s for each in history.sittings()] == [12.0]


def test_another_date_that_somebody_says_takes_the_place_of_the_first(film):
    when = datetime(2026, 1, 31, tzinfo=UTC)
    saved(film, document())
    assert saved(film, document(), when=when) == "saved in place of session 1"
    assert saved(film, document(), when=when) == "is in the history already, as session 1"
    assert saved(film, document()) == "is in the history already, as session 1"


def test_another_recording_part_or_person_is_another_session(film, tmp_path):
    other = tmp_path / "other.mp4"
    other.write_bytes(film.read_bytes()[:-1] + b"x")
    numbers = [
        saved(film, document()),
        saved(other, document()),
        saved(film, document(), part=Part(5.0, 9.0)),
        saved(film, document(), profile="Ann"),
        saved(film, document(), profile=" ANN"),
    ]
    assert numbers == [f"saved as session {number}" for number in (1, 2, 3, 4)] + [
        "is in the history already, as session 4"
    ]


def test_the_sessions_of_a_name_are_those_of_all_its_spellings(film, tmp_path):
    for start_s, name in enumerate(("Zoé", "zoe\N{COMBINING ACUTE ACCENT}", " ZOÉ  ", "Zoe")):
        saved(film, document(), profile=name, part=Part(float(start_s)))
    with History(tmp_path / "backstretch" / "history.db", DAY) as history:
        assert [history.count(name) for name in ("ZOÉ", "zoe", "Ben")] == [3, 1, 0]
        assert len(history.profiles()) == 2


class TestDate:
    @pytest.mark.parametrize(
        ("stated", "expected", "origin"),
        [
            ("2026-04-01T08:00:00+02:00", datetime(2026, 4, 1, 6, tzinfo=UTC), "film's"),
            ("1904-01-01T00:00:00+00:00", DAY, "file's"),
            ("2999-01-01T00:00:00+00:00", DAY, "file's"),
            ("2026-04-01", DAY, "file's"),
            ("soon", DAY, "file's"),
            (None, DAY, "file's"),
        ],
    )
    def test_is_the_films_own_if_it_can_be_and_else_the_files(self, film, stated, expected, origin):
        began, hint = began_at({"recorded_at": stated}, film, None)
        assert began == expected
        assert origin in hint

    def test_that_somebody_says_comes_first(self, film):
        when = datetime(2026, 1, 31, tzinfo=UTC)
        assert began_at({"recorded_at": "2026-04-01T08:00:00+02:00"}, film, when) == (when, "")

    @pytest.mark.parametrize("when", [datetime.min, datetime(1970, 1, 1), datetime.max])  # noqa: DTZ001, DTZ901
    def test_at_which_nothing_was_recorded_is_refused(self, when):
        with pytest.raises(InputError, match="nothing can have been recorded then"):
            check_when(when)

    def test_in_the_future_is_refused(self):
        with pytest.raises(InputError):
            check_when(datetime.now(UTC) + timedelta(days=3))

    def test_of_a_file_that_cannot_be_right_is_asked_for(self, film):
        os.utime(film, (0, 0))
        with pytest.raises(InputError, match=r"cannot be right \(1970-01-01\); use --when"):
            began_at({}, film, None)

    def test_of_a_recording_that_has_gone_is_asked_for(self, tmp_path):
        with pytest.raises(InputError, match="has no date; use --when to give it"):
            began_at({}, tmp_path / "gone.mp4", None)
