"""What can go wrong and is not a bug: errors end the work, notices are added to its result.

    BackstretchError            shown as one line, exit code 2
    ├── InputError              a file, a folder or an option that cannot be used
    ├── PoseFileError           a pose file with faults, all of them listed
    ├── TakeError               a take that nothing can be calibrated from
    └── SetupError              something the machine lacks

A `Notice` is a remark on the machine, the recording or the request. It is a value without words;
`judging.wording` puts it into words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
"""Errors when reading a document, a row or a file that somebody has changed by hand."""
Figure = float | str | Sequence[float] | Sequence[str]
"""A value that the words of a notice contain."""


class BackstretchError(Exception):
    """Something the user can put right; the message says how, ``faults`` line by line."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.faults = [message]


class InputError(BackstretchError):
    """A file, a folder or an option that cannot be used."""


class PoseFileError(BackstretchError):
    """A pose file with faults; ``faults`` holds one line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class TakeError(BackstretchError):
    """A take that nothing can be calibrated from; the message says why."""


class SetupError(BackstretchError):
    """Something the machine lacks: a system library, the pose model."""


class NoticeKind(StrEnum):
    """What a notice is about; its figures are named in the comment beside it."""

    # What is heard
    NO_SPEECH_PROGRAM = "no_speech_program"  # platform, as in sys.platform
    SPEECH_FAILS = "speech_fails"  # program
    NO_SOUND_PACKAGE = "no_sound_package"
    NO_SOUND_LIBRARY = "no_sound_library"
    NO_AUDIO_OUTPUT = "no_audio_output"  # error
    # The recording
    NO_TIMES = "no_times"  # fps
    OTHER_SPEED = "other_speed"  # factor: seconds that passed in one second of the film
    OTHER_SPEEDS = "other_speeds"
    PERHAPS_OTHER_SPEED = "perhaps_other_speed"  # factor
    UNTIMED_PICTURES = "untimed_pictures"  # count
    CLOCK_RESTARTS = "clock_restarts"  # first_s
    NO_PICTURES = "no_pictures"  # starts_s, ends_s
    DAMAGED = "damaged"  # count
    ENDS_EARLY = "ends_early"  # read_s, of_s
    FEW_PICTURES = "few_pictures"  # fps
    USUAL_LOOK = "usual_look"
    STANDS_STILL = "stands_still"  # first_s, still_s
    SINGLE_PICTURE = "single_picture"
    NOBODY_SEEN = "nobody_seen"
    TOO_DARK = "too_dark"
    TOO_FAR = "too_far"
    # Who is followed
    ANOTHER_PERSON = "another_person"  # first_s, last_s; neither for a photograph
    JUMPS = "jumps"  # times_s
    PORTRAIT = "portrait"  # until_s, before which it was judged; none where it never was
    # Where the camera stands
    NO_NEUTRAL = "no_neutral"
    USUAL_ZERO = "usual_zero"  # measures
    NOTHING_TO_NAME = "nothing_to_name"
    OFF_VIEW = "off_view"  # azimuth_deg, elevation_deg, off_deg, view, measures
    TURNED = "turned"  # turn_deg
    SQUEEZED = "squeezed"  # width: of the shoulders over the trunk's length
    TILTED = "tilted"  # roll_deg
    CAMERA_MOVED = "camera_moved"  # times_s
    # Whether a calibration still fits: name and id of the stretch
    CALIBRATED_ELSEWHERE = "calibrated_elsewhere"  # then_deg, now_deg: azimuth, elevation
    CALIBRATED_FURTHER = "calibrated_further"
    CALIBRATED_NEARER = "calibrated_nearer"
    CALIBRATION_FAILS = "calibration_fails"
    # What counts
    NOT_TOLD = "not_told"  # reason, as its code; seconds
    NOT_HELD = "not_held"  # reason, as its code; seconds
    CAPPED = "capped"  # start_s, held_s, longest_s
    OTHER_SIDE = "other_side"  # held_s
    LONG_HOLD = "long_hold"  # longest_s, asked_s
    MANY_REPETITIONS = "many_repetitions"  # most, asked, sides
    # A notice of an older track, which has it in words only
    AS_WRITTEN = "as_written"  # words


@dataclass(frozen=True)
class Notice:
    """A remark on a session, a recording, or the machine.

    Attributes:
        kind: What it is about.
        figures: The values that its words contain, by the names in `NoticeKind`.
        pose: Name of the stretch that it concerns, where there may be several; else empty.
    """

    kind: NoticeKind
    figures: Mapping[str, Figure] = field(default_factory=dict, hash=False)
    pose: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The notice for a file; `from_dict` reads it again."""
        return {"kind": str(self.kind), "figures": dict(self.figures), "pose": self.pose}

    @classmethod
    def from_dict(cls, about: Mapping[str, Any]) -> Self:
        """Read a notice.

        Raises:
            ValueError: It is of no known kind.
        """
        figures = {
            name: tuple(figure) if isinstance(figure, list) else figure
            for name, figure in about["figures"].items()
        }
        return cls(NoticeKind(about["kind"]), figures, str(about["pose"]))
