"""What is kept of a live session: its record and figures always, landmarks and video only where asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from backstretch.health import open_private
from backstretch.outlets import Keeper, Outlet, StepsKeeper, TrackKeeper, VideoKeeper
from backstretch.output_names import RESULT, STEPS, TRACK, VIDEO
from backstretch.practice import Practice
from backstretch.practice_days import RECORD
from backstretch.result import Result
from backstretch.session_record import END, SORENESS, SessionRecord
from backstretch.whole_file import free_path

FOLDER_NAME = "%Y-%m-%dT%H-%M-%S"


class Kept:
    """One session's folder; a context manager.

    Args:
        sessions: The folder of all sessions.
        about: What the record's first line says.
        track: Whether landmarks are kept.
        video: Whether pictures are kept.

    Attributes:
        folder: Where everything goes.
    """

    def __init__(
        self, sessions: Path, about: dict[str, Any], *, track: bool = False, video: bool = False
    ) -> None:
        now = datetime.now().astimezone()
        self.folder = free_path(sessions / now.strftime(FOLDER_NAME))
        self._started = now.isoformat(timespec="seconds")
        self._record = SessionRecord(self.folder / RECORD, {"started": self._started} | about)
        self._steps: StepsKeeper | None = None
        self._track = TrackKeeper() if track else None
        self._video = VideoKeeper(self.folder / VIDEO) if video else None
        self._keeper: Keeper | None = None
        self._faults: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for each in (self._steps, self._video):
            if each is not None:
                each.close()
        self._record.close()

    @property
    def faults(self) -> tuple[str, ...]:
        """What could not be kept, one line each."""
        writers = [each for each in (self._record, self._steps, self._video) if each]
        faults = [*(each.fault for each in writers), *self._faults]
        if self._video is not None and self._video.left_out:
            faults.append(f"the video lacks {self._video.left_out} pictures: it was too slow")
        return tuple(dict.fromkeys(fault for fault in faults if fault))

    def sore(self, value: int | None) -> None:
        """Keep how sore the person is, 0 to 10; None for a question that was skipped."""
        self._record.write(SORENESS, value=value)

    def outlets(self, practice: Practice) -> list[Outlet]:
        """What takes the session's steps, words and pictures."""
        self._keeper = Keeper(self._record, practice)
        if self.folder.is_dir():  # else the record tells why nothing can be kept
            self._steps = StepsKeeper(self.folder / STEPS)
        more = (self._steps, self._track, self._video)
        return [self._keeper, *(each for each in more if each)]

    def finish(self, result: Result, why: str, **figures: int) -> None:
        """Keep the end: why it came, the totals, and the result with all that belongs to it.

        ``figures`` tell how the machine kept up, such as the pictures that were dropped.
        """
        if self._keeper is not None:
            self._keeper.keep_holds()
        document = result.as_dict()
        document["recorded_at"] = self._started
        text = json.dumps(document, indent=2, ensure_ascii=False)
        with self._told(), open(self.folder / RESULT, "wb", opener=open_private) as file:
            file.write((text + "\n").encode("utf-8", "backslashreplace"))
        self._record.write(
            END,
            reason=why,
            totals=document["totals"],
            warnings=document["warnings"],
            **figures,
        )
        with self._told():
            if self._track is not None:
                self._track.save(self.folder / TRACK, result.source, result.notices)
        for each in (self._steps, self._video):  # last, since a slow disk may take seconds
            if each is not None:
                each.close()
        self._record.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the disk are kept, to be told."""
        try:
            yield
        except OSError as error:
            reason = error.strerror or error
            self._faults.append(f"{self.folder}: cannot be written ({reason})")
