"""Reading what a report is made from: result.json and steps.csv, checked before anything is drawn."""

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from backstretch.errors import InputError
from backstretch.judging.result import SCHEMA
from backstretch.kinematics.landmarks import NAMES

LARGEST = 1e9
"""Limit of seconds, degrees and pixels; larger numbers are a fault of the file."""
MOST_SHOWN = 40
"""Characters of a value that a message shows."""
TIME, POSE, SIDE = "time_s", "pose", "side"
"""Columns of steps.csv that say which moment it is, and what it was judged by."""
Point = tuple[float, float]
EXPECTED = {
    "bool_type": "true or false",
    "float_type": "a number",
    "greater_than": "a number",
    "less_than": "a number",
    "list_type": "a list",
    "model_type": "an object",
    "string_type": "text",
    "too_long": "a list of two numbers",
    "tuple_type": "a list of two numbers",
}
"""What a field must be, by pydantic's name of the fault."""


def _check_body(points: list[Point | None]) -> list[Point | None]:
    if len(points) != len(NAMES) or not any(points):
        raise ValueError(f"a list of {len(NAMES)} points of the body")
    return points


Number = Annotated[float, Field(gt=-LARGEST, lt=LARGEST)]
Pair = Annotated[tuple[Number, Number], Field(strict=False)]
"""Not strict, since JSON knows lists only."""
Body = Annotated[list[Pair | None], AfterValidator(_check_body)]
"""MediaPipe's landmarks in pixels, None where not seen; at least one was."""


class ResultPart(BaseModel):
    """A part of a result, as far as a report reads it; other fields are not looked at.

    A field with a default may be missing or null, which is the same.
    """

    model_config = ConfigDict(strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, fields: Any) -> Any:
        if not isinstance(fields, dict):
            return fields
        needed = {name for name, field in cls.model_fields.items() if field.is_required()}
        return {
            name: value for name, value in fields.items() if value is not None or name in needed
        }


class SourceDocument(ResultPart):
    """The recording."""

    path: str
    duration_s: Number
    frames: Number


class SpanDocument(ResultPart):
    """Time of one kind within a hold or an attempt."""

    start_s: Number
    end_s: Number
    kind: Literal["valid", "wrong", "unseen"]
    reason: str = ""


class MeasureDocument(ResultPart):
    """One measure over a hold."""

    median: Number
    best: Number | None = None


class LengthDocument(ResultPart):
    """One length over a hold, estimated in centimetres."""

    median: Number
    best: Number
    words: str


class HoldDocument(ResultPart):
    """One hold."""

    pose: str
    side: str | None = None
    start_s: Number
    end_s: Number
    valid_s: Number
    wrong_s: Number
    unseen_s: Number
    complete: bool = False
    score: Number | None = None
    reasons: list[str] = []
    measures: dict[str, MeasureDocument] = {}
    lengths: dict[str, LengthDocument] = {}
    spans: list[SpanDocument] = []


class CheckDocument(ResultPart):
    """One requirement of a stretch."""

    label: str
    words: str
    columns: list[str]
    unit: Literal["deg", "ratio"]
    good: Pair
    accept: Pair
    required: bool
    more: str = ""


class StretchDocument(ResultPart):
    """A stretch and side against what was asked."""

    pose: str
    name: str
    side: str | None = None
    held_s: Number
    done: Number
    asked: Number
    asked_s: Number
    checks: list[CheckDocument]

    @property
    def share(self) -> float:
        """How much of what was asked is held, 0 to 1."""
        return min(1.0, max(0.0, self.held_s) / max(self.asked * self.asked_s, 0.1))


class SnapshotDocument(ResultPart):
    """One moment as landmarks."""

    time_s: Number
    state: str
    reason: str = ""
    xy_px: Body


class SnapshotsDocument(ResultPart):
    """The moments that are worth a picture."""

    best: SnapshotDocument | None = None
    worst: SnapshotDocument | None = None


class TotalsDocument(ResultPart):
    """Seconds of the whole recording."""

    valid_s: Number
    wrong_s: Number
    unseen_s: Number


class ViewDocument(ResultPart):
    """Where the camera stood."""

    words: str


class LikenessDocument(ResultPart):
    """A stretch that a photograph passes for."""

    pose: str
    name: str = ""
    side: str | None = None
    score: Number


