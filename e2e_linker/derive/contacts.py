"""What the pages of a login asked of which host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from e2e_linker.alexa.facts import REDIRECT_HOSTS
from e2e_linker.derive.app_stores import before_store
from e2e_linker.derive.pages import STOPPED
from e2e_linker.derive.tab_icons import tab_icons
from e2e_linker.evidence.headers import header, media_type
from e2e_linker.evidence.models import Request, Walk, records
from e2e_linker.model import host_of

if TYPE_CHECKING:
    from e2e_linker.derive.stray_answer import StrayAnswer

__all__ = ["AHEAD", "ICON", "Contact", "contacts"]

_NEVER_SENT = re.compile(r"^csp$|^mixed-content$|BLOCKED_BY_CSP|CONTENT_BLOCKED|CSP_VIOLATION", re.IGNORECASE)
"""The engines' words for a request that the page's own policy stopped before any host was contacted."""
AHEAD = "prefetch"
"""The kind of what a page has fetched ahead: no page misses it, and one that comes to need it asks once more."""
ICON = "icon"
"""The kind of what stands in a tab beside the title of the page."""
_PURPOSES = frozenset({"sec-purpose", "purpose", "x-moz"})
_HALTED = STOPPED | {"login_blocked"}
"""Endings after which the last page is where the login stopped."""
_ERROR = 400


class Contact(NamedTuple):
    """Something that a page asked of a host."""

    host: str
    kind: str
    ref: str
    path: str
    on_error: bool = False
    """Whether the error page with which the walk ended loaded it."""


def contacts(walk: Walk, stray: StrayAnswer | None) -> Iterator[Contact]:
    """All that the pages of ``walk`` asked for, short of an app store it ended in."""
    error, icons = _error_page(walk), tab_icons(walk)
    answers = {a.request for a in records(walk.arrivals)}
    for request in before_store(walk):
        host = _page_host(request.url)
        if stray and request.navigation and stray.went_to(request.url):
            answers.add(request.n)
        if host and request.n not in answers and not _is_report(request) and not _unsent(request):
            kind = ICON if request.n in icons else _kind(request)
            ref, path = f"{walk.id}#{request.n}", urlsplit(request.url).path
            yield Contact(host, kind, ref, path, error is not None and _loaded_by(error, request))
    for socket in records(walk.web_sockets):
        if host := _page_host(socket.url):
            yield Contact(host, "websocket", walk.id, urlsplit(socket.url).path)


def _error_page(walk: Walk) -> Request | None:
    """The page with which ``walk`` ended, where its status says that it is an error."""
    shown = (one for one in reversed(records(walk.requests)) if one.leads and one.status is not None)
    last = next(shown, None) if walk.ending.kind in _HALTED else None
    return last if last is not None and (last.status or 0) >= _ERROR else None


def _loaded_by(page: Request, request: Request) -> bool:
    """Whether ``page`` loaded ``request``; the way to it is the login's own."""
    return request.n > page.n and request.window == page.window and not request.leads


def _unsent(request: Request) -> bool:
    return _NEVER_SENT.search(request.failure or "") is not None


def _is_report(request: Request) -> bool:
    """Whether the browser tells a third party of a violated policy: no content, and no page misses the answer."""
    kind = media_type(header(request.headers, "content-type"))
    return kind in {"application/csp-report", "application/reports+json"}


def _page_host(url: str) -> str | None:
    if not url.startswith(("http://", "https://", "ws://", "wss://")):
        return None
    host = host_of(url)
    return host if host and host not in REDIRECT_HOSTS else None


def _kind(request: Request) -> str:
    if request.leads:
        return "redirect" if request.redirected_from is not None else "navigation"
    if request.navigation:
        return "frame"
    return AHEAD if _is_ahead(request) else request.resource_type


def _is_ahead(request: Request) -> bool:
    return any(name.lower() in _PURPOSES and "prefetch" in value.lower() for name, value in request.headers)
