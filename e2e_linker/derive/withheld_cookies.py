"""Cookies that a browser kept and did not send, because another site sent the customer back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.cookie_scopes import goes_to, may_know, names_sent
from e2e_linker.derive.forged_forms import forged_words
from e2e_linker.derive.hosts import registrable_domain
from e2e_linker.derive.ladder import came_from
from e2e_linker.derive.pages import Page, last_page
from e2e_linker.derive.rate_limits import TOO_MANY
from e2e_linker.evidence.models import Ending, EndingKind, JarCookie, Request, SetCookie
from e2e_linker.evidence.traffic import READING
from e2e_linker.model import host_of

__all__ = ["WithheldCookie", "withheld_cookies"]

_ENDED: frozenset[EndingKind] = frozenset({"dead_end", "login_rejected", "login_not_found"})
_OF_A_PROVIDER = re.compile(r"corr|nonce|state|oidc", re.IGNORECASE)
"""Names of cookies by which a server knows again who comes back from another one."""


@dataclass(frozen=True, slots=True)
class WithheldCookie:
    """A cookie that the request on which the login failed should have carried."""

    name: str
    host: str
    same_site: Literal["Lax", "Strict"]
    set_by: int
    """Number of the request whose answer set it."""
    missing_from: int
    """Number of the request that came without it."""
    method: str
    """How that request was made."""
    sent_from: str
    """Host of the page of another site that made it."""
    page: Page
    """What the customer got."""
    told: bool
    """Whether that page says that the server did not know its own request again."""
    others: bool
    """Whether a cookie of the same host that may be sent so came along: the server may have looked for that one."""


@fact
def withheld_cookies(
    pages: tuple[Page, ...], requests: tuple[Request, ...], jar: tuple[JarCookie, ...], ending: Ending
) -> tuple[WithheldCookie, ...]:
    """What was missing where another site sent the browser back, and the answer was an error; each cookie once.

    Only cookies that the jar still holds at the end, so that nothing but their ``SameSite`` kept them away.
    """
    page = last_page(pages)
    if page is None or ending.kind not in _ENDED or page.asks_for_password or page.status == TOO_MANY:
        return ()
    told = forged_words(*page.texts) is not None
    if page.status < 400 and not told:
        return ()
    own = next(one for one in requests if one.n == page.request)
    chain = came_from(own, requests)
    found: dict[str, WithheldCookie] = {}
    for request in chain:
        for one in _missing(request, requests, page, told=told):
            found.setdefault(one.name, one)
    came = {name for request in chain for name in names_sent(request)}
    held = {cookie.name for cookie in jar}
    return tuple(one for one in found.values() if one.name in held and one.name not in came)


def _missing(request: Request, requests: Sequence[Request], page: Page, *, told: bool) -> Iterator[WithheldCookie]:
    source = _source(request, requests)
    host = host_of(request.url)
    if source is None or request.sizes is None or registrable_domain(source) == registrable_domain(host):
        return
    sent = names_sent(request)
    last: dict[str, tuple[Request, SetCookie]] = {}
    for setter in requests:
        if setter.n < request.n:
            last |= {one.name: (setter, one) for one in setter.set_cookies if goes_to(one, setter.url, request.url)}
    others = any(_site(one) == "none" and one.http_only and name in sent for name, (_, one) in last.items())
    for name, (setter, cookie) in last.items():
        kept_away = _site(cookie) == "strict" or (_site(cookie) == "lax" and request.method not in READING)
        if kept_away and (may_know(cookie) or _OF_A_PROVIDER.search(name)):
            same_site: Literal["Lax", "Strict"] = "Lax" if _site(cookie) == "lax" else "Strict"
            yield WithheldCookie(
                name, host, same_site, setter.n, request.n, request.method, source, page, told=told, others=others
            )


def _source(request: Request, requests: Sequence[Request]) -> str | None:
    """The host of the page that made ``request``, or what it was redirected from; None where none did."""
    first = came_from(request, requests)[0]
    shown = [
        r
        for r in requests
        if r.leads and r.window == first.window and r.n < first.n
        if r.status is not None and not 300 <= r.status < 400
    ]
    return host_of(shown[-1].url) if shown else None


def _site(cookie: SetCookie) -> str:
    return (cookie.same_site or "").lower()
