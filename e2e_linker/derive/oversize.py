"""Answers that refuse a request because it is too large, told apart from ordinary errors by evidence.

A 400 may be a wrong redirect URI and a 404 a wrong path. So a status alone proves nothing: the server's own words do,
or a head that exceeds the known limit of the server that answers so, or the same address that answers a smaller head.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from e2e_linker.alexa.limits import (
    OVERSIZE_STATUSES,
    Headroom,
    ServerLimit,
    blames_size,
    has_one_page,
    recognise,
    tightest,
)
from e2e_linker.derive.base import fact
from e2e_linker.derive.pages import Page
from e2e_linker.derive.sizes import Largest, head_sizes, largest
from e2e_linker.derive.urls import same_endpoint, without_parameters
from e2e_linker.evidence.models import Arrival, Present, Request, Walk
from e2e_linker.evidence.traffic import PADDING
from e2e_linker.model import Confidence, host_of

__all__ = ["Oversize", "oversize", "oversize_answers"]

_ORDINARY = re.compile(
    r"redirect[_ -]?ur[il]|callback url|client[_ -]?id(?!=|%3D)|invalid_(?:request|client|grant|scope|token)|"
    r"unauthorized_client|"
    r"unsupported_response_type|csrf|forgery|(?:session|token|request|link) (?:has |is )?expired|missing parameter|"
    r"invalid state|page not found",
    re.IGNORECASE,
)
"""What an application says when it refuses a request for another reason than its size."""

_CLOSED = re.compile(
    r"EMPTY_RESPONSE|CONNECTION_(?:CLOSED|RESET|ABORTED)|HTTP2_PROTOCOL_ERROR|INVALID_HTTP_RESPONSE|"
    r"NET_(?:RESET|EMPTY_RESPONSE|INTERRUPT|PARTIAL_TRANSFER)|connection (?:was )?(?:reset|closed)|"
    r"network connection was lost",
    re.IGNORECASE,
)
"""How the engines say that the server hung up."""
_RESET = re.compile(r"HTTP2_PROTOCOL_ERROR")
"""How they say that it gave up one request of several over one connection."""

_WORDLESS = 400
_SPOKEN_TYPES = frozenset({"document", "xhr", "fetch"})
_GROWTH_BYTES = 1024
"""Bytes by which a head must exceed one that was answered well, before its size can be what made the difference."""
_MANY_TAKE = 8192
"""Bytes of a head that many servers take at most."""
_NEAR = 0.97
"""A head is measured as HTTP/1.1 would send it; another protocol or a proxy may differ by a few bytes."""


@dataclass(frozen=True, slots=True)
class Oversize:
    """One request that was refused for its size, or probably was."""

    request: int
    method: str
    url: str
    """Without query and fragment."""
    status: int | None
    """None where the connection was closed without an answer."""
    head: int | None
    request_line: int | None
    cookie_header: int | None
    padding: int
    """Bytes of the cookies that the test itself made grow."""
    largest: Largest | None
    """Without these."""
    server: ServerLimit | None
    """The server that probably answered, as far as its answer shows."""
    confidence: Confidence
    reason: str
    """What speaks for size as the cause, in a sentence."""
    alone: bool = False
    """Whether nothing but its size tells a request at which the connection broke from those that were answered."""


@fact
def oversize(
    requests: tuple[Request, ...], arrivals: tuple[Arrival, ...], walks: tuple[Walk, ...], pages: tuple[Page, ...]
) -> tuple[Oversize, ...]:
    """The oversize answers of the measured walk, its other walks serving for comparison."""
    others = _requests(w for w in walks[1:] if w.purpose != "simulated")
    return oversize_answers(requests, arrivals, elsewhere=others, pages=pages)


def _requests(walks: Iterable[Walk]) -> tuple[Request, ...]:
    return tuple(request for walk in walks if isinstance(walk.requests, Present) for request in walk.requests.value)


def oversize_answers(
    requests: Iterable[Request],
    arrivals: Iterable[Arrival],
    *,
    elsewhere: Iterable[Request] = (),
    pages: Iterable[Page] = (),
) -> tuple[Oversize, ...]:
    """Those of ``requests`` that were refused for their size, by what their ``pages`` say, too.

    ``elsewhere`` are requests of other walks.
    """
    reached = {arrival.request for arrival in arrivals}
    shown = {page.request: page.text for page in pages if page.status in OVERSIZE_STATUSES}
    own, others = tuple(requests), tuple(elsewhere)
    spoken = (r for r in own if (r.navigation or r.resource_type in _SPOKEN_TYPES) and r.n not in reached)
    return tuple(found for r in spoken if (found := _judge(r, (*own, *others), shown.get(r.n, ""))) is not None)


def _judge(request: Request, all_requests: tuple[Request, ...], shown: str) -> Oversize | None:
    """``shown``: the text of its page. The source that is kept may end within a long head or a menu."""
    closed = request.status is None and _CLOSED.search(request.failure or "") is not None
    if not closed and request.status not in OVERSIZE_STATUSES:
        return None
    text = request.excerpt or ""
    reset = closed and _RESET.search(request.failure or "") is not None
    servers = recognise(request.status, dict(request.response_headers), text, closed, stream_reset=reset)
    if blames_size(request.status, text):
        said = "this status says nothing else" if request.status not in {400, 404} else "the server's page says so"
        return _found(request, servers, Confidence.CERTAIN, said)
    if _ORDINARY.search(text) or _ORDINARY.search(shown) or request.sizes is None:
        return None
    exceeded = {room.server.server: room for room in _exceeded(request)}
    room = next((exceeded[each.server] for each in servers if each.server in exceeded), None)
    smaller = _smaller(request, all_requests)
    if room is not None:
        named = f"{room.used:,} bytes exceed what {room.server.server} takes by default ({room.limit:,})"
        also = f", and the same address answered a head of {smaller:,} bytes" if smaller else ""
        if reset and not smaller and (smaller := _smaller(request, all_requests, anywhere=True)):
            also = f", and the same host answered a head of {smaller:,} bytes"
        likely = smaller or has_one_page(room.server, text)
        ahead = (room.server, *servers)
        return _found(request, ahead, Confidence.LIKELY if likely else Confidence.POSSIBLE, named + also)
    if smaller is not None:
        reason = f"the same address answered well when the head had {smaller:,} bytes"
        return _found(request, (), Confidence.POSSIBLE, reason)
    first = next((each for each in exceeded.values() if request.status in each.server.statuses.every), None)
    if first is not None and request.status == _WORDLESS and not text.strip():
        reason = (
            f"the answer is empty, and {first.used:,} bytes are more than {first.server.server} takes ({first.limit:,})"
        )
        return _found(request, (), Confidence.POSSIBLE, reason)
    smaller = _smaller(request, all_requests, anywhere=True)
    if closed and smaller and request.sizes.head >= _MANY_TAKE and _stands_out(request, all_requests):
        reason = f"the same host answered heads of up to {smaller:,} bytes, and many servers take no more than 8 KB"
        return replace(_found(request, (), Confidence.POSSIBLE, reason), alone=True)
    return None


def _stands_out(request: Request, others: tuple[Request, ...]) -> bool:
    """Whether its host answered nothing as large, nor hung up on anything clearly smaller."""
    assert request.sizes is not None
    most = request.sizes.head
    theirs = [one for one in others if one.sizes is not None and host_of(one.url) == host_of(request.url)]
    bears = any(one.status is not None and one.sizes and one.sizes.head >= most * _NEAR for one in theirs)
    small = (one for one in theirs if one.sizes and one.sizes.head < most - _GROWTH_BYTES)
    return not bears and not any(one.status is None and _CLOSED.search(one.failure or "") for one in small)


def _found(request: Request, servers: tuple[ServerLimit, ...], confidence: Confidence, reason: str) -> Oversize:
    measured = request.sizes
    return Oversize(
        request=request.n,
        method=request.method,
        url=without_parameters(request.url),
        status=request.status,
        head=measured.head if measured else None,
        request_line=measured.request_line if measured else None,
        cookie_header=measured.cookie_header if measured else None,
        padding=sum(c.bytes for c in measured.cookies if c.name.startswith(PADDING)) if measured else 0,
        largest=largest(measured) if measured else None,
        server=servers[0] if servers else None,
        confidence=confidence,
        reason=reason,
    )


def _exceeded(request: Request) -> tuple[Headroom, ...]:
    """The known limits this request reaches, header counts left aside: a browser sends few headers."""
    assert request.sizes is not None
    rooms = tightest(head_sizes(request.sizes))
    return tuple(room for room in rooms if room.part != "header_count" and room.used >= room.limit * _NEAR)


def _smaller(request: Request, others: tuple[Request, ...], *, anywhere: bool = False) -> int | None:
    """The head of a clearly smaller request of the same kind that was answered well, None where there is none.

    ``anywhere``: whatever it asked the same host for.
    """
    assert request.sizes is not None
    most = request.sizes.head - _GROWTH_BYTES
    heads = [
        other.sizes.head
        for other in others
        if other.sizes is not None
        and other.status is not None
        and other.status < 400
        and other.sizes.head <= most
        and (
            host_of(other.url) == host_of(request.url)
            if anywhere
            else other.method == request.method and same_endpoint(other.url, request.url)
        )
    ]
    return max(heads, default=None)
