"""What a report says of a photograph: nothing is held in one, so it has checks instead of seconds."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backstretch.formats.result_documents import (
    LikenessDocument,
    PhotographDocument,
    PictureCheckDocument,
    ResultDocument,
)
from backstretch.formats.result_files import ANNOTATED_PICTURE
from backstretch.judging.angles import angle_rows
from backstretch.judging.wording import accept_words, off_words, value_words, with_unit
from backstretch.kinematics.catalogue import BY_NAME
from backstretch.poses.pose import capitalised


@dataclass(frozen=True)
class CheckRow:
    """One check in words.

    Attributes:
        name: What is measured, with the unit of a ratio.
        value, accept: What was measured, and what counts.
        outcome: ``fits``, ``not seen``, or by how much it is off.
        is_off: Whether it keeps the picture from fitting.
    """

    name: str
    value: str
    accept: str
    outcome: str
    is_off: bool


@dataclass(frozen=True)
class Photograph:
    """What the page shows of a photograph.

    Attributes:
        headline: The outcome in a few words.
        sentence: More on it.
        name: The stretch that was asked for; empty for none.
        picture: The annotated picture, as the page names it; empty for none.
        checks: Those of that stretch.
        angles: The main angles in words, as `angle_rows` has them.
    """

    headline: str
    sentence: str
    name: str
    picture: str
    checks: Sequence[CheckRow]
    angles: Sequence[tuple[str, str, str, str]]


def photograph_of(document: ResultDocument, path: Path, target: Path) -> Photograph | None:
    """What the page ``target`` shows of the result at ``path``; None for a recording."""
    if document.source.frames != 1:
        return None
    file = path.with_name(ANNOTATED_PICTURE)
    fit = document.photograph
    headline, sentence = _outcome(document)
    return Photograph(
        headline=headline,
        sentence=sentence,
        name=_named(fit.name or fit.pose, fit.side) if fit else "",
        picture=Path(os.path.relpath(file, target.parent)).as_posix() if file.is_file() else "",
        checks=[_row(each) for each in fit.checks] if fit else [],
        angles=list(angle_rows(document.angles)),
    )


def _outcome(document: ResultDocument) -> tuple[str, str]:
    """A headline and a sentence."""
    if document.seen == 0.0:
        return "Nobody was seen", ""
    if document.photograph:
        return _fit_words(document.photograph)
    if document.asked and not document.looks_like:  # of a version that did not say how it fits
        return "A photograph", "Nothing was held: there is one picture only."
    return _likeness_words(document.looks_like)


def _named(name: str, side: str | None) -> str:
    return f"{name}, {side} side" if side else name


def _fit_words(fit: PhotographDocument) -> tuple[str, str]:
    if fit.fits:
        return (
            "It fits",
            f"All that was seen is as {_named(fit.name, fit.side)} asks; score {fit.score:g}.",
        )
    required = [each for each in fit.checks if each.required]
    off = [each for each in required if each.off]
    if fit.fits is None:
        return "Could not be told", "Something that decides was not seen."
    are = "is" if len(off) == 1 else "are"
    return "It does not fit", f"{len(off)} of {len(required)} checks that decide {are} off."


def _likeness_words(likenesses: Sequence[LikenessDocument]) -> tuple[str, str]:
    if not likenesses:
        return "No known stretch", "The picture looks like none of the stretches."
    best, *others = [_named(each.name or each.pose, each.side) for each in likenesses]
    more = f" It would also pass for: {'; '.join(others)}." if others else ""
    return best, f"The picture looks like this; score {likenesses[0].score:g}.{more}"


def _row(check: PictureCheckDocument) -> CheckRow:
    measure = BY_NAME.get(check.measure)
    if measure is None:  # of a newer version
        value = "not seen" if check.value is None else f"{check.value:g}"
        off = f"off by {abs(check.off):g}" if check.off else "fits"
        return CheckRow(capitalised(check.words), value, "", off, is_off=bool(check.off))
    off = off_words(measure, check.off)
    value = value_words(measure, check.value)
    outcome = value if check.value is None else off or "fits"
    return CheckRow(
        name=capitalised(with_unit(check.words, measure)),
        value=value,
        accept=accept_words(measure, check.accept),
        outcome=outcome if check.required or not off else f"{off}; decides nothing",
        is_off=bool(off) and check.required,
    )
