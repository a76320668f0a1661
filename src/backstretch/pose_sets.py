"""Ready-made sets: which stretches in which order, how long and how often. Data that anyone can read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backstretch.errors import PoseFileError
from backstretch.poses import Pose
from backstretch.toml_table import read_toml, told

REST_LIMITS_S = (0.0, 120.0)
ENTRIES = {"name", "about", "source", "rest_s", "stretch"}
TEXTS = ("name", "about", "source")
STRETCH_ENTRIES = {"pose", "hold_s", "repetitions"}


@dataclass(frozen=True)
class Stretch:
    """One stretch of a set; a pose with sides is done on both, one after the other.

    Attributes:
        pose: The pose's id.
        hold_s: Seconds of each hold.
        repetitions: Holds on each side.
        sides: Left and right in turn, or once for both.
    """

    pose: str
    hold_s: float
    repetitions: int
    sides: tuple[str | None, ...]

    @property
    def seconds(self) -> float:
        """Seconds held in all, without rest."""
        return self.hold_s * self.repetitions * len(self.sides)


@dataclass(frozen=True)
class PoseSet:
    """A set of stretches.

    Attributes:
        id: Its file's name.
        name, about: What it is called and what it is for.
        source: Where choice and doses come from.
        rest_s: Rest between two holds.
        stretches: In the order in which they are done.
    """

    id: str
    name: str
    about: str
    source: str
    rest_s: float
    stretches: tuple[Stretch, ...]

    @property
    def seconds(self) -> float:
        """How long the whole set takes: holds, and the rests between them."""
        holds = sum(each.repetitions * len(each.sides) for each in self.stretches)
        held_s = sum(each.seconds for each in self.stretches)
        return held_s + self.rest_s * max(0, holds - 1)


def load_set(path: Path, poses: Mapping[str, Pose]) -> PoseSet:
    """Read one set; holds and repetitions that it leaves out are the pose's own.

    Raises:
        InputError: The file cannot be read.
        PoseFileError: With every fault of the file.
    """
    table = read_toml(path)
    entries = table.get("stretch")
    faults = _own_faults(table)
    for number, entry in enumerate(entries if isinstance(entries, list) else (), start=1):
        faults += [f"stretch {number}: {words}" for words in _faults(entry, poses)]
    if faults:
        raise PoseFileError([f"{path}: {words}" for words in faults])
    texts = {name: table[name] for name in TEXTS}
    stretches = tuple(_stretch(entry, poses[entry["pose"]]) for entry in table["stretch"])
    return PoseSet(path.stem, **texts, rest_s=float(table.get("rest_s", 0)), stretches=stretches)


def _own_faults(table: dict[str, Any]) -> list[str]:
    """Faults outside of the stretches."""
    faults = [f"unknown entry {name!r}" for name in sorted(table.keys() - ENTRIES)]
    missing = [name for name in TEXTS if name not in table]
    faults += [f"{name} is missing; it must be a text" for name in missing]
    given = {name: table[name] for name in TEXTS if name in table}
    odd = {name: value for name, value in given.items() if not isinstance(value, str)}
    faults += [f"{name} = {told(value)}; it must be a text" for name, value in odd.items()]
    rest_s, (low, high) = table.get("rest_s", 0), REST_LIMITS_S
    if not _is_number(rest_s) or not low <= rest_s <= high:
        faults.append(f"rest_s = {told(rest_s)}; it must be {low:g} to {high:g}")
    if not isinstance(table.get("stretch"), list) or not table["stretch"]:
        faults.append("write one [[stretch]] table a stretch")
    return faults


def _faults(entry: Any, poses: Mapping[str, Pose]) -> list[str]:
    """Faults of one stretch."""
    if not isinstance(entry, dict) or not isinstance(entry.get("pose"), str):
        return ["pose is missing; it must be a pose's id"]
    pose_id = entry["pose"]
    faults = [f"unknown entry {name!r}" for name in sorted(entry.keys() - STRETCH_ENTRIES)]
    if pose_id not in poses:
        return [f"there is no pose {pose_id!r}", *faults]
    dose = poses[pose_id].dose
    for name, (low, high) in (("hold_s", dose.seconds), ("repetitions", dose.repetitions)):
        value = entry.get(name, low)
        if not _is_number(value) or not low <= value <= high:
            words = f"{name} = {told(value)} is outside the dose of {pose_id}, {low:g} to {high:g}"
            faults.append(words)
    if isinstance(entry.get("repetitions"), float):
        faults.append("repetitions must be a whole number")
    return faults


def _stretch(entry: dict[str, Any], pose: Pose) -> Stretch:
    return Stretch(
        pose=pose.id,
        hold_s=float(entry.get("hold_s", pose.dose.default_s)),
        repetitions=int(entry.get("repetitions", pose.dose.default_repetitions)),
        sides=("left", "right") if pose.sides == "each" else (None,),
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
