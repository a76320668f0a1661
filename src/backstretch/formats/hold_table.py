"""The table of holds: one row a hold, with who, when, how long, how well, and one column for each angle."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from backstretch.formats.spreadsheets import Cell, Heading, Sheet

Document = Mapping[str, Any]
ABOUT_HOLD = (
    Heading("hold", "number of the hold within its session or recording"),
    Heading("stretch", "name of the stretch"),
    Heading("pose", "id of the stretch"),
    Heading("side", "the person's own side, left or right; empty where both are done at once"),
    Heading("start_s", "beginning, in seconds of the recording"),
    Heading("end_s", "end, in seconds of the recording"),
    Heading("valid_s", "seconds that count"),
    Heading("wrong_s", "seconds within the hold in which the position was not right"),
    Heading("unseen_s", "seconds within the hold that could not be seen; these are not wrong"),
    Heading("complete", "whether it lasted as long as was asked"),
    Heading("asked_s", "seconds that were asked for"),
    Heading("asked", "holds on each side that were asked for"),
    Heading(
        "score",
        "closeness of the checks to their good ranges over the hold, 0 to 100 in steps of 5",
    ),
    Heading("reasons", "why seconds do not count"),
)
KINDS = {
    "median": "median over the hold",
    "best": "the furthest that the hold reached in the direction of more range",
}
UNITS = {
    "deg": "degrees",
    "ratio": "a ratio to a length of the body",
    "cm": "centimetres, estimated by the person's height",
}


def hold_sheet(
    headings: Sequence[Heading], entries: Iterable[tuple[Sequence[Cell], Document]]
) -> Sheet:
    """A row for each hold of some results.

    Args:
        headings: Of what stands before each hold: whose, when, which recording.
        entries: For each result the cells of those headings, and its result.json; odd values in it are empty
            cells.
    """
    results = [(tuple(cells), document) for cells, document in entries]
    angles = angles_of(document for _, document in results)
    rows = [
        [*cells, *_hold(number, hold, document), *angle_cells(measures_of(hold), angles)]
        for cells, document in results
        for number, hold in enumerate(_dicts(document.get("holds")), start=1)
    ]
    return Sheet("Holds", [*headings, *ABOUT_HOLD, *angles.values()], rows)


Angle = tuple[str, str, str]
"""Label of a measure, ``median`` or ``best``, and its unit."""


def angles_of(documents: Iterable[Document]) -> dict[Angle, Heading]:
    """The columns of all measures that some results have, with what they are, in alphabetical order."""
    words: dict[Angle, dict[str, None]] = {}
    for document in documents:
        known = _words(document)
        for hold in _dicts(document.get("holds")):
            for label, kind, unit in _angles(measures_of(hold)):
                described = words.setdefault((label, kind, unit), {})
                described.update(dict.fromkeys(known.get((hold.get("pose"), label), ())))
                own = measures_of(hold)[label].get("words")
                described.update({str(own): None} if own else {})
    order = sorted(words, key=lambda angle: (angle[0], list(KINDS).index(angle[1]), angle[2]))
    return {angle: _heading(angle, words[angle]) for angle in order}


def measures_of(hold: Document) -> dict[str, Any]:
    """The measures of a hold by their labels, and lengths in centimetres where they were estimated."""
    parts = (hold.get("measures"), hold.get("lengths"))
    return {label: each for part in parts if isinstance(part, dict) for label, each in part.items()}


def _heading(angle: Angle, words: Iterable[str]) -> Heading:
    label, kind, unit = angle
    what = "; or, by the stretch, ".join(words) or label.replace("_", " ")
    return Heading(f"{label}_{kind}_{unit}", f"{what}: {KINDS[kind]}, {UNITS.get(unit, unit)}")


def angle_cells(known: Mapping[str, Any], angles: Iterable[Angle]) -> Iterator[Cell]:
    """The values of a hold's `measures_of` in the order of these columns; None for what it does not have."""
    for label, kind, unit in angles:
        entry = known.get(label)
        has_unit = isinstance(entry, dict) and entry.get("unit") == unit
        yield _number(entry.get(kind)) if entry and has_unit else None


def _angles(measures: Mapping[str, Any]) -> Iterator[Angle]:
    for label, entry in measures.items():
        if isinstance(entry, dict) and isinstance(entry.get("unit"), str):
            yield from ((label, kind, entry["unit"]) for kind in KINDS if kind in entry)


def _words(document: Document) -> dict[tuple[Any, str], list[str]]:
    """What the measures of a result are, by pose and label."""
    words: dict[tuple[Any, str], list[str]] = {}
    for stretch in _dicts(document.get("stretches")):
        for check in _dicts(stretch.get("checks")):
            key = stretch.get("pose"), str(check.get("label"))
            words.setdefault(key, []).append(str(check.get("words")))
    return words


def _hold(number: int, hold: Document, document: Document) -> Iterator[Cell]:
    pose = hold.get("pose")
    stretches = [each for each in _dicts(document.get("stretches")) if each.get("pose") == pose]
    stretch = stretches[0] if stretches else {}
    yield from (number, _text(stretch.get("name")), _text(pose), _text(hold.get("side")))
    yield from (
        _number(hold.get(key)) for key in ("start_s", "end_s", "valid_s", "wrong_s", "unseen_s")
    )
    yield hold["complete"] if isinstance(hold.get("complete"), bool) else None
    yield from (_number(stretch.get("asked_s")), _number(stretch.get("asked")))
    yield _number(hold.get("score"))
    reasons = hold.get("reasons")
    yield "; ".join(map(str, reasons)) if isinstance(reasons, list) else None


def _dicts(entries: Any) -> list[Document]:
    return [each for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
