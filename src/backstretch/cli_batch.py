"""Several recordings on the command line: analysed side by side, told of, written, and kept."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from backstretch.cli_batch_saving import Saving, save_once
from backstretch.cli_options import INTERRUPTED, WRONG_USE, complain
from backstretch.errors import InputError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from backstretch.batch import Item, Outcome
    from backstretch.batch_crew import Event
    from backstretch.batch_work import Orders, Reply, Task

SHOWN_NAME = 40
"""A longer name would leave no room for the bar."""


@dataclass(frozen=True)
class Batch:
    """What is asked for.

    Attributes:
        items: The recordings.
        orders: What is wanted of each.
        jobs: How many at the same time; None for what the machine can do.
        out: The folder for their folders and summary.csv, None for none.
        as_json: Whether their documents are printed instead of a table.
        saving: How they are kept in the history, None for not at all.
    """

    items: "list[Item]"
    orders: "Orders"
    jobs: int | None
    out: Path | None
    as_json: bool
    saving: Saving | None


def prepared(items: "list[Item]", out: Path) -> "list[Item]":
    """The recordings with their folders' names; the output folder is made.

    Raises:
        InputError: It cannot be made, or holds a summary.csv of something else.
    """
    from backstretch.batch import SUMMARY, named
    from backstretch.batch_kept import known_names, taken_names
    from backstretch.batch_page import HEAD

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


def run_batch(batch: Batch) -> None:
    """Analyse all; one that fails does not stop the others.

    Raises:
        typer.Exit: With code 2 where one failed, or something could not be kept; with 0 where nobody reads on.
        SystemExit: With code 130 at Ctrl-C; what was done is kept.
    """
    page = _Page(batch)
    try:
        with _shown(batch) as shown:
            _run(batch, page, shown)
    except KeyboardInterrupt:
        page.close()
        _stopped(batch, page.done)
    except BrokenPipeError:  # nobody reads the documents any more, which is no fault
        raise typer.Exit from None
    page.close()
    if not page.went_well:
        raise typer.Exit(WRONG_USE)


def _run(batch: Batch, page: "_Page", shown: "_Shown") -> None:
    from backstretch.batch_crew import MOST_JOBS, Crew, Ended

    tasks = []
    for number, item in enumerate(batch.items):
        found = _without_work(batch, item)
        if found is None:
            tasks.append(_task(batch, number, item))
        else:
            page.add(number, found)
            shown.ended(found)
    jobs = min(batch.jobs or min(_processors(), MOST_JOBS), len(tasks))
    with Crew(batch.orders, jobs) as crew:
        for event in crew.events(tasks):
            shown.event(event)
            if isinstance(event, Ended):
                outcome = _outcome(batch.items[event.task.number], event.reply)
                page.add(event.task.number, outcome, event.reply.text)
                shown.ended(outcome)


def _task(batch: Batch, number: int, item: "Item") -> "Task":
    from backstretch.batch_work import Task

    return Task(number, item.path, batch.out / item.name if batch.out else None)


def _without_work(batch: Batch, item: "Item") -> "Outcome | None":
    """What is known of a recording before it is looked at; None where it must be."""
    from backstretch.batch import Outcome, Status, told_of
    from backstretch.batch_kept import kept, origin_of

    if item.fault:
        return Outcome(item, Status.FAILED, error=" ".join(item.fault.split()))
    if batch.out is None:
        return None
    document = kept(batch.out / item.name, origin_of(item.path, batch.orders.settings))
    return None if document is None else Outcome(item, Status.KEPT, told_of(document))


def _outcome(item: "Item", reply: "Reply") -> "Outcome":
    from backstretch.batch import Outcome, Status

    status = Status.FAILED if reply.error else Status.DONE
    return Outcome(item, status, reply.told, reply.error)


def _processors() -> int:
    """How many this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # where a process can be kept to some
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _stopped(batch: Batch, done: int) -> NoReturn:
    words = f"stopped; {done} of {len(batch.items)} recordings are done"
    words += " and kept: give the same command again to go on" if batch.out else ""
    complain(words)
    sys.stdout.flush()
    sys.exit(INTERRUPTED)


