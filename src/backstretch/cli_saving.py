"""Saving into the history: live sessions by themselves, analyses where asked."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from backstretch.cli_history import open_history
from backstretch.cli_options import complain
from backstretch.errors import InputError

if TYPE_CHECKING:
    from backstretch.history import Entry
    from backstretch.result import Result


def remember_sessions() -> None:
    """Take finished live sessions into the history; what prevents it is told, and they are taken in later."""
    try:
        _kept(None)
    except InputError as error:
        complain(*error.faults)


def save_analysis(result: "Result", recording: Path, when: datetime | None, profile: str) -> str:
    """Save an analysis; say under which number and of when.

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
    number = _kept(Entry(document, began, ANALYZED, profile, title))
    of = f"{began:%Y-%m-%d %H:%M}"
    hint = "" if when else " (the file's date; --when tells another)"
    return f"Saved as session {number}, of {of}{hint}"


def _kept(entry: "Entry | None") -> int | None:
    """Take in live sessions, and keep one more if there is one; its number.

    What took minutes to make is not lost to a history that turns out to be damaged: the new one gets it.
    """
    from backstretch.history import DamagedHistoryError

    try:
        return _add(entry)
    except DamagedHistoryError as error:
        complain(error.done)
    return _add(entry)


def _add(entry: "Entry | None") -> int | None:
    with open_history() as history:
        return history.add(entry) if entry else None


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
