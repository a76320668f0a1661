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

from backstretch.cli.health import goes_on, is_asked
from backstretch.cli.options import PosesOption, ProfileOption, complain, open_poses
from backstretch.errors import InputError
from backstretch.files import harmless
from backstretch.history.profile import SESSIONS, data_folder
from backstretch.history.saving import DATABASE, open_history

if TYPE_CHECKING:
    from backstretch.history.history import History
    from backstretch.history.progress import Overview


HOW_TO_BEGIN = (
    "Nothing was kept yet. Begin with: backstretch live childs_pose, "
    "or backstretch analyze VIDEO --save"
)
EXPORTED = ("session", "began", "profile", "kind", "pose", "side", "start_s", "end_s", "valid_s", "wrong_s",
            "unseen_s", "complete", "score", "measures", "pain", "soreness")  # fmt: skip
history_app = typer.Typer(help="What was practised on this machine.", invoke_without_command=True)
Kept = list[tuple[dict[str, Any], dict[str, Any]]]
"""Each session, and its document."""
MOST_WEEKS = 520


class FormatOption(StrEnum):
    """What the history can be exported as."""

    CSV = "csv"
    JSON = "json"


@history_app.callback()
def listing(
    context: typer.Context,
    profile: ProfileOption = "",
    limit: Annotated[int, typer.Option(min=1, help="How many to list.")] = 20,
) -> None:
    """List the kept sessions, newest first.

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
    """Show one session: each hold, what was lost, and what was noted."""
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
    out: Annotated[Path | None, typer.Option(help="The file; else it is printed.")] = None,
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
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete sessions from the history; folders of live sessions stay where they are."""
    from backstretch.history.database import DAMAGED

    with history_with_notices() as history:
        history.check(*numbers)
        if not yes and not is_asked():
            raise InputError("deleting cannot be undone; say --yes")
        if not yes and not goes_on(f"Delete {len(numbers)} of the history?"):
            raise typer.Exit
        for number in dict.fromkeys(numbers):
            history.delete(number)
    print(f"Deleted. Recordings of live sessions, if any, are still in {data_folder() / SESSIONS}")
    for each in sorted(data_folder().glob(f"{DATABASE}{DAMAGED}*")):
        print(f"What {each} held, it still holds; delete that file if you do not need it")


@contextmanager
def history_with_notices() -> Iterator["History"]:
    """The history; what the person should know of it goes to stderr.

    Raises:
        InputError: It cannot be used.
    """
    with open_history() as history:
        complain(*history.notices)
        yield history


def nothing_kept(history: "History", profile: str) -> str:
    """What is said where somebody, or nobody at all, has no session; ``profile`` is empty for everybody."""
    names = [" ".join(name.split()) for name in history.profiles()]
    if not (profile and names):
        return HOW_TO_BEGIN
    others = ", ".join(name for name in names if name)
    known = f"the names are: {others}" if others else "all were kept without a name"
    return f"There is no session of {profile}; {known}"


def _csv(entries: Kept) -> str:
    from backstretch.history.rows import holds_in

    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(EXPORTED)
    for sitting, document in entries:
        about = {name: sitting[name] for name in ("profile", "kind", "pain", "soreness")}
        about |= {"session": sitting["id"], "began": sitting["began"].isoformat()}
        for hold in holds_in(document):
            row = {**about, **hold, "measures": json.dumps(hold.get("measures", {}))}
            rows.writerow([harmless(row.get(name)) for name in EXPORTED])
    return file.getvalue()


def _json(entries: Kept) -> str:
    documents = [
        {**sitting, "began": sitting["began"].isoformat(), "result": document}
        for sitting, document in entries
    ]
    return json.dumps(documents, indent=2, ensure_ascii=False) + "\n"


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
    from backstretch.history.progress import Query, as_document, main_label, overview

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
    summary = overview(Query(profile, about, weeks), today, (sittings, holds), told)
    if html:
        _write(html, summary)
    if as_json:
        print(json.dumps(as_document(summary), indent=2, ensure_ascii=False))
    elif not html:
        _show(summary)


@contextmanager
def _all_kept() -> Iterator[None]:
    """Nothing of thousands of holds can be thrown away; looking for it would take a tenth of the time."""
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
