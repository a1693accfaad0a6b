"""What Chromium's DevTools tell of a request and Playwright does not: what made the browser send it, and the cache."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any

from playwright.async_api import CDPSession

from e2e_linker.browser.background import Background
from e2e_linker.evidence.traffic import Headers, Initiator

__all__ = ["LIMIT", "Initiators", "Note"]

LIMIT = 500
"""Requests after which DevTools are told to be silent: their words on a page of thousands would slow it down."""


@dataclass(slots=True)
class Note:
    """What DevTools said of one request."""

    initiator: Initiator
    cached: bool = False
    """Whether the answer came out of the memory or the disk cache."""
    fragment: str = ""
    """What stands behind the ``#`` of the address, which Playwright leaves out."""
    headers: Headers = ()
    """The headers as they were sent; Playwright knows them only once an answer has come."""


class Initiators:
    """Notes of DevTools, kept until the request they belong to is written down.

    DevTools and Playwright number requests differently, so a note is found by method and address, in order.
    """

    def __init__(self, background: Background) -> None:
        self._notes: defaultdict[tuple[str, str], deque[Note]] = defaultdict(deque)
        self._under_way: dict[str, Note] = {}
        self._early: dict[str, Headers] = {}
        self._sessions: list[CDPSession] = []
        self._background = background
        self.count = 0
        """Requests that were told of."""

    async def listen(self, session: CDPSession) -> None:
        """Listen to the page of ``session``; DevTools itself is told to keep no bodies for us."""
        session.on("Network.requestWillBeSent", self._will_be_sent)
        session.on("Network.requestWillBeSentExtraInfo", self._headers_sent)
        session.on("Network.requestServedFromCache", self._served_from_cache)
        session.on("Network.responseReceived", self._answered)
        session.on("Network.loadingFinished", self._ended)
        session.on("Network.loadingFailed", self._ended)
        self._sessions.append(session)
        if self.count < LIMIT:
            await session.send("Network.enable", {"maxTotalBufferSize": 0, "maxResourceBufferSize": 0})

    def take(self, method: str, url: str) -> Note | None:
        """The oldest note for this method and address, once."""
        notes = self._notes.get((method, _bare(url)))
        return notes.popleft() if notes else None

    def _will_be_sent(self, event: dict[str, Any]) -> None:
        request = event["request"]
        if request["url"].startswith("data:") or self.count >= LIMIT:
            return
        self.count += 1
        if self.count == LIMIT:
            for session in self._sessions:
                self._background.start(session.send("Network.disable"))
        note = Note(_initiator(event.get("initiator", {})), fragment=request.get("urlFragment", "").removeprefix("#"))
        note.headers = self._early.pop(event["requestId"], ())
        self._under_way[event["requestId"]] = note
        self._notes[request["method"], _bare(request["url"])].append(note)

    def _headers_sent(self, event: dict[str, Any]) -> None:
        """Redirects share one number: the headers belong to the newest request of it, or to one not yet told of."""
        headers = tuple((str(name), str(value)) for name, value in event.get("headers", {}).items())
        note = self._under_way.get(event["requestId"])
        if note is None or note.headers:
            self._early[event["requestId"]] = headers
        else:
            note.headers = headers

    def _served_from_cache(self, event: dict[str, Any]) -> None:
        note = self._under_way.get(event["requestId"])
        if note is not None:
            note.cached = True

    def _answered(self, event: dict[str, Any]) -> None:
        note = self._under_way.get(event["requestId"])
        if note is not None and event["response"].get("fromDiskCache"):
            note.cached = True

    def _ended(self, event: dict[str, Any]) -> None:
        self._under_way.pop(event["requestId"], None)
        self._early.pop(event["requestId"], None)


def _initiator(told: dict[str, Any]) -> Initiator:
    url, line = told.get("url"), told.get("lineNumber")
    stack = told.get("stack")
    while stack and not stack.get("callFrames"):
        stack = stack.get("parent")
    if stack:
        frame = stack["callFrames"][0]
        url, line = frame.get("url"), frame.get("lineNumber")
    # DevTools counts lines from 0.
    return Initiator(type=told.get("type", "other"), url=url or None, line=int(line) + 1 if line is not None else None)


def _bare(url: str) -> str:
    return url.partition("#")[0]
