"""The command that makes a report again."""

from pathlib import Path
from typing import Annotated

import typer


def report(
    result: Annotated[Path, typer.Argument(help="A result.json, or the folder it lies in.")],
    out: Annotated[Path | None, typer.Option(help="The page; else report.html beside it.")] = None,
) -> None:
    """Make report.html again, from result.json and steps.csv.

    Example: backstretch report result/
    """
    from backstretch.report import write_report

    print(f"Written to {write_report(result, out)}")
