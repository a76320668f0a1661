"""The server of the page: listens on this machine only, in a thread of its own.

With ``--phone`` a second one listens on the addresses of this machine in the home network, over TLS.
"""

import logging
import os
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from time import perf_counter, sleep
from typing import Self

import uvicorn

from backstretch.errors import SetupError
from backstretch.web.gate import App, Gate, Keys, Place, this_machine
from backstretch.web.lines import MOST_BYTES

PHONE_PORT = 8743
"""Where the phone finds the program, if it is free: a browser remembers what it may do by address and port."""
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
        self._prepare(app, Keys(takes_other), _listening(port), this_machine)

    def _prepare(
        self,
        app: App,
        keys: Keys,
        sockets: list[socket.socket],
        place_of: Callable[[int], Place],
        certificate: Path | None = None,
    ) -> None:
        for each in sockets:  # what it accepts inherits this; else small answers wait for 40 ms
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.keys, self._sockets = keys, sockets
        self.port: int = sockets[0].getsockname()[1]
        settings = uvicorn.Config(
            Gate(app, keys, place_of(self.port)),
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
            ssl_context_factory=None if certificate is None else lambda *_: _tls(certificate),
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


class PhoneServer(Server):
    """Serves an application to a browser in the home network, over TLS; a context manager.

    Args:
        app: The application; nothing else is served there.
        keys: Who may come in.
        addresses: Those of this machine in the home network.
        certificate: A file with key and certificate.
        place_of: Where its gate stands, by the port.

    Raises:
        SetupError: No port of the addresses can be used.
    """

    def __init__(
        self,
        app: App,
        keys: Keys,
        addresses: Sequence[str],
        certificate: Path,
        place_of: Callable[[int], Place],
    ) -> None:
        self._address = addresses[0]
        self._prepare(app, keys, _listening_at(addresses), place_of, certificate)

    @property
    def url(self) -> str:
        """Where the phone's page is."""
        return f"https://{self._address}:{self.port}/"


def _tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate)
    return context


def _listening_at(addresses: Sequence[str]) -> list[socket.socket]:
    """Sockets of these addresses, all on one port: the usual one, or any where that is taken."""
    try:
        return _all_at(addresses, PHONE_PORT)
    except OSError:
        with suppress(OSError):
            return _all_at(addresses, 0)
    raise SetupError(f"the phone's page cannot be opened at {', '.join(addresses)}")


def _all_at(addresses: Sequence[str], port: int) -> list[socket.socket]:
    opened: list[socket.socket] = []
    try:
        for address in addresses:
            opened.append(socket.create_server((address, port)))
            port = opened[0].getsockname()[1]
    except OSError:
        for each in opened:
            each.close()
        raise
    return opened


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
