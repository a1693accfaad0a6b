"""A login that ends on a page of the server's own: what to try, by what became of the authorization request."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from e2e_linker.alexa.rules import rule
from e2e_linker.audits.absent_pages import NOTHING_THERE, nothing_there
from e2e_linker.audits.begun_answers import begun_before
from e2e_linker.audits.failing_servers import failing
from e2e_linker.audits.late_remedies import led_off, refused_late
from e2e_linker.audits.page_wishes import page_wish, wanted_first
from e2e_linker.audits.proxy_remedies import forged_form
from e2e_linker.audits.refused_requests import after_refusal, refused_itself, refuses_at_once, turned_away_at_once
from e2e_linker.audits.refused_values import refused_value
from e2e_linker.audits.repeated_forms import repeated_form
from e2e_linker.audits.return_remedies import led_back, too_large
from e2e_linker.audits.session_remedies import keep_query, missed_cookie, missing_session, nothing_kept
from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.dead_ends import DeadEnd
from e2e_linker.derive.pages import Page
from e2e_linker.derive.refusals import refusal_of
from e2e_linker.derive.request_fate import RequestFate, comes_again
from e2e_linker.derive.since_password import typed_into
from e2e_linker.derive.wordings import BLAMED_REDIRECT, OUTDATED, REFUSED_LATE, REFUSED_REQUEST, UNKNOWN_CLIENT
from e2e_linker.evidence.models import Request, Walk
from e2e_linker.model import Confidence, host_of

__all__ = ["NOTHING_THERE", "lost_way", "way_on"]

_TOLD: Final = (REFUSED_REQUEST, BLAMED_REDIRECT, UNKNOWN_CLIENT)
"""What says so on a page whose status does not."""

_KEEP = "keep the authorization request through the login, and go on with it once the customer is signed in."
_LOST = "Keep" + _KEEP.removeprefix("keep")
_REGISTERED = "that client id and redirect URI are registered just as Alexa sends them"
_UNKNOWN = (
    f"Check first {_REGISTERED}: some servers show pages of their own for a request they do not know. Where both are "
    f"registered, {_KEEP}"
)
_AT_ANY_ADDRESS = (
    " Compare authorizationUrl, too, with the authorization endpoint that the server's documentation or its own "
    "metadata name (`/.well-known/openid-configuration`): a portal may show its login at any address."
)
"""Where the login or a front page stands at the very address that was asked, or is where that leads at once."""

_REFUSED_AGAIN: Final = (
    f"Check {_REGISTERED}, and that the test account may use this client: the server got the request once more after "
    "the login, and refuses it. Correct what else its page or its log names."
)

_WAYS_BACK: Final[Mapping[RequestFate, str]] = MappingProxyType(
    {
        "carried": _LOST,
        "untraced": f"{_LOST} Or the server does not know the request, and shows its own pages for it: check "
        f"{_REGISTERED}.",
        "home": _UNKNOWN + _AT_ANY_ADDRESS,
        "in_place": _UNKNOWN + _AT_ANY_ADDRESS,
        "ignored": f"Check first {_REGISTERED}, and that the test account may use this client: the server got the "
        "request once more after the login, and showed a page of its own. Where both are right, go on with the request "
        "there.",
    }
)
"""Advice in sentences, the likelier cause first."""


def lost_way(walk: Walk, end: DeadEnd, fate: RequestFate | None) -> tuple[str, str]:
    """(what the customer sees, what to do) where ``walk`` got lost at ``end``; the first is a clause."""
    page = end.page
    if page.asks_for_password:
        message = f"After the login the customer is asked to log in once more by {page.host}"
        return message, "Keep the session that the login opens: the cookie that its answer sets does not come back."
    message = f"After the login the customer is left on a page of {page.host} instead of in the Alexa app"
    fix = _WAYS_BACK[fate or "carried"]
    if off := led_off(walk, page):
        message, fix = off[0], off[1] or _UNKNOWN
    fix = led_back(walk, page) or (nothing_kept(walk, page, fix) if fate == "untraced" else fix)
    if end.confidence is Confidence.POSSIBLE:
        fix = wanted_first(end, fix)
    wish = page_wish(page)
    return message, f"{wish} Otherwise: {fix}" if wish else fix


def way_on(walk: Walk, page: Page) -> str | None:
    """Where to look after ``walk`` ended on the error page ``page``, as far as it tells; None for the rule's words."""
    if lost := of_walk(walk, "lost_query"):
        return keep_query(walk, lost)
    said = f"{page.title} {page.text}"
    told = any(words.search(said) for words in _TOLD)
    # A page that refuses the request may announce that the server will be down.
    down = failing(walk, page) if page.status >= 500 or not told else None
    known = begun_before(page) or repeated_form(walk, page) or led_back(walk, page)
    if known := known or down or too_large(walk, page):
        return known
    asked: tuple[Request, ...] = of_walk(walk, "requests") or ()
    before = [one for one in asked if one.leads and one.n < page.request]
    unknown = missing_session(page) or forged_form(walk, page) or after_refusal(walk, page)
    if unknown := unknown or missed_cookie(walk, page):
        return unknown
    if OUTDATED.search(said):
        return rule("screen-unsupported-browser").fix
    first = all(one.redirects for one in before) and not typed_into(page, walk)
    if first and not told and (absent := nothing_there(page, before)):
        return absent
    refuses = refuses_at_once(page, told=told) if first else REFUSED_LATE.search(said)
    if (refuses or first or comes_again(page, walk)) and (named := refused_value(walk, page)):
        return named
    if not (told or refuses or refusal_of(page)) and (wish := page_wish(page)):
        return wish
    if first and not refuses and (guarded := turned_away_at_once(page)):
        own = page.host == host_of(walk.authorization.url)
        refusing = rule("screen-unsupported-browser" if own else "auth-embedded-browser-tolerated").fix
        return refusing if refusal_of(page) else guarded
    if not refuses:
        # Without a cookie that it set the server may not know who comes.
        again = comes_again(page, walk) and not of_walk(walk, "refused_cookies")
        return _REFUSED_AGAIN if again else refused_late(walk, page)
    return refused_itself(page, first=first, before=before)
