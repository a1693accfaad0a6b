"""Sessions, anti-forgery, and how the authorization request is carried from page to page."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import replace
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from e2e_linker.demo.behaviour import Hop, RawResponse
from e2e_linker.demo.link_request import LinkRequest
from e2e_linker.demo.names import API, SITE
from e2e_linker.demo.pages import CSRF_COOKIE
from e2e_linker.demo.world import world_of

__all__ = [
    "SESSION_COOKIE",
    "carried",
    "consent_path",
    "csrf_is_right",
    "raw_response",
    "signed_in_user",
    "start_session",
    "with_ballast",
]

SESSION_COOKIE = "bb_session"
_REMEMBER_S = 90 * 24 * 3600


def csrf_is_right(request: Request, fields: dict[str, str]) -> bool:
    """Whether a posted form came from a page this browser was shown (double-submitted cookie)."""
    known, given = request.cookies.get(CSRF_COOKIE, ""), fields.get("csrf", "")
    return bool(known) and hmac.compare_digest(known.encode(), given.encode())


def signed_in_user(request: Request) -> str | None:
    """The user name of the live session."""
    if world_of(request).behaviour.steps.forgets_sessions and request.method == "GET":
        return None
    session = request.cookies.get(SESSION_COOKIE, "").partition(".")[0]
    return world_of(request).store.sessions.get(session)


def start_session(request: Request, response: Response, username: str, *, remember: bool = False) -> None:
    """Sign ``username`` in: a fresh session, its cookie on ``response``."""
    world = world_of(request)
    domain = world.behaviour.steps.session_domain or _domain(request)
    padding = world.behaviour.growing.session_cookie_bytes
    value = world.store.new_session(username) + (f".{_ballast(padding)}" if padding else "")
    max_age = _REMEMBER_S if remember else None
    response.set_cookie(
        SESSION_COOKIE, value, max_age=max_age, domain=domain, secure=True, httponly=True, samesite="lax"
    )
    with_ballast(request, response, "login")


def _domain(request: Request) -> str | None:
    """The ``Domain`` of cookies that the answer to ``request`` sets: those of the API host are for the whole site."""
    return SITE if request.url.hostname == API else None


def _ballast(size: int) -> str:
    return secrets.token_urlsafe(size)[:size]


def with_ballast(request: Request, response: Response, step: Literal["authorize", "login", "answer"]) -> Response:
    """``response`` with the cookies a growing server leaves at ``step``."""
    for where, name, size in world_of(request).behaviour.growing.cookies:
        if where == step:
            name = name.replace("*", secrets.token_hex(4))
            domain = _domain(request)
            response.set_cookie(name, _ballast(size), domain=domain, secure=True, httponly=True, samesite="lax")
    return response


def carried(request: Request, hop: Hop, link: LinkRequest) -> LinkRequest:
    """``link`` as it leaves ``hop``."""
    world = world_of(request)
    carrying = world.behaviour.carrying
    state = carrying.at(hop, link.state)
    if carrying.shared_slot and request.client:
        if hop == "authorize":
            world.store.shared_state[request.client.host] = state
        elif hop == "redirect":
            state = world.store.shared_state.get(request.client.host, state)
    return replace(link, state=state)


def consent_path(request: Request, link: LinkRequest) -> str:
    """Where the consent page of ``link`` is."""
    query = carried(request, "consent url", link).query()
    padding = world_of(request).behaviour.growing.query_bytes
    return f"/consent?{query}" + (f"&context={_ballast(padding)}" if padding else "")


def raw_response(answer: RawResponse) -> Response:
    """A canned answer as a response."""
    response = Response(answer.body, answer.status)
    for name, value in answer.headers:
        response.headers[name] = value
    return response
