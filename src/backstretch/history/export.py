"""The history as a file for other programs: a table of holds, or all that is known."""

import json
from enum import StrEnum
from typing import Any

from backstretch.formats.hold_table import hold_sheet
from backstretch.formats.spreadsheets import Cell, Heading, Sheet, csv_text, workbook
from backstretch.history.history import History
from backstretch.history.practice import PractisedSession
from backstretch.history.profile import YOU, whose

Entries = list[tuple[PractisedSession, dict[str, Any]]]
"""Sessions, each with its document."""


class ExportFormat(StrEnum):
    """Formats in which the history can be exported."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


def exported(history: History, profile: str | None, file_format: ExportFormat) -> bytes:
    """The sessions of one person, or of everybody (None), oldest first.

    Raises:
        InputError: The history cannot be read.
    """
    sittings = history.sittings(profile)[::-1]
    entries = [(each, history.document(each.id)) for each in sittings]
    if file_format is ExportFormat.XLSX:
        return workbook(_sheet(entries))
    text = _json(entries) if file_format is ExportFormat.JSON else csv_text(_sheet(entries))
    return text.encode(errors="backslashreplace")


def _sheet(entries: Entries) -> Sheet:
    """The table of holds, with whose, when, and what was noted."""
    headings = [
        Heading("person", f"whose session it is; {YOU} where no name was given"),
        Heading("date", "day of the session, where it was"),
        Heading("time", "when it began, where it was"),
        Heading("session", "number of the session in the database"),
        Heading("number", "number of the session among this person's"),
        Heading("kind", "live, or analyze for a recording"),
        Heading("title", "what was done"),
        Heading("began", "when it began, with the offset of the place (ISO 8601)"),
        Heading("profile", "the name that was given; empty without one"),
        Heading("pain", "whether the session was stopped with pain"),
        Heading(
            "soreness", "how sore the person was before it, 0 to 10; empty where it was not asked"
        ),
        Heading("note", "what was noted on it"),
    ]
    return hold_sheet(headings, [(_about(session), document) for session, document in entries])


def _about(session: "PractisedSession") -> list[Cell]:
    """The cells of a session's headings."""
    began = session.began
    return [
        whose(session.profile),
        began.date(),
        began.time().replace(microsecond=0),
        session.id,
        session.number,
        session.kind,
        session.title,
        began.isoformat(),
        session.profile,
        session.pain,
        session.soreness,
        session.note,
    ]


def _json(entries: Entries) -> str:
    documents = [
        {**vars(session), "began": session.began.isoformat(), "result": document}
        for session, document in entries
    ]
    return json.dumps(documents, indent=2, ensure_ascii=False) + "\n"
