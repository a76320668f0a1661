"""What is saved of recordings: once, under the right date."""

import os
import sys
from datetime import UTC, datetime, timedelta

import pytest

from backstretch.errors import InputError
from backstretch.history.history import History
from backstretch.history.profile import own_poses
from backstretch.history.saving import Saving, began_at, check_when, rename_person, save_result
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
    assert numbers == [f"saved as session {number}" for number in (1, 2, 3)] + [
        "saved as session 1 of Ann",
        "is in the history already, as session 1 of ANN",
    ]


def moved(tmp_path, numbers, to, profile=""):
    with History(tmp_path / "backstretch" / "history.db", DAY) as history:
        return history.move([history.find(profile, each) for each in numbers], to)


class TestMoved:
    """A session that was saved for another person: the recording counts once all the same."""

    def test_is_known_to_its_owner_when_it_is_analysed_again(self, film, tmp_path):
        saved(film, document())
        assert moved(tmp_path, [1], "Ann") == [1]
        known = "is in the history already, as session 1 of Ann"
        assert saved(film, document(), profile="Ann") == known
        assert (
            saved(film, document(valid_s=3.0), profile="ann")
            == "saved in place of session 1 of ann"
        )
        assert saved(film, document(valid_s=3.0), profile="Ann") == known

    def test_is_no_longer_that_of_whom_it_was_saved_for(self, film, tmp_path):
        saved(film, document())
        moved(tmp_path, [1], "Ann")
        assert saved(film, document()) == "saved as session 2"

    @pytest.mark.parametrize(("to", "person"), [("Ben", "Ben"), ("", None)])
    def test_names_its_owner_in_its_document(self, film, tmp_path, to, person):
        saved(film, document(person="Ann"), profile="Ann")
        moved(tmp_path, [1], to, "Ann")
        with History(tmp_path / "backstretch" / "history.db", DAY) as history:
            assert history.document(history.find(to, 1)).get("person") == person

    def test_may_come_back(self, film, tmp_path):
        saved(film, document())
        moved(tmp_path, [1], "Ann")
        assert moved(tmp_path, [1], "", "Ann") == [2]
        assert saved(film, document()) == "is in the history already, as session 2"

    def test_is_refused_where_that_person_has_the_recording(self, film, tmp_path):
        saved(film, document())
        saved(film, document(person="Ann"), profile="Ann")
        with pytest.raises(InputError, match="among sessions of Ann already, as session 1"):
            moved(tmp_path, [1], "Ann")
        with History(tmp_path / "backstretch" / "history.db", DAY) as history:
            assert (history.count(""), history.count("Ann")) == (1, 1)

    def test_moves_with_all_or_none(self, film, tmp_path):
        saved(film, document(), part=Part(5.0, 9.0))
        saved(film, document())
        saved(film, document(), profile="Ann")
        with pytest.raises(InputError, match="already"):
            moved(tmp_path, [1, 2], "Ann")
        with History(tmp_path / "backstretch" / "history.db", DAY) as history:
            assert (history.count(""), history.count("Ann")) == (2, 1)


class TestRenamed:
    def test_recordings_still_count_once(self, film):
        saved(film, document(), profile="Ann")
        assert rename_person("Ann", "Ann Lee") == (1, ())
        known = "is in the history already, as session 1 of Ann Lee"
        assert saved(film, document(), profile="Ann Lee") == known

    def test_answers_and_references_go_along(self, film):
        saved(film, document(), profile="Ann")
        own_poses("Ann").mkdir(parents=True)
        rename_person("Ann", "Ann Lee")
        assert own_poses("Ann Lee").is_dir()
        assert not own_poses("Ann").exists()

    def test_other_spellings_change_nothing_else(self, film, tmp_path):
        saved(film, document(), profile="ann")
        rename_person("ann", "Ann")
        with History(tmp_path / "backstretch" / "history.db", DAY) as history:
            assert [each.profile for each in history.people()] == ["Ann"]
        assert saved(film, document(), profile="ANN").startswith("is in the history already")

    def test_two_people_are_never_made_one(self, film):
        saved(film, document(), profile="Ann")
        saved(film, document(), profile="Ben")
        with pytest.raises(InputError, match="there are sessions of Ben already"):
            rename_person("Ann", "Ben")
        own_poses("Eve").mkdir(parents=True)
        with pytest.raises(InputError, match="has own answers or references already"):
            rename_person("Ann", "Eve")

    def test_a_number_is_never_given_twice(self, film, tmp_path):
        for start_s in range(3):
            saved(film, document(), profile="Ann", part=Part(float(start_s)))
        with History(tmp_path / "backstretch" / "history.db", DAY) as history:
            history.delete(history.find("Ann", 3))
        rename_person("Ann", "Ben")
        again = saved(film, document(), profile="Ben", part=Part(9.0))
        assert again == "saved as session 4 of Ben"


def test_a_note_and_a_number_stay_where_a_result_is_replaced(film, tmp_path):
    saved(film, document(), profile="Ann")
    with History(tmp_path / "backstretch" / "history.db", DAY) as history:
        history.note(history.find("Ann", 1), "with a strap")
    assert saved(film, document(valid_s=4.0), profile="Ann") == "saved in place of session 1 of Ann"
    with History(tmp_path / "backstretch" / "history.db", DAY) as history:
        (sitting,) = history.sittings("Ann")
    assert (sitting.number, sitting.note, sitting.valid_s) == (1, "with a strap", 4.0)


def test_the_sessions_of_a_name_are_those_of_all_its_spellings(film, tmp_path):
    for start_s, name in enumerate(("Zoé", "zoe\N{COMBINING ACUTE ACCENT}", " ZOÉ  ", "Zoe")):
        saved(film, document(), profile=name, part=Part(float(start_s)))
    with History(tmp_path / "backstretch" / "history.db", DAY) as history:
        assert [history.count(name) for name in ("ZOÉ", "zoe", "Ben")] == [3, 1, 0]
        assert len(history.people()) == 2


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
