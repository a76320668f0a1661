"""Shots: takes read from videos, photographs and landmark tracks, measured and ready to calibrate from."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from backstretch.analysis import analyse_video
from backstretch.calibrating import Shot
from backstretch.errors import InputError
from backstretch.landmarker import MediaPipeLandmarker
from backstretch.landmarks import Landmarks
from backstretch.neutral import OwnNeutral
from backstretch.notices import NoticeKind
from backstretch.outputs import Progress
from backstretch.poses import Pose
from backstretch.recording import TRACK_ENDING, Recording
from backstretch.result import Wanted
from backstretch.session import Session
from backstretch.video import VideoReader

Watching = Callable[[float, float], AbstractContextManager[Progress]]
"""Shows how far the looking is, from the second to the second."""


@dataclass(frozen=True)
class Looking:
    """How takes are looked at.

    Attributes:
        model: Another pose model; None for the one inside the package.
        mirrored: Whether the takes are mirror images.
        start_s, end_s: The part of them to look at.
        own_neutral: The person's own neutral.
        watching: Shows the progress.
    """

    model: Path | None
    mirrored: bool
    start_s: float
    end_s: float | None
    own_neutral: OwnNeutral | None
    watching: Watching


def shot_of(path: Path, pose: Pose | None, looking: Looking) -> Shot:
    """Look at a take.

    Args:
        path: A video, a photograph or a landmark track.
        pose: What it is meant to show; None for something new.
        looking: How.

    Raises:
        InputError: It cannot be used.
    """
    is_track = path.suffix == TRACK_ENDING and path.is_file()
    if is_track and looking.model is not None:
        raise InputError(f"{path}: is a landmark track; --model has no use for it")
    recording = Recording.load(path) if is_track else _watched(path, looking)
    end_s = float("inf") if looking.end_s is None else looking.end_s
    moments = [
        (t, _upright(m, looking)) for t, m in recording.track if looking.start_s <= t <= end_s
    ]
    if not moments:
        length_s = recording.source.duration_s
        raise InputError(
            f"{path}: there is nothing from {looking.start_s:g} s; it is {length_s:g} s long"
        )
    session = Session((pose,) if pose else (), own_neutral=looking.own_neutral)
    steps = [*session.push(moments), *session.finish()]
    others = [each for each in recording.notices if each.kind is NoticeKind.ANOTHER_PERSON]
    return Shot(path.name, steps, moments, others[0] if others else None)


def seconds_held(shot: Shot, pose: Pose, own_neutral: OwnNeutral | None = None) -> float:
    """Valid seconds that a take counts by a pose."""
    session = Session((pose,), own_neutral=own_neutral)
    session.push(shot.moments)
    session.finish()
    return sum(held.hold.valid_s for held in session.held)


def _upright(marks: Landmarks | None, looking: Looking) -> Landmarks | None:
    """The landmarks with a mirror undone."""
    return marks.mirrored() if marks is not None and looking.mirrored else marks


def _watched(path: Path, looking: Looking) -> Recording:
    with VideoReader(path) as reader:
        length_s = reader.source.duration_s
        if looking.start_s >= length_s > 0.0:
            raise InputError(
                f"--start {looking.start_s:g} is after the end; {path} is {length_s:g} s long"
            )
        end_s = min(looking.end_s or length_s, length_s)
        wanted = Wanted(poses=(), start_s=looking.start_s, end_s=looking.end_s, every_frame=True)
        with (
            MediaPipeLandmarker(looking.model) as landmarker,
            looking.watching(looking.start_s, end_s) as progress,
        ):
            return analyse_video(reader, landmarker, wanted, None, progress)[1]
