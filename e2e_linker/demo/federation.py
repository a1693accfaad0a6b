"""Signing in through HomePass, an identity provider of another company, and that provider itself."""

from __future__ import annotations

import re
import secrets
from typing import Literal
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from e2e_linker.demo.link_request import read_request
from e2e_linker.demo.login import signed_in
from e2e_linker.demo.names import HOMEPASS, LOGIN
from e2e_linker.demo.pages import CSRF_COOKIE, csrf_of, language_of, render, words
from e2e_linker.demo.session import csrf_is_right
from e2e_linker.demo.store import Pending
from e2e_linker.demo.widgets import alert
from e2e_linker.demo.world import fields_of, world_of

__all__ = ["callback", "is_web_view", "provider_login", "provider_post", "provider_session", "start"]

_CALLBACK = "/federated/callback"
_FRAME_COOKIE = "hp_frame"


async def start(request: Request) -> Response:
    """``GET /federated/start``: off to HomePass, with a state of our own."""
    world = world_of(request)
    link = read_request(request.query_params.multi_items(), world.client)
    state, browser = secrets.token_urlsafe(18), csrf_of(request)
    world.store.pending[state] = Pending(link, browser)
    query = urlencode({"state": state, "callback": f"https://{request.headers['host']}{_CALLBACK}"})
    response = RedirectResponse(f"https://{HOMEPASS}/authorize?{query}", 302, {"Cache-Control": "no-store"})
    same_site: Literal["none", "lax"] = "none" if world.behaviour.steps.expects_forms else "lax"
    response.set_cookie(CSRF_COOKIE, browser, secure=True, httponly=True, samesite=same_site)
    return response


async def callback(request: Request) -> Response:
    """``GET`` or ``POST /federated/callback``: HomePass vouches for a user."""
    world = world_of(request)
    posted = request.method == "POST"
    given = dict(await fields_of(request)) if posted else dict(request.query_params)
    pending = world.store.pending.pop(given.get("state", ""), None)
    username = world.store.provider_codes.pop(given.get("code", ""), None)
    if pending is None or username is None or not csrf_is_right(request, {"csrf": pending.browser}):
        return HTMLResponse(_FORGED, 500, {"Cache-Control": "no-store"}) if posted else RedirectResponse("/home", 302)
    return signed_in(request, pending.request, username)


def is_web_view(user_agent: str) -> bool:
    """Whether a user agent gives itself away as an embedded web view of Android or iOS."""
    android = re.search(r";\s*wv\)", user_agent) is not None
    apple = re.search(r"iPhone|iPad|iPod", user_agent) is not None and "Safari/" not in user_agent
    return android or apple


async def provider_login(request: Request) -> Response:
    """``GET /authorize`` at HomePass: its own login form."""
    state, back = request.query_params.get("state", ""), request.query_params.get("callback", "")
    if urlsplit(back)._replace(netloc=urlsplit(back).hostname or "").geturl() != f"https://{LOGIN}{_CALLBACK}":
        return Response("Unknown client", 400)
    refuses = world_of(request).behaviour.steps.provider_refuses_web_views
    if refuses and is_web_view(request.headers.get("user-agent", "")):
        return HTMLResponse(_REFUSAL, 403, {"Cache-Control": "no-store"})
    return _form(request, state, back)


def _form(request: Request, state: str, back: str, error: str = "", username: str = "") -> Response:
    texts = words(request)
    values = {
        **texts,
        "lang": language_of(request),
        "state": state,
        "callback": back,
        "username": username,
        "alert": alert(texts[error] if error else ""),
    }
    response = HTMLResponse(render("provider.html", values), 200, _headers(request))
    if _framed(request) and _FRAME_COOKIE not in request.cookies:
        response.set_cookie(_FRAME_COOKIE, secrets.token_urlsafe(18), secure=True, httponly=True, samesite="none")
    return response


def _framed(request: Request) -> bool:
    return world_of(request).behaviour.pages.login == "framed"


def _headers(request: Request) -> dict[str, str]:
    around = f"https://{LOGIN}" if _framed(request) else "'none'"
    policy = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; base-uri 'none'"
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": f"{policy}; frame-ancestors {around}",
        "Vary": "Accept-Language",
    }


async def provider_post(request: Request) -> Response:
    """``POST /login`` at HomePass: back to Brightbulb with a code of its own."""
    world = world_of(request)
    fields = dict(await fields_of(request))
    state, back, username = (fields.get(name, "") for name in ("state", "callback", "username"))
    user = world.store.user(username, fields.get("password", ""))
    if user is None or urlsplit(back).hostname != LOGIN:
        return _form(request, state, back, "wrong", username)
    if _framed(request) and _FRAME_COOKIE not in request.cookies:
        return _form(request, state, back, "stale", username)
    code = secrets.token_urlsafe(18)
    world.store.provider_codes[code] = user.username
    next_url = f"{back}?{urlencode({'code': code, 'state': state})}"
    if _framed(request):
        values = {**words(request), "lang": language_of(request), "next": next_url}
        return HTMLResponse(render("provider_done.html", values), 200, _headers(request))
    if world.behaviour.steps.provider_sends_form:
        values = {**words(request), "lang": language_of(request), "callback": back, "code": code, "state": state}
        return HTMLResponse(render("provider_form.html", values), 200, _headers(request))
    return RedirectResponse(next_url, 303, {"Cache-Control": "no-store"})


async def provider_session(request: Request) -> Response:
    """``GET /session``: a frame that reports to the page around it, once its own cookie came back."""
    known = "hp_session" in request.cookies
    script = '<script src="/session.js"></script>' if known else ""
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; script-src 'self'"}
    response = HTMLResponse(
        f'<!doctype html><html lang="en"><title>HomePass session</title>{script}</html>', 200, headers
    )
    if not known:
        response.set_cookie("hp_session", secrets.token_urlsafe(18), secure=True, httponly=True, samesite="none")
    return response


_REFUSAL = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Error 403: disallowed_useragent</title></head>
<body><h1>Access blocked</h1>
<p>HomePass does not allow signing in from an embedded browser.</p>
<p>Error 403: disallowed_useragent</p></body></html>
"""
_FORGED = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Internal Server Error</title></head>
<body><h1>An unhandled exception occurred while processing the request.</h1>
<p>AuthenticationFailureException: Correlation failed.</p></body></html>
"""
