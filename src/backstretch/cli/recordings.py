"""The commands about recordings: `analyze`, `export` and `report`."""

import json
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backstretch.cli.options import (
    EndOption,
    LibraryOption,
    MirroredOption,
    ModelOption,
    PosesOption,
    ProfileOption,
    SideOption,
    SpeedOption,
    StartOption,
    TurnedOption,
    complain,
    correction_of,
    open_poses,
    progress_bar,
    sides_of,
)
from backstretch.errors import InputError
from backstretch.formats.result_files import TRACK
from backstretch.history.profile import saved_neutral
from backstretch.history.saving import check_when, save_result
from backstretch.judging.result import WORTH_SAYING_S
from backstretch.kinematics.landmarks import LONGEST_GAP_S
from backstretch.poses.library import MOST_REPETITIONS
from backstretch.poses.pose import LONGEST_HOLD_S, SHORTEST_HOLD_S

HEIGHT_CM = 80.0, 250.0
"""What --height takes at the least and at the most."""

if TYPE_CHECKING:
    from backstretch.analysis.batch import BatchSettings
    from backstretch.formats.track_files import EvenTrack
    from backstretch.history.saving import Saving
    from backstretch.judging.request import Assignment, Request
    from backstretch.poses.library import Library


SPARSE = 0.9
"""An export from fewer looks than this share of its rows is said to be interpolated."""


def analyze(
    recordings: Annotated[
        list[Path],
        typer.Argument(
            metavar="RECORDING",
            help="Videos, photographs or landmark tracks (.npz); a folder means all that are in it.",
        ),
    ],
    pose: Annotated[
        str,
        typer.Option(
            help="The stretch: its id, or the path of a pose file (.toml). If left out, all that is recognised."
        ),
    ] = "",
    set_name: Annotated[
        str,
        typer.Option(
            "--set",
            help="The set that was done: its stretches, each judged by the set's hold and repetitions.",
        ),
    ] = "",
    side: Annotated[SideOption, typer.Option(help="The side that counts.")] = SideOption.BOTH,
    hold: Annotated[
        float | None,
        typer.Option(
            min=SHORTEST_HOLD_S, max=LONGEST_HOLD_S, help="Seconds that make a hold complete."
        ),
    ] = None,
    repetitions: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_REPETITIONS, help="Holds on each side that were to be done."),
    ] = None,
    height: Annotated[
        float | None,
        typer.Option(
            min=HEIGHT_CM[0],
            max=HEIGHT_CM[1],
            help="The person's height in cm: lengths, such as fingertips to floor, are then estimated.",
        ),
    ] = None,
    mirrored: MirroredOption = False,
    turn: TurnedOption = None,
    speed: SpeedOption = None,
    start: StartOption = 0.0,
    end: EndOption = None,
    every_frame: Annotated[
        bool,
        typer.Option(
            "--every-frame", help="Look at every picture, not only at those that matter; slower."
        ),
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print one JSON document and nothing else; for several recordings, one on each line.",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write report.html, result.json, steps.csv, annotated.mp4 (of photographs annotated.png) "
            "and landmarks.npz to this folder; for several recordings, to one folder each, with a summary.csv."
        ),
    ] = None,
    blur_face: Annotated[
        bool,
        typer.Option(
            "--blur-face",
            help="With --out: make the face of the person who is followed unrecognisable in annotated.mp4.",
        ),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="How many recordings to analyse at once; if left out, what suits this machine.",
        ),
    ] = None,
    save: Annotated[bool, typer.Option("--save", help="Save the result in the history.")] = False,
    when: Annotated[
        datetime | None,
        typer.Option(
            help="With --save: when it was recorded; if left out, the date of the film or the file."
        ),
    ] = None,
    profile: ProfileOption = "",
    model: ModelOption = None,
    poses: PosesOption = None,
    only_library: LibraryOption = False,
) -> None:
    """Analyse recordings: what was stretched, how long it was really held, and why other time does not count.

    Several recordings, or a folder, make a batch: one that cannot be analysed does not stop the others.
    After a stop, the same command with --out does only the recordings that are missing.

    Example: backstretch analyze samples/side_bend.mp4, or backstretch analyze my_videos --out my_results
    """
    from backstretch.analysis.batch import left_out, recordings_in
    from backstretch.analysis.batch_run import Batch, prepare_output
    from backstretch.cli.batch import run_batch
    from backstretch.history.saving import Saving
    from backstretch.judging.request import Part, Request

    if end is not None and end <= start:
        raise InputError(f"--end {end:g} is not after --start {start:g}")
    if when is not None:
        check_when(when)
    if blur_face and out is None:
        raise InputError("--blur-face is about annotated.mp4; add --out FOLDER")
    library = open_poses(poses, quiet=bool(pose), personal=not only_library, profile=profile)
    if set_name and (pose or side is not SideOption.BOTH):
        raise InputError("--set says which stretches and sides; leave out --pose and --side")
    dose = hold, repetitions
    assignment = (
        _of_set(library, set_name, *dose) if set_name else _of_pose(library, pose, side, *dose)
    )
    own_neutral = None if only_library else saved_neutral(profile)
    request = Request(
        replace(assignment, person=" ".join(profile.split()), height_cm=height),
        Part(start, end),
        every_frame=every_frame,
        mirrored=mirrored,
        own_neutral=own_neutral,
        correction=correction_of(turn, speed),
        blur_face=blur_face,
    )
    saving = Saving(when, profile, request.part) if save else None
    items = recordings_in(recordings, out)
    complain(*left_out(recordings, out))
    is_one = len(recordings) == 1 and [item.path for item in items] == recordings
    if is_one and jobs is None:
        _analyse_one(
            recordings[0],
            request,
            library,
            out=out,
            model=model,
            as_json=as_json,
            saving=saving,
        )
        return
    if when is not None and len(items) > 1:
        raise InputError("--when is for one recording; leave it out with several")
    orders = _orders(request, library, model, text=as_json or save)
    items = prepare_output(items, out) if out else items
    run_batch(Batch(items, orders, jobs, out), as_json=as_json, saving=saving)


