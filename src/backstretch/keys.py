"""Keys typed into a terminal, one at a time and without Enter."""

import sys
from contextlib import ExitStack
from types import TracebackType
from typing import Self

ESCAPE = "\x1b"


class TerminalKeys:
    """Reads keys without waiting for any; a context manager. Where nobody types, there are none."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._is_open = False

    def __enter__(self) -> Self:
        self._is_open = sys.stdin is not None and sys.stdin.isatty()
        if self._is_open and sys.platform != "win32":
            import termios
            import tty

            number = sys.stdin.fileno()
            before = termios.tcgetattr(number)
            self._stack.callback(termios.tcsetattr, number, termios.TCSADRAIN, before)
            tty.setcbreak(number)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_open = False
        self._stack.close()

    def read(self) -> str:
        """The key that was typed, ``esc``, or nothing. Arrows and the like are nothing."""
        if not self._is_open:
            return ""
        typed = _typed()
        if typed == ESCAPE:
            return "esc"
        return typed.lower() if len(typed) == 1 else ""


def _typed() -> str:
    """All that waits to be read."""
    if sys.platform == "win32":
        import msvcrt

        return "".join(iter(lambda: msvcrt.getwch() if msvcrt.kbhit() else "", ""))
    import os
    import select

    ready, _, _ = select.select([sys.stdin], [], [], 0.0)
    return os.read(sys.stdin.fileno(), 64).decode(errors="replace") if ready else ""
