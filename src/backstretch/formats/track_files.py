"""Landmark tracks: our own archive, and the files of OpenSim and Sports2D.

A landmark track is a NumPy ``.npz`` archive (a zip of arrays, read without pickle):

    time_s       (T,) float64         the frames' own times
    xy_px        (T, 33, 2) float32   pixels; NaN with nobody in view
    world_m      (T, 33, 3) float32   metres, origin between the hips, camera axes
    visibility   (T, 33) float32      0..1
    still_since_s (T,) float64        the time of the picture that is repeated, NaN for a new one;
                                      only in tracks with such a picture
    head_line_deg (T,) float32        the line across the head, see `Landmarks`; NaN where only the ears show it
    careful_xy_px, careful_world_m, careful_visibility
                                      the same of a careful look beside the usual one, NaN without one; only in
                                      tracks with such a look
    about        JSON text            format, version, image_wh, source, warnings, notices

TRC holds a track as markers, MOT its angles. Markers are in metres with the origin between the hips: X as in
the picture (to its right), Y up, Z towards the camera. From the camera's axes (x right, y down, z away from the
camera) that is X = x, Y = -y, Z = -z, a half turn about x, so that the axes stay right-handed and left stays
left. The track is written as it was detected, not filtered. A frame with nobody in view has empty cells in TRC
and ``nan`` in MOT; so has, in MOT, an angle of landmarks that are not seen.

The programs that read them count frames, while a recording is looked at irregularly. `evenly` therefore makes
an even track first: interpolated between looks, and empty wherever two looks are too far apart.
"""

import dataclasses
import json
import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np

from backstretch.errors import InputError, Notice, NoticeKind
from backstretch.formats.sinks import Sink
from backstretch.frame import Source
from backstretch.judging.hold_clock import INSTANT_S
from backstretch.judging.wording import describe_notice
from backstretch.kinematics.columns import COLUMNS, Column
from backstretch.kinematics.landmarks import LONGEST_GAP_S, NAMES, Floats, LandmarkTrack
from backstretch.kinematics.measures import measure_body, seen_landmarks
from backstretch.vision.head_line import line_by_ears

FORMAT = "backstretch landmark track"
VERSION = 1
TRACK_ENDING = ".npz"
PARTS, CAREFUL = ("xy_px", "world_m", "visibility"), "careful_"
"""The arrays of landmarks, and what stands before these names for careful looks."""
ANOTHER_PERSON = re.compile(
    r"another person is in the picture(?: between (?P<first_s>\d+) and (?P<last_s>\d+) s)?;"
)
"""This notice in older tracks, which have their notices in words only."""
SIDED_MARKERS = {
    "eye_inner": "EyeInner",
    "eye": "Eye",
    "eye_outer": "EyeOuter",
    "ear": "Ear",
    "mouth": "Mouth",
    "shoulder": "Shoulder",
    "elbow": "Elbow",
    "wrist": "Wrist",
    "pinky": "Pinky",
    "index": "Index",
    "thumb": "Thumb",
    "hip": "Hip",
    "knee": "Knee",
    "ankle": "Ankle",
    "heel": "Heel",
    "foot_index": "BigToe",
}
"""What Sports2D's BLAZEPOSE and HALPE_26 models call a landmark, after R or L."""
TEXTS = {"path", "recorded_at"}
"""The fields of a source that are no numbers."""
CAMERA_TO_OPENSIM = (1.0, -1.0, -1.0)
FALLBACK_RATE_HZ = 30.0
"""Rows a second of an export where a recording has no rate of its own."""


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
        source = {**dataclasses.asdict(self.source), "path": Path(self.source.path).name}
        if not self.source.recorded_at:
            del source["recorded_at"]  # so that earlier versions can read it
        about = {
            "format": FORMAT,
            "version": VERSION,
            "image_wh": self.track.image_wh,
            "source": source,
            "warnings": self.warnings,
            "notices": [notice.as_dict() for notice in self.notices],
        }
        arrays: dict[str, Any] = {
            "time_s": self.track.time_s,
            **_arrays(self.track),
            "about": np.array(json.dumps(about)),
        }
        line_deg = self.track.head_line_deg
        unknown = np.full(len(self.track), np.nan)
        arrays["head_line_deg"] = (unknown if line_deg is None else line_deg).astype(np.float32)
        if self.track.careful is not None:
            arrays |= _arrays(self.track.careful, CAREFUL)
        if self.track.still_since_s is not None:
            arrays["still_since_s"] = self.track.still_since_s
        with path.open("wb") as file:
            np.savez_compressed(file, **arrays)

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
        width, height = (int(size) for size in about["image_wh"])
        since_s = arrays["still_since_s"].astype(np.float64) if "still_since_s" in arrays else None
        track = _track(arrays, (width, height))
        # Older tracks are of BlazePose, without the line.
        has_line = "head_line_deg" in arrays
        line_deg = arrays["head_line_deg"] if has_line else line_by_ears(track.xy_px)
        careful = _track(arrays, (width, height), CAREFUL) if f"{CAREFUL}xy_px" in arrays else None
        track = dataclasses.replace(
            track,
            still_since_s=since_s,
            head_line_deg=line_deg.astype(np.float64),
            careful=careful,
        )
        for _ in track:  # checks each moment's landmarks
            pass
        return cls(track, _source(about["source"]), tuple(_notices(about)))


