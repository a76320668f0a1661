"""A batch from recordings to outcomes: what was kept is taken over, the rest is analysed side by side."""

import json
import os
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from backstretch.analysis.batch import (
    HEAD,
    SUMMARY,
    BatchOutcome,
    BatchSettings,
    Item,
    Reply,
    Status,
    Task,
    named,
    summary_csv,
    summary_of,
)
from backstretch.analysis.batch_resume import finished_result, known_names, origin_of, taken_names
from backstretch.analysis.batch_workers import MOST_JOBS, Begun, Ended, Share, WorkerPool
from backstretch.errors import InputError
from backstretch.files import write_whole
from backstretch.formats.result_files import RESULT


@dataclass(frozen=True)
class Batch:
    """What is asked for.

    Attributes:
        items: The recordings.
        orders: What is wanted of each.
        jobs: How many at the same time; None for what the machine can do.
        out: The folder for their folders and summary.csv, None for none.
    """

    items: list[Item]
    orders: BatchSettings
    jobs: int | None
    out: Path | None


@dataclass(frozen=True)
class Through:
    """A recording is through."""

    outcome: BatchOutcome


@dataclass(frozen=True)
class Document:
    """The document of a result; they come in the order in which the recordings were given."""

    path: Path
    text: str


@dataclass(frozen=True)
class Fault:
    """What could not be read or written besides the recordings, one line each."""

    lines: tuple[str, ...]


Event = Begun | Share | Ended | Through | Document | Fault


def prepared(items: list[Item], out: Path) -> list[Item]:
    """The recordings with their folders' names; the output folder is made.

    Raises:
        InputError: It cannot be made, or holds a summary.csv of something else.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        there = out / SUMMARY
        if there.exists() and not there.read_bytes().startswith(",".join(HEAD).encode()):
            words = (
                f"{there}: is there already, and of something else; move it, or give another --out"
            )
            raise InputError(words)
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror or error})") from error
    return named(items, known_names(out), taken_names(out))


class BatchRun:
    """One run of a batch; summary.csv is written anew whenever a recording is through.

    Attributes:
        outcomes: What became of the recordings that are through, by their place in the batch.
        is_summarised: Whether summary.csv could be written, the last time.
    """

    def __init__(self, batch: Batch) -> None:
        self.outcomes: dict[int, BatchOutcome] = {}
        self.is_summarised = True
        self._batch = batch
        self._texts: dict[int, str] = {}
        self._turn = 0

    def events(self) -> Generator[Event, None, None]:
        """Analyse all; one that fails does not stop the others. Closed early, it leaves no worker behind."""
        tasks = []
        for number, item in enumerate(self._batch.items):
            outcome = _without_work(self._batch, item)
            if outcome is None:
                tasks.append(_task(self._batch, number, item))
            else:
                yield from self._end(number, outcome)
        jobs = min(self._batch.jobs or min(_processors(), MOST_JOBS), len(tasks))
        with WorkerPool(self._batch.orders, jobs) as crew:
            for event in crew.events(tasks):
                yield event
                if isinstance(event, Ended):
                    number, reply = event.task.number, event.reply
                    outcome = _outcome(self._batch.items[number], reply)
                    yield from self._end(number, outcome, reply.text)

    def finish(self) -> Iterator[Document | Fault]:
        """Hand over the documents that a run which was stopped still has; an output folder without any goes."""
        for number in sorted(self._texts):
            yield from self._document(number)
        if self._batch.out and not self.outcomes:
            with suppress(OSError):
                self._batch.out.rmdir()

    def in_order(self) -> list[BatchOutcome]:
        """What became of the recordings that are through, in the order in which they were given."""
        return [self.outcomes[number] for number in sorted(self.outcomes)]

    def _end(self, number: int, outcome: BatchOutcome, text: str = "") -> Iterator[Event]:
        """Take one in; its document waits for its turn. One that was kept is read then."""
        self.outcomes[number], self._texts[number] = outcome, text
        yield from self._summarise()
        while self._turn in self._texts:
            yield from self._document(self._turn)
            self._turn += 1
        yield Through(outcome)

    def _summarise(self) -> Iterator[Fault]:
        """Write summary.csv as far as it goes; that it cannot be is said once."""
        out = self._batch.out
        if out is None:
            return
        was_summarised = self.is_summarised
        try:
            out.mkdir(parents=True, exist_ok=True)  # somebody may have removed it meanwhile
            text = summary_csv(self.in_order())
            write_whole(out / SUMMARY, text.encode(errors="backslashreplace"))
        except OSError as error:
            self.is_summarised = False
            if was_summarised:
                words = f"{out / SUMMARY}: cannot be written ({error.strerror or error})"
                yield Fault((words,))
        else:
            self.is_summarised = True

    def _document(self, number: int) -> Iterator[Document | Fault]:
        text = self._texts.pop(number)
        try:
            text = text or self._stored_text(number)
        except InputError as error:
            yield Fault(tuple(error.faults))
            return
        if text:
            yield Document(self._batch.items[number].path, text)

    def _stored_text(self, number: int) -> str:
        """The document of a result that was kept, where it is needed; empty for others."""
        outcome, out = self.outcomes[number], self._batch.out
        if out is None or outcome.status is not Status.KEPT or not self._batch.orders.text:
            return ""
        path = out / outcome.item.name / RESULT
        try:
            return json.dumps(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError) as error:  # it was there a moment ago
            raise InputError(f"{path}: cannot be read any more ({error})") from error


def _task(batch: Batch, number: int, item: Item) -> Task:
    return Task(number, item.path, batch.out / item.name if batch.out else None)


def _without_work(batch: Batch, item: Item) -> BatchOutcome | None:
    """What is known of a recording before it is looked at; None where it must be."""
    if item.fault:
        return BatchOutcome(item, Status.FAILED, error=" ".join(item.fault.split()))
    if batch.out is None:
        return None
    document = finished_result(batch.out / item.name, origin_of(item.path, batch.orders.settings))
    return None if document is None else BatchOutcome(item, Status.KEPT, summary_of(document))


def _outcome(item: Item, reply: Reply) -> BatchOutcome:
    status = Status.FAILED if reply.error else Status.DONE
    return BatchOutcome(item, status, reply.told, reply.error)


def _processors() -> int:
    """How many this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # where a process can be kept to some
    return len(allowed(0)) if allowed else os.cpu_count() or 1
