"""The gate of the page: who may ask what, and what every answer says to the browser.

Only a browser that came through `ENTER` with a token of this program has its cookie; without it nothing is
answered. Names of other sites that point to this machine (DNS rebinding) are recognised by the host that the
browser asked for, pages of other sites by what the browser says of them.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from time import monotonic
from typing import Any

from starlette.datastructures import QueryParams

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
ENTER = "/enter"
TOKEN_BYTES = 32
TOKEN_S = 120.0
"""How long a token lets somebody in, once."""
POLICY = (
    "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'"
)
"""What a page may load: only what is here, and no script or style that is written into it."""
READS = {"GET", "HEAD"}
"""Requests that change nothing; the page itself must ask for all others."""
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
}
"""Of every answer; an answer that has one of them already keeps its own."""
ENTERED = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>backstretch</title>
<meta http-equiv="refresh" content="0;url=/"><p><a href="/">Open backstretch</a></p></html>"""
"""Goes on by itself: the browser sends the cookie only to a page that was asked for from here."""
OUTSIDE = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>backstretch</title>
<h1>This page is closed</h1>
<p>Type <code>backstretch app</code> in a terminal; it opens the page for you.</p></html>"""
REFUSALS = {
    401: OUTSIDE,
    403: b"Another page asked for this; that is not allowed.",
    421: b"This is not the name under which the page is open.",
}


class Keys:
    """The cookie of this program, and tokens that let a browser have it, once each.

    Args:
        takes_other: Whether a token that was not made here is good; it is used up.
    """

    def __init__(self, takes_other: Callable[[str], bool] = lambda _token: False) -> None:
        self._takes_other = takes_other
        self.cookie = secrets.token_urlsafe(TOKEN_BYTES)
        self._until_s: dict[str, float] = {}

    def token(self) -> str:
        """A new token; it is good for `TOKEN_S`."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._until_s[token] = monotonic() + TOKEN_S
        return token

    def takes(self, token: str) -> bool:
        """Whether a token is good; it is used up."""
        known = [
            each
            for each in tuple(self._until_s)  # another thread may make a token meanwhile
            if hmac.compare_digest(each.encode(), token.encode())
        ]
        is_good = any(monotonic() <= self._until_s.pop(each) for each in known)
        return is_good or self._takes_other(token)

    def has(self, cookie: str) -> bool:
        """Whether this is the cookie."""
        return hmac.compare_digest(self.cookie.encode(), cookie.encode())


class Gate:
    """Lets through to an application what comes from the page itself; an ASGI application.

    Args:
        app: The application.
        keys: Who may come in.
        port: The port that browsers ask for.
    """

    def __init__(self, app: App, keys: Keys, port: int) -> None:
        self._app, self._keys = app, keys
        self._name = f"backstretch-{port}"  # cookies do not know ports
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] == "lifespan":
            return
        headers = _headers_of(scope)
        code = self._refusal(scope, headers)
        if code:
            kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
            await _answer(send, code, REFUSALS[code], kind=kind)
        elif scope["type"] == "http" and scope["path"] == ENTER:
            await self._let_in(scope, send)
        else:
            await self._app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> int:
        """The status with which a request is refused; 0 for none."""
        host = headers.get("host", "")
        if host not in self._hosts:
            return 421
        if scope["type"] == "http" and scope["path"] == ENTER and scope["method"] == "GET":
            return 0
        if not self._keys.has(self._cookie(headers)):
            return 401
        return 0 if _is_own(scope, headers, f"http://{host}") else 403

    def _cookie(self, headers: dict[str, str]) -> str:
        """The value of our cookie; those of other programs of this machine may be of any form."""
        for each in headers.get("cookie", "").split(";"):
            name, _, value = each.strip().partition("=")
            if name == self._name:
                return value
        return ""

    async def _let_in(self, scope: Scope, send: Send) -> None:
        """Give the cookie to whoever has a token."""
        token = QueryParams(scope["query_string"]).get("token", "")
        if not self._keys.takes(token):
            await _answer(send, 401, OUTSIDE)
            return
        cookie = f"{self._name}={self._keys.cookie}; Path=/; HttpOnly; SameSite=Strict"
        await _answer(send, 200, ENTERED, [(b"set-cookie", cookie.encode())])


def _headers_of(scope: Scope) -> dict[str, str]:
    """Each header, lower case; one that is given twice is all of them, and so none that is allowed."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        joint = "; " if key == "cookie" else ", "
        headers[key] = f"{headers[key]}{joint}{text}" if key in headers else text
    return headers


def _is_own(scope: Scope, headers: dict[str, str], origin: str) -> bool:
    """Whether the page itself asks, by what the browser says; a person may type an address."""
    asking, site = headers.get("origin"), headers.get("sec-fetch-site")
    if scope["type"] == "websocket":
        return asking == origin
    if scope["method"] not in READS:
        return asking == origin or (asking is None and site == "same-origin")
    return site in {None, "same-origin", "none"}


async def _answer(
    send: Send,
    code: int,
    body: bytes,
    more: Iterable[tuple[bytes, bytes]] = (),
    *,
    kind: str = "http.response",
) -> None:
    content = (
        b"text/html; charset=utf-8"
        if body.startswith(b"<!doctype")
        else b"text/plain; charset=utf-8"
    )
    headers = [(b"content-type", content), *more]
    send = _with_headers(send)
    await send({"type": f"{kind}.start", "status": code, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})


def _with_headers(send: Send) -> Send:
    """Add the headers of every answer."""

    async def sending(message: Message) -> None:
        if message["type"] in {"http.response.start", "websocket.http.response.start"}:
            there = {name.lower() for name, _ in message["headers"]}
            added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message["headers"] = [
                *message["headers"],
                *(each for each in added if each[0] not in there),
            ]
        await send(message)

    return sending
