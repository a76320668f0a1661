"""The command that makes references: somebody's own ranges for a stretch, a new stretch, their own neutral."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backstretch.cli_options import (
    CameraOption,
    EndOption,
    MirroredOption,
    ModelOption,
    PosesOption,
    ProfileOption,
    SideOption,
    SilentOption,
    StartOption,
    WindowlessOption,
    complain,
    open_poses,
    own_folder,
    own_poses,
    sides_of,
    watching,
)
from backstretch.cli_words import asked_name, asked_words
from backstretch.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from backstretch.calibrating import Shot
    from backstretch.goals import Goal
    from backstretch.library import Library
    from backstretch.neutral import OwnNeutral
    from backstretch.poses import Pose
    from backstretch.shots import Looking
    from backstretch.stage import Machine

CAMERA = "camera"
ENDING = ".toml"
NEUTRAL = "neutral.toml"
"""File of somebody's own neutral, in their folder."""


@dataclass(frozen=True)
class Request:
    """What is to be made.

    Attributes:
        pose: The library pose to refine; None for what is new.
        new_id, name: The id and the name of a new pose; empty otherwise.
        sides: Sides to calibrate; both when empty.
        least_s: How long somebody must keep still.
        path: Where it goes.
        force: Whether to write over what is there.
    """

    pose: "Pose | None"
    new_id: str
    name: str
    sides: tuple[str, ...]
    least_s: float
    path: Path
    force: bool


def calibrate(
    pose: Annotated[str, typer.Argument(help="The stretch to make your own: its id.")] = "",
    new: Annotated[
        str | None,
        typer.Option("--new", metavar="ID", help="Make a new stretch of this id instead."),
    ] = None,
    neutral: Annotated[
        bool, typer.Option("--neutral", help="Take how you hold head and shoulders at rest.")
    ] = False,
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="SOURCE",
            help="camera, or a video, photograph or landmark track; may be repeated.",
        ),
    ] = None,
    side: Annotated[
        SideOption, typer.Option(help="Calibrate one side and mirror it, or each by itself.")
    ] = SideOption.BOTH,
    name: Annotated[str, typer.Option(help="What a new stretch is called.")] = "",
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write this file (.toml), not your own folder."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write over a file that is there.")
    ] = False,
    mirrored: MirroredOption = False,
    start: StartOption = 0.0,
    end: EndOption = None,
    still: Annotated[
        float, typer.Option(min=1.0, max=5.0, help="Seconds of keeping still that a take needs.")
    ] = 1.0,
    camera: CameraOption = "0",
    takes: Annotated[
        int, typer.Option(min=1, max=5, help="With --from camera: takes on each side.")
    ] = 3,
    no_window: WindowlessOption = False,
    no_voice: SilentOption = False,
    model: ModelOption = None,
    poses: PosesOption = None,
    profile: ProfileOption = "",
) -> None:
    """Make a stretch your own: the clock then counts what you reach comfortably. Nothing leaves this machine.

    From takes of you in the stretch, this writes a pose file with your own ranges, which live and analyze use
    from then on; --library ignores it.

    Examples: backstretch calibrate childs_pose --from me.mp4

    backstretch calibrate --new my_stretch --from me.mp4
    """
    if sum((bool(pose), new is not None, neutral)) != 1:
        raise InputError("say what to calibrate: a stretch, or --new ID, or --neutral")
    if not source:
        raise InputError(
            "say from what: --from camera, or --from a video, photograph or landmark track"
        )
    if end is not None and end <= start:
        raise InputError(f"--end {end:g} is not after --start {start:g}")
    if neutral and side is not SideOption.BOTH:
        raise InputError("--neutral has no sides; leave out --side")
    from rich.console import Console

    from backstretch.shots import Looking
    from backstretch.stage import Machine

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
    looking = Looking(
        model=model,
        mirrored=mirrored,
        start_s=start,
        end_s=end,
        own_neutral=own_neutral,
        watching=watching,
    )
    console = Console(markup=False, emoji=False)
    if CAMERA in source:
        if len(source) > 1 or start > 0.0 or end is not None:
            raise InputError("--from camera goes alone, without other sources, --start and --end")
        machine = Machine(camera, model, no_window, no_voice, console)
        made = _guided(request, library, machine, own_neutral, takes=takes, mirrored=mirrored)
        _keep(made, request, library, console, [])
        return
    shots = [_shot(each, request, looking) for each in source]
    made, notes = _made(shots, request, library, own_neutral)
    _keep(made, request, library, console, notes)


