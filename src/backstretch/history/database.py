"""The history's database file: its tables, its versions, and how it is opened.

An older file is brought up to date; a newer one is left untouched; a damaged one is put aside, so that
nothing in it is lost.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from backstretch.errors import InputError
from backstretch.files import free_path, make_private, open_private
from backstretch.history.profile import profile_key

WAIT_S = 5.0
"""How long to wait for another process that is writing."""
RETRY_S = 0.05
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
BROKEN_TEXT = "Could not decode to UTF-8"
"""What Python's own error, which has no code, begins with."""
NO_FILE_BESIDE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
LOG = ("-wal", "-shm")
"""Endings of the write-ahead log and of its index."""
DAMAGED = ".damaged-"
ASIDE = "%Y-%m-%dT%H-%M-%S"
"""Format of the time after `DAMAGED` in the name of a history that was moved aside."""
TABLES = "SELECT 1 FROM sitting, hold, reach, forgotten, person LIMIT 0"
Identity = tuple[int, int]
"""Device and number of a file: what stays when another one is put in its place."""
MIGRATIONS = (
    """
    CREATE TABLE sitting (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        profile TEXT NOT NULL,
        began TEXT NOT NULL,
        epoch_s REAL NOT NULL,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        record TEXT UNIQUE,
        valid_s REAL NOT NULL,
        wrong_s REAL NOT NULL,
        unseen_s REAL NOT NULL,
        pain INTEGER NOT NULL,
        soreness INTEGER,
        document TEXT NOT NULL
    );
    CREATE INDEX sitting_by_time ON sitting (epoch_s);
    CREATE TABLE hold (
        id INTEGER PRIMARY KEY,
        sitting INTEGER NOT NULL REFERENCES sitting (id) ON DELETE CASCADE,
        pose TEXT NOT NULL,
        side TEXT,
        valid_s REAL NOT NULL,
        complete INTEGER NOT NULL,
        azimuth_deg REAL
    );
    CREATE INDEX hold_by_sitting ON hold (sitting);
    CREATE INDEX hold_by_pose ON hold (pose);
    CREATE TABLE reach (
        hold INTEGER NOT NULL REFERENCES hold (id) ON DELETE CASCADE,
        label TEXT NOT NULL,
        value REAL NOT NULL,
        unit TEXT NOT NULL,
        PRIMARY KEY (hold, label)
    ) WITHOUT ROWID;
    CREATE TABLE forgotten (record TEXT PRIMARY KEY) WITHOUT ROWID;
    """,
    """
    ALTER TABLE hold ADD COLUMN elevation_deg REAL;
    UPDATE hold SET elevation_deg = (
        SELECT CASE WHEN json_valid(document) THEN json_extract(document, '$.view.elevation_deg') END
        FROM sitting WHERE sitting.id = hold.sitting
    );
    """,
    """
    UPDATE reach SET value = 1.5 * value WHERE label GLOB 'head_roll_rel*';
    """,
    """
    ALTER TABLE sitting ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sitting ADD COLUMN note TEXT NOT NULL DEFAULT '';
    UPDATE sitting SET number = id;
    UPDATE sitting SET number = ranked.number FROM (
        SELECT id, row_number() OVER (PARTITION BY profile_key(profile) ORDER BY id) AS number FROM sitting
    ) AS ranked
    WHERE ranked.id = sitting.id AND (SELECT count(DISTINCT profile_key(profile)) FROM sitting) > 1;
    CREATE TABLE person (key TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
    INSERT INTO person SELECT profile_key(profile), max(number) FROM sitting GROUP BY 1;
    CREATE INDEX sitting_by_profile ON sitting (profile);
    """,
)
"""Each turns version n into n + 1; a database's version is its ``user_version``.

``epoch_s`` orders sessions whatever the place and the time of the year; ``began`` keeps the local time with
its offset. ``record`` is the folder of a live session, null for others; ``forgotten`` holds those that were
deleted. Tilts of the head were the detector's until version 2, two thirds of the true ones; see
`vision.head_line`. Since version 4 the sessions of each person have numbers of their own, ``number``; who was
alone until then keeps those that were printed. ``person`` holds the last number that anybody got, by
`profile.profile_key`, so that none is given twice.
"""


