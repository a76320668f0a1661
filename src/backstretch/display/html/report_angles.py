"""The angles of a report: median and best of each hold, the two sides of the body, and left against right."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from backstretch.formats.result_documents import (
    CheckDocument,
    HoldDocument,
    LengthDocument,
    ResultDocument,
    Steps,
    StretchDocument,
)
from backstretch.history.change import MEANS_FROM, PRECISIONS
from backstretch.history.progress import NECK
from backstretch.kinematics.columns import COLUMN_INDEX, COLUMNS
from backstretch.kinematics.landmarks import SIDES
from backstretch.poses.pose import capitalised

MOST_HOLDS = 6
"""Holds beside each other in a table; more make another table."""
UNKNOWN = "-"


@dataclass(frozen=True)
class AngleCell:
    """What one measure was in one hold.

    Attributes:
        median: Over the time that counts, with its unit.
        best: The furthest that was reached; empty where no direction means more range.
        sides: The medians of the body's own sides, in words; empty where one side or none is checked.
    """

    median: str
    best: str = ""
    sides: str = ""


@dataclass(frozen=True)
class AngleRow:
    """One measure over the holds of a table; ``detectable`` is the least change between two holds."""

    words: str
    cells: Sequence[AngleCell]
    detectable: str


@dataclass(frozen=True)
class SideRow:
    """One measure of the holds on the left against those on the right.

    Attributes:
        words: The measure, and what is compared.
        left, right: The mean over the holds of each side.
        difference: Without a sign.
        says: Whether it is more than measuring may err, in words.
    """

    words: str
    left: str
    right: str
    difference: str
    says: str


@dataclass(frozen=True)
class AngleTable:
    """The angles of one stretch, of some of its holds.

    Attributes:
        name: The stretch.
        holds: The holds, by number and side.
        rows: One for each measure.
        sides: Left against right; empty unless both were held, or where it stands in an earlier table.
    """

    name: str
    holds: Sequence[str]
    rows: Sequence[AngleRow]
    sides: Sequence[SideRow]


Numbered = tuple[int, HoldDocument]


def angle_tables(document: ResultDocument, steps: Steps) -> list[AngleTable]:
    """A table for each stretch that was held, or several where there are many holds; none without measures."""
    by_pose: dict[str, list[StretchDocument]] = {}
    for form in document.stretches:
        by_pose.setdefault(form.pose, []).append(form)
    tables = []
    for pose, forms in by_pose.items():
        holds = [each for each in enumerate(document.holds, 1) if each[1].pose == pose]
        holds = [each for each in holds if each[1].measures or each[1].lengths]
        for start in range(0, len(holds), MOST_HOLDS):
            sides = [] if start else list(_side_rows(forms, [hold for _, hold in holds]))
            tables.append(_table(forms, holds[start : start + MOST_HOLDS], steps, sides))
    return [each for each in tables if each.rows]


def _table(
    forms: Sequence[StretchDocument],
    holds: Sequence[Numbered],
    steps: Steps,
    sides: Sequence[SideRow],
) -> AngleTable:
    rows = []
    for check in _checks(forms):
        if any(check.label in hold.measures for _, hold in holds):
            cells = [_cell(check, _own_check(forms, hold, check), hold, steps) for _, hold in holds]
            detectable = number(check, PRECISIONS[kind_of(check)].single)
            rows.append(AngleRow(capitalised(check.words), cells, detectable))
    lengths = {name: each.words for _, hold in holds for name, each in hold.lengths.items()}
    for name, words in lengths.items():
        cells = [_length_cell(hold.lengths.get(name)) for _, hold in holds]
        rows.append(AngleRow(f"{capitalised(words)} (estimate)", cells, UNKNOWN))
    names = [f"{number}{f', {hold.side}' if hold.side else ''}" for number, hold in holds]
    return AngleTable(forms[0].name, names, rows, sides)


def _checks(forms: Sequence[StretchDocument]) -> list[CheckDocument]:
    """The checks of a stretch, each once; angles come before ratios."""
    checks = {check.label: check for form in forms for check in form.checks}
    return sorted(checks.values(), key=lambda check: check.unit != "deg")


def _own_check(
    forms: Sequence[StretchDocument], hold: HoldDocument, check: CheckDocument
) -> CheckDocument:
    """The check as it is on the side of a hold."""
    own = [form for form in forms if form.side == hold.side] or forms
    return next((each for each in own[0].checks if each.label == check.label), check)


def _cell(
    check: CheckDocument, own_check: CheckDocument, hold: HoldDocument, steps: Steps
) -> AngleCell:
    measure = hold.measures.get(check.label)
    if measure is None:
        return AngleCell(UNKNOWN)
    best = "" if measure.best is None else number(check, measure.best)
    return AngleCell(number(check, measure.median), best, _both(own_check, hold, steps))


def _length_cell(length: LengthDocument | None) -> AngleCell:
    if length is None:
        return AngleCell(UNKNOWN)
    return AngleCell(f"{length.median:.0f} cm", f"{length.best:.0f} cm")


def _both(check: CheckDocument, hold: HoldDocument, steps: Steps) -> str:
    """The body's left and right in words, where the check looks at both and both are seen."""
    values = []
    for side in SIDES:
        columns = [name for name in check.columns if side in name.split(".")]
        value = _median(steps, columns[0], hold) if len(columns) == 1 else math.nan
        values.append(value)
    if any(map(math.isnan, values)):
        return ""
    return f"L {number(check, values[0])}, R {number(check, values[1])}"


