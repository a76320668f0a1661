"""The command `where`: where a person's own files are, and the library's."""

from collections.abc import Iterator
from pathlib import Path

from backstretch.cli.options import ProfileOption
from backstretch.history.profile import (
    SESSIONS,
    answers_path,
    data_folder,
    neutral_path,
    own_folder,
    own_poses,
)
from backstretch.history.saving import DATABASE


def where(profile: ProfileOption = "") -> None:
    """Show where your own poses, sets, sessions and answers are; with --profile those of a person.

    Example: backstretch where, or backstretch where --profile Ann
    """
    rows = list(_places(profile))
    width = max(len(name) for name, _ in rows)
    for name, path in rows:
        missing = "" if path.exists() else "  (not there yet)"
        print(f"{name:<{width}}  {path}{missing}")


def _places(profile: str) -> Iterator[tuple[str, Path]]:
    """Each kind of file in words, and where it is."""
    from backstretch.poses.library import SETS, builtin_poses

    yield "Data folder", data_folder()
    if profile:
        yield f"Folder of {' '.join(profile.split())}", own_folder(profile)
    yield "Own poses and references (.toml)", own_poses(profile)
    yield "Own sets (.toml)", own_poses(profile) / SETS
    yield "Health answers", answers_path(profile)
    yield "Neutral", neutral_path(profile)
    yield "Live sessions of everyone", data_folder() / SESSIONS
    yield "History of everyone", data_folder() / DATABASE
    yield "Poses of the library", builtin_poses()
    yield "Sets of the library", builtin_poses() / SETS
