"""The command `analyze` with several recordings: shows progress and, at the end, a table."""

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import NoReturn

import typer
from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from backstretch.analysis.batch import BatchOutcome, Status
from backstretch.analysis.batch_run import Batch, BatchRun, Document, Event, Fault, ItemDone
from backstretch.analysis.batch_workers import Begun, Ended, Share
from backstretch.cli.options import INTERRUPTED, WRONG_USE, complain
from backstretch.errors import InputError
from backstretch.history.saving import Saving, save_result

MOST_LETTERS = 40
"""Of a recording's name beside its bar; a longer one would leave no room for the bar."""
NOTHING = "-"
STATUS_WORDS = {Status.DONE: "done", Status.KEPT: "done before", Status.FAILED: "failed"}


def run_batch(batch: Batch, *, as_json: bool, saving: Saving | None) -> None:
    """Analyse all; one that fails does not stop the others.

    Args:
        batch: The recordings, and how they are analysed.
        as_json: Whether the documents are printed instead of a table.
        saving: How results are saved in the history; None for not at all.

    Raises:
        typer.Exit: With code 2 if one failed or could not be saved; with 0 if the reader of stdout is gone.
        SystemExit: With code 130 at Ctrl-C; finished recordings stay saved.
    """
    run = BatchRun(batch)
    delivery = _Delivery(as_json=as_json, saving=saving)
    try:
        with (
            _display(len(batch.items), as_json=as_json) as progress,
            closing(run.events()) as events,
        ):
            for event in events:
                delivery.take(event)
                progress.show(event)
    except KeyboardInterrupt:
        _close(batch, run, delivery)
        _exit_stopped(batch, run)
    except BrokenPipeError:  # the reader of the documents is gone, which is no fault
        raise typer.Exit from None
    _close(batch, run, delivery)
    if not delivery.went_well:
        raise typer.Exit(WRONG_USE)


def _close(batch: Batch, run: BatchRun, delivery: "_Delivery") -> None:
    """Deliver the remaining documents, and show the table."""
    for event in run.finish():
        delivery.take(event)
    if run.outcomes and not delivery.as_json:
        show_table(run.in_order(), Console(markup=False, emoji=False))
        if batch.out and run.is_summarised:
            print(f"Written to {batch.out}")


def _exit_stopped(batch: Batch, run: BatchRun) -> NoReturn:
    count = sum(not outcome.error for outcome in run.outcomes.values())
    text = f"stopped; {count} of {len(batch.items)} recordings are done"
    text += " and saved; run the same command again to do the others" if batch.out else ""
    complain(text)
    sys.stdout.flush()
    sys.exit(INTERRUPTED)


class _Delivery:
    """Prints and saves documents, and reports errors.

    Attributes:
        as_json: Whether documents are printed.
        went_well: Whether no recording failed and all could be saved.
    """

    def __init__(self, *, as_json: bool, saving: Saving | None) -> None:
        self.as_json = as_json
        self.went_well = True
        self._saving = saving

    def take(self, event: Event) -> None:
        """Handle an event of the batch."""
        if isinstance(event, Document):
            self._deliver(event)
        elif isinstance(event, Fault):
            self._fail(*event.lines)
        elif isinstance(event, ItemDone) and event.outcome.error:
            self.went_well = False

    def _deliver(self, document: Document) -> None:
        if self.as_json:
            print(document.text, flush=True)
        if self._saving:
            try:
                saved = save_result(json.loads(document.text), document.path, self._saving)
            except InputError as error:
                self._fail(*error.faults)
            else:
                complain(*saved.notices)
                print(f"{document.path}: {saved.text}", file=sys.stderr)

    def _fail(self, *lines: str) -> None:
        complain(*lines)
        self.went_well = False


class _Lines:
    """Progress as text: a line on stderr for each recording that is finished."""

    def __init__(self, count: int) -> None:
        self._count, self._through = count, 0

    def show(self, event: Event) -> None:
        """Print a line if a recording is finished."""
        if isinstance(event, ItemDone):
            self._through += 1
            print(f"[{self._through}/{self._count}] {line_of(event.outcome)}", file=sys.stderr)