def neutral_path(profile: str) -> Path:
    """Where somebody's own neutral is kept."""
    return own_folder(profile) / NEUTRAL


def saved_neutral(profile: str) -> "OwnNeutral | None":
    """Somebody's own neutral; None where none was taken.

    Raises:
        InputError: Its file is damaged.
    """
    from backstretch.own_neutral import load_neutral

    return load_neutral(neutral_path(profile))


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
    """What is asked for, checked as far as can be before anything is looked at."""
    pose = library.find(pose_id) if pose_id else None
    if pose is not None and pose.id in library.own_ids:
        raise InputError(
            f"{pose_id} is a stretch of your own; make it again with --new {pose_id} --force"
        )
    if out is not None and out.suffix != ENDING:
        raise InputError(f"--out {out}: a pose file ends in {ENDING}")
    sides = sides_of(pose, side)
    if new_id is not None:
        _check_id(new_id, out, library)
    made_id = pose.id if pose else new_id or ""
    usual = own_poses(profile) / f"{made_id}{ENDING}" if made_id else neutral_path(profile)
    path = out or usual
    _check_free(path, force=force)
    return Request(pose, new_id or "", name, sides, least_s, path, force)


def _check_free(path: Path, *, force: bool) -> None:
    """Tell before anything is looked at that a file may not be written."""
    from backstretch.pose_file import ID

    if not ID.fullmatch(path.stem):
        raise InputError(
            f"--out {path}: the file's name is the id; use small letters, digits and _"
        )
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file that ends in {ENDING}")
    folder = next(each for each in path.absolute().parents if each.exists())
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise InputError(f"{path}: cannot be written; {folder} is no folder that you may write to")
    if path.exists() and not force:
        raise InputError(f"{path}: is there already; --force writes over it")


def _check_id(new_id: str, out: Path | None, library: "Library") -> None:
    from backstretch.pose_file import ID

    if not ID.fullmatch(new_id):
        raise InputError(
            f"{new_id!r} cannot be an id; use small letters, digits and _, like my_stretch"
        )
    if new_id in library.poses and new_id not in library.own_ids:
        raise InputError(f"the id {new_id!r} is taken by a stretch of the library; choose another")
    if out is not None and out.stem != new_id:
        raise InputError(f"--out {out}: the file's name is the id; call it {new_id}{ENDING}")


def _shot(source: str, request: Request, looking: "Looking") -> "Shot":
    from backstretch.shots import shot_of

    return shot_of(Path(source), request.pose, looking)


def _guided(
    request: Request,
    library: "Library",
    machine: "Machine",
    own_neutral: "OwnNeutral | None",
    *,
    takes: int,
    mirrored: bool,
) -> "Pose | OwnNeutral":
    """What guided takes with a camera come to."""
    from backstretch.goals import NeutralGoal, NewGoal, PersonalGoal
    from backstretch.guide import Guide
    from backstretch.guided import Guided
    from backstretch.guided_session import run_guided
    from backstretch.health import PAIN_ADVICE
    from backstretch.landmarks import SIDES

    sides: list[str | None] = [None] * takes
    goal: Goal = NeutralGoal(_today())
    if request.pose is not None:
        goal = PersonalGoal(request.pose, library.recognised, _today(), request.sides)
        if request.pose.sides == "each":
            sides = [side for side in request.sides or SIDES for _ in range(takes)]
    elif request.new_id:
        named = request.new_id, request.name or asked_name(request.new_id)
        goal = NewGoal(named, _others(library, request), _today(), *(request.sides or (None,)))
    else:
        sides = [None]
    guide = Guide(goal, sides, pain_advice=PAIN_ADVICE)
    guided = Guided(guide, request.pose, mirrored=mirrored, own_neutral=own_neutral)
    return run_guided(machine, guided, complain)


