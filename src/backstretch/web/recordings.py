"""Recordings that somebody drops on the page: received, analysed one after the other, and removed.

Each is analysed in a worker process, never here. While a live session goes on, no analysis takes the processor
from it: one that has begun stands still, and no other begins.
"""

import asyncio
import errno
import json
import os
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from time import sleep
from typing import Any, BinaryIO, Self

from backstretch.analysis.batch import ENDINGS, BatchSettings, Reply, Task
from backstretch.analysis.batch_workers import Ended, Share, WorkerPool
from backstretch.errors import InputError
from backstretch.files import make_private, open_private
from backstretch.formats.result_files import RESULT, STEPS
from backstretch.history.history import Added
from backstretch.history.profile import data_folder, saved_neutral
from backstretch.history.saving import Original, Saving, add_recording, began_at, check_when
from backstretch.judging.request import Assignment, Part, Request
from backstretch.web.desk import Desk
from backstretch.web.order import SIDES, library_of

FOLDER = "uploads"
MOST_BYTES = 4_000_000_000
"""Longest file that is taken: half an hour of film from most telephones."""
FREE_BYTES = 500_000_000
"""What stays free on the disk."""
MOST_UPLOADS = 50
"""How many recordings the page lists, done ones included."""
LONGEST_NAME = 120
"""Letters of a file's name that are shown."""
LOOK_S = 0.2
"""How often it is looked whether an analysis is to rest, or to end."""
BLOCK_BYTES = 1 << 20
"""Written at once, away from the thread that answers the page."""
NOON = time(12)
EMPTY = "The file is empty."
KILLED = "The system stopped the analysis, probably for want of memory. Close other programs and try again."
FULL = "The disk is full. Free some space, and drop the file again."
TOO_LARGE = f"The file is too large; up to {MOST_BYTES / 1e9:.0f} GB can be taken."
MANY = f"There are {MOST_UPLOADS} recordings in the list. Remove some of them first."
GIVEN_UP = "The file was taken from the list."
NO_SUCH_DAY = "Nothing can have been recorded on that day."


class TooLargeError(InputError):
    """A file is larger than `MOST_BYTES`."""


class FullDiskError(InputError):
    """There is no room for a file."""


class Stage(StrEnum):
    """How far a recording is."""

    ARRIVING = "arriving"
    WAITING = "waiting"
    """Others are before it."""
    RESTING = "resting"
    """A live session goes on."""
    ANALYSING = "analysing"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Wish:
    """How a recording is to be analysed.

    Attributes:
        name: The file's name, which is only ever shown.
        who: The person's profile; empty for `profile.YOU`.
        pose: The id of the stretch; empty for whatever is recognised.
        side: ``left``, ``right`` or ``both``.
        is_mirrored: Whether it is a mirror image.
        changed_s: When the file was last changed, in seconds since 1970; None where that is not known.
    """

    name: str
    who: str = ""
    pose: str = ""
    side: str = "both"
    is_mirrored: bool = False
    changed_s: float | None = None


@dataclass(eq=False)
class Upload:
    """One recording of the list.

    Attributes:
        id: A name of ours; the page asks by it.
        wish: How it is to be analysed.
        settings: The same, for the worker.
        folder: What there is of it: the file while it is not analysed, then what its report is made of.
        stage: How far it is.
        share: Of the present stage, 0 to 1.
        words: Why it failed, for the person.
        document: Its result, as result.json; None before.
        began: When it was recorded; None where that is not known.
        original: By what the history knows it again.
        saved: What it was saved as; None before.
        is_given_up: Whether somebody has taken it from the list.
    """

    id: str
    wish: Wish
    settings: BatchSettings
    folder: Path
    stage: Stage = Stage.ARRIVING
    share: float = 0.0
    words: str = ""
    document: dict[str, Any] | None = None
    began: datetime | None = None
    original: Original | None = None
    saved: Added | None = None
    is_given_up: bool = False

    @property
    def path(self) -> Path:
        """The file; its ending tells a landmark track from a film."""
        ending = Path(self.wish.name).suffix.lower()
        return self.folder / f"recording{ending if ending in ENDINGS else ''}"

    @property
    def results(self) -> Path:
        """The folder of its result.json and steps.csv."""
        return self.folder / "results"

    def fail(self, words: str) -> None:
        """It came to nothing, for this reason."""
        self.words, self.stage = words, Stage.FAILED


