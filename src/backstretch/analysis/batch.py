"""Batches: which recordings are meant, what the folder of each is called, and what became of it."""

import csv
import io
import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from backstretch.files import harmless
from backstretch.formats.result_files import ANNOTATED, RESULT, TRACK
from backstretch.judging.request import Request
from backstretch.poses.pose import Pose


@dataclass(frozen=True)
class BatchSettings:
    """What is wanted of all recordings of a batch.

    Attributes:
        request, recognised, model: As `analysis.pipeline.analyse_recording` takes them.
        settings: Their hash, see `analysis.batch_resume.settings_hash`.
        text: Whether the results' documents are needed.
    """

    request: Request
    recognised: tuple[Pose, ...]
    model: Path | None
    settings: str
    text: bool


@dataclass(frozen=True)
class Task:
    """One recording to be analysed.

    Attributes:
        number: Its place in the batch.
        path: The file.
        folder: Where its files go, None for nowhere.
    """

    number: int
    path: Path
    folder: Path | None


@dataclass(frozen=True)
class BatchRow:
    """What a recording showed of one stretch and side.

    Attributes:
        pose, name: The stretch's id, and what people call it.
        side: Left, right, or empty.
        held_s, wrong_s, unseen_s: Seconds, within holds.
        holds, complete: How many there were, and how many were long enough.
    """

    pose: str
    name: str
    side: str
    held_s: float
    wrong_s: float
    unseen_s: float
    holds: int
    complete: int


@dataclass(frozen=True)
class BatchSummary:
    """What a batch says of one result.

    Attributes:
        rows: Each stretch and side that was asked for, or was recognised.
        seconds: Valid, wrong and unseen ones, with those of attempts.
        likeness: What a photograph looks like best; empty for others.
        warnings: As those of the result.
    """

    rows: tuple[BatchRow, ...] = ()
    seconds: tuple[float, float, float] = (0.0, 0.0, 0.0)
    likeness: str = ""
    warnings: tuple[str, ...] = ()


NOTHING_TOLD = BatchSummary()


@dataclass(frozen=True)
class Reply:
    """What became of it.

    Attributes:
        told: What the batch says of the result.
        error: Why there is none, in one line; empty where there is.
        text: The result's document, where it was wanted.
    """

    told: BatchSummary = NOTHING_TOLD
    error: str = ""
    text: str = ""


SUMMARY = "summary.csv"
HEAD = ("file", "status", "pose", "side", "held_s", "wrong_s", "unseen_s", "holds", "complete", "warnings",
        "error", "folder")  # fmt: skip
ENDINGS = frozenset((".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts",
    ".wmv", ".flv", ".3gp", ".gif", ".jpg", ".jpeg", ".png", ".webp", ".npz"))  # fmt: skip
"""What is looked at in a folder; a file that is named itself may end in anything."""
OWN_FILES = frozenset({ANNOTATED, TRACK})
"""Beside a result these are its files, and no recordings."""
FORBIDDEN = frozenset('<>:"/\\|?*')
RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)
"""Signs and names that some systems do not let a folder have."""
LONGEST_NAME_BYTES = 200
"""File systems end at 255; a number may be added."""


class Status(StrEnum):
    """What became of a recording."""

    DONE = "done"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True)
class Item:
    """One recording of a batch.

    Attributes:
        path: As it was given, or found in a folder that was.
        name: Of its folder inside the output folder; empty where nothing is written.
        fault: Why it cannot even be tried.
    """

    path: Path
    name: str = ""
    fault: str = ""


@dataclass(frozen=True)
class BatchOutcome:
    """What became of one recording; ``error`` says in one line why it failed."""

    item: Item
    status: Status
    told: BatchSummary = NOTHING_TOLD
    error: str = ""


def summary_of(document: Mapping[str, Any]) -> BatchSummary:
    """What a batch says of a result.

    Raises:
        ArithmeticError, AttributeError, LookupError, TypeError, ValueError: It is no result's document.
    """
    totals, alike = document["totals"], document.get("looks_like") or ()
    valid_s, wrong_s, unseen_s = (
        float(totals[f"{kind}_s"]) for kind in ("valid", "wrong", "unseen")
    )
    return BatchSummary(
        rows=tuple(_row(each, document["holds"]) for each in document["stretches"]),
        seconds=(valid_s, wrong_s, unseen_s),
        likeness=str(alike[0]["pose"]) if alike else "",
        warnings=tuple(map(str, document["warnings"])),
    )


def _row(stretch: Mapping[str, Any], holds: list[Mapping[str, Any]]) -> BatchRow:
    form = stretch["pose"], stretch["side"]
    ours = [each for each in holds if (each["pose"], each["side"]) == form]
    wrong_s, unseen_s = (sum((each[key] for each in ours), 0.0) for key in ("wrong_s", "unseen_s"))
    return BatchRow(
        pose=str(form[0]),
        name=str(stretch["name"]),
        side=form[1] or "",
        held_s=float(stretch["held_s"]),
        wrong_s=round(wrong_s, 2),
        unseen_s=round(unseen_s, 2),
        holds=len(ours),
        complete=int(stretch["done"]),
    )


