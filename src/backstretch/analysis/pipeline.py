"""Analysing one recording: from a video or a landmark track to a result."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from itertools import islice
from pathlib import Path

from backstretch.analysis.outputs import FORMATS, Outputs
from backstretch.analysis.parallel_halves import middle_of, open_halves
from backstretch.analysis.sampling import (
    CHANGING_S,
    LEAST_APART_S,
    Restart,
    Sampler,
    open_sampler,
)
from backstretch.errors import InputError, Notice, NoticeKind
from backstretch.files import Growth, output_folder
from backstretch.formats.track_files import TRACK_ENDING, Recording
from backstretch.frame import AS_STATED, Source
from backstretch.judging.angles import picture_angles
from backstretch.judging.collector import ResultCollector
from backstretch.judging.doubts import too_slow
from backstretch.judging.matching import forms_of
from backstretch.judging.recognition import fit_picture, looks_like
from backstretch.judging.request import Part, Request
from backstretch.judging.result import Result
from backstretch.kinematics.landmarks import GrowingTrack, Landmarks
from backstretch.poses.pose import Pose
from backstretch.vision.backdrop import moves_s
from backstretch.vision.detection import Detection, VideoLandmarker, open_landmarker
from backstretch.vision.face_landmarker import with_head_tilt
from backstretch.vision.portraits import WithoutPortraits, portrait_until_s
from backstretch.vision.scene_watch import SceneWatch
from backstretch.vision.video_reader import VideoReader

LEAST_S = 1e-3
"""Least length of a part when its share is computed."""
SEARCHED = (0.25, 0.5, 0.75)
"""Where in a recording in which nobody was seen it is searched for somebody who is small, as shares of it."""
DARK = 35.0
"""Mean brightness, of 255, below which a picture is very dark. Clips of dim rooms in which people are found
have 38 and more."""
Analysis = tuple[Result, Recording]


class Activity(Enum):
    """The present activity of an analysis."""

    LOOKING = auto()
    LOOKING_CLOSER = auto()
    """The body is hard to see: every picture is looked at, from the beginning on."""
    LOOKING_ELSEWHERE = auto()
    """A picture of somebody was taken for the person: all is looked at without it, from the beginning on."""


@dataclass(frozen=True)
class Progress:
    """The progress of an analysis.

    Attributes:
        reached_s: The time of the recording that is reached.
        start_s, end_s: The part that is analysed.
        activity: Whether it is the first time, or all is looked at again.
    """

    reached_s: float
    start_s: float
    end_s: float
    activity: Activity = Activity.LOOKING

    @property
    def share(self) -> float:
        """The share that is done, 0 to 1; a recording may turn out longer than it states."""
        done_s = self.reached_s - self.start_s
        return min(1.0, done_s / max(self.end_s - self.start_s, LEAST_S))


OnProgress = Callable[[Progress], None]
"""Called with the progress of an analysis."""


def ignore_progress(_progress: Progress) -> None:
    """Do nothing with the progress of an analysis."""


def analyse_recording(
    path: Path,
    request: Request,
    *,
    recognised: tuple[Pose, ...],
    out: Path | None = None,
    files: Collection[str] = FORMATS.keys(),
    model: Path | None = None,
    on_progress: OnProgress = ignore_progress,
    growth: Growth | None = None,
    at_once: bool = True,
) -> Result:
    """Analyse a recording as requested and write its files, whole or not at all; command line and API do this.

    Args:
        path: A video, a photograph or a landmark track.
        request: The request.
        recognised: The poses that a photograph is compared with.
        out: The folder for the files; None for none.
        files: Names of `outputs.FORMATS` that are written there.
        model: Another pose model.
        on_progress: Called while a video is looked at.
        growth: Ends a video that is still being written where it ended when it was opened; None to go on.
        at_once: Whether two cores may be used; the numbers are the same.

    Raises:
        InputError: The recording cannot be used, or ``out`` cannot be written.
    """
    is_track = path.suffix == TRACK_ENDING and path.is_file()
    with output_folder(out) if out else nullcontext() as folder:
        if is_track:
            recording = _replayed(path, request, model)
            return analyse_track(recording, request, folder, recognised=recognised, files=files)[0]
        with _opened(path, request, growth) as reader, open_landmarker(model) as landmarker:
            return analyse_video(
                reader,
                landmarker,
                request,
                folder,
                on_progress,
                recognised=recognised,
                at_once=at_once,
                files=files,
            )[0]


def _replayed(path: Path, request: Request, model: Path | None) -> Recording:
    if model is not None:
        raise InputError(f"{path}: is a landmark track and needs no model; leave the model out")
    if request.correction != AS_STATED:
        raise InputError(
            f"{path}: is a landmark track; speed and turn are for videos, leave them out"
        )
    recording = Recording.load(path)
    return replace(recording, source=replace(recording.source, path=str(path)))


def _opened(path: Path, request: Request, growth: Growth | None) -> VideoReader:
    reader = VideoReader(path, growth=growth, correction=request.correction)
    length_s, start_s = reader.source.duration_s, request.part.start_s
    is_sure = reader.can_seek  # else streams may be joined, whose length is known at their end
    if start_s < length_s or not is_sure:
        return reader
    with reader:
        raise InputError(f"{start_s:g} s is after the end; {path} is {length_s:g} s long")


def analyse_video(
    reader: VideoReader,
    landmarker: VideoLandmarker,
    request: Request,
    folder: Path | None = None,
    on_progress: OnProgress = ignore_progress,
    *,
    recognised: Sequence[Pose] = (),
    at_once: bool = True,
    files: Collection[str] = FORMATS.keys(),
) -> Analysis:
    """Analyse a video; write the ``files`` of `outputs.FORMATS` into ``folder`` if given.

    Every picture is looked at where a video has few a second. Where the body is found to be hard to see, the
    analysis begins again with every picture; where a picture of somebody was taken for the person, without it.

    ``recognised`` are the poses that a photograph is compared with. With ``at_once`` both halves of a long
    video are looked at at the same time; the numbers are the same without.
    """
    landmarker = with_head_tilt(landmarker, is_needed=request.assignment.reads_head_tilt)
    least_apart_s = 0.0 if request.every_frame else LEAST_APART_S
    if reader.source.fps * CHANGING_S < 1.0:
        request = replace(request, every_frame=True)
    attempt = partial(
        _attempt,
        reader,
        open_outputs=partial(Outputs, folder, files=files),
        on_progress=on_progress,
        sampler_of=partial(_sampler, reader, at_once=at_once, least_apart_s=least_apart_s),
        recognised=recognised,
    )
    portraits: tuple[Landmarks, ...] = ()
    analysis = attempt(landmarker, request, activity=Activity.LOOKING)
    while isinstance(analysis, Restart):
        if analysis.portrait is None:
            request, activity = replace(request, every_frame=True), Activity.LOOKING_CLOSER
        else:
            portraits, activity = (*portraits, analysis.portrait), Activity.LOOKING_ELSEWHERE
        with landmarker.another(instead=True) as fresh:
            analysis = attempt(fresh, request, portraits=portraits, activity=activity)
    return analysis


def _attempt(
    reader: VideoReader,
    landmarker: VideoLandmarker,
    request: Request,
    *,
    open_outputs: Callable[..., Outputs],
    sampler_of: Callable[..., AbstractContextManager[Sampler]],
    on_progress: OnProgress,
    recognised: Sequence[Pose],
    activity: Activity,
    portraits: tuple[Landmarks, ...] = (),
) -> Analysis | Restart:
    """Analyse a video as requested, without portraits that are known; or say why to begin again."""
    landmarker = WithoutPortraits(landmarker, portraits)
    start_s, end_s = request.part.start_s, request.part.end_in(reader.source.duration_s)

    def report(reached_s: float) -> None:
        on_progress(Progress(reached_s, start_s, end_s, activity))

    track, collector = GrowingTrack(), ResultCollector.of_recording(request)
    is_picture = reader.source.frames == 1
    watch = SceneWatch(is_picture=is_picture, portraits=portraits)
    with open_outputs(request, reader.path, report, is_picture=is_picture) as outputs:
        with sampler_of(landmarker, request, outputs.reached) as sampler:
            restart = _judge_all(sampler, watch, track, collector, outputs)
        if restart is not None:
            return restart
        if not track:
            raise _nothing_there(reader.source, request.part)
        outputs.write(collector.finish())
        notices = (*reader.notices, *too_slow(reader.source), *watch.notices)
        if not collector.has_seen_somebody:
            notices += tuple(why_nobody(reader.path, landmarker, request))
        recording = Recording(track.track(reader.wh), reader.source, notices)
        result = _with_likenesses(collector, recording, recognised, mirrored=request.mirrored)
        outputs.finish(recording, result)
    return result, recording


def _judge_all(
    sampler: Sampler,
    watch: SceneWatch,
    track: GrowingTrack,
    collector: ResultCollector,
    outputs: Outputs,
) -> Restart | None:
    """Judge all pictures that are looked at; a `Restart` where that should begin again."""
    while isinstance(item := sampler.next(collector.attention), Detection):
        seen = watch.push(item)
        if seen.portrait is not None:
            return Restart(seen.portrait)
        track.push(item.time_s, item.marks, seen.still_since_s)
        outputs.detection(item.time_s, item.marks)
        collector.mark_still(item.time_s, seen.still_since_s)
        collector.mark_moved(seen.moved_s)
        outputs.write(collector.push([(item.time_s, item.marks)]))
        outputs.reached(sampler.reached_s)
    return item


def _sampler(
    reader: VideoReader,
    landmarker: VideoLandmarker,
    request: Request,
    report: Callable[[float], None],
    *,
    at_once: bool,
    least_apart_s: float,
) -> AbstractContextManager[Sampler]:
    """The sampler of every picture, of a short recording in one go, or of both halves of a long one.

    A careful look at a stretch that was named keeps two cores busy by itself; then there are no halves.
    """
    assignment = request.assignment
    is_careful = assignment.careful_look and not assignment.is_careful_beside
    is_whole = request.every_frame or is_careful
    middle_s = None if is_whole else middle_of(reader, request.part)
    if middle_s is None:
        return open_sampler(
            reader,
            landmarker,
            request.part,
            every_frame=request.every_frame,
            least_apart_s=least_apart_s,
            careful_models=assignment.careful_look,
            is_careful_beside=assignment.is_careful_beside,
        )
    return open_halves(reader, landmarker, request, middle_s, report=report, at_once=at_once)


def why_nobody(path: Path, landmarker: VideoLandmarker, request: Request) -> Iterator[Notice]:
    """Why nobody was seen in a video, as far as some of its pictures show it."""
    with VideoReader(path, correction=request.correction) as reader:
        start_s, end_s = request.part.start_s, request.part.end_in(reader.source.duration_s)
        times_s = [start_s + share * (end_s - start_s) for share in SEARCHED]
        frames = [frame for time_s in times_s for frame in islice(reader.frames(time_s), 1)]
    if frames and max(float(frame.image[::8, ::8].mean()) for frame in frames) < DARK:
        yield Notice(NoticeKind.TOO_DARK)
    if any(landmarker.search(frame) is not None for frame in frames):
        yield Notice(NoticeKind.TOO_FAR)


def analyse_track(
    recording: Recording,
    request: Request,
    folder: Path | None = None,
    *,
    recognised: Sequence[Pose] = (),
    files: Collection[str] = FORMATS.keys(),
) -> Analysis:
    """Analyse a landmark track; the numbers are those of the run that recorded it."""
    collector = ResultCollector.of_recording(request)
    until_s = portrait_until_s(recording.notices)
    if until_s is not None:
        collector.disregard_until(until_s)
    moved_s = moves_s(recording.notices) | ({until_s} - {None})
    with Outputs(folder, request, None, lambda _: None, files=files) as outputs:
        for index, (time_s, marks) in enumerate(recording.track):
            if time_s in request.part:
                collector.mark_still(time_s, recording.track.still_since(index))
                collector.mark_moved(time_s if time_s in moved_s else None)
                outputs.detection(time_s, marks)
                outputs.write(collector.push([(time_s, marks)]))
        if collector.count == 0:
            raise _nothing_there(recording.source, request.part)
        outputs.write(collector.finish())
        result = _with_likenesses(collector, recording, recognised, mirrored=request.mirrored)
        outputs.finish(recording, result)
    return result, recording


def _with_likenesses(
    collector: ResultCollector,
    recording: Recording,
    recognised: Sequence[Pose],
    *,
    mirrored: bool,
) -> Result:
    """The result; that of a photograph has the poses which it resembles, and how it fits the one asked for."""
    result = collector.result(recording.source, recording.notices)
    if len(recording.track) != 1:
        return result
    marks = recording.track[0]
    if marks is not None and mirrored:
        marks = marks.mirrored()
    if marks is None:
        return replace(result, looks_like=())
    assignment = collector.assignment
    forms = forms_of(assignment.pose) if assignment.pose else ()
    fit = fit_picture(marks, [form for form in forms if assignment.counts(form.side)])
    return replace(
        result,
        looks_like=looks_like(marks, recognised),
        fit=fit,
        angles=picture_angles(marks),
    )


def _nothing_there(source: Source, part: Part) -> InputError:
    words = f"{source.path}: there is nothing {part}; it is {source.duration_s:g} s long"
    return InputError(words)
