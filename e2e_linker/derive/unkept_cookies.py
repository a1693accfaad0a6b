"""Sessions of a login by a script: cookies that its requests were refused without, and those that it left behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from e2e_linker.alexa import facts
from e2e_linker.derive.cookie_scopes import (
    SESSION,
    belongs_to,
    domain_of,
    goes_to,
    goes_to_path,
    is_removal,
    may_know,
    names_sent,
)
from e2e_linker.derive.hosts import registrable_domain
from e2e_linker.derive.jar import carried
from e2e_linker.derive.urls import split
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import JarCookie, Request, SetCookie
from e2e_linker.evidence.traffic import READING, SCRIPTED
from e2e_linker.model import host_of

__all__ = ["came_without", "refused_without", "unkept"]

_UNAUTHORIZED, _FORBIDDEN = 401, 403
_UNKNOWN = frozenset({400, _UNAUTHORIZED, _FORBIDDEN, 404, 410, 419})
"""Statuses by which a server refuses what it finds no session or no login of."""
_SAME = ("same-origin", "same-site")


def refused_without(name: str, host: str, since: int, requests: Sequence[Request]) -> Request | None:
    """What a script sent last to ``host`` from the request ``since`` on, where it was refused for want of a session.

    It came without the cookie ``name``, any other that may hold one, and a token in its place.
    """
    sent = [r for r in requests if r.resource_type in SCRIPTED and r.method != "OPTIONS" and r.n >= since]
    last = next((r for r in reversed(sent) if host_of(r.url) == host), None)
    if last is None or last.sizes is None or last.status not in {_UNAUTHORIZED, _FORBIDDEN}:
        return None
    came = names_sent(last)
    held = any(header.lower() == "authorization" for header, _ in last.headers) or any(map(SESSION.search, came))
    return None if held or name in came or (came and last.status == _FORBIDDEN) else last


def came_without(request: Request, requests: Sequence[Request], jar: Sequence[JarCookie]) -> dict[str, Request]:
    """By name, the cookies that answers to the browser's own way had set for ``request``, with what was answered so.

    Empty unless a script made it, it was refused as one of nobody known is, and no cookie and no token came with it.
    What the ``jar`` does not hold the browser may have refused, or a script may have taken away. Of a request that a
    service worker answered nothing is seen that browsers add when they send one.
    """
    token, sent = (header(request.headers, name) is not None for name in ("authorization", "sec-fetch-site"))
    scripted = request.resource_type in SCRIPTED and request.sizes is not None
    if request.status not in _UNKNOWN or not scripted or token or not sent:
        return {}
    held = carried(jar, [(host_of(request.url), split(request.url).path or "/")]).names
    given: dict[str, Request] = {}
    for source in (one for one in requests if one.leads and one.n < request.n):
        for cookie in source.set_cookies:
            if not goes_to(cookie, source.url, request.url) or not may_know(cookie):
                continue
            given.pop(cookie.name, None)
            if cookie.name in held and not is_removal(cookie):
                given[cookie.name] = source
    return {} if names_sent(request) else given


def unkept(requests: Sequence[Request]) -> Iterator[tuple[Request, SetCookie, Request]]:
    """(what a script sent, the session that its answer set, the next request to that host, which came without it).

    One of those that followed was refused for want of it. Nothing in such a cookie, nor in the way from the page to its
    host, keeps a browser from storing it: the script asked without credentials.
    """
    for source in requests:
        asked = source.resource_type in SCRIPTED and source.method not in READING and source.url.startswith("https://")
        for cookie in source.set_cookies if asked and _is_of_the_site(source) else ():
            after = refused_without(cookie.name, host_of(source.url), source.n + 1, requests)
            if after is None or not _is_storable(cookie, source) or not goes_to_path(cookie, source.url, after.url):
                continue
            later = [r for r in requests if source.n < r.n <= after.n and host_of(r.url) == host_of(source.url)]
            if not any(cookie.name in names_sent(r) or cookie.name in _set_by(r) for r in later):
                yield source, cookie, next(r for r in later if goes_to_path(cookie, source.url, r.url))


def _is_of_the_site(request: Request) -> bool:
    return header(request.headers, "sec-fetch-site") in _SAME


def _is_storable(cookie: SetCookie, source: Request) -> bool:
    host = host_of(source.url)
    domain = domain_of(cookie)
    own = not domain or (belongs_to(host, domain) and belongs_to(domain, registrable_domain(host)))
    short = cookie.max_age is not None or cookie.expires is not None
    fits = cookie.size <= facts.COOKIE_BYTES and not cookie.partitioned and not is_removal(cookie)
    return bool(own and fits and SESSION.search(cookie.name) and (not short or _lives(cookie)))


def _lives(cookie: SetCookie) -> bool:
    """Whether it lives for longer than a login takes, as far as it tells in seconds."""
    age = cookie.max_age
    return age is None or (age.isascii() and age.isdigit() and int(age) >= 600)


def _set_by(request: Request) -> set[str]:
    return {cookie.name for cookie in request.set_cookies}
