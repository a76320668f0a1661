"""A worker of a batch: a process that analyses one recording after the other, as it is told."""

import json
import os
import signal
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

from backstretch.analysis import Progress
from backstretch.api import analyse_recording
from backstretch.batch import NOTHING_TOLD, Told, told_of
from backstretch.batch_kept import begin, finish, origin_of
from backstretch.errors import BackstretchError, InputError
from backstretch.poses import Pose
from backstretch.request import Request
from backstretch.result import Result
from backstretch.video import Growth

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
    growth = Growth(task.path)
    result = analyse_recording(
        task.path,
        orders.request,
        recognised=orders.recognised,
        out=task.folder,
        model=orders.model,
        on_progress=ShareSender(pipe),
        growth=growth,
        at_once=False,
    )
    if growth.cut_s is None:
        return result, ()
    note = f"the file was still being written; what came after {growth.cut_s:.1f} s is left out"
    return result, (note,)


class ShareSender:
    """Tells the parent the share of a recording that is done, in steps."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._sent = 0.0

    def __call__(self, progress: Progress) -> None:
        """Send how far it is, unless that is about what was sent last; less where it begins again."""
        if abs(progress.share - self._sent) >= SHARE_STEP:
            self._sent = progress.share
            self._pipe.send(self._sent)
