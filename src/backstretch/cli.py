"""The command line."""

import json
import os
import signal
import sys
from contextlib import nullcontext
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from backstretch import __version__, cli_calibrate, cli_health, cli_live, cli_poses
from backstretch.cli_options import (
    INTERRUPTED,
    EndOption,
    LibraryOption,
    MirroredOption,
    ModelOption,
    PosesOption,
    SideOption,
    StartOption,
    complain,
    open_poses,
    sides_of,
    watching,
)
from backstretch.errors import BackstretchError, InputError

if TYPE_CHECKING:
    from backstretch.library import Library
    from backstretch.recognition import Likeness
    from backstretch.recording import Recording
    from backstretch.result import Result, Wanted

app = typer.Typer(
    help="Check back stretches through a camera, and count the seconds that were really held.",
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

app.add_typer(cli_poses.app, name="poses")
for command in (cli_live.live, cli_calibrate.calibrate, cli_live.cameras, cli_health.health):
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
            help="Write result.json, steps.csv, annotated.mp4 and landmarks.npz to this folder."
        ),
    ] = None,
    model: ModelOption = None,
    poses: PosesOption = None,
    only_library: LibraryOption = False,
) -> None:
    """Analyse a recording: what was stretched, how long it was truly held, and what cost the rest.

    Example: backstretch analyze samples/side_bend.mp4
    """
    from backstretch.result import Wanted

    if end is not None and end <= start:
        raise InputError(f"--end {end:g} is not after --start {start:g}")
    library = open_poses(poses, quiet=bool(pose), personal=not only_library)
    asked = library.find(pose) if pose else None
    wanted = Wanted(
        poses=(asked,) if asked else library.recognised,
        asked=asked is not None,
        sides=sides_of(asked, side),
        hold_s=hold,
        mirrored=mirrored,
        start_s=start,
        end_s=end,
        own=None if only_library else cli_calibrate.saved_neutral(),
    )
    result, folder = _analyse(recording, wanted, library, out, model)
    if as_json:
        print(json.dumps(result.as_dict()))
        return
    from rich.console import Console

    from backstretch.summary import show

    show(result, Console(markup=False, emoji=False), written=folder)


def _analyse(
    recording: Path, wanted: "Wanted", library: "Library", out: Path | None, model: Path | None
) -> tuple["Result", str]:
    from backstretch.recording import TRACK_ENDING, output_folder

    is_track = recording.suffix == TRACK_ENDING and recording.is_file()
    with output_folder(out) if out else nullcontext() as folder:
        run = _replayed if is_track else _watched
        result, landmarks = run(recording, wanted, folder, model)
        if len(landmarks.track) == 1:
            likenesses = _likenesses(landmarks, library, mirrored=wanted.mirrored)
            result = replace(result, looks_like=likenesses)
        if folder is not None:
            landmarks.save(folder / "landmarks.npz")
            text = json.dumps(result.as_dict(), indent=2, ensure_ascii=False)
            (folder / "result.json").write_text(text + "\n", "utf-8", "backslashreplace")
    return result, str(out) if out else ""


def _likenesses(
    recording: "Recording", library: "Library", *, mirrored: bool
) -> tuple["Likeness", ...]:
    """What a photograph shows, among all poses that can be told unasked."""
    from backstretch.recognition import looks_like

    marks = recording.track[0]
    if marks is not None and mirrored:
        marks = marks.mirrored()
    return looks_like(marks, library.recognised) if marks else ()


def _replayed(
    path: Path, wanted: "Wanted", folder: Path | None, model: Path | None
) -> tuple["Result", "Recording"]:
    from backstretch.analysis import analyse_track
    from backstretch.recording import Recording

    if model is not None:
        raise InputError(f"{path}: is a landmark track; --model has no use for it")
    recording = Recording.load(path)
    source = replace(recording.source, path=str(path))
    return analyse_track(replace(recording, source=source), wanted, folder)


def _watched(
    path: Path, wanted: "Wanted", folder: Path | None, model: Path | None
) -> tuple["Result", "Recording"]:
    from backstretch.video import VideoReader

    with VideoReader(path) as reader:
        if wanted.start_s >= reader.source.duration_s:
            length_s = reader.source.duration_s
            raise InputError(
                f"--start {wanted.start_s:g} is after the end; {path} is {length_s:g} s long"
            )
        from backstretch.analysis import analyse_video
        from backstretch.landmarker import MediaPipeLandmarker

        end_s = min(wanted.end_s or reader.source.duration_s, reader.source.duration_s)
        with MediaPipeLandmarker(model) as landmarker, watching(wanted.start_s, end_s) as progress:
            return analyse_video(reader, landmarker, wanted, folder, progress)
