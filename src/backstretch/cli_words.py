"""What is asked at a terminal of a new stretch: its name, and its words, each with a draft."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from backstretch.cli_health import is_asked

if TYPE_CHECKING:
    from backstretch.poses import Pose


def asked_name(new_id: str) -> str:
    """What a new stretch is called, asked at a terminal; empty for a draft."""
    if not is_asked():
        return ""
    draft = new_id.replace("_", " ").capitalize()
    return str(typer.prompt("What is the stretch called?", default=draft, err=True))


def asked_words(pose: "Pose") -> "Pose":
    """A new pose with the words that somebody at a terminal gives it; elsewhere with its drafts."""
    if not is_asked():
        return pose
    from backstretch.poses import REGIONS, measure_words

    def asked(question: str, draft: str) -> str:
        return str(typer.prompt(question, default=draft, err=True)) if draft else ""

    print("What to say and show; Enter keeps the draft.", file=sys.stderr)
    region = ""
    while region not in REGIONS:
        region = asked(f"For which region ({', '.join(REGIONS)})?", pose.regions[0])
    rule = asked("Which side counts as left or right?", pose.side_rule)
    checks = [
        replace(
            check,
            below=asked(f"When the {measure_words(check)} is too small", check.below),
            above=asked(f"When the {measure_words(check)} is too large", check.above),
        )
        for check in pose.checks
    ]
    return replace(pose, regions=(region,), side_rule=rule, checks=tuple(checks))
