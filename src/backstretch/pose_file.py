"""Pose files: reading one so that every fault is told at once, each with its place."""

import difflib
import math
import re
import reprlib
import stat
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from backstretch.catalogue import BY_NAME, Measure, Reference
from backstretch.errors import InputError, PoseFileError
from backstretch.hold import GRACE_UNSEEN_S, GRACE_WRONG_S
from backstretch.ideal import SEGMENTS
from backstretch.poses import (
    CALIBRATED_SIDES,
    LONGEST_HOLD_S,
    NOT_FOR,
    POSITIONS,
    REGIONS,
    SIDED,
    TAGS,
    Calibration,
    Check,
    Dose,
    Need,
    Of,
    OwnRanges,
    Pose,
    Range,
    Reach,
    Sides,
)
from backstretch.views import VIEWS

LARGEST_BYTES = 30_000
"""A pose file has a few thousand; anything much larger is something else, and slow to find that out."""
LARGEST_NUMBER = 1e6
"""Nothing in a pose file is anywhere near."""
GRACE_LIMITS_S = (0.0, 10.0)
"""A lapse longer than this is no lapse but the end of a hold."""
NEEDS: dict[bool | str, Need] = {True: "always", False: "form", "if seen": "if seen"}
"""What ``required`` may say."""
ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


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
            raise PoseFileError([f"{path}: has {about.st_size:,} bytes; this is no pose file"])
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise PoseFileError([f"{path}: is not UTF-8 text (byte {error.start})"]) from error
    except ValueError as error:  # TOMLDecodeError, and whole numbers of thousands of digits
        raise PoseFileError([f"{path}: is not valid TOML: {error}"]) from error
    except RecursionError as error:
        raise PoseFileError([f"{path}: is not valid TOML: it is nested too deeply"]) from error


def told(value: Any) -> str:
    """A value of a file as it is told in a fault, cut short."""
    try:
        return reprlib.repr(value)
    except ValueError:  # a number of thousands of digits
        return "a very long number"


def load_pose(path: Path) -> Pose:
    """Read one pose file.

    Raises:
        InputError: It cannot be read.
        PoseFileError: With every fault of the file, each naming place, value and what would be right.
    """
    table = read_toml(path)
    reader = _Reader(path)
    pose = reader.pose(table)
    if reader.faults:
        raise PoseFileError(reader.faults)
    return pose


