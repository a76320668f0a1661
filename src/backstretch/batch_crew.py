"""The workers of a batch: hired, given one recording after the other, replaced when they die, and let go."""

import signal
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Self

from backstretch.batch_kept import sweep
from backstretch.batch_work import Orders, Reply, Task, work
from backstretch.recording import TRACK_ENDING

MOST_JOBS = 4
"""Without being asked for more: each takes some 700 MB, and more than one processor at times."""
MOST_VIDEOS = 10
"""A worker is replaced after so many: it takes about a second, and what the libraries do not give back of
their memory (20 MB and more for each video, as measured over 30) is given back."""
TRIES = 2
"""A worker may be killed for another one's hunger; twice by the same recording is no chance."""
PATIENCE_S = 5.0
"""How long a worker may take to remove what it had begun."""


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


class Crew:
    """Workers, at most ``jobs``; a context manager that leaves no process and nothing half-written behind.

    They are spawned, not forked: the model's threads would not live through a fork.
    """

    def __init__(self, orders: Orders, jobs: int) -> None:
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
            heard = worker.pipe.recv()
        except (EOFError, OSError):
            yield from self._lost(worker, task)
            return
        if isinstance(heard, Reply):
            self._finished(worker, task)
            yield Ended(task, heard)
        else:
            yield Share(task, heard)

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
