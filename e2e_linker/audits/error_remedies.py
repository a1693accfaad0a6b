"""What to do about an error that came back to Alexa, given what was observed of it."""

from __future__ import annotations

import re

from e2e_linker.audits.error_words import CODES, OF_THE_REQUEST, description, names_no_parameter
from e2e_linker.audits.refused_parameters import PKCE
from e2e_linker.audits.return_remedies import cut_short, whole
from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.cookie_scopes import names_sent
from e2e_linker.evidence.models import NotCollected, Request, Walk

__all__ = ["remedy"]

_REDIRECT = re.compile(r"redirect[\s_-]*ur[il]|callback[\s_-]*ur[il]", re.IGNORECASE)
_NOT_REGISTERED = (
    "Register this redirect URI, and those of the skill's other regions, for the skill's client id at the server. Some "
    "servers take only redirect URIs of their own domain until they are told otherwise (OpenAuth: `allow` of the "
    "issuer)."
)
_NO_CLIENT = re.compile(
    r"\b(?:unknown|unregistered|invalid|no such) client\b(?! (?:type|grant|auth|secret))"
    r"|\bclient[\s_-]?id\b[^.]{0,40}\b(?:not (?:found|known|registered|valid)|unknown|invalid|does not exist)\b"
    r"|\b(?:invalid|unknown|unregistered) client[\s_-]?id\b",
    re.IGNORECASE,
)
_UNKNOWN_CLIENT = "Compare the skill's clientId with the client's registration at the server, letter by letter."
_THE_GRANT = (
    "the authorization code grant, or the implicit grant if the skill asks for that, for the skill's client id in the "
    "server's client settings. Where it is allowed already, look for these words in the log of the authorization "
    "server."
)
_NOT_ALLOWED = (
    f"The server does not let this client ask for this response type (RFC 6749 section 4.1.2.1). Allow {_THE_GRANT}"
)
_UNEXPLAINED = (
    f"{_UNKNOWN_CLIENT} Where the server does know this client, it does not let it ask for this response type (RFC "
    f"6749 section 4.1.2.1). Allow {_THE_GRANT}"
)
_BARE = frozenset({"", "unauthorized client", "unauthorised client"})
"""Descriptions of an ``unauthorized_client`` that say no more than the code does."""
_NONCE = re.compile(r"(?<!dpop )(?<!dpop-)\bnonce\b", re.IGNORECASE)
_WITHOUT_NONCE = (
    "Let the server do without a `nonce` for this client (Canaille: REQUIRE_NONCE = false): Alexa never sends one, and "
    "OpenID Connect demands it only where an ID token comes with the redirect."
)
_CHALLENGE = (
    "a PKCE `code_challenge`, which Alexa sends only with PKCE on (where PKCE is off for this skill, switch it on in "
    "the developer console, and linker.pkce here, or let the server do without), or "
)
_UNNAMED = (
    " Where the log says no more: the server may miss {challenge}a `nonce`, which Alexa never sends. Or it may refuse "
    "a parameter that comes twice because authorizationUrl holds it already, or the length of the state."
)


_BEFORE_ANY_LOGIN = (
    "The server refused at once, before it asked anybody to log in: what it refuses is no account, but the "
    "client{asked}. Compare both with what the server's settings allow this client, and look for these words in its "
    "log."
)
"""For ``access_denied``, which elsewhere is what an account or its owner is refused with."""


def remedy(walk: Walk, answer: Answer) -> str:
    """What mends the error of ``answer``, by its code and its own words, and by the way that led ``walk`` there."""
    if cut := cut_short(walk, answer):
        return whole(cut)
    words = answer.error_words
    if answer.error == "unauthorized_client":
        return _not_allowed(description(answer))
    if answer.error == "invalid_request" and _NONCE.search(words) and not PKCE.search(words):
        return _WITHOUT_NONCE
    if answer.error == "access_denied" and _at_once(walk):
        scopes = " ".join(walk.authorization.scopes)
        return _BEFORE_ANY_LOGIN.format(asked=f" or its scopes (`{scopes}`)" if scopes else " or what it asks for")
    text = "Look for these words in the log of the authorization server and remove their cause."
    if names_no_parameter(answer):
        # The implicit grant, which knows no PKCE, is answered in the fragment.
        implicit = bool(answer.named("error", "fragment"))
        text += _UNNAMED.format(challenge="" if implicit else _CHALLENGE)
    if answer.error not in OF_THE_REQUEST:
        text += " Where they name something that the account lacks, check first whether this test account is set up."
    if answer.error not in CODES:
        text += " Where the server has to refuse, let it send a code of RFC 6749, such as `access_denied`."
    return text


def _not_allowed(told: str) -> str:
    """What mends an ``unauthorized_client``, which some servers answer to all that they do not know of a client."""
    if _REDIRECT.search(told):
        return _NOT_REGISTERED
    if told.lower().replace("_", " ").strip(" .!") in _BARE:
        return _UNEXPLAINED
    return _UNKNOWN_CLIENT if _NO_CLIENT.search(told) else _NOT_ALLOWED


def _at_once(walk: Walk) -> bool:
    """Whether redirects alone led ``walk`` to its answer, and it brought no cookie by which somebody is known.

    Of a network capture that is not known: browsers leave out the cookies.
    """
    if isinstance(walk.jar, NotCollected):
        return False
    requests: tuple[Request, ...] = of_walk(walk, "requests") or ()
    led = [one for one in requests if one.navigation and one.main_frame]
    moved = [one.status is not None and 300 <= one.status < 400 and one.method == "GET" for one in led[:-1]]
    return bool(moved) and all(moved) and not names_sent(led[0])
