"""Reading what a report is made from: result.json and steps.csv, checked before anything is drawn."""

import csv
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstretch.errors import InputError
from backstretch.landmarks import NAMES
from backstretch.result import SCHEMA

LARGEST = 1e9
"""More seconds, degrees or pixels are a fault of the file."""
MOST_SHOWN = 40
"""Characters of a value that a message shows."""
TIME, POSE, SIDE = "time_s", "pose", "side"
"""Columns of steps.csv that say which moment it is, and what it was judged by."""
UNITS = ("deg", "ratio")
KINDS = ("valid", "wrong", "unseen")


@dataclass(frozen=True)
class Kind:
    """What a field may hold.

    Attributes:
        words: As a message calls it: ``a number``.
        fits: Whether a value is one.
    """

    words: str
    fits: Callable[[Any], bool]


def _is_number(value: Any) -> bool:
    is_real = isinstance(value, int | float) and not isinstance(value, bool)
    return is_real and -LARGEST < value < LARGEST


def _is_range(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))  # noqa: PLR2004


def _is_body(value: Any) -> bool:
    is_list = isinstance(value, list) and len(value) == len(NAMES) and any(value)
    return is_list and all(point is None or _is_range(point) for point in value)


NUMBER = Kind("a number", _is_number)
TEXT = Kind("text", lambda value: isinstance(value, str))
SWITCH = Kind("true or false", lambda value: isinstance(value, bool))
RANGE = Kind("a list of two numbers", _is_range)
BODY = Kind(f"a list of {len(NAMES)} points of the body", _is_body)
UNIT = Kind(" or ".join(UNITS), lambda value: value in UNITS)
SPAN = {
    "start_s": NUMBER,
    "end_s": NUMBER,
    "kind": Kind("valid, wrong or unseen", lambda value: value in KINDS),
    "reason?": TEXT,
}
HOLD = {
    "pose": TEXT,
    "side?": TEXT,
    "start_s": NUMBER,
    "end_s": NUMBER,
    "valid_s": NUMBER,
    "wrong_s": NUMBER,
    "unseen_s": NUMBER,
    "complete?": SWITCH,
    "score?": NUMBER,
    "reasons?": [TEXT],
    "spans?": [SPAN],
}
CHECK = {
    "label": TEXT,
    "words": TEXT,
    "columns": [TEXT],
    "unit": UNIT,
    "good": RANGE,
    "accept": RANGE,
    "required": SWITCH,
}
STRETCH = {
    "pose": TEXT,
    "name": TEXT,
    "side?": TEXT,
    "held_s": NUMBER,
    "done": NUMBER,
    "asked": NUMBER,
    "asked_s": NUMBER,
    "checks": [CHECK],
}
SHOT = {"time_s": NUMBER, "state": TEXT, "reason?": TEXT, "xy_px": BODY}
RESULT_SHAPE: Mapping[str, Any] = {
    "source": {"path": TEXT, "duration_s": NUMBER, "frames": NUMBER},
    "pose?": TEXT,
    "title?": TEXT,
    "recorded_at?": TEXT,
    "holds": [HOLD],
    "attempts?": [SPAN],
    "stretches?": [STRETCH],
    "snapshots?": {"best?": SHOT, "worst?": SHOT},
    "totals": {"valid_s": NUMBER, "wrong_s": NUMBER, "unseen_s": NUMBER},
    "view?": {"words": TEXT},
    "warnings?": [TEXT],
}
"""What a report reads of a result; a name with ``?`` may be missing or null, others are not looked at."""


@dataclass(frozen=True, eq=False)
class Steps:
    """The looked-at moments, in order.

    Attributes:
        times_s: (N,) seconds of the recording.
        forms: What each moment was judged by: id and side, both empty for nothing.
        columns: (N,) values of each measure that was asked for and is there; NaN where not seen.
    """

    times_s: NDArray[np.float64]
    forms: Sequence[tuple[str, str]] = ()
    columns: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)