class _Reader:
    """Turns TOML tables into a pose and collects what is wrong with them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: list[str] = []

    def fault(self, place: str, words: str) -> None:
        self.faults.append(f"{self.path}: {place}: {words}" if place else f"{self.path}: {words}")

    def pose(self, table: dict[str, Any]) -> Pose:
        take = _Table(self, "", table)
        pose = Pose(
            id=self.path.stem,
            name=take.text("name"),
            also=take.texts("also", ()),
            regions=take.texts("regions", allowed=REGIONS),
            tags=take.texts("tags", (), allowed=TAGS),
            positions=take.texts("positions", allowed=POSITIONS),
            views=take.texts("views", allowed=tuple(VIEWS)),
            camera=take.text("camera", ""),
            limits=take.text("limits", ""),
            equipment=take.texts("equipment", ()),
            sides=cast("Sides", take.choice("sides", ("both", "each"))),
            side_rule=take.text("side_rule", ""),
            guided=take.text("guided", ""),
            steps=take.texts("steps"),
            safety=take.text("safety"),
            not_for=take.texts("not_for", (), allowed=tuple(NOT_FOR)),
            look_alikes=self.look_alikes(take.table("look_alikes", {})),
            sources=take.texts("sources"),
            dose=self.dose(take.table("hold")),
            figure=self.figure(take.table("figure", {})),
            checks=tuple(
                self.check(number, entry)
                for number, entry in enumerate(take.tables("check"), start=1)
            ),
            refines=take.text("refines", ""),
            calibration=self.calibration(take.table("calibration", {})),
        )
        take.nothing_left()
        self.whole(pose)
        return pose

    def whole(self, pose: Pose) -> None:
        """Faults that show only between the parts of a pose."""
        if pose.checks and not any(check.need == "always" for check in pose.checks):
            self.fault("", "no check is required; at least one must be, or nothing can be held")
        for number, check in enumerate(pose.checks, start=1):
            if pose.sides == "both" and check.of in {"work", "other"}:
                words = f"of = {check.of!r} needs a pose with sides = 'each'"
                self.fault(f"check {number} ({check.measure.name})", words)
        if not ID.fullmatch(pose.id):
            words = "the file's name is the pose's id; use small letters, digits and _"
            self.fault("", words)
        measures = [check.measure.name for check in pose.checks]
        if pose.dose.motion and pose.dose.motion not in measures:
            words = f"motion = {pose.dose.motion!r}; it must be the measure of one of the checks"
            self.fault("hold", words)
        if pose.sides == "each" and not pose.side_rule:
            self.fault("side_rule", "missing; say in words which side counts as left")
        if pose.sides == "both" and any(check.right for check in pose.checks):
            self.fault("", "ranges of the right side need a pose with sides = 'each'")

    def look_alikes(self, table: dict[str, Any]) -> dict[str, str]:
        take = _Table(self, "look_alikes", table)
        return {name: take.text(name) for name in table}

    def figure(self, table: dict[str, Any]) -> dict[str, tuple[float, ...]]:
        take = _Table(self, "figure", table)
        figure = {
            name: take.numbers(name, count) for name, count in SEGMENTS.items() if name in table
        }
        take.nothing_left()
        return figure

    def calibration(self, table: dict[str, Any]) -> Calibration | None:
        if not table:
            return None
        take = _Table(self, "calibration", table)
        azimuth_deg, elevation_deg = take.numbers_of("view", 2)
        calibration = Calibration(
            date=take.date("date"),
            takes=take.whole("takes"),
            seconds=take.number("seconds"),
            sides=cast("Any", take.choice("sides", CALIBRATED_SIDES)),
            view=(azimuth_deg, elevation_deg),
            trunk_share=take.number("trunk_share"),
            neutral=take.text("neutral", ""),
        )
        take.nothing_left()
        return calibration

    def right(self, place: str, table: dict[str, Any], limits: Range) -> OwnRanges | None:
        if not table:
            return None
        take = _Table(self, f"{place}: right", table)
        measured = Reach(take.number("median"), take.number("spread"))
        own = OwnRanges(take.span("good", limits), take.span("accept", limits), measured)
        take.nothing_left()
        return own

    def dose(self, table: dict[str, Any]) -> Dose:
        take, before = _Table(self, "hold", table), len(self.faults)
        dose = Dose(
            seconds=take.span("seconds", (1.0, LONGEST_HOLD_S)),
            default_s=take.number("default_s"),
            repetitions=cast("tuple[int, int]", take.span("repetitions", (1, 50))),
            default_repetitions=take.whole("default_repetitions"),
            source=take.text("source"),
            grace_wrong_s=take.number("grace_wrong_s", GRACE_WRONG_S),
            grace_unseen_s=take.number("grace_unseen_s", GRACE_UNSEEN_S),
            motion=take.text("motion", ""),
        )
        take.nothing_left()
        if any(times % 1 for times in dose.repetitions if math.isfinite(times)):
            self.fault("hold", "repetitions: they must be whole numbers")
        sound = len(self.faults) == before
        for name, value, span in (
            ("default_s", dose.default_s, dose.seconds),
            ("default_repetitions", dose.default_repetitions, dose.repetitions),
            ("grace_wrong_s", dose.grace_wrong_s, GRACE_LIMITS_S),
            ("grace_unseen_s", dose.grace_unseen_s, GRACE_LIMITS_S),
        ):
            if sound and not span[0] <= value <= span[1]:
                self.fault("hold", f"{name} {value:g} is outside {span[0]:g} to {span[1]:g}")
        return dose

    def check(self, number: int, table: dict[str, Any]) -> Check:
        name = table.get("measure")
        place = f"check {number} ({name})" if isinstance(name, str) else f"check {number}"
        take = _Table(self, place, table)
        measure = self.measure(place, take.text("measure"))
        limits = measure.limits
        check = Check(
            measure=measure,
            of=cast("Of", take.choice("of", (*SIDED, ""), "")),
            frame=cast("Reference", take.choice("frame", measure.frames, measure.frames[0])),
            good=take.span("good", limits),
            accept=take.span("accept", limits),
            need=take.need(),
            more=cast(
                "Literal['larger', 'smaller', '']",
                take.choice("more", ("larger", "smaller", ""), ""),
            ),
            below=take.text("below", ""),
            above=take.text("above", ""),
            source=take.text("source"),
            measured=take.reach(),
            right=self.right(place, take.table("right", {}), limits),
        )
        take.nothing_left()
        if isinstance(name, str) and name in BY_NAME:
            self.consistent(place, check)
        return check

    def measure(self, place: str, name: str) -> Measure:
        if name and name not in BY_NAME:
            near = difflib.get_close_matches(name, BY_NAME, n=3, cutoff=0.4)
            hint = f"did you mean {' or '.join(near)}?" if near else "see the catalogue of measures"
            self.fault(place, f"there is no measure {name!r}; {hint}")
        return BY_NAME.get(name, BY_NAME["knee"])

    def consistent(self, place: str, check: Check) -> None:
        """Faults between the entries of one check."""
        if check.measure.sided and not check.of:
            self.fault(place, f"of is missing: {', '.join(SIDED)}")
        if check.of and not check.measure.sided:
            self.fault(place, f"of = {check.of!r}, but the measure has no sides; leave it out")
        for each in (check, check.on("right")):
            self.nested(place, each)

    def nested(self, place: str, check: Check) -> None:
        """The good range must lie within the accepted one."""
        (low, high), (good_low, good_high) = check.accept, check.good
        if good_low < low or good_high > high:
            words = f"good {good_low:g} to {good_high:g} reaches outside accept {low:g} to {high:g}"
            self.fault(place, words)


class _Table:
    """One TOML table whose entries are taken by name, with faults instead of exceptions."""

    def __init__(self, reader: _Reader, place: str, table: dict[str, Any]) -> None:
        self.reader = reader
        self.place = place
        self.left = dict(table)

    def take(self, name: str, kind: Callable[[Any], bool], words: str, default: Any) -> Any:
        if name not in self.left:
            if default is None:
                self.reader.fault(self.place, f"{name} is missing; {words}")
            return default
        value = self.left.pop(name)
        if kind(value):
            return value
        self.reader.fault(self.place, f"{name} = {told(value)}; {words}")
        return default

    def text(self, name: str, default: str | None = None) -> str:
        may_be_empty = default is not None
        text = self.take(name, lambda v: _is_text(v, may_be_empty), "it must be a text", default)
        return text or ""

    def need(self) -> Need:
        words = 'it must be true, false or "if seen"'
        known = self.take("required", _is_need, words, default=True)
        return NEEDS[known]

    def numbers(self, name: str, count: int) -> tuple[float, ...]:
        """One number, or a list of them."""
        words = "it must be a number" if count == 1 else f"it must be a list of {count} numbers"
        found = self.take(name, lambda v: len(_numbers(v)) == count, words, [0.0] * count)
        return _numbers(found)

    def numbers_of(self, name: str, count: int) -> tuple[float, ...]:
        """So many numbers; NaN where they are missing."""
        words = f"it must be a list of {count} numbers"
        found = self.take(name, lambda v: len(_numbers(v)) == count, words, None)
        return (math.nan,) * count if found is None else _numbers(found)

    def reach(self) -> Reach | None:
        """What was measured; None where nothing was."""
        if "median" not in self.left and "spread" not in self.left:
            return None
        return Reach(self.number("median"), self.number("spread"))

    def date(self, name: str) -> str:
        """A day, as 2026-01-31; empty where it is missing."""
        words = "it must be a date, like 2026-01-31"
        found = self.take(name, lambda v: type(v) is date, words, None)
        return found.isoformat() if found else ""

    def number(self, name: str, default: float | None = None) -> float:
        return float(self.take(name, _is_number, "it must be a number", default) or 0.0)

    def whole(self, name: str) -> int:
        return int(self.take(name, _is_whole, "it must be a whole number", None) or 0)

    def choice(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        words = f"it must be one of {', '.join(filter(None, allowed))}"
        return self.take(name, lambda value: value in allowed, words, default) or ""

    def texts(
        self, name: str, default: tuple[str, ...] | None = None, allowed: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        words = f"it must be a list of {', '.join(allowed)}" if allowed else "it must list texts"
        may_be_empty = default is not None
        good = self.take(
            name, lambda v: _is_texts(v, allowed) and (v or may_be_empty), words, default
        )
        return tuple(good or ())

    def span(self, name: str, limits: tuple[float, float]) -> tuple[float, float]:
        low, high = limits
        words = f"it must be [low, high] within {low:g} to {high:g}"
        span = self.take(name, _is_span, words, None)
        if span is None:
            return math.nan, math.nan
        if span[0] > span[1]:
            self.reader.fault(self.place, f"{name}: low {span[0]:g} exceeds high {span[1]:g}")
            return math.nan, math.nan
        if span[0] < low or span[1] > high:
            self.reader.fault(self.place, f"{name} = {span!r}; {words}")
        return span[0], span[1]

    def table(self, name: str, default: dict[str, Any] | None = None) -> dict[str, Any]:
        words = f"write a [{name}] table"
        table = self.take(name, lambda v: isinstance(v, dict), words, default)
        return table or {}

    def tables(self, name: str) -> list[dict[str, Any]]:
        found = self.take(name, _is_tables, f"write one [[{name}]] table a check", None)
        return found or []

    def nothing_left(self) -> None:
        for name in self.left:
            self.reader.fault(self.place, f"unknown entry {name!r}")


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) < LARGEST_NUMBER  # NaN is not smaller either


def _numbers(value: Any) -> tuple[float, ...]:
    """The numbers of a number or a list of numbers; none where it is anything else."""
    values = value if isinstance(value, list) else [value]
    return tuple(float(each) for each in values) if all(map(_is_number, values)) else ()


def _is_text(value: Any, may_be_empty: bool) -> bool:  # noqa: FBT001
    return isinstance(value, str) and (may_be_empty or bool(value.strip()))


def _is_need(value: Any) -> bool:
    return isinstance(value, bool | str) and value in NEEDS


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_span(value: Any) -> bool:
    match value:
        case [low, high]:
            return _is_number(low) and _is_number(high)
    return False


def _is_texts(value: Any, allowed: tuple[str, ...]) -> bool:
    return isinstance(value, list) and all(
        isinstance(text, str) and (not allowed or text in allowed) for text in value
    )


def _is_tables(value: Any) -> bool:
    return (
        isinstance(value, list) and all(isinstance(table, dict) for table in value) and value != []
    )
