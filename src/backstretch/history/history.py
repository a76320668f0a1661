"""The history: every saved session, in one SQLite database that only its owner may read."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from backstretch.errors import ODD, InputError
from backstretch.formats.result_files import RESULT
from backstretch.formats.session_log import PastSession, number_of, read_session
from backstretch.history.database import (
    DatabaseFile,
    connect,
    input_error,
    is_damage,
    put_aside,
    successor,
    transaction,
    translating_errors,
)
from backstretch.history.health import RECORD
from backstretch.history.practice import PractisedHold, PractisedSession
from backstretch.history.profile import profile_key
from backstretch.history.rows import (
    ANALYZED,
    HOLD,
    LIVE,
    SITTING,
    TOTALS,
    Entry,
    document_of,
    hold_of,
    holds_in,
    keep,
    record_number,
    salvage,
    sitting_of,
    storable,
)

__all__ = ["ANALYZED", "LIVE", "Added", "DamagedHistoryError", "Entry", "History", "How"]
CUT_OFF_AFTER = timedelta(hours=6)
"""A live session without an end is over after this long; no session lasts half a day."""


class How(Enum):
    """What became of a session that was to be saved."""

    NEW = auto()
    REPLACED = auto()
    """An earlier session of the same recording had another result."""
    KNOWN = auto()
    """An earlier session of the same recording has the same result."""


@dataclass(frozen=True)
class Added:
    """A session that was to be saved: its number, and what became of it."""

    number: int
    how: How


class DamagedHistoryError(InputError):
    """A damaged history was moved aside; the same call can be repeated with the new one.

    Attributes:
        notice: What was done, in one line.
    """

    def __init__(self, notice: str) -> None:
        super().__init__(f"{notice}; run the same command again")
        self.notice = notice


class History:
    """The database of all sessions; a context manager.

    Args:
        path: The file; it is made where it is missing.
        now: The time, with its offset.

    Attributes:
        notices: What the person should know, such as a damaged database that was put aside.

    Raises:
        InputError: It cannot be opened, is of a newer version, or stays locked.
    """

    def __init__(self, path: Path, now: datetime) -> None:
        self.path = path
        self.notices: list[str] = []
        self._now = now
        with translating_errors(path):
            self._file = DatabaseFile.at(path)
            try:
                self._db = self._connect()
            except sqlite3.DatabaseError as error:
                if not (is_damage(error) and self._file.is_writable):
                    raise
                self.notices.append(self._renew())
        if not self._file.is_writable:
            words = "cannot be written to; the latest sessions may be missing here"
            self.notices.append(f"{path}: {words}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()

    def add(self, entry: Entry) -> int:
        """Save one session, completely or not at all; one whose ``record`` is known is not saved twice.

        Returns:
            Its number.

        Raises:
            InputError: The database cannot be written.
        """
        with self._writing() as db:
            return keep(db, entry)

    def add_or_replace(self, entry: Entry, *, is_dated: bool = False) -> Added:
        """Save one session, in place of one with the same ``record`` if that has another result.

        Args:
            entry: The session.
            is_dated: Whether somebody has said when it was; then one with another date is replaced as well.

        Raises:
            InputError: The database cannot be written.
        """
        with self._writing() as db:
            known = record_number(db, entry.record)
            if known is None:
                return Added(keep(db, entry), How.NEW)
            with suppress(InputError):  # an odd document is replaced
                is_same = _figures(self.document(known)) == _figures(entry.document)
                if is_same and not (is_dated and self.sitting(known).began != entry.began):
                    return Added(known, How.KNOWN)
            db.execute("DELETE FROM sitting WHERE id = ?", (known,))
            return Added(keep(db, entry, known), How.REPLACED)

    def sittings(
        self, profile: str | None = None, limit: int | None = None
    ) -> list[PractisedSession]:
        """The sessions, newest first; of everybody where ``profile`` is None."""
        where, who = self._whose(profile)
        query = f"SELECT {SITTING} FROM sitting {where} ORDER BY epoch_s DESC, id DESC LIMIT ?"  # noqa: S608
        with self._translating_errors():
            rows = self._db.execute(query, (*who, -1 if limit is None else limit))
            return [sitting_of(row) for row in rows]

    def hold_counts(
        self, profile: str | None = None, limit: int | None = None
    ) -> dict[int, tuple[int, int]]:
        """How many holds were complete, and how many there were, by the number of each session in `sittings`.

        Sessions in which nothing was held are not in it.
        """
        where, who = self._whose(profile)
        query = f"""SELECT sitting, sum(complete), count(*) FROM hold
            WHERE sitting IN (SELECT id FROM sitting {where} ORDER BY epoch_s DESC, id DESC LIMIT ?)
            GROUP BY sitting"""  # noqa: S608
        with self._translating_errors():
            rows = self._db.execute(query, (*who, -1 if limit is None else limit))
            return {number: (complete, count) for number, complete, count in rows}

    def count(self, profile: str | None = None) -> int:
        """How many sessions there are."""
        where, who = self._whose(profile)
        with self._translating_errors():
            row = self._db.execute(f"SELECT count(*) FROM sitting {where}", who).fetchone()  # noqa: S608
            return int(row[0])

    def check(self, *numbers: int) -> None:
        """Make sure that there are these sessions.

        Raises:
            InputError: There is none of a number.
        """
        for number in numbers:
            self._one("id", number)

    def sitting(self, number: int) -> PractisedSession:
        """One session.

        Raises:
            InputError: There is none of that number, or it cannot be understood.
        """
        return sitting_of(self._one(SITTING, number))

    def document(self, number: int) -> dict[str, Any]:
        """The result.json of one session; numbers that are not finite are None.

        Raises:
            InputError: There is none of that number, or it cannot be understood.
        """
        return document_of(number, *self._one("document", number))

    def _one(self, columns: str, number: int) -> tuple[Any, ...]:
        with self._translating_errors(), suppress(OverflowError):  # SQLite's numbers end somewhere
            query = f"SELECT {columns} FROM sitting WHERE id = ?"  # noqa: S608
            row: tuple[Any, ...] | None = self._db.execute(query, (number,)).fetchone()
            if row:
                return row
        raise InputError(f"there is no session {number}; to list the sessions: backstretch history")

    def holds(
        self,
        profile: str | None = None,
        pose: str | None = None,
        labels: Collection[str] | None = None,
    ) -> list[PractisedHold]:
        """The holds, oldest first; of everybody or of every pose where None.

        Only the measures of these ``labels`` are read, or all if None; reading none is several times as fast.
        """
        where, values = self._whose(profile)
        if pose is not None:
            where += f" {'AND' if where else 'WHERE'} pose = ?"
            values = (*values, pose)
        query = f"""SELECT {HOLD} FROM hold JOIN sitting ON sitting.id = hold.sitting {where}
            ORDER BY epoch_s, sitting, hold.id"""  # noqa: S608
        with self._translating_errors():
            reaches = self._reaches(pose, labels)
            rows = self._db.execute(query, values)
            return [hold_of(row, reaches) for row in rows]

    def _reaches(
        self, pose: str | None, labels: Collection[str] | None
    ) -> dict[int, dict[str, tuple[float, str]]]:
        """The measures of all holds, or those of a pose, by the hold's number."""
        conditions: list[tuple[str, tuple[str, ...]]] = []
        if pose is not None:
            conditions.append(("pose = ?", (pose,)))
        if labels is not None:
            conditions.append((f"label IN ({', '.join('?' * len(labels))})", tuple(labels)))
        where = f"WHERE {' AND '.join(words for words, _ in conditions)}" if conditions else ""
        values = tuple(value for _, group in conditions for value in group)
        query = f"SELECT reach.hold, label, value, unit FROM reach JOIN hold ON hold.id = reach.hold {where}"  # noqa: S608
        reaches: dict[int, dict[str, tuple[float, str]]] = {}
        for number, label, value, unit in self._db.execute(query, values):
            reaches.setdefault(number, {})[label] = (value, unit)
        return reaches

    def profiles(self) -> list[str]:
        """Whose sessions there are, in order; of spellings of the same name the first."""
        names: dict[str, str] = {}
        for name in self._spellings():
            names.setdefault(profile_key(name), name)
        return list(names.values())

    def _spellings(self) -> list[str]:
        with self._translating_errors():
            rows = self._db.execute("SELECT DISTINCT profile FROM sitting ORDER BY profile")
            return [name for (name,) in rows]

    def _whose(self, profile: str | None) -> tuple[str, tuple[str, ...]]:
        """The condition for a profile's sessions, and its values."""
        if profile is None:
            return "", ()
        key = profile_key(profile)
        names = tuple(name for name in self._spellings() if profile_key(name) == key)
        return f"WHERE profile IN ({', '.join('?' * len(names))})", names

    def delete(self, number: int) -> None:
        """Delete a session; a live one is not taken in again from its folder.

        Raises:
            InputError: There is none of that number, or the database cannot be written.
        """
        self.check(number)
        with self._writing() as db:
            db.execute(
                "INSERT OR IGNORE INTO forgotten SELECT record FROM sitting WHERE id = ? AND record NOT NULL",
                (number,),
            )
            db.execute("DELETE FROM sitting WHERE id = ?", (number,))
        with self._translating_errors():
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the log still holds it

    def take_in(self, sessions: Path) -> None:
        """Add the finished live sessions of a folder that are not in the history yet; skip unreadable ones.

        If the history cannot be written, a notice says so and the sessions are added another time.

        Raises:
            InputError: The database cannot be read, or is damaged.
        """
        try:
            folders = {storable(each.name): each for each in sessions.iterdir()}
        except OSError:
            return
        with self._translating_errors():
            query = "SELECT record FROM sitting WHERE record NOT NULL UNION SELECT record FROM forgotten"
            known = {name for (name,) in self._db.execute(query)}
        if not self._file.is_writable:
            return
        try:
            for name in sorted(folders.keys() - known):
                self._take_in(folders[name])
        except DamagedHistoryError:
            raise
        except InputError as error:
            self.notices.append(f"{error}; missing live sessions are added later")

    def _take_in(self, folder: Path) -> None:
        try:
            entry = _entry(folder, self._now)
        except (InputError, *ODD):
            return  # it is no session's folder, or cannot be read
        with suppress(*ODD):  # what can just be read may be nested too deeply to be written
            if entry is not None:
                self.add(entry)

    def _connect(self) -> sqlite3.Connection:
        return connect(self.path, is_writable=self._file.is_writable)

    def _open_again(self) -> None:
        """Open the file that is at the path now."""
        self._file = DatabaseFile.at(self.path)
        self._db = self._connect()

    def _renew(self) -> str:
        """Replace a damaged database, kept aside, by one with all that can be read; returns a notice."""
        with successor(self.path) as new:
            with closing(connect(new, is_writable=True)) as db, transaction(db):
                count = salvage(self.path, db)
            aside = put_aside(self._file, new, self._now)
        self._open_again()
        if aside is None:
            return f"{self.path}: was damaged; another backstretch has just replaced it"
        sessions = "1 session" if count == 1 else f"{count} sessions"
        rescued = f"{sessions} that could still be read" if count else "no sessions"
        words = f"is damaged; it is kept as {aside.name}, and a new history begins with {rescued}"
        return f"{self.path}: {words}"

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction."""
        if not self._file.is_writable:
            raise InputError(
                f"{self.path}: cannot be written to; make it writable, or nothing can be saved"
            )
        with self._translating_errors():
            if self._file.is_moved():  # another process found it damaged
                self._db.close()
                self._open_again()
            with transaction(self._db) as db:
                yield db

    @contextmanager
    def _translating_errors(self) -> Iterator[None]:
        """Turn errors of the disk and the database into one-line errors; move a damaged database aside."""
        try:
            yield
        except OSError as error:
            raise input_error(self.path, error) from error
        except sqlite3.DatabaseError as error:
            if not (is_damage(error) and self._file.is_writable):
                raise input_error(self.path, error) from error
            self._db.close()
            with translating_errors(self.path):
                notice = self._renew()
            raise DamagedHistoryError(notice) from error


def _figures(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a recording showed, as it is stored, and without where it lies."""
    stored = document_of(0, json.dumps(document))
    return {key: value for key, value in stored.items() if key != "source"}


