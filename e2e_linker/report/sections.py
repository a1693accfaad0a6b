"""The parts of the report that show evidence: domains, redirects, state, sizes, tokens, certificates, screens."""

from __future__ import annotations

from datetime import datetime

from e2e_linker.evidence.models import Headers, TokenTiming
from e2e_linker.model import Record

__all__ = [
    "DomainHost",
    "Domains",
    "Headroom",
    "LadderHop",
    "ReportScreen",
    "SizeHeadroom",
    "SizeHop",
    "StatePlace",
    "StateTrail",
    "TlsHost",
    "TokenEvent",
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


class TokenEvent(Record):
    """One token call."""

    n: int
    purpose: str
    at: datetime
    url: str
    status: int | None
    failure: str | None
    summary: str
    timing: TokenTiming | None
    request_headers: Headers
    request_body: str
    response_headers: Headers
    response_body: str | None


class TlsHost(Record):
    """A host and the leaf certificate the browser was shown."""

    host: str
    certificate: str | None


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
