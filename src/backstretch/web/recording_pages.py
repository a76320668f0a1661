"""The page of recordings: takes files, says how far they are, and gives and saves what came of them."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from datetime import date
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from backstretch.display.html.app_pages import recordings_page
from backstretch.display.html.report import write_report
from backstretch.errors import InputError
from backstretch.web.answers import alone, who_of
from backstretch.web.order import library_of
from backstretch.web.recordings import (
    MOST_BYTES,
    NO_SUCH_DAY,
    FullDiskError,
    TooLargeError,
    Upload,
    Uploads,
    Wish,
    shown_name,
)

STATUS = {TooLargeError: 413, FullDiskError: 507}
"""With which a file is refused; 400 for other reasons."""


class RecordingPages:
    """The routes below ``/recordings``.

    Args:
        uploads: The recordings.
    """

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads
        self.routes: list[BaseRoute] = [
            Route("/recordings", self._page),
            Route("/recordings", self._take, methods=["PUT"]),
            Route("/recordings/list", self._list),
            Route("/recordings/{name}", self._remove, methods=["DELETE"]),
            Route("/recordings/{name}/save", self._save, methods=["POST"]),
            Route("/recordings/{name}/report", self._report),
        ]

    def _page(self, request: Request) -> Response:
        who = who_of(request.query_params)
        return HTMLResponse(recordings_page(library_of(who), who, MOST_BYTES))

    async def _take(self, request: Request) -> Response:
        """Take a file: its name and how it is to be analysed stand in the address, the body is the file."""
        with suppress(ClientDisconnect):
            return await self._taken(request, request.stream(), _length_of(request))
        return Response(status_code=400)  # nobody reads it

    async def _taken(
        self, request: Request, parts: AsyncIterator[bytes], length: int | None
    ) -> Response:
        try:
            upload = await asyncio.to_thread(self._uploads.expect, _wish_of(request), length)
            await self._uploads.receive(upload, parts, length)
        except InputError as error:
            await _pass_over(parts)
            return Response(str(error), STATUS.get(type(error), 400), media_type="text/plain")
        return JSONResponse({"id": upload.id}, 201)

    def _list(self, request: Request) -> Response:
        return JSONResponse(list(map(_about, self._uploads.of(who_of(request.query_params)))))

    def _remove(self, request: Request) -> Response:
        self._uploads.remove(self._upload(request))
        return Response(status_code=204)

    def _save(self, request: Request) -> Response:
        words = request.query_params.get("day", "")
        try:
            day = date.fromisoformat(words) if words else None
        except ValueError as error:
            raise InputError(NO_SUCH_DAY) from error
        added = self._uploads.save(self._upload(request), day)
        return JSONResponse({"number": added.number})

    def _report(self, request: Request) -> Response:
        upload = self._upload(request)
        if upload.document is None:
            raise HTTPException(404)
        return alone(write_report(upload.results).read_text("utf-8"))

    def _upload(self, request: Request) -> Upload:
        """The recording that an address names: it is looked up, not joined to a path."""
        upload = self._uploads.find(request.path_params["name"])
        if upload is None:
            raise HTTPException(404)
        return upload


def _wish_of(request: Request) -> Wish:
    query = request.query_params
    changed_s = None
    with suppress(ValueError, OverflowError):
        changed_s = int(query["changed"]) / 1000.0 if "changed" in query else None
    return Wish(
        name=shown_name(query.get("name", "")) or "recording",
        who=who_of(query),
        pose=query.get("stretch", ""),
        side=query.get("side", "both"),
        is_mirrored=query.get("mirrored") == "yes",
        changed_s=changed_s,
    )


def _length_of(request: Request) -> int | None:
    """How many bytes are to come, as the browser says; the server sees to it that no more do."""
    words = request.headers.get("content-length", "")
    return int(words) if words.isascii() and words.isdecimal() else None


async def _pass_over(parts: AsyncIterator[bytes]) -> None:
    """Let the rest of a refused file go by, so that the browser hears why; a longer one is cut off."""
    count = 0
    async for part in parts:
        count += len(part)
        if count > MOST_BYTES:
            return


def _about(upload: Upload) -> dict[str, Any]:
    """A recording as the page lists it."""
    about: dict[str, Any] = {
        "id": upload.id,
        "name": upload.wish.name,
        "stage": upload.stage,
        "share": round(upload.share, 2),
        "words": upload.words,
    }
    if upload.document is None:
        return about
    document = upload.document
    return about | {
        "held_s": document["totals"]["valid_s"],
        "found": list(_found(document["stretches"])),
        "alike": [each.get("name", each["pose"]) for each in document.get("looks_like") or ()][:1],
        "notes": document["warnings"],
        "day": "" if upload.began is None else upload.began.date().isoformat(),
        "saved": None if upload.saved is None else upload.saved.number,
    }


def _found(stretches: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for each in stretches:
        name = f"{each['name']}, {each['side']}" if each["side"] else each["name"]
        yield {"name": name, "held_s": each["held_s"]}
