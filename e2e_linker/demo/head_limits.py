"""Limits on the size of a request head, as servers and proxies have them."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.types import Receive, Scope, Send

from e2e_linker.demo.behaviour import HeadLimit, RawResponse

__all__ = ["Farewell", "verdict"]


class Farewell:
    """Says exactly these bytes, whatever this server would have added, and hangs up."""

    def __init__(self, answer: RawResponse) -> None:
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say it and wait until the connection is gone, so that nothing else is written to it."""
        answer = self.answer
        head = [f"HTTP/1.1 {answer.status} {answer.reason}", *(f"{name}: {value}" for name, value in answer.headers)]
        text = "\r\n".join([*head, "", answer.body]) if answer.status else ""
        scope["range.hang_up"](text.encode())
        while (await receive())["type"] != "http.disconnect":
            continue


def verdict(limits: Sequence[HeadLimit], scope: Scope) -> Farewell | None:
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
            return Farewell(limit.answer)
    return None
