"""The server of the page: listens on this machine only, in a thread of its own."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from threading import Thread
from time import perf_counter, sleep
from typing import Self

import uvicorn

from backstretch.errors import SetupError
from backstretch.web.gate import App, Gate, Keys

MOST_BYTES = 5 * 1024 * 1024
"""Largest message of a page: a picture, and a little."""
START_S = 10.0
STOP_S = 3.0


class Server:
    """Serves an application behind its gate to browsers of this machine; a context manager.

    Args:
        app: The application.
        port: The port; 0 for any that is free.

    Attributes:
        keys: Who may come in.
        port: The port that it listens on.
    """

    def __init__(self, app: App, port: int) -> None:
        self.keys = Keys()
        self._open = ExitStack()
        opened = [self._open.enter_context(each) for each in _listening(port)]
        self._sockets = [each for each in opened if each.getsockname()[1]]
        self.port: int = self._sockets[0].getsockname()[1]
        settings = uvicorn.Config(
            Gate(app, self.keys, self.port),
            access_log=False,
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
        run = self._server.run
        self._thread = Thread(target=run, args=(self._sockets,), name="page", daemon=True)

    @property
    def url(self) -> str:
        """Where the page is, for a person to read."""
        return f"http://127.0.0.1:{self.port}/"

    def invitation(self) -> str:
        """An address that lets one browser in, for two minutes."""
        return f"{self.url}enter?token={self.keys.token()}"

    def __enter__(self) -> Self:
        self._thread.start()
        until_s = perf_counter() + START_S
        while not self._server.started:
            if perf_counter() > until_s or not self._thread.is_alive():
                self._open.close()
                raise SetupError("the page could not be started")
            sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(STOP_S)
        self._open.close()


def _listening(port: int) -> Iterator[socket.socket]:
    """Sockets of this machine's own addresses, all on one port; of IPv6 only where it can be had."""
    first = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    yield first
    try:
        first.bind(("127.0.0.1", port))
    except OSError as error:
        raise SetupError(
            f"port {port} cannot be used ({error.strerror or error}); leave out --port, or give another"
        ) from error
    with suppress(OSError):
        second = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
        yield second
        second.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        second.bind(("::1", first.getsockname()[1]))
