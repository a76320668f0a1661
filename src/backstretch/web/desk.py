"""The desk: sessions, one at a time, on the main thread; asked for from the threads of the page."""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Lock

LOOK_S = 0.2
"""How often the desk looks up while nothing is asked for, so that Ctrl-C is heard on every system."""


class Desk:
    """Takes one order at a time; camera, model and signals belong on the main thread."""

    def __init__(self) -> None:
        self._orders: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._lock = Lock()
        self._is_busy = False

    @property
    def is_busy(self) -> bool:
        """Whether an order is being carried out, or waits for it."""
        return self._is_busy

    def take(self, order: Callable[[], None]) -> bool:
        """Have an order carried out; False while another one is."""
        with self._lock:
            if self._is_busy:
                return False
            self._is_busy = True
        self._orders.put(order)
        return True

    def run(self) -> None:
        """Carry out orders, for ever.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed.
        """
        while True:
            try:
                order = self._orders.get(timeout=LOOK_S)
            except Empty:
                continue
            try:
                order()
            finally:
                self._is_busy = False
