"""The people of a history: who they are, and sessions that change hands.

Each function takes the database; those that write are called in a transaction.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from backstretch.errors import ODD, InputError
from backstretch.history.profile import as_option, profile_key, sessions_of, whose
from backstretch.history.rows import (
    ANALYZED,
    document_of,
    figures_of,
    give_number,
    last_number,
    storable,
    time_of,
)

PEOPLE = """SELECT profile, count(*), sum(valid_s), began, max(epoch_s) FROM sitting
    GROUP BY profile ORDER BY profile"""
RECORDINGS = """SELECT profile, number, record, document FROM sitting
    WHERE kind = ? AND (epoch_s = ? OR record = ?)"""


@dataclass(frozen=True)
class Person:
    """One person of whom there are sessions.

    Attributes:
        profile: The name, as it was first written; empty for `profile.YOU`.
        sessions: How many there are.
        valid_s: Seconds held in all of them.
        last: When the latest one began; None if its date cannot be read.
    """

    profile: str
    sessions: int
    valid_s: float
    last: datetime | None


def people_of(db: sqlite3.Connection) -> list[Person]:
    """Everybody, in the order of their names; of spellings of the same name the first."""
    people: dict[str, Person] = {}
    latest: dict[str, float] = {}
    for profile, count, valid_s, began, epoch_s in db.execute(PEOPLE).fetchall():
        key = profile_key(profile)
        one = people.get(key, Person(profile, 0, 0.0, None))
        is_later = epoch_s > latest.get(key, float("-inf"))
        last = _time(began) if is_later else one.last
        latest[key] = max(epoch_s, latest.get(key, epoch_s))
        people[key] = Person(one.profile, one.sessions + count, one.valid_s + valid_s, last)
    return list(people.values())


def _time(began: str) -> datetime | None:
    try:
        return time_of(began)
    except ODD:
        return None


def session_of(db: sqlite3.Connection, profile: str, number: int) -> int:
    """The number in the database of one of a person's sessions.

    Raises:
        InputError: This person has none of that number; those who do are named, and never meant.
    """
    rows: list[tuple[int, str]] = []
    with suppress(OverflowError):  # SQLite's numbers end somewhere
        query = "SELECT id, profile FROM sitting WHERE number = ? ORDER BY profile"
        rows = db.execute(query, (number,)).fetchall()
    key = profile_key(profile)
    own = [each for each, name in rows if profile_key(name) == key]
    if own:
        return int(own[0])
    text = f"there is no session {number} among {sessions_of(profile)}"
    for _, name in rows:
        verb, option = ("has", as_option(name)) if name else ("have", " leave out --profile")
        text += f"; {whose(name)} {verb} one:{option}"
    raise InputError(f"{text}; to list them: backstretch history{as_option(profile)}")


def known_keys(db: sqlite3.Connection) -> list[str]:
    """The keys (`profile_key`) of all who ever had a session, under any name."""
    return [key for (key,) in db.execute("SELECT key FROM person ORDER BY key")]


def give_note(db: sqlite3.Connection, number: int, text: str) -> None:
    """Write a note on a session."""
    db.execute("UPDATE sitting SET note = ? WHERE id = ?", (storable(text), number))


def moved_record(record: str, key: str) -> str:
    """By what a recording is known that was saved for one person and is another's (``key``) now.

    >>> moved_record(moved_record("recording-1f", "ann"), "ben lee")
    'recording-1f of ben lee'
    """
    return f"{record.partition(' of ')[0]} of {key}"


def reown(db: sqlite3.Connection, number: int, profile: str) -> int:
    """Give a session to another person.

    Returns:
        Its number among that person's sessions; the one that it has if it is theirs already.

    Raises:
        InputError: They have the same recording.
    """
    query = "SELECT profile, number, kind, record FROM sitting WHERE id = ?"
    before, own_number, kind, record = db.execute(query, (number,)).fetchone()
    key = profile_key(profile)
    if profile_key(before) == key:
        return int(own_number)
    if kind == ANALYZED:
        record = moved_record(record, key) if record else None
        twin = _twin(db, number, record, key)
        if twin is not None:
            words = f"among {sessions_of(profile)} already, as session {twin}; delete one of them"
            raise InputError(f"this recording is {words}")
    given = give_number(db, profile)
    row = (storable(spelling(db, profile)), given, record, number)
    db.execute("UPDATE sitting SET profile = ?, number = ?, record = ? WHERE id = ?", row)
    return given


def _twin(db: sqlite3.Connection, number: int, record: str | None, key: str) -> int | None:
    """The number of the same recording among the sessions of the person of a key; None without one."""
    text, epoch_s = db.execute(
        "SELECT document, epoch_s FROM sitting WHERE id = ?", (number,)
    ).fetchone()
    for owner, known, known_as, other in db.execute(RECORDINGS, (ANALYZED, epoch_s, record)):
        is_known = record is not None and known_as == record
        if profile_key(owner) == key and (is_known or _is_same(text, other)):
            return int(known)
    return None


def _is_same(one: str, other: str) -> bool:
    """Whether two documents have the same figures; those that cannot be read are not the same."""
    try:
        return figures_of(document_of(0, one)) == figures_of(document_of(0, other))
    except InputError:
        return False


def spelling(db: sqlite3.Connection, profile: str) -> str:
    """The name as this person's other sessions have it."""
    names = db.execute("SELECT DISTINCT profile FROM sitting ORDER BY profile")
    key = profile_key(profile)
    return next((name for (name,) in names if profile_key(name) == key), profile)


def rename(db: sqlite3.Connection, profile: str, name: str) -> int:
    """Give a person another name; another spelling of the same name as well.

    Returns:
        How many sessions they have.

    Raises:
        InputError: Somebody else has that name.
    """
    old, new = profile_key(profile), profile_key(name)
    own = list(_sessions(db, old))
    if old != new and any(_sessions(db, new)):
        words = "sessions of different people are not put together"
        raise InputError(
            f"there are sessions of {whose(name)} already; {words}, but one by one: backstretch history move"
        )
    for number, record, kind in own:
        known_as = (
            moved_record(record, new) if kind == ANALYZED and record and old != new else record
        )
        row = (storable(name), known_as, number)
        db.execute("UPDATE sitting SET profile = ?, record = ? WHERE id = ?", row)
    if old != new and own:
        give_number(db, name, last_number(db, old))
    return len(own)


def _sessions(db: sqlite3.Connection, key: str) -> Iterator[tuple[int, str | None, str]]:
    """Number in the database, ``record`` and kind of each session of a person."""
    for number, profile, record, kind in db.execute(
        "SELECT id, profile, record, kind FROM sitting"
    ).fetchall():
        if profile_key(profile) == key:
            yield number, record, kind