def may_write(path: Path) -> bool:
    """Whether the history may be written, its folder included; the file is made where it is missing.

    Raises:
        OSError: There is none and it cannot be made, or it is no file.
    """
    try:
        make_private(path.parent)
        with open(path, "ab", opener=open_private):
            pass
    except OSError:
        if not path.is_file():
            raise
        return False
    return os.access(path.parent, os.W_OK)


def identity_of(path: Path) -> Identity:
    """The identity of the file that a path leads to now.

    Raises:
        OSError: There is none.
    """
    status = path.stat()
    return status.st_dev, status.st_ino


@dataclass(frozen=True)
class DatabaseFile:
    """The history's file at the moment it was opened.

    Attributes:
        path: Where it is.
        is_writable: Whether it may be written, its folder included.
        identity: Which file it is.
    """

    path: Path
    is_writable: bool
    identity: Identity

    @classmethod
    def at(cls, path: Path) -> Self:
        """The file at a path; it is made where it is missing.

        Raises:
            OSError: There is none and it cannot be made, or it is no file.
        """
        return cls(path, may_write(path), identity_of(path))

    def is_moved(self) -> bool:
        """Whether the path no longer leads to the file that was found."""
        return not self.path.exists() or identity_of(self.path) != self.identity


def connect(path: Path, *, is_writable: bool) -> sqlite3.Connection:
    """Open the history; one of an older version that may be written is brought to this version.

    Raises:
        InputError: It is of a newer version, or of an older one and may not be written.
        OSError, sqlite3.DatabaseError: It cannot be used.
    """
    with closing(_connect_untouched(path)) as db:
        _refuse_newer(path, version_of(db))
    return _connect_writable(path) if is_writable else _connect_readable(path)


def is_damage(error: Exception) -> bool:
    """Whether an error means that the database is damaged."""
    return _code(error) in BROKEN or str(error).startswith(BROKEN_TEXT)


def input_error(path: Path, error: Exception) -> InputError:
    """An error of the disk or the database as one line for the user."""
    if isinstance(error, OSError):
        words = f"cannot be used ({error.strerror or error})"
    elif _code(error) in BUSY:
        words = "is in use by another backstretch; try again when that one has finished"
    elif is_damage(error):
        words = "is damaged and cannot be put aside; make the file and its folder writable"
    else:
        words = f"cannot be used ({error}); nothing was overwritten"
    return InputError(f"{path}: {words}")


@contextmanager
def translating_errors(path: Path) -> Iterator[None]:
    """Turn errors of the disk and the database into one-line errors.

    Raises:
        InputError: There was one.
    """
    try:
        yield
    except (OSError, sqlite3.DatabaseError) as error:
        raise input_error(path, error) from error


@contextmanager
def successor(path: Path) -> Iterator[Path]:
    """A temporary file for a history that will replace another; deleted at the end if still there.

    Raises:
        OSError: Nothing can be written there.
    """
    new = beside(path, f"{DAMAGED}new-{os.getpid()}")
    try:
        may_write(new)
        yield new
    finally:
        for ending in ("", *LOG):
            beside(new, ending).unlink(missing_ok=True)


def put_aside(damaged: DatabaseFile, new: Path, now: datetime) -> Path | None:
    """Keep a damaged history, with its log, under another name, and put a new one in its place.

    Returns:
        Where it is; None where another process was quicker, or there is no file any more.

    Raises:
        OSError: They cannot be moved.
    """
    if damaged.is_moved():
        return None
    path = damaged.path
    aside = free_path(beside(path, DAMAGED + now.strftime(ASIDE)))
    for ending in LOG:  # it must not meet a new history
        with suppress(FileNotFoundError):
            beside(path, ending).rename(beside(aside, ending))
    try:
        aside.hardlink_to(path)  # at no moment is there no history
    except OSError:
        path.rename(aside)
    new.replace(path)
    return aside


