"""The files of a result: their names, steps.csv that grows with the run, and result.json at its end."""

import csv
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path

from backstretch.formats.sinks import Sink
from backstretch.judging.result import Result
from backstretch.judging.step import Step
from backstretch.judging.wording import describe_reason
from backstretch.kinematics.columns import COLUMNS

RESULT = "result.json"
STEPS = "steps.csv"
TRACK = "landmarks.npz"
ANNOTATED = "annotated.mp4"
ANNOTATED_PICTURE = "annotated.png"
"""The same of a photograph."""
REPORT = "report.html"
VIDEO = "video.mp4"
"""The pictures of a live session without anything drawn on them, unlike those of `ANNOTATED`."""


class StepsFile(Sink):
    """steps.csv: one row a moment, with the verdict and every measure."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file)
        head = ["time_s", "state", "pose", "side", "reason", "reason_code", "valid_s", "total_s"]
        self._rows.writerow([*head, *(column.key for column in COLUMNS)])

    def steps(self, steps: Sequence[Step]) -> None:
        """Add rows; what could not be measured is left empty."""
        self._rows.writerows(map(_row, steps))

    def result(self, result: Result) -> None:  # noqa: ARG002
        """As `Sink.result`; closes the file after its last row."""
        self._file.close()

    def close(self) -> None:
        """As `Sink.close`."""
        self._file.close()


def _row(step: Step) -> list[str]:
    pose = step.pose.id if step.pose else ""
    moment = [f"{step.time_s:.6f}", str(step.state), pose, step.side or ""]
    reason = [describe_reason(step.reason), step.reason.code if step.reason else ""]
    seconds = [f"{step.valid_s:.3f}", f"{step.total_s:.3f}"]
    values = ["" if math.isnan(value) else f"{value:.4g}" for value in step.values.tolist()]
    return moment + reason + seconds + values


class ResultFile(Sink):
    """result.json.

    Args:
        path: The file.
        recorded_at: When it was recorded, as ISO 8601; empty where that is not known.
        opener: As that of `open`.
    """

    def __init__(
        self, path: Path, recorded_at: str = "", opener: Callable[[str, int], int] | None = None
    ) -> None:
        self._path = path
        self._more = {"recorded_at": recorded_at} if recorded_at else {}
        self._opener = opener

    def result(self, result: Result) -> None:
        """As `Sink.result`."""
        text = json.dumps(result.as_dict() | self._more, indent=2, ensure_ascii=False)
        with open(self._path, "wb", opener=self._opener) as file:
            file.write((text + "\n").encode("utf-8", "backslashreplace"))
