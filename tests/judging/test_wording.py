"""Notices and values in words: notices survive a file, and values have their unit."""

import ast
import json
import math
from typing import Any

import pytest

from backstretch.errors import Notice, NoticeKind
from backstretch.judging.wording import (
    MOST_TIMES,
    accept_words,
    describe_notice,
    off_words,
    value_words,
    with_unit,
)
from backstretch.kinematics.catalogue import BY_NAME, CATALOGUE
from tests.places import PACKAGE

WHO = {"name": "My fold", "id": "my_fold"}
SIDE, FRONT = (90.0, 0.0), (0.0, 0.0)
NOTICES = {
    Notice(NoticeKind.NO_SPEECH_PROGRAM, {"platform": "linux"}): (
        "no voice: install espeak-ng (sudo apt install espeak-ng)"
    ),
    Notice(NoticeKind.SPEECH_FAILS, {"program": "say"}): (
        "no voice: say does not speak; is there an audio output?"
    ),
    Notice(NoticeKind.NO_SOUND_PACKAGE): "no sounds: install the Python package sounddevice",
    Notice(NoticeKind.NO_SOUND_LIBRARY): (
        "no sounds: install PortAudio (sudo apt install libportaudio2)"
    ),
    Notice(NoticeKind.NO_AUDIO_OUTPUT, {"error": "busy"}): (
        "no sounds: there is no audio output, or it cannot be opened (busy)"
    ),
    Notice(NoticeKind.NO_TIMES, {"fps": 25.0}): (
        "the file has no usable times; 25 pictures a second are assumed"
    ),
    Notice(NoticeKind.UNTIMED_PICTURES, {"count": 2}): (
        "pictures without a usable time were left out: 2"
    ),
    Notice(NoticeKind.DAMAGED, {"count": 3}): "the file is damaged; places where it shows: 3",
    Notice(NoticeKind.CLOCK_RESTARTS, {"first_s": 15.52}): (
        "the clock in the file begins again at 15.5 s; the times go on from there"
    ),
    Notice(NoticeKind.OTHER_SPEED, {"factor": 0.25}): (
        "the recording states that it is 4 times slow motion; all times here are real seconds"
    ),
    Notice(NoticeKind.TURNED, {"turn_deg": 270}): (
        "the picture may lie on its side; if it does, use --turn 270, and if not, --turn 0"
    ),
    Notice(NoticeKind.SQUEEZED, {"width": 0.35}): (
        "you look very narrow: the picture may have lost its right width; "
        "if so, save the recording again with the right one"
    ),
    Notice(NoticeKind.OTHER_SPEEDS): (
        "the recording states that it is played at other speeds; all times here are real seconds"
    ),
    Notice(NoticeKind.PERHAPS_OTHER_SPEED, {"factor": 0.5}): (
        "the file may be slow motion or a time lapse; if it is, use --speed 0.5"
    ),
    Notice(NoticeKind.NO_PICTURES, {"starts_s": (0.0, 4.1), "ends_s": (2.5, 13.0)}): (
        "there are no pictures from 0.0 to 2.5 s, 4.1 to 13.0 s; these 11.4 s count as unseen"
    ),
    Notice(NoticeKind.ENDS_EARLY, {"read_s": 1.5, "of_s": 4.0}): (
        "the file ends early: 1.5 of 4.0 s could be read"
    ),
    Notice(NoticeKind.FEW_PICTURES, {"fps": 8.0}): (
        "only 8 pictures a second: quick movements can be lost"
    ),
    Notice(NoticeKind.USUAL_LOOK): (
        "the machine is too slow for the careful look that the stretch asks for: it was looked at as "
        "usual, and seconds may be missing"
    ),
    Notice(NoticeKind.STANDS_STILL, {"first_s": 6.0, "still_s": 25.6}): (
        "the same picture comes again and again, for 25.6 s from 6.0 s on: that time is unseen"
    ),
    Notice(NoticeKind.SINGLE_PICTURE): "it is a single picture: nothing can be held in it",
    Notice(NoticeKind.NOBODY_SEEN): "nobody was seen in the recording",
    Notice(NoticeKind.TOO_DARK): "the picture is very dark: more light may help",
    Notice(NoticeKind.TOO_FAR): (
        "somebody is in the picture, but too small to be followed: set the camera nearer"
    ),
    Notice(NoticeKind.ANOTHER_PERSON, {"first_s": 2.0, "last_s": 8.4}): (
        "another person is in the picture between 2 and 8 s; only the one found first is judged"
    ),
    Notice(NoticeKind.JUMPS, {"times_s": (0.6, 1.0)}): (
        "at 0.6 s, 1.0 s what is followed jumps across the picture: it is not sure that it is "
        "the same person"
    ),
    Notice(NoticeKind.NO_NEUTRAL): (
        "no still moment was found: lengths are taken from the stretch itself, and the view cannot "
        "be told"
    ),
    Notice(NoticeKind.USUAL_ZERO, {"measures": ("head_roll_rel", "nose_aside")}): (
        "head tilt and head turn are counted from a head and a trunk held straight, which is less exact"
    ),
    Notice(NoticeKind.NOTHING_TO_NAME): (
        "no still moment was found: small movements of the head and twists of the trunk are not "
        "recognised without one; name the stretch, or keep still for a second"
    ),
    Notice(NoticeKind.NOT_TOLD, {"reason": "no_neutral:head_pitch", "seconds": 3.94}): (
        "whether it was held could not be told: no still moment to count the head nod from (3.9 s)"
    ),
    Notice(NoticeKind.NOT_HELD, {"reason": "too_large:knee.left", "seconds": 6.0}): (
        "nothing counts; what was in the way most: left knee angle too large (6.0 s)"
    ),
    Notice(
        NoticeKind.OFF_VIEW,
        {
            "azimuth_deg": 0.0,
            "elevation_deg": 0.0,
            "off_deg": 45.0,
            "view": "front_45",
            "measures": ("knee",),
        },
    ): (
        "the camera sees you from the front, 45° off the front 45 view this stretch wants: "
        "knee angle is uncertain"
    ),
    Notice(NoticeKind.PORTRAIT, {"until_s": 7.5}): (
        "a picture of somebody, on a chart or a screen, is in view and never moves; it is not judged"
    ),
    Notice(NoticeKind.TILTED, {"roll_deg": -7.2}): "the camera seems tilted by 7°; set it level",
    Notice(NoticeKind.CAMERA_MOVED, {"times_s": (4.0, 7.5)}): (
        "the camera moved at 4.0 s, 7.5 s: the resting position was sought anew, and angles to the "
        "vertical may be off from then on"
    ),
    Notice(NoticeKind.CALIBRATED_ELSEWHERE, {**WHO, "then_deg": SIDE, "now_deg": FRONT}): (
        "My fold was calibrated from the left side, and the camera now sees you from the front; "
        "consider calibrating it again: backstretch calibrate my_fold --from camera --force"
    ),
    Notice(NoticeKind.CALIBRATED_FURTHER, WHO): (
        "My fold was calibrated with you further from the camera; "
        "consider calibrating it again: backstretch calibrate my_fold --from camera --force"
    ),
    Notice(NoticeKind.CALIBRATED_NEARER, WHO): (
        "My fold was calibrated with you nearer to the camera; "
        "consider calibrating it again: backstretch calibrate my_fold --from camera --force"
    ),
    Notice(NoticeKind.CALIBRATION_FAILS, WHO): (
        "My fold did not match your reference several times running; "
        "consider calibrating it again: backstretch calibrate my_fold --from camera --force"
    ),
    Notice(NoticeKind.CAPPED, {"start_s": 3.0, "held_s": 70.0, "longest_s": 60.0}): (
        "the hold at 3 s went on for 70 s; 60 s are enough for this stretch and are what counts"
    ),
    Notice(NoticeKind.OTHER_SIDE, {"held_s": 4.2}): (
        "the other side was held for 4.2 s; it was not asked for"
    ),
    Notice(NoticeKind.LONG_HOLD, {"longest_s": 30.0, "asked_s": 45.0}, "Side bend"): (
        "Side bend: 30 s are enough for one hold; 45 s were asked for, 30 s are what counts"
    ),
    Notice(NoticeKind.MANY_REPETITIONS, {"most": 5, "asked": 9, "sides": "each"}, "Side bend"): (
        "Side bend: 5 repetitions a side are enough, 9 were asked for; stop when it is no longer "
        "comfortable"
    ),
    Notice(NoticeKind.AS_WRITTEN, {"words": "it was dark"}): "it was dark",
}


