"""What went over the wire: requests with their answers, arrivals at Alexa, cookies."""

from __future__ import annotations

import re
from typing import Literal

from e2e_linker.model import Record

__all__ = [
    "CALLED_OFF",
    "CUT_SHORT",
    "LOGS_IN",
    "PADDING",
    "READING",
    "SCRIPTED",
    "Arrival",
    "Body",
    "Download",
    "Headers",
    "Initiator",
    "JarCookie",
    "NamedSize",
    "Param",
    "Request",
    "RequestSizes",
    "ServiceWorker",
    "SetCookie",
    "Timing",
    "WebSocket",
]

SCRIPTED = frozenset({"xhr", "fetch"})
"""Types of the requests that a page's script makes by itself."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that ask a server to change nothing."""
LOGS_IN = re.compile(r"log-?in|sign-?in|auth|sessions?$|token", re.IGNORECASE)
"""What the address of a request says, without its parameters, by which a page's script logs in."""
PADDING = "linker-pad-"
"""How the names of the cookies begin by which a test makes a login's cookies grow."""

CALLED_OFF = ("ERR_ABORTED", "NS_BINDING_ABORTED", "NS_ERROR_ABORT", "cancelled")
"""What engines say of a request that the page itself gave up: that is no failure."""
CUT_SHORT = ("CONTENT_LENGTH_MISMATCH", "PARTIAL_TRANSFER", "INCOMPLETE_CHUNKED")
"""What they say of an answer of which less came than it had announced; what did come may be all there is."""
Headers = tuple[tuple[str, str], ...]
"""Names as sent, in order; a repeated header is repeated here."""


class NamedSize(Record):
    """The size of one named thing: a query parameter, a cookie. Bytes of name, equals sign and value as sent."""

    name: str
    bytes: int


class Param(Record):
    """One parameter, decoded once. ``length`` counts the characters of the decoded value before redaction."""

    name: str
    value: str
    length: int
    place: Literal["query", "fragment", "body"]


class SetCookie(Record):
    """One ``Set-Cookie``. ``size`` is name plus value in bytes, what browsers hold against their 4,096 limit."""

    name: str
    value: str
    size: int
    domain: str | None = None
    path: str | None = None
    secure: bool = False
    http_only: bool = False
    same_site: str | None = None
    expires: str | None = None
    max_age: str | None = None
    partitioned: bool = False


class RequestSizes(Record):
    """Bytes of a request as sent, measured before redaction.

    ``head`` counts the request line, every header line and their line ends as HTTP/1.1 would send them, whatever the
    protocol was, so that it can be held against server limits.
    """

    request_line: int
    head: int
    cookie_header: int
    largest_header: NamedSize | None = None
    header_count: int
    query: tuple[NamedSize, ...] = ()
    cookies: tuple[NamedSize, ...] = ()
    body: int = 0
    response_head: int | None = None
    response_body: int | None = None
    """Bytes on the wire, or None where the engine does not say."""


class Timing(Record):
    """Milliseconds a request spent in each phase; None where the engine does not say."""

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    wait_ms: float | None = None
    receive_ms: float | None = None
    total_ms: float | None = None


class Initiator(Record):
    """What made the browser send a request."""

    type: str
    """``parser``, ``script``, ``preload``, ``style``, ``other``, as the engine names it."""
    url: str | None = None
    line: int | None = None


class Body(Record):
    """A request body as form fields, or the beginning of its text where it is not a form."""

    content_type: str | None
    size: int
    fields: tuple[Param, ...] = ()
    text: str | None = None


class Request(Record):
    """One request of the browser with all that is known of its answer. Fields no engine could tell are None."""

    n: int
    """Number within the walk, from 1, in the order the requests began."""
    at: float
    method: str
    url: str
    url_length: int
    """Characters of the URL before redaction, without the fragment."""
    window: int | None
    """Number of the window (0 is the first); None for a service worker's own request, and where there was no page."""
    frame: int | None
    """Number of the frame within the walk; frames are numbered as they appear, 0 is the first window's main frame."""
    main_frame: bool
    resource_type: str
    navigation: bool
    redirected_from: int | None = None
    """Number of the request whose 3xx answer led here."""
    initiator: Initiator | None = None
    service_worker: bool = False
    headers: Headers = ()
    body: Body | None = None
    sizes: RequestSizes | None = None
    status: int | None = None
    status_text: str | None = None
    response_headers: Headers = ()
    set_cookies: tuple[SetCookie, ...] = ()
    excerpt: str | None = None
    """The beginning of the answer's text (documents and error answers only), at most 4,000 characters."""
    failure: str | None = None
    """The engine's own words where no answer came."""
    from_cache: bool = False
    timing: Timing | None = None
    server_certificate: str | None = None
    """Subject and issuer of the leaf certificate in one line, where the engine tells."""

    @property
    def leads(self) -> bool:
        """Whether the window itself goes where this request leads."""
        return self.navigation and self.main_frame

    @property
    def redirects(self) -> bool:
        """Whether its answer leads on to another address, by its status."""
        return self.status is not None and 300 <= self.status < 400

    @property
    def called_off(self) -> bool:
        """Whether the page gave it up itself."""
        return self.failure is not None and any(words in self.failure for words in CALLED_OFF)

    @property
    def cut_short(self) -> bool:
        """Whether its answer broke off. Browsers show what came, and some count the page as loading ever after."""
        return self.failure is not None and any(words in self.failure for words in CUT_SHORT)


class WebSocket(Record):
    """A WebSocket that was opened."""

    at: float
    window: int
    url: str
    error: str | None = None


class ServiceWorker(Record):
    """A service worker that was registered."""

    at: float
    url: str


class Download(Record):
    """A download the page started; the file itself is never kept."""

    at: float
    window: int
    url: str
    suggested_name: str


class Arrival(Record):
    """A request to the redirect URI: the answer handed to Alexa. It was never let through."""

    at: float
    request: int | None
    """Number of the request, None where only the address was seen."""
    url: str
    url_length: int
    """Characters of the URL as it would be sent, percent-encoded, without the fragment; before redaction."""
    request_line: int
    """Bytes of the request line the browser would send to Amazon."""
    method: str
    window: int | None
    """Number of the window; None where it was asked without one."""
    main_frame: bool
    resource_type: str
    params: tuple[Param, ...]


class JarCookie(Record):
    """A cookie in the jar when the walk ended; its value is not kept."""

    name: str
    domain: str
    path: str
    size: int
    secure: bool
    http_only: bool
    same_site: str | None
