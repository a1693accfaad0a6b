"""Answers that a server should never give: cut off, never ending, much too large, or not HTTP at all."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from functools import cache

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

__all__ = ["HUGE_BYTES", "bomb", "dripping", "hanging", "huge", "last_words"]

HUGE_BYTES = 50_000_000
_CHUNK = b"x" * 65_536
_DRIP = b'{"access_token": "'


class _Odd(Response):
    """A response that is played by a function."""

    def __init__(self, play: Callable[[Scope, Receive, Send], object]) -> None:
        super().__init__()
        self._play = play

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Play it until the client has gone."""
        playing = asyncio.ensure_future(self._play(scope, receive, send))  # type: ignore[call-overload]
        try:
            while (await receive())["type"] != "http.disconnect":
                continue
        finally:
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)


async def _begin(send: Send, *headers: tuple[bytes, bytes]) -> None:
    kind = (b"content-type", b"application/json")
    await send({"type": "http.response.start", "status": 200, "headers": [kind, *headers]})


def hanging() -> Response:
    """Takes the request and never says a word."""

    async def play(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    return _Odd(play)


def dripping() -> Response:
    """One byte a second, for ever."""

    async def play(scope: Scope, receive: Receive, send: Send) -> None:
        await _begin(send)
        position = 0
        while True:
            body = _DRIP[position : position + 1] or b"x"
            await send({"type": "http.response.body", "body": body, "more_body": True})
            position += 1
            await asyncio.sleep(1)

    return _Odd(play)


def huge() -> Response:
    """Fifty megabytes of nothing."""

    async def play(scope: Scope, receive: Receive, send: Send) -> None:
        await _begin(send, (b"content-length", str(HUGE_BYTES).encode()))
        left = HUGE_BYTES
        while left:
            chunk = _CHUNK[:left]
            left -= len(chunk)
            await send({"type": "http.response.body", "body": chunk, "more_body": bool(left)})

    return _Odd(play)


@cache
def _packed() -> bytes:
    return gzip.compress(b'{"access_token": "' + b"x" * HUGE_BYTES + b'"}')


def bomb() -> Response:
    """Fifty megabytes again, packed into fifty kilobytes."""
    return Response(_packed(), 200, {"Content-Encoding": "gzip"}, "application/json")


def last_words(words: bytes) -> Response:
    """``words`` as they are, and then the end of the connection."""

    async def play(scope: Scope, receive: Receive, send: Send) -> None:
        scope["range.hang_up"](words)

    return _Odd(play)
