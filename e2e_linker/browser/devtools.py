"""What Chromium's DevTools tell of a request and its answer, so that the driver need not be asked.

Beside what Playwright knows they tell what made the browser send the request, whether the answer came from a cache,
and, as they go by, the headers of both as they were on the wire.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import CDPSession

from e2e_linker.browser.background import Background
from e2e_linker.browser.handlers import Handler
from e2e_linker.evidence.sizes import url_as_sent
from e2e_linker.evidence.traffic import Headers, Initiator

__all__ = ["LIMIT", "Course", "DevTools", "Note", "words_of_certificate"]

LIMIT = 500
"""Requests after which DevTools are told to be silent: their words on a page of thousands would slow it down."""
_BEHIND_S = 0.01
"""Seconds by which DevTools' word on a request may come after Playwright's."""
_PATIENCE = 10
"""Such moments that a busy machine may take for a word that nobody else could give, until they were once in vain."""

Course = tuple[float, float]
"""Milliseconds from the begin of a request until it was sent, and until its answer began: to a microsecond, so that
two requests for one address hardly ever have the same."""


@dataclass(slots=True, eq=False)
class Note:
    """What DevTools said of one request."""

    initiator: Initiator
    course: Course | None = None
    """None until the request was answered over the network."""
    cached: bool = False
    """Whether the answer came out of the memory or the disk cache."""
    remembered: bool = False
    """Whether it came out of the memory, so that nothing was sent and no headers are told."""
    fragment: str = ""
    """What stands behind the ``#`` of the address, which Playwright leaves out."""
    sent: Headers | None = None
    """The headers as they were sent; Playwright knows them only once an answer has come."""
    received: Headers | None = None
    """The headers of the answer as they came."""
    status: int | None = None
    """The status of the answer, also of one that the browser wants to know nothing of, such as a forbidden redirect."""
    certificate: str | None = None
    """Whose certificate the server showed, who issued it, and over which protocol."""

    @property
    def whole(self) -> bool:
        """Whether the headers of both are here."""
        return self.sent is not None and self.received is not None


@dataclass(slots=True)
class _Chain:
    """The requests that share one number, each redirected to the next, and the headers told under that number."""

    hops: list[Note] = field(default_factory=list)
    answered: list[Note] = field(default_factory=list)
    """Those hops whose headers are told, once they are answered."""
    sent: list[Headers] = field(default_factory=list)
    received: list[tuple[int | None, Headers]] = field(default_factory=list)

    def sort(self) -> None:
        """Give every hop its headers; they are told in the order of the hops, but before or after them."""
        for note, headers in zip(self.answered, self.sent, strict=False):
            note.sent = headers
        for note, (status, headers) in zip(self.answered, self.received, strict=False):
            note.status, note.received = status, headers
        if self.hops and (last := self.hops[-1]) not in self.answered:
            behind = len(self.answered)
            if len(self.sent) > behind:
                last.sent = self.sent[behind]
            if len(self.received) > behind:
                last.status, last.received = self.received[behind]


