"""Wording: where reasons, corrections and notices become English. Nobody is told to go further or deeper."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from backstretch.errors import Notice, NoticeKind
from backstretch.judging.matching import Reading
from backstretch.judging.reasons import Reason, ReasonKind
from backstretch.judging.step import Step
from backstretch.kinematics.catalogue import BY_NAME, Measure
from backstretch.kinematics.view import View


def clock(seconds: float) -> str:
    """Seconds as a player shows them, with tenths: ``1:04.3``."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


_Figures = Mapping[str, Any]
_UNITS = {"trunk": "trunk lengths", "shoulders": "shoulder widths", "shank": "shank lengths"}
"""The unit of a ratio, by the length that it is over."""
_REASONS = {
    ReasonKind.NOBODY: "nobody in view",
    ReasonKind.GAP: "nothing was seen for a while",
    ReasonKind.TURNED: "the picture may lie on its side",
    ReasonKind.STILL: "the picture stood still",
    ReasonKind.PORTRAIT: "a picture of somebody was seen, not you",
    ReasonKind.UNSEEN: "{what} unseen",
    ReasonKind.NO_NEUTRAL: "no still moment to count the {what} from",
    ReasonKind.TOO_SMALL: "{what} too small",
    ReasonKind.TOO_LARGE: "{what} too large",
    ReasonKind.TOO_FAST: "moving too fast",
    ReasonKind.RESTLESS: "not keeping still",
    ReasonKind.BOUNCING: "bouncing",
    ReasonKind.TOO_BRIEF: "not held long enough to count",
}
_CUES = {
    ReasonKind.NOBODY: "I cannot see you.",
    ReasonKind.STILL: "The picture stands still.",
    ReasonKind.UNSEEN: "I cannot see your {what}.",
    ReasonKind.NO_NEUTRAL: "Sit or stand straight, look ahead, and keep still for a moment.",
    ReasonKind.TOO_FAST: "Move slowly.",
    ReasonKind.RESTLESS: "Settle, and keep still.",
    ReasonKind.BOUNCING: "Please do not bounce. Keep still.",
}
_NOTICES = {
    NoticeKind.SPEECH_FAILS: "no voice: {program} does not speak; is there an audio output?",
    NoticeKind.NO_SOUND_PACKAGE: "no sounds: install the Python package sounddevice",
    NoticeKind.NO_SOUND_LIBRARY: "no sounds: install PortAudio (sudo apt install libportaudio2)",
    NoticeKind.NO_AUDIO_OUTPUT: (
        "no sounds: there is no audio output, or it cannot be opened ({error})"
    ),
    NoticeKind.NO_TIMES: "the file has no usable times; {fps:g} pictures a second are assumed",
    NoticeKind.OTHER_SPEEDS: (
        "the recording states that it is played at other speeds; all times here are real seconds"
    ),
    NoticeKind.PERHAPS_OTHER_SPEED: (
        "the file may be slow motion or a time lapse; if it is, use --speed {factor:.3g}"
    ),
    NoticeKind.UNTIMED_PICTURES: "pictures without a usable time were left out: {count}",
    NoticeKind.CLOCK_RESTARTS: (
        "the clock in the file begins again at {first_s:.1f} s; the times go on from there"
    ),
    NoticeKind.DAMAGED: "the file is damaged; places where it shows: {count}",
    NoticeKind.ENDS_EARLY: "the file ends early: {read_s:.1f} of {of_s:.1f} s could be read",
    NoticeKind.FEW_PICTURES: "only {fps:g} pictures a second: quick movements can be lost",
    NoticeKind.USUAL_LOOK: (
        "the machine is too slow for the careful look that the stretch asks for: it was looked at as usual, "
        "and seconds may be missing"
    ),
    NoticeKind.STANDS_STILL: (
        "the same picture comes again and again, for {still_s:.1f} s from {first_s:.1f} s on: "
        "that time is unseen"
    ),
    NoticeKind.PORTRAIT: (
        "a picture of somebody, on a chart or a screen, is in view and never moves; it is not judged"
    ),
    NoticeKind.SINGLE_PICTURE: "it is a single picture: nothing can be held in it",
    NoticeKind.NOBODY_SEEN: "nobody was seen in the recording",
    NoticeKind.TOO_DARK: "the picture is very dark: more light may help",
    NoticeKind.TOO_FAR: (
        "somebody is in the picture, but too small to be followed: set the camera nearer"
    ),
    NoticeKind.NO_NEUTRAL: (
        "no still moment was found: lengths are taken from the stretch itself, "
        "and the view cannot be told"
    ),
    NoticeKind.NOTHING_TO_NAME: (
        "no still moment was found: small movements of the head and twists of the trunk "
        "are not recognised without one; name the stretch, or keep still for a second"
    ),
    NoticeKind.CALIBRATED_FURTHER: (
        "{name} was calibrated with you further from the camera; {again}"
    ),
    NoticeKind.CALIBRATED_NEARER: "{name} was calibrated with you nearer to the camera; {again}",
    NoticeKind.CALIBRATION_FAILS: (
        "{name} did not match your reference several times running; {again}"
    ),
    NoticeKind.CAPPED: (
        "the hold at {start_s:.0f} s went on for {held_s:.0f} s; "
        "{longest_s:.0f} s are enough for this stretch and are what counts"
    ),
    NoticeKind.OTHER_SIDE: "the other side was held for {held_s:.1f} s; it was not asked for",
    NoticeKind.LONG_HOLD: (
        "{longest_s:g} s are enough for one hold; "
        "{asked_s:g} s were asked for, {longest_s:g} s are what counts"
    ),
    NoticeKind.AS_WRITTEN: "{words}",
}
"""The words of the notices that need nothing but their figures."""
_AGAIN = "consider calibrating it again: backstretch calibrate {id} --from camera --force"
_NO_SPEECH = {
    "darwin": "no voice: the command say, which is part of macOS, was not found",
    "win32": "no voice: PowerShell, which is part of Windows, was not found",
}
_NO_SPEECH_ON_LINUX = "no voice: install espeak-ng (sudo apt install espeak-ng)"
UPSIDE_DOWN = 180
MOST_TIMES, MOST_LABELS = 3, 3
"""How many jumps are listed with their times, and how many measures by name; others are summed up."""


