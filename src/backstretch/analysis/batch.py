"""Batches: the recordings, the name of each one's output folder, its outcome, and summary.csv."""

import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from statistics import median
from typing import Any

from backstretch.formats.result_files import ANNOTATED, ANNOTATED_PICTURE, RESULT, TRACK
from backstretch.judging.request import Request
from backstretch.poses.pose import Pose


@dataclass(frozen=True)
class BatchSettings:
    """The settings of all recordings of a batch.

    Attributes:
        request, recognised, model: As `analysis.pipeline.analyse_recording` takes them.
        digest: Their hash, see `analysis.batch_resume.settings_hash`.
        text: Whether replies carry the result documents.
        files: Names of the files that are written of each; None for all.
    """

    request: Request
    recognised: tuple[Pose, ...]
    model: Path | None
    digest: str
    text: bool
    files: frozenset[str] | None = None


@dataclass(frozen=True)
class Task:
    """One recording to be analysed.

    Attributes:
        number: Its place in the batch.
        path: The file.
        folder: Where its results are written; None for nowhere.
    """

    number: int
    path: Path
    folder: Path | None


@dataclass(frozen=True)
class BatchRow:
    """The figures of one stretch and side in a recording.

    Attributes:
        pose, name: The stretch's id and display name.
        side: Left, right, or empty.
        held_s, wrong_s, unseen_s: Seconds, within holds.
        holds, complete: Number of holds, and of those long enough.
        asked, asked_s: How many holds were asked for, and seconds of each; None where that is not known.
        score: Mean score of the holds, weighted by their valid seconds; None without.
        measures: Over the holds the median of each measure's medians and the best of its best values, as in a
            hold of result.json.
        words: What the measures are, by their labels.
    """

    pose: str
    name: str
    side: str
    held_s: float
    wrong_s: float
    unseen_s: float
    holds: int
    complete: int
    asked: int | None = None
    asked_s: float | None = None
    score: float | None = None
    measures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BatchSummary:
    """The part of one result that a batch reports.

    Attributes:
        rows: One for each stretch and side that was asked for or recognised.
        seconds: Valid, wrong and unseen seconds, those of attempts included.
        likeness: Id of the pose that a photograph resembles most; empty for other recordings.
        warnings: The result's warnings.
        recorded_at: When it was recorded, as ISO 8601; empty where that is not known.
        person: Whose it is; empty where no name was given.
    """

    rows: tuple[BatchRow, ...] = ()
    seconds: tuple[float, float, float] = (0.0, 0.0, 0.0)
    likeness: str = ""
    warnings: tuple[str, ...] = ()
    recorded_at: str = ""
    person: str = ""


EMPTY_SUMMARY = BatchSummary()


@dataclass(frozen=True)
class Reply:
    """A worker's answer to one task.

    Attributes:
        summary: The part of the result that the batch reports; empty if there is no result.
        error: Why there is no result, in one line; empty if there is one.
        text: The result document as JSON; empty unless the batch's settings ask for it.
        is_killed: Whether there is no result because the worker was killed.
    """

    summary: BatchSummary = EMPTY_SUMMARY
    error: str = ""
    text: str = ""
    is_killed: bool = False


SUMMARY, WORKBOOK = "summary.csv", "summary.xlsx"
ENDINGS = frozenset((".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts",
    ".wmv", ".asf", ".flv", ".f4v", ".3gp", ".3g2", ".qt", ".ogv", ".mxf", ".vob", ".dv", ".divx", ".lrv",
    ".h264", ".264", ".h265", ".265", ".hevc", ".m1v", ".m2v", ".mpe", ".mjpg", ".mjpeg", ".y4m", ".gif",
    ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".jp2", ".png", ".webp", ".avif", ".heic", ".heif", ".hif",
    ".bmp", ".tif", ".tiff", ".npz"))  # fmt: skip
