"""Running a batch: results of an earlier run are used again, other recordings are analysed in parallel."""

import json
import os
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from backstretch.analysis.batch import (
    SUMMARY,
    WORKBOOK,
    BatchOutcome,
    BatchSettings,
    Item,
    Reply,
    Status,
    Task,
    assign_names,
    summary_of,
)
from backstretch.analysis.batch_resume import finished_result, known_names, names_in_use, origin_of
from backstretch.analysis.batch_summary import HEAD, summary_sheet
from backstretch.analysis.batch_workers import MOST_JOBS, Begun, Ended, Share, Tick, WorkerPool
from backstretch.errors import InputError
from backstretch.files import write_whole
from backstretch.formats.result_files import RESULT
from backstretch.formats.spreadsheets import csv_text, workbook


@dataclass(frozen=True)
class Batch:
    """A batch as it is requested.

    Attributes:
        items: The recordings.
        settings: Those of all recordings.
        jobs: Number of recordings analysed at the same time; None for the machine's default.
        out: The folder for their folders and summary.csv; None for none.
    """

    items: list[Item]
    settings: BatchSettings
    jobs: int | None
    out: Path | None


@dataclass(frozen=True)
class ItemDone:
    """A recording is done, well or not."""

    outcome: BatchOutcome


@dataclass(frozen=True)
class Document:
    """The document of a result, as JSON; documents come in the order of the recordings."""

    path: Path
    text: str


@dataclass(frozen=True)
class Fault:
    """A file other than the recordings could not be read or written; one line for each fault."""

    lines: tuple[str, ...]


Event = Begun | Share | Ended | Tick | ItemDone | Document | Fault


def prepare_output(items: list[Item], out: Path) -> list[Item]:
    """Make the output folder, and return the recordings with the names of their folders in it.

    Raises:
        InputError: It cannot be made, or holds a summary.csv that is not of a batch.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        summary = out / SUMMARY
        if summary.exists() and not summary.read_bytes().startswith(",".join(HEAD).encode()):
            raise InputError(_not_ours(summary))
        if (out / WORKBOOK).exists() and not summary.exists():
            raise InputError(_not_ours(out / WORKBOOK))
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror or error})") from error
    return assign_names(items, known_names(out), names_in_use(out))


def _not_ours(path: Path) -> str:
    return f"{path}: is there already and not from a batch; move it, or give another --out"


class BatchRun:
    """One run of a batch; summary.csv is written anew whenever a recording is done, summary.xlsx at the end.

    Attributes:
        outcomes: The outcomes of the recordings that are done, by their place in the batch.
        is_summarised: Whether summary.csv could be written the last time.
    """

    def __init__(self, batch: Batch) -> None:
        self.outcomes: dict[int, BatchOutcome] = {}
        self.is_summarised = True
        self._batch = batch
        self._texts: dict[int, str] = {}
        self._next_document = 0

    def events(self) -> Generator[Event, None, None]:
        """Analyse all recordings; one that fails does not stop the others.

        Closed early, the generator leaves no worker behind.
        """
        tasks = []
        for number, item in enumerate(self._batch.items):
            outcome = _known_outcome(self._batch, item)
            if outcome is None:
                tasks.append(_task(self._batch, number, item))
            else:
                yield from self._end(number, outcome)
        jobs = min(self._batch.jobs or min(_processors(), MOST_JOBS), len(tasks))
        with WorkerPool(self._batch.settings, jobs) as pool:
            for event in pool.events(tasks):
                yield event
                if isinstance(event, Ended):
                    number, reply = event.task.number, event.reply
                    outcome = _outcome(self._batch.items[number], reply)
                    yield from self._end(number, outcome, reply.text)

    def finish(self) -> Iterator[Document | Fault]:
        """Give the documents that still wait after a run was stopped, and write the workbook.

        An empty output folder is removed.
        """
        for number in sorted(self._texts):
            yield from self._document(number)
        if self.outcomes:
            yield from self._summarise(is_last=True)
        if self._batch.out and not self.outcomes:
            with suppress(OSError):
                self._batch.out.rmdir()

    def in_order(self) -> list[BatchOutcome]:
        """The outcomes of the recordings that are done, in the order in which they were given."""
        return [self.outcomes[number] for number in sorted(self.outcomes)]

    def _end(self, number: int, outcome: BatchOutcome, text: str = "") -> Iterator[Event]:
        """Add an outcome; its document waits for those before it, and is only then read if it was kept."""
        self.outcomes[number], self._texts[number] = outcome, text
        yield from self._summarise()
        while self._next_document in self._texts:
            yield from self._document(self._next_document)
            self._next_document += 1
        yield ItemDone(outcome)

    def _summarise(self, *, is_last: bool = False) -> Iterator[Fault]:
        """Write summary.csv with the outcomes so far, at last summary.xlsx too; a failure is reported once."""
        out = self._batch.out
        if out is None:
            return
        was_summarised = self.is_summarised
        try:
            out.mkdir(parents=True, exist_ok=True)  # somebody may have removed it meanwhile
            text = csv_text(summary_sheet(self.in_order()))
            write_whole(out / SUMMARY, text.encode(errors="backslashreplace"))
            if is_last:
                write_whole(out / WORKBOOK, workbook(summary_sheet(self.in_order())))
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
        """The document of a result that was kept, where documents are needed; else empty."""
        outcome, out = self.outcomes[number], self._batch.out
        if out is None or outcome.status is not Status.KEPT or not self._batch.settings.text:
            return ""
        path = out / outcome.item.name / RESULT
        try:
            return json.dumps(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError) as error:  # it was there a moment ago
            raise InputError(f"{path}: cannot be read any more ({error})") from error


def _task(batch: Batch, number: int, item: Item) -> Task:
    return Task(number, item.path, batch.out / item.name if batch.out else None)


def _known_outcome(batch: Batch, item: Item) -> BatchOutcome | None:
    """The outcome of a recording that need not be analysed; None where it must be."""
    if item.fault:
        return BatchOutcome(item, Status.FAILED, error=" ".join(item.fault.split()))
    if batch.out is None:
        return None
    document = finished_result(batch.out / item.name, origin_of(item.path, batch.settings.digest))
    return None if document is None else BatchOutcome(item, Status.KEPT, summary_of(document))


def _outcome(item: Item, reply: Reply) -> BatchOutcome:
    status = Status.FAILED if reply.error else Status.DONE
    return BatchOutcome(item, status, reply.summary, reply.error)


def _processors() -> int:
    """How many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # where a process can be limited to some
    return len(affinity(0)) if affinity else os.cpu_count() or 1
