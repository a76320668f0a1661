"""The one door to MediaPipe: pictures in, raw landmarks out.

The Tasks API smooths landmarks whenever it tracks one person, with a lag that must not reach the hold
clock. Its filter works on the timestamps it is given, so this module gives it pictures `SPACING_MS` apart:
nothing of the past is left after such a time, and the tracker itself does not look at timestamps. Asking
for two people, the other way to raw landmarks, costs 35 ms a frame instead of 22, and finds the body afresh
in each picture instead of tracking it. Visibility is smoothed by a fixed factor, which is undone exactly.
"""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from importlib import resources
from pathlib import Path
from threading import Lock, current_thread, main_thread
from types import TracebackType
from typing import Any, Self

import numpy as np

from backstretch.errors import InputError, SetupError
from backstretch.files import silent_stderr
from backstretch.frame import Frame
from backstretch.kinematics.landmarks import Floats, Landmarks
from backstretch.vision.careful_look import CarefulLook, MirroredPair
from backstretch.vision.head_line import line_by_ears
from backstretch.vision.mannequin import mannequin
from backstretch.vision.pictures import painted_over
from backstretch.vision.tracking import WatchedTracker

SPACING_MS = 1_000_000
"""A thousand seconds: MediaPipe's one-euro filter then keeps 0.3 % of the moment before."""
VISIBILITY_KEPT = 0.9
"""Share of the last visibility that MediaPipe's low-pass filter keeps at each picture."""
USUAL = "full"
"""The model that looks at all pictures."""


class _Searcher:
    """Finds people in single pictures, for several landmarkers: one for each would take another 120 MB."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._lock = Lock()
        self._graph: Any = None

    def detect(self, picture: Any) -> Any:
        """MediaPipe's result for one picture."""
        with self._lock:
            if self._graph is not None:
                return self._graph.detect(picture)
            self._graph = self._make()
            with _starting():
                return self._graph.detect(picture)


class _Tracker:
    """Follows one person through pictures, with raw landmarks.

    Args:
        graph: MediaPipe's landmarker, in its video mode.
        picture: Makes MediaPipe's picture of one of ours.
    """

    def __init__(self, graph: Any, picture: Callable[[Frame], Any]) -> None:
        self._graph, self._picture = graph, picture
        self._look_count = 0
        self._is_restarting = False
        self._visibility: Floats | None = None

    def restart(self) -> None:
        """Find the person afresh at the next look; only a picture of nobody makes the graph do so."""
        self._is_restarting = self._look_count > 0

    def look(self, frame: Frame) -> Landmarks | None:
        """Return the person's raw landmarks, or None with nobody in view."""
        if self._is_restarting:
            self._is_restarting = False
            self._detect(Frame(frame.index, frame.time_s, np.zeros_like(frame.image)))
        return self._detect(frame)

    def _detect(self, frame: Frame) -> Landmarks | None:
        with _starting() if self._look_count == 0 else contextlib.nullcontext():
            stamp_ms = self._look_count * SPACING_MS
            detected = self._graph.detect_for_video(self._picture(frame), stamp_ms)
        self._look_count += 1
        if not detected.pose_landmarks:
            return None  # the visibility filter keeps its state while nobody is in view
        points, world = detected.pose_landmarks[0], detected.pose_world_landmarks[0]
        visibility = _rounded(self._unsmoothed(np.array([p.visibility for p in points])))
        return _landmarks(points, world, visibility, frame.wh)

    def _unsmoothed(self, smoothed: Floats) -> Floats:
        before, self._visibility = self._visibility, smoothed
        if before is None:
            return smoothed
        raw = (smoothed - VISIBILITY_KEPT * before) / (1.0 - VISIBILITY_KEPT)
        return np.clip(raw, 0.0, 1.0)


