"""The rest of the login host: sign-up, recovery, the home page, the legal pages."""

from __future__ import annotations

import base64
import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from e2e_linker.demo.link_request import LinkRequest, read_request
from e2e_linker.demo.login import signed_in
from e2e_linker.demo.names import LOGIN, OAUTH
from e2e_linker.demo.pages import Raw, csrf_of, page, render, words
from e2e_linker.demo.session import csrf_is_right, signed_in_user
from e2e_linker.demo.store import TestUser
from e2e_linker.demo.widgets import alert, hidden, note
from e2e_linker.demo.world import fields_of, world_of

__all__ = ["home", "legal", "metadata", "poll", "post_captcha", "post_recover", "post_signup", "recover", "signup"]

_SHORTEST_PASSWORD = 8


async def signup(request: Request) -> Response:
    """``GET /signup``: for who has no account yet; the authorization request comes along."""
    return _form(request, "signup", _link(request))


async def post_signup(request: Request) -> Response:
    """``POST /signup``: a new user, signed in and on the way to the consent page."""
    world = world_of(request)
    pairs = await fields_of(request)
    fields = dict(pairs)
    link = read_request(pairs, world.client)
    username, password = fields.get("username", "").strip().lower(), fields.get("password", "")
    error = ""
    if not csrf_is_right(request, fields):
        error = "stale"
    elif username in world.store.users or "@" not in username:
        error = "taken"
    elif len(password) < _SHORTEST_PASSWORD:
        error = "short"
    if error:
        return _form(request, "signup", link, alert(words(request)[error]), username)
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    world.store.users[username] = TestUser(username, password, secret)
    return signed_in(request, link, username)


async def recover(request: Request) -> Response:
    """``GET /recover``: asks where to send the link for a new password."""
    return _form(request, "recover", _link(request))


async def post_recover(request: Request) -> Response:
    """``POST /recover``: says the same whether or not the address is known."""
    pairs = await fields_of(request)
    link = read_request(pairs, world_of(request).client)
    return _form(request, "recover", link, note(words(request)["recover_done"]))


def _link(request: Request) -> LinkRequest:
    return read_request(request.query_params.multi_items(), world_of(request).client)


def _form(request: Request, name: str, link: LinkRequest, message: Raw = Raw(""), username: str = "") -> Response:  # noqa: B008
    texts = words(request)
    values = {
        **texts,
        "alert": message,
        "username": username,
        "query": link.query(),
        "hidden": hidden((*link.parameters(), ("csrf", csrf_of(request)))),
    }
    return page(request, texts[f"{name}_title"], render(f"{name}.html", values))


async def home(request: Request) -> Response:
    """``GET /home``: what somebody sees who came for the lights, not for Alexa."""
    if signed_in_user(request) is None:
        return RedirectResponse("/privacy", 302)
    texts = words(request)
    return page(request, texts["home_title"], render("message.html", {"text": texts["home_text"]}))


async def legal(request: Request) -> Response:
    """``GET /privacy`` and ``/terms``."""
    texts, name = words(request), request.url.path.strip("/")
    return page(request, texts[name], render("message.html", {"text": texts[f"{name}_text"]}))


async def post_captcha(request: Request) -> Response:
    """``POST /captcha``: no answer is ever right, for we cannot tell people from programs."""
    pairs = await fields_of(request)
    link = read_request(pairs, world_of(request).client)
    return RedirectResponse(f"/authorize?{link.query()}", 303)


async def poll(request: Request) -> Response:
    """``GET /poll``: never anything new."""
    return JSONResponse({"ready": False}, headers={"Cache-Control": "no-store"})


async def metadata(request: Request) -> Response:
    """``GET /.well-known/oauth-authorization-server`` (RFC 8414)."""
    return JSONResponse(
        {
            "issuer": f"https://{LOGIN}",
            "authorization_endpoint": f"https://{LOGIN}/authorize",
            "token_endpoint": f"https://{OAUTH}/token",
            "introspection_endpoint": f"https://{OAUTH}/introspect",
            "revocation_endpoint": f"https://{OAUTH}/revoke",
            "scopes_supported": sorted(world_of(request).client.scopes),
            "response_types_supported": ["code", "token"],
            "grant_types_supported": ["authorization_code", "implicit", "refresh_token"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }
    )
