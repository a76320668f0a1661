"""The commands `live` and `cameras`."""

import json
import sys
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

    from backstretch.history.health import Answers
    from backstretch.live.plan import Plan, Wish
    from backstretch.live.run import Outcome
    from backstretch.poses.library import Library, PoseSet
    from backstretch.poses.pose import Pose


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
    from backstretch.live.plan import Wish
    from backstretch.live.run import Machine, Setup, run_live
    from backstretch.vision.capture import check_source

    if bool(pose) == bool(set_name):
        raise InputError(
            "say which stretch or which set: backstretch live childs_pose, or --set NAME"
        )
    library = open_poses(poses, quiet=bool(pose), personal=not only_library, profile=profile)
    if pose and library.is_set(pose):
        pose, set_name = "", pose
    chosen = library.find(pose) if pose else library.find_set(set_name)
    sides = sides_of(chosen, side)
    check_source(camera)  # before anything is asked
    plan = _planned(library, chosen, Wish(sides, hold, repetitions), health_answers(profile))
    advice_lines, soreness = earlier_sessions(profile)
    coach = Coach(
        plan.programme,
        welcome=(*advice_lines, *map(describe_notice, plan.warnings), CLEAR_FLOOR),
        remarks=plan.left_out,
        pain_advice=PAIN_ADVICE,
        breaths_a_minute=breaths,
        breath_sounds=breath_sound,
    )
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


def _planned(
    library: "Library", chosen: "Pose | PoseSet", wish: "Wish", answers: "Answers | None"
) -> "Plan":
    """The plan, after its remarks and warnings; asks first if a stretch does not suit the person."""
    from backstretch.judging.wording import describe_notice
    from backstretch.live.plan import plan_of

    plan = plan_of(chosen, library.poses, wish, answers)
    complain(*plan.left_out, *plan.remarks, *map(describe_notice, plan.warnings))
    if plan.objection:
        complain(plan.objection)
        if not goes_on("Go on all the same?"):
            raise typer.Exit
    return plan


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
