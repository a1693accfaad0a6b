"""Limits on the size of a request head, as servers and proxies have them."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from e2e_linker.demo.behaviour import HeadLimit
from e2e_linker.demo.session import raw_response

__all__ = ["Drop", "verdict"]


class Drop(Response):
    """Not an answer: the connection is cut."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cut it and wait until it is gone, so that the server writes nothing of its own."""
        scope["range.drop"]()
        while (await receive())["type"] != "http.disconnect":
            continue


def verdict(limits: Sequence[HeadLimit], scope: Scope) -> Response | None:
    """What the first exceeded limit answers; None where the head is small enough."""
    target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    line = len(scope["method"]) + len(target) + len("  HTTP/1.1")
    headers = [len(name) + len(value) + 2 for name, value in scope["headers"]]
    total = line + 2 + sum(size + 2 for size in headers) + 2
    for limit in limits:
        if limit.path is not None and limit.path != scope["path"]:
            continue
        measured = (
            (limit.line, line),
            (limit.query, len(scope["query_string"])),
            (limit.header, max(headers, default=0)),
            (limit.total, total),
        )
        if any(allowed is not None and size > allowed for allowed, size in measured):
            return raw_response(limit.answer) if limit.answer.status else Drop()
    return None
