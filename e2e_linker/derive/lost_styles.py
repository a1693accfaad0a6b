"""Style sheets that did not come to a page: what is drawn without them says nothing of sizes and fonts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.hosts import registrable_domain
from e2e_linker.derive.pages import Page
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import Request
from e2e_linker.model import host_of

__all__ = ["LossKind", "LostStyle", "lost_styles"]

LossKind = Literal["mixed", "certificate", "own"]
"""Asked for over http, refused for its certificate, or not answered well by the page's own site."""

_MIXED = "mixed-content"
_CERTIFICATE = ("ERR_CERT", "SEC_ERROR", "PKIX_ERROR", "BAD_CERT_DOMAIN", "certificate")
"""How engines, and what is noted beside their words, name a certificate that they refuse."""
_NOT_SENT = ("csp", "TUNNEL", "PROXY")
"""What is said of a request that never reached the server: the page's policy, or a proxy, stood before it."""
_MISSING = frozenset({404, 410})
"""What an address answers where there is no such style sheet: the page is always drawn without it."""


@dataclass(frozen=True, slots=True)
class LostStyle:
    """A style sheet that ``page`` asked for in vain."""

    page: Page
    request: Request
    kind: LossKind
    scripts: tuple[str, ...] = ()
    """The addresses of the page's scripts that its host failed to deliver in the same way."""


@fact
def lost_styles(pages: tuple[Page, ...], requests: tuple[Request, ...]) -> tuple[LostStyle, ...]:
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
    return tuple(found)


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
