"""Saving into the history: live sessions by themselves, analyses where asked."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from backstretch.cli_history import open_history
from backstretch.cli_options import complain
from backstretch.errors import InputError

if TYPE_CHECKING:
    from backstretch.result import Result


def remember_sessions() -> None:
    """Take finished live sessions into the history; what prevents it is told, and they are taken in later."""
    try:
        with open_history():
            pass
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

    began = (
        when.astimezone()
        if when
        else datetime.fromtimestamp(recording.stat().st_mtime, UTC).astimezone()
    )
    document = result.as_dict()
    title = document["title"] or ", ".join(dict.fromkeys(_names(document)))
    with open_history() as history:
        number = history.add(Entry(document, began, ANALYZED, profile, title))
    of = f"{began:%Y-%m-%d %H:%M}"
    hint = "" if when else " (the file's date; --when tells another)"
    return f"Saved as session {number}, of {of}{hint}"


def _names(document: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["name"] for each in document["stretches"]]
