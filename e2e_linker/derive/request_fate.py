"""What became of the authorization request in a login that ended on a page of the server's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.derive.base import fact
from e2e_linker.derive.dead_ends import DeadEnd, signed_in_at
from e2e_linker.derive.pages import Page
from e2e_linker.derive.since_password import password_times
from e2e_linker.derive.state_trail import StateTrail
from e2e_linker.derive.urls import parameters, same_endpoint, split
from e2e_linker.evidence.models import Ending, Request, Walk

__all__ = ["RequestFate", "comes_again", "request_fate", "sent_home"]

RequestFate = Literal["ignored", "in_place", "home", "carried", "untraced"]
"""``ignored``: after the login the server got it once more, and showed a page of its own. ``in_place``: the login was
sent to the authorization endpoint itself, with the request. ``carried``: the login held it. ``home``: it was answered
with the server's front page, and seen no more. ``untraced``: it was seen no more, so a session holds it, or nobody."""


_REFUSING = frozenset({400, 401, 403})


@fact
def request_fate(
    dead_end: DeadEnd | None,
    state_trail: StateTrail,
    requests: tuple[Request, ...],
    pages: tuple[Page, ...],
    authorization: AuthorizationRequest,
    walk: Walk,
) -> RequestFate | None:
    """The fate of the request, told by its state; None where the walk did not lose its way after the login."""
    if dead_end is None or dead_end.kind != "lost":
        return None
    since = signed_in_at(dead_end.page, walk)
    again = [r for r in requests if _asks(r, authorization) and since is not None and r.at >= since]
    if again and not _went_on(again[-1], pages, dead_end.page):
        return "ignored" if any(request.method == "GET" for request in again) else "in_place"
    if again or any(place.where != "query" or place.request != _first(requests) for place in state_trail.places):
        return "carried"
    return "home" if _at_home(pages, authorization) else "untraced"


@fact
def sent_home(
    pages: tuple[Page, ...],
    state_trail: StateTrail,
    requests: tuple[Request, ...],
    authorization: AuthorizationRequest,
    ending: Ending,
) -> bool:
    """Whether the walk found no login, because the request was answered with the server's front page at once."""
    seen = any(place.where != "query" or place.request != _first(requests) for place in state_trail.places)
    return ending.kind == "login_not_found" and not seen and _at_home(pages, authorization)


def comes_again(page: Page, walk: Walk) -> bool:
    """Whether ``page`` refuses the whole authorization request, brought once more after the login."""
    asked = walk.authorization
    if page.status not in _REFUSING or page.method != "GET" or not same_endpoint(page.url, asked.endpoint):
        return False
    whole = {one.name for one in parameters(asked.url)} <= {one.name for one in parameters(page.url)}
    return whole and any(at <= page.at for at in password_times(walk))


def _asks(request: Request, authorization: AuthorizationRequest) -> bool:
    """Whether ``request`` is the authorization request, or sent to its full address."""
    own = request.leads and same_endpoint(request.url, authorization.endpoint)
    return own and "client_id=" in split(request.url).query


def _went_on(request: Request, pages: Sequence[Page], end: Page) -> bool:
    """Whether the login took ``request`` up: it asked for something more before it got lost at ``end``."""
    return any(page.main_frame and request.n <= page.request < end.request for page in pages)


def _first(requests: Sequence[Request]) -> int | None:
    return next((request.n for request in requests if request.navigation), None)


def _at_home(pages: Sequence[Page], authorization: AuthorizationRequest) -> bool:
    """Whether the first page is the front page of its host, and not the authorization endpoint itself."""
    first = next((page for page in pages if page.main_frame), None)
    if first is None or first.status >= 400 or same_endpoint(first.url, authorization.endpoint):
        return False
    if any(control.kind == "field" and control.type != "search" for control in first.controls):
        return False  # a login form may stand there
    parts = split(first.url)
    return parts.path in {"", "/"} and not parts.query and not parts.fragment
