"""The benchmark of recognition: what is named unasked, against the truth. Prints its tables.

On the rendered clips, on their camera grid, and on the photographs, where they are.
"""

import json
import time
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path
from statistics import median

import numpy as np

from backstretch.analysis.pipeline import analyse_track, analyse_video
from backstretch.formats.track_files import Recording
from backstretch.judging.hold_clock import Kind
from backstretch.judging.recognition import Held, looks_like
from backstretch.vision.mediapipe_landmarker import MediaPipeLandmarker
from backstretch.vision.video_reader import VideoReader
from tests.library import LIBRARY
from tests.places import DOCS, MEDIA
from tests.truth import ALSO_TRUE, PROVE_LITTLE, Clip, clips, overlap, unasked

STILLS = MEDIA.parent / "stills"
GRID = MEDIA / "grid"
CAMERAS = ("front", "fl45", "left", "highfr45", "lowright")
NONE = "nothing"
PICTURE = DOCS / "confusion.png"
Spans = list[tuple[float, float]]


@dataclass
class Seen:
    """What was named in one clip.

    Attributes:
        clip: Its name.
        named: (true pose, named pose) -> inner hold seconds; the wrong side counts as another pose.
        true_s: True pose -> inner hold seconds.
        outside_s: Pose -> seconds credited outside of what the clip truly shows.
        length_s: Of the clip.
        work: Own work as a share of looking.
    """

    clip: str
    named: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    true_s: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    outside_s: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    length_s: float = 0.0
    work: float = 0.0


def valid_spans(held: Held) -> Spans:
    return [(s.start_s, s.end_s) for s in held.hold.spans if s.kind is Kind.VALID]


def seen_in(clip: Clip, recording: Recording, looking_s: float) -> Seen:
    """Compare what is named in a recorded clip with what is true."""
    started = time.process_time()
    result, _ = analyse_track(recording, unasked())
    work_s = time.process_time() - started
    seen = Seen(clip.name, length_s=float(clip.times[-1]), work=work_s / looking_s)
    for start_s, end_s, pose_id, side in clip.holds:
        pose = LIBRARY.poses[pose_id]
        if pose.guided:
            continue
        right_side = side if pose.sides == "each" else None
        length_s = end_s - start_s
        seen.true_s[pose_id] += length_s
        for held in result.holds:
            shared_s = overlap(valid_spans(held), [(start_s, end_s)])
            name = held.form.pose.id
            if name == pose_id and held.form.side != right_side:
                name = f"{name}, other side"
            if shared_s > 0.0:
                seen.named[pose_id, name] += shared_s
                length_s -= shared_s
        seen.named[pose_id, NONE] += max(0.0, length_s)
    if clip.truth["stretch"] not in PROVE_LITTLE and clip.truth["scenario"] not in PROVE_LITTLE:
        true = [*clip.outer, *clip.spans(ALSO_TRUE.get(clip.name, ""))]
        for held in result.holds:
            spans = valid_spans(held)
            outside_s = sum(b - a for a, b in spans) - overlap(spans, merged(true))
            seen.outside_s[held.form.pose.id] += outside_s
    return seen


def merged(spans: Spans) -> Spans:
    found: Spans = []
    for start_s, end_s in sorted(spans):
        if found and start_s <= found[-1][1] + 1.5:
            found[-1] = found[-1][0], max(found[-1][1], end_s)
        else:
            found.append((start_s, end_s))
    return found


def totals(seen: Iterable[Seen]) -> tuple[float, float, float, float]:
    """Seconds truly held, of these named right, credited outside, and looked at."""
    all_of = list(seen)
    true_s = sum(sum(each.true_s.values()) for each in all_of)
    right_s = sum(s for each in all_of for (true, name), s in each.named.items() if true == name)
    outside_s = sum(sum(each.outside_s.values()) for each in all_of)
    return true_s, right_s, outside_s, sum(each.length_s for each in all_of)


def print_recognition(seen: list[Seen]) -> None:
    print("\nRecognised unasked: inner hold seconds named right, of all poses at once")
    table: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for each in seen:
        for (true, name), seconds in each.named.items():
            table[true][name] += seconds
    for true in sorted(table):
        names, whole = table[true], sum(table[true].values())
        others = [f"{n} {s:.1f} s" for n, s in names.items() if n != true and s >= 0.05]
        print(f"  {true:26}{whole:7.1f} s{names[true] / whole:7.0%}   {', '.join(others)}")
    true_s, right_s, outside_s, length_s = totals(seen)
    print(f"  all: {right_s:.1f} of {true_s:.1f} s, {right_s / true_s:.1%}", end="; ")
    print(f"outside the true holds {outside_s:.1f} s of {length_s:.0f} s looked at")
    for each in seen:
        for pose_id, seconds in each.outside_s.items():
            if seconds >= 0.05:
                print(f"    outside: {each.clip:36}{pose_id:26}{seconds:6.2f} s")
    print(f"  own work with all poses in play: {median(each.work for each in seen):.1%} of looking")


