"""What several commands share: options, opening the library, messages and a progress bar."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backstretch.errors import InputError
from backstretch.frame import Correction
from backstretch.history.profile import check_profile, own_poses

if TYPE_CHECKING:
    from backstretch.analysis.pipeline import OnProgress
    from backstretch.poses.library import Library, PoseSet
    from backstretch.poses.pose import Pose


WRONG_USE, INTERRUPTED = 2, 130
SPEEDS = 0.001, 1000.0
"""What --speed takes at the least and at the most."""
PosesOption = Annotated[
    list[Path] | None,
    typer.Option("--poses", help="One more folder of pose files; may be given several times."),
]
ModelOption = Annotated[
    Path | None, typer.Option(help="Another MediaPipe pose model (.task file): lite or heavy.")
]
MirroredOption = Annotated[
    bool, typer.Option("--mirrored", help="The pictures are mirror images (selfie cameras).")
]
CameraOption = Annotated[
    str, typer.Option(help="A camera's number, a stream's URL, or a video played as a camera.")
]
WindowlessOption = Annotated[
    bool, typer.Option("--no-window", help="Open no window; use voice and the terminal.")
]
SilentOption = Annotated[
    bool, typer.Option("--no-voice", help="Keep silent: no speech and no sounds.")
]
ProfileOption = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        callback=check_profile,
        help="Your name, if several people share a machine: history, references and answers are your own.",
    ),
]
SpeedOption = Annotated[
    float | None,
    typer.Option(
        metavar="FACTOR",
        min=SPEEDS[0],
        max=SPEEDS[1],
        help="Real seconds in one second of the video: 0.25 for slow motion of four times the length.",
    ),
]
StartOption = Annotated[float, typer.Option(min=0.0, help="Begin at this second.")]
EndOption = Annotated[float | None, typer.Option(min=0.0, help="Stop at this second.")]


class TurnOption(StrEnum):
    """The quarter turns that the option --turn takes."""

    UPRIGHT = "0"
    RIGHT = "90"
    HALF = "180"
    LEFT = "270"


TurnedOption = Annotated[
    TurnOption | None,
    typer.Option("--turn", help="Turn the pictures clockwise by this many degrees."),
]


def correction_of(turn: TurnOption | None, speed: float | None = None) -> Correction:
    """What the options say of a recording."""
    return Correction(speed=speed, turn_deg=None if turn is None else int(turn))


class SideOption(StrEnum):
    """The sides that the option --side takes."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


def sides_of(chosen: "Pose | PoseSet | None", side: SideOption) -> tuple[str, ...]:
    """The sides that count; both when empty.

    Raises:
        InputError: The pose has no sides, or it is a set.
    """
    from backstretch.poses.library import PoseSet

    if side is SideOption.BOTH:
        return ()
    if isinstance(chosen, PoseSet):
        raise InputError("--side is for one stretch; a set is done on both sides")
    if chosen is not None and chosen.sides == "both":
        raise InputError(f"{chosen.id} is done on both sides at once; leave out --side")
    return (side.value,)


def complain(*lines: str) -> int:
    """Print messages on stderr; return the exit code of wrong use."""
    for line in lines:
        print(f"backstretch: {line}", file=sys.stderr)
    return WRONG_USE


LibraryOption = Annotated[
    bool,
    typer.Option("--library", help="Use the library's ranges, not your own reference and neutral."),
]


def open_poses(
    folders: list[Path] | None, *, quiet: bool = False, personal: bool = True, profile: str = ""
) -> "Library":
    """Open the built-in poses, a person's own and those of more folders.

    Faulty poses are left out, and their faults go to stderr unless ``quiet``. Without ``personal``, own
    references that replace library poses are left out.

    Raises:
        InputError: A folder that was named is not there.
    """
    from backstretch.poses.library import builtin_poses, open_library

    for folder in folders or []:
        if not folder.is_dir():
            raise InputError(f"{folder}: there is no such folder")
    own = [own_poses(profile), *(folders or [])]
    library = open_library(builtin_poses(), own, personal=personal)
    if library.faults and not quiet:
        complain(*library.faults, "the other poses are used")
    return library


@contextmanager
def progress_bar() -> Iterator["OnProgress"]:
    """Give a function that shows progress in a bar on stderr; it does nothing where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    from backstretch.analysis import pipeline as analysis

    texts = {
        analysis.Activity.LOOKING: "Watching",
        analysis.Activity.LOOKING_CLOSER: "Hard to see: watching every picture",
        analysis.Activity.LOOKING_ELSEWHERE: "That was a picture on the wall: watching the person",
    }
    console = Console(stderr=True)
    columns: list[Any] = [
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
    ]
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)

    def show(progress: analysis.Progress) -> None:
        text = texts[progress.activity]
        if not bar.tasks:
            bar.add_task(text, total=1.0)
            bar.start()
        task = bar.tasks[0]
        if task.description != text:
            bar.reset(task.id, description=text)
        bar.update(task.id, completed=progress.share)

    try:
        yield show
    finally:
        bar.stop()
