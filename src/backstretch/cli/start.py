"""What `backstretch` alone does at a terminal: it asks what the person wants, being coached first."""

import sys
from typing import TYPE_CHECKING

from backstretch.cli.health import can_ask

if TYPE_CHECKING:
    from backstretch.poses.library import PoseSet

HELP = ["--help"]
FIRST_SET = "lower_back"
"""What is offered first: most people come for it."""
LEAVE = {"q", "quit", "exit"}


def first_arguments() -> list[str]:
    """The arguments of what the person wants; those of the help where nobody can be asked, or who leaves."""
    if not can_ask():
        return HELP
    from backstretch.poses.library import builtin_poses, open_library

    sets = open_library(builtin_poses(), []).sets
    first = sets[FIRST_SET]
    print("Welcome. What would you like to do?\n")
    print(f"  1  Be coached: {_line(first)}")
    print("  2  Be coached: another set, or one stretch")
    print("  3  Analyse a recording")
    print("  4  See my progress")
    print("  5  Open the page in my browser, and choose there")
    print("  6  See all commands\n")
    choice = _ask("A number, or Enter for 1:")
    if choice in {"", "1"}:
        return ["live", FIRST_SET]
    if choice == "2":
        return _which(list(sets.values()))
    if choice == "3":
        path = (_ask("The video, photograph or folder:") or "").strip("'\"")
        return ["analyze", path] if path else HELP
    return {"4": ["progress"], "5": ["app"]}.get(choice or "", HELP)


def _which(sets: "list[PoseSet]") -> list[str]:
    """The arguments of a set, by its number or name, or of a stretch by its name."""
    print()
    for number, each in enumerate(sets, start=1):
        print(f"  {number:2}  {_line(each)}")
    choice = _ask("\nA number, or the name of a stretch (backstretch poses list shows them):")
    if choice and choice.isdecimal() and 1 <= int(choice) <= len(sets):
        return ["live", sets[int(choice) - 1].id]
    return ["live", choice] if choice else HELP


def _line(chosen: "PoseSet") -> str:
    return f"{chosen.name}, about {max(1, round(chosen.seconds / 60))} minutes"


def _ask(question: str) -> str | None:
    """What is typed; None at the end of the input, or where the person leaves."""
    print(f"{question} ", end="", flush=True)
    try:
        answer = input().strip()
    except EOFError:
        print(file=sys.stderr)
        return None
    return None if answer.lower() in LEAVE else answer
