"""Analysing one recording: from a video or a landmark track to a result."""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path

from backstretch.crowd import Crowd
from backstretch.errors import InputError
from backstretch.halves import SecondHalf, joined, middle_of
from backstretch.judge import Judge
from backstretch.landmarker import VideoLandmarker
from backstretch.landmarks import GrowingTrack, Landmarks, LandmarkTrack, size_px
from backstretch.looker import looks
from backstretch.looking import CHANGING_S, HardToSeeError, Seen
from backstretch.outputs import Outputs, Progress
from backstretch.recording import Recording
from backstretch.result import Result, Wanted
from backstretch.take import too_slow
from backstretch.video import Source, VideoReader


def analyse_video(
    reader: VideoReader,
    landmarker: VideoLandmarker,
    wanted: Wanted,
    folder: Path | None = None,
    progress: Progress = lambda _: None,
    *,
    at_once: bool = True,
) -> tuple[Result, Recording]:
    """Analyse a video; write steps.csv and annotated.mp4 into ``folder`` if given.

    Every picture is looked at where there are few, and where the body is found to be hard to see: then all is
    done once more.

    ``at_once`` has both halves of a long one looked at at the same time; the numbers are the same without.
    """
    wholly = replace(wanted, every_frame=True)
    if reader.source.fps * CHANGING_S < 1.0:
        wanted = wholly
    try:
        return _analysed(reader, landmarker, wanted, folder, progress, at_once=at_once)
    except HardToSeeError:
        with landmarker.another() as fresh:
            return _analysed(reader, fresh, wholly, folder, progress, at_once=at_once)


def _analysed(
    reader: VideoReader,
    landmarker: VideoLandmarker,
    wanted: Wanted,
    folder: Path | None,
    progress: Progress,
    *,
    at_once: bool,
) -> tuple[Result, Recording]:
    """Analyse a video in one way.

    Raises:
        HardToSeeError: Every picture should be looked at.
    """
    growing = GrowingTrack()
    crowd = Crowd(landmarker, is_picture=reader.source.frames == 1)
    with Outputs(folder, wanted, reader.path, progress) as outputs:
        judge = Judge(wanted, outputs.write)
        with closing(_seen(reader, landmarker, wanted, judge, outputs, at_once=at_once)) as seen:
            for each in seen:
                growing.push(each.time_s, each.marks)
                crowd.take(each)
                judge.push(each.time_s, each.marks)
        if not growing:
            raise _nothing_there(reader.source, wanted)
        judge.finish()
    warnings = (*reader.warnings, *too_slow(reader.source), *crowd.warnings)
    recording = Recording(growing.track(reader.wh), reader.source, warnings)
    return judge.take.result(recording.source, warnings), recording


def _seen(
    reader: VideoReader,
    landmarker: VideoLandmarker,
    wanted: Wanted,
    judge: Judge,
    outputs: Outputs,
    *,
    at_once: bool,
) -> Generator[Seen]:
    """What is seen, in order of time, and tell how far it is."""
    middle_s = middle_of(reader, wanted)
    with closing(looks(reader, landmarker, wanted, judge)) as first:
        begin = None if middle_s is None else next(first, None)
        if middle_s is None or begin is None:
            for each in first:
                yield each
                outputs.reached(each.time_s)
            return
        half = SecondHalf(reader, landmarker, wanted, middle_s, size_px(begin.marks))
        with half.begun(outputs.reached, at_once=at_once) as second:
            for each in joined(chain((begin,), first), second, middle_s):
                yield each
                outputs.reached(min(each.time_s, middle_s) + half.done_s)


def analyse_track(
    recording: Recording, wanted: Wanted, folder: Path | None = None
) -> tuple[Result, Recording]:
    """Replay a landmark track; the same numbers as the run that recorded it."""
    with Outputs(folder, wanted, None, lambda _: None) as outputs:
        judge = Judge(wanted, outputs.write)
        for time_s, marks in _part(recording.track, wanted):
            judge.push(time_s, marks)
        if judge.count == 0:
            raise _nothing_there(recording.source, wanted)
        judge.finish()
    return judge.take.result(recording.source, recording.notices), recording


def _part(track: LandmarkTrack, wanted: Wanted) -> Iterator[tuple[float, Landmarks | None]]:
    end_s = float("inf") if wanted.end_s is None else wanted.end_s
    return ((t, marks) for t, marks in track if wanted.start_s <= t <= end_s)


def _nothing_there(source: Source, wanted: Wanted) -> InputError:
    part = f"from {wanted.start_s:g} s" + (
        "" if wanted.end_s is None else f" to {wanted.end_s:g} s"
    )
    words = f"{source.path}: there is nothing {part}; it is {source.duration_s:g} s long"
    return InputError(words)
