"""What page and program say to each other: garbage is refused, and what is told is JSON of any browser."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.coaching.scene import Phase, Scene, Status, breath_at
from backstretch.display.pictures.live_view import LiveState
from backstretch.display.pictures.summary_view import Ending
from backstretch.errors import InputError
from backstretch.frame import Frame
from backstretch.judging.matching import Form
from backstretch.judging.session import Session
from backstretch.kinematics.landmarks import COUNT, INDEX
from backstretch.web.messages import (
    HEAD,
    Picture,
    ended_of,
    look_of,
    picture_of,
    request_of,
    scene_of,
)
from tests.coached import at
from tests.display.test_summary_view import SIDE_BEND, held, result
from tests.figures import FRONT, WH, standing
from tests.library import LIBRARY
from tests.web.guests import sent

BEND = LIBRARY.poses["standing_side_bend"]
PLAIN = st.text(st.characters(codec="utf-8"), max_size=5)
VALUE = st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | PLAIN
JSON = VALUE | st.lists(VALUE, max_size=3) | st.dictionaries(PLAIN, VALUE, max_size=3)


def as_page_reads(message):
    """A message as the page gets it; what JavaScript cannot read fails."""
    return json.loads(json.dumps(message, allow_nan=False))


class TestPicture:
    @given(
        st.integers(0, 2**32 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.binary(min_size=1),
    )
    def test_is_read_as_it_was_sent(self, number, time_ms, data):
        assert picture_of(sent(number, time_ms, data)) == Picture(number, time_ms, data)

    @given(st.binary(max_size=HEAD.size))
    def test_that_is_no_more_than_a_head_is_refused(self, message):
        with pytest.raises(InputError, match="cut off"):
            picture_of(message)

    @pytest.mark.parametrize("time_ms", [math.nan, math.inf, -math.inf])
    def test_without_a_time_is_refused(self, time_ms):
        with pytest.raises(InputError, match="no time"):
            picture_of(sent(1, time_ms, b"x"))

    @given(st.binary(max_size=100))
    def test_of_garbage_is_refused_or_has_a_time(self, message):
        try:
            picture = picture_of(message)
        except InputError:
            return
        assert math.isfinite(picture.time_ms)
        assert picture.jpeg == message[HEAD.size :]

    def test_has_its_number_and_time_where_the_page_writes_them(self):
        """In 16 bytes, little end first: a whole number of 4 at 0, a double of 8 at 8."""
        assert HEAD.size == 16
        message = bytes([2, 1, 0, 0, 9, 9, 9, 9, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F]) + b"x"
        assert picture_of(message) == Picture(258, 1.5, b"x")


class TestRequest:
    @given(PLAIN, JSON)
    def test_is_an_object_of_one_key(self, key, value):
        assert request_of(json.dumps({key: value})) == {key: value}

    @given(JSON)
    def test_of_another_form_is_refused(self, value):
        if isinstance(value, dict) and len(value) == 1:
            return
        with pytest.raises(InputError, match="cannot be read"):
            request_of(json.dumps(value))

    @given(st.text())
    def test_of_garbage_is_refused_or_an_object_of_one_key(self, text):
        try:
            request = request_of(text)
        except InputError:
            return
        assert len(request) == 1

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            '{"a": NaN}',
            '{"a": -Infinity}',
            '{"a": 1e999}',
            '{"a": "\\ud800"}',
            '{"\\ud800": 1}',
            '{"a": ' + "9" * 5000 + "}",
            '{"a": ' + "[" * 100_000,
            '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
        ],
    )
    def test_that_means_nothing_is_refused(self, text):
        with pytest.raises(InputError, match="cannot be read"):
            request_of(text)


def scene(**changed):
    held = Scene(
        phase=Phase.HOLDING,
        status=Status.IN,
        title="Hold",
        line="Breathe easily.",
        form=Form(BEND, "left"),
        progress="Hold 1 of 2",
        asked_s=20.0,
        valid_s=5.004,
    )
    return replace(held, **changed)


def judged(body, **changed):
    """What is shown of a body that is judged."""
    (step,) = Session((BEND,), ("left",), steady=False).push([(0.0, body)])
    image = np.zeros((WH[1], WH[0], 3), np.uint8)
    return LiveState(Frame(0, 0.0, image), body, step, scene(**changed))


class TestLook:
    def test_has_each_landmark_as_shares_of_the_picture_and_whether_it_is_seen(self):
        body = standing().seen(FRONT, hidden=["left_knee"])
        told = as_page_reads(look_of(judged(body), "page", 7, muted=False))
        assert told["look"] == 7
        assert len(told["body"]) == COUNT
        shares = body.xy_px / np.array(WH)
        assert [each[:2] for each in told["body"]] == [
            pytest.approx(share, abs=1e-4) for share in shares.tolist()
        ]
        unseen = [name for name, index in INDEX.items() if not told["body"][index][2]]
        assert unseen == ["left_knee"]

    def test_marks_what_is_judged_between_its_landmarks(self):
        told = as_page_reads(look_of(judged(standing().seen(FRONT)), "page", 7, muted=False))
        assert told["marks"]
        kinds = {kind for _, kind in told["marks"]}
        assert "wrong" in kinds
        assert kinds <= {"fine", "slight", "wrong", "unknown"}
        ends = [index for spot, _ in told["marks"] for part in spot for index in part]
        assert set(ends) <= set(range(COUNT))

    @pytest.mark.parametrize("phase", [Phase.PLACING, Phase.RESTING, Phase.PAUSED, Phase.PAIN])
    def test_marks_nothing_where_nothing_is_judged(self, phase):
        told = as_page_reads(
            look_of(judged(standing().seen(FRONT), phase=phase), "page", 7, muted=False)
        )
        assert told["body"]
        assert told["marks"] == []

    def test_without_anybody_or_any_picture_is_a_scene_alone(self):
        told = as_page_reads(
            look_of(LiveState(None, None, None, scene()), "page", None, muted=True)
        )
        assert (told["look"], told["body"], told["marks"]) == (None, None, [])
        assert told["muted"] is True

    def test_says_why_no_picture_comes_and_that_the_machine_is_slow(self):
        state = LiveState(None, None, None, scene(), lost="the camera is gone", slow="Slow.")
        told = as_page_reads(look_of(state, "page", None, muted=False))
        assert told["slow"] == "Slow."
        shown = told["scene"]
        assert (shown["status"], shown["words"]) == ("unseen", "The camera is gone")


class TestScene:
    @pytest.mark.parametrize("phase", [each for each in Phase if each is not Phase.TAKING])
    def test_of_every_phase_of_a_real_coach_is_json(self, phase):
        shown = at(phase).scene
        told = as_page_reads(scene_of(shown))
        assert (told["phase"], told["words"]) == (shown.phase.value, shown.words)
        assert (told["pose"], told["side"]) == (shown.form.pose.id, shown.form.side)

    def test_says_whether_there_is_a_demonstration(self):
        shown = scene()
        own = replace(shown, form=replace(shown.form, pose=replace(shown.form.pose, id="my_own")))
        assert [scene_of(each)["has_film"] for each in (shown, own)] == [True, False]

    def test_has_the_seconds_and_the_breath_in_few_digits(self):
        told = as_page_reads(scene_of(scene(breath=breath_at(1.0), left_s=2.5, rest_s=5.0)))
        assert told["valid_s"] == 5.0
        assert told["breath"] == [round(breath_at(1.0).fullness, 3), True]
        assert (told["left_s"], told["rest_s"]) == (2.5, 5.0)

    def test_has_the_steps_and_which_one_is_read_out(self):
        told = as_page_reads(scene_of(scene(steps=("Stand.", "Bend."), step_at=1)))
        assert (told["steps"], told["step_at"], told["words"]) == (["Stand.", "Bend."], 1, "Bend.")


class TestEnded:
    def test_says_what_was_held_what_is_advised_and_what_could_not_be_saved(self):
        ending = Ending(("Rest.",), faults=("steps.csv: the disk is full",))
        whole = result(held(SIDE_BEND, "left", 21.0), title="Side bend")
        told = as_page_reads(ended_of(whole, ending, "/reports/live/x"))["ended"]
        assert told["title"] == "21 s held"
        assert [(row["held_s"], row["done"]) for row in told["rows"]] == [(21.0, 1), (0.0, 0)]
        assert (told["advice"], told["report"]) == (["Rest."], "/reports/live/x")
        assert told["faults"] == ["Not saved: steps.csv: the disk is full."]