class PictureCheckDocument(ResultPart):
    """One check of a photograph."""

    words: str
    measure: str
    value: Number | None = None
    accept: Pair
    required: bool
    off: Number


class PhotographDocument(ResultPart):
    """How a photograph fulfils the checks of the stretch that was asked for."""

    pose: str
    name: str = ""
    side: str | None = None
    fits: bool | None = None
    score: Number
    checks: list[PictureCheckDocument]


class ObstacleDocument(ResultPart):
    """What was in the way most where nothing was held."""

    could_be_told: bool = True


class ResultDocument(ResultPart):
    """What a report reads of result.json; `result.schema.json` describes all of it."""

    source: SourceDocument
    pose: str = ""
    title: str = ""
    recorded_at: str = ""
    person: str = ""
    height_cm: Number | None = None
    holds: list[HoldDocument]
    attempts: list[SpanDocument] = []
    unseen: list[SpanDocument] = []
    stretches: list[StretchDocument] = []
    snapshots: SnapshotsDocument = SnapshotsDocument()
    totals: TotalsDocument
    view: ViewDocument | None = None
    warnings: list[str] = []
    obstacle: ObstacleDocument = ObstacleDocument()
    seen: Number = 1.0
    looks_like: list[LikenessDocument] = []
    photograph: PhotographDocument | None = None
    angles: dict[str, Number | None] = {}

    @property
    def asked(self) -> list[StretchDocument]:
        """The stretches that were asked for; none where they were recognised."""
        return self.stretches if self.pose or self.title else []


@dataclass(frozen=True, eq=False)
class Steps:
    """The moments of steps.csv, in order.

    Attributes:
        times_s: (N,) seconds of the recording.
        forms: Id and side of the pose that each moment was judged by; both empty for none.
        columns: (N,) values of each requested measure that the file has; NaN where not seen.
    """

    times_s: NDArray[np.float64]
    forms: Sequence[tuple[str, str]] = ()
    columns: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)


def read_result(path: Path) -> ResultDocument:
    """Read a result.

    Raises:
        InputError: It cannot be read or is no result; the message names the first field at fault.
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
    try:
        return ResultDocument.model_validate(document)
    except ValidationError as error:
        raise InputError(f"{path}: {_fault(error.errors()[0])}") from error


class _OddConstantError(Exception):
    """NaN or Infinity, which are no JSON and would stop the script of the page."""


def _refuse(constant: str) -> float:
    raise _OddConstantError(constant)


def _fault(error: ErrorDetails) -> str:
    """A fault in words, with its place: ``holds[2].valid_s is "abc", not a number``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    place = "".join(parts).removeprefix(".")
    if error["type"] == "missing":
        return f"{place} is missing"
    return f"{place} is {_quote(error['input'])}, not {_expected(error)}"


def _expected(error: ErrorDetails) -> str:
    """What is expected at the place of an error."""
    about = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(about["error"])
    if error["type"] == "literal_error":
        return str(about["expected"]).replace("'", "")
    return EXPECTED[error["type"]]


def _quote(value: Any) -> str:
    """A value as it stands in the file, on one line and not too long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


def read_steps(path: Path, columns: Sequence[str]) -> Steps:
    """Read the moments with the columns named; no moments where the file is missing or empty.

    Raises:
        InputError: It cannot be read; the message names the line at fault.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return _steps(csv.reader(file), columns)
    except FileNotFoundError:
        return Steps(np.empty(0))
    except _OddStepError as error:
        raise InputError(f"{path}: {error}") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error


class _OddStepError(Exception):
    """What is wrong with a line of steps.csv."""


def _steps(reader: Any, columns: Sequence[str]) -> Steps:
    head: list[str] = next(reader, [])
    if not head:
        return Steps(np.empty(0))
    if TIME not in head:
        raise _OddStepError(f"has no column {TIME}")
    places = {name: head.index(name) for name in (TIME, *columns) if name in head}
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
        raise _OddStepError(f"{place} is {_quote(text)}, not a number")
    return value


def _check_time(times_s: Sequence[float], place: str) -> None:
    """Check that the last time is given, and is not before the previous one."""
    if math.isnan(times_s[-1]):
        raise _OddStepError(f"{place} is missing")
    if len(times_s) > 1 and times_s[-1] < times_s[-2]:
        raise _OddStepError(f"{place} is {times_s[-1]:g}, before {times_s[-2]:g} of the row above")
