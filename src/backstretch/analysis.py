"""Analysing one recording: from a video or a landmark track to a result."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path

from backstretch.collector import ResultCollector, too_slow
from backstretch.detection import Detection, IdentityWatch, VideoLandmarker
from backstretch.errors import InputError
from backstretch.frame import Source
from backstretch.halves import SecondHalf, joined, middle_of
from backstretch.landmarks import GrowingTrack
from backstretch.looker import looks
from backstretch.looking import CHANGING_S, HardToSeeError, size_px
from backstretch.outputs import Outputs, Progress
from backstretch.recording import Recording
from backstretch.request import Part, Request
from backstretch.result import Result
from backstretch.video import VideoReader


def analyse_video(
    reader: VideoReader,
    landmarker: VideoLandmarker,
    request: Request,
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
    wholly = replace(request, every_frame=True)
    if reader.source.fps * CHANGING_S < 1.0:
        request = wholly
    try:
        return _analysed(reader, landmarker, request, folder, progress, at_once=at_once)
    except HardToSeeError:
        with landmarker.another() as fresh:
            return _analysed(reader, fresh, wholly, folder, progress, at_once=at_once)


def _analysed(
    reader: VideoReader,
    landmarker: VideoLandmarker,
    request: Request,
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
    identity = IdentityWatch(is_picture=reader.source.frames == 1)
    with Outputs(folder, request, reader.path, progress) as outputs:
        collector = ResultCollector.of_recording(request)
        with closing(
            _seen(reader, landmarker, request, collector, outputs, at_once=at_once)
        ) as seen:
            for each in seen:
                growing.push(each.time_s, each.marks)
                identity.push(each)
                outputs.write(collector.push([(each.time_s, each.marks)]))
        if not growing:
            raise _nothing_there(reader.source, request.part)
        outputs.write(collector.finish())
    warnings = (*reader.warnings, *too_slow(reader.source), *identity.warnings)
    recording = Recording(growing.track(reader.wh), reader.source, warnings)
    return collector.result(recording.source, warnings), recording


def _seen(
    reader: VideoReader,
    landmarker: VideoLandmarker,
    request: Request,
    collector: ResultCollector,
    outputs: Outputs,
    *,
    at_once: bool,
) -> Generator[Detection]:
    """What is seen, in order of time, and tell how far it is."""
    middle_s = None if request.every_frame else middle_of(reader, request.part)
    interest = None if request.every_frame else collector
    with closing(looks(reader, landmarker, request.part, interest)) as first:
        begin = None if middle_s is None else next(first, None)
        if middle_s is None or begin is None:
            for each in first:
                yield each
                outputs.reached(each.time_s)
            return
        half = SecondHalf(reader, landmarker, request, middle_s, size_px(begin.marks))
        with half.begun(outputs.reached, at_once=at_once) as second:
            for each in joined(chain((begin,), first), second, middle_s):
                yield each
                outputs.reached(min(each.time_s, middle_s) + half.done_s)


def analyse_track(
    recording: Recording, request: Request, folder: Path | None = None
) -> tuple[Result, Recording]:
    """Replay a landmark track; the same numbers as the run that recorded it."""
    with Outputs(folder, request, None, lambda _: None) as outputs:
        collector = ResultCollector.of_recording(request)
        for time_s, marks in recording.track:
            if time_s in request.part:
                outputs.write(collector.push([(time_s, marks)]))
        if collector.count == 0:
            raise _nothing_there(recording.source, request.part)
        outputs.write(collector.finish())
    return collector.result(recording.source, recording.warnings), recording


def _nothing_there(source: Source, part: Part) -> InputError:
    words = f"{source.path}: there is nothing {part}; it is {source.duration_s:g} s long"
    return InputError(words)
