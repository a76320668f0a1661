"""Reasons: values that can be written down, read again, grouped, and put into words in one place."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstretch.judging.hold_clock import State
from backstretch.judging.matching import Verdict
from backstretch.judging.reasons import BOUNCING, NOBODY, TOO_FAST, Reason, ReasonKind
from backstretch.judging.wording import cue_of, describe_reason
from backstretch.kinematics.catalogue import BY_NAME
from backstretch.kinematics.columns import COLUMNS
from backstretch.kinematics.landmarks import NAMES, SIDES
from tests.coached import BOUNCED, FAST, GONE, HIDDEN, WRONG, broken, step

HEAVY_FEET = "Keep both feet heavy and the hips level."
OF_A_MEASURE = (ReasonKind.UNSEEN, ReasonKind.TOO_SMALL, ReasonKind.TOO_LARGE)
PLAIN = [Reason(kind) for kind in ReasonKind if kind not in OF_A_MEASURE]
REASONS = (
    st.sampled_from(PLAIN)
    | st.builds(
        Reason,
        st.sampled_from(OF_A_MEASURE),
        st.sampled_from(sorted(BY_NAME)),
        st.sampled_from([None, *SIDES]),
    )
    | st.sampled_from(NAMES).map(lambda name: Reason(ReasonKind.UNSEEN, landmark=name))
)


@given(REASONS)
def test_a_code_is_read_again_as_the_same_reason(reason):
    assert Reason.from_code(reason.code) == reason


@given(REASONS, REASONS)
def test_different_reasons_have_different_codes(one, other):
    assert (one.code == other.code) is (one == other)


@given(REASONS)
def test_every_reason_has_words(reason):
    words = describe_reason(reason)
    assert words
    assert "{" not in words
    assert "_" not in words


def test_no_reason_has_no_words():
    assert describe_reason(None) == ""


@pytest.mark.parametrize("code", ["", "tired", "unseen left_hip"])
def test_a_code_of_no_known_kind_is_refused(code):
    with pytest.raises(ValueError, match="is not a valid ReasonKind"):
        Reason.from_code(code)


@pytest.mark.parametrize(
    ("reason", "code", "words"),
    [
        (NOBODY, "nobody", "nobody in view"),
        (TOO_FAST, "too_fast", "moving too fast"),
        (BOUNCING, "bouncing", "bouncing"),
        (Reason(ReasonKind.UNSEEN, landmark="left_hip"), "unseen:left_hip", "left hip unseen"),
        (Reason(ReasonKind.UNSEEN, "knee", "left"), "unseen:knee.left", "left knee angle unseen"),
        (
            Reason(ReasonKind.TOO_SMALL, "trunk_lean_lat"),
            "too_small:trunk_lean_lat",
            "sideways lean too small",
        ),
        (
            Reason(ReasonKind.TOO_LARGE, "knee", "right"),
            "too_large:knee.right",
            "right knee angle too large",
        ),
    ],
)
def test_a_reason_reads_as_it_always_did(reason, code, words):
    assert (reason.code, describe_reason(reason)) == (code, words)


def test_no_landmark_is_named_like_a_measure():
    """Otherwise a code could mean either."""
    assert not set(NAMES) & set(BY_NAME)
    assert not any("." in name for name in (*NAMES, *BY_NAME))


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
def test_a_side_that_is_a_direction_is_not_named(column):
    assert column.limb_side in {column.side, None}


@pytest.mark.parametrize(
    ("moment", "cue"),
    [
        (WRONG, "Let both knees be straight."),
        (HIDDEN, "I cannot see your left knee."),
        (GONE, "I cannot see you."),
        (FAST, "Move slowly."),
        (BOUNCED | {"verdict": WRONG["verdict"]}, "Please do not bounce. Keep still."),
        ({"verdict": broken("hip_tilt", State.IN, above=True)}, HEAVY_FEET),
        ({"verdict": Verdict(State.IN, ())}, ""),
        ({}, ""),
    ],
)
def test_a_moment_has_its_cue(moment, cue):
    assert cue_of(step(**moment)) == cue


def test_a_check_without_a_cue_asks_to_come_back():
    (reading,) = WRONG["verdict"].readings
    silent = replace(reading.target, check=replace(reading.check, below=""))
    verdict = Verdict(State.OUT, (replace(reading, target=silent),))
    assert cue_of(step(**WRONG | {"verdict": verdict})) == "Come back to standing side bend."