class Uploads:
    """The recordings of the page; a context manager that leaves no file and no process behind.

    There is one in a data folder; what a killed program has left there is removed.

    Args:
        desk: Whether a live session goes on.

    Raises:
        InputError: The data folder cannot be written.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._uploads: dict[str, Upload] = {}
        self._waiting: SimpleQueue[Upload] = SimpleQueue()
        self._is_over = False
        self._thread = Thread(target=self._run, name="recordings", daemon=True)
        self._folder = data_folder() / FOLDER
        shutil.rmtree(self._folder, ignore_errors=True)
        try:
            make_private(self._folder)
        except OSError as error:
            words = f"{self._folder}: cannot be written ({error.strerror or error})"
            raise InputError(words) from error

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        self._thread.join()
        shutil.rmtree(self._folder, ignore_errors=True)

    def of(self, who: str) -> list[Upload]:
        """Somebody's recordings, in the order in which they came."""
        return [each for each in tuple(self._uploads.values()) if each.wish.who == who]

    def find(self, name: str) -> Upload | None:
        """The recording with an id; None for none."""
        return self._uploads.get(name)

    def expect(self, wish: Wish, length: int | None) -> Upload:
        """A recording is about to come, of so many bytes (None where nobody says).

        Raises:
            InputError: It cannot be taken, or not be analysed like that.
        """
        if len(self._uploads) >= MOST_UPLOADS:
            raise InputError(MANY)
        self.check_room(length or 0)
        settings = _settings_of(wish)
        name = secrets.token_urlsafe(9)
        upload = Upload(name, wish, settings, self._folder / secrets.token_hex(8))
        self._uploads[name] = upload
        return upload

    def check_room(self, length: int) -> None:
        """Check that so many bytes may come.

        Raises:
            TooLargeError: They are more than one file may have.
            FullDiskError: There is no room for them.
        """
        if length > MOST_BYTES:
            raise TooLargeError(TOO_LARGE)
        if shutil.disk_usage(self._folder).free - length < FREE_BYTES:
            raise FullDiskError(FULL)

    async def receive(
        self, upload: Upload, parts: AsyncIterator[bytes], length: int | None
    ) -> None:
        """Write a recording as it comes, and have it analysed.

        Whatever goes wrong, nothing is left of it, in the folder or in the list.

        Raises:
            InputError: It is too large, empty, or given up, or the disk is full.
        """
        try:
            with await asyncio.to_thread(_new, upload.path) as file:
                await self._write(upload, parts, length, file)
        except OSError as error:
            self.remove(upload)
            words = FULL if error.errno == errno.ENOSPC else f"The file cannot be stored ({error})."
            raise FullDiskError(words) from error
        except BaseException:
            self.remove(upload)
            raise
        with suppress(OSError, OverflowError, ValueError):
            if upload.wish.changed_s is not None:
                os.utime(upload.path, (upload.wish.changed_s, upload.wish.changed_s))
        upload.stage, upload.share = Stage.WAITING, 0.0
        self._waiting.put(upload)

    async def _write(
        self, upload: Upload, parts: AsyncIterator[bytes], length: int | None, file: BinaryIO
    ) -> None:
        """Write what comes, in blocks.

        Raises:
            InputError: It is too much or nothing, or nobody wants it any more.
        """
        count, block = 0, bytearray()
        async for part in parts:
            if upload.is_given_up:
                raise InputError(GIVEN_UP)
            count += len(part)
            block += part
            if len(block) >= BLOCK_BYTES or count > MOST_BYTES:
                self.check_room(count if count > MOST_BYTES else len(block))
                await asyncio.to_thread(file.write, bytes(block))
                block.clear()
            upload.share = count / length if length else 0.0
        if count == 0:
            raise InputError(EMPTY)
        await asyncio.to_thread(file.write, bytes(block))

    def remove(self, upload: Upload) -> None:
        """Take a recording from the list; an analysis of it ends."""
        upload.is_given_up = True
        self._uploads.pop(upload.id, None)
        shutil.rmtree(upload.folder, ignore_errors=True)

    def save(self, upload: Upload, day: date | None) -> Added:
        """Save a result in the history, in place of an earlier one of the same recording.

        Args:
            upload: The recording, analysed.
            day: When it was made; None for what the film or the file says.

        Raises:
            InputError: That is not known or cannot be, or the history cannot be written.
        """
        if upload.document is None or upload.original is None:
            raise InputError("It has no result that could be saved.")
        when, began = None, upload.began
        if day is not None and (began is None or day != began.date()):
            when = began = _on(day, NOON if began is None else began.time())
        if began is None:
            raise InputError("Say on which day it was recorded.")
        saving = Saving(when, upload.wish.who, Part())
        upload.saved, _ = add_recording(upload.document, upload.original, began, saving)
        upload.began = began
        return upload.saved

    def _run(self) -> None:
        """Analyse one recording after the other, until all is over."""
        while not self._is_over:
            try:
                upload = self._waiting.get(timeout=LOOK_S)
            except Empty:
                continue
            try:
                self._analyse(upload)
            except Exception as error:  # noqa: BLE001 - a fault of one recording ends that, not the others
                upload.fail(f"It could not be analysed ({type(error).__name__}: {error}).")
            finally:
                _clear(upload)

    def _analyse(self, upload: Upload) -> None:
        while self._must_rest(upload) and not self._is_given_up(upload):
            sleep(LOOK_S)
        if self._is_given_up(upload):
            return
        upload.stage = Stage.ANALYSING
        with WorkerPool(upload.settings, 1) as pool:
            for event in pool.events([Task(0, upload.path, upload.results)], LOOK_S):
                if self._is_given_up(upload):
                    return
                pool.rests = self._must_rest(upload)
                if isinstance(event, Share):
                    upload.share = event.share
                elif isinstance(event, Ended):
                    _finish(upload, event.reply)

    def _is_given_up(self, upload: Upload) -> bool:
        return self._is_over or upload.is_given_up

    def _must_rest(self, upload: Upload) -> bool:
        """Whether a live session goes on; the page is told."""
        must_rest = self._desk.is_busy
        upload.stage = Stage.RESTING if must_rest else Stage.ANALYSING
        return must_rest


