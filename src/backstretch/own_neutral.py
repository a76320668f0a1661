"""The file of somebody's own neutral: what their head and shoulders read at rest, and from where it was seen.

date = 2026-01-31
view = [0, 5]            # azimuth and elevation of the camera, degrees

[values]                 # degrees, or ratios, by column of measures
"head_roll_rel.left" = 1.5
"""

import math
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit

from backstretch.columns import COLUMN_INDEX, relative_columns
from backstretch.errors import InputError
from backstretch.neutral import OwnNeutral
from backstretch.pose_file import read_toml
from backstretch.views import View

DIGITS = 3


def neutral_text(own: OwnNeutral) -> str:
    """The file's text."""
    document = tomlkit.document()
    document.add("date", date.fromisoformat(own.date))
    document.add("view", [round(own.view.azimuth_deg, 1), round(own.view.elevation_deg, 1)])
    values = tomlkit.table()
    for key, value in sorted(own.values.items()):
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
    table = read_toml(path)
    try:
        return _own(table)
    except (KeyError, TypeError, ValueError) as error:
        words = f"{path}: is damaged; delete it, or take it again: backstretch calibrate --neutral"
        raise InputError(words) from error


def _own(table: dict[str, Any]) -> OwnNeutral:
    azimuth_deg, elevation_deg = (float(value) for value in table["view"])
    values = {key: float(value) for key, value in table["values"].items()}
    known = {key for key, index in COLUMN_INDEX.items() if relative_columns()[index]}
    numbers = [azimuth_deg, elevation_deg, *values.values()]
    if type(table["date"]) is not date or not set(values) <= known:
        raise ValueError(table)
    if not all(math.isfinite(number) for number in numbers):
        raise ValueError(numbers)
    return OwnNeutral(table["date"].isoformat(), View(azimuth_deg, elevation_deg), values)
