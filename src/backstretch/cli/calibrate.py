"""The command `calibrate`: makes a person's own ranges for a stretch, a new stretch, or their own neutral.

For a new stretch it asks at the terminal for a name and for its texts, each with a draft.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backstretch.calibration.references import newly_alike, notes_on_new
from backstretch.calibration.takes import count_notes
from backstretch.cli.health import can_ask
from backstretch.cli.options import (
    CameraOption,
    EndOption,
    MirroredOption,
    ModelOption,
    PosesOption,
    ProfileOption,
    SideOption,
    SilentOption,
    SpeedOption,
    StartOption,
    TurnedOption,
    WindowlessOption,
    complain,
    correction_of,
    open_poses,
    progress_bar,
    sides_of,
)
from backstretch.errors import InputError
from backstretch.history.profile import neutral_path, own_poses, saved_neutral

if TYPE_CHECKING:
    from rich.console import Console

    from backstretch.calibration.references import Take
    from backstretch.calibration.takes import TakeOptions
    from backstretch.kinematics.neutral import OwnNeutral
    from backstretch.live.run import Machine
    from backstretch.poses.library import Library
    from backstretch.poses.pose import Pose


CAMERA = "camera"
ENDING = ".toml"
SAVED = "Saved. It is used from now on."
DONE_IN_TERMINAL = "Done. Its name and texts are asked for in the terminal."
"""What is shown and said when guided takes are done."""


@dataclass(frozen=True)
class Request:
    """What to make.

    Attributes:
        pose: The library pose to refine; None for a new pose or a neutral.
        new_id, name: The id and the name of a new pose; empty otherwise.
        sides: Sides to calibrate; both when empty.
        least_s: Seconds of keeping still that a take needs.
        path: The file to write.
        force: Whether to replace the file if it exists.
    """

    pose: "Pose | None"
    new_id: str
    name: str
    sides: tuple[str, ...]
    least_s: float
    path: Path
    force: bool


def calibrate(
    pose: Annotated[str, typer.Argument(help="The stretch to fit to you: its id.")] = "",
    new: Annotated[
        str | None,
        typer.Option("--new", metavar="ID", help="Make a new stretch with this id instead."),
    ] = None,
    neutral: Annotated[
        bool, typer.Option("--neutral", help="Record how you hold your head and shoulders at rest.")
    ] = False,
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="SOURCE",
            help="camera, or a video, photograph or landmark track; may be given several times.",
        ),
    ] = None,
    side: Annotated[
        SideOption,
        typer.Option(help="Record one side and mirror it for the other, or record both."),
    ] = SideOption.BOTH,
    name: Annotated[str, typer.Option(help="The name of a new stretch.")] = "",
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The file to write (.toml); if left out, one in your own folder."
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file if it exists already.")
    ] = False,
    mirrored: MirroredOption = False,
    turn: TurnedOption = None,
    speed: SpeedOption = None,
    start: StartOption = 0.0,
    end: EndOption = None,
    still: Annotated[
        float,
        typer.Option(min=1.0, max=5.0, help="How many seconds you must keep still in each take."),
    ] = 1.0,
    camera: CameraOption = "0",
    takes: Annotated[
        int, typer.Option(min=1, max=5, help="With --from camera: how many takes on each side.")
    ] = 3,
    no_window: WindowlessOption = False,
    no_voice: SilentOption = False,
    model: ModelOption = None,
    poses: PosesOption = None,
    profile: ProfileOption = "",
) -> None:
    """Fit a stretch to you, so that time counts where you are comfortable. Nothing leaves this machine.

    This records you in the stretch a few times (takes), or uses recordings that you have, and saves your own
    ranges in a pose file. live and analyze then use it, unless you add --library.

    Examples: backstretch calibrate childs_pose --from me.mp4

    backstretch calibrate --new my_stretch --from me.mp4
    """
    if sum((bool(pose), new is not None, neutral)) != 1:
        raise InputError("say what to calibrate: a stretch, or --new ID, or --neutral")
    if not source:
        raise InputError(
            "say what to use: --from camera, or --from FILE (a video, photograph or landmark track)"
        )
    if end is not None and end <= start:
        raise InputError(f"--end {end:g} is not after --start {start:g}")
    if neutral and side is not SideOption.BOTH:
        raise InputError("--neutral has no sides; leave out --side")
    from rich.console import Console

    from backstretch.calibration.takes import TakeOptions
    from backstretch.judging.request import Part
    from backstretch.live.run import Machine

    library = open_poses(poses, quiet=True, personal=False, profile=profile)
    request = _request(
        library,
        pose_id=pose,
        new_id=new,
        name=name,
        side=side,
        least_s=still,
        out=out,
        force=force,
        profile=profile,
    )
    own_neutral = None if neutral else saved_neutral(profile)
    correction = correction_of(turn, speed)
    options = TakeOptions(model, mirrored, Part(start, end), own_neutral, correction)
    console = Console(markup=False, emoji=False)
    if CAMERA in source:
        if len(source) > 1 or start > 0.0 or end is not None or speed is not None:
            raise InputError(
                "--from camera cannot be combined with other sources, --start, --end or --speed"
            )
        machine = Machine(camera, model, no_window, no_voice, console, correction.turn_deg or 0)
        made = _guided(request, library, machine, own_neutral, takes=takes, mirrored=mirrored)
        # A new stretch is saved only with its texts, which are asked for in the terminal.
        saved = _save(made, request) if request.new_id else _of_file(made, request)
        _show(saved, request, library, console, [])
        return
    recorded_takes = [_take(each, request, options) for each in source]
    reference, notes = _make(recorded_takes, request, library, own_neutral)
    _show(_save(reference, request), request, library, console, notes)


def _request(
    library: "Library",
    *,
    pose_id: str,
    new_id: str | None,
    name: str,
    side: SideOption,
    least_s: float,
    out: Path | None,
    force: bool,
    profile: str,
) -> Request:
    """Check the options as far as is possible before a source is opened."""
    pose = library.find(pose_id) if pose_id else None
    if pose is not None and pose.id in library.own_ids:
        raise InputError(
            f"{pose_id} is a stretch of your own; to make it again, use --new {pose_id} --force"
        )
    if out is not None and out.suffix != ENDING:
        raise InputError(f"--out {out}: the name of a pose file must end in {ENDING}")
    sides = sides_of(pose, side)
    if new_id is not None:
        _check_id(new_id, out, library)
    made_id = pose.id if pose else new_id or ""
    usual = own_poses(profile) / f"{made_id}{ENDING}" if made_id else neutral_path(profile)
    path = out or usual
    _check_free(path, force=force)
    return Request(pose, new_id or "", name, sides, least_s, path, force)


def _check_free(path: Path, *, force: bool) -> None:
    """Raise an `InputError` if the file cannot or must not be written."""
    from backstretch.poses.pose_file import ID

    if not ID.fullmatch(path.stem):
        raise InputError(
            f"--out {path}: the file's name becomes the id; use only small letters, digits and _"
        )
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file that ends in {ENDING}")
    folder = next(each for each in path.absolute().parents if each.exists())
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise InputError(
            f"{path}: cannot be written; {folder} is not a folder that you may write to"
        )
    if path.exists() and not force:
        raise InputError(f"{path}: exists already; add --force to replace it")


def _check_id(new_id: str, out: Path | None, library: "Library") -> None:
    from backstretch.poses.pose_file import ID

    if not ID.fullmatch(new_id):
        raise InputError(
            f"{new_id!r} cannot be an id; use only small letters, digits and _, like my_stretch"
        )
    if new_id in library.poses and new_id not in library.own_ids:
        raise InputError(f"the id {new_id!r} is taken by a stretch of the library; choose another")
    if out is not None and out.stem != new_id:
        raise InputError(f"--out {out}: the file's name becomes the id; call it {new_id}{ENDING}")


def _take(source: str, request: Request, options: "TakeOptions") -> "Take":
    from backstretch.calibration.takes import take_of

    with progress_bar() as on_progress:
        return take_of(Path(source), request.pose, options, on_progress)


def _guided(
    request: Request,
    library: "Library",
    machine: "Machine",
    own_neutral: "OwnNeutral | None",
    *,
    takes: int,
    mirrored: bool,
) -> "Pose | OwnNeutral":
    """Make a pose or a neutral from guided takes with a camera."""
    from backstretch.calibration.guided import Making
    from backstretch.history.health import PAIN_ADVICE
    from backstretch.judging.session import Session
    from backstretch.live.led_session import LedSession
    from backstretch.live.run import run_guided

    id_and_name = None
    if request.new_id:
        id_and_name = request.new_id, request.name or ask_name(request.new_id)
    making = Making(_today(), request.pose, id_and_name, request.sides, takes)
    guide = making.guide(library, PAIN_ADVICE)
    session = Session((request.pose,) if request.pose else (), own_neutral=own_neutral)
    led = LedSession(guide, session, mirrored=mirrored)

    def save(made: "Pose | OwnNeutral") -> str:
        if request.new_id:
            return DONE_IN_TERMINAL
        _save(made, request)
        return SAVED

    return run_guided(machine, led, complain, save)


def _make(
    takes: Sequence["Take"], request: Request, library: "Library", own_neutral: "OwnNeutral | None"
) -> tuple["Pose | OwnNeutral", list[str]]:
    """Make a pose or a neutral from recorded takes; return it with notes about it."""
    from backstretch.calibration.references import (
        neutral_reference,
        new_reference,
        personal_reference,
    )

    today, least_s = _today(), request.least_s
    if request.pose is not None:
        others = library.recognised
        reference = personal_reference(
            takes, request.pose, others, today, sides=request.sides, least_s=least_s
        )
        return reference, count_notes(takes, request.pose, reference, own_neutral)
    if request.new_id:
        side = request.sides[0] if request.sides else None
        id_and_name = request.new_id, request.name or ask_name(request.new_id)
        new, _ = new_reference(
            takes, id_and_name, _others(library, request), today, side=side, least_s=least_s
        )
        return new, count_notes(takes, None, new, own_neutral)
    return neutral_reference(takes[-1], today, least_s=least_s), []


def _others(library: "Library", request: Request) -> list["Pose"]:
    return [pose for pose in library.poses.values() if pose.id != request.new_id]


def _of_file(reference: "Pose | OwnNeutral", request: Request) -> "Pose | OwnNeutral":
    """A pose with the id that its file gives it; a neutral as it is."""
    from backstretch.kinematics.neutral import OwnNeutral

    if isinstance(reference, OwnNeutral):
        return reference
    return replace(reference, id=request.path.stem)


def _save(reference: "Pose | OwnNeutral", request: Request) -> "Pose | OwnNeutral":
    """Save the pose or neutral, a new pose with the texts that the person gives it; return what was saved."""
    from backstretch.files import save_text
    from backstretch.history.profile import neutral_text
    from backstretch.kinematics.neutral import OwnNeutral
    from backstretch.poses.pose_writer import pose_text

    reference = _of_file(reference, request)
    if isinstance(reference, OwnNeutral):
        text = neutral_text(reference)
    else:
        reference = ask_texts(reference) if request.pose is None else reference
        text = pose_text(reference)
    save_text(text, request.path, force=request.force)
    return reference


def _show(
    reference: "Pose | OwnNeutral",
    request: Request,
    library: "Library",
    console: "Console",
    notes: Sequence[str],
) -> None:
    """Show the pose or neutral that was saved."""
    from backstretch.display.terminal.pose_pages import show_new, show_personal
    from backstretch.kinematics.neutral import OwnNeutral

    if isinstance(reference, OwnNeutral):
        console.print(
            f"Your neutral is saved, seen {reference.view.words}. Turns and tilts of your head and shoulders"
            " are measured from it, as long as the camera stays in about the same place."
        )
    elif request.pose is not None:
        alike = newly_alike(request.pose, reference, library)
        show_personal(request.pose, reference, console, [*alike, *notes])
    else:
        show_new(reference, console, [*notes_on_new(reference), *notes])
    console.print(f"Written to {request.path}", soft_wrap=True)


def _today() -> str:
    return datetime.now().astimezone().date().isoformat()


def ask_name(new_id: str) -> str:
    """Ask at a terminal for the name of a new stretch; elsewhere return an empty text."""
    if not can_ask():
        return ""
    draft = new_id.replace("_", " ").capitalize()
    return str(typer.prompt("What is the stretch called?", default=draft, err=True))


def ask_texts(pose: "Pose") -> "Pose":
    """Ask at a terminal for the texts of a new pose; elsewhere return it with its drafts."""
    if not can_ask():
        return pose
    from backstretch.poses.pose import REGIONS, measure_words

    def ask(question: str, draft: str) -> str:
        return str(typer.prompt(question, default=draft, err=True)) if draft else ""

    print("Now the texts. Press Enter to keep the one in brackets.", file=sys.stderr)
    region = ""
    while region not in REGIONS:
        region = ask(f"Which part of the body is it for ({', '.join(REGIONS)})?", pose.regions[0])
    rule = ask("Which side of the body do left and right mean?", pose.side_rule)
    checks = [
        replace(
            check,
            below=ask(f"What to say when the {measure_words(check)} is too small", check.below),
            above=ask(f"What to say when the {measure_words(check)} is too large", check.above),
        )
        for check in pose.checks
    ]
    return replace(pose, regions=(region,), side_rule=rule, checks=tuple(checks))
