"""What a folder of a batch was made from, so that a batch that is started again goes on where it stopped.

``batch.json`` is written last into each folder: the recording's path, size and time of change, a hash of the
settings, and the files. All equal, and the files still there: the folder is kept. Else it is made again.
"""

import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from backstretch.analysis.batch import real, summary_of
from backstretch.errors import ODD, InputError
from backstretch.files import write_whole
from backstretch.formats.result_files import RESULT
from backstretch.judging.request import Request
from backstretch.poses.pose import Pose

ABOUT = "batch.json"
WORK = ".backstretch-*"
"""Folders in which results are made; one that is left over is of a process that was killed."""


@dataclass(frozen=True)
class Origin:
    """What a result was made from.

    Attributes:
        path: Which file; see `real`.
        size, mtime_ns: Its bytes, and when it was changed last, as it was when work began.
        settings: See `settings_hash`; empty while it is being made.
    """

    path: str
    size: int
    mtime_ns: int
    settings: str


def settings_hash(request: Request, recognised: tuple[Pose, ...], model: Path | None) -> str:
    """A hash of all that a result depends on but for the recording: options, poses, model, and version.

    Raises:
        InputError: The model cannot be read.
    """
    settings = [version("backstretch"), _plain(request), _plain(recognised)]
    digest = sha256(json.dumps(settings, sort_keys=True).encode())
    if model is not None:
        try:
            digest.update(model.read_bytes())
        except OSError as error:
            raise InputError(f"{model}: cannot be read ({error.strerror or error})") from error
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    """A value as JSON has it, with every field of every dataclass inside, also those left out of `repr`."""
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


def origin_of(path: Path, settings: str) -> Origin | None:
    """What a result of a recording would be made from now; None where the file cannot be looked at."""
    try:
        about = path.stat()
    except (OSError, ValueError):
        return None
    return Origin(real(path), about.st_size, about.st_mtime_ns, settings)


def known_names(out: Path) -> dict[str, str]:
    """The folders in ``out`` that hold a result, by the recording it is of."""
    return {path: each.name for each in _entries(out) if (path := _origin_in(each))}


def taken_names(out: Path) -> list[str]:
    """The names in ``out`` that are not free; a folder that holds nothing is."""
    return [each.name for each in _entries(out)]


def _entries(out: Path) -> list[Path]:
    with suppress(OSError):
        return [each for each in sorted(out.iterdir()) if not _is_empty(each)]
    return []


def _is_empty(path: Path) -> bool:
    with suppress(OSError):
        return all(each.match(WORK) for each in path.iterdir())
    return False


def _origin_in(folder: Path) -> str:
    """Which recording a folder's result is of; also where the program was killed before it kept that."""
    origin = _origin(folder)
    if origin:
        return origin.path
    with suppress(OSError, *ODD):
        document = json.loads((folder / RESULT).read_text("utf-8"))
        return real(Path(str(document["source"]["path"])))
    return ""


def finished_result(folder: Path, origin: Origin | None) -> dict[str, Any] | None:
    """The document of a result that need not be made again; None where it must be."""
    about = _about(folder)
    try:
        is_whole = all((folder / name).is_file() for name in about["files"])
        if not is_whole or Origin(**about["made_from"]) != origin:
            return None
        document: dict[str, Any] = json.loads((folder / RESULT).read_text("utf-8"))
        summary_of(document)
    except (OSError, *ODD):
        return None
    return document


def begin(folder: Path, origin: Origin) -> None:
    """Let a folder that is made again not pass for what it was before.

    Raises:
        OSError: It cannot be written.
    """
    sweep(folder)
    if _origin(folder):
        _write(folder, replace(origin, settings=""), [])


def finish(folder: Path, origin: Origin) -> None:
    """Keep what a folder was made from.

    Raises:
        OSError: It cannot be written.
    """
    files = sorted(each.name for each in folder.iterdir() if not each.name.startswith("."))
    _write(folder, origin, [name for name in files if name != ABOUT])


def sweep(folder: Path) -> None:
    """Remove what a process that was killed has left; an empty folder too."""
    for work in folder.glob(WORK):
        shutil.rmtree(work, ignore_errors=True)
    with suppress(OSError):
        folder.rmdir()


def _write(folder: Path, origin: Origin, files: list[str]) -> None:
    text = json.dumps({"made_from": asdict(origin), "files": files}, indent=2)
    write_whole(folder / ABOUT, f"{text}\n".encode())


def _origin(folder: Path) -> Origin | None:
    try:
        return Origin(**_about(folder)["made_from"])
    except ODD:
        return None


def _about(folder: Path) -> Any:
    """What batch.json holds; an empty table where there is none, or a damaged one."""
    with suppress(OSError, *ODD):
        return json.loads((folder / ABOUT).read_text("utf-8"))
    return {}
