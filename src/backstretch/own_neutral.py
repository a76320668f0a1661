"""The file of somebody's own neutral: what their head and shoulders read at rest, and from where it was seen.

date = 2026-01-31
view = [0, 5]            # azimuth and elevation of the camera, degrees

[values]                 # degrees, or ratios, by column of measures
"head_roll_rel.left" = 1.5
"""

from datetime import date
from pathlib import Path
from typing import Any

import tomlkit

from backstretch.columns import COLUMN_INDEX, relative_columns
from backstretch.errors import InputError, PoseFileError
from backstretch.neutral import OwnNeutral
from backstretch.toml_table import is_number, read_toml
from backstretch.views import View

DIGITS = 3


def neutral_text(own_neutral: OwnNeutral) -> str:
    """The file's text."""
    document = tomlkit.document()
    document.add("date", date.fromisoformat(own_neutral.date))
    document.add(
        "view", [round(own_neutral.view.azimuth_deg, 1), round(own_neutral.view.elevation_deg, 1)]
    )
    values = tomlkit.table()
    for key, value in sorted(own_neutral.values.items()):
        values.add(key, round(value, DIGITS))
    document.add("values", values)
    return tomlkit.dumps(document)


def load_neutral(path: Path) -> OwnNeutral | None:
    """Read the file; None where there is none.

    Raises:
        InputError: It is damaged.
    """
    if not path.exists():
        return None
    try:
        return _parse(read_toml(path))
    except (PoseFileError, KeyError, TypeError, ValueError) as error:
        words = f"{path}: is damaged; delete it, or take it again: backstretch calibrate --neutral"
        raise InputError(words) from error


def _parse(table: dict[str, Any]) -> OwnNeutral:
    view, values = table["view"], table["values"]
    if type(table["date"]) is not date or not isinstance(view, list) or type(values) is not dict:
        raise TypeError(table)
    known = {key for key, index in COLUMN_INDEX.items() if relative_columns()[index]}
    if not set(values) <= known or not all(map(is_number, [*view, *values.values()])):
        raise ValueError(table)
    azimuth_deg, elevation_deg = view
    return OwnNeutral(table["date"].isoformat(), View(azimuth_deg, elevation_deg), values)
