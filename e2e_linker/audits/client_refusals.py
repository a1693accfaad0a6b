"""Refusals of the exchange that speak of the client: what they mean, and what mends them."""

from __future__ import annotations

import re

from e2e_linker.audits.client_words import DECODED_AMISS, UNEXPLAINED, said_of_client
from e2e_linker.audits.token_refusals import HEADER_LOST, wants_client_id
from e2e_linker.audits.turned_away import gate_before
from e2e_linker.config.secrets import UNSENT_SECRET
from e2e_linker.derive.exchange import Exchange
from e2e_linker.evidence.models import SkillFacts, TokenCall

__all__ = ["basic_hint", "refused_client", "sends_no_secret"]

_CLIENT = (
    "The client secret or accessTokenScheme is not what the server has for this client; less likely it is the client "
    "id, for which the authorization endpoint has just given a code",
    "Compare the client secret and accessTokenScheme, then clientId, with the client's registration at the server.",
)
_OURS = {
    "invalid_client": _CLIENT,
    "unauthorized_client": (
        "The client may not use the authorization code grant; some servers say so of a wrong client secret, too",
        "Compare the client secret and accessTokenScheme with the client's registration at the server, and allow it "
        "the authorization code grant.",
    ),
    UNEXPLAINED: (
        "Some servers say so of a wrong client secret, or of a wrong accessTokenScheme; less likely the client may not "
        "use the authorization code grant, for which the authorization endpoint has just given it a code",
        f"{_CLIENT[1]} Where all of them are right, allow it the authorization code grant.",
    ),
}
"""Errors of RFC 6749 section 5.2 that speak of the configuration rather than of the server."""
_UNSENT = (
    f"No client secret was sent, as {UNSENT_SECRET} is not set",
    f"Set {UNSENT_SECRET}; or, where the client is a public one, let the server take it without a secret.",
)
_FOREIGN_CODE = re.compile(
    r"\bnot (?:authori[sz]ed|allowed|permitted) to (?:use|redeem) this (?:authorization )?code\b(?! (?:grant|flow))",
    re.IGNORECASE,
)
_UNREAD_ID = (
    "The server takes the code for another client's. With HTTP Basic the client id stands in the header Authorization, "
    "and this server may look for it in the body only. Whether Alexa sends it there as well is not documented",
    "Let the server take the client id from the header Authorization, too (RFC 6749, section 2.3.1), or set "
    "accessTokenScheme to REQUEST_BODY_CREDENTIALS, where the server takes the secret in the body.",
)
_DECODING = (
    " If the server does support HTTP Basic, look at its decoding: id and secret are form-urlencoded before they are "
    "joined (RFC 6749, section 2.3.1), which changes every : % + and / in them."
)
_HEADER = (
    " If the server does support HTTP Basic, see whether the header Authorization reaches it at all: a proxy, CGI or "
    "PHP-FPM may remove it on the way."
)
_ID_WANTED = (
    " Or let the server take the client id from the header Authorization alone (RFC 6749, section 2.3.1), as it misses "
    "the one in the body."
)
_UNAUTHORIZED = 401
_OR_A_PROXY = (
    " Where all of them are right, see in the server's log whether it was the server that refused: its 401 names no "
    "OAuth error, as that of a proxy with a password of its own."
)

_FAILED = (
    "With id and secret as they stand, not form-urlencoded, it {}: it may take the client so, and "
    "what failed came after. Otherwise: {}"
)
_FAILED_FIX = "Look first in the server's log for {}, and repair that. Otherwise: {}"


def sends_no_secret(skill: SkillFacts) -> bool:
    """Whether none is configured: a problem that the run notes tells it, as what was sent is hidden in the evidence."""
    return any(path == UNSENT_SECRET for path, _ in skill.problems)


def refused_client(exchange: Exchange, skill: SkillFacts, failed: TokenCall | None = None) -> tuple[str, str] | None:
    """What the answer means and what mends it, where it speaks of the client; as a bare 401 does (RFC 6749, 5.2).

    ``failed`` is the call with id and secret in the other spelling, where the server broke down over that.
    """
    if gate_before(exchange) is not None:
        return None
    bare = exchange.error is None and exchange.call.status == _UNAUTHORIZED
    named = said_of_client(exchange)
    if named not in _OURS:
        return None
    if sends_no_secret(skill):
        return _UNSENT
    basic = exchange.call.scheme == "HTTP_BASIC"
    unread = basic and named == "unauthorized_client" and _FOREIGN_CODE.search(exchange.words)
    means, advice = _UNREAD_ID if unread else _OURS[named]
    amiss = DECODED_AMISS if exchange.call.urlencoded is not None and not unread else ""
    advice = f"{advice}{HEADER_LOST if basic else ''}{_OR_A_PROXY if bare else ''}{amiss}"
    if failed is None:
        return means, advice
    did, what = f"failed with status {failed.status}", f"what it answered with status {failed.status}"
    if failed.status is None:
        did, what = f"gave no answer ({failed.failure})", "the request that it left without an answer"
    return _FAILED.format(did, means), _FAILED_FIX.format(what, advice)


def basic_hint(refused: Exchange) -> str:
    """What may be wrong at a server that supports HTTP Basic, ``refused`` it, and takes credentials in the body.

    Encoding is nothing to decode wrongly where it leaves id and secret as they are.
    """
    if wants_client_id(refused):
        return _ID_WANTED
    return _HEADER if refused.call.urlencoded is None else _DECODING