def describe_reason(reason: Reason | None) -> str:
    """Why time does not count, such as ``left hip unseen``; empty where it does."""
    return "" if reason is None else _REASONS[reason.kind].format(what=_subject(reason))


def describe_cue(reason: Reason) -> str:
    """The cue for somebody who is unseen or moves; empty where the pose's own cues apply."""
    return _CUES.get(reason.kind, "").format(what=_subject(reason))


def cue_of(step: Step) -> str:
    """The cue for a moment, most important first: motion, what is unseen, checks in the file's order."""
    cue = describe_cue(step.reason) if step.reason else ""
    if cue or step.pose is None or step.verdict is None:
        return cue
    limiting = step.verdict.limiting
    if limiting is not None:
        return _advice(limiting) or f"Come back to {step.pose.name.lower()}."
    return next((_advice(each) for each in step.verdict.readings if each.outside), "")


def describe_notice(notice: Notice) -> str:
    """A notice in words, on one line."""
    figures = dict(notice.figures)
    if "id" in figures:
        figures["again"] = _AGAIN.format(**figures)
    describe = _DESCRIBED.get(notice.kind)
    words = describe(figures) if describe else _NOTICES[notice.kind].format(**figures)
    return f"{notice.pose}: {words}" if notice.pose else words


def describe_others(notice: Notice) -> str:
    """That another person is in the picture, and when, in words."""
    when = " between {first_s:.0f} and {last_s:.0f} s" if notice.figures else ""
    return f"another person is in the picture{when.format(**notice.figures)}"


def measure_label(reading: Reading) -> str:
    """The measure that a reading is of, and its side: ``left knee angle``, ``trunk lean``."""
    column = reading.target.column
    return _labelled(column.measure.name, column.limb_side)


