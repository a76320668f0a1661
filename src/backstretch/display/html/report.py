"""The report: one page without network, made from result.json and steps.csv alone."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import fmean

import numpy as np

from backstretch.display.html.page import html_page
from backstretch.display.html.report_panels import columns_of
from backstretch.display.html.report_photograph import Photograph, photograph_of
from backstretch.display.html.report_timeline import data_of, timeline_of
from backstretch.errors import InputError
from backstretch.files import write_whole
from backstretch.formats.result_documents import (
    Point,
    ResultDocument,
    SnapshotDocument,
    SnapshotsDocument,
    Steps,
    read_result,
    read_steps,
)
from backstretch.formats.result_files import ANNOTATED, REPORT, RESULT, STEPS, VIDEO
from backstretch.formats.sinks import Sink
from backstretch.judging.angles import ANGLE_COLUMNS
from backstretch.judging.result import WORTH_SAYING_S, Result
from backstretch.judging.wording import clock
from backstretch.kinematics.landmarks import INDEX, SIDES

VIDEOS = (ANNOTATED, VIDEO)
MOST_NAMES = 3
"""A title names at most this many stretches."""
FEW_HOLDS = 12
"""Up to this many holds are not split over two pages on paper."""
LIMBS = (
    ("shoulder", "elbow", "wrist"),
    ("shoulder", "hip", "knee", "ankle", "foot_index"),
)
CHAINS = (
    ("left_shoulder", "right_shoulder"),
    ("left_hip", "right_hip"),
    *(tuple(f"{side}_{part}" for part in limb) for side in SIDES for limb in LIMBS),
)
"""Lines of a stick figure."""
RIM = 0.12
"""Empty share around a stick figure."""


@dataclass(frozen=True)
class StickFigure:
    """A moment's landmarks, drawn.

    Attributes:
        words: What is shown.
        box: The part of the picture that is shown, as an SVG view box: left, top, width, height.
        size_px: The larger of the body's width and height.
        lines: Points of each limb, as SVG has them.
        head: Its middle; None where no ear was seen.
        is_in: Whether the person was in position.
    """

    words: str
    box: str
    size_px: float
    lines: Sequence[str]
    head: Point | None
    is_in: bool


class ReportFile(Sink):
    """The page of a result; nothing where that is not written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def result(self, result: Result) -> None:  # noqa: ARG002 - it is read as everybody reads it
        """As `Sink.result`.

        Raises:
            InputError: As `write_report`.
        """
        document = self._path.with_name(RESULT)
        if document.is_file():
            write_report(document, self._path)


def write_report(result: Path, target: Path | None = None) -> Path:
    """Make the page of a result, whole or not at all; the same files give the same page.

    Args:
        result: A result.json, or its folder; steps.csv and the video are looked for beside it.
        target: The page; report.html beside it where left out.

    Returns:
        Where the page is.

    Raises:
        InputError: The result cannot be used, or the page cannot be written.
    """
    path = result / RESULT if result.is_dir() else result
    target = target or path.with_name(REPORT)
    document = read_result(path)
    steps = read_steps(path.with_name(STEPS), columns_of(document) or ANGLE_COLUMNS)
    page = _page(document, steps, _video(path, target), photograph_of(document, path, target))
    try:
        write_whole(target, page.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror or error})") from error
    return target


def _video(path: Path, target: Path) -> str:
    """The video beside the result, as the page names it; empty for none."""
    for name in VIDEOS:
        if path.with_name(name).is_file():
            return Path(os.path.relpath(path.with_name(name), target.parent)).as_posix()
    return ""


def _page(document: ResultDocument, steps: Steps, video: str, photograph: Photograph | None) -> str:
    return html_page(
        "report_template.html",
        result=document,
        title=_title(document),
        when=_when(document),
        asked_s=sum(each.asked * each.asked_s for each in document.asked),
        sentence=_sentence(document),
        names={each.pose: each.name for each in document.stretches},
        few_holds=FEW_HOLDS,
        least_s=WORTH_SAYING_S,
        figures=_figures(document.snapshots),
        timeline=timeline_of(document, steps, video),
        photograph=photograph,
        data=data_of(document, steps),
        clock=clock,
    )


def _when(document: ResultDocument) -> str:
    """When it was recorded; the recording's name where that is not known."""
    text = document.recorded_at
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%d, %H:%M}"
    except ValueError:
        return text or Path(document.source.path).name


def _title(document: ResultDocument) -> str:
    if document.title:
        return document.title
    names = list(dict.fromkeys(each.name for each in document.stretches))
    if len(names) > MOST_NAMES:
        rest = len(names) - MOST_NAMES + 1
        return f"{', '.join(names[: MOST_NAMES - 1])} and {rest} more"
    untitled = "What the photograph shows" if document.source.frames == 1 else "What was stretched"
    return ", ".join(names) or untitled


def _sentence(document: ResultDocument) -> str:
    """The outcome in a sentence: how often it was held, how much of the dose is done, what was lost."""
    asked = sum(each.asked for each in document.asked)
    done = sum(min(each.done, each.asked) for each in document.asked)
    parts = [_times(len(document.holds))]
    if not document.obstacle.could_be_told:
        parts = ["Whether it was held could not be told"]
    parts += [f"{done:g} of {asked:g} holds done"] if asked else []
    lost = _lost(document)
    if lost:
        parts.append(lost)
    elif document.holds and done == asked:
        parts.append("nothing was lost")
    return f"{'; '.join(parts)}."


def _times(count: int) -> str:
    if not count:
        return "Nothing was held long enough to count"
    return "Held once" if count == 1 else f"Held {count} times"


def _lost(document: ResultDocument) -> str:
    totals = document.totals
    lost = {"were not right": totals.wrong_s, "could not be seen": totals.unseen_s}
    return " and ".join(
        f"{seconds:.1f} s {words}" for words, seconds in lost.items() if seconds >= WORTH_SAYING_S
    )


def _figures(snapshots: SnapshotsDocument) -> list[StickFigure]:
    moments = {
        "The best moment": snapshots.best,
        "The moment furthest from it": snapshots.worst,
    }
    return [_figure(snapshot, words) for words, snapshot in moments.items() if snapshot]


def _figure(snapshot: SnapshotDocument, words: str) -> StickFigure:
    points = snapshot.xy_px
    known = np.array([point for point in points if point])
    least, most = known.min(axis=0), known.max(axis=0)
    size_px = max(*(most - least).tolist(), 1.0)
    rim_px = RIM * size_px
    reason = f": {snapshot.reason}" if snapshot.reason else ""
    return StickFigure(
        words=f"{words}, at {clock(snapshot.time_s)}{reason}",
        box=" ".join(f"{each:.1f}" for each in (*(least - rim_px), *(most - least + 2 * rim_px))),
        size_px=size_px,
        lines=[_line([points[INDEX[name]] for name in chain]) for chain in CHAINS],
        head=_middle([points[INDEX[f"{side}_ear"]] for side in SIDES]),
        is_in=snapshot.state == "in",
    )


def _line(points: Sequence[Point | None]) -> str:
    """A line through the points that are known."""
    return " ".join(f"{point[0]:.1f},{point[1]:.1f}" for point in points if point)


def _middle(points: Sequence[Point | None]) -> Point | None:
    """The mean of the points that are known; None where there are none."""
    known = [point for point in points if point]
    if not known:
        return None
    x, y = (fmean(point[axis] for point in known) for axis in (0, 1))
    return x, y