class DevTools:
    """Notes of DevTools, kept until the request they belong to is written down.

    DevTools and Playwright number requests differently, so a note is found by method, address and course.
    """

    def __init__(self, background: Background) -> None:
        self._notes: defaultdict[tuple[str, str], list[Note]] = defaultdict(list)
        self._chains: defaultdict[str, _Chain] = defaultdict(_Chain)
        self._sessions: list[CDPSession] = []
        self._background = background
        self._patience = _PATIENCE
        self.count = 0
        """Requests that were told of."""

    async def listen(self, session: CDPSession) -> None:
        """Listen to the page of ``session``; DevTools itself is told to keep no bodies for us."""
        # Playwright's own wrapper goes through all that an event tells for objects of Playwright's. There are none.
        events = getattr(session, "_impl_obj", session)
        events.on("Network.requestWillBeSent", Handler(self._will_be_sent))
        events.on("Network.requestWillBeSentExtraInfo", Handler(self._headers_sent))
        events.on("Network.requestServedFromCache", Handler(self._served_from_cache))
        events.on("Network.responseReceived", Handler(self._answered))
        events.on("Network.responseReceivedExtraInfo", Handler(self._headers_received))
        self._sessions.append(session)
        if self.count < LIMIT:
            await session.send("Network.enable", {"maxTotalBufferSize": 0, "maxResourceBufferSize": 0})

    async def find(self, method: str, url: str, course: Course) -> Note | None:
        """The note, left where it is, of the request that Playwright says took ``course``; None without both headers.

        DevTools' words come a moment after Playwright's: where they are not here yet, that moment is waited for.
        """
        if course[0] < 0:
            return None  # nothing was sent
        note = self._of_course(method, url, course)
        if (note is None or not note.whole) and self._sessions and self.count < LIMIT:
            await asyncio.sleep(_BEHIND_S)
            note = self._of_course(method, url, course)
        return note if note is not None and note.whole else None

    async def tell_of_memory(self, method: str, url: str, *, remembered: bool) -> bool:
        """Whether DevTools are listened to, and have had their say on a request for which nothing was sent.

        Like all their words, this one may come after Playwright's. Where the answer can have been ``remembered`` by the
        browser, they are waited for until they say so: nobody else knows.
        """
        if not self._sessions or self.count >= LIMIT:
            return False
        for _ in range(self._patience if remembered else 1):
            if any(note.remembered for note in self._notes.get((method, url_as_sent(url)), ())):
                return True
            await asyncio.sleep(_BEHIND_S)
        if remembered:
            self._patience = 1  # of frames of other sites they tell nothing, however long one waits
        return True

    async def tell_of_refused(self, method: str, url: str) -> None:
        """Give DevTools the moment they need to tell of an answer that the browser threw away.

        These words come last of all, after Playwright's that the request has failed.
        """
        notes = self._notes.get((method, url_as_sent(url)), ())
        if self._sessions and not any(note.received for note in notes):
            await asyncio.sleep(_BEHIND_S)

    def take(self, method: str, url: str, course: Course) -> Note | None:
        """The note of that request, or else the likeliest one for this method and address, the oldest of them; once."""
        notes = self._notes.get((method, url_as_sent(url)))
        if not notes:
            return None
        out_of_memory = course[0] < 0 <= course[1]
        note = self._of_course(method, url, course) or min(notes, key=lambda note: note.remembered is not out_of_memory)
        notes[:] = [other for other in notes if other is not note]
        return note

    def _of_course(self, method: str, url: str, course: Course) -> Note | None:
        # An answer out of the memory is told with the course of the request that brought it there.
        notes = self._notes.get((method, url_as_sent(url)), ())
        same = [note for note in notes if note.course == course and not note.remembered]
        return same[0] if len(same) == 1 else None

    def _will_be_sent(self, event: dict[str, Any]) -> None:
        request = event["request"]
        if request["url"].startswith("data:") or self.count >= LIMIT:
            return
        self.count += 1
        if self.count == LIMIT:
            for session in self._sessions:
                self._background.start(session.send("Network.disable"))
        chain = self._chains[event["requestId"]]
        if chain.hops and "redirectResponse" in event:
            _answer(chain, event["redirectResponse"], told=event.get("redirectHasExtraInfo", False))
        note = Note(
            _initiator(event.get("initiator", {})),
            fragment=request.get("urlFragment", "").removeprefix("#"),
        )
        chain.hops.append(note)
        chain.sort()
        self._notes[request["method"], url_as_sent(request["url"])].append(note)

    def _headers_sent(self, event: dict[str, Any]) -> None:
        self._chains[event["requestId"]].sent.append(_headers(event))
        self._chains[event["requestId"]].sort()

    def _headers_received(self, event: dict[str, Any]) -> None:
        self._chains[event["requestId"]].received.append((event.get("statusCode"), _headers(event)))
        self._chains[event["requestId"]].sort()

    def _served_from_cache(self, event: dict[str, Any]) -> None:
        chain = self._chains.get(event["requestId"])
        if chain is not None and chain.hops:
            chain.hops[-1].cached = chain.hops[-1].remembered = True

    def _answered(self, event: dict[str, Any]) -> None:
        chain = self._chains.get(event["requestId"])
        if chain is not None and chain.hops:
            _answer(chain, event["response"], told=event.get("hasExtraInfo", False))
            chain.sort()


def _answer(chain: _Chain, response: dict[str, Any], *, told: bool) -> None:
    """Note the answer to the newest hop of ``chain``; ``told``: whether headers are told of it."""
    note = chain.hops[-1]
    if response.get("fromDiskCache"):
        note.cached = True
    if told and not note.remembered:
        chain.answered.append(note)
    else:
        note.sent = None
    timing, security = response.get("timing"), response.get("securityDetails")
    if timing:
        note.course = timing["sendStart"], timing["receiveHeadersEnd"]
    if security:
        note.certificate = words_of_certificate(security)


def words_of_certificate(told: dict[str, Any] | Any) -> str | None:
    """Whose certificate it is, who issued it, and over which protocol; None where no certificate was shown."""
    if not told or "subjectName" not in told:
        return None
    return f"{told['subjectName']}, issued by {told.get('issuer', 'nobody named')}, {told.get('protocol', 'TLS')}"


def _headers(event: dict[str, Any]) -> Headers:
    """The headers of an event; several of one name stand in one value, a line each."""
    told = event.get("headers", {}).items()
    return tuple((str(name), line) for name, value in told for line in str(value).split("\n"))


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
