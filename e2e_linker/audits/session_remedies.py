"""What to do where nothing holds the login together: its query is lost, its session missed, or no cookie was set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.cookie_scopes import FORGERY, is_removal, left_alone, names_sent
from e2e_linker.derive.lost_query import LostQuery
from e2e_linker.derive.pages import Page
from e2e_linker.derive.refused_cookies import OF_THE_REQUEST, RefusedCookie
from e2e_linker.derive.urls import parameters, same_endpoint, split
from e2e_linker.derive.wordings import FOREIGN_ORIGIN, LOST_SESSION, first_match
from e2e_linker.evidence.models import Request, SetCookie, Walk
from e2e_linker.evidence.traffic import READING, SCRIPTED
from e2e_linker.model import host_of

__all__ = ["held_elsewhere", "keep_query", "missed_cookie", "missing_session", "nothing_kept"]

_REFUSING: Final = frozenset({400, 401, 422})
_ERRORS: Final = re.compile(r"err|fail|denied|invalid|problem|[45]\d\d", re.IGNORECASE)
"""What the address of a page says to which servers lead with what they refuse."""
_ORIGINS: Final = (
    "The server does not take its own login page for its own: put the host that customers use on its list of trusted "
    "origins, and set its public base URL to that. Behind a proxy, have that hand on `X-Forwarded-Proto` and the host."
)
_SESSIONS: Final = (
    "The server looks for a session, and does not find it. See whether its cookie comes back (`Path`, `Domain`, "
    "`SameSite`, `Secure`), how long the cookie and the session live, and whether every worker knows the sessions of "
    "all."
)
_NO_COOKIE: Final = (
    "The server sets no cookie, so that nothing holds the authorization request through the login. Where it is told to "
    "set `Secure` cookies only, it has to know that its proxy speaks HTTPS (`X-Forwarded-Proto`; in Express `trust "
    "proxy`). Otherwise: "
)


def keep_query(walk: Walk, lost: LostQuery) -> str:
    """What to do about a redirect of ``walk`` that loses the query; only its first address is the skill's to choose."""
    own = same_endpoint(lost.source, walk.authorization.endpoint)
    instead = f" Or set {lost.target} itself as the skill's authorization URI." if own else ""
    return (
        f"Keep the query in the redirect from {lost.source} to {lost.target}: it leaves out client_id, state and the "
        f"rest of the authorization request.{instead}"
    )


def missing_session(page: Page) -> str | None:
    """Where to look after ``page`` said that a session or the origin of a request is not known; None for others."""
    if first_match(FOREIGN_ORIGIN, *page.texts):
        return _ORIGINS
    return _SESSIONS if first_match(LOST_SESSION, *page.texts) else None


def missed_cookie(walk: Walk, page: Page) -> str | None:
    """Where to look after the request for ``page`` came without a cookie that its server misses; None for others."""
    refused: Sequence[RefusedCookie] = of_walk(walk, "refused_cookies") or ()
    missed = of_walk(walk, "forgotten") and any(one.missing_from == page.request for one in refused)
    return _SESSIONS if missed else None


def held_elsewhere(page: Page, before: Request) -> str | None:
    """Where to look after the redirect ``before`` led on to ``page`` of its host, which refuses, and left the
    authorization request to what the server keeps; None where that came along, or the address speaks of an error."""
    url = page.url
    own = host_of(before.url) == page.host and not same_endpoint(before.url, url)
    along = {one.name.rpartition(".")[2] for one in parameters(url)} & {"client_id", "redirect_uri", "error"}
    if page.status not in _REFUSING or not own or along or _ERRORS.search(split(url).path):
        return None
    if any(first_match(words, *page.texts) for words in OF_THE_REQUEST):
        return None
    return (
        f"The authorization request was answered with a redirect to {page.address}, which is asked without its "
        "parameters and refuses: it may not know the request any more. See whether what that is kept under comes along "
        "(a cookie, or a parameter of the address), and whether every worker and node knows it. Otherwise correct what "
        "the page or the server's log names, such as the client id, the redirect URI, a scope or the response type."
    )


def nothing_kept(walk: Walk, page: Page, otherwise: str) -> str:
    """What to do where the login was sent as a form and forgot at ``page`` what it was for; else ``otherwise``.

    What a script sends may come with the request, which its page keeps by itself.
    """
    asked: Sequence[Request] = of_walk(walk, "requests") or ()
    own = [one for one in asked if host_of(one.url) == page.host]
    sent = [one for one in own if one.method not in READING]
    forms = [one for one in sent if one.leads]
    if any(one.resource_type in SCRIPTED for one in sent) or not forms:
        return otherwise
    if not any(one.set_cookies or names_sent(one) for one in own):
        return _NO_COOKIE + otherwise
    renewed = sorted({cookie.name for one in forms for cookie in one.set_cookies if _renews(one, cookie, own)})
    if not renewed:
        return otherwise
    names = ", ".join(f"`{name}`" for name in renewed)
    return (
        f"{otherwise} The answer to the login replaces {names}: where that is a new session, it has to take over what "
        "the old one held, which some frameworks drop (Passport, unless told `keepSessionInfo`)."
    )


def _renews(login: Request, cookie: SetCookie, own: Sequence[Request]) -> bool:
    """Whether the answer to ``login`` replaces a ``cookie`` that answers before it left as it was.

    One that each answer sets anew may hold the session itself; those of forms hold none.
    """
    if not (cookie.http_only and cookie.name in names_sent(login)) or FORGERY.search(cookie.name):
        return False
    return not is_removal(cookie) and left_alone(cookie.name, [one for one in own if one.n < login.n])
