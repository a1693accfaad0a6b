"""No cookie is so large that browsers drop it."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.alexa import facts
from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Options, Outcome, finding, verdict
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.cookie_scopes import belongs_to, domain_of, lasting_name
from e2e_linker.derive.ladder import Ladder
from e2e_linker.evidence.models import Ending, Request, SetCookie, Walk
from e2e_linker.model import Confidence, Severity, host_of

__all__ = ["AUDIT"]

RULE = "cookie-within-4096"


def judge(walk: Walk, requests: tuple[Request, ...], ladder: Ladder, ending: Ending, options: Options) -> Outcome:
    """Every Set-Cookie; those of hosts the login does not pass through lose nothing that matters here."""
    passed = {host_of(hop.url) for hop in ladder.main}
    found = [*_dropped(walk, requests, passed), *_totals(walk, requests, passed, options)]
    return verdict(found) if found or ending.kind == "arrived" else no_arrival(ending)


def _dropped(walk: Walk, requests: tuple[Request, ...], passed: set[str]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for request in requests:
        host = host_of(request.url)
        for cookie in request.set_cookies:
            name = lasting_name(cookie.name)
            if cookie.size <= facts.COOKIE_BYTES or (host, name) in seen:
                continue
            seen.add((host, name))
            yield finding(
                RULE,
                f"{host} sets the cookie `{cookie.name}` with {cookie.size:,} bytes. Browsers drop what exceeds "
                f"{facts.COOKIE_BYTES:,} without a word.",
                subject=f"{host} {name}",
                at=request_ref(walk, request.n),
                severity=None if host in passed or _is_for(cookie, host, passed) else Severity.RECOMMENDED,
            )


def _is_for(cookie: SetCookie, by: str, hosts: set[str]) -> bool:
    """Whether ``cookie`` of ``by`` is also for one of ``hosts``, and kept from scripts, as sessions are."""
    belong = {host for host in (by, *hosts) if belongs_to(host, domain_of(cookie))}
    return cookie.http_only and by in belong and len(belong) > 1


def _totals(walk: Walk, requests: tuple[Request, ...], passed: set[str], options: Options) -> Iterator[Finding]:
    most = options.threshold("cookies_of_host_bytes", facts.COOKIES_OF_HOST_BYTES)
    largest: dict[str, Request] = {}
    for request in requests:
        host = host_of(request.url)
        known = largest.get(host)
        if host in passed and request.sizes and request.sizes.cookie_header > _cookies(known):
            largest[host] = request
    for host, request in largest.items():
        if _cookies(request) > most:
            yield finding(
                RULE,
                f"{host} is sent {_cookies(request):,} bytes of cookies; together with a long URL that comes near "
                "the limits of common servers.",
                subject=f"{host} total",
                at=request_ref(walk, request.n),
                related=[EvidenceRef(kind="host", ref=host)],
                severity=Severity.RECOMMENDED,
                confidence=Confidence.POSSIBLE,
            )


def _cookies(request: Request | None) -> int:
    return request.sizes.cookie_header if request is not None and request.sizes is not None else 0


AUDIT = Audit(
    id="cookie-size",
    rules=(RULE,),
    title="Every cookie fits into 4,096 bytes",
    failed_title="Cookies are larger than is safe",
    judge=judge,
)
