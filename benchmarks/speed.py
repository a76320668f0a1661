"""The speed benchmark: the bare loop, every picture, and the default, on the same recordings in one run.

Run it with ``pytest -m benchmark -s benchmarks/test_speed_benchmark.py``. The recordings are made from the
samples, with the mild noise of a camera; holds are lengthened by playing their middle back and forth.
"""

import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import wraps
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import av  # noqa: TID253 - recordings are made here
import numpy as np

from backstretch.analysis.pipeline import analyse_video
from backstretch.judging.collector import ResultCollector
from backstretch.judging.request import Assignment, Request
from backstretch.judging.result import Result
from backstretch.poses.library import builtin_poses, open_library
from backstretch.vision.mediapipe_landmarker import MediaPipeLandmarker, model_path
from backstretch.vision.pictures import Conversion
from backstretch.vision.video_reader import VideoReader
from tests.places import SAMPLES, SOURCE

NOISE = "alls=4:allf=t"
"""FFmpeg's noise filter: up to 4 of 255, anew in each picture."""
PAIRS = int(os.environ.get("BACKSTRETCH_PAIRS", "3"))
PLAYED = 3
"""How often the middle of a hold is played forwards and backwards."""


HEADS = (("", 26), ("s", 9), ("looks", 8), ("s", 9), ("looks", 7), ("held", 9), ("s", 9), ("looks", 7),
         ("held", 9), ("ratio", 7))  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """A recording to be made.

    Attributes:
        name: What it is called.
        sample: What it is made from.
        least: How many times as quick as the bare loop the default is at least; aimed at are 5, and 2.5 for
            constant movement.
        holds: The seconds of the sample's holds that are lengthened.
        wh: Width and height in pixels.
        fps: Pictures a second.
        codec: Of FFmpeg's encoders.
        is_noisy: Whether each picture has the noise of a camera.
    """

    name: str
    sample: str
    least: float
    holds: tuple[tuple[float, float], ...] = ()
    wh: tuple[int, int] = (1280, 720)
    fps: int = 30
    codec: str = "libx264"
    is_noisy: bool = True

    @property
    def clean(self) -> "Recipe":
        """The same without noise, as it is rendered."""
        return replace(self, name=f"{self.name}, clean", is_noisy=False)


HOLDS = (
    Recipe("side bend, 90 s", "side_bend", 5.0, ((5.0, 12.5), (19.0, 26.5))),
    Recipe("child's pose, 69 s", "childs_pose", 5.0, ((5.0, 17.0),)),
    Recipe("seated fold, 56 s", "seated_forward_fold", 5.0, ((5.0, 14.5),)),
)
MOVEMENT = Recipe("ordinary movement, 96 s", "ordinary_movement", 2.5)
LARGE = (
    replace(HOLDS[0], name="side bend, 1080p60, H.264", wh=(1920, 1080), fps=60),
    replace(HOLDS[0], name="side bend, 1080p60, HEVC", wh=(1920, 1080), fps=60, codec="libx265"),
)
MEASURED = (*HOLDS, MOVEMENT, HOLDS[0].clean, MOVEMENT.clean, *LARGE)


@dataclass(frozen=True)
class Timed:
    """What one way of looking took, and what it found."""

    seconds: float
    looks: int
    held_s: float


@dataclass(frozen=True)
class Row:
    """One recording, looked at in three ways."""

    name: str
    length_s: float
    bare: Timed
    every: Timed
    default: Timed

    @property
    def ratio(self) -> float:
        """How many times as quick as the bare loop the default is."""
        return self.bare.seconds / self.default.seconds


def recorded(recipe: Recipe, folder: Path) -> Path:
    """Make a recording, unless it is there."""
    path = folder / f"{recipe.name.replace(' ', '_')}.mp4"
    if path.exists():
        return path
    with VideoReader(SAMPLES / f"{recipe.sample}.mp4") as reader:
        frames = [(frame.time_s, frame.image) for frame in reader.frames()]
    times = np.array([time_s for time_s, _ in frames])
    options = {"crf": "23", "preset": "veryfast", "x265-params": "log-level=none"}
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(recipe.codec, rate=recipe.fps, options=options)
        stream.width, stream.height, stream.pix_fmt = *recipe.wh, "yuv420p"
        noise = _noise(stream) if recipe.is_noisy else None
        for number, time_s in enumerate(_plan(recipe, float(times[-1]))):
            image = frames[min(int(np.searchsorted(times, time_s - 1e-6)), len(frames) - 1)][1]
            picture = _fitted(image, recipe.wh)
            picture.pts, picture.time_base = number, Fraction(1, recipe.fps)
            if noise is not None:
                noise.push(picture)
                picture = noise.pull()
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def _noise(stream: Any) -> Any:
    """A filter that gives each picture of a stream the noise of a camera."""
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=stream.width,
        height=stream.height,
        format=av.VideoFormat("yuv420p"),
        time_base=Fraction(1, int(stream.codec_context.rate)),
    )
    noise = graph.add("noise", NOISE)
    source.link_to(noise)
    noise.link_to(graph.add("buffersink"))
    graph.configure()
    return graph


