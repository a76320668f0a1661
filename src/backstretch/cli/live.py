"""The commands `live` and `cameras`."""

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from backstretch.cli.health import earlier_sessions, goes_on, health_answers
from backstretch.cli.options import (
    INTERRUPTED,
    CameraOption,
    LibraryOption,
    MirroredOption,
    ModelOption,
    PosesOption,
    ProfileOption,
    SideOption,
    SilentOption,
    TurnedOption,
    WindowlessOption,
    complain,
    open_poses,
    sides_of,
)
from backstretch.coaching.scene import BREATHS_A_MINUTE, LIMITS
from backstretch.errors import InputError
from backstretch.history.profile import SESSIONS, data_folder, saved_neutral
from backstretch.history.saving import remember_sessions

if TYPE_CHECKING:
    from rich.console import Console

    from backstretch.coaching.programme import Programme
    from backstretch.errors import Notice
    from backstretch.live.run import Outcome
    from backstretch.poses.library import Library


def live(
    pose: Annotated[
        str,
        typer.Argument(help="The stretch or set: its id or name, or a pose file (.toml)."),
    ] = "",
    set_name: Annotated[
        str, typer.Option("--set", metavar="NAME", help="A whole set instead of one stretch.")
    ] = "",
    camera: CameraOption = "0",
    side: Annotated[SideOption, typer.Option(help="The side to do.")] = SideOption.BOTH,
    hold: Annotated[
        float | None, typer.Option(min=1.0, max=120.0, help="Seconds of each hold.")
    ] = None,
    repetitions: Annotated[
        int | None, typer.Option(min=1, max=20, help="Holds on each side.")
    ] = None,
    mirrored: MirroredOption = False,
    turn: TurnedOption = None,
    no_window: WindowlessOption = False,
    no_voice: SilentOption = False,
    breaths: Annotated[
        float,
        typer.Option(
            min=LIMITS[0],
            max=LIMITS[1],
            help="The breathing pace shown: breaths a minute.",
        ),
    ] = BREATHS_A_MINUTE,
    breath_sound: Annotated[
        bool, typer.Option("--breath-sound", help="Play the breathing pace as sounds.")
    ] = False,
    record: Annotated[
        bool,
        typer.Option(
            "--record", help="Save your landmarks (points of the body), without any picture."
        ),
    ] = False,
    record_video: Annotated[
        bool, typer.Option("--record-video", help="Save the pictures as a video.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document at the end and nothing else.")
    ] = False,
    model: ModelOption = None,
    poses: PosesOption = None,
    only_library: LibraryOption = False,
    profile: ProfileOption = "",
) -> None:
    """Be coached live through a stretch or a set. Nothing leaves this machine.

    No picture is saved, unless you add --record-video.

    Keys: space pauses, N next, B back, M mutes, P pain (stops at once), F full screen, Q quits.

    Example: backstretch live childs_pose, or backstretch live --set lower_back
    """
    from rich.console import Console

    from backstretch.coaching.coach import Coach
    from backstretch.coaching.speaking import CLEAR_FLOOR
    from backstretch.history.health import PAIN_ADVICE
    from backstretch.judging.wording import describe_notice
    from backstretch.live.led_session import CoachedSession
    from backstretch.live.run import Machine, Setup, run_live
    from backstretch.vision.capture import check_source

    if bool(pose) == bool(set_name):
        raise InputError(
            "say which stretch or which set: backstretch live childs_pose, or --set NAME"
        )
    library = open_poses(poses, quiet=bool(pose), personal=not only_library, profile=profile)
    if pose and library.is_set(pose):
        pose, set_name = "", pose
    _check_names(library, pose, set_name, side)
    check_source(camera)  # before anything is asked
    chosen = _one if pose else _set
    plan = chosen(
        library,
        pose or set_name,
        side=side,
        hold_s=hold,
        repetitions=repetitions,
        profile=profile,
    )
    advice_lines, soreness = earlier_sessions(profile)
    coach = Coach(
        plan.programme,
        welcome=(*advice_lines, *map(describe_notice, plan.warnings), CLEAR_FLOOR),
        remarks=plan.left_out,
        pain_advice=PAIN_ADVICE,
        breaths_a_minute=breaths,
        breath_sounds=breath_sound,
    )
    sides = () if side is SideOption.BOTH else (side.value,)
    console = Console(markup=False, emoji=False)
    terminal = Console(markup=False, emoji=False, stderr=True) if as_json else console
    setup = Setup(
        machine=Machine(camera, model, no_window, no_voice, terminal, int(turn or 0)),
        sessions=data_folder() / SESSIONS,
        track=record,
        video=record_video,
        soreness=soreness,
        notices=plan.warnings,
        profile=profile,
    )
    session = CoachedSession(
        plan.programme,
        coach,
        sides=sides,
        mirrored=mirrored,
        own_neutral=None if only_library else saved_neutral(profile),
        is_upright=turn is not None,
    )
    outcome = run_live(setup, session, complain)
    complain(*remember_sessions())
    _print_outcome(outcome, console, as_json=as_json)


