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
from typing import Self

from backstretch.analysis.batch import BatchSettings, Reply, Task, summary_of
from backstretch.analysis.batch_resume import begin, finish, origin_of, sweep
from backstretch.analysis.pipeline import Progress, analyse_recording
from backstretch.errors import BackstretchError, InputError
from backstretch.formats.track_files import TRACK_ENDING
from backstretch.judging.result import Result
from backstretch.vision.video_reader import Growth

MOST_JOBS = 4
"""Without being asked for more: each takes some 700 MB, and more than one processor at times."""
MOST_VIDEOS = 10
"""A worker is replaced after so many: it takes about a second, and what the libraries do not give back of
their memory (20 MB and more for each video, as measured over 30) is given back."""
TRIES = 2
"""A worker may be killed for another one's hunger; twice by the same recording is no chance."""
PATIENCE_S = 5.0
"""How long a worker may take to remove what it had begun."""
STDOUT, STDERR = 1, 2
SHARE_STEP = 0.01
"""How far a recording must have come for it to be told again."""


@dataclass(frozen=True)
class Begun:
    """Work on a recording begins; also when it is tried again."""

    task: Task


@dataclass(frozen=True)
class Share:
    """So much of a recording was seen, 0 to 1."""

    task: Task
    share: float


@dataclass(frozen=True)
class Ended:
    """A recording is through."""

    task: Task
    reply: Reply


Event = Begun | Share | Ended


@dataclass(eq=False)
class _Worker:
    """A process with our end of the pipe to it, what it is at, and how many videos it has seen."""

    process: SpawnProcess
    pipe: Connection
    task: Task | None = None
    videos: int = 0


class WorkerPool:
    """Workers, at most ``jobs``; a context manager that leaves no process and nothing half-written behind.

    They are spawned, not forked: the model's threads would not live through a fork.
    """

    def __init__(self, orders: BatchSettings, jobs: int) -> None:
        self._orders, self._jobs = orders, jobs
        self._context = get_context("spawn")
        self._workers: list[_Worker] = []
        self._waiting: deque[Task] = deque()
        self._tries: dict[int, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with _undisturbed():
            for worker in self._workers:
                worker.pipe.close()
                if worker.task is not None:
                    worker.process.terminate()
            while self._workers:
                self._bury(self._workers[-1])

    def events(self, tasks: Iterable[Task]) -> Iterator[Event]:
        """Have all done, in their order as workers become free; tell what happens as it does."""
        self._waiting.extend(tasks)
        while self._waiting or any(worker.task for worker in self._workers):
            yield from self._hand_out()
            busy = [worker for worker in self._workers if worker.task]
            ready = wait([worker.pipe for worker in busy])
            for worker in busy:
                if worker.pipe in ready:
                    yield from self._hear(worker)

    def _hand_out(self) -> Iterator[Begun]:
        while self._waiting and (worker := self._free()):
            task = self._waiting.popleft()
            try:
                worker.pipe.send(task)
            except OSError:  # it died while it had nothing to do
                self._waiting.appendleft(task)
                self._bury(worker)
                continue
            worker.task = task
            self._tries[task.number] = self._tries.get(task.number, 0) + 1
            yield Begun(task)

    def _free(self) -> _Worker | None:
        idle = [worker for worker in self._workers if worker.task is None]
        if idle:
            return idle[0]
        return self._hire() if len(self._workers) < self._jobs else None

    def _hire(self) -> _Worker:
        ours, its = self._context.Pipe()
        process = self._context.Process(target=work, args=(its, self._orders), daemon=True)
        if hasattr(signal, "pthread_sigmask"):
            resource_tracker.ensure_running()  # else it is begun below, and lets Ctrl-C through
        worker = _Worker(process, ours)
        with _undisturbed():
            process.start()
            self._workers.append(worker)
        its.close()  # so that the pipe ends when the worker does
        return worker

    def _hear(self, worker: _Worker) -> Iterator[Event]:
        task = worker.task
        assert task is not None
        try:
            message = worker.pipe.recv()
        except (EOFError, OSError):
            yield from self._lost(worker, task)
            return
        if isinstance(message, Reply):
            self._finished(worker, task)
            yield Ended(task, message)
        else:
            yield Share(task, message)

    def _finished(self, worker: _Worker, task: Task) -> None:
        del self._tries[task.number]
        worker.task = None
        worker.videos += task.path.suffix != TRACK_ENDING
        if worker.videos >= MOST_VIDEOS:
            self._bury(worker)

    def _lost(self, worker: _Worker, task: Task) -> Iterator[Event]:
        """A worker that died over a task, which is tried once more."""
        self._bury(worker)
        if self._tries[task.number] < TRIES:
            self._waiting.appendleft(task)
            return
        words = f"{task.path}: the process at work on it was ended {TRIES} times; "
        code = worker.process.exitcode
        words += f"the system may lack memory, try --jobs 1 (exit code {code})"
        yield Ended(task, Reply(error=words))

    def _bury(self, worker: _Worker) -> None:
        """Wait for a process to end, and remove what it has left."""
        worker.pipe.close()
        worker.process.join(PATIENCE_S)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        if worker.task is not None and worker.task.folder is not None:
            sweep(worker.task.folder)
        self._workers.remove(worker)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep Ctrl-C for later; processes begun meanwhile never get it, where the system can do that."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def work(pipe: Connection, orders: BatchSettings) -> None:
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


def _reply(task: Task, orders: BatchSettings, pipe: Connection) -> Reply:
    try:
        return _finish(task, orders, pipe)
    except BackstretchError as error:
        return Reply(error=" ".join(str(error).split()))
    except Exception as error:  # noqa: BLE001 - a fault of one recording ends that, not the batch
        words = f"{task.path}: could not be analysed ({type(error).__name__}: {error})"
        return Reply(error=" ".join(words.split()))


def _finish(task: Task, orders: BatchSettings, pipe: Connection) -> Reply:
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
    summary = summary_of(document)
    summary = replace(summary, warnings=(*summary.warnings, *note))
    return Reply(summary, text=json.dumps(document) if orders.text else "")


def _analysed(
    task: Task, orders: BatchSettings, pipe: Connection
) -> tuple[Result, tuple[str, ...]]:
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
