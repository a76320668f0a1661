"""Progress: what is said of a history, in words and on the terminal."""

import io
import json
import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from rich.console import Console

from backstretch.display.terminal.history_pages import show_list
from backstretch.display.terminal.pose_pages import show_list as show_poses
from backstretch.history.health import rest_advice
from backstretch.history.history import History
from backstretch.history.practice import PractisedHold, PractisedSession
from backstretch.history.progress import differences, kind_of, main_change, main_label, trends
from backstretch.history.rows import ANALYZED, LIVE, Entry
from backstretch.kinematics.view import View
from backstretch.poses.library import builtin_poses, open_library
from backstretch.poses.pose_file import load_pose
from tests.histories import filled
from tests.places import POSE_FILES
from tests.program import run_inside

BEND = load_pose(POSE_FILES / "standing_side_bend.toml")
FOLD = load_pose(POSE_FILES / "standing_forward_fold.toml")
LEAN = "trunk_lean_lat"
TODAY = date(2026, 11, 29)
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
FRONT, SIDE = View(0.0, 0.0), View(90.0, 0.0)


def held(day, value, side="left", view=FRONT, valid_s=20.0):
    began = NOON - timedelta(days=day)
    measures = {LEAN: (float(value), "deg")}
    return PractisedHold(1000 - day, began, BEND.id, side, valid_s, True, view, measures)  # noqa: FBT003


def sitting(day, *, pain=False, soreness=None):
    began = NOON - timedelta(days=day)
    return PractisedSession(day, "", began, LIVE, "Side bend", 20.0, 0.0, 0.0, pain, soreness)


def lean(*values, side="left"):
    """The trend of sessions a day apart that reached these values."""
    holds = [held(len(values) - day, value, side) for day, value in enumerate(values)]
    return trends(BEND, holds)[0]


def test_a_change_within_the_band_is_no_clear_change():
    assert lean(20, 20, 25, 25).says.startswith("no clear change (20° to 25°; less than 1")


def test_a_clear_change_says_from_where_to_where():
    assert lean(15, 15, 33, 33).says == "clearly more range (15° to 33°)"
    assert lean(33, 33, 15, 15).says == "clearly less range (33° to 15°)"


def test_a_smaller_number_is_more_where_the_pose_says_so():
    check = next(each for each in FOLD.checks if each.more == "smaller")
    label = FOLD.label(check)
    reached = {day: {label: (value, "deg")} for day, value in enumerate((90, 90, 50, 50))}
    holds = [
        PractisedHold(day, NOON + timedelta(days=day), FOLD.id, None, 20.0, True, SIDE, measures)  # noqa: FBT003
        for day, measures in reached.items()
    ]
    (found,) = [each for each in trends(FOLD, holds) if each.label == label]
    assert found.verdict == "more range"


def test_too_few_sessions_say_how_many_more():
    assert lean(20, 40).says.startswith("2 more sessions from the same view")
    assert lean(20, 40, 40).says.startswith("one more session from the same view")


def test_what_is_no_finite_number_is_left_out():
    found = lean(20, math.nan, 20, 40, math.inf, 40)
    assert [each.value for each in found.change.compared] == [20, 20, 40, 40]
    assert found.verdict == "more range"


def test_turns_are_told_only_roughly():
    found = replace(lean(12, 12, 58, 58), kind="rough")
    assert found.says == "clearly more range (about 10° to about 60°, seen only roughly)"


@pytest.mark.parametrize(
    ("pose", "label", "kind"),
    [
        ("standing_side_bend", "trunk_lean_lat", "deg"),
        ("neck_side_bend", "head_roll_rel", "neck"),
        ("neck_rotation", "nose_aside", "ratio"),
        ("chair_spinal_twist", "shoulder_yaw_rel", "rough"),
    ],
)
def test_how_surely_a_measure_is_seen(pose, label, kind):
    found = load_pose(POSE_FILES / f"{pose}.toml")
    assert {kind_of(each) for each in found.checks if found.label(each) == label} == {kind}


def test_every_stretch_with_a_direction_of_more_has_a_main_measure():
    poses = [load_pose(path) for path in sorted(POSE_FILES.glob("*.toml"))]
    told = {pose.id: main_label(pose) for pose in poses}
    assert told[BEND.id] == LEAN
    for pose in poses:
        assert bool(told[pose.id]) == any(each.more for each in pose.checks)


def test_a_difference_of_sides_is_told_when_two_sessions_show_it():
    twice = [
        held(day, value, side) for day in (1, 2) for side, value in (("left", 35), ("right", 18))
    ]
    (words,) = differences(trends(BEND, twice))
    assert "left 35°, right 18°" in words
    assert "abnormal" not in words
    assert list(differences(trends(BEND, twice[:2]))) == []


