"""The history's database: its tables, and how an older one becomes a newer one."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

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
