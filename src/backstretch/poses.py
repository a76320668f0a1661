"""Poses: what a pose file says, and reading one so that every fault is told at once."""

import difflib
import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from backstretch.catalogue import BY_NAME, Measure, Reference
from backstretch.errors import InputError, PoseFileError
from backstretch.hold import GRACE_UNSEEN_S, GRACE_WRONG_S
from backstretch.views import VIEWS

Of = Literal["near", "far", "work", "other", "both", ""]
SIDED: tuple[Of, ...] = ("near", "far", "work", "other", "both")
POSITIONS = ("standing", "chair", "floor", "kneeling", "quadruped", "supine", "prone")
REGIONS = ("neck", "upper_back", "middle_back", "lower_back", "hips", "hamstrings")
LONGEST_HOLD_S = 120.0
"""No single hold is longer (research, section A: cap a single hold at 120 s)."""
GRACE_LIMITS_S = (0.0, 10.0)
"""A lapse longer than this is no lapse but the end of a hold."""
ANATOMY = {"deg": (-180.0, 180.0), "ratio": (-5.0, 10.0)}
"""Outside these no range makes sense; widths are in trunk, shoulder or shank lengths."""


@dataclass(frozen=True)
class Check:
    """One requirement of a pose: a measure, of which side, and its ranges.

    Attributes:
        measure: Entry of the catalogue of measures.
        of: ``near``/``far`` from the camera, ``work``/``other`` side of the stretch, ``both``, or
            ``""`` for midline measures.
        frame: Frame of reference the value is taken in.
        good: Range of the good position, in the measure's unit.
        accept: Range that counts as held.
        required: Whether the clock needs it; otherwise it is a matter of form.
        more: Which way is more range of motion, ``""`` where that means nothing.
        below, above: What to say when the value is below or above the range.
        source: Where the ranges come from.
    """

    measure: Measure
    of: Of
    frame: Reference
    good: tuple[float, float]
    accept: tuple[float, float]
    required: bool
    more: Literal["larger", "smaller", ""]
    below: str
    above: str
    source: str

    @property
    def words(self) -> str:
        """The measure in plain words, with the side: ``knee (near side)``."""
        name = self.measure.name.replace("_", " ")
        return f"{name} ({self.of} side)" if self.of in {"near", "far", "work", "other"} else name


@dataclass(frozen=True)
class Dose:
    """How long and how often.

    Attributes:
        seconds: Least and most that a hold should last.
        default_s: What makes a hold complete, if nothing else is asked.
        repetitions: Least and most.
        default_repetitions: How many are asked for.
        source: Where the dose comes from.
        grace_wrong_s, grace_unseen_s: How long a lapse may last before the hold is over.
    """

    seconds: tuple[float, float]
    default_s: float
    repetitions: tuple[int, int]
    default_repetitions: int
    source: str
    grace_wrong_s: float = GRACE_WRONG_S
    grace_unseen_s: float = GRACE_UNSEEN_S

    @property
    def longest_s(self) -> float:
        """What a single hold is capped at."""
        return min(self.seconds[1], LONGEST_HOLD_S)


@dataclass(frozen=True)
class Pose:
    """A stretch as its file defines it; written for the left, mirrored for the right."""

    id: str
    name: str
    also: tuple[str, ...]
    regions: tuple[str, ...]
    positions: tuple[str, ...]
    views: tuple[str, ...]
    camera: str
    sides: Literal["both", "each"]
    side_rule: str
    steps: tuple[str, ...]
    safety: str
    sources: tuple[str, ...]
    dose: Dose
    checks: tuple[Check, ...] = field(repr=False)

    @property
    def primary(self) -> Check:
        """The check whose measure tells moving from holding: the first with a ``more``."""
        required = [check for check in self.checks if check.required]
        return next((check for check in required if check.more), required[0])

    def label(self, check: Check) -> str:
        """A name for the check that no other check of the pose has."""
        same = [other for other in self.checks if other.measure is check.measure]
        parts = [check.measure.name]
        if len({other.of for other in same}) > 1 and check.of:
            parts.append(check.of)
        if len({other.frame for other in same}) > 1:
            parts.append(check.frame)
        return "_".join(parts)


