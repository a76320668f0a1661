"""What a batch tells in the terminal: a line for each recording as it ends, and a table."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from backstretch.batch import Outcome, Status

NOTHING = "-"


def show_table(outcomes: list[Outcome], console: Console) -> None:
    """Print a line for each recording, and below why some failed and what is to be noted of others."""
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


def _cells(outcome: Outcome) -> list[str]:
    if outcome.status is Status.FAILED:
        return [NOTHING] * 5 + ["failed"]
    told = outcome.told
    stretches = ", ".join(dict.fromkeys(row.name for row in told.rows if row.holds))
    alike = f"looks like {told.likeness}" if told.likeness else NOTHING
    complete, holds = (sum(counts) for counts in zip(*_counts(outcome), strict=True))
    return [
        stretches or alike,
        *(f"{seconds:.1f} s" if seconds else NOTHING for seconds in told.seconds),
        f"{complete} of {holds}" if holds else NOTHING,
        ", ".join(_notes(outcome)),
    ]


def _counts(outcome: Outcome) -> list[tuple[int, int]]:
    return [(0, 0), *((row.complete, row.holds) for row in outcome.told.rows)]


def _notes(outcome: Outcome) -> list[str]:
    count = len(outcome.told.warnings)
    kept = ["kept"] if outcome.status is Status.KEPT else []
    return kept + ([f"{count} note{'s' if count > 1 else ''}"] if count else [])


def _names(outcomes: list[Outcome]) -> list[str]:
    """The recordings' names; their paths where two are called the same."""
    names = [outcome.item.path.name for outcome in outcomes]
    is_clear = len(set(names)) == len(names) and all(names)
    return names if is_clear else [str(outcome.item.path) for outcome in outcomes]


def line_of(outcome: Outcome) -> str:
    """What is said of a recording as soon as it is through."""
    if outcome.status is Status.FAILED:
        return f"failed: {outcome.error}"
    valid_s = outcome.told.seconds[0]
    notes = [str(outcome.status), f"{valid_s:.1f} s valid", *outcome.told.warnings]
    return " ".join(
        f"{outcome.item.path}: {'; '.join(notes)}".split()
    )  # a name may have line breaks
