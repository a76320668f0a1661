"""The command that writes a landmark track for other tools."""

from pathlib import Path
from typing import Annotated

import typer

from backstretch.errors import InputError
from backstretch.output_names import TRACK


def export(
    recording: Annotated[
        Path, typer.Argument(help="A landmark track (.npz), or the folder of --out with one.")
    ],
    trc: Annotated[Path | None, typer.Option(help="Write the landmarks as this TRC file.")] = None,
    mot: Annotated[Path | None, typer.Option(help="Write the angles as this MOT file.")] = None,
) -> None:
    """Write a landmark track for OpenSim and Sports2D: markers (TRC) and angles (MOT).

    With neither --trc nor --mot, both are written beside the track.

    Example: backstretch export my_results --trc side_bend.trc
    """
    from backstretch.opensim import mot_text, trc_text
    from backstretch.recording import Recording
    from backstretch.whole_file import write_whole

    path = recording / TRACK if recording.is_dir() else recording
    track = Recording.load(path).track
    if trc is None and mot is None:
        trc, mot = path.with_suffix(".trc"), path.with_suffix(".mot")
    if trc is not None and trc == mot:
        raise InputError(f"{trc}: is asked for both as TRC and as MOT; name two files")
    for target, text_of in ((trc, trc_text), (mot, mot_text)):
        if target is None:
            continue
        if target.is_dir() or target.resolve() == path.resolve():
            what = "a folder" if target.is_dir() else "the track itself"
            raise InputError(f"{target}: cannot be written (it is {what})")
        try:
            write_whole(target, text_of(track, target.name).encode())
        except OSError as error:
            raise InputError(f"{target}: cannot be written ({error.strerror})") from error
        print(f"Written to {target}")
