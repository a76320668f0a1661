"""The history: every session that was kept, in one SQLite database that only its owner may read."""

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from backstretch.errors import InputError
from backstretch.health import make_private, open_private
from backstretch.history_schema import VERSION, migrate, version_of
from backstretch.practice_days import RECORD
from backstretch.practised import PractisedHold, Sitting
from backstretch.session_record import PastSession, number_of, read_session
from backstretch.whole_file import free_path

WAIT_S = 5.0
"""How long another process that writes is waited for."""
RETRY_S = 0.05
RESULT = "result.json"
LIVE, ANALYZED = "live", "analyze"
CUT_OFF_AFTER = timedelta(hours=6)
"""A live session without an end is over after this long; no session lasts half a day."""
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
ASIDE = "%Y-%m-%dT%H-%M-%S"
NO_RESULT = (AttributeError, KeyError, TypeError, ValueError, RecursionError)
"""What a result that somebody changed by hand raises when it is taken in; it is left out."""


@dataclass(frozen=True)
class Entry:
    """One session to be kept.

    Attributes:
        document: As result.json.
        began: When, with the offset of the place.
        kind: `LIVE` or `ANALYZED`.
        profile: Whose it is; empty for the one person who never said a name.
        title: What was done, in words.
        record: The name of a live session's folder; empty for others.
        pain, soreness: As in `Sitting`.
    """

    document: Mapping[str, Any]
    began: datetime
    kind: str
    profile: str = ""
    title: str = ""
    record: str = ""
    pain: bool = False
    soreness: int | None = None


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
        self._is_writable = True
        with self._told():
            try:
                self._db = self._opened()
            except sqlite3.DatabaseError as error:
                if _code(error) not in BROKEN:
                    raise
                self._put_aside()
                self._db = self._opened()

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
        """Keep one session, whole or not at all; one whose ``record`` is known is not kept twice.

        Returns:
            Its number.

        Raises:
            InputError: The database cannot be written.
        """
        document = entry.document
        totals = document.get("totals") or {}
        row = {
            "profile": entry.profile,
            "began": entry.began.isoformat(),
            "epoch_s": entry.began.timestamp(),
            "kind": entry.kind,
            "title": entry.title,
            "record": entry.record or None,
            **{name: number_of(totals.get(name)) for name in ("valid_s", "wrong_s", "unseen_s")},
            "pain": entry.pain,
            "soreness": entry.soreness,
            "document": json.dumps(document),
        }
        with self._writing() as db:
            known = db.execute("SELECT id FROM sitting WHERE record = ?", (row["record"],))
            for (number,) in known:
                return int(number)
            names = ", ".join(row)
            marks = ", ".join("?" for _ in row)
            values = [_storable(each) if isinstance(each, str) else each for each in row.values()]
            done = db.execute(f"INSERT INTO sitting ({names}) VALUES ({marks})", values)  # noqa: S608
            number = int(done.lastrowid or 0)
            _add_holds(db, number, document)
            return number

    def sittings(self, profile: str | None = None, limit: int | None = None) -> list[Sitting]:
        """The sessions, newest first; of everybody where ``profile`` is None."""
        where, who = _whose(profile)
        query = f"SELECT {SITTING} FROM sitting {where} ORDER BY epoch_s DESC, id DESC LIMIT ?"  # noqa: S608
        with self._told():
            rows = self._db.execute(query, (*who, -1 if limit is None else limit))
            return [_sitting(row) for row in rows]

    def count(self, profile: str | None = None) -> int:
        """How many sessions there are."""
        where, who = _whose(profile)
        with self._told():
            row = self._db.execute(f"SELECT count(*) FROM sitting {where}", who).fetchone()  # noqa: S608
            return int(row[0])

    def sitting(self, number: int) -> Sitting:
        """One session.

        Raises:
            InputError: There is none of that number.
        """
        query = f"SELECT {SITTING} FROM sitting WHERE id = ?"  # noqa: S608
        with self._told():
            row = self._db.execute(query, (number,)).fetchone()
        if row is None:
            raise InputError(f"there is no session {number}; backstretch history lists them")
        return _sitting(row)

    def document(self, number: int) -> dict[str, Any]:
        """The result.json of one session.

        Raises:
            InputError: There is none of that number.
        """
        self.sitting(number)
        with self._told():
            query = "SELECT document FROM sitting WHERE id = ?"
            found: dict[str, Any] = json.loads(self._db.execute(query, (number,)).fetchone()[0])
            return found

    def holds(
        self, profile: str | None = None, pose: str | None = None, *, measured: bool = True
    ) -> list[PractisedHold]:
        """The holds, oldest first; of everybody or of every pose where None.

        Without ``measured`` their measures are left empty, which is several times as quick.
        """
        where, values = _whose(profile)
        if pose is not None:
            where += f" {'AND' if where else 'WHERE'} pose = ?"
            values = (*values, pose)
        query = f"""SELECT hold.id, sitting, began, pose, side, hold.valid_s, complete, azimuth_deg
            FROM hold JOIN sitting ON sitting.id = hold.sitting {where}
            ORDER BY epoch_s, sitting, hold.id"""  # noqa: S608
        with self._told():
            reached = self._reached(pose) if measured else {}
            rows = self._db.execute(query, values)
            return [_hold(row, reached) for row in rows]

    def _reached(self, pose: str | None) -> dict[int, dict[str, tuple[float, str]]]:
        """The measures of all holds, or those of a pose, by the hold's number."""
        of_pose = "JOIN hold ON hold.id = reach.hold WHERE pose = ?" if pose is not None else ""
        query = f"SELECT reach.hold, label, value, unit FROM reach {of_pose}"  # noqa: S608
        reached: dict[int, dict[str, tuple[float, str]]] = {}
        for number, label, value, unit in self._db.execute(query, (pose,) if of_pose else ()):
            reached.setdefault(number, {})[label] = (value, unit)
        return reached

    def profiles(self) -> list[str]:
        """Whose sessions there are, in order."""
        with self._told():
            rows = self._db.execute("SELECT DISTINCT profile FROM sitting ORDER BY profile")
            return [name for (name,) in rows]

    def delete(self, number: int) -> None:
        """Delete a session; a live one is not taken in again from its folder.

        Raises:
            InputError: There is none of that number, or the database cannot be written.
        """
        self.sitting(number)
        with self._writing() as db:
            db.execute(
                "INSERT OR IGNORE INTO forgotten SELECT record FROM sitting WHERE id = ? AND record NOT NULL",
                (number,),
            )
            db.execute("DELETE FROM sitting WHERE id = ?", (number,))

    def take_in(self, sessions: Path) -> None:
        """Take in a folder's live sessions that are over and not known yet, but for unreadable ones."""
        try:
            names = {each.name for each in sessions.iterdir()}
        except OSError:
            return
        with self._told():
            query = "SELECT record FROM sitting WHERE record NOT NULL UNION SELECT record FROM forgotten"
            names -= {name for (name,) in self._db.execute(query)}
        if not self._is_writable:
            return
        for name in sorted(names):
            with suppress(InputError, *NO_RESULT):
                self._take_in(sessions / name, read_session(sessions / name / RECORD))

    def _take_in(self, folder: Path, past: PastSession) -> None:
        if not past.ended and self._now - past.began < CUT_OFF_AFTER:
            return  # it may be going on
        self.add(
            Entry(
                document=_kept_result(folder) or _rebuilt(past),
                began=past.began,
                kind=LIVE,
                profile=str(past.about.get("profile") or ""),
                title=str(past.about.get("title") or ""),
                record=folder.name,
                pain=past.pain,
                soreness=past.soreness,
            )
        )

    def _opened(self) -> sqlite3.Connection:
        try:
            make_private(self.path.parent)
            with open(self.path, "ab", opener=open_private):
                pass
            target = self.path.absolute().as_uri()
        except OSError:
            if not self.path.is_file():
                raise
            self._is_writable = False
            target = f"{self.path.absolute().as_uri()}?mode=ro"
        db = sqlite3.connect(target, uri=True, timeout=WAIT_S, isolation_level=None)
        try:
            self._prepare(db)
        except BaseException:
            db.close()
            raise
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        version = version_of(db)
        if version > VERSION:
            words = (
                f"was written by a newer backstretch (history version {version}); update this one"
            )
            raise InputError(f"{self.path}: {words}")
        db.execute("PRAGMA foreign_keys = ON")
        if self._is_writable:
            _write_ahead(db)
            db.execute("PRAGMA synchronous = FULL")
            migrate(db)

    def _put_aside(self) -> None:
        """A damaged database is kept under another name."""
        aside = f"{self.path.name}.damaged-{self._now.strftime(ASIDE)}"
        name = free_path(self.path.with_name(aside)).name
        for ending in ("-wal", "-shm", ""):
            with suppress(FileNotFoundError):
                self.path.with_name(self.path.name + ending).rename(
                    self.path.with_name(name + ending)
                )
        self.notices.append(
            f"{self.path}: is damaged; it is kept as {name}, and a new history begins"
        )

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction."""
        if not self._is_writable:
            raise InputError(f"{self.path}: may not be written; allow it, or nothing can be saved")
        with self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the disk and the database in one line."""
        try:
            yield
        except OSError as error:
            raise InputError(f"{self.path}: cannot be used ({error.strerror or error})") from error
        except sqlite3.DatabaseError as error:
            if _code(error) in BUSY:
                words = "is in use by another backstretch; try again when that one is done"
            else:
                words = f"cannot be used ({error}); nothing was overwritten"
            raise InputError(f"{self.path}: {words}") from error


