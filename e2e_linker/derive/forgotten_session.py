"""A session that the server opened at the login and did not know any more when its cookie came back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from e2e_linker.derive.base import fact
from e2e_linker.derive.cookie_scopes import FORGERY, SESSION, goes_to, is_removal, left_alone, names_sent, values_sent
from e2e_linker.derive.dead_ends import DeadEnd
from e2e_linker.derive.ladder import came_from
from e2e_linker.derive.pages import Page, last_page
from e2e_linker.derive.urls import parameters, same_endpoint, without_parameters
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Ending, Request, SetCookie, Walk, records
from e2e_linker.model import host_of, joined

__all__ = ["ForgottenSession", "asked_again", "forgotten_session", "is_new", "kept_cookies", "names_one"]

_ASKS_ANEW = frozenset({"prompt", "max_age", "acr_values"})
"""Parameters by which an authorization request itself asks for a further login (OpenID Connect Core, 3.1.2.1)."""
_VOUCHES = frozenset({"code", "ticket"})
"""Parameters by which another server says who has logged in there (RFC 6749, 4.1.2; CAS Protocol, 3.1.1)."""
_NO_LOGIN = re.compile(r"err|fail|flash|mess|msg|hint|state|attempt|count|retr|redirect|return", re.IGNORECASE)
"""What the name of a cookie says that tells of a login that failed, or of where to go on after one."""


@dataclass(frozen=True, slots=True)
class ForgottenSession:
    """A login that was taken, and asked for again although its cookie came back with its value."""

    cookies: tuple[str, ...]
    """Names of the cookies that the login's answer set, without those against forged requests."""
    password: Request
    """What sent the password, or the one-time code after it."""
    login: Request
    """What took the login: the same request, or the one by which another server says that it has."""
    again: Request
    """What brought the cookies back, and was sent to the login."""
    page: Page
    """What the login's address shows then."""
    discarded: bool
    """Whether the answer to :attr:`again` takes one of the cookies away."""
    opened: bool
    """Whether somebody is seen to be signed in, or the cookies are the login's own, and it went on with the request for
    Alexa. Else a wrong password may be answered so: each answer may set such cookies anew, and a front page sends
    whoever is not signed in to the login.
    """


@fact
def forgotten_session(
    requests: tuple[Request, ...], pages: tuple[Page, ...], dead_end: DeadEnd | None, ending: Ending, walk: Walk
) -> ForgottenSession | None:
    """The session that was forgotten; None where the login was not taken, where a cookie of it did not come back, or
    where the end may be a further step.

    A wrong password is answered with the login itself. Here the password was answered with a redirect to another
    address, and only that one sent the browser on to the login, by the same addresses as at first. A wrong one-time
    code may be answered so with a new session in place of the old one, but with none under a name that is new.
    """
    way = _way_back(requests, pages, ending, walk)
    if way is None or not _same_end(way, dead_end):
        return None
    login, again, *_ = way.chain
    before = [r for r in requests if r.n < login.n]
    cookies = _brought_back(login, again)
    if way.by_code:
        cookies = _first_given(cookies, before) if names_one(again, {"client_id"}) and ending.fault is not None else []
    if not cookies:
        return None
    names = tuple(dict.fromkeys(cookie.name for cookie in cookies))
    return ForgottenSession(
        cookies=names,
        password=way.password,
        login=login,
        again=again,
        page=way.page,
        discarded=any(cookie.name in names and is_removal(cookie) for cookie in again.set_cookies),
        opened=dead_end is not None
        or way.vouched
        or (names_one(again, {"client_id"}) and any(is_new(cookie, before, login) for cookie in cookies)),
    )


def asked_again(
    requests: Sequence[Request], pages: Sequence[Page], ending: Ending, walk: Walk
) -> tuple[Request, Request] | None:
    """What sent the password, and what it was answered with that asked for the same login again; None where nothing."""
    way = _way_back(requests, pages, ending, walk)
    if way is None or way.vouched or way.by_code or not _is_the_login(way.page, way.earlier):
        return None
    login, again, *_ = way.chain
    return login, again


@dataclass(frozen=True, slots=True)
class _Way:
    """How the browser was sent back to the login after the password."""

    password: Request
    chain: list[Request]
    """From the request that took the login to that for the last page."""
    page: Page
    earlier: list[Page]
    """The pages before the password."""
    known: list[Request]
    """What led to them."""

    by_code: bool
    """Whether it was a one-time code that was sent last, after the password."""

    @property
    def vouched(self) -> bool:
        """Whether another server took the password and has said so."""
        return self.password is not self.chain[0]


def _way_back(requests: Sequence[Request], pages: Sequence[Page], ending: Ending, walk: Walk) -> _Way | None:
    """None where the password was not answered with a redirect to another address, and only that one sent the browser
    to the login as at first.
    """
    page = last_page(pages)
    if page is None or page.status >= 400 or ending.kind != "dead_end":
        return None
    whole = came_from(next(one for one in requests if one.n == page.request), requests)
    password, chain = whole[0], whole[_taken_at(whole) :]
    earlier = [one for one in pages if one.main_frame and one.request < password.n]
    by_password = bool(earlier) and _sends_password(password, earlier[-1], walk)
    if len(chain) < 3 or not earlier or not (by_password or _sends_code(password)):
        return None
    _, again, *rest = chain
    known = [r for r in requests if r.n < password.n and r.leads]
    if not _same_way(rest, known) or names_one(again, _ASKS_ANEW) or same_endpoint(again.url, page.url):
        return None
    return _Way(password, chain, page, earlier, known, not by_password)


