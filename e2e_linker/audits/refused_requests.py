"""Pages by which a request was refused, the one for the authorization or one of their own: where to look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from e2e_linker.audits.refusing_pages import blames_client, is_empty, says_nothing, unknown_name
from e2e_linker.audits.session_remedies import held_elsewhere
from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.pages import Page
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import Request, Walk, records
from e2e_linker.evidence.traffic import READING, SCRIPTED
from e2e_linker.model import host_of

__all__ = ["after_refusal", "refused_itself", "refuses_at_once", "turned_away_at_once"]

_REFUSING: Final = frozenset({400, 401, 422})
"""Statuses that are about what was asked, and neither about its address, its size nor who asks how often."""

_FORBIDDEN: Final = 403

_NO_PAGES: Final = re.compile(r"\blogin pages? (?:is |are )?unavailable\b", re.IGNORECASE)
"""What Cognito says of a client without a style for its managed login."""

_REGISTERED: Final = "the client is switched on, and client id and redirect URI are registered"

_REFUSED: Final = frozenset({400, 403, 405, 415, 419})
"""Statuses that seldom speak of an account; 419 is Laravel's for a form that it takes for a forged one."""


def refuses_at_once(page: Page, *, told: bool) -> bool:
    """Whether ``page``, which ``told`` of it or not, refuses an authorization request before anybody has logged in.

    With 403 a firewall refuses, too, and most of them with a page of their own.
    """
    if page.status == _FORBIDDEN:
        return told or is_empty(page) or blames_client(page)
    return page.status in _REFUSING or (told and page.status < 400)


def turned_away_at_once(page: Page) -> str | None:
    """Where to look after ``page`` refused, with 403 before anybody logged in, perhaps whoever asks; else None."""
    if page.status != _FORBIDDEN:
        return None
    if known := unknown_name(page):
        return known
    if _NO_PAGES.search(f"{page.title} {page.text}"):
        return (
            "The server has no login pages to show to this client, whoever asks: give the client a style or theme of "
            "its own, or switch its pages on, in the server's administration. No address and no browser is refused."
        )
    said = "and its page names no reason" if says_nothing(page) else "and its page names nothing of the request"
    return (
        f"The server, or a guard before it, answers with 403 before anybody logs in, {said}: it seems to refuse this "
        "address or this browser, whatever was asked. Look for the address of this tester among those that it has "
        "banned (failed logins and refused token requests of earlier tests may be why), and at the rules of a firewall "
        "or of a protection against robots. Customers are concerned only where the authorization URL is refused in "
        f"another network, too; then see that {_REGISTERED}."
    )


def refused_itself(page: Page, *, first: bool, before: Sequence[Request]) -> str:
    """What to correct where ``page``, which came after the documents ``before``, refuses the authorization request.

    ``first``: nobody has logged in yet.
    """
    alone = not before
    if first and (known := unknown_name(page)):
        return known
    if first and before and (held := held_elsewhere(page, before[-1])):
        return held
    if first and alone and page.status in _REFUSING and says_nothing(page):
        return (
            f"The page names no reason. Open https://{page.host}/ by hand first: where that is refused in the same "
            "way, it is no matter of this request. The server then does not trust the proxy before it, or does not "
            "know the host name that it is called by (in Django `ALLOWED_HOSTS`); its log tells. Otherwise a client "
            "id, a redirect URI, a scope or a response type that it does not know is the usual reason."
        )
    where = "log names, for the page is empty" if is_empty(page) else "page or its log names"
    advice = (
        f"The server refuses the authorization request itself{', before anybody logs in' if first else ''}: correct "
        f"what its {where}. Usual reasons are a client id, a redirect URI, a scope or a response type that it does not "
        "know"
    )
    if page.status != _FORBIDDEN:
        return f"{advice}."
    names = " Some applications answer so to a host name that they do not know (Rails: `config.hosts`)."
    return (
        f"{advice}, or a client that is switched off or may not use the authorization code grant."
        f"{names if alone and is_empty(page) else ''} Where its log does not know the request, a firewall or another "
        "guard before the server refused it."
    )


def after_refusal(walk: Walk, page: Page) -> str | None:
    """Where to look after the script of ``page`` sent what was typed last, and was refused; None for all others."""
    typed = [step.at for step in records(walk.login) if step.outcome == "done" and step.action == "fill"]
    asked: Sequence[Request] = of_walk(walk, "requests") or ()
    sent = [
        one
        for one in asked
        if one.n > page.request and one.resource_type in SCRIPTED and one.method not in READING
        if typed and one.at >= typed[-1] and host_of(one.url) == page.host
    ]
    if page.status >= 400 or not sent or sent[-1].status not in _REFUSED:
        return None
    return (
        f"The page shows this after its request {sent[-1].method} {without_parameters(sent[-1].url)} was answered with "
        f"status {sent[-1].status}: look for it in the server's log. What one worker gave and another does not know is "
        "refused so, too: give all of them one secret key and one store of sessions."
    )
