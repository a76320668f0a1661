"""The server of the page: listens on this machine only, in a thread of its own."""

import logging
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from time import perf_counter, sleep
from typing import Self

import uvicorn

from backstretch.errors import SetupError
from backstretch.web.gate import App, Gate, Keys
from backstretch.web.lines import MOST_BYTES

START_S = 10.0
STOP_S = 10.0


class Server:
    """Serves an application behind its gate to browsers of this machine; a context manager.

    Args:
        app: The application.
        port: The port; 0 for any that is free.
        takes_other: As that of `Keys`.

    Attributes:
        keys: Who may come in.
        port: The port that it listens on.

    Raises:
        SetupError: The port cannot be used.
    """

    def __init__(
        self, app: App, port: int, takes_other: Callable[[str], bool] = lambda _token: False
    ) -> None:
        self.keys = Keys(takes_other)
        self._sockets = _listening(port)
        self.port: int = self._sockets[0].getsockname()[1]
        settings = uvicorn.Config(
            Gate(app, self.keys, self.port),
            access_log=False,
            log_level="error",  # addresses, which hold tokens, are in the lower levels
            log_config=None,
            lifespan="off",
            server_header=False,
            date_header=False,
            proxy_headers=False,
            ws="websockets-sansio",
            ws_max_size=MOST_BYTES,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(settings)
        self._log = logging.getLogger("uvicorn.error")
        self._log.addFilter(self._is_told)
        run = self._server.run
        self._thread = Thread(target=run, args=(self._sockets,), name="page", daemon=True)

    @property
    def url(self) -> str:
        """Where the page is, for a person to read."""
        return f"http://127.0.0.1:{self.port}/"

    def invitation(self) -> str:
        """An address that lets one browser in, for two minutes."""
        return f"{self.url}enter?token={self.keys.token()}"

    def _is_told(self, _record: logging.LogRecord) -> bool:
        """Whether a line of the server is for a person: of requests that its end cuts off none is."""
        return not self._server.should_exit

    def __enter__(self) -> Self:
        self._thread.start()
        until_s = perf_counter() + START_S
        while not self._server.started:
            if perf_counter() > until_s or not self._thread.is_alive():
                self._close()
                raise SetupError("the page could not be started")
            sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(STOP_S)
        if not self._thread.is_alive():
            self._log.removeFilter(self._is_told)
        self._close()

    def _close(self) -> None:
        for each in self._sockets:
            each.close()


def _listening(port: int) -> list[socket.socket]:
    """Sockets of this machine's own addresses, all on one port; of IPv6 only where it can be had."""
    try:
        first = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise SetupError(
            f"port {port} cannot be used ({why}); leave out --port, or give another"
        ) from error
    with suppress(OSError):
        second_at = ("::1", first.getsockname()[1])
        return [first, socket.create_server(second_at, family=socket.AF_INET6)]
    return [first]
