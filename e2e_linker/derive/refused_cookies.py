"""Cookies of the login's own documents that the browser did not keep."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from e2e_linker.alexa import facts
from e2e_linker.derive.base import fact
from e2e_linker.derive.jar import carried
from e2e_linker.derive.pages import Page
from e2e_linker.derive.urls import split
from e2e_linker.derive.wordings import FORGED, first_match
from e2e_linker.evidence.models import Ending, JarCookie, Present, Request, SetCookie, Walk
from e2e_linker.evidence.traffic import READING, SCRIPTED
from e2e_linker.model import host_of

__all__ = ["RefusedCookie", "forgotten", "refused_cookies"]


@dataclass(frozen=True, slots=True)
class RefusedCookie:
    """A cookie that an answer on the way set, and that the next request to that host did not carry."""

    name: str
    host: str
    set_by: int
    """Number of the request whose answer set it."""
    missing_from: int
    """Number of the next request to its host."""
    why: str
    """Why browsers refuse it, as the end of a sentence that begins with the cookie."""
    fix: str


@fact
def refused_cookies(requests: tuple[Request, ...], jar: tuple[JarCookie, ...]) -> tuple[RefusedCookie, ...]:
    """What was refused for what the cookie says of itself, each cookie of a host once, in the order they were set.

    Only documents of main frames count and what their scripts send to the same hosts, and only where the jar at the end
    does not hold the cookie either; of their cookies only those by which a server may know its customer again.
    """
    hosts = {host_of(one.url) for one in requests if one.navigation and one.main_frame}
    way = [request for request in requests if _is_on_the_way(request, hosts)]
    found: dict[tuple[str, str], RefusedCookie] = {}
    for place, request in enumerate(way):
        host = host_of(request.url)
        for cookie in request.set_cookies:
            reason = _reason(cookie, host)
            if reason is None or not _may_know(cookie) or (host, cookie.name) in found or _is_removal(cookie):
                continue
            if _kept(cookie, jar, request.url):
                continue
            after = _next(way[place + 1 :], request.url, cookie)
            if after is not None and cookie.name not in _sent(after):
                found[host, cookie.name] = RefusedCookie(cookie.name, host, request.n, after.n, *reason)
    return tuple(found.values())


def _is_on_the_way(request: Request, hosts: Set[str]) -> bool:
    """Whether it is a document of a main frame, or what a script of one sends to one of ``hosts``, as to log in."""
    if not request.main_frame:
        return False
    sent = request.resource_type in SCRIPTED and request.method not in READING
    return request.navigation or (sent and host_of(request.url) in hosts)


def _reason(cookie: SetCookie, host: str) -> tuple[str, str] | None:
    """Why every browser refuses ``cookie`` of ``host``, and what to do; None where it would be kept."""
    if cookie.size > facts.COOKIE_BYTES:
        return None  # told by its size
    domain = (cookie.domain or "").lower().removeprefix(".")
    name = cookie.name.lower()
    if domain and host != domain and not host.endswith(f".{domain}"):
        return (
            f"is for {domain}, to which {host} does not belong",
            "Set it without `Domain`, or for the host that sets it.",
        )
    if (cookie.same_site or "").lower() == "none" and not cookie.secure:
        return "says `SameSite=None` without `Secure`", "Add `Secure`, or set it with `SameSite=Lax`."
    if name.startswith(("__secure-", "__host-")) and not cookie.secure:
        return "has a name that browsers take with `Secure` only", "Add `Secure`."
    if name.startswith("__host-") and (domain or cookie.path != "/"):
        return "has a name that browsers take with `Path=/` and without `Domain` only", "Set it so, or rename it."
    return None


_KNOWING = re.compile(r"sess|csrf|xsrf|login|auth(?!or(?!i))|(?<![a-z])sid(?![a-z])", re.IGNORECASE)
"""Names of cookies for sessions and against forged requests; an ``author`` is neither."""


def _may_know(cookie: SetCookie) -> bool:
    """Whether it may be a session, or what a form is compared with: tests and statistics are left to scripts."""
    prefixed = cookie.name.lower().startswith(("__host-", "__secure-"))
    return cookie.http_only or prefixed or _KNOWING.search(cookie.name) is not None


def _is_removal(cookie: SetCookie) -> bool:
    if cookie.size <= len(cookie.name.encode()):
        return True
    if cookie.max_age is not None:
        return cookie.max_age.lstrip().startswith(("0", "-"))
    try:
        return cookie.expires is not None and parsedate_to_datetime(cookie.expires).year < _FIRST_YEAR
    except (ValueError, OverflowError):
        return False


_FIRST_YEAR = 2000
"""Cookies that expire before it are being removed."""


def _kept(cookie: SetCookie, jar: Iterable[JarCookie], url: str) -> bool:
    host, path = host_of(url), split(url).path or "/"
    return cookie.name in carried([one for one in jar if one.name == cookie.name], [(host, path)]).names


def _next(later: Sequence[Request], url: str, cookie: SetCookie) -> Request | None:
    """The next of ``later`` that would carry ``cookie`` and of which is known what it carried."""
    path = (cookie.path or "/").rstrip("/")
    for request in later:
        if host_of(request.url) == host_of(url) and request.sizes is not None:
            return request if f"{split(request.url).path}/".startswith(f"{path}/") else None
    return None


def _sent(request: Request) -> frozenset[str]:
    measured = {part.name for part in request.sizes.cookies} if request.sizes else set()
    headers = [value for name, value in request.headers if name.lower() == "cookie"]
    return frozenset(measured | {pair.partition("=")[0].strip() for value in headers for pair in value.split(";")})


@fact
def forgotten(pages: tuple[Page, ...], ending: Ending, walk: Walk) -> bool:
    """Whether the login ended as it does at a server that does not know again who comes back.

    It went in a circle, it was taken for a forged request, or a form came back that had been filled in before.
    """
    if ending.kind != "dead_end":
        return ending.kind == "redirect_loop"
    seen = [page for page in pages if page.main_frame]
    if not seen:
        return False
    last = seen[-1]
    return first_match(FORGED, last.title, *last.headings, last.text) is not None or any(
        _alike(page, last) and _filled_between(page, last, walk) for page in seen[:-1]
    )


def _alike(one: Page, other: Page) -> bool:
    if one.host != other.host:
        return False
    fields = _fields(one)
    return (one.asks_for_password and other.asks_for_password) or bool(fields and fields == _fields(other))


def _fields(page: Page) -> frozenset[tuple[str | None, str | None]]:
    return frozenset((control.name, control.type) for control in page.controls if control.kind == "field")


def _filled_between(first: Page, last: Page, walk: Walk) -> bool:
    steps = walk.login.value if isinstance(walk.login, Present) else ()
    return any(step.outcome == "done" and first.at <= step.at <= last.at for step in steps)
