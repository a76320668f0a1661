"""Salvage: what can still be read of a damaged history, taken into a new one."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from backstretch.errors import ODD, InputError
from backstretch.history_file import beside
from backstretch.history_rows import Entry, document_of, keep, time_of

SESSIONS = "SELECT id, document, began, profile, kind, title, record, pain, soreness FROM sitting ORDER BY id"
DELETED = "SELECT record FROM forgotten ORDER BY record"


def salvage(damaged: Path, db: sqlite3.Connection) -> int:
    """Take over the sessions, under their numbers, and which ones were deleted.

    Holds are told by the sessions' documents. Nothing is written into the damaged file.

    Args:
        damaged: The file.
        db: The new history, in a transaction.

    Returns:
        How many sessions there were.

    Raises:
        sqlite3.DatabaseError: The new one cannot be written.
    """
    with closing(_reader(damaged)) as source:
        db.executemany("INSERT OR IGNORE INTO forgotten VALUES (?)", _rows(source, DELETED))
        return sum(1 for _ in _taken_over(_rows(source, SESSIONS), db))


def _taken_over(rows: Iterable[tuple[Any, ...]], db: sqlite3.Connection) -> Iterator[int]:
    """The numbers of the sessions, as they are written."""
    seen: set[int] = set()
    for number, document, *told in rows:
        if number in seen:
            continue
        with suppress(InputError, *ODD):
            keep(db, _entry(document_of(number, document), *told), number)
            seen.add(number)
            yield number


def _reader(damaged: Path) -> sqlite3.Connection:
    """A connection that reads on where it can."""
    mode = "mode=ro" if beside(damaged, "-wal").exists() else "immutable=1"
    db = sqlite3.connect(f"{damaged.absolute().as_uri()}?{mode}", uri=True)
    db.text_factory = lambda raw: raw.decode("utf-8", "replace")
    with suppress(sqlite3.DatabaseError):
        db.execute(
            "PRAGMA writable_schema = ON"
        )  # else a file that was cut short is not read at all
    return db


def _rows(source: sqlite3.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """The rows before what cannot be read, and those behind it; all may come twice."""
    for order in ("ASC", "DESC"):
        try:
            yield from source.execute(f"{query} {order}")
        except sqlite3.DatabaseError:
            continue
        else:
            return


def _entry(document: dict[str, Any], began: str, *told: Any) -> Entry:
    profile, kind, title, record, pain, soreness = told
    is_sore = isinstance(soreness, int)
    return Entry(
        document=document,
        began=time_of(began),
        kind=kind,
        profile=profile,
        title=title,
        record=record or "",
        pain=bool(pain),
        soreness=soreness if is_sore else None,
    )
