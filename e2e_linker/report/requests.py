"""The requests of a case, in the compact shape the report publishes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode, urlsplit

from e2e_linker.evidence.apart import once_walks
from e2e_linker.evidence.models import Body, CaseEvidence, Initiator, Request, RunEvidence, Timing, Walk, records
from e2e_linker.model import host_of
from e2e_linker.report.model import FindingReport
from e2e_linker.report.traffic import CaseRequests, Phases, RequestMessage, RequestRow

__all__ = ["case_requests", "named_requests", "run_requests"]

_MOST = 300
_LEAST = 60
_ALL = 4_000
"""Requests of all cases together, as far as each may have :data:`_LEAST`."""
_MOST_MESSAGES, _LEAST_MESSAGES, _ALL_MESSAGES = 40, 8, 400
_BODY = 2_000
_URL = 4_000
_FETCHED = frozenset({"xhr", "fetch"})

Named = frozenset[tuple[str, int]]


def named_requests(findings: Iterable[FindingReport], case: str | None) -> Named:
    """(walk, number) of the requests of ``case`` that findings name as evidence; None for those of the whole run."""
    refs = {link.ref for found in findings for link in found.evidence if link.case == case}
    parts = (ref.partition("#") for ref in refs)
    return frozenset((walk, int(n)) for walk, _, n in parts if n.isdecimal() and n.isascii())


def case_requests(evidence: CaseEvidence, named: Named, cases: int) -> CaseRequests:
    """The requests of ``evidence``; ``cases`` share the room, so that a report of many stays one page."""
    most, messages = _share(_ALL, cases, _LEAST, _MOST), _share(_ALL_MESSAGES, cases, _LEAST_MESSAGES, _MOST_MESSAGES)
    seconds = evidence.walks[0].duration_s if evidence.walks else 0.0
    rows, left_out = _rows(evidence.walks, 1, named, most, messages, whole_connect=evidence.source == "browser")
    return CaseRequests(rows=rows, left_out=left_out, seconds=round(seconds, 3))


def run_requests(run: RunEvidence, named: Named) -> CaseRequests:
    """The pages of the walks that were made once for the whole run, and what else findings name of them."""
    rows, left_out = _rows(once_walks(run), 0, named, _MOST, _MOST_MESSAGES, whole_connect=True)
    return CaseRequests(rows=rows, left_out=left_out)


def _rows(
    walks: Sequence[Walk], whole: int, named: Named, most: int, messages: int, *, whole_connect: bool
) -> tuple[tuple[RequestRow, ...], int]:
    """The rows, and how many found no room: of the first ``whole`` walks every request, of the others the pages."""
    wanted = [
        (walk, request)
        for nth, walk in enumerate(walks)
        for request in records(walk.requests)
        if nth < whole or request.navigation or (walk.id, request.n) in named
    ]
    ranks = {(walk.id, request.n): _rank(walk, request, named) for walk, request in wanted}
    first = sorted(ranks, key=lambda key: ranks[key])
    kept, told = set(first[:most]), {key for key in first[:messages] if ranks[key] < _PLAIN}
    urls = {(walk.id, request.n): request.url for walk in walks for request in records(walk.requests)}
    rows = tuple(
        _row(walk, request, whole_connect, (walk.id, request.n) in told).model_copy(
            update={"initiator_host": _asking(request, urls.get((walk.id, request.redirected_from or 0)))}
        )
        for walk, request in wanted
        if (walk.id, request.n) in kept
    )
    return rows, len(wanted) - len(rows)


def _share(whole: int, cases: int, least: int, most: int) -> int:
    return max(least, min(most, whole // max(1, cases)))


_PLAIN = 4
"""The rank of a request that is only listed."""


def _rank(walk: Walk, request: Request, named: Named) -> int:
    """What to keep first: what findings name, then the pages of the measured walk, what failed, what scripts sent."""
    if (walk.id, request.n) in named:
        return 0
    if walk.purpose != "measured":
        return 3 if request.navigation else _PLAIN
    if request.leads:
        return 1
    if request.failure is not None or (request.status or 0) >= 400:
        return 2
    return 3 if request.navigation or request.resource_type in _FETCHED else _PLAIN


def _row(walk: Walk, request: Request, whole_connect: bool, told: bool) -> RequestRow:
    sizes = request.sizes
    arrival = any(one.request == request.n for one in records(walk.arrivals))
    return RequestRow(
        walk=walk.id,
        n=request.n,
        at=request.at,
        method=request.method,
        url=request.url[:_URL],
        host=host_of(request.url),
        path=_path(request.url),
        type=request.resource_type,
        status=request.status,
        # Alexa's host is refused on purpose, so that no code reaches it: no failure of the server's.
        failure=None if arrival else request.failure,
        from_cache=request.from_cache,
        window=request.window,
        main_frame=request.main_frame,
        redirected_from=request.redirected_from,
        initiator=_initiator(request.initiator),
        request_bytes=sizes.head + sizes.body if sizes else None,
        response_head_bytes=sizes.response_head if sizes else None,
        response_bytes=sizes.response_body if sizes else None,
        phases=_phases(request.timing, whole_connect),
        arrival=arrival,
        message=_message(request) if told else None,
    )


def _path(url: str) -> str:
    try:
        return urlsplit(url).path[:300] or "/"
    except ValueError:
        return url[:300]


def _initiator(told: Initiator | None) -> str | None:
    if told is None or (told.type == "other" and told.url is None):
        return None
    place = f" at {host_of(told.url)}{_path(told.url)}" if told.url else ""
    return f"{told.type}{place}{f', line {told.line}' if told.line is not None else ''}"[:300]


def _asking(request: Request, redirecting: str | None) -> str | None:
    url = redirecting or (request.initiator.url if request.initiator else None)
    return (host_of(url) if url else None) or None


def _phases(timing: Timing | None, whole_connect: bool) -> Phases | None:
    """``timing`` as phases one after the other; browsers count the TLS handshake as part of connecting."""
    if timing is None or timing.total_ms is None:
        return None
    connect = timing.connect_ms
    if whole_connect and connect is not None and timing.tls_ms is not None:
        connect = max(0.0, connect - timing.tls_ms)
    known = [timing.dns_ms, connect, timing.tls_ms, timing.wait_ms, timing.receive_ms]
    queued = timing.total_ms - sum(part for part in known if part is not None)
    own = {"connect_ms": round(connect, 3) if connect is not None else None}
    return Phases(**{**timing.model_dump(), **own}, queued_ms=round(queued, 3) if queued > 0 else None)


def _message(request: Request) -> RequestMessage:
    return RequestMessage(
        request_headers=tuple((name, value[:_BODY]) for name, value in request.headers),
        request_body=_body(request.body),
        response_headers=tuple((name, value[:_BODY]) for name, value in request.response_headers),
        response_text=request.excerpt[:_BODY] if request.excerpt else None,
    )


def _body(body: Body | None) -> str | None:
    if body is None:
        return None
    if body.fields:
        return urlencode([(field.name, field.value) for field in body.fields])[:_BODY]
    return body.text[:_BODY] if body.text else None
