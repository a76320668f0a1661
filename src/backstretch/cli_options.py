"""What several commands share: the option for more poses, opening the library, complaining."""

import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backstretch.errors import InputError

if TYPE_CHECKING:
    from backstretch.library import Library

WRONG_USE = 2
PosesOption = Annotated[
    list[Path] | None,
    typer.Option("--poses", help="One more folder of pose files; may be given several times."),
]


def complain(*lines: str) -> int:
    """Say on stderr what is wrong; the exit code of wrong use."""
    for line in lines:
        print(f"backstretch: {line}", file=sys.stderr)
    return WRONG_USE


def open_poses(folders: list[Path] | None, *, quiet: bool = False) -> "Library":
    """The built-in poses, the user's own and those of more folders.

    What is wrong with them goes to stderr, unless ``quiet``; the others are used.

    Raises:
        InputError: A folder that was named is not there.
    """
    from platformdirs import user_data_path

    from backstretch.library import open_library

    for folder in folders or []:
        if not folder.is_dir():
            raise InputError(f"{folder}: there is no such folder of poses")
    own = user_data_path("backstretch", appauthor=False) / "poses"
    library = open_library(builtin_poses(), [own, *(folders or [])])
    if library.faults and not quiet:
        complain(*library.faults, "the other poses are used")
    return library


def builtin_poses() -> Path:
    """The pose files: inside an installed package, or beside the source tree."""
    inside = Path(str(resources.files("backstretch"))) / "poses"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "poses"
