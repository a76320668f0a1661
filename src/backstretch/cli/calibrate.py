"""The command `calibrate`: makes a person's own ranges for a stretch, a new stretch, or their own neutral.

For a new stretch it asks at the terminal for a name and for its words, each with a draft.
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
from backstretch.cli.health import is_asked
from backstretch.cli.options import (
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
    progress_bar,
    sides_of,
)
from backstretch.errors import InputError
from backstretch.history.profile import neutral_path, own_poses, saved_neutral

if TYPE_CHECKING:
    from rich.console import Console

    from backstretch.calibration.goals import Goal
    from backstretch.calibration.references import Take
    from backstretch.calibration.takes import TakeOptions
    from backstretch.kinematics.neutral import OwnNeutral
    from backstretch.live.run import Machine
    from backstretch.poses.library import Library
    from backstretch.poses.pose import Pose


CAMERA = "camera"
ENDING = ".toml"


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
    options = TakeOptions(model, mirrored, Part(start, end), own_neutral)
    console = Console(markup=False, emoji=False)
    if CAMERA in source:
        if len(source) > 1 or start > 0.0 or end is not None:
            raise InputError("--from camera goes alone, without other sources, --start and --end")
        machine = Machine(camera, model, no_window, no_voice, console)
        reference = _guided(request, library, machine, own_neutral, takes=takes, mirrored=mirrored)
        _keep(reference, request, library, console, [])
        return
    recorded = [_take(each, request, options) for each in source]
    reference, notes = _make(recorded, request, library, own_neutral)
    _keep(reference, request, library, console, notes)


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
    from backstretch.poses.pose_file import ID

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
    from backstretch.poses.pose_file import ID

    if not ID.fullmatch(new_id):
        raise InputError(
            f"{new_id!r} cannot be an id; use small letters, digits and _, like my_stretch"
        )
    if new_id in library.poses and new_id not in library.own_ids:
        raise InputError(f"the id {new_id!r} is taken by a stretch of the library; choose another")
    if out is not None and out.stem != new_id:
        raise InputError(f"--out {out}: the file's name is the id; call it {new_id}{ENDING}")


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
    """What guided takes with a camera come to."""
    from backstretch.calibration.goals import NeutralGoal, NewGoal, PersonalGoal
    from backstretch.calibration.guide import Guide
    from backstretch.history.health import PAIN_ADVICE
    from backstretch.judging.session import Session
    from backstretch.kinematics.landmarks import SIDES
    from backstretch.live.led_session import LedSession
    from backstretch.live.run import run_guided

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
    session = Session((request.pose,) if request.pose else (), own_neutral=own_neutral)
    return run_guided(machine, LedSession(guide, session, mirrored=mirrored), complain)


def _make(
    takes: Sequence["Take"], request: Request, library: "Library", own_neutral: "OwnNeutral | None"
) -> tuple["Pose | OwnNeutral", list[str]]:
    """What recorded takes come to, and what there is to say of it."""
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
        named = request.new_id, request.name or asked_name(request.new_id)
        new, _ = new_reference(
            takes, named, _others(library, request), today, side=side, least_s=least_s
        )
        return new, count_notes(takes, None, new, own_neutral)
    return neutral_reference(takes[-1], today, least_s=least_s), []


def _others(library: "Library", request: Request) -> list["Pose"]:
    return [pose for pose in library.poses.values() if pose.id != request.new_id]


def _keep(
    reference: "Pose | OwnNeutral",
    request: Request,
    library: "Library",
    console: "Console",
    notes: Sequence[str],
) -> None:
    """Write what was made, and show it."""
    from backstretch.display.terminal.pose_pages import show_new, show_personal
    from backstretch.files import save_text
    from backstretch.history.profile import neutral_text
    from backstretch.kinematics.neutral import OwnNeutral
    from backstretch.poses.pose_writer import pose_text

    if isinstance(reference, OwnNeutral):
        save_text(neutral_text(reference), request.path, force=request.force)
        console.print(
            f"Your neutral is taken, seen {reference.view.words}. Turns and tilts of head and shoulders are"
            " counted from it, as long as the camera stands about there."
        )
    else:
        reference = replace(reference, id=request.path.stem)
        if request.pose is None:
            reference = asked_words(reference)
        save_text(pose_text(reference), request.path, force=request.force)
        if request.pose is not None:
            alike = newly_alike(request.pose, reference, library)
            show_personal(request.pose, reference, console, [*alike, *notes])
        else:
            show_new(reference, console, [*notes_on_new(reference), *notes])
    console.print(f"Written to {request.path}", soft_wrap=True)


def _today() -> str:
    return datetime.now().astimezone().date().isoformat()


def asked_name(new_id: str) -> str:
    """What a new stretch is called, asked at a terminal; empty for a draft."""
    if not is_asked():
        return ""
    draft = new_id.replace("_", " ").capitalize()
    return str(typer.prompt("What is the stretch called?", default=draft, err=True))


def asked_words(pose: "Pose") -> "Pose":
    """A new pose with the words that somebody at a terminal gives it; elsewhere with its drafts."""
    if not is_asked():
        return pose
    from backstretch.poses.pose import REGIONS, measure_words

    def asked(question: str, draft: str) -> str:
        return str(typer.prompt(question, default=draft, err=True)) if draft else ""

    print("What to say and show; Enter keeps the draft.", file=sys.stderr)
    region = ""
    while region not in REGIONS:
        region = asked(f"For which region ({', '.join(REGIONS)})?", pose.regions[0])
    rule = asked("Which side counts as left or right?", pose.side_rule)
    checks = [
        replace(
            check,
            below=asked(f"When the {measure_words(check)} is too small", check.below),
            above=asked(f"When the {measure_words(check)} is too large", check.above),
        )
        for check in pose.checks
    ]
    return replace(pose, regions=(region,), side_rule=rule, checks=tuple(checks))
