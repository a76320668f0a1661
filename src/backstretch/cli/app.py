"""The command line."""

import os
import signal
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from backstretch import __version__
from backstretch.cli.options import INTERRUPTED, complain
from backstretch.errors import BackstretchError

COMMANDS = {
    "app": ("page", "app", "Open the page in your browser: choose, be coached, look back."),
    "live": ("live", "live", "Be coached live through a stretch or a set."),
    "analyze": ("recordings", "analyze", "Say what was stretched in recordings, and for how long."),
    "calibrate": ("calibrate", "calibrate", "Fit a stretch to you, so that time counts for you."),
    "progress": ("progress", "progress", "Show what was practised, and what has changed."),
    "history": ("history", "history_app", "What was practised on this machine."),
    "poses": ("poses", "poses_app", "The stretches and the ready-made sets."),
    "health": ("health", "health", "Show the health note, and ask its questions again."),
    "cameras": ("live", "cameras", "List the cameras of this machine."),
    "report": ("recordings", "report", "Make a report again, or a PDF of it."),
    "export": ("recordings", "export", "Write landmarks for OpenSim and Sports2D."),
    "where": ("where", "where", "Show where your poses, sets, sessions and answers are."),
}
"""Each command's module here, its function or group there, and its line in the help."""


class Commands(TyperGroup):
    """Commands of which each is imported when it is called: the help needs none of them."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name, (_, _, line) in COMMANDS.items():
            self.add_command(TyperCommand(name, help=line))

    def resolve_command(self, *args: Any) -> tuple[str | None, Any, list[str]]:
        """The called command's name, the command itself, and what follows it."""
        name, _, rest = super().resolve_command(*args)
        return name, loaded(str(name)), rest


def loaded(name: str) -> Any:
    """A command of `COMMANDS`, imported: a `TyperCommand` or a `TyperGroup`."""
    module, function, _ = COMMANDS[name]
    found = getattr(import_module(f"backstretch.cli.{module}"), function)
    if isinstance(found, typer.Typer):
        return typer.main.get_group(found)
    alone = typer.Typer(add_completion=False, rich_markup_mode="rich")
    alone.command(name)(found)
    return typer.main.get_command(alone)


app = typer.Typer(
    cls=Commands,
    help="Check back stretches through a camera, and count the seconds that were really held.",
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


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
        code = app(args=sys.argv[1:] or _first_arguments(), standalone_mode=False)
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


def _first_arguments() -> list[str]:
    from backstretch.cli.start import first_arguments

    return first_arguments()


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
