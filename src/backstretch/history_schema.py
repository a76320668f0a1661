"""The history's database: its tables, and how an older one becomes a newer one."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

HEAD, VERSION_AT = b"SQLite format 3\0", slice(60, 64)
"""How a database begins, and where in it its ``user_version`` is (SQLite, Database File Format)."""
LOG_HEAD_BYTES, FRAME_HEAD_BYTES = 32, 24
"""In a write-ahead log: its head, and that of each page (the same, The Write-Ahead Log)."""

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
)
"""Each turns version n into n + 1; a database's version is its ``user_version``.

``epoch_s`` orders sessions whatever the place and the time of the year; ``began`` keeps the local time with
its offset. ``record`` is the folder of a live session, null for others; ``forgotten`` holds those that were
deleted.
"""


def newest() -> int:
    """The version that this backstretch writes."""
    return len(MIGRATIONS)


def version_of(connection: sqlite3.Connection) -> int:
    """The version of a database; 0 for an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def version_on_disk(path: Path) -> int:
    """The version that a database's file and its write-ahead log tell; 0 where they tell none.

    Read without SQLite, which would move a left-over log into the database, and so change both.

    Raises:
        OSError: They cannot be read.
    """
    heads = []
    with suppress(FileNotFoundError):
        heads.append(_beginning(path))
        heads += _logged(path.with_name(path.name + "-wal"))
    versions = [int.from_bytes(each[VERSION_AT]) for each in heads if each.startswith(HEAD)]
    return versions[-1] if versions else 0


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to this version, each step whole or not at all.

    Two processes may do this at once: the version is read again under the lock.
    """
    while version_of(connection) < newest():
        with transaction(connection):
            _step(connection)


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """What is written in it is kept whole or not at all.

    Raises:
        sqlite3.DatabaseError: It cannot be kept.
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


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(VERSION_AT.stop)


def _logged(log: Path) -> Iterator[bytes]:
    """How the database begins after each step of its log that was finished and changed that."""
    with log.open("rb") as file:
        head = file.read(LOG_HEAD_BYTES)
        page_bytes, salt = int.from_bytes(head[8:12]), head[16:24]
        waiting = b""
        for frame, page in _frames(file, page_bytes):
            if frame[8:16] != salt:
                return  # left over from before the log began anew
            if int.from_bytes(frame[:4]) == 1:
                waiting = page
            if any(frame[4:8]):  # the step ends
                yield waiting
                waiting = b""


def _frames(file: BinaryIO, page_bytes: int) -> Iterator[tuple[bytes, bytes]]:
    """The head of each whole page in a log, and the page."""
    while True:
        frame, page = file.read(FRAME_HEAD_BYTES), file.read(page_bytes)
        if not page or len(page) < page_bytes:
            return
        yield frame, page
