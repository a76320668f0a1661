"""The report on paper: the same figures as the page, as a PDF of A4 sheets."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from backstretch.display.html.page import BLUE, SOFT, plain
from backstretch.display.html.paper import SMALL_PT, Column, Paper, on_paper
from backstretch.display.html.report_angles import AngleCell, AngleTable, angle_tables
from backstretch.display.html.report_charts import MIDDLE, NARROW, draw_bands, draw_panel
from backstretch.display.html.report_panels import ends_of, groups_of
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
from backstretch.display.html.report_timeline import spans_of
from backstretch.formats.result_documents import HoldDocument, ResultDocument, Steps
from backstretch.formats.result_files import RESULT
from backstretch.judging.result import WORTH_SAYING_S
from backstretch.judging.wording import clock
from backstretch.poses.pose import capitalised

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PDF = "report.pdf"
NOTES = 3
"""Ruled lines for notes."""
NOTHING = "-"
HOLD_COLUMNS = (
    Column("Hold", 0.37, is_number=False),
    Column("From", 0.08),
    Column("To", 0.08),
    Column("Held", 0.08),
    Column("Complete", 0.12),
    Column("Not right", 0.10),
    Column("Not seen", 0.10),
    Column("Score", 0.07),
)
SIDE_COLUMNS = (
    Column("Left against right, means of the holds", 0.46, is_number=False),
    Column("Left", 0.10),
    Column("Right", 0.10),
    Column("Difference", 0.12),
    Column("Meaning", 0.22, is_number=False),
)
COLOURS_WORDS = "Blue: held. Orange stripes: not right. Grey dots: not seen."
PANELS_WORDS = (
    "The judged measures over time; shaded: the range that counts, darker: the good one. "
    "Blue line: left, or no side; red dashes: right."
)


def write_pdf(result: Path, target: Path | None = None, person: str = "") -> Path:
    """Make the PDF of a result, whole or not at all; the same files give the same PDF.

    The arguments, and what is raised, are those of `report.write_report`; without a ``target`` it is
    ``report.pdf`` beside the result.
    """
    path = result / RESULT if result.is_dir() else result
    document, steps, whose = read_report(path, person)
    with on_paper():
        content = _pdf(document, steps, whose)
    return write_page(target or path.with_name(PDF), content)


def _pdf(document: ResultDocument, steps: Steps, person: str) -> bytes:
    title, date = title_of(document), date_of(document)
    paper = Paper(", ".join(words for words in (title, person, date) if words))
    paper.text(title, 18.0, bold=True)
    paper.text(f"{document.totals.valid_s:.1f} s held", 14.0, BLUE, bold=True)
    paper.text(sentence_of(document))
    paper.gap(0.1)
    fields = [("Person", person), ("Date", date), ("Recording", recording_of(document))]
    paper.fields([*fields, ("Notes", "")], NOTES - 1)
    _timeline(paper, document, steps)
    _holds(paper, document)
    _dose(paper, document)
    if document.warnings:
        paper.heading("Please note")
        for words in document.warnings:
            paper.text(f"• {capitalised(words)}")
    _angles(paper, document, steps)
    paper.heading("How this was measured, and how sure it is")
    for words in measured_words(document):
        paper.text(words, SMALL_PT, SOFT)
        paper.gap(0.04)
    _panels(paper, document, steps)
    return paper.bytes_of()


def _timeline(paper: Paper, document: ResultDocument, steps: Steps) -> None:
    ends_s = ends_of(document, steps)
    if document.source.frames == 1 or ends_s[1] <= ends_s[0]:
        return
    paper.heading("What happened")
    paper.text(COLOURS_WORDS, SMALL_PT, SOFT)
    draw = partial(draw_bands, spans=spans_of(document), ends_s=ends_s, size=MIDDLE)
    paper.charts([("", _plain(draw))], 0.25, 1)


def _holds(paper: Paper, document: ResultDocument) -> None:
    if not document.holds:
        return
    names = {each.pose: each.name for each in document.stretches}
    paper.heading("Holds")
    paper.text(holds_words(document), SMALL_PT, SOFT)
    paper.gap(0.06)
    numbered = list(enumerate(document.holds, 1))
    paper.table(HOLD_COLUMNS, [_hold(number, hold, names) for number, hold in numbered])
    for number, hold in numbered:
        if hold.reasons:
            paper.text(f"{number}: {'; '.join(hold.reasons)}", SMALL_PT, SOFT)


def _hold(number: int, hold: HoldDocument, names: dict[str, str]) -> list[str]:
    side = f", {hold.side}" if hold.side else ""
    return [
        f"{number}  {names.get(hold.pose, hold.pose)}{side}",
        clock(hold.start_s),
        clock(hold.end_s),
        f"{hold.valid_s:.1f} s",
        "yes" if hold.complete else "no",
        *(
            f"{lost_s:.1f} s" if lost_s >= WORTH_SAYING_S else NOTHING
            for lost_s in (hold.wrong_s, hold.unseen_s)
        ),
        NOTHING if hold.score is None else f"{hold.score:g}",
    ]


def _dose(paper: Paper, document: ResultDocument) -> None:
    if not document.stretches:
        return
    paper.heading("Dose")
    against = "what was asked" if document.asked else "what each stretch usually asks for"
    columns = (
        Column(f"Against {against}", 0.46, is_number=False),
        Column("Held", 0.18),
        Column("Complete holds", 0.18),
        Column("Of", 0.18),
    )
    rows = [
        [
            f"{each.name}{f', {each.side}' if each.side else ''}",
            f"{each.held_s:.1f} s",
            f"{each.done:g} of {each.asked:g}",
            f"{each.asked_s:g} s",
        ]
        for each in document.stretches
    ]
    paper.table(columns, rows)


def _angles(paper: Paper, document: ResultDocument, steps: Steps) -> None:
    tables = angle_tables(document, steps)
    if not tables:
        return
    paper.heading("Angles")
    paper.text(angles_words(document), SMALL_PT, SOFT)
    for table in tables:
        paper.gap(0.08)
        paper.need(1.2)
        paper.text(table.name, bold=True)
        paper.gap(0.05)
        paper.table(*_angle_table(table))
        if table.sides:
            rows = [[e.words, e.left, e.right, e.difference, e.says] for e in table.sides]
            paper.table(SIDE_COLUMNS, rows)


def _angle_table(table: AngleTable) -> tuple[list[Column], list[list[str]]]:
    share = min(0.14, 0.60 / (len(table.holds) + 1))
    columns = [Column("Measure", 1.0 - share * (len(table.holds) + 1), is_number=False)]
    columns += [Column(f"Hold {hold}", share) for hold in table.holds]
    columns.append(Column("Detectable", share))
    return columns, [[row.words, *map(_cell, row.cells), row.detectable] for row in table.rows]


def _cell(cell: AngleCell) -> str:
    best = f"(best {cell.best})" if cell.best else ""
    return " ".join(words for words in (cell.median, best, cell.sides) if words)


def _panels(paper: Paper, document: ResultDocument, steps: Steps) -> None:
    groups = [
        group for group in groups_of(document, steps, ends_of(document, steps)) if group.panels
    ]
    if not groups or document.source.frames == 1:
        return
    paper.heading("Over time")
    paper.text(PANELS_WORDS, SMALL_PT, SOFT)
    for group in groups:
        paper.need(2.0)
        paper.gap(0.08)
        paper.text(group.name, bold=True)
        draw = [
            (
                capitalised(panel.words),
                _plain(partial(draw_panel, panel=panel, ends_s=group.ends_s, size=NARROW)),
            )
            for panel in group.panels
        ]
        paper.charts(draw, 1.0, 2)


def _plain(draw: Callable[["Axes"], None]) -> Callable[["Axes"], None]:
    """A chart in the look of all charts."""

    def fill(axes: "Axes") -> None:
        plain(axes)
        draw(axes)

    return fill
