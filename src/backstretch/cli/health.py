"""The command `health`, and what live sessions begin with: health note, questions, advice from earlier days."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from backstretch.cli.options import ProfileOption, complain
from backstretch.history.profile import answers_path

if TYPE_CHECKING:
    from backstretch.history.health import Answer, Answers


_Value = TypeVar("_Value")
YES = {"y", "yes"}
ANSWERS_BY_WORD: "dict[str, Answer]" = {"y": "yes", "yes": "yes", "n": "no", "no": "no"}


def health(
    show: Annotated[
        bool, typer.Option("--show", help="Only show the note and your answers.")
    ] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Delete your answers.")] = False,
    profile: ProfileOption = "",
) -> None:
    """Show the health note, and ask again about conditions for which some stretches are unsuitable.

    The answers stay on this machine, and every question may be skipped.
    """
    from backstretch.history.health import forget_answers, load_answers

    path = answers_path(profile)
    if forget:
        forget_answers(path)
        print("The answers are deleted.")
        return
    _print_note()
    if show or not can_ask():
        _print_answers(load_answers(path))
        return
    _ask_and_save(path)
    _print_answers(load_answers(path))


def can_ask() -> bool:
    """Whether a person is at the terminal to answer questions."""
    return sys.stdin.isatty()


def health_answers(profile: str) -> "Answers | None":
    """A person's answers; the first time, show the note and, at a terminal, ask for them."""
    from backstretch.history.health import load_answers

    path = answers_path(profile)
    is_there = path.exists()
    answers = load_answers(path)
    if answers is not None:
        return answers
    if is_there:
        complain(
            f"{path}: cannot be read, so no stretch is left out; to answer again: backstretch health"
        )
    _print_note(file_is_stderr=True)
    if not can_ask():
        return None
    _ask_and_save(path)
    return load_answers(path)


def earlier_sessions(
    profile: str,
) -> tuple[tuple[str, ...], tuple[int | None, ...]]:
    """Print advice from a person's earlier sessions, and ask how sore they are if that matters; return both.

    The soreness, 0 to 10, is empty if it was not asked, and holds None if the question was skipped.
    """
    from backstretch.history.health import soreness_advice
    from backstretch.history.today import advice_today

    text, notices = advice_today(profile)
    complain(*notices, *text.lines)
    if not (text.asks_soreness and can_ask()):
        return text.lines, ()
    value = _number("How sore are you now, from 0 (not at all) to 10 (very)? Press Enter to skip.")
    words = "" if value is None else soreness_advice(value)
    if words:
        complain(words)
    return (*text.lines, *([words] if words else [])), (value,)


def goes_on(question: str) -> bool:
    """Ask at a terminal whether to go on; True elsewhere."""
    return not can_ask() or _line(f"{question} [y/N] ") in YES


def _print_note(*, file_is_stderr: bool = False) -> None:
    from rich.console import Console

    from backstretch.display.terminal.layout import show_note

    show_note(Console(markup=False, emoji=False, stderr=file_is_stderr))


def _print_answers(answers: "Answers | None") -> None:
    from backstretch.history.health import QUESTIONS

    if answers is None:
        print("There are no answers yet. To answer: backstretch health")
        return
    for key, question in QUESTIONS.items():
        print(f"{question}  {answers.answers[key]}")


def _ask_and_save(path: Path) -> None:
    """Ask all questions, and save the answers; a skipped one leaves no stretch out."""
    from backstretch.history.health import FORMAT, QUESTIONS, VERSION, Answers, save_answers

    print(
        "Some questions: y, n, or Enter to skip. The answers stay on this machine.", file=sys.stderr
    )
    answers = Answers(
        format=FORMAT,
        version=VERSION,
        asked_on=date.today(),  # noqa: DTZ011 - the day where the person is
        answers={key: _yes_or_no(question) for key, question in QUESTIONS.items()},
    )
    save_answers(path, answers)
    print("Thank you. To change your answers later: backstretch health", file=sys.stderr)


def _yes_or_no(question: str) -> "Answer":
    return _until_clear(f"{question} [y/n] ", ANSWERS_BY_WORD.get) or "skipped"


def _number(question: str) -> int | None:
    from backstretch.formats.session_log import MOST_SORE

    numbers = {str(value): value for value in range(MOST_SORE + 1)}
    return _until_clear(f"{question} ", numbers.get)


def _until_clear(question: str, value_of: Callable[[str], _Value | None]) -> _Value | None:
    """Ask until the answer has a value; None if it is empty."""
    while text := _line(question):
        value = value_of(text)
        if value is not None:
            return value
        print("I did not understand that. Enter skips the question.", file=sys.stderr)
    return None


def _line(question: str) -> str:
    """Ask for a line; return it in small letters, or empty at the end of the input."""
    print(question, end="", file=sys.stderr, flush=True)
    try:
        return input().strip().lower()
    except EOFError:
        print(file=sys.stderr)
        return ""
