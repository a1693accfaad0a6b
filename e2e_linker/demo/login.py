"""Signing in: the form in all its shapes, the password, the second factor."""

from __future__ import annotations

import secrets
from urllib.parse import urljoin, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from e2e_linker.demo.behaviour import Parameters
from e2e_linker.demo.link_request import LinkRequest, read_request
from e2e_linker.demo.names import API, HOMEPASS, IMAGES, LOGIN
from e2e_linker.demo.pages import Raw, csrf_of, page, render, words
from e2e_linker.demo.session import carried, consent_path, csrf_is_right, raw_response, start_session
from e2e_linker.demo.store import Pending
from e2e_linker.demo.widgets import alert, box, hidden
from e2e_linker.demo.world import fields_of, world_of

__all__ = ["login_page", "login_window", "post_login", "post_to_api", "post_verify", "signed_in"]


_BUILT: dict[str, tuple[tuple[str, ...], Parameters]] = {
    "script-built": (("build.js",), ()),
    "worker-built": (("await.js",), (("connect-src", "'self'"), ("worker-src", "'self'"))),
}
"""The scripts that put the form into the page, and what the page's policy has to allow them."""


def login_page(
    request: Request, link: LinkRequest, *, error: str = "", username: str = "", in_window: bool = False
) -> HTMLResponse:
    """The login page in the range's present shape, with ``error`` (a key of the texts) above the form."""
    world = world_of(request)
    pages, texts = world.behaviour.pages, words(request)
    world.store.pages_shown += 1
    values = _values(request, link, error=error, username=username, in_window=in_window)
    title, policy = texts["sign_in_title"], Parameters()
    scripts: tuple[str, ...] = ()
    match "one-page" if in_window else pages.login:
        case "one-page":
            body = render("login.html", values)
        case "two-page":
            body = render("username.html", values)
        case "bare":
            body = render("bare.html", values)
        case "script-built" | "worker-built" as shape:
            body = Raw(f"<template data-form>{render('login.html', values)}</template>")
            scripts, policy = _BUILT[shape]
        case "spa" | "api" as shape:
            view = render("login.html", {**values, "alert": Raw("")})
            body = Raw(
                '<p id="alert" class="alert" role="alert" hidden></p>'
                f'<div id="view"></div><template data-view="login">{view}</template>'
            )
            scripts, policy = ("spa.js",), (("connect-src", f"https://{API}" if shape == "api" else "'self'"),)
        case "popup":
            body, scripts = render("window.html", values), ("window.js",)
        case "framed":
            body, scripts = render("framed.html", values), ("frame.js",)
            policy = (("frame-src", f"'self' https://{HOMEPASS}"),)
        case "captcha":
            body, title = render("robot.html", values), texts["robot_title"]
        case "never":
            body, title = render("never.html", values), texts["wait"]
            scripts, policy = ("poll.js",), (("connect-src", "'self'"),)
    images = pages.images(world.store.pages_shown)
    poster = Raw(f'<img class="poster" src="https://{IMAGES}/poster.png" alt="">\n' if pages.huge_picture else "")
    return page(request, title, body, scripts=scripts, policy=policy, images=images, extras=poster)


def _values(
    request: Request, link: LinkRequest, *, error: str, username: str, in_window: bool = False
) -> dict[str, str]:
    texts = words(request)
    link = carried(request, "login form", link)
    window = (("window", "yes"),) if in_window else ()
    values = {
        **texts,
        "query": link.query(),
        "action": f"https://{API}/login" if world_of(request).behaviour.pages.login == "api" else "/login",
        "username": username,
        "alert": alert(texts[error] if error else ""),
        "hidden": hidden((*link.parameters(), *window, ("csrf", csrf_of(request)))),
        "remember_box": box("remember", texts["remember"])
        if world_of(request).behaviour.pages.remember_me
        else Raw(""),
        **{f"id_{n}": f"f{secrets.token_hex(4)}" for n in ("one", "two", "three")},
    }
    return {**values, "others": render("others.html", values)}


async def login_window(request: Request) -> Response:
    """``GET /login/window``: the form that a popup shows."""
    link = read_request(request.query_params.multi_items(), world_of(request).client)
    return login_page(request, link, in_window=True)


async def post_login(request: Request) -> Response:
    """``POST /login``: one form, or the second of two."""
    pairs = await fields_of(request)
    return _answer(request, pairs, ours=csrf_is_right(request, dict(pairs)))


