"""The history as commands use it: opens it, and saves live sessions, analyses and batches.

Nothing is printed here: notices for the person are returned. A recording of a batch is saved once, however
often the batch is run.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from backstretch.errors import InputError
from backstretch.history.history import DamagedHistoryError, History
from backstretch.history.profile import SESSIONS, data_folder
from backstretch.history.rows import ANALYZED, Entry
from backstretch.judging.request import Request
from backstretch.judging.result import Result

DATABASE = "history.db"
_Value = TypeVar("_Value")
RECORD_DIGITS = 32


@dataclass(frozen=True)
class Saved:
    """What was saved.

    Attributes:
        text: Under which number and of when, in words.
        notices: What else the person should know, one line each; it comes first.
    """

    text: str
    notices: tuple[str, ...]


@contextmanager
def open_history() -> Iterator[History]:
    """The history with all finished live sessions taken in; its ``notices`` are for the person.

    Raises:
        InputError: It cannot be used; its ``faults`` begin with the notices that there were.
    """
    with History(data_folder() / DATABASE, datetime.now().astimezone()) as history:
        with _notices_first(history.notices):
            history.take_in(data_folder() / SESSIONS)
        yield history


def remember_sessions() -> tuple[str, ...]:
    """Add finished live sessions to the history, now or at a later start; return notices for the person."""
    try:
        return with_history(lambda _: None)[1]
    except InputError as error:
        return tuple(error.faults)


def save_analysis(result: Result, recording: Path, when: datetime | None, profile: str) -> Saved:
    """Save an analysis.

    Args:
        result: What the recording showed.
        recording: The file, whose time of modification counts if ``when`` is None.
        when: When it was recorded; without an offset it is the time of this place.
        profile: Whose it is.

    Raises:
        InputError: The history cannot be written.
    """
    began = when.astimezone() if when else _modified_at(recording)
    document = result.as_dict()
    title = document["title"] or ", ".join(dict.fromkeys(_names(document)))
    entry = Entry(document, began, ANALYZED, profile, title)
    number, notices = with_history(lambda history: history.add(entry))
    hint = "" if when else " (the file's date; use --when to give another)"
    return Saved(f"Saved as session {number}, of {began:%Y-%m-%d %H:%M}{hint}", notices)


def with_history(use: Callable[[History], _Value]) -> tuple[_Value, tuple[str, ...]]:
    """Return what ``use`` makes of the history, and notices for the person.

    A damaged history is replaced and ``use`` called again, so that minutes of analysis are not lost.

    Raises:
        InputError: It cannot be used.
    """
    try:
        return _use(use)
    except DamagedHistoryError as error:
        first_notices = (
            *error.faults[:-1],
            error.notice,
        )  # the last fault asks to try again, as is done here
    with _notices_first(first_notices):
        value, notices = _use(use)
    return value, (*first_notices, *notices)


def _use(use: Callable[[History], _Value]) -> tuple[_Value, tuple[str, ...]]:
    with open_history() as history, _notices_first(history.notices):
        return use(history), tuple(history.notices)


@contextmanager
def _notices_first(notices: Iterable[str]) -> Iterator[None]:
    """Put the notices before the lines of an error."""
    try:
        yield
    except InputError as error:
        error.faults[:0] = notices
        raise


def _modified_at(recording: Path) -> datetime:
    """When a file was last modified.

    Raises:
        InputError: It has no date.
    """
    try:
        return datetime.fromtimestamp(recording.stat().st_mtime, UTC).astimezone()
    except (OSError, OverflowError, ValueError) as error:
        raise InputError(f"{recording}: has no date; use --when to give it") from error


def _names(document: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["name"] for each in document["stretches"]]


@dataclass(frozen=True)
class Saving:
    """How the results of a batch are saved in the history.

    Attributes:
        when: When a recording was made; the file's own date when None.
        profile: Whose it is.
        request_key: What was looked for, see `request_key`.
    """

    when: datetime | None
    profile: str
    request_key: str


def request_key(request: Request) -> str:
    """A text that identifies what was looked for: a recording is saved once for each key."""
    assignment, part = request.assignment, request.part
    poses = [pose.id for pose in assignment.poses] if assignment.asked else []
    return repr((poses, assignment.sides, request.mirrored, part.start_s, part.end_s))


def save_once(document: dict[str, Any], path: Path, saving: Saving) -> Saved:
    """Save one result, unless a batch has already saved the same of the same file.

    The same file is one of the same name, size and time of change, wherever it lies.

    Raises:
        InputError: The history cannot be written, or the file has no date.
    """
    record, changed = _identity(path, saving)
    began = saving.when.astimezone() if saving.when else changed
    title = document["title"] or ", ".join(
        dict.fromkeys(each["name"] for each in document["stretches"])
    )
    entry = Entry(document, began, ANALYZED, saving.profile, title, record)
    (number, is_new), notices = with_history(lambda history: _add(history, entry))
    words = "saved as" if is_new else "is in the history already, as"
    return Saved(f"{words} session {number}, of {began:%Y-%m-%d %H:%M}", notices)


def _add(history: History, entry: Entry) -> tuple[int, bool]:
    """The session's number, and whether it is a new one."""
    before = history.count()
    number = history.add(entry)
    return number, history.count() > before


def _identity(path: Path, saving: Saving) -> tuple[str, datetime]:
    """A key that identifies a recording, and when the file was last modified."""
    try:
        about = path.stat()
        changed = datetime.fromtimestamp(about.st_mtime, UTC).astimezone()
    except (OSError, OverflowError, ValueError) as error:
        raise InputError(f"{path}: has no date, so it was not saved") from error
    same = repr((path.name, about.st_size, about.st_mtime_ns, saving.profile, saving.request_key))
    digits = sha256(same.encode("utf-8", "surrogatepass")).hexdigest()[:RECORD_DIGITS]
    return f"batch-{digits}", changed
