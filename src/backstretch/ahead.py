"""Reading ahead: what takes time is made in a thread of its own, a few pieces before they are wanted."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

_Item = TypeVar("_Item")
PATIENCE_S = 0.1
"""How often a thread that waits looks whether anybody still wants what it has."""


class _Ended:
    """Comes last; with the error that ended it, if any."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class Ahead(Generic[_Item]):
    """An iterator over what another one gives, which runs in a thread; a context manager.

    Args:
        items: Are made in the thread; an error among them is raised where it would have come.
        count: At most so many wait to be taken; 0 for as many as there are.
    """

    def __init__(self, items: Iterable[_Item], count: int) -> None:
        self._items = items
        self._waiting: Queue[_Item | _Ended] = Queue(count)
        self._unwanted = Event()
        self._thread = Thread(target=self._run, name="ahead", daemon=True)

    def __iter__(self) -> Iterator[_Item]:
        while True:
            item = self._waiting.get()
            if not isinstance(item, _Ended):
                yield item
                continue
            if item.error is not None:
                raise item.error
            return

    def __enter__(self) -> "Ahead[_Item]":
        try:
            self._thread.start()
        except BaseException:
            self._unwanted.set()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._unwanted.set()
        while self._thread.is_alive():
            with suppress(Empty):
                self._waiting.get(timeout=PATIENCE_S)

    def _run(self) -> None:
        end = _Ended()
        try:
            for item in self._items:
                if not self._put(item):
                    return
        except BaseException as error:  # noqa: BLE001 - it is raised where the items are wanted
            end = _Ended(error)
        finally:
            if isinstance(self._items, Generator):
                self._items.close()
        self._put(end)

    def _put(self, item: _Item | _Ended) -> bool:
        """Wait until there is room; False where nobody wants it any more."""
        while not self._unwanted.is_set():
            with suppress(Full):
                self._waiting.put(item, timeout=PATIENCE_S)
                return True
        return False
