"""Somebody's own neutral: its file, and how a take is measured from it instead of from its own rest."""

import math
import os
import tomllib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.errors import InputError
from backstretch.history.profile import load_neutral, neutral_text
from backstretch.judging.session import Session
from backstretch.kinematics.columns import COLUMN_INDEX, relative_columns
from backstretch.kinematics.neutral import OWN_WITHIN_DEG, OwnNeutral, settle
from backstretch.kinematics.neutral_finder import NeutralFinder
from backstretch.kinematics.stick_figure import STANDING, ideal_body
from backstretch.kinematics.view import View
from backstretch.poses.pose_file import load_pose
from tests.figures import (
    BACK,
    FRONT,
    LEFT_SIDE,
    RIGHT_SIDE,
    Figure,
    every,
    measured,
    standing,
)
from tests.places import POSE_FILES
from tests.pose_files import changed, write

DATE = "2026-01-31"
KEY = "head_yaw_rel.left"
"""Taken in space: the same from wherever the camera stands."""
RELATIVE = [key for key, index in COLUMN_INDEX.items() if relative_columns()[index]]
SOUND = """\
date = 2026-01-31
view = [0, 5]

[values]
"head_yaw_rel.left" = 1.5
head_pitch = -2
"""
SIDE_BEND = load_pose(POSE_FILES / "neck_side_bend.toml")
ROTATION = load_pose(POSE_FILES / "neck_rotation.toml")


def own(view=(0.0, 0.0), **values):
    return OwnNeutral(DATE, View(*view), values or {KEY: 10.0})


def still(*bodies, seconds=2.0, fps=10.0):
    """Each body held for this long, one after the other."""
    frames = [body for body in bodies for _ in range(round(seconds * fps))]
    return [(n / fps, body) for n, body in enumerate(frames)]


def neutral_of(*bodies, **options):
    """The neutral in use after each body was held still."""
    finder = NeutralFinder(**options)
    for time_s, body in still(*bodies):
        finder.push(time_s, body, measured(body), 0, in_pose=False)
    return finder.neutral


def yaw(body, neutral, usual=None):
    return float(settle(measured(body), 0, neutral, "left", usual)[COLUMN_INDEX[KEY]])


# The file


def loaded(folder, text):
    return load_neutral(write(folder / "neutral.toml", text))


def read_again(neutral, folder):
    return loaded(folder, neutral_text(neutral))


class TestTheText:
    def test_has_the_day_as_a_date(self):
        assert neutral_text(own()).splitlines()[0] == "date = 2026-01-31"

    def test_has_the_view_to_a_tenth_of_a_degree(self):
        assert tomllib.loads(neutral_text(own(view=(12.34, -5.06))))["view"] == [12.3, -5.1]

    def test_has_values_to_a_thousandth(self):
        neutral = own(nose_drop=0.12345, head_pitch=-3.14159)
        assert tomllib.loads(neutral_text(neutral))["values"] == {
            "nose_drop": 0.123,
            "head_pitch": -3.142,
        }

    def test_has_values_in_order_of_their_names(self):
        lines = neutral_text(own(nose_drop=0.1, head_pitch=1.0)).splitlines()
        assert lines[-2:] == ["head_pitch = 1.0", "nose_drop = 0.1"]


angles = st.integers(-1800, 1800).map(lambda tenths: tenths / 10)


@given(
    date=st.dates(),
    view=st.builds(View, angles, angles.map(lambda deg: round(deg / 2, 1))),
    values=st.dictionaries(st.sampled_from(RELATIVE), angles),
)
def test_a_neutral_written_and_read_again_is_equal(tmp_path_factory, date, view, values):
    neutral = OwnNeutral(date.isoformat(), view, values)
    again = read_again(neutral, tmp_path_factory.mktemp("data"))
    assert vars(again) == vars(neutral)


def test_where_no_file_is_there_is_no_neutral(tmp_path):
    assert load_neutral(tmp_path / "neutral.toml") is None


def test_a_file_says_what_it_says(tmp_path):
    neutral = loaded(tmp_path, SOUND)
    assert (neutral.date, neutral.view) == (DATE, View(0.0, 5.0))
    assert neutral.values == {KEY: 1.5, "head_pitch": -2.0}


