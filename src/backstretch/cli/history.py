"""The command `history`: what was practised on this machine, by whom."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backstretch.cli.health import can_ask, goes_on
from backstretch.cli.options import ProfileOption, complain
from backstretch.errors import InputError
from backstretch.history.export import ExportFormat, exported
from backstretch.history.profile import (
    SESSIONS,
    YOU,
    check_profile,
    data_folder,
    profile_key,
    sessions_of,
    whose,
)
from backstretch.history.saving import DATABASE, open_history, rename_person

if TYPE_CHECKING:
    from backstretch.history.history import History
    from backstretch.history.practice import PractisedSession


HOW_TO_BEGIN = (
    "There are no sessions yet. Begin with: backstretch live childs_pose, "
    "or backstretch analyze VIDEO --save"
)
MOST_NAMES, LONGEST_NOTE = 5, 500
history_app = typer.Typer(help="What was practised on this machine.", invoke_without_command=True)
NumberArgument = Annotated[
    int, typer.Argument(help="The session's number among this person's sessions.")
]
NumbersArgument = Annotated[
    list[int], typer.Argument(help="The sessions' numbers among this person's sessions.")
]
IdOption = Annotated[
    bool,
    typer.Option("--id", help="Numbers are the database's, as in exports (column session)."),
]
EveryoneOption = Annotated[
    bool, typer.Option("--everyone", help="All people of this machine, each by themselves.")
]


@history_app.callback()
def listing(
    context: typer.Context,
    profile: ProfileOption = "",
    everyone: EveryoneOption = False,
    limit: Annotated[int, typer.Option(min=1, help="How many sessions to list.")] = 20,
) -> None:
    """List one person's saved sessions, newest first: yours, or those of whom --profile names.

    Example: backstretch history, or backstretch history --profile Ann
    """
    if context.invoked_subcommand is not None:
        if profile or everyone:
            command = f"backstretch history {context.invoked_subcommand}"
            raise InputError(f"give --profile and --everyone after the command: {command} ...")
        return
    from rich.console import Console

    from backstretch.display.terminal.history_pages import show_list

    if everyone:
        refuse_both(profile)
    console = Console(markup=False, emoji=False)
    with history_with_notices() as history:
        nothing = nothing_saved(history, None if everyone else profile)
        if nothing:
            print(nothing)
            return
        for each in [one.profile for one in history.people()] if everyone else [profile]:
            count, holds = history.count(each), history.hold_counts(each, limit)
            name = history.spelling(each)
            show_list(name, history.sittings(each, limit), holds, count, console)
        others = "" if everyone else others_words(history, profile)
    if others:
        console.print(others, style="dim", highlight=False)


@history_app.command()
def people() -> None:
    """List the people of whom there are sessions."""
    from rich.console import Console

    from backstretch.display.terminal.history_pages import show_people

    with history_with_notices() as history:
        everybody = history.people()
    if not everybody:
        print(HOW_TO_BEGIN)
        return
    show_people(everybody, Console(markup=False, emoji=False))


@history_app.command()
def show(number: NumberArgument, profile: ProfileOption = "", is_id: IdOption = False) -> None:
    """Show one session: each hold, the time that did not count, and notes."""
    from rich.console import Console

    from backstretch.display.terminal.history_pages import show_sitting

    with history_with_notices() as history:
        (found,) = _found(history, profile, [number], is_id=is_id)
        sitting, document = history.sitting(found), history.document(found)
    show_sitting(sitting, document, Console(markup=False, emoji=False))


@history_app.command()
def note(
    number: NumberArgument,
    text: Annotated[str, typer.Argument(help='What to note; "" takes the note away.')],
    profile: ProfileOption = "",
    is_id: IdOption = False,
) -> None:
    """Write a note on a session, in place of the one before.

    Example: backstretch history note 3 "with a strap" --profile Ann
    """
    words = " ".join(text.split())
    if len(words) > LONGEST_NOTE:
        raise InputError(f"the note is longer than {LONGEST_NOTE} letters; give a shorter one")
    with history_with_notices() as history:
        (found,) = _found(history, profile, [number], is_id=is_id)
        history.note(found, words)
        sitting = history.sitting(found)
    print(f"{'Noted on' if words else 'The note is gone from'} {_session(sitting)}")


@history_app.command()
def move(
    numbers: NumbersArgument,
    to: Annotated[
        str,
        typer.Option(
            metavar="NAME", callback=check_profile, help=f"Whose they are; {YOU} for no name."
        ),
    ],
    profile: ProfileOption = "",
    is_id: IdOption = False,
) -> None:
    """Give sessions to another person, such as those saved with a forgotten --profile.

    Example: backstretch history move 3 4 --to Ann
    """
    with history_with_notices() as history:
        found = _found(history, profile, numbers, is_id=is_id)
        before = [_session(history.sitting(each)) for each in found]
        given = history.move(found, to)
    for words, number in zip(before, given, strict=True):
        print(f"{words} is now session {number} of {whose(to)}")


@history_app.command()
def rename(
    name: Annotated[str, typer.Argument(callback=check_profile, help="The name so far.")],
    new_name: Annotated[str, typer.Argument(callback=check_profile, help="The new one.")],
) -> None:
    """Give a person another name: sessions, health answers, references and neutral go along.

    Example: backstretch history rename Ann "Ann Lee"
    """
    if not (name and new_name):
        words = f"{YOU} cannot be renamed; to give your sessions to somebody"
        raise InputError(f"{words}: backstretch history move NUMBER --to NAME")
    count, notices = rename_person(name, new_name)
    complain(*notices)
    sessions = "1 session" if count == 1 else f"{count} sessions"
    print(f"{whose(name)} is now {whose(new_name)}; {sessions}")


@history_app.command()
def export(
    file_format: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format",
            help="csv or xlsx: a row for each hold, a column for each angle; json: all that is known. "
            "If left out, as the file's name ends, else csv.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The file to write; if left out, it is printed.")
    ] = None,
    profile: ProfileOption = "",
    everyone: EveryoneOption = False,
) -> None:
    """Export one person's history, oldest first, or everyone's, with the person in each row.

    Example: backstretch history export --profile Ann --out ann.xlsx
    """
    from backstretch.files import write_whole

    if everyone:
        refuse_both(profile)
    chosen = file_format or _format_of(out)
    if chosen is ExportFormat.XLSX and out is None:
        raise InputError(
            "a workbook cannot be printed; name its file with --out, such as holds.xlsx"
        )
    with history_with_notices() as history:
        content = exported(history, None if everyone else profile, chosen)
        others = "" if everyone else others_words(history, profile)
    complain(*([others] if others else []))
    if out is None:
        print(content.decode(), end="")
        return
    try:
        write_whole(out, content)
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror or error})") from error
    print(f"Written to {out}")


def _format_of(out: Path | None) -> ExportFormat:
    """The format that a file's name ends in; CSV for others."""
    ending = out.suffix.lower().removeprefix(".") if out else ""
    return next((each for each in ExportFormat if each == ending), ExportFormat.CSV)