def _fitted(image: np.ndarray, wh: tuple[int, int]) -> Any:
    """The picture as high as it may be, with bars beside it."""
    height, width = wh[1], round(image.shape[1] * wh[1] / image.shape[0])
    scaled = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(width, height)
    canvas = np.full((height, wh[0], 3), 90, np.uint8)
    left = (wh[0] - width) // 2
    canvas[:, left : left + width] = scaled.to_ndarray(format="rgb24")
    return av.VideoFrame.from_ndarray(canvas, format="rgb24").reformat(format="yuv420p")


def _plan(recipe: Recipe, end_s: float) -> Iterator[float]:
    """Times of the sample, one for each picture."""
    edges = [0.0, *(edge for hold in recipe.holds for edge in hold), end_s]
    for at, (low_s, high_s) in enumerate(pairwise(edges)):
        part = np.arange(low_s, high_s, 1 / recipe.fps)
        yield from part
        if at % 2:  # inside a hold
            for _ in range(PLAYED - 1):
                yield from part[::-1]
                yield from part


def repeated(path: Path, target: Path, times: int) -> Path:
    """The recording so many times in a row."""
    with av.open(str(path)) as source, av.open(str(target), "w") as container:
        stream: Any = container.add_stream_from_template(source.streams.video[0])
        begins = 0
        for _ in range(times):
            packets = [packet for packet in source.demux(video=0) if packet.dts is not None]
            length = max((packet.pts or 0) + (packet.duration or 0) for packet in packets)
            for packet in packets:
                packet.pts, packet.dts = (packet.pts or 0) + begins, (packet.dts or 0) + begins
                packet.stream = stream
                container.mux(packet)
            begins += length
            source.seek(0)
    return target