def but(old, new):
    return changed(SOUND, (old, new))


DAMAGED = {
    "empty": "",
    "no date": but("date = 2026-01-31\n", ""),
    "no view": but("view = [0, 5]\n", ""),
    "no values": SOUND.split("[values]", maxsplit=1)[0],
    "date as text": but("= 2026-01-31", '= "2026-01-31"'),
    "date and time": but("= 2026-01-31", "= 2026-01-31T10:00:00"),
    "date as number": but("= 2026-01-31", "= 2026"),
    "half a view": but("[0, 5]", "[0]"),
    "too much of a view": but("[0, 5]", "[0, 5, 3]"),
    "a view of one number": but("[0, 5]", "0"),
    "a view in words": but("[0, 5]", '"front"'),
    "a view not finite": but("[0, 5]", "[nan, 5]"),
    "a value not finite": but("1.5", "inf"),
    "a value in words": but("1.5", '"much"'),
    "a value that is a list": but("1.5", "[1.5]"),
    "an unknown column": but("head_yaw_rel.left", "head_yaw_rel.middle"),
    "a column that is not relative": but("head_yaw_rel.left", "knee.left"),
}
NOT_TOML = {
    "no TOML": "what is this",
    "half a file": SOUND[: SOUND.index("]")],
    "not UTF-8": 'date = "März"'.encode("latin-1"),
    "zeros": bytes(100),
    "too large": SOUND + "# more to come\n" * 3000,
    "nested too deeply": "view = " + "[" * 20_000,
}
NO_TABLE = {
    "values as a number": SOUND.split("[values]", maxsplit=1)[0] + "values = 3",
    "values as a list": SOUND.split("[values]", maxsplit=1)[0] + "values = [1.5]",
}
HUGE = {
    "a value of 400 digits": but("1.5", "1" + "0" * 400),
    "a view of 400 digits": but("[0, 5]", f"[0, 1{'0' * 400}]"),
}
NO_NUMBERS = {
    "a number as text": but("1.5", '"1.5"'),
    "a flag for a number": but("1.5", "true"),
    "a view as text": but("[0, 5]", '"05"'),
}


def cases(files):
    return [pytest.param(data, id=name) for name, data in files.items()]


class TestADamagedFile:
    @pytest.mark.parametrize(
        "data",
        [
            *cases(DAMAGED),
            *cases(NOT_TOML),
            *cases(NO_TABLE),
            *cases(HUGE),
            *cases(NO_NUMBERS),
        ],
    )
    def test_is_told_in_one_line_with_what_to_do(self, tmp_path, data):
        path = write(tmp_path / "neutral.toml", data)
        with pytest.raises(InputError) as caught:
            load_neutral(path)
        (line,) = str(caught.value).splitlines()
        assert line.startswith(f"{path}: is ")
        assert line.endswith("delete it and make it again: backstretch calibrate --neutral")

    def test_is_not_one_that_says_more_than_it_needs_to(self, tmp_path):
        assert loaded(tmp_path, but("view", 'by = "hand"\nview')).date == DATE


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path):
    with pytest.raises(InputError, match="is not a file"):
        load_neutral(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="a matter of POSIX")
def test_a_link_to_nothing_is_no_neutral(tmp_path):
    (tmp_path / "neutral.toml").symlink_to(tmp_path / "nothing")
    assert load_neutral(tmp_path / "neutral.toml") is None


# What is kept