def _of_pose(
    library: "Library", name: str, side: SideOption, hold_s: float | None, times: int | None
) -> "Assignment":
    """One stretch, or (without a name) all that are recognised; says where the dose is not the usual one."""
    from backstretch.judging.request import Assignment
    from backstretch.poses.library import dose_remarks

    pose = library.find(name) if name else None
    complain(*(dose_remarks(pose, hold_s, times) if pose else ()))
    return Assignment(
        poses=(pose,) if pose else library.recognised,
        asked=pose is not None,
        sides=sides_of(pose, side),
        hold_s=hold_s,
        times=times,
    )


def _of_set(library: "Library", name: str, hold_s: float | None, times: int | None) -> "Assignment":
    """The stretches of a set that can be recognised, with the dose of the set; says what is special."""
    from backstretch.coaching.programme import Programme, aims_of, part_of
    from backstretch.judging.request import Assignment

    chosen = library.find_set(name)
    poses = {each.pose: library.poses[each.pose] for each in chosen.stretches}
    complain(*chosen.remarks)
    complain(
        *(
            f"{pose.name} is judged only where it is asked for by name (--pose {pose.id}); it is left out"
            for pose in poses.values()
            if pose.guided
        )
    )
    parts = [
        part_of(poses[each.pose], None, hold_s or each.hold_s, times or each.repetitions)
        for each in chosen.stretches
        if not poses[each.pose].guided
    ]
    if not parts:
        raise InputError(
            f"{chosen.name}: none of its stretches can be recognised; ask for one with --pose"
        )
    programme = Programme(chosen.name, tuple(parts), chosen.rest_s)
    return Assignment(
        poses=programme.poses, asked=False, title=chosen.name, aims=aims_of(programme)
    )


def _analyse_one(
    recording: Path,
    request: "Request",
    library: "Library",
    *,
    out: Path | None,
    model: Path | None,
    as_json: bool,
    saving: "Saving | None",
) -> None:
    """Analyse one recording; ``out`` is the folder for the results."""
    from rich.console import Console

    from backstretch.analysis.pipeline import analyse_recording
    from backstretch.display.terminal.summary import show

    with progress_bar() as on_progress:
        result = analyse_recording(
            recording,
            request,
            recognised=library.recognised,
            out=out,
            model=model,
            on_progress=on_progress,
        )
    if as_json:
        print(json.dumps(result.as_dict()))
    else:
        show(result, Console(markup=False, emoji=False), written=str(out) if out else "")
    if saving:
        saved = save_result(result.as_dict(), recording, saving)
        complain(*saved.notices)
        print(saved.text[0].upper() + saved.text[1:], file=sys.stderr)


