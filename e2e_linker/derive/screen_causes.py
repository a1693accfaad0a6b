"""What may have kept a screen from showing anything: what failed on the way to it, the likeliest first.

These are suspects only: each is in the evidence, but nothing here has tried whether the screen heals without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.blocked_loads import blocking, kept_back
from e2e_linker.derive.pages import Page
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.derive.thrown import thrown_at, thrown_place
from e2e_linker.derive.unfit_scripts import is_unfit_word, pages_for_scripts, refused_types
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import CspViolation, Request, Walk, records
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
_KEPT = ("The Same Origin Policy disallows", "None of the “")
"""How it begins what it says of an answer that it keeps from the page, for whatever reason."""
_DECLARE = (
    "Answer with `Content-Type: text/javascript` for it, also where its name ends in `.mjs`: browsers run a module, "
    "and after `X-Content-Type-Options: nosniff` any script, only as JavaScript."
)
_NO_SCRIPTS = (".json", ".css")
"""How the names of what scripts import end that is to be declared as something else."""
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
    failed = list(_failed(loads, walk, page))
    told = [r.url for r in loads if r.n in {one.ref[1] for one in failed}]
    found = [
        *_status(page, requests, walk),
        *_policy(walk, window, since, loads),
        *failed,
        *_page_errors(walk, page, told),
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
    numbered = [(n, one) for n, one in enumerate(records(walk.csp_violations), 1) if _stops(one, window, since)]
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


def _failed(loads: Sequence[Request], walk: Walk, page: Page | None) -> Iterator[Suspect]:
    """What the page asked for and did not get, or not as what it can use, the most needed first."""
    window, since = (page.window, page.at) if page else (0, 0.0)
    unfit = _unfit(loads, walk, window, since)
    lost = [r for r in loads if r.resource_type in _WEIGHT and (r.n in unfit or _is_lost(r) or kept_back(r, walk))]
    lost = [r for r in lost if not (r.url.endswith("/favicon.ico") or _is_unframed(r))]
    for request in sorted(lost, key=lambda r: (_WEIGHT[r.resource_type], r.n)):
        address, host = _address(request.url), host_of(request.url)
        if request.n in unfit:
            yield unfit[request.n]
            continue
        if request.failure == _MIXED:
            says = f"the page is loaded over https and asks for the {request.resource_type} {address} over http"
            yield Suspect("mixed", says, ("request", request.n), None)  # no browser lets anything stand in for it
            continue
        refused = request.status is not None and request.status >= 400
        blocked = None if refused else blocking(request, walk, page.url if page else "")
        why = f" ({f'status {request.status}' if refused else request.failure})" if blocked is None else ""
        says = f"the {request.resource_type} {address} did not load{f': {blocked.why}' if blocked else why}"
        at_fault = None if blocked and blocked.by_page else host
        yield Suspect("request", says, ("request", request.n), at_fault, request, blocked.fix if blocked else None)


def _unfit(loads: Sequence[Request], walk: Walk, window: int | None, since: float) -> dict[int, Suspect]:
    """The scripts that came as something that no browser runs; an answer like theirs would prove nothing."""
    pages, types = pages_for_scripts(loads, walk, window, since), refused_types(loads, walk, window, since)
    found = {}
    for request in (r for r in loads if r.n in pages or r.n in types):
        address, declared, fix = _address(request.url), types.get(request.n), None
        says = f"a page (text/html) came in place of the script {address} (status {request.status})"
        if request.n not in pages and declared != "text/html":
            how = f"as `Content-Type: {declared}`" if declared else "without a `Content-Type`"
            says, fix = (
                f"the script {address} came {how}, and so the browser did not run it",
                None if address.endswith(_NO_SCRIPTS) else _DECLARE,
            )
        found[request.n] = Suspect("request", says, ("request", request.n), host_of(request.url), fix=fix)
    return found


def _is_lost(request: Request) -> bool:
    if request.status is not None and request.status >= 400:
        return True  # Chromium calls off a script once its answer turns out to be an error
    failure = request.failure
    return failure is not None and not request.called_off and not any(words in failure for words in _BY_POLICY)


def _page_errors(walk: Walk, page: Page | None, failed: Sequence[str]) -> Iterator[Suspect]:
    """The script errors of the page; what Firefox says as if it were one, of a request of ``failed``, is told there."""
    window, since, own = (page.window, page.at, page.address) if page else (0, 0.0, "")
    for n, error in enumerate(records(walk.page_errors), 1):
        ours = error.window == window and error.at >= since
        told = error.message.startswith(_BLOCKED) or _DENIED in error.message
        told = told or (error.message.startswith(_KEPT) and any(url in error.message for url in failed))
        if ours and not told and not is_unfit_word(f"{error.message}{error.stack}"):
            said = next(iter(error.message.strip().splitlines()), "an error without words")[:_QUOTED]
            file = _address(thrown_at(error) or own)
            places = ("" if file == _address(own) else f"in {file}", thrown_place(error))
            where = f" ({', '.join(filter(None, places))})" if any(places) else ""
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
    for n, line in enumerate(records(walk.console), 1):
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
