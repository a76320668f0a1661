"""Progress: what is said of a history, in words and on the terminal."""

import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from backstretch.history import ANALYZED, LIVE, Entry, History
from backstretch.pose_file import load_pose
from backstretch.practice_days import rest_advice
from backstretch.practised import PractisedHold, Sitting
from backstretch.progress import days_words, differences, doses, trends
from tests.test_history import filled
from tests.truth import ROOT

BEND = load_pose(ROOT / "poses" / "standing_side_bend.toml")
LEAN = "trunk_lean_lat"
TODAY = date(2026, 11, 29)
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def held(day, value, side="left", azimuth_deg=0.0, valid_s=20.0):
    began = NOON - timedelta(days=day)
    measures = {LEAN: (float(value), "deg")}
    told = {"complete": True, "azimuth_deg": azimuth_deg, "measures": measures}
    return PractisedHold(1000 - day, began, BEND.id, side, valid_s, **told)


def sitting(day, *, pain=False, soreness=None):
    began = NOON - timedelta(days=day)
    return Sitting(day, "", began, LIVE, "Side bend", 20.0, 0.0, 0.0, pain, soreness)


def lean(*holds):
    return {each.side: each for each in trends(BEND, holds)}


def test_a_change_within_the_band_is_no_clear_change():
    assert "no clear change (20° to 25°" in lean(held(9, 20), held(1, 25))["left"].says


def test_a_clear_change_says_from_where_to_where():
    assert lean(held(9, 15), held(1, 33))["left"].says == "clearly more range (15° to 33°)"
    assert lean(held(9, 33), held(1, 15))["left"].says == "clearly less range (33° to 15°)"


def test_a_single_session_says_what_is_needed():
    assert "two sessions" in lean(held(1, 20))["left"].says


def test_a_difference_of_sides_is_told_when_two_sessions_show_it():
    twice = [
        held(day, value, side) for day in (1, 2) for side, value in (("left", 35), ("right", 18))
    ]
    (words,) = differences(trends(BEND, twice))
    assert "left 35°, right 18°" in words
    assert "abnormal" not in words
    assert list(differences(trends(BEND, twice[:2]))) == []


def test_the_dose_is_that_of_the_last_seven_days():
    (dose,) = doses([BEND], [held(0, 20), held(6, 20), held(7, 20)], TODAY)
    assert (dose.week_s, dose.sessions) == (40.0, 3)
    assert dose.day_s == 2 * BEND.dose.default_s * BEND.dose.default_repetitions


def test_two_sessions_on_a_day_are_one_day():
    assert "on 2 of the last 7 days." in days_words([sitting(0), sitting(0), sitting(3)], TODAY)


def test_a_day_off_breaks_nothing():
    assert "each of the last 3 weeks" in days_words([sitting(d) for d in (0, 2, 9, 16, 30)], TODAY)


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (sitting(1, pain=True), "You stopped with pain yesterday. Take a day off"),
        (sitting(1, soreness=8), "take a day off"),
        (sitting(1, soreness=2), ""),
        (sitting(9, pain=True), ""),
    ],
    ids=["pain", "very sore", "a little sore", "long ago"],
)
def test_a_day_off_is_advised_after_pain_or_soreness(last, said):
    told = rest_advice(TODAY, [last, sitting(20, pain=True)])
    assert bool(told) == bool(said)
    assert said in " ".join(told)


class TestCommand:
    def run(self, tmp_path, *arguments):
        environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "COLUMNS": "100"}
        command = [sys.executable, "-m", "backstretch", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def keep(self, tmp_path, *values, profile=""):
        now = datetime.now().astimezone()
        with History(tmp_path / "backstretch" / "history.db", now) as history:
            for day, value in enumerate(values):
                measures = {LEAN: {"median": value, "best": value, "unit": "deg"}}
                hold = {"pose": BEND.id, "side": "left", "valid_s": 21.0, "measures": measures}
                document = {"holds": [hold], "totals": {"valid_s": 21.0}, "stretches": []}
                began = now - timedelta(days=len(values) - day)
                history.add(Entry(document, began, ANALYZED, profile, "<b>Bend</b> 🧘"))

    def test_an_empty_history_says_how_to_begin(self, tmp_path):
        for command in ("progress", "history"):
            done = self.run(tmp_path, command)
            assert (done.returncode, done.stderr) == (0, "")
            assert "backstretch live childs_pose" in done.stdout

    def test_one_stretch_is_drawn_and_told(self, tmp_path):
        self.keep(tmp_path, 14, 22, 30, 36)
        done = self.run(tmp_path, "progress", BEND.id)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.count("●") >= 3
        assert "clearly more range (14° to 36°)" in done.stdout
        assert "\x1b" not in done.stdout

    def test_the_overview_tells_dose_and_days(self, tmp_path):
        self.keep(tmp_path, 20, 21)
        done = self.run(tmp_path, "progress")
        assert "Standing side bend" in done.stdout
        assert "42 s" in done.stdout
        assert "on 2 of the last 7 days" in done.stdout

    def test_profiles_are_kept_apart(self, tmp_path):
        self.keep(tmp_path, 20, profile="Ann")
        assert "Nothing was kept" in self.run(tmp_path, "progress", "--profile", "Ben").stdout
        assert "Standing side bend" in self.run(tmp_path, "progress", "--profile", "Ann").stdout

    def test_an_odd_profile_is_one_line(self, tmp_path):
        done = self.run(tmp_path, "history", "--profile", "a\nb")
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.splitlines()) == 1

    def test_the_history_is_listed_shown_exported_and_deleted(self, tmp_path):
        self.keep(tmp_path, 20, profile="=Ann")
        assert "<b>Bend</b> 🧘" in self.run(tmp_path, "history").stdout
        assert "21.0 s valid" in self.run(tmp_path, "history", "show", "1").stdout
        rows = self.run(tmp_path, "history", "export").stdout.splitlines()
        assert rows[0].startswith("session,began,profile")
        assert ",'=Ann," in rows[1]
        assert '"result"' in self.run(tmp_path, "history", "export", "--format", "json").stdout
        assert self.run(tmp_path, "history", "delete", "1").returncode == 2
        assert self.run(tmp_path, "history", "delete", "1", "--yes").returncode == 0
        assert self.run(tmp_path, "history", "show", "1").returncode == 2

    def test_ten_thousand_sessions_are_told_within_a_second(self, tmp_path):
        filled(tmp_path / "backstretch" / "history.db", 10_000)
        took_s = []
        for _ in range(3):  # the machine may be busy with other things
            before = time.perf_counter()
            done = self.run(tmp_path, "progress")
            took_s.append(time.perf_counter() - before)
            assert "10000" in done.stdout
        assert min(took_s) < 1.0
