"""TOML tables whose entries are taken by name, with all faults collected instead of raised one at a time."""

import math
import reprlib
import stat
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from backstretch.errors import InputError, PoseFileError
from backstretch.poses.pose import Need, Reach

LARGEST_BYTES = 30_000
"""A pose file has a few thousand; anything much larger is something else, and slow to parse."""
LARGEST_NUMBER = 1e6
"""Limit of the numbers in a pose file; those that make sense are far smaller."""
NEEDS: dict[bool | str, Need] = {True: "always", False: "form", "if seen": "if seen"}
"""The need for each value of ``required``."""
Fault = Callable[[str, str], None]
"""Called with each fault: its place in the file, and what is wrong in words."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        InputError: It cannot be read.
        PoseFileError: It is no TOML.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise InputError(f"{path}: is not a file")
        if about.st_size > LARGEST_BYTES:
            raise PoseFileError([f"{path}: has {about.st_size:,} bytes; this is not a pose file"])
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise PoseFileError([f"{path}: is not UTF-8 text (byte {error.start})"]) from error
    except ValueError as error:  # TOMLDecodeError, and whole numbers of thousands of digits
        raise PoseFileError([f"{path}: is not valid TOML: {error}"]) from error
    except RecursionError as error:
        raise PoseFileError([f"{path}: is not valid TOML: it is nested too deeply"]) from error


def quoted(value: Any) -> str:
    """A value of a file as text for a fault, cut short."""
    try:
        return reprlib.repr(value)
    except ValueError:  # a number of thousands of digits
        return "a very long number"


class Table:
    """One TOML table whose entries are taken by name, with faults instead of exceptions.

    Args:
        fault: Called with each fault: its place, and what is wrong in words.
        place: Where the table stands in its file.
        table: Its entries.
    """

    def __init__(self, fault: Fault, place: str, table: dict[str, Any]) -> None:
        self._fault = fault
        self._place = place
        self._remaining = dict(table)

    def take(self, name: str, kind: Callable[[Any], bool], words: str, default: Any) -> Any:
        """Take out an entry of some kind; ``default`` where it is missing or wrong."""
        if name not in self._remaining:
            if default is None:
                self._fault(self._place, f"{name} is missing; {words}")
            return default
        value = self._remaining.pop(name)
        if kind(value):
            return value
        self._fault(self._place, f"{name} = {quoted(value)}; {words}")
        return default

    def text(self, name: str, default: str | None = None) -> str:
        """A text; it may be empty where there is a default."""
        may_be_empty = default is not None
        text = self.take(name, lambda v: _is_text(v, may_be_empty), "it must be a text", default)
        return text or ""

    def need(self) -> Need:
        """The need that ``required`` means; ``always`` where it is missing or wrong."""
        words = 'it must be true, false or "if seen"'
        known = self.take("required", _is_need, words, default=True)
        return NEEDS[known]

    def numbers(self, name: str, count: int) -> tuple[float, ...]:
        """One number, or a list of them."""
        words = "it must be a number" if count == 1 else f"it must be a list of {count} numbers"
        numbers = self.take(name, lambda v: len(_numbers(v)) == count, words, [0.0] * count)
        return _numbers(numbers)

    def numbers_of(self, name: str, count: int) -> tuple[float, ...]:
        """A list of ``count`` numbers; NaN where it is missing or wrong."""
        words = f"it must be a list of {count} numbers"
        numbers = self.take(name, lambda v: len(_numbers(v)) == count, words, None)
        return (math.nan,) * count if numbers is None else _numbers(numbers)

    def reach(self) -> Reach | None:
        """The measured ``median`` and ``spread``; None where both are missing."""
        if "median" not in self._remaining and "spread" not in self._remaining:
            return None
        return Reach(self.number("median"), self.number("spread"))

    def date(self, name: str) -> str:
        """A day, as 2026-01-31; empty where it is missing."""
        words = "it must be a date, like 2026-01-31"
        day = self.take(name, lambda v: type(v) is date, words, None)
        return day.isoformat() if day else ""

    def number(self, name: str, default: float | None = None) -> float:
        """A number; 0 where it is missing."""
        return float(self.take(name, is_number, "it must be a number", default) or 0.0)

    def whole(self, name: str) -> int:
        """A whole number; 0 where it is missing."""
        return int(self.take(name, _is_whole, "it must be a whole number", None) or 0)

    def flag(self, name: str) -> bool:
        """True or false; false where it is missing or wrong."""
        words = "it must be true or false"
        return bool(self.take(name, lambda v: isinstance(v, bool), words, default=False))

    def choice(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of the allowed texts."""
        words = f"it must be one of {', '.join(filter(None, allowed))}"
        return self.take(name, lambda value: value in allowed, words, default) or ""

    def texts(
        self, name: str, default: tuple[str, ...] | None = None, allowed: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        """A list of texts."""
        words = (
            f"it must be a list of {', '.join(allowed)}"
            if allowed
            else "it must be a list of texts"
        )
        may_be_empty = default is not None
        texts = self.take(
            name, lambda v: _is_texts(v, allowed) and (v or may_be_empty), words, default
        )
        return tuple(texts or ())

    def span(self, name: str, limits: tuple[float, float]) -> tuple[float, float]:
        """Two numbers, low and high; NaN where they are missing or not in order, a fault outside the limits."""
        low, high = limits
        words = f"it must be [low, high] within {low:g} to {high:g}"
        span = self.take(name, _is_span, words, None)
        if span is None:
            return math.nan, math.nan
        if span[0] > span[1]:
            self._fault(self._place, f"{name}: low {span[0]:g} exceeds high {span[1]:g}")
            return math.nan, math.nan
        if span[0] < low or span[1] > high:
            self._fault(self._place, f"{name} = {span!r}; {words}")
        return span[0], span[1]

    def span_if_any(self, name: str, limits: tuple[float, float]) -> tuple[float, float] | None:
        """As `span`; None where it is missing."""
        return self.span(name, limits) if name in self._remaining else None

    def table(self, name: str, default: dict[str, Any] | None = None) -> dict[str, Any]:
        """A table; an empty one where it is missing."""
        words = f"write a [{name}] table"
        table = self.take(name, lambda v: isinstance(v, dict), words, default)
        return table or {}

    def table_if_any(self, name: str) -> dict[str, Any] | None:
        """A table; None where there is none."""
        if name not in self._remaining:
            return None
        words = f"write a [{name}] table"
        table: dict[str, Any] | None = self.take(name, lambda v: isinstance(v, dict), words, None)
        return table

    def tables(self, name: str) -> list[dict[str, Any]]:
        """A list of tables."""
        tables = self.take(name, _is_tables, f"write a [[{name}]] table for each check", None)
        return tables or []

    def report_unknown(self) -> None:
        """Report the entries that were not taken as unknown."""
        for name in self._remaining:
            self._fault(self._place, f"unknown entry {name!r}")


def is_number(value: Any) -> bool:
    """Whether it is a number below `LARGEST_NUMBER`, whatever its sign."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) < LARGEST_NUMBER  # NaN is not smaller either


def _numbers(value: Any) -> tuple[float, ...]:
    """The numbers of a number or a list of numbers; none where it is anything else."""
    values = value if isinstance(value, list) else [value]
    return tuple(float(each) for each in values) if all(map(is_number, values)) else ()


def _is_text(value: Any, may_be_empty: bool) -> bool:  # noqa: FBT001
    return isinstance(value, str) and (may_be_empty or bool(value.strip()))


def _is_need(value: Any) -> bool:
    return isinstance(value, bool | str) and value in NEEDS


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_span(value: Any) -> bool:
    match value:
        case [low, high]:
            return is_number(low) and is_number(high)
    return False


def _is_texts(value: Any, allowed: tuple[str, ...]) -> bool:
    return isinstance(value, list) and all(
        isinstance(text, str) and (not allowed or text in allowed) for text in value
    )


def _is_tables(value: Any) -> bool:
    return (
        isinstance(value, list) and all(isinstance(table, dict) for table in value) and value != []
    )
