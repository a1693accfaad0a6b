"""The part of the report that lists a case's requests."""

from __future__ import annotations

from e2e_linker.evidence.models import Headers, Timing
from e2e_linker.model import Record

__all__ = ["CaseRequests", "Phases", "RequestMessage", "RequestRow"]


class Phases(Timing):
    """The phases one after the other: connecting is counted without the TLS handshake."""

    queued_ms: float | None = None
    """What is left of the whole, before all others: waiting for a connection or for the browser itself."""


class RequestMessage(Record):
    """Headers and bodies of a request that matters: a page, a form, what a script fetched, what failed or was cited."""

    request_headers: Headers
    request_body: str | None
    response_headers: Headers
    response_text: str | None
    """The beginning of the answer's text, for documents and error answers only."""


class RequestRow(Record):
    """One request of one walk. Sizes are bytes as sent: ``request_bytes`` is head and body."""

    walk: str
    n: int
    at: float
    """Seconds since the start of the walk."""
    method: str
    url: str
    host: str
    path: str
    """Path without query."""
    type: str
    """The resource type, as browsers name it: ``document``, ``script``, ``xhr``…"""
    status: int | None
    failure: str | None
    from_cache: bool
    window: int | None
    main_frame: bool
    redirected_from: int | None
    initiator: str | None
    """What made the browser send it: ``parser at login.example.com/authorize, line 8``."""
    initiator_host: str | None = None
    """The host of the page, script or style sheet that asked for it, or that redirected to it."""
    request_bytes: int | None
    response_head_bytes: int | None
    response_bytes: int | None
    phases: Phases | None
    arrival: bool = False
    """True for the answer to Alexa, which is read and refused on purpose."""
    message: RequestMessage | None = None


class CaseRequests(Record):
    """Requests of a case: all of the measured walk, of further walks the pages and what findings name."""

    rows: tuple[RequestRow, ...]
    """By walk and number."""
    left_out: int = 0
    """Requests that found no room here: those of pages, those that failed and those that findings name come first."""
    seconds: float = 0.0
    """How long the measured walk took."""
