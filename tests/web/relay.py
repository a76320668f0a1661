"""A piece of network between a browser and the program, which can be cut and mended."""

import socket
from contextlib import suppress
from threading import Thread
from typing import Self


class Relay:
    """Passes everything on to a port of this machine, from another one; a context manager.

    Attributes:
        port: Where it listens.
    """

    def __init__(self, to: int) -> None:
        self._to, self._is_cut = to, False
        self._lines: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]

    def __enter__(self) -> Self:
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        self.cut()

    def cut(self) -> None:
        """End all connections, and let none through."""
        self._is_cut = True
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._lines.clear()

    def mend(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                line, _ = self._server.accept()
                if self._is_cut:
                    line.close()
                    continue
                self._lines.append(line)
                Thread(target=_join, args=(line, self._to), daemon=True).start()


def _join(line: socket.socket, to: int) -> None:
    """Pass on what comes, both ways, until one of them ends."""
    with line, socket.create_connection(("127.0.0.1", to)) as on:
        back = Thread(target=_pass_on, args=(on, line), daemon=True)
        back.start()
        _pass_on(line, on)
        back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
