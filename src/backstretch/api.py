"""The program from Python: analyse a recording, look at the stretches, read a landmark track.

    import backstretch

    result = backstretch.analyze("samples/side_bend.mp4", pose="standing_side_bend")
    for held in result.holds:
        print(held.form.side, held.hold.valid_s)

The library's own ranges are used, as with ``--library``: what one machine's user has calibrated does not
change what a script finds. Everything that can be put right by the caller is a `BackstretchError`.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Literal

from backstretch.analysis import analyse_track, analyse_video
from backstretch.errors import BackstretchError, InputError
from backstretch.hold import Hold
from backstretch.landmarker import MediaPipeLandmarker
from backstretch.landmarks import SIDES
from backstretch.library import Library, builtin_poses, open_library
from backstretch.output_names import RESULT, TRACK
from backstretch.outputs import Progress
from backstretch.poses import LONGEST_HOLD_S, Pose
from backstretch.recognition import Held, Likeness, looks_like
from backstretch.recording import TRACK_ENDING, Recording, output_folder
from backstretch.report import write_report
from backstretch.result import Result, Wanted
from backstretch.video import VideoReader

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
Watching = Callable[[float, float], AbstractContextManager[Progress]]
"""Begins to show how far it is, from one second to another."""
SHORTEST_HOLD_S = 1.0


def analyze(  # noqa: PLR0913 - options of the program
    path: str | Path,
    pose: str | Pose | None = None,
    side: Side = "both",
    *,
    hold_s: float | None = None,
    mirrored: bool = False,
    start_s: float = 0.0,
    end_s: float | None = None,
    every_frame: bool = False,
    out: str | Path | None = None,
    model: str | Path | None = None,
    progress: Progress | None = None,
) -> Result:
    """Analyse a video, a photograph or a landmark track (``.npz``).

    Args:
        path: The recording.
        pose: The stretch: its id, the path of a pose file (``.toml``), or a `Pose`. None for whatever is
            recognised.
        side: The person's own side that counts.
        hold_s: Seconds that make a hold complete, 1 to 120; each stretch's own when None.
        mirrored: Whether the recording is a mirror image, as many selfie cameras save it.
        start_s: The second of the recording to begin at.
        end_s: The second to stop at; the recording's end when None.
        every_frame: Whether to look at every picture of a video, not only where it matters.
        out: A folder for report.html, result.json, steps.csv, annotated.mp4 (of videos) and landmarks.npz.
        model: Another MediaPipe pose model (``.task``).
        progress: Is told the second of the recording that has been reached; of videos only.

    Returns:
        What was held; ``as_dict()`` gives the JSON document of ``--json``. That nobody was seen is a result.

    Raises:
        InputError: An argument or the recording cannot be used, or ``out`` cannot be written.
        PoseFileError: The pose file has faults.
        SetupError: The machine lacks a system library, or the package its model.
    """
    asked = _library().find(pose) if isinstance(pose, str) else pose
    _refuse(asked, side, hold_s)
    _refuse_part(start_s, end_s)
    recognised = _library().recognised
    wanted = Wanted(
        poses=recognised if asked is None else (asked,),
        asked=asked is not None,
        sides=() if side == "both" else (side,),
        hold_s=hold_s,
        mirrored=mirrored,
        start_s=start_s,
        end_s=end_s,
        every_frame=every_frame,
    )

    def watching(_start_s: float, _end_s: float) -> AbstractContextManager[Progress]:
        return nullcontext(progress or _unheard)

    job = (None if out is None else Path(out)), (None if model is None else Path(model))
    return analyse_recording(Path(path), wanted, recognised, *job, watching)


def all_poses() -> tuple[Pose, ...]:
    """The stretches that ship with the program, in order of their ids."""
    return tuple(_library().poses.values())


def pose(wanted: str) -> Pose:
    """The stretch of an id, or that of a pose file (a path ending in ``.toml``).

    Raises:
        InputError: No such stretch; the message names the nearest ids.
        PoseFileError: The file has faults.
    """
    return _library().find(wanted)


def load_track(path: str | Path) -> Recording:
    """Read a landmark track: ``.track`` holds times, pixels, metres and visibility as NumPy arrays.

    Raises:
        InputError: The file is no landmark track, is damaged, or of a newer version.
    """
    return Recording.load(Path(path))


def analyse_recording(  # noqa: PLR0917 - what a command and a worker know
    path: Path,
    wanted: Wanted,
    recognised: tuple[Pose, ...],
    out: Path | None,
    model: Path | None,
    watching: Watching,
    *,
    at_once: bool = True,
) -> Result:
    """Analyse a recording as wanted and write its files, whole or not at all; command line and API do this.

    Args:
        path: A video, a photograph or a landmark track.
        wanted: What was asked.
        recognised: The poses that a photograph is compared with.
        out: The folder for the files, None for none.
        model: Another pose model.
        watching: Shows how far it is while a video is watched.
        at_once: Whether two cores may be used; the numbers are the same.

    Raises:
        InputError: The recording cannot be used, or ``out`` cannot be written.
    """
    is_track = path.suffix == TRACK_ENDING and path.is_file()
    with output_folder(out) if out else nullcontext() as folder:
        if is_track:
            result, landmarks = _replayed(path, wanted, folder, model)
        else:
            with _opened(path, wanted, model, watching) as (reader, landmarker, progress):
                result, landmarks = analyse_video(
                    reader, landmarker, wanted, folder, progress, at_once=at_once
                )
        if len(landmarks.track) == 1:
            alike = _likenesses(landmarks, recognised, mirrored=wanted.mirrored)
            result = replace(result, looks_like=alike)
        if folder is not None:
            landmarks.save(folder / TRACK)
            text = json.dumps(result.as_dict(), indent=2, ensure_ascii=False)
            (folder / RESULT).write_text(text + "\n", "utf-8", "backslashreplace")
            write_report(folder / RESULT)
    return result


def _likenesses(
    recording: Recording, recognised: tuple[Pose, ...], *, mirrored: bool
) -> tuple[Likeness, ...]:
    """What a photograph shows, among all poses that can be told unasked."""
    marks = recording.track[0]
    if marks is not None and mirrored:
        marks = marks.mirrored()
    return looks_like(marks, recognised) if marks else ()


def _replayed(
    path: Path, wanted: Wanted, folder: Path | None, model: Path | None
) -> tuple[Result, Recording]:
    if model is not None:
        raise InputError(f"{path}: is a landmark track; another model has no use for it")
    recording = Recording.load(path)
    source = replace(recording.source, path=str(path))
    return analyse_track(replace(recording, source=source), wanted, folder)


@contextmanager
def _opened(
    path: Path, wanted: Wanted, model: Path | None, watching: Watching
) -> Iterator[tuple[VideoReader, MediaPipeLandmarker, Progress]]:
    with VideoReader(path) as reader:
        length_s = reader.source.duration_s
        if wanted.start_s >= length_s:
            words = f"{wanted.start_s:g} s is after the end; {path} is {length_s:g} s long"
            raise InputError(words)
        end_s = min(wanted.end_s or length_s, length_s)
        with MediaPipeLandmarker(model) as landmarker, watching(wanted.start_s, end_s) as progress:
            yield reader, landmarker, progress


@cache
def _library() -> Library:
    return open_library(builtin_poses())


def _unheard(_time_s: float) -> None:
    pass


def _refuse(asked: Pose | None, side: str, hold_s: float | None) -> None:
    """Refuse a side or a length of hold that cannot be."""
    if side not in {*SIDES, "both"}:
        raise InputError(f"side {side!r} is unknown; it is left, right or both")
    if side != "both" and asked is not None and asked.sides == "both":
        raise InputError(f"{asked.id} is done on both sides at once; leave out side")
    if hold_s is not None and not SHORTEST_HOLD_S <= hold_s <= LONGEST_HOLD_S:
        limits = f"{SHORTEST_HOLD_S:g} to {LONGEST_HOLD_S:g}"
        raise InputError(f"hold_s {hold_s:g} is not {limits} seconds")


def _refuse_part(start_s: float, end_s: float | None) -> None:
    """Refuse a part of a recording that is none."""
    if not start_s >= 0.0:
        raise InputError(f"start_s {start_s:g} is before the beginning")
    if end_s is not None and not end_s > start_s:
        raise InputError(f"end_s {end_s:g} is not after start_s {start_s:g}")