def space_label(reading: Reading) -> str:
    """The same, with ``in space`` where the value is not the one in the picture."""
    column = reading.target.column
    is_other = column.frame == "world" and "image" in column.measure.frames
    return f"{measure_label(reading)} in space" if is_other else measure_label(reading)


def with_unit(label: str, measure: Measure) -> str:
    """The name of a value that `value_words` writes: ``left wrist to knee distance in trunk lengths``."""
    return label if measure.unit == "deg" else f"{label} in {_UNITS[measure.over]}"


def value_words(measure: Measure, value: float | None) -> str:
    """A value: ``128°``, ``0.62``; None and NaN: ``not seen``, ``unknown`` where a neutral may be lacking."""
    if value is None or math.isnan(value):
        return "unknown" if measure.relative else "not seen"
    return f"{round(value) + 0}°" if measure.unit == "deg" else f"{value:.2f}"


def accept_words(measure: Measure, accept: Sequence[float]) -> str:
    """A range: ``5° to 75°``; ``at most 75°`` where lower values are impossible, and so for higher ones."""
    low, high = accept
    least, most = measure.limits
    if low <= least and high >= most:
        return "any"
    if low <= least:
        return f"at most {value_words(measure, high)}"
    if high >= most:
        return f"at least {value_words(measure, low)}"
    return f"{value_words(measure, low)} to {value_words(measure, high)}"


def off_words(measure: Measure, off: float) -> str:
    """How far a value is off, negative below its range: ``53° too large``; empty for 0, where it is not."""
    if off == 0.0:
        return ""
    least = 1.0 if measure.unit == "deg" else 0.01
    size = value_words(measure, max(abs(off), least))
    return f"{'' if abs(off) >= least else 'under '}{size} too {'small' if off < 0.0 else 'large'}"


def _subject(reason: Reason) -> str:
    """The part of the body, or the measure, that a reason is about."""
    if reason.landmark is not None:
        return reason.landmark.replace("_", " ")
    return _labelled(reason.measure, reason.side) if reason.measure else ""


def _labelled(measure: str, side: str | None) -> str:
    label = BY_NAME[measure].label
    return f"{side} {label}" if side else label


def _advice(reading: Reading) -> str:
    return reading.check.below if reading.below else reading.check.above


def _no_speech(figures: _Figures) -> str:
    return _NO_SPEECH.get(figures["platform"], _NO_SPEECH_ON_LINUX)


def _another(figures: _Figures) -> str:
    others = describe_others(Notice(NoticeKind.ANOTHER_PERSON, figures))
    return f"{others}; only the one found first is judged"


def _jumps(figures: _Figures) -> str:
    return (
        f"at {_times(figures['times_s'])} what is followed jumps across the picture: it is not sure "
        "that it is the same person"
    )


def _times(times_s: Sequence[float]) -> str:
    """``4.0 s, 7.5 s, 9.0 s and later``."""
    more = " and later" if len(times_s) > MOST_TIMES else ""
    return ", ".join(f"{time_s:.1f} s" for time_s in times_s[:MOST_TIMES]) + more


def _camera_moved(figures: _Figures) -> str:
    return (
        f"the camera moved at {_times(figures['times_s'])}: the resting position was sought anew, "
        "and angles to the vertical may be off from then on"
    )


def _off_view(figures: _Figures) -> str:
    view = View(figures["azimuth_deg"], figures["elevation_deg"])
    labels = list(dict.fromkeys(BY_NAME[name].label for name in figures["measures"]))
    return (
        f"the camera sees you {view.words}, {figures['off_deg']:.0f}° off the"
        f" {figures['view'].replace('_', ' ')} view this stretch wants: {_listed(labels)} uncertain"
    )


def _listed(labels: Sequence[str]) -> str:
    """``hip angle, knee angle and 2 more are``, or ``hip angle is``."""
    if len(labels) == 1:
        return f"{labels[0]} is"
    more = len(labels) - MOST_LABELS
    if more > 0:
        return f"{', '.join(labels[:MOST_LABELS])} and {more} more are"
    return f"{', '.join(labels[:-1])} and {labels[-1]} are"