class MediaPipeLandmarker:
    """BlazePose through MediaPipe's Tasks API; a context manager.

    Args:
        model: A ``.task`` file; the one inside the package when None.
        searcher: Finds people for another landmarker too, which must outlive this one.
        pair: Gives the trackers of a careful look by a model's name: those of another landmarker that looks no
            longer, or new ones when None.

    Raises:
        InputError: ``model`` is not a pose model.
        SetupError: The machine lacks a system library, or the package its model.
    """

    def __init__(
        self,
        model: Path | None = None,
        searcher: _Searcher | None = None,
        pair: Callable[[str], MirroredPair] | None = None,
    ) -> None:
        self._vision = _mediapipe()
        self._source = model
        self._stack = contextlib.ExitStack()
        self._tracker = WatchedTracker(self._open_tracker(model), self._find)
        self._careful: dict[str, CarefulLook] = {}
        self._pair = pair or cache(self._open_pair)
        self._searcher = searcher or _Searcher(partial(self._landmarker, "IMAGE", model))
        if (
            searcher is None
        ):  # what MediaPipe prints about the first person in a process is of no use to anybody
            self._find(mannequin())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def look(self, frame: Frame) -> Landmarks | None:
        """Return the person's raw landmarks, or None with nobody in view."""
        for careful in self._careful.values():
            careful.leave()
        return self._tracker.look(frame)

    def look_carefully(self, frame: Frame, models: Sequence[str]) -> Landmarks | None:
        """As `look`, but while somebody lies by a `careful_look` of the first of the models that is there.

        A model that the user has given looks alone.
        """
        careful = self._careful_look(models)
        return careful.look(frame) if careful else self.look(frame)

    def prepare(self, models: Sequence[str]) -> None:
        """Load the model of a careful look now, which takes two seconds, and not when somebody lies down."""
        careful = self._careful_look(models)
        if careful is not None:
            careful.prepare(mannequin())

    def look_beside(self, frame: Frame, models: Sequence[str]) -> Landmarks | None:
        """As `look`, while somebody lies with a careful look beside it; see `CarefulLook.look_beside`."""
        careful = self._careful_look(models)
        return careful.look_beside(frame) if careful else self.look(frame)

    def _careful_look(self, models: Sequence[str]) -> CarefulLook | None:
        """The careful look of the first of the models that is there; None for a model of the user's own."""
        name = next(
            (name for name in models if self._source is None and model_path(name).exists()), None
        )
        if name is None:
            return None
        if name not in self._careful:
            self._careful[name] = CarefulLook(self._tracker, partial(self._pair, name))
        return self._careful[name]

    def restart(self) -> None:
        """Find the person afresh at the next look."""
        self._tracker.restart()

    def find_another(self, frame: Frame, marks: Landmarks) -> Landmarks | None:
        """Find another person beside the one with these landmarks.

        The person is painted over and the rest is searched. In 120 pictures of two clips side by side this
        found the second person 118 times; asking the model for two people, which takes twice as long, once.
        """
        return self._find(Frame(frame.index, frame.time_s, painted_over(frame.image, marks)))

    def search(self, frame: Frame) -> Landmarks | None:
        """Look for somebody in square parts of the picture; the detector sees 224 pixels a side.

        Turning the picture does not help: people who lie are found as surely without (visibility 0.77
        against 0.74), and MediaPipe does not turn the landmarks back.
        """
        bodies = []
        for left, top, size in _squares(*frame.wh):
            part = frame.image[top : top + size, left : left + size]
            marks = self._find(Frame(frame.index, frame.time_s, part))
            bodies.append(marks and _moved(marks, (left, top), frame.wh))
        return max(
            (marks for marks in bodies if marks),
            key=lambda marks: float(marks.visibility.mean()),
            default=None,
        )

    def another(self, *, instead: bool = False) -> "MediaPipeLandmarker":
        """Return a new landmarker of the same model; both may be used at the same time.

        It has to be closed before this one. One that looks ``instead`` of this one takes over the trackers of
        its careful look, for the memory that they take.
        """
        pair = self._pair if instead else None
        return MediaPipeLandmarker(self._source, self._searcher, pair)

    def _find(self, frame: Frame) -> Landmarks | None:
        """Find somebody in one picture, apart from what is tracked."""
        detected = self._searcher.detect(self._picture(frame))
        if not detected.pose_landmarks:
            return None
        points, world = detected.pose_landmarks[0], detected.pose_world_landmarks[0]
        visibility = _rounded([p.visibility for p in points])
        return _landmarks(points, world, visibility, frame.wh)

    def _picture(self, frame: Frame) -> Any:
        picture = np.ascontiguousarray(frame.image)
        return self._vision.Image(image_format=self._vision.ImageFormat.SRGB, data=picture)

    def _open_tracker(self, model: Path | None) -> _Tracker:
        return _Tracker(self._landmarker("VIDEO", model), self._picture)

    def _open_pair(self, name: str) -> MirroredPair:
        model = model_path(name)
        pair = MirroredPair(self._open_tracker(model), self._open_tracker(model))
        self._stack.callback(pair.close)
        return pair

    def _landmarker(self, mode: str, model: Path | None) -> Any:
        vision = self._vision.tasks.vision
        options = vision.PoseLandmarkerOptions(
            base_options=self._vision.tasks.BaseOptions(**_model(model)),
            running_mode=vision.RunningMode[mode],
            num_poses=1,
        )
        try:
            with _starting():
                landmarker = vision.PoseLandmarker.create_from_options(options)
        except (RuntimeError, ValueError) as error:
            raise InputError(f"{model or model_path()}: is not a pose landmarker model") from error
        return self._stack.enter_context(landmarker)


