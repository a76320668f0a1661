"""Takes: read from videos, photographs and landmark tracks, measured and ready to calibrate from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backstretch.analysis.pipeline import OnProgress, analyse_video, ignore_progress
from backstretch.calibration.references import Take
from backstretch.errors import InputError, NoticeKind
from backstretch.formats.track_files import TRACK_ENDING, Recording
from backstretch.frame import AS_STATED, Correction
from backstretch.judging.request import Assignment, Part, Request
from backstretch.judging.session import Session
from backstretch.kinematics.landmarks import Landmarks
from backstretch.kinematics.neutral import OwnNeutral
from backstretch.poses.pose import Pose
from backstretch.vision.detection import open_landmarker
from backstretch.vision.video_reader import VideoReader


@dataclass(frozen=True)
class TakeOptions:
    """How takes are read.

    Attributes:
        model: Another pose model; None for the one inside the package.
        mirrored: Whether the takes are mirror images.
        part: The part of them to look at.
        own_neutral: The person's own neutral.
        correction: What somebody says of videos that they do not state themselves.
    """

    model: Path | None
    mirrored: bool
    part: Part
    own_neutral: OwnNeutral | None
    correction: Correction = AS_STATED


def take_of(
    path: Path, pose: Pose | None, options: TakeOptions, on_progress: OnProgress = ignore_progress
) -> Take:
    """Read a take and measure it.

    Args:
        path: A video, a photograph or a landmark track.
        pose: What it is meant to show; None for something new.
        options: How.
        on_progress: Called as the reading goes on, with how far it is.

    Raises:
        InputError: It cannot be used.
    """
    is_track = path.suffix == TRACK_ENDING and path.is_file()
    if is_track and options.model is not None:
        raise InputError(f"{path}: is a landmark track and needs no model; leave out --model")
    if is_track and options.correction != AS_STATED:
        raise InputError(f"{path}: is a landmark track; leave out --speed and --turn")
    recording = Recording.load(path) if is_track else _watch(path, pose, options, on_progress)
    moments = [(t, _upright(m, options)) for t, m in recording.track if t in options.part]
    if not moments:
        length_s = recording.source.duration_s
        raise InputError(
            f"{path}: has nothing from {options.part.start_s:g} s on; it is {length_s:g} s long"
        )
    session = Session((pose,) if pose else (), own_neutral=options.own_neutral)
    steps = [*session.push(moments), *session.finish()]
    others = [each for each in recording.notices if each.kind is NoticeKind.ANOTHER_PERSON]
    return Take(path.name, steps, moments, others[0] if others else None)


def seconds_held(take: Take, pose: Pose, own_neutral: OwnNeutral | None = None) -> float:
    """Valid seconds that a take counts by a pose."""
    session = Session((pose,), own_neutral=own_neutral)
    session.push(take.moments)
    session.finish()
    return sum(held.hold.valid_s for held in session.holds)


def count_notes(
    takes: Sequence[Take], before: Pose | None, after: Pose, own_neutral: OwnNeutral | None
) -> list[str]:
    """What the takes themselves count by the new reference, and by the library."""
    notes = []
    for take in takes:
        if take.is_picture:
            continue
        words = f"With these ranges, {seconds_held(take, after, own_neutral):.1f} s of {take.name} count"
        notes.append(
            f"{words}; with the library's, {seconds_held(take, before, own_neutral):.1f} s."
            if before
            else f"{words}."
        )
    return notes


def _upright(marks: Landmarks | None, options: TakeOptions) -> Landmarks | None:
    """The landmarks with a mirror undone."""
    return marks.mirrored() if marks is not None and options.mirrored else marks


def _watch(
    path: Path, pose: Pose | None, options: TakeOptions, on_progress: OnProgress
) -> Recording:
    with VideoReader(path, correction=options.correction) as reader:
        length_s = reader.source.duration_s
        if options.part.start_s >= length_s > 0.0 and reader.can_seek:
            raise InputError(
                f"--start {options.part.start_s:g} is after the end; {path} is {length_s:g} s long"
            )
        request = Request(
            Assignment((pose,) if pose else ()),
            options.part,
            every_frame=True,
            correction=options.correction,
        )
        with open_landmarker(options.model) as landmarker:
            return analyse_video(reader, landmarker, request, on_progress=on_progress)[1]
