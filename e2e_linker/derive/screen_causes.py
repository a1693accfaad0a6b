"""What may have kept a screen from showing anything: what failed on the way to it, the likeliest first.

These are suspects only: each is in the evidence, but nothing here has tried whether the screen heals without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.blocked_loads import blocking
from e2e_linker.derive.ladder import header
from e2e_linker.derive.pages import Page
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.derive.thrown import thrown_at
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import CspViolation, Present, Request, Walk
from e2e_linker.model import host_of

__all__ = ["Suspect", "SuspectKind", "suspects"]

SuspectKind = Literal["status", "policy", "request", "page_error", "framing", "waiting", "mixed"]

_WEIGHT = {"document": 0, "script": 1, "xhr": 2, "fetch": 2, "stylesheet": 3, "font": 4}
"""Kinds of requests a page may need to show anything, the most needed first; others are left out."""
_ASKED = frozenset({"xhr", "fetch"})
_POLICIES = ("script-src", "default-src", "connect-src", "frame-src", "child-src", "style-src", "font-src")
_BY_POLICY = ("csp", "ERR_BLOCKED_BY_CSP", "NS_ERROR_CONTENT_BLOCKED")
_MIXED = "mixed-content"
"""How a request failed that a secure page made over http."""
_FRAMING = ("x-frame-options", "frame-ancestors")
_UNFRAMED = ("ERR_BLOCKED_BY_RESPONSE", "NS_ERROR_XFO_VIOLATION", "NS_ERROR_CSP_FRAME_ANCESTOR_VIOLATION")
"""What engines say of a page that may not be shown in a frame."""
_DENIED = " in a frame is denied"
"""What Firefox says of it as if it were a script error."""
_BLOCKED = ("The page’s settings blocked", "Content-Security-Policy:")
"""How Firefox begins what it says of a violated policy, which is told by the violations themselves."""
_UNFIT = " MIME type (“"
"""What Firefox says, as a script error too, of an answer that is no script, which is told by the request itself."""
_NO_STUMBLE = ("stylesheet", "even though")
"""In what browsers say of a page in the place of a style, and of a script that they ran although it is called one."""
_OVER_AND_OVER = 5
"""Times that a script asks for the same address before it is said to wait for something. Threshold."""
_QUOTED = 200


@dataclass(frozen=True, slots=True)
class Suspect:
    """One thing that failed. ``says`` is a clause; ``ref`` the kind and number of the record it rests on."""

    kind: SuspectKind
    says: str
    ref: tuple[Literal["request", "csp_violation", "page_error", "console"], int]
    host: str | None
    """The host that did not deliver, where one did not."""
    request: Request | None = None
    """The request that brought nothing, or nothing of use, where it is one that was made by the page."""
    fix: str | None = None
    """What to do about it, where more is known than its kind."""


@fact
def suspects(
    screen_verdicts: tuple[ScreenVerdict, ...], requests: tuple[Request, ...], walk: Walk
) -> tuple[Suspect, ...]:
    """Why the last screen of ``walk`` may show nothing; empty where the walk arrived or the screen is unknown."""
    last = screen_verdicts[-1] if screen_verdicts else None
    if last is None or walk.ending.kind == "arrived":
        return ()
    page = last.page
    since = page.at if page else 0.0
    window = page.window if page else 0
    loads = [r for r in requests if r.window == window and r.at >= since and (page is None or r.n != page.request)]
    found = [
        *_status(page, requests, walk),
        *_policy(walk, window, since, loads),
        *_failed(loads, walk, page.url if page else "", stumbled=_stumbled(walk, window, since)),
        *_page_errors(walk, window, since, page.address if page else ""),
        *(_unframed(loads) or _framing(walk, window, since)),
        *_waiting(loads, last.at),
        *_asking_again(loads),
    ]
    return tuple({(one.kind, one.says): one for one in found}.values())


def _status(page: Page | None, requests: Sequence[Request], walk: Walk) -> Iterator[Suspect]:
    if page is None:
        return
    ref: tuple[Literal["request"], int] = ("request", page.request)
    own = next((r for r in requests if r.n == page.request), None)
    blocked = blocking(own, walk, page.url) if own else None
    if blocked is not None:
        yield Suspect("status", f"{page.address} itself cannot be shown: {blocked.why}", ref, None, fix=blocked.fix)
    elif page.status >= 400 or page.empty:
        body = " without any content" if page.empty else ""
        yield Suspect("status", f"{page.address} was answered with {page.status}{body}", ref, None)


def _policy(walk: Walk, window: int | None, since: float, loads: Sequence[Request]) -> Iterator[Suspect]:
    seen = walk.csp_violations.value if isinstance(walk.csp_violations, Present) else ()
    numbered = [(n, one) for n, one in enumerate(seen, 1) if _stops(one, window, since)]
    for n, one in sorted(numbered, key=lambda pair: _POLICIES.index(_directive(pair[1]))):
        blocked = _address(one.blocked) if "://" in one.blocked else f"what is {one.blocked or 'inline'}"
        says = f"the page's Content-Security-Policy ({_directive(one)}) forbids {blocked}"
        yield Suspect("policy", says, ("csp_violation", n), None)


def _address(url: str) -> str:
    """``url`` as it is told; a ``data:`` address would be all that it holds."""
    address = without_parameters(url)
    return address if len(address) <= _QUOTED else f"{address[:_QUOTED]}…"


def _stops(one: CspViolation, window: int | None, since: float) -> bool:
    return one.disposition != "report" and one.window == window and one.at >= since and _directive(one) in _POLICIES


def _directive(one: CspViolation) -> str:
    return one.directive.removesuffix("-elem").removesuffix("-attr")


def _failed(loads: Sequence[Request], walk: Walk, page_url: str, *, stumbled: bool) -> Iterator[Suspect]:
    """What the page asked for and did not get, the most needed first."""
    lost = [r for r in loads if r.resource_type in _WEIGHT and (_is_lost(r) or _is_page(r, stumbled=stumbled))]
    lost = [r for r in lost if not (r.url.endswith("/favicon.ico") or _is_unframed(r))]
    for request in sorted(lost, key=lambda r: (_WEIGHT[r.resource_type], r.n)):
        address, host = _address(request.url), host_of(request.url)
        if _is_page(request, stumbled=stumbled):
            says = f"a page (text/html) came in place of the script {address} (status {request.status})"
            yield Suspect("request", says, ("request", request.n), host)  # an answer like it would prove nothing
            continue
        if request.failure == _MIXED:
            says = f"the page is loaded over https and asks for the {request.resource_type} {address} over http"
            yield Suspect("mixed", says, ("request", request.n), None)  # no browser lets anything stand in for it
            continue
        refused = request.status is not None and request.status >= 400
        blocked = None if refused else blocking(request, walk, page_url)
        why = f" ({f'status {request.status}' if refused else request.failure})" if blocked is None else ""
        says = f"the {request.resource_type} {address} did not load{f': {blocked.why}' if blocked else why}"
        at_fault = None if blocked and blocked.by_page else host
        yield Suspect("request", says, ("request", request.n), at_fault, request, blocked.fix if blocked else None)


def _is_lost(request: Request) -> bool:
    if request.status is not None and request.status >= 400:
        return True  # Chromium calls off a script once its answer turns out to be an error
    failure = request.failure
    return failure is not None and not request.called_off and not any(words in failure for words in _BY_POLICY)


def _is_page(request: Request, *, stumbled: bool) -> bool:
    """Whether a script was answered with a page, as servers do that have one and the same for every path.

    A script that is merely declared as one runs, as those do that PHP sends; redirects have pages for bodies, too.
    """
    if request.resource_type != "script" or request.status not in {200, 203}:
        return False
    if not (header(request.response_headers, "content-type") or "").lower().startswith("text/html"):
        return False
    sniffed = (header(request.response_headers, "x-content-type-options") or "").strip().lower()
    return sniffed == "nosniff" or request.failure is not None or stumbled


def _stumbled(walk: Walk, window: int | None, since: float) -> bool:
    """Whether the browser met markup, or the type of a page, where it was to run a script of this page."""
    errors = walk.page_errors.value if isinstance(walk.page_errors, Present) else ()
    lines = walk.console.value if isinstance(walk.console, Present) else ()
    thrown = [error.message for error in errors if error.window == window and error.at >= since]
    written = [line.text for line in lines if line.window == window and line.at >= since]
    if any("'<'" in words and "JSON" not in words for words in thrown):
        return True
    return any("text/html" in words and not any(other in words for other in _NO_STUMBLE) for words in written)


def _page_errors(walk: Walk, window: int | None, since: float, page_address: str) -> Iterator[Suspect]:
    errors = walk.page_errors.value if isinstance(walk.page_errors, Present) else ()
    for n, error in enumerate(errors, 1):
        ours = error.window == window and error.at >= since
        told = error.message.startswith(_BLOCKED) or _DENIED in error.message
        if ours and not told and _UNFIT not in f"{error.message}{error.stack}":
            said = (
                error.message.strip().splitlines()[0][:_QUOTED] if error.message.strip() else "an error without words"
            )
            file = _address(thrown_at(error) or page_address)
            where = "" if file == _address(page_address) else f" (in {file})"
            yield Suspect("page_error", f"a script of the page failed: {said}{where}", ("page_error", n), None)


def _is_unframed(request: Request) -> bool:
    failure = request.failure or ""
    framed = request.resource_type == "document" and not request.main_frame
    return framed and any(words in failure for words in _UNFRAMED)


def _unframed(loads: Sequence[Request]) -> list[Suspect]:
    """The pages that forbid the frame they were loaded into."""
    return [
        Suspect(
            "framing",
            f"{_address(request.url)} forbids being shown in a frame ({request.failure})",
            ("request", request.n),
            host_of(request.url),
            request,
        )
        for request in loads
        if _is_unframed(request)
    ]


def _framing(walk: Walk, window: int | None, since: float) -> Iterator[Suspect]:
    lines = walk.console.value if isinstance(walk.console, Present) else ()
    for n, line in enumerate(lines, 1):
        said = line.text.lower()
        if line.window == window and line.at >= since and "frame" in said and any(word in said for word in _FRAMING):
            yield Suspect("framing", f"a frame may not be shown: {line.text[:_QUOTED]}", ("console", n), None)


def _asking_again(loads: Sequence[Request]) -> Iterator[Suspect]:
    """What a page asks for over and over, as one does that waits for an answer that does not come."""
    asked: dict[str, list[Request]] = {}
    for request in loads:
        if request.resource_type in _ASKED:
            asked.setdefault(without_parameters(request.url), []).append(request)
    for url, requests in asked.items():
        if len(requests) >= _OVER_AND_OVER:
            says = f"the page asked for {_address(url)} {len(requests)} times and waits for another answer"
            last = ([r for r in requests if r.status is not None] or requests)[-1]
            yield Suspect("waiting", says, ("request", last.n), None, last)


def _waiting(loads: Sequence[Request], until: float) -> Iterator[Suspect]:
    # What was answered before is asked for again and again: its last request was only under way when the walk ended.
    answered = {without_parameters(r.url) for r in loads if r.resource_type in _ASKED and r.status is not None}
    waiting = [
        r
        for r in loads
        if r.resource_type in _WEIGHT and r.status is None and r.failure is None
        if r.resource_type not in _ASKED or without_parameters(r.url) not in answered
    ]
    for request in sorted(waiting, key=lambda r: (_WEIGHT[r.resource_type], r.n)):
        waited = until - request.at
        within = f"{waited:.0f} s" if waited >= 1 else "the time that the walk went on"
        says = f"the {request.resource_type} {_address(request.url)} was not answered within {within}"
        yield Suspect("waiting", says, ("request", request.n), host_of(request.url), request)
