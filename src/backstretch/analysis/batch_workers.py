"""The workers of a batch: processes that analyse one recording after the other, replaced when they die."""

import json
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import TYPE_CHECKING, Self

from backstretch.analysis.batch import BatchSettings, Reply, Task, summary_of
from backstretch.analysis.batch_resume import begin, finish, origin_of, sweep
from backstretch.analysis.outputs import FORMATS
from backstretch.analysis.pipeline import Progress, analyse_recording
from backstretch.errors import BackstretchError, InputError
from backstretch.files import Growth
from backstretch.formats.track_files import TRACK_ENDING
from backstretch.judging.result import Result

if TYPE_CHECKING:
    from ctypes import c_byte

MOST_JOBS = 4
"""Default limit of workers: each takes some 700 MB, and more than one processor at times."""
MOST_VIDEOS = 10
"""Videos after which a worker is replaced: that takes about a second, and frees memory that the libraries
keep (20 MB and more for each video, as measured over 30)."""
TRIES = 2
"""Times that a recording is tried: a worker may be killed for the memory that others use; twice over the same
recording is not by chance."""
PATIENCE_S = 5.0
"""How long a worker may take to remove unfinished files."""
STDOUT, STDERR = 1, 2
SHARE_STEP = 0.01
"""Least change of a recording's share that is reported."""
REST_S = 0.1
"""How often a worker that rests looks whether it may go on."""


@dataclass(frozen=True)
class Begun:
    """The analysis of a recording begins, for the first time or again."""

    task: Task


@dataclass(frozen=True)
class Share:
    """The share of a recording that is analysed, 0 to 1."""

    task: Task
    share: float


@dataclass(frozen=True)
class Ended:
    """The analysis of a recording is over, with a result or an error."""

    task: Task
    reply: Reply


@dataclass(frozen=True)
class Tick:
    """Nothing has happened for a while."""


Event = Begun | Share | Ended | Tick


@dataclass(eq=False)
class _Worker:
    """A process, our end of the pipe to it, its present task, and how many videos it has analysed."""

    process: SpawnProcess
    pipe: Connection
    task: Task | None = None
    videos: int = 0