class TestWhatIsKept:
    def test_is_the_day_and_the_view(self):
        neutral = OwnNeutral.of(neutral_of(standing().seen(35.0)), DATE)
        assert neutral.date == DATE
        assert (neutral.view.azimuth_deg, neutral.view.elevation_deg) == pytest.approx((35.0, 0.0))

    def test_is_every_relative_measure_and_no_other(self):
        assert OwnNeutral.of(neutral_of(standing().seen(FRONT)), DATE).values.keys() == set(
            RELATIVE
        )

    def test_is_what_they_read_at_rest(self):
        figure = Figure(turn_deg=10.0, twist_deg=6.0)
        values = OwnNeutral.of(neutral_of(figure.seen(FRONT)), DATE).values
        assert values[KEY] == pytest.approx(4.0)
        assert values["shoulder_yaw_rel.right"] == pytest.approx(-6.0)

    def test_leaves_out_what_was_not_seen(self):
        body = standing().seen(FRONT, hidden=["left_ear", "right_ear"])
        values = OwnNeutral.of(neutral_of(body), DATE).values
        assert values.keys() == {"shoulder_yaw_rel.left", "shoulder_yaw_rel.right"}

    def test_can_be_written_and_read_again(self, tmp_path):
        neutral = OwnNeutral.of(neutral_of(Figure(tilt_deg=7.0).seen(20.0)), DATE)
        again = read_again(neutral, tmp_path)
        assert again.view.apart(neutral.view) < 0.1
        assert again.values == pytest.approx(dict(neutral.values), abs=0.001)


@pytest.mark.parametrize(
    ("view", "suits"),
    [
        ((0.0, 0.0), True),
        ((OWN_WITHIN_DEG - 0.5, 0.0), True),
        ((0.5 - OWN_WITHIN_DEG, 0.0), True),
        ((0.0, OWN_WITHIN_DEG - 0.5), True),
        ((OWN_WITHIN_DEG + 0.5, 0.0), False),
        ((0.0, -OWN_WITHIN_DEG - 0.5), False),
        ((15.0, 15.0), False),
        ((180.0, 0.0), False),
    ],
)
def test_a_neutral_suits_a_camera_that_stands_about_where_it_stood(view, suits):
    assert own().suits(View(*view)) is suits


def test_a_neutral_suits_a_camera_across_the_back():
    assert own(view=(175.0, 0.0)).suits(View(-175.0, 0.0))


def test_only_what_was_kept_has_a_zero():
    zeros = own(head_pitch=3.0).zeros()
    assert zeros[COLUMN_INDEX["head_pitch"]] == 3.0
    assert np.count_nonzero(~np.isnan(zeros)) == 1


# The neutral of a take

NEAR = [FRONT, 19.0, -19.0]
AWAY = [21.0, -21.0, LEFT_SIDE, RIGHT_SIDE, BACK]
TURNED = Figure(turn_deg=30.0)


class TestTheNeutralOfATake:
    @pytest.mark.parametrize("camera_deg", NEAR)
    def test_counts_from_the_own_one_where_the_camera_stands_there(self, camera_deg):
        neutral = neutral_of(standing().seen(camera_deg), own_neutral=own())
        assert yaw(TURNED.seen(camera_deg), neutral) == pytest.approx(20.0)

    @pytest.mark.parametrize("camera_deg", AWAY)
    def test_counts_from_the_takes_own_rest_where_it_stands_elsewhere(self, camera_deg):
        neutral = neutral_of(standing().seen(camera_deg), own_neutral=own())
        assert yaw(TURNED.seen(camera_deg), neutral) == pytest.approx(30.0)

    @pytest.mark.parametrize(("camera_deg", "day"), [(19.0, DATE), (21.0, "")])
    def test_says_which_of_them_it_was(self, camera_deg, day):
        assert neutral_of(standing().seen(camera_deg), own_neutral=own()).own_neutral_date == day

    def test_is_nobodys_own_without_one(self):
        assert neutral_of(standing().seen(FRONT)).own_neutral_date == ""

    def test_has_all_else_from_the_take(self):
        body = standing(knee_deg=150.0).seen(15.0)
        with_own, without = neutral_of(body, own_neutral=own()), neutral_of(body)
        others = np.arange(len(without.values)) != COLUMN_INDEX[KEY]
        assert with_own.values[others] == pytest.approx(without.values[others], nan_ok=True)
        assert with_own.lengths == pytest.approx(without.lengths)
        assert with_own.view == without.view

    def test_follows_a_person_who_turns_away_and_back(self):
        bodies = [standing().seen(camera_deg) for camera_deg in (FRONT, LEFT_SIDE, FRONT)]
        days = [
            neutral_of(*bodies[:count], own_neutral=own()).own_neutral_date for count in (1, 2, 3)
        ]
        assert days == [DATE, "", DATE]

    def test_that_is_given_beforehand_is_left_as_it_is(self):
        known = neutral_of(standing().seen(FRONT))
        assert neutral_of(standing().seen(FRONT), known=known, own_neutral=own()) is known

    def test_need_not_be_found_to_count_from_the_own_one(self):
        usual = NeutralFinder(own_neutral=own()).usual
        assert yaw(TURNED.seen(FRONT), None, usual) == pytest.approx(20.0)

    def test_must_be_found_where_there_is_no_own_one(self):
        assert NeutralFinder().usual is None
        assert math.isnan(yaw(TURNED.seen(FRONT), None))


