"""The parts of the report that show evidence: domains, redirects, state, sizes, tokens, certificates, screens."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from e2e_linker.evidence.models import Headers, TokenTiming
from e2e_linker.evidence.served_tls import HostRole, TlsHandshake, TrustVerdict
from e2e_linker.evidence.token_calls import Endpoint, HookAction, ProbedLink, ProbeName
from e2e_linker.model import Record

__all__ = [
    "DomainHost",
    "Domains",
    "Fate",
    "Headroom",
    "LadderHop",
    "PageEvent",
    "PageEventKind",
    "ReportScreen",
    "SizeHeadroom",
    "SizeHop",
    "SkippedTokenProbe",
    "StatePlace",
    "StateTrail",
    "TlsHost",
    "TokenEvent",
    "TokenProbe",
    "TokenProbes",
]


class DomainHost(Record):
    """A host that the page's traffic went to. ``first_seen`` is ``<case> <walk>#<request>``."""

    host: str
    registrable_domain: str
    kinds: tuple[str, ...]
    first_seen: str
    cases: tuple[str, ...]
    listed: bool
    needed: bool
    """True where the login flow needs it: it belongs on the Domain List unless it is the authorization host."""


class Domains(Record):
    """The Domain List against what was contacted. ``paste`` is never longer than Amazon's limit."""

    authorization_host: str
    listed: tuple[str, ...]
    observed: tuple[DomainHost, ...]
    missing: tuple[str, ...]
    unused: tuple[str, ...]
    paste: tuple[str, ...]
    self_host: tuple[str, ...]
    """Hosts that found no place in ``paste``: serve their content yourself."""


class LadderHop(Record):
    """One rung: who sent whom where."""

    n: int
    request: int | None
    """None where only the address of an arrival was seen."""
    at: float
    method: str
    url: str
    host: str
    status: int | None
    how: str
    target: str | None
    head_bytes: int | None
    time_ms: float | None
    window: int | None
    main_frame: bool
    failure: str | None
    arrival: bool


class StatePlace(Record):
    """A place where the state was seen, and how it differed there."""

    request: int | None
    place: str
    name: str
    drift: str | None
    detail: str | None
    value: str


class StateTrail(Record):
    """The state on its way. ``first_change`` says in words where it changed first."""

    sent: str
    places: tuple[StatePlace, ...]
    first_change: str | None


class Headroom(Record):
    """How much of one server's default limit a hop uses. ``used`` is a fraction, 1.0 the limit itself."""

    server: str
    limit: str
    """What is limited: ``request_line``, ``header_line``, ``head_total``…"""
    limit_bytes: int
    used_bytes: int
    used: float


class SizeHop(Record):
    """Bytes of one hop's request."""

    request: int | None
    url: str
    request_line: int
    cookie_header: int | None
    head: int
    """For the arrival: what Amazon would receive from a customer of long standing, cookies assumed."""
    largest: str | None
    headroom: tuple[Headroom, ...]
    arrival: bool


class SizeHeadroom(Record):
    """Sizes on the way, and the tightest limits they are held against."""

    hops: tuple[SizeHop, ...]


Fate = Literal["granted", "refused", "failed", "unclear"]
"""What came of a call: what was asked for; a refusal in the protocol's words; no answer or a server error; neither."""


class TokenEvent(Record):
    """One token call."""

    n: int
    """Counted over the whole run."""
    purpose: str
    endpoint: Endpoint = "token"
    at: datetime
    method: str = "POST"
    url: str
    status: int | None
    failure: str | None
    fate: Fate = "unclear"
    summary: str
    timing: TokenTiming | None
    lifetime_s: float | None = None
    """``expires_in`` of the answer, None where it says none."""
    link: str | None = None
    """The link whose grant it spends or tries."""
    step: int = 1
    """Its place in its probe; calls made at the same moment share one."""
    request_headers: Headers
    request_body: str
    response_headers: Headers
    response_body: str | None


class TokenProbe(Record):
    """What was tried on grants of the tester's own, and what came of it. Whether that is right, the audits say."""

    probe: ProbeName
    title: str
    tried: str
    came: str
    """Derived from the calls: ``the exchange was granted (200); the replay was refused (400 invalid_grant).``"""
    links: tuple[ProbedLink, ...]
    events: tuple[TokenEvent, ...]
    """In the order they were sent."""


class SkippedTokenProbe(Record):
    """A probe that was not made, and why."""

    probe: ProbeName
    title: str
    reason: str


class TokenProbes(Record):
    """All that was tried at the token endpoint, once for the whole run."""

    case: str | None = None
    """The case on whose device the links were made."""
    missing: str | None = None
    """Why nothing was tried."""
    probes: tuple[TokenProbe, ...] = ()
    skipped: tuple[SkippedTokenProbe, ...] = ()
    hooks: tuple[HookAction, ...] = ()
    """When the user's backend was broken on purpose, and mended."""


class TlsHost(Record):
    """A host of the case and its TLS, as Amazon's servers see it and as the browser did."""

    host: str
    certificate: str | None
    """The leaf certificate the browser was shown, where the engine tells."""
    port: int = 443
    roles: tuple[HostRole, ...] = ()
    """What it is to the linking; empty for hosts that pages only load something from, and that were not asked."""
    verdict: TrustVerdict | None = None
    """None where it was not asked, or served no chain."""
    detail: str | None = None
    """What is wrong, or why nothing can be said; for ``private_root`` the root."""
    subject: str | None = None
    issuer: str | None = None
    not_after: datetime | None = None
    handshakes: tuple[TlsHandshake, ...] = ()


PageEventKind = Literal["window", "dialog", "console", "page_error", "csp_violation", "login"]


class PageEvent(Record):
    """Something that happened on a page, or was done there; ``n`` counts its kind within the walk."""

    walk: str
    kind: PageEventKind
    n: int
    at: float
    """Seconds since the start of the walk."""
    window: int | None
    """Where it happened; for a window, the one that opened it."""
    text: str


class ReportScreen(Record):
    """A step as the person saw it. ``picture`` is relative to the run folder; ``missing`` says why there is none."""

    walk: str
    n: int
    at: float
    label: str
    url: str
    title: str
    picture: str | None
    width: int | None
    height: int | None
    missing: str | None
    text: str