class WorkerPool:
    """Workers, at most ``jobs``; a context manager that leaves no process and nothing half-written behind.

    They are spawned, not forked: the model's threads would not live through a fork.
    """

    def __init__(self, settings: BatchSettings, jobs: int) -> None:
        self._settings, self._jobs = settings, jobs
        self._context = get_context("spawn")
        self._workers: list[_Worker] = []
        self._waiting: deque[Task] = deque()
        self._tries: dict[int, int] = {}
        self._rests = self._context.RawValue("b", 0)

    @property
    def rests(self) -> bool:
        """Whether all workers stand still, so that something else has the processor."""
        return bool(self._rests.value)

    @rests.setter
    def rests(self, rests: bool) -> None:
        self._rests.value = rests

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with _uninterrupted():
            for worker in self._workers:
                worker.pipe.close()
                if worker.task is not None:
                    worker.process.terminate()
            while self._workers:
                self._remove(self._workers[-1])

    def events(self, tasks: Iterable[Task], tick_s: float | None = None) -> Iterator[Event]:
        """Have all tasks done, in their order, and give what happens as it does.

        Args:
            tasks: The tasks.
            tick_s: Where nothing happens for so many seconds, a `Tick` is given; None for never.
        """
        self._waiting.extend(tasks)
        while self._waiting or any(worker.task for worker in self._workers):
            yield from self._hand_out()
            busy = [worker for worker in self._workers if worker.task]
            ready = wait([worker.pipe for worker in busy], tick_s)
            if not ready:
                yield Tick()
            for worker in busy:
                if worker.pipe in ready:
                    yield from self._receive(worker)

    def _hand_out(self) -> Iterator[Begun]:
        while self._waiting and (worker := self._free_worker()):
            task = self._waiting.popleft()
            try:
                worker.pipe.send(task)
            except OSError:  # it died while it had nothing to do
                self._waiting.appendleft(task)
                self._remove(worker)
                continue
            worker.task = task
            self._tries[task.number] = self._tries.get(task.number, 0) + 1
            yield Begun(task)

    def _free_worker(self) -> _Worker | None:
        idle = [worker for worker in self._workers if worker.task is None]
        if idle:
            return idle[0]
        return self._start_worker() if len(self._workers) < self._jobs else None

    def _start_worker(self) -> _Worker:
        ours, its = self._context.Pipe()
        process = self._context.Process(
            target=work, args=(its, self._settings, self._rests), daemon=True
        )
        if hasattr(signal, "pthread_sigmask"):
            resource_tracker.ensure_running()  # else it is started below, and lets Ctrl-C through
        worker = _Worker(process, ours)
        with _uninterrupted():
            process.start()
            self._workers.append(worker)
        its.close()  # so that the pipe ends when the worker does
        return worker

    def _receive(self, worker: _Worker) -> Iterator[Event]:
        task = worker.task
        assert task is not None
        try:
            message = worker.pipe.recv()
        except (EOFError, OSError):
            yield from self._handle_death(worker, task)
            return
        if isinstance(message, Reply):
            self._release(worker, task)
            yield Ended(task, message)
        else:
            yield Share(task, message)

    def _release(self, worker: _Worker, task: Task) -> None:
        """Let a worker that has replied take other tasks, or replace it after `MOST_VIDEOS`."""
        del self._tries[task.number]
        worker.task = None
        worker.videos += task.path.suffix != TRACK_ENDING
        if worker.videos >= MOST_VIDEOS:
            self._remove(worker)

    def _handle_death(self, worker: _Worker, task: Task) -> Iterator[Event]:
        """Remove a worker that died during a task; the task is tried again, up to `TRIES` in all."""
        self._remove(worker)
        if self._tries[task.number] < TRIES:
            self._waiting.appendleft(task)
            return
        words = f"{task.path}: the process that analysed it was killed {TRIES} times; "
        code = worker.process.exitcode
        words += f"the system may lack memory, try --jobs 1 (exit code {code})"
        yield Ended(task, Reply(error=words, is_killed=True))

    def _remove(self, worker: _Worker) -> None:
        """Wait for a worker's process to end, and remove what it has left."""
        worker.pipe.close()
        worker.process.join(PATIENCE_S)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        if worker.task is not None and worker.task.folder is not None:
            sweep(worker.task.folder)
        self._workers.remove(worker)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Delay Ctrl-C until the end; where the system can do that, processes started meanwhile never get it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def work(pipe: Connection, settings: BatchSettings, rests: "c_byte") -> None:
    """Run a worker process: receive tasks, send shares and replies, until the pipe is closed.

    It stands still while ``rests`` is not 0. Ctrl-C is left to the parent. SIGTERM ends the worker; unfinished
    files are removed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(OSError):  # stderr may be closed
        os.dup2(STDERR, STDOUT)  # stdout is for documents
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            pipe.send(_reply(pipe.recv(), settings, ShareSender(pipe, rests)))


def _reply(task: Task, settings: BatchSettings, sender: "ShareSender") -> Reply:
    try:
        return _finish(task, settings, sender)
    except BackstretchError as error:
        return Reply(error=" ".join(str(error).split()))
    except Exception as error:  # noqa: BLE001 - a fault of one recording ends that, not the batch
        words = f"{task.path}: could not be analysed ({type(error).__name__}: {error})"
        return Reply(error=" ".join(words.split()))


def _finish(task: Task, settings: BatchSettings, sender: "ShareSender") -> Reply:
    origin = origin_of(task.path, settings.digest)
    try:
        if task.folder and origin:
            begin(task.folder, origin)
        result, notes = _analysed(task, settings, sender)
        if task.folder and origin:
            finish(task.folder, origin)
    except OSError as error:
        words = f"{task.folder}: cannot be written ({error.strerror or error})"
        raise InputError(words) from error
    document = result.as_dict()
    summary = summary_of(document)
    summary = replace(summary, warnings=(*summary.warnings, *notes))
    return Reply(summary, text=json.dumps(document) if settings.text else "")


def _analysed(
    task: Task, settings: BatchSettings, sender: "ShareSender"
) -> tuple[Result, tuple[str, ...]]:
    """The result, with a note where the file was still being written: only what was there counts."""
    growth = Growth(task.path)
    result = analyse_recording(
        task.path,
        settings.request,
        recognised=settings.recognised,
        out=task.folder,
        files=FORMATS.keys() if settings.files is None else settings.files,
        model=settings.model,
        on_progress=sender,
        growth=growth,
        at_once=False,
    )
    if growth.cut_s is None:
        return result, ()
    note = f"the file was still being written; what came after {growth.cut_s:.1f} s is left out"
    return result, (note,)


class ShareSender:
    """Sends the parent the share of a recording that is done, in steps of `SHARE_STEP`, and rests when told to.

    Args:
        pipe: Leads to the parent.
        rests: Not 0 while the worker is to stand still.
    """

    def __init__(self, pipe: Connection, rests: "c_byte") -> None:
        self._pipe, self._rests = pipe, rests
        self._sent = 0.0

    def __call__(self, progress: Progress) -> None:
        """Send the share if it has changed by a step; it drops where an analysis begins again.

        Raises:
            EOFError: The parent is gone, while the worker rested.
        """
        while self._rests.value:
            if self._pipe.poll(REST_S):  # the parent says nothing during a task
                raise EOFError
        if abs(progress.share - self._sent) >= SHARE_STEP:
            self._sent = progress.share
            self._pipe.send(self._sent)
