"""Spreadsheets: one table, written as CSV and as a workbook (.xlsx) with a page that explains its columns."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from backstretch.files import harmless

Cell = str | float | bool | date | time | None
"""None and an empty text are empty cells: what is not known, never 0."""
WIDEST = 60
"""Characters of the widest column of a workbook; longer texts are cut on the screen, not in the cell."""
WIDTH_OF_ROWS = 200
"""Rows that decide how wide a column is."""
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters that a workbook cannot hold."""


@dataclass(frozen=True)
class Heading:
    """A column.

    Attributes:
        name: Its name, with the unit at its end: ``valid_s``, ``knee_median_deg``.
        about: What it is, in words.
    """

    name: str
    about: str


@dataclass(frozen=True)
class Sheet:
    """A table; each row has a cell for each heading."""

    title: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]


def csv_text(sheet: Sheet) -> str:
    """The table as CSV, dates and times as ISO 8601; no cell can be taken for a formula."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow([each.name for each in sheet.headings])
    rows.writerows([harmless(_plain(cell)) for cell in row] for row in sheet.rows)
    return file.getvalue()


def _plain(cell: Cell) -> Cell:
    return cell.isoformat() if isinstance(cell, date | time) else cell


def workbook(sheet: Sheet) -> bytes:
    """The table as a workbook: its names stay in view, rows can be filtered, and a second page explains it."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    bold = Font(bold=True)
    page = book.create_sheet(sheet.title)
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:{_letters(len(sheet.headings))}{len(sheet.rows) + 1}"
    names = [each.name for each in sheet.headings]
    for index, name in enumerate(names):
        cells = [name, *(str(_text(row[index]) or "") for row in sheet.rows[:WIDTH_OF_ROWS])]
        page.column_dimensions[_letters(index + 1)].width = min(max(map(len, cells)) + 2, WIDEST)
    page.append([_cell(page, name, bold) for name in names])
    for row in sheet.rows:
        page.append([_cell(page, value) for value in row])
    about = book.create_sheet("Columns")
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 34, 100
    about.append([_cell(about, words, bold) for words in ("Column", "What it is")])
    for each in sheet.headings:
        about.append([_cell(about, each.name), _cell(about, each.about)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(page: Any, value: Cell, font: Any = None) -> Any:
    """A cell that holds the value as it is: no text becomes a formula."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, _text(value))
    if isinstance(value, str):
        cell.data_type = "s"
    if font is not None:
        cell.font = font
    return cell


def _text(value: Cell) -> Cell:
    """The value, as far as a workbook can hold it."""
    if not isinstance(value, str):
        return value
    return UNPRINTABLE.sub("", value.encode("utf-8", "backslashreplace").decode("utf-8")) or None


def _letters(number: int) -> str:
    """The letters of a column, counted from 1.

    >>> _letters(1), _letters(28)
    ('A', 'AB')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