def _orders(
    request: "Request", library: "Library", model: Path | None, *, text: bool
) -> "BatchSettings":
    """The settings that all workers of a batch get."""
    from backstretch.analysis.batch import BatchSettings
    from backstretch.analysis.batch_resume import settings_hash

    settings = settings_hash(request, library.recognised, model)
    return BatchSettings(request, library.recognised, model, settings, text)


def export(
    recording: Annotated[
        Path, typer.Argument(help="A landmark track (.npz), or the folder of analyze --out.")
    ],
    trc: Annotated[Path | None, typer.Option(help="Write the landmarks as this TRC file.")] = None,
    mot: Annotated[Path | None, typer.Option(help="Write the angles as this MOT file.")] = None,
    rate: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            max=1000.0,
            help="Rows a second; if left out, as many as the recording has pictures.",
        ),
    ] = None,
) -> None:
    """Write a landmark track for OpenSim and Sports2D: markers (TRC) and angles (MOT), evenly sampled.

    With neither --trc nor --mot, both are written beside the track.

    Example: backstretch export my_results --trc side_bend.trc
    """
    from backstretch.files import write_whole
    from backstretch.formats.track_files import Recording, evenly, mot_text, trc_text

    path = recording / TRACK if recording.is_dir() else recording
    even = evenly(Recording.load(path), rate)
    if trc is None and mot is None:
        trc, mot = path.with_suffix(".trc"), path.with_suffix(".mot")
    if trc is not None and trc == mot:
        raise InputError(f"{trc}: --trc and --mot are the same file; name two files")
    for target, text_of in ((trc, trc_text), (mot, mot_text)):
        if target is None:
            continue
        if target.is_dir() or target.resolve() == path.resolve():
            what = "a folder" if target.is_dir() else "the track itself"
            raise InputError(f"{target}: cannot be written (it is {what})")
        try:
            write_whole(target, text_of(even.track, target.name).encode())
        except OSError as error:
            raise InputError(f"{target}: cannot be written ({error.strerror})") from error
        print(f"Written to {target}")
    _explain_rows(even)


def _explain_rows(even: "EvenTrack") -> None:
    """Say how the rows of an export come from what was looked at; nothing of a photograph."""
    rows = len(even.track)
    if rows <= 1:
        return
    print(
        f"{rows} rows, {even.rate_hz:g} a second for {rows / even.rate_hz:.1f} s, from {even.looks} pictures "
        "that were looked at."
    )
    if even.gap_s >= WORTH_SAYING_S:
        complain(
            f"{even.gap_s:.1f} s are empty: there the pictures that were looked at are more than "
            f"{LONGEST_GAP_S:g} s apart; analyze --every-frame looks at all"
        )
    elif even.looks < SPARSE * rows:
        print("Values between them are interpolated; analyze --every-frame looks at all pictures.")


def report(
    result: Annotated[Path, typer.Argument(help="A result.json, or its folder.")],
    out: Annotated[
        Path | None,
        typer.Option(help="What to write; if left out, report.html (or report.pdf) beside it."),
    ] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Write a PDF of A4 sheets instead of the page.")
    ] = False,
    person: Annotated[
        str, typer.Option(metavar="NAME", help="Whose it is, for the head of the page.")
    ] = "",
) -> None:
    """Make report.html again, or a PDF, from result.json and steps.csv.

    Example: backstretch report result/, or backstretch report result/ --pdf --person "Ann Lee"
    """
    from backstretch.display.html.report import write_report
    from backstretch.display.html.report_pdf import write_pdf

    is_pdf = pdf or (out is not None and out.suffix.lower() == ".pdf")
    write = write_pdf if is_pdf else write_report
    print(f"Written to {write(result, out, person)}")