"""Files of a folder that count as recordings; a file given by its own name may end in anything."""
OWN_FILES = frozenset({ANNOTATED, ANNOTATED_PICTURE, TRACK})
"""In a folder with a result these belong to it and are no recordings."""
OF_SYSTEMS = frozenset({"desktop.ini", "thumbs.db"})
"""Files that systems leave in folders, in small letters."""
MOST_NAMED = 3
"""How many files that are left out of a folder are named; the others are counted."""
FORBIDDEN = frozenset('<>:"/\\|?*')
RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)
"""Characters and names that some systems do not allow for a folder."""
LONGEST_NAME_BYTES = 200
"""File systems end at 255; a number may be added."""


class Status(StrEnum):
    """The outcome of a recording."""

    DONE = "done"
    KEPT = "kept"
    """The result of an earlier run is used."""
    FAILED = "failed"


@dataclass(frozen=True)
class Item:
    """One recording of a batch.

    Attributes:
        path: As it was given, or as it was found in a given folder.
        name: Name of its folder inside the output folder; empty where nothing is written.
        fault: Why it cannot be analysed at all, in one line; empty if that is to be tried.
    """

    path: Path
    name: str = ""
    fault: str = ""


@dataclass(frozen=True)
class BatchOutcome:
    """The outcome of one recording; ``error`` says in one line why it failed."""

    item: Item
    status: Status
    summary: BatchSummary = EMPTY_SUMMARY
    error: str = ""


def summary_of(document: Mapping[str, Any]) -> BatchSummary:
    """The part of a result document that a batch reports.

    Raises:
        ArithmeticError, AttributeError, LookupError, TypeError, ValueError: It is no result document.
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
        recorded_at=str(document.get("recorded_at") or ""),
        person=str(document.get("person") or ""),
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
        asked=int(stretch["asked"]),
        asked_s=float(stretch["asked_s"]),
        score=_score(ours),
        measures=_measures(stretch, ours),
        words={each["label"]: str(each["words"]) for each in stretch["checks"]},
    )


def _score(holds: Sequence[Mapping[str, Any]]) -> float | None:
    """The mean score, weighted by valid seconds; None without."""
    scored = [(each["score"], each["valid_s"]) for each in holds if each.get("score") is not None]
    seconds = sum(valid_s for _, valid_s in scored)
    return round(sum(score * s for score, s in scored) / seconds, 1) if seconds > 0.0 else None


def _measures(
    stretch: Mapping[str, Any], holds: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The measures of several holds as one."""
    measures: dict[str, dict[str, Any]] = {}
    for check in stretch["checks"]:
        label, of = check["label"], max if check.get("more") == "larger" else min
        found = [each["measures"][label] for each in holds if label in each.get("measures", {})]
        if found:
            measures[label] = _together(found, of, 1 if check["unit"] == "deg" else 2)
    lengths = [(name, length) for each in holds for name, length in each.get("lengths", {}).items()]
    for name in dict(lengths):
        measures[name] = _together([each for other, each in lengths if other == name], min, 0)
    return measures


def _together(
    found: Sequence[Mapping[str, Any]], of: Callable[..., float], digits: int
) -> dict[str, Any]:
    bests = [each["best"] for each in found if "best" in each]
    return {
        **found[0],
        "median": round(median(each["median"] for each in found), digits),
        **({"best": of(bests)} if bests else {}),
    }


def real(path: Path) -> str:
    """The file's absolute path without links, the same for every path that leads to it."""
    return os.path.realpath(path)


def recordings_in(paths: Iterable[Path], out: Path | None) -> list[Item]:
    """The recordings among files and in folders, each once, in the order given; those of a folder by name.

    Args:
        paths: Files, and folders, which are searched with their subfolders. A folder without any recording
            becomes an item itself, so that a message says what is wrong with it.
        out: The output folder; it is not searched.
    """
    items: dict[str, Item] = {}
    for path in paths:
        inside = _walk(path, None if out is None else real(out)) if path.is_dir() else iter(())
        for item in list(inside) or [Item(path, fault=_no_file(path))]:
            items.setdefault(real(item.path), item)
    return list(items.values())