def test_every_kind_is_here():
    assert {notice.kind for notice in NOTICES} == set(NoticeKind)


@pytest.mark.parametrize(("notice", "words"), NOTICES.items(), ids=lambda each: str(each)[:40])
class TestANotice:
    def test_has_words(self, notice, words):
        assert describe_notice(notice) == words

    def test_survives_a_file(self, notice, words):  # noqa: ARG002 - the class's parameters
        assert Notice.from_dict(json.loads(json.dumps(notice.as_dict()))) == notice


def test_more_jumps_than_are_told_with_their_times_are_later_ones():
    times_s = tuple(float(n) for n in range(MOST_TIMES + 1))
    words = describe_notice(Notice(NoticeKind.JUMPS, {"times_s": times_s}))
    assert words.startswith("at 0.0 s, 1.0 s, 2.0 s and later what is followed jumps")


def test_measures_of_one_name_are_named_once():
    turns = tuple(measure.name for measure in CATALOGUE if measure.label == "head turn")
    view = {"azimuth_deg": 0.0, "elevation_deg": 0.0}
    figures: dict[str, Any] = {**view, "off_deg": 40.0, "view": "side", "measures": turns}
    words = describe_notice(Notice(NoticeKind.OFF_VIEW, figures))
    assert len(turns) > 1
    assert words.endswith("this stretch wants: head turn is uncertain")