def model_path(name: str = USUAL) -> Path:
    """The model of this name inside the package; any but the usual one may not be there."""
    return Path(str(resources.files("backstretch") / "models" / f"pose_landmarker_{name}.task"))


def _model(model: Path | None) -> dict[str, Any]:
    """MediaPipe's options that give it the model: by its path a graph takes 80 MB, by its bytes 115.

    MediaPipe cannot open every path that is not ASCII.
    """
    path = model or model_path()
    name = str(path.absolute())
    try:
        with path.open("rb") as file:
            if not name.isascii():
                return {"model_asset_buffer": file.read()}
    except OSError as error:
        if model is not None:
            raise InputError(f"{model}: cannot be read ({error.strerror})") from error
        words = "the pose model is not in the package; install backstretch again with pip"
        raise SetupError(words) from error
    return {"model_asset_path": name}


def _landmarks(points: Any, world: Any, visibility: Floats, wh: tuple[int, int]) -> Landmarks:
    """MediaPipe's fractions of the picture as pixels, and the line across the head."""
    xy_px = _rounded([(p.x * wh[0], p.y * wh[1]) for p in points])
    return Landmarks(
        xy_px=xy_px,
        head_line_deg=float(_rounded(line_by_ears(xy_px))),
        world_m=_rounded([(p.x, p.y, p.z) for p in world]),
        visibility=visibility,
        image_wh=wh,
    )


def _squares(width: int, height: int) -> list[tuple[int, int, int]]:
    """Squares along the longer side that overlap by half: left, top, size. None in a square picture."""
    size = min(width, height)
    starts = range(0, max(width, height) - size + 1, max(1, size // 2)) if width != height else ()
    return [(at, 0, size) if width > height else (0, at, size) for at in starts]


def _moved(marks: Landmarks, by_px: tuple[int, int], wh: tuple[int, int]) -> Landmarks:
    """Landmarks of a part of a picture in the whole picture."""
    return replace(marks, xy_px=_rounded(marks.xy_px + by_px), image_wh=wh)


def _rounded(values: Any) -> Floats:
    """Values rounded to float32, so that a stored track replays to the last digit."""
    return np.asarray(values, np.float32).astype(np.float64)


def _mediapipe() -> Any:
    os.environ.setdefault("GLOG_minloglevel", "3")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with _starting():
            import mediapipe
    except (ImportError, OSError) as error:
        raise SetupError(_missing(str(error))) from error
    return mediapipe


def _missing(reason: str) -> str:
    """The message for MediaPipe not loading; it names the missing package where the reason shows it."""
    packages = {"libEGL": "libegl1", "libGLES": "libgles2", "libGL.": "libgl1"}
    package = next((name for library, name in packages.items() if library in reason), None)
    if package is None:
        return f"MediaPipe cannot be loaded: {reason}"
    install = "sudo apt install libegl1 libgles2 libgl1"
    return f"MediaPipe needs the system library of the package {package}; on Debian: {install}"


@contextlib.contextmanager
def _starting() -> Iterator[None]:
    """Silence stderr and delay Ctrl-C while MediaPipe starts something.

    Its messages mean nothing to a user. Interrupted where it begins a thread, it would never let the
    program end.
    """
    with silent_stderr(), _uninterrupted():
        yield


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Delay Ctrl-C until the end; only the main thread ever receives it."""
    if current_thread() is not main_thread():
        yield
        return
    signals: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: signals.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
        if signals:
            signal.raise_signal(signal.SIGINT)
