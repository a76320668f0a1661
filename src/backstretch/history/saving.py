"""The history as commands use it: opens it, and saves live sessions, analyses and batches.

Nothing is printed here: notices for the person are returned. A recording is saved once, however often it is
analysed.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Self, TypeVar

from backstretch.errors import InputError
from backstretch.history.history import Added, DamagedHistoryError, History, How
from backstretch.history.people import moved_record
from backstretch.history.profile import SESSIONS, data_folder, own_folder, profile_key, whose
from backstretch.history.rows import ANALYZED, Entry
from backstretch.judging.request import Part

DATABASE = "history.db"
_Value = TypeVar("_Value")
RECORD_DIGITS = 32
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No digital recording is older; clocks that were never set say 1904, 1970 or 1980."""
END_BYTES = 1 << 20
"""Of a recording's beginning, and of its end, by which it is known again."""


@dataclass(frozen=True)
class Saved:
    """What was saved.

    Attributes:
        text: Under which number and of when, in words.
        notices: What else the person should know, one line each; it comes first.
    """

    text: str
    notices: tuple[str, ...]


@dataclass(frozen=True)
class Original:
    """A recording's file, by what it is known by.

    Attributes:
        size: Its length in bytes.
        ends: Its first and its last `END_BYTES`.
    """

    size: int
    ends: tuple[bytes, bytes]

    @classmethod
    def at(cls, path: Path) -> Self:
        """Read it.

        Raises:
            InputError: The recording cannot be read any more.
        """
        try:
            with path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                ends = []
                for start in (0, max(0, size - END_BYTES)):
                    file.seek(start)
                    ends.append(file.read(END_BYTES))
        except OSError as error:
            raise InputError(f"{path}: cannot be read any more, so it was not saved") from error
        return cls(size, (ends[0], ends[1]))

    def records(self, part: Part) -> Callable[[str], str]:
        """A function that gives the ``record`` of a part of it for the person of a key (`profile_key`)."""

        def record_of(key: str) -> str:
            digest = sha256(repr((self.size, key, str(part))).encode())
            for each in self.ends:
                digest.update(each)
            return f"recording-{digest.hexdigest()[:RECORD_DIGITS]}"

        return record_of


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


def session_owners() -> tuple[dict[str, str], tuple[str, ...]]:
    """Whose each live session is, by the name of its folder, and notices for the person.

    Both are empty where the history cannot be used: saving says so, and the sessions' own logs name somebody.
    """
    if not (data_folder() / DATABASE).exists():
        return {}, ()
    try:
        return with_history(lambda history: history.owners())
    except InputError:
        return {}, ()


@dataclass(frozen=True)
class Saving:
    """How results are saved in the history.

    Attributes:
        when: When a recording was made; what the film or the file says when None.
        profile: Whose it is.
        part: The part of it that was analysed: other parts are saved beside it.
    """

    when: datetime | None
    profile: str
    part: Part


def save_result(document: dict[str, Any], path: Path, saving: Saving) -> Saved:
    """Save the result of a recording, in place of an earlier one of the same recording and part.

    The same recording is one with the same content, whatever its name and wherever it lies.

    Raises:
        InputError: The history cannot be written, or it is not known when the recording was made.
    """
    began, hint = began_at(document, path, saving.when)
    added, notices = add_recording(document, Original.at(path), began, saving)
    words = {
        How.NEW: "saved as",
        How.REPLACED: "saved in place of",
        How.KNOWN: "is in the history already, as",
    }[added.how]
    hint = "" if added.how is How.KNOWN else hint
    owner = f" of {whose(saving.profile)}" if saving.profile else ""
    return Saved(f"{words} session {added.number}{owner}, of {began:%Y-%m-%d %H:%M}{hint}", notices)


def add_recording(
    document: dict[str, Any], original: Original, began: datetime, saving: Saving
) -> tuple[Added, tuple[str, ...]]:
    """Save the result of a recording whose file need not be there any more; see `save_result`.

    Args:
        document: The result.
        original: The recording.
        began: When it was made, with its offset.
        saving: Whose it is; with its ``when`` an earlier session of another date is replaced as well.

    Returns:
        What was saved, and notices for the person.

    Raises:
        InputError: The history cannot be written.
    """
    title = document["title"] or ", ".join(dict.fromkeys(_names(document)))
    record_of = original.records(saving.part)
    key = profile_key(saving.profile)
    entry = Entry(document, began, ANALYZED, saving.profile, title, record_of(key))
    is_dated = saving.when is not None

    def add(history: History) -> Added:
        moved = [moved_record(record_of(other), key) for other in history.known_keys()]
        return history.add_or_replace(entry, records=moved, is_dated=is_dated)

    return with_history(add)


def began_at(
    document: Mapping[str, Any], path: Path, when: datetime | None
) -> tuple[datetime, str]:
    """When a recording was made, and a hint on where that is from.

    It is what somebody says, else what the film states, else when the file was last modified. A film whose
    camera had its clock never set states nothing.

    Raises:
        InputError: The time that somebody says, or the only one that is known, cannot be.
    """
    if when is not None:
        return check_when(when), ""
    try:
        film = datetime.fromisoformat(str(document.get("recorded_at") or ""))
    except ValueError:
        film = None
    if film is not None and film.tzinfo is not None and _is_possible(film):
        return film.astimezone(), " (the film's date; use --when to give another)"
    try:
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError) as error:
        raise InputError(f"{path}: has no date; use --when to give it") from error
    if not _is_possible(changed):
        words = f"{path}: its date cannot be right ({changed:%Y-%m-%d}); use --when to give it"
        raise InputError(words)
    return changed.astimezone(), " (the file's date; use --when to give another)"


def check_when(when: datetime) -> datetime:
    """The time with an offset; without one it is the time of this place.

    Raises:
        InputError: Nothing can have been recorded then.
    """
    if not _is_possible(when.replace(tzinfo=when.tzinfo or UTC)):
        raise InputError(f"--when {when:%Y-%m-%d}: nothing can have been recorded then")
    return when.astimezone()


def _is_possible(time: datetime) -> bool:
    """Whether a recording can be of this time; clocks and time zones may be a day off."""
    return EARLIEST <= time <= datetime.now(UTC) + timedelta(days=1)


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


def _names(document: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["name"] for each in document["stretches"]]


def rename_person(profile: str, name: str) -> tuple[int, tuple[str, ...]]:
    """Give a person another name: for their sessions, and for their answers, references and neutral.

    Returns:
        How many sessions they have, and notices for the person.

    Raises:
        InputError: Nothing is known of them, somebody else has that name, or it cannot be written.
    """
    old, new = own_folder(profile), own_folder(name)
    is_same = profile_key(profile) == profile_key(name)
    if new.exists() and not is_same:
        raise InputError(f"{name}: has own answers or references already, in {new}")

    def rename(history: History) -> int:
        known = {profile_key(each.profile) for each in history.people()}
        if profile_key(profile) not in known and not old.exists():
            raise InputError(f"nothing is known of {whose(profile)}")
        return history.rename(profile, name)

    count, notices = with_history(rename)
    if old.exists() and not is_same:
        try:
            old.rename(new)
        except OSError as error:
            with_history(lambda history: history.rename(name, profile))
            raise InputError(f"{old}: cannot be renamed ({error.strerror or error})") from error
    return count, notices
