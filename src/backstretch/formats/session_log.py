"""Session records: what happened in one live session, as JSON Lines that survive a sudden end.

One object a line. ``start`` comes first (format, version, started, what was chosen); then, in order of time,

    moment     t, state, pose, side, valid_s wrong_s unseen_s of the running hold, total_s, readings
    hold       a closed hold, as result.json gives it
    event      t, what (``pain``, ``pause``, ...), words
    soreness   value, 0 to 10
    end        reason, totals, warnings

A session that was cut off has no ``end``. Files and folders are for their owner only.
"""

import json
import math
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from io import FileIO
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, Self

from backstretch.coaching.scene import PAIN_TAKEN_BACK
from backstretch.errors import InputError
from backstretch.files import make_private, open_private

FORMAT = "backstretch session"
VERSION = 1
START, MOMENT, HOLD, EVENT = "start", "moment", "hold", "event"
SORENESS, END = "soreness", "end"
"""The kinds of lines."""
PAIN = "pain"
"""An event's ``what``, and a session's ``reason``, when the person reported pain."""
MOST_SORE = 10
EVERY_S = 1.0
"""One moment is written for each span of this length of the frames' time: a sudden end loses no more."""
SYNC_S = 1.0
"""Least time between two syncs to the disk: a power cut may lose this much more."""
CLOSE_S = 2.0
"""How long closing may take; a disk that needs longer is reported and not waited for."""
HEAD = {"type": START, "format": FORMAT, "version": VERSION}
CLOSING = b""
"""Comes after the last line in the queue of lines."""


