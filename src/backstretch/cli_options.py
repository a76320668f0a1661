"""What several commands share: the option for more poses, opening the library, complaining."""

import sys
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backstretch.errors import InputError

if TYPE_CHECKING:
    from backstretch.library import Library
    from backstretch.poses import Pose

WRONG_USE, INTERRUPTED = 2, 130
PosesOption = Annotated[
    list[Path] | None,
    typer.Option("--poses", help="One more folder of pose files; may be given several times."),
]


ModelOption = Annotated[
    Path | None, typer.Option(help="Another MediaPipe pose model (.task): lite or heavy.")
]


class SideOption(StrEnum):
    """Sides that can be asked for."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


def sides_of(pose: "Pose | None", side: SideOption) -> tuple[str, ...]:
    """The sides that count; both when empty.

    Raises:
        InputError: The pose has no sides.
    """
    if side is SideOption.BOTH:
        return ()
    if pose is not None and pose.sides == "both":
        raise InputError(f"{pose.id} is done on both sides at once; leave out --side")
    return (side.value,)


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
    from backstretch.library import open_library

    for folder in folders or []:
        if not folder.is_dir():
            raise InputError(f"{folder}: there is no such folder of poses")
    library = open_library(builtin_poses(), [data_folder() / "poses", *(folders or [])])
    if library.faults and not quiet:
        complain(*library.faults, "the other poses are used")
    return library


def builtin_poses() -> Path:
    """The pose files: inside an installed package, or beside the source tree."""
    inside = Path(str(resources.files("backstretch"))) / "poses"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "poses"


def data_folder() -> Path:
    """Where this system keeps a user's own files; it need not be there yet."""
    from platformdirs import user_data_path

    return user_data_path("backstretch", appauthor=False)
