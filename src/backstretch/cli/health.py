"""Before a session: the health note, the questions that change the choice, and what earlier days advise."""

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from backstretch.cli.options import ProfileOption, complain
from backstretch.history.profile import SESSIONS, answers_path, data_folder

if TYPE_CHECKING:
    from backstretch.history.health import Answer, Answers


_Said = TypeVar("_Said")
YES = {"y", "yes"}
ANSWERS_BY_WORD: "dict[str, Answer]" = {"y": "yes", "yes": "yes", "n": "no", "no": "no"}


def health(
    show: Annotated[
        bool, typer.Option("--show", help="Only show the note and what was answered.")
    ] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Delete the answers.")] = False,
    profile: ProfileOption = "",
) -> None:
    """Show the health note, and ask again what makes some stretches unsuitable.

    The answers stay on this machine, and every question may be skipped.
    """
    from backstretch.history.health import forget_answers, load_answers

    path = answers_path(profile)
    if forget:
        forget_answers(path)
        print("The answers are deleted.")
        return
    _print_note()
    if show or not is_asked():
        _print_answers(load_answers(path))
        return
    _ask_and_save(path)
    _print_answers(load_answers(path))


def is_asked() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty()


def health_answers(profile: str) -> "Answers | None":
    """Somebody's answers; the first time the note is shown and, at a terminal, it is asked."""
    from backstretch.history.health import load_answers

    path = answers_path(profile)
    is_there = path.exists()
    answers = load_answers(path)
    if answers is not None:
        return answers
    if is_there:
        complain(
            f"{path}: cannot be understood, so nothing is left out; backstretch health asks again"
        )
    _print_note(file_is_stderr=True)
    if not is_asked():
        return None
    _ask_and_save(path)
    return load_answers(path)


def earlier_sessions(
    profile: str,
) -> tuple[tuple[str, ...], tuple[int | None, ...]]:
    """What somebody's earlier sessions advise today, told on stderr; and how sore they are, if that was asked.

    The second is empty if it was not, and holds None if the answer was skipped.
    """
    from backstretch.history.health import advice, past_sessions, soreness_advice

    now = datetime.now().astimezone()
    past = past_sessions(data_folder() / SESSIONS, now=now)
    text = advice(now, (each for each in past if each.about.get("profile", "") == profile))
    complain(*text.lines)
    if not (text.asks_soreness and is_asked()):
        return text.lines, ()
    value = _number("How sore are you now, from 0 (not at all) to 10 (very)? Enter skips.")
    words = "" if value is None else soreness_advice(value)
    if words:
        complain(words)
    return (*text.lines, *([words] if words else [])), (value,)


def goes_on(question: str) -> bool:
    """Ask at a terminal whether to go on; elsewhere go on."""
    return not is_asked() or _line(f"{question} [y/N] ") in YES


def _print_note(*, file_is_stderr: bool = False) -> None:
    from rich.console import Console

    from backstretch.display.terminal.layout import show_note

    show_note(Console(markup=False, emoji=False, stderr=file_is_stderr))


def _print_answers(answers: "Answers | None") -> None:
    from backstretch.history.health import QUESTIONS

    if answers is None:
        print("Nothing was answered yet; backstretch health asks.")
        return
    for key, question in QUESTIONS.items():
        print(f"{question}  {answers.answers[key]}")


def _ask_and_save(path: Path) -> None:
    """Ask all questions; what is skipped leaves nothing out."""
    from backstretch.history.health import FORMAT, QUESTIONS, VERSION, Answers, save_answers

    print("A few questions, since some stretches do not suit everyone.", file=sys.stderr)
    print("Answer y or n; Enter skips. The answers stay on this machine.", file=sys.stderr)
    answers = Answers(
        format=FORMAT,
        version=VERSION,
        asked_on=date.today(),  # noqa: DTZ011 - the day where the person is
        answers={key: _yes_or_no(question) for key, question in QUESTIONS.items()},
    )
    save_answers(path, answers)
    print("Thank you. backstretch health changes the answers.", file=sys.stderr)


def _yes_or_no(question: str) -> "Answer":
    return _until_clear(f"{question} [y/n] ", ANSWERS_BY_WORD.get) or "skipped"


def _number(question: str) -> int | None:
    from backstretch.formats.session_log import MOST_SORE

    numbers = {str(value): value for value in range(MOST_SORE + 1)}
    return _until_clear(f"{question} ", numbers.get)


def _until_clear(question: str, understood: Callable[[str], _Said | None]) -> _Said | None:
    while said := _line(question):
        answer = understood(said)
        if answer is not None:
            return answer
        print("I did not understand that.", file=sys.stderr)
    return None


def _line(question: str) -> str:
    """What is typed, in small letters; nothing at the end of the input."""
    print(question, end="", file=sys.stderr, flush=True)
    try:
        return input().strip().lower()
    except EOFError:
        print(file=sys.stderr)
        return ""
