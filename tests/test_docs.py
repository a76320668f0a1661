"""The README and every page say what the program does, and name what there is."""

import ast
import re
import shlex
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer

import backstretch
from backstretch.cli.app import COMMANDS, app, loaded
from backstretch.errors import InputError
from backstretch.formats.result_files import StepsFile
from backstretch.formats.track_files import MARKERS
from backstretch.kinematics.catalogue import CATALOGUE
from backstretch.kinematics.columns import COLUMNS
from tests import pose_readme
from tests.library import LIBRARY
from tests.places import DOCS, PACKAGE, POSE_FILES, ROOT, SAMPLES

README = ROOT / "README.md"
PAGES = (
    README,
    *sorted(DOCS.glob("*.md")),
    POSE_FILES / "README.md",
    SAMPLES / "README.md",
)
LONGEST_README = 160
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CHECKED_PROGRAMS = {"backstretch", "pytest", "python"}
OTHER_PROGRAMS = {"mypy", "pip", "python3", "ruff", "sudo", "uv"}
OF_A_USER = {"sessions", "profiles", "~", "%LOCALAPPDATA%\\backstretch"}
"""First parts of paths that lie in a user's folders, not in the project."""
OF_THE_PROJECT = {"benchmarks", "docs", "poses", "samples", "src", "tests"}
"""First parts of paths in a command that must be there; others are the reader's own files."""
PLACEHOLDER = re.compile(r"[A-Z]{2,}")
"""A word that stands for what the reader puts there: ``ID``, ``FILE``."""
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
SPAN = re.compile(r"`([^`]+)`")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PATH = re.compile(r"[\w.*~%\\-]+(/[\w.*-]+)*/?")


def name_of(page):
    return page.relative_to(ROOT).as_posix()


every_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


def read(page):
    return page.read_text("utf-8")


def blocks(page, language):
    """The fenced blocks in this language."""
    return [code for kind, code in FENCE.findall(read(page)) if kind == language]


def prose(page):
    """The page without its fenced blocks."""
    return FENCE.sub("", read(page))


def spans(page):
    """What is set as code within the prose."""
    return [" ".join(span.split()) for span in SPAN.findall(prose(page))]


def shown_commands(page):
    """The words of each command in the blocks."""
    lines = [line for code in blocks(page, "sh") for line in code.splitlines()]
    parts = [part for line in lines for part in line.split(" && ")]
    return [words for part in parts if (words := shlex.split(part, comments=True))]


def mentioned_commands(page):
    """The words of each command in the prose; they need not be whole."""
    return [shlex.split(span) for span in spans(page) if span.split()[0] in CHECKED_PROGRAMS]


def calls(commands, program):
    """The arguments of each call of this program."""
    return [words[1:] for words in commands if Path(words[0]).name == program]


def anchors(page):
    """The anchors of a page's headings, as they are made for Markdown."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(prose(page)))
    return {words.strip().replace(" ", "-") for words in plain}


def exists(path, page):
    """Whether a path that a page names is there; the package's own parts are named without it."""
    return any(list(folder.glob(path.rstrip("/"))) for folder in (ROOT, PACKAGE, page.parent))


@cache
def program():
    command = typer.main.get_group(app)
    command.commands = {name: loaded(name) for name in COMMANDS}
    return command


def resolved(arguments):
    """The command that is called, and the arguments that are left for it."""
    command, rest = program(), list(arguments)
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.commands[rest.pop(0)]
    is_group = hasattr(command, "commands")
    assert not (is_group and rest and not rest[0].startswith("-")), f"no such command: {rest[0]}"
    return command, rest


def options(command):
    """All options of a command and of those below it."""
    below = getattr(command, "commands", {}).values()
    own = {option for each in command.params for option in each.opts}
    return own.union({"--help"}, *map(options, below))


def is_pose(name):
    if not name or name.endswith(".toml") or name.isupper():
        return True
    if LIBRARY.is_set(name):  # as live takes one
        return True
    try:
        return bool(LIBRARY.find(name))
    except InputError:
        return False


