"""A worker of a batch: a process that analyses one recording after the other, as it is told."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

from backstretch.api import analyse_recording
from backstretch.batch import NOTHING_TOLD, Told, told_of
from backstretch.batch_kept import begin, finish, origin_of
from backstretch.errors import BackstretchError, InputError
from backstretch.outputs import Progress
from backstretch.poses import Pose
from backstretch.request import Request
from backstretch.result import Result

STDOUT, STDERR = 1, 2
SHARE_STEP = 0.01
"""How far a recording must have come for it to be told again."""


@dataclass(frozen=True)
class Orders:
    """What is wanted of all recordings of a batch.

    Attributes:
        request, recognised, model: As `backstretch.api.analyse_recording` takes them.
        settings: Their hash, see `backstretch.batch_kept`.
        text: Whether the results' documents are needed.
    """

    request: Request
    recognised: tuple[Pose, ...]
    model: Path | None
    settings: str
    text: bool


@dataclass(frozen=True)
class Task:
    """One recording to be analysed.

    Attributes:
        number: Its place in the batch.
        path: The file.
        folder: Where its files go, None for nowhere.
    """

    number: int
    path: Path
    folder: Path | None


@dataclass(frozen=True)
class Reply:
    """What became of it.

    Attributes:
        told: What the batch says of the result.
        error: Why there is none, in one line; empty where there is.
        text: The result's document, where it was wanted.
    """

    told: Told = NOTHING_TOLD
    error: str = ""
    text: str = ""


class GrowingError(Exception):
    """A recording that goes on after its end, because something is still written to it."""

    def __init__(self, end_s: float) -> None:
        super().__init__()
        self.end_s = end_s


def work(pipe: Connection, orders: Orders) -> None:
    """A worker's life: it takes tasks, tells the share that is done and replies, till the pipe is closed.

    Ctrl-C is for the parent. SIGTERM ends it; what it had begun to write is removed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(OSError):  # nobody may have opened it
        os.dup2(STDERR, STDOUT)  # stdout is for documents
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            pipe.send(_reply(pipe.recv(), orders, pipe))


def _reply(task: Task, orders: Orders, pipe: Connection) -> Reply:
    try:
        return _done(task, orders, pipe)
    except BackstretchError as error:
        return Reply(error=" ".join(str(error).split()))
    except Exception as error:  # noqa: BLE001 - a fault of one recording ends that, not the batch
        words = f"{task.path}: could not be analysed ({type(error).__name__}: {error})"
        return Reply(error=" ".join(words.split()))


def _done(task: Task, orders: Orders, pipe: Connection) -> Reply:
    origin = origin_of(task.path, orders.settings)
    try:
        if task.folder and origin:
            begin(task.folder, origin)
        result, note = _analysed(task, orders, pipe)
        if task.folder and origin:
            finish(task.folder, origin)
    except OSError as error:
        words = f"{task.folder}: cannot be written ({error.strerror or error})"
        raise InputError(words) from error
    document = result.as_dict()
    told = told_of(document)
    told = replace(told, warnings=(*told.warnings, *note))
    return Reply(told, text=json.dumps(document) if orders.text else "")


def _analysed(task: Task, orders: Orders, pipe: Connection) -> tuple[Result, tuple[str, ...]]:
    """The result, and what is to be said besides: of a file that grows, what was there counts."""
    watched = Watch(task.path, pipe)
    job = orders.recognised, task.folder, orders.model, watched.watching
    try:
        return analyse_recording(task.path, orders.request, *job, at_once=False), ()
    except GrowingError as grows:
        part = replace(orders.request, part=replace(orders.request.part, end_s=grows.end_s))
        words = f"the file was still being written; what came after {grows.end_s:.1f} s is left out"
        return analyse_recording(task.path, part, *job, at_once=False), (words,)


class Watch:
    """Tells the parent how far a recording is, and stops at one that grows, once."""

    def __init__(self, path: Path, pipe: Connection) -> None:
        self._path, self._pipe = path, pipe
        self._size: int | None = _size(path)
        self._told = 0.0

    @contextmanager
    def watching(self, start_s: float, end_s: float) -> Iterator[Progress]:
        """Begin to watch, from one second to another."""

        def reached(time_s: float) -> None:
            if time_s > end_s:
                self._refuse_growth(end_s)
            self._tell((time_s - start_s) / max(end_s - start_s, 1e-3))

        self._refuse_growth(end_s)
        self._told = 0.0
        yield reached

    def _refuse_growth(self, end_s: float) -> None:
        if self._size is not None and _size(self._path) > self._size:
            self._size = None
            raise GrowingError(end_s)

    def _tell(self, share: float) -> None:
        if abs(share - self._told) >= SHARE_STEP:  # less where it begins again
            self._told = share
            self._pipe.send(min(share, 1.0))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
