"""Rows of the history: written from a session's document, read again, and rescued from a damaged file.

Odd values in a document are left out. What can still be read of a damaged history is taken into a new one.
"""

import json
import math
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from backstretch.errors import ODD, InputError
from backstretch.history.database import beside
from backstretch.history.practice import PractisedHold, PractisedSession
from backstretch.history.profile import profile_key
from backstretch.kinematics.view import View

LIVE, ANALYZED = "live", "analyze"
SITTING = (
    "id, profile, began, kind, title, valid_s, wrong_s, unseen_s, pain, soreness, number, note"
)
HOLD = "hold.id, sitting, began, pose, side, hold.valid_s, complete, azimuth_deg, elevation_deg"
INSERT_HOLD = """INSERT INTO hold (sitting, pose, side, valid_s, complete, azimuth_deg, elevation_deg)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
NO_MEASURES: Mapping[str, tuple[float, str]] = {}
RECENT = 64
"""Size of the caches of times and views: those of one session's holds come in a row."""
PERSON = "person"
"""Key of a document: whose it was when it was saved."""
TOTALS = ("valid_s", "wrong_s", "unseen_s")
SESSIONS = "SELECT id, document, began, profile, kind, title, record, pain, soreness{} FROM sitting ORDER BY id"
NUMBERED = ", number, note"
"""Columns that a history older than version 4 does not have."""
ASKED = """SELECT document FROM sitting WHERE id IN (SELECT sitting FROM hold WHERE pose = ?)
    AND json_valid(document)
    AND (json_extract(document, '$.pose') IS NOT NULL OR json_extract(document, '$.title') != '')"""
"""Sessions in which a stretch or a set was asked for, with a hold of a pose."""
DELETED = "SELECT record FROM forgotten ORDER BY record"
PEOPLE = "SELECT key, last FROM person ORDER BY key"
NUMBER_GIVEN = """INSERT INTO person VALUES (?, ?)
    ON CONFLICT (key) DO UPDATE SET last = max(last, excluded.last)"""


@dataclass(frozen=True)
class Entry:
    """One session to be saved.

    Attributes:
        document: As result.json.
        began: When, with the offset of the place.
        kind: `LIVE` or `ANALYZED`.
        profile: Whose it is; empty for the one person who never said a name.
        title: What was done, in words.
        record: By which the session is known again: the name of a live session's folder, or a hash of a
            recording; empty where it is not.
        pain, soreness, note: As in `PractisedSession`.
        number: As there; 0 for the next one of this person.
    """

    document: Mapping[str, Any]
    began: datetime
    kind: str
    profile: str = ""
    title: str = ""
    record: str = ""
    pain: bool = False
    soreness: int | None = None
    number: int = 0
    note: str = ""


def give_number(db: sqlite3.Connection, profile: str, number: int = 0) -> int:
    """The next number of a person's sessions, or this ``number`` where it is one; it is not given again."""
    key = profile_key(profile)
    if number <= 0:
        number = 1 + last_number(db, key)
    db.execute(NUMBER_GIVEN, (key, number))
    return number


def last_number(db: sqlite3.Connection, key: str) -> int:
    """The last number that the person of a key (`profile_key`) got; 0 for none."""
    row = db.execute("SELECT last FROM person WHERE key = ?", (key,)).fetchone()
    return int(row[0]) if row else 0


def keep(db: sqlite3.Connection, entry: Entry, number: int | None = None) -> int:
    """Write one session and its holds; one whose ``record`` is known is not written twice.

    Args:
        db: In a transaction.
        entry: The session.
        number: Its number, if it has one; it gets another one if that is in use.

    Returns:
        Its number.
    """
    row = _row(entry)
    known = record_number(db, entry.record)
    if known is not None:
        return known
    is_used = db.execute("SELECT 1 FROM sitting WHERE id = ?", (number,)).fetchone()
    row["id"] = None if is_used else number
    row["number"] = give_number(db, row["profile"], entry.number)
    names, marks = ", ".join(row), ", ".join("?" for _ in row)
    query = f"INSERT INTO sitting ({names}) VALUES ({marks})"  # noqa: S608
    number = int(db.execute(query, tuple(row.values())).lastrowid or 0)
    _write_holds(db, number, entry.document)
    return number


def record_number(db: sqlite3.Connection, record: str) -> int | None:
    """The number of the session with this ``record``; None if there is none."""
    stored = storable(record) or None
    row = db.execute("SELECT id FROM sitting WHERE record = ?", (stored,)).fetchone()
    return int(row[0]) if row else None


def number_of_any(db: sqlite3.Connection, records: Iterable[str]) -> int | None:
    """The number of the session that is known by one of these; None if there is none."""
    numbers = (record_number(db, record) for record in records)
    return next((number for number in numbers if number is not None), None)


