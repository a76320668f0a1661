"""Keeping the results of a batch in the history, each recording once however often the batch is run."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backstretch.cli_saving import Saved, with_history
from backstretch.errors import InputError

if TYPE_CHECKING:
    from backstretch.history import Entry, History
    from backstretch.result import Wanted

RECORD_DIGITS = 32


@dataclass(frozen=True)
class Saving:
    """How results are kept in the history.

    Attributes:
        when: When a recording was made; the file's own date when None.
        profile: Whose it is.
        asked: What was looked for, see `asked_for`.
    """

    when: datetime | None
    profile: str
    asked: str


def asked_for(wanted: "Wanted") -> str:
    """What was looked for in a recording, as far as it makes another session of it."""
    poses = [pose.id for pose in wanted.poses] if wanted.asked else []
    return repr((poses, wanted.sides, wanted.mirrored, wanted.start_s, wanted.end_s))


def save_once(document: dict[str, Any], path: Path, saving: Saving) -> Saved:
    """Keep one result, unless a batch has kept the same of the same file before.

    The same file is one of the same name, size and time of change, wherever it lies.

    Raises:
        InputError: The history cannot be written, or the file tells no date.
    """
    from backstretch.history import ANALYZED, Entry

    record, changed = _identity(path, saving)
    began = saving.when.astimezone() if saving.when else changed
    title = document["title"] or ", ".join(
        dict.fromkeys(each["name"] for each in document["stretches"])
    )
    entry = Entry(document, began, ANALYZED, saving.profile, title, record)
    (number, is_new), notices = with_history(lambda history: _add(history, entry))
    words = "saved as" if is_new else "is in the history already, as"
    return Saved(f"{words} session {number}, of {began:%Y-%m-%d %H:%M}", notices)


def _add(history: "History", entry: "Entry") -> tuple[int, bool]:
    """The session's number, and whether it is a new one."""
    before = history.count()
    number = history.add(entry)
    return number, history.count() > before


def _identity(path: Path, saving: Saving) -> tuple[str, datetime]:
    """What tells a recording from others, and when it was changed last."""
    try:
        about = path.stat()
        changed = datetime.fromtimestamp(about.st_mtime, UTC).astimezone()
    except (OSError, OverflowError, ValueError) as error:
        raise InputError(f"{path}: has no date, and was not saved") from error
    same = repr((path.name, about.st_size, about.st_mtime_ns, saving.profile, saving.asked))
    digits = sha256(same.encode("utf-8", "surrogatepass")).hexdigest()[:RECORD_DIGITS]
    return f"batch-{digits}", changed
