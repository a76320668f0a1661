"""The command line."""

import json
import os
import signal
import sys
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from backstretch import (
    __version__,
    cli_calibrate,
    cli_export,
    cli_health,
    cli_history,
    cli_live,
    cli_poses,
    cli_progress,
    cli_report,
)
from backstretch.cli_options import (
    INTERRUPTED,
    EndOption,
    LibraryOption,
    MirroredOption,
    ModelOption,
    PosesOption,
    ProfileOption,
    SideOption,
    StartOption,
    complain,
    open_poses,
    sides_of,
    watching,
)
from backstretch.cli_saving import save_analysis
from backstretch.errors import BackstretchError, InputError

app = typer.Typer(
    help="Check back stretches through a camera, and count the seconds that were really held.",
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

app.add_typer(cli_poses.app, name="poses")
app.add_typer(cli_history.app, name="history")
for command in (
    cli_live.live,
    cli_calibrate.calibrate,
    cli_live.cameras,
    cli_health.health,
    cli_export.export,
    cli_report.report,
    cli_progress.progress,
):
    app.command()(command)


def main() -> NoReturn:
    """Run the program; errors of the user become one clear line and exit code 2."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # no path and no sign is worth a crash
    try:
        code = _run()
        sys.stdout.flush()
    except OSError as error:
        code = _unprinted(error)
    sys.exit(code)


def _run() -> int:
    try:
        code = app(args=sys.argv[1:] or ["--help"], standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except TyperException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "backstretch"
        return complain(f"{error.format_message().rstrip('.')}; see {command} --help")
    except BackstretchError as error:
        return complain(*error.faults)
    if code == INTERRUPTED:  # Typer turns Ctrl-C into the code that it returns
        complain("stopped; nothing was written")
    return code if isinstance(code, int) else 0


def _unprinted(error: OSError) -> int:
    """Say that stdout cannot be written; that nobody reads it any more is no fault."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0 if isinstance(error, BrokenPipeError) else complain(str(error))


def _version(wanted: bool) -> None:  # noqa: FBT001
    if wanted:
        print(f"backstretch {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Check back stretches through a camera, and count the seconds that were really held.

    Everything stays on this machine. This is general guidance, not medical advice: stretch to mild
    tension only; pain means stop.
    """


@app.command()
def analyze(
    recording: Annotated[Path, typer.Argument(help="A video, or a landmark track (.npz).")],
    pose: Annotated[
        str,
        typer.Option(
            help="The stretch: its id, or the path of a pose file (.toml). Left out: whatever is recognised."
        ),
    ] = "",
    side: Annotated[SideOption, typer.Option(help="The side that counts.")] = SideOption.BOTH,
    hold: Annotated[
        float | None, typer.Option(min=1.0, max=120.0, help="Seconds that make a hold complete.")
    ] = None,
    mirrored: MirroredOption = False,
    start: StartOption = 0.0,
    end: EndOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write report.html, result.json, steps.csv, annotated.mp4 and landmarks.npz to this folder."
        ),
    ] = None,
    save: Annotated[
        bool, typer.Option("--save", help="Keep what was held in the history.")
    ] = False,
    when: Annotated[
        datetime | None,
        typer.Option(help="With --save: when it was recorded; else the time of the file."),
    ] = None,
    profile: ProfileOption = "",
    model: ModelOption = None,
    poses: PosesOption = None,
    only_library: LibraryOption = False,
) -> None:
    """Analyse a recording: what was stretched, how long it was truly held, and what cost the rest.

    Example: backstretch analyze samples/side_bend.mp4
    """
    from rich.console import Console

    from backstretch.api import analyse_recording
    from backstretch.result import Wanted
    from backstretch.summary import show

    if end is not None and end <= start:
        raise InputError(f"--end {end:g} is not after --start {start:g}")
    library = open_poses(poses, quiet=bool(pose), personal=not only_library, profile=profile)
    asked = library.find(pose) if pose else None
    wanted = Wanted(
        poses=(asked,) if asked else library.recognised,
        asked=asked is not None,
        sides=sides_of(asked, side),
        hold_s=hold,
        mirrored=mirrored,
        start_s=start,
        end_s=end,
        own=None if only_library else cli_calibrate.saved_neutral(profile),
    )
    result = analyse_recording(recording, wanted, library.recognised, out, model, watching)
    if as_json:
        print(json.dumps(result.as_dict()))
    else:
        show(result, Console(markup=False, emoji=False), written=str(out) if out else "")
    if save:
        print(save_analysis(result, recording, when, profile), file=sys.stderr)