def figures_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a recording showed, as it is stored, and without where it lies and whose it is."""
    stored = document_of(0, json.dumps(document))
    return {key: value for key, value in stored.items() if key not in {"source", PERSON}}


def with_owner(document: dict[str, Any], profile: str) -> dict[str, Any]:
    """A document that names a person with whose it is now: sessions change hands."""
    if PERSON not in document:
        return document
    others = {key: value for key, value in document.items() if key != PERSON}
    name = " ".join(profile.split())
    return {**others, PERSON: name} if name else others


def sitting_of(row: tuple[Any, ...]) -> PractisedSession:
    """The session of a row of `SITTING`.

    Raises:
        InputError: The row is odd.
    """
    number, profile, began, kind, title, valid_s, wrong_s, unseen_s, pain, soreness, *own = row
    try:
        seconds = float(valid_s), float(wrong_s), float(unseen_s)
        return PractisedSession(
            number, profile, time_of(began), kind, title, *seconds, bool(pain), soreness, *own
        )
    except ODD as error:
        raise _odd(number) from error


def hold_of(
    row: tuple[Any, ...], reaches: Mapping[int, dict[str, tuple[float, str]]]
) -> PractisedHold:
    """The hold of a row of `HOLD`, with its measures by the hold's number.

    Raises:
        InputError: The row is odd.
    """
    number, sitting, began, pose, side, valid_s, complete, azimuth, elevation = row
    try:
        view = _view(azimuth, elevation)
        values = time_of(began), pose, side, float(valid_s), bool(complete), view
    except ODD as error:
        raise _odd(sitting) from error
    return PractisedHold(sitting, *values, reaches.get(number, NO_MEASURES))


def reaches_of(
    db: sqlite3.Connection, pose: str | None, labels: Collection[str] | None
) -> dict[int, dict[str, tuple[float, str]]]:
    """The measures of holds, by the hold's number; those of a pose, and with these labels, unless None."""
    conditions: list[tuple[str, tuple[str, ...]]] = []
    if pose is not None:
        conditions.append(("pose = ?", (pose,)))
    if labels is not None:
        conditions.append((f"label IN ({', '.join('?' * len(labels))})", tuple(labels)))
    where = f"WHERE {' AND '.join(words for words, _ in conditions)}" if conditions else ""
    values = tuple(value for _, group in conditions for value in group)
    query = f"SELECT reach.hold, label, value, unit FROM reach JOIN hold ON hold.id = reach.hold {where}"  # noqa: S608
    reaches: dict[int, dict[str, tuple[float, str]]] = {}
    for number, label, value, unit in db.execute(query, values):
        reaches.setdefault(number, {})[label] = (value, unit)
    return reaches


def document_of(number: int, text: str) -> dict[str, Any]:
    """A session's document; numbers that are not finite become None.

    Raises:
        InputError: It is none.
    """
    try:
        document = json.loads(text, parse_constant=_nothing)
    except ODD as error:
        raise _odd(number) from error
    if not isinstance(document, dict):
        raise _odd(number)
    return document


@lru_cache(RECENT)
def time_of(text: str) -> datetime:
    """An ISO time with its offset.

    Raises:
        ValueError, TypeError: It is none.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def storable(text: str) -> str:
    """Text without the halves of characters that a file's name may hold and UTF-8 cannot."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def asked_last(
    db: sqlite3.Connection, poses: Iterable[str], where: str, who: tuple[str, ...]
) -> dict[str, tuple[float, int]]:
    """What was last asked for of each pose in the sessions of a condition; see `_asked_in`."""
    query = f"{ASKED} AND {where.removeprefix('WHERE ')} ORDER BY epoch_s DESC LIMIT 1"
    rows = {pose: db.execute(query, (pose, *who)).fetchone() for pose in poses}
    found = {pose: _asked_in(row[0], pose) for pose, row in rows.items() if row}
    return {pose: asked for pose, asked in found.items() if asked}


def _asked_in(text: str, pose: str) -> tuple[float, int] | None:
    """Seconds of a hold and holds a side that a document says were asked for of a pose; None without."""
    stretches = document_of(0, text).get("stretches")
    for each in stretches if isinstance(stretches, list) else ():
        if isinstance(each, dict) and each.get("pose") == pose:
            seconds, times = finite(each.get("asked_s")), finite(each.get("asked"))
            if seconds and times and seconds > 0.0 and times >= 1.0:
                return seconds, round(times)
    return None