def load_pose(path: Path) -> Pose:
    """Read one pose file.

    Raises:
        PoseFileError: With every fault of the file, each naming place, value and what would be right.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise PoseFileError([f"{path}: is not UTF-8 text (byte {error.start})"]) from error
    except tomllib.TOMLDecodeError as error:
        raise PoseFileError([f"{path}: is not valid TOML: {error}"]) from error
    reader = _Reader(path)
    pose = reader.pose(table)
    if reader.faults:
        raise PoseFileError(reader.faults)
    return pose


def find_pose(wanted: str, folder: Path) -> Pose:
    """Find a pose by id in ``folder``, or read it from a path that ends in ``.toml``.

    Raises:
        InputError: No such pose; the message names the nearest ids.
        PoseFileError: The file has faults.
    """
    if wanted.endswith(".toml"):
        return load_pose(Path(wanted))
    known = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    if wanted in known:
        return load_pose(known[wanted])
    near = difflib.get_close_matches(wanted.replace("-", "_").lower(), known, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known are: {', '.join(known)}"
    raise InputError(f"no pose is called {wanted!r}; {hint}")


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
            positions=take.texts("positions", allowed=POSITIONS),
            views=take.texts("views", allowed=tuple(VIEWS)),
            camera=take.text("camera", ""),
            sides=cast("Literal['both', 'each']", take.choice("sides", ("both", "each"))),
            side_rule=take.text("side_rule", ""),
            steps=take.texts("steps"),
            safety=take.text("safety"),
            sources=take.texts("sources"),
            dose=self.dose(take.table("hold")),
            checks=tuple(
                self.check(number, entry)
                for number, entry in enumerate(take.tables("check"), start=1)
            ),
        )
        take.nothing_left()
        self.whole(pose)
        return pose

    def whole(self, pose: Pose) -> None:
        """Faults that show only between the parts of a pose."""
        if pose.checks and not any(check.required for check in pose.checks):
            self.fault("", "no check is required; at least one must be, or nothing can be held")
        for number, check in enumerate(pose.checks, start=1):
            if pose.sides == "both" and check.of in {"work", "other"}:
                words = f"of = {check.of!r} needs a pose with sides = 'each'"
                self.fault(f"check {number} ({check.measure.name})", words)
        if pose.sides == "each" and not pose.side_rule:
            self.fault("side_rule", "missing; say in words which side counts as left")

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
        )
        take.nothing_left()
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
        limits = ANATOMY[measure.unit]
        check = Check(
            measure=measure,
            of=cast("Of", take.choice("of", (*SIDED, ""), "")),
            frame=cast("Reference", take.choice("frame", measure.frames, measure.frames[0])),
            good=take.span("good", limits),
            accept=take.span("accept", limits),
            required=take.flag("required", default=True),
            more=cast(
                "Literal['larger', 'smaller', '']",
                take.choice("more", ("larger", "smaller", ""), ""),
            ),
            below=take.text("below", ""),
            above=take.text("above", ""),
            source=take.text("source"),
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
        self.reader.fault(self.place, f"{name} = {value!r}; {words}")
        return default

    def text(self, name: str, default: str | None = None) -> str:
        text = self.take(name, lambda value: isinstance(value, str), "it must be a text", default)
        return text or ""

    def flag(self, name: str, *, default: bool) -> bool:
        flag = self.take(name, lambda v: isinstance(v, bool), "it must be true or false", default)
        return bool(flag)

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

    def table(self, name: str) -> dict[str, Any]:
        table = self.take(name, lambda v: isinstance(v, dict), f"write a [{name}] table", None)
        return table or {}

    def tables(self, name: str) -> list[dict[str, Any]]:
        found = self.take(name, _is_tables, f"write one [[{name}]] table a check", None)
        return found or []

    def nothing_left(self) -> None:
        for name in self.left:
            self.reader.fault(self.place, f"unknown entry {name!r}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


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