# A session


def steps_of(timeline, pose=SIDE_BEND, **options):
    session = Session((pose,), steady=False, **options)
    return session, session.push(timeline) + session.finish()


def held_s(timeline, pose=SIDE_BEND, **options):
    """Side and valid seconds of each hold."""
    watches = steps_of(timeline, pose, **options)[0].watches
    return [(watch.form.side, hold.valid_s) for watch in watches for hold in watch.clock.holds]


def yaws(timeline, **options):
    return [float(step.values[COLUMN_INDEX[KEY]]) for step in steps_of(timeline, **options)[1]]


def rest_and_turn(camera_deg):
    return still(standing().seen(camera_deg), TURNED.seen(camera_deg))


class TestASession:
    @pytest.mark.parametrize("camera_deg", NEAR)
    def test_counts_from_the_own_neutral_where_the_camera_stands_there(self, camera_deg):
        read = yaws(rest_and_turn(camera_deg), own_neutral=own())
        assert (read[15], read[-1]) == pytest.approx((-10.0, 20.0))

    @pytest.mark.parametrize("camera_deg", AWAY)
    def test_counts_from_the_takes_own_rest_where_it_stands_elsewhere(self, camera_deg):
        read = yaws(rest_and_turn(camera_deg), own_neutral=own())
        assert (read[15], read[-1]) == pytest.approx((0.0, 30.0), abs=1e-6)

    def test_counts_from_the_own_neutral_before_there_is_any(self):
        first = yaws(rest_and_turn(LEFT_SIDE), own_neutral=own())[:10]
        assert first == pytest.approx([-10.0] * 10)

    def test_counts_from_nothing_before_there_is_any_without_an_own_one(self):
        assert all(map(math.isnan, yaws(rest_and_turn(FRONT))[:10]))

    def test_tells_in_its_steps_whose_neutral_it_is(self):
        last = [
            steps_of(rest_and_turn(deg), own_neutral=own())[1][-1] for deg in (FRONT, LEFT_SIDE)
        ]
        assert [step.neutral.own_neutral_date for step in last] == [DATE, ""]

    @pytest.mark.parametrize(("has_own", "count"), [(True, 1), (False, 0)], ids=["own", "none"])
    def test_counts_a_hold_that_a_take_begins_with(self, has_own, count):
        """Whoever starts in the stretch has shown no rest."""
        begun = replace(Figure(), tilt_deg=35.0).seen(FRONT)
        rest = OwnNeutral.of(neutral_of(standing().seen(FRONT)), DATE)
        timeline = [(float(t), begun) for t in every(10.0, 4.0)]
        holds = held_s(timeline, own_neutral=rest if has_own else None)
        assert holds == [("left", pytest.approx(4.0))] * count

    @pytest.mark.parametrize(
        ("camera_deg", "turn"),
        [
            (FRONT, 40.0),
            (15.0, 40.0),
            (-15.0, 25.0),
        ],
    )
    def test_counts_the_same_turns_of_the_head_as_without_an_own_neutral(self, camera_deg, turn):
        view = camera_deg, 0.0
        turned = ideal_body({"turn": (turn,)}, view)
        timeline = still(ideal_body(STANDING, view), turned, seconds=4.0)
        rest = OwnNeutral.of(neutral_of(ideal_body(STANDING, (FRONT, 0.0))), DATE)
        sides = [side for side, _ in held_s(timeline, ROTATION, own_neutral=rest)]
        assert sides == [side for side, _ in held_s(timeline, ROTATION)]
