"""The request by which a page's script logs in, and how it failed without anybody's password being wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from e2e_linker.derive.error_pages import only_a_status
from e2e_linker.derive.hosts import registrable_domain
from e2e_linker.derive.pages import Page
from e2e_linker.derive.urls import split, without_parameters
from e2e_linker.evidence.json_errors import error_words
from e2e_linker.evidence.models import Request, Walk, records
from e2e_linker.evidence.traffic import LOGS_IN, READING, SCRIPTED
from e2e_linker.model import host_of

__all__ = ["FailedLogin", "cors_complaint", "failed_login", "failed_opening", "failed_press", "waiting_login"]

_TYPED = re.compile(r"<(?:password|username)#")
"""What stands in the evidence for a value of the account."""
_CORS = re.compile(r"\bCORS\b|cross-origin request blocked|NS_ERROR_DOM_BAD_URI", re.IGNORECASE)
"""Words of the consoles, and Firefox's only one for a request it gave up before it was sent."""
_AGREES = re.compile(r"consent|authori[sz]|oauth|grant|allow|approv|decision|\blink|confirm|accept", re.IGNORECASE)
"""What the path of a request says by which a customer agrees."""
_COUNTS = re.compile(
    r"\b(?:logs?|logging|metrics?|telemetry|analytics|track(?:ing)?|events?|collect|beacons?|rum|stats|errors?|reports?)\b",
    re.IGNORECASE,
)
"""What the path of a request says that tells of customers and does nothing for them."""
_QUERY = re.compile(r"\?[^\s'\"”)]*")
_QUOTED = 400
_ERROR, _TOO_MANY, _SERVER_ERROR = 400, 429, 500


@dataclass(frozen=True, slots=True)
class FailedLogin:
    """A login request that found no answer, or an error of the server."""

    request: Request
    origin: str
    """Where the script runs that made it."""
    console: str | None
    """What the browser's console says of it."""
    kept_back: bool
    """Whether the browser kept the answer from the script, for want of a CORS header."""
    later: bool = False
    """Whether the one with what was typed got through, and this is one that the page made after it."""
    opening: bool = False
    """Whether nothing was typed yet, and the page shows an error in place of a form."""

    @property
    def address(self) -> str:
        """Its method and URL, without parameters."""
        return f"{self.request.method} {without_parameters(self.request.url)}"


def failed_login(walk: Walk, requests: Sequence[Request], page_url: str) -> FailedLogin | None:
    """The login request of the page at ``page_url`` since something was typed last; None where one got through."""
    steps = records(walk.login)
    typed = [s.at for s in steps if s.outcome == "done" and s.action in {"fill", "python"}]
    if not typed:
        return None
    own = _own(walk, [r for r in requests if r.at >= typed[-1]], host_of(page_url))
    failures = [
        one for request in own if (one := _failure(walk, request, _home(request, requests, page_url))) is not None
    ]
    if not failures:
        return _failed_after(own, requests, page_url)
    return failures[0] if len(failures) == len(own) else None


def _failed_after(own: Sequence[Request], requests: Sequence[Request], page_url: str) -> FailedLogin | None:
    """The request that the page made after ``own`` took what was typed, where the server failed at it, and at no other.

    What only counts customers is none, nor is any where an answer to ``own`` names an error.
    """
    taken = own and all(_TYPED.search(_text(r)) and 200 <= (r.status or 0) < 400 for r in own)
    if not taken or any(error_words(r.excerpt or "") for r in own):
        return None
    since = [r for r in requests if r.n > own[-1].n]
    made = [r for r in since if r.resource_type in SCRIPTED and r.method not in READING]
    made = [r for r in made if _akin(r, host_of(page_url)) and not _COUNTS.search(split(r.url).path)]
    if not made or any(r.navigation for r in since) or any((r.status or 0) < 500 for r in made):
        return None
    return FailedLogin(made[0], _home(made[0], requests, page_url), None, kept_back=False, later=True)


def failed_opening(walk: Walk, requests: Sequence[Request], page: Page) -> FailedLogin | None:
    """The request of ``page``, which shows an error and no form, by whose failure it says so; None where none is known.

    A refusal counts where its words stand on the page: others may be the answer to whether somebody is signed in.
    """
    made = [r for r in requests if page.request is not None and r.n > page.request and r.resource_type in SCRIPTED]
    well = {(r.method, without_parameters(r.url)) for r in made if 200 <= (r.status or 0) < 400}
    for request in made:
        address = without_parameters(request.url)
        if (request.method, address) in well or request.status in {None, _TOO_MANY} or request.method == "OPTIONS":
            continue
        home = _home(request, requests, page.url)
        own = _akin(request, host_of(page.url)) and not _COUNTS.search(split(address).path)
        said = " ".join(page.texts)
        told = [words for words in error_words(request.excerpt or "") if " " in words]
        shown = any(
            words.removesuffix("…") in said
            and (own or not only_a_status(words))  # the words of a status stand there by chance
            for words in told
        )
        if shown and (request.status or 0) >= _ERROR:
            return FailedLogin(request, home, None, kept_back=False, opening=True)
        failed = _failure(walk, request, home) if own else None
        if failed and (failed.kept_back or (request.status or 0) >= _SERVER_ERROR):
            return replace(failed, opening=True)
    return None


