"""What a folder of a batch was made from, so that a batch that is started again goes on where it stopped.

``batch.json`` is written last into each folder: the recording's path, size and time of change, a hash of the
settings, and the files. If all are equal and the files still there, the folder is kept; else it is made again.
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
"""Working folders of results; one that is left over is of a process that was killed."""


@dataclass(frozen=True)
class Origin:
    """What a result was made from.

    Attributes:
        path: The recording's `real` path.
        size, mtime_ns: Its size in bytes and time of change, both from before the analysis.
        settings: The `settings_hash`; empty while the result is being made.
    """

    path: str
    size: int
    mtime_ns: int
    settings: str


def settings_hash(request: Request, recognised: tuple[Pose, ...], model: Path | None) -> str:
    """A hash of all that a result depends on except the recording: options, poses, model and version.

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
    """The origin of a result made from a recording now; None where the file's state cannot be read."""
    try:
        state = path.stat()
    except (OSError, ValueError):
        return None
    return Origin(real(path), state.st_size, state.st_mtime_ns, settings)


def known_names(out: Path) -> dict[str, str]:
    """Names of the folders in ``out`` that hold a result, by their recording's `real` path."""
    return {path: each.name for each in _entries(out) if (path := _recording_of(each))}


def names_in_use(out: Path) -> list[str]:
    """The names in ``out`` that are not free; those of empty folders are."""
    return [each.name for each in _entries(out)]


def _entries(out: Path) -> list[Path]:
    with suppress(OSError):
        return [each for each in sorted(out.iterdir()) if not _is_empty(each)]
    return []


def _is_empty(path: Path) -> bool:
    with suppress(OSError):
        return all(each.match(WORK) for each in path.iterdir())
    return False


def _recording_of(folder: Path) -> str:
    """The `real` path of the recording of a folder's result, also without batch.json; empty for none."""
    origin = _origin(folder)
    if origin:
        return origin.path
    with suppress(OSError, *ODD):
        document = json.loads((folder / RESULT).read_text("utf-8"))
        return real(Path(str(document["source"]["path"])))
    return ""


def finished_result(folder: Path, origin: Origin | None) -> dict[str, Any] | None:
    """The document of a result that is complete and of this origin; None where it must be made again."""
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
    """Mark a folder that is made again as unfinished, and remove what a killed process has left.

    Raises:
        OSError: It cannot be written.
    """
    sweep(folder)
    if _origin(folder):
        _write(folder, replace(origin, settings=""), [])


def finish(folder: Path, origin: Origin) -> None:
    """Write what a finished folder was made from.

    Raises:
        OSError: It cannot be written.
    """
    files = sorted(each.name for each in folder.iterdir() if not each.name.startswith("."))
    _write(folder, origin, [name for name in files if name != ABOUT])


def sweep(folder: Path) -> None:
    """Remove what a killed process has left in a folder, and the folder if it is empty."""
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
    """The content of batch.json; an empty table where it is missing or damaged."""
    with suppress(OSError, *ODD):
        return json.loads((folder / ABOUT).read_text("utf-8"))
    return {}