def bare(path: Path, fps: int) -> Timed:
    """The loop as everybody writes it: read, convert, detect, nothing else."""
    import cv2
    import mediapipe as mp

    vision = mp.tasks.vision
    options = vision.PoseLandmarkerOptions(
        base_options=mp.tasks.BaseOptions(model_asset_path=str(model_path())),
        running_mode=vision.RunningMode.VIDEO,
        num_poses=1,
    )
    began, count = time.perf_counter(), 0
    capture = cv2.VideoCapture(str(path))
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        while True:
            is_there, image = capture.read()
            if not is_there:
                break
            picture = mp.Image(mp.ImageFormat.SRGB, cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
            landmarker.detect_for_video(picture, round(count * 1000 / fps))
            count += 1
    capture.release()
    return Timed(time.perf_counter() - began, count, float("nan"))


def analysed(path: Path, *, every_frame: bool) -> tuple[Timed, Result]:
    """An analysis as `backstretch analyze` does it, without output files."""
    seconds, result, looks = _analysis(path, every_frame=every_frame)
    held_s = sum(each.hold.valid_s for each in result.holds)
    return Timed(seconds, looks, held_s), result


def _analysis(path: Path, *, every_frame: bool, at_once: bool = True) -> tuple[float, Result, int]:
    """Seconds, the result, and how many pictures were looked at."""
    poses = open_library(builtin_poses()).recognised
    request = Request(Assignment(poses, asked=False), every_frame=every_frame)
    began = time.perf_counter()
    with VideoReader(path) as reader, MediaPipeLandmarker() as landmarker:
        result, recording = analyse_video(reader, landmarker, request, at_once=at_once)
    return time.perf_counter() - began, result, len(recording.track)


@dataclass(frozen=True)
class Work:
    """Where the time of an analysis goes: seconds, of the processor for all but the model.

    Attributes:
        looks: How many pictures were looked at.
        decoding: Reading and decoding, which goes on ahead in a thread.
        model: In MediaPipe, looking; searching for others as well.
        pictures: Making pictures of what was decoded: colours, size, MediaPipe's copy.
        glances: Making small grey copies.
        judging: From landmarks to holds.
        rest: Looking's plan, landmarks, waiting lists.
    """

    looks: int
    decoding: float
    model: float
    pictures: float
    glances: float
    judging: float
    rest: float

    @property
    def own(self) -> float:
        """Own work as a share of the model's."""
        return (self.glances + self.judging + self.rest) / self.model


def worked(path: Path, *, every_frame: bool) -> Work:
    """Tell where the time of an analysis goes; one half after the other."""
    from mediapipe.tasks.python.vision import PoseLandmarker

    spent: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    parts = (
        (PoseLandmarker, "detect_for_video", "model"),
        (PoseLandmarker, "detect", "model"),
        (MediaPipeLandmarker, "_picture", "pictures"),
        (Conversion, "image", "pictures"),
        (Conversion, "glance", "glances"),
        (ResultCollector, "push", "judging"),
        (ResultCollector, "finish", "judging"),
    )
    with ExitStack() as stack:
        for owner, name, part in parts:
            timed = _timed(getattr(owner, name), spent[part])
            stack.enter_context(patch.object(owner, name, timed))
        decoding = [0.0]
        read = _timed_items(VideoReader._pictures, decoding)
        stack.enter_context(patch.object(VideoReader, "_pictures", read))
        began = time.thread_time()
        _, _, looks = _analysis(path, every_frame=every_frame, at_once=False)
        whole = time.thread_time() - began
    rest = whole - sum(own for _, own in spent.values())
    (model, _), pictures, glances, judging = (
        spent[part] for part in ("model", "pictures", "glances", "judging")
    )
    return Work(looks, decoding[0], model, pictures[1], glances[1], judging[1], rest)


def _timed(function: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    """The same function, which adds the seconds that it takes: on the wall, and of its processor."""

    @wraps(function)
    def timed(*arguments: Any, **named: Any) -> Any:
        wall, own = time.perf_counter(), time.thread_time()
        try:
            return function(*arguments, **named)
        finally:
            spent[0] += time.perf_counter() - wall
            spent[1] += time.thread_time() - own

    return timed


def _timed_items(
    function: Callable[..., Iterator[Any]], spent: list[float]
) -> Callable[..., Iterator[Any]]:
    """The same generator function, which adds the seconds of its processor that its items take."""

    @wraps(function)
    def timed(*arguments: Any) -> Iterator[Any]:
        items = function(*arguments)
        while True:
            began = time.thread_time()
            item = next(items, None)
            spent[0] += time.thread_time() - began
            if item is None:
                return
            yield item

    return timed


def measured(recipe: Recipe, folder: Path) -> Row:
    """Medians of paired runs."""
    path = recorded(recipe, folder)
    with VideoReader(path) as reader:
        length_s = reader.source.duration_s
    bares, defaults = [], []
    for _ in range(PAIRS):
        bares.append(bare(path, recipe.fps))
        defaults.append(analysed(path, every_frame=False)[0])
    every, _ = analysed(path, every_frame=True)
    row = Row(recipe.name, length_s, bares[0], every, defaults[0])
    ratio = median(b.seconds / d.seconds for b, d in zip(bares, defaults, strict=True))
    seconds = median(b.seconds for b in bares)
    return replace(
        row,
        bare=replace(bares[0], seconds=seconds),
        default=replace(defaults[0], seconds=seconds / ratio),
    )


def table(rows: list[Row]) -> str:
    """The rows as text."""
    heads = "".join(f"{name:>{width}}" for name, width in HEADS)
    lines = [f"{'recording':26} {'bare loop':>16} {'--every-frame':>24} {'default':>31}", heads]
    lines += [
        f"{row.name:26} {row.bare.seconds:8.1f} {row.bare.looks:7d} {row.every.seconds:8.1f} "
        f"{row.every.looks:6d} {row.every.held_s:8.2f} {row.default.seconds:8.1f} "
        f"{row.default.looks:6d} {row.default.held_s:8.2f} {row.ratio:5.1f}x"
        for row in rows
    ]
    return "\n".join(lines)


def run_s(*arguments: str | Path) -> tuple[float, float]:
    """Seconds that a command takes, and the most memory that it and its children have, in MB."""
    measure = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, done.returncode)\n"
    )
    command = [
        sys.executable,
        "-c",
        measure,
        sys.executable,
        "-m",
        "backstretch",
        *map(str, arguments),
    ]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    memory_mb, code = done.stdout.split()
    assert code == "0", done
    return time.perf_counter() - began, float(memory_mb)
