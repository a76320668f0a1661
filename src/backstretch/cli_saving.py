"""The history as commands use it: opened, and saved into by live sessions and, where asked, by analyses.

Nothing is printed here: what the person should know is handed back.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from backstretch.cli_health import SESSIONS
from backstretch.cli_options import data_folder
from backstretch.errors import InputError

if TYPE_CHECKING:
    from backstretch.history import History
    from backstretch.result import Result

DATABASE = "history.db"

_Gained = TypeVar("_Gained")


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
def open_history() -> Iterator["History"]:
    """The history with all finished live sessions taken in; its ``notices`` are for the person.

    Raises:
        InputError: It cannot be used; its ``faults`` begin with the notices that there were.
    """
    from backstretch.history import History

    with History(data_folder() / DATABASE, datetime.now().astimezone()) as history:
        with _told_first(history.notices):
            history.take_in(data_folder() / SESSIONS)
        yield history


def remember_sessions() -> tuple[str, ...]:
    """Take finished live sessions into the history, or later what cannot be now; what there is to say."""
    try:
        return with_history(lambda _: None)[1]
    except InputError as error:
        return tuple(error.faults)


def save_analysis(result: "Result", recording: Path, when: datetime | None, profile: str) -> Saved:
    """Save an analysis.

    Args:
        result: What the recording showed.
        recording: The file, whose time of change counts where nothing else is said.
        when: When it was recorded; without an offset it is the time of this place.
        profile: Whose it is.

    Raises:
        InputError: The history cannot be written.
    """
    from backstretch.history import ANALYZED, Entry

    began = when.astimezone() if when else _changed(recording)
    document = result.as_dict()
    title = document["title"] or ", ".join(dict.fromkeys(_names(document)))
    entry = Entry(document, began, ANALYZED, profile, title)
    number, notices = with_history(lambda history: history.add(entry))
    hint = "" if when else " (the file's date; --when tells another)"
    return Saved(f"Saved as session {number}, of {began:%Y-%m-%d %H:%M}{hint}", notices)


def with_history(use: Callable[["History"], _Gained]) -> tuple[_Gained, tuple[str, ...]]:
    """What comes of a use of the history, and what the person should know.

    What took minutes to make is not lost to a history that turns out to be damaged: the new one gets it.

    Raises:
        InputError: It cannot be used.
    """
    from backstretch.history import DamagedHistoryError

    try:
        return _used(use)
    except DamagedHistoryError as error:
        put_aside = (*error.faults[:-1], error.done)  # the last fault asks for what is done here
    with _told_first(put_aside):
        gained, notices = _used(use)
    return gained, (*put_aside, *notices)


def _used(use: Callable[["History"], _Gained]) -> tuple[_Gained, tuple[str, ...]]:
    with open_history() as history, _told_first(history.notices):
        return use(history), tuple(history.notices)


@contextmanager
def _told_first(notices: Iterable[str]) -> Iterator[None]:
    """Let an error's lines begin with what there was to say before it."""
    try:
        yield
    except InputError as error:
        error.faults[:0] = notices
        raise


def _changed(recording: Path) -> datetime:
    """When a file was changed last.

    Raises:
        InputError: It tells no date.
    """
    try:
        return datetime.fromtimestamp(recording.stat().st_mtime, UTC).astimezone()
    except (OSError, OverflowError, ValueError) as error:
        raise InputError(f"{recording}: has no date; --when tells it") from error


def _names(document: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["name"] for each in document["stretches"]]