def failed_press(walk: Walk, since: Sequence[Request], page_url: str) -> FailedLogin | None:
    """The request by which a button of the page at ``page_url`` leads on, by its script; None where one got through.

    ``since`` are the requests after it was pressed. Of those to other sites only such count whose address says that
    they are about it, and of those whose answer no script may read, only such that asked for it: others may count what
    customers do.
    """
    led_on = {r.redirected_from for r in since}
    made = [r for r in since if r.resource_type in SCRIPTED]
    asked = {r.n for r in made if r.method not in READING and _leads_on(walk, r, page_url)}
    for request in made:
        if request.redirected_from in asked:
            asked.add(request.n)
    own = [r for r in made if r.n in asked and r.n not in led_on]
    failures = [one for r in own if (one := _stopped(walk, r, _origin(page_url))) is not None]
    return failures[0] if failures and len(failures) == len(own) else None


def waiting_login(walk: Walk, since: Sequence[Request], page_url: str) -> FailedLogin | None:
    """The request with what was typed to which no answer came; None where one did, or where it failed.

    ``since`` are the requests after the page at ``page_url`` was to send it.
    """
    own = _own(walk, since, host_of(page_url))
    waits = own and all(r.status is None and r.failure is None for r in own)
    return FailedLogin(own[0], _origin(page_url), None, kept_back=False) if waits else None


def _stopped(walk: Walk, request: Request, origin: str) -> FailedLogin | None:
    """Why ``request`` led nowhere, a refusal and an answer that has not come included."""
    failed = _failure(walk, request, origin)
    refused = request.status is not None and request.status >= 400
    waits = request.status is None and request.failure is None
    return failed or (FailedLogin(request, origin, None, False) if refused or waits else None)


def _leads_on(walk: Walk, request: Request, page_url: str) -> bool:
    """Whether it may be the request by which a page of ``page_url`` goes on."""
    mode = next((value for name, value in request.headers if name.lower() == "sec-fetch-mode"), None)
    if mode == "no-cors":
        return False  # no script may read what comes
    if _AGREES.search(split(request.url).path):
        return True
    asks = request.status is None or mode == "cors" or cors_complaint(walk, request) is not None
    return _akin(request, host_of(page_url)) and (asks or _origin(request.url) == _origin(page_url))


def _own(walk: Walk, since: Sequence[Request], host: str) -> list[Request]:
    """Those by which the script logs in, going by what they hold, else by how they look; the ends of redirects."""
    led_on = {r.redirected_from for r in since}
    made = [r for r in since if r.resource_type in SCRIPTED and r.method != "OPTIONS"]
    carrying = [r for r in made if _TYPED.search(_text(r))]
    if not carrying and any(r.navigation for r in since):
        return []
    near = [r for r in made if r.method not in READING and (_akin(r, host) or (_untold(r) and _logs_in(walk, r)))]
    ends = {r.n for r in carrying or near}
    for request in made:
        if request.redirected_from in ends:
            ends.add(request.n)
    return [r for r in made if r.n in ends and r.n not in led_on]


def _home(request: Request, requests: Sequence[Request], page_url: str) -> str:
    """The origin of the document whose script made ``request``."""
    documents = [r for r in requests if r.navigation and r.n < request.n and r.frame == request.frame]
    return _origin(documents[-1].url if documents and request.frame is not None else page_url)


def _failure(walk: Walk, request: Request, origin: str) -> FailedLogin | None:
    allowed = {name.lower(): value for name, value in request.response_headers}.get("access-control-allow-origin")
    foreign = _origin(request.url) != origin
    said = cors_complaint(walk, request)
    blocked = _CORS.search(f"{said or ''} {request.failure or ''}") is not None
    unread = foreign and request.status is not None and (blocked or allowed not in {"*", "null", origin})
    silent = request.status is None and request.failure is not None and not request.called_off
    if not (unread or silent or (request.status or 0) >= 500):
        return None
    kept_back = (request.status or 0) < 500 and (unread or (foreign and blocked))
    return FailedLogin(request, origin, said, kept_back)


def cors_complaint(walk: Walk, request: Request) -> str | None:
    """What the browser's console says of an answer to ``request`` that its page may not read; None where nothing."""
    lines = records(walk.console)
    address = without_parameters(request.url)
    about = [line.text for line in lines if line.at >= request.at and address in line.text and _CORS.search(line.text)]
    text = " ".join(_QUERY.sub("?…", about[0]).split()) if about else ""
    return (text[:_QUOTED] + "…" if len(text) > _QUOTED else text) or None


def _text(request: Request) -> str:
    body = request.body
    fields = "&".join(field.value for field in body.fields) if body else ""
    return f"{request.url.replace('%3C', '<').replace('%23', '#')} {body.text or '' if body else ''} {fields}"


def _untold(request: Request) -> bool:
    """Whether the engine does not tell what was sent."""
    return request.body is not None and request.body.text is None and not request.body.fields


def _logs_in(walk: Walk, request: Request) -> bool:
    """Whether a request to another site is one to log in although nobody knows what it holds: so its address says.

    One that a browser would send without asking leave (no JSON) counts only where the browser says that it did ask.
    """
    told = f"{cors_complaint(walk, request) or ''} {request.failure or ''}"
    asks = "json" in (request.body.content_type or "") if request.body else False
    return LOGS_IN.search(without_parameters(request.url)) is not None and (asks or _CORS.search(told) is not None)


def _akin(request: Request, host: str) -> bool:
    return registrable_domain(host_of(request.url)) == registrable_domain(host)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