def _taken_at(chain: Sequence[Request]) -> int:
    """The place in ``chain`` of what took the login that its first request sent: that one, or the last that its host
    sent to another with a word on who has logged in.
    """
    host = host_of(chain[0].url)
    told = [n for n, r in enumerate(chain) if host_of(r.url) != host and names_one(r, _VOUCHES)]
    return told[-1] if told else 0


def kept_cookies(walk: Walk, requests: Sequence[Request], pages: Sequence[Page], ns: Set[int]) -> tuple[str, ...]:
    """Names of the session cookies that the login's answer set and each of the later requests ``ns`` brought back.

    Empty where none of these goes to the page that asked for the password, unless another server did, where one came
    without such a cookie or with another value, and where no password was sent before them.
    """
    circle = [r for r in requests if r.n in ns]
    forms = {r.n: page for page in pages if page.main_frame for r in requests if r.n > page.request}
    before = [r for r in requests if r.n < min(ns, default=0) and r.n in forms]
    password = next((r for r in reversed(before) if _sends_password(r, forms[r.n], walk)), None)
    if password is None:
        return ()
    since = [password, *(r for r in before if r.n > password.n and r.leads)]
    login = since[_taken_at(since)]
    if login is password and not any(same_endpoint(r.url, forms[login.n].url) for r in circle):
        return ()
    brought = [{cookie.name for cookie in _brought_back(login, r)} for r in circle]
    return tuple(sorted(set.intersection(*brought)))


def _sends_password(request: Request, form: Page, walk: Walk) -> bool:
    """Whether ``request`` is a form with a password; where the engine does not tell its fields, the typing tells."""
    if request.method != "POST" or not request.main_frame:
        return False
    if request.body is not None and request.body.fields:
        return any("<password#" in field.value for field in request.body.fields)
    steps = records(walk.login)
    typed = [s for s in steps if s.what == "password" and s.outcome == "done" and form.at <= s.at <= request.at]
    return form.asks_for_password and bool(typed)


def _sends_code(request: Request) -> bool:
    """Whether ``request`` is a form with a one-time code, as far as the engine tells its fields."""
    fields = request.body.fields if request.body is not None and request.method == "POST" and request.main_frame else ()
    return any("<totp#" in field.value or "<otp#" in field.value for field in fields)


def _same_way(rest: Sequence[Request], known: Sequence[Request]) -> bool:
    """Whether ``rest`` are the addresses by which the browser came to the login before, the last ones at least."""
    addresses = [without_parameters(r.url) for r in rest]
    seen = [without_parameters(r.url) for r in known]
    return any(seen[place : place + len(addresses)] == addresses for place in range(len(seen)))


def names_one(request: Request, names: Set[str]) -> bool:
    """Whether one of ``names`` is a parameter of the address of ``request``, or of one that it carries."""
    return any(one.name.rpartition(".")[2] in names for one in parameters(request.url))


def _same_end(way: _Way, dead_end: DeadEnd | None) -> bool:
    """Whether the login has come again, or the very address of the login where somebody is known to be signed in."""
    if dead_end is None:
        return _is_the_login(way.page, way.earlier)
    if dead_end.kind != "lost" or way.page.asks_for_password:
        return False
    leading = way.chain[-2]
    target = header(leading.response_headers, "location")
    return target is not None and joined(leading.url, target) in {r.url for r in way.known}


def _is_the_login(page: Page, earlier: Iterable[Page]) -> bool:
    return any(same_endpoint(one.url, page.url) and _is_alike(one, page) for one in earlier)


def _is_alike(one: Page, other: Page) -> bool:
    """Whether both ask for the same. Where a password is asked for, the names of fields may be made up each time."""
    fields = [
        sorted((control.type or "", control.name or "") for control in page.controls if control.kind == "field")
        for page in (one, other)
    ]
    if one.asks_for_password and other.asks_for_password:
        return [kind for kind, _ in fields[0]] == [kind for kind, _ in fields[1]]
    return bool(fields[0]) and fields[0] == fields[1]


def _brought_back(login: Request, again: Request) -> list[SetCookie]:
    """The session cookies that ``login`` set and ``again`` brought with the same values; none where one is missing."""
    sent = values_sent(again)
    given = [one for one in login.set_cookies if not is_removal(one) and goes_to(one, login.url, again.url)]
    if not sent or any(sent.get(one.name) != {one.value} for one in given):
        return []
    before = values_sent(login)
    changed = [one for one in given if one.value not in before.get(one.name, set())]
    return [one for one in changed if (one.http_only or SESSION.search(one.name)) and not FORGERY.search(one.name)]


def _first_given(cookies: Iterable[SetCookie], before: Iterable[Request]) -> list[SetCookie]:
    """Those of ``cookies`` that are named as a session is, and as nothing that the answers ``before`` set or got."""
    known = {name for one in before for name in (*names_sent(one), *(given.name for given in one.set_cookies))}
    named = [one for one in cookies if SESSION.search(one.name) and not _NO_LOGIN.search(one.name)]
    return [one for one in named if one.http_only and one.name not in known]


def is_new(cookie: SetCookie, before: Iterable[Request], login: Request) -> bool:
    """Whether ``cookie`` was first set by the login, or an answer before it left the one that it got as it was."""
    return cookie.name not in names_sent(login) or left_alone(cookie.name, before)
