"""The command that tells progress."""

from datetime import datetime
from typing import Annotated

import typer

from backstretch.cli_history import HOW_TO_BEGIN, check_profile, open_history
from backstretch.cli_options import PosesOption, ProfileOption, open_poses


def progress(
    pose: Annotated[str, typer.Argument(help="The stretch; left out: dose and days of all.")] = "",
    profile: ProfileOption = "",
    poses: PosesOption = None,
) -> None:
    """Tell what was practised, and what has clearly changed.

    Example: backstretch progress, or backstretch progress standing_forward_fold
    """
    from rich.console import Console

    from backstretch.practice_days import rest_advice
    from backstretch.progress import days_words, doses, trends
    from backstretch.progress_page import show_doses, show_trends

    whose = check_profile(profile) or None
    library = open_poses(poses, quiet=True)
    asked = library.find(pose) if pose else None
    with open_history() as history:
        sittings = history.sittings(whose)
        holds = history.holds(whose, asked.id if asked else None, measured=asked is not None)
    if not sittings:
        print(HOW_TO_BEGIN)
        return
    console = Console(markup=False, emoji=False)
    if asked:
        show_trends(asked, trends(asked, holds), console)
        return
    now = datetime.now().astimezone()
    says = (days_words(sittings, now.date()), *rest_advice(now.date(), sittings))
    show_doses(doses(tuple(library.poses.values()), holds, now.date()), says, console)
