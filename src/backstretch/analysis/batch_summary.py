"""The summary of a batch: one table of all recordings, with a column for each angle."""

from collections.abc import Iterable, Iterator
from typing import Any

from backstretch.analysis.batch import BatchOutcome, BatchRow, Status
from backstretch.formats.hold_table import Angle, angle_cells, angles_of
from backstretch.formats.spreadsheets import Cell, Heading, Sheet

FIRST = (
    Heading("file", "the recording"),
    Heading("status", "done; kept from an earlier run; failed"),
    Heading("pose", "id of the stretch"),
    Heading("side", "the person's own side, left or right; empty where both are done at once"),
    Heading("held_s", "seconds that count"),
    Heading("wrong_s", "seconds within holds in which the position was not right"),
    Heading("unseen_s", "seconds within holds that could not be seen; these are not wrong"),
    Heading("holds", "number of holds"),
    Heading("complete", "number of holds that lasted as long as was asked"),
    Heading("warnings", "what makes the figures uncertain"),
    Heading("error", "why there is no result"),
    Heading("folder", "folder of the results"),
)
HEAD = tuple(each.name for each in FIRST)
"""Names that a summary.csv begins with, also one of an earlier version."""
MORE = (
    Heading("stretch", "name of the stretch"),
    Heading("person", "whose recording it is; empty where no name was given"),
    Heading("recorded_at", "when it was recorded (ISO 8601); empty where the file does not say"),
    Heading("asked", "holds on each side that were asked for, or are usual"),
    Heading("asked_s", "seconds of each hold that were asked for, or are usual"),
    Heading(
        "score",
        "mean score of the holds by their seconds: closeness of the checks to their good ranges, 0 to 100",
    ),
)


def summary_sheet(outcomes: Iterable[BatchOutcome]) -> Sheet:
    """A row for each stretch and side of each recording, one if it has none.

    Angles are over the holds of the row: the median of their medians, and the best of what they reached.
    """
    done = list(outcomes)
    angles = angles_of(_document(row) for outcome in done for row in outcome.summary.rows)
    rows = [row for outcome in done for row in _rows(outcome, list(angles))]
    return Sheet("Summary", [*FIRST, *MORE, *angles.values()], rows)


def _document(row: BatchRow) -> dict[str, Any]:
    """A row as a result that has it as one hold, of which `angles_of` takes the measures."""
    checks = [{"label": label, "words": words} for label, words in row.words.items()]
    return {
        "holds": [{"pose": row.pose, "measures": row.measures}],
        "stretches": [{"pose": row.pose, "checks": checks}],
    }


def _rows(outcome: BatchOutcome, angles: list[Angle]) -> Iterator[list[Cell]]:
    summary, item = outcome.summary, outcome.item
    first: list[Cell] = [str(item.path), str(outcome.status)]
    is_failed = outcome.status is Status.FAILED
    last: list[Cell] = ["; ".join(summary.warnings), outcome.error, "" if is_failed else item.name]
    about: list[Cell] = [summary.person, summary.recorded_at]
    nothing: list[Cell] = [None] * (3 + len(angles))
    if is_failed:
        yield [*first, *[None] * 7, *last, None, None, None, *nothing]
        return
    if not summary.rows:
        yield [*first, None, None, *summary.seconds, 0, 0, *last, None, *about, *nothing]
    for row in summary.rows:
        seconds = (row.held_s, row.wrong_s, row.unseen_s)
        counts = (row.holds, row.complete)
        more = (row.name, *about, row.asked, row.asked_s, row.score)
        values = angle_cells(row.measures, angles)
        yield [*first, row.pose, row.side, *seconds, *counts, *last, *more, *values]
