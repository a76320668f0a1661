"""The command line."""

import os
import signal
import sys
from io import TextIOWrapper
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from backstretch import __version__
from backstretch.cli.calibrate import calibrate
from backstretch.cli.health import health
from backstretch.cli.history import history_app
from backstretch.cli.live import cameras, live
from backstretch.cli.options import INTERRUPTED, complain
from backstretch.cli.page import app as page
from backstretch.cli.poses import poses_app
from backstretch.cli.progress import progress
from backstretch.cli.recordings import analyze, export, report
from backstretch.cli.start import first_arguments
from backstretch.cli.where import where
from backstretch.errors import BackstretchError

app = typer.Typer(
    help="Check back stretches through a camera, and count the seconds that were really held.",
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.add_typer(poses_app, name="poses")
app.add_typer(history_app, name="history")
for command in (
    page,
    analyze,
    live,
    calibrate,
    cameras,
    health,
    export,
    report,
    progress,
    where,
):
    app.command()(command)


def main() -> NoReturn:
    """Run the program; errors of the user become one clear line and exit code 2."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # no odd character in a path may crash it
    try:
        code = _run()
        sys.stdout.flush()
    except OSError as error:
        code = _output_failure(error)
    sys.exit(code)


def _run() -> int:
    try:
        code = app(args=sys.argv[1:] or first_arguments(), standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except TyperException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "backstretch"
        return complain(f"{error.format_message().rstrip('.')}; see {command} --help")
    except BackstretchError as error:
        return complain(*error.faults)
    if code == INTERRUPTED:  # Typer turns Ctrl-C into the code that it returns
        complain("stopped; nothing was saved")
    return code if isinstance(code, int) else 0


def _output_failure(error: OSError) -> int:
    """The exit code where stdout cannot be written: 2 and a message, or 0 if only its reader is gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0 if isinstance(error, BrokenPipeError) else complain(str(error))


def _version(value: bool) -> None:  # noqa: FBT001
    if value:
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