def _arrays(track: LandmarkTrack, prefix: str = "") -> dict[str, Any]:
    """The landmarks of a track as they are stored."""
    return {f"{prefix}{name}": getattr(track, name).astype(np.float32) for name in PARTS}


def _track(arrays: Any, wh: tuple[int, int], prefix: str = "") -> LandmarkTrack:
    """A track by its stored landmarks."""
    names = ("time_s", *(f"{prefix}{name}" for name in PARTS))
    time_s, xy_px, world_m, visibility = (arrays[name].astype(np.float64) for name in names)
    return LandmarkTrack(time_s, xy_px, world_m, visibility, wh)


def _notices(about: dict[str, Any]) -> Iterator[Notice]:
    """The notices of a track; of an older one, which has them in words only, made from the words."""
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
    numbers = {name: value for name, value in vars(source).items() if name not in TEXTS}
    is_text = all(isinstance(getattr(source, name), str) for name in TEXTS)
    if not is_text or not all(isinstance(value, int | float) for value in numbers.values()):
        raise TypeError(about)
    return source


class TrackFile(Sink):
    """A landmark track of what was recorded."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def track(self, track: LandmarkTrack, source: Source, notices: tuple[Notice, ...]) -> None:
        """As `Sink.track`."""
        Recording(track, source, notices).save(self._path)


def _marker(name: str) -> str:
    if name == "nose":
        return "Nose"
    side = "left" if "left" in name else "right"
    part = name.removeprefix("mouth_") if name.startswith("mouth") else ""
    part = "mouth" if part else name.removeprefix(f"{side}_")
    return side[0].upper() + SIDED_MARKERS[part]


MARKERS = {name: _marker(name) for name in NAMES}
"""The marker's name by the landmark's, in the order of landmarks."""
ANGLES = tuple(
    column
    for column in COLUMNS
    if column.measure.unit == "deg" and not (column.measure.relative or column.measure.facing)
)
"""Columns of the MOT file: angles that need no neutral, and no vote on which way the person faces."""


@dataclasses.dataclass(frozen=True, eq=False)
class EvenTrack:
    """A track with a row at every multiple of one period.

    Attributes:
        track: The landmarks, NaN where nobody was in view or nothing can be told.
        rate_hz: Rows a second.
        looks: Number of pictures that were looked at.
        gap_s: Seconds that are empty since the looks around them are further apart than `LONGEST_GAP_S`.
    """

    track: LandmarkTrack
    rate_hz: float
    looks: int
    gap_s: float


def evenly(recording: Recording, rate_hz: float | None = None) -> EvenTrack:
    """A recording with evenly spaced rows, which together last as long as the recording.

    Between two looks landmarks are interpolated linearly; a landmark is no more visible than at either look.
    There is nothing between looks further apart than `LONGEST_GAP_S`, nor between a look with somebody and one
    with nobody. A recording of which a part was looked at gives that part, with its times.

    Args:
        recording: The track with its source.
        rate_hz: Rows a second; that of the recording's pictures where left out.
    """
    track, source = recording.track, recording.source
    own_hz = source.fps if math.isfinite(source.fps) and source.fps > 0.0 else FALLBACK_RATE_HZ
    rate_hz = float(f"{rate_hz or own_hz:.6g}")  # as it is written
    if not len(track):
        return EvenTrack(track, rate_hz, looks=0, gap_s=0.0)
    times_s = _even_times_s(track.time_s, source.duration_s, rate_hz)
    before, after, share = _around(track.time_s, times_s, 0.5 / rate_hz)
    is_gap = track.time_s[after] - track.time_s[before] > LONGEST_GAP_S + INSTANT_S
    even = LandmarkTrack(
        times_s,
        _mixed(track.xy_px, before, after, share),
        _mixed(track.world_m, before, after, share),
        _least_visible(track, before, after),
        track.image_wh,
    )
    for values in (even.xy_px, even.world_m, even.visibility):
        values[is_gap] = np.nan
    return EvenTrack(even, rate_hz, len(track), float(is_gap.sum()) / rate_hz)


def _even_times_s(looks_s: Floats, duration_s: float, rate_hz: float) -> Floats:
    """The times of all rows: of the whole recording, or of the part that was looked at."""
    first = 0 if looks_s[0] <= LONGEST_GAP_S else math.ceil(looks_s[0] * rate_hz - INSTANT_S)
    is_whole = duration_s - looks_s[-1] <= LONGEST_GAP_S + 1.0 / rate_hz
    end_s = duration_s if is_whole else looks_s[-1] + 1.0 / rate_hz
    end = max(first + 1, round(float(end_s) * rate_hz))
    times_s: Floats = np.arange(first, end) / rate_hz
    return times_s


def _around(looks_s: Floats, times_s: Floats, near_s: float) -> tuple[Any, Any, Floats]:
    """The looks before and after each time, and how far it is from the one to the other, 0 to 1.

    A time at a look has that look twice; so has one before the first or after the last look by no more than
    ``near_s``. Other times outside have the first or last look, and NaN.
    """
    after = np.clip(np.searchsorted(looks_s, times_s - INSTANT_S), 0, len(looks_s) - 1)
    before = np.where(looks_s[after] <= times_s + INSTANT_S, after, np.maximum(after - 1, 0))
    span_s = looks_s[after] - looks_s[before]
    share = np.zeros(len(times_s))
    np.divide(times_s - looks_s[before], span_s, out=share, where=span_s > 0.0)
    near_s += INSTANT_S
    share[(times_s < looks_s[0] - near_s) | (times_s > looks_s[-1] + near_s)] = np.nan
    return before, after, share


def _mixed(values: Floats, before: Any, after: Any, share: Floats) -> Floats:
    """Values between the looks before and after."""
    first, second = values[before], values[after]
    mixed: Floats = first + share.reshape(-1, *(1,) * (values.ndim - 1)) * (second - first)
    return mixed


def _least_visible(track: LandmarkTrack, before: Any, after: Any) -> Floats:
    """(T, 33) the visibility at the worse of two looks; 0 where a landmark does not count as seen in either."""
    seen = seen_landmarks(track.xy_px, track.world_m, track.visibility, track.image_wh)
    visibility = np.where(seen, track.visibility, 0.0)
    least: Floats = np.minimum(visibility[before], visibility[after])
    return least


def trc_text(track: LandmarkTrack, name: str) -> str:
    """The markers of a track as a TRC file called ``name``."""
    count, rate = len(track), f"{rate_hz(track.time_s):.6g}"
    axes = [f"{axis}{number}" for number in range(1, len(NAMES) + 1) for axis in "XYZ"]
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{_one_word(name)}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{count}\t{len(NAMES)}\tm\t{rate}\t1\t{count}",
        "Frame#\tTime\t" + "\t\t\t".join(MARKERS.values()) + "\t\t",
        "\t\t" + "\t".join(axes),
        "",
    ]
    places = (track.world_m * CAMERA_TO_OPENSIM + 0.0).reshape(count, -1)
    for number, (time_s, row) in enumerate(zip(track.time_s, places, strict=True), start=1):
        lines.append(_row([str(number), f"{time_s:.6f}"], row, ""))
    return "\n".join(lines) + "\n"


def mot_text(track: LandmarkTrack, name: str) -> str:
    """The angles of a track in degrees as a MOT file called ``name``."""
    values = angles_deg(track)
    lines = [
        _one_word(name),
        "version=1",
        f"nRows={len(track)}",
        f"nColumns={len(ANGLES) + 1}",
        "inDegrees=yes",
        "endheader",
        "\t".join(["time", *map(mot_name, ANGLES)]),
    ]
    for time_s, row in zip(track.time_s, values, strict=True):
        lines.append(_row([f"{time_s:.6f}"], row, "nan"))
    return "\n".join(lines) + "\n"


def mot_name(column: Column) -> str:
    """A column's name in the MOT file: as in steps.csv, with ``_`` for its dots."""
    return column.key.replace(".", "_")


def angles_deg(track: LandmarkTrack) -> Floats:
    """(T, len(ANGLES)) degrees; NaN where a landmark that it needs is not seen."""
    nobody = np.isnan(track.xy_px[:, 0, 0])
    angles = np.full((len(track), len(ANGLES)), np.nan)
    if nobody.all():
        return angles
    xy, world, visibility = (
        values[~nobody] for values in (track.xy_px, track.world_m, track.visibility)
    )
    seen = seen_landmarks(xy, world, visibility, track.image_wh)
    chosen = [index for index, column in enumerate(COLUMNS) if column in ANGLES]
    angles[~nobody] = measure_body(xy, world, seen).values[:, chosen]
    return angles


def rate_hz(time_s: Floats) -> float:
    """Frames a second, by the median step; 1 where there are no two frames."""
    return 1.0 / float(np.median(np.diff(time_s))) if len(time_s) > 1 else 1.0


def _one_word(name: str) -> str:
    """A file's name with ``_`` for white space, which would end its field."""
    return "_".join(name.split())


def _row(begin: list[str], values: Iterable[float], missing: str) -> str:
    cells = [missing if math.isnan(value) else f"{value:.6f}" for value in values]
    return "\t".join([*begin, *cells])
