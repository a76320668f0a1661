"""The files that are written while a recording is looked at."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from backstretch.drawing import Drawing
from backstretch.output_names import ANNOTATED, STEPS
from backstretch.recording import StepsFile
from backstretch.request import Request
from backstretch.session import Step


class Outputs:
    """The files that are written while a recording is looked at; none without a folder.

    A context manager: what is not finished when it is left is given up.

    Args:
        folder: Where to write, None for nowhere.
        request: What was asked.
        video: The recording to draw on, None for a landmark track.
        progress: Is told the source's time that both the analysis and the drawing have reached, in seconds.
    """

    def __init__(
        self,
        folder: Path | None,
        request: Request,
        video: Path | None,
        progress: Callable[[float], None],
    ) -> None:
        self._progress = progress
        self._looked_s = request.part.start_s
        self._steps: StepsFile | None = None
        self._drawing: Drawing | None = None
        if folder is not None:
            self._steps = StepsFile(folder / STEPS)
        if folder is not None and video is not None:
            self._drawing = Drawing(video, folder / ANNOTATED, request)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with ExitStack() as stack:
            if self._steps is not None:
                stack.callback(self._steps.close)
            if self._drawing is not None:
                stack.callback(self._drawing.give_up)  # does nothing to one that is done

    def finish(self) -> None:
        """Wait until all is written."""
        if self._drawing is not None:
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
