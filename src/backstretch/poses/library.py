"""The library: all pose files, the built-in ones and the user's own, and the ready-made sets.

A broken file never keeps the others from working: its faults are listed beside the poses. A set says which
stretches come in which order, how long and how often; it is data that anyone can read.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from backstretch.errors import BackstretchError, InputError, PoseFileError
from backstretch.poses.pose import LONGEST_HOLD_S, SHORTEST_HOLD_S, Pose
from backstretch.poses.pose_file import load_pose
from backstretch.poses.toml_table import quoted, read_toml

SETS = "sets"
"""Sub-folder of a pose folder that holds its sets."""
REST_LIMITS_S = (0.0, 120.0)
ENTRIES = {"name", "about", "source", "rest_s", "stretch"}
TEXTS = ("name", "about", "source")
STRETCH_ENTRIES = {"pose", "hold_s", "repetitions", "instead"}
MOST_REPETITIONS = 50
ASKED_LIMITS = {"hold_s": (SHORTEST_HOLD_S, LONGEST_HOLD_S), "repetitions": (1, MOST_REPETITIONS)}
"""What may be asked of any stretch; within it the dose of a set stands, also outside the usual one."""


@dataclass(frozen=True)
class Stretch:
    """One stretch of a set; a pose with sides is done on both, one after the other.

    Attributes:
        pose: The pose's id.
        hold_s: Seconds of each hold.
        repetitions: Holds on each side.
        sides: Left and right in turn, or once for both.
        instead: What is done instead where the stretch does not suit the person; None for nothing.
    """

    pose: str
    hold_s: float
    repetitions: int
    sides: tuple[str | None, ...]
    instead: "Stretch | None" = None

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
        remarks: Where it asks for another dose than is usual, in words.
    """

    id: str
    name: str
    about: str
    source: str
    rest_s: float
    stretches: tuple[Stretch, ...]
    remarks: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """How long the whole set takes: holds, and the rests between them."""
        holds = sum(each.repetitions * len(each.sides) for each in self.stretches)
        held_s = sum(each.seconds for each in self.stretches)
        return held_s + self.rest_s * max(0, holds - 1)


@dataclass(frozen=True)
class Library:
    """Poses and sets by id, in order of their ids.

    Attributes:
        poses, sets: All that could be read.
        paths: Where each pose was read from.
        own_ids: Ids of the poses that are the user's own.
        refined: Library poses, by id, that a personal reference replaces.
        faults: What could not be read, and which ids clash, one line each.
    """

    poses: dict[str, Pose]
    sets: dict[str, PoseSet]
    paths: dict[str, Path]
    own_ids: frozenset[str]
    refined: dict[str, Pose]
    faults: tuple[str, ...]

    def find(self, name: str) -> Pose:
        """The pose with this id or name, or the one in the file of a path that ends in ``.toml``.

        Capitals, spaces, hyphens and apostrophes do not matter: ``Child's pose`` is ``childs_pose``.

        Raises:
            InputError: No such pose; the message names the nearest ids.
            PoseFileError: The file has faults.
        """
        if name.endswith(".toml"):
            return load_pose(Path(name))
        if pose_id := self._pose_called(name):
            return self.poses[pose_id]
        raise InputError(f"no pose is called {name!r}; {_hint(name, self.poses)}")

    def find_set(self, name: str) -> PoseSet:
        """The set with this id or name; capitals, spaces and the like do not matter.

        Raises:
            InputError: No such set; the message names the nearest ids.
        """
        if set_id := self._set_called(name):
            return self.sets[set_id]
        raise InputError(f"no set is called {name!r}; {_hint(name, self.sets)}")

    def is_set(self, name: str) -> bool:
        """Whether this is the id or name of a set, and not of a pose."""
        return not self._pose_called(name) and bool(self._set_called(name))

    def _pose_called(self, name: str) -> str:
        return _called(name, {each.id: (each.name, *each.also) for each in self.poses.values()})

    def _set_called(self, name: str) -> str:
        return _called(name, {each.id: (each.name,) for each in self.sets.values()})

    @property
    def recognised(self) -> tuple[Pose, ...]:
        """The poses that can be recognised without being asked for."""
        return tuple(pose for pose in self.poses.values() if not pose.guided)


