"""Files that are written whole or not at all, never over another one by chance, or for their owner only."""

import errno
import os
from pathlib import Path

OWNER_FILE, OWNER_FOLDER = 0o600, 0o700
"""Modes of what only its owner may read."""


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
    """The path, or the first of its name with a number that is not there yet."""
    number, found = 2, path
    while found.exists():
        found = path.with_name(f"{path.name}-{number}")
        number += 1
    return found


def make_private(folder: Path) -> None:
    """Make a folder with its parents; those that were not there are for their owner only."""
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=OWNER_FOLDER, exist_ok=True)


def open_private(name: str, flags: int) -> int:
    """An opener for `open` that makes files which only their owner may read."""
    return os.open(name, flags, OWNER_FILE)
