"""The end of the way: the redirect that hands a code, a token or an error to Alexa."""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from e2e_linker.demo.behaviour import Parameters
from e2e_linker.demo.link_request import LinkRequest, NotAnswerable, Refused
from e2e_linker.demo.pages import Raw, page, render, words
from e2e_linker.demo.session import carried, with_ballast
from e2e_linker.demo.store import EXPIRES_IN_S
from e2e_linker.demo.world import world_of
from e2e_linker.model import Grant

__all__ = ["allowed_url", "deliver", "denied_url", "not_answerable", "refused"]


def allowed_url(request: Request, link: LinkRequest, username: str) -> str:
    """The URL with which the customer goes back linked."""
    world = world_of(request)
    grant = world.store.new_grant(link, username)
    tokens = world.behaviour.tokens
    world.store.handed_over += 1
    given: list[tuple[str, str]]
    if world.client.grant is Grant.AUTH_CODE:
        code = world.behaviour.answer.new_code()
        if tokens.knows(world.store.handed_over):
            world.store.codes[code] = grant
        given = [("code", code)]
    else:
        token = tokens.new_access_token()
        world.store.add_access_token(token, grant, link.scope)
        given = [("access_token", token), ("token_type", "Bearer"), ("expires_in", str(EXPIRES_IN_S))]
    return _url(request, link, given)


def denied_url(request: Request, link: LinkRequest, error: str, description: str = "") -> str:
    """The URL with which the customer goes back with an error (RFC 6749, 4.1.2.1)."""
    pairs = [("error", error), ("error_description", description)]
    return _url(request, link, [pair for pair in pairs if pair[1]])


def _url(request: Request, link: LinkRequest, given: list[tuple[str, str]]) -> str:
    world = world_of(request)
    answer = world.behaviour.answer
    state = carried(request, "redirect", link).state
    parameters: Parameters = (*given, *([("state", state)] if state is not None else []))
    return answer.url(answer.redirect_uri(link.redirect_uri), answer.parameters(parameters), world.client.grant)


def deliver(request: Request, url: str) -> Response:
    """Send the browser to ``url``: by 303 after a form, by 302 otherwise. A script that asks for JSON is told it."""
    delivery = world_of(request).behaviour.answer.delivery
    response: Response
    if "application/json" in request.headers.get("accept", ""):
        response = JSONResponse({"next": url}, headers={"Cache-Control": "no-store"})
    elif delivery == "shown":
        response = JSONResponse({"redirectTo": url}, headers={"Cache-Control": "no-store"})
    elif delivery == "slow refresh":
        refresh = Raw(f'<meta http-equiv="refresh" content="3; url={escape(url)}">\n')
        response = _waiting(request, refresh)
    elif delivery == "twice":
        response = _waiting(request, Raw(f'<div data-target="{escape(url)}"></div>\n'), ("twice.js",))
    else:
        status = 307 if delivery == "307" else 303 if request.method == "POST" else 302
        response = RedirectResponse(url, status, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    return with_ballast(request, response, "answer")


def _waiting(request: Request, extras: Raw, scripts: tuple[str, ...] = ()) -> Response:
    texts = words(request)
    return page(request, texts["wait"], render("message.html", {"text": texts["wait"]}), extras=extras, scripts=scripts)


def not_answerable(request: Request, problem: NotAnswerable) -> Response:
    """An error page: nobody may be redirected."""
    texts = words(request)
    text = texts["error_redirect" if problem.args[0] == "redirect_uri" else "error_client"]
    return page(request, texts["error_title"], render("message.html", {"text": text}), status=400, inert=True)


def refused(request: Request, refusal: Refused) -> Response:
    """An OAuth error at the redirect URI."""
    return deliver(request, denied_url(request, refusal.request, refusal.error, refusal.description))