def _walk(folder: Path, out: str | None) -> Iterator[Item]:
    errors: list[OSError] = []
    for here, names in _folders(folder, out, errors):
        for path in (Path(here, name) for name in _recordings(names)):
            if path.is_file() or not path.exists():  # a broken link is reported, not passed over
                yield Item(path)
    for error in errors:
        words = f"{error.filename}: cannot be read ({error.strerror})"
        yield Item(Path(error.filename), fault=words)


def _folders(
    folder: Path, out: str | None, errors: list[OSError]
) -> Iterator[tuple[str, list[str]]]:
    """A folder and those in it, each with the names of its files; without hidden ones and the output folder."""
    for here, folders, names in os.walk(folder, onerror=errors.append):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and real(Path(here, name)) != out
        )
        yield here, names


def left_out(paths: Iterable[Path], out: Path | None) -> list[str]:
    """What is left out of folders because its name is none of a recording, a line for each folder.

    The arguments are those of `recordings_in`. Results of this program are not named.
    """
    lines = []
    for path in paths:
        for here, names in _folders(path, None if out is None else real(out), []):
            own = set(names) if RESULT in names else {SUMMARY, WORKBOOK}
            others = [
                name
                for name in sorted({*names} - {*_recordings(names)} - own)
                if not name.startswith(".") and name.lower() not in OF_SYSTEMS
            ]
            if others:
                more = len(others) - MOST_NAMED
                named = ", ".join(others[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
                words = f"{here}: left out, as no recordings by their names: {named}"
                lines.append(" ".join(words.split()))  # a name may have line breaks
    return lines


def _recordings(names: Collection[str]) -> list[str]:
    own = OWN_FILES if RESULT in names else frozenset()
    return sorted(
        name
        for name in names
        if not name.startswith(".") and Path(name).suffix.lower() in ENDINGS and name not in own
    )


def _no_file(path: Path) -> str:
    """The fault of a pipe or a device, which might never end; empty for anything else."""
    is_odd = path.exists() and not path.is_file() and not path.is_dir()
    return f"{path}: is not a file" if is_odd else ""


def assign_names(
    items: list[Item], names: Mapping[str, str], names_in_use: Iterable[str]
) -> list[Item]:
    """The items with names for their folders, all different, also without regard to capitals.

    A recording's folder is named after its file; where several would have the same name, after its folder and
    its file; then with the file's ending too; at last with a number.

    Args:
        items: The recordings.
        names: Names that recordings had in earlier runs, by their `real` path.
        names_in_use: Names that are not free.
    """
    used = {_folded(name) for name in (SUMMARY, WORKBOOK, *names_in_use, *names.values())}
    chosen = {real(item.path): names.get(real(item.path), "") for item in items}
    levels: tuple[Callable[[Path], str], ...] = (_short, _longer, _longest)
    for level in levels:
        waiting = [item.path for item in items if not chosen[real(item.path)]]
        counts = Counter(_folded(level(path)) for path in waiting)
        for path in waiting:
            name = level(path)
            if counts[_folded(name)] == 1 and _folded(name) not in used:
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


def _allowed(text: str) -> str:
    """A folder name that every system allows, that is not hidden and does not lead elsewhere."""
    characters = ["_" if each in FORBIDDEN or ord(each) < ord(" ") else each for each in text]
    name = "".join(characters).strip(". -")
    while len(os.fsencode(name)) > LONGEST_NAME_BYTES:
        name = name[:-1].rstrip(". ")
    return f"{name}_" if name.split(".")[0].lower() in RESERVED else name or "recording"


def _numbered(name: str, used: Collection[str]) -> str:
    number, numbered = 2, name
    while _folded(numbered) in used:
        numbered, number = f"{name}-{number}", number + 1
    return numbered
