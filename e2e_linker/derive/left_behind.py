"""Cookies that browsers keep and do not send where the login goes on, because their path leaves it out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from e2e_linker.derive.cookie_scopes import (
    FORGERY,
    SESSION,
    goes_to,
    goes_to_host,
    goes_to_path,
    is_removal,
    may_know,
    names_sent,
    values_sent,
)
from e2e_linker.derive.forgotten_session import asked_again, is_new
from e2e_linker.derive.ladder import came_from
from e2e_linker.derive.pages import Page, last_page
from e2e_linker.derive.urls import parameters, same_endpoint
from e2e_linker.evidence.models import Ending, Request, SetCookie, Walk
from e2e_linker.model import host_of

__all__ = [
    "LeftBehind",
    "given",
    "is_left",
    "left_at_the_form",
    "left_at_the_redirect",
    "left_on_the_way_back",
    "others_came",
]


_NAMED = re.compile(r"sess|(?<![a-z])sid(?![a-z])", re.IGNORECASE)
"""Names of cookies that hold a session, where ``login_attempts`` may be for the page of the login."""


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A cookie, and the next request to its host, which its path leaves out."""

    cookie: SetCookie
    set_by: Request
    missing_from: Request
    doubtful: bool = False
    """Whether a server may know its customer again by another cookie that came along, or set this one in passing, or
    for later."""


def left_at_the_redirect(requests: Sequence[Request], last: Page) -> Iterator[LeftBehind]:
    """The cookies that the redirect to ``last`` set for its own path, and not for that of ``last``."""
    known = {one.n: one for one in requests}
    led = known[last.request]
    source = known.get(led.redirected_from or 0)
    if source is None or host_of(source.url) != host_of(led.url):
        return
    for cookie in source.set_cookies:
        own = goes_to_path(cookie, source.url, source.url) and is_left(cookie, source, led)
        if own and cookie.name not in names_sent(led):
            yield LeftBehind(cookie, source, led)


def left_at_the_form(requests: Sequence[Request], pages: Sequence[Page], last: Page) -> Iterator[LeftBehind]:
    """The cookies that came with a page, and that the form of it which led to ``last`` did not bring back."""
    sent = came_from(next(one for one in requests if one.n == last.request), requests)[0]
    shown = [page for page in pages if page.main_frame and page.window == sent.window and page.request < sent.n]
    if sent.method != "POST" or not shown:
        return
    *ahead, form = came_from(next(one for one in requests if one.n == shown[-1].request), requests)
    for source in (*ahead, form):
        for cookie in source.set_cookies:
            if is_left(cookie, source, sent) and cookie.name not in names_sent(sent):
                # The address that led to the form may want it when the login leads back there.
                later = source is not form and goes_to_path(cookie, source.url, source.url)
                yield LeftBehind(cookie, source, sent, doubtful=later or others_came(sent, {cookie.name}))


def left_on_the_way_back(
    requests: Sequence[Request], pages: Sequence[Page], ending: Ending, walk: Walk
) -> Iterator[LeftBehind]:
    """The session cookies of a login that sent the customer back to where the login had been asked for, and that this
    address did not get: it asked for the login once more.

    None where the login gave that address anything else by which it may know the customer: a cookie, or a ticket in
    its parameters.
    """
    found = asked_again(requests, pages, ending, walk)
    last = last_page(pages)
    if found is None or last is None:
        return
    login, again = found
    before = [one for one in requests if one.n < login.n]
    first = [one for one in before if one.leads and same_endpoint(one.url, again.url)]
    if not first or given(again) - given(first[-1]):
        return
    cookies = [one for one in login.set_cookies if may_know(one) and not FORGERY.search(one.name)]
    if any(goes_to(one, login.url, again.url) and not is_removal(one) for one in cookies):
        return
    old, sent = values_sent(login), values_sent(again)
    left = [
        one
        for one in cookies
        if is_left(one, login, again) and not {one.value} & (old.get(one.name, set()) | sent.get(one.name, set()))
        if one.name in sent or one.name not in names_sent(again)
        # What is read on the page itself, as a message is, need not come sooner.
        if SESSION.search(one.name) or not goes_to_path(one, login.url, last.url)
    ]
    others = others_came(again, {one.name for one in left})
    for cookie in left:
        passing = goes_to_path(cookie, login.url, last.url) and not _NAMED.search(cookie.name)
        yield LeftBehind(cookie, login, again, doubtful=passing or others or not is_new(cookie, before, login))


def is_left(cookie: SetCookie, source: Request, led: Request) -> bool:
    """Whether the path of ``cookie``, which ``source`` set, kept it from ``led``; one of its name may have come."""
    if led.sizes is None or not may_know(cookie) or is_removal(cookie):
        return False
    return goes_to_host(cookie, host_of(source.url), host_of(led.url)) and not goes_to_path(cookie, source.url, led.url)


def others_came(request: Request, left: set[str]) -> bool:
    """Whether ``request`` brought a session's cookie that is not of ``left``."""
    return any(SESSION.search(name) and not FORGERY.search(name) for name in names_sent(request) - left)


def given(request: Request) -> set[str]:
    """The names of the parameters of its address that have a value."""
    return {one.name for one in parameters(request.url, nested=False) if one.value}