@dataclass(eq=False)
class _Page:
    """What has become of the recordings, printed, written and saved in the order they were given."""

    batch: Batch
    outcomes: "dict[int, Outcome]" = field(default_factory=dict)
    went_well: bool = True
    _texts: dict[int, str] = field(default_factory=dict)
    _turn: int = 0
    _is_written: bool = True

    def add(self, number: int, outcome: "Outcome", text: str = "") -> None:
        """Take one in; its document waits for its turn. One that was kept is read then."""
        from backstretch.batch import Status

        self.outcomes[number], self._texts[number] = outcome, text
        self.went_well = self.went_well and outcome.status is not Status.FAILED
        self._write()
        while self._turn in self._texts:
            self._deliver(self._turn)
            self._turn += 1

    def close(self) -> None:
        """Deliver what still waits, and show the table."""
        from rich.console import Console

        from backstretch.batch_page import show_table

        for number in sorted(self._texts):
            self._deliver(number)
        out = self.batch.out
        if out and not self.outcomes:
            with suppress(OSError):
                out.rmdir()
        if self.outcomes and not self.batch.as_json:
            console = Console(markup=False, emoji=False)
            show_table(self._sorted(), console)
            if out and self._is_written:
                print(f"Written to {out}")

    @property
    def done(self) -> int:
        """How many have a result."""
        return sum(not outcome.error for outcome in self.outcomes.values())

    def _sorted(self) -> "list[Outcome]":
        return [self.outcomes[number] for number in sorted(self.outcomes)]

    def _write(self) -> None:
        """Write summary.csv as far as it goes; that it cannot be is said once."""
        from backstretch.batch import SUMMARY
        from backstretch.batch_page import summary_csv
        from backstretch.whole_file import write_whole

        out = self.batch.out
        if out is None:
            return
        try:
            out.mkdir(parents=True, exist_ok=True)  # somebody may have removed it meanwhile
            text = summary_csv(self._sorted())
            write_whole(out / SUMMARY, text.encode(errors="backslashreplace"))
        except OSError as error:
            if self._is_written:
                complain(f"{out / SUMMARY}: cannot be written ({error.strerror or error})")
            self._is_written = self.went_well = False
        else:
            self._is_written = True

    def _deliver(self, number: int) -> None:
        text, saving = self._texts.pop(number), self.batch.saving
        path = self.batch.items[number].path
        try:
            text = text or self._kept_text(number)
            if text and self.batch.as_json:
                print(text, flush=True)
            if text and saving:
                said = save_once(json.loads(text), path, saving)
                print(f"{path}: {said}", file=sys.stderr)
        except InputError as error:
            self.went_well = False
            complain(*error.faults)

    def _kept_text(self, number: int) -> str:
        """The document of a result that was kept, where it is needed; empty for others."""
        from backstretch.batch import RESULT, Status

        outcome, out = self.outcomes[number], self.batch.out
        if out is None or outcome.status is not Status.KEPT or not self.batch.orders.text:
            return ""
        path = out / outcome.item.name / RESULT
        try:
            return json.dumps(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError) as error:  # it was there a moment ago
            raise InputError(f"{path}: cannot be read any more ({error})") from error


class _Shown:
    """What is said while a batch runs: a line on stderr for each recording that is through."""

    def __init__(self, count: int) -> None:
        self._count, self._through = count, 0

    def event(self, event: "Event") -> None:
        """Something happens to a recording."""

    def ended(self, outcome: "Outcome") -> None:
        """A recording is through."""
        from backstretch.batch_page import line_of

        self._through += 1
        print(f"[{self._through}/{self._count}] {line_of(outcome)}", file=sys.stderr)


class _Bars(_Shown):
    """The same at a terminal: a bar for all, one for each that is being analysed; failures are said."""

    def __init__(self, count: int, bars: "Progress") -> None:
        super().__init__(count)
        self._bars = bars
        self._rows: dict[int, TaskID] = {}
        self._all = bars.add_task("All", total=count)

    def event(self, event: "Event") -> None:
        """Move the bars."""
        from backstretch.batch_crew import Begun, Share

        number = event.task.number
        if isinstance(event, Begun):
            name = " ".join(event.task.path.name.split())[:SHOWN_NAME]
            self._rows[number] = self._bars.add_task(name, total=1.0)
        elif isinstance(event, Share):
            self._bars.update(self._rows[number], completed=event.share)
        else:
            self._bars.remove_task(self._rows.pop(number))

    def ended(self, outcome: "Outcome") -> None:
        """Move the bar of all."""
        from backstretch.batch_page import line_of

        self._bars.advance(self._all)
        if outcome.error:
            print(line_of(outcome), file=sys.stderr)


@contextmanager
def _shown(batch: Batch) -> Iterator[_Shown]:
    """Bars where stderr is a terminal and stdout does not print between them; else lines."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True, markup=False, emoji=False)
    if not console.is_terminal or (batch.as_json and sys.stdout.isatty()):
        yield _Shown(len(batch.items))
        return
    columns = TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn()
    with Progress(
        *columns,
        TimeRemainingColumn(compact=True),
        console=console,
        transient=True,
        redirect_stdout=False,  # documents go to stdout, whatever the bars are shown on
    ) as bars:
        yield _Bars(len(batch.items), bars)
