"""The command that tells progress."""

import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backstretch.cli_history import history_with_notices, nothing_kept
from backstretch.cli_options import PosesOption, ProfileOption, open_poses
from backstretch.errors import InputError

if TYPE_CHECKING:
    from backstretch.overview import Overview

MOST_WEEKS = 520


def progress(
    pose: Annotated[str, typer.Argument(help="The stretch; left out: dose and days of all.")] = "",
    weeks: Annotated[
        int, typer.Option(min=1, max=MOST_WEEKS, help="How many weeks of practice to tell.")
    ] = 12,
    html: Annotated[
        Path | None, typer.Option(help="Write a page with every chart to this file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it for other programs.")] = False,
    profile: ProfileOption = "",
    poses: PosesOption = None,
) -> None:
    """Tell what was practised, and what has clearly changed.

    Example: backstretch progress, or backstretch progress standing_forward_fold --html progress.html
    """
    from backstretch.overview import Asked, as_document, overview
    from backstretch.progress import main_label

    library = open_poses(poses, quiet=True, profile=profile)
    about = library.find(pose) if pose else None
    told = list(library.poses.values())
    is_whole = bool(about or html or as_json)
    labels = None if is_whole else {main_label(each) for each in told}
    with history_with_notices() as history, _all_kept():
        sittings = history.sittings(profile or None)
        holds = history.holds(profile or None, about.id if about else None, labels)
        nothing = "" if sittings or as_json else nothing_kept(history, profile)
    if nothing:
        print(nothing)
        return
    today = datetime.now().astimezone().date()
    found = overview(Asked(profile, about, weeks), today, (sittings, holds), told)
    if html:
        _write(html, found)
    if as_json:
        print(json.dumps(as_document(found), indent=2, ensure_ascii=False))
    elif not html:
        _show(found)


@contextmanager
def _all_kept() -> Iterator[None]:
    """Nothing of thousands of holds can be thrown away; looking for it would take a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _show(found: "Overview") -> None:
    from rich.console import Console

    from backstretch.progress_page import show_overview, show_stretch

    console = Console(markup=False, emoji=False)
    about = found.asked.about
    if about is None:
        show_overview(found, console)
    else:
        show_stretch(about, found, console)


def _write(target: Path, found: "Overview") -> None:
    from backstretch.progress_html import progress_html
    from backstretch.whole_file import write_whole

    try:
        write_whole(target, progress_html(found).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror or error})") from error
    print(f"Written to {target}", file=sys.stderr)