@dataclass(frozen=True)
class Plan:
    """What is going to be done.

    Attributes:
        programme: The stretches, in order.
        warnings: Of their dose.
        left_out: What is left out of a set because of the person's health. It is shown, and neither spoken nor
            saved.
    """

    programme: "Programme"
    warnings: tuple["Notice", ...]
    left_out: tuple[str, ...] = ()


def _check_names(library: "Library", pose: str, set_name: str, side: SideOption) -> None:
    """Raise an `InputError` where there is no such stretch or set, or not that side of it."""
    if pose:
        sides_of(library.find(pose), side)
        return
    library.find_set(set_name)
    if side is not SideOption.BOTH:
        raise InputError("--side is for one stretch; a set is done on both sides")


def _one(
    library: "Library",
    name: str,
    *,
    side: SideOption,
    hold_s: float | None,
    repetitions: int | None,
    profile: str,
) -> Plan:
    """One stretch, and warnings about its dose; asks first if it does not suit the person."""
    from backstretch.coaching.programme import Programme, dose_warnings, part_of
    from backstretch.history.health import unsuitable
    from backstretch.judging.wording import describe_notice

    pose = library.find(name)
    sides = sides_of(pose, side)
    why = unsuitable(pose, health_answers(profile))
    warnings = list(dose_warnings(pose, hold_s, repetitions))
    complain(*map(describe_notice, warnings))
    if why:
        warning = (
            f"{pose.name} is not advised with {' or '.join(why)}. Ask a clinician before doing it."
        )
        complain(warning)
        if not goes_on("Go on all the same?"):
            raise typer.Exit
    part = part_of(pose, sides[0] if sides else None, hold_s, repetitions)
    return Plan(Programme(pose.name, (part,)), tuple(warnings))


def _set(
    library: "Library",
    name: str,
    *,
    side: SideOption,  # noqa: ARG001 - as `_one`
    hold_s: float | None,
    repetitions: int | None,
    profile: str,
) -> Plan:
    """A set without the stretches that do not suit the person, and warnings about its dose."""
    from backstretch.coaching.programme import Programme, dose_warnings, part_of
    from backstretch.history.health import fitting
    from backstretch.judging.wording import describe_notice

    chosen, left_out = fitting(library.find_set(name), library.poses, health_answers(profile))
    complain(*left_out, *chosen.remarks)
    warnings, parts = [], []
    for each in chosen.stretches:
        pose = library.poses[each.pose]
        warnings += dose_warnings(pose, hold_s, repetitions)
        parts.append(part_of(pose, None, hold_s or each.hold_s, repetitions or each.repetitions))
    complain(*map(describe_notice, warnings))
    return Plan(Programme(chosen.name, tuple(parts), chosen.rest_s), tuple(warnings), left_out)


def _print_outcome(outcome: "Outcome", console: "Console", *, as_json: bool) -> None:
    """Print the result, and exit with the code that belongs to it."""
    from backstretch.display.terminal.summary import show
    from backstretch.formats.session_log import PAIN
    from backstretch.history.health import PAIN_ADVICE
    from backstretch.live.run import INTERRUPTED as STOPPED

    if as_json:
        print(json.dumps(outcome.result.as_dict()))
    else:
        show(
            outcome.result, console, written=str(outcome.folder) if outcome.folder.is_dir() else ""
        )
    complain(*outcome.faults, *(PAIN_ADVICE if outcome.why == PAIN else ()))
    if outcome.why == STOPPED:
        sys.stdout.flush()
        sys.exit(
            INTERRUPTED
        )  # not with Typer's exception, which would add a message that nothing was saved


def cameras() -> None:
    """List the cameras of this machine.

    Example: backstretch cameras
    """
    from backstretch.vision.feeds import cameras as list_cameras

    feeds = list_cameras()
    if not feeds:
        print(
            "No camera was found. You can use a video instead: backstretch live POSE --camera FILE"
        )
    for each in feeds:
        size = f"{each.wh[0]} x {each.wh[1]}, {each.fps:g} pictures a second"
        print(f"{each.index}  {each.name}  {each.fault or size}")
