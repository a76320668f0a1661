"""The command that analyses recordings: one by itself, several as a batch."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backstretch.cli_calibrate import saved_neutral
from backstretch.cli_options import (
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
from backstretch.errors import InputError

if TYPE_CHECKING:
    from backstretch.batch_work import Orders
    from backstretch.cli_batch_saving import Saving
    from backstretch.library import Library
    from backstretch.result import Wanted


def analyze(
    recordings: Annotated[
        list[Path],
        typer.Argument(
            metavar="RECORDING",
            help="Videos, photographs or landmark tracks (.npz); a folder stands for all that are in it.",
        ),
    ],
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
    every_frame: Annotated[
        bool,
        typer.Option("--every-frame", help="Look at every picture, not only where it matters."),
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print one JSON document and nothing else; of several recordings one a line.",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write report.html, result.json, steps.csv, annotated.mp4 and landmarks.npz to this folder; "
            "of several recordings to a folder each, with a summary.csv."
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1, help="How many recordings at the same time; else what suits the machine."
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
    """Analyse recordings: what was stretched, how long it was truly held, and what cost the rest.

    Several recordings, or a folder, make a batch: one that cannot be analysed does not stop the others, and
    with --out the same command goes on where it was stopped.

    Example: backstretch analyze samples/side_bend.mp4, or backstretch analyze my_videos --out my_results
    """
    from backstretch.batch import recordings_in
    from backstretch.batch_run import Batch, prepared
    from backstretch.cli_batch import run_batch
    from backstretch.cli_batch_saving import Saving, asked_for
    from backstretch.result import Wanted

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
        every_frame=every_frame,
        own_neutral=None if only_library else saved_neutral(profile),
    )
    saving = Saving(when, profile, asked_for(wanted)) if save else None
    items = recordings_in(recordings, out)
    is_one = len(recordings) == 1 and [item.path for item in items] == recordings
    if is_one and jobs is None:
        _analyse_one(recordings[0], wanted, library, (out, model), as_json=as_json, saving=saving)
        return
    if when is not None and len(items) > 1:
        raise InputError("--when tells the time of one recording; leave it out with several")
    orders = _orders(wanted, library, model, text=as_json or save)
    items = prepared(items, out) if out else items
    run_batch(Batch(items, orders, jobs, out), as_json=as_json, saving=saving)


def _analyse_one(
    recording: Path,
    wanted: "Wanted",
    library: "Library",
    files: tuple[Path | None, Path | None],
    *,
    as_json: bool,
    saving: "Saving | None",
) -> None:
    """Analyse a recording by itself; ``files`` are the folder for the results, and another model."""
    from rich.console import Console

    from backstretch.api import analyse_recording
    from backstretch.summary import show

    out, model = files
    result = analyse_recording(recording, wanted, library.recognised, out, model, watching)
    if as_json:
        print(json.dumps(result.as_dict()))
    else:
        show(result, Console(markup=False, emoji=False), written=str(out) if out else "")
    if saving:
        saved = save_analysis(result, recording, saving.when, saving.profile)
        complain(*saved.notices)
        print(saved.text, file=sys.stderr)


def _orders(wanted: "Wanted", library: "Library", model: Path | None, *, text: bool) -> "Orders":
    """What a batch's workers are told once."""
    from backstretch.batch_kept import settings_hash
    from backstretch.batch_work import Orders

    settings = settings_hash(wanted, library.recognised, model)
    return Orders(wanted, library.recognised, model, settings, text)