def read_result(path: Path) -> dict[str, Any]:
    """Read a result.

    Raises:
        InputError: It cannot be read or is none; the message names the first field at fault.
    """
    try:
        document = json.loads(path.read_bytes(), parse_constant=_refuse)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    except _OddConstantError as error:
        raise InputError(f"{path}: holds {error}, which is not a number") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: is no result of backstretch, or a damaged one") from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputError(f"{path}: is no result of backstretch (schema {SCHEMA})")
    for fault in _faults(document, RESULT_SHAPE, ""):
        raise InputError(f"{path}: {fault}")
    return document


class _OddConstantError(Exception):
    """NaN or Infinity, which are no JSON and would stop the script of the page."""


def _refuse(constant: str) -> float:
    raise _OddConstantError(constant)


def _faults(value: Any, shape: Any, place: str) -> Iterator[str]:
    """What is not as it should be, each with its place: ``holds[2].valid_s is "abc", not a number``."""
    if isinstance(shape, Kind):
        if not shape.fits(value):
            yield f"{place} is {_shown(value)}, not {shape.words}"
    elif isinstance(shape, list):
        yield from _faults_of_list(value, shape[0], place)
    elif not isinstance(value, dict):
        yield f"{place} is {_shown(value)}, not an object"
    else:
        yield from _faults_of_object(value, shape, place)


def _faults_of_list(value: Any, shape: Any, place: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{place} is {_shown(value)}, not a list"
        return
    for at, each in enumerate(value):
        yield from _faults(each, shape, f"{place}[{at}]")


def _faults_of_object(
    value: Mapping[str, Any], shape: Mapping[str, Any], place: str
) -> Iterator[str]:
    for key, each in shape.items():
        name = key.removesuffix("?")
        there = f"{place}.{name}" if place else name
        if name not in value and name == key:
            yield f"{there} is missing"
        elif value.get(name) is not None or name == key:
            yield from _faults(value[name], each, there)


def _shown(value: Any) -> str:
    """A value as it stands in the file, on one line and not too long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


def read_steps(path: Path, wanted: Sequence[str]) -> Steps:
    """Read the moments, with the columns that are wanted; none where the file is missing or empty.

    Raises:
        InputError: It cannot be read; the message names the line at fault.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return _steps(csv.reader(file), wanted)
    except FileNotFoundError:
        return Steps(np.empty(0))
    except _OddStepError as error:
        raise InputError(f"{path}: {error}") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error


class _OddStepError(Exception):
    """What is wrong with a line of steps.csv."""


def _steps(reader: Any, wanted: Sequence[str]) -> Steps:
    head: list[str] = next(reader, [])
    if not head:
        return Steps(np.empty(0))
    if TIME not in head:
        raise _OddStepError(f"has no column {TIME}")
    places = {name: head.index(name) for name in (TIME, *wanted) if name in head}
    who = [head.index(name) if name in head else len(head) for name in (POSE, SIDE)]
    values: dict[str, list[float]] = {name: [] for name in places}
    forms = []
    for row in reader:
        if not row:
            continue
        for name, at in places.items():
            values[name].append(_number(row, at, f"line {reader.line_num}: {name}"))
        _check_time(values[TIME], f"line {reader.line_num}: {TIME}")
        forms.append((_cell(row, who[0]), _cell(row, who[1])))
    arrays = {name: np.array(column) for name, column in values.items()}
    return Steps(arrays.pop(TIME), forms, arrays)


def _cell(row: Sequence[str], at: int) -> str:
    return row[at] if at < len(row) else ""


def _number(row: Sequence[str], at: int, place: str) -> float:
    """The number of a cell; NaN for an empty one."""
    text = _cell(row, at)
    try:
        value = float(text or "nan")
    except ValueError:
        value = math.inf
    if math.isinf(value) or abs(value) >= LARGEST:
        raise _OddStepError(f"{place} is {_shown(text)}, not a number")
    return value


def _check_time(times_s: Sequence[float], place: str) -> None:
    """The last of the times is one, and not before the one before it."""
    if math.isnan(times_s[-1]):
        raise _OddStepError(f"{place} is missing")
    if len(times_s) > 1 and times_s[-1] < times_s[-2]:
        raise _OddStepError(f"{place} is {times_s[-1]:g}, before {times_s[-2]:g} of the row above")