def open_library(builtin: Path, own: Iterable[Path] = (), *, personal: bool = True) -> Library:
    """Read all pose folders; of two poses with one id the one read first counts.

    A personal reference, a pose of the user's own that refines the library pose of its id, replaces it.

    Args:
        builtin: The folder that ships with the program.
        own: The user's folders; one that does not exist is an empty one, one named twice is read once.
        personal: Whether personal references are used.
    """
    shelf = _Shelf(personal=personal)
    shelf.add(builtin, own=False)
    for folder in {each.resolve(): each for each in own}.values():
        shelf.add(folder, own=True)
    return shelf.library()


class _Shelf:
    """Collects the poses and sets of the folders."""

    def __init__(self, *, personal: bool) -> None:
        self._personal = personal
        self._refined: dict[str, Pose] = {}
        self._poses: dict[str, Pose] = {}
        self._sets: dict[str, PoseSet] = {}
        self._paths: dict[str, Path] = {}
        self._own_ids: set[str] = set()
        self._faults: list[str] = []

    def add(self, folder: Path, *, own: bool) -> None:
        for path in self._files(folder):
            pose = self._pose(path)
            if pose is None:
                continue
            if own and self._refines(pose):
                if not self._personal:
                    continue
                self._refined[pose.id] = self._poses.pop(pose.id)
            if pose.id in self._poses:
                before = self._paths[pose.id]
                words = f"{path}: the id {pose.id!r} is taken by {before}; rename this file"
                self._faults.append(words)
                continue
            self._poses[pose.id], self._paths[pose.id] = pose, path
            if own:
                self._own_ids.add(pose.id)
        for path in self._files(folder / SETS):
            self._add_set(path)

    def _refines(self, pose: Pose) -> bool:
        """Whether it is the first personal reference for the library pose of its id."""
        is_new = pose.id in self._poses and pose.id not in {*self._own_ids, *self._refined}
        return is_new and pose.refines == pose.id

    def _files(self, folder: Path) -> list[Path]:
        try:
            return sorted(path for path in folder.iterdir() if path.suffix == ".toml")
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            self._faults.append(f"{folder}: cannot be read ({error.strerror})")
            return []

    def _pose(self, path: Path) -> Pose | None:
        try:
            return load_pose(path)
        except BackstretchError as error:
            self._faults += error.faults
        return None

    def _add_set(self, path: Path) -> None:
        try:
            pose_set = load_set(path, self._poses)
        except BackstretchError as error:
            self._faults += error.faults
        else:
            if pose_set.id in self._sets:
                words = f"{path}: the id {pose_set.id!r} is taken by another set; rename this file"
                self._faults.append(words)
            else:
                self._sets[pose_set.id] = pose_set

    def library(self) -> Library:
        return Library(
            poses=dict(sorted(self._poses.items())),
            sets=dict(sorted(self._sets.items())),
            paths=self._paths,
            own_ids=frozenset(self._own_ids),
            refined=self._refined,
            faults=tuple(self._faults),
        )


def plain(name: str) -> str:
    """A name without what does not matter: ``Child's pose`` and ``childs_pose`` become ``childspose``."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _called(name: str, names: Mapping[str, Iterable[str]]) -> str:
    """The id that is called this: by the id itself, a first name, or another name; empty for none.

    ``names`` are those of each id, the first one first.
    """
    if name in names:
        return name
    known: dict[str, str] = {}
    ranked = [(pose_id, [pose_id, *others]) for pose_id, others in names.items()]
    for rank in range(max((len(each) for _, each in ranked), default=0)):
        for pose_id, each in ranked:
            if rank < len(each):
                known.setdefault(plain(each[rank]), pose_id)
    return known.get(plain(name), "")


def _hint(name: str, ids: Iterable[str]) -> str:
    ids = list(ids)
    near = difflib.get_close_matches(name.replace("-", "_").lower(), ids, n=3, cutoff=0.4)
    return f"did you mean {' or '.join(near)}?" if near else f"choose one of {', '.join(ids)}"


def builtin_poses() -> Path:
    """The folder of pose files: inside an installed package, or beside the source tree."""
    inside = Path(str(resources.files("backstretch"))) / "poses" / "files"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "poses"


def load_set(path: Path, poses: Mapping[str, Pose]) -> PoseSet:
    """Read one set; holds and repetitions that it leaves out are the defaults of the pose.

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
    chosen = [(entry, poses[entry["pose"]]) for entry in table["stretch"]]
    return PoseSet(
        path.stem,
        **texts,
        rest_s=float(table.get("rest_s", 0)),
        stretches=tuple(_stretch(entry, pose, poses) for entry, pose in chosen),
        remarks=tuple(
            words
            for entry, pose in chosen
            for words in dose_remarks(pose, entry.get("hold_s"), entry.get("repetitions"))
        ),
    )