@every_page
class TestPage:
    def test_links_lead_to_files_and_headings(self, page):
        for target in LINK.findall(prose(page)):
            path, _, anchor = target.partition("#")
            linked = (page.parent / path).resolve() if path else page
            assert linked.is_file(), target
            assert not anchor or anchor in anchors(linked), target

    def test_programs_are_known(self, page):
        names = {Path(words[0]).name for words in shown_commands(page)}
        assert names <= CHECKED_PROGRAMS | OTHER_PROGRAMS

    def test_the_program_takes_the_commands_that_are_shown(self, page):
        for arguments in calls(shown_commands(page), "backstretch"):
            command, rest = resolved(arguments)
            values = command.make_context(command.name, rest).params if rest else {}
            assert is_pose(values.get("pose") or ""), arguments
            set_name = values.get("set_name")
            assert not set_name or set_name in LIBRARY.sets, arguments

    def test_commands_and_options_in_the_prose_are_there(self, page):
        for arguments in calls(mentioned_commands(page), "backstretch"):
            command, rest = resolved(arguments)
            assert {word for word in rest if word.startswith("--")} <= options(command), arguments
        named = {span.split()[0] for span in spans(page) if span.startswith("--")}
        assert named <= options(program())

    def test_tests_that_are_named_are_there(self, page):
        markers = {marker.partition(":")[0] for marker in PROJECT["tool"]["pytest"]["markers"]}
        for arguments in calls([*shown_commands(page), *mentioned_commands(page)], "pytest"):
            expressions = dict(pairwise(arguments)).get("-m", "")
            assert set(expressions.split()) <= markers | {"and", "or", "not"}, arguments
            files = [word for word in arguments if "/" in word]
            assert [path for path in files if not (ROOT / path).exists()] == []

    def test_modules_that_are_run_are_there(self, page):
        for arguments in calls([*shown_commands(page), *mentioned_commands(page)], "python"):
            assert arguments[0] == "-m", arguments
            path = arguments[1].replace(".", "/") + ".py"
            assert arguments[1] == "pytest" or (ROOT / path).is_file(), arguments

    def test_files_in_commands_are_there(self, page):
        words = [word for command in shown_commands(page) for word in command]
        paths = [word for word in words if word.split("/")[0] in OF_THE_PROJECT and "/" in word]
        assert [path for path in paths if not exists(path, page)] == []

    def test_files_in_the_prose_are_there(self, page):
        paths = {
            span
            for span in spans(page)
            if PATH.fullmatch(span)
            and ("/" in span or span.endswith(".py"))
            and span.split("/")[0] not in OF_A_USER | {".."}
            and not PLACEHOLDER.search(Path(span).name.partition(".")[0])
        }
        assert [path for path in sorted(paths) if not exists(path, page)] == []

    def test_python_is_sound_and_uses_public_names(self, page):
        for code in blocks(page, "python"):
            for node in ast.walk(ast.parse(code)):
                if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "backstretch":
                    assert node.attr in backstretch.__all__


class TestReadme:
    def test_is_short(self):
        assert len(read(README).splitlines()) <= LONGEST_README

    def test_begins_with_how_to_get_it_and_the_two_commands(self):
        install, alone, first, second = blocks(README, "sh")[:4]
        assert install.startswith("uv tool install .")
        assert alone == "backstretch app\n"
        assert first.count("\n") == second.count("\n") == 1
        assert " analyze samples/" in first
        assert second.strip().endswith("-m pytest")

    def test_counts_the_library_right(self):
        text = " ".join(read(README).split())
        assert f"{len(LIBRARY.poses)} stretches" in text
        assert f"{len(LIBRARY.sets)} ready-made sets" in text

    def test_links_to_every_page(self):
        linked = {(ROOT / target).resolve() for target in LINK.findall(prose(README))}
        assert set(PAGES) - {README} <= linked


def test_every_picture_is_shown():
    shown = {Path(target).name for page in PAGES for target in LINK.findall(prose(page))}
    pictures = {path.name for path in DOCS.iterdir() if path.suffix in {".png", ".webp"}}
    assert pictures - shown == set()


def test_every_dependency_has_its_reason():
    needed = {re.split(r"[=<>~]", each)[0] for each in PROJECT["project"]["dependencies"]}
    table = prose(DOCS / "contributing.md").partition("| dependency |")[2].partition("\n\n")[0]
    named = {name for row in table.splitlines() for name in SPAN.findall(row.split("|")[1:2][0])}
    assert named == needed


class TestPoseFiles:
    def test_the_page_is_that_of_the_code(self):
        page = pose_readme.PATH.read_text("utf-8")
        assert page == pose_readme.text(), "run python -m tests.pose_readme"

    def test_every_measure_is_described(self):
        rows = re.findall(r"^\| `(\w+)` \| (?:deg|ratio) \|", pose_readme.text(), re.MULTILINE)
        assert rows == [measure.name for measure in CATALOGUE]


class TestFiles:
    text = read(DOCS / "files.md")

    def test_the_schema_is_found_as_described(self):
        names: dict[str, Any] = {}
        exec(blocks(DOCS / "files.md", "python")[0], names)
        assert names["schema"]["$schema"].startswith("https://json-schema.org/draft/2020-12")

    def test_every_fixed_column_of_steps_csv_is_described(self, tmp_path):
        file = StepsFile(tmp_path / "steps.csv")
        file.close()
        head = (tmp_path / "steps.csv").read_text("utf-8").strip().split(",")
        fixed = head[: -len(COLUMNS)]
        assert head[-len(COLUMNS) :] == [column.key for column in COLUMNS]
        assert [name for name in fixed if f"| `{name}` |" not in self.text] == []

    def test_every_measure_column_is_named_as_described(self):
        for column in COLUMNS:
            name, *more = column.key.split(".")
            assert name == column.measure.name
            assert more in (
                [],
                ["left"],
                ["right"],
                ["world"],
                ["left", "world"],
                ["right", "world"],
            )

    def test_every_marker_on_the_left_is_listed(self):
        left = [pair for pair in MARKERS.items() if not pair[1].startswith("R")]
        assert [pair for pair in left if not all(f"`{word}`" in self.text for word in pair)] == []