async def post_to_api(request: Request) -> Response:
    """``POST /login`` of the API host: for the script of the login page, which may read the answer in JSON."""
    origin = request.headers.get("origin", "")
    ours = urlsplit(origin).hostname == LOGIN
    response = _answer(request, await fields_of(request), ours=ours)
    if ours and world_of(request).behaviour.steps.api_allows_login_page:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
    response.headers["Vary"] = "Origin"
    return response


def _answer(request: Request, pairs: list[tuple[str, str]], *, ours: bool) -> Response:
    """What a form is answered with; one that is not ``ours`` did not come from a page this browser was shown."""
    world, fields = world_of(request), dict(pairs)
    link = read_request(pairs, world.client)
    username, in_window = fields.get("username", ""), "window" in fields
    if not ours:
        return _again(request, link, "stale", username, in_window)
    if world.behaviour.pages.login == "two-page" and "password" not in fields:
        return _password_page(request, link, username)
    user = world.store.user(username, fields.get("password", ""))
    if user is None:
        return _again(request, link, "wrong", username, in_window)
    link = carried(request, "session", link)
    remember = fields.get("remember") == "yes"
    if world.behaviour.steps.second_factor:
        return _factor_page(request, Pending(link, fields.get("csrf", ""), username=user.username, remember=remember))
    return signed_in(request, link, user.username, remember=remember, in_window=in_window)


def _again(request: Request, link: LinkRequest, error: str, username: str, in_window: bool) -> Response:
    if _is_told_in_json(request):
        return JSONResponse({"error": words(request)[error]}, headers={"Cache-Control": "no-store"})
    if world_of(request).behaviour.pages.login == "two-page" and username:
        return _password_page(request, link, username, error)
    return login_page(request, link, error=error, username=username, in_window=in_window)


def _is_api(request: Request) -> bool:
    return request.url.hostname == API


def _is_told_in_json(request: Request) -> bool:
    return _is_api(request) or "application/json" in request.headers.get("accept", "")


def _password_page(request: Request, link: LinkRequest, username: str, error: str = "") -> Response:
    values = _values(request, link, error=error, username=username)
    return page(request, words(request)["sign_in_title"], render("password.html", values))


def signed_in(
    request: Request, link: LinkRequest, username: str, *, remember: bool = False, in_window: bool = False
) -> Response:
    """What a right password is answered with: a session, and on to the consent page."""
    after_login = world_of(request).behaviour.steps.after_login
    next_url = consent_path(request, link)
    response: Response
    if after_login:
        response = raw_response(after_login)
    elif in_window:
        texts = words(request)
        body = render("window_done.html", {**texts, "next": next_url})
        response = page(request, texts["sign_in_title"], body, scripts=("window.js",))
    elif _is_told_in_json(request):
        # The API host is not where the page is that goes on with this.
        next_url = urljoin(request.headers.get("origin", ""), next_url) if _is_api(request) else next_url
        response = JSONResponse({"next": next_url}, headers={"Cache-Control": "no-store"})
    else:
        response = RedirectResponse(next_url, 303, {"Cache-Control": "no-store"})
    start_session(request, response, username, remember=remember)
    return response


def _factor_page(request: Request, pending: Pending, error: str = "") -> Response:
    world, texts = world_of(request), words(request)
    kind = world.behaviour.steps.second_factor or "totp"
    if kind == "mail":
        pending = world.store.send_mail(pending)
    ticket = secrets.token_urlsafe(18)
    world.store.pending[ticket] = pending
    values = {
        **texts,
        "factor_lead": texts[f"factor_{kind}"],
        "alert": alert(texts[error] if error else ""),
        "csrf": csrf_of(request),
        "pending": ticket,
    }
    return page(request, texts["factor_title"], render("factor.html", values))


async def post_verify(request: Request) -> Response:
    """``POST /verify``: the second factor."""
    world = world_of(request)
    fields = dict(await fields_of(request))
    pending = world.store.pending.pop(fields.get("pending", ""), None)
    if pending is None or pending.browser != fields.get("csrf") or not csrf_is_right(request, fields):
        return RedirectResponse("/home", 303)
    kind = world.behaviour.steps.second_factor or "totp"
    if not world.store.second_factor_is_right(kind, pending, fields.get("code", "")):
        return _factor_page(request, pending, "factor_wrong")
    return signed_in(request, pending.request, pending.username, remember=pending.remember)
