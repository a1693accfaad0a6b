"""Style sheets that did not come to a page: what is drawn without them says nothing of sizes and fonts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.content_policy import parse_policies
from e2e_linker.derive.hosts import registrable_domain
from e2e_linker.derive.pages import Page
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import Request, Walk, records
from e2e_linker.model import host_of

__all__ = ["LossKind", "LostStyle", "lost_styles"]

LossKind = Literal["mixed", "certificate", "own", "inline"]
"""Asked for over http, refused for its certificate, not answered well by the page's own site, or of a page that has no
style sheet but what stands in it, which its own policy forbids."""

_MIXED = "mixed-content"
_CERTIFICATE = ("ERR_CERT", "SEC_ERROR", "PKIX_ERROR", "BAD_CERT_DOMAIN", "certificate")
"""How engines, and what is noted beside their words, name a certificate that they refuse."""
_NOT_SENT = ("csp", "TUNNEL", "PROXY")
"""What is said of a request that never reached the server: the page's policy, or a proxy, stood before it."""
_STYLES = ("style-src-elem", "style-src", "default-src")
"""What a policy says of a page's styles, each where the one before it is not there."""
_LET_IN = ("'nonce-", "'sha")
"""How sources begin that let single ones through."""
_MISSING = frozenset({404, 410})
"""What an address answers where there is no such style sheet: the page is always drawn without it."""


@dataclass(frozen=True, slots=True)
class LostStyle:
    """A style sheet that ``page`` asked for in vain."""

    page: Page
    request: Request
    """The page's own where its policy forbids what stands in it."""
    kind: LossKind
    scripts: tuple[str, ...] = ()
    """The addresses of the page's scripts that its host failed to deliver in the same way."""


@fact
def lost_styles(pages: tuple[Page, ...], requests: tuple[Request, ...], walk: Walk) -> tuple[LostStyle, ...]:
    """The style sheets that failed and did not come at another try, page by page.

    Those of other sites count only where customers surely miss them, too: the way there may be this machine's.
    """
    loads = [request for request in requests if request.resource_type in {"stylesheet", "script"}]
    found: list[LostStyle] = []
    for page, following in _with_next(pages):
        own = [one for one in loads if _is_of(one, page, following)]
        came = {one.url for one in own if _came(one)}
        lost = {one.n: _kind(page, one) for one in own if _is_lost(one) and one.url not in came}
        scripts: defaultdict[tuple[str, LossKind | None], list[str]] = defaultdict(list)
        for one in own:
            if one.n in lost and one.resource_type == "script":
                scripts[host_of(one.url), lost[one.n]].append(without_parameters(one.url))
        for one in own:
            kind = lost.get(one.n)
            if kind is not None and one.resource_type == "stylesheet":
                besides = dict.fromkeys(scripts[host_of(one.url), kind])
                found.append(LostStyle(page, one, kind, tuple(besides)))
        if not any(one.resource_type == "stylesheet" for one in own) and _forbids_its_own(page, walk):
            found.extend(LostStyle(page, one, "inline") for one in requests if one.n == page.request)
    return tuple(found)


def _forbids_its_own(page: Page, walk: Walk) -> bool:
    """Whether the policy of ``page`` stopped styles that stand in it or are put there, and lets none of them in."""
    sources = [
        next((policy.directives[name] for name in _STYLES if name in policy.directives), ())
        for policy in parse_policies(page.policies)
    ]
    stopped = (
        one.directive == _STYLES[0] and one.blocked == "inline" and one.disposition == "enforce"
        for one in records(walk.csp_violations)
        if one.window == page.window and without_parameters(one.document) == page.address
    )
    return any(stopped) and not any(source.startswith(_LET_IN) for held in sources for source in held)


def _with_next(pages: Sequence[Page]) -> list[tuple[Page, Page | None]]:
    """Each page of a window, and the one that took its place."""
    main = [page for page in pages if page.main_frame]
    return [
        (page, next((later for later in main[n:] if later.window == page.window), None))
        for n, page in enumerate(main, 1)
    ]


def _is_of(request: Request, page: Page, following: Page | None) -> bool:
    later = request.n > page.request and (following is None or request.n < following.request)
    return later and request.main_frame and request.window == page.window


def _is_lost(request: Request) -> bool:
    if request.status is not None and request.status >= 400:
        return request.status not in _MISSING
    return request.failure is not None and not request.called_off


def _came(request: Request) -> bool:
    return request.failure is None and request.status is not None and request.status < 400


def _kind(page: Page, request: Request) -> LossKind | None:
    failure = request.failure or ""
    if failure == _MIXED:
        return "mixed"
    if any(words in failure for words in _CERTIFICATE):
        return "certificate"
    same_site = registrable_domain(host_of(request.url)) == registrable_domain(page.host)
    return "own" if same_site and not any(words in failure for words in _NOT_SENT) else None