@history_app.command()
def delete(
    numbers: NumbersArgument,
    profile: ProfileOption = "",
    is_id: IdOption = False,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
) -> None:
    """Delete sessions from the history; folders of live sessions stay where they are."""
    from backstretch.history.database import DAMAGED

    with history_with_notices() as history:
        found = _found(history, profile, numbers, is_id=is_id)
        names = [_named(history, each) for each in found]
        if not yes and not can_ask():
            raise InputError("deleting cannot be undone; add --yes to delete")
        print("\n".join(names))
        question = "Delete it" if len(found) == 1 else f"Delete these {len(found)} sessions"
        if not yes and not goes_on(f"{question} from the history?"):
            raise typer.Exit
        for each in found:
            history.delete(each)
    print(f"Deleted. Recordings of live sessions, if any, are still in {data_folder() / SESSIONS}")
    for path in sorted(data_folder().glob(f"{DATABASE}{DAMAGED}*")):
        print(
            f"{path} is a damaged history that may still hold them; delete the file if you do not need it"
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


def refuse_both(profile: str) -> None:
    """Refuse a name beside --everyone.

    Raises:
        InputError: There is one.
    """
    if profile:
        raise InputError("--profile names one person; leave out --everyone, or leave out the name")


def nothing_saved(history: "History", profile: str | None) -> str:
    """The message where there is no session, of a person or (None) of anybody; empty if there is one."""
    if history.count(profile):
        return ""
    names = _others(history, profile or "")
    if profile is None or not (names or profile):
        return HOW_TO_BEGIN
    if not history.count():
        return HOW_TO_BEGIN
    text = f"There are no {sessions_of(profile)}" if profile else "You have no sessions"
    known = f"there are sessions of {names}" if names else "all were saved without a name"
    return f"{text}; {known}{_HOW_TO_NAME if names else ''}"


_HOW_TO_NAME = " (add --profile NAME, or --everyone)"


def others_words(history: "History", profile: str) -> str:
    """That somebody else's sessions are not among these; empty where a person was named, or there is nobody."""
    names = "" if profile else _others(history, profile)
    return (
        f"These are your own sessions; there are others of {names}{_HOW_TO_NAME}" if names else ""
    )


def _others(history: "History", profile: str) -> str:
    """The names of other people with sessions, in one line."""
    key = profile_key(profile)
    names = [
        whose(each.profile)
        for each in history.people()
        if profile_key(each.profile) not in {key, ""}
    ]
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _found(history: "History", profile: str, numbers: list[int], *, is_id: bool) -> list[int]:
    """The numbers in the database, each once.

    Raises:
        InputError: There is none of a number.
    """
    if is_id:
        history.check(*numbers)
        return list(dict.fromkeys(numbers))
    return list(dict.fromkeys(history.find(profile, each) for each in numbers))


def _session(sitting: "PractisedSession") -> str:
    """One session in words: its number, whose, when, and what was done."""
    title = " ".join(sitting.title.split())
    when = f"{sitting.began:%Y-%m-%d %H:%M}"
    return f"Session {sitting.number} of {whose(sitting.profile)}, {when}{f', {title}' if title else ''}"


def _named(history: "History", number: int) -> str:
    """The same; the number only of one that cannot be read."""
    try:
        return _session(history.sitting(number))
    except InputError:
        return f"Session {number} of the database, which cannot be read"
