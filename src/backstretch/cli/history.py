"""The commands `history` and `progress`: what was practised, and what has changed."""

import csv
import gc
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backstretch.cli.health import can_ask, goes_on
from backstretch.cli.options import PosesOption, ProfileOption, complain, open_poses
from backstretch.errors import InputError
from backstretch.files import harmless
from backstretch.history.profile import SESSIONS, data_folder
from backstretch.history.saving import DATABASE, open_history

if TYPE_CHECKING:
    from backstretch.history.history import History
    from backstretch.history.progress import Overview


HOW_TO_BEGIN = (
    "There are no sessions yet. Begin with: backstretch live childs_pose, "
    "or backstretch analyze VIDEO --save"
)
CSV_COLUMNS = ("session", "began", "profile", "kind", "pose", "side", "start_s", "end_s", "valid_s", "wrong_s",
            "unseen_s", "complete", "score", "measures", "pain", "soreness")  # fmt: skip
history_app = typer.Typer(help="What was practised on this machine.", invoke_without_command=True)
Entries = list[tuple[dict[str, Any], dict[str, Any]]]
"""The fields of each session, and its document."""
MOST_WEEKS = 520


class FormatOption(StrEnum):
    """Formats in which the history can be exported."""

    CSV = "csv"
    JSON = "json"


@history_app.callback()
def listing(
    context: typer.Context,
    profile: ProfileOption = "",
    limit: Annotated[int, typer.Option(min=1, help="How many sessions to list.")] = 20,
) -> None:
    """List the saved sessions, newest first.

    Example: backstretch history, or backstretch history --profile Ann
    """
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console

    from backstretch.display.terminal.history_pages import show_list

    with history_with_notices() as history:
        whose = profile or None
        sessions, count = history.sittings(whose, limit), history.count(whose)
        holds = history.hold_counts(whose, limit)
        nothing = "" if sessions else nothing_kept(history, profile)
    if nothing:
        print(nothing)
        return
    show_list(sessions, holds, count, Console(markup=False, emoji=False))


@history_app.command()
def show(number: Annotated[int, typer.Argument(help="The session's number.")]) -> None:
    """Show one session: each hold, the time that did not count, and notes."""
    from rich.console import Console

    from backstretch.display.terminal.history_pages import show_sitting

    with history_with_notices() as history:
        sitting, document = history.sitting(number), history.document(number)
    show_sitting(sitting, document, Console(markup=False, emoji=False))


@history_app.command()
def export(
    file_format: Annotated[
        FormatOption, typer.Option("--format", help="CSV has a row for each hold.")
    ] = FormatOption.CSV,
    out: Annotated[
        Path | None, typer.Option(help="The file to write; if left out, it is printed.")
    ] = None,
    profile: ProfileOption = "",
) -> None:
    """Export the history, oldest first."""
    from backstretch.files import write_whole

    with history_with_notices() as history:
        sittings = history.sittings(profile or None)[::-1]
        entries = [(vars(each), history.document(each.id)) for each in sittings]
    write = _csv if file_format is FormatOption.CSV else _json
    text = write(entries)
    if out is None:
        print(text, end="")
        return
    try:
        write_whole(out, text.encode(errors="backslashreplace"))
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror or error})") from error
    print(f"Written to {out}")


@history_app.command()
def delete(
    numbers: Annotated[list[int], typer.Argument(help="The sessions' numbers.")],
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
) -> None:
    """Delete sessions from the history; folders of live sessions stay where they are."""
    from backstretch.history.database import DAMAGED

    with history_with_notices() as history:
        history.check(*numbers)
        if not yes and not can_ask():
            raise InputError("deleting cannot be undone; add --yes to delete")
        count = "1 session" if len(numbers) == 1 else f"{len(numbers)} sessions"
        if not yes and not goes_on(f"Delete {count} from the history?"):
            raise typer.Exit
        for number in dict.fromkeys(numbers):
            history.delete(number)
    print(f"Deleted. Recordings of live sessions, if any, are still in {data_folder() / SESSIONS}")
    for each in sorted(data_folder().glob(f"{DATABASE}{DAMAGED}*")):
        print(
            f"{each} is a damaged history that may still hold them; delete the file if you do not need it"
        )


@contextmanager
def history_with_notices() -> Iterator["History"]:
    """The history; its notices go to stderr.

    Raises:
        InputError: It cannot be used.
    """
    with open_history() as history:
        complain(*history.notices)
        yield history


def nothing_kept(history: "History", profile: str) -> str:
    """The message where no session is found; ``profile`` is empty for all people."""
    names = [" ".join(name.split()) for name in history.profiles()]
    if not (profile and names):
        return HOW_TO_BEGIN
    others = ", ".join(name for name in names if name)
    known = f"the names are: {others}" if others else "all were saved without a name"
    return f"There are no sessions of {profile}; {known}"


def _csv(entries: Entries) -> str:
    from backstretch.history.rows import holds_in

    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(CSV_COLUMNS)
    for sitting, document in entries:
        about = {name: sitting[name] for name in ("profile", "kind", "pain", "soreness")}
        about |= {"session": sitting["id"], "began": sitting["began"].isoformat()}
        for hold in holds_in(document):
            row = {**about, **hold, "measures": json.dumps(hold.get("measures", {}))}
            rows.writerow([harmless(row.get(name)) for name in CSV_COLUMNS])
    return file.getvalue()


def _json(entries: Entries) -> str:
    documents = [
        {**sitting, "began": sitting["began"].isoformat(), "result": document}
        for sitting, document in entries
    ]
    return json.dumps(documents, indent=2, ensure_ascii=False) + "\n"


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
    poses: PosesOption = None,
) -> None:
    """Show what you have practised, and what has clearly changed.

    Example: backstretch progress, or backstretch progress standing_forward_fold --html progress.html
    """
    from backstretch.history.progress import Query, as_document, main_label, overview

    library = open_poses(poses, quiet=True, profile=profile)
    about = library.find(pose) if pose else None
    poses_in_order = list(library.poses.values())
    is_whole = bool(about or html or as_json)
    labels = None if is_whole else {main_label(each) for each in poses_in_order}
    with history_with_notices() as history, _no_garbage_collection():
        sittings = history.sittings(profile or None)
        holds = history.holds(profile or None, about.id if about else None, labels)
        nothing = "" if sittings or as_json else nothing_kept(history, profile)
    if nothing:
        print(nothing)
        return
    today = datetime.now().astimezone().date()
    summary = overview(Query(profile, about, weeks), today, (sittings, holds), poses_in_order)
    if html:
        _write(html, summary)
    if as_json:
        print(json.dumps(as_document(summary), indent=2, ensure_ascii=False))
    elif not html:
        _show(summary)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Switch the garbage collector off: with thousands of holds it takes a tenth of the time, for nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _show(summary: "Overview") -> None:
    from rich.console import Console

    from backstretch.display.terminal.history_pages import show_overview, show_stretch

    console = Console(markup=False, emoji=False)
    about = summary.query.about
    if about is None:
        show_overview(summary, console)
    else:
        show_stretch(about, summary, console)


def _write(target: Path, summary: "Overview") -> None:
    from backstretch.display.html.progress_page import progress_html
    from backstretch.files import write_whole

    try:
        write_whole(target, progress_html(summary).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror or error})") from error
    print(f"Written to {target}", file=sys.stderr)
