"""The files that are written while a recording is looked at."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from backstretch.drawing import Drawing
from backstretch.output_names import ANNOTATED, STEPS
from backstretch.recording import StepsFile
from backstretch.result import Wanted
from backstretch.step import Step

Progress = Callable[[float], None]
"""Is told the source's time that has been reached, in seconds."""


class Outputs:
    """The files that are written while a recording is looked at; none without a folder. A context manager.

    Args:
        folder: Where to write, None for nowhere.
        wanted: What was asked.
        video: The recording to draw on, None for a landmark track.
        progress: Is told how far both the analysis and the drawing are.
    """

    def __init__(
        self, folder: Path | None, wanted: Wanted, video: Path | None, progress: Progress
    ) -> None:
        self._progress = progress
        self._looked_s = wanted.start_s
        self._steps: StepsFile | None = None
        self._drawing: Drawing | None = None
        if folder is not None:
            self._steps = StepsFile(folder / STEPS)
        if folder is not None and video is not None:
            self._drawing = Drawing(video, folder / ANNOTATED, wanted)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with ExitStack() as stack:
            if self._steps is not None:
                stack.callback(self._steps.close)
            if self._drawing is not None:
                stack.callback(self._drawing.give_up)  # does nothing to one that is done
            if self._drawing is not None and error is None:
                self._drawing.finish(self._tell)

    def write(self, steps: Iterable[Step]) -> None:
        """Write what is known."""
        for step in steps:
            if self._steps is not None:
                self._steps.write(step)
            if self._drawing is not None:
                self._drawing.push(step)

    def reached(self, time_s: float) -> None:
        """Tell how far it is: half of the way is looking and half drawing, where there is any."""
        self._looked_s = time_s
        self._tell(time_s if self._drawing is None else self._drawing.at_s)

    def _tell(self, drawn_s: float) -> None:
        self._progress((self._looked_s + drawn_s) / 2.0)
