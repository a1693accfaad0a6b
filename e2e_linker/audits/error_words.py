"""What to do about an error that came back to Alexa, given what was observed of it."""

from __future__ import annotations

import re

from e2e_linker.audits.refused_parameters import PKCE
from e2e_linker.derive.answer import Answer

__all__ = ["CODES", "names_no_parameter", "remedy", "told_elsewhere"]

_OF_THE_REQUEST = frozenset(
    {
        "invalid_request",
        "invalid_request_object",
        "invalid_request_uri",
        "invalid_scope",
        "registration_not_supported",
        "request_not_supported",
        "request_uri_not_supported",
        "unauthorized_client",
        "unsupported_response_type",
    }
)
"""Codes that complain of the request and never of the account."""
CODES = _OF_THE_REQUEST | {
    # RFC 6749 section 4.1.2.1
    "access_denied",
    "server_error",
    "temporarily_unavailable",
    # OpenID Connect Core section 3.1.2.6; one of them is what real servers answer to a refused consent.
    "account_selection_required",
    "consent_required",
    "interaction_required",
    "login_required",
}
"""The error codes that a specification knows for the redirect."""
_NOT_ALLOWED = (
    "The server does not let this client ask for this response type (RFC 6749 section 4.1.2.1). Allow the "
    "authorization code grant, or the implicit grant if the skill asks for that, for the skill's client id in the "
    "server's client settings. Where it is allowed already, look for these words in the log of the authorization "
    "server."
)
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
_NONCE = re.compile(r"(?<!dpop )(?<!dpop-)\bnonce\b", re.IGNORECASE)
_WITHOUT_NONCE = (
    "Let the server do without a `nonce` for this client (Canaille: REQUIRE_NONCE = false): Alexa never sends one, and "
    "OpenID Connect demands it only where an ID token comes with the redirect."
)
_PARAMETERS = re.compile(
    r"\bnonce\b|(?<![^\W_])scopes?\b|\bstate\b|\bprompt\b|\baudience\b|\bresource\b|\bclaims\b|\bmax[\s_-]?age\b"
    r"|redirect[\s_-]*ur[il]|response[\s_-]*(?:type|mode)|client[\s_-]*id|request[\s_-]*(?:uri|object)|_hint\b|\bacr_"
    r"|\b(?:unknown|invalid|unregistered)\s+client",
    re.IGNORECASE,
)
"""Parameters of an authorization request, as descriptions name them."""
_STOCK = re.compile(
    r"missing (?:a )?required param|malformed|invalid (?:\w+ )?(?:request|param)|bad request", re.IGNORECASE
)
"""What says no more than the code does; any other description is a reason, though it names no parameter."""
_CHALLENGE = (
    "a PKCE `code_challenge`, which Alexa sends only with PKCE on (where PKCE is off for this skill, switch it on in "
    "the developer console, and linker.pkce here, or let the server do without), or "
)
_UNNAMED = (
    " Where the log says no more: the server may miss {challenge}a `nonce`, which Alexa never sends. Or it may refuse "
    "a parameter that comes twice because authorizationUrl holds it already, or the length of the state."
)


def remedy(answer: Answer) -> str:
    """What mends the error of ``answer``, by its code and its own words."""
    if answer.error == "unauthorized_client":
        return _not_allowed(" ".join(param.value for param in answer.named("error_description")[:1]))
    if answer.error == "invalid_request" and _NONCE.search(answer.error_words):
        return _WITHOUT_NONCE
    text = "Look for these words in the log of the authorization server and remove their cause."
    if names_no_parameter(answer):
        # The implicit grant, which knows no PKCE, is answered in the fragment.
        implicit = bool(answer.named("error", "fragment"))
        text += _UNNAMED.format(challenge="" if implicit else _CHALLENGE)
    if answer.error not in _OF_THE_REQUEST:
        text += " Where they name something that the account lacks, check first whether this test account is set up."
    if answer.error not in CODES:
        text += " Where the server has to refuse, let it send a code of RFC 6749, such as `access_denied`."
    return text


def _not_allowed(told: str) -> str:
    """What mends an ``unauthorized_client``, which some servers answer to all that they do not know of a client."""
    if _REDIRECT.search(told):
        return _NOT_REGISTERED
    return _UNKNOWN_CLIENT if _NO_CLIENT.search(told) else _NOT_ALLOWED


def names_no_parameter(answer: Answer) -> bool:
    """Whether it is an ``invalid_request`` whose words name no parameter, so that its cause can only be guessed."""
    words = answer.error_words
    told = " ".join(param.value for param in answer.named("error_description")[:1]).strip()
    bare = not told or told == answer.error or _STOCK.search(told) is not None
    return answer.error == "invalid_request" and bare and not (PKCE.search(words) or _PARAMETERS.search(words))


def told_elsewhere(answer: Answer) -> bool:
    """Whether another audit names the cause of the error: the scopes, or PKCE."""
    return answer.error == "invalid_scope" or PKCE.search(answer.error_words) is not None