class SessionRecord:
    """Writes one session's file; a thread does the writing, so that no disk delays a caller.

    Args:
        path: The file, which must not be there yet; missing folders are made.
        about: Fields of the first line; ``started`` is the time now where it is left out.

    Attributes:
        fault: Why nothing more is written, in one line; empty while all is well. No method raises.
    """

    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        self.path = path.absolute()
        self.fault = ""
        self._closed = False
        self._second: float | None = None
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        self._thread: Thread | None = None
        started = datetime.now().astimezone().isoformat(timespec="seconds")
        first = HEAD | {"started": started} | about | HEAD
        try:
            make_private(self.path.parent)
            file = FileIO(self.path, "x", opener=open_private)
        except OSError as error:
            self._fail(error)
            return
        self._lines.put(_line(first))
        self._thread = Thread(target=self._run, args=(file,), name="session record", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def write(self, kind: str, /, **fields: Any) -> None:
        """Add a line; numbers that are not finite become null."""
        if not self.fault and not self._closed:
            self._lines.put(_line({"type": kind} | fields | {"type": kind}))

    def progress(self, time_s: float, /, **fields: Any) -> None:
        """Add the first moment of each `EVERY_S` of the frames' time; the others are not written."""
        second = time_s // EVERY_S
        if second != self._second:
            self._second = second
            self.write(MOMENT, **({"t": time_s} | fields))

    def close(self) -> None:
        """Write what is waiting and close the file; what comes later is ignored."""
        self._closed = True
        self._lines.put(CLOSING)
        if self._thread is not None:
            self._thread.join(CLOSE_S)
            if self._thread.is_alive():
                self.fault = f"{self.path}: the disk is too slow; the end may be missing"

    def _run(self, file: FileIO) -> None:
        try:
            with file:
                self._write_lines(file)
        except OSError as error:
            self._fail(error)

    def _write_lines(self, file: FileIO) -> None:
        """Write line by line until `CLOSING`; sync when `SYNC_S` have passed since the last time."""
        synced_s, is_safe = -math.inf, True
        while True:
            left_s = max(0.0, synced_s + SYNC_S - time.monotonic())
            try:
                line = self._lines.get(timeout=None if is_safe else left_s)
            except Empty:
                os.fsync(file.fileno())
                synced_s, is_safe = time.monotonic(), True
                continue
            if line == CLOSING:
                os.fsync(file.fileno())
                return
            self._append(file, line)
            is_safe = False

    def _append(self, file: FileIO, line: bytes) -> None:
        self.path.stat()  # fails if the folder has gone; writing to the open file would not
        rest = memoryview(line)
        while rest:  # a disk that fills up takes only a part
            rest = rest[file.write(rest) :]

    def _fail(self, error: OSError) -> None:
        reason = error.strerror or str(error)
        self.fault = (
            f"{self.path}: cannot be written ({reason}); nothing more of this session is kept"
        )


def _line(fields: dict[str, Any]) -> bytes:
    return json.dumps(_plain(fields), allow_nan=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    """The value as JSON knows it; what it does not know becomes a list (NumPy, sets) or text."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Iterable):
        return [_plain(each) for each in value]
    return str(value)


@dataclass(frozen=True)
class PastSession:
    """A session as it is read from its file.

    Attributes:
        path: The file.
        started: ISO time with offset.
        about: Fields of the first line, ``started`` included.
        holds: Its holds; one that was going on when the session was cut off has ``cut_off`` true and
            neither score, measures nor reasons.
        pain: Whether the person reported pain.
        ended: Whether it came to its end; a session that was cut off did not.
        soreness: The person's answer, 0 to 10; None if not asked or not answered.
        seconds_valid: Valid seconds of all holds.
        damaged: Number of lines that could not be read; a last line that was cut is not counted.
        lines: All lines that could be read, the first included.
    """

    path: Path
    started: str
    about: dict[str, Any]
    holds: tuple[dict[str, Any], ...]
    pain: bool
    ended: bool
    soreness: int | None
    seconds_valid: float
    damaged: int
    lines: tuple[dict[str, Any], ...] = field(repr=False)

    @property
    def began(self) -> datetime:
        """When it started, with the offset of the place."""
        return datetime.fromisoformat(self.started)

    @property
    def lasted_s(self) -> float:
        """Seconds from the first moment or event to the last, in the frames' time."""
        times_s = [number_of(line["t"]) for line in self.lines if line.get("t") is not None]
        return max(times_s) - min(times_s) if times_s else 0.0


def read_session(path: Path) -> PastSession:
    """Read a session's file, also one that was cut off or is damaged in places.

    Raises:
        InputError: The file cannot be read, is no session's, or is of a newer version.
    """
    try:
        first, *rows = path.read_bytes().split(b"\n")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    about = _about(path, _parsed(first))
    objects = [_parsed(row) for row in rows if row.strip()]
    is_cut = bool(rows) and bool(rows[-1].strip()) and objects[-1] is None
    lines = tuple(line for line in objects if line is not None)
    holds = (*(_without_type(line) for line in lines if line["type"] == HOLD), *_cut_off(lines))
    return PastSession(
        path=path,
        started=about["started"],
        about=about,
        holds=holds,
        pain=_pain(lines),
        ended=any(line["type"] == END for line in lines),
        soreness=_soreness(lines),
        seconds_valid=sum(number_of(hold.get("valid_s")) for hold in holds),
        damaged=objects.count(None) - is_cut,
        lines=(HEAD | about, *lines),
    )


def _parsed(row: bytes) -> dict[str, Any] | None:
    """The object on a line; None if it is damaged."""
    try:
        line = json.loads(row)
    except (ValueError, RecursionError):
        return None
    is_line = isinstance(line, dict) and isinstance(line.get("type"), str)
    return line if is_line else None


def _about(path: Path, first: dict[str, Any] | None) -> dict[str, Any]:
    """The fields of the first line, without those of `HEAD`.

    Raises:
        InputError: It is no session's first line, or of a newer version.
    """
    about, version = first or {}, (first or {}).get("version")
    if about.get("format") != FORMAT or not isinstance(version, int):
        raise InputError(f"{path}: is not a session's record, or a damaged one")
    if version > VERSION:
        words = f"was written by a newer backstretch (session version {version}); update this one"
        raise InputError(f"{path}: {words}")
    if about["type"] != START or not _is_time(about.get("started")):
        raise InputError(f"{path}: is not a session's record, or a damaged one")
    return {name: value for name, value in about.items() if name not in HEAD}


def _is_time(value: Any) -> bool:
    """Whether it is an ISO time with offset."""
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (ValueError, TypeError):
        return False


def _without_type(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "type"}


def _pain(lines: Iterable[dict[str, Any]]) -> bool:
    """Whether pain was reported, and not taken back."""
    is_pain = False
    for line in lines:
        if line["type"] == EVENT and line.get("what") in {PAIN, PAIN_TAKEN_BACK}:
            is_pain = line["what"] == PAIN
        elif line["type"] == END and line.get("reason") == PAIN:
            return True
    return is_pain


def _soreness(lines: tuple[dict[str, Any], ...]) -> int | None:
    """The last valid answer; None without one."""
    answers = [line.get("value") for line in lines if line["type"] == SORENESS]
    values = [n for n in answers if type(n) is int and 0 <= n <= MOST_SORE]
    return values[-1] if values else None


def _cut_off(lines: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
    """The hold that was going on when the file stops, from the last moment; none or one."""
    after = {HOLD, END}
    last = next((line for line in reversed(lines) if line["type"] in {MOMENT, *after}), None)
    if last is None or last["type"] in after or number_of(last.get("valid_s")) <= 0.0:
        return ()
    seconds = {name: number_of(last.get(name)) for name in ("valid_s", "wrong_s", "unseen_s")}
    end_s = number_of(last.get("t"))
    span = {"start_s": round(end_s - sum(seconds.values()), 2), "end_s": end_s}
    who = {"pose": last.get("pose"), "side": last.get("side")}
    return ({**who, **span, **seconds, "cut_off": True},)


def number_of(value: Any) -> float:
    """The value if it is a finite number, else 0."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return 0.0
    try:
        number = float(value)
    except OverflowError:
        return 0.0
    return number if math.isfinite(number) else 0.0
