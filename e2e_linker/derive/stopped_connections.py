"""What a page's own Content-Security-Policy stopped that a script of it was to send."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from e2e_linker.derive.content_policy import Policy, matches, parse_policies
from e2e_linker.derive.hosts import registrable_domain
from e2e_linker.derive.pages import Page
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import Request, Walk, records
from e2e_linker.evidence.traffic import LOGS_IN, READING, SCRIPTED
from e2e_linker.model import Confidence, host_of, origin_of

__all__ = ["StoppedConnection", "stopped_connections"]

_GOVERNS = ("connect-src", "default-src")
_ORDINARY = {"http": 80, "https": 443}
_NOT_OF_ADDRESSES = re.compile(r"'(?:none|nonce-|sha\d|unsafe-|strict-|report-|wasm-|inline-)", re.IGNORECASE)
"""How those sources begin that say nothing of where a script may send something."""


@dataclass(frozen=True, slots=True)
class StoppedConnection:
    """One request that was stopped before it was sent."""

    n: int
    """Number of the violation."""
    document: str
    """The page, or the frame in it, whose script was to send it, without parameters."""
    address: str
    """Where it was to go, without parameters."""
    confidence: Confidence
    """How sure it is that this was the request that leads on: others may count what customers do."""
    origin: str
    paste: str | None
    """The directive with what it lacks; None where the policy is not known."""


def stopped_connections(
    walk: Walk, page: Page, since: float, requests: Sequence[Request]
) -> tuple[StoppedConnection, ...]:
    """Those of ``page`` since that moment, the likeliest first; none where one of ``requests`` may have led on."""
    violations = records(walk.csp_violations)
    found: dict[str, StoppedConnection] = {}
    for n, one in enumerate(violations, 1):
        target = origin_of(one.blocked)
        ours = one.window == page.window and one.at >= since and one.disposition != "report"
        if ours and one.directive in _GOVERNS and target.scheme in _ORDINARY and target.host:
            address = without_parameters(one.blocked)
            document = without_parameters(one.document) if host_of(one.document) else page.address
            found.setdefault(address, _stopped(n, document, address, page))
    if any(_may_lead_on(request, page, found) for request in requests):
        return ()
    likely = (Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE)
    return tuple(sorted(found.values(), key=lambda one: likely.index(one.confidence)))


def _stopped(n: int, document: str, address: str, page: Page) -> StoppedConnection:
    scheme, host, port = origin_of(address)
    origin = f"{scheme}://{host}" + ("" if port == _ORDINARY[scheme] else f":{port}")
    akin = registrable_domain(host) == registrable_domain(host_of(document))
    telling = LOGS_IN.search(address) is not None
    sure = Confidence.CERTAIN if akin and telling else Confidence.LIKELY if akin or telling else Confidence.POSSIBLE
    paste = next(_directives(page, address, origin), None) if document == page.address else None
    return StoppedConnection(n, document, address, sure, origin, paste)


def _may_lead_on(request: Request, page: Page, stopped: Iterable[str]) -> bool:
    sites = {registrable_domain(host_of(url)) for url in (page.url, *stopped)}
    sends = request.resource_type in SCRIPTED and request.method not in READING
    return sends and registrable_domain(host_of(request.url)) in sites


def _directives(page: Page, address: str, origin: str) -> Iterator[str]:
    """The ``connect-src`` of each policy of ``page`` that forbids ``address``, with what it lacks."""
    own = origin_of(page.url)
    for policy in parse_policies(page.policies):
        sources = _sources(policy)
        if sources is not None and not matches(sources, address, own):
            kept = [source for source in sources if not _NOT_OF_ADDRESSES.match(source)]
            yield " ".join(["connect-src", *kept, "'self'" if origin_of(address) == own else origin])


def _sources(policy: Policy) -> Sequence[str] | None:
    return next((policy.directives[name] for name in _GOVERNS if name in policy.directives), None)
