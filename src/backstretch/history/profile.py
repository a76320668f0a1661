"""Profiles: where the files of each person are, and the file of a person's own neutral.

The neutral is what head and shoulders read at rest, and from where the camera saw it:

date = 2026-01-31
view = [0, 5]            # azimuth and elevation of the camera, degrees

[values]                 # degrees, or ratios, by column of measures
"head_roll_rel.left" = 1.5
"""

import re
import shlex
import unicodedata
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import tomlkit
from platformdirs import user_data_path

from backstretch.errors import InputError, PoseFileError
from backstretch.kinematics.columns import COLUMN_INDEX, relative_columns
from backstretch.kinematics.neutral import OwnNeutral
from backstretch.kinematics.view import View
from backstretch.poses.toml_table import is_number, read_toml

YOU = "you"
"""Who is meant where no name is given; the commands take it as a name as well."""
SESSIONS = "sessions"
"""Folder of the sessions, in the data folder."""
ANSWERS = "health.json"
LONGEST_PROFILE, LONGEST_READABLE, HASH_DIGITS = 64, 40, 10
NEUTRAL = "neutral.toml"
"""File of somebody's own neutral, in their folder."""
DIGITS = 3


def check_profile(name: str) -> str:
    """Return a profile's name unchanged if it is valid; empty for none, and for `YOU`.

    Raises:
        InputError: It is blank, too long, or has characters that cannot be displayed.
    """
    if name and not name.strip():
        raise InputError("--profile is blank; give a name")
    if len(name) > LONGEST_PROFILE:
        raise InputError(f"--profile is longer than {LONGEST_PROFILE} letters; give a shorter name")
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in name):
        raise InputError("--profile has characters that cannot be displayed; give a plain name")
    return "" if profile_key(name) == YOU else name


def whose(profile: str) -> str:
    """Whose a profile is, in one line: the name, or `YOU` without one."""
    return " ".join(profile.split()) or YOU


def sessions_of(profile: str) -> str:
    """``your sessions``, or ``sessions of Ann``."""
    return f"sessions of {whose(profile)}" if profile.strip() else "your sessions"


def as_option(profile: str) -> str:
    """The option that names a profile, for a line to be typed, with a blank before it; empty without a name."""
    return f" --profile {shlex.quote(whose(profile))}" if profile.strip() else ""


def profile_key(name: str) -> str:
    """A profile's name as names are compared: however it is encoded, in capitals or not, and spaced.

    >>> profile_key(" Ann  Lee") == profile_key("ann lee")
    True
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(folded.split())


def answers_path(profile: str) -> Path:
    """Where somebody's answers are."""
    return own_folder(profile) / ANSWERS


def neutral_path(profile: str) -> Path:
    """Where somebody's own neutral is kept."""
    return own_folder(profile) / NEUTRAL


def saved_neutral(profile: str) -> OwnNeutral | None:
    """Somebody's own neutral; None where none was taken.

    Raises:
        InputError: Its file is damaged.
    """
    return load_neutral(neutral_path(profile))


def own_poses(profile: str) -> Path:
    """The folder of somebody's own poses and personal references; it need not be there yet."""
    return own_folder(profile) / "poses"


def own_folder(profile: str) -> Path:
    """Where somebody's own answers, references and neutral are; it need not be there yet.

    A name may hold anything: its folder's name has only its letters and digits, and a hash of the whole.
    Folders of earlier versions, which have the hash of one spelling, are used on.
    """
    if not profile:
        return data_folder()
    key = profile_key(profile)
    folders = [
        _folder_of(name) for name in (key, profile, profile.strip(), key.title(), key.upper())
    ]
    return next((folder for folder in folders if folder.is_dir()), folders[0])


def _folder_of(name: str) -> Path:
    readable = re.sub(r"[^a-z0-9]+", "-", name.casefold())[:LONGEST_READABLE].strip("-")
    exact = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_DIGITS]
    return data_folder() / "profiles" / "-".join(part for part in (readable, exact) if part)


def data_folder() -> Path:
    """Where this system keeps a user's own files; it need not be there yet."""
    return user_data_path("backstretch", appauthor=False)


def neutral_text(own_neutral: OwnNeutral) -> str:
    """The file's text."""
    document = tomlkit.document()
    document.add("date", date.fromisoformat(own_neutral.date))
    document.add(
        "view", [round(own_neutral.view.azimuth_deg, 1), round(own_neutral.view.elevation_deg, 1)]
    )
    values = tomlkit.table()
    for key, value in sorted(own_neutral.values.items()):
        values.add(key, round(value, DIGITS))
    document.add("values", values)
    return tomlkit.dumps(document)


def load_neutral(path: Path) -> OwnNeutral | None:
    """Read the file; None where there is none.

    Raises:
        InputError: It is damaged.
    """
    if not path.exists():
        return None
    try:
        return _parse(read_toml(path))
    except (PoseFileError, KeyError, TypeError, ValueError) as error:
        words = f"{path}: is damaged; delete it and make it again: backstretch calibrate --neutral"
        raise InputError(words) from error


def _parse(table: dict[str, Any]) -> OwnNeutral:
    view, values = table["view"], table["values"]
    if type(table["date"]) is not date or not isinstance(view, list) or type(values) is not dict:
        raise TypeError(table)
    known = {key for key, index in COLUMN_INDEX.items() if relative_columns()[index]}
    if not set(values) <= known or not all(map(is_number, [*view, *values.values()])):
        raise ValueError(table)
    azimuth_deg, elevation_deg = view
    return OwnNeutral(table["date"].isoformat(), View(azimuth_deg, elevation_deg), values)
