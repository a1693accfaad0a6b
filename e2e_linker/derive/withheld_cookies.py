"""Cookies that a browser kept and did not send, because another site sent the customer back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.hosts import registrable_domain
from e2e_linker.derive.pages import Page
from e2e_linker.derive.urls import split
from e2e_linker.derive.wordings import FORGED, first_match
from e2e_linker.evidence.models import Ending, EndingKind, JarCookie, Request, SetCookie
from e2e_linker.evidence.traffic import READING
from e2e_linker.model import host_of

__all__ = ["WithheldCookie", "withheld_cookies"]

_ENDED: frozenset[EndingKind] = frozenset({"dead_end", "login_rejected", "login_not_found"})
_KNOWING = re.compile(r"sess|csrf|xsrf|corr|nonce|state|oidc|oauth|login|auth(?!or(?!i))", re.IGNORECASE)
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
    page = next((one for one in reversed(pages) if one.main_frame), None)
    if page is None or ending.kind not in _ENDED or page.asks_for_password:
        return ()
    told = first_match(FORGED, page.title, *page.headings, page.text) is not None
    if page.status < 400 and not told:
        return ()
    chain = _chain(page, requests)
    found: dict[str, WithheldCookie] = {}
    for request in chain:
        for one in _missing(request, requests, page, told=told):
            found.setdefault(one.name, one)
    came = {name for request in chain for name in _sent(request)}
    held = {cookie.name for cookie in jar}
    return tuple(one for one in found.values() if one.name in held and one.name not in came)


def _chain(page: Page, requests: Sequence[Request]) -> list[Request]:
    """The request of ``page`` and those that it was redirected from, the first one first."""
    known = {r.n: r for r in requests}
    chain = [known[page.request]]
    while (before := known.get(chain[0].redirected_from or 0)) is not None and before not in chain:
        chain.insert(0, before)
    return chain


def _missing(request: Request, requests: Sequence[Request], page: Page, *, told: bool) -> Iterator[WithheldCookie]:
    source = _source(request, requests)
    host = host_of(request.url)
    if source is None or request.sizes is None or registrable_domain(source) == registrable_domain(host):
        return
    sent = _sent(request)
    last: dict[str, tuple[Request, SetCookie]] = {}
    for setter in requests:
        if setter.n < request.n:
            last |= {one.name: (setter, one) for one in setter.set_cookies if _meant_for(one, setter, request)}
    others = any(_site(one) == "none" and one.http_only and name in sent for name, (_, one) in last.items())
    for name, (setter, cookie) in last.items():
        kept_away = _site(cookie) == "strict" or (_site(cookie) == "lax" and request.method not in READING)
        knows = cookie.http_only or _KNOWING.search(name) is not None
        if kept_away and knows:
            same_site: Literal["Lax", "Strict"] = "Lax" if _site(cookie) == "lax" else "Strict"
            yield WithheldCookie(
                name, host, same_site, setter.n, request.n, request.method, source, page, told=told, others=others
            )


def _source(request: Request, requests: Sequence[Request]) -> str | None:
    """The host of the page that made ``request``, or what it was redirected from; None where none did."""
    known = {r.n: r for r in requests}
    first = request
    while first.redirected_from in known:
        first = known[first.redirected_from]
    shown = [
        r
        for r in requests
        if r.navigation and r.main_frame and r.window == first.window and r.n < first.n
        if r.status is not None and not 300 <= r.status < 400
    ]
    return host_of(shown[-1].url) if shown else None


def _meant_for(cookie: SetCookie, setter: Request, request: Request) -> bool:
    """Whether ``cookie`` would go to the address of ``request``, but for what it says of sites."""
    domain, host = (cookie.domain or "").lower().removeprefix("."), host_of(request.url)
    path = (cookie.path or "/").rstrip("/")
    there = host == host_of(setter.url) or (bool(domain) and (host == domain or host.endswith(f".{domain}")))
    return there and f"{split(request.url).path}/".startswith(f"{path}/")


def _site(cookie: SetCookie) -> str:
    return (cookie.same_site or "").lower()


def _sent(request: Request) -> frozenset[str]:
    measured = {part.name for part in request.sizes.cookies} if request.sizes else set()
    headers = [value for name, value in request.headers if name.lower() == "cookie"]
    return frozenset(measured | {pair.partition("=")[0].strip() for value in headers for pair in value.split(";")})
