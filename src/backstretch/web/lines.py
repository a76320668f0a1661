"""The lines on which a page and the program talk: a WebSocket, or requests where none opens.

A page says pictures (bytes) and wishes (text), and is told objects and pictures; what they mean is left to the
partner that it meets.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from backstretch.errors import InputError
from backstretch.web.messages import VERSION

Told = dict[str, Any] | bytes
Tell = Callable[[Told], None]
ODD = 1008
"""The code with which a connection is closed on which something odd is said (RFC 6455: policy violation)."""
MOST_BYTES = 5 * 1024 * 1024
"""Longest message of a page: a picture, and a little."""
MOST_LINES = 8
"""How many pages may talk by requests at once."""
LONGEST_NAME = 64
POLL_S = 1.0
"""How long a request for what is told waits for something."""
SILENT_S = 5.0
"""A page that asks for nothing for so long is gone."""


class Partner(Protocol):
    """Whom a page talks to; see `conversation.Conversation`."""

    async def take(self, message: str | bytes) -> None:
        """Take what the page says.

        Raises:
            InputError: It cannot be taken; the line ends.
        """

    def leave(self) -> None:
        """The page is gone."""


Meet = Callable[[Tell], Partner]


async def talk(socket: WebSocket, meet: Meet) -> None:
    """Talk over a WebSocket until the page is gone, or has said something odd."""
    await socket.accept()
    waiting: asyncio.Queue[Told] = asyncio.Queue()
    partner = meet(_teller(asyncio.get_running_loop(), waiting))
    sending = asyncio.create_task(_send(socket, waiting))
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            is_picture = message.get("bytes") is not None
            await partner.take(message["bytes"] if is_picture else message["text"])
    except InputError as error:
        sending.cancel()
        with suppress(WebSocketDisconnect):
            await socket.send_json(_refusal(error))
            await socket.close(ODD)
    except WebSocketDisconnect:
        pass
    finally:
        partner.leave()
        sending.cancel()


class Requests:
    """Talks by requests: a POST says something, another one waits for what is told.

    Pictures that are told are left out.

    Args:
        meet: Gives a new page its partner.
    """

    def __init__(self, meet: Meet) -> None:
        self._meet = meet
        self._lines: dict[str, _Line] = {}

    async def say(self, request: Request) -> Response:
        """Take a picture, or JSON by its content type; the first one opens the line."""
        line = self._line(request)
        body = await body_of(request, MOST_BYTES)
        is_text = request.headers.get("content-type", "").startswith("application/json")
        try:
            await line.partner.take(body.decode() if is_text else body)
        except (InputError, UnicodeDecodeError) as error:
            self._end(request.path_params["line"])
            return JSONResponse(_refusal(error), 400)
        return Response(status_code=204)

    async def told(self, request: Request) -> Response:
        """All that was told since the last answer, oldest first; waits up to `POLL_S` for something."""
        waiting = self._line(request).waiting
        first: list[Told] = []
        with suppress(TimeoutError):
            first.append(await asyncio.wait_for(waiting.get(), POLL_S))
        more = [waiting.get_nowait() for _ in range(waiting.qsize())]
        return JSONResponse([each for each in (*first, *more) if not isinstance(each, bytes)])

    def _line(self, request: Request) -> "_Line":
        """The line of a page, which lives on by this; a new one for a name that is not known.

        Raises:
            HTTPException: The name is too long, or there are too many lines.
        """
        name = request.path_params["line"]
        if len(name) > LONGEST_NAME:
            raise HTTPException(404)
        if name not in self._lines:
            if len(self._lines) >= MOST_LINES:
                raise HTTPException(429)
            self._lines[name] = _Line(self._meet)
        line = self._lines[name]
        if line.end is not None:
            line.end.cancel()
        line.end = asyncio.get_running_loop().call_later(SILENT_S, self._end, name)
        return line

    def _end(self, name: str) -> None:
        line = self._lines.pop(name, None)
        if line is not None:
            line.partner.leave()


class _Line:
    def __init__(self, meet: Meet) -> None:
        self.waiting: asyncio.Queue[Told] = asyncio.Queue()
        self.partner = meet(_teller(asyncio.get_running_loop(), self.waiting))
        self.end: asyncio.TimerHandle | None = None


async def body_of(request: Request, most: int) -> bytes:
    """The body of a request.

    Raises:
        HTTPException: It is longer than ``most`` bytes.
    """
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise HTTPException(413)
    return body


async def _send(socket: WebSocket, waiting: "asyncio.Queue[Told]") -> None:
    while True:
        told = await waiting.get()
        sent: Awaitable[None] = (
            socket.send_bytes(told) if isinstance(told, bytes) else socket.send_json(told)
        )
        await sent


def _refusal(error: Exception) -> dict[str, Any]:
    return {"v": VERSION, "refused": str(error)}


def _teller(loop: asyncio.AbstractEventLoop, waiting: "asyncio.Queue[Told]") -> Tell:
    """Put what is told into a queue of the page's event loop, from any thread."""

    def tell(message: Told) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(waiting.put_nowait, message)

    return tell
