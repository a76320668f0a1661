"""The layers: who may import whom, and which library has which door."""

import ast
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "backstretch"
LAYERS = (
    {"earcons", "errors", "frame", "landmarks", "notices"},
    {"catalogue"},
    {"columns", "reasons", "views", "ideal"},
    {"formulas"},
    {"measures"},
    {"swaps", "smoothing", "neutral"},
    {"poses"},
    {"hold"},
    {"anatomy", "matching", "motion"},
    {"attempts", "recognition", "shortlist"},
    {"form_watch"},
    {"step"},
    {"session", "wording"},
    {"breathing", "haste", "patience", "placement", "presence", "programme", "stills"},
    {"agenda", "contrasts", "guide_lines", "reach", "scene"},
    {"new_pose", "orders", "personal", "prompting"},
    {"lines"},
    {"advice", "drafts", "hold_talk", "positions", "setting_up", "still_watch"},
    {"calibrating", "scripted_leader"},
    {"coach"},
    {"goals"},
    {"guide"},
)
"""The middle, lowest first. Above it come the rim and, above all, the command line."""
MIDDLE = set().union(*LAYERS)
TOP = {
    "cli",
    "cli_analyze",
    "cli_batch",
    "cli_batch_saving",
    "cli_calibrate",
    "cli_export",
    "cli_health",
    "cli_history",
    "cli_live",
    "cli_options",
    "cli_poses",
    "cli_progress",
    "cli_report",
    "cli_saving",
    "cli_words",
    "__main__",
}
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py"))
RIM = set(MODULES) - MIDDLE - TOP - {"__init__"}
DOORS = {
    "mediapipe": {"landmarker"},
    "cv2": {"camera", "canvas", "window"},
    "cv2_enumerate_cameras": {"camera_list"},
    "sounddevice": {"voice"},
    "av": {"video", "annotated"},
    "typer": {
        "cli",
        "cli_analyze",
        "cli_batch",
        "cli_calibrate",
        "cli_export",
        "cli_health",
        "cli_history",
        "cli_live",
        "cli_options",
        "cli_poses",
        "cli_progress",
        "cli_report",
        "cli_words",
    },
    "jinja2": {"html_page"},
    "matplotlib": {"progress_charts", "report_charts", "svg_charts"},
    "plotext": {"progress_page"},
    "platformdirs": {"cli_options"},
    "pydantic": {"health", "report_reading"},
    "tomlkit": {"own_neutral", "pose_writer"},
}
HEAVY = {
    "mediapipe",
    "cv2",
    "cv2_enumerate_cameras",
    "av",
    "matplotlib",
    "plotext",
    "sounddevice",
}
NOT_IN_THE_MIDDLE = {
    "time",
    "datetime",
    "threading",
    "subprocess",
    "socket",
    "urllib",
    "os",
    "sys",
    "random",
}


@cache
def tree_of(module):
    return ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))


def names_in(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module == "backstretch":
        return [f"backstretch.{alias.name}" for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or "backstretch"]
    return []


def imports_of(module):
    return {name for node in ast.walk(tree_of(module)) for name in names_in(node)}


def own_imports(module):
    """Modules of the package that a module imports, anywhere in it."""
    parts = [name.split(".") for name in imports_of(module)]
    return {
        part[1]
        for part in parts
        if part[0] == "backstretch" and len(part) > 1 and part[1] in MODULES
    }


def libraries(module):
    """Libraries that a module imports, anywhere in it."""
    roots = {name.split(".")[0] for name in imports_of(module)}
    return roots - set(sys.stdlib_module_names) - {"backstretch"}


def at_import(node):
    """Names imported when the module is: not those in functions, nor for the type checker."""
    for child in ast.iter_child_nodes(node):
        is_typing = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
        if not is_typing and not isinstance(
            child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
        ):
            yield from names_in(child)
            yield from at_import(child)


def layer_of(module):
    return next(n for n, layer in enumerate(LAYERS) if module in layer)


def test_every_module_of_the_middle_is_there():
    assert set(MODULES) >= MIDDLE


@pytest.mark.parametrize("module", sorted(MIDDLE))
class TestModuleOfTheMiddle:
    def test_imports_only_from_below(self, module):
        allowed = set().union(*LAYERS[: layer_of(module)])
        same_layer = LAYERS[layer_of(module)] if layer_of(module) == 0 else set()
        assert own_imports(module) <= allowed | same_layer

    def test_needs_only_numpy_and_the_standard_library(self, module):
        assert libraries(module) <= {"numpy"}

    def test_has_no_clock_and_no_machine(self, module):
        assert {name.split(".")[0] for name in imports_of(module)} & NOT_IN_THE_MIDDLE == set()

    def test_neither_prints_nor_asks(self, module):
        calls = {
            n.func.id
            for n in ast.walk(tree_of(module))
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        assert calls & {"print", "input", "open"} == set()


@pytest.mark.parametrize("module", sorted(RIM))
def test_the_rim_does_not_import_the_command_line(module):
    assert own_imports(module) & TOP == set()


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_in_no_circle(module):
    reached, waiting = set(), set(own_imports(module))
    while waiting:
        reached |= waiting
        waiting = set().union(*map(own_imports, waiting)) - reached
    assert module not in reached


@pytest.mark.parametrize("library", DOORS)
def test_a_library_has_its_own_door(library):
    assert {module for module in MODULES if library in libraries(module)} <= DOORS[library]


def test_the_landmarker_is_opened_in_one_place():
    assert {module for module in MODULES if "landmarker" in own_imports(module)} == {"detection"}


@pytest.mark.parametrize("module", MODULES)
def test_no_heavy_library_is_loaded_at_import(module):
    assert {name.split(".")[0] for name in at_import(tree_of(module))} & HEAVY == set()


def test_markup_stands_in_templates():
    texts = {
        m: [n.value for n in ast.walk(tree_of(m)) if isinstance(n, ast.Constant)] for m in MODULES
    }
    markup = re.compile(r"</?[a-z]\w*[ >/]|/>")
    assert {m for m in MODULES for text in texts[m] if markup.search(str(text))} <= {"svg_charts"}


def test_nothing_opens_a_connection():
    network = {
        "socket",
        "ssl",
        "http",
        "urllib",
        "ftplib",
        "smtplib",
        "requests",
        "httpx",
        "urllib3",
    }
    roots = {m: {name.split(".")[0] for name in imports_of(m)} & network for m in MODULES}
    assert {module: found for module, found in roots.items() if found} == {}


def loaded_by(imports):
    """Libraries that a new Python has loaded after imports."""
    script = f"import sys, {imports}; print(*{{name.split('.')[0] for name in sys.modules}})"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    return set(done.stdout.split())


def test_loading_the_middle_loads_nothing_but_numpy():
    assert loaded_by("backstretch.session") & {*HEAVY, "typer", "rich", "PIL"} == set()


def test_what_only_a_report_needs_waits_for_it():
    imports = "backstretch.api, backstretch.cli, backstretch.cli_progress, backstretch.live_session"
    assert loaded_by(imports) & {"pydantic", "jinja2"} == set()
