"""Cookies of the login's own documents that the browser did not keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from e2e_linker.alexa import facts
from e2e_linker.derive.base import fact
from e2e_linker.derive.cookie_scopes import (
    FORGERY,
    belongs_to,
    domain_of,
    goes_to_path,
    is_removal,
    may_know,
    names_sent,
)
from e2e_linker.derive.forged_forms import taken_for_forged
from e2e_linker.derive.jar import carried
from e2e_linker.derive.left_behind import LeftBehind, left_at_the_form, left_at_the_redirect, left_on_the_way_back
from e2e_linker.derive.missed_cookies import fleeting, left_at_the_start, set_anew
from e2e_linker.derive.pages import Page, last_page
from e2e_linker.derive.request_fate import RequestFate
from e2e_linker.derive.unkept_cookies import refused_without, unkept
from e2e_linker.derive.urls import split, without_parameters
from e2e_linker.derive.wordings import (
    BLAMED_REDIRECT,
    FOREIGN_ORIGIN,
    LOST_SESSION,
    REFUSED_LATE,
    REFUSED_REQUEST,
    UNKNOWN_CLIENT,
    first_match,
)
from e2e_linker.evidence.models import Ending, JarCookie, Request, SetCookie, Walk, records
from e2e_linker.evidence.traffic import READING, SCRIPTED
from e2e_linker.model import host_of

__all__ = ["OF_THE_REQUEST", "RefusedCookie", "forgotten", "refused_cookies"]

OF_THE_REQUEST = (BLAMED_REDIRECT, REFUSED_LATE, REFUSED_REQUEST, UNKNOWN_CLIENT)
"""What a page says that refuses the authorization request for what it asks."""


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
    kept: bool = False
    """Whether browsers keep it all the same, and only do not send it where the next request goes."""
    ended: bool = False
    """Whether browsers take it, and had dropped it by then, because its time was over."""
    doubtful: bool = False
    """Whether the server may not look for it there, although it did not come."""


@fact
def refused_cookies(
    requests: tuple[Request, ...], jar: tuple[JarCookie, ...], pages: tuple[Page, ...], ending: Ending, walk: Walk
) -> tuple[RefusedCookie, ...]:
    """What was refused for what the cookie says of itself, each cookie of a host once, in the order they were set.

    Only documents of main frames count and what their scripts send to the same hosts, and only where the jar at the end
    does not hold the cookie either, or it had ended before; of their cookies only those by which a server may know its
    customer again. Where the last page misses a session, the login is asked for again, or the server sets a cookie once
    more, one counts, too, whose path leaves out an address that its answer leads to.
    """
    hosts = {host_of(one.url) for one in requests if one.leads}
    way = [request for request in requests if _is_on_the_way(request, hosts)]
    found: dict[tuple[str, str], RefusedCookie] = {}
    for place, request in enumerate(way):
        host = host_of(request.url)
        for cookie in request.set_cookies:
            refused = _reason(cookie, host)
            reason = refused or fleeting(cookie, request)
            if reason is None or not may_know(cookie) or (host, cookie.name) in found or is_removal(cookie):
                continue
            if refused and _kept(cookie, jar, request.url):
                continue
            after = _next(way[place + 1 :], request.url, cookie, ended=not refused)
            if after is not None and cookie.name not in names_sent(after):
                found[host, cookie.name] = RefusedCookie(
                    cookie.name, host, request.n, after.n, *reason, ended=not refused
                )
    last = last_page(pages)
    left: list[LeftBehind] = []
    if last is not None and first_match(LOST_SESSION, *last.texts):
        left += left_at_the_redirect(requests, last)
        left += left_at_the_form(requests, pages, last) if not found and not left else ()
    elif not found:
        left += left_on_the_way_back(requests, pages, ending, walk)
        left += left_at_the_start(requests, pages) if not left else ()
    if not found and not left:
        found |= {(one.host, one.name): one for one in _unkept(requests, jar)}
    for one in left:
        if _reason(one.cookie, host_of(one.set_by.url)) is not None:
            continue
        known = _kept_back(one)
        found.setdefault((known.host, known.name), known)
    return tuple(found.values())


def _kept_back(left: LeftBehind) -> RefusedCookie:
    cookie, led = left.cookie, left.missing_from
    why = f"is for the path `{cookie.path}` alone" if cookie.path else "names no path, so is for its own alone"
    return RefusedCookie(
        cookie.name,
        host_of(led.url),
        left.set_by.n,
        led.n,
        f"{why}, not for {without_parameters(led.url)}",
        "Set it with `Path=/`, or with a path that holds all addresses of the login.",
        kept=True,
        doubtful=left.doubtful,
    )


def _unkept(requests: Sequence[Request], jar: Sequence[JarCookie]) -> Iterator[RefusedCookie]:
    for source, cookie, later in unkept(requests):
        host = host_of(source.url)
        if _reason(cookie, host) is None and not _kept(cookie, jar, source.url):
            yield RefusedCookie(
                cookie.name,
                host,
                source.n,
                later.n,
                "came with the answer to a script's request that was made without credentials",
                "Let the script make that request, and those after it, with `credentials: 'include'` "
                "(`withCredentials`). From another host it also takes `Access-Control-Allow-Credentials: true`.",
            )


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
    domain, name = domain_of(cookie), cookie.name.lower()
    if domain and not belongs_to(host, domain):
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


def _kept(cookie: SetCookie, jar: Iterable[JarCookie], url: str) -> bool:
    host, path = host_of(url), split(url).path or "/"
    return cookie.name in carried([one for one in jar if one.name == cookie.name], [(host, path)]).names


def _next(later: Sequence[Request], url: str, cookie: SetCookie, *, ended: bool) -> Request | None:
    """The next of ``later`` that would carry ``cookie`` and of which is known what it carried; where it has ``ended``,
    the first that does not."""
    for request in later:
        goes = host_of(request.url) == host_of(url) and request.sizes and goes_to_path(cookie, url, request.url)
        if goes and not (ended and cookie.name in names_sent(request)):
            return request
    return None


@fact
def forgotten(
    pages: tuple[Page, ...],
    refused_cookies: tuple[RefusedCookie, ...],
    request_fate: RequestFate | None,
    requests: tuple[Request, ...],
    ending: Ending,
    walk: Walk,
) -> bool:
    """Whether the login ended as it does at a server that does not know again who comes back.

    It went in a circle, it was taken for a forged request or one without a session, it was refused by an answer that
    sets once more a cookie which did not come, a script's request was refused without one, a form came back that had
    been filled in before, or what the login was for was gone, and those that came back had no cookie at all.
    """
    seen = [page for page in pages if page.main_frame]
    if ending.kind not in {"dead_end", "login_not_found"} or not seen:
        return ending.kind == "redirect_loop"
    last = seen[-1]
    told = (first_match(words, *last.texts) for words in (FOREIGN_ORIGIN, LOST_SESSION))
    if taken_for_forged(last, requests) or any(told):
        return ending.kind == "dead_end" or last.status >= 400
    if last.status >= 400 and _misses(last, refused_cookies, requests):
        return True
    if ending.kind != "dead_end":
        return False
    if any(refused_without(one.name, one.host, one.missing_from, requests) for one in refused_cookies):
        return True
    bare = {one.n for one in requests if not names_sent(one)}
    gone = request_fate in {"untraced", "home"} and all(one.missing_from in bare for one in refused_cookies)
    return gone or any(_alike(page, last) and _filled_between(page, last, walk) for page in seen[:-1])


def _misses(last: Page, refused: Iterable[RefusedCookie], requests: Iterable[Request]) -> bool:
    """Whether ``last``, which blames no part of the authorization request, sets one of ``refused`` once more."""
    if any(first_match(words, *last.texts) for words in OF_THE_REQUEST):
        return False
    known = {one.n: one for one in requests}
    sessions = (one for one in refused if one.missing_from == last.request and not FORGERY.search(one.name))
    return any(set_anew(one.name, known[last.request]) for one in sessions)


def _alike(one: Page, other: Page) -> bool:
    if one.host != other.host:
        return False
    fields = _fields(one)
    return (one.asks_for_password and other.asks_for_password) or bool(fields and fields == _fields(other))


def _fields(page: Page) -> frozenset[tuple[str | None, str | None]]:
    return frozenset((control.name, control.type) for control in page.controls if control.kind == "field")


def _filled_between(first: Page, last: Page, walk: Walk) -> bool:
    return any(step.outcome == "done" and first.at <= step.at <= last.at for step in records(walk.login))
