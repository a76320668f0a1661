"""Drawing: the annotated video, made beside the analysis from a second reading of the file.

Most pictures are never looked at, and what they mean is known only when the next one has been. To keep them
until then would take hundreds of megabytes; to decode them again takes a tenth of drawing and encoding.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from backstretch.annotated import AnnotatedVideo
from backstretch.landmarks import LONGEST_GAP_S, Landmarks
from backstretch.overlay import Overlay
from backstretch.picture import Picture
from backstretch.request import Request
from backstretch.result import Result
from backstretch.sinks import Sink
from backstretch.step import Step
from backstretch.video import VideoReader


class DrawnRecording(Sink):
    """The annotated video of one recording; takes long, and therefore belongs into the background.

    Args:
        source: The recording.
        target: The video.
        request: What was asked.
    """

    def __init__(self, source: Path, target: Path, request: Request) -> None:
        with ExitStack() as stack:
            reader = stack.enter_context(VideoReader(source))
            self._video = stack.enter_context(AnnotatedVideo(target, reader.wh))
            self._stack = stack.pop_all()
        self._is_mirrored = request.mirrored
        self._overlay = Overlay(request.assignment.hold_s)
        self._pictures = reader.pictures(request.part.start_s, request.part.end_s)
        self._picture = next(self._pictures, None)
        self._step: Step | None = None

    def steps(self, steps: Sequence[Step]) -> None:
        """Draw what lies before each step: what it means is known now."""
        for step in steps:
            while self._picture is not None and self._picture.time_s < step.time_s:
                self._draw(self._picture, between(self._step, step, self._picture.time_s))
            self._step = step

    def result(self, result: Result) -> None:  # noqa: ARG002
        """Draw the last picture; later ones have been added to the file since it was looked at."""
        last = self._step
        while (
            last is not None and self._picture is not None and self._picture.time_s <= last.time_s
        ):
            self._draw(self._picture, last)
        self.close()

    def close(self) -> None:
        """As `Sink.close`."""
        self._stack.close()

    def _draw(self, picture: Picture, step: Step) -> None:
        image = picture.convert()
        if image is not None:
            image = image[:, ::-1] if self._is_mirrored else image
            self._video.write(self._overlay.draw(image, step), picture.time_s)
        self._picture = next(self._pictures, None)


def between(before: Step | None, after: Step, time_s: float) -> Step:
    """What to draw at a time between two steps: the first, on its way to the second."""
    if before is None:
        return after
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
