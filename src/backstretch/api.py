"""The program from Python: analyse a recording, look at the stretches, read a landmark track.

    import backstretch

    result = backstretch.analyze("samples/side_bend.mp4", pose="standing_side_bend")
    for held in result.holds:
        print(held.form.side, held.hold.valid_s)

The library's own ranges are used, as with ``--library``: what one machine's user has calibrated does not
change what a script finds. Errors that the caller can put right are raised as `BackstretchError`.
"""

import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

from backstretch.analysis.pipeline import Progress, analyse_recording
from backstretch.errors import BackstretchError, InputError
from backstretch.formats.track_files import Recording
from backstretch.frame import Correction
from backstretch.judging.hold_clock import Hold
from backstretch.judging.recognition import Held
from backstretch.judging.request import Assignment, Part, Request
from backstretch.judging.result import Result
from backstretch.kinematics.landmarks import SIDES
from backstretch.poses.library import (
    MOST_REPETITIONS,
    Library,
    builtin_poses,
    open_library,
)
from backstretch.poses.pose import LONGEST_HOLD_S, SHORTEST_HOLD_S, Pose

__all__ = [
    "BackstretchError",
    "Held",
    "Hold",
    "InputError",
    "Pose",
    "Recording",
    "Result",
    "all_poses",
    "analyze",
    "load_track",
    "pose",
]
Side = Literal["left", "right", "both"]
TURNS_DEG = (0, 90, 180, 270)


def analyze(  # noqa: PLR0913 - options of the program
    path: str | Path,
    pose: str | Pose | None = None,
    side: Side = "both",
    *,
    hold_s: float | None = None,
    repetitions: int | None = None,
    height_cm: float | None = None,
    mirrored: bool = False,
    turn_deg: Literal[0, 90, 180, 270] | None = None,
    speed: float | None = None,
    start_s: float = 0.0,
    end_s: float | None = None,
    every_frame: bool = False,
    blur_face: bool = False,
    out: str | Path | None = None,
    model: str | Path | None = None,
    progress: Callable[[float], object] | None = None,
) -> Result:
    """Analyse a video, a photograph or a landmark track (``.npz``).

    Args:
        path: The recording.
        pose: The stretch: its id, the path of a pose file (``.toml``), or a `Pose`. None for whatever is
            recognised.
        side: The person's own side that counts.
        hold_s: Seconds that make a hold complete, 1 to 120; each stretch's own when None.
        repetitions: Holds on each side that were to be done; each stretch's own when None.
        height_cm: The person's height, by which lengths (fingertips to floor) are estimated; None for none.
        mirrored: Whether the recording is a mirror image, as many selfie cameras save it.
        turn_deg: How far the pictures must be turned clockwise to be upright, where the file does not state
            that; 0 says that they are.
        speed: Seconds that really passed in one second of a video: 0.25 for slow motion of four times the
            length; what the file states when None. All times are real seconds then.
        start_s: The second of the recording to begin at.
        end_s: The second to stop at; the recording's end when None.
        every_frame: Whether to look at every picture of a video, not only where it matters.
        blur_face: Whether the face of the person who is followed is made unrecognisable in annotated.mp4.
        out: A folder for report.html, result.json, steps.csv, annotated.mp4 or annotated.png and landmarks.npz.
        model: Another MediaPipe pose model (``.task``).
        progress: Called with the second of the recording that has been reached; for videos only.

    Returns:
        The holds and what is measured in them; ``as_dict()`` gives the JSON document of ``--json``. A recording
        in which nobody is seen gives a result as well, not an error.

    Raises:
        InputError: An argument or the recording cannot be used, or ``out`` cannot be written.
        PoseFileError: The pose file has faults.
        SetupError: The machine lacks a system library, or the package its model.
    """
    stretch = _library().find(pose) if isinstance(pose, str) else pose
    _check_assignment(stretch, side, hold_s, repetitions)
    _check_part(start_s, end_s)
    _check_correction(turn_deg, speed)
    recognised = _library().recognised
    assignment = Assignment(
        poses=recognised if stretch is None else (stretch,),
        asked=stretch is not None,
        sides=() if side == "both" else (side,),
        hold_s=hold_s,
        times=repetitions,
        height_cm=height_cm,
    )
    request = Request(
        assignment,
        Part(start_s, end_s),
        every_frame=every_frame,
        mirrored=mirrored,
        correction=Correction(speed, turn_deg),
        blur_face=blur_face,
    )

    def on_progress(now: Progress) -> None:
        if progress is not None:
            progress(now.reached_s)

    return analyse_recording(
        Path(path),
        request,
        recognised=recognised,
        out=None if out is None else Path(out),
        model=None if model is None else Path(model),
        on_progress=on_progress,
    )


def all_poses() -> tuple[Pose, ...]:
    """The stretches that ship with the program, in order of their ids."""
    return tuple(_library().poses.values())


def pose(id_or_path: str) -> Pose:
    """The stretch with an id, or that of a pose file (a path ending in ``.toml``).

    Raises:
        InputError: No such stretch; the message names the nearest ids.
        PoseFileError: The file has faults.
    """
    return _library().find(id_or_path)


def load_track(path: str | Path) -> Recording:
    """Read a landmark track: ``.track`` holds times, pixels, metres and visibility as NumPy arrays.

    Raises:
        InputError: The file is no landmark track, is damaged, or of a newer version.
    """
    return Recording.load(Path(path))


@cache
def _library() -> Library:
    return open_library(builtin_poses())


def _check_assignment(
    pose: Pose | None, side: str, hold_s: float | None, repetitions: int | None
) -> None:
    """Raise if a side, a length of hold or a number of holds is not possible."""
    if side not in {*SIDES, "both"}:
        raise InputError(f"side {side!r} is unknown; use left, right or both")
    if side != "both" and pose is not None and pose.sides == "both":
        raise InputError(f"{pose.id} is done on both sides at once; leave out side")
    if hold_s is not None and not SHORTEST_HOLD_S <= hold_s <= LONGEST_HOLD_S:
        limits = f"{SHORTEST_HOLD_S:g} to {LONGEST_HOLD_S:g}"
        raise InputError(f"hold_s must be {limits} seconds, is {hold_s:g}")
    if repetitions is not None and not 1 <= repetitions <= MOST_REPETITIONS:
        raise InputError(f"repetitions must be 1 to {MOST_REPETITIONS}, is {repetitions:g}")


def _check_part(start_s: float, end_s: float | None) -> None:
    """Raise if a part begins before the recording, or not before its own end."""
    if not start_s >= 0.0:
        raise InputError(f"start_s {start_s:g} is before the beginning")
    if end_s is not None and not end_s > start_s:
        raise InputError(f"end_s {end_s:g} is not after start_s {start_s:g}")


def _check_correction(turn_deg: int | None, speed: float | None) -> None:
    """Raise if a turn or a speed is not possible."""
    if turn_deg is not None and turn_deg not in TURNS_DEG:
        raise InputError(f"turn_deg must be 0, 90, 180 or 270, is {turn_deg:g}")
    if speed is not None and not (speed > 0.0 and math.isfinite(speed)):
        raise InputError(f"speed must be above 0, is {speed:g}")