def _median(steps: Steps, column: str, hold: HoldDocument) -> float:
    """The median of a column over the time of a hold that counts; NaN where it was not seen."""
    values = steps.columns.get(column)
    if values is None or not len(values):
        return math.nan
    inside = values[_counts(steps.times_s, hold)]
    seen = inside[~np.isnan(inside)]
    return float(np.median(seen)) if len(seen) else math.nan


def _counts(times_s: NDArray[np.float64], hold: HoldDocument) -> NDArray[np.bool_]:
    """Which moments lie in the time of a hold that counts."""
    spans = [(span.start_s, span.end_s) for span in hold.spans if span.kind == "valid"]
    inside = np.zeros(len(times_s), bool)
    for start_s, end_s in spans or [(hold.start_s, hold.end_s)]:
        inside |= (times_s >= start_s) & (times_s <= end_s)
    return inside


def _side_rows(
    forms: Sequence[StretchDocument], holds: Sequence[HoldDocument]
) -> Iterator[SideRow]:
    """Left against right of each measure that both sides have."""
    for check in _checks(forms):
        left, right = (list(_reached(check, holds, side)) for side in SIDES)
        if not (left and right):
            continue
        precision = PRECISIONS[kind_of(check)]
        is_mean = min(len(left), len(right)) >= MEANS_FROM
        least = precision.means if is_mean else precision.single
        means = fmean(left), fmean(right)
        apart = abs(means[0] - means[1])
        of = "best" if check.more else "median"
        yield SideRow(
            words=f"{capitalised(check.words)}, {of}",
            left=number(check, means[0]),
            right=number(check, means[1]),
            difference=number(check, apart),
            says="clear difference" if apart > least else "within measuring error",
        )


def _reached(check: CheckDocument, holds: Iterable[HoldDocument], side: str) -> Iterator[float]:
    """What the holds of a side reached: the best where there is a direction, else the median."""
    for hold in holds:
        measure = hold.measures.get(check.label)
        if hold.side == side and measure is not None:
            best = measure.best if check.more else None
            yield measure.median if best is None else best


def kind_of(check: CheckDocument) -> str:
    """How precisely a check's measure is taken: key of `change.PRECISIONS`, as `progress.kind_of` says it."""
    if check.unit == "ratio":
        return "ratio"
    columns = [COLUMNS[COLUMN_INDEX[name]] for name in check.columns if name in COLUMN_INDEX]
    if any(column.frame == "world" for column in columns):
        return "rough"
    return "neck" if any(column.measure.name.startswith(NECK) for column in columns) else "deg"


def number(check: CheckDocument, value: float) -> str:
    """A value with its unit, no finer than it is measured."""
    return f"{value:.0f}°".replace("-0°", "0°") if check.unit == "deg" else f"{value:.2f}"
