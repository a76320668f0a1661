"""What the timeline of a report shows, and the same in words: the measures of each stretch over time."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstretch.display.html.report_charts import LONGEST_GAP_S, Line, Panel, Shade
from backstretch.formats.result_documents import (
    CheckDocument,
    HoldDocument,
    ResultDocument,
    SpanDocument,
    Steps,
    StretchDocument,
)
from backstretch.judging.wording import clock
from backstretch.kinematics.columns import COLUMN_INDEX, COLUMNS
from backstretch.kinematics.landmarks import SIDES
from backstretch.poses.pose import capitalised

MOST_MOMENTS = 1500
"""The page holds the values of at most this many moments."""
MOST_FURTHER = 40
"""At most this many checks that decide nothing are drawn on a page; the others are named."""
MOST_PERIODS = 12
"""At most this many periods of each kind of time are listed one by one."""
RIM_S, RIM_SHARE = 3.0, 0.1
"""Time shown before and after a stretch among several: seconds, or a share of it, whichever is more."""
KIND_WORDS = {"valid": "held", "wrong": "not right", "unseen": "not seen"}
Ends = tuple[float, float]


@dataclass(frozen=True)
class Group:
    """What a page shows of one stretch.

    Attributes:
        name: The stretch.
        pose: Its id.
        ends_s: The time that is shown.
        panels: The checks that decide.
        further: Those that decide nothing.
        unseen: Names of the checks that could never be measured.
        left_out: Names of the checks that are not drawn.
    """

    name: str
    pose: str
    ends_s: Ends
    panels: tuple[Panel, ...]
    further: tuple[Panel, ...]
    unseen: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def columns_of(document: ResultDocument) -> list[str]:
    """The columns of steps.csv that the stretches were judged by."""
    checks = (check for form in document.stretches for check in form.checks)
    return list(dict.fromkeys(name for check in checks for name in check.columns))


def ends_of(document: ResultDocument, steps: Steps) -> Ends:
    """First and last moment of the recording, in seconds."""
    if len(steps.times_s) > 1:
        return float(steps.times_s[0]), float(steps.times_s[-1])
    return 0.0, max(0.1, document.source.duration_s)


def groups_of(document: ResultDocument, steps: Steps, ends_s: Ends) -> list[Group]:
    """Each stretch that was held or asked for, its sides together, in order."""
    by_pose: dict[str, list[StretchDocument]] = {}
    for form in document.stretches:
        by_pose.setdefault(form.pose, []).append(form)
    groups, room = [], MOST_FURTHER
    for forms in by_pose.values():
        shown_s = ends_s if len(by_pose) == 1 else _part_of(document, steps, forms, ends_s)
        group = _group(document, steps, forms, shown_s)
        groups.append(_cut(group, room))
        room -= len(groups[-1].further)
    return groups


def _cut(group: Group, room: int) -> Group:
    """The group with at most ``room`` further checks; the others are named."""
    left = tuple(panel.words for panel in group.further[room:])
    return Group(
        group.name,
        group.pose,
        group.ends_s,
        group.panels,
        group.further[:room],
        group.unseen,
        left,
    )


def _part_of(
    document: ResultDocument, steps: Steps, forms: Sequence[StretchDocument], ends_s: Ends
) -> Ends:
    """The part of the recording in which a stretch was held, or else looked for."""
    pose = forms[0].pose
    times_s = [end_s for hold in _holds(document, pose) for end_s in (hold.start_s, hold.end_s)]
    if not times_s:
        pairs = zip(steps.times_s, steps.forms, strict=True)
        times_s = [float(time_s) for time_s, form in pairs if form[0] == pose]
    if not times_s:
        return ends_s
    rim_s = max(RIM_S, RIM_SHARE * (max(times_s) - min(times_s)))
    shown_s = max(ends_s[0], min(times_s) - rim_s), min(ends_s[1], max(times_s) + rim_s)
    return shown_s if shown_s[0] < shown_s[1] else ends_s  # holds of some other recording


def _holds(document: ResultDocument, pose: str, side: str | None = "") -> list[HoldDocument]:
    """The holds of a pose; of one side if given, None for poses without sides."""
    return [hold for hold in document.holds if hold.pose == pose and side in {"", hold.side}]


def _group(
    document: ResultDocument, steps: Steps, forms: Sequence[StretchDocument], shown_s: Ends
) -> Group:
    is_held = bool(_holds(document, forms[0].pose))
    checks = {check.label: check for form in forms for check in form.checks}
    judged_s = [_judged_s(document, form) if is_held else [shown_s] for form in forms]
    panels = {
        label: Panel(
            check.words, check.unit, _lines(label, zip(forms, judged_s, strict=True), steps)
        )
        for label, check in checks.items()
    }
    panels_by_need = [
        (checks[label].required, panel) for label, panel in panels.items() if panel.lines
    ]
    return Group(
        name=forms[0].name,
        pose=forms[0].pose,
        ends_s=shown_s,
        panels=tuple(panel for required, panel in panels_by_need if required),
        further=tuple(panel for required, panel in panels_by_need if not required),
        unseen=tuple(panel.words for panel in panels.values() if not panel.lines),
    )


def _judged_s(document: ResultDocument, form: StretchDocument) -> list[Ends]:
    holds = _holds(document, form.pose, form.side)
    return [(hold.start_s, hold.end_s) for hold in holds]


def _lines(
    label: str, forms: Iterable[tuple[StretchDocument, Sequence[Ends]]], steps: Steps
) -> dict[str, Line]:
    """The lines of a check in all forms, each with the times in which the form was judged."""
    lines: dict[str, Line] = {}
    for form, times_s in forms:
        for check in form.checks:
            if check.label == label:
                _join(lines, check, steps, times_s)
    return lines


def _join(
    lines: dict[str, Line], check: CheckDocument, steps: Steps, times_s: Sequence[Ends]
) -> None:
    """Add the lines of a check, and the times in which it judged them."""
    judged = [Shade(*ends_s, check.accept, check.good) for ends_s in times_s]
    for column in check.columns:
        values = steps.columns.get(column)
        if values is None or np.isnan(values).all():
            continue
        name = _side(column)
        before = lines[name].judged if name in lines else ()
        points = list(zip(steps.times_s.tolist(), values.tolist(), strict=True))
        lines[name] = Line(points, (*before, *judged))


def _side(column: str) -> str:
    return next((side for side in SIDES if side in column.split(".")), "")


def panel_words(panel: Panel, ends_s: Ends) -> str:
    """A panel in words, a sentence a line: ``Knee, left: between 60° and 112°; in range 21.3 s of 30.0 s``."""
    return " ".join(_line_words(panel, name, line, ends_s) for name, line in panel.lines.items())


def _line_words(panel: Panel, side: str, line: Line, ends_s: Ends) -> str:
    name = f"{capitalised(panel.words)}, {side}" if side else capitalised(panel.words)
    times_s, values = (np.array(column) for column in zip(*line.points, strict=True))
    inside = (times_s >= ends_s[0]) & (times_s <= ends_s[1])
    visible = values[inside & ~np.isnan(values)]
    if not len(visible):
        return f"{name}: not seen."
    facts = [f"between {_value(visible.min(), panel.unit)} and {_value(visible.max(), panel.unit)}"]
    lasts_s = _lasts_s(times_s)
    if line.judged:
        facts.append(_judged_words(times_s, values, lasts_s, line.judged))
    unseen_s = float(lasts_s[inside & np.isnan(values)].sum())
    facts += [f"not seen for {unseen_s:.1f} s"] if unseen_s >= 0.1 else []  # noqa: PLR2004 - a tenth is shown
    return f"{name}: {'; '.join(facts)}."


def _judged_words(
    times_s: NDArray[np.float64],
    values: NDArray[np.float64],
    lasts_s: NDArray[np.float64],
    judged: Sequence[Shade],
) -> str:
    """How long it was in range, of the time in which it was judged."""
    total_s = in_s = 0.0
    for shade in judged:
        there = (times_s >= shade.start_s) & (times_s < shade.end_s)
        low, high = shade.accept
        total_s += float(lasts_s[there].sum())
        in_s += float(lasts_s[there & (values >= low) & (values <= high)].sum())
    return f"in range {in_s:.1f} s of {total_s:.1f} s"


def _lasts_s(times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """How long each moment lasts: until the next one, over a gap no longer than a line bridges."""
    if len(times_s) == 1:
        return np.zeros(1)
    lasts_s: NDArray[np.float64] = np.minimum(np.append(np.diff(times_s), 0.0), LONGEST_GAP_S)
    return lasts_s


def _value(value: float, unit: str) -> str:
    return f"{value:.0f}°".replace("-0°", "0°") if unit == "deg" else f"{value:.2f}"


def bands_words(spans: Sequence[SpanDocument]) -> list[str]:
    """Valid, wrong and unseen time in sentences."""
    return [_kind_words(kind, [span for span in spans if span.kind == kind]) for kind in KIND_WORDS]


def _kind_words(kind: str, spans: Sequence[SpanDocument]) -> str:
    name = capitalised(KIND_WORDS[kind])
    if not spans:
        return f"{name}: never."
    seconds = sum(span.end_s - span.start_s for span in spans)
    periods = [
        f"{clock(span.start_s)} to {clock(span.end_s)}"
        + (f" ({span.reason})" if span.reason else "")
        for span in spans[:MOST_PERIODS]
    ]
    more = len(spans) - len(periods)
    periods += [f"and {more} more"] if more else []
    return f"{name}: {seconds:.1f} s, {', '.join(periods)}."


def moments_of(document: ResultDocument, steps: Steps) -> dict[str, Any]:
    """The measured values over time, thinned to fit a page.

    Returns:
        ``forms``: by stretch and side, the name of each value and its unit; ``times``: seconds; ``rows``: for
        each of them the form's number and its values, null where not seen; empty where nothing was judged.
    """
    forms = document.stretches
    numbers = {(form.pose, form.side or ""): at for at, form in enumerate(forms)}
    values = [list(_named(form, steps)) for form in forms]
    step = max(1, math.ceil(len(steps.times_s) / MOST_MOMENTS))
    picked = range(0, len(steps.times_s), step)
    return {
        "forms": [[(name, unit) for name, unit, _ in each] for each in values],
        "times": [round(float(steps.times_s[at]), 2) for at in picked],
        "rows": [_row(at, numbers.get(steps.forms[at]), values) for at in picked],
    }


def _named(form: StretchDocument, steps: Steps) -> Iterator[tuple[str, str, NDArray[np.float64]]]:
    """Name, unit and values of what decides in a form."""
    for check in form.checks:
        for column in check.columns if check.required else ():
            if column in steps.columns:
                name = f"{_side(column)} {_label(column) or check.words}".strip()
                yield name, "°" if check.unit == "deg" else "", steps.columns[column]


def _label(column: str) -> str:
    """The name of a column's measure; empty for one that this program does not know."""
    at = COLUMN_INDEX.get(column)
    return "" if at is None else COLUMNS[at].measure.label


def _row(
    at: int, form: int | None, values: Sequence[Sequence[tuple[str, str, NDArray[np.float64]]]]
) -> list[float | None]:
    if form is None:
        return []
    return [form, *(_rounded(float(column[at]), unit) for _, unit, column in values[form])]


def _rounded(value: float, unit: str) -> float | None:
    if math.isnan(value):
        return None
    return round(value) if unit else round(value, 2)
