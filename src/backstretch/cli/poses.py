"""The commands `poses list`, `poses show`, `poses check` and `poses sets`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backstretch.cli.options import (
    LibraryOption,
    PosesOption,
    ProfileOption,
    complain,
    open_poses,
)
from backstretch.errors import BackstretchError, InputError

if TYPE_CHECKING:
    from backstretch.poses.library import Library


poses_app = typer.Typer(
    help="The stretches: list them, show one, check pose files, ready-made sets."
)
FAULTY = 2


@poses_app.command("list")
def list_poses(
    region: Annotated[str, typer.Option(help="Only stretches for this part of the body.")] = "",
    position: Annotated[str, typer.Option(help="Only stretches done in this position.")] = "",
    tag: Annotated[str, typer.Option(help="Only stretches with this tag.")] = "",
    poses: PosesOption = None,
    profile: ProfileOption = "",
) -> None:
    """List the stretches.

    Example: backstretch poses list --region lower_back --tag gentle
    """
    from rich.console import Console

    from backstretch.display.terminal.pose_pages import show_list
    from backstretch.poses.library import plain
    from backstretch.poses.pose import POSITIONS, REGIONS, TAGS

    region, position, tag = (
        next((each for each in known if plain(each) == plain(value)), value)
        for value, known in ((region, REGIONS), (position, POSITIONS), (tag, TAGS))
    )
    for option, value, known in (
        ("--region", region, REGIONS),
        ("--position", position, POSITIONS),
        ("--tag", tag, TAGS),
    ):
        if value and value not in known:
            raise InputError(f"{option} {value!r} is unknown; choose one of {', '.join(known)}")
    library = open_poses(poses, profile=profile)
    matches = [
        pose
        for pose in library.poses.values()
        if (not region or region in pose.regions)
        and (not position or position in pose.positions)
        and (not tag or tag in pose.tags)
    ]
    show_list(matches, library, Console(markup=False, emoji=False))


@poses_app.command()
def show(
    pose: Annotated[str, typer.Argument(help="The stretch: its id, or a pose file (.toml).")],
    png: Annotated[Path | None, typer.Option(help="Save the drawing as this PNG file.")] = None,
    poses: PosesOption = None,
    only_library: LibraryOption = False,
    profile: ProfileOption = "",
) -> None:
    """Show one stretch: steps, drawing, checks, dose, safety, sources.

    Example: backstretch poses show figure_four_supine
    """
    from rich.console import Console

    from backstretch.display.pictures.figure import figure_picture
    from backstretch.display.terminal.pose_pages import show_pose

    library = open_poses(poses, personal=not only_library, profile=profile)
    match = library.find(pose)
    if png is None:
        show_pose(match, library, Console(markup=False, emoji=False))
        return
    if not match.figure:
        raise InputError(f"{match.id} has no drawing: there is no [figure] in its pose file")
    try:
        figure_picture(match, png)
    except OSError as error:
        raise InputError(f"{png}: cannot be written ({error.strerror})") from error
    print(f"Written to {png}")


@poses_app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Pose files, or folders of them.")],
    poses: PosesOption = None,
) -> None:
    """Check pose files and list all their faults.

    Example: backstretch poses check my_stretch.toml
    """
    library = open_poses(poses, quiet=True)
    empty = [path for path in files if path.is_dir() and not list(path.glob("*.toml"))]
    faults = [f"{path}: there are no pose files (.toml) in it" for path in empty]
    paths = [path for each in files for path in _pose_files(each)]
    faults += _faults(paths, library)
    for fault in faults:
        print(fault)
    count = "1 file" if len(paths) == 1 else f"{len(paths)} files"
    if faults:
        fault_count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        print(f"{count} checked, {fault_count}.")
        raise typer.Exit(FAULTY)
    print(f"{count} checked, no fault.")


def _faults(paths: list[Path], library: "Library") -> list[str]:
    """All faults of pose files and sets; poses that are checked together know each other."""
    from backstretch.judging.figures import lint
    from backstretch.poses.library import SETS, load_set
    from backstretch.poses.pose_file import load_pose

    faults, new_poses = [], {}
    known = dict(library.poses)
    for path in paths:
        try:
            if path.parent.name == SETS:
                complain(*load_set(path, library.poses).remarks)
            else:
                pose = new_poses[path] = load_pose(path)
                known[pose.id] = pose
        except BackstretchError as error:
            faults += error.faults
    lints = ((path, words) for path, pose in new_poses.items() for words in lint(pose, known))
    return [*faults, *(f"{path}: {words}" for path, words in lints)]


def _pose_files(path: Path) -> list[Path]:
    return sorted(path.glob("*.toml")) if path.is_dir() else [path]


@poses_app.command()
def sets(
    name: Annotated[str, typer.Argument(help="Only this set.")] = "",
    poses: PosesOption = None,
) -> None:
    """Show the ready-made sets, with holds, repetitions and rest.

    Example: backstretch poses sets lower_back
    """
    from rich.console import Console

    from backstretch.display.terminal.pose_pages import show_sets

    library = open_poses(poses)
    chosen = [library.find_set(name)] if name else library.sets.values()
    show_sets(chosen, library, Console(markup=False, emoji=False))