def draw_confusion(seen: list[Seen], path: Path) -> None:
    """The confusion matrix as a picture."""
    from matplotlib.figure import Figure

    true = sorted({pose for each in seen for pose in each.true_s})
    named = [*true, *sorted({n for s in seen for _, n in s.named} - {*true, NONE}), NONE]
    share = np.zeros((len(true), len(named)))
    for each in seen:
        for (pose, name), seconds in each.named.items():
            share[true.index(pose), named.index(name)] += seconds
    share /= share.sum(axis=1, keepdims=True)
    figure = Figure(figsize=(11, 10), dpi=110, layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(share, cmap="Blues", vmin=0.0, vmax=1.0)
    axes.set_xticks(range(len(named)), [n.replace("_", " ") for n in named], rotation=90)
    axes.set_yticks(range(len(true)), [n.replace("_", " ") for n in true])
    axes.set_xlabel("named")
    axes.set_ylabel("true")
    axes.set_title("Share of the true hold seconds, by what they were named unasked")
    for row, column in np.argwhere(share >= 0.005):
        value = share[row, column]
        colour = "white" if value > 0.5 else "black"
        axes.text(column, row, f"{value:.0%}", ha="center", va="center", color=colour, fontsize=6)
    figure.colorbar(image, ax=axes, shrink=0.6)
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path)


def grid_cell(clip: Clip) -> tuple[str, str, float, dict[str, float]]:
    """Stretch, camera, share of the hold named right, and seconds of other names."""
    with MediaPipeLandmarker() as landmarker, VideoReader(clip.video) as reader:
        result, recording = analyse_video(reader, landmarker, unasked())
    seen = seen_in(clip, recording, 1.0)
    _, stretch, camera = clip.name.split("_", maxsplit=1)[0], *clip.name[2:].rsplit("_", 1)
    true_s, right_s, _, _ = totals([seen])
    others: dict[str, float] = defaultdict(float)
    for held in result.holds:
        if held.form.pose.id not in clip.pose_ids:
            others[held.form.pose.id] += held.hold.valid_s
    return stretch, camera, right_s / true_s if true_s else float("nan"), others


def print_grid(jobs: int) -> dict[tuple[str, str], float]:
    """Which camera carries which pose."""
    print("\nWhich view carries which pose: share of the hold that is named right, unasked")
    with ProcessPoolExecutor(jobs) as pool:
        cells = list(pool.map(grid_cell, clips(GRID)))
    shares = {(stretch, camera): share for stretch, camera, share, _ in cells}
    print(f"  {'':22}" + "".join(f"{camera:>10}" for camera in CAMERAS))
    for stretch in sorted({stretch for stretch, _ in shares}):
        row = [shares.get((stretch, camera), float("nan")) for camera in CAMERAS]
        told = "".join(f"{'-':>10}" if isnan(share) else f"{share:10.0%}" for share in row)
        print(f"  {stretch:22}{told}")
    for stretch, camera, _, others in cells:
        for pose_id, seconds in others.items():
            print(f"    {stretch}, {camera}: {seconds:.1f} s as {pose_id}")
    return shares


def stills() -> dict[str, tuple[list[str | None], str | None]]:
    """Photograph -> what is right as the first answer, and the first answer."""
    right: dict[str, list[str | None]] = json.loads((STILLS / "expected.json").read_text())
    found = {}
    for name, answers in sorted(right.items()):
        with MediaPipeLandmarker() as landmarker, VideoReader(STILLS / name) as reader:
            _, recording = analyse_video(reader, landmarker, unasked())
        marks = recording.track[0]
        likes = looks_like(marks, LIBRARY.recognised) if marks else ()
        found[name] = answers, likes[0].pose if likes else None
    return found


def print_stills(found: dict[str, tuple[list[str | None], str | None]]) -> tuple[int, int, int]:
    """Photographs answered right, of those that must be named the right ones, and their number."""
    wrong = {name: pair for name, pair in found.items() if pair[1] not in pair[0]}
    must = {name: pair for name, pair in found.items() if None not in pair[0]}
    named = sum(answer in answers for answers, answer in must.values())
    print(
        f"\nPhotographs: the first answer is right for {len(found) - len(wrong)} of {len(found)}",
        end="",
    )
    print(f"; of those that must be named {named} of {len(must)}")
    for name, (answers, answer) in wrong.items():
        print(f"  {name}: {answer}, right: {answers}")
    return len(found) - len(wrong), named, len(must)
