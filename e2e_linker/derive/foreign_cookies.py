"""Cookies of other sites that the login seems to need while another site's page is shown around them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.cookie_scopes import goes_to_host, names_sent
from e2e_linker.derive.hosts import registrable_domain
from e2e_linker.evidence.models import Ending, Request, SetCookie
from e2e_linker.evidence.traffic import READING, SCRIPTED
from e2e_linker.model import host_of

__all__ = ["ForeignCookie", "FramedLogin", "foreign_cookies", "framed_logins"]


@dataclass(frozen=True, slots=True)
class ForeignCookie:
    """A cookie that was set or sent while a page of another site was shown."""

    name: str
    host: str
    set_by: int
    """Number of the request whose answer set it."""
    sent_with: int
    """Number of the request that sent it back, or that went without it."""
    around: str
    """Host of the page around it."""
    on_the_way: bool
    """Whether the login also passes through ``host`` itself."""
    way: Literal["back inside", "set inside", "not kept"] = "back inside"
    """``back inside``: it came back inside the other site's page. ``set inside``: that page got it, and it was sent as
    the browser went to ``host``. ``not kept``: it was missing then, and the login did not arrive."""
    same_site: str = "None"
    """Its ``SameSite`` as sent, empty where it had none."""


@dataclass(frozen=True, slots=True)
class FramedLogin:
    """A form inside a frame of another site that was sent."""

    host: str
    request: int
    around: str


@dataclass(frozen=True, slots=True)
class _Embedded:
    """A request made inside a page of another site."""

    request: Request
    host: str
    around: str


def _embedded(requests: Sequence[Request]) -> Iterator[_Embedded]:
    around: dict[int | None, str] = {}
    for request in requests:
        host = host_of(request.url)
        if request.leads:
            around[request.window] = host
            continue
        page = around.get(request.window, "")
        if host and page and registrable_domain(host) != registrable_domain(page):
            yield _Embedded(request, host, page)


@fact
def framed_logins(requests: tuple[Request, ...]) -> tuple[FramedLogin, ...]:
    """Forms that were posted from within a frame of another site than the page around it, one for each host."""
    found: dict[str, FramedLogin] = {}
    for each in _embedded(requests):
        if each.request.navigation and each.request.method == "POST":
            found.setdefault(each.host, FramedLogin(each.host, each.request.n, each.around))
    return tuple(found.values())


@fact
def foreign_cookies(requests: tuple[Request, ...], ending: Ending) -> tuple[ForeignCookie, ...]:
    """Cookies that need another site's page to keep or to send them, and look like part of a login.

    Advertising does the same, so a cookie counts only where its host is on the way itself, or where a framed document
    (never an image or a script) set it for the session and out of reach of scripts. One that a script's request to
    another site brought counts where the browser goes to that site afterwards.
    """
    embedded = {each.request.n: each for each in _embedded(requests)}
    came_back = _came_back(embedded.values())
    way = {host_of(r.url) for r in requests if r.leads}
    found: dict[tuple[str, str], ForeignCookie] = {}
    for request, cookie in _unrestricted(requests):
        host = host_of(request.url)
        framed = request.navigation and request.n in embedded
        if host not in way and not (framed and _is_session(cookie)):
            continue
        sent = came_back.get((host, cookie.name), ())
        if (place := bisect_right(sent, request.n)) < len(sent):
            back = embedded[sent[place]]
            one = ForeignCookie(cookie.name, host, request.n, back.request.n, back.around, host in way)
            found.setdefault((host, cookie.name), one)
    for one in _set_inside(requests, embedded):
        if one.way == "set inside" or ending.kind != "arrived":
            found.setdefault((one.host, one.name), one)
    return tuple(found.values())


def _set_inside(requests: Sequence[Request], embedded: Mapping[int, _Embedded]) -> Iterator[ForeignCookie]:
    """Cookies out of reach of scripts that were first set by an answer to another site's script."""
    own: set[tuple[str, str]] = set()
    waiting: dict[tuple[str, str], tuple[_Embedded, SetCookie]] = {}
    for request in requests:
        host = host_of(request.url)
        if request.leads:
            sent = names_sent(request)
            for key, (setter, cookie) in list(waiting.items()):
                if goes_to_host(cookie, setter.host, host):
                    del waiting[key]
                    way: Literal["set inside", "not kept"] = "set inside" if cookie.name in sent else "not kept"
                    n, same_site = setter.request.n, cookie.same_site or ""
                    yield ForeignCookie(cookie.name, setter.host, n, request.n, setter.around, True, way, same_site)
        inside = embedded.get(request.n)
        for cookie in request.set_cookies:
            key = registrable_domain(host), cookie.name
            if inside is None:
                own.add(key)
                waiting.pop(key, None)
            elif key not in own and _may_log_in(request, cookie):
                waiting[key] = inside, cookie


def _may_log_in(request: Request, cookie: SetCookie) -> bool:
    succeeded = request.status is not None and request.status < 400 and request.method not in READING
    return request.resource_type in SCRIPTED and succeeded and cookie.http_only and cookie.max_age != "0"


def _unrestricted(requests: Sequence[Request]) -> Iterator[tuple[Request, SetCookie]]:
    for request in requests:
        for cookie in request.set_cookies:
            if (cookie.same_site or "").lower() == "none" and not cookie.partitioned:
                yield request, cookie


def _is_session(cookie: SetCookie) -> bool:
    return cookie.http_only and cookie.expires is None and cookie.max_age is None


def _came_back(embedded: Iterable[_Embedded]) -> Mapping[tuple[str, str], Sequence[int]]:
    """By host and name, the numbers of the requests of documents and scripts that sent a cookie, in order."""
    found: dict[tuple[str, str], list[int]] = {}
    for each in embedded:
        if each.request.navigation or each.request.resource_type in SCRIPTED:
            for name in names_sent(each.request):
                found.setdefault((each.host, name), []).append(each.request.n)
    return found
