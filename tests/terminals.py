"""Programs that write to a terminal."""

import os
import pty
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress


def at_a_terminal(command, environment):
    """A run whose stderr is a terminal, and what the terminal showed.

    The terminal is read meanwhile: one that nobody reads holds some kilobytes and then makes the program wait.
    """
    screen, terminal = pty.openpty()
    with ThreadPoolExecutor(1) as reader:
        shown = reader.submit(_read_all, screen)
        try:
            done = subprocess.run(
                command, env=environment, stdout=subprocess.PIPE, stderr=terminal, check=False
            )
        finally:
            os.close(terminal)
        return done, shown.result()


def _read_all(screen):
    shown = b""
    with suppress(OSError):  # the terminal is closed
        while True:
            shown += os.read(screen, 4096)
    os.close(screen)
    return shown.decode()
