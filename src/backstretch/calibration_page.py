"""What the terminal shows of a calibration: each check before and after, and what that means in words."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from backstretch.health_page import WIDEST
from backstretch.pose_pages import (
    NEEDS_WORDS,
    SYMBOLS,
    calibration_rows,
    facts,
    lines,
    range_words,
    reach_words,
    shown_on,
)
from backstretch.poses import Check, Pose, Reach, measure_words

CLEAR: dict[tuple[str, str], float] = {
    ("deg", "image"): 12.0,
    ("deg", "world"): 20.0,
    ("ratio", "image"): 0.12,
    ("ratio", "world"): 0.2,
}
"""A left-right difference that is worth mentioning, by unit and frame (research, section D)."""


def show_personal(before: Pose, after: Pose, console: Console, notes: Sequence[str]) -> None:
    """Print what became of a library pose."""
    parts: list[RenderableType] = [facts(calibration_rows(after))]
    for side, title in _sides(after):
        parts += [Text(), Text(title, style="bold"), _changes(before, after, side)]
    parts += _noted([*differences(after), *notes])
    _panel(f"{before.name}: your own reference", parts, console)


def show_new(pose: Pose, console: Console, notes: Sequence[str]) -> None:
    """Print what a new pose is judged by."""
    parts: list[RenderableType] = [facts(calibration_rows(pose))]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in ("Measure", "You", "Good", "Counts", "Needed"):
        table.add_column(name, justify="left" if name in {"Measure", "Needed"} else "right")
    for check in pose.checks:
        symbol = SYMBOLS[check.measure.unit]
        needed = NEEDS_WORDS[check.need]
        ranges = range_words(check.good, symbol), range_words(check.accept, symbol)
        table.add_row(measure_words(check), reach_words(check), *ranges, needed)
    parts += [Text(), table, *_noted(notes)]
    _panel(f"{pose.name}: a new stretch", parts, console)


def change_words(before: Check, after: Check) -> str:
    """What the change of a check means, in words."""
    if after.measured is None:
        return "not seen; as in the library"
    told = [_edge(before, after, at) for at in (0, 1) if before.accept[at] != after.accept[at]]
    return "; ".join(told) or "counts as in the library"


def _edge(before: Check, after: Check, at: int) -> str:
    old, new, symbol = before.accept[at], after.accept[at], SYMBOLS[before.measure.unit]
    is_wider = (new < old) == (at == 0)
    by = f"{abs(new - old):g}{symbol}" if symbol else f"{abs(new - old):.2f}"
    words = ("from" if at == 0 else "up to") + f" {new:g}{symbol}"
    is_reach = before.more == ("larger" if at == 0 else "smaller")
    if is_wider and is_reach:
        return f"counts earlier, {words}: {by} less range is enough"
    if is_wider:
        return f"allows {by} more, {words}"
    return f"counts {words}: {by} nearer to your own reach"


def differences(pose: Pose) -> list[str]:
    """Clear differences between left and right, without judging them."""
    found = []
    for check in pose.checks:
        right = check.right.measured if check.right else None
        if right is None or check.measured is None or not check.required:
            continue
        apart = abs(check.measured.median - right.median)
        if apart >= CLEAR[check.measure.unit, check.frame]:
            symbol = SYMBOLS[check.measure.unit]
            left_told, right_told = (_told(check, reach) for reach in (check.measured, right))
            found.append(
                f"{check.measure.label}: {left_told}{symbol} on the left, {right_told}{symbol} on the right. "
                "Sides often differ, and so do days."
            )
    return found


def _told(check: Check, reach: Reach) -> str:
    return f"{reach.median:.{0 if check.measure.unit == 'deg' else 2}f}"


def _sides(pose: Pose) -> list[tuple[str | None, str]]:
    if any(check.right for check in pose.checks):
        return [("left", "Left"), ("right", "Right")]
    return [(None, "What counts")]


def _changes(before: Pose, after: Pose, side: str | None) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Measure")
    for name in ("You", "Library", "Yours"):
        table.add_column(name, no_wrap=True, justify="right")
    table.add_column("In words")
    for old, new in zip(before.checks, after.checks, strict=True):
        own, symbol = shown_on(new, side), SYMBOLS[old.measure.unit]
        ranges = range_words(old.accept, symbol), range_words(own.accept, symbol)
        form = "" if old.required else " (form only)"
        table.add_row(
            f"{measure_words(old)}{form}", reach_words(own), *ranges, change_words(old, own)
        )
    return table


def _noted(notes: Iterable[str]) -> list[RenderableType]:
    found = lines(notes)
    return [Text(), Text("Please note", style="bold"), *found] if found else []


def _panel(title: str, parts: list[RenderableType], console: Console) -> None:
    width = min(console.width, WIDEST)
    console.print(
        Panel(
            Group(*parts),
            title=Text(title, "bold"),
            title_align="left",
            padding=(1, 2),
            width=width,
        )
    )
