"""The report: one page without network, made from result.json and steps.csv alone."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import fmean

import numpy as np

from backstretch.display.html.page import html_page
from backstretch.display.html.report_angles import angle_tables
from backstretch.display.html.report_parts import (
    angles_words,
    date_of,
    holds_words,
    measured_words,
    read_report,
    recording_of,
    sentence_of,
    title_of,
    write_page,
)
from backstretch.display.html.report_photograph import Photograph, photograph_of
from backstretch.display.html.report_timeline import data_of, timeline_of
from backstretch.formats.result_documents import (
    Point,
    ResultDocument,
    SnapshotDocument,
    SnapshotsDocument,
    Steps,
)
from backstretch.formats.result_files import ANNOTATED, REPORT, RESULT, VIDEO
from backstretch.formats.sinks import Sink
from backstretch.judging.result import WORTH_SAYING_S, Result
from backstretch.judging.wording import clock
from backstretch.kinematics.landmarks import INDEX, SIDES

VIDEOS = (ANNOTATED, VIDEO)
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


def write_report(result: Path, target: Path | None = None, person: str = "") -> Path:
    """Make the page of a result, whole or not at all; the same files give the same page.

    Args:
        result: A result.json, or its folder; steps.csv and the video are looked for beside it.
        target: The page; report.html beside it where left out.
        person: Whose it is; where left out, whom the result or the log of a live session beside it names.

    Returns:
        Where the page is.

    Raises:
        InputError: The result cannot be used, or the page cannot be written.
    """
    path = result / RESULT if result.is_dir() else result
    target = target or path.with_name(REPORT)
    document, steps, whose = read_report(path, person)
    photograph = photograph_of(document, path, target)
    page = _page(document, steps, _video(path, target), whose, photograph)
    return write_page(target, page.encode("utf-8", "backslashreplace"))


def _video(path: Path, target: Path) -> str:
    """The video beside the result, as the page names it; empty for none."""
    for name in VIDEOS:
        if path.with_name(name).is_file():
            return Path(os.path.relpath(path.with_name(name), target.parent)).as_posix()
    return ""


def _page(
    document: ResultDocument,
    steps: Steps,
    video: str,
    person: str,
    photograph: Photograph | None,
) -> str:
    return html_page(
        "report_template.html",
        result=document,
        title=title_of(document),
        when=_when(document),
        person=person,
        date=date_of(document),
        recording=recording_of(document),
        asked_s=sum(each.asked * each.asked_s for each in document.asked),
        sentence=sentence_of(document),
        names={each.pose: each.name for each in document.stretches},
        few_holds=FEW_HOLDS,
        least_s=WORTH_SAYING_S,
        figures=_figures(document.snapshots),
        angles=angle_tables(document, steps),
        angles_words=angles_words(document),
        holds_words=holds_words(document),
        measured=measured_words(document),
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
