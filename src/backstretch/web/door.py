"""The door of the page: how the browsers of its owner get in, also when the program is started once more.

All of it is files of the owner's own in the data folder: whoever can write there may come in.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

from filelock import FileLock, Timeout

from backstretch.errors import SetupError
from backstretch.files import make_private, write_private
from backstretch.web.gate import TOKEN_BYTES, TOKEN_S

LOCK, ADDRESS, INVITATION, OPENER = "app.lock", "app.address", "app.invitation", "app.html"
"""Held by the program that runs; where its page is; a token that was left for it; leads a browser in, so that
no token is in a list of processes."""
START_S = 10.0
"""How long a program that has just been started is waited for."""


class Door:
    """The files by which browsers get in.

    Args:
        folder: The data folder.
    """

    def __init__(self, folder: Path) -> None:
        make_private(folder)
        self._folder = folder
        self._lock = FileLock(folder / LOCK, timeout=0)

    @contextmanager
    def only_one(self) -> Iterator[bool]:
        """Be the program that runs; gives False where there is one already."""
        try:
            self._lock.acquire()
        except Timeout:
            yield False
            return
        try:
            self._remove(ADDRESS)
            yield True
        finally:
            for name in (ADDRESS, INVITATION, OPENER):
                self._remove(name)
            self._lock.release()

    def is_at(self, url: str) -> None:
        """Say where the page is, to programs that are started later."""
        self._write(ADDRESS, url)

    def takes(self, token: str) -> bool:
        """Whether a program that was started later has left this token; it is used up."""
        path = self._folder / INVITATION
        try:
            left = path.read_text(encoding="utf-8")
            age_s = datetime.now().timestamp() - path.stat().st_mtime  # noqa: DTZ005
        except (OSError, UnicodeDecodeError):
            return False
        if not secrets.compare_digest(left.encode(), token.encode()):
            return False
        self._remove(INVITATION)
        return age_s <= TOKEN_S

    def invitation_to_other(self) -> tuple[str, str]:
        """Where the page of the program that runs is, and an address that lets one browser in there.

        Raises:
            SetupError: It does not say where it is.
        """
        until_s = monotonic() + START_S
        path = self._folder / ADDRESS
        while not path.is_file():
            if monotonic() > until_s:
                raise SetupError(
                    "the page is open already, but does not answer; end it with Ctrl-C"
                )
            sleep(0.05)
        url, token = path.read_text(encoding="utf-8"), secrets.token_urlsafe(TOKEN_BYTES)
        self._write(INVITATION, token)
        return url, f"{url}enter?token={token}"

    def opener(self, invitation: str) -> str:
        """The address of a file that leads a browser in."""
        page = f'<!doctype html><meta http-equiv="refresh" content="0;url={invitation}">'
        self._write(OPENER, page)
        return (self._folder / OPENER).absolute().as_uri()

    def _write(self, name: str, text: str) -> None:
        write_private(self._folder / name, text.encode())

    def _remove(self, name: str) -> None:
        with suppress(OSError):
            (self._folder / name).unlink(missing_ok=True)