SITTING = "id, profile, began, kind, title, valid_s, wrong_s, unseen_s, pain, soreness"


def _sitting(row: tuple[Any, ...]) -> Sitting:
    number, profile, began, kind, title, valid_s, wrong_s, unseen_s, pain, soreness = row
    seconds = valid_s, wrong_s, unseen_s
    when = datetime.fromisoformat(began)
    return Sitting(number, profile, when, kind, title, *seconds, bool(pain), soreness)


def _hold(
    row: tuple[Any, ...], reached: Mapping[int, dict[str, tuple[float, str]]]
) -> PractisedHold:
    number, sitting, began, pose, side, valid_s, complete, azimuth_deg = row
    when = datetime.fromisoformat(began)
    told = (sitting, when, pose, side, valid_s, bool(complete), azimuth_deg)
    return PractisedHold(*told, reached.get(number, {}))


def _whose(profile: str | None) -> tuple[str, tuple[str, ...]]:
    return ("", ()) if profile is None else ("WHERE profile = ?", (profile,))


def _code(error: sqlite3.DatabaseError) -> int:
    """SQLite's primary error code, -1 where there is none."""
    code: int = getattr(error, "sqlite_errorcode", -1)
    return code & 0xFF if code >= 0 else code


def _write_ahead(db: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; SQLite does not wait by itself where two processes do so at once."""
    for left in reversed(range(round(WAIT_S / RETRY_S))):
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if _code(error) not in BUSY or not left:
                raise
            time.sleep(RETRY_S)
        else:
            return


def _add_holds(db: sqlite3.Connection, sitting: int, document: Mapping[str, Any]) -> None:
    azimuth_deg = (document.get("view") or {}).get("azimuth_deg")
    for hold in document.get("holds") or []:
        told = (sitting, str(hold.get("pose")), hold.get("side"), number_of(hold.get("valid_s")))
        row = (*told, bool(hold.get("complete")), azimuth_deg)
        query = "INSERT INTO hold (sitting, pose, side, valid_s, complete, azimuth_deg) VALUES (?,?,?,?,?,?)"
        number = db.execute(query, row).lastrowid
        reached = [
            (number, label, number_of(each["best"]), str(each.get("unit")))
            for label, each in (hold.get("measures") or {}).items()
            if each.get("best") is not None
        ]
        db.executemany("INSERT INTO reach VALUES (?, ?, ?, ?)", reached)


def _kept_result(folder: Path) -> dict[str, Any] | None:
    """A finished session's document; None where there is none, or a damaged one."""
    try:
        document = json.loads((folder / RESULT).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    is_document = isinstance(document, dict) and isinstance(document.get("holds"), list)
    return document if is_document else None


def _rebuilt(past: PastSession) -> dict[str, Any]:
    """What a session that was cut off leaves, as a document."""
    seconds = ("valid_s", "wrong_s", "unseen_s")
    totals = {name: sum(number_of(hold.get(name)) for hold in past.holds) for name in seconds}
    return {"schema": 1, "holds": list(past.holds), "totals": totals, "cut_off": not past.ended}


def _storable(text: str) -> str:
    """Text without the halves of characters that a file's name may hold and UTF-8 cannot."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