def beside(path: Path, ending: str) -> Path:
    """The file that SQLite keeps beside a database under its name and an ending."""
    return path.with_name(path.name + ending)


def _connect_writable(path: Path) -> sqlite3.Connection:
    db = _connect(path, "mode=rwc")
    with _closing_on_error(db):
        _write_ahead(db)
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        migrate(db)
        _refuse_newer(path, version_of(db))
        # Not before: a step that makes a table anew would delete what refers to the old one.
        db.execute("PRAGMA foreign_keys = ON")
        db.execute(TABLES)
    return db


def _connect_readable(path: Path) -> sqlite3.Connection:
    db = _connect_read_only(path)
    with _closing_on_error(db):
        if version_of(db) < newest():
            words = (
                "is of an older backstretch; make the file writable, so that it can be converted"
            )
            raise InputError(f"{path}: {words}")
        db.execute(TABLES)
    return db


def _connect_untouched(path: Path) -> sqlite3.Connection:
    """A connection that leaves the file and its write-ahead log as they are.

    One that may write moves a left-over log into the file, also one of a newer backstretch.
    """
    if beside(path, "-wal").exists():
        return _connect_read_only(path)
    return _connect(path, "immutable=1")  # else there would be an empty log afterwards


def _connect_read_only(path: Path) -> sqlite3.Connection:
    db = _connect(path, "mode=ro")
    with _closing_on_error(db):
        try:
            version_of(db)
        except sqlite3.OperationalError as error:
            # SQLite reads a log with a file beside it, which it cannot make in such a folder.
            if _code(error) not in NO_FILE_BESIDE or os.access(path.parent, os.W_OK):
                raise
        else:
            return db
    db.close()
    return _connect(path, "immutable=1")


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    target = f"{path.absolute().as_uri()}?{mode}"
    return sqlite3.connect(target, uri=True, timeout=WAIT_S, isolation_level=None)


@contextmanager
def _closing_on_error(db: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        db.close()
        raise


def _refuse_newer(path: Path, version: int) -> None:
    if version > newest():
        words = f"was written by a newer backstretch (history version {version}); update your backstretch"
        raise InputError(f"{path}: {words}")


def _write_ahead(db: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; SQLite does not wait by itself where two processes do so at once."""
    until_s = time.monotonic() + WAIT_S
    db.execute("PRAGMA busy_timeout = 0")
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if _code(error) not in BUSY or time.monotonic() >= until_s:
                raise
            time.sleep(RETRY_S)
        else:
            break
    db.execute(f"PRAGMA busy_timeout = {round(WAIT_S * 1000)}")


def _code(error: Exception) -> int:
    """SQLite's primary error code, -1 where there is none."""
    code: int = getattr(error, "sqlite_errorcode", -1)
    return code & 0xFF if code >= 0 else code


def newest() -> int:
    """The version that this backstretch writes."""
    return len(MIGRATIONS)


def version_of(connection: sqlite3.Connection) -> int:
    """The version of a database; 0 for an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to this version, each step whole or not at all.

    Two processes may do this at once: the version is read again under the lock.
    """
    connection.create_function("profile_key", 1, lambda name: profile_key(str(name)))
    while version_of(connection) < newest():
        with transaction(connection):
            _step(connection)


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """A transaction: everything written in it is committed, or nothing.

    Raises:
        sqlite3.DatabaseError: It cannot be committed.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
    except BaseException:
        if db.in_transaction:  # SQLite itself goes back on a full disk
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _step(connection: sqlite3.Connection) -> None:
    version = version_of(connection)
    if version < newest():  # else another process was quicker
        for statement in MIGRATIONS[version].split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version + 1}")