class _Bars:
    """Progress at a terminal: a bar for all, one for each recording at work, and a line for each failure."""

    def __init__(self, count: int, bars: Progress) -> None:
        self._bars = bars
        self._rows: dict[int, TaskID] = {}
        self._all = bars.add_task("All", total=count)

    def show(self, event: Event) -> None:
        """Move the bars."""
        if isinstance(event, Begun):
            name = " ".join(event.task.path.name.split())[:MOST_LETTERS]
            self._rows[event.task.number] = self._bars.add_task(name, total=1.0)
        elif isinstance(event, Share):
            self._bars.update(self._rows[event.task.number], completed=event.share)
        elif isinstance(event, Ended):
            self._bars.remove_task(self._rows.pop(event.task.number))
        elif isinstance(event, ItemDone):
            self._end(event.outcome)

    def _end(self, outcome: BatchOutcome) -> None:
        self._bars.advance(self._all)
        if outcome.error:
            print(line_of(outcome), file=sys.stderr)


@contextmanager
def _display(count: int, *, as_json: bool) -> Iterator[_Lines | _Bars]:
    """Bars where stderr is a terminal and stdout does not print between them; else lines."""
    console = Console(stderr=True, markup=False, emoji=False)
    if not console.is_terminal or (as_json and sys.stdout.isatty()):
        yield _Lines(count)
        return
    columns = TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn()
    with Progress(
        *columns,
        TimeRemainingColumn(compact=True),
        console=console,
        transient=True,
        redirect_stdout=False,  # documents go to stdout, whatever the bars are shown on
    ) as bars:
        yield _Bars(count, bars)


def show_table(outcomes: list[BatchOutcome], console: Console) -> None:
    """Print a table with a row for each recording, and below it why some failed."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Recording", overflow="fold")
    table.add_column("Stretches")
    for name in ("Valid", "Wrong", "Unseen", "Holds"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Notes")
    names = _names(outcomes)
    for outcome, name in zip(outcomes, names, strict=True):
        table.add_row(Text(name), *map(Text, _cells(outcome)))
    console.print(table)
    failed = [outcome.error for outcome in outcomes if outcome.status is Status.FAILED]
    if failed:
        console.print(Text("Failed", style="bold"), *map(Text, failed), sep="\n")


def _cells(outcome: BatchOutcome) -> list[str]:
    if outcome.status is Status.FAILED:
        return [NOTHING] * 5 + ["failed"]
    summary = outcome.summary
    stretches = ", ".join(dict.fromkeys(row.name for row in summary.rows if row.holds))
    alike = f"looks like {summary.likeness}" if summary.likeness else NOTHING
    complete, holds = (sum(counts) for counts in zip(*_counts(outcome), strict=True))
    return [
        stretches or alike,
        *(f"{seconds:.1f} s" if seconds else NOTHING for seconds in summary.seconds),
        f"{complete} of {holds}" if holds else NOTHING,
        ", ".join(_notes(outcome)),
    ]


def _counts(outcome: BatchOutcome) -> list[tuple[int, int]]:
    return [(0, 0), *((row.complete, row.holds) for row in outcome.summary.rows)]


def _notes(outcome: BatchOutcome) -> list[str]:
    count = len(outcome.summary.warnings)
    notes = [STATUS_WORDS[Status.KEPT]] if outcome.status is Status.KEPT else []
    return notes + ([f"{count} note{'s' if count > 1 else ''}"] if count else [])


def _names(outcomes: list[BatchOutcome]) -> list[str]:
    """The recordings' file names; their paths if two names are the same."""
    names = [outcome.item.path.name for outcome in outcomes]
    is_clear = len(set(names)) == len(names) and all(names)
    return names if is_clear else [str(outcome.item.path) for outcome in outcomes]


def line_of(outcome: BatchOutcome) -> str:
    """A line about a finished recording."""
    if outcome.status is Status.FAILED:
        return f"failed: {outcome.error}"
    valid_s = outcome.summary.seconds[0]
    notes = [STATUS_WORDS[outcome.status], f"{valid_s:.1f} s valid", *outcome.summary.warnings]
    return " ".join(
        f"{outcome.item.path}: {'; '.join(notes)}".split()
    )  # a name may have line breaks