def _entry(folder: Path, now: datetime) -> Entry | None:
    """A live session, read from its folder; None while it may still be running.

    Raises:
        InputError: There is none, or it cannot be read.
        OverflowError, TypeError, ValueError: It was changed by hand.
    """
    past = read_session(folder / RECORD)
    if not past.ended and abs(now - past.began) < CUT_OFF_AFTER:
        return None
    return Entry(
        document=_finished_document(folder) or _rebuild_document(past),
        began=past.began,
        kind=LIVE,
        profile=str(past.about.get("profile") or ""),
        title=str(past.about.get("title") or ""),
        record=folder.name,
        pain=past.pain,
        soreness=past.soreness,
    )


def _finished_document(folder: Path) -> dict[str, Any] | None:
    """A finished session's document; None where there is none, or one that is damaged or odd."""
    try:
        document = json.loads((folder / RESULT).read_bytes())
    except (OSError, *ODD):
        return None
    holds = document.get("holds") if isinstance(document, dict) else None
    is_document = isinstance(holds, list) and len(holds_in(document)) == len(holds)
    return document if is_document else None


def _rebuild_document(past: PastSession) -> dict[str, Any]:
    """The document of a session that was cut off, rebuilt from its log."""
    totals = {name: sum(number_of(hold.get(name)) for hold in past.holds) for name in TOTALS}
    return {"schema": 1, "holds": list(past.holds), "totals": totals, "cut_off": not past.ended}