# No sentence is taken apart


APART = {
    "endswith",
    "partition",
    "removeprefix",
    "removesuffix",
    "rpartition",
    "split",
    "startswith",
}
OF_WORDS = (
    "calibration/goals", "calibration/guide", "calibration/takes", "coaching/coach", "coaching/feedback",
    "coaching/scene", "coaching/speaking", "display/pictures/live_view", "display/terminal/pose_pages",
    "display/terminal/summary", "judging/collector", "judging/form_judge", "judging/hold_clock",
    "judging/motion", "judging/result", "judging/session", "judging/step", "judging/wording", "live/run",
    "live/terminal", "vision/detection",
)  # fmt: skip
"""Modules that make words, or hand on or show what others have made."""


@pytest.mark.parametrize("module", OF_WORDS)
def test_words_are_not_taken_apart(module):
    """What a reason or a notice says is read from its fields, never from its words."""
    path = PACKAGE / f"{module}.py"
    calls = {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert calls & APART == set()


KNEE, HEEL, NOD = (BY_NAME[name] for name in ("knee", "hip_heel", "head_pitch"))


@pytest.mark.parametrize(
    ("measure", "accept", "words"),
    [
        (KNEE, (5.0, 75.0), "5° to 75°"),
        (KNEE, (0.0, 75.0), "at most 75°"),
        (KNEE, (155.0, 180.0), "at least 155°"),
        (KNEE, (0.0, 180.0), "any"),
        (HEEL, (0.4, 0.95), "0.40 to 0.95"),
    ],
)
def test_a_range_says_only_the_limits_that_can_be_passed(measure, accept, words):
    assert accept_words(measure, accept) == words


def test_a_value_has_its_unit_and_what_is_missing_is_never_a_number():
    assert value_words(KNEE, 127.6) == "128°"
    assert value_words(KNEE, -0.2) == "0°"
    assert with_unit("hip to heel distance", HEEL) == "hip to heel distance in shank lengths"
    assert value_words(KNEE, None) == "not seen"
    assert value_words(NOD, math.nan) == "unknown"


@pytest.mark.parametrize(
    ("measure", "off", "words"),
    [
        (KNEE, 53.4, "53° too large"),
        (KNEE, -7.0, "7° too small"),
        (KNEE, 0.1, "under 1° too large"),
        (HEEL, -0.13, "0.13 too small"),
        (KNEE, 0.0, ""),
    ],
)
def test_how_far_a_check_is_off_has_its_direction(measure, off, words):
    assert off_words(measure, off) == words
