"""The command `progress`: what a person has practised, and what has changed."""

import gc
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backstretch.cli.history import (
    EveryoneOption,
    history_with_notices,
    nothing_saved,
    others_words,
    refuse_both,
)
from backstretch.cli.options import PosesOption, ProfileOption, complain, open_poses
from backstretch.errors import InputError

if TYPE_CHECKING:
    from backstretch.history.history import History
    from backstretch.history.progress import Overview
    from backstretch.poses.pose import Pose

MOST_WEEKS = 520


def progress(
    pose: Annotated[
        str,
        typer.Argument(help="The stretch: its id; if left out, days and minutes of all stretches."),
    ] = "",
    weeks: Annotated[
        int, typer.Option(min=1, max=MOST_WEEKS, help="How many weeks of practice to show.")
    ] = 12,
    html: Annotated[
        Path | None, typer.Option(help="Write a page with all charts to this file.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON document for other programs.")
    ] = False,
    profile: ProfileOption = "",
    everyone: EveryoneOption = False,
    poses: PosesOption = None,
) -> None:
    """Show what one person has practised, and what has clearly changed: you, or whom --profile names.

    With --everyone people stand side by side; their figures are never put together.

    Example: backstretch progress, or backstretch progress standing_forward_fold --html progress.html
    """
    if everyone:
        _refuse_with_everyone(profile, html)
    about = open_poses(poses, quiet=True, profile=profile).find(pose) if pose else None
    wanted = _Wanted(about, weeks, poses, is_whole=bool(pose or html or as_json))
    with history_with_notices() as history:
        nothing = nothing_saved(history, None if everyone else profile)
        whose = [each.profile for each in history.people()] if everyone else [profile]
        summaries = [_overview(history, each, wanted) for each in whose]
        others = "" if everyone else others_words(history, profile)
    if nothing and not as_json:
        print(nothing)
        return
    if as_json:
        _print_document(summaries, everyone=everyone)
    if html:
        _write(html, summaries[0])
    if not (as_json or html):
        _show(summaries, others, everyone=everyone)
    elif others:
        complain(others)


@dataclass(frozen=True)
class _Wanted:
    """What is asked: the stretch (None for all), how many weeks, folders of poses, and if all measures."""

    pose: "Pose | None"
    weeks: int
    folders: list[Path] | None
    is_whole: bool


def _refuse_with_everyone(profile: str, html: Path | None) -> None:
    refuse_both(profile)
    if html:
        raise InputError("--html is one person's page; leave out --everyone, or name --profile")


def _overview(history: "History", profile: str, wanted: _Wanted) -> "Overview":
    """What one person has practised, by their own references; only main measures unless all are wanted."""
    from backstretch.history.progress import Query, main_label, overview_of

    library = open_poses(wanted.folders, quiet=True, profile=profile)
    about = library.poses.get(wanted.pose.id, wanted.pose) if wanted.pose else None
    poses = list((library.poses | ({about.id: about} if about else {})).values())
    labels = None if wanted.is_whole else {main_label(each) for each in poses}
    today = datetime.now().astimezone().date()
    with _no_garbage_collection():
        return overview_of(history, Query(profile, about, wanted.weeks), today, poses, labels)


def _print_document(summaries: Sequence["Overview"], *, everyone: bool) -> None:
    from backstretch.history.progress import SCHEMA, as_document

    documents = [as_document(each) for each in summaries]
    document = {"schema": SCHEMA, "people": documents} if everyone else documents[0]
    print(json.dumps(document, indent=2, ensure_ascii=False))


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Switch the garbage collector off: with thousands of holds it takes a tenth of the time, for nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _show(summaries: Sequence["Overview"], others: str, *, everyone: bool) -> None:
    from rich.console import Console

    from backstretch.display.terminal.history_pages import (
        show_everyone,
        show_overview,
        show_stretch,
    )

    console = Console(markup=False, emoji=False)
    about = summaries[0].query.about
    if everyone:
        show_everyone(summaries, console)
    elif about is None:
        show_overview(summaries[0], console)
    else:
        show_stretch(about, summaries[0], console)
    if others and not everyone:
        console.print(others, style="dim", highlight=False)


def _write(target: Path, summary: "Overview") -> None:
    from backstretch.display.html.progress_page import progress_html
    from backstretch.files import write_whole

    try:
        write_whole(target, progress_html(summary).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror or error})") from error
    print(f"Written to {target}", file=sys.stderr)