def _made(
    shots: Sequence["Shot"], request: Request, library: "Library", own_neutral: "OwnNeutral | None"
) -> tuple["Pose | OwnNeutral", list[str]]:
    """What recorded takes come to, and what there is to say of it."""
    from backstretch.calibrating import neutral_reference, new_reference, personal_reference

    today, least_s = _today(), request.least_s
    if request.pose is not None:
        others = library.recognised
        made = personal_reference(
            shots, request.pose, others, today, sides=request.sides, least_s=least_s
        )
        return made, _counted(shots, request.pose, made, own_neutral)
    if request.new_id:
        side = request.sides[0] if request.sides else None
        named = request.new_id, request.name or asked_name(request.new_id)
        new, _ = new_reference(
            shots, named, _others(library, request), today, side=side, least_s=least_s
        )
        return new, _counted(shots, None, new, own_neutral)
    return neutral_reference(shots[-1], today, least_s=least_s), []


def _others(library: "Library", request: Request) -> list["Pose"]:
    return [pose for pose in library.poses.values() if pose.id != request.new_id]


def _keep(
    made: "Pose | OwnNeutral",
    request: Request,
    library: "Library",
    console: "Console",
    notes: Sequence[str],
) -> None:
    """Write what was made, and show it."""
    from backstretch.calibration_page import show_new, show_personal
    from backstretch.neutral import OwnNeutral
    from backstretch.own_neutral import neutral_text
    from backstretch.pose_writer import pose_text, save_text

    if isinstance(made, OwnNeutral):
        save_text(neutral_text(made), request.path, force=request.force)
        console.print(
            f"Your neutral is taken, seen {made.view.words}. Turns and tilts of head and shoulders are"
            " counted from it, as long as the camera stands about there."
        )
    else:
        made = replace(made, id=request.path.stem)
        if request.pose is None:
            made = asked_words(made)
        save_text(pose_text(made), request.path, force=request.force)
        if request.pose is not None:
            alike = _alike_now(request.pose, made, library)
            show_personal(request.pose, made, console, [*alike, *notes])
        else:
            show_new(made, console, [*_new_notes(made), *notes])
    console.print(f"Written to {request.path}", soft_wrap=True)


def _new_notes(pose: "Pose") -> list[str]:
    """What a new pose leaves open."""
    found = [pose.limits] if pose.limits else []
    nearest = [name.replace("_", " ") for name in pose.look_alikes]
    if nearest:
        found.append(f"Nearest to it: {', '.join(nearest)}; they are told apart.")
    if pose.sides == "each":
        found.append(f"It has sides. {pose.side_rule} Put that right in the file if it is not so.")
    found.append(
        "Name, regions, steps, cues, safety and dose are drafts: read them over in the file, then run "
        "backstretch poses check on it."
    )
    return found


def _alike_now(before: "Pose", after: "Pose", library: "Library") -> list[str]:
    """Look-alikes that the library tells from a pose and the personal reference does not."""
    from backstretch.matching import forms_of
    from backstretch.pose_lint import is_taken_for

    found = []
    for other_id in before.look_alikes:
        other = library.poses.get(other_id)
        if other is None or not other.figure:
            continue
        pairs = [(shown, at) for shown in forms_of(other) for at in range(len(forms_of(before)))]
        told = not any(is_taken_for(shown, forms_of(before)[at]) for shown, at in pairs)
        if told and any(is_taken_for(shown, forms_of(after)[at]) for shown, at in pairs):
            found.append(f"With these ranges {other.name} can be mistaken for it.")
    return found


def _counted(
    shots: Sequence["Shot"], before: "Pose | None", after: "Pose", own_neutral: "OwnNeutral | None"
) -> list[str]:
    """What the takes themselves count by the new reference, and by the library."""
    from backstretch.shots import seconds_held

    found = []
    for shot in shots:
        if shot.is_picture:
            continue
        words = f"With it, {shot.name} counts {seconds_held(shot, after, own_neutral):.1f} s"
        found.append(
            f"{words}; by the library {seconds_held(shot, before, own_neutral):.1f} s."
            if before
            else f"{words}."
        )
    return found


def _today() -> str:
    return datetime.now().astimezone().date().isoformat()