def _own_faults(table: dict[str, Any]) -> list[str]:
    """Faults outside the stretches."""
    faults = [f"unknown entry {name!r}" for name in sorted(table.keys() - ENTRIES)]
    missing = [name for name in TEXTS if name not in table]
    faults += [f"{name} is missing; it must be a text" for name in missing]
    texts = {name: table[name] for name in TEXTS if name in table}
    odd = {name: value for name, value in texts.items() if not isinstance(value, str)}
    faults += [f"{name} = {quoted(value)}; it must be a text" for name, value in odd.items()]
    rest_s, (low, high) = table.get("rest_s", 0), REST_LIMITS_S
    if not _is_number(rest_s) or not low <= rest_s <= high:
        faults.append(f"rest_s = {quoted(rest_s)}; it must be {low:g} to {high:g}")
    if not isinstance(table.get("stretch"), list) or not table["stretch"]:
        faults.append("write a [[stretch]] table for each stretch")
    return faults


def _faults(entry: Any, poses: Mapping[str, Pose]) -> list[str]:
    """Faults of one stretch."""
    if not isinstance(entry, dict) or not isinstance(entry.get("pose"), str):
        return ["pose is missing; it must be a pose's id"]
    pose_id = entry["pose"]
    faults = [f"unknown entry {name!r}" for name in sorted(entry.keys() - STRETCH_ENTRIES)]
    if pose_id not in poses:
        return [f"there is no pose {pose_id!r}", *faults]
    for name, (low, high) in ASKED_LIMITS.items():
        value = entry.get(name, low)
        if not _is_number(value) or not low <= value <= high:
            faults.append(f"{name} = {quoted(value)}; it must be {low:g} to {high:g}")
    if isinstance(entry.get("repetitions"), float):
        faults.append("repetitions must be a whole number")
    instead = entry.get("instead", pose_id)
    if instead not in poses:
        faults.append(f"instead = {quoted(instead)}; there is no such pose")
    return faults


def _stretch(entry: dict[str, Any], pose: Pose, poses: Mapping[str, Pose]) -> Stretch:
    other = entry.get("instead")
    return Stretch(
        pose=pose.id,
        hold_s=min(float(entry.get("hold_s", pose.dose.default_s)), pose.dose.longest_s),
        repetitions=int(entry.get("repetitions", pose.dose.default_repetitions)),
        sides=("left", "right") if pose.sides == "each" else (None,),
        instead=_stretch({}, poses[other], poses) if other else None,
    )


def dose_remarks(pose: Pose, hold_s: float | None, repetitions: int | None) -> list[str]:
    """Where another dose is asked for than is usual, in words; None for what is left to the pose."""
    dose, remarks = pose.dose, []
    seconds, times = dose.seconds, dose.repetitions
    if hold_s is not None and hold_s > dose.longest_s:
        most = (
            f"one hold counts {dose.longest_s:g} s at the most, so {dose.longest_s:g} s complete it"
        )
        remarks.append(f"{pose.name}: holds of {hold_s:g} s are asked for; {most}")
    elif hold_s is not None and hold_s < seconds[0]:
        usual = f"{seconds[0]:g} to {seconds[1]:g} s are usual"
        remarks.append(f"{pose.name}: holds of {hold_s:g} s are asked for ({usual})")
    if repetitions is not None and not times[0] <= repetitions <= times[1]:
        a_side = " a side" if pose.sides == "each" else ""
        usual = f"{times[0]:g} to {times[1]:g} are usual"
        holds = "1 hold{} is" if repetitions == 1 else f"{repetitions:g} holds{{}} are"
        remarks.append(f"{pose.name}: {holds.format(a_side)} asked for ({usual})")
    return remarks


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
