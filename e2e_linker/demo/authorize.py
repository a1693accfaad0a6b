"""The authorization endpoint and the consent page (RFC 6749, section 4.1.1)."""

from __future__ import annotations

import secrets
from html import escape

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from e2e_linker.demo.answer import allowed_url, deliver, denied_url
from e2e_linker.demo.federation import is_web_view
from e2e_linker.demo.link_request import LinkRequest, NotAnswerable, read_request
from e2e_linker.demo.login import login_page
from e2e_linker.demo.names import LINKS
from e2e_linker.demo.pages import Raw, csrf_of, page, render, words
from e2e_linker.demo.session import carried, consent_path, csrf_is_right, raw_response, signed_in_user, with_ballast
from e2e_linker.demo.widgets import box, button, hidden
from e2e_linker.demo.world import World, fields_of, world_of

__all__ = ["authorize", "consent", "post_consent"]


async def authorize(request: Request) -> Response:
    """``GET /authorize``: the login page, or straight on for who is signed in."""
    world = world_of(request)
    steps = world.behaviour.steps
    link = _read(request)
    if steps.trouble:
        return await _trouble(request, steps.trouble)
    if steps.plain_http_hop and request.url.path == "/authorize":
        return RedirectResponse(f"http://{LINKS}/sign-in?{link.query()}", 302)
    if world.behaviour.pages.refuses_web_views and is_web_view(request.headers.get("user-agent", "")):
        texts = words(request)
        return page(request, texts["unsupported_title"], render("message.html", {"text": texts["unsupported_text"]}))
    link = carried(request, "authorize", link)
    username = signed_in_user(request)
    if username and steps.signed_in_goes_home:
        return RedirectResponse("/home", 302)
    if username:
        response = _go_on(request, link, username)
    elif steps.federated_only:
        response = RedirectResponse(f"/federated/start?{link.query()}", 302)
    else:
        response = login_page(request, link)
    return with_ballast(request, response, "authorize")


def _read(request: Request) -> LinkRequest:
    world = world_of(request)
    link = read_request(request.query_params.multi_items(), world.client)
    if not world.behaviour.steps.accepts_redirect_uri(link.redirect_uri):
        raise NotAnswerable("redirect_uri")
    return link


def _go_on(request: Request, link: LinkRequest, username: str) -> Response:
    if _has_consented(world_of(request), username):
        return deliver(request, allowed_url(request, link, username))
    return RedirectResponse(consent_path(request, link), 302, {"Cache-Control": "no-store"})


def _has_consented(world: World, username: str) -> bool:
    ask = world.behaviour.consent.ask
    return ask == "never" or (ask == "first-link" and (username, world.client.client_id) in world.store.consents)


async def consent(request: Request) -> Response:
    """``GET /consent``: asks once for each user, unless told otherwise."""
    world = world_of(request)
    link = _read(request)
    username = signed_in_user(request) if world.behaviour.steps.consent_finds_sessions else None
    if username is None:
        return RedirectResponse(f"/authorize?{link.query()}", 302, {"Cache-Control": "no-store"})
    if _has_consented(world, username):
        return deliver(request, allowed_url(request, link, username))
    return _consent_page(request, link, username)


def _consent_page(request: Request, link: LinkRequest, username: str) -> Response:
    look, texts = world_of(request).behaviour.consent, words(request)
    mobile = "Mobi" in request.headers.get("user-agent", "")
    target = look.target_on_phones if mobile and look.target_on_phones else look.target
    ticket = (("ticket", secrets.token_urlsafe(18)), ("csrf", csrf_of(request)))
    link = carried(request, "consent form", link)
    buttons = [
        button("decision", "allow", texts["allow"], primary=True, locked=look.start_disabled),
        button("decision", "cancel", texts["cancel"]),
    ]
    values = {
        **texts,
        "username": username,
        "hidden": hidden((*link.parameters(), *ticket)),
        "tick": box("agree", texts["consent_tick"], required=True) if look.tick else Raw(""),
        "buttons": Raw("".join(reversed(buttons) if look.cancel_first else buttons)),
        "target": Raw(f' target="{target}"' if target else ""),
    }
    framed = target and not target.startswith("_")
    extras = Raw(f'<iframe class="hidden-frame" title="result" name="{target}"></iframe>\n' if framed else "")
    if look.cookie_notice:
        extras = Raw(extras + f'<aside class="notice">{escape(texts["banner"])}</aside>\n')
    body = render("consent.html", values)
    return page(request, texts["consent_title"], body, scripts=look.scripts, policy=look.policy, extras=extras)


async def post_consent(request: Request) -> Response:
    """``POST /consent``: back to Alexa with a code, a token, or ``access_denied``."""
    world = world_of(request)
    pairs = await fields_of(request)
    fields = dict(pairs)
    link = read_request(pairs, world.client)
    username = signed_in_user(request)
    if username is None or not csrf_is_right(request, fields):
        return RedirectResponse(f"/authorize?{link.query()}", 303, {"Cache-Control": "no-store"})
    ticket = fields.get("ticket", "")
    if ticket in world.store.decided:
        return deliver(request, world.store.decided[ticket])
    decision = fields.get("decision")
    unticked = world.behaviour.consent.tick and fields.get("agree") != "yes"
    if decision is None or (decision == "allow" and unticked):
        return _consent_page(request, link, username)
    if decision == "allow" and world.behaviour.consent.allowing:
        return raw_response(world.behaviour.consent.allowing)
    if decision == "allow":
        world.store.consents.add((username, world.client.client_id))
        url = allowed_url(request, link, username)
    else:
        url = denied_url(request, link, "access_denied", "The customer pressed Cancel.")
    world.store.decided[ticket] = url
    return deliver(request, url)


async def _trouble(request: Request, trouble: str) -> Response:
    if trouble == "endless redirect":
        turn = int(request.query_params.get("turn", "0")) + 1
        base = request.url.query.partition("&turn=")[0]
        return RedirectResponse(f"/authorize?{base}&turn={turn}", 302, {"Cache-Control": "no-store"})
    while (await request.receive())["type"] != "http.disconnect":
        continue
    return Response()