def shown_name(name: str) -> str:
    """A file's name as text to be shown, without what cannot be seen; a long one keeps its ending."""
    plain = " ".join("".join(each if each.isprintable() else " " for each in name).split())
    if len(plain) <= LONGEST_NAME:
        return plain
    ending = Path(plain).suffix
    ending = ending if ending.lower() in ENDINGS else ""
    return f"{plain[: LONGEST_NAME - 1 - len(ending)]}…{ending}"


def _settings_of(wish: Wish) -> BatchSettings:
    """What the worker is to do.

    Raises:
        InputError: There is no such stretch or side.
    """
    library = library_of(wish.who)
    pose = library.poses.get(wish.pose)
    if (wish.pose and pose is None) or wish.side not in SIDES:
        raise InputError("There is no such stretch or side.")
    assignment = Assignment(
        poses=library.recognised if pose is None else (pose,),
        asked=pose is not None,
        sides=() if pose is None or pose.sides == "both" else SIDES[wish.side],
        person=" ".join(wish.who.split()),
    )
    own_neutral = saved_neutral(wish.who)
    request = Request(assignment, mirrored=wish.is_mirrored, own_neutral=own_neutral)
    return BatchSettings(request, library.recognised, None, "", text=True, files=frozenset({STEPS}))


def _finish(upload: Upload, reply: Reply) -> None:
    """Take the worker's answer, and all that is needed of the file, which is removed next."""
    if reply.error:
        words = reply.error.replace(f"{upload.path}: ", "").replace(str(upload.path), "the file")
        upload.fail(KILLED if reply.is_killed else f"{words[0].upper()}{words[1:]}.")
        return
    document = json.loads(reply.text)
    document["source"]["path"] = upload.wish.name
    (upload.results / RESULT).write_text(json.dumps(document), "utf-8")
    upload.original = Original.at(upload.path)
    with suppress(InputError):
        upload.began, _ = began_at(document, upload.path, None)
    upload.document, upload.stage = document, Stage.DONE


def _on(day: date, at: time) -> datetime:
    """A time of a day, here.

    Raises:
        InputError: Nothing can have been recorded then.
    """
    try:
        return check_when(datetime.combine(day, at.replace(tzinfo=None)))
    except (InputError, OverflowError, OSError, ValueError) as error:
        raise InputError(NO_SUCH_DAY) from error


def _new(path: Path) -> BinaryIO:
    """A new file in a new folder that only their owner may read, opened to be written."""
    make_private(path.parent)
    return open(path, "xb", opener=open_private)


def _clear(upload: Upload) -> None:
    """Remove the file of a recording, and all that there is of one without a result that somebody wants."""
    if upload.stage is Stage.DONE and not upload.is_given_up:
        upload.path.unlink(missing_ok=True)
    else:
        shutil.rmtree(upload.folder, ignore_errors=True)
