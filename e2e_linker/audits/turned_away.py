"""What to do about an answer that a token request was given because it was not made by a browser."""

from __future__ import annotations

import re

from e2e_linker.audits.front_ends import front_end_call
from e2e_linker.audits.gateway_remedies import transport_remedy
from e2e_linker.derive.exchange import Exchange
from e2e_linker.derive.markup import read_markup
from e2e_linker.derive.stack_frames import without_frames
from e2e_linker.derive.wordings import FORGED
from e2e_linker.evidence.headers import header
from e2e_linker.model import host_of

__all__ = ["gate_before", "page_remedy"]

_FORGED_FIX = (
    "Exempt the token endpoint from the protection against forged forms (CSRF): Alexa's servers come without a page of "
    "this site and without its cookies."
)
_NAMED_FORGED = re.compile(
    r"csrf|xsrf|cross[- ]site request forgery|anti-?forgery|authenticity ?token|(?:origin|referer) checking failed"
    r"|the change you wanted was rejected|\bpage expired\b",
    re.IGNORECASE,
)
"""Those of the words that mean nothing else where no status says so: a “state” or “nonce” may be another."""
_GUARDED = frozenset({403, 406})
_FIREWALL = re.compile(r"\b(?:blocked|generated|denied|rejected|refused) by mod[_-]?security", re.IGNORECASE)
_FIREWALL_FIX = (
    "Let Alexa's token requests through this firewall, ModSecurity: its audit log names the rule that refused this one."
)
_GATEWAY = frozenset(
    {"MissingAuthenticationTokenException", "IncompleteSignatureException", "InvalidSignatureException"}
)
"""What API Gateway itself says in ``x-amzn-errortype``, to a request without the header Authorization and with it."""
_GATEWAY_FIX = (
    "Compare accessTokenUrl with the deployed API, its stage, path and method (POST): Amazon API Gateway answers so "
    "where it knows none of that kind. Where they are right, set the authorization of this method to NONE: it wants "
    "requests that are signed for AWS (IAM), and Alexa's are not."
)
_NGINX = re.compile(r"401 Authorization Required.{0,99}<center>(?:nginx|openresty|tengine)\b", re.DOTALL)
"""The page of nginx itself, which does not come in place of what a server behind it answers."""
_REALM = re.compile(r"\bBasic\b(?:.*?\brealm\s*=\s*\"([^\"]{1,60})\")?", re.IGNORECASE)
_OWN_WORDS = re.compile(
    r"\b(?:client|credentials?|password|grant|scopes?|redirect|tokens?|authori[sz]ation|verifier|account)\b",
    re.IGNORECASE,
)
"""What a server speaks of that looked into the request before it refused."""


def gate_before(exchange: Exchange) -> tuple[str, str] | None:
    """What happened before the server was asked, a clause, and what mends it; None where it may have been asked.

    So where the web server refused the connection itself, or nginx answered with its own page with 401.
    """
    call = exchange.call
    if known := front_end_call(exchange):
        return known
    if not exchange.looked_at and (how := transport_remedy(call.status, call.response_body or "")):
        said = f", {exchange.words}" if exchange.words else ""
        return f"its web server did not take this connection and answered with status {call.status}{said}", how
    if call.status != 401 or not _NGINX.search(call.response_body or ""):
        return None
    asked = _REALM.search(header(call.response_headers, "www-authenticate") or "")
    if asked is None:
        return (
            "nginx before it answered with its own 401",
            "See in the configuration of nginx what refuses requests for this path (`auth_request`, `return`), and let "
            "Alexa's token requests through to the server: the client's id and secret are what proves them.",
        )
    realm = f" (realm “{asked[1]}”)" if asked[1] else ""
    return (
        f"nginx before it answered with its own 401, as it asks for a password of its own{realm}",
        "Take that password off the path of the token endpoint (in nginx `auth_basic off`): Alexa has none but the "
        "client's id and secret.",
    )


def page_remedy(exchange: Exchange) -> str | None:
    """What mends an answer that turns programs away; None where it is none, or the server looked into the request."""
    status = exchange.call.status or 0
    if status < 400 or exchange.looked_at:
        return None
    gateway = header(exchange.call.response_headers, "x-amzn-errortype") or ""
    if gateway.partition(":")[0].strip() in _GATEWAY:
        return _GATEWAY_FIX
    is_page = exchange.answer.json_problem in {"HTML", "XML"}
    page = read_markup(exchange.call.response_body or "")
    shown = " ".join(page.texts) if is_page else exchange.words
    if _FIREWALL.search(shown):
        return _FIREWALL_FIX
    if status >= 500:
        return None
    guarded = is_page and status in _GUARDED
    if (FORGED if guarded else _NAMED_FORGED).search(without_frames(shown)):
        return _FORGED_FIX
    if not guarded or _OWN_WORDS.search(shown):
        return None
    agent = header(exchange.call.request_headers, "user-agent")
    known_by = f"call themselves `{agent}` and come" if agent else "and come"
    return (
        f"Look for this request in the log of {host_of(exchange.call.url)}. Where it is not there, a firewall or a bot "
        f"protection before the server may have turned it away: Alexa's servers are no browser, {known_by} from data "
        "centres. Let such requests through to the token endpoint."
    )
