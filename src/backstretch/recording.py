"""Landmark tracks, and folders that are filled whole or not at all.

A landmark track is a NumPy ``.npz`` archive (a zip of arrays, read without pickle):

    time_s       (T,) float64         the frames' own times
    xy_px        (T, 33, 2) float32   pixels; NaN with nobody in view
    world_m      (T, 33, 3) float32   metres, origin between the hips, camera axes
    visibility   (T, 33) float32      0..1
    about        JSON text            format, version, image_wh, source, warnings, notices
"""

import dataclasses
import errno
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import numpy as np

from backstretch.errors import InputError
from backstretch.frame import Source
from backstretch.landmarks import LandmarkTrack
from backstretch.notices import Notice, NoticeKind
from backstretch.sinks import Sink
from backstretch.wording import describe_notice

FORMAT = "backstretch landmark track"
VERSION = 1
TRACK_ENDING = ".npz"
ANOTHER_PERSON = re.compile(
    r"another person is in the picture(?: between (?P<first_s>\d+) and (?P<last_s>\d+) s)?;"
)
"""How older tracks say so, which have only the words of what there is to notice."""


@dataclasses.dataclass(frozen=True, eq=False)
class Recording:
    """A landmark track with what is known of its source.

    Attributes:
        track: The landmarks.
        source: The video they were taken from.
        notices: What was found wrong with that video.
    """

    track: LandmarkTrack
    source: Source
    notices: tuple[Notice, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """The notices in plain words."""
        return tuple(map(describe_notice, self.notices))

    def save(self, path: Path) -> None:
        """Write the track; float32 loses nothing, since landmarkers round to it."""
        about = {
            "format": FORMAT,
            "version": VERSION,
            "image_wh": self.track.image_wh,
            "source": {**dataclasses.asdict(self.source), "path": Path(self.source.path).name},
            "warnings": self.warnings,
            "notices": [notice.as_dict() for notice in self.notices],
        }
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                time_s=self.track.time_s,
                xy_px=self.track.xy_px.astype(np.float32),
                world_m=self.track.world_m.astype(np.float32),
                visibility=self.track.visibility.astype(np.float32),
                about=np.array(json.dumps(about)),
            )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a track.

        Raises:
            InputError: The file is no landmark track, is damaged, or of a newer version.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                about = json.loads(str(arrays["about"]))
                return cls._from(arrays, about)
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
        except _NewerVersionError as error:
            words = f"{path}: was written by a newer backstretch ({error}); update this one"
            raise InputError(words) from error
        except Exception as error:  # on damaged files NumPy, zipfile and json raise a dozen kinds
            raise InputError(f"{path}: is not a landmark track, or a damaged one") from error

    @classmethod
    def _from(cls, arrays: Any, about: dict[str, Any]) -> Self:
        if about["format"] != FORMAT:
            raise ValueError(about["format"])
        if about["version"] > VERSION:
            raise _NewerVersionError(f"track version {about['version']}")
        names = ("time_s", "xy_px", "world_m", "visibility")
        time_s, xy_px, world_m, visibility = (arrays[name].astype(np.float64) for name in names)
        width, height = (int(size) for size in about["image_wh"])
        track = LandmarkTrack(time_s, xy_px, world_m, visibility, (width, height))
        for _ in track:  # checks each moment's landmarks
            pass
        return cls(track, _source(about["source"]), tuple(_notices(about)))


def _notices(about: dict[str, Any]) -> Iterator[Notice]:
    """The notices of a track; those of tracks that were written before there were any, from their words."""
    if "notices" in about:
        yield from map(Notice.from_dict, about["notices"])
        return
    for words in map(str, about["warnings"]):
        another = ANOTHER_PERSON.match(words)
        if another is None:
            yield Notice(NoticeKind.AS_WRITTEN, {"words": words})
            continue
        times_s = {name: float(time) for name, time in another.groupdict().items() if time}
        yield Notice(NoticeKind.ANOTHER_PERSON, times_s)


class _NewerVersionError(Exception):
    """A track of a version that is not known yet."""


def _source(about: dict[str, Any]) -> Source:
    source = Source(**about)
    numbers = {name: value for name, value in vars(source).items() if name != "path"}
    if not all(isinstance(value, int | float) for value in numbers.values()):
        raise TypeError(numbers)
    return source


@contextmanager
def output_folder(folder: Path) -> Iterator[Path]:
    """Give a working folder inside ``folder``; its files move up into it when all went well.

    Raises:
        InputError: The folder cannot be made or written; whatever was begun is removed.
    """
    work: Path | None = None
    made: list[Path] = []
    try:
        make_folder(folder, made)
        work = Path(tempfile.mkdtemp(prefix=".backstretch-", dir=folder))
        yield work
        _move(work, folder)
        made.clear()
    except OSError as error:
        reason = error.strerror or str(error)
        words = f"{folder}: cannot be written ({reason}); nothing was left there"
        raise InputError(words) from error
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)
        for each in reversed(made):
            with suppress(OSError):  # somebody else has put something there
                each.rmdir()


def make_folder(folder: Path, made: list[Path]) -> None:
    """Make a folder with its parents; ``made`` collects those that were not there."""
    if not folder.exists():
        make_folder(folder.parent, made)
        folder.mkdir()
        made.append(folder)


def _move(work: Path, folder: Path) -> None:
    """Move all files up, or none where a folder is in the way of one."""
    moves = [(each, folder / each.name) for each in sorted(work.iterdir())]
    for _, target in moves:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, f"{target.name} is a folder there")
    for each, target in moves:
        each.replace(target)


class TrackFile(Sink):
    """A landmark track of what was recorded."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def track(self, track: LandmarkTrack, source: Source, notices: tuple[Notice, ...]) -> None:
        """As `Sink.track`."""
        Recording(track, source, notices).save(self._path)
