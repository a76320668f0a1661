"""A page's side of a session: takes its pictures and wishes, and sends what it is told."""

import asyncio
from collections import deque
from contextlib import suppress
from time import perf_counter
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from backstretch.coaching.scene import Command
from backstretch.errors import BackstretchError, InputError
from backstretch.web.desk import Desk
from backstretch.web.messages import VERSION, picture_of, request_of
from backstretch.web.order import Asked, begin
from backstretch.web.visit import Visit, teller

MOST_A_SECOND = 60
"""Pictures of one page; more are no camera's."""
ODD = 1008
"""The code with which a connection is closed on which something odd is said (RFC 6455: policy violation)."""


class Conversation:
    """One connection of a page, from its beginning to its end.

    Args:
        socket: The connection, accepted.
        desk: Where sessions are asked for.
        visit: The session's side of it.
    """

    def __init__(self, socket: WebSocket, desk: Desk, visit: Visit) -> None:
        self._socket, self._desk, self._visit = socket, desk, visit
        self._waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._tell = teller(asyncio.get_running_loop(), self._waiting)
        self._arrived_s: deque[float] = deque(maxlen=MOST_A_SECOND)

    async def hold(self) -> None:
        """Take what comes and send what is told, until the page is gone."""
        sending = asyncio.create_task(self._send())
        try:
            while True:
                await self._take(await self._socket.receive())
        except InputError as error:
            sending.cancel()
            with suppress(WebSocketDisconnect):
                await self._socket.send_json({"v": VERSION, "refused": str(error)})
                await self._socket.close(ODD)
        except WebSocketDisconnect:
            pass
        finally:
            self._visit.leave(self._tell)
            sending.cancel()

    async def _send(self) -> None:
        while True:
            await self._socket.send_json(await self._waiting.get())

    async def _take(self, message: Any) -> None:
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
        if message.get("bytes") is not None:
            self._take_picture(message["bytes"])
        else:
            await self._take_request(request_of(message["text"]))

    def _take_picture(self, message: bytes) -> None:
        now_s = perf_counter()
        is_full = len(self._arrived_s) == MOST_A_SECOND
        if is_full and now_s - self._arrived_s[0] < 1.0:
            raise InputError("there are too many pictures")
        self._arrived_s.append(now_s)
        if self._visit.has(self._tell):
            picture = picture_of(message)
            self._visit.feed.push(picture.number, picture.time_ms, picture.jpeg)

    async def _take_request(self, request: dict[str, Any]) -> None:
        ((kind, value),) = request.items()
        if kind == "begin":
            await asyncio.to_thread(self._begin, value)
        elif kind == "go_on":
            self._go_on()
        elif kind == "take_over":
            self._enter()
        elif not self._visit.has(self._tell):
            raise InputError("there is no session yet")
        elif kind == "command" and value in list(Command):
            self._visit.command(Command(value))
        elif kind == "mute":
            self._visit.mute()
        elif kind == "leave":
            self._visit.end()
        else:
            raise InputError("the page said something that is not known here")

    def _enter(self) -> None:
        self._visit.enter(self._tell)

    def _begin(self, value: Any) -> None:
        """Ask for a session, or go on with one whose page is gone; the page is told where neither can be."""
        if self._desk.is_busy:
            self._go_on()
            return
        try:
            asked = Asked.of(value)
            order = begin(asked, self._visit)
        except BackstretchError as error:
            self._tell({"v": VERSION, "refused": str(error)})
            return
        if isinstance(order, str):
            self._tell({"v": VERSION, "question": order})
        elif self._desk.take(order):
            self._enter()
        else:
            self._go_on()

    def _go_on(self) -> None:
        """Go on with the session whose page is gone."""
        if not self._desk.is_busy:
            self._tell({"v": VERSION, "refused": "The session has ended. Press Start for another."})
        elif self._visit.has_page:
            self._tell({"v": VERSION, "busy": True})
        else:
            self._enter()