def holds_in(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A document's holds, without what is none."""
    holds = document.get("holds")
    return [each for each in holds if isinstance(each, dict)] if isinstance(holds, list) else []


def finite(value: Any) -> float | None:
    """The value if it is a finite number, else None."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "profile": storable(entry.profile),
        "began": entry.began.isoformat(),
        "epoch_s": entry.began.timestamp(),
        "kind": storable(entry.kind),
        "title": storable(entry.title),
        "record": storable(entry.record) or None,
        **{name: _total_s(entry.document, name) for name in TOTALS},
        "pain": entry.pain,
        "soreness": entry.soreness,
        "note": storable(entry.note),
        "document": json.dumps(entry.document),
    }


def _total_s(document: Mapping[str, Any], name: str) -> float:
    """A total of the document; if it has none, the sum over its holds."""
    total_s = _seconds(_part(document, "totals").get(name))
    if total_s is None:
        return sum(_seconds(hold.get(name)) or 0.0 for hold in holds_in(document))
    return total_s


def _seconds(value: Any) -> float | None:
    """The value if it can be a span of time, else None."""
    number = finite(value)
    return number if number is not None and number >= 0.0 else None


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = document.get(name)
    return part if isinstance(part, dict) else {}


def _write_holds(db: sqlite3.Connection, sitting: int, document: Mapping[str, Any]) -> None:
    """Write the holds whose pose and seconds are known."""
    view = [finite(_part(document, "view").get(name)) for name in ("azimuth_deg", "elevation_deg")]
    for hold in holds_in(document):
        pose, valid_s = hold.get("pose"), _seconds(hold.get("valid_s"))
        if not isinstance(pose, str) or valid_s is None:
            continue
        values = (sitting, storable(pose), _text(hold.get("side")), valid_s)
        number = db.execute(INSERT_HOLD, (*values, hold.get("complete") is True, *view)).lastrowid
        reaches = [(number, *each) for each in _reaches(hold)]
        db.executemany("INSERT OR IGNORE INTO reach VALUES (?, ?, ?, ?)", reaches)


@lru_cache(RECENT)
def _view(azimuth_deg: Any, elevation_deg: Any) -> View | None:
    azimuth, elevation = finite(azimuth_deg), finite(elevation_deg)
    return None if azimuth is None or elevation is None else View(azimuth, elevation)


def _reaches(hold: Mapping[str, Any]) -> Iterator[tuple[str, float, str]]:
    """Label, value and unit of the measures that have a best value (more or less of them means range)."""
    for label, entry in _part(hold, "measures").items():
        if isinstance(entry, dict):
            best, unit = finite(entry.get("best")), _text(entry.get("unit"))
            if best is not None and unit is not None:
                yield storable(label), best, unit


def _text(value: Any) -> str | None:
    return storable(value) if isinstance(value, str) else None


def _nothing(_: str) -> None:
    """What stands in for a number that is not finite."""


def _odd(number: int) -> InputError:
    words = f"session {number} of the history cannot be read"
    return InputError(f"{words}; to delete it: backstretch history delete --id {number}")


def salvage(damaged: Path, db: sqlite3.Connection) -> int:
    """Copy what can be read of a damaged history: its sessions, with their numbers, and its deletions.

    Holds are read from the sessions' documents. Nothing is written into the damaged file.

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
        people = _rows(source, PEOPLE)
        are_whole = (str, int)
        db.executemany(NUMBER_GIVEN, (row for row in people if tuple(map(type, row)) == are_whole))
        columns = NUMBERED if _is_numbered(source) else ""
        return sum(1 for _ in _take_over(_rows(source, SESSIONS.format(columns)), db))


def _is_numbered(source: sqlite3.Connection) -> bool:
    """Whether each person's sessions have numbers of their own."""
    with suppress(sqlite3.DatabaseError):
        source.execute(f"SELECT id{NUMBERED} FROM sitting LIMIT 0")  # noqa: S608
        return True
    return False


def _take_over(rows: Iterable[tuple[Any, ...]], db: sqlite3.Connection) -> Iterator[int]:
    """Write the sessions, and yield the number of each."""
    copied: set[int] = set()
    for number, document, *columns in rows:
        if number in copied:
            continue
        with suppress(InputError, *ODD):
            keep(db, _entry(document_of(number, document), *columns), number)
            copied.add(number)
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
    """The rows before and after the damaged part, read from both ends; a row may come twice."""
    for order in ("ASC", "DESC"):
        try:
            yield from source.execute(f"{query} {order}")
        except sqlite3.DatabaseError:
            continue
        else:
            return


def _entry(document: dict[str, Any], began: str, *columns: Any) -> Entry:
    profile, kind, title, record, pain, soreness, *own = columns
    number, note = own or (0, "")
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
        number=number if isinstance(number, int) else 0,
        note=str(note),
    )