def real(path: Path) -> str:
    """Which file a path means, however it is written."""
    return os.path.realpath(path)


def recordings_in(paths: Iterable[Path], out: Path | None) -> list[Item]:
    """The recordings that are meant, each once, in the order given; those of a folder by name.

    Args:
        paths: Files, and folders that are searched with all that is in them. A folder without any recording
            stands for itself, so that it is said what is wrong with it.
        out: Where results will be; it is not searched.
    """
    items: dict[str, Item] = {}
    for path in paths:
        inside = _walk(path, None if out is None else real(out)) if path.is_dir() else iter(())
        for item in list(inside) or [Item(path, fault=_no_file(path))]:
            items.setdefault(real(item.path), item)
    return list(items.values())


def _walk(folder: Path, out: str | None) -> Iterator[Item]:
    shut: list[OSError] = []
    for here, folders, names in os.walk(folder, onerror=shut.append):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and real(Path(here, name)) != out
        )
        for path in (Path(here, name) for name in _recordings(names)):
            if path.is_file() or not path.exists():  # a link that leads nowhere is told as such
                yield Item(path)
    for error in shut:
        words = f"{error.filename}: cannot be read ({error.strerror})"
        yield Item(Path(error.filename), fault=words)


def _recordings(names: Collection[str]) -> list[str]:
    own = OWN_FILES if RESULT in names else frozenset()
    return sorted(
        name
        for name in names
        if not name.startswith(".") and Path(name).suffix.lower() in ENDINGS and name not in own
    )


def _no_file(path: Path) -> str:
    """Said of a pipe or a device, which might never end; empty for all else."""
    is_odd = path.exists() and not path.is_file() and not path.is_dir()
    return f"{path}: is no file" if is_odd else ""


def named(items: list[Item], names: Mapping[str, str], taken: Iterable[str]) -> list[Item]:
    """The same with names for their folders; no two are the same, in capitals or not.

    A recording is called by its file's name; where that would do for several, by its folder's name and its
    own; then by its ending too; at last by a number.

    Args:
        items: The recordings.
        names: Names that recordings had before, by what `real` says of them.
        taken: Names that are not free.
    """
    used = {_folded(name) for name in (SUMMARY, *taken, *names.values())}
    chosen = {real(item.path): names.get(real(item.path), "") for item in items}
    levels: tuple[Callable[[Path], str], ...] = (_short, _longer, _longest)
    for level in levels:
        waiting = [item.path for item in items if not chosen[real(item.path)]]
        wanted = Counter(_folded(level(path)) for path in waiting)
        for path in waiting:
            name = level(path)
            if wanted[_folded(name)] == 1 and _folded(name) not in used:
                chosen[real(path)] = name
        used |= {_folded(name) for name in chosen.values()}
    for path in (item.path for item in items if not chosen[real(item.path)]):
        chosen[real(path)] = _numbered(_longest(path), used)
        used.add(_folded(chosen[real(path)]))
    return [replace(item, name=chosen[real(item.path)]) for item in items]


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _short(path: Path) -> str:
    return _allowed(path.stem)


def _longer(path: Path) -> str:
    return _allowed(f"{Path(real(path)).parent.name}-{path.stem}")


def _longest(path: Path) -> str:
    return _allowed(f"{Path(real(path)).parent.name}-{path.stem}-{path.suffix.removeprefix('.')}")


def _allowed(wanted: str) -> str:
    """A name that every system lets a folder have, that is not hidden, and leads nowhere else."""
    signs = ["_" if sign in FORBIDDEN or ord(sign) < ord(" ") else sign for sign in wanted]
    name = "".join(signs).strip(". -")
    while len(os.fsencode(name)) > LONGEST_NAME_BYTES:
        name = name[:-1].rstrip(". ")
    return f"{name}_" if name.split(".")[0].lower() in RESERVED else name or "recording"


def _numbered(name: str, used: Collection[str]) -> str:
    number, numbered = 2, name
    while _folded(numbered) in used:
        numbered, number = f"{name}-{number}", number + 1
    return numbered


def summary_csv(outcomes: Iterable[BatchOutcome]) -> str:
    """A row for each recording and each stretch and side of it; one for a recording without any."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(HEAD)
    for outcome in outcomes:
        rows.writerows([harmless(cell) for cell in row] for row in _rows(outcome))
    return file.getvalue()


def _rows(outcome: BatchOutcome) -> list[list[object]]:
    summary, item = outcome.told, outcome.item
    first, last = (
        [str(item.path), str(outcome.status)],
        ["; ".join(summary.warnings), outcome.error],
    )
    last += ["" if outcome.status is Status.FAILED else item.name]
    if outcome.status is Status.FAILED:
        return [[*first, *[""] * 7, *last]]
    if not summary.rows:
        held_s, wrong_s, unseen_s = summary.seconds
        return [[*first, "", "", held_s, wrong_s, unseen_s, 0, 0, *last]]
    return [
        [*first, row.pose, row.side, row.held_s, row.wrong_s, row.unseen_s, row.holds, row.complete, *last]
        for row in summary.rows
    ]  # fmt: skip
