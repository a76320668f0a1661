"""Drawing: the annotated video, made beside the analysis from a second reading of the file.

Most pictures are never looked at, and what they mean is known only when the next one has been. To keep them
until then would take hundreds of megabytes; to decode them again takes a tenth of drawing and encoding.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread

from backstretch.annotated import AnnotatedVideo
from backstretch.landmarks import LONGEST_GAP_S, Landmarks
from backstretch.overlay import Overlay
from backstretch.result import Wanted
from backstretch.step import Step
from backstretch.video import VideoReader

MOST_WAITING = 2000
"""Steps that wait to be drawn; the analysis then waits as well, or an hour of them would fill the memory."""
PATIENCE_S = 0.1


class Drawing:
    """The annotated video of one recording, drawn in a thread of its own.

    Args:
        source: The recording.
        target: The video.
        wanted: What was asked.

    Attributes:
        at_s: The source's time that has been drawn.
    """

    def __init__(self, source: Path, target: Path, wanted: Wanted) -> None:
        self.at_s = wanted.start_s
        self._source, self._target, self._wanted = source, target, wanted
        self._steps: Queue[Step | None] = Queue(MOST_WAITING)
        self._given_up = Event()
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, name="drawing", daemon=True)
        self._thread.start()

    def push(self, step: Step) -> None:
        """Take the next step.

        Raises:
            OSError: The video cannot be written.
        """
        self._put(step)

    def finish(self, progress: Callable[[float], None]) -> None:
        """Draw what is left; ``progress`` is told the time that has been reached.

        Raises:
            OSError: The video cannot be written.
        """
        self._put(None)
        while self._thread.is_alive():
            progress(self.at_s)
            self._thread.join(PATIENCE_S)
        self._tell()

    def give_up(self) -> None:
        """Stop; the file stays unfinished."""
        self._given_up.set()
        while self._thread.is_alive():
            self._thread.join(PATIENCE_S)

    def _put(self, step: Step | None) -> None:
        while True:
            self._tell()
            with suppress(Full):
                self._steps.put(step, timeout=PATIENCE_S)
                return

    def _tell(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            self._draw()
        except BaseException as error:  # noqa: BLE001 - it is raised where the next step comes
            self._error = error

    def _draw(self) -> None:
        overlay, wanted = Overlay(self._wanted.hold_s), self._wanted
        with VideoReader(self._source) as reader, AnnotatedVideo(self._target, reader.wh) as video:
            before, after = None, self._next()
            for picture in reader.pictures(wanted.start_s, wanted.end_s):
                while after is not None and after.time_s <= picture.time_s:
                    before, after = after, self._next()
                step = between(before, after, picture.time_s)
                if step is None or (after is None and picture.time_s > step.time_s):
                    return  # the file has grown since
                image = picture.convert()
                if image is not None:
                    image = image[:, ::-1] if wanted.mirrored else image
                    video.write(overlay.draw(image, step), picture.time_s)
                self.at_s = picture.time_s

    def _next(self) -> Step | None:
        """The next step; None at the end."""
        while not self._given_up.is_set():
            with suppress(Empty):
                return self._steps.get(timeout=PATIENCE_S)
        raise InterruptedError("nobody wants the video any more")


def between(before: Step | None, after: Step | None, time_s: float) -> Step | None:
    """What to draw at a time between two steps: the first, on its way to the second; None for none."""
    if before is None or after is None:
        return before or after
    gap_s = after.time_s - before.time_s
    if gap_s > LONGEST_GAP_S or before.form is not after.form or before.state is not after.state:
        return before
    share = (time_s - before.time_s) / gap_s
    return replace(
        before,
        landmarks=_between(before.landmarks, after.landmarks, share),
        valid_s=before.valid_s + share * (after.valid_s - before.valid_s),
        total_s=before.total_s + share * (after.total_s - before.total_s),
    )


def _between(before: Landmarks | None, after: Landmarks | None, share: float) -> Landmarks | None:
    if before is None or after is None:
        return before
    parts = [
        first + share * (second - first)
        for first, second in (
            (before.xy_px, after.xy_px),
            (before.world_m, after.world_m),
            (before.visibility, after.visibility),
        )
    ]
    return Landmarks(parts[0], parts[1], parts[2], before.image_wh)
