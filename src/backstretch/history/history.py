"""The history: every saved session, in one SQLite database that only its owner may read."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from backstretch.errors import ODD, InputError
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
from backstretch.history.live_folders import live_entry
from backstretch.history.people import (
    Person,
    give_note,
    known_keys,
    people_of,
    rename,
    reown,
    session_of,
    spelling,
)
from backstretch.history.practice import PractisedHold, PractisedSession
from backstretch.history.profile import profile_key
from backstretch.history.rows import (
    ANALYZED,
    HOLD,
    LIVE,
    SITTING,
    Entry,
    asked_last,
    document_of,
    figures_of,
    hold_of,
    keep,
    number_of_any,
    reaches_of,
    salvage,
    sitting_of,
    storable,
    with_owner,
)

__all__ = ["ANALYZED", "LIVE", "Added", "DamagedHistoryError", "Entry", "History", "How"]


class How(Enum):
    """What became of a session that was to be saved."""

    NEW = auto()
    REPLACED = auto()
    """An earlier session of the same recording had another result."""
    KNOWN = auto()
    """An earlier session of the same recording has the same result."""


@dataclass(frozen=True)
class Added:
    """A session that was to be saved.

    Attributes:
        id: Its number in the database.
        number: Its number among this person's sessions.
        how: What became of it.
    """

    id: int
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

    def add_or_replace(
        self, entry: Entry, *, records: Collection[str] = (), is_dated: bool = False
    ) -> Added:
        """Save one session, in place of one of the same recording if that has another result.

        Args:
            entry: The session.
            records: What the same recording of the same person may be known by, besides its ``record``.
            is_dated: Whether somebody has said when it was; then one with another date is replaced as well.

        Raises:
            InputError: The database cannot be written.
        """
        with self._writing() as db:
            known = number_of_any(db, (entry.record, *records))
            if known is None:
                return self._added(keep(db, entry), How.NEW)
            with suppress(InputError):  # an odd document is replaced
                is_same = figures_of(self.document(known)) == figures_of(entry.document)
                if is_same and not (is_dated and self.sitting(known).began != entry.began):
                    return self._added(known, How.KNOWN)
            number, note, record = self._one("number, note, record", known)
            db.execute("DELETE FROM sitting WHERE id = ?", (known,))
            anew = replace(entry, number=number, note=str(note), record=record)
            return self._added(keep(db, anew, known), How.REPLACED)

    def _added(self, known: int, how: How) -> Added:
        (number,) = self._one("number", known)
        return Added(known, number, how)

    def sittings(
        self, profile: str | None = None, limit: int | None = None
    ) -> list[PractisedSession]:
        """The sessions, newest first; of everybody where ``profile`` is None, of `YOU` where it is empty."""
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
        text, profile = self._one("document, profile", number)
        return with_owner(document_of(number, text), profile)

    def find(self, profile: str, number: int) -> int:
        """The number in the database of one of a person's sessions.

        Raises:
            InputError: This person has none of that number; those who do are named, and never meant.
        """
        with self._translating_errors():
            return session_of(self._db, profile, number)

    def _one(self, columns: str, number: int) -> tuple[Any, ...]:
        with self._translating_errors(), suppress(OverflowError):  # SQLite's numbers end somewhere
            query = f"SELECT {columns} FROM sitting WHERE id = ?"  # noqa: S608
            row: tuple[Any, ...] | None = self._db.execute(query, (number,)).fetchone()
            if row:
                return row
        words = "to list them, with these numbers: backstretch history export --everyone"
        raise InputError(f"there is no session {number} in the database; {words}")

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
            reaches = reaches_of(self._db, pose, labels)
            rows = self._db.execute(query, values)
            return [hold_of(row, reaches) for row in rows]

    def asked(self, profile: str, poses: Iterable[str]) -> dict[str, tuple[float, int]]:
        """Seconds of a hold and holds a side that a person was last asked for, of the poses that were."""
        where, who = self._whose(profile)
        with self._translating_errors():
            return asked_last(self._db, poses, where, who)

    def people(self) -> list[Person]:
        """Whose sessions there are, in the order of their names; `YOU` first."""
        with self._translating_errors():
            return people_of(self._db)

    def spelling(self, profile: str) -> str:
        """A person's name as their sessions have it; as given where there are none."""
        with self._translating_errors():
            return spelling(self._db, profile)

    def known_keys(self) -> list[str]:
        """The keys of all who ever had a session here, under any name."""
        with self._translating_errors():
            return known_keys(self._db)

    def note(self, number: int, text: str) -> None:
        """Write a note on a session, in place of the one before; empty for none.

        Raises:
            InputError: There is none of that number, or the database cannot be written.
        """
        self.check(number)
        with self._writing() as db:
            give_note(db, number, text)

    def move(self, numbers: Collection[int], profile: str) -> list[int]:
        """Give sessions to another person, all or none.

        Returns:
            Their numbers among that person's sessions.

        Raises:
            InputError: There is none of a number, that person has the same recording, or it cannot be written.
        """
        self.check(*numbers)
        with self._writing() as db:
            return [reown(db, number, profile) for number in numbers]

    def rename(self, profile: str, name: str) -> int:
        """Give a person another name; their sessions keep their numbers.

        Returns:
            How many sessions there are.

        Raises:
            InputError: There are sessions of that name already, or it cannot be written.
        """
        with self._writing() as db:
            return rename(db, profile, name)

    def owners(self) -> dict[str, str]:
        """Whose each live session is now, by the name of its folder."""
        with self._translating_errors():
            query = "SELECT record, profile FROM sitting WHERE kind = ? AND record NOT NULL"
            return dict(self._db.execute(query, (LIVE,)))

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
            entry = live_entry(folder, self._now)
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