def _tilted(figures: _Figures) -> str:
    return f"the camera seems tilted by {abs(figures['roll_deg']):.0f}°; set it level"


def _calibrated_elsewhere(figures: _Figures) -> str:
    then, now = View(*figures["then_deg"]), View(*figures["now_deg"])
    return (
        f"{figures['name']} was calibrated {then.words}, "
        f"and the camera now sees you {now.words}; {figures['again']}"
    )


def _no_pictures(figures: _Figures) -> str:
    spans_s = list(zip(figures["starts_s"], figures["ends_s"], strict=True))
    lost_s = sum(end_s - start_s for start_s, end_s in spans_s)
    spans = ", ".join(f"{start_s:.1f} to {end_s:.1f} s" for start_s, end_s in spans_s[:MOST_TIMES])
    more = " and later" if len(spans_s) > MOST_TIMES else ""
    return f"there are no pictures from {spans}{more}; these {lost_s:.1f} s count as unseen"


def _turned(figures: _Figures) -> str:
    turn_deg = figures["turn_deg"]
    way = "be upside down" if turn_deg == UPSIDE_DOWN else "lie on its side"
    return f"the picture may {way}; if it does, use --turn {turn_deg:g}, and if not, --turn 0"


def _squeezed(figures: _Figures) -> str:
    is_narrow = figures["width"] < 1.0
    how = "narrow" if is_narrow else "wide"
    return (
        f"you look very {how}: the picture may have lost its right width; "
        "if so, save the recording again with the right one"
    )


def _other_speed(figures: _Figures) -> str:
    factor = figures["factor"]
    what = (
        f"{1.0 / factor:.3g} times slow motion"
        if factor < 1.0
        else f"a {factor:.3g} times time lapse"
    )
    return f"the recording states that it is {what}; all times here are real seconds"


def _many_repetitions(figures: _Figures) -> str:
    a_side = " a side" if figures["sides"] == "each" else ""
    return (
        f"{figures['most']} repetitions{a_side} are enough, {figures['asked']} were asked for; "
        "stop when it is no longer comfortable"
    )


def _usual_zero(figures: _Figures) -> str:
    labels = list(dict.fromkeys(BY_NAME[name].label for name in figures["measures"]))
    return f"{_listed(labels)} counted from a head and a trunk held straight, which is less exact"


def _not_told(figures: _Figures) -> str:
    reason = describe_reason(Reason.from_code(figures["reason"]))
    return f"whether it was held could not be told: {reason} ({figures['seconds']:.1f} s)"


def _not_held(figures: _Figures) -> str:
    reason = describe_reason(Reason.from_code(figures["reason"]))
    return f"nothing counts; what was in the way most: {reason} ({figures['seconds']:.1f} s)"


_DESCRIBED: dict[NoticeKind, Callable[[_Figures], str]] = {
    NoticeKind.NO_SPEECH_PROGRAM: _no_speech,
    NoticeKind.ANOTHER_PERSON: _another,
    NoticeKind.JUMPS: _jumps,
    NoticeKind.USUAL_ZERO: _usual_zero,
    NoticeKind.NOT_TOLD: _not_told,
    NoticeKind.NOT_HELD: _not_held,
    NoticeKind.NO_PICTURES: _no_pictures,
    NoticeKind.OTHER_SPEED: _other_speed,
    NoticeKind.OFF_VIEW: _off_view,
    NoticeKind.TURNED: _turned,
    NoticeKind.SQUEEZED: _squeezed,
    NoticeKind.TILTED: _tilted,
    NoticeKind.CAMERA_MOVED: _camera_moved,
    NoticeKind.CALIBRATED_ELSEWHERE: _calibrated_elsewhere,
    NoticeKind.MANY_REPETITIONS: _many_repetitions,
}
"""The words of the notices that need more than a template."""
