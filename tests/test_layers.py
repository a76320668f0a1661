"""The house: which room may import which, and which library has which door."""

import ast
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.places import PACKAGE, SOURCE

ROOMS = (
    "errors",
    "frame",
    "files",
    "kinematics",
    "poses",
    "vision",
    "judging",
    "coaching",
    "formats",
    "history",
    "display",
    "analysis",
    "live",
    "calibration",
    "web",
    "api",
    "cli",
    "__main__",
)
"""From the ground up: a room imports itself and what stands before it here."""
ARITHMETIC = {"errors", "kinematics", "poses", "judging", "coaching", "calibration"}
"""Rooms that need only NumPy and the standard library, and no clock, camera, window or print."""
AT_THE_RIM = {"calibration.takes", "poses.pose_writer", "poses.toml_table"}
"""What in those rooms reads recordings, writes a file, or knows the dates of TOML."""
DOORS = {
    "mediapipe": {"vision.mediapipe_landmarker"},
    "cv2_enumerate_cameras": {"vision.feeds"},
    "cv2": {
        "vision.feeds",
        "vision.capture",
        "vision.face_landmarker",
        "live.window",
        "display.pictures.canvas",
    },
    "av": {"vision.video_reader", "vision.video_writer"},
    "PIL": {"vision.pictures"},
    "sounddevice": {"live.sounds"},
    "typer": {"cli"},
    "matplotlib": {"display.html"},
    "plotext": {"display.terminal"},
    "platformdirs": {"history.profile"},
    "jinja2": {"display.html.page"},
    "pydantic": {"formats.result_documents", "history.health"},
    "openpyxl": {"formats.spreadsheets"},
    "filelock": {"web.door"},
    "cryptography": {"web.home_network"},
    "ifaddr": {"web.home_network"},
    "segno": {"web.phone_setup"},
    "starlette": {"web"},
    "uvicorn": {"web.server"},
    "tomlkit": {"history.profile", "poses.pose_writer"},
}
"""Library -> the modules, or the rooms, that may import it."""
COMMAND_MODULES = ", ".join(
    f"backstretch.cli.{path.stem}" for path in (PACKAGE / "cli").glob("[a-z]*.py")
)
HEAVY = {
    "mediapipe",
    "cv2",
    "cv2_enumerate_cameras",
    "av",
    "matplotlib",
    "plotext",
    "sounddevice",
}
MACHINE = {"time", "datetime", "threading", "subprocess", "os", "sys", "random"}
LISTENS = {"web.server": {"socket", "ssl"}}
"""What listens, and with what; tests/web/test_gate.py and tests/web/test_phone_gate.py hold it to its place."""
NETWORK = {"socket", "ssl", "http", "urllib", "ftplib", "smtplib", "requests", "httpx", "urllib3"}


def module_name(path: Path) -> str:
    """The dotted name below the package; a room's ``__init__`` is the room."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


PATHS = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
MODULES = sorted(PATHS)
INNER = [m for m in MODULES if m.split(".")[0] in ARITHMETIC and m not in AT_THE_RIM]


@cache
def tree_of(module):
    return ast.parse(PATHS[module].read_text(encoding="utf-8"))


def names_in(node):
    """What an import statement names, each in full: ``backstretch.room.module.name``."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


@cache
def imports_of(module):
    return frozenset(name for node in ast.walk(tree_of(module)) for name in names_in(node))


def own_imports(module):
    """Modules of the package that a module imports, anywhere in it."""
    names = [n.removeprefix("backstretch.") for n in imports_of(module) if "backstretch" in n]
    inside = {n if n in PATHS else n.rpartition(".")[0] for n in names}
    return (inside & set(MODULES)) - {module}


def libraries(module):
    """Libraries that a module imports, anywhere in it."""
    roots = {name.split(".")[0] for name in imports_of(module)}
    return roots - set(sys.stdlib_module_names) - {"backstretch"}


def room_of(module):
    return module.split(".")[0]


def at_import(node):
    """Names imported when the module is: not those in functions, nor for the type checker."""
    for child in ast.iter_child_nodes(node):
        is_typing = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
        if not is_typing and not isinstance(
            child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
        ):
            yield from names_in(child)
            yield from at_import(child)


def test_every_room_has_its_place():
    assert {room_of(module) for module in MODULES} == {*ROOMS, "__init__"}


@pytest.mark.parametrize("module", [m for m in MODULES if m != "__init__"])
class TestModule:
    def test_imports_only_from_its_room_and_from_below(self, module):
        above = ROOMS[ROOMS.index(room_of(module)) + 1 :]
        assert {each for each in own_imports(module) if room_of(each) in above} == set()

    def test_is_in_no_circle_of_imports(self, module):
        reached, waiting = set(), set(own_imports(module))
        while waiting:
            reached |= waiting
            waiting = set().union(*map(own_imports, waiting)) - reached
        assert module not in reached

    def test_loads_no_heavy_library_at_import(self, module):
        assert {name.split(".")[0] for name in at_import(tree_of(module))} & HEAVY == set()

    def test_opens_no_connection(self, module):
        used = {name.split(".")[0] for name in imports_of(module)} & NETWORK
        assert used == LISTENS.get(module, set())

    def test_uses_a_library_only_where_its_door_is(self, module):
        doors = {library: DOORS[library] for library in libraries(module) if library in DOORS}
        is_door = {
            library: any(f"{module}.".startswith(f"{door}.") for door in doors[library])
            for library in doors
        }
        assert [library for library, right in is_door.items() if not right] == []


@pytest.mark.parametrize("module", INNER)
class TestModuleOfTheMiddle:
    def test_needs_only_numpy_and_the_standard_library(self, module):
        assert libraries(module) <= {"numpy"}

    def test_has_no_clock_and_no_machine(self, module):
        assert {name.split(".")[0] for name in imports_of(module)} & MACHINE == set()

    def test_neither_prints_nor_asks(self, module):
        calls = {
            n.func.id
            for n in ast.walk(tree_of(module))
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        assert calls & {"print", "input", "open"} == set()


def loaded_by(imports):
    """The libraries that a program has loaded after these imports."""
    code = f"import sys, {imports}; print(*{{name.split('.')[0] for name in sys.modules}})"
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    return set(printed.stdout.split())


def test_loading_the_middle_loads_nothing_but_numpy():
    loaded = loaded_by("backstretch.judging.session, backstretch.coaching.coach")
    assert loaded & {*HEAVY, "typer", "rich", "PIL"} == set()


def test_the_help_loads_no_command():
    assert "backstretch.poses.pose" not in loaded_by("backstretch.cli.app")


def test_what_only_a_report_needs_waits_for_it():
    assert "jinja2" not in loaded_by(f"backstretch.api, {COMMAND_MODULES}, backstretch.live.run")


def test_what_only_a_phone_needs_waits_for_it():
    loaded = loaded_by(f"{COMMAND_MODULES}, backstretch.web.run")
    assert loaded & {"cryptography", "ifaddr", "segno"} == set()


def test_the_program_from_python_reads_no_documents_at_import():
    assert loaded_by("backstretch.api") & {"pydantic", "jinja2"} == set()


def test_only_detection_chooses_the_landmarker():
    door = "backstretch.vision.mediapipe_landmarker"
    users = {m for m in MODULES if any(name.startswith(door) for name in imports_of(m))}
    assert users == {"vision.detection"}
