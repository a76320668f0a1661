"""Files that others read: landmark tracks, result.json, steps.csv; each written whole or not at all.

A landmark track is a NumPy ``.npz`` archive (a zip of arrays, read without pickle):

    time_s       (T,) float64         the frames' own times
    xy_px        (T, 33, 2) float32   pixels; NaN with nobody in view
    world_m      (T, 33, 3) float32   metres, origin between the hips, camera axes
    visibility   (T, 33) float32      0..1
    about        JSON text            format, version, image_wh, source, warnings
"""

import csv
import dataclasses
import json
import math
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np

from backstretch.errors import InputError
from backstretch.landmarks import LandmarkTrack
from backstretch.measures import COLUMNS
from backstretch.session import Step
from backstretch.video import Source

FORMAT = "backstretch landmark track"
VERSION = 1
TRACK_ENDING = ".npz"


@dataclasses.dataclass(frozen=True, eq=False)
class Recording:
    """A landmark track with what is known of its source.

    Attributes:
        track: The landmarks.
        source: The video they were taken from.
        warnings: What was found wrong with that video.
    """

    track: LandmarkTrack
    source: Source
    warnings: tuple[str, ...] = ()

    def save(self, path: Path) -> None:
        """Write the track; float32 loses nothing, since landmarkers round to it."""
        about = {
            "format": FORMAT,
            "version": VERSION,
            "image_wh": self.track.image_wh,
            "source": {**dataclasses.asdict(self.source), "path": Path(self.source.path).name},
            "warnings": self.warnings,
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
            with np.load(path, allow_pickle=False) as arrays:
                about = json.loads(str(arrays["about"]))
                return cls._from(arrays, about)
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
        except (KeyError, TypeError, ValueError, zipfile.BadZipFile, EOFError) as error:
            raise InputError(f"{path}: is not a landmark track, or a damaged one") from error

    @classmethod
    def _from(cls, arrays: Any, about: dict[str, Any]) -> Self:
        if about["format"] != FORMAT or about["version"] != VERSION:
            raise ValueError(about["format"])
        floats = [arrays[name].astype(np.float64) for name in ("xy_px", "world_m", "visibility")]
        width, height = about["image_wh"]
        track = LandmarkTrack(arrays["time_s"].astype(np.float64), *floats, (width, height))
        return cls(track, Source(**about["source"]), tuple(about["warnings"]))


@contextmanager
def output_folder(folder: Path | None) -> Iterator[Path | None]:
    """Give a working folder beside ``folder``; its files move in when all went well.

    Raises:
        InputError: The folder cannot be made or written; whatever was begun is removed.
    """
    if folder is None:
        yield None
        return
    work: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        yield work
        folder.mkdir(exist_ok=True)
        for made in sorted(work.iterdir()):
            os.replace(made, folder / made.name)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{folder}: cannot be written ({reason}); nothing was left there") from error
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)


class StepsFile:
    """steps.csv: one row a moment, with the verdict and every measure."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file)
        head = ["time_s", "state", "side", "reason", "valid_s", "total_s"]
        self._rows.writerow([*head, *(column.key for column in COLUMNS)])

    def write(self, step: Step) -> None:
        """Add one row; what could not be measured is left empty."""
        told = [f"{step.time_s:.6f}", str(step.state), step.side or "", step.reason]
        told += [f"{step.valid_s:.3f}", f"{step.total_s:.3f}"]
        self._rows.writerow(told + ["" if math.isnan(v) else f"{v:.4g}" for v in step.values.tolist()])

    def close(self) -> None:
        """Finish the file."""
        self._file.close()
