"""A photograph on the terminal: how it fits the stretch that was asked for, and what it looks like."""

from collections.abc import Mapping

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from backstretch.display.terminal.layout import lines
from backstretch.judging.angles import angle_rows
from backstretch.judging.hold_clock import State
from backstretch.judging.matching import Reading
from backstretch.judging.recognition import Likeness, PictureFit
from backstretch.judging.result import Result, score
from backstretch.judging.wording import (
    accept_words,
    describe_reason,
    off_words,
    space_label,
    value_words,
    with_unit,
)
from backstretch.poses.pose import capitalised

FITS, OFF, SLIGHT, UNKNOWN = "✓", "✗", "-", "?"
"""Marks of a check that passes, that fails, that fails and decides nothing, and that could not be seen."""


def photograph_parts(result: Result) -> list[RenderableType]:
    """The paragraphs on a photograph."""
    if result.seen == 0.0:
        return [Text("Nobody was seen.", style="bold")]
    if result.fit is None:
        looks_like = _likenesses(result.looks_like or (), "none of the stretches")
        return [looks_like, Text(), _angles(result.angles)]
    fit = result.fit
    others = [each for each in result.looks_like or () if each.pose != fit.form.pose.id]
    parts: list[RenderableType] = [Text(fit_words(fit), style="bold"), Text(), _checks(fit)]
    return [*parts, *([_likenesses(others)] if others else [])]


def fit_words(fit: PictureFit) -> str:
    """Whether a photograph fits a stretch, in a sentence."""
    verdict, name = fit.verdict, fit.form.name
    if verdict.state is State.IN:
        return f"It fits {name}, score {score(100.0 * verdict.closeness)}."
    off = [each for each in verdict.required if each.outside]
    if off:
        are = "is" if len(off) == 1 else "are"
        return f"It does not fit {name}: {len(off)} of {len(verdict.required)} checks {are} off."
    reason = verdict.reason(frozenset())
    return f"Whether it fits {name} could not be told: {describe_reason(reason)}."


def _checks(fit: PictureFit) -> Table:
    """Each check with what was measured, what counts, and how far off it is."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("")
    table.add_column("Check")
    table.add_column("Measured", justify="right")
    table.add_column("Counts")
    table.add_column("Off by")
    for each in fit.verdict.readings:
        measure, accept = each.target.column.measure, each.target.for_side.accept
        is_form = each.outside and not each.check.required
        off = off_words(measure, each.off)
        table.add_row(
            _mark(each),
            capitalised(with_unit(space_label(each), measure)),
            value_words(measure, each.value),
            accept_words(measure, accept),
            f"{off} (form only)" if is_form else off,
        )
    return table


def _angles(angles: Mapping[str, float]) -> Table:
    """The main angles, left and right, and those of the whole body."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Angle")
    for side in ("Left", "Right", "Body"):
        table.add_column(side, justify="right")
    for row in angle_rows(angles):
        table.add_row(*row)
    return table


def _mark(reading: Reading) -> str:
    if reading.unseen:
        return UNKNOWN
    if not reading.outside:
        return FITS
    return OFF if reading.check.required else SLIGHT


def _likenesses(likenesses: tuple[Likeness, ...] | list[Likeness], nothing: str = "") -> Group:
    """The stretches that a picture passes for."""
    if not likenesses:
        return Group(Text(f"This picture looks like {nothing}.", style="bold"))
    texts = [
        f"{like.name or like.pose}{f', {like.side}' if like.side else ''}, "
        f"score {score(100 * like.closeness)}"
        for like in likenesses
    ]
    return Group(Text("This picture looks like", style="bold"), *lines(texts))