def test_the_main_change_is_told_in_a_few_words():
    left, right = lean(15, 15, 33, 33), lean(15, 15, 15, 15, side="right")
    assert main_change(BEND, [left, right]) == "left: more range, right: no clear change"
    same = replace(left, side="right")
    assert main_change(BEND, [left, same]) == "both sides: more range"
    assert main_change(BEND, [left]) == "left: more range"
    assert main_change(BEND, [lean(15)]) == ""


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
        return run_inside("progress", *arguments, XDG_DATA_HOME=tmp_path, COLUMNS="110")

    def keep(self, tmp_path, *values, profile=""):
        now = datetime.now().astimezone()
        with History(tmp_path / "backstretch" / "history.db", now) as history:
            for day, value in enumerate(values):
                measures = {LEAN: {"median": value, "best": value, "unit": "deg"}}
                hold = {"pose": BEND.id, "side": "left", "valid_s": 21.0, "measures": measures}
                document = {"holds": [hold], "totals": {"valid_s": 21.0}, "stretches": []}
                began = now - timedelta(days=len(values) - 1 - day)
                history.add(Entry(document, began, ANALYZED, profile, "<b>Bend</b> 🧘"))

    def test_an_empty_history_says_how_to_begin(self, tmp_path):
        done = self.run(tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert "backstretch live childs_pose" in done.stdout

    def test_one_stretch_is_drawn_and_told(self, tmp_path):
        self.keep(tmp_path, 14, 16, 34, 36)
        done = self.run(tmp_path, BEND.id)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.count("●") >= 3
        assert "clearly more range (15° to 35°)" in done.stdout
        assert "4 sessions; this week" in done.stdout
        assert "\x1b" not in done.stdout

    def test_the_overview_tells_weeks_dose_and_the_main_change(self, tmp_path):
        self.keep(tmp_path, 14, 16, 34, 36)
        done = self.run(tmp_path)
        (row,) = [line for line in done.stdout.splitlines() if "Standing side bend" in line]
        assert "left: more range" in row
        assert "4 of the last 28 days" in done.stdout
        assert "Minutes held" in done.stdout
        assert "██" in done.stdout

    def test_so_many_weeks_are_told(self, tmp_path):
        self.keep(tmp_path, 20)
        told = json.loads(self.run(tmp_path, "--weeks", "3", "--json").stdout)
        assert [each["valid_s"] for each in told["weeks"]] == [0.0, 0.0, 21.0]
        assert self.run(tmp_path, "--weeks", "0").returncode == 2

    def test_other_programs_are_told_the_same(self, tmp_path):
        self.keep(tmp_path, 14, 16, 34, 36, profile="Ann")
        told = json.loads(self.run(tmp_path, "--json", "--profile", "Ann").stdout)
        assert told["profile"] == "Ann"
        assert told["stretches"][0]["measures"][0]["verdict"] == "more range"
        assert (
            json.loads(self.run(tmp_path, "--json", "--profile", "Ben").stdout)["stretches"] == []
        )

    def test_a_page_is_written_whole(self, tmp_path):
        self.keep(tmp_path, 14, 16, 34, 36)
        page = tmp_path / "progress.html"
        done = self.run(tmp_path, "--html", str(page))
        assert (done.returncode, done.stdout) == (0, "")
        assert done.stderr == f"Written to {page}\n"
        assert "Clearly more range (15° to 35°)" in page.read_text(encoding="utf-8")

    def test_a_page_that_cannot_be_written_is_one_line(self, tmp_path):
        self.keep(tmp_path, 14)
        done = self.run(tmp_path, "--html", str(tmp_path))
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.splitlines()) == 1
        assert str(tmp_path) in done.stderr

    def test_an_unknown_stretch_is_one_line(self, tmp_path):
        done = self.run(tmp_path, "childs_poze")
        assert (done.returncode, done.stdout) == (2, "")
        assert "childs_pose" in done.stderr

    def test_profiles_are_kept_apart(self, tmp_path):
        self.keep(tmp_path, 20, profile="Ann")
        assert "There are no sessions of Ben" in self.run(tmp_path, "--profile", "Ben").stdout
        assert "Standing side bend" in self.run(tmp_path, "--profile", "Ann").stdout

    def test_all_of_many_sessions_are_told(self, tmp_path):
        filled(tmp_path / "backstretch" / "history.db", 1_000)
        assert "1000" in self.run(tmp_path).stdout


@pytest.mark.parametrize("width", [80, 120])
class TestNarrowTerminal:
    """Names come before ids, and nothing takes three lines."""

    def test_a_session_takes_one_line_and_keeps_its_number_and_date(self, width):
        title = ", ".join(["Standing side bend", "Child's pose", "Figure four"] * 3)
        one = replace(sitting(1), title=title, number=12, note="with a strap " * 9)
        console = Console(width=width, file=io.StringIO())
        show_list("", [one], {one.id: (1, 2)}, 1, console)
        (line,) = [each for each in printed_by(console) if "Standing" in each]
        assert line.split()[:3] == ["12", f"{one.began:%Y-%m-%d}", f"{one.began:%H:%M}"]
        assert "1 of 2" in line
        assert "…" in line
        assert max(map(len, printed_by(console))) <= width

    def test_a_stretch_takes_two_lines_at_most_and_its_name_comes_first(self, width):
        library = open_library(builtin_poses(), [])
        for pose in library.poses.values():
            console = Console(width=width, file=io.StringIO())
            show_poses([pose], library, console)
            lines = printed_by(console)[3:-2]
            assert len(lines) <= 2
            assert lines[0].strip().startswith(pose.name)
            assert pose.id in " ".join(lines)


def printed_by(console):
    return console.file.getvalue().splitlines()
