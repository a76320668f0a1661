"""Writing files: whole or not at all, never over another one by chance, and for their owner only.

Also cells for spreadsheets, which would run some texts as formulas, files that grow while they are read, and
stderr, which libraries write to past Python.
"""

import errno
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from backstretch.errors import InputError

OWNER_FILE, OWNER_FOLDER = 0o600, 0o700
"""Modes of files and folders that only their owner may read."""
_STDERR = Lock()
"""Held while stderr is redirected: all threads share it."""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is a formula to a spreadsheet."""


def save_text(text: str, path: Path, *, force: bool = False) -> None:
    """Write a text file whole, with the folders above it, or leave everything as it was.

    Raises:
        InputError: There is one already and ``force`` is not given, or it cannot be written.
    """
    folders: list[Path] = []
    work: Path | None = None
    try:
        make_folder(path.parent, folders)
        handle, name = tempfile.mkstemp(prefix=".backstretch-", dir=path.parent)
        work = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        work.chmod(0o644)
        if force:
            work.replace(path)
        elif not _place_if_free(work, path):
            raise InputError(f"{path}: is there already; --force writes over it")
        folders.clear()
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path}: cannot be written ({reason}); nothing was left there") from error
    finally:
        if work is not None:
            with suppress(OSError):
                work.unlink()
        for folder in reversed(folders):
            with suppress(OSError):  # somebody else has put something there
                folder.rmdir()


def _place_if_free(work: Path, path: Path) -> bool:
    """Give a file its name if that is free, in one step where there are hard links; else return False."""
    try:
        path.hardlink_to(work)
    except FileExistsError:
        return False
    except OSError:
        if path.exists() or path.is_symlink():
            return False
        work.replace(path)
    return True


@contextmanager
def output_folder(folder: Path) -> Iterator[Path]:
    """Give a working folder inside ``folder``; its files move up into ``folder`` when all went well.

    Raises:
        InputError: The folder cannot be made or written; whatever was begun is removed.
    """
    work: Path | None = None
    folders: list[Path] = []
    try:
        make_folder(folder, folders)
        work = Path(tempfile.mkdtemp(prefix=".backstretch-", dir=folder))
        yield work
        _move(work, folder)
        folders.clear()
    except OSError as error:
        reason = error.strerror or str(error)
        words = f"{folder}: cannot be written ({reason}); nothing was left there"
        raise InputError(words) from error
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)
        for each in reversed(folders):
            with suppress(OSError):  # somebody else has put something there
                each.rmdir()


def make_folder(folder: Path, folders: list[Path]) -> None:
    """Make a folder with its parents; ``folders`` collects those that were not there."""
    if not folder.exists():
        make_folder(folder.parent, folders)
        folder.mkdir()
        folders.append(folder)


def _move(work: Path, folder: Path) -> None:
    """Move all files up, or none where a folder is in the way of one."""
    moves = [(each, folder / each.name) for each in sorted(work.iterdir())]
    for _, target in moves:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, f"{target.name} is a folder there")
    for each, target in moves:
        each.replace(target)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole, or leave what was there before.

    Raises:
        OSError: It cannot be written.
    """
    try:
        target = path.resolve()
    except RuntimeError as error:  # a link that leads to itself
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from error
    if target.exists() and not target.is_file():  # a device, a pipe: nothing to replace
        target.write_bytes(data)
        return
    work = target.with_name(f".{target.name}.part")
    try:
        work.write_bytes(data)
        work.replace(target)
    finally:
        work.unlink(missing_ok=True)


def free_path(path: Path) -> Path:
    """The path if it does not exist, else its name with the first free number from 2 on: ``name-2``."""
    number, free = 2, path
    while free.exists():
        free = path.with_name(f"{path.name}-{number}")
        number += 1
    return free


def make_private(folder: Path) -> None:
    """Make a folder with its parents; those that were not there are for their owner only."""
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=OWNER_FOLDER, exist_ok=True)


def open_private(name: str, flags: int) -> int:
    """An opener for `open` that makes files which only their owner may read."""
    return os.open(name, flags, OWNER_FILE)


def write_private(path: Path, data: bytes) -> None:
    """Write a file whole, or leave what was there before; it is never anybody else's to read.

    Raises:
        OSError: It cannot be written.
    """
    work = path.with_name(f".{path.name}.part")
    work.unlink(missing_ok=True)
    with open(work, "xb", opener=open_private) as file:
        file.write(data)
    work.replace(path)


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; values other than text are not changed."""
    return f"'{value}" if isinstance(value, str) and value.startswith(DANGEROUS) else value


class Growth:
    """Watches whether a file grows while it is read, to end it where it ended when it was opened.

    Args:
        path: The file, before it is opened.

    Attributes:
        end_s: Where it ended when it was opened, in seconds.
    """

    def __init__(self, path: Path) -> None:
        self.end_s = math.inf
        self._path, self._size = path, _size(path)
        self._has_grown = False

    def cuts(self, time_s: float) -> bool:
        """Whether a time is after the end of a file that has grown; in others the stated end may be wrong."""
        if time_s > self.end_s and not self._has_grown:
            self._has_grown = _size(self._path) > self._size
        return self._has_grown and time_s > self.end_s

    @property
    def cut_s(self) -> float | None:
        """The time after which pictures were left out; None where none were."""
        return self.end_s if self._has_grown else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


@contextmanager
def silent_stderr() -> Iterator[None]:
    """Send what anything writes to stderr nowhere, in all threads; for a moment in which a library starts."""
    with _STDERR:
        sys.stderr.flush()
        stderr = os.dup(2)
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
